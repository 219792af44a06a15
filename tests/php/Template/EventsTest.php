<?php
/**
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Tests\Template;

use NxtChat\Account\Accounts;
use NxtChat\Capabilities;
use NxtChat\Native;
use NxtChat\Site;
use NxtChat\Template\TemplateCounts;
use NxtChat\Template\TemplateNotices;
use NxtChat\Template\Templates;
use NxtChat\Template\TemplateStore;
use NxtChat\Tests\TestCase;
use NxtChat\Webhook\Drain;

/** What webhooks tell of templates: once, in any order, in the drain's transaction; notices and counts that follow. */
final class EventsTest extends TestCase {

	private const WABA = '102290129340398';
	private const META = '278077987957091';

	private int $account;
	private int $id;
	private int $now_s;

	protected function setUp(): void {
		parent::setUp();
		$this->account = Accounts::create(
			array(
				'app_id'          => '1234567890',
				'app_secret'      => self::APP_SECRET,
				'token'           => 'EAAtestTOKEN0123456789abcdefghijk',
				'waba_id'         => self::WABA,
				'phone_number_id' => '106540352242922',
				'graph_base'      => 'http://127.0.0.1:9',
			)
		);
		TemplateStore::wanted_done( self::WABA, PHP_INT_MAX );
		$this->now_s = time();
		$this->id    = TemplateStore::add(
			array(
				'waba_id'         => self::WABA,
				'meta_id'         => self::META,
				'name'            => 'welcome_template',
				'language'        => 'en_US',
				'status'          => 'APPROVED',
				'category'        => 'UTILITY',
				'quality'         => 'GREEN',
				'components_json' => '[{"type":"HEADER","format":"TEXT","text":"Hi"},{"type":"BODY","text":"Old {{1}} text.","example":{"body_text":[["Ann"]]}},{"type":"BUTTONS","buttons":[{"type":"URL","text":"Go","url":"https://example.org/a"}]}]',
				'created_ms'      => 1,
				'updated_ms'      => 1,
			)
		);
	}

	public function test_each_kind_of_change_is_applied_and_noted(): void {
		$told = array();
		$this->add_hook( 'nxtchat_template_changed', static function ( ...$of ) use ( &$told ): void {
			$told[] = array_slice( $of, 1 );
		}, 10, 5 );
		$this->drain(
			array(
				self::event( 'message_template_status_update', array( 'event' => 'PAUSED', 'reason' => 'NONE', 'other_info' => array( 'title' => 'FIRST_PAUSE', 'description' => 'x' ) ), $this->now_s ),
				self::event( 'message_template_quality_update', array( 'previous_quality_score' => 'GREEN', 'new_quality_score' => 'RED' ), $this->now_s ),
				self::event( 'template_category_update', array( 'new_category' => 'UTILITY', 'correct_category' => 'MARKETING', 'category_update_timestamp' => $this->now_s + 86400 ), $this->now_s ),
				self::event( 'template_category_update', array( 'previous_category' => 'UTILITY', 'new_category' => 'MARKETING' ), $this->now_s + 1 ),
				self::event( 'message_template_components_update', array( 'message_template_title' => 'Hello', 'message_template_element' => 'New {{1}} text.', 'message_template_buttons' => array( array( 'message_template_button_type' => 'URL', 'message_template_button_text' => 'Open', 'message_template_button_url' => 'https://example.org/b' ) ) ), $this->now_s ),
			)
		);
		$template = Templates::get( $this->id );
		self::assertSame( array( 'PAUSED', 'RED', 'MARKETING', 'UTILITY', '', 'FIRST_PAUSE' ), array( $template['status'], $template['quality'], $template['category'], $template['previous_category'], $template['correct_category'], $template['rejected_reason'] ) );
		self::assertSame( $this->now_s * 1000 + 3 * 3600000, $template['paused_until_ms'] );
		self::assertSame( array( 'Hello', 'New {{1}} text.', 'Open', 'https://example.org/b' ), array( $template['components'][0]['text'], $template['components'][1]['text'], $template['components'][2]['buttons'][0]['text'], $template['components'][2]['buttons'][0]['url'] ) );
		self::assertSame( array( array( 'Ann' ) ), $template['components'][1]['example']['body_text'], 'What the webhook leaves out stays.' );
		self::assertSame(
			array(
				array( 'status', 'APPROVED', 'PAUSED', 'webhook' ),
				array( 'quality', 'GREEN', 'RED', 'webhook' ),
				array( 'category', 'UTILITY', 'MARKETING', 'webhook' ),
				array( 'category', 'UTILITY', 'MARKETING', 'webhook' ),
				array( 'components', 'Old {{1}} text.', 'New {{1}} text.', 'webhook' ),
			),
			$told
		);
		self::assertSame( array( self::WABA ), TemplateStore::wanted( array( self::WABA ) ), 'The new text is read in full.' );
	}

