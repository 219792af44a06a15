<?php
/**
 * Messages that are sent by the thousand.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Message;

use NxtChat\Contact\Contacts;
use NxtChat\Consent\Heard;
use NxtChat\Conversation\Conversations;
use NxtChat\Native;
use NxtChat\Site;

/**
 * What SendMessage does for one message, in a constant number of statements for many: the row with its ref before anything leaves,
 * the outcome afterwards. Whose consent was asked is the caller's matter, inside the same transaction.
 *
 * A conversation does not move up in the inbox because of them: a broadcast would bury every chat.
 */
final class BulkMessages {

	/** Longest error text kept, in characters: the column's width. */
	private const ERROR_CHARACTERS = 1000;

	/** The body column's width, in bytes. */
	private const BODY_BYTES = 65535;

	/**
	 * Writes messages as being sent. To be called inside a transaction.
	 *
	 * @param list<array{contact: int, ref: string, text: string, payload: string, template: int}> $messages At most some hundreds.
	 * @param string $token ULID: of this call alone.
	 * @return array<string, int> Ids of those that are new, by ref. Whoever is not in it has such a message already, and it must not be sent here.
	 */
	public static function write( int $account, int $purpose, int $user, array $messages, string $token ): array {
		if ( ! $messages ) {
			return array();
		}
		$now           = Site::now_ms();
		$conversations = Conversations::open( array_map( static fn( array $m ): array => array( $account, $m['contact'] ), $messages ) );
		$rows          = array();
		foreach ( $messages as $m ) {
			$rows[] = array(
				$conversations[ "$account:{$m['contact']}" ],
				$m['contact'],
				$m['ref'],
				strlen( $m['text'] ) > self::BODY_BYTES ? mb_strcut( $m['text'], 0, self::BODY_BYTES ) : $m['text'],
				$m['payload'],
				$m['template'],
			);
		}
		BulkStore::add(
			$rows,
			array(
				'account_id'     => $account,
				'direction'      => Native\DIRECTION_OUT,
				'type'           => Native\TYPE_TEMPLATE,
				'state'          => Native\STATE_SENDING,
				'origin'         => Native\ORIGIN_BROADCAST,
				'origin_user_id' => $user,
				'reply_to'       => '',
				'batch'          => $token,
				'at_ms'          => $now,
				'created_ms'     => $now,
				'updated_ms'     => $now,
				'purpose'        => $purpose,
			)
		);
		return BulkStore::added( $token );
	}

	/** What there is of these refs. @param list<string> $refs @return array<string, array<string, string>> id, state, contact_id by ref. */
	public static function by_refs( array $refs ): array {
		return BulkStore::by_refs( $refs );
	}

	/**
	 * Outcomes of sends. To be called inside a transaction; settled() after its commit.
	 *
	 * @param array<int, array> $outcomes As from Native\Broadcast::poll(), by message id: accepted, refused or unknown.
	 */
	public static function settle( array $outcomes ): void {
		$rows = array();
		foreach ( $outcomes as $id => $o ) {
			$error       = 'accepted' === $o['outcome'] ? null : $o['error'];
			$rows[ $id ] = array(
				'state'      => match ( $o['outcome'] ) {
					'accepted' => Native\STATE_SENT,
					'refused'  => Native\STATE_FAILED,
					default    => Native\STATE_UNKNOWN,
				},
				'wamid'      => $o['wamid'],
				'error_code' => (int) ( $error['code'] ?? 0 ),
				'error_text' => mb_substr( (string) ( '' !== ( $error['details'] ?? '' ) ? $error['details'] : ( $error['message'] ?? '' ) ), 0, self::ERROR_CHARACTERS ),
				'at_ms'      => (int) $o['at_ms'],
			);
		}
		BulkStore::settle( $rows, Site::now_ms() );
	}

	/**
	 * After the commit: what Meta told sooner, what it told about people.
	 *
	 * @param array<int, array> $outcomes As for settle(); `known`: what was known of the contact, as from Contacts::proofs().
	 * @param array<int, int>   $contacts Contact by message id.
	 */
	public static function settled( array $outcomes, array $contacts ): void {
		$wamids = array_values( array_filter( array_column( $outcomes, 'wamid' ) ) );
		if ( $wamids ) {
			sort( $wamids );
			BulkStore::transaction_again( static fn() => Statuses::apply_to_new( $wamids, Site::now_ms() ) );
		}
		$told = array();
		foreach ( $outcomes as $id => $o ) {
			if ( null !== $o['wamid'] && isset( $contacts[ $id ], $o['recipient'] ) ) {
				$told[] = array( $contacts[ $id ], $o['recipient'], $o['known'] ?? array() );
			}
			if ( 'refused' === $o['outcome'] && Heard::ERROR_STOPPED === (int) ( $o['error']['code'] ?? 0 ) && isset( $contacts[ $id ] ) ) {
				Heard::refused(
					array(
						'id'         => $id,
						'contact_id' => $contacts[ $id ],
						'ref'        => $o['ref'],
					)
				);
			}
		}
		Contacts::learn( $told );
		if ( Statuses::listens() ) {
			Statuses::tell( array_map( static fn( int $id ): array => array( $id, match ( $outcomes[ $id ]['outcome'] ) { 'accepted' => Native\STATE_SENT, 'refused' => Native\STATE_FAILED, default => Native\STATE_UNKNOWN }, Native\STATE_SENDING ), array_keys( $outcomes ) ) ); // phpcs:ignore -- One thought.
		}
	}

	/** Takes messages away that certainly never left. @param list<string> $refs */
	public static function take_back( array $refs ): void {
		if ( $refs ) {
			BulkStore::take_back( $refs );
		}
	}
}
