<?php
/**
 * A request that goes no further.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Login;

/** Thrown inside a transaction so that it is rolled back: what was refused is not counted. */
final class Refused extends \RuntimeException {

	/**
	 * @param string    $reason  A word for the statistics.
	 * @param \WP_Error $refusal What the visitor is told.
	 */
	public function __construct( public readonly string $reason, public readonly \WP_Error $refusal ) {
		parent::__construct( $reason );
	}
}
