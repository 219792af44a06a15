<?php
/**
 * The settings of consent.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Consent;

/** One autoloaded option, which holds only what differs from the defaults. */
final class ConsentSettings {

	public const OPTION = 'nxtchat_consent';

	/** Limits: languages, words of one list, characters of a word, of an answer, of the wording. */
	private const LANGUAGES_MAX      = 60;
	private const WORDS_MAX          = 50;
	private const WORD_CHARACTERS    = 60;
	private const REPLY_CHARACTERS   = 1000;
	private const WORDING_CHARACTERS = 1000;

	private static ?array $read = null;
	private static mixed $raw   = null;

	/**
	 * All settings.
	 *
	 * @return array{stop_words: array<string, list<string>>, start_words: array<string, list<string>>, button_stop: list<string>, button_start: list<string>, reply: bool, stop_reply: string, start_reply: string, registration: bool, comments: bool, checkout: bool, wording: string, form_ip: bool}
	 *         The words by language. stop_reply, start_reply, wording: '' = ours, in the reader's language.
	 */
	public static function all(): array {
		$stored = get_option( self::OPTION, array() );
		if ( null === self::$read || $stored !== self::$raw ) {
			self::$raw  = $stored;
			self::$read = array_intersect_key( is_array( $stored ) ? $stored : array(), self::defaults() ) + self::defaults();
		}
		return self::$read;
	}

	/** As all(), for the settings screen: with what the empty texts stand for. */
	public static function json(): array {
		$language = Language::all()[ Language::site() ];
		$json     = self::all();
		foreach ( array( 'stop_words', 'start_words' ) as $key ) {
			$json[ $key ] = (object) $json[ $key ];
		}
		return $json + array(
			'defaults' => array(
				'stop_words'   => (object) Language::words( 'stop' ),
				'start_words'  => (object) Language::words( 'start' ),
				'button_stop'  => Language::BUTTON_STOP,
				'button_start' => Language::BUTTON_START,
				'stop_reply'   => $language['stop_reply'],
				'start_reply'  => $language['start_reply'],
				'wording'      => self::default_wording(),
			),
		);
	}

	/** The words beside a checkbox: what a person agrees to. */
	public static function wording(): string {
		$wording = self::all()['wording'];
		return '' === $wording ? self::default_wording() : $wording;
	}

	/** JSON schemas of the settings: REST arguments, and what set() accepts. */
	public static function schema(): array {
		$words = array(
			'type'     => 'array',
			'maxItems' => self::WORDS_MAX,
			'items'    => array(
				'type'      => 'string',
				'minLength' => 1,
				'maxLength' => self::WORD_CHARACTERS,
			),
		);
		$by    = array(
			'type'                 => 'object',
			'maxProperties'        => self::LANGUAGES_MAX,
			'patternProperties'    => array( '^[a-z]{2,3}$' => $words ),
			'additionalProperties' => false,
		);
		$bool  = array( 'type' => 'boolean' );
		$text  = static fn( int $max ): array => array(
			'type'      => 'string',
			'maxLength' => $max,
		);
		return array(
			'stop_words'   => $by,
			'start_words'  => $by,
			'button_stop'  => $words,
			'button_start' => $words,
			'reply'        => $bool,
			'stop_reply'   => $text( self::REPLY_CHARACTERS ),
			'start_reply'  => $text( self::REPLY_CHARACTERS ),
			'registration' => $bool,
			'comments'     => $bool,
			'checkout'     => $bool,
			'wording'      => $text( self::WORDING_CHARACTERS ),
			'form_ip'      => $bool,
		);
	}

	/**
	 * Changes some settings.
	 *
	 * @param array<string, mixed> $input Values by name; those left out stay, null brings the default back.
	 * @return array|\WP_Error All settings, or every problem.
	 */
	public static function set( array $input ): array|\WP_Error {
		$problems = array();
		$settings = self::all();
		foreach ( array_intersect_key( $input, self::defaults() ) as $key => $value ) {
			if ( null === $value ) {
				$settings[ $key ] = self::defaults()[ $key ];
				continue;
			}
			$schema = self::schema()[ $key ];
			$valid  = rest_validate_value_from_schema( $value, $schema, $key );
			if ( is_wp_error( $valid ) ) {
				$problems[] = array(
					'path'    => $key,
					'message' => $valid->get_error_message(),
				);
				continue;
			}
			$settings[ $key ] = self::clean( rest_sanitize_value_from_schema( $value, $schema, $key ) );
		}
		if ( ! $problems && ! array_filter( $settings['stop_words'] ) ) {
			$problems[] = array(
				'path'    => 'stop_words',
				'message' => __( 'At least one word must stop messages.', 'nxt-cloud-chat' ),
			);
		}
		if ( $problems ) {
			return new \WP_Error(
				'nxtchat_invalid',
				__( 'Some fields need another look.', 'nxt-cloud-chat' ),
				array(
					'status'   => 400,
					'problems' => $problems,
				)
			);
		}
		$defaults = self::defaults();
		update_option( self::OPTION, array_filter( $settings, static fn( $value, string $key ): bool => $value !== $defaults[ $key ], ARRAY_FILTER_USE_BOTH ), true );
		return self::all();
	}

	private static function defaults(): array {
		static $defaults = null;
		return $defaults ??= array( // phpcs:ignore -- Assigned and returned.
			'stop_words'   => Language::words( 'stop' ),
			'start_words'  => Language::words( 'start' ),
			'button_stop'  => Language::BUTTON_STOP,
			'button_start' => Language::BUTTON_START,
			'reply'        => true,
			'stop_reply'   => '',
			'start_reply'  => '',
			'registration' => false,
			'comments'     => false,
			'checkout'     => false,
			'wording'      => '',
			'form_ip'      => true,
		);
	}

	private static function default_wording(): string {
		/* translators: %s: the site's name. */
		return sprintf( __( 'Yes, send me offers and news from %s on WhatsApp. I can end this at any time with STOP.', 'nxt-cloud-chat' ), wp_specialchars_decode( (string) get_option( 'blogname' ), ENT_QUOTES ) );
	}

	/** Texts trimmed, empty ones and repeated ones taken out of lists. */
	private static function clean( mixed $value ): mixed {
		if ( is_string( $value ) ) {
			return trim( wp_check_invalid_utf8( $value, true ) );
		}
		if ( ! is_array( $value ) ) {
			return $value;
		}
		$value = array_map( array( self::class, 'clean' ), $value );
		return array_is_list( $value ) ? array_values( array_unique( array_filter( $value, static fn( $v ) => '' !== $v ), SORT_REGULAR ) ) : $value;
	}
}
