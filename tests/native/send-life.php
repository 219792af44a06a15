<?php
/**
 * A broadcast's life in a process: threads only while it sends, forks, signals, the time limit, an end in the middle, memory.
 *
 * php -d extension=…/libnxtchat.so tests/native/send-life.php <simulator> [messages for the memory]   (exit 1 when something fails)
 */

declare(strict_types=1);

use NxtChat\Native;

require __DIR__ . '/simulator.php';

[ , $binary, $many ] = $argv + array( 2 => 100000 );
const LIMIT_MB       = 64;
$content             = sys_get_temp_dir() . '/nxtchat-send-life-' . getmypid();
mkdir( $content );
$site = Native\site_dir( $content, 1 );
Native\site_prepare( $site );
$simulator = new Simulator( $binary, array( '--relaxed', '--settings', '{"webhooks":false,"record_light":true,"record_max":1000000}' ) );
$failed    = 0;

$check = static function ( bool $ok, string $what ) use ( &$failed ): void {
	echo ( $ok ? 'ok      ' : 'FAILED  ' ) . "$what\n";
	$failed += $ok ? 0 : 1;
};
$make  = static fn( array $options = array() ) => new Native\Broadcast( $site, array( 'phone_number_id' => '106540352242922', 'token' => 'EAASIMULATOR0TOKEN', 'graph_base' => $simulator->ready['graph_base'] ), $options + array( 'rate' => 20000 ) );
$list  = static fn( array $refs ) => array_map( static fn( $ref, $i ) => array( 'ref' => $ref, 'to' => sprintf( '+49151%08d', $i ), 'message' => '{"type":"text","text":{"body":"Hello"}}' ), $refs, array_keys( $refs ) );
/** Polls until everything has an outcome. @return array<string, int> */
$drain = static function ( Native\Broadcast $broadcast, int $count ): array {
	$kinds = array();
	for ( $told = 0; $told < $count; $told += count( $outcomes ) ) {
		$outcomes = $broadcast->poll( 10000, 1000, 100 );
		if ( ! $outcomes ) {
			break;
		}
		foreach ( $outcomes as $outcome ) {
			$kinds[ $outcome['outcome'] ] = ( $kinds[ $outcome['outcome'] ] ?? 0 ) + 1;
		}
		$broadcast->ack( array_column( $outcomes, 'ref' ) );
	}
	return $kinds;
};
$threads = static fn(): int => count( glob( '/proc/self/task/*' ) );
/** Runs $work in a child; its exit code, -1 when a signal ended it. */
$child = static function ( callable $work ): int {
	$pid = pcntl_fork();
	if ( 0 === $pid ) {
		$work();
		exit( 0 );
	}
	pcntl_waitpid( $pid, $status );
	return pcntl_wifexited( $status ) ? pcntl_wexitstatus( $status ) : -1;
};
$twice = static fn(): int => $simulator->call( 'GET', '/sim/record/duplicates' )['duplicated'];

// Threads.
$before    = $threads();
$broadcast = $make();
$broadcast->stats();
$check( array() === $broadcast->poll( 0 ) && array() === $broadcast->stop( 0 ) && $threads() === $before, 'no thread before the first push' );
$broadcast = $make();
$broadcast->push( $list( Native\ulids( 200 ) ) );
$check( $threads() > $before, 'threads while it sends' );
$check( array( 'accepted' => 200 ) === $drain( $broadcast, 200 ), '200 are accepted' );
unset( $broadcast );
$check( $threads() === $before && array() === glob( "$site/broadcast/*" ), 'they end with the object, and its journal goes' );

// Forks: the child has its parent's object, and an engine of its own.
$broadcast = $make( array( 'rate' => 500 ) );
$broadcast->push( $list( Native\ulids( 300 ) ) );
usleep( 50000 );
$code = $child(
	static function () use ( $broadcast, $list, $drain ): void {
		$ok = $broadcast->push( $list( Native\ulids( 300 ) ) ) === 300 && array( 'accepted' => 300 ) === $drain( $broadcast, 300 );
		exit( $ok ? 0 : 1 );
	}
);
$check( 0 === $code, 'a forked child sends by an engine of its own' );
$check( array( 'accepted' => 300 ) === $drain( $broadcast, 300 ), 'while the parent goes on' );
unset( $broadcast );
$check( 0 === $twice(), 'nothing twice' );

// A child that lives on does not hold the journal of its dead parent.
$pid = pcntl_fork();
if ( 0 === $pid ) {
	$broadcast = $make( array( 'rate' => 10 ) );
	$broadcast->push( $list( Native\ulids( 50 ) ) );
	$broadcast->poll( 500 );
	$sleeper = pcntl_fork();
	if ( 0 === $sleeper ) {
		sleep( 20 );
		posix_kill( getmypid(), SIGKILL );
	}
	file_put_contents( "$content/sleeper", $sleeper );
	posix_kill( getmypid(), SIGKILL );
}
pcntl_waitpid( $pid, $status );
$left = Native\broadcast_recover( $site );
$check( 50 === count( $left ), 'what a killed process left is found, though its child lives: ' . count( $left ) );
$check( count( Native\broadcast_recover( $site ) ) === 50, 'and again until it is settled' );
$check( 0 === $child( static fn() => exit( count( Native\broadcast_recover( $site ) ) ) ), 'by one process at a time' );
Native\broadcast_recovered( $site, array_column( $left, 'ref' ) );
$check( array() === glob( "$site/broadcast/*" ), 'then the journal goes' );
posix_kill( (int) file_get_contents( "$content/sleeper" ), SIGKILL );

