<?php
/**
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Tests\Account;

use NxtChat\Account\Accounts;
use NxtChat\Tests\Simulator;
use NxtChat\Tests\TestCase;

/** Testing and subscribing an account against a real Cloud API: the simulator. */
final class ConnectTest extends TestCase {

	/** @return array<string, array> Checks by name. */
	private static function by_name( mixed $checks ): array {
		self::assertIsArray( $checks );
		return array_column( $checks, null, 'check' );
	}

	public function test_subscribing_makes_every_check_right(): void {
		$id     = Accounts::create( Simulator::shared()->account_fields() );
		$before = self::by_name( Accounts::test( $id ) );
		self::assertSame( array( 'token', 'scopes', 'expiry', 'app', 'number', 'waba', 'subscribed', 'quality', 'throughput', 'limit' ), array_keys( $before ) );
		$after = self::by_name( Accounts::subscribe( $id ) );
		self::assertSame( 'ok', $after['subscribed']['status'], $after['subscribed']['detail'] );
		self::assertNotContains( 'fail', array_column( $after, 'status' ), (string) wp_json_encode( $after ) );
		$account = Accounts::get( $id );
		self::assertNotSame( '', $account['display_phone'] );
		self::assertNotSame( '', $account['verified_name'] );
		self::assertGreaterThan( 0, $account['checked_ms'] );
		self::assertSame( array_keys( $after ), array_column( $account['checks'], 'check' ) );
	}

	public function test_a_wrong_token_says_what_to_do(): void {
		$fields = array( 'token' => 'EAAwrongTOKEN0123456789' ) + Simulator::shared()->account_fields();
		$id     = Accounts::create( $fields );
		$checks = self::by_name( Accounts::test( $id ) );
		self::assertSame( 'fail', $checks['token']['status'] );
		self::assertNotSame( '', $checks['token']['remedy'] );
		self::assertStringNotContainsString( 'EAAwrongTOKEN', (string) wp_json_encode( Accounts::get( $id ) ) );
	}

	public function test_a_wrong_number_id_says_what_to_do(): void {
		$id     = Accounts::create( array( 'phone_number_id' => '99999999999' ) + Simulator::shared()->account_fields() );
		$checks = self::by_name( Accounts::test( $id ) );
		self::assertSame( 'fail', $checks['number']['status'] );
		self::assertNotSame( '', $checks['number']['remedy'] );
	}

	public function test_an_unreachable_server_is_a_failed_check(): void {
		$id     = Accounts::create( array( 'graph_base' => 'http://127.0.0.1:1' ) + Simulator::shared()->account_fields() );
		$checks = self::by_name( Accounts::test( $id ) );
		self::assertContains( 'fail', array_column( $checks, 'status' ) );
	}
}
