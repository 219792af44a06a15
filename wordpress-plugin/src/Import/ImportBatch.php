<?php
/**
 * A few thousand rows into the tables.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Import;

use NxtChat\Consent\Consents;
use NxtChat\Group\Groups;
use NxtChat\Native;
use NxtChat\Privacy\Suppressions;
use NxtChat\Site;
use NxtChat\StoreError;

/**
 * One batch: inside the caller's transaction, with a number of statements that does not depend on the rows. A dry run takes the
 * same way and leaves out the writes. Safe to repeat after a rollback: nothing is kept but the report, of which the caller keeps the former.
 *
 * Rows come in columns, as from the native reader: see ContactReader::next() in php/nxtchat.stub.php; besides `wp_user_id`.
 */
final class ImportBatch {

	/** Most groups that the names in a file may make: more, and the column is none of groups. */
	private const NEW_GROUPS_MAX = 500;

	/** Rows in columns. */
	private array $rows;

	private int $now;

	/** Groups found by this batch, to be remembered after its commit. @var array<string, int> */
	public array $found_groups = array();

	public function __construct( private readonly ImportJob $job, private readonly ImportReport $report ) {
		$this->now = Site::now_ms();
	}

	/**
	 * Writes, or would.
	 *
	 * @param array $rows As from ContactReader::next().
	 * @throws ImportFailure When the import can't go on.
	 */
	public function apply( array $rows ): void {
		$this->rows                = $rows;
		$this->report->rows_read  += $rows['rows'];
		$this->report->merged     += $rows['rows'] - $rows['n'] - count( $rows['rejects'] );
		foreach ( $rows['rejects'] as $reject ) {
			$code = '' === $reject['reason'] ? $reject['code'] : ( 'too_long' === $reject['reason'] ? 'number_too_long' : $reject['reason'] );
			$this->report->reject( $reject['line'], $code, $this->column( $reject['column'] ), $reject['value'], $reject['row'] ?? array( ...array_fill( 0, max( 0, $reject['column'] - 1 ), '' ), $reject['value'] ) );
		}
		if ( 0 === $rows['n'] ) {
			return;
		}
		$index = array_flip( $rows['phone'] ); // Each number once in a batch.
		foreach ( array_keys( array_filter( Suppressions::check( $rows['phone'] ) ) ) as $i ) {
			$this->report->reject( $rows['line'][ $i ], Reasons::SUPPRESSED, '', $rows['phone'][ $i ], array( $rows['phone'][ $i ], $rows['name'][ $i ] ?? '' ) );
			unset( $index[ $rows['phone'][ $i ] ] );
		}
		$known  = array_intersect_key( ImportRowsStore::known( $rows['phone'] ), $index );
		$groups = $this->groups();
		$new    = array_values( array_diff_key( $index, $known ) );
		if ( $new ) {
			$this->add( $new, $groups );
		}
		if ( $known ) {
			$at = array();
			foreach ( $known as $phone => $contact ) {
				$at[ $index[ $phone ] ] = $contact;
			}
			ksort( $at ); // In the order of the file: the later row wins.
			( new ImportKnown( $this->job, $this->report, $rows, $this->now ) )->apply( $at, $groups );
		}
	}

	/** What the header calls a column. */
	private function column( int $number ): string {
		$name = $this->job->options['columns'][ $number - 1 ]['name'] ?? '';
		/* translators: %d: the number of a column */
		return '' !== $name || 0 === $number ? $name : sprintf( __( 'Column %d', 'nxt-cloud-chat' ), $number );
	}

	/**
	 * Ids of the groups of each row. In a dry run a group that there is not has a negative number.
	 *
	 * @return array<int, list<int>>|list<int> By row when the file names groups, else one list for all.
	 */
	private function groups(): array {
		$for_all = $this->job->options['groups'];
		foreach ( $this->ids( $this->job->options['new_groups'] ) as $id ) {
			$for_all[] = $id;
		}
		$for_all = array_values( array_unique( $for_all ) );
		if ( ! isset( $this->rows['groups'] ) ) {
			return $for_all;
		}
		$ids = $this->ids( array_values( array_unique( array_merge( ...$this->rows['groups'] ) ) ) );
		$out = array();
		foreach ( $this->rows['groups'] as $i => $names ) {
			$of = $for_all;
			foreach ( $names as $name ) {
				$of[] = $ids[ mb_strtolower( $name ) ];
			}
			$out[ $i ] = array_values( array_unique( $of ) );
		}
		return $out;
	}

