<?php
/**
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Tests\Login;

use NxtChat\Account\Accounts;
use NxtChat\Health\Checks;
use NxtChat\Login\Alarm;
use NxtChat\AfterAnswer;
use NxtChat\Login\Bindings;
use NxtChat\Login\Budgets;
use NxtChat\Login\CounterStore;
use NxtChat\Login\LoginNotices;
use NxtChat\Login\LoginPreview;
use NxtChat\Login\LoginReady;
use NxtChat\Login\LoginReport;
use NxtChat\Login\LoginSettings;
use NxtChat\Login\LoginTemplate;
use NxtChat\Rates\Rates;
use NxtChat\Schema;
use NxtChat\Template\Templates;
use NxtChat\Tests\Simulator;
use NxtChat\Tests\TestCase;

/** How the owner sets login up: the switch and what it misses, the template in one click, the test, the report, the users' numbers. */
final class AdminTest extends TestCase {

	private const ADA = '+4915112340001';

	private Simulator $sim;
	private int $account;

	protected function setUp(): void {
		parent::setUp();
		require_once __DIR__ . '/LoginCase.php';
		$this->sim = Simulator::shared();
		$this->sim->settings( array( 'review_ms' => array( 0, 0 ), 'sent_ms' => array( 0, 0 ), 'delivered_ms' => array( 0, 0 ), 'mps' => 0 ) );
		$this->sign_in();
		$this->account = (int) $this->rest( 'POST', 'accounts', array( 'default_country' => 'DE' ) + $this->sim->account_fields() )->get_data()['id'];
		MailBox::open();
	}

	protected function tearDown(): void {
		AfterAnswer::run();
		$GLOBALS['current_screen'] = null; // phpcs:ignore
		unset( $_SERVER['HTTP_X_FORWARDED_FOR'] );
		parent::tearDown();
	}

	// --- the switch ---------------------------------------------------------------------------------------------

	public function test_it_is_off_and_says_what_is_missing(): void {
		$json = $this->ok( 'GET', 'login/settings' );
		self::assertFalse( $json['enabled'] );
		self::assertSame( array( 'template' ), self::keys( $json['missing'] ) );
		self::assertTrue( $json['missing'][0]['blocks'] );
		self::assertSame( array( '', false ), array( $json['template']['status'], $json['template']['is_ready'] ) );
		self::assertSame( array_keys( LoginSettings::all() ), array_keys( $json['defaults'] ) );
		$refused = $this->rest( 'PATCH', 'login/settings', array( 'enabled' => true ) );
		self::assertSame( 409, $refused->get_status() );
		self::assertSame( 'nxtchat_login_not_ready', $refused->get_data()['code'] );
		self::assertSame( array( 'template' ), self::keys( $refused->get_data()['data']['missing'] ) );
		self::assertFalse( LoginSettings::all()['enabled'] );
	}

	public function test_without_an_account_on_a_copy_or_with_an_account_that_is_off_it_cannot_be_switched_on(): void {
		$this->approved();
		self::assertSame( array(), LoginReady::blocks() );
		Accounts::update( $this->account, array( 'state' => Accounts::OFF ) );
		self::assertSame( array( 'account_off' ), self::keys( LoginReady::blocks() ) );
		Accounts::update( $this->account, array( 'state' => Accounts::ACTIVE ) );
		global $wpdb;
		$wpdb->query( 'UPDATE ' . Schema::table( 'accounts' ) . " SET home_url = 'shop.example'" );
		self::assertSame( array( 'copy' ), self::keys( LoginReady::blocks() ) );
		Accounts::delete( $this->account );
		self::assertContains( 'account', self::keys( LoginReady::blocks() ) );
		self::assertSame( 409, $this->rest( 'PATCH', 'login/settings', array( 'enabled' => true ) )->get_status() );
	}

	public function test_without_https_it_cannot_be_switched_on_except_on_this_machine(): void {
		$this->approved();
		$host = '127.0.0.1';
		$this->add_hook( 'home_url', static function ( string $url ) use ( &$host ): string { return (string) preg_replace( '#^https?://[^/]+#', $host, $url ); } );
		foreach ( array( 'http://127.0.0.1:8080' => array(), 'http://localhost' => array(), 'http://[::1]' => array(), 'http://shop.example' => array( 'https' ), 'http://localhost.example' => array( 'https' ), 'http://127.example' => array( 'https' ) ) as $url => $keys ) {
			$host = $url;
			self::assertSame( $keys, self::keys( LoginReady::blocks() ), $url );
		}
	}

