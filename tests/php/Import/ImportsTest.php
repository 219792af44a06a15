<?php
/**
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Tests\Import;

use NxtChat\Consent\Consents;
use NxtChat\Field\Fields;
use NxtChat\Group\Groups;
use NxtChat\Import\ImportFiles;
use NxtChat\Import\Imports;
use NxtChat\Native;
use NxtChat\Site;

require_once __DIR__ . '/ImportCase.php';

final class ImportsTest extends ImportCase {

	private const PEOPLE = "phone,name,email,language,groups,marketing,consent_at,wording,field:city,field:points,field:born,field:vip,field:size\n"
		. "01511 1234567,Jörg Weiß,joerg@example.org,de,\"A; B\",yes,2026-01-31,Yes please,Köln,12.5,1980-02-29,yes,M\n"
		. "+44 7911 123456,,,,b,no,2026-02-01 10:00:00,,,,,,\n"
		. "12,Nobody,,,,,,,,,,,\n";

	public function test_a_file_becomes_contacts_with_all_that_stands_in_it(): void {
		self::make_fields();
		$user   = $this->sign_in();
		$import = self::made( self::PEOPLE, array( 'new_groups' => array( 'Everybody' ) ) );
		$dry    = self::run_import( $import['id'], true );
		self::assertSame( 'checked', $dry['state_name'], $dry['error'] );
		self::assertSame( array( 2, 0, 0, 1 ), self::counts( $dry ) );
		self::assertEqualsCanonicalizing( array( 'Everybody', 'A', 'B' ), $dry['report']['new_groups'] );
		self::assertSame( array(), array_filter( $this->state() ), 'A dry run writes nothing.' );
		self::assertTrue( ImportFiles::exists( $import['uid'] ) );

		$done = self::run_import( $import['id'] );
		self::assertSame( 'done', $done['state_name'], $done['error'] );
		self::assertSame( self::counts( $dry ), self::counts( $done ) );
		self::assertEquals( $dry['report'], $done['report'], 'What the dry run said came true.' );
		self::assertFalse( ImportFiles::exists( $import['uid'] ), 'The file is removed.' );
		$state = $this->state();
		self::assertSame(
			array(
				'+447911123456|||+447911123456||GB||import|0|2|0|0|0',
				'+4915111234567|Jörg Weiß||jorg weiss|joerg@example.org|DE|de|import|0|1|0|0|0',
			),
			$state['contacts']
		);
		self::assertSame( array( '1|+447911123456|0', '1|+4915111234567|0' ), $state['identities'] );
		self::assertSame( array( '+4915111234567|jorg', '+4915111234567|weiss' ), $state['words'] );
		self::assertSame( array( 'A', 'B', 'Everybody' ), $state['groups'] );
		self::assertSame( array( '+447911123456|B', '+447911123456|Everybody', '+4915111234567|A', '+4915111234567|B', '+4915111234567|Everybody' ), $state['group_members'] );
		self::assertSame(
			array(
				'+447911123456|1|2|0|import|News by WhatsApp||' . strtotime( '2026-02-01 10:00:00 UTC' ) . '000|0',
				'+4915111234567|1|1|0|import|Yes please||' . strtotime( '2026-01-31 UTC' ) . '000|0',
			),
			$state['consents']
		);
		$days = intdiv( strtotime( '1980-02-29 UTC' ), 86400 );
		self::assertSame( array( "+4915111234567|born|1980-02-29|$days", '+4915111234567|city|Köln|0', '+4915111234567|points|12.5|12.5', '+4915111234567|size|M|0', '+4915111234567|vip|1|1' ), $state['values'] );
		$contact = $this->contact( '+4915111234567' );
		self::assertSame( array( (string) $import['id'], $contact['created_ms'] ), array( $contact['import_id'], $contact['updated_ms'] ) );
		self::assertSame( array( (string) $user ), array_values( array_unique( array_column( $this->rows( 'consents' ), 'user_id' ) ) ) );

		$path = Imports::rejects( $import['id'] );
		self::assertIsString( $path );
		$lines = array_map( 'str_getcsv', file( $path, FILE_IGNORE_NEW_LINES ) );
		self::assertSame( array( 'Line', 'Reason', 'phone' ), array_slice( $lines[0], 0, 3 ) );
		self::assertSame( array( '4', '"12" ', '12' ), array( $lines[1][0], substr( $lines[1][1], 0, 5 ), $lines[1][2] ) );
		self::assertSame( '0600', substr( sprintf( '%o', fileperms( $path ) ), -4 ) );
		self::assertSame( '0700', substr( sprintf( '%o', fileperms( dirname( $path ) ) ), -4 ) );
	}

	public function test_the_same_file_again_changes_nothing(): void {
		self::make_fields();
		self::import( self::PEOPLE );
		$before = $this->state();
		foreach ( array( 'keep', 'fill', 'overwrite' ) as $existing ) {
			self::assertSame( array( 0, 0, 2, 1 ), self::counts( self::import( self::PEOPLE, array( 'existing' => $existing ) ) ), $existing );
			self::assertSame( $before, $this->state(), $existing );
		}
		self::assertCount( 0, $this->changes() );
	}

	/** @return array<string, array{string, list<string>, list<string>}> */
	public static function modes(): array {
		return array(
			'keep'      => array( 'keep', array( 'Old Name', '', 'en' ), array( 'Bonn' ) ),
			'fill gaps' => array( 'fill', array( 'Old Name', 'new@example.org', 'en' ), array( 'Bonn', '7' ) ),
			'overwrite' => array( 'overwrite', array( 'New Name', 'new@example.org', 'de' ), array( 'Köln', '7' ) ),
		);
	}

	/** @dataProvider modes */
	public function test_what_a_known_contact_gets( string $existing, array $contact, array $values ): void {
		self::make_fields();
		self::import( "phone,name,email,language,field:city\n01511 1234567,Old Name,,en,Bonn\n" );
		$options = array( 'existing' => $existing );
		$import  = self::made( "phone,name,email,language,field:city,field:points,groups\n01511 1234567,New Name,new@example.org,de,Köln,7,G\n01511 1234567,,,,,,H\n", $options );
		$dry     = self::run_import( $import['id'], true );
		self::assertSame( array( 0, 1, 0, 0 ), self::counts( $dry ) );
		$done = self::run_import( $import['id'] );
		self::assertSame( self::counts( $dry ), self::counts( $done ) );
		$row = $this->contact( '+4915111234567' );
		self::assertSame( $contact, array( $row['name'], $row['email'], $row['language'] ) );
		self::assertSame( strtolower( $contact[0] ), $row['sort_name'] );
		self::assertSame( $values, array_column( $this->db( 'SELECT text FROM %s ORDER BY field_id', 'contact_values' ), 'text' ) );
		$words = explode( ' ', strtolower( $contact[0] ) );
		sort( $words );
		self::assertSame( $words, array_column( $this->db( 'SELECT word FROM %s ORDER BY word', 'contact_words' ), 'word' ) );
		self::assertCount( 2, $this->db( 'SELECT * FROM %s', 'group_members' ), 'Groups come in every case.' );
		if ( 'overwrite' === $existing ) {
			self::assertSame( array( 'Old Name', 'New Name' ), array( $done['report']['changed_examples'][0]['before']['name'], $done['report']['changed_examples'][0]['after']['name'] ) );
			$log = $this->rows( 'contact_log', 'kind = ' . Native\CONTACT_LOG_IMPORTED );
			self::assertCount( 1, $log );
			self::assertSame( $import['id'], json_decode( $log[0]['data_json'], true )['import_id'] );
		}
	}

	public function test_an_import_revokes_and_adds_evidence_and_never_lifts_a_withdrawal(): void {
		self::import( "phone,name\n+4915111234567,A\n+4915111234568,B\n+4915111234569,C\n" );
		$a = (int) $this->contact( '+4915111234567' )['id'];
		Consents::record( array( array( 'contact_id' => $a, 'purpose' => Native\PURPOSE_MARKETING, 'state' => Native\CONSENT_REVOKED, 'by_person' => 1, 'source' => 'word', 'at_ms' => Site::now_ms() - 1000 ) ) ); // phpcs:ignore
		$done = self::import( "phone,marketing\n+4915111234567,yes\n+4915111234568,yes\n+4915111234569,no\n" );
		self::assertSame( array( 'granted' => 1, 'revoked' => 1, 'withheld' => 1 ), $done['report']['consents'] );
		$states = fn(): array => array_map( fn( $phone ) => (int) $this->contact( $phone )['marketing'], array( '+4915111234567', '+4915111234568', '+4915111234569' ) );
		self::assertSame( array( 2, 1, 2 ), $states() );
		// With a time of its own, later than the withdrawal, it is evidence, and lifts nothing.
		$future = gmdate( 'Y-m-d', time() + 90000 );
		self::import( "phone,marketing,consent_at\n+4915111234567,yes,$future\n+4915111234569,yes,$future\n" );
		self::assertSame( array( 2, 1, 2 ), $states() );
		foreach ( $this->rows( 'consents' ) as $row ) {
			self::assertLessThanOrEqual( Site::now_ms(), (int) $row['at_ms'] );
		}
		// Everybody in the file agreed: the option.
		self::import( "phone\n+4915111234569\n+4915111234570\n", array( 'consent' => array( 'marketing' => true, 'wording' => 'Stall', 'source' => 'Fair 2026' ) ) );
		self::assertSame( array( 2, 1 ), array( (int) $this->contact( '+4915111234569' )['marketing'], (int) $this->contact( '+4915111234570' )['marketing'] ) );
		$last = $this->rows( 'consents' );
		self::assertSame( array( 'Stall', 'Fair 2026', 'import' ), array( end( $last )['wording'], end( $last )['detail'], end( $last )['source'] ) );
	}

	public function test_who_was_erased_is_rejected(): void {
		self::import( "phone,name\n+4915111234567,A\n" );
		\NxtChat\Privacy\Erasure::erase( array( (int) $this->contact( '+4915111234567' )['id'] ), 'test' );
		$done = self::import( "phone,name\n+4915111234567,A\n+4915111234568,B\n" );
		self::assertSame( array( 1, 0, 0, 1 ), self::counts( $done ) );
		self::assertSame( array( 'suppressed' => 1 ), (array) $done['report']['rejects'] );
		self::assertNull( $this->contact( '+4915111234567' ) );
		self::assertStringContainsString( '+4915111234567', (string) file_get_contents( Imports::rejects( $done['id'] ) ) );
	}

	public function test_a_contact_with_two_numbers_that_both_stand_in_the_file(): void {
		global $wpdb;
		self::import( "phone,name\n+4915111234567,A\n" );
		$id = $this->contact( '+4915111234567' )['id'];
		$wpdb->insert( self::table( 'contact_identities' ), array( 'contact_id' => $id, 'kind' => 1, 'value' => '+4915111234568' ) );
		$done = self::import( "phone,name,email\n+4915111234567,B,\n+4915111234568,C,c@example.org\n", array( 'existing' => 'overwrite' ) );
		self::assertSame( array( 0, 2, 0, 0 ), self::counts( $done ) );
		$row = $this->contact( '+4915111234567' );
		self::assertSame( array( 'C', 'c@example.org' ), array( $row['name'], $row['email'] ) );
		self::assertSame( array( 'before' => array( 'name' => 'A', 'email' => '' ), 'after' => array( 'name' => 'C', 'email' => 'c@example.org' ) ), json_decode( $this->changes()[0]['before_json'], true ) );
	}

	public function test_a_number_that_comes_again_in_another_batch_is_changed_not_doubled(): void {
		$rows = "phone,name,email\n+4915111234567,First,\n";
		for ( $i = 0; $i < 5200; $i++ ) {
			$rows .= "-,,\n";
		}
		$done = self::import( $rows . "+4915111234567,Second,x@example.org\n" );
		self::assertSame( array( 1, 1, 0, 5200 ), self::counts( $done ) );
		$row = $this->contact( '+4915111234567' );
		self::assertSame( array( 'First', 'x@example.org', $row['created_ms'] ), array( $row['name'], $row['email'], $row['updated_ms'] ) );
		self::assertCount( 0, $this->changes(), 'It goes with the contact.' );
		self::assertCount( 5201, file( Imports::rejects( $done['id'] ) ) );
		self::assertCount( 10, $done['report']['reject_examples'] );
	}

	public function test_a_step_ends_in_time_and_the_next_one_goes_on(): void {
		$rows = "phone\n";
		for ( $i = 0; $i < 11000; $i++ ) {
			$rows .= sprintf( "+49151%08d\n", 10000000 + $i );
		}
		$id = self::made( $rows )['id'];
		Imports::start( $id, false );
		$steps = 0;
		do {
			$import = Imports::step( $id, 0.0 );
			++$steps;
		} while ( 'running' === $import['state_name'] && $steps < 100 );
		self::assertSame( array( 'done', 11000 ), array( $import['state_name'], $import['added'] ) );
		self::assertGreaterThan( 2, $steps );
	}

	public function test_somebody_else_works_on_it(): void {
		global $wpdb;
		$id = self::made( "phone\n+4915111234567\n" )['id'];
		Imports::start( $id, false );
		$wpdb->replace( self::table( 'leases' ), array( 'name' => "import:$id", 'owner' => 'x', 'until_ms' => Site::now_ms() + 5000 ) );
		$import = Imports::step( $id );
		self::assertSame( array( true, 'running', 0 ), array( $import['busy'], $import['state_name'], $import['added'] ) );
		$wpdb->update( self::table( 'leases' ), array( 'until_ms' => 1 ), array( 'name' => "import:$id" ) );
		self::assertSame( 1, Imports::work( 5.0 ) );
		self::assertSame( 'done', Imports::get( $id )['state_name'] );
	}

	public function test_cancel(): void {
		$id = self::made( "phone\n+4915111234567\n" )['id'];
		Imports::start( $id, true );
		self::assertSame( 'ready', Imports::cancel( $id )['state_name'], 'A dry run only ends.' );
		Imports::start( $id, false );
		$import = Imports::cancel( $id );
		self::assertSame( 'cancelled', $import['state_name'] );
		self::assertFalse( ImportFiles::exists( $import['uid'] ) );
		self::assertSame( 'cancelled', Imports::step( $id )['state_name'] );
		self::assertCount( 0, $this->rows( 'contacts' ) );
		self::assertSame( 'nxtchat_import_state', Imports::start( $id, false )->get_error_code() );
		self::assertIsArray( Imports::delete( $id ) );
		self::assertSame( 'nxtchat_not_found', Imports::get( $id )->get_error_code() );
	}

	public function test_the_hourly_sweep_removes_what_nobody_went_on_with(): void {
		global $wpdb;
		$old = self::made( "phone\n+4915111234567\n" );
		$new = self::made( "phone\n+4915111234567\n" );
		$wpdb->update( self::table( 'imports' ), array( 'updated_ms' => Site::now_ms() - 25 * HOUR_IN_SECONDS * 1000 ), array( 'id' => $old['id'] ) );
		$stray = ImportFiles::path( 'stray' );
		file_put_contents( $stray, 'x' );
		touch( $stray, time() - 2 * DAY_IN_SECONDS );
		Imports::sweep();
		self::assertSame( array( 'cancelled', 'ready' ), array( Imports::get( $old['id'] )['state_name'], Imports::get( $new['id'] )['state_name'] ) );
		self::assertSame( array( false, true, false ), array( ImportFiles::exists( $old['uid'] ), ImportFiles::exists( $new['uid'] ), is_file( $stray ) ) );
	}

	public function test_the_file_is_gone(): void {
		$import = self::made( "phone\n+4915111234567\n" );
		ImportFiles::remove( $import['uid'] );
		$done = self::run_import( $import['id'] );
		self::assertSame( 'failed', $done['state_name'] );
		self::assertNotSame( '', $done['error'] );
	}

	/** @return array<string, array{array, string, string}> */
	public static function bad_options(): array {
		$phone = array( 'to' => 'phone' );
		return array(
			'two columns for one thing' => array( array( 'columns' => array( $phone, array( 'to' => 'name' ), array( 'to' => 'name' ) ) ), 'columns[2].to', '2 and 3' ),
			'no such target'            => array( array( 'columns' => array( $phone, array( 'to' => 'shoe' ) ) ), 'columns[1].to', 'shoe' ),
			'no such field'             => array( array( 'columns' => array( $phone, array( 'to' => 'field:nope' ) ) ), 'columns[1].to', 'nope' ),
			'no such country'           => array( array( 'region' => 'XX' ), 'region', 'XX' ),
			'no such group'             => array( array( 'groups' => array( 4711 ) ), 'groups[0]', '4711' ),
			'no such mode'              => array( array( 'existing' => 'destroy' ), 'existing', 'destroy' ),
			'no such encoding'          => array( array( 'encoding' => 'ebcdic' ), 'encoding', 'ebcdic' ),
			'a group without a name'    => array( array( 'new_groups' => array( ' ' ) ), 'new_groups[0]', '190' ),
			'consent in the future'     => array( array( 'consent' => array( 'at_ms' => 4102444800000 ) ), 'consent.at_ms', 'future' ),
			'columns that are a word'   => array( array( 'columns' => 'phone' ), 'columns', '200' ),
		);
	}

	/** @dataProvider bad_options */
	public function test_bad_options_say_where_and_what( array $options, string $path, string $says ): void {
		$error = Imports::create( array( 'kind' => 1, 'name' => 'x', 'bytes' => 10, 'options' => $options ) );
		self::assertWPError( $error );
		self::assertSame( array( 'nxtchat_import_options', 400 ), array( $error->get_error_code(), $error->get_error_data()['status'] ) );
		$problem = $error->get_error_data()['problems'][0];
		self::assertSame( $path, $problem['path'] );
		self::assertStringContainsString( $says, $problem['message'] );
		self::assertNotSame( '', $problem['remedy'] );
		self::assertCount( 0, $this->rows( 'imports' ) );
	}

	public function test_nothing_starts_without_a_number_or_with_consent_to_nothing(): void {
		$start = static fn( array $options ) => Imports::start( self::made( "phone\n1\n", $options )['id'], true );
		$error = $start( array( 'columns' => array( array( 'to' => 'name' ) ) ) );
		self::assertSame( 'columns', $error->get_error_data()['problems'][0]['path'] );
		$error = $start( array( 'columns' => array( array( 'to' => 'phone' ), array( 'to' => 'marketing' ) ), 'consent' => array() ) );
		self::assertSame( 'consent.wording', $error->get_error_data()['problems'][0]['path'] );
		// A field that is deleted after it was chosen.
		self::make_fields();
		$id = self::made( "phone,field:city\n+4915111234567,Köln\n" )['id'];
		foreach ( Fields::all() as $field ) {
			Fields::delete( $field['id'], true );
		}
		self::assertSame( 'columns[1].to', Imports::start( $id, false )->get_error_data()['problems'][0]['path'] );
	}

	public function test_a_column_of_names_is_no_column_of_groups(): void {
		$rows = "phone,groups\n";
		for ( $i = 0; $i < 600; $i++ ) {
			$rows .= sprintf( "+49151%08d,Person %d\n", 10000000 + $i, $i );
		}
		$id = self::made( $rows )['id'];
		foreach ( array( true, false ) as $dry ) {
			$done = self::run_import( $id, $dry );
			// On SQLite a batch of 500 rows was done before.
			self::assertSame( array( 'failed', ! $dry && self::on_sqlite() ), array( $done['state_name'], $done['can_undo'] ) );
			self::assertStringContainsString( '500', $done['error'] );
			self::assertCount( ! $dry && self::on_sqlite() ? 500 : 0, Groups::names(), 'Nothing half-written.' );
		}
	}

	public function test_bad_input_of_create(): void {
		foreach ( array(
			'nxtchat_invalid'     => array( 'kind' => 9 ),
			'nxtchat_import_size' => array( 'kind' => 1, 'bytes' => ImportFiles::MAX_BYTES + 1 ),
		) as $code => $input ) {
			self::assertSame( $code, Imports::create( $input )->get_error_code() );
		}
		self::assertSame( 'nxtchat_invalid', Imports::create( array( 'kind' => 1, 'bytes' => 0 ) )->get_error_code() );
		for ( $i = 0; $i < 10; $i++ ) {
			self::assertIsArray( Imports::create( array( 'kind' => 1, 'bytes' => 5 ) ) );
		}
		self::assertSame( 'nxtchat_import_waiting', Imports::create( array( 'kind' => 1, 'bytes' => 5 ) )->get_error_code() );
	}

	private static function assertWPError( mixed $value ): void {
		self::assertTrue( is_wp_error( $value ), 'An error was expected.' );
	}

	/** @return list<array<string, string>> */
	private function changes(): array {
		return $this->db( 'SELECT * FROM %s ORDER BY contact_id', 'import_changes' );
	}

	/** @return list<array<string, string>> */
	private function db( string $sql, string $table ): array {
		global $wpdb;
		return $wpdb->get_results( sprintf( $sql, self::table( $table ) ), ARRAY_A );
	}
}
