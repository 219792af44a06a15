<?php
/**
 * REST of consent.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Consent;

use NxtChat\Capabilities;
use NxtChat\Rest;

/** GET and POST contacts/{id}/consents; GET and PATCH consent/settings; POST consent/form, which is public. */
final class ConsentRest extends Rest {

	public const FORM = '/consent/form';

	public static function register(): void {
		self::route(
			'/contacts/(?P<id>\d+)/consents',
			'GET',
			static fn( \WP_REST_Request $r ) => Consents::ledger( (int) $r['id'], (string) $r['cursor'], (int) $r['limit'] ),
			Capabilities::VIEW,
			array(
				'cursor' => array(
					'type'    => 'string',
					'default' => '',
				),
				'limit'  => self::limit_arg(),
			),
			array( self::class, 'schema' )
		);
		self::route(
			'/contacts/(?P<id>\d+)/consents',
			'POST',
			array( self::class, 'change' ),
			Capabilities::CONTACTS,
			array(
				'purpose' => array(
					'type'    => 'string',
					'enum'    => array_keys( Consents::PURPOSES ),
					'default' => 'marketing',
				),
				'state'   => array(
					'type'     => 'string',
					'enum'     => array( 'granted', 'revoked' ),
					'required' => true,
				),
				'wording' => array(
					'type'      => 'string',
					'maxLength' => Consents::WORDING_CHARACTERS,
					'default'   => '',
				),
				'at_ms'   => array(
					'type'    => 'integer',
					'minimum' => 0,
					'default' => 0,
				),
			)
		);
		self::route( '/consent/settings', 'GET', static fn() => ConsentSettings::json(), Capabilities::VIEW, array(), array( self::class, 'settings_schema' ) );
		self::route(
			'/consent/settings',
			'POST, PUT, PATCH',
			static function ( \WP_REST_Request $request ): array|\WP_Error {
				$body = $request->get_json_params();
				$done = ConsentSettings::set( is_array( $body ) ? $body : $request->get_body_params() );
				return is_wp_error( $done ) ? $done : ConsentSettings::json();
			},
			Capabilities::MANAGE
		);
		self::route( self::FORM, 'POST', array( Intake::class, 'submitted' ), '', array(), array( self::class, 'form_schema' ) );
	}

	/** JSON schema of an entry of the ledger, and beside the list: what the entries come to. */
	public static function schema(): array {
		$int   = array( 'type' => 'integer' );
		$text  = array( 'type' => 'string' );
		$state = array(
			'type' => 'string',
			'enum' => array_keys( Consents::STATES ),
		);
		return self::answer(
			'nxtchat_consent',
			array(
				'id'        => $int,
				'purpose'   => array(
					'type' => 'string',
					'enum' => array_keys( Consents::PURPOSES ),
				),
				'state'     => array(
					'type' => 'string',
					'enum' => array( 'granted', 'revoked' ),
				),
				'by_person' => array(
					'type'        => 'boolean',
					'description' => 'The person said so on WhatsApp: only that lifts a withdrawal.',
				),
				'source'    => $text,
				'wording'   => array(
					'type'        => 'string',
					'description' => 'What the person agreed to.',
				),
				'detail'    => $text,
				'user'      => array(
					'type'       => array( 'object', 'null' ),
					'properties' => array(
						'id'   => $int,
						'name' => $text,
					),
				),
				'ip'        => $text,
				'import_id' => $int,
				'at_ms'     => $int,
				'void_ms'   => array(
					'type'        => 'integer',
					'description' => 'Since when it counts no more, 0 = it counts.',
				),
			)
		) + array(
			'definitions' => array(
				'states' => array(
					'type'       => 'object',
					'properties' => array_fill_keys( array_keys( Consents::PURPOSES ), $state ),
				),
			),
		);
	}

	/** JSON schema of the settings. */
	public static function settings_schema(): array {
		return self::answer(
			'nxtchat_consent_settings',
			ConsentSettings::schema() + array(
				'defaults' => array(
					'type'        => 'object',
					'description' => 'What empty texts stand for, and our words.',
				),
			)
		);
	}

	/** JSON schema of the form's thanks. */
	public static function form_schema(): array {
		return self::answer( 'nxtchat_consent_form', array_fill_keys( array( 'message', 'how', 'link' ), array( 'type' => 'string' ) ) );
	}

	private static function answer( string $title, array $properties ): array {
		return array( '$schema' => 'http://json-schema.org/draft-04/schema#' ) + compact( 'title', 'properties' ) + array( 'type' => 'object' );
	}

	/**
	 * Filter rest_pre_serve_request: the form's answer to a browser without JavaScript is a page.
	 *
	 * @param bool              $served  As given.
	 * @param \WP_HTTP_Response $result  What would be sent as JSON.
	 * @param \WP_REST_Request  $request The request.
	 */
	public static function serve( $served, $result, $request ) {
		return '/' . self::NAMESPACE . self::FORM === $request->get_route() ? Intake::serve( $served, $result, $request ) : $served;
	}

	/** Staff says what a person agreed to, or withdraws for them. */
	public static function change( \WP_REST_Request $request ): array|\WP_Error {
		$id   = (int) $request['id'];
		$done = Consents::change(
			$id,
			Consents::PURPOSES[ $request['purpose'] ],
			Consents::STATES[ $request['state'] ],
			array(
				// A script signs in with an application password.
				'source'  => null === rest_get_authenticated_app_password() ? 'staff' : 'api',
				'wording' => sanitize_textarea_field( (string) $request['wording'] ),
				'user_id' => get_current_user_id(),
				'at_ms'   => (int) $request['at_ms'],
			)
		);
		return is_wp_error( $done ) ? $done : Consents::ledger( $id, '', self::LIMIT_DEFAULT );
	}
}
