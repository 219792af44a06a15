<?php
/**
 * The only way out, against the simulator.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Tests\Message;

use NxtChat\Account\Accounts;
use NxtChat\Contact\Contacts;
use NxtChat\Message\MessageStore;
use NxtChat\Message\SendMessage;
use NxtChat\Message\Statuses;
use NxtChat\Native;
use NxtChat\Site;
use NxtChat\Tests\Simulator;
use NxtChat\Tests\Webhook\SpoolCase;
use NxtChat\Webhook\Drain;

require_once dirname( __DIR__ ) . '/Webhook/SpoolCase.php';

final class SendMessageTest extends SpoolCase {

	private Simulator $meta;

	private int $conversation;

	protected function setUp(): void {
		parent::setUp();
		$this->meta = Simulator::shared();
		$this->meta->settings( array( 'window' => 'off', 'pair_limit' => false, 'webhooks' => false ) );
		Accounts::update( $this->account, array( 'graph_base' => $this->meta->ready['graph_base'], 'app_secret' => self::APP_SECRET ) );
		self::take_in( self::text_body( 'wamid.in1', '491511234567', 'Hallo', time() - 60 ) );
		$this->conversation = (int) $this->row( 'conversations', '1 = 1' )['id'];
	}

	public function test_a_reply_is_written_sent_and_recorded(): void {
		$this->sign_in();
		$answer = $this->reply( 'Guten *Tag* 😀' );
		self::assertSame( 201, $answer->get_status(), (string) wp_json_encode( $answer->get_data() ) );
		$json = $answer->get_data();
		self::assertSame( array( Native\STATE_SENT, 'sent', 'out' ), array( $json['state'], $json['state_name'], Native\DIRECTION_OUT === $json['direction'] ? 'out' : '' ) );
		self::assertStringContainsString( '<strong>Tag</strong>', $json['html'] );
		self::assertSame( get_current_user_id(), $json['author']['id'] );
		$accepted = $this->meta->accepted();
		self::assertCount( 1, $accepted );
		$row = $this->row( 'messages', 'id = ' . $json['id'] );
		self::assertSame( $accepted[0]['wamid'], $row['wamid'] );
		self::assertSame( $accepted[0]['ref'], $row['ref'] );
		self::assertGreaterThan( 0, (int) $row['sent_ms'] );
		$conversation = $this->row( 'conversations', '1 = 1' );
		self::assertSame( $row['id'], $conversation['last_message_id'] );
	}

	public function test_the_same_ref_again_is_the_same_message(): void {
		$this->sign_in();
		$ref    = Native\ulids( 1 )[0];
		$first  = $this->reply( 'eins', $ref );
		$second = $this->reply( 'zwei', $ref );
		self::assertSame( array( 201, 200 ), array( $first->get_status(), $second->get_status() ) );
		self::assertSame( $first->get_data()['id'], $second->get_data()['id'] );
		self::assertSame( 'eins', $second->get_data()['text'] );
		self::assertCount( 1, $this->meta->accepted() );
	}

	public function test_the_same_ref_in_eight_processes_at_once_is_sent_once(): void {
		$ref      = Native\ulids( 1 )[0];
		$go       = tempnam( sys_get_temp_dir(), 'go' );
		unlink( $go );
		$children = array();
		for ( $i = 0; $i < 8; $i++ ) {
			$children[] = self::child( array( 'send', (string) $this->conversation, $ref ), array( 'NXTCHAT_CHILD_GO' => $go ) );
		}
		usleep( 800000 );
		touch( $go );
		$created = 0;
		foreach ( $children as [ $process, $pipe ] ) {
			$answer = json_decode( (string) stream_get_contents( $pipe ), true );
			proc_close( $process );
			self::assertIsArray( $answer );
			$created += (int) $answer[0];
		}
		unlink( $go );
		self::assertSame( 1, $created );
		self::assertCount( 1, $this->rows( 'messages', 'direction = 2' ) );
		self::assertCount( 1, $this->meta->accepted() );
	}

	public function test_a_dropped_connection_after_accepting_is_unknown_and_settled_by_the_status(): void {
		$this->sign_in();
		$this->meta->call( 'POST', '/sim/rules', array( array( 'do' => 'drop_after', 'count' => 1 ) ) );
		$json = $this->reply( 'einmal' )->get_data();
		self::assertSame( Native\STATE_UNKNOWN, $json['state'] );
		self::assertNull( $json['wamid'] );
		self::assertCount( 1, $this->meta->accepted() );

		// Nothing sends it again: not the sweep, not the browser's repetition.
		$this->age( $json['id'], 3600000 );
		SendMessage::sweep();
		$this->reply( 'einmal', $json['ref'] );
		self::assertCount( 1, $this->meta->accepted() );

		$accepted = $this->meta->accepted()[0];
		self::take_in( self::status_body( $accepted['wamid'], 'delivered', '491511234567', $accepted['ref'], time() ) );
		$row = $this->row( 'messages', 'id = ' . $json['id'] );
		self::assertSame( array( Native\STATE_DELIVERED, $accepted['wamid'] ), array( (int) $row['state'], $row['wamid'] ) );
		self::assertCount( 1, $this->meta->accepted() );
	}

	public function test_a_refusal_says_why_and_what_to_do(): void {
		$this->sign_in();
		$this->meta->call( 'POST', '/sim/rules', array( array( 'do' => 'error', 'code' => 131026, 'count' => 1 ) ) );
		$json = $this->reply( 'nein' )->get_data();
		self::assertSame( Native\STATE_FAILED, $json['state'] );
		self::assertSame( 131026, $json['error']['code'] );
		self::assertNotSame( '', $json['error']['title'] . $json['error']['remedy'] );
		self::assertGreaterThan( 0, $json['failed_ms'] );
	}

	public function test_after_24_hours_only_templates_go_out(): void {
		global $wpdb;
		$this->sign_in();
		$wpdb->query( 'UPDATE ' . self::table( 'conversations' ) . ' SET last_in_ms = ' . ( Site::now_ms() - 86400000 - 1 ) );
		$answer = $this->reply( 'zu spät' );
		self::assertSame( array( 409, 'nxtchat_window_closed' ), array( $answer->get_status(), $answer->get_data()['code'] ) );
		self::assertNotSame( '', $answer->get_data()['data']['remedy'] );
		self::assertCount( 0, $this->rows( 'messages', 'direction = 2' ) );

		$sent = SendMessage::send(
			array(
				'conversation_id' => $this->conversation,
				'message'         => array(
					'type'     => 'template',
					'template' => array(
						'name'     => 'hello_world',
						'language' => array( 'code' => 'en_US' ),
					),
				),
				'origin'          => Native\ORIGIN_API,
			)
		);
		self::assertIsArray( $sent );
		self::assertSame( Native\STATE_SENT, $sent['message']['state'], (string) wp_json_encode( $sent['message'] ) );
	}

	public function test_what_whatsapp_would_refuse_is_refused_here_with_the_field(): void {
		$this->sign_in();
		$answer = $this->reply( '' );
		self::assertSame( 422, $answer->get_status() );
		self::assertNotSame( '', $answer->get_data()['data']['problems'][0]['path'] );
		self::assertSame( 422, $this->reply( str_repeat( 'x', 4097 ) )->get_status() );
		self::assertSame( 422, $this->reply( 'x', 'not-a-ulid' )->get_status() );
		self::assertCount( 0, $this->meta->accepted() );
		self::assertCount( 0, $this->rows( 'messages', 'direction = 2' ) );
	}

	public function test_a_copy_of_the_site_does_not_send(): void {
		global $wpdb;
		$this->sign_in();
		$wpdb->query( 'UPDATE ' . self::table( 'accounts' ) . " SET home_url = 'https://live.example'" );
		wp_cache_flush();
		$answer = $this->reply( 'nein' );
		self::assertGreaterThanOrEqual( 400, $answer->get_status() );
		// What was queued on the live site when the copy was made is not sent either.
		$id = $this->sent_row( null, Native\ulids( 1 )[0], Native\STATE_QUEUED );
		self::assertSame( 1, SendMessage::sweep() );
		self::assertSame( Native\STATE_FAILED, (int) $this->row( 'messages', "id = $id" )['state'] );
		self::assertCount( 0, $this->meta->accepted() );
	}

	public function test_the_filter_can_change_and_stop_a_message(): void {
		$this->sign_in();
		$context = null;
		$this->add_hook(
			'nxtchat_pre_send',
			static function ( $message, $about ) use ( &$context ) {
				$context = $about;
				if ( 'stop' === $message['text']['body'] ) {
					return new \WP_Error( 'mine', 'Stopped.', array( 'status' => 403 ) );
				}
				$message['text']['body'] .= '!';
				return $message;
			},
			10,
			2
		);
		self::assertSame( 'Hallo!', $this->reply( 'Hallo' )->get_data()['text'] );
		self::assertSame( $this->conversation, $context['conversation_id'] );
		self::assertSame( array( 403, 'mine' ), array( $this->reply( 'stop' )->get_status(), $this->reply( 'stop' )->get_data()['code'] ) );
		self::assertCount( 1, $this->meta->accepted() );
	}

	public function test_the_sweep_sends_what_stayed_queued_and_gives_up_on_what_hangs(): void {
		$this->sign_in();
		$queued = $this->reply( 'x' )->get_data();
		global $wpdb;
		$wpdb->query( 'UPDATE ' . self::table( 'messages' ) . " SET state = 10, wamid = NULL, sent_ms = 0, ref = '" . Native\ulids( 1 )[0] . "' WHERE id = {$queued['id']}" );
		self::assertFalse( SendMessage::pending() );
		self::assertSame( 0, SendMessage::sweep(), 'Younger than a minute: somebody is at it.' );
		$this->age( $queued['id'], 61000 );
		self::assertTrue( SendMessage::pending() );
		self::assertSame( 1, SendMessage::sweep() );
		self::assertSame( Native\STATE_SENT, (int) $this->row( 'messages', "id = {$queued['id']}" )['state'] );
		self::assertCount( 2, $this->meta->accepted() );

		$hanging = $this->sent_row( null, Native\ulids( 1 )[0], Native\STATE_SENDING );
		$wpdb->query( 'UPDATE ' . self::table( 'messages' ) . ' SET updated_ms = ' . ( Site::now_ms() - 100000 ) . " WHERE id = $hanging" );
		SendMessage::sweep();
		self::assertSame( Native\STATE_SENDING, (int) $this->row( 'messages', "id = $hanging" )['state'] );
		$wpdb->query( 'UPDATE ' . self::table( 'messages' ) . ' SET updated_ms = ' . ( Site::now_ms() - 121000 ) . " WHERE id = $hanging" );
		SendMessage::sweep();
		self::assertSame( Native\STATE_UNKNOWN, (int) $this->row( 'messages', "id = $hanging" )['state'] );
		self::assertCount( 2, $this->meta->accepted() );
	}

	public function test_a_status_that_is_quicker_than_our_own_note_is_not_lost(): void {
		$outcome = array(
			'state'      => Native\STATE_SENT,
			'wamid'      => 'wamid.quick',
			'error_code' => 0,
			'error_text' => '',
		);
		// With its ref: found at once, and the note that comes later moves nothing back.
		$ref = Native\ulids( 1 )[0];
		$id  = $this->sent_row( null, $ref, Native\STATE_SENDING );
		self::take_in( self::status_body( 'wamid.quick', 'read', '491511234567', $ref, 1750000003 ) );
		MessageStore::settle( $id, $outcome, 1750000009000 );
		self::assertSame( Native\STATE_READ, (int) $this->row( 'messages', "id = $id" )['state'] );
		// Without: it waits for the wamid.
		$id = $this->sent_row( null, Native\ulids( 1 )[0], Native\STATE_SENDING );
		self::take_in( self::status_body( 'wamid.quick2', 'read', '491511234567', '', 1750000003 ) );
		MessageStore::settle( $id, array( 'wamid' => 'wamid.quick2' ) + $outcome, 1750000009000 );
		Statuses::apply_to( 'wamid.quick2' );
		$row = $this->row( 'messages', "id = $id" );
		self::assertSame( array( Native\STATE_READ, 1750000003000, 1750000009000 ), array( (int) $row['state'], (int) $row['read_ms'], (int) $row['sent_ms'] ) );
		self::assertCount( 0, $this->rows( 'parked_statuses' ) );
	}

	public function test_reading_tells_meta(): void {
		$this->sign_in();
		$wamid = $this->meta->inbound( array( 'from' => '+491511234567', 'text' => 'Hi' ) )['wamid'];
		self::take_in( self::text_body( $wamid, '491511234567', 'Hi', time() ) );
		$id = (int) $this->row( 'messages', "wamid = '$wamid'" )['id'];
		self::assertSame( 200, $this->rest( 'POST', "conversations/{$this->conversation}/read", array( 'up_to' => $id ) )->get_status() );
		\NxtChat\Conversation\Conversations::tell_meta(); // What the shutdown action does.
		self::assertStringContainsString( $wamid, (string) wp_json_encode( $this->meta->call( 'GET', '/sim/reads' ), JSON_UNESCAPED_SLASHES ) );
		self::assertSame( 0, (int) $this->row( 'conversations', '1 = 1' )['unread'] );
		// Meta's refusal is none of the screen's business.
		self::take_in( self::text_body( 'wamid.not_metas', '491511234567', 'Hi', time() ) );
		self::assertSame( 200, $this->rest( 'POST', "conversations/{$this->conversation}/read", array( 'up_to' => $id + 1000 ) )->get_status() );
		\NxtChat\Conversation\Conversations::tell_meta();
	}

	public function test_a_new_number_gets_a_conversation_and_what_meta_says_about_it_is_learnt(): void {
		$this->meta->settings( array( 'bsuid' => true ) );
		$send = fn() => SendMessage::send(
			array(
				'account_id' => $this->account,
				'to'         => '0170 / 1234567',
				'message'    => array(
					'type'     => 'template',
					'template' => array(
						'name'     => 'hello_world',
						'language' => array( 'code' => 'en_US' ),
					),
				),
				'origin'     => Native\ORIGIN_API,
			)
		);
		$sent = $send();
		self::assertIsArray( $sent, is_wp_error( $sent ) ? $sent->get_error_message() : '' );
		$contact = (int) $this->row( 'contact_identities', "value = '+491701234567'" )['contact_id'];
		$ids     = array_column( $this->meta->call( 'GET', '/sim/customers' )['items'], 'user_id', 'phone' );
		self::assertSame( array( array( Native\IDENTITY_PHONE, '+491701234567' ), array( Native\IDENTITY_BSUID, $ids['491701234567'] ) ), Contacts::proofs( array( $contact ) )[ $contact ] );
		$before = $this->rows( 'contact_identities', 'kind = ' . Native\IDENTITY_BSUID );
		$send();
		self::assertSame( $before, $this->rows( 'contact_identities', 'kind = ' . Native\IDENTITY_BSUID ), 'Told again, it is no news.' );
		self::assertCount( 2, $this->rows( 'conversations' ) );
		$bad = SendMessage::send( array( 'account_id' => $this->account, 'to' => '12', 'message' => array( 'type' => 'text' ), 'origin' => Native\ORIGIN_API ) );
		self::assertWPErrorCode( 'nxtchat_message_invalid', $bad );
	}

	private function reply( string $text, string $ref = '' ): \WP_REST_Response {
		return $this->rest( 'POST', "conversations/{$this->conversation}/messages", array( 'ref' => '' === $ref ? Native\ulids( 1 )[0] : $ref, 'text' => $text ) );
	}

	private function age( int $id, int $ms ): void {
		global $wpdb;
		$wpdb->query( 'UPDATE ' . self::table( 'messages' ) . " SET at_ms = at_ms - $ms, created_ms = created_ms - $ms, updated_ms = updated_ms - $ms WHERE id = $id" );
	}

	private static function assertWPErrorCode( string $code, $error ): void {
		self::assertInstanceOf( \WP_Error::class, $error );
		self::assertSame( $code, $error->get_error_code() );
	}

	/** @return array{0: resource, 1: resource} Process and its output. */
	private static function child( array $arguments, array $environment ): array {
		$process = proc_open( array( PHP_BINARY, NXTCHAT_TEST_ROOT . '/tests/fault/child.php', ...$arguments ), array( array( 'file', '/dev/null', 'r' ), array( 'pipe', 'w' ), STDERR ), $pipes, null, $environment + getenv() );
		return array( $process, $pipes[1] );
	}
}