	public function test_a_country_may_come_with_the_switch(): void {
		$this->approved();
		global $wpdb;
		$wpdb->query( 'UPDATE ' . Schema::table( 'accounts' ) . " SET default_country = ''" );
		$this->add_hook( 'locale', static fn() => 'eo' );
		self::assertSame( array( 'countries' ), self::keys( LoginReady::blocks() ) );
		self::assertSame( 409, $this->rest( 'PATCH', 'login/settings', array( 'enabled' => true ) )->get_status() );
		self::assertTrue( $this->ok( 'PATCH', 'login/settings', array( 'enabled' => true, 'countries' => array( 'AT' ) ) )['enabled'] );
	}

	public function test_what_stops_nobody_is_told_and_does_not_block(): void {
		$this->approved();
		update_option( 'users_can_register', 0 );
		$_SERVER['HTTP_X_FORWARDED_FOR'] = '203.0.113.9';
		LoginSettings::set( array( 'register' => true, 'word' => true ) );
		self::assertSame( array( 'register', 'webhook', 'proxy' ), self::keys( LoginReady::missing() ) );
		self::assertSame( array(), LoginReady::blocks() );
		LoginSettings::set( array( 'proxies' => array( '127.0.0.1' ) ) );
		self::assertNotContains( 'proxy', self::keys( LoginReady::missing() ), 'a proxy that is named is no surprise' );
	}

	/** @return array<string, array{array<string, mixed>, string}> */
	public static function bad(): array {
		return array(
			'three digits'               => array( array( 'digits' => 3 ), 'digits' ),
			'digits in words'            => array( array( 'digits' => 'six' ), 'digits' ),
			'a lifetime of an hour'      => array( array( 'lifetime_s' => 3600 ), 'lifetime_s' ),
			'no attempt'                 => array( array( 'attempts' => 0 ), 'attempts' ),
			'a country that is none'     => array( array( 'countries' => array( 'XX' ) ), 'countries' ),
			'a role that is none'        => array( array( 'excluded_roles' => array( 'king' ) ), 'excluded_roles' ),
			'an address that is none'    => array( array( 'proxies' => array( '10.0.0.1', 'my proxy' ) ), 'proxies.1' ),
			'a header of one\'s own'     => array( array( 'proxy_header' => 'X-Evil' ), 'proxy_header' ),
			'a limit below none'         => array( array( 'budgets' => array( 'ip' => array( 1, -1, 1 ) ) ), 'budgets' ),
			'a budget that is none'      => array( array( 'budgets' => array( 'planet' => array( 1, 1, 1 ) ) ), 'budgets' ),
			'a cap of nothing'           => array( array( 'cap_day' => 0 ), 'cap_day' ),
			'no e-mail address'          => array( array( 'alarm_email' => 'me' ), 'alarm_email' ),
			'a page of another site'     => array( array( 'redirect' => 'https://evil.example/' ), 'redirect' ),
			'a day that is none'         => array( array( 'migrate' => array( 'until' => '2027-02-30' ) ), 'migrate.until' ),
			'enabled in words'           => array( array( 'enabled' => 'perhaps' ), 'enabled' ),
		);
	}

	/**
	 * @dataProvider bad
	 * @param array<string, mixed> $input
	 */
	public function test_bad_settings_are_told_at_their_field_and_nothing_is_saved( array $input, string $path ): void {
		$answer = $this->rest( 'PATCH', 'login/settings', $input + array( 'remember' => false ) );
		self::assertSame( 400, $answer->get_status(), (string) wp_json_encode( $answer->get_data() ) );
		self::assertContains( $path, array_column( $answer->get_data()['data']['problems'], 'path' ) );
		self::assertFalse( get_option( LoginSettings::OPTION ), 'nothing of it' );
	}

	public function test_null_brings_a_default_back_and_only_what_differs_is_kept(): void {
		$this->ok( 'PATCH', 'login/settings', array( 'digits' => 8, 'budgets' => array( 'ip' => array( 1, 2, 3 ) ) ) );
		self::assertSame( array( 2, 5, 10 ), LoginSettings::all()['budgets']['number'], 'what is left out of the budgets stays' );
		$this->ok( 'PATCH', 'login/settings', array( 'digits' => null ) );
		self::assertSame( array( 'budgets' ), array_keys( get_option( LoginSettings::OPTION ) ) );
	}

