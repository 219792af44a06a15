<?php
/**
 * One change of many contacts.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Contact;

use NxtChat\Consent\Consents;
use NxtChat\Field\Fields;
use NxtChat\Group\Groups;
use NxtChat\Native;
use NxtChat\Problems;
use NxtChat\Rest;
use NxtChat\Segment\Audience;
use NxtChat\Site;

/**
 * Bounded steps: the caller goes on with `next` until it is null. Each step is one transaction of set-based statements, and whoever
 * was really changed gets an entry in the timeline.
 */
final class ContactBulk {

	public const ACTIONS = array( 'add_group', 'remove_group', 'delete', 'revoke', 'set_field', 'set_language' );

	/** Contacts of one step; erasing goes through all that people wrote. */
	public const STEP         = 200;
	private const STEP_DELETE = 50;

	/**
	 * One step.
	 *
	 * @param string              $action One of ACTIONS.
	 * @param mixed               $value  Group id; purpose's name; {field, value}; language.
	 * @param list<int>|null      $ids    At most STEP, or null for $filter.
	 * @param array<string,mixed> $filter As ContactList::conditions() takes it.
	 * @return array{done: int, changed: int, next: ?string}|\WP_Error done: contacts looked at; changed: those that were different before.
	 */
	public static function step( string $action, mixed $value, ?array $ids, array $filter, string $cursor ): array|\WP_Error {
		$work = self::work( $action, $value );
		if ( is_wp_error( $work ) ) {
			return $work;
		}
		$next  = null;
		$after = '' === $cursor ? array( 0 ) : Rest::cursor_decode( $cursor, 1 );
		if ( null === $after ) {
			return Problems::refuse( 'nxtchat_bad_cursor', 400, __( 'This place in the list does not exist. Begin again.', 'nxt-cloud-chat' ) );
		}
		$limit = 'delete' === $action ? self::STEP_DELETE : self::STEP;
		if ( null === $ids ) {
			$conditions = ContactList::conditions( $filter );
			if ( is_wp_error( $conditions ) ) {
				return $conditions;
			}
			$ids  = ( new Audience( $conditions ) )->ids( $after[0], $limit );
			$next = count( $ids ) < $limit ? null : Rest::cursor_encode( array( (int) end( $ids ) ) );
		} else {
			$ids = array_values( array_unique( array_map( 'intval', $ids ) ) );
			sort( $ids );
			$ids  = array_values( array_filter( $ids, static fn( int $id ): bool => $id > $after[0] ) );
			$next = count( $ids ) <= $limit ? null : Rest::cursor_encode( array( $ids[ $limit - 1 ] ) );
			$ids  = array_slice( $ids, 0, $limit );
		}
		$changed = $ids ? $work( $ids ) : 0;
		return is_wp_error( $changed ) ? $changed : array(
			'done'    => count( $ids ),
			'changed' => $changed,
			'next'    => $next,
		);
	}

	/** What to do with one step's contacts: fn( list<int> $ids ): int|WP_Error. */
	private static function work( string $action, mixed $value ): callable|\WP_Error {
		switch ( $action ) {
			case 'add_group':
			case 'remove_group':
				$group = is_int( $value ) || ( is_string( $value ) && ctype_digit( $value ) ) ? (int) $value : 0;
				$name  = Groups::names( array( $group ) )[ $group ] ?? null;
				return null === $name ? Groups::missing() : static fn( array $ids ): int => self::group( $ids, $group, $name, 'add_group' === $action );
			case 'set_field':
				$name  = is_array( $value ) ? ( $value['field'] ?? '' ) : '';
				$field = is_string( $name ) ? Fields::get( $name ) : Fields::get( '' );
				$read  = is_wp_error( $field ) ? $field : Fields::parse( $field, $value['value'] ?? '' );
				return is_wp_error( $read ) ? $read : static fn( array $ids ): int => self::field( $ids, $field, $read );
			case 'set_language':
				$language = '' === $value ? '' : ( is_string( $value ) ? ContactInput::language( trim( $value ) ) : null );
				return null === $language
					? Problems::refuse( 'nxtchat_invalid', 400, __( 'This is no language code.', 'nxt-cloud-chat' ), __( 'Write two or three letters, with the country where it matters: de, pt_BR.', 'nxt-cloud-chat' ) )
					: static fn( array $ids ): int => self::language( $ids, $language );
			case 'revoke':
				$purpose = Consents::PURPOSES[ is_string( $value ) && '' !== $value ? $value : 'marketing' ] ?? null;
				return null === $purpose
					? Problems::refuse( 'nxtchat_invalid', 400, __( 'There is no such purpose.', 'nxt-cloud-chat' ), __( 'Use marketing, utility or login.', 'nxt-cloud-chat' ) )
					: static fn( array $ids ): int => self::revoke( $ids, $purpose );
			case 'delete':
				return static fn( array $ids ): int|\WP_Error => ContactEdit::delete( $ids );
		}
		return Problems::refuse( 'nxtchat_invalid', 400, __( 'There is no such action.', 'nxt-cloud-chat' ) );
	}

