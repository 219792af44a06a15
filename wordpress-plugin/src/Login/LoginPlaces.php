<?php
/**
 * The login form where WordPress and WooCommerce have theirs.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Login;

/** A view of wp-login.php with a button that leads there, and a panel above WooCommerce's form. */
final class LoginPlaces {

	/** Action of the view of wp-login.php. */
	public const VIEW = 'nxtchat_phone';

	private static bool $has_button = false;

	/** Address of the view. @param string $redirect Where to go afterwards, '' = as WordPress decides. */
	public static function url( string $redirect ): string {
		$url = add_query_arg( 'action', self::VIEW, site_url( 'wp-login.php', 'login' ) );
		return '' === $redirect ? $url : add_query_arg( 'redirect_to', rawurlencode( $redirect ), $url );
	}

	/** Action login_form: the way to the view, in the form for the password. */
	public static function button(): void {
		if ( isset( $_REQUEST['interim-login'] ) ) { // phpcs:ignore WordPress.Security -- Only whether it is there.
			return; // The small window in which somebody whose session ended logs in again.
		}
		self::$has_button = true;
		printf( '<p class="nxtchat-login-way"><a class="button button-large" href="%s">%s</a></p>', esc_url( self::url( self::redirect() ) ), esc_html__( 'Log in with WhatsApp', 'nxt-cloud-chat' ) );
	}

	/** Action login_enqueue_scripts. */
	public static function style(): void {
		wp_enqueue_style( LoginForm::HANDLE, plugins_url( 'blocks/login/style.css', NXTCHAT_FILE ), array( 'login' ), NXTCHAT_VERSION );
	}

	/** Action login_footer: the button goes to the end of the form, where the eye and the Tab key find it last. */
	public static function footer(): void {
		if ( self::$has_button ) {
			wp_print_inline_script_tag( "document.getElementById('loginform')?.append(document.querySelector('.nxtchat-login-way'));" );
		}
	}

	/** Action login_form_nxtchat_phone: the view. */
	public static function view(): never {
		$redirect = self::redirect();
		load_plugin_textdomain( 'nxt-cloud-chat', false, dirname( plugin_basename( NXTCHAT_FILE ) ) . '/languages' );
		login_header( __( 'Log in with WhatsApp', 'nxt-cloud-chat' ) );
		if ( is_user_logged_in() ) {
			echo '<div class="notice notice-info message">' . LoginForm::signed_in( $redirect ) . '</div>'; // phpcs:ignore WordPress.Security.EscapeOutput -- Escaped where it is made.
		} else {
			// phpcs:ignore WordPress.Security.EscapeOutput -- Escaped where it is made.
			echo LoginForm::html(
				array(
					'skin'         => 'wp',
					'redirect'     => $redirect,
					'password_url' => wp_login_url( $redirect ),
				)
			);
		}
		login_footer();
		exit;
	}

	/** Action woocommerce_before_customer_login_form. */
	public static function woocommerce(): void {
		printf(
			'<details class="nxtchat-login-panel"><summary>%s</summary>%s</details>',
			esc_html__( 'Log in with WhatsApp', 'nxt-cloud-chat' ),
			// phpcs:ignore WordPress.Security.EscapeOutput -- Escaped where it is made.
			LoginForm::html(
				array(
					'skin'         => 'woo',
					'here'         => true,
					'password_url' => '',
				)
			)
		);
	}

	/** Where the visitor of wp-login.php was going. */
	private static function redirect(): string {
		$url = $_REQUEST['redirect_to'] ?? ''; // phpcs:ignore WordPress.Security -- Validated in the next line; it does nothing but lead on.
		return is_string( $url ) ? wp_validate_redirect( esc_url_raw( wp_unslash( $url ) ), '' ) : '';
	}
}
