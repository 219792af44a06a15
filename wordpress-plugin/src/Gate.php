<?php
/**
 * What happens when the extension is missing or of another version: one notice, and nothing else.
 *
 * Written for PHP 7.4, because an old PHP is one of the things it has to tell.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat;

/** Says what to install and how, for this very PHP. */
final class Gate {

	/** Oldest PHP for which the extension exists. */
	const PHP_MIN = '8.1';

	/** Adds the notice, and for WP-CLI a command that says the same. */
	public static function boot(): void {
		add_action( 'admin_notices', array( self::class, 'notice' ) );
		add_action( 'network_admin_notices', array( self::class, 'notice' ) );
		if ( defined( 'WP_CLI' ) && WP_CLI ) {
			\WP_CLI::add_command( 'nxtchat', array( self::class, 'command' ) );
		}
	}

	/** On the dashboard and the plugins screen, to those who can install something. */
	public static function notice(): void {
		$screen = get_current_screen();
		if ( null === $screen || ! in_array( $screen->base, array( 'dashboard', 'plugins', 'dashboard-network', 'plugins-network' ), true ) || ! current_user_can( 'activate_plugins' ) ) {
			return;
		}
		echo '<div class="notice notice-error nxtchat-gate"><p><strong>' . esc_html__( 'NXT Cloud Chat is waiting.', 'nxt-cloud-chat' ) . '</strong> ' . esc_html( self::reason() ) . '</p>';
		$steps = self::steps();
		if ( $steps ) {
			echo '<ol>';
			foreach ( $steps as $step ) {
				echo '<li>' . wp_kses( $step, array( 'code' => array() ) ) . '</li>';
			}
			echo '</ol>';
		}
		echo '<p>' . esc_html__( 'Until then the plugin does nothing. If you can\'t change PHP yourself, send these lines to your host.', 'nxt-cloud-chat' ) . '</p></div>';
	}

	/**
	 * Every `wp nxtchat …` while the extension is missing: says what to install, exit code 1.
	 *
	 * ## OPTIONS
	 *
	 * [<command>...]
	 * : Whatever was asked for.
	 *
	 * [--<field>=<value>]
	 * : With whatever options.
	 *
	 * ## EXAMPLES
	 *
	 *     wp nxtchat doctor
	 */
	public static function command(): void {
		foreach ( self::steps() as $step ) {
			\WP_CLI::log( '- ' . html_entity_decode( wp_strip_all_tags( $step ), ENT_QUOTES ) );
		}
		\WP_CLI::error( self::reason() );
	}

	/** What is wrong, in one sentence. */
	public static function reason(): string {
		$series = implode( '.', array_slice( explode( '.', NXTCHAT_VERSION ), 0, 2 ) );
		if ( version_compare( PHP_VERSION, self::PHP_MIN, '<' ) ) {
			/* translators: 1: needed PHP version, 2: present PHP version */
			return sprintf( __( 'It needs PHP %1$s or newer; this site runs PHP %2$s.', 'nxt-cloud-chat' ), self::PHP_MIN, PHP_VERSION );
		}
		$found = phpversion( 'nxtchat' );
		if ( false === $found ) {
			/* translators: 1: extension version, 2: PHP version, 3: server interface */
			return sprintf( __( 'It needs the PHP extension "nxtchat" %1$s, which PHP %2$s (%3$s) has not loaded.', 'nxt-cloud-chat' ), $series, PHP_VERSION, PHP_SAPI );
		}
		/* translators: 1: plugin version, 2: needed extension version, 3: present extension version */
		return sprintf( __( 'Plugin %1$s needs the PHP extension "nxtchat" %2$s; version %3$s is loaded. Install the extension of the same release as the plugin.', 'nxt-cloud-chat' ), NXTCHAT_VERSION, $series, $found );
	}

	/**
	 * How to mend it. Sentences with <code> only, everything else escaped.
	 *
	 * @return string[]
	 */
	public static function steps(): array {
		if ( version_compare( PHP_VERSION, self::PHP_MIN, '<' ) ) {
			return array();
		}
		$scanned = array_filter( array_map( 'trim', explode( ',', (string) php_ini_scanned_files() ) ) );
		$loaded  = php_ini_loaded_file();
		$ini     = $scanned ? dirname( reset( $scanned ) ) . '/nxtchat.ini' : ( $loaded ? $loaded : 'php.ini' );
		$build   = PHP_MAJOR_VERSION . '.' . PHP_MINOR_VERSION . ' ' . ( PHP_ZTS ? 'ZTS' : 'NTS' ) . ' ' . php_uname( 'm' );
		$code    = static function ( string $text ): string {
			return '<code>' . esc_html( $text ) . '</code>';
		};
		$steps   = array(
			/* translators: 1: kind of PHP build, 2: a directory */
			sprintf( esc_html__( 'Take nxtchat.so for PHP %1$s from the same release as this plugin, and copy it into %2$s.', 'nxt-cloud-chat' ), $code( $build ), $code( (string) ini_get( 'extension_dir' ) ) ),
		);
		if ( false === phpversion( 'nxtchat' ) ) {
			/* translators: 1: a line, 2: a file */
			$steps[] = sprintf( esc_html__( 'Write the line %1$s into %2$s.', 'nxt-cloud-chat' ), $code( 'extension=nxtchat' ), $code( $ini ) );
		}
		if ( 'cli' === PHP_SAPI ) {
			/* translators: %s: a command */
			$steps[] = sprintf( esc_html__( 'Look whether it is there: %s.', 'nxt-cloud-chat' ), $code( 'php -m | grep nxtchat' ) );
		} else {
			/* translators: %s: a command */
			$steps[] = sprintf( esc_html__( 'Restart PHP: %s.', 'nxt-cloud-chat' ), $code( self::restart() ) );
		}
		return $steps;
	}

	/** The usual restart command for the way PHP runs here. */
	private static function restart(): string {
		switch ( PHP_SAPI ) {
			case 'fpm-fcgi':
				return 'sudo systemctl restart php' . PHP_MAJOR_VERSION . '.' . PHP_MINOR_VERSION . '-fpm';
			case 'apache2handler':
				return 'sudo systemctl restart apache2';
			case 'litespeed':
				return 'sudo systemctl restart lsws';
			default:
				return 'sudo systemctl restart ' . PHP_SAPI;
		}
	}
}
