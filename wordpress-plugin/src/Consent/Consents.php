<?php
/**
 * What people agreed to.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Consent;

use NxtChat\Log;
use NxtChat\Native;
use NxtChat\Rest;
use NxtChat\Site;

/**
 * The ledger: every grant and withdrawal of consent with its evidence, for each contact and purpose. Nothing is ever changed
 * in it, and what it comes to (ConsentStore::refresh) stands in the contact's own columns.
 *
 * Only the person lifts a withdrawal: with a word or button on WhatsApp, or in WhatsApp's own settings (`by_person`).
 * What anybody else grants (staff, imports, forms, scripts) is evidence that stays without effect then.
 */
final class Consents {

	/** Names of the purposes, in REST and on the command line. */
	public const PURPOSES = array(
		'marketing' => Native\PURPOSE_MARKETING,
		'utility'   => Native\PURPOSE_UTILITY,
		'login'     => Native\PURPOSE_LOGIN,
	);

	/** Names of the states. */
	public const STATES = array(
		'none'    => Native\CONSENT_NONE,
		'granted' => Native\CONSENT_GRANTED,
		'revoked' => Native\CONSENT_REVOKED,
	);

	/** Longest texts of an entry, in characters: the columns' widths. */
	public const WORDING_CHARACTERS = 1000;
	private const SOURCE_CHARACTERS = 40;
	private const DETAIL_CHARACTERS = 255;
	private const IP_CHARACTERS     = 45;
	private const PROOF_BYTES       = 255;

	/** How far WhatsApp's clock may be ahead of ours, in ms: a word from later would outlive every withdrawal until then. */
	private const AHEAD_MS = 10 * MINUTE_IN_SECONDS * 1000;

	/**
	 * Writes entries into the ledger, and what it comes to into the contacts. In the open transaction, or in one of its own.
	 * The number of statements grows only with every 900 contacts. Entries for contacts that are gone are left out.
	 *
	 * @param list<array{contact_id: int, purpose: int, state: int, by_person?: int, source: string, wording?: string, detail?: string, user_id?: int, ip?: string, proof?: ?string, import_id?: int, at_ms: int}> $entries
	 *        state: CONSENT_GRANTED or CONSENT_REVOKED. proof: an entry with the same counts once. at_ms: 0 = now; when it is not
	 *        the person's own, no later than now.
	 */
	public static function record( array $entries ): void {
		if ( $entries ) {
			self::tell_later( ConsentStore::transaction_again( static fn() => self::write( $entries ) ) );
		}
	}

	/**
	 * Folds the ledger of these contacts anew: after entries moved from one contact to another.
	 *
	 * @param list<int> $ids
	 */
	public static function refresh( array $ids ): void {
		if ( $ids ) {
			self::tell_later( ConsentStore::transaction_again( static fn() => ConsentStore::refresh( ConsentStore::lock( $ids ) ) ) );
		}
	}

	/**
	 * Grants of an import count no longer; its withdrawals stay.
	 *
	 * @param list<int> $ids Contacts.
	 */
	public static function void_grants( int $import_id, array $ids ): void {
		if ( ! $ids ) {
			return;
		}
		self::tell_later(
			ConsentStore::transaction_again(
				static function () use ( $import_id, $ids ): array {
					$before = ConsentStore::lock( $ids );
					ConsentStore::void_grants( $import_id, $ids, Site::now_ms() );
					return ConsentStore::refresh( $before );
				}
			)
		);
	}

	/**
	 * Two contacts that were one are two again, and nobody knows who of them said START in the meantime: it counts for neither.
	 * To be called inside the split's transaction, before refresh().
	 *
	 * @param int $after_id The newest entry of the ledger before they became one.
	 */
	public static function void_words( int $contact_id, int $after_id ): void {
		ConsentStore::lock( array( $contact_id ) );
		ConsentStore::void_words( $contact_id, $after_id, Site::now_ms() );
	}

	/** May messages of this purpose go to this contact? Not when they were withdrawn. Being asked for is another question: state(). */
	public static function allows( int $contact_id, int $purpose ): bool {
		return Native\CONSENT_REVOKED !== self::state( $contact_id, $purpose );
	}

	/** One of Native\CONSENT_*; CONSENT_NONE for an unknown contact. */
	public static function state( int $contact_id, int $purpose ): int {
		return ConsentStore::states( array( $contact_id ) )[ $contact_id ][ $purpose ] ?? Native\CONSENT_NONE;
	}

