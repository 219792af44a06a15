<?php
/**
 * Everything that is kept about a person.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Privacy;

use NxtChat\Consent\Consents;
use NxtChat\Contact\Contacts;
use NxtChat\Login\LoginPrivacy;
use NxtChat\Message\Messages;
use NxtChat\Native;
use NxtChat\Rest;
use NxtChat\Site;

/** For the person themself: as JSON, and for WordPress's exporter. */
final class PersonalData {

	/** Messages of one answer. */
	public const MESSAGES = 1000;

	/**
	 * A contact as JSON. Its messages come in pages: the later ones alone.
	 *
	 * @param string $cursor '' or `next` of the answer before.
	 * @return array{exported_ms?: int, contact?: array, identities?: list, groups?: list<string>, fields?: object, consents?: list, timeline?: list, conversations?: list, logins?: list, merged?: list, broadcasts?: list, imports?: list, messages: list<array>, next: ?string}|\WP_Error
	 */
	public static function json( int $id, string $cursor ): array|\WP_Error {
		$contact = Contacts::json( array( $id ), true )[ $id ] ?? null;
		if ( null === $contact ) {
			return new \WP_Error( 'nxtchat_no_contact', __( 'There is no such contact.', 'nxt-cloud-chat' ), array( 'status' => 404 ) );
		}
		$after = '' === $cursor ? array( 0, 0 ) : Rest::cursor_decode( $cursor, 2 );
		if ( null === $after ) {
			return new \WP_Error( 'nxtchat_bad_cursor', __( 'This place in the list does not exist. Load the list again.', 'nxt-cloud-chat' ), array( 'status' => 400 ) );
		}
		$rows = PrivacyStore::messages( $id, $after, self::MESSAGES + 1 );
		$more = count( $rows ) > self::MESSAGES;
		$rows = array_slice( $rows, 0, self::MESSAGES );
		$last = end( $rows );
		return ( '' === $cursor ? array( 'exported_ms' => Site::now_ms() ) + self::facts( $id, $contact ) : array() ) + array(
			'messages' => array_map( array( self::class, 'message' ), $rows ),
			'next'     => $more ? Rest::cursor_encode( array( (int) $last['at_ms'], (int) $last['id'] ) ) : null,
		);
	}

	/**
	 * All but the messages.
	 *
	 * @param array $contact Contact JSON in full.
	 */
	public static function facts( int $id, array $contact ): array {
		$row = self::numbers( PrivacyStore::of( 'contacts', array( $id ) )[0] );
		unset( $row['sort_name'] );
		return array(
			'contact'       => $row + $contact,
			'identities'    => array_map(
				static fn( $i ) => array(
					'kind'       => strtolower( array( 1 => 'PHONE', 2 => 'BSUID', 3 => 'USERNAME', 4 => 'PARENT_BSUID' )[ (int) $i['kind'] ] ?? '' ),
					'value'      => $i['value'],
					'created_ms' => (int) $i['created_ms'],
					'seen_ms'    => (int) $i['seen_ms'],
				),
				PrivacyStore::of( 'contact_identities', array( $id ), 'kind, id' )
			),
			'groups'        => PrivacyStore::groups( $id ),
			'fields'        => (object) PrivacyStore::fields( $id ),
			'consents'      => array_map( array( self::class, 'consent' ), PrivacyStore::of( 'consents', array( $id ), 'at_ms, id' ) ),
			'timeline'      => array_map(
				static fn( $entry ) => array(
					'kind'  => self::log_kind( (int) $entry['kind'] ),
					'at_ms' => (int) $entry['at_ms'],
					'text'  => $entry['body'],
					'data'  => json_decode( $entry['data_json'], true ),
				),
				PrivacyStore::of( 'contact_log', array( $id ), 'at_ms, id' )
			),
			'conversations' => array_map( array( self::class, 'numbers' ), PrivacyStore::of( 'conversations', array( $id ), 'id' ) ),
			'logins'        => LoginPrivacy::of_phones( array_column( array_filter( PrivacyStore::of( 'contact_identities', array( $id ) ), static fn( $i ) => Native\IDENTITY_PHONE === (int) $i['kind'] ), 'value' ) ),
			'merged'        => array_map(
				static fn( $merge ) => array( 'at_ms' => (int) $merge['at_ms'] ) + array_intersect_key( (array) ( json_decode( $merge['snapshot_json'], true )['gone'] ?? array() ), array_flip( array( 'name', 'profile_name', 'email', 'country', 'language', 'source' ) ) ),
				PrivacyStore::merges_into( array( $id ) )
			),
			'broadcasts'    => array_map(
				static fn( $row ) => array(
					'broadcast_id' => (int) $row['broadcast_id'],
					'state'        => (int) $row['state'],
					'sent_ms'      => (int) $row['sent_ms'],
					'delivered_ms' => (int) $row['delivered_ms'],
					'read_ms'      => (int) $row['read_ms'],
					'failed_ms'    => (int) $row['failed_ms'],
				),
				PrivacyStore::of( 'recipients', array( $id ), 'id' )
			),
			'imports'       => array_map(
				static fn( $change ) => array(
					'import_id' => (int) $change['import_id'],
					'before'    => json_decode( $change['before_json'], true ),
				),
				PrivacyStore::of( 'import_changes', array( $id ) )
			),
		);
	}

