<?php
/**
 * Takes an import back.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Import;

use NxtChat\Consent\Consents;
use NxtChat\Native;
use NxtChat\Site;

/**
 * In four passes, each a walk by contact in batches of one transaction: contacts that it made and nobody touched go; what it
 * changed gets its former value back, unless it was changed again; memberships that it added end; its grants of consent count no
 * longer. Withdrawals of consent stay, and so do the contacts that they belong to.
 *
 * The pass stands in the column `line`, the last contact in `position`: whoever goes on begins there.
 */
final class ImportUndo {

	/** Contacts of a batch. */
	private const ROWS        = 2000;
	private const ROWS_SQLITE = 300;

	private const CONTACTS    = 0;
	private const CHANGES     = 1;
	private const MEMBERSHIPS = 2;
	private const GRANTS      = 3;
	private const END         = 4;

	private int $id;
	private int $user_id;
	private int $pass;
	private int $position;
	private int $size;
	private ImportReport $report;

	/** @param array<string, string> $row Of the table, in the state UNDOING. */
	public function __construct( array $row ) {
		$this->id       = (int) $row['id'];
		$this->user_id  = (int) $row['user_id'];
		$this->pass     = (int) $row['line'];
		$this->position = (int) $row['position'];
		$this->report   = ImportReport::of( $row );
		$this->size     = ImportStore::on_sqlite() ? self::ROWS_SQLITE : self::ROWS;
	}

	/** One batch. @return bool False when nothing is left. */
	public function step(): bool {
		if ( self::END === $this->pass ) {
			return false;
		}
		[ $this->report, $this->pass, $this->position ] = ImportStore::transaction_again(
			function (): array {
				$report        = clone $this->report;
				$report->undo += array(
					'removed'       => 0,
					'kept'          => 0,
					'kept_why'      => array(),
					'restored'      => 0,
					'changed_later' => 0,
					'memberships'   => 0,
					'grants'        => 0,
				);
				$last = match ( $this->pass ) {
					self::CONTACTS    => $this->contacts( $report ),
					self::CHANGES     => $this->changes( $report ),
					self::MEMBERSHIPS => $this->memberships( $report ),
					self::GRANTS      => $this->grants( $report ),
				};
				$now = Site::now_ms();
				$to  = null === $last ? array( $this->pass + 1, 0 ) : array( $this->pass, $last );
				$set = array(
					'line'        => $to[0],
					'position'    => $to[1],
					'updated_ms'  => $now,
					'report_json' => $report->columns()['report_json'],
				);
				if ( self::END === $to[0] ) {
					$set['state']       = Native\IMPORT_UNDONE;
					$set['finished_ms'] = $now;
					$set['error']       = '';
				}
				$as = array(
					'line'     => $this->pass,
					'position' => $this->position,
				);
				if ( ! ImportStore::change( $this->id, array( Native\IMPORT_UNDOING ), $set, $as ) ) {
					throw new ImportLost( 'Another process has this import.' );
				}
				return array( $report, ...$to );
			}
		);
		return self::END !== $this->pass;
	}

	/** @return int|null The last contact looked at, null when there are no more. */
	private function contacts( ImportReport $report ): ?int {
		$ids = ImportUndoStore::made( $this->id, $this->position, $this->size );
		if ( ! $ids ) {
			return null;
		}
		$kept = ImportUndoStore::touched( $this->id, $ids );
		$gone = array_values( array_diff( $ids, array_keys( $kept ) ) );
		ImportUndoStore::remove( $gone );
		$report->undo['removed'] += count( $gone );
		$report->undo['kept']    += count( $kept );
		foreach ( $kept as $why ) {
			$report->undo['kept_why'][ $why ] = ( $report->undo['kept_why'][ $why ] ?? 0 ) + 1;
		}
		if ( $kept ) {
			ImportRowsStore::log( Native\CONTACT_LOG_IMPORT_UNDONE, array_map( fn( string $why ) => array( 'import_id' => $this->id, 'kept' => $why ), $kept ), $this->user_id, Site::now_ms() ); // phpcs:ignore WordPress.Arrays -- One thought.
		}
		return end( $ids );
	}

