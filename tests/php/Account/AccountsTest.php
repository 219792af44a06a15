<?php
/**
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Tests\Account;

use NxtChat\Account\Accounts;
use NxtChat\Native;
use NxtChat\Schema;
use NxtChat\Site;
use NxtChat\Tests\TestCase;

/**
 * Accounts: bad input, sealed secrets, the staging guard, and what Meta reports.
 *
 * @group smoke
 */
final class AccountsTest extends TestCase {

	private const TOKEN = 'EAAtestTOKEN0123456789abcdefghijk';

	/** @return array<string, string> */
	private static function fields( array $change = array() ): array {
		return $change + array(
			'name'            => 'Shop',
			'app_id'          => '1234567890',
			'app_secret'      => self::APP_SECRET,
			'token'           => self::TOKEN,
			'waba_id'         => '102290129340398',
			'phone_number_id' => '106540352242922',
			'default_country' => 'de',
		);
	}

	private function create( array $change = array() ): int {
		$id = Accounts::create( self::fields( $change ) );
		self::assertIsInt( $id, is_wp_error( $id ) ? (string) wp_json_encode( $id->get_error_data() ) : '' );
		return $id;
	}

	/** @return list<string> Fields with a problem. */
	private static function problems( mixed $answer ): array {
		self::assertInstanceOf( \WP_Error::class, $answer );
		return array_column( $answer->get_error_data()['problems'] ?? array(), 'path' );
	}

	public function test_empty_input_names_every_needed_field(): void {
		self::assertSame( array( 'app_id', 'app_secret', 'token', 'waba_id', 'phone_number_id' ), self::problems( Accounts::create( array() ) ) );
		self::assertSame( array(), Accounts::all() );
	}

	/** @return array<string, array{string, mixed}> */
	public static function nonsense(): array {
		return array(
			'a phone number for its id'   => array( 'phone_number_id', '+49 170 1234567' ),
			'letters in an id'            => array( 'waba_id', 'abcdef' ),
			'a list'                      => array( 'app_id', array( '1234567' ) ),
			'a token with a space'        => array( 'token', 'EAA abc def ghi jkl' ),
			'a short token'               => array( 'token', 'EAA' ),
			'a secret with a line break'  => array( 'app_secret', "abcdefgh\nijklmnop" ),
			'somebody else\'s server'     => array( 'graph_base', 'https://graph.example.com' ),
			'a host that looks like Meta' => array( 'graph_base', 'https://graph.facebook.com.example.com' ),
			'a user before the host'      => array( 'graph_base', 'http://127.0.0.1@example.com' ),
			'a version'                   => array( 'graph_version', '25' ),
			'a country'                   => array( 'default_country', 'GERMANY' ),
			'a state'                     => array( 'state', '7' ),
			'a long name'                 => array( 'name', str_repeat( 'ä', 101 ) ),
		);
	}

	/** @dataProvider nonsense */
	public function test_nonsense_is_told_at_its_field( string $field, mixed $value ): void {
		self::assertSame( array( $field ), self::problems( Accounts::create( self::fields( array( $field => $value ) ) ) ) );
		self::assertSame( array(), Accounts::all() );
	}

	public function test_another_graph_is_accepted_on_loopback_only(): void {
		$this->create( array( 'graph_base' => 'http://127.0.0.1:8080/' ) );
		self::assertSame( 'http://127.0.0.1:8080', Accounts::all()[0]['graph_base'] );
		$id = $this->create(
			array(
				'phone_number_id' => '106540352242923',
				'graph_base'      => 'https://graph.facebook.com/',
			)
		);
		self::assertSame( '', Accounts::get( $id )['graph_base'], "Meta's own address is the default" );
	}

	public function test_the_same_number_twice_is_refused(): void {
		$id = $this->create();
		self::assertSame( array( 'phone_number_id' ), self::problems( Accounts::create( self::fields() ) ) );
		$other = $this->create( array( 'phone_number_id' => '106540352242923' ) );
		self::assertSame( array( 'phone_number_id' ), self::problems( Accounts::update( $other, array( 'phone_number_id' => '106540352242922' ) ) ) );
		self::assertTrue( Accounts::update( $id, array( 'phone_number_id' => '106540352242922' ) ), 'its own number is no duplicate' );
	}

