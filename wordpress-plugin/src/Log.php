<?php
/**
 * The one logger.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat;

/**
 * Writes to PHP's error log and to the extension's ring of recent lines (health screen).
 *
 * Callers pass identifiers and counts only: never a secret, a message text or a full phone number.
 */
final class Log {

	/** Longest line, in bytes. */
	private const MAX_LINE = 2000;

	/** Something failed and a person should know. */
	public static function error( string $message ): void {
		self::write( 'error', $message );
	}

	/** Something is off, and work goes on. */
	public static function warning( string $message ): void {
		self::write( 'warning', $message );
	}

	/** Worth a line on the health screen; not in PHP's error log unless WP_DEBUG is on. */
	public static function info( string $message ): void {
		self::write( 'info', $message );
	}

	private static function write( string $level, string $message ): void {
		$message = substr( (string) preg_replace( '/[\x00-\x1F\x7F]+/', ' ', $message ), 0, self::MAX_LINE );
		if ( 'info' !== $level || ( defined( 'WP_DEBUG' ) && WP_DEBUG ) ) {
			// phpcs:ignore WordPress.PHP.DevelopmentFunctions.error_log_error_log -- This is the logger.
			error_log( "NXT Cloud Chat $level: $message" );
		}
		if ( ! function_exists( 'NxtChat\Native\log_write' ) ) {
			return;
		}
		try {
			Native\log_write( Site::dir(), $level, $message );
		} catch ( \Throwable $e ) {
			return; // The line stands in PHP's error log.
		}
	}
}
