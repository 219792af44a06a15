<?php
/**
 * Broadcasts begin, pause and end.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Broadcast;

use NxtChat\Audit\Audit;
use NxtChat\Contact\Contacts;
use NxtChat\Live\Live;
use NxtChat\Log;
use NxtChat\Native;
use NxtChat\Problems;
use NxtChat\Site;
use NxtChat\Template\Bindings;
use NxtChat\Template\Preview;
use NxtChat\Template\TemplateSend;

/** What a person does to a broadcast. Each is one conditional UPDATE: of two who press at once, one is told that it has happened. */
final class BroadcastControl {

	/** Recipients moved by one statement, and the seconds in which a request goes on with that; workers do the rest. */
	private const STEP   = 2000;
	private const STEP_S = 3.0;

	/** Seconds in which a request moves those who are to get it again; more is another request's. */
	private const RETRY_S = 15.0;

	/** Error classes of what may be tried again by a person. */
	private const AGAIN = array( 'retry', 'wait', 'account', 'unknown_outcome' );

	/**
	 * Begins, at once or at its time.
	 *
	 * @param int|null $people How many the person was told would get it; null: does not matter.
	 * @param int|null $seen   updated_ms of the draft that was confirmed; null: as it is now.
	 */
	public static function start( int $id, ?int $people, ?int $seen = null ): array|\WP_Error {
		$row = BroadcastStore::get( $id );
		if ( null === $row ) {
			return Broadcasts::missing();
		}
		if ( States::DRAFT !== (int) $row['state'] ) {
			return Broadcasts::begun();
		}
		$updated = $seen ?? (int) $row['updated_ms'];
		if ( $updated !== (int) $row['updated_ms'] ) {
			return Broadcasts::changed( $id );
		}
		$preflight = Preflight::step( $id );
		if ( is_wp_error( $preflight ) ) {
			return $preflight;
		}
		if ( ! $preflight['done'] ) {
			return Problems::refuse( 'nxtchat_broadcast_preflight', 409, __( 'It is still being counted who would get it.', 'nxt-cloud-chat' ), __( 'Wait for the count, then confirm.', 'nxt-cloud-chat' ), compact( 'preflight' ) );
		}
		if ( 0 === $preflight['reachable'] ) {
			return Problems::refuse( 'nxtchat_broadcast_empty', 422, __( 'Nobody would get it.', 'nxt-cloud-chat' ), __( 'Look at the reasons, and choose other people.', 'nxt-cloud-chat' ), compact( 'preflight' ) );
		}
		if ( null !== $people && $people !== $preflight['reachable'] ) {
			/* translators: %s: a number */
			return Problems::refuse( 'nxtchat_broadcast_people', 409, sprintf( _n( '%s person would get it now.', '%s people would get it now.', $preflight['reachable'], 'nxt-cloud-chat' ), number_format_i18n( $preflight['reachable'] ) ), __( 'Confirm the new number.', 'nxt-cloud-chat' ), compact( 'preflight' ) );
		}
		// As it was read before the count: what somebody else changes meanwhile nobody confirmed.
		$due   = Schedule::due( Broadcasts::definition( $row )['schedule'], Preflight::countries() );
		$now   = Site::now_ms();
		$later = $due['first'] > $now;
		$set   = array(
			'state'        => $later ? States::SCHEDULED : States::FREEZING,
			'user_id'      => get_current_user_id(),
			'scheduled_ms' => $later ? $due['first'] : $now,
			'next_ms'      => $later ? $due['first'] : 0,
			'position'     => 0,
			'updated_ms'   => max( $now, $updated + 1 ),
		);
		if ( ! BroadcastStore::change( $id, array( States::DRAFT ), $set, array( 'updated_ms' => $updated ) ) ) {
			return States::DRAFT === (int) ( BroadcastStore::get( $id )['state'] ?? 0 ) ? Broadcasts::changed( $id ) : Broadcasts::begun();
		}
		Log::info( "Broadcast $id was started for {$preflight['reachable']} people." );
		self::note( 'start', $id, array( 'people' => $preflight['reachable'] ) );
		Live::bump();
		Work::wake();
		return Broadcasts::get( $id );
	}

	public static function pause( int $id ): array|\WP_Error {
		return self::turn( 'pause', $id, States::OPEN, array( 'state' => States::PAUSED ), __( 'There is nothing to pause: this broadcast is not going on.', 'nxt-cloud-chat' ) );
	}

