<?php
/**
 * People and their identities.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Tests\Contact;

use NxtChat\Contact\Contacts;
use NxtChat\Tests\Webhook\SpoolCase;

require_once dirname( __DIR__ ) . '/Webhook/SpoolCase.php';

final class ContactsTest extends SpoolCase {

	private int $n = 0;

	public function test_a_person_without_a_number_is_known_by_the_bsuid(): void {
		$this->writes( bsuid: 'DE.111' );
		$this->writes( bsuid: 'DE.111', username: '@ada' );
		self::assertCount( 1, $this->rows( 'contacts' ) );
		self::assertCount( 1, $this->rows( 'conversations' ) );
		self::assertSame( 'ada', $this->row( 'contact_identities', 'kind = 3' )['value'] );
	}

	public function test_a_bsuid_told_with_a_known_number_joins_its_contact(): void {
		$this->writes( phone: '491511' . '234567' );
		$this->writes( phone: '491511234567', bsuid: 'DE.111' );
		$this->writes( bsuid: 'DE.111' ); // From now on without the number.
		self::assertCount( 1, $this->rows( 'contacts' ) );
		self::assertCount( 1, $this->rows( 'conversations' ) );
		self::assertSame( 3, (int) $this->row( 'conversations', '1 = 1' )['unread'] );
	}

	public function test_identities_told_apart_and_together_in_one_batch_are_one_person(): void {
		self::spool( $this->body( '491511234567', '', '' ) );
		self::spool( $this->body( '', 'DE.111', '' ) );
		self::spool( $this->body( '491511234567', 'DE.111', '' ) );
		self::drain();
		self::assertCount( 1, $this->rows( 'contacts' ) );
		self::assertCount( 2, $this->rows( 'contact_identities' ) );
		self::assertSame( 3, (int) $this->row( 'conversations', '1 = 1' )['unread'] );
	}

	public function test_two_contacts_that_turn_out_to_be_one_keep_their_history(): void {
		$this->writes( phone: '491511234567' );
		$this->writes( bsuid: 'DE.111' );
		self::assertCount( 2, $this->rows( 'contacts' ) );
		$this->writes( phone: '491511234567', bsuid: 'DE.111' );
		self::assertCount( 1, $this->rows( 'contacts' ) );
		self::assertCount( 1, $this->rows( 'conversations' ) );
		self::assertSame( '3', $this->rows( 'conversations' )[0]['unread'] );
	}

	public function test_a_user_name_goes_to_who_bears_it_now_and_proves_nothing(): void {
		$this->writes( bsuid: 'DE.111', username: 'ada' );
		$this->writes( bsuid: 'DE.222', username: 'ada' );
		self::assertCount( 2, $this->rows( 'contacts' ) );
		$second = $this->row( 'contact_identities', "value = 'DE.222'" )['contact_id'];
		self::assertSame( $second, $this->row( 'contact_identities', 'kind = 3' )['contact_id'] );
	}

	public function test_bsuids_that_differ_in_case_are_two_people(): void {
		$this->writes( bsuid: 'DE.abcDEF' );
		$this->writes( bsuid: 'DE.ABCdef' );
		self::assertCount( 2, $this->rows( 'contacts' ) );
	}

	public function test_a_changed_number_stays_the_same_contact_and_answers_go_to_the_new_one(): void {
		$this->writes( phone: '16505551234' );
		self::take_in(
			self::webhook_body(
				array(
					'messages' => array(
						array(
							'from'      => '16505551234',
							'id'        => 'wamid.change',
							'timestamp' => '1760000000',
							'type'      => 'system',
							'system'    => array(
								'body'  => 'changed',
								'wa_id' => '12195555358',
								'type'  => 'user_changed_number',
							),
						),
					),
				)
			)
		);
		$this->writes( phone: '12195555358', at: 1760000100 );
		self::assertCount( 1, $this->rows( 'contacts' ) );
		self::assertSame( array( 'to' => '+12195555358' ), Contacts::address( (int) $this->row( 'contacts', '1 = 1' )['id'] ) );
	}

	public function test_the_profile_name_follows_whatsapp_and_the_name_given_by_staff_stays(): void {
		global $wpdb;
		$this->writes( phone: '491511234567', name: 'Ada L' );
		$wpdb->query( 'UPDATE ' . self::table( 'contacts' ) . " SET name = 'Frau Lovelace'" );
		self::spool( $this->body( '491511234567', '', '', 'Ada' ) );
		self::spool( $this->body( '491511234567', '', '', 'Ada Ķing' ) );
		self::spool( $this->body( '491511234567', '', '', '' ) );
		self::drain();
		$contact = $this->row( 'contacts', '1 = 1' );
		self::assertSame( array( 'Frau Lovelace', 'Ada Ķing' ), array( $contact['name'], $contact['profile_name'] ) );
		self::assertSame( 'Frau Lovelace', Contacts::json( array( (int) $contact['id'] ) )[ (int) $contact['id'] ]['name'] );
		foreach ( array( 'love', 'ADA', 'king', 'fra lov' ) as $text ) {
			self::assertSame( array( (int) $contact['id'] ), Contacts::search( $text, 'DE' ), $text );
		}
	}

	public function test_search_finds_any_spelling_of_a_number_and_any_word_of_a_name(): void {
		$this->writes( phone: '491511234567', name: 'José Ünal-Peña', username: '@jose.unal' );
		$this->writes( phone: '4915112399999', name: 'Anna' );
		$jose = (int) $this->row( 'contacts', "profile_name LIKE 'Jos%'" )['id'];
		foreach ( array( '+49 1511 234567', '0049 1511 234567', '01511 234567', '01511-23456', '491511234567', '(0151) 123 45 67', 'jose', 'pena', 'Üna', 'UNAL jos', '@jose.u' ) as $text ) {
			self::assertSame( array( $jose ), Contacts::search( $text, 'DE' ), $text );
		}
		self::assertCount( 2, Contacts::search( '+49 1511 23', 'DE' ) );
		foreach ( array( 'ose', 'peña anna', '%', "'", '_', '+1', '' ) as $text ) {
			self::assertSame( array(), Contacts::search( $text, 'DE' ), $text );
		}
	}

	private function writes( string $phone = '', string $bsuid = '', string $username = '', string $name = 'Test', int $at = 0 ): void {
		self::take_in( $this->body( $phone, $bsuid, $username, $name, $at ) );
	}

	private function body( string $phone, string $bsuid, string $username, string $name = 'Test', int $at = 0 ): string {
		$n       = ++$this->n;
		$profile = array_filter( array( 'name' => $name, 'username' => $username ) );
		return self::webhook_body(
			array(
				'contacts' => array( array_filter( array( 'profile' => $profile, 'wa_id' => $phone, 'user_id' => $bsuid ) ) ),
				'messages' => array(
					array_filter( array( 'from' => $phone, 'from_user_id' => $bsuid ) ) + array(
						'id'        => "wamid.c$n",
						'timestamp' => (string) ( $at ?: 1750000000 + $n ),
						'type'      => 'text',
						'text'      => array( 'body' => "Nr. $n" ),
					),
				),
			)
		);
	}
}
