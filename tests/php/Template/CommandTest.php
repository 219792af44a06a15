<?php
/**
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Tests\Template;

use NxtChat\Account\Accounts;
use NxtChat\Template\TemplateStore;
use NxtChat\Tests\Simulator;
use NxtChat\Tests\TestCase;

/** `wp nxtchat template …`, each verb as a process of its own, against the simulator. */
final class CommandTest extends TestCase {

	private Simulator $sim;

	protected function setUp(): void {
		parent::setUp();
		$this->sim = Simulator::shared();
		$this->sim->settings( array( 'review_ms' => array( 0, 0 ) ) );
		self::assertIsInt( Accounts::create( $this->sim->account_fields() ) );
	}

	public function test_from_a_starting_point_to_a_sent_message(): void {
		$id = (int) self::done( 'template create order_update --submit --porcelain' );
		self::assertGreaterThan( 0, $id );
		$this->sim->call( 'POST', '/sim/advance' );
		usleep( 5000 );
		self::assertStringContainsString( '1 templates, 1 changed.', self::done( 'template sync' ) );
		self::assertSame( (string) $id, self::done( 'template list --status=APPROVED --format=ids' ) );
		self::assertSame( '0', self::done( 'template list --status=PAUSED --format=count' ) );
		$shown = json_decode( self::done( 'template get order_update --language=en_US' ), true );
		self::assertSame( array( $id, 'APPROVED', 'UTILITY' ), array( $shown['id'], $shown['status'], $shown['category'] ) );
		self::assertContains( 'status', array_column( $shown['log'], 'kind' ) );

		$values  = '\'{"header.1": "77", "body.1": "Zoë", "body.2": "77", "body.3": "Parcels"}\'';
		$preview = self::done( "template preview order_update --values=$values" );
		self::assertStringStartsWith( "Order 77\nHi Zoë, your order 77 is on its way.", $preview );
		$message = (int) self::done( "template send order_update +4915112345678 --values=$values --porcelain" );
		$row     = $this->rows( 'messages', "id = $message" )[0];
		self::assertSame( (string) $id, $row['template_id'] );
		self::assertCount( 1, $this->sim->accepted() );
		TemplateStore::update( $id, array( 'counted_ms' => 0 ) ); // Counted anew at once, not after a minute.
		self::assertSame( 1, json_decode( self::done( 'template list --format=json' ), true )[0]['sent'] );

		self::done( "template delete $id --yes --force" );
		self::assertSame( '0', self::done( 'template list --format=count' ) );
		self::assertSame( '1', self::done( 'template list --status=GONE --format=count' ) );
	}

	public function test_check_tells_all_problems(): void {
		$file = tempnam( sys_get_temp_dir(), 'nxtchat' );
		file_put_contents( $file, '{"name": "Wrong Name", "language": "en_US", "category": "UTILITY", "components": [{"type": "BODY", "text": "{{1}} begins"}]}' );
		[ $code, $out ] = self::wp( "template check $file" );
		self::assertSame( 1, $code );
		self::assertMatchesRegularExpression( '/Error: Meta would refuse it for \d+ reasons\./', $out );
		self::assertStringContainsString( 'components[0]', $out );
		file_put_contents( $file, '{"name": "good", "language": "en_US", "category": "UTILITY", "components": [{"type": "BODY", "text": "Your order is ready."}]}' );
		self::assertStringContainsString( 'Success:', self::done( "template check $file" ) );
		unlink( $file );
	}

	/** @return array<string, array{string}> */
	public static function bad(): array {
		$commands = array(
			'template get 999',
			'template get nothing_of_this_name',
			"template get \$'\\xff'",
			'template list --limit=abc',
			'template list --account=1x',
			'template sync --account=999',
			'template sync --account=abc',
			'template check /nowhere',
			'template check /etc/hostname',
			'template preview 999',
			'template create /nowhere',
			'template create order_update --account=999',
			'template delete 999 --yes',
			'template send 999 +4915112345678',
			'template send nothing +4915112345678',
			'template send',
			'template nope',
		);
		return array_combine( $commands, array_map( static fn( string $command ): array => array( $command ), $commands ) );
	}

	/** @dataProvider bad */
	public function test_bad_input_is_one_clear_line( string $command ): void {
		[ $code, $out ] = self::wp( $command );
		self::assertSame( 1, $code, $out );
		self::assertMatchesRegularExpression( '/^(Error: \S.{8,}|usage: )/m', $out );
		self::assertDoesNotMatchRegularExpression( '/PHP|Stack trace|<html|Deprecated:/i', $out );
		self::assertStringNotContainsString( $this->sim->ready['token'], $out );
		self::assertCount( 0, $this->rows( 'templates' ) );
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
