<?php
/**
 * SQL of the audit.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Audit;

use NxtChat\Schema;
use NxtChat\Store;

/** Table audit. */
final class AuditStore extends Store {

	/** Rows that one purge removes at most. */
	private const PURGE_MAX = 5000;

	/** @param array{0: int, 1: string, 2: int, 3: int, 4: string, 5: string, 6: string} $row In the order of the columns. */
	public static function add( array $row ): void {
		self::insert( Schema::table( 'audit' ), array( 'at_ms', 'action', 'actor_id', 'user_id', 'subject', 'ip', 'detail_json' ), array( $row ) );
	}

	/** Entries about a user, or by them, the newest first. */
	public static function of_user( int $user_id, int $limit, int $offset = 0 ): array {
		return self::rows( 'SELECT * FROM ' . Schema::table( 'audit' ) . " WHERE user_id = $user_id ORDER BY at_ms DESC, id DESC LIMIT $limit OFFSET $offset" );
	}

	/** Takes a user out of the entries. */
	public static function forget_user( int $user_id ): void {
		self::write( 'UPDATE ' . Schema::table( 'audit' ) . " SET user_id = 0, subject = '', ip = '', detail_json = '{}' WHERE user_id = $user_id" );
	}

	/** Removes entries before that time. */
	public static function purge( int $before_ms ): void {
		self::write( 'DELETE FROM ' . Schema::table( 'audit' ) . " WHERE at_ms < $before_ms ORDER BY at_ms LIMIT " . self::PURGE_MAX );
	}
}
