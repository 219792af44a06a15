<?php
/**
 * Works on an import.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Import;

use NxtChat\Live\Live;
use NxtChat\Log;
use NxtChat\Native;
use NxtChat\Site;
use NxtChat\StoreError;

/**
 * Batch after batch, each one transaction that also moves the import's position and counters: a process that is killed at any
 * moment has done a batch or has not, and whoever goes on begins where the last one ended.
 *
 * A lease keeps processes from working on the same import; that a batch counts once does not depend on it: its transaction
 * moves the position from where it began, or is rolled back.
 */
final class ImportRun {

	/** Rows of a batch. The SQLite drop-in parses statements in PHP: smaller ones there, so that a step stays short. */
	private const ROWS        = 5000;
	private const ROWS_SQLITE = 500;

	/** Most cells of a batch, which bounds memory: more than 12 columns make it shorter. */
	private const CELLS = 60000;

	/** How long a process keeps an import without a sign of life, in milliseconds, and after how many it gives one. */
	private const LEASE_MS = 20000;
	private const RENEW_MS = 5000;

	/** How often a batch is tried when somebody else makes the same contacts meanwhile. */
	private const TRIES = 5;

	private string $owner;
	private int $renewed = 0;
	private bool $holds  = false;

	private function __construct( private readonly int $id, private readonly float $until, private readonly mixed $tell ) {
		$this->owner = Native\ulids( 1 )[0];
	}

	/**
	 * Works until the import is done or the time is up. A batch that has begun is finished.
	 *
	 * @param float         $until Instant, as of microtime( true ).
	 * @param callable|null $tell  Called after each batch with the position; false stops.
	 * @return bool False when another process is working on it.
	 * @throws StoreError When the database is away: the import goes on later.
	 */
	public static function work( int $id, float $until, ?callable $tell = null ): bool {
		return ( new self( $id, $until, $tell ) )->run();
	}

	private function run(): bool {
		if ( ! $this->keep() ) {
			return false;
		}
		try {
			$row = ImportStore::get( $this->id );
			match ( (int) ( $row['state'] ?? 0 ) ) {
				Native\IMPORT_CHECKING, Native\IMPORT_RUNNING => $this->rows( $row ),
				Native\IMPORT_UNDOING => $this->undo( $row ),
				default => null,
			};
		} catch ( ImportLost $e ) {
			return true; // Cancelled, or somebody else goes on.
		} catch ( StoreError $e ) {
			if ( StoreError::REFUSED !== $e->kind ) {
				throw $e;
			}
			Log::error( "Import {$this->id}: " . $e->getMessage() );
			$this->fail( __( 'The database refused the rows. The log on the health screen says why.', 'nxt-cloud-chat' ) );
		} catch ( ImportFailure | Native\Exception\Exception | \RuntimeException $e ) {
			$this->fail( $e->getMessage() );
		} finally {
			if ( ! $this->holds ) {
				ImportStore::release( $this->id, $this->owner );
			}
		}
		return true;
	}

	/** @param array<string, string> $row */
	private function rows( array $row ): void {
		$job    = new ImportJob( $row );
		$state  = (int) $row['state'];
		$at     = array(
			'position' => (int) $row['position'],
			'line'     => (int) $row['line'],
		);
		$length = (int) $row['rejects_bytes'];
		$report = ImportReport::of( $row );
		$source = Native\IMPORT_KIND_FILE === $job->kind
			? new FileSource( $job, $at['position'], $at['line'] )
			: new PeopleSource( $job, $at['position'], (int) $job->options['last_user'] );
		$wide   = count( array_filter( array_column( $job->options['columns'], 'to' ) ) );
		$size   = min( ImportStore::on_sqlite() ? self::ROWS_SQLITE : self::ROWS, intdiv( self::CELLS, max( 1, $wide ) ) );
		while ( null !== ( $rows = $source->next( $size ) ) ) { // phpcs:ignore -- Assigned and compared.
			$to     = array(
				'position' => $rows['position'],
				'line'     => $rows['last_line'],
			);
			$result = $this->batch( $job, $rows, $report, $state, $at, $to, $length );
			$report = $result['report'];
			$length = $result['length'];
			$at     = $to;
			unset( $rows );
			ImportStore::forget();
			if ( ( null !== $this->tell && false === ( $this->tell )( $at['position'] ) ) || microtime( true ) >= $this->until ) {
				return;
			}
			$this->keep_on();
		}
		$done = $job->dry ? Native\IMPORT_CHECKED : Native\IMPORT_DONE;
		if ( ImportStore::change( $this->id, array( $state ), array( 'state' => $done, 'finished_ms' => Site::now_ms(), 'updated_ms' => Site::now_ms() ), $at ) && ! $job->dry ) { // phpcs:ignore WordPress.Arrays -- One thought.
			ImportFiles::remove( $job->uid );
			Live::bump();
		}
	}

