<?php
/**
 * People and the identities by which WhatsApp knows them.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Contact;

use NxtChat\Log;
use NxtChat\Native;
use NxtChat\Privacy\Suppressions;
use NxtChat\Site;

/**
 * A contact has identities: phone number, BSUID, parent BSUID, user name; any may be missing.
 *
 * The first three are given to one person and prove who it is. A user name can be dropped and taken by somebody else:
 * it finds a contact only where nothing better is told, and moves to who bore it last.
 */
final class Contacts {

	public const PHONE        = Native\IDENTITY_PHONE;
	public const BSUID        = Native\IDENTITY_BSUID;
	public const USERNAME     = Native\IDENTITY_USERNAME;
	public const PARENT_BSUID = Native\IDENTITY_PARENT_BSUID;

	/** The identities that prove who it is, the best first. */
	private const PROOFS = array( self::PHONE, self::BSUID, self::PARENT_BSUID );

	/** Most contacts that a search returns. */
	public const SEARCH_MAX = 200;

	/** Longest name kept, in characters: the column's width. */
	private const NAME_CHARACTERS = 190;

	/**
	 * The identities of a typed event's person.
	 *
	 * @param array<string, mixed> $person As in docs/API.md, "Typed events".
	 * @return list<array{0: int, 1: string}> Kind and value, the best proof first.
	 */
	public static function identities( array $person ): array {
		$out = array();
		foreach ( array(
			self::PHONE        => 'phone',
			self::BSUID        => 'bsuid',
			self::PARENT_BSUID => 'parent_bsuid',
			self::USERNAME     => 'username',
		) as $kind => $key ) {
			$value = (string) ( $person[ $key ] ?? '' );
			if ( self::USERNAME === $kind ) {
				$value = ltrim( mb_strtolower( $value ), '@' );
			}
			if ( '' !== $value && strlen( $value ) <= 255 ) {
				$out[] = array( $kind, $value );
			}
		}
		return $out;
	}

	/**
	 * Those of $persons who tell us something: a name we don't know, or names of several contacts. For resolve().
	 *
	 * @param list<array> $persons As for resolve(), none of them to be made a contact.
	 * @return list<array>
	 */
	public static function news( array $persons ): array {
		$wanted = array();
		foreach ( $persons as $person ) {
			foreach ( $person['identities'] as [ $kind, $value ] ) {
				$wanted[ $kind ][] = $value;
			}
		}
		$owner = array();
		foreach ( ContactStore::owners( $wanted ) as $row ) {
			$owner[ $row['kind'] ][ $row['value'] ] = $row['contact_id'];
		}
		$news = array();
		foreach ( $persons as $person ) {
			$contact = null;
			foreach ( $person['identities'] as [ $kind, $value ] ) {
				$id = $owner[ $kind ][ $value ] ?? null;
				if ( null === $id || $id !== ( $contact ??= $id ) ) { // phpcs:ignore -- Assigned and compared.
					$news[] = $person;
					break;
				}
			}
		}
		return $news;
	}

