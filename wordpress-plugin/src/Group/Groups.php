<?php
/**
 * Groups of contacts.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Group;

use NxtChat\Problems;
use NxtChat\Site;
use NxtChat\StoreError;

/** Lists of people put together by hand or by an import. Deleting a group deletes no person. */
final class Groups {

	/** Bounds: screens and imports read all groups. */
	public const MAX                    = 2000;
	public const NAME_CHARACTERS        = 190;
	public const DESCRIPTION_CHARACTERS = 1000;

	/** People that are counted exactly in a list of groups and in one group; beyond it is an estimate. */
	private const COUNT_LIST = 2000;
	private const COUNT_ONE  = 100000;

	/** Contacts of one statement. */
	private const STEP = 1000;

	/** Seconds that removing memberships of a deleted group may take at once; the rest follows each hour. */
	private const PURGE_S = 5.0;

	/** @return list<array{id: int, name: string, description: string, members: array{value: int, exact: bool}, created_ms: int, updated_ms: int}> By name. */
	public static function all(): array {
		return self::json( GroupStore::all(), self::COUNT_LIST );
	}

	public static function get( int $id ): array|\WP_Error {
		return self::json( GroupStore::all( array( $id ) ), self::COUNT_ONE )[0] ?? self::missing();
	}

	/** @param list<int>|null $ids null = all. @return array<int, string> Names by id, in their order. */
	public static function names( ?array $ids = null ): array {
		return GroupStore::names( $ids );
	}

	/**
	 * Groups of contacts.
	 *
	 * @param list<int> $contacts
	 * @return array<int, list<array{id: int, name: string}>> By contact.
	 */
	public static function of( array $contacts ): array {
		$out = array();
		foreach ( GroupStore::of( $contacts ) as $row ) {
			$out[ (int) $row['contact_id'] ][] = array(
				'id'   => (int) $row['id'],
				'name' => (string) $row['name'],
			);
		}
		return $out;
	}

	/** @param array<string, mixed> $input name, description. */
	public static function create( array $input ): array|\WP_Error {
		$clean = self::check( $input + array( 'description' => '' ), null );
		if ( is_wp_error( $clean ) ) {
			return $clean;
		}
		$before = self::by_name();
		if ( count( $before ) >= self::MAX ) {
			return self::too_many();
		}
		GroupStore::add( array( $clean['name'] ), $clean['description'], Site::now_ms() );
		$id = self::by_name()[ mb_strtolower( $clean['name'] ) ] ?? 0;
		// Not there: the database takes it for the same as one that differs in accents only. There before: another process was quicker.
		return 0 === $id || in_array( $id, $before, true ) ? self::taken() : self::get( $id );
	}

	/** @param array<string, mixed> $input name, description; what is left out stays. */
	public static function update( int $id, array $input ): array|\WP_Error {
		$row = GroupStore::all( array( $id ) )[0] ?? null;
		if ( null === $row ) {
			return self::missing();
		}
		$clean = self::check( array_filter( $input, static fn( $value ) => null !== $value ) + $row, $id );
		if ( is_wp_error( $clean ) ) {
			return $clean;
		}
		try {
			GroupStore::update( $id, $clean['name'], $clean['description'], Site::now_ms() );
		} catch ( StoreError $e ) {
			if ( $e->is_duplicate ) {
				return self::taken();
			}
			throw $e;
		}
		return self::get( $id );
	}

	/** @return array{deleted: true, id: int, name: string, members: array{value: int, exact: bool}}|\WP_Error */
	public static function delete( int $id ): array|\WP_Error {
		$group = self::get( $id );
		if ( is_wp_error( $group ) ) {
			return $group;
		}
		GroupStore::remove( $id );
		GroupStore::purge( microtime( true ) + self::PURGE_S );
		return array(
			'deleted' => true,
			'id'      => $id,
			'name'    => $group['name'],
			'members' => $group['members'],
		);
	}

	/** Memberships of deleted groups, a bounded while (hourly). */
	public static function purge(): void {
		GroupStore::purge( microtime( true ) + self::PURGE_S );
	}

	/**
	 * Puts contacts into a group; those that are gone are left out. Runs in the caller's transaction, where there is one.
	 *
	 * @param list<int> $contacts
	 * @param int       $import The import that does it, 0 else.
	 * @return int How many were not in it before.
	 */
	public static function add( int $group, array $contacts, int $import = 0 ): int {
		$added = 0;
		foreach ( array_chunk( self::ids( $contacts ), self::STEP ) as $some ) {
			$before = GroupStore::members( $group, $some );
			$new    = array_values( array_diff( $some, $before ) );
			if ( $new ) {
				GroupStore::join( $group, $new, $import, Site::now_ms() );
				$added += count( GroupStore::members( $group, $new ) );
			}
		}
		return $added;
	}

	/** @param list<int> $contacts @return int How many were in it. */
	public static function remove( int $group, array $contacts ): int {
		$removed = 0;
		foreach ( array_chunk( self::ids( $contacts ), self::STEP ) as $some ) {
			$in = GroupStore::members( $group, $some );
			if ( $in ) {
				GroupStore::leave( $group, $in );
				$removed += count( $in );
			}
		}
		return $removed;
	}

	/**
	 * Both at once, all or nothing.
	 *
	 * @param list<int> $add
	 * @param list<int> $remove
	 * @return array The group, with `added` and `removed`: whom it changed for.
	 */
	public static function change_members( int $group, array $add, array $remove ): array|\WP_Error {
		if ( array_intersect( $add, $remove ) ) {
			return Problems::refuse( 'nxtchat_invalid', 400, __( 'A contact cannot be added and removed at once.', 'nxt-cloud-chat' ) );
		}
		if ( ! isset( self::names( array( $group ) )[ $group ] ) ) {
			return self::missing();
		}
		$change = GroupStore::transaction_again(
			static fn(): array => array(
				'added'   => self::add( $group, $add ),
				'removed' => self::remove( $group, $remove ),
			)
		);
		$now    = self::get( $group );
		return is_wp_error( $now ) ? $now : $now + $change;
	}

