<?php
/**
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Tests\Broadcast;

use NxtChat\Broadcast\AbTest;
use NxtChat\Broadcast\Broadcasts;
use NxtChat\Broadcast\BroadcastStore;
use NxtChat\Broadcast\RecipientStore;
use NxtChat\Broadcast\Schedule;
use NxtChat\Broadcast\States;
use NxtChat\Field\Fields;
use NxtChat\Group\Groups;
use NxtChat\Native;
use NxtChat\Site;

require_once __DIR__ . '/BroadcastCase.php';

/** What was counted and confirmed is what is sent: of two templates, in several languages, after a while, by two people. */
final class CheckTest extends BroadcastCase {

	private const MAIL = array( 'body.1' => array( 'source' => 'contact.email' ) );

	/** An approved template with a variable. */
	private function greets( string $name = 'sale', string $language = 'en_US', array $bindings = array(), string $category = 'MARKETING' ): int {
		return $this->template( $name, $language, $category, array( array( 'type' => 'BODY', 'text' => "$name {{1}}, come.", 'example' => array( 'body_text' => array( array( 'Ann' ) ) ) ) ), $bindings );
	}

	private function preflight( int $id, array $params = array() ): array {
		return $this->ok( 200, 'POST', "broadcasts/$id/preflight", $params );
	}

	/** @return list<int> */
	private function listed( int $id, string $reason ): array {
		$ids  = array();
		$next = '';
		do {
			$page = $this->ok( 200, 'GET', "broadcasts/$id/preflight/$reason", array( 'cursor' => $next, 'limit' => 2 ) );
			$ids  = array_merge( $ids, array_column( $page['items'], 'id' ) );
			$next = $page['next'];
		} while ( null !== $next );
		return $ids;
	}

	private static function ab( array $more = array() ): array {
		return $more + array( 'template' => array( 'name' => 'sale2', 'language' => 'en_US' ), 'share' => 100, 'by' => 'read', 'after_minutes' => 5 );
	}

	public function test_each_template_of_two_has_its_own_values(): void {
		$this->greets();
		$this->greets( 'sale2' );
		$this->people( 20 );
		$made = $this->draft( array( 'ab' => self::ab() ) );
		self::assertSame( array( 'values.body.1', 'ab.values.body.1' ), array_column( $made['problems'], 'path' ) );
		self::assertSame( '{}', wp_json_encode( $made['definition']['ab']['values'] ) );
		$bad = $this->ok( 400, 'PATCH', "broadcasts/{$made['id']}", array( 'definition' => array( 'ab' => self::ab( array( 'values' => array( 'body.1' => 'x' ) ) ) ) ) );
		self::assertSame( array( 'ab.values.body.1' ), array_column( $bad['data']['problems'], 'path' ) );
		$text = static fn( string $value ): array => array( 'body.1' => array( 'source' => 'text', 'value' => $value ) );
		$now  = $this->ok( 200, 'PATCH', "broadcasts/{$made['id']}", array( 'definition' => array( 'values' => $text( 'dear' ), 'ab' => self::ab( array( 'values' => $text( 'hey' ) ) ) ) ) );
		self::assertSame( array(), $now['problems'] );
		foreach ( array( 1, 2 ) as $variant ) {
			$this->ok( 200, 'POST', "broadcasts/{$made['id']}/test", array( 'phone' => self::phone( 90 + $variant ), 'variant' => $variant ) );
		}
		self::assertSame( array( 'sale dear, come.', 'sale2 hey, come.' ), array_column( $this->rows( 'messages' ), 'body' ) );
		$this->start( $made['id'] );
		$this->run_until( $made['id'], array( States::DONE ) );
		$of = array_count_values( array_column( $this->rows( 'recipients', 'state = 40' ), 'variant' ) );
		self::assertSame( array( 'sale dear, come.' => $of[1] + 1, 'sale2 hey, come.' => $of[2] + 1 ), array_count_values( array_column( $this->rows( 'messages' ), 'body' ) ) );
		self::assertSame( 20, $of[1] + $of[2] );
	}