	/**
	 * The contact of each person, made where there is none. The number of statements does not depend on how many persons there are.
	 *
	 * To be called inside a transaction.
	 *
	 * @param list<array{identities: list<array{0: int, 1: string}>, name: string, country: string, at_ms: int, wrote: bool, create: bool}> $persons
	 *        In the order of time. `wrote`: a message of theirs. `create`: make a contact; else only a known one gets its new identities.
	 * @param string $source Where new contacts come from, as 'whatsapp'.
	 * @return list<int> Contact ids in the same order; 0 where nobody is known and nobody was to be made.
	 */
	public static function resolve( array $persons, string $source ): array {
		$groups = self::group( $persons );
		$wanted = array();
		foreach ( $groups as $group ) {
			foreach ( $group['keys'] as [ $kind, $value ] ) {
				$wanted[ $kind ][] = $value;
			}
		}
		if ( ! $wanted ) {
			return array_fill( 0, count( $persons ), 0 );
		}
		$now   = Site::now_ms();
		$known = array();
		foreach ( ContactStore::by_identities( $wanted ) as $row ) {
			$known[ $row['kind'] . ':' . $row['value'] ] = $row;
		}
		ContactStore::lock( array_values( array_unique( array_map( 'intval', array_column( $known, 'contact_id' ) ) ) ) );
		$known = self::merge_proven( $groups, $known );

		$create = array();
		$rename = array();
		$heard  = array();
		foreach ( $groups as $g => $group ) {
			$ids                   = self::candidates( $group['keys'], $known );
			$groups[ $g ]['id']    = $ids[0] ?? 0;
			$groups[ $g ]['fresh'] = false;
			if ( $ids ) {
				if ( $group['last_in_ms'] > 0 ) {
					$heard[ $ids[0] ] = max( $heard[ $ids[0] ] ?? 0, $group['last_in_ms'] );
				}
				$before = self::row_of( $ids[0], $group['keys'], $known );
				if ( '' !== $group['name'] && $before['profile_name'] !== $group['name'] ) {
					$rename[ $ids[0] ] = array( $group['name'], $before['name'] );
				}
			} elseif ( $group['create'] ) {
				$groups[ $g ]['fresh'] = true;
				$create[]              = $g;
			}
		}
		if ( $create ) {
			$uids  = Native\ulids( count( $create ) );
			$sorts = Native\name_sort( array_map( static fn( int $g ): string => Names::shown( $groups[ $g ]['name'], self::best_of( $groups[ $g ]['keys'] ) ), $create ) );
			$rows  = array();
			foreach ( $create as $n => $g ) {
				$groups[ $g ]['uid'] = $uids[ $n ];
				$rows[]              = array(
					'uid'          => $uids[ $n ],
					'profile_name' => $groups[ $g ]['name'],
					'sort_name'    => $sorts[ $n ],
					'country'      => $groups[ $g ]['country'],
					'source'       => $source,
					'last_in_ms'   => $groups[ $g ]['last_in_ms'],
				);
			}
			$made = ContactStore::create( $rows, $now );
			foreach ( $create as $g ) {
				$groups[ $g ]['id'] = $made[ $groups[ $g ]['uid'] ];
			}
		}
		$groups = self::write_identities( $groups, $known, $now );
		$fresh  = array();
		foreach ( $create as $g ) {
			if ( $groups[ $g ]['id'] === $made[ $groups[ $g ]['uid'] ] ) {
				$fresh[ $groups[ $g ]['id'] ] = array_column( array_filter( $groups[ $g ]['keys'], static fn( $k ) => self::USERNAME !== $k[0] ), 1 );
			}
		}
		Suppressions::mark_new( $fresh );

		ContactHooks::created( array_keys( $fresh ), $source );

		$named = array();
		foreach ( $create as $g ) {
			if ( '' !== $groups[ $g ]['name'] ) {
				$named[ $groups[ $g ]['id'] ] = $groups[ $g ]['name'];
			}
		}
		if ( $named ) {
			ContactStore::set_words( array_combine( array_keys( $named ), Native\name_words( array_values( $named ) ) ), true );
		}
		if ( $rename ) {
			$own   = array_filter( $rename, static fn( $pair ) => '' === $pair[1] ); // Staff's name is shown before it.
			$sorts = $own ? array_combine( array_keys( $own ), Native\name_sort( array_column( $own, 0 ) ) ) : array();
			ContactStore::rename( array_map( static fn( $pair ) => $pair[0], $rename ), $sorts, $now );
			ContactStore::set_words( array_combine( array_keys( $rename ), Native\name_words( array_map( 'implode', array_fill( 0, count( $rename ), ' ' ), $rename ) ) ), false );
		}
		Names::refresh( self::nameless( $groups, $known ) );
		if ( $heard ) {
			ContactStore::heard( $heard );
		}

		$out = array_fill( 0, count( $persons ), 0 );
		foreach ( $groups as $group ) {
			foreach ( $group['persons'] as $n ) {
				$out[ $n ] = $group['id'];
			}
		}
		return $out;
	}

