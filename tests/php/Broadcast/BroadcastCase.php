<?php
/**
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Tests\Broadcast;

use NxtChat\Broadcast\Broadcasts;
use NxtChat\Broadcast\BroadcastStore;
use NxtChat\Broadcast\Freeze;
use NxtChat\Broadcast\Recipients;
use NxtChat\Broadcast\States;
use NxtChat\Broadcast\Work;
use NxtChat\Native;
use NxtChat\Tests\Simulator;
use NxtChat\Tests\TestCase;

/** An account on the simulator, approved templates, and people. */
abstract class BroadcastCase extends TestCase {

	protected Simulator $simulator;
	protected int $account;
	protected string $waba;
	protected ?Work $work = null;

	protected function setUp(): void {
		parent::setUp();
		Recipients::forget();
		$this->simulator = Simulator::shared();
		$this->simulator->settings( array( 'sent_ms' => array( 0, 0 ), 'delivered_ms' => array( 0, 0 ), 'read_rate' => 0, 'mps' => 0, 'pair_limit' => false, 'window' => 'off', 'webhooks' => false, 'any_template' => true, 'record_max' => 100000 ) );
		$this->sign_in();
		$made          = $this->rest( 'POST', 'accounts', $this->simulator->account_fields() );
		$this->account = (int) $made->get_data()['id'];
		$this->waba    = $this->simulator->ready['waba_id'];
	}

	protected function tearDown(): void {
		$this->work?->end( 1.0 );
		$this->work = null;
		parent::tearDown();
	}

	/** An approved template. @param list<array>|null $components */
	protected function template( string $name = 'sale', string $language = 'en_US', string $category = 'MARKETING', ?array $components = null, array $bindings = array(), string $status = 'APPROVED' ): int {
		global $wpdb;
		$wpdb->insert(
			self::table( 'templates' ),
			array(
				'waba_id'          => $this->waba,
				'meta_id'          => "m-$name-$language",
				'name'             => $name,
				'language'         => $language,
				'status'           => $status,
				'category'         => $category,
				'parameter_format' => 'POSITIONAL',
				'components_json'  => (string) wp_json_encode( $components ?? array( array( 'type' => 'BODY', 'text' => "Hello from $language." ) ) ),
				'draft_json'       => '',
				'bindings_json'    => $bindings ? (string) wp_json_encode( $bindings ) : '',
				'edits_json'       => '',
				'created_ms'       => 1,
				'updated_ms'       => 1,
			)
		);
		return (int) $wpdb->get_var( 'SELECT id FROM ' . self::table( 'templates' ) . " WHERE name = '$name' AND language = '$language'" );
	}

	/**
	 * People with numbers, who agreed to marketing. Set-based: a hundred thousand are no matter.
	 *
	 * @return list<int> Ids.
	 */
	protected function people( int $count, array $columns = array(), int $from = 0 ): array {
		global $wpdb;
		$columns += array( 'name' => "'Ann'", 'country' => "'DE'", 'language' => "''", 'marketing' => Native\CONSENT_GRANTED, 'utility' => 0 );
		$contacts = self::table( 'contacts' );
		$before   = (int) $wpdb->get_var( "SELECT COALESCE(MAX(id), 0) FROM $contacts" );
		foreach ( array_chunk( range( $from, $from + $count - 1 ), self::on_sqlite() ? 250 : 2000 ) as $some ) {
			$uids   = Native\ulids( count( $some ) );
			$values = array();
			foreach ( $some as $n => $number ) {
				$values[] = "('{$uids[ $n ]}', {$columns['name']}, {$columns['country']}, {$columns['language']}, {$columns['marketing']}, {$columns['utility']}, 'ann', 1, 1)";
			}
			$wpdb->query( "INSERT INTO $contacts (uid, name, country, language, marketing, utility, sort_name, created_ms, updated_ms) VALUES " . implode( ',', $values ) );
			$ids    = $wpdb->get_col( "SELECT id FROM $contacts WHERE id > $before ORDER BY id" );
			$ids    = array_slice( $ids, -count( $some ) );
			$before = (int) end( $ids );
			$values = array();
			foreach ( $some as $n => $number ) {
				$values[] = '(' . $ids[ $n ] . ', ' . Native\IDENTITY_PHONE . ", '" . self::phone( $number ) . "', 1, 1)";
			}
			$wpdb->query( 'INSERT INTO ' . self::table( 'contact_identities' ) . ' (contact_id, kind, value, created_ms, seen_ms) VALUES ' . implode( ',', $values ) );
			if ( Native\CONSENT_NONE !== $columns['marketing'] ) {
				$wpdb->query( 'INSERT INTO ' . self::table( 'consents' ) . ' (contact_id, purpose, state, source, at_ms, created_ms) SELECT id, ' . Native\PURPOSE_MARKETING . ", {$columns['marketing']}, 'test', 1, 1 FROM $contacts WHERE id IN (" . implode( ',', $ids ) . ')' );
			}
			$all[] = array_map( 'intval', $ids );
		}
		return array_merge( ...$all );
	}

