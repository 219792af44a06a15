<?php
/**
 * Contacts as screens, scripts and commands see them.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Contact;

use NxtChat\Conversation\Conversations;
use NxtChat\Field\Fields;
use NxtChat\Group\Groups;
use NxtChat\Native;

/** Three shapes: brief beside a conversation or message, the line of a list, and a contact in full. The number of statements never depends on how many. */
final class ContactJson {

	/**
	 * `{id, name, phone, username}`.
	 *
	 * @param list<int> $ids
	 * @return array<int, array{id: int, name: string, phone: string, username: string}> By id.
	 */
	public static function brief( array $ids ): array {
		$loaded = ContactStore::load( array_values( array_unique( $ids ) ) );
		$best   = self::best( $loaded['identities'] );
		$out    = array();
		foreach ( $loaded['contacts'] as $row ) {
			$id         = (int) $row['id'];
			$out[ $id ] = array(
				'id'       => $id,
				'name'     => self::shown( $row ),
				'phone'    => $best[ $id ][ Contacts::PHONE ] ?? '',
				'username' => $best[ $id ][ Contacts::USERNAME ] ?? '',
			);
		}
		return $out;
	}

	/**
	 * Lines of a list; in full with `own_name, profile_name, identities, user, import_id`.
	 *
	 * @param list<int> $ids
	 * @return array<int, array<string, mixed>> By id.
	 */
	public static function list( array $ids, bool $full ): array {
		$loaded = ContactStore::load( array_values( array_unique( $ids ) ) );
		$ids    = array_map( static fn( array $row ): int => (int) $row['id'], $loaded['contacts'] );
		if ( ! $ids ) {
			return array();
		}
		$best          = self::best( $loaded['identities'] );
		$groups        = Groups::of( $ids );
		$values        = Fields::values( $ids );
		$conversations = Conversations::latest_of( $ids );
		$display       = self::display( $full ? $loaded['identities'] : array(), $best );
		$identities    = array();
		if ( $full ) {
			foreach ( $loaded['identities'] as $row ) {
				$identities[ (int) $row['contact_id'] ][] = array(
					'kind'    => (int) $row['kind'],
					'value'   => (string) $row['value'],
					'display' => match ( (int) $row['kind'] ) {
						Contacts::PHONE    => $display[ $row['value'] ] ?? $row['value'],
						Contacts::USERNAME => '@' . $row['value'],
						default            => (string) $row['value'],
					},
					'seen_ms' => (int) $row['seen_ms'],
				);
			}
			cache_users( array_filter( array_map( 'intval', array_column( $loaded['contacts'], 'wp_user_id' ) ) ) );
		}
		$out = array();
		foreach ( $loaded['contacts'] as $row ) {
			$id    = (int) $row['id'];
			$phone = $best[ $id ][ Contacts::PHONE ] ?? '';
			$json  = array(
				'id'              => $id,
				'uid'             => (string) $row['uid'],
				'name'            => self::shown( $row ),
				'phone'           => $phone,
				'phone_display'   => $display[ $phone ] ?? $phone,
				'username'        => $best[ $id ][ Contacts::USERNAME ] ?? '',
				'email'           => (string) $row['email'],
				'country'         => (string) $row['country'],
				'language'        => (string) $row['language'],
				'source'          => (string) $row['source'],
				'marketing'       => (int) $row['marketing'],
				'utility'         => (int) $row['utility'],
				'login'           => (int) $row['login'],
				'last_in_ms'      => (int) $row['last_in_ms'],
				'created_ms'      => (int) $row['created_ms'],
				'updated_ms'      => (int) $row['updated_ms'],
				'groups'          => $groups[ $id ] ?? array(),
				'fields'          => new \ArrayObject( $values[ $id ] ?? array() ), // JSON {} when empty, and $contact['fields']['x'] in PHP.
				'wp_user_id'      => (int) $row['wp_user_id'],
				'conversation_id' => $conversations[ $id ] ?? null,
			);
			if ( $full ) {
				$json += array(
					'own_name'     => (string) $row['name'],
					'profile_name' => (string) $row['profile_name'],
					'identities'   => $identities[ $id ] ?? array(),
					'user'         => self::user( (int) $row['wp_user_id'] ),
					'import_id'    => (int) $row['import_id'],
				);
			}
			$out[ $id ] = $json;
		}
		return $out;
	}

