<?php
/**
 * A large CSV file into contacts. Run by import.sh with the site's own php.
 *
 * import.php mariadb|sqlite ROWS   measures
 * import.php run FILE              imports, in a process of its own: seconds, memory
 * import.php activate              activates the plugin
 */

declare(strict_types=1);

require __DIR__ . '/Site.php';
require __DIR__ . '/Report.php';
nxtbench_load();

use NxtChat\Field\Fields;
use NxtChat\Import\Imports;
use NxtChat\Native;
use NxtChat\Schema;

/** What an import of new people writes, each in the order of the contacts. */
const TABLES = array( 'contacts', 'contact_identities', 'contact_words', 'contact_values', 'group_members', 'consents' );

/** Columns of the file, and what they are. */
const COLUMNS = array(
	'Phone'      => 'phone',
	'Name'       => 'name',
	'Email'      => 'email',
	'City'       => 'field:city',
	'Points'     => 'field:points',
	'Groups'     => 'groups',
	'Newsletter' => 'marketing',
	'Agreed'     => 'consent_at',
);

match ( $argv[1] ) {
	'activate' => activate(),
	'run'      => run( $argv[2] ),
	'mariadb'  => mariadb( (int) $argv[2] ),
	'sqlite'   => sqlite( (int) $argv[2] ),
};

function activate(): void {
	require_once ABSPATH . 'wp-admin/includes/plugin.php';
	$result = activate_plugin( 'nxt-cloud-chat/nxt-cloud-chat.php' );
	is_wp_error( $result ) && Report::fail( $result->get_error_message() );
}

/** Writes a file of $count people whose numbers begin so, once. No number follows the one before it. */
function people( string $prefix, int $count ): string {
	$path = getenv( 'NXTCHAT_SITE' ) . "/people$prefix-$count.csv";
	if ( is_file( $path ) ) {
		return $path;
	}
	$first = array( 'Anna', 'Jörg', 'Émile', 'Zoë', 'Mohammed', 'Li', 'Olga', 'Søren', 'Ayşe', 'Paul', 'Chiara', 'Nguyễn', 'Ivana', 'Tom', 'Sophie', 'Luís' );
	$last  = array( 'Müller', 'Weiß', 'Łukasz', 'Smith', 'García', 'Okafor', 'Yılmaz', 'Rossi', 'Nowak', 'Dvořák', 'Silva', 'Kowalska', 'Hansen', 'Brown', 'Fischer', 'Dubois', 'Jansen' );
	$city  = array( 'Berlin', 'Köln', 'Graz', 'Zürich', 'Porto', 'Lyon', 'Gdańsk', 'Oslo', 'Malmö', 'Bari', 'Gent' );
	$file  = fopen( "$path.part", 'w' );
	fwrite( $file, implode( ',', array_keys( COLUMNS ) ) . "\n" );
	for ( $i = 0; $i < $count; $i++ ) {
		$n = $i * 73687871 % 100000000; // Prime to a hundred million: every number once, in no order.
		fprintf( $file, "%s%08d,%s %s%s,p%s%d@example.org,%s,%d,%s,%s,2026-%02d-%02d\n", $prefix, $n, $first[ $n % 16 ], $last[ intdiv( $n, 16 ) % 17 ], 0 === $n % 5 ? '-' . $last[ $n % 17 ] : '', substr( $prefix, 1 ), $n, $city[ $n % 11 ], $n % 1000, array( 'Customers', 'Newsletter', 'Trade fair' )[ $n % 3 ], 0 === $n % 10 ? 'no' : 'yes', $n % 9 + 1, $n % 28 + 1 );
	}
	fclose( $file );
	rename( "$path.part", $path );
	return $path;
}

