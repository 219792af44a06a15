<?php
/**
 * The words with which people stop and start.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Consent;

use NxtChat\Account\Accounts;
use NxtChat\Contact\Contacts;
use NxtChat\Native;

/** What a text or a button says about consent, and what we answer, by language. */
final class Words {

	/** Longest text that can be one of the words, in bytes: nothing longer is looked at. */
	private const TEXT_BYTES = 200;

	/**
	 * What each text says as a whole.
	 *
	 * @param array<int|string, string> $texts
	 * @return array<int|string, int> CONSENT_REVOKED, CONSENT_GRANTED or CONSENT_NONE, by the same keys.
	 */
	public static function texts( array $texts ): array {
		$settings = ConsentSettings::all();
		return self::match( $texts, self::flat( $settings['stop_words'] ), self::flat( $settings['start_words'] ) );
	}

	/**
	 * The same for labels and payloads of quick-reply buttons, which may also be any of the words.
	 *
	 * @param array<int|string, string> $texts
	 * @return array<int|string, int>
	 */
	public static function buttons( array $texts ): array {
		$settings = ConsentSettings::all();
		return self::match( $texts, array( ...$settings['button_stop'], ...self::flat( $settings['stop_words'] ) ), array( ...$settings['button_start'], ...self::flat( $settings['start_words'] ) ) );
	}

	/**
	 * The answer to somebody who stopped or started, in the language of the contact, else of the word itself, else of the site.
	 *
	 * @param string $text The word that was written.
	 */
	public static function reply( int $state, string $text, string $language ): string {
		$settings = ConsentSettings::all();
		$key      = Native\CONSENT_REVOKED === $state ? 'stop' : 'start';
		if ( '' !== $settings[ "{$key}_reply" ] ) {
			return $settings[ "{$key}_reply" ];
		}
		$known = Language::all();
		$codes = array_filter( array( self::code( $language ), ...self::languages_of( $state, $text ) ), static fn( string $code ): bool => isset( $known[ $code ] ) );
		return $known[ reset( $codes ) ?: Language::site() ][ "{$key}_reply" ];
	}

	/** The word to send in order to be written to again: the first of the site's language. */
	public static function start_word(): string {
		$words = ConsentSettings::all()['start_words'];
		return $words[ Language::site() ][0] ?? self::flat( $words )[0] ?? 'START';
	}

	/** A link that opens WhatsApp with that word and our number, '' while no number is connected. */
	public static function start_link(): string {
		foreach ( Accounts::all() as $account ) {
			$digits = (string) preg_replace( '/\D+/', '', (string) $account['display_phone'] );
			if ( strlen( $digits ) >= 6 ) {
				return 'https://wa.me/' . $digits . '?text=' . rawurlencode( self::start_word() );
			}
		}
		return '';
	}

	/** What to tell somebody who withdrew, or who looks after them. */
	public static function how_to_return(): string {
		$link = self::start_link();
		return '' === $link
			/* translators: %s: the word START, as this site knows it. */
			? sprintf( __( 'Ask them to send %s to your WhatsApp number.', 'nxt-cloud-chat' ), self::start_word() )
			/* translators: 1: the word START, as this site knows it, 2: a link. */
			: sprintf( __( 'Ask them to send %1$s to your WhatsApp number. This link opens the chat with the word: %2$s', 'nxt-cloud-chat' ), self::start_word(), $link );
	}

	/** @param array<int|string, string> $texts @return array<int|string, int> */
	private static function match( array $texts, array $stop, array $start ): array {
		$out   = array_fill_keys( array_keys( $texts ), Native\CONSENT_NONE );
		$short = array_filter( $texts, static fn( string $text ): bool => '' !== $text && strlen( $text ) <= self::TEXT_BYTES );
		if ( ! $short ) {
			return $out;
		}
		return array_replace( $out, array_combine( array_keys( $short ), Native\consent_words( array_values( $short ), $stop, $start ) ) );
	}

	/** The languages that have this word. @return list<string> None when several have it: then it tells nothing. */
	private static function languages_of( int $state, string $text ): array {
		$settings = ConsentSettings::all();
		$found    = array();
		foreach ( $settings[ Native\CONSENT_REVOKED === $state ? 'stop_words' : 'start_words' ] as $language => $words ) {
			if ( Native\CONSENT_NONE !== self::match( array( $text ), $words, array() )[0] ) {
				$found[] = (string) $language;
			}
		}
		return 1 === count( $found ) ? $found : array();
	}

	/** 'de' of 'de_AT'. */
	private static function code( string $locale ): string {
		return strtolower( (string) strtok( $locale . '_', '_-' ) );
	}

	/** @param array<string, list<string>> $by_language @return list<string> */
	private static function flat( array $by_language ): array {
		return array_values( array_unique( array_merge( array(), ...array_values( $by_language ) ) ) );
	}
}
