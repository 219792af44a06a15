<?php
/**
 * SQL of counters.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Login;

use NxtChat\Schema;
use NxtChat\Store;

/** Tables counters and login_days: sums that any number of processes count up. */
final class CounterStore extends Store {

	/** Counts each up by one. @param array<string, int> $until When a counter may go, in ms, by name. */
	public static function add( array $until ): void {
		ksort( $until ); // Everybody locks in the same order.
		$rows = array();
		foreach ( $until as $name => $ms ) {
			$rows[] = array( $name, 1, $ms );
		}
		self::insert( Schema::table( 'counters' ), array( 'k', 'n', 'until_ms' ), $rows, 'INSERT', 'ON DUPLICATE KEY UPDATE n = n + 1' );
	}

	/** @param list<string> $names @return array<string, int> Those that are there. */
	public static function read( array $names ): array {
		return array_map( 'intval', array_column( self::rows( 'SELECT k, n FROM ' . Schema::table( 'counters' ) . ' WHERE k IN ' . self::in( $names ) ), 'n', 'k' ) );
	}

	/** Sets a counter, whatever it was. */
	public static function put( string $name, int $n, int $until_ms ): void {
		self::insert( Schema::table( 'counters' ), array( 'k', 'n', 'until_ms' ), array( array( $name, $n, $until_ms ) ), 'INSERT', 'ON DUPLICATE KEY UPDATE n = VALUES(n), until_ms = VALUES(until_ms)' );
	}

	/** Removes one. */
	public static function drop( string $name ): void {
		self::write( 'DELETE FROM ' . Schema::table( 'counters' ) . ' WHERE k = ' . self::literal( $name ) );
	}

	/** Removes what has run out. */
	public static function purge( int $now_ms, int $limit ): void {
		self::write( 'DELETE FROM ' . Schema::table( 'counters' ) . " WHERE until_ms < $now_ms LIMIT $limit" );
	}

	/** Adds to sums of a day. @param array<string, int> $sums By name. */
	public static function sum( int $day, array $sums ): void {
		$rows = array();
		foreach ( $sums as $what => $n ) {
			$rows[] = array( $day, (string) $what, (int) $n );
		}
		self::insert( Schema::table( 'login_days' ), array( 'day', 'what', 'n' ), $rows, 'INSERT', 'ON DUPLICATE KEY UPDATE n = n + VALUES(n)' );
	}

	/** Writes sums of a day that were counted elsewhere. @param array<int, array<string, int>> $sums By day and name. */
	public static function put_sums( array $sums ): void {
		$rows = array();
		foreach ( $sums as $day => $of ) {
			foreach ( $of as $what => $n ) {
				$rows[] = array( (int) $day, (string) $what, (int) $n );
			}
		}
		if ( $rows ) {
			self::insert( Schema::table( 'login_days' ), array( 'day', 'what', 'n' ), $rows, 'INSERT', 'ON DUPLICATE KEY UPDATE n = VALUES(n)' );
		}
	}

	/** @return list<array{day: string, what: string, n: string}> From a day on, the oldest first. */
	public static function sums_since( int $day ): array {
		return self::rows( 'SELECT day, what, n FROM ' . Schema::table( 'login_days' ) . " WHERE day >= $day ORDER BY day, what" );
	}

	/** Removes sums of days before this one. */
	public static function purge_sums( int $day ): void {
		self::write( 'DELETE FROM ' . Schema::table( 'login_days' ) . " WHERE day < $day" );
	}
}
