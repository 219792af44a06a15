<?php
/**
 * Custom fields of contacts.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Field;

use NxtChat\Native;
use NxtChat\Problems;
use NxtChat\Site;
use NxtChat\StoreError;

/** What an owner wants to know about people beyond name and number: typed, in an order, usable in templates and segments. */
final class Fields {

	public const TYPES = array(
		'text'   => Native\FIELD_TEXT,
		'number' => Native\FIELD_NUMBER,
		'date'   => Native\FIELD_DATE,
		'choice' => Native\FIELD_CHOICE,
		'yes_no' => Native\FIELD_YES_NO,
	);

	/** Bounds: each screen and each import reads all of them. */
	public const MAX                = 100;
	public const CHOICES_MAX        = 200;
	public const CHOICE_CHARACTERS  = 190;
	public const LABEL_CHARACTERS   = 190;
	public const NAME_PATTERN       = '[a-z][a-z0-9_]{0,63}';

	/** Different values of a field that can change its type. */
	private const DIFFERENT_MAX = 10000;

	/** Values that an answer quotes as examples. */
	private const EXAMPLES = 5;

	/** Seconds that removing a field's values may take at once; the rest follows each hour. */
	private const PURGE_S = 5.0;

	private const CACHE_GROUP = 'nxtchat';
	private const CACHE_KEY   = 'fields';

	/** Names that mean something else in templates, files and REST. */
	private const RESERVED = array( 'id', 'uid', 'name', 'phone', 'email', 'country', 'language', 'groups', 'group', 'source', 'username' );

	/**
	 * All fields in their order.
	 *
	 * @return list<array{id: int, name: string, label: string, type: int, type_name: string, choices: list<string>, position: int}>
	 */
	public static function all(): array {
		$rows = wp_cache_get( self::CACHE_KEY, self::CACHE_GROUP );
		if ( ! is_array( $rows ) ) {
			$rows = array_map( array( self::class, 'json' ), FieldStore::all() );
			wp_cache_set( self::CACHE_KEY, $rows, self::CACHE_GROUP, MINUTE_IN_SECONDS );
		}
		return $rows;
	}

	/** @return list<array> As all(), each with `used`: how many people have a value. */
	public static function with_use(): array {
		$used = FieldStore::used();
		return array_map( static fn( array $field ): array => $field + array( 'used' => $used[ $field['id'] ] ?? 0 ), self::all() );
	}

	/** One field with `used`, by id or name. */
	public static function get( int|string $which ): array|\WP_Error {
		foreach ( self::all() as $field ) {
			if ( $field[ is_int( $which ) ? 'id' : 'name' ] === $which ) {
				return $field + array( 'used' => FieldStore::used( $field['id'] )[ $field['id'] ] ?? 0 );
			}
		}
		return self::missing();
	}

	/**
	 * A value in its one spelling: `2026-01-31`, `12.5`, `1` or `0`, the choice.
	 *
	 * @param array $field From all().
	 * @return array{text: string, number: float}|\WP_Error text '' = no value.
	 */
	public static function parse( array $field, mixed $value ): array|\WP_Error {
		return FieldValue::parse( $field, $value );
	}

	/**
	 * What contacts have, in the order of the fields.
	 *
	 * @param list<int> $contacts
	 * @return array<int, array<string, string>> Text by field's name, by contact.
	 */
	public static function values( array $contacts ): array {
		$fields = self::all();
		if ( ! $fields || ! $contacts ) {
			return array();
		}
		$names = array_column( $fields, 'name', 'id' );
		$found = array();
		foreach ( FieldStore::values( $contacts ) as $row ) {
			$found[ (int) $row['contact_id'] ][ (int) $row['field_id'] ] = $row['text'];
		}
		$out = array();
		foreach ( $found as $contact => $values ) {
			foreach ( $names as $id => $name ) {
				if ( isset( $values[ $id ] ) ) {
					$out[ $contact ][ $name ] = $values[ $id ];
				}
			}
		}
		return $out;
	}

	/**
	 * Writes values that parse() gave. Inside the caller's transaction.
	 *
	 * @param list<array{0: int, 1: int, 2: array{text: string, number: float}}> $values Contact, field, value.
	 */
	public static function set( array $values ): void {
		FieldStore::set( array_map( static fn( array $v ): array => array( $v[0], $v[1], $v[2]['text'], $v[2]['number'] ), $values ) );
	}

