<?php
/**
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Tests\Import;

use NxtChat\Contact\Contacts;
use NxtChat\Import\Imports;
use NxtChat\Native;

require_once __DIR__ . '/ImportCase.php';

/** WordPress's users and WooCommerce's customers, as WooCommerce keeps them; without WooCommerce too. */
final class PeopleTest extends ImportCase {

	/** @var list<int> */
	private array $users = array();
	/** @var list<int> */
	private array $posts = array();

	protected function tearDown(): void {
		global $wpdb;
		array_map( 'wp_delete_user', $this->users );
		array_map( static fn( int $id ) => wp_delete_post( $id, true ), $this->posts );
		delete_option( 'woocommerce_custom_orders_table_enabled' );
		$wpdb->query( "DROP TABLE IF EXISTS {$wpdb->prefix}wc_orders" );
		$wpdb->query( "DROP TABLE IF EXISTS {$wpdb->prefix}wc_order_addresses" );
		parent::tearDown();
	}

	public function test_users_with_a_number_become_contacts_and_are_linked(): void {
		$a = $this->user( 'imp-a', '01511 1234567', 'DE', 'Ada', 'Weiß' );
		$this->user( 'imp-b', '(202) 555-0143', 'US' );
		$this->user( 'imp-c', 'call me', 'DE' );
		$this->user( 'imp-d', '', 'DE' );
		$this->user( 'imp-e', '+49 1511 1234567', '' ); // The same number as the first.
		$done = $this->run_people( 2 );
		self::assertSame( array( 2, 0, 0, 1 ), self::counts( $done ) );
		self::assertSame( 4, $done['rows_read'] );
		$row = $this->contact( '+4915111234567' );
		self::assertSame( array( 'wordpress', 'DE' ), array( $row['source'], $row['country'] ) );
		self::assertNotNull( $this->contact( '+12025550143' ) );
		self::assertStringContainsString( 'call me', (string) file_get_contents( Imports::rejects( $done['id'] ) ) );
		$again = $this->run_people( 2 );
		self::assertSame( array( 0, 0, 2, 1 ), self::counts( $again ) );
		self::assertGreaterThan( 0, $a );
		$undo = Imports::undo( $done['id'] );
		self::assertIsArray( $undo );
		Imports::step( $done['id'], INF );
		self::assertCount( 0, $this->rows( 'contacts' ) );
	}

	public function test_a_known_contact_is_linked_unless_it_wrote_or_is_somebody_elses(): void {
		self::import( "phone,name\n+4915111234567,A\n+4915111234568,B\n+4915111234569,C\n" );
		global $wpdb;
		$wpdb->update( self::table( 'contacts' ), array( 'last_in_ms' => 5 ), array( 'id' => $this->contact( '+4915111234568' )['id'] ) );
		$wpdb->update( self::table( 'contacts' ), array( 'wp_user_id' => 1 ), array( 'id' => $this->contact( '+4915111234569' )['id'] ) );
		$a = $this->user( 'imp-a', '+4915111234567', 'DE' );
		$this->user( 'imp-b', '+4915111234568', 'DE' );
		$this->user( 'imp-c', '+4915111234569', 'DE' );
		$this->run_people( 2, array( 'existing' => 'overwrite' ) );
		$of = fn( string $phone ) => array_intersect_key( $this->contact( $phone ), array( 'wp_user_id' => 1, 'email' => 1 ) );
		self::assertEquals( array( 'wp_user_id' => (string) $a, 'email' => 'imp-a@example.test' ), $of( '+4915111234567' ) );
		self::assertEquals( array( 'wp_user_id' => '0', 'email' => '' ), $of( '+4915111234568' ) );
		self::assertEquals( array( 'wp_user_id' => '1', 'email' => '' ), $of( '+4915111234569' ) );
	}

	public function test_customers_without_woocommerce_are_the_users(): void {
		$this->user( 'imp-a', '01511 1234567', 'DE' );
		$done = $this->run_people( 3 );
		self::assertSame( array( 1, 0, 0, 0 ), self::counts( $done ) );
		self::assertSame( 'woocommerce', $this->contact( '+4915111234567' )['source'] );
	}

