<?php
/**
 * Signs the administrator in and prints what a request and a poll need, as JSON: {url, headers, live}.
 */

declare(strict_types=1);

require __DIR__ . '/Site.php';
nxtbench_load();

$user    = get_user_by( 'login', 'admin' );
$expires = time() + DAY_IN_SECONDS;
$token   = WP_Session_Tokens::get_instance( $user->ID )->create( $expires );
$cookie  = wp_generate_auth_cookie( $user->ID, $expires, 'logged_in', $token );

$_COOKIE[ LOGGED_IN_COOKIE ] = $cookie; // The nonce belongs to this session.
wp_set_current_user( $user->ID );
echo wp_json_encode(
	array(
		'url'     => nxtbench_url(),
		'headers' => array( 'Cookie: ' . LOGGED_IN_COOKIE . '=' . rawurlencode( $cookie ), 'X-WP-Nonce: ' . wp_create_nonce( 'wp_rest' ) ),
		'live'    => NxtChat\Live\Live::screen_token(),
	)
);
