<?php
/**
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Tests\Template;

use NxtChat\Account\Accounts;
use NxtChat\Native;
use NxtChat\Template\Bindings;
use NxtChat\Template\BindingSources;
use NxtChat\Template\Starters;
use NxtChat\Template\Templates;
use NxtChat\Template\TemplateSubmit;
use NxtChat\Template\TemplateSync;
use NxtChat\Tests\Simulator;
use NxtChat\Tests\TestCase;

/**
 * A template from its first wrong word to a customer's phone: the real simulator reviews it, tells by webhook, and records what was sent.
 */
final class TemplatePathTest extends TestCase {

	private const ADA = '+4915112340001';

	private Simulator $simulator;
	private int $account;

	protected function setUp(): void {
		parent::setUp();
		$this->simulator = Simulator::shared();
		$this->simulator->settings( array( 'review_ms' => array( 0, 0 ), 'sent_ms' => array( 0, 0 ), 'delivered_ms' => array( 0, 0 ), 'mps' => 0 ) );
		$this->sign_in();
		$this->account = (int) $this->rest( 'POST', 'accounts', $this->simulator->account_fields() )->get_data()['id'];
		$this->simulator->deliver_to( $this->rest( 'GET', "accounts/{$this->account}/webhook" )->get_data()['callback_url'] );
	}

	/** @return array<string, mixed> */
	private static function template( string $name = 'order_ready', array $more = array() ): array {
		return $more + array(
			'name'             => $name,
			'language'         => 'en_US',
			'category'         => 'UTILITY',
			'parameter_format' => 'POSITIONAL',
			'components'       => array(
				array( 'type' => 'HEADER', 'format' => 'TEXT', 'text' => 'Order {{1}}', 'example' => array( 'header_text' => array( '10482' ) ) ),
				array( 'type' => 'BODY', 'text' => 'Hi {{1}}, your parcel with *{{2}}* is ready to be picked up at our shop.', 'example' => array( 'body_text' => array( array( 'Ann', 'two books' ) ) ) ),
				array( 'type' => 'FOOTER', 'text' => 'See you soon' ),
			),
		);
	}

	/** As call(), and the status is right. */
	private function ok( int $status, string $method, string $route, array $params = array() ): array {
		$answer = $this->rest( $method, $route, $params );
		$data   = json_decode( (string) wp_json_encode( $answer->get_data() ), true );
		self::assertSame( $status, $answer->get_status(), "$method $route: " . wp_json_encode( $data, JSON_UNESCAPED_UNICODE ) );
		return $data;
	}

	private function settled( int $id, string $status ): array {
		self::wait_for( fn() => $status === ( Templates::get( $id )['status'] ?? '' ), 15.0, "the status $status" );
		return Templates::get( $id );
	}

	private function approved( array $template, array $bindings = array() ): int {
		$made = $this->ok( 201, 'POST', 'templates', array( 'account' => $this->account, 'template' => $template, 'bindings' => (object) $bindings, 'submit' => true ) );
		$this->settled( $made['id'], 'APPROVED' );
		return $made['id'];
	}

