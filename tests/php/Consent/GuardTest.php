<?php
/**
 * No path sends a marketing template to who withdrew.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Tests\Consent;

use NxtChat\Account\Accounts;
use NxtChat\Consent\Consents;
use NxtChat\Message\SendMessage;
use NxtChat\Native;
use NxtChat\Tests\Simulator;
use NxtChat\Tests\Webhook\SpoolCase;

require_once dirname( __DIR__ ) . '/Webhook/SpoolCase.php';

final class GuardTest extends SpoolCase {

	private Simulator $meta;

	private int $contact;
	private int $conversation;

	protected function setUp(): void {
		parent::setUp();
		$this->meta = Simulator::shared();
		$this->meta->settings( array( 'window' => 'off', 'pair_limit' => false, 'webhooks' => false ) );
		Accounts::update( $this->account, array( 'graph_base' => $this->meta->ready['graph_base'], 'app_secret' => self::APP_SECRET ) );
		self::take_in( self::text_body( 'wamid.1', '4915112345678', 'Hallo' ) );
		$this->contact      = (int) $this->row( 'contacts', '1 = 1' )['id'];
		$this->conversation = (int) $this->row( 'conversations', '1 = 1' )['id'];
	}

	public function test_nobody_else_is_held_up(): void {
		self::assertIsArray( $this->send( array( 'conversation_id' => $this->conversation ) ), 'Never asked: staff may send one.' );
		self::assertCount( 1, $this->meta->accepted() );
		self::assertSame( '1', $this->row( 'messages', 'type = ' . Native\TYPE_TEMPLATE )['purpose'] );
	}

	public function test_every_way_of_sending_is_refused(): void {
		$this->revoke( Native\PURPOSE_MARKETING );
		$refused = array(
			'conversation' => $this->send( array( 'conversation_id' => $this->conversation ) ),
			'number'       => $this->send( array( 'account_id' => $this->account, 'to' => '0151 12345678' ) ),
			'named'        => $this->send( array( 'conversation_id' => $this->conversation, 'purpose' => 'marketing' ) ),
		);
		// A plugin that makes a template of an answer.
		$this->add_hook( 'nxtchat_pre_send', static fn( $m ) => 'text' === $m['type'] ? array( 'to' => $m['to'] ) + self::template() : $m );
		$refused['filter'] = SendMessage::send( array( 'conversation_id' => $this->conversation, 'message' => array( 'type' => 'text', 'text' => array( 'body' => 'x' ) ), 'origin' => Native\ORIGIN_STAFF ) );
		foreach ( $refused as $way => $answer ) {
			self::assertInstanceOf( \WP_Error::class, $answer, $way );
			self::assertSame( array( 'nxtchat_consent_revoked', 409 ), array( $answer->get_error_code(), $answer->get_error_data()['status'] ), $way );
			self::assertStringContainsString( 'START', $answer->get_error_data()['remedy'] );
		}
		$this->sign_in();
		$rest = $this->rest( 'POST', "conversations/{$this->conversation}/messages", array( 'ref' => Native\ulids( 1 )[0], 'text' => 'x' ) );
		self::assertSame( 409, $rest->get_status() );
		[ $code, $out ] = self::wp( 'send +4915112345678 --template=hello_world --language=en_US' );
		self::assertSame( 1, $code, $out );
		self::assertStringContainsString( 'does not want marketing messages', $out );
		self::assertSame( array(), $this->meta->accepted() );
		self::assertCount( 0, $this->rows( 'messages', 'direction = 2' ), 'Nothing is even written down.' );
	}

	public function test_answers_and_other_purposes_go_out(): void {
		$this->revoke( Native\PURPOSE_MARKETING );
		self::assertIsArray( SendMessage::send( array( 'conversation_id' => $this->conversation, 'message' => array( 'type' => 'text', 'text' => array( 'body' => 'Gern!' ) ), 'origin' => Native\ORIGIN_STAFF ) ) );
		self::assertIsArray( $this->send( array( 'conversation_id' => $this->conversation, 'purpose' => 'utility' ) ) );
		[ $code, $out ] = self::wp( 'send +4915112345678 --template=hello_world --language=en_US --purpose=login' );
		self::assertSame( 0, $code, $out );
		self::assertCount( 3, $this->meta->accepted() );
		$bad = $this->send( array( 'conversation_id' => $this->conversation, 'purpose' => 'fun' ) );
		self::assertSame( 'nxtchat_message_invalid', $bad->get_error_code() );
		$this->revoke( Native\PURPOSE_UTILITY );
		self::assertSame( 'nxtchat_consent_revoked', $this->send( array( 'conversation_id' => $this->conversation, 'purpose' => 'utility' ) )->get_error_code() );
	}

	public function test_the_filter_knows_templates_and_nonsense_counts_as_marketing(): void {
		$this->revoke( Native\PURPOSE_MARKETING );
		$says = 'utility';
		$this->add_hook(
			'nxtchat_template_purpose',
			static function ( $purpose, array $message, array $context ) use ( &$says ) {
				self::assertSame( 'hello_world', $message['template']['name'] );
				self::assertArrayHasKey( 'contact_id', $context );
				return $says;
			},
			10,
			3
		);
		self::assertIsArray( $this->send( array( 'conversation_id' => $this->conversation ) ) );
		foreach ( array( 'nonsense', null, array(), 1 ) as $says ) {
			self::assertInstanceOf( \WP_Error::class, $this->send( array( 'conversation_id' => $this->conversation, 'purpose' => 'utility' ) ) );
		}
		self::assertCount( 1, $this->meta->accepted() );
	}

	public function test_what_was_queued_before_the_stop_stays_here(): void {
		foreach ( array( 'marketing', 'utility' ) as $purpose ) {
			self::assertIsArray( $this->send( array( 'conversation_id' => $this->conversation, 'purpose' => $purpose, 'later' => true ) ) );
		}
		self::assertIsArray( $this->send( array( 'conversation_id' => $this->conversation, 'later' => true ) ) );
		self::assertSame( array(), $this->meta->accepted(), 'Later.' );
		self::take_in( self::text_body( 'wamid.2', '4915112345678', 'Werbung stoppen!' ) );
		self::assertCount( 1, $this->meta->accepted(), 'The confirmation.' );
		global $wpdb;
		// The third is of a time when nobody noted the purpose.
		$wpdb->query( 'UPDATE ' . self::table( 'messages' ) . ' SET at_ms = at_ms - 61000' );
		$wpdb->query( 'UPDATE ' . self::table( 'messages' ) . ' SET purpose = 0 WHERE state = 10 ORDER BY id DESC LIMIT 1' );
		self::assertSame( 0, SendMessage::sweep( static fn(): bool => false ), 'The worker is told to end.' );
		self::assertSame( 3, SendMessage::sweep() );
		self::assertCount( 2, $this->meta->accepted() );
		$states = array_column( $this->rows( 'messages', 'type = ' . Native\TYPE_TEMPLATE ), null, 'id' );
		self::assertSame( array( Native\STATE_FAILED, Native\STATE_SENT, Native\STATE_FAILED ), array_map( 'intval', array_column( $states, 'state' ) ) );
		self::assertStringContainsString( 'does not want marketing', reset( $states )['error_text'] );
		self::assertCount( 1, $this->rows( 'consents' ), 'Our own refusal is no word of theirs.' );
	}

	public function test_a_grant_over_a_withdrawal_is_refused_on_every_way(): void {
		$this->revoke( Native\PURPOSE_MARKETING );
		$this->sign_in();
		$rest = $this->rest( 'POST', "contacts/{$this->contact}/consents", array( 'purpose' => 'marketing', 'state' => 'granted', 'wording' => 'Said so on the phone' ) );
		self::assertSame( array( 409, 'nxtchat_consent_withdrawn' ), array( $rest->get_status(), $rest->get_data()['code'] ) );
		self::assertStringContainsString( 'START', $rest->get_data()['data']['remedy'] );
		[ $code, $out ] = self::wp( "consent grant {$this->contact} --wording='Said so'" );
		self::assertSame( 1, $code, $out );
		self::assertStringContainsString( 'START', $out );
		Consents::record( array( array( 'contact_id' => $this->contact, 'purpose' => 1, 'state' => 1, 'source' => 'import', 'at_ms' => PHP_INT_MAX ) ) );
		self::assertSame( Native\CONSENT_REVOKED, Consents::state( $this->contact, 1 ) );
		// A staff's withdrawal is lifted by the person too, and by nobody else.
		self::take_in( self::text_body( 'wamid.9', '4915112345678', 'START', time() + 2 ) );
		self::assertSame( Native\CONSENT_GRANTED, Consents::state( $this->contact, 1 ) );
	}

	public function test_staff_writes_with_words_and_reads_the_ledger(): void {
		$user = $this->sign_in();
		$none = $this->rest( 'POST', "contacts/{$this->contact}/consents", array( 'state' => 'granted' ) );
		self::assertSame( array( 400, 'wording' ), array( $none->get_status(), $none->get_data()['data']['problems'][0]['path'] ) );
		$done = $this->rest( 'POST', "contacts/{$this->contact}/consents", array( 'state' => 'granted', 'wording' => 'Signed at the fair', 'at_ms' => 1750000000000 ) );
		self::assertSame( 200, $done->get_status() );
		self::assertSame( array( 'marketing' => 1, 'utility' => 0, 'login' => 0 ), $done->get_data()['states'] );
		$entry = $done->get_data()['items'][0];
		self::assertSame( array( 'marketing', 'granted', false, 'staff', 'Signed at the fair', $user, 1750000000000 ), array( $entry['purpose'], $entry['state'], $entry['by_person'], $entry['source'], $entry['wording'], $entry['user']['id'], $entry['at_ms'] ) );
		$this->rest( 'POST', "contacts/{$this->contact}/consents", array( 'purpose' => 'utility', 'state' => 'revoked' ) );
		$page = $this->rest( 'GET', "contacts/{$this->contact}/consents", array( 'limit' => 1 ) )->get_data();
		self::assertSame( array( 'utility', 1 ), array( $page['items'][0]['purpose'], $page['states']['marketing'] ) );
		$rest = $this->rest( 'GET', "contacts/{$this->contact}/consents", array( 'limit' => 1, 'cursor' => $page['next'] ) )->get_data();
		self::assertSame( array( 'marketing', null ), array( $rest['items'][0]['purpose'], $rest['next'] ) );
		self::assertSame( 404, $this->rest( 'GET', 'contacts/999999/consents' )->get_status() );
		self::assertSame( 404, $this->rest( 'POST', 'contacts/999999/consents', array( 'state' => 'revoked' ) )->get_status() );
		self::assertSame( 400, $this->rest( 'GET', "contacts/{$this->contact}/consents", array( 'cursor' => 'x' ) )->get_status() );
		foreach ( array( array( 'state' => 'maybe' ), array( 'state' => 'granted', 'purpose' => 'fun' ), array() ) as $bad ) {
			self::assertSame( 400, $this->rest( 'POST', "contacts/{$this->contact}/consents", $bad )->get_status() );
		}
	}

	public function test_the_command_line(): void {
		[ $code, $out ] = self::wp( 'consent grant +4915112345678 --wording="On paper" --at=2026-01-02' );
		self::assertSame( array( 0, "Success: Contact {$this->contact}: marketing is granted." ), array( $code, $out ) );
		[ $code, $out ] = self::wp( "consent revoke {$this->contact} --purpose=utility" );
		self::assertSame( 0, $code, $out );
		[ $code, $out ] = self::wp( "consent show {$this->contact}" );
		self::assertSame( 0, $code, $out );
		self::assertStringContainsString( 'Marketing: granted. Utility: revoked. Login: none.', $out );
		self::assertStringContainsString( 'On paper', $out );
		[ $code, $out ] = self::wp( 'consent settings checkout true' );
		self::assertSame( array( 0, 'Success: checkout is true.' ), array( $code, $out ) );
		[ $code, $out ] = self::wp( 'consent settings --format=json' );
		self::assertSame( 0, $code, $out );
		self::assertSame( 'true', array_column( json_decode( $out, true ), 'value', 'name' )['checkout'] );
		foreach ( array( 'consent show 999999', 'consent show +49', 'consent show Ana', "consent grant {$this->contact} --wording=' '", "consent grant {$this->contact} --wording=x --at=2999-01-01", "consent revoke {$this->contact} --purpose=fun", 'consent settings nope', 'consent settings checkout maybe', 'consent settings stop_words {}', "consent show {$this->contact} --limit=0" ) as $bad ) {
			[ $code, $out ] = self::wp( $bad );
			self::assertSame( 1, $code, "$bad: $out" );
			self::assertMatchesRegularExpression( '/^Error: \S.{8,}/m', $out, $bad );
		}
	}

	public function test_settings_over_rest(): void {
		$this->sign_in();
		$all = $this->rest( 'GET', 'consent/settings' )->get_data();
		self::assertGreaterThanOrEqual( 15, count( (array) $all['stop_words'] ) );
		$done = $this->rest( 'PATCH', 'consent/settings', array( 'stop_words' => array( 'en' => array( ' Enough ', 'Enough' ) ), 'reply' => false, 'wording' => "Zeile 1\nZeile 2" ) );
		self::assertSame( 200, $done->get_status(), (string) wp_json_encode( $done->get_data() ) );
		self::assertEquals( array( 'en' => array( 'Enough' ) ), (array) $done->get_data()['stop_words'] );
		self::take_in( self::text_body( 'wamid.2', '4915112345678', 'STOP' ) );
		self::assertSame( 0, Consents::state( $this->contact, 1 ), 'No word of theirs any more.' );
		self::take_in( self::text_body( 'wamid.3', '4915112345678', 'enough!' ) );
		self::assertSame( Native\CONSENT_REVOKED, Consents::state( $this->contact, 1 ) );
		$bad = $this->rest( 'PATCH', 'consent/settings', array( 'reply' => 'perhaps', 'stop_words' => array( 'en' => array( str_repeat( 'x', 61 ) ) ), 'wording' => str_repeat( 'x', 1001 ) ) );
		self::assertSame( 400, $bad->get_status() );
		self::assertSame( array( 'reply', 'stop_words', 'wording' ), array_column( $bad->get_data()['data']['problems'], 'path' ) );
		self::assertSame( 400, $this->rest( 'PATCH', 'consent/settings', array( 'stop_words' => array( 'en' => array( '  ' ) ) ) )->get_status(), 'Nobody could stop.' );
		$back = $this->rest( 'PATCH', 'consent/settings', array( 'stop_words' => null ) )->get_data();
		self::assertGreaterThanOrEqual( 15, count( (array) $back['stop_words'] ) );
	}

	private function revoke( int $purpose ): void {
		Consents::record( array( array( 'contact_id' => $this->contact, 'purpose' => $purpose, 'state' => Native\CONSENT_REVOKED, 'source' => 'staff', 'at_ms' => 0 ) ) );
	}

	/** @return array|\WP_Error */
	private function send( array $request ) {
		return SendMessage::send( $request + array( 'message' => self::template(), 'origin' => Native\ORIGIN_API ) );
	}

	private static function template(): array {
		return array( 'type' => 'template', 'template' => array( 'name' => 'hello_world', 'language' => array( 'code' => 'en_US' ) ) );
	}

	/** @return array{int, string} Exit code, both outputs. */
	private static function wp( string $command ): array {
		exec( 'bash -c ' . escapeshellarg( 'NXTCHAT_SITE=' . escapeshellarg( NXTCHAT_TEST_SITE ) . ' ' . NXTCHAT_TEST_ROOT . "/tools/wp nxtchat $command </dev/null 2>&1" ), $out, $code );
		return array( $code, implode( "\n", $out ) );
	}
}
