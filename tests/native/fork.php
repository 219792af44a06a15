<?php
/**
 * After a fork each process has a spool file, a runtime and a lease of its own, and nothing stored is lost; no thread before the first use.
 *
 * php -d extension=…/libnxtchat.so tests/native/fork.php   (exit 1 and the reason when it fails)
 */

declare(strict_types=1);

use NxtChat\Native;

const CHILDREN = 8;
const EVENTS   = 200; // Per process.

function check( bool $ok, string $what ): void {
	if ( ! $ok ) {
		fwrite( STDERR, "FAILED: $what\n" );
		exit( 1 );
	}
}

function threads(): int {
	return count( glob( '/proc/self/task/*' ) );
}

/** A call to a port where nobody listens: uses client and runtime, and must come back with a GraphError. */
function call_nobody(): void {
	try {
		Native\graph_call( array( 'token' => 'x', 'phone_number_id' => '1', 'graph_base' => 'http://127.0.0.1:9' ), 'GET', 'me' );
	} catch ( Native\Exception\GraphError $e ) {
		check( ! str_contains( $e->getMessage() . $e, "'x'" ), 'the token is not in the error' );
		return;
	}
	check( false, 'a call to nobody throws GraphError' );
}

$content = sys_get_temp_dir() . '/nxtchat-fork-' . getmypid();
mkdir( $content );
$site = Native\site_dir( $content, 1 );
Native\site_prepare( $site );
Native\front_configure( $site, array( 'app_secrets' => array( 's' ), 'verify_hashes' => array(), 'wp_load' => '/x', 'blog_id' => 1, 'home' => 'h', 'durability' => 'normal' ) );

$store = static function ( string $who ) use ( $site ): void {
	for ( $i = 0; $i < EVENTS; $i++ ) {
		$body = json_encode( array( 'who' => $who, 'n' => $i ) );
		Native\webhook_accept( $site, $body, 'sha256=' . hash_hmac( 'sha256', $body, 's' ) );
	}
};

check( 1 === threads(), 'no thread after loading' );
$store( 'parent before' );
check( 1 === threads(), 'no thread for the spool' );
call_nobody();
check( Native\spool_lease( $site ), 'the parent has the lease' );

// A reader with its thread in the middle of a file: parent and child each go on from there.
$table = "$content/contacts.csv";
file_put_contents( $table, str_repeat( "+491701234567;Ann\n+491701234568;Bob\n", 50_000 ) );
$mapping = array( 'encoding' => 'utf-8', 'delimiter' => ';', 'header' => false, 'columns' => array( array( 'to' => 'phone' ), array( 'to' => 'name' ) ) );
$before  = threads();
$reader  = new Native\ContactReader( $table, $mapping );
check( $before === threads(), 'no thread before the first rows' );
check( array( 1 ) === $reader->next( 1 )['line'], 'the first row' );
$go_on = static function () use ( $reader ): void {
	$rows = 1;
	while ( $batch = $reader->next( 700 ) ) {
		check( $batch['last_line'] === $rows += $batch['rows'], 'row after row' );
	}
	check( 100_000 === $rows, "a reader goes on after a fork: $rows" );
};

$children = array();
for ( $c = 0; $c < CHILDREN; $c++ ) {
	$pid = pcntl_fork();
	if ( 0 === $pid ) {
		check( ! Native\spool_lease( $site ), 'a child does not inherit the lease' );
		$store( "child $c" );
		call_nobody();
		$go_on();
		$store( "child $c again" );
		exit( 0 );
	}
	$children[] = $pid;
}
$store( 'parent meanwhile' );
call_nobody();
$go_on();
unset( $reader, $go_on );
check( $before === threads(), 'a reader takes its thread along' );
foreach ( $children as $pid ) {
	pcntl_waitpid( $pid, $status );
	check( pcntl_wifexited( $status ) && 0 === pcntl_wexitstatus( $status ), 'a child ended well' );
}
$store( 'parent after' );

$seen = array();
while ( $items = Native\spool_take( $site, 500 ) ) {
	foreach ( $items as $item ) {
		$seen[ $item['body'] ] = ( $seen[ $item['body'] ] ?? 0 ) + 1;
	}
	Native\spool_ack( $site, array_column( $items, 'id' ) );
}
check( count( $seen ) === EVENTS * ( 3 + 2 * CHILDREN ), 'every event is there: ' . count( $seen ) );
check( 1 === max( $seen ), 'each once' );
exec( 'rm -rf ' . escapeshellarg( $content ) );
echo 'fork: ' . count( $seen ) . " events of " . ( CHILDREN + 1 ) . " processes, each once: ok\n";
