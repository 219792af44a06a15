<?php
/**
 * SQL of what imports keep of people.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Import;

use NxtChat\Schema;
use NxtChat\Store;

/** Column report_json of imports. */
final class ImportForgetStore extends Store {

	/** Imports in the order of id. @return list<array{id: string, uid: string, report_json: string}> */
	public static function page( int $after_id, int $limit ): array {
		return self::rows( 'SELECT id, uid, report_json FROM ' . Schema::table( 'imports' ) . " WHERE id > $after_id ORDER BY id LIMIT $limit" );
	}

	public static function set_report( int $id, string $json ): void {
		self::write( 'UPDATE ' . Schema::table( 'imports' ) . ' SET report_json = ' . self::literal( $json ) . " WHERE id = $id" );
	}
}
