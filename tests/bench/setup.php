<?php
/**
 * Prepares a benchmark site. Run with the site's own php (D/php).
 *
 * setup.php          activates the plugin, makes the front doors' configuration and the reference's table
 * setup.php tables   prints the definition of the plugin's tables
 * setup.php fresh    empties the plugin's tables by making them anew
 * setup.php words    fills the words by which contacts are found, and lets the database look at its data
 */

declare(strict_types=1);

require __DIR__ . '/Site.php';
nxtbench_load();
require_once ABSPATH . 'wp-admin/includes/plugin.php';

use NxtChat\Schema;

switch ( $argv[1] ?? '' ) {
	case 'tables':
		echo implode( "\n", Schema::tables() ), "\n";
		break;
	case 'fresh':
		foreach ( Schema::TABLES as $name ) {
			$wpdb->query( 'DROP TABLE IF EXISTS ' . Schema::table( $name ) );
		}
		Schema::install();
		break;
	case 'words':
		$words = Schema::table( 'contact_words' );
		foreach ( array_chunk( $wpdb->get_results( 'SELECT id, name, profile_name FROM ' . Schema::table( 'contacts' ) ), 1000 ) as $contacts ) {
			$rows = array();
			foreach ( $contacts as $contact ) {
				foreach ( NxtChat\Contact\Contacts::words( "$contact->name $contact->profile_name" ) as $word ) {
					$rows[] = "('" . esc_sql( $word ) . "',$contact->id)";
				}
			}
			$wpdb->query( "INSERT INTO $words (word, contact_id) VALUES " . implode( ',', $rows ) );
		}
		$wpdb->query( 'ANALYZE TABLE ' . implode( ', ', array_map( array( Schema::class, 'table' ), Schema::TABLES ) ) );
		break;
	default:
		$plugin = 'nxt-cloud-chat/nxt-cloud-chat.php';
		if ( ! is_plugin_active( $plugin ) ) {
			$result = activate_plugin( $plugin );
			if ( is_wp_error( $result ) ) {
				fwrite( STDERR, 'activation failed: ' . $result->get_error_message() . "\n" );
				exit( 1 );
			}
			// The next process sees it active.
			passthru( escapeshellarg( PHP_BINARY ) . ' ' . escapeshellarg( __FILE__ ), $status );
			exit( $status );
		}
		Schema::ensure();
		nxtbench_front( 'full' );
		$wpdb->query( 'CREATE TABLE IF NOT EXISTS nxtbench_reference (id INT PRIMARY KEY, state INT NOT NULL)' );
		$wpdb->query( 'INSERT IGNORE INTO nxtbench_reference SELECT seq, 0 FROM seq_1_to_10000' );
}
