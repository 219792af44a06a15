<?php
/**
 * SQL of messages.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Message;

use NxtChat\Native;
use NxtChat\Schema;
use NxtChat\Store;

/** Table messages. */
final class MessageStore extends Store {

	/** Columns of a new row, in this order. */
	public const NEW = array( 'account_id', 'conversation_id', 'contact_id', 'direction', 'type', 'state', 'origin', 'origin_user_id', 'ref', 'wamid', 'body', 'payload', 'reply_to', 'batch', 'at_ms', 'created_ms', 'updated_ms' );

	/** Types whose payload a list needs: it describes the medium, or what a template shows. */
	private const MEDIA = '(' . Native\TYPE_TEMPLATE . ',' . Native\TYPE_IMAGE . ',' . Native\TYPE_VIDEO . ',' . Native\TYPE_AUDIO . ',' . Native\TYPE_DOCUMENT . ',' . Native\TYPE_STICKER . ')';

	private const LISTED = 'id, account_id, conversation_id, contact_id, direction, type, state, origin, origin_user_id, ref, wamid, body, CASE WHEN type IN ' . self::MEDIA . " THEN payload ELSE '' END AS payload, reply_to, error_code, error_text, at_ms, sent_ms, delivered_ms, read_ms, played_ms, failed_ms";

	/**
	 * Writes messages; those whose wamid or ref is there already are left out.
	 *
	 * @param list<array>  $rows In the order of NEW.
	 * @param list<string> $more Further columns, at the end of each row.
	 */
	public static function add( array $rows, array $more = array() ): void {
		self::insert( Schema::table( 'messages' ), array( ...self::NEW, ...$more ), $rows, 'INSERT IGNORE' );
	}

	/**
	 * The rows that add() really wrote with this token.
	 *
	 * @return array<string, int> Id by wamid.
	 */
	public static function added( string $token ): array {
		global $wpdb;
		$table = Schema::table( 'messages' );
		$out   = array();
		// phpcs:ignore WordPress.DB.PreparedSQL.InterpolatedNotPrepared -- $table is ours.
		foreach ( self::rows( $wpdb->prepare( "SELECT id, wamid FROM $table WHERE batch = %s", $token ) ) as $row ) {
			$out[ $row['wamid'] ] = (int) $row['id'];
		}
		return $out;
	}

	/**
	 * queued → sending, for the one who names $token. Ask claimed() whether it was you.
	 */
	public static function claim( int $id, string $token, int $now ): void {
		global $wpdb;
		$table = Schema::table( 'messages' );
		// phpcs:ignore WordPress.DB.PreparedSQL.InterpolatedNotPrepared -- $table is ours.
		self::write( $wpdb->prepare( "UPDATE $table SET state = %d, batch = %s, updated_ms = %d WHERE id = %d AND state = %d", Native\STATE_SENDING, $token, $now, $id, Native\STATE_QUEUED ) );
	}

	/**
	 * The outcome of a send. The state only moves forward; a status may have come first.
	 *
	 * @param array{state: int, wamid: ?string, error_code: int, error_text: string} $outcome
	 */
	public static function settle( int $id, array $outcome, int $now ): void {
		global $wpdb;
		$time = match ( $outcome['state'] ) {
			Native\STATE_SENT   => 'sent_ms',
			Native\STATE_FAILED => 'failed_ms',
			default             => '',
		};
		$set = '' === $time ? '' : $wpdb->prepare( "$time = CASE WHEN $time = 0 THEN %d ELSE $time END, ", $now ); // phpcs:ignore WordPress.DB.PreparedSQL -- A column of ours.
		if ( null !== $outcome['wamid'] ) {
			$set .= $wpdb->prepare( 'wamid = %s, ', $outcome['wamid'] );
		}
		$table = Schema::table( 'messages' );
		// phpcs:ignore WordPress.DB.PreparedSQL -- $table is ours, $set is prepared above.
		self::write( "UPDATE $table SET $set" . $wpdb->prepare( 'error_text = CASE WHEN %d <> 0 THEN %s ELSE error_text END, error_code = CASE WHEN %d <> 0 THEN %d ELSE error_code END, updated_ms = %d, state = CASE WHEN %d > state THEN %d ELSE state END WHERE id = %d', $outcome['error_code'], $outcome['error_text'], $outcome['error_code'], $outcome['error_code'], $now, $outcome['state'], $outcome['state'], $id ) );
	}