	private static function group( array $ids, int $group, string $name, bool $add ): int {
		$entry = array(
			array(
				'id'   => $group,
				'name' => $name,
			),
		);
		return self::change(
			$ids,
			static function ( array $ids ) use ( $group, $add, $entry ): array {
				$in   = array_keys( array_filter( Groups::of( $ids ), static fn( array $groups ): bool => in_array( $group, array_column( $groups, 'id' ), true ) ) );
				$ours = array_values( $add ? array_diff( $ids, $in ) : array_intersect( $ids, $in ) );
				$add ? Groups::add( $group, $ours ) : Groups::remove( $group, $ours );
				return array_fill_keys(
					$ours,
					array(
						'before' => $add ? array() : array( 'groups' => $entry ),
						'after'  => $add ? array( 'groups' => $entry ) : array(),
					)
				);
			}
		);
	}

	private static function field( array $ids, array $field, array $read ): int {
		return self::change(
			$ids,
			static function ( array $ids ) use ( $field, $read ): array {
				$has     = Fields::values( $ids );
				$changes = array();
				$values  = array();
				foreach ( $ids as $id ) {
					$was = $has[ $id ][ $field['name'] ] ?? '';
					if ( $was !== $read['text'] ) {
						$values[]       = array( $id, $field['id'], $read );
						$changes[ $id ] = array(
							'before' => array( 'fields' => array( $field['name'] => $was ) ),
							'after'  => array( 'fields' => array( $field['name'] => $read['text'] ) ),
						);
					}
				}
				Fields::set( $values );
				return $changes;
			}
		);
	}

	private static function language( array $ids, string $language ): int {
		return self::change(
			$ids,
			static function ( array $ids ) use ( $language ): array {
				$changes = array();
				foreach ( ContactStore::load( $ids )['contacts'] as $row ) {
					if ( $row['language'] !== $language ) {
						$changes[ (int) $row['id'] ] = array(
							'before' => array( 'language' => (string) $row['language'] ),
							'after'  => array( 'language' => $language ),
						);
					}
				}
				return $changes;
			},
			array( 'language' => $language )
		);
	}

	private static function revoke( array $ids, int $purpose ): int {
		$state   = (string) array_search( $purpose, Consents::PURPOSES, true );
		$entries = array();
		foreach ( ContactStore::load( $ids )['contacts'] as $row ) {
			if ( Native\CONSENT_REVOKED !== (int) $row[ $state ] ) {
				$entries[] = array(
					'contact_id' => (int) $row['id'],
					'purpose'    => $purpose,
					'state'      => Native\CONSENT_REVOKED,
					'source'     => 'staff',
					'user_id'    => get_current_user_id(),
					'at_ms'      => 0,
				);
			}
		}
		Consents::record( $entries );
		return count( $entries );
	}

	/**
	 * @param callable              $what    fn( list<int> $ids ): array<int, array{before: array, after: array}>, of locked contacts.
	 * @param array<string, string> $columns Written to those that it names.
	 */
	private static function change( array $ids, callable $what, array $columns = array() ): int {
		return ContactStore::transaction_again(
			static function () use ( $ids, $what, $columns ): int {
				$ids     = ContactStore::lock_some( $ids );
				$changes = $ids ? $what( $ids ) : array();
				if ( $changes ) {
					ContactStore::change( array_keys( $changes ), $columns, Site::now_ms() );
					$user    = get_current_user_id();
					$entries = array();
					foreach ( $changes as $id => $change ) {
						$entries[] = array(
							'contact_id' => $id,
							'kind'       => Native\CONTACT_LOG_EDITED,
							'user_id'    => $user,
							'data'       => $change + array( 'bulk' => true ),
						);
					}
					ContactLog::add_many( $entries );
					ContactHooks::updated( $changes );
				}
				return count( $changes );
			}
		);
	}
}
