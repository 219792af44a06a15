<?php
/**
 * What a person chose for an import.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Import;

use NxtChat\Field\Fields;
use NxtChat\Group\Groups;
use NxtChat\Native;
use NxtChat\Site;

/** Options as they come in, checked; every problem says where it is and how to mend it. */
final class ImportOptions {

	/** What a contact that is there already gets. Groups and consent come to it in every case. */
	public const KEEP      = 'keep';
	public const FILL      = 'fill';
	public const OVERWRITE = 'overwrite';

	/** What a column can be, besides 'field:<name>'. */
	public const TARGETS = array( 'phone', 'name', 'first_name', 'last_name', 'email', 'country', 'language', 'groups', 'marketing', 'utility', 'login', 'consent_at', 'wording' );

	public const ENCODINGS  = array( 'utf-8', 'utf-16le', 'utf-16be', 'windows-1252' );
	public const DELIMITERS = array( ',', ';', "\t", '|' );
	public const QUOTES     = array( '"', "'" );
	public const EXISTING   = array( self::FILL, self::KEEP, self::OVERWRITE );

	/** Most columns of a file, most groups that everybody is put into, longest texts in characters: the widths of the tables' columns. */
	public const COLUMNS_MAX         = 200;
	public const GROUPS_MAX          = 20;
	private const NAME_CHARACTERS    = 190;
	private const WORDING_CHARACTERS = 1000;
	private const SOURCE_CHARACTERS  = 255;

	/** @var list<array{path: string, message: string, remedy: string}> */
	private array $problems = array();

	private function __construct( private array $in ) {}

	/**
	 * Checks options.
	 *
	 * @param array $input As in docs/API.md.
	 * @return array|\WP_Error With every key; the error has data.problems.
	 */
	public static function parse( array $input ): array|\WP_Error {
		$self = new self( $input );
		$out  = array(
			'encoding'        => $self->one_of( 'encoding', self::ENCODINGS ),
			'delimiter'       => $self->one_of( 'delimiter', self::DELIMITERS ),
			'quote'           => $self->one_of( 'quote', self::QUOTES ),
			'header'          => (bool) ( $input['header'] ?? true ),
			'columns'         => $self->columns(),
			'region'          => $self->region(),
			'group_separator' => mb_substr( $self->text( 'group_separator', ',;|' ), 0, 5 ),
			'existing'        => $self->one_of( 'existing', self::EXISTING ),
			'groups'          => $self->groups(),
			'new_groups'      => $self->new_groups(),
			'consent'         => $self->consent(),
			'phone_meta'      => $self->meta_key(),
		);
		return $self->problems ? self::error( $self->problems ) : $out;
	}

	/**
	 * What stands in the way of a start.
	 *
	 * @param array $options From parse().
	 */
	public static function ready( array $options, int $kind ): ?\WP_Error {
		$problems = array();
		$targets  = array_column( $options['columns'], 'to' );
		if ( Native\IMPORT_KIND_FILE === $kind && ! in_array( 'phone', $targets, true ) ) {
			$problems[] = self::problem( 'columns', __( 'No column holds the phone number.', 'nxt-cloud-chat' ), __( 'Choose "Phone number" for one of the columns.', 'nxt-cloud-chat' ) );
		}
		$grants = $options['consent']['marketing'] || array_intersect( $targets, array( 'marketing', 'utility', 'login' ) );
		if ( $grants && '' === $options['consent']['wording'] && ! in_array( 'wording', $targets, true ) ) {
			$problems[] = self::problem( 'consent.wording', __( 'Consent without what people agreed to is no consent.', 'nxt-cloud-chat' ), __( 'Enter the words that people agreed to, or choose the column that holds them.', 'nxt-cloud-chat' ) );
		}
		return $problems ? self::error( $problems ) : null;
	}

	/** Options of the native reader. */
	public static function for_reader( array $options ): array {
		return array(
			'fields' => array_map(
				static fn( array $field ) => array(
					'name'    => $field['name'],
					'type'    => (int) $field['type'],
					'choices' => array_values( (array) ( $field['choices'] ?? array() ) ),
				),
				self::fields()
			),
		) + array_intersect_key( $options, array_flip( array( 'encoding', 'delimiter', 'quote', 'header', 'columns', 'region', 'group_separator' ) ) );
	}

