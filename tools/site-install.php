<?php
/**
 * Runs WordPress's own installer in a tree that tools/site.sh has prepared, then activates the plugin.
 *
 * Usage: php site-install.php <web root>, with NXTCHAT_INSTALL_URL and NXTCHAT_INSTALL_PLUGIN (none = leave it out).
 */

declare(strict_types=1);

$root = $argv[1];
$url  = (string) getenv( 'NXTCHAT_INSTALL_URL' );
$host = parse_url( $url, PHP_URL_HOST ) . ( parse_url( $url, PHP_URL_PORT ) ? ':' . parse_url( $url, PHP_URL_PORT ) : '' );

$_SERVER['HTTP_HOST']       = $host;
$_SERVER['SERVER_NAME']     = (string) parse_url( $url, PHP_URL_HOST );
$_SERVER['REQUEST_URI']     = '/wp-admin/install.php';
$_SERVER['SERVER_PROTOCOL'] = 'HTTP/1.1';
$_SERVER['REQUEST_METHOD']  = 'GET';
define( 'WP_INSTALLING', true );
define( 'WP_SITEURL', $url );

require $root . '/wp-load.php';
require_once ABSPATH . 'wp-admin/includes/upgrade.php';
require_once ABSPATH . 'wp-admin/includes/plugin.php';

add_filter( 'pre_wp_mail', '__return_true' );
if ( ! is_blog_installed() ) {
	wp_install( 'NXT Demo', 'admin', 'admin@example.test', true, '', wp_slash( 'nxtchat' ), '' );
}
update_option( 'home', $url );
update_option( 'siteurl', $url );
update_option( 'show_avatars', 0 ); // Avatars come from a host on the internet.
update_option( 'timezone_string', 'Europe/Berlin' );
update_option( 'permalink_structure', '/%postname%/' );
flush_rewrite_rules( false );

if ( 'none' !== getenv( 'NXTCHAT_INSTALL_PLUGIN' ) ) {
	// A process of its own: activation wants a WordPress that is not installing.
	$code = <<<'PHP'
	$_SERVER['HTTP_HOST'] = $argv[2];
	define( 'WP_ADMIN', true ); // Plugins register their activation in wp-admin only.
	require $argv[1] . '/wp-load.php';
	require_once ABSPATH . 'wp-admin/includes/plugin.php';
	$plugin = 'nxt-cloud-chat/nxt-cloud-chat.php';
	if ( ! file_exists( WP_PLUGIN_DIR . '/' . $plugin ) ) {
		fwrite( STDERR, "  the plugin's main file is missing: not activated\n" );
		exit( 0 );
	}
	$result = activate_plugin( $plugin );
	if ( is_wp_error( $result ) ) {
		fwrite( STDERR, 'activation failed: ' . $result->get_error_message() . ' ' . wp_json_encode( $result->get_error_data() ) . "\n" );
		exit( 1 );
	}
	PHP;
	passthru( escapeshellarg( PHP_BINARY ) . ' -r ' . escapeshellarg( $code ) . ' -- ' . escapeshellarg( $root ) . ' ' . escapeshellarg( $host ), $status );
	exit( $status );
}
