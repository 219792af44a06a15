<?php
/**
 * A number's pace, shared.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Broadcast;

use NxtChat\Site;

/**
 * Every process that sends for a number says so by a row in `leases`, once a second; each sends its even share. Who comes new waits until
 * the others have seen it and slowed down; who can't say so any more (the database is away) stops before the others take its share.
 */
final class Pace {

	/** How often a process says that it is there, how long that lasts, and how long a new one waits, in ms. */
	private const SAY_MS  = 1000;
	private const LAST_MS = 10000;
	private const WARM_MS = 3500;

	private int $said  = 0;
	private int $began = 0;
	private int $until = 0;
	private int $count = 1;

	private bool $alone = true;

	/** This process's place among all, by name. */
	private int $place = 0;

	public function __construct( private readonly int $account_id, public readonly string $worker ) {
	}

	/** This process's part of a rate; 0 while it waits for its turn. */
	public function share( float $rate ): float {
		$now = Site::now_ms();
		if ( $now >= $this->said + self::SAY_MS || $now < $this->said ) {
			if ( $now > $this->until ) {
				$this->began = $now; // New, or silent for too long.
			}
			$others      = array_diff_key( BroadcastStore::attend( $this->prefix(), $this->worker, $this->began, $now, $now + self::LAST_MS ), array( $this->worker => 0 ) );
			$this->said  = $now;
			$this->until = $now + self::LAST_MS;
			$this->count = count( $others ) + 1;
			$this->alone = ! $others;
			$this->place = count( array_filter( array_keys( $others ), fn( string $other ): bool => $other < $this->worker ) );
		}
		if ( $now > $this->until - 1000 ) {
			return 0.0;
		}
		return ! $this->alone && $now < $this->began + self::WARM_MS ? 0.0 : $this->part( $rate );
	}

	/** Whole messages a second where there are enough for all: of a part of 7.5 there would be seconds with 8, for every process. */
	private function part( float $rate ): float {
		$whole = (int) floor( $rate );
		return $whole < $this->count || 1 === $this->count ? $rate / $this->count : (float) ( intdiv( $whole, $this->count ) + ( $this->place < $whole % $this->count ? 1 : 0 ) );
	}

	/** How many processes send for the number. */
	public function workers(): int {
		return $this->count;
	}

	/** Gives the share back. */
	public function leave(): void {
		BroadcastStore::release( $this->prefix() . $this->worker, $this->worker );
		BroadcastStore::forget_absent( $this->prefix(), Site::now_ms() - 10 * self::LAST_MS );
		$this->said  = 0;
		$this->until = 0;
	}

	/** Does anybody send for an account now? */
	public static function is_attended( int $account_id ): bool {
		return (bool) BroadcastStore::attending( self::prefix_of( $account_id ), Site::now_ms() );
	}

	private function prefix(): string {
		return self::prefix_of( $this->account_id );
	}

	private static function prefix_of( int $account_id ): string {
		return "broadcast-pace:$account_id:";
	}
}
