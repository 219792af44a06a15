<?php
/**
 * People in the webhooks that are kept as they came.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Privacy;

/** Takes people out of stored webhooks. One webhook can tell of several people: the others stay in it. */
final class StoredWebhooks {

	/** Webhooks looked through by one statement. */
	private const PAGE = 2000;

	/** So many names are looked for by the database; more are found by reading every body of a smaller page. */
	private const LIKE_MAX  = 8;
	private const READ_PAGE = 100;

	/** What can be a number or a user id in a body. */
	private const TOKEN = '/[A-Z]{2}\.(?:ENT\.)?[A-Za-z0-9]+|\d{5,20}/';

	/**
	 * Looks through the webhooks after one id, to the end or up to another.
	 *
	 * @param list<string> $identities E.164 numbers, user ids.
	 * @return int The last id looked at.
	 */
	public static function forget( array $identities, int $after_id = 0, int $until_id = PHP_INT_MAX ): int {
		$needles = array_map( static fn( string $value ): string => ltrim( $value, '+' ), $identities );
		$wanted  = array_fill_keys( $needles, true );
		$few     = count( $needles ) <= self::LIKE_MAX;
		while ( $needles && $after_id < $until_id ) {
			$end = PrivacyStore::events_until( $after_id, $few ? self::PAGE : self::READ_PAGE );
			if ( 0 === $end ) {
				break;
			}
			foreach ( PrivacyStore::events_with( $few ? $needles : array(), $after_id, min( $end, $until_id ) ) as $row ) {
				if ( self::mentions( $row['body'], $wanted ) ) {
					PrivacyStore::rewrite_event( (int) $row['id'], self::without( $row['body'], $wanted ) );
				}
			}
			$after_id = $end;
		}
		return $after_id;
	}

	/** @param array<string, true> $wanted */
	private static function mentions( string $text, array $wanted ): bool {
		preg_match_all( self::TOKEN, $text, $found );
		foreach ( $found[0] as $token ) {
			if ( isset( $wanted[ $token ] ) ) {
				return true;
			}
		}
		return false;
	}

	/**
	 * A body without what is about these people; '' when nothing is left, or when it is no body of Meta's.
	 *
	 * @param array<string, true> $wanted
	 */
	private static function without( string $body, array $wanted ): string {
		$all = json_decode( $body );
		if ( ! is_object( $all ) || ! is_array( $all->entry ?? null ) ) {
			return '';
		}
		$is = static fn( $part ): bool => self::mentions( (string) wp_json_encode( $part ), $wanted );
		foreach ( $all->entry as $entry ) {
			$left = array();
			foreach ( is_array( $entry->changes ?? null ) ? $entry->changes : array() as $change ) {
				$tells = ! $is( $change ); // Of somebody else.
				if ( ! $tells && is_object( $change->value ?? null ) ) {
					foreach ( get_object_vars( $change->value ) as $name => $list ) {
						if ( is_array( $list ) ) {
							$change->value->$name = array_values( array_filter( $list, static fn( $part ) => ! $is( $part ) ) );
							$tells                = $tells || ( 'contacts' !== $name && $change->value->$name );
						}
					}
					$tells = $tells && ! $is( $change );
				}
				if ( $tells ) {
					$left[] = $change;
				}
			}
			$entry->changes = $left;
		}
		$all->entry = array_values( array_filter( $all->entry, static fn( $entry ) => array() !== $entry->changes ) );
		return $all->entry ? (string) wp_json_encode( $all, JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES ) : '';
	}
}
