<?php
/**
 * The form, the pages of browsers without JavaScript, profiles, and the asking of existing users.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Tests\Login;

use NxtChat\Login\Bindings;
use NxtChat\Login\BindPage;
use NxtChat\Login\LoginForm;
use NxtChat\Login\LoginPlaces;
use NxtChat\Login\LoginSettings;
use NxtChat\Login\Migration;
use NxtChat\Login\ProfileForm;
use NxtChat\Native;

require_once __DIR__ . '/LoginCase.php';

/** Pages through real HTTP, as browsers get them. */
final class FormTest extends LoginCase {

	private int $page;

	protected function setUp(): void {
		parent::setUp();
		$this->page = (int) wp_insert_post(
			array(
				'post_type'    => 'page',
				'post_status'  => 'publish',
				'post_title'   => 'Welcome back',
				'post_content' => wp_slash( '<!-- wp:nxtchat/login /-->' ),
			)
		);
		$this->set( array( 'countries' => array( 'DE', 'GB' ) ) );
	}

	protected function tearDown(): void {
		wp_delete_post( $this->page, true );
		unset( $_COOKIE['nxtchat_later'], $_POST['nxtchat_login_remove'] );
		$there = get_user_by( 'login', 'ada' );
		if ( $there ) {
			self::remove_user( $there->ID );
		}
		parent::tearDown();
	}

	public function test_the_form_is_the_same_for_everybody_and_never_expires(): void {
		$url    = (string) get_permalink( $this->page );
		$answer = self::http( $url );
		self::assertSame( 200, $answer['status'] );
		self::assertMatchesRegularExpression( '/<form class="nxtchat-login [^>]*action="[^"]+login\/start"/', $answer['body'] );
		self::assertMatchesRegularExpression( '/blocks\/login\/view\.js[^>]*defer/', $answer['body'] );
		self::assertStringNotContainsString( 'nonce', $answer['body'] );
		self::assertStringNotContainsStringIgnoringCase( 'set-cookie', $answer['headers'] );
		$again = self::http( $url, array( CURLOPT_HTTPHEADER => array( 'Cookie: nxtchat_login=' . str_repeat( 'a', 64 ), 'User-Agent: another' ) ) );
		self::assertSame( $answer['body'], $again['body'] );
		// One form a place, each with ids of its own.
		wp_update_post( array( 'ID' => $this->page, 'post_content' => '[nxtchat_login][nxtcc_login_whatsapp foo="bar"]' ) );
		$body = self::http( $url )['body'];
		preg_match_all( '/ id="([^"]*nxtchat[^"]*)"/', $body, $ids );
		self::assertSame( 2, substr_count( $body, '<form class="nxtchat-login ' ) );
		self::assertSame( $ids[1], array_unique( $ids[1] ) );
	}

	public function test_attributes_are_escaped_and_lead_nowhere_else(): void {
		$html = LoginForm::shortcode( array( 'button' => '"><script>alert(1)</script>Los', 'redirect' => 'https://elsewhere.test/x', 'country' => '"><b>' ) );
		self::assertStringNotContainsString( '<script>', $html );
		self::assertStringContainsString( '&quot;&gt;Los</button>', $html );
		self::assertStringNotContainsString( 'elsewhere.test', $html );
		self::assertStringContainsString( '<option value="DE" data-calling="49" selected>', $html );
		$html = LoginForm::block( '', array( 'attrs' => array( 'redirect' => '/account/?a=1&b="2"', 'country' => 'gb', 'align' => 'x" onload="', 'button' => array( 'x' ) ) ) );
		self::assertStringContainsString( 'name="redirect" value="/account/?a=1&#038;b=2"', $html );
		self::assertStringContainsString( '<option value="GB" data-calling="44" selected>', $html );
		self::assertStringNotContainsString( 'onload', $html );
		foreach ( array( 'javascript:alert(1)', '//elsewhere.test', '\\\\elsewhere.test', 'http:elsewhere.test', "/\t/elsewhere.test" ) as $bad ) {
			self::assertStringNotContainsString( 'elsewhere', LoginForm::shortcode( array( 'redirect' => $bad ) ), $bad );
			self::assertStringNotContainsString( 'javascript:', LoginForm::shortcode( array( 'redirect' => $bad ) ), $bad );
		}
	}

