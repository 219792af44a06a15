<?php
/**
 * People who were erased and must not be written to again.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Privacy;

use NxtChat\Consent\Consents;
use NxtChat\Log;
use NxtChat\Native;
use NxtChat\Native\Exception\VaultError;
use NxtChat\Site;

/**
 * A list of keyed hashes of numbers and user ids: without the key, which is sealed, nobody can tell whose they are.
 *
 * The key is made with the first erasure; until then nothing here costs a statement.
 */
final class Suppressions {

	/** Option (autoloaded): the sealed key of the hashes. In the database, so that all web nodes have the same. */
	public const OPTION = 'nxtchat_suppression';

	/** Reason of an entry: staff took the number off somebody who had withdrawn. It holds until a contact has the number again. */
	public const TAKEN_OFF = 'taken off';

	/** What the key is sealed for. */
	private const PURPOSE = 'suppression';

	/** Hashes made by one native call, and looked up by one statement. */
	private const AT_ONCE = 900;

	/** Was anybody ever erased here? Costs no statement. */
	public static function any(): bool {
		return '' !== self::sealed();
	}

	/**
	 * Which of these belong to people who were erased.
	 *
	 * @param list<string> $values E.164 numbers, user ids.
	 * @return list<bool> In the same order.
	 * @throws VaultError When the key of the list cannot be opened: nobody can say then.
	 */
	public static function check( array $values ): array {
		return array_map( static fn( int $at ): bool => $at > 0, self::erased_ms( $values ) );
	}

	/**
	 * Contacts that were just made, or got these: who was erased before, or withdrew under that number, has withdrawn consent to
	 * marketing at that time, so that only they themselves can give it again. To be called inside a transaction.
	 *
	 * @param array<int, list<string>> $values Numbers and user ids by contact id.
	 * @param int                      $at_ms  When they withdrew, 0 = when they were erased: what they say on WhatsApp later counts.
	 */
	public static function mark_new( array $values, int $at_ms = 0 ): void {
		if ( ! $values || ! self::any() ) {
			return;
		}
		$flat = array();
		foreach ( $values as $id => $list ) {
			foreach ( $list as $value ) {
				$flat[] = array( $id, $value );
			}
		}
		try {
			$erased = self::erased_ms( array_column( $flat, 1 ) );
		} catch ( VaultError $e ) {
			// Without the vault's key nothing can be sent either; what arrives is taken in all the same.
			Log::error( 'The list of erased people cannot be read: ' . $e->getMessage() );
			return;
		}
		$entries = array();
		foreach ( array_filter( $erased ) as $n => $at ) {
			$entries[ $flat[ $n ][0] ] = array(
				'contact_id' => $flat[ $n ][0],
				'purpose'    => Native\PURPOSE_MARKETING,
				'state'      => Native\CONSENT_REVOKED,
				'source'     => 'erased',
				'at_ms'      => $at_ms > 0 ? $at_ms : $at,
			);
		}
		if ( $entries ) {
			Consents::record( array_values( $entries ) );
			// From now on the contact's own ledger knows.
			PrivacyStore::unsuppress( Native\contact_hashes( Site::dir(), self::sealed(), array_column( array_intersect_key( $flat, array_filter( $erased ) ), 1 ) ), self::TAKEN_OFF );
		}
	}

	/**
	 * Adds people to the list. To be called inside a transaction, after prepare().
	 *
	 * @param list<array{0: int, 1: string}> $identities Kind, value.
	 * @throws VaultError
	 */
	public static function add( array $identities, string $reason ): void {
		foreach ( array_chunk( $identities, self::AT_ONCE ) as $chunk ) {
			$rows = array();
			foreach ( Native\contact_hashes( Site::dir(), self::sealed(), array_column( $chunk, 1 ) ) as $n => $hash ) {
				$rows[] = array( $hash, $chunk[ $n ][0], mb_substr( $reason, 0, 40 ), Site::now_ms() );
			}
			PrivacyStore::suppress( $rows );
		}
	}

	/** Makes the key if there is none. Two web nodes at once end up with the same. @throws VaultError */
	public static function prepare(): void {
		if ( '' === self::sealed() ) {
			add_option( self::OPTION, Native\vault_seal( Site::prepare(), random_bytes( 32 ), self::PURPOSE ), '', true );
			wp_cache_delete( 'alloptions', 'options' );
			wp_cache_delete( self::OPTION, 'options' );
		}
	}

	/** Seals the key of the list with the vault's present key. @throws VaultError */
	public static function reseal( ?string $old_key ): void {
		if ( self::any() ) {
			update_option( self::OPTION, Native\vault_reseal( Site::dir(), self::sealed(), self::PURPOSE, $old_key ), true );
		}
	}

	/** Can the list be read? For the health checks. */
	public static function opens(): bool {
		try {
			self::check( array( '+10000000000' ) );
			return true;
		} catch ( VaultError $e ) {
			return false;
		}
	}

	/**
	 * When each of these was erased, 0 = never.
	 *
	 * @return list<int>
	 * @throws VaultError
	 */
	private static function erased_ms( array $values ): array {
		$sealed = self::sealed();
		if ( '' === $sealed ) {
			return array_fill( 0, count( $values ), 0 );
		}
		$out = array();
		foreach ( array_chunk( $values, self::AT_ONCE ) as $chunk ) {
			$hashes = Native\contact_hashes( Site::dir(), $sealed, $chunk );
			$known  = PrivacyStore::suppressed( $hashes );
			array_push( $out, ...array_map( static fn( string $hash ): int => $known[ $hash ] ?? 0, $hashes ) );
		}
		return $out;
	}

	/** From the autoloaded options alone: get_option() would ask the database for an option that is not there. */
	private static function sealed(): string {
		return (string) ( wp_load_alloptions()[ self::OPTION ] ?? '' );
	}
}
