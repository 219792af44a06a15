<?php
/**
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Tests\Contact;

use NxtChat\Contact\ContactEdit;
use NxtChat\Contact\Contacts;
use NxtChat\Contact\Names;
use NxtChat\Field\Fields;
use NxtChat\Group\Groups;
use NxtChat\Native;
use NxtChat\Tests\TestCase;

/** Contacts made and changed by hand: what is read, what is refused and why, undo, notes, many at once. */
final class ContactEditTest extends TestCase {

	private const PHONE = '+4915123456789';

	public function test_a_contact_is_made_in_any_spelling_and_read_in_full(): void {
		$user  = $this->sign_in();
		$group = Groups::create( array( 'name' => 'VIP' ) )['id'];
		Fields::create( array( 'label' => 'Size', 'type' => 'number' ) );
		$answer = $this->rest( 'POST', 'contacts', array( 'name' => ' Zoë Müller ', 'phone' => '0151 23 45 67 89', 'country' => 'de', 'email' => 'Zoe@Example.com', 'language' => 'PT-br', 'groups' => array( $group ), 'fields' => array( 'size' => '38,5' ) ) );
		$c      = $answer->get_data();
		self::assertSame( 201, $answer->get_status(), wp_json_encode( $c ) );
		self::assertSame(
			array( 'Zoë Müller', self::PHONE, '+49 1512 3456789', 'zoe@example.com', 'DE', 'pt_BR', 'staff', array( array( 'id' => $group, 'name' => 'VIP' ) ), array( 'size' => '38.5' ), null, 'Zoë Müller', '', null ),
			array( $c['name'], $c['phone'], $c['phone_display'], $c['email'], $c['country'], $c['language'], $c['source'], $c['groups'], (array) $c['fields'], $c['conversation_id'], $c['own_name'], $c['profile_name'], $c['user'] )
		);
		self::assertSame( array( 0, 0, 0 ), array( $c['marketing'], $c['utility'], $c['login'] ), 'Being added is no agreement.' );
		self::assertSame( 'zoe muller', $this->rows( 'contacts' )[0]['sort_name'] );
		self::assertSame( array( $c['id'] ), Contacts::search( 'mull', '' ) );
		$log = $this->rest( 'GET', "contacts/{$c['id']}/log" )->get_data()['items'];
		self::assertSame( array( $c['log_id'], Native\CONTACT_LOG_CREATED, $user, array( 'source' => 'staff' ) ), array( $log[0]['id'], $log[0]['kind'], $log[0]['user']['id'], $log[0]['data'] ) );
		unset( $c['log_id'] );
		self::assertEquals( $c, $this->rest( 'GET', "contacts/{$c['id']}" )->get_data() );
		self::assertStringContainsString( '"fields":{}', (string) wp_json_encode( Contacts::json( array( $this->make( '+4915123456700' )['id'] ) ) ) );
	}

	/** @return array<string, array{array<string, mixed>, string}> Input, the place of the problem. */
	public static function bad(): array {
		$phone = array( 'phone' => self::PHONE );
		return array(
			'nothing'             => array( array(), 'phone' ),
			'only a name'         => array( array( 'name' => 'X' ), 'phone' ),
			'not a number'        => array( array( 'phone' => 'hello' ), 'phone' ),
			'too short'           => array( array( 'phone' => '+49 151' ), 'phone' ),
			'too long'            => array( array( 'phone' => '+49151234567890123456' ), 'phone' ),
			'no country code'     => array( array( 'phone' => '151 2345' ), 'phone' ),
			'number as list'      => array( array( 'phone' => array( self::PHONE ) ), 'phone' ),
			'number as bool'      => array( array( 'phone' => true ), 'phone' ),
			'unknown country'     => array( $phone + array( 'country' => 'XX' ), 'country' ),
			'country in words'    => array( $phone + array( 'country' => 'Germany' ), 'country' ),
			'language in words'   => array( $phone + array( 'language' => 'German' ), 'language' ),
			'bad email'           => array( $phone + array( 'email' => 'nobody' ), 'email' ),
			'long name'           => array( $phone + array( 'name' => str_repeat( 'ä', 191 ) ), 'name' ),
			'name as object'      => array( $phone + array( 'name' => array( 'first' => 'A' ) ), 'name' ),
			'bad user id'         => array( array( 'bsuid' => '12345' ), 'bsuid' ),
			'parent as user id'   => array( array( 'bsuid' => 'US.ENT.1' ), 'bsuid' ),
			'bad username'        => array( array( 'username' => 'a b' ), 'username' ),
			'unknown group'       => array( $phone + array( 'groups' => array( 999999 ) ), 'groups[0]' ),
			'group by name'       => array( $phone + array( 'groups' => array( 'VIP' ) ), 'groups[0]' ),
			'groups not a list'   => array( $phone + array( 'groups' => 'VIP' ), 'groups' ),
			'unknown field'       => array( $phone + array( 'fields' => array( 'nope' => 'x' ) ), 'fields.nope' ),
			'value does not fit'  => array( $phone + array( 'fields' => array( 'size' => 'big' ) ), 'fields.size' ),
			'value is a list'     => array( $phone + array( 'fields' => array( 'size' => array( 1 ) ) ), 'fields.size' ),
			'fields are a list'   => array( $phone + array( 'fields' => array( 'size' ) ), 'fields' ),
			'broken text'         => array( $phone + array( 'name' => "\xff\xfe" ), 'name' ),
		);
	}

