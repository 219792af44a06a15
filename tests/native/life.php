<?php
/**
 * See life.sh. Arguments: URL, webhooks, KB that a worker may grow, pid file of php-fpm.
 */

declare(strict_types=1);

use NxtChat\Native;
use NxtChat\Site;

[ , $url, $total, $limit_kb, $pid_file ] = $argv;
const WARM_UP  = 8_000; // Until the workers have opcache, WordPress, a connection and a rotated spool file behind them.
const PARALLEL = 8;
const SLICES   = 10;

require getenv( 'NXTCHAT_SITE' ) . '/wordpress/wp-load.php';
$secret = 'life secret';
Native\front_configure(
	Site::prepare(),
	array(
		'app_secrets'   => array( $secret ),
		'verify_hashes' => array(),
		'wp_load'       => ABSPATH . 'wp-load.php',
		'blog_id'       => 1,
		'home'          => home_url(),
		'durability'    => 'normal',
	)
);

/** Resident private memory of each worker that serves requests, KB by pid. */
function workers( string $pid_file ): array {
	$master = (int) file_get_contents( $pid_file );
	$rss    = array();
	foreach ( glob( '/proc/[0-9]*/stat' ) as $stat ) {
		$line = (string) @file_get_contents( $stat );
		if ( preg_match( '/^(\d+) \(php-fpm[^)]*\) \S (\d+) (\d+)/', $line, $m ) && (int) $m[3] === $master && (int) $m[1] !== (int) $m[3] && (int) $m[2] !== 1 ) {
			preg_match( '/^RssAnon:\s+(\d+)/m', (string) @file_get_contents( "/proc/{$m[1]}/status" ), $kb );
			$rss[ (int) $m[1] ] = (int) ( $kb[1] ?? 0 );
		}
	}
	ksort( $rss );
	return $rss;
}

/** Sends webhooks, PARALLEL at a time, over kept connections; the count of answers that were not 200. */
function send( string $url, string $secret, int $from, int $count ): int {
	$multi = curl_multi_init();
	$bad   = 0;
	$next  = $from;
	$end   = $from + $count;
	$start = static function ( $handle ) use ( &$next, $url, $secret, $multi ) {
		$wamid = 'wamid.LIFE' . $next++;
		$body  = '{"object":"whatsapp_business_account","entry":[{"id":"1","changes":[{"field":"messages","value":{"messaging_product":"whatsapp","metadata":{"display_phone_number":"15550783881","phone_number_id":"106540352242922"},"statuses":[{"id":"' . $wamid . '","status":"delivered","timestamp":"1750263773","recipient_id":"16505551234"}]}}]}]}';
		curl_setopt_array(
			$handle,
			array(
				CURLOPT_URL            => "$url/wp-content/plugins/nxt-cloud-chat/webhook.php",
				CURLOPT_POSTFIELDS     => $body,
				CURLOPT_HTTPHEADER     => array( 'Content-Type: application/json', 'X-Hub-Signature-256: sha256=' . hash_hmac( 'sha256', $body, $secret ) ),
				CURLOPT_RETURNTRANSFER => true,
				CURLOPT_TIMEOUT        => 60,
			)
		);
		curl_multi_add_handle( $multi, $handle );
	};
	for ( $i = 0; $i < min( PARALLEL, $count ); $i++ ) {
		$start( curl_init() );
	}
	$open = min( PARALLEL, $count );
	while ( $open > 0 ) {
		curl_multi_exec( $multi, $running );
		while ( $done = curl_multi_info_read( $multi ) ) {
			$bad += 200 === curl_getinfo( $done['handle'], CURLINFO_HTTP_CODE ) ? 0 : 1;
			curl_multi_remove_handle( $multi, $done['handle'] );
			if ( $next < $end ) {
				$start( $done['handle'] );
			} else {
				--$open;
			}
		}
		curl_multi_select( $multi, 0.1 );
	}
	return $bad;
}

function drained( int $seconds ): bool {
	for ( $i = 0; $i < $seconds * 10; $i++ ) {
		if ( 0 === Native\spool_stats( Site::dir() )['pending'] ) {
			return true;
		}
		usleep( 100_000 );
	}
	return false;
}

$failed = 0;
$check  = static function ( bool $ok, string $what ) use ( &$failed ): void {
	echo ( $ok ? 'ok      ' : 'FAILED  ' ) . "$what\n";
	$failed += $ok ? 0 : 1;
};

$bad = send( $url, $secret, 0, WARM_UP );
drained( 120 );
// A drain leaves a worker larger or smaller by some MB, by chance of what it wrote last: a leak is what goes on growing.
$looks = array( workers( $pid_file ) );
$start = microtime( true );
$slice = intdiv( (int) $total, SLICES );
for ( $s = 0; $s < SLICES; $s++ ) {
	$bad    += send( $url, $secret, WARM_UP + $s * $slice, $slice );
	$all     = drained( 300 );
	$looks[] = workers( $pid_file );
	echo '  ' . ( ( $s + 1 ) * $slice ) . ' webhooks, workers KB: ' . implode( ' ', end( $looks ) ) . "\n";
}
$total = $slice * SLICES;
$time  = microtime( true ) - $start;
$check( $all, 'everything is drained' );

global $wpdb;
$stored = (int) $wpdb->get_var( "SELECT COUNT(*) FROM {$wpdb->prefix}nxtchat_parked_statuses" );
$check( 0 === $bad, "every answer is 200 ($bad are not)" );
$check( WARM_UP + (int) $total === $stored, "each webhook counted once: $stored of " . ( WARM_UP + (int) $total ) );
$pids = array_keys( $looks[0] );
$check( count( $pids ) > 0 && array_keys( end( $looks ) ) === $pids, 'no worker died: ' . implode( ', ', $pids ) );
$half = intdiv( SLICES, 2 );
$largest = static fn( array $some ) => max( array_map( 'max', $some ) );
$first   = $largest( array_slice( $looks, 0, $half + 1 ) );
$second  = $largest( array_slice( $looks, $half + 1 ) );
$check( $second - $first < (int) $limit_kb, "the largest worker: $first KB in the first half, $second KB in the second" );
printf( "%d webhooks in %.1f s (%d/s, drained meanwhile)\n", $total, $time, $total / $time );
echo ( 5 - $failed ) . " passed, $failed failed\n";
exit( $failed ? 1 : 0 );