	/**
	 * @param list<string> $names
	 * @return array<string, int> By name in small letters.
	 */
	private function ids( array $names ): array {
		$ids     = array();
		$missing = array();
		foreach ( $names as $name ) {
			$key = mb_strtolower( $name );
			$id  = $this->job->groups[ $key ] ?? $this->found_groups[ $key ] ?? null;
			if ( null === $id ) {
				$missing[ $key ] ??= $name;
			} else {
				$ids[ $key ] = $id;
			}
		}
		if ( ! $missing ) {
			return $ids;
		}
		$there = array();
		foreach ( Groups::names() as $id => $name ) {
			$there[ mb_strtolower( $name ) ] = $id;
		}
		$there = array_intersect_key( $there, $missing );
		$new   = array_diff_key( $missing, $there );
		if ( $new ) {
			$this->report->groups_made += count( $new );
			if ( $this->report->groups_made > self::NEW_GROUPS_MAX ) {
				/* translators: %d: a number of groups */
				throw new ImportFailure( sprintf( __( 'The file names more than %d groups that there are not yet. Is the column of groups the right one?', 'nxt-cloud-chat' ), self::NEW_GROUPS_MAX ) );
			}
			array_map( array( $this->report, 'show_group' ), $new );
			if ( $this->job->dry ) {
				foreach ( array_keys( $new ) as $key ) {
					$there[ $key ] = -1 - count( $this->job->groups ) - count( $this->found_groups ) - count( $there );
				}
			} else {
				$there += Groups::ensure( array_values( $new ) );
			}
		}
		if ( array_diff_key( $missing, $there ) ) {
			if ( count( Groups::names() ) + count( $new ) <= Groups::MAX ) {
				// Another process made the group since this transaction began, which does not see it: the next one does.
				throw new StoreError( 'A group was made meanwhile.', StoreError::RETRY );
			}
			throw new ImportFailure( __( 'There are too many groups to make those that the file names. Delete some, or choose no column for groups.', 'nxt-cloud-chat' ) );
		}
		$this->found_groups += $there;
		return $ids + $there;
	}

	/**
	 * New contacts.
	 *
	 * @param list<int> $at     Rows.
	 * @param array     $groups From groups().
	 */
	private function add( array $at, array $groups ): void {
		$n     = count( $at );
		$all   = $n === $this->rows['n'];
		$flip  = $all ? array() : array_flip( $at );
		$pick  = static fn( array $column ): array => $all ? $column : array_values( array_intersect_key( $column, $flip ) );
		$phone = $pick( $this->rows['phone'] );
		$name  = isset( $this->rows['name'] ) ? $pick( $this->rows['name'] ) : array();

		$this->report->added += $n;
		for ( $k = 0; $k < $n && $this->report->wants_added(); $k++ ) {
			$this->report->show_added( $this->rows['line'][ $at[ $k ] ], $phone[ $k ], $name[ $k ] ?? '' );
		}
		$consents = $this->consents( $pick, $n );
		$members  = $this->members( $at, $groups );
		foreach ( $members as $rows ) {
			$this->report->memberships += count( $rows );
		}
		if ( $this->job->dry ) {
			return;
		}
		$columns = $consents['columns'];
		foreach ( array( 'name', 'sort_name', 'email', 'country', 'language', 'wp_user_id' ) as $column ) {
			if ( isset( $this->rows[ $column ] ) ) {
				$columns[ $column ] = $pick( $this->rows[ $column ] );
			}
		}
		$columns['sort_name'] ??= $phone;
		foreach ( array_keys( $columns['sort_name'], '', true ) as $k ) { // Who has no name is sorted by the number.
			$columns['sort_name'][ $k ] = $phone[ $k ];
		}
		$ids = ImportRowsStore::add_contacts( $this->job->id, $this->job->source, Native\ulids( $n ), $columns, $this->now );
		ImportRowsStore::add_phones( $ids, $phone, $this->now );
		if ( isset( $this->rows['words'] ) ) {
			ImportRowsStore::add_words( $ids, $pick( $this->rows['words'] ) );
		}
		$this->add_values( $ids, $pick );
		ImportRowsStore::add_members( $this->job->id, array_map( static fn( array $rows ) => array_map( static fn( int $k ) => $ids[ $k ], $rows ), $members ), $this->now, true );
		$entries               = $consents['entries'];
		$entries['contact_id'] = array_map( static fn( int $k ) => $ids[ $k ], $entries['contact_id'] );
		ImportRowsStore::add_consents( $this->job->id, $entries, 'import', $this->job->options['consent']['source'], $this->job->user_id, $this->now );
	}

