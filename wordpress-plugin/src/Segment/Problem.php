<?php
/**
 * Why a value was refused.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Segment;

/** Message and remedy of a value; `at` is where inside the value, as '[2]' or ''. */
final class Problem {

	public function __construct( public readonly string $message, public readonly string $remedy, public readonly string $at = '' ) {
	}
}
