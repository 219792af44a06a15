<?php
/**
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Tests\Import;

use NxtChat\Consent\Consents;
use NxtChat\Contact\ContactEdit;
use NxtChat\Group\Groups;
use NxtChat\Import\Imports;
use NxtChat\Native;
use NxtChat\Site;

require_once __DIR__ . '/ImportCase.php';

/** An import is taken back as a whole, and what happened since stays. */
final class UndoTest extends ImportCase {

	private const FILE = "phone,name,email,language,groups,marketing,field:city,field:points\n+4915111234567,A New,a@example.org,de,G,yes,Köln,1\n+4915111234568,B New,,de,G,yes,Bonn,2\n+4915111234569,C New,,de,G,no,,\n";

	public function test_everything_that_nobody_touched_is_as_before(): void {
		self::make_fields();
		self::import( "phone,name,field:city\n+4915111234567,A Old,Graz\n" );
		Groups::ensure( array( 'G' ) );
		$before = $this->state();
		$id     = self::import( self::FILE, array( 'existing' => 'overwrite' ) )['id'];
		self::assertTrue( Imports::get( $id )['can_undo'] );
		$undone = $this->undo( $id );
		self::assertEquals(
			array(
				'removed'       => 1,
				'kept'          => 1, // C withdrew: that stays.
				'kept_why'      => array( 'withdrawn' => 1 ),
				'restored'      => 1,
				'changed_later' => 0,
				'memberships'   => 2,
				'grants'        => 1,
			),
			$undone['report']['undo']
		);
		$after = $this->state();
		$void  = array_values( array_filter( $after['consents'], static fn( $row ) => ! str_ends_with( $row, '|0' ) ) );
		self::assertCount( 1, $void, 'The grant of the known contact is there, and counts no longer.' );
		self::assertStringStartsWith( '+4915111234567|1|1|', $void[0] );
		$kept = array_values( array_filter( $after['consents'], static fn( $row ) => str_ends_with( $row, '|0' ) ) );
		self::assertCount( 1, $kept );
		self::assertStringStartsWith( '+4915111234569|1|2|', $kept[0] );
		unset( $after['consents'], $before['consents'] );
		foreach ( $after as $name => $rows ) {
			self::assertSame( $before[ $name ], array_values( array_filter( $rows, static fn( $row ) => ! str_contains( $row, '+4915111234569' ) ) ), $name );
		}
		self::assertFalse( $undone['can_undo'] );
		self::assertSame( 'undone', Imports::undo( $id )['state_name'], 'Twice is once.' );
		self::assertEquals( $undone['report'], Imports::step( $id )['report'] );
		global $wpdb;
		self::assertSame( '0', $wpdb->get_var( 'SELECT COUNT(*) FROM ' . self::table( 'import_changes' ) ) );
	}

	/** @return array<string, array{string, callable(self, int): void}> */
	public static function touches(): array {
		return array(
			'a message'          => array( 'message', static fn( self $t, int $id ) => \NxtChat\Contact\Contacts::resolve( array( array( 'identities' => array( array( 1, '+4915111234568' ) ), 'name' => '', 'country' => '', 'at_ms' => 1750000000000, 'wrote' => true, 'create' => true ) ), 'whatsapp' ) ), // phpcs:ignore
			'a conversation'     => array( 'message', static fn( self $t, int $id ) => $t->insert( 'conversations', array( 'contact_id' => $id, 'account_id' => 1 ) ) ),
			'an edit'            => array( 'edit', static fn( self $t, int $id ) => ContactEdit::update( $id, array( 'name' => 'Edited' ), null ) ),
			'a note'             => array( 'edit', static fn( self $t, int $id ) => $t->insert( 'contact_log', array( 'contact_id' => $id, 'kind' => Native\CONTACT_LOG_NOTE, 'body' => 'x', 'data_json' => '' ) ) ),
			'another group'      => array( 'group', static fn( self $t, int $id ) => Groups::add( Groups::ensure( array( 'Other' ) )['other'], array( $id ) ) ),
			'a STOP'             => array( 'consent', static fn( self $t, int $id ) => Consents::record( array( array( 'contact_id' => $id, 'purpose' => Native\PURPOSE_MARKETING, 'state' => Native\CONSENT_REVOKED, 'by_person' => 1, 'source' => 'word', 'at_ms' => Site::now_ms() ) ) ) ), // phpcs:ignore
			'another identity'   => array( 'edit', static fn( self $t, int $id ) => $t->insert( 'contact_identities', array( 'contact_id' => $id, 'kind' => 2, 'value' => 'DE.1' ) ) ),
			'a second import'    => array( 'edit', static fn( self $t, int $id ) => self::import( "phone,name\n+4915111234568,Again\n", array( 'existing' => 'overwrite' ) ) ),
		);
	}

