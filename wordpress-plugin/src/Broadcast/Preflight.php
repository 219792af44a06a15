<?php
/**
 * What a broadcast would do.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Broadcast;

use NxtChat\Account\Accounts;
use NxtChat\Contact\Contacts;
use NxtChat\Native;
use NxtChat\Problems;
use NxtChat\Rest;
use NxtChat\Segment\Audience;
use NxtChat\Site;
use NxtChat\Template\Templates;

/**
 * Counts everybody of an audience by whether and why not they would get it, before anything is sent. In steps of a few seconds, so
 * that a million people are no matter; a change of the draft begins it anew.
 */
final class Preflight {

	/** Seconds of one step. */
	public const STEP_S = 4.0;

	/** A count that is older is made anew, in ms: long enough to read it and confirm. */
	private const FRESH_MS = 5 * MINUTE_IN_SECONDS * 1000;

	private const STRETCH        = 50000;
	private const STRETCH_SQLITE = 5000;

	/** Contacts whose values are looked up at a time. */
	private const AT_ONCE = 1000;

	/** People in 24 hours by Meta's word for a limit. */
	private const LIMITS = array(
		'TIER_50'   => 50,
		'TIER_250'  => 250,
		'TIER_1K'   => 1000,
		'TIER_2K'   => 2000,
		'TIER_10K'  => 10000,
		'TIER_100K' => 100000,
	);

	private const DAY_MS = 86400000;

	/** Of what a number may send, the part that broadcasts take: chats and sign-in codes go first. */
	private const SHARE = 0.95;

	/**
	 * Goes on counting.
	 *
	 * @param bool $again From the beginning, whatever was counted.
	 * @return array|\WP_Error As stored(); `done` says whether it is complete.
	 */
	public static function step( int $id, float $seconds = self::STEP_S, bool $again = false ): array|\WP_Error {
		$until = microtime( true ) + $seconds;
		$row   = BroadcastStore::get( $id );
		if ( null === $row ) {
			return Broadcasts::missing();
		}
		$definition = Broadcasts::definition( $row );
		$problems   = States::DRAFT === (int) $row['state'] ? Definition::problems( $id, $definition ) : array();
		if ( $problems ) {
			return Problems::error( $problems, 'nxtchat_broadcast_incomplete', 422 );
		}
		$told = json_decode( $row['preflight_json'], true );
		if ( $again || ! is_array( $told ) || ( $told['done'] && $told['at_ms'] < Site::now_ms() - self::FRESH_MS ) ) {
			$told = array(
				'position' => 0,
				'done'     => false,
				'at_ms'    => 0,
				'reasons'  => array(),
				'by'       => array(),
			);
		}
		if ( $told['done'] ) {
			return self::stored( $row );
		}
		$look = self::look( $id, $definition, (int) $row['winner'] );
		if ( is_wp_error( $look ) ) {
			return $look;
		}
		[ $rendering, $audience, $columns ] = $look;

		$told['category'] = Native\PURPOSE_MARKETING === $rendering->purpose ? 'MARKETING' : 'UTILITY';
		do {
			[ $sql, $to, $last ] = $audience->stretch( $columns, $told['position'], self::stretch() );
			foreach ( PreflightStore::sums( $sql ) as $sum ) {
				self::add( $told, (int) $sum['reason'], $sum['country'], (int) $sum['n'] );
			}
			if ( $rendering->is_doubtful() ) {
				self::look_at_values( $told, $rendering, $sql );
			}
			$told['position'] = max( $told['position'] + 1, $to );
			$told['done']     = $last;
		} while ( ! $last && microtime( true ) < $until );
		$told['at_ms'] = Site::now_ms();
		$json          = (string) wp_json_encode( array( 'by' => (object) $told['by'], 'reasons' => (object) $told['reasons'] ) + $told ); // phpcs:ignore WordPress.Arrays -- One thought.
		BroadcastStore::change( $id, array(), array( 'preflight_json' => $json ), array( 'updated_ms' => (int) $row['updated_ms'] ) );
		return (array) self::stored( array( 'preflight_json' => $json ) + $row );
	}

