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
use NxtChat\Broadcast\Schedule;
use NxtChat\Broadcast\States;
use NxtChat\Broadcast\Work;
use NxtChat\Contact\Merges;
use NxtChat\Consent\Consents;
use NxtChat\Native;
use NxtChat\Privacy\Erasure;
use NxtChat\Site;
use NxtChat\Webhook\Drain;
use NxtChat\Webhook\Worker;

require_once __DIR__ . '/BroadcastCase.php';

/** Broadcasts on the real engine against the simulator. */
final class RunTest extends BroadcastCase {

	private ?Work $work = null;

	protected function tearDown(): void {
		$this->work?->end( 1.0 );
		$this->work = null;
		parent::tearDown();
	}

	/** Goes on until a broadcast is in one of these states. */
	private function run_until( int $id, array $states, float $seconds = 20.0 ): array {
		$this->work ??= new Work();
		$end          = microtime( true ) + $seconds;
		do {
			if ( 0 === $this->work->step( 0.3 ) ) {
				usleep( 50000 );
			}
			$state = (int) BroadcastStore::get( $id )['state'];
		} while ( ! in_array( $state, $states, true ) && microtime( true ) < $end );
		self::assertContains( $state, $states, wp_json_encode( Broadcasts::get( $id ) ) );
		return Broadcasts::get( $id );
	}

	private function goes( array $definition = array(), float $seconds = 20.0 ): array {
		$made = $this->draft( $definition );
		$this->start( $made['id'] );
		return $this->run_until( $made['id'], array( States::DONE, States::STOPPED ), $seconds );
	}

	/** How often each number got something. @return array<string, int> */
	private function got(): array {
		return array_count_values( array_map( static fn( array $item ): string => ltrim( (string) ( $item['to'] ?? $item['recipient'] ?? '' ), '+' ), $this->record() ) );
	}

	/** @return list<array> All that was accepted. */
	private function record(): array {
		$all   = array();
		$after = 0;
		do {
			$page  = $this->simulator->call( 'GET', "/sim/record?after=$after&limit=1000" );
			$items = $page['items'] ?? $page;
			$all   = array_merge( $all, $items );
			$next  = (int) ( $page['next_after'] ?? 0 );
			$more  = $next > $after && $items;
			$after = $next;
		} while ( $more );
		return $all;
	}

	public function test_everybody_gets_it_once_with_their_own_text(): void {
		$this->template( 'sale', 'en_US', 'MARKETING', array( array( 'type' => 'BODY', 'text' => 'Hi {{1}}, come in.', 'example' => array( 'body_text' => array( array( 'Ann' ) ) ) ) ), array( 'body.1' => array( 'source' => 'contact.first_name', 'fallback' => 'you' ) ) );
		$this->template( 'sale', 'de', 'MARKETING', array( array( 'type' => 'BODY', 'text' => 'Hallo {{1}}, komm.', 'example' => array( 'body_text' => array( array( 'Ann' ) ) ) ) ), array( 'body.1' => array( 'source' => 'contact.first_name', 'fallback' => 'du' ) ) );
		$this->people( 30 );
		$this->people( 5, array( 'name' => "'Jörg Z'", 'language' => "'de_AT'" ), 100 );
		$this->people( 3, array( 'marketing' => Native\CONSENT_REVOKED ), 200 );
		$this->people( 2, array( 'name' => "''", 'language' => "'fr'" ), 300 );
		$done = $this->goes();
		self::assertSame( array( 'done', 40 ), array( $done['state_name'], $done['total'] ) );
		self::assertSame( array( 'sent' => 37, 'skipped' => 3, 'done' => 40, 'all' => 40 ), $this->counts( $done['id'] ) );
		$got = $this->got();
		self::assertCount( 37, $got );
		self::assertSame( array( 1 ), array_values( array_unique( $got ) ) );
		$texts = array_count_values( array_column( $this->rows( 'messages' ), 'body' ) );
		self::assertSame( array( 'Hi Ann, come in.' => 30, 'Hallo Jörg, komm.' => 5, 'Hi you, come in.' => 2 ), $texts );
		$row = $this->rows( 'messages' )[0];
		self::assertSame( array( Native\ORIGIN_BROADCAST, Native\STATE_SENT, Native\PURPOSE_MARKETING ), array( (int) $row['origin'], (int) $row['state'], (int) $row['purpose'] ) );
		self::assertNotNull( $row['wamid'] );
		self::assertArrayHasKey( 'to', json_decode( $row['payload'], true ) );
		$report = Report::get( $done['id'], true );
		self::assertTrue( $report['proof']['ok'], wp_json_encode( $report['proof'] ) );
		self::assertSame( array( array( 'opted_out', 3 ) ), array_map( static fn( array $s ): array => array( $s['reason'], $s['count'] ), $report['skipped'] ) );
		self::assertCount( 0, Native\broadcast_recover( Site::dir() ), 'The journal has nothing that the tables do not have.' );
	}

