<?php
/**
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Tests\Security;

use NxtChat\Account\Accounts;
use NxtChat\Conversation\Conversations;
use NxtChat\Message\SendMessage;
use NxtChat\Native;
use NxtChat\Site;
use NxtChat\Tests\Simulator;
use NxtChat\Tests\TestCase;
use NxtChat\Webhook\Drain;

/** Invariant 10: on a copy of the site every way out is shut, until a person says that it is the live site. */
final class CloneTest extends TestCase {

	private int $account;
	private int $conversation;
	private int $message;
	private string $home;
	private Simulator $simulator;

	protected function setUp(): void {
		parent::setUp();
		$simulator = $this->simulator = Simulator::shared();
		$this->home    = (string) get_option( 'home' );
		$this->account = Accounts::create( $simulator->account_fields() );
		$body          = self::webhook_body(
			array(
				'contacts' => array( array( 'profile' => array( 'name' => 'Ada' ), 'wa_id' => '4915112345678' ) ),
				'messages' => array( array( 'from' => '4915112345678', 'id' => 'wamid.IN', 'timestamp' => (string) time(), 'type' => 'text', 'text' => array( 'body' => 'Hello' ) ) ),
			),
			'messages',
			$simulator->ready['waba_id'],
			$simulator->ready['phone_number_ids'][0]
		);
		Native\webhook_accept( Site::dir(), $body, self::sign( $body, $simulator->ready['app_secret'] ) );
		Drain::run();
		$this->message      = (int) $this->rows( 'messages' )[0]['id'];
		$this->conversation = (int) $this->rows( 'conversations' )[0]['id'];
	}

	protected function tearDown(): void {
		update_option( 'home', $this->home );
		parent::tearDown();
	}

	/** What Meta heard of us: messages and read marks. */
	private function heard(): int {
		$simulator = $this->simulator;
		return count( $simulator->accepted() ) + count( $simulator->call( 'GET', '/sim/reads' )['items'] ?? array() );
	}

	/** A message that a crash left queued two minutes ago. */
	private function queue(): void {
		global $wpdb;
		$ms = Site::now_ms() - 120000;
		$wpdb->insert(
			self::table( 'messages' ),
			array(
				'account_id'      => $this->account,
				'conversation_id' => $this->conversation,
				'contact_id'      => (int) $this->rows( 'contacts' )[0]['id'],
				'direction'       => Native\DIRECTION_OUT,
				'type'            => Native\TYPE_TEXT,
				'state'           => Native\STATE_QUEUED,
				'origin'          => Native\ORIGIN_STAFF,
				'ref'             => Native\ulids( 1 )[0],
				'body'            => 'queued',
				'payload'         => '{"to":"+4915112345678","type":"text","text":{"body":"queued"}}',
				'at_ms'           => $ms,
				'created_ms'      => $ms,
				'updated_ms'      => $ms,
			)
		);
	}

	/** Everything that could leave. @return array<string, int> HTTP status or exit code by way. */
	private function try_everything(): array {
		$this->sign_in();
		$out  = array();
		$post = fn( string $path, array $params ): int => $this->rest( 'POST', $path, $params )->get_status();
		$out['reply']     = $post( "conversations/$this->conversation/messages", array( 'ref' => Native\ulids( 1 )[0], 'text' => 'x' ) );
		$out['read']      = $post( "conversations/$this->conversation/read", array( 'up_to' => $this->message, 'typing' => true ) );
		$out['subscribe'] = $post( "accounts/$this->account/subscribe", array() );
		Conversations::tell_meta();
		$sent          = SendMessage::send( array( 'account_id' => $this->account, 'to' => '+4915112345679', 'origin' => Native\ORIGIN_API, 'message' => array( 'type' => 'template', 'template' => array( 'name' => 'x', 'language' => array( 'code' => 'en' ) ) ) ) );
		$out['api']    = is_wp_error( $sent ) ? (int) $sent->get_error_data()['status'] : 200;
		exec( 'NXTCHAT_SITE=' . escapeshellarg( NXTCHAT_TEST_SITE ) . ' ' . NXTCHAT_TEST_ROOT . '/tools/wp nxtchat send +4915112345678 hello 2>&1 </dev/null', $lines, $code );
		$out['wp-cli'] = $code;
		$this->queue();
		$out['sweep'] = SendMessage::sweep();
		return $out;
	}

	public function test_a_copy_is_silent_whichever_way_it_tries(): void {
		foreach ( array( 'https://staging.example.test', $this->home . '/copy', preg_replace( '#//#', '//www.', $this->home ) ) as $home ) {
			update_option( 'home', $home );
			$out = $this->try_everything();
			self::assertSame( array( 'reply' => 409, 'read' => 200, 'subscribe' => 409, 'api' => 409, 'wp-cli' => 1, 'sweep' => 1 ), $out, $home );
			self::assertSame( 0, $this->heard(), $home );
			self::assertSame( array(), $this->rows( 'messages', 'direction = 2 AND state <> ' . Native\STATE_FAILED ), 'What a copy may not send fails, rather than going out later.' );
		}
		// Saving the account on the copy, or saying "a copy", opens nothing.
		self::assertTrue( Accounts::update( $this->account, array( 'name' => 'Saved on the copy' ) ) );
		Accounts::confirm_home( 'copy' );
		self::assertSame( 409, $this->try_everything()['reply'] );
		self::assertSame( 0, $this->heard() );
	}

	/** The same calls do go out where they may: the test above can fail. */
	public function test_the_live_site_talks(): void {
		update_option( 'home', 'https://moved.example.test' );
		Accounts::confirm_home( 'live' );
		$out = $this->try_everything();
		self::assertSame( array( 'reply' => 201, 'read' => 200, 'subscribe' => 200, 'api' => 200, 'wp-cli' => 0, 'sweep' => 1 ), $out );
		self::assertGreaterThanOrEqual( 4, $this->heard() );
	}
}
