<?php
/**
 * What a Store throws.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat;

/** A statement that the database refused. The message names the reason, never the statement: it may carry a customer's words. */
final class StoreError extends \RuntimeException {

	/** The database is fine and another transaction was in the way: try the whole transaction again. */
	public const RETRY = 'retry';
	/** The database can't be reached or can't write now: nothing is wrong with the data. */
	public const DOWN = 'down';
	/** This statement, as it is, will never work. */
	public const REFUSED = 'refused';

	/** MySQL and MariaDB: lock wait timeout, deadlock, record changed since it was read. */
	private const RETRY_CODES = array( 1020, 1205, 1213 );
	/** Too many connections, shutting down, disk or table full, read-only, connection lost or never made. */
	private const DOWN_CODES = array( 1021, 1037, 1040, 1041, 1044, 1045, 1049, 1053, 1114, 1129, 1203, 1226, 1290, 1792, 1836, 1927, 2002, 2003, 2005, 2006, 2013 );

	/**
	 * @param string $kind         One of RETRY, DOWN, REFUSED.
	 * @param bool   $is_duplicate REFUSED because a row with the same unique key is there.
	 */
	public function __construct( string $message, public readonly string $kind, public readonly bool $is_duplicate = false ) {
		parent::__construct( $message );
	}

	/** From the error number of MySQL (0 = none) and the text, which is all that the SQLite drop-in gives. */
	public static function of( int $code, string $text ): self {
		$kind = self::REFUSED;
		if ( in_array( $code, self::RETRY_CODES, true ) || false !== stripos( $text, 'database is locked' ) || false !== stripos( $text, 'database table is locked' ) ) {
			$kind = self::RETRY;
		} elseif ( in_array( $code, self::DOWN_CODES, true ) || preg_match( '/disk is full|disk I\/O|readonly database|unable to open database/i', $text ) ) {
			$kind = self::DOWN;
		}
		// The SQLite drop-in's text can hold the statement: keep the reason.
		if ( preg_match( '/SQLSTATE.*?(?=\s+(?:Query|in query)\b|$)/s', wp_strip_all_tags( $text ), $found ) ) {
			$text = $found[0];
		}
		return new self( sprintf( 'Database error %d: %s', $code, mb_strcut( wp_strip_all_tags( $text ), 0, 200 ) ), $kind, 1062 === $code || false !== stripos( $text, 'UNIQUE constraint failed' ) );
	}
}
