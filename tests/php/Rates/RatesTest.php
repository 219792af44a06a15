<?php
/**
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Tests\Rates;

use NxtChat\Rates\Rates;
use NxtChat\Tests\TestCase;

/** Prices as the owner gave them, and none that nobody gave. */
final class RatesTest extends TestCase {

	public function test_no_price_is_invented(): void {
		self::assertSame( '', Rates::currency() );
		foreach ( Rates::CATEGORIES as $category ) {
			self::assertNull( Rates::price( $category, 'DE' ) );
		}
		self::assertNull( Rates::price( 'no_category', 'DE' ) );
		$this->sign_in();
		self::assertSame( '{"currency":"","rates":{"authentication":{},"utility":{},"marketing":{},"service":{}}}', wp_json_encode( $this->rest( 'GET', 'rates' )->get_data() ) );
	}

	public function test_a_country_has_its_price_and_the_others_that_of_all(): void {
		$done = Rates::set( array( 'currency' => 'eur', 'rates' => array( 'authentication' => array( 'DE' => '0.0768', '*' => 0.03, 'US' => 0 ) ) ) ); // phpcs:ignore WordPress.Arrays
		self::assertIsArray( $done );
		self::assertSame( 'EUR', Rates::currency() );
		self::assertSame( 0.0768, Rates::price( 'authentication', 'DE' ) );
		self::assertSame( 0.03, Rates::price( 'authentication', 'FR' ) );
		self::assertSame( 0.03, Rates::price( 'authentication', '' ) );
		self::assertSame( 0.0, Rates::price( 'authentication', 'US' ), 'free is a price' );
		self::assertNull( Rates::price( 'marketing', 'DE' ) );
	}

	public function test_a_category_left_out_keeps_its_prices(): void {
		Rates::set( array( 'currency' => 'USD', 'rates' => array( 'authentication' => array( '*' => 0.02 ), 'marketing' => array( '*' => 0.1 ) ) ) ); // phpcs:ignore WordPress.Arrays
		Rates::set( array( 'rates' => array( 'authentication' => array() ) ) );
		self::assertNull( Rates::price( 'authentication', 'DE' ) );
		self::assertSame( 0.1, Rates::price( 'marketing', 'DE' ) );
		Rates::set( array( 'currency' => '', 'rates' => array( 'marketing' => array() ) ) ); // phpcs:ignore WordPress.Arrays
		self::assertFalse( get_option( Rates::OPTION ), 'nothing given, nothing kept' );
	}

	/** @return array<string, array{array<string, mixed>, string}> */
	public static function bad(): array {
		$of = static fn( mixed $prices ): array => array(
			'currency' => 'EUR',
			'rates'    => array( 'authentication' => $prices ),
		);
		return array(
			'a currency of two letters'   => array( array( 'currency' => 'EU' ), 'currency' ),
			'a currency that is a list'   => array( array( 'currency' => array( 'EUR' ) ), 'currency' ),
			'no currency'                 => array( array( 'rates' => array( 'utility' => array( 'DE' => 1 ) ) ), 'currency' ),
			'a category that is not there' => array( array( 'rates' => array( 'gifts' => array() ) ), 'rates' ),
			'a list'                      => array( array( 'rates' => 'all' ), 'rates' ),
			'prices that are no list'     => array( $of( 5 ), 'rates.authentication' ),
			'a country in words'          => array( $of( array( 'Germany' => 1 ) ), 'rates.authentication.Germany' ),
			'a country in small letters'  => array( $of( array( 'de' => 1 ) ), 'rates.authentication.de' ),
			'less than nothing'           => array( $of( array( 'DE' => -0.01 ) ), 'rates.authentication.DE' ),
			'a price of a car'            => array( $of( array( 'DE' => 20000 ) ), 'rates.authentication.DE' ),
			'a price in words'            => array( $of( array( 'DE' => 'five' ) ), 'rates.authentication.DE' ),
			'a price that is true'        => array( $of( array( 'DE' => true ) ), 'rates.authentication.DE' ),
			'no number'                   => array( $of( array( 'DE' => 'NAN' ) ), 'rates.authentication.DE' ),
		);
	}

	/**
	 * @dataProvider bad
	 * @param array<string, mixed> $input
	 */
	public function test_what_is_no_price_is_told_where_and_changes_nothing( array $input, string $path ): void {
		$this->sign_in();
		$answer = $this->rest( 'PUT', 'rates', $input );
		self::assertSame( 400, $answer->get_status() );
		self::assertContains( $path, array_column( $answer->get_data()['data']['problems'], 'path' ) );
		self::assertFalse( get_option( Rates::OPTION ) );
	}

	public function test_all_problems_are_told_at_once(): void {
		$done = Rates::set( array( 'currency' => '?', 'rates' => array( 'marketing' => array( 'XX' => 1, 'DE' => -1 ) ) ) ); // phpcs:ignore WordPress.Arrays
		self::assertSame( array( 'currency', 'rates.marketing.XX', 'rates.marketing.DE' ), array_column( $done->get_error_data()['problems'], 'path' ) );
	}
}
