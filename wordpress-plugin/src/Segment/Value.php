<?php
/**
 * Values of conditions, read strictly.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Segment;

/** One reader for each kind of input; each gives the value in its one spelling, or a Problem. */
final class Value {

	/** Most days of "within … days": a hundred years. */
	private const DAYS_MAX = 36525;

	/**
	 * Reads a value.
	 *
	 * @param string $input One of none, text, number, days, date, choice, choices, range.
	 * @param array  $field From Catalogue::field().
	 */
	public static function read( string $input, mixed $value, array $field ): mixed {
		return match ( $input ) {
			'none'    => null === $value || true === $value || '' === $value ? null : new Problem( __( 'This operator takes no value.', 'nxt-cloud-chat' ), __( 'Leave the value out; for the opposite use set or not_set.', 'nxt-cloud-chat' ) ),
			'text'    => self::text( $value ),
			'number'  => self::number( $value ),
			'days'    => self::days( $value ),
			'date'    => self::date( $value ),
			'choice'  => self::yes_no( $value ),
			'choices' => self::choices( $value, $field ),
			'range'   => self::range( $value ),
		};
	}

	private static function text( mixed $value ): string|Problem {
		$text = is_string( $value ) || is_int( $value ) ? trim( (string) $value ) : null;
		if ( null === $text || '' === $text || ! mb_check_encoding( $text, 'UTF-8' ) || str_contains( $text, "\0" ) ) {
			return new Problem( __( 'The text is missing.', 'nxt-cloud-chat' ), __( 'Write a text; use set or not_set for filled and empty.', 'nxt-cloud-chat' ) );
		}
		if ( mb_strlen( $text ) > Conditions::CHARACTERS_MAX ) {
			/* translators: %d: a number */
			return new Problem( sprintf( __( 'The text is longer than %d characters.', 'nxt-cloud-chat' ), Conditions::CHARACTERS_MAX ), __( 'Shorten it.', 'nxt-cloud-chat' ) );
		}
		return $text;
	}

	private static function number( mixed $value ): int|float|Problem {
		if ( is_string( $value ) && 1 === preg_match( '/^\s*-?\d{1,15}(\.\d{1,10})?\s*$/D', $value ) ) {
			$value = (float) $value;
		}
		if ( ( ! is_int( $value ) && ! is_float( $value ) ) || ! is_finite( (float) $value ) || abs( $value ) > 1e15 ) {
			return new Problem( __( 'This is not a number.', 'nxt-cloud-chat' ), __( 'Write digits, with a point for decimals: 12.5.', 'nxt-cloud-chat' ) );
		}
		return is_float( $value ) && floor( $value ) === $value ? (int) $value : $value;
	}

	private static function days( mixed $value ): int|Problem {
		$days = self::number( $value );
		if ( ! is_int( $days ) || $days < 1 || $days > self::DAYS_MAX ) {
			/* translators: %d: a number */
			return new Problem( __( 'This is not a number of days.', 'nxt-cloud-chat' ), sprintf( __( 'Write a whole number from 1 to %d.', 'nxt-cloud-chat' ), self::DAYS_MAX ) );
		}
		return $days;
	}

	private static function date( mixed $value ): string|Problem {
		if ( ! is_string( $value ) || 1 !== preg_match( '/^(\d{4})-(\d{2})-(\d{2})$/D', trim( $value ), $part ) || ! checkdate( (int) $part[2], (int) $part[3], (int) $part[1] ) ) {
			return new Problem( __( 'This is not a date.', 'nxt-cloud-chat' ), __( 'Write year-month-day: 2026-01-31.', 'nxt-cloud-chat' ) );
		}
		return trim( $value );
	}

	private static function yes_no( mixed $value ): string|Problem {
		$word = is_string( $value ) ? strtolower( trim( $value ) ) : $value;
		if ( in_array( $word, array( true, 1, '1', 'yes', 'true' ), true ) ) {
			return 'yes';
		}
		if ( in_array( $word, array( false, 0, '0', 'no', 'false' ), true ) ) {
			return 'no';
		}
		return new Problem( __( 'This is neither yes nor no.', 'nxt-cloud-chat' ), __( 'Write yes or no.', 'nxt-cloud-chat' ) );
	}

	/** @return array{0: int|float, 1: int|float}|Problem */
	private static function range( mixed $value ): array|Problem {
		if ( ! is_array( $value ) || array( 0, 1 ) !== array_keys( $value ) ) {
			return new Problem( __( 'This is not a range.', 'nxt-cloud-chat' ), __( 'Write the smallest and the largest number: [1, 10].', 'nxt-cloud-chat' ) );
		}
		$out = array();
		foreach ( $value as $n => $end ) {
			$out[ $n ] = self::number( $end );
			if ( $out[ $n ] instanceof Problem ) {
				return new Problem( $out[ $n ]->message, $out[ $n ]->remedy, "[$n]" );
			}
		}
		if ( $out[0] > $out[1] ) {
			return new Problem( __( 'The smallest number is larger than the largest.', 'nxt-cloud-chat' ), __( 'Swap the two numbers.', 'nxt-cloud-chat' ) );
		}
		return $out;
	}

	/** @return list<int|string>|Problem Sorted, each once. */
	private static function choices( mixed $value, array $field ): array|Problem {
		$list = is_array( $value ) ? $value : array( $value );
		if ( ! $list || ! array_is_list( $list ) || null === $list[0] ) {
			return new Problem( __( 'Nothing is chosen.', 'nxt-cloud-chat' ), __( 'Choose at least one value.', 'nxt-cloud-chat' ) );
		}
		if ( count( $list ) > Conditions::VALUES_MAX ) {
			/* translators: %d: a number */
			return new Problem( sprintf( __( 'More than %d values are chosen.', 'nxt-cloud-chat' ), Conditions::VALUES_MAX ), __( 'Choose fewer, or choose their opposite.', 'nxt-cloud-chat' ) );
		}
		$out = array();
		foreach ( $list as $n => $item ) {
			$read = Catalogue::choice( $field, $item );
			if ( $read instanceof Problem ) {
				return new Problem( $read->message, $read->remedy, is_array( $value ) ? "[$n]" : '' );
			}
			$out[] = $read;
		}
		$out = array_values( array_unique( $out ) );
		sort( $out );
		return $out;
	}
}
