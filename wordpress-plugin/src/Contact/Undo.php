<?php
/**
 * Changes taken back.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Contact;

use NxtChat\Field\Fields;
use NxtChat\Group\Groups;
use NxtChat\Native;
use NxtChat\Problems;

/** Restores what an entry of the timeline says was before. All of it, or nothing when a later change touched the same. */
final class Undo {

	/** Inside a transaction. @return array|\WP_Error The contact in full with `log_id`. */
	public static function apply( int $id, int $log_id ): array|\WP_Error {
		if ( ! ContactStore::lock_one( $id ) ) {
			return ContactLog::missing();
		}
		$row  = ContactLogStore::get( $id, $log_id );
		$data = null === $row || Native\CONTACT_LOG_EDITED !== (int) $row['kind'] ? null : json_decode( (string) $row['data_json'], true );
		if ( ! is_array( $data['before'] ?? null ) || ! is_array( $data['after'] ?? null ) ) {
			return Problems::refuse( 'nxtchat_not_undoable', 404, __( 'There is no such change to undo.', 'nxt-cloud-chat' ), __( 'Only changes of a contact can be undone. A merge can be split, an import undone as a whole.', 'nxt-cloud-chat' ) );
		}
		$now      = Contacts::json( array( $id ), true )[ $id ];
		$before   = $data['before'];
		$after    = $data['after'];
		$problems = array();
		$clean    = array(
			'columns'       => array(),
			'replace'       => array(),
			'groups'        => null,
			'fields'        => array(),
			'phone_country' => '',
		);
		foreach ( array( 'name', 'email', 'country', 'language' ) as $column ) {
			if ( isset( $before[ $column ] ) ) {
				$clean['columns'][ $column ] = (string) $before[ $column ];
				if ( $now[ 'name' === $column ? 'own_name' : $column ] !== ( $after[ $column ] ?? '' ) ) {
					$problems[] = self::later( $column );
				}
			}
		}
		$clean['fields'] = self::fields( $before['fields'] ?? array(), $after['fields'] ?? array(), $now, $problems );

		$clean['groups_add']    = array_map( 'intval', array_column( $before['groups'] ?? array(), 'id' ) );
		$clean['groups_remove'] = array_map( 'intval', array_column( $after['groups'] ?? array(), 'id' ) );
		$in                     = array_column( $now['groups'], 'id' );
		if ( array_intersect( $clean['groups_add'], $in ) || array_diff( $clean['groups_remove'], $in ) ) {
			$problems[] = self::later( 'groups' );
		} elseif ( count( Groups::names( $clean['groups_add'] ) ) < count( $clean['groups_add'] ) ) {
			$problems[] = Problems::one( 'groups', __( 'A group of then was deleted.', 'nxt-cloud-chat' ) );
		}

		$has  = array_map( static fn( array $i ): string => "{$i['kind']}:{$i['value']}", $now['identities'] );
		$pair = static fn( array $i ): array => array( (int) $i['kind'], (string) $i['value'] );
		$flat = static fn( array $i ): string => "$i[0]:$i[1]";

		$clean['add']    = array_map( $pair, $before['identities'] ?? array() );
		$clean['remove'] = array_map( $pair, $after['identities'] ?? array() );
		if ( array_intersect( array_map( $flat, $clean['add'] ), $has ) || array_diff( array_map( $flat, $clean['remove'] ), $has ) ) {
			$problems[] = self::later( 'identities' );
		}
		if ( $problems ) {
			return Problems::refuse(
				'nxtchat_changed',
				409,
				/* translators: %s: names of fields */
				sprintf( __( 'This cannot be undone any more: %s', 'nxt-cloud-chat' ), implode( ' ', array_unique( array_column( $problems, 'message' ) ) ) ),
				__( 'Undo the later change first, or edit the contact by hand.', 'nxt-cloud-chat' ),
				array(
					'problems' => $problems,
					'contact'  => $now,
				)
			);
		}
		$log = ContactEdit::write( $now, $clean, array( 'undoes' => $log_id ), true );
		return is_wp_error( $log ) ? $log : ContactEdit::answer( $id, $log );
	}

	/** @return array<string, array{id: int, text: string, number: float}> */
	private static function fields( array $before, array $after, array $now, array &$problems ): array {
		$known = array_column( Fields::all(), null, 'name' );
		$clean = array();
		foreach ( $before as $name => $text ) {
			$value = isset( $known[ $name ] ) ? Fields::parse( $known[ $name ], (string) $text ) : null;
			if ( null === $value || is_wp_error( $value ) ) {
				$problems[] = Problems::one(
					"fields.$name",
					/* translators: %s: name of a custom field */
					sprintf( null === $value ? __( 'The custom field “%s” was deleted.', 'nxt-cloud-chat' ) : __( 'The custom field “%s” no longer takes its former value.', 'nxt-cloud-chat' ), $name )
				);
			} elseif ( ( $now['fields'][ $name ] ?? '' ) !== (string) ( $after[ $name ] ?? '' ) ) {
				$problems[] = self::later( "fields.$name", $known[ $name ]['label'] );
			} else {
				$clean[ $name ] = array( 'id' => $known[ $name ]['id'] ) + $value;
			}
		}
		return $clean;
	}

	private static function later( string $path, string $label = '' ): array {
		$labels = array(
			'name'       => __( 'Name', 'nxt-cloud-chat' ),
			'email'      => __( 'E-mail address', 'nxt-cloud-chat' ),
			'country'    => __( 'Country', 'nxt-cloud-chat' ),
			'language'   => __( 'Language', 'nxt-cloud-chat' ),
			'groups'     => __( 'Groups', 'nxt-cloud-chat' ),
			'identities' => __( 'Numbers and WhatsApp identities', 'nxt-cloud-chat' ),
		);
		/* translators: %s: label of a field */
		return Problems::one( $path, sprintf( __( '“%s” was changed again later.', 'nxt-cloud-chat' ), $labels[ $path ] ?? $label ) );
	}
}
