<?php
/**
 * SQL of recipients.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Broadcast;

use NxtChat\Native;
use NxtChat\Schema;
use NxtChat\Store;

/** Table recipients: one row for each person of a broadcast, claimed, moved forward, counted. */
final class RecipientStore extends Store {

	/** Rows of one statement with a list of ids: MariaDB makes a subquery of longer lists. */
	private const AT_ONCE = 900;

	/** Rows that change hands are nobody's for a moment: this and their id. */
	private const ASIDE = 8000000000000000000;

	/** What upserts name for INSERT's sake; they make no row. */
	private const NO_ROW = array(
		'broadcast_id' => 0,
		'contact_id'   => 0,
	);

	/** Adds whoever a statement of Audience::stretch() lists with columns(). Who is there already is left out. */
	public static function freeze( string $select ): void {
		self::write( 'INSERT IGNORE INTO ' . Schema::table( 'recipients' ) . " (broadcast_id, contact_id, state, country, due_ms, variant) $select" );
	}

	/**
	 * The columns of freeze() over contacts `c`.
	 *
	 * @param array{site: int, by_country: array<string, int>, by_area: array<string, array<int|string, int>>} $due Of Schedule::due().
	 * @param array<int, int> $variants Per cent by variant; who is left has the variant 0.
	 * @param int             $hold     Added to the due time of who is left, until give_winner().
	 */
	public static function columns( int $broadcast, array $due, array $variants, int $hold ): string {
		$case = (string) $due['site'];
		if ( $due['by_country'] ) {
			$case = 'CASE c.country';
			foreach ( $due['by_country'] as $country => $ms ) {
				$case .= ' WHEN ' . self::literal( (string) $country ) . ' THEN ' . self::due_by_area( (string) $country, $due['by_area'][ $country ] ?? array(), $ms );
			}
			$case .= " ELSE {$due['site']} END";
		}
		$variant = self::variant( $variants );
		$due_ms  = 0 === $hold ? $case : "$case + CASE WHEN $variant = 0 THEN $hold ELSE 0 END";
		return "$broadcast AS broadcast_id, c.id AS contact_id, " . Native\STATE_QUEUED . " AS state, c.country AS country, $due_ms AS due_ms, $variant AS variant";
	}

	/** When who lives in a country is due, by the area code of the number that they are sent to. @param array<int|string, int> $areas */
	private static function due_by_area( string $country, array $areas, int $else ): string {
		if ( ! $areas ) {
			return (string) $else;
		}
		[ $from, $length ] = Zones::place( $country );
		$case              = "CASE (SELECT SUBSTR(i.value, $from, $length) FROM " . Schema::table( 'contact_identities' ) . ' i WHERE i.contact_id = c.id AND i.kind = ' . Native\IDENTITY_PHONE . ' ORDER BY i.seen_ms DESC, i.id DESC LIMIT 1)';
		foreach ( $areas as $code => $ms ) {
			$case .= ' WHEN ' . self::literal( (string) $code ) . " THEN $ms";
		}
		return "$case ELSE $else END";
	}

	/** Which variant contacts `c` get: known before there are recipients. @param array<int, int> $variants Per cent by variant; who is left has the variant 0. */
	public static function variant( array $variants ): string {
		$case = '';
		$sum  = 0;
		foreach ( $variants as $n => $share ) {
			$sum += $share;
			// Ids rise by one: a multiple of them spreads evenly, and is the same however often it is worked out.
			$case .= " WHEN (c.id * 37 % 100) < $sum THEN $n";
		}
		return '' === $case ? '0' : "CASE$case ELSE 0 END";
	}

	/** @return array<int, int> How many there are of each state. */
	public static function count( int $broadcast ): array {
		return array_map( 'intval', array_column( self::rows( 'SELECT state, COUNT(*) AS n FROM ' . Schema::table( 'recipients' ) . " WHERE broadcast_id = $broadcast GROUP BY state" ), 'n', 'state' ) );
	}

