<?php
/**
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Tests\Broadcast;

use NxtChat\Broadcast\Broadcasts;
use NxtChat\Broadcast\BroadcastStore;
use NxtChat\Broadcast\Recipients;
use NxtChat\Broadcast\RecipientStore;
use NxtChat\Broadcast\Report;
use NxtChat\Broadcast\States;
use NxtChat\Broadcast\Work;
use NxtChat\Consent\Consents;
use NxtChat\Native;
use NxtChat\Site;
use NxtChat\Webhook\Drain;

require_once __DIR__ . '/BroadcastCase.php';

/** Broadcasts when Meta, a machine or a person stands in the way: nobody is lost, nobody gets it twice. */
final class TroubleTest extends BroadcastCase {

	/** @dataProvider stops */
	public function test_an_error_that_everybody_would_get_stops_it_without_losing_anybody( int $code ): void {
		$this->template();
		$this->people( 60 );
		$this->simulator->call( 'POST', '/sim/rules', array( 'to' => '4915110000020', 'do' => 'error', 'code' => $code ) );
		$stopped = $this->goes( array( 'rate' => 30 ) );
		self::assertSame( array( 'stopped', (string) $code ), array( $stopped['state_name'], $stopped['reason']['code'] ) );
		self::assertNotSame( '', $stopped['reason']['message'] . $stopped['reason']['remedy'] );
		$counts = $this->counts( $stopped['id'] );
		self::assertSame( 60, ( $counts['sent'] ?? 0 ) + ( $counts['waiting'] ?? 0 ), wp_json_encode( $counts ) );
		ob_start();
		\NxtChat\Broadcast\BroadcastNotices::show();
		self::assertStringContainsString( 'Test', (string) ob_get_clean() );
		$this->simulator->call( 'DELETE', '/sim/rules' );
		$this->ok( 200, 'POST', "broadcasts/{$stopped['id']}/resume" );
		$this->run_until( $stopped['id'], array( States::DONE ) );
		$counts = $this->counts( $stopped['id'] );
		self::assertSame( 60, ( $counts['sent'] ?? 0 ) + ( $counts['failed'] ?? 0 ) );
		self::assertSame( array( 1 ), array_values( array_unique( $this->got() ) ) );
	}

	public static function stops(): array {
		return array( array( 190 ), array( 368 ), array( 131042 ), array( 131048 ), array( 132015 ) );
	}

	public function test_what_is_wrong_with_one_template_stops_only_its_broadcasts(): void {
		$this->template();
		$this->template( 'other' );
		$ids  = $this->people( 30 );
		$rest = $this->people( 30, array(), 50 );
		$bad  = $this->draft( array( 'rate' => 20, 'audience' => array( 'everybody' => false, 'contacts' => $ids ) ), 'Bad' );
		$good = $this->draft( array( 'rate' => 20, 'template' => array( 'name' => 'other' ), 'audience' => array( 'everybody' => false, 'contacts' => $rest ) ), 'Good' );
		$this->simulator->call( 'POST', '/sim/rules', array( 'to' => '4915110000010', 'do' => 'error', 'code' => 132015 ) );
		$this->start( $bad['id'] );
		$this->start( $good['id'] );
		$this->run_until( $bad['id'], array( States::STOPPED, States::DONE ) );
		self::assertSame( '132015', Broadcasts::get( $bad['id'] )['reason']['code'] );
		$this->run_until( $good['id'], array( States::DONE, States::STOPPED ) );
		self::assertSame( array( 'sent' => 30, 'done' => 30, 'all' => 30 ), $this->counts( $good['id'] ) );
		$counts = $this->counts( $bad['id'] );
		self::assertSame( 30, $counts['sent'] + $counts['waiting'], wp_json_encode( $counts ) );
	}

