<?php
/**
 * Numbers on the command line.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Cli;

use WP_CLI;

/** Reads an id or a count. `abc` and `1x` are no numbers: one line and exit code 1, rather than account 0 or 1. */
final class Number {

	/**
	 * A whole number from 1 to $max.
	 *
	 * @param string $what How the message names it, as '--limit'.
	 */
	public static function read( mixed $value, string $what, int $max = PHP_INT_MAX ): int {
		$number = 1 === preg_match( '/^\d{1,18}$/D', (string) $value ) ? (int) $value : 0;
		if ( $number < 1 || $number > $max ) {
			WP_CLI::error( PHP_INT_MAX === $max ? "$what must be a whole number, at least 1." : "$what must be a whole number from 1 to $max." );
		}
		return $number;
	}

	/** The same for an option that may be left out: $default then. */
	public static function option( array $options, string $name, int $default, int $max = PHP_INT_MAX ): int {
		return isset( $options[ $name ] ) ? self::read( $options[ $name ], "--$name", $max ) : $default;
	}
}