	/** sending for too long → unknown. Broadcasts look after theirs. */
	public static function give_up_sending( int $before_ms, int $now ): void {
		global $wpdb;
		$table = Schema::table( 'messages' );
		// phpcs:ignore WordPress.DB.PreparedSQL.InterpolatedNotPrepared -- $table is ours.
		self::write( $wpdb->prepare( "UPDATE $table SET state = %d, updated_ms = %d WHERE state = %d AND updated_ms < %d AND origin <> %d", Native\STATE_UNKNOWN, $now, Native\STATE_SENDING, $before_ms, Native\ORIGIN_BROADCAST ) );
	}

	/** Is anything queued or being sent since before $before_ms? */
	public static function overdue( int $before_ms ): bool {
		global $wpdb;
		$table = Schema::table( 'messages' );
		// phpcs:ignore WordPress.DB.PreparedSQL.InterpolatedNotPrepared -- $table is ours.
		return null !== self::scalar( $wpdb->prepare( "SELECT id FROM $table WHERE state IN (%d, %d) AND at_ms < %d AND origin <> %d LIMIT 1", Native\STATE_QUEUED, Native\STATE_SENDING, $before_ms, Native\ORIGIN_BROADCAST ) );
	}

	/**
	 * Queued since before $before_ms, the oldest first.
	 *
	 * @return list<array> Whole rows.
	 */
	public static function queued( int $before_ms, int $limit ): array {
		global $wpdb;
		$table = Schema::table( 'messages' );
		// phpcs:ignore WordPress.DB.PreparedSQL.InterpolatedNotPrepared -- $table is ours.
		return self::rows( $wpdb->prepare( "SELECT * FROM $table WHERE state = %d AND at_ms < %d ORDER BY at_ms, id LIMIT %d", Native\STATE_QUEUED, $before_ms, $limit ) );
	}

	/** A whole row, null when there is none. */
	public static function get( int $id ): ?array {
		global $wpdb;
		$table = Schema::table( 'messages' );
		// phpcs:ignore WordPress.DB.PreparedSQL.InterpolatedNotPrepared -- $table is ours.
		return self::rows( $wpdb->prepare( "SELECT * FROM $table WHERE id = %d", $id ) )[0] ?? null;
	}

	/** A whole row by our id of the send, null when there is none. */
	public static function by_ref( string $ref ): ?array {
		global $wpdb;
		$table = Schema::table( 'messages' );
		// phpcs:ignore WordPress.DB.PreparedSQL.InterpolatedNotPrepared -- $table is ours.
		return self::rows( $wpdb->prepare( "SELECT * FROM $table WHERE ref = %s", $ref ) )[0] ?? null;
	}

	/** A whole row by Meta's id, null when there is none. */
	public static function by_wamid( string $wamid ): ?array {
		global $wpdb;
		$table = Schema::table( 'messages' );
		// phpcs:ignore WordPress.DB.PreparedSQL.InterpolatedNotPrepared -- $table is ours.
		return self::rows( $wpdb->prepare( "SELECT * FROM $table WHERE wamid = %s", $wamid ) )[0] ?? null;
	}

	/** Listed columns of some messages. @param list<int> $ids */
	public static function some( array $ids ): array {
		return self::rows( 'SELECT ' . self::LISTED . ' FROM ' . Schema::table( 'messages' ) . ' WHERE id IN ' . self::in( $ids ) . ' ORDER BY at_ms, id' );
	}

