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
use NxtChat\Broadcast\Schedule;
use NxtChat\Broadcast\States;
use NxtChat\Broadcast\Zones;
use NxtChat\Broadcast\Freeze;
use NxtChat\Group\Groups;
use NxtChat\Message\SendMessage;
use NxtChat\Native;
use NxtChat\Privacy\Erasure;

require_once __DIR__ . '/BroadcastCase.php';

/** Drafts, who would get them, and audiences that become rows. */
final class DraftTest extends BroadcastCase {

	public function test_a_draft_keeps_anything_and_tells_everything_at_once(): void {
		$made = $this->ok( 201, 'POST', 'broadcasts', array( 'definition' => array( 'account' => 0 ) ) );
		self::assertSame( 'draft', $made['state_name'] );
		self::assertSame( $this->account, $made['definition']['account'], 'The only number there is.' );
		self::assertSame( array( 'template', 'audience' ), array_column( $made['problems'], 'path' ) );
		$half = $this->ok( 200, 'PATCH', "broadcasts/{$made['id']}", array( 'definition' => array( 'template' => array( 'name' => 'gone', 'language' => 'en_US' ), 'audience' => array( 'groups' => array( 99 ), 'not_read' => array( 98 ), 'numbers' => true ), 'exclude' => array( 'segments' => array( 97 ) ), 'schedule' => array( 'mode' => 'at', 'at' => '2001-01-01T09:00' ) ) ) );
		self::assertSame( array( 'template', 'audience.numbers', 'audience.groups[0]', 'audience.not_read[0]', 'exclude.segments[0]', 'schedule.at' ), array_column( $half['problems'], 'path' ) );
		foreach ( $half['problems'] as $problem ) {
			self::assertNotSame( '', $problem['remedy'] ?? '', $problem['path'] );
		}
		$this->ok( 422, 'POST', "broadcasts/{$made['id']}/preflight" );
		$this->ok( 422, 'POST', "broadcasts/{$made['id']}/start", array( 'people' => 1 ) );
	}

	public function test_what_is_no_definition_is_refused_with_every_path(): void {
		$made = $this->draft();
		$bad  = $this->ok( 400, 'PATCH', "broadcasts/{$made['id']}", array( 'definition' => array( 'account' => 'x', 'wrong' => 1, 'template' => 'sale', 'languages' => 'all', 'audience' => array( 'groups' => 'a', 'people' => array() ), 'schedule' => 'now', 'quiet' => array( 'from' => '25:00', 'to' => '08:00' ), 'cap' => array( 'messages' => 0, 'days' => 1 ), 'ab' => array( 'share' => 1 ), 'values' => array( 'body.1' => 'x' ), 'rate' => -1 ) ) );
		self::assertEqualsCanonicalizing( array( 'account', 'wrong', 'template', 'languages', 'audience.groups', 'audience.people', 'schedule', 'quiet', 'cap', 'ab', 'values.body.1', 'rate' ), array_column( $bad['data']['problems'], 'path' ) );
		self::assertSame( wp_json_encode( $made['definition'] ), wp_json_encode( Broadcasts::get( $made['id'] )['definition'] ), 'Nothing of it was kept.' );
		foreach ( array( 'x', 1, null, array( 1 ) ) as $nonsense ) {
			$this->ok( 400, 'PATCH', "broadcasts/{$made['id']}", array( 'definition' => $nonsense ) );
		}
	}

	public function test_two_who_edit_do_not_overwrite_each_other(): void {
		$made = $this->draft();
		$this->ok( 200, 'PATCH', "broadcasts/{$made['id']}", array( 'name' => 'One', 'updated_ms' => $made['updated_ms'] ) );
		$late = $this->ok( 409, 'PATCH', "broadcasts/{$made['id']}", array( 'name' => 'Two', 'updated_ms' => $made['updated_ms'] ) );
		self::assertSame( 'One', $late['data']['broadcast']['name'] );
	}