	/**
	 * Keeps a contact from being merged or erased until the open transaction ends.
	 *
	 * @throws \NxtChat\StoreError RETRY when it has just gone.
	 */
	public static function hold( int $contact_id ): void {
		ContactStore::lock( array( $contact_id ) );
	}

	/**
	 * Two contacts were seen to be one person: the second becomes part of the first. To be called inside a transaction.
	 *
	 * @return bool Whether they are one now.
	 */
	public static function prove_same( int $keep, int $other ): bool {
		$merge = Merges::merge( $keep, $other, true, 0 );
		if ( is_wp_error( $merge ) ) {
			Log::warning( "Contacts $keep and $other are one person on WhatsApp and could not be merged: " . $merge->get_error_message() );
			return false;
		}
		Log::info( "Contacts $keep and $other are one person on WhatsApp: merge $merge." );
		return true;
	}

	/**
	 * The contacts that a person means by a text: words of a name, a user name, a number in any spelling.
	 *
	 * @param string $region ISO country for numbers without a country code.
	 * @return list<int> At most SEARCH_MAX.
	 */
	public static function search( string $text, string $region ): array {
		$text   = trim( mb_substr( $text, 0, 100 ) );
		$digits = (string) preg_replace( '/\D+/', '', $text );
		$ids    = array();
		if ( strlen( $digits ) >= 3 && 1 === preg_match( '/^[\d\s()+.\/\-]+$/', $text ) ) {
			$prefixes = array( '+' . ( str_starts_with( $digits, '00' ) ? substr( $digits, 2 ) : $digits ) );
			$parsed   = Native\phone_parse( $text, '' === $region ? null : $region );
			if ( 1 === preg_match( '/^(\+\d{1,3}) (.+)$/', $parsed['international'], $found ) ) {
				// Half a number keeps the zero that is dialled at home; some countries keep it abroad too.
				$rest       = (string) preg_replace( '/\D+/', '', $found[2] );
				$prefixes[] = $found[1] . $rest;
				$prefixes[] = $found[1] . ltrim( $rest, '0' );
			}
			foreach ( array_unique( $prefixes ) as $prefix ) {
				$ids = array_merge( $ids, ContactStore::by_identity_prefix( self::PHONE, $prefix, self::SEARCH_MAX ) );
			}
		}
		$words = self::words( $text );
		if ( $words ) {
			$ids = array_merge( $ids, ContactStore::by_words( $words, self::SEARCH_MAX ) );
		}
		if ( 1 === preg_match( '/^@?[a-z0-9._]{3,35}$/i', $text ) ) {
			$ids = array_merge( $ids, ContactStore::by_identity_prefix( self::USERNAME, ltrim( strtolower( $text ), '@' ), self::SEARCH_MAX ) );
		}
		return array_slice( array_values( array_unique( $ids ) ), 0, self::SEARCH_MAX );
	}

	/**
	 * Contacts as lists show them, or in full: see ContactJson.
	 *
	 * @param list<int> $ids
	 * @return array<int, array<string, mixed>> By id.
	 */
	public static function json( array $ids, bool $full = false ): array {
		return ContactJson::list( $ids, $full );
	}

	/**
	 * Who somebody is, beside a conversation or a message.
	 *
	 * @param list<int> $ids
	 * @return array<int, array{id: int, name: string, phone: string, username: string}> By id.
	 */
	public static function brief( array $ids ): array {
		return ContactJson::brief( $ids );
	}

	/**
	 * To be called after names or identities of contacts changed: what they are found and sorted by.
	 *
	 * @param list<int> $ids
	 */
	public static function reindex( array $ids ): void {
		Names::refresh( $ids );
	}

