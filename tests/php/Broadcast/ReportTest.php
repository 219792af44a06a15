<?php
/**
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Tests\Broadcast;

use NxtChat\Broadcast\Broadcasts;
use NxtChat\Broadcast\BroadcastStore;
use NxtChat\Broadcast\Recipients;
use NxtChat\Broadcast\Report;
use NxtChat\Broadcast\ReportStore;
use NxtChat\Broadcast\States;
use NxtChat\Native;
use NxtChat\Schema;
use NxtChat\Site;
use NxtChat\Webhook\Drain;

require_once __DIR__ . '/BroadcastCase.php';

/** What is told of a broadcast, without sending: rows stand for what happened. */
final class ReportTest extends BroadcastCase {

	/** The list of one broadcast is walked in its own order, however many others there are. */
	public function test_the_list_of_recipients_has_an_index(): void {
		global $wpdb;
		foreach ( array( 1, 2, 3 ) as $broadcast ) {
			foreach ( array_chunk( range( 1, 2000 ), 500 ) as $some ) {
				$wpdb->query( 'INSERT INTO ' . self::table( 'recipients' ) . ' (broadcast_id, contact_id, state) VALUES ' . implode( ',', array_map( static fn( int $contact ): string => "($broadcast, $contact, " . Native\STATE_SENT . ')', $some ) ) );
			}
		}
		$wpdb->query( 'ANALYZE TABLE ' . self::table( 'recipients' ) );
		foreach ( array( array(), array( 'country' => 'DE' ), array( 'variant' => 1 ) ) as $filter ) {
			ReportStore::page( 3, $filter, 0, 51 );
			self::assertStringContainsString( 'list', self::plan( $wpdb->last_query ), (string) wp_json_encode( $filter ) );
		}
		ReportStore::page( 3, array( 'states' => array( Native\STATE_FAILED ) ), 0, 51 );
		self::assertMatchesRegularExpression( '/list|work/', self::plan( $wpdb->last_query ) );
	}

	public function test_a_site_of_before_gets_the_index(): void {
		global $wpdb;
		$names = static fn(): array => array_column( $wpdb->get_results( 'SHOW INDEX FROM ' . self::table( 'recipients' ), ARRAY_A ), 'Key_name' );
		$wpdb->query( 'ALTER TABLE ' . self::table( 'recipients' ) . ' DROP INDEX list' );
		self::assertNotContains( 'list', $names() );
		update_option( Schema::OPTION, 7 );
		Schema::ensure();
		self::assertContains( 'list', $names() );
	}

	public function test_who_was_sent_to_again_on_purpose_got_it_perhaps_twice(): void {
		$id = $this->ended( array( array( Native\STATE_UNKNOWN, Native\STATE_SENT ), array( Native\STATE_DELIVERED ), array( Native\STATE_FAILED, Native\STATE_SENT ) ) );
		self::assertSame( array( true, 1 ), array( Report::get( $id, true )['proof']['ok'], Report::get( $id, true )['proof']['perhaps_twice'] ) );
		$id    = $this->ended( array( array( Native\STATE_SENT, Native\STATE_SENT ), array( Native\STATE_UNKNOWN, Native\STATE_READ, Native\STATE_DELIVERED ) ) );
		$proof = Report::get( $id, true )['proof'];
		self::assertSame( array( false, 0, 2 ), array( $proof['ok'], $proof['perhaps_twice'], array_column( $proof['lines'], 'left', 'what' )['Nobody got it twice'] ) );
	}

	public function test_what_is_not_known_was_not_sent(): void {
		$id     = $this->ended( array( array( Native\STATE_UNKNOWN ), array( Native\STATE_SENT ), array( Native\STATE_READ ) ) );
		$report = Report::get( $id, true );
		self::assertSame( array( 2, 2 ), array( $report['funnel']['sent'], $report['countries'][0]['sent'] ) );
	}

	public function test_everybodys_line_names_their_message(): void {
		global $wpdb;
		$template = $this->template();
		$id       = $this->ended( array( array( Native\STATE_UNKNOWN, Native\STATE_SENT ) ) );
		$wpdb->query( 'UPDATE ' . self::table( 'messages' ) . " SET template_id = $template" );
		$sent = $this->rows( 'messages' )[1];
		$line = $this->ok( 200, 'GET', "broadcasts/$id/recipients" )['items'][0];
		self::assertSame( array( 'sale', 'en_US', 1, $sent['ref'], $sent['wamid'] ), array( $line['template'], $line['template_language'], $line['attempt'], $line['ref'], $line['wamid'] ) );
		$csv = '';
		Report::export( $id, array(), static function ( string $part ) use ( &$csv ): bool {
			$csv .= $part;
			return true;
		} );
		$lines = array_map( 'str_getcsv', explode( "\r\n", trim( $csv ) ) );
		self::assertSame( array( 'sale', 'en_US', '1', $sent['ref'], $sent['wamid'] ), array_slice( $lines[1], array_search( 'template', $lines[0], true ) ) );
	}

