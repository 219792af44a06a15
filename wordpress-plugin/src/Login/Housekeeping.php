<?php
/**
 * What login leaves behind, cleared up.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Login;

use NxtChat\Site;

/** Counters and challenges that have run out, sums that are old. */
final class Housekeeping {

	/** Days that a challenge is kept after it ran out. */
	public const CHALLENGE_DAYS = 7;

	/** Rows of one statement, and statements of one run. */
	private const ROWS = 5000;
	private const RUNS = 20;

	/** Every hour. */
	public static function hourly(): void {
		CounterStore::purge( Site::now_ms(), self::ROWS * self::RUNS );
		self::purge( self::CHALLENGE_DAYS );
		Stats::purge();
		Delivered::count();
	}

	/** Removes challenges that ran out so many days ago. @return int How many. */
	public static function purge( int $days ): int {
		$done = 0;
		for ( $n = 0; $n < self::RUNS; $n++ ) {
			$some  = ChallengeStore::purge( Site::now_ms() - $days * DAY_IN_SECONDS * 1000, self::ROWS );
			$done += $some;
			if ( $some < self::ROWS ) {
				break;
			}
		}
		return $done;
	}
}