// Signals.
$simulator->call( 'PATCH', '/sim/settings', array( 'latency_ms' => array( 300, 300 ) ) );
$code = $child(
	static function () use ( $make, $list, $drain ): void {
		pcntl_async_signals( true );
		$heard = 0.0;
		pcntl_signal( SIGTERM, static function () use ( &$heard ) { $heard = microtime( true ); } );
		$broadcast = $make( array( 'rate' => 20 ) );
		$broadcast->push( $list( Native\ulids( 100 ) ) );
		$me = getmypid();
		if ( 0 === pcntl_fork() ) {
			usleep( 400000 );
			posix_kill( $me, SIGTERM );
			posix_kill( getmypid(), SIGKILL );
		}
		$start = microtime( true );
		$broadcast->poll( 20000, 100, 100 );
		$waited = microtime( true ) - $start;
		$unsent = $broadcast->stop( 5000 );
		$told   = count( $broadcast->poll( 0 ) );
		// At a rate of 20 only what was on its way is waited for.
		exit( $heard > 0 && $waited < 1.0 && microtime( true ) - $heard < 1.0 && count( $unsent ) > 50 && $told + count( $unsent ) <= 100 ? 0 : 1 );
	}
);
$check( 0 === $code, 'a signal ends a poll at once, stop() waits for what is on its way only' );
$clean = static function () use ( $site ): array {
	$all = array();
	while ( $left = Native\broadcast_recover( $site ) ) {
		Native\broadcast_recovered( $site, array_column( $left, 'ref' ) );
		array_push( $all, ...$left );
	}
	return $all;
};
$check( 100 === count( $clean() ), 'and nothing is lost' );

// The time limit, in the middle of sending.
$simulator->call( 'PATCH', '/sim/settings', array( 'latency_ms' => array( 0, 0 ) ) );
$simulator->call( 'DELETE', '/sim/record' );
$start = microtime( true );
$code  = $child(
	static function () use ( $make, $list, $content ): void {
		ini_set( 'display_errors', '0' );
		ini_set( 'log_errors', '0' );
		$refs = Native\ulids( 100000 );
		file_put_contents( "$content/refs", implode( "\n", $refs ) );
		$todo      = $list( $refs );
		$told      = fopen( "$content/told", 'w' );
		$broadcast = $make();
		set_time_limit( 1 );
		while ( true ) {
			array_splice( $todo, 0, $broadcast->push( array_slice( $todo, 0, 500 ) ) );
			foreach ( $broadcast->poll( 100 ) as $outcome ) {
				fwrite( $told, $outcome['ref'] . "\n" );
				$broadcast->ack( array( $outcome['ref'] ) );
			}
		}
	}
);
$check( 255 === $code && microtime( true ) - $start < 20, "the time limit ends the request (exit code $code)" );
$known = array_flip( array_filter( explode( "\n", (string) file_get_contents( "$content/told" ) ) ) );
foreach ( $clean() as $outcome ) {
	if ( 'accepted' === $outcome['outcome'] ) {
		$known[ $outcome['ref'] ] = true;
	}
}
$got = $simulator->call( 'GET', '/sim/record/count' )['count'];
$check( $got > 100 && count( $known ) === $got && 0 === $twice(), "what was accepted is known, each once: $got" );

// An end in the middle, with something on its way that does not answer.
$simulator->call( 'POST', '/sim/rules', array( array( 'do' => 'hang', 'ms' => 30000 ) ) );
$start = microtime( true );
$code  = $child(
	static function () use ( $make, $list ): void {
		$broadcast = $make( array( 'in_flight' => 5 ) );
		$broadcast->push( $list( Native\ulids( 20 ) ) );
		$broadcast->poll( 300 );
		exit( 0 );
	}
);
$kinds = array_count_values( array_column( $clean(), 'outcome' ) );
ksort( $kinds );
$check( 0 === $code && microtime( true ) - $start < 4, 'a script ends though an answer is missing' );
$check( array( 'returned' => 15, 'unknown' => 5 ) === $kinds, 'what was on its way is unknown, the rest is returned: ' . json_encode( $kinds ) );
$simulator->call( 'DELETE', '/sim/rules' );

// Memory, at any size.
$simulator->call( 'DELETE', '/sim/record' );
$code = $child(
	static function () use ( $make, $list, $many, $content ): void {
		$broadcast = $make( array( 'rate' => 100000 ) );
		$next      = 0;
		for ( $told = 0; $told < (int) $many; $told += count( $outcomes ) ) {
			if ( $next < (int) $many ) {
				$next += $broadcast->push( $list( Native\ulids( min( 1000, (int) $many - $next ) ) ) );
			}
			$outcomes = $broadcast->poll( 1000, 1000, 300 );
			$broadcast->ack( array_column( $outcomes, 'ref' ) );
		}
		preg_match( '/^VmHWM:\s+(\d+)/m', (string) file_get_contents( '/proc/self/status' ), $m );
		file_put_contents( "$content/peak", $m[1] / 1024 );
		unset( $broadcast );
		exit( 0 );
	}
);
$peak = (float) file_get_contents( "$content/peak" );
$check( 0 === $code && $peak < LIMIT_MB, sprintf( 'memory after %d messages: %.1f MB at most', $many, $peak ) );
$check( (int) $many === $simulator->call( 'GET', '/sim/record/count' )['count'] && array() === glob( "$site/broadcast/*" ), 'all of them arrived, and no journal is left' );
exec( 'rm -rf ' . escapeshellarg( $content ) );
echo $failed ? "$failed failed\n" : "send-life: ok\n";
exit( $failed ? 1 : 0 );
