<?php
/**
 * How often, and for how much money.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Login;

use NxtChat\Site;

/**
 * Counters in fixed windows, in the site's database. Their names are keyed hashes: the table tells nobody's number.
 *
 * A request is counted before anything is sent, and only when every budget has room: what is refused costs nobody else's budget.
 */
final class Budgets {

	/** Windows of a budget, in seconds, in the order of its limits. */
	public const WINDOWS = array( MINUTE_IN_SECONDS, HOUR_IN_SECONDS, DAY_IN_SECONDS );

	/** Readable names of the room's own counters. */
	private const CAP     = 'login_cap:';
	private const MONEY   = 'login_money:';
	private const TROUBLE = 'login_trouble';

	/** How long a site whose messages cannot be sent says so before it tries again, in ms. */
	public const TROUBLE_MS = 30000;

	/**
	 * Counts a request. To be called inside a transaction, which must be rolled back when the answer is not null.
	 *
	 * @param array<string, string> $who Values by scope: number, ip, network, country, site; '' = not counted.
	 * @return array{scope: string, retry_in: int}|null Which budget is used up (or 'cap', 'trouble'), and seconds until it has room.
	 */
	public static function take( array $who, int $now_ms ): ?array {
		$limits = LoginSettings::all()['budgets'];
		$names  = array();
		$meant  = array();
		foreach ( array_filter( $who, static fn( $value ): bool => '' !== $value ) as $scope => $value ) {
			foreach ( self::WINDOWS as $n => $seconds ) {
				if ( ( $limits[ $scope ][ $n ] ?? 0 ) > 0 ) {
					$window  = intdiv( $now_ms, $seconds * 1000 );
					$names[] = self::name( $scope, $value, $seconds, $window );
					$meant[] = array( $scope, $limits[ $scope ][ $n ], ( $window + 1 ) * $seconds * 1000 );
				}
			}
		}
		$hashes = $names ? LoginKey::hashes( $names ) : array();
		if ( $hashes ) {
			CounterStore::add( array_combine( $hashes, array_column( $meant, 2 ) ) );
		}
		$own    = array( self::CAP . self::day(), self::MONEY . self::day(), self::TROUBLE );
		$counts = CounterStore::read( array( ...$hashes, ...$own ) );
		$wait   = null;
		foreach ( $hashes as $n => $hash ) {
			[ $scope, $limit, $until ] = $meant[ $n ];
			$retry                     = max( 1, (int) ceil( ( $until - $now_ms ) / 1000 ) );
			if ( ( $counts[ $hash ] ?? 0 ) > $limit && $retry > ( $wait['retry_in'] ?? 0 ) ) {
				$wait = array(
					'scope'    => $scope,
					'retry_in' => $retry,
				);
			}
		}
		if ( null === $wait && self::is_spent( $counts[ $own[0] ] ?? 0, $counts[ $own[1] ] ?? 0 ) ) {
			$wait = array(
				'scope'    => 'cap',
				'retry_in' => self::seconds_left(),
			);
		}
		if ( null === $wait && ( $counts[ self::TROUBLE ] ?? 0 ) > $now_ms ) {
			$wait = array(
				'scope'    => 'trouble',
				'retry_in' => (int) ceil( ( $counts[ self::TROUBLE ] - $now_ms ) / 1000 ),
			);
		}
		return $wait;
	}

	/**
	 * Counts one code that somebody typed in, before it is looked at: for the number, and for the address, which has as many a day as
	 * it may ask for. Else one that knows many numbers would have a few guesses at each of them.
	 */
	public static function guess( string $number, int $now_ms ): bool {
		$limits = array( array( 'guess', $number, DAY_IN_SECONDS, LoginSettings::all()['guesses_day'] ) );
		$of_ip  = LoginSettings::all()['budgets']['ip'][ count( self::WINDOWS ) - 1 ];
		$ip     = ClientIp::visitor( ClientIp::get() );
		if ( $of_ip > 0 && '' !== $ip ) {
			$limits[] = array( 'guess from', $ip, DAY_IN_SECONDS, $of_ip );
		}
		return self::allow( $limits, $now_ms );
	}

