<?php
/**
 * Login by processes that are killed.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Tests\Login;

use NxtChat\Login\Bindings;
use NxtChat\Login\Holder;
use NxtChat\Login\SignOn;
use NxtChat\Login\Verification;
use NxtChat\Message\SendMessage;
use NxtChat\Native;

require_once __DIR__ . '/LoginCase.php';

/**
 * Processes are killed (kill -9) at random moments of asking, checking, signing on and binding. Afterwards nothing was sent twice, no
 * guess was for nothing, and no account is without its number.
 *
 * @group long
 */
final class KillTest extends LoginCase {

	/** Microseconds of work of each kind, as learnt. @var array<string, int> */
	private array $most_us = array();

	protected function setUp(): void {
		parent::setUp();
		mt_srand( 20261129 );
		$this->set(
			array(
				'budgets'     => array_fill_keys( array( 'number', 'ip', 'network', 'country', 'site' ), array( 0, 0, 0 ) ),
				'guesses_day' => 100,
			)
		);
		delete_metadata( 'user', 0, Bindings::META, '', true ); // Of users of earlier tests.
	}

	protected function tearDown(): void {
		update_option( 'users_can_register', 0 );
		parent::tearDown();
	}

	private static function kills(): int {
		return self::on_sqlite() ? 15 : 25;
	}

	/**
	 * A process with this browser's cookie, killed at a random moment of its work. How long that takes here is learnt: about half of them
	 * are killed, the others end.
	 *
	 * @param list<string> $arguments
	 * @return array{killed: bool, said: string}
	 */
	private function run_and_kill( array $arguments ): array {
		$go      = (string) tempnam( sys_get_temp_dir(), 'go' );
		$ready   = "$go.ready";
		unlink( $go );
		$process = proc_open(
			array( PHP_BINARY, NXTCHAT_TEST_ROOT . '/tests/fault/child.php', 'login', ...$arguments ),
			array( array( 'file', '/dev/null', 'r' ), array( 'pipe', 'w' ), array( 'file', '/dev/null', 'w' ) ),
			$pipes,
			null,
			array(
				'NXTCHAT_CHILD_GO'     => $go,
				'NXTCHAT_CHILD_READY'  => $ready,
				'NXTCHAT_CHILD_COOKIE' => $_COOKIE[ Holder::COOKIE ],
			) + getenv()
		);
		self::wait_for( static fn() => file_exists( $ready ), 30.0, 'the process' );
		touch( $go );
		$most = $this->most_us[ $arguments[0] ] ?? 100000;
		usleep( mt_rand( 0, $most ) );
		$status                          = proc_get_status( $process );
		$this->most_us[ $arguments[0] ] = (int) min( 2000000, max( 4000, $most * ( $status['running'] ? 1.2 : 0.8 ) ) );
		if ( $status['running'] ) {
			posix_kill( $status['pid'], SIGKILL );
		}
		$said = (string) stream_get_contents( $pipes[1] );
		proc_close( $process );
		array_map( 'unlink', array( $go, $ready ) );
		return array(
			'killed' => $status['running'],
			'said'   => $said,
		);
	}

	/** No account that login made is without a number, no number without an account, and WordPress's meta says the same. */
	private function assert_whole(): void {
		global $wpdb;
		wp_cache_flush();
		$bound = array_map( 'intval', array_column( $this->rows( 'bindings' ), 'user_id' ) );
		self::assertSame( array(), array_diff( array_map( 'intval', get_users( array( 'search' => 'member-*', 'fields' => 'ID' ) ) ), $bound ), 'An account without a number.' );
		foreach ( $bound as $user ) {
			self::assertNotFalse( get_userdata( $user ), 'A number without an account.' );
			self::assertSame( '1', get_user_meta( $user, Bindings::META, true ) );
		}
		sort( $bound );
		self::assertSame( $bound, array_map( 'intval', $wpdb->get_col( "SELECT user_id FROM {$wpdb->usermeta} WHERE meta_key = '" . Bindings::META . "' ORDER BY user_id" ) ) );
	}

