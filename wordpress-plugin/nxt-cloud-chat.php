<?php
/**
 * Plugin Name:       NXT Cloud Chat
 * Description:       WhatsApp conversations with your customers, through Meta's WhatsApp Cloud API, with all data on your own site.
 * Version:           0.1.0
 * Requires at least: 6.4
 * Requires PHP:      8.1
 * License:           GPL-2.0-or-later
 * License URI:       https://www.gnu.org/licenses/gpl-2.0.html
 * Text Domain:       nxt-cloud-chat
 * Domain Path:       /languages
 *
 * @package NxtChat
 */

// This file and src/Gate.php stay readable for PHP 7.4, so that an old PHP shows a notice instead of a blank page.
defined( 'ABSPATH' ) || exit;

define( 'NXTCHAT_VERSION', '0.1.0' );
define( 'NXTCHAT_FILE', __FILE__ );

// Extension and plugin belong together when major and minor version are the same.
if ( PHP_VERSION_ID >= 80100
	&& 0 === strncmp( (string) phpversion( 'nxtchat' ), NXTCHAT_VERSION, (int) strrpos( NXTCHAT_VERSION, '.' ) + 1 )
) {
	spl_autoload_register(
		static function ( $name ) {
			if ( 0 === strncmp( $name, 'NxtChat\\', 8 ) && 0 !== strncmp( $name, 'NxtChat\\Native\\', 15 ) ) {
				$file = __DIR__ . '/src/' . str_replace( '\\', '/', substr( $name, 8 ) ) . '.php';
				if ( is_file( $file ) ) {
					require $file;
				}
			}
		}
	);
	NxtChat\Plugin::boot();
} elseif ( is_admin() || ( defined( 'WP_CLI' ) && WP_CLI ) ) {
	require_once __DIR__ . '/src/Gate.php';
	NxtChat\Gate::boot();
}
