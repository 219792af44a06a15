<?php
/**
 * SQL of WordPress's users and WooCommerce's orders.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Import;

use NxtChat\Store;

/** Reads people from the tables of WordPress and, when it is there, WooCommerce. */
final class PeopleStore extends Store {

	/** Most people counted. */
	private const COUNT_MAX = 100000;

	/**
	 * How many there are to import, at most COUNT_MAX each.
	 *
	 * @return array{users: int, customers: ?int} Users with a number; WooCommerce's customers, null without WooCommerce.
	 */
	public static function count(): array {
		global $wpdb;
		$max       = self::COUNT_MAX;
		$customers = $wpdb->prefix . 'wc_customer_lookup';
		$count     = static fn( string $sql ): int => (int) self::scalar( "SELECT COUNT(*) FROM ($sql LIMIT $max) x" );
		return array(
			'users'     => $count( "SELECT 1 FROM $wpdb->usermeta WHERE meta_key = 'billing_phone' AND meta_value <> ''" ),
			'customers' => self::rows( 'SHOW TABLES LIKE ' . self::literal( $wpdb->esc_like( $customers ) ) ) ? $count( "SELECT 1 FROM $customers" ) : null,
		);
	}

	/** The largest user's id. */
	public static function last_user(): int {
		global $wpdb;
		return (int) self::scalar( "SELECT MAX(ID) FROM $wpdb->users" );
	}

	/** The largest order's id, 0 without WooCommerce. */
	public static function last_order(): int {
		global $wpdb;
		return (int) self::scalar( self::has_orders() ? "SELECT MAX(id) FROM {$wpdb->prefix}wc_orders" : "SELECT MAX(ID) FROM $wpdb->posts WHERE post_type = 'shop_order'" );
	}

	/**
	 * Users of this site with a phone number.
	 *
	 * @param string $meta Where the number is kept.
	 * @return list<array{id: string, phone: string, name: string, email: string, country: string, language: string, user_id: string}>
	 */
	public static function users( string $meta, int $after, int $last, int $limit ): array {
		global $wpdb;
		$site = is_multisite() ? " JOIN $wpdb->usermeta s ON s.user_id = u.ID AND s.meta_key = " . self::literal( $wpdb->get_blog_prefix() . 'capabilities' ) : '';
		$rows = self::rows(
			"SELECT u.ID AS id, u.display_name AS name, u.user_email AS email, m.meta_value AS phone FROM $wpdb->users u JOIN $wpdb->usermeta m ON m.user_id = u.ID AND m.meta_key = " . self::literal( $meta ) . "$site
			WHERE u.ID > $after AND u.ID <= $last AND m.meta_value <> '' ORDER BY u.ID LIMIT $limit"
		);
		$more = array();
		foreach ( $rows ? self::rows( "SELECT user_id, meta_key, meta_value FROM $wpdb->usermeta WHERE user_id IN " . self::in( array_column( $rows, 'id' ) ) . " AND meta_key IN ('first_name', 'last_name', 'locale', 'billing_country')" ) : array() as $row ) {
			$more[ $row['user_id'] ][ $row['meta_key'] ] = (string) $row['meta_value'];
		}
		$out = array();
		foreach ( $rows as $row ) {
			$of   = $more[ $row['id'] ] ?? array();
			$name = trim( ( $of['first_name'] ?? '' ) . ' ' . ( $of['last_name'] ?? '' ) );
			$out[] = array(
				'name'     => '' !== $name ? $name : (string) $row['name'],
				'country'  => $of['billing_country'] ?? '',
				'language' => $of['locale'] ?? '',
				'user_id'  => $row['id'],
			) + $row;
		}
		return $out;
	}

	/**
	 * Orders with a phone number: from WooCommerce's own tables, or where it keeps orders as posts, from those.
	 *
	 * @return list<array{id: string, phone: string, name: string, email: string, country: string, language: string, user_id: string}>
	 */
	public static function orders( int $after, int $limit ): array {
		global $wpdb;
		if ( self::has_orders() ) {
			$rows = self::rows(
				"SELECT o.id AS id, a.phone AS phone, CONCAT(COALESCE(a.first_name, ''), ' ', COALESCE(a.last_name, '')) AS name, COALESCE(a.email, o.billing_email, '') AS email, COALESCE(a.country, '') AS country, o.customer_id AS user_id
				FROM {$wpdb->prefix}wc_orders o JOIN {$wpdb->prefix}wc_order_addresses a ON a.order_id = o.id AND a.address_type = 'billing'
				WHERE o.id > $after AND o.type = 'shop_order' AND a.phone <> '' ORDER BY o.id LIMIT $limit"
			);
			foreach ( $rows as $n => $row ) {
				$rows[ $n ]['language'] = '';
			}
			return $rows;
		}
		$posts = self::rows( "SELECT p.ID AS id, m.meta_value AS phone FROM $wpdb->posts p JOIN $wpdb->postmeta m ON m.post_id = p.ID AND m.meta_key = '_billing_phone' WHERE p.post_type = 'shop_order' AND p.ID > $after AND m.meta_value <> '' ORDER BY p.ID LIMIT $limit" );
		$more  = array();
		foreach ( $posts ? self::rows( "SELECT post_id, meta_key, meta_value FROM $wpdb->postmeta WHERE post_id IN " . self::in( array_column( $posts, 'id' ) ) . " AND meta_key IN ('_billing_first_name', '_billing_last_name', '_billing_email', '_billing_country', '_customer_user')" ) : array() as $row ) {
			$more[ $row['post_id'] ][ $row['meta_key'] ] = (string) $row['meta_value'];
		}
		foreach ( $posts as $n => $row ) {
			$of          = $more[ $row['id'] ] ?? array();
			$posts[ $n ] = $row + array(
				'name'     => trim( ( $of['_billing_first_name'] ?? '' ) . ' ' . ( $of['_billing_last_name'] ?? '' ) ),
				'email'    => $of['_billing_email'] ?? '',
				'country'  => $of['_billing_country'] ?? '',
				'language' => '',
				'user_id'  => $of['_customer_user'] ?? '0',
			);
		}
		return $posts;
	}

	/** Has WooCommerce made its tables of orders, and does it use them? */
	private static function has_orders(): bool {
		global $wpdb;
		$table = $wpdb->prefix . 'wc_orders';
		return 'yes' === get_option( 'woocommerce_custom_orders_table_enabled' ) && (bool) self::rows( 'SHOW TABLES LIKE ' . self::literal( $wpdb->esc_like( $table ) ) );
	}
}
