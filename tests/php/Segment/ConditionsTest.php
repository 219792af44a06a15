<?php
/**
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Tests\Segment;

use NxtChat\Contact\ContactList;
use NxtChat\Segment\Audience;
use NxtChat\Segment\Catalogue;
use NxtChat\Segment\Conditions;
use NxtChat\Tests\TestCase;

require_once __DIR__ . '/People.php';
require_once __DIR__ . '/Reference.php';

/** Conditions: their SQL against a second meaning in PHP, and what is refused. */
final class ConditionsTest extends TestCase {

	private const SEED = 20261122;

	/** Generated trees of conditions. */
	private const TREES = 60;

	private static function leaf( string $field, string $operator, mixed $value = null ): array {
		return compact( 'field', 'operator' ) + ( null === $value ? array() : compact( 'value' ) );
	}

	/** A condition of a field and operator, any when not given, often with a value that somebody meets. */
	private static function generated_leaf( People $people, ?array $field = null, ?array $operator = null ): array {
		$field  ??= People::any( Catalogue::schema()['fields'] );
		$operator ??= People::any( $field['operators'] );
		$name     = $field['field'];
		$value    = match ( $operator['input'] ) {
			'none'    => null,
			'days'    => People::any( array( 1, 3, 10, 100, 36525 ) ),
			'date'    => People::any( array( gmdate( 'Y-m-d' ), gmdate( 'Y-m-d', time() - 3 * 86400 ), '1970-01-01', '1994-02-28', '1961-12-31' ) ),
			'number'  => People::any( array( 0, 1, 7, 12.5, '12.5', -3, 50 ) ),
			'range'   => People::any( array( array( 0, 10 ), array( -5, 12.5 ), array( 7, 7 ) ) ),
			'choice'  => People::any( array( 'yes', 'no' ) ),
			'choices' => match ( true ) {
				'group' === $name                 => (array) People::any( array( array( $people->groups[0] ), array( $people->groups[1], $people->groups[2] ) ) ),
				'user_role' === $name             => People::any( array( array( 'administrator' ), array( 'editor', 'subscriber' ) ) ),
				str_starts_with( $name, 'consent.' ) => People::any( array( array( 'granted' ), array( 'revoked', 'none' ) ) ),
				'field.city' === $name            => People::any( array( array( 'Köln' ), array( 'Berlin', "Saint-Denis's" ) ) ),
				default                           => People::any( array( array( 'country' => array( 'DE' ), 'language' => array( 'en_US' ), 'source' => array( 'form' ) )[ $name ], array( 'country' => array( 'AT', 'US' ), 'language' => array( 'de', 'en_US' ), 'source' => array( 'import', 'api' ) )[ $name ] ) ),
			},
			'text'    => match ( $name ) {
				'name'       => People::any( array( 'anna', 'Mull', 'Ärne', 'Zo', 'weber anna', 'Profile z', 'straße', 'nobody' ) ),
				'phone'      => People::any( array( '+49151', '+49 152 0', '+1' ) ),
				'email'      => People::any( array( 'anna1', 'ben_', 'ANNA3@example.test', 'zoë', 'anna%' ) ),
				'field.note' => People::any( array( ...People::NOTES, 'HALLO', 'H', 'u', 'ÜBER', '%', 'under_', 'back\\' ) ),
			},
		};
		return self::leaf( $name, $operator['operator'], $value );
	}

	private static function generated_tree( People $people, int $depth = 1 ): array {
		$conditions = array();
		for ( $n = mt_rand( 1, 3 ); $n > 0; $n-- ) {
			$conditions[] = $depth < Conditions::DEPTH_MAX && ! mt_rand( 0, 3 ) ? self::generated_tree( $people, $depth + 1 ) : self::generated_leaf( $people );
		}
		return array(
			'match'      => mt_rand( 0, 2 ) ? 'all' : 'any',
			'conditions' => $conditions,
		);
	}