/** Imports a file and prints what it took, as JSON. */
function run( string $path ): void {
	$columns = array();
	foreach ( COLUMNS as $name => $to ) {
		$columns[] = compact( 'name', 'to' );
	}
	$import = Imports::from_path( $path, array( 'columns' => $columns, 'consent' => array( 'wording' => 'News by WhatsApp, at most four a month.', 'source' => 'newsletter sign-up' ) ) );
	if ( is_wp_error( $import ) || is_wp_error( $started = Imports::start( $import['id'], false ) ) ) {
		Report::fail( ( $started ?? $import )->get_error_message() );
	}
	gc_collect_cycles();
	memory_reset_peak_usage();
	$cpu   = cpu();
	$start = hrtime( true );
	$done  = Imports::step( $import['id'], INF );
	$took  = ( hrtime( true ) - $start ) / 1e9;
	$cpu   = cpu() - $cpu;
	preg_match( '/VmHWM:\s+(\d+)/', (string) file_get_contents( '/proc/self/status' ), $rss );
	echo json_encode( array( 'seconds' => $took, 'cpu' => $cpu, 'memory' => memory_get_peak_usage( true ), 'rss' => 1024 * (int) $rss[1], 'state' => $done['state_name'], 'added' => $done['added'], 'error' => $done['error'] ) );
}

/** Seconds of processor time of this process, its reader's thread with it. */
function cpu(): float {
	$used = getrusage();
	return $used['ru_utime.tv_sec'] + $used['ru_stime.tv_sec'] + ( $used['ru_utime.tv_usec'] + $used['ru_stime.tv_usec'] ) / 1e6;
}

/** The same of MariaDB, which a busy machine does not stretch as it does the clock's. */
function server_cpu(): float {
	$ticks = explode( ' ', (string) preg_replace( '/^.*\) /', '', (string) file_get_contents( '/proc/' . trim( (string) file_get_contents( getenv( 'NXTCHAT_SITE' ) . '/run/mariadbd.own.pid' ) ) . '/stat' ) ) );
	return ( (int) $ticks[11] + (int) $ticks[12] ) / 100;
}

/** The same in a process of its own. */
function import( string $path, int $count ): array {
	$text = (string) shell_exec( escapeshellarg( getenv( 'NXTCHAT_SITE' ) . '/php' ) . ' -d opcache.enable_cli=1 ' . escapeshellarg( __FILE__ ) . ' run ' . escapeshellarg( $path ) );
	$told = json_decode( $text, true );
	if ( ! is_array( $told ) || 'done' !== $told['state'] || $count !== $told['added'] ) {
		Report::fail( "import: $text" );
	}
	return $told;
}

/** Empty tables, and the two fields. */
function fresh(): void {
	global $wpdb;
	foreach ( Schema::TABLES as $name ) {
		$wpdb->query( 'DROP TABLE IF EXISTS ' . Schema::table( $name ) );
	}
	Schema::install();
	wp_cache_flush();
	foreach ( array( 'city' => Native\FIELD_TEXT, 'points' => Native\FIELD_NUMBER ) as $name => $type ) {
		$made = Fields::create( array( 'name' => $name, 'label' => ucfirst( $name ), 'type' => $type ) );
		is_wp_error( $made ) && Report::fail( $made->get_error_message() );
	}
}

/** Columns of a table that the import sets, and the order of the contacts. @return array{string, string} */
function shape( string $table ): array {
	global $wpdb;
	$columns = array_diff( $wpdb->get_col( 'SHOW COLUMNS FROM ' . Schema::table( $table ) ), array( 'proof' ) );
	return array( implode( ',', $columns ), 'contacts' === $table ? 'id' : 'contact_id' );
}

/** Waits until MariaDB has purged what the last step left, so that it is not paid by the next. */
function settle(): void {
	global $wpdb;
	for ( $i = 0; $i < 1200; $i++ ) {
		if ( (int) $wpdb->get_var( "SHOW GLOBAL STATUS LIKE 'Innodb_history_list_length'", 1 ) < 100 ) {
			return;
		}
		usleep( 100000 );
	}
}

