<?php
/**
 * SQL of conversations.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Conversation;

use NxtChat\Message\Messages;
use NxtChat\Native;
use NxtChat\Schema;
use NxtChat\Store;

/** Table conversations, and the joins of the inbox's list. */
final class ConversationStore extends Store {

	/**
	 * Conversations by account and contact.
	 *
	 * @param array<int, list<int>> $contacts Contact ids by account id.
	 * @param bool                  $latest   Sees what another transaction committed since this one began.
	 * @return array<string, int> Id by "account:contact".
	 */
	public static function ids( array $contacts, bool $latest = false ): array {
		$where = array();
		foreach ( $contacts as $account => $list ) {
			$where[] = '(account_id = ' . (int) $account . ' AND contact_id IN ' . self::in( $list ) . ')';
		}
		$out = array();
		if ( $where ) {
			foreach ( self::rows( 'SELECT id, account_id, contact_id FROM ' . Schema::table( 'conversations' ) . ' WHERE ' . implode( ' OR ', $where ) . ( $latest ? ' FOR UPDATE' : '' ) ) as $row ) {
				$out[ $row['account_id'] . ':' . $row['contact_id'] ] = (int) $row['id'];
			}
		}
		return $out;
	}

	/** @param list<array{0: int, 1: int}> $pairs Account id, contact id. */
	public static function create( array $pairs, int $now ): void {
		self::insert( Schema::table( 'conversations' ), array( 'account_id', 'contact_id', 'created_ms' ), array_map( static fn( $pair ) => array( $pair[0], $pair[1], $now ), $pairs ), 'INSERT IGNORE' );
	}

	/**
	 * Moves conversations on. A conversation that was deleted meanwhile comes back rather than hiding its new messages.
	 *
	 * @param list<array{0: int, 1: int, 2: int, 3: int, 4: int, 5: int, 6: int, 7: int}> $rows
	 *        id, account id, contact id, last message id, last ms, last inbound ms, newly unread, now.
	 */
	public static function advance( array $rows ): void {
		// MySQL assigns from left to right, SQLite all at once: what is compared comes before it is assigned.
		self::insert(
			Schema::table( 'conversations' ),
			array( 'id', 'account_id', 'contact_id', 'last_message_id', 'last_ms', 'last_in_ms', 'unread', 'is_unread', 'created_ms' ),
			array_map( static fn( $r ) => array( $r[0], $r[1], $r[2], $r[3], $r[4], $r[5], $r[6], $r[6] > 0 ? 1 : 0, $r[7] ), $rows ),
			'INSERT',
			'ON DUPLICATE KEY UPDATE last_message_id = CASE WHEN VALUES(last_ms) >= last_ms THEN VALUES(last_message_id) ELSE last_message_id END, last_ms = ' . self::greater( 'last_ms', 'VALUES(last_ms)' ) . ', last_in_ms = ' . self::greater( 'last_in_ms', 'VALUES(last_in_ms)' ) . ', unread = unread + VALUES(unread), is_unread = ' . self::greater( 'is_unread', 'VALUES(is_unread)' )
		);
	}

	/** One row, null when there is none. */
	public static function get( int $id ): ?array {
		global $wpdb;
		$table = Schema::table( 'conversations' );
		// phpcs:ignore WordPress.DB.PreparedSQL.InterpolatedNotPrepared -- $table is ours.
		return self::rows( $wpdb->prepare( "SELECT * FROM $table WHERE id = %d", $id ) )[0] ?? null;
	}

	/** Columns of a row with its last message; the payload only where it names a file. */
	private const WITH_LAST = 'c.id, c.account_id, c.contact_id, c.unread, c.last_ms, c.last_in_ms, m.id AS last_id, m.direction AS last_direction, m.type AS last_type, m.state AS last_state, m.wamid AS last_wamid, LEFT(m.body, 200) AS last_text, CASE WHEN m.type = ' . Native\TYPE_DOCUMENT . " AND m.body = '' THEN m.payload ELSE '' END AS last_payload";

