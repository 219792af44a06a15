<?php
/**
 * SQL of broadcasts.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Broadcast;

use NxtChat\Native;
use NxtChat\Schema;
use NxtChat\Store;

/** Tables broadcasts and broadcast_people, and the leases of workers. */
final class BroadcastStore extends Store {

	/** Does this site stand on the SQLite drop-in? */
	public static function on_sqlite(): bool {
		global $wpdb;
		return ! $wpdb->dbh instanceof \mysqli;
	}

	/** Is the plugin switched on still? Asked of the database: a process that lives long has its own memory of options. */
	public static function is_switched_on( string $plugin ): bool {
		global $wpdb;
		$like = self::literal( '%' . $wpdb->esc_like( '"' . $plugin . '"' ) . '%' );
		return null !== self::scalar( "SELECT option_id FROM $wpdb->options WHERE option_name = 'active_plugins' AND option_value LIKE $like" )
			|| ( is_multisite() && null !== self::scalar( "SELECT meta_id FROM $wpdb->sitemeta WHERE meta_key = 'active_sitewide_plugins' AND meta_value LIKE $like" ) );
	}

	/** @param array<string, int|string> $row By column; uid among them. @return int Its id. */
	public static function create( array $row ): int {
		$row += array(
			'definition_json' => '',
			'reason_json'     => '',
			'preflight_json'  => '',
			'counts_json'     => '',
			'numbers_json'    => '',
		);
		self::insert( Schema::table( 'broadcasts' ), array_keys( $row ), array( array_values( $row ) ) );
		return (int) self::scalar( 'SELECT id FROM ' . Schema::table( 'broadcasts' ) . ' WHERE uid = ' . self::literal( $row['uid'] ) );
	}

	/** @return array<string, string>|null */
	public static function get( int $id, bool $lock = false ): ?array {
		return self::rows( 'SELECT * FROM ' . Schema::table( 'broadcasts' ) . " WHERE id = $id" . ( $lock ? ' FOR UPDATE' : '' ) )[0] ?? null;
	}

	/** @param list<int> $ids @return list<array<string, string>> */
	public static function some( array $ids ): array {
		return self::rows( 'SELECT * FROM ' . Schema::table( 'broadcasts' ) . ' WHERE id IN ' . self::in( $ids ) );
	}

	/**
	 * The newest first.
	 *
	 * @param list<int> $states Empty = any.
	 * @return list<array<string, string>>
	 */
	public static function page( array $states, ?int $before, int $limit ): array {
		$where = array( '1 = 1' );
		if ( $states ) {
			$where[] = 'state IN ' . self::in( $states );
		}
		if ( null !== $before ) {
			$where[] = "id < $before";
		}
		return self::rows( 'SELECT * FROM ' . Schema::table( 'broadcasts' ) . ' WHERE ' . implode( ' AND ', $where ) . " ORDER BY id DESC LIMIT $limit" );
	}

	/**
	 * Broadcasts in some states, the oldest first.
	 *
	 * @param list<int> $states
	 * @return list<array<string, string>>
	 */
	public static function in_states( array $states, int $limit ): array {
		return self::rows( 'SELECT * FROM ' . Schema::table( 'broadcasts' ) . ' WHERE state IN ' . self::in( $states ) . " ORDER BY id LIMIT $limit" );
	}

	/** Those for which a process has something to do now, the oldest first. @return list<array<string, string>> */
	public static function open( int $now, int $limit ): array {
		return self::rows( 'SELECT * FROM ' . Schema::table( 'broadcasts' ) . ' WHERE state IN ' . self::in( array( ...States::OPEN, States::CANCELLED ) ) . ' AND (state <> ' . States::CANCELLED . ' OR finished_ms = 0) AND (state <> ' . States::SCHEDULED . " OR scheduled_ms <= $now) ORDER BY id LIMIT $limit" );
	}

	/** How many there are of each state. @return array<int, int> */
	public static function count(): array {
		return array_map( 'intval', array_column( self::rows( 'SELECT state, COUNT(*) AS n FROM ' . Schema::table( 'broadcasts' ) . ' GROUP BY state' ), 'n', 'state' ) );
	}

	/** Names, the newest first. @param list<int>|null $ids null = all that are no drafts. @return array<int, string> By id. */
	public static function names( ?array $ids, int $limit ): array {
		return array_column( self::rows( 'SELECT id, name FROM ' . Schema::table( 'broadcasts' ) . ' WHERE ' . ( null === $ids ? 'state <> ' . States::DRAFT : 'id IN ' . self::in( $ids ) ) . " ORDER BY id DESC LIMIT $limit" ), 'name', 'id' );
	}

	/**
	 * Changes a row, if it is in one of these states still.
	 *
	 * @param list<int>                 $states Empty = any.
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
		$where = $states ? ' AND state IN ' . self::in( $states ) : '';
		foreach ( $as as $column => $value ) {
			$where .= " AND $column = $value";
		}
		self::write( 'UPDATE ' . Schema::table( 'broadcasts' ) . ' SET ' . implode( ', ', $sql ) . " WHERE id = $id$where" );
		return $wpdb->rows_affected > 0;
	}

	/** Forgets a broadcast; its recipients go in steps, see RecipientStore::delete(). */
	public static function delete( int $id ): void {
		self::write( 'DELETE FROM ' . Schema::table( 'broadcast_people' ) . " WHERE broadcast_id = $id" );
		self::write( 'DELETE FROM ' . Schema::table( 'broadcasts' ) . " WHERE id = $id" );
	}

