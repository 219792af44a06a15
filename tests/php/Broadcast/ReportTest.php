<?php
/**
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Tests\Broadcast;

use NxtChat\Broadcast\Recipients;
use NxtChat\Broadcast\ReportStore;
use NxtChat\Native;
use NxtChat\Schema;

require_once __DIR__ . '/BroadcastCase.php';

/** What is told of a broadcast, without sending: rows stand for what happened. */
final class ReportTest extends BroadcastCase {

	/** The list of one broadcast is walked in its own order, however many others there are. */
	public function test_the_list_of_recipients_has_an_index(): void {
		global $wpdb;
		foreach ( array( 1, 2, 3 ) as $broadcast ) {
			foreach ( array_chunk( range( 1, 2000 ), 500 ) as $some ) {
				$wpdb->query( 'INSERT INTO ' . self::table( 'recipients' ) . ' (broadcast_id, contact_id, state) VALUES ' . implode( ',', array_map( static fn( int $contact ): string => "($broadcast, $contact, " . Native\STATE_SENT . ')', $some ) ) );
			}
		}
		$wpdb->query( 'ANALYZE TABLE ' . self::table( 'recipients' ) );
		foreach ( array( array(), array( 'country' => 'DE' ), array( 'variant' => 1 ) ) as $filter ) {
			ReportStore::page( 3, $filter, 0, 51 );
			self::assertStringContainsString( 'list', self::plan( $wpdb->last_query ), (string) wp_json_encode( $filter ) );
		}
		ReportStore::page( 3, array( 'states' => array( Native\STATE_FAILED ) ), 0, 51 );
		self::assertMatchesRegularExpression( '/list|work/', self::plan( $wpdb->last_query ) );
	}

	public function test_a_site_of_before_gets_the_index(): void {
		global $wpdb;
		$names = static fn(): array => array_column( $wpdb->get_results( 'SHOW INDEX FROM ' . self::table( 'recipients' ), ARRAY_A ), 'Key_name' );
		$wpdb->query( 'ALTER TABLE ' . self::table( 'recipients' ) . ' DROP INDEX list' );
		self::assertNotContains( 'list', $names() );
		update_option( Schema::OPTION, 7 );
		Schema::ensure();
		self::assertContains( 'list', $names() );
	}

	/** Which indexes a statement uses, in the database's words. */
	private static function plan( string $sql ): string {
		global $wpdb;
		$plan = self::on_sqlite() ? $wpdb->dbh->execute_sqlite_query( "EXPLAIN QUERY PLAN $sql" )->fetchAll( \PDO::FETCH_ASSOC ) : $wpdb->get_results( "EXPLAIN $sql", ARRAY_A );
		return implode( "\n", array_map( static fn( array $row ): string => ( $row['detail'] ?? $row['key'] ) . '', array_filter( $plan, static fn( array $row ): bool => 'm' !== ( $row['table'] ?? '' ) ) ) );
	}
}