	/** Values of custom fields of new contacts, contact by contact: as the table lies. */
	private function add_values( array $ids, callable $pick ): void {
		$rows = array();
		foreach ( $this->rows['values'] as $name => $column ) {
			$field  = (int) $this->job->fields[ $name ]['id'];
			$values = array_filter( $pick( $column ), static fn( $value ) => '' !== $value );
			$number = ImportKnown::numbers( (int) $this->job->fields[ $name ]['type'], array_values( $values ) );
			$n      = 0;
			foreach ( $values as $k => $value ) {
				$rows[ $k ][] = array( $ids[ $k ], $field, $value, $number[ $n++ ] );
			}
		}
		if ( $rows ) {
			ksort( $rows );
			$rows = array_merge( ...$rows );
			ImportRowsStore::put_values( array_column( $rows, 0 ), array_column( $rows, 1 ), array_column( $rows, 2 ), array_column( $rows, 3 ), true );
		}
	}

	/**
	 * Who of the new goes into which group.
	 *
	 * @return array<int, list<int>> Places among the new, by group.
	 */
	private function members( array $at, array $groups ): array {
		$out = array();
		if ( ! isset( $this->rows['groups'] ) ) {
			foreach ( $groups as $group ) {
				$out[ $group ] = array_keys( $at );
			}
			return $out;
		}
		foreach ( $at as $k => $i ) {
			foreach ( $groups[ $i ] as $group ) {
				$out[ $group ][] = $k;
			}
		}
		return $out;
	}

	/**
	 * What the new agreed to.
	 *
	 * @return array{columns: array<string, list<int>>, entries: array<string, list>} The columns of contacts, and the ledger's with places among the new.
	 */
	private function consents( callable $pick, int $n ): array {
		$entries = array_fill_keys( array( 'contact_id', 'purpose', 'state', 'wording', 'at_ms' ), array() );
		$columns = array();
		$wording = isset( $this->rows['wording'] ) ? $pick( $this->rows['wording'] ) : array();
		$at_ms   = isset( $this->rows['consent_at_ms'] ) ? $pick( $this->rows['consent_at_ms'] ) : array();
		foreach ( Consents::PURPOSES as $name => $purpose ) {
			$default = 'marketing' === $name && $this->job->options['consent']['marketing'] ? Native\CONSENT_GRANTED : Native\CONSENT_NONE;
			if ( isset( $this->rows[ $name ] ) ) {
				$column = array_map( static fn( int $state ) => $state ? $state : $default, $pick( $this->rows[ $name ] ) );
			} elseif ( $default ) {
				$column = array_fill( 0, $n, $default );
			} else {
				continue;
			}
			$columns[ $name ] = $column;
			foreach ( array_filter( $column ) as $k => $state ) {
				$entries['contact_id'][] = $k;
				$entries['purpose'][]    = $purpose;
				$entries['state'][]      = $state;
				$entries['wording'][]    = '' !== ( $wording[ $k ] ?? '' ) ? $wording[ $k ] : $this->job->options['consent']['wording'];
				$entries['at_ms'][]      = min( $this->now, ( $at_ms[ $k ] ?? 0 ) > 0 ? $at_ms[ $k ] : $this->job->at_ms );
			}
		}
		$revoked                            = count( array_keys( $entries['state'], Native\CONSENT_REVOKED, true ) );
		$this->report->consents['revoked'] += $revoked;
		$this->report->consents['granted'] += count( $entries['state'] ) - $revoked;
		return compact( 'columns', 'entries' );
	}
}