	public function test_everybody_is_counted_by_why_they_would_not_get_it(): void {
		global $wpdb;
		$this->template( 'sale', 'en_US', 'MARKETING', array( array( 'type' => 'BODY', 'text' => 'Hi {{1}}, come.', 'example' => array( 'body_text' => array( array( 'Ann' ) ) ) ) ), array( 'body.1' => array( 'source' => 'contact.email' ) ) );
		$fine = $this->people( 5 );
		$wpdb->query( 'UPDATE ' . self::table( 'contacts' ) . " SET email = 'a@example.test'" );
		$this->people( 2, array( 'marketing' => Native\CONSENT_REVOKED ), 100 );
		$this->people( 3, array( 'marketing' => Native\CONSENT_NONE ), 200 );
		$this->people( 1, array( 'country' => "'US'" ), 300 );
		[ $no_mail ] = $this->people( 1, array(), 400 );
		[ $lost ]    = $this->people( 1, array(), 500 );
		[ $often ]   = $this->people( 1, array(), 600 );
		$wpdb->query( 'UPDATE ' . self::table( 'contacts' ) . " SET email = 'b@example.test' WHERE id IN ($lost, $often)" );
		$wpdb->query( 'DELETE FROM ' . self::table( 'contact_identities' ) . " WHERE contact_id = $lost" );
		$wpdb->query( $wpdb->prepare( 'INSERT INTO ' . self::table( 'messages' ) . ' (account_id, conversation_id, contact_id, direction, type, state, origin, body, payload, at_ms, purpose) VALUES (%d, 1, %d, 2, 11, 50, 4, "", "{}", %d, 1)', $this->account, $often, time() * 1000 - 5000 ) );
		$made = $this->draft( array( 'cap' => array( 'messages' => 1, 'days' => 7 ) ) );
		$told = $this->ok( 200, 'POST', "broadcasts/{$made['id']}/preflight" );
		self::assertTrue( $told['done'] );
		self::assertSame( array( 14, 5 ), array( $told['total'], $told['reachable'] ) );
		self::assertEquals( array( 'opted_out' => 2, 'no_consent' => 3, 'us' => 1, 'no_address' => 1, 'capped' => 1, 'values' => 1 ), $told['reasons'] );
		foreach ( array( 'reachable' => 5, 'opted_out' => 2, 'no_consent' => 3, 'us' => 1, 'no_address' => 1, 'capped' => 1, 'values' => 1 ) as $reason => $count ) {
			$list = $this->ok( 200, 'GET', "broadcasts/{$made['id']}/preflight/$reason" );
			self::assertCount( $count, $list['items'], $reason );
		}
		self::assertSame( $no_mail, $this->ok( 200, 'GET', "broadcasts/{$made['id']}/preflight/values" )['items'][0]['id'] );
		self::assertNull( $told['cost']['amount'], 'Prices are never invented.' );
		self::assertSame( 5, $told['cost']['unpriced'], 'Who gets nothing costs nothing.' );
		// Who never agreed may get it when the owner says so; who opted out never.
		$this->ok( 200, 'PATCH', "broadcasts/{$made['id']}", array( 'definition' => array( 'consent' => 'not_revoked', 'cap' => null, 'values' => array( 'body.1' => array( 'source' => 'contact.email', 'fallback' => 'you' ) ) ) ) );
		$told = $this->ok( 200, 'POST', "broadcasts/{$made['id']}/preflight" );
		self::assertSame( 10, $told['reachable'] );
		self::assertEquals( array( 'opted_out' => 2, 'us' => 1, 'no_address' => 1 ), $told['reasons'] );
		self::assertSame( $fine[0], $this->ok( 200, 'GET', "broadcasts/{$made['id']}/preflight/reachable", array( 'limit' => 1 ) )['items'][0]['id'] );
	}