	/** @dataProvider bad */
	public function test_what_is_wrong_is_told_with_its_place_and_nothing_is_written( array $input, string $path ): void {
		Fields::create( array( 'label' => 'Size', 'type' => 'number' ) );
		$error = ContactEdit::create( $input, 'staff' );
		self::assertInstanceOf( \WP_Error::class, $error );
		self::assertSame( array( 'nxtchat_invalid', 400 ), array( $error->get_error_code(), $error->get_error_data()['status'] ) );
		self::assertSame( array( $path ), array_column( $error->get_error_data()['problems'], 'path' ) );
		$known = $this->make( '+4915123456700', array( 'name' => 'Known' ) );
		if ( 'phone' !== $path || isset( $input['phone'] ) ) {
			self::assertInstanceOf( \WP_Error::class, ContactEdit::update( $known['id'], $input + array( 'name' => 'Changed' ) ), 'A change is refused likewise.' );
		}
		self::assertSame( array( 'Known' ), array_column( $this->rows( 'contacts' ), 'name' ) );
		self::assertCount( 1, $this->rows( 'contact_identities' ) );
		self::assertCount( 1, $this->rows( 'contact_log' ) );
		if ( 'broken text' !== $this->dataName() ) { // That is no JSON.
			$this->sign_in();
			self::assertSame( 400, $this->rest( 'POST', 'contacts', $input )->get_status() );
		}
	}

	public function test_what_belongs_to_somebody_else_names_them(): void {
		$this->sign_in();
		$a = $this->make( self::PHONE, array( 'name' => 'Anna', 'email' => 'anna@example.com', 'bsuid' => 'DE.123', 'username' => '@Anna' ) );
		$b = $this->make( '+4915123456700', array( 'name' => 'Bert' ) );
		foreach ( array( 'phone' => '+49 1512 3456789', 'email' => 'ANNA@example.com', 'bsuid' => 'DE.123', 'username' => 'anna' ) as $key => $value ) {
			$edit = $this->rest( 'PATCH', "contacts/{$b['id']}", array( 'name' => 'Changed', $key => $value ) );
			$data = $edit->get_data()['data'];
			self::assertSame( array( 409, 'nxtchat_contact_exists', $a['id'], 'Anna', $key, true ), array( $edit->get_status(), $edit->get_data()['code'], $data['contact']['id'], $data['contact']['name'], $data['path'], $data['merge'] ) );
			self::assertStringContainsString( 'Anna', $edit->get_data()['message'] );
			$new = $this->rest( 'POST', 'contacts', array( 'phone' => '+4915123456701', $key => $value ) );
			self::assertSame( array( 409, false ), array( $new->get_status(), $new->get_data()['data']['merge'] ) );
		}
		self::assertSame( array( 'Anna', 'Bert' ), array_column( $this->rows( 'contacts' ), 'name' ) );
		self::assertSame( 200, $this->rest( 'PATCH', "contacts/{$b['id']}", array( 'email' => 'anna@example.com', 'same_email' => true ) )->get_status() );
	}

