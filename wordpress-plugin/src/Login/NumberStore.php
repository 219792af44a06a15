<?php
/**
 * SQL of bindings.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Login;

use NxtChat\Schema;
use NxtChat\Store;

/** Table bindings: one number a user, one user a number. */
final class NumberStore extends Store {

	/** From here on no id is a user's: a number is reserved. */
	private const NOBODY = 1 << 62;

	public static function of_user( int $user_id ): ?array {
		return self::rows( 'SELECT * FROM ' . Schema::table( 'bindings' ) . " WHERE user_id = $user_id" )[0] ?? null;
	}

	public static function of_phone( string $phone ): ?array {
		return self::rows( 'SELECT * FROM ' . Schema::table( 'bindings' ) . ' WHERE phone = ' . self::literal( $phone ) )[0] ?? null;
	}

	/** Binds, unless the user or the number is taken: then nothing happens. */
	public static function add( int $user_id, string $phone, int $now ): void {
		self::insert( Schema::table( 'bindings' ), array( 'user_id', 'phone', 'verified_ms', 'seen_ms', 'created_ms' ), array( array( $user_id, $phone, $now, $now, $now ) ), 'INSERT IGNORE' );
	}

	/**
	 * Takes a number for a user who is about to be made; whoever wants the same one waits for the end of this transaction.
	 *
	 * @return int 0: it is taken. Else the user who has it.
	 */
	public static function reserve( string $phone, int $now ): int {
		$nobody = random_int( self::NOBODY, PHP_INT_MAX );
		self::add( $nobody, $phone, $now );
		$user_id = (int) ( self::rows( 'SELECT user_id FROM ' . Schema::table( 'bindings' ) . ' WHERE phone = ' . self::literal( $phone ) . ' FOR UPDATE' )[0]['user_id'] ?? 0 );
		return $user_id === $nobody ? 0 : $user_id;
	}

	/** Gives a reserved number to its user. False when the reservation is gone. */
	public static function settle( string $phone, int $user_id ): bool {
		return 1 === self::affect( 'UPDATE ' . Schema::table( 'bindings' ) . " SET user_id = $user_id WHERE phone = " . self::literal( $phone ) . ' AND user_id >= ' . self::NOBODY );
	}

	public static function remove( int $user_id ): bool {
		return self::affect( 'DELETE FROM ' . Schema::table( 'bindings' ) . " WHERE user_id = $user_id" ) > 0;
	}

	/** @param list<string> $phones @return list<int> Users who had one of them. Inside a transaction nobody else gives them away until its end. */
	public static function remove_phones( array $phones ): array {
		$in    = self::in( $phones );
		$users = array_map( 'intval', array_column( self::rows( 'SELECT user_id FROM ' . Schema::table( 'bindings' ) . " WHERE phone IN $in FOR UPDATE" ), 'user_id' ) );
		if ( $users ) {
			self::write( 'DELETE FROM ' . Schema::table( 'bindings' ) . " WHERE phone IN $in" );
		}
		return $users;
	}

	/** Somebody logged in with it. */
	public static function seen( int $user_id, int $now ): void {
		self::write( 'UPDATE ' . Schema::table( 'bindings' ) . " SET seen_ms = $now WHERE user_id = $user_id" );
	}

	/** These numbers must be verified again. @param list<string> $phones */
	public static function stale( array $phones, int $reason ): void {
		self::write( 'UPDATE ' . Schema::table( 'bindings' ) . " SET stale = $reason WHERE phone IN " . self::in( $phones ) );
	}

	/** @param list<int>|null $users Only these, null = all. @return list<array> The newest first, $limit + 1 at most. */
	public static function page( ?array $users, int $before_id, int $limit ): array {
		$where = array( '1 = 1' );
		if ( null !== $users ) {
			$where[] = 'user_id IN ' . self::in( $users );
		}
		if ( $before_id > 0 ) {
			$where[] = "id < $before_id";
		}
		return self::rows( 'SELECT * FROM ' . Schema::table( 'bindings' ) . ' WHERE ' . implode( ' AND ', $where ) . ' ORDER BY id DESC LIMIT ' . ( $limit + 1 ) );
	}

	public static function count(): int {
		return (int) self::scalar( 'SELECT COUNT(*) FROM ' . Schema::table( 'bindings' ) );
	}
}