	// --- the template -------------------------------------------------------------------------------------------

	public function test_one_click_makes_the_template_and_a_second_makes_no_other(): void {
		$this->add_hook( 'locale', static fn() => 'de_DE_formal' );
		LoginSettings::set( array( 'lifetime_s' => 150 ) );
		$this->sim->settings( array( 'review' => 'manual' ) );
		$json = $this->ok( 'POST', 'login/template' );
		self::assertSame( array( 'PENDING', false, 'de', 2 ), array( $json['template']['status'], $json['template']['is_ready'], $json['template']['language'], $json['template']['minutes'] ) );
		self::assertSame( LoginSettings::all()['template_id'], $json['template']['id'] );
		$this->ok( 'POST', 'login/template' );
		$there = $this->there();
		self::assertCount( 1, $there );
		self::assertSame( array( 'nxtchat_login_code', 'AUTHENTICATION' ), array( $there[0]['name'], $there[0]['category'] ) );
		$parts = array_column( $there[0]['components'], null, 'type' );
		self::assertTrue( $parts['BODY']['add_security_recommendation'] );
		self::assertSame( 2, $parts['FOOTER']['code_expiration_minutes'], 'never longer than the code lives' );
		self::assertSame( 'COPY_CODE', $parts['BUTTONS']['buttons'][0]['otp_type'] ?? '' );
	}

	public function test_languages_that_whatsapp_does_not_write_are_english(): void {
		foreach ( array( 'de_DE_formal' => 'de', 'pt_BR' => 'pt_BR', 'es_CO' => 'es_CO', 'es_VE' => 'es', 'de_LU' => 'de', 'eo' => 'en_US', 'en_US' => 'en_US', 'zh_TW' => 'zh_TW' ) as $locale => $language ) {
			$hook = static fn() => $locale;
			add_filter( 'locale', $hook );
			self::assertSame( $language, LoginTemplate::body()['language'], $locale );
			remove_filter( 'locale', $hook );
		}
	}

	public function test_an_answer_that_got_lost_makes_no_second_template(): void {
		$this->sim->call( 'POST', '/sim/rules', array( array( 'endpoint' => 'other', 'do' => 'drop_after', 'count' => 1 ), array( 'endpoint' => 'other', 'do' => 'drop', 'count' => 1 ) ) );
		$answer = $this->rest( 'POST', 'login/template' );
		self::assertSame( 502, $answer->get_status() );
		self::assertSame( 'nxtchat_template_unknown', $answer->get_data()['code'] );
		$this->sim->call( 'DELETE', '/sim/rules' );
		$json = $this->ok( 'POST', 'login/template' );
		self::assertContains( $json['template']['status'], array( 'PENDING', 'APPROVED' ) );
		self::assertCount( 1, $this->there() );
		self::assertCount( 1, $this->rows( 'templates' ) );
	}

	public function test_a_name_that_is_blocked_gets_a_number(): void {
		$first = $this->approved();
		$done  = $this->rest( 'DELETE', "templates/$first" );
		self::assertSame( 200, $done->get_status(), 'login is off: nothing needs it' );
		self::assertSame( 'GONE', LoginTemplate::state()['status'] );
		$json = $this->ok( 'POST', 'login/template' );
		self::assertSame( 'nxtchat_login_code_2', $json['template']['name'] );
		self::assertNotSame( $first, $json['template']['id'] );
	}

	public function test_another_lifetime_is_noted_and_the_click_changes_the_text(): void {
		$id = $this->approved();
		LoginSettings::set( array( 'lifetime_s' => 600 ) );
		self::assertSame( array( 'minutes' ), self::keys( LoginReady::missing() ) );
		self::assertTrue( LoginTemplate::state()['is_ready'], 'codes go out all the same' );
		$this->ok( 'POST', 'login/template' );
		$parts = array_column( $this->there()[0]['components'], null, 'type' );
		self::assertSame( 10, $parts['FOOTER']['code_expiration_minutes'] );
		self::assertSame( $id, LoginSettings::all()['template_id'] );
	}

