<?php
/**
 * What each condition means.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Segment;

use NxtChat\Broadcast\Recipients;
use NxtChat\Contact\Contacts;
use NxtChat\Native;
use NxtChat\Site;

/** Turns a checked condition into a node of AudienceStore: the words of people become sets of contacts. */
final class Meaning {

	private const DAY_MS = 86400000;

	/** Operators that are the complement of another. */
	private const OPPOSITES = array(
		'is_not'          => 'is',
		'not_set'         => 'set',
		'not_in'          => 'in',
		'not_within_days' => 'within_days',
	);

	/** The node of one condition. */
	public static function node( array $field, string $operator, mixed $value ): array {
		if ( 'message.out' !== $field['field'] && 'not_within_days' === $operator ) {
			// Has an index of its own as a range; for instants it is the complement all the same.
			return self::instant( $field, 'older', $value );
		}
		if ( isset( self::OPPOSITES[ $operator ] ) ) {
			return self::opposite( self::node( $field, self::OPPOSITES[ $operator ], $value ) );
		}
		return match ( true ) {
			isset( $field['custom'] )                        => self::custom( $field, $operator, $value ),
			'name' === $field['field']                       => self::name( $operator, $value ),
			'phone' === $field['field']                      => self::phone( $operator, $value ),
			'username' === $field['field']                   => array( 'identity', Contacts::USERNAME, array() ),
			'email' === $field['field']                      => 'set' === $operator ? self::filled( 'email' ) : self::text( array( 'text', 'email' ), $operator, $value ),
			'choice' === $field['type']                      => 'set' === $operator ? self::filled( $field['field'] ) : array( 'in', $field['field'], $value ),
			'state' === $field['type']                       => array( 'in', substr( $field['field'], 8 ), array_map( static fn( $word ) => Catalogue::STATES[ $word ], $value ) ),
			'group' === $field['field']                      => array( 'group', $value ),
			'user' === $field['field']                       => array( 'range', 'wp_user_id', 1, null ),
			'user_role' === $field['field']                  => array( 'role', $value ),
			'message.unread' === $field['field']             => array( 'unread' ),
			'broadcast.unread' === $field['field']           => array( 'broadcast', $value, Recipients::UNREAD ),
			'message.out' === $field['field']                => array( 'written', Site::now_ms() - $value * self::DAY_MS ),
			'amount' === $field['type']                      => array( 'woo', substr( $field['field'], 4 ), ...self::bounds( $operator, $value ) ),
			default                                          => self::instant( $field, $operator, $value ),
		};
	}

	/** The days since 1970 of a date. */
	public static function day( string $date ): int {
		return intdiv( ( new \DateTimeImmutable( $date . ' UTC' ) )->getTimestamp(), 86400 );
	}

	/** Consent has three states, so its complement can be found by index too. */
	private static function opposite( array $node ): array {
		if ( 'in' === $node[0] && in_array( $node[1], array( 'marketing', 'utility', 'login' ), true ) ) {
			return array( 'in', $node[1], array_values( array_diff( array_values( Catalogue::STATES ), $node[2] ) ) );
		}
		return array( 'not', $node );
	}

	private static function filled( string $column ): array {
		return array( 'not', array( 'in', $column, array( '' ) ) );
	}

	private static function name( string $operator, mixed $value ): array {
		if ( 'set' === $operator ) {
			return array( 'named' );
		}
		if ( 'has' === $operator ) {
			$words = Native\name_words( array( $value ) )[0];
			return array( $words ? 'all' : 'any', array_map( static fn( $word ) => array( 'word', $word ), $words ) );
		}
		$start = Native\name_sort( array( $value ) )[0];
		if ( '' === $start ) {
			return array( 'any', array() );
		}
		// What stands there for those without a name begins with + or @.
		return str_contains( '+@', $start[0] ) ? array( 'all', array( array( 'starts', $start ), array( 'named' ) ) ) : array( 'starts', $start );
	}