	public function test_the_limit_of_24_hours_is_told(): void {
		global $wpdb;
		$this->template();
		[ $one ] = $this->people( 1 );
		$wpdb->query( 'UPDATE ' . self::table( 'accounts' ) . " SET messaging_limit = 'TIER_250'" );
		foreach ( array( 1, 2, 30 * 3600 ) as $ago ) {
			$wpdb->query( $wpdb->prepare( 'INSERT INTO ' . self::table( 'messages' ) . ' (account_id, conversation_id, contact_id, direction, type, state, origin, body, payload, at_ms) VALUES (%d, 1, %d, 2, 11, 50, 4, "", "{}", %d)', $this->account, $one + $ago, ( time() - $ago ) * 1000 ) );
		}
		$told = $this->ok( 200, 'POST', 'broadcasts/' . $this->draft()['id'] . '/preflight' );
		self::assertSame( array( 250, 2, 248 ), array( $told['limit']['people'], $told['limit']['used'], $told['limit']['room'] ) );
	}

	public function test_audiences_are_unions_without_the_excluded_and_freeze_in_steps(): void {
		$this->template();
		$ids    = $this->people( 40 );
		$groups = Groups::ensure( array( 'One', 'Two', 'Out' ) );
		[ $one, $two, $out ] = array_values( $groups );
		Groups::add( $one, array_slice( $ids, 0, 20 ) );
		Groups::add( $two, array_slice( $ids, 10, 20 ) );
		Groups::add( $out, array_slice( $ids, 5, 2 ) );
		$made = $this->draft( array( 'audience' => array( 'everybody' => false, 'groups' => array( $one, $two ), 'contacts' => array( $ids[39], $ids[0] ) ), 'exclude' => array( 'groups' => array( $out ), 'contacts' => array( $ids[20] ) ) ) );
		$want = array_values( array_diff( array_merge( array_slice( $ids, 0, 30 ), array( $ids[39] ) ), array_slice( $ids, 5, 2 ), array( $ids[20] ) ) );
		self::assertSame( 'freezing', $this->start( $made['id'] )['state_name'] );
		$this->ok( 409, 'POST', "broadcasts/{$made['id']}/start", array( 'people' => 28 ) );
		$this->ok( 409, 'PATCH', "broadcasts/{$made['id']}", array( 'definition' => array( 'rate' => 5 ) ) );
		$this->freeze( $made['id'] );
		self::assertSame( $want, array_map( 'intval', array_column( $this->rows( 'recipients' ), 'contact_id' ) ) );
		self::assertSame( array( 'running', 28 ), array( Broadcasts::get( $made['id'] )['state_name'], Broadcasts::get( $made['id'] )['total'] ) );

		// Those who got the first and did not read it; and a segment that asks the same.
		global $wpdb;
		$wpdb->query( 'UPDATE ' . self::table( 'recipients' ) . ' SET state = ' . Native\STATE_DELIVERED . ' WHERE contact_id IN (' . implode( ',', array_slice( $want, 0, 3 ) ) . ')' );
		$wpdb->query( 'UPDATE ' . self::table( 'recipients' ) . ' SET state = ' . Native\STATE_READ . ' WHERE contact_id = ' . $want[3] );
		$again = $this->draft( array( 'audience' => array( 'everybody' => false, 'not_read' => array( $made['id'] ) ) ) );
		$this->start( $again['id'] );
		$this->freeze( $again['id'] );
		self::assertSame( array_slice( $want, 0, 3 ), array_map( 'intval', array_column( $this->rows( 'recipients', 'broadcast_id = ' . $again['id'] ), 'contact_id' ) ) );
		$conditions = array( 'conditions' => array( array( 'field' => 'broadcast.unread', 'operator' => 'in', 'value' => array( $made['id'] ) ) ) );
		self::assertSame( 3, $this->ok( 200, 'POST', 'segments/preview', array( 'conditions' => $conditions ) )['count']['value'] );
		$conditions['conditions'][0]['operator'] = 'not_in';
		self::assertSame( 37, $this->ok( 200, 'POST', 'segments/preview', array( 'conditions' => $conditions ) )['count']['value'] );
	}

