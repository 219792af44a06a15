<?php
/**
 * Deleting people for good.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Privacy;

use NxtChat\Contact\Contacts;
use NxtChat\Import\ImportForget;
use NxtChat\Live\Live;
use NxtChat\Log;
use NxtChat\Login\Bindings;
use NxtChat\Native;
use NxtChat\Site;
use NxtChat\StoreError;
use NxtChat\Webhook\Drain;

/**
 * Removes everything about contacts, and what was merged into them, from every table and file. What is left is a keyed hash
 * of each number and user id on the list of Suppressions.
 *
 * The contact's own row goes last, so an erasure that was interrupted is found and finished by calling it again.
 */
final class Erasure {

	/** Contacts erased together. */
	private const AT_ONCE = 50;

	/** Messages removed by one transaction. */
	private const MESSAGES = 2000;

	/** Seconds for taking in what still waits in the spool: it may be about them. */
	private const DRAIN_S = 10.0;

	/** Tries when other transactions are in the way. */
	private const TRIES = 6;

	/**
	 * Erases contacts.
	 *
	 * @param list<int> $ids    Unknown ids are passed over.
	 * @param string    $reason At most 40 characters, as 'staff', 'privacy request', 'user deleted'.
	 * @return int How many there were.
	 * @throws Native\Exception\VaultError When the vault's key is missing: without it nobody could be kept from being imported again.
	 * @throws StoreError
	 */
	public static function erase( array $ids, string $reason ): int {
		$ids = array_values( array_unique( array_filter( array_map( 'intval', $ids ) ) ) );
		if ( ! $ids ) {
			return 0;
		}
		self::prepare();
		$done = 0;
		foreach ( array_chunk( $ids, self::AT_ONCE ) as $chunk ) {
			$done += self::erase_some( $chunk, $reason, 0 );
		}
		self::finish();
		return $done;
	}

	/**
	 * A part of an erasure, for callers that come again: some stored webhooks, and when they are through everything else.
	 *
	 * @param int $after Where the part before ended, 0 for the first.
	 * @param int $count Stored webhooks to look through.
	 * @return int Where to go on, 0 when everything is done.
	 */
	public static function erase_part( array $ids, string $reason, int $after, int $count ): int {
		if ( 0 === $after ) {
			self::prepare();
		}
		$all   = PrivacyStore::with_merged( $ids );
		$until = PrivacyStore::events_until( $after, $count );
		if ( $until > 0 && $until < PrivacyStore::last_event() && PrivacyStore::had_traffic( $all ) ) {
			StoredWebhooks::forget( self::traces( $all )['identities'], $after, $until );
			return $until;
		}
		foreach ( array_chunk( $ids, self::AT_ONCE ) as $chunk ) {
			self::erase_some( $chunk, $reason, $after );
		}
		self::finish();
		return 0;
	}

	/** @param int $seen Stored webhooks up to this id are done. */
	private static function erase_some( array $ids, string $reason, int $seen ): int {
		$all    = PrivacyStore::with_merged( $ids );
		$traces = self::traces( $all );
		$last   = PrivacyStore::had_traffic( $all ) ? StoredWebhooks::forget( $traces['identities'], $seen ) : PrivacyStore::last_event();
		do {
			$more = PrivacyStore::transaction_again( static fn() => PrivacyStore::delete_messages( $all, self::MESSAGES ), self::TRIES );
		} while ( $more );
		$gone = PrivacyStore::transaction_again(
			static function () use ( $ids, $reason ): array {
				$there = PrivacyStore::lock( $ids );
				$all   = PrivacyStore::with_merged( $ids );
				Suppressions::add( self::hashed( $all ), $reason );
				while ( PrivacyStore::delete_messages( $all, self::MESSAGES ) ) {
					continue; // What came since.
				}
				PrivacyStore::delete_rest( $all );
				if ( $there && has_action( 'nxtchat_contact_deleted' ) ) {
					PrivacyStore::after_commit(
						static function () use ( $there ): void {
							try {
								foreach ( $there as $id ) {
									/**
									 * A contact was erased; nothing about it is left.
									 *
									 * @param int $id Its former id.
									 */
									do_action( 'nxtchat_contact_deleted', $id );
								}
							} catch ( \Throwable $e ) {
								Log::error( 'A developer\'s hook failed: ' . get_class( $e ) . ' in ' . basename( $e->getFile() ) . ':' . $e->getLine() );
							}
						}
					);
				}
				return $there;
			},
			self::TRIES
		);
		StoredWebhooks::forget( $traces['identities'], $last ); // What was taken in meanwhile.
		ImportForget::people( $traces['phones'], $traces['emails'], $traces['names'] );
		Bindings::forget( $traces['phones'] );
		return count( $gone );
	}

