<?php
/**
 * SQL by which an import writes contacts, thousands at once.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Import;

use NxtChat\Native;
use NxtChat\Schema;
use NxtChat\Store;

/**
 * The bulk way into contacts, contact_identities, contact_words, contact_values, group_members and consents: one statement a
 * table, and the index that is hit at random gets its rows in its own order.
 */
final class ImportRowsStore extends Store {

	/** Values of one IN: MariaDB makes a subquery of longer lists. */
	private const AT_ONCE = 900;

	/**
	 * Contacts of numbers.
	 *
	 * @param list<string> $phones E.164.
	 * @return array<string, int> Contact by number.
	 */
	public static function known( array $phones ): array {
		$out    = array();
		$phones = self::literals( $phones );
		$sql    = 'SELECT value, contact_id FROM ' . Schema::table( 'contact_identities' ) . ' WHERE kind = ' . Native\IDENTITY_PHONE . ' AND value IN (';
		foreach ( array_chunk( $phones, self::AT_ONCE ) as $some ) {
			foreach ( self::rows( $sql . implode( ',', $some ) . ')' ) as $row ) {
				$out[ $row['value'] ] = (int) $row['contact_id'];
			}
		}
		return $out;
	}

	/**
	 * New contacts, in the order of their uids.
	 *
	 * @param list<string>                          $uids    ULIDs, rising.
	 * @param array<string, list<string>|list<int>> $columns Of contacts, each as long as $uids: strings or ints.
	 * @return list<int> Their ids.
	 */
	public static function add_contacts( int $import, string $source, array $uids, array $columns, int $now ): array {
		$table = Schema::table( 'contacts' );
		$lists = array( 'uid' => self::literals( $uids ) );
		foreach ( $columns as $name => $values ) {
			$lists[ $name ] = is_string( $values[0] ) ? self::literals( $values ) : $values;
		}
		self::insert_columns( $table, count( $uids ), $lists + array(
			'source'     => self::literal( $source ),
			'import_id'  => $import,
			'created_ms' => $now,
			'updated_ms' => $now,
		) );
		$where = " FROM $table WHERE uid BETWEEN {$lists['uid'][0]} AND " . end( $lists['uid'] ) . " AND import_id = $import";
		$range = self::rows( "SELECT MIN(id) AS a, MAX(id) AS b, COUNT(*) AS n$where" )[0];
		if ( (int) $range['n'] === count( $uids ) && (int) $range['b'] - (int) $range['a'] + 1 === count( $uids ) ) {
			return range( (int) $range['a'], (int) $range['b'] ); // Numbered without a gap, as rows of one statement mostly are.
		}
		return array_map( 'intval', array_column( self::rows( "SELECT id$where ORDER BY uid" ), 'id' ) );
	}

	/**
	 * Numbers of new contacts.
	 *
	 * @param list<int>    $ids
	 * @param list<string> $phones In the same order.
	 */
	public static function add_phones( array $ids, array $phones, int $now ): void {
		$phones = array_combine( $ids, $phones );
		asort( $phones, SORT_STRING );
		self::insert_columns( Schema::table( 'contact_identities' ), count( $ids ), array(
			'contact_id' => array_keys( $phones ),
			'value'      => self::literals( array_values( $phones ) ),
			'kind'       => Native\IDENTITY_PHONE,
			'created_ms' => $now,
		) );
	}

	/**
	 * Words of names.
	 *
	 * @param list<int>          $ids
	 * @param list<list<string>> $words In the same order.
	 */
	public static function add_words( array $ids, array $words ): void {
		$flat = array();
		foreach ( $words as $n => $list ) {
			foreach ( $list as $word ) {
				$flat[] = $word . "\0" . $ids[ $n ];
			}
		}
		if ( ! $flat ) {
			return;
		}
		sort( $flat, SORT_STRING );
		$all  = explode( "\0", implode( "\0", $flat ) );
		$word = array();
		$id   = array();
		for ( $i = 0, $n = count( $all ); $i < $n; $i += 2 ) {
			$word[] = $all[ $i ];
			$id[]   = $all[ $i + 1 ];
		}
		self::insert_columns( Schema::table( 'contact_words' ), count( $word ), array(
			'word'       => self::literals( $word ),
			'contact_id' => $id,
		) );
	}

