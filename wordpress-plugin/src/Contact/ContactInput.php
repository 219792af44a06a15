<?php
/**
 * What people type about a contact.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Contact;

use NxtChat\Consent\Countries;
use NxtChat\Conversation\Conversations;
use NxtChat\Field\Fields;
use NxtChat\Group\Groups;
use NxtChat\Native;
use NxtChat\Problems;

/** Checks the input of a contact and says in plain words what is wrong with which part. */
final class ContactInput {

	public const NAME_CHARACTERS  = 190;
	public const EMAIL_CHARACTERS = 190;
	public const PHONE_CHARACTERS = 60;

	/** Most identities added or removed at once, and most groups. */
	private const IDENTITIES_MAX = 20;
	private const GROUPS_MAX     = 500;

	/** Names of the kinds of identities, in REST and in messages. */
	public const KINDS = array(
		'phone'        => Contacts::PHONE,
		'bsuid'        => Contacts::BSUID,
		'username'     => Contacts::USERNAME,
		'parent_bsuid' => Contacts::PARENT_BSUID,
	);

	/** @var list<array> */
	private array $problems = array();

	/**
	 * Checked input: only the keys that were given.
	 *
	 * `replace` holds a value ('' = removed) by kind for the identity that is shown; `add`, `remove` pairs of kind and value.
	 *
	 * @param array<string, mixed>      $input name, email, country, language, phone, bsuid, username, add_identities, remove_identities, groups, fields.
	 * @param array<string, mixed>|null $now   The contact in full, null for a new one.
	 * @return array{columns: array<string, string>, replace: array<int, string>, add: list<array{0: int, 1: string}>, remove: list<array{0: int, 1: string}>, groups: ?list<int>, fields: array<string, array>, phone_country: string}|\WP_Error
	 */
	public static function check( array $input, ?array $now ): array|\WP_Error {
		return ( new self() )->read( array_filter( $input, static fn( $value ) => null !== $value ), $now );
	}

	private function read( array $input, ?array $now ): array|\WP_Error {
		$clean = array(
			'columns'       => array(),
			'replace'       => array(),
			'add'           => array(),
			'remove'        => array(),
			'groups'        => null,
			'fields'        => array(),
			'phone_country' => '',
		);
		foreach ( array( 'name', 'email', 'country', 'language' ) as $column ) {
			if ( array_key_exists( $column, $input ) ) {
				$value = $this->column( $column, $input[ $column ] );
				if ( null !== $value ) {
					$clean['columns'][ $column ] = $value;
				}
			}
		}
		$country = $clean['columns']['country'] ?? '';
		$region  = '' !== $country ? $country : (string) ( $now['country'] ?? '' );
		foreach ( array( 'phone', 'bsuid', 'username' ) as $name ) {
			if ( array_key_exists( $name, $input ) ) {
				$given = $this->identity( $name, $input[ $name ], $region, $name );
				if ( null !== $given ) {
					$clean['replace'][ $given[0] ] = $given[1];
					$clean['phone_country']        = 'phone' === $name ? $given[2] : $clean['phone_country'];
				}
			}
		}
		foreach ( array(
			'add'    => 'add_identities',
			'remove' => 'remove_identities',
		) as $key => $name ) {
			foreach ( $this->items( $name, $input[ $name ] ?? array(), self::IDENTITIES_MAX ) as $n => $item ) {
				$kind = is_array( $item ) ? ( is_int( $item['kind'] ?? null ) ? array_search( $item['kind'], self::KINDS, true ) : ( $item['kind'] ?? '' ) ) : '';
				if ( ! is_string( $kind ) || ! isset( self::KINDS[ $kind ] ) ) {
					$this->problem( "{$name}[$n].kind", __( 'There is no such kind of identity.', 'nxt-cloud-chat' ), __( 'Use phone, bsuid, username or parent_bsuid.', 'nxt-cloud-chat' ) );
					continue;
				}
				$given = $this->identity( $kind, $item['value'] ?? '', $region, "{$name}[$n].value", 'remove' === $key );
				if ( null !== $given && '' !== $given[1] ) {
					$clean[ $key ][] = array( $given[0], $given[1] );
				}
			}
		}
		if ( array_key_exists( 'groups', $input ) ) {
			$clean['groups'] = $this->groups( $input['groups'] );
		}
		if ( array_key_exists( 'fields', $input ) ) {
			$clean['fields'] = $this->fields( $input['fields'] );
		}
		if ( null === $now && ! $this->problems && ! array_filter( $clean['replace'] ) && ! $clean['add'] ) {
			$this->problem( 'phone', __( 'A contact needs a phone number, a WhatsApp user id or a username.', 'nxt-cloud-chat' ) );
		}
		return $this->problems ? Problems::error( $this->problems ) : $clean;
	}

