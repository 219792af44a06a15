<?php
/**
 * REST of custom fields.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Field;

use NxtChat\Capabilities;
use NxtChat\Rest;

/** GET, POST fields; GET, PATCH, DELETE fields/{id}; POST fields/order. */
final class FieldRest extends Rest {

	private const ONE = '/fields/(?P<id>\d+)';

	public static function register(): void {
		$schema = array( self::class, 'schema' );
		self::route(
			'/fields',
			'GET',
			static fn() => array(
				'items' => Fields::with_use(),
				'next'  => null,
			),
			Capabilities::VIEW,
			array(),
			$schema
		);
		self::route( '/fields', 'POST', array( self::class, 'create' ), Capabilities::CONTACTS, self::input_args( true ) );
		self::route(
			'/fields/order',
			'POST',
			array( self::class, 'order' ),
			Capabilities::CONTACTS,
			array(
				'ids' => array(
					'type'     => 'array',
					'required' => true,
					'maxItems' => Fields::MAX,
					'items'    => array( 'type' => 'integer' ),
				),
			),
			$schema
		);
		self::route( self::ONE, 'GET', static fn( \WP_REST_Request $r ) => Fields::get( (int) $r['id'] ), Capabilities::VIEW, array(), $schema );
		self::route( self::ONE, 'POST, PUT, PATCH', static fn( \WP_REST_Request $r ) => Fields::update( (int) $r['id'], self::input( $r ) ), Capabilities::CONTACTS, self::input_args( false ) );
		self::route(
			self::ONE,
			'DELETE',
			static fn( \WP_REST_Request $r ) => Fields::delete( (int) $r['id'], (bool) $r['force'] ),
			Capabilities::CONTACTS,
			array(
				'force' => array(
					'type'        => 'boolean',
					'default'     => false,
					'description' => 'Also when people have values, which are deleted too.',
				),
			)
		);
	}

	/** @return \WP_REST_Response|\WP_Error */
	public static function create( \WP_REST_Request $request ) {
		$field = Fields::create( self::input( $request ) );
		return is_wp_error( $field ) ? $field : new \WP_REST_Response( $field, 201 );
	}

	/** @return array|\WP_Error */
	public static function order( \WP_REST_Request $request ) {
		$fields = Fields::order( (array) $request['ids'] );
		return is_wp_error( $fields ) ? $fields : array(
			'items' => $fields,
			'next'  => null,
		);
	}

	/** JSON schema of a field. */
	public static function schema(): array {
		return array(
			'$schema'    => 'http://json-schema.org/draft-04/schema#',
			'title'      => 'nxtchat_field',
			'type'       => 'object',
			'properties' => array(
				'id'        => array( 'type' => 'integer' ),
				'name'      => array(
					'type'        => 'string',
					'pattern'     => '^' . Fields::NAME_PATTERN . '$',
					'description' => 'In templates, segments, files and REST.',
				),
				'label'     => array( 'type' => 'string' ),
				'type'      => array(
					'type' => 'integer',
					'enum' => array_values( Fields::TYPES ),
				),
				'type_name' => array(
					'type' => 'string',
					'enum' => array_keys( Fields::TYPES ),
				),
				'choices'   => array(
					'type'  => 'array',
					'items' => array( 'type' => 'string' ),
				),
				'position'  => array( 'type' => 'integer' ),
				'used'      => array(
					'type'        => 'integer',
					'description' => 'People who have a value.',
				),
			),
		);
	}

	private static function input_args( bool $new ): array {
		$args = array(
			'label'   => array(
				'type'      => 'string',
				'required'  => $new,
				'minLength' => 1,
				'maxLength' => Fields::LABEL_CHARACTERS,
			),
			'name'    => array(
				'type'      => 'string',
				'maxLength' => 64,
			),
			'type'    => array(
				'type'        => array( 'integer', 'string' ),
				'required'    => $new,
				'enum'        => array( ...array_values( Fields::TYPES ), ...array_keys( Fields::TYPES ) ),
				'description' => '1 text, 2 number, 3 date, 4 choice, 5 yes or no; or the name.',
			),
			'choices' => array(
				'type'     => 'array',
				'maxItems' => Fields::CHOICES_MAX,
				'items'    => array(
					'type'      => 'string',
					'maxLength' => Fields::CHOICE_CHARACTERS,
				),
			),
		);
		return $new ? $args : $args + array(
			'clear' => array(
				'type'        => 'boolean',
				'default'     => false,
				'description' => 'Values that do not fit the new type or choices are removed.',
			),
		);
	}

	private static function input( \WP_REST_Request $request ): array {
		$out = array();
		foreach ( array( 'label', 'name', 'type', 'choices', 'clear' ) as $name ) {
			if ( isset( $request[ $name ] ) ) {
				$out[ $name ] = $request[ $name ];
			}
		}
		return $out;
	}
}
