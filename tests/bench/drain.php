<?php
/**
 * Draining the spool into a large site. Run by drain.sh with the site's own php.
 */

declare(strict_types=1);

require __DIR__ . '/Site.php';
require __DIR__ . '/Report.php';
nxtbench_load();

use NxtChat\Native;
use NxtChat\Schema;
use NxtChat\Site;
use NxtChat\Webhook\Drain;

const BATCH = 1000;

$quick     = Report::quick();
$rounds    = $quick ? 2 : 9;
$sustained = $quick ? 2000 : 100_000;
$inbound   = $quick ? 500 : 20_000;
$site      = Site::prepare();
$messages  = Schema::table( 'messages' );
$raw       = new mysqli( null, 'wp', 'wp', 'wordpress', 0, getenv( 'NXTCHAT_SITE' ) . '/run/db.sock' );
$raw->query( 'SET NAMES utf8mb4' );

/** Puts back what a former round has changed: the rows are "sent" again, and nothing of the round is left. */
function reset_rows(): void {
	global $raw, $messages;
	$raw->query( "UPDATE $messages SET state = 40, delivered_ms = 0, read_ms = 0, updated_ms = at_ms WHERE id IN (SELECT id FROM nxtbench_rows)" );
	$raw->query( 'TRUNCATE ' . Schema::table( 'events' ) );
	$raw->query( 'TRUNCATE ' . Schema::table( 'parked_statuses' ) );
	settle();
}

/** Waits until MariaDB has purged what the last step left, so that it is not paid by the next. */
function settle(): void {
	global $raw;
	for ( $i = 0; $i < 300; $i++ ) {
		if ( (int) $raw->query( "SHOW GLOBAL STATUS LIKE 'Innodb_history_list_length'" )->fetch_row()[1] < 100 ) {
			return;
		}
		usleep( 100000 );
	}
}

/** Chooses $count random messages that wait for their delivery status. @return list<array{wamid: string, ref: string, at_ms: string, phone: string, bsuid: string}> */
function choose( int $count, int $seed ): array {
	global $raw, $messages;
	$raw->query( 'DROP TABLE IF EXISTS nxtbench_rows' );
	$raw->query( "CREATE TABLE nxtbench_rows (id BIGINT UNSIGNED PRIMARY KEY) SELECT id FROM $messages WHERE state = 40 ORDER BY RAND($seed) LIMIT $count" );
	$who  = Schema::table( 'contact_identities' );
	$rows = $raw->query(
		"SELECT wamid, ref, at_ms, IFNULL(p.value, '') AS phone, b.value AS bsuid FROM $messages m JOIN nxtbench_rows USING (id)
		LEFT JOIN $who p ON p.contact_id = m.contact_id AND p.kind = 1 JOIN $who b ON b.contact_id = m.contact_id AND b.kind = 2 ORDER BY RAND($seed + 1)"
	)->fetch_all( MYSQLI_ASSOC );
	if ( count( $rows ) !== $count ) {
		Report::fail( "only " . count( $rows ) . " of $count messages wait for a status" );
	}
	return $rows;
}

/** Puts webhooks into the spool through the front door's own function. @param list<string> $bodies */
function spool( array $bodies ): void {
	global $site;
	foreach ( $bodies as $body ) {
		Native\webhook_accept( $site, $body, 'sha256=' . hash_hmac( 'sha256', $body, NXTBENCH_SECRET ) );
	}
}

/** The rows' "delivered" statuses in webhooks of $per_body statuses each. @return list<string> */
function bodies( array $rows, int $per_body ): array {
	$statuses = array_map( static fn( $row ) => nxtbench_status( $row['wamid'], $row['ref'], 'delivered', intdiv( (int) $row['at_ms'], 1000 ) + 5, $row['phone'], $row['bsuid'] ), $rows );
	return array_map( static fn( $some ) => nxtbench_body( array( 'statuses' => $some ) ), array_chunk( $statuses, $per_body ) );
}

/** Seconds that Drain::run() takes until the spool is empty, and the statements it sent. @return array{float, int} */
function drain(): array {
	global $wpdb, $site;
	$queries = $wpdb->num_queries;
	$start   = hrtime( true );
	do {
		$result = Drain::run();
		if ( $result['busy'] || $result['down'] || $result['errors'] > 0 ) {
			Report::fail( 'drain: ' . json_encode( $result ) );
		}
	} while ( Native\spool_stats( $site )['pending'] > 0 );
	return array( ( hrtime( true ) - $start ) / 1e9, $wpdb->num_queries - $queries );
}

