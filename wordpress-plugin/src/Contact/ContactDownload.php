<?php
/**
 * The export as a download.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Contact;

use NxtChat\Capabilities;
use NxtChat\StoreError;

/** Sends the CSV while it is being made: from a link in wp-admin, and as the answer of the REST route. */
final class ContactDownload {

	private const ACTION = 'nxtchat_export';

	/** Seconds that one batch may take; the whole may take as long as the browser waits. */
	private const BATCH_SECONDS = 60;

	/** admin-post.php?action=nxtchat_export with the filters and `columns` of the REST route. */
	public static function admin_post(): void {
		check_admin_referer( self::ACTION );
		if ( ! current_user_can( Capabilities::CONTACTS ) ) {
			wp_die( esc_html__( 'You are not allowed to do this. Ask an administrator of this site.', 'nxt-cloud-chat' ), 403 );
		}
		$filter = array();
		foreach ( ContactList::FILTERS as $name ) {
			// phpcs:ignore WordPress.Security.ValidatedSanitizedInput.InputNotSanitized -- ContactList::conditions() checks each.
			$filter[ $name ] = isset( $_GET[ $name ] ) && is_string( $_GET[ $name ] ) ? wp_unslash( $_GET[ $name ] ) : '';
		}
		$columns = isset( $_GET['columns'] ) && is_string( $_GET['columns'] ) ? sanitize_text_field( wp_unslash( $_GET['columns'] ) ) : '';
		$export  = ContactExport::prepare( $filter, self::columns( $columns ) );
		if ( is_wp_error( $export ) ) {
			wp_die( esc_html( implode( ' ', array_column( $export->get_error_data()['problems'] ?? array( array( 'message' => $export->get_error_message() ) ), 'message' ) ) ), 400 );
		}
		self::send( $export );
		exit;
	}

	/** Columns of a list with commas. @return list<string> */
	public static function columns( string $list ): array {
		return '' === trim( $list ) ? array() : array_map( 'trim', explode( ',', $list ) );
	}

	/** Headers and body. A failure on the way is said in the file's last line: the status is gone by then. */
	public static function send( ContactExport $export ): void {
		while ( ob_get_level() > 0 ) {
			ob_end_clean();
		}
		nocache_headers();
		header( 'Content-Type: text/csv; charset=utf-8' );
		header( 'Content-Disposition: attachment; filename="' . ContactExport::file_name() . '"' );
		header( 'X-Content-Type-Options: nosniff' );
		header( 'X-Accel-Buffering: no' );
		try {
			$export->write(
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
