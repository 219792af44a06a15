<?php
/**
 * Switching the plugin on and off.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat;

/** Activation, deactivation, and new and removed sites of a network. */
final class Activation {

	/** Sites set up at once when a network activates; the others follow at their first visit to wp-admin. */
	private const SITES_AT_ONCE = 50;

	/** Tables and capabilities now (Schema::ensure() does the same wherever this did not run), and the front doors open again. */
	public static function activate( bool $network_wide = false ): void {
		self::on_sites(
			$network_wide,
			static function (): void {
				Schema::install();
				self::front( true );
			}
		);
	}

	/** Scheduled work ends and webhooks are refused, or each would load WordPress for nothing. Data, settings and capabilities stay. */
	public static function deactivate( bool $network_wide = false ): void {
		self::on_sites(
			$network_wide,
			static function (): void {
				foreach ( array_keys( Plugin::CRON ) as $hook ) {
					wp_unschedule_hook( $hook ); // Also those with an argument.
				}
				self::front( false );
			}
		);
	}

	/** A new site of a network on which the plugin is active everywhere. */
	public static function new_site( \WP_Site $site ): void {
		if ( ! function_exists( 'is_plugin_active_for_network' ) ) {
			require_once ABSPATH . 'wp-admin/includes/plugin.php';
		}
		if ( is_plugin_active_for_network( plugin_basename( NXTCHAT_FILE ) ) ) {
			switch_to_blog( (int) $site->blog_id );
			Schema::install();
			restore_current_blog();
		}
	}

	/**
	 * A removed site takes its tables along.
	 *
	 * @param string[] $tables
	 * @return string[]
	 */
	public static function drop_tables( array $tables, int $site_id ): array {
		return array_merge( $tables, Schema::tables_of( $site_id ) );
	}

	/** Opens or closes the front doors of a site that has accounts. */
	private static function front( bool $open ): void {
		try {
			if ( Account\Accounts::all() ) {
				Account\Accounts::configure_front( $open );
			}
		} catch ( Native\Exception\Exception $e ) {
			Log::error( 'The webhook could not be configured: ' . $e->getMessage() );
		}
	}

	private static function on_sites( bool $network_wide, callable $work ): void {
		if ( ! $network_wide || ! is_multisite() ) {
			$work();
			return;
		}
		foreach ( get_sites( array( 'fields' => 'ids', 'number' => self::SITES_AT_ONCE ) ) as $id ) {
			switch_to_blog( (int) $id );
			$work();
			restore_current_blog();
		}
	}
}
