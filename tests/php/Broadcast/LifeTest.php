<?php
/**
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Tests\Broadcast;

use NxtChat\Broadcast\Broadcasts;
use NxtChat\Broadcast\States;
use NxtChat\Native;
use NxtChat\Site;

require_once __DIR__ . '/BroadcastCase.php';

/** The worker as its owner runs it, `wp nxtchat work`, while it is told to end, while its plugin is switched off, and while it is updated. */
final class LifeTest extends BroadcastCase {

	private const PEOPLE = 300;
	private const RATE   = 80;

	/** A stop is heeded within so many seconds. */
	private const END_S = 5.0;

	/** @var list<resource> */
	private array $processes = array();

	protected function setUp(): void {
		parent::setUp();
		$this->simulator->settings( array( 'latency_ms' => array( 100, 100 ) ) );
	}

	protected function tearDown(): void {
		foreach ( $this->processes as $process ) {
			if ( is_resource( $process ) ) {
				proc_terminate( $process, SIGKILL );
				proc_close( $process );
			}
		}
		$this->processes = array();
		parent::tearDown();
	}

	/** @return array<string, array{0: list<int>}> */
	public static function signals(): array {
		return array(
			'SIGTERM'               => array( array( SIGTERM ) ),
			'Ctrl-C, again and again' => array( array( SIGINT, SIGINT, SIGTERM, SIGINT ) ),
		);
	}

	/** @dataProvider signals @param list<int> $signals */
	public function test_it_ends_within_five_seconds_and_another_goes_on( array $signals ): void {
		$id     = $this->begin();
		$worker = $this->worker();
		$this->wait_for_accepted( 60 );
		if ( count( $signals ) > 1 ) {
			$this->simulator->settings( array( 'latency_ms' => array( 600, 600 ) ) ); // All of them come before it has ended.
			usleep( 200000 );
		}
		$took = $this->stop( $worker, $signals );
		self::assertLessThan( self::END_S, $took );
		$counts = $this->states( $id );
		self::assertSame( self::PEOPLE, array_sum( $counts ), wp_json_encode( $counts ) );
		self::assertGreaterThan( 0, $counts['waiting'] ?? 0, 'It was still sending.' );
		self::assertSame( array( 'waiting', 'sent' ), array_keys( $counts ), 'Nothing is left on its way, nothing is unknown.' );
		self::assertCount( $counts['sent'], $this->got() );
		self::assertSame( array(), $this->journals() );

		$this->worker();
		$this->wait_until_done( $id );
		self::assertSame( array( 'sent' => self::PEOPLE ), $this->states( $id ) );
		self::assertCount( self::PEOPLE, $this->got() );
	}

	public function test_it_does_not_wait_for_answers_that_hang(): void {
		$this->simulator->deliver_to( $this->ok( 200, 'GET', "accounts/{$this->account}/webhook" )['callback_url'] );
		// WhatsApp tells of those it took when the next worker runs.
		$this->simulator->settings( array( 'webhooks' => true, 'sent_ms' => array( 9000, 9000 ), 'delivered_ms' => array( 100, 100 ), 'batch' => 50 ) );
		$this->simulator->call( 'POST', '/sim/rules', array( 'do' => 'hang', 'ms' => 17000, 'accept' => false, 'count' => 10 ) );
		$this->simulator->call( 'POST', '/sim/rules', array( 'do' => 'hang', 'ms' => 17000, 'count' => 20 ) );
		$id     = $this->begin();
		$worker = $this->worker();
		$this->wait_for_accepted( 25 );
		self::assertLessThan( self::END_S, $this->stop( $worker, array( SIGTERM ) ) );
		$counts = $this->states( $id );
		self::assertSame( 30, $counts['sending'], wp_json_encode( $counts ) );
		self::assertNotSame( array(), $this->journals(), 'Of those on their way its journal tells.' );

		$this->worker();
		$this->wait_until_done( $id );
		self::wait_for( fn() => array( 'unknown' => 10, 'delivered' => self::PEOPLE - 10 ) === $this->states( $id ), 20, 'what statuses tell' );
		self::assertCount( self::PEOPLE - 10, $this->got(), 'What may have left was not sent again.' );
		self::wait_for( fn() => array() === $this->journals(), 10, 'the end of all journals' );
	}

