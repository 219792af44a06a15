<?php
/**
 * The form and the checkboxes of visitors.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Tests\Consent;

use NxtChat\Consent\Consents;
use NxtChat\Consent\ConsentBoxes;
use NxtChat\Consent\ConsentForm;
use NxtChat\Consent\ConsentSettings;
use NxtChat\Consent\Intake;
use NxtChat\Contact\Contacts;
use NxtChat\Login\Housekeeping;
use NxtChat\Native;
use NxtChat\Site;
use NxtChat\Tests\Webhook\SpoolCase;

require_once dirname( __DIR__ ) . '/Webhook/SpoolCase.php';

/** Through real HTTP, as a browser with and without JavaScript does it. */
final class FormTest extends SpoolCase {

	private int $page;

	protected function setUp(): void {
		parent::setUp();
		$this->page = (int) wp_insert_post(
			array(
				'post_type'    => 'page',
				'post_status'  => 'publish',
				'post_title'   => 'Newsletter',
				'post_content' => wp_slash( '<!-- wp:nxtchat/consent {"wording":"Ja, \u003cb\u003eschickt\u003c/b\u003e mir \"Neues\".","button":"Los"} /-->' ),
			)
		);
	}

	protected function tearDown(): void {
		wp_delete_post( $this->page, true );
		unset( $_POST['nxtchat_agree'], $_POST['nxtchat_phone'], $_POST['nxtchat_country'], $_POST['nxtchat_wording'], $_POST['nxtchat_page'], $_POST['nxtchat_purpose'], $_POST['nxtchat_seal'] );
		parent::tearDown();
	}

	public function test_the_evidence_names_the_visitor_behind_a_named_proxy(): void {
		[ , $fields, $action ] = $this->form();
		$send                  = static fn( string $phone ) => self::assertSame(
			200,
			self::http(
				$action,
				array(
					CURLOPT_POSTFIELDS => http_build_query( $fields + array( 'country' => 'DE', 'phone' => $phone, 'agree' => '1' ) ),
					CURLOPT_HTTPHEADER => array( 'Accept: application/json', 'X-Forwarded-For: 198.51.100.99, 203.0.113.50' ),
				)
			)['status']
		);
		$send( '01511 2345678' );
		\NxtChat\Login\LoginSettings::set( array( 'proxies' => array( '127.0.0.1' ) ) );
		$send( '01511 2345679' );
		self::assertSame( array( '127.0.0.1', '203.0.113.50' ), array_column( $this->rows( 'consents' ), 'ip' ) );
	}

	public function test_a_visitor_agrees_and_the_ledger_holds_what_they_read(): void {
		global $wpdb;
		$wpdb->query( 'UPDATE ' . self::table( 'accounts' ) . " SET display_phone = '+1 555-078-3881'" );
		[ $html, $fields, $action ] = $this->form();
		self::assertStringContainsString( 'Ja, schickt mir &quot;Neues&quot;.', $html );
		self::assertStringNotContainsString( 'nonce', $html );
		self::assertStringContainsString( 'view.js', $html );
		self::assertStringNotContainsString( 'name="agree" value="1" checked', $html );
		$answer = self::post( $action, $fields + array( 'name' => 'Ana <b>B</b>', 'country' => 'DE', 'phone' => '01511 2345678', 'agree' => '1' ) );
		self::assertSame( 200, $answer['status'], $answer['body'] );
		$json = json_decode( $answer['body'], true );
		self::assertSame( 'https://wa.me/15550783881?text=START', $json['link'] );
		$contact = $this->row( 'contacts', '1 = 1' );
		self::assertSame( array( '1', 'form', 'Ana B', 'DE' ), array( $contact['marketing'], $contact['source'], $contact['profile_name'], $contact['country'] ) );
		$this->row( 'contact_identities', "value = '+4915112345678'" );
		$entry = $this->row( 'consents', '1 = 1' );
		self::assertSame( array( '0', 'form', 'Ja, schickt mir "Neues".', get_permalink( $this->page ), '127.0.0.1' ), array( $entry['by_person'], $entry['source'], $entry['wording'], $entry['detail'], $entry['ip'] ) );
		self::assertEqualsWithDelta( Site::now_ms(), (int) $entry['at_ms'], 20000 );
		// Sent twice: one entry.
		self::assertSame( 200, self::post( $action, $fields + array( 'country' => 'DE', 'phone' => '01511 2345678', 'agree' => '1' ) )['status'] );
		self::assertCount( 1, $this->rows( 'consents' ) );
	}

