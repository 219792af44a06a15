<?php
/**
 * Existing users are asked to confirm a number.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Login;

/**
 * A banner until the day that the owner set, a page on the way to wp-admin and the account afterwards. Who has a number is told by a user meta
 * that WordPress has read with the user, so nothing of this costs a query. Nobody is locked out: administrators never see the page, it does not
 * appear while codes cannot be sent, and whoever fails at it goes on.
 */
final class Migration {

	/** Cookie of who was asked and put it off for a day. */
	private const LATER = 'nxtchat_later';

	/** May this user be asked? */
	public static function asks( \WP_User $user ): bool {
		$settings = LoginSettings::all();
		if ( ! $settings['enabled'] || ! $settings['migrate']['enabled'] || ! $user->exists() || '' !== (string) get_user_meta( $user->ID, Bindings::META, true ) ) {
			return false;
		}
		$roles = $settings['migrate']['roles'];
		return ( ! $roles || array_intersect( $roles, (array) $user->roles ) ) && ! SignOn::is_excluded( $user );
	}

	/** Is the time over for this user? The last question, whether a code can be sent at all, is the only one that costs queries. */
	public static function must( \WP_User $user ): bool {
		$until = LoginSettings::all()['migrate']['until'];
		$must  = '' !== $until && wp_date( 'Y-m-d' ) > $until && ! self::was_put_off() && self::asks( $user ) && ! user_can( $user, 'manage_options' );
		/**
		 * Must this user confirm a number before going on?
		 *
		 * @param bool     $must
		 * @param \WP_User $user
		 */
		return apply_filters( 'nxtchat_login_must_bind', $must, $user ) && null === CodeRequest::unready();
	}

	/** What users are asked with. */
	public static function text(): string {
		$migrate = LoginSettings::all()['migrate'];
		if ( '' !== $migrate['text'] ) {
			return $migrate['text'];
		}
		if ( '' === $migrate['until'] || wp_date( 'Y-m-d' ) > $migrate['until'] ) {
			return __( 'Confirm your WhatsApp number: from now on you log in with a code, and never wait for an e-mail when you forgot your password.', 'nxt-cloud-chat' );
		}
		/* translators: %s: a date */
		return sprintf( __( 'Confirm your WhatsApp number until %s: then you log in with a code, and never wait for an e-mail when you forgot your password.', 'nxt-cloud-chat' ), wp_date( (string) get_option( 'date_format' ), (int) strtotime( $migrate['until'] . ' 12:00:00 UTC' ), new \DateTimeZone( 'UTC' ) ) );
	}

	/** Action admin_notices. */
	public static function notice(): void {
		if ( self::was_put_off() || ! self::asks( wp_get_current_user() ) || in_array( get_current_screen()?->id, array( 'profile', 'user-edit' ), true ) ) {
			return;
		}
		$here = self::here();
		printf(
			'<div class="notice notice-info nxtchat-migrate"><p>%s</p><p><a class="button button-primary" href="%s">%s</a> <a class="button" href="%s">%s</a></p></div>',
			esc_html( self::text() ),
			esc_url( BindPage::url( $here ) ),
			esc_html__( 'Confirm my number', 'nxt-cloud-chat' ),
			esc_url( BindPage::later_url( $here ) ),
			esc_html__( 'Tomorrow', 'nxt-cloud-chat' )
		);
	}

	/** Action wp_footer: the same at the foot of the public site's pages. */
	public static function bar(): void {
		if ( self::was_put_off() || ! self::asks( wp_get_current_user() ) ) {
			return;
		}
		$here = self::here();
		printf(
			'<div class="nxtchat-migrate" role="region" aria-label="%1$s" style="position:fixed;inset:auto 0 0;z-index:99998;display:flex;flex-wrap:wrap;align-items:center;justify-content:center;gap:.5rem 1rem;padding:.75rem 1rem;background:#1e1e1e;color:#fff;font:1rem/1.5 system-ui,sans-serif"><span style="flex:0 1 44rem">%2$s</span><span style="display:flex;gap:1rem;align-items:center"><a href="%3$s" style="display:inline-block;padding:.5rem 1rem;border-radius:4px;background:#fff;color:#1e1e1e;text-decoration:none">%4$s</a><a href="%5$s" style="padding:.5rem 0;color:#fff">%6$s</a></span></div>',
			esc_attr__( 'Your WhatsApp number', 'nxt-cloud-chat' ),
			esc_html( self::text() ),
			esc_url( BindPage::url( $here ) ),
			esc_html__( 'Confirm my number', 'nxt-cloud-chat' ),
			esc_url( BindPage::later_url( $here ) ),
			esc_html__( 'Tomorrow', 'nxt-cloud-chat' )
		);
	}

	/** Filter login_redirect. @param string $to As given. @param string $requested As asked for. @param mixed $user Who logged in, or why not. */
	public static function after_login( $to, $requested, $user ) {
		return $user instanceof \WP_User && self::must( $user ) ? BindPage::url( (string) $to ) : $to;
	}

	/** Filter woocommerce_login_redirect. @param string $to As given. @param mixed $user Who logged in. */
	public static function after_woocommerce_login( $to, $user = null ) {
		return self::after_login( $to, '', $user );
	}

	/** Action admin_init. The profile is where numbers are confirmed: it stays open. */
	public static function in_admin(): void {
		if ( ! wp_doing_ajax() && ! in_array( $GLOBALS['pagenow'] ?? '', array( 'profile.php', 'admin-post.php', 'admin-ajax.php', 'async-upload.php' ), true ) ) {
			self::gate();
		}
	}

	/** Action template_redirect: the account of a shop. Nothing else of the public site, and never on the way to pay. */
	public static function in_account(): void {
		if ( function_exists( 'is_account_page' ) && is_account_page() && ! is_wc_endpoint_url( 'customer-logout' ) ) {
			self::gate();
		}
	}

	/** Not again for a day. */
	public static function put_off(): void {
		foreach ( array_unique( array( COOKIEPATH, SITECOOKIEPATH ) ) as $path ) {
			setcookie(
				self::LATER,
				'1',
				array(
					'expires'  => time() + DAY_IN_SECONDS,
					'path'     => $path ? $path : '/',
					'domain'   => (string) COOKIE_DOMAIN,
					'secure'   => is_ssl(),
					'httponly' => true,
					'samesite' => 'Lax',
				)
			);
		}
	}

	/** The address of this request, without its host. */
	private static function here(): string {
		return esc_url_raw( wp_unslash( $_SERVER['REQUEST_URI'] ?? '' ) );
	}

	private static function was_put_off(): bool {
		return isset( $_COOKIE[ self::LATER ] );
	}

	/** Sends who has to confirm a number to the page for it; what they were sending is not lost. */
	private static function gate(): void {
		if ( in_array( $_SERVER['REQUEST_METHOD'] ?? '', array( 'GET', 'HEAD' ), true ) && self::must( wp_get_current_user() ) ) {
			wp_safe_redirect( BindPage::url( self::here() ) );
			exit;
		}
	}
}
