<?php
/**
 * Conversations: one for each account and contact.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Conversation;

use NxtChat\Account\Accounts;
use NxtChat\Contact\Contacts;
use NxtChat\Live\Live;
use NxtChat\Log;
use NxtChat\Message\Messages;
use NxtChat\Native;
use NxtChat\Rest;
use NxtChat\Site;

/** Use cases of the Conversation room. */
final class Conversations {

	/** The customer service window: free-form messages are allowed this long after a customer's last message, in ms (24 hours). */
	public const WINDOW_MS = 86400000;

	/** Unread conversations are counted up to here. */
	public const UNREAD_MAX = 1000;

	/** What Meta is to be told at the end of this request, by conversation: account id, wamid, typing. @var array<int, array{0: int, 1: string, 2: bool}> */
	private static array $read = array();

	/**
	 * The conversation of each pair, made where there is none. To be called inside a transaction.
	 *
	 * @param list<array{0: int, 1: int}> $pairs Account id, contact id.
	 * @return array<string, int> Id by "account:contact".
	 */
	public static function open( array $pairs ): array {
		$by_account = array();
		$wanted     = array();
		foreach ( $pairs as [ $account, $contact ] ) {
			$wanted[ "$account:$contact" ]       = array( $account, $contact );
			$by_account[ $account ][ $contact ] = $contact;
		}
		ksort( $wanted, SORT_STRING );
		$ids     = ConversationStore::ids( $by_account );
		$missing = array_diff_key( $wanted, $ids );
		if ( $missing ) {
			ConversationStore::create( array_values( $missing ), Site::now_ms() );
			$by_account = array();
			foreach ( $missing as [ $account, $contact ] ) {
				$by_account[ $account ][] = $contact;
			}
			$ids += ConversationStore::ids( $by_account, true );
		}
		return $ids;
	}

	/**
	 * Moves conversations on for messages that were just written. One statement. To be called inside a transaction.
	 *
	 * @param list<array{id: int, account_id: int, conversation_id: int, contact_id: int, direction: int, type: int, origin: int, at_ms: int, window: bool}> $messages
	 *        `window`: opens the 24 hours.
	 */
	public static function advance( array $messages ): void {
		$now  = Site::now_ms();
		$rows = array();
		foreach ( $messages as $m ) {
			$id           = $m['conversation_id'];
			$rows[ $id ] ??= array( $id, $m['account_id'], $m['contact_id'], 0, 0, 0, 0, $now );
			if ( $m['window'] ) {
				$rows[ $id ][5] = max( $rows[ $id ][5], $m['at_ms'] );
			}
			if ( in_array( $m['type'], Messages::NO_BUBBLE, true ) ) {
				continue;
			}
			if ( array( $m['at_ms'], $m['id'] ) > array( $rows[ $id ][4], $rows[ $id ][3] ) ) {
				$rows[ $id ][3] = $m['id'];
				$rows[ $id ][4] = $m['at_ms'];
			}
			if ( Native\DIRECTION_IN === $m['direction'] && Native\ORIGIN_CUSTOMER === $m['origin'] ) {
				++$rows[ $id ][6];
			}
		}
		ksort( $rows );
		ConversationStore::advance( array_values( $rows ) );
	}

	/**
	 * A page of the inbox.
	 *
	 * @param array{search?: string, unread?: bool, account?: int} $filter
	 * @return array{items: list<array>, next: ?string}|\WP_Error
	 */
	public static function page( array $filter, string $cursor, int $limit ): array|\WP_Error {
		$after = null;
		if ( '' !== $cursor ) {
			$after = Rest::cursor_decode( $cursor, 2 );
			if ( null === $after ) {
				return self::bad_cursor();
			}
		}
		$search   = trim( (string) ( $filter['search'] ?? '' ) );
		$account  = (int) ( $filter['account'] ?? 0 );
		$contacts = '' === $search ? null : Contacts::search( $search, self::region( $account ) );
		$rows     = array() === $contacts ? array() : ConversationStore::page(
			array(
				'account'  => $account,
				'unread'   => (bool) ( $filter['unread'] ?? false ),
				'contacts' => $contacts,
			),
			$after,
			$limit
		);
		$more     = count( $rows ) > $limit;
		$rows     = array_slice( $rows, 0, $limit );
		$last     = end( $rows );
		return array(
			'items' => self::json( $rows, false ),
			'next'  => $more ? Rest::cursor_encode( array( (int) $last['last_ms'], (int) $last['id'] ) ) : null,
		);
	}

	/** One conversation with its contact in full, null when there is none. */
	public static function get( int $id ): ?array {
		$row = ConversationStore::get_with_last( $id );
		return null === $row ? null : self::json( array( $row ), true )[0];
	}

	/**
	 * What a send needs to know.
	 *
	 * @return array{id: int, account_id: int, contact_id: int, last_in_ms: int}|null
	 */
	public static function facts( int $id ): ?array {
		$row = ConversationStore::get( $id );
		return null === $row ? null : array(
			'id'         => $id,
			'account_id' => (int) $row['account_id'],
			'contact_id' => (int) $row['contact_id'],
			'last_in_ms' => (int) $row['last_in_ms'],
		);
	}

