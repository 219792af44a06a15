<?php
/**
 * All SQL of the Account room.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Account;

use NxtChat\Schema;

// phpcs:disable WordPress.DB.PreparedSQL.InterpolatedNotPrepared -- The only thing interpolated is our own table's name and column names from COLUMNS.

/** Rows of `accounts`, secrets sealed. */
final class AccountStore {

	/** Columns a caller may write, each with its wpdb format. */
	private const COLUMNS = array(
		'name'                => '%s',
		'state'               => '%d',
		'app_id'              => '%s',
		'waba_id'             => '%s',
		'phone_number_id'     => '%s',
		'display_phone'       => '%s',
		'verified_name'       => '%s',
		'token_sealed'        => '%s',
		'app_secret_sealed'   => '%s',
		'verify_token_sealed' => '%s',
		'verify_token_hash'   => '%s',
		'graph_base'          => '%s',
		'graph_version'       => '%s',
		'home_url'            => '%s',
		'default_country'     => '%s',
		'quality'             => '%s',
		'throughput'          => '%s',
		'messaging_limit'     => '%s',
		'number_status'       => '%s',
		'check_json'          => '%s',
		'checked_ms'          => '%d',
		'last_event_ms'       => '%d',
		'created_ms'          => '%d',
		'updated_ms'          => '%d',
	);

	/** Most accounts a site can have; keeps every list of them whole. */
	public const MAX = 100;

	/**
	 * Every account, oldest first.
	 *
	 * @return list<array<string, string>>
	 */
	public static function all(): array {
		global $wpdb;
		$table = Schema::table( 'accounts' );
		return $wpdb->get_results( $wpdb->prepare( "SELECT * FROM $table ORDER BY id LIMIT %d", self::MAX ), ARRAY_A ) ?? array();
	}

	/**
	 * One account.
	 *
	 * @return array<string, string>|null
	 */
	public static function get( int $id ): ?array {
		global $wpdb;
		$table = Schema::table( 'accounts' );
		return $wpdb->get_row( $wpdb->prepare( "SELECT * FROM $table WHERE id = %d", $id ), ARRAY_A );
	}

	/** The account that has this phone number id, 0 if none. */
	public static function id_by_phone_number_id( string $phone_number_id ): int {
		global $wpdb;
		$table = Schema::table( 'accounts' );
		return (int) $wpdb->get_var( $wpdb->prepare( "SELECT id FROM $table WHERE phone_number_id = %s", $phone_number_id ) );
	}

	/**
	 * Adds a row.
	 *
	 * @param array<string, string|int> $row Columns of COLUMNS.
	 * @return int|null The id; null when the phone number id is taken or the database refused.
	 */
	public static function insert( array $row ): ?int {
		global $wpdb;
		$quiet = $wpdb->suppress_errors( true ); // A duplicate is an answer here, not a fault.
		$done  = $wpdb->insert( Schema::table( 'accounts' ), $row, self::formats( $row ) );
		$id    = (int) $wpdb->insert_id;
		$wpdb->suppress_errors( $quiet );
		return $done ? $id : null;
	}

	/**
	 * Changes columns of one account.
	 *
	 * @param array<string, string|int> $row Columns of COLUMNS.
	 * @return bool False when the phone number id is taken or the database refused.
	 */
	public static function update( int $id, array $row ): bool {
		global $wpdb;
		$quiet = $wpdb->suppress_errors( true );
		$done  = $wpdb->update( Schema::table( 'accounts' ), $row, array( 'id' => $id ), self::formats( $row ), '%d' );
		$wpdb->suppress_errors( $quiet );
		return false !== $done;
	}

	/** Removes one account. */
	public static function delete( int $id ): bool {
		global $wpdb;
		return (bool) $wpdb->delete( Schema::table( 'accounts' ), array( 'id' => $id ), '%d' );
	}

	/** Makes $home the home of every account. */
	public static function set_home( string $home, int $now_ms ): void {
		global $wpdb;
		$table = Schema::table( 'accounts' );
		$wpdb->query( $wpdb->prepare( "UPDATE $table SET home_url = %s, updated_ms = %d", $home, $now_ms ) );
	}

	/**
	 * Writes different values into several accounts with one statement.
	 *
	 * @param array<int, array<string, string|int>> $changes By account id; last_event_ms only grows.
	 */
	public static function apply( array $changes ): void {
		global $wpdb;
		$cases = array();
		foreach ( $changes as $id => $row ) {
			foreach ( array_intersect_key( $row, self::COLUMNS ) as $column => $value ) {
				$cases[ $column ][] = $wpdb->prepare( 'WHEN %d THEN ' . self::COLUMNS[ $column ], $id, $value );
			}
		}
		if ( ! $cases ) {
			return;
		}
		$set = array();
		foreach ( $cases as $column => $whens ) {
			$case  = 'CASE id ' . implode( ' ', $whens ) . " ELSE $column END";
			// Not GREATEST: on the SQLite drop-in that is a PHP function, which cuts integers to 32 bits.
			$set[] = 'last_event_ms' === $column ? "$column = CASE WHEN ($case) > $column THEN ($case) ELSE $column END" : "$column = $case";
		}
		$table = Schema::table( 'accounts' );
		$ids   = implode( ',', array_map( 'intval', array_keys( $changes ) ) );
		$wpdb->query( "UPDATE $table SET " . implode( ', ', $set ) . " WHERE id IN ($ids)" ); // phpcs:ignore WordPress.DB.PreparedSQL.NotPrepared -- Prepared piece by piece above.
	}

	/**
	 * Formats for wpdb, in the order of the row.
	 *
	 * @param array<string, string|int> $row
	 * @return list<string>
	 */
	private static function formats( array $row ): array {
		return array_map( static fn( string $column ): string => self::COLUMNS[ $column ], array_keys( $row ) );
	}
}
