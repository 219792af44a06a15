<?php
/**
 * A template as a message.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Template;

use NxtChat\Native;

/**
 * What a message of the type template shows: worked out when it is written, from the template as it is then and the values in the
 * message, so that the thread shows what the customer got also after the template changed.
 */
final class TemplateMessage {

	/** Purposes by Meta's category. */
	public const PURPOSES = array(
		'MARKETING'      => 'marketing',
		'UTILITY'        => 'utility',
		'AUTHENTICATION' => 'login',
	);

	/** Where a row's payload keeps what is shown, beside Meta's message. */
	public const KEY = 'nxtchat';

	/** Keys of values of buttons, by sub_type and type of parameter. */
	private const BUTTONS = array(
		'url'         => array( 'text', 'url' ),
		'quick_reply' => array( 'payload', 'payload' ),
		'copy_code'   => array( 'coupon_code', 'code' ),
	);

	/**
	 * The template that a message sends, as this site knows it.
	 *
	 * @param array<string, mixed> $message Cloud API body.
	 * @return array{id: int, purpose: string, text: string, shown: array<string, mixed>} id 0 and purpose '' for one that is not known.
	 */
	public static function read( int $account_id, array $message ): array {
		$sent = $message['template'] ?? array();
		$name = is_string( $sent['name'] ?? null ) ? $sent['name'] : '';
		$lang = is_string( $sent['language']['code'] ?? null ) ? $sent['language']['code'] : '';
		$row  = '' === $name ? null : Templates::by_name( $account_id, $name, $lang );
		$out  = array(
			'id'      => 0,
			'purpose' => '',
			'text'    => $name,
			'shown'   => array(),
		);
		if ( null === $row || '' === $row['meta_id'] ) {
			return $out;
		}
		$template = Templates::whole( Templates::json( array( $row ), array() )[0], true );
		$seen     = Native\template_render( $template, self::values( is_array( $sent['components'] ?? null ) ? $sent['components'] : array(), $template ) );
		return array(
			'id'      => (int) $row['id'],
			'purpose' => self::PURPOSES[ strtoupper( $row['category'] ) ] ?? '',
			'text'    => (string) ( $seen['body']['text'] ?? '' ) ?: $name,
			'shown'   => array_filter( array_diff_key( (array) $seen, array_flip( array( 'body', 'preset', 'missing' ) ) ) ),
		);
	}

	/**
	 * What the payload of a row says of a template, for message JSON.
	 *
	 * @return array{name: string, language: string, header: ?array, footer: string, offer: ?array, buttons: list<array>, cards: list<array>, unknown: list<string>}
	 */
	public static function json( string $payload ): array {
		$payload = json_decode( $payload, true );
		$sent    = is_array( $payload ) ? $payload['template'] ?? array() : array();
		$shown   = is_array( $payload ) ? $payload[ self::KEY ] ?? array() : array();
		return array(
			'name'     => (string) ( is_string( $sent['name'] ?? null ) ? $sent['name'] : '' ),
			'language' => (string) ( is_string( $sent['language']['code'] ?? null ) ? $sent['language']['code'] : '' ),
			'header'   => $shown['header'] ?? null,
			'footer'   => (string) ( $shown['footer'] ?? '' ),
			'offer'    => $shown['offer'] ?? null,
			'buttons'  => $shown['buttons'] ?? array(),
			'cards'    => $shown['cards'] ?? array(),
			'unknown'  => $shown['unknown'] ?? array(),
		);
	}

	/** The values in the components of a send request, by key of Native\template_variables(). @param list<mixed> $components @return array<string, mixed> */
	private static function values( array $components, array $template, string $prefix = '' ): array {
		$values = array();
		$names  = '' === $prefix ? array_column( Native\template_variables( $template ), 'name', 'key' ) : array();
		foreach ( $components as $component ) {
			$kind       = strtolower( (string) ( is_string( $component['type'] ?? null ) ? $component['type'] : '' ) );
			$parameters = is_array( $component['parameters'] ?? null ) ? array_values( $component['parameters'] ) : array();
			if ( 'carousel' === $kind ) {
				foreach ( is_array( $component['cards'] ?? null ) ? $component['cards'] : array() as $n => $card ) {
					$values += self::values( (array) ( $card['components'] ?? array() ), $template, 'cards.' . (int) ( $card['card_index'] ?? $n ) . '.' );
				}
			} elseif ( 'button' === $kind ) {
				[ $from, $to ] = self::BUTTONS[ strtolower( (string) ( $component['sub_type'] ?? '' ) ) ] ?? array( '', '' );
				if ( '' !== $from && isset( $parameters[0][ $from ] ) ) {
					$values[ $prefix . 'buttons.' . (int) ( $component['index'] ?? 0 ) . ".$to" ] = $parameters[0][ $from ];
				}
			} elseif ( 'limited_time_offer' === $kind ) {
				$values['offer.expires_ms'] = $parameters[0]['limited_time_offer']['expiration_time_ms'] ?? null;
			} elseif ( 'body' === $kind || 'header' === $kind ) {
				foreach ( $parameters as $n => $parameter ) {
					$type = (string) ( is_string( $parameter['type'] ?? null ) ? $parameter['type'] : 'text' );
					$name = (string) ( $parameter['parameter_name'] ?? $n + 1 );
					if ( in_array( $type, array( 'location', 'product' ), true ) ) {
						$values[ "{$prefix}header.$type" ] = $parameter[ $type ] ?? null;
					} elseif ( in_array( $type, array( 'image', 'video', 'gif', 'document' ), true ) ) {
						$values[ "{$prefix}header.media" ] = $parameter[ $type ] ?? null;
					} else {
						$values[ "$prefix$kind.$name" ] = $parameter['text'] ?? $parameter[ $type ]['fallback_value'] ?? null;
					}
				}
			}
		}
		if ( isset( $names['code'] ) && isset( $values['body.1'] ) ) {
			$values['code'] = $values['body.1'];
		}
		return array_filter( $values, static fn( $value ): bool => null !== $value );
	}
}
