<?php
/**
 * Who did what to whom, and when.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Audit;

use NxtChat\Log;
use NxtChat\Site;
use NxtChat\StoreError;

/** Entries are only added. They hold no code, no secret, no message and no whole number. */
final class Audit {

	/** Days that entries are kept. */
	public const KEEP_DAYS = 365;

	/**
	 * Adds an entry. What it tells of has happened: a database that refuses it is told in the log only.
	 *
	 * @param string $action As 'login.success'.
	 * @param array{actor_id?: int, user_id?: int, number?: string, ip?: string, detail?: array<string, scalar>} $what actor_id: who did it (the signed-in user when not given); user_id: whom it is about; number: E.164, kept masked.
	 */
	public static function record( string $action, array $what ): void {
		try {
			AuditStore::add(
				array(
					Site::now_ms(),
					$action,
					(int) ( $what['actor_id'] ?? get_current_user_id() ),
					(int) ( $what['user_id'] ?? 0 ),
					self::masked( (string) ( $what['number'] ?? '' ) ),
					(string) ( $what['ip'] ?? '' ),
					(string) wp_json_encode( (object) ( $what['detail'] ?? array() ), JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES ),
				)
			);
		} catch ( StoreError $e ) {
			Log::error( "The audit entry $action could not be written: " . $e->getMessage() );
		}
	}

	/** Entries about a user, the newest first. @return list<array<string, string>> Rows. */
	public static function of_user( int $user_id, int $limit, int $offset = 0 ): array {
		return AuditStore::of_user( $user_id, $limit, $offset );
	}

	/** Takes a user out of the entries. */
	public static function forget_user( int $user_id ): void {
		AuditStore::forget_user( $user_id );
	}

	/** A number of which only its owner knows which it is: +49 ••• 567. */
	public static function masked( string $e164 ): string {
		return strlen( $e164 ) < 8 ? '' : substr( $e164, 0, 3 ) . ' ••• ' . substr( $e164, -3 );
	}

	/** Removes what is too old. */
	public static function purge(): void {
		AuditStore::purge( Site::now_ms() - self::KEEP_DAYS * DAY_IN_SECONDS * 1000 );
	}
}
