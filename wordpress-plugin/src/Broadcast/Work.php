<?php
/**
 * One process works on broadcasts.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Broadcast;

use NxtChat\AfterAnswer;
use NxtChat\Live\Live;
use NxtChat\Log;
use NxtChat\Message\BulkMessages;
use NxtChat\Native;
use NxtChat\Site;
use NxtChat\StoreError;
use NxtChat\Webhook\Drain;

/**
 * Begins those whose time has come, makes rows of audiences, sends, picks up what died, and ends those that are done. Any number of
 * processes on any number of machines: every step is a conditional statement, a claim or a lease.
 */
final class Work {

	/** How often broadcasts are looked for: while some run, and else; in ms. */
	public const LOOK_MS  = 1000;
	private const IDLE_MS = 2000;

	/** How often what was left behind is looked for, in ms. */
	private const TIDY_MS = 3000;

	/** How soon it is looked whether that was the end, in ms. */
	private const IDLE_LOOK_MS = 500;

	/** A rest when nothing is to be done for a moment, in microseconds: at a slow pace most of the time. */
	private const REST_US = 50000;

	/** Seconds of one stretch of freezing, before events are looked for again. */
	private const FREEZE_S = 1.0;

	/** Broadcasts looked at, recipients tidied at a time. */
	private const MAX  = 100;
	private const STEP = 500;

	/** A message that was handed to a machine which tells nothing any more has an unknown outcome, so long after its claim ran out, in ms. */
	public const LOST_MS = 120000;

	/** How long a status is waited for before the policy for unknown outcomes counts, in ms. */
	public const UNKNOWN_MS = 900000;

	/** Of a guest's time, what is kept for answers that are waited for at the end, in seconds. */
	private const LAST_S = 5.0;

	/** How long a request goes on that has begun a broadcast, in seconds. */
	private const AFTER_S = 20.0;

	private const FREEZE_LEASE_MS = 20000;

	/** @var array<int, Dispatch> By account. */
	private array $dispatches = array();
	/** @var array<int, list<array<string, string>>> Running broadcasts by account. */
	private array $running = array();

	private int $looked = 0;
	private int $tidied = 0;
	private bool $is_on = true;
	private string $owner;

	public function __construct() {
		$this->owner = Native\ulids( 1 )[0];
	}

	/**
	 * Goes on for a while.
	 *
	 * @param callable|null $alive fn(): bool, false stops soon.
	 * @return int How much moved; 0 = there is nothing to do now.
	 * @throws StoreError
	 */
	public function step( float $seconds, ?callable $alive = null ): int {
		$until = microtime( true ) + $seconds;
		$moved = 0;
		do {
			$now = Site::now_ms();
			if ( $now >= $this->looked + ( $this->running ? self::LOOK_MS : self::IDLE_MS ) || $now < $this->looked ) {
				$this->looked = $now;
				$moved       += $this->look( $now, $alive );
			}
			if ( ! $this->dispatches ) {
				return $moved;
			}
			$turn = 0;
			$busy = false;
			foreach ( $this->dispatches as $account => $dispatch ) {
				$rows = $this->running[ $account ] ?? array();
				if ( $rows ) {
					$turn += $dispatch->tick( $rows );
					$busy  = $busy || $dispatch->is_busy();
				} else {
					$dispatch->finish();
					if ( ! $dispatch->is_busy() ) {
						$dispatch->end( 0.1 );
						unset( $this->dispatches[ $account ] );
					}
				}
			}
			$moved += $turn;
			if ( ! $busy && 0 === $turn ) {
				// Perhaps that was the last of them; perhaps the pace allows no more for now.
				$this->tidied = min( $this->tidied, $now - self::TIDY_MS + self::IDLE_LOOK_MS );
				$this->looked = min( $this->looked, $now - self::LOOK_MS + self::IDLE_LOOK_MS );
				usleep( self::REST_US );
			}
		} while ( microtime( true ) < $until && ( null === $alive || $alive() ) );
		return max( 1, $moved );
	}