	public function test_wrong_is_told_mended_handed_in_approved_and_sent_as_previewed(): void {
		$wrong                          = self::template( 'Order ready!' );
		$wrong['components'][1]['text'] = 'Hi {{1}}, your parcel: {{2}}';
		$made                           = $this->ok( 201, 'POST', 'templates', array( 'template' => $wrong ) );
		self::assertSame( array( 'DRAFT', '', 'Order ready!' ), array( $made['status'], $made['meta_id'], $made['name'] ), 'Kept with its problems, and nothing of it lost.' );
		self::assertContains( 'variable_last', array_column( $made['problems'], 'rule' ) );
		$refused = $this->ok( 422, 'POST', "templates/{$made['id']}/submit" );
		self::assertSame( 'nxtchat_template_invalid', $refused['code'] );
		self::assertContains( 'name', array_column( $refused['data']['problems'], 'place' ) );
		self::assertSame( array(), $this->simulator->call( 'GET', '/sim/templates' )['items'] ?? $this->simulator->call( 'GET', '/sim/templates' ), 'Meta was not asked.' );

		$bindings = array(
			'header.1' => array( 'source' => 'text', 'value' => '777' ),
			'body.1'   => array( 'source' => 'contact.first_name', 'fallback' => 'there' ),
		);
		$mended   = $this->ok( 200, 'PATCH', "templates/{$made['id']}", array( 'template' => self::template(), 'bindings' => $bindings, 'updated_ms' => $made['updated_ms'], 'submit' => true ) );
		self::assertContains( $mended['status'], array( 'PENDING', 'APPROVED' ) );
		self::assertNull( $mended['draft'] );
		$this->settled( $made['id'], 'APPROVED' );

		$missing = $this->ok( 422, 'POST', "templates/{$made['id']}/send", array( 'phone' => self::ADA ) );
		self::assertSame( array( array( 'body.2', '{{2}} in the text' ) ), array_map( static fn( $m ) => array( $m['key'], $m['label'] ), $missing['data']['missing'] ) );
		self::assertCount( 0, $this->rows( 'messages' ) );

		$values  = array( 'body.2' => 'three apples' );
		$preview = $this->ok( 200, 'POST', 'templates/preview', array( 'id' => $made['id'], 'values' => $values ) );
		$ref     = Native\ulids( 1 )[0];
		foreach ( array( 201, 200 ) as $status ) {
			$sent = $this->ok( $status, 'POST', "templates/{$made['id']}/send", array( 'phone' => '+49 1511 2340001', 'values' => $values, 'test' => true, 'ref' => $ref ) );
		}
		self::assertSame( 'Hi there, your parcel with *three apples* is ready to be picked up at our shop.', $sent['text'] );
		self::assertSame( $preview['rendered']['body']['html'], $sent['html'] );
		self::assertSame( array( 'Order 777', 'See you soon' ), array( $sent['template']['header']['text'], $sent['template']['footer'] ) );

		$record = $this->simulator->accepted();
		self::assertCount( 1, $record );
		$body = $record[0]['body'] ?? $record[0]['message'] ?? $record[0];
		self::assertEquals( array( 'name' => 'order_ready', 'language' => array( 'code' => 'en_US' ) ), array_intersect_key( $body['template'], array( 'name' => 1, 'language' => 1 ) ) );
		self::assertSame( array( 'header' => array( '777' ), 'body' => array( 'there', 'three apples' ) ), array_map( static fn( $c ) => array_column( $c['parameters'], 'text' ), array_column( $body['template']['components'], null, 'type' ) ) );
		self::assertArrayNotHasKey( 'nxtchat', $body );

		$row = $this->rows( 'messages' )[0];
		self::assertSame( array( $made['id'], Native\PURPOSE_UTILITY ), array( (int) $row['template_id'], (int) $row['purpose'] ) );
		$log = array_column( $this->ok( 200, 'GET', "templates/{$made['id']}" )['log'], 'kind' );
		self::assertContains( 'created', $log );
		self::assertContains( 'status', $log );
	}

	public function test_two_staff_do_not_overwrite_each_other(): void {
		$made = $this->ok( 201, 'POST', 'templates', array( 'template' => self::template() ) );
		$this->ok( 200, 'PATCH', "templates/{$made['id']}", array( 'template' => self::template( 'order_ready', array( 'category' => 'MARKETING' ) ), 'updated_ms' => $made['updated_ms'] ) );
		$late = $this->ok( 409, 'PATCH', "templates/{$made['id']}", array( 'template' => self::template( 'other' ), 'updated_ms' => $made['updated_ms'] ) );
		self::assertSame( array( 'nxtchat_changed', 'MARKETING' ), array( $late['code'], $late['data']['template']['category'] ) );
	}

	public function test_a_name_that_is_taken_is_kept_and_told(): void {
		$this->ok( 201, 'POST', 'templates', array( 'template' => self::template() ) );
		$second = $this->ok( 201, 'POST', 'templates', array( 'template' => self::template() ) );
		self::assertSame( 'order_ready', $second['name'] );
		$refused = $this->ok( 422, 'POST', "templates/{$second['id']}/submit" );
		self::assertSame( array( 'name_taken' ), array_column( $refused['data']['problems'], 'rule' ) );
	}

