<?php
/**
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Tests\Field;

use NxtChat\Contact\ContactEdit;
use NxtChat\Field\Fields;
use NxtChat\Field\FieldValue;
use NxtChat\Native;
use NxtChat\Tests\TestCase;

/** Custom fields: their values in many spellings, their rules, and what changing them does to the values. */
final class FieldsTest extends TestCase {

	/** @return array<string, array{int, mixed, ?string}> Type, what is typed, what is kept (null = refused). */
	public static function values(): array {
		$out = array();
		foreach ( array(
			Native\FIELD_NUMBER => array(
				'12,5' => '12.5', '12.5' => '12.5', '-0' => '0', '007' => '7', '1.234,50' => '1234.5', '1,234.50' => '1234.5', '1.234.567' => '1234567',
				"1'234.5" => '1234.5', "1\u{202f}234" => '1234', '−3' => '-3', '1,234' => null, '0,125' => '0.125', '1e5' => null, 'twelve' => null, '12,5,5' => null,
				'1234567890123456' => null, '.5' => '0.5', '.' => null, '+4' => '4', '12.' => '12', '' => '',
			),
			Native\FIELD_DATE   => array(
				'2026-01-31' => '2026-01-31', '31.01.2026' => '2026-01-31', '31.1.2026' => '2026-01-31', '20260131' => '2026-01-31', '31/01/2026' => '2026-01-31', '01/31/2026' => '2026-01-31',
				'2026-02-29' => null, '2028-02-29' => '2028-02-29', '2026-13-01' => null, 'yesterday' => null, '31.01.70' => '1970-01-31', '2026-01-31T10:00:00Z' => '2026-01-31', '0099-01-01' => null,
			),
			Native\FIELD_YES_NO => array(
				'yes' => '1', 'JA' => '1', 'nein' => '0', 'Oui' => '1', 'sí' => '1', '1' => '1', '0' => '0', '✓' => '1', 'perhaps' => null, 'yes please' => null,
			),
			Native\FIELD_CHOICE => array( 'red' => 'Red', 'Blue' => 'Blue', 'green' => null ),
			Native\FIELD_TEXT   => array( "  a\n b " => 'a b', '0' => '0', str_repeat( 'ä', 255 ) => str_repeat( 'ä', 255 ), str_repeat( 'a', 256 ) => null, "\xff" => null ),
		) as $type => $cases ) {
			foreach ( $cases as $typed => $kept ) {
				$out[ "$type " . substr( (string) $typed, 0, 20 ) ] = array( $type, (string) $typed, $kept );
			}
		}
		return $out + array(
			'bool'  => array( Native\FIELD_YES_NO, true, '1' ),
			'float' => array( Native\FIELD_NUMBER, 12.345, '12.345' ),
			'int'   => array( Native\FIELD_NUMBER, 5, '5' ),
			'array' => array( Native\FIELD_TEXT, array( 'x' ), null ),
			'inf'   => array( Native\FIELD_NUMBER, INF, null ),
		);
	}

	/** @dataProvider values */
	public function test_values_are_read_in_many_spellings( int $type, mixed $typed, ?string $kept ): void {
		$value = Fields::parse( array( 'type' => $type, 'choices' => array( 'Red', 'Blue' ), 'label' => 'X' ), $typed );
		if ( null === $kept ) {
			self::assertInstanceOf( \WP_Error::class, $value, wp_json_encode( $value ) );
			return;
		}
		self::assertIsArray( $value, is_wp_error( $value ) ? $value->get_error_message() : '' );
		self::assertSame( $kept, $value['text'] );
		// What is kept reads as itself, and what is shown is read again.
		$again = Fields::parse( array( 'type' => $type, 'choices' => array( 'Red', 'Blue' ), 'label' => 'X' ), $value['text'] );
		self::assertSame( $value, $again );
	}

	public function test_a_date_with_slashes_follows_the_stated_order(): void {
		$field = array( 'type' => Native\FIELD_DATE, 'choices' => array(), 'label' => 'X' );
		self::assertSame( '2026-04-03', FieldValue::parse( $field, '03/04/2026', true )['text'] );
		self::assertSame( '2026-03-04', FieldValue::parse( $field, '03/04/2026', false )['text'] );
		self::assertSame( 20482.0, FieldValue::parse( $field, '2026-01-29' )['number'] );
		foreach ( array( 'F j, Y' => '2026-03-04', 'm/d/Y' => '2026-03-04', 'j. F Y' => '2026-04-03', 'd/m/Y' => '2026-04-03', 'Y-m-d' => '2026-04-03' ) as $format => $want ) {
			update_option( 'date_format', $format );
			self::assertSame( $want, Fields::parse( $field, '03/04/2026' )['text'], $format );
		}
		update_option( 'date_format', 'F j, Y' );
	}

