<?php
/**
 * The change counter's row, shared by all web nodes.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Live;

use NxtChat\Schema;

/** SQL of the Live room: one row in `leases`. */
final class LiveStore {

	private const NAME = 'live';

	/** Moves the row past both its own value and $at_least, and returns where it stands. */
	public static function advance( int $at_least ): int {
		global $wpdb;
		$table = Schema::table( 'leases' );
		// phpcs:ignore WordPress.DB.PreparedSQL.InterpolatedNotPrepared -- $table is ours.
		$wpdb->query( $wpdb->prepare( "INSERT INTO $table (name, value) VALUES (%s, %d) ON DUPLICATE KEY UPDATE value = CASE WHEN VALUES(value) > value THEN VALUES(value) ELSE value + 1 END", self::NAME, $at_least ) );
		return self::value();
	}

	/** The row's value, 0 when nothing moved yet. */
	public static function value(): int {
		global $wpdb;
		$table = Schema::table( 'leases' );
		// phpcs:ignore WordPress.DB.PreparedSQL.InterpolatedNotPrepared -- $table is ours.
		return (int) $wpdb->get_var( $wpdb->prepare( "SELECT value FROM $table WHERE name = %s", self::NAME ) );
	}
}