	/** Is anybody waiting or being sent to? */
	public static function is_open( int $broadcast ): bool {
		return null !== self::scalar( 'SELECT id FROM ' . Schema::table( 'recipients' ) . " WHERE broadcast_id = $broadcast AND state IN (" . Native\STATE_QUEUED . ',' . Native\STATE_SENDING . ') LIMIT 1' );
	}

	/** Is anybody being sent to? */
	public static function is_sending( int $broadcast ): bool {
		return null !== self::scalar( 'SELECT id FROM ' . Schema::table( 'recipients' ) . " WHERE broadcast_id = $broadcast AND state = " . Native\STATE_SENDING . ' LIMIT 1' );
	}

	/** When the next is due, null when nobody waits. */
	public static function next_due( int $broadcast ): ?int {
		$due = self::scalar( 'SELECT due_ms FROM ' . Schema::table( 'recipients' ) . " WHERE broadcast_id = $broadcast AND state = " . Native\STATE_QUEUED . ' ORDER BY due_ms LIMIT 1' );
		return null === $due ? null : (int) $due;
	}

	/** Is anybody of a test being sent to, or due until then? */
	public static function is_testing( int $broadcast, int $until ): bool {
		return null !== self::scalar( 'SELECT id FROM ' . Schema::table( 'recipients' ) . " WHERE broadcast_id = $broadcast AND state IN (" . Native\STATE_QUEUED . ',' . Native\STATE_SENDING . ") AND due_ms <= $until AND variant > 0 LIMIT 1" );
	}

	/** Who waits still for the template that lost gets the winner, as all that are left. */
	public static function leave_test( int $broadcast, int $loser, int $hold ): void {
		self::write( 'UPDATE ' . Schema::table( 'recipients' ) . " SET variant = 0 WHERE broadcast_id = $broadcast AND state = " . Native\STATE_QUEUED . " AND due_ms < $hold AND variant = $loser" );
	}

	/**
	 * Takes up to $limit who are due, until $until. Ask claimed() whom.
	 *
	 * @param int $claim Random: nobody else has it.
	 * @param int $after Of those due at once: only behind this id. What was claimed before lies in front of it in the index until the
	 *                   database clears up, and need not be walked over again.
	 * @return int How many; with $after, 0 does not mean that there are none.
	 */
	public static function claim( int $broadcast, int $claim, int $limit, int $now, int $until, int $after = 0 ): int {
		global $wpdb;
		$due = $after > 0 ? "due_ms = 0 AND id > $after ORDER BY id" : "due_ms <= $now ORDER BY due_ms, id";
		self::write( 'UPDATE ' . Schema::table( 'recipients' ) . ' SET state = ' . Native\STATE_SENDING . ", claim = $claim, due_ms = $until WHERE broadcast_id = $broadcast AND state = " . Native\STATE_QUEUED . " AND $due LIMIT $limit" );
		return (int) $wpdb->rows_affected;
	}

	/**
	 * Those of a claim, with what their contact says now; locked until the transaction ends.
	 *
	 * @return list<array<string, string|null>> `known` is null for a contact that is gone.
	 */
	public static function claimed( int $claim ): array {
		return self::rows( 'SELECT r.id, r.broadcast_id, r.contact_id, r.variant, r.attempt, r.country, c.id AS known, c.language, c.marketing, c.utility, c.login FROM ' . Schema::table( 'recipients' ) . ' r LEFT JOIN ' . Schema::table( 'contacts' ) . " c ON c.id = r.contact_id WHERE r.claim = $claim AND r.state = " . Native\STATE_SENDING . ' ORDER BY r.id FOR UPDATE' );
	}

