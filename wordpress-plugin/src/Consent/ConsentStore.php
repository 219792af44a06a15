<?php
/**
 * SQL of the consent ledger.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Consent;

use NxtChat\Native;
use NxtChat\Schema;
use NxtChat\Store;

/** Table consents, and the three columns of contacts that say what it comes to. */
final class ConsentStore extends Store {

	/** The column of contacts for each purpose. */
	public const COLUMNS = array(
		Native\PURPOSE_MARKETING => 'marketing',
		Native\PURPOSE_UTILITY   => 'utility',
		Native\PURPOSE_LOGIN     => 'login',
	);

	/** Columns of a new entry, in this order. */
	public const NEW = array( 'contact_id', 'purpose', 'state', 'by_person', 'source', 'wording', 'detail', 'user_id', 'ip', 'proof', 'import_id', 'at_ms', 'created_ms' );

	/** Contacts of one statement: MariaDB makes a subquery of longer lists. */
	private const AT_ONCE = 900;

	/**
	 * Locks contacts until the transaction ends, in the order of their ids, and reads what their ledger comes to.
	 * Whoever writes the ledger does this first. (SQLite has one writer anyway.)
	 *
	 * @param list<int> $ids
	 * @return array<int, array<int, int>> State by purpose by id; a contact that is gone is not there.
	 */
	public static function lock( array $ids ): array {
		$ids = array_values( array_unique( $ids ) );
		sort( $ids );
		$out = array();
		foreach ( array_chunk( $ids, self::AT_ONCE ) as $chunk ) {
			foreach ( self::rows( 'SELECT id, marketing, utility, login FROM ' . Schema::table( 'contacts' ) . ' WHERE id IN ' . self::in( $chunk ) . ' ORDER BY id FOR UPDATE' ) as $row ) {
				$out[ (int) $row['id'] ] = self::states_of( $row );
			}
		}
		return $out;
	}

	/**
	 * The same without a lock.
	 *
	 * @param list<int> $ids
	 * @return array<int, array<int, int>>
	 */
	public static function states( array $ids ): array {
		$out = array();
		foreach ( self::rows( 'SELECT id, marketing, utility, login FROM ' . Schema::table( 'contacts' ) . ' WHERE id IN ' . self::in( $ids ) ) as $row ) {
			$out[ (int) $row['id'] ] = self::states_of( $row );
		}
		return $out;
	}

	/** Adds entries; those whose proof is there already are left out. @param list<array> $rows In the order of NEW. */
	public static function add( array $rows ): void {
		self::insert( Schema::table( 'consents' ), self::NEW, $rows, 'INSERT IGNORE' );
	}

	/**
	 * Folds the ledger of contacts into their columns. The one place where that is decided.
	 *
	 * Withdrawn, when any entry withdraws and the person has not granted after the latest of those; else granted, when any
	 * entry grants (a grant that was undone with its import does not count); else nothing. So nobody but the person lifts
	 * a withdrawal, and the order in which entries arrive does not matter.
	 *
	 * To be called inside a transaction.
	 *
	 * @param array<int, array<int, int>> $before From lock().
	 * @return list<array{0: int, 1: int, 2: int, 3: int}> What changed: contact, purpose, state, state before.
	 */
	public static function refresh( array $before ): array {
		$changes = array();
		foreach ( array_chunk( array_keys( $before ), self::AT_ONCE ) as $ids ) {
			$folded = array();
			// A locking read: sees what others committed after this transaction began.
			foreach ( self::rows(
				'SELECT contact_id, purpose,
					MAX(CASE WHEN state = ' . Native\CONSENT_REVOKED . ' THEN at_ms ELSE -1 END) AS revoked,
					MAX(CASE WHEN state = ' . Native\CONSENT_GRANTED . ' AND by_person = 1 AND void_ms = 0 THEN at_ms ELSE -1 END) AS restored,
					MAX(CASE WHEN state = ' . Native\CONSENT_GRANTED . ' AND void_ms = 0 THEN 1 ELSE 0 END) AS granted
				FROM ' . Schema::table( 'consents' ) . ' WHERE contact_id IN ' . self::in( $ids ) . ' GROUP BY contact_id, purpose FOR UPDATE'
			) as $row ) {
				$folded[ (int) $row['contact_id'] ][ (int) $row['purpose'] ] = match ( true ) {
					(int) $row['revoked'] >= 0 && (int) $row['revoked'] >= (int) $row['restored'] => Native\CONSENT_REVOKED,
					1 === (int) $row['granted']                                                 => Native\CONSENT_GRANTED,
					default                                                                     => Native\CONSENT_NONE,
				};
			}
			$changed = array();
			foreach ( $ids as $id ) {
				foreach ( self::COLUMNS as $purpose => $column ) {
					$state = $folded[ $id ][ $purpose ] ?? Native\CONSENT_NONE;
					if ( $state !== $before[ $id ][ $purpose ] ) {
						$changed[ $column ][ $state ][] = $id;
						$changes[]                      = array( $id, $purpose, $state, $before[ $id ][ $purpose ] );
					}
				}
			}
			self::set_states( $changed );
		}
		return $changes;
	}

