<?php
/**
 * wp nxtchat broadcast create
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Broadcast;

use NxtChat\Cli\Answer;
use NxtChat\Cli\Number;
use WP_CLI;

/** A draft, by options or as JSON: everything that the screen can choose. */
final class BroadcastCreateCommand {

	/** Options that are lists of ids, and where in the definition they stand. */
	private const LISTS = array(
		'groups'           => array( 'audience', 'groups' ),
		'segments'         => array( 'audience', 'segments' ),
		'contacts'         => array( 'audience', 'contacts' ),
		'not-read'         => array( 'audience', 'not_read' ),
		'exclude-groups'   => array( 'exclude', 'groups' ),
		'exclude-segments' => array( 'exclude', 'segments' ),
		'exclude-contacts' => array( 'exclude', 'contacts' ),
		'exclude-got'      => array( 'exclude', 'got' ),
	);

	/**
	 * Makes a draft.
	 *
	 * ## OPTIONS
	 *
	 * [<name>]
	 * : Its name.
	 *
	 * [--definition=<json>]
	 * : What it is, see docs/API.md; a dash reads it from standard input. The other options go before it.
	 *
	 * [--account=<id>]
	 * : The number that sends.
	 *
	 * [--template=<name>]
	 * : The template.
	 *
	 * [--language=<code>]
	 * : Its language, for whoever has none of their own in which it exists.
	 *
	 * [--groups=<ids>]
	 * : Groups, with commas.
	 *
	 * [--segments=<ids>]
	 * : Segments, with commas.
	 *
	 * [--contacts=<ids>]
	 * : Single contacts, with commas.
	 *
	 * [--not-read=<ids>]
	 * : Those who got one of these broadcasts and did not read it.
	 *
	 * [--everybody]
	 * : All contacts.
	 *
	 * [--numbers=<file>]
	 * : A file with numbers, one a line or CSV.
	 *
	 * [--exclude-groups=<ids>]
	 * : Without whoever is in one of these groups.
	 *
	 * [--exclude-segments=<ids>]
	 * : Without whoever is in one of these segments.
	 *
	 * [--exclude-contacts=<ids>]
	 * : Without these contacts.
	 *
	 * [--exclude-got=<ids>]
	 * : Without those who got one of these broadcasts.
	 *
	 * [--at=<time>]
	 * : When, as 2026-12-01T09:00; at once if not given.
	 *
	 * [--zone=<zone>]
	 * : Whose time that is: site, or recipient (each when it is that time where they live).
	 *
	 * [--quiet-hours=<hours>]
	 * : Nobody gets it at these hours of their day, as 21:00-08:00.
	 *
	 * [--cap=<messages/days>]
	 * : Not to whoever got so many marketing messages in so many days, as 2/7.
	 *
	 * [--rate=<number>]
	 * : Messages a second at most.
	 *
	 * [--porcelain]
	 * : Prints only the id.
	 *
	 * ## EXAMPLES
	 *
	 *     $ wp nxtchat broadcast create "Winter" --account=1 --template=winter_sale --language=en_US --groups=3
	 *     Success: Broadcast 7 is a draft.
	 *
	 * @param list<string>          $args    Name.
	 * @param array<string, string> $options Options.
	 */
	public function __invoke( array $args, array $options ): void {
		$input = array(
			'name'       => (string) ( $args[0] ?? '' ),
			'definition' => self::definition( $options ),
		);
		$made  = Answer::of( static fn() => Broadcasts::create( $input ) );
		if ( isset( $options['numbers'] ) ) {
			self::hand_in( $made['id'], $options['numbers'] );
		}
		if ( ! empty( $options['porcelain'] ) ) {
			WP_CLI::line( (string) $made['id'] );
			return;
		}
		foreach ( Answer::of( static fn() => Broadcasts::get( $made['id'] ) )['problems'] as $problem ) {
			WP_CLI::warning( ltrim( "{$problem['path']}: ", ': ' ) . "{$problem['message']} " . ( $problem['remedy'] ?? '' ) );
		}
		WP_CLI::success( "Broadcast {$made['id']} is a draft." );
	}