	public function test_statuses_move_recipients_forward_only(): void {
		$this->template();
		$this->people( 4 );
		$done = $this->goes();
		$rows = $this->rows( 'messages' );
		$site = Site::dir();
		$post = static function ( string $body ) use ( $site ): void {
			Native\webhook_accept( $site, $body, self::sign( $body ) );
		};
		$now  = time();
		Native\front_configure( Site::prepare(), array( 'app_secrets' => array( self::APP_SECRET ), 'verify_hashes' => array(), 'wp_load' => ABSPATH . 'wp-load.php', 'blog_id' => 1, 'home' => home_url(), 'durability' => 'normal', 'max_bytes' => 1 << 30 ) );
		$paid = array( 'pricing' => array( 'billable' => true, 'pricing_model' => 'PMP', 'category' => 'marketing', 'type' => 'regular' ) );
		$post( self::status_body( $rows[0]['wamid'], 'read', '4915110000000', $rows[0]['ref'], $now ) );
		$post( self::status_body( $rows[0]['wamid'], 'delivered', '4915110000000', $rows[0]['ref'], $now - 1, $paid ) );
		$post( self::status_body( $rows[1]['wamid'], 'delivered', '4915110000001', $rows[1]['ref'], $now ) );
		$post( self::status_body( $rows[2]['wamid'], 'failed', '4915110000002', $rows[2]['ref'], $now, array( 'errors' => array( array( 'code' => 131026, 'title' => 'x' ) ) ) ) );
		$post( self::status_body( 'wamid.strange', 'read', '4915110000009', Recipients::ref( Native\ulids( 1 )[0], 99, 1, 0 ), $now ) );
		Drain::run();
		self::assertSame( array( 'sent' => 1, 'delivered' => 1, 'read' => 1, 'failed' => 1, 'done' => 4, 'all' => 4 ), $this->counts( $done['id'] ) );
		$all = $this->rows( 'recipients' );
		self::assertSame( array( 'marketing', 'regular', 1000 * ( $now - 1 ), 1000 * $now ), array( $all[0]['pricing_category'], $all[0]['pricing_type'], (int) $all[0]['delivered_ms'], (int) $all[0]['read_ms'] ) );
		self::assertSame( 131026, (int) $all[2]['error_code'] );
		// Somebody answers, presses a button, and leaves.
		$post( self::text_body( 'wamid.in.1', '4915110000000', 'Thanks!', $now + 1 ) );
		$post( self::text_body( 'wamid.in.2', '4915110000000', 'STOP', $now + 2 ) );
		Drain::run();
		$report = Report::get( $done['id'], true );
		self::assertSame( array( 'audience' => 4, 'sent' => 3, 'delivered' => 2, 'read' => 1, 'replied' => 1, 'clicked' => 0, 'opted_out' => 1 ), $report['funnel'] );
		self::assertSame( array( 131026, false ), array( $report['errors'][0]['code'], $report['errors'][0]['again'] ) );
		self::assertSame( array( 1, 0 ), array( $report['cost']['billed'], $report['cost']['free'] ) );
		self::assertSame( 0, $this->ok( 200, 'POST', "broadcasts/{$done['id']}/retry" )['again'], 'Nothing that may be tried again.' );
	}

