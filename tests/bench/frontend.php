<?php
/**
 * What the plugin costs an ordinary page of the public site, which has no form of it. Run by frontend.sh with the site's own php.
 *
 * Both variants are the same site, theme and worker: a header makes WordPress leave the plugin out of the active ones.
 * The must-use plugin (mu-plugin.php) measures inside the request, from before the plugins load to the end.
 */

declare(strict_types=1);

require __DIR__ . '/Site.php';
require __DIR__ . '/Report.php';
require __DIR__ . '/Http.php';
nxtbench_load();

const FIGURES = array( 'wall_us', 'cpu_us', 'queries', 'writes', 'files' );

// With everything on that an ordinary page could pay for.
$before = get_option( 'nxtchat_login' );
update_option( 'nxtchat_login', array( 'enabled' => true, 'migrate' => array( 'enabled' => true, 'until' => '2020-01-01' ) ), true );
register_shutdown_function( static fn() => false === $before ? delete_option( 'nxtchat_login' ) : update_option( 'nxtchat_login', $before, true ) );

$http  = new Http( nxtbench_url() );
$pairs = Report::quick() ? 20 : 1500;

/** @return array<string, int> */
function page( Http $http, bool $with ): array {
	$answer = $http->get( '/', array_merge( array( 'X-Bench-Page: 1' ), $with ? array() : array( 'X-Bench-Without: 1' ) ) );
	if ( ! preg_match( '/^X-Bench: (\d+) (\d+) (\d+) (\d+) (\d+)/mi', $answer['headers'], $m ) ) {
		Report::fail( 'the page carries no figures' );
	}
	return array_combine( FIGURES, array_map( 'intval', array_slice( $m, 1 ) ) );
}

for ( $i = 0; $i < 40; $i++ ) {
	page( $http, 0 === $i % 2 );
}
$seen       = array( array(), array() );
$difference = array();
for ( $i = 0; $i < $pairs; $i++ ) {
	// Who comes first changes with every pair.
	$pair = array();
	foreach ( $i % 2 ? array( 0, 1 ) : array( 1, 0 ) as $with ) {
		$pair[ $with ] = page( $http, 1 === $with );
	}
	foreach ( FIGURES as $figure ) {
		$seen[0][ $figure ][]    = $pair[0][ $figure ];
		$seen[1][ $figure ][]    = $pair[1][ $figure ];
		$difference[ $figure ][] = $pair[1][ $figure ] - $pair[0][ $figure ];
	}
}
$median = static fn( int $with, string $figure ) => Report::median( $seen[ $with ][ $figure ] );
Report::info( 'conditions', "home page, login by code switched on, $pairs pairs, php-fpm with opcache, measured inside the request" );
foreach ( array( 'without', 'with' ) as $with => $name ) {
	Report::info( "page $name the plugin", sprintf( '%.2f ms, %.2f ms CPU, %d queries, %d files', $median( $with, 'wall_us' ) / 1000, $median( $with, 'cpu_us' ) / 1000, $median( $with, 'queries' ), $median( $with, 'files' ) ) );
}
Report::at_most( 'extra queries', max( $seen[1]['queries'] ) - min( $seen[0]['queries'] ), 0 );
Report::at_most( 'writes with the plugin', max( $seen[1]['writes'] ), 0 );
Report::at_most( 'extra PHP files', max( $seen[1]['files'] ) - min( $seen[0]['files'] ), 3 );
Report::at_most( 'extra time, median of the pairs', Report::median( $difference['wall_us'] ) / 1000, 0.3, ' ms' );
Report::info( 'extra CPU time, median of the pairs', sprintf( '%.3f ms', Report::median( $difference['cpu_us'] ) / 1000 ) );
Report::info( 'extra time, difference of the medians', sprintf( '%.3f ms', ( $median( 1, 'wall_us' ) - $median( 0, 'wall_us' ) ) / 1000 ) );
Report::end();
