<?php
/**
 * Ends a transaction with an answer.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Contact;

/** Thrown inside a transaction so that nothing is half-written; its error is the answer. */
final class Refused extends \RuntimeException {

	public function __construct( public readonly \WP_Error $error ) {
		parent::__construct( $error->get_error_message() );
	}
}
