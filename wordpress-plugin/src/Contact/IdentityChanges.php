<?php
/**
 * People who got another number or user id.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Contact;

use NxtChat\Login\Bindings;
use NxtChat\Native;
use NxtChat\Site;

/**
 * Follows WhatsApp's user_changed_number and user_changed_user_id.
 *
 * The contact gets its new identity and loses the old number, which somebody else may get; former user ids stay, nobody else gets
 * them. What is told late or twice changes nothing: a change counts once, and says nothing about a number under which
 * somebody wrote later.
 */
final class IdentityChanges {

	/**
	 * As Contacts::resolve(), for persons of whom some changed: what comes before a change and what comes after it are looked up
	 * apart, because the same number may be another person then.
	 *
	 * @param list<array> $persons As for resolve(); one that changed has `change`: `wamid` ('' when it is not known), `phone`,
	 *                             `bsuid`, `parent_bsuid` (the new ones, '' = unchanged). Its identities are the old ones.
	 * @return list<int> Contact ids in the same order, 0 where there is none.
	 */
	public static function resolve( array $persons, string $source ): array {
		$changes = array_keys( array_filter( $persons, static fn( $person ) => isset( $person['change'] ) ) );
		if ( ! $changes ) {
			return Contacts::resolve( $persons, $source );
		}
		$out  = array();
		$from = 0;
		foreach ( array( ...$changes, count( $persons ) ) as $at ) {
			$before = array_slice( $persons, $from, $at - $from );
			if ( $before ) {
				array_push( $out, ...Contacts::resolve( $before, $source ) );
			}
			if ( isset( $persons[ $at ] ) ) {
				$out[] = self::apply( $persons[ $at ], $source );
			}
			$from = $at + 1;
		}
		return $out;
	}

	/** One change. @return int The contact, 0 when nobody is known and nobody is to be made. */
	private static function apply( array $person, string $source ): int {
		$change = $person['change'];
		$at_ms  = $person['at_ms'];
		$new    = Contacts::identities( $change );
		$known  = '' === $change['wamid'] ? 0 : MergeStore::contact_of_message( $change['wamid'] );
		if ( $known > 0 ) {
			return $known; // Told before.
		}
		if ( '' !== $change['phone'] ) {
			Bindings::changed( array_column( array_filter( $person['identities'], static fn( array $of ): bool => Contacts::PHONE === $of[0] ), 1 ) );
		}
		$owners = MergeStore::owners( array_merge( $person['identities'], $new ) );
		$holder = 0;
		foreach ( $person['identities'] as [ $kind, $value ] ) {
			$owner = $owners[ "$kind:$value" ] ?? null;
			// Who was seen under it later is not who left it.
			if ( null !== $owner && Contacts::USERNAME !== $kind && $owner['seen_ms'] <= $at_ms ) {
				$holder = $holder ?: $owner['contact_id'];
			}
		}
		$owner = 0;
		foreach ( $new as [ $kind, $value ] ) {
			$owner = $owner ?: ( $owners[ "$kind:$value" ]['contact_id'] ?? 0 );
		}
		if ( 0 === $holder && 0 === $owner ) {
			$person['identities'] = $new ? $new : $person['identities'];
			return Contacts::resolve( array( $person ), $source )[0];
		}
		if ( 0 === $holder ) {
			return $owner;
		}
		ContactStore::lock( array_values( array_filter( array_unique( array( $holder, $owner ) ) ) ) );
		if ( $owner > 0 && $owner !== $holder && ! Contacts::prove_same( $holder, $owner ) ) {
			return $holder;
		}
		self::move( $holder, $person, $new, $at_ms );
		return $holder;
	}

	/** New identities on, the old number off, both into the timeline. */
	private static function move( int $contact, array $person, array $new, int $at_ms ): void {
		$now   = Site::now_ms();
		$old   = array_column( array_reverse( $person['identities'] ), 1, 0 );
		$rows  = array();
		$lines = array();
		foreach ( $new as [ $kind, $value ] ) {
			$rows[] = array( $contact, $kind, $value, $now, $at_ms );
			if ( isset( $old[ $kind ] ) && $old[ $kind ] !== $value && Contacts::PARENT_BSUID !== $kind ) {
				$lines[ $kind ] = array( $old[ $kind ], $value );
			}
		}
		if ( $rows ) {
			ContactStore::add_identities( $rows );
		}
		if ( isset( $lines[ Contacts::PHONE ] ) ) {
			MergeStore::take_off( $contact, Contacts::PHONE, $lines[ Contacts::PHONE ][0], $at_ms );
			self::follow_country( $contact, $lines[ Contacts::PHONE ][0], $lines[ Contacts::PHONE ][1] );
		}
		foreach ( $lines as $kind => [ $before, $after ] ) {
			$data = array(
				'before' => $before,
				'after'  => $after,
			);
			MergeStore::log( $contact, Contacts::PHONE === $kind ? Native\CONTACT_LOG_NUMBER_CHANGED : Native\CONTACT_LOG_USER_ID_CHANGED, 0, $at_ms > 0 ? $at_ms : $now, (string) wp_json_encode( $data ) );
		}
		Contacts::reindex( array( $contact ) );
	}

	/** A country that was the old number's becomes the new one's. One that staff chose otherwise stays. */
	private static function follow_country( int $contact, string $before, string $after ): void {
		$row = ContactStore::load( array( $contact ) )['contacts'][0] ?? null;
		$is  = Native\phone_parse( $after )['country'];
		if ( null !== $row && '' !== $is && in_array( $row['country'], array( '', Native\phone_parse( $before )['country'] ), true ) && $row['country'] !== $is ) {
			MergeStore::update( $contact, array( 'country' => $is ) );
		}
	}
}
