<?php
/**
 * An audience becomes rows.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Broadcast;

use NxtChat\Problems;
use NxtChat\Segment\Audience;
use NxtChat\Site;
use NxtChat\StoreError;

/**
 * Stretch after stretch of contacts, each one INSERT … SELECT in one transaction that also moves the broadcast's position: a
 * process that is killed has done a stretch or has not, and whoever goes on begins where the last one ended.
 */
final class Freeze {

	/** Contacts that one stretch looks at. The SQLite drop-in shares its one writer with everybody else. */
	private const STRETCH        = 50000;
	private const STRETCH_SQLITE = 5000;

	/**
	 * Goes on with a broadcast in the state FREEZING.
	 *
	 * @param array<string, string> $row
	 * @param float                 $until Instant, as of microtime( true ).
	 * @return bool Whether it is done.
	 * @throws StoreError
	 */
	public static function work( array $row, float $until, ?callable $tell = null ): bool {
		$id         = (int) $row['id'];
		$definition = Broadcasts::definition( $row );
		$gone       = Definition::people_problems( $definition );
		$conditions = $gone ? Problems::error( array_slice( $gone, 0, 1 ) ) : People::conditions( $id, $definition );
		if ( is_wp_error( $conditions ) ) {
			// Whoever is left out by what is gone would get it, and nobody confirmed that.
			BroadcastControl::stop( $id, 'audience', $conditions->get_error_message(), __( 'Mend the segment and resume; or cancel this broadcast, and send a copy to other people.', 'nxt-cloud-chat' ) );
			return false;
		}
		$due      = Schedule::due( $definition['schedule'], Preflight::countries() );
		$variants = self::variants( $definition );
		$columns  = RecipientStore::columns( $id, $due, $variants, $variants && array_sum( $variants ) < 100 ? Schedule::HOLD : 0 );
		$audience = new Audience( $conditions );
		$position = (int) $row['position'];
		$stretch  = BroadcastStore::on_sqlite() ? self::STRETCH_SQLITE : self::STRETCH;
		do {
			[ $sql, $to, $last ] = $audience->stretch( $columns, $position, $stretch );
			$moved               = BroadcastStore::transaction_again(
				static function () use ( $id, $sql, $position, $to, $last ): bool {
					RecipientStore::freeze( $sql );
					$now = Site::now_ms();
					return BroadcastStore::change(
						$id,
						array( States::FREEZING ),
						array( 'position' => max( $position + 1, $to ), 'updated_ms' => $now ) + ( $last ? array( 'frozen_ms' => $now ) : array() ), // phpcs:ignore WordPress.Arrays -- One thought.
						array( 'position' => $position )
					);
				}
			);
			if ( ! $moved ) {
				return false; // Paused, cancelled, or somebody else goes on.
			}
			$position = max( $position + 1, $to );
			if ( $last ) {
				self::done( $id );
				return true;
			}
			if ( null !== $tell && false === $tell( $position ) ) {
				return false;
			}
		} while ( microtime( true ) < $until );
		return false;
	}

	/** Everybody has a row: count them and begin. */
	public static function done( int $id ): void {
		$row   = (array) BroadcastStore::get( $id );
		$total = array_sum( Broadcasts::counts( $row, true ) );
		$now   = Site::now_ms();
		$set   = array(
			'state'      => 0 === $total ? States::DONE : States::RUNNING,
			'total'      => $total,
			'started_ms' => $now,
			'updated_ms' => $now,
		) + ( 0 === $total ? array(
			'finished_ms' => $now,
			'reason_json' => BroadcastControl::reason( 'empty', __( 'When it began, nobody was in the audience.', 'nxt-cloud-chat' ), __( 'Choose other people, and send a copy.', 'nxt-cloud-chat' ) ),
		) : array() );
		BroadcastStore::change( $id, array( States::FREEZING ), $set );
	}

	/** Per cent of each variant of a test. @return array<int, int> */
	public static function variants( array $definition ): array {
		if ( null === $definition['ab'] ) {
			return array();
		}
		$share = $definition['ab']['share'];
		return array(
			1 => intdiv( $share, 2 ),
			2 => $share - intdiv( $share, 2 ),
		);
	}
}