	public function test_changes_are_logged_and_undone(): void {
		$this->sign_in();
		$vip = Groups::create( array( 'name' => 'VIP' ) )['id'];
		$old = Groups::create( array( 'name' => 'Old' ) )['id'];
		Fields::create( array( 'label' => 'Size', 'type' => 'number' ) );
		$was  = $this->make( self::PHONE, array( 'name' => 'Anna', 'country' => 'DE', 'groups' => array( $old ), 'fields' => array( 'size' => '38' ) ) );
		$id   = $was['id'];
		$done = $this->rest( 'PATCH', "contacts/$id", array( 'name' => '', 'phone' => '+43 664 1234567', 'groups' => array( $vip ), 'fields' => array( 'size' => '' ), 'if_updated_ms' => $was['updated_ms'] ) )->get_data();
		self::assertSame( array( '', '+436641234567', 'AT', 'VIP', array() ), array( $done['own_name'], $done['phone'], $done['country'], $done['groups'][0]['name'], (array) $done['fields'] ) );
		self::assertSame( '+436641234567', $this->rows( 'contacts' )[0]['sort_name'] );
		self::assertGreaterThan( $was['updated_ms'], $done['updated_ms'] );
		$entry = $this->rest( 'GET', "contacts/$id/log" )->get_data()['items'][0];
		self::assertSame( $done['log_id'], $entry['id'] );
		self::assertEquals(
			array(
				'before' => array( 'name' => 'Anna', 'country' => 'DE', 'fields' => array( 'size' => '38' ), 'groups' => array( array( 'id' => $old, 'name' => 'Old' ) ), 'identities' => array( array( 'kind' => 1, 'value' => self::PHONE ) ) ),
				'after'  => array( 'name' => '', 'country' => 'AT', 'fields' => array( 'size' => '' ), 'groups' => array( array( 'id' => $vip, 'name' => 'VIP' ) ), 'identities' => array( array( 'kind' => 1, 'value' => '+436641234567' ) ) ),
			),
			$entry['data']
		);
		$again = $this->rest( 'POST', "contacts/$id/undo", array( 'log_id' => $done['log_id'] ) );
		self::assertSame( 200, $again->get_status(), wp_json_encode( $again->get_data() ) );
		$same = static fn( array $c ): array => array( $c['own_name'], $c['phone'], $c['country'], $c['groups'], (array) $c['fields'] );
		self::assertSame( $same( $was ), $same( $again->get_data() ) );
		// The undoing is a change like any, so it can be undone.
		$redo = $this->rest( 'POST', "contacts/$id/undo", array( 'log_id' => $again->get_data()['log_id'] ) )->get_data();
		self::assertSame( $same( $done ), $same( $redo ) );
	}

	public function test_undo_is_refused_when_a_later_edit_touched_the_same(): void {
		$this->sign_in();
		$id    = $this->make( self::PHONE, array( 'name' => 'A', 'email' => 'a@example.com' ) )['id'];
		$first = ContactEdit::update( $id, array( 'name' => 'B', 'email' => 'b@example.com' ) )['log_id'];
		$later = ContactEdit::update( $id, array( 'name' => 'C' ) )['log_id'];
		$error = $this->rest( 'POST', "contacts/$id/undo", array( 'log_id' => $first ) );
		self::assertSame( array( 409, 'nxtchat_changed', array( 'name' ) ), array( $error->get_status(), $error->get_data()['code'], array_column( $error->get_data()['data']['problems'], 'path' ) ) );
		self::assertSame( 'b@example.com', Contacts::json( array( $id ) )[ $id ]['email'], 'All of it or nothing.' );
		self::assertSame( 200, $this->rest( 'POST', "contacts/$id/undo", array( 'log_id' => $later ) )->get_status() );
		self::assertSame( 'A', $this->rest( 'POST', "contacts/$id/undo", array( 'log_id' => $first ) )->get_data()['name'] );
		self::assertSame( 404, $this->rest( 'POST', "contacts/$id/undo", array( 'log_id' => 999999 ) )->get_status() );
		// A number that another contact got meanwhile.
		$moved = ContactEdit::update( $id, array( 'phone' => '+4915123456700' ) )['log_id'];
		$other = $this->make( self::PHONE )['id'];
		$error = ContactEdit::undo( $id, $moved );
		self::assertSame( array( 'nxtchat_contact_exists', $other ), array( $error->get_error_code(), $error->get_error_data()['contact']['id'] ) );
		// A group that is gone.
		$group  = Groups::create( array( 'name' => 'G' ) )['id'];
		$joined = ContactEdit::update( $id, array( 'groups' => array( $group ) ) );
		$left   = ContactEdit::update( $id, array( 'groups' => array() ) )['log_id'];
		Groups::delete( $group );
		self::assertSame( 'nxtchat_changed', ContactEdit::undo( $id, $left )->get_error_code() );
		self::assertIsInt( $joined['log_id'] );
	}

