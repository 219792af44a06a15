<?php
/**
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Tests\Consent;

use NxtChat\Consent\ConsentSettings;
use NxtChat\Consent\Consents;
use NxtChat\Contact\ContactEdit;
use NxtChat\Contact\Contacts;
use NxtChat\Import\Imports;
use NxtChat\Native;
use NxtChat\Privacy\Erasure;
use NxtChat\Site;
use NxtChat\Tests\Webhook\SpoolCase;

require_once dirname( __DIR__ ) . '/Webhook/SpoolCase.php';

/** Ways on which somebody who withdrew could be made to agree again without their doing. */
final class WaysRoundTest extends SpoolCase {

	private const ADA = '+4915112345670';

	protected function setUp(): void {
		parent::setUp();
		ConsentSettings::set( array( 'reply' => false ) );
		$this->sign_in();
	}

	public function test_a_number_taken_off_stays_withdrawn(): void {
		$ada = $this->stopped();
		self::assertIsArray( ContactEdit::update( $ada, array( 'phone' => '+4915112345678' ) ) );
		self::assertNull( Contacts::find( self::ADA ) );
		self::assertSame( array( 0, 1 ), $this->import( self::ADA ), 'Not taken in again.' );
		// By hand it can be had again, withdrawn.
		$new = ContactEdit::create( array( 'phone' => self::ADA ), 'staff' );
		self::assertSame( Native\CONSENT_REVOKED, Consents::state( $new['id'], Native\PURPOSE_MARKETING ) );
		self::assertSame( 'nxtchat_consent_withdrawn', Consents::change( $new['id'], Native\PURPOSE_MARKETING, Native\CONSENT_GRANTED, array( 'source' => 'staff', 'wording' => 'x' ) )->get_error_code() );
		// And it is a contact like any other: imports reach it, and START lifts it.
		self::assertSame( array( 0, 0 ), $this->import( self::ADA ) );
		self::assertSame( Native\CONSENT_REVOKED, Consents::state( $new['id'], Native\PURPOSE_MARKETING ) );
		self::take_in( self::text_body( 'wamid.start', ltrim( self::ADA, '+' ), 'START', time() + 5 ) );
		self::assertSame( Native\CONSENT_GRANTED, Consents::state( $new['id'], Native\PURPOSE_MARKETING ) );
	}

	public function test_a_number_taken_off_and_given_to_somebody_who_agreed(): void {
		$ada = $this->stopped();
		self::take_in( self::text_body( 'wamid.bob', '4915176543210', 'START' ) );
		$bob = (int) Contacts::find( '+4915176543210' );
		self::assertSame( Native\CONSENT_GRANTED, Consents::state( $bob, Native\PURPOSE_MARKETING ) );
		ContactEdit::update( $ada, array( 'phone' => '+4915112345678' ) );
		self::assertIsArray( ContactEdit::update( $bob, array( 'phone' => self::ADA ) ) );
		self::assertSame( Native\CONSENT_REVOKED, Consents::state( $bob, Native\PURPOSE_MARKETING ) );
	}

	public function test_taking_a_number_off_can_be_undone(): void {
		$ada  = $this->stopped();
		$edit = ContactEdit::update( $ada, array( 'phone' => '+4915112345678' ) );
		self::assertIsArray( ContactEdit::undo( $ada, $edit['log_id'] ) );
		self::assertSame( array( 0, 0 ), $this->import( self::ADA ), 'Known, and not on the list any more.' );
		self::assertSame( Native\CONSENT_REVOKED, Consents::state( $ada, Native\PURPOSE_MARKETING ) );
	}

	public function test_erased_and_given_to_somebody_who_agreed(): void {
		Erasure::erase( array( $this->stopped() ), 'staff' );
		self::take_in( self::text_body( 'wamid.bob', '4915176543210', 'START', time() + 2 ) );
		$bob = (int) Contacts::find( '+4915176543210' );
		usleep( 2100000 );
		ContactEdit::update( $bob, array( 'phone' => self::ADA ) );
		self::assertSame( Native\CONSENT_REVOKED, Consents::state( $bob, Native\PURPOSE_MARKETING ) );
	}