	public function test_secrets_rest_sealed_and_never_come_out(): void {
		$this->sign_in();
		$answer = $this->rest( 'POST', 'accounts', self::fields() );
		self::assertSame( 201, $answer->get_status() );
		$id     = $answer->get_data()['id'];
		$shown  = wp_json_encode( array( $answer->get_data(), $this->rest( 'GET', 'accounts' )->get_data(), $this->rest( 'GET', "accounts/$id" )->get_data() ) );
		$stored = wp_json_encode( $this->rows( 'accounts' ) ) . wp_json_encode( wp_load_alloptions() );
		foreach ( array( self::TOKEN, self::APP_SECRET ) as $secret ) {
			self::assertStringNotContainsString( $secret, $shown );
			self::assertStringNotContainsString( $secret, $stored );
		}
		self::assertStringNotContainsString( '_sealed', $shown );
		self::assertTrue( $answer->get_data()['has_token'] );
		self::assertSame( self::TOKEN, Accounts::credentials( $id )['token'] );
		self::assertArrayNotHasKey( 'app_secret', Accounts::credentials( $id ) );
		self::assertSame( self::APP_SECRET, Accounts::credentials( $id, true )['app_secret'] );
	}

	public function test_a_sealed_token_can_not_be_moved_to_another_account(): void {
		global $wpdb;
		$first  = $this->create();
		$second = $this->create( array( 'phone_number_id' => '106540352242923' ) );
		$rows   = $this->rows( 'accounts' );
		$wpdb->update( Schema::table( 'accounts' ), array( 'token_sealed' => $rows[0]['token_sealed'] ), array( 'id' => $second ) );
		self::assertFalse( Accounts::secrets_open() );
		$this->expectException( Native\Exception\VaultError::class );
		Accounts::credentials( $second );
	}

	public function test_a_change_keeps_what_it_does_not_name(): void {
		$id = $this->create();
		self::assertTrue(
			Accounts::update(
				$id,
				array(
					'name'            => 'Other',
					'token'           => '',
					'phone_number_id' => '106540352242999',
				)
			)
		);
		$account = Accounts::get( $id );
		self::assertSame( array( 'Other', '106540352242999', 'DE' ), array( $account['name'], $account['phone_number_id'], $account['default_country'] ) );
		self::assertSame( self::TOKEN, Accounts::credentials( $id )['token'], 'sealed anew for the new number' );
		Accounts::update( $id, array( 'token' => 'EAAanotherTOKEN0123456789' ) );
		self::assertSame( 'EAAanotherTOKEN0123456789', Accounts::credentials( $id )['token'] );
	}

	public function test_the_front_door_knows_every_account_and_forgets_the_removed(): void {
		$site   = Site::dir();
		$first  = $this->create();
		$second = $this->create(
			array(
				'phone_number_id' => '106540352242923',
				'app_secret'      => 'another-app-secret-0123456789abc',
			)
		);
		$query  = static fn( int $id ): array => array(
			'hub_mode'         => 'subscribe',
			'hub_verify_token' => Accounts::webhook( $id )['verify_token'],
			'hub_challenge'    => '1158201444',
		);
		$asked  = array( $query( $first ), $query( $second ) );
		self::assertNotSame( $asked[0]['hub_verify_token'], $asked[1]['hub_verify_token'] );
		self::assertSame( '1158201444', Native\webhook_challenge( $site, $asked[0] ) );
		self::assertSame( '1158201444', Native\webhook_challenge( $site, $asked[1] ) );
		self::assertNull( Native\webhook_challenge( $site, array( 'hub_verify_token' => 'wrong' ) + $asked[0] ) );
		$body = self::text_body( 'wamid.A', '491701234567', 'hello' );
		Native\webhook_accept( $site, $body, self::sign( $body, 'another-app-secret-0123456789abc' ) );

		self::assertTrue( Accounts::delete( $second ) );
		self::assertNull( Native\webhook_challenge( $site, $asked[1] ) );
		self::assertSame( '1158201444', Native\webhook_challenge( $site, $asked[0] ) );
		$this->expectException( Native\Exception\SignatureMismatch::class );
		Native\webhook_accept( $site, $body, self::sign( $body, 'another-app-secret-0123456789abc' ) );
	}

