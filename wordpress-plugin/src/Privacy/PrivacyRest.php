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
			)
		);
	}
}
