<?php
/**
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Tests\Template;

use NxtChat\Template\Bindings;
use NxtChat\Template\BindingSources;
use NxtChat\Template\Starters;
use NxtChat\Tests\TestCase;

/**
 * Values from orders. WooCommerce itself is not here: its two lookup tables are, as its installer makes them.
 */
final class OrderBindingsTest extends TestCase {

	/**
	 * In a process of its own, or later tests would see WooCommerce.
	 *
	 * @runInSeparateProcess
	 * @preserveGlobalState disabled
	 */
	public function test_the_newest_order_of_many_in_two_statements_more(): void {
		global $wpdb;
		$wpdb->query( "CREATE TABLE IF NOT EXISTS {$wpdb->prefix}wc_customer_lookup (customer_id bigint(20) unsigned NOT NULL AUTO_INCREMENT, user_id bigint(20) unsigned DEFAULT NULL, first_name varchar(255) NOT NULL DEFAULT '', last_name varchar(255) NOT NULL DEFAULT '', email varchar(100) NULL DEFAULT NULL, PRIMARY KEY (customer_id), UNIQUE KEY user_id (user_id), KEY email (email))" );
		$wpdb->query( "CREATE TABLE IF NOT EXISTS {$wpdb->prefix}wc_order_stats (order_id bigint(20) unsigned NOT NULL, parent_id bigint(20) unsigned DEFAULT 0 NOT NULL, date_created_gmt datetime DEFAULT '1970-01-01 00:00:00' NOT NULL, total_sales double DEFAULT 0 NOT NULL, status varchar(200) NOT NULL, customer_id bigint(20) unsigned NOT NULL, PRIMARY KEY (order_id), KEY customer_id (customer_id))" );
		class_alias( Starters::class, 'WooCommerce' );
		try {
			$this->sign_in();
			$ids = array();
			foreach ( array( 'Ann', 'Bob', 'Cleo' ) as $n => $name ) {
				$ids[] = (int) $this->rest( 'POST', 'contacts', array( 'phone' => '+4915112345' . ( 600 + $n ), 'name' => $name, 'email' => 2 === $n ? '' : strtolower( $name ) . '@example.test' ) )->get_data()['id'];
			}
			$wpdb->query( 'UPDATE ' . self::table( 'contacts' ) . " SET wp_user_id = 77 WHERE id = {$ids[2]}" );
			$wpdb->query( "INSERT INTO {$wpdb->prefix}wc_customer_lookup (customer_id, user_id, first_name, last_name, email) VALUES (1, NULL, 'Ann', 'A', 'ann@example.test'), (2, 77, 'Cleo', 'C', 'cleo@example.test')" );
			$wpdb->query( "INSERT INTO {$wpdb->prefix}wc_order_stats (order_id, parent_id, date_created_gmt, total_sales, status, customer_id) VALUES (10, 0, '2026-01-02 03:04:05', 10, 'wc-completed', 1), (12, 0, '2026-02-02 03:04:05', 12.5, 'wc-processing', 1), (13, 12, '2026-02-03 03:04:05', -2, 'wc-completed', 1), (11, 0, '2026-01-05 03:04:05', 7, 'wc-completed', 2)" );
			$starter  = array_column( Starters::all(), null, 'key' )['order_update'];
			$template = array( 'bindings' => $starter['bindings'], 'draft' => $starter['template'], 'name' => '', 'language' => '', 'category' => '', 'parameter_format' => '', 'components' => array(), 'ttl_s' => 0 );
			self::assertSame( '', BindingSources::problem( 'order.number' ) );
			$many = array();
			$all  = $this->queries( static function () use ( $template, $ids, &$many ): void {
				$many = Bindings::values_many( $template, $ids );
			} );
			self::assertLessThanOrEqual( 4, count( $all ), implode( "\n", $all ) );
			self::assertSame( array( '12', 'Ann' ), array( $many[ $ids[0] ]['values']['header.1'], $many[ $ids[0] ]['values']['body.1'] ) );
			self::assertSame( '11', $many[ $ids[2] ]['values']['body.2'] );
			self::assertSame( array( 'header.1', 'body.2' ), array_column( $many[ $ids[1] ]['missing'], 'key' ) );
			$known = BindingSources::known( array( 'order.total', 'order.customer' ), array( $ids[0] ) );
			self::assertSame( array( '12.50', 'Ann A' ), array( $known[ $ids[0] ]['order.total'], $known[ $ids[0] ]['order.customer'] ) );
		} finally {
			$wpdb->query( "DROP TABLE {$wpdb->prefix}wc_customer_lookup" );
			$wpdb->query( "DROP TABLE {$wpdb->prefix}wc_order_stats" );
		}
	}
}