	/** One row with its last message, null when there is none. */
	public static function get_with_last( int $id ): ?array {
		global $wpdb;
		// phpcs:ignore WordPress.DB.PreparedSQL -- Names are ours.
		return self::rows( $wpdb->prepare( 'SELECT ' . self::WITH_LAST . ' FROM ' . Schema::table( 'conversations' ) . ' c LEFT JOIN ' . Schema::table( 'messages' ) . ' m ON m.id = c.last_message_id WHERE c.id = %d', $id ) )[0] ?? null;
	}

	/**
	 * A page of the inbox, the newest first.
	 *
	 * @param array{account: int, unread: bool, contacts: list<int>|null, accounts: list<int>} $filter account 0 = all; contacts null = all.
	 * @param array{0: int, 1: int}|null $after last_ms and id of the last item of the page before.
	 */
	public static function page( array $filter, ?array $after, int $limit ): array {
		global $wpdb;
		$where = array( 'c.last_ms > 0' );
		if ( $filter['account'] > 0 ) {
			$where[] = $wpdb->prepare( 'c.account_id = %d', $filter['account'] );
		}
		if ( $filter['unread'] ) {
			$where[] = 'c.is_unread = 1';
		}
		if ( null !== $filter['contacts'] ) {
			$where[] = 'c.contact_id IN ' . self::in( $filter['contacts'] );
		}
		if ( null !== $after ) {
			$where[] = $wpdb->prepare( '(c.last_ms < %d OR (c.last_ms = %d AND c.id < %d))', $after[0], $after[0], $after[1] );
			$where[] = $wpdb->prepare( 'c.last_ms <= %d', $after[0] );
		}
		return self::rows(
			'SELECT ' . self::WITH_LAST . ' FROM ' . Schema::table( 'conversations' ) . ' c LEFT JOIN ' . Schema::table( 'messages' ) . ' m ON m.id = c.last_message_id WHERE '
			. implode( ' AND ', $where ) . ' ORDER BY c.last_ms DESC, c.id DESC LIMIT ' . ( $limit + 1 )
		);
	}

	/** How many conversations are unread, counted up to $max. */
	public static function count_unread( int $max ): int {
		return (int) self::scalar( 'SELECT COUNT(*) FROM (SELECT id FROM ' . Schema::table( 'conversations' ) . " WHERE is_unread = 1 LIMIT $max) u" );
	}

	/** Leaves as unread only what came after a message. A message arriving meanwhile stays unread; a screen that looks at an old state takes nothing back. */
	public static function mark_read( int $id, int $up_to ): void {
		global $wpdb;
		$table = Schema::table( 'conversations' );
		$left  = $wpdb->prepare( 'SELECT COUNT(*) FROM ' . Schema::table( 'messages' ) . ' WHERE conversation_id = %d AND id > %d AND direction = %d AND origin = %d AND type NOT IN ' . self::in( Messages::NO_BUBBLE ), $id, $up_to, Native\DIRECTION_IN, Native\ORIGIN_CUSTOMER ); // phpcs:ignore WordPress.DB.PreparedSQL -- Names are ours, in() quotes.
		self::transaction_again(
			static function () use ( $table, $id, $left ): void {
				global $wpdb;
				// phpcs:disable WordPress.DB.PreparedSQL.InterpolatedNotPrepared -- $table is ours, $left is prepared above.
				self::write( $wpdb->prepare( "UPDATE $table SET unread = LEAST(unread, ($left)) WHERE id = %d", $id ) );
				self::write( $wpdb->prepare( "UPDATE $table SET is_unread = CASE WHEN unread > 0 THEN 1 ELSE 0 END WHERE id = %d", $id ) );
				// phpcs:enable
			}
		);
	}

	/**
	 * The conversation of each contact in which something was written last.
	 *
	 * @param list<int> $contacts
	 * @return array<int, int> Id by contact.
	 */
	public static function latest_of( array $contacts ): array {
		$rows = $contacts ? self::rows( 'SELECT contact_id, id FROM ' . Schema::table( 'conversations' ) . ' WHERE contact_id IN ' . self::in( $contacts ) . ' ORDER BY last_ms, id' ) : array();
		return array_map( 'intval', array_column( $rows, 'id', 'contact_id' ) ); // Of several the last one stays.
	}
}
