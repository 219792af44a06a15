<?php
/**
 * Is everything in order? The one list behind Site Health and `wp nxtchat doctor`.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Health;

use NxtChat\Account\Accounts;
use NxtChat\Login\LoginReady;
use NxtChat\Native;
use NxtChat\Plugin;
use NxtChat\Schema;
use NxtChat\Settings;
use NxtChat\Site;

/** Each check is a method of the name in ALL; it says what is, and when that is not well, what to do. */
final class Checks {

	/** Every check, in the order in which a person would look. */
	public const ALL = array( 'extension', 'tables', 'directory', 'private', 'key', 'spool', 'webhook', 'home', 'accounts', 'login', 'cron' );

	/** Checks that fetch something and may take seconds. */
	public const SLOW = array( 'private' );

	/** Oldest event that may wait, in milliseconds, before somebody is told. */
	public const LAG_MS = 300000;

	/** Share of the spool's limit at which a person should look. */
	private const SPOOL_WARN = 0.8;

	/** Longest wait for the site's own web server, in seconds. */
	private const LOOPBACK_TIMEOUT_S = 5;

	/**
	 * Runs one check. What it throws becomes a failure of that check.
	 *
	 * @return array{check: string, status: 'ok'|'warn'|'fail', label: string, detail: string, remedy: string}
	 */
	public static function run( string $check ): array {
		try {
			[ $status, $detail, $remedy ] = self::$check() + array( 2 => '' );
		} catch ( \Throwable $e ) {
			[ $status, $detail, $remedy ] = array( 'fail', $e->getMessage(), '' );
		}
		return array(
			'check'  => $check,
			'status' => $status,
			'label'  => self::labels()[ $check ],
			'detail' => $detail,
			'remedy' => $remedy,
		);
	}

	/** @return array<string, string> */
	public static function labels(): array {
		return array(
			'extension' => __( 'PHP extension', 'nxt-cloud-chat' ),
			'tables'    => __( 'Database tables', 'nxt-cloud-chat' ),
			'directory' => __( 'Data directory', 'nxt-cloud-chat' ),
			'private'   => __( 'Data directory is not on the web', 'nxt-cloud-chat' ),
			'key'       => __( 'Key of the sealed secrets', 'nxt-cloud-chat' ),
			'spool'     => __( 'Events waiting', 'nxt-cloud-chat' ),
			'webhook'   => __( 'Webhook', 'nxt-cloud-chat' ),
			'home'      => __( 'Live site or copy', 'nxt-cloud-chat' ),
			'accounts'  => __( 'Accounts', 'nxt-cloud-chat' ),
			'login'     => __( 'Login by WhatsApp', 'nxt-cloud-chat' ),
			'cron'      => __( 'Scheduled work', 'nxt-cloud-chat' ),
		);
	}

	/** @return list<string> */
	private static function extension(): array {
		/* translators: 1: extension version, 2: plugin version, 3: PHP version, 4: server interface */
		return array( 'ok', sprintf( __( 'nxtchat %1$s, plugin %2$s, PHP %3$s (%4$s).', 'nxt-cloud-chat' ), (string) phpversion( 'nxtchat' ), NXTCHAT_VERSION, PHP_VERSION, PHP_SAPI ) );
	}

	/** @return list<string> */
	private static function tables(): array {
		$missing = Schema::missing();
		if ( $missing ) {
			/* translators: %s: table names */
			return array( 'fail', sprintf( __( 'Missing: %s.', 'nxt-cloud-chat' ), implode( ', ', $missing ) ), __( 'Switch the plugin off and on again. If that does not help, the database user may not create tables.', 'nxt-cloud-chat' ) );
		}
		/* translators: 1: a number, 2: a version */
		return array( 'ok', sprintf( __( '%1$d tables, version %2$d.', 'nxt-cloud-chat' ), count( Schema::TABLES ), Schema::VERSION ) );
	}

	/** @return list<string> */
	private static function directory(): array {
		$dir = Site::prepare(); // Throws, with the right command, when another user owns it.
		if ( ! wp_is_writable( $dir ) ) {
			/* translators: %s: a directory */
			return array( 'fail', sprintf( __( '%s can not be written.', 'nxt-cloud-chat' ), $dir ), __( 'Give the directory to the user that runs PHP.', 'nxt-cloud-chat' ) );
		}
		return array( 'ok', $dir );
	}

