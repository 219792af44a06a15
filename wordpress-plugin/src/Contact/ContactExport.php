<?php
/**
 * Contacts as CSV.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Contact;

use NxtChat\Field\Fields;
use NxtChat\Native;
use NxtChat\Segment\Audience;
use NxtChat\Segment\Conditions;

/** Writes any filter as CSV, batch by batch: memory does not grow with the number of contacts. The import knows every column by its name. */
final class ContactExport {

	/** Columns of a contact; custom fields come by their name, as field:<name>. */
	public const COLUMNS = array( 'phone', 'name', 'email', 'country', 'language', 'groups', 'marketing', 'consent_at', 'wording', 'utility', 'utility_at', 'login', 'login_at', 'username', 'source', 'created', 'last_heard', 'id' );

	/** How some are called in the file: names that csv_sniff() knows. */
	private const HEADERS = array(
		'consent_at' => 'consent_date',
		'wording'    => 'consent_text',
		'utility'    => 'utility_consent',
	);

	/** Columns of the screen that are called otherwise there, and those that are no data. */
	private const ALIASES = array(
		'added'   => 'created',
		'heard'   => 'last_heard',
		'consent' => 'marketing',
		'group'   => 'groups',
	);

	/** Contacts read at a time. */
	private const BATCH = 1000;

	/** Between the names of groups: the import takes it apart again. */
	private const BETWEEN = '|';

	/** So that spreadsheets take the file for UTF-8. */
	private const BOM = "\u{FEFF}";

	/** Words of the three states, as the import reads them. */
	private const STATES = array(
		Native\CONSENT_NONE    => '',
		Native\CONSENT_GRANTED => 'granted',
		Native\CONSENT_REVOKED => 'revoked',
	);

	/** @param list<string> $columns @param array<int, string> $fields Ids of custom fields by column. */
	private function __construct( private Conditions $conditions, private array $columns, private array $fields ) {
	}

	/**
	 * Checks what is to be exported. Nothing is read yet.
	 *
	 * @param array<string, mixed> $filter  As for ContactList::conditions().
	 * @param list<string>         $columns Of COLUMNS, or field:<name>; empty = all of them.
	 */
	public static function prepare( array $filter, array $columns = array() ): self|\WP_Error {
		$conditions = ContactList::conditions( $filter );
		$problems   = is_wp_error( $conditions ) ? ( $conditions->get_error_data()['problems'] ?? array() ) : array();
		$fields     = array();
		foreach ( Fields::all() as $field ) {
			$fields[ 'field:' . $field['name'] ] = (int) $field['id'];
		}
		$chosen = array();
		foreach ( $columns ? array_values( $columns ) : array_merge( self::COLUMNS, array_keys( $fields ) ) as $n => $column ) {
			$column = trim( (string) $column );
			$column = self::ALIASES[ $column ] ?? str_replace( 'field.', 'field:', $column );
			if ( ! in_array( $column, self::COLUMNS, true ) && ! isset( $fields[ $column ] ) ) {
				$problems[] = array(
					'path'    => "columns[$n]",
					/* translators: %s: name of a column */
					'message' => sprintf( __( 'There is no column “%s”.', 'nxt-cloud-chat' ), mb_strcut( $column, 0, 80 ) ),
					/* translators: %s: list of names */
					'remedy'  => sprintf( __( 'Use some of: %s.', 'nxt-cloud-chat' ), implode( ', ', array_merge( self::COLUMNS, array_keys( $fields ) ) ) ),
				);
			}
			$chosen[] = $column;
		}
		return $problems ? Conditions::error( $problems ) : new self( $conditions, array_values( array_unique( $chosen ) ), $fields );
	}

	/**
	 * Prepares and writes in one go.
	 *
	 * @param array<string, mixed> $filter
	 * @param list<string>         $columns
	 * @param callable             $out     fn( string $csv ): mixed; false stops.
	 * @return int|\WP_Error How many contacts were written.
	 */
	public static function stream( array $filter, array $columns, callable $out ): int|\WP_Error {
		$export = self::prepare( $filter, $columns );
		return is_wp_error( $export ) ? $export : $export->write( $out );
	}

	/** A name for the file. */
	public static function file_name(): string {
		return 'contacts-' . wp_date( 'Y-m-d-Hi' ) . '.csv';
	}

