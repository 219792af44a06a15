<?php
/**
 * This site's users as contacts.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Contact;

use NxtChat\Conversation\Conversations;
use NxtChat\Log;
use NxtChat\Native;
use NxtChat\Privacy\Erasure;
use NxtChat\Privacy\Suppressions;
use NxtChat\Site;

/**
 * When the owner wishes, a user with a phone number becomes a contact, and is kept up to date. It never grants consent and
 * never brings back who was erased.
 *
 * Anybody can type anybody's number into a profile. So a user is never linked with a contact that has written to us or belongs to
 * another user: the exporter would hand one person's messages to another.
 */
final class Sync {

	/** Action user_register, profile_update. */
	public static function user_changed( int $user_id ): void {
		try {
			self::user( $user_id );
		} catch ( \Throwable $e ) {
			// A profile is saved whatever happens here.
			Log::error( "User $user_id did not become a contact: " . get_class( $e ) . ' in ' . basename( $e->getFile() ) . ':' . $e->getLine() );
		}
	}

	/**
	 * Action added_user_meta, updated_user_meta.
	 *
	 * @param mixed $meta_id
	 */
	public static function meta_changed( $meta_id, int $user_id, string $key ): void {
		if ( SyncSettings::all()['sync_meta'] === $key ) {
			self::user_changed( $user_id );
		}
	}

	/** Action deleted_user: the link goes, or the contact, as the owner wishes. */
	public static function user_deleted( int $user_id ): void {
		try {
			$ids = SyncStore::of_user( $user_id );
			if ( ! $ids ) {
				return;
			}
			if ( 'erase' === SyncSettings::all()['user_deleted'] ) {
				Erasure::erase( $ids, 'user deleted' );
				return;
			}
			SyncStore::transaction_again(
				static function () use ( $ids, $user_id ): void {
					SyncStore::unlink( $user_id, Site::now_ms() );
					foreach ( $ids as $id ) {
						ContactLog::add( $id, Native\CONTACT_LOG_LINKED, array( 'unlinked' => $user_id ) );
					}
				}
			);
		} catch ( \Throwable $e ) {
			Log::error( "The contacts of the deleted user $user_id keep their link: " . get_class( $e ) . ' in ' . basename( $e->getFile() ) . ':' . $e->getLine() );
		}
	}

	/**
	 * Makes or updates the contact of a user.
	 *
	 * @return int Its id, 0 when the user has no usable number, was erased, or the number is somebody else's.
	 */
	public static function user( int $user_id ): int {
		$settings = SyncSettings::all();
		$user     = get_userdata( $user_id );
		$number   = $user ? trim( (string) get_user_meta( $user_id, $settings['sync_meta'], true ) ) : '';
		if ( '' === $number ) {
			return 0;
		}
		$phone = Native\phone_parse( mb_substr( wp_check_invalid_utf8( $number ), 0, 100 ), self::region( $user_id, $settings['sync_region'] ) );
		if ( ! $phone['valid'] || Suppressions::check( array( $phone['e164'] ) )[0] ) {
			return 0;
		}
		$fill = array(
			'name'  => mb_substr( trim( (string) $user->display_name ), 0, 190 ),
			'email' => mb_substr( (string) $user->user_email, 0, 190 ),
		);
		return SyncStore::transaction_again( static fn(): int => self::write( $user_id, $phone, $fill ) );
	}

	/** Inside a transaction. @param array{name: string, email: string} $fill Written where the contact has nothing. */
	private static function write( int $user_id, array $phone, array $fill ): int {
		$e164   = $phone['e164'];
		$now    = Site::now_ms();
		$mine   = SyncStore::of_user( $user_id )[0] ?? 0;
		$owner  = MergeStore::owners( array( array( Contacts::PHONE, $e164 ) ) )[ Contacts::PHONE . ":$e164" ]['contact_id'] ?? 0;
		$locked = MergeStore::lock( array_filter( array( $mine, $owner ) ) );
		if ( 0 !== $owner && $owner !== $mine ) {
			$row = $locked[ $owner ] ?? null;
			if ( 0 !== $mine || null === $row || (int) $row['wp_user_id'] > 0 || (int) $row['last_in_ms'] > 0 ) {
				Log::info( "User $user_id names a number of contact $owner; they are not linked." );
				return 0;
			}
			$mine = $owner;
		}
		if ( 0 === $mine ) {
			$mine   = Contacts::resolve(
				array(
					array(
						'identities' => array( array( Contacts::PHONE, $e164 ) ),
						'name'       => '',
						'country'    => $phone['country'],
						'at_ms'      => $now,
						'wrote'      => false,
						'create'     => true,
					),
				),
				'user'
			)[0];
			$locked = MergeStore::lock( array( $mine ) );
		} elseif ( 0 === $owner ) {
			ContactStore::add_identities( array( array( $mine, Contacts::PHONE, $e164, $now, $now ) ) );
		}
		$row    = $locked[ $mine ];
		$change = array_filter( array_diff_key( $fill, array_filter( array_intersect_key( $row, $fill ) ) ) );
		if ( (int) $row['wp_user_id'] !== $user_id ) {
			$change['wp_user_id'] = $user_id;
			ContactLog::add( $mine, Native\CONTACT_LOG_LINKED, array( 'user_id' => $user_id ) );
		}
		if ( $change ) {
			MergeStore::update( $mine, $change + array( 'updated_ms' => $now ) );
		}
		Contacts::reindex( array( $mine ) );
		return $mine;
	}

	/** The country of a number without a country code: of the customer's address, else as set, else of the first account. */
	private static function region( int $user_id, string $set ): ?string {
		foreach ( array( strtoupper( (string) get_user_meta( $user_id, 'billing_country', true ) ), $set, Conversations::region( 0 ) ) as $region ) {
			if ( 1 === preg_match( '/^[A-Z]{2}$/D', $region ) ) {
				try {
					Native\phone_parse( '0', $region );
					return $region;
				} catch ( Native\Exception\InvalidInput $e ) {
					continue; // Not a country that has numbers.
				}
			}
		}
		return null;
	}
}