	/** A message as a person reads it, with everything that WhatsApp told about it. */
	public static function message( array $row ): array {
		return array(
			'id'        => (int) $row['id'],
			'at_ms'     => (int) $row['at_ms'],
			'direction' => Native\DIRECTION_IN === (int) $row['direction'] ? 'in' : 'out',
			'type'      => Messages::word( 'TYPE', (int) $row['type'] ),
			'state'     => Messages::word( 'STATE', (int) $row['state'] ),
			'text'      => $row['body'],
		) + array_intersect_key( self::numbers( $row ), array_flip( array( 'account_id', 'conversation_id', 'wamid', 'reply_to', 'sent_ms', 'delivered_ms', 'read_ms', 'played_ms', 'failed_ms', 'error_code', 'error_text', 'pricing_category' ) ) ) + array( 'payload' => json_decode( $row['payload'], true ) );
	}

	/** An entry of the ledger in words. */
	public static function consent( array $row ): array {
		return array(
			'purpose'   => (string) array_search( (int) $row['purpose'], Consents::PURPOSES, true ),
			'state'     => (string) array_search( (int) $row['state'], Consents::STATES, true ),
			'by_person' => 1 === (int) $row['by_person'],
			'void'      => (int) $row['void_ms'] > 0,
		) + array_intersect_key( self::numbers( $row ), array_flip( array( 'source', 'wording', 'detail', 'ip', 'at_ms', 'created_ms' ) ) );
	}

	/** A word for a kind of CONTACT_LOG_*. */
	public static function log_kind( int $kind ): string {
		static $words = null;
		if ( null === $words ) {
			$words = array();
			foreach ( array( 'NOTE', 'CREATED', 'EDITED', 'MERGED', 'SPLIT', 'NUMBER_CHANGED', 'USER_ID_CHANGED', 'IMPORTED', 'IMPORT_UNDONE', 'LINKED' ) as $word ) {
				$words[ constant( "NxtChat\\Native\\CONTACT_LOG_$word" ) ] = strtolower( $word );
			}
		}
		return $words[ $kind ] ?? (string) $kind;
	}

	/** Whole numbers as numbers. */
	private static function numbers( array $row ): array {
		foreach ( $row as $key => $value ) {
			if ( is_string( $value ) && ( 'id' === $key || 1 === preg_match( '/_(id|ms|code)$|^(unread|is_unread|status|assigned_to|marketing|utility|login)$/', $key ) ) ) {
				$row[ $key ] = (int) $value;
			}
		}
		return $row;
	}
}
