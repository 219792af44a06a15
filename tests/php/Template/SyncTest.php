<?php
/**
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Tests\Template;

use NxtChat\Account\Accounts;
use NxtChat\Native\Exception\GraphError;
use NxtChat\Template\Templates;
use NxtChat\Template\TemplateStore;
use NxtChat\Template\TemplateSync;
use NxtChat\Tests\Simulator;
use NxtChat\Tests\TestCase;

/** Templates read from the simulator's Graph: all pages, what changes, what goes and comes back, and nonsense. */
final class SyncTest extends TestCase {

	private Simulator $sim;
	private int $account;

	/** @var list<string> Ids at Meta of what make() made. */
	private array $meta = array();

	protected function setUp(): void {
		parent::setUp();
		$this->sim = Simulator::shared();
		$this->sim->settings( array( 'review_ms' => array( 0, 0 ) ) );
		$this->account = Accounts::create( $this->sim->account_fields() );
		self::assertIsInt( $this->account );
	}

	public function test_all_pages_become_rows_in_a_constant_number_of_statements(): void {
		$this->make( 90 );
		$first = TemplateSync::run( $this->account );
		self::assertSame( array( 'done' => true, 'seen' => 90, 'changed' => 90 ), $first );
		self::assertCount( 90, $this->rows( 'templates' ) );
		self::assertCount( 90, $this->rows( 'template_log', "kind = 'created' AND source = 'sync'" ) );
		$row = TemplateStore::by_name( $this->waba(), 'order_003', 'en_US' );
		self::assertSame( array( $this->meta[3], 'APPROVED', 'UTILITY', 'UNKNOWN', '' ), array( $row['meta_id'], $row['status'], $row['category'], $row['quality'], $row['rejected_reason'] ) );
		self::assertSame( 'Hello {{1}}, number 3 is here.', TemplateSync::body( $row['components_json'] ) );

		$statements = $this->queries( static fn() => self::assertSame( 0, TemplateSync::run( self::first_account() )['changed'] ) );
		$writes     = array_filter( $statements, static fn( string $sql ): bool => 1 === preg_match( '/(INSERT|UPDATE|DELETE|REPLACE)\b.*nxtchat_template/i', $sql ) );
		self::assertCount( 2, array_filter( $writes, static fn( string $sql ): bool => str_contains( $sql, 'nxtchat_templates' ) ), 'Two pages, each marked by one statement.' );
	}

	public function test_one_that_is_out_of_time_goes_on_where_it_stopped(): void {
		$this->make( 60 );
		$part = TemplateSync::run( $this->account, 0.0 );
		self::assertSame( array( false, 50 ), array( $part['done'], $part['seen'] ) );
		self::assertCount( 50, $this->rows( 'templates' ) );
		self::assertSame( array( $this->waba() ), TemplateStore::wanted( array( $this->waba() ) ), 'The rest is asked for.' );
		TemplateSync::work();
		self::assertCount( 60, $this->rows( 'templates' ) );
		self::assertCount( 0, $this->rows( 'templates', 'gone_ms > 0' ) );
		self::assertSame( array(), TemplateStore::wanted( array( $this->waba() ) ) );
	}

	public function test_one_reader_at_a_time(): void {
		$now = (int) ( microtime( true ) * 1000 );
		self::assertTrue( TemplateStore::lease( $this->waba(), 'somebody', $now, $now + 60000 ) );
		self::assertTrue( TemplateSync::run( $this->account )['busy'] );
		TemplateStore::release( $this->waba(), 'somebody' );
		self::assertTrue( TemplateSync::run( $this->account )['done'] );
	}

