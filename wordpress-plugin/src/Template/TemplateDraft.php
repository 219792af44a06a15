<?php
/**
 * The body of a template that is to be created or changed.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Template;

use NxtChat\Problems;

/**
 * Drafts: `{name, language, category, parameter_format, components, message_send_ttl_seconds?}` as in POST /{WABA}/message_templates,
 * kept also when Meta would refuse them. `submitted` ({at_ms, hash}) stays with one whose handing in got no clear answer.
 */
final class TemplateDraft {

	private const TEXTS = array( 'name', 'language', 'category', 'parameter_format' );

	/** Further parts of Meta's body, passed on as they are. */
	private const MORE = array( 'message_send_ttl_seconds', 'cta_url_link_tracking_opted_out', 'is_primary_device_delivery_only' );

	/** Longest text of the first four, in characters: more than Meta takes, so that its own limit is told. */
	private const TEXT_MAX = 1000;

	/**
	 * What of an input is kept.
	 *
	 * @param mixed $input As posted.
	 * @return array<string, mixed>|\WP_Error Only what is not a template at all is refused.
	 */
	public static function clean( mixed $input ): array|\WP_Error {
		if ( ! is_array( $input ) || ( $input && array_is_list( $input ) ) ) {
			return Problems::error( array( Problems::one( 'template', __( 'A template is an object with name, language, category and components.', 'nxt-cloud-chat' ) ) ) );
		}
		$draft    = array();
		$problems = array();
		foreach ( self::TEXTS as $key ) {
			$value = $input[ $key ] ?? '';
			if ( ! is_string( $value ) || mb_strlen( $value ) > self::TEXT_MAX ) {
				$problems[] = Problems::one( "template.$key", __( 'This must be a short text.', 'nxt-cloud-chat' ) );
				continue;
			}
			$draft[ $key ] = trim( $value );
		}
		$draft['category'] = strtoupper( $draft['category'] ?? '' );
		if ( '' === ( $draft['parameter_format'] ?? '' ) ) {
			$draft['parameter_format'] = 'POSITIONAL';
		}
		$components = $input['components'] ?? array();
		if ( ! is_array( $components ) || ! array_is_list( $components ) ) {
			$problems[] = Problems::one( 'template.components', __( 'The components are a list.', 'nxt-cloud-chat' ) );
		}
		foreach ( self::MORE as $key ) {
			if ( is_scalar( $input[ $key ] ?? null ) && '' !== $input[ $key ] ) {
				$draft[ $key ] = $input[ $key ];
			}
		}
		return $problems ? Problems::error( $problems ) : $draft + array( 'components' => $components );
	}

	/** The body for Meta. @param array<string, mixed> $draft @return array<string, mixed> */
	public static function body( array $draft ): array {
		unset( $draft['submitted'] );
		return $draft;
	}

	/** What tells two bodies apart. */
	public static function hash( array $draft ): string {
		$draft = self::body( $draft );
		self::sort( $draft );
		return md5( (string) wp_json_encode( $draft ) );
	}

	/**
	 * Do both say the same? Meta gives components back with their keys in another order, and samples as addresses.
	 *
	 * @param list<mixed> $one
	 * @param list<mixed> $other
	 */
	public static function same_text( array $one, array $other, string $category ): bool {
		$plain = static fn( array $components ): string => self::hash( self::without_examples( self::from_meta( $components, $category ) ) );
		return $one === $other || $plain( $one ) === $plain( $other );
	}

	private static function without_examples( array $value ): array {
		unset( $value['example'] );
		foreach ( $value as $key => $part ) {
			if ( is_array( $part ) ) {
				$value[ $key ] = self::without_examples( $part );
			} elseif ( is_string( $part ) && in_array( $key, array( 'type', 'format', 'otp_type' ), true ) ) {
				$value[ $key ] = strtoupper( $part );
			}
		}
		return $value;
	}

	/** JSON of a draft, for its column. */
	public static function encode( array $draft ): string {
		return (string) wp_json_encode( $draft, JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES );
	}