	/** The list's key, and what waits in the spool: it would make the person's contact again right after. */
	private static function prepare(): void {
		Suppressions::prepare();
		Drain::run( self::DRAIN_S );
	}

	/** The spool's files hold what was taken in until they are renewed. */
	private static function finish(): void {
		try {
			Native\spool_forget( Site::dir() );
			Drain::run( self::DRAIN_S );
		} catch ( Native\Exception\SpoolError $e ) {
			Log::warning( 'Webhooks that were taken in stay in the spool\'s files until those are full: ' . $e->getMessage() );
		}
		Live::bump();
	}

	/**
	 * Numbers and user ids of contacts.
	 *
	 * @return list<array{0: int, 1: string}> Kind, value.
	 */
	private static function hashed( array $ids ): array {
		$out = array();
		foreach ( PrivacyStore::of( 'contact_identities', $ids ) as $row ) {
			if ( Contacts::USERNAME !== (int) $row['kind'] ) {
				$out[] = array( (int) $row['kind'], $row['value'] );
			}
		}
		return $out;
	}

	/**
	 * By what contacts are found outside their own rows: present identities, former numbers that nobody else has now, addresses, names.
	 *
	 * @return array{identities: list<string>, phones: list<string>, emails: list<string>, names: list<string>}
	 */
	private static function traces( array $ids ): array {
		$now    = self::hashed( $ids );
		$former = array();
		foreach ( PrivacyStore::log_of_kinds( $ids, array( Native\CONTACT_LOG_NUMBER_CHANGED, Native\CONTACT_LOG_USER_ID_CHANGED ) ) as $row ) {
			$former[] = (string) ( json_decode( $row['data_json'], true )['before'] ?? '' );
		}
		$former = array_values( array_diff( array_filter( $former ), PrivacyStore::numbers_in_use( $former ) ) );
		$people = PrivacyStore::of( 'contacts', $ids );
		foreach ( PrivacyStore::merges_into( $ids ) as $merge ) {
			$people[] = (array) ( json_decode( $merge['snapshot_json'], true )['gone'] ?? array() );
		}
		$list = static fn( string ...$columns ): array => array_values( array_unique( array_filter( array_merge( ...array_map( static fn( $column ) => array_map( 'strval', array_column( $people, $column ) ), $columns ) ) ) ) );
		return array(
			'identities' => array_values( array_unique( array_merge( array_column( $now, 1 ), $former, ...array_map( array( self::class, 'as_told' ), array_merge( array_column( $now, 1 ), $former ) ) ) ) ),
			'phones'     => array_values( array_unique( array_merge( array_column( array_filter( $now, static fn( $i ) => Contacts::PHONE === $i[0] ), 1 ), preg_grep( '/^\+/', $former ) ) ) ),
			'emails'     => $list( 'email' ),
			'names'      => $list( 'name', 'profile_name' ),
		);
	}

	/** How WhatsApp writes a number in webhooks when not as it is dialled: see one_spelling() in crates/core/src/phone.rs. @return list<string> */
	private static function as_told( string $number ): array {
		return match ( 1 ) {
			preg_match( '/^\+52(\d{10})$/D', $number, $mexico )           => array( "+521$mexico[1]" ),
			preg_match( '/^\+55(\d\d)9([6-9]\d{7})$/D', $number, $brazil ) => array( "+55$brazil[1]$brazil[2]" ),
			default => array(),
		};
	}
}
