<?php
/**
 * What messages cost.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Broadcast;

use NxtChat\Rates\Rates;

/** From the owner's own rate card (category × country). Nothing is ever guessed: a country without a price is told as such. */
final class Cost {

	/**
	 * What messages would cost.
	 *
	 * @param string             $category As MARKETING.
	 * @param array<string, int> $by       Messages by country.
	 * @return array{currency: string, amount: ?float, unpriced: int} amount null: there is no rate card.
	 */
	public static function estimate( string $category, array $by ): array {
		$amount   = 0.0;
		$priced   = 0;
		$unpriced = 0;
		foreach ( $by as $country => $count ) {
			$price = Rates::price( strtolower( $category ), (string) $country );
			if ( null === $price ) {
				$unpriced += $count;
			} else {
				$priced += $count;
				$amount += $price * $count;
			}
		}
		return array(
			'currency' => Rates::currency(),
			'amount'   => $priced > 0 ? round( $amount, 4 ) : null,
			'unpriced' => $unpriced,
		);
	}
}