	public function test_two_people_do_not_overwrite_each_other(): void {
		$this->sign_in();
		$c = $this->make( self::PHONE, array( 'name' => 'A' ) );
		self::assertNull( ContactEdit::update( $c['id'], array( 'name' => 'A' ), $c['updated_ms'] )['log_id'], 'Nothing was different.' );
		self::assertSame( 200, $this->rest( 'PATCH', "contacts/{$c['id']}", array( 'name' => 'B', 'if_updated_ms' => $c['updated_ms'] ) )->get_status() );
		$late = $this->rest( 'PATCH', "contacts/{$c['id']}", array( 'name' => 'C', 'if_updated_ms' => $c['updated_ms'] ) );
		self::assertSame( array( 409, 'nxtchat_changed', 'B' ), array( $late->get_status(), $late->get_data()['code'], $late->get_data()['data']['contact']['name'] ) );
		// A message is no edit.
		$now = Contacts::json( array( $c['id'] ) )[ $c['id'] ]['updated_ms'];
		Contacts::resolve( array( array( 'identities' => array( array( Contacts::PHONE, self::PHONE ) ), 'name' => '', 'country' => '', 'at_ms' => $now + 5, 'wrote' => true, 'create' => true ) ), 'whatsapp' );
		$after = Contacts::json( array( $c['id'] ) )[ $c['id'] ];
		self::assertSame( array( $now, $now + 5 ), array( $after['updated_ms'], $after['last_in_ms'] ) );
	}

	public function test_identities_by_hand(): void {
		$this->sign_in();
		$id = $this->make( self::PHONE )['id'];
		$c  = $this->rest( 'PATCH', "contacts/$id", array( 'add_identities' => array( array( 'kind' => 'phone', 'value' => '+49 1512 3456700' ), array( 'kind' => 2, 'value' => 'DE.42' ) ) ) )->get_data();
		self::assertCount( 3, $c['identities'] );
		self::assertSame( '+49 1512 3456700', array_column( $c['identities'], 'display', 'value' )['+4915123456700'] );
		self::assertSame( self::PHONE, $this->rest( 'PATCH', "contacts/$id", array( 'phone' => self::PHONE ) )->get_data()['phone'], 'The other number is shown again.' );
		self::assertCount( 3, $this->rows( 'contact_identities' ) );
		self::assertCount( 1, $this->rest( 'PATCH', "contacts/$id", array( 'phone' => '', 'remove_identities' => array( array( 'kind' => 'phone', 'value' => '+4915123456700' ) ) ) )->get_data()['identities'] );
		self::assertSame( 400, $this->rest( 'PATCH', "contacts/$id", array( 'bsuid' => '' ) )->get_status(), 'The last one stays.' );
		self::assertSame( 400, $this->rest( 'PATCH', "contacts/$id", array( 'add_identities' => array( array( 'kind' => 'fax', 'value' => '1' ) ) ) )->get_status() );
		self::assertCount( 1, $this->rows( 'contact_identities' ) );
	}

