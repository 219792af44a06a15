<?php
/**
 * How fast ContactReader makes contacts of a table of a million rows (the same rows for everybody), and what it holds.
 *
 * Usage: php -n -d extension=target/release/libnxtchat.so tests/bench/reader.php [rows]
 * Fails below 400,000 rows a second of the slower thread's processor time, or above 16 MB of PHP's memory: an import then waits for
 * its database, never for the reader.
 */

declare(strict_types=1);

use NxtChat\Native;

const GOAL_ROWS = 400_000;
const GOAL_MB   = 16;

/** Seconds on a processor: of this thread, of all threads. */
function seconds(): array {
	$usage = getrusage();
	return array(
		(int) explode( ' ', (string) file_get_contents( '/proc/thread-self/schedstat' ) )[0] / 1e9,
		$usage['ru_utime.tv_sec'] + $usage['ru_stime.tv_sec'] + ( $usage['ru_utime.tv_usec'] + $usage['ru_stime.tv_usec'] ) / 1e6,
	);
}

$rows  = (int) ( $argv[1] ?? 1_000_000 );
$file  = tempnam( sys_get_temp_dir(), 'reader' );
$first = array( 'Anna', 'Jürgen', 'Søren', 'Łukasz', 'Zoë', 'Émile', 'José', 'Björn', 'Marie', 'Hans', 'Peter', 'Ayşe' );
$last  = array( 'Müller', 'Schmidt', 'Großmann', "O'Brien", 'García', 'Łopatka', 'Jensen', 'Dvořák', 'Weber' );
$out   = fopen( $file, 'wb' );
fwrite( $out, "Phone;Name;Email;Country;Groups;Marketing;Consent date;City\r\n" );
for ( $i = 0; $i < $rows; $i++ ) {
	fprintf( $out, "+4917%d%07d;%s %s;user%d@example.org;DE;VIP,News;%s;31.01.2024 12:00;Berlin %d\r\n", $i % 10, $i * 7919 % 10_000_000, $first[ $i % 12 ], $last[ $i % 9 ], $i, $i % 3 ? 'ja' : 'nein', $i % 100 );
}
fclose( $out );

try {
	$found   = Native\csv_sniff( file_get_contents( $file, false, null, 0, 262_144 ) );
	$columns = array_map( static fn( $column ) => array( 'to' => $column['guess'] ), $found['columns'] );
	$reader  = new Native\ContactReader( $file, array( 'columns' => $columns, 'region' => 'DE' ) + $found );
	$count   = 0;
	$begun   = microtime( true );
	$before  = seconds();
	while ( $batch = $reader->next( 2_000 ) ) {
		$count += $batch['n'];
	}
	$after = seconds();
	$wall  = microtime( true ) - $begun;
	$main  = $after[0] - $before[0];
	$other = $after[1] - $before[1] - $main;
	$rate  = $rows / max( $main, $other );
	$mb    = memory_get_peak_usage() / 1e6;
	printf( "%d contacts of %d rows (%d MB): %.0f rows/s on the clock; processor time %.2f s reading, %.2f s handing over: %.0f rows/s of the slower; PHP's memory %.1f MB; load %.1f\n",
		$count, $rows, filesize( $file ) / 1e6, $rows / $wall, $other, $main, $rate, $mb, sys_getloadavg()[0] );
	exit( $count === $rows && $rate >= GOAL_ROWS && $mb <= GOAL_MB ? 0 : 1 );
} finally {
	unlink( $file );
}
