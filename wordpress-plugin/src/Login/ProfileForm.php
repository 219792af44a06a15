<?php
/**
 * A user's number in their profile.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Login;

/** Everybody adds, changes and removes their own number, with the proof of a code. Staff see only that there is one, and may take it off. */
final class ProfileForm {

	/** Field with which staff take a number off. */
	private const REMOVE = 'nxtchat_login_remove';

	/** Action show_user_profile: one's own. @param \WP_User $user */
	public static function own( $user ): void {
		self::section( $user, self::fields( $user, 'admin' ) );
	}

	/** Action edit_user_profile: somebody else's. @param \WP_User $user */
	public static function other( $user ): void {
		$binding = Bindings::of_user( $user->ID );
		if ( ! current_user_can( 'edit_user', $user->ID ) ) {
			return;
		}
		self::section(
			$user,
			null === $binding ? '<p>' . esc_html__( 'No number. Only the user can add one, with a code that arrives there.', 'nxt-cloud-chat' ) . '</p>' : sprintf(
				'<p><span dir="ltr">%s</span></p>%s<p><label><input type="checkbox" name="%s" value="1"> %s</label></p>',
				esc_html( $binding['masked'] ),
				self::stale_note( $binding ),
				esc_attr( self::REMOVE ),
				esc_html__( 'Remove this number', 'nxt-cloud-chat' )
			)
		);
	}

	/** Action edit_user_profile_update. WordPress has checked the form's nonce. @param int $user_id */
	public static function updated( $user_id ): void {
		if ( isset( $_POST[ self::REMOVE ] ) && current_user_can( 'edit_user', (int) $user_id ) ) { // phpcs:ignore WordPress.Security -- user-edit.php has checked it.
			Bindings::unbind( (int) $user_id, get_current_user_id() );
		}
	}

	/** Action woocommerce_after_edit_account_form. */
	public static function woocommerce(): void {
		printf( '<section class="nxtchat-login-account"><h3>%s</h3>%s</section>', esc_html__( 'Log in with WhatsApp', 'nxt-cloud-chat' ), self::fields( wp_get_current_user(), 'woo' ) ); // phpcs:ignore WordPress.Security.EscapeOutput -- Escaped where it is made.
	}

	/** @param \WP_User $user */
	private static function section( $user, string $html ): void {
		unset( $user );
		printf( '<h2 id="nxtchat-login">%s</h2><table class="form-table" role="presentation"><tr><th scope="row">%s</th><td>%s</td></tr></table>', esc_html__( 'Log in with WhatsApp', 'nxt-cloud-chat' ), esc_html__( 'WhatsApp number', 'nxt-cloud-chat' ), $html ); // phpcs:ignore WordPress.Security.EscapeOutput -- Escaped where it is made.
	}

	/** @param \WP_User $user */
	private static function fields( $user, string $skin ): string {
		$binding = Bindings::of_user( $user->ID );
		$note    = SignOn::is_excluded( $user ) ? '<p class="description">' . esc_html__( 'Your account logs in with its password; a code on WhatsApp does not open it.', 'nxt-cloud-chat' ) . '</p>' : '';
		return LoginForm::binding(
			array(
				'skin'   => $skin,
				'nested' => 'admin' === $skin, // Inside the profile's own form.
				'number' => $binding['masked'] ?? '',
			)
		) . sprintf( '<noscript><p><a href="%s">%s</a></p></noscript>', esc_url( BindPage::url() ), esc_html__( 'Add or change your number', 'nxt-cloud-chat' ) ) . ( null === $binding ? '' : self::stale_note( $binding ) ) . $note;
	}

	private static function stale_note( array $binding ): string {
		return match ( Bindings::stale( $binding ) ) {
			Bindings::SILENT  => '<p class="description">' . esc_html__( 'Not used for a long time: it must be confirmed again before it logs anybody in.', 'nxt-cloud-chat' ) . '</p>',
			Bindings::CHANGED => '<p class="description">' . esc_html__( 'WhatsApp says that this number has changed: it must be confirmed again before it logs anybody in.', 'nxt-cloud-chat' ) . '</p>',
			default           => '',
		};
	}
}
