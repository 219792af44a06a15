<?php
/**
 * WordPress's own privacy tools.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Privacy;

use NxtChat\Contact\Contacts;
use NxtChat\Native\Exception\VaultError;
use NxtChat\StoreError;

/**
 * Tools → Export and Erase Personal Data. A person is found by email address: of the contact, or of the WordPress user it is
 * linked with.
 */
final class Tools {

	private const NAME = 'nxt-cloud-chat';

	/** Messages of one page, people with one address, stored webhooks looked through by one call. */
	private const MESSAGES = 500;
	private const PEOPLE   = 100;
	private const WEBHOOKS = 10000;

	/** @param array<string, array> $exporters */
	public static function exporters( array $exporters ): array {
		$exporters[ self::NAME ] = array(
			'exporter_friendly_name' => 'NXT Cloud Chat',
			'callback'               => array( self::class, 'export' ),
		);
		return $exporters;
	}

	/** @param array<string, array> $erasers */
	public static function erasers( array $erasers ): array {
		$erasers[ self::NAME ] = array(
			'eraser_friendly_name' => 'NXT Cloud Chat',
			'callback'             => array( self::class, 'erase' ),
		);
		return $erasers;
	}

	/**
	 * One page. The first has everything and the first messages.
	 *
	 * @param mixed $page From 1.
	 * @return array{data: list<array>, done: bool}
	 */
	public static function export( string $email, $page = 1 ): array {
		$page = max( 1, (int) $page );
		$ids  = self::people( $email );
		$data = array();
		if ( 1 === $page ) {
			foreach ( Contacts::json( $ids, true ) as $id => $contact ) {
				array_push( $data, ...self::facts( $id, PersonalData::facts( $id, $contact ) ) );
			}
		}
		$rows = $ids ? PrivacyStore::message_page( $ids, $page, self::MESSAGES ) : array();
		foreach ( $rows as $row ) {
			$message = PersonalData::message( $row );
			$data[]  = self::item(
				'messages',
				__( 'WhatsApp messages', 'nxt-cloud-chat' ),
				"message-{$row['id']}",
				array(
					array( __( 'Time', 'nxt-cloud-chat' ), self::time( $message['at_ms'] ) ),
					array( __( 'Direction', 'nxt-cloud-chat' ), 'in' === $message['direction'] ? __( 'from the person', 'nxt-cloud-chat' ) : __( 'to the person', 'nxt-cloud-chat' ) ),
					array( __( 'Kind', 'nxt-cloud-chat' ), $message['type'] ),
					array( __( 'Text', 'nxt-cloud-chat' ), $message['text'] ),
					array( __( 'Read', 'nxt-cloud-chat' ), self::time( (int) ( $message['read_ms'] ?? 0 ) ) ),
					array( __( 'As WhatsApp sent it', 'nxt-cloud-chat' ), null === $message['payload'] ? '' : (string) wp_json_encode( $message['payload'], JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES ) ),
				)
			);
		}
		return array(
			'data' => $data,
			'done' => count( $rows ) < self::MESSAGES,
		);
	}

	/**
	 * One page.
	 *
	 * @param mixed $page From 1.
	 * @return array{items_removed: bool, items_retained: bool, messages: list<string>, done: bool}
	 */
	public static function erase( string $email, $page = 1 ): array {
		$answer = array(
			'items_removed'  => false,
			'items_retained' => false,
			'messages'       => array(),
			'done'           => true,
		);
		$ids    = self::people( $email );
		if ( ! $ids ) {
			return $answer;
		}
		// WordPress knows page numbers only; where the last page ended is kept for an hour under a keyed hash of the address.
		$place = 'nxtchat_erase_' . substr( wp_hash( strtolower( $email ) ), 0, 20 );
		try {
			$next = Erasure::erase_part( $ids, 'privacy request', (int) $page > 1 ? (int) get_transient( $place ) : 0, self::WEBHOOKS );
			if ( $next > 0 ) {
				set_transient( $place, $next, HOUR_IN_SECONDS );
			} else {
				delete_transient( $place );
			}
			$answer['done']          = 0 === $next;
			$answer['items_removed'] = true;
		} catch ( VaultError | StoreError $e ) {
			$answer['items_retained'] = true;
			$answer['messages'][]     = __( 'WhatsApp contacts could not be erased now:', 'nxt-cloud-chat' ) . ' ' . ( $e instanceof VaultError ? $e->getMessage() : __( 'The database did not do this. Try again in a moment.', 'nxt-cloud-chat' ) );
		}
		return $answer;
	}

