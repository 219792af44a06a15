<?php
/**
 * Values of custom fields.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Field;

use NxtChat\Native;
use NxtChat\Problems;

/** Reads what people type, in the spelling of many countries, and shows it again. The same rules as the reader of imported files. */
final class FieldValue {

	/** Longest value, in characters: the column's width. */
	public const CHARACTERS = 255;

	/** Digits of a number that a double keeps exactly. */
	private const DIGITS = 15;

	private const DAY_S = 86400;

	private const YES = '1 y yes true t on x ok ja j oui o si s sim tak t kylla ano igen da evet ναι да v checked';
	private const NO  = '0 n no false f off nein nee non nao nie ei nej ne nem nu hayir h οχι нет unchecked';

	/**
	 * A value in its one spelling.
	 *
	 * @param array{type: int, choices: list<string>, label: string} $field
	 * @param bool|null $day_first 31/01/2026 rather than 01/31/2026; null = as this site writes dates.
	 * @return array{text: string, number: float}|\WP_Error text '' = no value.
	 */
	public static function parse( array $field, mixed $value, ?bool $day_first = null ): array|\WP_Error {
		if ( null === $value ) {
			$value = '';
		} elseif ( is_bool( $value ) ) {
			$value = $value ? '1' : '0';
		} elseif ( is_float( $value ) ) {
			$value = self::plain_number( $value );
		}
		$text = Problems::text( $value, 4 * self::CHARACTERS );
		if ( null === $text || mb_strlen( $text ) > self::CHARACTERS ) {
			/* translators: %d: a number */
			return self::wrong( is_scalar( $value ) ? sprintf( __( 'This is too long: %d characters at most.', 'nxt-cloud-chat' ), self::CHARACTERS ) : __( 'This must be text.', 'nxt-cloud-chat' ), '' );
		}
		if ( '' === $text ) {
			return self::value( '', 0 );
		}
		switch ( $field['type'] ) {
			case Native\FIELD_NUMBER:
				$number = self::number( $text );
				return null === $number
					? self::wrong( __( 'This is not a number.', 'nxt-cloud-chat' ), __( 'Write digits with a point or a comma for decimals, as 12.5 or 12,5. A comma before three digits can mean two things: write 1234 or 1.234,0.', 'nxt-cloud-chat' ) )
					: self::value( $number, (float) $number );
			case Native\FIELD_DATE:
				$date = self::date( $text, $day_first ?? self::day_first() );
				return null === $date
					? self::wrong( __( 'This is not a date that exists.', 'nxt-cloud-chat' ), __( 'Write year-month-day, as 2026-01-31. 31.01.2026 is understood too.', 'nxt-cloud-chat' ) )
					: self::value( $date, intdiv( (int) strtotime( $date . ' UTC' ), self::DAY_S ) );
			case Native\FIELD_YES_NO:
				$yes = self::yes_no( $text );
				return null === $yes
					? self::wrong( __( 'This is neither yes nor no.', 'nxt-cloud-chat' ), __( 'Write yes or no.', 'nxt-cloud-chat' ) )
					: self::value( $yes ? '1' : '0', $yes ? 1 : 0 );
			case Native\FIELD_CHOICE:
				foreach ( array( 'strval', 'mb_strtolower' ) as $fold ) { // The very choice before one that only looks like it.
					foreach ( $field['choices'] as $choice ) {
						if ( $fold( $choice ) === $fold( $text ) ) {
							return self::value( $choice, 0 );
						}
					}
				}
				return self::wrong(
					__( 'This is not one of the choices.', 'nxt-cloud-chat' ),
					/* translators: %s: list of choices */
					sprintf( __( 'Use one of: %s.', 'nxt-cloud-chat' ), mb_strimwidth( implode( ', ', $field['choices'] ), 0, 300, '…' ) )
				);
		}
		return self::value( $text, 0 );
	}

	/** A kept value as people of this site read it. */
	public static function format( array $field, string $text ): string {
		if ( '' === $text ) {
			return '';
		}
		switch ( $field['type'] ) {
			case Native\FIELD_NUMBER:
				$point = strpos( $text, '.' );
				return number_format_i18n( (float) $text, false === $point ? 0 : strlen( $text ) - $point - 1 );
			case Native\FIELD_DATE:
				return (string) wp_date( (string) get_option( 'date_format', 'Y-m-d' ), (int) strtotime( $text . ' 12:00 UTC' ), new \DateTimeZone( 'UTC' ) );
			case Native\FIELD_YES_NO:
				return '1' === $text ? __( 'Yes', 'nxt-cloud-chat' ) : __( 'No', 'nxt-cloud-chat' );
		}
		return $text;
	}

	/** Whether this site writes the day before the month. */
	public static function day_first(): bool {
		return 1 !== preg_match( '/^[^dj]*[mnFM].*[dj]/', (string) get_option( 'date_format', 'Y-m-d' ) ) || str_starts_with( (string) get_option( 'date_format' ), 'Y' );
	}

