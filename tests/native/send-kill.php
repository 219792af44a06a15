<?php
/**
 * Broadcasting processes killed -9 at random moments, with a simulator that also refuses, hangs, cuts connections and talks nonsense: in the end every
 * recipient has a state, nobody got anything twice, and what was accepted is exactly what the simulator accepted.
 *
 * php -d extension=…/libnxtchat.so tests/native/send-kill.php <simulator> [full|normal] [recipients] [kills]   (exit 1 and the reason when it fails)
 */

declare(strict_types=1);

use NxtChat\Native;

require __DIR__ . '/simulator.php';

[ , $binary, $durability, $recipients, $kills ] = $argv + array( 2 => 'full', 3 => 20000, 4 => 40 );
const WORKERS = 2;
const NUMBER  = '106540352242922';
const TOKEN   = 'EAASIMULATOR0TOKEN';
$seed         = (int) ( getenv( 'SEED' ) ?: random_int( 1, 1 << 30 ) );
mt_srand( $seed );

$content = sys_get_temp_dir() . '/nxtchat-send-kill-' . getmypid();
mkdir( $content );
$site = Native\site_dir( $content, 1 );
Native\site_prepare( $site );
Native\front_configure( $site, array( 'app_secrets' => array( 's' ), 'verify_hashes' => array(), 'wp_load' => '/x', 'blog_id' => 1, 'home' => 'h', 'durability' => $durability ) );
$simulator = new Simulator( $binary, array( '--relaxed', '--seed', (string) $seed, '--settings', '{"webhooks":false,"record_light":true,"record_max":1000000,"latency_ms":[0,20]}' ) );
$simulator->call(
	'POST',
	'/sim/rules',
	array(
		array( 'rate' => 0.01, 'do' => 'drop_after' ),
		array( 'rate' => 0.01, 'do' => 'drop' ),
		array( 'rate' => 0.003, 'do' => 'hang', 'ms' => 2000 ),
		array( 'rate' => 0.003, 'do' => 'html', 'http_status' => 502 ),
		array( 'rate' => 0.003, 'do' => 'html', 'http_status' => 500, 'accept' => false ),
		array( 'rate' => 0.003, 'do' => 'truncated' ),
		array( 'rate' => 0.005, 'do' => 'error', 'code' => 131056 ),
		array( 'rate' => 0.02, 'do' => 'error', 'code' => 131026 ),
		array( 'rate' => 0.002, 'do' => 'error', 'code' => 131000 ),
		array( 'rate' => 0.0005, 'do' => 'error', 'code' => 130429 ),
		array( 'rate' => 0.001, 'do' => 'error', 'code' => 131057, 'count' => 1 ),
	)
);

$refs = Native\ulids( (int) $recipients );
/** The place of the database: each worker's lines of outcomes, and a lock in the place of transactions. Ref → outcome, wamid and retry_at_ms of what is settled. `returned` is not. */
$settled = static function () use ( $content ): array {
	$all = array();
	foreach ( glob( "$content/told-*" ) as $file ) {
		foreach ( file( $file, FILE_IGNORE_NEW_LINES ) as $line ) {
			$outcome = json_decode( $line, true );
			if ( ! is_array( $outcome ) || 'returned' === $outcome['outcome'] ) {
				continue;
			}
			$before = $all[ $outcome['ref'] ] ?? null;
			// States only move forward: an answer beats not knowing.
			if ( null === $before || 'unknown' === $before['outcome'] ) {
				$all[ $outcome['ref'] ] = $outcome;
			}
		}
	}
	return $all;
};

$work = static function ( int $run, int $worker, bool $to_the_end ) use ( $content, $site, $refs, $settled, $simulator ): void {
	$told = fopen( "$content/told-$run-$worker", 'a' );
	$note = static function ( array $outcomes ) use ( $told ): void {
		foreach ( $outcomes as $outcome ) {
			fwrite( $told, json_encode( $outcome ) . "\n" );
		}
	};
	// What the dead left is settled before anybody looks what is left to do. Opened here: forked processes share a lock that was
	// opened before.
	$lock = fopen( "$content/lock", 'c' );
	flock( $lock, LOCK_EX );
	while ( $left = Native\broadcast_recover( $site, 500 ) ) {
		$note( $left );
		Native\broadcast_recovered( $site, array_column( $left, 'ref' ) );
	}
	$done = $settled();
	flock( $lock, LOCK_UN );
	$todo = array();
	foreach ( $refs as $i => $ref ) {
		if ( $i % WORKERS === $worker && ! isset( $done[ $ref ] ) ) {
			$todo[] = array(
				'ref'     => $ref,
				'to'      => '+49151' . sprintf( '%08d', $i ),
				'message' => '{"type":"text","text":{"body":"Hello"}}',
			);
		}
	}
	$broadcast = new Native\Broadcast( $site, array( 'phone_number_id' => NUMBER, 'token' => TOKEN, 'graph_base' => $simulator->ready['graph_base'] ), array( 'rate' => 20000, 'in_flight' => 64, 'timeout_ms' => 500, 'queue' => 1000, 'worker' => "run-$run-$worker" ) );
	while ( $todo || $broadcast->stats()['queued'] + $broadcast->stats()['in_flight'] > 0 ) {
		if ( $todo ) {
			array_splice( $todo, 0, $broadcast->push( array_slice( $todo, 0, 300 ) ) );
		}
		$outcomes = $broadcast->poll( 50 );
		$note( $outcomes );
		$broadcast->ack( array_column( $outcomes, 'ref' ) );
	}
	$outcomes = $broadcast->poll( 0, 10000 );
	$note( $outcomes );
	if ( $to_the_end || mt_rand( 0, 1 ) ) {
		$broadcast->ack( array_column( $outcomes, 'ref' ) );
	}
	exit( 0 );
};

