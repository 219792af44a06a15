<?php
/**
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Tests\Segment;

use NxtChat\Segment\Audience;
use NxtChat\Segment\Catalogue;
use NxtChat\Segment\Conditions;
use NxtChat\Tests\TestCase;

require_once __DIR__ . '/People.php';

/** Saved segments over REST and WP-CLI, preview, schema, estimates. */
final class SegmentsTest extends TestCase {

	private const GERMANY = array(
		'match'      => 'all',
		'conditions' => array( array( 'field' => 'country', 'operator' => 'is', 'value' => 'DE' ) ),
	);

	public function test_a_life_over_rest(): void {
		$people = new People( 3, 50 );
		$this->sign_in();
		$germans = array_keys( array_filter( $people->all, static fn( $p ) => 'DE' === $p['country'] ) );
		$made    = $this->rest( 'POST', 'segments', array( 'name' => ' Germany ', 'description' => 'All of them', 'conditions' => self::GERMANY ) );
		self::assertSame( 201, $made->get_status() );
		$segment = $made->get_data();
		self::assertSame( array( 'Germany', 'All of them', array( 'DE' ), array( 'value' => count( $germans ), 'exact' => true ) ), array( $segment['name'], $segment['description'], $segment['conditions']['conditions'][0]['value'], $segment['members'] ) );
		self::assertGreaterThan( 0, $segment['counted_ms'] );

		self::assertSame( 'nxtchat_name_taken', $this->rest( 'POST', 'segments', array( 'name' => 'Germany', 'conditions' => self::GERMANY ) )->get_data()['code'] );
		$bad = $this->rest( 'POST', 'segments', array( 'name' => '', 'conditions' => array( 'conditions' => array( array( 'field' => 'nope' ) ) ) ) );
		self::assertSame( array( 400, array( 'name', 'conditions.conditions[0].field' ) ), array( $bad->get_status(), array_column( $bad->get_data()['data']['problems'], 'path' ) ) );
		self::assertSame( array( 'conditions' ), array_column( $this->rest( 'POST', 'segments', array( 'name' => 'Everybody', 'conditions' => array( 'match' => 'all', 'conditions' => array() ) ) )->get_data()['data']['problems'], 'path' ) );
		self::assertSame( 400, $this->rest( 'POST', 'segments', array( 'name' => 'List', 'conditions' => array( 1 ) ) )->get_status() );
		self::assertCount( 1, $this->rows( 'segments' ), 'Nothing half-written.' );

		$id   = $segment['id'];
		$same = $this->rest( 'PATCH', "segments/$id", array( 'name' => 'germany' ) )->get_data();
		self::assertSame( array( 'germany', $segment['conditions'], 'All of them' ), array( $same['name'], $same['conditions'], $same['description'] ) );
		$before = $this->rows( 'segments' );
		self::assertSame( 400, $this->rest( 'PATCH', "segments/$id", array( 'name' => 'Other', 'conditions' => array( 'conditions' => array( array( 'field' => 'nope' ) ) ) ) )->get_status() );
		self::assertSame( $before, $this->rows( 'segments' ), 'A refused change changes nothing.' );
		self::assertSame( array( 'germany' ), array_column( $this->rest( 'GET', 'segments' )->get_data()['items'], 'name' ) );

		self::assertSame( 200, $this->rest( 'DELETE', "segments/$id" )->get_status() );
		self::assertSame( 404, $this->rest( 'GET', "segments/$id" )->get_status() );
		self::assertSame( 404, $this->rest( 'DELETE', "segments/$id" )->get_status() );
		self::assertSame( 'segment', $this->rest( 'GET', 'contacts', array( 'segment' => (string) $id ) )->get_data()['data']['problems'][0]['path'] );
	}

	public function test_a_preview_counts_and_shows_ten(): void {
		$people = new People( 4, 90 );
		$this->sign_in();
		$germans = array_keys( array_filter( $people->all, static fn( $p ) => 'DE' === $p['country'] ) );
		$answer  = $this->rest( 'POST', 'segments/preview', array( 'conditions' => self::GERMANY ) )->get_data();
		self::assertSame( array( 'value' => count( $germans ), 'exact' => true ), $answer['count'] );
		self::assertSame( array_slice( array_reverse( $germans ), 0, 10 ), array_column( $answer['examples'], 'id' ) );
		self::assertArrayHasKey( 'phone', $answer['examples'][0] );
		self::assertSame( 400, $this->rest( 'POST', 'segments/preview', array( 'conditions' => 'x' ) )->get_status() );
	}