	/** Is this process sending? */
	public function is_sending(): bool {
		return (bool) $this->dispatches;
	}

	/** Ends cleanly: what has not left goes back to the table, what is on its way is waited for. */
	public function end( float $seconds ): void {
		$until = microtime( true ) + $seconds;
		foreach ( $this->dispatches as $dispatch ) {
			$dispatch->hush(); // All at once, so that all have the whole time for what is on its way.
		}
		foreach ( $this->dispatches as $dispatch ) {
			$dispatch->end( max( 0.0, $until - microtime( true ) ) );
		}
		$this->dispatches = array();
		$this->running    = array();
	}

	/**
	 * For processes that are there for something else (WP-Cron, a webhook): only where no worker sends.
	 *
	 * @return int How much moved.
	 */
	public static function guest( float $seconds ): int {
		if ( $seconds < 1.0 || ! self::is_needed() ) {
			return 0;
		}
		$work  = new self();
		$until = microtime( true ) + $seconds;
		$moved = 0;
		try {
			do {
				$step   = $work->step( min( 0.5, max( 0.1, $until - microtime( true ) - self::LAST_S ) ) );
				$moved += $step;
				self::let_in( 0.5 );
			} while ( $step > 0 && microtime( true ) < $until - self::LAST_S );
		} finally {
			$work->end( self::LAST_S );
		}
		self::let_in( max( 1.0, $until - microtime( true ) ) );
		return $moved;
	}

	/** Events come first: this process may be the one that webhooks leave them to. */
	private static function let_in( float $seconds ): void {
		if ( Native\spool_stats( Site::dir() )['pending'] > 0 ) {
			Drain::run( $seconds );
		}
	}

	/** Where no worker sends: this request does for a while, once it is answered, and WP-Cron looks soon. */
	public static function wake(): void {
		wp_schedule_single_event( time(), 'nxtchat_drain', array( 'broadcast' ) );
		if ( defined( 'REST_REQUEST' ) && REST_REQUEST ) {
			AfterAnswer::add( static fn() => self::guest( self::AFTER_S ) );
		}
	}

	/** Is there a broadcast on which nobody works? */
	private static function is_needed(): bool {
		$now = Site::now_ms();
		foreach ( BroadcastStore::open( $now, self::MAX ) as $row ) {
			$due = States::SCHEDULED === (int) $row['state'] ? (int) $row['scheduled_ms'] <= $now : (int) $row['next_ms'] <= $now;
			if ( $due && ! Pace::is_attended( (int) $row['account_id'] ) ) {
				return true;
			}
		}
		return false;
	}

	/** What is to be done? */
	private function look( int $now, ?callable $alive ): int {
		BroadcastStore::connect(); // $wpdb alone would end this process when the database is away.
		$moved         = 0;
		$this->running = array();
		$tidy          = $now >= $this->tidied + self::TIDY_MS || $now < $this->tidied;
		$rows          = BroadcastStore::open( $now, self::MAX );
		if ( $tidy ) {
			$this->tidied = $now;
			$this->is_on  = ! $rows || BroadcastStore::is_switched_on( plugin_basename( NXTCHAT_FILE ) );
			$moved       += $this->is_on ? self::recover() + $this->tidy_all( $rows, $now ) : 0;
			$rows         = BroadcastStore::open( $now, self::MAX ); // As they are after that.
		}
		$rows = $this->is_on ? $rows : array(); // Switched off: everything stays as it is, and goes on when it is switched on.
		foreach ( $rows as $row ) {
			$id = (int) $row['id'];
			switch ( (int) $row['state'] ) {
				case States::SCHEDULED:
					$moved       += BroadcastStore::change( $id, array( States::SCHEDULED ), array( 'state' => States::FREEZING, 'next_ms' => 0, 'updated_ms' => $now ) ) ? 1 : 0; // phpcs:ignore WordPress.Arrays -- One thought.
					$this->looked = 0;
					break;
				case States::FREEZING:
					$moved       += $this->freeze( $row, $alive );
					$this->looked = 0;
					break;
				case States::RUNNING:
					// One that waits for its next recipient, its quiet hours or its limit needs no engine.
					if ( (int) $row['next_ms'] <= $now ) {
						$this->running[ (int) $row['account_id'] ][]     = $row;
						$this->dispatches[ (int) $row['account_id'] ] ??= new Dispatch( (int) $row['account_id'] );
					}
					break;
				case States::CANCELLED:
					if ( $tidy ) {
						$this->expire( $row, $now );
						BroadcastControl::clear( $id, microtime( true ) + self::FREEZE_S );
						++$moved;
					}
					break;
			}
		}
		foreach ( $this->dispatches as $account => $dispatch ) {
			if ( ! isset( $this->running[ $account ] ) && ! $dispatch->is_busy() ) {
				$dispatch->end( 0.5 );
				unset( $this->dispatches[ $account ] );
			}
		}
		return $moved;
	}