function mariadb( int $count ): void {
	global $wpdb;
	$site = (string) getenv( 'NXTCHAT_SITE' );
	$raw  = mysqli_init();
	$raw->options( MYSQLI_OPT_LOCAL_INFILE, true );
	$raw->real_connect( null, 'wp', 'wp', 'wordpress', 0, "$site/run/db.sock" ) || Report::fail( 'no connection' );
	$raw->query( 'SET NAMES utf8mb4' );
	$file   = people( '+49151', $count );
	$others = people( '+49160', $count );
	$set    = static fn( string $name ) => $raw->query( "SELECT @@$name" )->fetch_row()[0];
	Report::info( 'conditions', sprintf( 'MariaDB %s, %s rows of %s bytes, innodb_buffer_pool_size=%d MB, innodb_flush_log_at_trx_commit=%d, innodb_log_file_size=%d MB, no binary log; one run each, in this order, after one that warms up', $set( 'version' ), Report::number( $count ), Report::number( filesize( $file ) / $count ), $set( 'innodb_buffer_pool_size' ) >> 20, $set( 'innodb_flush_log_at_trx_commit' ), $set( 'innodb_log_file_size' ) >> 20 ) );

	// A server that has just started still has to make its logs and take its memory: not a part of an import.
	fresh();
	import( $others, $count );
	fresh();
	settle();
	$cpu   = server_cpu();
	$empty = import( $file, $count );
	$cpu   = server_cpu() - $cpu;
	Report::info( 'import into empty tables', sprintf( '%.1f s, %s rows/s (processor time: PHP %.1f s, MariaDB %.1f s)', $empty['seconds'], Report::number( $count / $empty['seconds'] ), $empty['cpu'], $cpu ) );

	$rows = array();
	foreach ( TABLES as $table ) {
		[ $columns, $order ] = shape( $table );
		$rows[ $table ]      = (int) $wpdb->get_var( 'SELECT COUNT(*) FROM ' . Schema::table( $table ) );
		exec( 'mariadb --no-defaults -uwp -pwp --socket=' . escapeshellarg( "$site/run/db.sock" ) . " -N -B --quick wordpress -e 'SELECT $columns FROM " . Schema::table( $table ) . " ORDER BY $order' >" . escapeshellarg( "$site/$table.tsv" ), $out, $rc );
		0 === $rc || Report::fail( "dump of $table" );
	}
	Report::info( 'rows written', implode( ', ', array_map( static fn( $n, $t ) => "$t " . Report::number( $n ), $rows, TABLES ) ) );

	$load = static function ( string $table ) use ( $raw, $site ): float {
		[ $columns ] = shape( $table );
		$start       = hrtime( true );
		$raw->query( "LOAD DATA LOCAL INFILE '$site/$table.tsv' INTO TABLE " . Schema::table( $table ) . " CHARACTER SET utf8mb4 ($columns)" );
		return ( hrtime( true ) - $start ) / 1e9;
	};
	fresh();
	$wpdb->query( 'DELETE FROM ' . Schema::table( 'fields' ) );
	settle();
	$took   = array();
	$before = server_cpu();
	foreach ( TABLES as $table ) {
		$took[ $table ] = $load( $table );
		$have           = (int) $wpdb->get_var( 'SELECT COUNT(*) FROM ' . Schema::table( $table ) );
		$have === $rows[ $table ] || Report::fail( "LOAD DATA: $have of {$rows[ $table ]} rows of $table" );
	}
	$load_cpu = server_cpu() - $before;
	Report::info( 'LOAD DATA of the same rows, in the order of the contacts', implode( ', ', array_map( static fn( $s, $t ) => sprintf( '%s %.1f s', $t, $s ), $took, TABLES ) ) . sprintf( ' (processor time: MariaDB %.1f s)', $load_cpu ) );
	Report::at_least( 'import / LOAD DATA into the same tables', array_sum( $took ) / $empty['seconds'], 0.7, ' ×' );
	Report::info( 'import of everything / LOAD DATA into contacts alone', Report::number( $took['contacts'] / $empty['seconds'] ) . ' ×' );

	fresh();
	import( $others, $count );
	settle();
	$before = server_cpu();
	$full   = import( $file, $count );
	Report::info( 'import beside as many other contacts', sprintf( '%.1f s, %s rows/s (processor time: PHP %.1f s, MariaDB %.1f s)', $full['seconds'], Report::number( $count / $full['seconds'] ), $full['cpu'], server_cpu() - $before ) );
	Report::at_least( 'beside as many others / into empty tables', $empty['seconds'] / $full['seconds'], 0.8, ' ×' );
	Report::at_most( 'PHP memory', max( $empty['memory'], $full['memory'] ) / 1048576, 48, ' MB' );
	Report::info( 'resident memory of the process', Report::number( max( $empty['rss'], $full['rss'] ) / 1048576 ) . ' MB' );
	array_map( static fn( $table ) => unlink( "$site/$table.tsv" ), TABLES );
	Report::end();
}