	public function test_numbers_become_people_without_consent_and_bad_lines_are_kept(): void {
		$this->template( 'note', 'en_US', 'UTILITY' );
		$this->people( 1 );
		$made = $this->draft( array( 'template' => array( 'name' => 'note' ), 'audience' => array( 'everybody' => false, 'numbers' => true ) ) );
		$told = $this->ok( 200, 'POST', "broadcasts/{$made['id']}/numbers", array( 'numbers' => "Phone;Name\r\n" . self::phone( 0 ) . ";Ann\n+49 151 20000001;Bob\n+4915120000001\nnonsense 12345678901234567890\n\n", 'name' => 'list.csv' ) );
		self::assertSame( array( 'list.csv', 5, 2, 1, 1 ), array( $told['numbers']['name'], $told['numbers']['lines'], $told['numbers']['people'], $told['numbers']['invalid'], $told['numbers']['duplicate'] ), wp_json_encode( $told['numbers'] ) );
		self::assertSame( 5, $told['numbers']['invalid_lines'][0][0] );
		$twice = fn(): array => array_column( $this->ok( 200, 'GET', "broadcasts/{$made['id']}/preflight/duplicate" )['items'], 'phone' );
		self::assertSame( array( '+4915120000001' ), $twice() );
		$more = $this->ok( 200, 'POST', "broadcasts/{$made['id']}/numbers", array( 'numbers' => "+4915120000002\n" . self::phone( 0 ), 'append' => true ) );
		self::assertSame( array( 3, 7, 2 ), array( $more['numbers']['people'], $more['numbers']['lines'], $more['numbers']['duplicate'] ) );
		self::assertSame( array( self::phone( 0 ), '+4915120000001' ), $twice() );
		self::assertSame( 3, $this->ok( 200, 'POST', "broadcasts/{$made['id']}/preflight" )['reachable'], 'Utility needs no grant.' );
		self::assertSame( array( 'broadcast' ), array_values( array_unique( array_column( array_slice( $this->rows( 'contacts' ), 1 ), 'source' ) ) ) );
		$again = $this->ok( 200, 'POST', "broadcasts/{$made['id']}/numbers", array( 'numbers' => '+4915120000003' ) );
		self::assertSame( 1, $again['numbers']['people'], 'Anew, not added.' );
		$this->ok( 413, 'POST', "broadcasts/{$made['id']}/numbers", array( 'numbers' => str_repeat( "1\n", 5001 ) ) );
	}

	public function test_an_audience_that_has_become_empty_ends_at_once(): void {
		$this->template();
		$ids  = $this->people( 2 );
		$made = $this->draft();
		$this->start( $made['id'] );
		Erasure::erase( $ids, 'test' );
		$this->freeze( $made['id'] );
		$now = Broadcasts::get( $made['id'] );
		self::assertSame( array( 'done', 'empty', 0 ), array( $now['state_name'], $now['reason']['code'], $now['total'] ) );
		$empty = $this->draft();
		self::assertSame( 'nxtchat_broadcast_empty', $this->ok( 422, 'POST', "broadcasts/{$empty['id']}/start", array( 'people' => 0 ) )['code'] );
	}

	public function test_the_number_of_people_is_confirmed(): void {
		$this->template();
		$this->people( 3 );
		$made = $this->draft();
		$told = $this->ok( 409, 'POST', "broadcasts/{$made['id']}/start", array( 'people' => 2 ) );
		self::assertSame( array( 'nxtchat_broadcast_people', 3 ), array( $told['code'], $told['data']['preflight']['reachable'] ) );
	}

	public function test_an_erased_person_leaves_a_row_that_names_nobody(): void {
		$this->template();
		$ids  = $this->people( 3 );
		$made = $this->draft();
		$this->start( $made['id'] );
		$this->freeze( $made['id'] );
		Erasure::erase( array( $ids[1] ), 'test' );
		self::assertSame( array(), $this->rows( 'recipients', "contact_id = {$ids[1]}" ) );
		self::assertSame( array( 'waiting' => 2, 'skipped' => 1, 'done' => 1, 'all' => 3 ), $this->counts( $made['id'] ) );
		self::assertSame( 'erased', $this->ok( 200, 'GET', "broadcasts/{$made['id']}/recipients", array( 'state' => 'skipped' ) )['items'][0]['reason'] );
	}

