<?php
/**
 * Segments: saved conditions with a name.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Segment;

use NxtChat\Contact\Contacts;
use NxtChat\Site;

/** Use cases of the Segment room. */
final class Segments {

	/** Most segments of a site. */
	public const MAX = 500;

	/** Longest name and description, in characters: the columns' width. */
	private const NAME_MAX       = 190;
	public const DESCRIPTION_MAX = 1000;

	/** Contacts that a preview shows. */
	private const EXAMPLES = 10;

	/** All segments by name, with the count of when they were counted last. @return list<array> */
	public static function all(): array {
		return array_map( array( self::class, 'json' ), SegmentStore::all( self::MAX ) );
	}

	/** One segment, counted anew. */
	public static function get( int $id ): array|\WP_Error {
		$row = SegmentStore::get( $id );
		if ( null === $row ) {
			return self::missing();
		}
		$conditions = Conditions::parse( $row['conditions_json'] );
		if ( is_wp_error( $conditions ) ) {
			return self::json( $row ) + array( 'problems' => $conditions->get_error_data()['problems'] );
		}
		$counted = self::counted( $conditions );
		SegmentStore::update( $id, $counted );
		return self::json( array_merge( $row, $counted ) );
	}

	/** The conditions of a segment, ready to run. Tells the problems when a field of it no longer exists. */
	public static function conditions( int $id ): Conditions|\WP_Error {
		return self::conditions_of( array( $id ) )[ $id ];
	}

	/** The conditions of several, as conditions(). @param list<int> $ids @return array<int, Conditions|\WP_Error> By id. */
	public static function conditions_of( array $ids ): array {
		$rows = $ids ? SegmentStore::some( $ids ) : array();
		$out  = array();
		foreach ( $ids as $id ) {
			$out[ $id ] = isset( $rows[ $id ] ) ? Conditions::parse( $rows[ $id ]['conditions_json'] ) : self::missing();
		}
		return $out;
	}

	/** @param array{name?: string, description?: string, conditions?: mixed} $input */
	public static function create( array $input ): array|\WP_Error {
		$row = self::read( $input + array( 'name' => '', 'conditions' => null ), 0 );
		if ( is_wp_error( $row ) ) {
			return $row;
		}
		if ( count( SegmentStore::all( self::MAX ) ) >= self::MAX ) {
			/* translators: %d: a number */
			return new \WP_Error( 'nxtchat_too_many', sprintf( __( 'There are %d segments already. Delete one you no longer need.', 'nxt-cloud-chat' ), self::MAX ), array( 'status' => 409 ) );
		}
		$id = SegmentStore::create( $row + array( 'created_ms' => Site::now_ms() ) );
		return 0 === $id ? self::taken() : self::json( (array) SegmentStore::get( $id ) );
	}

	/** @param array{name?: string, description?: string, conditions?: mixed} $input What is left out stays. */
	public static function update( int $id, array $input ): array|\WP_Error {
		$before = SegmentStore::get( $id );
		if ( null === $before ) {
			return self::missing();
		}
		$row = self::read( $input, $id );
		if ( is_wp_error( $row ) ) {
			return $row;
		}
		SegmentStore::update( $id, $row );
		return self::json( (array) SegmentStore::get( $id ) );
	}

	public static function delete( int $id ): array|\WP_Error {
		$before = SegmentStore::get( $id );
		if ( null === $before ) {
			return self::missing();
		}
		SegmentStore::delete( $id );
		return array( 'deleted' => true );
	}

	/**
	 * How many meet conditions, and the newest of them.
	 *
	 * @return array{count: array{value: int, exact: bool}, examples: list<array>, ms: float}|\WP_Error
	 */
	public static function preview( mixed $json ): array|\WP_Error {
		$conditions = Conditions::parse( $json );
		if ( is_wp_error( $conditions ) ) {
			return $conditions;
		}
		$start    = hrtime( true );
		$audience = new Audience( $conditions );
		$ids      = array_column( $audience->page( 'added', false, null, self::EXAMPLES ), 1 );
		$count    = $audience->count();
		$ms       = ( hrtime( true ) - $start ) / 1e6;
		$contacts = Contacts::json( $ids );
		return array(
			'count'    => $count,
			'examples' => array_values( array_filter( array_map( static fn( $id ) => $contacts[ $id ] ?? null, $ids ) ) ),
			'ms'       => round( $ms, 1 ),
		);
	}