	public function test_a_template_of_another_category_is_told(): void {
		$made = $this->rest( 'POST', 'templates', array( 'template' => array( 'name' => 'hello', 'language' => 'en_US', 'category' => 'UTILITY', 'components' => array( array( 'type' => 'BODY', 'text' => 'Your order is ready.' ) ) ) ) )->get_data();
		LoginSettings::set( array( 'template_id' => (int) $made['id'] ) );
		self::assertSame( 'WRONG_CATEGORY', LoginTemplate::state()['status'] );
		self::assertSame( array( 'template' ), self::keys( LoginReady::blocks() ) );
	}

	public function test_who_deletes_a_needed_template_is_told(): void {
		$id = $this->approved();
		LoginReady::change( array( 'enabled' => true ) );
		$this->add_hook( 'nxtchat_template_uses', array( LoginTemplate::class, 'uses' ), 10, 2 );
		$answer = $this->rest( 'DELETE', "templates/$id" )->get_data();
		self::assertSame( 'nxtchat_template_used', $answer['code'] );
		self::assertStringContainsString( 'Login by WhatsApp', $answer['data']['uses'][0]['label'] );
	}

	public function test_without_an_account_there_is_no_template(): void {
		Accounts::delete( $this->account );
		$answer = $this->rest( 'POST', 'login/template' );
		self::assertSame( array( 409, 'nxtchat_no_account' ), array( $answer->get_status(), $answer->get_data()['code'] ) );
	}

	// --- the test -----------------------------------------------------------------------------------------------

	public function test_a_test_code_says_what_became_of_it(): void {
		$refused = $this->rest( 'POST', 'login/test', array( 'phone' => self::ADA ) );
		self::assertSame( 409, $refused->get_status(), 'no template yet' );
		$this->approved();
		Rates::set( array( 'currency' => 'EUR', 'rates' => array( 'authentication' => array( 'DE' => 0.05 ) ) ) );
		$wrong = $this->rest( 'POST', 'login/test', array( 'phone' => '12' ) );
		self::assertSame( array( 422, 'phone' ), array( $wrong->get_status(), $wrong->get_data()['data']['problems'][0]['path'] ) );
		self::assertCount( 0, $this->sim->accepted() );

		$sent = $this->ok( 'POST', 'login/test', array( 'phone' => '0151 12340001' ) );
		self::assertTrue( $sent['ok'] );
		self::wait_for( fn() => $this->ok( 'GET', "login/test/{$sent['id']}" )['done'], 10.0, 'the delivery' );
		self::assertStringContainsString( 'on the phone', $this->ok( 'GET', "login/test/{$sent['id']}" )['message'] );
		$body = $this->sim->accepted()[0]['body'] ?? $this->sim->accepted()[0]['message'] ?? $this->sim->accepted()[0];
		$code = $body['template']['components'][0]['parameters'][0]['text'];
		self::assertMatchesRegularExpression( '/^\d{6}$/', $code );
		self::assertStringNotContainsString( $code, (string) wp_json_encode( $this->rows( 'messages' ) ), 'kept with dots' );
		$report = LoginReport::days();
		self::assertSame( array( 1, 1, 0.05, 0 ), array( $report['totals']['sent'], $report['totals']['delivered'], $report['totals']['spend'], $report['today']['messages'] ), 'it costs money, and is none of the visitors\'' );
	}

	public function test_a_test_that_whatsapp_refuses_says_why(): void {
		$this->approved();
		$this->sim->call( 'POST', '/sim/rules', array( 'endpoint' => 'messages', 'do' => 'error', 'code' => 131026, 'count' => 1 ) );
		$sent = $this->ok( 'POST', 'login/test', array( 'phone' => self::ADA ) );
		self::assertSame( array( true, false ), array( $sent['done'], $sent['ok'] ) );
		self::assertStringContainsString( 'not delivered', $sent['message'] );
		AfterAnswer::run();
		self::assertSame( 0, LoginReport::days()['totals']['sent'] );
	}

	public function test_only_messages_of_login_are_told_about(): void {
		self::assertSame( 404, $this->rest( 'GET', 'login/test/999' )->get_status() );
	}

	// --- the report ---------------------------------------------------------------------------------------------

