<?php
/**
 * The question "live site or copy?" in wp-admin.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Account;

use NxtChat\Capabilities;

/** The staging guard's notice and its two buttons. */
final class AccountNotices {

	private const ACTION = 'nxtchat_confirm_home';

	/** Asks those who can answer, on every screen of wp-admin but Accounts, which asks by itself. */
	public static function show(): void {
		$screen = get_current_screen();
		if ( ! current_user_can( Capabilities::MANAGE ) || ( null !== $screen && str_ends_with( $screen->id, '_page_nxtchat-account' ) ) ) {
			return;
		}
		$clones = array_filter( AccountStore::all(), static fn( array $row ): bool => Home::is_clone( $row['home_url'] ) );
		if ( ! $clones || Home::is_confirmed_copy() ) {
			return;
		}
		$row = reset( $clones );
		echo '<div class="notice notice-error nxtchat-clone"><p><strong>' . esc_html__( 'NXT Cloud Chat has stopped sending WhatsApp messages.', 'nxt-cloud-chat' ) . '</strong> ';
		printf(
			/* translators: 1: the site's present address, 2: the address at which the account was connected */
			esc_html__( 'This site answers at %1$s, but its WhatsApp account was connected at %2$s. If this is a copy, it must not write to your customers.', 'nxt-cloud-chat' ),
			'<code>' . esc_html( Home::current() ) . '</code>',
			'<code>' . esc_html( (string) preg_replace( '#^https?://#', '', $row['home_url'] ) ) . '</code>'
		);
		echo '</p><form method="post" action="' . esc_url( admin_url( 'admin-post.php' ) ) . '"><p><input type="hidden" name="action" value="' . esc_attr( self::ACTION ) . '">';
		wp_nonce_field( self::ACTION );
		echo '<button class="button button-primary" name="as" value="copy">' . esc_html__( 'This is a copy', 'nxt-cloud-chat' ) . '</button> ';
		echo '<button class="button" name="as" value="live">' . esc_html__( 'This is the live site now', 'nxt-cloud-chat' ) . '</button></p></form></div>';
	}

	/** admin-post.php: one of the buttons. */
	public static function confirm_home(): void {
		check_admin_referer( self::ACTION );
		if ( ! current_user_can( Capabilities::MANAGE ) ) {
			wp_die( esc_html__( 'You are not allowed to do this. Ask an administrator of this site.', 'nxt-cloud-chat' ), 403 );
		}
		$done = Accounts::confirm_home( sanitize_key( wp_unslash( $_POST['as'] ?? '' ) ) );
		if ( is_wp_error( $done ) ) {
			wp_die( esc_html( $done->get_error_message() ), 400 );
		}
		$back = wp_get_referer();
		wp_safe_redirect( $back ? $back : admin_url() );
		exit;
	}
}