	public function test_only_countries_that_may_log_in_are_offered_and_one_is_no_choice(): void {
		self::assertSame( 2, substr_count( LoginForm::shortcode( '' ), '<option ' ) );
		$this->set( array( 'countries' => array( 'AT' ) ) );
		$html = LoginForm::shortcode( '' );
		self::assertStringNotContainsString( '<select', $html );
		self::assertStringContainsString( '<input type="hidden" name="country" value="AT">', $html );
		self::assertStringContainsString( '>+43</span>', $html );
	}

	public function test_what_is_switched_off_is_not_there(): void {
		$url = (string) get_permalink( $this->page );
		self::assertStringContainsString( 'name="remember"', LoginForm::shortcode( '' ) );
		$this->set( array( 'remember' => false, 'word' => false ) );
		self::assertStringNotContainsString( 'name="remember"', LoginForm::shortcode( '' ) );
		self::assertStringNotContainsString( 'data-step="word"', LoginForm::shortcode( '' ) );
		$this->set( array( 'word' => true ) );
		self::assertStringContainsString( 'data-step="word"', LoginForm::shortcode( '' ) );
		$login = wp_login_url( home_url( '/x/' ) );
		self::assertMatchesRegularExpression( '/<a class="button button-large" href="[^"]+action=nxtchat_phone&#038;redirect_to=[^"]+">/', self::http( $login )['body'] );
		$this->set( array( 'on_wp_login' => false ) );
		self::assertStringNotContainsString( 'nxtchat_phone', self::http( $login )['body'] );
		self::assertStringContainsString( 'data-nxtchat-login="login"', self::http( LoginPlaces::url( '' ) )['body'], 'The view stays: pages without JavaScript lead there.' );
		$this->set( array( 'enabled' => false ) );
		self::assertStringNotContainsString( 'nxtchat', self::http( $url )['body'] );
		self::assertStringNotContainsString( 'nxtchat', self::http( LoginPlaces::url( '' ) )['body'] );
		self::assertSame( '', LoginForm::shortcode( '' ) );
		$this->sign_in();
		self::assertStringContainsString( 'switched off', LoginForm::shortcode( '' ) );
	}

	public function test_feeds_have_no_form_and_signed_in_people_see_who_they_are(): void {
		$id = $this->user();
		wp_update_user( array( 'ID' => $id, 'display_name' => 'Ada & "L"' ) );
		wp_set_current_user( $id );
		$html = LoginForm::shortcode( '' );
		self::assertStringNotContainsString( '<form', $html );
		self::assertStringContainsString( 'You are logged in as <strong>Ada &amp; &quot;L&quot;</strong>', $html );
		self::assertStringContainsString( 'action=logout', $html );
		wp_set_current_user( 0 );
		$post = (int) wp_insert_post( array( 'post_status' => 'publish', 'post_title' => 'In a feed', 'post_content' => 'before [nxtchat_login] after' ) );
		update_option( 'rss_use_excerpt', 0 );
		$feed = self::http( home_url( '/feed/' ) )['body'];
		self::assertStringContainsString( 'before', $feed );
		self::assertStringNotContainsString( 'nxtchat-login', $feed );
		wp_delete_post( $post, true );
	}

	public function test_a_page_without_the_form_knows_nothing_of_it(): void {
		wp_update_post( array( 'ID' => $this->page, 'post_content' => 'Nothing here.' ) );
		$this->set( array( 'migrate' => array( 'enabled' => true, 'until' => '2020-01-01' ) ) );
		$answer = self::http( (string) get_permalink( $this->page ) );
		self::assertSame( 200, $answer['status'] );
		self::assertStringNotContainsString( 'nxtchat', $answer['body'] );
	}

