<?php
/**
 * From the spool into the tables.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Webhook;

use NxtChat\Account\Accounts;
use NxtChat\Live\Live;
use NxtChat\Log;
use NxtChat\Native;
use NxtChat\Site;
use NxtChat\StoreError;

/**
 * Takes events from this machine's spool, writes them, acknowledges them. At least once out of the spool, once in effect.
 *
 * Nothing is acknowledged before it is committed. One drain at a time and machine (the spool's lease); any number of
 * machines on one database.
 */
final class Drain {

	/** Events taken from the spool at once. */
	public const BATCH = 500;

	/** How often a batch is tried when other transactions are in the way: some three seconds of pauses. */
	private const TRIES = 12;

	/** Rounds of "is there really nothing more?" without finding anything. */
	private const EMPTY_ROUNDS = 3;

	/** Open screens are told at most this often while draining, in seconds: they ask once a second. */
	private const BUMP_S = 0.25;

	/** When they were told last, and whether something was written since. */
	private static float $bumped = 0.0;
	private static bool $changed = false;

	private const NOTHING = array(
		'items'    => 0,
		'events'   => 0,
		'messages' => 0,
		'statuses' => 0,
		'errors'   => 0,
		'busy'     => false,
		'down'     => false,
	);

	/**
	 * Drains until nothing is left or the time is up.
	 *
	 * @param float|null $budget_seconds null = without limit. A batch that has begun is finished.
	 * @return array{items: int, events: int, messages: int, statuses: int, errors: int, busy: bool, down: bool}
	 *         busy: somebody else drains here. down: the database does not answer or refuses to write; what was not
	 *         written stays in the spool. errors: items that could not be applied and were put aside (Events::FAILED).
	 */
	public static function run( ?float $budget_seconds = null ): array {
		$site   = Site::dir();
		$until  = null === $budget_seconds ? INF : microtime( true ) + $budget_seconds;
		$counts = self::NOTHING;
		$empty  = 0;
		do {
			if ( ! Native\spool_lease( $site ) ) {
				$counts['busy'] = 0 === $counts['items'];
				return $counts;
			}
			$before = $counts['items'];
			try {
				EventStore::connect(); // $wpdb alone would end this process with a page when the database is away.
				$accounts = Accounts::ids_by_phone_number_id();
				while ( microtime( true ) < $until ) {
					$items = Native\spool_take( $site, self::BATCH );
					if ( ! $items ) {
						break;
					}
					self::settle( $items, $accounts, $counts );
				}
			} catch ( StoreError $e ) {
				Log::error( 'Draining stopped, the events wait in the spool: ' . $e->getMessage() );
				$counts['down'] = true;
				return $counts;
			} finally {
				Native\spool_release( $site );
				self::bump( 0.0 );
			}
			// An event that was stored while we looked for the last time found the lease taken.
			$empty = $counts['items'] === $before ? $empty + 1 : 0;
		} while ( $empty < self::EMPTY_ROUNDS && microtime( true ) < $until && Native\spool_stats( $site )['pending'] > 0 );
		return $counts;
	}

	/**
	 * Applies bodies that were stored already, as if they came now: same effect, counted once.
	 *
	 * @param list<array{uid: string, received_ms: int, body: string}> $items
	 * @return array As run().
	 * @throws StoreError When the database is away.
	 */
	public static function replay( array $items ): array {
		$counts = self::NOTHING;
		foreach ( $items as $n => $item ) {
			$items[ $n ] += array(
				'id'     => '',
				'events' => Native\webhook_events( $item['body'] ),
			);
		}
		foreach ( self::write( $items, Accounts::ids_by_phone_number_id(), $counts ) as $batch ) {
			$batch->tell();
		}
		Live::bump();
		return $counts;
	}

	/**
	 * Writes, acknowledges, tells.
	 *
	 * @throws StoreError When nothing can be written now: nothing is acknowledged.
	 */
	private static function settle( array $items, array $accounts, array &$counts ): void {
		$batches = self::write( $items, $accounts, $counts );
		Native\spool_ack( Site::dir(), array_column( $items, 'id' ) );
		$counts['items'] += count( $items );
		self::$changed    = true;
		self::bump( self::BUMP_S );
		foreach ( $batches as $batch ) {
			try {
				$batch->tell();
			} catch ( \Throwable $e ) {
				Log::error( 'A developer\'s hook failed: ' . get_class( $e ) . ' in ' . basename( $e->getFile() ) . ':' . $e->getLine() );
			}
		}
	}

	/** Tells open screens what was written, unless they were told less than so many seconds ago. */
	private static function bump( float $after ): void {
		$now = microtime( true );
		if ( self::$changed && abs( $now - self::$bumped ) >= $after ) { // A clock that was put back delays nothing.
			Live::bump();
			self::$bumped  = $now;
			self::$changed = false;
		}
	}

	/**
	 * Writes items in one transaction; those that can't be written are found by halving, and put aside alone.
	 *
	 * @return list<Batch> Written.
	 * @throws StoreError When nothing can be written now.
	 */
	private static function write( array $items, array $accounts, array &$counts ): array {
		try {
			$batch = new Batch( $items, $accounts, Native\ulids( 1 )[0] );
			EventStore::transaction_again( static fn() => $batch->apply(), self::TRIES );
			foreach ( $batch->counts() as $what => $count ) {
				$counts[ $what ] += $count;
			}
			return array( $batch );
		} catch ( StoreError $e ) {
			if ( StoreError::REFUSED !== $e->kind ) {
				throw $e;
			}
			$reason = $e->getMessage();
		} catch ( \Throwable $e ) {
			$reason = get_class( $e ) . ' in ' . basename( $e->getFile() ) . ':' . $e->getLine() . ': ' . $e->getMessage();
		}
		if ( count( $items ) > 1 ) {
			$half = intdiv( count( $items ), 2 );
			return array_merge( self::write( array_slice( $items, 0, $half ), $accounts, $counts ), self::write( array_slice( $items, $half ), $accounts, $counts ) );
		}
		// One webhook request that will never work: kept with its body, told on the health screen, replayed by `wp nxtchat event replay`.
		Log::error( "Event {$items[0]['uid']} could not be applied: $reason" );
		EventStore::transaction_again( static fn() => EventStore::add( array( Batch::failed_row( $items[0], $reason, Site::now_ms() ) ) ) );
		++$counts['errors'];
		return array();
	}
}