	/**
	 * Counts one more, for any room that limits what visitors do.
	 *
	 * @param list<array{0: string, 1: string, 2: int, 3: int}> $limits Scope, value, seconds of the window, most in one. At least one.
	 * @return bool Is there room? The n-th caller of a window sees at least n, so no more than the limit are ever told yes.
	 */
	public static function allow( array $limits, int $now_ms ): bool {
		$names = array();
		$until = array();
		foreach ( $limits as [ $scope, $value, $seconds ] ) {
			$window  = intdiv( $now_ms, $seconds * 1000 );
			$names[] = self::name( $scope, $value, $seconds, $window );
			$until[] = ( $window + 1 ) * $seconds * 1000;
		}
		$hashes = LoginKey::hashes( $names );
		CounterStore::add( array_combine( $hashes, $until ) );
		$counts = CounterStore::read( $hashes );
		foreach ( $hashes as $n => $hash ) {
			if ( ( $counts[ $hash ] ?? 1 ) > $limits[ $n ][3] ) {
				return false;
			}
		}
		return true;
	}

	/**
	 * Takes one message, and what it costs, of the day's spend cap.
	 *
	 * @param int $cost Millionths of the currency, 0 = not known.
	 * @return int|null Messages of this day with this one; null when the cap is reached (nothing is taken then).
	 */
	public static function spend( int $cost ): ?int {
		$cap   = self::CAP . self::day();
		$money = self::MONEY . self::day();
		$until = Site::now_ms() + 2 * DAY_IN_SECONDS * 1000;
		try {
			return CounterStore::transaction_again(
				static function () use ( $cap, $money, $until, $cost ): int {
					CounterStore::add( array( $cap => $until ) );
					$counts = CounterStore::read( array( $cap, $money ) );
					if ( self::is_spent( $counts[ $cap ] - 1, $counts[ $money ] ?? 0 ) ) {
						throw new Spent();
					}
					if ( $cost > 0 ) {
						CounterStore::put( $money, ( $counts[ $money ] ?? 0 ) + $cost, $until ); // $cap's row is ours until the commit.
					}
					return $counts[ $cap ];
				}
			);
		} catch ( Spent $e ) {
			return null;
		}
	}

	/**
	 * How much of budgets is used in the windows of now.
	 *
	 * @param list<array{0: string, 1: string}> $whom Scope and value of each.
	 * @return list<array{scope: string, value: string, used: list<int>, limits: list<int>}> By WINDOWS. What is not limited is not counted.
	 */
	public static function used( array $whom, int $now_ms ): array {
		$names = array();
		foreach ( $whom as [ $scope, $value ] ) {
			foreach ( self::WINDOWS as $seconds ) {
				$names[] = self::name( $scope, $value, $seconds, intdiv( $now_ms, $seconds * 1000 ) );
			}
		}
		$hashes = $names ? LoginKey::hashes( $names ) : array();
		$counts = $hashes ? CounterStore::read( $hashes ) : array();
		$used   = array_chunk( array_map( static fn( string $hash ): int => $counts[ $hash ] ?? 0, $hashes ), count( self::WINDOWS ) );
		return array_map(
			static fn( array $one, array $used ): array => array(
				'scope'  => $one[0],
				'value'  => $one[1],
				'used'   => $used,
				'limits' => LoginSettings::all()['budgets'][ $one[0] ],
			),
			$whom,
			$used
		);
	}

	/** What was spent today. @return array{messages: int, money: int, left_s: int} money in millionths. */
	public static function today(): array {
		$counts = CounterStore::read( array( self::CAP . self::day(), self::MONEY . self::day() ) );
		return array(
			'messages' => $counts[ self::CAP . self::day() ] ?? 0,
			'money'    => $counts[ self::MONEY . self::day() ] ?? 0,
			'left_s'   => self::seconds_left(),
		);
	}

	/** Sending does not work for reasons that have nothing to do with the number: say so to everybody for a moment. */
	public static function trouble(): void {
		$until = Site::now_ms() + self::TROUBLE_MS;
		CounterStore::put( self::TROUBLE, $until, $until );
	}

	/** It works again. */
	public static function works(): void {
		CounterStore::drop( self::TROUBLE );
	}

	/** The site's day, as 20261129. */
	public static function day( int $days_ago = 0 ): int {
		return (int) wp_date( 'Ymd', time() - $days_ago * DAY_IN_SECONDS );
	}

	/** A counter's name before it is hashed. */
	private static function name( string $scope, string $value, int $seconds, int $window ): string {
		return "$scope:$value:$seconds:$window";
	}

	private static function is_spent( int $messages, int $money ): bool {
		$settings = LoginSettings::all();
		return $messages >= $settings['cap_day'] || ( $settings['cap_money'] > 0 && $money >= $settings['cap_money'] * 1e6 );
	}

	/** Until the site's day ends. */
	private static function seconds_left(): int {
		$now = new \DateTimeImmutable( 'now', wp_timezone() );
		return max( 1, $now->modify( 'tomorrow' )->getTimestamp() - $now->getTimestamp() );
	}
}
