<?php
/**
 * SQL of merging contacts and splitting them again.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Contact;

use NxtChat\Native;
use NxtChat\Schema;
use NxtChat\Store;

/** Tables merges and merge_items, and the contact_id of every table that knows contacts. Set-based: a person may have 100,000 messages. */
final class MergeStore extends Store {

	/** merge_items.kind. Conversations, of which there are few, stand in the snapshot. */
	public const IDENTITY = 1;
	public const MESSAGE  = 2;
	public const CONSENT  = 4;
	public const GROUP    = 5;
	public const LOG      = 6;

	/** Tables whose rows move from one contact to the other and back, by kind. */
	private const MOVING = array(
		self::IDENTITY => 'contact_identities',
		self::MESSAGE  => 'messages',
		self::CONSENT  => 'consents',
		self::LOG      => 'contact_log',
	);

	/** Columns of contacts, all but id. */
	private const CONTACT = array( 'uid', 'name', 'profile_name', 'country', 'language', 'source', 'wp_user_id', 'last_in_ms', 'created_ms', 'updated_ms', 'sort_name', 'email', 'marketing', 'utility', 'login', 'import_id' );

	private const CONVERSATION_COLUMNS = array( 'id', 'account_id', 'contact_id', 'last_message_id', 'last_ms', 'last_in_ms', 'unread', 'is_unread', 'status', 'assigned_to', 'created_ms' );

	/**
	 * Locks contacts in the order of their ids, as everybody does who needs several.
	 *
	 * @param list<int> $ids
	 * @return array<int, array<string, string>> Rows by id; those that are gone are missing.
	 */
	public static function lock( array $ids ): array {
		return array_column( self::rows( 'SELECT * FROM ' . Schema::table( 'contacts' ) . ' WHERE id IN ' . self::in( $ids ) . ' ORDER BY id FOR UPDATE' ), null, 'id' );
	}

	/** Notes a merge. @return int Its id. */
	public static function begin( int $keep, int $gone, string $gone_uid, bool $automatic, int $user, int $now ): int {
		global $wpdb;
		self::insert( Schema::table( 'merges' ), array( 'kept_id', 'gone_id', 'gone_uid', 'automatic', 'user_id', 'snapshot_json', 'at_ms' ), array( array( $keep, $gone, $gone_uid, (int) $automatic, $user, '', $now ) ) );
		return (int) $wpdb->insert_id;
	}

	/** Keeps what a split needs. */
	public static function remember( int $merge_id, string $snapshot ): void {
		$table = Schema::table( 'merges' );
		self::write( "UPDATE $table SET snapshot_json = " . self::literal( $snapshot ) . ' WHERE id = ' . $merge_id );
	}

	/** Closes a merge that was taken back: nothing of what it knew stays. */
	public static function close( int $merge_id, int $now ): void {
		self::write( 'UPDATE ' . Schema::table( 'merges' ) . " SET split_ms = $now, snapshot_json = '' WHERE id = $merge_id" );
		self::write( 'DELETE FROM ' . Schema::table( 'merge_items' ) . " WHERE merge_id = $merge_id" );
	}

	/** One merge, locked; null when there is none. */
	public static function get( int $merge_id ): ?array {
		return self::rows( 'SELECT * FROM ' . Schema::table( 'merges' ) . " WHERE id = $merge_id FOR UPDATE" )[0] ?? null;
	}

	/** The newest merge into a contact that was not taken back, or in which it went; 0 when there is none. */
	public static function newest( string $column, int $contact_id ): int {
		return (int) self::scalar( 'SELECT id FROM ' . Schema::table( 'merges' ) . ( 'gone_id' === $column ? ' WHERE gone_id' : ' WHERE kept_id' ) . " = $contact_id AND split_ms = 0 ORDER BY id DESC LIMIT 1" );
	}

	/** Which contact each went into. @param list<int> $gone @return array<int, int> */
	public static function kept( array $gone ): array {
		return $gone ? array_map( 'intval', array_column( self::rows( 'SELECT gone_id, kept_id FROM ' . Schema::table( 'merges' ) . ' WHERE split_ms = 0 AND gone_id IN ' . self::in( $gone ) . ' ORDER BY id' ), 'kept_id', 'gone_id' ) ) : array();
	}

