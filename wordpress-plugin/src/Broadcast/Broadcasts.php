<?php
/**
 * Broadcasts as they are made and read.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Broadcast;

use NxtChat\Account\Accounts;
use NxtChat\Audit\Audit;
use NxtChat\Contact\Contacts;
use NxtChat\Live\Live;
use NxtChat\Native;
use NxtChat\Problems;
use NxtChat\Rest;
use NxtChat\Site;

/** Use cases of the Broadcast room that send nothing: drafts, lists, progress. BroadcastControl begins and ends them, Work sends. */
final class Broadcasts {

	/** Longest name, in characters: the column's width. */
	public const NAME_MAX = 190;

	/** Broadcasts that a choice offers, and contacts chosen by hand that a draft names. */
	private const NAMES_MAX = 500;
	private const NAMED_MAX = 50;

	/** Recipients of a deleted broadcast removed by one statement, and the seconds in which a request, or the hourly sweep, goes on with that. */
	private const DELETE_STEP = 5000;
	private const DELETE_S    = 3.0;

	/** Numbers of recipients are counted at most this often, and no more than a tenth of the time, in ms. */
	private const COUNT_MS      = 1500;
	private const COUNT_DONE_MS = 5000;

	/** A list counts for so many seconds at most; one that has ended, when what is known is older than so great a part of the time since. */
	private const LIST_S    = 1.0;
	private const LIST_PART = 10;

	/**
	 * Makes a draft.
	 *
	 * @param array{name?: string, definition?: mixed} $input
	 */
	public static function create( array $input ): array|\WP_Error {
		[ $definition, $bad ] = Definition::clean( $input['definition'] ?? array() );
		$name                 = self::name( $input['name'] ?? '' );
		if ( null === $name ) {
			$bad[] = self::bad_name();
		}
		if ( $bad ) {
			return Problems::error( $bad );
		}
		if ( 0 === $definition['account'] && 1 === count( Accounts::all() ) ) {
			$definition['account'] = Accounts::all()[0]['id'];
		}
		$now = Site::now_ms();
		$id  = BroadcastStore::create(
			array(
				'uid'             => Native\ulids( 1 )[0],
				'name'            => '' === $name ? self::unnamed() : $name,
				'account_id'      => $definition['account'],
				'state'           => States::DRAFT,
				'user_id'         => get_current_user_id(),
				'definition_json' => self::encode( $definition ),
				'rate'            => min( Definition::RATE_MAX, $definition['rate'] ),
				'created_ms'      => $now,
				'updated_ms'      => $now,
			)
		);
		Live::bump();
		return self::get( $id );
	}

	/**
	 * Saves a draft, whatever is still missing in it.
	 *
	 * @param array{name?: string, definition?: mixed, updated_ms?: int} $input Parts that are left out stay. updated_ms: of the draft that was changed.
	 */
	public static function update( int $id, array $input ): array|\WP_Error {
		$row = BroadcastStore::get( $id );
		if ( null === $row ) {
			return self::missing();
		}
		$before               = self::definition( $row );
		[ $definition, $bad ] = array_key_exists( 'definition', $input ) ? Definition::clean( $input['definition'], $before ) : array( $before, array() );
		$name                 = array_key_exists( 'name', $input ) ? self::name( $input['name'] ) : $row['name'];
		if ( null === $name ) {
			$bad[] = self::bad_name();
		}
		if ( $bad ) {
			return Problems::error( $bad );
		}
		if ( States::DRAFT !== (int) $row['state'] && $definition !== $before ) {
			return self::begun();
		}
		$seen = (int) ( $input['updated_ms'] ?? $row['updated_ms'] );
		$set  = array(
			'name'            => '' === $name ? $row['name'] : $name,
			'definition_json' => self::encode( $definition ),
			'account_id'      => $definition['account'],
			'rate'            => States::DRAFT === (int) $row['state'] ? min( Definition::RATE_MAX, $definition['rate'] ) : (int) $row['rate'],
			'updated_ms'      => max( Site::now_ms(), (int) $row['updated_ms'] + 1 ),
		) + ( $definition === $before ? array() : array( 'preflight_json' => '' ) );
		if ( $seen !== (int) $row['updated_ms'] || ! BroadcastStore::change( $id, array( (int) $row['state'] ), $set, array( 'updated_ms' => (int) $row['updated_ms'] ) ) ) {
			return self::changed( $id );
		}
		return self::get( $id );
	}

