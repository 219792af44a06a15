<?php
/**
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Tests\FrontDoor;

use NxtChat\Account\Accounts;
use NxtChat\Live\Live;
use NxtChat\Native;
use NxtChat\Site;
use NxtChat\Tests\TestCase;

/**
 * webhook.php, live.php and the REST route, over HTTP, through nginx and php-fpm.
 *
 * @group smoke
 */
final class FrontDoorTest extends TestCase {

	/** Largest webhook, in bytes. */
	private const MAX_BODY = 3145728;

	private int $account;

	protected function setUp(): void {
		parent::setUp();
		$this->account = Accounts::create(
			array(
				'app_id'          => '1234567890',
				'app_secret'      => self::APP_SECRET,
				'token'           => 'EAAtestTOKEN0123456789abcdefghijk',
				'waba_id'         => '102290129340398',
				'phone_number_id' => '106540352242922',
			)
		);
	}

	/** @return array<string, array{string}> */
	public static function doors(): array {
		return array(
			'webhook.php' => array( 'callback_url' ),
			'REST route'  => array( 'rest_callback_url' ),
		);
	}

	/** @return array{status: int, body: string, headers: string} */
	private static function http( string $method, string $url, string $body = '', array $headers = array() ): array {
		$ch = curl_init( $url );
		curl_setopt_array(
			$ch,
			array(
				CURLOPT_CUSTOMREQUEST  => $method,
				CURLOPT_RETURNTRANSFER => true,
				CURLOPT_HEADER         => true,
				CURLOPT_TIMEOUT        => 30,
				CURLOPT_HTTPHEADER     => array_merge( array( 'Content-Type: application/json', 'Expect:' ), $headers ),
			) + ( '' === $body ? array() : array( CURLOPT_POSTFIELDS => $body ) )
		);
		$answer = (string) curl_exec( $ch );
		$split  = (int) curl_getinfo( $ch, CURLINFO_HEADER_SIZE );
		return array(
			'status'  => (int) curl_getinfo( $ch, CURLINFO_RESPONSE_CODE ),
			'body'    => substr( $answer, $split ),
			'headers' => strtolower( substr( $answer, 0, $split ) ),
		);
	}

	/** @dataProvider doors */
	public function test_the_handshake( string $door ): void {
		$webhook = Accounts::webhook( $this->account );
		$query   = array(
			'hub.mode'         => 'subscribe',
			'hub.verify_token' => $webhook['verify_token'],
			'hub.challenge'    => '1158201444',
		);
		$ask     = static function ( array $change ) use ( $webhook, $door, $query ): array {
			$url = $webhook[ $door ];
			return self::http( 'GET', $url . ( str_contains( $url, '?' ) ? '&' : '?' ) . http_build_query( $change + $query ) );
		};
		$right   = $ask( array() );
		self::assertSame( array( 200, '1158201444' ), array( $right['status'], $right['body'] ) );
		self::assertStringContainsString( 'content-type: text/plain', $right['headers'] );
		foreach ( array( array( 'hub.verify_token' => 'wrong' ), array( 'hub.mode' => 'unsubscribe' ), array( 'hub.verify_token' => '' ), array( 'hub.verify_token' => array( 'x' ) ), array( 'hub.challenge' => '<script>' ) ) as $change ) {
			$wrong = $ask( $change );
			self::assertSame( array( 403, '' ), array( $wrong['status'], $wrong['body'] ), (string) wp_json_encode( $change ) );
		}
		self::assertSame( 403, self::http( 'GET', $webhook[ $door ] )['status'] );
	}

	/** @dataProvider doors */
	public function test_only_signed_bodies_are_stored( string $door ): void {
		$url    = Accounts::webhook( $this->account )[ $door ];
		$body   = self::text_body( 'wamid.front', '491701234567', 'hello' );
		$signed = array( 'X-Hub-Signature-256: ' . self::sign( $body ) );
		self::assertSame( 401, self::http( 'POST', $url, $body )['status'], 'no signature' );
		foreach ( array( 'sha256=' . str_repeat( '0', 64 ), 'sha256=zz', 'sha1=' . hash_hmac( 'sha1', $body, self::APP_SECRET ), self::sign( $body, 'another secret' ), self::sign( $body . ' ' ) ) as $signature ) {
			self::assertSame( 403, self::http( 'POST', $url, $body, array( "X-Hub-Signature-256: $signature" ) )['status'], $signature );
		}
		self::assertSame( array(), $this->rows( 'events' ) );
		$answer = self::http( 'POST', $url, $body, $signed );
		self::assertSame( array( 200, '' ), array( $answer['status'], $answer['body'] ) );
		self::wait_for( fn(): bool => 1 === count( $this->rows( 'messages' ) ), 10.0, 'the message' );
		self::assertSame( 'wamid.front', $this->rows( 'messages' )[0]['wamid'] );
		self::assertCount( 1, $this->rows( 'events' ) );
	}

	/** @dataProvider doors */
	public function test_sizes_and_methods( string $door ): void {
		$url = Accounts::webhook( $this->account )[ $door ];
		self::assertSame( 400, self::http( 'POST', $url, '', array( 'X-Hub-Signature-256: ' . self::sign( '' ), 'Content-Length: 0' ) )['status'], 'empty' );
		$large = str_repeat( 'x', self::MAX_BODY + 1 );
		self::assertContains( self::http( 'POST', $url, $large, array( 'X-Hub-Signature-256: ' . self::sign( $large ) ) )['status'], 'callback_url' === $door ? array( 413 ) : array( 413, 400 ) );
		if ( 'callback_url' === $door ) {
			$answer = self::http( 'DELETE', $url );
			self::assertSame( 405, $answer['status'] );
			self::assertStringContainsString( 'allow: get, post', $answer['headers'] );
		}
	}