	/**
	 * What was counted, null when nothing was.
	 *
	 * @param array<string, string> $row
	 * @return array{done: bool, at_ms: int, total: int, reachable: int, reasons: array<string, int>, duplicate: int, invalid: int, languages: list<string>, limit: array, category: string, rate: float, seconds: int, over: int, cost: array}|null over: people whose scheduled time is over.
	 */
	public static function stored( array $row ): ?array {
		$told = json_decode( $row['preflight_json'], true );
		if ( ! is_array( $told ) ) {
			return null;
		}
		$definition = Broadcasts::definition( $row );
		$numbers    = People::told( $row );
		$used       = $definition['audience']['numbers'];
		$reachable  = $told['reasons'][0] ?? 0;
		$reasons    = array();
		foreach ( Recipients::REASONS as $word => $reason ) {
			if ( isset( $told['reasons'][ $reason ] ) ) {
				$reasons[ $word ] = $told['reasons'][ $reason ];
			}
		}
		$account  = Accounts::get( $definition['account'] ) ?? array();
		$rate     = self::rate( $account, (int) $row['rate'] );
		$category = (string) ( $told['category'] ?? '' );
		$due      = Schedule::due( $definition['schedule'], array_keys( $told['by'] ) )['by_country'];
		return array(
			'done'      => (bool) $told['done'],
			'at_ms'     => (int) $told['at_ms'],
			'total'     => array_sum( $told['reasons'] ),
			'reachable' => $reachable,
			'reasons'   => $reasons,
			'duplicate' => $used ? $numbers['duplicate'] : 0,
			'invalid'   => $used ? $numbers['invalid'] : 0,
			'languages' => array_keys( Templates::sendable( $definition['account'], $definition['template']['name'] ) ),
			'limit'     => self::limit( $account ),
			'category'  => $category,
			'rate'      => $rate,
			'seconds'   => (int) ceil( $reachable / max( 0.1, $rate ) ),
			'over'      => array_sum( array_intersect_key( $told['by'], array_filter( $due, static fn( int $ms ): bool => $ms < Site::now_ms() ) ) ),
			'cost'      => Cost::estimate( $category, $told['by'] ),
		);
	}

	/**
	 * People of the audience with one reason, by id.
	 *
	 * @param string $reason Of Recipients::REASONS, `reachable`, or `duplicate`: of whom a number was given twice, the first some hundred.
	 * @return array{items: list<array>, next: ?string}|\WP_Error
	 */
	public static function people( int $id, string $reason, string $cursor, int $limit ): array|\WP_Error {
		$row   = BroadcastStore::get( $id );
		$after = '' === $cursor ? array( 0 ) : Rest::cursor_decode( $cursor, 1 );
		if ( null === $row ) {
			return Broadcasts::missing();
		}
		if ( null === $after || ! isset( ( Recipients::REASONS + array( 'reachable' => 0, 'duplicate' => 0 ) )[ $reason ] ) ) { // phpcs:ignore WordPress.Arrays -- One thought.
			return Problems::refuse( 'nxtchat_invalid', 400, __( 'There is no such list.', 'nxt-cloud-chat' ) );
		}
		$found = 'duplicate' === $reason ? array( array_values( array_filter( People::told( $row )['twice'], static fn( int $one ): bool => $one > $after[0] ) ), null ) : self::find( $row, $reason, $after[0], $limit );
		if ( is_wp_error( $found ) ) {
			return $found;
		}
		[ $ids, $next ] = $found;
		sort( $ids );
		$next   = count( $ids ) > $limit ? $ids[ $limit - 1 ] : $next;
		$ids    = array_slice( $ids, 0, $limit );
		$people = Contacts::json( $ids );
		return array(
			'items' => array_values( array_filter( array_map( static fn( int $one ) => $people[ $one ] ?? null, $ids ) ) ),
			'next'  => null === $next ? null : Rest::cursor_encode( array( $next ) ),
		);
	}

	/**
	 * Looks for more than $limit people after an id, for some seconds.
	 *
	 * @return array{0: list<int>, 1: int|null}|\WP_Error Them, and the id up to which it looked; null = to the end.
	 */
	private static function find( array $row, string $reason, int $position, int $limit ): array|\WP_Error {
		$look = self::look( (int) $row['id'], Broadcasts::definition( $row ), (int) $row['winner'] );
		if ( is_wp_error( $look ) ) {
			return $look;
		}
		[ $rendering, $audience, $columns ] = $look;

		$lack  = 'values' === $reason; // Not in the columns: they would get it, were no value missing.
		$which = $lack || 'reachable' === $reason ? 0 : Recipients::REASONS[ $reason ];
		$until = microtime( true ) + self::STEP_S;
		$ids   = array();
		do {
			[ $sql, $to, $last ] = $audience->stretch( $columns, $position, self::stretch() );
			$rows                = PreflightStore::with_reason( $sql, $which, 0, self::AT_ONCE );
			$lacking             = 0 === $which ? $rendering->lacking( $rows ) : array();
			$ids                 = array_merge( $ids, array_keys( $lack ? $lacking : array_diff_key( $rows, $lacking ) ) );
			$last                = $last && count( $rows ) < self::AT_ONCE;
			$position            = count( $rows ) < self::AT_ONCE ? max( $position + 1, $to ) : array_key_last( $rows );
		} while ( ! $last && count( $ids ) <= $limit && microtime( true ) < $until );
		return array( $ids, $last ? null : $position );
	}