	public function test_sql_means_what_the_reference_means_by_every_plan(): void {
		$people = new People( self::SEED, 250 );
		$used   = 0;
		$hits   = 0;
		$trees  = array();
		// Every field with every operator at least once alone.
		foreach ( Catalogue::schema()['fields'] as $field ) {
			foreach ( $field['operators'] as $operator ) {
				$alone = array();
				for ( $try = 0; $try < 6; $try++ ) {
					$leaf                                  = self::generated_leaf( $people, $field, $operator );
					$alone[ (string) wp_json_encode( $leaf ) ] = array( 'match' => 'all', 'conditions' => array( $leaf ) );
				}
				$trees = array_merge( $trees, array_values( $alone ) );
				++$used;
			}
		}
		self::assertGreaterThan( 60, $used );
		for ( $n = 0; $n < self::TREES; $n++ ) {
			$trees[] = self::generated_tree( $people );
		}
		foreach ( $trees as $tree ) {
			$conditions = Conditions::parse( $tree );
			$told       = wp_json_encode( $tree, JSON_UNESCAPED_UNICODE );
			self::assertInstanceOf( Conditions::class, $conditions, $told . wp_json_encode( $conditions ) );
			$expected = array_keys( array_filter( $people->all, static fn( $p ) => Reference::meets( $tree, $p, $people->now ) ) );
			$hits    += $expected && count( $expected ) < 250 ? 1 : 0;
			// As it is, and with limits so low that sampling, walking and taking all happen.
			foreach ( array( Audience::EXACT_MAX, 12, 0 ) as $exact_max ) {
				$ids = array();
				$all = new Audience( $conditions, $exact_max );
				do {
					$batch = $all->ids( $ids ? end( $ids ) : 0, 40 );
					$ids   = array_merge( $ids, $batch );
				} while ( 40 === count( $batch ) );
				self::assertSame( $expected, $ids, "ids, $exact_max, $told" );
				$sort = People::any( array( 'added', 'name', 'heard' ) );
				$up   = (bool) mt_rand( 0, 1 );
				$page = ( new Audience( $conditions, $exact_max ) )->page( $sort, $up, null, 300 );
				self::assertEqualsCanonicalizing( $expected, array_column( $page, 1 ), "page by $sort, $exact_max, $told" );
				$keys   = array_map( static fn( $row ) => array( $row[0], $row[1] ), $page );
				$sorted = $keys;
				usort( $sorted, static fn( $a, $b ) => $up ? $a <=> $b : $b <=> $a );
				self::assertSame( $sorted, $keys, "order by $sort, $exact_max, $told" );
				if ( 0 === mt_rand( 0, 9 ) ) {
					// Page by page, each beginning where the last one ended.
					$steps = array();
					do {
						$step  = ( new Audience( $conditions, $exact_max ) )->page( $sort, $up, $steps ? end( $steps ) : null, 40 );
						$steps = array_merge( $steps, array_map( static fn( $row ) => array( $row[0], $row[1] ), $step ) );
					} while ( 40 === count( $step ) );
					self::assertSame( $keys, $steps, "steps by $sort, $exact_max, $told" );
				}
				$count = $all->count();
				if ( $count['exact'] ) {
					self::assertSame( count( $expected ), $count['value'], "count, $exact_max, $told" );
				}
				self::assertTrue( $count['exact'] || $exact_max < Audience::EXACT_MAX );
			}
			// What is stored means the same.
			$again = Conditions::parse( wp_json_encode( $conditions->json() ) );
			self::assertSame( $conditions->json(), $again->json(), $told );
		}
		self::assertGreaterThan( self::TREES * 0.5, $hits, 'Most trees should split the people.' );
	}

