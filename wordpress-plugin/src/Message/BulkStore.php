<?php
/**
 * SQL of messages that are sent by the thousand.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Message;

use NxtChat\Native;
use NxtChat\Schema;
use NxtChat\Store;

/** Table messages, set-based: written before anything leaves, moved when an outcome is known. */
final class BulkStore extends Store {

	/** Columns of a new row that differ from message to message, in this order. */
	public const NEW = array( 'conversation_id', 'contact_id', 'ref', 'body', 'payload', 'template_id' );

	/** What a new row would need besides: settle() names it for INSERT's sake, and makes none. */
	private const NO_ROW = array(
		'account_id'      => 0,
		'conversation_id' => 0,
		'contact_id'      => 0,
		'direction'       => Native\DIRECTION_OUT,
		'type'            => 0,
		'origin'          => 0,
		'body'            => '',
		'payload'         => '',
	);

	/**
	 * Writes rows as being sent; those whose ref is there already are left out.
	 *
	 * @param list<array>               $rows In the order of NEW.
	 * @param array<string, int|string> $same What is the same in all.
	 */
	public static function add( array $rows, array $same ): void {
		$columns = array();
		foreach ( self::NEW as $n => $name ) {
			$values           = array_column( $rows, $n );
			$columns[ $name ] = is_int( $values[0] ) ? $values : self::literals( $values );
		}
		self::insert_columns( Schema::table( 'messages' ), count( $rows ), $columns + array_map( array( self::class, 'literal' ), $same ), 'INSERT IGNORE' );
	}

	/** The rows that add() really wrote with this token. @return array<string, int> Id by ref. */
	public static function added( string $token ): array {
		return array_map( 'intval', array_column( self::rows( 'SELECT id, ref FROM ' . Schema::table( 'messages' ) . ' WHERE batch = ' . self::literal( $token ) ), 'id', 'ref' ) );
	}

	/** @param list<string> $refs @return array<string, array<string, string>> id, state, contact_id by ref. */
	public static function by_refs( array $refs ): array {
		return $refs ? array_column( self::rows( 'SELECT id, ref, state, contact_id FROM ' . Schema::table( 'messages' ) . ' WHERE ref IN ' . self::in( $refs ) ), null, 'ref' ) : array();
	}

	/**
	 * Outcomes: states forward, a wamid where none is known yet.
	 *
	 * @param array<int, array{state: int, wamid: ?string, error_code: int, error_text: string, at_ms: int}> $rows By id.
	 */
	public static function settle( array $rows, int $now ): void {
		if ( ! $rows ) {
			return;
		}
		ksort( $rows );
		$values = array();
		foreach ( $rows as $id => $row ) {
			$values[] = array(
				$id,
				$row['state'],
				$row['wamid'],
				Native\STATE_SENT === $row['state'] ? $row['at_ms'] : 0,
				Native\STATE_FAILED === $row['state'] ? $row['at_ms'] : 0,
				$row['error_code'],
				$row['error_text'],
				...array_values( self::NO_ROW ),
			);
		}
		$table = Schema::table( 'messages' );
		$set   = array(
			"updated_ms = CASE WHEN VALUES(state) > state THEN $now ELSE updated_ms END",
			'wamid = CASE WHEN wamid IS NULL THEN VALUES(wamid) ELSE wamid END',
			'sent_ms = CASE WHEN sent_ms = 0 THEN VALUES(sent_ms) ELSE sent_ms END',
			'failed_ms = CASE WHEN failed_ms = 0 THEN VALUES(failed_ms) ELSE failed_ms END',
			'error_text = CASE WHEN VALUES(error_code) <> 0 THEN VALUES(error_text) ELSE error_text END',
			'error_code = CASE WHEN VALUES(error_code) <> 0 THEN VALUES(error_code) ELSE error_code END',
			'state = CASE WHEN VALUES(state) > state THEN VALUES(state) ELSE state END',
		);
		self::insert( $table, array( 'id', 'state', 'wamid', 'sent_ms', 'failed_ms', 'error_code', 'error_text', ...array_keys( self::NO_ROW ) ), $values, 'INSERT', 'ON DUPLICATE KEY UPDATE ' . implode( ', ', $set ) );
		// A message that was deleted meanwhile would be an empty row now.
		if ( null !== self::scalar( "SELECT id FROM $table WHERE account_id = 0 LIMIT 1" ) ) {
			self::write( "DELETE FROM $table WHERE account_id = 0" );
		}
	}

	/** Takes rows away that certainly never left: nobody has seen them. @param list<string> $refs */
	public static function take_back( array $refs ): void {
		self::write( 'DELETE FROM ' . Schema::table( 'messages' ) . ' WHERE ref IN ' . self::in( $refs ) . ' AND wamid IS NULL AND state IN (' . Native\STATE_SENDING . ',' . Native\STATE_UNKNOWN . ') AND origin = ' . Native\ORIGIN_BROADCAST );
	}
}
