<?php
/**
 * REST of segments.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Segment;

use NxtChat\Capabilities;
use NxtChat\Rest;

/** Segments, segments/{id}, segments/preview, segments/schema. */
final class SegmentRest extends Rest {

	/** Longest JSON of conditions, in bytes: 50 leaves of 200 values. */
	public const JSON_MAX = 1048576;

	public static function register(): void {
		$args = array(
			'name'        => array( 'type' => 'string' ),
			'description' => array( 'type' => 'string' ),
			'conditions'  => array( 'type' => array( 'object', 'string' ) ), // Its problems are told by Conditions, with path and remedy.
		);
		$own  = static fn( \WP_REST_Request $r ): array => array_intersect_key( $r->get_params(), $args );
		$made = static fn( array|\WP_Error $segment ) => is_wp_error( $segment ) ? $segment : new \WP_REST_Response( $segment, 201 );
		self::route( '/segments', 'GET', static fn() => array( 'items' => Segments::all() ), Capabilities::VIEW );
		self::route( '/segments', 'POST', static fn( \WP_REST_Request $r ) => $made( Segments::create( $own( $r ) ) ), Capabilities::CONTACTS, self::loose( $args ) );
		self::route( '/segments/schema', 'GET', static fn() => Catalogue::schema(), Capabilities::VIEW );
		self::route( '/segments/preview', 'POST', static fn( \WP_REST_Request $r ) => Segments::preview( $r['conditions'] ), Capabilities::VIEW, self::loose( array( 'conditions' => $args['conditions'] ) ) );
		self::route( '/segments/(?P<id>\d+)', 'GET', static fn( \WP_REST_Request $r ) => Segments::get( (int) $r['id'] ), Capabilities::VIEW );
		self::route( '/segments/(?P<id>\d+)', 'POST, PUT, PATCH', static fn( \WP_REST_Request $r ) => Segments::update( (int) $r['id'], $own( $r ) ), Capabilities::CONTACTS, self::loose( $args ) );
		self::route( '/segments/(?P<id>\d+)', 'DELETE', static fn( \WP_REST_Request $r ) => Segments::delete( (int) $r['id'] ), Capabilities::CONTACTS );
	}

	/** Describes conditions without letting WordPress refuse or change them first: a list or a number in their place gets our words. */
	private static function loose( array $args ): array {
		$args['conditions']['validate_callback'] = static fn( $value ) => ! is_string( $value ) || strlen( $value ) <= self::JSON_MAX;
		$args['conditions']['sanitize_callback'] = static fn( $value ) => $value;
		return $args;
	}
}
