<?php
/**
 * What the site is like, for the Login screen.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Login;

use NxtChat\Account\Accounts;
use NxtChat\Rates\Rates;

/** Facts that decide what the owner can choose. */
final class LoginFacts {

	/**
	 * All of them.
	 *
	 * @return array<string, mixed> own_country: '' = not known. countries: whose numbers are accepted now. connection: the address
	 *         that PHP sees and the visitor's that is made of it.
	 */
	public static function all(): array {
		$role = wp_roles()->role_names[ (string) get_option( 'default_role' ) ] ?? '';
		return array(
			'own_country'  => LoginSettings::own_country(),
			'countries'    => LoginSettings::countries(),
			'accounts'     => array_map(
				static fn( array $account ): array => array(
					'id'       => $account['id'],
					'name'     => trim( $account['name'] . ' ' . $account['display_phone'] ),
					'can_send' => Accounts::ACTIVE === $account['state'] && ! $account['is_clone'],
				),
				Accounts::all()
			),
			'templates'    => LoginTemplate::choices(),
			'roles'        => self::roles(),
			'registers'    => (bool) get_option( 'users_can_register' ),
			'default_role' => '' === $role ? '' : translate_user_role( $role ),
			'admin_email'  => (string) get_option( 'admin_email' ),
			'woocommerce'  => class_exists( 'WooCommerce', false ),
			'login_url'    => wp_login_url(),
			'general_url'  => admin_url( 'options-general.php' ),
			'currency'     => Rates::currency(),
			'connection'   => array(
				'peer'    => sanitize_text_field( wp_unslash( $_SERVER['REMOTE_ADDR'] ?? '' ) ),
				'visitor' => ClientIp::get(),
			),
			'progress'     => LoginNumbers::progress(),
			'banner'       => LoginSettings::as_if( array( 'migrate' => array( 'text' => '' ) + LoginSettings::all()['migrate'] ), array( Migration::class, 'text' ) ),
			'headers'      => LoginSettings::PROXY_HEADERS,
			'ranges'       => LoginSettings::RANGES,
		);
	}

	/** @return list<array{value: string, label: string}> */
	private static function roles(): array {
		$roles = array();
		foreach ( wp_roles()->role_names as $value => $label ) {
			$roles[] = array(
				'value' => (string) $value,
				'label' => translate_user_role( $label ),
			);
		}
		return $roles;
	}
}