	public function test_refused_held_back_and_unclear(): void {
		$this->template();
		$this->people( 10 );
		$this->simulator->call( 'POST', '/sim/rules', array( 'to' => '4915110000000', 'do' => 'error', 'code' => 131026 ) );
		$this->simulator->call( 'POST', '/sim/rules', array( 'to' => '4915110000001', 'do' => 'error', 'code' => 131049 ) );
		$this->simulator->call( 'POST', '/sim/rules', array( 'to' => '4915110000002', 'do' => 'drop_after' ) );
		$this->simulator->call( 'POST', '/sim/rules', array( 'to' => '4915110000003', 'do' => 'error', 'code' => 130429, 'count' => 2 ) );
		$made = $this->draft();
		$this->start( $made['id'] );
		$this->work = new Work();
		self::wait_for( fn() => $this->work->step( 0.2 ) >= 0 && array( 'waiting' => 1, 'unknown' => 1, 'sent' => 7, 'failed' => 1, 'done' => 9, 'all' => 10 ) === $this->counts( $made['id'] ), 15.0, 'an outcome for everybody' );
		$held = $this->rows( 'recipients', 'state = ' . Native\STATE_QUEUED )[0];
		self::assertGreaterThan( Site::now_ms() + 23 * 3600000, (int) $held['due_ms'] );
		self::assertSame( 1, (int) $held['attempt'] );
		self::assertSame( 1, $this->got()['4915110000002'], 'It went out, and is not sent again.' );
		$row = $this->rows( 'messages', 'state = ' . Native\STATE_UNKNOWN )[0];
		// The status that carries its ref settles it.
		Native\front_configure( Site::prepare(), array( 'app_secrets' => array( self::APP_SECRET ), 'verify_hashes' => array(), 'wp_load' => ABSPATH . 'wp-load.php', 'blog_id' => 1, 'home' => home_url(), 'durability' => 'normal', 'max_bytes' => 1 << 30 ) );
		$body = self::status_body( 'wamid.lost', 'delivered', '4915110000002', $row['ref'] );
		Native\webhook_accept( Site::dir(), $body, self::sign( $body ) );
		Drain::run();
		self::assertSame( array( 'wamid.lost', Native\STATE_DELIVERED ), array( $this->rows( 'messages', "ref = '{$row['ref']}'" )[0]['wamid'], (int) $this->rows( 'messages', "ref = '{$row['ref']}'" )[0]['state'] ) );
		self::assertSame( 1, $this->counts( $made['id'] )['delivered'] );
	}

	public function test_a_template_that_was_paused_since_stops_it_before_anything_is_sent(): void {
		global $wpdb;
		$this->template();
		$this->people( 3 );
		$made = $this->draft();
		$this->start( $made['id'] );
		$this->freeze( $made['id'] );
		$wpdb->query( 'UPDATE ' . self::table( 'templates' ) . " SET status = 'PAUSED'" );
		$stopped = $this->run_until( $made['id'], array( States::STOPPED ) );
		self::assertSame( array( 'template', 0 ), array( $stopped['reason']['code'], count( $this->record() ) ) );
		$this->ok( 422, 'POST', "broadcasts/{$made['id']}/resume" );
		$wpdb->query( 'UPDATE ' . self::table( 'templates' ) . " SET status = 'APPROVED'" );
		$this->ok( 200, 'POST', "broadcasts/{$made['id']}/resume" );
		$this->run_until( $made['id'], array( States::DONE ) );
		self::assertSame( 3, $this->counts( $made['id'] )['sent'] );
	}

	public function test_a_copy_of_the_site_sends_nothing(): void {
		global $wpdb;
		$this->template();
		$this->people( 3 );
		$made = $this->draft();
		$this->start( $made['id'] );
		$wpdb->query( 'UPDATE ' . self::table( 'accounts' ) . " SET home_url = 'https://elsewhere.example'" );
		$stopped = $this->run_until( $made['id'], array( States::STOPPED ) );
		self::assertSame( array( 'account', 0 ), array( $stopped['reason']['code'], count( $this->record() ) ) );
	}

