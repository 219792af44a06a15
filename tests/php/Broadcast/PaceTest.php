<?php
/**
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Tests\Broadcast;

use NxtChat\Broadcast\BroadcastStore;
use NxtChat\Broadcast\States;

require_once __DIR__ . '/BroadcastCase.php';

/**
 * Two workers share the pace of one number: never more in any second than it may, and hardly less.
 *
 * @group alone
 */
final class PaceTest extends BroadcastCase {

	/** @var list<resource> */
	private array $workers = array();

	protected function tearDown(): void {
		foreach ( $this->workers as $worker ) {
			$status = proc_get_status( $worker );
			if ( $status['running'] ) {
				posix_kill( $status['pid'], SIGTERM );
			}
			proc_close( $worker );
		}
		parent::tearDown();
	}

	/** @dataProvider rates */
	public function test_two_workers_share_the_pace( int $rate, int $seconds ): void {
		if ( self::on_sqlite() ) {
			self::markTestSkipped( 'Several workers need a database server.' );
		}
		$this->template();
		$this->people( $rate * ( $seconds + 14 ) );
		$this->simulator->settings( array( 'record_light' => true, 'record_max' => 1000000, 'latency_ms' => array( 30, 35 ) ) );
		$made = $this->draft( array( 'rate' => $rate ) );
		$this->start( $made['id'] );
		$this->freeze( $made['id'] );
		for ( $n = 0; $n < 2; $n++ ) {
			$this->workers[] = proc_open( array( PHP_BINARY, NXTCHAT_TEST_ROOT . '/tests/fault/child.php', 'work' ), array( array( 'file', '/dev/null', 'r' ), array( 'file', '/dev/null', 'w' ), STDERR ), $pipes, null, array( 'NXTCHAT_CHILD_RATE' => (string) $rate ) + getenv() );
		}
		self::wait_for( static fn() => 2 === count( BroadcastStore::attending( 'broadcast-pace:', \NxtChat\Site::now_ms() ) ), 15.0, 'two workers' );
		sleep( 6 ); // The second has waited until the first had slowed down.
		$from = (int) ( microtime( true ) * 1000 );
		sleep( $seconds );
		$to = (int) ( microtime( true ) * 1000 );
		BroadcastStore::change( $made['id'], array( States::RUNNING ), array( 'state' => States::PAUSED ) );

		$times = array();
		$after = 0;
		do {
			$page  = $this->simulator->call( 'GET', "/sim/record?after=$after&limit=1000" );
			$items = $page['items'] ?? $page;
			foreach ( $items as $item ) {
				$times[] = (int) $item['at_ms'];
			}
			$after = (int) ( $page['next_after'] ?? 0 );
		} while ( $after && $items );
		sort( $times );
		$most = 0;
		for ( $a = 0, $b = 0, $count = count( $times ); $b < $count; $b++ ) {
			while ( $times[ $b ] - $times[ $a ] >= 1000 ) {
				++$a;
			}
			$most = max( $most, $b - $a + 1 );
		}
		$within = count( array_filter( $times, static fn( int $at ): bool => $at >= $from && $at < $to ) );
		$mean   = $within / ( ( $to - $from ) / 1000 );
		fwrite( STDERR, sprintf( "Two workers at %d a second: at most %d in any second, %.1f on average.\n", $rate, $most, $mean ) );
		self::assertLessThanOrEqual( $rate, $most );
		self::assertGreaterThanOrEqual( 0.97 * $rate, $mean );
	}

	public static function rates(): array {
		return array(
			'80'   => array( 80, 25 ),
			'1000' => array( 1000, 10 ),
		);
	}
}
