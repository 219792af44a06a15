<?php
/**
 * Contacts made and changed by hand and by scripts.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Contact;

use NxtChat\Field\Fields;
use NxtChat\Group\Groups;
use NxtChat\Live\Live;
use NxtChat\Native;
use NxtChat\Privacy\Erasure;
use NxtChat\Privacy\Suppressions;
use NxtChat\Problems;
use NxtChat\Site;
use NxtChat\StoreError;

/** Each change is one transaction with an entry in the timeline that says what was before and after, from which it can be undone. */
final class ContactEdit {

	/** Columns that people change. */
	private const COLUMNS = array( 'name', 'email', 'country', 'language' );

	/**
	 * Makes a contact.
	 *
	 * @param array<string, mixed> $input  See ContactInput::check(); besides `same_email`: another contact may have the address.
	 * @param string               $source 'staff', 'rest', 'cli', or a script's own word.
	 * @return array|\WP_Error The contact in full with `log_id`.
	 */
	public static function create( array $input, string $source ): array|\WP_Error {
		return self::once( 0, self::filtered( $input, null, $source ), static fn( array $input ) => self::make( $input, $source ) );
	}

	/**
	 * Changes what the input names; the rest stays.
	 *
	 * `phone`, `bsuid`, `username` replace the one that is shown ('' removes it). `groups` are all groups that remain.
	 *
	 * @param array<string, mixed> $input         As for create().
	 * @param int|null             $if_updated_ms Refused when the contact was changed since.
	 * @return array|\WP_Error The contact in full with `log_id`, null when nothing was different.
	 */
	public static function update( int $id, array $input, ?int $if_updated_ms = null, string $source = 'staff' ): array|\WP_Error {
		$now = Contacts::json( array( $id ), true )[ $id ] ?? null;
		if ( null === $now ) {
			return ContactLog::missing();
		}
		self::prepare( $now );
		return self::once( $id, self::filtered( $input, $now, $source ), static fn( array $input ) => self::change( $id, $input, $if_updated_ms ) );
	}

	/**
	 * Undoes one change. Refused when a later one touched the same.
	 *
	 * @return array|\WP_Error The contact in full with `log_id`.
	 */
	public static function undo( int $id, int $log_id ): array|\WP_Error {
		self::prepare( Contacts::json( array( $id ), true )[ $id ] ?? array() );
		return self::once( $id, array(), static fn() => Undo::apply( $id, $log_id ) );
	}

	/**
	 * Erases contacts with everything about them; what stays is a keyed hash on the suppression list.
	 *
	 * @param list<int> $ids
	 * @return int|\WP_Error How many there were.
	 */
	public static function delete( array $ids, string $reason = 'staff' ): int|\WP_Error {
		return Erasure::erase( $ids, $reason );
	}

