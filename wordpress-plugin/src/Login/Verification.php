<?php
/**
 * Is it the code?
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Login;

use NxtChat\AfterAnswer;
use NxtChat\Audit\Audit;
use NxtChat\Native;
use NxtChat\Site;

/**
 * An attempt is taken before the code is looked at, by one conditional UPDATE; the extension compares; another conditional UPDATE
 * makes the challenge verified; and nobody hears of it before all this is committed. So a limit of five looks at five codes, and a right
 * code is right once, however many ask at once.
 */
final class Verification {

	/**
	 * Checks a code of a visitor who logs in.
	 *
	 * @return array{next: string}|\WP_Error Where the browser goes to be logged in.
	 */
	public static function login( string $challenge, #[\SensitiveParameter] string $code ): array|\WP_Error {
		$token = self::token( $challenge, 0 );
		if ( is_wp_error( $token ) ) {
			return $token;
		}
		$done = self::check( $token, $code );
		if ( is_wp_error( $done ) ) {
			return $done;
		}
		return array( 'next' => SignOn::url( Tokens::pass( $token['u'], $token['h'], $token['r'], $token['m'], Site::now_ms() ) ) );
	}

	/**
	 * Checks the code of a user who proves a number, and binds it.
	 *
	 * @return array{phone: string, verified_ms: int}|\WP_Error The number masked.
	 */
	public static function bind( string $challenge, #[\SensitiveParameter] string $code, int $user_id ): array|\WP_Error {
		$token = self::token( $challenge, $user_id );
		if ( is_wp_error( $token ) ) {
			return $token;
		}
		$done = self::check( $token, $code );
		if ( is_wp_error( $done ) ) {
			return $done;
		}
		$now = Site::now_ms();
		if ( ! ChallengeStore::consume( $token['u'], $token['h'], $now - Tokens::PASS_MS, $now ) ) {
			return Refusal::expired();
		}
		$bound = Bindings::bind( $user_id, $token['p'], $user_id );
		return is_wp_error( $bound ) ? $bound : array(
			'phone'       => Audit::masked( $token['p'] ),
			'verified_ms' => $now,
		);
	}

	/** @return array<string, mixed>|\WP_Error The token, of this browser and for this purpose. */
	private static function token( string $challenge, int $user_id ): array|\WP_Error {
		if ( ! LoginSettings::all()['enabled'] ) {
			return Refusal::off();
		}
		$token = Tokens::open( $challenge );
		if ( null === $token || Tokens::CODE !== $token['t'] || $user_id !== (int) $token['b'] ) {
			return Refusal::expired();
		}
		return Holder::here() === $token['h'] ? $token : Refusal::session();
	}

	/** @return bool|\WP_Error True: the challenge is verified for this browser. */
	private static function check( array $token, #[\SensitiveParameter] string $code ): bool|\WP_Error {
		$now  = Site::now_ms();
		$code = self::digits( $code );
		if ( strlen( $code ) < 4 ) {
			return Refusal::of( 'nxtchat_login_code', 400, __( 'Please type in the code from WhatsApp.', 'nxt-cloud-chat' ), array( 'attempts_left' => null ) );
		}
		// One commit for all of it, and no word of the outcome before it.
		[ $outcome, $row ] = ChallengeStore::transaction_again( static fn(): array => self::look( $token, $code, $now ) );
		$left              = null === $row ? 0 : max( 0, (int) $row['max_attempts'] - (int) $row['attempts'] );
		$seconds           = null === $row ? 0 : (int) ceil( ( (int) $row['expires_ms'] - $now ) / 1000 );
		if ( 'right' === $outcome ) {
			return true;
		}
		Stats::count( "refused:$outcome" );
		if ( 'guesses' === $outcome ) {
			return Refusal::wait( DAY_IN_SECONDS );
		}
		if ( 'attempt' === $outcome ) {
			return $seconds > 0 && 0 === $left && in_array( (int) $row['state'], array( Native\CHALLENGE_LIVE, Native\CHALLENGE_EXHAUSTED ), true ) ? Refusal::exhausted( $seconds ) : Refusal::expired();
		}
		AfterAnswer::add( static fn() => self::failed( $token, $row ) );
		return $left > 0 ? Refusal::wrong( $left ) : Refusal::exhausted( max( 1, $seconds ) );
	}

	/**
	 * Takes an attempt and looks, inside a transaction. The row is ours from the attempt on: whoever else asks waits.
	 *
	 * @return array{0: string, 1: ?array} 'right', 'code' (wrong), 'attempt' (there is none), 'guesses' (none today); the challenge as it is.
	 */
	private static function look( array $token, #[\SensitiveParameter] string $code, int $now ): array {
		$taken = ChallengeStore::attempt( $token['u'], $now );
		$row   = ChallengeStore::get( $token['u'] );
		if ( ! $taken || null === $row ) {
			return array( 'attempt', $row );
		}
		// After the attempt: what is not looked at anyway uses up nobody's day.
		if ( ! Budgets::guess( $token['p'], $now ) ) {
			return array( 'guesses', $row );
		}
		if ( Native\otp_check( Site::dir(), LoginKey::sealed(), $code, (string) $row['code_hash'], Delivery::binding( $row ) ) ) {
			return array( ChallengeStore::verify( $token['u'], (string) $row['code_hash'], $token['h'], $now ) ? 'right' : 'attempt', $row );
		}
		if ( (int) $row['attempts'] >= (int) $row['max_attempts'] ) {
			ChallengeStore::exhaust( $token['u'] );
		}
		return array( 'code', $row );
	}

	/** WordPress and its lockout plugins hear of a wrong code as of a wrong password. */
	private static function failed( array $token, ?array $row ): void {
		if ( null !== $row && (int) $row['attempts'] >= (int) $row['max_attempts'] ) {
			Audit::record(
				'login.exhausted',
				array(
					'actor_id' => 0,
					'number'   => $token['p'],
					'ip'       => ClientIp::get(),
				)
			);
		}
		// Lockout plugins write names into logs of their own: one name a number, which tells no number and no user.
		$name = 'whatsapp-' . substr( LoginKey::hashes( array( "name:{$token['p']}" ) )[0], 0, 10 );
		/** This action is documented in wp-includes/pluggable.php. */
		do_action( 'wp_login_failed', $name, new \WP_Error( 'nxtchat_login_code', __( 'That is not the code.', 'nxt-cloud-chat' ) ) );
	}

	/** The digits of what was typed or pasted, also of other scripts. */
	private static function digits( #[\SensitiveParameter] string $code ): string {
		$code = wp_check_invalid_utf8( mb_substr( $code, 0, 40 ) );
		$code = strtr(
			$code,
			array_combine(
				preg_split( '//u', '٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹', -1, PREG_SPLIT_NO_EMPTY ),
				str_split( '01234567890123456789' )
			)
		);
		return (string) preg_replace( '/\D+/', '', $code );
	}
}