	/** @param array<string, mixed> $input label, type (number or name), name, choices. */
	public static function create( array $input ): array|\WP_Error {
		$id = self::once(
			static function () use ( $input ) {
				$fields = array_map( array( self::class, 'json' ), FieldStore::lock() );
				if ( count( $fields ) >= self::MAX ) {
					/* translators: %d: a number */
					return Problems::refuse( 'nxtchat_too_many', 409, sprintf( __( 'There are %d custom fields already, which is the most.', 'nxt-cloud-chat' ), self::MAX ), __( 'Delete one that nobody needs.', 'nxt-cloud-chat' ) );
				}
				$clean = self::check( $input, null, $fields );
				if ( is_wp_error( $clean ) ) {
					return $clean;
				}
				return FieldStore::add(
					array(
						'name'         => $clean['name'],
						'label'        => $clean['label'],
						'type'         => $clean['type'],
						'choices_json' => (string) wp_json_encode( $clean['choices'], JSON_UNESCAPED_UNICODE ),
						'position'     => $fields ? 1 + max( array_column( $fields, 'position' ) ) : 1,
						'created_ms'   => Site::now_ms(),
					)
				);
			}
		);
		return is_wp_error( $id ) ? $id : self::get( $id );
	}

	/**
	 * Changes a field. A new type, and choices that are gone, must fit the values that are there.
	 *
	 * @param array<string, mixed> $input label, name, type, choices; `clear`: values that no longer fit are removed.
	 */
	public static function update( int $id, array $input ): array|\WP_Error {
		$error = self::once(
			static function () use ( $id, $input ) {
				$fields = array_map( array( self::class, 'json' ), FieldStore::lock() );
				$field  = array_column( $fields, null, 'id' )[ $id ] ?? null;
				if ( null === $field ) {
					return self::missing();
				}
				$clean = self::check( $input, $field, $fields );
				if ( is_wp_error( $clean ) ) {
					return $clean;
				}
				if ( $clean['type'] !== $field['type'] || ( Native\FIELD_CHOICE === $clean['type'] && array_diff( $field['choices'], $clean['choices'] ) ) ) {
					$problem = self::convert( $field, $clean, ! empty( $input['clear'] ) );
					if ( null !== $problem ) {
						return $problem;
					}
				}
				FieldStore::update(
					$id,
					array(
						'name'         => $clean['name'],
						'label'        => $clean['label'],
						'type'         => $clean['type'],
						'choices_json' => (string) wp_json_encode( $clean['choices'], JSON_UNESCAPED_UNICODE ),
					)
				);
				return null;
			}
		);
		return is_wp_error( $error ) ? $error : self::get( $id );
	}

	/** @param list<int> $ids Every field, in the new order. @return list<array>|\WP_Error */
	public static function order( array $ids ): array|\WP_Error {
		$error = self::once(
			static function () use ( $ids ) {
				$there = array_map( 'intval', array_column( FieldStore::lock(), 'id' ) );
				$ids   = array_map( 'intval', $ids );
				if ( array_diff( $there, $ids ) || array_diff( $ids, $there ) || count( $ids ) !== count( $there ) ) {
					return Problems::refuse( 'nxtchat_changed', 409, __( 'The custom fields have changed meanwhile.', 'nxt-cloud-chat' ), __( 'Load the list again, then order it: every field once.', 'nxt-cloud-chat' ) );
				}
				if ( $ids ) {
					FieldStore::order( array_combine( $ids, range( 1, count( $ids ) ) ) );
				}
				return null;
			}
		);
		return is_wp_error( $error ) ? $error : self::with_use();
	}

	/**
	 * Removes a field and its values.
	 *
	 * @param bool $force Also when people have values.
	 * @return array{deleted: true, id: int, values: int}|\WP_Error
	 */
	public static function delete( int $id, bool $force ): array|\WP_Error {
		$field = self::get( $id );
		if ( is_wp_error( $field ) ) {
			return $field;
		}
		if ( $field['used'] > 0 && ! $force ) {
			return Problems::refuse(
				'nxtchat_field_used',
				409,
				/* translators: 1: name of a field, 2: a number */
				sprintf( _n( '%2$d person has a value in “%1$s”. It would be deleted.', '%2$d people have a value in “%1$s”. They would be deleted.', $field['used'], 'nxt-cloud-chat' ), $field['label'], $field['used'] ),
				__( 'Export the contacts first if you need the values. To delete all the same, repeat with force.', 'nxt-cloud-chat' ),
				array( 'used' => $field['used'] )
			);
		}
		FieldStore::remove( $id );
		self::forget();
		FieldStore::purge( microtime( true ) + self::PURGE_S );
		return array(
			'deleted' => true,
			'id'      => $id,
			'values'  => $field['used'],
		);
	}

	/** Values of deleted fields, a bounded while (hourly). */
	public static function purge(): void {
		FieldStore::purge( microtime( true ) + self::PURGE_S );
	}