	/**
	 * Writes what is different, with its entry in the timeline. Inside a transaction that holds the contact's lock.
	 *
	 * @param array<string, mixed> $now     The contact in full, as it is.
	 * @param array<string, mixed> $clean   See ContactInput::check(); besides `groups_add`, `groups_remove`: lists of ids.
	 * @param array<string, mixed> $more    Further data of the entry.
	 * @return int|\WP_Error|null The entry's id; null when nothing is different.
	 */
	public static function write( array $now, array $clean, array $more = array(), bool $same_email = false ): int|\WP_Error|null {
		$id     = $now['id'];
		$ms     = Site::now_ms();
		$before = array();
		$after  = array();

		[ $add, $remove, $prefer ] = self::identities( $now, $clean );
		$columns                   = array();
		$wanted                    = $clean['columns'];
		if ( $add && ! isset( $wanted['country'] ) && '' !== $clean['phone_country'] && self::follows( $now ) ) {
			$wanted['country'] = $clean['phone_country'];
		}
		foreach ( $wanted as $column => $value ) {
			$was = $now[ 'name' === $column ? 'own_name' : $column ];
			if ( $was !== $value ) {
				$columns[ $column ] = $value;
				$before[ $column ]  = $was;
				$after[ $column ]   = $value;
			}
		}
		$conflict = self::conflict( $id, $add, $same_email ? '' : ( $columns['email'] ?? '' ) );
		if ( null !== $conflict ) {
			return $conflict;
		}
		$values = array();
		foreach ( $clean['fields'] as $name => $value ) {
			$was = $now['fields'][ $name ] ?? '';
			if ( $was !== $value['text'] ) {
				$values[]                  = array( $id, $value['id'], $value );
				$before['fields'][ $name ] = $was;
				$after['fields'][ $name ]  = $value['text'];
			}
		}
		$in    = array_column( $now['groups'], 'name', 'id' );
		$join  = array_diff( $clean['groups_add'] ?? $clean['groups'] ?? array(), array_keys( $in ) );
		$leave = array_intersect( $clean['groups_remove'] ?? ( null === $clean['groups'] ? array() : array_diff( array_keys( $in ), $clean['groups'] ) ), array_keys( $in ) );
		foreach ( $leave as $group ) {
			$before['groups'][] = array(
				'id'   => $group,
				'name' => $in[ $group ],
			);
		}
		foreach ( $join ? Groups::names( array_values( $join ) ) : array() as $group => $name ) {
			$after['groups'][] = array(
				'id'   => $group,
				'name' => $name,
			);
		}
		foreach ( $remove as [ $kind, $value ] ) {
			$before['identities'][] = compact( 'kind', 'value' );
		}
		foreach ( $add as [ $kind, $value ] ) {
			$after['identities'][] = compact( 'kind', 'value' );
		}
		foreach ( $prefer as [ $kind, $value ] ) {
			ContactStore::prefer_identity( $id, $kind, $value, $ms );
		}
		if ( ! $before && ! $after ) {
			return null;
		}
		$left = count( $now['identities'] ) - count( $remove ) + count( $add );
		if ( $left < 1 ) {
			return Problems::error( array( Problems::one( 'phone', __( 'A contact needs a phone number, a WhatsApp user id or a username.', 'nxt-cloud-chat' ), __( 'Add another before you remove the last, or delete the contact.', 'nxt-cloud-chat' ) ) ) );
		}
		ContactStore::change( array( $id ), $columns, $ms );
		if ( $remove ) {
			ContactStore::take_identities( $id, $remove );
			// Their number without them must not become a way round their STOP.
			if ( Native\CONSENT_REVOKED === $now['marketing'] ) {
				Suppressions::add( array_values( array_filter( $remove, static fn( array $i ): bool => Contacts::USERNAME !== $i[0] ) ), Suppressions::TAKEN_OFF );
			}
		}
		if ( $add ) {
			self::give( $id, $add, $ms );
		}
		if ( $values ) {
			Fields::set( $values );
		}
		foreach ( $join as $group ) {
			Groups::add( $group, array( $id ) );
		}
		foreach ( $leave as $group ) {
			Groups::remove( $group, array( $id ) );
		}
		if ( isset( $columns['name'] ) || $remove || $add || $prefer ) {
			Names::refresh( array( $id ) );
			ContactStore::after_commit( array( Live::class, 'bump' ) );
		}
		$change = compact( 'before', 'after' );
		ContactLog::add( $id, Native\CONTACT_LOG_EDITED, $change + $more, '', get_current_user_id() );
		ContactHooks::updated( array( $id => $change ) );
		return ContactLogStore::latest( $id );
	}

	/** The contact in full with the id of the entry in its timeline. */
	public static function answer( int $id, ?int $log_id ): array {
		return ( Contacts::json( array( $id ), true )[ $id ] ?? array() ) + array( 'log_id' => $log_id );
	}

	/** Who has one of these already, as an error that names them. @param list<array{0: int, 1: string}> $identities */
	public static function conflict( int $id, array $identities, string $email = '' ): ?\WP_Error {
		$values = array();
		foreach ( $identities as [ $kind, $value ] ) {
			$values[ $kind ][] = $value;
		}
		foreach ( $values ? ContactStore::by_identities( $values, true ) : array() as $row ) {
			if ( (int) $row['contact_id'] !== $id ) {
				return self::taken( $id, (int) $row['contact_id'], (string) array_search( (int) $row['kind'], ContactInput::KINDS, true ) );
			}
		}
		$others = '' === $email ? array() : array_diff( ContactStore::by_email( $email ), array( $id ) );
		if ( $others ) {
			return self::taken( $id, (int) reset( $others ), 'email' );
		}
		return null;
	}

