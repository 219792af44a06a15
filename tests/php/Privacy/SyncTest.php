<?php
/**
 * This site's users as contacts.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Tests\Privacy;

use NxtChat\Contact\Sync;
use NxtChat\Contact\SyncSettings;
use NxtChat\Privacy\Erasure;
use NxtChat\Privacy\Tools;
use NxtChat\Tests\Webhook\SpoolCase;

require_once dirname( __DIR__ ) . '/Webhook/SpoolCase.php';

final class SyncTest extends SpoolCase {

	private int $user;

	protected function setUp(): void {
		parent::setUp();
		$this->user = wp_insert_user( array( 'user_login' => 'sync', 'user_pass' => wp_generate_password(), 'user_email' => 'sync@example.test', 'display_name' => 'Sync User' ) );
	}

	protected function tearDown(): void {
		wp_delete_user( $this->user );
		parent::tearDown();
	}

	public function test_it_is_off_until_the_owner_wishes_it(): void {
		self::assertFalse( SyncSettings::all()['sync'] );
		self::assertFalse( has_action( 'profile_update', array( Sync::class, 'user_changed' ) ) );
		$this->sign_in();
		self::assertSame( 200, $this->rest( 'PATCH', 'contacts/settings', array( 'sync' => true, 'sync_region' => 'at' ) )->get_status() );
		self::assertSame( array( 'sync' => true, 'sync_meta' => 'billing_phone', 'sync_region' => 'AT', 'user_deleted' => 'unlink' ), $this->rest( 'GET', 'contacts/settings' )->get_data() );
		$bad = $this->rest( 'PATCH', 'contacts/settings', array( 'sync_meta' => 'a b', 'user_deleted' => 'keep' ) );
		self::assertSame( array( 400, array( 'sync_meta', 'user_deleted' ) ), array( $bad->get_status(), array_column( $bad->get_data()['data']['problems'], 'path' ) ) );
	}

	public function test_a_user_with_a_number_becomes_a_contact_without_consent(): void {
		SyncSettings::set( array( 'sync' => true ) );
		self::assertSame( 0, Sync::user( $this->user ) );
		update_user_meta( $this->user, 'billing_phone', '0151 12345678' );
		$id  = Sync::user( $this->user );
		$row = $this->row( 'contacts', "id = $id" );
		self::assertSame( array( 'Sync User', 'sync@example.test', (string) $this->user, 'user', '0' ), array( $row['name'], $row['email'], $row['wp_user_id'], $row['source'], $row['marketing'] ) );
		self::assertSame( '+4915112345678', $this->row( 'contact_identities', "contact_id = $id" )['value'] );
		self::assertSame( $id, Sync::user( $this->user ), 'Again: nothing new.' );
		self::assertCount( 1, $this->rows( 'contact_log' ) );
		update_user_meta( $this->user, 'billing_phone', '0151 87654321' );
		self::assertSame( $id, Sync::user( $this->user ) );
		self::assertCount( 2, $this->rows( 'contact_identities' ) );
		update_user_meta( $this->user, 'billing_phone', 'call me' );
		self::assertSame( 0, Sync::user( $this->user ) );
	}

	public function test_a_number_typed_by_a_user_opens_nobodys_messages(): void {
		self::take_in( self::text_body( 'wamid.1', '4915112345678', 'My secret text', 1750000000, 'Ada' ) );
		update_user_meta( $this->user, 'billing_phone', '+4915112345678' );
		self::assertSame( 0, Sync::user( $this->user ) );
		self::assertSame( '0', $this->row( 'contacts', '1 = 1' )['wp_user_id'] );
		self::assertSame( array(), Tools::export( 'sync@example.test', 1 )['data'] );
	}

	public function test_who_was_erased_does_not_come_back(): void {
		update_user_meta( $this->user, 'billing_phone', '+4915112345678' );
		Erasure::erase( array( Sync::user( $this->user ) ), 'staff' );
		self::assertSame( 0, Sync::user( $this->user ) );
		self::assertSame( array(), $this->rows( 'contacts' ) );
	}

	public function test_a_deleted_user_leaves_the_contact_or_takes_it_along(): void {
		update_user_meta( $this->user, 'billing_phone', '+4915112345678' );
		$id = Sync::user( $this->user );
		wp_delete_user( $this->user );
		self::assertSame( '0', $this->row( 'contacts', "id = $id" )['wp_user_id'] );
		global $wpdb;
		$wpdb->update( self::table( 'contacts' ), array( 'wp_user_id' => 4711 ), array( 'id' => $id ) );
		SyncSettings::set( array( 'user_deleted' => 'erase' ) );
		Sync::user_deleted( 4711 );
		self::assertSame( array(), $this->rows( 'contacts' ) );
	}
}