	public function test_the_report_has_thirty_days_of_the_sites_calendar_without_gaps(): void {
		update_option( 'timezone_string', 'Pacific/Auckland' );
		CounterStore::sum( Budgets::day(), array( 'request' => 5, 'success' => 3, 'refused:ip' => 2, 'refused:unknown' => 1, 'spend' => 110000, 'nonsense' => 7 ) );
		CounterStore::sum( Budgets::day( 29 ), array( 'request' => 1 ) );
		CounterStore::sum( Budgets::day( 30 ), array( 'request' => 1000 ) );
		$report = $this->ok( 'GET', 'login/report' );
		update_option( 'timezone_string', '' );
		self::assertCount( 30, $report['days'] );
		self::assertCount( 30, array_unique( array_column( $report['days'], 'day' ) ) );
		$first = $report['days'][0];
		$today = $report['days'][29];
		self::assertSame( array( 1, 5, 3, 3 ), array( $first['request'], $today['request'], $today['success'], $today['refused'] ) );
		self::assertSame( array( 'ip' => 2, 'unknown' => 1 ), (array) $today['refusals'], 'the most frequent first' );
		self::assertSame( array( 6, 0.11 ), array( $report['totals']['request'], $report['totals']['spend'] ), 'what is older is not in it' );
		self::assertSame( ( new \DateTimeImmutable( 'now', new \DateTimeZone( 'Pacific/Auckland' ) ) )->format( 'Y-m-d' ), $today['day'] );
		self::assertSame( '{}', wp_json_encode( $report['days'][3]['refusals'] ) );
	}

	public function test_the_report_tells_how_much_of_shared_budgets_is_used(): void {
		$who = array( 'site' => 'site', 'country' => 'DE', 'number' => self::ADA );
		for ( $n = 0; $n < 2; $n++ ) {
			self::assertNull( Budgets::take( $who, (int) floor( microtime( true ) * 1000 ) ) );
		}
		$budgets = $this->ok( 'GET', 'login/report' )['today']['budgets'];
		self::assertSame( array( 'site', 'country' ), array_column( $budgets, 'scope' ) );
		self::assertSame( array( 2, 3000 ), array( $budgets[0]['used'][2], $budgets[0]['limits'][2] ) );
		self::assertSame( array( 'DE', 2 ), array( $budgets[1]['value'], $budgets[1]['used'][2] ) );
	}

	// --- the users' numbers -------------------------------------------------------------------------------------

	public function test_numbers_are_masked_found_paged_and_taken_off(): void {
		$users = array();
		foreach ( array( 'member-ada' => self::ADA, 'member-bob' => '+4915112340002', 'member-eve' => '+4915112340003' ) as $login => $phone ) {
			$users[ $login ] = wp_insert_user( array( 'user_login' => $login, 'user_pass' => 'x', 'user_email' => "$login@example.test", 'display_name' => ucfirst( substr( $login, 7 ) ) . ' Member' ) );
			self::assertTrue( Bindings::bind( $users[ $login ], $phone, 0 ) );
		}
		$first = $this->ok( 'GET', 'login/bindings', array( 'limit' => 2 ) );
		self::assertSame( array( 'member-eve', 'member-bob' ), array_column( $first['items'], 'login' ) );
		$second = $this->ok( 'GET', 'login/bindings', array( 'limit' => 2, 'cursor' => $first['next'] ) );
		self::assertSame( array( 'member-ada' ), array_column( $second['items'], 'login' ) );
		self::assertNull( $second['next'] );
		self::assertStringNotContainsString( '15112340', (string) wp_json_encode( array( $first, $second ) ), 'no whole number leaves' );
		self::assertSame( '+49 ••• 001', $second['items'][0]['phone'] );
		self::assertSame( array( 'member-bob' ), array_column( $this->ok( 'GET', 'login/bindings', array( 'search' => 'bob' ) )['items'], 'login' ) );
		self::assertSame( array( 'member-ada' ), array_column( $this->ok( 'GET', 'login/bindings', array( 'search' => '0151 12340001' ) )['items'], 'login' ) );
		self::assertSame( array(), $this->ok( 'GET', 'login/bindings', array( 'search' => "%' OR 1=1" ) )['items'] );
		self::assertSame( 400, $this->rest( 'GET', 'login/bindings', array( 'cursor' => 'nonsense' ) )->get_status() );
		self::assertSame( 3, $this->ok( 'GET', 'login/settings' )['facts']['progress']['bound'] );

		self::assertTrue( $this->ok( 'DELETE', "login/bindings/{$users['member-ada']}" )['deleted'] );
		self::assertNull( Bindings::of_user( $users['member-ada'] ) );
		self::assertSame( 404, $this->rest( 'DELETE', "login/bindings/{$users['member-ada']}" )->get_status() );
		self::assertContains( 'login.unbound', array_column( $this->rows( 'audit' ), 'action' ) );
		require_once ABSPATH . 'wp-admin/includes/user.php';
		array_map( 'wp_delete_user', $users );
	}