	/** Merges into a contact, the newest first. */
	public static function of( int $contact_id, int $limit ): array {
		return self::rows( 'SELECT * FROM ' . Schema::table( 'merges' ) . " WHERE kept_id = $contact_id ORDER BY id DESC LIMIT $limit" );
	}

	/** Identities, messages, consents and the timeline go over, and are noted. */
	public static function move_rows( int $merge_id, int $keep, int $gone ): void {
		$items = Schema::table( 'merge_items' );
		foreach ( self::MOVING as $kind => $name ) {
			$table = Schema::table( $name );
			self::write( "INSERT INTO $items (merge_id, kind, item_id) SELECT $merge_id, $kind, id FROM $table WHERE contact_id = $gone" );
			if ( self::MESSAGE !== $kind ) { // Messages move with their conversations.
				self::write( "UPDATE $table SET contact_id = $keep WHERE contact_id = $gone" );
			}
		}
	}

	/** The same rows go back. */
	public static function return_rows( int $merge_id, int $keep, int $gone ): void {
		$items = Schema::table( 'merge_items' );
		foreach ( self::MOVING as $kind => $name ) {
			if ( self::MESSAGE !== $kind ) {
				$table = Schema::table( $name );
				self::write( "UPDATE $table SET contact_id = $gone WHERE contact_id = $keep AND id IN (SELECT item_id FROM $items WHERE merge_id = $merge_id AND kind = $kind)" );
			}
		}
	}

	/**
	 * Messages change their contact, and their conversation where two became one.
	 *
	 * @param array<int, int> $conversations New conversation by old one.
	 */
	public static function move_messages( int $keep, int $gone, array $conversations ): void {
		$set = $conversations ? ', conversation_id = ' . self::by_id( 'conversation_id', $conversations, 'conversation_id' ) : '';
		self::write( 'UPDATE ' . Schema::table( 'messages' ) . " SET contact_id = $keep$set WHERE contact_id = $gone" );
	}

	/** Messages that a merge moved go back. @param array<int, int> $conversations Old conversation by the one they are in. */
	public static function return_messages( int $merge_id, int $keep, int $gone, array $conversations ): void {
		$set = $conversations ? ', conversation_id = ' . self::by_id( 'conversation_id', $conversations, 'conversation_id' ) : '';
		self::write( 'UPDATE ' . Schema::table( 'messages' ) . " SET contact_id = $gone$set WHERE contact_id = $keep AND id IN (SELECT item_id FROM " . Schema::table( 'merge_items' ) . " WHERE merge_id = $merge_id AND kind = " . self::MESSAGE . ')' );
	}

	/** Conversations of a contact by account, locked. @return array<int, array<string, int>> */
	public static function conversations( int $contact_id ): array {
		$out = array();
		foreach ( self::rows( 'SELECT * FROM ' . Schema::table( 'conversations' ) . " WHERE contact_id = $contact_id ORDER BY id FOR UPDATE" ) as $row ) {
			$out[ (int) $row['account_id'] ] = array_map( 'intval', $row );
		}
		return $out;
	}

	/** @param list<int> $ids */
	public static function give_conversations( array $ids, int $contact_id ): void {
		self::write( 'UPDATE ' . Schema::table( 'conversations' ) . " SET contact_id = $contact_id WHERE id IN " . self::in( $ids ) );
	}

	/** @param list<int> $ids */
	public static function delete_conversations( array $ids ): void {
		self::write( 'DELETE FROM ' . Schema::table( 'conversations' ) . ' WHERE id IN ' . self::in( $ids ) );
	}

	/** @param array<string, int> $row */
	public static function add_conversation( array $row ): void {
		self::insert( Schema::table( 'conversations' ), self::CONVERSATION_COLUMNS, array( array_map( static fn( $c ) => (int) $row[ $c ], self::CONVERSATION_COLUMNS ) ) );
	}

