<?php
/**
 * What webhook.php does after its answer: loads WordPress and drains. A file of its own, because it names $_SERVER.
 *
 * @package NxtChat
 */

declare(strict_types=1);

// phpcs:disable WordPress.Security.ValidatedSanitizedInput

if ( ! isset( $nxtchat_site ) ) {
	exit; // Asked for by itself.
}

$nxtchat_front = \NxtChat\Native\front_info( $nxtchat_site );
if ( ! is_file( $nxtchat_front['wp_load'] ) ) {
	error_log( 'NXT Cloud Chat error: WordPress is no longer at ' . $nxtchat_front['wp_load'] . '. Save the account once more.' ); // phpcs:ignore WordPress.PHP.DevelopmentFunctions
	exit;
}

// WordPress sees a plain visit to the site's front page, whatever host name Meta's request was made to look like.
$nxtchat_home              = parse_url( $nxtchat_front['home'] ) + array( // phpcs:ignore WordPress.WP.AlternativeFunctions
	'scheme' => 'http',
	'host'   => 'localhost',
	'path'   => '',
);
$_SERVER['HTTP_HOST']      = $nxtchat_home['host'] . ( isset( $nxtchat_home['port'] ) ? ':' . $nxtchat_home['port'] : '' );
$_SERVER['SERVER_NAME']    = $nxtchat_home['host'];
$_SERVER['HTTPS']          = 'https' === $nxtchat_home['scheme'] ? 'on' : '';
$_SERVER['REQUEST_URI']    = rtrim( $nxtchat_home['path'], '/' ) . '/';
$_SERVER['QUERY_STRING']   = '';
$_SERVER['REQUEST_METHOD'] = 'GET';
$_GET                      = array();
$_POST                     = array();
$_REQUEST                  = array();

require $nxtchat_front['wp_load'];

if ( class_exists( \NxtChat\Webhook\FrontDoor::class ) ) {
	\NxtChat\Webhook\FrontDoor::drain( (int) $nxtchat_front['blog_id'] );
}