	public function test_notes_belong_to_their_author(): void {
		$id = $this->make( self::PHONE )['id'];
		foreach ( array( 'editor', 'author' ) as $role ) {
			$this->sign_in( $role );
			wp_get_current_user()->add_cap( 'nxtchat_contacts' );
		}
		$mine = $this->rest( 'POST', "contacts/$id/notes", array( 'text' => "Calls back\n<b>Monday</b>" ) );
		self::assertSame( array( 201, "Calls back\n<b>Monday</b>", Native\CONTACT_LOG_NOTE ), array( $mine->get_status(), $mine->get_data()['text'], $mine->get_data()['kind'] ) );
		$note = $mine->get_data()['id'];
		self::assertSame( 'Tuesday', $this->rest( 'PATCH', "contacts/$id/notes/$note", array( 'text' => 'Tuesday' ) )->get_data()['text'] );
		$this->sign_in( 'editor' );
		self::assertSame( 403, $this->rest( 'PATCH', "contacts/$id/notes/$note", array( 'text' => 'x' ) )->get_status() );
		self::assertSame( 403, $this->rest( 'DELETE', "contacts/$id/notes/$note" )->get_status() );
		$this->sign_in();
		self::assertSame( 404, $this->rest( 'PATCH', 'contacts/999999/notes/' . $note, array( 'text' => 'x' ) )->get_status() );
		self::assertSame( 404, $this->rest( 'POST', 'contacts/999999/notes', array( 'text' => 'x' ) )->get_status() );
		self::assertSame( 400, $this->rest( 'POST', "contacts/$id/notes", array( 'text' => " \n " ) )->get_status() );
		self::assertSame( 400, $this->rest( 'POST', "contacts/$id/notes", array( 'text' => str_repeat( 'x', 5001 ) ) )->get_status() );
		self::assertSame( 404, $this->rest( 'DELETE', "contacts/$id/notes/" . $this->rows( 'contact_log' )[0]['id'] )->get_status(), 'Only notes.' );
		self::assertSame( 200, $this->rest( 'DELETE', "contacts/$id/notes/$note" )->get_status() );
		self::assertCount( 1, $this->rows( 'contact_log' ) );
		foreach ( array( 'editor', 'author' ) as $role ) {
			$this->sign_in( $role );
			wp_get_current_user()->remove_cap( 'nxtchat_contacts' );
		}
	}

	public function test_the_timeline_has_pages(): void {
		$this->sign_in();
		$id = $this->make( self::PHONE )['id'];
		foreach ( range( 1, 7 ) as $n ) {
			$this->rest( 'POST', "contacts/$id/notes", array( 'text' => "n$n" ) );
		}
		$seen   = array();
		$cursor = '';
		do {
			$page   = $this->rest( 'GET', "contacts/$id/log", array( 'limit' => 3, 'cursor' => $cursor ) )->get_data();
			$seen   = array_merge( $seen, array_column( $page['items'], 'text' ) );
			$cursor = $page['next'];
		} while ( $cursor );
		self::assertSame( array( 'n7', 'n6', 'n5', 'n4', 'n3', 'n2', 'n1', '' ), $seen );
		self::assertSame( 400, $this->rest( 'GET', "contacts/$id/log", array( 'cursor' => 'x!' ) )->get_status() );
	}

	public function test_deleting_erases_once(): void {
		$this->sign_in();
		$id = $this->make( self::PHONE )['id'];
		self::assertSame( array( 'deleted' => true, 'id' => $id ), $this->rest( 'DELETE', "contacts/$id" )->get_data() );
		self::assertSame( array( 404, 404, 404 ), array( $this->rest( 'DELETE', "contacts/$id" )->get_status(), $this->rest( 'GET', "contacts/$id" )->get_status(), $this->rest( 'GET', "contacts/$id/log" )->get_status() ) );
		self::assertSame( array( array(), array(), array() ), array( $this->rows( 'contacts' ), $this->rows( 'contact_identities' ), $this->rows( 'contact_log' ) ) );
		// Added again by hand: known to have withdrawn.
		self::assertSame( Native\CONSENT_REVOKED, $this->make( self::PHONE )['marketing'] );
	}