	protected static function phone( int $number ): string {
		return sprintf( '+49151%08d', 10000000 + $number );
	}

	/** A draft to everybody. */
	protected function draft( array $definition = array(), string $name = 'Test' ): array {
		$made = $this->rest( 'POST', 'broadcasts', array( 'name' => $name, 'definition' => array_replace_recursive( array( 'account' => $this->account, 'template' => array( 'name' => 'sale', 'language' => 'en_US' ), 'audience' => array( 'everybody' => true ) ), $definition ) ) );
		self::assertSame( 201, $made->get_status(), (string) wp_json_encode( $made->get_data() ) );
		return $made->get_data();
	}

	protected function ok( int $status, string $method, string $route, array $params = array() ): array {
		$answer = $this->rest( $method, $route, $params );
		$data   = json_decode( (string) wp_json_encode( $answer->get_data() ), true );
		self::assertSame( $status, $answer->get_status(), "$method $route: " . wp_json_encode( $data, JSON_UNESCAPED_UNICODE ) );
		return $data;
	}

	/** Counts, then starts. */
	protected function start( int $id ): array {
		do {
			$told = $this->ok( 200, 'POST', "broadcasts/$id/preflight" );
		} while ( ! $told['done'] );
		return $this->ok( 200, 'POST', "broadcasts/$id/start", array( 'people' => $told['reachable'] ) );
	}

	/** Freezes without sending. */
	protected function freeze( int $id ): void {
		for ( $n = 0; $n < 10000; $n++ ) {
			$row = BroadcastStore::get( $id );
			if ( States::FREEZING !== (int) $row['state'] ) {
				return;
			}
			Freeze::work( $row, microtime( true ) + 5 );
		}
		self::fail( 'It does not freeze.' );
	}

	/** @return array<string, int> */
	protected function counts( int $id ): array {
		return array_filter( Broadcasts::progress( Broadcasts::counts( (array) BroadcastStore::get( $id ), true ) ) );
	}

	/** Goes on until a broadcast is in one of these states. */
	protected function run_until( int $id, array $states, float $seconds = 20.0 ): array {
		$this->work ??= new Work();
		$end          = microtime( true ) + $seconds;
		do {
			if ( 0 === $this->work->step( 0.3 ) ) {
				usleep( 50000 );
			}
			$state = (int) BroadcastStore::get( $id )['state'];
		} while ( ! in_array( $state, $states, true ) && microtime( true ) < $end );
		self::assertContains( $state, $states, wp_json_encode( Broadcasts::get( $id ) ) );
		return Broadcasts::get( $id );
	}

	protected function goes( array $definition = array(), float $seconds = 20.0 ): array {
		$made = $this->draft( $definition );
		$this->start( $made['id'] );
		return $this->run_until( $made['id'], array( States::DONE, States::STOPPED ), $seconds );
	}

	/** How often each number got something. @return array<string, int> */
	protected function got(): array {
		return array_count_values( array_map( static fn( array $item ): string => ltrim( (string) ( $item['to'] ?? $item['recipient'] ?? '' ), '+' ), $this->record() ) );
	}

	/** @return list<array> All that was accepted. */
	protected function record(): array {
		$all   = array();
		$after = 0;
		do {
			$page  = $this->simulator->call( 'GET', "/sim/record?after=$after&limit=1000" );
			$items = $page['items'] ?? $page;
			$all   = array_merge( $all, $items );
			$next  = (int) ( $page['next_after'] ?? 0 );
			$more  = $next > $after && $items;
			$after = $next;
		} while ( $more );
		return $all;
	}
}