	public function test_what_changed_at_meta_stands_in_the_timeline(): void {
		$this->make( 2 );
		TemplateSync::run( $this->account );
		$told = array();
		$this->add_hook( 'nxtchat_template_changed', static function ( ...$of ) use ( &$told ): void {
			$told[] = $of;
		}, 10, 5 );
		$this->sim->call( 'POST', "/sim/templates/{$this->meta[0]}", array( 'status' => 'PAUSED', 'title' => 'FIRST_PAUSE' ) );
		$this->sim->call( 'POST', "/sim/templates/{$this->meta[0]}", array( 'quality' => 'RED' ) );
		$this->sim->call( 'POST', "/sim/templates/{$this->meta[0]}", array( 'category' => 'MARKETING' ) );
		usleep( 5000 ); // A row touched in the millisecond of the question is left alone.
		self::assertSame( 1, TemplateSync::run( $this->account )['changed'] );
		$id = (int) TemplateStore::by_name( $this->waba(), 'order_000', 'en_US' )['id'];
		self::assertSame(
			array(
				array( $id, 'status', 'APPROVED', 'PAUSED', 'sync' ),
				array( $id, 'category', 'UTILITY', 'MARKETING', 'sync' ),
				array( $id, 'quality', 'UNKNOWN', 'RED', 'sync' ),
			),
			$told
		);
		self::assertSame( 0, TemplateSync::run( $this->account )['changed'] );
	}

	public function test_what_is_gone_stays_and_comes_back(): void {
		$this->make( 3 );
		TemplateSync::run( $this->account );
		$this->graph( 'DELETE', $this->waba() . '/message_templates', array( 'name' => 'order_001', 'hsm_id' => $this->meta[1] ) );
		usleep( 5000 );
		self::assertSame( 1, TemplateSync::run( $this->account )['changed'] );
		$row = TemplateStore::by_name( $this->waba(), 'order_001', 'en_US' );
		self::assertGreaterThan( 0, (int) $row['gone_ms'] );
		self::assertNull( Templates::by_name( $this->account, 'order_001', 'en_US' ) );
		self::assertSame( array( 'order_000', 'order_002' ), array_column( Templates::list( array(), 'name', '', 10 )['items'], 'name' ) );
		self::assertSame( array( 'order_001' ), array_column( Templates::list( array( 'status' => 'GONE' ), 'name', '', 10 )['items'], 'name' ) );
		usleep( 5000 );
		TemplateSync::take( $this->account, array( 'id' => '77', 'name' => 'order_001', 'language' => 'en_US', 'status' => 'APPROVED', 'category' => 'UTILITY', 'components' => array( array( 'type' => 'BODY', 'text' => 'Back.' ) ) ) );
		$back = TemplateStore::get( (int) $row['id'] );
		self::assertSame( array( '77', '0', 'APPROVED' ), array( $back['meta_id'], $back['gone_ms'], $back['status'] ) );
	}

	public function test_an_empty_answer_buries_nothing_that_meta_still_has(): void {
		$this->make( 3 );
		TemplateSync::run( $this->account );
		// Rows that look unseen, while Meta still answers for each of them.
		foreach ( $this->rows( 'templates' ) as $row ) {
			TemplateStore::update( (int) $row['id'], array( 'name' => $row['name'] . '~x', 'synced_ms' => 1, 'updated_ms' => 1 ) );
		}
		TemplateSync::run( $this->account );
		self::assertCount( 0, $this->rows( 'templates', 'gone_ms > 0' ) );
	}

	/** @return array<string, array{array}> */
	public static function nonsense(): array {
		$good = array( 'id' => '1', 'name' => 'a', 'language' => 'en', 'status' => 'APPROVED' );
		return array(
			'nothing'            => array( array() ),
			'no id'              => array( array( 'id' => null ) + $good ),
			'an id that is long' => array( array( 'id' => str_repeat( '1', 65 ) ) + $good ),
			'a name in a list'   => array( array( 'name' => array( 'a' ) ) + $good ),
			'a name of ours'     => array( array( 'name' => 'a~1' ) + $good ),
			'a long name'        => array( array( 'name' => str_repeat( 'a', 513 ) ) + $good ),
			'no language'        => array( array( 'language' => '' ) + $good ),
			'a status of words'  => array( array( 'status' => 'all right' ) + $good ),
			'a status in a map'  => array( array( 'status' => array( 'x' => 1 ) ) + $good ),
		);
	}

	/** @dataProvider nonsense */
	public function test_nonsense_is_no_template( array $node ): void {
		self::assertSame( 0, TemplateSync::take( $this->account, $node ) );
		self::assertCount( 0, $this->rows( 'templates' ) );
	}