	// --- notices ------------------------------------------------------------------------------------------------

	public function test_a_cap_that_is_near_or_reached_is_told(): void {
		$this->approved();
		LoginReady::change( array( 'enabled' => true, 'cap_day' => 5, 'cap_money' => 1 ) );
		self::assertSame( array(), LoginNotices::lines() );
		for ( $n = 0; $n < 4; $n++ ) {
			Budgets::spend( 0 );
		}
		self::assertSame( array( 'warning' ), array_column( LoginNotices::lines(), 0 ) );
		Budgets::spend( 1000000 );
		self::assertSame( array( 'error', 'error' ), array_column( LoginNotices::lines(), 0 ), 'messages and money' );
		self::assertCount( 2, $this->ok( 'GET', 'login/report' )['alarms'] );
		LoginSettings::set( array( 'enabled' => false ) );
		self::assertSame( array(), LoginNotices::lines() );
	}

	public function test_letters_go_out_once_at_80_percent_and_once_when_a_cap_is_reached(): void {
		$this->approved();
		Rates::set( array( 'currency' => 'EUR', 'rates' => array( 'authentication' => array( '*' => 0.05 ) ) ) );
		LoginReady::change( array( 'enabled' => true, 'cap_day' => 10, 'cap_money' => 0.2 ) );
		$letters = array();
		for ( $n = 1; $n <= 10; $n++ ) {
			$taken = Budgets::spend( $n <= 4 ? 50000 : 0 );
			null === $taken ? Alarm::reached() : Alarm::spent( $taken );
			$letters[] = count( MailBox::$mails );
		}
		// The money is at 100 % after four messages, the rest is refused.
		self::assertSame( array( 0, 0, 0, 1, 1, 1, 1, 1, 1, 1 ), $letters );
		self::assertSame( 0.2, $this->ok( 'GET', 'login/report' )['today']['spend'] );

		global $wpdb;
		$wpdb->query( 'DELETE FROM ' . Schema::table( 'counters' ) );
		MailBox::open();
		LoginReady::change( array( 'cap_money' => 0.5 ) );
		for ( $n = 1; $n <= 8; $n++ ) {
			Alarm::spent( (int) Budgets::spend( 50000 ) );
		}
		self::assertSame( array( 'Most of today\'s login codes are used up', 'Most of today\'s money for login codes is spent' ), array_map( static fn( array $mail ): string => explode( '] ', $mail['subject'] )[1], MailBox::$mails ) );
		self::assertStringContainsString( '0.40 EUR of the 0.50 EUR', MailBox::$mails[1]['message'] );
	}

	public function test_the_dashboard_tells_and_other_screens_and_people_without_the_right_see_nothing(): void {
		$this->approved();
		LoginReady::change( array( 'enabled' => true ) );
		Alarm::trouble( 'The <b>account</b> is locked' );
		$shown = function ( string $screen ): string {
			set_current_screen( $screen );
			ob_start();
			LoginNotices::show();
			return (string) ob_get_clean();
		};
		self::assertStringContainsString( 'is locked', $shown( 'dashboard' ) );
		self::assertStringNotContainsString( '<b>account', $shown( 'dashboard' ) );
		self::assertSame( '', $shown( 'edit-post' ) );
		self::assertSame( '', $shown( 'whatsapp_page_nxtchat-login' ), 'the screen itself tells' );
		$this->sign_in( 'subscriber' );
		self::assertSame( '', $shown( 'dashboard' ) );
		$this->sign_in();
		LoginSettings::set( array( 'enabled' => false ) );
		set_current_screen( 'dashboard' );
		$queries = $this->queries( static fn() => LoginNotices::show() );
		self::assertSame( array(), array_filter( $queries, static fn( string $query ): bool => str_contains( $query, 'nxtchat' ) ), 'switched off it costs nothing' );
	}

