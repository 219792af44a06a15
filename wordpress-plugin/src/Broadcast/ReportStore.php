<?php
/**
 * SQL of what became of a broadcast.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Broadcast;

use NxtChat\Native;
use NxtChat\Schema;
use NxtChat\Store;

/** Counts recipients, and what they did afterwards. */
final class ReportStore extends Store {

	/** Messages of people that are an answer. */
	private const ANSWERS = array( Native\TYPE_TEXT, Native\TYPE_IMAGE, Native\TYPE_VIDEO, Native\TYPE_AUDIO, Native\TYPE_DOCUMENT, Native\TYPE_STICKER, Native\TYPE_LOCATION, Native\TYPE_CONTACTS, Native\TYPE_INTERACTIVE, Native\TYPE_BUTTON, Native\TYPE_ORDER );

	private const MINUTE_MS = 60000;

	/** Everybody in groups, by one walk over the rows. @return list<array<string, string>> state, reason, country, error_code, pricing_category, pricing_type, n. */
	public static function groups( int $broadcast ): array {
		return self::rows( 'SELECT state, reason, country, error_code, pricing_category, pricing_type, COUNT(*) AS n FROM ' . Schema::table( 'recipients' ) . " WHERE broadcast_id = $broadcast GROUP BY state, reason, country, error_code, pricing_category, pricing_type" );
	}

	/** @return list<array{error_code: string, n: string}> */
	public static function errors( int $broadcast ): array {
		return self::rows( 'SELECT error_code, COUNT(*) AS n FROM ' . Schema::table( 'recipients' ) . " WHERE broadcast_id = $broadcast AND state = " . Native\STATE_FAILED . ' GROUP BY error_code ORDER BY n DESC' );
	}

	/**
	 * How many times of a column lie in each minute.
	 *
	 * @param string $column sent_ms, delivered_ms, read_ms or failed_ms.
	 * @return array<int, int> By the minute's first millisecond.
	 */
	public static function minutes( int $broadcast, string $column, int $limit ): array {
		return array_map( 'intval', array_column( self::rows( "SELECT ($column - $column % " . self::MINUTE_MS . ') AS minute_ms, COUNT(*) AS n FROM ' . Schema::table( 'recipients' ) . " WHERE broadcast_id = $broadcast AND $column > 0 GROUP BY minute_ms ORDER BY minute_ms LIMIT $limit" ), 'n', 'minute_ms' ) );
	}

	/** @return list<array{variant: string, state: string, n: string, last_ms: string}> */
	public static function variants( int $broadcast ): array {
		return self::rows( 'SELECT variant, state, COUNT(*) AS n, MAX(sent_ms) AS last_ms FROM ' . Schema::table( 'recipients' ) . " WHERE broadcast_id = $broadcast AND variant > 0 GROUP BY variant, state" );
	}

	/** How many wrote back within some days; by which they opted out is no answer. @return array<int, int> By variant. */
	public static function replied_by_variant( int $broadcast, int $within_ms = 604800000 ): array {
		[ $from, $to ] = self::span( $broadcast, $within_ms );
		return array_map( 'intval', array_column( self::rows( 'SELECT r.variant, COUNT(DISTINCT r.id) AS n FROM ' . Schema::table( 'messages' ) . ' m JOIN ' . Schema::table( 'recipients' ) . " r ON r.broadcast_id = $broadcast AND r.contact_id = m.contact_id WHERE m.type IN " . self::in( self::ANSWERS ) . " AND m.at_ms >= $from AND m.at_ms <= $to AND m.direction = " . Native\DIRECTION_IN . " AND r.sent_ms > 0 AND m.at_ms >= r.sent_ms - 1000 AND m.at_ms <= r.sent_ms + $within_ms AND NOT EXISTS (SELECT 1 FROM " . Schema::table( 'consents' ) . ' s WHERE s.contact_id = m.contact_id AND s.purpose = ' . Native\PURPOSE_MARKETING . ' AND s.at_ms = m.at_ms AND s.state = ' . Native\CONSENT_REVOKED . ' AND s.by_person = 1) GROUP BY r.variant' ), 'n', 'variant' ) );
	}

	/** How many pressed a quick reply of it. */
	public static function clicked( int $broadcast, int $within_ms = 604800000 ): int {
		[ $from, $to ] = self::span( $broadcast, $within_ms );
		$messages      = Schema::table( 'messages' );
		return (int) self::scalar( "SELECT COUNT(DISTINCT r.id) FROM $messages m JOIN $messages o ON o.wamid = m.reply_to JOIN " . Schema::table( 'recipients' ) . " r ON r.broadcast_id = $broadcast AND r.contact_id = o.contact_id AND r.message_id = o.id WHERE m.type = " . Native\TYPE_BUTTON . " AND m.at_ms >= $from AND m.at_ms <= $to AND m.direction = " . Native\DIRECTION_IN );
	}

