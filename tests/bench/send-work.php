<?php
/**
 * A broadcast to many by the real worker, `wp nxtchat work`: frozen, sent as fast as it goes, then held at 1,000 a second. Run by send.sh
 * with the site's own php; arguments: the simulator.
 *
 * Messages count when the tables have their outcome, between two moments while it sends. CPU is the worker's own (all its threads).
 */

declare(strict_types=1);

require __DIR__ . '/Site.php';
require __DIR__ . '/Report.php';
require __DIR__ . '/../native/simulator.php';
require __DIR__ . '/Process.php';
nxtbench_load();

use NxtChat\Broadcast\States;
use NxtChat\Native;
use NxtChat\Schema;

const RATE          = 1000;  // What is held, messages a second.
const SPEED_TARGET  = 4000;
const CPU_TARGET    = 35;    // Per cent of one core at RATE.
const MEMORY_TARGET = 64;    // MB that are its own at the most. What it shares with php-fpm (PHP's libraries) there is once.
const FREEZE_TARGET = 30;    // Seconds for a million.

$quick     = Report::quick();
$contacts  = (int) $wpdb->get_var( 'SELECT COUNT(*) FROM ' . Schema::table( 'contacts' ) );
$simulator = new Simulator( $argv[1], array( '--relaxed', '--settings', '{"webhooks":false,"record_light":true,"record_max":1000000}' ) );
$broadcast = nxtbench_broadcast( $simulator );

nxtbench_rate( 100000 );
$log    = getenv( 'NXTCHAT_SITE' ) . '/log/work.log';
$worker = new Process( array( dirname( __DIR__, 2 ) . '/tools/wp', 'nxtchat', 'work' ), $log );
$worker->sleep( 3 ); // Idle, as it is most of the time.
$idle   = $worker->own_mb;
nxtbench_ok( 'POST', "broadcasts/$broadcast/start", array( 'people' => $contacts ) );
nxtbench_wait( $worker, static fn(): bool => States::RUNNING === (int) nxtbench_row( $broadcast )['state'], 300, 'the frozen audience' );
$row = nxtbench_row( $broadcast );
if ( (int) $row['total'] !== $contacts ) {
	Report::fail( "$row[total] of $contacts contacts are in the audience" );
}
Report::info( 'conditions', sprintf( '`wp nxtchat work` (%s), MariaDB that flushes at each commit, journal with fdatasync and simulator on the same %d cores; no statuses come back', shell_exec( 'command -v wp' ) ? 'WP-CLI' : 'by the runner of the tests: WP-CLI itself has some 6 MB more', (int) shell_exec( 'nproc' ) ) );
Report::at_most( sprintf( 'audience of %s contacts, from start to the first message', Report::number( $contacts ) ), ( (int) $row['started_ms'] - (int) $row['scheduled_ms'] ) / 1000, FREEZE_TARGET * max( 0.1, $contacts / 1000000 ), ' s' );

$fast = nxtbench_stretch( $worker, $quick ? 1 : 3, $quick ? 2 : 15 );
Report::at_least( 'worker with journal and tables', $fast['rate'], SPEED_TARGET, '/s' );
Report::info( 'its CPU at that', sprintf( '%s µs a message', Report::number( 1e6 * $fast['cpu'] / $fast['messages'] ) ) );

// What the engine holds from before goes first.
nxtbench_rate( RATE );
$held = nxtbench_stretch( $worker, $quick ? 5 : 8, $quick ? 3 : 20 );
Report::at_least( sprintf( 'worker told to send %s/s', Report::number( RATE ) ), $held['rate'], 0.97 * RATE, '/s' );
Report::at_most( 'its CPU at that', 100 * $held['cpu'] / $held['seconds'], CPU_TARGET, ' % of a core' );

$worker->end();
Report::at_most( 'memory of its own at the most', $worker->own_mb, MEMORY_TARGET, ' MB' );
Report::info( 'beside that', sprintf( '%s MB of its own before it sent, which is WordPress; %s MB mapped at the most (VmHWM) with what other processes share', Report::number( $idle ), Report::number( $worker->mapped_mb ) ) );

$sent     = (int) $wpdb->get_var( 'SELECT COUNT(*) FROM ' . Schema::table( 'recipients' ) . " WHERE broadcast_id = $broadcast AND state = " . Native\STATE_SENT );
$accepted = $simulator->call( 'GET', '/sim/record/count' )['count'];
if ( $sent !== $accepted ) {
	Report::fail( "$sent are sent by the tables, $accepted arrived" );
}
Report::end();