	public function test_a_form_never_lifts_a_withdrawal_nor_tells_anything_nor_renames(): void {
		self::take_in( self::text_body( 'wamid.1', '4915112345678', 'STOP', 1750000000, 'Ana' ) );
		[ , $fields, $action ] = $this->form();
		$known   = self::post( $action, $fields + array( 'name' => 'Mallory', 'country' => 'DE', 'phone' => '015112345678', 'agree' => '1' ) );
		$unknown = self::post( $action, $fields + array( 'name' => 'Mallory', 'country' => 'DE', 'phone' => '015112345679', 'agree' => '1' ) );
		self::assertSame( array( $unknown['status'], $unknown['body'] ), array( $known['status'], $known['body'] ) );
		$contact = $this->rows( 'contacts' )[0];
		self::assertSame( array( '2', 'Ana' ), array( $contact['marketing'], $contact['profile_name'] ) );
		self::assertCount( 3, $this->rows( 'consents' ), 'The evidence is kept, without effect.' );
		self::assertStringContainsString( 'START', $known['body'] );
	}

	public function test_without_javascript_the_answer_is_a_page(): void {
		[ , $fields, $action ] = $this->form();
		$good = self::post( $action, $fields + array( 'country' => 'DE', 'phone' => '015112345678', 'agree' => '1' ), 'text/html,application/xhtml+xml' );
		self::assertSame( 200, $good['status'] );
		self::assertStringContainsString( 'text/html', $good['type'] );
		self::assertStringContainsString( 'Thank you', $good['body'] );
		$bad = self::post( $action, $fields + array( 'country' => 'DE', 'phone' => '12', 'agree' => '1' ), 'text/html' );
		self::assertSame( 400, $bad['status'] );
		self::assertStringContainsString( 'This is not a phone number', $bad['body'] );
		self::assertStringContainsString( '<html', $bad['body'] );
	}

	public function test_what_is_wrong_is_said_and_nothing_is_written(): void {
		[ , $fields, $action ] = $this->form();
		$good = $fields + array( 'country' => 'DE', 'phone' => '015112345678', 'agree' => '1' );
		foreach ( array(
			array( array_diff_key( $good, array( 'agree' => 1 ) ), 400, 'agree' ),
			array( array( 'phone' => 'abc' ) + $good, 400, 'phone' ),
			array( array( 'phone' => array( 'x' ) ) + $good, 400, 'phone' ),
			array( array( 'country' => 'ZZ' ) + $good, 400, 'phone' ),
			array( array( 'wording' => 'I owe you everything' ) + $good, 400, '' ),
			array( array( 'page' => 'https://elsewhere.test/' ) + $good, 400, '' ),
			array( array( 'purpose' => 'login' ) + $good, 400, '' ),
		) as [ $input, $status, $path ] ) {
			$answer = self::post( $action, $input );
			self::assertSame( $status, $answer['status'], $answer['body'] );
			self::assertSame( $path, json_decode( $answer['body'], true )['data']['problems'][0]['path'] ?? '' );
		}
		// A robot fills in what nobody sees, and is thanked.
		self::assertSame( 200, self::post( $action, array( ConsentForm::TRAP => 'http://spam.test' ) + $good )['status'] );
		self::assertSame( array(), $this->rows( 'contacts' ) );
		self::assertSame( array(), $this->rows( 'consents' ) );
	}

	public function test_attempts_are_counted_for_each_number_and_each_address(): void {
		[ , $fields, $action ] = $this->form();
		$seen = array();
		for ( $i = 0; $i < Intake::PER_IP + 2; $i++ ) {
			// One number again and again, then others.
			$phone  = $i < Intake::PER_NUMBER + 2 ? '015112345678' : '01511234' . ( 6000 + $i );
			$seen[] = self::post( $action, $fields + array( 'country' => 'DE', 'phone' => $phone, 'agree' => '1' ) )['status'];
		}
		self::assertSame( array( 429, 429 ), array_slice( $seen, Intake::PER_NUMBER, 2 ), 'The number.' );
		self::assertSame( array( 200, 429, 429 ), array_slice( $seen, -3 ), 'The address.' );
		// Neither a number nor an address stands in the table; when their time is up, they count from the start.
		global $wpdb;
		$counters = self::table( 'counters' );
		$names    = $wpdb->get_col( "SELECT k FROM $counters" );
		self::assertCount( 1 + 1 + Intake::PER_IP - ( Intake::PER_NUMBER + 2 ), $names, 'One of the address, one of each number.' );
		self::assertSame( $names, preg_grep( '/^[0-9a-f]{64}$/', $names ) );
		$wpdb->query( "UPDATE $counters SET until_ms = 1" );
		Housekeeping::hourly();
		self::assertSame( array(), $wpdb->get_col( "SELECT k FROM $counters" ) );
		self::assertSame( 200, self::post( $action, $fields + array( 'country' => 'DE', 'phone' => '015112345678', 'agree' => '1' ) )['status'] );
	}

