<?php
/**
 * What fills in the variables of a template.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Template;

use NxtChat\Native;

/**
 * Bindings: `{"body.1": {"source": "contact.first_name", "fallback": "there"}, "body.2": {"source": "text", "value": "…"}}` by key of
 * Native\template_variables(). What is missing is found here, before anything is sent.
 */
final class Bindings {

	/** Longest fallback and fixed text, in characters. */
	private const TEXT_MAX = 1024;

	/** Bindings of one template: more than any template has variables. */
	private const MAX = 200;

	/** Kinds of variables that text of any source can fill. */
	private const TEXTS = array( 'text', 'url', 'payload', 'coupon', 'otp', 'thumbnail', 'flow_token' );

	/** Keys of fixed values that are objects, as a place or a file. */
	private const OBJECT_BYTES = 20000;

	/**
	 * Bindings as they are kept, or what is wrong with them.
	 *
	 * @param mixed $input As posted.
	 * @return array{0: array<string, array<string, mixed>>, 1: list<array{place: string, rule: string, severity: string, message: string, remedy: string}>}
	 */
	public static function clean( mixed $input ): array {
		if ( ! is_array( $input ) || ( $input && array_is_list( $input ) ) || count( $input ) > self::MAX ) {
			return array( array(), array( self::problem( 'bindings', 'binding_type', __( 'Bindings are an object: what fills in each variable.', 'nxt-cloud-chat' ), '' ) ) );
		}
		$clean    = array();
		$problems = array();
		foreach ( $input as $key => $binding ) {
			$place = "bindings.$key";
			if ( 1 !== preg_match( '/^[a-z0-9_.]{1,200}$/D', (string) $key ) || ! is_array( $binding ) || ! is_string( $binding['source'] ?? null ) || strlen( $binding['source'] ) > 100 ) {
				$problems[] = self::problem( $place, 'binding_type', __( 'A binding names a variable, a source, and perhaps a fallback.', 'nxt-cloud-chat' ), '' );
				continue;
			}
			if ( '' === $binding['source'] ) {
				continue; // Not chosen yet.
			}
			$one = array( 'source' => $binding['source'] );
			foreach ( array( 'value', 'fallback' ) as $part ) {
				$value = $binding[ $part ] ?? '';
				if ( is_array( $value ) && 'value' === $part && strlen( (string) wp_json_encode( $value ) ) <= self::OBJECT_BYTES ) {
					$one[ $part ] = $value;
				} elseif ( ! is_scalar( $value ) || mb_strlen( (string) $value ) > self::TEXT_MAX || ! mb_check_encoding( (string) $value, 'UTF-8' ) ) {
					/* translators: %d: a number */
					$problems[] = self::problem( "$place.$part", 'binding_too_long', sprintf( __( 'This text may have %d characters.', 'nxt-cloud-chat' ), self::TEXT_MAX ), __( 'Shorten it.', 'nxt-cloud-chat' ) );
				} elseif ( '' !== (string) $value ) {
					$one[ $part ] = is_bool( $value ) ? (string) (int) $value : (string) $value;
				}
			}
			$clean[ (string) $key ] = $one;
		}
		return array( $clean, $problems );
	}

	/**
	 * What is wrong with the bindings of a template as this site is now.
	 *
	 * @param array<string, mixed> $template Template JSON: its text with unsent changes, its bindings.
	 * @return list<array{place: string, rule: string, severity: string, message: string, remedy: string}>
	 */
	public static function problems( array $template ): array {
		$out  = array();
		$keys = array_column( Native\template_variables( Templates::whole( $template ) ), 'key' );
		foreach ( (array) $template['bindings'] as $key => $binding ) {
			$reason = BindingSources::problem( (string) ( $binding['source'] ?? '' ) );
			if ( '' !== $reason ) {
				$out[] = self::problem( "bindings.$key", 'source_gone', $reason, __( 'Choose another source for this variable.', 'nxt-cloud-chat' ) );
			} elseif ( ! in_array( (string) $key, $keys, true ) ) {
				$out[] = array( 'severity' => 'warning' ) + self::problem( "bindings.$key", 'variable_gone', __( 'The text has no such variable any more.', 'nxt-cloud-chat' ), __( 'Nothing needs to be done: the binding is not used.', 'nxt-cloud-chat' ) );
			}
		}
		return $out;
	}

	/**
	 * What fills in a template for one contact.
	 *
	 * @param array<string, mixed>                  $template Template JSON.
	 * @param int                                   $contact_id 0: somebody who is no contact yet.
	 * @param array{phone?: string, order_id?: int, values?: array<string, mixed>, sent?: bool} $context
	 *        values: given by the sender, they go before bindings. sent: the text that Meta has, without unsent changes.
	 * @return array{values: array<string, mixed>, missing: list<array{key: string, label: string, reason: string}>}
	 */
	public static function values( array $template, int $contact_id, array $context = array() ): array {
		return self::values_many( $template, array( $contact_id ), $context )[ $contact_id ];
	}

