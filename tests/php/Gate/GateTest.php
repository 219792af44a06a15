<?php
/**
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Tests\Gate;

use NxtChat\Tests\TestCase;

/**
 * Without its extension, or with one of another version, the plugin says so and does nothing.
 *
 * Each case is a process of its own, because this one has the extension.
 *
 * @group smoke
 */
final class GateTest extends TestCase {

	/** Loads this site in a new PHP. $before runs first. @return array<string, mixed> What the script returns. */
	private static function in_php( bool $with_extension, string $before, string $script, array $settings = array() ): array {
		$file = tempnam( sys_get_temp_dir(), 'nxtchat' );
		file_put_contents( $file, "<?php error_reporting( E_ALL ); ini_set( 'display_errors', 'stderr' );\n$before\nrequire " . var_export( ABSPATH . 'wp-load.php', true ) . ";\n\$result = ( static function () {\n$script\n} )();\nfwrite( STDOUT, \"\\n@@\" . json_encode( \$result ) );\n" );
		$command = array( PHP_BINARY );
		foreach ( $settings as $name => $value ) {
			array_push( $command, '-d', "$name=$value" );
		}
		$environment = getenv();
		if ( ! $with_extension ) {
			// The system's own directory of settings, not the site's.
			unset( $environment['PHP_INI_SCAN_DIR'] );
		}
		$process = proc_open( array_merge( $command, array( $file ) ), array( 1 => array( 'pipe', 'w' ), 2 => array( 'pipe', 'w' ) ), $pipes, null, $environment );
		$out     = (string) stream_get_contents( $pipes[1] );
		$err     = (string) stream_get_contents( $pipes[2] );
		$code    = proc_close( $process );
		unlink( $file );
		self::assertSame( 0, $code, $out . $err );
		self::assertStringNotContainsString( 'Fatal', $err );
		self::assertStringContainsString( '@@', $out, $err );
		return (array) json_decode( explode( '@@', $out, 2 )[1], true );
	}

	private const LOOK = <<<'PHP'
		require_once ABSPATH . 'wp-admin/includes/admin.php';
		$shown = array();
		foreach ( array( 'plugins' => 1, 'dashboard' => 1, 'edit-post' => 1, 'plugins ' => 0 ) as $screen => $user ) {
			wp_set_current_user( $user );
			set_current_screen( trim( $screen ) );
			ob_start();
			do_action( 'admin_notices' );
			preg_match( '#<div class="notice notice-error nxtchat-gate">.*?</div>#s', ob_get_clean(), $notice );
			$shown[] = html_entity_decode( wp_strip_all_tags( $notice[0] ?? '' ), ENT_QUOTES );
		}
		do_action( 'admin_menu' );
		return array(
			'shown'  => $shown,
			'routes' => count( preg_grep( '/nxtchat/', array_keys( rest_get_server()->get_routes() ) ) ),
			'menu'   => count( preg_grep( '/nxtchat/', array_column( $GLOBALS['menu'] ?? array(), 2 ) ) ),
			'booted' => class_exists( 'NxtChat\Plugin' ),
			'cron'   => wp_get_schedules()['nxtchat_minute'] ?? null,
		);
PHP;

	public function test_without_the_extension(): void {
		$seen = self::in_php( false, "define( 'WP_ADMIN', true );", self::LOOK );
		foreach ( array( 0, 1 ) as $screen ) {
			self::assertStringContainsString( 'nxtchat.so', $seen['shown'][ $screen ] );
			self::assertStringContainsString( 'extension=nxtchat', $seen['shown'][ $screen ] );
			self::assertStringContainsString( PHP_VERSION, $seen['shown'][ $screen ] );
			self::assertStringContainsString( (string) ini_get( 'extension_dir' ), $seen['shown'][ $screen ] );
		}
		self::assertSame( array( '', '' ), array_slice( $seen['shown'], 2 ), 'not elsewhere, and not to those who can\'t act' );
		unset( $seen['shown'] );
		self::assertSame( array( 'routes' => 0, 'menu' => 0, 'booted' => false, 'cron' => null ), $seen );
	}

