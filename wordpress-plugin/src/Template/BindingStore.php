<?php
/**
 * SQL of what templates say about people.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Template;

use NxtChat\Contact\Contacts;
use NxtChat\Schema;
use NxtChat\Store;

/** Reads contacts, users and orders, one statement for all of them. */
final class BindingStore extends Store {

	/**
	 * Columns of contacts.
	 *
	 * @param list<int> $ids
	 * @return array<int, array<string, string>> By id.
	 */
	public static function contacts( array $ids ): array {
		return array_column( self::rows( 'SELECT id, name, profile_name, email, country, language, wp_user_id FROM ' . Schema::table( 'contacts' ) . ' WHERE id IN ' . self::in( $ids ) ), null, 'id' );
	}

	/** Numbers and user names, the last seen first. @param list<int> $ids @return list<array{contact_id: string, kind: string, value: string}> */
	public static function identities( array $ids ): array {
		return self::rows( 'SELECT contact_id, kind, value FROM ' . Schema::table( 'contact_identities' ) . ' WHERE contact_id IN ' . self::in( $ids ) . ' AND kind IN ' . self::in( array( Contacts::PHONE, Contacts::USERNAME ) ) . ' ORDER BY contact_id, seen_ms DESC, id DESC' );
	}

	/**
	 * WordPress users: two statements.
	 *
	 * @param list<int> $ids
	 * @return array<int, array{display_name: string, email: string, first_name: string, last_name: string}> By id.
	 */
	public static function users( array $ids ): array {
		if ( ! $ids ) {
			return array();
		}
		global $wpdb;
		$out = array();
		foreach ( self::rows( "SELECT ID, display_name, user_email FROM {$wpdb->users} WHERE ID IN " . self::in( $ids ) ) as $row ) {
			$out[ (int) $row['ID'] ] = array(
				'display_name' => (string) $row['display_name'],
				'email'        => (string) $row['user_email'],
			);
		}
		foreach ( self::rows( "SELECT user_id, meta_key, meta_value FROM {$wpdb->usermeta} WHERE user_id IN " . self::in( $ids ) . " AND meta_key IN ('first_name', 'last_name')" ) as $row ) {
			if ( isset( $out[ (int) $row['user_id'] ] ) ) {
				$out[ (int) $row['user_id'] ][ $row['meta_key'] ] = (string) $row['meta_value'];
			}
		}
		return $out;
	}

	/**
	 * The newest order of each contact, found by the user or the e-mail address, in WooCommerce's lookup tables: two statements.
	 *
	 * @param array<int, array<string, string>> $contacts From contacts().
	 * @return array<int, array<string, string>> By contact; order_id, total_sales, status, date_created_gmt, first_name, last_name.
	 */
	public static function orders( array $contacts ): array {
		$users  = array();
		$emails = array();
		foreach ( $contacts as $id => $row ) {
			if ( (int) $row['wp_user_id'] > 0 ) {
				$users[ (int) $row['wp_user_id'] ][] = $id;
			}
			if ( '' !== $row['email'] ) {
				$emails[ strtolower( $row['email'] ) ][] = $id;
			}
		}
		if ( ! $users && ! $emails ) {
			return array();
		}
		global $wpdb;
		$newest = array();
		foreach ( self::rows( "SELECT l.user_id, l.email, l.first_name, l.last_name, MAX(o.order_id) AS order_id FROM {$wpdb->prefix}wc_customer_lookup l JOIN {$wpdb->prefix}wc_order_stats o ON o.customer_id = l.customer_id AND o.parent_id = 0 WHERE l.user_id IN " . self::in( array_keys( $users ) ) . ' OR l.email IN ' . self::in( array_map( 'strval', array_keys( $emails ) ) ) . ' GROUP BY l.customer_id, l.user_id, l.email, l.first_name, l.last_name' ) as $row ) {
			foreach ( array_unique( array_merge( $users[ (int) $row['user_id'] ] ?? array(), $emails[ strtolower( (string) $row['email'] ) ] ?? array() ) ) as $id ) {
				if ( (int) $row['order_id'] > (int) ( $newest[ $id ]['order_id'] ?? 0 ) ) {
					$newest[ $id ] = $row;
				}
			}
		}
		$stats = $newest ? array_column( self::rows( "SELECT order_id, total_sales, status, date_created_gmt FROM {$wpdb->prefix}wc_order_stats WHERE order_id IN " . self::in( array_map( 'intval', array_column( $newest, 'order_id' ) ) ) ), null, 'order_id' ) : array();
		$out   = array();
		foreach ( $newest as $id => $row ) {
			if ( isset( $stats[ $row['order_id'] ] ) ) {
				$out[ $id ] = $stats[ $row['order_id'] ] + array(
					'first_name' => (string) $row['first_name'],
					'last_name'  => (string) $row['last_name'],
				);
			}
		}
		return $out;
	}
}
