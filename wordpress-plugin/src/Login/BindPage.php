<?php
/**
 * The page on which somebody who is signed in confirms their number.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Login;

/** A view of wp-login.php: for browsers without JavaScript, from the banner, and after the date that the owner set (Migration). */
final class BindPage {

	/** Action of the view of wp-login.php. */
	public const VIEW = 'nxtchat_bind';

	/** Address of the view. @param string $redirect Where to go afterwards, '' = the profile. */
	public static function url( string $redirect = '' ): string {
		$url = add_query_arg( 'action', self::VIEW, site_url( 'wp-login.php', 'login' ) );
		return '' === $redirect ? $url : add_query_arg( 'redirect_to', rawurlencode( $redirect ), $url );
	}

	/** Address that puts the question off for a day. */
	public static function later_url( string $redirect ): string {
		return add_query_arg( 'later', '1', self::url( $redirect ) );
	}

	/** Action login_form_nxtchat_bind. */
	public static function view(): never {
		$redirect = self::redirect();
		if ( ! is_user_logged_in() ) {
			wp_safe_redirect( wp_login_url( self::url( $redirect ) ) );
			exit;
		}
		if ( isset( $_GET['later'] ) ) { // phpcs:ignore WordPress.Security -- It puts off a question, nothing else.
			Migration::put_off();
			wp_safe_redirect( $redirect );
			exit;
		}
		load_plugin_textdomain( 'nxt-cloud-chat', false, dirname( plugin_basename( NXTCHAT_FILE ) ) . '/languages' );
		$user    = wp_get_current_user();
		$binding = Bindings::of_user( $user->ID );
		$gate    = null === $binding && Migration::must( $user );
		login_header( __( 'Your WhatsApp number', 'nxt-cloud-chat' ), self::message( $gate ) );
		// phpcs:ignore WordPress.Security.EscapeOutput -- Escaped where it is made.
		echo LoginForm::binding(
			array(
				'skin'   => 'wp',
				'number' => $binding['masked'] ?? '',
				'stale'  => null !== $binding && Bindings::FRESH !== Bindings::stale( $binding ),
				'next'   => $redirect,
			)
		);
		self::ways( $redirect, $gate );
		login_footer();
		exit;
	}

	/** What stands above the form. */
	private static function message( bool $gate ): string {
		$text = Migration::text();
		return sprintf(
			'<div class="notice notice-info message"><p>%s</p></div>',
			$gate ? esc_html( $text ) : esc_html__( 'Confirm your number, and next time log in with a code on WhatsApp. Your password goes on working.', 'nxt-cloud-chat' )
		);
	}

	/** Ways out. Who has to confirm a number gets one as soon as it does not work, and without a script at once: nobody is locked out. */
	private static function ways( string $redirect, bool $gate ): void {
		$later = sprintf( '<a href="%s">%s</a>', esc_url( self::later_url( $redirect ) ), $gate ? esc_html__( 'I cannot do this now', 'nxt-cloud-chat' ) : esc_html__( 'Not now', 'nxt-cloud-chat' ) );
		printf(
			'<p id="nav"><span%s>%s<br></span>%s <a href="%s">%s</a></p>',
			$gate ? ' data-nxtchat-exit' : '',
			$later, // phpcs:ignore WordPress.Security.EscapeOutput -- Escaped where it is made.
			/* translators: %s: a person's name */
			sprintf( esc_html__( 'You are logged in as %s.', 'nxt-cloud-chat' ), esc_html( wp_get_current_user()->display_name ) ),
			esc_url( wp_logout_url() ),
			esc_html__( 'Log out', 'nxt-cloud-chat' )
		);
	}

	/** Where the person was going; their profile when nobody knows. */
	private static function redirect(): string {
		$url = $_GET['redirect_to'] ?? ''; // phpcs:ignore WordPress.Security -- Validated in the next line.
		return wp_validate_redirect( is_string( $url ) ? esc_url_raw( wp_unslash( $url ) ) : '', '' ) ?: admin_url( 'profile.php' );
	}
}
