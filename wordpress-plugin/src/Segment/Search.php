<?php
/**
 * What a text in a search box may mean.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Segment;

use NxtChat\Contact\Contacts;
use NxtChat\Conversation\Conversations;
use NxtChat\Native;

/** Words of a name, a number in any spelling, a user name, the beginning of an e-mail address. */
final class Search {

	/** Characters of a text that count. */
	private const CHARACTERS_MAX = 100;

	/** Digits from which on a text is looked for among numbers. */
	private const DIGITS_MIN = 3;

	/** The node of a search; null when the text is empty, and nobody when it can mean nothing. */
	public static function node( string $text, string $region ): ?array {
		$text = trim( mb_substr( $text, 0, self::CHARACTERS_MAX ) );
		if ( '' === $text ) {
			return null;
		}
		$any      = array();
		$prefixes = self::phone_prefixes( $text, $region );
		if ( $prefixes ) {
			$any[] = array( 'identity', Contacts::PHONE, $prefixes );
		}
		$words = Native\name_words( array( $text ) )[0];
		if ( $words && ! str_starts_with( $text, '@' ) ) {
			$words = array_map( static fn( $word ) => array( 'word', $word ), $words );
			$any[] = 1 === count( $words ) ? $words[0] : array( 'all', $words );
		}
		if ( 1 === preg_match( '/^@?[a-z0-9._]{3,35}$/Di', $text ) ) {
			$any[] = array( 'identity', Contacts::USERNAME, array( ltrim( strtolower( $text ), '@' ) ) );
		}
		if ( 1 === preg_match( '/^[a-z0-9._%+\-]{2,64}(@[a-z0-9.\-]*)?$/Di', $text ) ) {
			$any[] = array( 'text', 'email', array( strtolower( $text ) ), mb_strlen( $text ) );
		}
		return 1 === count( $any ) ? $any[0] : array( 'any', $any );
	}

	/**
	 * The E.164 prefixes that a number or its beginning may have.
	 *
	 * @param string $region ISO country for numbers without a country code, '' = none.
	 * @return list<string> Empty when the text is no number.
	 */
	public static function phone_prefixes( string $text, string $region ): array {
		$digits = (string) preg_replace( '/\D+/', '', $text );
		if ( strlen( $digits ) < self::DIGITS_MIN || 1 !== preg_match( '/^[\d\s()+.\/\-]+$/D', $text ) ) {
			return array();
		}
		$prefixes = array( '+' . ( str_starts_with( $digits, '00' ) ? substr( $digits, 2 ) : $digits ) );
		$parsed   = Native\phone_parse( $text, '' === $region ? null : $region );
		if ( 1 === preg_match( '/^(\+\d{1,3}) (.+)$/', $parsed['international'], $found ) ) {
			// Half a number keeps the zero that is dialled at home; some countries keep it abroad too.
			$rest       = (string) preg_replace( '/\D+/', '', $found[2] );
			$prefixes[] = $found[1] . $rest;
			$prefixes[] = $found[1] . ltrim( $rest, '0' );
		}
		return array_values( array_unique( $prefixes ) );
	}

	/** The country of numbers without a country code: that of the first account. */
	public static function region(): string {
		return Conversations::region( 0 );
	}
}
