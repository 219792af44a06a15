<?php
/**
 * What a message costs.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Rates;

use NxtChat\Consent\Countries;
use NxtChat\Problems;

/**
 * Prices of one delivered message by category and country, as the owner copied them from Meta's price list. Empty at first:
 * Meta publishes its prices on a page only, and changes them on quarter starts, so a price that came with the plugin would be wrong.
 */
final class Rates {

	/** Not autoloaded: asked where money is shown or counted. */
	public const OPTION = 'nxtchat_rates';

	/** Meta's categories. */
	public const CATEGORIES = array( 'authentication', 'utility', 'marketing', 'service' );

	/** The country of all that are not named. */
	public const ELSEWHERE = '*';

	/** Highest price of one message, and the digits behind its point. */
	private const PRICE_MAX = 100;
	private const DECIMALS  = 6;

	/**
	 * All prices.
	 *
	 * @return array{currency: string, rates: array<string, array<string, float>>} currency: ISO 4217, '' = none given. By category
	 *         (all of them), then by ISO 3166 country or ELSEWHERE.
	 */
	public static function all(): array {
		$stored = get_option( self::OPTION, array() );
		$stored = is_array( $stored ) ? $stored : array();
		$rates  = array();
		foreach ( self::CATEGORIES as $category ) {
			$prices             = $stored['rates'][ $category ] ?? null;
			$rates[ $category ] = is_array( $prices ) ? array_map( 'floatval', $prices ) : array();
		}
		return array(
			'currency' => (string) ( $stored['currency'] ?? '' ),
			'rates'    => $rates,
		);
	}

	/** As all(), for REST: an empty object stays an object. @return array{currency: string, rates: array<string, object>} */
	public static function json(): array {
		$all          = self::all();
		$all['rates'] = array_map( static fn( array $prices ): object => (object) $prices, $all['rates'] );
		return $all;
	}

	/** ISO 4217, '' = no prices given. */
	public static function currency(): string {
		return self::all()['currency'];
	}

	/**
	 * The price of one message.
	 *
	 * @param string $category One of CATEGORIES.
	 * @param string $country  ISO 3166, '' = not known.
	 * @return float|null In currency(); null where the owner gave none.
	 */
	public static function price( string $category, string $country ): ?float {
		$prices = self::all()['rates'][ $category ] ?? array();
		return $prices[ $country ] ?? $prices[ self::ELSEWHERE ] ?? null;
	}

	/**
	 * Puts prices in the place of those there are.
	 *
	 * @param array{currency?: mixed, rates?: mixed} $input A category left out keeps its prices; so does the currency.
	 * @return array|\WP_Error As all(), or every problem.
	 */
	public static function set( array $input ): array|\WP_Error {
		$all      = self::all();
		$problems = array();
		if ( isset( $input['currency'] ) ) {
			$currency = is_string( $input['currency'] ) ? strtoupper( trim( $input['currency'] ) ) : '?';
			if ( 1 === preg_match( '/^([A-Z]{3})?$/D', $currency ) ) {
				$all['currency'] = $currency;
			} else {
				$problems[] = Problems::one( 'currency', __( 'A currency has three letters, as EUR or USD.', 'nxt-cloud-chat' ) );
			}
		}
		$given = $input['rates'] ?? array();
		if ( ! is_array( $given ) || array_diff_key( $given, array_flip( self::CATEGORIES ) ) ) {
			/* translators: %s: words */
			$problems[] = Problems::one( 'rates', sprintf( __( 'Prices are given by category: %s.', 'nxt-cloud-chat' ), implode( ', ', self::CATEGORIES ) ) );
			$given      = array();
		}
		foreach ( $given as $category => $prices ) {
			if ( ! is_array( $prices ) ) {
				$problems[] = Problems::one( "rates.$category", __( 'Prices are given by country.', 'nxt-cloud-chat' ) );
				continue;
			}
			$all['rates'][ $category ] = array();
			foreach ( $prices as $country => $price ) {
				$problem = self::problem( (string) $country, $price );
				if ( '' === $problem ) {
					$all['rates'][ $category ][ (string) $country ] = round( (float) $price, self::DECIMALS );
				} else {
					$problems[] = Problems::one( "rates.$category.$country", $problem );
				}
			}
			ksort( $all['rates'][ $category ] );
		}
		if ( ! $problems && '' === $all['currency'] && array_filter( $all['rates'] ) ) {
			$problems[] = Problems::one( 'currency', __( 'Say in which currency the prices are.', 'nxt-cloud-chat' ) );
		}
		if ( $problems ) {
			return Problems::error( $problems );
		}
		$rates = array_filter( $all['rates'] );
		if ( $rates || '' !== $all['currency'] ) {
			update_option( self::OPTION, array( 'currency' => $all['currency'], 'rates' => $rates ), false ); // phpcs:ignore WordPress.Arrays -- One thought.
		} else {
			delete_option( self::OPTION );
		}
		return self::all();
	}

	/** JSON schemas: REST arguments. */
	public static function schema(): array {
		$prices = array(
			'type'                 => 'object',
			'description'          => 'Price of one delivered message by ISO 3166 country; * for all others.',
			'additionalProperties' => array(
				'type'    => 'number',
				'minimum' => 0,
				'maximum' => self::PRICE_MAX,
			),
		);
		return array(
			'currency' => array(
				'type'        => 'string',
				'description' => 'ISO 4217, empty: no prices given.',
			),
			'rates'    => array(
				'type'                 => 'object',
				'properties'           => array_fill_keys( self::CATEGORIES, $prices ),
				'additionalProperties' => false,
			),
		);
	}

	/** '' when a price is one. */
	private static function problem( string $country, mixed $price ): string {
		if ( self::ELSEWHERE !== $country && ! Countries::has( $country ) ) {
			/* translators: %s: what was given */
			return sprintf( __( '%s is no country. Give its two letters, or * for all others.', 'nxt-cloud-chat' ), mb_substr( $country, 0, 40 ) );
		}
		if ( ! is_int( $price ) && ! is_float( $price ) && ! ( is_string( $price ) && is_numeric( $price ) ) ) {
			return __( 'A price is a number.', 'nxt-cloud-chat' );
		}
		$price = (float) $price;
		/* translators: %d: a number */
		return $price >= 0 && $price <= self::PRICE_MAX ? '' : sprintf( __( 'A price is between 0 and %d.', 'nxt-cloud-chat' ), self::PRICE_MAX );
	}
}