	/**
	 * The groups of these names, made where there are none. Inside the caller's transaction, where there is one.
	 *
	 * @param list<string> $names Too long ones are cut, empty ones left out.
	 * @return array<string, int> Id by name in lower case (mb_strtolower, without blanks around it). A name beyond MAX groups is not there.
	 */
	public static function ensure( array $names ): array {
		$wanted = array();
		foreach ( $names as $name ) {
			$name = Problems::text( mb_substr( trim( (string) $name ), 0, self::NAME_CHARACTERS ), self::NAME_CHARACTERS );
			if ( null !== $name && '' !== $name ) {
				$wanted[ mb_strtolower( $name ) ] ??= $name;
			}
		}
		$there = self::by_name();
		$new   = array_slice( array_diff_key( $wanted, $there ), 0, max( 0, self::MAX - count( $there ) ) );
		if ( $new ) {
			GroupStore::add( array_values( $new ), '', Site::now_ms() );
			$there = self::by_name();
		}
		$plain = null;
		$out   = array();
		foreach ( $wanted as $lower => $unused ) {
			$id = $there[ $lower ] ?? null;
			if ( null === $id ) { // MySQL takes "Käse" and "Kase" for one name.
				$plain ??= array_combine( array_map( 'remove_accents', array_map( 'strval', array_keys( $there ) ) ), $there );
				$id      = $plain[ remove_accents( (string) $lower ) ] ?? null;
			}
			if ( null !== $id ) {
				$out[ $lower ] = $id;
			}
		}
		return $out;
	}

	/** @return array<string, int> Id by name in lower case. */
	private static function by_name(): array {
		$out = array();
		foreach ( GroupStore::names() as $id => $name ) {
			$out[ mb_strtolower( $name ) ] = $id;
		}
		return $out;
	}

	/** @return array{name: string, description: string}|\WP_Error */
	private static function check( array $input, ?int $id ): array|\WP_Error {
		$problems = array();
		$name     = Problems::text( $input['name'] ?? '', self::NAME_CHARACTERS );
		if ( null === $name || '' === $name ) {
			/* translators: %d: a number */
			$problems[] = Problems::one( 'name', sprintf( __( 'A group needs a name of at most %d characters.', 'nxt-cloud-chat' ), self::NAME_CHARACTERS ) );
		}
		$description = Problems::text( $input['description'] ?? '', self::DESCRIPTION_CHARACTERS, true );
		if ( null === $description ) {
			/* translators: %d: a number */
			$problems[] = Problems::one( 'description', sprintf( __( 'The description may have %d characters at most.', 'nxt-cloud-chat' ), self::DESCRIPTION_CHARACTERS ) );
		}
		if ( $problems ) {
			return Problems::error( $problems );
		}
		$other = self::by_name()[ mb_strtolower( $name ) ] ?? $id;
		return $other !== $id ? self::taken( (int) $other ) : array(
			'name'        => $name,
			'description' => $description,
		);
	}

	/** @param list<array<string, string|null>> $rows */
	private static function json( array $rows, int $bound ): array {
		$counts = GroupStore::count( array_map( static fn( array $row ): int => (int) $row['id'], $rows ), $bound );
		$many   = array_keys( array_filter( $counts, static fn( int $n ): bool => $n > $bound ) );
		$guess  = GroupStore::estimate( $many );
		$out    = array();
		foreach ( $rows as $row ) {
			$id    = (int) $row['id'];
			$out[] = array(
				'id'          => $id,
				'name'        => (string) $row['name'],
				'description' => (string) $row['description'],
				'members'     => isset( $guess[ $id ] ) ? array(
					'value' => max( $counts[ $id ], $guess[ $id ]['value'] ),
					'exact' => $guess[ $id ]['exact'],
				) : array(
					'value' => $counts[ $id ] ?? 0,
					'exact' => true,
				),
				'created_ms'  => (int) $row['created_ms'],
				'updated_ms'  => (int) $row['updated_ms'],
			);
		}
		return $out;
	}

	/** @return list<int> In the order in which every process takes its locks. */
	private static function ids( array $ids ): array {
		$ids = array_unique( array_filter( array_map( 'intval', $ids ), static fn( int $id ): bool => $id > 0 ) );
		sort( $ids );
		return $ids;
	}

	public static function missing(): \WP_Error {
		return Problems::refuse( 'nxtchat_no_group', 404, __( 'There is no such group.', 'nxt-cloud-chat' ), __( 'Load the list again: somebody may have deleted it.', 'nxt-cloud-chat' ) );
	}

	private static function taken( int $id = 0 ): \WP_Error {
		return Problems::error(
			array( Problems::one( 'name', __( 'There is a group of this name already.', 'nxt-cloud-chat' ), __( 'Choose another name, or use that group.', 'nxt-cloud-chat' ), $id > 0 ? array( 'group_id' => $id ) : array() ) ),
			'nxtchat_group_exists',
			409
		);
	}

	private static function too_many(): \WP_Error {
		/* translators: %d: a number */
		return Problems::refuse( 'nxtchat_too_many', 409, sprintf( __( 'There are %d groups already, which is the most.', 'nxt-cloud-chat' ), self::MAX ), __( 'Delete one that nobody needs, or use a custom field.', 'nxt-cloud-chat' ) );
	}
}
