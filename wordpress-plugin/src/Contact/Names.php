<?php
/**
 * What contacts are found and sorted by.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Contact;

use NxtChat\Native;

/** The words of names and what a sort by name compares, kept beside each contact. */
final class Names {

	/** Contacts read and written at once. */
	private const STEP = 500;

	/** Option (autoloaded): id up to which contacts of the first schema were filled in, or DONE. */
	private const OPTION = 'nxtchat_names_filled';
	private const DONE   = 'done';

	/**
	 * Makes words and sort names anew, after names or identities changed. Inside the caller's transaction, where there is one.
	 *
	 * @param list<int> $ids
	 */
	public static function refresh( array $ids ): void {
		foreach ( array_chunk( array_values( array_unique( $ids ) ), self::STEP ) as $some ) {
			$loaded = ContactStore::load( $some );
			$best   = ContactJson::best( $loaded['identities'] );
			$shown  = array();
			$names  = array();
			foreach ( $loaded['contacts'] as $row ) {
				$shown[ (int) $row['id'] ] = self::shown( ContactJson::shown( $row ), $best[ (int) $row['id'] ] ?? array() );
				$names[ (int) $row['id'] ] = $row['name'] . ' ' . $row['profile_name'];
			}
			if ( $names ) {
				ContactStore::set_sort_names( array_combine( array_keys( $shown ), Native\name_sort( array_values( $shown ) ) ) );
				ContactStore::set_words( array_combine( array_keys( $names ), Native\name_words( array_values( $names ) ) ), false );
			}
		}
	}

	/**
	 * What a contact is sorted by: the name, else the number, else the user name.
	 *
	 * @param array<int, string> $best Identity by kind.
	 */
	public static function shown( string $name, array $best ): string {
		return match ( true ) {
			'' !== $name                        => $name,
			isset( $best[ Contacts::PHONE ] )    => $best[ Contacts::PHONE ],
			isset( $best[ Contacts::USERNAME ] ) => '@' . $best[ Contacts::USERNAME ],
			default                             => '',
		};
	}

	/**
	 * Contacts of the first schema, which had no sort name: a bounded while each minute until all have one.
	 *
	 * @param float $seconds Most that it may take.
	 * @return bool Whether all have one now.
	 */
	public static function fill( float $seconds ): bool {
		$after = get_option( self::OPTION, '0' );
		$until = microtime( true ) + $seconds;
		while ( self::DONE !== $after ) {
			$ids   = ContactStore::without_sort_name( (int) $after, self::STEP );
			$after = $ids ? (string) end( $ids ) : self::DONE;
			if ( $ids ) {
				ContactStore::transaction_again( static fn() => self::refresh( $ids ) );
			}
			update_option( self::OPTION, $after, true );
			if ( microtime( true ) >= $until ) {
				break;
			}
		}
		return self::DONE === $after;
	}
}