	public function test_a_field_is_made_listed_ordered_changed_and_deleted(): void {
		$this->sign_in();
		$size = $this->rest( 'POST', 'fields', array( 'label' => 'Größe', 'type' => 'number' ) );
		self::assertSame( 201, $size->get_status() );
		self::assertSame( array( 'grosse', 'number', 0 ), array( $size->get_data()['name'], $size->get_data()['type_name'], $size->get_data()['used'] ) );
		$vip  = $this->rest( 'POST', 'fields', array( 'label' => 'VIP', 'type' => Native\FIELD_YES_NO ) )->get_data();
		$name = $this->rest( 'POST', 'fields', array( 'label' => 'Name', 'type' => 1 ) )->get_data();
		self::assertSame( 'name_2', $name['name'] );
		$ids = array( $name['id'], $vip['id'], $size->get_data()['id'] );
		self::assertSame( 409, $this->rest( 'POST', 'fields/order', array( 'ids' => array( $ids[0], $ids[1] ) ) )->get_status() );
		self::assertSame( 200, $this->rest( 'POST', 'fields/order', array( 'ids' => $ids ) )->get_status() );
		self::assertSame( $ids, array_column( $this->rest( 'GET', 'fields' )->get_data()['items'], 'id' ) );
		self::assertSame( 'Wichtig', $this->rest( 'PATCH', "fields/{$vip['id']}", array( 'label' => 'Wichtig' ) )->get_data()['label'] );
		self::assertSame( 200, $this->rest( 'DELETE', "fields/{$vip['id']}" )->get_status(), 'Nobody has a value.' );
		self::assertSame( 404, $this->rest( 'GET', "fields/{$vip['id']}" )->get_status() );
	}

	public function test_bad_fields_are_refused_with_the_place(): void {
		$this->sign_in();
		$this->rest( 'POST', 'fields', array( 'label' => 'Taken', 'type' => 1 ) );
		foreach ( array(
			array( array( 'type' => 1 ), 'label' ),
			array( array( 'label' => '   ', 'type' => 1 ), 'label' ),
			array( array( 'label' => 'TAKEN', 'type' => 1 ), 'label' ),
			array( array( 'label' => 'x', 'name' => 'taken', 'type' => 1 ), 'name' ),
			array( array( 'label' => 'x', 'name' => '1x', 'type' => 1 ), 'name' ),
			array( array( 'label' => 'x', 'name' => 'phone', 'type' => 1 ), 'name' ),
			array( array( 'label' => 'x', 'type' => 9 ), 'type' ),
			array( array( 'label' => 'x', 'type' => 'colour' ), 'type' ),
			array( array( 'label' => 'x', 'type' => 'choice' ), 'choices' ),
			array( array( 'label' => 'x', 'type' => 'choice', 'choices' => array( 'a', 'A' ) ), 'choices[1]' ),
			array( array( 'label' => array( 'x' ), 'type' => 1 ), 'label' ),
			array( array( 'label' => str_repeat( 'x', 191 ), 'type' => 1 ), 'label' ),
		) as [ $input, $path ] ) {
			$answer = $this->rest( 'POST', 'fields', $input );
			$data   = $answer->get_data();
			self::assertSame( 400, $answer->get_status(), wp_json_encode( $data ) );
			$places = array_merge( array_column( $data['data']['problems'] ?? array(), 'path' ), array_keys( $data['data']['params'] ?? array() ), 'rest_missing_callback_param' === $data['code'] ? $data['data']['params'] : array() );
			self::assertContains( $path, $places, wp_json_encode( $data ) );
		}
		self::assertCount( 1, $this->rows( 'fields' ) );
	}

