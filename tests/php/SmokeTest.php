<?php
/**
 * Whether an installed site works at all: front doors, drain, screens, commands. Also run on the newest WordPress with the
 * plugin copied as a user installs it and its data directory in wp-content.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Tests;

use NxtChat\Native;

/**
 * @group smoke
 */
final class SmokeTest extends TestCase {

	private Simulator $simulator;
	private int $account;

	protected function setUp(): void {
		parent::setUp();
		$this->simulator = Simulator::shared();
		$this->sign_in();
		$response = $this->rest( 'POST', 'accounts', $this->simulator->account_fields() );
		self::assertSame( 201, $response->get_status(), (string) wp_json_encode( $response->get_data() ) );
		$this->account = (int) $response->get_data()['id'];
	}

	/** @return array{status: int, body: string} */
	private static function get( string $url ): array {
		$ch = curl_init( $url );
		curl_setopt_array( $ch, array( CURLOPT_RETURNTRANSFER => true, CURLOPT_TIMEOUT => 30 ) );
		$body = (string) curl_exec( $ch );
		return array(
			'status' => (int) curl_getinfo( $ch, CURLINFO_RESPONSE_CODE ),
			'body'   => $body,
		);
	}

	private function signed( string $body ): string {
		return self::sign( $body, $this->simulator->ready['app_secret'] );
	}

	public function test_verify_handshake_knows_its_token_and_no_other(): void {
		$webhook = $this->rest( 'GET', "accounts/{$this->account}/webhook" )->get_data();
		foreach ( array( $webhook['callback_url'], $webhook['rest_callback_url'] ) as $url ) {
			$ask   = static fn ( string $token ) => self::get( add_query_arg( array( 'hub.mode' => 'subscribe', 'hub.challenge' => '1158201444', 'hub.verify_token' => $token ), $url ) );
			$right = $ask( $webhook['verify_token'] );
			self::assertSame( array( 200, '1158201444' ), array( $right['status'], trim( $right['body'] ) ), $url );
			foreach ( array( 'wrong', '', strtoupper( $webhook['verify_token'] ) . 'x' ) as $token ) {
				$wrong = $ask( $token );
				self::assertSame( 403, $wrong['status'], $url );
				self::assertStringNotContainsString( '1158201444', $wrong['body'] );
			}
		}
	}

	public function test_a_webhook_is_in_the_inbox_within_two_seconds_by_both_doors(): void {
		$webhook = $this->rest( 'GET', "accounts/{$this->account}/webhook" )->get_data();
		foreach ( array( 'callback_url', 'rest_callback_url' ) as $i => $door ) {
			$body   = self::text_body( "wamid.SMOKE$i", '4915112345678', "Hello through $door" );
			$begun  = microtime( true );
			$answer = self::post_webhook( $body, $this->signed( $body ), $webhook[ $door ] );
			self::assertSame( 200, $answer['status'], $answer['body'] );
			self::wait_for( fn () => count( $this->rows( 'messages' ) ) === $i + 1, 2.0, "the message through $door" );
			self::assertLessThan( 2.0, microtime( true ) - $begun );
		}
		$items = $this->rest( 'GET', 'conversations' )->get_data()['items'];
		self::assertCount( 1, $items );
		self::assertSame( 2, $items[0]['unread'] );
		self::assertSame( 'Hello through rest_callback_url', $items[0]['last']['text'] );
	}

	public function test_a_wrong_signature_is_refused_and_leaves_nothing(): void {
		$body = self::text_body( 'wamid.BAD', '4915112345678', 'Forged' );
		foreach ( array( self::sign( $body, 'another secret' ), 'sha256=00', 'nonsense', '' ) as $signature ) {
			self::assertContains( self::post_webhook( $body, $signature )['status'], array( 401, 403 ) );
		}
		self::assertSame( 0, Native\spool_stats( \NxtChat\Site::dir() )['pending'] );
		self::assertCount( 0, $this->rows( 'messages' ) );
	}