	public function test_without_javascript_each_answer_is_a_page_with_the_next_step(): void {
		$this->user();
		$page = (string) get_permalink( $this->page );
		$post = static fn( string $route, array $fields, array $headers = array() ): array => self::http(
			rest_url( "nxtchat/v1/login/$route" ),
			array(
				CURLOPT_POSTFIELDS => http_build_query( $fields ),
				CURLOPT_HTTPHEADER => array_merge( array( 'Accept: text/html,application/xhtml+xml', 'Sec-Fetch-Site: same-origin', "Referer: $page" ), $headers ),
			)
		);
		$bad  = $post( 'start', array( 'country' => 'GB', 'phone' => '12"><script>x</script>', 'redirect' => 'https://elsewhere.test/' ) );
		self::assertSame( 400, $bad['status'] );
		self::assertStringContainsString( 'text/html', $bad['type'] );
		self::assertStringContainsString( 'This is not a phone number', $bad['body'] );
		self::assertStringContainsString( 'value="12&quot;&gt;&lt;script', $bad['body'] );
		self::assertStringNotContainsString( '<script>', $bad['body'] );
		self::assertStringNotContainsString( 'elsewhere.test', $bad['body'] );
		self::assertStringContainsString( '<option value="GB" data-calling="44" selected>', $bad['body'] );
		self::assertMatchesRegularExpression( '/^x-frame-options: sameorigin/mi', $bad['headers'] );
		self::assertMatchesRegularExpression( '/^cache-control: [^\n]*no-store/mi', $bad['headers'] );
		$bad = $post( 'start', array( 'country' => 'DE', 'phone' => '12' ) );
		self::assertStringContainsString( 'name="redirect" value="' . $page . '"', $bad['body'], 'Back to the page that the form was on.' );

		$good = $post( 'start', array( 'country' => 'DE', 'phone' => self::ADA ) );
		self::assertSame( 200, $good['status'], $good['body'] );
		self::assertSame( 1, preg_match( '/^set-cookie: (nxtchat_login=[0-9a-f]{64});[^\n]*HttpOnly; SameSite=Lax/mi', $good['headers'], $cookie ) );
		self::assertSame( 1, preg_match( '/name="challenge" value="([^"]+)"/', $good['body'], $challenge ) );
		self::assertStringContainsString( '+49 ••• 001', $good['body'] );
		self::assertStringNotContainsString( self::ADA, $good['body'] );
		self::wait_for( fn(): bool => array() !== $this->codes(), 10.0, 'the code' );
		$with  = array( "Cookie: {$cookie[1]}" );
		$wrong = $post( 'verify', array( 'challenge' => $challenge[1], 'code' => '000' . ( '0' === $this->code()[3] ? '1' : '0' ) . '00' ), $with );
		self::assertSame( 400, $wrong['status'] );
		self::assertStringContainsString( 'You can try 4 more times', $wrong['body'] );
		self::assertStringContainsString( $challenge[1], $wrong['body'] );
		self::assertSame( 403, $post( 'verify', array( 'challenge' => $challenge[1], 'code' => $this->code() ) )['status'], 'Another browser.' );
		$in = $post( 'verify', array( 'challenge' => $challenge[1], 'code' => ' ' . chunk_split( $this->code(), 3, ' ' ) ), $with );
		self::assertSame( 303, $in['status'], $in['body'] );
		self::assertSame( 1, preg_match( '/^location: (\S+action=nxtchat&\S+)/mi', $in['headers'], $next ) );
		$done = self::http( $next[1], array( CURLOPT_HTTPHEADER => $with ) );
		self::assertSame( 302, $done['status'] );
		self::assertStringContainsStringIgnoringCase( "location: $page", $done['headers'] );
		self::assertStringContainsString( LOGGED_IN_COOKIE, $done['headers'] );
	}

	public function test_without_javascript_a_word_is_a_page_too(): void {
		$this->set( array( 'word' => true ) );
		global $wpdb;
		$wpdb->query( 'UPDATE ' . self::table( 'accounts' ) . " SET display_phone = '+1 555-078-3881'" );
		$accept = array( CURLOPT_HTTPHEADER => array( 'Accept: text/html' ) );
		$word   = self::http( rest_url( 'nxtchat/v1/login/word' ), $accept + array( CURLOPT_POSTFIELDS => '' ) );
		self::assertSame( 200, $word['status'], $word['body'] );
		self::assertStringContainsString( 'https://wa.me/15550783881?text=', $word['body'] );
		self::assertMatchesRegularExpression( '/<svg role="img"[^>]*viewBox="-4 -4 \d+ \d+">.*<path d="M0 0h7/s', $word['body'] );
		preg_match( '/^set-cookie: (nxtchat_login=[0-9a-f]{64})/mi', $word['headers'], $cookie );
		preg_match( '/name="challenge" value="([^"]+)"/', $word['body'], $challenge );
		$state = self::http( rest_url( 'nxtchat/v1/login/word/state' ), array( CURLOPT_POSTFIELDS => http_build_query( array( 'challenge' => $challenge[1] ) ), CURLOPT_HTTPHEADER => array( 'Accept: text/html', "Cookie: {$cookie[1]}" ) ) );
		self::assertStringContainsString( 'No message has come yet', $state['body'] );
		self::assertStringContainsString( $challenge[1], $state['body'] );
	}

