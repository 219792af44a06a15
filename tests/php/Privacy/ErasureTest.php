<?php
/**
 * Erasing people.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Tests\Privacy;

use NxtChat\Consent\Consents;
use NxtChat\Contact\Merges;
use NxtChat\Native;
use NxtChat\Privacy\Erasure;
use NxtChat\Privacy\PrivacyStore;
use NxtChat\Privacy\Suppressions;
use NxtChat\Schema;
use NxtChat\Site;
use NxtChat\Tests\Webhook\SpoolCase;
use NxtChat\Webhook\Events;

require_once dirname( __DIR__ ) . '/Webhook/SpoolCase.php';

final class ErasureTest extends SpoolCase {

	/** Everything by which Ada could be found again. */
	private const TRACES = array( '4915112345678', 'Lovelace', 'wamid.ada.', 'DE.adaslovelyid', 'ada@example.test', 'ada_l', 'My secret text', 'Knows Babbage', 'Countess', '4915199999999', 'Byron' );

	public function test_every_table_is_declared(): void {
		self::assertSame( array(), array_diff( Schema::TABLES, array_keys( PrivacyStore::TABLES ) ), 'Say in PrivacyStore::TABLES what this table keeps about people, and erase it.' );
		self::assertSame( array(), array_diff( array_keys( PrivacyStore::TABLES ), Schema::TABLES ) );
		global $wpdb;
		foreach ( PrivacyStore::TABLES as $name => $column ) {
			if ( ! str_contains( $column, ':' ) ) {
				self::assertNotNull( $wpdb->get_row( "SHOW COLUMNS FROM " . Schema::table( $name ) . " LIKE '$column'" ), "$name has no $column" );
			} else {
				self::assertNull( $wpdb->get_row( "SHOW COLUMNS FROM " . Schema::table( $name ) . " LIKE 'contact_id'" ), "$name names contacts" );
			}
		}
	}

	public function test_nothing_is_left_but_a_keyed_hash(): void {
		$ada   = $this->ada();
		$other = $this->other();
		self::assertNotSame( array(), $this->search( self::TRACES ) );
		$before = count( $this->rows( 'messages', "contact_id = $other" ) );
		self::assertSame( 1, Erasure::erase( array( $ada ), 'staff' ) );
		self::assertSame( array(), $this->search( self::TRACES ) );
		$list = $this->rows_of( 'suppressions' );
		self::assertCount( 3, $list, 'Her two numbers and her user id.' );
		foreach ( $list as $row ) {
			self::assertMatchesRegularExpression( '/^[0-9a-f]{64}$/', $row['hash'] );
		}
		// The others are untouched.
		self::assertCount( $before, $this->rows( 'messages', "contact_id = $other" ) );
		self::assertCount( 1, $this->rows( 'contacts' ) );
		self::assertNotSame( array(), $this->search( array( '4915177777777' ) ) );
		self::assertSame( 0, Erasure::erase( array( $ada ), 'staff' ), 'Again: nobody is there.' );
	}

	public function test_a_webhook_about_two_people_keeps_the_other(): void {
		$both = self::webhook_body(
			array(
				'contacts' => array( array( 'wa_id' => '4915112345678', 'profile' => array( 'name' => 'Lovelace' ) ), array( 'wa_id' => '4915177777777', 'profile' => array( 'name' => 'Other' ) ) ),
				'messages' => array(
					array( 'from' => '4915112345678', 'id' => 'wamid.ada.x', 'timestamp' => '1750000000', 'type' => 'text', 'text' => array( 'body' => 'My secret text' ) ),
					array( 'from' => '4915177777777', 'id' => 'wamid.other.x', 'timestamp' => '1750000000', 'type' => 'text', 'text' => array( 'body' => 'hello' ) ),
				),
			)
		);
		self::take_in( $both );
		Erasure::erase( array( $this->contact( '+4915112345678' ) ), 'staff' );
		self::assertSame( array(), $this->search( self::TRACES ) );
		$event = $this->row( 'events', '1 = 1' );
		self::assertStringContainsString( 'wamid.other.x', $event['body'] );
		self::assertSame( 0, Events::replay( (int) $event['id'] )['errors'] );
		self::assertCount( 1, $this->rows( 'contacts' ) );
	}

	public function test_who_waits_in_the_spool_is_erased_too(): void {
		self::take_in( self::text_body( 'wamid.ada.1', '4915112345678', 'My secret text', 1750000000, 'Lovelace' ) );
		self::spool( self::text_body( 'wamid.ada.2', '4915112345678', 'My secret text', 1750000001, 'Lovelace' ) );
		Erasure::erase( array( $this->contact( '+4915112345678' ) ), 'staff' );
		self::assertSame( 0, Native\spool_stats( Site::dir() )['pending'] );
		self::assertSame( array(), $this->search( self::TRACES ) );
	}

	public function test_who_writes_again_is_new_and_gets_no_marketing_until_they_ask_for_it(): void {
		self::take_in( self::text_body( 'wamid.ada.1', '4915112345678', 'hello', 1750000000 ) );
		$first = $this->contact( '+4915112345678' );
		self::assertFalse( Suppressions::any() );
		Erasure::erase( array( $first ), 'staff' );
		self::assertSame( array( true, false ), Suppressions::check( array( '+4915112345678', '+4915177777777' ) ) );
		self::take_in( self::text_body( 'wamid.ada.9', '4915112345678', 'me again', time() + 5 ), self::text_body( 'wamid.new', '4915177777777', 'hello', time() ) );
		$again = $this->contact( '+4915112345678' );
		self::assertNotSame( $first, $again );
		self::assertSame( Native\CONSENT_REVOKED, Consents::state( $again, Native\PURPOSE_MARKETING ) );
		self::assertSame( Native\CONSENT_NONE, Consents::state( $this->contact( '+4915177777777' ), Native\PURPOSE_MARKETING ) );
		self::assertSame( 'erased', $this->row( 'consents', '1 = 1' )['source'] );
		$entry = array( 'contact_id' => $again, 'purpose' => Native\PURPOSE_MARKETING, 'state' => Native\CONSENT_GRANTED, 'source' => 'import', 'at_ms' => Site::now_ms() );
		Consents::record( array( $entry ) );
		self::assertSame( Native\CONSENT_REVOKED, Consents::state( $again, Native\PURPOSE_MARKETING ) );
		Consents::record( array( array( 'by_person' => 1, 'source' => 'whatsapp' ) + $entry ) );
		self::assertSame( Native\CONSENT_GRANTED, Consents::state( $again, Native\PURPOSE_MARKETING ) );
	}

	public function test_nobody_was_erased_costs_no_statement(): void {
		get_option( 'x' );
		self::assertSame( array(), $this->queries( static fn() => Suppressions::check( array( '+4915112345678' ) ) ) );
		self::assertSame( array(), $this->queries( static fn() => Suppressions::mark_new( array( 1 => array( '+4915112345678' ) ) ) ) );
	}

	public function test_the_list_survives_a_new_key_of_the_vault(): void {
		self::take_in( self::text_body( 'wamid.ada.1', '4915112345678', 'hello', 1750000000 ) );
		Erasure::erase( array( $this->contact( '+4915112345678' ) ), 'staff' );
		Native\vault_rotate( Site::dir() );
		\NxtChat\Account\Accounts::reseal();
		self::assertSame( array( true ), Suppressions::check( array( '+4915112345678' ) ) );
		self::assertTrue( Suppressions::opens() );
	}

	public function test_a_merged_person_goes_with_all_they_were(): void {
		self::take_in( self::text_body( 'wamid.ada.1', '4915112345678', 'My secret text', 1750000000, 'Lovelace' ), self::text_body( 'wamid.ada.2', '4915199999999', 'My secret text', 1750000000, 'Byron' ) );
		$keep = $this->contact( '+4915112345678' );
		Merges::merge( $keep, $this->contact( '+4915199999999' ), false, 0 );
		Erasure::erase( array( $keep ), 'staff' );
		self::assertSame( array(), $this->search( self::TRACES ) );
		self::assertSame( array( array(), array() ), array( $this->rows( 'merges' ), $this->rows_of( 'merge_items' ) ) );
	}

	public function test_after_a_split_nothing_of_one_stays_with_the_other(): void {
		self::take_in( self::text_body( 'wamid.ada.1', '4915112345678', 'My secret text', 1750000000, 'Lovelace' ), self::text_body( 'wamid.x.2', '4915177777777', 'hi', 1750000000, 'Other' ) );
		$ada = $this->contact( '+4915112345678' );
		Merges::split( Merges::merge( $this->contact( '+4915177777777' ), $ada, false, 0 ) );
		Erasure::erase( array( $ada ), 'staff' );
		self::assertSame( array(), $this->search( self::TRACES ) );
		self::assertCount( 1, $this->rows( 'contacts' ) );
	}

	public function test_imports_forget_their_rows_and_examples(): void {
		self::take_in( self::text_body( 'wamid.ada.1', '4915112345678', 'hi', 1750000000, 'Ada Lovelace' ) );
		global $wpdb;
		$report = array( 'rejects' => array( 'too_short' => 2 ), 'reject_examples' => array( array( 'line' => 2, 'value' => '0151 1234 5678' ), array( 'line' => 3, 'value' => '0151 7' ) ), 'added_examples' => array(), 'changed_examples' => array() );
		$wpdb->insert( self::table( 'imports' ), array( 'id' => 1, 'uid' => '01J00000000000000000000000', 'kind' => 1, 'state' => 1, 'options_json' => '{}', 'report_json' => wp_json_encode( $report ) ) );
		$path = \NxtChat\Import\ImportFiles::rejects( '01J00000000000000000000000' );
		file_put_contents( $path, "phone,name\n\"0151-12 34 56 78\",\"Ada; x\"\n0170,\"Ada Lovelace\"\n0151 777,Other\n" );
		Erasure::erase( array( $this->contact( '+4915112345678' ) ), 'staff' );
		self::assertSame( "phone,name\n\"******* ** ** **\",\"***; *\"\n****,\"*** ********\"\n0151 777,Other\n", file_get_contents( $path ) );
		self::assertSame( array( 3 ), array_column( json_decode( $this->row( 'imports', '1 = 1' )['report_json'], true )['reject_examples'], 'line' ) );
		unlink( $path );
	}

	/** Ada with everything that a person can have. */
	private function ada(): int {
		self::take_in(
			self::webhook_body(
				array(
					'contacts' => array( array( 'wa_id' => '4915199999999', 'user_id' => 'DE.adaslovelyid', 'profile' => array( 'name' => 'Byron', 'username' => 'ada_l' ) ) ),
					'messages' => array( array( 'from' => '4915199999999', 'from_user_id' => 'DE.adaslovelyid', 'id' => 'wamid.ada.1', 'timestamp' => '1750000000', 'type' => 'text', 'text' => array( 'body' => 'My secret text' ) ) ),
				)
			)
		);
		$ada = $this->contact( '+4915199999999' );
		self::take_in( self::webhook_body( array( 'messages' => array( array( 'from' => '4915199999999', 'id' => 'wamid.ada.2', 'timestamp' => '1750000100', 'type' => 'system', 'system' => array( 'body' => 'User Byron changed from 4915199999999 to 4915112345678', 'wa_id' => '4915112345678', 'type' => 'user_changed_number' ) ) ) ) ) );
		self::take_in( self::text_body( 'wamid.ada.3', '4915199999999', 'My secret text', 1749999999, 'Byron' ) ); // From before the change, late.
		Merges::merge( $ada, $this->contact( '+4915199999999' ), false, 0 );
		self::take_in( self::status_body( 'wamid.ada.parked', 'delivered', '4915112345678' ) );
		global $wpdb;
		$wpdb->update( self::table( 'contacts' ), array( 'name' => 'Ada Lovelace', 'email' => 'ada@example.test' ), array( 'id' => $ada ) );
		$wpdb->insert( self::table( 'messages' ), array( 'account_id' => $this->account, 'conversation_id' => 1, 'contact_id' => $ada, 'direction' => 2, 'type' => 1, 'state' => 40, 'origin' => 2, 'wamid' => 'wamid.ada.parked', 'body' => 'Dear Countess', 'payload' => '{"to":"+4915112345678"}' ) );
		$wpdb->insert( self::table( 'contact_values' ), array( 'contact_id' => $ada, 'field_id' => 1, 'text' => 'Countess' ) );
		$wpdb->insert( self::table( 'contact_log' ), array( 'contact_id' => $ada, 'kind' => 1, 'body' => 'Knows Babbage', 'data_json' => '{}' ) );
		$wpdb->insert( self::table( 'group_members' ), array( 'group_id' => 1, 'contact_id' => $ada ) );
		$wpdb->insert( self::table( 'import_changes' ), array( 'import_id' => 1, 'contact_id' => $ada, 'before_json' => '{"name":"Countess"}' ) );
		self::assertSame( '', $wpdb->last_error );
		Consents::record( array( array( 'contact_id' => $ada, 'purpose' => 1, 'state' => 1, 'by_person' => 1, 'source' => 'whatsapp', 'wording' => 'My secret text', 'proof' => 'wamid.ada.1:1', 'at_ms' => 1750000000000 ) ) );
		return $ada;
	}

	private function other(): int {
		self::take_in( self::text_body( 'wamid.other.1', '4915177777777', 'hello', 1750000000, 'Other' ) );
		return $this->contact( '+4915177777777' );
	}

	private function contact( string $phone ): int {
		return (int) $this->row( 'contact_identities', "value = '$phone'" )['contact_id'];
	}

	/** Where any of these texts is: columns of all tables (the plugin's and WordPress's options), files of the site directory. */
	private function search( array $texts ): array {
		global $wpdb;
		$found  = array();
		$tables = array_combine( Schema::TABLES, array_map( array( Schema::class, 'table' ), Schema::TABLES ) );
		foreach ( $tables + array( 'options' => $wpdb->options, 'usermeta' => $wpdb->usermeta ) as $name => $table ) {
			foreach ( $wpdb->get_results( "SELECT * FROM $table", ARRAY_A ) as $row ) {
				foreach ( $row as $column => $value ) {
					foreach ( $texts as $text ) {
						if ( str_contains( (string) $value, $text ) ) {
							$found[ "$name.$column: $text" ] = true;
						}
					}
				}
			}
		}
		foreach ( new \RecursiveIteratorIterator( new \RecursiveDirectoryIterator( Site::dir(), \FilesystemIterator::SKIP_DOTS ) ) as $file ) {
			$bytes = (string) file_get_contents( (string) $file );
			foreach ( $texts as $text ) {
				if ( str_contains( $bytes, $text ) ) {
					$found[ basename( (string) $file ) . ": $text" ] = true;
				}
			}
		}
		return array_keys( $found );
	}

	private function rows_of( string $table ): array {
		global $wpdb;
		return $wpdb->get_results( 'SELECT * FROM ' . self::table( $table ), ARRAY_A );
	}
}
