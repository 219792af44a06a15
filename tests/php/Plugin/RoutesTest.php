<?php
/**
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Tests\Plugin;

use NxtChat\Rest;
use NxtChat\Tests\TestCase;

/**
 * Each request registers the routes of the room that it asks for; whoever lists routes sees all of them. Over HTTP, through php-fpm:
 * every request is a process that has registered nothing yet.
 */
final class RoutesTest extends TestCase {

	/** Answers say which routes of ours there are; and a route of somebody else's asks for one of ours. */
	private const PLUGIN = <<<'PHP'
		<?php
		add_filter( 'rest_post_dispatch', static function ( $response, $server ) {
			$ours = preg_grep( '#^/nxtchat/v1/#', array_keys( $server->get_routes() ) );
			$response->header( 'X-Test-Routes', str_replace( '/nxtchat/v1/', '', implode( ' ', $ours ) ) ); // Servers take few KB of headers.
			return $response;
		}, 10, 2 );
		add_action( 'rest_api_init', static function () {
			$answer = static function ( WP_REST_Request $request ) {
				$asked = new WP_REST_Request( 'GET', '/nxtchat/v1/groups' );
				return array(
					'before'  => count( preg_grep( '#^/nxtchat/v1/#', array_keys( rest_get_server()->get_routes() ) ) ),
					'asked'   => rest_do_request( $asked )->get_data(),
					'again'   => rest_do_request( $asked )->get_data(),
					'options' => rest_do_request( new WP_REST_Request( 'OPTIONS', '/nxtchat/v1/imports/1' ) )->get_data(),
					'index'   => rest_preload_api_request( array(), '/nxtchat/v1' ),
				);
			};
			register_rest_route( 'nxtchat-test/v1', '/asks', array( 'methods' => 'GET', 'callback' => $answer, 'permission_callback' => '__return_true' ) );
			$links = static function () {
				$response = new WP_REST_Response( array() );
				$response->add_link( 'about', rest_url( 'nxtchat/v1/fields' ), array( 'embeddable' => true ) );
				return $response;
			};
			register_rest_route( 'nxtchat-test/v1', '/links', array( 'methods' => 'GET', 'callback' => $links, 'permission_callback' => '__return_true' ) );
		} );
PHP;

	private string $plugin;

	protected function setUp(): void {
		parent::setUp();
		wp_mkdir_p( WPMU_PLUGIN_DIR );
		$this->plugin = WPMU_PLUGIN_DIR . '/nxtchat-test-routes.php';
		file_put_contents( $this->plugin, self::PLUGIN );
	}

	protected function tearDown(): void {
		unlink( $this->plugin );
		parent::tearDown();
	}

	public function test_every_route_is_there_when_it_is_asked_for_alone(): void {
		$all = self::all();
		self::assertGreaterThan( 60, count( $all ) );
		foreach ( $all as $route ) {
			$path = self::path( $route );
			foreach ( rest_get_server()->get_routes()[ $route ] as $handler ) {
				foreach ( array_keys( $handler['methods'] ) as $method ) {
					$answer = self::ask( "/wp-json$path", $method );
					self::assertNotSame( 'rest_no_route', $answer['json']['code'] ?? '', "$method $path" );
					self::assertContains( $route, $answer['routes'], "$method $path" );
					self::assertLessThan( count( $all ) / 2, count( $answer['routes'] ), "$method $path" );
				}
			}
			$told = self::ask( "/wp-json$path", 'OPTIONS' );
			self::assertSame( 'nxtchat/v1', $told['json']['namespace'] ?? '', "OPTIONS $path" );
			self::assertEqualsCanonicalizing( array_keys( array_merge( ...array_column( rest_get_server()->get_routes()[ $route ], 'methods' ) ) ), $told['json']['methods'], "OPTIONS $path" );
		}
	}

	/** @return array<string, array{string, string}> */
	public static function spellings(): array {
		return array(
			'without pretty links' => array( '/?rest_route=/nxtchat/v1/contacts/7/consents', '/nxtchat/v1/contacts/(?P<id>[\d]+)/consents' ),
			'through index.php'    => array( '/index.php?rest_route=/nxtchat/v1/groups/', '/nxtchat/v1/groups' ),
			'a slash at the end'   => array( '/wp-json/nxtchat/v1/groups/', '/nxtchat/v1/groups' ),
			'capitals'             => array( '/wp-json/NXTCHAT/v1/Groups', '/nxtchat/v1/groups' ),
		);
	}

	/** @dataProvider spellings */
	public function test_however_the_path_is_written( string $url ): void {
		$answer = self::ask( $url );
		self::assertSame( array( 401, 'nxtchat_forbidden' ), array( $answer['status'], $answer['json']['code'] ), $answer['body'] );
	}