	public function test_edits_of_an_approved_template_are_counted_and_limited(): void {
		$id     = $this->approved( self::template() );
		$change = static function ( string $text ) use ( $id ): array {
			$template                          = self::template();
			$template['components'][1]['text'] = $text;
			return $template;
		};
		$this->ok( 422, 'PATCH', "templates/$id", array( 'template' => array( 'name' => 'another' ) + $change( 'x' ) ) );
		$refused = $this->ok( 422, 'PATCH', "templates/$id", array( 'template' => array( 'category' => 'MARKETING' ) + $change( 'Hello {{1}}, with {{2}} in a parcel that is yours.' ), 'submit' => true ) );
		self::assertSame( array( 'category' ), array_column( $refused['data']['problems'], 'place' ) );
		sleep( 1 ); // WhatsApp's times are whole seconds: the same verdict twice within one is the same event.
		$this->ok( 200, 'PATCH', "templates/$id", array( 'template' => $change( 'Hello {{1}}, your parcel with {{2}} waits for you here.' ), 'submit' => true ) );
		$this->settled( $id, 'APPROVED' );
		$edited = $this->ok( 200, 'GET', "templates/$id" );
		self::assertSame( array( 9, true, null ), array( $edited['edits']['left_30d'], $edited['edits']['next_at_ms'] > time() * 1000 + 80000000, $edited['draft'] ) );
		self::assertStringContainsString( 'waits for you', (string) wp_json_encode( $edited['components'] ) );
		$again = $this->ok( 409, 'PATCH', "templates/$id", array( 'template' => $change( 'Good day {{1}}, your parcel with {{2}} is here for you.' ), 'submit' => true ) );
		self::assertSame( 'nxtchat_template_edit_limit', $again['code'] );
		self::assertSame( $edited['edits']['next_at_ms'], $again['data']['edits']['next_at_ms'] );
		self::assertNotNull( $again['data']['template']['draft'], 'The change is kept.' );
	}

	public function test_an_edit_that_meta_refuses_leaves_the_status(): void {
		$id = $this->approved( self::template() );
		$this->simulator->call( 'POST', '/sim/rules', array( 'endpoint' => 'other', 'do' => 'error', 'code' => 100, 'count' => 1 ) );
		$template                          = self::template();
		$template['components'][1]['text'] = 'Hello {{1}}, your parcel with {{2}} waits for you here.';
		$refused                           = $this->rest( 'PATCH', "templates/$id", array( 'template' => $template, 'submit' => true ) );
		self::assertGreaterThanOrEqual( 400, $refused->get_status(), (string) wp_json_encode( $refused->get_data() ) );
		$now = Templates::get( $id );
		self::assertSame( array( 'APPROVED', 10 ), array( $now['status'], $now['edits']['left_30d'] ) );
		self::assertArrayNotHasKey( 'submitted', $now['draft'] );
	}

	public function test_a_lost_answer_does_not_create_twice(): void {
		// The answer is lost: looked up at once.
		$this->simulator->call( 'POST', '/sim/rules', array( 'endpoint' => 'other', 'do' => 'drop_after', 'count' => 1 ) );
		$made = $this->ok( 201, 'POST', 'templates', array( 'template' => self::template( 'lost' ), 'submit' => true ) );
		$this->settled( $made['id'], 'APPROVED' );
		self::assertNull( Templates::get( $made['id'] )['draft'] );

		// The answer and the look are lost: nobody knows. The next attempt looks first.
		$this->simulator->settings( array( 'review' => 'manual' ) );
		foreach ( array( 'drop_after', 'drop' ) as $n => $fault ) {
			$this->simulator->call( 'POST', '/sim/rules', array( array( 'endpoint' => 'other', 'do' => $fault, 'count' => 1 ), array( 'endpoint' => 'other', 'do' => 'drop', 'count' => 1 ) ) );
			$unknown = $this->ok( 502, 'POST', 'templates', array( 'template' => self::template( "unknown_$n" ), 'submit' => true ) );
			self::assertSame( array( 'nxtchat_template_unknown', 'DRAFT' ), array( $unknown['code'], $unknown['data']['template']['status'] ) );
			$id   = $unknown['data']['template']['id'];
			$done = $this->ok( 200, 'POST', "templates/$id/submit" );
			self::assertSame( array( 'PENDING', null ), array( $done['status'], $done['draft'] ) );
		}
		self::assertCount( 3, $this->rows( 'templates' ) );
		$there = $this->simulator->call( 'GET', '/sim/templates' );
		self::assertCount( 3, $there['items'] ?? $there );
	}