	/** @return array<string, array{0: mixed, 1: string}> Conditions and the path of the first problem. */
	public static function bad(): array {
		$deep = self::leaf( 'country', 'is', array( 'DE' ) );
		for ( $n = 0; $n < 4; $n++ ) {
			$deep = array( 'match' => 'all', 'conditions' => array( $deep ) );
		}
		$one = static fn( $leaf ) => array( 'match' => 'all', 'conditions' => array( $leaf ) );
		return array(
			'no JSON'                => array( '{nope', '' ),
			'a list'                 => array( array( 1, 2 ), '' ),
			'a number'               => array( 7, '' ),
			'no conditions'          => array( array( 'match' => 'all' ), 'conditions' ),
			'match'                  => array( array( 'match' => 'some', 'conditions' => array() ), 'match' ),
			'another key'            => array( array( 'conditions' => array(), 'order' => 1 ), 'order' ),
			'too deep'               => array( $deep, 'conditions[0].conditions[0].conditions[0]' ),
			'an empty block'         => array( $one( array( 'match' => 'any', 'conditions' => array() ) ), 'conditions[0].conditions' ),
			'a leaf that is a text'  => array( $one( 'country' ), 'conditions[0]' ),
			'a leaf with SQL'        => array( $one( array( 'field' => 'country', 'operator' => 'is', 'value' => 'DE', 'sql' => '1=1' ) ), 'conditions[0].sql' ),
			'no field'               => array( $one( array( 'operator' => 'is', 'value' => 1 ) ), 'conditions[0].field' ),
			'unknown field'          => array( $one( self::leaf( 'shoe_size', 'is', 'x' ) ), 'conditions[0].field' ),
			'removed custom field'   => array( $one( self::leaf( 'field.gone', 'is', 'x' ) ), 'conditions[0].field' ),
			'field as a list'        => array( $one( self::leaf( 'country', 'is', array( array( 'DE' ) ) ) ), 'conditions[0].value[0]' ),
			'wrong operator'         => array( $one( self::leaf( 'country', 'gt', 1 ) ), 'conditions[0].operator' ),
			'SQL as operator'        => array( $one( self::leaf( 'country', "= '' OR 1=1 --", 1 ) ), 'conditions[0].operator' ),
			'group that is gone'     => array( $one( self::leaf( 'group', 'in', array( 987654 ) ) ), 'conditions[0].value[0]' ),
			'group by SQL'           => array( $one( self::leaf( 'group', 'in', '1) OR (1=1' ) ), 'conditions[0].value' ),
			'no value'               => array( $one( self::leaf( 'country', 'is' ) ), 'conditions[0].value' ),
			'empty list'             => array( $one( self::leaf( 'country', 'is', array() ) ), 'conditions[0].value' ),
			'no country'             => array( $one( self::leaf( 'country', 'is', array( 'DE', 'Germany' ) ) ), 'conditions[0].value[1]' ),
			'too many values'        => array( $one( self::leaf( 'country', 'is', array_fill( 0, 201, 'DE' ) ) ), 'conditions[0].value' ),
			'state'                  => array( $one( self::leaf( 'consent.marketing', 'is', 'yes' ) ), 'conditions[0].value' ),
			'days as text'           => array( $one( self::leaf( 'last_in', 'within_days', 'ten' ) ), 'conditions[0].value' ),
			'negative days'          => array( $one( self::leaf( 'last_in', 'within_days', -1 ) ), 'conditions[0].value' ),
			'a day that is none'     => array( $one( self::leaf( 'created', 'before', '2026-02-30' ) ), 'conditions[0].value' ),
			'value where none is'    => array( $one( self::leaf( 'last_in', 'never', 'x' ) ), 'conditions[0].value' ),
			'set to false'           => array( $one( self::leaf( 'user', 'set', false ) ), 'conditions[0].value' ),
			'text too long'          => array( $one( self::leaf( 'email', 'is', str_repeat( 'x', 191 ) ) ), 'conditions[0].value' ),
			'text as a list'         => array( $one( self::leaf( 'email', 'is', array( 'x' ) ) ), 'conditions[0].value' ),
			'text that is no UTF-8'  => array( $one( self::leaf( 'email', 'is', "\xff\xfe" ) ), 'conditions[0].value' ),
			'number'                 => array( $one( self::leaf( 'field.points', 'eq', '1e999' ) ), 'conditions[0].value' ),
			'infinite'               => array( $one( self::leaf( 'field.points', 'gt', INF ) ), 'conditions[0].value' ),
			'range with one end'     => array( $one( self::leaf( 'field.points', 'between', array( 1 ) ) ), 'conditions[0].value' ),
			'range upside down'      => array( $one( self::leaf( 'field.points', 'between', array( 9, 1 ) ) ), 'conditions[0].value' ),
			'range of words'         => array( $one( self::leaf( 'field.points', 'between', array( 1, 'x' ) ) ), 'conditions[0].value[1]' ),
			'choice that is gone'    => array( $one( self::leaf( 'field.city', 'is', array( 'Atlantis' ) ) ), 'conditions[0].value[0]' ),
			'neither yes nor no'     => array( $one( self::leaf( 'field.member', 'is', 'maybe' ) ), 'conditions[0].value' ),
			'role'                   => array( $one( self::leaf( 'user_role', 'in', array( 'wizard' ) ) ), 'conditions[0].value[0]' ),
			'no WooCommerce'         => array( $one( self::leaf( 'woo.orders', 'gt', 1 ) ), 'conditions[0].field' ),
		);
	}