	public function test_a_type_changes_only_when_the_values_fit(): void {
		$field = Fields::create( array( 'label' => 'Size', 'type' => 'text' ) );
		$ids   = array();
		foreach ( array( '38', '39,5', 'big', 'BIG' ) as $n => $size ) {
			$ids[] = ContactEdit::create( array( 'phone' => "+4915123456$n" . '11', 'fields' => array( 'size' => $size ) ), 'staff' )['id'];
		}
		$refused = Fields::update( $field['id'], array( 'type' => 'number' ) );
		self::assertSame( 'nxtchat_values_do_not_fit', $refused->get_error_code() );
		self::assertSame( 2, $refused->get_error_data()['values'] );
		self::assertSame( 'text', Fields::get( $field['id'] )['type_name'] );
		self::assertSame( array( 'size' => '39,5' ), Fields::values( $ids )[ $ids[1] ], 'Nothing half-written.' );

		self::assertSame( 'number', Fields::update( $field['id'], array( 'type' => 'number', 'clear' => true ) )['type_name'] );
		self::assertSame( array( $ids[0] => array( 'size' => '38' ), $ids[1] => array( 'size' => '39.5' ) ), Fields::values( $ids ) );
		self::assertSame( 39.5, (float) $this->values_of( $ids[1] )[0]['number'] );
		self::assertSame( 'text', Fields::update( $field['id'], array( 'type' => 'text' ) )['type_name'] );
		self::assertSame( array( '39.5', 0.0 ), array( $this->values_of( $ids[1] )[0]['text'], (float) $this->values_of( $ids[1] )[0]['number'] ) );
	}

	public function test_yes_and_no_become_words_and_come_back(): void {
		$field = Fields::create( array( 'label' => 'VIP', 'type' => 'yes_no' ) );
		$id    = ContactEdit::create( array( 'phone' => '+4915123456789', 'fields' => array( 'vip' => 'ja' ) ), 'staff' )['id'];
		Fields::update( $field['id'], array( 'type' => 'text' ) );
		self::assertSame( 'Yes', Fields::values( array( $id ) )[ $id ]['vip'] );
		Fields::update( $field['id'], array( 'type' => 'yes_no' ) );
		self::assertSame( '1', Fields::values( array( $id ) )[ $id ]['vip'] );
	}

	public function test_a_removed_choice_says_who_has_it(): void {
		$field = Fields::create( array( 'label' => 'Colour', 'type' => 'choice', 'choices' => array( 'red', 'Blue', 'green' ) ) );
		$ids   = array();
		foreach ( array( 'red', 'blue', 'blue' ) as $n => $colour ) {
			$ids[] = ContactEdit::create( array( 'phone' => "+49151234567$n" . '1', 'fields' => array( 'colour' => $colour ) ), 'staff' )['id'];
		}
		$refused = Fields::update( $field['id'], array( 'choices' => array( 'red', 'green' ) ) );
		self::assertSame( array( 409, 2, array( 'Blue' ) ), array( $refused->get_error_data()['status'], $refused->get_error_data()['values'], $refused->get_error_data()['examples'] ) );
		self::assertSame( array( 'green', 'red' ), Fields::update( $field['id'], array( 'choices' => array( 'green', 'red' ), 'clear' => true ) )['choices'] );
		self::assertSame( array( $ids[0] => array( 'colour' => 'red' ) ), Fields::values( $ids ) );
	}

	public function test_a_deleted_field_says_how_many_values_go_first(): void {
		$this->sign_in();
		$field = Fields::create( array( 'label' => 'Size', 'type' => 'number' ) );
		$other = Fields::create( array( 'label' => 'Other', 'type' => 'number' ) );
		$id    = ContactEdit::create( array( 'phone' => '+4915123456789', 'fields' => array( 'size' => 38, 'other' => '1' ) ), 'staff' )['id'];
		$asked = $this->rest( 'DELETE', "fields/{$field['id']}" );
		self::assertSame( array( 409, 1 ), array( $asked->get_status(), $asked->get_data()['data']['used'] ) );
		self::assertSame( 1, $this->rest( 'DELETE', "fields/{$field['id']}", array( 'force' => true ) )->get_data()['values'] );
		self::assertSame( array( 'other' => '1' ), Fields::values( array( $id ) )[ $id ] );
		self::assertCount( 1, $this->values_of( $id ) );
		self::assertSame( array( $other['id'] ), array_column( Fields::all(), 'id' ) );
	}

	/** @return list<array<string, string>> */
	private function values_of( int $contact ): array {
		global $wpdb;
		return $wpdb->get_results( 'SELECT * FROM ' . self::table( 'contact_values' ) . " WHERE contact_id = $contact", ARRAY_A );
	}
}