	private static function make( array $input, string $source ): array|\WP_Error {
		$clean = ContactInput::check( $input, null );
		if ( is_wp_error( $clean ) ) {
			return $clean;
		}
		[ $add ]  = self::identities( array( 'identities' => array() ), $clean );
		$conflict = self::conflict( 0, $add, empty( $input['same_email'] ) ? ( $clean['columns']['email'] ?? '' ) : '' );
		if ( null !== $conflict ) {
			return $conflict;
		}
		$ms      = Site::now_ms();
		$columns = $clean['columns'] + array( 'country' => $clean['phone_country'] );
		if ( '' === $columns['country'] ) {
			$columns['country'] = $clean['phone_country'];
		}
		$source = mb_substr( (string) preg_replace( '/[^\w.:-]/', '', $source ), 0, 40 );
		$id     = ContactStore::add(
			array(
				'uid'        => Native\ulids( 1 )[0],
				'source'     => $source,
				'created_ms' => $ms,
				'updated_ms' => $ms,
			) + $columns
		);
		self::give( $id, $add, $ms );
		Names::refresh( array( $id ) );
		$values = array();
		foreach ( $clean['fields'] as $value ) {
			$values[] = array( $id, $value['id'], $value );
		}
		Fields::set( $values );
		foreach ( $clean['groups'] ?? array() as $group ) {
			Groups::add( $group, array( $id ) );
		}
		ContactLog::add( $id, Native\CONTACT_LOG_CREATED, array( 'source' => $source ), '', get_current_user_id() );
		ContactHooks::created( array( $id ), $source );
		return self::answer( $id, ContactLogStore::latest( $id ) );
	}

	private static function change( int $id, array $input, ?int $if_updated_ms ): array|\WP_Error {
		if ( ! ContactStore::lock_one( $id ) ) {
			return ContactLog::missing();
		}
		$now = Contacts::json( array( $id ), true )[ $id ];
		if ( null !== $if_updated_ms && $if_updated_ms !== $now['updated_ms'] ) {
			return Problems::refuse( 'nxtchat_changed', 409, __( 'Somebody has changed this contact meanwhile.', 'nxt-cloud-chat' ), __( 'Look at what it is now, then make your change again.', 'nxt-cloud-chat' ), array( 'contact' => $now ) );
		}
		$clean = ContactInput::check( $input, $now );
		if ( is_wp_error( $clean ) ) {
			return $clean;
		}
		$log = self::write( $now, $clean, array(), ! empty( $input['same_email'] ) );
		return is_wp_error( $log ) ? $log : self::answer( $id, $log );
	}

	/** Input after developers have seen it. */
	private static function filtered( array $input, ?array $contact, string $source ): array|\WP_Error {
		/**
		 * What is about to be written about a contact, before it is checked.
		 *
		 * @param array|\WP_Error $input   name, phone, email, country, language, groups, fields …; a WP_Error refuses.
		 * @param array|null      $contact The contact in full, null for a new one.
		 * @param string          $source  'staff', 'rest', 'cli', …
		 */
		return apply_filters( 'nxtchat_contact_input', $input, $contact, $source );
	}

	/** Runs $work in a transaction that an error rolls back; an identity that somebody got at the same moment is a conflict like any. */
	private static function once( int $id, array|\WP_Error $input, callable $work ): array|\WP_Error {
		if ( is_wp_error( $input ) ) {
			return $input;
		}
		for ( $try = 1; ; $try++ ) {
			try {
				return ContactStore::transaction_again(
					static function () use ( $input, $work ): array {
						$result = $work( $input );
						if ( is_wp_error( $result ) ) {
							throw new Refused( $result );
						}
						return $result;
					}
				);
			} catch ( Refused $e ) {
				return $e->error;
			} catch ( StoreError $e ) {
				if ( ! $e->is_duplicate || $try > 1 ) {
					throw $e; // The second time the check before it finds who was quicker.
				}
			}
		}
	}

