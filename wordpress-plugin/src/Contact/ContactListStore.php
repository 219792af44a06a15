<?php
/**
 * SQL of what an export reads of many contacts.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Contact;

use NxtChat\Schema;
use NxtChat\Store;

/** A batch of contacts with all that belongs to them, each by one statement. */
final class ContactListStore extends Store {

	/** @param list<int> $ids @return list<array<string, string|null>> By id. */
	public static function contacts( array $ids ): array {
		return self::rows( 'SELECT id, uid, name, profile_name, country, language, source, email, marketing, utility, login, last_in_ms, created_ms FROM ' . Schema::table( 'contacts' ) . ' WHERE id IN ' . self::in( $ids ) . ' ORDER BY id' );
	}

	/** The identities seen last come last. @param list<int> $ids @param list<int> $kinds @return list<array<string, string>> */
	public static function identities( array $ids, array $kinds ): array {
		return self::rows( 'SELECT contact_id, kind, value FROM ' . Schema::table( 'contact_identities' ) . ' WHERE contact_id IN ' . self::in( $ids ) . ' AND kind IN ' . self::in( $kinds ) . ' ORDER BY contact_id, seen_ms, id' );
	}

	/** @param list<int> $ids @return list<array<string, string>> */
	public static function groups( array $ids ): array {
		return self::rows( 'SELECT m.contact_id, g.name FROM ' . Schema::table( 'group_members' ) . ' m JOIN ' . Schema::table( 'groups' ) . ' g ON g.id = m.group_id WHERE m.contact_id IN ' . self::in( $ids ) . ' ORDER BY m.contact_id, g.name' );
	}

	/** @param list<int> $ids @param list<int> $fields @return list<array<string, string>> */
	public static function values( array $ids, array $fields ): array {
		return self::rows( 'SELECT contact_id, field_id, text FROM ' . Schema::table( 'contact_values' ) . ' WHERE contact_id IN ' . self::in( $ids ) . ' AND field_id IN ' . self::in( $fields ) );
	}

	/** The latest come last. @param list<int> $ids @return list<array<string, string>> */
	public static function consents( array $ids ): array {
		return self::rows( 'SELECT contact_id, purpose, state, wording, at_ms FROM ' . Schema::table( 'consents' ) . ' WHERE contact_id IN ' . self::in( $ids ) . ' AND void_ms = 0 ORDER BY contact_id, at_ms, id' );
	}
}