	public function test_many_at_once(): void {
		$this->sign_in();
		$group = Groups::create( array( 'name' => 'G' ) )['id'];
		Fields::create( array( 'label' => 'Size', 'type' => 'number' ) );
		$ids = $this->people( 450 );
		$run = function ( array $request ): array {
			$done = $changed = $steps = 0;
			do {
				$answer = $this->rest( 'POST', 'contacts/bulk', $request );
				self::assertSame( 200, $answer->get_status(), wp_json_encode( $answer->get_data() ) );
				$done             += $answer->get_data()['done'];
				$changed          += $answer->get_data()['changed'];
				$request['cursor'] = $answer->get_data()['next'];
				++$steps;
			} while ( null !== $request['cursor'] && $steps < 50 );
			return array( $done, $changed, $steps );
		};
		self::assertSame( array( 450, 450, 3 ), $run( array( 'action' => 'add_group', 'value' => $group, 'filter' => (object) array() ) ) );
		self::assertSame( 450, Groups::get( $group )['members']['value'] );
		self::assertSame( array( 450, 0, 3 ), $run( array( 'action' => 'add_group', 'value' => $group, 'filter' => (object) array() ) ), 'Again: nothing changes.' );
		self::assertSame( array( 3, 2, 1 ), $run( array( 'action' => 'remove_group', 'value' => $group, 'ids' => array( $ids[0], $ids[1], 99999999 ) ) ) );
		self::assertSame( array( 448, 448, 3 ), $run( array( 'action' => 'set_language', 'value' => 'de', 'filter' => array( 'group' => (string) $group ) ) ) );
		self::assertSame( array( 450, 450, 3 ), $run( array( 'action' => 'set_field', 'value' => array( 'field' => 'size', 'value' => '12,5' ), 'filter' => (object) array() ) ) );
		self::assertSame( array( 'size' => '12.5' ), Fields::values( array( $ids[449] ) )[ $ids[449] ] );
		self::assertSame( array( 450, 450, 3 ), $run( array( 'action' => 'revoke', 'value' => 'marketing', 'filter' => (object) array() ) ) );
		self::assertSame( array( 2 ), array_map( 'intval', array_unique( array_column( $this->rows( 'contacts' ), 'marketing' ) ) ) );
		// What was done to many is undone one by one.
		$log = $this->rest( 'GET', "contacts/{$ids[5]}/log" )->get_data()['items'];
		self::assertSame( array( true, array( 'size' => '' ), array( 'size' => '12.5' ) ), array( $log[0]['data']['bulk'], $log[0]['data']['before']['fields'], $log[0]['data']['after']['fields'] ) );
		self::assertSame( array(), (array) $this->rest( 'POST', "contacts/{$ids[5]}/undo", array( 'log_id' => $log[0]['id'] ) )->get_data()['fields'] );
		// A step's statements do not grow with its people.
		$few  = count( $this->queries( fn() => $this->rest( 'POST', 'contacts/bulk', array( 'action' => 'set_language', 'value' => 'fr', 'ids' => array_slice( $ids, 0, 2 ) ) ) ) );
		$many = count( $this->queries( fn() => $this->rest( 'POST', 'contacts/bulk', array( 'action' => 'set_language', 'value' => 'it', 'ids' => array_slice( $ids, 0, 200 ) ) ) ) );
		self::assertSame( $few, $many );
		self::assertSame( array( 450, 450, 10 ), $run( array( 'action' => 'delete', 'filter' => (object) array() ) ) );
		self::assertSame( array(), $this->rows( 'contacts' ) );
	}

	public function test_bad_bulk_requests(): void {
		$this->sign_in();
		$id = $this->make( self::PHONE )['id'];
		foreach ( array(
			array( 400, array( 'action' => 'delete' ) ),
			array( 400, array( 'action' => 'delete', 'ids' => array( $id ), 'filter' => array( 'country' => 'DE' ) ) ),
			array( 400, array( 'action' => 'explode', 'ids' => array( $id ) ) ),
			array( 400, array( 'action' => 'delete', 'ids' => array( 'x' ) ) ),
			array( 400, array( 'action' => 'delete', 'ids' => range( 1, 201 ) ) ),
			array( 404, array( 'action' => 'add_group', 'value' => 999999, 'ids' => array( $id ) ) ),
			array( 404, array( 'action' => 'set_field', 'value' => array( 'field' => 'nope', 'value' => 1 ), 'ids' => array( $id ) ) ),
			array( 400, array( 'action' => 'set_language', 'value' => 'Deutsch', 'ids' => array( $id ) ) ),
			array( 400, array( 'action' => 'revoke', 'value' => 'everything', 'ids' => array( $id ) ) ),
			array( 400, array( 'action' => 'delete', 'filter' => array( 'country' => 'Atlantis' ) ) ),
			array( 400, array( 'action' => 'delete', 'filter' => array( 'serach' => 'anna' ) ) ),
			array( 400, array( 'action' => 'delete', 'filter' => array( 'search' => array( 'anna' ) ) ) ),
			array( 400, array( 'action' => 'delete', 'filter' => array( 'search' => str_repeat( 'a', 2001 ) ) ) ),
			array( 400, array( 'action' => 'delete', 'filter' => '' ) ),
			array( 400, array( 'action' => 'delete', 'filter' => (object) array(), 'cursor' => '!' ) ),
		) as [ $status, $request ] ) {
			$answer = $this->rest( 'POST', 'contacts/bulk', $request );
			self::assertSame( $status, $answer->get_status(), wp_json_encode( array( $request, $answer->get_data() ) ) );
		}
		self::assertCount( 1, $this->rows( 'contacts' ) );
	}