	public function test_the_plugin_is_switched_off_and_on_while_it_sends(): void {
		$id     = $this->begin();
		$worker = $this->worker();
		$this->wait_for_accepted( 40 );
		$this->child( 'off' );
		try {
			self::wait_for(
				function () use ( $id ): bool {
					$before = count( $this->got() );
					usleep( 1500000 );
					return count( $this->got() ) === $before && ! isset( $this->states( $id )['sending'] );
				},
				10,
				'quiet'
			);
			$counts = $this->states( $id );
			self::assertGreaterThan( 0, $counts['waiting'] ?? 0 );
			self::assertSame( States::RUNNING, Broadcasts::get( $id )['state'] );
		} finally {
			$this->child( 'on' );
		}
		$this->wait_until_done( $id );
		self::assertSame( array( 'sent' => self::PEOPLE ), $this->states( $id ) );
		self::assertCount( self::PEOPLE, $this->got() );
		self::assertTrue( proc_get_status( $worker )['running'], 'It waited.' );
	}

	public function test_a_new_extension_is_picked_up(): void {
		if ( self::on_sqlite() ) {
			self::markTestSkipped( 'The database plays no part in it.' );
		}
		$dir = NXTCHAT_TEST_SITE . '/upgrade';
		exec( 'rm -rf ' . escapeshellarg( $dir ) );
		mkdir( "$dir/php.d", 0700, true );
		$ini = (string) file_get_contents( NXTCHAT_TEST_SITE . '/etc/php.d/nxtchat.ini' );
		self::assertSame( 1, preg_match( '/^extension=(.+)$/m', $ini, $built ) );
		file_put_contents( "$dir/php.d/nxtchat.ini", str_replace( $built[0], "extension=$dir/nxtchat.so", $ini ) );
		$install = fn() => self::assertSame( 0, $this->run_command( array( NXTCHAT_TEST_ROOT . '/tools/install-extension.sh', $built[1], $dir ) ) );
		$install();
		$first = fileinode( "$dir/nxtchat.so" );

		$people = 3 * self::PEOPLE;
		$id     = $this->begin( $people );
		$worker = $this->worker( "$dir/php.d" );
		$this->wait_for_accepted( 40 );
		$install();
		clearstatcache();
		self::assertNotSame( $first, fileinode( "$dir/nxtchat.so" ), 'Another file, not other bytes in the one that is mapped.' );
		self::assertLessThan( 15.0, $this->ends( $worker ) );
		$counts = $this->states( $id );
		self::assertSame( array( 'waiting', 'sent' ), array_keys( $counts ), wp_json_encode( $counts ) );
		self::assertSame( array(), $this->journals() );

		$next = $this->worker( "$dir/php.d" ); // As systemd does.
		$this->wait_until_done( $id );
		self::assertCount( $people, $this->got() );
		sleep( 6 );
		self::assertTrue( proc_get_status( $next )['running'], 'It has the new one.' );
	}

	public function test_a_new_version_of_the_plugin_is_picked_up(): void {
		if ( self::on_sqlite() ) {
			self::markTestSkipped( 'The database plays no part in it.' );
		}
		$worker = $this->worker();
		$this->wait_until_it_works();
		sleep( 6 );
		self::assertTrue( proc_get_status( $worker )['running'] );
		touch( WP_PLUGIN_DIR . '/nxt-cloud-chat/nxt-cloud-chat.php' );
		self::assertLessThan( 8.0, $this->ends( $worker ) );
	}

	/** A broadcast to all that waits for a worker. @return int Its id. */
	private function begin( int $people = self::PEOPLE ): int {
		$this->template();
		$this->people( $people );
		$made = $this->draft( array( 'rate' => self::RATE ) );
		$this->start( $made['id'] );
		return $made['id'];
	}