	/**
	 * Takes the words of contacts away.
	 *
	 * @param list<int> $ids
	 */
	public static function drop_words( array $ids ): void {
		foreach ( array_chunk( $ids, self::AT_ONCE ) as $some ) {
			self::write( 'DELETE FROM ' . Schema::table( 'contact_words' ) . ' WHERE contact_id IN ' . self::in( $some ) );
		}
	}

	/**
	 * Values of custom fields.
	 *
	 * @param list<int>       $contacts
	 * @param list<int>       $fields
	 * @param list<string>    $texts
	 * @param list<int|float> $numbers
	 * @param bool            $fresh   The contacts are new and have none yet.
	 */
	public static function put_values( array $contacts, array $fields, array $texts, array $numbers, bool $fresh = false ): void {
		if ( $contacts ) {
			self::insert_columns( Schema::table( 'contact_values' ), count( $contacts ), array(
				'contact_id' => $contacts,
				'field_id'   => $fields,
				'text'       => self::literals( $texts ),
				'number'     => array_map( 'json_encode', $numbers ), // The shortest text of the same number.
			), 'INSERT', $fresh ? '' : 'ON DUPLICATE KEY UPDATE text = VALUES(text), number = VALUES(number)' );
		}
	}

	/**
	 * Memberships that are not there yet.
	 *
	 * @param array<int, list<int>> $members Contacts by group.
	 * @param bool                  $fresh   The contacts are new and in none yet.
	 */
	public static function add_members( int $import, array $members, int $now, bool $fresh = false ): void {
		$group   = array();
		$contact = array();
		ksort( $members );
		foreach ( $members as $id => $contacts ) {
			sort( $contacts );
			array_push( $group, ...array_fill( 0, count( $contacts ), $id ) );
			array_push( $contact, ...$contacts );
		}
		if ( $group ) {
			self::insert_columns( Schema::table( 'group_members' ), count( $group ), array(
				'group_id'   => $group,
				'contact_id' => $contact,
				'import_id'  => $import,
				'added_ms'   => $now,
			), $fresh ? 'INSERT' : 'INSERT IGNORE' );
		}
	}

	/**
	 * Entries of the consent ledger for contacts made in this transaction, whose columns say already what they come to.
	 *
	 * @param array{contact_id: list<int>, purpose: list<int>, state: list<int>, wording: list<string>, at_ms: list<int>} $columns
	 */
	public static function add_consents( int $import, array $columns, string $source, string $detail, int $user_id, int $now ): void {
		if ( $columns['contact_id'] ) {
			$columns['wording'] = 1 === count( array_unique( $columns['wording'] ) ) ? self::literal( $columns['wording'][0] ) : self::literals( $columns['wording'] );
			self::insert_columns( Schema::table( 'consents' ), count( $columns['contact_id'] ), $columns + array(
				'source'     => self::literal( $source ),
				'detail'     => self::literal( $detail ),
				'user_id'    => $user_id,
				'import_id'  => $import,
				'created_ms' => $now,
			) );
		}
	}

	/**
	 * Contacts as they are.
	 *
	 * @param list<int> $ids
	 * @param bool      $lock Until the transaction ends, in the order of the ids.
	 * @return array<int, array<string, string>> By id.
	 */
	public static function load( array $ids, bool $lock ): array {
		sort( $ids );
		$out = array();
		foreach ( array_chunk( $ids, self::AT_ONCE ) as $some ) {
			$sql = 'SELECT id, uid, name, profile_name, sort_name, email, country, language, wp_user_id, marketing, utility, login, import_id, last_in_ms FROM ' . Schema::table( 'contacts' ) . ' WHERE id IN ' . self::in( $some ) . ' ORDER BY id';
			foreach ( self::rows( $sql . ( $lock ? ' FOR UPDATE' : '' ) ) as $row ) {
				$out[ (int) $row['id'] ] = $row;
			}
		}
		return $out;
	}

