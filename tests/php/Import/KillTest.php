<?php
/**
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Tests\Import;

use NxtChat\Group\Groups;
use NxtChat\Import\Imports;

require_once __DIR__ . '/ImportCase.php';

/**
 * An import whose process is killed at random moments and taken up again ends as if nothing had happened.
 *
 * @group long
 */
final class KillTest extends ImportCase {

	private const KILLS = 20;

	public function test_killed_at_twenty_random_points_and_resumed(): void {
		mt_srand( 20261122 );
		$csv     = $this->file( self::on_sqlite() ? 4000 : 40000 );
		$options = array( 'existing' => 'overwrite', 'new_groups' => array( 'Everybody' ) ); // phpcs:ignore
		$this->world();
		$whole = self::import( $csv, $options );
		$want  = array( $this->state(), $this->changes(), self::told( $whole ), file_get_contents( Imports::rejects( $whole['id'] ) ) );
		self::assertGreaterThan( 0, $whole['rejected'] * $whole['changed'] * $whole['unchanged'] * $whole['added'] );

		$killed = 0;
		$points = array();
		for ( $round = 1; $killed < self::KILLS && $round <= 10; $round++ ) {
			$this->empty_tables();
			wp_cache_flush();
			$this->world();
			$id = self::made( $csv, $options )['id'];
			Imports::start( $id, false );
			while ( 'running' === Imports::get( $id )['state_name'] && $killed < self::KILLS ) {
				if ( $this->run_and_kill( $id ) ) {
					++$killed;
					$points[] = Imports::get( $id )['rows_read'];
				}
			}
			$this->free( $id );
			$done = Imports::step( $id, INF );
			self::assertSame( 'done', $done['state_name'], $done['error'] );
			$have = array( $this->state(), $this->changes(), self::told( $done ), file_get_contents( Imports::rejects( $id ) ) );
			self::assertEquals( $want, $have, "round $round, killed $killed times so far" );
		}
		self::assertSame( self::KILLS, $killed );
		self::assertGreaterThan( 3, count( array_unique( $points ) ), 'At several places of the file.' );
		fwrite( STDERR, "\nImport of {$whole['rows_read']} rows killed $killed times, in $round rounds, after rows " . implode( ', ', $points ) . ".\n" );
	}

	public function test_an_undo_killed_and_resumed(): void {
		mt_srand( 20261123 );
		$csv = $this->file( self::on_sqlite() ? 2000 : 20000 );
		$this->world();
		$id = self::import( $csv, array( 'existing' => 'overwrite' ) )['id'];
		Imports::undo( $id );
		$begun = microtime( true );
		$whole = Imports::step( $id, INF );
		$took  = (int) ( 1e6 * ( microtime( true ) - $begun ) );
		$want  = array( $this->state(), self::told( $whole ) );
		$this->empty_tables();
		wp_cache_flush();
		$this->world();
		$id = self::import( $csv, array( 'existing' => 'overwrite' ) )['id'];
		Imports::undo( $id );
		$killed = 0;
		for ( $try = 0; $try < 12 && 'undoing' === Imports::get( $id )['state_name']; $try++ ) {
			$killed += $this->run_and_kill( $id, intdiv( $took, 2 ) ) ? 1 : 0;
		}
		$this->free( $id );
		$done = Imports::step( $id, INF );
		self::assertGreaterThan( 0, $killed );
		self::assertEquals( $want, array( $this->state(), self::told( $done ) ) );
	}

	/** Two processes at once, of which neither knows that the other has the lease: every row counts once. */
	public function test_two_processes_on_one_import(): void {
		$csv = $this->file( self::on_sqlite() ? 1500 : 15000 );
		$this->world();
		$want = self::told( self::import( $csv ) );
		$this->empty_tables();
		wp_cache_flush();
		$this->world();
		$id = self::made( $csv )['id'];
		Imports::start( $id, false );
		[ $one, $go ] = self::child( $id );
		[ $two, $go_two ] = self::child( $id );
		usleep( 500000 );
		touch( $go );
		for ( $i = 0; $i < 400 && 'running' === Imports::get( $id )['state_name']; $i++ ) {
			$this->free( $id ); // As if the first were silent for too long.
			touch( $go_two );
			usleep( 5000 );
		}
		foreach ( array( $one, $two ) as $process ) {
			self::assertSame( 0, proc_close( $process ) );
		}
		$this->free( $id );
		self::assertEquals( $want, self::told( Imports::step( $id, INF ) ) );
		array_map( 'unlink', array_filter( array( $go, $go_two ), 'file_exists' ) );
	}