	public function test_a_template_that_is_lost_is_mailed_once_a_day(): void {
		$id = $this->approved();
		LoginReady::change( array( 'enabled' => true, 'alarm_email' => 'owner@example.test' ) );
		LoginNotices::template_changed( $id + 1, 'status', 'APPROVED', 'PAUSED', 'webhook' );
		LoginNotices::template_changed( $id, 'status', 'APPROVED', 'PAUSED', 'staff' );
		LoginNotices::template_changed( $id, 'status', 'PENDING', 'APPROVED', 'webhook' );
		LoginNotices::template_changed( $id, 'quality', 'GREEN', 'RED', 'webhook' );
		self::assertCount( 0, MailBox::$mails );
		LoginNotices::template_changed( $id, 'status', 'APPROVED', 'PAUSED', 'webhook' );
		LoginNotices::template_changed( $id, 'status', 'PAUSED', 'DISABLED', 'webhook' );
		self::assertCount( 1, MailBox::$mails );
		self::assertSame( 'owner@example.test', MailBox::$mails[0]['to'] );
		self::assertStringContainsString( 'page=nxtchat-login', MailBox::$mails[0]['message'] );
	}

	public function test_site_health_looks_whether_it_works(): void {
		self::assertSame( 'ok', Checks::run( 'login' )['status'], 'switched off is well' );
		$id = $this->approved();
		LoginReady::change( array( 'enabled' => true ) );
		self::assertSame( 'ok', Checks::run( 'login' )['status'] );
		$_SERVER['HTTP_X_FORWARDED_FOR'] = '203.0.113.9';
		self::assertSame( 'warn', Checks::run( 'login' )['status'] );
		global $wpdb;
		$wpdb->query( 'UPDATE ' . Schema::table( 'templates' ) . " SET status = 'DISABLED' WHERE id = $id" );
		$row = Checks::run( 'login' );
		self::assertSame( 'fail', $row['status'] );
		self::assertNotSame( '', $row['remedy'] );
	}

	// --- the preview --------------------------------------------------------------------------------------------

	public function test_the_preview_follows_what_is_not_saved_and_saves_nothing(): void {
		$pages = $this->ok( 'POST', 'login/preview', array( 'settings' => array( 'remember' => false, 'countries' => array( 'AT', 'CH' ), 'word' => true ) ) );
		self::assertSame( LoginPreview::STEPS, array_keys( $pages ) );
		self::assertStringNotContainsString( 'name="remember"', $pages['phone'] );
		self::assertStringContainsString( 'value="CH"', $pages['phone'] );
		self::assertStringContainsString( '+43 ••• 567', $pages['code'] );
		self::assertFalse( get_option( LoginSettings::OPTION ) );
		self::assertSame( array( 'DE' ), LoginSettings::countries(), 'afterwards all is as before' );
		$again = $this->ok( 'POST', 'login/preview', array( 'settings' => array( 'remember' => 'nonsense', 'digits' => array(), 'countries' => array( '"><script>' ) ) ) );
		self::assertStringContainsString( 'name="remember"', $again['phone'], 'what is not valid counts as not given' );
		self::assertStringNotContainsString( '<script', $again['phone'] . $again['code'] );
	}

	// --- helpers ------------------------------------------------------------------------------------------------

	/** The approved template in use. */
	private function approved(): int {
		$this->ok( 'POST', 'login/template' );
		$id = LoginSettings::all()['template_id'];
		global $wpdb;
		// Its webhook has no way here in all tests: what Meta says is asked.
		$this->sim->call( 'POST', '/sim/advance' );
		self::wait_for(
			function () use ( $id ): bool {
				$this->rest( 'POST', 'templates/sync', array( 'account' => $this->account ) );
				return 'APPROVED' === ( Templates::get( $id )['status'] ?? '' );
			},
			15.0,
			'the approval'
		);
		$this->sim->deliver_to( $this->rest( 'GET', "accounts/{$this->account}/webhook" )->get_data()['callback_url'] );
		return $id;
	}

	/** Templates at Meta. @return list<array> */
	private function there(): array {
		return $this->sim->call( 'GET', '/sim/templates' )['items'];
	}

	private function ok( string $method, string $route, array $params = array() ): array {
		$answer = $this->rest( $method, $route, $params );
		self::assertSame( 200, $answer->get_status(), (string) wp_json_encode( $answer->get_data() ) );
		return (array) $answer->get_data();
	}

	/** @param list<array> $missing @return list<string> */
	private static function keys( array $missing ): array {
		return array_column( $missing, 'key' );
	}
}