	public function test_consent_and_values_are_looked_at_in_all_that_may_be_sent(): void {
		$this->greets( 'sale', 'en_US', array(), 'UTILITY' );
		$this->greets( 'sale2', 'en_US', self::MAIL, 'MARKETING' );
		$this->greets( 'sale', 'de', self::MAIL, 'UTILITY' );
		$agreed = $this->people( 12 );
		$german = $this->people( 12, array( 'language' => "'de'" ), 20 );
		$never  = $this->people( 3, array( 'marketing' => Native\CONSENT_NONE ), 40 );
		$text   = array( 'body.1' => array( 'source' => 'text', 'value' => 'you' ) );
		// One template, two languages: the values of the draft go before those of the template.
		$made = $this->draft( array( 'values' => $text ) );
		self::assertSame( array( 27, array() ), array( $this->preflight( $made['id'] )['reachable'], $this->preflight( $made['id'] )['reasons'] ) );
		// Without them only English ones have something, and Germans what the template takes from them.
		global $wpdb;
		$wpdb->query( $wpdb->prepare( 'UPDATE ' . self::table( 'templates' ) . " SET bindings_json = %s WHERE name = 'sale' AND language = 'en_US'", wp_json_encode( $text ) ) );
		$wpdb->query( 'UPDATE ' . self::table( 'contacts' ) . " SET email = 'a@example.test' WHERE id = $german[0]" );
		$this->ok( 200, 'PATCH', "broadcasts/{$made['id']}", array( 'definition' => array( 'values' => array() ) ) );
		$told = $this->preflight( $made['id'] );
		self::assertSame( array( 'UTILITY', 16, array( 'values' => 11 ) ), array( $told['category'], $told['reachable'], $told['reasons'] ) );
		self::assertSame( array_slice( $german, 1 ), $this->listed( $made['id'], 'values' ) );
		self::assertSame( array( ...$agreed, $german[0], ...$never ), $this->listed( $made['id'], 'reachable' ) );
		// A second template for marketing: now people must have agreed, and who gets it needs its value.
		$this->ok( 200, 'PATCH', "broadcasts/{$made['id']}", array( 'definition' => array( 'languages' => 'one', 'ab' => self::ab() ) ) );
		$told = $this->preflight( $made['id'] );
		self::assertSame( array( 'MARKETING', 24, 3 ), array( $told['category'], $told['total'] - $told['reasons']['no_consent'], $told['reasons']['no_consent'] ) );
		self::assertSame( $told['reachable'], $told['cost']['unpriced'] );
		$this->start( $made['id'] );
		$this->run_until( $made['id'], array( States::DONE ) );
		$counts = $this->counts( $made['id'] );
		self::assertSame( array( $told['reachable'], $told['reasons']['values'] + 3 ), array( $counts['sent'], $counts['skipped'] ) );
		self::assertGreaterThan( 0, $told['reasons']['values'] );
	}

