<?php
/**
 * Clones don't talk.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Account;

/** Is this site the one that connected its accounts, or a copy of it (staging, a restored backup)? */
final class Home {

	/** Option: the address at which a person said "this is a copy". */
	public const COPY_OPTION = 'nxtchat_copy_home';

	/**
	 * The site's address without scheme and trailing slash, lower-case: a change from http to https is no other site.
	 * Read past plugins that change home_url() with the visitor's language.
	 */
	public static function current(): string {
		return self::normal( (string) get_option( 'home' ) );
	}

	/** Does an account connected at $home belong to another site than this? */
	public static function is_clone( string $home ): bool {
		return '' !== $home && self::normal( $home ) !== self::current();
	}

	/** Why a copy does not send. */
	public static function error(): \WP_Error {
		return new \WP_Error(
			'nxtchat_clone',
			__( 'This site looks like a copy: its address differs from the one at which the account was connected. Nothing is sent until a person confirms.', 'nxt-cloud-chat' ),
			array(
				'status' => 409,
				'remedy' => __( 'Open WhatsApp → Accounts and choose "This is the live site now" or "This is a copy".', 'nxt-cloud-chat' ),
			)
		);
	}

	/** A person said that the site at its present address is a copy. */
	public static function remember_copy(): void {
		update_option( self::COPY_OPTION, self::current(), false );
	}

	/** Takes that back. */
	public static function forget_copy(): void {
		delete_option( self::COPY_OPTION );
	}

	/** Did a person say so of the present address? Then no notice asks again. */
	public static function is_confirmed_copy(): bool {
		return get_option( self::COPY_OPTION ) === self::current();
	}

	private static function normal( string $url ): string {
		return strtolower( untrailingslashit( (string) preg_replace( '#^https?://#i', '', trim( $url ) ) ) );
	}
}
