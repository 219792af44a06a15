<?php
/**
 * States only move forward.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Tests\Message;

use NxtChat\Message\Statuses;
use NxtChat\Native;
use NxtChat\Tests\Webhook\SpoolCase;

require_once dirname( __DIR__ ) . '/Webhook/SpoolCase.php';

final class StatusesTest extends SpoolCase {

	private const REF = '01ARZ3NDEKTSV4RRFFQ69G5FAV';

	private const AT = array(
		'sent'      => 1750000001,
		'delivered' => 1750000002,
		'read'      => 1750000003,
		'failed'    => 1750000004,
	);

	/** All orders of the four, each as one batch and as four. */
	public function test_every_order_ends_in_the_same_state_with_the_same_times(): void {
		$n = 0;
		foreach ( self::orders( array_keys( self::AT ) ) as $order ) {
			foreach ( array( false, true ) as $one_by_one ) {
				$wamid = 'wamid.order' . ( ++$n );
				$id    = $this->sent_row( $wamid, '', Native\STATE_SENDING );
				foreach ( $order as $status ) {
					self::spool( $this->status( $wamid, $status ) );
					self::spool( $this->status( $wamid, $status, 5 ) ); // Again and later: the earliest time counts.
					if ( $one_by_one ) {
						self::drain();
					}
				}
				self::drain();
				$row = $this->row( 'messages', "id = $id" );
				self::assertSame( Native\STATE_READ, (int) $row['state'], implode( ' ', $order ) );
				foreach ( self::AT as $status => $at ) {
					self::assertSame( $at * 1000, (int) $row[ $status . '_ms' ], "$status of " . implode( ' ', $order ) );
				}
				self::assertSame( 131049, (int) $row['error_code'] );
				self::assertSame( 'marketing', $row['pricing_category'] );
			}
		}
		self::assertSame( 48, $n );
		self::assertCount( 0, $this->rows( 'parked_statuses' ) );
	}

	public function test_statuses_before_their_message_row_wait_for_it(): void {
		foreach ( array( 'read', 'sent', 'delivered' ) as $status ) {
			self::take_in( $this->status( 'wamid.early', $status ) );
		}
		self::assertSame( Native\STATE_READ, (int) $this->row( 'parked_statuses', '1 = 1' )['state'] );
		// The message: sent from the WhatsApp Business app, told later.
		self::take_in(
			self::webhook_body(
				array(
					'message_echoes' => array(
						array(
							'from'      => '15550783881',
							'to'        => '491511234567',
							'id'        => 'wamid.early',
							'timestamp' => '1750000000',
							'type'      => 'text',
							'text'      => array( 'body' => 'echo' ),
						),
					),
				),
				'smb_message_echoes'
			)
		);
		$row = $this->row( 'messages', '1 = 1' );
		self::assertSame( array( Native\STATE_READ, 1750000001000, 1750000002000, 1750000003000 ), array( (int) $row['state'], (int) $row['sent_ms'], (int) $row['delivered_ms'], (int) $row['read_ms'] ) );
		self::assertCount( 0, $this->rows( 'parked_statuses' ) );
	}

	public function test_the_sweep_finds_a_message_that_came_by_another_way(): void {
		self::take_in( $this->status( 'wamid.sweep', 'delivered' ) );
		$id = $this->sent_row( 'wamid.sweep' );
		self::assertSame( 1, Statuses::sweep() );
		self::assertSame( Native\STATE_DELIVERED, (int) $this->row( 'messages', "id = $id" )['state'] );
		self::assertSame( 0, Statuses::sweep() );
	}

	public function test_a_ref_settles_a_message_of_unknown_outcome(): void {
		$id = $this->sent_row( null, self::REF, Native\STATE_UNKNOWN );
		self::take_in( self::status_body( 'wamid.settled', 'sent', '491511234567', self::REF, 1750000001 ) );
		$row = $this->row( 'messages', "id = $id" );
		self::assertSame( array( Native\STATE_SENT, 'wamid.settled', 1750000001000 ), array( (int) $row['state'], $row['wamid'], (int) $row['sent_ms'] ) );
	}

	public function test_the_hook_hears_each_change_once(): void {
		$heard = array();
		$this->add_hook(
			'nxtchat_message_state_changed',
			static function ( $id, $state, $before ) use ( &$heard ): void {
				$heard[] = array( $id, $state, $before );
			},
			10,
			3
		);
		$id = $this->sent_row( 'wamid.hook' );
		self::take_in( $this->status( 'wamid.hook', 'delivered' ) );
		self::take_in( $this->status( 'wamid.hook', 'delivered' ), $this->status( 'wamid.hook', 'sent' ) );
		self::take_in( $this->status( 'wamid.hook', 'read' ) );
		self::assertSame( array( array( $id, Native\STATE_DELIVERED, Native\STATE_SENT ), array( $id, Native\STATE_READ, Native\STATE_DELIVERED ) ), $heard );
	}

	public function test_an_inbound_message_is_never_moved_by_a_status(): void {
		self::take_in( self::text_body( 'wamid.in', '491511234567', 'x', 1750000000 ) );
		self::take_in( $this->status( 'wamid.in', 'read' ) );
		self::assertSame( Native\STATE_RECEIVED, (int) $this->row( 'messages', '1 = 1' )['state'] );
	}

	public function test_a_status_ties_a_bsuid_to_the_number_we_know(): void {
		self::take_in( self::text_body( 'wamid.x', '491511234567', 'x', 1750000000 ) );
		$this->sent_row( 'wamid.y' );
		self::take_in( self::status_body( 'wamid.y', 'delivered', '491511234567', '', 1750000002, array( 'recipient_user_id' => 'DE.123456789' ) ) );
		self::assertSame( $this->row( 'contact_identities', 'kind = 1' )['contact_id'], $this->row( 'contact_identities', 'kind = 2' )['contact_id'] );
		self::take_in( self::status_body( 'wamid.z', 'delivered', '4915199999', '', 1750000002, array( 'recipient_user_id' => 'DE.555' ) ) );
		self::assertCount( 1, $this->rows( 'contacts' ), 'A status alone makes no contact.' );
	}

	/** @dataProvider isolation */
	public function test_a_wamid_that_is_committed_while_its_status_is_being_parked_is_found( string $isolation ): void {
		global $wpdb;
		if ( self::on_sqlite() ) {
			self::markTestSkipped( 'One writer at a time.' );
		}
		$wpdb->query( "SET SESSION TRANSACTION ISOLATION LEVEL $isolation" );
		$id     = $this->sent_row( null, '', Native\STATE_SENDING );
		$sender = new \mysqli( null, DB_USER, DB_PASSWORD, DB_NAME, 0, explode( ':', DB_HOST )[1] );
		$done   = false;
		$this->add_hook(
			'query',
			static function ( $query ) use ( &$done, $sender, $id ) {
				if ( ! $done && str_contains( $query, 'INSERT INTO ' . self::table( 'parked_statuses' ) ) ) {
					$done = $sender->query( 'UPDATE ' . self::table( 'messages' ) . " SET wamid = 'wamid.race' WHERE id = $id" );
				}
				return $query;
			}
		);
		self::take_in( $this->status( 'wamid.race', 'delivered' ) );
		$wpdb->query( 'SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ' );
		self::assertTrue( $done );
		self::assertSame( Native\STATE_DELIVERED, (int) $this->row( 'messages', "id = $id" )['state'] );
		self::assertCount( 0, $this->rows( 'parked_statuses' ) );
	}

	public static function isolation(): array {
		return array( array( 'REPEATABLE READ' ), array( 'READ COMMITTED' ) );
	}

	/** The other order: the drain has parked and not committed when the send writes its wamid and looks. */
	public function test_a_send_waits_for_a_status_that_is_being_parked(): void {
		if ( self::on_sqlite() ) {
			self::markTestSkipped( 'One writer at a time.' );
		}
		$id    = $this->sent_row( null, '', Native\STATE_SENDING );
		$code  = 'require getenv("NXTCHAT_SITE")."/wordpress/wp-load.php"; global $wpdb; $wpdb->query("UPDATE ' . self::table( 'messages' ) . ' SET wamid = \'wamid.wait\' WHERE id = ' . $id . '"); echo "asks"; NxtChat\Message\Statuses::apply_to("wamid.wait");';
		$child = null;
		$pipes = array();
		$this->add_hook(
			'query',
			static function ( $query ) use ( &$child, &$pipes, $code ) {
				// After the last look of the drain, before its commit.
				if ( null === $child && 'COMMIT' === $query && 0 < (int) $GLOBALS['wpdb']->dbh->query( 'SELECT COUNT(*) FROM ' . self::table( 'parked_statuses' ) )->fetch_row()[0] ) {
					$child = proc_open( array( PHP_BINARY, '-r', $code ), array( array( 'file', '/dev/null', 'r' ), array( 'pipe', 'w' ), STDERR ), $pipes );
					// REPEATABLE READ: it already waits to write the wamid; else it waits for the parked row.
					stream_set_blocking( $pipes[1], false );
					usleep( 700000 );
				}
				return $query;
			}
		);
		self::take_in( $this->status( 'wamid.wait', 'read' ) );
		self::assertNotNull( $child );
		stream_set_blocking( $pipes[1], true );
		self::assertSame( 'asks', stream_get_contents( $pipes[1] ) );
		self::assertSame( 0, proc_close( $child ) );
		self::assertSame( Native\STATE_READ, (int) $this->row( 'messages', "id = $id" )['state'] );
		self::assertCount( 0, $this->rows( 'parked_statuses' ) );
	}

	public function test_a_message_deleted_at_this_moment_leaves_no_row(): void {
		if ( self::on_sqlite() ) {
			self::markTestSkipped( 'One writer at a time.' );
		}
		$id    = $this->sent_row( 'wamid.gone' );
		$other = $this->sent_row( 'wamid.stays' );
		$eraser = new \mysqli( null, DB_USER, DB_PASSWORD, DB_NAME, 0, explode( ':', DB_HOST )[1] );
		$gone   = false;
		$this->add_hook(
			'query',
			static function ( $query ) use ( &$gone, $eraser, $id ) {
				if ( ! $gone && str_contains( $query, 'INSERT INTO ' . self::table( 'messages' ) ) ) {
					$gone = $eraser->query( 'DELETE FROM ' . self::table( 'messages' ) . " WHERE id = $id" );
				}
				return $query;
			}
		);
		self::take_in( $this->status( 'wamid.gone', 'read' ), $this->status( 'wamid.stays', 'read' ) );
		self::assertTrue( $gone );
		self::assertSame( array( array( (string) $other, (string) Native\STATE_READ ) ), array_map( static fn( $row ) => array( $row['id'], $row['state'] ), $this->rows( 'messages' ) ) );
	}

	public function test_what_is_parked_and_what_comes_next_are_applied_together(): void {
		self::take_in( $this->status( 'wamid.left', 'read' ) );
		$id = $this->sent_row( 'wamid.left' ); // Its sender died before it looked for statuses.
		self::take_in( $this->status( 'wamid.left', 'delivered' ) );
		$row = $this->row( 'messages', "id = $id" );
		self::assertSame( array( Native\STATE_READ, 1750000002000, 1750000003000 ), array( (int) $row['state'], (int) $row['delivered_ms'], (int) $row['read_ms'] ) );
		self::assertCount( 0, $this->rows( 'parked_statuses' ) );
	}

	public function test_the_sweep_forgets_what_is_too_old(): void {
		global $wpdb;
		self::take_in( $this->status( 'wamid.old', 'read' ), $this->status( 'wamid.new', 'read' ) );
		$wpdb->query( 'UPDATE ' . self::table( 'parked_statuses' ) . " SET created_ms = 1000 WHERE wamid = 'wamid.old'" );
		self::assertSame( 2, Statuses::sweep() );
		self::assertSame( array( 'wamid.new' ), array_column( $this->rows( 'parked_statuses' ), 'wamid' ) );
	}

	private function status( string $wamid, string $status, int $later = 0 ): string {
		$more = array();
		if ( 'failed' === $status ) {
			$more['errors'] = array(
				array(
					'code'       => 131049,
					'title'      => 'Not delivered',
					'error_data' => array( 'details' => 'healthy ecosystem' ),
				),
			);
		} elseif ( 'read' !== $status ) {
			$more['pricing'] = array(
				'category'      => 'marketing',
				'type'          => 'regular',
				'pricing_model' => 'PMP',
				'billable'      => true,
			);
		}
		return self::status_body( $wamid, $status, '491511234567', '', self::AT[ $status ] + $later, $more );
	}

	private static function orders( array $items ): array {
		if ( count( $items ) < 2 ) {
			return array( $items );
		}
		$out = array();
		foreach ( $items as $n => $item ) {
			$rest = $items;
			unset( $rest[ $n ] );
			foreach ( self::orders( array_values( $rest ) ) as $order ) {
				$out[] = array( $item, ...$order );
			}
		}
		return $out;
	}
}
