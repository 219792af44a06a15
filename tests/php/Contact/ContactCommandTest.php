<?php
/**
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Tests\Contact;

use NxtChat\Contact\ContactEdit;
use NxtChat\Contact\Contacts;
use NxtChat\Field\Fields;
use NxtChat\Group\Groups;
use NxtChat\Tests\TestCase;

/** wp nxtchat contact, group and field, as somebody types them. */
final class ContactCommandTest extends TestCase {

	public function test_a_contact_from_making_to_erasing(): void {
		$group = $this->ok( 'group create VIP --description=Best --porcelain' );
		$this->ok( 'field create "Shoe size" --type=number --porcelain' );
		$id = $this->ok( 'contact create --phone="0151 23456789" --country=DE --name="Zoë Müller" --groups=vip --values=\'{"shoe_size":"38,5"}\' --porcelain' );
		self::assertSame( array( array( 'id' => (int) $id, 'name' => 'Zoë Müller', 'groups' => 'VIP', 'field:shoe_size' => '38.5' ) ), json_decode( $this->ok( 'contact list --search=mull --fields=id,name,groups,field:shoe_size --format=json' ), true ) );
		self::assertSame( '1', $this->ok( "contact list --group=$group --format=count" ) );
		self::assertSame( $id, $this->ok( 'contact list --field=shoe_size:38.5 --format=ids' ) );
		self::assertSame( '+49 1512 3456789', $this->ok( 'contact get "+49 1512 3456789" --field=phone_display' ) );
		self::assertStringContainsString( "Contact $id was changed", $this->ok( "contact update $id --email=zoe@example.com --groups= --add-phone=+436641234567" ) );
		self::assertStringContainsString( 'like that already', $this->ok( "contact update $id --email=zoe@example.com" ) );
		$log = json_decode( $this->ok( 'contact get +436641234567 --log' ), true )['log'];
		self::assertSame( array( array( 'id' => (int) $group, 'name' => 'VIP' ) ), $log[0]['data']['before']['groups'] );
		$this->ok( "contact update $id --undo={$log[0]['id']}" );
		self::assertSame( array( '', 1 ), array( Contacts::json( array( (int) $id ) )[ (int) $id ]['email'], count( Contacts::json( array( (int) $id ) )[ (int) $id ]['groups'] ) ) );
		$other = $this->ok( 'contact create --phone=+4915123456701 --porcelain' );
		self::assertStringContainsString( '1 added', $this->ok( "group add VIP $id $other" ) );
		self::assertStringContainsString( '1 removed', $this->ok( "group remove VIP $other" ) );
		self::assertStringContainsString( '"identities"', $this->ok( "contact merge $id $other --dry-run" ) );
		self::assertCount( 2, $this->rows( 'contacts' ) );
		self::assertSame( 1, preg_match( '/\(merge (\d+)\)/', $this->ok( "contact merge $id $other --yes" ), $merge ) );
		self::assertCount( 1, $this->rows( 'contacts' ) );
		self::assertStringContainsString( "Contacts $id and $other are two again.", $this->ok( "contact split {$merge[1]} --yes" ) );
		self::assertSame( $other, $this->ok( 'contact get +4915123456701 --field=id' ) );
		$this->ok( "contact merge $id $other --yes" );
		$file = NXTCHAT_TEST_SITE . '/run/contacts.csv';
		self::assertStringContainsString( '1 contacts written', $this->ok( "contact export $file --columns=name,field:shoe_size" ) );
		self::assertSame( "\u{FEFF}name,shoe_size\r\nZoë Müller,38.5\r\n", file_get_contents( $file ) );
		self::assertStringContainsString( 'its 1 people stay', $this->ok( 'group delete VIP --yes' ) );
		self::assertStringContainsString( 'with 1 values', $this->ok( 'field delete shoe_size --yes' ) );
		self::assertStringContainsString( 'Erased 1 contact.', $this->ok( "contact delete $id --yes" ) );
		self::assertSame( array(), $this->rows( 'contacts' ) );
		file_put_contents( $file, "phone,name\n+4915123456789,Zoë\n+4915123456702,Ann\n" );
		self::assertStringContainsString( '1 added', $this->ok( "contact import $file --yes" ), 'Who was erased is not imported again.' );
		unlink( $file );
	}

	public function test_mistakes_are_one_clear_line(): void {
		Groups::create( array( 'name' => 'VIP' ) );
		Fields::create( array( 'label' => 'Size', 'type' => 'number' ) );
		$id = ContactEdit::create( array( 'phone' => '+4915123456789', 'name' => 'Anna', 'fields' => array( 'size' => 1.5 ) ), 'cli' )['id'];
		foreach ( array(
			'contact get 999999', 'contact get @nobody', 'contact get ""', 'contact get 1x', "contact get $id --field=nope", 'contact create', 'contact create --name=X', 'contact create --phone=hello',
			'contact create --phone=+4915123456789', 'contact create --phone=+4915123456701 --country=XX', 'contact create --phone=+4915123456701 --groups=nope', 'contact create --phone=+4915123456701 --values=nope',
			'contact create --phone=+4915123456701 --values=\'{"nope":1}\'', "contact update $id", "contact update $id --undo=999999", "contact update $id --phone=", "contact update $id --email=nobody",
			"contact merge $id $id --yes", "contact merge $id 999999 --yes", 'contact split 999999 --yes', 'contact split x --yes', 'contact delete 999999 --yes', 'contact list --heard=yesterday', 'contact list --group=999', 'contact list --order=up', 'contact list --limit=0', 'contact list --conditions=nope',
			'contact export /nowhere/x.csv', 'contact export - --columns=nope', 'contact import /nowhere.csv --yes', 'group get nope', 'group create vip', 'group create ""', 'group update VIP', 'group add VIP @nobody', 'group delete nope --yes',
			'field create Size --type=text', 'field create Colour --type=choice', 'field create Colour --type=choice --choices=nope', 'field create X --type=nope', 'field update size --type=date', 'field update nope --label=x', 'field delete nope --yes',
		) as $command ) {
			[ $code, $out ] = $this->wp( $command );
			self::assertSame( 1, $code, "$command: $out" );
			self::assertSame( 1, preg_match_all( '/^Error: \S.{8,}/m', $out ), "$command: $out" );
			self::assertDoesNotMatchRegularExpression( '/PHP|Stack trace|<html|Warning:|Deprecated:/i', $out, $command );
		}
		self::assertSame( array( 'Anna' ), array_column( $this->rows( 'contacts' ), 'name' ) );
		self::assertCount( 1, $this->rows( 'groups' ) );
		self::assertCount( 1, $this->rows( 'fields' ) );
	}

	private function ok( string $command ): string {
		[ $code, $out ] = $this->wp( $command );
		self::assertSame( 0, $code, "$command: $out" );
		wp_cache_flush(); // Another process wrote.
		return $out;
	}

	/** @return array{int, string} Exit code, both outputs. */
	private function wp( string $command ): array {
		exec( 'bash -c ' . escapeshellarg( 'NXTCHAT_SITE=' . escapeshellarg( NXTCHAT_TEST_SITE ) . ' ' . NXTCHAT_TEST_ROOT . "/tools/wp nxtchat $command </dev/null 2>&1" ), $out, $code );
		return array( $code, implode( "\n", $out ) );
	}
}