	public function test_a_template_that_gains_a_variable_stops_instead_of_skipping_everybody(): void {
		global $wpdb;
		$this->greets( 'sale', 'en_US', array( 'body.1' => array( 'source' => 'field.size', 'fallback' => 'M' ) ) );
		$field = Fields::create( array( 'label' => 'Size', 'type' => Native\FIELD_TEXT ) );
		$this->people( 3 );
		$made = $this->draft();
		$this->start( $made['id'] );
		$this->freeze( $made['id'] );
		// The field goes; then the text gets one more variable.
		Fields::delete( $field['id'], true );
		$stopped = $this->run_until( $made['id'], array( States::STOPPED, States::DONE ) );
		self::assertSame( array( 'stopped', 'template', 3 ), array( $stopped['state_name'], $stopped['reason']['code'], $stopped['counts']['waiting'] ) );
		self::assertSame( 'values.body.1', $this->ok( 422, 'POST', "broadcasts/{$made['id']}/resume" )['data']['problems'][0]['path'] );
		$wpdb->query( 'UPDATE ' . self::table( 'templates' ) . " SET bindings_json = '" . wp_json_encode( array( 'body.1' => array( 'source' => 'contact.name' ) ) ) . "', components_json = REPLACE(components_json, ', come', ', come to {{2}}')" );
		$this->ok( 422, 'POST', "broadcasts/{$made['id']}/resume" );
		$wpdb->query( 'UPDATE ' . self::table( 'templates' ) . " SET bindings_json = '" . wp_json_encode( array( 'body.1' => array( 'source' => 'contact.name' ), 'body.2' => array( 'source' => 'text', 'value' => 'Rome' ) ) ) . "'" );
		$this->ok( 200, 'POST', "broadcasts/{$made['id']}/resume" );
		$this->run_until( $made['id'], array( States::DONE ) );
		self::assertSame( array( 'sale Ann, come to Rome.' => 3 ), array_count_values( array_column( $this->rows( 'messages' ), 'body' ) ) );
	}

	/** @dataProvider sides */
	public function test_people_that_are_gone_stop_it_before_anybody_is_taken_in( string $side ): void {
		$this->template();
		$ids    = $this->people( 3 );
		$groups = Groups::ensure( array( 'In', 'Out' ) );
		[ $in, $out ] = array_values( $groups );
		Groups::add( $in, $ids );
		Groups::add( $out, array( $ids[0] ) );
		$made = $this->draft( array( 'audience' => array( 'everybody' => false, 'groups' => array( $in ), 'contacts' => array( $ids[1] ) ), 'exclude' => array( 'groups' => array( $out ) ) ) );
		$this->start( $made['id'] );
		Groups::delete( 'exclude' === $side ? $out : $in );
		$this->freeze( $made['id'] );
		$now = Broadcasts::get( $made['id'] );
		self::assertSame( array( 'stopped', 'audience' ), array( $now['state_name'], $now['reason']['code'] ) );
		self::assertSame( array(), $this->rows( 'recipients' ) );
	}

	public static function sides(): array {
		return array( array( 'audience' ), array( 'exclude' ) );
	}

	public function test_counting_again_counts_again(): void {
		global $wpdb;
		$this->template();
		$this->people( 2 );
		$made = $this->draft();
		self::assertSame( 2, $this->preflight( $made['id'] )['reachable'] );
		$this->people( 1, array(), 10 );
		self::assertSame( 2, $this->preflight( $made['id'] )['reachable'], 'A moment later it stands.' );
		self::assertSame( 3, $this->preflight( $made['id'], array( 'again' => true ) )['reachable'] );
		$this->people( 1, array(), 20 );
		$old = json_decode( BroadcastStore::get( $made['id'] )['preflight_json'], true );
		BroadcastStore::change( $made['id'], array(), array( 'preflight_json' => (string) wp_json_encode( array( 'at_ms' => Site::now_ms() - 600000 ) + $old ) ) );
		self::assertSame( 4, $this->ok( 409, 'POST', "broadcasts/{$made['id']}/start", array( 'people' => 3 ) )['data']['preflight']['reachable'], 'A count of ten minutes ago is none.' );
	}

