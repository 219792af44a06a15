<?php
/**
 * The webhook's front door under load. Run by webhook.sh with the site's own php.
 *
 * This process holds the drain lease while the door is measured, so that no request also drains; between rounds it
 * empties the spool through spool_take() and checks that every event answered with 200 is there.
 */

declare(strict_types=1);

require __DIR__ . '/Site.php';
require __DIR__ . '/Report.php';
require __DIR__ . '/Wrk.php';
nxtbench_load();

use NxtChat\Native;
use NxtChat\Site;

const CONNECTIONS = array( 4, 16 );

$quick   = Report::quick();
$rounds  = $quick ? 1 : 9;
$seconds = 1.0;
$site    = Site::prepare();
$url     = nxtbench_url();
$door    = $url . '/wp-content/plugins/nxt-cloud-chat/webhook.php';
$empty   = $url . '/nxtbench-empty.php';
$rest    = $url . '/wp-json/nxtbench/v1/noop';
$without = array( 'X-Bench-Without' => '1' );
Wrk::prepare( dirname( (string) getenv( 'NXTCHAT_SITE' ) ) . '/bodies' );

/** Takes and acknowledges everything in the spool; returns the number of webhooks that were in it. */
function empty_spool( string $site ): int {
	$count = 0;
	while ( $items = Native\spool_take( $site, 2000 ) ) {
		Native\spool_ack( $site, array_column( $items, 'id' ) );
		$count += count( $items );
	}
	return $count;
}

/** One round of load, with the CPU that a php-fpm worker spends on one request. */
function load( string $url, int $connections, float $seconds, string $bodies = '', array $headers = array() ): array {
	$before  = workers_cpu();
	$figures = Wrk::run( $url, $connections, $seconds, $bodies, $headers );
	return array( 'cpu_us' => ( workers_cpu() - $before ) / max( 1, $figures['requests'] ) ) + $figures;
}

/** One round at the door, after which the spool must hold what was answered with 200, and nothing else. */
function door( string $kind, int $connections, float $seconds ): array {
	global $door, $site;
	$figures = load( $door, $connections, $seconds, $kind );
	usleep( 100000 );
	$stored   = empty_spool( $site );
	$accepted = $figures['requests'] - $figures['status_errors'];
	// wrk hangs up in the middle of one request per connection when its time is over.
	if ( $stored < $accepted || $stored > $accepted + $connections || $figures['socket_errors'] > 0 || ( 'good' === $kind && $figures['status_errors'] > 0 ) || ( 'bad' === $kind && $stored > 0 ) ) {
		Report::fail( "$kind signatures: $accepted of {$figures['requests']} answered 200, $stored stored, {$figures['socket_errors']} socket errors" );
	}
	return $figures;
}

/** Median of one figure over a variant's rounds. */
function middle( array $rounds, string $figure ): float {
	return Report::median( array_column( $rounds, $figure ) );
}

/** Median of the quotients of neighbouring rounds: what else the machine does at that moment slows both. */
function ratio( array $rounds, array $reference, string $figure ): float {
	return Report::median( array_map( static fn( $a, $b ) => $a / $b, array_column( array_slice( $rounds, 0, count( $reference ) ), $figure ), array_column( array_slice( $reference, 0, count( $rounds ) ), $figure ) ) );
}

/** CPU microseconds that the php-fpm workers have used. */
function workers_cpu(): float {
	static $pids = null;
	$pids      ??= array_filter( explode( "\n", (string) shell_exec( 'pgrep -g ' . (int) file_get_contents( getenv( 'NXTCHAT_SITE' ) . '/run/fpm.pid' ) ) ) );
	return array_sum( array_map( static fn( $pid ) => (int) file_get_contents( "/proc/$pid/schedstat" ), $pids ) ) / 1000;
}

/** One line of a variant's own figures. */
function show( string $name, array $rounds ): void {
	Report::info( $name, sprintf( '%s/s, p50 %.2f ms, p99 %.2f ms, %s µs CPU of a worker', Report::number( middle( $rounds, 'rate' ) ), middle( $rounds, 'p50_ms' ), middle( $rounds, 'p99_ms' ), Report::number( middle( $rounds, 'cpu_us' ) ) ) );
}

/** Four processes appending, beside the spool on its disk. */
function append( float $seconds ): array {
	$dir = (string) getenv( 'NXTCHAT_SITE' ) . '/data';
	exec( 'php ' . escapeshellarg( __DIR__ . '/append.php' ) . ' ' . escapeshellarg( $dir ) . " 4 $seconds", $output );
	[ $rate, $p99 ] = array_map( 'floatval', explode( ' ', $output[0] ) );
	return array( 'rate' => $rate, 'p50_ms' => 0.0, 'p99_ms' => $p99 );
}