	/** @param array<string, string|null> $row */
	private static function json( array $row ): array {
		$choices = json_decode( (string) $row['choices_json'], true );
		return array(
			'id'        => (int) $row['id'],
			'name'      => (string) $row['name'],
			'label'     => (string) $row['label'],
			'type'      => (int) $row['type'],
			'type_name' => (string) array_search( (int) $row['type'], self::TYPES, true ),
			'choices'   => is_array( $choices ) ? array_map( 'strval', $choices ) : array(),
			'position'  => (int) $row['position'],
		);
	}

	/**
	 * Input of a field, checked.
	 *
	 * @return array{name: string, label: string, type: int, choices: list<string>}|\WP_Error
	 */
	private static function check( array $input, ?array $field, array $fields ): array|\WP_Error {
		$problems = array();
		$input    = array_filter( $input, static fn( $value ) => null !== $value ) + ( $field ?? array( 'choices' => array() ) );
		$label    = Problems::text( $input['label'] ?? '', self::LABEL_CHARACTERS );
		if ( null === $label || '' === $label ) {
			/* translators: %d: a number */
			$problems[] = Problems::one( 'label', sprintf( __( 'A field needs a label of at most %d characters.', 'nxt-cloud-chat' ), self::LABEL_CHARACTERS ) );
		}
		$type = self::TYPES[ is_string( $input['type'] ?? null ) ? $input['type'] : '' ] ?? ( is_numeric( $input['type'] ?? null ) ? (int) $input['type'] : 0 );
		if ( ! in_array( $type, self::TYPES, true ) ) {
			$problems[] = Problems::one( 'type', __( 'There is no such type of field.', 'nxt-cloud-chat' ), __( 'Use text, number, date, choice or yes_no.', 'nxt-cloud-chat' ) );
		}
		$taken = array();
		foreach ( $fields as $other ) {
			if ( $other['id'] !== ( $field['id'] ?? 0 ) ) {
				$taken[ $other['name'] ] = true;
				if ( null !== $label && mb_strtolower( $other['label'] ) === mb_strtolower( $label ) ) {
					$problems[] = Problems::one( 'label', __( 'Another field has this label.', 'nxt-cloud-chat' ), __( 'Choose another, or nobody can tell them apart.', 'nxt-cloud-chat' ) );
				}
			}
		}
		$name = is_string( $input['name'] ?? null ) ? strtolower( trim( $input['name'] ) ) : '';
		if ( '' === $name && null !== $label ) {
			$name = self::name_for( $label, $taken );
		} elseif ( 1 !== preg_match( '/^' . self::NAME_PATTERN . '$/D', $name ) ) {
			$problems[] = Problems::one( 'name', __( 'This cannot be the name of a field.', 'nxt-cloud-chat' ), __( 'Use small letters a–z, digits and _, beginning with a letter, at most 64.', 'nxt-cloud-chat' ) );
		} elseif ( in_array( $name, self::RESERVED, true ) ) {
			$problems[] = Problems::one( 'name', __( 'Every contact has this already.', 'nxt-cloud-chat' ), __( 'Choose another name.', 'nxt-cloud-chat' ) );
		} elseif ( isset( $taken[ $name ] ) ) {
			$problems[] = Problems::one( 'name', __( 'Another field has this name.', 'nxt-cloud-chat' ), __( 'Choose another name.', 'nxt-cloud-chat' ) );
		}
		$choices = Native\FIELD_CHOICE === $type ? self::choices( $input['choices'], $problems ) : array();
		return $problems ? Problems::error( $problems ) : array(
			'name'    => $name,
			'label'   => $label,
			'type'    => $type,
			'choices' => $choices,
		);
	}

	/** @return list<string> */
	private static function choices( mixed $given, array &$problems ): array {
		$out = array();
		foreach ( is_array( $given ) ? $given : array() as $n => $choice ) {
			$text = Problems::text( $choice, self::CHOICE_CHARACTERS );
			if ( null === $text ) {
				/* translators: %d: a number */
				$problems[] = Problems::one( "choices[$n]", sprintf( __( 'A choice is text of at most %d characters.', 'nxt-cloud-chat' ), self::CHOICE_CHARACTERS ) );
			} elseif ( isset( $out[ mb_strtolower( $text ) ] ) ) {
				$problems[] = Problems::one( "choices[$n]", __( 'This choice is there twice.', 'nxt-cloud-chat' ), __( 'Remove one.', 'nxt-cloud-chat' ) );
			} elseif ( '' !== $text ) {
				$out[ mb_strtolower( $text ) ] = $text;
			}
		}
		if ( ! $out && ! $problems ) {
			$problems[] = Problems::one( 'choices', __( 'A field of choices needs at least one choice.', 'nxt-cloud-chat' ) );
		} elseif ( count( $out ) > self::CHOICES_MAX ) {
			/* translators: %d: a number */
			$problems[] = Problems::one( 'choices', sprintf( __( 'At most %d choices are possible.', 'nxt-cloud-chat' ), self::CHOICES_MAX ), __( 'Use a text field for more.', 'nxt-cloud-chat' ) );
		}
		return array_values( $out );
	}

