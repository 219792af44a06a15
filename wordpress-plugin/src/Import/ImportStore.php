<?php
/**
 * SQL of imports.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Import;

use NxtChat\Native;
use NxtChat\Schema;
use NxtChat\Store;

/** Tables imports and import_changes, and the leases of running imports. */
final class ImportStore extends Store {

	/** States in which a process has something to do. */
	public const OPEN = array( Native\IMPORT_CHECKING, Native\IMPORT_RUNNING, Native\IMPORT_UNDOING );

	/** Does this site stand on the SQLite drop-in? */
	public static function on_sqlite(): bool {
		global $wpdb;
		return ! $wpdb->dbh instanceof \mysqli;
	}

	/** Returns the id. */
	public static function create( string $uid, int $kind, string $name, int $user_id, int $state, int $bytes, string $options_json, int $now ): int {
		self::insert(
			Schema::table( 'imports' ),
			array( 'uid', 'kind', 'name', 'user_id', 'state', 'options_json', 'bytes', 'report_json', 'created_ms', 'updated_ms' ),
			array( array( $uid, $kind, $name, $user_id, $state, $options_json, $bytes, '', $now, $now ) )
		);
		return (int) self::scalar( 'SELECT id FROM ' . Schema::table( 'imports' ) . ' WHERE uid = ' . self::literal( $uid ) );
	}

	/** @return array<string, string>|null */
	public static function get( int $id, bool $lock = false ): ?array {
		return self::rows( 'SELECT * FROM ' . Schema::table( 'imports' ) . " WHERE id = $id" . ( $lock ? ' FOR UPDATE' : '' ) )[0] ?? null;
	}

	/**
	 * The newest first.
	 *
	 * @return list<array<string, string>>
	 */
	public static function page( ?int $before, int $limit ): array {
		return self::rows( 'SELECT * FROM ' . Schema::table( 'imports' ) . ( null === $before ? '' : " WHERE id < $before" ) . " ORDER BY id DESC LIMIT $limit" );
	}

	/**
	 * Imports in some states, those untouched for longest first.
	 *
	 * @param list<int> $states
	 * @return list<array<string, string>>
	 */
	public static function in_states( array $states, int $untouched_since, int $limit ): array {
		return self::rows( 'SELECT * FROM ' . Schema::table( 'imports' ) . ' WHERE state IN ' . self::in( $states ) . " AND updated_ms < $untouched_since ORDER BY updated_ms LIMIT $limit" );
	}

	/**
	 * Changes a row, if it is in one of these states still.
	 *
	 * @param list<int>                 $states
	 * @param array<string, int|string> $set    By column.
	 * @param array<string, int>        $as     What other columns must hold still.
	 * @return bool Whether it was.
	 */
	public static function change( int $id, array $states, array $set, array $as = array() ): bool {
		global $wpdb;
		$sql = array();
		foreach ( $set as $column => $value ) {
			$sql[] = "$column = " . self::literal( $value );
		}
		$where = '';
		foreach ( $as as $column => $value ) {
			$where .= " AND $column = $value";
		}
		self::write( 'UPDATE ' . Schema::table( 'imports' ) . ' SET ' . implode( ', ', $sql ) . " WHERE id = $id AND state IN " . self::in( $states ) . $where );
		return $wpdb->rows_affected > 0;
	}

	/** Forgets an import. Contacts keep its number. */
	public static function delete( int $id ): void {
		self::write( 'DELETE FROM ' . Schema::table( 'import_changes' ) . " WHERE import_id = $id" );
		self::write( 'DELETE FROM ' . Schema::table( 'imports' ) . " WHERE id = $id" );
		self::write( 'DELETE FROM ' . Schema::table( 'leases' ) . ' WHERE name = ' . self::literal( "import:$id" ) );
	}

	/** Takes or keeps the right to work on an import until $until; false while somebody else has it. */
	public static function lease( int $id, string $owner, int $now, int $until ): bool {
		$table = Schema::table( 'leases' );
		$name  = self::literal( "import:$id" );
		$mine  = self::literal( $owner );
		self::write( "INSERT IGNORE INTO $table (name) VALUES ($name)" );
		self::write( "UPDATE $table SET until_ms = $until, owner = $mine WHERE name = $name AND (owner = $mine OR until_ms < $now)" );
		return self::scalar( "SELECT owner FROM $table WHERE name = $name" ) === $owner;
	}

	/** Gives it back. */
	public static function release( int $id, string $owner ): void {
		self::write( 'UPDATE ' . Schema::table( 'leases' ) . ' SET until_ms = 0 WHERE name = ' . self::literal( "import:$id" ) . ' AND owner = ' . self::literal( $owner ) );
	}

	/**
	 * What an import changed in these contacts.
	 *
	 * @param list<int> $ids
	 * @return array<int, array> {before, after} by contact.
	 */
	public static function changes( int $import, array $ids ): array {
		return self::decoded( 'SELECT contact_id, before_json FROM ' . Schema::table( 'import_changes' ) . " WHERE import_id = $import AND contact_id IN " . self::in( $ids ) );
	}

	/**
	 * The next changes of an import.
	 *
	 * @return array<int, array> {before, after} by contact, by rising id.
	 */
	public static function changes_after( int $import, int $after, int $limit ): array {
		return self::decoded( 'SELECT contact_id, before_json FROM ' . Schema::table( 'import_changes' ) . " WHERE import_id = $import AND contact_id > $after ORDER BY contact_id LIMIT $limit" );
	}

	/** @param array<int, array> $changes {before, after} by contact. */
	public static function save_changes( int $import, array $changes ): void {
		$rows = array();
		foreach ( $changes as $contact => $change ) {
			$rows[] = array( $import, $contact, (string) wp_json_encode( $change, JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES ) );
		}
		self::insert( Schema::table( 'import_changes' ), array( 'import_id', 'contact_id', 'before_json' ), $rows, 'INSERT', 'ON DUPLICATE KEY UPDATE before_json = VALUES(before_json)' );
	}

	/** @return array<int, array> */
	private static function decoded( string $sql ): array {
		$out = array();
		foreach ( self::rows( $sql ) as $row ) {
			$out[ (int) $row['contact_id'] ] = (array) json_decode( $row['before_json'], true );
		}
		return $out;
	}
}
