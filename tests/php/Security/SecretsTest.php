<?php
/**
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Tests\Security;

use NxtChat\Account\Accounts;
use NxtChat\Log;
use NxtChat\Native;
use NxtChat\Site;
use NxtChat\Tests\Simulator;
use NxtChat\Tests\TestCase;

/** Canaries: secrets that are easy to recognise go in, and must be nowhere that anybody looks. */
final class SecretsTest extends TestCase {

	private const TOKEN  = 'EAACANARYtokenQwErTyUiOp0123456789zz';
	private const SECRET = 'c4n4ryAppSecret00112233445566';

	private int $account;
	private string $verify;

	protected function setUp(): void {
		parent::setUp();
		$this->account = Accounts::create( array( 'token' => self::TOKEN, 'app_secret' => self::SECRET ) + Simulator::shared()->account_fields() );
		$this->verify  = Accounts::webhook( $this->account )['verify_token'];
	}

	/** Fails when a text holds a canary, in clear or in a usual disguise. */
	private function clean( string $where, string $text, bool $may_show_verify_token = false ): void {
		$canaries = array( self::TOKEN, self::SECRET );
		if ( ! $may_show_verify_token ) {
			$canaries[] = $this->verify;
		}
		foreach ( $canaries as $n => $canary ) {
			foreach ( array( $canary, base64_encode( $canary ), bin2hex( $canary ), substr( $canary, 0, 14 ), substr( $canary, -14 ) ) as $form ) {
				self::assertStringNotContainsString( $form, $text, "Canary $n is in: $where" );
			}
		}
	}

	public function test_rest_answers_hold_no_secret(): void {
		$this->sign_in();
		foreach ( array( 'accounts', "accounts/$this->account", 'settings', 'health', 'health/log', 'live', 'conversations', 'messages' ) as $path ) {
			$this->clean( "GET $path", (string) wp_json_encode( $this->rest( 'GET', $path )->get_data() ) );
		}
		$this->clean( 'webhook route', (string) wp_json_encode( $this->rest( 'GET', "accounts/$this->account/webhook" )->get_data() ), true );
		$this->clean( 'PATCH', (string) wp_json_encode( $this->rest( 'PATCH', "accounts/$this->account", array( 'token' => self::TOKEN, 'app_secret' => self::SECRET ) )->get_data() ) );
		// Refused input is not sent back.
		$this->clean( 'refused PATCH', (string) wp_json_encode( $this->rest( 'PATCH', "accounts/$this->account", array( 'token' => self::TOKEN . ' ' . self::SECRET, 'app_secret' => self::TOKEN . "\u{e9}" ) )->get_data() ) );
		$this->clean( 'index', (string) wp_json_encode( rest_get_server()->get_namespace_index( array( 'namespace' => 'nxtchat/v1', 'context' => 'view' ) )->get_data() ) );
	}

	/** A wrong token (this simulator knows another), a server that is away, a redirecting answer, a copy: every message that comes of it. */
	public function test_failures_hold_no_secret(): void {
		$this->sign_in();
		$simulator = Simulator::shared();
		foreach ( array( 'test', 'subscribe' ) as $call ) {
			$this->clean( "$call, wrong token", (string) wp_json_encode( $this->rest( 'POST', "accounts/$this->account/$call" )->get_data() ) );
		}
		foreach ( array( 'html', 'truncated', 'drop', 'huge' ) as $fault ) {
			$simulator->reset();
			$simulator->call( 'POST', '/sim/rules', array( 'to' => 'any', 'endpoint' => 'any', 'do' => $fault ) );
			$this->clean( $fault, (string) wp_json_encode( $this->rest( 'POST', "accounts/$this->account/subscribe" )->get_data() ) );
			$this->clean( "$fault, send", (string) wp_json_encode( Native\message_send( Accounts::credentials( $this->account ), array( 'to' => '+4915112345678', 'type' => 'text', 'text' => array( 'body' => 'x' ) ), Native\ulids( 1 )[0] ) ) );
		}
		Accounts::update( $this->account, array( 'graph_base' => 'http://127.0.0.1:9' ) );
		$this->clean( 'nobody answers', (string) wp_json_encode( $this->rest( 'POST', "accounts/$this->account/test" )->get_data() ) );
		$this->clean( 'nobody answers, subscribe', (string) wp_json_encode( $this->rest( 'POST', "accounts/$this->account/subscribe" )->get_data() ) );
		foreach ( array( "\u{e9}", "\n", "\0", '' ) as $odd ) {
			foreach ( array( 'app_secret', 'token', 'graph_base' ) as $field ) {
				try {
					Native\account_test( array( $field => $odd ) + array( 'app_id' => '1', 'app_secret' => self::SECRET, 'token' => self::TOKEN, 'waba_id' => '1', 'phone_number_id' => '1', 'graph_base' => 'http://127.0.0.1:9' ) );
					Native\graph_call( array( 'token' => self::TOKEN . $odd, 'graph_base' => 'http://127.0.0.1:9' ), 'GET', 'me' );
				} catch ( \Throwable $e ) {
					$this->clean( "exception for a wrong $field", $e->getMessage() . $e->getTraceAsString() );
				}
			}
		}
		$this->clean( 'log', (string) wp_json_encode( Native\log_recent( Site::dir(), 1000 ) ) );
	}

