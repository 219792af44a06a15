<?php
/**
 * What a visitor waits for when logging in. Run by login.sh with the site's own php; NXTBENCH_SIMULATOR is the simulator's ready line.
 *
 * Every budget counts (its limits are only high), so each request does all that it does for a visitor. Each number is asked for once. What
 * is done after an answer has ended before the next request begins.
 */

declare(strict_types=1);

require __DIR__ . '/Site.php';
require __DIR__ . '/Report.php';
require __DIR__ . '/Http.php';
nxtbench_load();

use NxtChat\Account\Accounts;
use NxtChat\Login\ChallengeStore;
use NxtChat\Login\Delivery;
use NxtChat\Login\LoginKey;
use NxtChat\Login\LoginSettings;
use NxtChat\Login\LoginTemplate;
use NxtChat\Login\NumberStore;
use NxtChat\Native;
use NxtChat\Schema;
use NxtChat\Site;
use NxtChat\Template\Templates;

const LIMIT      = 1.5;
const STATEMENTS = 8;
const KINDS      = array( 'no-op', 'no-op, plugin active', 'ask, known number', 'ask, unknown number', 'right code', 'wrong code' );

nxtbench_login( json_decode( (string) getenv( 'NXTBENCH_SIMULATOR' ), true, 16, JSON_THROW_ON_ERROR ) );
$rounds = Report::quick() ? 5 : 200;
$http   = new Http( nxtbench_url() );
$next   = 0;
$seen   = array();
// Asked for before: what is checked in the rounds.
$waiting = array();
for ( $n = 0; $n < 2 * ( $rounds + 5 ); $n++ ) {
	$waiting[] = nxtbench_asked( $http, $next++ );
}
for ( $round = -5; $round < $rounds; $round++ ) {
	$kinds = KINDS;
	shuffle( $kinds );
	foreach ( $kinds as $kind ) {
		$figures = nxtbench_measure( $http, $kind );
		if ( $round >= 0 ) {
			foreach ( $figures as $name => $value ) {
				$seen[ $kind ][ $name ][] = $value;
			}
		}
	}
}
$median = static fn( string $kind, string $name ): float => Report::median( $seen[ $kind ][ $name ] );
Report::info( 'conditions', "MariaDB that flushes at each commit, php-fpm with opcache, one client, medians of $rounds mixed rounds; the no-op runs without the plugin" );
foreach ( KINDS as $kind ) {
	Report::info( $kind, sprintf( '%.2f ms, %.2f ms CPU, %d statements before the answer, %d after it, %d PHP files', $median( $kind, 'ms' ), $median( $kind, 'cpu_us' ) / 1000, $median( $kind, 'queries' ), $median( $kind, 'after' ), $median( $kind, 'files' ) ) );
}
foreach ( array_slice( KINDS, 2 ) as $kind ) {
	Report::at_most( "$kind / REST no-op", $median( $kind, 'ms' ) / $median( 'no-op', 'ms' ), LIMIT, ' ×' );
	Report::at_most( "$kind, statements beyond the no-op's", max( $seen[ $kind ]['queries'] ) - min( $seen['no-op']['queries'] ), STATEMENTS );
}
Report::end();