	/** @dataProvider bad */
	public function test_what_is_wrong_is_told_with_path_and_remedy( mixed $json, string $path ): void {
		new People( self::SEED, 1 );
		$found = Conditions::parse( $json );
		self::assertInstanceOf( \WP_Error::class, $found );
		self::assertSame( 'nxtchat_conditions', $found->get_error_code() );
		$data = $found->get_error_data();
		self::assertSame( 400, $data['status'] );
		self::assertSame( $path, $data['problems'][0]['path'] );
		self::assertNotSame( '', $data['problems'][0]['message'] );
		self::assertNotSame( '', $data['problems'][0]['remedy'] );
	}

	public function test_every_problem_is_told_at_once(): void {
		$found = Conditions::parse(
			array(
				'match'      => 'all',
				'conditions' => array( self::leaf( 'nope', 'is', 1 ), self::leaf( 'country', 'is', array( 'DE' ) ), array( 'match' => 'any', 'conditions' => array( self::leaf( 'group', 'in', 5 ), self::leaf( 'created', 'before', 'x' ) ) ) ),
			)
		);
		self::assertSame( array( 'conditions[0].field', 'conditions[2].conditions[0].value', 'conditions[2].conditions[1].value' ), array_column( $found->get_error_data()['problems'], 'path' ) );
	}

	public function test_fifty_conditions_and_no_more(): void {
		$many = static fn( int $count ) => Conditions::parse( array( 'match' => 'any', 'conditions' => array_fill( 0, $count, self::leaf( 'country', 'is', array( 'DE' ) ) ) ) );
		self::assertInstanceOf( Conditions::class, $many( 50 ) );
		self::assertSame( array( 'conditions[50]' ), array_column( $many( 60 )->get_error_data()['problems'], 'path' ) );
	}

	public function test_filters_of_the_list_tell_their_own_name(): void {
		new People( self::SEED, 1 );
		$found = ContactList::conditions( array( 'country' => 'Germany', 'heard' => 'soon', 'group' => 'x', 'field' => 'nope:1', 'segment' => '77', 'conditions' => '{"conditions":[{}]}', 'search' => 'anna' ) );
		self::assertSame( array( 'group', 'segment', 'country', 'heard', 'field', 'conditions.conditions[0]' ), array_column( $found->get_error_data()['problems'], 'path' ) );
	}

