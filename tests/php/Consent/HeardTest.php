<?php
/**
 * What people say about consent on WhatsApp, through the drain.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Tests\Consent;

use NxtChat\Account\Accounts;
use NxtChat\Consent\Consents;
use NxtChat\Consent\ConsentSettings;
use NxtChat\Contact\Contacts;
use NxtChat\Message\SendMessage;
use NxtChat\Native;
use NxtChat\Tests\Simulator;
use NxtChat\Tests\Webhook\SpoolCase;
use NxtChat\Webhook\Drain;

require_once dirname( __DIR__ ) . '/Webhook/SpoolCase.php';

final class HeardTest extends SpoolCase {

	private Simulator $meta;

	protected function setUp(): void {
		parent::setUp();
		$this->meta = Simulator::shared();
		$this->meta->settings( array( 'window' => 'off', 'pair_limit' => false, 'webhooks' => false ) );
		Accounts::update( $this->account, array( 'graph_base' => $this->meta->ready['graph_base'], 'app_secret' => self::APP_SECRET ) );
	}

	public function test_a_new_contact_who_writes_is_not_subscribed(): void {
		self::take_in( self::text_body( 'wamid.1', '491511234567', 'Hallo, wann ist mein Paket da?' ) );
		$contact = $this->row( 'contacts', '1 = 1' );
		self::assertSame( array( 0, 0, 0 ), array( (int) $contact['marketing'], (int) $contact['utility'], (int) $contact['login'] ) );
		self::assertSame( array(), $this->rows( 'consents' ) );
		self::assertSame( array(), $this->meta->accepted() );
	}

	/** @return array<string, array{string, int}> */
	public static function words(): array {
		return array(
			'STOP'        => array( 'STOP', Native\CONSENT_REVOKED ),
			'shouted'     => array( ' “stop”!!! 🙏', Native\CONSENT_REVOKED ),
			'German'      => array( 'Keine Werbung.', Native\CONSENT_REVOKED ),
			'French'      => array( 'arreter', Native\CONSENT_REVOKED ),
			'Russian'     => array( 'СТОП', Native\CONSENT_REVOKED ),
			'Arabic'      => array( 'إلغاء الاشتراك', Native\CONSENT_REVOKED ),
			'Hindi'       => array( 'बंद करें', Native\CONSENT_REVOKED ),
			'START'       => array( 'Start', Native\CONSENT_GRANTED ),
			'in a phrase' => array( 'Stop by my house tomorrow', Native\CONSENT_NONE ),
			'a question'  => array( 'When do you start?', Native\CONSENT_NONE ),
			'long'        => array( str_repeat( 'STOP ', 100 ), Native\CONSENT_NONE ),
		);
	}

	/** @dataProvider words */
	public function test_a_word_stops_or_starts( string $text, int $state ): void {
		self::take_in( self::text_body( 'wamid.1', '491511234567', $text, 1750000000 ) );
		self::assertSame( $state, $this->marketing() );
		if ( Native\CONSENT_NONE !== $state ) {
			$entry = $this->row( 'consents', '1 = 1' );
			self::assertSame( array( '1', 'word', $text, 'wamid.1:1', '1750000000000', '1' ), array( $entry['by_person'], $entry['source'], $entry['wording'], $entry['proof'], $entry['at_ms'], $entry['purpose'] ) );
		}
	}

	public function test_told_twice_and_replayed_it_counts_once(): void {
		$body = self::text_body( 'wamid.1', '491511234567', 'STOP' );
		self::take_in( $body, $body );
		self::take_in( $body );
		$event = $this->rows( 'events' )[0];
		Drain::replay( array( array( 'uid' => $event['uid'], 'received_ms' => (int) $event['received_ms'], 'body' => $event['body'] ) ) );
		self::assertCount( 1, $this->rows( 'consents' ) );
		self::assertCount( 1, $this->meta->accepted(), 'One confirmation.' );
	}

	public function test_the_order_of_arrival_does_not_matter(): void {
		$stop  = self::text_body( 'wamid.stop', '491511234567', 'STOP', 1750000100 );
		$start = self::text_body( 'wamid.start', '491511234567', 'START', 1750000000 );
		self::take_in( $stop );
		self::take_in( $start ); // Was sent before.
		self::assertSame( Native\CONSENT_REVOKED, $this->marketing() );
		self::take_in( self::text_body( 'wamid.start2', '491511234567', 'START', 1750000200 ) );
		self::assertSame( Native\CONSENT_GRANTED, $this->marketing() );
		// In one second, the stricter.
		self::take_in( self::text_body( 'wamid.start3', '491511234567', 'START', 1750000300 ), self::text_body( 'wamid.stop3', '491511234567', 'STOP', 1750000300 ) );
		self::assertSame( Native\CONSENT_REVOKED, $this->marketing() );
	}

	public function test_a_button_stops_by_its_label_and_by_its_payload(): void {
		self::take_in( self::button_body( 'wamid.1', 'Stop promotions', 'x' ) );
		self::assertSame( Native\CONSENT_REVOKED, $this->marketing() );
		self::take_in( self::button_body( 'wamid.2', 'Doch wieder', 'START', time() + 1 ) );
		self::assertSame( Native\CONSENT_GRANTED, $this->marketing() );
		self::take_in( self::button_body( 'wamid.3', 'Subscribe', 'Unsubscribe', time() + 2 ) );
		self::assertSame( Native\CONSENT_REVOKED, $this->marketing(), 'Label and payload disagree.' );
		self::assertSame( array( 'button', 'button', 'button' ), array_column( $this->rows( 'consents' ), 'source' ) );
	}

	public function test_metas_preferences_count_once_and_at_their_time(): void {
		$stop   = self::preference_body( 'stop', 1750000000 );
		$resume = self::preference_body( 'resume', 1750000100 );
		self::take_in( $resume, $stop, $stop, $resume );
		self::take_in( $stop );
		self::assertSame( Native\CONSENT_GRANTED, $this->marketing() );
		self::assertCount( 2, $this->rows( 'consents' ) );
		self::take_in( self::preference_body( 'stop', 1750000200 ) );
		self::assertSame( Native\CONSENT_REVOKED, $this->marketing() );
		self::take_in( self::preference_body( 'signup', 1750000300 ), self::preference_body( 'resume', 1750000300, 'something_else' ) );
		self::assertSame( Native\CONSENT_REVOKED, $this->marketing(), 'What is not known grants nothing.' );
		self::assertSame( array(), $this->meta->accepted(), 'WhatsApp confirms these itself.' );
	}

	public function test_a_stop_of_somebody_unknown_is_kept(): void {
		self::take_in( self::preference_body( 'stop', 1750000000 ) );
		self::assertSame( Native\CONSENT_REVOKED, $this->marketing() );
	}

	public function test_error_131050_stops_in_a_status_and_in_the_answer(): void {
		$ref = Native\ulids( 1 )[0];
		self::take_in( self::text_body( 'wamid.1', '491511234567', 'Hallo' ) );
		$contact = (int) $this->row( 'contacts', '1 = 1' )['id'];
		global $wpdb;
		$this->sent_row( 'wamid.out', $ref );
		$wpdb->query( 'UPDATE ' . self::table( 'messages' ) . " SET contact_id = $contact WHERE wamid = 'wamid.out'" );
		$error = array( 'errors' => array( array( 'code' => 131050, 'title' => 'Unable to deliver', 'error_data' => array( 'details' => 'stopped' ) ) ) );
		// The person of the status is not known, the message is.
		$failed = self::status_body( 'wamid.out', 'failed', '491700000000', $ref, 1750000000, $error );
		self::take_in( $failed, $failed );
		self::take_in( $failed );
		self::assertSame( Native\CONSENT_REVOKED, Consents::state( $contact, Native\PURPOSE_MARKETING ) );
		self::assertCount( 1, $this->rows( 'consents' ) );
		// No message of ours: the person.
		self::take_in( self::status_body( 'wamid.foreign', 'failed', '491511111111', '', 1750000000, $error ) );
		$other = $this->row( 'contact_identities', "value = '+491511111111'" );
		self::assertSame( Native\CONSENT_REVOKED, Consents::state( (int) $other['contact_id'], Native\PURPOSE_MARKETING ) );

		// At once, in Meta's answer.
		$this->meta->call( 'POST', '/sim/rules', array( 'do' => 'error', 'code' => 131050, 'count' => 1 ) );
		$sent = SendMessage::send( self::template( $this->account, '+4915222222222' ) );
		self::assertIsArray( $sent );
		self::assertSame( 131050, $sent['message']['error']['code'] );
		$third = $this->row( 'contact_identities', "value = '+4915222222222'" );
		self::assertSame( Native\CONSENT_REVOKED, Consents::state( (int) $third['contact_id'], Native\PURPOSE_MARKETING ) );
		self::assertSame( 'nxtchat_consent_revoked', SendMessage::send( self::template( $this->account, '+4915222222222' ) )->get_error_code() );
	}

	public function test_the_confirmation_is_in_the_persons_language_and_once_an_hour(): void {
		self::take_in( self::text_body( 'wamid.1', '491511234567', 'Abmelden' ) );
		$sent = $this->meta->accepted();
		self::assertCount( 1, $sent );
		self::assertStringContainsString( 'Sie erhalten keine Angebote', (string) wp_json_encode( $sent[0] ) );
		self::take_in( self::text_body( 'wamid.2', '491511234567', 'STOP', time() + 1 ), self::text_body( 'wamid.3', '491511234567', 'Stopp', time() + 2 ) );
		self::assertCount( 1, $this->meta->accepted(), 'Two machines that answer each other stop here.' );
		self::take_in( self::text_body( 'wamid.4', '491511234567', 'START', time() + 3 ) );
		self::assertCount( 2, $this->meta->accepted() );
		self::assertCount( 4, $this->rows( 'consents' ) );
	}

	public function test_the_confirmation_is_the_owners_text_or_none(): void {
		ConsentSettings::set( array( 'stop_reply' => 'Schade.' ) );
		self::take_in( self::text_body( 'wamid.1', '491511234567', 'STOP' ) );
		self::assertSame( 'Schade.', $this->row( 'messages', 'direction = 2' )['body'] );
		ConsentSettings::set( array( 'reply' => false ) );
		self::take_in( self::text_body( 'wamid.2', '491522222222', 'STOP' ) );
		self::assertCount( 1, $this->meta->accepted() );
		// A site that may not send says nothing and keeps the stop.
		ConsentSettings::set( array( 'reply' => true ) );
		Accounts::update( $this->account, array( 'state' => Accounts::OFF ) );
		self::take_in( self::text_body( 'wamid.3', '491533333333', 'STOP' ) );
		self::assertCount( 1, $this->meta->accepted() );
		self::assertCount( 3, $this->rows( 'contacts', 'marketing = 2' ) );
	}

	public function test_echoes_and_groups_say_nothing_about_the_customer(): void {
		self::take_in(
			self::webhook_body(
				array(
					'contacts' => array( array( 'wa_id' => '491511234567' ) ),
					'messages' => array( array( 'from' => '491511234567', 'id' => 'wamid.g', 'timestamp' => '1750000000', 'group_id' => 'G1', 'type' => 'text', 'text' => array( 'body' => 'STOP' ) ) ),
				)
			),
			self::webhook_body( array( 'message_echoes' => array( array( 'from' => '15550783881', 'to' => '491511234567', 'id' => 'wamid.e', 'timestamp' => '1750000000', 'type' => 'text', 'text' => array( 'body' => 'STOP' ) ) ) ), 'smb_message_echoes' )
		);
		self::assertSame( array(), $this->rows( 'consents' ) );
		self::assertSame( array(), $this->meta->accepted() );
	}

	public function test_statements_do_not_grow_with_the_batch(): void {
		$plain = $this->statements( 'Hallo', 'a', 40 );
		$few   = $this->statements( 'STOP', 'b', 2 );
		$many  = $this->statements( 'STOP', 'c', 80 );
		self::assertSame( 0, count( array_filter( $plain, static fn( string $q ): bool => str_contains( $q, 'nxtchat_consents' ) ) ) );
		self::assertSame( count( $few ), count( $many ) );
		self::assertLessThanOrEqual( count( $plain ) + 4, count( $many ) );
	}

	public function test_the_hook_tells_what_changed_after_the_commit(): void {
		$told = array();
		$this->add_hook(
			'nxtchat_consent_changed',
			static function ( ...$arguments ) use ( &$told ) {
				$told[] = $arguments;
				throw new \RuntimeException( 'A plugin with a bug.' );
			},
			10,
			4
		);
		self::take_in( self::text_body( 'wamid.1', '491511234567', 'STOP' ), self::text_body( 'wamid.2', '491511234567', 'STOP' ) );
		$id = (int) $this->row( 'contacts', '1 = 1' )['id'];
		self::assertSame( array( array( $id, 'marketing', Native\CONSENT_REVOKED, Native\CONSENT_NONE ) ), $told );
	}

	/** @return list<string> */
	private function statements( string $text, string $prefix, int $count ): array {
		ConsentSettings::set( array( 'reply' => false ) );
		for ( $i = 0; $i < $count; $i++ ) {
			self::spool( self::text_body( "wamid.$prefix$i", '4915' . ( 100000000 + $i + 1000 * ord( $prefix ) ), $text ) );
		}
		return $this->queries( static fn() => self::drain() );
	}

	private function marketing(): int {
		return (int) $this->row( 'contacts', '1 = 1' )['marketing'];
	}

	private static function template( int $account, string $to ): array {
		return array(
			'account_id' => $account,
			'to'         => $to,
			'origin'     => Native\ORIGIN_API,
			'message'    => array(
				'type'     => 'template',
				'template' => array(
					'name'     => 'hello_world',
					'language' => array( 'code' => 'en_US' ),
				),
			),
		);
	}

	private static function button_body( string $wamid, string $text, string $payload, int $at_s = 0 ): string {
		return self::webhook_body(
			array(
				'contacts' => array( array( 'profile' => array( 'name' => 'Ana' ), 'wa_id' => '491511234567' ) ),
				'messages' => array( array( 'from' => '491511234567', 'id' => $wamid, 'timestamp' => (string) ( $at_s ?: time() ), 'type' => 'button', 'button' => array( 'text' => $text, 'payload' => $payload ) ) ),
			)
		);
	}

	private static function preference_body( string $value, int $at_s, string $category = 'marketing_messages' ): string {
		return self::webhook_body(
			array(
				'contacts'         => array( array( 'wa_id' => '491511234567' ) ),
				'user_preferences' => array( array( 'wa_id' => '491511234567', 'detail' => 'By the user', 'category' => $category, 'value' => $value, 'timestamp' => $at_s ) ),
			),
			'user_preferences'
		);
	}
}