/** Messages whose outcome the tables got in some seconds, after some others. @return array{rate: float, messages: int, seconds: float, cpu: float} */
function nxtbench_stretch( Process $worker, int $settle, int $seconds ): array {
	global $wpdb;
	$worker->sleep( $settle );
	$from = microtime( true );
	$cpu  = $worker->cpu_s();
	$worker->sleep( $seconds );
	$to       = microtime( true );
	$cpu      = $worker->cpu_s() - $cpu;
	$messages = (int) $wpdb->get_var( $wpdb->prepare( 'SELECT COUNT(*) FROM ' . Schema::table( 'messages' ) . ' WHERE state = %d AND updated_ms >= %d AND updated_ms < %d', Native\STATE_SENT, 1000 * $from, 1000 * $to ) );
	if ( 0 === $messages ) {
		Report::fail( 'nothing was sent: ' . $worker->log() );
	}
	return array(
		'rate'     => $messages / ( $to - $from ),
		'messages' => $messages,
		'seconds'  => $to - $from,
		'cpu'      => $cpu,
	);
}

/** An account on the simulator, a template with a value, and a counted draft to everybody. */
function nxtbench_broadcast( Simulator $simulator ): int {
	global $wpdb;
	foreach ( array_diff( Schema::TABLES, array( 'contacts', 'contact_identities', 'consents' ) ) as $name ) {
		$wpdb->query( 'TRUNCATE ' . Schema::table( $name ) );
	}
	wp_set_current_user( get_user_by( 'login', 'admin' )->ID );
	$ready   = $simulator->ready;
	$account = nxtbench_ok( 'POST', 'accounts', array( 'name' => 'Bench', 'phone_number_id' => $ready['phone_number_ids'][0] ) + array_intersect_key( $ready, array_flip( array( 'app_id', 'app_secret', 'token', 'waba_id', 'graph_base' ) ) ) );
	$now     = NxtChat\Site::now_ms();
	$wpdb->insert(
		Schema::table( 'templates' ),
		array(
			'waba_id'          => $ready['waba_id'],
			'meta_id'          => 'bench',
			'name'             => 'autumn_offer',
			'language'         => 'en_US',
			'status'           => 'APPROVED',
			'category'         => 'MARKETING',
			'parameter_format' => 'POSITIONAL',
			'components_json'  => '[{"type":"BODY","text":"Hi {{1}}, come in: 20 % off this week.","example":{"body_text":[["Ann"]]}}]',
			'draft_json'       => '',
			'bindings_json'    => '{"body.1":{"source":"contact.name","fallback":"you"}}',
			'edits_json'       => '',
			'created_ms'       => $now,
			'updated_ms'       => $now,
		)
	);
	$made = nxtbench_ok(
		'POST',
		'broadcasts',
		array(
			'name'       => 'Bench',
			'definition' => array(
				'account'  => $account['id'],
				'template' => array( 'name' => 'autumn_offer', 'language' => 'en_US' ),
				'audience' => array( 'everybody' => true ),
			),
		)
	);
	$begun = microtime( true );
	do {
		$told = nxtbench_ok( 'POST', "broadcasts/$made[id]/preflight" );
	} while ( ! $told['done'] );
	Report::info( sprintf( 'preflight of %s contacts', Report::number( $told['reachable'] ) ), Report::number( microtime( true ) - $begun ) . ' s' );
	return $made['id'];
}

/** A REST call that must succeed. */
function nxtbench_ok( string $method, string $route, array $body = array() ): array {
	$request = new WP_REST_Request( $method, "/nxtchat/v1/$route" );
	$request->set_header( 'Content-Type', 'application/json' );
	$request->set_body( (string) wp_json_encode( (object) $body ) );
	$answer = rest_do_request( $request );
	if ( $answer->is_error() ) {
		Report::fail( "$method $route: " . $answer->as_error()->get_error_message() . ' ' . wp_json_encode( $answer->get_data() ) );
	}
	return (array) $answer->get_data();
}

/** How fast broadcasts may go: the bench sites' must-use plugin reads it. */
function nxtbench_rate( int $rate ): void {
	file_put_contents( WP_CONTENT_DIR . '/nxtbench-rate', (string) $rate );
}

function nxtbench_row( int $id ): array {
	return (array) NxtChat\Broadcast\BroadcastStore::get( $id );
}

function nxtbench_wait( Process $worker, callable $check, float $seconds, string $what ): void {
	$end = microtime( true ) + $seconds;
	while ( ! $check() ) {
		if ( microtime( true ) > $end ) {
			Report::fail( "$what did not come in $seconds s" );
		}
		$worker->sleep( 0.05 );
	}
}
