<?php
/**
 * Writers in `full` durability (the default) killed -9 at random moments, every second time with SQLite's shared memory gone as after a reboot:
 * what was answered for is handed out, each once, and no file is left behind.
 *
 * php -d extension=…/libnxtchat.so tests/native/kill.php   (exit 1 and the reason when it fails)
 */

declare(strict_types=1);

use NxtChat\Native;

const ROUNDS  = 10;
const WRITERS = 3;
const SIZES   = array( 3, 700, 5000, 90000 ); // Bytes of a body: smaller than a page, some pages, more than is reserved ahead.

$content = sys_get_temp_dir() . '/nxtchat-kill-' . getmypid();
mkdir( $content );
$site = Native\site_dir( $content, 1 );
Native\site_prepare( $site );
Native\front_configure( $site, array( 'app_secrets' => array( 's' ), 'verify_hashes' => array(), 'wp_load' => '/x', 'blog_id' => 1, 'home' => 'h', 'durability' => 'full' ) );

$answered = array();
$seen     = array();
for ( $round = 0; $round < ROUNDS; $round++ ) {
	$pids = array();
	for ( $writer = 0; $writer < WRITERS; $writer++ ) {
		$pid = pcntl_fork();
		if ( 0 === $pid ) {
			$notes = fopen( "$content/answered-$round-$writer", 'a' );
			for ( $i = 0; $i < 100000; $i++ ) {
				$body = json_encode( array( 'key' => "$round-$writer-$i", 'x' => str_repeat( 'x', SIZES[ $i % count( SIZES ) ] ) ) );
				Native\webhook_accept( $site, $body, 'sha256=' . hash_hmac( 'sha256', $body, 's' ) );
				fwrite( $notes, "$round-$writer-$i\n" );
			}
			exit( 0 );
		}
		$pids[] = $pid;
	}
	usleep( random_int( 20000, 150000 ) );
	array_map( static fn( $pid ) => posix_kill( $pid, SIGKILL ), $pids );
	foreach ( $pids as $pid ) {
		pcntl_waitpid( $pid, $status );
	}
	if ( 1 === $round % 2 ) {
		array_map( 'unlink', glob( "$site/spool/*-shm" ) );
	}
	Native\spool_lease( $site );
	while ( $items = Native\spool_take( $site, 100 ) ) {
		foreach ( $items as $item ) {
			$key          = json_decode( $item['body'], true )['key'];
			$seen[ $key ] = ( $seen[ $key ] ?? 0 ) + 1;
		}
		Native\spool_ack( $site, array_column( $items, 'id' ) );
	}
	Native\spool_release( $site );
	foreach ( glob( "$content/answered-$round-*" ) as $notes ) {
		$answered += array_fill_keys( file( $notes, FILE_IGNORE_NEW_LINES ), true );
	}
}
$stats  = Native\spool_stats( $site );
$lost   = count( array_diff_key( $answered, $seen ) );
$failed = array_keys(
	array_filter(
		array(
			'something was stored at all'     => count( $answered ) < ROUNDS,
			'nothing answered for is lost'    => $lost > 0,
			'each is handed out once'         => max( $seen ) > 1,
			'no file is left or put in doubt' => $stats['files'] > 0 || $stats['pending'] > 0 || $stats['quarantined'] > 0,
		)
	)
);
exec( 'rm -rf ' . escapeshellarg( $content ) );
printf( "kill: %d answered for by %d killed writers, %d lost\n", count( $answered ), ROUNDS * WRITERS, $lost );
if ( $failed ) {
	fwrite( STDERR, 'FAILED: ' . implode( '; ', $failed ) . "\n" );
	exit( 1 );
}
