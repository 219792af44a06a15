<?php
/**
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Tests\Security;

use NxtChat\Account\Accounts;
use NxtChat\Live\Live;
use NxtChat\Native;
use NxtChat\Site;
use NxtChat\Tests\TestCase;
use NxtChat\Webhook\Drain;

/** What an attacker, a broken proxy or a careless script sends: refused or stored, with no warning, no fatal and no trace of a text. */
final class BadInputTest extends TestCase {

	private const TEXT = 'PRIVATEtext1234';

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
			'webhook.php' => array( '/wp-content/plugins/nxt-cloud-chat/webhook.php' ),
			'REST'        => array( '/wp-json/nxtchat/v1/webhook' ),
		);
	}

	/** Signed by Meta means stored, even when PHP's own JSON reader would give up. @dataProvider doors */
	public function test_every_signed_body_is_stored_at_either_door( string $door ): void {
		$good   = self::text_body( 'wamid.GOOD', '491701234567', self::TEXT );
		$bodies = array(
			'no JSON'            => 'hello ' . self::TEXT,
			'cut short'          => substr( $good, 0, 200 ),
			'a number'           => '42',
			'10,000 deep'        => str_repeat( '[', 10000 ) . str_repeat( ']', 10000 ),
			'deep in a good one' => substr( $good, 0, -1 ) . ',"x":' . str_repeat( '[', 10000 ) . str_repeat( ']', 10000 ) . '}',
			'invalid UTF-8'      => str_replace( array( self::TEXT, 'wamid.GOOD' ), array( "a\xff\xfeb", 'wamid.UTF8' ), $good ),
			'half an emoji'      => str_replace( array( self::TEXT, 'wamid.GOOD' ), array( 'a\ud83d b', 'wamid.HALF' ), $good ),
			'raw NUL'            => str_replace( self::TEXT, "a\0b", $good ),
			'byte order mark'    => "\xef\xbb\xbf" . str_replace( 'wamid.GOOD', 'wamid.BOM', $good ),
			'gzip'               => (string) gzencode( $good ),
			'duplicate keys'     => str_replace( array( '{"object":', 'wamid.GOOD' ), array( '{"object":"page","object":', 'wamid.DUP' ), $good ),
			'numbers for texts'  => str_replace( array( '"106540352242922"', '"491701234567"', 'wamid.GOOD' ), array( '106540352242922', '491701234567', 'wamid.NUM' ), $good ),
			'text for a list'    => '{"object":"whatsapp_business_account","entry":[{"id":"1","changes":"x"}]}',
			'unknown account'    => str_replace( array( '106540352242922', 'wamid.GOOD' ), array( '999999999', 'wamid.OTHER' ), $good ),
		);
		foreach ( $bodies as $what => $body ) {
			self::assertSame( array( 'status' => 200, 'body' => '' ), self::post_webhook( $body, null, NXTCHAT_TEST_URL . $door ), $what );
		}
		self::wait_for( fn() => Drain::run( 5.0 ) && count( $this->rows( 'events' ) ) === count( $bodies ), 20.0, 'every body as an event' );
		$texts = array_column( $this->rows( 'messages' ), 'body', 'wamid' );
		foreach ( array( 'wamid.UTF8' => "a\u{fffd}\u{fffd}b", 'wamid.HALF' => "a\u{fffd} b", 'wamid.BOM' => self::TEXT, 'wamid.DUP' => self::TEXT, 'wamid.NUM' => self::TEXT ) as $wamid => $text ) {
			self::assertSame( $text, $texts[ $wamid ] ?? null, $wamid );
		}
		self::assertArrayNotHasKey( 'wamid.OTHER', $texts );
		self::assertStringNotContainsString( self::TEXT, (string) wp_json_encode( Native\log_recent( Site::dir(), 1000 ) ) );
	}

	/** @dataProvider doors */
	public function test_odd_signatures( string $door ): void {
		$body = self::text_body( 'wamid.X', '491701234567', self::TEXT );
		$good = self::sign( $body );
		foreach ( array(
			'none'              => array( array(), 401 ),
			'empty'             => array( array( 'X-Hub-Signature-256;' ), 403 ),
			'sha1 in its place' => array( array( 'X-Hub-Signature-256: sha1=' . hash_hmac( 'sha1', $body, self::APP_SECRET ) ), 403 ),
			'only the old one'  => array( array( 'X-Hub-Signature: sha1=' . hash_hmac( 'sha1', $body, self::APP_SECRET ) ), 401 ),
			'no prefix'         => array( array( 'X-Hub-Signature-256: ' . substr( $good, 7 ) ), 403 ),
			'one digit short'   => array( array( 'X-Hub-Signature-256: ' . substr( $good, 0, -1 ) ), 403 ),
			'one digit more'    => array( array( "X-Hub-Signature-256: {$good}0" ), 403 ),
			'space inside'      => array( array( 'X-Hub-Signature-256: sha256= ' . substr( $good, 7 ) ), 403 ),
			'not UTF-8'         => array( array( "X-Hub-Signature-256: sha256=\xff\xfe" ), 403 ),
			'very long'         => array( array( 'X-Hub-Signature-256: sha256=' . str_repeat( 'a', 6000 ) ), 403 ),
			'the verify token'  => array( array( 'X-Hub-Signature-256: sha256=' . hash_hmac( 'sha256', $body, Accounts::webhook( $this->account )['verify_token'] ) ), 403 ),
			'an empty secret'   => array( array( 'X-Hub-Signature-256: sha256=' . hash_hmac( 'sha256', $body, '' ) ), 403 ),
		) as $what => [ $headers, $status ] ) {
			self::assertSame( array( $status, '' ), self::http( 'POST', $door, $headers, $body ), $what );
		}
		self::assertSame( 0, Native\spool_stats( Site::dir() )['pending'] );
		self::assertSame( array(), $this->rows( 'events' ) );
		// At most a line a minute from each process, so that a flood does not fill the log; and nothing of what was sent.
		$log = implode( "\n", array_column( Native\log_recent( Site::dir(), 1000 ), 'message' ) );
		self::assertStringContainsString( 'webhook refused', $log );
		self::assertStringNotContainsString( self::TEXT, $log );
		self::assertStringNotContainsString( substr( $good, 7, 20 ), $log );
	}

	/** ?site= of a site that is not there: no line for each request in the error log, no directory. */
	public function test_an_unknown_site_leaves_no_trace(): void {
		$body  = self::text_body( 'wamid.X', '491701234567', self::TEXT );
		$logs  = array_filter( array( (string) ini_get( 'error_log' ), NXTCHAT_TEST_SITE . '/log/php.log', NXTCHAT_TEST_SITE . '/log/fpm.log' ), 'is_file' );
		$lines = static fn(): int => array_sum( array_map( static fn( string $log ): int => substr_count( (string) file_get_contents( $log ), 'was not stored' ), $logs ) );
		$before = $lines();
		foreach ( array( '999', '99999999999999999999', '1e5', '2' ) as $site ) {
			self::assertSame( array( 503, '' ), self::http( 'POST', self::doors()['webhook.php'][0] . "?site=$site", array( 'X-Hub-Signature-256: ' . self::sign( $body ) ), $body ), $site );
			self::assertDirectoryDoesNotExist( Native\site_dir( WP_CONTENT_DIR, (int) $site ) );
		}
		self::assertSame( $before, $lines() );
	}

	/** @dataProvider doors */
	public function test_odd_handshakes( string $door ): void {
		$token = Accounts::webhook( $this->account )['verify_token'];
		$good  = array( 'hub.mode' => 'subscribe', 'hub.verify_token' => $token, 'hub.challenge' => '12345' );
		foreach ( array(
			'the hash for the token' => array( 'hub.verify_token' => hash( 'sha256', $token ) ),
			'upper case'             => array( 'hub.verify_token' => strtoupper( $token ) ),
			'a list of tokens'       => array( 'hub.verify_token' => array( $token ) ),
			'a list of challenges'   => array( 'hub.challenge' => array( '1' ) ),
			'no UTF-8'               => array( 'hub.verify_token' => "\xff\xfe" ),
			'challenge of no UTF-8'  => array( 'hub.challenge' => "\xff" ),
			'markup'                 => array( 'hub.challenge' => '<script>alert(1)</script>' ),
			'huge'                   => array( 'hub.challenge' => str_repeat( '1', 5000 ) ),
		) as $what => $change ) {
			self::assertSame( array( 403, '' ), self::http( 'GET', $door . '?' . http_build_query( $change + $good ) ), $what );
		}
		self::assertSame( array( 200, '12345' ), self::http( 'GET', $door . '?' . http_build_query( $good ) ) );
	}

	/** A bad signature costs no WordPress boot: it is answered at a small part of what even the lightest WordPress request takes. */
	public function test_a_bad_signature_loads_no_wordpress(): void {
		$time = static function ( string $door ): float {
			$best = INF;
			for ( $i = 0; $i < 12; $i++ ) {
				$start = microtime( true );
				self::http( 'POST', $door, array( 'X-Hub-Signature-256: sha256=' . str_repeat( '0', 64 ) ), '{}' );
				$best = min( $best, microtime( true ) - $start );
			}
			return $best;
		};
		self::assertLessThan( $time( '/wp-json/nxtchat/v1/webhook' ) / 4, $time( '/wp-content/plugins/nxt-cloud-chat/webhook.php' ) );
	}

	public function test_live_tokens(): void {
		Live::bump();
		$live         = Live::screen_token();
		$door         = (string) wp_parse_url( $live['url'], PHP_URL_PATH );
		[ $end, $mac ] = explode( '.', $live['token'] );
		self::assertSame( array( 200, (string) Live::value() ), self::http( 'GET', "$door?token={$live['token']}" ) );
		$other = sys_get_temp_dir() . '/nxtchat-other-' . getmypid() . '/site-1';
		Native\front_configure( $other, array( 'app_secrets' => array(), 'verify_hashes' => array(), 'wp_load' => '', 'blog_id' => 1, 'home' => '', 'durability' => 'full' ) );
		$foreign = Native\live_token( $other, 3600 );
		$expired = Native\live_token( Site::dir(), 1 );
		sleep( 2 );
		foreach ( array(
			'none'               => '',
			'a list'             => 'token[]=' . $live['token'],
			'a later end'        => 'token=' . ( $end + 99 ) . ".$mac",
			'cut'                => 'token=' . substr( $live['token'], 0, -1 ),
			'padded'             => "token={$live['token']}=",
			'with a plus'        => "token=%2B$end.$mac",
			'very long'          => 'token=' . str_repeat( '9', 5000 ) . ".$mac",
			'no UTF-8'           => 'token=%ff%fe',
			'NUL'                => "token={$live['token']}%00",
			'another site\'s'    => "token=$foreign",
			'for another site'   => "site=2&token={$live['token']}",
			'for a site far out' => "site=99999999999999999999&token={$live['token']}",
			'expired'            => "token=$expired",
		) as $what => $query ) {
			self::assertSame( array( 403, '' ), self::http( 'GET', "$door?$query" ), $what );
		}
		foreach ( new \RecursiveIteratorIterator( new \RecursiveDirectoryIterator( dirname( $other ), \FilesystemIterator::SKIP_DOTS ), \RecursiveIteratorIterator::CHILD_FIRST ) as $file ) {
			$file->isDir() ? rmdir( $file->getPathname() ) : unlink( $file->getPathname() );
		}
		rmdir( dirname( $other ) );
	}

	/** Nothing that REST is given ends in an exception, a database error or a 500. */
	public function test_rest_survives_nonsense(): void {
		global $wpdb;
		$this->sign_in();
		$texts = array( "' OR 1=1 -- ", '%', '_', '\\', '%%s%d', "\xff\xfe", "a\0b", '\'"`;', "+49'", "wamid.'x", "wamid.\xff", '(((', "\u{1F600}", "\u{10FFFD}", str_repeat( 'a ', 50 ), "01J00000000000000000000000'" );
		$calls = array();
		foreach ( $texts as $text ) {
			foreach ( array( 'conversations' => 'search', 'messages' => 'search', 'conversations/1/messages' => 'before' ) as $route => $name ) {
				$calls[] = array( 'GET', $route, array( $name => $text ) );
			}
			$calls[] = array( 'GET', 'messages', array( 'cursor' => $text, 'state' => $text ) );
			$calls[] = array( 'GET', 'conversations', array( 'cursor' => self::cursor( "1,1$text" ) ) );
		}
		foreach ( array( 'ids' => 'x', 'contacts' => 'x' ) as $name => $value ) { // The use case knows them, the route does not.
			$calls[] = array( 'GET', 'messages', array( $name => $value ) );
			$calls[] = array( 'GET', 'messages', array( $name => array( array( 'a' => 1 ) ) ) );
		}
		foreach ( array( 'from', 'to', 'account', 'direction', 'state', 'type', 'contact', 'limit', 'cursor', 'search' ) as $name ) {
			foreach ( array( array( 1 ), '1e30', '9223372036854775808', '-1', '1 OR 1', null ) as $value ) {
				$calls[] = array( 'GET', 'messages', array( $name => $value ) );
				$calls[] = array( 'GET', 'conversations', array( $name => $value ) );
			}
		}
		foreach ( array( array( 'ref' => "01J00000000000000000000000\n" ), array( 'ref' => array() ), array( 'text' => array( 'x' ) ), array( 'text' => '' ), array( 'text' => str_repeat( 'z', 5000 ) ), array( 'reply_to' => 'x' ), array( 'reply_to' => PHP_INT_MAX ) ) as $change ) {
			$calls[] = array( 'POST', 'conversations/1/messages', $change + array( 'ref' => '01J00000000000000000000000', 'text' => 'x' ) );
		}
		foreach ( array( 'token' => array( 'a' ), 'app_id' => true, 'graph_base' => 'http://127.0.0.1@evil.example', 'graph_version' => 'v25.0/../me', 'state' => 7, 'default_country' => "D\u{130}", 'name' => array() ) as $name => $value ) {
			$calls[] = array( 'PATCH', "accounts/$this->account", array( $name => $value ) );
			$calls[] = array( 'POST', 'accounts', array( $name => $value ) );
		}
		$calls[] = array( 'POST', 'conversations/99999999999999999999/read', array( 'up_to' => '99999999999999999999' ) );
		$this->receive( self::text_body( 'wamid.A', '491701234567', self::TEXT ) );
		foreach ( $calls as [ $method, $route, $params ] ) {
			$wpdb->last_error = '';
			$answer           = $this->rest( $method, $route, $params );
			self::assertLessThan( 500, $answer->get_status(), "$method $route " . var_export( $params, true ) );
			self::assertSame( '', $wpdb->last_error, "$method $route " . var_export( $params, true ) );
		}
		self::assertCount( 1, $this->rows( 'accounts' ) );
		self::assertCount( 1, $this->rows( 'messages' ) );
	}

	/** % and _ are letters like others. */
	public function test_wildcards_find_only_themselves(): void {
		$this->sign_in();
		$this->receive( self::text_body( 'wamid.A', '491701234567', 'x', 0, 'Ada Lovelace' ) );
		foreach ( array( '%', '_', 'Z%', 'da%', '_da', '\\', '*' ) as $search ) {
			self::assertSame( array(), $this->rest( 'GET', 'conversations', array( 'search' => $search ) )->get_data()['items'], $search );
		}
		self::assertCount( 1, $this->rest( 'GET', 'conversations', array( 'search' => 'ada' ) )->get_data()['items'] );
	}

	/** A database that is away is an answer, not the end of the process, and its words are not for everybody. */
	public function test_a_database_error_is_told_without_its_statement(): void {
		$this->sign_in();
		$this->add_hook( 'query', static fn( $query ) => str_contains( $query, 'nxtchat_conversations' ) ? "SELECT '" . self::TEXT . "' FROM nxtchat_not_there" : $query );
		$answer = $this->rest( 'GET', 'conversations' );
		self::assertContains( $answer->get_status(), array( 500, 503 ) );
		self::assertSame( 'nxtchat_database', $answer->get_data()['code'] );
		self::assertStringNotContainsString( 'not_there', (string) wp_json_encode( $answer->get_data() ) );
	}

	private function receive( string $body ): void {
		Native\webhook_accept( Site::dir(), $body, self::sign( $body ) );
		Drain::run();
	}

	private static function cursor( string $text ): string {
		return rtrim( strtr( base64_encode( $text ), '+/', '-_' ), '=' );
	}

	/** @return array{int, string} Status and body. */
	private static function http( string $method, string $path, array $headers = array(), string $body = '' ): array {
		$ch = curl_init( NXTCHAT_TEST_URL . $path );
		curl_setopt_array( $ch, array( CURLOPT_CUSTOMREQUEST => $method, CURLOPT_RETURNTRANSFER => true, CURLOPT_TIMEOUT => 30, CURLOPT_HTTPHEADER => array_merge( array( 'Content-Type: application/json' ), $headers ) ) + ( 'GET' === $method ? array() : array( CURLOPT_POSTFIELDS => $body ) ) );
		$answer = curl_exec( $ch );
		return array( (int) curl_getinfo( $ch, CURLINFO_RESPONSE_CODE ), (string) $answer );
	}
}
