<?php
/**
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Tests\Broadcast;

use NxtChat\Broadcast\Broadcasts;
use NxtChat\Broadcast\Report;
use NxtChat\Broadcast\States;
use NxtChat\Native;
use NxtChat\Site;

require_once __DIR__ . '/BroadcastCase.php';

/**
 * Whatever happens to workers, the database or Meta: everybody who should get it gets it once, nobody gets it twice.
 *
 * Three workers on two web nodes (each with a data directory of its own) and php-fpm send to the simulator, while at random workers
 * are killed (SIGKILL), the database is killed or restarted, and the simulator refuses, hangs, resets before and after it accepted, answers
 * nonsense, and repeats and reorders statuses. At the end the tables are compared with the simulator's own record.
 *
 * `make chaos-broadcast` sets NXTCHAT_CHAOS to "people kills restarts"; without it a small run.
 */
final class ChaosTest extends BroadcastCase {

	/** @var array<int, array{0: resource, 1: string}|null> Process and data directory. */
	private array $workers = array();
	private array $nodes   = array();
	private int $killed    = 0;
	private int $restarts  = 0;

	protected function tearDown(): void {
		foreach ( $this->workers as $n => $worker ) {
			$this->kill( $n );
		}
		if ( isset( $this->nodes[1] ) && str_contains( $this->nodes[1], 'nxtchat-chaos-' ) ) {
			exec( 'rm -rf ' . escapeshellarg( $this->nodes[1] ) );
		}
		parent::tearDown();
	}

	public static function seeds(): array {
		$seeds = array_map( 'intval', explode( ' ', getenv( 'NXTCHAT_CHAOS_SEEDS' ) ?: '1' ) );
		return array_combine( array_map( static fn( int $seed ): string => "seed $seed", $seeds ), array_map( static fn( int $seed ): array => array( $seed ), $seeds ) );
	}