	public function test_claims_of_the_dead_come_back(): void {
		$this->template();
		$this->people( 6 );
		$made = $this->draft();
		$this->start( $made['id'] );
		$this->freeze( $made['id'] );
		$now = Site::now_ms();
		// One who died before anything was written, one whose machine tells nothing any more.
		self::assertSame( 2, RecipientStore::claim( $made['id'], 11, 2, $now, $now - 1000 ) );
		self::assertSame( 2, RecipientStore::claim( $made['id'], 12, 2, $now, $now - Work::LOST_MS - 1000 ) );
		foreach ( RecipientStore::claimed( 12 ) as $row ) {
			\NxtChat\Message\BulkMessages::write( $this->account, 1, 0, array( array( 'contact' => (int) $row['contact_id'], 'ref' => Recipients::ref( $made['uid'], $made['id'], (int) $row['id'], 0 ), 'text' => 'x', 'payload' => '{}', 'template' => 1 ) ), Native\ulids( 1 )[0] );
		}
		$this->run_until( $made['id'], array( States::DONE ) );
		self::assertSame( array( 'unknown' => 2, 'sent' => 4, 'done' => 6, 'all' => 6 ), $this->counts( $made['id'] ) );
		self::assertCount( 4, $this->record(), 'Who may have got it is not sent to again.' );
		self::assertSame( array( true ), array_unique( array_map( static fn( array $row ): bool => (int) $row['message_id'] > 0, $this->rows( 'recipients' ) ) ), 'Each names its message.' );
		// Unless somebody says so.
		$this->ok( 200, 'POST', "broadcasts/{$made['id']}/retry", array( 'which' => 'unknown' ) );
		$this->run_until( $made['id'], array( States::DONE ) );
		self::assertSame( array( 'sent' => 6, 'done' => 6, 'all' => 6 ), $this->counts( $made['id'] ) );
	}

	public function test_a_slow_worker_is_not_taken_for_a_dead_one(): void {
		if ( self::on_sqlite() ) {
			self::markTestSkipped( 'SQLite has one writer at a time.' );
		}
		$this->template();
		$this->people( 3 );
		$made = $this->draft();
		$this->start( $made['id'] );
		$this->freeze( $made['id'] );
		$now = Site::now_ms();
		RecipientStore::claim( $made['id'], 15, 3, $now, $now - 1000 ); // Its lease is over, and it is writing the messages at this moment.
		$locked = tempnam( sys_get_temp_dir(), 'nxtchat' );
		unlink( $locked );
		$slow = proc_open( array( PHP_BINARY, NXTCHAT_TEST_ROOT . '/tests/fault/child.php', 'compose', '15' ), array( array( 'file', '/dev/null', 'r' ), array( 'file', NXTCHAT_TEST_SITE . '/log/child.log', 'a' ), array( 'file', NXTCHAT_TEST_SITE . '/log/child.log', 'a' ) ), $pipes, null, array( 'NXTCHAT_CHILD_LOCKED' => $locked ) + getenv() );
		self::wait_for( static fn() => file_exists( $locked ), 15.0, 'its transaction' );
		$work = new Work();
		( new \ReflectionMethod( Work::class, 'expire' ) )->invoke( $work, BroadcastStore::get( $made['id'] ), Site::now_ms() );
		self::assertSame( 0, proc_close( $slow ) );
		unlink( $locked );
		self::assertCount( 3, $this->rows( 'messages' ) );
		self::assertSame( array( array( Native\STATE_SENDING, 0 ) ), array_values( array_unique( array_map( static fn( array $row ): array => array( (int) $row['state'], (int) $row['attempt'] ), $this->rows( 'recipients' ) ), SORT_REGULAR ) ), 'They are its own still.' );
		$this->ok( 200, 'POST', "broadcasts/{$made['id']}/cancel" );
	}

	public function test_who_comes_back_after_the_end_is_not_forgotten(): void {
		$this->template();
		$this->people( 2 );
		$done    = $this->goes();
		$unknown = function ( int $id ): array {
			global $wpdb;
			$row = $this->rows( 'recipients', "broadcast_id = $id" )[0];
			$wpdb->query( $wpdb->prepare( 'UPDATE ' . self::table( 'recipients' ) . ' SET state = %d WHERE id = %d', Native\STATE_UNKNOWN, $row['id'] ) );
			return array( 'ref' => Recipients::ref( Broadcasts::get( $id )['uid'], $id, (int) $row['id'], (int) $row['attempt'] ), 'outcome' => 'returned', 'wamid' => null, 'error' => null, 'at_ms' => Site::now_ms(), 'tries' => 0, 'retry_at_ms' => 0 );
		};
		// A database that was away for longer than the others waited.
		\NxtChat\Broadcast\Outcomes::write( array( $unknown( $done['id'] ) ) );
		self::assertSame( 'running', Broadcasts::get( $done['id'] )['state_name'] );
		$this->run_until( $done['id'], array( States::DONE ) );
		self::assertSame( array( 'sent' => 2, 'done' => 2, 'all' => 2 ), $this->counts( $done['id'] ) );
		// One that was cancelled meanwhile leaves them out.
		$made = $this->draft( array( 'rate' => 1 ) );
		$this->start( $made['id'] );
		$this->freeze( $made['id'] );
		$this->ok( 200, 'POST', "broadcasts/{$made['id']}/cancel" );
		self::wait_for( fn() => $this->work->step( 0.2 ) >= 0 && Broadcasts::get( $made['id'] )['finished_ms'] > 0, 10.0, 'the end' );
		\NxtChat\Broadcast\Outcomes::write( array( $unknown( $made['id'] ) ) );
		self::wait_for( fn() => $this->work->step( 0.2 ) >= 0 && array( 'skipped' => 2, 'done' => 2, 'all' => 2 ) === $this->counts( $made['id'] ) && Broadcasts::get( $made['id'] )['finished_ms'] > 0, 10.0, 'the end again' );
	}

