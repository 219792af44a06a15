<?php
/**
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Tests\Broadcast;

use NxtChat\Broadcast\BroadcastNotices;
use NxtChat\Broadcast\BroadcastStore;
use NxtChat\Broadcast\Definition;
use NxtChat\Broadcast\States;
use NxtChat\Capabilities;

require_once __DIR__ . '/BroadcastCase.php';

/** Whom a draft is for, as it is chosen. */
final class AudienceTest extends BroadcastCase {

	/** @dataProvider files */
	public function test_one_column_of_a_file_holds_the_numbers( string $text, array $want, int $invalid ): void {
		$made = $this->draft( array( 'audience' => array( 'everybody' => false, 'numbers' => true ) ) );
		$told = array();
		foreach ( explode( '|', $text ) as $n => $piece ) {
			$told = $this->ok( 200, 'POST', "broadcasts/{$made['id']}/numbers", array( 'numbers' => $piece, 'append' => $n > 0 ) )['numbers'];
		}
		self::assertSame( $want, array_column( $this->rows( 'contact_identities' ), 'value' ), (string) wp_json_encode( $told ) );
		self::assertSame( $invalid, $told['invalid'] );
	}

	public static function files(): array {
		return array(
			'a customer number before it'    => array( "Customer;Phone\n4915110000001;+4915120000001\n4915110000002;+4915120000002\n", array( '+4915120000001', '+4915120000002' ), 0 ),
			'without headings'               => array( "4915110000001;+4915120000001\n4915110000002;+4915120000002\n", array( '+4915120000001', '+4915120000002' ), 0 ),
			'a later piece has no headings'  => array( "Customer;Phone\n4915110000001;+4915120000001\n|4915110000002;+4915120000002\n", array( '+4915120000001', '+4915120000002' ), 0 ),
			'an empty cell is not made up for' => array( "Customer;Phone\n4915110000001;+4915120000001\n4915110000002;\n", array( '+4915120000001' ), 1 ),
			'a comma in quotes'              => array( "\"Main St 10115, Berlin\",+4915120000001\n\"X 20095, Hamburg\",+4915120000002\n", array( '+4915120000001', '+4915120000002' ), 0 ),
			'one a line'                     => array( "+4915120000001\n+49 151 20000002\nx\n", array( '+4915120000001', '+4915120000002' ), 1 ),
		);
	}

	public function test_who_may_not_change_contacts_makes_none(): void {
		$this->people( 1 );
		$made = $this->draft( array( 'audience' => array( 'everybody' => false, 'numbers' => true ) ) );
		$this->sign_in( 'editor' );
		wp_get_current_user()->add_cap( Capabilities::BROADCAST );
		$told = $this->ok( 200, 'POST', "broadcasts/{$made['id']}/numbers", array( 'numbers' => self::phone( 0 ) . "\n+4915120000001\n+4915120000002\n" . self::phone( 0 ) ) )['numbers'];
		self::assertSame( array( 1, 2, 1 ), array( $told['people'], $told['unknown'], $told['duplicate'] ) );
		self::assertCount( 1, $this->rows( 'contacts' ) );
	}

	public function test_a_copy_has_the_numbers_too(): void {
		$made = $this->draft( array( 'audience' => array( 'everybody' => false, 'numbers' => true ) ) );
		$this->ok( 200, 'POST', "broadcasts/{$made['id']}/numbers", array( 'numbers' => "+4915120000001\n+4915120000002\nx", 'name' => 'list.csv' ) );
		$copy = $this->ok( 201, 'POST', "broadcasts/{$made['id']}/duplicate" );
		self::assertSame( array( true, 2, 'list.csv' ), array( $copy['definition']['audience']['numbers'], $copy['numbers']['people'], $copy['numbers']['name'] ) );
		self::assertSame( 2, BroadcastStore::count_people( $copy['id'] ) );
		self::assertNotContains( 'audience.numbers', array_column( $copy['problems'], 'path' ) );
	}

	public function test_every_broadcast_that_began_can_be_chosen(): void {
		for ( $n = 0; $n < 25; $n++ ) {
			BroadcastStore::change( $this->draft( array(), "Old $n" )['id'], array(), array( 'state' => States::DONE ) );
		}
		$this->draft( array(), 'A draft' );
		$names = array_column( $this->ok( 200, 'GET', 'broadcasts/names' )['items'], 'name' );
		self::assertSame( array( 25, 'Old 24', 'Old 0' ), array( count( $names ), $names[0], end( $names ) ) );
	}

	public function test_a_draft_names_the_contacts_chosen_by_hand(): void {
		$ids  = $this->people( 3 );
		$made = $this->draft( array( 'audience' => array( 'everybody' => false, 'contacts' => array( $ids[0], 999999 ) ), 'exclude' => array( 'contacts' => array( $ids[2] ) ) ) );
		self::assertSame( array( array( $ids[0], 'Ann', self::phone( 0 ) ), array( $ids[2], 'Ann', self::phone( 2 ) ) ), array_map( static fn( array $c ): array => array( $c['id'], $c['name'], $c['phone'] ), $made['contacts'] ) );
	}

	public function test_many_choices_cost_no_more_statements(): void {
		$segments = array();
		$others   = array();
		for ( $n = 0; $n < 6; $n++ ) {
			$segments[] = $this->ok( 201, 'POST', 'segments', array( 'name' => "S$n", 'conditions' => array( 'conditions' => array( array( 'field' => 'name', 'operator' => 'begins', 'value' => 'A' ) ) ) ) )['id'];
			$others[]   = $this->draft( array(), "Other $n" )['id'];
		}
		$cost = static function ( int $count ) use ( $segments, $others ): int {
			global $wpdb;
			[ $definition ] = Definition::clean( array( 'audience' => array( 'segments' => array_slice( $segments, 0, $count ), 'not_read' => array_slice( $others, 0, $count ) ), 'exclude' => array( 'segments' => array_slice( $segments, 0, $count ), 'got' => array_slice( $others, 0, $count ) ) ) );
			$before         = $wpdb->num_queries;
			Definition::problems( 1, $definition );
			return $wpdb->num_queries - $before;
		};
		self::assertSame( $cost( 1 ), $cost( 6 ) );
		[ $definition ] = Definition::clean( array( 'audience' => array( 'segments' => array( $segments[0], 99999 ) ), 'exclude' => array( 'got' => array( 99998, $others[0] ) ) ) );
		self::assertSame( array( 'audience.segments[1]', 'exclude.got[0]' ), array_values( array_filter( array_column( Definition::problems( 1, $definition ), 'path' ), static fn( string $path ): bool => str_contains( $path, '[' ) ) ) );
	}

	public function test_notices_cost_one_statement(): void {
		$cost = function ( int $count ): int {
			global $wpdb;
			for ( $n = 0; $n < $count; $n++ ) {
				$id = $this->draft( array(), "Stopped $n" )['id'];
				BroadcastStore::change( $id, array(), array( 'state' => States::STOPPED, 'reason_json' => '{"code":"x","message":"Why","remedy":"How"}' ) );
				BroadcastNotices::note( $id );
			}
			$before = $wpdb->num_queries;
			ob_start();
			BroadcastNotices::show();
			self::assertSame( $count > 1 ? 5 : 1, substr_count( (string) ob_get_clean(), 'Why How' ) );
			return $wpdb->num_queries - $before;
		};
		self::assertSame( $cost( 1 ), $cost( 4 ) );
	}
}
