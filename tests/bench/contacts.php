<?php
/**
 * The list of contacts at a million: SQL, plans, request. Run by contacts.sh with the site's php.
 */

declare(strict_types=1);

define( 'SAVEQUERIES', true );
require __DIR__ . '/Site.php';
require __DIR__ . '/Report.php';
require __DIR__ . '/Http.php';
nxtbench_load();

use NxtChat\Contact\ContactExport;
use NxtChat\Contact\ContactList;
use NxtChat\Segment\Segments;

/** Milliseconds of SQL for one list or one count, in all its statements. */
const SQL_LIMIT_MS = 100;

/** Rows from which on a table counts as big in a plan. */
const BIG = 100000;

$rounds = Report::quick() ? 2 : 9;

$list = static fn( array $filter, string $sort = 'added', string $order = '', bool $last = false ) => static fn() => ContactList::page( $filter, $sort, $order, '', 50, $last );
/** The page after and the page before one in the middle of the alphabet. */
$deep = static function ( bool $back ): callable {
	$cursor = rtrim( strtr( base64_encode( (string) json_encode( array( $back ? 'b' : 'f', 'name', 1, 'lena', 500000 ) ) ), '+/', '-_' ), '=' );
	return static fn() => ContactList::page( array(), 'name', '', $cursor, 50 );
};
$segment = static fn( string $match, array ...$leaves ) => static fn() => Segments::preview(
	array(
		'match'      => $match,
		'conditions' => array_map( static fn( $leaf ) => isset( $leaf['match'] ) ? $leaf : array( 'field' => $leaf[0], 'operator' => $leaf[1] ) + ( isset( $leaf[2] ) ? array( 'value' => $leaf[2] ) : array() ), $leaves ),
	)
);