function sqlite( int $count ): void {
	global $wpdb;
	$file = people( '+49151', $count );
	Report::info( 'conditions', sprintf( 'SQLite drop-in, %s rows, statements of 500 rows in transactions of 5,000; the statements of the reference are made before its clock runs', Report::number( $count ) ) );
	fresh();
	$run = import( $file, $count );
	Report::info( 'import', sprintf( '%.1f s, %s rows/s', $run['seconds'], Report::number( $count / $run['seconds'] ) ) );
	$dump = array();
	foreach ( TABLES as $table ) {
		[ $columns, $order ] = shape( $table );
		$path                = getenv( 'NXTCHAT_SITE' ) . "/$table.sql";
		$dump[ $table ]      = $path;
		$out                 = fopen( $path, 'w' );
		$names               = explode( ',', $columns );
		$tail                = ' ON DUPLICATE KEY UPDATE ' . implode( ', ', array_map( static fn( $c ) => "$c = VALUES($c)", $names ) );
		$values              = array();
		$write               = static function () use ( &$values, $out, $table, $columns, $tail ): void {
			$values && fwrite( $out, base64_encode( 'INSERT INTO ' . Schema::table( $table ) . " ($columns) VALUES " . implode( ',', $values ) . $tail ) . "\n" );
			$values = array();
		};
		$rows = $wpdb->dbh->execute_sqlite_query( "SELECT $columns FROM " . Schema::table( $table ) . " ORDER BY $order" );
		while ( $row = $rows->fetch( PDO::FETCH_NUM ) ) {
			$values[] = '(' . implode( ',', array_map( static fn( $v ) => is_string( $v ) ? "'" . esc_sql( $v ) . "'" : (string) $v, $row ) ) . ')';
			500 === count( $values ) && $write();
		}
		$write();
		fclose( $out );
	}
	fresh();
	$wpdb->query( 'DELETE FROM ' . Schema::table( 'fields' ) );
	$took = 0;
	foreach ( $dump as $path ) {
		$in = fopen( $path, 'r' );
		for ( $n = 0; $line = fgets( $in ); $n++ ) {
			$sql   = base64_decode( $line );
			$start = hrtime( true );
			0 === $n % 10 && $wpdb->query( 'START TRANSACTION' );
			false === $wpdb->query( $sql ) && Report::fail( 'upsert: ' . $wpdb->last_error );
			9 === $n % 10 && $wpdb->query( 'COMMIT' );
			$took += hrtime( true ) - $start;
		}
		$start = hrtime( true );
		$wpdb->query( 'COMMIT' );
		$took += hrtime( true ) - $start;
		fclose( $in );
		unlink( $path );
	}
	$took /= 1e9;
	Report::info( 'multi-row upserts of the same rows through $wpdb', sprintf( '%.1f s', $took ) );
	Report::at_least( 'SQLite: import / multi-row upserts', $took / $run['seconds'], 0.7, ' ×' );
	Report::end();
}