	private function column( string $column, mixed $value ): ?string {
		$max  = 'email' === $column ? self::EMAIL_CHARACTERS : self::NAME_CHARACTERS;
		$text = Problems::text( $value, $max );
		if ( null === $text ) {
			/* translators: %d: a number */
			$this->problem( $column, is_scalar( $value ) ? sprintf( __( 'This is too long or no valid text: %d characters at most.', 'nxt-cloud-chat' ), $max ) : __( 'This must be text.', 'nxt-cloud-chat' ) );
			return null;
		}
		if ( '' === $text || 'name' === $column ) {
			return $text;
		}
		switch ( $column ) {
			case 'email':
				if ( ! is_email( $text ) ) {
					$this->problem( 'email', __( 'This is not an e-mail address.', 'nxt-cloud-chat' ), __( 'Write it as name@example.com.', 'nxt-cloud-chat' ) );
					return null;
				}
				return strtolower( $text );
			case 'country':
				$country = self::country( $text );
				if ( null === $country ) {
					$this->problem( 'country', __( 'There is no such country.', 'nxt-cloud-chat' ), __( 'Write its two letters, as DE or US.', 'nxt-cloud-chat' ) );
				}
				return $country;
			default:
				$language = self::language( $text );
				if ( null === $language ) {
					$this->problem( 'language', __( 'This is no language code.', 'nxt-cloud-chat' ), __( 'Write two or three letters, with the country where it matters: de, pt_BR.', 'nxt-cloud-chat' ) );
				}
				return $language;
		}
	}

	/** `DE`, null when there is no such country. */
	public static function country( string $text ): ?string {
		$code = 'UK' === strtoupper( $text ) ? 'GB' : strtoupper( $text );
		return Countries::has( $code ) ? $code : null;
	}

	/** `de`, `pt_BR`, null when it is no language code. */
	public static function language( string $text ): ?string {
		if ( 1 !== preg_match( '/^([A-Za-z]{2,3})(?:[_-]([A-Za-z]{2}|\d{3}))?$/D', $text, $found ) ) {
			return null;
		}
		return strtolower( $found[1] ) . ( isset( $found[2] ) ? '_' . strtoupper( $found[2] ) : '' );
	}

	/**
	 * One identity in its one spelling.
	 *
	 * @param bool $any What stands in our tables, also a number that no numbering plan knows.
	 * @return array{0: int, 1: string, 2: string}|null Kind, value, country of a number.
	 */
	private function identity( string $name, mixed $value, string $region, string $path, bool $any = false ): ?array {
		$text = Problems::text( $value, 255 );
		if ( null === $text ) {
			$this->problem( $path, __( 'This must be text of at most 255 characters.', 'nxt-cloud-chat' ) );
			return null;
		}
		$kind = self::KINDS[ $name ];
		if ( '' === $text ) {
			return array( $kind, '', '' );
		}
		switch ( $kind ) {
			case Contacts::PHONE:
				if ( $any && 1 === preg_match( '/^\+\d{5,20}$/D', $text ) ) {
					return array( $kind, $text, '' );
				}
				$region = '' !== $region ? $region : Conversations::region( 0 );
				$phone  = mb_strlen( $text ) > self::PHONE_CHARACTERS ? array(
					'valid'   => false,
					'problem' => 'too_long',
				) : Native\phone_parse( $text, '' === $region ? null : $region );
				if ( ! $phone['valid'] ) {
					$this->problem( $path, self::number_problem( $phone['problem'] ), __( 'Write it with the country code, as +49 1512 3456789.', 'nxt-cloud-chat' ) );
					return null;
				}
				return array( $kind, $phone['e164'], $phone['country'] );
			case Contacts::USERNAME:
				$text = ltrim( strtolower( $text ), '@' );
				if ( 1 !== preg_match( '/^[a-z0-9._]{3,35}$/D', $text ) ) {
					$this->problem( $path, __( 'This is not a WhatsApp username.', 'nxt-cloud-chat' ), __( 'It has 3 to 35 small letters a–z, digits, points and _.', 'nxt-cloud-chat' ) );
					return null;
				}
				return array( $kind, $text, '' );
		}
		$pattern = Contacts::BSUID === $kind ? '/^[A-Z]{2}\.(?!ENT\.)[A-Za-z0-9]{1,128}$/D' : '/^[A-Z]{2}\.ENT\.[A-Za-z0-9]{1,128}$/D';
		if ( 1 !== preg_match( $pattern, $text ) ) {
			$this->problem( $path, __( 'This is not a WhatsApp user id.', 'nxt-cloud-chat' ), __( 'Meta writes it as two letters, a point and a number: US.13491208655302741918.', 'nxt-cloud-chat' ) );
			return null;
		}
		return array( $kind, $text, '' );
	}