	public function test_the_audit_knows_who_did_what(): void {
		$this->template();
		$this->people( 2 );
		$id = $this->draft()['id'];
		$this->start( $id );
		$this->freeze( $id );
		foreach ( array( 'pause', 'resume', 'cancel' ) as $what ) {
			$this->ok( 200, 'POST', "broadcasts/$id/$what" );
		}
		$this->ok( 409, 'POST', "broadcasts/$id/pause" );
		$this->ok( 200, 'DELETE', "broadcasts/$id" );
		$rows = $this->rows( 'audit', "action LIKE 'broadcast.%'" );
		self::assertSame( array( 'broadcast.start', 'broadcast.pause', 'broadcast.resume', 'broadcast.cancel', 'broadcast.delete' ), array_column( $rows, 'action' ) );
		self::assertSame( array( (string) get_current_user_id() ), array_unique( array_column( $rows, 'actor_id' ) ) );
		self::assertSame( array( 'broadcast' => $id, 'people' => 2 ), json_decode( $rows[0]['detail_json'], true ) );
	}

	public function test_minutes_are_told_while_it_runs_and_when_it_was_short(): void {
		global $wpdb;
		$id    = $this->ended( array_fill( 0, 4, array( Native\STATE_SENT ) ) );
		$now   = Site::now_ms();
		$table = self::table( 'recipients' );
		$at    = array_map( static fn( int $minute ): int => $now - $now % 60000 - 60000 * $minute, array( 300, 60, 58, 2 ) );
		foreach ( $this->rows( 'recipients' ) as $n => $row ) {
			$wpdb->update( $table, array( 'sent_ms' => $at[ $n ] + 5 ), array( 'id' => $row['id'] ) );
		}
		$told = static function ( array $set ) use ( $id ): array {
			BroadcastStore::change( $id, array(), $set );
			return array_column( Report::get( $id, true )['minutes'], 'sent', 'at_ms' );
		};
		$runs = $told( array( 'state' => States::RUNNING, 'started_ms' => $at[0], 'finished_ms' => 0 ) );
		self::assertSame( array( 0, 1, 0, 1, 1 ), array( $runs[ $at[1] - 60000 ], $runs[ $at[1] ], $runs[ $at[1] + 60000 ], $runs[ $at[2] ], $runs[ $at[3] ] ) );
		self::assertArrayNotHasKey( $at[0], $runs, 'Two hours, no more.' );
		$short = $told( array( 'state' => States::DONE, 'started_ms' => $at[1], 'finished_ms' => $at[2] ) );
		self::assertSame( array( 59, 3, 1 ), array( count( $short ), array_sum( $short ), $short[ $at[1] ] ) );
		self::assertSame( array(), $told( array( 'state' => States::DONE, 'started_ms' => $at[0], 'finished_ms' => $at[3] ) ), 'Hours tell more.' );
		self::assertSame( 4, array_sum( array_column( Report::get( $id, true )['hours'], 'sent' ) ) );
	}

	public function test_an_opt_out_is_no_answer(): void {
		Native\front_configure( Site::prepare(), array( 'app_secrets' => array( self::APP_SECRET ), 'verify_hashes' => array(), 'wp_load' => ABSPATH . 'wp-load.php', 'blog_id' => 1, 'home' => home_url(), 'durability' => 'normal', 'max_bytes' => 1 << 30 ) );
		$id = $this->ended( array_fill( 0, 3, array( Native\STATE_DELIVERED ) ) );
		foreach ( array( array( 0, 'Thanks!', 1 ), array( 0, 'STOP', 2 ), array( 1, 'STOP', 3 ), array( 2, 'When?', 4 ) ) as [ $who, $text, $at ] ) {
			$body = self::text_body( "wamid.in.$at", substr( self::phone( $who ), 1 ), $text, time() + $at );
			Native\webhook_accept( Site::dir(), $body, self::sign( $body ) );
		}
		Drain::run();
		$funnel = Report::get( $id, true )['funnel'];
		self::assertSame( array( 2, 2 ), array( $funnel['replied'], $funnel['opted_out'] ) );
	}

