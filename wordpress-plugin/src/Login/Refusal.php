<?php
/**
 * What a visitor is told when it does not work.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Login;

use NxtChat\Log;

/** One calm sentence, and the password way. The same for every number, known or not. */
final class Refusal {

	/** An error for the form. @param array<string, mixed> $more */
	public static function of( string $code, int $status, string $message, array $more = array() ): \WP_Error {
		return new \WP_Error(
			$code,
			$message,
			$more + array(
				'status'       => $status,
				'password_url' => wp_login_url(),
			)
		);
	}

	/** Login is switched off. */
	public static function off(): \WP_Error {
		return self::of( 'nxtchat_login_off', 404, __( 'Logging in by WhatsApp is switched off here. Please use your password.', 'nxt-cloud-chat' ) );
	}

	/** Codes cannot be sent now. */
	public static function unavailable( int $retry_in = 0 ): \WP_Error {
		return self::of( 'nxtchat_login_unavailable', 503, __( 'WhatsApp can\'t be reached at the moment. Please try later, or use your password.', 'nxt-cloud-chat' ), $retry_in > 0 ? array( 'retry_in' => $retry_in ) : array() );
	}

	/** Something is broken here: the visitor reads the same as when codes cannot be sent, the log why. */
	public static function broken( \Throwable $why ): \WP_Error {
		Log::error( 'Login: ' . $why->getMessage() );
		Stats::count( 'refused:broken' );
		return self::unavailable();
	}

	/** Too many. @param int $retry_in Seconds. */
	public static function wait( int $retry_in ): \WP_Error {
		$minutes = (int) ceil( $retry_in / 60 );
		$message = match ( true ) {
			/* translators: %d: seconds */
			$retry_in < 60 => sprintf( _n( 'Please wait %d second before you ask for another code.', 'Please wait %d seconds before you ask for another code.', $retry_in, 'nxt-cloud-chat' ), $retry_in ),
			/* translators: %d: minutes */
			$minutes < 90  => sprintf( _n( 'That was often. Please wait %d minute, or use your password.', 'That was often. Please wait %d minutes, or use your password.', $minutes, 'nxt-cloud-chat' ), $minutes ),
			default        => __( 'That was often. Please try tomorrow, or use your password.', 'nxt-cloud-chat' ),
		};
		return self::of( 'nxtchat_login_wait', 429, $message, array( 'retry_in' => $retry_in ) );
	}

	/** The number. */
	public static function phone( string $message, string $code = 'nxtchat_login_phone' ): \WP_Error {
		return self::of(
			$code,
			400,
			$message,
			array(
				'problems' => array(
					array(
						'path'    => 'phone',
						'message' => $message,
					),
				),
			)
		);
	}

	/** The code has run out, was used, or was never ours. */
	public static function expired(): \WP_Error {
		return self::of( 'nxtchat_login_expired', 410, __( 'This code has run out. Please ask for a new one.', 'nxt-cloud-chat' ) );
	}

	/** Another browser, or one that keeps no cookies. */
	public static function session(): \WP_Error {
		return self::of( 'nxtchat_login_session', 403, __( 'Please begin again in this browser. It must accept cookies.', 'nxt-cloud-chat' ) );
	}

	/** No attempt left. */
	public static function exhausted( int $retry_in ): \WP_Error {
		$minutes = max( 1, (int) ceil( $retry_in / 60 ) );
		/* translators: %d: minutes */
		return self::of( 'nxtchat_login_exhausted', 429, sprintf( _n( 'Too many wrong codes. Please wait %d minute, or use your password.', 'Too many wrong codes. Please wait %d minutes, or use your password.', $minutes, 'nxt-cloud-chat' ), $minutes ), array( 'retry_in' => $retry_in ) );
	}

	/** Not this code. */
	public static function wrong( int $left ): \WP_Error {
		/* translators: %d: how many more times a code can be typed in */
		return self::of( 'nxtchat_login_code', 400, sprintf( _n( 'That is not the code. You can try %d more time.', 'That is not the code. You can try %d more times.', $left, 'nxt-cloud-chat' ), $left ), array( 'attempts_left' => $left ) );
	}
}
