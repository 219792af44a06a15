<?php
/**
 * SQL of conditions on WooCommerce's customers.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Segment;

use NxtChat\Schema;
use NxtChat\Store;

/**
 * WooCommerce's own lookup tables: wc_customer_lookup (one row for a user, one for each guest's e-mail address) and wc_order_stats.
 * A contact is the customer of its WordPress user and of its e-mail address.
 */
final class WooStore extends Store {

	/** Orders that count when WooCommerce does not say which are paid. */
	private const PAID = array( 'processing', 'completed' );

	/** As AudienceStore::test(). */
	public static function test( array $node ): string {
		if ( 'ordered' === $node[0] ) {
			$when = self::when( $node );
			return '((SELECT 1 ' . self::orders( 'user' ) . " AND o.parent_id = 0 AND $when LIMIT 1) IS NOT NULL OR (SELECT 1 " . self::orders( 'email' ) . " AND o.parent_id = 0 AND $when LIMIT 1) IS NOT NULL)";
		}
		// As WooCommerce counts: a refund is a row of its own, with a parent and less than nothing.
		$sum = 'orders' === $node[1] ? 'SUM(CASE WHEN o.parent_id = 0 THEN 1 ELSE 0 END)' : 'SUM(o.total_sales)';
		$sum = "(COALESCE((SELECT $sum " . self::orders( 'user' ) . "), 0) + COALESCE((SELECT $sum " . self::orders( 'email' ) . '), 0))';
		return AudienceStore::between( $sum, $node[2], $node[3], $node[4] );
	}

	/** As AudienceStore::parts(). */
	public static function parts( array $node ): ?array {
		if ( null === $node[1] ) {
			return null;
		}
		global $wpdb;
		$from = "SELECT c.id AS id FROM {$wpdb->prefix}wc_order_stats o JOIN {$wpdb->prefix}wc_customer_lookup l ON l.customer_id = o.customer_id JOIN " . Schema::table( 'contacts' ) . ' c';
		$when = 'o.parent_id = 0 AND ' . self::paid() . ' AND ' . self::when( $node );
		return array(
			array( "$from ON c.wp_user_id = l.user_id WHERE c.wp_user_id > 0 AND $when", false ),
			array( "$from ON c.email = " . self::alike( 'l.email', Schema::table( 'contacts' ) ) . " WHERE c.email <> '' AND $when", false ),
		);
	}

	/** FROM and WHERE of the orders of contact `c`. An order is not found by both ways. */
	private static function orders( string $by ): string {
		global $wpdb;
		$same = 'user' === $by
			? 'l.user_id = c.wp_user_id AND c.wp_user_id > 0'
			: 'l.email = ' . self::alike( 'c.email', "{$wpdb->prefix}wc_customer_lookup" ) . " AND c.email <> '' AND (c.wp_user_id = 0 OR l.user_id IS NULL OR l.user_id <> c.wp_user_id)";
		return "FROM {$wpdb->prefix}wc_customer_lookup l JOIN {$wpdb->prefix}wc_order_stats o ON o.customer_id = l.customer_id WHERE $same AND " . self::paid();
	}

	/** An address in the collation of another table's column `email`: plugins of other years made their tables with other ones, and MySQL refuses to compare the two. */
	private static function alike( string $expression, string $table ): string {
		global $wpdb;
		static $collations = array();
		if ( ! $wpdb->dbh instanceof \mysqli ) {
			return $expression;
		}
		$collations[ $table ] ??= preg_replace( '/\W/', '', (string) self::scalar( "SELECT COLLATION_NAME FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = '$table' AND COLUMN_NAME = 'email'" ) );
		$collation            = $collations[ $table ];
		return '' === $collation ? $expression : 'CONVERT(' . $expression . ' USING ' . strtok( $collation, '_' ) . ") COLLATE $collation";
	}

	private static function paid(): string {
		$paid = function_exists( 'wc_get_is_paid_statuses' ) ? wc_get_is_paid_statuses() : self::PAID;
		return 'o.status IN ' . self::in( array_map( static fn( $status ) => "wc-$status", $paid ) );
	}

	private static function when( array $node ): string {
		$and = array();
		foreach ( array( 1 => '>=', 2 => '<' ) as $n => $sign ) {
			if ( null !== $node[ $n ] ) {
				$and[] = "o.date_created_gmt $sign '" . gmdate( 'Y-m-d H:i:s', intdiv( $node[ $n ], 1000 ) ) . "'";
			}
		}
		return $and ? implode( ' AND ', $and ) : '1 = 1';
	}
}
