<?php
/**
 * From a right code to a session.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Login;

use NxtChat\AfterAnswer;
use NxtChat\Audit\Audit;
use NxtChat\Native;
use NxtChat\Site;
use NxtChat\StoreError;

/**
 * wp-login.php?action=nxtchat. A page of WordPress's own login, so that everything that plugins do there happens here too: the filters
 * of `authenticate`, lockouts, two-factor pages after `wp_login`, "remember me", redirects.
 */
final class SignOn {

	/** What wp-login.php?action=… calls us. */
	public const ACTION = 'nxtchat';

	/** Who has proven a number in this request. */
	private static ?\WP_User $proven = null;

	/** The address that logs a browser in. */
	public static function url( string $pass ): string {
		return add_query_arg(
			array(
				'action' => self::ACTION,
				'pass'   => rawurlencode( $pass ),
			),
			site_url( 'wp-login.php', 'login' ) // Not wp_login_url(): themes send people to pages of their own with that.
		);
	}

	/** Action login_form_nxtchat: ends with a redirect, or with WordPress's login page and an error. */
	public static function run(): void {
		nocache_headers();
		header( 'Referrer-Policy: no-referrer' );
		// phpcs:ignore WordPress.Security -- A signed token; a nonce of a visitor would prove nothing.
		$pass = is_string( $_GET['pass'] ?? null ) ? wp_unslash( $_GET['pass'] ) : '';
		try {
			$done = self::sign_on( $pass );
		} catch ( Native\Exception\Exception | StoreError $e ) {
			$done = Refusal::broken( $e );
		}
		if ( ! is_wp_error( $done ) ) {
			wp_safe_redirect( $done );
			exit;
		}
		login_header( __( 'Log in', 'nxt-cloud-chat' ), '', $done );
		printf( '<p class="message"><a href="%s">%s</a></p>', esc_url( wp_login_url() ), esc_html__( 'Log in with your password', 'nxt-cloud-chat' ) );
		login_footer();
		exit;
	}

	/**
	 * Logs the browser in, once for each right code.
	 *
	 * @return string|\WP_Error Where to go.
	 */
	public static function sign_on( string $pass ): string|\WP_Error {
		$now   = Site::now_ms();
		$token = LoginSettings::all()['enabled'] ? Tokens::open( $pass ) : null;
		if ( null === $token || Tokens::PASS !== $token['t'] ) {
			return Refusal::expired();
		}
		if ( Holder::here() !== $token['h'] ) {
			return Refusal::session();
		}
		if ( is_user_logged_in() ) {
			// Nobody's session is exchanged for another's.
			return self::target( $token['r'], wp_get_current_user() );
		}
		if ( ! ChallengeStore::consume( $token['u'], $token['h'], $now - Tokens::PASS_MS, $now ) ) {
			return Refusal::expired();
		}
		$phone = (string) ( ChallengeStore::get( $token['u'] )['phone'] ?? '' );
		$user  = self::user( $phone );
		if ( is_wp_error( $user ) ) {
			self::refused( $user, (int) ( NumberStore::of_phone( $phone )['user_id'] ?? 0 ), $phone );
			return $user;
		}
		NumberStore::seen( $user->ID, $now );
		$done = self::through_wordpress( $user, $token['r'], $token['m'], $phone );
		if ( is_wp_error( $done ) ) {
			self::refused( $done, $user->ID, $phone );
			return $done;
		}
		Stats::count( 'success' );
		self::note( 'login.success', $done->ID, $phone );
		Holder::end();
		return self::target( $token['r'], $done );
	}

	/**
	 * WordPress's own chain: authenticate(), the cookies, wp_login. Plugins that ask for a second factor show their page there and end the
	 * request: that they took over is written down at its end.
	 */
	private static function through_wordpress( \WP_User $user, string $redirect, bool $remember, string $phone ): \WP_User|\WP_Error {
		// Where their pages look for it; what the address said of it counts for nothing.
		$_REQUEST['redirect_to'] = wp_slash( self::wanted( $redirect ) ?: self::home( $user ) );
		$_REQUEST['rememberme']  = $remember ? 'forever' : '';
		$returned                = false;
		AfterAnswer::add(
			static function () use ( &$returned, $user, $phone ): void {
				if ( ! $returned ) {
					Stats::count( 'success' );
					self::note( 'login.handed_on', $user->ID, $phone );
				}
			}
		);
		self::$proven = $user;
		$done         = wp_signon(
			array(
				'user_login'    => $user->user_login,
				'user_password' => '',
				'remember'      => $remember,
			)
		);
		self::$proven = null;
		$returned     = true;
		return $done;
	}