/**
 * The same rows by hand: staged by one multi-row INSERT, joined into the messages, in one transaction.
 *
 * @param list<string> $bodies Webhooks to be kept as rows of the events table, by one multi-row INSERT before it.
 */
function by_hand( array $rows, array $bodies = array() ): float {
	global $raw, $messages;
	$now   = Site::now_ms();
	$start = hrtime( true );
	$raw->begin_transaction();
	if ( $bodies ) {
		$values = array();
		foreach ( Native\ulids( count( $bodies ) ) as $i => $uid ) {
			$values[] = "('$uid',1,'status','{\"status\":1}',1,$now,$now,1,'','" . $raw->real_escape_string( $bodies[ $i ] ) . "')";
		}
		$raw->query( 'INSERT INTO ' . Schema::table( 'events' ) . ' (uid, account_id, kind, kinds_json, count, received_ms, drained_ms, state, note, body) VALUES ' . implode( ',', $values ) );
	}
	$values = array();
	foreach ( $rows as $row ) {
		$values[] = "('" . $raw->real_escape_string( $row['wamid'] ) . "',50," . ( intdiv( (int) $row['at_ms'], 1000 ) + 5 ) * 1000 . ')';
	}
	$raw->query( 'INSERT INTO nxtbench_stage (wamid, state, delivered_ms) VALUES ' . implode( ',', $values ) );
	$raw->query(
		"UPDATE $messages m JOIN nxtbench_stage s ON s.wamid = m.wamid
		SET m.state = GREATEST(m.state, s.state), m.delivered_ms = IF(m.delivered_ms = 0, s.delivered_ms, LEAST(m.delivered_ms, s.delivered_ms)), m.updated_ms = $now"
	);
	$raw->query( 'DELETE FROM nxtbench_stage' );
	$raw->commit();
	return ( hrtime( true ) - $start ) / 1e9;
}

/** Seconds of processor time used so far, which a busy machine does not stretch as it does the clock's. @return array{float, float} This process, MariaDB. */
function cpu(): array {
	$used  = getrusage();
	$ticks = explode( ' ', (string) preg_replace( '/^.*\) /', '', (string) file_get_contents( '/proc/' . trim( (string) file_get_contents( getenv( 'NXTCHAT_SITE' ) . '/run/mariadbd.own.pid' ) ) . '/stat' ) ) );
	return array( $used['ru_utime.tv_sec'] + $used['ru_stime.tv_sec'] + ( $used['ru_utime.tv_usec'] + $used['ru_stime.tv_usec'] ) / 1e6, ( (int) $ticks[11] + (int) $ticks[12] ) / 100 );
}

/** Every chosen row must now be delivered, or the figure means nothing. */
function check_delivered( int $count, string $by ): void {
	global $raw, $messages;
	$done = (int) $raw->query( "SELECT COUNT(*) FROM $messages JOIN nxtbench_rows USING (id) WHERE state = 50 AND delivered_ms > 0" )->fetch_row()[0];
	if ( $done !== $count ) {
		Report::fail( "$by: $done of $count messages are delivered" );
	}
}

$raw->query( 'DROP TABLE IF EXISTS nxtbench_stage' );
$raw->query( 'CREATE TABLE nxtbench_stage (wamid VARCHAR(255) COLLATE utf8mb4_bin PRIMARY KEY, state TINYINT UNSIGNED NOT NULL, delivered_ms BIGINT NOT NULL) CHARACTER SET utf8mb4' );
nxtbench_front( 'normal' ); // How events reach the spool is not measured here.
drain();
$seed  = random_int( 1, 1 << 30 );
$total = (int) $raw->query( "SELECT COUNT(*) FROM $messages" )->fetch_row()[0];
$flush = $raw->query( 'SELECT @@innodb_flush_log_at_trx_commit' )->fetch_row()[0];
Report::info( 'conditions', sprintf( 'MariaDB, %s messages, innodb_flush_log_at_trx_commit=%d, PHP %s opcode cache, random rows (seed %d), medians of %d alternating rounds', Report::number( $total ), $flush, opcache_get_status( false ) ? 'with' : 'without', $seed, $rounds ) );