	public function test_a_profile_shows_ones_own_number_masked_and_belongs_to_no_other_form(): void {
		$id = $this->user();
		wp_set_current_user( $id );
		$html = self::printed( static fn() => ProfileForm::own( get_userdata( $id ) ) );
		self::assertStringContainsString( '>+49 ••• 001</strong>', $html );
		self::assertStringNotContainsString( self::ADA, $html );
		self::assertStringContainsString( 'data-nonce="' . wp_create_nonce( 'wp_rest' ) . '"', $html );
		self::assertStringNotContainsString( '<form', $html );
		self::assertStringNotContainsString( 'type="submit"', $html );
		self::assertSame( preg_match_all( '/<(?:input|select) /', $html ), preg_match_all( '/<(?:input|select) form="nxtchat-none" /', $html ) );
		self::assertStringContainsString( '<form', self::printed( array( ProfileForm::class, 'woocommerce' ) ) );
	}

	public function test_staff_see_that_there_is_a_number_and_may_take_it_off(): void {
		$id = $this->user();
		$this->sign_in( 'editor' );
		self::assertSame( '', self::printed( static fn() => ProfileForm::other( get_userdata( $id ) ) ) );
		$_POST['nxtchat_login_remove'] = '1';
		ProfileForm::updated( $id );
		self::assertNotNull( Bindings::of_user( $id ) );
		$this->sign_in();
		$html = self::printed( static fn() => ProfileForm::other( get_userdata( $id ) ) );
		self::assertStringContainsString( '+49 ••• 001', $html );
		self::assertStringNotContainsString( self::ADA, $html );
		ProfileForm::updated( $id );
		self::assertNull( Bindings::of_user( $id ) );
		self::assertSame( '', get_user_meta( $id, Bindings::META, true ) );
	}

	public function test_a_number_that_is_not_fresh_says_so(): void {
		global $wpdb;
		$id = $this->user();
		$wpdb->query( 'UPDATE ' . self::table( 'bindings' ) . ' SET stale = ' . Bindings::CHANGED );
		wp_set_current_user( $id );
		self::assertStringContainsString( 'WhatsApp says that this number has changed', self::printed( static fn() => ProfileForm::own( get_userdata( $id ) ) ) );
	}

	public function test_existing_users_are_asked_and_nobody_is_locked_out(): void {
		$id = $this->user();
		Bindings::unbind( $id, 0 );
		$user = get_userdata( $id );
		self::assertFalse( Migration::asks( $user ), 'Not switched on.' );
		$this->set( array( 'migrate' => array( 'enabled' => true, 'until' => '2099-12-31', 'text' => 'Come <b>on</b>' ) ) );
		self::assertTrue( Migration::asks( $user ) );
		self::assertFalse( Migration::must( $user ), 'There is time.' );
		wp_set_current_user( $id );
		self::assertStringContainsString( 'Come &lt;b&gt;on&lt;/b&gt;', self::printed( array( Migration::class, 'bar' ) ) );
		$this->set( array( 'migrate' => array( 'until' => '2020-01-01', 'text' => '' ) ) );
		self::assertTrue( Migration::must( $user ) );
		self::assertSame( BindPage::url( 'https://x.test/' ), Migration::after_login( 'https://x.test/', '', $user ) );
		self::assertSame( 'x', Migration::after_login( 'x', '', new \WP_Error( 'no' ) ) );

		$admin = get_userdata( $this->sign_in() );
		$this->set( array( 'excluded_roles' => array() ) );
		self::assertTrue( Migration::asks( $admin ) );
		self::assertFalse( Migration::must( $admin ), 'Administrators get in.' );
		$this->set( array( 'excluded_roles' => array( 'subscriber' ) ) );
		self::assertFalse( Migration::asks( $user ), 'A code does not log them in.' );
		$this->set( array( 'excluded_roles' => null, 'migrate' => array( 'roles' => array( 'editor' ) ) ) );
		self::assertFalse( Migration::asks( $user ) );
		$this->set( array( 'migrate' => array( 'roles' => array() ) ) );
		self::assertTrue( Migration::must( $user ) );

		$template = LoginSettings::all()['template_id'];
		$this->set( array( 'template_id' => 0 ) );
		self::assertFalse( Migration::must( $user ), 'No code can be sent.' );
		$this->set( array( 'template_id' => $template ) );
		$_COOKIE['nxtchat_later'] = '1';
		self::assertFalse( Migration::must( $user ), 'Put off for a day.' );
		wp_set_current_user( $id );
		self::assertSame( '', self::printed( array( Migration::class, 'bar' ) ) );
		unset( $_COOKIE['nxtchat_later'] );
		Bindings::bind( $id, self::BOB, $id );
		self::assertFalse( Migration::asks( get_userdata( $id ) ) );
	}

