<?php
/**
 * Uninstalling: removes exactly what the plugin made, on every site where its owner ticked that.
 *
 * Works without the extension and without the plugin's classes.
 *
 * @package NxtChat
 */

defined( 'WP_UNINSTALL_PLUGIN' ) || exit;

/** Removes the plugin's tables, options, capabilities, schedule and files from the current site. */
function nxtchat_uninstall_site() {
	global $wpdb;
	foreach ( array( 'nxtchat_drain', 'nxtchat_hourly' ) as $hook ) {
		wp_unschedule_hook( $hook );
	}
	$settings = get_option( 'nxtchat_settings' );
	if ( ! is_array( $settings ) || empty( $settings['delete_data'] ) ) {
		return;
	}
	foreach ( array( 'accounts', 'contacts', 'contact_identities', 'contact_words', 'contact_log', 'contact_values', 'fields', 'groups', 'group_members', 'segments', 'consents', 'suppressions', 'merges', 'merge_items', 'imports', 'import_changes', 'templates', 'template_log', 'conversations', 'messages', 'parked_statuses', 'events', 'leases', 'challenges', 'bindings', 'counters', 'login_days', 'audit', 'broadcasts', 'recipients', 'broadcast_people' ) as $table ) {
		$wpdb->query( "DROP TABLE IF EXISTS {$wpdb->prefix}nxtchat_$table" ); // phpcs:ignore WordPress.DB -- Our own table names.
	}
	foreach ( array( 'nxtchat_schema', 'nxtchat_settings', 'nxtchat_copy_home', 'nxtchat_consent', 'nxtchat_contacts', 'nxtchat_suppression', 'nxtchat_template_sync', 'nxtchat_template_notices', 'nxtchat_login', 'nxtchat_login_key', 'nxtchat_login_trouble', 'nxtchat_rates', 'nxtchat_broadcast_notices' ) as $option ) {
		delete_option( $option );
	}
	foreach ( array_keys( wp_roles()->roles ) as $name ) {
		foreach ( array( 'nxtchat_manage', 'nxtchat_view', 'nxtchat_reply', 'nxtchat_contacts', 'nxtchat_broadcast' ) as $capability ) {
			get_role( $name )->remove_cap( $capability );
		}
	}
	delete_metadata( 'user', 0, 'nxtchat_phone', '', true );
	nxtchat_uninstall_files( get_current_blog_id() );
}

/** Removes a site's data directory, and the directory of all sites when it is left empty. */
function nxtchat_uninstall_files( $blog_id ) {
	$base = (string) ini_get( 'nxtchat.data_dir' );
	$parent = WP_CONTENT_DIR . '/nxtchat-data';
	$dirs   = array();
	// The default directory's name is a secret word of the site, kept in its index.php.
	if ( is_file( "$parent/index.php" ) && preg_match( '~^<\?php // ([0-9a-f]{32})\s*$~', (string) file_get_contents( "$parent/index.php" ), $word ) ) { // phpcs:ignore WordPress.WP.AlternativeFunctions
		$dirs[] = "$parent/{$word[1]}-$blog_id";
	}
	if ( '' !== $base ) {
		$dirs[] = rtrim( $base, '/' ) . '/' . substr( hash( 'sha256', (string) realpath( WP_CONTENT_DIR ) ), 0, 12 ) . "-$blog_id";
	}
	foreach ( $dirs as $dir ) {
		if ( ! is_dir( $dir ) || is_link( $dir ) ) {
			continue;
		}
		$files = new RecursiveIteratorIterator( new RecursiveDirectoryIterator( $dir, FilesystemIterator::SKIP_DOTS ), RecursiveIteratorIterator::CHILD_FIRST );
		foreach ( $files as $file ) {
			$file->isDir() && ! $file->isLink() ? @rmdir( $file->getPathname() ) : @unlink( $file->getPathname() ); // phpcs:ignore -- What can't be removed stays; uninstalling goes on.
		}
		@rmdir( $dir ); // phpcs:ignore
	}
	if ( is_dir( $parent ) && ! is_link( $parent ) && ! glob( "$parent/*", GLOB_ONLYDIR ) ) {
		foreach ( array( '.htaccess', 'index.php', 'web.config' ) as $deny ) {
			@unlink( "$parent/$deny" ); // phpcs:ignore
		}
		@rmdir( $parent ); // phpcs:ignore
	}
}

/** Every site, or the only one. A function of its own: WordPress includes this file from inside one, without $wpdb. */
function nxtchat_uninstall() {
	global $wpdb;
	if ( ! is_multisite() ) {
		nxtchat_uninstall_site();
		return;
	}
	$last = 0;
	do {
		$sites = $wpdb->get_col( $wpdb->prepare( "SELECT blog_id FROM $wpdb->blogs WHERE blog_id > %d ORDER BY blog_id LIMIT 100", $last ) ); // phpcs:ignore WordPress.DB
		foreach ( $sites as $last ) {
			switch_to_blog( (int) $last );
			nxtchat_uninstall_site();
			restore_current_blog();
		}
	} while ( $sites );
}

nxtchat_uninstall();