	public static function missing(): \WP_Error {
		return new \WP_Error( 'nxtchat_no_segment', __( 'There is no such segment.', 'nxt-cloud-chat' ), array( 'status' => 404 ) );
	}

	/** Columns of what was sent, or what is wrong with it. */
	private static function read( array $input, int $id ): array|\WP_Error {
		$problems = array();
		$tell     = static function ( string $path, string $message, string $remedy ) use ( &$problems ): void {
			$problems[] = compact( 'path', 'message', 'remedy' );
		};
		$row      = array( 'updated_ms' => Site::now_ms() );
		if ( array_key_exists( 'name', $input ) ) {
			$row['name'] = trim( sanitize_text_field( is_string( $input['name'] ) ? $input['name'] : '' ) );
			if ( '' === $row['name'] ) {
				$tell( 'name', __( 'The name is missing.', 'nxt-cloud-chat' ), __( 'Give the segment a name.', 'nxt-cloud-chat' ) );
			} elseif ( mb_strlen( $row['name'] ) > self::NAME_MAX ) {
				/* translators: %d: a number */
				$tell( 'name', sprintf( __( 'The name is longer than %d characters.', 'nxt-cloud-chat' ), self::NAME_MAX ), __( 'Shorten it.', 'nxt-cloud-chat' ) );
			} elseif ( ! in_array( SegmentStore::by_name( $row['name'] ), array( 0, $id ), true ) ) {
				return self::taken();
			}
		}
		if ( array_key_exists( 'description', $input ) ) {
			$row['description'] = mb_substr( sanitize_textarea_field( is_string( $input['description'] ) ? $input['description'] : '' ), 0, self::DESCRIPTION_MAX );
		}
		if ( array_key_exists( 'conditions', $input ) ) {
			$conditions = Conditions::parse( $input['conditions'] );
			if ( is_wp_error( $conditions ) ) {
				foreach ( $conditions->get_error_data()['problems'] as $problem ) {
					$tell( rtrim( 'conditions.' . $problem['path'], '.' ), $problem['message'], $problem['remedy'] );
				}
			} elseif ( $conditions->is_everybody() ) {
				$tell( 'conditions', __( 'A segment needs a condition.', 'nxt-cloud-chat' ), __( 'Add at least one condition.', 'nxt-cloud-chat' ) );
			} elseif ( ! $problems ) {
				$row['conditions_json'] = (string) wp_json_encode( $conditions->json(), JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES );
				$row                   += self::counted( $conditions );
			}
		}
		return $problems ? Conditions::error( $problems ) : $row;
	}

	/** Columns of a count made now. */
	private static function counted( Conditions $conditions ): array {
		$count = ( new Audience( $conditions ) )->count();
		return array(
			'members'    => $count['value'],
			'is_exact'   => $count['exact'] ? 1 : 0,
			'counted_ms' => Site::now_ms(),
		);
	}

	private static function taken(): \WP_Error {
		return new \WP_Error( 'nxtchat_name_taken', __( 'There is a segment of this name already. Choose another name.', 'nxt-cloud-chat' ), array( 'status' => 409 ) );
	}

	private static function json( array $row ): array {
		return array(
			'id'          => (int) $row['id'],
			'name'        => (string) $row['name'],
			'description' => (string) $row['description'],
			'conditions'  => json_decode( (string) $row['conditions_json'], true ),
			'members'     => array(
				'value' => (int) $row['members'],
				'exact' => (bool) (int) $row['is_exact'],
			),
			'counted_ms'  => (int) $row['counted_ms'],
			'created_ms'  => (int) $row['created_ms'],
			'updated_ms'  => (int) $row['updated_ms'],
		);
	}
}
