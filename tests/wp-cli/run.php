<?php
/**
 * A small stand-in for `wp`, for machines that have no WP-CLI: boots WordPress, lets the plugin register its commands
 * through WP_CLI::add_command() and runs one of them as WP-CLI documents it (arguments, defaults, exit codes, formats).
 *
 * Usage: php run.php --path=<web root> [--user=…] [--quiet] [--debug] [help] <command> [<arguments>]
 *
 * @package NxtChat
 */

declare(strict_types=1);

require __DIR__ . '/wp-cli.php';
require __DIR__ . '/formatter.php';
require __DIR__ . '/synopsis.php';

define( 'WP_CLI', true );
define( 'WP_CLI_VERSION', '2.11.0' );

set_error_handler(
	static function ( $level, $message, $file, $line ) {
		if ( ! ( error_reporting() & $level ) ) {
			return false;
		}
		fwrite( STDERR, "PHP: $message in $file:$line\n" );
		return true;
	}
);

list( $positional, $assoc ) = WP_CLI\Runner::split( array_slice( $argv, 1 ) );
WP_CLI\Runner::$config      = array_intersect_key( $assoc, array_flip( WP_CLI\Runner::GLOBALS ) );
$assoc                      = array_diff_key( $assoc, WP_CLI\Runner::$config );
$path                       = (string) ( WP_CLI\Runner::$config['path'] ?? getcwd() );

if ( ! is_file( $path . '/wp-load.php' ) ) {
	fwrite( STDERR, "Error: This does not seem to be a WordPress installation.\n" );
	exit( 1 );
}
$_SERVER['HTTP_HOST']       = '';
$_SERVER['REQUEST_URI']     = '';
$_SERVER['REQUEST_METHOD']  = 'GET';
$_SERVER['SERVER_PROTOCOL'] = 'HTTP/1.0';
$_SERVER['REMOTE_ADDR']     = '127.0.0.1';

require $path . '/wp-load.php';

try {
	WP_CLI\Runner::run( $positional, $assoc );
} catch ( WP_CLI\ExitException $e ) {
	exit( $e->getCode() );
}
exit( 0 );