	/** @return list<array{id: int, name: string, type: int, choices: list<string>}> */
	public static function fields(): array {
		return Fields::all();
	}

	/** @param list<array{path: string, message: string, remedy: string}> $problems */
	public static function error( array $problems ): \WP_Error {
		return new \WP_Error(
			'nxtchat_import_options',
			implode( ' ', array_unique( array_column( $problems, 'message' ) ) ),
			array(
				'status'   => 400,
				'remedy'   => $problems[0]['remedy'],
				'problems' => $problems,
			)
		);
	}

	/** @return array{path: string, message: string, remedy: string} */
	public static function problem( string $path, string $message, string $remedy ): array {
		return compact( 'path', 'message', 'remedy' );
	}

	private function columns(): array {
		$columns = $this->in['columns'] ?? array();
		if ( ! is_array( $columns ) || count( $columns ) > self::COLUMNS_MAX ) {
			/* translators: %d: a number of columns */
			$this->problems[] = self::problem( 'columns', sprintf( __( 'A file can have at most %d columns.', 'nxt-cloud-chat' ), self::COLUMNS_MAX ), __( 'Delete the columns that are not needed.', 'nxt-cloud-chat' ) );
			return array();
		}
		$fields = array_column( self::fields(), 'label', 'name' );
		$out    = array();
		$taken  = array();
		foreach ( array_values( $columns ) as $n => $column ) {
			$to   = is_array( $column ) && is_string( $column['to'] ?? null ) && '' !== $column['to'] ? $column['to'] : null;
			$name = is_array( $column ) && is_scalar( $column['name'] ?? null ) ? mb_substr( (string) $column['name'], 0, self::NAME_CHARACTERS ) : '';
			$path = "columns[$n].to";
			if ( null !== $to ) {
				if ( str_starts_with( $to, 'field:' ) && ! isset( $fields[ substr( $to, 6 ) ] ) ) {
					/* translators: %s: a name */
					$this->problems[] = self::problem( $path, sprintf( __( 'There is no custom field "%s".', 'nxt-cloud-chat' ), mb_substr( substr( $to, 6 ), 0, 64 ) ), __( 'Make the field under Contacts → Custom fields, or choose another.', 'nxt-cloud-chat' ) );
				} elseif ( ! str_starts_with( $to, 'field:' ) && ! in_array( $to, self::TARGETS, true ) ) {
					/* translators: %s: a name */
					$this->problems[] = self::problem( $path, sprintf( __( 'A column cannot be "%s".', 'nxt-cloud-chat' ), mb_substr( $to, 0, 64 ) ), implode( ', ', self::TARGETS ) . ', field:<name>' );
				} elseif ( isset( $taken[ $to ] ) && 'groups' !== $to ) {
					/* translators: 1, 2: numbers of columns, 3: what both are */
					$this->problems[] = self::problem( $path, sprintf( __( 'Columns %1$d and %2$d are both "%3$s".', 'nxt-cloud-chat' ), $taken[ $to ], $n + 1, $fields[ substr( $to, 6 ) ] ?? $to ), __( 'Choose something else for one of them.', 'nxt-cloud-chat' ) );
				}
				$taken[ $to ] ??= $n + 1;
			}
			$out[] = compact( 'name', 'to' );
		}
		return $out;
	}

	private function region(): string {
		$region = strtoupper( $this->text( 'region', '' ) );
		if ( '' !== $region ) {
			try {
				$known = 'country_code' !== Native\phone_parse( '123', $region )['problem'];
			} catch ( Native\Exception\InvalidInput $e ) {
				$known = false;
			}
			if ( ! $known ) {
				/* translators: %s: what was entered */
				$this->problems[] = self::problem( 'region', sprintf( __( '"%s" is not a country.', 'nxt-cloud-chat' ), mb_substr( $region, 0, 20 ) ), __( 'Give the two letters of the country, as DE or BR.', 'nxt-cloud-chat' ) );
			}
		}
		return $region;
	}

