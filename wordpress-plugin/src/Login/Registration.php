<?php
/**
 * A new account by number.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Login;

use NxtChat\Audit\Audit;
use NxtChat\Site;
use NxtChat\StoreError;

/** Only where the site registers anybody at all, and the owner wants it here too. The number becomes no public name. */
final class Registration {

	/** Letters of a made-up user name: 50 bits, so that two never meet. */
	private const NAME_LENGTH = 10;

	/** May an unknown number make an account? */
	public static function allowed(): bool {
		return (bool) get_option( 'users_can_register' ) && LoginSettings::all()['register'];
	}

	/**
	 * Makes an account for a proven number and binds it, both or neither. Two at once end up with one account: the number is taken first.
	 *
	 * @return \WP_User|\WP_Error
	 */
	public static function make( string $e164 ): \WP_User|\WP_Error {
		$login = 'member-' . strtolower( wp_generate_password( self::NAME_LENGTH, false ) );
		$data  = array(
			'user_login'    => $login,
			'user_nicename' => $login,
			'user_pass'     => wp_generate_password( 32, true, true ),
			'user_email'    => '',
			'display_name'  => __( 'Member', 'nxt-cloud-chat' ),
			'nickname'      => __( 'Member', 'nxt-cloud-chat' ),
			'role'          => (string) get_option( 'default_role' ),
		);
		/**
		 * The account that is made for a number: what wp_insert_user() gets. Return WP_Error to refuse.
		 *
		 * @param array|\WP_Error $data
		 * @param string          $e164 The proven number. Keep it out of names: they are public.
		 */
		$data = apply_filters( 'nxtchat_login_new_user', $data, $e164 );
		if ( is_wp_error( $data ) ) {
			return $data;
		}
		$is_new  = false;
		$user_id = NumberStore::transaction_again(
			static function () use ( $data, $e164, &$is_new ): int|\WP_Error {
				$is_new  = false;
				$bound   = NumberStore::reserve( $e164, Site::now_ms() );
				if ( $bound > 0 ) {
					return $bound; // Somebody registered the same number at the same moment: theirs is it.
				}
				$user_id = wp_insert_user( $data );
				if ( is_wp_error( $user_id ) ) {
					NumberStore::remove_phones( array( $e164 ) );
					return $user_id;
				}
				if ( ! NumberStore::settle( $e164, $user_id ) ) {
					clean_user_cache( $user_id );
					throw new StoreError( 'The new account was rolled back.', StoreError::RETRY );
				}
				update_user_meta( $user_id, Bindings::META, '1' );
				$is_new = true;
				return $user_id;
			}
		);
		if ( is_wp_error( $user_id ) ) {
			return $user_id;
		}
		if ( ! $is_new ) {
			$user = get_userdata( $user_id );
			return $user ? $user : Refusal::expired();
		}
		Stats::count( 'register' );
		Audit::record(
			'login.registered',
			array(
				'actor_id' => 0,
				'user_id'  => $user_id,
				'number'   => $e164,
				'ip'       => ClientIp::get(),
			)
		);
		/** This action is documented in wp-includes/user.php: whoever greets new users greets these. */
		do_action( 'register_new_user', $user_id );
		return get_userdata( $user_id );
	}
}
