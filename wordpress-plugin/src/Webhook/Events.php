<?php
/**
 * Events: what Meta told us.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Webhook;

use NxtChat\Site;

/** Use cases of the list of events. */
final class Events {

	/** State of an event: everything applied, something in it is not known, could not be applied. */
	public const APPLIED = 1;
	public const PARTLY  = 2;
	public const FAILED  = 3;

	/** Events removed by one statement, and statements of one purge. */
	private const PURGE_PAGE  = 1000;
	private const PURGE_PAGES = 100;

	/** Events replayed in one go. */
	private const REPLAY_PAGE = 100;

	/**
	 * The newest first, without bodies.
	 *
	 * @param array{kind?: string, state?: int, account?: int} $filter
	 * @return list<array<string, mixed>>
	 */
	public static function page( array $filter, int $limit, int $before_id = 0 ): array {
		return array_map(
			static fn( $row ) => array(
				'id'          => (int) $row['id'],
				'uid'         => $row['uid'],
				'account_id'  => (int) $row['account_id'],
				'kind'        => $row['kind'],
				'kinds'       => json_decode( $row['kinds_json'], true ),
				'count'       => (int) $row['count'],
				'received_ms' => (int) $row['received_ms'],
				'drained_ms'  => (int) $row['drained_ms'],
				'state'       => (int) $row['state'],
				'note'        => $row['note'],
			),
			EventStore::page( $filter, $before_id, $limit )
		);
	}

	/**
	 * Applies one event again.
	 *
	 * @return array|null As Drain::run(), null when there is no such event.
	 */
	public static function replay( int $id ): ?array {
		$row = EventStore::get( $id );
		return null === $row ? null : Drain::replay( array( self::item( $row ) ) );
	}

	/**
	 * Applies again everything in a state: after an update, or when an account was added.
	 *
	 * @return array{replayed: int, errors: int}
	 */
	public static function replay_state( int $state ): array {
		$after = 0;
		$out   = array(
			'replayed' => 0,
			'errors'   => 0,
		);
		while ( $rows = EventStore::with_state( $state, $after, self::REPLAY_PAGE ) ) { // phpcs:ignore -- Assigned and tested.
			$counts           = Drain::replay( array_map( array( self::class, 'item' ), $rows ) );
			$out['replayed'] += count( $rows );
			$out['errors']   += $counts['errors'];
			$after            = (int) end( $rows )['id'];
		}
		return $out;
	}

	/**
	 * Removes events older than the retention, in bounded steps.
	 *
	 * @param int $days At least 1.
	 * @return bool Whether older ones are left for the next time.
	 */
	public static function purge( int $days ): bool {
		$before = Site::now_ms() - max( 1, $days ) * DAY_IN_SECONDS * 1000;
		for ( $page = 0; $page < self::PURGE_PAGES; $page++ ) {
			if ( ! EventStore::purge( $before, self::PURGE_PAGE ) ) {
				return false;
			}
		}
		return true;
	}

	private static function item( array $row ): array {
		return array(
			'uid'         => $row['uid'],
			'received_ms' => (int) $row['received_ms'],
			'body'        => $row['body'],
		);
	}
}
