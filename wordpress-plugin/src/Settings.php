<?php
/**
 * The plugin's settings.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat;

/** One autoloaded option, each value with a default that is right for most sites. */
final class Settings {

	public const OPTION = 'nxtchat_settings';

	/**
	 * Durability: 'full' = written to the disk before Meta gets its 200; 'normal' = written to the system, faster, and the last
	 * moments may be lost when the machine (not PHP) crashes.
	 */
	private const DEFAULTS = array(
		'durability'  => 'full',
		'events_days' => 30,   // Days that Meta's raw events are kept.
		'spool_mb'    => 1024, // Megabytes that may wait on this machine before Meta is told to try later.
		'delete_data' => false, // Uninstalling removes everything.
	);

	/** Smallest and largest value of the numbers. */
	public const RANGES = array(
		'events_days' => array( 1, 3650 ),
		'spool_mb'    => array( 16, 102400 ),
	);

	/**
	 * All settings.
	 *
	 * @return array{durability: string, events_days: int, spool_mb: int, delete_data: bool}
	 */
	public static function all(): array {
		$stored = get_option( self::OPTION, array() );
		return array_intersect_key( is_array( $stored ) ? $stored : array(), self::DEFAULTS ) + self::DEFAULTS;
	}

	/** JSON schemas of the settings: REST arguments, and what set() accepts. */
	public static function schema(): array {
		$number = static fn( string $key ): array => array(
			'type'    => 'integer',
			'minimum' => self::RANGES[ $key ][0],
			'maximum' => self::RANGES[ $key ][1],
		);
		return array(
			'durability'  => array(
				'type' => 'string',
				'enum' => array( 'full', 'normal' ),
			),
			'events_days' => $number( 'events_days' ),
			'spool_mb'    => $number( 'spool_mb' ),
			'delete_data' => array( 'type' => 'boolean' ),
		);
	}

	/**
	 * Changes some settings and tells the front doors.
	 *
	 * @param array<string, mixed> $input Values by name; those left out stay.
	 * @return array|\WP_Error All settings, or every problem.
	 */
	public static function set( array $input ): array|\WP_Error {
		$problems = array();
		$settings = self::all();
		foreach ( array_intersect_key( $input, self::DEFAULTS ) as $key => $value ) {
			$schema = self::schema()[ $key ];
			$valid  = rest_validate_value_from_schema( $value, $schema, $key );
			if ( is_wp_error( $valid ) ) {
				$problems[] = array(
					'path'    => $key,
					'message' => $valid->get_error_message(),
				);
				continue;
			}
			$settings[ $key ] = rest_sanitize_value_from_schema( $value, $schema, $key );
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
		Site::prepare(); // Refuses another user of the machine before anything is written.
		update_option( self::OPTION, $settings, true );
		Account\Accounts::configure_front();
		return $settings;
	}
}
