<?php
/**
 * SQL of statuses: into messages, or parked until their message is there.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Message;

use NxtChat\Native;
use NxtChat\Schema;
use NxtChat\Store;

/** Table parked_statuses, one row for each wamid, and what statuses do to messages. */
final class StatusStore extends Store {

	/** Columns that hold the earliest time of a state. */
	public const TIMES = array( 'sent_ms', 'delivered_ms', 'read_ms', 'played_ms', 'failed_ms' );

	/** What a status tells, the same in both tables. */
	private const TOLD = array( 'state', ...self::TIMES, 'error_text', 'error_code', 'pricing_category', 'pricing_type' );

	/** What a new message's row would need besides: move() names it for INSERT's sake, and makes none. */
	private const NO_ROW = array(
		'account_id'      => 0,
		'conversation_id' => 0,
		'contact_id'      => 0,
		'direction'       => Native\DIRECTION_OUT,
		'type'            => 0,
		'origin'          => 0,
		'body'            => '',
		'payload'         => '',
	);

	/**
	 * Messages that are there and for which nothing is parked. What another transaction commits at this moment may be missed:
	 * park() and settle() find it.
	 *
	 * @param list<string> $wamids
	 * @return array<string, int> Id by wamid.
	 */
	public static function known( array $wamids ): array {
		// Answered by indexes alone; whether the message is one of ours is asked by move().
		return self::ids( 'wamid', self::rows( 'SELECT m.id, m.wamid FROM ' . Schema::table( 'messages' ) . ' m LEFT JOIN ' . Schema::table( 'parked_statuses' ) . ' p ON p.wamid = m.wamid WHERE m.wamid IN ' . self::in( $wamids ) . ' AND p.id IS NULL' ) );
	}

	/**
	 * Moves messages: states forward, times to the earliest.
	 *
	 * @param array<int, array<string, int|string>> $rows What statuses tell, by message id.
	 */
	public static function move( array $rows, int $now ): void {
		if ( ! $rows ) {
			return;
		}
		ksort( $rows ); // Every process takes its locks in the same order.
		$columns = self::told_by( $rows );
		$values  = array();
		foreach ( $rows as $id => $row ) {
			$value = array( $id );
			foreach ( $columns as $column ) {
				$value[] = $row[ $column ];
			}
			$values[] = array( ...$value, ...array_values( self::NO_ROW ) );
		}
		$messages = Schema::table( 'messages' );
		$ours     = 'direction = ' . Native\DIRECTION_OUT;
		// MySQL assigns from left to right: updated_ms looks at the state before it moves.
		$set = array( "updated_ms = CASE WHEN $ours AND VALUES(state) > state THEN $now ELSE updated_ms END", ...self::forward( $columns, $ours ) );
		self::insert( $messages, array( 'id', ...$columns, ...array_keys( self::NO_ROW ) ), $values, 'INSERT', 'ON DUPLICATE KEY UPDATE ' . implode( ', ', $set ) );
		// A message that was deleted since it was looked up would be an empty row now.
		if ( null !== self::scalar( "SELECT id FROM $messages WHERE account_id = 0 LIMIT 1" ) ) {
			self::write( "DELETE FROM $messages WHERE account_id = 0" );
		}
	}

	/**
	 * Adds to what is parked: states forward, times to the earliest.
	 *
	 * @param list<array<string, int|string>> $rows With wamid, ref, account_id; sorted by wamid so that every process takes its locks in the same order.
	 */
	public static function park( array $rows, int $now ): void {
		$columns = array( 'wamid', 'ref', 'account_id', ...self::TOLD );
		$values  = array();
		foreach ( $rows as $row ) {
			$value = array();
			foreach ( $columns as $column ) {
				$value[] = $row[ $column ];
			}
			$value[]  = $now;
			$values[] = $value;
		}
		$set = array( "ref = CASE WHEN ref = '' THEN VALUES(ref) ELSE ref END", 'account_id = CASE WHEN VALUES(account_id) <> 0 THEN VALUES(account_id) ELSE account_id END', ...self::forward( self::TOLD, '1 = 1' ) );
		self::insert( Schema::table( 'parked_statuses' ), array( ...$columns, 'created_ms' ), $values, 'INSERT', 'ON DUPLICATE KEY UPDATE ' . implode( ', ', $set ) );
	}