	public function test_asking(): void {
		$this->user();
		$killed = 0;
		for ( $n = 0; $n < self::kills(); $n++ ) {
			$killed += $this->run_and_kill( array( 'start', self::ADA ) )['killed'] ? 1 : 0;
			$this->later( 31 );
		}
		global $wpdb;
		$wpdb->query( 'UPDATE ' . self::table( 'messages' ) . ' SET at_ms = at_ms - 300000, updated_ms = updated_ms - 300000' );
		$sent = count( $this->codes() );
		SendMessage::sweep();
		self::assertCount( $sent, $this->codes(), 'What a killed process left is not sent with dots.' );
		self::assertCount( 0, $this->rows( 'messages', 'state IN (' . Native\STATE_QUEUED . ',' . Native\STATE_SENDING . ')' ) );
		// Each message that arrived has a row of its own, and each row at most one message.
		$rows = $this->rows( 'messages', 'origin = ' . Native\ORIGIN_LOGIN );
		self::assertGreaterThanOrEqual( $sent, count( $rows ) );
		$asked = array_sum( array_column( $this->rows( 'challenges' ), 'sends' ) );
		self::assertLessThanOrEqual( $asked, count( $rows ) );
		self::assertLessThanOrEqual( 1, count( $this->rows( 'challenges', 'live IS NOT NULL' ) ) );
		self::assertSame( $sent, count( array_unique( array_map( static fn( array $one ): string => (string) ( $one['wamid'] ?? $one['id'] ?? wp_json_encode( $one ) ), $this->simulator->accepted() ) ) ) );
		self::assertGreaterThan( self::kills() / 4, $killed );
		fwrite( STDERR, "\nAsking: killed $killed of " . self::kills() . ", asked $asked, rows " . count( $rows ) . ", arrived $sent.\n" );
		// The visitor asks again, and logs in.
		$this->later( 400 );
		$answer = $this->started();
		self::assertIsString( $this->sign_on( $this->verify( $answer, $this->code() ) ) );
	}

	public function test_guessing(): void {
		$this->user();
		$told = 0;
		$all  = 0;
		for ( $round = 0; $round < self::kills() / 8; $round++ ) {
			$answer = $this->started();
			$code   = $this->code();
			$looked = 0;
			for ( $n = 0; $n < 9; $n++ ) {
				$said    = $this->run_and_kill( array( 'verify', $answer['challenge'], sprintf( '%06d', ( (int) $code + 1 + $n ) % 1000000 ) ) );
				$looked += str_contains( $said['said'], 'nxtchat_login_code' ) ? 1 : 0;
				$all    += $said['killed'] ? 1 : 0;
				// What was told was counted before.
				self::assertGreaterThanOrEqual( $looked, (int) $this->rows( 'challenges', 'live IS NOT NULL' )[0]['attempts'] );
			}
			self::assertLessThanOrEqual( 4, $looked );
			$told += $looked;
			$this->later( 400 );
		}
		fwrite( STDERR, "\nGuessing: killed $all times, told $told.\n" );
	}

