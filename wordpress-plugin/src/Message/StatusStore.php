<?php
/**
 * SQL of statuses: staged in parked_statuses, joined into messages.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Message;

use NxtChat\Native;
use NxtChat\Schema;
use NxtChat\Store;

/** Table parked_statuses, one row for each wamid, and what it does to messages. */
final class StatusStore extends Store {

	/** Columns that hold the earliest time of a state. */
	public const TIMES = array( 'sent_ms', 'delivered_ms', 'read_ms', 'played_ms', 'failed_ms' );

	private const COLUMNS = array( 'wamid', 'ref', 'account_id', 'state', 'sent_ms', 'delivered_ms', 'read_ms', 'played_ms', 'failed_ms', 'error_code', 'error_text', 'pricing_category', 'pricing_type', 'batch', 'created_ms', 'tried_ms' );

	/**
	 * Adds to what is parked: states forward, times to the earliest.
	 *
	 * @param list<array> $rows In the order of COLUMNS, sorted by wamid so that every process takes its locks in the same order.
	 */
	public static function stage( array $rows ): void {
		$set = array( "ref = CASE WHEN ref = '' THEN VALUES(ref) ELSE ref END", 'state = ' . self::greater( 'state', 'VALUES(state)' ) );
		foreach ( self::TIMES as $time ) {
			$set[] = "$time = CASE WHEN VALUES($time) = 0 THEN $time WHEN $time = 0 OR VALUES($time) < $time THEN VALUES($time) ELSE $time END";
		}
		foreach ( array( 'error_text', 'error_code' ) as $column ) {
			$set[] = "$column = CASE WHEN VALUES(error_code) <> 0 THEN VALUES($column) ELSE $column END";
		}
		foreach ( array( 'pricing_category', 'pricing_type', 'account_id' ) as $column ) {
			$empty = 'account_id' === $column ? '0' : "''";
			$set[] = "$column = CASE WHEN VALUES($column) <> $empty THEN VALUES($column) ELSE $column END";
		}
		$set[] = 'batch = VALUES(batch)';
		self::insert( Schema::table( 'parked_statuses' ), self::COLUMNS, $rows, 'INSERT', 'ON DUPLICATE KEY UPDATE ' . implode( ', ', $set ) );
	}

	/**
	 * Gives staged statuses to their messages and removes those that found one.
	 *
	 * @param string $which One of the conditions below.
	 * @param bool   $refs  Some of them carry a ref: a message whose wamid we do not know yet is found by it.
	 */
	private static function apply( string $which, int $now, bool $refs ): void {
		$messages = Schema::table( 'messages' );
		$parked   = Schema::table( 'parked_statuses' );
		if ( $refs ) {
			self::write( "UPDATE $parked p JOIN $messages m ON m.ref = p.ref SET m.wamid = p.wamid WHERE $which AND p.ref <> '' AND m.wamid IS NULL" );
		}
		// MySQL assigns from left to right: updated_ms looks at the state before it moves.
		$set = array( "m.updated_ms = CASE WHEN p.state > m.state THEN $now ELSE m.updated_ms END" );
		foreach ( self::TIMES as $time ) {
			$set[] = "m.$time = CASE WHEN p.$time = 0 THEN m.$time WHEN m.$time = 0 OR p.$time < m.$time THEN p.$time ELSE m.$time END";
		}
		foreach ( array( 'error_text', 'error_code' ) as $column ) {
			$set[] = "m.$column = CASE WHEN p.error_code <> 0 THEN p.$column ELSE m.$column END";
		}
		foreach ( array( 'pricing_category', 'pricing_type' ) as $column ) {
			$set[] = "m.$column = CASE WHEN p.$column <> '' THEN p.$column ELSE m.$column END";
		}
		$set[] = 'm.state = ' . self::greater( 'm.state', 'p.state' );
		$out   = Native\DIRECTION_OUT;
		self::write( "UPDATE $parked p JOIN $messages m ON m.wamid = p.wamid SET " . implode( ', ', $set ) . " WHERE $which AND m.direction = $out" );
		self::write( "DELETE p FROM $parked p JOIN $messages m ON m.wamid = p.wamid WHERE $which AND m.direction = $out" );
	}

	/** Statuses staged with this token. */
	public static function apply_batch( string $token, int $now, bool $refs ): void {
		global $wpdb;
		self::apply( $wpdb->prepare( 'p.batch = %s', $token ), $now, $refs );
	}

	/** Statuses that were parked before the messages of this drain were written. */
	public static function apply_to_messages( string $token, int $now ): void {
		global $wpdb;
		self::apply( 'p.wamid IN (SELECT wamid FROM ' . Schema::table( 'messages' ) . $wpdb->prepare( ' x WHERE x.batch = %s)', $token ), $now, false ); // phpcs:ignore WordPress.DB.PreparedSQL -- Names are ours.
	}

	/** Statuses parked for these wamids, or for these refs' messages. @param list<string> $wamids */
	public static function apply_wamids( array $wamids, int $now ): void {
		self::apply( 'p.wamid IN ' . self::in( $wamids ), $now, true );
	}

	/**
	 * Wamids parked, in the order of id.
	 *
	 * @return list<array{id: string, wamid: string}>
	 */
	public static function parked( int $after_id, int $limit ): array {
		return self::rows( 'SELECT id, wamid FROM ' . Schema::table( 'parked_statuses' ) . " WHERE id > $after_id ORDER BY id LIMIT $limit" );
	}

	/** Forgets what found no message for so long. */
	public static function forget_before( int $created_ms, int $limit ): void {
		self::write( 'DELETE FROM ' . Schema::table( 'parked_statuses' ) . " WHERE created_ms < $created_ms LIMIT $limit" );
	}

	/**
	 * The messages that statuses are about, as they are now: for the hook.
	 *
	 * @param list<string> $wamids
	 * @param list<string> $refs
	 * @return array<int, int> State by message id.
	 */
	public static function states( array $wamids, array $refs ): array {
		$sql = 'SELECT id, state FROM ' . Schema::table( 'messages' ) . ' WHERE direction = ' . Native\DIRECTION_OUT . ' AND (wamid IN ' . self::in( $wamids ) . ( $refs ? ' OR ref IN ' . self::in( $refs ) : '' ) . ') FOR UPDATE';
		$out = array();
		foreach ( self::rows( $sql ) as $row ) {
			$out[ (int) $row['id'] ] = (int) $row['state'];
		}
		return $out;
	}
}