	/**
	 * One batch.
	 *
	 * @return array{report: ImportReport, length: int} After it.
	 */
	private function batch( ImportJob $job, array $rows, ImportReport $before, int $state, array $at, array $to, int $length ): array {
		for ( $try = 1; ; $try++ ) {
			try {
				[ $report, $batch, $length ] = ImportStore::transaction_again(
					function () use ( $job, $rows, $before, $state, $at, $to, $length ): array {
						$report = clone $before;
						$batch  = new ImportBatch( $job, $report );
						$batch->apply( $rows );
						$set = $to + array( 'updated_ms' => Site::now_ms() );
						if ( $report->reject_rows ) {
							$head                 = 0 === $length ? array( $this->head( $job ) ) : array();
							$length               = ImportFiles::reject( $job->uid, $length, array_merge( $head, $report->reject_rows ) );
							$report->reject_rows  = array();
							$set['rejects_bytes'] = $length;
						}
						if ( ! ImportStore::change( $this->id, array( $state ), $set + $report->columns(), $at ) ) {
							throw new ImportLost( 'Another process has this import.' );
						}
						return array( $report, $batch, $length );
					},
					self::TRIES
				);
				$job->groups += $batch->found_groups;
				return compact( 'report', 'length' );
			} catch ( StoreError $e ) {
				if ( ! $e->is_duplicate || $try >= self::TRIES ) {
					throw $e;
				}
				// A message of the same person came in between: now the contact is known.
			}
		}
	}

	/** The first row of the rejects. @return list<string> */
	private function head( ImportJob $job ): array {
		return array_merge(
			array( __( 'Line', 'nxt-cloud-chat' ), __( 'Reason', 'nxt-cloud-chat' ) ),
			Native\IMPORT_KIND_FILE === $job->kind ? array_column( $job->options['columns'], 'name' ) : array( __( 'Phone number', 'nxt-cloud-chat' ), __( 'Name', 'nxt-cloud-chat' ), __( 'Email', 'nxt-cloud-chat' ) )
		);
	}

	/** @param array<string, string> $row */
	private function undo( array $row ): void {
		$undo = new ImportUndo( $row );
		while ( $undo->step() ) {
			ImportStore::forget();
			if ( ( null !== $this->tell && false === ( $this->tell )( 0 ) ) || microtime( true ) >= $this->until ) {
				return;
			}
			$this->keep_on();
		}
		ImportFiles::remove( $row['uid'], true );
		Live::bump();
	}

	private function fail( string $message ): void {
		$now = Site::now_ms();
		$set = array(
			'state'       => Native\IMPORT_FAILED,
			'error'       => mb_substr( $message, 0, 1000 ),
			'finished_ms' => $now,
			'updated_ms'  => $now,
		);
		if ( ImportStore::change( $this->id, array( Native\IMPORT_RUNNING ), $set ) ) {
			return;
		}
		// A dry run: the import itself has not begun.
		if ( ! ImportStore::change( $this->id, array( Native\IMPORT_CHECKING ), array( 'started_ms' => 0 ) + $set ) ) {
			// An undo is tried again, but not at once: the lease runs out first.
			$this->holds = true;
			ImportStore::change( $this->id, array( Native\IMPORT_UNDOING ), array_intersect_key( $set, array_flip( array( 'error', 'updated_ms' ) ) ) );
		}
	}

	private function keep(): bool {
		$this->renewed = Site::now_ms();
		return ImportStore::lease( $this->id, $this->owner, $this->renewed, $this->renewed + self::LEASE_MS );
	}

	/** @throws ImportLost */
	private function keep_on(): void {
		if ( Site::now_ms() > $this->renewed + self::RENEW_MS && ! $this->keep() ) {
			throw new ImportLost( 'Another process has this import.' );
		}
	}
}