/** A site that logs people in. @param array<string, mixed> $ready */
function nxtbench_login( array $ready ): void {
	global $wpdb;
	add_filter( 'pre_wp_mail', '__return_true' );
	foreach ( Schema::TABLES as $name ) {
		$wpdb->query( 'TRUNCATE ' . Schema::table( $name ) );
	}
	wp_set_current_user( get_user_by( 'login', 'admin' )->ID );
	$request = new WP_REST_Request( 'POST', '/nxtchat/v1/accounts' );
	$request->set_body_params(
		array(
			'name'            => 'Bench',
			'app_id'          => $ready['app_id'],
			'app_secret'      => $ready['app_secret'],
			'token'           => $ready['token'],
			'waba_id'         => $ready['waba_id'],
			'phone_number_id' => $ready['phone_number_ids'][0],
			'graph_base'      => $ready['graph_base'],
			'default_country' => 'DE',
		)
	);
	$answer = rest_do_request( $request );
	if ( $answer->is_error() ) {
		Report::fail( 'no account: ' . $answer->as_error()->get_error_message() );
	}
	$limits = array_fill_keys( array_keys( LoginSettings::BUDGETS ), array( 1000000, 1000000, 1000000 ) );
	$done   = LoginSettings::set( array( 'budgets' => $limits, 'cap_day' => 1000000 ) );
	$made   = LoginTemplate::make();
	if ( is_wp_error( $done ) || is_wp_error( $made ) ) {
		Report::fail( 'no template: ' . ( is_wp_error( $made ) ? $made : $done )->get_error_message() );
	}
	// The simulator has nobody to tell of its approval here.
	$wpdb->query( 'UPDATE ' . Schema::table( 'templates' ) . " SET status = 'APPROVED'" );
	LoginSettings::set( array( 'enabled' => true ) );
	wp_set_current_user( 0 );
}

function nxtbench_number( int $n ): string {
	return sprintf( '+4915112%06d', $n );
}

/** A challenge of an unknown number, with a code that is known here. @return array{0: string, 1: string, 2: string} Cookie, challenge, code. */
function nxtbench_asked( Http $http, int $n ): array {
	$cookie = bin2hex( random_bytes( 32 ) );
	$answer = $http->post( '/wp-json/nxtchat/v1/login/start', array( 'phone' => nxtbench_number( $n ) ), array( "Cookie: nxtchat_login=$cookie" ) );
	$row    = ChallengeStore::live( nxtbench_number( $n ) );
	$issued = Native\otp_issue( Site::dir(), LoginKey::sealed(), 6, Delivery::binding( $row ) );
	ChallengeStore::put_code( $row['uid'], 1, $issued['hash'] );
	return array( $cookie, json_decode( $answer['body'], true )['challenge'], $issued['code'] );
}

/** One request. @return array<string, float> */
function nxtbench_measure( Http $http, string $kind ): array {
	global $next, $waiting;
	$after = WP_CONTENT_DIR . '/nxtbench-after';
	@unlink( $after );
	$headers = array( 'X-Bench-Page: 1' );
	if ( str_starts_with( $kind, 'no-op' ) ) {
		$answer = $http->post( '/wp-json/nxtbench/v1/noop', array(), array( ...$headers, ...( 'no-op' === $kind ? array( 'X-Bench-Without: 1' ) : array() ) ) );
	} elseif ( str_starts_with( $kind, 'ask' ) ) {
		$n = $next++;
		if ( 'ask, known number' === $kind ) {
			NumberStore::add( 1000000 + $n, nxtbench_number( $n ), Site::now_ms() );
		}
		$answer = $http->post( '/wp-json/nxtchat/v1/login/start', array( 'phone' => nxtbench_number( $n ) ), $headers );
	} else {
		[ $cookie, $challenge, $code ] = array_shift( $waiting );
		$code   = 'wrong code' === $kind ? sprintf( '%06d', ( (int) $code + 1 ) % 1000000 ) : $code;
		$answer = $http->post( '/wp-json/nxtchat/v1/login/verify', compact( 'challenge', 'code' ), array( ...$headers, "Cookie: nxtchat_login=$cookie" ), 'wrong code' === $kind ? 400 : 200 );
	}
	if ( ! preg_match( '/^X-Bench: (\d+) (\d+) (\d+) (\d+) (\d+)/mi', $answer['headers'], $m ) ) {
		Report::fail( "$kind carries no figures" );
	}
	for ( $wait = 0; $wait < 1000 && ! is_file( $after ); $wait++ ) {
		usleep( 2000 );
		clearstatcache();
	}
	usleep( 2000 );
	return array(
		'ms'      => $answer['ms'],
		'cpu_us'  => (float) $m[2],
		'queries' => (float) $m[3],
		'files'   => (float) $m[5],
		'after'   => (float) file_get_contents( $after ),
	);
}