	/** The front doors' seal, the vault and their exceptions. */
	public function test_vault_and_front_tell_nothing(): void {
		$dir = Site::dir();
		foreach ( array(
			static fn() => Native\vault_open( $dir, self::TOKEN, 'account.token:1' ),
			static fn() => Native\vault_open( $dir, Native\vault_seal( $dir, self::TOKEN, 'a' ), 'b' ),
			static fn() => Native\vault_seal( '/nowhere', self::TOKEN, 'a' ),
			static fn() => Native\vault_reseal( $dir, 'x', 'a', self::SECRET ),
			static fn() => Native\front_configure( $dir, array( 'app_secrets' => array( self::SECRET ), 'verify_hashes' => array( self::TOKEN ) ) ),
			static fn() => Native\front_configure( $dir, array( 'app_secrets' => self::SECRET ) ),
			static fn() => Native\front_configure( $dir, array( 'app_secrets' => array( self::SECRET ), 'verify_hashes' => array(), 'wp_load' => '', 'blog_id' => 1, 'home' => '', 'durability' => self::TOKEN ) ),
			static fn() => Native\webhook_accept( $dir, 'x', 'sha256=' . self::SECRET ),
		) as $n => $call ) {
			try {
				$call();
				self::fail( "Call $n was accepted." );
			} catch ( Native\Exception\Exception $e ) {
				// The message only: PHP itself lists arguments in traces where zend.exception_ignore_args is off.
				self::assertStringNotContainsString( self::SECRET, $e->getMessage(), "call $n" );
				self::assertStringNotContainsString( self::TOKEN, $e->getMessage(), "call $n" );
			}
		}
	}

	public function test_everything_at_rest_is_sealed(): void {
		global $wpdb, $wp_object_cache;
		Accounts::test( $this->account );
		foreach ( $wpdb->get_col( self::on_sqlite() ? "SELECT name FROM sqlite_master WHERE type = 'table'" : 'SHOW TABLES' ) as $table ) {
			if ( str_starts_with( $table, $wpdb->prefix ) ) {
				$this->clean( "table $table", (string) wp_json_encode( $wpdb->get_results( "SELECT * FROM `$table`", ARRAY_A ), JSON_PARTIAL_OUTPUT_ON_ERROR ) );
			}
		}
		Accounts::all();
		$this->clean( 'object cache', serialize( $wp_object_cache->cache ?? array() ) );
		$files = new \RecursiveIteratorIterator( new \RecursiveDirectoryIterator( Site::dir(), \FilesystemIterator::SKIP_DOTS ) );
		foreach ( $files as $file ) {
			$this->clean( $file->getFilename(), (string) file_get_contents( $file->getPathname() ) );
			self::assertSame( 0, $file->getPerms() & 0077 & ( str_starts_with( $file->getFilename(), 'vault' ) || str_starts_with( $file->getFilename(), 'front' ) ? 0777 : 0 ), $file->getFilename() );
		}
		self::assertSame( 0700, fileperms( Site::dir() ) & 0777 );
	}

	public function test_screens_commands_and_phpinfo_hold_no_secret(): void {
		$id     = $this->sign_in();
		$cookie = LOGGED_IN_COOKIE . '=' . wp_generate_auth_cookie( $id, time() + 600, 'logged_in' ) . '; ' . AUTH_COOKIE . '=' . wp_generate_auth_cookie( $id, time() + 600, 'auth' );
		foreach ( array( 'admin.php?page=nxtchat-inbox', 'admin.php?page=nxtchat-history', 'admin.php?page=nxtchat-account', 'site-health.php?tab=debug', 'site-health.php', 'options.php', 'plugins.php' ) as $page ) {
			$ch = curl_init( NXTCHAT_TEST_URL . '/wp-admin/' . $page );
			curl_setopt_array( $ch, array( CURLOPT_RETURNTRANSFER => true, CURLOPT_TIMEOUT => 60, CURLOPT_COOKIE => $cookie ) );
			$html = (string) curl_exec( $ch );
			self::assertSame( 200, curl_getinfo( $ch, CURLINFO_RESPONSE_CODE ), $page );
			self::assertStringContainsString( 'nxt', $html, $page );
			$this->clean( $page, $html, 'admin.php?page=nxtchat-account' === $page );
		}
		foreach ( array( 'account list --format=json', 'account test ' . $this->account, 'account subscribe ' . $this->account, 'vault info', 'doctor', 'account update ' . $this->account . ' --name=x', 'send +4915112345678 hello' ) as $command ) {
			$this->clean( "wp nxtchat $command", (string) shell_exec( 'NXTCHAT_SITE=' . escapeshellarg( NXTCHAT_TEST_SITE ) . ' ' . NXTCHAT_TEST_ROOT . "/tools/wp nxtchat $command 2>&1 </dev/null" ) );
		}
		ob_start();
		phpinfo( INFO_ALL & ~INFO_ENVIRONMENT & ~INFO_VARIABLES );
		$this->clean( 'phpinfo', (string) ob_get_clean() );
		foreach ( array_filter( array( (string) ini_get( 'error_log' ), WP_CONTENT_DIR . '/debug.log', NXTCHAT_TEST_SITE . '/log/debug.log', NXTCHAT_TEST_SITE . '/log/php.log', NXTCHAT_TEST_SITE . '/log/fpm.log' ), 'is_file' ) as $log ) {
			$this->clean( $log, (string) file_get_contents( $log ) );
		}
		self::assertTrue( function_exists( 'phpinfo' ) );
	}
}
