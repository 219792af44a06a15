<?php
/**
 * What every test against a real WordPress needs.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Tests;

use NxtChat\Native;
use NxtChat\Schema;
use NxtChat\Site;

/** Starts every test with empty tables, default settings, no user and an empty spool. */
abstract class TestCase extends \PHPUnit\Framework\TestCase {

	/** The demo world's app secret, used where a test signs by itself. */
	protected const APP_SECRET = 'test-app-secret-0123456789abcdef';

	/** @var array<string, array{0: callable, 1: int}[]> Hooks of add_hook(), taken away after the test. */
	private array $hooks = array();

	protected function setUp(): void {
		parent::setUp();
		$this->empty_tables();
		$this->empty_options();
		$this->empty_spool();
		wp_set_current_user( 0 );
		wp_cache_flush();
	}

	protected function tearDown(): void {
		foreach ( $this->hooks as $name => $callbacks ) {
			foreach ( $callbacks as list( $callback, $priority ) ) {
				remove_filter( $name, $callback, $priority );
			}
		}
		$this->hooks = array();
		parent::tearDown();
	}

	/** Whether this run stands on the SQLite drop-in. */
	protected static function on_sqlite(): bool {
		return 'sqlite' === NXTCHAT_TEST_DB;
	}

	/** A table's full name. */
	protected static function table( string $name ): string {
		return Schema::table( $name );
	}

	/** Adds a filter or action for the length of this test. */
	protected function add_hook( string $name, callable $callback, int $priority = 10, int $arguments = 1 ): void {
		add_filter( $name, $callback, $priority, $arguments );
		$this->hooks[ $name ][] = array( $callback, $priority );
	}

	/** Signs in as a new or existing user of that role. @return int user id */
	protected function sign_in( string $role = 'administrator' ): int {
		$login = 'test-' . $role;
		$user  = get_user_by( 'login', $login );
		$id    = $user ? $user->ID : wp_insert_user(
			array(
				'user_login' => $login,
				'user_pass'  => wp_generate_password(),
				'user_email' => $login . '@example.test',
				'role'       => $role,
			)
		);
		wp_set_current_user( $id );
		return $id;
	}

	/** A REST request through WordPress's own server, with permissions and validation. */
	protected function rest( string $method, string $route, array $params = array() ): \WP_REST_Response {
		$request = new \WP_REST_Request( $method, '/nxtchat/v1/' . ltrim( $route, '/' ) );
		if ( 'GET' === $method ) {
			$request->set_query_params( $params );
		} else {
			$request->set_header( 'Content-Type', 'application/json' );
			$request->set_body( (string) wp_json_encode( (object) $params ) );
		}
		return rest_do_request( $request );
	}

	/** Every statement that $work sends to the database. @return list<string> */
	protected function queries( callable $work ): array {
		$seen  = array();
		$watch = static function ( $query ) use ( &$seen ) {
			$seen[] = $query;
			return $query;
		};
		add_filter( 'query', $watch );
		try {
			$work();
		} finally {
			remove_filter( 'query', $watch );
		}
		return $seen;
	}

	/** All rows of one of our tables, oldest first. @return list<array<string, string|null>> */
	protected function rows( string $table, string $where = '1 = 1' ): array {
		global $wpdb;
		$key = 'leases' === $table ? 'name' : 'id';
		return $wpdb->get_results( 'SELECT * FROM ' . Schema::table( $table ) . " WHERE $where ORDER BY $key", ARRAY_A );
	}

	/** The value of Meta's X-Hub-Signature-256 header. */
	protected static function sign( string $body, string $secret = self::APP_SECRET ): string {
		return 'sha256=' . hash_hmac( 'sha256', $body, $secret );
	}

	/** A webhook body around one `value`. */
	protected static function webhook_body( array $value, string $field = 'messages', string $waba_id = '102290129340398', string $phone_number_id = '106540352242922' ): string {
		$value += array(
			'messaging_product' => 'whatsapp',
			'metadata'          => array(
				'display_phone_number' => '15550783881',
				'phone_number_id'      => $phone_number_id,
			),
		);
		return (string) wp_json_encode(
			array(
				'object' => 'whatsapp_business_account',
				'entry'  => array(
					array(
						'id'      => $waba_id,
						'changes' => array(
							array(
								'value' => $value,
								'field' => $field,
							),
						),
					),
				),
			)
		);
	}

