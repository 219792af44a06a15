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
		self::route( '/contacts/(?P<id>\d+)/merge', 'GET', static fn( $r ) => Merges::preview( (int) $r['id'], (int) $r['with'] ), Capabilities::VIEW, array( 'with' => $id ) );
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
		self::route( '/contacts/(?P<id>\d+)/merges', 'GET', static fn( $r ) => array( 'items' => Merges::of( (int) $r['id'] ) ), Capabilities::VIEW );
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
			array( 'merge_id' => $id )
		);
		self::route(
			'/contacts/duplicates',
			'GET',
			static function ( \WP_REST_Request $r ): array|\WP_Error {
				$items = Merges::duplicates( (int) $r['with'] );
				return is_wp_error( $items ) ? $items : array( 'items' => $items );
			},
			Capabilities::VIEW,
			array( 'with' => $id )
		);
	}
}
