<?php
/**
 * Erased people in what imports keep.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Import;

/**
 * Masks rows of uploaded files and of rejects, and drops examples of reports. In place, letter by letter: an import that runs
 * keeps its positions. Files in UTF-16 and on other web nodes are not looked into; they are removed after days.
 */
final class ImportForget {

	/** So many last digits of a number tell it in any spelling. */
	private const DIGITS = 8;

	/** Longest piece of a line that is looked at, in bytes. */
	private const PIECE = 65536;

	/** Imports looked through at once. */
	private const PAGE = 200;

	/**
	 * Forgets people.
	 *
	 * @param list<string> $phones E.164.
	 * @param list<string> $emails
	 * @param list<string> $names  Only those of several words are looked for.
	 */
	public static function people( array $phones, array $emails, array $names ): void {
		$digits = array_map( static fn( $phone ) => substr( ltrim( $phone, '+' ), -self::DIGITS ), $phones );
		$texts  = array_merge( $emails, preg_grep( '/\S{2,}\s+\S{2,}/u', $names ) );
		$is     = static function ( string $text ) use ( $digits, $texts ): bool {
			$numbers = (string) preg_replace( '/\D+/', '', $text );
			foreach ( $digits as $end ) {
				if ( str_contains( $numbers, $end ) ) {
					return true;
				}
			}
			foreach ( $texts as $known ) {
				if ( false !== mb_stripos( $text, $known ) ) {
					return true;
				}
			}
			return false;
		};
		if ( ! $digits && ! $texts ) {
			return;
		}
		$after = 0;
		do {
			$rows = ImportForgetStore::page( $after, self::PAGE );
			foreach ( $rows as $row ) {
				$after  = (int) $row['id'];
				$report = self::report( $row['report_json'], $is );
				if ( null !== $report ) {
					ImportForgetStore::set_report( $after, $report );
				}
				self::mask( ImportFiles::path( $row['uid'] ), $is );
				self::mask( ImportFiles::rejects( $row['uid'] ), $is );
			}
		} while ( count( $rows ) === self::PAGE );
	}

	/** The report without these people's examples, null when there are none. */
	private static function report( string $json, callable $is ): ?string {
		$report = json_decode( $json, true );
		$less   = is_array( $report ) ? $report : array();
		foreach ( array( 'reject_examples', 'added_examples', 'changed_examples' ) as $list ) {
			if ( is_array( $less[ $list ] ?? null ) ) {
				$less[ $list ] = array_values( array_filter( $less[ $list ], static fn( $example ) => ! $is( (string) wp_json_encode( $example, JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES ) ) ) );
			}
		}
		return $less === $report || array() === $less ? null : (string) wp_json_encode( $less, JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES );
	}

	/** Puts a star for every letter and digit of lines about these people: quotes and delimiters stay. */
	private static function mask( string $path, callable $is ): void {
		$file = is_file( $path ) ? fopen( $path, 'r+b' ) : false; // phpcs:ignore WordPress.WP.AlternativeFunctions -- Positions matter.
		if ( false === $file ) {
			return;
		}
		flock( $file, LOCK_EX );
		$at = 0;
		while ( false !== ( $line = fgets( $file, self::PIECE ) ) ) { // phpcs:ignore -- Assigned and tested.
			if ( $is( mb_scrub( $line, 'UTF-8' ) ) ) {
				fseek( $file, $at );
				fwrite( $file, (string) preg_replace( '/[^\x00-\x20",;|]/', '*', $line ) ); // phpcs:ignore WordPress.WP.AlternativeFunctions -- As above.
				fseek( $file, $at + strlen( $line ) );
			}
			$at += strlen( $line );
		}
		fflush( $file );
		fclose( $file ); // phpcs:ignore WordPress.WP.AlternativeFunctions -- As above.
	}
}
