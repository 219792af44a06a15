<?php
/**
 * What became of the messages we sent.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Message;

use NxtChat\Live\Live;
use NxtChat\Native;
use NxtChat\Site;

/** Statuses from Meta: states only move forward, in whatever order and however often they are told. */
final class Statuses {

	/** A parked status that found no message is forgotten after this many days: Meta tries to deliver for 30 days. */
	public const PARKED_DAYS = 35;

	/** Parked statuses that one sweep looks at, in pages of so many. */
	private const SWEEP_PAGE  = 500;
	private const SWEEP_PAGES = 200;

	/** Longest error text kept, in characters: the column's width. */
	private const ERROR_CHARACTERS = 1000;

	/** The pricing columns' width, in bytes. */
	private const PRICING_BYTES = 40;

	/** The column of each state's time. */
	private const TIME_OF = array(
		Native\STATE_SENT      => 'sent_ms',
		Native\STATE_DELIVERED => 'delivered_ms',
		Native\STATE_READ      => 'read_ms',
		Native\STATE_PLAYED    => 'played_ms',
		Native\STATE_FAILED    => 'failed_ms',
	);

	/**
	 * Applies typed events of kind `status`; those whose message is not known yet wait. To be called inside a transaction.
	 * The number of statements does not depend on how many there are.
	 *
	 * @param list<array>        $events
	 * @param array<string, int> $accounts Account id by phone number id.
	 * @return list<array{0: int, 1: int, 2: int}> Message id, state, state before: only when somebody listens to the hook.
	 */
	public static function apply( array $events, array $accounts, int $now ): array {
		$rows = array();
		$refs = array();
		foreach ( $events as $e ) {
			$wamid           = $e['wamid'];
			$rows[ $wamid ] ??= array(
				'wamid'            => $wamid,
				'ref'              => '',
				'account_id'       => $accounts[ $e['phone_number_id'] ] ?? 0,
				'state'            => 0,
				'sent_ms'          => 0,
				'delivered_ms'     => 0,
				'read_ms'          => 0,
				'played_ms'        => 0,
				'failed_ms'        => 0,
				'error_code'       => 0,
				'error_text'       => '',
				'pricing_category' => '',
				'pricing_type'     => '',
			);
			$row             = &$rows[ $wamid ];
			if ( '' !== $e['ref'] && '' === $row['ref'] ) {
				$row['ref'] = $e['ref'];
				$refs[]     = $e['ref'];
			}
			$state = $e['state'];
			if ( $state > $row['state'] ) {
				$row['state'] = $state;
			}
			$time = self::TIME_OF[ $state ] ?? null;
			$at   = $e['at_ms'] > 0 ? $e['at_ms'] : $now;
			if ( null !== $time && ( 0 === $row[ $time ] || $at < $row[ $time ] ) ) {
				$row[ $time ] = $at;
			}
			if ( null !== $e['error'] ) {
				$row['error_code'] = (int) $e['error']['code'];
				$row['error_text'] = mb_substr( '' !== (string) $e['error']['details'] ? (string) $e['error']['details'] : (string) $e['error']['title'], 0, self::ERROR_CHARACTERS );
			}
			if ( null !== $e['pricing'] ) {
				$row['pricing_category'] = substr( (string) $e['pricing']['category'], 0, self::PRICING_BYTES );
				$row['pricing_type']     = substr( (string) $e['pricing']['type'], 0, self::PRICING_BYTES );
			}
			unset( $row );
		}
		$wamids  = array_map( 'strval', array_keys( $rows ) );
		$listens = self::listens();
		$before  = $listens ? StatusStore::states( $wamids, $refs ) : array();
		$known   = StatusStore::known( $wamids );
		$moved   = array();
		foreach ( $known as $wamid => $id ) {
			$moved[ $id ] = $rows[ $wamid ];
		}
		StatusStore::move( $moved, $now );
		$rest = array_diff_key( $rows, $known );
		if ( $rest ) {
			ksort( $rest, SORT_STRING );
			StatusStore::park( array_values( $rest ), $now );
			StatusStore::settle( array_column( $rest, 'wamid' ), $now );
		}
		return $listens ? self::changes( $before, StatusStore::states( $wamids, $refs ) ) : array();
	}

	/** Applies what waited for messages that were just written. To be called inside the transaction that wrote them. @param list<string> $wamids */
	public static function apply_to_new( array $wamids, int $now ): void {
		StatusStore::settle( $wamids, $now );
	}

	/** Applies what waited for one message: its wamid has just become known, and is committed. */
	public static function apply_to( string $wamid ): void {
		StatusStore::transaction_again( static fn() => StatusStore::settle( array( $wamid ), Site::now_ms() ) );
	}

	/**
	 * Tries everything parked again, and forgets what is too old. Hourly.
	 *
	 * @return int How many were looked at.
	 */
	public static function sweep(): int {
		$now    = Site::now_ms();
		$oldest = $now - self::PARKED_DAYS * DAY_IN_SECONDS * 1000;
		$after  = 0;
		$looked = 0;
		for ( $page = 0; $page < self::SWEEP_PAGES; $page++ ) {
			$rows = StatusStore::parked( $after, self::SWEEP_PAGE );
			if ( ! $rows ) {
				break;
			}
			StatusStore::transaction_again( static fn() => StatusStore::settle( array_column( $rows, 'wamid' ), $now ) );
			$old = array_filter( $rows, static fn( $row ) => (int) $row['created_ms'] < $oldest );
			if ( $old ) {
				StatusStore::remove( array_map( 'intval', array_column( $old, 'id' ) ) );
			}
			$after   = (int) end( $rows )['id'];
			$looked += count( $rows );
		}
		if ( $looked > 0 ) {
			Live::bump();
		}
		return $looked;
	}

	/** Does anybody want to hear of state changes? */
	public static function listens(): bool {
		return false !== has_action( 'nxtchat_message_state_changed' );
	}

	/** Tells developers. @param list<array{0: int, 1: int, 2: int}> $changes Message id, state, state before. */
	public static function tell( array $changes ): void {
		foreach ( $changes as [ $id, $state, $before ] ) {
			/**
			 * A message moved to another state; its row is committed.
			 *
			 * @param int $message_id Id.
			 * @param int $state      One of Native\STATE_*.
			 * @param int $before     The state it came from.
			 */
			do_action( 'nxtchat_message_state_changed', $id, $state, $before );
		}
	}

	private static function changes( array $before, array $after ): array {
		$out = array();
		foreach ( $after as $id => $state ) {
			$old = $before[ $id ] ?? $state;
			if ( $old !== $state ) {
				$out[] = array( $id, $state, $old );
			}
		}
		return $out;
	}
}