	/** @dataProvider seeds */
	public function test_everybody_once( int $seed ): void {
		if ( self::on_sqlite() ) {
			self::markTestSkipped( 'Several web nodes need a database server.' );
		}
		[ $people, $kills, $restarts ] = array_map( 'intval', explode( ' ', getenv( 'NXTCHAT_CHAOS' ) ?: '2000 6 1' ) );
		mt_srand( $seed );
		$begun = microtime( true );
		// At Meta too, or the hourly look would find it gone.
		$this->simulator->settings( array( 'review_ms' => array( 0, 0 ) ) );
		$credentials = \NxtChat\Account\Accounts::credentials( $this->account );
		Native\graph_call( $credentials, 'POST', "{$this->waba}/message_templates", array( 'name' => 'sale', 'language' => 'en_US', 'category' => 'MARKETING', 'components' => array( array( 'type' => 'BODY', 'text' => 'Hi {{1}}, come in, it is winter sale.', 'example' => array( 'body_text' => array( array( 'Ann' ) ) ) ) ) ) );
		$this->template( 'sale', 'en_US', 'MARKETING', array( array( 'type' => 'BODY', 'text' => 'Hi {{1}}, come in, it is winter sale.', 'example' => array( 'body_text' => array( array( 'Ann' ) ) ) ) ), array( 'body.1' => array( 'source' => 'contact.first_name', 'fallback' => 'you' ) ) );
		$this->people( $people );
		$out  = $this->people( (int) max( 1, $people / 50 ), array( 'marketing' => Native\CONSENT_REVOKED ), 2000000 );
		$made = $this->draft( array( 'rate' => 1000 ) );
		$this->simulator->deliver_to( $this->ok( 200, 'GET', "accounts/{$this->account}/webhook" )['callback_url'] );
		$this->simulator->settings(
			array(
				'webhooks'       => true,
				'record_light'   => true,
				'record_max'     => 1000000,
				'read_rate'      => 0.3,
				'sent_ms'        => array( 0, 300 ),
				'delivered_ms'   => array( 0, 600 ),
				'read_ms'        => array( 0, 1000 ),
				'latency_ms'     => array( 5, 60 ),
				'batch'          => 20,
				'batch_ms'       => 100,
				'duplicate_rate' => 0.05,
				'shuffle_rate'   => 0.1,
				'concurrency'    => 4,
				'retry_ms'       => array_fill( 0, 40, 1500 ),
			)
		);
		$rate = $people >= 20000 ? 0.2 : 1.0; // Each fault stops or slows everybody for a while.
		foreach ( array(
			array( 'do' => 'error', 'code' => 130429, 'rate' => 0.002 * $rate ),
			array( 'do' => 'error', 'code' => 131056, 'rate' => 0.004 * $rate ),
			array( 'do' => 'error', 'code' => 131026, 'rate' => 0.01 ),
			array( 'do' => 'error', 'code' => 131000, 'rate' => 0.003 * $rate ),
			array( 'do' => 'drop', 'rate' => 0.003 * $rate ),
			array( 'do' => 'drop_after', 'rate' => 0.005 * $rate ),
			array( 'do' => 'html', 'http_status' => 502, 'accept' => false, 'rate' => 0.002 * $rate ),
			array( 'do' => 'truncated', 'rate' => 0.003 * $rate ),
			array( 'do' => 'hang', 'ms' => 17000, 'rate' => 0.0005 * $rate ),
		) as $rule ) {
			$this->simulator->call( 'POST', '/sim/rules', $rule );
		}
		$this->nodes = array( '', sys_get_temp_dir() . '/nxtchat-chaos-' . getmypid() );
		// The second web node has the same keys.
		mkdir( $this->nodes[1] . '/' . basename( Site::dir() ), 0700, true );
		copy( Site::dir() . '/vault.key', $this->nodes[1] . '/' . basename( Site::dir() ) . '/vault.key' );
		chmod( $this->nodes[1] . '/' . basename( Site::dir() ) . '/vault.key', 0600 );
		$this->start( $made['id'] );
		foreach ( array( 0, 1, 1 ) as $n => $node ) {
			$this->spawn( $n, $this->nodes[ $node ] );
		}

		$every    = max( 0.3, min( 3.0, $people / 1000 / max( 1, $kills ) ) );
		$db_every = max( 4.0, $people / 1000 / ( $restarts + 1 ) );
		$next     = microtime( true ) + 1.0;
		$db_next  = microtime( true ) + $db_every;
		$limit    = microtime( true ) + 120 + $people / 60;
		while ( microtime( true ) < $limit ) {
			usleep( 50000 );
			foreach ( $this->workers as $n => $worker ) {
				if ( null !== $worker && ! proc_get_status( $worker[0] )['running'] ) {
					$this->spawn( $n, $worker[1] ); // As systemd does.
				}
			}
			if ( $this->killed < $kills && microtime( true ) > $next ) {
				$n = mt_rand( 0, 2 );
				$this->kill( $n );
				++$this->killed;
				$this->spawn( $n, $this->workers[ $n ][1] ?? $this->nodes[ 0 === $n ? 0 : 1 ] );
				$next = microtime( true ) + $every * ( 0.5 + mt_rand( 0, 1000 ) / 1000 );
			}
			if ( $this->restarts < $restarts && microtime( true ) > $db_next ) {
				$this->restart_database();
				$db_next = microtime( true ) + $db_every;
			}
			if ( ! $this->connected() ) {
				continue;
			}
			if ( $this->killed >= $kills && $this->restarts >= $restarts && States::DONE === (int) ( $this->state( $made['id'] ) ) ) {
				break;
			}
			if ( States::STOPPED === $this->state( $made['id'] ) ) {
				$resumed = $this->rest( 'POST', "broadcasts/{$made['id']}/resume" ); // Twenty refusals in a row, as it may happen.
				self::assertSame( 200, $resumed->get_status(), wp_json_encode( $resumed->get_data() ) );
			}
		}
		self::assertTrue( $this->connected() );
		self::assertSame( States::DONE, $this->state( $made['id'] ), wp_json_encode( $this->counts( $made['id'] ) ) );
		$took = microtime( true ) - $begun;
		$this->simulator->call( 'DELETE', '/sim/rules' );
		$this->simulator->wait_idle( 120000 );
		self::wait_for( static fn() => 0 === Native\spool_stats( Site::dir() )['pending'], 120.0, 'an empty spool' );
		usleep( 500000 );

		$this->compare( $made['id'], $people, count( $out ) );
		fwrite( STDERR, sprintf( "Chaos, seed %d: %d people, %d kills, %d restarts of the database, %.0f s. %s\n", $seed, $people, $this->killed, $this->restarts, $took, wp_json_encode( $this->counts( $made['id'] ) ) ) );
	}

