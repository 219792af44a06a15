<?php
/**
 * REST of contacts: one at a time, and many at once. The list is ContactListRest.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Contact;

use NxtChat\Capabilities;
use NxtChat\Rest;

/** POST contacts, contacts/bulk; GET, PATCH, DELETE contacts/{id}; its timeline, notes and undo. */
final class ContactRest extends Rest {

	private const ONE = '/contacts/(?P<id>\d+)';

	public static function register(): void {
		$schema = array( ContactJson::class, 'schema' );
		$entry  = array( self::class, 'log_schema' );
		self::route( '/contacts', 'POST', array( self::class, 'create' ), Capabilities::CONTACTS, self::input_args() );
		self::route(
			'/contacts/bulk',
			'POST',
			array( self::class, 'bulk' ),
			Capabilities::CONTACTS,
			array(
				'action' => array(
					'type'     => 'string',
					'required' => true,
					'enum'     => ContactBulk::ACTIONS,
				),
				'value'  => array(
					'description' => 'Group id; {field, value}; language; purpose of consent.',
					'type'        => array( 'integer', 'string', 'object', 'null' ),
				),
				'ids'    => array(
					'type'     => 'array',
					'maxItems' => ContactBulk::STEP,
					'items'    => array(
						'type'    => 'integer',
						'minimum' => 1,
					),
				),
				'filter' => array(
					'type'                 => 'object',
					'description'          => 'The same filters as GET contacts. An empty object is everybody.',
					'properties'           => self::bulk_filter(),
					'additionalProperties' => false, // A filter that is misspelt must not mean everybody.
					'validate_callback'    => 'rest_validate_request_arg',
					'sanitize_callback'    => static fn( $value ) => is_object( $value ) ? (array) $value : $value,
				),
				'cursor' => array(
					'type'      => 'string',
					'default'   => '',
					'maxLength' => 100,
				),
			),
			array( self::class, 'bulk_schema' )
		);
		self::route( self::ONE, 'GET', static fn( \WP_REST_Request $r ) => Contacts::json( array( (int) $r['id'] ), true )[ (int) $r['id'] ] ?? ContactLog::missing(), Capabilities::VIEW, array(), $schema );
		self::route(
			self::ONE,
			'POST, PUT, PATCH',
			static fn( \WP_REST_Request $r ) => ContactEdit::update( (int) $r['id'], self::input( $r ), isset( $r['if_updated_ms'] ) ? (int) $r['if_updated_ms'] : null, self::source() ),
			Capabilities::CONTACTS,
			self::input_args() + array(
				'if_updated_ms'     => array(
					'type'        => 'integer',
					'description' => 'updated_ms as it was read: refused when somebody changed the contact since.',
				),
				'add_identities'    => self::identities_arg(),
				'remove_identities' => self::identities_arg(),
			)
		);
		self::route( self::ONE, 'DELETE', array( self::class, 'delete' ), Capabilities::CONTACTS );
		self::route(
			self::ONE . '/log',
			'GET',
			static fn( \WP_REST_Request $r ) => ContactLog::page( (int) $r['id'], (string) $r['cursor'], (int) $r['limit'] ),
			Capabilities::VIEW,
			array(
				'cursor' => array(
					'type'      => 'string',
					'default'   => '',
					'maxLength' => 100,
				),
				'limit'  => self::limit_arg(),
			),
			$entry
		);
		$text = array(
			'text' => array(
				'type'      => 'string',
				'required'  => true,
				'minLength' => 1,
				'maxLength' => ContactLog::NOTE_CHARACTERS,
			),
		);
		self::route( self::ONE . '/notes', 'POST', static fn( \WP_REST_Request $r ) => self::created( ContactLog::note( (int) $r['id'], $r['text'] ) ), Capabilities::CONTACTS, $text, $entry );
		self::route( self::ONE . '/notes/(?P<log_id>\d+)', 'POST, PUT, PATCH', static fn( \WP_REST_Request $r ) => ContactLog::change_note( (int) $r['id'], (int) $r['log_id'], $r['text'] ), Capabilities::CONTACTS, $text, $entry );
		self::route( self::ONE . '/notes/(?P<log_id>\d+)', 'DELETE', static fn( \WP_REST_Request $r ) => ContactLog::delete_note( (int) $r['id'], (int) $r['log_id'] ), Capabilities::CONTACTS );
		self::route(
			self::ONE . '/undo',
			'POST',
			static fn( \WP_REST_Request $r ) => ContactEdit::undo( (int) $r['id'], (int) $r['log_id'] ),
			Capabilities::CONTACTS,
			array(
				'log_id' => array(
					'type'     => 'integer',
					'required' => true,
					'minimum'  => 1,
				),
			),
			$schema
		);
	}

	/** @return \WP_REST_Response|\WP_Error */
	public static function create( \WP_REST_Request $request ) {
		return self::created( ContactEdit::create( self::input( $request ), self::source() ) );
	}

	/** @return array|\WP_Error */
	public static function bulk( \WP_REST_Request $request ) {
		$ids    = $request['ids'];
		$filter = $request['filter'];
		if ( is_array( $ids ) === is_array( $filter ) ) {
			return new \WP_Error( 'nxtchat_invalid', __( 'Say whom: either ids or a filter.', 'nxt-cloud-chat' ), array( 'status' => 400 ) );
		}
		return ContactBulk::step( (string) $request['action'], $request['value'], is_array( $ids ) ? $ids : null, (array) $filter, (string) $request['cursor'] );
	}

