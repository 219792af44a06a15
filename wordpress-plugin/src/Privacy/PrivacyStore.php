<?php
/**
 * SQL of what is kept about a person, wherever it is.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Privacy;

use NxtChat\Broadcast\Recipients;
use NxtChat\Native;
use NxtChat\Schema;
use NxtChat\Store;

/** Reads and removes everything about contacts. The only Store that knows every table. */
final class PrivacyStore extends Store {

	/**
	 * What a table is to a person: the column that names the contact, or why nothing of a person is in it.
	 * A table that is not here fails a test.
	 */
	public const TABLES = array(
		'contacts'           => 'id',
		'contact_identities' => 'contact_id',
		'contact_words'      => 'contact_id',
		'contact_log'        => 'contact_id',
		'contact_values'     => 'contact_id',
		'group_members'      => 'contact_id',
		'consents'           => 'contact_id',
		'import_changes'     => 'contact_id',
		'conversations'      => 'contact_id',
		'messages'           => 'contact_id',
		'merges'             => 'covered: kept_id and gone_id; its snapshot holds the other person',
		'merge_items'        => 'covered: goes with its merge',
		'parked_statuses'    => 'covered: by the wamids of the messages, and swept after days',
		'events'             => 'covered: Erasure takes the person out of the stored webhooks',
		'imports'            => 'covered: ImportForget masks examples and rejected rows',
		'suppressions'       => 'free: keyed hashes only',
		'accounts'           => 'free: the site\'s own numbers',
		'fields'             => 'free: definitions',
		'groups'             => 'free: definitions',
		'segments'           => 'free: conditions of staff',
		'leases'             => 'free: names of tasks',
		'templates'          => 'free: texts of the shop',
		'template_log'       => 'free: what Meta and staff did to them',
		'challenges'         => 'covered: by the numbers of the contact and of the user',
		'bindings'           => 'covered: by the numbers of the contact, and by the user',
		'counters'           => 'free: keyed hashes only, gone after a day',
		'login_days'         => 'free: sums',
		'audit'              => 'covered: by the user',
		'broadcasts'         => 'covered: its numbers that are none are texts of staff, and go with the broadcast',
		'recipients'         => 'contact_id',
		'broadcast_people'   => 'contact_id',
	);

	/** Removed once the person's messages are gone, in this order; the contact itself last. */
	private const SMALL = array( 'contact_identities', 'contact_words', 'contact_log', 'contact_values', 'group_members', 'consents', 'import_changes', 'conversations', 'broadcast_people', 'contacts' );

	/** Those on the list. @param list<string> $hashes @return array<string, int> When they were erased, by hash. */
	public static function suppressed( array $hashes ): array {
		return array_map( 'intval', array_column( self::rows( 'SELECT hash, at_ms FROM ' . Schema::table( 'suppressions' ) . ' WHERE hash IN ' . self::in( $hashes ) ), 'at_ms', 'hash' ) );
	}

	/** @param list<array{0: string, 1: int, 2: string, 3: int}> $rows hash, kind, reason, at ms. */
	public static function suppress( array $rows ): void {
		self::insert( Schema::table( 'suppressions' ), array( 'hash', 'kind', 'reason', 'at_ms' ), $rows, 'INSERT IGNORE' );
	}

	/** Takes hashes off the list that are there for this reason. @param list<string> $hashes */
	public static function unsuppress( array $hashes, string $reason ): void {
		global $wpdb;
		self::write( 'DELETE FROM ' . Schema::table( 'suppressions' ) . $wpdb->prepare( ' WHERE reason = %s', $reason ) . ' AND hash IN ' . self::in( $hashes ) );
	}

	/** Contacts with this address, or linked with this user. @return list<int> */
	public static function contacts_of( string $email, int $user_id, int $limit ): array {
		global $wpdb;
		$table = Schema::table( 'contacts' );
		// phpcs:disable WordPress.DB.PreparedSQL.InterpolatedNotPrepared -- $table is ours.
		$rows = '' === $email ? array() : self::rows( $wpdb->prepare( "SELECT id FROM $table WHERE email = %s ORDER BY id LIMIT %d", $email, $limit ) );
		if ( $user_id > 0 ) {
			$rows = array_merge( $rows, self::rows( $wpdb->prepare( "SELECT id FROM $table WHERE wp_user_id = %d ORDER BY id LIMIT %d", $user_id, $limit ) ) );
		}
		// phpcs:enable
		$ids = array_values( array_unique( array_map( 'intval', array_column( $rows, 'id' ) ) ) );
		sort( $ids );
		return array_slice( $ids, 0, $limit );
	}

