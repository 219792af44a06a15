<?php
/**
 * What is done once somebody has the answer.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat;

/** Work of this request that nobody waits for, and whose time tells nothing. */
final class AfterAnswer {

	/** @var list<callable(): void> */
	private static array $work = array();

	/** @param callable(): void $work */
	public static function add( callable $work ): void {
		if ( ! self::$work && ! self::can_finish() && ! headers_sent() ) {
			ob_start(); // Until part() knows how long the answer is.
		}
		self::$work[] = $work;
	}

	/** Is anything waiting? */
	public static function waits(): bool {
		return array() !== self::$work;
	}

	/**
	 * Action shutdown, before WordPress empties its buffers. Where the server cannot end an answer early (mod_php), the browser is told how
	 * long it is, and does not wait for what comes after.
	 */
	public static function part(): void {
		if ( ! self::$work || self::can_finish() || headers_sent() || ini_get( 'zlib.output_compression' ) ) {
			return;
		}
		$answer = '';
		while ( ob_get_level() > 0 ) {
			$answer = ob_get_clean() . $answer;
		}
		header( 'Content-Length: ' . strlen( $answer ) );
		if ( function_exists( 'apache_setenv' ) ) {
			apache_setenv( 'no-gzip', '1' ); // What compresses would wait for the end.
		}
		header( 'Connection: close' );
		echo $answer; // phpcs:ignore WordPress.Security.EscapeOutput -- The answer as it is.
		flush();
	}

	private static function can_finish(): bool {
		return 'cli' === PHP_SAPI || function_exists( 'fastcgi_finish_request' ) || function_exists( 'litespeed_finish_request' );
	}

	/** Action shutdown. Gives the answer first, where this server can. Never throws. */
	public static function run(): void {
		if ( ! self::$work ) {
			return;
		}
		ignore_user_abort( true );
		if ( function_exists( 'fastcgi_finish_request' ) ) {
			fastcgi_finish_request();
		} elseif ( function_exists( 'litespeed_finish_request' ) ) {
			litespeed_finish_request();
		}
		while ( self::$work ) {
			$work = array_shift( self::$work );
			try {
				$work();
			} catch ( \Throwable $e ) {
				Log::error( 'After the answer: ' . get_class( $e ) . ' in ' . basename( $e->getFile() ) . ':' . $e->getLine() . ': ' . $e->getMessage() );
			}
		}
	}
}
