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
	 * @param list<array> $outcomes As from Native\Broadcast::poll(), at most AT_ONCE.
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
		$now        = Site::now_ms();
		foreach ( $outcomes as $o ) {
			$of = $known[ $o['ref'] ] ?? null;
			if ( null === $of ) {
				continue;
			}
			$id   = $of['recipient'];
			$row  = $recipients[ $id ] ?? null;
			$mine = null !== $row && (int) $row['attempt'] === $of['attempt'] && (int) $row['broadcast_id'] === $of['broadcast'];
			$due  = 'returned' === $o['outcome'] ? self::due( $o, $of['attempt'], $now ) : null;
			if ( null !== $due ) {
				if ( $mine ) {
					$back[ $id ] = $due;
					$gone[]      = $o['ref'];
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
					'error_code' => (int) ( $o['error']['code'] ?? 0 ),
				),
				default    => array( 'state' => Native\STATE_UNKNOWN ),
			};
		}
		BulkMessages::settle( $settled );
		RecipientStore::move( $moved );
		RecipientStore::back( $back );
		BulkMessages::take_back( $gone );
		return array( $settled, $contacts );
	}

	/** When somebody who certainly got nothing is due again; null when that was the last try. */
	private static function due( array $o, int $attempt, int $now ): ?int {
		$code = (int) ( $o['error']['code'] ?? 0 );
		$most = 0 === $code || 0 === $o['retry_at_ms'] ? Recipients::ATTEMPTS_MAX : ( self::ERROR_HELD === $code ? self::HELD_MAX : self::TRIES_MAX );
		// 0: nobody behind was sent to either. What must be mended has stopped the broadcast.
		return $attempt >= $most ? null : ( $o['retry_at_ms'] > $now + 1000 ? (int) $o['retry_at_ms'] : 0 );
	}
}