	/** A new draft like another broadcast. */
	public static function duplicate( int $id ): array|\WP_Error {
		$row = BroadcastStore::get( $id );
		if ( null === $row ) {
			return self::missing();
		}
		$definition             = self::definition( $row );
		$definition['schedule'] = array( 'mode' => 'now' ) + $definition['schedule'];
		/* translators: %s: name of a broadcast */
		$made = self::create( array( 'name' => mb_substr( sprintf( __( '%s (copy)', 'nxt-cloud-chat' ), $row['name'] ), 0, self::NAME_MAX ) ) + compact( 'definition' ) );
		if ( is_wp_error( $made ) || '' === $row['numbers_json'] ) {
			return $made;
		}
		BroadcastStore::copy_people( $id, $made['id'] );
		BroadcastStore::change( $made['id'], array(), array( 'numbers_json' => $row['numbers_json'] ) );
		return self::get( $made['id'] );
	}

	/** Deletes a draft, or one that has ended. Messages stay. What is left of many recipients goes hourly. */
	public static function delete( int $id ): array|\WP_Error {
		$row = BroadcastStore::get( $id );
		if ( null === $row ) {
			return self::missing();
		}
		if ( in_array( (int) $row['state'], States::UNFINISHED, true ) ) {
			return Problems::refuse( 'nxtchat_broadcast_state', 409, __( 'This broadcast has not come to an end.', 'nxt-cloud-chat' ), __( 'Cancel it first.', 'nxt-cloud-chat' ) );
		}
		BroadcastStore::delete( $id );
		delete_transient( Report::key( $id ) );
		self::clear( $id, microtime( true ) + self::DELETE_S );
		if ( States::DRAFT !== (int) $row['state'] ) {
			Audit::record( 'broadcast.delete', array( 'detail' => array( 'broadcast' => $id, 'name' => $row['name'] ) ) ); // phpcs:ignore WordPress.Arrays -- One thought.
		}
		Live::bump();
		return array( 'deleted' => true );
	}

	/** What is left of broadcasts that were deleted, a bounded while (hourly). */
	public static function purge(): void {
		$until = microtime( true ) + self::DELETE_S;
		foreach ( RecipientStore::orphans() as $id ) {
			self::clear( $id, $until );
		}
	}

	private static function clear( int $id, float $until ): void {
		do {
			$more = RecipientStore::delete( $id, self::DELETE_STEP );
		} while ( $more && microtime( true ) < $until );
	}

	public static function get( int $id ): array|\WP_Error {
		$row = BroadcastStore::get( $id );
		return null === $row ? self::missing() : self::json( $row );
	}

	/**
	 * A page, the newest first.
	 *
	 * @param list<string> $states Words of States::WORDS, empty = all.
	 * @return array{items: list<array>, next: ?string, counts?: array<string, int>}|\WP_Error counts (first page): how many of each state.
	 */
	public static function page( array $states, string $cursor, int $limit ): array|\WP_Error {
		$before = '' === $cursor ? array( null ) : Rest::cursor_decode( $cursor, 1 );
		if ( null === $before ) {
			return Problems::refuse( 'nxtchat_bad_cursor', 400, __( 'This place in the list does not exist. Load the list again.', 'nxt-cloud-chat' ) );
		}
		$numbers = array();
		foreach ( array_filter( $states ) as $word ) {
			if ( ! isset( States::WORDS[ $word ] ) ) {
				/* translators: %s: list of words */
				return Problems::error( array( Problems::one( 'state', sprintf( __( 'Write one of: %s.', 'nxt-cloud-chat' ), implode( ', ', array_keys( States::WORDS ) ) ) ) ) );
			}
			$numbers[] = States::WORDS[ $word ];
		}
		$rows = BroadcastStore::page( $numbers, $before[0], $limit + 1 );
		$more = count( $rows ) > $limit;
		$rows = array_slice( $rows, 0, $limit );
		$now   = Site::now_ms();
		$until = microtime( true ) + self::LIST_S;
		$count = static fn( array $row ): bool => in_array( (int) $row['state'], States::OPEN, true ) || ( (int) $row['counted_ms'] < $now - intdiv( $now - (int) $row['updated_ms'], self::LIST_PART ) && microtime( true ) < $until );
		$out   = array(
			'items' => array_map( static fn( array $row ): array => self::json( $row, true, $count( $row ) ? null : false ), $rows ),
			'next'  => $more ? Rest::cursor_encode( array( (int) end( $rows )['id'] ) ) : null,
		);
		if ( '' === $cursor ) {
			$of            = BroadcastStore::count();
			$out['counts'] = array_map( static fn( int $state ): int => $of[ $state ] ?? 0, States::WORDS );
		}
		return $out;
	}

