<?php
/**
 * Meta's own examples, drained.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Tests\Webhook;

use NxtChat\Native;
use NxtChat\Webhook\Events;

require_once __DIR__ . '/SpoolCase.php';

/** Every example webhook of Meta's documentation becomes the rows that it should. */
final class FixturesTest extends SpoolCase {

	/** Files beside this project when it is developed; not part of it. */
	private const FOLDER = NXTCHAT_TEST_ROOT . '/../shared/cloud-api/webhooks';

	/** @return array<string, array{0: string}> */
	public function files(): array {
		$files = glob( self::FOLDER . '/*.json' ) ?: array();
		if ( ! $files ) {
			fwrite( STDERR, "\nFixturesTest did nothing: Meta's example webhooks are not on this machine.\n" );
			return array( 'none' => array( '' ) );
		}
		return array_combine( array_map( 'basename', $files ), array_map( static fn( $file ) => array( $file ), $files ) );
	}

	/** @dataProvider files */
	public function test_an_example_of_meta_becomes_rows( string $file ): void {
		if ( '' === $file ) {
			self::markTestSkipped( 'The examples are not on this machine.' );
		}
		$body   = (string) file_get_contents( $file );
		$events = Native\webhook_events( $body );
		self::assertNotEmpty( $events );
		foreach ( array_unique( array_column( $events, 'phone_number_id' ) ) as $number ) {
			if ( '' !== $number && self::NUMBER !== $number ) {
				if ( 1 === preg_match( '/^\d{5,30}$/', $number ) ) {
					$this->add_account( $number );
				} else { // A placeholder, as <BUSINESS_PHONE_NUMBER_ID>.
					$body   = str_replace( (string) json_encode( $number, JSON_UNESCAPED_SLASHES ), '"' . self::NUMBER . '"', $body );
					$events = Native\webhook_events( $body );
				}
			}
		}
		self::take_in( $body );

		$row = $this->row( 'events', '1 = 1' );
		self::assertSame( count( $events ), (int) $row['count'] );
		self::assertSame( $events[0]['kind'], $row['kind'] );
		self::assertSame( $body, $row['body'] );
		$known = ! array_filter( $events, static fn( $e ) => 'unknown' === $e['kind'] );
		self::assertSame( $known ? Events::APPLIED : Events::PARTLY, (int) $row['state'], $row['note'] );

		$messages = array_values( array_filter( $events, static fn( $e ) => 'message' === $e['kind'] ) );
		$wamids   = array_unique( array_column( $messages, 'wamid' ) );
		self::assertCount( count( $wamids ), $this->rows( 'messages' ) );
		$unread = 0;
		$left   = array(); // Numbers that somebody gave up.
		foreach ( array_filter( $events, static fn( $e ) => 'identity_change' === $e['kind'] && '' !== $e['new_phone'] ) as $event ) {
			$left[ $event['person']['phone'] ] = $event['new_phone'];
		}
		foreach ( $messages as $event ) {
			$message = $this->row( 'messages', "wamid = '" . esc_sql( $event['wamid'] ) . "'" );
			self::assertSame( $event['text'], $message['body'] );
			self::assertSame( array( $event['direction'], $event['type'], $event['origin'] ), array( (int) $message['direction'], (int) $message['type'], (int) $message['origin'] ) );
			self::assertSame( $event['at_ms'], (int) $message['at_ms'] );
			self::assertSame( $event['payload'], $message['payload'] );
			self::assertSame( '' !== $event['target'] ? $event['target'] : $event['reply_to'], $message['reply_to'] );
			$contact = $this->row( 'contacts', 'id = ' . $message['contact_id'] );
			self::assertSame( $event['person']['name'], $contact['profile_name'] );
			foreach ( array( 1 => 'phone', 2 => 'bsuid', 4 => 'parent_bsuid' ) as $kind => $key ) {
				if ( '' !== $event['person'][ $key ] ) {
					$this->row( 'contact_identities', "kind = $kind AND value = '" . esc_sql( $left[ $event['person'][ $key ] ] ?? $event['person'][ $key ] ) . "' AND contact_id = {$contact['id']}" );
				}
			}
			$bubble  = ! in_array( $event['type'], array( Native\TYPE_REACTION, Native\TYPE_EDIT, Native\TYPE_REVOKE ), true );
			$unread += (int) ( $bubble && Native\ORIGIN_CUSTOMER === $event['origin'] );
		}
		self::assertSame( $unread, (int) array_sum( array_column( $this->rows( 'conversations' ), 'unread' ) ) );

		$statuses = array_filter( $events, static fn( $e ) => 'status' === $e['kind'] );
		self::assertCount( count( array_unique( array_column( $statuses, 'wamid' ) ) ), $this->rows( 'parked_statuses' ), 'A status without its message waits.' );
		foreach ( $statuses as $event ) {
			$id = $this->sent_row( $event['wamid'] );
			self::take_in( $body );
			$message = $this->row( 'messages', "id = $id" );
			self::assertSame( max( Native\STATE_SENT, $event['state'] ), (int) $message['state'] );
			self::assertSame( (int) ( $event['error']['code'] ?? 0 ), (int) $message['error_code'] );
			self::assertSame( (string) ( $event['pricing']['category'] ?? '' ), $message['pricing_category'] );
		}
		if ( $statuses ) {
			self::assertCount( 0, $this->rows( 'parked_statuses' ) );
		}

		foreach ( array_filter( $events, static fn( $e ) => 'identity_change' === $e['kind'] ) as $event ) {
			$new = $this->row( 'contact_identities', "value = '" . esc_sql( $event['new_phone'] ?: $event['new_bsuid'] ) . "'" );
			self::assertSame( array(), $this->rows( 'contact_identities', "kind = 1 AND value = '" . esc_sql( $event['person']['phone'] ) . "'" ) );
			self::assertSame( array( $new['contact_id'] ), array_unique( array_column( $this->rows( 'messages' ), 'contact_id' ) ) );
		}
	}
}
