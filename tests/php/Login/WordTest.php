<?php
/**
 * Logging in the other way round.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Tests\Login;

use NxtChat\Login\WordLogin;
use NxtChat\Native;
use NxtChat\Site;
use NxtChat\Webhook\Drain;

require_once __DIR__ . '/LoginCase.php';

final class WordTest extends LoginCase {

	protected function setUp(): void {
		parent::setUp();
		$this->set( array( 'word' => true ) );
		\NxtChat\Account\Accounts::test( $this->account ); // Tells the number.
		$this->simulator->deliver_to( 'http://127.0.0.1:9/' ); // What is said, the test hands in itself.
	}

	/** A customer's text arrives. @param array<string, mixed> $more Of the message. */
	private function says( string $text, string $from = self::ADA, array $more = array() ): void {
		static $n = 0;
		$wa_id    = ltrim( $from, '+' );
		$body     = self::webhook_body(
			array(
				'contacts' => array( array( 'profile' => array( 'name' => 'Ada' ), 'wa_id' => $wa_id ) ),
				'messages' => array( $more + array( 'from' => $wa_id, 'id' => 'wamid.word' . ( ++$n ), 'timestamp' => (string) time(), 'text' => array( 'body' => $text ), 'type' => 'text' ) ),
			),
			'messages',
			'102290129340398',
			(string) $this->simulator->ready['phone_number_ids'][0]
		);
		// The simulator opens its 24 hours too.
		$this->simulator->call( 'POST', '/sim/inbound', array( 'from' => $from, 'text' => $text ) );
		Drain::replay( array( array( 'uid' => Native\ulids( 1 )[0], 'received_ms' => Site::now_ms(), 'body' => $body ) ) );
	}

	public function test_a_word_from_the_phone_then_the_code_from_the_chat(): void {
		$id    = $this->user();
		$begun = WordLogin::start( home_url( '/shop/' ), false );
		self::assertIsArray( $begun, is_wp_error( $begun ) ? $begun->get_error_code() : '' );
		self::assertMatchesRegularExpression( '/^[2-9B-Z]{4}-[2-9B-Z]{4}$/', $begun['word'] );
		self::assertStringStartsWith( 'https://wa.me/', $begun['link'] );
		self::assertStringContainsString( rawurlencode( $begun['word'] ), $begun['link'] );
		self::assertGreaterThan( 20, $begun['qr']['size'] );
		self::assertSame( array( 'state' => 'waiting' ), WordLogin::state( $begun['challenge'] ) );
		$this->says( 'hello there 1234-5678' );
		self::assertSame( array( 'state' => 'waiting' ), WordLogin::state( $begun['challenge'] ) );
		$this->says( strtolower( $begun['text'] ) );
		$state = WordLogin::state( $begun['challenge'] );
		self::assertSame( 'code', $state['state'] );
		self::assertSame( 'text', $this->simulator->accepted()[0]['body']['type'] ?? $this->simulator->accepted()[0]['type'] ?? '' );
		$done = $this->verify( $state, $this->code() );
		self::assertIsArray( $done );
		self::assertSame( home_url( '/shop/' ), $this->sign_on( $done ) );
		self::assertSame( (string) $id, $this->rows( 'audit', "action = 'login.success'" )[0]['user_id'] );
		foreach ( $this->rows( 'messages', 'direction = ' . Native\DIRECTION_OUT ) as $message ) {
			self::assertStringContainsString( '••••••', $message['body'] );
		}
	}

	public function test_a_link_sent_to_somebody_else_logs_nobody_in(): void {
		$this->user();
		$this->browser( 'thief' );
		$begun = WordLogin::start( '', false );
		$this->says( $begun['text'] ); // Ada is tricked into sending it.
		$state = WordLogin::state( $begun['challenge'] );
		self::assertSame( 'code', $state['state'], 'The thief sees a field for a code that Ada has.' );
		$wrong = '000000' === $this->code() ? '111111' : '000000';
		for ( $n = 0; $n < 4; $n++ ) {
			self::assert_refused( 'nxtchat_login_code', $this->verify( $state, $wrong ) );
		}
		self::assert_refused( 'nxtchat_login_exhausted', $this->verify( $state, $wrong ) );
		self::assert_refused( 'nxtchat_login_exhausted', $this->verify( $state, $this->code() ) );
	}

	public function test_a_word_counts_once_and_not_from_a_hidden_number(): void {
		$this->user();
		$begun = WordLogin::start( '', false );
		$this->says( $begun['text'], self::ADA, array( 'from' => '', 'from_user_id' => 'DE.1349' ) );
		self::assertSame( array( 'state' => 'waiting' ), WordLogin::state( $begun['challenge'] ) );
		$this->says( $begun['text'] );
		self::assertSame( 'code', WordLogin::state( $begun['challenge'] )['state'] );
		$this->says( $begun['text'], self::BOB );
		self::assertSame( self::ADA, $this->rows( 'challenges' )[0]['phone'] );
		self::assertCount( 0, $this->codes( self::BOB ) );
	}

	public function test_attempts_are_carried_over_from_a_live_challenge(): void {
		$this->user();
		$answer = $this->started();
		$wrong  = '000000' === $this->code() ? '111111' : '000000';
		for ( $n = 0; $n < 3; $n++ ) {
			$this->verify( $answer, $wrong );
		}
		$begun = WordLogin::start( '', false );
		$this->says( $begun['text'] );
		self::assertSame( 2, WordLogin::state( $begun['challenge'] )['attempts_left'] );
		self::assertCount( 1, $this->rows( 'challenges', 'live IS NOT NULL' ) );
	}

	public function test_a_live_challenge_stays_when_its_attempts_are_used_up(): void {
		$this->user();
		$answer = $this->started();
		$wrong  = '000000' === $this->code() ? '111111' : '000000';
		for ( $n = 0; $n < 5; $n++ ) {
			$this->verify( $answer, $wrong );
		}
		$begun = WordLogin::start( '', false );
		$this->says( $begun['text'] );
		self::assertSame( array( 'state' => 'waiting' ), WordLogin::state( $begun['challenge'] ) );
		self::assertSame( self::ADA, $this->rows( 'challenges', 'live IS NOT NULL' )[0]['live'] );
		self::assertCount( 1, $this->codes() );
	}

	public function test_off_costs_no_statement_in_the_drain(): void {
		$this->set( array( 'word' => false ) );
		self::assert_refused( 'nxtchat_login_off', WordLogin::start( '', false ) );
		$seen = $this->queries( fn() => $this->says( 'BCDF-2345' ) );
		self::assertCount( 0, preg_grep( '/challenges/', $seen ) );
	}
}
