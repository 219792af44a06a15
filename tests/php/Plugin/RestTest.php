<?php
/**
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Tests\Plugin;

use NxtChat\Rest;
use NxtChat\Tests\TestCase;

/** What all controllers share. */
final class RestTest extends TestCase {

	public function test_a_cursor_survives_the_round_trip(): void {
		foreach ( array( array( 1 ), array( 1795373341239, 42 ), array( 0, -5, 999999999999999999 ) ) as $position ) {
			$cursor = Rest::cursor_encode( $position );
			self::assertMatchesRegularExpression( '/^[A-Za-z0-9_-]+$/', $cursor );
			self::assertSame( $position, Rest::cursor_decode( $cursor, count( $position ) ) );
		}
	}

	public function test_a_forged_cursor_is_no_position(): void {
		foreach ( array( '', '!', 'AAAA', Rest::cursor_encode( array( 1 ) ), str_repeat( 'MSwx', 1000 ), rtrim( base64_encode( '1,2 OR 1=1' ), '=' ), rtrim( base64_encode( '1,99999999999999999999' ), '=' ) ) as $cursor ) {
			self::assertNull( Rest::cursor_decode( $cursor, 2 ), $cursor );
		}
	}

	public function test_exceptions_of_the_extension_become_stable_errors(): void {
		$classes = array(
			\NxtChat\Native\Exception\InvalidInput::class      => array( 'nxtchat_invalid', 400 ),
			\NxtChat\Native\Exception\SignatureMismatch::class => array( 'nxtchat_signature', 403 ),
			\NxtChat\Native\Exception\VaultError::class        => array( 'nxtchat_vault', 500 ),
			\NxtChat\Native\Exception\SpoolError::class        => array( 'nxtchat_spool', 503 ),
		);
		foreach ( $classes as $class => [ $code, $status ] ) {
			$error = Rest::error( new $class( 'why' ) );
			self::assertSame( array( $code, 'why', $status ), array( $error->get_error_code(), $error->get_error_message(), $error->get_error_data()['status'] ) );
		}
	}
}