	public function test_an_edit_whose_answer_is_lost_counts_once(): void {
		$id = $this->approved( self::template() );
		sleep( 1 );
		$template                          = self::template();
		$template['components'][1]['text'] = 'Hello {{1}}, your parcel with {{2}} waits for you here.';
		$this->simulator->call( 'POST', '/sim/rules', array( array( 'endpoint' => 'other', 'do' => 'drop_after', 'count' => 1 ), array( 'endpoint' => 'other', 'do' => 'drop', 'count' => 1 ) ) );
		$this->ok( 502, 'PATCH', "templates/$id", array( 'template' => $template, 'submit' => true ) );
		$this->settled( $id, 'APPROVED' );
		$done = $this->ok( 200, 'POST', "templates/$id/submit" );
		self::assertSame( array( 9, null ), array( $done['edits']['left_30d'], $done['draft'] ) );
	}

	public function test_what_meta_has_already_is_shown_and_the_draft_stays(): void {
		$credentials = Accounts::credentials( $this->account );
		Native\graph_call( $credentials, 'POST', $credentials['waba_id'] . '/message_templates', self::template() );
		$mine                          = self::template();
		$mine['components'][1]['text'] = 'Hello {{1}}, something else with {{2}} in it for you.';
		$refused                       = $this->ok( 409, 'POST', 'templates', array( 'template' => $mine, 'submit' => true ) );
		self::assertSame( 'nxtchat_template_exists', $refused['code'] );
		self::assertNotSame( '', $refused['data']['template']['meta_id'] );
		self::assertStringContainsString( 'something else', (string) wp_json_encode( $refused['data']['template']['draft'] ) );
		self::assertCount( 1, $this->rows( 'templates' ) );
	}

	public function test_one_that_meta_has_by_now_is_not_changed_unseen(): void {
		$mine                          = self::template();
		$mine['components'][1]['text'] = 'Hello {{1}}, something else with {{2}} in it for you.';
		$id                            = $this->ok( 201, 'POST', 'templates', array( 'template' => $mine ) )['id'];
		$credentials                   = Accounts::credentials( $this->account );
		Native\graph_call( $credentials, 'POST', $credentials['waba_id'] . '/message_templates', self::template() );
		$this->settled( $id, 'APPROVED' ); // By its webhook, between writing and handing in.
		$refused = TemplateSubmit::submit( $id, true );
		self::assertSame( 'nxtchat_template_exists', $refused->get_error_code() );
		$there = $this->simulator->call( 'GET', '/sim/templates' );
		self::assertStringNotContainsString( 'something else', (string) wp_json_encode( $there ) );
		self::assertStringContainsString( 'something else', (string) wp_json_encode( Templates::get( $id )['draft'] ) );
	}

	/** Meta's times are whole seconds: the verdict of the second in which a slow answer was asked for is newer than the answer. */
	public function test_a_verdict_of_the_second_of_asking_counts(): void {
		$this->simulator->settings( array( 'webhooks' => false ) );
		$template                          = self::template();
		$template['components'][1]['text'] = 'Hello {{1}}, your parcel with {{2}} waits for you here.';
		$id                                = 0;
		foreach ( array( self::template(), $template ) as $text ) {
			usleep( (int) ( 1e6 * fmod( 1.85 - fmod( microtime( true ), 1.0 ), 1.0 ) ) ); // The answer comes in the next second.
			$second = time();
			$this->simulator->call( 'POST', '/sim/rules', array( 'endpoint' => 'other', 'do' => 'latency', 'ms' => array( 400, 400 ), 'count' => 1 ) );
			$made = 0 === $id
				? $this->ok( 201, 'POST', 'templates', array( 'template' => $text, 'submit' => true ) )
				: $this->ok( 200, 'PATCH', "templates/$id", array( 'template' => $text, 'submit' => true ) );
			$id   = $made['id'];
			self::assertSame( 'PENDING', $made['status'] );
			$verdict = (string) wp_json_encode(
				array(
					'object' => 'whatsapp_business_account',
					'entry'  => array(
						array(
							'id'      => $made['waba_id'],
							'time'    => $second,
							'changes' => array(
								array(
									'field' => 'message_template_status_update',
									'value' => array(
										'event'                     => 'APPROVED',
										'message_template_id'       => (int) $made['meta_id'],
										'message_template_name'     => $made['name'],
										'message_template_language' => 'en_US',
										'reason'                    => 'NONE',
									),
								),
							),
						),
					),
				)
			);
			self::assertSame( 200, self::post_webhook( $verdict, 'sha256=' . hash_hmac( 'sha256', $verdict, $this->simulator->ready['app_secret'] ) )['status'] );
			$this->settled( $id, 'APPROVED' );
		}
	}

