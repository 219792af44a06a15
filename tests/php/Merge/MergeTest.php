<?php
/**
 * Two contacts become one, and two again.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Tests\Merge;

use NxtChat\Consent\Consents;
use NxtChat\Contact\Contacts;
use NxtChat\Contact\Merges;
use NxtChat\Native;
use NxtChat\Schema;
use NxtChat\Site;
use NxtChat\Tests\Webhook\SpoolCase;

require_once dirname( __DIR__ ) . '/Webhook/SpoolCase.php';

final class MergeTest extends SpoolCase {

	/** Columns that tell when a row was touched. */
	private const TOUCHED = array( 'updated_ms' );

	/** The history of what was done, and the change counter. */
	private const HISTORY = array( 'contact_log', 'merges', 'events', 'leases' );

	public function test_a_split_gives_both_back_every_row_as_it_was(): void {
		[ $keep, $gone ] = $this->two();
		$before          = $this->everything();
		$merge           = Merges::merge( $keep, $gone, false, 0 );
		self::assertIsInt( $merge );
		self::assertCount( 1, $this->rows( 'contacts' ) );
		self::assertCount( 2, $this->rows( 'conversations' ), 'One for each account.' );
		self::assertSame( 5, (int) $this->row( 'conversations', "account_id = {$this->account}" )['unread'] );
		self::assertSame( array(), $this->about( $gone ), 'Nothing is left under the old id.' );
		self::assertNotSame( array(), Contacts::search( 'Grace', '' ) );
		self::assertNotSame( $before, $this->everything() );
		self::assertSame( array( 'kept' => $keep, 'gone' => $gone ), Merges::split( $merge ) );
		self::assertSame( $before, $this->everything() );
		self::assertSame( array( 4, 5, 5 ), array_map( 'intval', array_column( $this->rows( 'contact_log', 'kind > 1' ), 'kind' ) ) );
	}

	public function test_the_kept_one_wins_and_gaps_are_filled(): void {
		[ $keep, $gone ] = $this->two();
		$seen            = Merges::preview( $keep, $gone );
		self::assertSame( 'Ada', $seen['result']['name'] );
		self::assertSame( array( 'messages' => 6, 'conversations' => 2 ), array( 'messages' => $seen['result']['messages'], 'conversations' => $seen['result']['conversations'] ) );
		self::assertContains( 'name', array_column( $seen['conflicts'], 'what' ) );
		self::assertContains( 'consent.marketing', array_column( $seen['conflicts'], 'what' ) );
		Merges::merge( $keep, $gone, false, 0 );
		$row = $this->rows( 'contacts' )[0];
		self::assertSame( array( 'Ada', 'grace@example.test', 'de' ), array( $row['name'], $row['email'], $row['language'] ) );
		self::assertSame( array( 'Berlin', 'blue' ), array_column( $this->rows_by( 'contact_values', 'field_id' ), 'text' ) );
		self::assertSame( array( '1', '2', '3' ), array_column( $this->rows_by( 'group_members', 'group_id' ), 'group_id' ) );
	}

	public function test_the_stricter_consent_wins_whatever_the_order_of_time(): void {
		[ $keep, $gone ] = $this->two();
		// The kept one withdrew first, the other, as the person themself, granted later: the fold alone would be laxer.
		self::assertSame( array( 2, 1 ), array_map( 'intval', array_column( $this->rows( 'contacts' ), 'marketing' ) ) );
		$merge = Merges::merge( $keep, $gone, false, 0 );
		self::assertSame( Native\CONSENT_REVOKED, Consents::state( $keep, Native\PURPOSE_MARKETING ) );
		self::assertCount( 1, $this->rows( 'consents', "source = 'merge'" ) );
		Merges::split( $merge );
		self::assertSame( array( 2, 1 ), array_map( 'intval', array_column( $this->rows( 'contacts' ), 'marketing' ) ) );
		self::assertSame( $keep, (int) $this->row( 'consents', "source = 'merge'" )['contact_id'], 'The ledger loses nothing.' );
		// The other way round.
		$merge = Merges::merge( $gone, $keep, false, 0 );
		self::assertSame( Native\CONSENT_REVOKED, Consents::state( $gone, Native\PURPOSE_MARKETING ) );
		Merges::split( $merge );
		self::assertSame( array( 2, 1 ), array_map( 'intval', array_column( $this->rows( 'contacts' ), 'marketing' ) ) );
	}

	public function test_what_came_after_stays_with_the_kept_one_and_a_withdrawal_counts_for_both(): void {
		[ $keep, $gone ] = $this->two();
		$merge           = Merges::merge( $keep, $gone, false, 0 );
		self::take_in( self::text_body( 'wamid.after.1', '491512222222', 'later', 1760000000 ) );
		Consents::record( array( $this->entry( $keep, Native\CONSENT_REVOKED, 1760000000000, 'whatsapp', 'wamid.after.1:2', Native\PURPOSE_UTILITY ), $this->entry( $keep, Native\CONSENT_GRANTED, 1760000000000, 'whatsapp', 'wamid.after.1:3', Native\PURPOSE_LOGIN ) ) );
		Merges::split( $merge );
		self::assertSame( $keep, (int) $this->row( 'messages', "wamid = 'wamid.after.1'" )['contact_id'] );
		$conversation = $this->row( 'conversations', "account_id = {$this->account} AND contact_id = $keep" );
		self::assertSame( (int) $this->row( 'messages', "wamid = 'wamid.after.1'" )['id'], (int) $conversation['last_message_id'] );
		self::assertSame( array( 3, 3 ), array( (int) $conversation['unread'], (int) $this->row( 'conversations', "account_id = {$this->account} AND contact_id = $gone" )['unread'] ) );
		foreach ( array( $keep, $gone ) as $id ) {
			self::assertSame( Native\CONSENT_REVOKED, Consents::state( $id, Native\PURPOSE_UTILITY ) );
		}
		self::assertSame( Native\CONSENT_NONE, Consents::state( $gone, Native\PURPOSE_LOGIN ) );
		self::assertSame( 'wamid.after.1', $this->row( 'messages', "id = {$conversation['last_message_id']}" )['wamid'] );
	}

	public function test_messages_since_the_merge_in_a_conversation_that_goes_back_get_one_of_their_own(): void {
		$other = $this->add_account( '206540352242922' );
		[ $keep, $gone ] = $this->two( $other );
		$merge = Merges::merge( $keep, $gone, false, 0 );
		self::take_in( self::webhook_body( array( 'metadata' => array( 'display_phone_number' => '1', 'phone_number_id' => '206540352242922' ), 'messages' => array( array( 'from' => '491511111111', 'id' => 'wamid.new', 'timestamp' => '1760000000', 'type' => 'text', 'text' => array( 'body' => 'x' ) ) ) ) ) );
		Merges::split( $merge );
		$of = $this->row( 'messages', "wamid = 'wamid.new'" );
		self::assertSame( $keep, (int) $of['contact_id'] );
		$conversation = $this->row( 'conversations', "id = {$of['conversation_id']}" );
		self::assertSame( array( $keep, $other, 1, (int) $of['id'] ), array( (int) $conversation['contact_id'], (int) $conversation['account_id'], (int) $conversation['unread'], (int) $conversation['last_message_id'] ) );
		self::assertSame( 1, (int) $this->row( 'conversations', "account_id = $other AND contact_id = $gone" )['unread'] );
	}

	public function test_a_chain_is_undone_from_its_end(): void {
		[ $a, $b ] = $this->two();
		$c         = $this->person( '491513333333', 'Carl' );
		$before    = $this->everything();
		$first     = Merges::merge( $a, $b, false, 0 );
		$second    = Merges::merge( $c, $a, false, 0 );
		$refused   = Merges::split( $first );
		self::assertWPError( 'nxtchat_split_refused', $refused );
		self::assertSame( $second, $refused->get_error_data()['first'] );
		self::assertIsArray( Merges::split( $second ) );
		self::assertIsArray( Merges::split( $first ) );
		self::assertSame( $before, $this->everything() );
		// Two into the same one: the newest goes first.
		$first  = Merges::merge( $a, $b, false, 0 );
		$second = Merges::merge( $a, $c, false, 0 );
		self::assertWPError( 'nxtchat_split_refused', Merges::split( $first ) );
		Merges::split( $second );
		Merges::split( $first );
		self::assertSame( $before, $this->everything() );
		self::assertWPError( 'nxtchat_split_refused', Merges::split( $first ) );
		self::assertWPError( 'nxtchat_no_merge', Merges::split( 999999 ) );
	}

	public function test_nobody_is_merged_with_themself_or_with_nobody(): void {
		$id     = $this->person( '491511111111', 'Ada' );
		$before = $this->everything();
		self::assertWPError( 'nxtchat_merge_same', Merges::merge( $id, $id, false, 0 ) );
		self::assertWPError( 'nxtchat_merge_same', Merges::preview( $id, $id ) );
		self::assertWPError( 'nxtchat_no_contact', Merges::merge( $id, 999999, false, 0 ) );
		self::assertWPError( 'nxtchat_no_contact', Merges::merge( 999999, $id, false, 0 ) );
		self::assertSame( $before, $this->everything() );
		self::assertSame( array(), $this->rows( 'merges' ) );
	}

	public function test_people_who_look_alike_are_suggested(): void {
		[ $keep, $gone ] = $this->two();
		global $wpdb;
		$wpdb->update( self::table( 'contacts' ), array( 'email' => 'grace@example.test' ), array( 'id' => $keep ) );
		$found = Merges::duplicates( $keep );
		self::assertSame( array( $gone ), array_column( $found, 'id' ) );
		self::assertSame( array( 'email' ), $found[0]['reasons'] );
		self::assertWPError( 'nxtchat_no_contact', Merges::duplicates( 999999 ) );
	}

	public function test_an_event_that_proves_it_merges_and_the_rest_of_the_batch_follows(): void {
		self::take_in( self::text_body( 'wamid.m.1', '491511111111', 'by number', 1750000000 ) );
		self::take_in( $this->by_bsuid( 'wamid.m.2', 'DE.777' ) );
		self::assertCount( 2, $this->rows( 'contacts' ) );
		self::take_in( $this->by_bsuid( 'wamid.m.3', 'DE.777' ), $this->by_bsuid( 'wamid.m.4', 'DE.777', '491511111111' ), $this->by_bsuid( 'wamid.m.5', 'DE.777' ) );
		$left = $this->rows( 'contacts' );
		self::assertCount( 1, $left );
		self::assertSame( array_fill( 0, 5, $left[0]['id'] ), array_column( $this->rows( 'messages' ), 'contact_id' ) );
		self::assertSame( 5, (int) $this->row( 'conversations', '1 = 1' )['unread'] );
		$merge = $this->row( 'merges', '1 = 1' );
		self::assertSame( array( '1', $left[0]['id'] ), array( $merge['automatic'], $merge['kept_id'] ) );
		self::assertSame( Native\CONTACT_LOG_MERGED, (int) $this->row( 'contact_log', 'kind = ' . Native\CONTACT_LOG_MERGED )['kind'] );
		self::assertIsArray( Merges::split( (int) $merge['id'] ) );
		self::assertCount( 2, $this->rows( 'contacts' ) );
	}

	/** @group long */
	public function test_a_hundred_thousand_messages_go_over_and_back(): void {
		[ $keep, $gone ] = $this->two();
		$conversation    = (int) $this->row( 'conversations', "account_id = {$this->account} AND contact_id = $gone" )['id'];
		global $wpdb;
		for ( $i = 0; $i < 100; $i++ ) {
			$rows = array();
			for ( $n = 0; $n < 1000; $n++ ) {
				$rows[] = "($this->account, $conversation, $gone, 1, 1, 1, 1, 'wamid.big." . ( $i * 1000 + $n ) . "', 'x', '{}', 1700000000000 + " . ( $i * 1000 + $n ) . ')';
			}
			$wpdb->query( 'INSERT INTO ' . self::table( 'messages' ) . ' (account_id, conversation_id, contact_id, direction, type, state, origin, wamid, body, payload, at_ms) VALUES ' . implode( ',', $rows ) );
		}
		if ( function_exists( 'memory_reset_peak_usage' ) ) {
			memory_reset_peak_usage();
		}
		$memory = memory_get_usage();
		$begun  = microtime( true );
		$merge  = Merges::merge( $keep, $gone, false, 0 );
		$there  = microtime( true ) - $begun;
		self::assertIsArray( Merges::split( $merge ) );
		$back = microtime( true ) - $begun - $there;
		self::assertSame( 100004, (int) $wpdb->get_var( 'SELECT COUNT(*) FROM ' . self::table( 'messages' ) . " WHERE contact_id = $gone" ) );
		$used = ( memory_get_peak_usage() - $memory ) / 1048576;
		fwrite( STDERR, sprintf( "\n%s: 100,000 messages merged in %.1f s, split in %.1f s, %.1f MB\n", NXTCHAT_TEST_DB, $there, $back, $used ) );
		self::assertLessThan( 8, $used );
		self::assertLessThan( 60, $there + $back );
	}

	/** Ada withdrew, Grace granted; both wrote to the first number, Grace also to another. @return array{0: int, 1: int} */
	private function two( int $other = 0 ): array {
		$other = $other ?: $this->add_account( '306540352242922' );
		$keep  = $this->person( '491511111111', 'Ada', 2 );
		$gone  = $this->person( '491512222222', 'Grace', 3 );
		global $wpdb;
		$wpdb->update( self::table( 'contacts' ), array( 'name' => 'Ada' ), array( 'id' => $keep ) );
		$wpdb->update( self::table( 'contacts' ), array( 'email' => 'grace@example.test', 'language' => 'de', 'name' => 'Grace' ), array( 'id' => $gone ) );
		$wpdb->insert( self::table( 'conversations' ), array( 'account_id' => $other, 'contact_id' => $gone, 'unread' => 1, 'is_unread' => 1, 'last_ms' => 5, 'last_in_ms' => 5, 'last_message_id' => 1 ) );
		$conversation = $wpdb->insert_id;
		$wpdb->insert( self::table( 'messages' ), array( 'account_id' => $other, 'conversation_id' => $conversation, 'contact_id' => $gone, 'direction' => 1, 'type' => 1, 'state' => 1, 'origin' => 1, 'wamid' => 'wamid.other', 'body' => 'hi', 'payload' => '{}', 'at_ms' => 5 ) );
		$wpdb->update( self::table( 'conversations' ), array( 'last_message_id' => $wpdb->insert_id ), array( 'id' => $conversation ) );
		foreach ( array( 1 => 'One', 2 => 'Two', 3 => 'Three' ) as $id => $name ) {
			$wpdb->insert( self::table( 'groups' ), array( 'id' => $id, 'name' => $name ) );
			if ( $id < 3 ) {
				$wpdb->insert( self::table( 'group_members' ), array( 'group_id' => $id, 'contact_id' => $keep, 'added_ms' => 7 ) );
			}
			if ( $id > 1 ) {
				$wpdb->insert( self::table( 'group_members' ), array( 'group_id' => $id, 'contact_id' => $gone, 'added_ms' => 8, 'import_id' => 4 ) );
			}
		}
		foreach ( array( 1 => 'city', 2 => 'colour' ) as $id => $name ) {
			$wpdb->insert( self::table( 'fields' ), array( 'id' => $id, 'name' => $name, 'type' => 1, 'choices_json' => '[]' ) );
		}
		$wpdb->insert( self::table( 'contact_values' ), array( 'contact_id' => $keep, 'field_id' => 1, 'text' => 'Berlin' ) );
		$wpdb->insert( self::table( 'contact_values' ), array( 'contact_id' => $gone, 'field_id' => 1, 'text' => 'Bonn', 'number' => 0.1 ) );
		$wpdb->insert( self::table( 'contact_values' ), array( 'contact_id' => $gone, 'field_id' => 2, 'text' => 'blue', 'number' => 12345.678901234 ) );
		$wpdb->insert( self::table( 'contact_log' ), array( 'contact_id' => $gone, 'kind' => 1, 'body' => 'a note', 'data_json' => '{}', 'at_ms' => 9 ) );
		self::assertSame( '', $wpdb->last_error );
		Consents::record( array( $this->entry( $keep, Native\CONSENT_REVOKED, 1750000000000, 'whatsapp', 'wamid.a:1' ), $this->entry( $gone, Native\CONSENT_GRANTED, 1751000000000, 'whatsapp', 'wamid.b:1' ) ) );
		return array( $keep, $gone );
	}

	private function entry( int $contact, int $state, int $at_ms, string $source, string $proof, int $purpose = Native\PURPOSE_MARKETING ): array {
		return array(
			'contact_id' => $contact,
			'purpose'    => $purpose,
			'state'      => $state,
			'by_person'  => 1,
			'source'     => $source,
			'proof'      => $proof,
			'at_ms'      => $at_ms,
		);
	}

	/** Somebody who wrote so many messages. */
	private function person( string $phone, string $name, int $messages = 1 ): int {
		for ( $i = 0; $i < $messages; $i++ ) {
			self::spool( self::text_body( "wamid.$phone.$i", $phone, "text $i", 1750000000 + $i, $name ) );
		}
		self::drain();
		return (int) $this->row( 'contact_identities', "value = '+$phone'" )['contact_id'];
	}

	private function by_bsuid( string $wamid, string $bsuid, string $phone = '' ): string {
		$contact = array( 'profile' => array( 'name' => 'B' ), 'user_id' => $bsuid );
		$message = array( 'from_user_id' => $bsuid, 'id' => $wamid, 'timestamp' => '1750000100', 'type' => 'text', 'text' => array( 'body' => $wamid ) );
		if ( '' !== $phone ) {
			$contact['wa_id'] = $phone;
			$message['from']  = $phone;
		}
		return self::webhook_body( array( 'contacts' => array( $contact ), 'messages' => array( $message ) ) );
	}

	/** Every row of every table but the history of what was done. */
	private function everything(): array {
		global $wpdb;
		$out = array();
		foreach ( array_diff( Schema::TABLES, self::HISTORY ) as $name ) {
			$where = 'consents' === $name ? "source <> 'merge'" : '1 = 1';
			$rows  = $wpdb->get_results( 'SELECT * FROM ' . Schema::table( $name ) . " WHERE $where ORDER BY 1, 2", ARRAY_A );
			foreach ( $rows as $n => $row ) {
				$rows[ $n ] = array_diff_key( $row, 'contacts' === $name ? array_flip( self::TOUCHED ) : array() );
			}
			$out[ $name ] = $rows;
		}
		$out['notes'] = $wpdb->get_results( 'SELECT * FROM ' . Schema::table( 'contact_log' ) . ' WHERE kind = 1', ARRAY_A );
		return $out;
	}

	/** Tables that still name a contact. */
	private function about( int $id ): array {
		global $wpdb;
		$out = array();
		foreach ( array( 'contact_identities', 'contact_words', 'contact_log', 'contact_values', 'group_members', 'consents', 'conversations', 'messages' ) as $name ) {
			if ( $wpdb->get_var( 'SELECT COUNT(*) FROM ' . Schema::table( $name ) . " WHERE contact_id = $id" ) > 0 ) {
				$out[] = $name;
			}
		}
		return $out;
	}

	private function rows_by( string $table, string $column ): array {
		global $wpdb;
		return $wpdb->get_results( 'SELECT * FROM ' . Schema::table( $table ) . " ORDER BY $column", ARRAY_A );
	}

	private static function assertWPError( string $code, mixed $error ): void {
		self::assertTrue( is_wp_error( $error ), wp_json_encode( $error ) );
		self::assertSame( $code, $error->get_error_code() );
	}
}