	/** Every operator that the editor may offer is one that parse() takes, and everything has a label. */
	public function test_the_schema_is_what_parse_takes(): void {
		new People( 5, 5 );
		$this->sign_in();
		$schema = $this->rest( 'GET', 'segments/schema' )->get_data();
		$fields = array_column( $schema['fields'], null, 'field' );
		foreach ( $fields as $name => $field ) {
			self::assertNotSame( '', $field['label'], $name );
			foreach ( $field['operators'] as $operator ) {
				self::assertNotSame( '', $operator['label'] );
				$value  = match ( $operator['input'] ) {
					'none'    => null,
					'text'    => '+49 x',
					'number'  => 1,
					'days'    => 1,
					'date'    => '2026-01-01',
					'range'   => array( 1, 2 ),
					'choice'  => $field['choices'][0]['value'],
					'choices' => array( $field['choices'][0]['value'] ?? 'de' ),
				};
				$parsed = Conditions::parse( array( 'conditions' => array( array( 'field' => $name, 'operator' => $operator['operator'] ) + ( null === $value ? array() : array( 'value' => $value ) ) ) ) );
				self::assertInstanceOf( Conditions::class, $parsed, "$name {$operator['operator']} " . wp_json_encode( $parsed ) );
			}
		}
		self::assertSame( People::CITIES, array_column( $fields['field.city']['choices'], 'value' ) );
		self::assertContains( 'DE', array_column( $fields['country']['choices'], 'value' ) );
		self::assertContains( 'administrator', array_column( $fields['user_role']['choices'], 'value' ) );
		self::assertArrayNotHasKey( 'woo.orders', $fields );
		self::assertSame( array( 50, 3 ), array( $schema['leaves_max'], $schema['depth_max'] ) );
		self::assertNotNull( Catalogue::field( 'field.note' ) );
	}

	/** Beyond what is counted one by one, the count says that it is an estimate, and is near. */
	public function test_an_estimate_is_near_and_marked(): void {
		global $wpdb;
		$table = self::table( 'contacts' );
		for ( $chunk = 0; $chunk < 10; $chunk++ ) {
			$rows = array();
			for ( $n = 1; $n <= 1000; $n++ ) {
				$id     = $chunk * 1000 + $n;
				$rows[] = sprintf( "(%d,'%026d','%s')", $id, $id, crc32( "c$id" ) % 3 ? 'AT' : 'DE' );
			}
			$wpdb->query( "INSERT INTO $table (id, uid, country) VALUES " . implode( ',', $rows ) );
		}
		$wpdb->query( "DELETE FROM $table WHERE id % 4 = 1" ); // Gaps.
		$truth = (int) $wpdb->get_var( "SELECT COUNT(*) FROM $table WHERE country = 'DE'" );
		$count = ( new Audience( Conditions::parse( self::GERMANY ), 1000 ) )->count();
		self::assertFalse( $count['exact'] );
		self::assertEqualsWithDelta( $truth, $count['value'], $truth * 0.15 );
		self::assertSame( 0, $count['value'] % 100, 'Two digits.' );
		$all = ( new Audience( Conditions::everybody(), 1000 ) )->count();
		self::assertFalse( $all['exact'] );
		self::assertEqualsWithDelta( 7500, $all['value'], 750 );
		self::assertSame( array( 'value' => $truth, 'exact' => true ), ( new Audience( Conditions::parse( self::GERMANY ) ) )->count() );
	}

	public function test_commands(): void {
		$people  = new People( 6, 40 );
		$germans = count( array_filter( $people->all, static fn( $p ) => 'DE' === $p['country'] ) );
		$json    = (string) wp_json_encode( self::GERMANY );
		[ $code, $id ] = self::wp( "segment create Germany --porcelain --conditions=" . escapeshellarg( $json ) );
		self::assertSame( 0, $code, $id );
		self::assertSame( array( 0, (string) $germans ), self::wp( "segment count $id" ) );
		self::assertSame( array( 0, (string) $germans ), self::wp( 'segment count --conditions=' . escapeshellarg( $json ) ) );
		self::assertStringContainsString( 'Germany', self::wp( 'segment list' )[1] );
		self::assertSame( self::GERMANY['conditions'][0]['field'], json_decode( self::wp( "segment get $id" )[1], true )['conditions']['conditions'][0]['field'] );
		self::assertSame( 0, self::wp( "segment update $id --name='The Germans'" )[0] );
		self::assertStringContainsString( "$germans contacts", self::wp( "segment preview $id" )[1] );
		self::assertStringContainsString( 'field.city', self::wp( 'segment schema' )[1] );
		foreach ( array( 'segment get 999999', 'segment get x', 'segment count', "segment count $id --conditions='{}'", "segment create X --conditions='{nope'", "segment create X --conditions=''", 'segment create', "segment create 'The Germans' --conditions=" . escapeshellarg( $json ), 'segment delete 999999', 'segment list --format=xml' ) as $bad ) {
			[ $code, $out ] = self::wp( $bad );
			self::assertSame( 1, $code, "$bad: $out" );
			self::assertMatchesRegularExpression( '/Error|usage/', $out, $bad );
		}
		self::assertStringContainsString( 'conditions[0].value: This is no country code.', self::wp( "segment count --conditions='{\"conditions\":[{\"field\":\"country\",\"operator\":\"is\",\"value\":\"Germany\"}]}'" )[1] );
		self::assertSame( 0, self::wp( "segment delete $id" )[0] );
		self::assertSame( array(), $this->rows( 'segments' ) );
	}

	/** @return array{0: int, 1: string} */
	private static function wp( string $command ): array {
		exec( 'bash -c ' . escapeshellarg( 'NXTCHAT_SITE=' . escapeshellarg( NXTCHAT_TEST_SITE ) . ' ' . NXTCHAT_TEST_ROOT . "/tools/wp nxtchat $command </dev/null 2>&1" ), $out, $code );
		return array( $code, implode( "\n", $out ) );
	}
}
