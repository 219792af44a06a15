<?php
/**
 * A file as a REST answer.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Import;

/** Rejected rows: ImportRest::serve() sends the file. Its JSON, which nobody gets over HTTP, is empty. */
final class RejectsResponse extends \WP_REST_Response {

	public function __construct( public readonly string $path, public readonly int $import ) {
		parent::__construct( null );
	}
}
