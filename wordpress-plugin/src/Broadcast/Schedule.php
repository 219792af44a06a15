<?php
/**
 * When a broadcast may send.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Broadcast;

/** Times in the site's or each recipient's time zone, as Zones knows it. Clock changes are PHP's matter: 02:30 on the night that has none is 03:30. */
final class Schedule {

	/** A recipient who waits for the winner of a test. */
	public const HOLD = 9000000000000000;

	/** A local time as an instant; null for what is none. @param string $local As 2026-12-01T09:00. */
	public static function instant( string $local, \DateTimeZone $zone ): ?int {
		if ( 1 !== preg_match( '/^(\d{4})-(\d{2})-(\d{2})T([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$/D', $local, $part ) || ! checkdate( (int) $part[2], (int) $part[3], (int) $part[1] ) ) {
			return null;
		}
		return ( new \DateTimeImmutable( $local, $zone ) )->getTimestamp() * 1000;
	}

	/**
	 * When recipients are due.
	 *
	 * @param array        $schedule  Of a definition.
	 * @param list<string> $countries That contacts have.
	 * @return array{first: int, site: int, by_country: array<string, int>, by_area: array<string, array<int|string, int>>} 0 = now.
	 *         by_country is empty when the site's zone counts for all; by_area: country, area code, where it is not as by_country.
	 */
	public static function due( array $schedule, array $countries ): array {
		$due = array(
			'first'      => 0,
			'site'       => 0,
			'by_country' => array(),
			'by_area'    => array(),
		);
		if ( 'at' !== $schedule['mode'] ) {
			return $due;
		}
		$due['site'] = (int) self::instant( $schedule['at'], wp_timezone() );
		$all         = array( $due['site'] );
		foreach ( 'recipient' === $schedule['zone'] ? $countries : array() as $country ) {
			$main                          = (int) self::instant( $schedule['at'], Zones::of( $country ) );
			$due['by_country'][ $country ] = $main;
			$areas                         = array_map( static fn( \DateTimeZone $zone ): int => (int) self::instant( $schedule['at'], $zone ), Zones::areas( $country ) );
			$areas                         = array_filter( $areas, static fn( int $ms ): bool => $ms !== $main );
			if ( $areas ) {
				$due['by_area'][ $country ] = $areas;
			}
			array_push( $all, $main, ...array_values( $areas ) );
		}
		$due['first'] = min( $all );
		return $due;
	}

	/**
	 * When the quiet hours that an instant lies in are over; 0 when it lies in none.
	 *
	 * @param array{from: string, to: string, zone: string}|null $quiet Of a definition.
	 * @param string                                             $phone E.164; '' = only the country is known.
	 */
	public static function quiet_until( ?array $quiet, string $country, int $now_ms, string $phone = '' ): int {
		if ( null === $quiet ) {
			return 0;
		}
		$zone  = 'recipient' === $quiet['zone'] ? Zones::of( $country, $phone ) : wp_timezone();
		$local = ( new \DateTimeImmutable( '@' . intdiv( $now_ms, 1000 ) ) )->setTimezone( $zone );
		$time  = $local->format( 'H:i' );
		$night = $quiet['from'] > $quiet['to']; // Over midnight.
		if ( $night ? ( $time < $quiet['from'] && $time >= $quiet['to'] ) : ( $time < $quiet['from'] || $time >= $quiet['to'] ) ) {
			return 0;
		}
		// Of a time that there is twice, PHP takes the first in some zones and the second in others: we take that before the next change.
		$at  = $local->format( 'Y-m-d' ) . 'T' . $quiet['to'];
		$end = ( new \DateTimeImmutable( $at . $local->format( 'P' ) ) )->setTimezone( $zone );
		if ( $end <= $local || $end->format( 'H:i' ) !== $quiet['to'] ) {
			$end = new \DateTimeImmutable( $at, $zone );
		}
		if ( $end <= $local ) {
			$end = new \DateTimeImmutable( $local->modify( '+1 day' )->format( 'Y-m-d' ) . 'T' . $quiet['to'], $zone );
		}
		return $end->getTimestamp() * 1000;
	}
}