	/**
	 * Writes the header and every contact, in the order in which they were added.
	 *
	 * @param callable $out fn( string $csv ): mixed; false stops.
	 * @return int How many contacts were written.
	 */
	public function write( callable $out ): int {
		// A custom field is named as it is: the import finds it by its name. One that is called as a column of ours keeps its prefix.
		$head = array_map( static fn( $column ) => self::HEADERS[ $column ] ?? ( str_starts_with( $column, 'field:' ) && ! in_array( substr( $column, 6 ), self::COLUMNS, true ) ? substr( $column, 6 ) : $column ), $this->columns );
		if ( false === $out( self::BOM . Native\csv_encode( array( $head ) ) ) ) {
			return 0;
		}
		$audience = new Audience( $this->conditions );
		$after    = 0;
		$written  = 0;
		do {
			$ids   = $audience->ids( $after, self::BATCH );
			$rows  = $ids ? $this->rows( $ids ) : array();
			$after = $ids ? end( $ids ) : $after;
			if ( $rows && false === $out( Native\csv_encode( $rows ) ) ) {
				return $written;
			}
			$written += count( $rows );
			ContactListStore::forget();
		} while ( count( $ids ) === self::BATCH );
		return $written;
	}

	/** @param list<int> $ids @return list<list<string>> */
	private function rows( array $ids ): array {
		$wanted = array_flip( $this->columns );
		$phones = array();
		$users  = array();
		if ( isset( $wanted['phone'] ) || isset( $wanted['username'] ) || isset( $wanted['name'] ) ) {
			foreach ( ContactListStore::identities( $ids, array( Contacts::PHONE, Contacts::USERNAME ) ) as $row ) {
				if ( Contacts::PHONE === (int) $row['kind'] ) {
					$phones[ $row['contact_id'] ] = $row['value'];
				} else {
					$users[ $row['contact_id'] ] = $row['value'];
				}
			}
		}
		$groups = array();
		if ( isset( $wanted['groups'] ) ) {
			foreach ( ContactListStore::groups( $ids ) as $row ) {
				$groups[ $row['contact_id'] ][] = $row['name'];
			}
		}
		$fields = array_intersect_key( $this->fields, $wanted );
		$values = array();
		if ( $fields ) {
			foreach ( ContactListStore::values( $ids, array_values( $fields ) ) as $row ) {
				$values[ $row['contact_id'] ][ (int) $row['field_id'] ] = $row['text'];
			}
		}
		$consents = array();
		if ( array_intersect_key( $wanted, array_flip( array( 'consent_at', 'wording', 'utility_at', 'login_at' ) ) ) ) {
			foreach ( ContactListStore::consents( $ids ) as $row ) {
				$consents[ $row['contact_id'] ][ $row['purpose'] ][ $row['state'] ] = $row;
			}
		}
		$out = array();
		foreach ( ContactListStore::contacts( $ids ) as $c ) {
			$id = $c['id'];
			// The entry that made the state what it is.
			$entry = static fn( int $purpose, string $column ) => $consents[ $id ][ $purpose ][ $c[ $column ] ] ?? null;
			$line  = array();
			foreach ( $this->columns as $column ) {
				$line[] = match ( $column ) {
					'phone'      => $phones[ $id ] ?? '',
					'name'       => '' !== $c['name'] ? $c['name'] : $c['profile_name'],
					'groups'     => implode( self::BETWEEN, $groups[ $id ] ?? array() ),
					'marketing', 'utility', 'login' => self::STATES[ (int) $c[ $column ] ] ?? '',
					'consent_at' => self::time( $entry( Native\PURPOSE_MARKETING, 'marketing' )['at_ms'] ?? 0 ),
					'wording'    => (string) ( $entry( Native\PURPOSE_MARKETING, 'marketing' )['wording'] ?? '' ),
					'utility_at' => self::time( $entry( Native\PURPOSE_UTILITY, 'utility' )['at_ms'] ?? 0 ),
					'login_at'   => self::time( $entry( Native\PURPOSE_LOGIN, 'login' )['at_ms'] ?? 0 ),
					'username'   => isset( $users[ $id ] ) ? '@' . $users[ $id ] : '',
					'created'    => self::time( $c['created_ms'] ),
					'last_heard' => self::time( $c['last_in_ms'] ),
					'id', 'email', 'country', 'language', 'source' => (string) $c[ $column ],
					default      => (string) ( $values[ $id ][ $this->fields[ $column ] ] ?? '' ),
				};
			}
			$out[] = $line;
		}
		return $out;
	}

	private static function time( int|string $ms ): string {
		return (int) $ms > 0 ? gmdate( 'Y-m-d\TH:i:s\Z', intdiv( (int) $ms, 1000 ) ) : '';
	}
}