	/** @return array<string, array{string, string}> The number as WhatsApp tells it, and as people write it. */
	public static function spellings(): array {
		return array(
			'Mexico' => array( '5215512345678', '+525512345678' ),
			'Brazil' => array( '551187654321', '+5511987654321' ),
		);
	}

	/** @dataProvider spellings */
	public function test_two_spellings_of_a_number_are_one_person( string $told, string $dialled ): void {
		self::take_in( self::text_body( 'wamid.1', $told, 'STOP' ) );
		$person = (int) Contacts::find( $dialled );
		self::assertGreaterThan( 0, $person );
		self::assertSame( $person, Contacts::find( "+$told" ) );
		self::assertSame( array( 0, 0 ), $this->import( $dialled ) );
		self::assertSame( array( 0, 1 ), $this->import( "+$told" ), 'No number of today\'s plan.' );
		Contacts::learn( array( array( $person, array( 'wa_id' => $told, 'user_id' => null ), array() ) ) );
		self::assertSame( array( $dialled ), array_column( $this->rows( 'contact_identities' ), 'value' ), 'What an answer tells is the same number.' );
		self::assertSame( Native\CONSENT_REVOKED, Consents::state( $person, Native\PURPOSE_MARKETING ) );
		Erasure::erase( array( $person ), 'staff' );
		foreach ( $this->rows( 'events' ) as $event ) {
			self::assertStringNotContainsString( $told, $event['body'], 'Erased as it was told.' );
		}
	}

	public function test_staff_withdraw_while_whatsapps_clock_is_ahead(): void {
		self::take_in( self::text_body( 'wamid.1', ltrim( self::ADA, '+' ), 'START', time() + 120 ) );
		$ada = (int) Contacts::find( self::ADA );
		Consents::change( $ada, Native\PURPOSE_MARKETING, Native\CONSENT_REVOKED, array( 'source' => 'staff' ) );
		self::assertSame( Native\CONSENT_REVOKED, Consents::state( $ada, Native\PURPOSE_MARKETING ), 'What was withdrawn now is withdrawn.' );
		self::take_in( self::text_body( 'wamid.2', ltrim( self::ADA, '+' ), 'START', time() + 180 ) );
		self::assertSame( Native\CONSENT_GRANTED, Consents::state( $ada, Native\PURPOSE_MARKETING ) );
	}

	/** Somebody who wrote STOP. @return int The contact. */
	private function stopped(): int {
		self::take_in( self::text_body( 'wamid.stop', ltrim( self::ADA, '+' ), 'STOP', time() - 60 ) );
		$id = (int) Contacts::find( self::ADA );
		self::assertSame( Native\CONSENT_REVOKED, Consents::state( $id, Native\PURPOSE_MARKETING ) );
		return $id;
	}

	/** Imports a number with consent. @return array{int, int} Added, rejected. */
	private function import( string $phone ): array {
		$path = (string) tempnam( sys_get_temp_dir(), 'ways' );
		file_put_contents( $path, "phone,marketing\n$phone,yes\n" );
		$import = Imports::from_path( $path, array( 'columns' => array( array( 'name' => 'phone', 'to' => 'phone' ), array( 'name' => 'marketing', 'to' => 'marketing' ) ), 'existing' => 'overwrite', 'consent' => array( 'wording' => 'News', 'at_ms' => Site::now_ms() ) ) );
		unlink( $path );
		self::assertIsArray( $import );
		Imports::start( $import['id'], false );
		$done = Imports::step( $import['id'], INF );
		self::assertSame( 'done', $done['state_name'], $done['error'] );
		return array( $done['added'], $done['rejected'] );
	}
}