	/** How many opted out after it. */
	public static function opted_out( int $broadcast, int $within_ms = 604800000 ): int {
		return (int) self::scalar( 'SELECT COUNT(DISTINCT r.id) FROM ' . Schema::table( 'contacts' ) . ' c JOIN ' . Schema::table( 'recipients' ) . " r ON r.broadcast_id = $broadcast AND r.contact_id = c.id AND r.sent_ms > 0 JOIN " . Schema::table( 'consents' ) . ' s ON s.contact_id = c.id AND s.purpose = ' . Native\PURPOSE_MARKETING . " AND s.at_ms >= r.sent_ms - 1000 AND s.at_ms <= r.sent_ms + $within_ms AND s.state = " . Native\CONSENT_REVOKED . ' AND s.by_person = 1 WHERE c.marketing = ' . Native\CONSENT_REVOKED );
	}

	/**
	 * What proves that everybody was treated once.
	 *
	 * @param string $prefix Beginning of all refs of the broadcast.
	 * @return array{recipients: int, messages: int, refs: int, wamids: int, ids: int, twice: int, perhaps: int, orphans: int} perhaps: one of the two has an unknown outcome.
	 */
	public static function proof( int $broadcast, string $prefix ): array {
		$messages = Schema::table( 'messages' );
		$ours     = 'ref >= ' . self::literal( $prefix ) . ' AND ref < ' . self::literal( $prefix . 'Z' );
		$row      = self::rows( "SELECT COUNT(*) AS messages, COUNT(DISTINCT ref) AS refs, COUNT(wamid) AS wamids, COUNT(DISTINCT wamid) AS ids FROM $messages WHERE $ours" )[0];
		// The last ten characters of a ref are the recipient.
		$more = self::rows( "SELECT COUNT(*) AS people, COALESCE(SUM(CASE WHEN sure > 1 THEN 1 ELSE 0 END), 0) AS twice FROM (SELECT SUM(CASE WHEN state <> " . Native\STATE_UNKNOWN . " THEN 1 ELSE 0 END) AS sure FROM $messages WHERE $ours AND state IN " . self::in( Recipients::GOT ) . ' GROUP BY SUBSTR(ref, 17) HAVING COUNT(*) > 1) t' )[0];
		return array_map( 'intval', $row ) + array(
			'recipients' => (int) self::scalar( 'SELECT COUNT(*) FROM ' . Schema::table( 'recipients' ) . " WHERE broadcast_id = $broadcast" ),
			'twice'      => (int) $more['twice'],
			'perhaps'    => (int) $more['people'] - (int) $more['twice'],
			'orphans'    => (int) self::scalar( 'SELECT COUNT(*) FROM ' . Schema::table( 'parked_statuses' ) . " WHERE $ours" ),
		);
	}

	/**
	 * A page of recipients.
	 *
	 * @param array{states?: list<int>, reason?: int, error?: int, variant?: int, country?: string} $filter
	 * @return list<array<string, string|null>> With their message's ids, template and error text.
	 */
	public static function page( int $broadcast, array $filter, int $after, int $limit ): array {
		$where = array( "r.broadcast_id = $broadcast", "r.id > $after" );
		if ( ! empty( $filter['states'] ) ) {
			$where[] = 'r.state IN ' . self::in( $filter['states'] );
		}
		foreach ( array(
			'reason'  => 'reason',
			'error'   => 'error_code',
			'variant' => 'variant',
		) as $key => $column ) {
			if ( isset( $filter[ $key ] ) ) {
				$where[] = "r.$column = " . (int) $filter[ $key ];
			}
		}
		if ( '' !== ( $filter['country'] ?? '' ) ) {
			$where[] = 'r.country = ' . self::literal( $filter['country'] );
		}
		return self::rows( 'SELECT r.*, m.ref, m.wamid, m.error_text, m.conversation_id, m.at_ms AS message_ms, t.name AS template, t.language AS template_language FROM ' . Schema::table( 'recipients' ) . ' r LEFT JOIN ' . Schema::table( 'messages' ) . ' m ON m.id = r.message_id LEFT JOIN ' . Schema::table( 'templates' ) . ' t ON t.id = m.template_id WHERE ' . implode( ' AND ', $where ) . " ORDER BY r.id LIMIT $limit" );
	}

	/** @return array{0: int, 1: int} From the first send to some days after the last. */
	private static function span( int $broadcast, int $within_ms ): array {
		$row = self::rows( 'SELECT started_ms, finished_ms, updated_ms FROM ' . Schema::table( 'broadcasts' ) . " WHERE id = $broadcast" )[0] ?? array( 'started_ms' => 0, 'finished_ms' => 0 ); // phpcs:ignore WordPress.Arrays -- One thought.
		return array( (int) $row['started_ms'] - 1000, ( (int) $row['finished_ms'] > 0 ? (int) $row['finished_ms'] : PHP_INT_MAX - $within_ms ) + $within_ms );
	}
}