	/** @return list<int> Contacts. */
	private static function people( string $email ): array {
		$email = trim( $email );
		$user  = '' === $email ? false : get_user_by( 'email', $email );
		return PrivacyStore::contacts_of( mb_substr( $email, 0, 190 ), $user ? $user->ID : 0, self::PEOPLE );
	}

	/** @return list<array> */
	private static function facts( int $id, array $facts ): array {
		$c    = $facts['contact'];
		$rows = array(
			array( __( 'Name', 'nxt-cloud-chat' ), (string) $c['name'] ),
			array( __( 'Name on WhatsApp', 'nxt-cloud-chat' ), (string) $c['profile_name'] ),
			array( __( 'Email', 'nxt-cloud-chat' ), (string) $c['email'] ),
			array( __( 'Country', 'nxt-cloud-chat' ), (string) $c['country'] ),
			array( __( 'Language', 'nxt-cloud-chat' ), (string) $c['language'] ),
			array( __( 'Source', 'nxt-cloud-chat' ), (string) $c['source'] ),
			array( __( 'Added', 'nxt-cloud-chat' ), self::time( $c['created_ms'] ) ),
			array( __( 'Last wrote', 'nxt-cloud-chat' ), self::time( $c['last_in_ms'] ) ),
			array( __( 'Groups', 'nxt-cloud-chat' ), implode( ', ', $facts['groups'] ) ),
		);
		foreach ( $facts['identities'] as $identity ) {
			$rows[] = array( 'phone' === $identity['kind'] ? __( 'Phone', 'nxt-cloud-chat' ) : __( 'WhatsApp id', 'nxt-cloud-chat' ) . " ({$identity['kind']})", $identity['value'] );
		}
		foreach ( (array) $facts['fields'] as $label => $text ) {
			$rows[] = array( (string) $label, (string) $text );
		}
		foreach ( $facts['merged'] as $merged ) {
			$rows[] = array( __( 'Merged from', 'nxt-cloud-chat' ), implode( ', ', array_filter( array_map( 'strval', array_diff_key( $merged, array( 'at_ms' => 0 ) ) ) ) ) );
		}
		foreach ( $facts['imports'] as $import ) {
			$rows[] = array( __( 'Before an import', 'nxt-cloud-chat' ), (string) wp_json_encode( $import['before'], JSON_UNESCAPED_UNICODE ) );
		}
		$items = array( self::item( 'contact', __( 'WhatsApp contact', 'nxt-cloud-chat' ), "contact-$id", $rows ) );
		foreach ( $facts['consents'] as $n => $consent ) {
			$items[] = self::item(
				'consents',
				__( 'WhatsApp consent', 'nxt-cloud-chat' ),
				"consent-$id-$n",
				array(
					array( __( 'Time', 'nxt-cloud-chat' ), self::time( $consent['at_ms'] ) ),
					array( __( 'Purpose', 'nxt-cloud-chat' ), $consent['purpose'] ),
					array( __( 'State', 'nxt-cloud-chat' ), $consent['state'] ),
					array( __( 'Source', 'nxt-cloud-chat' ), $consent['source'] ),
					array( __( 'Wording', 'nxt-cloud-chat' ), $consent['wording'] ),
					array( __( 'Detail', 'nxt-cloud-chat' ), $consent['detail'] ),
					array( __( 'IP address', 'nxt-cloud-chat' ), $consent['ip'] ),
				)
			);
		}
		foreach ( $facts['timeline'] as $n => $entry ) {
			$items[] = self::item(
				'timeline',
				__( 'Notes and changes', 'nxt-cloud-chat' ),
				"timeline-$id-$n",
				array(
					array( __( 'Time', 'nxt-cloud-chat' ), self::time( $entry['at_ms'] ) ),
					array( __( 'Kind', 'nxt-cloud-chat' ), $entry['kind'] ),
					array( __( 'Text', 'nxt-cloud-chat' ), $entry['text'] ),
					array( __( 'Details', 'nxt-cloud-chat' ), $entry['data'] ? (string) wp_json_encode( $entry['data'], JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES ) : '' ),
				)
			);
		}
		return $items;
	}

	/** @param list<array{0: string, 1: string}> $rows Those without a value are left out. */
	private static function item( string $group, string $label, string $id, array $rows ): array {
		return array(
			'group_id'    => "nxtchat-$group",
			'group_label' => $label,
			'item_id'     => "nxtchat-$id",
			'data'        => array_values(
				array_map(
					static fn( $row ) => array(
						'name'  => $row[0],
						'value' => esc_html( $row[1] ),
					),
					array_filter( $rows, static fn( $row ) => '' !== $row[1] )
				)
			),
		);
	}

	private static function time( int $ms ): string {
		return $ms > 0 ? (string) wp_date( 'c', intdiv( $ms, 1000 ) ) : '';
	}
}
