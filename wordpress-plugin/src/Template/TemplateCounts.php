<?php
/**
 * How often templates were sent, delivered and read.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Template;

use NxtChat\Native;
use NxtChat\Site;

/**
 * Counts messages by template from an index alone, so that a drain never touches templates and a status that comes late is in the
 * next count: every hour, and when a template is looked at whose count is older than a minute.
 */
final class TemplateCounts {

	/** Age of a count that is looked at, in ms; and of one that is long to make. */
	private const FRESH_MS      = 60000;
	private const FRESH_LONG_MS = 600000;

	/** Messages from which a count is long. */
	private const LONG = 200000;

	/** Templates counted by one statement. */
	private const STEP = 100;

	/** States of messages that arrived at Meta and did not fail, delivered ones, read ones. */
	private const SENT      = array( Native\STATE_SENT, Native\STATE_DELIVERED, Native\STATE_READ, Native\STATE_PLAYED );
	private const DELIVERED = array( Native\STATE_DELIVERED, Native\STATE_READ, Native\STATE_PLAYED );
	private const READ      = array( Native\STATE_READ, Native\STATE_PLAYED );

	/**
	 * Rows with counts of at most a minute ago. At most three statements.
	 *
	 * @param list<array<string, string>> $rows
	 * @return list<array<string, string>>
	 */
	public static function fresh( array $rows ): array {
		$now = Site::now_ms();
		$old = array_filter( $rows, static fn( array $row ): bool => $row['counted_ms'] < $now - ( $row['sent'] > self::LONG ? self::FRESH_LONG_MS : self::FRESH_MS ) );
		if ( ! $old ) {
			return $rows;
		}
		$counts = self::count( array_map( 'intval', array_column( $old, 'last_used_ms', 'id' ) ), $now );
		return array_map( static fn( array $row ): array => array_merge( $row, array_map( 'strval', $counts[ (int) $row['id'] ] ?? array() ) ), $rows );
	}

	/** Every hour: those counted longest ago first, as far as the time goes. */
	public static function hourly( float $budget_s ): void {
		$start = Site::now_ms();
		$until = microtime( true ) + $budget_s;
		do {
			$rows = TemplateStore::some( TemplateStore::uncounted( $start - self::FRESH_MS, self::STEP ) );
			if ( ! $rows ) {
				return;
			}
			self::count( array_map( 'intval', array_column( $rows, 'last_used_ms', 'id' ) ), Site::now_ms() );
		} while ( microtime( true ) < $until );
	}

	/** How many login codes of these templates arrived, of those sent from one instant to before another. @param list<int> $ids */
	public static function delivered_codes( array $ids, int $from_ms, int $to_ms ): int {
		return TemplateStore::between( $ids, self::DELIVERED, Native\ORIGIN_LOGIN, $from_ms, $to_ms );
	}

	/**
	 * Counts.
	 *
	 * @param array<int, int> $last_used Ids of templates, with when they were used last as far as is known.
	 * @return array<int, array{sent: int, delivered: int, seen: int, last_used_ms: int, counted_ms: int}> By id.
	 */
	public static function count( array $last_used, int $now ): array {
		$changes = array();
		$newest  = array();
		foreach ( $last_used as $id => $ms ) {
			$changes[ $id ] = array(
				'sent'         => 0,
				'delivered'    => 0,
				'seen'         => 0,
				'last_used_ms' => $ms,
				'counted_ms'   => $now,
			);
		}
		foreach ( TemplateStore::states( array_keys( $last_used ) ) as $row ) {
			$id    = (int) $row['template_id'];
			$state = (int) $row['state'];
			$count = (int) $row['n'];

			$changes[ $id ]['sent']      += in_array( $state, self::SENT, true ) ? $count : 0;
			$changes[ $id ]['delivered'] += in_array( $state, self::DELIVERED, true ) ? $count : 0;
			$changes[ $id ]['seen']      += in_array( $state, self::READ, true ) ? $count : 0;
			$newest[ $id ]                = max( $newest[ $id ] ?? 0, (int) $row['last'] );
		}
		$times = $newest ? TemplateStore::times( array_values( $newest ) ) : array();
		foreach ( $newest as $id => $message ) {
			$changes[ $id ]['last_used_ms'] = max( $changes[ $id ]['last_used_ms'], $times[ $message ] ?? 0 );
		}
		TemplateStore::change( $changes );
		return $changes;
	}
}