	/** Last message, times and unread of a conversation. @param array<string, int> $row */
	public static function set_conversation( array $row ): void {
		$set = array();
		foreach ( array( 'last_message_id', 'last_ms', 'last_in_ms', 'unread', 'is_unread' ) as $column ) {
			$set[] = "$column = " . (int) $row[ $column ];
		}
		self::write( 'UPDATE ' . Schema::table( 'conversations' ) . ' SET ' . implode( ', ', $set ) . ' WHERE id = ' . (int) $row['id'] );
	}

	/** Has a contact messages in a conversation? */
	public static function written_since( int $conversation_id, int $contact_id ): bool {
		return null !== self::scalar( 'SELECT id FROM ' . Schema::table( 'messages' ) . " WHERE conversation_id = $conversation_id AND contact_id = $contact_id LIMIT 1" );
	}

	/** An empty conversation. @return int Its id. */
	public static function new_conversation( int $account_id, int $contact_id, int $now ): int {
		global $wpdb;
		self::insert( Schema::table( 'conversations' ), array( 'account_id', 'contact_id', 'created_ms' ), array( array( $account_id, $contact_id, $now ) ) );
		return (int) $wpdb->insert_id;
	}

	/** A contact's messages in a conversation go to another. */
	public static function take_messages( int $from, int $contact_id, int $to ): void {
		self::write( 'UPDATE ' . Schema::table( 'messages' ) . " SET conversation_id = $to WHERE conversation_id = $from AND contact_id = $contact_id" );
	}

	/** Memberships, values: rows of a contact in one of the small tables. */
	public static function rows_of( string $table, int $contact_id ): array {
		return self::rows( 'SELECT * FROM ' . Schema::table( $table ) . " WHERE contact_id = $contact_id ORDER BY 1, 2" );
	}

	/** Gives the groups of one contact to another that is not in them, notes which, and takes them from the first. */
	public static function move_groups( int $merge_id, int $keep, int $gone ): void {
		$table = Schema::table( 'group_members' );
		self::write( 'INSERT INTO ' . Schema::table( 'merge_items' ) . " (merge_id, kind, item_id) SELECT $merge_id, " . self::GROUP . ", g.group_id FROM $table g LEFT JOIN $table k ON k.group_id = g.group_id AND k.contact_id = $keep WHERE g.contact_id = $gone AND k.group_id IS NULL" );
		self::write( "INSERT IGNORE INTO $table (group_id, contact_id, import_id, added_ms) SELECT group_id, $keep, import_id, added_ms FROM $table WHERE contact_id = $gone" );
		self::write( "DELETE FROM $table WHERE contact_id = $gone" );
	}

	/** Back again. @param list<array<string, string>> $rows The first contact's memberships; groups that are gone are left out. */
	public static function return_groups( int $merge_id, int $keep, int $gone, array $rows ): void {
		$table = Schema::table( 'group_members' );
		self::write( "DELETE FROM $table WHERE contact_id = $keep AND group_id IN (SELECT item_id FROM " . Schema::table( 'merge_items' ) . " WHERE merge_id = $merge_id AND kind = " . self::GROUP . ')' );
		$left = self::existing( 'groups', array_column( $rows, 'group_id' ) );
		$rows = array_filter( $rows, static fn( $row ) => isset( $left[ (int) $row['group_id'] ] ) );
		self::insert( $table, array( 'group_id', 'contact_id', 'import_id', 'added_ms' ), array_map( static fn( $row ) => array( (int) $row['group_id'], $gone, (int) $row['import_id'], (int) $row['added_ms'] ), $rows ), 'INSERT IGNORE' );
	}

	/** Values of a contact, added where it has none. @param list<array<string, string>> $rows Of contact_values; fields that are gone are left out. */
	public static function add_values( int $contact_id, array $rows ): void {
		$left = self::existing( 'fields', array_column( $rows, 'field_id' ) );
		foreach ( array_filter( $rows, static fn( $row ) => isset( $left[ (int) $row['field_id'] ] ) ) as $row ) {
			self::write( 'INSERT IGNORE INTO ' . Schema::table( 'contact_values' ) . ' (contact_id, field_id, text, number) VALUES (' . $contact_id . ', ' . (int) $row['field_id'] . ', ' . self::literal( (string) $row['text'] ) . ', ' . ( is_numeric( $row['number'] ) ? $row['number'] : '0' ) . ')' );
		}
	}