	public function test_refs_are_ulids_that_name_their_recipient(): void {
		$uid = Native\ulids( 1 )[0];
		$ref = Recipients::ref( $uid, 7, 123456, 3 );
		self::assertTrue( SendMessage::is_ref( $ref ) );
		self::assertSame( array( substr( $uid, -5 ), 7, 3, 123456 ), array_values( (array) Recipients::read_ref( $ref ) ) );
		self::assertNull( Recipients::read_ref( Native\ulids( 1 )[0] ) );
		$ours  = $this->draft();
		$mine  = Recipients::ref( $ours['uid'], $ours['id'], 1, 0 );
		$other = Recipients::ref( Native\ulids( 1 )[0], $ours['id'], 1, 0 );
		self::assertSame( array( $mine ), array_keys( Recipients::of_refs( array( $mine, $other, '', Native\ulids( 1 )[0] ) ) ), 'What another installation sent is not ours.' );
	}

	/** @dataProvider nights */
	public function test_quiet_hours_over_clock_changes( string $now, string $from, string $to, string $country, string $until, string $phone = '' ): void {
		$quiet = array( 'from' => $from, 'to' => $to, 'zone' => 'recipient' );
		$end   = Schedule::quiet_until( $quiet, $country, strtotime( $now ) * 1000, $phone );
		self::assertSame( $until, 0 === $end ? '' : gmdate( 'Y-m-d\TH:i\Z', intdiv( $end, 1000 ) ) );
	}

	public static function nights(): array {
		return array(
			'day'                  => array( '2026-07-01T12:00Z', '21:00', '08:00', 'DE', '' ),
			'evening'              => array( '2026-07-01T19:30Z', '21:00', '08:00', 'DE', '2026-07-02T06:00Z' ),
			'morning'              => array( '2026-07-01T05:59Z', '21:00', '08:00', 'DE', '2026-07-01T06:00Z' ),
			'at its end'           => array( '2026-07-01T06:00Z', '21:00', '08:00', 'DE', '' ),
			'into summer time'     => array( '2026-03-28T22:00Z', '21:00', '08:00', 'DE', '2026-03-29T06:00Z' ),
			'into winter time'     => array( '2026-10-24T22:00Z', '21:00', '08:00', 'DE', '2026-10-25T07:00Z' ),
			'an hour there is not' => array( '2026-03-29T00:30Z', '01:00', '02:30', 'DE', '2026-03-29T01:30Z' ),
			'noon'                 => array( '2026-07-01T10:30Z', '12:00', '14:00', 'DE', '2026-07-01T12:00Z' ),
			'India'                => array( '2026-07-01T16:00Z', '21:00', '08:00', 'IN', '2026-07-02T02:30Z' ),
			'an hour twice'        => array( '2026-10-25T01:10Z', '21:00', '02:30', 'DE', '2026-10-25T01:30Z' ),
			'its first time'       => array( '2026-10-25T00:10Z', '21:00', '02:30', 'DE', '2026-10-25T00:30Z' ),
			'west of Greenwich'    => array( '2026-11-01T05:10Z', '21:00', '01:30', 'US', '2026-11-01T05:30Z' ),
			'its second time'      => array( '2026-11-01T06:10Z', '21:00', '01:30', 'US', '2026-11-01T06:30Z' ),
			'Papua New Guinea'     => array( '2026-07-01T21:59Z', '21:00', '08:00', 'PG', '2026-07-01T22:00Z' ),
			'New York'             => array( '2026-07-01T12:30Z', '21:00', '08:00', 'US', '', '+12125550100' ),
			'Chicago'              => array( '2026-07-01T12:30Z', '21:00', '08:00', 'US', '2026-07-01T13:00Z', '+13125550100' ),
			'Los Angeles'          => array( '2026-07-01T12:30Z', '21:00', '08:00', 'US', '2026-07-01T15:00Z', '+12135550100' ),
			'no summer in Phoenix' => array( '2026-07-01T14:30Z', '21:00', '08:00', 'US', '2026-07-01T15:00Z', '+16025550100' ),
			'Vancouver'            => array( '2026-07-01T12:30Z', '21:00', '08:00', 'CA', '2026-07-01T15:00Z', '+16045550100' ),
			'Manaus'               => array( '2026-07-01T11:30Z', '21:00', '08:00', 'BR', '2026-07-01T12:00Z', '+5592912345678' ),
			'Tijuana'              => array( '2026-07-01T14:30Z', '21:00', '08:00', 'MX', '2026-07-01T15:00Z', '+526641234567' ),
			'no number'            => array( '2026-07-01T12:30Z', '21:00', '08:00', 'US', '', 'US.13491208655302741918' ),
			'no such country'      => array( '2026-07-01T12:00Z', '21:00', '08:00', 'ZZ', '' ),
		);
	}