	/**
	 * The latest grants that people gave themselves, where they are later than a time.
	 *
	 * @param list<int> $ids
	 * @return array<int, array<int, int>> at_ms by purpose by contact.
	 */
	public static function granted_after( array $ids, int $ms ): array {
		$out = array();
		foreach ( array_chunk( array_values( array_unique( $ids ) ), self::AT_ONCE ) as $chunk ) {
			foreach ( self::rows( 'SELECT contact_id, purpose, MAX(at_ms) AS at_ms FROM ' . Schema::table( 'consents' ) . ' WHERE contact_id IN ' . self::in( $chunk ) . ' AND state = ' . Native\CONSENT_GRANTED . " AND by_person = 1 AND at_ms > $ms GROUP BY contact_id, purpose FOR UPDATE" ) as $row ) {
				$out[ (int) $row['contact_id'] ][ (int) $row['purpose'] ] = (int) $row['at_ms'];
			}
		}
		return $out;
	}

	/** Undoes what an import granted: its grants count no longer. Withdrawals stay. @param list<int> $ids Contacts. */
	public static function void_grants( int $import_id, array $ids, int $now ): void {
		self::write( 'UPDATE ' . Schema::table( 'consents' ) . " SET void_ms = $now WHERE import_id = $import_id AND state = " . Native\CONSENT_GRANTED . ' AND void_ms = 0 AND contact_id IN ' . self::in( $ids ) );
	}

	/** What a person granted themself counts no longer, from an entry on. */
	public static function void_words( int $contact_id, int $after_id, int $now ): void {
		self::write( 'UPDATE ' . Schema::table( 'consents' ) . " SET void_ms = $now WHERE contact_id = $contact_id AND id > $after_id AND state = " . Native\CONSENT_GRANTED . ' AND by_person = 1 AND void_ms = 0' );
	}

	/**
	 * A contact's ledger, the newest first.
	 *
	 * @param array{0: int, 1: int}|null $before at_ms and id.
	 * @return list<array<string, string|null>>
	 */
	public static function of( int $contact_id, ?array $before, int $limit ): array {
		global $wpdb;
		$where = $wpdb->prepare( 'contact_id = %d', $contact_id );
		if ( null !== $before ) {
			$where .= $wpdb->prepare( ' AND at_ms <= %d AND (at_ms < %d OR id < %d)', $before[0], $before[0], $before[1] );
		}
		return self::rows( 'SELECT * FROM ' . Schema::table( 'consents' ) . " WHERE $where ORDER BY at_ms DESC, id DESC LIMIT $limit" );
	}

	/**
	 * Of these proofs, those whose entry is the first of its kind for its contact since a time: the ones worth a confirmation.
	 *
	 * @param list<string> $proofs
	 * @param list<string> $sources Sources that were confirmed.
	 * @return array<string, int> Contact id by proof.
	 */
	public static function first_since( array $proofs, array $sources, int $since_ms ): array {
		$table = Schema::table( 'consents' );
		$out   = array();
		foreach ( self::rows(
			"SELECT c.proof, c.contact_id FROM $table c WHERE c.proof IN " . self::in( $proofs )
			. " AND NOT EXISTS (SELECT 1 FROM $table e WHERE e.contact_id = c.contact_id AND e.purpose = c.purpose AND e.state = c.state AND e.id < c.id AND e.created_ms >= $since_ms AND e.source IN " . self::in( $sources ) . ')'
		) as $row ) {
			$out[ (string) $row['proof'] ] = (int) $row['contact_id'];
		}
		return $out;
	}

	/** Languages of contacts that have one. @param list<int> $ids @return array<int, string> By id. */
	public static function languages( array $ids ): array {
		return array_map( 'strval', array_column( self::rows( 'SELECT id, language FROM ' . Schema::table( 'contacts' ) . " WHERE language <> '' AND id IN " . self::in( $ids ) ), 'language', 'id' ) );
	}

	/**
	 * Whose messages these were.
	 *
	 * @param list<string> $wamids
	 * @param list<string> $refs
	 * @return array<string, int> Contact id by wamid and by ref.
	 */
	public static function contacts_of( array $wamids, array $refs ): array {
		$out = array();
		foreach ( self::rows( 'SELECT wamid, ref, contact_id FROM ' . Schema::table( 'messages' ) . ' WHERE wamid IN ' . self::in( $wamids ) . ' OR ref IN ' . self::in( $refs ) ) as $row ) {
			$out[ (string) $row['wamid'] ] = (int) $row['contact_id'];
			$out[ (string) $row['ref'] ]   = (int) $row['contact_id'];
		}
		return $out;
	}

	/** @param array<string, array<int, list<int>>> $changed Contact ids by column and state. */
	private static function set_states( array $changed ): void {
		$set = array();
		$all = array();
		foreach ( $changed as $column => $by_state ) {
			$case = '';
			foreach ( $by_state as $state => $ids ) {
				$case .= ' WHEN id IN ' . self::in( $ids ) . " THEN $state";
				$all   = array_merge( $all, $ids );
			}
			$set[] = "$column = CASE$case ELSE $column END";
		}
		if ( $set ) {
			$all = array_values( array_unique( $all ) );
			sort( $all );
			self::write( 'UPDATE ' . Schema::table( 'contacts' ) . ' SET ' . implode( ', ', $set ) . ' WHERE id IN ' . self::in( $all ) );
		}
	}

	/** @return array<int, int> State by purpose. */
	private static function states_of( array $row ): array {
		return array_map( static fn( string $column ): int => (int) $row[ $column ], self::COLUMNS );
	}
}