	public function test_the_address_is_kept_only_where_the_owner_wants_it(): void {
		ConsentSettings::set( array( 'form_ip' => false ) );
		[ , $fields, $action ] = $this->form();
		self::post( $action, $fields + array( 'country' => 'DE', 'phone' => '015112345678', 'agree' => '1' ) );
		self::assertSame( '', $this->row( 'consents', '1 = 1' )['ip'] );
	}

	public function test_the_shortcode_makes_the_same_form(): void {
		wp_update_post( array( 'ID' => $this->page, 'post_content' => '[nxtchat_consent wording="Kurz &amp; gut" purpose="utility" name="no" country="at"]' ) );
		[ $html, $fields, $action ] = $this->form();
		self::assertStringNotContainsString( 'name="name"', $html );
		self::assertMatchesRegularExpression( '/<option value="AT" selected>/', $html );
		self::assertSame( 200, self::post( $action, $fields + array( 'country' => 'AT', 'phone' => '0664 1234567', 'agree' => '1' ) )['status'] );
		self::assertSame( array( '0', '1' ), array( $this->row( 'contacts', '1 = 1' )['marketing'], $this->row( 'contacts', '1 = 1' )['utility'] ) );
	}

	public function test_a_page_without_the_form_knows_nothing_of_it(): void {
		wp_update_post( array( 'ID' => $this->page, 'post_content' => 'Nothing here.' ) );
		ConsentSettings::set( array( 'checkout' => true ) );
		$answer = self::get( (string) get_permalink( $this->page ) );
		self::assertSame( 200, $answer['status'] );
		self::assertStringNotContainsString( 'nxtchat', $answer['body'] );
	}

	public function test_registration_has_the_box_only_when_switched_on(): void {
		update_option( 'users_can_register', 1 );
		$url = wp_registration_url();
		self::assertStringNotContainsString( 'nxtchat_agree', self::get( $url )['body'] );
		ConsentSettings::set( array( 'registration' => true ) );
		$body = self::get( $url )['body'];
		self::assertStringContainsString( 'name="nxtchat_agree" value="1">', $body );
		$fields = self::hidden( $body );
		$login  = 'reg' . wp_rand();
		// Ticked without a number: said, nobody registered.
		$answer = self::post( $url, $fields + array( 'user_login' => $login, 'user_email' => "$login@example.test", 'nxtchat_agree' => '1', 'nxtchat_country' => 'DE', 'nxtchat_phone' => '' ), 'text/html' );
		self::assertStringContainsString( 'we need your number', $answer['body'] );
		wp_cache_flush();
		self::assertFalse( get_user_by( 'login', $login ) );
		// Left alone: registered, nothing noted.
		self::post( $url, $fields + array( 'user_login' => $login, 'user_email' => "$login@example.test", 'nxtchat_country' => 'DE', 'nxtchat_phone' => '015112345678' ), 'text/html' );
		self::assertSame( array(), $this->rows( 'consents' ) );
		// Ticked with a number.
		self::post( $url, $fields + array( 'user_login' => "{$login}b", 'user_email' => "{$login}b@example.test", 'nxtchat_agree' => '1', 'nxtchat_country' => 'DE', 'nxtchat_phone' => '015112345678' ), 'text/html' );
		$entry = $this->row( 'consents', '1 = 1' );
		self::assertSame( array( 'registration', ConsentSettings::wording(), '0' ), array( $entry['source'], $entry['wording'], $entry['by_person'] ) );
		update_option( 'users_can_register', 0 );
		require_once ABSPATH . 'wp-admin/includes/user.php';
		wp_cache_flush();
		foreach ( array( $login, "{$login}b" ) as $name ) {
			$user = get_user_by( 'login', $name );
			self::assertNotFalse( $user, 'Registered.' );
			wp_delete_user( $user->ID );
		}
	}

