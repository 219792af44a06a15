<?php
/**
 * SQL of custom fields.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Field;

use NxtChat\Schema;
use NxtChat\Store;

/** Tables fields, contact_values. */
final class FieldStore extends Store {

	/** Values removed by one statement. */
	private const REMOVE_STEP = 10000;

	/** Different values rewritten by one statement. */
	private const REWRITE_STEP = 100;

	/** @return list<array<string, string|null>> In the order in which they are shown. */
	public static function all(): array {
		return self::rows( 'SELECT * FROM ' . Schema::table( 'fields' ) . ' ORDER BY position, id' );
	}

	/** Locks every field until the transaction ends: names stay unique, positions in order. @return list<array<string, string|null>> */
	public static function lock(): array {
		return self::rows( 'SELECT * FROM ' . Schema::table( 'fields' ) . ' ORDER BY position, id FOR UPDATE' );
	}

	/** @param array{name: string, label: string, type: int, choices_json: string, position: int, created_ms: int} $row */
	public static function add( array $row ): int {
		$table = Schema::table( 'fields' );
		self::insert( $table, array_keys( $row ), array( array_values( $row ) ) );
		return (int) self::scalar( "SELECT id FROM $table WHERE name = " . self::literal( $row['name'] ) );
	}

	/** @param array<string, int|string> $columns Ours. */
	public static function update( int $id, array $columns ): void {
		$set = array();
		foreach ( $columns as $name => $value ) {
			$set[] = "$name = " . self::literal( $value );
		}
		self::write( 'UPDATE ' . Schema::table( 'fields' ) . ' SET ' . implode( ', ', $set ) . " WHERE id = $id" );
	}

	/** @param array<int, int> $positions By id. */
	public static function order( array $positions ): void {
		self::write( 'UPDATE ' . Schema::table( 'fields' ) . ' SET position = ' . self::by_id( 'id', $positions, 'position' ) . ' WHERE id IN ' . self::in( array_keys( $positions ) ) );
	}

	/** The field alone; its values by purge(). */
	public static function remove( int $id ): void {
		self::write( 'DELETE FROM ' . Schema::table( 'fields' ) . " WHERE id = $id" );
	}

	/**
	 * Removes values of fields that are gone.
	 *
	 * @param float $until microtime() at which to leave the rest to the next call.
	 */
	public static function purge( float $until ): void {
		$values = Schema::table( 'contact_values' );
		$fields = Schema::table( 'fields' );
		$ids    = array_column( self::rows( "SELECT DISTINCT field_id FROM $values" ), 'field_id' );
		$there  = array_column( self::rows( "SELECT id FROM $fields" ), 'id' );
		foreach ( array_diff( $ids, $there ) as $id ) {
			do {
				self::write( "DELETE FROM $values WHERE field_id = " . (int) $id . ' LIMIT ' . self::REMOVE_STEP );
				$more = null !== self::scalar( "SELECT contact_id FROM $values WHERE field_id = " . (int) $id . ' LIMIT 1' );
			} while ( $more && microtime( true ) < $until );
		}
	}

	/** @return array<int, int> How many people have a value, by field. */
	public static function used( ?int $id = null ): array {
		$rows = self::rows( 'SELECT field_id, COUNT(*) AS n FROM ' . Schema::table( 'contact_values' ) . ( null === $id ? '' : " WHERE field_id = $id" ) . ' GROUP BY field_id' );
		return array_map( 'intval', array_column( $rows, 'n', 'field_id' ) );
	}

	/**
	 * Values of these contacts.
	 *
	 * @param list<int> $contacts
	 * @return list<array{contact_id: string, field_id: string, text: string}>
	 */
	public static function values( array $contacts ): array {
		return $contacts ? self::rows( 'SELECT contact_id, field_id, text FROM ' . Schema::table( 'contact_values' ) . ' WHERE contact_id IN ' . self::in( $contacts ) ) : array();
	}

	/**
	 * Writes values; an empty one is removed.
	 *
	 * @param list<array{0: int, 1: int, 2: string, 3: float}> $values Contact, field, text, number.
	 */
	public static function set( array $values ): void {
		$table = Schema::table( 'contact_values' );
		$gone  = array();
		$rows  = array();
		foreach ( $values as [ $contact, $field, $text, $number ] ) {
			if ( '' === $text ) {
				$gone[ $field ][] = $contact;
			} else {
				// A number as text: literals know ints and strings only, and the database reads it as the double it is.
				$rows[] = array( $contact, $field, $text, self::double( $number ) );
			}
		}
		foreach ( $gone as $field => $contacts ) {
			self::write( "DELETE FROM $table WHERE field_id = $field AND contact_id IN " . self::in( $contacts ) );
		}
		if ( $rows ) {
			self::insert( $table, array( 'contact_id', 'field_id', 'text', 'number' ), $rows, 'INSERT', 'ON DUPLICATE KEY UPDATE text = VALUES(text), number = VALUES(number)' );
		}
	}

	/**
	 * The different values of a field, to the letter.
	 *
	 * @return array<string, array{text: string, n: int}> By the value in hexadecimal digits; at most $limit.
	 */
	public static function different( int $field, int $limit ): array {
		$out = array();
		foreach ( self::rows( 'SELECT HEX(text) AS hex, MIN(text) AS text, COUNT(*) AS n FROM ' . Schema::table( 'contact_values' ) . " WHERE field_id = $field GROUP BY HEX(text) LIMIT $limit" ) as $row ) {
			$out[ (string) $row['hex'] ] = array(
				'text' => (string) $row['text'],
				'n'    => (int) $row['n'],
			);
		}
		return $out;
	}

	/**
	 * Writes values of a field anew.
	 *
	 * @param array<string, array{text: string, n: int}>                $old From different().
	 * @param array<string, array{text: string, number: float}|null> $new By old value in hexadecimal digits; null = removed.
	 */
	public static function rewrite( int $field, array $old, array $new ): void {
		$table = Schema::table( 'contact_values' );
		foreach ( array_chunk( $new, self::REWRITE_STEP, true ) as $some ) {
			// The index finds by text, in whatever case; HEX tells one from the other.
			$where = "WHERE field_id = $field AND text IN " . self::in( array_column( array_intersect_key( $old, $some ), 'text' ) );
			$gone  = array_map( 'strval', array_keys( array_filter( $some, 'is_null' ) ) );
			$some  = array_filter( $some );
			if ( $gone ) {
				self::write( "DELETE FROM $table $where AND HEX(text) IN " . self::in( $gone ) );
			}
			if ( ! $some ) {
				continue;
			}
			$texts   = 'CASE HEX(text)';
			$numbers = 'CASE HEX(text)';
			foreach ( $some as $hex => $value ) {
				$texts   .= ' WHEN ' . self::literal( (string) $hex ) . ' THEN ' . self::literal( $value['text'] );
				$numbers .= ' WHEN ' . self::literal( (string) $hex ) . ' THEN ' . self::double( $value['number'] );
			}
			// The number first: MySQL would compare its CASE with the new text.
			self::write( "UPDATE $table SET number = $numbers ELSE number END, text = $texts ELSE text END $where" );
		}
	}

	private static function double( float $number ): string {
		return rtrim( rtrim( sprintf( '%.15F', $number ), '0' ), '.' );
	}
}