	public function test_the_text_of_an_edit_that_was_made_here_is_no_news(): void {
		$told = self::event( 'message_template_components_update', array( 'message_template_title' => 'Hi', 'message_template_element' => 'Old {{1}} text.', 'message_template_buttons' => array( array( 'message_template_button_type' => 'URL', 'message_template_button_text' => 'Go', 'message_template_button_url' => 'https://example.org/a' ) ) ), $this->now_s );
		$this->drain( array( $told ) );
		self::assertSame( array(), $this->rows( 'template_log' ) );
		self::assertSame( array( self::WABA ), TemplateStore::wanted( array( self::WABA ) ), 'What a webhook leaves out may have changed.' );
	}

	public function test_an_event_counts_once(): void {
		$paused = self::event( 'message_template_status_update', array( 'event' => 'PAUSED', 'reason' => 'NONE' ), $this->now_s - 5 );
		$back   = self::event( 'message_template_status_update', array( 'event' => 'APPROVED', 'reason' => 'NONE' ), $this->now_s - 3 );
		$this->drain( array( $paused, $paused, $back ) );
		$this->drain( array( $paused ) );
		$this->drain( array( $back, $paused ) );
		self::assertSame( 'APPROVED', Templates::get( $this->id )['status'] );
		self::assertCount( 2, $this->rows( 'template_log' ) );
	}

	public function test_no_order_of_arrival_changes_the_outcome(): void {
		$events = array(
			self::event( 'message_template_status_update', array( 'event' => 'PAUSED', 'reason' => 'NONE', 'other_info' => array( 'title' => 'FIRST_PAUSE' ) ), $this->now_s - 30 ),
			self::event( 'message_template_status_update', array( 'event' => 'APPROVED', 'reason' => 'NONE', 'other_info' => array( 'title' => 'UNPAUSE' ) ), $this->now_s - 20 ),
			self::event( 'message_template_status_update', array( 'event' => 'DISABLED', 'reason' => 'NONE' ), $this->now_s - 10 ),
		);
		foreach ( array( array( 0, 1, 2 ), array( 0, 2, 1 ), array( 1, 0, 2 ), array( 1, 2, 0 ), array( 2, 0, 1 ), array( 2, 1, 0 ) ) as $order ) {
			foreach ( array( true, false ) as $together ) {
				$this->empty( 'template_log' );
				TemplateStore::update( $this->id, array( 'status' => 'APPROVED' ) );
				$batch = array_map( static fn( int $n ): string => $events[ $n ], $order );
				foreach ( $together ? array( $batch ) : array_map( static fn( string $one ): array => array( $one ), $batch ) as $some ) {
					$this->drain( $some );
				}
				self::assertSame( 'DISABLED', Templates::get( $this->id )['status'], implode( $order ) );
			}
		}
	}

