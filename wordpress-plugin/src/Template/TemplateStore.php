<?php
/**
 * SQL of templates.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Template;

use NxtChat\Schema;
use NxtChat\Store;

/** Tables templates and template_log. */
final class TemplateStore extends Store {

	/** Columns of a row besides id, each with what a new one has. */
	public const COLUMNS = array(
		'waba_id'           => '',
		'meta_id'           => '',
		'name'              => '',
		'language'          => '',
		'status'            => '',
		'category'          => '',
		'previous_category' => '',
		'correct_category'  => '',
		'quality'           => '',
		'rejected_reason'   => '',
		'parameter_format'  => '',
		'components_json'   => '[]',
		'draft_json'        => '',
		'bindings_json'     => '',
		'edits_json'        => '',
		'ttl_s'             => 0,
		'sent'              => 0,
		'delivered'         => 0,
		'seen'              => 0,
		'counted_ms'        => 0,
		'last_used_ms'      => 0,
		'synced_ms'         => 0,
		'gone_ms'           => 0,
		'created_ms'        => 0,
		'updated_ms'        => 0,
	);

	/** Columns of the log, in this order. */
	public const LOG = array( 'template_id', 'kind', 'before_value', 'after_value', 'reason', 'source', 'user_id', 'proof', 'at_ms' );

	/** Sorts of a list: the column, and whether the greatest comes first. */
	public const SORTS = array(
		'name'      => array( 'name', false ),
		'last_used' => array( 'last_used_ms', true ),
		'updated'   => array( 'updated_ms', true ),
	);

	/** One row, null when there is none. @return array<string, string>|null */
	public static function get( int $id ): ?array {
		return self::rows( 'SELECT * FROM ' . Schema::table( 'templates' ) . " WHERE id = $id" )[0] ?? null;
	}

	/** As get(), and nobody else changes it until the transaction ends. */
	public static function lock( int $id ): ?array {
		return self::rows( 'SELECT * FROM ' . Schema::table( 'templates' ) . " WHERE id = $id FOR UPDATE" )[0] ?? null;
	}

	/** @param list<int> $ids @return list<array<string, string>> */
	public static function some( array $ids ): array {
		return self::rows( 'SELECT * FROM ' . Schema::table( 'templates' ) . ' WHERE id IN ' . self::in( $ids ) . ' ORDER BY id' );
	}

	/** One by its key, also one that is gone. @return array<string, string>|null */
	public static function by_name( string $waba_id, string $name, string $language ): ?array {
		return self::rows( 'SELECT * FROM ' . Schema::table( 'templates' ) . ' WHERE waba_id = ' . self::literal( $waba_id ) . ' AND name = ' . self::literal( $name ) . ' AND language = ' . self::literal( $language ) )[0] ?? null;
	}

	/** All languages of a name, also those that are gone. @return list<array<string, string>> By language. */
	public static function languages( string $waba_id, string $name ): array {
		return self::rows( 'SELECT * FROM ' . Schema::table( 'templates' ) . ' WHERE waba_id = ' . self::literal( $waba_id ) . ' AND name = ' . self::literal( $name ) . ' ORDER BY language' );
	}

	/**
	 * A page of a list.
	 *
	 * @param array{wabas: list<string>, status?: list<string>, category?: list<string>, quality?: list<string>, language?: list<string>, search?: string, name?: string, gone?: bool} $filter
	 * @param array{0: int|string, 1: int}|null $after The last row's sort key and id.
	 * @return list<array<string, string>>
	 */
	public static function page( array $filter, string $sort, ?array $after, int $limit ): array {
		[ $column, $down ] = self::SORTS[ $sort ];
		$where             = self::where( $filter );
		if ( null !== $after ) {
			$than    = $down ? '<' : '>';
			$key     = self::literal( $after[0] );
			$where[] = "($column $than $key OR ($column = $key AND id $than " . (int) $after[1] . '))';
		}
		$order = $down ? 'DESC' : 'ASC';
		return self::rows( 'SELECT * FROM ' . Schema::table( 'templates' ) . ' WHERE ' . implode( ' AND ', $where ) . " ORDER BY $column $order, id $order LIMIT " . (int) $limit );
	}

