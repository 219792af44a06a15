<?php
/**
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Tests\Security;

use NxtChat\Account\Accounts;
use NxtChat\Native;
use NxtChat\Site;
use NxtChat\Tests\TestCase;

/** Bad input in WP-CLI: exit code 1 and one clear line, for every verb; and the wrong user of the machine. */
final class CommandsTest extends TestCase {

	protected function setUp(): void {
		parent::setUp();
		Accounts::create(
			array(
				'app_id'          => '1234567890',
				'app_secret'      => self::APP_SECRET,
				'token'           => 'EAAtestTOKEN0123456789abcdefghijk',
				'waba_id'         => '102290129340398',
				'phone_number_id' => '106540352242922',
				'graph_base'      => 'http://127.0.0.1:9',
			)
		);
	}

	/** @return array<string, array{string}> */
	public static function bad(): array {
		$commands = array(
			'account add --app-id=x --waba-id=y --phone-number-id=z --token-file=/nowhere --app-secret-file=/nowhere',
			'account add --app-id=x --waba-id=y --phone-number-id=z',
			'account update abc --name=x',
			'account update 999 --name=x',
			'account update 1x --name=x',
			'account test 999',
			'account test -1',
			'account subscribe 999',
			'account webhook 999',
			'account remove 999 --yes',
			'account remove abc --yes',
			'account confirm-home maybe',
			'account list --format=xml',
			'account list --fields=nope',
			'account nope',
			'vault reseal --old-key-file=/nowhere',
			'vault info too many',
			'doctor --format=zzz',
			'drain --max-time=0',
			'work --max-time=abc',
			'event list --limit=-5',
			'event list --account=x',
			'event replay',
			'event replay abc',
			'event replay 999999',
			'conversation list --limit=abc',
			'conversation list --account=abc',
			'message list --state=nope',
			'message list --type=nope',
			'message list --direction=nope',
			'message list --conversation=x',
			'message get abc',
			'message get 999999',
			'send nonsense hello',
			"send \$'\\xff' hello",
			"send +4915112345678 \$'\\xff\\xfe'",
			'send +4915112345678',
			'send +4915112345678 hello --account=77',
			'send +4915112345678 hello --account=1x',
			'send +4915112345678 hello --ref=nope',
			'send +4915112345678 --file=/nowhere',
			'send +4915112345678 hello', // No window is open.
		);
		return array_combine( $commands, array_map( static fn( string $command ): array => array( $command ), $commands ) );
	}

	/** @dataProvider bad */
	public function test_one_clear_line_and_exit_code_1( string $command ): void {
		[ $code, $out ] = self::wp( $command );
		self::assertSame( 1, $code, $out );
		self::assertSame( 1, preg_match_all( '/^Error: \S.{8,}/m', $out ), $out );
		self::assertDoesNotMatchRegularExpression( '/PHP|Stack trace|<html|Warning:|Deprecated:/i', $out );
		self::assertStringNotContainsString( 'EAAtest', $out );
		self::assertStringNotContainsString( self::APP_SECRET, $out );
		self::assertCount( 1, $this->rows( 'accounts' ) );
	}

	public function test_another_user_of_the_machine_is_told_whom_to_be_and_leaves_nothing(): void {
		if ( 0 !== posix_geteuid() || ! is_executable( '/usr/bin/setpriv' ) ) {
			self::markTestSkipped( 'Needs root, to become somebody else.' );
		}
		if ( self::on_sqlite() ) {
			self::markTestSkipped( 'WordPress itself stops at its database file; on MariaDB this runs.' );
		}
		$id = Accounts::all()[0]['id'];
		foreach ( array( 'drain', 'work --max-time=1', 'vault info', 'vault rotate', "account update $id --name=x" ) as $command ) {
			[ $code, $out ] = self::wp( $command, 'setpriv --reuid=65534 --regid=65534 --clear-groups ' );
			if ( str_contains( $out, 'No such file' ) || str_contains( $out, 'NXTCHAT_SITE' ) ) {
				self::markTestSkipped( 'Another user can not read this checkout.' );
			}
			self::assertSame( 1, $code, "$command: $out" );
			self::assertStringContainsString( 'sudo -u ', $out, $command );
		}
		foreach ( new \RecursiveIteratorIterator( new \RecursiveDirectoryIterator( Site::dir(), \FilesystemIterator::SKIP_DOTS ) ) as $file ) {
			self::assertSame( posix_geteuid(), $file->getOwner(), $file->getPathname() );
		}
		self::assertSame( '', Accounts::get( $id )['name'] );
	}

	public function test_odd_paths_name_no_directory(): void {
		foreach ( array( array( '', 1 ), array( 'relative', 1 ), array( '/nowhere/at/all', 1 ), array( WP_CONTENT_DIR . "\0x", 1 ), array( str_repeat( '/a', 5000 ), 1 ), array( WP_CONTENT_DIR, 0 ), array( WP_CONTENT_DIR, -1 ) ) as [ $path, $blog ] ) {
			try {
				Native\site_dir( $path, $blog );
				self::fail( substr( $path, 0, 40 ) . " $blog" );
			} catch ( Native\Exception\InvalidInput $e ) {
				self::assertNotSame( '', $e->getMessage() );
			}
		}
		self::assertSame( Native\site_dir( WP_CONTENT_DIR, 1 ), Native\site_dir( WP_CONTENT_DIR . '/../wp-content/./', 1 ), 'One site has one directory, however it is written.' );
		foreach ( array( 'relative', '', '/proc/1/nxtchat' ) as $dir ) {
			try {
				Native\site_prepare( $dir );
				self::fail( $dir );
			} catch ( Native\Exception\Exception $e ) {
				self::assertNotSame( '', $e->getMessage() );
			}
		}
	}

	/** @return array{int, string} Exit code, both outputs. */
	private static function wp( string $command, string $prefix = '' ): array {
		$line = 'NXTCHAT_SITE=' . escapeshellarg( NXTCHAT_TEST_SITE ) . " $prefix" . NXTCHAT_TEST_ROOT . "/tools/wp nxtchat $command </dev/null 2>&1";
		exec( 'bash -c ' . escapeshellarg( $line ), $out, $code );
		return array( $code, implode( "\n", $out ) );
	}
}
