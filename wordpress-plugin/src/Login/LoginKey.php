<?php
/**
 * The key of the login room.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Login;

use NxtChat\Native;
use NxtChat\Site;

/** Codes, tokens and counters are signed with one random key, sealed in the database: every web node has the same. */
final class LoginKey {

	/** Option (autoloaded): the sealed key. */
	public const OPTION = 'nxtchat_login_key';

	/** What it is sealed for. */
	private const PURPOSE = 'login';

	/** The sealed key, made when it is first needed. @throws Native\Exception\VaultError */
	public static function sealed(): string {
		$sealed = self::stored();
		if ( '' === $sealed ) {
			add_option( self::OPTION, Native\vault_seal( Site::prepare(), random_bytes( 32 ), self::PURPOSE ), '', true );
			wp_cache_delete( 'alloptions', 'options' );
			wp_cache_delete( 'notoptions', 'options' );
			wp_cache_delete( self::OPTION, 'options' );
			$sealed = self::stored(); // Another process may have been quicker.
		}
		return $sealed;
	}

	/** Seals it with the vault's present key. @throws Native\Exception\VaultError */
	public static function reseal( ?string $old_key ): void {
		if ( '' !== self::stored() ) {
			update_option( self::OPTION, Native\vault_reseal( Site::dir(), self::stored(), self::PURPOSE, $old_key ), true );
		}
	}

	/** Can it be opened? For the health checks; true while there is none. */
	public static function opens(): bool {
		try {
			return '' === self::stored() || '' !== Native\vault_open( Site::dir(), self::stored(), self::PURPOSE );
		} catch ( Native\Exception\Exception $e ) {
			return false;
		}
	}

	/** A signed token of some values. @param array<string, mixed> $values */
	public static function token( array $values, int $expires_ms ): string {
		return Native\login_token( Site::dir(), self::sealed(), (string) wp_json_encode( $values, JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES ), $expires_ms );
	}

	/** What a token of ours carries, null when it is none or too old. @return array<string, mixed>|null */
	public static function open( string $token ): ?array {
		$payload = Native\login_open( Site::dir(), self::sealed(), $token, Site::now_ms() );
		$values  = null === $payload ? null : json_decode( $payload, true );
		return is_array( $values ) ? $values : null;
	}

	/** Keyed hashes. @param list<string> $values @return list<string> */
	public static function hashes( array $values ): array {
		return Native\login_hashes( Site::dir(), self::sealed(), $values );
	}

	private static function stored(): string {
		return (string) ( wp_load_alloptions()[ self::OPTION ] ?? '' );
	}
}
