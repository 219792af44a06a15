<?php
/**
 * The list of contacts: filters, sorts, pages.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Contact;

use NxtChat\Segment\Audience;
use NxtChat\Segment\Conditions;
use NxtChat\Segment\Search;
use NxtChat\Segment\Segments;

/** What the screen, REST, WP-CLI, bulk actions and the export list. */
final class ContactList {

	/** Sorts, with whether each ascends when nothing else is said. */
	public const SORTS = array(
		'added' => false,
		'name'  => true,
		'heard' => false,
	);

	/** Values of the filter heard. */
	public const HEARD = array( '7d', '30d', '90d', 'older', 'never' );

	/** Filters, all of them texts. */
	public const FILTERS = array( 'search', 'group', 'segment', 'marketing', 'utility', 'login', 'country', 'language', 'source', 'heard', 'field', 'import', 'conditions' );

	/**
	 * The conditions of a filter.
	 *
	 * @param array<string, mixed> $filter By name as in FILTERS; '' and what is missing do not filter. Several values with commas; `field` is
	 *                                     `name:value`; `conditions` is JSON.
	 * @return Conditions|\WP_Error Problems by the filter's name.
	 */
	public static function conditions( array $filter ): Conditions|\WP_Error {
		$parts    = array();
		$problems = array();
		foreach ( self::FILTERS as $name ) {
			$value = $filter[ $name ] ?? '';
			if ( '' === $value || array() === $value || null === $value || ( is_string( $value ) && '' === trim( $value ) ) ) {
				continue;
			}
			$part = self::one( $name, $value );
			if ( is_wp_error( $part ) ) {
				foreach ( $part->get_error_data()['problems'] ?? array( array( 'message' => $part->get_error_message(), 'remedy' => '' ) ) as $problem ) {
					// Inside their own JSON people find their own path; a simple filter is its own.
					$path       = in_array( $name, array( 'conditions', 'segment' ), true ) && '' !== ( $problem['path'] ?? '' ) ? "$name.{$problem['path']}" : $name;
					$problems[] = array(
						'path'    => $path,
						'message' => $problem['message'],
						'remedy'  => $problem['remedy'],
					);
				}
				continue;
			}
			$parts[] = $part;
		}
		return $problems ? Conditions::error( $problems ) : Conditions::all( $parts );
	}

	/**
	 * A page.
	 *
	 * @param array<string, mixed> $filter As for conditions().
	 * @param string               $sort   Key of SORTS.
	 * @param string               $order  asc, desc, or '' for what the sort does.
	 * @param string               $cursor From an earlier page; '' = the first page, or the last.
	 * @param bool                 $last   The last page.
	 * @return array{items: list<array>, next: ?string, prev: ?string, count: array{value: int, exact: bool}}|\WP_Error
	 */
	public static function page( array $filter, string $sort, string $order, string $cursor, int $limit, bool $last = false ): array|\WP_Error {
		$conditions = self::conditions( $filter );
		if ( is_wp_error( $conditions ) ) {
			return $conditions;
		}
		$up    = '' === $order ? self::SORTS[ $sort ] : 'asc' === $order;
		$back  = $last;
		$after = null;
		if ( '' !== $cursor ) {
			$read = self::read_cursor( $cursor, $sort, $up );
			if ( null === $read ) {
				return new \WP_Error( 'nxtchat_bad_cursor', __( 'This place in the list does not exist. Load the list again.', 'nxt-cloud-chat' ), array( 'status' => 400 ) );
			}
			[ $back, $after ] = $read;
		}
		$audience = new Audience( $conditions );
		$rows     = $audience->page( $sort, $up !== $back, $after, $limit + 1 );
		$more     = count( $rows ) > $limit;
		if ( $back && null !== $after && ! $more ) {
			// Fewer before than fit on a page: the first page, full.
			$back  = false;
			$after = null;
			$rows  = $audience->page( $sort, $up, null, $limit + 1 );
			$more  = count( $rows ) > $limit;
		}
		$rows = array_slice( $rows, 0, $limit );
		$rows = $back ? array_reverse( $rows ) : $rows;
		$next = $back ? null !== $after : $more;
		$prev = $back ? $more : null !== $after;
		return array(
			'items' => self::items( array_column( $rows, 1 ) ),
			'next'  => $rows && $next ? self::cursor( false, $sort, $up, end( $rows ) ) : null,
			'prev'  => $rows && $prev ? self::cursor( true, $sort, $up, $rows[0] ) : null,
			'count' => $audience->count(),
		);
	}

	/** @param list<int> $ids @return list<array> Contacts in the same order, without those that went meanwhile. */
	private static function items( array $ids ): array {
		$contacts = Contacts::json( $ids );
		return array_values( array_filter( array_map( static fn( $id ) => $contacts[ $id ] ?? null, $ids ) ) );
	}