	public function test_what_nobody_knows_is_kept_as_it_is(): void {
		$components = array(
			array( 'type' => 'HOLOGRAM', 'beams' => array( 1, 2.5, null, true ), 'text' => "Ünï😀 'quoted' \"\\ %s" ),
			array( 'type' => 'BODY', 'text' => 'Hello.' ),
		);
		$id = TemplateSync::take( $this->account, array( 'id' => 9007199254740993, 'name' => 'new_kind', 'language' => 'de', 'status' => 'SOMETHING_NEW', 'category' => 'FREE', 'quality_score' => 'odd words here', 'rejected_reason' => array(), 'message_send_ttl_seconds' => 'x', 'parameter_format' => 5, 'components' => $components ) );
		$template = Templates::get( $id );
		self::assertSame( $components, $template['components'] );
		self::assertSame( array( '9007199254740993', 'SOMETHING_NEW', 'FREE', '', '', 0 ), array( $template['meta_id'], $template['status'], $template['category'], $template['quality'], $template['parameter_format'], $template['ttl_s'] ) );
		self::assertFalse( $template['can']['send'] );
	}

	public function test_faults_of_meta_change_nothing(): void {
		$this->make( 2 );
		TemplateSync::run( $this->account );
		$before = $this->rows( 'templates' );
		foreach ( array( array( 'do' => 'html', 'http_status' => 502, 'accept' => false ), array( 'do' => 'truncated' ), array( 'do' => 'error', 'code' => 190 ), array( 'do' => 'huge', 'bytes' => 3000000 ) ) as $fault ) {
			$this->sim->call( 'DELETE', '/sim/rules' );
			$this->sim->call( 'POST', '/sim/rules', array( 'endpoint' => 'any' ) + $fault );
			try {
				self::assertInstanceOf( \WP_Error::class, TemplateSync::run( $this->account ), $fault['do'] );
			} catch ( GraphError $e ) {
				self::assertNotSame( '', $e->getMessage() );
			}
			self::assertSame( $before, $this->rows( 'templates' ), $fault['do'] );
		}
		$this->sim->call( 'DELETE', '/sim/rules' );
		self::assertTrue( TemplateSync::run( $this->account )['done'] );
	}

	public function test_the_order_of_keys_and_examples_are_no_other_text(): void {
		$node = static fn( array ...$components ): array => array( 'id' => '5', 'name' => 'hello', 'language' => 'en', 'status' => 'APPROVED', 'category' => 'UTILITY', 'components' => $components );
		$id   = TemplateSync::take( $this->account, $node( array( 'type' => 'body', 'text' => 'Hello {{1}}, look.', 'example' => array( 'body_text' => array( array( 'Ann' ) ) ) ) ) );
		usleep( 5000 );
		TemplateSync::take( $this->account, $node( array( 'example' => array( 'body_text' => array( array( 'Bob' ) ) ), 'text' => 'Hello {{1}}, look.', 'type' => 'BODY' ) ) );
		self::assertStringContainsString( 'Bob', TemplateStore::get( $id )['components_json'] );
		self::assertCount( 0, $this->rows( 'template_log', "kind = 'components'" ) );
		usleep( 5000 );
		TemplateSync::take( $this->account, $node( array( 'type' => 'BODY', 'text' => 'Hello {{1}}, see.' ) ) );
		self::assertCount( 1, $this->rows( 'template_log', "kind = 'components'" ) );
	}

	public function test_signed_addresses_of_samples_are_no_change(): void {
		$node = static fn( string $sign ): array => array( 'id' => '5', 'name' => 'photo', 'language' => 'en', 'status' => 'APPROVED', 'category' => 'MARKETING', 'components' => array( array( 'type' => 'HEADER', 'format' => 'IMAGE', 'example' => array( 'header_handle' => array( "https://scontent.whatsapp.net/v/t61/1_n.jpg?oh=$sign&oe=1" ) ) ), array( 'type' => 'BODY', 'text' => 'Look.' ) ) );
		$id = TemplateSync::take( $this->account, $node( 'aaa' ) );
		usleep( 5000 );
		TemplateSync::take( $this->account, $node( 'bbb' ) );
		self::assertStringContainsString( 'oh=bbb', TemplateStore::get( $id )['components_json'] );
		self::assertCount( 0, $this->rows( 'template_log', "kind = 'components'" ) );
	}