	public function test_the_right_code_and_signing_on(): void {
		update_option( 'users_can_register', 1 );
		$this->set( array( 'register' => true ) );
		$killed = 0;
		$made   = 0;
		$passes = 0;
		for ( $n = 0; $n < self::kills(); $n++ ) {
			$number = '+4915112' . sprintf( '%06d', 700000 + $n );
			$answer = $this->started( $number );
			$code   = $this->code( $number );
			$said   = $this->run_and_kill( array( 'verify', $answer['challenge'], $code ) );
			$next   = json_decode( $said['said'], true )['next'] ?? null;
			if ( null === $next ) {
				$again = Verification::login( $answer['challenge'], $code );
				$next  = is_wp_error( $again ) ? null : $again['next'];
				\NxtChat\AfterAnswer::run();
			}
			if ( null === $next ) {
				continue; // Verified, and the answer was lost: the visitor begins again.
			}
			++$passes;
			parse_str( (string) wp_parse_url( $next, PHP_URL_QUERY ), $query );
			$said    = $this->run_and_kill( array( 'sign-on', $query['pass'] ) );
			$killed += $said['killed'] ? 1 : 0;
			$this->assert_whole();
			wp_set_current_user( 0 );
			$this->browser( 'one' );
			$again = SignOn::sign_on( $query['pass'] );
			\NxtChat\AfterAnswer::run();
			self::assertFalse( is_string( $again ) && str_starts_with( $said['said'], '"' ), 'Two sessions of one code.' );
			wp_set_current_user( 0 );
			$this->assert_whole();
			$made += null === Bindings::of_phone( $number ) ? 0 : 1;
			// Whatever was left half: with a new code it works, and there is one account.
			$this->browser( 'one' );
			$this->later( 400 );
			$fresh = $this->started( $number );
			self::assertIsString( $this->sign_on( $this->verify( $fresh, $this->code( $number ) ) ) );
			wp_set_current_user( 0 );
			$this->browser( 'one' );
			$this->assert_whole();
			self::assertCount( 1, $this->rows( 'bindings', "phone = '$number'" ) );
		}
		fwrite( STDERR, "\nSigning on: killed $killed of $passes, accounts at once $made.\n" );
		self::assertGreaterThan( 3, $killed );
		self::assertCount( $passes, get_users( array( 'search' => 'member-*', 'fields' => 'ID' ) ) );
	}

	public function test_binding(): void {
		$ada = $this->user( self::ADA, 'subscriber', 'ada' );
		$bob = $this->user( self::BOB, 'subscriber', 'bob' );
		$all = array( self::ADA, self::BOB, '+4915112340003' );
		for ( $n = 0; $n < self::kills(); $n++ ) {
			$this->run_and_kill( array( 'bind', (string) ( $n % 2 ? $ada : $bob ), $all[ mt_rand( 0, 2 ) ] ) );
			$this->assert_whole();
			self::assertLessThanOrEqual( 2, count( $this->rows( 'bindings' ) ) );
		}
		self::remove_user( $bob );
	}

	public function test_two_users_for_one_number_and_two_numbers_for_one_user_at_once(): void {
		$ada = $this->user( self::ADA, 'subscriber', 'ada' );
		$bob = $this->user( self::BOB, 'subscriber', 'bob' );
		$new = '+4915112340003';
		for ( $round = 0; $round < ( self::on_sqlite() ? 3 : 8 ); $round++ ) {
			$go        = (string) tempnam( sys_get_temp_dir(), 'go' );
			$processes = array();
			$ready     = array();
			unlink( $go );
			foreach ( array( array( $ada, $new ), array( $bob, $new ), array( $ada, self::BOB ), array( $bob, self::ADA ) ) as $n => [ $user, $number ] ) {
				$ready[]     = "$go.$n";
				$processes[] = proc_open( array( PHP_BINARY, NXTCHAT_TEST_ROOT . '/tests/fault/child.php', 'login', 'bind', (string) $user, $number ), array( array( 'file', '/dev/null', 'r' ), array( 'pipe', 'w' ), STDERR ), $pipes, null, array( 'NXTCHAT_CHILD_GO' => $go, 'NXTCHAT_CHILD_READY' => "$go.$n" ) + getenv() );
				$out[ $n ]   = $pipes[1];
			}
			foreach ( $ready as $file ) {
				self::wait_for( static fn() => file_exists( $file ), 60.0, 'the processes' );
			}
			touch( $go );
			foreach ( $processes as $n => $process ) {
				self::assertSame( 'true', stream_get_contents( $out[ $n ] ) );
				self::assertSame( 0, proc_close( $process ) );
			}
			array_map( 'unlink', array( $go, ...$ready ) );
			$this->assert_whole();
			$rows = $this->rows( 'bindings' );
			self::assertContains( count( $rows ), array( 1, 2 ) );
		}
		self::remove_user( $bob );
	}
}