	/** @param list<int> $fields Empty = all. */
	public static function delete_values( int $contact_id, array $fields = array() ): void {
		self::write( 'DELETE FROM ' . Schema::table( 'contact_values' ) . " WHERE contact_id = $contact_id" . ( $fields ? ' AND field_id IN ' . self::in( $fields ) : '' ) );
	}

	/** Writes columns of a contact. @param array<string, int|string> $values */
	public static function update( int $id, array $values ): void {
		$set = array();
		foreach ( array_intersect_key( $values, array_flip( self::CONTACT ) ) as $column => $value ) {
			$set[] = "$column = " . self::literal( $value );
		}
		self::write( 'UPDATE ' . Schema::table( 'contacts' ) . ' SET ' . implode( ', ', $set ) . " WHERE id = $id" );
	}

	/** A contact's row as it was, under its own id. @param array<string, int|string> $row */
	public static function restore( array $row ): void {
		self::insert( Schema::table( 'contacts' ), array( 'id', ...self::CONTACT ), array( array( (int) $row['id'], ...array_map( static fn( $c ) => $row[ $c ], self::CONTACT ) ) ) );
	}

	/** Takes a contact's row and words away. */
	public static function delete_contact( int $id ): void {
		self::write( 'DELETE FROM ' . Schema::table( 'contact_words' ) . " WHERE contact_id = $id" );
		self::write( 'DELETE FROM ' . Schema::table( 'contacts' ) . " WHERE id = $id" );
	}

	/** The newest entry of the ledger that a contact has. */
	public static function last_consent( int $contact_id ): int {
		return (int) self::scalar( 'SELECT MAX(id) FROM ' . Schema::table( 'consents' ) . " WHERE contact_id = $contact_id" );
	}

	/** What a merge itself wrote into the ledger goes to who had withdrawn. */
	public static function give_merge_entries( int $merge_id, int $purpose, int $from, int $to ): void {
		self::write( 'UPDATE ' . Schema::table( 'consents' ) . " SET contact_id = $to WHERE contact_id = $from AND purpose = $purpose AND source = 'merge' AND detail = '$merge_id'" );
	}

	/** Withdrawals since a merge count for both: the second gets copies, without the proof, of which there is one. */
	public static function copy_withdrawals( int $merge_id, int $after_id, int $from, int $to ): void {
		$columns = 'purpose, state, by_person, source, wording, detail, user_id, ip, import_id, void_ms, at_ms, created_ms';
		$table   = Schema::table( 'consents' );
		self::write( "INSERT INTO $table (contact_id, proof, $columns) SELECT $to, NULL, $columns FROM $table WHERE contact_id = $from AND id > $after_id AND state = " . Native\CONSENT_REVOKED . " AND NOT (source = 'merge' AND detail = '$merge_id')" );
	}

	/** How many messages and conversations contacts have. @param list<int> $ids @return array{messages: int, conversations: int} */
	public static function counts( array $ids ): array {
		$in = self::in( $ids );
		return array(
			'messages'      => (int) self::scalar( 'SELECT COUNT(*) FROM ' . Schema::table( 'messages' ) . " WHERE contact_id IN $in" ),
			'conversations' => (int) self::scalar( 'SELECT COUNT(DISTINCT account_id) FROM ' . Schema::table( 'conversations' ) . " WHERE contact_id IN $in" ),
		);
	}

