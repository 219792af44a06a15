<?php
/**
 * The long-lived worker and the commands, as processes.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Tests\Webhook;

use NxtChat\Webhook\Worker;

require_once __DIR__ . '/SpoolCase.php';

final class WorkerTest extends SpoolCase {

	public function test_it_takes_in_what_comes_and_stops_within_five_seconds(): void {
		$worker  = $this->wp( array( 'work' ) );
		self::spool( self::text_body( 'wamid.w1', '491511234567', 'x', 1750000000 ) );
		self::wait_for( fn() => 1 === count( $this->rows( 'messages' ) ), 15, 'the message' );
		self::spool( self::text_body( 'wamid.w2', '491511234567', 'x', 1750000001 ) );
		$start = microtime( true );
		self::wait_for( fn() => 2 === count( $this->rows( 'messages' ) ), 5, 'the second message' );
		self::assertLessThan( 2.0, microtime( true ) - $start );

		$start = microtime( true );
		posix_kill( self::php_of( $worker ), SIGTERM );
		self::wait_for( static fn() => ! proc_get_status( $worker )['running'], 5, 'the end of the worker' );
		self::assertLessThan( 5.0, microtime( true ) - $start );
	}

	public function test_its_memory_stays_flat(): void {
		$worker = new Worker();
		$used   = array();
		for ( $round = 0; $round < 6; $round++ ) {
			for ( $i = 0; $i < 400; $i++ ) {
				self::spool( self::text_body( "wamid.$round.$i", (string) ( 491511000000 + $i ), str_repeat( 'Wort ', 100 ), 1750000000 + $i ) );
			}
			$worker->run( 1 );
			gc_collect_cycles();
			$used[] = memory_get_usage();
		}
		self::assertCount( 2400, $this->rows( 'messages', "direction = 1" ) );
		self::assertLessThan( 512 * 1024, $used[5] - $used[1], implode( ' ', $used ) );
	}

	public function test_commands_answer_with_exit_codes(): void {
		self::spool( self::text_body( 'wamid.cli', '491511234567', 'Hallo CLI', time() ) );
		self::assertSame( 0, $this->run_wp( array( 'drain' ), $out ) );
		self::assertStringContainsString( '1 events taken in (1 messages, 0 statuses), 0 put aside', $out );
		self::assertSame( 0, $this->run_wp( array( 'conversation', 'list', '--format=json', '--search=01511 234567' ), $out ) );
		self::assertSame( 'Hallo CLI', json_decode( $out, true )[0]['text'] );
		self::assertSame( 0, $this->run_wp( array( 'message', 'list', '--direction=in', '--format=ids' ), $out ) );
		$id = trim( $out );
		self::assertSame( 0, $this->run_wp( array( 'message', 'get', $id ), $out ) );
		self::assertSame( 'wamid.cli', json_decode( $out, true )['wamid'] );
		self::assertSame( 0, $this->run_wp( array( 'event', 'list', '--format=count' ), $out ) );
		self::assertSame( '1', trim( $out ) );
		self::assertSame( 0, $this->run_wp( array( 'event', 'replay', $this->rows( 'events' )[0]['id'] ), $out ) );
		self::assertSame( 0, $this->run_wp( array( 'settings', 'set', 'events_days', '14' ), $out ) );
		self::assertSame( 0, $this->run_wp( array( 'settings', 'list', '--format=json' ), $out ) );
		self::assertSame( 14, array_column( json_decode( $out, true ), 'value', 'name' )['events_days'] );
		foreach ( array( array( 'settings', 'set', 'events_days', 'x' ), array( 'settings', 'set', 'odd', '1' ), array( 'message', 'get', '999999999' ), array( 'message', 'list', '--state=odd' ), array( 'send', '12', 'x' ), array( 'send', '+491511234567' ), array( 'event', 'replay' ), array( 'work', '--max-time=x' ) ) as $arguments ) {
			self::assertSame( 1, $this->run_wp( $arguments, $out ), implode( ' ', $arguments ) );
		}
	}

	/** @return resource */
	private function wp( array $arguments ) {
		return proc_open( array( NXTCHAT_TEST_ROOT . '/tools/wp', 'nxtchat', ...$arguments ), array( array( 'file', '/dev/null', 'r' ), array( 'file', '/dev/null', 'w' ), array( 'file', '/dev/null', 'w' ) ), $pipes );
	}

	private function run_wp( array $arguments, ?string &$out ): int {
		$process = proc_open( array( NXTCHAT_TEST_ROOT . '/tools/wp', 'nxtchat', ...$arguments ), array( array( 'file', '/dev/null', 'r' ), array( 'pipe', 'w' ), array( 'file', '/dev/null', 'w' ) ), $pipes );
		$out     = (string) stream_get_contents( $pipes[1] );
		return proc_close( $process );
	}

	/** The process itself: tools/wp execs php, so it is the one we started. */
	private static function php_of( $process ): int {
		return proc_get_status( $process )['pid'];
	}
}
