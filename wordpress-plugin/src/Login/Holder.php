<?php
/**
 * The browser that asked.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Login;

/**
 * A random cookie that ties a challenge to the browser that began it: a page of somebody else's can neither finish a login here nor
 * begin one that this browser would finish. It carries nothing and is set only by our own answers, never with a page that may be cached.
 */
final class Holder {

	public const COOKIE = 'nxtchat_login';

	/** Shape of the cookie: 32 random bytes. */
	private const SHAPE = '/^[0-9a-f]{64}$/D';

	/** What a cookie set during this request holds. */
	private static string $fresh = '';

	/** The hash that stands for this browser; the cookie is set when it has none. Before any output. */
	public static function make(): string {
		if ( '' === self::value() ) {
			self::$fresh = bin2hex( random_bytes( 32 ) );
			self::set( self::$fresh );
		}
		return self::hash( self::value() );
	}

	/** The hash of this browser's cookie, '' when it sent none. */
	public static function here(): string {
		return '' === self::value() ? '' : self::hash( self::value() );
	}

	/** Takes the cookie away: a new login begins with a new one. */
	public static function end(): void {
		self::$fresh = '';
		unset( $_COOKIE[ self::name() ] );
		self::set( '' );
	}

	private static function value(): string {
		if ( '' !== self::$fresh ) {
			return self::$fresh;
		}
		$value = $_COOKIE[ self::name() ] ?? ''; // phpcs:ignore WordPress.Security -- Its shape is checked in the next line.
		return is_string( $value ) && 1 === preg_match( self::SHAPE, $value ) ? $value : '';
	}

	/** With HTTPS a name that browsers take from this very host only: another host of the domain cannot plant it. */
	private static function name(): string {
		return is_ssl() && ! COOKIE_DOMAIN && in_array( COOKIEPATH, array( '', '/' ), true ) ? '__Host-' . self::COOKIE : self::COOKIE;
	}

	private static function hash( string $value ): string {
		return substr( hash( 'sha256', $value ), 0, 32 );
	}

	private static function set( string $value ): void {
		if ( headers_sent() ) {
			return;
		}
		setcookie(
			self::name(),
			$value,
			array(
				'expires'  => '' === $value ? 1 : 0,
				'path'     => COOKIEPATH ? COOKIEPATH : '/',
				'domain'   => (string) COOKIE_DOMAIN,
				'secure'   => is_ssl(),
				'httponly' => true,
				'samesite' => 'Lax',
			)
		);
	}
}
