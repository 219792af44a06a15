<?php
/**
 * wp nxtchat segment …
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Segment;

use NxtChat\Cli\Number;
use WP_CLI;
use WP_CLI\Utils;

/** Saved conditions on contacts. */
final class SegmentCommand {

	/**
	 * Lists segments by name, with the count of when they were counted last.
	 *
	 * ## OPTIONS
	 *
	 * [--fields=<fields>]
	 * : Columns to show.
	 *
	 * [--format=<format>]
	 * : How to show them.
	 * ---
	 * default: table
	 * options:
	 *   - table
	 *   - json
	 *   - csv
	 *   - yaml
	 *   - ids
	 *   - count
	 * ---
	 *
	 * ## EXAMPLES
	 *
	 *     $ wp nxtchat segment list
	 *
	 * @param list<string>          $args    None.
	 * @param array<string, string> $options Options.
	 */
	public function list( array $args, array $options ): void {
		$items = array();
		foreach ( Segments::all() as $segment ) {
			$items[] = array(
				'id'          => $segment['id'],
				'name'        => $segment['name'],
				'members'     => self::number( $segment['members'] ),
				'counted'     => $segment['counted_ms'] > 0 ? gmdate( 'Y-m-d\TH:i:s\Z', intdiv( $segment['counted_ms'], 1000 ) ) : '',
				'description' => $segment['description'],
			);
		}
		$format = $options['format'] ?? 'table';
		Utils\format_items( $format, 'ids' === $format ? array_column( $items, 'id' ) : $items, isset( $options['fields'] ) ? explode( ',', $options['fields'] ) : array( 'id', 'name', 'members', 'counted' ) );
	}

	/**
	 * Shows one segment with its conditions, counted anew.
	 *
	 * ## OPTIONS
	 *
	 * <id>
	 * : Its id.
	 *
	 * [--format=<format>]
	 * : How to show it.
	 * ---
	 * default: json
	 * options:
	 *   - json
	 *   - yaml
	 * ---
	 *
	 * ## EXAMPLES
	 *
	 *     $ wp nxtchat segment get 3
	 *
	 * @param list<string>          $args    Id.
	 * @param array<string, string> $options Options.
	 */
	public function get( array $args, array $options ): void {
		WP_CLI::print_value( self::ok( Segments::get( Number::read( $args[0], 'id' ) ) ), array( 'format' => $options['format'] ?? 'json' ) );
	}

	/**
	 * Saves a segment.
	 *
	 * ## OPTIONS
	 *
	 * <name>
	 * : Its name.
	 *
	 * --conditions=<json>
	 * : The conditions; a dash reads them from standard input.
	 *
	 * [--description=<text>]
	 * : What it is for.
	 *
	 * [--porcelain]
	 * : Prints only the id.
	 *
	 * ## EXAMPLES
	 *
	 *     $ wp nxtchat segment create "Germany, subscribed" --conditions='{"match":"all","conditions":[{"field":"country","operator":"is","value":["DE"]},{"field":"consent.marketing","operator":"is","value":["granted"]}]}'
	 *
	 * @param list<string>          $args    Name.
	 * @param array<string, string> $options Options.
	 */
	public function create( array $args, array $options ): void {
		$segment = self::ok(
			Segments::create(
				array(
					'name'        => $args[0],
					'description' => (string) ( $options['description'] ?? '' ),
					'conditions'  => self::json( $options['conditions'] ?? '' ),
				)
			)
		);
		if ( ! empty( $options['porcelain'] ) ) {
			WP_CLI::line( (string) $segment['id'] );
			return;
		}
		WP_CLI::success( "Segment {$segment['id']}: " . self::number( $segment['members'] ) . ' contacts.' );
	}

	/**
	 * Changes a segment. What is not given stays.
	 *
	 * ## OPTIONS
	 *
	 * <id>
	 * : Its id.
	 *
	 * [--name=<name>]
	 * : A new name.
	 *
	 * [--description=<text>]
	 * : A new description.
	 *
	 * [--conditions=<json>]
	 * : New conditions; a dash reads them from standard input.
	 *
	 * ## EXAMPLES
	 *
	 *     $ wp nxtchat segment update 3 --name="Regulars"
	 *
	 * @param list<string>          $args    Id.
	 * @param array<string, string> $options Options.
	 */
	public function update( array $args, array $options ): void {
		$input = array_intersect_key( $options, array_flip( array( 'name', 'description', 'conditions' ) ) );
		if ( isset( $input['conditions'] ) ) {
			$input['conditions'] = self::json( $input['conditions'] );
		}
		$segment = self::ok( Segments::update( Number::read( $args[0], 'id' ), $input ) );
		WP_CLI::success( "Segment {$segment['id']}: " . self::number( $segment['members'] ) . ' contacts.' );
	}

