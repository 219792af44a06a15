<?php
/**
 * The recipients of a broadcast as a file.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Broadcast;

use NxtChat\Capabilities;
use NxtChat\StoreError;

/** Sends the CSV while it is being made: from a link in wp-admin, and as the answer of the REST route. */
final class BroadcastDownload {

	private const ACTION = 'nxtchat_broadcast_export';

	/** Seconds that one batch may take. */
	private const BATCH_SECONDS = 60;

	/** admin-post.php?action=nxtchat_broadcast_export&id=3, with a nonce. */
	public static function admin_post(): void {
		check_admin_referer( self::ACTION );
		if ( ! current_user_can( Capabilities::CONTACTS ) ) {
			wp_die( esc_html__( 'You are not allowed to do this. Ask an administrator of this site.', 'nxt-cloud-chat' ), 403 );
		}
		$id    = absint( $_GET['id'] ?? 0 );
		$state = isset( $_GET['state'] ) && is_string( $_GET['state'] ) ? sanitize_key( wp_unslash( $_GET['state'] ) ) : '';
		if ( is_wp_error( Broadcasts::get( $id ) ) ) {
			wp_die( esc_html( Broadcasts::missing()->get_error_message() ), 404 );
		}
		self::send( $id, array( 'state' => $state ) );
		exit;
	}

	/** The address of the link. */
	public static function url(): string {
		return html_entity_decode( wp_nonce_url( admin_url( 'admin-post.php?action=' . self::ACTION ), self::ACTION ), ENT_QUOTES );
	}

	/** Headers and body. A failure on the way is said in the file's last line: the status is gone by then. */
	public static function send( int $id, array $filter ): void {
		while ( ob_get_level() > 0 ) {
			ob_end_clean();
		}
		nocache_headers();
		header( 'Content-Type: text/csv; charset=utf-8' );
		header( 'Content-Disposition: attachment; filename="broadcast-' . $id . '-' . wp_date( 'Y-m-d-Hi' ) . '.csv"' );
		header( 'X-Content-Type-Options: nosniff' );
		header( 'X-Accel-Buffering: no' );
		try {
			Report::export(
				$id,
				$filter,
				static function ( string $csv ): bool {
					set_time_limit( self::BATCH_SECONDS );
					echo $csv; // phpcs:ignore WordPress.Security.EscapeOutput.OutputNotEscaped -- CSV, guarded by csv_encode().
					flush();
					return CONNECTION_NORMAL === connection_status();
				}
			);
		} catch ( StoreError $e ) {
			\NxtChat\Log::error( $e->getMessage() );
			echo "\r\n" . esc_html__( 'The export broke off here: the database did not answer. Try again in a moment.', 'nxt-cloud-chat' ) . "\r\n";
		}
	}
}
