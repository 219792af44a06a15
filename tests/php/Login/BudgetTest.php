<?php
/**
 * How often, how much, from where.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Tests\Login;

use NxtChat\Login\Budgets;
use NxtChat\Login\ClientIp;
use NxtChat\Login\Housekeeping;
use NxtChat\Login\LoginSettings;
use NxtChat\Rates\Rates;

require_once __DIR__ . '/LoginCase.php';

final class BudgetTest extends LoginCase {

	protected function setUp(): void {
		parent::setUp();
		$_SERVER['REMOTE_ADDR'] = '203.0.113.7';
		// Windows begin with the clock: no test may stand on an edge.
		if ( time() % 60 > 50 ) {
			sleep( 60 - time() % 60 );
		}
	}

	protected function tearDown(): void {
		$_SERVER['REMOTE_ADDR'] = '127.0.0.1';
		unset( $_SERVER['HTTP_X_FORWARDED_FOR'] );
		parent::tearDown();
	}

	private const NONE = array(
		'number'  => array( 0, 0, 0 ),
		'ip'      => array( 0, 0, 0 ),
		'network' => array( 0, 0, 0 ),
		'country' => array( 0, 0, 0 ),
		'site'    => array( 0, 0, 0 ),
	);

	private static function number( int $n ): string {
		return '+4915112' . sprintf( '%06d', 340000 + $n );
	}

	public function test_thirty_requests_for_one_number_with_fresh_browsers_send_two(): void {
		$this->user();
		$refused = 0;
		for ( $n = 0; $n < 30; $n++ ) {
			$this->browser( "fresh $n" );
			$_SERVER['REMOTE_ADDR'] = "198.51.$n.1";
			global $wpdb;
			$wpdb->query( 'UPDATE ' . self::table( 'challenges' ) . ' SET sent_ms = sent_ms - 31000' );
			$refused += is_wp_error( $this->start() ) ? 1 : 0;
		}
		self::assertCount( 2, $this->codes() );
		self::assertSame( 28, $refused );
	}

	/** @dataProvider scopes */
	public function test_each_budget_counts_its_own( string $scope, array $addresses, callable $number, int $allowed ): void {
		$limits           = self::NONE;
		$limits[ $scope ] = array( 3, 0, 0 );
		$this->set( array( 'budgets' => $limits, 'countries' => array( 'DE', 'AT' ) ) );
		$passed = 0;
		for ( $n = 0; $n < 8; $n++ ) {
			$_SERVER['REMOTE_ADDR'] = $addresses[ $n % count( $addresses ) ];
			$answer                 = $this->start( $number( $n ) );
			if ( is_array( $answer ) ) {
				++$passed;
			} else {
				self::assert_refused( 'nxtchat_login_wait', $answer );
				self::assertGreaterThan( 0, $answer->get_error_data()['retry_in'] );
				self::assertLessThanOrEqual( 60, $answer->get_error_data()['retry_in'] );
			}
		}
		self::assertSame( $allowed, $passed );
	}

	public static function scopes(): array {
		$many = static fn( int $n ): string => self::number( $n );
		return array(
			'one address'                  => array( 'ip', array( '203.0.113.7' ), $many, 3 ),
			'two addresses'                => array( 'ip', array( '203.0.113.7', '203.0.113.8' ), $many, 6 ),
			'one IPv6 customer'            => array( 'ip', array( '2001:db8:1:1::1', '2001:db8:1:1:ffff::2' ), $many, 3 ),
			'a network'                    => array( 'network', array( '203.0.113.7', '203.0.113.200' ), $many, 3 ),
			'two networks'                 => array( 'network', array( '203.0.113.7', '203.0.114.7' ), $many, 6 ),
			'an IPv6 network'              => array( 'network', array( '2001:db8:1:1::1', '2001:db8:1:2::1' ), $many, 3 ),
			'a country'                    => array( 'country', array( '203.0.113.7' ), static fn( int $n ) => $n % 2 ? self::number( $n ) : '+4366412345' . ( 10 + $n ), 6 ),
			'the site'                     => array( 'site', array( '203.0.113.7', '198.51.100.1' ), $many, 3 ),
		);
	}

	public function test_what_is_refused_costs_nobody_else(): void {
		$this->set( array( 'budgets' => array( 'ip' => array( 1, 0, 0 ), 'site' => array( 3, 0, 0 ) ) + self::NONE ) );
		self::assertIsArray( $this->start( self::number( 1 ) ) );
		for ( $n = 2; $n < 8; $n++ ) {
			self::assert_refused( 'nxtchat_login_wait', $this->start( self::number( $n ) ) );
		}
		$_SERVER['REMOTE_ADDR'] = '198.51.100.1';
		self::assertIsArray( $this->start( self::number( 8 ) ) );
		$_SERVER['REMOTE_ADDR'] = '198.51.100.2';
		self::assertIsArray( $this->start( self::number( 9 ) ) );
		$_SERVER['REMOTE_ADDR'] = '198.51.100.3';
		self::assert_refused( 'nxtchat_login_wait', $this->start( self::number( 10 ) ) );
		self::assertCount( 3, $this->rows( 'challenges' ) );
	}

	public function test_no_number_and_no_address_stands_in_the_counters(): void {
		$this->start();
		foreach ( $this->rows_of_counters() as $row ) {
			self::assertMatchesRegularExpression( '/^([0-9a-f]{64}|login_[a-z]+(:[a-z]+)?(:\d{8})?)$/', $row['k'] );
		}
	}

	/** @return list<array<string, string>> */
	private function rows_of_counters(): array {
		global $wpdb;
		return $wpdb->get_results( 'SELECT * FROM ' . self::table( 'counters' ), ARRAY_A );
	}

	public function test_the_daily_cap_stops_sends_and_tells_the_owner_before_and_then(): void {
		update_option( 'users_can_register', 1 );
		$this->set( array( 'cap_day' => 5, 'register' => true, 'budgets' => self::NONE, 'alarm_email' => 'money@example.test' ) );
		for ( $n = 0; $n < 5; $n++ ) {
			self::assertIsArray( $this->start( self::number( $n ) ) );
		}
		update_option( 'users_can_register', 0 );
		self::assertSame( 5, Budgets::today()['messages'] );
		self::assert_refused( 'nxtchat_login_unavailable', $this->start( self::number( 6 ) ) );
		self::assertCount( 5, $this->simulator->accepted() );
		self::assertSame( array( 'money@example.test' ), array_values( array_unique( array_column( MailBox::$mails, 'to' ) ) ) );
		self::assertCount( 2, MailBox::$mails );
	}

	public function test_a_cap_in_money_needs_a_price_and_stops_where_it_is_reached(): void {
		self::assertIsArray( Rates::set( array( 'currency' => 'EUR', 'rates' => array( 'authentication' => array( 'DE' => 0.1 ) ) ) ) );
		$this->set( array( 'cap_money' => 0.25, 'budgets' => self::NONE ) );
		for ( $n = 0; $n < 6; $n++ ) {
			$this->user( self::number( $n ), 'subscriber', "u$n" );
			$this->start( self::number( $n ) );
		}
		self::assertCount( 3, $this->simulator->accepted(), 'The message that reaches the cap is the last.' );
		self::assertSame( 300000, Budgets::today()['money'] );
		self::assertSame( 300000, $this->sums()['spend'] );
	}

	public function test_unknown_numbers_cost_no_cap(): void {
		$this->set( array( 'cap_day' => 1, 'budgets' => self::NONE ) );
		for ( $n = 0; $n < 4; $n++ ) {
			self::assertIsArray( $this->start( self::number( $n ) ) );
		}
		self::assertSame( 0, Budgets::today()['messages'] );
	}

	public function test_guesses_of_a_day_over_many_challenges(): void {
		$this->user();
		$this->set( array( 'guesses_day' => 7, 'budgets' => self::NONE ) );
		$looked = 0;
		for ( $n = 0; $n < 4; $n++ ) {
			$challenge = $this->started();
			for ( $try = 0; $try < 5; $try++ ) {
				$answer  = $this->verify( $challenge, '000000' === $this->code() ? '111111' : '000000' );
				$looked += in_array( $answer->get_error_code(), array( 'nxtchat_login_code', 'nxtchat_login_exhausted' ), true ) ? 1 : 0;
			}
			global $wpdb;
			$wpdb->query( 'UPDATE ' . self::table( 'challenges' ) . ' SET expires_ms = 1' );
		}
		self::assertSame( 7, $looked );
	}

	public function test_a_header_is_believed_of_named_proxies_only(): void {
		$_SERVER['REMOTE_ADDR']          = '10.1.2.3';
		$_SERVER['HTTP_X_FORWARDED_FOR'] = '198.51.100.99, 203.0.113.50, 10.9.9.9';
		self::assertSame( '10.1.2.3', ClientIp::get() );
		$this->set( array( 'proxies' => array( '10.0.0.0/8' ) ) );
		self::assertSame( '203.0.113.50', ClientIp::get(), 'What stands left of it, the visitor wrote.' );
		$_SERVER['REMOTE_ADDR'] = '192.0.2.1';
		self::assertSame( '192.0.2.1', ClientIp::get() );
		foreach ( array( '' => '10.1.2.3', 'unknown' => '10.1.2.3', 'x, 10.2.2.2' => '10.2.2.2', '[2001:db8::1]:443' => '2001:db8::1', '203.0.113.9:5000' => '203.0.113.9', '::ffff:203.0.113.9' => '203.0.113.9' ) as $header => $ip ) {
			self::assertSame( $ip, ClientIp::behind( '10.1.2.3', (string) $header, array( '10.0.0.0/8' ) ), (string) $header );
		}
		foreach ( array( '10.0.0.0/33', '10.0.0', 'x', '2001:db8::/129', '10.0.0.0/8/8', '' ) as $bad ) {
			self::assertWPErrorAt( 'proxies.0', LoginSettings::set( array( 'proxies' => array( $bad ) ) ) );
		}
		self::assertSame( array( '203.0.113.0/24', '2001:db8:1::/48', '' ), array( ClientIp::network( '203.0.113.77' ), ClientIp::network( '2001:db8:1:2::3' ), ClientIp::network( '' ) ) );
	}

	private static function assertWPErrorAt( string $path, mixed $answer ): void {
		self::assertInstanceOf( \WP_Error::class, $answer );
		self::assertSame( $path, $answer->get_error_data()['problems'][0]['path'] );
	}

	public function test_what_has_run_out_is_cleared_up(): void {
		$this->start();
		global $wpdb;
		$wpdb->query( 'UPDATE ' . self::table( 'counters' ) . ' SET until_ms = 1' );
		$wpdb->query( 'UPDATE ' . self::table( 'challenges' ) . ' SET expires_ms = 1' );
		Housekeeping::hourly();
		self::assertCount( 0, $this->rows_of_counters() );
		self::assertCount( 0, $this->rows( 'challenges' ) );
	}
}
