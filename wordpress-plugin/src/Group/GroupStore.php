<?php
/**
 * SQL of groups.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Group;

use NxtChat\Schema;
use NxtChat\Store;

/** Tables groups, group_members. */
final class GroupStore extends Store {

	/** Memberships removed by one statement, groups counted by one. */
	private const REMOVE_STEP = 10000;
	private const COUNT_STEP  = 100;

	/** @param list<int>|null $ids null = all. @return list<array<string, string|null>> By name. */
	public static function all( ?array $ids = null ): array {
		return self::rows( 'SELECT * FROM ' . Schema::table( 'groups' ) . ( null === $ids ? '' : ' WHERE id IN ' . self::in( $ids ) ) . ' ORDER BY name, id' );
	}

	/** @param list<int>|null $ids null = all. @return array<int, string> By id. */
	public static function names( ?array $ids = null ): array {
		$rows = self::rows( 'SELECT id, name FROM ' . Schema::table( 'groups' ) . ( null === $ids ? '' : ' WHERE id IN ' . self::in( $ids ) ) . ' ORDER BY name, id' );
		return array_column( $rows, 'name', 'id' );
	}

	/** @param list<string> $names Those that are there stay. */
	public static function add( array $names, string $description, int $now ): void {
		self::insert( Schema::table( 'groups' ), array( 'name', 'description', 'created_ms', 'updated_ms' ), array_map( static fn( string $name ): array => array( $name, $description, $now, $now ), $names ), 'INSERT IGNORE' );
	}

	/** @throws \NxtChat\StoreError The name is taken. */
	public static function update( int $id, string $name, string $description, int $now ): void {
		self::write( 'UPDATE ' . Schema::table( 'groups' ) . ' SET name = ' . self::literal( $name ) . ', description = ' . self::literal( $description ) . ", updated_ms = $now WHERE id = $id" );
	}

	/** The group alone; its memberships by purge(). */
	public static function remove( int $id ): void {
		self::write( 'DELETE FROM ' . Schema::table( 'groups' ) . " WHERE id = $id" );
	}

	/** Removes memberships of groups that are gone. @param float $until microtime() at which to leave the rest to the next call. */
	public static function purge( float $until ): void {
		$members = Schema::table( 'group_members' );
		$ids     = array_column( self::rows( "SELECT DISTINCT group_id FROM $members" ), 'group_id' );
		foreach ( array_diff( $ids, array_keys( self::names() ) ) as $id ) {
			do {
				self::write( "DELETE FROM $members WHERE group_id = " . (int) $id . ' LIMIT ' . self::REMOVE_STEP );
				$more = null !== self::scalar( "SELECT contact_id FROM $members WHERE group_id = " . (int) $id . ' LIMIT 1' );
			} while ( $more && microtime( true ) < $until );
		}
	}

	/**
	 * How many people groups have, counted no further than $bound + 1.
	 *
	 * @param list<int> $ids
	 * @return array<int, int> By group.
	 */
	public static function count( array $ids, int $bound ): array {
		$table = Schema::table( 'group_members' );
		$out   = array();
		foreach ( array_chunk( $ids, self::COUNT_STEP ) as $some ) {
			$parts = array_map( static fn( int $id ): string => "SELECT $id AS id, COUNT(*) AS n FROM (SELECT contact_id FROM $table WHERE group_id = $id LIMIT " . ( $bound + 1 ) . ") AS g$id", $some );
			foreach ( self::rows( implode( ' UNION ALL ', $parts ) ) as $row ) {
				$out[ (int) $row['id'] ] = (int) $row['n'];
			}
		}
		return $out;
	}

	/**
	 * What the database guesses from its index; on SQLite, which counts quickly, the exact number.
	 *
	 * @param list<int> $ids
	 * @return array<int, array{value: int, exact: bool}> By group.
	 */
	public static function estimate( array $ids ): array {
		global $wpdb;
		$table = Schema::table( 'group_members' );
		$out   = array();
		foreach ( $ids as $id ) {
			if ( $wpdb->dbh instanceof \mysqli ) {
				$out[ $id ] = array(
					'value' => (int) ( self::rows( "EXPLAIN SELECT contact_id FROM $table FORCE INDEX (PRIMARY) WHERE group_id = $id" )[0]['rows'] ?? 0 ),
					'exact' => false,
				);
			} else {
				$out[ $id ] = array(
					'value' => (int) self::scalar( "SELECT COUNT(*) FROM $table WHERE group_id = $id" ),
					'exact' => true,
				);
			}
		}
		return $out;
	}

	/**
	 * Those of the contacts that are in a group.
	 *
	 * @param list<int> $contacts
	 * @return list<int>
	 */
	public static function members( int $group, array $contacts ): array {
		return array_map( 'intval', array_column( self::rows( 'SELECT contact_id FROM ' . Schema::table( 'group_members' ) . " WHERE group_id = $group AND contact_id IN " . self::in( $contacts ) ), 'contact_id' ) );
	}

	/**
	 * Groups of contacts.
	 *
	 * @param list<int> $contacts
	 * @return list<array{contact_id: string, id: string, name: string}> By name.
	 */
	public static function of( array $contacts ): array {
		return $contacts ? self::rows( 'SELECT m.contact_id, g.id, g.name FROM ' . Schema::table( 'group_members' ) . ' m JOIN ' . Schema::table( 'groups' ) . ' g ON g.id = m.group_id WHERE m.contact_id IN ' . self::in( $contacts ) . ' ORDER BY g.name, g.id' ) : array();
	}

	/** Puts those of the contacts that exist into a group that exists. @param list<int> $contacts */
	public static function join( int $group, array $contacts, int $import, int $now ): void {
		self::write(
			'INSERT IGNORE INTO ' . Schema::table( 'group_members' ) . " (group_id, contact_id, import_id, added_ms) SELECT g.id, c.id, $import, $now FROM " . Schema::table( 'contacts' ) . ' c JOIN '
			. Schema::table( 'groups' ) . " g ON g.id = $group WHERE c.id IN " . self::in( $contacts )
		);
	}

	/** @param list<int> $contacts */
	public static function leave( int $group, array $contacts ): void {
		self::write( 'DELETE FROM ' . Schema::table( 'group_members' ) . " WHERE group_id = $group AND contact_id IN " . self::in( $contacts ) );
	}
}
