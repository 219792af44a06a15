<?php
/**
 * Sends messages in one way and prints what it took, as JSON. Run by send.php.
 *
 * send-one.php engine|curl|loop BASE MESSAGES CONNECTIONS CA
 */

declare(strict_types=1);

use NxtChat\Native;

[ , $who, $base, $messages, $connections, $ca ] = $argv;
const BENCH_NUMBER = '106540352242922';
const BENCH_TOKEN  = 'EAASIMULATOR0TOKEN';
$messages          = (int) $messages;
$url               = "$base/v25.0/" . BENCH_NUMBER . '/messages';
$content           = array(
	'type'     => 'template',
	'template' => array(
		'name'       => 'autumn_offer',
		'language'   => array( 'code' => 'en_US' ),
		'components' => array(
			array(
				'type'       => 'body',
				'parameters' => array( array( 'type' => 'text', 'text' => 'Ada' ), array( 'type' => 'text', 'text' => '20 %' ) ),
			),
		),
	),
);
if ( 'loop' === $who ) {
	require __DIR__ . '/Site.php';
	nxtbench_load();
}
$refs = Native\ulids( 'engine' === $who ? 0 : $messages ); // The engine's are made as it goes.
$head = array( 'Content-Type: application/json', 'Authorization: Bearer ' . BENCH_TOKEN );

/** What the references send: the engine's body. */
$body = static fn( int $i ): string => (string) json_encode( array( 'to' => sprintf( '+49151%08d', $i ), 'biz_opaque_callback_data' => $refs[ $i ], 'messaging_product' => 'whatsapp', 'recipient_type' => 'individual' ) + $content );

$engine = static function () use ( $messages, $content, $base, $connections ): int {
	$site     = getenv( 'NXTCHAT_SITE' ) . '/data/send';
	$shared   = (string) json_encode( $content );
	$accepted = 0;
	$pending  = array();
	Native\site_prepare( $site );
	$broadcast = new Native\Broadcast( $site, array( 'phone_number_id' => BENCH_NUMBER, 'token' => BENCH_TOKEN, 'graph_base' => $base ), array( 'rate' => 100000, 'in_flight' => (int) $connections ) );
	for ( $next = $told = 0; $told < $messages; $told += count( $outcomes ) ) {
		foreach ( Native\ulids( min( 1000 - count( $pending ), $messages - $next ) ) as $ref ) {
			$pending[] = array( 'ref' => $ref, 'to' => sprintf( '+49151%08d', $next++ ), 'message' => $shared );
		}
		array_splice( $pending, 0, $broadcast->push( $pending ) );
		$outcomes = $broadcast->poll( 1000, 1000, min( 500, $messages - $told ) );
		$broadcast->ack( array_column( $outcomes, 'ref' ) );
		foreach ( $outcomes as $outcome ) {
			$accepted += 'accepted' === $outcome['outcome'] ? 1 : 0;
		}
	}
	return $accepted;
};

$curl = static function () use ( $messages, $url, $head, $body, $connections, $ca ): int {
	$multi    = curl_multi_init();
	$accepted = 0;
	$next     = 0;
	$open     = 0;
	curl_multi_setopt( $multi, CURLMOPT_PIPELINING, CURLPIPE_NOTHING );
	curl_multi_setopt( $multi, CURLMOPT_MAX_HOST_CONNECTIONS, (int) $connections );
	curl_multi_setopt( $multi, CURLMOPT_MAXCONNECTS, (int) $connections );
	while ( $open < min( $connections, $messages ) ) {
		$handle = curl_init( $url );
		curl_setopt_array( $handle, array( CURLOPT_RETURNTRANSFER => true, CURLOPT_HTTPHEADER => $head, CURLOPT_HTTP_VERSION => CURL_HTTP_VERSION_1_1, CURLOPT_CAINFO => $ca, CURLOPT_TCP_NODELAY => true, CURLOPT_TIMEOUT => 30, CURLOPT_POSTFIELDS => $body( $next++ ) ) );
		curl_multi_add_handle( $multi, $handle );
		++$open;
	}
	while ( $open > 0 ) {
		curl_multi_exec( $multi, $running );
		while ( $done = curl_multi_info_read( $multi ) ) {
			$handle    = $done['handle'];
			$answer    = json_decode( (string) curl_multi_getcontent( $handle ), true );
			$accepted += isset( $answer['messages'][0]['id'] ) ? 1 : 0;
			curl_multi_remove_handle( $multi, $handle );
			if ( $next < $messages ) {
				curl_setopt( $handle, CURLOPT_POSTFIELDS, $body( $next++ ) );
				curl_multi_add_handle( $multi, $handle );
			} else {
				--$open;
			}
		}
		curl_multi_select( $multi, 0.1 );
	}
	return $accepted;
};

$loop = static function () use ( $messages, $url, $body, $ca ): int {
	$accepted = 0;
	for ( $i = 0; $i < $messages; $i++ ) {
		$answer    = wp_remote_post( $url, array( 'body' => $body( $i ), 'timeout' => 30, 'sslcertificates' => $ca, 'headers' => array( 'Content-Type' => 'application/json', 'Authorization' => 'Bearer ' . BENCH_TOKEN ) ) );
		$answer    = is_wp_error( $answer ) ? null : json_decode( wp_remote_retrieve_body( $answer ), true );
		$accepted += isset( $answer['messages'][0]['id'] ) ? 1 : 0;
	}
	return $accepted;
};

$cpu = static function (): float {
	$usage = getrusage();
	return $usage['ru_utime.tv_sec'] * 1e6 + $usage['ru_utime.tv_usec'] + $usage['ru_stime.tv_sec'] * 1e6 + $usage['ru_stime.tv_usec'];
};
$used     = $cpu();
$start    = hrtime( true );
$accepted = array( 'engine' => $engine, 'curl' => $curl, 'loop' => $loop )[ $who ]();
$seconds  = ( hrtime( true ) - $start ) / 1e9;
$used     = $cpu() - $used;
preg_match( '/^VmHWM:\s+(\d+)/m', (string) file_get_contents( '/proc/self/status' ), $peak );
if ( $accepted !== $messages ) {
	fwrite( STDERR, "$accepted of $messages were accepted\n" );
	exit( 1 );
}
echo json_encode( array( 'rate' => $messages / $seconds, 'cpu_us' => $used / $messages, 'peak_mb' => $peak[1] / 1024 ) ), "\n";