$killed = 0;
$ended  = 0;
for ( $run = 0; $killed < (int) $kills || $ended < WORKERS; $run++ ) {
	$last = $killed >= (int) $kills;
	if ( $run > 500 ) {
		break;
	}
	// The last runs have it easier, else nothing would ever be settled.
	if ( $last && 0 === $ended ) {
		$simulator->call( 'DELETE', '/sim/rules' );
	}
	$ended = 0;
	$pids  = array();
	for ( $worker = 0; $worker < WORKERS; $worker++ ) {
		$pid = pcntl_fork();
		if ( 0 === $pid ) {
			mt_srand( $seed + $run * WORKERS + $worker );
			$work( $run, $worker, $last );
		}
		$pids[] = $pid;
	}
	foreach ( $pids as $pid ) {
		if ( ! $last ) {
			usleep( mt_rand( 5000, 300000 ) );
			posix_kill( $pid, SIGKILL );
		}
		pcntl_waitpid( $pid, $status );
		$killed += pcntl_wifsignaled( $status ) ? 1 : 0;
		$ended  += pcntl_wifexited( $status ) && 0 === pcntl_wexitstatus( $status ) ? 1 : 0;
	}
}
while ( $left = Native\broadcast_recover( $site ) ) {
	file_put_contents( "$content/told-end", implode( "\n", array_map( 'json_encode', $left ) ) . "\n", FILE_APPEND );
	Native\broadcast_recovered( $site, array_column( $left, 'ref' ) );
}

$got = array(); // Ref → wamids that the simulator gave.
for ( $after = 0; null !== $after; $after = $page['next_after'] ) {
	$page = $simulator->call( 'GET', "/sim/record?limit=10000&after=$after" );
	foreach ( $page['items'] as $row ) {
		$got[ $row['ref'] ][] = $row['wamid'];
	}
}
$simulator->stop();
$done   = $settled();
$counts = array_count_values( array_column( $done, 'outcome' ) );
ksort( $counts );
$count   = static fn( callable $is ): int => count( array_filter( $refs, $is ) );
$outcome = static fn( string $ref ): string => $done[ $ref ]['outcome'] ?? 'none';
$bad     = array_filter(
	array(
		'nobody got it twice'                        => $count( static fn( $r ) => count( $got[ $r ] ?? array() ) > 1 ),
		'everybody has a state'                      => $count( static fn( $r ) => 'none' === $outcome( $r ) ),
		'accepted is what the simulator accepted'    => $count( static fn( $r ) => 'accepted' === $outcome( $r ) && array( $done[ $r ]['wamid'] ) !== ( $got[ $r ] ?? array() ) ),
		'refused never arrived'                      => $count( static fn( $r ) => 'refused' === $outcome( $r ) && isset( $got[ $r ] ) ),
		'nobody else got anything'                   => count( array_diff_key( $got, array_flip( $refs ) ) ),
		'each is told unknown with a reason'         => $count( static fn( $r ) => 'unknown' === $outcome( $r ) && empty( $done[ $r ]['error']['title'] ) ),
		'no journal is left'                         => count( glob( "$site/broadcast/*" ) ),
		'enough processes were killed'               => max( 0, (int) $kills - $killed ),
		'most were accepted'                         => ( $counts['accepted'] ?? 0 ) < 0.8 * (int) $recipients ? 1 : 0,
	)
);
printf( "send-kill (%s, seed %d): %d recipients, %d processes killed in %d runs, %s; of the unknown %d arrived\n", $durability, $seed, $recipients, $killed, $run, json_encode( $counts ), $count( static fn( $r ) => 'unknown' === $outcome( $r ) && isset( $got[ $r ] ) ) );
if ( $bad ) {
	fwrite( STDERR, 'FAILED: ' . json_encode( $bad, JSON_PRETTY_PRINT ) . "\nkept: $content\n" );
	exit( 1 );
}
exec( 'rm -rf ' . escapeshellarg( $content ) );