	/**
	 * `wp nxtchat work`.
	 *
	 * @param string $ini Directory of PHP settings instead of the site's.
	 * @return resource
	 */
	private function worker( string $ini = '' ) {
		$log     = NXTCHAT_TEST_SITE . '/log/life-worker.log';
		$command = '' === $ini
			? array( NXTCHAT_TEST_ROOT . '/tools/wp', 'nxtchat', 'work' )
			: array( PHP_BINARY, NXTCHAT_TEST_ROOT . '/tests/wp-cli/run.php', '--path=' . NXTCHAT_TEST_SITE . '/wordpress', 'nxtchat', 'work' );
		$process = proc_open( $command, array( array( 'file', '/dev/null', 'r' ), array( 'file', $log, 'a' ), array( 'file', $log, 'a' ) ), $pipes, null, ( '' === $ini ? array() : array( 'PHP_INI_SCAN_DIR' => ":$ini" ) ) + getenv() );
		return $this->processes[] = $process;
	}

	/** Sends signals, and waits for a good end. @param resource $worker @return float Seconds since the first. */
	private function stop( $worker, array $signals ): float {
		$pid   = proc_get_status( $worker )['pid'];
		$begun = microtime( true );
		foreach ( $signals as $n => $signal ) {
			usleep( 0 === $n ? 0 : 50000 );
			posix_kill( $pid, $signal );
		}
		$this->ends( $worker );
		return microtime( true ) - $begun;
	}

	/** Waits for a good end. @param resource $worker @return float Seconds. */
	private function ends( $worker ): float {
		$begun = microtime( true );
		do {
			usleep( 10000 );
			$status = proc_get_status( $worker );
		} while ( $status['running'] && microtime( true ) < $begun + 20 );
		self::assertFalse( $status['running'], 'It does not end.' );
		self::assertSame( 0, $status['exitcode'], wp_json_encode( $status ) );
		return microtime( true ) - $begun;
	}

	private function wait_for_accepted( int $count ): void {
		self::wait_for( fn() => $this->simulator->call( 'GET', '/sim/record/count' )['count'] >= $count, 20, "$count messages" );
	}

	private function wait_until_done( int $id ): void {
		self::wait_for( static fn() => States::DONE === Broadcasts::get( $id )['state'], 40, 'the end of the broadcast' );
	}

	/** Recipients by state. @return array<string, int> */
	private function states( int $id ): array {
		return array_diff_key( $this->counts( $id ), array( 'done' => 0, 'all' => 0 ) );
	}

	/** It has begun: it takes in an event. */
	private function wait_until_it_works(): void {
		$body = self::text_body( 'wamid.life', '491511234567', 'x' );
		Native\webhook_accept( Site::dir(), $body, self::sign( $body, $this->simulator->ready['app_secret'] ) );
		self::wait_for( static fn() => 0 === Native\spool_stats( Site::dir() )['pending'], 15, 'the worker' );
	}

	/** How often, by number; nobody more than once. @return array<string, int> */
	protected function got(): array {
		$got = parent::got();
		self::assertSame( array(), array_filter( $got, static fn( int $n ): bool => $n > 1 ), 'Nobody got it twice.' );
		return $got;
	}

	/** @return list<string> */
	private function journals(): array {
		return array_map( 'basename', glob( Site::dir() . '/broadcast/*.log' ) ?: array() );
	}

	private function child( string $state ): void {
		self::assertSame( 0, $this->run_command( array( PHP_BINARY, NXTCHAT_TEST_ROOT . '/tests/fault/child.php', 'plugin', $state ) ) );
	}

	/** @param list<string> $command */
	private function run_command( array $command ): int {
		$log = NXTCHAT_TEST_SITE . '/log/life-command.log';
		return proc_close( proc_open( $command, array( array( 'file', '/dev/null', 'r' ), array( 'file', $log, 'a' ), array( 'file', $log, 'a' ) ), $pipes ) );
	}
}