	/**
	 * Deletes a segment. The contacts stay.
	 *
	 * ## OPTIONS
	 *
	 * <id>
	 * : Its id.
	 *
	 * ## EXAMPLES
	 *
	 *     $ wp nxtchat segment delete 3
	 *
	 * @param list<string> $args Id.
	 */
	public function delete( array $args ): void {
		self::ok( Segments::delete( Number::read( $args[0], 'id' ) ) );
		WP_CLI::success( "Segment {$args[0]} is deleted." );
	}

	/**
	 * Prints how many contacts meet a segment or conditions; an estimate begins with ~.
	 *
	 * ## OPTIONS
	 *
	 * [<id>]
	 * : A segment.
	 *
	 * [--conditions=<json>]
	 * : Or conditions; a dash reads them from standard input.
	 *
	 * ## EXAMPLES
	 *
	 *     $ wp nxtchat segment count 3
	 *     1204
	 *
	 * @param list<string>          $args    Id.
	 * @param array<string, string> $options Options.
	 */
	public function count( array $args, array $options ): void {
		WP_CLI::line( self::number( self::ok( Segments::preview( self::conditions( $args, $options ) ) )['count'] ) );
	}

	/**
	 * Shows how many contacts meet a segment or conditions, and the ten newest of them.
	 *
	 * ## OPTIONS
	 *
	 * [<id>]
	 * : A segment.
	 *
	 * [--conditions=<json>]
	 * : Or conditions; a dash reads them from standard input.
	 *
	 * [--format=<format>]
	 * : How to show the ten.
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
	 *     $ wp nxtchat segment preview --conditions='{"conditions":[{"field":"last_in","operator":"within_days","value":30}]}'
	 *
	 * @param list<string>          $args    Id.
	 * @param array<string, string> $options Options.
	 */
	public function preview( array $args, array $options ): void {
		$preview = self::ok( Segments::preview( self::conditions( $args, $options ) ) );
		$format  = $options['format'] ?? 'table';
		if ( 'table' === $format ) {
			WP_CLI::line( self::number( $preview['count'] ) . ' contacts' );
		}
		Utils\format_items( $format, $preview['examples'], array( 'id', 'name', 'phone', 'username' ) );
	}

	/**
	 * Lists what conditions can ask: fields, operators, and the kind of value.
	 *
	 * ## OPTIONS
	 *
	 * [--format=<format>]
	 * : How to show it.
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
	 *     $ wp nxtchat segment schema
	 *
	 * @param list<string>          $args    None.
	 * @param array<string, string> $options Options.
	 */
	public function schema( array $args, array $options ): void {
		$rows = array();
		foreach ( Catalogue::schema()['fields'] as $field ) {
			foreach ( $field['operators'] as $operator ) {
				$rows[] = array(
					'field'    => $field['field'],
					'operator' => $operator['operator'],
					'value'    => $operator['input'],
					'choices'  => mb_strimwidth( implode( ',', array_column( $field['choices'] ?? array(), 'value' ) ), 0, 60, '…' ),
				);
			}
		}
		Utils\format_items( $options['format'] ?? 'table', $rows, array( 'field', 'operator', 'value', 'choices' ) );
	}

	/** The conditions of a segment or of the option. */
	private static function conditions( array $args, array $options ): mixed {
		if ( isset( $args[0] ) === isset( $options['conditions'] ) ) {
			WP_CLI::error( 'Give the id of a segment or --conditions.' );
		}
		return isset( $args[0] ) ? self::ok( Segments::conditions( Number::read( $args[0], 'id' ) ) )->json() : self::json( $options['conditions'] );
	}

	private static function json( string $text ): string {
		$text = '-' === $text ? (string) stream_get_contents( STDIN, SegmentRest::JSON_MAX ) : $text;
		if ( '' === trim( $text ) ) {
			WP_CLI::error( 'The conditions are empty.' );
		}
		return $text;
	}

	/** @param array{value: int, exact: bool} $count */
	private static function number( array $count ): string {
		return ( $count['exact'] ? '' : '~' ) . $count['value'];
	}

	/**
	 * The result, or the end with every problem on a line of its own.
	 *
	 * @template T
	 * @param T|\WP_Error $result
	 * @return T
	 */
	private static function ok( mixed $result ): mixed {
		if ( is_wp_error( $result ) ) {
			$lines = array();
			foreach ( $result->get_error_data()['problems'] ?? array() as $problem ) {
				$lines[] = ltrim( $problem['path'] . ': ', ': ' ) . "{$problem['message']} {$problem['remedy']}";
			}
			WP_CLI::error( $lines ? implode( "\n", $lines ) : $result->get_error_message() );
		}
		return $result;
	}
}
