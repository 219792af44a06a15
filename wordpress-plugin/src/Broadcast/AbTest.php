<?php
/**
 * Two templates compared.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Broadcast;

use NxtChat\Live\Live;
use NxtChat\Log;
use NxtChat\Native;

/** A share of the people gets one of two templates; after a while the better one goes to everybody else. */
final class AbTest {

	/** Recipients moved by one statement. */
	private const STEP = 5000;

	/** Before which time there is nothing to decide, by uid of a broadcast: sides() reads all of it. @var array<string, int> */
	private static array $waits = array();

	/**
	 * Decides, once everybody of the test who is due was sent to and the time is over. The first template wins a draw.
	 *
	 * @param array<string, string> $row
	 * @param array                 $definition Clean, with a test.
	 */
	public static function look( array $row, array $definition, int $now ): void {
		$id = (int) $row['id'];
		if ( (int) $row['winner'] > 0 ) {
			RecipientStore::give_winner( $id, Schedule::HOLD, $now, self::STEP ); // Somebody who decided died before the last.
			return;
		}
		$after = $definition['ab']['after_minutes'] * 60000;
		if ( $now < max( (int) $row['started_ms'] + $after, self::$waits[ $row['uid'] ] ?? 0 ) || RecipientStore::is_testing( $id, $now + Dispatch::LEASE_MS ) ) {
			return;
		}
		$sides = self::sides( $id );
		$until = max( array_column( $sides, 'last_ms' ) ?: array( 0 ) ) + $after;
		if ( $now < $until ) {
			self::$waits[ $row['uid'] ] = $until;
			return;
		}
		$by     = 'reply' === $definition['ab']['by'] ? 'replied' : 'read';
		$rate   = static fn( int $variant ): float => ( $sides[ $variant ]['sent'] ?? 0 ) > 0 ? $sides[ $variant ][ $by ] / $sides[ $variant ]['sent'] : 0.0;
		$winner = $rate( 2 ) > $rate( 1 ) ? 2 : 1;
		if ( BroadcastStore::change( $id, array( States::RUNNING ), array( 'winner' => $winner, 'next_ms' => 0, 'updated_ms' => $now ), array( 'winner' => 0 ) ) ) { // phpcs:ignore WordPress.Arrays -- One thought.
			Log::info( "Broadcast $id: template $winner won the test." );
			Live::bump();
		}
		RecipientStore::leave_test( $id, 3 - $winner, Schedule::HOLD );
		while ( RecipientStore::give_winner( $id, Schedule::HOLD, $now, self::STEP ) ) {
			continue;
		}
	}

	/**
	 * How the two do.
	 *
	 * @return array<int, array{sent: int, delivered: int, read: int, replied: int, failed: int, last_ms: int}> By variant 1 and 2.
	 */
	public static function sides( int $id ): array {
		$out = array();
		foreach ( ReportStore::variants( $id ) as $row ) {
			$variant           = (int) $row['variant'];
			$state             = (int) $row['state'];
			$n                 = (int) $row['n'];
			$out[ $variant ] ??= array(
				'sent'      => 0,
				'delivered' => 0,
				'read'      => 0,
				'replied'   => 0,
				'failed'    => 0,
				'last_ms'   => 0,
			);
			$side              = &$out[ $variant ];
			$side['last_ms']   = max( $side['last_ms'], (int) $row['last_ms'] );
			$side['sent']     += in_array( $state, Recipients::GOT, true ) ? $n : 0;
			$side['delivered'] += in_array( $state, array( Native\STATE_DELIVERED, Native\STATE_READ, Native\STATE_PLAYED ), true ) ? $n : 0;
			$side['read']     += in_array( $state, array( Native\STATE_READ, Native\STATE_PLAYED ), true ) ? $n : 0;
			$side['failed']   += Native\STATE_FAILED === $state ? $n : 0;
			unset( $side );
		}
		foreach ( $out ? ReportStore::replied_by_variant( $id ) : array() as $variant => $n ) {
			if ( isset( $out[ $variant ] ) ) {
				$out[ $variant ]['replied'] = $n;
			}
		}
		unset( $out[0] );
		ksort( $out );
		return $out;
	}
}