	public function test_paused_is_refused_with_a_remedy_and_unpaused(): void {
		$id   = $this->approved( self::template() );
		$meta = Templates::get( $id )['meta_id'];
		sleep( 1 ); // WhatsApp's times are whole seconds.
		$this->simulator->call( 'POST', "/sim/templates/$meta", array( 'status' => 'PAUSED', 'title' => 'FIRST_PAUSE' ) );
		$this->settled( $id, 'PAUSED' );
		$refused = $this->ok( 409, 'POST', "templates/$id/send", array( 'phone' => self::ADA, 'test' => true ) );
		self::assertSame( array( 'nxtchat_template_not_approved', true ), array( $refused['code'], '' !== $refused['data']['remedy'] ) );
		self::assertCount( 0, $this->simulator->accepted() );
		self::assertSame( 'APPROVED', $this->ok( 200, 'POST', "templates/$id/unpause" )['status'] );
		$this->ok( 201, 'POST', "templates/$id/send", array( 'phone' => self::ADA, 'test' => true ) );
		$this->ok( 409, 'POST', "templates/$id/unpause" );
	}

	public function test_deleting_says_what_depends_and_the_name_can_be_a_draft_again(): void {
		$id = $this->approved( self::template() );
		$this->ok( 201, 'POST', "templates/$id/send", array( 'phone' => self::ADA, 'test' => true ) );
		TemplateSync::run( $this->account );
		$this->add_hook(
			'nxtchat_template_uses',
			static fn( $uses ) => array( ...$uses, array( 'label' => 'Login', 'url' => '', 'critical' => true ) )
		);
		$refused = $this->ok( 409, 'DELETE', "templates/$id" );
		self::assertSame( array( 'Login' ), array_column( $refused['data']['uses'], 'label' ) );
		$deleted = $this->ok( 200, 'DELETE', "templates/$id", array( 'force' => true ) );
		self::assertSame( array( array( $id ), true ), array( $deleted['deleted'], $deleted['blocked_until_ms'] > time() * 1000 ) );
		self::assertTrue( Templates::get( $id )['gone'] );
		self::assertCount( 1, $this->rows( 'messages' ) );
		$this->ok( 409, 'POST', "templates/$id/send", array( 'phone' => self::ADA, 'test' => true ) );
		$refused = $this->ok( 422, 'POST', 'templates', array( 'template' => self::template(), 'submit' => true ) );
		self::assertSame( array( 'nxtchat_template_refused', 'name' ), array( $refused['code'], $refused['data']['problems'][0]['place'] ), 'Meta blocks the name for 30 days, and says so.' );
		self::assertSame( array( 'order_ready', 'order_ready' ), array( Templates::get( $id )['name'], $refused['data']['template']['name'] ) );
		self::assertSame( array( $refused['data']['template']['id'] ), $this->ok( 200, 'DELETE', 'templates/' . $refused['data']['template']['id'] )['deleted'] );
	}

	public function test_a_copy_in_another_language_and_under_another_name(): void {
		$id   = $this->approved( self::template(), array( 'body.1' => array( 'source' => 'contact.name', 'fallback' => 'you' ) ) );
		$copy = $this->ok( 201, 'POST', "templates/$id/duplicate", array( 'language' => 'de' ) );
		self::assertSame( array( 'order_ready', 'de', 'DRAFT', 'contact.name' ), array( $copy['name'], $copy['language'], $copy['status'], $copy['bindings']['body.1']['source'] ) );
		self::assertSame( 'order_ready_copy', $this->ok( 201, 'POST', "templates/$id/duplicate" )['name'] );
		self::assertSame( 'order_ready_copy_2', $this->ok( 201, 'POST', "templates/$id/duplicate" )['name'] );
	}