	public function test_what_was_known_already_still_keeps_older_news_away(): void {
		$back   = self::event( 'message_template_status_update', array( 'event' => 'APPROVED', 'reason' => 'NONE' ), $this->now_s - 20 );
		$paused = self::event( 'message_template_status_update', array( 'event' => 'PAUSED', 'reason' => 'NONE' ), $this->now_s - 30 );
		$told   = 0;
		$this->add_hook( 'nxtchat_template_changed', static function () use ( &$told ): void {
			++$told;
		} );
		$this->drain( array( $back ) );
		self::assertSame( array(), Templates::detail( $this->id )['log'], 'No news.' );
		$this->drain( array( $paused ) );
		self::assertSame( 'APPROVED', Templates::get( $this->id )['status'] );
		self::assertSame( 0, $told );
	}

	public function test_deleted_here_is_not_noted_again_when_meta_tells_it(): void {
		TemplateStore::update( $this->id, array( 'gone_ms' => Site::now_ms() ) );
		$this->drain( array( self::event( 'message_template_status_update', array( 'event' => 'DELETED', 'reason' => 'NONE' ), $this->now_s ) ) );
		self::assertSame( array(), Templates::detail( $this->id )['log'] );
		TemplateStore::update( $this->id, array( 'gone_ms' => 0 ) );
		$this->drain( array( self::event( 'message_template_status_update', array( 'event' => 'DELETED', 'reason' => 'NONE' ), $this->now_s + 1 ) ) );
		self::assertSame( array( 'deleted' ), array_column( Templates::detail( $this->id )['log'], 'kind' ) );
		self::assertTrue( Templates::get( $this->id )['gone'] );
	}

	public function test_within_a_second_what_was_noted_later_is_newer(): void {
		$at = 1700000000400;
		TemplateStore::log( array( array( $this->id, 'status', 'DRAFT', 'PENDING', '', 'staff', 0, null, $at ), array( $this->id, 'status', 'PENDING', 'APPROVED', '', 'webhook', 0, 'x', $at - 400 ), array( $this->id, 'status', 'APPROVED', 'PAUSED', 'FIRST_PAUSE', 'webhook', 0, 'y', $at + 600 ) ) );
		$log = Templates::detail( $this->id )['log'];
		self::assertSame( array( 'PAUSED', 'APPROVED', 'PENDING' ), array_column( $log, 'after' ) );
		self::assertSame( 'Customers complained. Paused for 3 hours.', $log[0]['reason'] );
	}

	public function test_what_is_older_than_a_reading_or_an_act_of_staff_is_only_noted(): void {
		TemplateStore::update( $this->id, array( 'synced_ms' => Site::now_ms() ) );
		$this->drain( array( self::event( 'message_template_status_update', array( 'event' => 'REJECTED', 'reason' => 'SCAM' ), $this->now_s - 60 ) ) );
		self::assertSame( 'APPROVED', Templates::get( $this->id )['status'] );
		self::assertCount( 1, $this->rows( 'template_log', "kind = 'status' AND after_value = 'REJECTED'" ) );
		self::assertSame( array( self::WABA ), TemplateStore::wanted( array( self::WABA ) ), 'Meta is asked.' );
		$this->drain( array( self::event( 'message_template_status_update', array( 'event' => 'PAUSED', 'reason' => 'NONE' ), $this->now_s ) ) );
		self::assertSame( 'PAUSED', Templates::get( $this->id )['status'] );
	}

	public function test_a_template_that_is_not_known_is_asked_for(): void {
		$this->drain( array( self::event( 'message_template_status_update', array( 'event' => 'APPROVED', 'message_template_id' => 5, 'message_template_name' => 'other' ), $this->now_s ) ) );
		self::assertSame( array( self::WABA ), TemplateStore::wanted( array( self::WABA ) ) );
		self::assertCount( 0, $this->rows( 'template_log' ) );
		// The same name with another id is another template.
		TemplateStore::wanted_done( self::WABA, PHP_INT_MAX );
		$this->drain( array( self::event( 'message_template_status_update', array( 'event' => 'DISABLED', 'message_template_id' => 6 ), $this->now_s ) ) );
		self::assertSame( 'APPROVED', Templates::get( $this->id )['status'] );
		self::assertSame( array( self::WABA ), TemplateStore::wanted( array( self::WABA ) ) );
	}