	/** A name made of the label. */
	private static function name_for( string $label, array $taken ): string {
		$base = trim( (string) preg_replace( '/[^a-z0-9]+/', '_', implode( '_', Native\name_words( array( $label ) )[0] ) ), '_' );
		$base = 1 === preg_match( '/^[a-z]/', $base ) ? $base : rtrim( "field_$base", '_' );
		$base = in_array( $base, self::RESERVED, true ) ? "{$base}_2" : $base;
		$name = substr( $base, 0, 60 );
		for ( $n = 2; isset( $taken[ $name ] ); $n++ ) {
			$name = substr( $base, 0, 60 ) . "_$n";
		}
		return $name;
	}

	/** Writes the values of a field as its new type and choices want them, or says which do not fit. */
	private static function convert( array $old, array $new, bool $clear ): ?\WP_Error {
		$different = FieldStore::different( $old['id'], self::DIFFERENT_MAX + 1 );
		if ( count( $different ) > self::DIFFERENT_MAX ) {
			if ( Native\FIELD_TEXT === $new['type'] && Native\FIELD_TEXT !== $old['type'] && Native\FIELD_YES_NO !== $old['type'] ) {
				return null; // Every value is text as it stands; its number is not looked at any more.
			}
			/* translators: %s: a number */
			return Problems::refuse( 'nxtchat_too_many', 409, sprintf( __( 'This field has more than %s different values; its type can no longer change.', 'nxt-cloud-chat' ), number_format_i18n( self::DIFFERENT_MAX ) ), __( 'Add a new field of the other type.', 'nxt-cloud-chat' ) );
		}
		$values   = array();
		$misfits  = 0;
		$examples = array();
		foreach ( $different as $hex => $value ) {
			// Yes and no are kept as 1 and 0: as text they become words.
			$text  = Native\FIELD_YES_NO === $old['type'] && in_array( $new['type'], array( Native\FIELD_TEXT, Native\FIELD_CHOICE ), true ) ? FieldValue::format( $old, $value['text'] ) : $value['text'];
			$fresh = FieldValue::parse( $new, $text );
			if ( is_wp_error( $fresh ) ) {
				$misfits      += $value['n'];
				$examples[]    = $value['text'];
				$values[ $hex ] = null;
			} else {
				$values[ $hex ] = $fresh;
			}
		}
		if ( $misfits > 0 && ! $clear ) {
			return Problems::refuse(
				'nxtchat_values_do_not_fit',
				409,
				/* translators: 1: a number, 2: examples */
				sprintf( _n( '%1$s value does not fit: %2$s.', '%1$s values do not fit, as %2$s.', $misfits, 'nxt-cloud-chat' ), number_format_i18n( $misfits ), implode( ', ', array_map( static fn( string $text ): string => '“' . mb_strimwidth( $text, 0, 40, '…' ) . '”', array_slice( $examples, 0, self::EXAMPLES ) ) ) ),
				__( 'Change these values first. To delete them, repeat with clear.', 'nxt-cloud-chat' ),
				array(
					'values'   => $misfits,
					'examples' => array_slice( $examples, 0, self::EXAMPLES ),
				)
			);
		}
		FieldStore::rewrite( $old['id'], $different, $values );
		return null;
	}

	/** Runs $work in a transaction; forgets what is remembered. A name that another process took meanwhile is a problem like any. */
	private static function once( callable $work ): mixed {
		try {
			return FieldStore::transaction_again( $work );
		} catch ( StoreError $e ) {
			if ( ! $e->is_duplicate ) {
				throw $e;
			}
			return Problems::error( array( Problems::one( 'name', __( 'Another field has this name.', 'nxt-cloud-chat' ), __( 'Choose another name.', 'nxt-cloud-chat' ) ) ) );
		} finally {
			self::forget();
		}
	}

	private static function forget(): void {
		wp_cache_delete( self::CACHE_KEY, self::CACHE_GROUP );
	}

	private static function missing(): \WP_Error {
		return Problems::refuse( 'nxtchat_no_field', 404, __( 'There is no such custom field.', 'nxt-cloud-chat' ), __( 'Load the list again: somebody may have deleted it.', 'nxt-cloud-chat' ) );
	}
}