	public function test_marketing_goes_to_nobody_who_withdrew(): void {
		$id      = $this->approved( self::template( 'news', array( 'category' => 'MARKETING' ) ) );
		$contact = (int) $this->ok( 201, 'POST', 'contacts', array( 'phone' => self::ADA, 'name' => 'Ada Lovelace' ) )['id'];
		// By a number that is hers in another spelling, the preview knows her as the message will.
		$known = $this->ok( 200, 'POST', 'templates/preview', array( 'id' => $id, 'bindings' => array( 'body.1' => array( 'source' => 'contact.first_name' ) ), 'phone' => '+49 (1511) 234 0001' ) );
		self::assertSame( 'Ada', $known['values']['body.1'] );
		$this->ok( 201, 'POST', "templates/$id/send", array( 'contact' => $contact, 'test' => true ) );
		self::assertSame( 1, $this->ok( 200, 'GET', "templates/$id" )['sent'], 'A test is counted at once.' );
		$this->ok( 200, 'POST', "contacts/$contact/consents", array( 'purpose' => 'marketing', 'state' => 'revoked' ) );
		$refused = $this->ok( 409, 'POST', "templates/$id/send", array( 'contact' => $contact, 'test' => true ) );
		self::assertSame( 'nxtchat_consent_revoked', $refused['code'] );
		// Whoever sends it by its name and calls it something else does not get round that.
		$sent = \NxtChat\Message\SendMessage::send(
			array(
				'account_id' => $this->account,
				'to'         => self::ADA,
				'origin'     => Native\ORIGIN_API,
				'purpose'    => 'utility',
				'message'    => array( 'type' => 'template', 'template' => array( 'name' => 'news', 'language' => array( 'code' => 'en_US' ) ) ),
			)
		);
		self::assertSame( 'nxtchat_consent_revoked', is_wp_error( $sent ) ? $sent->get_error_code() : 'sent' );
		$utility = $this->approved( self::template( 'ready', array( 'category' => 'UTILITY' ) ) );
		$this->ok( 201, 'POST', "templates/$utility/send", array( 'contact' => $contact, 'test' => true ) );
		self::assertCount( 2, $this->simulator->accepted() );
	}

	public function test_starting_points_are_valid_and_a_login_code_arrives(): void {
		$starters = $this->ok( 200, 'GET', 'templates/starters' )['items'];
		self::assertCount( 5, $starters );
		foreach ( $starters as $starter ) {
			self::assertSame( array(), Native\template_check( $starter['template'] ), $starter['key'] );
			foreach ( $starter['bindings'] as $key => $binding ) {
				self::assertContains( $key, array_column( Native\template_variables( $starter['template'] ), 'key' ) );
				self::assertSame( '', BindingSources::problem( $binding['source'] ) );
			}
		}
		$login = array_column( $starters, null, 'key' )['login_code'];
		$id    = $this->approved( $login['template'] );
		$sent  = $this->ok( 201, 'POST', "templates/$id/send", array( 'phone' => self::ADA, 'values' => array( 'code' => '913582' ) ) );
		self::assertStringContainsString( '*913582*', $sent['text'] );
		self::assertSame( Native\PURPOSE_LOGIN, (int) $this->rows( 'messages' )[0]['purpose'] );
	}

