<?php
/**
 * SQL of an import that is taken back.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Import;

use NxtChat\Native;
use NxtChat\Schema;
use NxtChat\Store;

/** Finds what an import left behind, and removes it. Contacts come in batches by rising id. */
final class ImportUndoStore extends Store {

	/**
	 * Contacts that an import made, locked until the transaction ends.
	 *
	 * @return list<int>
	 */
	public static function made( int $import, int $after, int $limit ): array {
		return self::ids( 'SELECT id FROM ' . Schema::table( 'contacts' ) . " WHERE import_id = $import AND id > $after ORDER BY id LIMIT $limit FOR UPDATE" );
	}

	/**
	 * Those of them that somebody has touched since.
	 *
	 * @param list<int> $ids
	 * @return array<int, string> By what: 'message', 'edit', 'group', 'consent' or 'withdrawn'.
	 */
	public static function touched( int $import, array $ids ): array {
		$in  = self::in( $ids );
		$of  = static fn( string $table, string $where = '' ): string => 'SELECT DISTINCT contact_id AS id FROM ' . Schema::table( $table ) . " WHERE contact_id IN $in$where";
		$out = array();
		foreach ( array(
			'message'   => array(
				'SELECT id FROM ' . Schema::table( 'contacts' ) . " WHERE id IN $in AND last_in_ms > 0",
				$of( 'messages' ),
				$of( 'conversations' ),
			),
			'edit'      => array(
				'SELECT id FROM ' . Schema::table( 'contacts' ) . " WHERE id IN $in AND updated_ms > created_ms",
				$of( 'contact_log', ' AND kind <> ' . Native\CONTACT_LOG_IMPORT_UNDONE ),
				$of( 'import_changes', " AND import_id <> $import" ),
				$of( 'contact_identities', ' AND (seen_ms > 0 OR kind <> ' . Native\IDENTITY_PHONE . ')' ),
				'SELECT DISTINCT kept_id AS id FROM ' . Schema::table( 'merges' ) . " WHERE kept_id IN $in",
			),
			'group'     => array( $of( 'group_members', " AND import_id <> $import" ) ),
			'consent'   => array( $of( 'consents', " AND import_id <> $import" ) ),
			'withdrawn' => array( $of( 'consents', ' AND state = ' . Native\CONSENT_REVOKED ) ),
		) as $why => $statements ) {
			foreach ( $statements as $sql ) {
				$out += array_fill_keys( self::ids( $sql ), $why );
			}
		}
		return $out;
	}

	/**
	 * Removes contacts with all that an import gave them.
	 *
	 * @param list<int> $ids
	 */
	public static function remove( array $ids ): void {
		if ( ! $ids ) {
			return;
		}
		foreach ( array( 'contact_identities', 'contact_words', 'contact_values', 'group_members', 'consents', 'contact_log', 'import_changes' ) as $table ) {
			self::write( 'DELETE FROM ' . Schema::table( $table ) . ' WHERE contact_id IN ' . self::in( $ids ) );
		}
		self::write( 'DELETE FROM ' . Schema::table( 'contacts' ) . ' WHERE id IN ' . self::in( $ids ) );
	}

	/**
	 * What a contact without a name is called: its number, else its user name.
	 *
	 * @param list<int> $ids
	 * @return array<int, string> By id.
	 */
	public static function callings( array $ids ): array {
		$out  = array();
		$rows = $ids ? self::rows( 'SELECT contact_id, kind, value FROM ' . Schema::table( 'contact_identities' ) . ' WHERE contact_id IN ' . self::in( $ids ) . ' AND kind IN (' . Native\IDENTITY_PHONE . ', ' . Native\IDENTITY_USERNAME . ') ORDER BY contact_id, kind, seen_ms DESC' ) : array();
		foreach ( $rows as $row ) {
			$out[ (int) $row['contact_id'] ] ??= Native\IDENTITY_USERNAME === (int) $row['kind'] ? '@' . $row['value'] : $row['value'];
		}
		return $out;
	}

	/** @param list<int> $ids */
	public static function drop_values( int $field, array $ids ): void {
		self::write( 'DELETE FROM ' . Schema::table( 'contact_values' ) . " WHERE field_id = $field AND contact_id IN " . self::in( $ids ) );
	}

	/** @param list<int> $ids */
	public static function forget_changes( int $import, array $ids ): void {
		self::write( 'DELETE FROM ' . Schema::table( 'import_changes' ) . " WHERE import_id = $import AND contact_id IN " . self::in( $ids ) );
	}

	/** Ends some memberships that an import began. @return int How many. */
	public static function end_memberships( int $import, int $limit ): int {
		global $wpdb;
		self::write( 'DELETE FROM ' . Schema::table( 'group_members' ) . " WHERE import_id = $import ORDER BY contact_id LIMIT $limit" );
		return (int) $wpdb->rows_affected;
	}

	/**
	 * Contacts for which an import's grants count.
	 *
	 * @return list<int>
	 */
	public static function granted( int $import, int $after, int $limit ): array {
		return self::ids( 'SELECT DISTINCT contact_id AS id FROM ' . Schema::table( 'consents' ) . " WHERE import_id = $import AND contact_id > $after AND state = " . Native\CONSENT_GRANTED . " AND void_ms = 0 ORDER BY contact_id LIMIT $limit" );
	}

	/** @return list<int> */
	private static function ids( string $sql ): array {
		return array_map( 'intval', array_column( self::rows( $sql ), 'id' ) );
	}
}