	public function test_lists_take_the_same_number_of_statements_for_one_and_for_many(): void {
		$ids   = $this->people( 200 );
		$group = Groups::create( array( 'name' => 'G' ) )['id'];
		Groups::add( $group, $ids );
		Fields::create( array( 'label' => 'Size', 'type' => 'number' ) );
		Fields::all();
		foreach ( array( false, true ) as $full ) {
			$one  = $this->queries( static fn() => Contacts::json( array( $ids[0] ), $full ) );
			$many = $this->queries( static fn() => self::assertCount( 200, Contacts::json( $ids, $full ) ) );
			self::assertSame( array( 5, 5 ), array( count( $one ), count( $many ) ), implode( "\n", $one ) );
		}
		self::assertCount( 2, $this->queries( static fn() => Contacts::brief( $ids ) ) );
	}

	public function test_developers_hear_of_it_and_may_refuse(): void {
		$heard = array();
		foreach ( array( 'created' => 2, 'updated' => 3, 'deleted' => 1 ) as $what => $arguments ) {
			$this->add_hook( "nxtchat_contact_$what", static function ( ...$given ) use ( &$heard, $what ): void {
				$heard[] = array( $what, ...$given );
				throw new \RuntimeException( 'A hook that fails stops nothing.' );
			}, 10, $arguments );
		}
		$this->add_hook( 'nxtchat_contact_input', static fn( $input ) => 'Nobody' === ( $input['name'] ?? '' ) ? new \WP_Error( 'mine', 'No.', array( 'status' => 400 ) ) : $input );
		$id = $this->make( self::PHONE, array( 'name' => 'A' ) )['id'];
		ContactEdit::update( $id, array( 'name' => 'B' ) );
		self::assertSame( 'mine', ContactEdit::update( $id, array( 'name' => 'Nobody' ) )->get_error_code() );
		$this->people( 1 );
		ContactEdit::delete( array( $id ) );
		self::assertSame( array( array( 'created', $id, 'staff' ), array( 'updated', $id, array( 'name' => 'A' ), array( 'name' => 'B' ) ), array( 'created', $id + 1, 'test' ), array( 'deleted', $id ) ), $heard );
	}

	public function test_rows_of_the_first_schema_get_their_sort_names(): void {
		global $wpdb;
		$ids = $this->people( 3 );
		$wpdb->query( 'UPDATE ' . self::table( 'contacts' ) . " SET sort_name = '', profile_name = '' WHERE id = {$ids[1]}" );
		$wpdb->query( 'UPDATE ' . self::table( 'contacts' ) . " SET sort_name = '', name = 'Ärger' WHERE id = {$ids[2]}" );
		self::assertTrue( Names::fill( 5.0 ) );
		self::assertSame( array( 'p0', '+4915110000001', 'arger' ), array_column( $this->rows( 'contacts' ), 'sort_name' ) );
		self::assertSame( array( $ids[2] ), Contacts::search( 'arg', '' ) );
		self::assertCount( 0, $this->queries( static fn() => Names::fill( 5.0 ) ), 'Never again.' );
	}

	public function test_sort_names_follow_what_whatsapp_tells(): void {
		$tell = static fn( array $identities, string $name ): int => Contacts::resolve( array( array( 'identities' => $identities, 'name' => $name, 'country' => '', 'at_ms' => 1, 'wrote' => true, 'create' => true ) ), 'whatsapp' )[0];
		$sort = fn(): array => array_column( $this->rows( 'contacts' ), 'sort_name' );
		$id   = $tell( array( array( Contacts::BSUID, 'DE.1' ) ), '' );
		self::assertSame( array( '' ), $sort() );
		$tell( array( array( Contacts::BSUID, 'DE.1' ), array( Contacts::PHONE, self::PHONE ) ), '' );
		self::assertSame( array( self::PHONE ), $sort() );
		$tell( array( array( Contacts::PHONE, self::PHONE ) ), 'Éva' );
		self::assertSame( array( 'eva' ), $sort() );
		ContactEdit::update( $id, array( 'name' => 'Own' ) );
		$tell( array( array( Contacts::PHONE, self::PHONE ) ), 'Other' );
		self::assertSame( array( 'own' ), $sort() );
	}

