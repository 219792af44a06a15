<?php
/**
 * SQL of contacts and their identities.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Contact;

use NxtChat\Schema;
use NxtChat\Store;
use NxtChat\StoreError;

/** Tables contacts, contact_identities, contact_words. */
final class ContactStore extends Store {

	/**
	 * Contacts behind identities.
	 *
	 * @param array<int, list<string>> $values By kind.
	 * @param bool                     $latest Sees what another transaction committed since this one began, and locks it.
	 * @return list<array{kind: string, value: string, contact_id: string, name: string, profile_name: string}>
	 */
	public static function by_identities( array $values, bool $latest = false ): array {
		return $values ? self::rows(
			'SELECT i.kind, i.value, i.contact_id, c.name, c.profile_name FROM ' . Schema::table( 'contact_identities' ) . ' i JOIN ' . Schema::table( 'contacts' ) . ' c ON c.id = i.contact_id WHERE '
			. self::any_of( $values ) . ( $latest ? ' FOR UPDATE' : '' )
		) : array();
	}

	/**
	 * Locks contacts until the transaction ends, in the order of their ids: nobody merges or erases them meanwhile.
	 *
	 * @param list<int> $ids
	 * @throws StoreError RETRY when one has gone since it was read.
	 */
	public static function lock( array $ids ): void {
		if ( $ids && count( self::rows( 'SELECT id FROM ' . Schema::table( 'contacts' ) . ' WHERE id IN ' . self::in( $ids ) . ' ORDER BY id FOR UPDATE' ) ) !== count( $ids ) ) {
			throw new StoreError( 'A contact was merged or deleted at this moment.', StoreError::RETRY );
		}
	}

	/**
	 * Whose identities these are.
	 *
	 * @param array<int, list<string>> $values By kind, at least one.
	 * @return list<array{kind: string, value: string, contact_id: string}>
	 */
	public static function owners( array $values ): array {
		return self::rows( 'SELECT i.kind, i.value, i.contact_id FROM ' . Schema::table( 'contact_identities' ) . ' i WHERE ' . self::any_of( $values ) );
	}

	/**
	 * New contacts.
	 *
	 * @param list<array{uid: string, profile_name: string, sort_name: string, country: string, source: string, last_in_ms: int}> $contacts
	 * @return array<string, int> Id by uid.
	 */
	public static function create( array $contacts, int $now ): array {
		$rows = array();
		foreach ( $contacts as $c ) {
			$rows[] = array( $c['uid'], $c['profile_name'], $c['sort_name'], $c['country'], $c['source'], $c['last_in_ms'], $now, $now );
		}
		$table = Schema::table( 'contacts' );
		self::insert( $table, array( 'uid', 'profile_name', 'sort_name', 'country', 'source', 'last_in_ms', 'created_ms', 'updated_ms' ), $rows );
		$ids = array();
		foreach ( self::rows( "SELECT id, uid FROM $table WHERE uid IN " . self::in( array_column( $contacts, 'uid' ) ) ) as $row ) {
			$ids[ $row['uid'] ] = (int) $row['id'];
		}
		return $ids;
	}

	/**
	 * Identities: new ones are added, known ones are only seen again. A user name goes to who bore it last; every other identity stays where it is.
	 *
	 * @param list<array{0: int, 1: int, 2: string, 3: int, 4: int}> $rows contact id, kind, value, created ms, seen ms.
	 */
	public static function add_identities( array $rows ): void {
		self::insert(
			Schema::table( 'contact_identities' ),
			array( 'contact_id', 'kind', 'value', 'created_ms', 'seen_ms' ),
			$rows,
			'INSERT',
			'ON DUPLICATE KEY UPDATE contact_id = CASE WHEN kind = ' . Contacts::USERNAME . ' AND VALUES(seen_ms) >= seen_ms THEN VALUES(contact_id) ELSE contact_id END, seen_ms = ' . self::greater( 'seen_ms', 'VALUES(seen_ms)' )
		);
	}

	/**
	 * Contacts that lost the race for their identity give what they have to the winner and go.
	 *
	 * @param array<int, int> $winners Winner's id by loser's id.
	 */
	public static function give_way( array $winners ): void {
		$losers = self::in( array_keys( $winners ) );
		$case   = self::by_id( 'contact_id', $winners, 'contact_id' );
		self::write( 'UPDATE ' . Schema::table( 'contact_identities' ) . " SET contact_id = $case WHERE contact_id IN $losers" );
		self::write( 'DELETE FROM ' . Schema::table( 'contacts' ) . " WHERE id IN $losers" );
	}

