<?php
/**
 * Rows of people who are contacts already.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Import;

use NxtChat\Consent\Consents;
use NxtChat\Native;

/** Keeps, fills or overwrites what is there, puts into groups and adds to the consent ledger; remembers what it was, for an undo. */
final class ImportKnown {

	/** Columns of contacts that an import sets. */
	public const COLUMNS = array( 'name', 'email', 'language', 'country', 'wp_user_id' );

	/** Milliseconds of a day. */
	private const DAY_MS = 86400000;

	/** @var array<int, array<string, string>> Contacts as they come to be. */
	private array $contacts = array();
	/** @var array<int, array<int, string>> Values of their fields, likewise. */
	private array $values = array();
	/** @var array<int, array{before: array, after: array}> */
	private array $changes = array();

	public function __construct( private readonly ImportJob $job, private readonly ImportReport $report, private readonly array $rows, private readonly int $now ) {}

	/**
	 * The column `number` of values: of a number itself, of a date its day since 1970, of yes 1.
	 *
	 * @param list<string> $texts Canonical.
	 * @return list<int|float>
	 */
	public static function numbers( int $type, array $texts ): array {
		return match ( $type ) {
			Native\FIELD_NUMBER => array_map( 'floatval', $texts ),
			Native\FIELD_YES_NO => array_map( 'intval', $texts ),
			Native\FIELD_DATE   => array_map( static fn( string $day ) => intdiv( (int) strtotime( "$day 00:00:00 UTC" ), intdiv( self::DAY_MS, 1000 ) ), $texts ),
			default             => array_fill( 0, count( $texts ), 0 ),
		};
	}

	/**
	 * Applies rows.
	 *
	 * @param array<int, int> $at     Contact by row.
	 * @param array           $groups Of ImportBatch::groups().
	 */
	public function apply( array $at, array $groups ): void {
		$ids      = array_values( array_unique( $at ) );
		$consents = $this->job->options['consent']['marketing'] || array_intersect_key( $this->rows, Consents::PURPOSES );
		if ( ImportOptions::KEEP === $this->job->options['existing'] && ! $groups && ! $consents ) {
			$this->report->unchanged += count( $at );
			return;
		}
		$by_row         = isset( $this->rows['groups'] );
		$wanted         = $by_row ? array_values( array_unique( array_merge( ...array_values( array_intersect_key( $groups, $at ) ) ) ) ) : $groups;
		$this->contacts = ImportRowsStore::load( $ids, ! $this->job->dry );
		$fields         = array_map( fn( string $name ) => (int) $this->job->fields[ $name ]['id'], array_keys( $this->rows['values'] ?? array() ) );
		$this->values   = ImportRowsStore::values( $ids, $fields );
		$in             = ImportRowsStore::members( $ids, $wanted );
		$evidence       = $consents ? ImportRowsStore::evidence( $ids, 'import' ) : array();
		$join           = array();
		$entries        = array();
		$words          = array();
		foreach ( $at as $i => $id ) {
			if ( ! isset( $this->contacts[ $id ] ) ) { // Gone since its number was found.
				++$this->report->unchanged;
				continue;
			}
			$before = $this->contacts[ $id ]['name'];
			$moved  = ImportOptions::KEEP !== $this->job->options['existing'] && $this->set( $i, $id );
			if ( $before !== $this->contacts[ $id ]['name'] ) {
				$words[ $id ] = true;
			}
			foreach ( $by_row ? $groups[ $i ] : $groups as $group ) {
				if ( ! isset( $in[ $id ][ $group ] ) ) {
					$in[ $id ][ $group ] = true;
					$join[ $group ][]    = $id;
					$moved               = true;
					++$this->report->memberships;
				}
			}
			foreach ( $consents ? $this->consents( $i, $id, $evidence ) : array() as $entry ) {
				$entries[] = $entry;
				$moved     = true;
			}
			++$this->report->{$moved ? 'changed' : 'unchanged'};
		}
		if ( ! $this->job->dry ) {
			$this->write( $words, $join, $entries );
		}
	}

