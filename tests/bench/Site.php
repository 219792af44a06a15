<?php
/**
 * The benchmark's site as its scripts see it.
 */

declare(strict_types=1);

/** Signs the benchmark's events; the site belongs to no real app. */
const NXTBENCH_SECRET = 'bench-app-secret';

/** Ids of the benchmark's account, the same in data.sql. */
const NXTBENCH_WABA_ID         = '102290129340398';
const NXTBENCH_PHONE_NUMBER_ID = '106540352242922';

/** Loads WordPress as a command of an administrator would. */
function nxtbench_load(): void {
	global $wpdb;
	$site = (string) getenv( 'NXTCHAT_SITE' );
	if ( '' === $site ) {
		fwrite( STDERR, "run this with the php of a benchmark site (build/bench/…/php)\n" );
		exit( 2 );
	}
	$env                        = (array) parse_ini_file( $site . '/site.env', false, INI_SCANNER_RAW );
	$_SERVER['HTTP_HOST']       = '127.0.0.1:' . $env['PORT'];
	$_SERVER['REQUEST_URI']     = '/';
	$_SERVER['REQUEST_METHOD']  = 'GET';
	$_SERVER['SERVER_PROTOCOL'] = 'HTTP/1.1';
	define( 'WP_ADMIN', true );
	require $site . '/wordpress/wp-load.php';
}

/** The site's base URL. */
function nxtbench_url(): string {
	$env = (array) parse_ini_file( getenv( 'NXTCHAT_SITE' ) . '/site.env', false, INI_SCANNER_RAW );
	return 'http://127.0.0.1:' . $env['PORT'];
}

/** Tells the front doors the benchmark's secret and how durable an accepted event must be. */
function nxtbench_front( string $durability ): void {
	$site = NxtChat\Site::prepare();
	NxtChat\Native\front_configure(
		$site,
		array(
			'app_secrets'   => array( NXTBENCH_SECRET ),
			'verify_hashes' => array( hash( 'sha256', 'bench-verify-token' ) ),
			'wp_load'       => ABSPATH . 'wp-load.php',
			'blog_id'       => get_current_blog_id(),
			'home'          => home_url(),
			'durability'    => $durability,
			'max_bytes'     => 2 << 30,
		)
	);
}

/** One status as Meta sends it, in a webhook of its own or with others. */
function nxtbench_status( string $wamid, string $ref, string $status, int $second, string $phone, string $bsuid ): array {
	$to = '' === $phone ? array() : array( 'recipient_id' => ltrim( $phone, '+' ) );
	return $to + array(
		'id'                       => $wamid,
		'status'                   => $status,
		'timestamp'                => (string) $second,
		'recipient_user_id'        => $bsuid,
		'biz_opaque_callback_data' => $ref,
		'conversation'             => array(
			'id'     => md5( $wamid ),
			'origin' => array( 'type' => 'utility' ),
		),
		'pricing'                  => array(
			'billable'      => true,
			'pricing_model' => 'PMP',
			'category'      => 'utility',
			'type'          => 'regular',
		),
	);
}

/** The webhook body around a list of statuses or messages. */
function nxtbench_body( array $value ): string {
	return (string) json_encode(
		array(
			'object' => 'whatsapp_business_account',
			'entry'  => array(
				array(
					'id'      => NXTBENCH_WABA_ID,
					'changes' => array(
						array(
							'value' => array(
								'messaging_product' => 'whatsapp',
								'metadata'          => array(
									'display_phone_number' => '15550783881',
									'phone_number_id'      => NXTBENCH_PHONE_NUMBER_ID,
								),
							) + $value,
							'field' => 'messages',
						),
					),
				),
			),
		),
		JSON_UNESCAPED_SLASHES
	);
}