	/** Keeps claims for longer. @param list<int> $claims */
	public static function renew( array $claims, int $until ): void {
		self::write( 'UPDATE ' . Schema::table( 'recipients' ) . " SET due_ms = $until WHERE claim IN " . self::in( $claims ) . ' AND state = ' . Native\STATE_SENDING );
	}

	/** Gives back who was claimed and not yet handed on; the next send has another ref. @param list<int> $ids */
	public static function release( array $ids, int $due ): void {
		foreach ( array_chunk( $ids, self::AT_ONCE ) as $some ) {
			self::write( 'UPDATE ' . Schema::table( 'recipients' ) . ' SET state = ' . Native\STATE_QUEUED . ", claim = 0, due_ms = $due, attempt = attempt + 1 WHERE state = " . Native\STATE_SENDING . ' AND id IN ' . self::in( $some ) );
		}
	}

	/**
	 * Claims that ran out without a message: they wait again, unless somebody renewed them meanwhile. With another ref: what the journal
	 * of who had claimed them says of this one counts no more.
	 *
	 * @param list<int> $ids
	 */
	public static function release_expired( array $ids, int $before ): void {
		self::write( 'UPDATE ' . Schema::table( 'recipients' ) . ' SET state = ' . Native\STATE_QUEUED . ', claim = 0, due_ms = 0, attempt = CASE WHEN attempt < ' . Recipients::ATTEMPTS_MAX . ' THEN attempt + 1 ELSE attempt END WHERE state = ' . Native\STATE_SENDING . " AND due_ms < $before AND id IN " . self::in( $ids ) );
	}

	/** Who gets nothing. @param array<int, list<int>> $ids By reason. */
	public static function skip( array $ids ): void {
		foreach ( $ids as $reason => $list ) {
			foreach ( array_chunk( $list, self::AT_ONCE ) as $some ) {
				self::write( 'UPDATE ' . Schema::table( 'recipients' ) . ' SET state = ' . Recipients::SKIPPED . ", reason = $reason, claim = 0 WHERE state IN (" . Native\STATE_QUEUED . ',' . Native\STATE_SENDING . ') AND id IN ' . self::in( $some ) );
			}
		}
	}

	/** Everybody who still waits gets nothing, in steps. @return bool Whether there may be more. */
	public static function skip_rest( int $broadcast, int $reason, int $limit ): bool {
		global $wpdb;
		self::write( 'UPDATE ' . Schema::table( 'recipients' ) . ' SET state = ' . Recipients::SKIPPED . ", reason = $reason WHERE broadcast_id = $broadcast AND state = " . Native\STATE_QUEUED . " LIMIT $limit" );
		return (int) $wpdb->rows_affected >= $limit;
	}

	/**
	 * Outcomes of sends, and what statuses tell: states forward, times to the earliest.
	 *
	 * @param array<int, array{attempt: int, state: int, message_id?: int, error_code?: int, sent_ms?: int, delivered_ms?: int, read_ms?: int, failed_ms?: int, pricing_category?: string, pricing_type?: string}> $rows By recipient.
	 */
	public static function move( array $rows ): void {
		if ( ! $rows ) {
			return;
		}
		ksort( $rows ); // Every process takes its locks in the same order.
		$columns = array( 'message_id', 'error_code', 'sent_ms', 'delivered_ms', 'read_ms', 'failed_ms', 'pricing_category', 'pricing_type' );
		$columns = array_values( array_filter( $columns, static fn( string $column ): bool => (bool) array_filter( array_column( $rows, $column ) ) ) );
		$values  = array();
		foreach ( $rows as $id => $row ) {
			$value = array( $id, $row['attempt'], $row['state'] );
			foreach ( $columns as $column ) {
				$value[] = $row[ $column ] ?? ( str_starts_with( $column, 'pricing' ) ? '' : 0 );
			}
			$values[] = array( ...$value, ...array_values( self::NO_ROW ) );
		}
		$ours = 'attempt = VALUES(attempt)';
		$set  = array();
		foreach ( $columns as $column ) {
			$if    = match ( true ) {
				str_ends_with( $column, '_ms' )       => "VALUES($column) <> 0 AND ($column = 0 OR VALUES($column) < $column)",
				str_starts_with( $column, 'pricing' ) => "VALUES($column) <> ''",
				default                               => "VALUES($column) <> 0",
			};
			$set[] = "$column = CASE WHEN $ours AND $if THEN VALUES($column) ELSE $column END";
		}
		// MySQL assigns from left to right: what looks at the state comes before it moves.
		$set[] = "state = CASE WHEN $ours AND VALUES(state) > state AND state < " . Recipients::SKIPPED . ' THEN VALUES(state) ELSE state END';
		$table = Schema::table( 'recipients' );
		self::insert( $table, array( 'id', 'attempt', 'state', ...$columns, ...array_keys( self::NO_ROW ) ), $values, 'INSERT', 'ON DUPLICATE KEY UPDATE ' . implode( ', ', $set ) );
		// One that was deleted meanwhile would be an empty row now.
		if ( null !== self::scalar( "SELECT id FROM $table WHERE broadcast_id = 0 LIMIT 1" ) ) {
			self::write( "DELETE FROM $table WHERE broadcast_id = 0" );
		}
	}

