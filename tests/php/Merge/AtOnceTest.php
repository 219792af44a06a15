<?php
/**
 * Merging and erasing while others write.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Tests\Merge;

use NxtChat\Contact\Merges;
use NxtChat\Privacy\Erasure;
use NxtChat\Tests\Webhook\SpoolCase;

require_once dirname( __DIR__ ) . '/Webhook/SpoolCase.php';

final class AtOnceTest extends SpoolCase {

	private const PAIRS = 15;

	public function test_two_merges_of_the_same_two_make_one(): void {
		[ $a, $b ] = $this->pair( 0 );
		$children  = array( self::child( 'merge', $a, $b ), self::child( 'merge', $b, $a ), self::child( 'merge', $a, $b ) );
		$answers   = self::together( $children );
		self::assertCount( 1, array_filter( $answers, 'is_int' ), wp_json_encode( $answers ) );
		self::assertSame( array( 'nxtchat_no_contact', 'nxtchat_no_contact' ), array_values( array_filter( $answers, 'is_string' ) ) );
		self::assertCount( 1, $this->rows( 'contacts' ) );
		$this->assert_nothing_hangs_in_the_air( 2 );
	}

	public function test_messages_that_arrive_during_merges_land_on_the_kept_ones(): void {
		$pairs = array();
		for ( $i = 0; $i < self::PAIRS; $i++ ) {
			$pairs[] = $this->pair( $i );
		}
		$n = $this->more();
		[ $process, $go ] = $child = self::child( 'drain' );
		usleep( 500000 ); // It has loaded WordPress and waits.
		touch( $go );
		foreach ( $pairs as [ $a, $b ] ) {
			self::assertIsInt( Merges::merge( $a, $b, false, 0 ) );
		}
		self::together( array( $child ) );
		self::drain();
		self::assertCount( self::PAIRS, $this->rows( 'contacts' ) );
		$this->assert_nothing_hangs_in_the_air( 2 * self::PAIRS + $n );
	}

	public function test_who_is_erased_while_writing_leaves_nothing_half(): void {
		$ids = array();
		for ( $i = 0; $i < self::PAIRS; $i++ ) {
			array_push( $ids, ...$this->pair( $i ) );
		}
		$this->more();
		$child = self::child( 'drain' );
		usleep( 500000 );
		touch( $child[1] );
		foreach ( array_chunk( $ids, 3 ) as $some ) {
			Erasure::erase( $some, 'test' );
		}
		self::together( array( $child ) );
		self::drain();
		$this->assert_nothing_hangs_in_the_air( null );
		self::assertSame( array(), $this->rows( 'contacts', 'id IN (' . implode( ',', $ids ) . ')' ) );
	}

	/** Every message has its contact and conversation, which belong together, and was counted once. */
	private function assert_nothing_hangs_in_the_air( ?int $messages ): void {
		global $wpdb;
		$m = self::table( 'messages' );
		$c = self::table( 'conversations' );
		$p = self::table( 'contacts' );
		self::assertSame( '0', $wpdb->get_var( "SELECT COUNT(*) FROM $m m LEFT JOIN $c c ON c.id = m.conversation_id AND c.contact_id = m.contact_id LEFT JOIN $p p ON p.id = m.contact_id WHERE c.id IS NULL OR p.id IS NULL" ) );
		self::assertSame( '0', $wpdb->get_var( "SELECT COUNT(*) FROM $c c LEFT JOIN $p p ON p.id = c.contact_id WHERE p.id IS NULL" ) );
		self::assertSame( '0', $wpdb->get_var( 'SELECT COUNT(*) FROM ' . self::table( 'contact_identities' ) . " i LEFT JOIN $p p ON p.id = i.contact_id WHERE p.id IS NULL" ) );
		self::assertSame( $wpdb->get_var( "SELECT COUNT(*) FROM $m" ), (string) (int) $wpdb->get_var( "SELECT SUM(unread) FROM $c" ) );
		if ( null !== $messages ) {
			self::assertSame( (string) $messages, $wpdb->get_var( "SELECT COUNT(*) FROM $m" ) );
		}
	}

	/** Two contacts with a message each. @return array{0: int, 1: int} */
	private function pair( int $i ): array {
		self::take_in( self::text_body( "wamid.a.$i", self::phone( $i, 'a' ), 'a', 1750000000 ), self::text_body( "wamid.b.$i", self::phone( $i, 'b' ), 'b', 1750000000 ) );
		return array( (int) $this->row( 'contact_identities', "value = '+" . self::phone( $i, 'a' ) . "'" )['contact_id'], (int) $this->row( 'contact_identities', "value = '+" . self::phone( $i, 'b' ) . "'" )['contact_id'] );
	}

	/** Many more messages wait in the spool. @return int How many. */
	private function more(): int {
		$n = 0;
		for ( $round = 0; $round < 40; $round++ ) {
			for ( $i = 0; $i < self::PAIRS; $i++ ) {
				foreach ( array( 'a', 'b' ) as $who ) {
					self::spool( self::text_body( "wamid.more.$who.$i.$round", self::phone( $i, $who ), "more $round", 1750000100 + $round ) );
					++$n;
				}
			}
		}
		return $n;
	}

	private static function phone( int $i, string $who ): string {
		return ( 'a' === $who ? '4915110000' : '4915220000' ) . sprintf( '%03d', $i );
	}

	/** @return array{0: resource, 1: string, 2: resource} Process, file that lets it go, its output. */
	private static function child( string|int ...$arguments ): array {
		$go = (string) tempnam( sys_get_temp_dir(), 'go' );
		unlink( $go );
		$process = proc_open( array( PHP_BINARY, NXTCHAT_TEST_ROOT . '/tests/fault/child.php', ...array_map( 'strval', $arguments ) ), array( array( 'file', '/dev/null', 'r' ), array( 'pipe', 'w' ), STDERR ), $pipes, null, array( 'NXTCHAT_CHILD_GO' => $go ) + getenv() );
		return array( $process, $go, $pipes[1] );
	}

	/** Lets all go and waits for them. @return list<mixed> What they said. */
	private static function together( array $children ): array {
		usleep( 500000 );
		array_map( 'touch', array_column( $children, 1 ) );
		$out = array();
		foreach ( $children as [ $process, $go, $pipe ] ) {
			$out[] = json_decode( (string) stream_get_contents( $pipe ), true );
			self::assertSame( 0, proc_close( $process ) );
			unlink( $go );
		}
		return $out;
	}
}