	/** @return array|\WP_Error */
	public static function delete( \WP_REST_Request $request ) {
		$id   = (int) $request['id'];
		$done = ContactEdit::delete( array( $id ) );
		$done = 0 === $done ? ContactLog::missing() : $done;
		return is_wp_error( $done ) ? $done : array(
			'deleted' => true,
			'id'      => $id,
		);
	}

	/** JSON schema of an entry of a contact's timeline, a note among them. */
	public static function log_schema(): array {
		$int = array( 'type' => 'integer' );
		return array(
			'$schema'    => 'http://json-schema.org/draft-04/schema#',
			'title'      => 'nxtchat_contact_log',
			'type'       => 'object',
			'properties' => array(
				'id'    => $int,
				'kind'  => $int,
				'at_ms' => $int,
				'user'  => array(
					'type'       => array( 'object', 'null' ),
					'properties' => array(
						'id'   => $int,
						'name' => array( 'type' => 'string' ),
					),
				),
				'text'  => array(
					'type'        => 'string',
					'description' => 'Of a note.',
				),
				'data'  => array(
					'type'        => array( 'object', 'null' ),
					'description' => 'What was changed: before and after; of a merge its merge_id and contact_id.',
				),
			),
		);
	}

	/** JSON schema of one step of changing many. */
	public static function bulk_schema(): array {
		return array(
			'$schema'    => 'http://json-schema.org/draft-04/schema#',
			'title'      => 'nxtchat_contact_bulk',
			'type'       => 'object',
			'properties' => array(
				'done'    => array(
					'type'        => 'integer',
					'description' => 'Contacts looked at.',
				),
				'changed' => array(
					'type'        => 'integer',
					'description' => 'Those that were different before.',
				),
				'next'    => array(
					'type'        => array( 'string', 'null' ),
					'description' => 'The cursor of the next step; null when nothing is left.',
				),
			),
		);
	}

	/** Argument schemas of what is written about a contact. Everything may be left out; what is wrong is told with its path. */
	private static function input_args(): array {
		$text = static fn( int $max ): array => array(
			'type'      => array( 'string', 'null' ),
			'maxLength' => $max,
		);
		return array(
			'name'       => $text( ContactInput::NAME_CHARACTERS ),
			'phone'      => array( 'description' => 'In any spelling; without a country code it is a number of the contact\'s country, else of the account\'s.' ) + $text( ContactInput::PHONE_CHARACTERS ),
			'bsuid'      => $text( 255 ),
			'username'   => $text( 40 ),
			'email'      => $text( ContactInput::EMAIL_CHARACTERS ),
			'country'    => $text( 20 ),
			'language'   => $text( 20 ),
			'groups'     => array(
				'type'     => 'array',
				'maxItems' => 500,
				'items'    => array(
					'type'    => 'integer',
					'minimum' => 1,
				),
			),
			'fields'     => array(
				'type'                 => 'object',
				'description'          => 'Values by name of the custom field; "" removes one.',
				'additionalProperties' => array( 'type' => array( 'string', 'number', 'boolean', 'null' ) ),
			),
			'same_email' => array(
				'type'    => 'boolean',
				'default' => false,
			),
		);
	}

	/** Filters of one step: texts as in GET contacts, and lists and numbers as JSON has them. */
	private static function bulk_filter(): array {
		$filter = ContactListRest::filter_args();
		foreach ( $filter as $name => &$arg ) {
			unset( $arg['default'] );
			$arg['type'] = match ( $name ) {
				'search', 'heard', 'field'  => array( 'string', 'null' ),
				'segment', 'import'         => array( 'string', 'integer', 'null' ),
				'conditions'                => array( 'string', 'object', 'null' ),
				default                     => array( 'string', 'integer', 'array', 'null' ),
			};
		}
		return $filter;
	}

	private static function identities_arg(): array {
		return array(
			'type'     => 'array',
			'maxItems' => 20,
			'items'    => array(
				'type'       => 'object',
				'properties' => array(
					'kind'  => array(
						'type'     => array( 'string', 'integer' ),
						'required' => true,
					),
					'value' => array(
						'type'      => 'string',
						'required'  => true,
						'maxLength' => 255,
					),
				),
			),
		);
	}

	private static function input( \WP_REST_Request $request ): array {
		$out = array();
		foreach ( array_keys( self::input_args() + array_flip( array( 'add_identities', 'remove_identities' ) ) ) as $name ) {
			if ( isset( $request[ $name ] ) ) {
				$out[ $name ] = $request[ $name ];
			}
		}
		return $out;
	}

	/** A person at a screen comes with a cookie, a script with an application password. */
	private static function source(): string {
		return null === rest_get_authenticated_app_password() ? 'staff' : 'rest';
	}

	/** @return \WP_REST_Response|\WP_Error */
	private static function created( array|\WP_Error $answer ) {
		return is_wp_error( $answer ) ? $answer : new \WP_REST_Response( $answer, 201 );
	}
}