	/**
	 * The same for many; the number of statements does not depend on how many they are.
	 *
	 * @param array<string, mixed> $template Template JSON.
	 * @param list<int>            $contacts At most some thousands at once.
	 * @return array<int, array{values: array<string, mixed>, missing: list<array{key: string, label: string, reason: string}>}> By contact.
	 */
	public static function values_many( array $template, array $contacts, array $context = array() ): array {
		$variables = Native\template_variables( Templates::whole( $template, ! empty( $context['sent'] ) ) );
		$given     = array_filter( (array) ( $context['values'] ?? array() ), static fn( $value ): bool => null !== $value && '' !== $value );
		$bindings  = array();
		$gone      = array();
		foreach ( (array) $template['bindings'] as $key => $binding ) {
			if ( isset( $given[ $key ] ) ) {
				continue;
			}
			$reason = BindingSources::problem( (string) ( $binding['source'] ?? '' ) );
			if ( '' === $reason ) {
				$bindings[ $key ] = $binding;
			} else {
				$gone[ $key ] = $reason;
			}
		}
		$sources = array_values( array_unique( array_diff( array_column( $bindings, 'source' ), array( BindingSources::TEXT ) ) ) );
		$known   = $sources ? BindingSources::known( $sources, $contacts, $context ) : array();
		$names   = $sources ? array_column( BindingSources::all(), 'label', 'source' ) : array();
		$out     = array();
		foreach ( $contacts as $contact ) {
			$values  = array();
			$missing = array();
			foreach ( $variables as $variable ) {
				$key     = $variable['key'];
				$binding = $bindings[ $key ] ?? null;
				if ( isset( $given[ $key ] ) ) {
					$values[ $key ] = $given[ $key ];
					continue;
				}
				$value = null;
				if ( null !== $binding ) {
					$value = BindingSources::TEXT === $binding['source'] ? ( $binding['value'] ?? '' ) : self::fit( $known[ $contact ][ $binding['source'] ] ?? '', $variable['kind'] );
					$value = '' === $value ? ( $binding['fallback'] ?? '' ) : $value;
				}
				if ( null !== $value && '' !== $value ) {
					$values[ $key ] = $value;
				} elseif ( $variable['required'] || isset( $gone[ $key ] ) ) {
					$missing[] = array(
						'key'    => $key,
						'label'  => self::label( $variable ),
						'reason' => match ( true ) {
							isset( $gone[ $key ] )                                => $gone[ $key ],
							null === $binding                                     => __( 'No value was given, and none comes by itself.', 'nxt-cloud-chat' ),
							BindingSources::TEXT === $binding['source']           => __( 'Its fixed text is empty.', 'nxt-cloud-chat' ),
							/* translators: %s: as "First name" */
							default                                               => sprintf( __( '“%s” is not known of this contact, and there is no fallback.', 'nxt-cloud-chat' ), $names[ $binding['source'] ] ?? $binding['source'] ),
						},
					);
				}
			}
			// What the template itself does not know: the address that a message as a whole opens.
			$out[ $contact ] = array(
				'values'  => $values + array_intersect_key( $given, array( 'tap_target' => true ) ),
				'missing' => $missing,
			);
		}
		return $out;
	}

	/** What a variable is, for people. @param array{key: string, name: string, kind: string} $variable */
	public static function label( array $variable ): string {
		$key   = $variable['key'];
		$where = '';
		if ( 1 === preg_match( '/^cards\.(\d+)\.(.+)$/', $key, $found ) ) {
			/* translators: %d: number of a card */
			$where = sprintf( __( 'Card %d: ', 'nxt-cloud-chat' ), (int) $found[1] + 1 );
			$key   = $found[2];
		}
		$name = '' === (string) $variable['name'] ? '' : '{{' . $variable['name'] . '}}';
		if ( 1 === preg_match( '/^buttons\.(\d+)\./', $key, $found ) ) {
			$number = (int) $found[1] + 1;
			return $where . match ( $variable['kind'] ) {
				/* translators: %d: number of a button */
				'url'     => sprintf( __( 'end of the address of button %d', 'nxt-cloud-chat' ), $number ),
				/* translators: %d: number of a button */
				'coupon'  => sprintf( __( 'code to copy of button %d', 'nxt-cloud-chat' ), $number ),
				/* translators: %d: number of a button */
				default   => sprintf( __( 'what button %d needs', 'nxt-cloud-chat' ), $number ),
			};
		}
		return $where . match ( true ) {
			'code' === $key                    => __( 'One-time password', 'nxt-cloud-chat' ),
			'offer.expires_ms' === $key        => __( 'End of the offer', 'nxt-cloud-chat' ),
			/* translators: %s: a variable as {{1}} */
			str_starts_with( $key, 'body.' )   => sprintf( __( '%s in the text', 'nxt-cloud-chat' ), $name ),
			/* translators: %s: a variable as {{1}} */
			'' !== $name                       => sprintf( __( '%s in the header', 'nxt-cloud-chat' ), $name ),
			'image' === $variable['kind']      => __( 'Image in the header', 'nxt-cloud-chat' ),
			'video' === $variable['kind']      => __( 'Video in the header', 'nxt-cloud-chat' ),
			'gif' === $variable['kind']        => __( 'GIF in the header', 'nxt-cloud-chat' ),
			'document' === $variable['kind']   => __( 'Document in the header', 'nxt-cloud-chat' ),
			'location' === $variable['kind']   => __( 'Place in the header', 'nxt-cloud-chat' ),
			'product' === $variable['kind']    => __( 'Product in the header', 'nxt-cloud-chat' ),
			default                            => $variable['key'],
		};
	}

	/** What Meta refuses in values (line breaks, tabs, more than four blanks in a row) made one blank: a note of several lines is still a value. */
	private static function fit( string $value, string $kind ): string {
		return in_array( $kind, self::TEXTS, true ) ? trim( (string) preg_replace( '/[\r\n\t]+| {5,}/', ' ', $value ) ) : $value;
	}

	/** @return array{place: string, rule: string, severity: string, message: string, remedy: string} */
	private static function problem( string $place, string $rule, string $message, string $remedy ): array {
		return array(
			'place'    => $place,
			'rule'     => $rule,
			'severity' => 'error',
			'message'  => $message,
			'remedy'   => $remedy,
		);
	}
}
