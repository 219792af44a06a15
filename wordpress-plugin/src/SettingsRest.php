<?php
/**
 * REST of the settings.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat;

/** GET and PATCH settings. */
final class SettingsRest extends Rest {

	public static function register(): void {
		self::route( '/settings', 'GET', static fn() => Settings::all(), Capabilities::MANAGE );
		self::route(
			'/settings',
			'POST, PUT, PATCH',
			static function ( \WP_REST_Request $request ): array|\WP_Error {
				$body = $request->get_json_params();
				return Settings::set( is_array( $body ) ? $body : $request->get_body_params() );
			},
			Capabilities::MANAGE
		);
	}
}