	public function test_orders_kept_as_posts(): void {
		$this->user( 'imp-a', '01511 1234567', 'DE' );
		foreach ( array( '01511 1234567', '01511 1234568', 'none' ) as $n => $phone ) {
			$id            = wp_insert_post( array( 'post_type' => 'shop_order', 'post_status' => 'wc-completed', 'post_title' => 'Order' ) );
			$this->posts[] = $id;
			foreach ( array( '_billing_phone' => $phone, '_billing_first_name' => 'Guest', '_billing_last_name' => (string) $n, '_billing_email' => "g$n@example.org", '_billing_country' => 'DE' ) as $key => $value ) {
				update_post_meta( $id, $key, $value );
			}
		}
		$done = $this->run_people( 3 );
		self::assertSame( 4, $done['rows_read'] );
		self::assertSame( 1, $done['rejected'] );
		self::assertSame( array( 'Guest 1', 'g1@example.org' ), array( $this->contact( '+4915111234568' )['name'], $this->contact( '+4915111234568' )['email'] ) );
		self::assertCount( 2, $this->rows( 'contacts' ) );
	}

	public function test_orders_in_woocommerces_own_tables(): void {
		global $wpdb;
		// As WooCommerce 9 makes them (OrdersTableDataStore::get_database_schema), the columns that are read.
		$wpdb->query( "CREATE TABLE {$wpdb->prefix}wc_orders (id bigint(20) unsigned NOT NULL, status varchar(20), currency varchar(10), type varchar(20), customer_id bigint(20) unsigned, billing_email varchar(320), PRIMARY KEY (id))" );
		$wpdb->query( "CREATE TABLE {$wpdb->prefix}wc_order_addresses (id bigint(20) unsigned NOT NULL AUTO_INCREMENT, order_id bigint(20) unsigned NOT NULL, address_type varchar(20), first_name text, last_name text, country text, email varchar(320), phone varchar(100), PRIMARY KEY (id))" );
		update_option( 'woocommerce_custom_orders_table_enabled', 'yes' );
		$user = $this->user( 'imp-a', '', 'DE' );
		foreach ( array(
			array( 11, 'shop_order', $user, '01511 1234567', 'Ada' ),
			array( 12, 'shop_order', 0, '01511 1234568', 'Guest' ),
			array( 13, 'shop_order_refund', 0, '01511 1234569', 'No' ),
			array( 14, 'shop_order', 0, '01511 1234568', '' ),
		) as [ $id, $type, $customer, $phone, $name ] ) {
			$wpdb->insert( "{$wpdb->prefix}wc_orders", array( 'id' => $id, 'type' => $type, 'customer_id' => $customer, 'billing_email' => "o$id@example.org" ) );
			$wpdb->insert( "{$wpdb->prefix}wc_order_addresses", array( 'order_id' => $id, 'address_type' => 'billing', 'first_name' => $name, 'country' => 'DE', 'email' => "o$id@example.org", 'phone' => $phone ) );
			$wpdb->insert( "{$wpdb->prefix}wc_order_addresses", array( 'order_id' => $id, 'address_type' => 'shipping', 'phone' => '01511 9999999' ) );
		}
		$done = $this->run_people( 3 );
		self::assertSame( array( 2, 3 ), array( $done['added'], $done['rows_read'] ) );
		self::assertSame( (string) $user, $this->contact( '+4915111234567' )['wp_user_id'] );
		self::assertSame( array( 'Guest', 'o14@example.org' ), array( $this->contact( '+4915111234568' )['name'], $this->contact( '+4915111234568' )['email'] ) );
	}

	private function run_people( int $kind, array $options = array() ): array {
		$import = Imports::create( array( 'kind' => $kind, 'name' => 'people', 'options' => $options + array( 'region' => 'DE' ) ) );
		self::assertIsArray( $import, is_wp_error( $import ) ? $import->get_error_message() : '' );
		$done = self::run_import( $import['id'] );
		self::assertSame( 'done', $done['state_name'], $done['error'] );
		return $done;
	}

	private function user( string $login, string $phone, string $country, string $first = '', string $last = '' ): int {
		$id = wp_insert_user( array( 'user_login' => $login, 'user_pass' => 'x', 'user_email' => "$login@example.test", 'first_name' => $first, 'last_name' => $last ) );
		self::assertIsInt( $id );
		$this->users[] = $id;
		update_user_meta( $id, 'billing_phone', $phone );
		update_user_meta( $id, 'billing_country', $country );
		return $id;
	}
}
