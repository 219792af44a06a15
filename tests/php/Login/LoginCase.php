<?php
/**
 * What tests of login share.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Tests\Login;

use NxtChat\AfterAnswer;
use NxtChat\Login\Bindings;
use NxtChat\Login\Holder;
use NxtChat\Login\LoginSettings;
use NxtChat\Login\LoginTemplate;
use NxtChat\Login\CodeRequest;
use NxtChat\Login\SignOn;
use NxtChat\Login\Verification;
use NxtChat\Template\Templates;
use NxtChat\Tests\Simulator;
use NxtChat\Tests\TestCase;

/** A site that is ready to log people in, against the real simulator; browsers that are told apart by their cookie. */
abstract class LoginCase extends TestCase {

	protected const ADA = '+4915112340001';
	protected const BOB = '+4915112340002';

	protected Simulator $simulator;
	protected int $account;

	protected function setUp(): void {
		parent::setUp();
		$this->simulator = Simulator::shared();
		$this->simulator->settings( array( 'review_ms' => array( 0, 0 ), 'sent_ms' => array( 0, 0 ), 'delivered_ms' => array( 0, 0 ), 'mps' => 0 ) );
		$this->sign_in();
		$this->account = (int) $this->rest( 'POST', 'accounts', array( 'default_country' => 'DE' ) + $this->simulator->account_fields() )->get_data()['id'];
		$this->simulator->deliver_to( $this->rest( 'GET', "accounts/{$this->account}/webhook" )->get_data()['callback_url'] );
		$made = LoginTemplate::make();
		self::assertIsArray( $made, is_wp_error( $made ) ? $made->get_error_message() . wp_json_encode( $made->get_error_data() ) : '' );
		self::wait_for( static fn() => 'APPROVED' === ( Templates::get( LoginSettings::all()['template_id'] )['status'] ?? '' ), 15.0, 'the approval' );
		$this->set( array( 'enabled' => true ) );
		// As Plugin adds it where login is on from the start.
		$this->add_hook( 'authenticate', array( SignOn::class, 'authenticate' ), 10, 2 );
		wp_set_current_user( 0 );
		$this->browser( 'one' );
		MailBox::open();
	}

	protected function tearDown(): void {
		AfterAnswer::run();
		foreach ( get_users( array( 'search' => 'member-*', 'fields' => 'ID' ) ) as $id ) {
			self::remove_user( (int) $id );
		}
		parent::tearDown();
	}

	protected static function remove_user( int $id ): void {
		require_once ABSPATH . 'wp-admin/includes/user.php';
		wp_delete_user( $id );
	}

	/** Another browser, or the same again. */
	protected function browser( string $name ): void {
		( new \ReflectionProperty( Holder::class, 'fresh' ) )->setValue( null, '' );
		$_COOKIE[ Holder::COOKIE ] = hash( 'sha256', $name );
	}

	protected function set( array $settings ): void {
		$done = LoginSettings::set( $settings );
		self::assertIsArray( $done, is_wp_error( $done ) ? (string) wp_json_encode( $done->get_error_data() ) : '' );
	}

	/** A user with a number. */
	protected function user( string $e164 = self::ADA, string $role = 'subscriber', string $login = 'ada' ): int {
		$there = get_user_by( 'login', $login );
		if ( $there ) {
			self::remove_user( $there->ID );
		}
		$id = wp_insert_user(
			array(
				'user_login' => $login,
				'user_pass'  => 'a password',
				'user_email' => "$login@example.test",
				'role'       => $role,
			)
		);
		self::assertTrue( Bindings::bind( $id, $e164, 0 ) );
		return $id;
	}

	/** Asks for a code; the work after the answer is done too. */
	protected function start( string $phone = self::ADA, array $more = array(), int $user_id = 0 ): array|\WP_Error {
		$answer = CodeRequest::start( $more + array( 'phone' => $phone, 'country' => 'DE' ), $user_id );
		AfterAnswer::run();
		return $answer;
	}

	protected function started( string $phone = self::ADA, array $more = array(), int $user_id = 0 ): array {
		$answer = $this->start( $phone, $more, $user_id );
		self::assertIsArray( $answer, is_wp_error( $answer ) ? $answer->get_error_code() : '' );
		return $answer;
	}

	protected function verify( array $challenge, string $code ): array|\WP_Error {
		$answer = Verification::login( $challenge['challenge'], $code );
		AfterAnswer::run();
		return $answer;
	}

	/** Follows the address that verify() gave. */
	protected function sign_on( array $verified ): string|\WP_Error {
		parse_str( (string) wp_parse_url( $verified['next'], PHP_URL_QUERY ), $query );
		self::assertSame( SignOn::ACTION, $query['action'] );
		add_filter( 'send_auth_cookies', '__return_false' );
		$answer = SignOn::sign_on( $query['pass'] );
		AfterAnswer::run();
		return $answer;
	}

	/** The codes that arrived at a number's phone, the oldest first. @return list<string> */
	protected function codes( string $e164 = self::ADA ): array {
		$codes = array();
		foreach ( $this->simulator->accepted() as $record ) {
			$body = $record['body'] ?? $record['message'] ?? $record;
			if ( ltrim( (string) ( $body['to'] ?? '' ), '+' ) === ltrim( $e164, '+' ) ) {
				$codes[] = 'template' === $body['type'] ? (string) $body['template']['components'][0]['parameters'][0]['text'] : (string) ( preg_match( '/\*(\d+)\*/', (string) ( $body['text']['body'] ?? '' ), $found ) ? $found[1] : '' );
			}
		}
		return $codes;
	}

	protected function code( string $e164 = self::ADA ): string {
		$codes = $this->codes( $e164 );
		self::assertNotEmpty( $codes );
		return end( $codes );
	}

	protected static function assert_refused( string $code, mixed $answer ): \WP_Error {
		self::assertInstanceOf( \WP_Error::class, $answer, (string) wp_json_encode( $answer ) );
		self::assertSame( $code, $answer->get_error_code() );
		return $answer;
	}

	/** Makes time pass for challenges and counters of numbers, without waiting. */
	protected function later( int $seconds ): void {
		global $wpdb;
		$ms = $seconds * 1000;
		$wpdb->query( 'UPDATE ' . self::table( 'challenges' ) . " SET sent_ms = sent_ms - $ms, expires_ms = expires_ms - $ms, created_ms = created_ms - $ms" );
		if ( $seconds >= 60 ) {
			$wpdb->query( 'DELETE FROM ' . self::table( 'counters' ) . " WHERE k NOT LIKE 'login%'" );
		}
	}

	/** @return array<string, int> Sums of today. */
	protected function sums(): array {
		global $wpdb;
		return array_map( 'intval', array_column( $wpdb->get_results( 'SELECT what, n FROM ' . self::table( 'login_days' ), ARRAY_A ), 'n', 'what' ) );
	}
}


/** Keeps mails instead of sending them. */
final class MailBox {

	/** @var list<array> */
	public static array $mails = array();

	/** Empties it, and has it take what comes. */
	public static function open(): void {
		self::$mails = array();
		remove_filter( 'pre_wp_mail', array( self::class, 'keep' ) );
		add_filter( 'pre_wp_mail', array( self::class, 'keep' ), 10, 2 );
	}

	public static function keep( $done, array $mail ): bool {
		unset( $done );
		self::$mails[] = $mail;
		return true;
	}
}