	/** Names by id, the newest first. @param list<int>|null $ids null = those that a choice offers. @return array<int, string> */
	public static function names( ?array $ids = null ): array {
		return BroadcastStore::names( $ids, self::NAMES_MAX );
	}

	/** Those that others may refer to. @return array{items: list<array{id: int, name: string}>} */
	public static function choices(): array {
		$names = self::names();
		return array( 'items' => array_map( static fn( int $id, string $name ): array => compact( 'id', 'name' ), array_keys( $names ), $names ) );
	}

	/** The clean definition of a row. @param array<string, string> $row */
	public static function definition( array $row ): array {
		return Definition::clean( json_decode( $row['definition_json'], true ) ?? array() )[0];
	}

	/**
	 * How many recipients there are of each state.
	 *
	 * @param array<string, string> $row
	 * @param bool|null             $now Count (true), or tell what is known (false); null: counts when that is some time ago.
	 * @return array<int, int>
	 */
	public static function counts( array $row, ?bool $now = null ): array {
		if ( 0 === (int) $row['frozen_ms'] && States::FREEZING !== (int) $row['state'] ) {
			return array();
		}
		$known = json_decode( $row['counts_json'], true );
		$known = is_array( $known ) ? $known : array(
			'of' => array(),
			'ms' => 0,
		);
		$pause = max( in_array( (int) $row['state'], States::OPEN, true ) ? self::COUNT_MS : self::COUNT_DONE_MS, 10 * (int) $known['ms'] );
		if ( false === $now || ( null === $now && (int) $row['counted_ms'] > Site::now_ms() - $pause ) ) {
			return array_map( 'intval', $known['of'] );
		}
		$start = microtime( true );
		$of    = RecipientStore::count( (int) $row['id'] );
		BroadcastStore::change(
			(int) $row['id'],
			array(),
			array(
				'counts_json' => (string) wp_json_encode(
					array(
						'of' => (object) $of,
						'ms' => (int) ( 1000 * ( microtime( true ) - $start ) ),
					)
				),
				'counted_ms'  => Site::now_ms(),
			)
		);
		return $of;
	}

	/** @param array<string, string> $row @param bool|null $count As for counts(). */
	public static function json( array $row, bool $short = false, ?bool $count = null ): array {
		$state  = (int) $row['state'];
		$counts = self::counts( $row, $count );
		$user   = (int) $row['user_id'] > 0 ? get_userdata( (int) $row['user_id'] ) : false;
		$reason = json_decode( $row['reason_json'], true );
		$out    = array(
			'id'         => (int) $row['id'],
			'uid'        => $row['uid'],
			'name'       => $row['name'],
			'account_id' => (int) $row['account_id'],
			'state'      => $state,
			'state_name' => States::word( $state ),
			'label'      => States::label( $state ),
			'reason'     => is_array( $reason ) ? $reason : null,
			'rate'       => (int) $row['rate'],
			'total'      => (int) $row['total'],
			'counts'     => self::progress( $counts ),
			'winner'     => (int) $row['winner'],
			'user'       => $user ? array(
				'id'   => $user->ID,
				'name' => $user->display_name,
			) : null,
			'can'        => self::can( $state ),
		);
		foreach ( array( 'scheduled_ms', 'next_ms', 'frozen_ms', 'started_ms', 'finished_ms', 'created_ms', 'updated_ms' ) as $key ) {
			$out[ $key ] = (int) $row[ $key ];
		}
		$definition = self::definition( $row );
		if ( $short ) {
			return $out + array( 'template' => $definition['template'] );
		}
		return $out + array(
			'hold'       => Hold::of( $row, $definition ),
			'definition' => Definition::json( $definition ),
			'numbers'    => $definition['audience']['numbers'] || '' !== $row['numbers_json'] ? People::told( $row ) : null,
			'problems'   => States::DRAFT === $state ? Definition::problems( (int) $row['id'], $definition ) : array(),
			'preflight'  => Preflight::stored( $row ),
			'contacts'   => States::DRAFT === $state ? array_values( Contacts::brief( array( ...array_slice( $definition['audience']['contacts'], 0, self::NAMED_MAX ), ...array_slice( $definition['exclude']['contacts'], 0, self::NAMED_MAX ) ) ) ) : array(),
		);
	}

