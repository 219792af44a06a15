<?php
/**
 * Loads a real WordPress site, made by tools/site.sh, for PHPUnit.
 *
 * NXTCHAT_SITE names the site's directory; its own `php` sets it. Tests run against its database and its data directory,
 * and empty the plugin's tables between tests: never point it at a site that matters.
 *
 * @package NxtChat
 */

declare(strict_types=1);

// WordPress's globals must be globals although PHPUnit includes this file inside a function.
global $wpdb, $wp, $wp_query, $wp_the_query, $wp_rewrite, $wp_filter, $wp_actions, $wp_current_filter, $wp_version,
	$wp_db_version, $required_php_version, $required_mysql_version, $wp_roles, $wp_locale, $wp_object_cache, $shortcode_tags,
	$wp_plugin_paths, $pagenow, $table_prefix, $wp_embed, $wp_rest_server, $current_user, $wp_widget_factory, $wp_textdomain_registry;

( static function (): void {
	$site = (string) getenv( 'NXTCHAT_SITE' );
	if ( ! is_file( $site . '/site.env' ) ) {
		fwrite( STDERR, "NXTCHAT_SITE must name a site made by tools/site.sh (it is '$site').\n" );
		exit( 2 );
	}
	if ( ! extension_loaded( 'nxtchat' ) ) {
		fwrite( STDERR, "The extension is not loaded: run phpunit with $site/php.\n" );
		exit( 2 );
	}
	$env = array();
	foreach ( file( $site . '/site.env', FILE_IGNORE_NEW_LINES | FILE_SKIP_EMPTY_LINES ) as $line ) {
		list( $key, $value ) = explode( '=', $line, 2 );
		$env[ $key ]         = stripslashes( trim( $value, "'" ) );
	}
	define( 'NXTCHAT_TEST_SITE', $site );
	define( 'NXTCHAT_TEST_DB', $env['DB'] );
	define( 'NXTCHAT_TEST_URL', $env['URL'] );
	define( 'NXTCHAT_TEST_ROOT', dirname( __DIR__, 2 ) );

	$_SERVER['HTTP_HOST']       = parse_url( $env['URL'], PHP_URL_HOST ) . ':' . $env['PORT'];
	$_SERVER['SERVER_NAME']     = parse_url( $env['URL'], PHP_URL_HOST );
	$_SERVER['SERVER_PORT']     = $env['PORT'];
	$_SERVER['SERVER_PROTOCOL'] = 'HTTP/1.1';
	$_SERVER['REQUEST_METHOD']  = 'GET';
	$_SERVER['REQUEST_URI']     = '/wp-admin/';
	$_SERVER['REMOTE_ADDR']     = '127.0.0.1';
	// As in wp-admin: what the plugin hooks only there is there.
	define( 'WP_ADMIN', true );
} )();

require_once NXTCHAT_TEST_SITE . '/wordpress/wp-load.php';
require_once ABSPATH . 'wp-admin/includes/admin.php';
require_once __DIR__ . '/Support/TestCase.php';
require_once __DIR__ . '/Support/Simulator.php';

if ( ! class_exists( NxtChat\Schema::class ) ) {
	fwrite( STDERR, "The plugin did not boot in this site: is it active, and is the extension of its version?\n" );
	exit( 2 );
}
// Output that WordPress buffered on its way must not count as a test's.
while ( ob_get_level() > 0 ) {
	ob_end_flush();
}
NxtChat\Schema::ensure();