	/**
	 * A page of a conversation, the newest first.
	 *
	 * @param array{0: int, 1: int}|null $before at_ms and id.
	 */
	public static function thread( int $conversation_id, ?array $before, int $limit ): array {
		global $wpdb;
		$where = $wpdb->prepare( 'conversation_id = %d AND type NOT IN ', $conversation_id ) . self::in( Messages::NO_BUBBLE );
		if ( null !== $before ) {
			$where .= $wpdb->prepare( ' AND at_ms <= %d AND (at_ms < %d OR id < %d)', $before[0], $before[0], $before[1] );
		}
		return self::rows( 'SELECT ' . self::LISTED . ' FROM ' . Schema::table( 'messages' ) . " WHERE $where ORDER BY at_ms DESC, id DESC LIMIT $limit" );
	}

	/**
	 * A page of the history, the newest first.
	 *
	 * @param array{account?: int, direction?: int, state?: int, type?: int, from?: int, to?: int, contacts?: list<int>, ids?: list<int>} $filter 0 or missing = any.
	 * @param array{0: int, 1: int}|null $before at_ms and id.
	 */
	public static function history( array $filter, ?array $before, int $limit ): array {
		global $wpdb;
		$where = array( '1 = 1' );
		foreach ( array(
			'account'   => 'account_id = %d',
			'direction' => 'direction = %d',
			'state'     => 'state = %d',
			'type'      => 'type = %d',
			'from'      => 'at_ms >= %d',
			'to'        => 'at_ms < %d',
		) as $key => $sql ) {
			if ( ! empty( $filter[ $key ] ) ) {
				$where[] = $wpdb->prepare( $sql, $filter[ $key ] ); // phpcs:ignore WordPress.DB.PreparedSQL -- From the list above.
			}
		}
		if ( isset( $filter['contacts'] ) ) {
			$where[] = 'contact_id IN ' . self::in( $filter['contacts'] );
		}
		if ( isset( $filter['ids'] ) ) {
			$where[] = 'id IN ' . self::in( $filter['ids'] );
		}
		if ( null !== $before ) {
			$where[] = $wpdb->prepare( 'at_ms <= %d AND (at_ms < %d OR id < %d)', $before[0], $before[0], $before[1] );
		}
		return self::rows( 'SELECT ' . self::LISTED . ' FROM ' . Schema::table( 'messages' ) . ' WHERE ' . implode( ' AND ', $where ) . " ORDER BY at_ms DESC, id DESC LIMIT $limit" );
	}

	/**
	 * What is quoted.
	 *
	 * @param list<string> $wamids
	 * @return array<string, array{id: string, wamid: string, body: string, direction: string}> By wamid.
	 */
	public static function quoted( array $wamids ): array {
		return array_column( self::rows( 'SELECT id, wamid, LEFT(body, 200) AS body, direction FROM ' . Schema::table( 'messages' ) . ' WHERE wamid IN ' . self::in( $wamids ) ), null, 'wamid' );
	}

	/**
	 * Reactions, edits and revocations, the oldest first.
	 *
	 * @param list<string> $wamids What they are about.
	 */
	public static function about( array $wamids, int $limit ): array {
		return self::rows( 'SELECT reply_to, type, direction, body FROM ' . Schema::table( 'messages' ) . ' WHERE reply_to IN ' . self::in( $wamids ) . ' AND type IN ' . self::in( Messages::NO_BUBBLE ) . " ORDER BY at_ms, id LIMIT $limit" );
	}

	/** The newest inbound message of a conversation up to a message, for "read" at Meta. */
	public static function newest_inbound_wamid( int $conversation_id, int $up_to ): ?string {
		global $wpdb;
		$table = Schema::table( 'messages' );
		// phpcs:ignore WordPress.DB.PreparedSQL.InterpolatedNotPrepared -- $table is ours.
		return self::scalar( $wpdb->prepare( "SELECT wamid FROM $table WHERE conversation_id = %d AND direction = %d AND origin = %d AND id <= %d ORDER BY at_ms DESC, id DESC LIMIT 1", $conversation_id, Native\DIRECTION_IN, Native\ORIGIN_CUSTOMER, $up_to ) );
	}
}