	/** Unread conversations, at most UNREAD_MAX: for the badge. */
	public static function unread_count(): int {
		return ConversationStore::count_unread( self::UNREAD_MAX );
	}

	/** May free-form messages be sent at $now_ms? */
	public static function window_open( int $last_in_ms, int $now_ms ): bool {
		return $last_in_ms > 0 && $now_ms < $last_in_ms + self::WINDOW_MS;
	}

	/**
	 * Staff has read a conversation up to a message. Meta is told once the response is out: its answer changes nothing here.
	 *
	 * @param bool $typing Also show the customer that somebody is writing.
	 */
	public static function mark_read( int $id, int $up_to, bool $typing = false ): array|\WP_Error {
		$before = self::facts( $id );
		if ( null === $before ) {
			return self::missing();
		}
		$unread = (int) ConversationStore::get( $id )['unread'];
		if ( $unread > 0 ) {
			ConversationStore::mark_read( $id, $up_to );
			Live::bump();
		}
		$wamid = $unread > 0 || $typing ? Messages::newest_inbound_wamid( $id, $up_to ) : null;
		if ( null !== $wamid && true === Accounts::can_send( $before['account_id'] ) ) {
			self::$read[ $id ] = array( $before['account_id'], $wamid, $typing );
		}
		return (array) self::get( $id );
	}

	/** Action shutdown: blue ticks on the customer's phone for what mark_read() noted, once the screen has its answer. */
	public static function tell_meta(): void {
		if ( self::$read && function_exists( 'fastcgi_finish_request' ) ) {
			fastcgi_finish_request();
		}
		foreach ( self::$read as [ $account_id, $wamid, $typing ] ) {
			try {
				Native\message_mark_read( Accounts::credentials( $account_id ), $wamid, $typing );
			} catch ( Native\Exception\Exception $e ) {
				Log::info( "Account $account_id: a message could not be marked as read at Meta: " . $e->getMessage() );
			}
		}
		self::$read = array();
	}

	/**
	 * The conversation of each contact in which something was written last.
	 *
	 * @param list<int> $contacts
	 * @return array<int, int> Id by contact.
	 */
	public static function latest_of( array $contacts ): array {
		return ConversationStore::latest_of( $contacts );
	}

	/** The country for numbers without a country code. */
	public static function region( int $account_id ): string {
		foreach ( Accounts::all() as $account ) {
			if ( 0 === $account_id || $account['id'] === $account_id ) {
				return (string) $account['default_country'];
			}
		}
		return '';
	}

	public static function missing(): \WP_Error {
		return new \WP_Error( 'nxtchat_no_conversation', __( 'There is no such conversation.', 'nxt-cloud-chat' ), array( 'status' => 404 ) );
	}

	public static function bad_cursor(): \WP_Error {
		return new \WP_Error( 'nxtchat_bad_cursor', __( 'This place in the list does not exist. Load the list again.', 'nxt-cloud-chat' ), array( 'status' => 400 ) );
	}

	private static function json( array $rows, bool $full ): array {
		$people   = array_map( static fn( $row ) => (int) $row['contact_id'], $rows );
		$contacts = $full ? Contacts::json( $people, true ) : Contacts::brief( $people );
		$changed  = Messages::changes( array_values( array_filter( array_map( static fn( $row ) => (string) $row['last_wamid'], $rows ) ) ) );
		$out      = array();
		foreach ( $rows as $row ) {
			$in    = (int) $row['last_in_ms'];
			$out[] = array(
				'id'              => (int) $row['id'],
				'account_id'      => (int) $row['account_id'],
				'contact'         => $contacts[ (int) $row['contact_id'] ] ?? array(
					'id'       => (int) $row['contact_id'],
					'name'     => '',
					'phone'    => '',
					'username' => '',
				),
				'unread'          => (int) $row['unread'],
				'last_ms'         => (int) $row['last_ms'],
				'window_until_ms' => $in > 0 ? $in + self::WINDOW_MS : 0,
				'last'            => null === $row['last_id'] ? null : array(
					'id'        => (int) $row['last_id'],
					'direction' => (int) $row['last_direction'],
					'type'      => (int) $row['last_type'],
					'state'     => (int) $row['last_state'],
					'text'      => self::last_text( $row, $changed[ (string) $row['last_wamid'] ] ?? null ),
				),
			);
		}
		return $out;
	}

	/** What a list shows of the last message: as it was edited, or that it was deleted. @param array{0: string, 1: bool}|null $changed */
	private static function last_text( array $row, ?array $changed ): string {
		if ( null !== $changed ) {
			return $changed[1] ? __( 'This message was deleted.', 'nxt-cloud-chat' ) : $changed[0];
		}
		return '' !== (string) $row['last_payload'] ? Messages::file_name( (string) $row['last_payload'] ) : (string) $row['last_text'];
	}
}