	public function test_odd_events_harm_nothing(): void {
		$this->drain(
			array(
				self::event( 'message_template_status_update', array( 'event' => 'FLAGGED', 'reason' => null ), $this->now_s ),
				self::event( 'message_template_status_update', array( 'event' => str_repeat( 'X', 255 ), 'reason' => 'NONE', 'message_template_language' => 'en-US' ), $this->now_s - 9 ),
				self::event( 'message_template_components_update', array( 'message_template_element' => 'x', 'message_template_buttons' => array( 7 ) ), $this->now_s ),
				self::event( 'message_template_status_update', array( 'event' => 'REJECTED', 'reason' => "'; DROP TABLE x; -- 😀", 'rejection_info' => array( 'reason' => array(), 'recommendation' => 'Write <b>more</b>.' ) ), $this->now_s + 1 ),
			)
		);
		self::assertSame( 'REJECTED', Templates::get( $this->id )['status'] );
		self::assertCount( 0, $this->rows( 'events', 'state = 3' ) );
		self::assertSame( 'Write <b>more</b>.', Templates::detail( $this->id )['log'][0]['reason'] );
	}

	public function test_a_batch_without_templates_costs_nothing(): void {
		$text = self::text_body( 'wamid.A', '4915112345678', 'Hello' );
		self::assertSame( array(), array_filter( $this->queries( fn() => $this->drain( array( $text ) ) ), static fn( string $sql ): bool => str_contains( $sql, 'nxtchat_template' ) ) );
		$one  = count( $this->queries( fn() => $this->drain( array( self::event( 'message_template_quality_update', array( 'new_quality_score' => 'RED' ), $this->now_s - 90 ) ) ) ) );
		$many = array();
		for ( $n = 0; $n < 40; $n++ ) {
			$many[] = self::event( 'message_template_quality_update', array( 'new_quality_score' => 0 === $n % 2 ? 'YELLOW' : 'GREEN' ), $this->now_s - 80 + $n );
		}
		self::assertSame( $one, count( $this->queries( fn() => $this->drain( $many ) ) ) );
		self::assertSame( 'GREEN', Templates::get( $this->id )['quality'] );
	}

	public function test_only_templates_in_use_are_told_and_dismissing_lasts(): void {
		$this->sign_in();
		$pause = fn( int $ago ): string => self::event( 'message_template_status_update', array( 'event' => 'PAUSED', 'reason' => 'NONE', 'other_info' => array( 'title' => 'FIRST_PAUSE' ) ), $this->now_s - $ago );
		$back  = fn( int $ago ): string => self::event( 'message_template_status_update', array( 'event' => 'APPROVED', 'reason' => 'NONE' ), $this->now_s - $ago );
		$this->drain( array( $pause( 90 ) ) );
		self::assertSame( '', self::shown(), 'Nothing uses it.' );
		$this->drain( array( $back( 80 ) ) );

		$this->message( Native\STATE_READ, $this->now_s * 1000 - 1000 );
		TemplateStore::update( $this->id, array( 'counted_ms' => 0 ) );
		$this->drain( array( $pause( 70 ) ) );
		$shown = self::shown();
		self::assertStringContainsString( 'welcome_template</a> (en_US) is paused', $shown );
		self::assertStringContainsString( 'page=nxtchat-template#/template/' . $this->id, $shown );
		wp_set_current_user( 0 );
		self::assertSame( '', self::shown(), 'Only for those who can mend it.' );
		$this->sign_in();
		$this->drain( array( $back( 60 ) ) );
		self::assertSame( '', self::shown(), 'It is approved again.' );

		$this->drain( array( self::event( 'template_category_update', array( 'previous_category' => 'UTILITY', 'new_category' => 'MARKETING' ), $this->now_s - 50 ) ) );
		self::assertStringContainsString( 'moved from Utility to Marketing', self::shown() );
		TemplateNotices::forget( Site::now_ms() );
		self::assertSame( '', self::shown() );
		self::assertSame( 0, count( $this->queries( static fn() => TemplateNotices::show() ) ) );
		self::assertFalse( user_can( 0, Capabilities::MANAGE ) );
	}