	public function test_only_the_room_that_is_asked_for(): void {
		$rooms = static fn( string $url, string $method = 'GET' ): array => array_values( array_unique( preg_replace( '#^/nxtchat/v1/([^/]+).*#', '$1', self::ask( $url, $method )['routes'] ) ) );
		self::assertSame( array( 'broadcasts' ), $rooms( '/wp-json/nxtchat/v1/broadcasts/1/report' ) );
		self::assertSame( array( 'live' ), $rooms( '/wp-json/nxtchat/v1/live' ) );
		self::assertSame( array( 'contacts', 'consent' ), $rooms( '/wp-json/nxtchat/v1/contacts' ) );
		self::assertSame( array(), $rooms( '/wp-json/nxtchat/v1/contactsandmore' ) );
		self::assertSame( array(), $rooms( '/wp-json/wp/v2/posts' ) );
		// What visitors ask for is no screen's, and the other way round: login/bind is not the beginning of login/bindings.
		$visitors = array( '/nxtchat/v1/login/start', '/nxtchat/v1/login/verify', '/nxtchat/v1/login/word', '/nxtchat/v1/login/word/state', '/nxtchat/v1/login/bind', '/nxtchat/v1/login/bind/verify' );
		foreach ( array( 'login/start', 'login/bind/verify', 'login/word/state' ) as $path ) {
			self::assertSame( $visitors, self::ask( "/wp-json/nxtchat/v1/$path", 'POST' )['routes'], $path );
		}
		self::assertSame( array(), array_intersect( $visitors, self::ask( '/wp-json/nxtchat/v1/login/bindings' )['routes'] ) );
	}

	public function test_whoever_lists_routes_sees_all(): void {
		$all = self::all();
		foreach ( array( '/wp-json/', '/?rest_route=/', '/wp-json/nxtchat/v1', '/wp-json/nxtchat/v1/' ) as $url ) {
			$listed = array_keys( self::ask( $url )['json']['routes'] ?? array() );
			self::assertSame( array(), array_diff( $all, $listed ), $url );
		}
		self::assertContains( 'nxtchat/v1', self::ask( '/wp-json/' )['json']['namespaces'] );
	}

	/** None of ours may be asked for in a batch: that is said, not that it does not exist. */
	public function test_a_batch(): void {
		$answer = self::ask( '/wp-json/batch/v1', 'POST', array( 'requests' => array( array( 'path' => '/nxtchat/v1/groups' ), array( 'path' => '/nxtchat/v1/nothing' ) ) ) );
		self::assertSame( array( 'rest_batch_not_allowed', 'rest_no_route' ), array_column( array_column( $answer['json']['responses'], 'body' ), 'code' ) );
	}

	public function test_a_request_within_somebody_elses(): void {
		$seen = self::ask( '/wp-json/nxtchat-test/v1/asks' )['json'];
		self::assertSame( 0, $seen['before'] );
		self::assertSame( 'nxtchat_forbidden', $seen['asked']['code'] );
		self::assertSame( $seen['asked'], $seen['again'] );
		self::assertSame( 'nxtchat/v1', $seen['options']['namespace'] );
		self::assertSame( array(), array_diff( self::all(), array_keys( $seen['index']['/nxtchat/v1']['body']['routes'] ) ) );
		$linked = self::ask( '/wp-json/nxtchat-test/v1/links?_embed=1' );
		self::assertSame( 'nxtchat_forbidden', $linked['json']['_embedded']['about'][0]['code'], $linked['body'] );
	}

	/** Every route of ours. @return list<string> */
	private static function all(): array {
		return array_values( preg_grep( '#^/nxtchat/v1/#', array_keys( rest_get_server()->get_routes( Rest::NAMESPACE ) ) ) );
	}

	/** A path that a route's pattern takes, of things that do not exist. */
	private static function path( string $route ): string {
		$path = (string) preg_replace( array( '/\(\?P<\w+>\[?\\\\d\]?\+\)/', '/\(\?P<\w+>\[a-z_\]\+\)/', '/\(\?P<\w+>(\w+)\|[^)]+\)/' ), array( '999999', 'opted_out', '$1' ), $route );
		self::assertSame( 1, preg_match( '@^' . $route . '$@i', $path ), "$route is not like $path" );
		return $path;
	}

	/** Of nobody who is signed in. @return array{status: int, body: string, json: ?array, routes: list<string>} */
	private static function ask( string $url, string $method = 'GET', ?array $body = null ): array {
		$curl = curl_init( NXTCHAT_TEST_URL . $url );
		curl_setopt_array(
			$curl,
			array(
				CURLOPT_CUSTOMREQUEST  => $method,
				CURLOPT_RETURNTRANSFER => true,
				CURLOPT_HEADER         => true,
				CURLOPT_FOLLOWLOCATION => true,
				CURLOPT_TIMEOUT        => 30,
				CURLOPT_HTTPHEADER     => array( 'Content-Type: application/json' ),
			) + ( null === $body ? array() : array( CURLOPT_POSTFIELDS => (string) wp_json_encode( $body ) ) )
		);
		$answer = (string) curl_exec( $curl );
		$size   = (int) curl_getinfo( $curl, CURLINFO_HEADER_SIZE );
		$text   = substr( $answer, $size );
		preg_match( '/^X-Test-Routes: (.*)$/mi', substr( $answer, 0, $size ), $routes );
		return array(
			'status' => (int) curl_getinfo( $curl, CURLINFO_RESPONSE_CODE ),
			'body'   => $text,
			'json'   => json_decode( $text, true ),
			'routes' => array_map( static fn( string $path ): string => "/nxtchat/v1/$path", array_filter( explode( ' ', trim( $routes[1] ?? '' ) ) ) ),
		);
	}
}