	/** JSON schema of a contact in full. */
	public static function schema(): array {
		$text    = array( 'type' => 'string' );
		$int     = array( 'type' => 'integer' );
		$ms      = array(
			'type'        => 'integer',
			'description' => 'UTC milliseconds since 1970, 0 = never.',
		);
		$consent = array(
			'type'        => 'integer',
			'enum'        => array( 0, 1, 2 ),
			'description' => '0 nothing known, 1 granted, 2 withdrawn.',
		);
		$object  = static fn( array $properties ): array => array(
			'type'       => 'object',
			'properties' => $properties,
		);
		$schema  = $object(
			array(
				'id'              => $int,
				'uid'             => $text,
				'name'            => array(
					'type'        => 'string',
					'description' => 'own_name, else profile_name.',
				),
				'phone'           => array(
					'type'        => 'string',
					'description' => 'E.164, or empty.',
				),
				'phone_display'   => $text,
				'username'        => $text,
				'email'           => $text,
				'country'         => array(
					'type'        => 'string',
					'description' => 'ISO 3166-1: DE.',
				),
				'language'        => array(
					'type'        => 'string',
					'description' => 'de, pt_BR.',
				),
				'source'          => $text,
				'marketing'       => $consent,
				'utility'         => $consent,
				'login'           => $consent,
				'last_in_ms'      => $ms,
				'created_ms'      => $ms,
				'updated_ms'      => $ms,
				'groups'          => array(
					'type'  => 'array',
					'items' => $object(
						array(
							'id'   => $int,
							'name' => $text,
						)
					),
				),
				'fields'          => array(
					'type'                 => 'object',
					'description'          => 'Values by name of the custom field, in their one spelling.',
					'additionalProperties' => $text,
				),
				'wp_user_id'      => $int,
				'conversation_id' => array( 'type' => array( 'integer', 'null' ) ),
				'own_name'        => $text,
				'profile_name'    => $text,
				'identities'      => array(
					'type'  => 'array',
					'items' => $object(
						array(
							'kind'    => array(
								'type'        => 'integer',
								'enum'        => array( Contacts::PHONE, Contacts::BSUID, Contacts::USERNAME, Contacts::PARENT_BSUID ),
								'description' => '1 number, 2 WhatsApp user id, 3 username, 4 parent user id.',
							),
							'value'   => $text,
							'display' => $text,
							'seen_ms' => $ms,
						)
					),
				),
				'user'            => array( 'type' => array( 'object', 'null' ) ),
				'import_id'       => $int,
			)
		);
		return array(
			'$schema' => 'http://json-schema.org/draft-04/schema#',
			'title'   => 'nxtchat_contact',
		) + $schema;
	}

	/** The name that is shown: what staff wrote, else the person's own. */
	public static function shown( array $row ): string {
		return (string) ( '' !== $row['name'] ? $row['name'] : $row['profile_name'] );
	}

	/**
	 * The identity of each kind that was seen last.
	 *
	 * @param list<array{contact_id: string, kind: string, value: string}> $identities The last seen first.
	 * @return array<int, array<int, string>> By contact and kind.
	 */
	public static function best( array $identities ): array {
		$best = array();
		foreach ( $identities as $row ) {
			$best[ (int) $row['contact_id'] ][ (int) $row['kind'] ] ??= (string) $row['value'];
		}
		return $best;
	}

	/** Numbers as people write them. @return array<string, string> By E.164. */
	private static function display( array $identities, array $best ): array {
		$numbers = array_column( $best, Contacts::PHONE );
		foreach ( $identities as $row ) {
			if ( Contacts::PHONE === (int) $row['kind'] ) {
				$numbers[] = (string) $row['value'];
			}
		}
		$numbers = array_values( array_unique( $numbers ) );
		$out     = array();
		foreach ( $numbers ? Native\phones_parse( $numbers ) : array() as $n => $phone ) {
			$out[ $numbers[ $n ] ] = '' !== $phone['international'] ? $phone['international'] : $numbers[ $n ];
		}
		return $out;
	}

	/** @return array{id: int, name: string, edit_url: string}|null */
	private static function user( int $id ): ?array {
		$user = $id > 0 ? get_userdata( $id ) : false;
		return $user ? array(
			'id'       => $user->ID,
			'name'     => $user->display_name,
			'edit_url' => (string) get_edit_user_link( $user->ID ), // '' for who may not.
		) : null;
	}
}