	public function test_a_schedule_in_each_ones_time(): void {
		update_option( 'timezone_string', 'Europe/Berlin' );
		$due = Schedule::due( array( 'mode' => 'at', 'at' => '2027-07-01T09:00', 'zone' => 'recipient' ), array( 'DE', 'IN', 'US' ) );
		self::assertSame( array( 'DE' => '07:00', 'IN' => '03:30', 'US' => '13:00' ), array_map( static fn( int $ms ): string => gmdate( 'H:i', intdiv( $ms, 1000 ) ), $due['by_country'] ) );
		self::assertSame( $due['by_country']['IN'], $due['first'] );
		$this->template();
		$this->people( 1 );
		$this->people( 1, array( 'country' => "'IN'" ), 10 );
		$this->people( 1, array( 'country' => "''" ), 20 );
		$made = $this->draft( array( 'schedule' => array( 'mode' => 'at', 'at' => '2027-07-01T09:00', 'zone' => 'recipient' ) ) );
		$now  = $this->start( $made['id'] );
		self::assertSame( array( 'scheduled', $due['first'] ), array( $now['state_name'], $now['scheduled_ms'] ) );
		BroadcastStore::change( $made['id'], array(), array( 'state' => States::FREEZING ) );
		$this->freeze( $made['id'] );
		self::assertSame( array( $due['by_country']['DE'], $due['by_country']['IN'], $due['site'] ), array_map( 'intval', array_column( $this->rows( 'recipients' ), 'due_ms' ) ) );
		delete_option( 'timezone_string' );
	}

	public function test_a_schedule_in_the_time_of_an_area_code(): void {
		$this->template();
		$people = array_merge( $this->people( 3, array( 'country' => "'US'" ) ), $this->people( 1, array( 'country' => "'BR'" ), 10 ), $this->people( 1, array( 'country' => "'AU'" ), 20 ) );
		global $wpdb;
		foreach ( array( '+12125550100', '+12135550100', '+18085550100', '+5568912345678', '+61412345678' ) as $n => $phone ) {
			$wpdb->update( self::table( 'contact_identities' ), array( 'value' => $phone ), array( 'contact_id' => $people[ $n ] ) );
		}
		// An older number of the second: it is the newest that they are sent to.
		$wpdb->insert( self::table( 'contact_identities' ), array( 'contact_id' => $people[1], 'kind' => Native\IDENTITY_PHONE, 'value' => '+12125550199', 'created_ms' => 1, 'seen_ms' => 0 ) );
		$made = $this->draft( array( 'schedule' => array( 'mode' => 'at', 'at' => '2027-07-01T09:00', 'zone' => 'recipient' ) ) );
		$now  = $this->start( $made['id'] );
		self::assertSame( '2027-06-30T23:00', gmdate( 'Y-m-d\TH:i', intdiv( $now['scheduled_ms'], 1000 ) ), 'In Sydney it is nine first.' );
		BroadcastStore::change( $made['id'], array(), array( 'state' => States::FREEZING ) );
		$this->freeze( $made['id'] );
		self::assertSame( array( '13:00', '16:00', '19:00', '14:00', '23:00' ), array_map( static fn( array $r ): string => gmdate( 'H:i', intdiv( (int) $r['due_ms'], 1000 ) ), $this->rows( 'recipients' ) ) );
	}