	/**
	 * Values of custom fields.
	 *
	 * @param list<int> $ids
	 * @param list<int> $fields
	 * @return array<int, array<int, string>> Text by field by contact.
	 */
	public static function values( array $ids, array $fields ): array {
		$out = array();
		foreach ( $fields ? array_chunk( $ids, self::AT_ONCE ) : array() as $some ) {
			foreach ( self::rows( 'SELECT contact_id, field_id, text FROM ' . Schema::table( 'contact_values' ) . ' WHERE contact_id IN ' . self::in( $some ) . ' AND field_id IN ' . self::in( $fields ) ) as $row ) {
				$out[ (int) $row['contact_id'] ][ (int) $row['field_id'] ] = $row['text'];
			}
		}
		return $out;
	}

	/**
	 * Who is in which of these groups.
	 *
	 * @param list<int> $ids
	 * @param list<int> $groups
	 * @return array<int, array<int, true>> By group by contact.
	 */
	public static function members( array $ids, array $groups ): array {
		$out = array();
		foreach ( $groups ? array_chunk( $ids, self::AT_ONCE ) : array() as $some ) {
			foreach ( self::rows( 'SELECT contact_id, group_id FROM ' . Schema::table( 'group_members' ) . ' WHERE contact_id IN ' . self::in( $some ) . ' AND group_id IN ' . self::in( $groups ) ) as $row ) {
				$out[ (int) $row['contact_id'] ][ (int) $row['group_id'] ] = true;
			}
		}
		return $out;
	}

	/**
	 * Entries of the ledger that count, to see whether the same stands there already.
	 *
	 * @param list<int> $ids
	 * @return array<string, true> 'contact:purpose:state:at_ms:wording'.
	 */
	public static function evidence( array $ids, string $source ): array {
		$out = array();
		foreach ( array_chunk( $ids, self::AT_ONCE ) as $some ) {
			foreach ( self::rows( 'SELECT contact_id, purpose, state, at_ms, wording FROM ' . Schema::table( 'consents' ) . ' WHERE contact_id IN ' . self::in( $some ) . ' AND void_ms = 0 AND source = ' . self::literal( $source ) ) as $row ) {
				$out[ implode( ':', $row ) ] = true;
			}
		}
		return $out;
	}

	/**
	 * Writes contacts that were loaded and changed.
	 *
	 * @param list<array{id: string, uid: string, name: string, sort_name: string, email: string, country: string, language: string, wp_user_id: string, import_id: string}> $contacts
	 * @param int $import Contacts that it made itself keep the time of their making: nobody has touched them.
	 */
	public static function update_contacts( array $contacts, int $import, int $now ): void {
		$columns = array( 'name', 'sort_name', 'email', 'country', 'language', 'wp_user_id' );
		$rows    = array();
		$set     = array();
		foreach ( $contacts as $c ) {
			$row = array( (int) $c['id'], $c['uid'], $now );
			foreach ( $columns as $column ) {
				$row[] = 'wp_user_id' === $column ? (int) $c[ $column ] : $c[ $column ];
			}
			$rows[] = $row;
		}
		foreach ( $columns as $column ) {
			$set[] = "$column = VALUES($column)";
		}
		self::insert(
			Schema::table( 'contacts' ),
			array( 'id', 'uid', 'updated_ms', ...$columns ),
			$rows,
			'INSERT',
			'ON DUPLICATE KEY UPDATE ' . implode( ', ', $set ) . ", updated_ms = CASE WHEN import_id = $import AND updated_ms = created_ms THEN updated_ms ELSE VALUES(updated_ms) END"
		);
	}

	/**
	 * Lines in the timelines of contacts.
	 *
	 * @param array<int, array> $data   By contact.
	 */
	public static function log( int $kind, array $data, int $user_id, int $now ): void {
		$rows = array();
		foreach ( $data as $contact => $json ) {
			$rows[] = array( $contact, $kind, $user_id, $now, '', (string) wp_json_encode( $json, JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES ) );
		}
		self::insert( Schema::table( 'contact_log' ), array( 'contact_id', 'kind', 'user_id', 'at_ms', 'body', 'data_json' ), $rows );
	}
}