	/** A customer's text as Meta delivers it. $wa_id without plus. */
	protected static function text_body( string $wamid, string $wa_id, string $text, int $at_s = 0, string $name = 'Test Customer' ): string {
		return self::webhook_body(
			array(
				'contacts' => array(
					array(
						'profile' => array( 'name' => $name ),
						'wa_id'   => $wa_id,
					),
				),
				'messages' => array(
					array(
						'from'      => $wa_id,
						'id'        => $wamid,
						'timestamp' => (string) ( $at_s ?: time() ),
						'text'      => array( 'body' => $text ),
						'type'      => 'text',
					),
				),
			)
		);
	}

	/** A status as Meta delivers it. $status: sent, delivered, read, played, failed. */
	protected static function status_body( string $wamid, string $status, string $wa_id = '491701234567', string $ref = '', int $at_s = 0, array $more = array() ): string {
		$item = array(
			'id'           => $wamid,
			'status'       => $status,
			'timestamp'    => (string) ( $at_s ?: time() ),
			'recipient_id' => $wa_id,
		);
		if ( '' !== $ref ) {
			$item['biz_opaque_callback_data'] = $ref;
		}
		return self::webhook_body( array( 'statuses' => array( $more + $item ) ) );
	}

	/** Posts to the running site's front door. @return array{status: int, body: string} */
	protected static function post_webhook( string $body, ?string $signature = null, string $url = '' ): array {
		$url = $url ?: NXTCHAT_TEST_URL . '/wp-content/plugins/nxt-cloud-chat/webhook.php';
		$ch  = curl_init( $url );
		curl_setopt_array(
			$ch,
			array(
				CURLOPT_POST           => true,
				CURLOPT_POSTFIELDS     => $body,
				CURLOPT_RETURNTRANSFER => true,
				CURLOPT_TIMEOUT        => 30,
				CURLOPT_HTTPHEADER     => array(
					'Content-Type: application/json',
					'X-Hub-Signature-256: ' . ( $signature ?? self::sign( $body ) ),
				),
			)
		);
		$answer = curl_exec( $ch );
		return array(
			'status' => (int) curl_getinfo( $ch, CURLINFO_RESPONSE_CODE ),
			'body'   => (string) $answer,
		);
	}

	/** Waits until $check is true. */
	protected static function wait_for( callable $check, float $seconds = 10.0, string $what = 'the expected state' ): void {
		$end = microtime( true ) + $seconds;
		while ( ! $check() ) {
			if ( microtime( true ) > $end ) {
				self::fail( "$what did not come within $seconds s" );
			}
			usleep( 20000 );
		}
		// It came: that is an assertion.
		self::assertTrue( true );
	}

	/** Empties the plugin's tables. */
	protected function empty_tables(): void {
		global $wpdb;
		foreach ( Schema::TABLES as $name ) {
			// DELETE: on InnoDB, TRUNCATE makes a new file each time.
			$wpdb->query( 'DELETE FROM ' . Schema::table( $name ) );
		}
	}

	/** Forgets settings, keeping the schema's version. */
	protected function empty_options(): void {
		global $wpdb;
		$names = $wpdb->get_col( $wpdb->prepare( "SELECT option_name FROM {$wpdb->options} WHERE option_name LIKE %s", $wpdb->esc_like( 'nxtchat_' ) . '%' ) );
		foreach ( array_diff( $names, array( Schema::OPTION ) ) as $name ) {
			delete_option( $name );
		}
	}

	/** Acknowledges whatever an earlier test left in the spool. */
	protected function empty_spool(): void {
		$site = Site::prepare();
		if ( ! Native\spool_lease( $site ) ) {
			self::wait_for( static fn () => Native\spool_lease( $site ), 20.0, 'the drain lease' );
		}
		try {
			while ( $items = Native\spool_take( $site, 1000 ) ) {
				Native\spool_ack( $site, array_column( $items, 'id' ) );
			}
		} finally {
			Native\spool_release( $site );
		}
	}
}
