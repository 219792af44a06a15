<?php
/**
 * REST of prices.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Rates;

use NxtChat\Capabilities;
use NxtChat\Rest;

/** GET and PUT rates. */
final class RatesRest extends Rest {

	public static function register(): void {
		self::route(
			'/rates',
			'GET',
			static fn(): array => Rates::json(),
			Capabilities::MANAGE,
			array(),
			static fn(): array => array(
				'$schema'    => 'http://json-schema.org/draft-04/schema#',
				'title'      => 'nxtchat_rates',
				'type'       => 'object',
				'properties' => Rates::schema(),
			)
		);
		self::route(
			'/rates',
			'POST, PUT, PATCH',
			static function ( \WP_REST_Request $request ): array|\WP_Error {
				$body = $request->get_json_params();
				$done = Rates::set( is_array( $body ) ? $body : $request->get_body_params() );
				return is_wp_error( $done ) ? $done : Rates::json();
			},
			Capabilities::MANAGE
		);
	}
}