	public function test_bindings_for_many_in_constant_statements(): void {
		$this->ok( 201, 'POST', 'fields', array( 'label' => 'Size', 'type' => 'text', 'name' => 'size' ) );
		$ids = array();
		foreach ( array( 'Ada Lovelace', 'Grace Hopper', 'Edith Clarke', '' ) as $n => $name ) {
			$ids[] = (int) $this->ok( 201, 'POST', 'contacts', array( 'phone' => '+4915112345' . ( 600 + $n ), 'name' => $name, 'country' => 'DE', 'fields' => 3 === $n ? (object) array() : array( 'size' => "S$n" ) ) )['id'];
		}
		$template = array( 'bindings' => array( 'body.1' => array( 'source' => 'contact.first_name', 'fallback' => 'you' ), 'body.2' => array( 'source' => 'field.size' ), 'header.1' => array( 'source' => 'contact.phone' ) ), 'draft' => self::template() ) + array_fill_keys( array( 'name', 'language', 'category', 'parameter_format' ), '' ) + array( 'components' => array(), 'ttl_s' => 0 );
		$one      = count( $this->queries( static fn() => Bindings::values_many( $template, array( $ids[0] ) ) ) );
		$many     = array();
		$all      = $this->queries( static function () use ( $template, $ids, &$many ): void {
			$many = Bindings::values_many( $template, $ids );
		} );
		self::assertSame( $one, count( $all ) );
		self::assertLessThanOrEqual( 4, $one );
		self::assertEquals( array( 'header.1' => '+49 1511 2345600', 'body.1' => 'Ada', 'body.2' => 'S0' ), $many[ $ids[0] ]['values'] );
		self::assertSame( array( 'you', array( 'body.2' ) ), array( $many[ $ids[3] ]['values']['body.1'], array_column( $many[ $ids[3] ]['missing'], 'key' ) ) );
		$field = $this->rows( 'fields' )[0]['id'];
		$this->ok( 200, 'DELETE', "fields/$field", array( 'force' => true ) );
		wp_cache_flush();
		$gone = Bindings::values( $template, $ids[0] );
		self::assertStringContainsString( '“size”', $gone['missing'][0]['reason'] );
		self::assertSame( array( 'source_gone' ), array_column( Bindings::problems( $template ), 'rule' ) );
	}

	public function test_samples_are_what_they_are_and_nothing_stays(): void {
		$send = function ( string $bytes, string $format = '' ): \WP_REST_Response {
			$request = new \WP_REST_Request( 'POST', '/nxtchat/v1/templates/samples' );
			$request->set_header( 'Content-Type', 'image/png' );
			$request->set_query_params( array( 'name' => 'cat.png', 'format' => $format ) );
			$request->set_body( $bytes );
			return rest_do_request( $request );
		};
		$png  = (string) base64_decode( 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==' );
		$done = $send( $png );
		self::assertSame( 201, $done->get_status(), (string) wp_json_encode( $done->get_data() ) );
		self::assertStringStartsWith( '4::', $done->get_data()['handle'] );
		self::assertSame( array( 'image/png', strlen( $png ), 'IMAGE' ), array( $done->get_data()['mime'], $done->get_data()['size'], $done->get_data()['format'] ) );
		self::assertSame( 415, $send( '<?php echo 1;' )->get_status() );
		self::assertSame( 201, $send( $png, 'IMAGE' )->get_status() );
		self::assertSame( 415, $send( $png, 'VIDEO' )->get_status(), 'A picture is no video.' );
		$video = "\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom" . str_repeat( 'x', 100 );
		self::assertSame( 'GIF', $send( $video, 'GIF' )->get_data()['format'] );
		self::assertSame( 413, $send( str_pad( $video, 3670017 ), 'GIF' )->get_status() );
		self::assertSame( 201, $send( str_pad( $video, 3670017 ), 'VIDEO' )->get_status() );
		self::assertSame( 400, $send( $png, 'LOCATION' )->get_status() );
		self::assertSame( 400, $send( '' )->get_status() );
		self::assertSame( array(), glob( \NxtChat\Site::dir() . '/sample-*' ) );
	}

	public function test_unknown_components_are_kept_shown_and_sent(): void {
		$node = array( 'id' => '990001', 'status' => 'APPROVED' ) + self::template( 'novel' );
		$node['components'][1] = array( 'type' => 'BODY', 'text' => 'Nothing to fill in here.' );
		$node['components'][0] = array( 'type' => 'HOLOGRAM', 'shape' => 'cube' );
		$id   = TemplateSync::take( $this->account, $node );
		$sent = $this->ok( 201, 'POST', "templates/$id/send", array( 'phone' => self::ADA ) );
		self::assertSame( array( 'Nothing to fill in here.', array( 'HOLOGRAM' ) ), array( $sent['text'], $sent['template']['unknown'] ) );
	}

	public function test_check_and_preview_need_no_account(): void {
		$this->empty_tables();
		self::assertSame( array(), $this->ok( 200, 'POST', 'templates/check', array( 'template' => self::template() ) )['problems'] );
		self::assertSame( 'Hi Ann, your parcel with two books is ready to be picked up at our shop.', $this->ok( 200, 'POST', 'templates/preview', array( 'template' => self::template() ) )['rendered']['body']['plain'] );
		$this->ok( 409, 'POST', 'templates', array( 'template' => self::template() ) );
	}
}
