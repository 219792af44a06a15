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
use NxtChat\Template\Bindings;
use NxtChat\Template\BindingSources;
use NxtChat\Template\Templates;

/**
 * Counts everybody of an audience by whether and why not they would get it, before anything is sent. In steps of a few seconds, so
 * that a million people are no matter; a change of the draft begins it anew.
 */
final class Preflight {

	/** Seconds of one step. */
	public const STEP_S = 4.0;

	/** A count that is older is made anew before a start, in ms. */
	private const FRESH_MS = HOUR_IN_SECONDS * 1000;

	private const STRETCH        = 50000;
	private const STRETCH_SQLITE = 5000;

	/** Contacts whose values are looked up at a time, and those kept of whom one is missing. */
	private const VALUES_AT_ONCE = 1000;
	private const MISSING_MAX    = 500;

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
	 * @return array|\WP_Error As stored(); `done` says whether it is complete.
	 */
	public static function step( int $id, float $seconds = self::STEP_S ): array|\WP_Error {
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
		if ( ! is_array( $told ) || ( $told['done'] && $told['at_ms'] < Site::now_ms() - self::FRESH_MS ) ) {
			$told = array(
				'position' => 0,
				'done'     => false,
				'at_ms'    => 0,
				'reasons'  => array(),
				'by'       => array(),
				'missing'  => array(),
			);
		}
		if ( $told['done'] ) {
			return self::stored( $row );
		}
		$conditions = People::conditions( $id, $definition );
		if ( is_wp_error( $conditions ) ) {
			return $conditions;
		}
		$audience = new Audience( $conditions );
		$columns  = self::columns( $definition );
		$values   = self::doubtful( $definition );
		$stretch  = BroadcastStore::on_sqlite() ? self::STRETCH_SQLITE : self::STRETCH;
		do {
			[ $sql, $to, $last ] = $audience->stretch( $columns, $told['position'], $stretch );
			foreach ( PreflightStore::sums( $sql ) as $sum ) {
				$told['reasons'][ (int) $sum['reason'] ] = ( $told['reasons'][ (int) $sum['reason'] ] ?? 0 ) + (int) $sum['n'];
				if ( 0 === (int) $sum['reason'] ) {
					$told['by'][ $sum['country'] ] = ( $told['by'][ $sum['country'] ] ?? 0 ) + (int) $sum['n'];
				}
			}
			if ( null !== $values ) {
				self::look_at_values( $told, $values, PreflightStore::with_reason( $sql, 0, $stretch ) );
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
	 * @return array{done: bool, at_ms: int, total: int, reachable: int, reasons: array<string, int>, duplicate: int, invalid: int, languages: list<string>, limit: array, us: bool, rate: float, seconds: int, cost: array}|null
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
		$category = self::category( $definition );
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
			'cost'      => Cost::estimate( $category, $told['by'] ),
		);
	}

	/**
	 * People of the audience with one reason, by id.
	 *
	 * @param string $reason Of Recipients::REASONS, or `reachable`.
	 * @return array{items: list<array>, next: ?string}|\WP_Error
	 */
	public static function people( int $id, string $reason, string $cursor, int $limit ): array|\WP_Error {
		$row   = BroadcastStore::get( $id );
		$after = '' === $cursor ? array( 0 ) : Rest::cursor_decode( $cursor, 1 );
		$which = 'reachable' === $reason ? 0 : ( Recipients::REASONS[ $reason ] ?? null );
		if ( null === $row ) {
			return Broadcasts::missing();
		}
		if ( null === $which || null === $after ) {
			return Problems::refuse( 'nxtchat_invalid', 400, __( 'There is no such list.', 'nxt-cloud-chat' ) );
		}
		$definition = Broadcasts::definition( $row );
		if ( Recipients::VALUES === $which ) {
			$ids  = array_values( array_filter( ( json_decode( $row['preflight_json'], true ) ?? array() )['missing'] ?? array(), static fn( int $one ): bool => $one > $after[0] ) );
			$more = count( $ids ) > $limit;
			$ids  = array_slice( $ids, 0, $limit );
		} else {
			$conditions = People::conditions( $id, $definition );
			if ( is_wp_error( $conditions ) ) {
				return $conditions;
			}
			$audience = new Audience( $conditions );
			$columns  = self::columns( $definition );
			$until    = microtime( true ) + self::STEP_S;
			$position = $after[0];
			$ids      = array();
			do {
				[ $sql, $to, $last ] = $audience->stretch( $columns, $position, BroadcastStore::on_sqlite() ? self::STRETCH_SQLITE : self::STRETCH );
				$ids                 = array_merge( $ids, PreflightStore::with_reason( $sql, $which, $limit - count( $ids ) ) );
				$position            = max( $position + 1, $to );
				$full                = count( $ids ) >= $limit;
			} while ( ! $last && ! $full && microtime( true ) < $until );
			$more     = $full || ! $last;
			$position = $full ? (int) end( $ids ) : $position;
		}
		$people = Contacts::json( $ids );
		return array(
			'items' => array_values( array_filter( array_map( static fn( int $one ) => $people[ $one ] ?? null, $ids ) ) ),
			'next'  => $more ? Rest::cursor_encode( array( $position ?? (int) end( $ids ) ) ) : null,
		);
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

	/** 'MARKETING', 'UTILITY', or '' for a template that is not known. */
	public static function category( array $definition ): string {
		$row = Templates::by_name( $definition['account'], $definition['template']['name'], $definition['template']['language'] );
		return null === $row ? '' : strtoupper( $row['category'] );
	}

	/** Whether people must have agreed: for marketing, unless the owner says that no withdrawal is enough. */
	public static function needs_grant( array $definition, string $category ): bool {
		return 'granted' === $definition['consent'] || ( '' === $definition['consent'] && 'UTILITY' !== $category );
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

	private static function columns( array $definition ): string {
		$category  = self::category( $definition );
		$marketing = 'UTILITY' !== $category;
		$cap       = $marketing ? $definition['cap'] : null;
		return PreflightStore::columns(
			$marketing ? 'marketing' : 'utility',
			self::needs_grant( $definition, $category ),
			$marketing,
			null === $cap ? null : Site::now_ms() - $cap['days'] * self::DAY_MS,
			null === $cap ? 0 : $cap['messages']
		);
	}

	/** Template JSON with its bindings, when somebody may lack a value; null when nobody can. */
	private static function doubtful( array $definition ): ?array {
		$row = Templates::by_name( $definition['account'], $definition['template']['name'], $definition['template']['language'] );
		if ( null === $row ) {
			return null;
		}
		$template             = Templates::json( array( $row ) )[0];
		$template['bindings'] = $definition['values'] + (array) $template['bindings'];
		foreach ( Native\template_variables( Templates::whole( $template, true ) ) as $variable ) {
			$binding = $template['bindings'][ $variable['key'] ] ?? null;
			if ( $variable['required'] && null !== $binding && BindingSources::TEXT !== $binding['source'] && ! str_starts_with( $binding['source'], 'site.' ) && '' === (string) ( $binding['fallback'] ?? '' ) ) {
				return $template;
			}
		}
		return null;
	}

	/** @param list<int> $ids */
	private static function look_at_values( array &$told, array $template, array $ids ): void {
		foreach ( array_chunk( $ids, self::VALUES_AT_ONCE ) as $some ) {
			foreach ( Bindings::values_many( $template, $some, array( 'sent' => true ) ) as $contact => $found ) {
				if ( $found['missing'] ) {
					--$told['reasons'][0];
					$told['reasons'][ Recipients::VALUES ] = ( $told['reasons'][ Recipients::VALUES ] ?? 0 ) + 1;
					if ( count( $told['missing'] ) < self::MISSING_MAX ) {
						$told['missing'][] = $contact;
					}
				}
			}
		}
	}
}