	private function changes( ImportReport $report ): ?int {
		$changes = ImportStore::changes_after( $this->id, $this->position, $this->size );
		if ( ! $changes ) {
			return null;
		}
		$ids      = array_keys( $changes );
		$contacts = ImportRowsStore::load( $ids, true );
		$fields   = array();
		foreach ( $changes as $change ) {
			$fields += $change['after']['values'] ?? array();
		}
		$values  = ImportRowsStore::values( $ids, array_keys( $fields ) );
		$set     = array();
		$drop    = array();
		$renamed = array();
		$back    = array();
		foreach ( array_intersect_key( $changes, $contacts ) as $id => $change ) {
			$later = false;
			foreach ( array_intersect( ImportKnown::COLUMNS, array_keys( $change['after'] ) ) as $column ) {
				if ( $contacts[ $id ][ $column ] !== (string) $change['after'][ $column ] ) {
					$later = true;
					continue;
				}
				$contacts[ $id ][ $column ] = (string) $change['before'][ $column ];
				$back[ $id ][ $column ]     = $change['before'][ $column ];
				$renamed                   += 'name' === $column ? array( $id => true ) : array();
			}
			foreach ( $change['after']['values'] ?? array() as $field => $text ) {
				$is     = $values[ $id ][ $field ] ?? null;
				$before = $change['before']['values'][ $field ];
				if ( $is !== (string) $text ) {
					$later = true;
				} elseif ( null === $before ) {
					$drop[ $field ][]               = $id;
					$back[ $id ]['values'][ $field ] = null;
				} else {
					$set[]                          = array( $id, $field, (string) $before );
					$back[ $id ]['values'][ $field ] = $before;
				}
			}
			$report->undo['changed_later'] += $later ? 1 : 0;
		}
		$report->undo['restored'] += count( $back );
		$this->restore( array_intersect_key( $contacts, $back ), $renamed, $set, $drop );
		if ( $back ) {
			ImportRowsStore::log( Native\CONTACT_LOG_IMPORT_UNDONE, array_map( fn( array $after ) => array( 'import_id' => $this->id, 'after' => $after ), $back ), $this->user_id, Site::now_ms() ); // phpcs:ignore WordPress.Arrays -- One thought.
		}
		ImportUndoStore::forget_changes( $this->id, $ids );
		return end( $ids );
	}

	/**
	 * @param array<int, array>     $contacts As they were.
	 * @param array<int, true>      $renamed  Whose name is another again.
	 * @param list<array{0: int, 1: int, 2: string}> $set Contact, field, text.
	 * @param array<int, list<int>> $drop     Contacts that had no value, by field.
	 */
	private function restore( array $contacts, array $renamed, array $set, array $drop ): void {
		$again = array_intersect_key( $contacts, $renamed );
		if ( $again ) {
			$shown = array_map( static fn( array $c ) => '' !== $c['name'] ? $c['name'] : $c['profile_name'], $again );
			$bare  = array_keys( $shown, '', true );
			$names = ImportUndoStore::callings( $bare ) + array_filter( $shown, static fn( string $name ) => '' !== $name );
			foreach ( array_combine( array_keys( $names ), Native\name_sort( array_values( $names ) ) ) as $id => $sort ) {
				$contacts[ $id ]['sort_name'] = $sort;
			}
			ImportRowsStore::drop_words( array_keys( $again ) );
			ImportRowsStore::add_words( array_keys( $again ), Native\name_words( array_map( static fn( array $c ) => "{$c['name']} {$c['profile_name']}", array_values( $again ) ) ) );
		}
		if ( $contacts ) {
			ImportRowsStore::update_contacts( array_values( $contacts ), $this->id, Site::now_ms() );
		}
		$types = array_column( ImportOptions::fields(), 'type', 'id' );
		$set   = array_values( array_filter( $set, static fn( array $row ) => isset( $types[ $row[1] ] ) ) );
		ImportRowsStore::put_values(
			array_column( $set, 0 ),
			array_column( $set, 1 ),
			array_column( $set, 2 ),
			array_map( static fn( array $row ) => ImportKnown::numbers( (int) $types[ $row[1] ], array( $row[2] ) )[0], $set )
		);
		foreach ( $drop as $field => $ids ) {
			ImportUndoStore::drop_values( $field, $ids );
		}
	}

	private function memberships( ImportReport $report ): ?int {
		$ended                        = ImportUndoStore::end_memberships( $this->id, $this->size );
		$report->undo['memberships'] += $ended;
		return 0 === $ended ? null : $this->position + $ended;
	}

	private function grants( ImportReport $report ): ?int {
		$ids = ImportUndoStore::granted( $this->id, $this->position, $this->size );
		if ( ! $ids ) {
			return null;
		}
		Consents::void_grants( $this->id, $ids );
		$report->undo['grants'] += count( $ids );
		return end( $ids );
	}
}
