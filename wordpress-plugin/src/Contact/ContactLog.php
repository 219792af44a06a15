<?php
/**
 * What happened to a contact.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Contact;

use NxtChat\Capabilities;
use NxtChat\Native;
use NxtChat\Problems;
use NxtChat\Rest;
use NxtChat\Site;

/** The timeline: who made and changed a contact, and what staff noted. Consent has its own ledger. */
final class ContactLog {

	/** Longest note, in characters. */
	public const NOTE_CHARACTERS = 5000;

	/**
	 * One entry. In the caller's transaction, where there is one.
	 *
	 * @param int                  $kind One of Native\CONTACT_LOG_*.
	 * @param array<string, mixed> $data As the kind has it; EDITED: before, after.
	 * @param int                  $user WordPress user, 0 = nobody.
	 * @param int                  $at_ms 0 = now.
	 */
	public static function add( int $contact, int $kind, array $data = array(), string $body = '', int $user = 0, int $at_ms = 0 ): void {
		self::add_many(
			array(
				array(
					'contact_id' => $contact,
					'kind'       => $kind,
					'data'       => $data,
					'body'       => $body,
					'user_id'    => $user,
					'at_ms'      => $at_ms,
				),
			)
		);
	}

	/** @param list<array{contact_id: int, kind: int, data?: array, body?: string, user_id?: int, at_ms?: int}> $entries */
	public static function add_many( array $entries ): void {
		$now  = Site::now_ms();
		$rows = array();
		foreach ( $entries as $e ) {
			$rows[] = array( $e['contact_id'], $e['kind'], $e['user_id'] ?? 0, ( $e['at_ms'] ?? 0 ) > 0 ? $e['at_ms'] : $now, $e['body'] ?? '', self::encode( $e['data'] ?? array() ) );
		}
		ContactLogStore::add( $rows );
	}

	/**
	 * A page, the newest first.
	 *
	 * @return array{items: list<array{id: int, kind: int, at_ms: int, user: ?array{id: int, name: string}, text: string, data: ?array}>, next: ?string}|\WP_Error
	 */
	public static function page( int $contact, string $cursor, int $limit ): array|\WP_Error {
		$position = '' === $cursor ? null : Rest::cursor_decode( $cursor, 2 );
		if ( '' !== $cursor && null === $position ) {
			return Problems::refuse( 'nxtchat_bad_cursor', 400, __( 'This place in the list does not exist. Load the list again.', 'nxt-cloud-chat' ) );
		}
		if ( ! ContactStore::exists( $contact ) ) {
			return self::missing();
		}
		$rows = ContactLogStore::page( $contact, $position, $limit + 1 );
		$more = count( $rows ) > $limit;
		$rows = array_slice( $rows, 0, $limit );
		$last = end( $rows );
		return array(
			'items' => self::json( $rows ),
			'next'  => $more ? Rest::cursor_encode( array( (int) $last['at_ms'], (int) $last['id'] ) ) : null,
		);
	}

	/** Writes a note. @return array|\WP_Error The entry. */
	public static function note( int $contact, mixed $text ): array|\WP_Error {
		$note = self::checked( $text );
		if ( is_wp_error( $note ) ) {
			return $note;
		}
		return ContactStore::transaction_again(
			static function () use ( $contact, $note ): array|\WP_Error {
				if ( ! ContactStore::lock_one( $contact ) ) {
					return self::missing();
				}
				self::add( $contact, Native\CONTACT_LOG_NOTE, array(), $note, get_current_user_id() );
				return self::json( array( (array) ContactLogStore::get( $contact, ContactLogStore::latest( $contact ) ) ) )[0];
			}
		);
	}

	/** Changes a note: its author, and who may manage. @return array|\WP_Error The entry. */
	public static function change_note( int $contact, int $id, mixed $text ): array|\WP_Error {
		$note = self::checked( $text );
		if ( is_wp_error( $note ) ) {
			return $note;
		}
		$row = self::own_note( $contact, $id );
		if ( is_wp_error( $row ) ) {
			return $row;
		}
		ContactLogStore::rewrite( $id, $note, self::encode( array( 'edited_ms' => Site::now_ms() ) ) );
		return self::json( array( (array) ContactLogStore::get( $contact, $id ) ) )[0];
	}

	/** @return array{deleted: true, id: int}|\WP_Error */
	public static function delete_note( int $contact, int $id ): array|\WP_Error {
		$row = self::own_note( $contact, $id );
		if ( is_wp_error( $row ) ) {
			return $row;
		}
		ContactLogStore::remove( $id );
		return array(
			'deleted' => true,
			'id'      => $id,
		);
	}

	public static function missing(): \WP_Error {
		return Problems::refuse( 'nxtchat_no_contact', 404, __( 'There is no such contact.', 'nxt-cloud-chat' ), __( 'Somebody may have deleted it, or merged it with another.', 'nxt-cloud-chat' ) );
	}

	private static function checked( mixed $text ): string|\WP_Error {
		$note = Problems::text( $text, self::NOTE_CHARACTERS, true );
		if ( null === $note || '' === $note ) {
			/* translators: %s: a number */
			return Problems::error( array( Problems::one( 'text', '' === $note ? __( 'The note is empty.', 'nxt-cloud-chat' ) : sprintf( __( 'A note may have %s characters at most.', 'nxt-cloud-chat' ), number_format_i18n( self::NOTE_CHARACTERS ) ) ) ) );
		}
		return $note;
	}

	private static function own_note( int $contact, int $id ): array|\WP_Error {
		$row = ContactLogStore::get( $contact, $id );
		if ( null === $row || Native\CONTACT_LOG_NOTE !== (int) $row['kind'] ) {
			return Problems::refuse( 'nxtchat_no_note', 404, __( 'There is no such note.', 'nxt-cloud-chat' ) );
		}
		if ( (int) $row['user_id'] !== get_current_user_id() && ! current_user_can( Capabilities::MANAGE ) ) {
			return Problems::refuse( 'nxtchat_forbidden', 403, __( 'Only who wrote a note may change it.', 'nxt-cloud-chat' ), __( 'Ask its author, or somebody who manages accounts here.', 'nxt-cloud-chat' ) );
		}
		return $row;
	}

	/** @param list<array<string, string|null>> $rows */
	private static function json( array $rows ): array {
		cache_users( array_values( array_unique( array_filter( array_map( 'intval', array_column( $rows, 'user_id' ) ) ) ) ) );
		$out = array();
		foreach ( $rows as $row ) {
			$user  = (int) $row['user_id'] > 0 ? get_userdata( (int) $row['user_id'] ) : false;
			$data  = '' === (string) $row['data_json'] ? null : json_decode( (string) $row['data_json'], true );
			$out[] = array(
				'id'    => (int) $row['id'],
				'kind'  => (int) $row['kind'],
				'at_ms' => (int) $row['at_ms'],
				'user'  => $user ? array(
					'id'   => $user->ID,
					'name' => $user->display_name,
				) : null,
				'text'  => (string) $row['body'],
				'data'  => is_array( $data ) ? $data : null,
			);
		}
		return $out;
	}

	private static function encode( array $data ): string {
		return $data ? (string) wp_json_encode( $data, JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES ) : '';
	}
}