	/**
	 * WooCommerce itself is not here: its two tables are, as its installer makes them. In a process of its own, or later tests would see WooCommerce.
	 *
	 * @runInSeparateProcess
	 * @preserveGlobalState disabled
	 */
	public function test_customers_of_woocommerce(): void {
		global $wpdb;
		$wpdb->query( "CREATE TABLE IF NOT EXISTS {$wpdb->prefix}wc_customer_lookup (customer_id bigint(20) unsigned NOT NULL AUTO_INCREMENT, user_id bigint(20) unsigned DEFAULT NULL, email varchar(100) NULL DEFAULT NULL, PRIMARY KEY (customer_id), UNIQUE KEY user_id (user_id), KEY email (email))" );
		$wpdb->query( "CREATE TABLE IF NOT EXISTS {$wpdb->prefix}wc_order_stats (order_id bigint(20) unsigned NOT NULL, parent_id bigint(20) unsigned DEFAULT 0 NOT NULL, date_created_gmt datetime DEFAULT '1970-01-01 00:00:00' NOT NULL, total_sales double DEFAULT 0 NOT NULL, status varchar(200) NOT NULL, customer_id bigint(20) unsigned NOT NULL, PRIMARY KEY (order_id), KEY customer_id (customer_id), KEY status (status))" );
		if ( ! class_exists( 'WooCommerce', false ) ) {
			class_alias( Reference::class, 'WooCommerce' );
		}
		try {
			$people = new People( self::SEED, 6 );
			$table  = self::table( 'contacts' );
			$wpdb->query( "UPDATE $table SET wp_user_id = 0, email = ''" );
			$wpdb->query( "UPDATE $table SET wp_user_id = 5 WHERE id = 1" ); // By user.
			$wpdb->query( "UPDATE $table SET email = 'guest@example.test' WHERE id = 2" ); // By address.
			$wpdb->query( "UPDATE $table SET wp_user_id = 6, email = 'both@example.test' WHERE id = 3" ); // By both, as user and as guest.
			$wpdb->query( "UPDATE $table SET email = 'never@example.test' WHERE id = 4" );
			$wpdb->query( "INSERT INTO {$wpdb->prefix}wc_customer_lookup (customer_id, user_id, email) VALUES (1, 5, 'one@example.test'), (2, NULL, 'guest@example.test'), (3, 6, 'both@example.test'), (4, NULL, 'both@example.test'), (5, NULL, 'never@example.test')" );
			$new = gmdate( 'Y-m-d H:i:s', time() - 86400 );
			$wpdb->query(
				"INSERT INTO {$wpdb->prefix}wc_order_stats (order_id, parent_id, date_created_gmt, total_sales, status, customer_id) VALUES
				(1, 0, '$new', 10, 'wc-completed', 1), (2, 0, '2020-01-01 00:00:00', 5.5, 'wc-processing', 1), (3, 0, '2020-01-01 00:00:00', 20, 'wc-completed', 2), (4, 3, '2020-01-02 00:00:00', -20, 'wc-completed', 2),
				(5, 0, '$new', 7, 'wc-completed', 3), (6, 0, '$new', 8, 'wc-completed', 4), (7, 0, '$new', 99, 'wc-cancelled', 5)"
			);
			foreach ( array(
				array( 'woo.orders', 'eq', 2, array( 1, 3 ) ),
				array( 'woo.orders', 'eq', 0, array( 4, 5, 6 ) ),
				array( 'woo.orders', 'gt', 0, array( 1, 2, 3 ) ),
				array( 'woo.spent', 'between', array( 15, 16 ), array( 1, 3 ) ),
				array( 'woo.spent', 'lt', 1, array( 2, 4, 5, 6 ) ),
				array( 'woo.last_order', 'within_days', 30, array( 1, 3 ) ),
				array( 'woo.last_order', 'not_within_days', 30, array( 2, 4, 5, 6 ) ),
				array( 'woo.last_order', 'before', '2021-01-01', array( 2 ) ),
				array( 'woo.last_order', 'after', '2021-01-01', array( 1, 3 ) ),
				array( 'woo.last_order', 'never', null, array( 4, 5, 6 ) ),
			) as [ $field, $operator, $value, $expected ] ) {
				foreach ( array( Audience::EXACT_MAX, 0 ) as $exact_max ) {
					$conditions = Conditions::parse( array( 'match' => 'all', 'conditions' => array( self::leaf( $field, $operator, $value ) ) ) );
					self::assertInstanceOf( Conditions::class, $conditions );
					self::assertSame( $expected, ( new Audience( $conditions, $exact_max ) )->ids( 0, 10 ), "$field $operator" );
				}
			}
			self::assertContains( 'woo.spent', array_column( Catalogue::schema()['fields'], 'field' ) );
			unset( $people );
		} finally {
			$wpdb->query( "DROP TABLE {$wpdb->prefix}wc_customer_lookup" );
			$wpdb->query( "DROP TABLE {$wpdb->prefix}wc_order_stats" );
		}
	}
}
