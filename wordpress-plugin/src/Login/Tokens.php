<?php
/**
 * What a browser carries between the steps of a login.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Login;

/** Signed and short-lived; worthless without the browser's cookie and, for a code, without the code. */
final class Tokens {

	/** A code can be typed in. */
	public const CODE = 'code';
	/** The code was right: the browser may log in. */
	public const PASS = 'pass';
	/** A word is to be sent on WhatsApp. */
	public const WORD = 'word';

	/** How long a browser may take from the right code to the login, in ms. */
	public const PASS_MS = 120000;

	/** A token for the form goes on a little after its code has run out, so that it can ask for another. */
	private const LATER_MS = 600000;

	public static function code( string $uid, string $phone, int $user_id, string $holder, string $redirect, bool $remember, int $expires_ms ): string {
		return self::make( self::CODE, $uid, $phone, $user_id, $holder, $redirect, $remember, $expires_ms + self::LATER_MS );
	}

	public static function pass( string $uid, string $holder, string $redirect, bool $remember, int $now ): string {
		return self::make( self::PASS, $uid, '', 0, $holder, $redirect, $remember, $now + self::PASS_MS );
	}

	public static function word( string $uid, string $holder, string $redirect, bool $remember, int $expires_ms ): string {
		return self::make( self::WORD, $uid, '', 0, $holder, $redirect, $remember, $expires_ms );
	}

	/** @return array{t: string, u: string, p: string, b: int, h: string, r: string, m: bool}|null Kind, challenge, number, user who binds, holder, redirect, remember. */
	public static function open( string $token ): ?array {
		$values = LoginKey::open( $token );
		return null !== $values && isset( $values['t'], $values['u'], $values['p'], $values['b'], $values['h'], $values['r'], $values['m'] ) ? $values : null;
	}

	private static function make( string $kind, string $uid, string $phone, int $user_id, string $holder, string $redirect, bool $remember, int $expires_ms ): string {
		return LoginKey::token(
			array(
				't' => $kind,
				'u' => $uid,
				'p' => $phone,
				'b' => $user_id,
				'h' => $holder,
				'r' => $redirect,
				'm' => $remember,
			),
			$expires_ms
		);
	}
}
