<?php
/**
 * Must-use plugin of the benchmark sites: the references inside WordPress, the switch that leaves the plugin out, and
 * the figures of one page.
 *
 * X-Bench-Without: 1   this request runs as if the plugin were not active
 * X-Bench-Page: 1      the answer carries X-Bench: microseconds, CPU microseconds, queries, writes, PHP files
 *                      and wp-content/nxtbench-after holds the queries that came after it
 *
 * wp-content/nxtbench-rate   messages a second that broadcasts may send
 */

declare(strict_types=1);

if ( isset( $_SERVER['HTTP_X_BENCH_WITHOUT'] ) ) {
	add_filter(
		'option_active_plugins',
		static fn( $plugins ) => array_values( array_diff( (array) $plugins, array( 'nxt-cloud-chat/nxt-cloud-chat.php' ) ) )
	);
}

if ( isset( $_SERVER['HTTP_X_BENCH_PAGE'] ) ) {
	$nxtbench_usage  = getrusage();
	$nxtbench_start  = hrtime( true );
	$nxtbench_writes = 0;
	$nxtbench_queries = 0;
	ob_start();
	add_filter(
		'query',
		static function ( $sql ) use ( &$nxtbench_writes ) {
			$nxtbench_writes += preg_match( '/^\s*(SELECT|SHOW|SET|DESCRIBE|EXPLAIN)\b/i', (string) $sql ) ? 0 : 1;
			return $sql;
		}
	);
	add_action(
		'shutdown',
		static function () use ( $nxtbench_usage, $nxtbench_start, &$nxtbench_writes, &$nxtbench_queries ) {
			$wall = ( hrtime( true ) - $nxtbench_start ) / 1000;
			$nxtbench_queries = $GLOBALS['wpdb']->num_queries;
			$now  = getrusage();
			$cpu  = 0;
			foreach ( array( 'ru_utime', 'ru_stime' ) as $kind ) {
				$cpu += ( $now[ "$kind.tv_sec" ] - $nxtbench_usage[ "$kind.tv_sec" ] ) * 1000000 + $now[ "$kind.tv_usec" ] - $nxtbench_usage[ "$kind.tv_usec" ];
			}
			header( sprintf( 'X-Bench: %d %d %d %d %d', $wall, $cpu, $GLOBALS['wpdb']->num_queries, $nxtbench_writes, count( get_included_files() ) ) );
		},
		-1000 // Before WordPress flushes the buffers, at 1.
	);
	add_action(
		'shutdown',
		static function () use ( &$nxtbench_queries ) {
			file_put_contents( WP_CONTENT_DIR . '/nxtbench-after', (string) ( $GLOBALS['wpdb']->num_queries - $nxtbench_queries ) );
		},
		100000
	);
}

add_filter(
	'nxtchat_broadcast_rate',
	static fn( $rate ) => (float) ( @file_get_contents( WP_CONTENT_DIR . '/nxtbench-rate' ) ?: $rate )
);

add_action(
	'rest_api_init',
	static function () {
		register_rest_route(
			'nxtbench/v1',
			'/noop',
			array(
				'methods'             => 'GET, POST',
				'permission_callback' => '__return_true',
				'callback'            => static fn() => new stdClass(),
			)
		);
		register_rest_route(
			'nxtbench/v1',
			'/noop-signed-in',
			array(
				'methods'             => 'GET',
				'permission_callback' => static fn() => current_user_can( 'manage_options' ),
				'callback'            => static fn() => new stdClass(),
			)
		);
	}
);
