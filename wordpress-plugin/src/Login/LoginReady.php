<?php
/**
 * Can people log in now?
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Login;

use NxtChat\Account\Accounts;
use NxtChat\Account\Home;
use NxtChat\Problems;

/** What stands in the way of logging in by code, and what the owner should know. The big switch obeys it. */
final class LoginReady {

	/** Headers by which a proxy in front shows itself. */
	private const PROXY_SIGNS = array( 'HTTP_X_FORWARDED_FOR', 'HTTP_CF_CONNECTING_IP', 'HTTP_X_REAL_IP', 'HTTP_TRUE_CLIENT_IP' );

	/**
	 * Everything that is missing, what stops logins first.
	 *
	 * @return list<array{key: string, blocks: bool, message: string, remedy: string, place: string}> blocks: nobody gets a code.
	 *         place: where it is mended: a tab of the Login screen ('form', 'security'), 'template', 'account', 'general' (Settings → General), ''.
	 */
	public static function missing(): array {
		$settings = LoginSettings::all();
		$out      = array_merge( self::account(), self::countries(), self::https() );
		$template = LoginTemplate::state();
		if ( ! $template['is_ready'] ) {
			$out[] = self::one( 'template', true, $template['message'], $template['next'], 'template' );
		} elseif ( '' !== $template['next'] ) {
			$out[] = self::one( 'minutes', false, __( 'The message tells another lifetime than codes have.', 'nxt-cloud-chat' ), $template['next'], 'template' );
		}
		if ( $settings['register'] && ! get_option( 'users_can_register' ) ) {
			$out[] = self::one( 'register', false, __( 'New visitors cannot register: WordPress itself does not allow it.', 'nxt-cloud-chat' ), __( 'Tick “Anyone can register” under Settings → General, or switch registration off here.', 'nxt-cloud-chat' ), 'general' );
		}
		if ( $settings['word'] && ! self::webhook_works() ) {
			$out[] = self::one( 'webhook', false, __( 'No message from WhatsApp has ever arrived here, so logging in by writing to you cannot work.', 'nxt-cloud-chat' ), __( 'Connect the webhook under WhatsApp → Accounts.', 'nxt-cloud-chat' ), 'account' );
		}
		if ( ! array_filter( array_column( $out, 'blocks' ) ) && null !== CodeRequest::unready() ) {
			$out[] = self::one( 'elsewhere', true, __( 'The template belongs to another WhatsApp Business account than the number that sends.', 'nxt-cloud-chat' ), __( 'Make the template anew, or choose another number.', 'nxt-cloud-chat' ), 'template' );
		}
		$sign = self::proxy();
		if ( '' !== $sign ) {
			/* translators: %s: name of an HTTP header */
			$out[] = self::one( 'proxy', false, sprintf( __( 'A proxy seems to be in front of this site (it sends %s). All visitors look like one, and share one limit.', 'nxt-cloud-chat' ), $sign ), __( 'Name the proxy under Security, if it is yours.', 'nxt-cloud-chat' ), 'security' );
		}
		usort( $out, static fn( array $a, array $b ): int => $b['blocks'] <=> $a['blocks'] );
		return $out;
	}

	/** Only what stops logins. @return list<array{key: string, blocks: bool, message: string, remedy: string, place: string}> */
	public static function blocks(): array {
		return array_values( array_filter( self::missing(), static fn( array $one ): bool => $one['blocks'] ) );
	}

	/**
	 * Changes settings; switching on is refused while something is missing.
	 *
	 * @param array<string, mixed> $input As LoginSettings::set().
	 * @return array<string, mixed>|\WP_Error
	 */
	public static function change( array $input ): array|\WP_Error {
		if ( true === ( $input['enabled'] ?? null ) && ! LoginSettings::all()['enabled'] ) {
			// With the other changes of this call: a country may come with the switch.
			$rest = array_diff_key( $input, array( 'enabled' => true ) );
			$done = $rest ? LoginSettings::set( $rest ) : LoginSettings::all();
			if ( is_wp_error( $done ) ) {
				return $done;
			}
			$blocks = self::blocks();
			if ( $blocks ) {
				return Problems::refuse( 'nxtchat_login_not_ready', 409, __( 'Login by WhatsApp cannot be switched on yet.', 'nxt-cloud-chat' ) . ' ' . $blocks[0]['message'], $blocks[0]['remedy'], array( 'missing' => $blocks ) );
			}
		}
		return LoginSettings::set( $input );
	}