	public function test_a_body_of_the_largest_size_is_stored(): void {
		$body   = self::text_body( 'wamid.large', '491701234567', str_repeat( 'x', 1000 ) );
		$padded = substr( $body, 0, -1 ) . ',"pad":"' . str_repeat( 'y', self::MAX_BODY - strlen( $body ) - 9 ) . '"}';
		self::assertSame( self::MAX_BODY, strlen( $padded ) );
		self::assertSame( 200, self::post_webhook( $padded )['status'] );
		self::wait_for( fn(): bool => 1 === count( $this->rows( 'messages' ) ), 15.0, 'the message' );
	}

	public function test_signed_nonsense_is_kept_and_harms_nothing(): void {
		foreach ( array( 'not json', '[]', '"text"', '{"object":', str_repeat( '[', 10000 ) . str_repeat( ']', 10000 ), "{\"object\":\"\xC3\x28\"}", '{"object":"whatsapp_business_account","entry":{"id":7}}' ) as $body ) {
			self::assertSame( 200, self::post_webhook( $body )['status'], substr( $body, 0, 40 ) );
		}
		self::wait_for( fn(): bool => 7 === count( $this->rows( 'events' ) ), 10.0, 'seven events' );
		self::assertSame( array(), $this->rows( 'messages' ) );
	}

	public function test_sixteen_at_once_all_arrive(): void {
		$multi = curl_multi_init();
		for ( $i = 0; $i < 16; $i++ ) {
			$body = self::text_body( "wamid.par$i", '49170123456' . ( $i % 10 ), "hello $i" );
			$ch   = curl_init( Accounts::webhook( $this->account )['callback_url'] );
			curl_setopt_array(
				$ch,
				array(
					CURLOPT_POSTFIELDS     => $body,
					CURLOPT_RETURNTRANSFER => true,
					CURLOPT_HTTPHEADER     => array( 'Content-Type: application/json', 'X-Hub-Signature-256: ' . self::sign( $body ) ),
				)
			);
			curl_multi_add_handle( $multi, $ch );
		}
		do {
			curl_multi_exec( $multi, $running );
			curl_multi_select( $multi, 0.1 );
		} while ( $running );
		self::wait_for( fn(): bool => 16 === count( $this->rows( 'messages' ) ), 15.0, 'sixteen messages' );
		self::assertCount( 16, array_unique( array_column( $this->rows( 'messages' ), 'wamid' ) ) );
	}

	public function test_switched_off_it_refuses_and_switched_on_it_takes_again(): void {
		$body = self::text_body( 'wamid.off', '491701234567', 'hello' );
		\NxtChat\Activation::deactivate();
		self::assertSame( 403, self::post_webhook( $body )['status'] );
		self::assertFalse( wp_next_scheduled( 'nxtchat_drain' ) );
		\NxtChat\Activation::activate();
		self::assertSame( 200, self::post_webhook( $body )['status'] );
		self::wait_for( fn(): bool => 1 === count( $this->rows( 'messages' ) ), 10.0, 'the message' );
	}

	public function test_an_unknown_site_is_not_set_up(): void {
		$body = self::text_body( 'wamid.other', '491701234567', 'hello' );
		$url  = NXTCHAT_TEST_URL . '/wp-content/plugins/nxt-cloud-chat/webhook.php?site=';
		foreach ( array( '77', '99999999999999999999', '-3', 'x' ) as $site ) {
			$expected = in_array( $site, array( '-3', 'x' ), true ) ? 200 : 503; // What is no number of a site is the first one.
			self::assertSame( $expected, self::post_webhook( $body, null, $url . $site )['status'], $site );
		}
		self::assertDirectoryDoesNotExist( dirname( Site::dir() ) . '/site-77' );
	}

	public function test_the_counter_needs_its_token(): void {
		$live = Live::screen_token();
		$ask  = static fn( string $token ): array => self::http( 'GET', $live['url'] . ( str_contains( $live['url'], '?' ) ? '&' : '?' ) . 'token=' . rawurlencode( $token ) );
		$now  = $ask( $live['token'] );
		self::assertSame( array( 200, (string) $live['value'] ), array( $now['status'], $now['body'] ) );
		self::assertStringContainsString( 'no-store', $now['headers'] );
		Live::bump();
		self::assertGreaterThan( $live['value'], (int) $ask( $live['token'] )['body'] );
		foreach ( array( '', 'x', substr( $live['token'], 0, -1 ), $live['token'] . 'A', Native\live_token( Site::dir(), 1 ) ) as $i => $token ) {
			4 === $i && sleep( 3 );
			$refused = $ask( $token );
			self::assertSame( array( 403, '' ), array( $refused['status'], $refused['body'] ), "token $i" );
		}
		self::assertSame( 403, self::http( 'GET', $live['url'] . '?token[]=x' )['status'] );
	}

	public function test_another_nodes_change_is_heard(): void {
		global $wpdb;
		$before = Live::value();
		$wpdb->query( 'INSERT INTO ' . self::table( 'leases' ) . " (name, value) VALUES ('live', " . ( $before + 50 ) . ')' );
		self::assertSame( $before + 50, Live::value() );
		self::assertSame( $before + 50, Native\live_value( Site::dir() ) );
		Live::bump();
		self::assertGreaterThan( $before + 50, (int) $this->rows( 'leases' )[0]['value'] );
	}

	public function test_the_data_directory_can_not_be_fetched(): void {
		self::assertNotSame( 'fail', \NxtChat\Health\Checks::run( 'private' )['status'] );
	}
}
