<?php
/**
 * What became of sends.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Broadcast;

use NxtChat\Message\BulkMessages;
use NxtChat\Native;
use NxtChat\Site;

/**
 * Writes outcomes of the engine, and what its journals remember of processes that died, into recipients and messages: set-based, in one
 * transaction, safe to repeat. What is known of one attempt never touches a later one.
 */
final class Outcomes {

	/** Outcomes written at a time. */
	public const AT_ONCE = 900;

	/** How often somebody is tried again who was refused for the time being, and who was held back by Meta (131049), each a day later. */
	private const TRIES_MAX = 6;
	private const HELD_MAX  = 2;

	/** Meta's error: held back for this person. */
	private const ERROR_HELD = 131049;

	/**
	 * Writes.
	 *
	 * @param list<array> $outcomes As from Native\Broadcast::poll(), at most AT_ONCE; `known` as for BulkMessages::settled().
	 * @throws \NxtChat\StoreError Nothing is written then.
	 */
	public static function write( array $outcomes ): void {
		$known = Recipients::of_refs( array_column( $outcomes, 'ref' ) );
		if ( ! $known ) {
			return;
		}
		[ $settled, $contacts ] = BroadcastStore::transaction_again( static fn(): array => self::apply( $outcomes, $known ) );
		BulkMessages::settled( $settled, $contacts );
	}

	/**
	 * @param array<string, array{broadcast: int, attempt: int, recipient: int}> $known By ref.
	 * @return array{0: array<int, array>, 1: array<int, int>} Outcomes and contacts by message id.
	 */
	private static function apply( array $outcomes, array $known ): array {
		$messages   = BulkMessages::by_refs( array_keys( $known ) );
		$recipients = RecipientStore::attempts( array_column( $known, 'recipient' ) );
		$settled    = array();
		$contacts   = array();
		$moved      = array();
		$back       = array();
		$gone       = array();
		$again      = array();
		$now        = Site::now_ms();
		foreach ( $outcomes as $o ) {
			$of = $known[ $o['ref'] ] ?? null;
			if ( null === $of ) {
				continue;
			}
			$id   = $of['recipient'];
			$row  = $recipients[ $id ] ?? null;
			$mine = null !== $row && (int) $row['attempt'] === $of['attempt'] && (int) $row['broadcast_id'] === $of['broadcast'];
			$code = (int) ( $o['error']['code'] ?? 0 );
			$due  = 'returned' === $o['outcome'] ? self::due( $o, $of['attempt'], (int) ( $row['tries'] ?? 0 ), $now ) : null;
			if ( null !== $due ) {
				$gone[] = $o['ref']; // Whatever became of its recipient since: this one never left.
				if ( $mine ) {
					$back[ 0 === $code || 0 === $o['retry_at_ms'] ? 0 : 1 ][ $of['attempt'] ][ $id ] = $due;
					$again[ $of['broadcast'] ] = $of['broadcast'];
				}
				continue;
			}
			$o['outcome'] = 'returned' === $o['outcome'] ? 'refused' : $o['outcome'];
			$message      = $messages[ $o['ref'] ] ?? null;
			if ( null !== $message ) {
				$settled[ (int) $message['id'] ]  = $o;
				$contacts[ (int) $message['id'] ] = (int) $message['contact_id'];
			}
			$moved[ $id ] = array(
				'attempt'    => $of['attempt'],
				'message_id' => (int) ( $message['id'] ?? 0 ),
			) + match ( $o['outcome'] ) {
				'accepted' => array(
					'state'   => Native\STATE_SENT,
					'sent_ms' => (int) $o['at_ms'],
				),
				'refused'  => array(
					'state'      => Native\STATE_FAILED,
					'failed_ms'  => (int) $o['at_ms'],
					'error_code' => $code,
				),
				default    => array( 'state' => Native\STATE_UNKNOWN ),
			};
		}
		BulkMessages::settle( $settled );
		RecipientStore::move( $moved );
		foreach ( $back as $tries => $due ) {
			RecipientStore::back( $due, $tries );
		}
		BulkMessages::take_back( $gone );
		if ( $again ) {
			BroadcastStore::reopen( array_values( $again ), $now ); // The database, or their machine, may have been away for long.
		}
		return array( $settled, $contacts );
	}

	/** When somebody who certainly got nothing is due again; null when that was the last try. $tries: refusals for the time being so far. */
	private static function due( array $o, int $attempt, int $tries, int $now ): ?int {
		$code = (int) ( $o['error']['code'] ?? 0 );
		$most = self::ERROR_HELD === $code ? self::HELD_MAX : self::TRIES_MAX;
		// 0: nobody behind was sent to either. What must be mended has stopped the broadcast.
		$last = $attempt >= Recipients::ATTEMPTS_MAX || ( 0 !== $code && 0 !== $o['retry_at_ms'] && $tries >= $most );
		return $last ? null : ( $o['retry_at_ms'] > $now + 1000 ? (int) $o['retry_at_ms'] : 0 );
	}
}
