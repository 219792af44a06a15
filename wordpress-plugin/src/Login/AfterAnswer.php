<?php
/**
 * What is done once the visitor has the answer.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Login;

use NxtChat\Log;

/** Work of this request that the visitor does not wait for, and whose time tells nothing. */
final class AfterAnswer {

	/** @var list<callable(): void> */
	private static array $work = array();

	/** @param callable(): void $work */
	public static function add( callable $work ): void {
		self::$work[] = $work;
	}

	/** Is anything waiting? */
	public static function waits(): bool {
		return array() !== self::$work;
	}

	/** Action shutdown. Gives the answer to the visitor first, where this server can. Never throws. */
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
				Log::error( 'Login, after the answer: ' . get_class( $e ) . ' in ' . basename( $e->getFile() ) . ':' . $e->getLine() . ': ' . $e->getMessage() );
			}
		}
	}
}
