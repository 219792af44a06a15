<?php
/**
 * The long-lived worker.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Webhook;

use NxtChat\Broadcast\Work;
use NxtChat\Import\Imports;
use NxtChat\Log;
use NxtChat\Maintenance;
use NxtChat\Message\SendMessage;
use NxtChat\Native;
use NxtChat\Site;
use NxtChat\StoreError;

/** Drains, sweeps, sends broadcasts, imports and tidies until it is told to stop. Any number of them may run. */
final class Worker {

	/** Sleep when there was nothing to do, in microseconds. */
	private const IDLE_US = 200000;
	/** One drain's budget, in seconds: a stop is heeded between batches and after this. */
	private const DRAIN_S = 2.0;
	/** The same while broadcasts are sent, and how long those go on before events are looked for again: chats come first. */
	private const DRAIN_SENDING_S = 0.5;
	private const BROADCAST_S     = 0.5;
	/** Of the five seconds in which a stop is heeded, those for what is on its way. */
	private const END_S = 3.0;
	/** Between two sweeps of messages, hourly tidying, and forgetting what WordPress caches, in seconds. */
	private const SWEEP_S  = 15;
	private const HOURLY_S = 3600;
	private const FORGET_S = 30;
	/** How often imports are looked for, and how long one is worked on before events are looked for again, in seconds. */
	private const IMPORTS_S = 2;
	private const IMPORT_S  = 1.0;
	/** How often it is looked whether the plugin or its extension was updated, in seconds. */
	private const UPDATED_S = 5;
	/** Pause when the database is away, in seconds. */
	private const DOWN_S = 3;

	private bool $stop = false;

	/** Other files than those that this process runs with are installed by now. */
	public bool $updated = false;

	private Work $broadcasts;

	/** Totals of this run. @var array{items: int, events: int, messages: int, statuses: int, errors: int} */
	private array $done = array(
		'items'    => 0,
		'events'   => 0,
		'messages' => 0,
		'statuses' => 0,
		'errors'   => 0,
	);

	/** Ends the run soon: safe to call from a signal handler. */
	public function stop(): void {
		$this->stop = true;
	}

	/**
	 * Runs.
	 *
	 * @param int|null $max_seconds null = until stop().
	 * @return array{items: int, events: int, messages: int, statuses: int, errors: int}
	 */
	public function run( ?int $max_seconds ): array {
		$end     = null === $max_seconds ? INF : microtime( true ) + $max_seconds;
		$sweep   = 0.0;
		$forget  = 0.0;
		$imports = 0.0;
		$hourly  = microtime( true ) + random_int( 0, self::HOURLY_S ); // Several workers tidy at different times.
		$look    = 0.0;
		$plugin  = self::plugin_file();
		$alive   = fn(): bool => ! $this->stop;

		$this->broadcasts = new Work();
		while ( ! $this->stop && microtime( true ) < $end ) {
			$now   = microtime( true );
			$moved = 0;
			try {
				if ( Native\spool_stats( Site::dir() )['pending'] > 0 ) {
					$moved = $this->drain( min( $this->broadcasts->is_sending() ? self::DRAIN_SENDING_S : self::DRAIN_S, $end - $now ) );
				}
				if ( $now >= $sweep ) {
					$sweep = $now + self::SWEEP_S;
					EventStore::connect();
					if ( SendMessage::pending() ) {
						$moved += SendMessage::sweep( $alive );
					}
				}
				if ( $this->stop ) {
					break;
				}
				$moved += $this->broadcasts->step( min( self::BROADCAST_S, $end - $now ), $alive );
				if ( $now >= $imports ) {
					$worked  = Imports::work( min( self::IMPORT_S, $end - $now ), $alive );
					$moved  += $worked;
					$imports = $worked > 0 ? 0.0 : $now + self::IMPORTS_S;
				}
				if ( $now >= $hourly ) {
					$hourly = $now + self::HOURLY_S;
					Maintenance::hourly();
				}
			} catch ( StoreError | Native\Exception\Exception $e ) {
				Log::error( 'The worker waits: ' . $e->getMessage() );
				$this->pause( self::DOWN_S );
			}
			if ( $now >= $forget ) {
				$forget = $now + self::FORGET_S;
				$this->forget();
			}
			if ( $now >= $look ) {
				$look = $now + self::UPDATED_S;
				if ( Native\extension_replaced() || ! in_array( self::plugin_file(), array( '', $plugin ), true ) ) {
					$this->updated = true;
					break;
				}
			}
			if ( 0 === $moved ) {
				$this->pause( self::IDLE_US / 1000000 );
			}
		}
		$this->broadcasts->end( self::END_S );
		return $this->done;
	}

	/** @return int Items taken in. */
	private function drain( float $seconds ): int {
		$counts = Drain::run( max( 0.0, $seconds ) );
		foreach ( $this->done as $what => $count ) {
			$this->done[ $what ] = $count + $counts[ $what ];
		}
		EventStore::forget();
		if ( $counts['down'] ) {
			$this->pause( self::DOWN_S );
		}
		return $counts['items'];
	}

	/** Memory stays flat, and settings changed elsewhere are seen. */
	private function forget(): void {
		EventStore::forget();
		if ( function_exists( 'wp_cache_flush_runtime' ) ) {
			wp_cache_flush_runtime();
		}
		gc_collect_cycles();
	}

	/** What changes with an update of the plugin; '' while its files are being replaced. */
	private static function plugin_file(): string {
		$file = WP_PLUGIN_DIR . '/' . plugin_basename( NXTCHAT_FILE );
		clearstatcache( true, $file );
		$stat = is_file( $file ) ? stat( $file ) : false;
		return false === $stat ? '' : "$stat[dev] $stat[ino] $stat[size] $stat[mtime]";
	}

	/** Sleeps in short pieces, so that a stop is heeded at once. */
	private function pause( float $seconds ): void {
		$end = microtime( true ) + $seconds;
		do {
			usleep( min( self::IDLE_US, (int) max( 1, ( $end - microtime( true ) ) * 1000000 ) ) );
		} while ( ! $this->stop && microtime( true ) < $end );
	}
}
