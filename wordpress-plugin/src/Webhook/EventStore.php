<?php
/**
 * SQL of events.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Webhook;

use NxtChat\Schema;
use NxtChat\Store;

/** Table events: what Meta told us, one row for each webhook request. */
final class EventStore extends Store {

	private const COLUMNS = array( 'uid', 'account_id', 'kind', 'kinds_json', 'count', 'received_ms', 'drained_ms', 'state', 'note', 'body' );

	/**
	 * Writes events; one that is there already stays as it is, except for what `state` and `note` say now.
	 *
	 * @param list<array> $rows In the order of COLUMNS.
	 */
	public static function add( array $rows ): void {
		self::insert( Schema::table( 'events' ), self::COLUMNS, $rows, 'INSERT', 'ON DUPLICATE KEY UPDATE state = VALUES(state), note = VALUES(note)' );
	}

	/** Is the table there and writable at this moment? Throws when not. */
	public static function get( int $id ): ?array {
		global $wpdb;
		$table = Schema::table( 'events' );
		// phpcs:ignore WordPress.DB.PreparedSQL.InterpolatedNotPrepared -- $table is ours.
		return self::rows( $wpdb->prepare( "SELECT * FROM $table WHERE id = %d", $id ) )[0] ?? null;
	}

	/**
	 * The newest first, without bodies.
	 *
	 * @param array{kind?: string, state?: int, account?: int} $filter
	 * @param int $before_id 0 = from the newest.
	 */
	public static function page( array $filter, int $before_id, int $limit ): array {
		global $wpdb;
		$where = array( '1 = 1' );
		foreach ( array(
			'kind'    => 'kind = %s',
			'state'   => 'state = %d',
			'account' => 'account_id = %d',
		) as $key => $sql ) {
			if ( ! empty( $filter[ $key ] ) ) {
				$where[] = $wpdb->prepare( $sql, $filter[ $key ] ); // phpcs:ignore WordPress.DB.PreparedSQL -- From the list above.
			}
		}
		if ( $before_id > 0 ) {
			$where[] = "id < $before_id";
		}
		return self::rows( 'SELECT id, uid, account_id, kind, kinds_json, count, received_ms, drained_ms, state, note FROM ' . Schema::table( 'events' ) . ' WHERE ' . implode( ' AND ', $where ) . " ORDER BY id DESC LIMIT $limit" );
	}

	/**
	 * Whole events of a state in the order of id, for a replay.
	 */
	public static function with_state( int $state, int $after_id, int $limit ): array {
		return self::rows( 'SELECT * FROM ' . Schema::table( 'events' ) . " WHERE state = $state AND id > $after_id ORDER BY id LIMIT $limit" );
	}

	/**
	 * Removes events received before $ms among the $limit with the lowest ids, which are in the order of arrival but for those of a slower machine.
	 *
	 * @return bool Whether there may be more.
	 */
	public static function purge( int $ms, int $limit ): bool {
		$table = Schema::table( 'events' );
		$old   = array_filter( self::rows( "SELECT id, received_ms FROM $table ORDER BY id LIMIT $limit" ), static fn( $row ) => (int) $row['received_ms'] < $ms );
		if ( $old ) {
			self::write( "DELETE FROM $table WHERE id IN " . self::in( array_map( 'intval', array_column( $old, 'id' ) ) ) );
		}
		return count( $old ) === $limit;
	}
}