	public function test_what_somebody_else_changes_meanwhile_is_not_sent_unconfirmed(): void {
		$this->template();
		$this->template( 'other' );
		$this->people( 2 );
		$made = $this->draft();
		$this->preflight( $made['id'] );
		$this->ok( 200, 'PATCH', "broadcasts/{$made['id']}", array( 'definition' => array( 'template' => array( 'name' => 'other', 'language' => 'en_US' ) ) ) );
		$late = $this->ok( 409, 'POST', "broadcasts/{$made['id']}/start", array( 'people' => 2, 'updated_ms' => $made['updated_ms'] ) );
		self::assertSame( array( 'nxtchat_changed', 'other' ), array( $late['code'], $late['data']['broadcast']['definition']['template']['name'] ) );
		// While it is being counted, too.
		$now   = Broadcasts::get( $made['id'] );
		$shift = static function ( $rate ) use ( $made, $now ) {
			Broadcasts::update( $made['id'], array( 'name' => 'Changed', 'definition' => array( 'template' => array( 'name' => 'sale', 'language' => 'en_US' ) ), 'updated_ms' => $now['updated_ms'] ) );
			return $rate;
		};
		$this->add_hook( 'nxtchat_broadcast_rate', $shift );
		self::assertSame( 'nxtchat_changed', $this->ok( 409, 'POST', "broadcasts/{$made['id']}/start", array( 'people' => 2 ) )['code'] );
		self::assertSame( 'draft', Broadcasts::get( $made['id'] )['state_name'] );
	}

	public function test_once_decided_the_template_that_lost_is_no_matter(): void {
		global $wpdb;
		$this->template();
		$this->template( 'sale2' );
		$this->people( 100 );
		$made = $this->draft( array( 'ab' => self::ab( array( 'share' => 20 ) ) ) );
		$this->start( $made['id'] );
		$this->freeze( $made['id'] );
		// One of the test is held back by WhatsApp for a day, the others had it an hour ago.
		$all = $this->rows( 'recipients', 'variant > 0' );
		$old = Site::now_ms() - 3600000;
		$wpdb->query( 'UPDATE ' . self::table( 'recipients' ) . " SET state = CASE variant WHEN 2 THEN 80 ELSE 40 END, sent_ms = $old, due_ms = 0 WHERE variant > 0" );
		$held = array_values( array_filter( $all, static fn( array $row ): bool => '1' === (string) $row['variant'] ) )[0]['id'];
		$wpdb->query( 'UPDATE ' . self::table( 'recipients' ) . ' SET state = 10, sent_ms = 0, due_ms = ' . ( Site::now_ms() + 80000000 ) . " WHERE id = $held" );
		BroadcastStore::change( $made['id'], array(), array( 'started_ms' => $old ) );
		$definition = Broadcasts::get( $made['id'] )['definition'];
		AbTest::look( BroadcastStore::get( $made['id'] ), $definition, Site::now_ms() );
		self::assertSame( 2, (int) BroadcastStore::get( $made['id'] )['winner'], 'Who is held back holds up nobody.' );
		self::assertSame( 0, (int) $this->rows( 'recipients', "id = $held" )[0]['variant'], 'They get the winner, later.' );
		$wpdb->query( 'UPDATE ' . self::table( 'templates' ) . " SET status = 'PAUSED' WHERE name = 'sale'" );
		$this->ok( 200, 'POST', "broadcasts/{$made['id']}/pause" );
		$this->ok( 200, 'POST', "broadcasts/{$made['id']}/resume" );
		$this->work = new \NxtChat\Broadcast\Work();
		self::wait_for( fn() => $this->work->step( 0.2 ) >= 0 && 80 === count( $this->record() ), 15.0, 'the rest' );
		self::assertSame( array( 'running', 1 ), array( Broadcasts::get( $made['id'] )['state_name'], $this->counts( $made['id'] )['waiting'] ) );
		self::assertSame( array( 'sale2' => 80 ), array_count_values( array_map( static fn( array $row ): string => json_decode( $row['payload'], true )['template']['name'], $this->rows( 'messages' ) ) ) );
		$this->ok( 200, 'POST', "broadcasts/{$made['id']}/cancel" );
	}