	/**
	 * When each contact wrote last.
	 *
	 * `updated_ms` stays: nothing changed that staff may be editing at the moment.
	 *
	 * @param array<int, int> $last_in_ms By contact id.
	 */
	public static function heard( array $last_in_ms ): void {
		ksort( $last_in_ms );
		$case = '';
		foreach ( $last_in_ms as $id => $ms ) {
			$case .= sprintf( ' WHEN id = %d AND last_in_ms < %d THEN %d', $id, $ms, $ms );
		}
		self::write( 'UPDATE ' . Schema::table( 'contacts' ) . " SET last_in_ms = CASE$case ELSE last_in_ms END WHERE id IN " . self::in( array_keys( $last_in_ms ) ) );
	}

	/**
	 * Names that people gave themselves on WhatsApp. The name given by staff is another column.
	 *
	 * @param array<int, string> $names By contact id.
	 * @param array<int, string> $sorts New sort names of those whose own name is shown.
	 */
	public static function rename( array $names, array $sorts, int $now ): void {
		ksort( $names );
		$case = self::by_id( 'id', $names, 'profile_name' );
		$sort = $sorts ? ', sort_name = ' . self::by_id( 'id', $sorts, 'sort_name' ) : '';
		self::write( 'UPDATE ' . Schema::table( 'contacts' ) . " SET profile_name = $case$sort, updated_ms = $now WHERE id IN " . self::in( array_keys( $names ) ) );
	}

	/** @param array<int, string> $sorts By contact id. */
	public static function set_sort_names( array $sorts ): void {
		ksort( $sorts );
		self::write( 'UPDATE ' . Schema::table( 'contacts' ) . ' SET sort_name = ' . self::by_id( 'id', $sorts, 'sort_name' ) . ' WHERE id IN ' . self::in( array_keys( $sorts ) ) );
	}

	/** @return list<int> Contacts without a sort name, by id. */
	public static function without_sort_name( int $after, int $limit ): array {
		return self::ids( 'SELECT id FROM ' . Schema::table( 'contacts' ) . " WHERE sort_name = '' AND id > $after ORDER BY id LIMIT $limit" );
	}

	/**
	 * Replaces the words by which contacts are found.
	 *
	 * @param array<int, list<string>> $words By contact id.
	 * @param bool                     $fresh The contacts are new and have none yet.
	 */
	public static function set_words( array $words, bool $fresh ): void {
		$table = Schema::table( 'contact_words' );
		if ( ! $fresh ) {
			self::write( "DELETE FROM $table WHERE contact_id IN " . self::in( array_keys( $words ) ) );
		}
		$rows = array();
		foreach ( $words as $id => $list ) {
			foreach ( $list as $word ) {
				$rows[] = array( $word, $id );
			}
		}
		self::insert( $table, array( 'word', 'contact_id' ), $rows, 'INSERT IGNORE' );
	}

	/**
	 * Contacts whose name has a word for each of these beginnings.
	 *
	 * @param list<string> $prefixes At least one.
	 * @return list<int> At most $limit ids.
	 */
	public static function by_words( array $prefixes, int $limit ): array {
		global $wpdb;
		$table = Schema::table( 'contact_words' );
		$join  = '';
		$where = array();
		foreach ( $prefixes as $n => $prefix ) {
			$join   .= 0 === $n ? "$table w0" : " JOIN $table w$n ON w$n.contact_id = w0.contact_id";
			$where[] = $wpdb->prepare( "w$n.word >= %s AND w$n.word < %s", $prefix, $prefix . "\u{10FFFD}" ); // phpcs:ignore WordPress.DB.PreparedSQL -- A number.
		}
		return self::ids( "SELECT DISTINCT w0.contact_id AS id FROM $join WHERE " . implode( ' AND ', $where ) . " LIMIT $limit" );
	}

	/**
	 * Contacts with an identity of this kind that begins so.
	 *
	 * @return list<int> At most $limit ids.
	 */
	public static function by_identity_prefix( int $kind, string $prefix, int $limit ): array {
		global $wpdb;
		$table = Schema::table( 'contact_identities' );
		// phpcs:ignore WordPress.DB.PreparedSQL.InterpolatedNotPrepared -- $table is ours.
		return self::ids( $wpdb->prepare( "SELECT DISTINCT contact_id AS id FROM $table WHERE kind = %d AND value >= %s AND value < %s LIMIT %d", $kind, $prefix, $prefix . "\u{10FFFD}", $limit ) );
	}

	/**
	 * Contacts with their identities, those seen last first.
	 *
	 * @param list<int> $ids
	 * @return array{contacts: list<array>, identities: list<array>}
	 */
	public static function load( array $ids ): array {
		if ( ! $ids ) {
			return array(
				'contacts'   => array(),
				'identities' => array(),
			);
		}
		$in = self::in( $ids );
		return array(
			'contacts'   => self::rows( 'SELECT * FROM ' . Schema::table( 'contacts' ) . " WHERE id IN $in" ),
			'identities' => self::rows( 'SELECT contact_id, kind, value, seen_ms FROM ' . Schema::table( 'contact_identities' ) . " WHERE contact_id IN $in ORDER BY contact_id, kind, seen_ms DESC, id DESC" ),
		);
	}