	/** One filter. */
	private static function one( string $name, mixed $value ): Conditions|\WP_Error {
		if ( 'conditions' === $name ) {
			return Conditions::parse( $value );
		}
		$text = is_scalar( $value ) ? trim( (string) $value ) : '';
		$list = is_array( $value ) ? array_values( $value ) : array_map( 'trim', explode( ',', $text ) );
		switch ( $name ) {
			case 'search':
				return Conditions::search( $text, Search::region() );
			case 'segment':
				return Segments::conditions( ctype_digit( $text ) ? (int) substr( $text, 0, 18 ) : 0 );
			case 'import':
				return Conditions::import( ctype_digit( $text ) ? (int) substr( $text, 0, 18 ) : 0 );
			case 'heard':
				return self::heard( $text );
			case 'field':
				[ $field, $wanted ] = explode( ':', $text, 2 ) + array( 1 => '' );
				return self::field( $field, $wanted );
			case 'group':
				return self::leaf( 'group', 'in', $list );
			case 'marketing':
			case 'utility':
			case 'login':
				return self::leaf( "consent.$name", 'is', $list );
			default:
				return self::leaf( $name, 'is', $list );
		}
	}

	private static function heard( string $value ): Conditions|\WP_Error {
		return match ( true ) {
			1 === preg_match( '/^(7|30|90)d$/D', $value, $days ) => self::leaf( 'last_in', 'within_days', (int) $days[1] ),
			'older' === $value                                  => Conditions::parse(
				array(
					'match'      => 'all',
					'conditions' => array(
						array(
							'field'    => 'last_in',
							'operator' => 'not_within_days',
							'value'    => 90,
						),
						array(
							'field'    => 'last_in',
							'operator' => 'after',
							'value'    => '1970-01-01',
						),
					),
				)
			),
			'never' === $value                                  => self::leaf( 'last_in', 'never', null ),
			default                                             => Conditions::error(
				array(
					array(
						'path'    => '',
						'message' => __( 'This is no span of time.', 'nxt-cloud-chat' ),
						/* translators: %s: list of words */
						'remedy'  => sprintf( __( 'Use one of: %s.', 'nxt-cloud-chat' ), implode( ', ', self::HEARD ) ),
					),
				)
			),
		};
	}

	/** A custom field that is exactly so, whatever its type. */
	private static function field( string $name, string $value ): Conditions|\WP_Error {
		$found = self::leaf( "field.$name", 'is', $value );
		return is_wp_error( $found ) && str_ends_with( (string) ( $found->get_error_data()['problems'][0]['path'] ?? '' ), 'operator' ) ? self::leaf( "field.$name", 'eq', $value ) : $found;
	}

	private static function leaf( string $field, string $operator, mixed $value ): Conditions|\WP_Error {
		return Conditions::parse(
			array(
				'match'      => 'all',
				'conditions' => array( compact( 'field', 'operator', 'value' ) ),
			)
		);
	}

	/** @param array{0: int|string, 1: int} $row Sort key and id. */
	private static function cursor( bool $back, string $sort, bool $up, array $row ): string {
		// phpcs:ignore WordPress.PHP.DiscouragedPHPFunctions.obfuscation_base64_encode -- URL-safe, nothing is hidden.
		return rtrim( strtr( base64_encode( (string) wp_json_encode( array( $back ? 'b' : 'f', $sort, $up ? 1 : 0, $row[0], $row[1] ), JSON_UNESCAPED_UNICODE ) ), '+/', '-_' ), '=' );
	}

	/** @return array{0: bool, 1: array{0: int|string, 1: int}}|null Null for what cursor() did not make for this sort. */
	private static function read_cursor( string $cursor, string $sort, bool $up ): ?array {
		// phpcs:ignore WordPress.PHP.DiscouragedPHPFunctions.obfuscation_base64_decode -- Checked below.
		$read = json_decode( (string) base64_decode( strtr( substr( $cursor, 0, 1000 ), '-_', '+/' ), true ), true );
		if ( ! is_array( $read ) || ! array_is_list( $read ) || 5 !== count( $read ) || ! in_array( $read[0], array( 'b', 'f' ), true ) || array( $sort, $up ? 1 : 0 ) !== array( $read[1], $read[2] )
			|| ! is_int( $read[4] ) || ( 'name' === $sort ? ! is_string( $read[3] ) || mb_strlen( $read[3] ) > 64 : ! is_int( $read[3] ) ) ) {
			return null;
		}
		return array( 'b' === $read[0], array( $read[3], $read[4] ) );
	}
}
