<?php
/**
 * REST of merging contacts.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Contact;

use NxtChat\Capabilities;
use NxtChat\Rest;

/** contacts/{id}/merge, merges, split; contacts/duplicates. */
final class MergeRest extends Rest {

	public static function register(): void {
		$id = array(
			'type'     => 'integer',
			'minimum'  => 1,
			'required' => true,
		);
		self::route( '/contacts/(?P<id>\d+)/merge', 'GET', static fn( $r ) => Merges::preview( (int) $r['id'], (int) $r['with'] ), Capabilities::VIEW, array( 'with' => $id ), array( self::class, 'preview_schema' ) );
		self::route(
			'/contacts/(?P<id>\d+)/merge',
			'POST',
			static function ( \WP_REST_Request $r ): array|\WP_Error {
				$merge = Merges::merge( (int) $r['id'], (int) $r['other'], false, get_current_user_id() );
				return is_wp_error( $merge ) ? $merge : array(
					'merge_id' => $merge,
					'contact'  => Contacts::json( array( (int) $r['id'] ), true )[ (int) $r['id'] ] ?? null,
				);
			},
			Capabilities::CONTACTS,
			array( 'other' => $id )
		);
		self::route( '/contacts/(?P<id>\d+)/merges', 'GET', static fn( $r ) => array( 'items' => Merges::of( (int) $r['id'] ) ), Capabilities::VIEW, array(), array( self::class, 'schema' ) );
		self::route(
			'/contacts/(?P<id>\d+)/split',
			'POST',
			static function ( \WP_REST_Request $r ): array|\WP_Error {
				$mine = array_column( Merges::of( (int) $r['id'] ), 'id' );
				if ( ! in_array( (int) $r['merge_id'], $mine, true ) ) {
					return new \WP_Error( 'nxtchat_no_merge', __( 'There is no such merge of this contact.', 'nxt-cloud-chat' ), array( 'status' => 404 ) );
				}
				$split = Merges::split( (int) $r['merge_id'], get_current_user_id() );
				if ( is_wp_error( $split ) ) {
					return $split;
				}
				$people = Contacts::json( array_values( $split ), true );
				return array(
					'kept' => $people[ $split['kept'] ],
					'gone' => $people[ $split['gone'] ],
				);
			},
			Capabilities::CONTACTS,
			array( 'merge_id' => $id ),
			array( self::class, 'split_schema' )
		);
		self::route(
			'/contacts/duplicates',
			'GET',
			static function ( \WP_REST_Request $r ): array|\WP_Error {
				$items = Merges::duplicates( (int) $r['with'] );
				return is_wp_error( $items ) ? $items : array( 'items' => $items );
			},
			Capabilities::VIEW,
			array( 'with' => $id ),
			array( self::class, 'alike_schema' )
		);
	}

	/** JSON schema of a merge. */
	public static function schema(): array {
		$int    = array( 'type' => 'integer' );
		$person = array(
			'type'       => array( 'object', 'null' ),
			'properties' => array(
				'id'   => $int,
				'name' => array( 'type' => 'string' ),
			),
		);
		return self::answer(
			'nxtchat_merge',
			array(
				'id'        => $int,
				'gone'      => array( 'type' => 'object' ) + $person,
				'automatic' => array(
					'type'        => 'boolean',
					'description' => 'Something on WhatsApp proved that they are one.',
				),
				'user'      => $person,
				'at_ms'     => $int,
				'split_ms'  => array(
					'type'        => 'integer',
					'description' => 'When it was taken back, 0 = it was not.',
				),
				'can_split' => array(
					'type'        => 'boolean',
					'description' => 'The newest goes first.',
				),
			)
		);
	}

	/** JSON schema of what a merge would make. */
	public static function preview_schema(): array {
		$any = array( 'type' => array( 'string', 'integer' ) );
		return self::answer(
			'nxtchat_merge_preview',
			array(
				'keep'      => self::contact(),
				'gone'      => self::contact(),
				'result'    => array( 'type' => 'object' ),
				'conflicts' => array(
					'type'        => 'array',
					'description' => 'Where both say something else; the kept one\'s stays.',
					'items'       => array(
						'type'       => 'object',
						'properties' => array(
							'what' => array( 'type' => 'string' ),
							'keep' => $any,
							'gone' => $any,
						),
					),
				),
			)
		);
	}

	/** JSON schema of the two after a split. */
	public static function split_schema(): array {
		return self::answer(
			'nxtchat_split',
			array(
				'kept' => self::contact(),
				'gone' => self::contact(),
			)
		);
	}

	/** JSON schema of a contact that may be the same person. */
	public static function alike_schema(): array {
		$schema                          = ContactJson::schema();
		$schema['title']                 = 'nxtchat_contact_alike';
		$schema['properties']['reasons'] = array(
			'type'  => 'array',
			'items' => array(
				'type' => 'string',
				'enum' => array( 'email', 'user', 'name' ),
			),
		);
		return $schema;
	}

	private static function contact(): array {
		return array_diff_key( ContactJson::schema(), array( '$schema' => 0 ) );
	}

	private static function answer( string $title, array $properties ): array {
		return array( '$schema' => 'http://json-schema.org/draft-04/schema#' ) + compact( 'title', 'properties' ) + array( 'type' => 'object' );
	}
}