$cases = array(
	'first page'                             => $list( array() ),
	'first page by name'                     => $list( array(), 'name' ),
	'first page by heard'                    => $list( array(), 'heard' ),
	'last page'                              => $list( array(), 'added', '', true ),
	'last page by name'                      => $list( array(), 'name', '', true ),
	'last page by heard'                     => $list( array(), 'heard', '', true ),
	'page in the middle by name'             => $deep( false ),
	'page in the middle by name, backwards'  => $deep( true ),
	'group of half of all'                   => $list( array( 'group' => '1' ), 'name' ),
	'group of 26,000'                        => $list( array( 'group' => '19' ), 'name' ),
	'group of 20'                            => $list( array( 'group' => '20' ), 'name' ),
	'group of half of all, last page'        => $list( array( 'group' => '1' ), 'name', '', true ),
	'marketing granted'                      => $list( array( 'marketing' => 'granted' ), 'name' ),
	'marketing revoked'                      => $list( array( 'marketing' => 'revoked' ), 'heard' ),
	'utility none'                           => $list( array( 'utility' => 'none' ) ),
	'login granted'                          => $list( array( 'login' => 'granted' ), 'name' ),
	'country, common'                        => $list( array( 'country' => 'DE' ), 'name' ),
	'country, rare'                          => $list( array( 'country' => 'IS' ), 'name' ),
	'language'                               => $list( array( 'language' => 'tr' ), 'heard' ),
	'source'                                 => $list( array( 'source' => 'form' ), 'name' ),
	'heard in 7 days'                        => $list( array( 'heard' => '7d' ), 'name' ),
	'heard in 30 days, oldest contacts first' => $list( array( 'heard' => '30d' ), 'added', 'asc' ),
	'heard longer ago, newest contacts first' => $list( array( 'heard' => 'older' ) ),
	'heard longer ago by heard'              => $list( array( 'heard' => 'older' ), 'heard' ),
	'never heard'                            => $list( array( 'heard' => 'never' ), 'heard' ),
	'custom field, choice'                   => $list( array( 'field' => 'city:Köln' ), 'name' ),
	'custom field, number'                   => $list( array( 'field' => 'points:77' ), 'name' ),
	'custom field, date'                     => $list( array( 'field' => 'birthday:1990-05-05' ) ),
	'group + marketing + country'            => $list( array( 'group' => '3', 'marketing' => 'granted', 'country' => 'DE' ), 'name' ),
	'group + marketing + country, last page' => $list( array( 'group' => '3', 'marketing' => 'granted', 'country' => 'DE' ), 'name', '', true ),
	'four filters that leave few'            => $list( array( 'group' => '19', 'marketing' => 'revoked', 'country' => 'PL', 'field' => 'city:Wien' ), 'name' ),
	'search: first name'                     => $list( array( 'search' => 'anna' ), 'name' ),
	'search: one letter'                     => $list( array( 'search' => 'a' ), 'heard' ),
	'search: two words'                      => $list( array( 'search' => 'müll anna' ), 'name' ),
	'search: three words'                    => $list( array( 'search' => 'anna muller 3f' ), 'heard' ),
	'search: number'                         => $list( array( 'search' => '+49 151 1234' ) ),
	'search: half of all numbers'            => $list( array( 'search' => '+49151' ), 'name' ),
	'search: user name'                      => $list( array( 'search' => '@user.50' ) ),
	'search: e-mail'                         => $list( array( 'search' => 'anna.50' ), 'name' ),
	'search: nobody'                         => $list( array( 'search' => 'nobodyhere' ) ),
	'search + group'                         => $list( array( 'search' => 'anna', 'group' => '2' ), 'name' ),
	'segment: any of two rare'               => $segment( 'any', array( 'country', 'is', array( 'IS' ) ), array( 'group', 'in', array( 20 ) ) ),
	'segment: three opposites'               => $segment( 'all', array( 'group', 'not_in', array( 1 ) ), array( 'consent.marketing', 'is_not', array( 'revoked' ) ), array( 'last_in', 'not_within_days', 100 ) ),
	'segment: added lately'                  => $segment( 'all', array( 'created', 'within_days', 3 ) ),
	'segment: added + country'               => $segment( 'all', array( 'created', 'within_days', 200 ), array( 'country', 'is', array( 'PL' ) ) ),
	'segment: number + date fields'          => $segment( 'all', array( 'field.points', 'between', array( 100, 120 ) ), array( 'field.birthday', 'before', '1990-01-01' ) ),
	'segment: we wrote + unread'             => $segment( 'all', array( 'message.out', 'within_days', 10 ), array( 'message.unread', 'set' ) ),
	'segment: we did not write + e-mail'     => $segment( 'all', array( 'message.out', 'not_within_days', 60 ), array( 'email', 'begins', 'anna' ) ),
	'segment: nested'                        => $segment( 'any', array( 'match' => 'all', 'conditions' => array( array( 'field' => 'group', 'operator' => 'in', 'value' => array( 19 ) ), array( 'field' => 'country', 'operator' => 'is', 'value' => array( 'PL' ) ) ) ), array( 'match' => 'all', 'conditions' => array( array( 'field' => 'group', 'operator' => 'in', 'value' => array( 18 ) ), array( 'field' => 'field.city', 'operator' => 'is', 'value' => array( 'Wien' ) ) ) ) ),
	'segment: role + user'                   => $segment( 'all', array( 'user_role', 'in', array( 'administrator' ) ), array( 'phone', 'set' ) ),
);

/** What a plan reads without an index, or sorts although it is big. @return list<string> */
function plan_faults( string $sql ): array {
	global $wpdb;
	$faults = array();
	foreach ( $wpdb->get_results( "EXPLAIN $sql", ARRAY_A ) as $row ) {
		$derived = str_starts_with( (string) $row['table'], '<' );
		if ( ! $derived && 'ALL' === $row['type'] && (int) $row['rows'] > BIG ) {
			$faults[] = "reads all of {$row['table']} ({$row['rows']} rows)";
		}
		if ( ! $derived && str_contains( (string) $row['Extra'], 'filesort' ) && (int) $row['rows'] > 100000 ) {
			$faults[] = "sorts {$row['rows']} rows of {$row['table']}";
		}
	}
	return $faults;
}

