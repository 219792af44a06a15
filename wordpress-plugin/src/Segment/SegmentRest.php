<?php
/**
 * REST of segments.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Segment;

use NxtChat\Capabilities;
use NxtChat\Contact\ContactJson;
use NxtChat\Rest;

/** Segments, segments/{id}, segments/preview, segments/schema. */
final class SegmentRest extends Rest {

	/** Longest JSON of conditions, in bytes: 50 leaves of 200 values. */
	public const JSON_MAX = 1048576;

	public static function register(): void {
		$args = array(
			'name'        => array( 'type' => 'string' ), // As long as it may be: Segments tells.
			'description' => array(
				'type'      => 'string',
				'maxLength' => Segments::DESCRIPTION_MAX,
			),
			'conditions'  => array( 'type' => array( 'object', 'string' ) ), // Its problems are told by Conditions, with path and remedy.
		);
		$own  = static fn( \WP_REST_Request $r ): array => array_intersect_key( $r->get_params(), $args );
		$made = static fn( array|\WP_Error $segment ) => is_wp_error( $segment ) ? $segment : new \WP_REST_Response( $segment, 201 );
		self::route( '/segments', 'GET', static fn() => array( 'items' => Segments::all() ), Capabilities::VIEW, array(), array( self::class, 'schema' ) );
		self::route( '/segments', 'POST', static fn( \WP_REST_Request $r ) => $made( Segments::create( $own( $r ) ) ), Capabilities::CONTACTS, self::loose( $args ) );
		self::route( '/segments/schema', 'GET', static fn() => Catalogue::schema(), Capabilities::VIEW, array(), array( self::class, 'catalogue_schema' ) );
		self::route( '/segments/preview', 'POST', static fn( \WP_REST_Request $r ) => Segments::preview( $r['conditions'] ), Capabilities::VIEW, self::loose( array( 'conditions' => $args['conditions'] ) ), array( self::class, 'preview_schema' ) );
		self::route( '/segments/(?P<id>\d+)', 'GET', static fn( \WP_REST_Request $r ) => Segments::get( (int) $r['id'] ), Capabilities::VIEW, array(), array( self::class, 'schema' ) );
		self::route( '/segments/(?P<id>\d+)', 'POST, PUT, PATCH', static fn( \WP_REST_Request $r ) => Segments::update( (int) $r['id'], $own( $r ) ), Capabilities::CONTACTS, self::loose( $args ) );
		self::route( '/segments/(?P<id>\d+)', 'DELETE', static fn( \WP_REST_Request $r ) => Segments::delete( (int) $r['id'] ), Capabilities::CONTACTS );
	}

	/** JSON schema of a segment. */
	public static function schema(): array {
		$ms = array(
			'type'        => 'integer',
			'description' => 'UTC milliseconds since 1970, 0 = never.',
		);
		return self::answer(
			'nxtchat_segment',
			array(
				'id'          => array( 'type' => 'integer' ),
				'name'        => array( 'type' => 'string' ),
				'description' => array( 'type' => 'string' ),
				'conditions'  => array(
					'type'        => 'object',
					'description' => '{match: all|any, conditions: [{field, operator, value?} or the same again]}; what there is: GET segments/schema.',
					'properties'  => array(
						'match'      => array(
							'type' => 'string',
							'enum' => array( 'all', 'any' ),
						),
						'conditions' => array(
							'type'  => 'array',
							'items' => array( 'type' => 'object' ),
						),
					),
				),
				'members'     => self::count_schema(),
				'counted_ms'  => $ms,
				'created_ms'  => $ms,
				'updated_ms'  => $ms,
				'problems'    => array(
					'description' => 'Only of a segment that cannot be counted any more, as when a field was deleted.',
					'type'        => 'array',
					'items'       => array(
						'type'       => 'object',
						'properties' => array_fill_keys( array( 'path', 'message', 'remedy' ), array( 'type' => 'string' ) ),
					),
				),
			)
		);
	}

	/** JSON schema of what conditions would find. */
	public static function preview_schema(): array {
		return self::answer(
			'nxtchat_segment_preview',
			array(
				'count'    => self::count_schema(),
				'examples' => array(
					'type'        => 'array',
					'description' => 'Contacts, the newest first.',
					'items'       => array_diff_key( ContactJson::schema(), array( '$schema' => 0 ) ),
				),
				'ms'       => array(
					'type'        => 'number',
					'description' => 'How long the database took.',
				),
			)
		);
	}

	/** JSON schema of what conditions can be made of. */
	public static function catalogue_schema(): array {
		$text = array( 'type' => 'string' );
		return self::answer(
			'nxtchat_segment_catalogue',
			array(
				'fields'     => array(
					'type'  => 'array',
					'items' => array(
						'type'       => 'object',
						'properties' => array_fill_keys( array( 'field', 'label', 'group', 'type' ), $text ) + array(
							'operators' => array(
								'type'  => 'array',
								'items' => array(
									'type'       => 'object',
									'properties' => array_fill_keys( array( 'operator', 'label', 'input' ), $text ),
								),
							),
							'choices'   => array( 'type' => 'array' ),
						),
					),
				),
				'leaves_max' => array( 'type' => 'integer' ),
				'depth_max'  => array( 'type' => 'integer' ),
			)
		);
	}

	private static function count_schema(): array {
		return array(
			'type'       => 'object',
			'properties' => array(
				'value' => array( 'type' => 'integer' ),
				'exact' => array( 'type' => 'boolean' ),
			),
		);
	}

	private static function answer( string $title, array $properties ): array {
		return array( '$schema' => 'http://json-schema.org/draft-04/schema#' ) + compact( 'title', 'properties' ) + array( 'type' => 'object' );
	}

	/** Describes conditions without letting WordPress refuse or change them first: a list or a number in their place gets our words. */
	private static function loose( array $args ): array {
		$args['conditions']['validate_callback'] = static fn( $value ) => ! is_string( $value ) || strlen( $value ) <= self::JSON_MAX;
		$args['conditions']['sanitize_callback'] = static fn( $value ) => $value;
		return $args;
	}
}
