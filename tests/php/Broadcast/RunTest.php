<?php
/**
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Tests\Broadcast;

use NxtChat\Broadcast\Broadcasts;
use NxtChat\Broadcast\BroadcastStore;
use NxtChat\Broadcast\Outcomes;
use NxtChat\Broadcast\Recipients;
use NxtChat\Broadcast\RecipientStore;
use NxtChat\Broadcast\Report;
use NxtChat\Broadcast\States;
use NxtChat\Broadcast\Work;
use NxtChat\Contact\Contacts;
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
		BroadcastStore::change( $made['id'], array(), array( 'next_ms' => 0, 'started_ms' => Site::now_ms() - 400000 ) );
		$done = $this->run_until( $made['id'], array( States::DONE ) );
		self::assertSame( 2, $done['winner'] );
		$names = array_count_values( array_map( static fn( array $row ): string => json_decode( $row['payload'], true )['template']['name'], $this->rows( 'messages' ) ) );
		self::assertEquals( array( 'sale' => 10, 'sale2' => 90 ), $names );
		self::assertSame( array( 10, 10 ), array_column( Report::get( $made['id'], true )['ab']['sides'], 'sent' ) );
	}

	public function test_two_who_turn_out_to_be_one_get_it_once(): void {
		$this->template();
		[ $one, $two ] = $this->people( 2 );
		[ $three ]     = $this->people( 1, array(), 50 );
		$made          = $this->draft( array( 'audience' => array( 'everybody' => false, 'contacts' => array( $one, $two ) ) ) );
		$this->start( $made['id'] );
		$this->freeze( $made['id'] );
		// One has got it, the other waits: then they are one person, whose contact is the other's.
		global $wpdb;
		$wpdb->query( $wpdb->prepare( 'UPDATE ' . self::table( 'recipients' ) . ' SET state = %d WHERE contact_id = %d', Native\STATE_DELIVERED, $one ) );
		$merge = Merges::merge( $two, $one, true, 0 );
		self::assertSame( array( $two => Native\STATE_DELIVERED, $one => Native\STATE_QUEUED ), array_map( 'intval', array_column( $this->rows( 'recipients' ), 'state', 'contact_id' ) ) );
		$done = $this->run_until( $made['id'], array( States::DONE ) );
		self::assertSame( array( 'delivered' => 1, 'skipped' => 1, 'done' => 2, 'all' => 2 ), $this->counts( $done['id'] ) );
		self::assertSame( array(), $this->got() );
		self::assertIsArray( Merges::split( $merge ) );
		self::assertSame( array( $one => Native\STATE_DELIVERED, $two => Recipients::SKIPPED ), array_map( 'intval', array_column( $this->rows( 'recipients' ), 'state', 'contact_id' ) ), 'Taken back, each has its own.' );
		// Who was sent to keeps that as part of somebody who was not meant, and is known as that one afterwards.
		Merges::merge( $three, $one, true, 0 );
		self::assertSame( array( $three, $two ), array_map( 'intval', array_column( $this->rows( 'recipients' ), 'contact_id' ) ) );
	}

	public function test_a_merge_keeps_what_came_furthest_and_a_split_gives_it_back(): void {
		$this->template();
		[ $out, $in ] = $this->people( 2 );
		$made         = $this->draft( array( 'audience' => array( 'everybody' => false, 'contacts' => array( $out, $in ) ) ) );
		$this->start( $made['id'] );
		$this->freeze( $made['id'] );
		BroadcastStore::list_people( $made['id'], array( $in ) );
		RecipientStore::skip( array( Recipients::NO_CONSENT => array( (int) $this->rows( 'recipients', "contact_id = $out" )[0]['id'] ) ) );
		// The kept one was left out, the other waits: as one they wait.
		$merge = Merges::merge( $out, $in, false, 0 );
		self::assertSame( Native\STATE_QUEUED, (int) $this->rows( 'recipients', "contact_id = $out" )[0]['state'] );
		self::assertSame( array( array( $made['id'] ), array() ), array( BroadcastStore::lists_of( $out ), BroadcastStore::lists_of( $in ) ) );
		Merges::split( $merge );
		self::assertSame( array( $out => Recipients::SKIPPED, $in => Native\STATE_QUEUED ), array_map( 'intval', array_column( $this->rows( 'recipients' ), 'state', 'contact_id' ) ) );
		self::assertSame( array( $made['id'] ), BroadcastStore::lists_of( $in ) );
		$this->run_until( $made['id'], array( States::DONE ) );
		self::assertSame( array( 'sent' => 1, 'skipped' => 1, 'done' => 2, 'all' => 2 ), $this->counts( $made['id'] ) );
	}

	public function test_a_number_sends_no_faster_than_it_may(): void {
		$account = array( 'throughput' => 'STANDARD' );
		self::assertSame( 76.0, \NxtChat\Broadcast\Preflight::rate( $account, 1000 ) );
		self::assertSame( 40.0, \NxtChat\Broadcast\Preflight::rate( $account, 40 ) );
		self::assertSame( 950.0, \NxtChat\Broadcast\Preflight::rate( array( 'throughput' => 'HIGH' ), 0 ) );
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

	public function test_what_answers_tell_about_people_is_learnt_once(): void {
		global $wpdb;
		$this->template();
		$numbers = $this->people( 3 );
		[ $other ] = $this->people( 1, array( 'name' => "''" ), 7 );
		$this->simulator->settings( array( 'bsuid' => true ) );
		$this->simulator->call( 'POST', '/sim/customers', array( 'phone' => self::phone( 500 ), 'user_id' => 'DE.LEARN500' ) );
		$wpdb->query( 'UPDATE ' . self::table( 'contact_identities' ) . ' SET kind = ' . Native\IDENTITY_BSUID . ", value = 'DE.LEARN500' WHERE contact_id = $other" );
		$learns = fn( callable $work ): array => array_values( preg_grep( '/^\s*(INSERT|UPDATE|DELETE).*contact_identities/is', $this->queries( $work ) ) );
		self::assertNotSame( array(), $learns( fn() => $this->goes() ) );
		$ids = array_column( $this->simulator->call( 'GET', '/sim/customers' )['items'], 'user_id', 'phone' );
		foreach ( $numbers as $n => $contact ) {
			self::assertSame( $ids[ ltrim( self::phone( $n ), '+' ) ], $this->identities( $contact )[ Native\IDENTITY_BSUID ][0], "Contact $n." );
		}
		self::assertSame( array( Native\IDENTITY_PHONE => array( self::phone( 500 ) ), Native\IDENTITY_BSUID => array( 'DE.LEARN500' ) ), $this->identities( $other ) );
		self::assertSame( Native\name_sort( array( self::phone( 500 ) ) )[0], $wpdb->get_var( 'SELECT sort_name FROM ' . self::table( 'contacts' ) . " WHERE id = $other" ), 'Without a name the number is.' );
		$before = $this->rows( 'contact_identities' );
		self::assertSame( array(), $learns( fn() => $this->goes() ), 'Nothing new.' );
		self::assertSame( $before, $this->rows( 'contact_identities' ) );
	}

	public function test_a_number_that_is_really_used_becomes_the_address(): void {
		$this->template();
		$ids = $this->people( 6, array(), 600 );
		$this->goes();
		$told = fn( string $wa_id, int $contact ): array => array( 'ref' => $this->rows( 'messages', "contact_id = $contact" )[0]['ref'], 'outcome' => 'accepted', 'wamid' => "wamid.$contact", 'recipient' => array( 'wa_id' => $wa_id, 'user_id' => null ), 'error' => null, 'at_ms' => Site::now_ms(), 'tries' => 1, 'retry_at_ms' => 0 );
		$all  = array(
			$told( '4915119999990', $ids[0] ),
			$told( ltrim( self::phone( 602 ), '+' ), $ids[1] ),
			$told( '4915119999993', $ids[3] ),
			$told( '4915119999994', $ids[4] ),
			$told( 'nonsense', $ids[5] ),
		);
		Erasure::erase( array( $ids[3] ), 'staff' );
		Merges::merge( $ids[5], $ids[4], true, 0 );
		Outcomes::write( $all );
		self::assertSame( array( '+4915119999990', self::phone( 600 ) ), $this->identities( $ids[0] )[ Native\IDENTITY_PHONE ] );
		self::assertSame( array( 'to' => '+4915119999990' ), Contacts::address( $ids[0] ) );
		self::assertSame( array( self::phone( 601 ) ), $this->identities( $ids[1] )[ Native\IDENTITY_PHONE ], 'Somebody else\'s.' );
		self::assertSame( $ids[2], Contacts::find( self::phone( 602 ) ) );
		self::assertNull( Contacts::find( '+4915119999993' ), 'Erased meanwhile.' );
		self::assertSame( array(), $this->identities( $ids[3] ) );
		self::assertSame( $ids[5], Contacts::find( '+4915119999994' ), 'Their message moved to who they are now.' );
		self::assertCount( 3, $this->identities( $ids[5] )[ Native\IDENTITY_PHONE ] );
	}

	public function test_learning_takes_the_same_statements_for_one_and_for_many(): void {
		$ids   = $this->people( 40 );
		$tell  = static fn( array $some, string $what ): array => array_map( static fn( int $id ): array => array( $id, array( 'wa_id' => null, 'user_id' => "DE.$what$id" ), array( array( Native\IDENTITY_BSUID, "DE.known$id" ) ) ), $some );
		$count = fn( array $told ): int => count( $this->queries( static fn() => Contacts::learn( $told ) ) );
		self::assertSame( 0, $count( $tell( $ids, 'known' ) ) );
		$one = $count( $tell( array( $ids[0] ), 'one' ) );
		self::assertGreaterThan( 0, $one );
		self::assertLessThanOrEqual( 5, $one );
		self::assertSame( $one, $count( $tell( $ids, 'many' ) ) );
		self::assertCount( 41, $this->rows( 'contact_identities', 'kind = ' . Native\IDENTITY_BSUID ) );
	}

	/** @return array<int, list<string>> By kind, what was seen last first. */
	private function identities( int $contact ): array {
		$out = array();
		foreach ( Contacts::proofs( array( $contact ) )[ $contact ] ?? array() as [ $kind, $value ] ) {
			$out[ $kind ][] = $value;
		}
		return $out;
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
	}

	public function test_several_are_compared_in_the_order_asked_for(): void {
		$this->template();
		$this->people( 3 );
		$done  = $this->goes();
		$draft = $this->draft( array( 'ab' => array( 'template' => array( 'name' => 'other', 'language' => 'en_US' ), 'share' => 100, 'by' => 'read', 'after_minutes' => 30 ) ) ); // phpcs:ignore WordPress.Arrays -- One thought.
		$both  = $this->ok( 200, 'GET', 'broadcasts/compare', array( 'ids' => "{$draft['id']},{$done['id']},999" ) );
		self::assertSame( array( $draft['id'], $done['id'] ), array_column( $both['items'], 'id' ) );
		self::assertSame( array( 999 ), $both['missing'] );
		[ $unsent, $sent ] = $both['items'];
		self::assertSame( array( 0, 3, 3 ), array( $unsent['funnel']['audience'], $sent['funnel']['audience'], $sent['funnel']['sent'] ) );
		self::assertSame( array( 'sale', 'other' ), array_column( $unsent['templates'], 'name' ) );
		// Sums worked out for the comparison are those of the report.
		delete_transient( Report::key( $done['id'] ) );
		$fresh = $this->ok( 200, 'GET', 'broadcasts/compare', array( 'ids' => "{$done['id']},{$draft['id']}" ) )['items'][0];
		$told  = Report::get( $done['id'], true );
		foreach ( array( 'progress', 'funnel', 'cost' ) as $key ) {
			self::assertSame( $told[ $key ], $fresh[ $key ] );
		}
		foreach ( array( '', "{$done['id']}", "{$done['id']},{$done['id']}", '1,2,3,4,5,6,7', '1,x', '1,0', '1,-2', '1,1.5', '1,,2', '1,99999999999999999999' ) as $bad ) {
			self::assertSame( 'ids', $this->ok( 400, 'GET', 'broadcasts/compare', array( 'ids' => $bad ) )['data']['problems'][0]['path'], $bad );
		}
		$this->ok( 404, 'GET', 'broadcasts/compare', array( 'ids' => '998,999' ) );
	}
}