	/** @param list<array<string, string>> $rows @return int How many ended. */
	private function tidy_all( array $rows, int $now ): int {
		$ended = 0;
		foreach ( $rows as $row ) {
			$ended += States::RUNNING === (int) $row['state'] && ! $this->tidy( $row, $now ) ? 1 : 0;
		}
		return $ended;
	}

	private function freeze( array $row, ?callable $alive ): int {
		$id    = (int) $row['id'];
		$lease = "broadcast-freeze:$id";
		$now   = Site::now_ms();
		if ( ! BroadcastStore::lease( $lease, $this->owner, $now, $now + self::FREEZE_LEASE_MS ) ) {
			return 0;
		}
		try {
			if ( (int) $row['frozen_ms'] > 0 ) {
				Freeze::done( $id ); // Whoever froze it died before this.
			} else {
				Freeze::work( $row, microtime( true ) + self::FREEZE_S, static fn(): bool => null === $alive || $alive() );
			}
		} finally {
			BroadcastStore::release( $lease, $this->owner );
		}
		return 1;
	}

	/** What dead processes of this machine left behind. @return int How many outcomes. */
	public static function recover(): int {
		$site = Site::dir();
		try {
			$outcomes = Native\broadcast_recover( $site );
		} catch ( Native\Exception\SpoolError $e ) {
			Log::error( 'Journals of broadcasts cannot be read: ' . $e->getMessage() );
			return 0; // Whoever begins a journal now is told, and stops.
		}
		foreach ( array_chunk( $outcomes, Outcomes::AT_ONCE ) as $some ) {
			Outcomes::write( $some );
			Native\broadcast_recovered( $site, array_column( $some, 'ref' ) );
		}
		if ( $outcomes ) {
			Log::info( sprintf( 'Broadcasts: %d sends of a process that ended were picked up.', count( $outcomes ) ) );
		}
		return count( $outcomes );
	}

	/** Looks after a running broadcast. @return bool Whether it still runs. */
	private function tidy( array $row, int $now ): bool {
		$id         = (int) $row['id'];
		$definition = Broadcasts::definition( $row );
		$this->expire( $row, $now );
		if ( 'again' === $definition['unknown'] ) {
			$this->resend_unknown( $id, $now );
		}
		if ( null !== $definition['ab'] && $definition['ab']['share'] < 100 ) {
			AbTest::look( $row, $definition, $now );
		}
		if ( ! RecipientStore::is_open( $id ) ) {
			if ( 'again' === $definition['unknown'] && RecipientStore::unknown( $id, PHP_INT_MAX, Recipients::SENDS_MAX - 1, 1 ) ) {
				return true;
			}
			return ! self::done( $id, $now );
		}
		$this->wait( $row, $now );
		return true;
	}