	/** Identities of some kinds, those seen last first. @param list<int> $ids @param list<int> $kinds */
	public static function identities( array $ids, array $kinds ): array {
		return self::rows( 'SELECT contact_id, kind, value FROM ' . Schema::table( 'contact_identities' ) . ' WHERE contact_id IN ' . self::in( $ids ) . ' AND kind IN ' . self::in( $kinds ) . ' ORDER BY contact_id, kind, seen_ms DESC, id DESC' );
	}

	public static function exists( int $id ): bool {
		return null !== self::scalar( 'SELECT id FROM ' . Schema::table( 'contacts' ) . " WHERE id = $id" );
	}

	/** Locks one contact until the transaction ends. Whether it is there. */
	public static function lock_one( int $id ): bool {
		return null !== self::scalar( 'SELECT id FROM ' . Schema::table( 'contacts' ) . " WHERE id = $id FOR UPDATE" );
	}

	/**
	 * Those of the contacts that are there, locked in their order.
	 *
	 * @param list<int> $ids
	 * @return list<int>
	 */
	public static function lock_some( array $ids ): array {
		return self::ids( 'SELECT id FROM ' . Schema::table( 'contacts' ) . ' WHERE id IN ' . self::in( $ids ) . ' ORDER BY id FOR UPDATE' );
	}

	/** A contact made by hand or by a script. @param array<string, int|string> $columns `uid` among them. */
	public static function add( array $columns ): int {
		$table = Schema::table( 'contacts' );
		self::insert( $table, array_keys( $columns ), array( array_values( $columns ) ) );
		return (int) self::scalar( "SELECT id FROM $table WHERE uid = " . self::literal( $columns['uid'] ) );
	}

	/**
	 * The same in all of them; `updated_ms` moves forward in each.
	 *
	 * @param list<int>             $ids
	 * @param array<string, string> $columns
	 */
	public static function change( array $ids, array $columns, int $now ): void {
		$set = '';
		foreach ( $columns as $name => $value ) {
			$set .= "$name = " . self::literal( $value ) . ', ';
		}
		self::write( 'UPDATE ' . Schema::table( 'contacts' ) . " SET {$set}updated_ms = CASE WHEN updated_ms >= $now THEN updated_ms + 1 ELSE $now END WHERE id IN " . self::in( $ids ) );
	}

	/** Contacts with this e-mail address, in whatever case. @return list<int> At most two. */
	public static function by_email( string $email ): array {
		return self::ids( 'SELECT id FROM ' . Schema::table( 'contacts' ) . ' WHERE email = ' . self::literal( $email ) . ' LIMIT 2' );
	}

	/**
	 * New identities of one contact.
	 *
	 * @param list<array{0: int, 1: string}> $identities Kind and value.
	 * @throws \NxtChat\StoreError A duplicate: somebody else has one of them.
	 */
	public static function give_identities( int $id, array $identities, int $now ): void {
		self::insert( Schema::table( 'contact_identities' ), array( 'contact_id', 'kind', 'value', 'created_ms', 'seen_ms' ), array_map( static fn( array $i ): array => array( $id, $i[0], $i[1], $now, $now ), $identities ) );
	}

	/** An identity that a contact has becomes the one that is shown. */
	public static function prefer_identity( int $id, int $kind, string $value, int $now ): void {
		self::write( 'UPDATE ' . Schema::table( 'contact_identities' ) . " SET seen_ms = $now WHERE contact_id = $id AND kind = $kind AND value = " . self::literal( $value ) );
	}

	/** @param list<array{0: int, 1: string}> $identities Kind and value. */
	public static function take_identities( int $id, array $identities ): void {
		$values = array();
		foreach ( $identities as [ $kind, $value ] ) {
			$values[ $kind ][] = $value;
		}
		foreach ( $values as $kind => $list ) {
			self::write( 'DELETE FROM ' . Schema::table( 'contact_identities' ) . " WHERE contact_id = $id AND kind = $kind AND value IN " . self::in( $list ) );
		}
	}

	/** @param array<int, list<string>> $values By kind. */
	private static function any_of( array $values ): string {
		$where = array();
		foreach ( $values as $kind => $list ) {
			$where[] = '(i.kind = ' . (int) $kind . ' AND i.value IN ' . self::in( $list ) . ')';
		}
		return implode( ' OR ', $where );
	}

	/** @return list<int> */
	private static function ids( string $sql ): array {
		return array_map( 'intval', array_column( self::rows( $sql ), 'id' ) );
	}
}
