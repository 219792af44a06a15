<?php
/**
 * Rounds of sending by the engine and by its references, each in a process of its own. Run by send.sh with the site's own php.
 */

declare(strict_types=1);

require __DIR__ . '/Report.php';
require __DIR__ . '/../native/simulator.php';

[ , $binary, $tls ]  = $argv;
const IN_FLIGHT      = 256; // The engine's default.
const CONNECTIONS    = 200; // Of curl_multi and wrk.
const LATENCY_MS     = 100;
const WORKER_LIMIT_MB = 64;

$quick     = Report::quick();
$rounds    = $quick ? 1 : 7;
$simulator = new Simulator( $binary, array( '--relaxed', '--tls-cert', "$tls/cert.pem", '--tls-key', "$tls/key.pem", '--settings', '{"webhooks":false,"record_light":true,"record_max":1000000}' ) );
$bases     = array(
	'plain' => $simulator->ready['graph_base'],
	'TLS'   => $simulator->ready['tls_base'],
);

/** One round by send-one.php. @return array{rate: float, cpu_us: float, peak_mb: float} */
function one( string $who, string $base, int $messages ): array {
	global $simulator, $tls;
	$simulator->call( 'DELETE', '/sim/record' );
	$command = array( (string) getenv( 'NXTCHAT_SITE' ) . '/php', __DIR__ . '/send-one.php', $who, $base, (string) $messages, (string) ( 'engine' === $who ? IN_FLIGHT : CONNECTIONS ), "$tls/ca.pem" );
	exec( 'SSL_CERT_FILE=' . escapeshellarg( "$tls/ca.pem" ) . ' ' . implode( ' ', array_map( 'escapeshellarg', $command ) ), $output, $status );
	$figures = json_decode( (string) end( $output ), true );
	$counted = $simulator->call( 'GET', '/sim/record/count' )['count'];
	if ( 0 !== $status || ! is_array( $figures ) || $counted !== $messages ) {
		Report::fail( "$who: $counted of $messages arrived\n" . implode( "\n", $output ) );
	}
	return $figures;
}

/** One round of wrk: the same POST again and again. */
function load( string $base, float $seconds ): array {
	global $simulator;
	$simulator->call( 'DELETE', '/sim/record' );
	exec( sprintf( 'wrk -t 2 -c %d -d %d -s %s %s/v25.0/106540352242922/messages 2>&1', CONNECTIONS, (int) ceil( $seconds ), escapeshellarg( __DIR__ . '/send.lua' ), escapeshellarg( $base ) ), $output );
	if ( ! preg_match( '/^figures (\d+) (\d+) (\d+) (\d+)$/m', implode( "\n", $output ), $m ) || $m[3] + $m[4] > 0 ) {
		Report::fail( "wrk: $base\n" . implode( "\n", $output ) );
	}
	// wrk leaves in the middle of requests: the last arrive after it has gone.
	do {
		$before = $simulator->call( 'GET', '/sim/record/count' )['count'];
		usleep( 500000 );
	} while ( $simulator->call( 'GET', '/sim/record/count' )['count'] !== $before );
	return array( 'rate' => $m[1] / ( $m[2] / 1e6 ) );
}

function middle( array $rounds, string $figure ): float {
	return Report::median( array_column( $rounds, $figure ) );
}

/** Median of the quotients of neighbouring rounds: what else the machine does at that moment slows both. */
function ratio( array $rounds, array $reference, string $figure ): float {
	return Report::median( array_map( static fn( $a, $b ) => $a / $b, array_column( $rounds, $figure ), array_column( $reference, $figure ) ) );
}

Report::info( 'conditions', sprintf( 'simulator on the same %d cores; engine with %d connections and a journal that is flushed (fdatasync) before each POST and at each outcome; curl_multi (HTTP/1.1) and wrk with %d; medians of %d alternating rounds', (int) shell_exec( 'nproc' ), IN_FLIGHT, CONNECTIONS, $rounds ) );
$peak = 0.0;
foreach ( array( 0, LATENCY_MS ) as $latency ) {
	$simulator->call( 'PATCH', '/sim/settings', array( 'latency_ms' => array( $latency, $latency ) ) );
	$messages = (int) ( ( $latency ? 12000 : 80000 ) * ( $quick ? 0.1 : 1 ) );
	foreach ( $bases as $how => $base ) {
		$all = array();
		for ( $round = 0; $round < $rounds; $round++ ) {
			// By turns first: whoever comes after wrk finds the simulator with its memory to be had anew.
			foreach ( $round % 2 ? array( 'curl', 'engine' ) : array( 'engine', 'curl' ) as $who ) {
				$all[ $who ][] = one( $who, $base, $messages );
			}
			$all['wrk'][] = load( $base, $quick ? 1 : 3 );
		}
		$at   = "$latency ms, $how";
		$peak = max( $peak, ...array_column( $all['engine'], 'peak_mb' ) );
		foreach ( array( 'engine' => 'engine', 'curl' => 'curl_multi' ) as $who => $name ) {
			Report::info( "$name, $at", sprintf( '%s/s, %s µs CPU a message, %s MB', Report::number( middle( $all[ $who ], 'rate' ) ), Report::number( middle( $all[ $who ], 'cpu_us' ) ), Report::number( middle( $all[ $who ], 'peak_mb' ) ) ) );
		}
		Report::info( "wrk, $at", Report::number( middle( $all['wrk'], 'rate' ) ) . '/s' );
		if ( 0 === $latency ) {
			Report::at_least( "engine / curl_multi, $at", ratio( $all['engine'], $all['curl'], 'rate' ), 1, ' ×' );
		} else {
			Report::at_least( "engine / (connections / latency), $at", middle( $all['engine'], 'rate' ) / ( IN_FLIGHT / ( $latency / 1000 ) ), 0.9, ' ×' );
			$loop = one( 'loop', $base, $quick ? 5 : 50 );
			Report::info( "loop of wp_remote_post, $at", sprintf( '%s/s, %s µs CPU a message', Report::number( $loop['rate'] ), Report::number( $loop['cpu_us'] ) ) );
			Report::at_least( "engine / loop of wp_remote_post, $at", middle( $all['engine'], 'rate' ) / $loop['rate'], 100, ' ×' );
		}
		Report::at_most( "CPU of the engine / of curl_multi, $at", ratio( $all['engine'], $all['curl'], 'cpu_us' ), 1, ' ×' );
	}
}
Report::at_most( 'memory of a sending process', $peak, WORKER_LIMIT_MB, ' MB' );
Report::end();
