<?php
/**
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Tests\Group;

use NxtChat\Contact\ContactEdit;
use NxtChat\Contact\Contacts;
use NxtChat\Group\Groups;
use NxtChat\Tests\TestCase;

/** Groups: names, members in bulk, and that deleting one deletes nobody. */
final class GroupsTest extends TestCase {

	public function test_a_group_is_made_changed_and_deleted_without_its_people(): void {
		$this->sign_in();
		$made = $this->rest( 'POST', 'groups', array( 'name' => '  Stammkunden ', 'description' => "Seit\n2020" ) );
		self::assertSame( 201, $made->get_status() );
		$id = $made->get_data()['id'];
		self::assertSame( array( 'Stammkunden', "Seit\n2020", array( 'value' => 0, 'exact' => true ) ), array( $made->get_data()['name'], $made->get_data()['description'], $made->get_data()['members'] ) );
		self::assertSame( 'Kunden', $this->rest( 'PATCH', "groups/$id", array( 'name' => 'Kunden' ) )->get_data()['name'] );
		self::assertSame( "Seit\n2020", $this->rest( 'GET', "groups/$id" )->get_data()['description'], 'What is left out stays.' );
		$contacts = $this->people( 3 );
		$answer   = $this->rest( 'POST', "groups/$id/members", array( 'add' => array( ...$contacts, $contacts[0], 999999 ) ) )->get_data();
		self::assertSame( array( 3, 0, 3 ), array( $answer['added'], $answer['removed'], $answer['members']['value'] ) );
		self::assertSame( 1, $this->rest( 'POST', "groups/$id/members", array( 'remove' => array( $contacts[1], 999999 ) ) )->get_data()['removed'] );
		$gone = $this->rest( 'DELETE', "groups/$id" )->get_data();
		self::assertSame( array( true, 'Kunden', 2 ), array( $gone['deleted'], $gone['name'], $gone['members']['value'] ) );
		self::assertCount( 3, $this->rows( 'contacts' ) );
		self::assertSame( '0', $this->scalar( 'SELECT COUNT(*) FROM ' . self::table( 'group_members' ) ) );
		self::assertSame( 404, $this->rest( 'DELETE', "groups/$id" )->get_status() );
	}

	public function test_names_are_unique_in_any_case(): void {
		$this->sign_in();
		$id = Groups::create( array( 'name' => 'Ärzte' ) )['id'];
		foreach ( array( 'Ärzte', 'ÄRZTE', ' ärzte ' ) as $name ) {
			$again = $this->rest( 'POST', 'groups', array( 'name' => $name ) );
			self::assertSame( array( 409, 'nxtchat_group_exists' ), array( $again->get_status(), $again->get_data()['code'] ), $name );
		}
		$other = Groups::create( array( 'name' => 'Other' ) );
		self::assertSame( 409, Groups::update( $other['id'], array( 'name' => 'ärzte' ) )->get_error_data()['status'] );
		self::assertSame( 'ÄRZTE', Groups::update( $id, array( 'name' => 'ÄRZTE' ) )['name'], 'Its own name in another case.' );
		foreach ( array( '', "\n", str_repeat( 'x', 191 ), array( 'a' ), null ) as $name ) {
			self::assertSame( 400, $this->rest( 'POST', 'groups', array( 'name' => $name ) )->get_status() );
		}
		self::assertCount( 2, Groups::all() );
	}

	public function test_ensure_makes_what_is_missing_once(): void {
		$vip = Groups::create( array( 'name' => 'VIP' ) )['id'];
		$ids = Groups::ensure( array( 'vip', ' New ', 'NEW', '', 'Käse', 'Kase' ) );
		self::assertSame( array( 'vip', 'new', 'käse', 'kase' ), array_keys( $ids ) );
		self::assertSame( $vip, $ids['vip'] );
		self::assertSame( $ids, Groups::ensure( array( 'vip', 'new', 'käse', 'kase' ) ) );
	}

	public function test_many_members_by_few_statements_and_counted(): void {
		global $wpdb;
		$id       = Groups::create( array( 'name' => 'Many' ) )['id'];
		$contacts = $this->people( 60 );
		$queries  = $this->queries( static fn() => self::assertSame( 60, Groups::add( $id, $contacts ) ) );
		self::assertCount( 3, $queries );
		self::assertSame( 0, Groups::add( $id, $contacts ) );
		self::assertSame( 0, Groups::add( 999999, $contacts ), 'No group, no members.' );
		// More than a list counts exactly: an estimate on MySQL, never less than what was seen.
		$rows = array();
		for ( $n = 1; $n <= 2500; $n++ ) {
			$rows[] = "($id, " . ( 1000000 + $n ) . ', 0, 0)';
		}
		$wpdb->query( 'INSERT INTO ' . self::table( 'group_members' ) . ' (group_id, contact_id, import_id, added_ms) VALUES ' . implode( ',', $rows ) );
		$members = Groups::all()[0]['members'];
		self::assertSame( self::on_sqlite(), $members['exact'] );
		self::assertGreaterThan( 2000, $members['value'] );
		self::assertSame( array( 'value' => 2560, 'exact' => true ), Groups::get( $id )['members'] );
	}

	/** @return list<int> */
	private function people( int $count ): array {
		$persons = array();
		for ( $n = 0; $n < $count; $n++ ) {
			$persons[] = array( 'identities' => array( array( Contacts::PHONE, '+49151' . ( 10000000 + $n ) ) ), 'name' => "P$n", 'country' => 'DE', 'at_ms' => 1, 'wrote' => false, 'create' => true );
		}
		return Contacts::resolve( $persons, 'test' );
	}

	private function scalar( string $sql ): string {
		global $wpdb;
		return (string) $wpdb->get_var( $sql );
	}
}