	/** Everybody has an outcome. */
	private static function done( int $id, int $now ): bool {
		$row  = (array) BroadcastStore::get( $id );
		$done = BroadcastStore::change(
			$id,
			array( States::RUNNING ),
			array(
				'state'       => States::DONE,
				'finished_ms' => $now,
				'next_ms'     => 0,
				'reason_json' => '',
				'updated_ms'  => $now,
			)
		);
		if ( $done && RecipientStore::is_open( $id ) ) {
			BroadcastStore::reopen( array( $id ), $now ); // Somebody came back in between.
			return false;
		}
		if ( $done ) {
			Broadcasts::counts( $row, true );
			Log::info( "Broadcast $id is done." );
			Live::bump();
			/**
			 * A broadcast is done: everybody was sent to, or skipped.
			 *
			 * @param int $broadcast_id Id.
			 */
			do_action( 'nxtchat_broadcast_done', $id );
		}
		return $done;
	}

	/** When nobody is due yet: until when. */
	private function wait( array $row, int $now ): void {
		$next  = RecipientStore::next_due( (int) $row['id'] );
		$until = null !== $next && $next > $now && ! RecipientStore::is_sending( (int) $row['id'] ) ? min( $next, $now + 60000 ) : 0; // Somebody may come back sooner.
		$limit = (int) $row['next_ms'] > $now && str_contains( $row['reason_json'], '"limit"' );
		if ( ! $limit && ( (int) $row['next_ms'] !== $until ) && ( $until > 0 || (int) $row['next_ms'] > 0 ) ) {
			BroadcastStore::change( (int) $row['id'], array( States::RUNNING ), array( 'next_ms' => $until ) + ( '' === $row['reason_json'] ? array() : array( 'reason_json' => '' ) ) );
		}
	}

	/** Claims that ran out: who was never handed on waits again; of the others their machine tells, or nobody. */
	private function expire( array $row, int $now ): void {
		$expired = RecipientStore::expired( (int) $row['id'], $now, self::STEP );
		if ( ! $expired ) {
			return;
		}
		$refs = array();
		foreach ( $expired as $r ) {
			$refs[ (int) $r['id'] ] = Recipients::ref( $row['uid'], (int) $row['id'], (int) $r['id'], (int) $r['attempt'] );
		}
		BroadcastStore::transaction_again(
			static function () use ( $expired, $refs, $now ): void {
				// Locked before the messages are looked for: whoever claimed them may be writing these at this moment.
				$still    = RecipientStore::lock_expired( array_keys( $refs ), $now );
				$messages = BulkMessages::by_refs( array_values( array_intersect_key( $refs, $still ) ) );
				$free     = array();
				$lost     = array();
				foreach ( array_filter( $expired, static fn( array $r ): bool => isset( $still[ (int) $r['id'] ] ) ) as $r ) {
					$message = $messages[ $refs[ (int) $r['id'] ] ] ?? null;
					if ( null === $message ) {
						$free[] = (int) $r['id'];
					} elseif ( (int) $r['due_ms'] < $now - self::LOST_MS ) {
						$lost[ (int) $message['id'] ] = (int) $r['id'];
					}
				}
				if ( $free ) {
					RecipientStore::release_expired( $free, $now );
				}
				if ( $lost ) {
					BulkMessages::settle( array_fill_keys( array_keys( $lost ), array( 'outcome' => 'unknown', 'wamid' => null, 'error' => null, 'at_ms' => $now ) ) ); // phpcs:ignore WordPress.Arrays -- One thought.
					RecipientStore::lose( $lost );
				}
			}
		);
	}

	/** The owner's policy: who may not have got it gets it again, once a status was waited for long enough. */
	private function resend_unknown( int $id, int $now ): void {
		$due = array();
		foreach ( RecipientStore::unknown( $id, $now - self::UNKNOWN_MS, Recipients::SENDS_MAX - 1, self::STEP ) as $r ) {
			$due[ (int) $r['attempt'] ][ (int) $r['id'] ] = 0;
		}
		RecipientStore::back( $due, 1 );
	}
}