	public function test_a_stop_word_between_freezing_and_sending_counts(): void {
		$this->template();
		$ids  = $this->people( 5 );
		$made = $this->draft();
		$this->start( $made['id'] );
		$this->freeze( $made['id'] );
		Consents::change( $ids[0], Native\PURPOSE_MARKETING, Native\CONSENT_REVOKED, array( 'source' => 'staff' ) );
		Erasure::erase( array( $ids[1] ), 'test' );
		$merge = Merges::merge( $ids[2], $ids[3], false, 0 );
		self::assertIsInt( $merge );
		$done = $this->run_until( $made['id'], array( States::DONE ) );
		self::assertSame( array( 'sent' => 2, 'skipped' => 3, 'done' => 5, 'all' => 5 ), $this->counts( $made['id'] ) );
		$reasons = array_column( $this->ok( 200, 'GET', "broadcasts/{$made['id']}/recipients", array( 'state' => 'skipped' ) )['items'], 'reason' );
		self::assertSame( array( 'opted_out', 'erased', 'merged' ), $reasons );
		self::assertTrue( Report::get( $done['id'], true )['proof']['ok'] );
	}

	public function test_a_contact_merged_into_somebody_outside_gets_it_as_who_they_are(): void {
		$this->template();
		$ids     = $this->people( 2 );
		[ $out ] = $this->people( 1, array(), 50 );
		$made    = $this->draft( array( 'audience' => array( 'everybody' => false, 'contacts' => $ids ) ) );
		$this->start( $made['id'] );
		$this->freeze( $made['id'] );
		Merges::merge( $out, $ids[0], false, 0 );
		$this->run_until( $made['id'], array( States::DONE ) );
		self::assertSame( array( 'sent' => 2, 'done' => 2, 'all' => 2 ), $this->counts( $made['id'] ) );
		self::assertEqualsCanonicalizing( array( $out, $ids[1] ), array_map( 'intval', array_column( $this->rows( 'recipients' ), 'contact_id' ) ) );
	}

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