	/**
	 * What staff, scripts and forms say for a person.
	 *
	 * A grant needs words: what was agreed to, and how. Over a withdrawal it is refused, and nothing is written.
	 *
	 * @param array{source: string, wording?: string, detail?: string, user_id?: int, ip?: string, at_ms?: int} $evidence
	 * @return array<string, int>|\WP_Error States by purpose's name.
	 */
	public static function change( int $contact_id, int $purpose, int $state, array $evidence ): array|\WP_Error {
		if ( Native\CONSENT_GRANTED === $state && '' === trim( (string) ( $evidence['wording'] ?? '' ) ) ) {
			$message = __( 'Write down what the person agreed to, and how.', 'nxt-cloud-chat' );
			return new \WP_Error(
				'nxtchat_invalid',
				$message,
				array(
					'status'   => 400,
					'problems' => array(
						array(
							'path'    => 'wording',
							'message' => $message,
						),
					),
				)
			);
		}
		$refused = ConsentStore::transaction_again(
			static function () use ( $contact_id, $purpose, $state, $evidence ): ?\WP_Error {
				$before = ConsentStore::lock( array( $contact_id ) );
				if ( ! $before ) {
					return self::missing();
				}
				if ( Native\CONSENT_GRANTED === $state && Native\CONSENT_REVOKED === $before[ $contact_id ][ $purpose ] ) {
					return self::withdrawn();
				}
				$entry = array(
					'contact_id' => $contact_id,
					'purpose'    => $purpose,
					'state'      => $state,
					'by_person'  => 0,
					'at_ms'      => (int) ( $evidence['at_ms'] ?? 0 ),
				);
				self::tell_later( self::write( array( $entry + $evidence ) ) );
				return null;
			}
		);
		return $refused ?? self::names( ConsentStore::states( array( $contact_id ) )[ $contact_id ] ?? array() );
	}

	/**
	 * A page of a contact's ledger, the newest first.
	 *
	 * @return array{items: list<array>, next: ?string, states: array<string, int>}|\WP_Error
	 */
	public static function ledger( int $contact_id, string $cursor, int $limit ): array|\WP_Error {
		$states = ConsentStore::states( array( $contact_id ) );
		if ( ! $states ) {
			return self::missing();
		}
		$position = '' === $cursor ? null : Rest::cursor_decode( $cursor, 2 );
		if ( '' !== $cursor && null === $position ) {
			return new \WP_Error( 'nxtchat_cursor', __( 'This is no position in the list.', 'nxt-cloud-chat' ), array( 'status' => 400 ) );
		}
		$rows = ConsentStore::of( $contact_id, $position, $limit + 1 );
		$more = count( $rows ) > $limit;
		$rows = array_slice( $rows, 0, $limit );
		$last = end( $rows );
		return array(
			'items'  => array_map( array( self::class, 'json' ), $rows ),
			'next'   => $more ? Rest::cursor_encode( array( (int) $last['at_ms'], (int) $last['id'] ) ) : null,
			'states' => self::names( $states[ $contact_id ] ),
		);
	}

	/** One entry of the ledger as screens show it. @param array<string, string|null> $row */
	public static function json( array $row ): array {
		$user = (int) $row['user_id'] > 0 ? get_userdata( (int) $row['user_id'] ) : false;
		return array(
			'id'        => (int) $row['id'],
			'purpose'   => array_search( (int) $row['purpose'], self::PURPOSES, true ),
			'state'     => array_search( (int) $row['state'], self::STATES, true ),
			'by_person' => 1 === (int) $row['by_person'],
			'source'    => (string) $row['source'],
			'wording'   => (string) $row['wording'],
			'detail'    => (string) $row['detail'],
			'user'      => $user ? array(
				'id'   => $user->ID,
				'name' => $user->display_name,
			) : null,
			'ip'        => (string) $row['ip'],
			'import_id' => (int) $row['import_id'],
			'at_ms'     => (int) $row['at_ms'],
			'void_ms'   => (int) $row['void_ms'],
		);
	}

