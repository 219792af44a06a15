<?php
/**
 * Login over HTTP, from browsers that do as they please.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Tests\Login;

require_once __DIR__ . '/LoginCase.php';

/** A site with sixteen php-fpm workers, and browsers with cookies of their own. */
abstract class WebCase extends LoginCase {

	protected const WORKERS = 16;

	protected const NO_BUDGETS = array(
		'number'  => array( 0, 0, 0 ),
		'ip'      => array( 0, 0, 0 ),
		'network' => array( 0, 0, 0 ),
		'country' => array( 0, 0, 0 ),
		'site'    => array( 0, 0, 0 ),
	);

	/** Must-use plugins of this test. @var list<string> */
	private array $plugins = array();

	public static function setUpBeforeClass(): void {
		parent::setUpBeforeClass();
		self::web( '--workers ' . self::WORKERS );
	}

	public static function tearDownAfterClass(): void {
		self::web( '' );
		parent::tearDownAfterClass();
	}

	protected function setUp(): void {
		parent::setUp();
		$this->set( array( 'budgets' => self::NO_BUDGETS ) );
	}

	protected function tearDown(): void {
		$this->settled(); // A code that cannot be sent any more, because its tables are empty, is trouble for whoever asks next.
		foreach ( $this->plugins as $file ) {
			unlink( $file );
		}
		$this->plugins = array();
		update_option( 'users_can_register', 0 );
		parent::tearDown();
	}

	/** Restarts php-fpm and nginx. */
	private static function web( string $options ): void {
		$stack = escapeshellarg( NXTCHAT_TEST_ROOT . '/tools/stack.sh' );
		$site  = escapeshellarg( NXTCHAT_TEST_SITE );
		exec( "$stack stop $site web 2>&1 && $stack start $site web $options 2>&1", $said, $code );
		self::assertSame( 0, $code, implode( "\n", $said ) );
	}

	/** Code that WordPress runs in each request of this test. */
	protected function plugin( string $php ): void {
		wp_mkdir_p( WPMU_PLUGIN_DIR );
		$file            = WPMU_PLUGIN_DIR . '/nxtchat-test-' . count( $this->plugins ) . '.php';
		$this->plugins[] = $file;
		file_put_contents( $file, "<?php\n$php\n" );
	}

	/** Visitors may register. */
	protected function open_registration(): void {
		update_option( 'users_can_register', 1 );
		$this->set( array( 'register' => true ) );
	}

	/** Asks for a code, and waits until it has arrived. @return array{0: Browser, 1: array, 2: string} Browser, what the form got, the code. */
	protected function asked( string $number = self::ADA, array $more = array(), ?Browser $browser = null ): array {
		$browser = $browser ?? new Browser();
		$before  = count( $this->codes( $number ) );
		$answer  = $browser->post( 'login/start', $more + array( 'phone' => $number, 'country' => 'DE' ) );
		self::assertSame( 200, $answer['status'], $answer['body'] );
		self::wait_for( fn() => count( $this->codes( $number ) ) > $before, 15.0, "the code for $number" );
		return array( $browser, $answer['json'], $this->code( $number ) );
	}

	/** Six digits that are not this code. */
	protected static function wrong( string $code, int $n = 0 ): string {
		return sprintf( '%06d', ( (int) $code + 1 + $n ) % 1000000 );
	}

	/** Waits until every process has written down what it does after the answer. */
	protected function settled(): void {
		$before = null;
		self::wait_for(
			function () use ( &$before ): bool {
				usleep( 300000 );
				$now    = array( $this->sums(), $this->rows( 'challenges' ), $this->rows( 'audit' ) );
				$same   = $now === $before;
				$before = $now;
				return $same;
			},
			30.0,
			'quiet'
		);
	}

	/** A browser in which somebody is signed in. */
	protected function signed_in_browser( int $user_id ): Browser {
		$expires = time() + HOUR_IN_SECONDS;
		$token   = \WP_Session_Tokens::get_instance( $user_id )->create( $expires );
		$cookie  = wp_generate_auth_cookie( $user_id, $expires, 'logged_in', $token );
		$before  = $_COOKIE;
		$_COOKIE[ LOGGED_IN_COOKIE ] = $cookie;
		wp_set_current_user( $user_id );
		$browser          = new Browser();
		$browser->cookies = array(
			LOGGED_IN_COOKIE => rawurlencode( $cookie ),
			AUTH_COOKIE      => rawurlencode( wp_generate_auth_cookie( $user_id, $expires, 'auth', $token ) ),
		);
		$browser->headers = array( 'X-WP-Nonce: ' . wp_create_nonce( 'wp_rest' ) );
		wp_set_current_user( 0 );
		$_COOKIE = $before;
		return $browser;
	}
}

/** Keeps cookies, follows nothing by itself. */
final class Browser {

	/** @var array<string, string> As they are sent. */
	public array $cookies = array();

