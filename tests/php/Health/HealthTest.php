<?php
/**
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Tests\Health;

use NxtChat\Account\Accounts;
use NxtChat\Health\Checks;
use NxtChat\Health\SiteHealth;
use NxtChat\Native;
use NxtChat\Schema;
use NxtChat\Site;
use NxtChat\Tests\TestCase;

/** Site Health and `wp nxtchat doctor` say what is wrong. */
final class HealthTest extends TestCase {

	private static function account(): int {
		return (int) Accounts::create(
			array(
				'app_id'          => '1234567890',
				'app_secret'      => self::APP_SECRET,
				'token'           => 'EAAtestTOKEN0123456789abcdefghijk',
				'waba_id'         => '102290129340398',
				'phone_number_id' => '106540352242922',
			)
		);
	}

	public function test_a_healthy_site(): void {
		self::account();
		foreach ( array( 'extension', 'tables', 'directory', 'private', 'key', 'spool', 'home', 'accounts' ) as $check ) {
			$row = Checks::run( $check );
			self::assertSame( 'ok', $row['status'], "$check: {$row['detail']}" );
		}
	}

	public function test_every_check_is_in_site_health_and_debug_info_holds_no_secret(): void {
		$id = self::account();
		$this->sign_in();
		$tests = apply_filters( 'site_status_tests', array( 'direct' => array(), 'async' => array() ) );
		foreach ( Checks::ALL as $check ) {
			self::assertTrue( isset( $tests['direct'][ "nxtchat_$check" ] ) || isset( $tests['async'][ "nxtchat_$check" ] ), $check );
			self::assertArrayHasKey( $check, Checks::labels() );
		}
		self::assertContains( SiteHealth::result( 'spool' )['status'], array( 'good', 'recommended', 'critical' ) );
		$debug = (string) wp_json_encode( apply_filters( 'debug_information', array() )['nxt-cloud-chat'] );
		foreach ( array( self::APP_SECRET, 'EAAtestTOKEN', Accounts::webhook( $id )['verify_token'] ) as $secret ) {
			self::assertStringNotContainsString( $secret, $debug );
		}
	}

	public function test_another_key_is_told(): void {
		global $wpdb;
		self::account();
		$wpdb->query( 'UPDATE ' . Schema::table( 'accounts' ) . " SET token_sealed = 'nonsense'" );
		self::assertSame( 'fail', Checks::run( 'key' )['status'] );
	}

	public function test_a_web_node_that_knows_nothing_is_set_up(): void {
		self::account();
		unlink( Site::dir() . '/front.sealed' );
		$body = self::text_body( 'wamid.node', '491701234567', 'hello' );
		self::assertSame( 503, self::post_webhook( $body )['status'] );
		self::assertSame( 'warn', Checks::run( 'webhook' )['status'] );
		self::assertSame( 200, self::post_webhook( $body )['status'] );
	}

	public function test_a_copy_is_told(): void {
		self::account();
		$this->add_hook( 'option_home', static fn(): string => 'https://copy.example.test' );
		self::assertSame( 'warn', Checks::run( 'home' )['status'] );
	}

	public function test_a_full_spool_is_told_and_shown(): void {
		self::account();
		$site = Site::dir();
		\NxtChat\Settings::set( array( 'spool_mb' => 16 ) );
		// Nobody drains: these events stay.
		self::assertTrue( Native\spool_lease( $site ) );
		$body = self::webhook_body( array( 'pad' => str_repeat( 'x', 1024 * 1024 ) ) );
		$full = false;
		for ( $i = 0; $i < 40 && ! $full; $i++ ) {
			try {
				Native\webhook_accept( $site, $body, self::sign( $body ) );
			} catch ( Native\Exception\SpoolError $e ) {
				$full = true;
			}
		}
		self::assertTrue( $full, 'the limit holds' );
		self::assertSame( 'fail', Checks::run( 'spool' )['status'] );
		self::assertSame( 503, self::post_webhook( $body )['status'], 'and Meta is told to try again' );
		$this->sign_in();
		set_current_screen( 'dashboard' );
		ob_start();
		do_action( 'admin_notices' );
		self::assertStringContainsString( 'nxtchat-spool', (string) ob_get_clean() );
	}
}