	public function test_a_machine_that_comes_back_late_is_heard(): void {
		$this->template();
		$this->people( 5 );
		$made = $this->draft();
		$this->start( $made['id'] );
		$this->freeze( $made['id'] );
		$now = Site::now_ms();
		self::assertSame( 3, RecipientStore::claim( $made['id'], 12, 3, $now, $now - Work::LOST_MS - 1000 ) );
		$push = array();
		foreach ( RecipientStore::claimed( 12 ) as $n => $row ) {
			$ref    = Recipients::ref( $made['uid'], $made['id'], (int) $row['id'], 0 );
			$push[] = array( 'ref' => $ref, 'to' => self::phone( $n ), 'message' => array( 'type' => 'text', 'text' => array( 'body' => 'x' ) ) );
			\NxtChat\Message\BulkMessages::write( $this->account, 1, 0, array( array( 'contact' => (int) $row['contact_id'], 'ref' => $ref, 'text' => 'x', 'payload' => '{}', 'template' => 1 ) ), Native\ulids( 1 )[0] );
		}
		// Its machine dies: one was sent, one was pushed at most, one not even that. Its disk is away.
		$engine = new Native\Broadcast( Site::prepare(), \NxtChat\Account\Accounts::credentials( $this->account ), array( 'rate' => 100 ) );
		$engine->announce( array_column( $push, 'ref' ) );
		$engine->push( array( $push[0] ) );
		self::assertSame( 'accepted', $engine->poll( 5000 )[0]['outcome'] );
		$engine->rate( 0 );
		$engine->push( array( $push[1] ) );
		unset( $engine );
		$away = Site::dir() . '/away';
		rename( Site::dir() . '/broadcast', $away );
		try {
			$this->run_until( $made['id'], array( States::DONE ) );
			self::assertSame( array( 'unknown' => 3, 'sent' => 2, 'done' => 5, 'all' => 5 ), $this->counts( $made['id'] ) );
			$this->work->end( 1.0 );
			$this->work = null;
		} finally {
			exec( 'rm -rf ' . escapeshellarg( Site::dir() . '/broadcast' ) );
			rename( $away, Site::dir() . '/broadcast' );
		}
		self::wait_for( fn() => ( $this->work ??= new Work() )->step( 0.2 ) >= 0 && array( 'sent' => 5, 'done' => 5, 'all' => 5 ) === $this->counts( $made['id'] ), 15.0, 'the two that never left' );
		$this->run_until( $made['id'], array( States::DONE ) );
		self::assertSame( array( 1, 1, 1, 1, 1 ), array_values( $this->got() ) );
		self::assertTrue( Report::get( $made['id'], true )['proof']['ok'], wp_json_encode( Report::get( $made['id'], true )['proof'] ) );
		self::assertSame( array(), Native\broadcast_recover( Site::dir() ) );
	}