	public function test_comments_have_the_box_and_note_it(): void {
		$post = (int) wp_insert_post( array( 'post_status' => 'publish', 'post_title' => 'Talk', 'post_content' => 'x', 'comment_status' => 'open' ) );
		ConsentSettings::set( array( 'comments' => true ) );
		$body = self::get( (string) get_permalink( $post ) )['body'];
		self::assertStringContainsString( 'name="nxtchat_agree" value="1">', $body );
		$comment = self::hidden( $body ) + array( 'comment_post_ID' => (string) $post, 'comment' => 'Nice ' . wp_rand(), 'author' => 'Ben', 'email' => 'ben@example.test' );
		$url     = home_url( '/wp-comments-post.php' );
		self::assertSame( 400, self::post( $url, $comment + array( 'nxtchat_agree' => '1', 'nxtchat_phone' => '12' ), 'text/html' )['status'] );
		self::assertSame( 302, self::post( $url, $comment + array( 'nxtchat_agree' => '1', 'nxtchat_country' => 'DE', 'nxtchat_phone' => '015112345678' ), 'text/html' )['status'] );
		self::assertSame( array( 'comment', '1' ), array( $this->row( 'consents', '1 = 1' )['source'], $this->row( 'contacts', '1 = 1' )['marketing'] ) );
		wp_delete_post( $post, true );
	}

	/** WooCommerce's own hooks with an order that has its methods: the shop itself is not part of this test. */
	public function test_checkout_takes_the_billing_number(): void {
		$order = new class() {
			public array $meta = array();
			public function get_billing_phone() {
 return '0664 1234567'; }
			public function get_billing_country() {
 return 'AT'; }
			public function get_billing_first_name() {
 return 'Ana'; }
			public function get_billing_last_name() {
 return 'Berg'; }
			public function get_meta( $key ) {
 return $this->meta[ $key ] ?? ''; }
		};
		ob_start();
		ConsentBoxes::in_checkout();
		$html = (string) ob_get_clean();
		self::assertStringNotContainsString( 'nxtchat_phone', $html );
		ConsentBoxes::ordered( 1, array(), $order );
		ConsentBoxes::ordered_by_block( $order );
		self::assertSame( array(), $this->rows( 'consents' ), 'Not ticked.' );
		$_POST  = wp_slash( self::hidden( $html ) + array( 'nxtchat_agree' => '1' ) ) + $_POST;
		$errors = new \WP_Error();
		ConsentBoxes::check_checkout( array( 'billing_phone' => '1', 'billing_country' => 'AT' ), $errors );
		self::assertTrue( $errors->has_errors() );
		ConsentBoxes::ordered( 1, array(), $order );
		self::assertSame( 'checkout', $this->row( 'consents', '1 = 1' )['source'] );
		self::assertSame( array( '1', 'Ana Berg' ), array( $this->row( 'contacts', '1 = 1' )['marketing'], $this->row( 'contacts', '1 = 1' )['profile_name'] ) );
		$order->meta['_wc_other/nxtchat/marketing'] = '1';
		ConsentBoxes::ordered_by_block( $order );
		self::assertCount( 1, $this->rows( 'contacts' ) );
	}

	/** @return array{string, array<string, string>, string} The page, the form's hidden fields, where it goes. */
	private function form(): array {
		$answer = self::get( (string) get_permalink( $this->page ) );
		self::assertSame( 200, $answer['status'] );
		self::assertMatchesRegularExpression( '/<form class="nxtchat-consent[^>]*action="([^"]+)"/', $answer['body'] );
		preg_match( '/<form class="nxtchat-consent[^>]*action="([^"]+)".*?<\/form>/s', $answer['body'], $found );
		return array( $answer['body'], self::hidden( $found[0] ), html_entity_decode( $found[1], ENT_QUOTES ) );
	}

	/** @return array<string, string> */
	private static function hidden( string $html ): array {
		preg_match_all( '/<input type="hidden" name="((?:nxtchat_)?(?:wording|page|purpose|seal))" value="([^"]*)"/', $html, $found );
		self::assertCount( 4, $found[1] );
		return array_combine( $found[1], array_map( static fn( string $v ): string => html_entity_decode( $v, ENT_QUOTES ), $found[2] ) );
	}

	/** @return array{status: int, body: string, type: string} */
	private static function get( string $url ): array {
		return self::http( $url, array() );
	}

	/** @return array{status: int, body: string, type: string} */
	private static function post( string $url, array $fields, string $accept = 'application/json' ): array {
		return self::http( $url, array( CURLOPT_POSTFIELDS => http_build_query( $fields ), CURLOPT_HTTPHEADER => array( "Accept: $accept" ) ) );
	}

	private static function http( string $url, array $options ): array {
		$ch = curl_init( $url );
		curl_setopt_array( $ch, $options + array( CURLOPT_RETURNTRANSFER => true, CURLOPT_TIMEOUT => 30 ) );
		$body = curl_exec( $ch );
		return array(
			'status' => (int) curl_getinfo( $ch, CURLINFO_RESPONSE_CODE ),
			'body'   => (string) $body,
			'type'   => (string) curl_getinfo( $ch, CURLINFO_CONTENT_TYPE ),
		);
	}
}
