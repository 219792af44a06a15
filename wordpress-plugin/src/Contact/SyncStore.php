<?php
/**
 * SQL of contacts that are users of this site.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Contact;

use NxtChat\Schema;
use NxtChat\Store;

/** Column wp_user_id of contacts. */
final class SyncStore extends Store {

	/** Contacts linked with a user, the oldest first. @return list<int> */
	public static function of_user( int $user_id ): array {
		return array_map( 'intval', array_column( self::rows( 'SELECT id FROM ' . Schema::table( 'contacts' ) . " WHERE wp_user_id = $user_id ORDER BY id LIMIT 100" ), 'id' ) );
	}

	/** Takes the link away. */
	public static function unlink( int $user_id, int $now ): void {
		self::write( 'UPDATE ' . Schema::table( 'contacts' ) . " SET wp_user_id = 0, updated_ms = $now WHERE wp_user_id = $user_id" );
	}
}