	public function test_who_is_named_by_the_filter_is_told_too(): void {
		$this->sign_in();
		$this->add_hook( 'nxtchat_template_uses', static fn( $uses ) => array( ...$uses, array( 'label' => 'Login', 'url' => '', 'critical' => true ), 'nonsense' ) );
		$this->drain( array( self::event( 'message_template_status_update', array( 'event' => 'DISABLED', 'reason' => 'SCAM' ), $this->now_s ) ) );
		self::assertStringContainsString( 'was disabled for good', self::shown() );
		self::assertTrue( TemplateNotices::notes()[ $this->id ]['critical'] );
	}

	public function test_counts_follow_late_statuses(): void {
		$this->message( Native\STATE_SENT, 1000 );
		$this->message( Native\STATE_DELIVERED, 2000 );
		$this->message( Native\STATE_FAILED, 9000 );
		$this->message( Native\STATE_READ, 3000 );
		$this->message( Native\STATE_PLAYED, 4000 );
		$count = fn(): array => array_intersect_key( Templates::list( array(), 'name', '', 9 )['items'][0], array_flip( array( 'last_used_ms', 'sent', 'delivered', 'read' ) ) );
		self::assertSame( array( 'last_used_ms' => 4000, 'sent' => 4, 'delivered' => 3, 'read' => 2 ), $count() );
		global $wpdb;
		$wpdb->query( 'UPDATE ' . self::table( 'messages' ) . ' SET state = ' . Native\STATE_READ . ' WHERE at_ms = 1000' );
		self::assertSame( 2, $count()['read'], 'Not counted anew within a minute.' );
		TemplateStore::update( $this->id, array( 'counted_ms' => Site::now_ms() - 61000 ) );
		self::assertSame( array( 'last_used_ms' => 4000, 'sent' => 4, 'delivered' => 4, 'read' => 3 ), $count() );
		$wpdb->query( 'UPDATE ' . self::table( 'messages' ) . ' SET state = ' . Native\STATE_READ . ' WHERE at_ms = 2000' );
		TemplateStore::update( $this->id, array( 'counted_ms' => 0 ) );
		TemplateCounts::hourly( 5.0 );
		self::assertSame( '4', TemplateStore::get( $this->id )['seen'] );
	}

	/** @param list<string> $bodies */
	private function drain( array $bodies ): void {
		$items = array();
		foreach ( $bodies as $body ) {
			$items[] = array(
				'uid'         => Native\ulids( 1 )[0],
				'received_ms' => Site::now_ms(),
				'body'        => $body,
			);
		}
		self::assertSame( 0, Drain::replay( $items )['errors'] );
	}

	private static function event( string $field, array $value, int $at_s ): string {
		$value += array(
			'message_template_id'       => (int) self::META,
			'message_template_name'     => 'welcome_template',
			'message_template_language' => 'en-US',
		);
		return (string) wp_json_encode(
			array(
				'object' => 'whatsapp_business_account',
				'entry'  => array(
					array(
						'id'      => self::WABA,
						'time'    => $at_s,
						'changes' => array( array( 'field' => $field, 'value' => $value ) ),
					),
				),
			)
		);
	}

	private static function shown(): string {
		ob_start();
		TemplateNotices::show();
		return (string) ob_get_clean();
	}

	private function message( int $state, int $at_ms ): void {
		global $wpdb;
		$wpdb->insert( self::table( 'messages' ), array( 'account_id' => $this->account, 'conversation_id' => 1, 'contact_id' => 1, 'direction' => 2, 'type' => Native\TYPE_TEMPLATE, 'state' => $state, 'origin' => 3, 'body' => '', 'payload' => '', 'template_id' => $this->id, 'at_ms' => $at_ms ) );
	}

	private function empty( string $table ): void {
		global $wpdb;
		$wpdb->query( 'DELETE FROM ' . self::table( $table ) );
	}
}