	/**
	 * These contacts and all that were ever merged into them, however often.
	 *
	 * @param list<int> $ids
	 * @return list<int>
	 */
	public static function with_merged( array $ids ): array {
		$all = $ids;
		$new = $ids;
		while ( $new ) {
			$new = array_diff( array_map( 'intval', array_column( self::rows( 'SELECT gone_id FROM ' . Schema::table( 'merges' ) . ' WHERE split_ms = 0 AND kept_id IN ' . self::in( array_values( $new ) ) ), 'gone_id' ) ), $all );
			$all = array_merge( $all, $new );
		}
		return $all;
	}

	/** @param list<int> $ids @return list<int> Those that are there, locked. */
	public static function lock( array $ids ): array {
		return array_map( 'intval', array_column( self::rows( 'SELECT id FROM ' . Schema::table( 'contacts' ) . ' WHERE id IN ' . self::in( $ids ) . ' ORDER BY id FOR UPDATE' ), 'id' ) );
	}

	/** Removes up to $limit messages of contacts, with the statuses that wait for them. @return bool Whether there may be more. */
	public static function delete_messages( array $ids, int $limit ): bool {
		$messages = Schema::table( 'messages' );
		$rows     = self::rows( "SELECT id, wamid FROM $messages WHERE contact_id IN " . self::in( $ids ) . " LIMIT $limit" );
		if ( $rows ) {
			$wamids = array_values( array_filter( array_column( $rows, 'wamid' ), 'is_string' ) );
			self::write( 'DELETE FROM ' . Schema::table( 'parked_statuses' ) . ' WHERE wamid IN ' . self::in( $wamids ) );
			self::write( "DELETE FROM $messages WHERE id IN " . self::in( array_map( 'intval', array_column( $rows, 'id' ) ) ) );
		}
		return count( $rows ) === $limit;
	}

	/** Removes everything else. @param list<int> $ids With all that were merged into them. */
	public static function delete_rest( array $ids ): void {
		$in     = self::in( $ids );
		$merges = Schema::table( 'merges' );
		$list   = array_map( 'intval', array_column( self::rows( "SELECT id FROM $merges WHERE kept_id IN $in OR gone_id IN $in" ), 'id' ) );
		if ( $list ) {
			self::write( 'DELETE FROM ' . Schema::table( 'merge_items' ) . ' WHERE merge_id IN ' . self::in( $list ) );
			self::write( "DELETE FROM $merges WHERE id IN " . self::in( $list ) );
		}
		// That somebody was in a broadcast stays, so that its sum holds; who it was does not.
		self::write( 'UPDATE ' . Schema::table( 'recipients' ) . ' SET state = CASE WHEN state = ' . Native\STATE_QUEUED . ' THEN ' . Recipients::SKIPPED . ' ELSE state END, reason = ' . Recipients::ERASED . ", message_id = 0, contact_id = contact_id + " . Recipients::NOBODY . " WHERE contact_id IN $in" );
		foreach ( self::SMALL as $name ) {
			self::write( 'DELETE FROM ' . Schema::table( $name ) . ' WHERE ' . self::TABLES[ $name ] . " IN $in" );
		}
	}

	/** The id at which a page of stored webhooks ends: the $count-th after $after_id, or the last; 0 when there is none. */
	public static function events_until( int $after_id, int $count ): int {
		$table = Schema::table( 'events' );
		$id    = self::scalar( "SELECT id FROM $table WHERE id > $after_id ORDER BY id LIMIT 1 OFFSET " . ( $count - 1 ) );
		return (int) ( $id ?? self::scalar( "SELECT MAX(id) FROM $table WHERE id > $after_id" ) );
	}

	/** The last stored webhook. */
	public static function last_event(): int {
		return (int) self::scalar( 'SELECT MAX(id) FROM ' . Schema::table( 'events' ) );
	}

	/**
	 * Stored webhooks with any of these texts in them.
	 *
	 * @param list<string> $needles Empty = all.
	 * @return list<array{id: string, body: string}>
	 */
	public static function events_with( array $needles, int $after_id, int $until_id ): array {
		global $wpdb;
		$like = implode( ' OR ', array_map( static fn( $needle ) => 'body LIKE ' . self::literal( '%' . $wpdb->esc_like( $needle ) . '%' ), $needles ) );
		return self::rows( 'SELECT id, body FROM ' . Schema::table( 'events' ) . " WHERE id > $after_id AND id <= $until_id" . ( '' === $like ? '' : " AND ($like)" ) );
	}