	/**
	 * Who certainly got nothing waits again; the next send has another ref, so that what is heard of this one later counts no more.
	 *
	 * @param array<int, array<int, int>> $due   Due time by recipient, by the attempt that came to nothing.
	 * @param int                         $tries 1 when that counts as a try, 0 when it never began.
	 */
	public static function back( array $due, int $tries ): void {
		foreach ( $due as $attempt => $all ) {
			foreach ( array_chunk( $all, self::AT_ONCE, true ) as $some ) {
				$when = 1 === count( array_unique( $some ) ) ? (string) reset( $some ) : self::by_id( 'id', $some, 'due_ms' );
				self::write( 'UPDATE ' . Schema::table( 'recipients' ) . " SET due_ms = $when, state = " . Native\STATE_QUEUED . ", claim = 0, attempt = attempt + 1, tries = tries + $tries, message_id = 0 WHERE attempt = $attempt AND state IN (" . Native\STATE_SENDING . ',' . Native\STATE_UNKNOWN . ') AND id IN ' . self::in( array_keys( $some ) ) );
			}
		}
	}

	/** Of these, whose claim has run out and is nobody's work at this moment. @param list<int> $ids @return array<int, true> By id. */
	public static function lock_expired( array $ids, int $before ): array {
		return array_fill_keys( array_map( 'intval', array_column( self::rows( 'SELECT id FROM ' . Schema::table( 'recipients' ) . ' WHERE state = ' . Native\STATE_SENDING . " AND due_ms < $before AND id IN " . self::in( $ids ) . ' ORDER BY id FOR UPDATE' ), 'id' ) ), true );
	}

	/** Claims that ran out. @return list<array{id: string, attempt: string, due_ms: string, claim: string}> */
	public static function expired( int $broadcast, int $before, int $limit ): array {
		return self::rows( 'SELECT id, attempt, due_ms, claim FROM ' . Schema::table( 'recipients' ) . " WHERE broadcast_id = $broadcast AND state = " . Native\STATE_SENDING . " AND due_ms < $before ORDER BY due_ms, id LIMIT $limit" );
	}

	/** Whose outcome nobody knows, and who was sent to less than $tries times. @return list<array{id: string, attempt: string}> */
	public static function unknown( int $broadcast, int $before, int $tries, int $limit ): array {
		return self::rows( 'SELECT id, attempt FROM ' . Schema::table( 'recipients' ) . " WHERE broadcast_id = $broadcast AND state = " . Native\STATE_UNKNOWN . " AND due_ms < $before AND tries < $tries ORDER BY due_ms, id LIMIT $limit" );
	}