	/** How many there are of each status, gone ones left out. @param list<string> $wabas @return array<string, int> */
	public static function count( array $wabas ): array {
		$rows = self::rows( 'SELECT status, COUNT(*) AS n FROM ' . Schema::table( 'templates' ) . ' WHERE ' . implode( ' AND ', self::where( array( 'wabas' => $wabas ) ) ) . ' GROUP BY status ORDER BY status' );
		return array_map( 'intval', array_column( $rows, 'n', 'status' ) );
	}

	/**
	 * Writes one row.
	 *
	 * @param array<string, string|int> $row Columns of COLUMNS; what is left out has its first value.
	 * @return int Its id; 0 when there is one of this name and language.
	 */
	public static function add( array $row ): int {
		if ( null !== self::by_name( (string) $row['waba_id'], (string) $row['name'], (string) $row['language'] ) ) {
			return 0;
		}
		self::insert( Schema::table( 'templates' ), array_keys( self::COLUMNS ), array( self::tuple_of( $row ) ), 'INSERT IGNORE' );
		$there = self::by_name( (string) $row['waba_id'], (string) $row['name'], (string) $row['language'] );
		return (int) ( $there['id'] ?? 0 );
	}

	/** Changes columns of one row. @param array<string, string|int> $change Columns of COLUMNS. */
	public static function update( int $id, array $change ): void {
		$set = array();
		foreach ( array_intersect_key( $change, self::COLUMNS ) as $column => $value ) {
			$set[] = "$column = " . self::literal( $value );
		}
		if ( $set ) {
			self::write( 'UPDATE ' . Schema::table( 'templates' ) . ' SET ' . implode( ', ', $set ) . " WHERE id = $id" );
		}
	}

	/**
	 * Changes columns of several rows in one statement.
	 *
	 * @param array<int, array<string, string|int>> $changes By id; a column that one of them names and another not stays there.
	 */
	public static function change( array $changes ): void {
		$by_column = array();
		foreach ( $changes as $id => $change ) {
			foreach ( array_intersect_key( $change, self::COLUMNS ) as $column => $value ) {
				$by_column[ $column ][ $id ] = $value;
			}
		}
		$set = array();
		foreach ( $by_column as $column => $values ) {
			$set[] = "$column = " . self::by_id( 'id', $values, $column );
		}
		if ( $set ) {
			self::write( 'UPDATE ' . Schema::table( 'templates' ) . ' SET ' . implode( ', ', $set ) . ' WHERE id IN ' . self::in( array_keys( $changes ) ) );
		}
	}

	/** Writes rows anew or over those of the same name and language. @param list<array<string, string|int>> $rows @param list<string> $over Columns that change in one that is there. */
	public static function put( array $rows, array $over ): void {
		$set = array_map( static fn( string $column ): string => "$column = VALUES($column)", $over );
		self::insert( Schema::table( 'templates' ), array_keys( self::COLUMNS ), array_map( array( self::class, 'tuple_of' ), $rows ), 'INSERT', 'ON DUPLICATE KEY UPDATE ' . implode( ', ', $set ) );
	}

	/** Removes rows with their log. @param list<int> $ids */
	public static function remove( array $ids ): void {
		self::write( 'DELETE FROM ' . Schema::table( 'template_log' ) . ' WHERE template_id IN ' . self::in( $ids ) );
		self::write( 'DELETE FROM ' . Schema::table( 'templates' ) . ' WHERE id IN ' . self::in( $ids ) );
	}

	/**
	 * Rows of one account's names, locked.
	 *
	 * @param list<string> $names
	 * @return array<string, array<string, string>> By "name language".
	 */
	public static function named( string $waba_id, array $names ): array {
		$out = array();
		foreach ( self::rows( 'SELECT * FROM ' . Schema::table( 'templates' ) . ' WHERE waba_id = ' . self::literal( $waba_id ) . ' AND name IN ' . self::in( $names ) . ' ORDER BY id FOR UPDATE' ) as $row ) {
			$out[ $row['name'] . ' ' . $row['language'] ] = $row;
		}
		return $out;
	}

	/**
	 * What webhooks may be about, locked in the order of id.
	 *
	 * @param list<string> $wabas
	 * @param list<string> $meta_ids
	 * @param list<string> $names
	 * @return list<array<string, string>>
	 */
	public static function meant( array $wabas, array $meta_ids, array $names ): array {
		$waba = 'waba_id IN ' . self::in( $wabas );
		return self::rows( 'SELECT * FROM ' . Schema::table( 'templates' ) . " WHERE ($waba AND meta_id IN " . self::in( $meta_ids ) . ") OR ($waba AND name IN " . self::in( $names ) . ') ORDER BY id FOR UPDATE' );
	}

