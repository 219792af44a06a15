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
			)
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
		self::route( '/consent/settings', 'GET', static fn() => ConsentSettings::json(), Capabilities::VIEW );
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
		self::route( self::FORM, 'POST', array( Intake::class, 'submitted' ), '' );
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