	/**
	 * The contact that a script or a command names: by id, number with country code, WhatsApp user id, or @username.
	 */
	public static function find( string $text ): ?int {
		$text = trim( $text );
		if ( 1 === preg_match( '/^\d{1,18}$/D', $text ) ) {
			return ContactStore::exists( (int) $text ) ? (int) $text : null;
		}
		$values = match ( true ) {
			! mb_check_encoding( $text, 'UTF-8' ), strlen( $text ) > 255 => array(),
			str_starts_with( $text, '+' )                                => array( self::PHONE => array_values( array_unique( array( Native\phone_parse( $text )['e164'], self::one_spelling( '+' . preg_replace( '/\D+/', '', $text ) ) ) ) ) ),
			str_starts_with( $text, '@' )                                => array( self::USERNAME => array( strtolower( substr( $text, 1 ) ) ) ),
			default                                                      => array(
				self::BSUID        => array( $text ),
				self::PARENT_BSUID => array( $text ),
			),
		};
		$owner = $values ? ContactStore::owners( $values )[0]['contact_id'] ?? null : null;
		return null === $owner ? null : (int) $owner;
	}

	/**
	 * Where messages to a contact go: the number used last, else the BSUID.
	 *
	 * @return array{to?: string, recipient?: string} Empty when nothing is known.
	 */
	public static function address( int $contact_id ): array {
		$proofs = self::proofs( array( $contact_id ) )[ $contact_id ] ?? array();
		return $proofs ? self::address_of( $proofs ) : array();
	}

	/**
	 * What proves who contacts are, what was seen last first. One statement.
	 *
	 * @param list<int> $contacts
	 * @return array<int, list<array{0: int, 1: string}>> Kind and value by contact; none for whom nothing is known.
	 */
	public static function proofs( array $contacts ): array {
		$proofs = array();
		foreach ( $contacts ? ContactStore::identities( $contacts, self::PROOFS ) : array() as $row ) {
			$proofs[ (int) $row['contact_id'] ][] = array( (int) $row['kind'], $row['value'] );
		}
		return $proofs;
	}

	/**
	 * As address(), of proofs().
	 *
	 * @param list<array{0: int, 1: string}> $proofs At least one.
	 * @return array{to?: string, recipient?: string}
	 */
	public static function address_of( array $proofs ): array {
		$best = array_column( array_reverse( $proofs ), 1, 0 );
		return isset( $best[ self::PHONE ] ) ? array( 'to' => $best[ self::PHONE ] ) : array( 'recipient' => $best[ self::BSUID ] ?? $best[ self::PARENT_BSUID ] );
	}

	/**
	 * What Meta's answers to sends told about contacts: the number that one really uses, the BSUID. Costs no statement when all of it
	 * is known.
	 *
	 * @param list<array{0: int, 1: array{wa_id: ?string, user_id: ?string}, 2: list<array{0: int, 1: string}>}> $told Contact, what was
	 *        told, and what was known of the contact when it was sent to, as from proofs().
	 */
	public static function learn( array $told ): void {
		$news = array();
		foreach ( $told as [ $contact, $recipient, $known ] ) {
			foreach ( self::told( $recipient ) as $identity ) {
				if ( ! in_array( $identity, $known, true ) ) {
					$news[ implode( ':', $identity ) ] = array( $contact, ...$identity );
				}
			}
		}
		if ( ! $news ) {
			return;
		}
		ksort( $news, SORT_STRING ); // Every process takes its locks in the same order.
		ContactStore::transaction_again(
			static function () use ( $news ): void {
				// Who was merged or erased meanwhile gets nothing.
				$there = array_fill_keys( ContactStore::lock_some( array_values( array_unique( array_column( $news, 0 ) ) ) ), true );
				$now   = Site::now_ms();
				$rows  = array();
				$got   = array();
				foreach ( $news as [ $contact, $kind, $value ] ) {
					if ( isset( $there[ $contact ] ) ) {
						$rows[]            = array( $contact, $kind, $value, $now, $now );
						$got[ $contact ][] = $value;
					}
				}
				if ( ! $rows ) {
					return;
				}
				ContactStore::add_identities( $rows );
				Suppressions::mark_new( $got );
				// Who has no name is sorted by the number.
				Names::refresh( array_column( array_filter( $rows, static fn( array $row ): bool => self::PHONE === $row[1] ), 0 ) );
			}
		);
	}