	public function test_before_its_time_a_test_of_two_reads_nothing(): void {
		global $wpdb;
		$this->template();
		$this->template( 'sale2' );
		$this->people( 100 );
		$made = $this->draft( array( 'ab' => self::ab( array( 'share' => 20 ) ) ) );
		$this->start( $made['id'] );
		$this->freeze( $made['id'] );
		$definition = Broadcasts::get( $made['id'] )['definition'];
		$look       = static function ( int $now ) use ( $wpdb, $made, $definition ): int {
			$row    = BroadcastStore::get( $made['id'] );
			$before = $wpdb->num_queries;
			AbTest::look( $row, $definition, $now );
			return $wpdb->num_queries - $before;
		};
		$later = Site::now_ms() + 360000;
		self::assertSame( 0, $look( Site::now_ms() ), 'Its time is not over.' );
		self::assertSame( 1, $look( $later ), 'Somebody is to get it still.' );
		$wpdb->query( 'UPDATE ' . self::table( 'recipients' ) . ' SET state = 40, sent_ms = ' . ( $later - 60000 ) . ' WHERE variant > 0' );
		self::assertGreaterThan( 1, $look( $later ) );
		self::assertSame( 0, $look( $later + 3000 ), 'The last had it a minute ago.' );
		$walks = 0;
		$this->add_hook( 'query', static function ( $sql ) use ( &$walks ) {
			$walks += str_contains( $sql, 'GROUP BY variant, state' ) ? 1 : 0;
			return $sql;
		} );
		\NxtChat\Broadcast\Report::get( $made['id'], true );
		self::assertSame( 1, $walks, 'Its report walks over them once.' );
		$look( $later + 300000 );
		self::assertSame( 1, (int) BroadcastStore::get( $made['id'] )['winner'] );
	}

	public function test_the_rest_of_a_test_keeps_each_ones_time(): void {
		update_option( 'timezone_string', 'Europe/Berlin' );
		$this->template();
		$this->template( 'sale2' );
		$this->people( 100, array( 'country' => "'IN'" ) );
		$this->people( 100, array( 'country' => "'BR'" ), 200 );
		$made = $this->draft( array( 'ab' => self::ab( array( 'share' => 2 ) ), 'schedule' => array( 'mode' => 'at', 'at' => '2027-07-01T09:00', 'zone' => 'recipient' ) ) );
		$this->start( $made['id'] );
		BroadcastStore::change( $made['id'], array(), array( 'state' => States::FREEZING ) );
		$this->freeze( $made['id'] );
		$brazil = strtotime( '2027-07-01T12:00Z' ) * 1000;
		$waits  = fn(): array => array_count_values( array_column( $this->rows( 'recipients', 'variant = 0' ), 'due_ms' ) );
		self::assertSame( array( 98, 98 ), array_values( $waits() ) );
		self::assertSame( 196, count( $this->rows( 'recipients', 'due_ms >= ' . Schedule::HOLD ) ) );
		RecipientStore::give_winner( $made['id'], Schedule::HOLD, strtotime( '2027-07-01T06:00Z' ) * 1000, 1000 );
		self::assertSame( array( 0 => 98, $brazil => 98 ), $waits(), 'India has had its morning; Brazil sleeps.' );
		delete_option( 'timezone_string' );
	}

	public function test_whose_time_is_over_is_told(): void {
		update_option( 'timezone_string', 'America/New_York' );
		$this->template();
		$this->people( 2, array( 'country' => "'NZ'" ) );
		$this->people( 3, array( 'country' => "'CA'" ), 10 );
		$at   = wp_date( 'Y-m-d\TH:i', time() + 3600 );
		$made = $this->draft( array( 'schedule' => array( 'mode' => 'at', 'at' => $at, 'zone' => 'recipient' ) ) );
		self::assertSame( array( 5, 2 ), array( $this->preflight( $made['id'] )['reachable'], $this->preflight( $made['id'] )['over'] ) );
		$this->ok( 200, 'PATCH', "broadcasts/{$made['id']}", array( 'definition' => array( 'schedule' => array( 'mode' => 'at', 'at' => $at, 'zone' => 'site' ) ) ) );
		self::assertSame( 0, $this->preflight( $made['id'] )['over'] );
		delete_option( 'timezone_string' );
	}
}