	/** @return list<int> */
	private function groups(): array {
		$ids = array_values( array_unique( array_map( 'intval', is_array( $this->in['groups'] ?? null ) ? array_filter( $this->in['groups'], 'is_numeric' ) : array() ) ) );
		if ( count( $ids ) > self::GROUPS_MAX ) {
			/* translators: %d: a number of groups */
			$this->problems[] = self::problem( 'groups', sprintf( __( 'An import can put people into at most %d groups.', 'nxt-cloud-chat' ), self::GROUPS_MAX ), __( 'Choose fewer.', 'nxt-cloud-chat' ) );
			return array();
		}
		$names = $ids ? Groups::names( $ids ) : array();
		foreach ( $ids as $n => $id ) {
			if ( ! isset( $names[ $id ] ) ) {
				/* translators: %d: a number */
				$this->problems[] = self::problem( "groups[$n]", sprintf( __( 'There is no group %d.', 'nxt-cloud-chat' ), $id ), __( 'It may have been deleted: choose another.', 'nxt-cloud-chat' ) );
			}
		}
		return $ids;
	}

	/** @return list<string> */
	private function new_groups(): array {
		$out = array();
		foreach ( is_array( $this->in['new_groups'] ?? null ) ? array_slice( $this->in['new_groups'], 0, self::GROUPS_MAX ) : array() as $n => $name ) {
			$name = is_string( $name ) ? trim( $name ) : '';
			if ( '' === $name || mb_strlen( $name ) > self::NAME_CHARACTERS ) {
				/* translators: %d: a number of characters */
				$this->problems[] = self::problem( "new_groups[$n]", sprintf( __( 'A group\'s name has 1 to %d characters.', 'nxt-cloud-chat' ), self::NAME_CHARACTERS ), __( 'Give it another name.', 'nxt-cloud-chat' ) );
			}
			$out[] = $name;
		}
		return array_values( array_unique( $out ) );
	}

	/** @return array{marketing: bool, source: string, wording: string, at_ms: int} */
	private function consent(): array {
		$in = is_array( $this->in['consent'] ?? null ) ? $this->in['consent'] : array();
		$at = is_numeric( $in['at_ms'] ?? null ) ? (int) $in['at_ms'] : 0;
		if ( $at < 0 || $at > Site::now_ms() ) {
			$this->problems[] = self::problem( 'consent.at_ms', __( 'Nobody can have agreed in the future.', 'nxt-cloud-chat' ), __( 'Choose the day on which people agreed.', 'nxt-cloud-chat' ) );
		}
		$text = function ( string $key, int $max ) use ( $in ): string {
			$text = is_scalar( $in[ $key ] ?? null ) ? trim( (string) $in[ $key ] ) : '';
			if ( mb_strlen( $text ) > $max ) {
				/* translators: %d: a number of characters */
				$this->problems[] = self::problem( "consent.$key", sprintf( __( 'This text may have %d characters.', 'nxt-cloud-chat' ), $max ), __( 'Shorten it.', 'nxt-cloud-chat' ) );
			}
			return $text;
		};
		return array(
			'marketing' => (bool) ( $in['marketing'] ?? false ),
			'source'    => $text( 'source', self::SOURCE_CHARACTERS ),
			'wording'   => $text( 'wording', self::WORDING_CHARACTERS ),
			'at_ms'     => $at,
		);
	}

	private function meta_key(): string {
		$key = $this->text( 'phone_meta', 'billing_phone' );
		if ( 1 !== preg_match( '/^[\w.-]{1,190}$/D', $key ) ) {
			$this->problems[] = self::problem( 'phone_meta', __( 'This is no name of a user field.', 'nxt-cloud-chat' ), __( 'WooCommerce uses billing_phone.', 'nxt-cloud-chat' ) );
		}
		return $key;
	}

	private function text( string $key, string $default ): string {
		return is_scalar( $this->in[ $key ] ?? null ) ? (string) $this->in[ $key ] : $default;
	}

	/** @param list<string> $allowed The first is the default. */
	private function one_of( string $key, array $allowed ): string {
		$value = $this->text( $key, $allowed[0] );
		if ( ! in_array( $value, $allowed, true ) ) {
			/* translators: 1: what was given, 2: the name of an option */
			$this->problems[] = self::problem( $key, sprintf( __( '"%1$s" is no value of "%2$s".', 'nxt-cloud-chat' ), mb_substr( $value, 0, 40 ), $key ), implode( ', ', $allowed ) );
		}
		return $value;
	}
}