	/**
	 * What became of everybody, by words that add up to the total.
	 *
	 * @param array<int, int> $counts By state.
	 * @return array{waiting: int, sending: int, unknown: int, sent: int, delivered: int, read: int, failed: int, skipped: int, done: int, all: int}
	 */
	public static function progress( array $counts ): array {
		$of  = static fn( int ...$states ): int => array_sum( array_intersect_key( $counts, array_flip( $states ) ) );
		$out = array(
			'waiting'   => $of( Native\STATE_QUEUED ),
			'sending'   => $of( Native\STATE_SENDING ),
			'unknown'   => $of( Native\STATE_UNKNOWN ),
			'sent'      => $of( Native\STATE_SENT ),
			'delivered' => $of( Native\STATE_DELIVERED ),
			'read'      => $of( Native\STATE_READ, Native\STATE_PLAYED ),
			'failed'    => $of( Native\STATE_FAILED ),
			'skipped'   => $of( Recipients::SKIPPED ),
		);
		return $out + array(
			'done' => array_sum( $counts ) - $out['waiting'] - $out['sending'],
			'all'  => array_sum( $counts ),
		);
	}

	/** Frees what a long look gathers. */
	public static function forget(): void {
		BroadcastStore::forget();
		wp_cache_flush_runtime();
	}

	public static function missing(): \WP_Error {
		return Problems::refuse( 'nxtchat_no_broadcast', 404, __( 'There is no such broadcast.', 'nxt-cloud-chat' ) );
	}

	public static function changed( int $id ): \WP_Error {
		return Problems::refuse( 'nxtchat_changed', 409, __( 'Somebody else changed this broadcast meanwhile.', 'nxt-cloud-chat' ), __( 'Load it again.', 'nxt-cloud-chat' ), array( 'broadcast' => self::get( $id ) ) );
	}

	public static function begun(): \WP_Error {
		return Problems::refuse( 'nxtchat_broadcast_state', 409, __( 'This broadcast has begun already, or has ended.', 'nxt-cloud-chat' ), __( 'Make a copy of it.', 'nxt-cloud-chat' ) );
	}

	/** @return array{edit: bool, start: bool, pause: bool, resume: bool, cancel: bool, delete: bool, rate: bool, retry: bool} */
	private static function can( int $state ): array {
		return array(
			'edit'   => States::DRAFT === $state,
			'start'  => States::DRAFT === $state,
			'pause'  => in_array( $state, States::OPEN, true ),
			'resume' => in_array( $state, array( States::PAUSED, States::STOPPED ), true ),
			'cancel' => in_array( $state, States::UNFINISHED, true ),
			'delete' => ! in_array( $state, States::UNFINISHED, true ),
			'rate'   => in_array( $state, States::UNFINISHED, true ),
			'retry'  => States::DONE === $state,
		);
	}

	private static function name( mixed $value ): ?string {
		return Problems::text( $value, self::NAME_MAX );
	}

	private static function unnamed(): string {
		/* translators: %s: date and time */
		return sprintf( __( 'Broadcast of %s', 'nxt-cloud-chat' ), wp_date( get_option( 'date_format' ) . ' ' . get_option( 'time_format' ) ) );
	}

	private static function bad_name(): array {
		/* translators: %d: a number */
		return Problems::one( 'name', sprintf( __( 'A name has up to %d characters.', 'nxt-cloud-chat' ), self::NAME_MAX ), __( 'Shorten it.', 'nxt-cloud-chat' ) );
	}

	private static function encode( array $definition ): string {
		return (string) wp_json_encode( Definition::json( $definition ), JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES );
	}
}
