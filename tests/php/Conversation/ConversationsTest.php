<?php
/**
 * The inbox: list, thread, unread, history.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Tests\Conversation;

use NxtChat\Conversation\Conversations;
use NxtChat\Message\Messages;
use NxtChat\Native;
use NxtChat\Tests\Webhook\SpoolCase;

require_once dirname( __DIR__ ) . '/Webhook/SpoolCase.php';

final class ConversationsTest extends SpoolCase {

	protected function setUp(): void {
		parent::setUp();
		$this->sign_in();
	}

	public function test_the_list_pages_through_everything_once(): void {
		for ( $i = 0; $i < 25; $i++ ) {
			self::spool( self::text_body( "wamid.$i", (string) ( 491511000000 + $i ), "Text $i", 1750000000 + intdiv( $i, 5 ), "Kunde $i" ) );
		}
		self::drain();
		$seen   = array();
		$cursor = '';
		do {
			$page = $this->rest( 'GET', 'conversations', array( 'limit' => 4, 'cursor' => $cursor ) )->get_data();
			self::assertLessThanOrEqual( 4, count( $page['items'] ) );
			$seen   = array_merge( $seen, $page['items'] );
			$cursor = (string) $page['next'];
		} while ( '' !== $cursor );
		self::assertCount( 25, array_unique( array_column( $seen, 'id' ) ) );
		$times = array_column( $seen, 'last_ms' );
		rsort( $times );
		self::assertSame( $times, array_column( $seen, 'last_ms' ) );
		self::assertSame( 25, $page['unread_total'] );
		self::assertIsInt( $page['live'] );
		$item = $seen[0];
		self::assertSame( array( 'id', 'account_id', 'contact', 'unread', 'last_ms', 'window_until_ms', 'last' ), array_keys( $item ) );
		self::assertSame( $item['last_ms'] + 86400000, $item['window_until_ms'] );
		self::assertSame( 400, $this->rest( 'GET', 'conversations', array( 'cursor' => 'nonsense!' ) )->get_status() );
	}

	public function test_filters_find_what_they_say(): void {
		$other = $this->add_account( '555555555' );
		self::take_in( self::text_body( 'wamid.1', '491511000001', 'a', 1750000000, 'Ada Lovelace' ) );
		self::take_in( self::text_body( 'wamid.2', '491511000002', 'b', 1750000001, 'Grace' ) );
		self::take_in( str_replace( self::NUMBER, '555555555', self::text_body( 'wamid.3', '491511000001', 'c', 1750000002, 'Ada Lovelace' ) ) );
		$list = fn( array $filter ) => array_column( array_column( $this->rest( 'GET', 'conversations', $filter )->get_data()['items'], 'last' ), 'text' );
		self::assertSame( array( 'c', 'b', 'a' ), $list( array() ) );
		self::assertSame( array( 'c' ), $list( array( 'account' => $other ) ) );
		self::assertSame( array( 'c', 'a' ), $list( array( 'search' => 'lov' ) ) );
		self::assertSame( array( 'b' ), $list( array( 'search' => '01511 000002' ) ) );
		self::assertSame( array(), $list( array( 'search' => 'nobody' ) ) );
		$first = $this->rest( 'GET', 'conversations' )->get_data()['items'][0];
		$this->rest( 'POST', "conversations/{$first['id']}/read", array( 'up_to' => $first['last']['id'] ) );
		self::assertSame( array( 'b', 'a' ), $list( array( 'unread' => true ) ) );
		self::assertSame( 2, Conversations::unread_count() );
		self::assertSame( '+491511000001', $this->rest( 'GET', "conversations/{$first['id']}" )->get_data()['contact']['identities'][0]['value'] );
		self::assertSame( 404, $this->rest( 'GET', 'conversations/999999' )->get_status() );
	}

	public function test_the_list_shows_a_message_as_it_was_edited_and_not_when_it_was_deleted(): void {
		$person = array(
			'contacts' => array(
				array(
					'profile' => array( 'name' => 'Ada' ),
					'wa_id'   => '491511000001',
				),
			),
		);
		$tell   = static fn( string $wamid, int $at, string $type, array $content ) => self::take_in(
			self::webhook_body(
				$person + array(
					'messages' => array(
						array(
							'from'      => '491511000001',
							'id'        => $wamid,
							'timestamp' => (string) $at,
							'type'      => $type,
							$type       => $content,
						),
					),
				)
			)
		);
		$last   = fn() => $this->rest( 'GET', 'conversations' )->get_data()['items'][0]['last'];
		self::take_in( self::text_body( 'wamid.1', '491511000001', 'Frist', 1750000000, 'Ada' ) );
		self::assertSame( 'Frist', $last()['text'] );
		$tell(
			'wamid.2',
			1750000001,
			'edit',
			array(
				'original_message_id' => 'wamid.1',
				'message'             => array(
					'type' => 'text',
					'text' => array( 'body' => 'First' ),
				),
			)
		);
		self::assertSame( 'First', $last()['text'] );
		$tell( 'wamid.3', 1750000002, 'revoke', array( 'original_message_id' => 'wamid.1' ) );
		self::assertStringNotContainsString( 'F', $last()['text'] );
	}

	public function test_reading_leaves_what_came_after_unread(): void {
		self::take_in( self::text_body( 'wamid.1', '491511000001', 'a', 1750000000 ), self::text_body( 'wamid.2', '491511000001', 'b', 1750000001 ) );
		$seen = (int) $this->row( 'messages', "wamid = 'wamid.2'" )['id'];
		self::take_in( self::text_body( 'wamid.3', '491511000001', 'c', 1740000000 ) ); // An old one that comes late is unread too.
		$id = (int) $this->row( 'conversations', '1 = 1' )['id'];
		self::assertSame( 1, $this->rest( 'POST', "conversations/$id/read", array( 'up_to' => $seen ) )->get_data()['unread'] );
		$last = (int) $this->row( 'messages', "wamid = 'wamid.3'" )['id'];
		self::assertSame( 0, $this->rest( 'POST', "conversations/$id/read", array( 'up_to' => $last ) )->get_data()['unread'] );
		// A screen that looks at an old state takes nothing back.
		self::assertSame( 0, $this->rest( 'POST', "conversations/$id/read", array( 'up_to' => $seen ) )->get_data()['unread'] );
		self::assertSame( 0, Conversations::unread_count() );
	}

	public function test_a_thread_shows_quotes_reactions_edits_media_and_hides_what_is_no_bubble(): void {
		self::take_in(
			self::text_body( 'wamid.1', '491511000001', 'erste *fett*', 1750000000 ),
			$this->message( array( 'id' => 'wamid.2', 'type' => 'text', 'text' => array( 'body' => 'Antwort' ), 'context' => array( 'from' => '1', 'id' => 'wamid.1' ) ) ),
			$this->message( array( 'id' => 'wamid.3', 'type' => 'reaction', 'reaction' => array( 'message_id' => 'wamid.1', 'emoji' => '👍' ) ) ),
			$this->message( array( 'id' => 'wamid.4', 'type' => 'reaction', 'reaction' => array( 'message_id' => 'wamid.1', 'emoji' => '❤️' ) ) ),
			$this->message( array( 'id' => 'wamid.5', 'type' => 'document', 'document' => array( 'id' => '1', 'mime_type' => 'application/pdf', 'sha256' => 'x', 'filename' => 'Rechnung.pdf', 'caption' => 'bitte' ) ) ),
			$this->message( array( 'id' => 'wamid.6', 'type' => 'text', 'text' => array( 'body' => 'weg damit' ) ) ),
			$this->message( array( 'id' => 'wamid.7', 'type' => 'revoke', 'revoke' => array( 'original_message_id' => 'wamid.6' ) ) ),
			$this->message( array( 'id' => 'wamid.8', 'type' => 'edit', 'edit' => array( 'original_message_id' => 'wamid.2', 'message' => array( 'type' => 'text', 'text' => array( 'body' => 'Korrektur' ) ) ) ) )
		);
		$id    = (int) $this->row( 'conversations', '1 = 1' )['id'];
		$items = $this->rest( 'GET', "conversations/$id/messages" )->get_data()['items'];
		self::assertSame( array( 'erste *fett*', 'Korrektur', 'bitte', '' ), array_column( $items, 'text' ) );
		self::assertStringContainsString( '<strong>fett</strong>', $items[0]['html'] );
		self::assertSame( array( array( 'emoji' => '❤️', 'from_me' => false ) ), $items[0]['reactions'] );
		self::assertSame( array( $items[0]['id'], 'erste *fett*', Native\DIRECTION_IN ), array_values( $items[1]['quote'] ) );
		self::assertTrue( $items[1]['edited'] );
		self::assertSame( array( 'name' => 'Rechnung.pdf', 'mime' => 'application/pdf', 'size' => 0, 'kind' => 'document' ), $items[2]['media'] );
		self::assertTrue( $items[3]['revoked'] );
		self::assertSame( 4, (int) $this->row( 'conversations', '1 = 1' )['unread'], 'Reactions, edits and revocations are not unread messages.' );
	}

	public function test_a_document_without_caption_is_listed_by_its_file_name(): void {
		self::take_in( $this->message( array( 'id' => 'wamid.doc', 'type' => 'document', 'document' => array( 'id' => '1', 'mime_type' => 'application/pdf', 'sha256' => 'x', 'filename' => 'Rechnung.pdf' ) ) ) );
		self::assertSame( 'Rechnung.pdf', $this->rest( 'GET', 'conversations' )->get_data()['items'][0]['last']['text'] );
	}

	public function test_a_thread_takes_the_same_statements_for_one_message_and_for_fifty(): void {
		for ( $i = 0; $i < 120; $i++ ) {
			self::spool( self::text_body( "wamid.$i", '491511000001', "Text $i 😀", 1750000000 + intdiv( $i, 3 ) ) );
		}
		self::drain();
		$id    = (int) $this->row( 'conversations', '1 = 1' )['id'];
		$one   = count( $this->queries( fn() => Messages::thread( $id, '', 1 ) ) );
		$fifty = count( $this->queries( fn() => Messages::thread( $id, '', 50 ) ) );
		self::assertSame( $one, $fifty );
		self::assertLessThanOrEqual( 4, $fifty );

		$texts  = array();
		$before = '';
		do {
			$page   = $this->rest( 'GET', "conversations/$id/messages", array( 'before' => $before, 'limit' => 50 ) )->get_data();
			$texts  = array_merge( array_column( $page['items'], 'text' ), $texts );
			$before = (string) $page['next'];
		} while ( '' !== $before );
		self::assertCount( 120, array_unique( $texts ) );
	}

	public function test_a_page_of_very_long_messages_stays_below_100_kb(): void {
		for ( $i = 0; $i < 50; $i++ ) {
			self::spool( self::text_body( "wamid.$i", '491511000001', str_repeat( "Satz $i. ", 450 ), 1750000000 + $i ) );
		}
		self::drain();
		$id   = (int) $this->row( 'conversations', '1 = 1' )['id'];
		$page = $this->rest( 'GET', "conversations/$id/messages" )->get_data();
		self::assertLessThan( 100 * 1024, strlen( (string) wp_json_encode( $page ) ) );
		self::assertGreaterThan( 5, count( $page['items'] ) );
		self::assertNotNull( $page['next'] );
		self::assertStringContainsString( 'Satz 49.', end( $page['items'] )['text'] );
	}

	public function test_history_filters_and_details(): void {
		self::take_in( self::text_body( 'wamid.1', '491511000001', 'a', 1750000000, 'Ada' ), self::text_body( 'wamid.2', '491511000002', 'b', 1750000100, 'Grace' ) );
		$out = $this->sent_row( 'wamid.3', '01ARZ3NDEKTSV4RRFFQ69G5FAV' );
		$ids = fn( array $filter ) => array_column( $this->rest( 'GET', 'messages', $filter )->get_data()['items'], 'wamid' );
		self::assertSame( array( 'wamid.2', 'wamid.1', 'wamid.3' ), $ids( array() ) );
		self::assertSame( array( 'wamid.3' ), $ids( array( 'direction' => Native\DIRECTION_OUT ) ) );
		self::assertSame( array( 'wamid.3' ), $ids( array( 'state' => Native\STATE_SENT ) ) );
		self::assertSame( array( 'wamid.2', 'wamid.1' ), $ids( array( 'from' => 1750000000000 ) ) );
		self::assertSame( array( 'wamid.1' ), $ids( array( 'from' => 1750000000000, 'to' => 1750000100000 ) ) );
		self::assertSame( array(), $ids( array( 'type' => Native\TYPE_IMAGE ) ) );
		self::assertSame( array( 'wamid.1' ), $ids( array( 'search' => 'ada' ) ) );
		self::assertSame( array( 'wamid.2' ), $ids( array( 'search' => '+49 1511 000002' ) ) );
		self::assertSame( array( 'wamid.2' ), $ids( array( 'search' => 'wamid.2' ) ) );
		self::assertSame( array( 'wamid.3' ), $ids( array( 'search' => '01ARZ3NDEKTSV4RRFFQ69G5FAV' ) ) );
		self::assertSame( array( 'wamid.1' ), $ids( array( 'contact' => (int) $this->row( 'contacts', "profile_name = 'Ada'" )['id'] ) ) );
		$page = $this->rest( 'GET', 'messages', array( 'limit' => 2 ) )->get_data();
		self::assertSame( array( 'wamid.3' ), $ids( array( 'limit' => 2, 'cursor' => $page['next'] ) ) );
		self::assertSame( 'Grace', $page['items'][0]['contact']['name'] );

		$full = $this->rest( 'GET', 'messages/' . $page['items'][0]['id'] )->get_data();
		self::assertSame( 'b', $full['payload']->text->body );
		self::assertGreaterThan( 0, $full['created_ms'] );
		self::assertSame( 404, $this->rest( 'GET', 'messages/' . ( $out + 1000 ) )->get_status() );
	}

	public function test_rights_are_asked_for(): void {
		$this->sign_in( 'subscriber' );
		foreach ( array( array( 'GET', 'conversations' ), array( 'GET', 'messages' ), array( 'GET', 'conversations/1/messages' ) ) as [ $method, $route ] ) {
			self::assertSame( 403, $this->rest( $method, $route )->get_status(), $route );
		}
		self::assertSame( 403, $this->rest( 'POST', 'conversations/1/messages', array( 'ref' => 'x', 'text' => 'x' ) )->get_status() );
		self::assertSame( 403, $this->rest( 'POST', 'conversations/1/read', array( 'up_to' => 1 ) )->get_status() );
	}

	private function message( array $message ): string {
		static $n = 0;
		return self::webhook_body(
			array(
				'contacts' => array( array( 'profile' => array( 'name' => 'Test' ), 'wa_id' => '491511000001' ) ),
				'messages' => array( $message + array( 'from' => '491511000001', 'timestamp' => (string) ( 1750000010 + ++$n ) ) ),
			)
		);
	}
}