	/** Marks rows as seen at Meta. @param list<int> $ids */
	public static function seen( array $ids, int $now ): void {
		self::write( 'UPDATE ' . Schema::table( 'templates' ) . " SET synced_ms = $now WHERE id IN " . self::in( $ids ) );
	}

	/**
	 * Handed in at Meta once, and neither seen there nor changed here since: gone.
	 *
	 * @return list<array<string, string>> Locked.
	 */
	public static function unseen( string $waba_id, int $since_ms ): array {
		return self::rows( 'SELECT * FROM ' . Schema::table( 'templates' ) . ' WHERE waba_id = ' . self::literal( $waba_id ) . " AND meta_id <> '' AND gone_ms = 0 AND synced_ms < $since_ms AND updated_ms < $since_ms ORDER BY id FOR UPDATE" );
	}

	/** Writes entries of the log; those whose proof is there already are left out. @param list<list<int|string|null>> $rows In the order of LOG. */
	public static function log( array $rows ): void {
		self::insert( Schema::table( 'template_log' ), self::LOG, $rows, 'INSERT IGNORE' );
	}

	/** When these templates got the status that they have, as far as the log tells. @param list<int> $ids @return array<int, int> at_ms by id. */
	public static function status_since( array $ids, string $status ): array {
		$rows = self::rows( 'SELECT template_id, MAX(at_ms) AS at_ms FROM ' . Schema::table( 'template_log' ) . ' WHERE template_id IN ' . self::in( $ids ) . " AND kind = 'status' AND before_value <> after_value AND after_value = " . self::literal( $status ) . ' GROUP BY template_id' );
		return array_map( 'intval', array_column( $rows, 'at_ms', 'template_id' ) );
	}

	/** The newest entries of one template, the newest first. @return list<array<string, string|null>> */
	public static function log_of( int $id, int $limit ): array {
		return self::rows( 'SELECT * FROM ' . Schema::table( 'template_log' ) . " WHERE template_id = $id AND NOT (kind IN ('status', 'quality', 'category') AND before_value = after_value AND reason = '') ORDER BY at_ms DESC, id DESC LIMIT $limit" );
	}

	/**
	 * What webhooks told of these templates, and staff did, since an instant; locked.
	 *
	 * @param list<int> $ids
	 * @return list<array{template_id: string, kind: string, source: string, proof: ?string, at_ms: string}>
	 */
	public static function told( array $ids, int $since_ms ): array {
		return self::rows( 'SELECT template_id, kind, source, proof, at_ms FROM ' . Schema::table( 'template_log' ) . ' WHERE template_id IN ' . self::in( $ids ) . " AND at_ms >= $since_ms AND (proof IS NOT NULL OR source = 'staff') ORDER BY template_id, at_ms FOR UPDATE" );
	}

	/** Does a message point at it? */
	public static function is_used( int $id ): bool {
		return null !== self::scalar( 'SELECT id FROM ' . Schema::table( 'messages' ) . " WHERE template_id = $id LIMIT 1" );
	}

	/**
	 * Messages of templates by state, from an index alone.
	 *
	 * @param list<int> $ids
	 * @return list<array{template_id: string, state: string, n: string, last: string}> `last` is the newest message's id.
	 */
	public static function states( array $ids ): array {
		return self::rows( 'SELECT template_id, state, COUNT(*) AS n, MAX(id) AS last FROM ' . Schema::table( 'messages' ) . ' WHERE template_id IN ' . self::in( $ids ) . ' GROUP BY template_id, state' );
	}

	/** Messages of templates from one instant to before another. @param list<int> $ids @param list<int> $states */
	public static function between( array $ids, array $states, int $origin, int $from_ms, int $to_ms ): int {
		return (int) self::scalar( 'SELECT COUNT(*) FROM ' . Schema::table( 'messages' ) . ' WHERE template_id IN ' . self::in( $ids ) . ' AND state IN ' . self::in( $states ) . " AND origin = $origin AND at_ms >= $from_ms AND at_ms < $to_ms" );
	}

