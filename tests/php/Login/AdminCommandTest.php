<?php
/**
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Tests\Login;

use NxtChat\Account\Accounts;
use NxtChat\Login\Bindings;
use NxtChat\Tests\Simulator;
use NxtChat\Tests\TestCase;

/** `wp nxtchat login …`, each verb as a process of its own. */
final class AdminCommandTest extends TestCase {

	private Simulator $sim;

	protected function setUp(): void {
		parent::setUp();
		$this->sim = Simulator::shared();
		$this->sim->settings( array( 'review_ms' => array( 0, 0 ) ) );
	}

	public function test_status_bind_unbind_and_purge(): void {
		$user   = $this->sign_in( 'subscriber' );
		$status = json_decode( self::done( 'login status --format=json' ), true );
		$status = array_column( $status, 'value', 'name' );
		self::assertSame( array( 'off', 'none' ), array( $status['state'], $status['template'] ) );
		self::assertStringContainsString( 'No WhatsApp number is connected.', $status['missing'] );

		$out = self::done( 'login bind test-subscriber "+49 151 12340001"' );
		self::assertSame( 'Success: test-subscriber logs in with +49 ••• 001.', $out );
		self::assertSame( '+4915112340001', Bindings::of_user( $user )['phone'] );
		$other = $this->sign_in( 'editor' );
		self::assertStringNotContainsString( 'Success', self::wp( 'login bind test-editor +4915112340001' )[1] );
		self::assertSame( '+4915112340001', Bindings::of_user( $user )['phone'], 'nobody answered the question' );
		self::done( 'login bind test-editor +4915112340001 --yes' );
		self::assertSame( array( null, '+4915112340001' ), array( Bindings::of_user( $user ), Bindings::of_user( $other )['phone'] ) );
		self::done( "login unbind $other" );
		self::assertNull( Bindings::of_user( $other ) );
		self::assertSame( 'Success: 0 removed.', self::done( 'login purge --days=0' ) );
	}

	public function test_settings_are_shown_and_changed_and_the_switch_obeys(): void {
		self::done( 'login settings digits 8' );
		self::assertStringContainsString( '8', self::done( 'login settings digits --format=csv' ) );
		self::done( 'login settings countries \'["DE","AT"]\'' );
		self::done( 'login settings digits default' );
		[ $code, $out ] = self::wp( 'login settings enabled true' );
		self::assertSame( 1, $code );
		self::assertStringContainsString( 'cannot be switched on yet', $out );
		self::assertSame( array( 'countries' ), array_keys( get_option( 'nxtchat_login' ) ) );
	}

	public function test_a_test_code_from_the_shell(): void {
		self::assertIsInt( Accounts::create( $this->sim->account_fields() ) );
		$this->sign_in();
		$this->rest( 'POST', 'login/template' );
		$this->sim->call( 'POST', '/sim/advance' );
		usleep( 5000 );
		self::done( 'template sync' );
		self::assertStringStartsWith( 'Success: ', self::done( 'login test --phone="+49 151 12340001" --wait=0' ) );
		self::assertCount( 1, $this->sim->accepted() );
	}

	/** @return array<string, array{string}> */
	public static function bad(): array {
		$commands = array(
			'login bind nobody +4915112340001',
			'login bind test-subscriber 12',
			"login bind test-subscriber \$'\\xff'",
			'login bind 0 +4915112340001',
			'login bind',
			'login unbind nobody',
			'login unbind test-subscriber',
			'login test',
			'login test --phone=',
			'login test --phone=+4915112340001',
			'login test --phone=+4915112340001 --wait=long',
			'login purge --days=abc',
			'login purge --days=-1',
			'login settings nothing',
			'login settings digits many',
			'login settings digits 3',
			'login settings enabled perhaps',
			'login nope',
		);
		return array_combine( $commands, array_map( static fn( string $command ): array => array( $command ), $commands ) );
	}

	/** @dataProvider bad */
	public function test_bad_input_is_one_clear_line( string $command ): void {
		$this->sign_in( 'subscriber' );
		[ $code, $out ] = self::wp( $command );
		self::assertSame( 1, $code, $out );
		self::assertMatchesRegularExpression( '/^(Error: \S.{8,}|usage: )/m', $out );
		self::assertDoesNotMatchRegularExpression( '/PHP|Stack trace|<html|Deprecated:/i', $out );
		self::assertCount( 0, $this->rows( 'bindings' ) );
	}

	private static function done( string $command ): string {
		[ $code, $out ] = self::wp( $command );
		self::assertSame( 0, $code, "$command: $out" );
		return $out;
	}

	/** @return array{int, string} Exit code, both outputs. */
	private static function wp( string $command ): array {
		exec( 'bash -c ' . escapeshellarg( 'NXTCHAT_SITE=' . escapeshellarg( NXTCHAT_TEST_SITE ) . ' ' . NXTCHAT_TEST_ROOT . "/tools/wp nxtchat $command </dev/null 2>&1" ), $out, $code );
		return array( $code, implode( "\n", $out ) );
	}
}
