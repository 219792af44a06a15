<?php
/**
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Tests\Broadcast;

use NxtChat\Broadcast\Broadcasts;
use NxtChat\Broadcast\BroadcastStore;
use NxtChat\Broadcast\Freeze;
use NxtChat\Broadcast\Preflight;
use NxtChat\Broadcast\Report;
use NxtChat\Broadcast\States;
use NxtChat\Broadcast\Work;

require_once __DIR__ . '/BroadcastCase.php';

/**
 * How long it takes at size. NXTCHAT_SPEED="contacts messages" (1000000 30000) for the figures of docs/OPERATIONS.md; small without.
 *
 * @group alone
 */
final class SpeedTest extends BroadcastCase {

	/** @return array{0: int, 1: int} */
	private static function size(): array {
		$given = getenv( 'NXTCHAT_SPEED' );
		return array_map( 'intval', explode( ' ', $given ?: ( self::on_sqlite() ? '5000 500' : '50000 3000' ) ) );
	}

	public function test_an_audience_freezes_and_is_counted(): void {
		[ $contacts ] = self::size();
		$this->template();
		$this->people( $contacts );
		$made  = $this->draft();
		$begun = microtime( true );
		do {
			$told = Preflight::step( $made['id'], 10.0 );
		} while ( ! $told['done'] );
		$counted = microtime( true ) - $begun;
		self::assertSame( $contacts, $told['reachable'] );
		$this->start( $made['id'] );
		$begun = microtime( true );
		while ( States::FREEZING === (int) ( $row = BroadcastStore::get( $made['id'] ) )['state'] ) {
			Freeze::work( $row, microtime( true ) + 1.0 );
		}
		$took = microtime( true ) - $begun;
		self::assertSame( $contacts, Broadcasts::get( $made['id'] )['total'] );
		fwrite( STDERR, sprintf( "%d contacts: counted in %.1f s, frozen in %.1f s; %.0f MB.\n", $contacts, $counted, $took, memory_get_peak_usage( true ) / 1e6 ) );
		self::assertLessThan( 30.0 * max( 1, $contacts / 1000000 ), $took );
		$begun = microtime( true );
		Report::get( $made['id'], true );
		fwrite( STDERR, sprintf( "Its report: %.1f s.\n", microtime( true ) - $begun ) );
		$this->ok( 200, 'POST', "broadcasts/{$made['id']}/cancel" );
	}

	public function test_messages_go_out_with_journal_and_tables(): void {
		[ , $messages ] = self::size();
		$this->template( 'sale', 'en_US', 'MARKETING', array( array( 'type' => 'BODY', 'text' => 'Hi {{1}}, come in.', 'example' => array( 'body_text' => array( array( 'Ann' ) ) ) ) ), array( 'body.1' => array( 'source' => 'contact.first_name', 'fallback' => 'you' ) ) );
		$this->people( $messages, array( 'name' => "CONCAT('Ann ', FLOOR(RAND()*100000))" ) );
		$this->simulator->settings( array( 'record_light' => true, 'record_max' => 1000000, 'latency_ms' => array( 0, 0 ) ) );
		$this->add_hook( 'nxtchat_broadcast_rate', static fn() => 100000.0 );
		$made = $this->draft();
		$this->start( $made['id'] );
		$this->freeze( $made['id'] );
		$work  = new Work();
		$begun = microtime( true );
		$cpu   = getrusage();
		do {
			$work->step( 0.5 );
			$counts = $this->counts( $made['id'] );
		} while ( ( $counts['sent'] ?? 0 ) < $messages && microtime( true ) < $begun + 300 );
		$took = microtime( true ) - $begun;
		$now  = getrusage();
		$used = ( $now['ru_utime.tv_sec'] + $now['ru_stime.tv_sec'] - $cpu['ru_utime.tv_sec'] - $cpu['ru_stime.tv_sec'] ) + ( $now['ru_utime.tv_usec'] + $now['ru_stime.tv_usec'] - $cpu['ru_utime.tv_usec'] - $cpu['ru_stime.tv_usec'] ) / 1e6;
		$work->end( 2.0 );
		self::assertSame( $messages, $counts['sent'] ?? 0 );
		fwrite( STDERR, sprintf( "%d messages in %.1f s: %.0f a second; %.0f µs of CPU each in the worker; %.0f MB.\n", $messages, $took, $messages / $took, 1e6 * $used / $messages, memory_get_peak_usage( true ) / 1e6 ) );
	}
}