	public function test_wp_cli_says_the_same(): void {
		$environment = getenv();
		unset( $environment['PHP_INI_SCAN_DIR'] );
		$process = proc_open( array( PHP_BINARY, NXTCHAT_TEST_ROOT . '/tests/wp-cli/run.php', '--path=' . ABSPATH, 'nxtchat', 'account', 'list', '--format=json' ), array( 1 => array( 'pipe', 'w' ), 2 => array( 'pipe', 'w' ) ), $pipes, null, $environment );
		$out     = (string) stream_get_contents( $pipes[1] );
		$err     = (string) stream_get_contents( $pipes[2] );
		self::assertSame( 1, proc_close( $process ), $out . $err );
		self::assertStringContainsString( 'nxtchat.so', $out );
		self::assertStringContainsString( 'has not loaded', $err );
	}

	public function test_with_an_extension_of_another_version(): void {
		$copy = sys_get_temp_dir() . '/nxtchat-gate-' . getmypid();
		mkdir( "$copy/src", 0700, true );
		$plugin = NXTCHAT_TEST_ROOT . '/wordpress-plugin';
		file_put_contents( "$copy/nxt-cloud-chat.php", str_replace( "'" . NXTCHAT_VERSION . "'", "'9.7.1'", (string) file_get_contents( "$plugin/nxt-cloud-chat.php" ) ) );
		copy( "$plugin/src/Gate.php", "$copy/src/Gate.php" );
		try {
			$seen = self::in_php(
				true,
				"define( 'WP_ADMIN', true ); \$GLOBALS['wp_filter'] = array( 'option_active_plugins' => array( 10 => array( 'none' => array( 'function' => '__return_empty_array', 'accepted_args' => 1 ) ) ) );",
				'require ' . var_export( "$copy/nxt-cloud-chat.php", true ) . ";\n" . self::LOOK
			);
		} finally {
			unlink( "$copy/src/Gate.php" );
			unlink( "$copy/nxt-cloud-chat.php" );
			rmdir( "$copy/src" );
			rmdir( $copy );
		}
		self::assertStringContainsString( '9.7', $seen['shown'][0] );
		self::assertStringContainsString( NXTCHAT_VERSION, $seen['shown'][0] );
		self::assertSame( array( 0, 0, false ), array( $seen['routes'], $seen['menu'], $seen['booted'] ) );
	}

	public function test_switching_on_and_off_without_the_extension_leaves_everything(): void {
		$seen = self::in_php(
			false,
			"define( 'WP_ADMIN', true );",
			<<<'PHP'
			require_once ABSPATH . 'wp-admin/includes/plugin.php';
			$plugin = 'nxt-cloud-chat/nxt-cloud-chat.php';
			deactivate_plugins( $plugin );
			$answer = activate_plugin( $plugin );
			return array( 'answer' => $answer, 'active' => is_plugin_active( $plugin ) );
PHP
		);
		self::assertSame( array( 'answer' => null, 'active' => true ), $seen );
	}

	public function test_the_public_site_pays_nothing(): void {
		$count = <<<'PHP'
			global $wpdb;
			wp();
			$queries = $wpdb->num_queries;
			update_option( 'pays_nothing', microtime( true ) ); // A page on which somebody else writes.
			delete_option( 'pays_nothing' );
			return array( 'queries' => $queries, 'files' => array_values( preg_grep( '#/(wordpress-plugin|plugins/nxt-cloud-chat)/#', get_included_files() ) ) );
PHP;
		$with    = self::in_php( true, '', $count );
		$without = self::in_php( true, "\$GLOBALS['wp_filter'] = array( 'option_active_plugins' => array( 10 => array( 'none' => array( 'function' => '__return_empty_array', 'accepted_args' => 1 ) ) ) );", $count );
		self::assertSame( array(), $without['files'] );
		self::assertSame( array( 'nxt-cloud-chat.php', 'Plugin.php' ), array_map( 'basename', $with['files'] ) );
		if ( ! self::on_sqlite() ) { // The drop-in is a plugin's file, but not one of active_plugins.
			self::assertSame( $without['queries'], $with['queries'] );
		}
	}

