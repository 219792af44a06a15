<?php
/**
 * Ten thousand requests.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Tests\Login;

use NxtChat\Login\CodeRequest;

require_once __DIR__ . '/LoginCase.php';

/**
 * However many ask, from one address or from as many as there are requests: what is sent is what the budgets say, to the message.
 *
 * @group long
 */
final class FloodTest extends LoginCase {

	private const PROCESSES = 4;

	private const NO_BUDGETS = array(
		'number'  => array( 0, 0, 0 ),
		'ip'      => array( 0, 0, 0 ),
		'network' => array( 0, 0, 0 ),
		'country' => array( 0, 0, 0 ),
		'site'    => array( 0, 0, 0 ),
	);

	protected function setUp(): void {
		parent::setUp();
		if ( time() % DAY_IN_SECONDS > DAY_IN_SECONDS - 900 ) {
			self::markTestSkipped( 'Windows begin with the clock: a day ends in some minutes.' );
		}
		$this->set( array( 'proxies' => array( '127.0.0.1' ), 'cap_day' => 1000000 ) );
	}

	private static function requests(): int {
		return self::on_sqlite() ? 1200 : 10000;
	}

	/** Every number belongs to somebody. @return array{told: array<string, int>, ms: array<string, float>} What all processes were told, and milliseconds of each kind together. */
	private function flood( int $requests, string $how ): array {
		global $wpdb;
		foreach ( array_chunk( range( 0, $requests - 1 ), 500 ) as $some ) {
			$rows = implode( ',', array_map( static fn( int $n ): string => sprintf( "(%d,'+4915112%06d',1,1,1)", 1000000 + $n, $n ), $some ) );
			$wpdb->query( 'INSERT INTO ' . self::table( 'bindings' ) . " (user_id, phone, verified_ms, seen_ms, created_ms) VALUES $rows" );
		}
		$processes = array();
		$each      = intdiv( $requests, self::PROCESSES );
		for ( $n = 0; $n < self::PROCESSES; $n++ ) {
			$processes[ $n ] = proc_open( array( PHP_BINARY, NXTCHAT_TEST_ROOT . '/tests/fault/child.php', 'flood', (string) ( $n * $each ), (string) $each, $how ), array( array( 'file', '/dev/null', 'r' ), array( 'pipe', 'w' ), STDERR ), $pipes );
			$out[ $n ]       = $pipes[1];
		}
		$all = array( 'told' => array(), 'ms' => array() );
		foreach ( $processes as $n => $process ) {
			$said = json_decode( (string) stream_get_contents( $out[ $n ] ), true );
			self::assertSame( 0, proc_close( $process ) );
			foreach ( $all as $key => $sums ) {
				foreach ( $said[ $key ] as $what => $sum ) {
					$all[ $key ][ $what ] = ( $sums[ $what ] ?? 0 ) + $sum;
					$sums                 = $all[ $key ];
				}
			}
		}
		return $all;
	}

	/** @param array{told: array<string, int>, ms: array<string, float>} $all */
	private function assert_sent( int $allowed, int $requests, array $all, string $refusal, string $what ): void {
		$cost = array();
		foreach ( $all['told'] as $code => $count ) {
			$cost[] = sprintf( '%s: %d, %.2f ms each', $code, $count, $all['ms'][ $code ] / $count );
		}
		fwrite( STDERR, "\n$what, " . self::PROCESSES . ' processes at once: ' . implode( '; ', $cost ) . "\n" );
		self::assertSame( array( 'ok' => $allowed, $refusal => $requests - $allowed ), array( 'ok' => $all['told']['ok'] ) + $all['told'] );
		self::assertCount( $allowed, $this->simulator->accepted() );
		self::assertCount( $allowed, $this->rows( 'challenges' ) );
		self::assertSame( $allowed, $this->sums()['sent'] );
		self::assertSame( $requests - $allowed, array_sum( array_filter( $this->sums(), static fn( string $name ): bool => str_starts_with( $name, 'refused:' ), ARRAY_FILTER_USE_KEY ) ) );
	}

	public function test_from_one_address(): void {
		$n = self::requests();
		$this->set( array( 'budgets' => array( 'ip' => array( 0, 0, 50 ) ) + self::NO_BUDGETS ) );
		$this->assert_sent( 50, $n, $this->flood( $n, 'one' ), 'nxtchat_login_wait', "$n requests from one address" );
	}

	public function test_from_as_many_addresses_as_requests(): void {
		$n = self::requests();
		$this->set( array( 'budgets' => array( 'ip' => array( 0, 0, 1 ), 'network' => array( 0, 0, 2 ), 'country' => array( 0, 0, 1000 ), 'site' => array( 0, 0, 70 ) ) + self::NO_BUDGETS ) );
		$this->assert_sent( 70, $n, $this->flood( $n, 'many' ), 'nxtchat_login_wait', "$n requests from $n addresses" );
	}

	public function test_without_any_budget_the_days_cap_holds(): void {
		$n = intdiv( self::requests(), 10 );
		$this->set( array( 'budgets' => self::NO_BUDGETS, 'cap_day' => 60 ) );
		$all = $this->flood( $n, 'many' );
		// Who asks while the last ones are being sent is answered, and gets nothing.
		self::assertGreaterThanOrEqual( 60, $all['told']['ok'] );
		self::assertLessThanOrEqual( 60 + self::PROCESSES, $all['told']['ok'] );
		self::assertCount( 60, $this->simulator->accepted() );
		self::assertSame( 60, $this->sums()['sent'] );
	}

	public function test_a_refusal_is_cheap(): void {
		$this->set( array( 'budgets' => array( 'ip' => array( 1, 1, 1 ) ) ) );
		$_SERVER['REMOTE_ADDR'] = '203.0.113.7';
		$this->start();
		$seen                   = $this->queries( static fn() => self::assert_refused( 'nxtchat_login_wait', CodeRequest::start( array( 'phone' => self::BOB ) ) ) );
		$_SERVER['REMOTE_ADDR'] = '127.0.0.1';
		self::assertLessThanOrEqual( 6, count( $seen ), implode( "\n", $seen ) );
		self::assertCount( 1, preg_grep( '/^INSERT/', $seen ) );
	}
}