	/** Sets what the row tells. @return bool Whether something changed. */
	private function set( int $i, int $id ): bool {
		$over   = ImportOptions::OVERWRITE === $this->job->options['existing'];
		$before = array();
		$after  = array();
		$user   = (int) ( $this->rows['wp_user_id'][ $i ] ?? 0 );
		// A user enters any number: who wrote to us from it, or belongs to another user, is not made theirs, and their messages not
		// handed to the user by WordPress's exporter.
		$theirs = 0 === $user || $user === (int) $this->contacts[ $id ]['wp_user_id'] || ( '0' === (string) $this->contacts[ $id ]['last_in_ms'] && '0' === (string) $this->contacts[ $id ]['wp_user_id'] );
		foreach ( $theirs ? self::COLUMNS : array_diff( self::COLUMNS, array( 'wp_user_id', 'email' ) ) as $column ) {
			$new = (string) ( $this->rows[ $column ][ $i ] ?? '' );
			$old = $this->contacts[ $id ][ $column ];
			// The country of the number is no more than a guess.
			$may = $over && ( 'country' !== $column || $this->job->has( 'country' ) );
			if ( '' === $new || '0' === $new && 'wp_user_id' === $column || $new === $old || ( ! $may && '' !== $old && '0' !== $old ) ) {
				continue;
			}
			$before[ $column ]                = $old;
			$after[ $column ]                 = $new;
			$this->contacts[ $id ][ $column ] = $new;
			if ( 'name' === $column ) {
				$this->contacts[ $id ]['sort_name'] = $this->rows['sort_name'][ $i ];
			}
		}
		$shown = array( $before, $after );
		foreach ( $this->rows['values'] ?? array() as $name => $column ) {
			$field = (int) $this->job->fields[ $name ]['id'];
			$old   = $this->values[ $id ][ $field ] ?? null;
			if ( '' === $column[ $i ] || $column[ $i ] === $old || ( ! $over && null !== $old ) ) {
				continue;
			}
			$before['values'][ $field ]    = $old;
			$after['values'][ $field ]     = $column[ $i ];
			$this->values[ $id ][ $field ] = $column[ $i ];
			$shown[0][ "field:$name" ]     = (string) $old;
			$shown[1][ "field:$name" ]     = $column[ $i ];
		}
		if ( ! $after ) {
			return false;
		}
		$this->report->show_changed( $this->rows['line'][ $i ], $id, $this->contacts[ $id ]['name'], ...$shown );
		$this->changes[ $id ] = self::merge( $this->changes[ $id ] ?? array(), compact( 'before', 'after' ) );
		return true;
	}

	/** Two changes of one contact: what was before the first, and what is after the second. */
	private static function merge( array $first, array $second ): array {
		return $first ? array(
			'before' => array_replace_recursive( $second['before'], $first['before'] ),
			'after'  => array_replace_recursive( $first['after'], $second['after'] ),
		) : $second;
	}