	/**
	 * Gives what is parked for these wamids to their messages, found by wamid or by ref, and removes what found one.
	 *
	 * No status is lost between a drain that parks it and a send that writes its wamid: the send settles after its wamid is
	 * committed and waits here for a row that the drain is writing; the drain settles after it has parked and sees, by locking
	 * reads, what was committed before. Refs are locked before wamids: a send that writes its wamid holds its row already.
	 *
	 * @param list<string> $wamids
	 */
	public static function settle( array $wamids, int $now ): void {
		$messages = Schema::table( 'messages' );
		$parked   = Schema::table( 'parked_statuses' );
		$rows     = self::rows( "SELECT * FROM $parked WHERE wamid IN " . self::in( $wamids ) . ' ORDER BY wamid FOR UPDATE' );
		if ( ! $rows ) {
			return;
		}
		$ours    = 'direction = ' . Native\DIRECTION_OUT;
		$refs    = array_values( array_filter( array_column( $rows, 'ref' ) ) );
		$unnamed = $refs ? self::ids( 'ref', self::rows( "SELECT id, ref FROM $messages WHERE ref IN " . self::in( $refs ) . " AND wamid IS NULL AND $ours FOR UPDATE" ) ) : array();
		$named   = self::ids( 'wamid', self::rows( "SELECT id, wamid FROM $messages WHERE wamid IN " . self::in( array_column( $rows, 'wamid' ) ) . ' FOR UPDATE' ) );
		$names   = array();
		$moved   = array();
		$done    = array();
		foreach ( $rows as $row ) {
			$id = $named[ $row['wamid'] ] ?? null;
			if ( null === $id && isset( $unnamed[ $row['ref'] ] ) ) {
				// A message whose wamid we did not know yet; a second wamid with its ref stays parked.
				$id = $unnamed[ $row['ref'] ];
				unset( $unnamed[ $row['ref'] ] );
				$names[ $id ] = $row['wamid'];
			}
			if ( null !== $id ) {
				$moved[ $id ] = self::numbers( $row );
				$done[]       = (int) $row['id'];
			}
		}
		if ( $names ) {
			self::write( "UPDATE $messages SET wamid = " . self::by_id( 'id', $names, 'wamid' ) . ' WHERE id IN ' . self::in( array_keys( $names ) ) );
		}
		self::move( $moved, $now );
		if ( $done ) {
			self::remove( $done );
		}
	}

	/**
	 * What is parked, in the order of id.
	 *
	 * @return list<array{id: string, wamid: string, created_ms: string}>
	 */
	public static function parked( int $after_id, int $limit ): array {
		return self::rows( 'SELECT id, wamid, created_ms FROM ' . Schema::table( 'parked_statuses' ) . " WHERE id > $after_id ORDER BY id LIMIT $limit" );
	}

	/** Removes what is parked. @param list<int> $ids */
	public static function remove( array $ids ): void {
		self::write( 'DELETE FROM ' . Schema::table( 'parked_statuses' ) . ' WHERE id IN ' . self::in( $ids ) );
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

	/**
	 * The columns that any of these rows has something for: a batch of "delivered" names no other time and no error.
	 *
	 * @return list<string> In the order of TOLD, `state` always.
	 */
	private static function told_by( array $rows ): array {
		$told = array( 'state' => true );
		foreach ( $rows as $row ) {
			foreach ( self::TIMES as $time ) {
				if ( 0 !== $row[ $time ] ) {
					$told[ $time ] = true;
				}
			}
			if ( 0 !== $row['error_code'] ) {
				$told['error_text'] = true;
				$told['error_code'] = true;
			}
			if ( '' !== $row['pricing_category'] ) {
				$told['pricing_category'] = true;
			}
			if ( '' !== $row['pricing_type'] ) {
				$told['pricing_type'] = true;
			}
		}
		return array_values( array_filter( self::TOLD, static fn( $column ) => isset( $told[ $column ] ) ) );
	}

	/**
	 * Assignments of ON DUPLICATE KEY UPDATE that move a row forward, the state last.
	 *
	 * @param list<string> $columns Of TOLD.
	 * @param string       $only    Rows that may be moved.
	 * @return list<string>
	 */
	private static function forward( array $columns, string $only ): array {
		$set = array();
		foreach ( array_diff( $columns, array( 'state' ) ) as $column ) {
			$if    = match ( true ) {
				in_array( $column, self::TIMES, true ) => "VALUES($column) <> 0 AND ($column = 0 OR VALUES($column) < $column)",
				str_starts_with( $column, 'error_' )   => 'VALUES(error_code) <> 0',
				default                                => "VALUES($column) <> ''",
			};
			$set[] = "$column = CASE WHEN $only AND $if THEN VALUES($column) ELSE $column END";
		}
		$set[] = "state = CASE WHEN $only AND VALUES(state) > state THEN VALUES(state) ELSE state END";
		return $set;
	}

	/** What a parked row tells, its numbers as numbers. */
	private static function numbers( array $row ): array {
		$out = array();
		foreach ( self::TOLD as $column ) {
			$out[ $column ] = in_array( $column, array( 'error_text', 'pricing_category', 'pricing_type' ), true ) ? $row[ $column ] : (int) $row[ $column ];
		}
		return $out;
	}

	/** @return array<string, int> Id by the column. */
	private static function ids( string $column, array $rows ): array {
		$out = array();
		foreach ( $rows as $row ) {
			$out[ $row[ $column ] ] = (int) $row['id'];
		}
		return $out;
	}
}