	/** Which attempt they are at. @param list<int> $ids @return array<int, array{id: string, broadcast_id: string, attempt: string}> By id. */
	public static function attempts( array $ids ): array {
		return $ids ? array_column( self::rows( 'SELECT id, broadcast_id, attempt FROM ' . Schema::table( 'recipients' ) . ' WHERE id IN ' . self::in( $ids ) ), null, 'id' ) : array();
	}

	/** What became of these is not known. @param array<int, int> $ids Recipient by message. */
	public static function lose( array $ids ): void {
		self::write( 'UPDATE ' . Schema::table( 'recipients' ) . ' SET state = ' . Native\STATE_UNKNOWN . ', claim = 0, message_id = ' . self::by_id( 'id', array_flip( $ids ), 'message_id' ) . ' WHERE state = ' . Native\STATE_SENDING . ' AND id IN ' . self::in( array_values( $ids ) ) );
	}

	/**
	 * Who failed, or whose outcome is not known, and may be sent to once more.
	 *
	 * @param list<int> $codes Error codes, empty = any.
	 * @param int       $after Only behind this id: nobody is met twice who fails once more meanwhile.
	 * @return list<int> Ids, rising.
	 */
	public static function repeatable( int $broadcast, int $state, array $codes, int $after, int $limit ): array {
		return array_map( 'intval', array_column( self::rows( 'SELECT id FROM ' . Schema::table( 'recipients' ) . " WHERE broadcast_id = $broadcast AND state = $state AND attempt < " . Recipients::ATTEMPTS_MAX . ( $codes ? ' AND error_code IN ' . self::in( $codes ) : '' ) . " AND id > $after ORDER BY id LIMIT $limit" ), 'id' ) );
	}

	/** They wait again, with a new ref. @param list<int> $ids @return int How many. */
	public static function again( array $ids, int $state ): int {
		return self::affect( 'UPDATE ' . Schema::table( 'recipients' ) . ' SET state = ' . Native\STATE_QUEUED . ", claim = 0, due_ms = 0, attempt = attempt + 1, tries = 0, message_id = 0, error_code = 0, sent_ms = 0, delivered_ms = 0, failed_ms = 0 WHERE state = $state AND id IN " . self::in( $ids ) );
	}

	/** Who waited for the winner of a test gets it, at their own time, in steps. @return bool Whether there may be more. */
	public static function give_winner( int $broadcast, int $hold, int $now, int $limit ): bool {
		global $wpdb;
		self::write( 'UPDATE ' . Schema::table( 'recipients' ) . " SET due_ms = CASE WHEN due_ms - $hold > $now THEN due_ms - $hold ELSE 0 END WHERE broadcast_id = $broadcast AND state = " . Native\STATE_QUEUED . " AND due_ms >= $hold LIMIT $limit" );
		return (int) $wpdb->rows_affected >= $limit;
	}

	/** All rows of some contacts, locked. @param list<int> $contacts @return list<array{id: string, broadcast_id: string, contact_id: string, state: string}> */
	public static function of_contacts( array $contacts ): array {
		return self::rows( 'SELECT id, broadcast_id, contact_id, state FROM ' . Schema::table( 'recipients' ) . ' WHERE contact_id IN ' . self::in( $contacts ) . ' ORDER BY id FOR UPDATE' );
	}

	/** Who was left out as part of somebody whom they are not any more: in broadcasts that go on, they wait again. @param list<int> $contacts */
	public static function unmerge( array $contacts ): void {
		self::write( 'UPDATE ' . Schema::table( 'recipients' ) . ' SET state = ' . Native\STATE_QUEUED . ', reason = 0, due_ms = 0 WHERE contact_id IN ' . self::in( $contacts ) . ' AND state = ' . Recipients::SKIPPED . ' AND reason = ' . Recipients::MERGED . ' AND broadcast_id IN (SELECT id FROM ' . Schema::table( 'broadcasts' ) . ' WHERE state IN ' . self::in( array( States::RUNNING, States::PAUSED, States::STOPPED ) ) . ')' );
	}

