<?php
/**
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Tests\Gate;

use NxtChat\Tests\TestCase;

/**
 * A network of sites: each has tables, accounts and a front door of its own, and uninstalling asks each owner's tick.
 *
 * Makes a site of its own, because a network can't be made out of the one that other tests use.
 *
 * @group long
 */
final class NetworkTest extends TestCase {

	/** Loads wp-admin of the new site, whose address stands in the environment. */
	private const LOAD = <<<'PHP'
		$u = parse_url( getenv( 'NXTCHAT_NETWORK_URL' ) );
		$_SERVER['HTTP_HOST'] = $u['host'] . ':' . $u['port'];
		$_SERVER['REQUEST_URI'] = '/';
		$_SERVER['REMOTE_ADDR'] = '127.0.0.1';
		define( 'WP_ADMIN', true );
		require getenv( 'NXTCHAT_SITE' ) . '/wordpress/wp-load.php';
		foreach ( array( 'plugin', 'upgrade', 'network' ) as $file ) {
			require_once ABSPATH . "wp-admin/includes/$file.php";
		}
		$look = static function (): array {
			global $wpdb;
			return array(
				count( $wpdb->get_col( "SHOW TABLES LIKE '{$wpdb->prefix}nxtchat_%'" ) ),
				count( preg_grep( '/^nxtchat_/', array_keys( get_role( 'administrator' )->capabilities ) ) ),
				(bool) wp_next_scheduled( 'nxtchat_hourly' ),
				is_dir( getenv( 'NXTCHAT_SITE' ) . '/data/' . substr( hash( 'sha256', realpath( WP_CONTENT_DIR ) ), 0, 12 ) . '-' . get_current_blog_id() ),
			);
		};
PHP;

	private string $dir = '';

	/** Runs a script in the new site. @return mixed What it returns. */
	private function in_site( string $script ): mixed {
		$file = $this->dir . '/script.php';
		file_put_contents( $file, '<?php ' . self::LOAD . "\n\$result = ( static function () use ( \$look ) {\n$script\n} )();\necho \"\\n@@\", json_encode( \$result );" );
		preg_match( '/^URL=(\S+)/m', (string) file_get_contents( $this->dir . '/site.env' ), $url );
		exec( 'NXTCHAT_NETWORK_URL=' . $url[1] . ' ' . escapeshellarg( $this->dir . '/php' ) . ' ' . escapeshellarg( $file ) . ' 2>&1', $out, $code );
		$out = implode( "\n", $out );
		self::assertSame( 0, $code, $out );
		self::assertStringContainsString( '@@', $out );
		return json_decode( explode( '@@', $out, 2 )[1], true );
	}