	private function compare( int $id, int $people, int $out ): void {
		global $wpdb;
		$got   = array();
		$after = 0;
		do {
			$page  = $this->simulator->call( 'GET', "/sim/record?after=$after&limit=1000" );
			$items = $page['items'] ?? $page;
			foreach ( $items as $item ) {
				$to         = ltrim( (string) $item['to'], '+' );
				$got[ $to ] = ( $got[ $to ] ?? 0 ) + 1;
				$after      = max( $after, (int) ( $item['seq'] ?? $item['id'] ?? 0 ) );
			}
			$after = (int) ( $page['next'] ?? $after );
		} while ( $items && ( ! array_key_exists( 'next', $page ) || $page['next'] ) );
		self::assertSame( array(), array_filter( $got, static fn( int $n ): bool => $n > 1 ), 'Nobody got it twice.' );

		$states = array();
		foreach ( $wpdb->get_results( 'SELECT r.state, i.value FROM ' . self::table( 'recipients' ) . ' r JOIN ' . self::table( 'contact_identities' ) . " i ON i.contact_id = r.contact_id AND i.kind = 1 WHERE r.broadcast_id = $id", ARRAY_A ) as $row ) {
			$states[ ltrim( $row['value'], '+' ) ] = (int) $row['state'];
		}
		self::assertCount( $people + $out, $states, 'Nobody is lost.' );
		$by = array();
		foreach ( $states as $number => $state ) {
			$by[ $state ][ isset( $got[ $number ] ) ? 'got' : 'not' ] = ( $by[ $state ][ isset( $got[ $number ] ) ? 'got' : 'not' ] ?? 0 ) + 1;
		}
		$told = wp_json_encode( $by );
		foreach ( array( Native\STATE_SENT, Native\STATE_DELIVERED, Native\STATE_READ ) as $state ) {
			self::assertSame( 0, $by[ $state ]['not'] ?? 0, "Whoever is said to have got it got it: $told" );
		}
		self::assertSame( 0, $by[ \NxtChat\Broadcast\Recipients::SKIPPED ]['got'] ?? 0, $told );
		self::assertSame( $out, $by[ \NxtChat\Broadcast\Recipients::SKIPPED ]['not'] ?? 0, $told );
		self::assertSame( 0, $by[ Native\STATE_FAILED ]['got'] ?? 0, "Whoever failed did not get it: $told" );
		self::assertSame( 0, ( $by[ Native\STATE_QUEUED ]['not'] ?? 0 ) + ( $by[ Native\STATE_SENDING ]['not'] ?? 0 ) + ( $by[ Native\STATE_QUEUED ]['got'] ?? 0 ) + ( $by[ Native\STATE_SENDING ]['got'] ?? 0 ), $told );
		self::assertSame( 0, $by[ Native\STATE_UNKNOWN ]['got'] ?? 0, "A status settles whoever got it: $told" );
		self::assertGreaterThan( 0.9 * $people, ( $by[ Native\STATE_DELIVERED ]['got'] ?? 0 ) + ( $by[ Native\STATE_READ ]['got'] ?? 0 ), $told );
		$proof = Report::get( $id, true )['proof'];
		self::assertTrue( $proof['ok'], wp_json_encode( $proof ) );
	}

	private function state( int $id ): int {
		$row = Broadcasts::get( $id );
		return is_wp_error( $row ) ? 0 : $row['state'];
	}

	private function connected(): bool {
		global $wpdb;
		return (bool) $wpdb->check_connection( false );
	}

	private function spawn( int $n, string $data_dir ): void {
		$log                 = NXTCHAT_TEST_SITE . "/log/worker-$n.log";
		$command             = array( PHP_BINARY, ...( '' === $data_dir ? array() : array( '-d', "nxtchat.data_dir=$data_dir" ) ), NXTCHAT_TEST_ROOT . '/tests/fault/child.php', 'work' );
		$this->workers[ $n ] = array( proc_open( $command, array( array( 'file', '/dev/null', 'r' ), array( 'file', $log, 'a' ), array( 'file', $log, 'a' ) ), $pipes, null, array( 'NXTCHAT_CHILD_RATE' => '1000' ) + getenv() ), $data_dir );
	}

	private function kill( int $n ): void {
		if ( isset( $this->workers[ $n ] ) && is_resource( $this->workers[ $n ][0] ) ) {
			$status = proc_get_status( $this->workers[ $n ][0] );
			if ( $status['running'] ) {
				posix_kill( $status['pid'], SIGKILL );
			}
			proc_close( $this->workers[ $n ][0] );
		}
	}

	/** By turns killed and asked to end. */
	private function restart_database(): void {
		$stack = escapeshellarg( NXTCHAT_TEST_ROOT . '/tools/stack.sh' );
		$site  = escapeshellarg( NXTCHAT_TEST_SITE );
		if ( 0 === $this->restarts++ % 2 ) {
			posix_kill( -(int) file_get_contents( NXTCHAT_TEST_SITE . '/run/mariadbd.pid' ), SIGKILL );
		}
		exec( "$stack stop $site db >/dev/null 2>&1; $stack start $site db </dev/null >/dev/null 2>&1" );
	}
}
