<?php
/**
 * What became of logins.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Login;

use NxtChat\Rates\Rates;
use NxtChat\Site;

/** Thirty days in numbers: nobody's number and nobody's name is in it. */
final class LoginReport {

	public const DAYS = 30;

	/** What is counted beside refusals, which have their reason behind a colon. */
	public const COUNTS = array( 'request', 'sent', 'delivered', 'success', 'register', 'word' );

	private const REFUSED = 'refused:';

	/** Countries whose budgets are told. */
	private const COUNTRIES_MAX = 10;

	/** Money is counted in millionths. */
	private const MONEY = 1000000;

	/**
	 * The last thirty days of the site's calendar, oldest first, days without anything included.
	 *
	 * @return array{days: list<array{day: string, request: int, sent: int, delivered: int, success: int, register: int, word: int, refused: int, refusals: array<string, int>, spend: float}>, totals: array<string, mixed>, currency: string, today: array{messages: int, cap_day: int, spend: float, cap_money: float, budgets: list<array>}}
	 *         day: as 2026-01-31. refusals: by reason. totals: the sums, without day. currency: '' = no prices given. budgets: of the whole site and of countries, as Budgets::used().
	 */
	public static function days(): array {
		Delivered::count();
		$today = wp_date( 'Y-m-d', intdiv( Site::now_ms(), 1000 ) );
		$dates = array();
		for ( $back = self::DAYS - 1; $back >= 0; $back-- ) {
			$dates[] = gmdate( 'Y-m-d', strtotime( "$today 12:00:00 UTC" ) - $back * DAY_IN_SECONDS );
		}
		$days   = array_fill_keys( $dates, self::nothing() );
		$totals = self::nothing();
		foreach ( CounterStore::sums_since( (int) str_replace( '-', '', $dates[0] ) ) as $row ) {
			$day = substr( $row['day'], 0, 4 ) . '-' . substr( $row['day'], 4, 2 ) . '-' . substr( $row['day'], 6, 2 );
			if ( isset( $days[ $day ] ) ) {
				self::add( $days[ $day ], (string) $row['what'], (int) $row['n'] );
				self::add( $totals, (string) $row['what'], (int) $row['n'] );
			}
		}
		$settings = LoginSettings::all();
		$used     = Budgets::today();
		$list     = array();
		foreach ( $days as $day => $counts ) {
			$list[] = array( 'day' => $day ) + self::shape( $counts );
		}
		return array(
			'days'     => $list,
			'totals'   => self::shape( $totals ),
			'currency' => Rates::currency(),
			'today'    => array(
				'messages'  => $used['messages'],
				'cap_day'   => $settings['cap_day'],
				'spend'     => $used['money'] / self::MONEY,
				'cap_money' => (float) $settings['cap_money'],
				'budgets'   => self::budgets(),
			),
		);
	}

	/** What of the budgets is used that many visitors share. @return list<array{scope: string, value: string, used: list<int>, limits: list<int>}> */
	private static function budgets(): array {
		if ( ! isset( wp_load_alloptions()[ LoginKey::OPTION ] ) ) {
			return array(); // Nothing was ever counted, and a look makes no key.
		}
		$whom = array( array( 'site', 'site' ) );
		foreach ( array_slice( LoginSettings::countries(), 0, self::COUNTRIES_MAX ) as $country ) {
			$whom[] = array( 'country', $country );
		}
		return Budgets::used( $whom, Site::now_ms() );
	}

	/** @return array<string, mixed> */
	private static function nothing(): array {
		return array_fill_keys( self::COUNTS, 0 ) + array(
			'refused'  => 0,
			'refusals' => array(),
			'spend'    => 0,
		);
	}

	/** @param array<string, mixed> $counts */
	private static function add( array &$counts, string $what, int $n ): void {
		if ( str_starts_with( $what, self::REFUSED ) ) {
			$reason                        = substr( $what, strlen( self::REFUSED ) );
			$counts['refused']            += $n;
			$counts['refusals'][ $reason ] = ( $counts['refusals'][ $reason ] ?? 0 ) + $n;
		} elseif ( isset( $counts[ $what ] ) && is_int( $counts[ $what ] ) ) {
			$counts[ $what ] += $n;
		}
	}

	/** @param array<string, mixed> $counts @return array<string, mixed> */
	private static function shape( array $counts ): array {
		arsort( $counts['refusals'] );
		$counts['refusals'] = (object) $counts['refusals'];
		$counts['spend']    = $counts['spend'] / self::MONEY;
		return $counts;
	}
}