	/** The draft of a row, null when it has none. @param array<string, string> $row @return array<string, mixed>|null */
	public static function of( array $row ): ?array {
		$draft = '' === $row['draft_json'] ? null : json_decode( $row['draft_json'], true );
		return is_array( $draft ) ? $draft : null;
	}

	/**
	 * What an editor begins with: the unsent changes, else what Meta has, in the form in which it is handed in.
	 *
	 * @param array<string, mixed> $template Template JSON.
	 * @return array<string, mixed>
	 */
	public static function editable( array $template ): array {
		if ( null !== $template['draft'] ) {
			return self::body( $template['draft'] );
		}
		$body               = Templates::whole( $template );
		$body['components'] = self::from_meta( $template['components'], (string) $template['category'] );
		return $body + array( 'parameter_format' => 'POSITIONAL' );
	}

	/**
	 * Components as Meta gives them back, in the form in which they are handed in: the texts of one-time passwords are WhatsApp's own,
	 * and the sample of a medium comes back as an address, which is no handle.
	 *
	 * @param list<mixed> $components
	 * @return list<mixed>
	 */
	public static function from_meta( array $components, string $category ): array {
		$out = array();
		foreach ( $components as $component ) {
			if ( ! is_array( $component ) ) {
				$out[] = $component;
				continue;
			}
			$kind = strtoupper( (string) ( is_string( $component['type'] ?? null ) ? $component['type'] : '' ) );
			if ( isset( $component['example']['header_handle'] ) ) {
				$handles = array_filter( (array) $component['example']['header_handle'], static fn( $handle ): bool => is_string( $handle ) && ! str_starts_with( $handle, 'http' ) );
				if ( $handles ) {
					$component['example']['header_handle'] = array_values( $handles );
				} else {
					unset( $component['example'] );
				}
			}
			if ( 'CAROUSEL' === $kind && is_array( $component['cards'] ?? null ) ) {
				foreach ( $component['cards'] as $n => $card ) {
					if ( is_array( $card['components'] ?? null ) ) {
						$component['cards'][ $n ]['components'] = self::from_meta( $card['components'], '' );
					}
				}
			}
			if ( 'AUTHENTICATION' === strtoupper( $category ) ) {
				$component = self::passcode( $component, $kind );
			}
			$out[] = $component;
		}
		return $out;
	}

	/** A component of a one-time password. */
	private static function passcode( array $component, string $kind ): array {
		if ( 'BODY' === $kind && isset( $component['text'] ) ) {
			return array(
				'type'                        => 'BODY',
				'add_security_recommendation' => (bool) ( $component['add_security_recommendation'] ?? str_contains( (string) $component['text'], 'do not share' ) ),
			);
		}
		if ( 'FOOTER' === $kind && isset( $component['code_expiration_minutes'] ) ) {
			return array_intersect_key( $component, array_flip( array( 'type', 'code_expiration_minutes' ) ) );
		}
		if ( 'BUTTONS' === $kind && is_array( $component['buttons'] ?? null ) ) {
			foreach ( $component['buttons'] as $n => $button ) {
				if ( is_array( $button ) && 'URL' === strtoupper( (string) ( $button['type'] ?? '' ) ) && 1 === preg_match( '/[?&]otp_type=([A-Z_]+)/', (string) ( $button['url'] ?? '' ), $found ) ) {
					$component['buttons'][ $n ] = array(
						'type'     => 'OTP',
						'otp_type' => $found[1],
					) + array_intersect_key( $button, array_flip( array( 'text', 'autofill_text', 'supported_apps', 'zero_tap_terms_accepted' ) ) );
				}
			}
		}
		return $component;
	}

	private static function sort( array &$value ): void {
		if ( ! array_is_list( $value ) ) {
			ksort( $value );
		}
		foreach ( $value as &$part ) {
			if ( is_array( $part ) ) {
				self::sort( $part );
			}
		}
	}
}
