<?php
/**
 * WordPress's privacy tools, and one person as JSON.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Tests\Privacy;

use NxtChat\Consent\Consents;
use NxtChat\Privacy\Suppressions;
use NxtChat\Privacy\Tools;
use NxtChat\Tests\Webhook\SpoolCase;

require_once dirname( __DIR__ ) . '/Webhook/SpoolCase.php';

final class ToolsTest extends SpoolCase {

	public function test_wordpress_knows_them(): void {
		self::assertArrayHasKey( 'nxt-cloud-chat', apply_filters( 'wp_privacy_personal_data_exporters', array() ) );
		self::assertArrayHasKey( 'nxt-cloud-chat', apply_filters( 'wp_privacy_personal_data_erasers', array() ) );
	}

	public function test_an_export_has_everything_in_pages(): void {
		$id = $this->person( 'ada@example.test', 1203 );
		global $wpdb;
		$wpdb->insert( self::table( 'contact_log' ), array( 'contact_id' => $id, 'kind' => 1, 'body' => 'Knows Babbage', 'data_json' => '{}', 'at_ms' => 9 ) );
		Consents::record( array( array( 'contact_id' => $id, 'purpose' => 1, 'state' => 1, 'by_person' => 1, 'source' => 'whatsapp', 'wording' => 'Yes please', 'ip' => '192.0.2.7', 'at_ms' => 1750000000000 ) ) );
		$all   = array();
		$pages = 0;
		do {
			$page = Tools::export( 'ADA@example.test', ++$pages );
			$all  = array_merge( $all, $page['data'] );
		} while ( ! $page['done'] && $pages < 20 );
		self::assertSame( 3, $pages );
		$ids = array_column( $all, 'item_id' );
		self::assertSame( $ids, array_unique( $ids ) );
		self::assertCount( 1204, preg_grep( '/^nxtchat-message-/', $ids ) );
		$text = (string) wp_json_encode( $all );
		foreach ( array( '+4915112345678', 'ada@example.test', 'Knows Babbage', 'Yes please', '192.0.2.7', 'text 1202' ) as $known ) {
			self::assertStringContainsString( $known, $text );
		}
		foreach ( $all as $item ) {
			self::assertSame( array( 'group_id', 'group_label', 'item_id', 'data' ), array_keys( $item ) );
		}
		self::assertSame( array( 'data' => array(), 'done' => true ), Tools::export( 'nobody@example.test', 1 ) );
		self::assertSame( array( 'data' => array(), 'done' => true ), Tools::export( '', 1 ) );
	}

	public function test_a_person_is_found_by_the_address_of_their_user_and_erased(): void {
		$id   = $this->person( '', 3 );
		$user = $this->sign_in( 'subscriber' );
		global $wpdb;
		$wpdb->update( self::table( 'contacts' ), array( 'wp_user_id' => $user ), array( 'id' => $id ) );
		self::assertNotSame( array(), Tools::export( 'test-subscriber@example.test', 1 )['data'] );
		self::assertSame( array( 'items_removed' => true, 'items_retained' => false, 'messages' => array(), 'done' => true ), Tools::erase( 'test-subscriber@example.test', 1 ) );
		self::assertSame( array( array(), array(), array() ), array( $this->rows( 'contacts' ), $this->rows( 'messages' ), $this->rows( 'events' ) ) );
		self::assertSame( array( true ), Suppressions::check( array( '+4915112345678' ) ) );
		self::assertSame( array( 'items_removed' => false, 'items_retained' => false, 'messages' => array(), 'done' => true ), Tools::erase( 'test-subscriber@example.test', 1 ) );
	}

	public function test_an_erasure_of_many_webhooks_comes_in_pages(): void {
		$id = $this->person( 'ada@example.test', 1 );
		global $wpdb;
		$table = self::table( 'events' );
		$last  = (int) $wpdb->get_var( "SELECT MAX(id) FROM $table" );
		foreach ( array_chunk( range( 1, 10001 ), 5000 ) as $some ) {
			$wpdb->query( "INSERT INTO $table (uid, kind, kinds_json, note, body) VALUES " . implode( ',', array_map( static fn( $n ) => "('e$n', 'message', '{}', '', '{}')", $some ) ) );
		}
		$wpdb->query( "UPDATE $table SET id = id + 100000 WHERE id = $last" ); // Hers is the last.
		self::assertFalse( Tools::erase( 'ada@example.test', 1 )['done'] );
		self::assertCount( 1, $this->rows( 'contacts', "id = $id" ) );
		self::assertTrue( Tools::erase( 'ada@example.test', 2 )['done'] );
		self::assertSame( array( array(), array() ), array( $this->rows( 'contacts' ), $this->rows( 'events', 'id > ' . ( $last + 99999 ) ) ) );
		self::assertSame( '10001', $wpdb->get_var( "SELECT COUNT(*) FROM $table" ) );
		self::assertSame( '0', $wpdb->get_var( "SELECT COUNT(*) FROM $wpdb->options WHERE option_name LIKE '%nxtchat\\_erase%'" ) );
	}

	public function test_one_person_as_json(): void {
		$id = $this->person( 'ada@example.test', 1203 );
		$this->sign_in();
		$first = $this->rest( 'GET', "contacts/$id/export" );
		self::assertSame( 200, $first->get_status() );
		$data = json_decode( (string) wp_json_encode( $first->get_data() ), true );
		self::assertSame( array( 'ada@example.test', 1000, 'phone' ), array( $data['contact']['email'], count( $data['messages'] ), $data['identities'][0]['kind'] ) );
		$second = $this->rest( 'GET', "contacts/$id/export", array( 'cursor' => $data['next'] ) )->get_data();
		self::assertSame( array( array( 'messages', 'next' ), 204, null ), array( array_keys( $second ), count( $second['messages'] ), $second['next'] ) );
		self::assertSame( 1204, count( array_unique( array_column( array_merge( $data['messages'], $second['messages'] ), 'id' ) ) ) );
		self::assertSame( 404, $this->rest( 'GET', 'contacts/999999/export' )->get_status() );
		self::assertSame( 400, $this->rest( 'GET', "contacts/$id/export", array( 'cursor' => 'x' ) )->get_status() );
	}

	/** Somebody with that address and one message more than that. */
	private function person( string $email, int $messages ): int {
		self::take_in( self::text_body( 'wamid.ada', '4915112345678', 'hello', 1750000000, 'Ada' ) );
		$id = (int) $this->row( 'contacts', '1 = 1' )['id'];
		global $wpdb;
		$wpdb->update( self::table( 'contacts' ), array( 'email' => $email ), array( 'id' => $id ) );
		$rows = array();
		for ( $n = 0; $n < $messages; $n++ ) {
			$rows[] = "($this->account, 1, $id, 1, 1, 1, 1, 'wamid.$n', 'text $n', '{}', " . ( 1700000000000 + intdiv( $n, 3 ) ) . ')';
		}
		foreach ( array_chunk( $rows, 500 ) as $some ) {
			$wpdb->query( 'INSERT INTO ' . self::table( 'messages' ) . ' (account_id, conversation_id, contact_id, direction, type, state, origin, wamid, body, payload, at_ms) VALUES ' . implode( ',', $some ) );
		}
		return $id;
	}
}
