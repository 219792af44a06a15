<?php
/**
 * SQL of challenges.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Login;

use NxtChat\Native;
use NxtChat\Schema;
use NxtChat\Store;

/** Table challenges: codes in flight. Every step forward is one conditional UPDATE, whose count of rows says who made it. */
final class ChallengeStore extends Store {

	private const NEW = array( 'uid', 'kind', 'state', 'live', 'phone', 'country', 'user_id', 'word_hash', 'sends', 'attempts', 'max_attempts', 'created_ms', 'sent_ms', 'expires_ms' );

	/** The live challenge of a number, locked. */
	public static function live( string $phone ): ?array {
		return self::rows( 'SELECT * FROM ' . Schema::table( 'challenges' ) . ' WHERE live = ' . self::literal( $phone ) . ' FOR UPDATE' )[0] ?? null;
	}

	/** One by its public id. */
	public static function get( string $uid ): ?array {
		return self::rows( 'SELECT * FROM ' . Schema::table( 'challenges' ) . ' WHERE uid = ' . self::literal( $uid ) )[0] ?? null;
	}

	/** @param array<string, int|string|null> $row Every column of NEW. */
	public static function add( array $row ): void {
		self::insert( Schema::table( 'challenges' ), self::NEW, array( array_map( static fn( string $name ) => $row[ $name ], self::NEW ) ) );
	}

	/** One more code for a live challenge; attempts stay. */
	public static function again( int $id, int $now, int $expires_ms ): void {
		self::write( 'UPDATE ' . Schema::table( 'challenges' ) . " SET sends = sends + 1, sent_ms = $now, expires_ms = $expires_ms WHERE id = $id" );
	}

	/** Gives a number free: its challenge has run out. */
	public static function release( int $id ): void {
		self::write( 'UPDATE ' . Schema::table( 'challenges' ) . " SET live = NULL WHERE id = $id" );
	}

	/** Takes release() back. */
	public static function keep( int $id, string $phone ): void {
		self::write( 'UPDATE ' . Schema::table( 'challenges' ) . ' SET live = ' . self::literal( $phone ) . " WHERE id = $id" );
	}

	/** The hash of the code that is about to be sent. False when another code came between, or the challenge is over. */
	public static function put_code( string $uid, int $sends, string $hash ): bool {
		return 1 === self::affect( 'UPDATE ' . Schema::table( 'challenges' ) . ' SET code_hash = ' . self::literal( $hash ) . ' WHERE uid = ' . self::literal( $uid ) . " AND sends = $sends AND state = " . Native\CHALLENGE_LIVE );
	}

	/** Takes one attempt. False when there is none left, or the challenge is over. */
	public static function attempt( string $uid, int $now ): bool {
		return 1 === self::affect( 'UPDATE ' . Schema::table( 'challenges' ) . ' SET attempts = attempts + 1 WHERE uid = ' . self::literal( $uid ) . ' AND state = ' . Native\CHALLENGE_LIVE . " AND attempts < max_attempts AND expires_ms > $now" );
	}

	/** LIVE → VERIFIED, for the one whose cookie this is. False when somebody else was quicker, or another code was sent meanwhile. */
	public static function verify( string $uid, string $code_hash, string $holder, int $now ): bool {
		return 1 === self::affect( 'UPDATE ' . Schema::table( 'challenges' ) . ' SET state = ' . Native\CHALLENGE_VERIFIED . ", live = NULL, code_hash = '', holder = " . self::literal( $holder ) . ", done_ms = $now WHERE uid = " . self::literal( $uid ) . ' AND state = ' . Native\CHALLENGE_LIVE . ' AND code_hash = ' . self::literal( $code_hash ) );
	}

	/** LIVE → EXHAUSTED. The number stays taken until the challenge runs out. */
	public static function exhaust( string $uid ): void {
		self::write( 'UPDATE ' . Schema::table( 'challenges' ) . ' SET state = ' . Native\CHALLENGE_EXHAUSTED . ", code_hash = '' WHERE uid = " . self::literal( $uid ) . ' AND state = ' . Native\CHALLENGE_LIVE . ' AND attempts >= max_attempts' );
	}

	/** VERIFIED → USED, once. */
	public static function consume( string $uid, string $holder, int $since_ms, int $now ): bool {
		return 1 === self::affect( 'UPDATE ' . Schema::table( 'challenges' ) . ' SET state = ' . Native\CHALLENGE_USED . ", done_ms = $now WHERE uid = " . self::literal( $uid ) . ' AND state = ' . Native\CHALLENGE_VERIFIED . ' AND holder = ' . self::literal( $holder ) . " AND done_ms > $since_ms" );
	}

	/** Challenges that wait for one of these words. @param list<string> $hashes @return array<string, array> By hash. */
	public static function waiting( array $hashes, int $now ): array {
		return array_column( self::rows( 'SELECT * FROM ' . Schema::table( 'challenges' ) . ' WHERE word_hash IN ' . self::in( $hashes ) . ' AND state = ' . Native\CHALLENGE_WAITING . " AND expires_ms > $now" ), null, 'word_hash' );
	}

	/** WAITING → LIVE: the word came from this number. False when it is over. */
	public static function heard( string $uid, string $phone, string $country, int $attempts, int $now, int $expires_ms ): bool {
		return 1 === self::affect( 'UPDATE ' . Schema::table( 'challenges' ) . ' SET state = ' . Native\CHALLENGE_LIVE . ', word_hash = NULL, live = ' . self::literal( $phone ) . ', phone = ' . self::literal( $phone ) . ', country = ' . self::literal( $country ) . ", sends = 1, attempts = $attempts, sent_ms = $now, expires_ms = $expires_ms WHERE uid = " . self::literal( $uid ) . ' AND state = ' . Native\CHALLENGE_WAITING . " AND expires_ms > $now" );
	}

	/** Of these numbers. @param list<string> $phones */
	public static function of_phones( array $phones ): array {
		return self::rows( 'SELECT kind, state, phone, sends, attempts, created_ms, done_ms FROM ' . Schema::table( 'challenges' ) . ' WHERE phone IN ' . self::in( $phones ) . ' ORDER BY id' );
	}

	/** Removes those of numbers. @param list<string> $phones */
	public static function remove_phones( array $phones ): void {
		self::write( 'DELETE FROM ' . Schema::table( 'challenges' ) . ' WHERE phone IN ' . self::in( $phones ) );
	}

	/** Removes what ran out before that time. @return int How many. */
	public static function purge( int $before_ms, int $limit ): int {
		return self::affect( 'DELETE FROM ' . Schema::table( 'challenges' ) . " WHERE expires_ms < $before_ms LIMIT $limit" );
	}
}