	public function test_only_managers_reach_accounts_and_settings(): void {
		$id = $this->create();
		foreach ( array( 'subscriber' => 403, '' => 401 ) as $role => $status ) {
			wp_set_current_user( 0 );
			if ( '' !== $role ) {
				$this->sign_in( $role );
			}
			foreach ( array( array( 'GET', 'accounts' ), array( 'POST', 'accounts' ), array( 'GET', "accounts/$id" ), array( 'PATCH', "accounts/$id" ), array( 'DELETE', "accounts/$id" ), array( 'POST', "accounts/$id/test" ), array( 'POST', "accounts/$id/subscribe" ), array( 'GET', "accounts/$id/webhook" ), array( 'POST', 'accounts/confirm-home' ), array( 'GET', 'settings' ), array( 'PATCH', 'settings' ), array( 'GET', 'health' ), array( 'GET', 'live' ) ) as [ $method, $route ] ) {
				self::assertSame( $status, $this->rest( $method, $route, array( 'as' => 'live' ) )->get_status(), "$method $route" );
			}
		}
		self::assertNotNull( Accounts::get( $id ) );
	}

	public function test_clones_do_not_talk(): void {
		$id = $this->create();
		self::assertTrue( Accounts::can_send( $id ) );
		$home = 'https://staging.example.test';
		$this->add_hook( 'option_home', static fn( string $given ): string => '' === $home ? $given : $home );
		$refused = Accounts::can_send( $id );
		self::assertSame( 'nxtchat_clone', $refused->get_error_code() );
		self::assertSame( 409, $refused->get_error_data()['status'] );
		self::assertSame( 'nxtchat_clone', Accounts::subscribe( $id )->get_error_code(), 'a copy does not take the webhooks over' );
		self::assertTrue( Accounts::get( $id )['is_clone'] );

		$this->sign_in();
		set_current_screen( 'dashboard' );
		self::assertStringContainsString( 'nxtchat-clone', self::notices() );
		self::assertSame( 200, $this->rest( 'POST', 'accounts/confirm-home', array( 'as' => 'copy' ) )->get_status() );
		self::assertStringNotContainsString( 'nxtchat-clone', self::notices(), 'answered' );
		self::assertInstanceOf( \WP_Error::class, Accounts::can_send( $id ), 'and silent' );

		self::assertSame( 400, $this->rest( 'POST', 'accounts/confirm-home', array( 'as' => 'maybe' ) )->get_status() );
		self::assertSame( 200, $this->rest( 'POST', 'accounts/confirm-home', array( 'as' => 'live' ) )->get_status() );
		self::assertTrue( Accounts::can_send( $id ) );
	}

	public function test_https_is_not_another_site(): void {
		$id   = $this->create();
		$home = preg_replace( '#^http:#', 'https:', (string) get_option( 'home' ) ) . '/';
		$this->add_hook( 'option_home', static fn(): string => $home );
		self::assertTrue( Accounts::can_send( $id ) );
	}

	public function test_switched_off_and_unknown_accounts_do_not_send(): void {
		$id = $this->create();
		Accounts::update( $id, array( 'state' => 2 ) );
		self::assertSame( 'nxtchat_account_off', Accounts::can_send( $id )->get_error_code() );
		self::assertSame( 'nxtchat_no_account', Accounts::can_send( $id + 1000 )->get_error_code() );
	}

