<?php
/**
 * SQL of saved segments.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Segment;

use NxtChat\Schema;
use NxtChat\Store;

/** Table segments. */
final class SegmentStore extends Store {

	/** @return list<array<string, string|null>> By name. */
	public static function all( int $max ): array {
		return self::rows( 'SELECT * FROM ' . Schema::table( 'segments' ) . " ORDER BY name, id LIMIT $max" );
	}

	/** @return array<string, string|null>|null */
	public static function get( int $id ): ?array {
		return self::rows( 'SELECT * FROM ' . Schema::table( 'segments' ) . " WHERE id = $id" )[0] ?? null;
	}

	/** @param list<int> $ids @return array<int, array<string, string>> By id. */
	public static function some( array $ids ): array {
		return array_column( self::rows( 'SELECT * FROM ' . Schema::table( 'segments' ) . ' WHERE id IN ' . self::in( $ids ) ), null, 'id' );
	}

	/** Id of the segment of that name, 0 when there is none. */
	public static function by_name( string $name ): int {
		return (int) self::scalar( 'SELECT id FROM ' . Schema::table( 'segments' ) . ' WHERE name IN ' . self::in( array( $name ) ) . ' LIMIT 1' );
	}

	/** @param array<string, int|string> $row By column. @return int Its id, 0 when the name was taken meanwhile. */
	public static function create( array $row ): int {
		return self::transaction(
			static function () use ( $row ): int {
				$before = self::by_name( (string) $row['name'] );
				self::insert( Schema::table( 'segments' ), array_keys( $row ), array( array_values( $row ) ), 'INSERT IGNORE' );
				return 0 === $before ? self::by_name( (string) $row['name'] ) : 0;
			}
		);
	}

	/** @param array<string, int|string> $row By column. */
	public static function update( int $id, array $row ): void {
		$set = array();
		foreach ( $row as $column => $value ) {
			$set[] = "$column = " . substr( self::in( array( $value ) ), 1, -1 );
		}
		self::write( 'UPDATE ' . Schema::table( 'segments' ) . ' SET ' . implode( ', ', $set ) . " WHERE id = $id" );
	}

	public static function delete( int $id ): void {
		self::write( 'DELETE FROM ' . Schema::table( 'segments' ) . " WHERE id = $id" );
	}
}