	public function test_each_site_for_itself(): void {
		$this->dir = sys_get_temp_dir() . '/nxtchat-network-' . getmypid();
		try {
			exec( escapeshellarg( NXTCHAT_TEST_ROOT . '/tools/site.sh' ) . ' --db sqlite --dir ' . escapeshellarg( $this->dir ) . ' 2>&1', $out, $code );
			self::assertSame( 0, $code, implode( "\n", $out ) );
			$config = $this->dir . '/wordpress/wp-config.php';
			$load   = 'require_once ABSPATH';
			$define = static fn( string $code ) => file_put_contents( $config, str_replace( $load, "$code\n$load", (string) file_get_contents( $config ) ) );
			$define( "define( 'WP_ALLOW_MULTISITE', true );" );
			$host = $this->in_site( 'global $wpdb; foreach ( $wpdb->tables( "ms_global" ) as $name => $table ) { $wpdb->$name = $table; } install_network(); populate_network( 1, $_SERVER["HTTP_HOST"], "a@example.test", "Network", "/", false ); return $_SERVER["HTTP_HOST"];' );
			$define( "define( 'MULTISITE', true ); define( 'SUBDOMAIN_INSTALL', false ); define( 'DOMAIN_CURRENT_SITE', '$host' ); define( 'PATH_CURRENT_SITE', '/' ); define( 'SITE_ID_CURRENT_SITE', 1 ); define( 'BLOG_ID_CURRENT_SITE', 1 );" );
			$made = $this->in_site(
				<<<'PHP'
				deactivate_plugins( 'nxt-cloud-chat/nxt-cloud-chat.php' );
				activate_plugin( 'nxt-cloud-chat/nxt-cloud-chat.php', '', true );
				$second = wpmu_create_blog( $_SERVER['HTTP_HOST'], '/two/', 'Two', 1 );
				$seen   = array();
				foreach ( array( 1, $second ) as $blog ) {
					switch_to_blog( $blog );
					NxtChat\Maintenance::schedule();
					$account = NxtChat\Account\Accounts::create(
						array(
							'app_id'          => '1208330441970001',
							'app_secret'      => '0123456789abcdef0123456789abcdef',
							'token'           => 'EAASIMULATOR0TOKEN',
							'waba_id'         => '102290129340398',
							'phone_number_id' => '10654035224292' . $blog,
						)
					);
					$seen[] = array( $account, wp_parse_url( NxtChat\Account\Accounts::webhook( 1 )['callback_url'], PHP_URL_QUERY ), $look() );
					restore_current_blog();
				}
				return $seen;
				PHP
			);
			$whole = array( count( \NxtChat\Schema::TABLES ), count( \NxtChat\Capabilities::ALL ), true, true );
			self::assertSame( array( array( 1, null, $whole ), array( 1, 'site=2', $whole ) ), $made );
			// Login: numbers belong to a site; who is no member of it does not get in with one, nor does who may do everything everywhere.
			$logins = $this->in_site(
				<<<'PHP'
				switch_to_blog( 2 );
				update_option( 'nxtchat_login', array( 'enabled' => true, 'register' => true ) );
				update_site_option( 'registration', 'user' );
				$stranger = wp_insert_user( array( 'user_login' => 'stranger', 'user_pass' => 'x', 'user_email' => 's@example.test' ) );
				remove_user_from_blog( $stranger, 2 );
				$find = new ReflectionMethod( NxtChat\Login\SignOn::class, 'user' );
				NxtChat\Login\Bindings::bind( $stranger, '+4915112340001', 0 );
				NxtChat\Login\Bindings::bind( 1, '+4915112340002', 0 );
				update_option( 'nxtchat_login', array( 'enabled' => true ) );
				$seen = array( $find->invoke( null, '+4915112340001' )->get_error_code(), $find->invoke( null, '+4915112340002' )->get_error_code() );
				update_option( 'nxtchat_login', array( 'enabled' => true, 'register' => true ) );
				$new    = $find->invoke( null, '+4915112340003' );
				$seen[] = is_wp_error( $new ) ? $new->get_error_code() : array( is_user_member_of_blog( $new->ID, 2 ), $new->roles );
				restore_current_blog();
				$seen[] = NxtChat\Login\Bindings::of_phone( '+4915112340003' );
				return $seen;
				PHP
			);
			self::assertSame( array( 'nxtchat_login_unknown', 'nxtchat_login_role', array( true, array( 'subscriber' ) ), null ), $logins );
			$left = $this->in_site(
				<<<'PHP'
				switch_to_blog( 2 );
				update_option( 'nxtchat_settings', array( 'delete_data' => true ) );
				restore_current_blog();
				deactivate_plugins( 'nxt-cloud-chat/nxt-cloud-chat.php', false, true );
				uninstall_plugin( 'nxt-cloud-chat/nxt-cloud-chat.php' );
				$seen = array( $look() );
				switch_to_blog( 2 );
				$seen[] = $look();
				return $seen;
				PHP
			);
			self::assertSame( array( array( count( \NxtChat\Schema::TABLES ), count( \NxtChat\Capabilities::ALL ), false, true ), array( 0, 0, false, false ) ), $left, 'only where it was ticked' );
		} finally {
			exec( 'rm -rf ' . escapeshellarg( $this->dir ) );
		}
	}
}