	/** For Site Health and `wp nxtchat doctor`. @return list<string> Status, detail, remedy. */
	public static function check(): array {
		if ( ! LoginSettings::all()['enabled'] ) {
			return array( 'ok', __( 'Login by WhatsApp is switched off.', 'nxt-cloud-chat' ) );
		}
		$missing = self::missing();
		if ( $missing ) {
			return array( $missing[0]['blocks'] ? 'fail' : 'warn', $missing[0]['message'], $missing[0]['remedy'] );
		}
		return array( 'ok', __( 'Visitors can log in with a code on WhatsApp.', 'nxt-cloud-chat' ) );
	}

	/** Is the site's address one to which codes may be typed? Without HTTPS anybody on the way reads them; on this machine there is no way. */
	public static function is_private(): bool {
		$host = (string) wp_parse_url( home_url(), PHP_URL_HOST );
		return wp_is_home_url_using_https() || 'localhost' === $host || '[::1]' === $host || 1 === preg_match( '/^127(\.\d{1,3}){3}$/D', $host ) || str_ends_with( $host, '.localhost' );
	}

	/** @return list<array> */
	private static function account(): array {
		$accounts = Accounts::all();
		$chosen   = LoginSettings::all()['account_id'];
		$accounts = 0 === $chosen ? $accounts : array_values( array_filter( $accounts, static fn( array $account ): bool => $chosen === $account['id'] ) );
		if ( ! $accounts ) {
			return array( self::one( 'account', true, __( 'No WhatsApp number is connected.', 'nxt-cloud-chat' ), __( 'Connect one under WhatsApp → Accounts.', 'nxt-cloud-chat' ), 'account' ) );
		}
		foreach ( $accounts as $account ) {
			if ( Accounts::ACTIVE === $account['state'] && ! $account['is_clone'] ) {
				return array();
			}
		}
		if ( $accounts[0]['is_clone'] ) {
			$error = Home::error();
			return array( self::one( 'copy', true, $error->get_error_message(), (string) $error->get_error_data()['remedy'], 'account' ) );
		}
		return array( self::one( 'account_off', true, __( 'The WhatsApp number that sends the codes is switched off.', 'nxt-cloud-chat' ), __( 'Switch it on under WhatsApp → Accounts.', 'nxt-cloud-chat' ), 'account' ) );
	}

	/** @return list<array> */
	private static function countries(): array {
		return LoginSettings::countries() ? array() : array( self::one( 'countries', true, __( 'No country is chosen: nobody’s number is accepted.', 'nxt-cloud-chat' ), __( 'Choose under Security where your visitors have their numbers.', 'nxt-cloud-chat' ), 'security' ) );
	}

	/** @return list<array> */
	private static function https(): array {
		return self::is_private() ? array() : array( self::one( 'https', true, __( 'The site has no HTTPS address: anybody between a visitor and the site could read the code.', 'nxt-cloud-chat' ), __( 'Get a certificate, and change the site’s address under Settings → General.', 'nxt-cloud-chat' ), 'general' ) );
	}

	private static function webhook_works(): bool {
		return (bool) array_filter( Accounts::all(), static fn( array $account ): bool => $account['last_event_ms'] > 0 );
	}

	/** The header of a proxy that nobody named, '' when there is none. */
	private static function proxy(): string {
		if ( LoginSettings::all()['proxies'] ) {
			return '';
		}
		foreach ( self::PROXY_SIGNS as $sign ) {
			if ( ! empty( $_SERVER[ $sign ] ) ) {
				return ucwords( strtolower( str_replace( '_', '-', substr( $sign, 5 ) ) ), '-' );
			}
		}
		return '';
	}

	/** @return array{key: string, blocks: bool, message: string, remedy: string, place: string} */
	private static function one( string $key, bool $blocks, string $message, string $remedy, string $place ): array {
		return compact( 'key', 'blocks', 'message', 'remedy', 'place' );
	}
}