	/**
	 * As record(), inside the caller's transaction, and without telling anybody.
	 *
	 * @param list<array> $entries
	 * @return list<array{0: int, 1: int, 2: int, 3: int}> Contact, purpose, state, state before: for tell().
	 */
	public static function write( array $entries ): array {
		$now    = Site::now_ms();
		$before = ConsentStore::lock( array_map( 'intval', array_column( $entries, 'contact_id' ) ) );
		$rows   = array();
		// Who withdraws now withdraws what the person said until now, also where WhatsApp's clock is ahead of ours.
		$ended  = array_column( array_filter( $entries, static fn( array $e ): bool => self::ends_now( $e ) ), 'contact_id' );
		$words  = $ended ? ConsentStore::granted_after( $ended, $now ) : array();
		foreach ( $entries as $e ) {
			if ( ! in_array( $e['purpose'], self::PURPOSES, true ) || ! in_array( $e['state'], array( Native\CONSENT_GRANTED, Native\CONSENT_REVOKED ), true ) ) {
				throw new \InvalidArgumentException( 'An entry of consent grants or withdraws one of the purposes.' );
			}
			if ( ! isset( $before[ $e['contact_id'] ] ) ) {
				continue;
			}
			$person = 1 === (int) ( $e['by_person'] ?? 0 );
			$at     = (int) $e['at_ms'] > 0 ? (int) $e['at_ms'] : $now;
			$proof  = (string) ( $e['proof'] ?? '' );
			$rows[] = array(
				(int) $e['contact_id'],
				$e['purpose'],
				$e['state'],
				$person ? 1 : 0,
				mb_substr( (string) $e['source'], 0, self::SOURCE_CHARACTERS ),
				mb_substr( (string) ( $e['wording'] ?? '' ), 0, self::WORDING_CHARACTERS ),
				mb_substr( (string) ( $e['detail'] ?? '' ), 0, self::DETAIL_CHARACTERS ),
				(int) ( $e['user_id'] ?? 0 ),
				mb_substr( (string) ( $e['ip'] ?? '' ), 0, self::IP_CHARACTERS ),
				'' === $proof ? null : ( strlen( $proof ) > self::PROOF_BYTES ? 'sha256:' . hash( 'sha256', $proof ) : $proof ),
				(int) ( $e['import_id'] ?? 0 ),
				// WhatsApp's clock may be ahead of ours, and what it tells must stay in its own order.
				$person ? min( $at, $now + self::AHEAD_MS ) : ( self::ends_now( $e ) ? max( $now, $words[ $e['contact_id'] ][ $e['purpose'] ] ?? 0 ) : min( $at, $now ) ),
				$now,
			);
		}
		if ( ! $rows ) {
			return array();
		}
		ConsentStore::add( $rows );
		return ConsentStore::refresh( $before );
	}

	/** Does somebody else withdraw for a person, as of now? */
	private static function ends_now( array $e ): bool {
		return Native\CONSENT_REVOKED === $e['state'] && 1 !== (int) ( $e['by_person'] ?? 0 ) && (int) $e['at_ms'] <= 0;
	}

	/** Tells developers what changed. @param list<array{0: int, 1: int, 2: int, 3: int}> $changes */
	public static function tell( array $changes ): void {
		foreach ( $changes as [ $contact, $purpose, $state, $before ] ) {
			try {
				/**
				 * What a person agreed to has changed; it is committed.
				 *
				 * @param int    $contact_id Id.
				 * @param string $purpose    'marketing', 'utility' or 'login'.
				 * @param int    $state      One of Native\CONSENT_*.
				 * @param int    $before     What it was.
				 */
				do_action( 'nxtchat_consent_changed', $contact, (string) array_search( $purpose, self::PURPOSES, true ), $state, $before );
			} catch ( \Throwable $e ) {
				Log::error( 'A developer\'s hook failed: ' . get_class( $e ) . ' in ' . basename( $e->getFile() ) . ':' . $e->getLine() );
			}
		}
	}

	/** Does anybody want to hear of changes? */
	public static function listens(): bool {
		return false !== has_action( 'nxtchat_consent_changed' );
	}

	/** The answer when somebody else would lift a person's withdrawal. */
	public static function withdrawn(): \WP_Error {
		return new \WP_Error(
			'nxtchat_consent_withdrawn',
			__( 'This person withdrew their consent. Only they can give it again.', 'nxt-cloud-chat' ),
			array(
				'status' => 409,
				'remedy' => Words::how_to_return(),
				'link'   => Words::start_link(),
			)
		);
	}

	/** The answer when a template would go to somebody who withdrew. */
	public static function refuses( int $purpose ): \WP_Error {
		return new \WP_Error(
			'nxtchat_consent_revoked',
			match ( $purpose ) {
				Native\PURPOSE_UTILITY => __( 'This person does not want messages about orders and appointments.', 'nxt-cloud-chat' ),
				Native\PURPOSE_LOGIN   => __( 'This person does not want sign-in codes on WhatsApp.', 'nxt-cloud-chat' ),
				default                => __( 'This person does not want marketing messages.', 'nxt-cloud-chat' ),
			},
			array(
				'status' => 409,
				'remedy' => Words::how_to_return(),
				'link'   => Words::start_link(),
			)
		);
	}

	private static function missing(): \WP_Error {
		return new \WP_Error( 'nxtchat_not_found', __( 'There is no such contact.', 'nxt-cloud-chat' ), array( 'status' => 404 ) );
	}

	/** @param array<int, int> $states By purpose. @return array<string, int> By its name. */
	private static function names( array $states ): array {
		return array_map( static fn( int $purpose ): int => $states[ $purpose ] ?? Native\CONSENT_NONE, self::PURPOSES );
	}

	private static function tell_later( array $changes ): void {
		if ( $changes && self::listens() ) {
			ConsentStore::after_commit( static fn() => self::tell( $changes ) );
		}
	}
}
