<?php
/**
 * Leak and cost test: each hot native function called a million times; resident memory may grow by less than 1 MB each.
 *
 * php -d extension=…/libnxtchat.so tests/native/leaks.php [calls]   (exit 1 when something grows)
 */

declare(strict_types=1);

use NxtChat\Native;

const LIMIT_KB  = 1024;
const ROUNDS    = 3; // What leaks grows in each of them; an allocator that took another block does not.
const WARM_UP   = 20_000; // Calls before the first look: caches and allocator arenas fill.
$calls          = max( WARM_UP, (int) ( $argv[1] ?? 1_000_000 ) );

function rss_kb(): int {
	preg_match( '/^VmRSS:\s+(\d+)/m', (string) file_get_contents( '/proc/self/status' ), $m );
	return (int) $m[1];
}

function thrown( callable $call ): void {
	try {
		$call();
	} catch ( Native\Exception\Exception $e ) {
		return;
	}
	fwrite( STDERR, "a call that should throw did not\n" );
	exit( 1 );
}

$content = sys_get_temp_dir() . '/nxtchat-leaks-' . getmypid();
mkdir( $content );
$site = Native\site_dir( $content, 1 );
Native\site_prepare( $site );
$secret = 'app secret';
Native\front_configure(
	$site,
	array(
		'app_secrets'   => array( $secret ),
		'verify_hashes' => array( hash( 'sha256', 'verify' ) ),
		'wp_load'       => '/nowhere/wp-load.php',
		'blog_id'       => 1,
		'home'          => 'https://shop.example',
		'durability'    => 'normal',
	)
);
$status  = '{"object":"whatsapp_business_account","entry":[{"id":"1","changes":[{"field":"messages","value":{"messaging_product":"whatsapp","metadata":{"display_phone_number":"15550783881","phone_number_id":"106540352242922"},"statuses":[{"id":"wamid.HBgLMTY1MDM4Nzk0MzkVAgARGBI3MTE5MjY3NTUwNDdBMzY2RkUA","status":"delivered","timestamp":"1750263773","recipient_id":"16505551234","pricing":{"billable":true,"pricing_model":"PMP","category":"utility","type":"regular"}}]}}]}]}';
$sign    = 'sha256=' . hash_hmac( 'sha256', $status, $secret );
$sealed  = Native\vault_seal( $site, 'a token', 'test' );
$token   = Native\live_token( $site, 3600 );
$message = array(
	'to'   => '+4915112345678',
	'type' => 'text',
	'text' => array( 'body' => 'Hello *there*' ),
);
$accepts = 0;
$reads   = 0;
$table   = "$content/contacts.csv";
file_put_contents( $table, "Phone;Name;Tags\n" . str_repeat( "0170 1234567;\"Zoë\nGroß\";a,b\n12;x;y;z\n", 20 ) );
$mapping = array( 'encoding' => 'utf-8', 'delimiter' => ';', 'header' => true, 'region' => 'DE', 'columns' => array( array( 'to' => 'phone' ), array( 'to' => 'name' ), array( 'to' => 'groups' ) ) );

$hot = array(
	'webhook_events'                => static fn() => Native\webhook_events( $status ),
	'webhook_accept, bad signature' => static fn() => thrown( static fn() => Native\webhook_accept( $site, $status, 'sha256=' . str_repeat( '0', 64 ) ) ),
	'webhook_challenge'             => static fn() => Native\webhook_challenge( $site, array( 'hub_mode' => 'subscribe', 'hub_verify_token' => 'verify', 'hub_challenge' => '1' ) ),
	'phone_parse'                   => static fn() => Native\phone_parse( '030 901820', 'DE' ),
	'message_check'                 => static fn() => Native\message_check( $message ),
	'markup_html'                   => static fn() => Native\markup_html( "*bold* _it_ ~no~ https://example.org\n> quote" ),
	'vault_open'                    => static fn() => Native\vault_open( $site, $sealed, 'test' ),
	'vault_open, altered'           => static fn() => thrown( static fn() => Native\vault_open( $site, substr( $sealed, 0, -3 ) . 'AAA', 'test' ) ),
	'live_read'                     => static fn() => Native\live_read( $site, $token ),
	'ulids'                         => static fn() => Native\ulids( 2 ),
	'error_book'                    => static fn() => Native\error_book( 131047 ),
	'name_words'                    => static fn() => Native\name_words( array( 'Zoë Groß' ) ),
	'consent_words'                 => static fn() => Native\consent_words( array( 'STOP!' ), array( 'stop' ), array( 'start' ) ),
	'csv_encode'                    => static fn() => Native\csv_encode( array( array( '=1', 'a"b', null, 1 ) ) ),
	'csv_sniff'                     => static fn() => Native\csv_sniff( "Phone;Name\n0170 1234567;Zoë\n" ),
	'site_dir'                      => static fn() => Native\site_dir( $content, 1 ),
	// A thread each time, so every hundredth call only; some are left in the middle, some make an error.
	'ContactReader'                 => static function () use ( $table, $mapping, &$reads ) {
		if ( 0 === ++$reads % 100 ) {
			( new Native\ContactReader( $table, $mapping ) )->next( 0 === $reads % 200 ? 3 : 1000 );
			thrown( static fn() => new Native\ContactReader( $table, $mapping, 1 << 40 ) );
		}
	},
	// Stores for real, and a drain takes and acknowledges, so that files are rotated and removed as in life.
	'webhook_accept + drain'        => static function () use ( $site, $status, $sign, &$accepts ) {
		Native\webhook_accept( $site, $status, $sign );
		if ( 0 === ++$accepts % 500 ) {
			Native\spool_lease( $site );
			while ( $items = Native\spool_take( $site, 500 ) ) {
				Native\spool_ack( $site, array_column( $items, 'id' ) );
			}
			Native\spool_release( $site );
		}
	},
);

$bad = 0;
printf( "%-32s %10s %12s %10s\n", 'function', 'calls', 'growth KB', 'µs/call' );
foreach ( $hot as $name => $call ) {
	for ( $i = 0; $i < WARM_UP; $i++ ) {
		$call();
	}
	gc_collect_cycles();
	for ( $round = 0; $round < ROUNDS; $round++ ) {
		$before = rss_kb();
		$start  = hrtime( true );
		for ( $i = 0; $i < $calls; $i++ ) {
			$call();
		}
		$us = ( hrtime( true ) - $start ) / 1000 / $calls;
		gc_collect_cycles();
		$growth = rss_kb() - $before;
		$ok     = $growth < LIMIT_KB;
		if ( $ok ) {
			break;
		}
	}
	$bad   += $ok ? 0 : 1;
	printf( "%-32s %10d %12d %10.2f %s\n", $name, $calls, $growth, $us, $ok ? 'ok' : 'GROWS' );
}
$left = Native\spool_stats( $site )['pending'];
Native\spool_lease( $site );
$taken = 0;
while ( $items = Native\spool_take( $site, 500 ) ) {
	$taken += count( $items );
	Native\spool_ack( $site, array_column( $items, 'id' ) );
}
if ( $left !== $taken || 0 !== Native\spool_stats( $site )['pending'] ) {
	echo "the spool counts $left pending, handed out $taken\n";
	++$bad;
}
Native\spool_release( $site );
exec( 'rm -rf ' . escapeshellarg( $content ) );
exit( $bad ? 1 : 0 );
