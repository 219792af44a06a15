<?php
/**
 * What may go wrong while draining, done for real: processes killed, two nodes at once, a database that is away.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Tests\Webhook;

use NxtChat\Native;
use NxtChat\Site;
use NxtChat\Webhook\Drain;

require_once __DIR__ . '/SpoolCase.php';

final class FaultTest extends SpoolCase {

	private const CUSTOMERS = 15;

	/** Events of a run, by number of the round. */
	private const PER_ROUND = 120;

	/** @group long */
	public function test_a_drain_killed_fifty_times_ends_with_the_same_rows(): void {
		mt_srand( 20261122 );
		$killed = 0;
		$next   = 0;
		$tries  = 0;
		$until  = microtime( true ) + 240.0;
		$most   = 60000; // How long a drain may go on, µs. What it takes here is learnt: about half of them are killed.
		while ( $killed < 50 && microtime( true ) < $until ) {
			++$tries;
			if ( Native\spool_stats( Site::dir() )['pending'] < self::PER_ROUND ) {
				for ( $i = 0; $i < self::PER_ROUND; $i++ ) {
					foreach ( $this->event( $next++ ) as $body ) {
						self::spool( $body );
					}
				}
			}
			[ $process, $go ] = self::child( array( 'drain' ) );
			self::wait_for( static fn() => file_exists( "$go.ready" ), 30.0, 'the process' );
			touch( $go );
			usleep( mt_rand( 500, $most ) );
			$status = proc_get_status( $process );
			$most   = (int) min( 2000000, max( 4000, $most * ( $status['running'] ? 1.2 : 0.8 ) ) );
			if ( $status['running'] ) {
				posix_kill( $status['pid'], SIGKILL );
				++$killed;
			}
			proc_close( $process );
			array_map( 'unlink', array( $go, "$go.ready" ) );
		}
		self::assertSame( 50, $killed, "in $tries tries" );
		self::drain();
		$this->assert_everything_counted_once( $next );
		fwrite( STDERR, "\nDrain killed $killed times in $tries tries over " . count( $this->rows( 'events' ) ) . " events.\n" );
	}

	public function test_two_nodes_that_got_the_same_events_count_them_once(): void {
		$n      = 300;
		$bodies = array();
		for ( $i = 0; $i < $n; $i++ ) {
			$bodies = array_merge( $bodies, $this->event( $i ) );
		}
		// Another web node: a data directory of its own with the same keys, the same database.
		$other = sys_get_temp_dir() . '/nxtchat-node-' . getmypid();
		$site  = Site::dir();
		mkdir( $other . '/' . basename( $site ), 0700, true );
		copy( "$site/vault.key", $other . '/' . basename( $site ) . '/vault.key' );
		chmod( $other . '/' . basename( $site ) . '/vault.key', 0600 );
		$files = array();
		foreach ( $bodies as $i => $body ) {
			file_put_contents( $files[] = "$other/$i.json", $body );
		}
		[ $process, $go ] = self::child( array( 'front' ), $other );
		touch( $go );
		self::assertSame( 0, proc_close( $process ) );
		array_map( 'unlink', array( $go, "$go.ready" ) );
		[ $process, $go ] = self::child( array( 'spool', self::APP_SECRET, ...$files ), $other );
		touch( $go );
		self::assertSame( 0, proc_close( $process ) );
		shuffle( $bodies );
		array_map( array( self::class, 'spool' ), $bodies );

		[ $here, $go_here, $out_here ]    = self::child( array( 'drain' ) );
		[ $there, $go_there, $out_there ] = self::child( array( 'drain' ), $other );
		foreach ( array( $go_here, $go_there ) as $go ) {
			self::wait_for( static fn() => file_exists( "$go.ready" ), 30.0, 'the processes' );
		}
		touch( $go_here );
		touch( $go_there );
		foreach ( array( array( $here, $out_here, $go_here ), array( $there, $out_there, $go_there ) ) as [ $process, $out, $go_file ] ) {
			$text   = (string) stream_get_contents( $out );
			$counts = json_decode( $text, true );
			proc_close( $process );
			array_map( 'unlink', array( $go_file, "$go_file.ready" ) );
			self::assertIsArray( $counts, $text );
			self::assertSame( array( count( $bodies ), 0, false, false ), array( $counts['items'], $counts['errors'], $counts['busy'], $counts['down'] ), $text );
		}
		$this->assert_everything_counted_once( $n, 2 );
		array_map( 'unlink', $files );
		exec( 'rm -rf ' . escapeshellarg( $other ) );
	}

	public function test_while_the_database_is_away_nothing_is_acknowledged_and_afterwards_nothing_is_missing(): void {
		global $wpdb;
		if ( self::on_sqlite() ) {
			self::markTestSkipped( 'SQLite is a file of this process.' );
		}
		$host = $wpdb->dbhost;
		self::spool( self::text_body( 'wamid.1', '491511234567', 'a', 1750000000 ) );
		$wpdb->close();
		$wpdb->dbhost = '127.0.0.1:1';
		set_error_handler( static fn() => true ); // With WP_DEBUG, $wpdb warns that it can't connect.
		try {
			$counts = Drain::run();
			self::assertTrue( $counts['down'] );
			self::spool( self::text_body( 'wamid.2', '491511234567', 'b', 1750000001 ) ); // Webhooks go on.
			self::assertSame( 2, Native\spool_stats( Site::dir() )['pending'] );
			self::assertFalse( Native\spool_stats( Site::dir() )['draining'], 'The lease is free.' );
		} finally {
			restore_error_handler();
			$wpdb->dbhost = $host;
			self::assertTrue( $wpdb->check_connection( false ) );
		}
		self::drain();
		self::assertCount( 2, $this->rows( 'messages' ) );
		self::assertSame( 2, (int) $this->row( 'conversations', '1 = 1' )['unread'] );
	}

	/**
	 * What happens as number $n: every third a message of ours with its statuses out of order, else a customer's message; some twice.
	 *
	 * @return list<string>
	 */
	private function event( int $n ): array {
		$customer = (string) ( 491511000000 + $n % self::CUSTOMERS );
		if ( 0 === $n % 3 ) {
			$this->sent_row( "wamid.out$n" );
			$bodies = array(
				self::status_body( "wamid.out$n", 'read', $customer, '', 1750000300 + $n ),
				self::status_body( "wamid.out$n", 'delivered', $customer, '', 1750000200 + $n ),
			);
		} else {
			$bodies = array( self::text_body( "wamid.in$n", $customer, "Nachricht $n", 1750000000 + $n, "Kunde $customer" ) );
		}
		return 0 === $n % 5 ? array_merge( $bodies, $bodies ) : $bodies;
	}

	private function assert_everything_counted_once( int $n, int $times = 1 ): void {
		global $wpdb;
		$inbound = array();
		$bodies  = 0;
		$sent    = 0;
		for ( $i = 0; $i < $n; $i++ ) {
			$bodies += ( 0 === $i % 3 ? 2 : 1 ) * ( 0 === $i % 5 ? 2 : 1 );
			if ( 0 === $i % 3 ) {
				++$sent;
			} else {
				$inbound[ 491511000000 + $i % self::CUSTOMERS ] = ( $inbound[ 491511000000 + $i % self::CUSTOMERS ] ?? 0 ) + 1;
			}
		}
		self::assertCount( $bodies * $times, $this->rows( 'events' ) );
		self::assertCount( array_sum( $inbound ), $this->rows( 'messages', 'direction = 1' ) );
		self::assertCount( count( $inbound ), $this->rows( 'contacts' ) );
		self::assertCount( count( $inbound ), $this->rows( 'contact_identities' ) );
		self::assertCount( count( $inbound ), $this->rows( 'conversations' ) );
		foreach ( $inbound as $phone => $count ) {
			$contact      = $this->row( 'contact_identities', "value = '+$phone'" )['contact_id'];
			$conversation = $this->row( 'conversations', "contact_id = $contact" );
			self::assertSame( $count, (int) $conversation['unread'] );
			$last = $wpdb->get_row( 'SELECT id, at_ms FROM ' . self::table( 'messages' ) . " WHERE conversation_id = {$conversation['id']} AND direction = 1 ORDER BY at_ms DESC, id DESC LIMIT 1" );
			self::assertSame( array( $last->id, $last->at_ms, $last->at_ms ), array( $conversation['last_message_id'], $conversation['last_ms'], $conversation['last_in_ms'] ) );
		}
		$settled = $this->rows( 'messages', 'direction = 2 AND state = ' . Native\STATE_READ . ' AND read_ms - delivered_ms = 100000' );
		self::assertCount( $sent, $settled );
		self::assertCount( 0, $this->rows( 'parked_statuses' ) );
		self::assertCount( 0, $this->rows( 'events', 'state <> 1' ) );
	}

	/** @return array{0: resource, 1: string, 2: resource} Process, the file that lets it go, its output. */
	private static function child( array $arguments, string $data_dir = '' ): array {
		$go = (string) tempnam( sys_get_temp_dir(), 'go' );
		unlink( $go );
		$command = array( PHP_BINARY, ...( '' === $data_dir ? array() : array( '-d', "nxtchat.data_dir=$data_dir" ) ), NXTCHAT_TEST_ROOT . '/tests/fault/child.php', ...$arguments );
		$process = proc_open( $command, array( array( 'file', '/dev/null', 'r' ), array( 'pipe', 'w' ), STDERR ), $pipes, null, array( 'NXTCHAT_CHILD_GO' => $go, 'NXTCHAT_CHILD_READY' => "$go.ready" ) + getenv() );
		return array( $process, $go, $pipes[1] );
	}
}
