<?php
/**
 * The Inbox's requests on a small and a large data set. Run by inbox.sh with the small site's php; NXTBENCH_LARGE is
 * the large site's directory.
 */

declare(strict_types=1);

require __DIR__ . '/Site.php';
require __DIR__ . '/Report.php';
require __DIR__ . '/Http.php';
require __DIR__ . '/Wrk.php';

const JSON_LIMIT_KB = 100;

$rounds = Report::quick() ? 5 : 150;
$sites  = array( '100k' => (string) getenv( 'NXTCHAT_SITE' ) );
if ( getenv( 'NXTBENCH_LARGE' ) ) {
	$sites['1M'] = (string) getenv( 'NXTBENCH_LARGE' );
}

// Path, whether the plugin is in it, and whether it is judged.
$requests = array(
	'no-op'                     => '/wp-json/nxtbench/v1/noop-signed-in',
	'list'                      => '/wp-json/nxtchat/v1/conversations',
	'list, unread only'         => '/wp-json/nxtchat/v1/conversations?unread=1',
	'thread'                    => '/wp-json/nxtchat/v1/conversations/4711/messages',
	'thread of the busiest'     => '/wp-json/nxtchat/v1/conversations/1/messages',
);
$informative = array(
	'no-op, plugin active'      => '/wp-json/nxtbench/v1/noop-signed-in',
	'list, search by name'      => '/wp-json/nxtchat/v1/conversations?search=' . rawurlencode( 'müller' ),
	'list, search by number'    => '/wp-json/nxtchat/v1/conversations?search=4915100',
	'history'                   => '/wp-json/nxtchat/v1/messages',
);

$http    = array();
$headers = array();
$live    = array();
foreach ( $sites as $size => $dir ) {
	$signed           = json_decode( (string) shell_exec( escapeshellarg( "$dir/php" ) . ' ' . escapeshellarg( __DIR__ . '/sign-in.php' ) ), true );
	$http[ $size ]    = new Http( $signed['url'] );
	$headers[ $size ] = $signed['headers'];
	$live[ $size ]    = $signed;
}

/** @return array{ms: float, body: string} */
function ask( string $size, string $name, string $path ): array {
	global $http, $headers;
	// The reference is WordPress without the plugin: what it costs by being there counts against it.
	return $http[ $size ]->get( $path, 'no-op' === $name ? array_merge( $headers[ $size ], array( 'X-Bench-Without: 1' ) ) : $headers[ $size ] );
}

$times = array();
$kb    = array();
for ( $round = -3; $round < $rounds; $round++ ) {
	foreach ( $requests + ( $round < $rounds / 5 ? $informative : array() ) as $name => $path ) {
		foreach ( $sites as $size => $dir ) {
			$answer = ask( $size, $name, $path );
			if ( $round < 0 ) {
				$kb[ $name ][ $size ] = strlen( $answer['body'] ) / 1024;
				$items                = json_decode( $answer['body'], true )['items'] ?? null;
				if ( ! str_starts_with( $name, 'no-op' ) && ! $items ) {
					Report::fail( "$name on $size answers no items: " . substr( $answer['body'], 0, 300 ) );
				}
				continue;
			}
			$times[ $name ][ $size ][] = $answer['ms'];
		}
	}
}
$ms = array();
foreach ( $times as $name => $by_size ) {
	foreach ( $by_size as $size => $values ) {
		$ms[ $name ][ $size ] = Report::median( $values );
	}
}

Report::info( 'conditions', "MariaDB, 50,000 contacts, one client, signed in by cookie and nonce, medians of $rounds alternating rounds; the no-op runs without the plugin" );
foreach ( $ms as $name => $by_size ) {
	foreach ( $by_size as $size => $value ) {
		Report::info( "$name, $size", sprintf( '%.2f ms, %.1f KB', $value, $kb[ $name ][ $size ] ) );
	}
}
foreach ( array_keys( $requests ) as $name ) {
	if ( 'no-op' === $name ) {
		continue;
	}
	foreach ( $sites as $size => $dir ) {
		Report::at_most( "$name / REST no-op, $size", $ms[ $name ][ $size ] / $ms['no-op'][ $size ], 1.3, ' ×' );
		Report::at_most( "$name, JSON, $size", $kb[ $name ][ $size ], JSON_LIMIT_KB, ' KB' );
	}
	if ( isset( $sites['1M'] ) ) {
		// Beside each site's own no-op, so that a site that is slower for other reasons is not taken for growth.
		Report::at_most( "$name, growth from 100k to 1M", ( $ms[ $name ]['1M'] / $ms['no-op']['1M'] ) / ( $ms[ $name ]['100k'] / $ms['no-op']['100k'] ), 1.2, ' ×' );
	}
}

foreach ( $sites as $size => $dir ) {
	$poll  = $live[ $size ]['live']['url'];
	$poll .= ( str_contains( $poll, '?' ) ? '&' : '?' ) . 'token=' . rawurlencode( $live[ $size ]['live']['token'] );
	$empty = array();
	$ours  = array();
	for ( $round = 0; $round < ( Report::quick() ? 1 : 5 ); $round++ ) {
		$empty[] = Wrk::run( $live[ $size ]['url'] . '/nxtbench-empty.php', 4, 2 );
		$ours[]  = Wrk::run( $poll, 4, 2 );
		if ( end( $ours )['status_errors'] > 0 ) {
			Report::fail( "the poll answers errors on $size" );
		}
	}
	$rate = static fn( array $all ) => Report::median( array_column( $all, 'rate' ) );
	Report::info( "poll, $size", sprintf( '%s/s beside %s/s of the empty file, p99 %.2f and %.2f ms', Report::number( $rate( $ours ) ), Report::number( $rate( $empty ) ), Report::median( array_column( $ours, 'p99_ms' ) ), Report::median( array_column( $empty, 'p99_ms' ) ) ) );
	Report::at_most( "poll / empty file, time per request, $size", $rate( $empty ) / $rate( $ours ), 2, ' ×' );
}
Report::end();