	/** See Recipients::exchange(). @param list<int> $ids Not empty. */
	public static function exchange( array $ids, int $from, int $to ): void {
		$table = Schema::table( 'recipients' );
		$back  = array_column( self::rows( "SELECT o.id FROM $table r JOIN $table o ON o.broadcast_id = r.broadcast_id AND o.contact_id = $to WHERE r.id IN " . self::in( $ids ) ), 'id' );
		$back  = array_map( 'intval', $back );
		// One person has one row of a broadcast: the place is cleared first.
		self::write( "UPDATE $table SET contact_id = id + " . self::ASIDE . ' WHERE id IN ' . self::in( $back ) );
		self::write( "UPDATE $table SET contact_id = $to WHERE contact_id = $from AND id IN " . self::in( $ids ) );
		self::write( "UPDATE $table SET contact_id = $from WHERE id IN " . self::in( $back ) );
	}

	/** A contact that was merged is another now. @return bool False when that one is a recipient already. */
	public static function rename( int $id, int $contact ): bool {
		$table = Schema::table( 'recipients' );
		if ( null !== self::scalar( "SELECT k.id FROM $table r JOIN $table k ON k.broadcast_id = r.broadcast_id AND k.contact_id = $contact WHERE r.id = $id" ) ) {
			return false;
		}
		self::write( "UPDATE $table SET contact_id = $contact WHERE id = $id" );
		return true;
	}

	/**
	 * Marketing messages that contacts got since an instant, but for those of one broadcast.
	 *
	 * @param list<int> $contacts
	 * @param string    $prefix Of that broadcast's refs.
	 * @return array<int, int> By contact.
	 */
	public static function marketing_since( array $contacts, int $since, string $prefix ): array {
		return array_map( 'intval', array_column( self::rows( 'SELECT contact_id, COUNT(*) AS n FROM ' . Schema::table( 'messages' ) . ' WHERE contact_id IN ' . self::in( $contacts ) . " AND at_ms > $since AND direction = " . Native\DIRECTION_OUT . ' AND purpose = ' . Native\PURPOSE_MARKETING . ' AND state <> ' . Native\STATE_FAILED . ' AND NOT (origin = ' . Native\ORIGIN_BROADCAST . " AND COALESCE(ref, '') LIKE " . self::literal( "$prefix%" ) . ') GROUP BY contact_id' ), 'n', 'contact_id' ) );
	}

	/** Removes recipients of a broadcast that was deleted, in steps. @return bool Whether there may be more. */
	public static function delete( int $broadcast, int $limit ): bool {
		global $wpdb;
		self::write( 'DELETE FROM ' . Schema::table( 'recipients' ) . " WHERE broadcast_id = $broadcast LIMIT $limit" );
		return (int) $wpdb->rows_affected >= $limit;
	}

	/** Who is due next. @return array{due_ms: string, tries: string, country: string}|null */
	public static function next( int $broadcast ): ?array {
		return self::rows( 'SELECT due_ms, tries, country, contact_id FROM ' . Schema::table( 'recipients' ) . " WHERE broadcast_id = $broadcast AND state = " . Native\STATE_QUEUED . ' ORDER BY due_ms LIMIT 1' )[0] ?? null;
	}

	/** Broadcasts that are gone, whose recipients are not. @return list<int> */
	public static function orphans(): array {
		return array_map( 'intval', array_column( self::rows( 'SELECT r.broadcast_id FROM (SELECT DISTINCT broadcast_id FROM ' . Schema::table( 'recipients' ) . ') r LEFT JOIN ' . Schema::table( 'broadcasts' ) . ' b ON b.id = r.broadcast_id WHERE b.id IS NULL' ), 'broadcast_id' ) );
	}
}