	/**
	 * What the row adds to the ledger. Not what stands there already: a file that is imported again says nothing new.
	 *
	 * @param array<string, true> $evidence From ImportRowsStore::evidence().
	 * @return list<array>
	 */
	private function consents( int $i, int $id, array &$evidence ): array {
		$out     = array();
		$told    = ( $this->rows['consent_at_ms'][ $i ] ?? 0 ) > 0 ? $this->rows['consent_at_ms'][ $i ] : (int) $this->job->options['consent']['at_ms'];
		$at_ms   = min( $this->now, $told > 0 ? $told : $this->job->at_ms );
		$wording = '' !== ( $this->rows['wording'][ $i ] ?? '' ) ? $this->rows['wording'][ $i ] : $this->job->options['consent']['wording'];
		foreach ( Consents::PURPOSES as $name => $purpose ) {
			$default = 'marketing' === $name && $this->job->options['consent']['marketing'] ? Native\CONSENT_GRANTED : Native\CONSENT_NONE;
			$state   = ( $this->rows[ $name ][ $i ] ?? 0 ) ? $this->rows[ $name ][ $i ] : $default;
			$is      = (int) $this->contacts[ $id ][ $name ];
			if ( Native\CONSENT_NONE === $state ) {
				continue;
			}
			$withheld = Native\CONSENT_GRANTED === $state && Native\CONSENT_REVOKED === $is;
			if ( $withheld ) {
				++$this->report->consents['withheld'];
			}
			$key = "$id:$purpose:$state:$at_ms:$wording";
			if ( isset( $evidence[ $key ] ) || ( 0 === $told && ( $state === $is || $withheld ) ) ) {
				continue;
			}
			$evidence[ $key ] = true;
			$out[]            = array(
				'contact_id' => $id,
				'purpose'    => $purpose,
				'state'      => $state,
				'source'     => 'import',
				'wording'    => $wording,
				'detail'     => $this->job->options['consent']['source'],
				'user_id'    => $this->job->user_id,
				'import_id'  => $this->job->id,
				'at_ms'      => $at_ms,
			);
			if ( ! $withheld ) {
				$this->contacts[ $id ][ $name ] = (string) $state;
				++$this->report->consents[ Native\CONSENT_GRANTED === $state ? 'granted' : 'revoked' ];
			}
		}
		return $out;
	}

	/**
	 * @param array<int, true>      $words   Contacts whose name changed.
	 * @param array<int, list<int>> $join    Contacts by group.
	 * @param list<array>           $entries Of the ledger.
	 */
	private function write( array $words, array $join, array $entries ): void {
		if ( $this->changes ) {
			// A value of a field that changes is a change of its contact too.
			ImportRowsStore::update_contacts( array_values( array_intersect_key( $this->contacts, $this->changes ) ), $this->job->id, $this->now );
			$this->write_values();
			if ( $words ) {
				$renamed = array_intersect_key( $this->contacts, $words );
				ImportRowsStore::drop_words( array_keys( $renamed ) );
				ImportRowsStore::add_words( array_keys( $renamed ), Native\name_words( array_map( static fn( array $c ) => "{$c['name']} {$c['profile_name']}", array_values( $renamed ) ) ) );
			}
			// What an import changes in contacts that it made goes when they go.
			$others = array_filter( $this->changes, fn( int $id ) => (int) $this->contacts[ $id ]['import_id'] !== $this->job->id, ARRAY_FILTER_USE_KEY );
			if ( $others ) {
				$earlier = ImportStore::changes( $this->job->id, array_keys( $others ) );
				$merged  = array();
				foreach ( $others as $id => $change ) {
					$merged[ $id ] = self::merge( $earlier[ $id ] ?? array(), $change );
				}
				ImportStore::save_changes( $this->job->id, $merged );
				ImportRowsStore::log( Native\CONTACT_LOG_IMPORTED, array_map( fn( array $change ) => array( 'import_id' => $this->job->id ) + $change, $others ), $this->job->user_id, $this->now );
			}
		}
		ImportRowsStore::add_members( $this->job->id, $join, $this->now );
		if ( $entries ) {
			Consents::record( $entries );
		}
	}

	private function write_values(): void {
		$by_id   = array_column( $this->job->fields, null, 'id' );
		$contact = array();
		$field   = array();
		$text    = array();
		$number  = array();
		foreach ( $this->changes as $id => $change ) {
			foreach ( $change['after']['values'] ?? array() as $of => $value ) {
				$contact[] = $id;
				$field[]   = $of;
				$text[]    = $value;
				$number[]  = self::numbers( (int) $by_id[ $of ]['type'], array( $value ) )[0];
			}
		}
		ImportRowsStore::put_values( $contact, $field, $text, $number );
	}
}