	/** Goes on after a pause or a stop. */
	public static function resume( int $id ): array|\WP_Error {
		$row = BroadcastStore::get( $id );
		if ( null === $row ) {
			return Broadcasts::missing();
		}
		if ( ! in_array( (int) $row['state'], array( States::PAUSED, States::STOPPED ), true ) ) {
			return Problems::refuse( 'nxtchat_broadcast_state', 409, __( 'This broadcast does not pause.', 'nxt-cloud-chat' ) );
		}
		$problems = array_values( array_filter( Definition::problems( $id, Broadcasts::definition( $row ), (int) $row['winner'] ), static fn( array $p ): bool => 1 === preg_match( '/^(account|template|ab|values)/', $p['path'] ) ) );
		if ( $problems ) {
			return Problems::error( $problems, 'nxtchat_broadcast_incomplete', 422 );
		}
		$later = 0 === (int) $row['frozen_ms'] && 0 === (int) $row['position'] && (int) $row['scheduled_ms'] > Site::now_ms();
		$state = $later ? States::SCHEDULED : ( 0 === (int) $row['started_ms'] ? States::FREEZING : States::RUNNING );
		$done  = self::turn(
			'resume',
			$id,
			array( (int) $row['state'] ),
			array(
				'state'       => $state,
				'reason_json' => '',
				'next_ms'     => $later ? (int) $row['scheduled_ms'] : 0,
			),
			__( 'This broadcast does not pause.', 'nxt-cloud-chat' )
		);
		BroadcastNotices::forget( $id );
		Work::wake();
		return $done;
	}

	/** Ends it for good. Who was sent to stays; whoever waits gets nothing. */
	public static function cancel( int $id ): array|\WP_Error {
		$done = self::turn( 'cancel', $id, States::UNFINISHED, array( 'state' => States::CANCELLED ), __( 'There is nothing to cancel: this broadcast has ended, or never began.', 'nxt-cloud-chat' ) );
		if ( is_wp_error( $done ) ) {
			return $done;
		}
		BroadcastNotices::forget( $id );
		self::clear( $id, microtime( true ) + self::STEP_S );
		Work::wake();
		return Broadcasts::get( $id );
	}

	/** Whoever still waits for a cancelled broadcast gets nothing. @return bool Whether that is done, and nobody is being sent to. */
	public static function clear( int $id, float $until ): bool {
		do {
			$more = RecipientStore::skip_rest( $id, Recipients::CANCELLED, self::STEP );
		} while ( $more && microtime( true ) < $until );
		if ( $more || RecipientStore::is_open( $id ) ) {
			return false;
		}
		$row = (array) BroadcastStore::get( $id );
		BroadcastStore::change(
			$id,
			array( States::CANCELLED ),
			array(
				'finished_ms' => Site::now_ms(),
				'total'       => array_sum( Broadcasts::counts( $row, true ) ),
			),
			array( 'finished_ms' => 0 )
		);
		return true;
	}

	/** Another rate, also while it runs. 0 = as fast as the number may. */
	public static function rate( int $id, int $rate ): array|\WP_Error {
		if ( $rate < 0 || $rate > Definition::RATE_MAX ) {
			/* translators: %d: a number */
			return Problems::error( array( Problems::one( 'rate', sprintf( __( 'A rate is a number of messages a second, at most %d; 0 is as fast as the number may.', 'nxt-cloud-chat' ), Definition::RATE_MAX ) ) ) );
		}
		return self::turn( 'rate', $id, array( States::DRAFT, ...States::UNFINISHED ), array( 'rate' => $rate ), __( 'This broadcast has ended.', 'nxt-cloud-chat' ), compact( 'rate' ) );
	}

	/**
	 * One message to see what it looks like, to a contact or a number. What is not known of that person is taken from the template's examples.
	 *
	 * @param array{contact?: int, phone?: string, ref?: string} $to
	 * @return array|\WP_Error As TemplateSend::send().
	 */
	public static function test( int $id, array $to, int $variant = 1 ): array|\WP_Error {
		$row = BroadcastStore::get( $id );
		if ( null === $row ) {
			return Broadcasts::missing();
		}
		$definition = Broadcasts::definition( $row );
		$rendering  = new Rendering( $definition['account'], $definition );
		$json       = $rendering->template( $variant );
		if ( null === $json ) {
			return Problems::error( $rendering->problems ?: array( Problems::one( 'variant', __( 'There is no such template.', 'nxt-cloud-chat' ) ) ) );
		}
		$contact = (int) ( $to['contact'] ?? 0 );
		$contact = 0 === $contact && '' !== (string) ( $to['phone'] ?? '' ) ? (int) Contacts::find( (string) $to['phone'] ) : $contact;
		$values  = Bindings::values( $json, $contact, array( 'sent' => true ) )['values'] + Preview::examples( $json['whole'] );
		return TemplateSend::send(
			$json['id'],
			array_intersect_key( $to, array_flip( array( 'contact', 'phone' ) ) ),
			$values,
			true,
			array(
				'account_id' => $definition['account'],
				'ref'        => (string) ( $to['ref'] ?? '' ),
				'origin'     => Native\ORIGIN_STAFF,
				'user_id'    => get_current_user_id(),
			)
		);
	}