	/** @var list<string> */
	public array $headers = array();

	/** @param array<string, mixed> $fields @param list<string> $headers */
	public function post( string $route, array $fields, array $headers = array() ): array {
		return $this->keep( self::send( array( $this->to( $route, $fields, $headers ) ) )[0] );
	}

	/** Opens an address. @param list<string> $headers */
	public function get( string $url, array $headers = array() ): array {
		return $this->keep( self::send( array( $this->visit( $url, $headers ) ) )[0] );
	}

	/** A request for send(). */
	public function to( string $route, array $fields, array $headers = array() ): array {
		return $this->request( 'POST', NXTCHAT_TEST_URL . '/wp-json/nxtchat/v1/' . $route, array( 'Content-Type: application/json', ...$headers ), (string) wp_json_encode( (object) $fields ) );
	}

	/** A request for send(). */
	public function visit( string $url, array $headers = array() ): array {
		return $this->request( 'GET', $url, $headers );
	}

	/** @return array{method: string, url: string, headers: list<string>, body: ?string} */
	public function request( string $method, string $url, array $headers = array(), ?string $body = null ): array {
		$cookies = implode( '; ', array_map( static fn( $name, $value ) => "$name=$value", array_keys( $this->cookies ), $this->cookies ) );
		return array(
			'method'  => $method,
			'url'     => str_starts_with( $url, '/' ) ? NXTCHAT_TEST_URL . $url : $url,
			'headers' => array_merge( $this->headers, '' === $cookies ? array() : array( "Cookie: $cookies" ), $headers ),
			'body'    => $body,
		);
	}

	public function keep( array $answer ): array {
		foreach ( $answer['cookies'] as $name => $value ) {
			if ( in_array( $value, array( '', 'deleted', '%20', '+' ), true ) ) {
				unset( $this->cookies[ $name ] );
			} else {
				$this->cookies[ $name ] = $value;
			}
		}
		return $answer;
	}

	/**
	 * Sends all of them, so many at once.
	 *
	 * @return list<array{status: int, headers: string, cookies: array<string, string>, location: string, body: string, json: ?array, signed_in: bool, ms: float}> In the order of the requests.
	 */
	public static function send( array $requests, int $at_once = 48 ): array {
		$multi   = curl_multi_init();
		$answers = array();
		$open    = array();
		$next    = 0;
		do {
			while ( count( $open ) < $at_once && $next < count( $requests ) ) {
				$of   = $requests[ $next ];
				$curl = curl_init( $of['url'] );
				curl_setopt_array(
					$curl,
					array(
						CURLOPT_CUSTOMREQUEST  => $of['method'],
						CURLOPT_HTTPHEADER     => array_merge( $of['headers'], array( 'Expect:' ) ),
						CURLOPT_RETURNTRANSFER => true,
						CURLOPT_HEADER         => true,
						CURLOPT_TIMEOUT        => 120,
					) + ( null === $of['body'] ? array() : array( CURLOPT_POSTFIELDS => $of['body'] ) )
				);
				curl_multi_add_handle( $multi, $curl );
				$open[ spl_object_id( $curl ) ] = $next++;
			}
			curl_multi_exec( $multi, $running );
			while ( $done = curl_multi_info_read( $multi ) ) {
				$curl                   = $done['handle'];
				$n                      = $open[ spl_object_id( $curl ) ];
				$answers[ $n ]          = self::answer( $curl, (string) curl_multi_getcontent( $curl ) );
				unset( $open[ spl_object_id( $curl ) ] );
				curl_multi_remove_handle( $multi, $curl );
			}
			if ( $open ) {
				curl_multi_select( $multi, 0.05 );
			}
		} while ( $open || $next < count( $requests ) );
		ksort( $answers );
		return $answers;
	}

	private static function answer( \CurlHandle $curl, string $whole ): array {
		$size    = (int) curl_getinfo( $curl, CURLINFO_HEADER_SIZE );
		$headers = substr( $whole, 0, $size );
		$body    = substr( $whole, $size );
		preg_match_all( '/^Set-Cookie: ([^=;\r\n]+)=([^;\r\n]*)/mi', $headers, $cookies );
		preg_match( '/^Location: *([^\r\n]*)/mi', $headers, $location );
		$cookies = array_combine( $cookies[1], $cookies[2] );
		return array(
			'status'    => (int) curl_getinfo( $curl, CURLINFO_RESPONSE_CODE ),
			'headers'   => $headers,
			'cookies'   => $cookies,
			'location'  => $location[1] ?? '',
			'body'      => $body,
			'json'      => json_decode( $body, true ),
			'signed_in' => ! in_array( $cookies[ LOGGED_IN_COOKIE ] ?? '', array( '', '+', '%20' ), true ),
			'ms'        => 1000 * (float) curl_getinfo( $curl, CURLINFO_TOTAL_TIME ),
		);
	}
}
