<?php
/**
 * Secrets in WP-CLI.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Cli;

use WP_CLI;

/** Reads a secret without letting it become an argument of a process. */
final class Secret {

	/** Longest secret, in bytes. */
	private const MAX = 4096;

	/**
	 * From a file ('-' = one line of standard input), else from the environment, else asked for without echo.
	 *
	 * @param string      $environment Name of the variable, '' = none.
	 * @param string|null $file        Path, '-' or null.
	 * @param string      $label       What to ask for.
	 */
	public static function read( string $environment, ?string $file, string $label ): string {
		if ( '-' === $file ) {
			return trim( (string) fgets( STDIN, self::MAX ) );
		}
		if ( null !== $file ) {
			// phpcs:ignore WordPress.WP.AlternativeFunctions, WordPress.PHP.NoSilencedErrors -- A local file named by the person at the keyboard; the next line tells.
			$secret = @file_get_contents( $file, false, null, 0, self::MAX );
			if ( false === $secret ) {
				WP_CLI::error( "The file $file can not be read." );
			}
			return trim( (string) $secret );
		}
		$given = '' === $environment ? false : getenv( $environment );
		if ( false !== $given && '' !== $given ) {
			return trim( $given );
		}
		if ( ! stream_isatty( STDIN ) ) {
			return '';
		}
		return trim( (string) \cli\prompt( $label, false, ': ', true ) );
	}
}