	public function test_a_reply_goes_out_once_and_its_ticks_come_back(): void {
		$webhook = $this->rest( 'GET', "accounts/{$this->account}/webhook" )->get_data();
		$this->simulator->settings( array( 'sent_ms' => array( 0, 0 ), 'delivered_ms' => array( 0, 0 ), 'read_ms' => array( 0, 0 ), 'read_rate' => 1 ) );
		$this->simulator->deliver_to( $webhook['callback_url'] );
		$this->simulator->inbound( array( 'from' => '+4915112345678', 'name' => 'Ada', 'text' => 'Hi' ) );
		self::wait_for( fn () => count( $this->rows( 'messages' ) ) === 1, 5.0, 'the message in' );
		$conversation = $this->rest( 'GET', 'conversations' )->get_data()['items'][0];
		$ref          = Native\ulids( 1 )[0];
		foreach ( array( 201, 200 ) as $status ) {
			$response = $this->rest( 'POST', "conversations/{$conversation['id']}/messages", array( 'ref' => $ref, 'text' => 'Hello Ada' ) );
			self::assertSame( $status, $response->get_status(), (string) wp_json_encode( $response->get_data() ) );
		}
		$id = (int) $response->get_data()['id'];
		self::wait_for( fn () => Native\STATE_READ === (int) $this->rows( 'messages', "id = $id" )[0]['state'], 10.0, 'the read receipt' );
		self::assertCount( 1, $this->simulator->accepted() );
	}

	public function test_live_door_tells_the_counter_to_its_token_only(): void {
		$live = $this->rest( 'GET', 'live' )->get_data();
		$with = add_query_arg( 'token', rawurlencode( $live['token'] ), $live['url'] );
		self::assertSame( (string) $live['value'], trim( self::get( $with )['body'] ) );
		$value = Native\live_bump( \NxtChat\Site::dir() );
		self::assertSame( (string) $value, trim( self::get( $with )['body'] ) );
		self::assertSame( 403, self::get( $live['url'] )['status'] );
		self::assertSame( 403, self::get( add_query_arg( 'token', rawurlencode( strrev( $live['token'] ) ), $live['url'] ) )['status'] );
	}

	public function test_the_data_directory_is_not_served(): void {
		$dir = \NxtChat\Site::dir();
		if ( 0 !== strpos( $dir, WP_CONTENT_DIR ) ) {
			self::assertDirectoryExists( $dir );
			return;
		}
		foreach ( array( 'vault.key', 'front.sealed', 'live' ) as $file ) {
			$url = content_url( substr( $dir, strlen( WP_CONTENT_DIR ) ) . "/$file" );
			self::assertContains( self::get( $url )['status'], array( 403, 404 ), $url );
		}
	}

	public function test_doctor_and_help_on_the_command_line(): void {
		list( $code, $out ) = $this->wp( 'nxtchat doctor --format=json' );
		$checks             = json_decode( $out, true );
		self::assertIsArray( $checks, $out );
		self::assertSame( array(), array_filter( $checks, static fn ( $c ) => 'fail' === $c['status'] && 'webhook' !== $c['check'] ) );
		self::assertContains( $code, array( 0, 1 ) );
		list( $code, $out ) = $this->wp( 'help nxtchat account list' );
		self::assertSame( 0, $code, $out );
		list( $code ) = $this->wp( 'nxtchat account remove 999999 --yes' );
		self::assertSame( 1, $code );
	}

	/** @return array{0: int, 1: string} exit code and standard output */
	private function wp( string $arguments ): array {
		exec( 'NXTCHAT_SITE=' . escapeshellarg( NXTCHAT_TEST_SITE ) . ' ' . escapeshellarg( NXTCHAT_TEST_ROOT . '/tools/wp' ) . " $arguments 2>/dev/null", $lines, $code );
		return array( $code, implode( "\n", $lines ) );
	}

	public function test_every_screen_is_served(): void {
		$cookie = $this->login_cookie();
		foreach ( array( 'inbox', 'history', 'account' ) as $screen ) {
			$ch = curl_init( NXTCHAT_TEST_URL . "/wp-admin/admin.php?page=nxtchat-$screen" );
			curl_setopt_array( $ch, array( CURLOPT_RETURNTRANSFER => true, CURLOPT_TIMEOUT => 30, CURLOPT_COOKIE => $cookie ) );
			$html = (string) curl_exec( $ch );
			self::assertSame( 200, curl_getinfo( $ch, CURLINFO_RESPONSE_CODE ) );
			self::assertStringContainsString( "id=\"nxtchat-$screen\"", $html );
			self::assertMatchesRegularExpression( "#/nxt-cloud-chat/build/$screen\.js#", $html );
		}
	}

	/** The Cookie header of a fresh sign-in as admin. */
	private function login_cookie(): string {
		$user    = get_user_by( 'login', 'admin' );
		$expires = time() + HOUR_IN_SECONDS;
		$token   = \WP_Session_Tokens::get_instance( $user->ID )->create( $expires );
		return AUTH_COOKIE . '=' . rawurlencode( wp_generate_auth_cookie( $user->ID, $expires, 'auth', $token ) )
			. '; ' . LOGGED_IN_COOKIE . '=' . rawurlencode( wp_generate_auth_cookie( $user->ID, $expires, 'logged_in', $token ) );
	}
}
