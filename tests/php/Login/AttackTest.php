<?php
/**
 * Attacks over HTTP, many at once.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Tests\Login;

use NxtChat\Login\Bindings;
use NxtChat\Native;
use NxtChat\Site;

require_once __DIR__ . '/WebCase.php';

final class AttackTest extends WebCase {

	/** @param list<array> $answers @return array<string, int> How many of each error code; 'ok' for the others. */
	private static function tally( array $answers ): array {
		$tally = array_count_values( array_map( static fn( array $answer ): string => $answer['status'] >= 500 ? "{$answer['status']}: " . substr( $answer['body'], 0, 300 ) : (string) ( $answer['json']['code'] ?? 'ok' ), $answers ) );
		ksort( $tally );
		return $tally;
	}

	// --- guessing -------------------------------------------------------------------------------------------------

	public function test_five_hundred_wrong_guesses_at_once_are_five(): void {
		$this->user();
		[ $browser, $form, $code ] = $this->asked();
		$requests                  = array();
		for ( $n = 0; $n < 500; $n++ ) {
			$requests[] = $browser->to( 'login/verify', array( 'challenge' => $form['challenge'], 'code' => self::wrong( $code, $n ) ) );
		}
		$tally = self::tally( Browser::send( $requests ) );
		$this->settled();
		self::assertSame( array(), array_diff_key( $tally, array( 'nxtchat_login_code' => 0, 'nxtchat_login_exhausted' => 0 ) ) );
		self::assertLessThanOrEqual( 4, $tally['nxtchat_login_code'] ?? 0 );
		self::assertSame( 5, $this->sums()['refused:code'], 'Codes that were looked at.' );
		self::assertSame( 495, $this->sums()['refused:attempt'] );
		self::assertSame( '5', $this->rows( 'challenges' )[0]['attempts'] );
		// Nor is the right one looked at now, nor sent anew.
		self::assertSame( 'nxtchat_login_exhausted', $browser->post( 'login/verify', array( 'challenge' => $form['challenge'], 'code' => $code ) )['json']['code'] );
		self::assertSame( 'nxtchat_login_exhausted', $browser->post( 'login/start', array( 'challenge' => $form['challenge'] ) )['json']['code'] );
		self::assertCount( 1, $this->codes() );
		// And the number's owner is not shut out for the day by what was never looked at.
		$this->later( 301 );
		[ $browser, $form, $code ] = $this->asked();
		self::assertSame( 200, $browser->post( 'login/verify', array( 'challenge' => $form['challenge'], 'code' => $code ) )['status'] );
	}

	public function test_guesses_spread_over_numbers_are_counted_for_the_address(): void {
		$this->set( array( 'budgets' => array( 'ip' => array( 0, 0, 12 ) ) + self::NO_BUDGETS, 'proxies' => array( '127.0.0.1' ) ) );
		$looked = 0;
		for ( $n = 0; $n < 6; $n++ ) {
			$number  = '+4915112345' . ( 100 + $n );
			$browser = new Browser();
			// Asked for from everywhere, guessed from one place.
			$form = $browser->post( 'login/start', array( 'phone' => $number ), array( "X-Forwarded-For: 198.51.100.$n" ) )['json'];
			for ( $try = 0; $try < 5; $try++ ) {
				$answer  = $browser->post( 'login/verify', array( 'challenge' => $form['challenge'], 'code' => "00000$try" ), array( 'X-Forwarded-For: 203.0.113.9' ) );
				$looked += in_array( $answer['json']['code'], array( 'nxtchat_login_code', 'nxtchat_login_exhausted' ), true ) ? 1 : 0;
			}
		}
		self::assertSame( 12, $looked );
	}

	public function test_guesses_across_challenges_and_browsers_share_the_attempts(): void {
		$this->user();
		$this->user( self::BOB, 'subscriber', 'bob' );
		[ $one, $first, $code ] = $this->asked();
		$this->later( 31 );
		[ $two, $second, $code ] = $this->asked();
		[ , , $of_bob ]          = $this->asked( self::BOB );
		self::assertNotSame( $first['challenge'], $second['challenge'] );
		$requests = array();
		for ( $n = 0; $n < 60; $n++ ) {
			[ $browser, $form ] = $n % 2 ? array( $one, $first ) : array( $two, $second );
			// Also the code that another number has.
			$guess      = 0 === $n && $of_bob !== $code ? $of_bob : self::wrong( $code, $n );
			$requests[] = $browser->to( 'login/verify', array( 'challenge' => $form['challenge'], 'code' => $guess ) );
		}
		Browser::send( $requests );
		$this->settled();
		self::assertSame( 5, $this->sums()['refused:code'] );
		// One's token with the other's cookie is nobody's.
		self::assertSame( 'nxtchat_login_session', $one->post( 'login/verify', array( 'challenge' => $second['challenge'], 'code' => $code ) )['json']['code'] );
	}

	public function test_a_hundred_requests_for_one_number_at_once_send_one_message(): void {
		$this->user();
		$requests = array();
		for ( $n = 0; $n < 100; $n++ ) {
			$requests[] = ( new Browser() )->to( 'login/start', array( 'phone' => self::ADA ) );
		}
		$tally = self::tally( Browser::send( $requests ) );
		$this->settled();
		self::assertSame( array( 'nxtchat_login_wait' => 99, 'ok' => 1 ), $tally );
		self::assertCount( 1, $this->codes() );
		self::assertCount( 1, $this->rows( 'challenges' ) );
	}

	public function test_a_loop_of_resends_sends_what_the_budget_allows(): void {
		$this->user();
		$this->set( array( 'budgets' => array( 'number' => array( 0, 0, 4 ) ) + self::NO_BUDGETS ) );
		[ $browser, $form ] = $this->asked();
		for ( $n = 0; $n < 12; $n++ ) {
			global $wpdb;
			$wpdb->query( 'UPDATE ' . self::table( 'challenges' ) . ' SET sent_ms = sent_ms - 31000' );
			$requests = array();
			for ( $copy = 0; $copy < 8; $copy++ ) {
				$requests[] = $browser->to( 'login/start', array( 'challenge' => $form['challenge'] ) );
			}
			self::assertLessThanOrEqual( 1, self::tally( Browser::send( $requests ) )['ok'] ?? 0 );
		}
		$this->settled();
		self::assertCount( 4, $this->codes() );
		self::assertSame( '0', $this->rows( 'challenges' )[0]['attempts'] );
		self::assertSame( '4', $this->rows( 'challenges' )[0]['sends'] );
	}

	// --- right codes ----------------------------------------------------------------------------------------------

	public function test_fifty_right_answers_at_once_are_one_account_and_one_session(): void {
		$this->open_registration();
		[ $browser, $form, $code ] = $this->asked();
		$answers                   = Browser::send( array_fill( 0, 50, $browser->to( 'login/verify', array( 'challenge' => $form['challenge'], 'code' => $code ) ) ) );
		$next                      = array_values( array_filter( array_column( array_column( $answers, 'json' ), 'next' ) ) );
		self::assertCount( 1, $next, (string) wp_json_encode( self::tally( $answers ) ) );
		$visits = Browser::send( array_fill( 0, 20, $browser->visit( $next[0] ) ) );
		self::assertCount( 1, array_filter( array_column( $visits, 'signed_in' ) ) );
		self::assertSame( array(), array_filter( array_column( $visits, 'status' ), static fn( int $status ): bool => $status >= 500 ) );
		$this->settled();
		wp_cache_flush();
		self::assertCount( 1, get_users( array( 'search' => 'member-*' ) ) );
		self::assertCount( 1, $this->rows( 'bindings' ) );
		self::assertSame( 1, $this->sums()['success'] );
		foreach ( $visits as $visit ) {
			$browser->keep( $visit );
		}
		self::assertSame( 200, $browser->get( '/wp-admin/profile.php' )['status'] );
	}

	public function test_two_who_register_one_number_at_once_are_one_account(): void {
		$this->open_registration();
		$this->plugin( 'add_filter( "nxtchat_login_new_user", function ( $data ) { usleep( 700000 ); return $data; } );' ); // Both find that there is no account.
		// Two challenges that are both verified, as after a kill or an expiry between.
		$next = array();
		for ( $n = 0; $n < 2; $n++ ) {
			[ $browser, $form, $code ] = $this->asked();
			$answer                    = $browser->post( 'login/verify', array( 'challenge' => $form['challenge'], 'code' => $code ) );
			$next[]                    = $browser->visit( $answer['json']['next'] );
		}
		$visits = Browser::send( array( ...array_fill( 0, 10, $next[0] ), ...array_fill( 0, 10, $next[1] ) ) );
		self::assertCount( 2, array_filter( array_column( $visits, 'signed_in' ) ) );
		$this->settled();
		wp_cache_flush();
		self::assertCount( 1, get_users( array( 'search' => 'member-*' ) ) );
		self::assertCount( 1, $this->rows( 'bindings' ) );
		self::assertSame( 1, $this->sums()['register'] );
	}

	public function test_nothing_is_good_twice(): void {
		$this->user();
		[ $browser, $form, $code ] = $this->asked();
		$right                     = array( 'challenge' => $form['challenge'], 'code' => $code );
		$next                      = $browser->post( 'login/verify', $right )['json']['next'];
		self::assertSame( 410, $browser->post( 'login/verify', $right )['status'] );
		$copy = clone $browser;
		self::assertTrue( $browser->get( $next )['signed_in'] );
		foreach ( array( $copy, $browser, new Browser() ) as $who ) {
			self::assertFalse( $who->get( $next )['signed_in'] );
		}
		self::assertSame( 410, $copy->post( 'login/verify', $right )['status'] );
		self::assertFalse( $copy->get( '/wp-login.php?action=nxtchat&pass=' . rawurlencode( $form['challenge'] ) )['signed_in'] );
		// Old cookie, new code.
		[ , $again, $new ] = $this->asked( self::ADA, array(), $copy );
		self::assertSame( $new === $code ? 200 : 400, $copy->post( 'login/verify', array( 'challenge' => $again['challenge'], 'code' => $code ) )['status'] );
	}

	public function test_a_pass_runs_out(): void {
		$this->user();
		[ $browser, $form, $code ] = $this->asked();
		$next                      = $browser->post( 'login/verify', array( 'challenge' => $form['challenge'], 'code' => $code ) )['json']['next'];
		global $wpdb;
		$wpdb->query( 'UPDATE ' . self::table( 'challenges' ) . ' SET done_ms = done_ms - 121000' );
		self::assertFalse( $browser->get( $next )['signed_in'] );
	}

	// --- forging --------------------------------------------------------------------------------------------------

	public function test_forged_tokens_are_refused_without_a_trace(): void {
		$this->user();
		[ $browser, $form, $code ] = $this->asked();
		$token                     = $form['challenge'];
		[ $body, $tag ]            = explode( '.', $token );
		$decoded                   = base64_decode( strtr( $body, '-_', '+/' ) ); // phpcs:ignore
		$encode                    = static fn( string $bytes ): string => rtrim( strtr( base64_encode( $bytes ), '+/', '-_' ), '=' ); // phpcs:ignore
		$forged                    = array(
			'', '.', '..', 'a.b', $body, ".$tag", "$body.", "$token.", " $token", "$token\n", strrev( $token ), strtolower( $token ),
			substr( $token, 0, -1 ), substr( $token, 1 ), "$body." . substr( $tag, 0, 10 ), "$body.$tag=",
			$encode( str_replace( self::ADA, self::BOB, $decoded ) ) . ".$tag",
			$encode( "\x7f" . substr( $decoded, 1 ) ) . ".$tag",
			$encode( str_replace( '"code"', '"pass"', $decoded ) ) . ".$tag",
			$encode( '{"t":"code","u":"x","p":"+491","b":0,"h":"","r":"","m":false}' ) . ".$tag",
			str_repeat( 'A', 3000 ), "\0", "' OR 1=1 -- ", '{"t":"code"}', 'null', $encode( str_repeat( "\0", 40 ) ) . '.' . $encode( str_repeat( "\0", 32 ) ),
		);
		$before = $this->rows( 'challenges' );
		foreach ( $forged as $one ) {
			foreach ( array( 'login/verify', 'login/start', 'login/word/state', 'login/bind/verify' ) as $route ) {
				if ( 'login/start' === $route && '' === $one ) {
					continue; // A new request without a number.
				}
				$answer = $browser->post( $route, array( 'challenge' => $one, 'code' => $code ) );
				self::assertContains( $answer['status'], array( 400, 401, 410 ), "$route: " . substr( $one, 0, 60 ) . ': ' . $answer['body'] );
			}
			self::assertFalse( $browser->get( '/wp-login.php?action=nxtchat&pass=' . rawurlencode( $one ) )['signed_in'] );
		}
		foreach ( array( array(), array( 'x' ), 1, true, null, array( 'challenge' => 'x' ) ) as $odd ) {
			self::assertSame( 400, $browser->post( 'login/verify', array( 'challenge' => $odd, 'code' => array( $code ) ) )['status'] );
		}
		$browser->get( '/wp-login.php?action=nxtchat&pass[]=x' );
		self::assertSame( $before, $this->rows( 'challenges' ) );
		// The real one is still good.
		self::assertSame( 200, $browser->post( 'login/verify', array( 'challenge' => $token, 'code' => $code ) )['status'] );
	}

	public function test_an_old_token_is_refused(): void {
		$this->user();
		[ $browser, $form, $code ] = $this->asked();
		$this->later( 301 );
		self::assertSame( 410, $browser->post( 'login/verify', array( 'challenge' => $form['challenge'], 'code' => $code ) )['status'] );
		$old = \NxtChat\Login\LoginKey::token( (array) json_decode( substr( base64_decode( strtr( explode( '.', $form['challenge'] )[0], '-_', '+/' ) ), 8 ), true ), Site::now_ms() - 1 ); // phpcs:ignore
		self::assertSame( 410, $browser->post( 'login/start', array( 'challenge' => $old ) )['status'] );
	}

	// --- somebody else's browser ----------------------------------------------------------------------------------

	public function test_an_attackers_login_cannot_be_given_to_a_victim(): void {
		$this->user( self::ADA, 'subscriber', 'mallory' );
		$victim                     = new Browser();
		[ $attacker, $form, $code ] = $this->asked();
		// The attacker's challenge, with the right code, in the victim's browser.
		self::assertSame( 403, $victim->post( 'login/verify', array( 'challenge' => $form['challenge'], 'code' => $code ) )['status'] );
		// A victim who has begun a login too.
		$victim->post( 'login/start', array( 'phone' => self::BOB ) );
		self::assertSame( 403, $victim->post( 'login/verify', array( 'challenge' => $form['challenge'], 'code' => $code ) )['status'] );
		self::assertSame( 403, $victim->post( 'login/start', array( 'challenge' => $form['challenge'] ) )['status'] );
		$next = $attacker->post( 'login/verify', array( 'challenge' => $form['challenge'], 'code' => $code ) )['json']['next'];
		self::assertFalse( $victim->get( $next )['signed_in'] );
		self::assertTrue( $attacker->get( $next )['signed_in'], 'What the victim did not use is still good.' );
	}

	public function test_the_cookie_is_changed_with_each_login_and_no_shape_but_its_own_is_taken(): void {
		$this->user();
		$browser                                   = new Browser();
		$browser->cookies['nxtchat_login']         = 'chosen-by-somebody';
		[ , $form, $code ]                         = $this->asked( self::ADA, array(), $browser );
		self::assertMatchesRegularExpression( '/^[0-9a-f]{64}$/', $browser->cookies['nxtchat_login'] );
		$answer = $browser->post( 'login/verify', array( 'challenge' => $form['challenge'], 'code' => $code ) );
		$signed = $browser->get( $answer['json']['next'] );
		self::assertTrue( $signed['signed_in'] );
		self::assertArrayNotHasKey( 'nxtchat_login', $browser->cookies );
		self::assertMatchesRegularExpression( '/^Set-Cookie: nxtchat_login=[^\r\n]*HttpOnly[^\r\n]*SameSite=Lax/mi', $signed['headers'] );
		self::assertMatchesRegularExpression( '/^Referrer-Policy: no-referrer/mi', $signed['headers'] );
		self::assertMatchesRegularExpression( '/^Cache-Control: [^\r\n]*no-(store|cache)/mi', $signed['headers'] );
	}

	public function test_who_is_signed_in_stays_who_they_are(): void {
		$this->user();
		$editor                    = $this->sign_in( 'editor' );
		$signed                    = $this->signed_in_browser( $editor );
		$signed->headers           = array(); // The form of a cached page sends no nonce.
		[ $browser, $form, $code ] = $this->asked( self::ADA, array(), $signed );
		$next                      = $browser->post( 'login/verify', array( 'challenge' => $form['challenge'], 'code' => $code ) )['json']['next'];
		$answer                    = $browser->get( $next );
		self::assertFalse( $answer['signed_in'] );
		self::assertSame( 302, $answer['status'] );
		self::assertStringContainsString( 'test-editor', $browser->get( '/wp-admin/profile.php' )['body'] );
	}

	public function test_other_sites_can_neither_begin_nor_end_a_login(): void {
		$this->user();
		[ $browser, $form, $code ] = $this->asked();
		$own                       = NXTCHAT_TEST_URL;
		$foreign                   = array(
			array( 'Origin: https://evil.example' ),
			array( 'Origin: null' ),
			array( "Origin: $own.evil.example" ),
			array( 'Origin: ' . str_replace( 'http://', 'https://', $own ) ),
			array( 'Sec-Fetch-Site: cross-site' ),
			array( 'Sec-Fetch-Site: same-site' ),
			array( 'Sec-Fetch-Site: cross-site', 'Origin: https://evil.example' ),
			array( 'Sec-Fetch-Site: nonsense' ),
		);
		foreach ( $foreign as $headers ) {
			$new = new Browser();
			foreach ( array( 'application/json', 'text/html' ) as $accept ) {
				$answer = $new->post( 'login/start', array( 'phone' => self::BOB ), array( ...$headers, "Accept: $accept" ) );
				self::assertSame( 403, $answer['status'], implode( ', ', $headers ) );
				self::assertSame( array(), $answer['cookies'] );
			}
			self::assertSame( 403, $browser->post( 'login/verify', array( 'challenge' => $form['challenge'], 'code' => $code ), $headers )['status'] );
		}
		// An image or a script of another page's: WordPress would take both for a POST.
		foreach ( array( '_method=POST', '_method=POST&_jsonp=steal', '_method=post' ) as $trick ) {
			$answer = $browser->get( '/wp-json/nxtchat/v1/login/start?' . $trick . '&phone=' . rawurlencode( self::BOB ) );
			self::assertContains( $answer['status'], array( 403, 404 ), $trick );
			self::assertSame( array(), $answer['cookies'] );
		}
		self::assertSame( 404, $browser->get( '/wp-json/nxtchat/v1/login/start?phone=' . rawurlencode( self::BOB ) )['status'] );
		self::assertCount( 1, $this->rows( 'challenges' ) );
		foreach ( array( array( 'Sec-Fetch-Site: same-origin', 'Origin: null' ), array( "Origin: $own" ), array( 'Sec-Fetch-Site: none' ) ) as $headers ) {
			self::assertSame( 400, $browser->post( 'login/verify', array( 'challenge' => $form['challenge'], 'code' => self::wrong( $code ) ), $headers )['status'] );
		}
	}

	public function test_signed_in_routes_need_the_nonce(): void {
		$id      = $this->user();
		$browser = $this->signed_in_browser( $id );
		$browser->headers = array();
		foreach ( array( 'login/bind', 'login/bind/verify' ) as $route ) {
			self::assertSame( 401, $browser->post( $route, array( 'phone' => self::BOB, 'challenge' => 'x', 'code' => '123456' ) )['status'] );
		}
		$answer = Browser::send( array( $browser->request( 'DELETE', '/wp-json/nxtchat/v1/login/bind' ) ) )[0];
		self::assertSame( 401, $answer['status'] );
		self::assertNotNull( Bindings::of_user( $id ) );
	}

	public function test_without_javascript_a_form_logs_in_on_the_same_site_only(): void {
		$this->user();
		$browser = new Browser();
		$html    = array( 'Content-Type: application/x-www-form-urlencoded', 'Accept: text/html,*/*', 'Sec-Fetch-Site: same-origin', 'Origin: ' . NXTCHAT_TEST_URL );
		$post    = static fn( string $route, array $fields ): array => $browser->keep( Browser::send( array( $browser->request( 'POST', "/wp-json/nxtchat/v1/$route", $html, http_build_query( $fields ) ) ) )[0] );
		$page    = $post( 'login/start', array( 'phone' => '0151 1234 0001', 'country' => 'DE', 'redirect' => '//evil.example/x' ) );
		self::assertSame( 200, $page['status'] );
		self::wait_for( fn() => array() !== $this->codes(), 10.0, 'the code' );
		preg_match( '/name="challenge" value="([^"]+)"/', $page['body'], $found );
		self::assertStringNotContainsString( 'evil.example', $page['body'] );
		$again = $post( 'login/verify', array( 'challenge' => html_entity_decode( $found[1] ), 'code' => '"><script>alert(1)</script>' ) );
		self::assertStringNotContainsString( '<script>alert', $again['body'] );
		$done = $post( 'login/verify', array( 'challenge' => html_entity_decode( $found[1] ), 'code' => $this->code() ) );
		self::assertSame( 303, $done['status'] );
		$signed = $browser->get( $done['location'] );
		self::assertTrue( $signed['signed_in'] );
		self::assertStringStartsWith( NXTCHAT_TEST_URL, $signed['location'] );
	}

	public function test_redirects_stay_on_the_site(): void {
		$this->user();
		$this->set( array( 'guesses_day' => 100 ) );
		foreach ( self::addresses() as $url ) {
			[ $browser, $form, $code ] = $this->asked( self::ADA, array( 'redirect' => $url ) );
			$next                      = $browser->post( 'login/verify', array( 'challenge' => $form['challenge'], 'code' => $code ) )['json']['next'];
			self::assertStringStartsWith( NXTCHAT_TEST_URL . '/wp-login.php?action=nxtchat', $next );
			// And what somebody added to the address.
			$signed = $browser->get( $next . '&redirect_to=' . rawurlencode( $url ) );
			self::assertTrue( $signed['signed_in'], $url );
			self::assert_own( $signed['location'], $url );
		}
	}

	/** As a browser reads it: backslashes are slashes, tabs and line ends are nothing. */
	private static function assert_own( string $location, string $of ): void {
		$read = str_replace( '\\', '/', (string) preg_replace( '/[\x00-\x20]+/', '', $location ) );
		$host = preg_match( '#^[a-z]+:/*([^/?\#]*)#i', $read, $part ) ? (string) preg_replace( '/^.*@|:\d+$/', '', $part[1] ) : '';
		self::assertTrue( '127.0.0.1' === $host || preg_match( '#^/(?!/)#', $read ), "$of became $location" );
		self::assertDoesNotMatchRegularExpression( '/[\r\n]/', $location );
	}

	/** @return list<string> */
	private static function addresses(): array {
		$own  = 'http://127.0.0.1';
		$urls = array(
			'https://evil.example/', '//evil.example', '///evil.example', '/\\evil.example', '\\\\evil.example', '/\t/evil.example', "/\t/evil.example", "http\n://evil.example",
			'javascript:alert(1)', 'data:text/html,x', 'http:evil.example', 'https:evil.example', 'https:/evil.example', "$own@evil.example/", "$own.evil.example/", "$own:80@evil.example",
			'http://evil.example?x=' . $own, 'http://evil.example#' . $own, 'http://evil%2eexample', 'HTTP://EVIL.EXAMPLE', '%2f%2fevil.example', '/%5cevil.example', "/ok\r\nSet-Cookie: a=b",
			'http://[::1]@evil.example/', "http://evil.example\\@127.0.0.1/", '/' . str_repeat( 'ä', 700 ), '/ok/' . str_repeat( 'x', 2000 - 4 ), "/\xff\xfe",
		);
		return array_map( static fn( string $url ): string => mb_scrub( $url, 'UTF-8' ), $urls );
	}

	// --- telling known numbers from others ------------------------------------------------------------------------

	/** An answer without what may differ: the token, the cookie, the last digits of the number, seconds that count on. */
	private static function bare( array $answer ): array {
		$headers = preg_grep( '/^(Date|Set-Cookie):/i', explode( "\r\n", $answer['headers'] ), PREG_GREP_INVERT );
		$body    = preg_replace( array( '/"challenge":"[^"]+"/', '/name="challenge" value="[^"]+"/', '/"(retry_in|expires_in)":\d+|\d+ (seconds?|minutes?)/' ), '', $answer['body'] );
		return array(
			$answer['status'],
			array_values( $headers ),
			array_keys( $answer['cookies'] ),
			str_replace( array( '001', '002' ), 'xxx', (string) $body ),
			strlen( (string) ( $answer['json']['challenge'] ?? '' ) ),
		);
	}

	public function test_known_and_unknown_numbers_get_the_same_bytes(): void {
		$this->user();
		$this->user( self::BOB, 'administrator', 'bob' );
		global $wpdb;
		foreach ( array( 'unknown', 'unknown, registration open', 'of a role that needs a password', 'stale' ) as $other ) {
			$bob = in_array( $other, array( 'of a role that needs a password', 'stale' ), true );
			$wpdb->query( 'DELETE FROM ' . self::table( 'challenges' ) );
			Bindings::forget( array( self::BOB ) );
			update_option( 'users_can_register', 'unknown, registration open' === $other ? 1 : 0 );
			$this->set( array( 'register' => true ) );
			if ( $bob ) {
				$this->user( self::BOB, 'stale' === $other ? 'subscriber' : 'administrator', 'bob' );
				$wpdb->query( 'UPDATE ' . self::table( 'bindings' ) . ' SET stale = 2 WHERE phone = \'' . self::BOB . '\'' );
			}
			$seen = array();
			foreach ( array( self::ADA, self::BOB ) as $number ) {
				$browser = new Browser();
				$start   = $browser->post( 'login/start', array( 'phone' => $number ) );
				usleep( 200000 ); // Whatever code there is, is there.
				$steps = array( $start, $browser->post( 'login/start', array( 'challenge' => $start['json']['challenge'] ) ), ( new Browser() )->post( 'login/start', array( 'phone' => $number ) ) );
				$codes = $this->codes( $number );
				$wrong = self::wrong( $codes ? end( $codes ) : '123455' );
				for ( $n = 0; $n < 6; $n++ ) {
					$steps[] = $browser->post( 'login/verify', array( 'challenge' => $start['json']['challenge'], 'code' => $wrong ) );
				}
				$steps[] = $browser->post( 'login/start', array( 'challenge' => $start['json']['challenge'] ) );
				$steps[] = $browser->post( 'login/verify', array( 'challenge' => $start['json']['challenge'], 'code' => '' ) );
				$steps[] = ( new Browser() )->post( 'login/start', array( 'phone' => $number ), array( 'Accept: text/html' ) );
				foreach ( $steps as $n => $step ) {
					$seen[ $number ][ $n ] = self::bare( $step );
				}
			}
			self::assertSame( $seen[ self::ADA ], $seen[ self::BOB ], $other );
		}
	}

	/** PHP's own server, as mod_php, cannot end an answer and go on. The browser must not wait for what comes after all the same. */
	public function test_a_server_that_ends_no_answer_early_does_not_tell_by_the_time_either(): void {
		$this->user();
		$this->simulator->settings( array( 'latency_ms' => array( 1500, 1500 ) ) );
		$free = stream_socket_server( 'tcp://127.0.0.1:0' );
		$port = (int) substr( (string) strrchr( (string) stream_socket_get_name( $free, false ), ':' ), 1 );
		fclose( $free );
		$router = NXTCHAT_TEST_SITE . '/run/router.php';
		// The site's own address, whatever the port: nothing is sent on to nginx.
		file_put_contents( $router, '<?php $_SERVER["HTTP_HOST"] = ' . var_export( parse_url( NXTCHAT_TEST_URL, PHP_URL_HOST ) . ':' . parse_url( NXTCHAT_TEST_URL, PHP_URL_PORT ), true ) . '; chdir( ' . var_export( ABSPATH, true ) . ' ); $_SERVER["SCRIPT_NAME"] = "/index.php"; require ' . var_export( ABSPATH . 'index.php', true ) . ';' );
		foreach ( array( '0', '4096' ) as $buffer ) {
			$server = proc_open( array( PHP_BINARY, '-d', "output_buffering=$buffer", '-S', "127.0.0.1:$port", $router ), array( array( 'file', '/dev/null', 'r' ), array( 'file', '/dev/null', 'w' ), array( 'file', NXTCHAT_TEST_SITE . '/log/php-server.log', 'a' ) ), $pipes, ABSPATH );
			try {
				$ask = static function ( string $number ) use ( $port ): array {
					$request        = ( new Browser() )->to( 'login/start', array( 'phone' => $number ) );
					$request['url'] = str_replace( NXTCHAT_TEST_URL, "http://127.0.0.1:$port", $request['url'] );
					return Browser::send( array( $request ) )[0];
				};
				self::wait_for( static fn() => 200 === $ask( self::BOB )['status'] || 429 === $ask( self::BOB )['status'], 30.0, 'the server' );
				$before = count( $this->codes() );
				$answer = $ask( self::ADA );
				self::assertSame( 200, $answer['status'], $answer['body'] );
				self::assertIsArray( $answer['json'] );
				self::assertMatchesRegularExpression( '/^Content-Length: ' . strlen( $answer['body'] ) . '\r$/mi', $answer['headers'] );
				self::assertLessThan( 1500, $answer['ms'] );
				self::wait_for( fn() => count( $this->codes() ) > $before, 10.0, 'the code' );
			} finally {
				posix_kill( proc_get_status( $server )['pid'], SIGKILL );
				proc_close( $server );
				$this->later( 400 );
			}
		}
		unlink( $router );
	}

	// --- plugins of others ----------------------------------------------------------------------------------------

	public function test_a_second_factor_is_asked_for_and_knows_where_to_go(): void {
		$id = $this->user();
		$this->plugin(
			<<<'PHP'
			// As plugins for a second factor do: the session is taken back, a page of its own is shown.
			add_action( 'wp_login', function ( $login, $user ) {
				wp_clear_auth_cookie();
				WP_Session_Tokens::get_instance( $user->ID )->destroy_all();
				echo 'SECOND FACTOR OF ' . $login . ' THEN ' . esc_html( wp_unslash( $_REQUEST['redirect_to'] ) ) . ' ' . esc_html( $_REQUEST['rememberme'] );
				exit;
			}, 10, 2 );
			PHP
		);
		global $wpdb;
		$wpdb->query( 'UPDATE ' . self::table( 'bindings' ) . ' SET seen_ms = 1000 + seen_ms - 100 * 86400000' );
		$seen                      = (int) $this->rows( 'bindings' )[0]['seen_ms'];
		[ $browser, $form, $code ] = $this->asked( self::ADA, array( 'redirect' => home_url( '/shop/' ), 'remember' => true ) );
		$next                      = $browser->post( 'login/verify', array( 'challenge' => $form['challenge'], 'code' => $code ) )['json']['next'];
		$page                      = $browser->get( $next . '&redirect_to=' . rawurlencode( 'https://evil.example' ) );
		self::assertStringContainsString( 'SECOND FACTOR OF ada THEN ' . home_url( '/shop/' ) . ' forever', $page['body'] );
		self::assertSame( 0, count( \WP_Session_Tokens::get_instance( $id )->get_all() ) );
		self::assertNotSame( 200, $browser->get( '/wp-admin/profile.php' )['status'] );
		self::assertFalse( $browser->get( $next )['signed_in'] );
		$this->settled();
		self::assertGreaterThan( $seen, (int) $this->rows( 'bindings' )[0]['seen_ms'], 'Or the number would count as silent one day.' );
		self::assertCount( 1, $this->rows( 'audit', "action = 'login.handed_on' AND user_id = $id" ) );
		self::assertCount( 0, $this->rows( 'audit', "action = 'login.success'" ) );
	}

	public function test_a_lockout_plugin_hears_wrong_codes_and_its_lock_holds(): void {
		$this->user();
		$this->plugin(
			<<<'PHP'
			// As lockout plugins do: three failures of an address lock it.
			add_action( 'wp_login_failed', function ( $login ) {
				$failed   = (array) get_option( 'nxtchat_test_failed', array() );
				$failed[] = array( $_SERVER['REMOTE_ADDR'], $login );
				update_option( 'nxtchat_test_failed', $failed );
			} );
			add_filter( 'authenticate', function ( $user ) {
				return count( (array) get_option( 'nxtchat_test_failed', array() ) ) >= 3 ? new WP_Error( 'locked_out', 'Locked out.' ) : $user;
			}, 99 );
			PHP
		);
		[ $browser, $form, $code ] = $this->asked();
		for ( $n = 0; $n < 3; $n++ ) {
			$browser->post( 'login/verify', array( 'challenge' => $form['challenge'], 'code' => self::wrong( $code, $n ) ) );
		}
		$this->settled();
		wp_cache_flush();
		$failed = get_option( 'nxtchat_test_failed' );
		self::assertCount( 3, $failed );
		self::assertSame( '127.0.0.1', $failed[0][0] );
		self::assertStringNotContainsString( substr( self::ADA, 3 ), (string) wp_json_encode( $failed ) );
		$next = $browser->post( 'login/verify', array( 'challenge' => $form['challenge'], 'code' => $code ) )['json']['next'];
		$page = $browser->get( $next );
		self::assertFalse( $page['signed_in'] );
		self::assertStringContainsString( 'Locked out.', $page['body'] );
		self::assertStringContainsString( 'wp-login.php', $page['body'] );
		$this->settled();
		self::assertCount( 1, $this->rows( 'audit', "action = 'login.refused'" ) );
		delete_option( 'nxtchat_test_failed' );
	}

	public function test_a_name_that_wordpress_cleans_logs_in(): void {
		$id = $this->user();
		global $wpdb;
		$wpdb->update( $wpdb->users, array( 'user_login' => 'ada  müller' ), array( 'ID' => $id ) );
		clean_user_cache( $id );
		[ $browser, $form, $code ] = $this->asked();
		$next                      = $browser->post( 'login/verify', array( 'challenge' => $form['challenge'], 'code' => $code ) )['json']['next'];
		self::assertTrue( $browser->get( $next )['signed_in'] );
		self::remove_user( $id );
	}

	// --- numbers of users -----------------------------------------------------------------------------------------

	public function test_two_users_want_one_number_at_once(): void {
		$ada     = $this->user( '+4915112349001', 'subscriber', 'ada' );
		$bob     = $this->user( '+4915112349002', 'subscriber', 'bob' );
		$new     = '+4915112349003';
		$forms   = array();
		foreach ( array( $ada, $bob ) as $id ) {
			$browser        = $this->signed_in_browser( $id );
			$answer         = $browser->post( 'login/bind', array( 'phone' => $new ) );
			self::assertSame( 200, $answer['status'], $answer['body'] );
			$forms[ $id ]   = array( $browser, $answer['json']['challenge'] );
			$this->settled();
			$this->later( 31 );
		}
		$code     = $this->code( $new );
		$requests = array();
		for ( $n = 0; $n < 40; $n++ ) {
			[ $browser, $challenge ] = $forms[ $n % 2 ? $ada : $bob ];
			$requests[]              = $browser->to( 'login/bind/verify', array( 'challenge' => $challenge, 'code' => $code ) );
		}
		$answers = Browser::send( $requests );
		self::assertCount( 1, array_filter( $answers, static fn( array $answer ): bool => 200 === $answer['status'] ), (string) wp_json_encode( self::tally( $answers ) ) );
		$rows = $this->rows( 'bindings' );
		self::assertCount( 2, $rows );
		self::assertCount( 1, array_keys( array_column( $rows, 'phone' ), $new, true ) );
		// A token for one user is none for the other.
		[ $browser ] = $forms[ $ada ];
		self::assertSame( 410, $browser->post( 'login/bind/verify', array( 'challenge' => $forms[ $bob ][1], 'code' => $code ) )['status'] );
		self::remove_user( $bob );
	}

	// --- what is kept ---------------------------------------------------------------------------------------------

	public function test_a_cached_page_holds_nothing_of_anybody(): void {
		$this->user();
		$page  = wp_insert_post( array( 'post_type' => 'page', 'post_status' => 'publish', 'post_title' => 'Log in', 'post_content' => '[nxtchat_login]' ) );
		$url   = (string) get_permalink( $page );
		$fresh = ( new Browser() )->get( $url );
		self::assertSame( array(), $fresh['cookies'] );
		self::assertStringContainsString( 'data-nxtchat-login', $fresh['body'] );
		self::assertDoesNotMatchRegularExpression( '/nonce/i', substr( $fresh['body'], (int) strpos( $fresh['body'], '<form class="nxtchat-login' ), 6000 ) );
		// A second visitor, who has begun a login already, gets the same bytes.
		$browser = new Browser();
		$browser->post( 'login/start', array( 'phone' => self::BOB ) );
		self::assertSame( $fresh['body'], $browser->get( $url )['body'] );
		preg_match( '/data-base="([^"]+)"/', $fresh['body'], $base );
		self::assertSame( rest_url( 'nxtchat/v1/login/' ), html_entity_decode( $base[1] ) );
		wp_delete_post( $page, true );
	}

	public function test_no_code_is_left_in_logs_caches_tables_answers_or_errors(): void {
		$logs = array_filter( array_map( static fn( string $name ): string => NXTCHAT_TEST_SITE . "/log/$name", array( 'debug.log', 'php.log', 'fpm.log', 'fpm.out', 'nginx.log' ) ), 'is_file' );
		$size = array_map( 'filesize', array_combine( $logs, $logs ) );
		$dump = NXTCHAT_TEST_SITE . '/log/attack-dump.txt';
		$this->user();
		$this->plugin(
			'define( "SAVEQUERIES", true ); $GLOBALS["nxtchat_dump"] = ' . var_export( $dump, true ) . ';' . <<<'PHP'
			// What a persistent cache and a query monitor would keep of each request.
			register_shutdown_function( function () {
				register_shutdown_function( function () {
					file_put_contents( $GLOBALS['nxtchat_dump'], print_r( $GLOBALS['wp_object_cache']->cache, true ) . print_r( $GLOBALS['wpdb']->queries, true ), FILE_APPEND );
				} );
			} );
			// Faults at the worst moments: a statement that fails, an exception that nobody expects.
			add_filter( 'query', function ( $sql ) {
				$wish = (string) @file_get_contents( $GLOBALS['nxtchat_dump'] . '.wish' );
				if ( 'fail' === $wish && false !== strpos( $sql, 'SET attempts' ) ) {
					return 'SELECT nonsense FROM nowhere';
				}
				if ( 'throw' === $wish && false !== strpos( $sql, 'SET attempts' ) ) {
					throw new LogicException( 'Thrown by a test.' );
				}
				if ( 'throw on send' === $wish && false !== strpos( $sql, 'SET code_hash' ) ) {
					throw new LogicException( 'Thrown by a test.' );
				}
				return $sql;
			} );
			PHP
		);
		$codes   = array();
		$answers = array();
		[ $browser, $form, $codes[] ] = $this->asked();
		foreach ( array( 'fail', 'throw' ) as $wish ) {
			file_put_contents( "$dump.wish", $wish );
			$answers[] = $browser->post( 'login/verify', array( 'challenge' => $form['challenge'], 'code' => $codes[0] ) );
			self::assertGreaterThanOrEqual( 500, end( $answers )['status'] );
		}
		file_put_contents( "$dump.wish", 'throw on send' );
		$answers[] = ( new Browser() )->post( 'login/start', array( 'phone' => self::BOB ) );
		self::assertSame( 200, end( $answers )['status'] );
		unlink( "$dump.wish" );
		$answers[] = $browser->post( 'login/verify', array( 'challenge' => $form['challenge'], 'code' => $codes[0] ) );
		self::assertSame( 200, end( $answers )['status'], 'What failed was not in the attacker\'s favour, nor in the way of the owner of the number.' );
		$answers[] = $browser->get( end( $answers )['json']['next'] );
		self::assertTrue( end( $answers )['signed_in'] );
		$this->settled();
		usleep( 300000 );
		$kept = (string) file_get_contents( $dump );
		self::assertStringContainsString( 'code_hash', $kept );
		unlink( $dump );
		clearstatcache();
		foreach ( $logs as $log ) {
			$kept .= substr( (string) file_get_contents( $log ), $size[ $log ] );
		}
		self::assertStringContainsString( 'Thrown by a test.', $kept, 'PHP has logged the exception with its trace.' );
		foreach ( $answers as $answer ) {
			$kept .= $answer['headers'] . $answer['body'];
		}
		foreach ( Native\log_recent( Site::dir(), 500 ) as $line ) {
			$kept .= $line['message'] . "\n";
		}
		foreach ( $codes as $code ) {
			self::assertStringNotContainsString( $code, (string) preg_replace( '/\d{10,}|\d+\.\d+|[0-9a-f]{32,}/', '', $kept ) );
		}
	}
}
