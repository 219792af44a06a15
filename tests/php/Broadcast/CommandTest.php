<?php
/**
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Tests\Broadcast;

use NxtChat\Broadcast\Broadcasts;
use NxtChat\Broadcast\Work;

require_once __DIR__ . '/BroadcastCase.php';

/** `wp nxtchat broadcast …`, each verb as a process of its own, against the simulator. */
final class CommandTest extends BroadcastCase {

	public function test_from_a_draft_to_its_report(): void {
		$this->template( 'note', 'en_US', 'UTILITY' );
		$this->people( 5 );
		$file = (string) tempnam( sys_get_temp_dir(), 'nxtchat' );
		file_put_contents( $file, "+4915130000001\nnonsense\n" );
		[ $code, $out ] = self::wp( 'broadcast create Half' );
		self::assertSame( 0, $code );
		self::assertStringContainsString( 'No template is chosen.', $out );
		$id = (int) self::done( "broadcast create News --account={$this->account} --template=note --language=en_US --everybody --numbers=$file --rate=200 --porcelain" );
		unlink( $file );
		self::assertGreaterThan( 0, $id );
		$told = json_decode( self::done( "broadcast preflight $id --format=json" ), true );
		self::assertSame( array( 6, 1 ), array( $told['reachable'], $told['invalid'] ) );
		self::assertStringContainsString( 'would get it', self::done( "broadcast preflight $id" ) );
		self::assertStringContainsString( 'for 6 people', self::done( "broadcast start $id --yes" ) );
		self::done( "broadcast pause $id" );
		self::done( "broadcast rate $id 300" );
		self::done( "broadcast resume $id" );
		for ( $work = new Work(), $n = 0; $n < 40 && ! str_contains( self::done( "broadcast status $id" ), 'done' ); $n++ ) {
			$work->step( 0.5 );
		}
		$work->end( 1.0 );
		self::assertStringContainsString( '100%', self::done( "broadcast status $id --watch" ) );
		$report = json_decode( self::done( "broadcast report $id --format=json" ), true );
		self::assertSame( array( 6, true ), array( $report['funnel']['sent'], $report['proof']['ok'] ) );
		self::assertStringContainsString( 'Nobody got it twice', self::done( "broadcast report $id" ) );
		self::assertStringContainsString( '+4915130000001', self::done( "broadcast report $id --format=csv" ) );
		self::assertStringContainsString( 'News', self::done( 'broadcast list --state=done' ) );
		$half = $id - 1;
		self::assertMatchesRegularExpression( '/6 \(100\.0%\)/', self::done( "broadcast compare $id $half 999" ) );
		$both = json_decode( self::done( "broadcast compare $half $id --format=json" ), true );
		self::assertSame( array( array( $half, 0 ), array( $id, 6 ) ), array_map( static fn( array $one ): array => array( $one['id'], $one['sent'] ), $both ) );
		self::assertStringContainsString( '0 people', self::done( "broadcast retry $id" ) );
		self::done( "broadcast delete $id" );
		self::assertSame( array(), $this->rows( 'recipients' ) );
	}

	public function test_whatever_the_screen_can_choose(): void {
		$this->template();
		$ids   = $this->people( 3 );
		$other = $this->draft( array(), 'Other' )['id'];
		$id    = (int) self::done( "broadcast create Half --definition='{\"audience\":{\"groups\":[9]}}' --template=sale --language=en_US --contacts={$ids[0]},{$ids[1]} --not-read=$other --exclude-groups=1 --exclude-segments=2 --exclude-contacts={$ids[2]} --exclude-got=$other --at=2035-01-01T09:00 --zone=recipient --quiet-hours=21:00-08:00 --cap=2/7 --porcelain" );
		$made  = Broadcasts::get( $id )['definition'];
		self::assertSame( array( array( 9 ), array( $ids[0], $ids[1] ), array( $other ) ), array( $made['audience']['groups'], $made['audience']['contacts'], $made['audience']['not_read'] ) );
		self::assertSame( array( 'groups' => array( 1 ), 'segments' => array( 2 ), 'contacts' => array( $ids[2] ), 'got' => array( $other ) ), $made['exclude'] );
		self::assertEquals( array( 'mode' => 'at', 'at' => '2035-01-01T09:00', 'zone' => 'recipient' ), $made['schedule'] );
		self::assertSame( array( array( 'from' => '21:00', 'to' => '08:00', 'zone' => 'recipient' ), array( 'messages' => 2, 'days' => 7 ) ), array( $made['quiet'], $made['cap'] ) );
		self::assertStringContainsString( 'is sent', self::done( "broadcast test $id " . self::phone( 0 ) ) );
		self::assertCount( 1, $this->rows( 'messages', "contact_id = {$ids[0]}" ) );
	}

	/** @dataProvider bad */
	public function test_bad_input_is_one_line_and_exit_1( string $command ): void {
		[ $code, $out ] = self::wp( $command );
		self::assertSame( 1, $code, "$command: $out" );
		self::assertMatchesRegularExpression( '/^(Error: \S.{8,}|usage: )/m', $out );
		self::assertDoesNotMatchRegularExpression( '/PHP|Stack trace|<html|Deprecated:/i', $out );
	}

	public static function bad(): array {
		$commands = array( 'broadcast status 999', 'broadcast status x', 'broadcast start 999 --yes', 'broadcast pause 999', 'broadcast resume 999', 'broadcast cancel 999 --yes', 'broadcast rate 999 5', 'broadcast rate 1 x', 'broadcast report 999', 'broadcast report 999 --format=csv', 'broadcast compare 1', 'broadcast compare 1 x', 'broadcast compare 998 999', 'broadcast preflight 999', 'broadcast list --state=nonsense', 'broadcast create x --definition=nonsense', 'broadcast create x --account=abc', 'broadcast create x --numbers=/nowhere', 'broadcast create x --definition=\'{"audience":"x"}\' --groups=1', 'broadcast create x --quiet-hours=9', 'broadcast create x --quiet-hours=9-10', 'broadcast create x --cap=5', 'broadcast create x --cap=0/7', 'broadcast create x --zone=moon', 'broadcast test 999 +4915110000000', 'broadcast test 1 x', 'broadcast delete 999' );
		return array_combine( $commands, array_map( static fn( string $command ): array => array( $command ), $commands ) );
	}

	private static function done( string $command ): string {
		[ $code, $out ] = self::wp( $command );
		self::assertSame( 0, $code, "$command: $out" );
		return $out;
	}

	/** @return array{0: int, 1: string} */
	private static function wp( string $command ): array {
		exec( 'bash -c ' . escapeshellarg( 'NXTCHAT_SITE=' . escapeshellarg( NXTCHAT_TEST_SITE ) . ' ' . NXTCHAT_TEST_ROOT . "/tools/wp nxtchat $command </dev/null 2>&1" ), $lines, $code );
		return array( $code, implode( "\n", $lines ) );
	}
}