	/** Really fetches a file of the directory through the web server. @return list<string> */
	private static function private(): array {
		$dir     = Site::prepare();
		$content = wp_normalize_path( (string) realpath( WP_CONTENT_DIR ) );
		if ( ! str_starts_with( wp_normalize_path( (string) realpath( $dir ) ), $content . '/' ) ) {
			return array( 'ok', __( 'It lies outside the web root.', 'nxt-cloud-chat' ) );
		}
		$name = 'probe-' . bin2hex( random_bytes( 8 ) ) . '.txt';
		$word = bin2hex( random_bytes( 16 ) );
		file_put_contents( "$dir/$name", $word ); // phpcs:ignore WordPress.WP.AlternativeFunctions -- Our own directory, read back over HTTP.
		try {
			$url    = content_url( substr( wp_normalize_path( (string) realpath( $dir ) ), strlen( $content ) ) . "/$name" );
			$answer = wp_remote_get(
				$url,
				array(
					'timeout'     => self::LOOPBACK_TIMEOUT_S,
					'redirection' => 0,
					'sslverify'   => apply_filters( 'https_local_ssl_verify', false ), // phpcs:ignore WordPress.NamingConventions.PrefixAllGlobals -- WordPress's own filter.
				)
			);
		} finally {
			wp_delete_file( "$dir/$name" );
		}
		if ( is_wp_error( $answer ) ) {
			/* translators: %s: an error */
			return array( 'warn', sprintf( __( 'The site could not fetch from itself: %s', 'nxt-cloud-chat' ), $answer->get_error_message() ), __( 'Make sure that nothing in wp-content/nxtchat-data can be downloaded, or move it outside the web root with nxtchat.data_dir in php.ini.', 'nxt-cloud-chat' ) );
		}
		if ( trim( wp_remote_retrieve_body( $answer ) ) === $word ) {
			return array( 'fail', __( 'The web server hands out files of the data directory to anyone who knows its secret name.', 'nxt-cloud-chat' ), __( 'Set nxtchat.data_dir in php.ini to a directory outside the web root, or deny wp-content/nxtchat-data in the web server\'s configuration (nginx: location ^~ /wp-content/nxtchat-data/ { deny all; }).', 'nxt-cloud-chat' ) );
		}
		/* translators: %d: HTTP status */
		return array( 'ok', sprintf( __( 'A file in it was refused with status %d.', 'nxt-cloud-chat' ), (int) wp_remote_retrieve_response_code( $answer ) ) );
	}

	/** @return list<string> */
	private static function key(): array {
		$info = Native\vault_key_info( Site::prepare() );
		if ( ! Accounts::secrets_open() ) {
			return array( 'fail', __( 'Some secrets were sealed with another key and can not be opened.', 'nxt-cloud-chat' ), __( 'Bring back the former key (NXTCHAT_KEY or vault.key), or enter token and app secret again.', 'nxt-cloud-chat' ) );
		}
		/* translators: 1: key id, 2: constant, environment or file */
		return array( 'ok', sprintf( __( 'Key %1$s from %2$s.', 'nxt-cloud-chat' ), $info['key_id'], $info['source'] ) );
	}

	/** @return list<string> */
	private static function spool(): array {
		$stats = Native\spool_stats( Site::prepare() );
		/* translators: 1: number of events, 2: size, 3: allowed size */
		$detail = sprintf( __( '%1$s waiting, %2$s of %3$s used.', 'nxt-cloud-chat' ), number_format_i18n( $stats['pending'] ), size_format( $stats['bytes'] ), size_format( $stats['max_bytes'] ) );
		if ( $stats['full'] ) {
			return array( 'fail', $detail, __( 'The spool is full: Meta is told to try again later. See that WP-Cron or "wp nxtchat work" runs and that the database takes writes.', 'nxt-cloud-chat' ) );
		}
		if ( $stats['bytes'] > self::SPOOL_WARN * $stats['max_bytes'] || ( $stats['pending'] > 0 && $stats['oldest_ms'] > 0 && Site::now_ms() - $stats['oldest_ms'] > self::LAG_MS ) ) {
			return array( 'warn', $detail, __( 'Events wait for longer than they should. See that WP-Cron or "wp nxtchat work" runs, and look for errors in this site\'s error log.', 'nxt-cloud-chat' ) );
		}
		return array( 'ok', $detail );
	}