	/** Identities that an answer names. @return list<array{0: int, 1: string}> */
	private static function told( array $recipient ): array {
		$out = array();
		if ( null !== $recipient['wa_id'] && 1 === preg_match( '/^\+?(\d{5,20})$/D', $recipient['wa_id'], $found ) ) {
			$out[] = array( self::PHONE, self::one_spelling( '+' . $found[1] ) );
		}
		if ( null !== $recipient['user_id'] && '' !== $recipient['user_id'] && strlen( $recipient['user_id'] ) <= 255 ) {
			$out[] = array( self::BSUID, $recipient['user_id'] );
		}
		return $out;
	}

	/** A number as WhatsApp tells it, as it is dialled today: see one_spelling() in crates/core/src/phone.rs. */
	public static function one_spelling( string $e164 ): string {
		return (string) preg_replace( array( '/^\+521(\d{10})$/D', '/^\+55(\d\d)([6-9]\d{7})$/D' ), array( '+52$1', '+55${1}9$2' ), $e164 );
	}

	/**
	 * Lower-case words without accents, as they are searched for.
	 *
	 * @return list<string>
	 */
	public static function words( string $name ): array {
		return Native\name_words( array( $name ) )[0];
	}

	/**
	 * Persons that share a proof are one. A key's numbers: kind, value, when it was seen, when a message told it (0 = none did).
	 *
	 * @return list<array{persons: list<int>, keys: array<string, array{0: int, 1: string, 2: int, 3: int}>, name: string, country: string, last_in_ms: int, create: bool}>
	 */
	private static function group( array $persons ): array {
		$groups   = array();
		$group_of = array();
		foreach ( $persons as $n => $person ) {
			if ( ! $person['identities'] ) {
				continue;
			}
			$proofs = array_filter( $person['identities'], static fn( $i ) => self::USERNAME !== $i[0] );
			$hits   = array();
			foreach ( $proofs ? $proofs : $person['identities'] as [ $kind, $value ] ) {
				if ( isset( $group_of[ "$kind:$value" ] ) ) {
					$hits[ $group_of[ "$kind:$value" ] ] = true;
				}
			}
			$hits = array_keys( $hits );
			$g    = $hits[0] ?? count( $groups );
			if ( ! $hits ) {
				$groups[ $g ] = array(
					'persons'    => array(),
					'keys'       => array(),
					'name'       => '',
					'country'    => '',
					'last_in_ms' => 0,
					'create'     => false,
				);
			}
			foreach ( array_slice( $hits, 1 ) as $other ) { // This person ties groups together.
				$o                         = $groups[ $other ];
				$groups[ $g ]['persons']   = array_merge( $groups[ $g ]['persons'], $o['persons'] );
				$groups[ $g ]['keys']     += $o['keys'];
				$groups[ $g ]['name']      = '' !== $o['name'] ? $o['name'] : $groups[ $g ]['name'];
				$groups[ $g ]['country']   = '' !== $groups[ $g ]['country'] ? $groups[ $g ]['country'] : $o['country'];
				$groups[ $g ]['last_in_ms'] = max( $groups[ $g ]['last_in_ms'], $o['last_in_ms'] );
				$groups[ $g ]['create']    = $groups[ $g ]['create'] || $o['create'];
				$groups[ $other ]          = null;
				foreach ( $o['keys'] as $key => $unused ) {
					$group_of[ $key ] = $g;
				}
			}
			foreach ( $person['identities'] as [ $kind, $value ] ) {
				$key                          = "$kind:$value";
				$group_of[ $key ]             = $g;
				$groups[ $g ]['keys'][ $key ] = array( $kind, $value, max( $groups[ $g ]['keys'][ $key ][2] ?? 0, $person['at_ms'] ), max( $groups[ $g ]['keys'][ $key ][3] ?? 0, $person['create'] ? max( 1, $person['at_ms'] ) : 0 ) );
			}
			$groups[ $g ]['persons'][] = $n;
			$name                      = mb_substr( trim( $person['name'] ), 0, self::NAME_CHARACTERS );
			$groups[ $g ]['name']      = '' !== $name ? $name : $groups[ $g ]['name'];
			$groups[ $g ]['country']   = '' !== $groups[ $g ]['country'] ? $groups[ $g ]['country'] : $person['country'];
			$groups[ $g ]['create']    = $groups[ $g ]['create'] || $person['create'];
			if ( $person['wrote'] ) {
				$groups[ $g ]['last_in_ms'] = max( $groups[ $g ]['last_in_ms'], $person['at_ms'] );
			}
		}
		return array_values( array_filter( $groups ) );
	}