	/** @return list<int>|null */
	private function groups( mixed $given ): ?array {
		$ids = array();
		foreach ( $this->items( 'groups', $given, self::GROUPS_MAX ) as $n => $id ) {
			if ( ! is_int( $id ) && ! ( is_string( $id ) && 1 === preg_match( '/^\d{1,18}$/D', $id ) ) ) {
				$this->problem( "groups[$n]", __( 'A group is named by its number.', 'nxt-cloud-chat' ) );
				return null;
			}
			$ids[ $n ] = (int) $id;
		}
		$known = $ids ? Groups::names( array_values( $ids ) ) : array();
		foreach ( $ids as $n => $id ) {
			if ( ! isset( $known[ $id ] ) ) {
				$this->problem( "groups[$n]", __( 'This group does not exist (any more).', 'nxt-cloud-chat' ), __( 'Choose another group, or none.', 'nxt-cloud-chat' ) );
			}
		}
		return array_values( array_unique( $ids ) );
	}

	/** @return array<string, array{id: int, text: string, number: float}> By name. */
	private function fields( mixed $given ): array {
		if ( ! is_array( $given ) || ( $given && array_is_list( $given ) ) ) {
			$this->problem( 'fields', __( 'Custom fields are an object: values by name.', 'nxt-cloud-chat' ) );
			return array();
		}
		$fields = array_column( Fields::all(), null, 'name' );
		$out    = array();
		foreach ( array_slice( $given, 0, Fields::MAX + 1, true ) as $name => $value ) {
			$path = 'fields.' . mb_strcut( (string) $name, 0, 64 );
			if ( ! isset( $fields[ $name ] ) ) {
				$this->problem( $path, __( 'There is no such custom field.', 'nxt-cloud-chat' ), __( 'Add it under Contacts → Custom fields, or leave it out.', 'nxt-cloud-chat' ) );
				continue;
			}
			$read = Fields::parse( $fields[ $name ], $value );
			if ( is_wp_error( $read ) ) {
				$this->problem( $path, $read->get_error_message(), (string) ( $read->get_error_data()['remedy'] ?? '' ) );
				continue;
			}
			$out[ $name ] = array( 'id' => $fields[ $name ]['id'] ) + $read;
		}
		return $out;
	}

	private function items( string $path, mixed $given, int $max ): array {
		if ( ! is_array( $given ) || ! array_is_list( $given ) || count( $given ) > $max ) {
			/* translators: %d: a number */
			$this->problem( $path, sprintf( __( 'This must be a list of at most %d.', 'nxt-cloud-chat' ), $max ) );
			return array();
		}
		return $given;
	}

	private function problem( string $path, string $message, string $remedy = '' ): void {
		$this->problems[] = Problems::one( $path, $message, $remedy );
	}

	private static function number_problem( string $problem ): string {
		return match ( $problem ) {
			'empty', 'not_a_number' => __( 'This is not a phone number.', 'nxt-cloud-chat' ),
			'country_code'          => __( 'No country has this country code.', 'nxt-cloud-chat' ),
			'no_country'            => __( 'The country code is missing.', 'nxt-cloud-chat' ),
			'too_short'             => __( 'This phone number is too short.', 'nxt-cloud-chat' ),
			'too_long'              => __( 'This phone number is too long.', 'nxt-cloud-chat' ),
			'local_only'            => __( 'The area code of this phone number is missing.', 'nxt-cloud-chat' ),
			default                 => __( 'There is no such phone number in its country.', 'nxt-cloud-chat' ),
		};
	}
}