Report::info( 'conditions', sprintf( 'MariaDB, %s contacts, 20 groups, 3 custom fields, pages of 50; SQL of the whole answer with its contacts, medians of %d rounds', number_format( (int) $wpdb->get_var( 'SELECT COUNT(*) FROM ' . NxtChat\Schema::table( 'contacts' ) ) ), $rounds ) );
$faults = 0;
$plans  = 0;
foreach ( $cases as $name => $case ) {
	$ms = array();
	for ( $round = -1; $round < $rounds; $round++ ) {
		$wpdb->queries = array();
		wp_cache_flush();
		$answer = $case();
		if ( is_wp_error( $answer ) ) {
			Report::fail( "$name: " . wp_json_encode( $answer->get_error_data(), JSON_UNESCAPED_UNICODE ) );
		}
		if ( $round >= 0 ) {
			$ms[] = 1000 * array_sum( array_column( $wpdb->queries, 1 ) );
		}
	}
	$count = $answer['count'];
	$items = $answer['items'] ?? $answer['examples'];
	if ( ! $items && ! str_contains( $name, 'nobody' ) && ! str_contains( $name, 'role' ) && ! Report::quick() ) {
		Report::fail( "$name finds nobody" );
	}
	foreach ( array_unique( array_column( $wpdb->queries, 0 ) ) as $sql ) {
		if ( str_contains( $sql, 'nxtchat_' ) && 1 === preg_match( '/^\s*SELECT/i', $sql ) ) {
			++$plans;
			foreach ( plan_faults( $sql ) as $fault ) {
				++$faults;
				Report::info( "plan, $name", "$fault: " . substr( $sql, 0, 300 ) );
			}
		}
	}
	Report::at_most( sprintf( '%s (%s%s)', $name, $count['exact'] ? '' : '~', number_format( $count['value'] ) ), Report::median( $ms ), SQL_LIMIT_MS, ' ms' );
}
Report::at_most( "statements without an index, of $plans", (float) $faults, 0 );

// The request, beside WordPress without the plugin.
$signed = json_decode( (string) shell_exec( escapeshellarg( getenv( 'NXTCHAT_SITE' ) . '/php' ) . ' ' . escapeshellarg( __DIR__ . '/sign-in.php' ) ), true );
$http   = new Http( $signed['url'] );
$paths  = array(
	'no-op'                      => '/wp-json/nxtbench/v1/noop-signed-in',
	'list request'               => '/wp-json/nxtchat/v1/contacts',
	'list request by name'       => '/wp-json/nxtchat/v1/contacts?sort=name',
	'list request, last page'    => '/wp-json/nxtchat/v1/contacts?last=1',
	'list request with a filter' => '/wp-json/nxtchat/v1/contacts?marketing=granted',
);
$times  = array();
for ( $round = -3; $round < ( Report::quick() ? 5 : 100 ); $round++ ) {
	foreach ( $paths as $name => $path ) {
		$answer = $http->get( $path, 'no-op' === $name ? array_merge( $signed['headers'], array( 'X-Bench-Without: 1' ) ) : $signed['headers'] );
		if ( 'no-op' !== $name && 50 !== count( json_decode( $answer['body'], true )['items'] ?? array() ) ) {
			Report::fail( "$name: " . substr( $answer['body'], 0, 300 ) );
		}
		if ( $round >= 0 ) {
			$times[ $name ][] = $answer['ms'];
		}
	}
}
$noop = Report::median( $times['no-op'] );
Report::info( 'REST no-op', sprintf( '%.2f ms', $noop ) );
foreach ( array_slice( $paths, 1 ) as $name => $path ) {
	$ms = Report::median( $times[ $name ] );
	if ( 'list request with a filter' === $name ) {
		Report::info( "$name / REST no-op", sprintf( '%.2f × (%.2f ms)', $ms / $noop, $ms ) );
	} else {
		Report::at_most( sprintf( '%s (%.2f ms) / REST no-op', $name, $ms ), $ms / $noop, 1.5, ' ×' );
	}
}

// The export, in a process that has no room to gather anything.
$wpdb->queries = array();
$peak          = memory_get_peak_usage( true );
$bytes         = 0;
$start         = hrtime( true );
$written       = ContactExport::stream(
	Report::quick() ? array() : array( 'group' => '1' ),
	array(),
	static function ( string $csv ) use ( &$bytes ): void {
		$bytes += strlen( $csv );
	}
);
$seconds       = ( hrtime( true ) - $start ) / 1e9;
Report::info( 'export', sprintf( '%s contacts with all columns in %.1f s (%s/s), %.0f MB', number_format( $written ), $seconds, number_format( $written / $seconds ), $bytes / 1e6 ) );
Report::at_most( 'export, memory above what the process had', ( memory_get_peak_usage( true ) - $peak ) / 1048576, 16, ' MB' );
Report::end();