	/** @return list<string> Countries that contacts have. */
	public static function countries(): array {
		return Audience::countries();
	}

	/** Messages a second at which a number sends: what was chosen, at most what it may with some room for chats and codes. */
	public static function rate( array $account, int $chosen ): float {
		$may  = 'HIGH' === ( $account['throughput'] ?? '' ) ? 1000.0 : 80.0;
		$rate = $chosen > 0 ? min( (float) $chosen, $may * self::SHARE ) : $may * self::SHARE;
		/**
		 * How many messages a second a broadcast may send, over all processes.
		 *
		 * @param float $rate    Messages a second.
		 * @param array $account Account JSON.
		 */
		return max( 0.01, (float) apply_filters( 'nxtchat_broadcast_rate', $rate, $account ) );
	}

	/**
	 * How many people may still be written to in the rolling 24 hours. The limit is one for all numbers of a business; those of one
	 * WhatsApp Business account certainly are of one.
	 *
	 * @param array $account Account JSON.
	 * @return array{tier: string, people: ?int, used: int, room: ?int, free_ms: int} null = no limit is known. free_ms: when the first of them counts no longer.
	 */
	public static function limit( array $account ): array {
		$people = self::LIMITS[ $account['messaging_limit'] ?? '' ] ?? null;
		$now    = Site::now_ms();
		[ $used, $first ] = null === $people ? array( 0, 0 ) : BroadcastStore::written_to( Accounts::ids_of_waba( (string) $account['waba_id'] ), $now - self::DAY_MS, 2 * $people );
		return array(
			'tier'    => (string) ( $account['messaging_limit'] ?? '' ),
			'people'  => $people,
			'used'    => $used,
			'room'    => null === $people ? null : max( 0, $people - $used ),
			'free_ms' => $first > 0 ? $first + self::DAY_MS : 0,
		);
	}

	/**
	 * What counting and listing look at.
	 *
	 * @return array{0: Rendering, 1: Audience, 2: string}|\WP_Error What people would get, who they are, and the columns of PreflightStore.
	 */
	private static function look( int $id, array $definition, int $winner ): array|\WP_Error {
		$rendering  = new Rendering( $definition['account'], $definition, $winner );
		$conditions = $rendering->unfit ?? People::conditions( $id, $definition );
		if ( is_wp_error( $conditions ) ) {
			return $conditions;
		}
		$marketing = Native\PURPOSE_MARKETING === $rendering->purpose;
		$cap       = $marketing ? $definition['cap'] : null;
		$columns   = PreflightStore::columns(
			$marketing ? 'marketing' : 'utility',
			$rendering->needs_grant,
			$marketing,
			null === $cap ? null : Site::now_ms() - $cap['days'] * self::DAY_MS,
			null === $cap ? 0 : $cap['messages'],
			RecipientStore::variant( Freeze::variants( $definition ) )
		);
		return array( $rendering, new Audience( $conditions ), $columns );
	}

	/** Who would get it, were no value missing: those who lack one do not. */
	private static function look_at_values( array &$told, Rendering $rendering, string $sql ): void {
		$after = 0;
		do {
			$rows = PreflightStore::with_reason( $sql, 0, $after, self::AT_ONCE );
			foreach ( array_intersect_key( $rows, $rendering->lacking( $rows ) ) as $contact ) {
				self::add( $told, 0, $contact['country'], -1 );
				self::add( $told, Recipients::VALUES, $contact['country'], 1 );
			}
			$after = array_key_last( $rows );
		} while ( count( $rows ) === self::AT_ONCE );
	}

	private static function add( array &$told, int $reason, string $country, int $n ): void {
		$told['reasons'][ $reason ] = ( $told['reasons'][ $reason ] ?? 0 ) + $n;
		if ( 0 === $reason ) {
			$told['by'][ $country ] = ( $told['by'][ $country ] ?? 0 ) + $n;
		}
	}

	private static function stretch(): int {
		return BroadcastStore::on_sqlite() ? self::STRETCH_SQLITE : self::STRETCH;
	}
}
