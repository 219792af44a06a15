<?php
/**
 * Two processes share a number's pace: measured by the simulator, no second has more than the limit, and on average it is used to 97 %.
 *
 * php -d extension=…/libnxtchat.so tests/native/send-pace.php <simulator> [seconds]   (exit 1 when it is not kept)
 */

declare(strict_types=1);

use NxtChat\Native;

require __DIR__ . '/simulator.php';

[ , $binary, $seconds ] = $argv + array( 2 => 15 );
const WORKERS           = 2;
const RATES             = array( 80, 1000 );

$content = sys_get_temp_dir() . '/nxtchat-send-pace-' . getmypid();
mkdir( $content );
$site = Native\site_dir( $content, 1 );
Native\site_prepare( $site );
$simulator = new Simulator( $binary, array( '--relaxed', '--settings', '{"webhooks":false,"record_light":true,"record_max":1000000,"latency_ms":[20,40]}' ) );
$failed    = 0;
foreach ( RATES as $rate ) {
	$simulator->call( 'DELETE', '/sim/record' );
	$pids = array();
	for ( $worker = 0; $worker < WORKERS; $worker++ ) {
		$pid = pcntl_fork();
		if ( 0 === $pid ) {
			$broadcast = new Native\Broadcast( $site, array( 'phone_number_id' => '106540352242922', 'token' => 'EAASIMULATOR0TOKEN', 'graph_base' => $simulator->ready['graph_base'] ), array( 'rate' => $rate / WORKERS ) );
			$refs      = Native\ulids( (int) ( $rate / WORKERS * $seconds ) );
			$todo      = array_map( static fn( $ref, $i ) => array( 'ref' => $ref, 'to' => sprintf( '+49151%08d', $i ), 'message' => '{"type":"text","text":{"body":"Hello"}}' ), $refs, array_keys( $refs ) );
			for ( $told = 0; $told < count( $refs ); $told += count( $outcomes ) ) {
				array_splice( $todo, 0, $broadcast->push( array_slice( $todo, 0, 500 ) ) );
				$outcomes = $broadcast->poll( 200, 1000, 50 );
				$broadcast->ack( array_column( $outcomes, 'ref' ) );
			}
			$usage = getrusage();
			printf( "  a process at %d/s: %.1f %% of a core\n", $rate / WORKERS, ( $usage['ru_utime.tv_sec'] + $usage['ru_stime.tv_sec'] + ( $usage['ru_utime.tv_usec'] + $usage['ru_stime.tv_usec'] ) / 1e6 ) / $seconds * 100 );
			exit( 0 );
		}
		$pids[] = $pid;
	}
	foreach ( $pids as $pid ) {
		pcntl_waitpid( $pid, $status );
	}
	$seen = $simulator->call( 'GET', '/sim/record/rate' );
	$ok   = $seen['most'] <= $rate && $seen['per_s'] >= 0.97 * $rate;
	printf( "send-pace: %d/s, %d processes: %d messages, %.1f/s on average (%.3f x), at most %d in any second: %s\n", $rate, WORKERS, $seen['count'], $seen['per_s'], $seen['per_s'] / $rate, $seen['most'], $ok ? 'ok' : 'FAILED' );
	$failed += $ok ? 0 : 1;
}
exec( 'rm -rf ' . escapeshellarg( $content ) );
exit( $failed ? 1 : 0 );
