<?php
/**
 * REST of the list of contacts and its export.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Contact;

use NxtChat\Capabilities;
use NxtChat\Rest;

/** GET contacts, contacts/export. */
final class ContactListRest extends Rest {

	public static function register(): void {
		self::route(
			'/contacts',
			'GET',
			array( self::class, 'list' ),
			Capabilities::VIEW,
			self::filter_args() + array(
				'sort'   => array(
					'type'    => 'string',
					'enum'    => array_keys( ContactList::SORTS ),
					'default' => 'added',
				),
				'order'  => array(
					'type'    => 'string',
					'enum'    => array( '', 'asc', 'desc' ),
					'default' => '',
				),
				'cursor' => array(
					'type'    => 'string',
					'default' => '',
				),
				'last'   => array(
					'type'    => 'boolean',
					'default' => false,
				),
				'limit'  => self::limit_arg(),
			),
			array( ContactJson::class, 'schema' )
		);
		self::route(
			'/contacts/export',
			'GET',
			static function ( \WP_REST_Request $r ) {
				$export = ContactExport::prepare( self::filter( $r ), ContactDownload::columns( (string) $r['columns'] ) );
				return is_wp_error( $export ) ? $export : array( 'export' => $export ); // Sent by serve().
			},
			Capabilities::CONTACTS,
			self::filter_args() + array(
				'columns' => array(
					'type'      => 'string',
					'default'   => '',
					'maxLength' => 20000,
				),
			),
			static fn(): array => array(
				'$schema'     => 'http://json-schema.org/draft-04/schema#',
				'title'       => 'nxtchat_contact_file',
				'type'        => 'string',
				'description' => 'A file, text/csv in UTF-8.',
			)
		);
	}

	/**
	 * Filter rest_pre_serve_request: sends an export as the CSV that it is.
	 *
	 * @param mixed $served   Whether somebody sent an answer already.
	 * @param mixed $response The answer.
	 */
	public static function serve( $served, $response ): bool {
		$data = $response instanceof \WP_HTTP_Response ? $response->get_data() : null;
		if ( ! $served && is_array( $data ) && ( $data['export'] ?? null ) instanceof ContactExport ) {
			ContactDownload::send( $data['export'] );
			return true;
		}
		return (bool) $served;
	}

	/** @return array|\WP_Error */
	public static function list( \WP_REST_Request $request ) {
		return ContactList::page( self::filter( $request ), (string) $request['sort'], (string) $request['order'], (string) $request['cursor'], (int) $request['limit'], (bool) $request['last'] );
	}

	/** Argument schemas of the filters, for every route that takes them. */
	public static function filter_args(): array {
		$args = array();
		foreach ( ContactList::FILTERS as $name ) {
			$args[ $name ] = array(
				'type'      => 'string',
				'default'   => '',
				'maxLength' => 'conditions' === $name ? 100000 : 2000,
			);
		}
		return $args;
	}

	/** @return array<string, string> The filters of a request, for ContactList::conditions(). */
	public static function filter( \WP_REST_Request $request ): array {
		$filter = array();
		foreach ( ContactList::FILTERS as $name ) {
			$filter[ $name ] = (string) $request[ $name ];
		}
		return $filter;
	}
}
