<?php
/**
 * REST of groups.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Group;

use NxtChat\Capabilities;
use NxtChat\Rest;

/** GET, POST groups; GET, PATCH, DELETE groups/{id}; POST groups/{id}/members. */
final class GroupRest extends Rest {

	private const ONE = '/groups/(?P<id>\d+)';

	/** Contacts added or removed by one request. */
	private const MEMBERS_MAX = 1000;

	public static function register(): void {
		$schema = array( self::class, 'schema' );
		self::route(
			'/groups',
			'GET',
			static fn() => array(
				'items' => Groups::all(),
				'next'  => null,
			),
			Capabilities::VIEW,
			array(),
			$schema
		);
		self::route( '/groups', 'POST', array( self::class, 'create' ), Capabilities::CONTACTS, self::input_args( true ) );
		self::route( self::ONE, 'GET', static fn( \WP_REST_Request $r ) => Groups::get( (int) $r['id'] ), Capabilities::VIEW, array(), $schema );
		self::route( self::ONE, 'POST, PUT, PATCH', static fn( \WP_REST_Request $r ) => Groups::update( (int) $r['id'], self::input( $r ) ), Capabilities::CONTACTS, self::input_args( false ) );
		self::route( self::ONE, 'DELETE', static fn( \WP_REST_Request $r ) => Groups::delete( (int) $r['id'] ), Capabilities::CONTACTS );
		$ids = array(
			'type'     => 'array',
			'default'  => array(),
			'maxItems' => self::MEMBERS_MAX,
			'items'    => array(
				'type'    => 'integer',
				'minimum' => 1,
			),
		);
		self::route(
			self::ONE . '/members',
			'POST',
			static fn( \WP_REST_Request $r ) => Groups::change_members( (int) $r['id'], (array) $r['add'], (array) $r['remove'] ),
			Capabilities::CONTACTS,
			array(
				'add'    => $ids,
				'remove' => $ids,
			),
			$schema
		);
	}

	/** @return \WP_REST_Response|\WP_Error */
	public static function create( \WP_REST_Request $request ) {
		$group = Groups::create( self::input( $request ) );
		return is_wp_error( $group ) ? $group : new \WP_REST_Response( $group, 201 );
	}

	/** JSON schema of a group. */
	public static function schema(): array {
		$int = array( 'type' => 'integer' );
		return array(
			'$schema'    => 'http://json-schema.org/draft-04/schema#',
			'title'      => 'nxtchat_group',
			'type'       => 'object',
			'properties' => array(
				'id'          => $int,
				'name'        => array( 'type' => 'string' ),
				'description' => array( 'type' => 'string' ),
				'members'     => array(
					'type'       => 'object',
					'properties' => array(
						'value' => $int,
						'exact' => array( 'type' => 'boolean' ),
					),
				),
				'created_ms'  => $int,
				'updated_ms'  => $int,
				'added'       => array(
					'type'        => 'integer',
					'description' => 'After a change of members: who was not in it before.',
				),
				'removed'     => array(
					'type'        => 'integer',
					'description' => 'After a change of members: who was in it.',
				),
			),
		);
	}

	private static function input_args( bool $new ): array {
		return array(
			'name'        => array(
				'type'      => 'string',
				'required'  => $new,
				'maxLength' => Groups::NAME_CHARACTERS,
			),
			'description' => array(
				'type'      => 'string',
				'maxLength' => Groups::DESCRIPTION_CHARACTERS,
			),
		);
	}

	private static function input( \WP_REST_Request $request ): array {
		return array_filter(
			array(
				'name'        => $request['name'],
				'description' => $request['description'],
			),
			static fn( $value ) => null !== $value
		);
	}
}
