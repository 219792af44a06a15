<?php
/**
 * When a broadcast may send.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Broadcast;

/** Times in the site's or each recipient's time zone, by their country. Clock changes are PHP's matter: 02:30 on the night that has none is 03:30. */
final class Schedule {

	/** A recipient who waits for the winner of a test. */
	public const HOLD = 9000000000000000;

	/** Where most people of a country with several zones live. */
	private const MAIN = array(
		'US' => 'America/New_York',
		'CA' => 'America/Toronto',
		'BR' => 'America/Sao_Paulo',
		'MX' => 'America/Mexico_City',
		'AU' => 'Australia/Sydney',
		'RU' => 'Europe/Moscow',
		'ID' => 'Asia/Jakarta',
		'KZ' => 'Asia/Almaty',
		'AR' => 'America/Argentina/Buenos_Aires',
		'ES' => 'Europe/Madrid',
		'PT' => 'Europe/Lisbon',
		'CL' => 'America/Santiago',
		'EC' => 'America/Guayaquil',
		'NZ' => 'Pacific/Auckland',
		'DE' => 'Europe/Berlin',
		'CN' => 'Asia/Shanghai',
		'CD' => 'Africa/Kinshasa',
		'MN' => 'Asia/Ulaanbaatar',
		'UA' => 'Europe/Kyiv',
		'MY' => 'Asia/Kuala_Lumpur',
		'UZ' => 'Asia/Tashkent',
		'FR' => 'Europe/Paris',
		'GB' => 'Europe/London',
		'PG' => 'Pacific/Port_Moresby',
		'PF' => 'Pacific/Tahiti',
		'KI' => 'Pacific/Tarawa',
		'GL' => 'America/Nuuk',
	);

	/** @var array<string, \DateTimeZone> By country. */
	private static array $zones = array();

	/** The time zone of a country; the site's where none is known. */
	public static function zone( string $country ): \DateTimeZone {
		if ( ! isset( self::$zones[ $country ] ) ) {
			$names = isset( self::MAIN[ $country ] ) ? array( self::MAIN[ $country ] ) : ( 1 === preg_match( '/^[A-Z]{2}$/D', $country ) ? \DateTimeZone::listIdentifiers( \DateTimeZone::PER_COUNTRY, $country ) : array() );
			try {
				self::$zones[ $country ] = $names ? new \DateTimeZone( $names[0] ) : wp_timezone();
			} catch ( \Exception $e ) {
				self::$zones[ $country ] = wp_timezone(); // An old list of zones.
			}
		}
		return self::$zones[ $country ];
	}

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
	 * @return array{first: int, site: int, by_country: array<string, int>} 0 = now. by_country is empty when the site's zone counts for all.
	 */
	public static function due( array $schedule, array $countries ): array {
		if ( 'at' !== $schedule['mode'] ) {
			return array(
				'first'      => 0,
				'site'       => 0,
				'by_country' => array(),
			);
		}
		$site = (int) self::instant( $schedule['at'], wp_timezone() );
		$by   = array();
		foreach ( 'recipient' === $schedule['zone'] ? $countries : array() as $country ) {
			$by[ $country ] = (int) self::instant( $schedule['at'], self::zone( $country ) );
		}
		return array(
			'first'      => min( $site, ...array_values( $by ) ?: array( $site ) ),
			'site'       => $site,
			'by_country' => $by,
		);
	}

	/**
	 * When the quiet hours that an instant lies in are over; 0 when it lies in none.
	 *
	 * @param array{from: string, to: string, zone: string}|null $quiet Of a definition.
	 */
	public static function quiet_until( ?array $quiet, string $country, int $now_ms ): int {
		if ( null === $quiet ) {
			return 0;
		}
		$zone  = 'recipient' === $quiet['zone'] ? self::zone( $country ) : wp_timezone();
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