	/** What other processes removed is still in this one's memory. */
	private static function install_again(): void {
		wp_cache_flush();
		wp_roles()->for_site();
		\NxtChat\Schema::install();
	}

	public function test_the_first_visit_after_the_extension_came_has_the_menu(): void {
		foreach ( \NxtChat\Capabilities::ALL as $capability ) {
			get_role( 'administrator' )->remove_cap( $capability );
		}
		delete_option( \NxtChat\Schema::OPTION );
		$seen = self::in_php( true, "define( 'WP_ADMIN', true ); \$GLOBALS['wp_filter'] = array( 'determine_current_user' => array( 99 => array( 'one' => array( 'function' => static fn() => 1, 'accepted_args' => 1 ) ) ) );", "return array( 'user' => get_current_user_id(), 'may' => current_user_can( 'nxtchat_view' ) );" );
		self::install_again();
		self::assertSame( array( 'user' => 1, 'may' => true ), $seen );
	}

	public function test_uninstalling_removes_what_was_ticked_and_works_without_the_extension(): void {
		$data = sys_get_temp_dir() . '/nxtchat-uninstall-' . getmypid();
		mkdir( $data, 0700 );
		$state = <<<'PHP'
			global $wpdb;
			wp_cache_flush();
			return array(
				'tables'  => count( $wpdb->get_col( $wpdb->prepare( 'SHOW TABLES LIKE %s', $wpdb->esc_like( $wpdb->prefix . 'nxtchat_' ) . '%' ) ) ),
				'options' => count( preg_grep( '/^nxtchat_/', array_keys( wp_load_alloptions( true ) ) ) ),
				'caps'    => count( preg_grep( '/^nxtchat_/', array_keys( get_role( 'administrator' )->capabilities ) ) ),
				'cron'    => wp_next_scheduled( 'nxtchat_hourly' ),
			);
PHP;
		$run   = "define( 'WP_UNINSTALL_PLUGIN', 'nxt-cloud-chat/nxt-cloud-chat.php' ); require " . var_export( NXTCHAT_TEST_ROOT . '/wordpress-plugin/uninstall.php', true ) . ';';
		$set   = static fn( string $ticked ): string => "update_option( 'nxtchat_settings', array( 'delete_data' => $ticked ) );";
		$dir   = $data . '/' . substr( hash( 'sha256', (string) realpath( WP_CONTENT_DIR ) ), 0, 12 ) . '-1';
		mkdir( "$dir/spool", 0700, true );
		file_put_contents( "$dir/spool/x.db", 'x' );
		$ini = array( 'nxtchat.data_dir' => $data );
		try {
			$kept = self::in_php( true, '', $set( 'false' ) . $run . $state, $ini );
			self::assertSame( array( count( \NxtChat\Schema::TABLES ), count( \NxtChat\Capabilities::ALL ), false ), array( $kept['tables'], $kept['caps'], $kept['cron'] ), 'not ticked: only the schedule ends' );
			self::assertFileExists( "$dir/spool/x.db" );
			$gone = self::in_php( true, '', $set( 'true' ) . $run . $state, $ini );
			self::assertSame( array( 'tables' => 0, 'options' => 0, 'caps' => 0, 'cron' => false ), $gone );
			self::assertDirectoryDoesNotExist( $dir );
		} finally {
			exec( 'rm -rf ' . escapeshellarg( $data ) );
			self::install_again();
		}
		$again = self::in_php( false, '', $set( 'true' ) . $run . $state );
		self::install_again();
		self::assertSame( array( 0, 0, 0 ), array( $again['tables'], $again['options'], $again['caps'] ), 'without the extension' );
	}
}