if ( ! Native\spool_lease( $site ) ) {
	Report::fail( 'somebody else drains this site' );
}
empty_spool( $site );
foreach ( array( 'good', 'bad' ) as $kind ) {
	door( $kind, 4, 1 );
}
Report::info( 'conditions', sprintf( 'nginx, php-fpm with 4 workers, %d-byte bodies, each sent once; the drain lease is held by the benchmark; medians of %d alternating rounds of %g s', Wrk::body_size(), $rounds, $seconds ) );

foreach ( CONNECTIONS as $c ) {
	$at  = "$c connections";
	$all = array();
	for ( $round = 0; $round < $rounds; $round++ ) {
		nxtbench_front( 'normal' );
		$all['empty'][]  = load( $empty, $c, $seconds, 'good' );
		$all['normal'][] = door( 'good', $c, $seconds );
		$all['bad'][]    = door( 'bad', $c, $seconds );
		nxtbench_front( 'full' );
		$all['append'][] = append( $seconds );
		$all['full'][]   = door( 'good', $c, $seconds );
		if ( $round < 2 ) {
			$all['update'][]    = load( "$url/nxtbench-update.php", $c, $seconds, 'good' );
			$all['rest'][]      = load( $rest, $c, $seconds * 3, '', $without );
			$all['rest_post'][] = load( $rest, $c, $seconds * 3, 'good', $without );
		}
	}
	show( "empty PHP file, the same POST, $at", $all['empty'] );
	show( "HMAC and one committed UPDATE in PHP, $at", $all['update'] );
	show( "WordPress REST no-op, GET, $at", $all['rest'] );
	show( "WordPress REST webhook, POST to a no-op, $at", $all['rest_post'] );
	Report::info( "four processes appending 1 KB with fdatasync, $at", sprintf( '%s/s, p99 %.2f ms', Report::number( middle( $all['append'], 'rate' ) ), middle( $all['append'], 'p99_ms' ) ) );
	foreach ( array( 'normal', 'full', 'bad' ) as $variant ) {
		show( 'webhook.php, ' . ( 'bad' === $variant ? 'bad signature' : $variant ) . ", $at", $all[ $variant ] );
	}
	foreach ( array( 'empty', 'update' ) as $reference ) {
		if ( max( array_column( $all[ $reference ], 'status_errors' ) ) > 0 ) {
			Report::fail( "the reference $reference answers errors" );
		}
	}
	Report::at_least( "normal / empty file, $at", ratio( $all['normal'], $all['empty'], 'rate' ), 0.75, ' ×' );
	Report::at_most( "normal p99 / empty file's p99, $at", middle( $all['normal'], 'p99_ms' ) / middle( $all['empty'], 'p99_ms' ), 3, ' ×' );
	// A worker answers and then appends: with the disk as quick as the web server, both times count.
	$both = 1 / ( 1 / middle( $all['empty'], 'rate' ) + 1 / middle( $all['append'], 'rate' ) );
	Report::info( "ceiling here: an empty file, then an append / four processes appending, $at", Report::number( $both / middle( $all['append'], 'rate' ) ) . ' ×' );
	Report::at_least( "full / four processes appending, $at", ratio( $all['full'], $all['append'], 'rate' ), 0.8, ' ×' );
	Report::at_most( "full p99, $at", middle( $all['full'], 'p99_ms' ), 25, ' ms' );
	// No request can be answered quicker than the empty file: where that is not quick enough, neither can the door be.
	Report::info( "ceiling here: empty file / WordPress REST webhook, $at", Report::number( ratio( $all['empty'], $all['rest_post'], 'rate' ) ) . ' ×' );
	Report::at_least( "normal / WordPress REST webhook, $at", ratio( $all['normal'], $all['rest_post'], 'rate' ), 100, ' ×' );
	Report::at_least( "full / WordPress REST webhook, $at", ratio( $all['full'], $all['rest_post'], 'rate' ), 100, ' ×' );
	Report::at_least( "bad signature / empty file, $at", ratio( $all['bad'], $all['empty'], 'rate' ), 0.85, ' ×' );
}

// Not judged: the same door while it drains itself, with WordPress loaded in one of the workers.
Native\spool_release( $site );
show( 'webhook.php, full, draining itself, 4 connections', array( load( $door, 4, 3 * $seconds, 'good' ) ) );
Report::info( 'left in the spool right after it', Report::number( Native\spool_stats( $site )['pending'] ) );
while ( ! Native\spool_lease( $site ) ) {
	usleep( 100000 );
}
empty_spool( $site );
Report::end();