	private static function phone( string $operator, mixed $value ): array {
		$prefixes = 'set' === $operator ? array() : Search::phone_prefixes( $value, Search::region() );
		return 'begins' === $operator && ! $prefixes ? array( 'any', array() ) : array( 'identity', Contacts::PHONE, $prefixes );
	}

	/** @param array $head First elements of the node. */
	private static function text( array $head, string $operator, string $value ): array {
		return array( ...$head, self::spellings( $value ), 'begins' === $operator ? mb_strlen( $value ) : 0 );
	}

	/**
	 * A text in the cases in which people write it: what lower-cases to one of these is equal. Databases differ in what they can
	 * lower-case: MySQL everything, SQLite ASCII.
	 *
	 * @return list<string>
	 */
	private static function spellings( string $text ): array {
		return array_values( array_unique( array_map( 'strtolower', array( mb_strtolower( $text ), $text, mb_strtoupper( $text ), mb_convert_case( $text, MB_CASE_TITLE ) ) ) ) );
	}

	private static function custom( array $field, string $operator, mixed $value ): array {
		$id = (int) $field['custom']['id'];
		if ( 'set' === $operator ) {
			return array( 'value', $id );
		}
		switch ( $field['type'] ) {
			case 'choice':
				return array( 'value_in', $id, $value );
			case 'text':
				return self::text( array( 'value_text', $id ), $operator, $value );
			case 'yes_no':
				$bit = 'yes' === $value ? 1 : 0;
				return array( 'value_number', $id, $bit, $bit );
			case 'date':
				$today = self::day( wp_date( 'Y-m-d' ) );
				$day   = is_string( $value ) ? self::day( $value ) : 0;
				return array(
					'value_number',
					$id,
					...match ( $operator ) {
						'is'          => array( $day, $day ),
						'before'      => array( null, $day - 1 ),
						'after'       => array( $day + 1, null ),
						'within_days' => array( $today - $value, $today ),
					},
				);
			default:
				return array( 'value_number', $id, ...self::bounds( $operator, $value ) );
		}
	}

	/** @return array{0: int|float|null, 1: int|float|null, 2: bool} Smallest, largest, and whether these two themselves are out. */
	private static function bounds( string $operator, mixed $value ): array {
		return match ( $operator ) {
			'eq'      => array( $value, $value, false ),
			'gt'      => array( $value, null, true ),
			'lt'      => array( null, $value, true ),
			'between' => array( $value[0], $value[1], false ),
		};
	}

	/** Instants: days count back from now; dates are days of the site's time zone. */
	private static function instant( array $field, string $operator, mixed $value ): array {
		$column = array(
			'created'        => 'created_ms',
			'last_in'        => 'last_in_ms',
			'woo.last_order' => '',
		)[ $field['field'] ];
		$since  = is_int( $value ) ? max( 1, Site::now_ms() - $value * self::DAY_MS ) : 0; // 0 is never.
		if ( '' === $column ) {
			return match ( $operator ) {
				'never'       => array( 'not', array( 'ordered', null, null ) ),
				'older'       => array( 'not', array( 'ordered', $since, null ) ),
				'within_days' => array( 'ordered', $since, null ),
				'after'       => array( 'ordered', self::start( $value, 1 ), null ),
				'before'      => array( 'all', array( array( 'ordered', null, null ), array( 'not', array( 'ordered', self::start( $value, 0 ), null ) ) ) ),
			};
		}
		return array(
			'range',
			$column,
			...match ( $operator ) {
				'never'       => array( 0, 0 ),
				'older'       => array( null, $since - 1 ),
				'within_days' => array( $since, null ),
				'after'       => array( max( 1, self::start( $value, 1 ) ), null ),
				'before'      => array( 1, self::start( $value, 0 ) - 1 ), // Never is not before.
			},
		);
	}

	/** First millisecond of a day of the site's time zone. */
	private static function start( string $date, int $plus_days ): int {
		return ( new \DateTimeImmutable( $date, wp_timezone() ) )->modify( "+$plus_days day" )->getTimestamp() * 1000;
	}
}