	public function test_pause_resume_cancel_and_another_rate_while_it_runs(): void {
		$this->template();
		$this->people( 240 );
		$made = $this->draft( array( 'rate' => 20 ) );
		$this->start( $made['id'] );
		$this->work = new Work();
		self::wait_for( fn() => $this->work->step( 0.2 ) >= 0 && ( $this->counts( $made['id'] )['sent'] ?? 0 ) >= 5, 10.0, 'the first messages' );
		$this->ok( 200, 'POST', "broadcasts/{$made['id']}/pause" );
		for ( $n = 0; $n < 8; $n++ ) {
			$this->work->step( 0.3 );
			usleep( 200000 );
		}
		$counts = $this->counts( $made['id'] );
		self::assertArrayNotHasKey( 'sending', $counts, 'Nobody hangs in the air.' );
		self::assertSame( 240, $counts['sent'] + $counts['waiting'] );
		$before = count( $this->record() );
		self::assertSame( $before, $counts['sent'] );
		sleep( 1 );
		$this->work->step( 0.2 );
		self::assertCount( $before, $this->record(), 'A pause is a pause.' );
		$this->ok( 200, 'POST', "broadcasts/{$made['id']}/resume" );
		$this->ok( 200, 'POST', "broadcasts/{$made['id']}/rate", array( 'rate' => 60 ) );
		self::wait_for( fn() => $this->work->step( 0.2 ) >= 0 && ( $this->counts( $made['id'] )['sent'] ?? 0 ) >= 60, 10.0, 'the next messages' );
		$this->ok( 200, 'POST', "broadcasts/{$made['id']}/cancel" );
		self::wait_for( fn() => $this->work->step( 0.2 ) >= 0 && Broadcasts::get( $made['id'] )['finished_ms'] > 0, 15.0, 'the end' );
		$counts = $this->counts( $made['id'] );
		self::assertSame( 240, $counts['sent'] + $counts['skipped'] );
		self::assertCount( $counts['sent'], $this->record() );
		self::assertSame( array( 1 ), array_values( array_unique( $this->got() ) ) );
		self::assertTrue( Report::get( $made['id'], true )['proof']['ok'], wp_json_encode( Report::get( $made['id'], true )['proof'] ) );
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

	public function test_quiet_hours_and_the_cap_hold_while_it_runs(): void {
		global $wpdb;
		$this->template();
		[ $often ] = $this->people( 1 );
		$this->people( 3, array(), 10 );
		$this->people( 2, array( 'country' => "'IN'" ), 20 );
		$made  = $this->draft( array( 'cap' => array( 'messages' => 1, 'days' => 7 ) ) );
		$local = new \DateTimeImmutable( 'now', new \DateTimeZone( 'Asia/Kolkata' ) );
		$this->ok( 200, 'PATCH', "broadcasts/{$made['id']}", array( 'definition' => array( 'quiet' => array( 'from' => $local->modify( '-30 minutes' )->format( 'H:i' ), 'to' => $local->modify( '+60 minutes' )->format( 'H:i' ), 'zone' => 'recipient' ) ) ) );
		$this->start( $made['id'] );
		$this->freeze( $made['id'] );
		$wpdb->query( $wpdb->prepare( 'INSERT INTO ' . self::table( 'messages' ) . ' (account_id, conversation_id, contact_id, direction, type, state, origin, body, payload, at_ms, purpose) VALUES (%d, 1, %d, 2, 11, 50, 4, "", "{}", %d, 1)', $this->account, $often, time() * 1000 - 5000 ) );
		$this->work = new Work();
		self::wait_for( fn() => $this->work->step( 0.2 ) >= 0 && array( 'waiting' => 2, 'sent' => 3, 'skipped' => 1, 'done' => 4, 'all' => 6 ) === $this->counts( $made['id'] ), 10.0, 'those who may have it now' );
		self::wait_for( fn() => $this->work->step( 0.2 ) >= 0 && (int) BroadcastStore::get( $made['id'] )['next_ms'] > Site::now_ms(), 10.0, 'its rest' );
		foreach ( $this->rows( 'recipients', "country = 'IN'" ) as $row ) {
			self::assertEqualsWithDelta( $local->modify( '+60 minutes' )->getTimestamp() * 1000, (int) $row['due_ms'], 61000 );
		}
	}

	public function test_the_limit_of_24_hours_is_waited_for_not_hit(): void {
		global $wpdb;
		$this->template();
		$this->people( 80 );
		$wpdb->query( 'UPDATE ' . self::table( 'accounts' ) . " SET messaging_limit = 'TIER_50'" );
		$made = $this->draft();
		$this->start( $made['id'] );
		$this->work = new Work();
		self::wait_for( fn() => $this->work->step( 0.2 ) >= 0 && 'limit' === ( Broadcasts::get( $made['id'] )['reason']['code'] ?? '' ), 15.0, 'the wait' );
		self::wait_for( fn() => $this->work->step( 0.2 ) >= 0 && array( 'waiting' => 30, 'sent' => 50, 'done' => 50, 'all' => 80 ) === $this->counts( $made['id'] ), 10.0, 'fifty' );
		self::assertSame( 'running', Broadcasts::get( $made['id'] )['state_name'] );
		$wpdb->query( 'UPDATE ' . self::table( 'messages' ) . ' SET at_ms = at_ms - 90000000' );
		BroadcastStore::change( $made['id'], array(), array( 'next_ms' => 0 ) );
		$this->run_until( $made['id'], array( States::DONE ) );
		self::assertSame( 80, $this->counts( $made['id'] )['sent'] );
	}

	public function test_two_of_one_number_take_turns(): void {
		$this->template();
		$this->people( 150 );
		$one = $this->draft( array( 'rate' => 30 ), 'One' );
		$two = $this->draft( array( 'rate' => 30 ), 'Two' );
		$this->start( $one['id'] );
		$this->start( $two['id'] );
		$this->work = new Work();
		self::wait_for( fn() => $this->work->step( 0.2 ) >= 0 && ( $this->counts( $one['id'] )['sent'] ?? 0 ) >= 60, 20.0, 'half of the first' );
		self::assertGreaterThan( 30, $this->counts( $two['id'] )['sent'] ?? 0, 'The second does not wait for the first.' );
		$this->ok( 200, 'POST', "broadcasts/{$one['id']}/cancel" );
		$this->ok( 200, 'POST', "broadcasts/{$two['id']}/cancel" );
	}

	public function test_the_better_of_two_goes_to_the_rest(): void {
		$this->template();
		$this->template( 'sale2' );
		$this->people( 100 );
		$made = $this->draft( array( 'ab' => array( 'template' => array( 'name' => 'sale2', 'language' => 'en_US' ), 'share' => 20, 'by' => 'read', 'after_minutes' => 5 ) ) );
		$this->start( $made['id'] );
		$this->work = new Work();
		self::wait_for( fn() => $this->work->step( 0.2 ) >= 0 && array( 'waiting' => 80, 'sent' => 20, 'done' => 20, 'all' => 100 ) === $this->counts( $made['id'] ), 15.0, 'the test' );
		global $wpdb;
		$wpdb->query( 'UPDATE ' . self::table( 'recipients' ) . ' SET state = ' . Native\STATE_READ . ' WHERE variant = 2' );
		$wpdb->query( 'UPDATE ' . self::table( 'recipients' ) . ' SET sent_ms = sent_ms - 400000 WHERE sent_ms > 0' );
		BroadcastStore::change( $made['id'], array(), array( 'next_ms' => 0 ) );
		$done = $this->run_until( $made['id'], array( States::DONE ) );
		self::assertSame( 2, $done['winner'] );
		$names = array_count_values( array_map( static fn( array $row ): string => json_decode( $row['payload'], true )['template']['name'], $this->rows( 'messages' ) ) );
		self::assertEquals( array( 'sale' => 10, 'sale2' => 90 ), $names );
		self::assertSame( array( 10, 10 ), array_column( Report::get( $made['id'], true )['ab']['sides'], 'sent' ) );
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

	public function test_wp_cron_and_webhooks_send_where_no_worker_does(): void {
		$this->template();
		$this->people( 10 );
		$made = $this->draft();
		$this->start( $made['id'] );
		self::assertGreaterThan( 0, Work::guest( 8.0 ) );
		self::assertSame( 'done', Broadcasts::get( $made['id'] )['state_name'] );
		self::assertSame( 0, Work::guest( 8.0 ), 'Nothing is left.' );
	}

	public function test_the_worker_sends_and_ends_within_five_seconds(): void {
		$this->template();
		$this->people( 200 );
		$this->simulator->settings( array( 'latency_ms' => array( 100, 100 ) ) );
		$made = $this->draft( array( 'rate' => 50 ) );
		$this->start( $made['id'] );
		$worker = new Worker();
		$worker->run( 2 );
		$begun = microtime( true );
		self::assertGreaterThan( 10, $this->counts( $made['id'] )['sent'] );
		$worker->run( 1 );
		self::assertLessThan( 5.0, microtime( true ) - $begun );
		$counts = $this->counts( $made['id'] );
		self::assertSame( 200, $counts['sent'] + $counts['waiting'], 'What did not leave waits again.' );
		self::assertCount( $counts['sent'], $this->record() );
		self::assertSame( array(), array_filter( $this->rows( 'leases' ), static fn( array $row ): bool => str_starts_with( $row['name'], 'broadcast-pace' ) ) );
		$this->ok( 200, 'POST', "broadcasts/{$made['id']}/cancel" );
	}

	public function test_a_schedule_waits(): void {
		$this->template();
		$this->people( 2 );
		$made = $this->draft( array( 'schedule' => array( 'mode' => 'at', 'at' => wp_date( 'Y-m-d\TH:i', time() + 3600 ) ) ) );
		self::assertSame( 'scheduled', $this->start( $made['id'] )['state_name'] );
		$this->work = new Work();
		self::assertSame( 0, $this->work->step( 0.3 ) );
		BroadcastStore::change( $made['id'], array(), array( 'scheduled_ms' => Site::now_ms() - 1 ) );
		global $wpdb;
		$wpdb->query( 'UPDATE ' . self::table( 'broadcasts' ) . " SET definition_json = REPLACE(definition_json, '\"at\":\"2', '\"at\":\"1')" ); // Its time has come.
		$this->run_until( $made['id'], array( States::DONE ) );
		self::assertSame( 2, $this->counts( $made['id'] )['sent'] );
	}

	public function test_the_plugin_switched_off_while_it_runs(): void {
		global $wpdb;
		$this->template();
		$this->people( 60 );
		$made = $this->draft( array( 'rate' => 10 ) );
		$this->start( $made['id'] );
		$this->work = new Work();
		self::wait_for( fn() => $this->work->step( 0.2 ) >= 0 && ( $this->counts( $made['id'] )['sent'] ?? 0 ) >= 3, 10.0, 'the first messages' );
		// As another process does; this one remembers its options.
		$active = $wpdb->get_var( "SELECT option_value FROM $wpdb->options WHERE option_name = 'active_plugins'" );
		$wpdb->query( "UPDATE $wpdb->options SET option_value = 'a:0:{}' WHERE option_name = 'active_plugins'" );
		try {
			for ( $n = 0; $n < 25; $n++ ) {
				$this->work->step( 0.2 );
				usleep( 150000 );
			}
			$counts = $this->counts( $made['id'] );
			self::assertSame( array( 60, 'running' ), array( $counts['sent'] + $counts['waiting'], Broadcasts::get( $made['id'] )['state_name'] ), wp_json_encode( $counts ) );
			sleep( 1 );
			$this->work->step( 0.2 );
			self::assertSame( $counts, $this->counts( $made['id'] ) );
		} finally {
			$wpdb->query( $wpdb->prepare( "UPDATE $wpdb->options SET option_value = %s WHERE option_name = 'active_plugins'", $active ) );
		}
		$this->ok( 200, 'POST', "broadcasts/{$made['id']}/rate", array( 'rate' => 100 ) );
		$this->run_until( $made['id'], array( States::DONE ) );
		self::assertSame( 60, $this->counts( $made['id'] )['sent'] );
		self::assertSame( array( 1 ), array_values( array_unique( $this->got() ) ) );
	}

	public function test_the_export_has_everybody(): void {
		$this->template();
		$this->people( 3 );
		$this->simulator->call( 'POST', '/sim/rules', array( 'to' => '4915110000000', 'do' => 'error', 'code' => 131026 ) );
		$done = $this->goes();
		$csv  = '';
		self::assertSame( 3, Report::export( $done['id'], array(), static function ( string $part ) use ( &$csv ): bool {
			$csv .= $part;
			return true;
		} ) );
		self::assertSame( 4, substr_count( $csv, "\n" ) );
		self::assertStringContainsString( '131026', $csv );
		$both = $this->ok( 200, 'GET', 'broadcasts/compare', array( 'ids' => (string) $done['id'] ) );
		self::assertSame( 3, $both['items'][0]['funnel']['audience'] );
	}
}
