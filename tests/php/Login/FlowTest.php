<?php
/**
 * From a number to a session.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Tests\Login;

use NxtChat\Login\Bindings;
use NxtChat\Login\NumberStore;
use NxtChat\Login\ChallengeStore;
use NxtChat\Login\LoginSettings;
use NxtChat\Login\Verification;
use NxtChat\Native;
use NxtChat\Site;

require_once __DIR__ . '/LoginCase.php';

final class FlowTest extends LoginCase {

	public function test_a_user_logs_in_through_wordpress_s_own_chain(): void {
		$id   = $this->user();
		$seen = array();
		$this->add_hook( 'wp_login', static function ( string $login, \WP_User $user ) use ( &$seen ): void {
			$seen[] = array( 'wp_login', $login, $user->ID );
		}, 10, 2 );
		$this->add_hook( 'authenticate', static function ( $user, string $login ) use ( &$seen ) {
			$seen[] = array( 'authenticate', $login, $user instanceof \WP_User ? $user->ID : 0 );
			return $user;
		}, 30, 2 );
		$this->add_hook( 'login_redirect', static function ( string $to, string $wanted, $user ) use ( &$seen ): string {
			$seen[] = array( 'login_redirect', $wanted, $user->ID );
			return $to;
		}, 10, 3 );
		$answer = $this->started( '0151 1234 0001', array( 'redirect' => home_url( '/shop/' ) ) );
		self::assertSame( array( 6, 300, 30, 5, '+49 ••• 001' ), array( $answer['digits'], $answer['expires_in'], $answer['resend_in'], $answer['attempts_left'], $answer['to'] ) );
		self::assertMatchesRegularExpression( '/^\d{6}$/', $this->code() );
		$done = $this->verify( $answer, $this->code() );
		self::assertIsArray( $done );
		self::assertSame( array(), $seen, 'Nobody is logged in by a REST answer.' );
		self::assertSame( home_url( '/shop/' ), $this->sign_on( $done ) );
		self::assertSame( array( array( 'authenticate', 'ada', $id ), array( 'wp_login', 'ada', $id ), array( 'login_redirect', home_url( '/shop/' ), $id ) ), $seen );
		self::assertSame( array( 'request' => 1, 'sent' => 1, 'success' => 1 ), array_intersect_key( $this->sums(), array_flip( array( 'request', 'sent', 'success', 'register' ) ) ) );
		$entry = $this->row_of( 'audit', "action = 'login.success'" );
		self::assertSame( array( (string) $id, '+49 ••• 001' ), array( $entry['user_id'], $entry['subject'] ) );
	}

	/** @return array<string, string> */
	private function row_of( string $table, string $where ): array {
		$rows = $this->rows( $table, $where );
		self::assertCount( 1, $rows, $where );
		return $rows[0];
	}

	public function test_a_plugin_that_refuses_in_wordpress_s_chain_is_heard(): void {
		$this->user();
		$answer = $this->started();
		$done   = $this->verify( $answer, $this->code() );
		$failed = array();
		$this->add_hook( 'wp_authenticate_user', static fn( $user ) => new \WP_Error( 'banned', 'You are banned.' ) );
		$this->add_hook( 'wp_login_failed', static function ( string $login ) use ( &$failed ): void {
			$failed[] = $login;
		} );
		self::assert_refused( 'banned', $this->sign_on( $done ) );
		self::assertSame( array( 'ada' ), $failed );
		self::assertSame( 0, get_current_user_id() );
	}

	public function test_nothing_of_a_code_is_kept_anywhere(): void {
		global $wpdb;
		$this->user();
		$this->started();
		$code = $this->code();
		foreach ( array( 'challenges', 'messages', 'audit', 'login_days', 'counters', 'conversations', 'contacts', 'events' ) as $table ) {
			foreach ( $wpdb->get_results( 'SELECT * FROM ' . self::table( $table ), ARRAY_A ) as $row ) {
				foreach ( $row as $column => $value ) {
					if ( ! str_ends_with( $column, '_ms' ) && 'k' !== $column ) {
						self::assertStringNotContainsString( $code, (string) $value, "$table.$column" );
					}
				}
			}
		}
		foreach ( Native\log_recent( Site::dir(), 200 ) as $line ) {
			self::assertStringNotContainsString( $code, $line['message'] );
		}
		$message = $this->row_of( 'messages', 'origin = ' . Native\ORIGIN_LOGIN );
		self::assertStringContainsString( '••••••', $message['payload'] );
		self::assertSame( '', $wpdb->get_var( 'SELECT option_name FROM ' . $wpdb->options . " WHERE option_value LIKE '%$code%' LIMIT 1" ) ?? '' );
		// Its conversation moves nobody's inbox.
		self::assertSame( '0', $this->row_of( 'conversations', '1 = 1' )['last_ms'] );
	}

	public function test_what_stayed_queued_when_a_process_died_is_not_sent_with_dots(): void {
		global $wpdb;
		$this->user();
		$this->started();
		$message = $this->row_of( 'messages', 'origin = ' . Native\ORIGIN_LOGIN );
		$wpdb->query( 'UPDATE ' . self::table( 'messages' ) . ' SET state = ' . Native\STATE_QUEUED . ", wamid = NULL, at_ms = at_ms - 120000 WHERE id = {$message['id']}" );
		\NxtChat\Message\SendMessage::sweep();
		self::assertSame( (string) Native\STATE_FAILED, $this->row_of( 'messages', "id = {$message['id']}" )['state'] );
		self::assertCount( 1, $this->codes() );
	}

	public function test_an_unknown_number_gets_the_same_answer_and_no_message(): void {
		$this->user();
		$known   = $this->started( self::ADA );
		$unknown = $this->started( self::BOB );
		foreach ( array( 'digits', 'expires_in', 'resend_in', 'attempts_left' ) as $key ) {
			self::assertSame( $known[ $key ], $unknown[ $key ] );
		}
		self::assertSame( strlen( $known['challenge'] ), strlen( $unknown['challenge'] ) );
		self::assertSame( str_replace( '001', '002', $known['message'] ), $unknown['message'] );
		self::assertCount( 1, $this->codes( self::ADA ) );
		self::assertCount( 0, $this->codes( self::BOB ) );
		$this->assert_refused( 'nxtchat_login_code', $this->verify( $unknown, '000000' ) );
		$this->assert_refused( 'nxtchat_login_code', $this->verify( $known, '000000' === $this->code() ? '000001' : '000000' ) );
	}

	public function test_registration_only_where_site_and_owner_allow_it_and_without_a_public_number(): void {
		$this->set( array( 'register' => true ) );
		$this->started();
		self::assertCount( 0, $this->codes(), 'The site registers nobody.' );
		update_option( 'users_can_register', 1 );
		try {
			$this->later( 400 );
			$answer = $this->started();
			$to     = $this->sign_on( $this->verify( $answer, $this->code() ) );
			self::assertSame( home_url( '/' ), $to );
			$user = get_userdata( Bindings::of_phone( self::ADA )['user_id'] );
			self::assertSame( array( get_option( 'default_role' ) ), $user->roles );
			self::assertSame( '', $user->user_email );
			foreach ( array( $user->user_login, $user->user_nicename, $user->display_name, $user->nickname, $user->user_url ) as $public ) {
				self::assertDoesNotMatchRegularExpression( '/\d{5}/', $public );
			}
			self::assertSame( self::ADA, Bindings::of_user( $user->ID )['phone'] );
			self::assertSame( 1, $this->sums()['register'] );
		} finally {
			update_option( 'users_can_register', 0 );
		}
	}

	public function test_who_gets_a_number_and_who_loses_one_hear_of_it(): void {
		$ada            = $this->user();
		$bob            = $this->user( self::BOB, 'subscriber', 'bob' );
		MailBox::$mails = array();
		self::assertTrue( Bindings::bind( $ada, self::BOB, $ada ) );
		self::assertSame( array( 'bob@example.test', 'ada@example.test' ), array_column( MailBox::$mails, 'to' ) );
		foreach ( MailBox::$mails as $mail ) {
			self::assertStringNotContainsString( self::BOB, $mail['message'] );
		}
		self::assertStringContainsString( '+49 ••• 002', MailBox::$mails[1]['message'] );
		self::assertSame( array( '1', '' ), array( get_user_meta( $ada, Bindings::META, true ), get_user_meta( $bob, Bindings::META, true ) ) );
		// Confirmed again, or by staff: nothing new.
		Bindings::bind( $ada, self::BOB, $ada );
		Bindings::bind( $bob, self::ADA, 0 );
		self::assertCount( 2, MailBox::$mails );
		self::remove_user( $bob );
	}

	public function test_an_address_that_is_too_long_leads_nowhere_and_breaks_nothing(): void {
		$this->user();
		foreach ( array( home_url( '/' . str_repeat( 'ä', 280 ) ), home_url( '/' . str_repeat( 'x', 900 ) ), '/' . str_repeat( "\u{1F600}", 140 ) ) as $long ) {
			self::assertSame( '', \NxtChat\Login\CodeRequest::redirect( $long ) );
		}
		$long = home_url( '/' . str_repeat( 'x', 500 ) );
		self::assertSame( $long, \NxtChat\Login\CodeRequest::redirect( $long ) );
		self::assertIsArray( $this->start( self::ADA, array( 'redirect' => home_url( '/' . str_repeat( 'ä', 280 ) ) ) ) );
	}

	public function test_roles_that_need_a_password_stale_and_changed_numbers(): void {
		$id     = $this->user( self::ADA, 'administrator' );
		$answer = $this->started();
		self::assert_refused( 'nxtchat_login_role', $this->sign_on( $this->verify( $answer, $this->code() ) ) );
		self::assertSame( 0, get_current_user_id() );

		( new \WP_User( $id ) )->set_role( 'subscriber' );
		global $wpdb;
		$wpdb->query( 'UPDATE ' . self::table( 'bindings' ) . ' SET seen_ms = seen_ms - ' . 200 * DAY_IN_SECONDS * 1000 );
		$this->later( 400 );
		$answer = $this->started();
		self::assert_refused( 'nxtchat_login_stale', $this->sign_on( $this->verify( $answer, $this->code() ) ) );

		self::assertTrue( Bindings::bind( $id, self::ADA, 0 ) );
		Bindings::changed( array( self::ADA ) );
		$this->later( 400 );
		$answer = $this->started();
		self::assert_refused( 'nxtchat_login_stale', $this->sign_on( $this->verify( $answer, $this->code() ) ) );
	}

	public function test_a_changed_number_reported_by_whatsapp_makes_the_binding_stale(): void {
		$id = $this->user();
		$this->simulator->deliver_to( 'http://127.0.0.1:9/' );
		$body = self::webhook_body(
			array(
				'contacts' => array( array( 'profile' => array( 'name' => 'Ada' ), 'wa_id' => '4915112340001' ) ),
				'messages' => array( array( 'from' => '4915112340001', 'id' => 'wamid.change', 'timestamp' => (string) time(), 'type' => 'system', 'system' => array( 'body' => 'Ada changed', 'wa_id' => '4915112349999', 'type' => 'user_changed_number' ) ) ),
			),
			'messages',
			'102290129340398',
			(string) $this->simulator->ready['phone_number_ids'][0]
		);
		$items = array( array( 'uid' => Native\ulids( 1 )[0], 'received_ms' => Site::now_ms(), 'body' => $body ) );
		\NxtChat\Webhook\Drain::replay( $items );
		self::assertSame( Bindings::CHANGED, Bindings::of_user( $id )['stale'] );
	}

	public function test_a_code_runs_out_and_is_good_once(): void {
		$this->user();
		$answer = $this->started();
		$code   = $this->code();
		$this->later( 301 );
		self::assert_refused( 'nxtchat_login_expired', $this->verify( $answer, $code ) );
		$again = $this->started();
		self::assert_refused( 'nxtchat_login_code', $this->verify( $again, $code === $this->code() ? '1' . substr( $code, 1 ) : $code ) );
		$done = $this->verify( $again, $this->code() );
		self::assertIsArray( $done );
		self::assert_refused( 'nxtchat_login_expired', $this->verify( $again, $this->code() ) );
		self::assertIsString( $this->sign_on( $done ) );
		wp_set_current_user( 0 );
		$this->browser( 'one' );
		self::assert_refused( 'nxtchat_login_expired', $this->sign_on( $done ) );
	}

	public function test_a_resend_replaces_the_code_and_never_the_attempts(): void {
		$this->user();
		$answer = $this->started();
		$first  = $this->code();
		$wrong  = '999999' === $first ? '999998' : '999999';
		self::assertSame( 4, self::assert_refused( 'nxtchat_login_code', $this->verify( $answer, $wrong ) )->get_error_data()['attempts_left'] );
		self::assert_refused( 'nxtchat_login_wait', $this->start( '', array( 'challenge' => $answer['challenge'] ) ) );
		$this->later( 31 );
		$again = $this->started( '', array( 'challenge' => $answer['challenge'] ) );
		self::assertSame( 4, $again['attempts_left'] );
		self::assertCount( 2, $this->codes() );
		if ( $this->code() !== $first ) {
			self::assert_refused( 'nxtchat_login_code', $this->verify( $again, $first ) );
		}
		// Somebody else's request for the same number: the same attempts.
		$this->browser( 'two' );
		$this->later( 61 );
		$other = $this->started();
		self::assertSame( $this->code() === $first ? 4 : 3, $other['attempts_left'] );
		for ( $left = $other['attempts_left'] - 1; $left > 0; $left-- ) {
			self::assertSame( $left, self::assert_refused( 'nxtchat_login_code', $this->verify( $other, $wrong ) )->get_error_data()['attempts_left'] );
		}
		self::assert_refused( 'nxtchat_login_exhausted', $this->verify( $other, $wrong ) );
		self::assert_refused( 'nxtchat_login_exhausted', $this->verify( $other, $this->code() ) );
		$this->later( 31 );
		self::assert_refused( 'nxtchat_login_exhausted', $this->start() );
		$this->later( 400 );
		self::assertSame( 5, $this->started()['attempts_left'] );
	}

	public function test_a_code_is_no_other_numbers_no_other_browsers_and_no_other_purposes(): void {
		$id = $this->user();
		$this->user( self::BOB, 'subscriber', 'bob' );
		$ada = $this->started( self::ADA );
		$bob = $this->started( self::BOB );
		if ( $this->code( self::ADA ) !== $this->code( self::BOB ) ) {
			self::assert_refused( 'nxtchat_login_code', $this->verify( $bob, $this->code( self::ADA ) ) );
		}
		$this->browser( 'thief' );
		self::assert_refused( 'nxtchat_login_session', $this->verify( $ada, $this->code( self::ADA ) ) );
		$this->browser( 'one' );
		self::assert_refused( 'nxtchat_login_expired', Verification::bind( $ada['challenge'], $this->code( self::ADA ), $id ) );
		foreach ( array( '', 'x', 'a.b', $ada['challenge'] . 'A', strrev( $ada['challenge'] ) ) as $forged ) {
			self::assert_refused( 'nxtchat_login_expired', Verification::login( $forged, '123456' ) );
		}
		$done = $this->verify( $ada, $this->code( self::ADA ) );
		$this->browser( 'thief' );
		self::assert_refused( 'nxtchat_login_session', $this->sign_on( $done ) );
		// A token of one kind is none of another.
		$this->browser( 'one' );
		parse_str( (string) wp_parse_url( $done['next'], PHP_URL_QUERY ), $query );
		self::assert_refused( 'nxtchat_login_expired', Verification::login( $query['pass'], '123456' ) );
		self::assert_refused( 'nxtchat_login_expired', \NxtChat\Login\SignOn::sign_on( $ada['challenge'] ) );
	}

	public function test_codes_as_people_type_them(): void {
		$this->user();
		$answer = $this->started();
		$code   = $this->code();
		self::assert_refused( 'nxtchat_login_code', $this->verify( $answer, '' ) );
		self::assert_refused( 'nxtchat_login_code', $this->verify( $answer, "\xff\xfe" ) );
		self::assertSame( '0', $this->row_of( 'challenges', '1 = 1' )['attempts'], 'What is no code costs no attempt.' );
		$typed = substr( $code, 0, 3 ) . ' ' . strtr( substr( $code, 3 ), array( '0' => '٠', '1' => '١', '2' => '٢', '3' => '٣', '4' => '٤', '5' => '٥', '6' => '٦', '7' => '٧', '8' => '٨', '9' => '٩' ) );
		self::assertIsArray( $this->verify( $answer, $typed ) );
	}

	public function test_a_session_is_never_exchanged_and_redirects_stay_on_the_site(): void {
		$this->user();
		$answer = $this->started( self::ADA, array( 'redirect' => 'https://evil.example/x' ) );
		$done   = $this->verify( $answer, $this->code() );
		$other  = $this->sign_in( 'editor' );
		self::assertSame( admin_url(), $this->sign_on( $done ) );
		self::assertSame( $other, get_current_user_id() );
		wp_set_current_user( 0 );
		self::assertSame( home_url( '/' ), $this->sign_on( $done ) );
		foreach ( array( '//evil.example', 'https://evil.example', "javascript:alert(1)", "https://evil.example\n", '\\\\evil.example', 'http:evil.example', '/\\evil.example' ) as $bad ) {
			$to = \NxtChat\Login\CodeRequest::redirect( $bad );
			self::assertTrue( '' === $to || ! str_contains( (string) wp_parse_url( $to, PHP_URL_HOST ), 'evil' ), "$bad became $to" );
		}
	}

	public function test_numbers_that_cannot_log_in(): void {
		foreach ( array(
			'nxtchat_login_phone'    => array( '', 'abc', '12', '+49', "\xff", str_repeat( '9', 200 ) ),
			'nxtchat_login_landline' => array( '+4930901820' ),
			'nxtchat_login_country'  => array( '+33612345678', '+12015550123' ),
		) as $code => $numbers ) {
			foreach ( $numbers as $number ) {
				$problem = self::assert_refused( $code, $this->start( $number ) );
				self::assertSame( 'phone', $problem->get_error_data()['problems'][0]['path'] );
				self::assertSame( wp_login_url(), $problem->get_error_data()['password_url'] );
			}
		}
		self::assertCount( 0, $this->rows( 'challenges' ) );
		$this->set( array( 'countries' => array( 'FR' ) ) );
		self::assertIsArray( $this->start( '+33612345678' ) );
		self::assert_refused( 'nxtchat_login_country', $this->start( self::ADA ) );
	}

	public function test_when_codes_cannot_be_sent_everybody_hears_the_same_and_the_owner_why(): void {
		$this->user();
		$this->simulator->call( 'POST', '/sim/rules', array( array( 'do' => 'error', 'code' => 131042, 'count' => 1 ) ) );
		self::assertIsArray( $this->start() );
		self::assertCount( 1, MailBox::$mails );
		self::assertSame( get_option( 'admin_email' ), MailBox::$mails[0]['to'] );
		$this->later( 31 );
		foreach ( array( self::ADA, self::BOB ) as $number ) {
			$told = self::assert_refused( 'nxtchat_login_unavailable', $this->start( $number ) );
			self::assertSame( wp_login_url(), $told->get_error_data()['password_url'] );
			self::assertStringNotContainsString( 'payment', strtolower( $told->get_error_message() ) );
		}
		self::assertSame( 1, $this->sums()['refused:131042'] );
		\NxtChat\Login\Budgets::works();
		self::assertIsArray( $this->start() );
		self::assertCount( 1, MailBox::$mails, 'One letter a day.' );
	}

	public function test_a_number_that_whatsapp_refuses_is_nobody_else_s_trouble(): void {
		$this->user();
		$this->simulator->call( 'POST', '/sim/rules', array( array( 'do' => 'error', 'code' => 131026, 'count' => 1 ) ) );
		self::assertIsArray( $this->start() );
		self::assertSame( 1, $this->sums()['refused:131026'] );
		self::assertIsArray( $this->start( self::BOB ) );
		self::assertCount( 0, MailBox::$mails );
	}

	/** @dataProvider unready */
	public function test_what_is_missing_is_one_calm_sentence( callable $break ): void {
		$this->user();
		$break( $this->account );
		$told = self::assert_refused( 'nxtchat_login_unavailable', $this->start() );
		self::assertSame( 503, $told->get_error_data()['status'] );
		self::assertCount( 0, $this->codes() );
		self::assertCount( 0, $this->rows( 'challenges' ) );
		self::assertSame( 1, $this->sums()['refused:unready'] );
	}

	public static function unready(): array {
		$template = static function ( string $set ): callable {
			return static function () use ( $set ): void {
				global $wpdb;
				$wpdb->query( 'UPDATE ' . self::table( 'templates' ) . " SET $set" );
			};
		};
		return array(
			'paused'           => array( $template( "status = 'PAUSED'" ) ),
			'rejected'         => array( $template( "status = 'REJECTED'" ) ),
			'gone'             => array( $template( 'gone_ms = 1' ) ),
			'recategorised'    => array( $template( "category = 'MARKETING'" ) ),
			'no template'      => array( static fn() => LoginSettings::set( array( 'template_id' => 0 ) ) ),
			'deleted'          => array( static fn() => LoginSettings::set( array( 'template_id' => 999999 ) ) ),
			'account off'      => array( static fn( int $account ) => \NxtChat\Account\Accounts::update( $account, array( 'state' => 2 ) ) ),
			'account gone'     => array( static fn( int $account ) => \NxtChat\Account\Accounts::delete( $account ) ),
			'a copy of a site' => array(
				static function (): void {
					global $wpdb;
					$wpdb->query( 'UPDATE ' . self::table( 'accounts' ) . " SET home_url = 'https://live.example'" );
				},
			),
		);
	}

	public function test_a_key_that_cannot_be_opened_is_told_to_the_owner_only(): void {
		$this->user();
		$form = $this->started();
		update_option( \NxtChat\Login\LoginKey::OPTION, 'broken' );
		foreach ( array( 'login/start' => array( 'phone' => self::BOB ), 'login/verify' => $form + array( 'code' => '123456' ) ) as $route => $fields ) {
			$answer = $this->rest( 'POST', $route, $fields );
			self::assertSame( 503, $answer->get_status() );
			self::assertSame( 'nxtchat_login_unavailable', $answer->get_data()['code'] );
			self::assertStringNotContainsString( 'remedy', (string) wp_json_encode( $answer->get_data() ) );
		}
		delete_option( \NxtChat\Login\LoginKey::OPTION );
	}

	public function test_with_https_another_host_of_the_domain_cannot_plant_the_cookie(): void {
		self::assertNotSame( '', \NxtChat\Login\Holder::here() );
		$_SERVER['HTTPS'] = 'on';
		try {
			self::assertSame( '', \NxtChat\Login\Holder::here() );
			$_COOKIE[ '__Host-' . \NxtChat\Login\Holder::COOKIE ] = hash( 'sha256', 'x' );
			self::assertNotSame( '', \NxtChat\Login\Holder::here() );
		} finally {
			unset( $_SERVER['HTTPS'], $_COOKIE[ '__Host-' . \NxtChat\Login\Holder::COOKIE ] );
		}
	}

	public function test_off_is_off(): void {
		$this->user();
		$answer = $this->started();
		$this->set( array( 'enabled' => false ) );
		self::assert_refused( 'nxtchat_login_off', $this->start() );
		self::assert_refused( 'nxtchat_login_off', $this->verify( $answer, $this->code() ) );
		self::assertSame( 404, $this->rest( 'POST', 'login/start', array( 'phone' => self::ADA ) )->get_status() );
	}

	public function test_no_more_than_eight_statements_before_the_answer(): void {
		$this->user();
		$answer = array();
		$start  = $this->queries( function () use ( &$answer ): void {
			$answer = \NxtChat\Login\CodeRequest::start( array( 'phone' => self::ADA ) );
		} );
		self::assertIsArray( $answer );
		self::assertLessThanOrEqual( 8, count( $start ), implode( "\n", $start ) );
		\NxtChat\AfterAnswer::run();
		$code   = $this->code();
		$verify = $this->queries( static function () use ( $answer, $code ): void {
			self::assertIsArray( Verification::login( $answer['challenge'], $code ) );
		} );
		self::assertLessThanOrEqual( 8, count( $verify ), implode( "\n", $verify ) );
	}
}
