<?php
/**
 * wp nxtchat group …
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Group;

use NxtChat\Cli\Answer;
use NxtChat\Contact\Contacts;
use WP_CLI;
use WP_CLI\Utils;

/** Groups of contacts. */
final class GroupCommand {

	private const COLUMNS = array( 'id', 'name', 'members', 'description' );

	/**
	 * Lists groups by name. A count with ~ is an estimate.
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
	 *     $ wp nxtchat group list
	 *
	 * @param list<string>          $args    None.
	 * @param array<string, string> $options Options.
	 */
	public function list( array $args, array $options ): void {
		$items  = array_map( static fn( array $group ): array => array( 'members' => self::members( $group ) ) + $group, Answer::of( array( Groups::class, 'all' ) ) );
		$format = $options['format'] ?? 'table';
		Utils\format_items( $format, 'ids' === $format ? array_column( $items, 'id' ) : $items, isset( $options['fields'] ) ? explode( ',', $options['fields'] ) : self::COLUMNS );
	}

	/**
	 * Shows one group.
	 *
	 * ## OPTIONS
	 *
	 * <group>
	 * : Its id or name.
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
	 *     $ wp nxtchat group get VIP
	 *
	 * @param list<string>          $args    Group.
	 * @param array<string, string> $options Options.
	 */
	public function get( array $args, array $options ): void {
		WP_CLI::print_value( self::find( $args[0] ), array( 'format' => $options['format'] ?? 'json' ) );
	}

	/**
	 * Makes a group.
	 *
	 * ## OPTIONS
	 *
	 * <name>
	 * : Its name.
	 *
	 * [--description=<text>]
	 * : What it is for.
	 *
	 * [--porcelain]
	 * : Print the id only.
	 *
	 * ## EXAMPLES
	 *
	 *     $ wp nxtchat group create VIP --description="Who buys most"
	 *     Success: Group 3 was made.
	 *
	 * @param list<string>          $args    Name.
	 * @param array<string, string> $options Options.
	 */
	public function create( array $args, array $options ): void {
		$group = Answer::of(
			static fn() => Groups::create(
				array(
					'name'        => $args[0],
					'description' => (string) ( $options['description'] ?? '' ),
				)
			)
		);
		if ( ! empty( $options['porcelain'] ) ) {
			WP_CLI::line( (string) $group['id'] );
			return;
		}
		WP_CLI::success( "Group {$group['id']} was made." );
	}

	/**
	 * Changes a group. What is not given stays.
	 *
	 * ## OPTIONS
	 *
	 * <group>
	 * : Its id or name.
	 *
	 * [--name=<name>]
	 * : New name.
	 *
	 * [--description=<text>]
	 * : What it is for.
	 *
	 * ## EXAMPLES
	 *
	 *     $ wp nxtchat group update VIP --name="Best customers"
	 *
	 * @param list<string>          $args    Group.
	 * @param array<string, string> $options Options.
	 */
	public function update( array $args, array $options ): void {
		$input = array_intersect_key( $options, array_flip( array( 'name', 'description' ) ) );
		if ( ! $input ) {
			WP_CLI::error( 'Nothing to change: say what, as --name=.' );
		}
		$id = self::find( $args[0] )['id'];
		Answer::of( static fn() => Groups::update( $id, $input ) );
		WP_CLI::success( "Group $id was changed." );
	}

	/**
	 * Deletes a group. Its people stay.
	 *
	 * ## OPTIONS
	 *
	 * <group>
	 * : Its id or name.
	 *
	 * [--yes]
	 * : Don't ask.
	 *
	 * ## EXAMPLES
	 *
	 *     $ wp nxtchat group delete VIP --yes
	 *     Success: Group 3 was deleted; its 120 people stay.
	 *
	 * @param list<string>          $args    Group.
	 * @param array<string, string> $options Options.
	 */
	public function delete( array $args, array $options ): void {
		$group = self::find( $args[0] );
		WP_CLI::confirm( sprintf( 'Delete the group "%s" of %s people? The people stay.', $group['name'], self::members( $group ) ), $options );
		Answer::of( static fn() => Groups::delete( $group['id'] ) );
		WP_CLI::success( "Group {$group['id']} was deleted; its " . self::members( $group ) . ' people stay.' );
	}

	/**
	 * Puts contacts into a group.
	 *
	 * ## OPTIONS
	 *
	 * <group>
	 * : Its id or name.
	 *
	 * <contact>...
	 * : Ids, numbers with country code, WhatsApp user ids, or @usernames.
	 *
	 * ## EXAMPLES
	 *
	 *     $ wp nxtchat group add VIP 12 +4915123456789
	 *     $ wp nxtchat group add VIP $(wp nxtchat contact list --country=AT --limit=1000 --format=ids)
	 *
	 * @param list<string>          $args    Group, contacts.
	 * @param array<string, string> $options None.
	 */
	public function add( array $args, array $options ): void {
		$id   = self::find( $args[0] )['id'];
		$done = Answer::of( static fn() => Groups::change_members( $id, self::contacts( array_slice( $args, 1 ) ), array() ) );
		WP_CLI::success( "{$done['added']} added to group $id." );
	}

	/**
	 * Takes contacts out of a group.
	 *
	 * ## OPTIONS
	 *
	 * <group>
	 * : Its id or name.
	 *
	 * <contact>...
	 * : Ids, numbers with country code, WhatsApp user ids, or @usernames.
	 *
	 * ## EXAMPLES
	 *
	 *     $ wp nxtchat group remove VIP 12
	 *
	 * @param list<string>          $args    Group, contacts.
	 * @param array<string, string> $options None.
	 */
	public function remove( array $args, array $options ): void {
		$id   = self::find( $args[0] )['id'];
		$done = Answer::of( static fn() => Groups::change_members( $id, array(), self::contacts( array_slice( $args, 1 ) ) ) );
		WP_CLI::success( "{$done['removed']} removed from group $id." );
	}

	private static function find( string $text ): array {
		$names = Groups::names();
		$id    = ctype_digit( $text ) && isset( $names[ (int) $text ] ) ? (int) $text : array_search( mb_strtolower( trim( $text ) ), array_map( 'mb_strtolower', $names ), true );
		if ( false === $id ) {
			WP_CLI::error( "There is no group \"$text\". Give its id or name: wp nxtchat group list" );
		}
		return Answer::of( static fn() => Groups::get( (int) $id ) );
	}

	/** @param list<string> $texts @return list<int> */
	private static function contacts( array $texts ): array {
		$ids = array();
		foreach ( $texts as $text ) {
			$id = ctype_digit( $text ) && strlen( $text ) < 19 ? (int) $text : Contacts::find( $text ); // Ids that are none are passed over later, all at once.
			if ( null === $id ) {
				WP_CLI::error( "There is no contact \"$text\"." );
			}
			$ids[] = $id;
		}
		return $ids;
	}

	private static function members( array $group ): string {
		return ( $group['members']['exact'] ? '' : '~' ) . $group['members']['value'];
	}
}
