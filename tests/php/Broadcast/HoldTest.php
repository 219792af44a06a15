<?php
/**
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Tests\Broadcast;

use NxtChat\Broadcast\BroadcastStore;
use NxtChat\Broadcast\Hold;
use NxtChat\Broadcast\Schedule;
use NxtChat\Broadcast\States;
use NxtChat\Broadcast\Work;
use NxtChat\Native;
use NxtChat\Site;

require_once __DIR__ . '/BroadcastCase.php';

/** Whoever looks at a broadcast that does not move is told why. */
final class HoldTest extends BroadcastCase {

	/** What a look tells. */
	private function hold( int $id ): string {
		return $this->ok( 200, 'GET', "broadcasts/$id" )['hold']['code'] ?? '';
	}

	/** One that runs, and whose recipients are not begun with. */
	private function running( array $definition = array() ): int {
		$id = $this->draft( $definition )['id'];
		$this->start( $id );
		BroadcastStore::change( $id, array(), array( 'state' => States::FREEZING ) );
		$this->freeze( $id );
		return $id;
	}

	public function test_a_network_that_is_down_is_told_until_it_works_again(): void {
		global $wpdb;
		$this->template();
		$this->people( 5 );
		$id    = $this->running();
		$table = self::table( 'accounts' );
		$right = $wpdb->get_var( "SELECT graph_base FROM $table" );
		$wpdb->query( "UPDATE $table SET graph_base = 'http://127.0.0.1:9'" );
		$this->work = new Work();
		self::wait_for( fn() => $this->work->step( 0.2 ) >= 0 && 'network' === $this->hold( $id ), 10.0, 'the reason' );
		$told = $this->ok( 200, 'GET', "broadcasts/$id" );
		self::assertSame( array( 'running', null ), array( $told['state_name'], $told['reason'] ), 'It is no stop.' );
		self::assertStringContainsString( 'refused', $told['hold']['message'] );
		$this->work->end( 1.0 );
		$wpdb->query( $wpdb->prepare( "UPDATE $table SET graph_base = %s", $right ) );
		$this->work = new Work();
		self::wait_for( fn() => $this->work->step( 0.2 ) >= 0 && 'done' === $this->ok( 200, 'GET', "broadcasts/$id" )['state_name'], 15.0, 'the end' );
		self::assertSame( '', $this->hold( $id ) );
	}

	public function test_a_number_that_is_slowed_down_is_told(): void {
		$this->template();
		$this->people( 400 );
		$this->simulator->settings( array( 'mps' => 20 ) );
		$id         = $this->running();
		$this->work = new Work();
		self::wait_for( fn() => $this->work->step( 0.2 ) >= 0 && 'slow' === $this->hold( $id ), 10.0, 'the reason' );
		$this->ok( 200, 'POST', "broadcasts/$id/cancel" );
		self::assertSame( '', $this->hold( $id ) );
	}

	public function test_it_is_written_when_it_changes_and_now_and_then(): void {
		$this->template();
		$this->people( 1 );
		$id   = $this->running();
		$row  = array( BroadcastStore::get( $id ) );
		$hold = new Hold();
		$note = static function ( array $stats ) use ( $hold, $row ): int {
			global $wpdb;
			$before = $wpdb->num_queries;
			$hold->note( $row, $stats + array( 'trouble' => null, 'breaker' => 'closed', 'throttled_ms' => 0, 'rate' => 80.0, 'ceiling' => 80.0 ) );
			return $wpdb->num_queries - $before;
		};
		self::assertSame( array( 0, 1, 0, 1, 0 ), array( $note( array() ), $note( array( 'trouble' => 'no route' ) ), $note( array( 'trouble' => 'no route' ) ), $note( array( 'breaker' => 'open' ) ), $note( array() ) ), 'What is over stays for a moment.' );
		self::assertSame( 'unclear', $this->hold( $id ) );
		$told          = json_decode( BroadcastStore::get( $id )['hold_json'], true );
		$told['at_ms'] = Site::now_ms() - 120000;
		BroadcastStore::change( $id, array(), array( 'hold_json' => (string) wp_json_encode( $told ) ) );
		self::assertSame( '', $this->hold( $id ), 'Who wrote that has died.' );
	}

	/** @dataProvider waits */
	public function test_who_is_due_later_tells_why( array $definition, array $recipient, string $code ): void {
		global $wpdb;
		$this->template();
		$this->template( 'sale2' );
		$this->people( 1 );
		$id  = $this->running( $definition );
		$due = Schedule::quiet_until( array( 'from' => '00:00', 'to' => '23:59', 'zone' => 'recipient' ), 'DE', Site::now_ms() ) ?: Site::now_ms() + 60000;
		$wpdb->update( self::table( 'recipients' ), $recipient + array( 'due_ms' => $due ), array( 'broadcast_id' => $id ) );
		BroadcastStore::change( $id, array(), array( 'state' => States::RUNNING ) );
		$told = $this->ok( 200, 'GET', "broadcasts/$id" )['hold'];
		self::assertSame( $code, $told['code'] );
		'test' === $code ? self::assertSame( BroadcastStore::get( $id )['started_ms'] + 3600000, $told['until_ms'] ) : self::assertSame( $due, $told['until_ms'] );
	}

	public static function waits(): array {
		$quiet = array( 'quiet' => array( 'from' => '00:00', 'to' => '23:59', 'zone' => 'recipient' ) );
		return array(
			'quiet hours'      => array( $quiet, array(), 'quiet' ),
			'held back'        => array( $quiet, array( 'tries' => 1 ), 'again' ),
			'their own time'   => array( array( 'schedule' => array( 'mode' => 'at', 'at' => '2035-01-01T09:00', 'zone' => 'recipient' ) ), array(), 'zone' ),
			'a test'           => array( array( 'ab' => array( 'template' => array( 'name' => 'sale2', 'language' => 'en_US' ), 'share' => 20, 'by' => 'read', 'after_minutes' => 60 ) ), array( 'due_ms' => Schedule::HOLD ), 'test' ),
			'something else'   => array( array(), array(), 'later' ),
		);
	}

	public function test_nobody_who_sends_is_told_after_a_while(): void {
		$this->template();
		$this->people( 2 );
		$id = $this->running();
		self::assertSame( '', $this->hold( $id ), 'It has only just begun.' );
		BroadcastStore::change( $id, array(), array( 'started_ms' => Site::now_ms() - 60000, 'updated_ms' => Site::now_ms() - 60000 ) );
		self::assertSame( 'worker', $this->hold( $id ) );
		BroadcastStore::attend( "broadcast-pace:{$this->account}:", Native\ulids( 1 )[0], 0, Site::now_ms(), Site::now_ms() + 10000 );
		self::assertSame( '', $this->hold( $id ) );
	}
}