	/** Numbers that a contact gave up do not come back by what is told late, or by statuses of messages that went there. */
	private static function without_former_numbers( array $groups, array $known ): array {
		$told = array();
		foreach ( $groups as $g => $group ) {
			foreach ( $group['fresh'] || 0 === $group['id'] ? array() : $group['keys'] as $key => [ $kind ] ) {
				if ( self::PHONE === $kind && ! isset( $known[ $key ] ) ) {
					$told[ $g ][] = $key;
				}
			}
		}
		$gave_up = $told ? MergeStore::gave_up( array_column( array_intersect_key( $groups, $told ), 'id' ) ) : array();
		foreach ( $told as $g => $keys ) {
			foreach ( $keys as $key ) {
				if ( $groups[ $g ]['keys'][ $key ][3] <= ( $gave_up[ $groups[ $g ]['id'] ][ $key ] ?? -1 ) ) { // Later than that they wrote from it again.
					unset( $groups[ $g ]['keys'][ $key ] );
				}
			}
		}
		return $groups;
	}

	/** Merges the contacts that a group proves to be one. Returns $known with the contacts that are left. */
	private static function merge_proven( array $groups, array $known ): array {
		$several = array();
		foreach ( $groups as $g => $group ) {
			$ids = self::candidates( $group['keys'], $known );
			if ( count( $ids ) > 1 ) {
				$several[ $g ] = $ids;
			}
		}
		if ( ! $several ) {
			return $known;
		}
		$gave_up = MergeStore::gave_up( array_values( array_unique( array_merge( ...array_values( $several ) ) ) ) );
		foreach ( array_keys( $several ) as $g ) {
			$keys = $groups[ $g ]['keys'];
			$ids  = self::candidates( $keys, $known );
			foreach ( array_slice( $ids, 1 ) as $other ) {
				// A late word about somebody's former number, which another person has now, proves nothing.
				$former = array_intersect_key( ( $gave_up[ $other ] ?? array() ) + ( $gave_up[ $ids[0] ] ?? array() ), $keys );
				if ( $former || ! self::prove_same( $ids[0], $other ) ) {
					continue;
				}
				$kept = self::row_of( $ids[0], $keys, $known );
				foreach ( $known as $key => $row ) {
					if ( (int) $row['contact_id'] === $other ) {
						$known[ $key ] = array(
							'contact_id'   => (string) $ids[0],
							'name'         => $kept['name'],
							'profile_name' => $kept['profile_name'],
						) + $row;
					}
				}
			}
		}
		return $known;
	}