	/** @dataProvider touches */
	public function test_who_was_touched_since_stays_and_is_told( string $why, callable $touch ): void {
		self::make_fields();
		$id      = self::import( self::FILE )['id'];
		$contact = (int) $this->contact( '+4915111234568' )['id'];
		usleep( 5000 );
		$done = $touch( $this, $contact );
		self::assertFalse( is_wp_error( $done ), is_wp_error( $done ) ? $done->get_error_message() : '' );
		$undo = $this->undo( $id )['report']['undo'];
		self::assertSame( array( 1, 2 ), array( $undo['removed'], $undo['kept'] ) );
		self::assertEquals( array( 'withdrawn' => 1, $why => 1 ), $undo['kept_why'] );
		self::assertNotNull( $this->contact( '+4915111234568' ) );
		self::assertNull( $this->contact( '+4915111234567' ) );
		self::assertNotSame( '1', $this->contact( '+4915111234568' )['marketing'], 'The grant is gone all the same.' );
		self::assertSame( 'another group' === $this->dataName() ? array( 'other' ) : array(), array_map( static fn( $g ) => strtolower( $g['name'] ), Groups::of( array( $contact ) )[ $contact ] ?? array() ) );
		self::assertSame( array(), $this->state()['orphans'] );
	}

	public function test_what_was_changed_again_stays(): void {
		self::make_fields();
		self::import( "phone,name,language,field:city\n+4915111234567,A Old,en,Graz\n" );
		$id      = self::import( self::FILE, array( 'existing' => 'overwrite' ) )['id'];
		$contact = (int) $this->contact( '+4915111234567' )['id'];
		ContactEdit::update( $contact, array( 'name' => 'Staff', 'fields' => array( 'city' => 'Wien' ) ), null ); // phpcs:ignore
		$undo = $this->undo( $id )['report']['undo'];
		self::assertSame( array( 1, 1 ), array( $undo['restored'], $undo['changed_later'] ) );
		$row = $this->contact( '+4915111234567' );
		self::assertSame( array( 'Staff', 'staff', '', 'en' ), array( $row['name'], $row['sort_name'], $row['email'], $row['language'] ) );
		self::assertSame( array( '+4915111234567|city|Wien|0' ), $this->state()['values'], 'The points are gone, the city is the staff\'s.' );
		self::assertCount( 1, $this->rows( 'contact_log', 'kind = ' . Native\CONTACT_LOG_IMPORT_UNDONE . " AND contact_id = $contact" ) );
	}

	public function test_two_changes_by_one_import_go_back_to_before_the_first(): void {
		self::import( "phone,name\n+4915111234567,A Old\n" );
		$rows = "phone,name,email\n+4915111234567,One,\n";
		for ( $i = 0; $i < 5200; $i++ ) {
			$rows .= "-,,\n";
		}
		$id = self::import( $rows . "+4915111234567,Two,x@example.org\n", array( 'existing' => 'overwrite' ) )['id'];
		self::assertSame( 'Two', $this->contact( '+4915111234567' )['name'] );
		$this->undo( $id );
		$row = $this->contact( '+4915111234567' );
		self::assertSame( array( 'A Old', 'a old', '' ), array( $row['name'], $row['sort_name'], $row['email'] ) );
		self::assertSame( array( '+4915111234567|a', '+4915111234567|old' ), $this->state()['words'] );
	}

	public function test_a_running_import_is_stopped_before_it_is_taken_back(): void {
		$id = self::made( "phone\n+4915111234567\n" )['id'];
		Imports::start( $id, false );
		self::assertSame( 'nxtchat_import_state', Imports::undo( $id )->get_error_code() );
		Imports::step( $id );
		Imports::undo( $id );
		self::assertSame( 'nxtchat_import_state', Imports::delete( $id )->get_error_code() );
		self::assertSame( 1, Imports::work( 5.0 ), 'A worker takes it back.' );
		self::assertCount( 0, $this->rows( 'contacts' ) );
	}

	private function insert( string $table, array $row ): void {
		global $wpdb;
		$wpdb->insert( self::table( $table ), $row );
	}

	private function undo( int $id ): array {
		$begun = Imports::undo( $id );
		self::assertIsArray( $begun, is_wp_error( $begun ) ? $begun->get_error_message() : '' );
		// Small steps: each goes on where the last one ended.
		do {
			$import = Imports::step( $id, 0.0 );
		} while ( 'undoing' === $import['state_name'] );
		self::assertSame( 'undone', $import['state_name'], $import['error'] );
		return $import;
	}
}