	public function test_what_meta_reports_reaches_the_accounts_in_one_statement(): void {
		$first  = $this->create();
		$second = $this->create( array( 'phone_number_id' => '106540352242923' ) );
		$third  = $this->create(
			array(
				'phone_number_id' => '106540352242924',
				'waba_id'         => '999999999',
			)
		);
		global $wpdb;
		$wpdb->update( Schema::table( 'accounts' ), array( 'display_phone' => '+1 555-078-3881' ), array( 'id' => $first ) );
		$event  = static fn( string $change, string $name, array $value, string $phone = '' ): array => array(
			'kind'            => 'account',
			'change'          => $change,
			'event'           => $name,
			'waba_id'         => '102290129340398',
			'phone_number_id' => '',
			'display_phone'   => $phone,
			'summary'         => '',
			'payload'         => wp_json_encode( $value ),
		);
		$events = array(
			$event( 'phone_number_quality_update', 'THROUGHPUT_UPGRADE', array(), '15550783881' ),
			$event( 'phone_number_name_update', '', array( 'decision' => 'APPROVED', 'requested_verified_name' => 'Größe & Co' ), '15550783881' ),
			$event( 'business_capability_update', '', array( 'max_daily_conversations_per_business' => 2000 ) ),
			$event( 'account_update', 'ACCOUNT_RESTRICTION', array() ),
		);
		$latest = array(
			$first  => 2000,
			$second => 1000,
		);
		$writes = static fn( array $queries ): int => count( preg_grep( '/^\s*(UPDATE|INSERT|DELETE)/i', $queries ) );
		self::assertSame( 1, $writes( $this->queries( static fn() => Accounts::apply_events( array_merge( $events, $events, $events ), $latest ) ) ) );
		Accounts::apply_events( array(), array( $first => 5 ) );

		[ $a, $b, $c ] = Accounts::all();
		self::assertSame( array( 'HIGH', 'Größe & Co', 'TIER_2K', 'RESTRICTED', 2000 ), array( $a['throughput'], $a['verified_name'], $a['messaging_limit'], $a['number_status'], $a['last_event_ms'] ) );
		self::assertSame( array( '', '', 'TIER_2K', 'RESTRICTED', 1000 ), array( $b['throughput'], $b['verified_name'], $b['messaging_limit'], $b['number_status'], $b['last_event_ms'] ) );
		self::assertSame( array( '', '', 0 ), array( $c['messaging_limit'], $c['number_status'], $c['last_event_ms'] ) );
	}

	public function test_settings_are_checked_and_reach_the_front_door(): void {
		$this->sign_in();
		$bad = $this->rest( 'PATCH', 'settings', array( 'durability' => 'fast', 'events_days' => 0, 'delete_data' => 'perhaps' ) );
		self::assertSame( 400, $bad->get_status() );
		self::assertSame( array( 'durability', 'events_days', 'delete_data' ), array_column( $bad->get_data()['data']['problems'], 'path' ) );
		$good = $this->rest( 'PATCH', 'settings', array( 'durability' => 'normal', 'events_days' => 7 ) );
		self::assertSame( array( 200, 'normal', 7 ), array( $good->get_status(), $good->get_data()['durability'], $good->get_data()['events_days'] ) );
		$this->rest( 'PATCH', 'settings', array( 'spool_mb' => 16 ) );
		self::assertSame( 16 * 1024 * 1024, Native\spool_stats( Site::dir() )['max_bytes'] );
		self::assertSame( 7, \NxtChat\Settings::all()['events_days'], 'what is not named stays' );
	}

	public function test_rotating_the_key_keeps_every_secret(): void {
		$id     = $this->create();
		$before = $this->rows( 'accounts' )[0]['token_sealed'];
		$key    = Native\vault_key_info( Site::dir() );
		if ( 'file' !== $key['source'] ) {
			self::markTestSkipped( 'The key of this site does not come from a file.' );
		}
		self::assertNotSame( $key['key_id'], Native\vault_rotate( Site::dir() ) );
		self::assertSame( 1, Accounts::reseal() );
		self::assertNotSame( $before, $this->rows( 'accounts' )[0]['token_sealed'] );
		self::assertSame( self::TOKEN, Accounts::credentials( $id )['token'] );
		self::assertTrue( Accounts::secrets_open() );
	}

	private static function notices(): string {
		ob_start();
		do_action( 'admin_notices' );
		return (string) ob_get_clean();
	}
}
