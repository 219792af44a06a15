<?php
/**
 * Settings by name on the command line.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Cli;

use WP_CLI;
use WP_CLI\Utils;

/** Shows all settings of a room, or one; changes one. What is no text is JSON, and `default` brings the default back. */
final class NamedSettings {

	/**
	 * One call.
	 *
	 * @param array<string, mixed>                          $all     The room's settings.
	 * @param callable(array<string, mixed>): mixed         $change  Changes some; a WP_Error tells why not.
	 * @param string                                        $command As 'consent settings'.
	 * @param list<string>                                  $args    Name, value.
	 * @param array<string, string>                         $options --format.
	 */
	public static function run( array $all, callable $change, string $command, array $args, array $options ): void {
		if ( isset( $args[0] ) && ! array_key_exists( $args[0], $all ) ) {
			WP_CLI::error( "There is no setting '{$args[0]}'. There are: " . implode( ', ', array_keys( $all ) ) . '.' );
		}
		if ( ! isset( $args[1] ) ) {
			$items = array();
			foreach ( isset( $args[0] ) ? array( $args[0] => $all[ $args[0] ] ) : $all as $name => $value ) {
				$items[] = array(
					'name'  => $name,
					'value' => is_string( $value ) ? $value : (string) wp_json_encode( $value, JSON_UNESCAPED_UNICODE ),
				);
			}
			Utils\format_items( $options['format'] ?? 'table', $items, array( 'name', 'value' ) );
			return;
		}
		[ $name, $text ] = $args;
		$value           = match ( true ) {
			'default' === $text        => null,
			is_string( $all[ $name ] ) => $text,
			default                    => json_decode( $text, true ),
		};
		if ( null === $value && 'default' !== $text ) {
			WP_CLI::error( is_bool( $all[ $name ] ) ? "$name is true or false." : "$name is a number or JSON, see: wp help nxtchat $command" );
		}
		Answer::of( static fn() => $change( array( $name => $value ) ) );
		WP_CLI::success( "$name is " . ( 'default' === $text ? 'as before any change' : $text ) . '.' );
	}
}