	/** When messages were written. @param list<int> $ids @return array<int, int> at_ms by id. */
	public static function times( array $ids ): array {
		return array_map( 'intval', array_column( self::rows( 'SELECT id, at_ms FROM ' . Schema::table( 'messages' ) . ' WHERE id IN ' . self::in( $ids ) ), 'at_ms', 'id' ) );
	}

	/** Templates counted longest ago. @return list<int> Their ids. */
	public static function uncounted( int $before_ms, int $limit ): array {
		return array_map( 'intval', array_column( self::rows( 'SELECT id FROM ' . Schema::table( 'templates' ) . ' WHERE counted_ms < ' . $before_ms . ' ORDER BY counted_ms, id LIMIT ' . $limit ), 'id' ) );
	}

	/** Conditions of a list, all with AND. @return list<string> */
	private static function where( array $filter ): array {
		$where   = array( 'waba_id IN ' . self::in( $filter['wabas'] ) );
		$where[] = empty( $filter['gone'] ) ? 'gone_ms = 0' : 'gone_ms > 0';
		foreach ( array( 'status', 'category', 'quality', 'language' ) as $column ) {
			if ( ! empty( $filter[ $column ] ) ) {
				$where[] = "$column IN " . self::in( $filter[ $column ] );
			}
		}
		if ( '' !== ( $filter['name'] ?? '' ) ) {
			$where[] = 'name = ' . self::literal( $filter['name'] );
		}
		if ( '' !== ( $filter['search'] ?? '' ) ) {
			global $wpdb;
			$where[] = 'name LIKE ' . self::literal( '%' . $wpdb->esc_like( $filter['search'] ) . '%' );
		}
		return $where;
	}

	/** A row's values in the order of COLUMNS. @return list<int|string> */
	private static function tuple_of( array $row ): array {
		$tuple = array();
		foreach ( self::COLUMNS as $column => $first ) {
			$tuple[] = $row[ $column ] ?? $first;
		}
		return $tuple;
	}

	/** Takes or keeps the right to read an account's templates until $until; false while somebody else has it. */
	public static function lease( string $waba_id, string $owner, int $now, int $until ): bool {
		$table = Schema::table( 'leases' );
		$name  = self::lease_name( $waba_id );
		$mine  = self::literal( $owner );
		self::write( "INSERT IGNORE INTO $table (name) VALUES ($name)" );
		self::write( "UPDATE $table SET until_ms = $until, owner = $mine WHERE name = $name AND (owner = $mine OR until_ms < $now)" );
		return self::scalar( "SELECT owner FROM $table WHERE name = $name" ) === $owner;
	}

	/** Gives it back. */
	public static function release( string $waba_id, string $owner ): void {
		self::write( 'UPDATE ' . Schema::table( 'leases' ) . " SET until_ms = 0, owner = '' WHERE name = " . self::lease_name( $waba_id ) . ' AND owner = ' . self::literal( $owner ) );
	}

	/** Says that an account's templates are to be read soon. */
	public static function want( string $waba_id, int $at_ms ): void {
		self::insert( Schema::table( 'leases' ), array( 'name', 'value' ), array( array( self::lease_text( $waba_id ), $at_ms ) ), 'INSERT', 'ON DUPLICATE KEY UPDATE value = ' . self::greater( 'value', 'VALUES(value)' ) );
	}

	/** It was read: who asked later than $asked_ms asks on. */
	public static function wanted_done( string $waba_id, int $asked_ms ): void {
		self::write( 'UPDATE ' . Schema::table( 'leases' ) . ' SET value = 0 WHERE name = ' . self::lease_name( $waba_id ) . " AND value <= $asked_ms" );
	}

	/** Which of these accounts somebody asked for. @param list<string> $wabas @return list<string> */
	public static function wanted( array $wabas ): array {
		$names = array_map( array( self::class, 'lease_text' ), $wabas );
		$found = array_column( self::rows( 'SELECT name FROM ' . Schema::table( 'leases' ) . ' WHERE value > 0 AND name IN ' . self::in( $names ) ), 'name' );
		return array_values( array_filter( $wabas, static fn( string $waba ): bool => in_array( self::lease_text( $waba ), $found, true ) ) );
	}

	private static function lease_name( string $waba_id ): string {
		return self::literal( self::lease_text( $waba_id ) );
	}

	private static function lease_text( string $waba_id ): string {
		return 'templates:' . substr( $waba_id, 0, 64 );
	}
}