	private static function refused( \WP_Error $why, int $user_id, string $phone ): void {
		Stats::count( 'refused:' . substr( (string) $why->get_error_code(), 0, 40 ) );
		self::note( 'login.refused', $user_id, $phone, array( 'reason' => (string) $why->get_error_code() ) );
	}

	/** @param array<string, string> $detail */
	private static function note( string $action, int $user_id, string $phone, array $detail = array() ): void {
		Audit::record(
			$action,
			array(
				'actor_id' => 0,
				'user_id'  => $user_id,
				'number'   => $phone,
				'ip'       => ClientIp::get(),
				'detail'   => $detail,
			)
		);
	}

	/**
	 * Filter authenticate, before WordPress looks at passwords: the user who has just proven a number, and only in the request that
	 * did so. Everything that others check afterwards, they check.
	 *
	 * @param mixed $user As given.
	 * @return mixed
	 */
	public static function authenticate( $user, string $login ) {
		// wp_authenticate() has cleaned the name.
		if ( null === self::$proven || sanitize_user( self::$proven->user_login ) !== $login || is_wp_error( $user ) ) {
			return $user;
		}
		/** This filter is documented in wp-includes/user.php: plugins ban users with it. */
		return apply_filters( 'wp_authenticate_user', self::$proven, '' );
	}

	/** Whom a proven number logs in. */
	private static function user( string $phone ): \WP_User|\WP_Error {
		$binding = Bindings::of_phone( $phone );
		$user    = null === $binding ? null : get_userdata( $binding['user_id'] );
		if ( ! $user ) {
			if ( null !== $binding ) {
				NumberStore::remove( $binding['user_id'] ); // Its user is gone.
			}
			return Registration::allowed() ? Registration::make( $phone ) : Refusal::of( 'nxtchat_login_unknown', 403, __( 'There is no account with this number. Log in with your password, and add the number to your profile.', 'nxt-cloud-chat' ) );
		}
		if ( is_multisite() && ! is_user_member_of_blog( $user->ID ) && ! is_super_admin( $user->ID ) ) {
			return Refusal::of( 'nxtchat_login_unknown', 403, __( 'There is no account with this number. Log in with your password, and add the number to your profile.', 'nxt-cloud-chat' ) );
		}
		if ( self::is_excluded( $user ) ) {
			return Refusal::of( 'nxtchat_login_role', 403, __( 'This account logs in with its password.', 'nxt-cloud-chat' ) );
		}
		if ( Bindings::FRESH !== Bindings::stale( $binding ) ) {
			return Refusal::of( 'nxtchat_login_stale', 403, __( 'This number was not used here for a long time, or has changed hands. Log in with your password once, and confirm the number in your profile.', 'nxt-cloud-chat' ) );
		}
		return $user;
	}

	/** Must this user use a password? */
	public static function is_excluded( \WP_User $user ): bool {
		$excluded = array_intersect( LoginSettings::all()['excluded_roles'], (array) $user->roles );
		$excluded = $excluded || ( is_multisite() && in_array( 'administrator', LoginSettings::all()['excluded_roles'], true ) && is_super_admin( $user->ID ) );
		/**
		 * Must this user log in with a password, whatever number they have?
		 *
		 * @param bool     $excluded
		 * @param \WP_User $user
		 */
		return (bool) apply_filters( 'nxtchat_login_excluded', (bool) $excluded, $user );
	}

	/** Where somebody goes: where they were going, else where the owner wants, else where WordPress would send them. */
	private static function target( string $redirect, \WP_User $user ): string {
		$home = self::home( $user );
		/** This filter is documented in wp-login.php. */
		return wp_validate_redirect( (string) apply_filters( 'login_redirect', self::wanted( $redirect ) ?: $home, $redirect, $user ), $home );
	}

	private static function wanted( string $redirect ): string {
		return '' === $redirect ? LoginSettings::all()['redirect'] : $redirect;
	}

	private static function home( \WP_User $user ): string {
		return $user->has_cap( 'edit_posts' ) ? admin_url() : ( function_exists( 'wc_get_page_permalink' ) ? wc_get_page_permalink( 'myaccount' ) : home_url( '/' ) );
	}
}
