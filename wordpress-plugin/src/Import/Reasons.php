<?php
/**
 * Why a row was not taken, in plain words.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Import;

/** Sentences for the codes of the native reader, and for our own. */
final class Reasons {

	/** Our own: the person was erased and wished for nothing more. */
	public const SUPPRESSED = 'suppressed';

	/** Longest value quoted, in characters. */
	private const QUOTED = 60;

	/** One sentence. */
	public static function sentence( string $code, string $column, string $value ): string {
		$value = mb_strlen( $value ) > self::QUOTED ? mb_substr( $value, 0, self::QUOTED ) . '…' : $value;
		$text  = match ( $code ) {
			'no_number', 'empty'                        => __( 'There is no phone number in this row.', 'nxt-cloud-chat' ),
			/* translators: %2$s: what stands in the file */
			'not_a_number'                              => __( '"%2$s" is not a phone number.', 'nxt-cloud-chat' ),
			/* translators: %2$s: what stands in the file */
			'too_short'                                 => __( '"%2$s" has too few digits for a phone number.', 'nxt-cloud-chat' ),
			/* translators: %2$s: what stands in the file */
			'number_too_long'                           => __( '"%2$s" has too many digits for a phone number.', 'nxt-cloud-chat' ),
			/* translators: %2$s: what stands in the file */
			'rounded'                                   => __( '"%2$s" is a number that a spreadsheet has rounded. Format the column as text and export it again.', 'nxt-cloud-chat' ),
			/* translators: %2$s: what stands in the file */
			'unknown_language'                          => __( '"%2$s" is not a language: a code is expected, as de or pt_BR.', 'nxt-cloud-chat' ),
			/* translators: %2$s: what stands in the file */
			'invalid_country', 'country_code'           => __( '"%2$s" begins with a country code that there is not.', 'nxt-cloud-chat' ),
			/* translators: %2$s: what stands in the file */
			'no_country'                                => __( '"%2$s" has no country code: choose the country for numbers without one.', 'nxt-cloud-chat' ),
			/* translators: %2$s: what stands in the file */
			'not_possible', 'length', 'local_only'      => __( '"%2$s" has not the length of a phone number of its country.', 'nxt-cloud-chat' ),
			/* translators: %2$s: what stands in the file */
			'invalid'                                   => __( '"%2$s" is a number that nobody can have in its country.', 'nxt-cloud-chat' ),
			/* translators: %2$s: what stands in the file */
			'unknown_country'                           => __( '"%2$s" is not a country: two letters are expected, as DE.', 'nxt-cloud-chat' ),
			/* translators: %2$s: what stands in the file */
			'bad_email'                                 => __( '"%2$s" is not an email address.', 'nxt-cloud-chat' ),
			/* translators: 1: name of a column, 2: what stands in the file */
			'bad_date'                                  => __( '%1$s: "%2$s" is not a date. Write it as 2026-01-31.', 'nxt-cloud-chat' ),
			/* translators: 1: name of a column, 2: what stands in the file */
			'bad_number'                                => __( '%1$s: "%2$s" is not a number.', 'nxt-cloud-chat' ),
			/* translators: 1: name of a column, 2: what stands in the file */
			'not_a_choice'                              => __( '%1$s: "%2$s" is none of the choices of this field.', 'nxt-cloud-chat' ),
			/* translators: 1: name of a column, 2: what stands in the file */
			'bad_yes_no', 'bad_consent'                 => __( '%1$s: "%2$s" is neither yes nor no.', 'nxt-cloud-chat' ),
			'too_many_columns'                          => __( 'The row has more columns than the first row: is a quotation mark or a separator wrong?', 'nxt-cloud-chat' ),
			/* translators: 1: name of a column */
			'too_long'                                  => __( '%1$s: the text is too long.', 'nxt-cloud-chat' ),
			'bad_encoding'                              => __( 'The row holds signs that are not of the chosen encoding.', 'nxt-cloud-chat' ),
			self::SUPPRESSED                            => __( 'This person was erased, or wanted no messages at this number, and is not taken in again.', 'nxt-cloud-chat' ),
			/* translators: 1: name of a column, 2: what stands in the file, 3: a code */
			default                                     => __( 'The row could not be read (%3$s).', 'nxt-cloud-chat' ),
		};
		return ltrim( sprintf( $text, $column, $value, $code ), ': ' );
	}
}
