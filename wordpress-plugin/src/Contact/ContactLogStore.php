<?php
/**
 * SQL of the timeline of contacts.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Contact;

use NxtChat\Schema;
use NxtChat\Store;

/** Table contact_log. */
final class ContactLogStore extends Store {

	private const COLUMNS = array( 'contact_id', 'kind', 'user_id', 'at_ms', 'body', 'data_json' );

	/** @param list<array> $rows In the order of COLUMNS. */
	public static function add( array $rows ): void {
		self::insert( Schema::table( 'contact_log' ), self::COLUMNS, $rows );
	}

	/** The entry that was just written in this transaction. */
	public static function latest( int $contact_id ): int {
		return (int) self::scalar( 'SELECT MAX(id) FROM ' . Schema::table( 'contact_log' ) . " WHERE contact_id = $contact_id" );
	}

	/**
	 * The newest first.
	 *
	 * @param array{0: int, 1: int}|null $before at_ms and id.
	 * @return list<array<string, string|null>>
	 */
	public static function page( int $contact_id, ?array $before, int $limit ): array {
		$where = null === $before ? '' : sprintf( ' AND (at_ms < %1$d OR (at_ms = %1$d AND id < %2$d))', $before[0], $before[1] );
		return self::rows( 'SELECT * FROM ' . Schema::table( 'contact_log' ) . " WHERE contact_id = $contact_id$where ORDER BY at_ms DESC, id DESC LIMIT $limit" );
	}

	/** @return array<string, string|null>|null */
	public static function get( int $contact_id, int $id, bool $lock = false ): ?array {
		return self::rows( 'SELECT * FROM ' . Schema::table( 'contact_log' ) . " WHERE id = $id AND contact_id = $contact_id" . ( $lock ? ' FOR UPDATE' : '' ) )[0] ?? null;
	}

	public static function rewrite( int $id, string $body, string $data_json ): void {
		self::write( 'UPDATE ' . Schema::table( 'contact_log' ) . ' SET body = ' . self::literal( $body ) . ', data_json = ' . self::literal( $data_json ) . " WHERE id = $id" );
	}

	public static function remove( int $id ): void {
		self::write( 'DELETE FROM ' . Schema::table( 'contact_log' ) . " WHERE id = $id" );
	}
}
