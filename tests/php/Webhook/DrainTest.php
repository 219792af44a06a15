<?php
/**
 * The drain: from the spool into the tables.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Tests\Webhook;

use NxtChat\Native;
use NxtChat\Schema;
use NxtChat\Webhook\Drain;
use NxtChat\Webhook\Events;

require_once __DIR__ . '/SpoolCase.php';

final class DrainTest extends SpoolCase {

	/** @return array<string, array{0: string}> */
	public function kinds(): array {
		return array(
			'new customers'        => array( 'new' ),
			'known customers'      => array( 'known' ),
			'statuses'             => array( 'status' ),
			'statuses with refs'   => array( 'ref' ),
			'statuses of BSUIDs'   => array( 'bsuid' ),
			'statuses of nobody'   => array( 'nobody' ),
		);
	}

	public function test_messages_of_one_second_stand_in_the_order_of_their_arrival(): void {
		foreach ( array( 'wamid.order.c' => 'one', 'wamid.order.a' => 'two', 'wamid.order.b' => 'three' ) as $wamid => $text ) {
			self::spool( self::text_body( $wamid, '4915100000099', $text, 1750000000 ) );
		}
		self::drain();
		$id = (int) $this->rows( 'conversations', '1 = 1' )[0]['id'];
		self::assertSame( array( 'one', 'two', 'three' ), array_column( \NxtChat\Message\Messages::thread( $id, '', 10 )['items'], 'text' ) );
	}

	/** @dataProvider kinds */
	public function test_the_number_of_statements_does_not_grow_with_the_number_of_events( string $kind ): void {
		$counts = array();
		foreach ( array( 1, 50, 500 ) as $n ) {
			for ( $i = 0; $i < $n; $i++ ) {
				$phone = (string) ( 4915100000000 + $n * 1000 + $i );
				$wamid = "wamid.$kind.$n.$i";
				if ( 'known' === $kind ) {
					self::spool( self::text_body( "$wamid.first", $phone, 'eins', 1750000000 ) );
				}
				if ( in_array( $kind, array( 'status', 'bsuid' ), true ) ) {
					$this->sent_row( $wamid );
				}
				if ( 'ref' === $kind ) {
					$this->sent_row( null, Native\ulids( 1 )[0], Native\STATE_UNKNOWN );
				}
			}
			if ( 'known' === $kind ) {
				self::drain();
			}
			$refs = 'ref' === $kind ? array_column( $this->rows( 'messages', 'wamid IS NULL' ), 'ref' ) : array();
			for ( $i = 0; $i < $n; $i++ ) {
				$phone = (string) ( 4915100000000 + $n * 1000 + $i );
				$wamid = "wamid.$kind.$n.$i";
				self::spool(
					match ( $kind ) {
						'new', 'known' => self::text_body( $wamid, $phone, "zwei 😀 $i", 1750000100 + $i ),
						'bsuid'        => self::status_body( $wamid, 'delivered', $phone, '', 1750000100, array( 'recipient_user_id' => "DE.$phone" ) ),
						default        => self::status_body( $wamid, 'delivered', $phone, $refs[ $i ] ?? '', 1750000100 ),
					}
				);
			}
			global $wpdb;
			wp_cache_flush();
			get_option( 'x' ); // The options are loaded.
			$before       = $wpdb->num_queries;
			$done         = self::drain();
			$counts[ $n ] = $wpdb->num_queries - $before;
			self::assertSame( $n, $done['events'] );
		}
		self::assertSame( array( 1 => $counts[1], 50 => $counts[1], 500 => $counts[1] ), $counts );
		self::assertLessThanOrEqual( 20, $counts[1] );
	}

	public function test_an_event_delivered_sixteen_times_counts_once(): void {
		$body = self::text_body( 'wamid.once', '491511234567', 'Hallo', 1750000000 );
		self::take_in( ...array_fill( 0, 7, $body ) );
		self::take_in( ...array_fill( 0, 9, $body ) );
		self::assertCount( 1, $this->rows( 'messages' ) );
		$conversation = $this->row( 'conversations', '1 = 1' );
		self::assertSame( 1, (int) $conversation['unread'] );
		self::assertSame( 1, (int) $conversation['is_unread'] );
		self::assertCount( 16, $this->rows( 'events' ) );
		self::assertCount( 1, $this->rows( 'contacts' ) );
		self::assertCount( 1, $this->rows( 'contact_identities' ) );
	}

	public function test_a_message_becomes_contact_conversation_and_message(): void {
		self::take_in( self::text_body( 'wamid.a', '491511234567', "Grüße 😀 'quoted' \\ 100%", 1750000000, 'Zoë Ünal' ) );
		$contact      = $this->row( 'contacts', '1 = 1' );
		$conversation = $this->row( 'conversations', '1 = 1' );
		$message      = $this->row( 'messages', '1 = 1' );
		self::assertSame( 'Zoë Ünal', $contact['profile_name'] );
		self::assertSame( 'DE', $contact['country'] );
		self::assertSame( 1750000000000, (int) $contact['last_in_ms'] );
		self::assertSame( '+491511234567', $this->row( 'contact_identities', '1 = 1' )['value'] );
		self::assertSame( 1750000000000, (int) $conversation['last_in_ms'] );
		self::assertSame( 1750000000000, (int) $conversation['last_ms'] );
		self::assertSame( $message['id'], $conversation['last_message_id'] );
		self::assertSame( "Grüße 😀 'quoted' \\ 100%", $message['body'] );
		self::assertSame( Native\STATE_RECEIVED, (int) $message['state'] );
		self::assertSame( Native\ORIGIN_CUSTOMER, (int) $message['origin'] );
		self::assertSame( array( 'unal', 'zoe' ), $this->words() );
	}

	public function test_an_older_message_that_comes_later_does_not_become_the_last_one(): void {
		self::take_in( self::text_body( 'wamid.2', '491511234567', 'zweite', 1750000200 ) );
		self::take_in( self::text_body( 'wamid.1', '491511234567', 'erste', 1750000100 ) );
		$conversation = $this->row( 'conversations', '1 = 1' );
		self::assertSame( 'zweite', $this->row( 'messages', 'id = ' . $conversation['last_message_id'] )['body'] );
		self::assertSame( 1750000200000, (int) $conversation['last_in_ms'] );
		self::assertSame( 2, (int) $conversation['unread'] );
	}

	public function test_events_of_an_unknown_number_are_kept_and_replayed_once_the_account_exists(): void {
		$body = self::text_body( 'wamid.later', '491511234567', 'später', 1750000000 );
		self::take_in( str_replace( self::NUMBER, '99999', $body ) );
		self::assertCount( 0, $this->rows( 'messages' ) );
		$event = $this->row( 'events', '1 = 1' );
		self::assertSame( Events::PARTLY, (int) $event['state'] );
		self::assertStringContainsString( '99999', $event['note'] );

		$this->add_account( '99999' );
		self::assertSame( array( 'replayed' => 1, 'errors' => 0 ), Events::replay_state( Events::PARTLY ) );
		self::assertSame( 'später', $this->row( 'messages', '1 = 1' )['body'] );
		self::assertSame( Events::APPLIED, (int) $this->row( 'events', '1 = 1' )['state'] );
		Events::replay( (int) $event['id'] );
		self::assertSame( 1, (int) $this->row( 'conversations', '1 = 1' )['unread'], 'A replay counts nothing twice.' );
	}

	public function test_what_is_not_json_or_of_another_shape_is_kept_as_unknown(): void {
		$bodies = array( 'not json', '{"object":"page"}', '[]', '"x"', '{"object":"whatsapp_business_account","entry":[{"id":1,"changes":[{"field":"brand_new","value":{"a":1}}]}]}', "{\"object\":\"whatsapp_business_account\",\"x\":\"\xff\xfe\"}" );
		self::take_in( ...$bodies );
		$events = $this->rows( 'events' );
		self::assertCount( count( $bodies ), $events );
		foreach ( $events as $event ) {
			self::assertSame( Events::PARTLY, (int) $event['state'], $event['body'] );
		}
		self::assertTrue( mb_check_encoding( implode( '', array_column( $events, 'body' ) ), 'UTF-8' ) );
	}

	public function test_a_message_with_nul_and_a_very_long_text_does_no_harm(): void {
		self::take_in( self::text_body( 'wamid.nul', '491511234567', "a\0b", 1750000000 ), self::text_body( 'wamid.long', '491511234567', str_repeat( 'ü', 60000 ), 1750000001 ) );
		$rows = $this->rows( 'messages' );
		self::assertCount( 2, $rows );
		foreach ( $rows as $row ) {
			self::assertTrue( mb_check_encoding( $row['body'], 'UTF-8' ) );
			self::assertLessThanOrEqual( 65535, strlen( $row['body'] ) );
		}
	}

	public function test_a_poison_event_is_put_aside_and_the_others_go_on(): void {
		for ( $i = 0; $i < 30; $i++ ) {
			self::spool( self::text_body( "wamid.p$i", '491511234567', 17 === $i ? 'POISON' : 'fine', 1750000000 + $i ) );
		}
		// A statement that the database refuses whenever the poison is in it.
		$this->add_hook( 'query', static fn( $query ) => str_contains( $query, 'INSERT IGNORE INTO ' . Schema::table( 'messages' ) ) && str_contains( $query, 'POISON' ) ? 'SELECT no_such_column FROM ' . Schema::table( 'messages' ) : $query );
		$counts = Drain::run();
		self::assertSame( array( 30, 1 ), array( $counts['items'], $counts['errors'] ) );
		self::assertSame( 0, Native\spool_stats( \NxtChat\Site::dir() )['pending'] );
		self::assertCount( 29, $this->rows( 'messages' ) );
		self::assertSame( 29, (int) $this->row( 'conversations', '1 = 1' )['unread'] );
		$event = $this->row( 'events', 'state = ' . Events::FAILED );
		self::assertStringContainsString( 'POISON', $event['body'] );
		self::assertStringNotContainsString( 'POISON', $event['note'] );
	}

	public function test_a_deadlock_is_tried_again(): void {
		global $wpdb;
		if ( self::on_sqlite() ) {
			self::markTestSkipped( 'Deadlocks are for databases with row locks.' );
		}
		self::spool( self::text_body( 'wamid.dl', '491511234567', 'x', 1750000000 ) );
		$failures = 0;
		$this->add_hook(
			'query',
			static function ( $query ) use ( &$failures ) {
				if ( $failures < 2 && str_contains( $query, 'INSERT IGNORE INTO ' . Schema::table( 'messages' ) ) ) {
					++$failures;
					return "SIGNAL SQLSTATE '40001' SET MYSQL_ERRNO = 1213, MESSAGE_TEXT = 'Deadlock found'";
				}
				return $query;
			}
		);
		$counts = Drain::run();
		self::assertSame( 2, $failures );
		self::assertSame( array( 1, 0, false ), array( $counts['items'], $counts['errors'], $counts['down'] ) );
		self::assertSame( 1, (int) $this->row( 'conversations', '1 = 1' )['unread'] );
	}

	public function test_a_connection_lost_inside_the_transaction_loses_and_doubles_nothing(): void {
		global $wpdb;
		if ( self::on_sqlite() ) {
			self::markTestSkipped( 'There is no connection.' );
		}
		for ( $i = 0; $i < 5; $i++ ) {
			self::spool( self::text_body( "wamid.c$i", '491511234567', 'x', 1750000000 + $i ) );
		}
		$killed = false;
		$this->add_hook(
			'query',
			static function ( $query ) use ( &$killed, $wpdb ) {
				if ( ! $killed && str_contains( $query, 'INSERT INTO ' . Schema::table( 'conversations' ) ) ) {
					$killed = true;
					mysqli_query( $wpdb->dbh, 'KILL ' . (int) $wpdb->dbh->thread_id );
				}
				return $query;
			}
		);
		$counts = Drain::run();
		self::assertTrue( $killed );
		self::assertSame( array( 5, 0, false ), array( $counts['items'], $counts['errors'], $counts['down'] ) );
		self::assertCount( 5, $this->rows( 'messages' ) );
		self::assertSame( 5, (int) $this->row( 'conversations', '1 = 1' )['unread'] );
	}

	public function test_a_database_that_refuses_to_write_leaves_everything_in_the_spool(): void {
		global $wpdb;
		if ( self::on_sqlite() ) {
			self::markTestSkipped( 'Read-only mode is for servers.' );
		}
		self::spool( self::text_body( 'wamid.ro', '491511234567', 'x', 1750000000 ) );
		$this->add_hook( 'query', static fn( $query ) => str_contains( $query, Schema::table( 'events' ) ) ? "SIGNAL SQLSTATE 'HY000' SET MYSQL_ERRNO = 1290, MESSAGE_TEXT = 'read only'" : $query );
		$counts = Drain::run();
		self::assertTrue( $counts['down'] );
		self::assertSame( 1, Native\spool_stats( \NxtChat\Site::dir() )['pending'] );
		remove_all_filters( 'query' );
		self::drain();
		self::assertCount( 1, $this->rows( 'messages' ) );
	}

	public function test_hooks_hear_of_new_messages_once_and_after_the_commit(): void {
		$heard = array();
		$this->add_hook(
			'nxtchat_message_received',
			function ( array $message ) use ( &$heard ): void {
				$heard[] = $message['text'];
				self::assertCount( 1, $this->rows( 'messages', 'id = ' . $message['id'] ) );
			}
		);
		$body = self::text_body( 'wamid.h', '491511234567', 'hook', 1750000000 );
		self::take_in( $body, $body );
		self::take_in( $body );
		self::assertSame( array( 'hook' ), $heard );
	}

	public function test_a_hook_that_throws_stops_nothing(): void {
		$this->add_hook( 'nxtchat_message_received', static fn() => throw new \RuntimeException( 'developer' ) );
		self::take_in( self::text_body( 'wamid.t', '491511234567', 'x', 1750000000 ) );
		self::assertCount( 1, $this->rows( 'messages' ) );
	}

	public function test_a_second_drain_leaves_while_one_is_at_work(): void {
		self::spool( self::text_body( 'wamid.busy', '491511234567', 'x', 1750000000 ) );
		$code  = 'require getenv("NXTCHAT_SITE")."/wordpress/wp-load.php"; echo NxtChat\Native\spool_lease(NxtChat\Site::dir()) ? "held" : "no"; fgets(STDIN);';
		$child = proc_open( array( PHP_BINARY, '-r', $code ), array( array( 'pipe', 'r' ), array( 'pipe', 'w' ), STDERR ), $pipes );
		self::assertSame( 'held', fread( $pipes[1], 4 ) );
		self::assertTrue( Drain::run()['busy'] );
		fwrite( $pipes[0], "\n" );
		proc_close( $child );
		self::drain();
		self::assertCount( 1, $this->rows( 'messages' ) );
	}

	public function test_old_events_are_purged_in_steps(): void {
		global $wpdb;
		self::take_in( self::text_body( 'wamid.old', '491511234567', 'x', 1750000000 ), self::text_body( 'wamid.new', '491511234567', 'x', 1750000000 ) );
		$wpdb->query( 'UPDATE ' . self::table( 'events' ) . ' SET received_ms = 1000 ORDER BY id LIMIT 1' );
		self::assertFalse( Events::purge( 30 ) );
		self::assertStringContainsString( 'wamid.new', $this->row( 'events', '1 = 1' )['body'] );
		self::assertCount( 2, $this->rows( 'messages' ) );
	}

	private function words(): array {
		global $wpdb;
		return $wpdb->get_col( 'SELECT word FROM ' . self::table( 'contact_words' ) . ' ORDER BY word' );
	}
}