	public function test_a_statement_that_fails_leaves_nothing_half_written(): void {
		$group = Groups::create( array( 'name' => 'G' ) )['id'];
		Fields::create( array( 'label' => 'Size', 'type' => 'number' ) );
		$known  = $this->make( '+4915123456700', array( 'name' => 'Known' ) );
		$state  = fn(): array => array_map( fn( string $table ): array => $this->rows( $table ), array( 'contacts', 'contact_identities', 'contact_log' ) );
		$before = $state();
		foreach ( array( 'contact_identities', 'contact_words', 'contact_values', 'group_members', 'contact_log' ) as $table ) {
			$break = static fn( $query ) => 1 === preg_match( '/^\s*(INSERT|REPLACE)\b.*' . self::table( $table ) . '/s', (string) $query ) ? 'INSERT INTO nxtchat_no_such_table VALUES (1)' : $query;
			add_filter( 'query', $break );
			foreach ( array(
				static fn() => ContactEdit::create( array( 'phone' => self::PHONE, 'name' => 'New', 'groups' => array( $group ), 'fields' => array( 'size' => 1 ) ), 'staff' ),
				static fn() => ContactEdit::update( $known['id'], array( 'phone' => self::PHONE, 'name' => 'New', 'groups' => array( $group ), 'fields' => array( 'size' => 1 ) ) ),
			) as $work ) {
				try {
					$work();
					self::fail( "$table was written to although it cannot be." );
				} catch ( \NxtChat\StoreError $e ) {
					self::assertStringNotContainsString( '12345', $e->getMessage() );
				}
			}
			remove_filter( 'query', $break );
			self::assertSame( $before, $state(), $table );
		}
		self::assertSame( 'New', ContactEdit::update( $known['id'], array( 'name' => 'New' ) )['name'] );
	}

	public function test_routes_describe_what_they_take_and_give(): void {
		foreach ( array( 'contacts/1' => 'nxtchat_contact', 'groups' => 'nxtchat_group', 'groups/1' => 'nxtchat_group', 'fields' => 'nxtchat_field', 'fields/1' => 'nxtchat_field' ) as $route => $title ) {
			$answer = rest_send_allow_header( rest_handle_options_request( null, rest_get_server(), new \WP_REST_Request( 'OPTIONS', "/nxtchat/v1/$route" ) ), rest_get_server(), new \WP_REST_Request( 'OPTIONS', "/nxtchat/v1/$route" ) );
			self::assertSame( $title, $answer->get_data()['schema']['title'], $route );
		}
		$this->sign_in();
		$id     = $this->make( self::PHONE )['id'];
		$schema = \NxtChat\Contact\ContactJson::schema();
		$json   = json_decode( (string) wp_json_encode( $this->rest( 'GET', "contacts/$id" )->get_data() ), true );
		self::assertSame( array_keys( $json ), array_keys( $schema['properties'] ) );
		self::assertTrue( rest_validate_value_from_schema( $json, $schema, 'contact' ) );
	}

	private function make( string $phone, array $more = array() ): array {
		$contact = ContactEdit::create( array( 'phone' => $phone ) + $more, 'staff' );
		self::assertIsArray( $contact, is_wp_error( $contact ) ? $contact->get_error_message() . wp_json_encode( $contact->get_error_data() ) : '' );
		return $contact;
	}

	/** @return list<int> */
	private function people( int $count ): array {
		$persons = array();
		for ( $n = 0; $n < $count; $n++ ) {
			$persons[] = array( 'identities' => array( array( Contacts::PHONE, '+49151' . ( 10000000 + $n ) ) ), 'name' => "P$n", 'country' => 'DE', 'at_ms' => 1, 'wrote' => false, 'create' => true );
		}
		return Contacts::resolve( $persons, 'test' );
	}
}
