<?php
/**
 * REST of what is kept about a person.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Privacy;

use NxtChat\Capabilities;
use NxtChat\Rest;

/** GET contacts/{id}/export. */
final class PrivacyRest extends Rest {

	public static function register(): void {
		self::route(
			'/contacts/(?P<id>\d+)/export',
			'GET',
			static fn( \WP_REST_Request $r ) => PersonalData::json( (int) $r['id'], (string) $r['cursor'] ),
			Capabilities::CONTACTS,
			array(
				'cursor' => array(
					'type'    => 'string',
					'default' => '',
				),
			),
			array( self::class, 'schema' )
		);
	}

	/** JSON schema of everything about a person. */
	public static function schema(): array {
		$objects = array(
			'type'  => 'array',
			'items' => array( 'type' => 'object' ),
		);
		return array(
			'$schema'     => 'http://json-schema.org/draft-04/schema#',
			'title'       => 'nxtchat_personal_data',
			'description' => 'All but messages and next is on the first page only.',
			'type'        => 'object',
			'properties'  => array(
				'exported_ms'   => array( 'type' => 'integer' ),
				'contact'       => array( 'type' => 'object' ),
				'identities'    => $objects,
				'groups'        => array(
					'type'  => 'array',
					'items' => array( 'type' => 'string' ),
				),
				'fields'        => array( 'type' => 'object' ),
				'consents'      => $objects,
				'timeline'      => $objects,
				'conversations' => $objects,
				'logins'        => $objects,
				'merged'        => $objects,
				'broadcasts'    => $objects,
				'imports'       => $objects,
				'messages'      => $objects,
				'next'          => array( 'type' => array( 'string', 'null' ) ),
			),
		);
	}
}