$seconds = array();
$queries = array();
for ( $round = -1; $round < $rounds; $round++ ) { // The first warms up.
	$rows = choose( BATCH, $seed + 2 * $round );
	reset_rows();
	$now = array();
	foreach ( array( BATCH, 1 ) as $per_body ) {
		$webhooks = bodies( $rows, $per_body );
		$name     = Report::number( count( $webhooks ) ) . ( 1 === count( $webhooks ) ? ' webhook' : ' webhooks' );
		foreach ( array( 'by hand', 'by hand with their events', 'drained' ) as $how ) {
			if ( 'drained' === $how ) {
				spool( $webhooks );
				[ $now[ "$name, $how" ], $queries[ "$name, $how" ] ] = drain();
			} else {
				$now[ "$name, $how" ] = by_hand( $rows, 'by hand' === $how ? array() : $webhooks );
			}
			check_delivered( BATCH, $how );
			reset_rows();
		}
	}
	if ( $round >= 0 ) {
		foreach ( $now as $name => $value ) {
			$seconds[ $name ][] = $value;
		}
	}
}
foreach ( $seconds as $name => $values ) {
	Report::info( "1,000 statuses in $name", sprintf( '%.1f ms', Report::median( $values ) * 1000 ) . ( isset( $queries[ $name ] ) ? ", {$queries[ $name ]} statements" : '' ) );
}
$times = static fn( string $name, string $reference ) => Report::median( array_map( static fn( $a, $b ) => $a / $b, $seconds[ "$name, drained" ], $seconds[ "$name, $reference" ] ) );
Report::at_most( '1,000 statuses in 1 webhook / staged INSERT and UPDATE JOIN', $times( '1 webhook', 'by hand' ), 3, ' ×' );
// A webhook for each status also writes a row for each webhook, with its body: so does the reference.
Report::at_most( '1,000 statuses in 1,000 webhooks / the same with the events by a multi-row INSERT', $times( '1,000 webhooks', 'by hand with their events' ), 3, ' ×' );
Report::info( '1,000 statuses in 1,000 webhooks / staged INSERT and UPDATE JOIN, without any events', Report::number( $times( '1,000 webhooks', 'by hand' ) ) . ' ×' );

$rows = choose( $sustained, $seed );
reset_rows();
foreach ( array_chunk( $rows, 2000 ) as $some ) {
	spool( bodies( $some, 1 ) );
}
unset( $rows );
$before                = cpu();
[ $took, $statements ] = drain();
$after                 = cpu();
check_delivered( $sustained, 'sustained' );
Report::info( 'sustained, statements', sprintf( '%d for %s events', $statements, Report::number( $sustained ) ) );
Report::info( 'sustained, processor time per 1,000 events', sprintf( 'PHP %.1f ms, MariaDB %.1f ms', ( $after[0] - $before[0] ) * 1e6 / $sustained, ( $after[1] - $before[1] ) * 1e6 / $sustained ) );
Report::at_least( 'sustained, one status per webhook', $sustained / $took, 10000, ' events/s' );
reset_rows();

// Not judged: text messages from customers who are known, each in a webhook of its own.
$phones = array_column( $raw->query( 'SELECT value FROM ' . Schema::table( 'contact_identities' ) . " WHERE kind = 1 ORDER BY RAND($seed) LIMIT $inbound" )->fetch_all(), 0 );
$last   = (int) $raw->query( "SELECT MAX(id) FROM $messages" )->fetch_row()[0];
$second = time();
$texts  = array();
foreach ( $phones as $i => $phone ) {
	$from    = substr( $phone, 1 );
	$texts[] = nxtbench_body(
		array(
			'contacts' => array( array( 'profile' => array( 'name' => 'Bench Customer' ), 'wa_id' => $from ) ),
			'messages' => array( array( 'from' => $from, 'id' => "wamid.BENCH$seed.$i", 'timestamp' => (string) $second, 'type' => 'text', 'text' => array( 'body' => "Where is my order $i?" ) ) ),
		)
	);
}
spool( $texts );
[ $took ] = drain();
Report::info( 'sustained, one inbound text per webhook', Report::number( count( $texts ) / $took ) . ' events/s' );
$stored = (int) $raw->query( "SELECT COUNT(*) FROM $messages WHERE id > $last" )->fetch_row()[0];
if ( count( $texts ) !== $stored ) {
	Report::fail( "inbound: $stored of " . count( $texts ) . ' messages stored' );
}
// The data set as it was.
$conversations = Schema::table( 'conversations' );
$raw->query( "UPDATE $conversations c JOIN (SELECT conversation_id, MAX(id) AS id FROM $messages WHERE id <= $last GROUP BY conversation_id) m ON m.conversation_id = c.id JOIN $messages l ON l.id = m.id SET c.last_message_id = l.id, c.last_ms = l.at_ms, c.unread = IF(c.id % 15 = 0, 1 + c.id % 4, 0), c.is_unread = c.id % 15 = 0 WHERE c.last_message_id > $last" );
$raw->query( "DELETE FROM $messages WHERE id > $last" );
reset_rows();
$raw->query( 'DROP TABLE nxtbench_rows, nxtbench_stage' );
Report::end();
