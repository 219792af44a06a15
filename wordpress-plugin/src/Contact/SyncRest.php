<?php
/**
 * REST of the owner's wishes about contacts.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Contact;

use NxtChat\Capabilities;
use NxtChat\Rest;

/** GET and PATCH contacts/settings. */
final class SyncRest extends Rest {

	public static function register(): void {
		self::route(
			'/contacts/settings',
			'GET',
			static fn() => SyncSettings::all(),
			Capabilities::MANAGE,
			array(),
			static fn(): array => array(
				'$schema'    => 'http://json-schema.org/draft-04/schema#',
				'title'      => 'nxtchat_contact_settings',
				'type'       => 'object',
				'properties' => SyncSettings::schema(),
			)
		);
		self::route(
			'/contacts/settings',
			'POST, PUT, PATCH',
			static function ( \WP_REST_Request $request ): array|\WP_Error {
				$body = $request->get_json_params();
				return SyncSettings::set( is_array( $body ) ? $body : $request->get_body_params() );
			},
			Capabilities::MANAGE
		);
	}
}
