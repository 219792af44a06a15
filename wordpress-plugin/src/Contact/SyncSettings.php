<?php
/**
 * The owner's wishes about contacts and this site's own users.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Contact;

/** One autoloaded option. */
final class SyncSettings {

	public const OPTION = 'nxtchat_contacts';

	private const DEFAULTS = array(
		'sync'         => false,           // Users with a phone number become contacts.
		'sync_meta'    => 'billing_phone', // The user meta key of the number.
		'sync_region'  => '',              // ISO country of numbers without a country code; '' = the first account's.
		'user_deleted' => 'unlink',        // What happens to the contact when its user is deleted: 'unlink' or 'erase'.
	);

	/** @return array{sync: bool, sync_meta: string, sync_region: string, user_deleted: string} */
	public static function all(): array {
		$stored = get_option( self::OPTION, array() );
		return array_intersect_key( is_array( $stored ) ? $stored : array(), self::DEFAULTS ) + self::DEFAULTS;
	}

	/** JSON schemas by name. */
	public static function schema(): array {
		return array(
			'sync'         => array( 'type' => 'boolean' ),
			'sync_meta'    => array(
				'type'      => 'string',
				'minLength' => 1,
				'maxLength' => 255,
				'pattern'   => '^[\w\-.:]+$',
			),
			'sync_region'  => array(
				'type'    => 'string',
				'pattern' => '^([A-Z]{2})?$',
			),
			'user_deleted' => array(
				'type' => 'string',
				'enum' => array( 'unlink', 'erase' ),
			),
		);
	}

	/**
	 * Changes some; those left out stay.
	 *
	 * @param array<string, mixed> $input
	 * @return array|\WP_Error All settings, or every problem (400, data.problems).
	 */
	public static function set( array $input ): array|\WP_Error {
		$settings = self::all();
		$problems = array();
		foreach ( array_intersect_key( $input, self::DEFAULTS ) as $name => $value ) {
			$schema = self::schema()[ $name ];
			$value  = 'sync_region' === $name && is_string( $value ) ? strtoupper( trim( $value ) ) : $value;
			$valid  = rest_validate_value_from_schema( $value, $schema, $name );
			if ( is_wp_error( $valid ) ) {
				$problems[] = array(
					'path'    => $name,
					'message' => $valid->get_error_message(),
				);
				continue;
			}
			$settings[ $name ] = rest_sanitize_value_from_schema( $value, $schema, $name );
		}
		if ( $problems ) {
			return new \WP_Error(
				'nxtchat_invalid',
				__( 'Some fields need another look.', 'nxt-cloud-chat' ),
				array(
					'status'   => 400,
					'problems' => $problems,
				)
			);
		}
		update_option( self::OPTION, $settings, true );
		return $settings;
	}
}