	/**
	 * What becomes of the identities.
	 *
	 * @return array{0: list<array{0: int, 1: string}>, 1: list<array{0: int, 1: string}>, 2: list<array{0: int, 1: string}>} Added, removed, and had but from now on shown.
	 */
	private static function identities( array $now, array $clean ): array {
		$has    = array();
		$shown  = array();
		$remove = array();
		foreach ( $now['identities'] as $identity ) {
			$has[ $identity['kind'] . ':' . $identity['value'] ] = true;
			$shown[ $identity['kind'] ]                        ??= $identity['value'];
		}
		$add    = array();
		$prefer = array();
		foreach ( $clean['replace'] as $kind => $value ) {
			$old = $shown[ $kind ] ?? '';
			if ( $old === $value ) {
				continue;
			}
			if ( '' !== $value && isset( $has[ "$kind:$value" ] ) ) {
				$prefer[ "$kind:$value" ] = array( $kind, $value );
				continue;
			}
			if ( '' !== $value ) {
				$add[ "$kind:$value" ] = array( $kind, $value );
			}
			if ( '' !== $old ) {
				$remove[ "$kind:$old" ] = array( $kind, $old );
			}
		}
		foreach ( $clean['add'] as [ $kind, $value ] ) {
			if ( ! isset( $has[ "$kind:$value" ] ) ) {
				$add[ "$kind:$value" ] = array( $kind, $value );
			}
		}
		foreach ( $clean['remove'] as [ $kind, $value ] ) {
			if ( isset( $has[ "$kind:$value" ] ) ) {
				$remove[ "$kind:$value" ] = array( $kind, $value );
			}
		}
		return array( array_values( $add ), array_values( $remove ), array_values( $prefer ) );
	}

	/** The list of people not to be written to gets its key outside of transactions, when this contact may come onto it. */
	private static function prepare( array $now ): void {
		if ( Native\CONSENT_REVOKED === ( $now['marketing'] ?? 0 ) ) {
			Suppressions::prepare();
		}
	}

	/** New identities; who was erased and comes back by hand stays withdrawn. @param list<array{0: int, 1: string}> $identities */
	private static function give( int $id, array $identities, int $ms ): void {
		ContactStore::give_identities( $id, $identities, $ms );
		$proofs = array_column( array_filter( $identities, static fn( array $i ): bool => Contacts::USERNAME !== $i[0] ), 1 );
		// As of now: what somebody else said under the number that this contact had is not their word.
		Suppressions::mark_new( $proofs ? array( $id => array_values( $proofs ) ) : array(), $ms );
	}

	/** Whether the country is empty or that of the number: then a new number brings its own. */
	private static function follows( array $now ): bool {
		return '' === $now['country'] || ( '' !== $now['phone'] && Native\phone_parse( $now['phone'] )['country'] === $now['country'] );
	}

	private static function taken( int $id, int $other, string $path ): \WP_Error {
		$contact = Contacts::brief( array( $other ) )[ $other ] ?? array(
			'id'   => $other,
			'name' => '',
		);
		$who     = array_values( array_filter( array( $contact['name'], $contact['phone'] ?? '', '@' . ( $contact['username'] ?? '' ) ), static fn( string $text ): bool => '' !== $text && '@' !== $text ) )[0] ?? '';
		/* translators: 1: name or number of a contact, 2: its id */
		$message = 'email' === $path ? __( 'Another contact has this e-mail address: %1$s (number %2$d).', 'nxt-cloud-chat' ) : __( 'This belongs to another contact: %1$s (number %2$d).', 'nxt-cloud-chat' );
		$message = sprintf( $message, $who, $other );
		$remedy  = 0 === $id ? __( 'Open that contact and change it there.', 'nxt-cloud-chat' ) : __( 'If the two are one person, merge them.', 'nxt-cloud-chat' );
		if ( 'email' === $path ) {
			$remedy .= ' ' . __( 'Two people may share an address: repeat with same_email.', 'nxt-cloud-chat' );
		}
		return Problems::refuse(
			'nxtchat_contact_exists',
			409,
			$message,
			$remedy,
			array(
				'path'     => $path,
				'contact'  => $contact,
				'merge'    => $id > 0,
				'problems' => array( Problems::one( $path, $message, $remedy, array( 'contact_id' => $other ) ) ),
			)
		);
	}
}