	/** Contacts whose numbers were handed in. @param list<int> $contacts */
	public static function list_people( int $id, array $contacts ): void {
		self::insert( Schema::table( 'broadcast_people' ), array( 'broadcast_id', 'contact_id' ), array_map( static fn( int $contact ): array => array( $id, $contact ), $contacts ), 'INSERT IGNORE' );
	}

	/** Somebody of these waits again: those that had ended go on. @param list<int> $ids */
	public static function reopen( array $ids, int $now ): void {
		self::write( 'UPDATE ' . Schema::table( 'broadcasts' ) . ' SET state = CASE WHEN state = ' . States::DONE . ' THEN ' . States::RUNNING . ' ELSE state END, finished_ms = 0, counted_ms = 0, updated_ms = ' . $now . ' WHERE id IN ' . self::in( $ids ) . ' AND state IN ' . self::in( array( States::DONE, States::CANCELLED ) ) );
	}

	/** Lists that a contact is in. @return list<int> Ids of broadcasts. */
	public static function lists_of( int $contact ): array {
		return array_map( 'intval', array_column( self::rows( 'SELECT broadcast_id FROM ' . Schema::table( 'broadcast_people' ) . " WHERE contact_id = $contact ORDER BY broadcast_id" ), 'broadcast_id' ) );
	}

	/** A contact that was merged into another is listed as that one. */
	public static function give_people( int $from, int $to ): void {
		$table = Schema::table( 'broadcast_people' );
		self::write( "INSERT IGNORE INTO $table (broadcast_id, contact_id) SELECT broadcast_id, $to FROM $table WHERE contact_id = $from" );
		self::write( "DELETE FROM $table WHERE contact_id = $from" );
	}

	public static function copy_people( int $from, int $to ): void {
		$table = Schema::table( 'broadcast_people' );
		self::write( "INSERT IGNORE INTO $table (broadcast_id, contact_id) SELECT $to, contact_id FROM $table WHERE broadcast_id = $from" );
	}

	public static function clear_people( int $id ): void {
		self::write( 'DELETE FROM ' . Schema::table( 'broadcast_people' ) . " WHERE broadcast_id = $id" );
	}

	public static function count_people( int $id ): int {
		return (int) self::scalar( 'SELECT COUNT(*) FROM ' . Schema::table( 'broadcast_people' ) . " WHERE broadcast_id = $id" );
	}

	/** Of contacts those that are listed. @param list<int> $contacts @return list<int> */
	public static function listed( int $id, array $contacts ): array {
		return $contacts ? array_map( 'intval', array_column( self::rows( 'SELECT contact_id FROM ' . Schema::table( 'broadcast_people' ) . " WHERE broadcast_id = $id AND contact_id IN " . self::in( $contacts ) ), 'contact_id' ) ) : array();
	}

	/** Takes or keeps a lease until $until; false while somebody else has it. */
	public static function lease( string $name, string $owner, int $now, int $until ): bool {
		$table = Schema::table( 'leases' );
		$key   = self::literal( $name );
		$mine  = self::literal( $owner );
		self::write( "INSERT IGNORE INTO $table (name) VALUES ($key)" );
		self::write( "UPDATE $table SET until_ms = $until, owner = $mine WHERE name = $key AND (owner = $mine OR until_ms < $now)" );
		return self::scalar( "SELECT owner FROM $table WHERE name = $key" ) === $owner;
	}

	/** Gives a lease back. */
	public static function release( string $name, string $owner ): void {
		self::write( 'DELETE FROM ' . Schema::table( 'leases' ) . ' WHERE name = ' . self::literal( $name ) . ' AND owner = ' . self::literal( $owner ) );
	}

	/**
	 * Says that a worker sends for an account until $until, and names all who do.
	 *
	 * @return array<string, int> When each began, by worker.
	 */
	public static function attend( string $prefix, string $worker, int $began, int $now, int $until ): array {
		$table = Schema::table( 'leases' );
		self::insert( $table, array( 'name', 'owner', 'until_ms', 'value' ), array( array( $prefix . $worker, $worker, $until, $began ) ), 'INSERT', 'ON DUPLICATE KEY UPDATE until_ms = VALUES(until_ms)' );
		return self::attending( $prefix, $now );
	}

	/** Who sends for an account. @return array<string, int> When each began, by worker. */
	public static function attending( string $prefix, int $now ): array {
		return array_map( 'intval', array_column( self::rows( 'SELECT owner, value FROM ' . Schema::table( 'leases' ) . ' WHERE name >= ' . self::literal( $prefix ) . ' AND name < ' . self::literal( $prefix . '~' ) . " AND until_ms > $now" ), 'value', 'owner' ) );
	}

	/** Leases of workers that are long gone. */
	public static function forget_absent( string $prefix, int $before ): void {
		self::write( 'DELETE FROM ' . Schema::table( 'leases' ) . ' WHERE name >= ' . self::literal( $prefix ) . ' AND name < ' . self::literal( $prefix . '~' ) . " AND until_ms < $before" );
	}

	/**
	 * How many people got a template from some accounts since an instant, counted up to a limit, and when the first of those was.
	 *
	 * @param list<int> $accounts
	 * @return array{0: int, 1: int}
	 */
	public static function written_to( array $accounts, int $since, int $max ): array {
		$row = self::rows( 'SELECT COUNT(DISTINCT contact_id) AS n, MIN(at_ms) AS first FROM (SELECT contact_id, at_ms FROM ' . Schema::table( 'messages' ) . ' WHERE type = ' . Native\TYPE_TEMPLATE . " AND at_ms > $since AND account_id IN " . self::in( $accounts ) . " AND direction = " . Native\DIRECTION_OUT . ' AND state <> ' . Native\STATE_FAILED . " LIMIT $max) m" )[0];
		return array( (int) $row['n'], (int) $row['first'] );
	}
}
