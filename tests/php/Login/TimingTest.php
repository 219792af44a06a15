<?php
/**
 * Known numbers by the clock.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Tests\Login;

use NxtChat\Login\NumberStore;
use NxtChat\Site;

require_once __DIR__ . '/WebCase.php';

/**
 * Can a stopwatch tell numbers with an account from others? WhatsApp needs 300 ms for each message here, and the requests come in random
 * order, so that what slows the machine slows all of them alike.
 *
 * Two samples are compared by Mann and Whitney's test: it asks nothing of the shape of the times, and a few slow answers do not upset it.
 * They count as different when |z| is above 4: where there is no difference that happens once in 16,000 comparisons. So that a test that
 * sees nothing does not pass for that, some requests are held up by 30 ms, a tenth of WhatsApp's time, and it goes on until those stand
 * out by as much.
 *
 * @group alone
 */
final class TimingTest extends WebCase {

	private const Z = 4.0;

	private const HELD_UP = 'unknown, held up by 30 ms';

	/** Requests of each kind in a round; rounds at least and at most. */
	private const ROUND      = 40;
	private const ROUNDS_MIN = 5;
	private const ROUNDS_MAX = 12;

	private int $numbers = 0;

	protected function setUp(): void {
		parent::setUp();
		$this->simulator->settings( array( 'latency_ms' => array( 300, 300 ) ) );
		$this->set( array( 'cap_day' => 1000000, 'attempts' => 10 ) );
		$this->plugin( 'add_filter( "nxtchat_client_ip", function ( $ip ) { isset( $_SERVER["HTTP_X_HOLD_UP"] ) && usleep( 30000 ); return $ip; } );' );
	}

	protected function tearDown(): void {
		usleep( 400000 ); // More than the simulator takes: whoever still sends a code is seen by settled().
		parent::tearDown();
	}

	/** A new number, a made-up user's where the kind says so. */
	private function number( string $kind ): string {
		$number = '+4915112' . sprintf( '%06d', 500000 + ++$this->numbers );
		if ( str_starts_with( $kind, 'known' ) ) {
			NumberStore::add( 1000000 + $this->numbers, $number, Site::now_ms() );
		}
		return $number;
	}

	/** @param list<float> $a @param list<float> $b */
	private static function z( array $a, array $b ): float {
		$all = array_merge( array_map( static fn( float $ms ): array => array( $ms, 0 ), $a ), array_map( static fn( float $ms ): array => array( $ms, 1 ), $b ) );
		usort( $all, static fn( array $x, array $y ): int => $x[0] <=> $y[0] );
		$ranks = 0;
		foreach ( $all as $rank => [ , $of ] ) {
			$ranks += 0 === $of ? $rank + 1 : 0;
		}
		$n = count( $a );
		$m = count( $b );
		return ( $ranks - $n * ( $n + 1 ) / 2 - $n * $m / 2 ) / sqrt( $n * $m * ( $n + $m + 1 ) / 12 );
	}

	/**
	 * Measures and compares.
	 *
	 * @param list<string>                                 $kinds Besides 'unknown' and those that are held up.
	 * @param callable(string): array{0: Browser, 1: array} $make Browser and request of a kind.
	 */
	private function compare( string $what, array $kinds, callable $make, int $status ): void {
		array_push( $kinds, 'unknown', self::HELD_UP );
		$times = array_fill_keys( $kinds, array() );
		$next  = array( array(), array() ); // Times of the request after an unknown, after a known number.
		$last  = null;
		for ( $round = 1; $round <= self::ROUNDS_MAX; $round++ ) {
			$order = array_merge( ...array_fill( 0, self::ROUND, $kinds ) );
			shuffle( $order );
			$requests = array_map( $make, $order );
			foreach ( $order as $n => $kind ) {
				$request = is_callable( $requests[ $n ] ) ? $requests[ $n ]() : $requests[ $n ];
				if ( self::HELD_UP === $kind ) {
					$request['headers'][] = 'X-Hold-Up: 1';
				}
				$answer = Browser::send( array( $request ) )[0];
				self::assertSame( $status, $answer['status'], $answer['body'] );
				$times[ $kind ][] = $answer['ms'];
				if ( self::HELD_UP !== $kind && null !== $last ) {
					$next[ $last ][] = $answer['ms'];
				}
				$last = self::HELD_UP === $kind ? null : (int) str_starts_with( $kind, 'known' ); // After a pause everything is slower.
				usleep( random_int( 0, 10000 ) );
			}
			if ( $round >= self::ROUNDS_MIN && self::z( $times[ self::HELD_UP ], $times['unknown'] ) > self::Z ) {
				break;
			}
		}
		$told = array();
		foreach ( $times as $kind => $values ) {
			sort( $values );
			$told[] = sprintf( '%s: median %.2f ms, z %.2f', $kind, $values[ intdiv( count( $values ), 2 ) ], self::z( $values, $times['unknown'] ) );
		}
		$told = "$what, " . count( $times['unknown'] ) . ' of each: ' . implode( '; ', $told );
		// Not judged: the work after one answer slows the next request a little on a small machine, whoever sends it.
		fwrite( STDERR, sprintf( "\n%s; the next request after a known number: z %.2f\n", $told, self::z( $next[1], $next[0] ) ) );
		self::assertGreaterThan( self::Z, self::z( $times[ self::HELD_UP ], $times['unknown'] ), "This machine is too busy to tell. $told" );
		unset( $times[ self::HELD_UP ] );
		foreach ( $times as $values ) {
			self::assertLessThan( self::Z, abs( self::z( $values, $times['unknown'] ) ), $told );
		}
	}

	public function test_asking_takes_as_long_for_known_numbers_as_for_others(): void {
		$this->set( array( 'register' => true ) );
		$open = null;
		$this->compare(
			'asking',
			array( 'known', 'known, registration open', 'unknown, registration open' ),
			fn( string $kind ): callable => function () use ( $kind, &$open ): array {
				if ( $open !== str_contains( $kind, 'open' ) ) {
					$open = ! $open;
					update_option( 'users_can_register', $open ? 1 : 0 );
				}
				return ( new Browser() )->to( 'login/start', array( 'phone' => $this->number( $kind ) ) );
			},
			200
		);
	}

	public function test_a_wrong_code_takes_as_long_for_known_numbers_as_for_others(): void {
		$this->compare(
			'a wrong code',
			array( 'known' ),
			function ( string $kind ): array {
				$browser   = new Browser();
				$challenge = $browser->post( 'login/start', array( 'phone' => $this->number( $kind ) ) )['json']['challenge'];
				return $browser->to( 'login/verify', array( 'challenge' => $challenge, 'code' => sprintf( '%06d', random_int( 0, 999999 ) ) ) );
			},
			400
		);
	}
}