	public function test_unknown_outcomes_under_the_policy_again_end_unknown(): void {
		$this->template();
		$this->people( 2 );
		$this->simulator->call( 'POST', '/sim/rules', array( 'to' => '4915110000000', 'do' => 'drop_after' ) );
		$made = $this->draft( array( 'unknown' => 'again' ) );
		$this->start( $made['id'] );
		$this->work = new Work();
		global $wpdb;
		for ( $n = 1; $n <= Recipients::SENDS_MAX; $n++ ) {
			self::wait_for( fn() => $this->work->step( 0.2 ) >= 0 && $n === count( array_filter( $this->record(), static fn( array $item ): bool => '4915110000000' === ltrim( (string) $item['to'], '+' ) ) ) && array( 'unknown' => 1, 'sent' => 1, 'done' => 2, 'all' => 2 ) === $this->counts( $made['id'] ), 15.0, "send $n" );
			$wpdb->query( 'UPDATE ' . self::table( 'recipients' ) . ' SET due_ms = due_ms - ' . ( 2 * Work::UNKNOWN_MS ) . ' WHERE state = ' . Native\STATE_UNKNOWN );
		}
		$this->run_until( $made['id'], array( States::DONE ) );
		self::assertSame( 1, $this->counts( $made['id'] )['unknown'] );
		self::assertSame( 0, $this->ok( 200, 'POST', "broadcasts/{$made['id']}/retry" )['again'], 'An outcome that is not known is no failure.' );
	}

	public function test_retrying_somebody_is_not_stopped_by_the_cap(): void {
		$this->template();
		$this->people( 2 );
		$this->simulator->call( 'POST', '/sim/rules', array( 'to' => '4915110000000', 'do' => 'drop' ) );
		$done = $this->goes( array( 'cap' => array( 'messages' => 1, 'days' => 7 ) ) );
		self::assertSame( array( 'unknown' => 1, 'sent' => 1, 'done' => 2, 'all' => 2 ), $this->counts( $done['id'] ) );
		$this->simulator->call( 'DELETE', '/sim/rules' );
		self::assertSame( 1, $this->ok( 200, 'POST', "broadcasts/{$done['id']}/retry", array( 'which' => 'unknown' ) )['again'] );
		$this->run_until( $done['id'], array( States::DONE ) );
		self::assertSame( array( 'sent' => 2, 'done' => 2, 'all' => 2 ), $this->counts( $done['id'] ) );
	}

	public function test_returns_that_never_began_use_up_no_try(): void {
		$this->template();
		$this->people( 1 );
		$made = $this->draft();
		$this->start( $made['id'] );
		$this->freeze( $made['id'] );
		$row = $this->rows( 'recipients' )[0];
		$out = static fn( int $attempt, int $code ): array => array( 'ref' => Recipients::ref( $made['uid'], $made['id'], (int) $row['id'], $attempt ), 'outcome' => 'returned', 'wamid' => null, 'error' => 0 === $code ? null : array( 'code' => $code, 'details' => '', 'message' => 'x' ), 'at_ms' => Site::now_ms(), 'tries' => 1, 'retry_at_ms' => 0 === $code ? 0 : Site::now_ms() + 60000 );
		for ( $attempt = 0; $attempt < 10; $attempt++ ) {
			RecipientStore::claim( $made['id'], 5 + $attempt, 1, Site::now_ms(), Site::now_ms() + 60000 );
			\NxtChat\Broadcast\Outcomes::write( array( $out( $attempt, 0 ) ) );
		}
		RecipientStore::claim( $made['id'], 99, 1, Site::now_ms(), Site::now_ms() + 60000 );
		\NxtChat\Broadcast\Outcomes::write( array( $out( 10, 131049 ) ) );
		$row = $this->rows( 'recipients' )[0];
		self::assertSame( array( Native\STATE_QUEUED, 11, 1 ), array( (int) $row['state'], (int) $row['attempt'], (int) $row['tries'] ) );
		$this->ok( 200, 'POST', "broadcasts/{$made['id']}/cancel" );
	}

