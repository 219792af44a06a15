<?php
/**
 * SQL of who would get a broadcast.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Broadcast;

use NxtChat\Contact\Contacts;
use NxtChat\Native;
use NxtChat\Schema;
use NxtChat\Store;

/** Sorts contacts by why they would get nothing. */
final class PreflightStore extends Store {

	/**
	 * Columns for Audience::stretch(): id, country, language, variant, and why a contact would get nothing (0 = would get it).
	 *
	 * @param string   $consent  Column of contacts: marketing or utility.
	 * @param bool     $granted  Needs a grant, not only no withdrawal.
	 * @param bool     $us       US numbers get nothing.
	 * @param int|null $since    Start of the frequency cap, null = no cap.
	 * @param int      $messages Marketing messages since then that are enough.
	 * @param string   $variant  Of RecipientStore::variant().
	 */
	public static function columns( string $consent, bool $granted, bool $us, ?int $since, int $messages, string $variant ): string {
		$identities = Schema::table( 'contact_identities' );
		$case       = "CASE WHEN (SELECT 1 FROM $identities i WHERE i.contact_id = c.id AND i.kind IN (" . Contacts::PHONE . ',' . Contacts::BSUID . ',' . Contacts::PARENT_BSUID . ') LIMIT 1) IS NULL THEN ' . Recipients::NO_ADDRESS
			. " WHEN c.$consent = " . Native\CONSENT_REVOKED . ' THEN ' . Recipients::OPTED_OUT;
		if ( $granted ) {
			$case .= " WHEN c.$consent <> " . Native\CONSENT_GRANTED . ' THEN ' . Recipients::NO_CONSENT;
		}
		if ( $us ) {
			$case .= " WHEN c.country = 'US' THEN " . Recipients::US;
		}
		if ( null !== $since ) {
			$case .= ' WHEN (SELECT COUNT(*) FROM ' . Schema::table( 'messages' ) . " g WHERE g.contact_id = c.id AND g.at_ms > $since AND g.direction = " . Native\DIRECTION_OUT . ' AND g.purpose = ' . Native\PURPOSE_MARKETING . ' AND g.state <> ' . Native\STATE_FAILED . ") >= $messages THEN " . Recipients::CAPPED;
		}
		return "c.id AS id, c.country AS country, c.language AS language, $variant AS variant, $case ELSE 0 END AS reason";
	}

	/** How many there are of each reason and country. @return list<array{reason: string, country: string, n: string}> */
	public static function sums( string $select ): array {
		return self::rows( "SELECT x.reason, x.country, COUNT(*) AS n FROM ($select) x GROUP BY x.reason, x.country" );
	}

	/** Contacts with a reason, after an id. @return array<int, array{country: string, language: string, variant: int}> By id, in its order. */
	public static function with_reason( string $select, int $reason, int $after, int $limit ): array {
		$out = array();
		foreach ( self::rows( "SELECT x.id, x.country, x.language, x.variant FROM ($select) x WHERE x.reason = $reason AND x.id > $after ORDER BY x.id LIMIT $limit" ) as $row ) {
			$out[ (int) $row['id'] ] = array( 'variant' => (int) $row['variant'] ) + $row;
		}
		return $out;
	}
}