	/** What the options say. Definition tells what is wrong with it. */
	private static function definition( array $options ): array {
		$text       = (string) ( $options['definition'] ?? '' );
		$text       = '-' === $text ? (string) stream_get_contents( STDIN, 1048576 ) : $text;
		$definition = '' === trim( $text ) ? array() : json_decode( $text, true );
		if ( ! is_array( $definition ) ) {
			WP_CLI::error( '--definition is no JSON object.' );
		}
		$set = static function ( string $part, string $key, mixed $value ) use ( &$definition ): void {
			if ( ! is_array( $definition[ $part ] ?? array() ) ) {
				WP_CLI::error( "--definition: $part is no object." );
			}
			$definition[ $part ][ $key ] = $value;
		};
		foreach ( array_intersect_key( self::LISTS, $options ) as $option => [ $part, $key ] ) {
			$set( $part, $key, array_map( static fn( string $id ): int => Number::read( trim( $id ), "--$option" ), explode( ',', (string) $options[ $option ] ) ) );
		}
		foreach ( array( 'template' => 'name', 'language' => 'language' ) as $option => $key ) { // phpcs:ignore WordPress.Arrays -- One thought.
			if ( isset( $options[ $option ] ) ) {
				$set( 'template', $key, (string) $options[ $option ] );
			}
		}
		if ( ! empty( $options['everybody'] ) ) {
			$set( 'audience', 'everybody', true );
		}
		if ( isset( $options['numbers'] ) ) {
			if ( ! is_readable( $options['numbers'] ) || ! is_file( $options['numbers'] ) ) {
				WP_CLI::error( "The file {$options['numbers']} cannot be read." );
			}
			$set( 'audience', 'numbers', true );
		}
		if ( isset( $options['at'] ) ) {
			$set( 'schedule', 'mode', 'at' );
			$set( 'schedule', 'at', (string) $options['at'] );
		}
		if ( isset( $options['zone'] ) ) {
			$set( 'schedule', 'zone', (string) $options['zone'] );
		}
		if ( isset( $options['quiet-hours'] ) ) {
			[ $from, $to ] = self::two( (string) $options['quiet-hours'], '-', '--quiet-hours is written as 21:00-08:00.' );
			$set( 'quiet', 'from', $from );
			$set( 'quiet', 'to', $to );
		}
		if ( isset( $options['cap'] ) ) {
			[ $messages, $days ] = self::two( (string) $options['cap'], '/', '--cap is written as 2/7: messages and days.' );
			$set( 'cap', 'messages', $messages );
			$set( 'cap', 'days', $days );
		}
		foreach ( array( 'account', 'rate' ) as $option ) {
			if ( isset( $options[ $option ] ) ) {
				$definition[ $option ] = Number::read( (string) $options[ $option ], "--$option" );
			}
		}
		return $definition;
	}

	/** @return array{0: string, 1: string} */
	private static function two( string $text, string $between, string $else ): array {
		$parts = array_map( 'trim', explode( $between, $text ) );
		if ( 2 !== count( $parts ) ) {
			WP_CLI::error( $else );
		}
		return $parts;
	}

	/** A file of numbers, piece by piece. */
	private static function hand_in( int $id, string $path ): void {
		$file   = fopen( $path, 'rb' ); // phpcs:ignore WordPress.WP.AlternativeFunctions
		$append = false;
		$lines  = array();
		do {
			$line = fgets( $file );
			if ( false !== $line ) {
				$lines[] = $line;
			}
			if ( $lines && ( false === $line || count( $lines ) >= 2000 ) ) {
				Answer::of( static fn() => People::numbers( $id, implode( '', $lines ), $append, basename( $path ) ) );
				$append = true;
				$lines  = array();
			}
		} while ( false !== $line );
		fclose( $file ); // phpcs:ignore WordPress.WP.AlternativeFunctions
	}
}