	/** Keeps another body of a stored webhook; '' = the webhook goes. */
	public static function rewrite_event( int $id, string $body ): void {
		$table = Schema::table( 'events' );
		self::write( '' === $body ? "DELETE FROM $table WHERE id = $id" : "UPDATE $table SET body = " . self::literal( $body ) . " WHERE id = $id" );
	}

	/** Rows of one table about contacts. */
	public static function of( string $table, array $ids, string $order = '1' ): array {
		return self::rows( 'SELECT * FROM ' . Schema::table( $table ) . ' WHERE ' . self::TABLES[ $table ] . ' IN ' . self::in( $ids ) . " ORDER BY $order" );
	}

	/** Entries of the timeline. @param list<int> $kinds CONTACT_LOG_*. */
	public static function log_of_kinds( array $ids, array $kinds ): array {
		return self::rows( 'SELECT data_json FROM ' . Schema::table( 'contact_log' ) . ' WHERE contact_id IN ' . self::in( $ids ) . ' AND kind IN ' . self::in( $kinds ) );
	}

	/** Merges into contacts that were not taken back. */
	public static function merges_into( array $ids ): array {
		return self::rows( 'SELECT snapshot_json, at_ms FROM ' . Schema::table( 'merges' ) . ' WHERE split_ms = 0 AND kept_id IN ' . self::in( $ids ) );
	}

	/** A page of a contact's messages, the oldest first. @param array{0: int, 1: int} $after at_ms and id. */
	public static function messages( int $contact_id, array $after, int $limit ): array {
		return self::rows( 'SELECT * FROM ' . Schema::table( 'messages' ) . " WHERE contact_id = $contact_id AND at_ms >= {$after[0]} AND (at_ms > {$after[0]} OR id > {$after[1]}) ORDER BY at_ms, id LIMIT $limit" );
	}

	/** The nth page of the messages of contacts, for WordPress's exporter, which knows page numbers only. */
	public static function message_page( array $ids, int $page, int $limit ): array {
		$offset = ( $page - 1 ) * $limit;
		return self::rows( 'SELECT id, contact_id, direction, type, state, body, payload, at_ms, delivered_ms, read_ms FROM ' . Schema::table( 'messages' ) . ' WHERE contact_id IN ' . self::in( $ids ) . " ORDER BY contact_id, at_ms, id LIMIT $limit OFFSET $offset" );
	}

	/** Names of a contact's groups. @return list<string> */
	public static function groups( int $id ): array {
		return array_column( self::rows( 'SELECT g.name FROM ' . Schema::table( 'group_members' ) . ' m JOIN ' . Schema::table( 'groups' ) . " g ON g.id = m.group_id WHERE m.contact_id = $id ORDER BY g.name" ), 'name' );
	}

	/** What stands in a contact's fields. @return array<string, string> By the field's label. */
	public static function fields( int $id ): array {
		return array_column( self::rows( "SELECT CASE WHEN f.label = '' THEN f.name ELSE f.label END AS label, v.text FROM " . Schema::table( 'contact_values' ) . ' v JOIN ' . Schema::table( 'fields' ) . " f ON f.id = v.field_id WHERE v.contact_id = $id ORDER BY f.position, f.id" ), 'text', 'label' );
	}

	/** Has anything ever come from or gone to these contacts? Then webhooks about them may be stored. */
	public static function had_traffic( array $ids ): bool {
		return null !== self::scalar( 'SELECT id FROM ' . Schema::table( 'messages' ) . ' WHERE contact_id IN ' . self::in( $ids ) . ' LIMIT 1' )
			|| null !== self::scalar( 'SELECT id FROM ' . Schema::table( 'contacts' ) . ' WHERE id IN ' . self::in( $ids ) . " AND (last_in_ms > 0 OR source = 'whatsapp') LIMIT 1" )
			|| null !== self::scalar( 'SELECT id FROM ' . Schema::table( 'consents' ) . ' WHERE contact_id IN ' . self::in( $ids ) . ' AND proof IS NOT NULL LIMIT 1' );
	}

	/** Which of these numbers belong to somebody now. @param list<string> $phones @return list<string> */
	public static function numbers_in_use( array $phones ): array {
		return $phones ? array_column( self::rows( 'SELECT value FROM ' . Schema::table( 'contact_identities' ) . ' WHERE kind = ' . Native\IDENTITY_PHONE . ' AND value IN ' . self::in( $phones ) ), 'value' ) : array();
	}
}