	/** @return list<string> */
	private static function webhook(): array {
		if ( ! Accounts::all() ) {
			return array( 'ok', __( 'No account yet.', 'nxt-cloud-chat' ) );
		}
		try {
			$info  = Native\front_info( Site::dir() );
			$right = is_file( $info['wp_load'] ) && home_url() === $info['home'];
		} catch ( Native\Exception\Exception $e ) {
			$right = false; // This web node has a data directory of its own and saw no account yet.
		}
		if ( ! $right ) {
			Accounts::configure_front();
			return array( 'warn', __( 'The webhook on this machine did not know the site, or knew it at another place. It was told now.', 'nxt-cloud-chat' ) );
		}
		if ( ! str_starts_with( home_url(), 'https://' ) ) {
			return array( 'warn', __( 'The site has no HTTPS address. Meta delivers to HTTPS only.', 'nxt-cloud-chat' ), __( 'Get a certificate and change the site\'s address under Settings → General.', 'nxt-cloud-chat' ) );
		}
		return array( 'ok', __( 'The webhook knows its secrets.', 'nxt-cloud-chat' ) );
	}

	/** @return list<string> */
	private static function home(): array {
		foreach ( Accounts::all() as $account ) {
			if ( $account['is_clone'] ) {
				return array( 'warn', __( 'This site is a copy of the one that connected its accounts. Nothing is sent.', 'nxt-cloud-chat' ), __( 'Open WhatsApp → Accounts and choose "This is the live site now" or "This is a copy".', 'nxt-cloud-chat' ) );
			}
		}
		return array( 'ok', __( 'This is the site that connected its accounts.', 'nxt-cloud-chat' ) );
	}

	/** @return list<string> */
	private static function accounts(): array {
		$accounts = Accounts::all();
		foreach ( $accounts as $account ) {
			foreach ( $account['checks'] as $check ) {
				if ( 'fail' === ( $check['status'] ?? '' ) ) {
					return array( 'fail', trim( $account['name'] . ' ' . $account['display_phone'] ) . ': ' . $check['label'] . '. ' . $check['detail'], (string) $check['remedy'] );
				}
			}
		}
		/* translators: %d: a number */
		return array( 'ok', sprintf( _n( '%d account.', '%d accounts.', count( $accounts ), 'nxt-cloud-chat' ), count( $accounts ) ) );
	}

	/** Switched on, does it work? @return list<string> */
	private static function login(): array {
		return LoginReady::check();
	}

	/** @return list<string> */
	private static function cron(): array {
		foreach ( array_keys( Plugin::CRON ) as $hook ) {
			$next = wp_next_scheduled( $hook );
			if ( false === $next ) {
				/* translators: %s: name of a scheduled event */
				return array( 'warn', sprintf( __( '%s is not scheduled.', 'nxt-cloud-chat' ), $hook ), __( 'Open any screen of wp-admin once.', 'nxt-cloud-chat' ) );
			}
			if ( $next < time() - HOUR_IN_SECONDS ) {
				return array( 'warn', __( 'WP-Cron has not run for more than an hour.', 'nxt-cloud-chat' ), __( 'Let the system\'s cron call wp-cron.php every minute, or run "wp nxtchat work" as a service.', 'nxt-cloud-chat' ) );
			}
		}
		return array( 'ok', __( 'Scheduled and on time.', 'nxt-cloud-chat' ) );
	}

	/**
	 * Facts for support, without secrets.
	 *
	 * @return array<string, string|int>
	 */
	public static function facts(): array {
		$settings = Settings::all();
		return array(
			'plugin'     => NXTCHAT_VERSION,
			'extension'  => (string) phpversion( 'nxtchat' ),
			'schema'     => Schema::VERSION,
			'data_dir'   => Site::dir(),
			'durability' => $settings['durability'],
			'events'     => $settings['events_days'] . ' d',
			'accounts'   => count( Accounts::all() ),
		);
	}
}