	public function test_accounts_of_one_waba_share_and_lists_page(): void {
		$this->make( 7 );
		TemplateSync::run( $this->account );
		$other = Accounts::create( array( 'phone_number_id' => '99887766' ) + $this->sim->account_fields() );
		self::assertNotNull( Templates::by_name( $other, 'order_000', 'en_US' ) );
		foreach ( array( 'name', 'last_used', 'updated' ) as $sort ) {
			$seen   = array();
			$cursor = '';
			do {
				$page   = Templates::list( array( 'account' => $other ), $sort, $cursor, 3 );
				$seen   = array( ...$seen, ...array_column( $page['items'], 'id' ) );
				$cursor = (string) $page['next'];
			} while ( '' !== $cursor );
			self::assertCount( 7, array_unique( $seen ), $sort );
			self::assertCount( 7, $seen, $sort );
		}
		$few  = count( $this->queries( static fn() => Templates::list( array(), 'name', '', 1 ) ) );
		$many = count( $this->queries( static fn() => Templates::list( array(), 'name', '', 200 ) ) );
		self::assertSame( $few, $many );
		self::assertSame( array( 'order_004' ), array_column( Templates::list( array( 'search' => 'Order 004' ), 'name', '', 9 )['items'], 'name' ) );
		self::assertSame( array(), Templates::list( array( 'search' => 'order%' ), 'name', '', 9 )['items'] );
		self::assertSame( array(), Templates::list( array( 'status' => "PAUSED','x" ), 'name', '', 9 )['items'] );
		foreach ( array( '!!', base64_encode( '["name",5,1]' ), base64_encode( '["updated","a",1]' ), str_repeat( 'x', 5000 ) ) as $cursor ) {
			self::assertInstanceOf( \WP_Error::class, Templates::list( array(), 'name', $cursor, 9 ) );
		}
		self::assertInstanceOf( \WP_Error::class, Templates::list( array(), 'id; DROP', '', 9 ) );
	}

	public function test_saving_an_account_asks_for_its_templates(): void {
		self::assertSame( array( $this->waba() ), TemplateStore::wanted( array( $this->waba() ) ) );
		$this->make( 1 );
		TemplateSync::work();
		self::assertCount( 1, $this->rows( 'templates' ) );
	}

	public function test_an_account_that_is_off_or_a_copy_of_the_site_asks_nothing_by_itself(): void {
		$this->make( 1 );
		Accounts::update( $this->account, array( 'state' => Accounts::OFF ) );
		TemplateSync::hourly();
		TemplateSync::work();
		self::assertCount( 0, $this->rows( 'templates' ) );
		Accounts::update( $this->account, array( 'state' => Accounts::ACTIVE ) );
		global $wpdb;
		$wpdb->query( 'UPDATE ' . self::table( 'accounts' ) . " SET home_url = 'https://elsewhere.example'" );
		TemplateSync::hourly();
		self::assertCount( 0, $this->rows( 'templates' ) );
		self::assertTrue( TemplateSync::run( $this->account )['done'], 'A person may look.' );
		self::assertCount( 1, $this->rows( 'templates' ) );
	}

	private function waba(): string {
		return $this->sim->ready['waba_id'];
	}

	private static function first_account(): int {
		return Accounts::all()[0]['id'];
	}

	/** Templates at Meta, approved. */
	private function make( int $count ): void {
		for ( $n = 0; $n < $count; $n++ ) {
			$made = $this->graph(
				'POST',
				$this->waba() . '/message_templates',
				array( 'name' => sprintf( 'order_%03d', $n ), 'language' => 'en_US', 'category' => 'UTILITY', 'components' => array( array( 'type' => 'BODY', 'text' => "Hello {{1}}, number $n is here.", 'example' => array( 'body_text' => array( array( 'Ann' ) ) ) ) ) )
			);
			$this->meta[] = $made['id'];
		}
		$this->sim->call( 'POST', '/sim/advance' );
	}

	private function graph( string $method, string $path, array $params ): array {
		return \NxtChat\Native\graph_call( Accounts::credentials( $this->account ), $method, $path, $params );
	}
}