	/**
	 * Contacts with the same address, the same WordPress user or the same name.
	 *
	 * @param array{id: int, email: string, user: int, sort_name: string} $of
	 * @return list<array{id: string, email: string, user: string}> 1 where that is the same.
	 */
	public static function alike( array $of, int $limit ): array {
		global $wpdb;
		$table = Schema::table( 'contacts' );
		$parts = array();
		// A statement for each index: an OR would use none.
		if ( '' !== $of['email'] ) {
			$parts[] = $wpdb->prepare( "SELECT id, 'email' AS why FROM $table WHERE email = %s AND id <> %d LIMIT %d", $of['email'], $of['id'], $limit ); // phpcs:ignore WordPress.DB.PreparedSQL -- $table is ours.
		}
		if ( $of['user'] > 0 ) {
			$parts[] = $wpdb->prepare( "SELECT id, 'user' AS why FROM $table WHERE wp_user_id = %d AND id <> %d LIMIT %d", $of['user'], $of['id'], $limit ); // phpcs:ignore WordPress.DB.PreparedSQL -- $table is ours.
		}
		if ( '' !== $of['sort_name'] ) {
			$parts[] = $wpdb->prepare( "SELECT id, 'name' AS why FROM $table WHERE sort_name = %s AND id <> %d LIMIT %d", $of['sort_name'], $of['id'], $limit ); // phpcs:ignore WordPress.DB.PreparedSQL -- $table is ours.
		}
		$out = array();
		foreach ( $parts as $sql ) {
			$out = array_merge( $out, self::rows( $sql ) );
		}
		return $out;
	}

	/** Adds to a contact's timeline. */
	public static function log( int $contact_id, int $kind, int $user, int $at_ms, string $data ): void {
		self::insert( Schema::table( 'contact_log' ), array( 'contact_id', 'kind', 'user_id', 'at_ms', 'body', 'data_json' ), array( array( $contact_id, $kind, $user, $at_ms, '', $data ) ) );
	}

	/**
	 * Identities with their owners and times, locked.
	 *
	 * @param list<array{0: int, 1: string}> $identities
	 * @return array<string, array{contact_id: int, seen_ms: int}> By "kind:value".
	 */
	public static function owners( array $identities ): array {
		$where = array();
		foreach ( $identities as [ $kind, $value ] ) {
			$where[] = '(kind = ' . (int) $kind . ' AND value = ' . self::literal( $value ) . ')';
		}
		$out = array();
		foreach ( $where ? self::rows( 'SELECT kind, value, contact_id, seen_ms FROM ' . Schema::table( 'contact_identities' ) . ' WHERE ' . implode( ' OR ', $where ) ) : array() as $row ) {
			$out[ $row['kind'] . ':' . $row['value'] ] = array(
				'contact_id' => (int) $row['contact_id'],
				'seen_ms'    => (int) $row['seen_ms'],
			);
		}
		return $out;
	}

	/**
	 * Numbers that contacts had before WhatsApp told a change, and when that was.
	 *
	 * @param list<int> $contact_ids
	 * @return array<int, array<string, int>> Time by "kind:value" by contact.
	 */
	public static function gave_up( array $contact_ids ): array {
		$out = array();
		foreach ( self::rows( 'SELECT contact_id, at_ms, data_json FROM ' . Schema::table( 'contact_log' ) . ' WHERE contact_id IN ' . self::in( $contact_ids ) . ' AND kind = ' . Native\CONTACT_LOG_NUMBER_CHANGED ) as $row ) {
			$key = Native\IDENTITY_PHONE . ':' . (string) ( json_decode( $row['data_json'], true )['before'] ?? '' );

			$out[ (int) $row['contact_id'] ][ $key ] = max( (int) $row['at_ms'], $out[ (int) $row['contact_id'] ][ $key ] ?? 0 );
		}
		return $out;
	}

	/** Takes an identity off a contact that was not seen under it later than $ms. */
	public static function take_off( int $contact_id, int $kind, string $value, int $ms ): void {
		self::write( 'DELETE FROM ' . Schema::table( 'contact_identities' ) . " WHERE kind = $kind AND value = " . self::literal( $value ) . " AND contact_id = $contact_id AND seen_ms <= $ms" );
	}

	/** Whose message this is, 0 when it is not there. */
	public static function contact_of_message( string $wamid ): int {
		return (int) self::scalar( 'SELECT contact_id FROM ' . Schema::table( 'messages' ) . ' WHERE wamid = ' . self::literal( $wamid ) );
	}

	/** Which of these rows are there. @return array<int, true> */
	private static function existing( string $table, array $ids ): array {
		$ids = array_map( 'intval', $ids );
		return $ids ? array_fill_keys( array_map( 'intval', array_column( self::rows( 'SELECT id FROM ' . Schema::table( $table ) . ' WHERE id IN ' . self::in( $ids ) ), 'id' ) ), true ) : array();
	}
}