	/**
	 * Sends again to those who failed for a reason that may have passed, or whose outcome is not known.
	 *
	 * @param string $which 'failed' or 'unknown'. Of those unknown some may have got it: they may get it twice.
	 * @param int    $after As `next` of the last call told: there are more of them than one request moves.
	 * @return array{again: int, next: ?int, broadcast: array}|\WP_Error
	 */
	public static function retry( int $id, string $which, int $after = 0 ): array|\WP_Error {
		$row = BroadcastStore::get( $id );
		if ( null === $row ) {
			return Broadcasts::missing();
		}
		if ( ! in_array( (int) $row['state'], array( States::DONE, States::RUNNING ), true ) ) {
			return Problems::refuse( 'nxtchat_broadcast_state', 409, __( 'This broadcast has not come to an end.', 'nxt-cloud-chat' ), __( 'Wait until it is done.', 'nxt-cloud-chat' ) );
		}
		if ( ! in_array( $which, array( 'failed', 'unknown' ), true ) ) {
			return Problems::error( array( Problems::one( 'which', __( 'Write failed or unknown.', 'nxt-cloud-chat' ) ) ) );
		}
		$state = 'failed' === $which ? Native\STATE_FAILED : Native\STATE_UNKNOWN;
		$codes = 'failed' === $which ? self::again_codes( ReportStore::errors( $id ) ) : array();
		$until = microtime( true ) + self::RETRY_S;
		$again = 0;
		$some  = 'unknown' === $which || $codes ? RecipientStore::repeatable( $id, $state, $codes, $after, self::STEP ) : array();
		if ( $some ) {
			// First this: were they to wait in one that is done, nobody would look after them.
			BroadcastStore::reopen( array( $id ), Site::now_ms() );
			do {
				$again += RecipientStore::again( $some, $state );
				$after  = (int) end( $some );
				$some   = RecipientStore::repeatable( $id, $state, $codes, $after, self::STEP );
			} while ( $some && microtime( true ) < $until );
			BroadcastStore::reopen( array( $id ), Site::now_ms() ); // It may have come to an end meanwhile.
			if ( (int) $row['winner'] > 0 ) { // Whoever had the loser gets the winner now.
				RecipientStore::leave_test( $id, 3 - (int) $row['winner'], Schedule::HOLD );
			}
			self::note( 'retry', $id, compact( 'which', 'again' ) );
			Live::bump();
			Work::wake();
		}
		return array(
			'again'     => $again,
			'next'      => $some ? $after : null,
			'broadcast' => Broadcasts::get( $id ),
		);
	}

	/** Of error codes those after which a person may try again. @param list<array{error_code: int|string}> $errors @return list<int> */
	public static function again_codes( array $errors ): array {
		$codes = array_filter( array_map( static fn( array $row ): int => (int) $row['error_code'], $errors ) ); // 0 is ours.
		return array_values( array_filter( array_unique( $codes ), static fn( int $code ): bool => in_array( Native\error_book( $code )['class'], self::AGAIN, true ) ) );
	}

	/** Stops it for a reason that a person must mend, and tells the owner. */
	public static function stop( int $id, string $code, string $message, string $remedy ): void {
		$now = Site::now_ms();
		$set = array(
			'state'       => States::STOPPED,
			'reason_json' => self::reason( $code, $message, $remedy ),
			'updated_ms'  => $now,
		);
		if ( BroadcastStore::change( $id, States::OPEN, $set ) ) {
			Log::warning( "Broadcast $id was stopped: $message" );
			BroadcastNotices::note( $id );
			Live::bump();
			/**
			 * A broadcast was stopped: something must be mended before it can go on.
			 *
			 * @param int    $broadcast_id Id.
			 * @param string $message      Why, in words.
			 */
			do_action( 'nxtchat_broadcast_stopped', $id, $message );
		}
	}

	/** What a row keeps of a reason. Meta's words may come without a full stop, and the remedy follows them. */
	public static function reason( string $code, string $message, string $remedy ): string {
		$message .= '' === $message || preg_match( '/\p{P}$/u', $message ) ? '' : '.';
		return (string) wp_json_encode( compact( 'code', 'message', 'remedy' ) + array( 'at_ms' => Site::now_ms() ), JSON_UNESCAPED_UNICODE );
	}

	/** What somebody did to a broadcast, for good. @param array<string, scalar> $detail */
	private static function note( string $what, int $id, array $detail = array() ): void {
		Audit::record( "broadcast.$what", array( 'detail' => array( 'broadcast' => $id ) + $detail ) );
	}

	/** @param list<int> $from @param array<string, int|string> $set @param array<string, scalar> $detail */
	private static function turn( string $what, int $id, array $from, array $set, string $else, array $detail = array() ): array|\WP_Error {
		if ( null === BroadcastStore::get( $id ) ) {
			return Broadcasts::missing();
		}
		if ( ! BroadcastStore::change( $id, $from, $set + array( 'updated_ms' => Site::now_ms(), 'counted_ms' => 0 ) ) ) { // phpcs:ignore WordPress.Arrays -- One thought.
			return Problems::refuse( 'nxtchat_broadcast_state', 409, $else );
		}
		self::note( $what, $id, $detail );
		Live::bump();
		return Broadcasts::get( $id );
	}
}