	/** `12.5`: digits, a point, no needless zeros. Null when it is no number, or one that can mean two things (1,234). */
	private static function number( string $text ): ?string {
		$text = str_replace( '−', '-', (string) preg_replace( "/[\\s'’]+/u", '', $text ) );
		if ( 1 !== preg_match( '/^([+-]?)([\d.,]*\d[\d.,]*)$/D', $text, $found ) ) {
			return null;
		}
		[ , $sign, $digits ] = $found;
		$points              = substr_count( $digits, '.' );
		$commas              = substr_count( $digits, ',' );
		$at                  = max( (int) strrpos( $digits, '.' ), (int) strrpos( $digits, ',' ) );
		if ( 0 === $points + $commas ) {
			$whole = $digits;
			$part  = '';
		} elseif ( 1 === $points + $commas ) {
			[ $whole, $part ] = preg_split( '/[.,]/', $digits );
			if ( 1 === $commas && 1 === preg_match( '/^[1-9]\d{0,2},\d{3}$/D', $digits ) ) {
				return null;
			}
		} elseif ( 0 === $points || 0 === $commas ) {
			$whole = self::thousands( $digits, 0 === $points ? ',' : '.' );
			$part  = '';
		} else {
			$decimal = $digits[ $at ];
			if ( 1 !== substr_count( $digits, $decimal ) ) {
				return null;
			}
			$whole = self::thousands( substr( $digits, 0, $at ), ',' === $decimal ? '.' : ',' );
			$part  = substr( $digits, $at + 1 );
		}
		if ( null === $whole ) {
			return null;
		}
		$whole = ltrim( $whole, '0' );
		$whole = '' === $whole ? '0' : $whole;
		$part  = rtrim( $part, '0' );
		if ( strlen( $whole . $part ) > self::DIGITS ) {
			return null;
		}
		$number = $whole . ( '' === $part ? '' : ".$part" );
		return ( '-' === $sign && '0' !== $number ? '-' : '' ) . $number;
	}

	/** Without the signs between groups of three, null where they stand elsewhere. */
	private static function thousands( string $text, string $sign ): ?string {
		return 1 === preg_match( '/^\d{1,3}(' . preg_quote( $sign, '/' ) . '\d{3})*$/D', $text ) || ! str_contains( $text, $sign ) ? str_replace( $sign, '', $text ) : null;
	}

	private static function plain_number( float $value ): string {
		return is_finite( $value ) && abs( $value ) < 1e15 ? rtrim( rtrim( number_format( $value, 10, '.', '' ), '0' ), '.' ) : 'x';
	}

	/** `2026-01-31`, null when there is no such day. */
	private static function date( string $text, bool $day_first ): ?string {
		$text = (string) preg_replace( '/[T ,]\s*\d{1,2}:.*$/s', '', $text );
		if ( 1 === preg_match( '/^(\d{4})(\d\d)(\d\d)$|^(\d{4})[-.\/](\d{1,2})[-.\/](\d{1,2})$/D', $text, $p ) ) {
			[ $year, $month, $day ] = array_map( 'intval', '' !== $p[1] ? array( $p[1], $p[2], $p[3] ) : array( $p[4], $p[5], $p[6] ) );
		} elseif ( 1 === preg_match( '/^(\d{1,2})([-.\/])(\d{1,2})\2(\d{4}|\d\d)\.?$/D', $text, $p ) ) {
			$year  = (int) $p[4] + ( 2 === strlen( $p[4] ) ? ( (int) $p[4] < 70 ? 2000 : 1900 ) : 0 );
			$swap  = '/' === $p[2] && ! $day_first;
			$month = (int) ( $swap ? $p[1] : $p[3] );
			$day   = (int) ( $swap ? $p[3] : $p[1] );
			if ( $month > 12 ) { // Only one way to read it.
				[ $month, $day ] = array( $day, $month );
			}
		} else {
			return null;
		}
		return $year >= 1000 && checkdate( $month, $day, $year ) ? sprintf( '%04d-%02d-%02d', $year, $month, $day ) : null;
	}

	private static function yes_no( string $text ): ?bool {
		if ( in_array( $text, array( '✓', '✔', '☑', '✅' ), true ) ) {
			return true;
		}
		$word = mb_strtolower( remove_accents( $text ) );
		return match ( true ) {
			str_contains( $word, ' ' )                              => null,
			in_array( $word, explode( ' ', self::YES ), true )      => true,
			in_array( $word, explode( ' ', self::NO ), true )       => false,
			in_array( $word, self::words_of_site( true ), true )    => true,
			in_array( $word, self::words_of_site( false ), true )   => false,
			default                                                 => null,
		};
	}

	/** What format() shows is read again. @return list<string> */
	private static function words_of_site( bool $yes ): array {
		return array( mb_strtolower( remove_accents( $yes ? __( 'Yes', 'nxt-cloud-chat' ) : __( 'No', 'nxt-cloud-chat' ) ) ) );
	}

	/** @return array{text: string, number: float} */
	private static function value( string $text, float|int $number ): array {
		return array(
			'text'   => $text,
			'number' => (float) $number,
		);
	}

	private static function wrong( string $message, string $remedy ): \WP_Error {
		return Problems::refuse( 'nxtchat_invalid', 400, $message, $remedy );
	}
}