	/** Every zone that Zones names is one, and no area code stands in two. */
	public function test_area_codes_have_one_zone_each(): void {
		foreach ( ( new \ReflectionClass( Zones::class ) )->getConstant( 'BY_AREA' ) as $country => $zones ) {
			self::assertSame( array(), array_diff( array_keys( $zones ), \DateTimeZone::listIdentifiers() ) );
			$codes = explode( ' ', implode( ' ', $zones ) );
			self::assertSame( $codes, array_values( array_unique( $codes ) ), $country );
			self::assertSame( array( Zones::place( $country )[1] ), array_values( array_unique( array_map( 'strlen', $codes ) ) ), $country );
		}
	}

	public function test_a_test_of_two_splits_and_holds_the_rest(): void {
		$this->template();
		$this->template( 'sale2' );
		$this->people( 200 );
		$made = $this->draft( array( 'ab' => array( 'template' => array( 'name' => 'sale2', 'language' => 'en_US' ), 'share' => 20, 'by' => 'read', 'after_minutes' => 60 ) ) );
		$this->start( $made['id'] );
		$this->freeze( $made['id'] );
		$by = array_count_values( array_column( $this->rows( 'recipients' ), 'variant' ) );
		self::assertSame( array( 160, 20, 20 ), array( $by[0], $by[1], $by[2] ) );
		self::assertCount( 160, $this->rows( 'recipients', 'due_ms = ' . Schedule::HOLD ) );
	}

	public function test_cancelled_before_it_runs_skips_everybody(): void {
		$this->template();
		$this->people( 10 );
		$made = $this->draft();
		$this->start( $made['id'] );
		$this->freeze( $made['id'] );
		self::assertSame( 'paused', $this->ok( 200, 'POST', "broadcasts/{$made['id']}/pause" )['state_name'] );
		$this->ok( 409, 'POST', "broadcasts/{$made['id']}/pause" );
		self::assertSame( 'running', $this->ok( 200, 'POST', "broadcasts/{$made['id']}/resume" )['state_name'] );
		self::assertSame( 7, $this->ok( 200, 'POST', "broadcasts/{$made['id']}/rate", array( 'rate' => 7 ) )['rate'] );
		$this->ok( 400, 'POST', "broadcasts/{$made['id']}/rate", array( 'rate' => 1001 ) );
		$now = $this->ok( 200, 'POST', "broadcasts/{$made['id']}/cancel" );
		self::assertSame( array( 'cancelled', 10 ), array( $now['state_name'], $now['counts']['skipped'] ) );
		self::assertGreaterThan( 0, $now['finished_ms'] );
		$report = $this->ok( 200, 'GET', "broadcasts/{$made['id']}/report" );
		self::assertTrue( $report['proof']['ok'], wp_json_encode( $report['proof'] ) );
		$copy = $this->ok( 201, 'POST', "broadcasts/{$made['id']}/duplicate" );
		self::assertSame( array( 'draft', 'Test (copy)' ), array( $copy['state_name'], $copy['name'] ) );
		$this->ok( 200, 'DELETE', "broadcasts/{$made['id']}" );
		self::assertSame( array(), $this->rows( 'recipients' ) );
		$this->ok( 404, 'GET', "broadcasts/{$made['id']}" );
	}

	public function test_nobody_without_the_right_sends(): void {
		$this->template();
		$made = $this->draft();
		$this->sign_in( 'subscriber' );
		foreach ( array( array( 'GET', 'broadcasts' ), array( 'POST', 'broadcasts' ), array( 'POST', "broadcasts/{$made['id']}/start" ), array( 'POST', "broadcasts/{$made['id']}/test" ), array( 'GET', "broadcasts/{$made['id']}/export" ) ) as [ $method, $route ] ) {
			self::assertSame( 403, $this->rest( $method, $route, array( 'people' => 1 ) )->get_status(), "$method $route" );
		}
	}

	public function test_a_stretch_that_is_done_twice_counts_once(): void {
		$this->template();
		$this->people( 30 );
		$made = $this->draft();
		$this->start( $made['id'] );
		$row = BroadcastStore::get( $made['id'] );
		self::assertTrue( Freeze::work( $row, 0.0 ) );
		self::assertFalse( Freeze::work( $row, 0.0 ), 'The position has moved on: rolled back by nobody, and begun by nobody.' );
		self::assertSame( 30, array_sum( RecipientStore::count( $made['id'] ) ) );
	}
}
