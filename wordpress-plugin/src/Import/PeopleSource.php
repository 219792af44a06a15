<?php
/**
 * People from WordPress and WooCommerce.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Import;

use NxtChat\Native;

/**
 * Users with a phone number, and for the customers' import the people of orders too. The position is the user's id; of an order
 * its id after the largest user's.
 */
final class PeopleSource implements ImportSource {

	/** Longest name kept, in characters: the column's width. */
	private const NAME_CHARACTERS  = 190;
	private const EMAIL_CHARACTERS = 190;

	/** @param int $users The largest user's id when the import began. */
	public function __construct( private readonly ImportJob $job, private int $position, private readonly int $users ) {}

	/** The largest position that there is, now. */
	public static function end( int $kind ): int {
		return PeopleStore::last_user() + ( Native\IMPORT_KIND_CUSTOMERS === $kind ? PeopleStore::last_order() : 0 );
	}

	public function next( int $max_rows ): ?array {
		$people = $this->position < $this->users ? PeopleStore::users( $this->job->options['phone_meta'], $this->position, $this->users, $max_rows ) : array();
		$orders = false;
		if ( ! $people && Native\IMPORT_KIND_CUSTOMERS === $this->job->kind ) {
			$people = PeopleStore::orders( max( 0, $this->position - $this->users ), $max_rows );
			$orders = true;
		}
		if ( ! $people ) {
			return null;
		}
		$this->position = ( $orders ? $this->users : 0 ) + (int) end( $people )['id'];
		return $this->columns( $people );
	}

	/** @param list<array{id: string, phone: string, name: string, email: string, country: string, language: string, user_id: string}> $people */
	private function columns( array $people ): array {
		$rows   = array_fill_keys( array( 'line', 'phone', 'name', 'email', 'country', 'language', 'wp_user_id' ), array() );
		$parsed = $this->parse( $people );
		$fails  = array();
		$at     = array();
		foreach ( $people as $i => $person ) {
			$line   = (int) $person['id'];
			$number = $parsed[ $i ];
			if ( ! $number['valid'] ) {
				$fails[] = array(
					'line'   => $line,
					'code'   => 'not_a_number',
					'reason' => $number['problem'],
					'column' => 0,
					'value'  => $person['phone'],
					'row'    => array( $person['phone'], $person['name'], $person['email'] ),
				);
				continue;
			}
			// One number twice in a batch: the later person wins, but does not empty what the earlier one gave.
			$k                         = $at[ $number['e164'] ] ??= count( $at );
			$rows['line'][ $k ]        = $line;
			$rows['phone'][ $k ]       = $number['e164'];
			$rows['country'][ $k ]     = $number['country'];
			$rows['wp_user_id'][ $k ]  = (int) $person['user_id'] > 0 ? (int) $person['user_id'] : ( $rows['wp_user_id'][ $k ] ?? 0 );
			foreach ( array(
				'name'     => self::text( $person['name'], self::NAME_CHARACTERS ),
				'email'    => is_email( $person['email'] ) && strlen( $person['email'] ) <= self::EMAIL_CHARACTERS ? $person['email'] : '',
				'language' => 1 === preg_match( '/^[A-Za-z]{2,3}(_[A-Za-z]{2,4})?/', $person['language'], $found ) ? $found[0] : '',
			) as $column => $value ) {
				$rows[ $column ][ $k ] = '' !== $value ? $value : ( $rows[ $column ][ $k ] ?? '' );
			}
		}
		$rows['words']     = Native\name_words( $rows['name'] );
		$rows['sort_name'] = Native\name_sort( array_map( static fn( string $name, string $phone ) => '' !== $name ? $name : $phone, $rows['name'], $rows['phone'] ) );
		return $rows + array(
			'n'         => count( $at ),
			'values'    => array(),
			'rows'      => count( $people ),
			'rejects'   => $fails,
			'position'  => $this->position,
			'last_line' => (int) end( $people )['id'],
		);
	}

	/** Numbers, one call for each country. @return list<array> */
	private function parse( array $people ): array {
		$by_region = array();
		foreach ( $people as $i => $person ) {
			$region                     = strtoupper( $person['country'] );
			$region                     = 1 === preg_match( '/^[A-Z]{2}$/', $region ) ? $region : $this->job->options['region'];
			$by_region[ $region ][ $i ] = mb_substr( $person['phone'], 0, 100 );
		}
		$out = array();
		foreach ( $by_region as $region => $phones ) {
			try {
				$parsed = Native\phones_parse( array_values( $phones ), '' === $region ? null : (string) $region );
			} catch ( Native\Exception\InvalidInput $e ) { // A country that the shop knows and the library does not.
				$parsed = Native\phones_parse( array_values( $phones ), '' === $this->job->options['region'] ? null : $this->job->options['region'] );
			}
			foreach ( array_keys( $phones ) as $n => $i ) {
				$out[ $i ] = $parsed[ $n ];
			}
		}
		return $out;
	}

	private static function text( string $text, int $max ): string {
		return mb_substr( trim( (string) preg_replace( '/[\x00-\x1F\x7F]+/', ' ', $text ) ), 0, $max );
	}
}
