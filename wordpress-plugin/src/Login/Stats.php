<?php
/**
 * What happened, as sums of days.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Login;

use NxtChat\AfterAnswer;
use NxtChat\Log;
use NxtChat\StoreError;

/** Counted during a request, written after its answer in one statement. Sums only: no number, no person. */
final class Stats {

	/** Days that sums are kept. */
	private const KEEP_DAYS = 400;

	/** @var array<string, int> */
	private static array $sums = array();

	/** request, sent, failed, success, register, word, spend (millionths of the currency), refused:<reason>. */
	public static function count( string $what, int $n = 1 ): void {
		if ( ! self::$sums ) {
			AfterAnswer::add( array( self::class, 'write' ) );
		}
		self::$sums[ substr( $what, 0, 60 ) ] = ( self::$sums[ $what ] ?? 0 ) + $n;
	}

	/** Writes what was counted. */
	public static function write(): void {
		$sums       = self::$sums;
		self::$sums = array();
		if ( ! $sums ) {
			return;
		}
		try {
			CounterStore::sum( Budgets::day(), $sums );
		} catch ( StoreError $e ) {
			Log::error( 'Sums of login were not written: ' . $e->getMessage() );
		}
	}

	/** Removes old sums. */
	public static function purge(): void {
		CounterStore::purge_sums( Budgets::day( self::KEEP_DAYS ) );
	}
}
