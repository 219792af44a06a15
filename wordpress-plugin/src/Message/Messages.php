<?php
/**
 * Messages as they come in and as they are read.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Message;

use NxtChat\Contact\Contacts;
use NxtChat\Conversation\Conversations;
use NxtChat\Native;
use NxtChat\Rest;
use NxtChat\Template\TemplateMessage;

/** Use cases of the Message room, except sending (SendMessage) and statuses (Statuses). */
final class Messages {

	/** Types that change another message instead of being a bubble of their own. */
	public const NO_BUBBLE = array( Native\TYPE_REACTION, Native\TYPE_EDIT, Native\TYPE_REVOKE );

	/** A page of a thread ends early at about this many bytes of JSON. */
	public const PAGE_BYTES = 90000;

	/** Reactions, edits and revocations looked at for one page. */
	private const ABOUT_MAX = 1000;

	/** The body column's width, in bytes. */
	private const BODY_BYTES = 65535;

	/** Media kinds by type. */
	private const MEDIA = array(
		Native\TYPE_IMAGE    => 'image',
		Native\TYPE_VIDEO    => 'video',
		Native\TYPE_AUDIO    => 'audio',
		Native\TYPE_DOCUMENT => 'document',
		Native\TYPE_STICKER  => 'sticker',
	);

	/**
	 * Writes what came in. To be called inside a transaction; the number of statements does not depend on how many there are.
	 *
	 * @param list<array> $rows  Keys as MessageStore::NEW, wamid never null.
	 * @param string      $token Of this drain: only rows that carry it are new.
	 * @return array<string, int> Ids of the new ones, by wamid. A message told twice is in it once, the first time.
	 */
	public static function receive( array $rows, string $token ): array {
		$by_wamid = array();
		foreach ( $rows as $row ) {
			$row['body'] = strlen( $row['body'] ) > self::BODY_BYTES ? mb_strcut( $row['body'], 0, self::BODY_BYTES ) : $row['body'];
			$tuple       = array();
			foreach ( MessageStore::NEW as $column ) {
				$tuple[] = $row[ $column ];
			}
			$by_wamid[ $row['wamid'] ] ??= $tuple;
		}
		// In the order of arrival, which the ids keep: WhatsApp's times are whole seconds. Two nodes that are in each other's way try again.
		MessageStore::add( array_values( $by_wamid ) );
		return MessageStore::added( $token );
	}

	/**
	 * A page of a conversation, the oldest first.
	 *
	 * @param string $before Cursor of the page after it, '' = the newest.
	 * @return array{items: list<array>, next: ?string}|\WP_Error `next` leads to older ones.
	 */
	public static function thread( int $conversation_id, string $before, int $limit ): array|\WP_Error {
		$position = null;
		if ( '' !== $before ) {
			$position = Rest::cursor_decode( $before, 2 );
			if ( null === $position ) {
				return Conversations::bad_cursor();
			}
		}
		if ( null === Conversations::facts( $conversation_id ) ) {
			return Conversations::missing();
		}
		[ $rows, $more ] = self::fitting( MessageStore::thread( $conversation_id, $position, $limit + 1 ), $limit );
		$last            = end( $rows );
		return array(
			'items' => self::json( array_reverse( $rows ) ),
			'next'  => $more ? Rest::cursor_encode( array( (int) $last['at_ms'], (int) $last['id'] ) ) : null,
		);
	}

	/**
	 * A page of the history, the newest first: message JSON with `contact`.
	 *
	 * @param array{account?: int, direction?: int, state?: int, type?: int, from?: int, to?: int, contact?: int, search?: string} $filter
	 * @return array{items: list<array>, next: ?string}|\WP_Error
	 */
	public static function history( array $filter, string $cursor, int $limit ): array|\WP_Error {
		$position = null;
		if ( '' !== $cursor ) {
			$position = Rest::cursor_decode( $cursor, 2 );
			if ( null === $position ) {
				return Conversations::bad_cursor();
			}
		}
		if ( ! empty( $filter['contact'] ) ) {
			$filter['contacts'] = array( (int) $filter['contact'] );
		}
		$search = trim( (string) ( $filter['search'] ?? '' ) );
		if ( '' !== $search ) {
			// An identifier finds its message; anything else is a name or a number.
			$one = str_starts_with( $search, 'wamid.' ) ? MessageStore::by_wamid( $search ) : ( SendMessage::is_ref( $search ) ? MessageStore::by_ref( $search ) : null );
			if ( null !== $one ) {
				$filter['ids'] = array( (int) $one['id'] );
			} else {
				$found              = Contacts::search( $search, Conversations::region( (int) ( $filter['account'] ?? 0 ) ) );
				$filter['contacts'] = isset( $filter['contacts'] ) ? array_values( array_intersect( $filter['contacts'], $found ) ) : $found;
			}
		}
		$rows            = array() === ( $filter['contacts'] ?? null ) ? array() : MessageStore::history( $filter, $position, $limit + 1 );
		[ $rows, $more ] = self::fitting( $rows, $limit );
		$last            = end( $rows );
		return array(
			'items' => self::with_contacts( self::json( $rows ), $rows ),
			'next'  => $more ? Rest::cursor_encode( array( (int) $last['at_ms'], (int) $last['id'] ) ) : null,
		);
	}

