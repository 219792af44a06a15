<?php
/**
 * Broadcasts that were stopped, told in wp-admin.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Broadcast;

use NxtChat\Capabilities;

/** One notice for all that wait for a person. It goes when they are resumed or cancelled. */
final class BroadcastNotices {

	/** Option (autoloaded: every screen asks): ids. */
	private const OPTION = 'nxtchat_broadcast_notices';

	private const MAX = 20;

	public static function note( int $id ): void {
		$ids = self::ids();
		if ( ! in_array( $id, $ids, true ) ) {
			update_option( self::OPTION, array_slice( array( ...$ids, $id ), -self::MAX ), true );
		}
	}

	public static function forget( int $id ): void {
		$ids  = self::ids();
		$left = array_values( array_diff( $ids, array( $id ) ) );
		if ( $left !== $ids ) {
			$left ? update_option( self::OPTION, $left, true ) : delete_option( self::OPTION );
		}
	}

	/** Action admin_notices, but on the Broadcasts screen, which tells by itself. No statement while there is nothing to tell. */
	public static function show(): void {
		$ids    = self::ids();
		$screen = get_current_screen();
		if ( ! $ids || ! current_user_can( Capabilities::BROADCAST ) || ( null !== $screen && str_ends_with( $screen->id, '_page_nxtchat-broadcast' ) ) ) {
			return;
		}
		$lines = array();
		$rows  = array_column( BroadcastStore::some( $ids ), null, 'id' );
		foreach ( $ids as $id ) {
			$row    = $rows[ $id ] ?? null;
			$reason = null === $row || States::STOPPED !== (int) $row['state'] ? null : json_decode( $row['reason_json'], true );
			if ( ! is_array( $reason ) ) {
				self::forget( $id );
				continue;
			}
			$lines[] = '<a href="' . esc_url( admin_url( "admin.php?page=nxtchat-broadcast#/broadcast/$id" ) ) . '">' . esc_html( $row['name'] ) . '</a>: ' . esc_html( $reason['message'] . ' ' . $reason['remedy'] );
		}
		if ( $lines ) {
			echo '<div class="notice notice-error nxtchat-broadcasts"><p><strong>' . esc_html__( 'Broadcasts were stopped and wait for you.', 'nxt-cloud-chat' ) . '</strong></p><ul><li>' . wp_kses( implode( '</li><li>', $lines ), array( 'a' => array( 'href' => true ), 'li' => array() ) ) . '</li></ul></div>'; // phpcs:ignore WordPress.Arrays -- One thought.
		}
	}

	/** @return list<int> */
	private static function ids(): array {
		$ids = get_option( self::OPTION );
		return is_array( $ids ) ? array_values( array_map( 'intval', $ids ) ) : array();
	}
}