	public function test_asking_costs_no_query(): void {
		$id = $this->user();
		Bindings::unbind( $id, 0 );
		$this->set( array( 'migrate' => array( 'enabled' => true, 'until' => '2099-12-31' ) ) );
		wp_set_current_user( $id );
		current_user_can( 'read' ); // WordPress has read the user and their meta.
		get_user_meta( $id );
		$shown = '';
		self::assertSame( array(), $this->queries( static function () use ( &$shown ): void {
			$shown = self::printed( array( Migration::class, 'bar' ) );
		} ) );
		self::assertStringContainsString( 'Confirm my number', $shown );
	}

	public function test_the_page_to_confirm_a_number_is_for_people_who_are_signed_in(): void {
		$answer = self::http( BindPage::url() );
		self::assertSame( 302, $answer['status'] );
		self::assertMatchesRegularExpression( '/^location: \S+wp-login\.php\?redirect_to=\S+nxtchat_bind/mi', $answer['headers'] );
		$bind = self::http( rest_url( 'nxtchat/v1/login/bind' ), array( CURLOPT_POSTFIELDS => 'phone=' . rawurlencode( self::ADA ), CURLOPT_HTTPHEADER => array( 'Accept: text/html' ) ) );
		self::assertSame( 401, $bind['status'] );
		self::assertStringContainsString( '<h1>Your WhatsApp number</h1>', $bind['body'] );
		$old = self::http( rest_url( 'nxtchat/v1/login/bind' ), array( CURLOPT_POSTFIELDS => '_wpnonce=old&phone=1', CURLOPT_HTTPHEADER => array( 'Accept: text/html', 'Cookie: ' . LOGGED_IN_COOKIE . '=' . rawurlencode( wp_generate_auth_cookie( $this->user(), time() + 60, 'logged_in' ) ) ) ) );
		self::assertSame( 403, $old['status'] );
		self::assertStringContainsString( 'open for too long', $old['body'] );
	}

	/** WooCommerce's own hooks: the shop itself is not part of this test. */
	public function test_woocommerce_has_a_panel_beside_its_form_and_not_in_it(): void {
		$html = self::printed( array( LoginPlaces::class, 'woocommerce' ) );
		self::assertMatchesRegularExpression( '#^<details class="nxtchat-login-panel"><summary>Log in with WhatsApp</summary><form .*</form></details>$#s', $html );
		self::assertStringContainsString( 'woocommerce-Input', $html );
		self::assertStringNotContainsString( 'data-password', $html, 'The form for the password is below.' );
	}

	public function test_the_qr_code_is_drawn_here(): void {
		$code = Native\qr_draw( 'https://wa.me/15550783881?text=x' );
		self::assertSame( 0, ( $code['size'] - 17 ) % 4 );
		self::assertMatchesRegularExpression( '/^(M\d+ \d+h\d+v1h-\d+z)+$/', $code['path'] );
		$this->expectException( Native\Exception\InvalidInput::class );
		Native\qr_draw( str_repeat( 'x', 601 ) );
	}

	private static function printed( callable $work ): string {
		ob_start();
		$work();
		return (string) ob_get_clean();
	}

	/** @return array{status: int, headers: string, body: string, type: string} */
	private static function http( string $url, array $options = array() ): array {
		$ch = curl_init( $url );
		curl_setopt_array( $ch, $options + array( CURLOPT_RETURNTRANSFER => true, CURLOPT_HEADER => true, CURLOPT_TIMEOUT => 30 ) );
		$answer = (string) curl_exec( $ch );
		$size   = (int) curl_getinfo( $ch, CURLINFO_HEADER_SIZE );
		return array(
			'status'  => (int) curl_getinfo( $ch, CURLINFO_RESPONSE_CODE ),
			'headers' => substr( $answer, 0, $size ),
			'body'    => substr( $answer, $size ),
			'type'    => (string) curl_getinfo( $ch, CURLINFO_CONTENT_TYPE ),
		);
	}
}
