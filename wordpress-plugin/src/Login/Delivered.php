<?php
/**
 * How many codes arrived.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Login;

use NxtChat\Site;
use NxtChat\StoreError;
use NxtChat\Template\TemplateCounts;

/**
 * Counts delivered codes of the last days into the report, from the messages themselves: WhatsApp tells of a delivery whenever the phone
 * comes online, and neither a drain nor a login has to count for it. Every hour, and when the report is looked at.
 */
final class Delivered {

	/** What the sums are kept as. */
	private const WHAT = 'delivered';

	/** Days that are counted again: a phone that was off for longer makes no difference to anybody. */
	private const DAYS = 3;

	/** Counts anew. No statement where no code can ever have been sent. @throws StoreError */
	public static function count(): void {
		if ( 0 === LoginSettings::all()['template_id'] ) {
			return;
		}
		$ids = array_column( LoginTemplate::choices(), 'id' );
		if ( ! $ids ) {
			return;
		}
		$day  = ( new \DateTimeImmutable( '@' . intdiv( Site::now_ms(), 1000 ) ) )->setTimezone( wp_timezone() )->setTime( 0, 0 );
		$sums = array();
		for ( $n = 0; $n < self::DAYS; $n++ ) {
			$next = $day->modify( '+1 day' );
			$sent = TemplateCounts::delivered_codes( $ids, $day->getTimestamp() * 1000, $next->getTimestamp() * 1000 );
			if ( $sent > 0 ) {
				$sums[ (int) $day->format( 'Ymd' ) ] = array( self::WHAT => $sent );
			}
			$day = $day->modify( '-1 day' );
		}
		CounterStore::put_sums( $sums );
	}
}