	/** One message in full: the history item with `payload`, `created_ms`, `updated_ms`. Null when there is none. */
	public static function get( int $id ): ?array {
		$row = MessageStore::get( $id );
		if ( null === $row ) {
			return null;
		}
		$item                = self::with_contacts( self::json( array( $row ) ), array( $row ) )[0];
		$item['payload']     = json_decode( (string) $row['payload'] );
		unset( $item['payload']->{TemplateMessage::KEY} ); // Already in `template`.
		$item['created_ms']  = (int) $row['created_ms'];
		$item['updated_ms']  = (int) $row['updated_ms'];
		$item['pricing']     = '' === $row['pricing_category'] ? null : array(
			'category' => $row['pricing_category'],
			'type'     => $row['pricing_type'],
		);
		return $item;
	}

	/**
	 * Message JSON (docs/API.md) of some messages, the oldest first.
	 *
	 * @param list<int> $ids
	 * @return list<array<string, mixed>>
	 */
	public static function some( array $ids ): array {
		return $ids ? self::json( MessageStore::some( $ids ) ) : array();
	}

	/** The newest message of the customer up to a message, null when there is none. */
	public static function newest_inbound_wamid( int $conversation_id, int $up_to ): ?string {
		return MessageStore::newest_inbound_wamid( $conversation_id, $up_to );
	}

	/**
	 * Wamid of a message of this conversation, '' when it is not there.
	 */
	public static function wamid_in( int $conversation_id, int $id ): string {
		$row = MessageStore::get( $id );
		return null !== $row && (int) $row['conversation_id'] === $conversation_id ? (string) $row['wamid'] : '';
	}

	/** The name of a document's file, '' when it has none. @param string $payload Of a message of type document. */
	public static function file_name( string $payload ): string {
		return (string) self::media( Native\TYPE_DOCUMENT, $payload )['name'];
	}

	/** The word of a state or type as in `crates/core/src/enums.rs`. */
	public static function word( string $prefix, int $value ): string {
		static $words = array();
		if ( ! $words ) {
			foreach ( get_defined_constants( true )['nxtchat'] ?? get_defined_constants() as $name => $number ) {
				if ( is_int( $number ) && 1 === preg_match( '/^NxtChat\\\\Native\\\\(STATE|TYPE)_(\w+)$/i', (string) $name, $found ) ) {
					$words[ $found[1] ][ $number ] = strtolower( $found[2] );
				}
			}
		}
		return $words[ $prefix ][ $value ] ?? '';
	}

	/**
	 * As many rows as fit a page.
	 *
	 * @return array{0: list<array>, 1: bool} Rows, and whether there are more.
	 */
	private static function fitting( array $rows, int $limit ): array {
		$bytes = 0;
		foreach ( $rows as $n => $row ) {
			$bytes += 2 * strlen( (string) $row['body'] ) + ( Native\TYPE_TEMPLATE === (int) $row['type'] ? strlen( (string) $row['payload'] ) : 0 ) + 800; // Text and HTML, and all the rest.
			if ( $n >= $limit || ( $n > 0 && $bytes > self::PAGE_BYTES ) ) {
				return array( array_slice( $rows, 0, $n ), true );
			}
		}
		return array( $rows, false );
	}

	private static function with_contacts( array $items, array $rows ): array {
		$contacts = Contacts::brief( array_map( static fn( $row ) => (int) $row['contact_id'], $rows ) );
		foreach ( $items as $n => $item ) {
			$items[ $n ]['contact'] = $contacts[ (int) $rows[ $n ]['contact_id'] ] ?? null;
		}
		return $items;
	}