	/** People known, unknown, twice, withdrawn, in groups, and rows that are no people. */
	private function file( int $count ): string {
		$csv = "phone,name,email,groups,marketing,consent_at,field:city,field:points\n";
		for ( $i = 0; $i < $count; $i++ ) {
			$n    = 13 === $i % 97 ? $i - 13 : $i; // Some come again, near and far.
			$n    = 50 === $i % 211 ? intdiv( $i, 2 ) : $n;
			$csv .= 7 === $i % 31
				? "nonsense $i,\"x, y\",,,,,,\n"
				: sprintf( "+49151%08d,%s %d,%s,%s,%s,2026-01-%02d,%s,%s\n", 10000000 + $n, array( 'Anna', 'Jörg', 'Zoë' )[ $i % 3 ], $i, 0 === $i % 4 ? "u$i@example.org" : '', 'Group ' . $i % 7, array( 'yes', 'no', '' )[ $i % 3 ], 1 + $i % 28, 0 === $i % 2 ? "City $i" : '', 0 === $i % 5 ? (string) ( $i / 2 ) : '' );
		}
		return $csv . explode( "\n", $csv )[2] . "\n"; // Which changes nothing.
	}

	/** Who is there before. */
	private function world(): void {
		self::make_fields();
		Groups::ensure( array( 'Group 1' ) );
		$csv = "phone,name,email,groups,marketing,field:city\n";
		for ( $i = 0; $i < 300; $i++ ) {
			$csv .= sprintf( "+49151%08d,Old %d,%s,Group 1,%s,%s\n", 10000000 + 3 * $i, $i, 0 === $i % 2 ? "old$i@example.org" : '', 0 === $i % 6 ? 'no' : '', 0 === $i % 3 ? 'Old town' : '' );
		}
		// The same names as file() gives some, so that some rows change nothing.
		$csv .= "+4915110000001,Jörg 1,,Group 1,,\n";
		self::import( $csv, array( 'consent' => array( 'wording' => 'x', 'at_ms' => 1700000000000 ) ) ); // phpcs:ignore
		self::import( "phone,name\n+4915199999999,Nobody in the file\n" );
	}

	/**
	 * @param int|null $most_us Killed after this many microseconds of work at most.
	 * @return bool Whether it was killed while it ran.
	 */
	private function run_and_kill( int $id, ?int $most_us = null ): bool {
		$this->free( $id );
		[ $process, $go ] = self::child( $id );
		usleep( 400000 ); // It has loaded WordPress and waits.
		touch( $go );
		usleep( mt_rand( 1000, $most_us ?? ( self::on_sqlite() ? 2500000 : 900000 ) ) );
		$status = proc_get_status( $process );
		if ( $status['running'] ) {
			posix_kill( $status['pid'], SIGKILL );
		}
		proc_close( $process );
		unlink( $go );
		return $status['running'];
	}

	/** What the lease's end does after some seconds. */
	private function free( int $id ): void {
		global $wpdb;
		$wpdb->query( 'UPDATE ' . self::table( 'leases' ) . " SET until_ms = 0 WHERE name = 'import:$id'" );
	}

	/** @return array{0: resource, 1: string} Process, and the file that lets it go. */
	private static function child( int $id ): array {
		$go = (string) tempnam( sys_get_temp_dir(), 'go' );
		unlink( $go );
		$process = proc_open( array( PHP_BINARY, NXTCHAT_TEST_ROOT . '/tests/fault/child.php', 'import', (string) $id ), array( array( 'file', '/dev/null', 'r' ), array( 'file', '/dev/null', 'w' ), STDERR ), $pipes, null, array( 'NXTCHAT_CHILD_GO' => $go ) + getenv() );
		return array( $process, $go );
	}

	/** What an import tells of itself, without ids and times. */
	private static function told( array $import ): array {
		$told = array_diff_key( $import, array_flip( array( 'id', 'uid', 'name', 'busy', 'created_ms', 'started_ms', 'finished_ms', 'options' ) ) );
		foreach ( $told['report']['changed_examples'] as $n => $example ) {
			unset( $told['report']['changed_examples'][ $n ]['contact_id'] );
			$told['report']['changed_examples'][ $n ]['before'] = (array) $example['before'];
			$told['report']['changed_examples'][ $n ]['after']  = (array) $example['after'];
		}
		return $told;
	}

	/** @return list<string> What an undo would need, by number. */
	private function changes(): array {
		global $wpdb;
		$fields = array_column( $wpdb->get_results( 'SELECT id, name FROM ' . self::table( 'fields' ), ARRAY_A ), 'name', 'id' );
		$out    = array();
		foreach ( $wpdb->get_results( 'SELECT i.value, x.before_json FROM ' . self::table( 'import_changes' ) . ' x JOIN ' . self::table( 'contact_identities' ) . ' i ON i.contact_id = x.contact_id AND i.kind = 1', ARRAY_A ) as $row ) {
			$change = json_decode( $row['before_json'], true );
			foreach ( array( 'before', 'after' ) as $side ) {
				foreach ( $change[ $side ]['values'] ?? array() as $field => $text ) {
					$change[ $side ][ $fields[ $field ] ] = $text;
				}
				unset( $change[ $side ]['values'] );
				ksort( $change[ $side ] );
			}
			$out[] = $row['value'] . wp_json_encode( $change );
		}
		sort( $out );
		return $out;
	}
}