	public function test_while_meta_is_ill_a_stop_word_reaches_who_waits(): void {
		$this->template();
		$ids = $this->people( 120 );
		$this->simulator->call( 'POST', '/sim/rules', array( 'do' => 'html', 'http_status' => 502, 'accept' => false ) );
		$made = $this->draft();
		$this->start( $made['id'] );
		$this->work = new Work();
		$dispatch   = fn(): ?object => array_values( ( new \ReflectionProperty( Work::class, 'dispatches' ) )->getValue( $this->work ) )[0] ?? null;
		$ill        = new \ReflectionProperty( \NxtChat\Broadcast\Dispatch::class, 'ill_ms' );
		self::wait_for( fn() => $this->work->step( 0.2 ) >= 0 && null !== $dispatch() && $ill->getValue( $dispatch() ) > 0, 15.0, 'the breaker' );
		self::assertGreaterThan( 20, $this->counts( $made['id'] )['sending'] );
		$ill->setValue( $dispatch(), Site::now_ms() - 61000 );
		self::wait_for( fn() => $this->work->step( 0.2 ) >= 0 && ( $this->counts( $made['id'] )['sending'] ?? 0 ) <= 21, 5.0, 'those who waited' );
		$counts = $this->counts( $made['id'] );
		self::assertGreaterThan( 20, $counts['waiting'] );
		self::assertSame( 120, $counts['waiting'] + $counts['unknown'] + ( $counts['sending'] ?? 0 ) );
		$waits = (int) $this->rows( 'recipients', 'state = ' . Native\STATE_QUEUED . ' AND attempt = 1' )[0]['contact_id'];
		Consents::change( $waits, Native\PURPOSE_MARKETING, Native\CONSENT_REVOKED, array( 'source' => 'staff' ) );
		$this->simulator->call( 'DELETE', '/sim/rules' );
		global $wpdb;
		$wpdb->query( 'UPDATE ' . self::table( 'recipients' ) . ' SET due_ms = 0 WHERE state = ' . Native\STATE_QUEUED );
		$this->run_until( $made['id'], array( States::DONE ), 40.0 );
		$counts = $this->counts( $made['id'] );
		self::assertSame( array( 120, 1 ), array( $counts['sent'] + $counts['unknown'] + $counts['skipped'], $counts['skipped'] ), wp_json_encode( $counts ) );
		self::assertSame( array( 1 ), array_values( array_unique( $this->got() ) ) );
	}

	public function test_without_a_journal_it_stops_before_anything_leaves(): void {
		$this->template();
		$this->people( 5 );
		$folder = Site::prepare() . '/broadcast';
		exec( 'rm -rf ' . escapeshellarg( $folder ) );
		touch( $folder ); // No directory can be made there.
		try {
			$stopped = $this->goes();
			self::assertSame( array( 'stopped', 'journal' ), array( $stopped['state_name'], $stopped['reason']['code'] ) );
			self::assertNotSame( '', $stopped['reason']['message'] );
			self::wait_for( fn() => $this->work->step( 0.2 ) >= 0 && array( 'waiting' => 5, 'all' => 5 ) === $this->counts( $stopped['id'] ), 5.0, 'those who were claimed' );
			self::assertSame( array(), $this->record() );
			self::assertSame( array(), $this->rows( 'messages' ), 'Nothing is in the history that was not sent.' );
		} finally {
			unlink( $folder );
		}
		global $wpdb;
		$wpdb->query( 'UPDATE ' . self::table( 'recipients' ) . ' SET due_ms = 0' );
		$this->ok( 200, 'POST', "broadcasts/{$stopped['id']}/resume" );
		$this->run_until( $stopped['id'], array( States::DONE ) );
		self::assertSame( array( 1, 1, 1, 1, 1 ), array_values( $this->got() ) );
	}

	public function test_failed_ones_are_tried_again_when_they_may(): void {
		$this->template();
		$this->people( 4 );
		$this->simulator->call( 'POST', '/sim/rules', array( 'to' => '4915110000000', 'do' => 'error', 'code' => 131026 ) );
		$done = $this->goes();
		self::assertSame( array( 'sent' => 3, 'failed' => 1, 'done' => 4, 'all' => 4 ), $this->counts( $done['id'] ) );
		global $wpdb;
		$wpdb->query( 'UPDATE ' . self::table( 'recipients' ) . ' SET error_code = 131057 WHERE state = ' . Native\STATE_FAILED );
		$this->simulator->call( 'DELETE', '/sim/rules' );
		self::assertSame( 1, $this->ok( 200, 'POST', "broadcasts/{$done['id']}/retry" )['again'] );
		$this->run_until( $done['id'], array( States::DONE ) );
		self::assertSame( array( 'sent' => 4, 'done' => 4, 'all' => 4 ), $this->counts( $done['id'] ) );
		self::assertTrue( Report::get( $done['id'], true )['proof']['ok'], wp_json_encode( Report::get( $done['id'], true )['proof'] ) );
	}
}