	public function test_the_list_does_not_count_what_has_ended_again_and_again(): void {
		$id = $this->ended( array( array( Native\STATE_SENT ), array( Native\STATE_SENT ) ) );
		self::assertSame( 2, $this->ok( 200, 'GET', 'broadcasts' )['items'][0]['counts']['sent'], 'Never counted before.' );
		$counted = static fn( int $ago ): bool => BroadcastStore::change( $id, array(), array( 'updated_ms' => Site::now_ms() - 86400000, 'counted_ms' => Site::now_ms() - $ago ) );
		$counted( 3600000 );
		self::assertSame( array(), self::asked( 'recipients', fn() => $this->ok( 200, 'GET', 'broadcasts' ) ), 'A day after its end, an hour is nothing.' );
		$counted( 3 * 3600000 );
		self::assertCount( 1, self::asked( 'recipients', fn() => $this->ok( 200, 'GET', 'broadcasts' ) ) );
		$counted( 3600000 );
		self::assertCount( 1, self::asked( 'recipients', fn() => $this->ok( 200, 'GET', "broadcasts/$id" ) ), 'Who looks at one sees what is.' );
	}

	public function test_what_is_left_of_a_deleted_broadcast_goes_by_and_by(): void {
		global $wpdb;
		$id = $this->ended( array( array( Native\STATE_SENT ) ) );
		$wpdb->query( 'INSERT INTO ' . self::table( 'recipients' ) . " (broadcast_id, contact_id, state) VALUES ($id + 1, 1, 40), ($id + 1, 2, 40), ($id + 2, 1, 40)" );
		\NxtChat\Maintenance::hourly();
		self::assertSame( array( $id ), array_map( 'intval', array_column( $this->rows( 'recipients' ), 'broadcast_id' ) ) );
	}

	/**
	 * A broadcast that has ended.
	 *
	 * @param list<list<int>> $people States of each one's messages, one an attempt; the last counts.
	 */
	private function ended( array $people ): int {
		global $wpdb;
		$made = $this->draft();
		$now  = Site::now_ms() - 60000;
		$ids  = $this->people( count( $people ), array(), count( $this->rows( 'contacts' ) ) );
		foreach ( $people as $n => $states ) {
			$got = static fn( int $state ): int => in_array( $state, array( Native\STATE_SENT, Native\STATE_DELIVERED, Native\STATE_READ ), true ) ? $now : 0;
			$wpdb->insert( self::table( 'recipients' ), array( 'broadcast_id' => $made['id'], 'contact_id' => $ids[ $n ], 'state' => end( $states ), 'country' => 'DE', 'attempt' => count( $states ) - 1, 'sent_ms' => $got( end( $states ) ) ) );
			$recipient = $wpdb->insert_id;
			foreach ( $states as $attempt => $state ) {
				$ref = Recipients::ref( $made['uid'], $made['id'], $recipient, $attempt );
				$wpdb->insert( self::table( 'messages' ), array( 'account_id' => $this->account, 'conversation_id' => 1, 'contact_id' => $ids[ $n ], 'direction' => Native\DIRECTION_OUT, 'type' => Native\TYPE_TEMPLATE, 'state' => $state, 'origin' => Native\ORIGIN_BROADCAST, 'ref' => $ref, 'wamid' => $got( $state ) ? "wamid.$ref" : null, 'body' => '', 'payload' => '{}', 'at_ms' => $now ) );
			}
			$wpdb->update( self::table( 'recipients' ), array( 'message_id' => $wpdb->insert_id ), array( 'id' => $recipient ) );
		}
		BroadcastStore::change( $made['id'], array(), array( 'state' => States::DONE, 'total' => count( $people ), 'frozen_ms' => $now, 'started_ms' => $now, 'finished_ms' => $now + 1000 ) );
		return $made['id'];
	}

	/** The SELECTs of a table that something makes. @return list<string> */
	private static function asked( string $table, callable $do ): array {
		$all  = array();
		$note = static function ( string $sql ) use ( &$all, $table ): string {
			if ( str_starts_with( $sql, 'SELECT' ) && str_contains( $sql, self::table( $table ) . ' ' ) ) {
				$all[] = $sql;
			}
			return $sql;
		};
		add_filter( 'query', $note );
		$do();
		remove_filter( 'query', $note );
		return $all;
	}

	/** Which indexes a statement uses, in the database's words. */
	private static function plan( string $sql ): string {
		global $wpdb;
		$plan = self::on_sqlite() ? $wpdb->dbh->execute_sqlite_query( "EXPLAIN QUERY PLAN $sql" )->fetchAll( \PDO::FETCH_ASSOC ) : $wpdb->get_results( "EXPLAIN $sql", ARRAY_A );
		return implode( "\n", array_map( static fn( array $row ): string => ( $row['detail'] ?? $row['key'] ) . '', array_filter( $plan, static fn( array $row ): bool => ! in_array( $row['table'] ?? '', array( 'm', 't' ), true ) ) ) );
	}
}