	/**
	 * The known contacts of a group, the one to keep first: who has the number, then who has the BSUID.
	 *
	 * @return list<int>
	 */
	private static function candidates( array $keys, array $known ): array {
		$ids = array();
		foreach ( self::PROOFS as $proof ) {
			foreach ( $keys as $key => [ $kind ] ) {
				if ( $kind === $proof && isset( $known[ $key ] ) ) {
					$ids[ (int) $known[ $key ]['contact_id'] ] = true;
				}
			}
		}
		if ( ! $ids && ! array_filter( $keys, static fn( $k ) => self::USERNAME !== $k[0] ) ) {
			foreach ( $keys as $key => $unused ) {
				if ( isset( $known[ $key ] ) ) {
					$ids[ (int) $known[ $key ]['contact_id'] ] = true;
				}
			}
		}
		return array_keys( $ids );
	}

	/** The last seen identity of each kind of a group. @return array<int, string> */
	private static function best_of( array $keys ): array {
		uasort( $keys, static fn( $a, $b ) => $b[2] <=> $a[2] );
		$best = array();
		foreach ( $keys as [ $kind, $value ] ) {
			$best[ $kind ] ??= $value;
		}
		return $best;
	}

	/** Known contacts without any name that got an identity: it is what they are sorted by. @return list<int> */
	private static function nameless( array $groups, array $known ): array {
		$ids = array();
		foreach ( $groups as $group ) {
			if ( $group['id'] > 0 && ! $group['fresh'] && '' === $group['name'] && array_diff_key( $group['keys'], $known ) ) {
				$row = self::row_of( $group['id'], $group['keys'], $known );
				if ( '' === $row['name'] . $row['profile_name'] ) {
					$ids[] = $group['id'];
				}
			}
		}
		return $ids;
	}

	private static function row_of( int $contact_id, array $keys, array $known ): array {
		foreach ( $keys as $key => $unused ) {
			if ( (int) ( $known[ $key ]['contact_id'] ?? 0 ) === $contact_id ) {
				return $known[ $key ];
			}
		}
		return array(
			'name'         => '',
			'profile_name' => '',
		);
	}

	/** Adds new identities, notes which were seen, and settles races with another process that made the same person's contact. */
	private static function write_identities( array $groups, array $known, int $now ): array {
		$rows   = array();
		$reread = array();
		$groups = self::without_former_numbers( $groups, $known );
		foreach ( $groups as $group ) {
			if ( 0 === $group['id'] ) {
				continue;
			}
			foreach ( $group['keys'] as $key => [ $kind, $value, $seen, $wrote_ms ] ) {
				$is_new = ! isset( $known[ $key ] );
				$moved  = ! $is_new && self::USERNAME === $kind && (int) $known[ $key ]['contact_id'] !== $group['id'];
				if ( $is_new || $moved || $wrote_ms > 0 ) {
					$rows[ $key ] = array( $group['id'], $kind, $value, $now, $seen );
				}
				if ( $is_new && self::USERNAME !== $kind ) {
					$reread[ $kind ][] = $value;
				}
			}
		}
		if ( ! $rows ) {
			return $groups;
		}
		ksort( $rows, SORT_STRING ); // Every process takes its locks in the same order.
		ContactStore::add_identities( array_values( $rows ) );
		if ( ! $reread ) {
			return $groups;
		}
		$owners = array();
		foreach ( ContactStore::by_identities( $reread, true ) as $row ) {
			$owners[ $row['kind'] . ':' . $row['value'] ] = $row;
		}
		$winners = array();
		foreach ( $groups as $g => $group ) {
			if ( ! $group['fresh'] ) {
				continue;
			}
			foreach ( self::candidates( $group['keys'], $owners ) as $owner ) {
				if ( $owner !== $group['id'] ) {
					$winners[ $group['id'] ] = $owner;
					$groups[ $g ]['id']      = $owner;
					break;
				}
			}
		}
		if ( $winners ) {
			ContactStore::give_way( $winners );
		}
		return $groups;
	}
}