	/**
	 * Message JSON: at most two statements more, and one for the authors, whatever the number of rows.
	 *
	 * @return list<array<string, mixed>> In the same order.
	 */
	private static function json( array $rows ): array {
		$wamids  = array_values( array_filter( array_column( $rows, 'wamid' ), static fn( $wamid ) => null !== $wamid && '' !== $wamid ) );
		$replies = array_values( array_unique( array_filter( array_column( $rows, 'reply_to' ), static fn( $wamid ) => '' !== $wamid ) ) );
		$quoted  = $replies ? MessageStore::quoted( $replies ) : array();
		$about   = array();
		foreach ( $wamids ? MessageStore::about( array_values( array_unique( array_merge( $wamids, $replies ) ) ), self::ABOUT_MAX ) : array() as $row ) {
			$about[ $row['reply_to'] ][] = $row;
		}
		$users = array_values( array_unique( array_filter( array_map( static fn( $row ) => (int) $row['origin_user_id'], $rows ) ) ) );
		if ( $users ) {
			cache_users( $users );
		}
		$out = array();
		foreach ( $rows as $row ) {
			$type  = (int) $row['type'];
			$state = (int) $row['state'];
			[ $text, $edited, $revoked, $reactions ] = self::changed( (string) $row['body'], $about[ (string) $row['wamid'] ] ?? array() );
			$quote = $quoted[ $row['reply_to'] ] ?? null;
			$user  = (int) $row['origin_user_id'] > 0 ? get_userdata( (int) $row['origin_user_id'] ) : false;
			$out[] = array(
				'id'              => (int) $row['id'],
				'conversation_id' => (int) $row['conversation_id'],
				'account_id'      => (int) $row['account_id'],
				'direction'       => (int) $row['direction'],
				'type'            => $type,
				'type_name'       => self::word( 'TYPE', $type ),
				'state'           => $state,
				'state_name'      => self::word( 'STATE', $state ),
				'ref'             => $row['ref'],
				'wamid'           => $row['wamid'],
				'text'            => $text,
				'html'            => '' === $text ? '' : Native\markup_html( $text ),
				'edited'          => $edited,
				'revoked'         => $revoked,
				'reply_to'        => $row['reply_to'],
				'quote'           => null === $quote ? null : array(
					'id'        => (int) $quote['id'],
					'text'      => self::changed( (string) $quote['body'], $about[ $row['reply_to'] ] ?? array() )[0],
					'direction' => (int) $quote['direction'],
				),
				'media'           => $revoked ? null : self::media( $type, (string) $row['payload'] ),
				'template'        => Native\TYPE_TEMPLATE === $type ? TemplateMessage::json( (string) $row['payload'] ) : null,
				'reactions'       => self::reactions( $reactions ),
				'error'           => Native\STATE_FAILED === $state ? self::error( (int) $row['error_code'], (string) $row['error_text'] ) : null,
				'at_ms'           => (int) $row['at_ms'],
				'sent_ms'         => (int) $row['sent_ms'],
				'delivered_ms'    => (int) $row['delivered_ms'],
				'read_ms'         => (int) $row['read_ms'],
				'played_ms'       => (int) $row['played_ms'],
				'failed_ms'       => (int) $row['failed_ms'],
				'origin'          => (int) $row['origin'],
				'author'          => $user ? array(
					'id'   => (int) $user->ID,
					'name' => $user->display_name,
				) : null,
			);
		}
		return $out;
	}

	/**
	 * Messages that were edited or deleted later. One statement.
	 *
	 * @param list<string> $wamids
	 * @return array<string, array{0: string, 1: bool}> Text as it is now ('' when deleted), deleted; by wamid, only those that changed.
	 */
	public static function changes( array $wamids ): array {
		$about = array();
		foreach ( $wamids ? MessageStore::about( $wamids, self::ABOUT_MAX ) : array() as $row ) {
			if ( Native\TYPE_REACTION !== (int) $row['type'] ) {
				$about[ $row['reply_to'] ][] = $row;
			}
		}
		$out = array();
		foreach ( $about as $wamid => $changes ) {
			[ $text, , $revoked ] = self::changed( '', $changes );
			$out[ $wamid ]        = array( mb_substr( $text, 0, 200 ), $revoked );
		}
		return $out;
	}

	/**
	 * What later messages made of one.
	 *
	 * @param list<array> $changes Reactions, edits, revocations, the oldest first.
	 * @return array{0: string, 1: bool, 2: bool, 3: array<int, string>} Text ('' when revoked), edited, revoked, last emoji by direction.
	 */
	private static function changed( string $text, array $changes ): array {
		$edited    = false;
		$revoked   = false;
		$reactions = array();
		foreach ( $changes as $change ) {
			switch ( (int) $change['type'] ) {
				case Native\TYPE_REACTION:
					$reactions[ (int) $change['direction'] ] = (string) $change['body'];
					break;
				case Native\TYPE_EDIT:
					$text   = (string) $change['body'];
					$edited = true;
					break;
				default:
					$revoked = true;
			}
		}
		return array( $revoked ? '' : $text, $edited, $revoked, $reactions );
	}

	/** @param array<int, string> $by_direction The last emoji of each side, '' = taken back. */
	private static function reactions( array $by_direction ): array {
		$out = array();
		foreach ( $by_direction as $direction => $emoji ) {
			if ( '' !== $emoji ) {
				$out[] = array(
					'emoji'   => $emoji,
					'from_me' => Native\DIRECTION_OUT === $direction,
				);
			}
		}
		return $out;
	}

	/** What is told about a medium: `{name, mime, size, kind}`, null for other types. */
	private static function media( int $type, string $payload ): ?array {
		$kind = self::MEDIA[ $type ] ?? null;
		if ( null === $kind ) {
			return null;
		}
		$medium = json_decode( $payload, true )[ $kind ] ?? array();
		return array(
			'name' => (string) ( $medium['filename'] ?? '' ),
			'mime' => (string) ( $medium['mime_type'] ?? '' ),
			'size' => (int) ( $medium['file_size'] ?? 0 ),
			'kind' => $kind,
		);
	}

	/** Why a message failed, in plain words and what to do. */
	private static function error( int $code, string $text ): array {
		$book = Native\error_book( $code );
		return array(
			'code'    => $code,
			'title'   => $book['title'],
			'message' => '' !== $text ? $text : $book['message'],
			'remedy'  => $book['remedy'],
			'retry'   => $book['retry'],
		);
	}
}
