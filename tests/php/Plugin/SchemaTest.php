<?php
/**
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Tests\Plugin;

use NxtChat\Capabilities;
use NxtChat\Schema;
use NxtChat\Tests\TestCase;

/**
 * The tables do on both databases what the rest relies on.
 *
 * @group smoke
 */
final class SchemaTest extends TestCase {

	public function test_installing_again_changes_nothing(): void {
		self::assertSame( array(), Schema::missing() );
		require_once ABSPATH . 'wp-admin/includes/upgrade.php';
		self::assertSame( array(), dbDelta( Schema::tables(), false ) );
		$this->insert_message( 'wamid.keep' );
		Schema::install();
		self::assertCount( 1, $this->rows( 'messages' ) );
	}

	public function test_an_old_version_is_brought_up_to_date(): void {
		global $wpdb;
		$this->insert_message( 'wamid.Keep' );
		$wpdb->query( 'ALTER TABLE ' . Schema::table( 'messages' ) . ' DROP COLUMN played_ms' );
		update_option( Schema::OPTION, Schema::VERSION - 1 );
		Schema::ensure();
		self::assertSame( Schema::VERSION, (int) get_option( Schema::OPTION ) );
		self::assertSame( '0', $this->rows( 'messages' )[0]['played_ms'] );
		$this->insert_message( 'wamid.KEEP' );
		self::assertCount( 2, $this->rows( 'messages' ), 'still case-sensitive after an upgrade' );
	}

	public function test_identifiers_are_case_sensitive(): void {
		global $wpdb;
		foreach ( array( 'wamid.AbC=', 'wamid.ABC=', 'wamid.AbC=' ) as $wamid ) {
			$this->insert_message( $wamid );
		}
		self::assertSame( array( 'wamid.AbC=', 'wamid.ABC=' ), array_column( $this->rows( 'messages' ), 'wamid' ) );
		self::assertSame( '0', $wpdb->get_var( 'SELECT COUNT(*) FROM ' . Schema::table( 'messages' ) . " WHERE wamid = 'WAMID.abc='" ) );
		$wpdb->query( 'INSERT IGNORE INTO ' . Schema::table( 'contact_identities' ) . " (contact_id, kind, value) VALUES (1, 2, 'DE.aB'), (2, 2, 'DE.Ab'), (3, 2, 'DE.aB')" );
		self::assertCount( 2, $this->rows( 'contact_identities' ) );
	}

	public function test_many_messages_have_no_wamid_yet(): void {
		$this->insert_message( null );
		$this->insert_message( null );
		self::assertCount( 2, $this->rows( 'messages' ) );
	}

	public function test_emoji_pass(): void {
		$this->insert_message( 'wamid.e', 'Grüße 👍🏽' );
		self::assertSame( 'Grüße 👍🏽', $this->rows( 'messages' )[0]['body'] );
	}

	public function test_administrators_have_the_capabilities(): void {
		get_role( 'administrator' )->remove_cap( Capabilities::VIEW );
		Schema::install();
		foreach ( Capabilities::ALL as $capability ) {
			self::assertTrue( get_role( 'administrator' )->has_cap( $capability ) );
			self::assertFalse( get_role( 'editor' )->has_cap( $capability ) );
		}
	}

	private function insert_message( ?string $wamid, string $body = '' ): void {
		global $wpdb;
		$value = null === $wamid ? 'NULL' : $wpdb->prepare( '%s', $wamid );
		$wpdb->query( $wpdb->prepare( 'INSERT IGNORE INTO ' . Schema::table( 'messages' ) . " (account_id, conversation_id, contact_id, direction, type, state, origin, wamid, body, payload) VALUES (1, 1, 1, 1, 1, 1, 1, $value, %s, '{}')", $body ) );
		self::assertSame( '', $wpdb->last_error );
	}
}
