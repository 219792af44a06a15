<?php
/**
 * wp nxtchat settings …
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat;

use NxtChat\Contact\SyncSettings;
use NxtChat\Native\Exception\Exception as NativeException;
use WP_CLI;
use WP_CLI\Utils;

/**
 * Shows and changes the settings of the Accounts screen.
 *
 * ## EXAMPLES
 *
 *     $ wp nxtchat settings list
 *     $ wp nxtchat settings set durability normal
 */
final class SettingsCommand {

	/**
	 * Lists the settings.
	 *
	 * ## OPTIONS
	 *
	 * [--format=<format>]
	 * : How to print them.
	 * ---
	 * default: table
	 * options:
	 *   - table
	 *   - json
	 *   - csv
	 *   - yaml
	 * ---
	 *
	 * ## EXAMPLES
	 *
	 *     $ wp nxtchat settings list --format=json
	 *
	 * @subcommand list
	 *
	 * @param list<string>          $args
	 * @param array<string, string> $options
	 */
	public function list_( array $args, array $options ): void {
		$items = array();
		foreach ( Settings::all() + SyncSettings::all() as $name => $value ) {
			$items[] = array(
				'name'  => $name,
				'value' => is_bool( $value ) ? ( $value ? 'true' : 'false' ) : $value,
			);
		}
		Utils\format_items( $options['format'] ?? 'table', $items, array( 'name', 'value' ) );
	}

	/**
	 * Changes one.
	 *
	 * ## OPTIONS
	 *
	 * <name>
	 * : durability (full, normal), events_days, spool_mb, delete_data (true, false); sync (true, false: users with a number
	 * become contacts), sync_meta, sync_region, user_deleted (unlink, erase).
	 *
	 * <value>
	 * : The new value.
	 *
	 * ## EXAMPLES
	 *
	 *     $ wp nxtchat settings set events_days 14
	 *     Success: events_days is 14.
	 *
	 * @param list<string> $args
	 */
	public function set( array $args ): void {
		[ $name, $value ] = $args;
		$names = array_keys( Settings::all() + SyncSettings::all() );
		if ( ! in_array( $name, $names, true ) ) {
			WP_CLI::error( "There is no setting '$name'. There are: " . implode( ', ', $names ) . '.' );
		}
		try {
			$input = array( $name => $value );
			$done  = array_key_exists( $name, SyncSettings::all() ) ? SyncSettings::set( $input ) : Settings::set( $input );
		} catch ( NativeException $e ) {
			WP_CLI::error( $e->getMessage() );
		}
		if ( is_wp_error( $done ) ) {
			WP_CLI::error( $done->get_error_data()['problems'][0]['message'] );
		}
		WP_CLI::success( "$name is $value." );
	}
}
