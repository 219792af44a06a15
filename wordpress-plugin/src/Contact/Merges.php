<?php
/**
 * Two contacts become one, and two again.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Contact;

use NxtChat\Broadcast\Recipients;
use NxtChat\Consent\Consents;
use NxtChat\Live\Live;
use NxtChat\Native;
use NxtChat\Site;

/**
 * A merge moves everything of one contact (gone) to another (keep) and notes it, so that a split gives both back what they had.
 *
 * What came after the merge stays with the kept one, but for withdrawals of consent, which then count for both. Of consent the
 * stricter wins: whoever had withdrawn as one of the two has withdrawn as both.
 */
final class Merges {

	/** Columns of a contact where the kept one's value wins and a gap is filled. */
	private const FILLED = array( 'name', 'profile_name', 'email', 'country', 'language', 'wp_user_id' );

	/** What changes of the kept contact's row. */
	private const COLUMNS = array( ...self::FILLED, 'last_in_ms', 'created_ms' );

	private const PURPOSES = array(
		'marketing' => Native\PURPOSE_MARKETING,
		'utility'   => Native\PURPOSE_UTILITY,
		'login'     => Native\PURPOSE_LOGIN,
	);

	/** What a conversation's state is made of. */
	private const CONVERSATION = array( 'last_message_id', 'last_ms', 'last_in_ms', 'unread', 'is_unread' );

	/** Most contacts that are suggested as the same person, and merges that are listed. */
	private const ALIKE_MAX  = 10;
	private const LISTED_MAX = 100;

	/**
	 * Merges a contact into another.
	 *
	 * @param bool $automatic Something on WhatsApp proved that they are one.
	 * @param int  $user      Who did it, 0 = nobody.
	 * @return int|\WP_Error The merge's id, for split().
	 */
	public static function merge( int $keep, int $gone, bool $automatic, int $user ): int|\WP_Error {
		if ( $keep === $gone ) {
			return new \WP_Error(
				'nxtchat_merge_same',
				__( 'This is one and the same contact.', 'nxt-cloud-chat' ),
				array(
					'status' => 400,
					'remedy' => __( 'Choose another contact to merge with.', 'nxt-cloud-chat' ),
				)
			);
		}
		$merge = MergeStore::transaction_again( static fn() => self::join( $keep, $gone, $automatic, $user ) );
		if ( ! $automatic && is_int( $merge ) ) {
			Live::bump();
		}
		return $merge;
	}

	/**
	 * Whom contacts that are gone belong to now.
	 *
	 * @param list<int> $gone
	 * @return array<int, int> Contact by the one that is gone; those that were not merged are not there.
	 */
	public static function kept( array $gone ): array {
		$out  = MergeStore::kept( $gone );
		$next = $out;
		for ( $n = 0; $n < self::LISTED_MAX && $next; $n++ ) {
			$next = MergeStore::kept( array_values( array_unique( $next ) ) ); // Merged once more since.
			$out  = array_map( static fn( int $id ): int => $next[ $id ] ?? $id, $out );
		}
		return $out;
	}

	/**
	 * Takes a merge back.
	 *
	 * @return array{kept: int, gone: int}|\WP_Error The two contacts.
	 */
	public static function split( int $merge_id, int $user = 0 ): array|\WP_Error {
		$done = MergeStore::transaction_again( static fn() => self::part( $merge_id, $user ) );
		if ( is_array( $done ) ) {
			Live::bump();
		}
		return $done;
	}

	/**
	 * What a merge would make of two contacts.
	 *
	 * @return array{keep: array, gone: array, result: array, conflicts: list<array{what: string, keep: mixed, gone: mixed}>}|\WP_Error
	 *         conflicts: where both say something else; the kept one's stays.
	 */
	public static function preview( int $keep, int $gone ): array|\WP_Error {
		if ( $keep === $gone ) {
			return self::merge( $keep, $gone, false, 0 );
		}
		$both = Contacts::json( array( $keep, $gone ), true );
		foreach ( array( $keep, $gone ) as $id ) {
			if ( ! isset( $both[ $id ] ) ) {
				return self::missing( $id );
			}
		}
		[ $k, $g ] = array( $both[ $keep ], $both[ $gone ] );
		$rows      = array_column( ContactStore::load( array( $keep, $gone ) )['contacts'], null, 'id' );
		$conflicts = array();
		foreach ( array( 'name', 'email', 'country', 'language', 'wp_user_id' ) as $what ) {
			$values = 'name' === $what ? array( $k['name'], $g['name'] ) : array( $rows[ $keep ][ $what ], $rows[ $gone ][ $what ] );
			if ( ! array_intersect( array( '', '0' ), $values ) && $values[0] !== $values[1] ) {
				$conflicts[] = array(
					'what' => 'wp_user_id' === $what ? 'user' : $what,
					'keep' => $values[0],
					'gone' => $values[1],
				);
			}
		}
		$fields = (array) ( $k['fields'] ?? array() );
		foreach ( (array) ( $g['fields'] ?? array() ) as $name => $text ) {
			if ( isset( $fields[ $name ] ) && $fields[ $name ] !== $text ) {
				$conflicts[] = array(
					'what' => "field.$name",
					'keep' => $fields[ $name ],
					'gone' => $text,
				);
			}
			$fields[ $name ] ??= $text;
		}
		$consent = array();
		foreach ( self::PURPOSES as $name => $unused ) {
			$states           = array( (int) $rows[ $keep ][ $name ], (int) $rows[ $gone ][ $name ] );
			$consent[ $name ] = max( $states ); // Withdrawn is the greatest, nothing the smallest.
			if ( min( $states ) > 0 && $states[0] !== $states[1] ) {
				$conflicts[] = array(
					'what' => "consent.$name",
					'keep' => $states[0],
					'gone' => $states[1],
				);
			}
		}
		return array(
			'keep'      => $k,
			'gone'      => $g,
			'result'    => array(
				'name'       => '' !== $k['name'] ? $k['name'] : $g['name'],
				'identities' => array_merge( $k['identities'], $g['identities'] ),
				'groups'     => array_values( array_column( array_merge( $k['groups'] ?? array(), $g['groups'] ?? array() ), null, 'id' ) ),
				'fields'     => (object) $fields,
				'consent'    => $consent,
			) + MergeStore::counts( array( $keep, $gone ) ),
			'conflicts' => $conflicts,
		);
	}

	/**
	 * Merges into a contact, the newest first.
	 *
	 * @return list<array{id: int, gone: array{id: int, name: string}, automatic: bool, user: array{id: int, name: string}|null, at_ms: int, split_ms: int, can_split: bool}>
	 */
	public static function of( int $contact_id ): array {
		$newest = MergeStore::newest( 'kept_id', $contact_id );
		return array_map(
			static function ( array $row ) use ( $newest ): array {
				$gone = json_decode( (string) $row['snapshot_json'], true )['gone'] ?? array();
				$user = (int) $row['user_id'] > 0 ? get_userdata( (int) $row['user_id'] ) : false;
				return array(
					'id'        => (int) $row['id'],
					'gone'      => array(
						'id'   => (int) $row['gone_id'],
						'name' => (string) ( ( $gone['name'] ?? '' ) ?: ( $gone['profile_name'] ?? '' ) ),
					),
					'automatic' => 1 === (int) $row['automatic'],
					'user'      => $user ? array(
						'id'   => $user->ID,
						'name' => $user->display_name,
					) : null,
					'at_ms'     => (int) $row['at_ms'],
					'split_ms'  => (int) $row['split_ms'],
					'can_split' => (int) $row['id'] === $newest,
				);
			},
			MergeStore::of( $contact_id, self::LISTED_MAX )
		);
	}

	/**
	 * Contacts that look like the same person: same email address, WordPress user or name.
	 *
	 * @return list<array<string, mixed>>|\WP_Error Contact JSON with `reasons` ('email', 'user', 'name'), at most 10, the most alike first.
	 */
	public static function duplicates( int $contact_id ): array|\WP_Error {
		$row = ContactStore::load( array( $contact_id ) )['contacts'][0] ?? null;
		if ( null === $row ) {
			return self::missing( $contact_id );
		}
		$named   = '' !== $row['name'] || '' !== $row['profile_name'];
		$reasons = array();
		foreach ( MergeStore::alike(
			array(
				'id'        => $contact_id,
				'email'     => $row['email'],
				'user'      => (int) $row['wp_user_id'],
				'sort_name' => $named ? $row['sort_name'] : '',
			),
			self::ALIKE_MAX
		) as $found ) {
			$reasons[ (int) $found['id'] ][] = $found['why'];
		}
		uasort( $reasons, static fn( $a, $b ) => count( $b ) <=> count( $a ) );
		$reasons = array_slice( $reasons, 0, self::ALIKE_MAX, true );
		$people  = Contacts::json( array_keys( $reasons ) );
		$out     = array();
		foreach ( $reasons as $id => $why ) {
			if ( isset( $people[ $id ] ) ) {
				$out[] = $people[ $id ] + array( 'reasons' => $why );
			}
		}
		return $out;
	}

	/** Inside a transaction. */
	private static function join( int $keep, int $gone, bool $automatic, int $user ): int|\WP_Error {
		$rows = MergeStore::lock( array( $keep, $gone ) );
		foreach ( array( $keep, $gone ) as $id ) {
			if ( ! isset( $rows[ $id ] ) ) {
				return self::missing( $id );
			}
		}
		[ $k, $g ] = array( $rows[ $keep ], $rows[ $gone ] );
		$now       = Site::now_ms();
		$snapshot  = array(
			'keep'           => $k,
			'gone'           => $g,
			'groups'         => MergeStore::rows_of( 'group_members', $gone ),
			'values'         => MergeStore::rows_of( 'contact_values', $gone ),
			'consents_after' => max( MergeStore::last_consent( $keep ), MergeStore::last_consent( $gone ) ),
		);
		$merge     = MergeStore::begin( $keep, $gone, $g['uid'], $automatic, $user, $now );
		MergeStore::move_rows( $merge, $keep, $gone );
		$snapshot['conversations'] = self::join_conversations( $keep, $gone );
		MergeStore::move_groups( $merge, $keep, $gone );
		$snapshot['recipients'] = Recipients::merge( $keep, $gone );
		$has   = array_column( MergeStore::rows_of( 'contact_values', $keep ), null, 'field_id' );
		$added = array_values( array_filter( $snapshot['values'], static fn( $row ) => ! isset( $has[ $row['field_id'] ] ) ) );
		MergeStore::add_values( $keep, $added );
		MergeStore::delete_values( $gone );
		$snapshot['values_added'] = array_column( $added, 'field_id' );

		$merged = array();
		foreach ( self::FILLED as $column ) {
			$merged[ $column ] = in_array( (string) $k[ $column ], array( '', '0' ), true ) ? $g[ $column ] : $k[ $column ];
		}
		$merged['last_in_ms'] = max( (int) $k['last_in_ms'], (int) $g['last_in_ms'] );
		$merged['created_ms'] = min( (int) $k['created_ms'], (int) $g['created_ms'] );
		MergeStore::update( $keep, $merged + array( 'updated_ms' => $now ) );
		MergeStore::delete_contact( $gone );
		Contacts::reindex( array( $keep ) );
		// Found by the name of either.
		ContactStore::set_words( array( $keep => Contacts::words( $g['name'] . ' ' . $g['profile_name'] ) ), true );
		$snapshot['merged']    = $merged;
		$snapshot['withdrawn'] = self::join_consents( $merge, $k, $g, $user );
		MergeStore::log( $keep, Native\CONTACT_LOG_MERGED, $user, $now, self::log_data( $merge, $gone, $automatic ) );
		MergeStore::remember( $merge, (string) wp_json_encode( $snapshot, JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES ) );
		return $merge;
	}

	/**
	 * Conversations go over; where both have one with the same number of ours, they become one.
	 *
	 * @return list<array{keep: array|null, gone: array, merged: array}> Rows before, and the kept one's after.
	 */
	private static function join_conversations( int $keep, int $gone ): array {
		$has    = MergeStore::conversations( $keep );
		$out    = array();
		$become = array();
		$given  = array();
		foreach ( MergeStore::conversations( $gone ) as $account => $c ) {
			$k = $has[ $account ] ?? null;
			if ( null === $k ) {
				$given[] = $c['id'];
				$merged  = $c;
			} else {
				$become[ $c['id'] ] = $k['id'];
				$last               = array( $c['last_ms'], $c['last_message_id'] ) > array( $k['last_ms'], $k['last_message_id'] ) ? $c : $k;
				$merged             = array(
					'id'              => $k['id'],
					'last_message_id' => $last['last_message_id'],
					'last_ms'         => $last['last_ms'],
					'last_in_ms'      => max( $k['last_in_ms'], $c['last_in_ms'] ),
					'unread'          => $k['unread'] + $c['unread'],
					'is_unread'       => max( $k['is_unread'], $c['is_unread'] ),
				);
				MergeStore::set_conversation( $merged );
			}
			$out[] = array(
				'keep'   => $k,
				'gone'   => $c,
				'merged' => $merged,
			);
		}
		MergeStore::move_messages( $keep, $gone, $become );
		MergeStore::delete_conversations( array_keys( $become ) );
		MergeStore::give_conversations( $given, $keep );
		return $out;
	}

	/**
	 * Folds both ledgers into one. Where one had withdrawn and the fold alone would say otherwise, the merge itself withdraws.
	 *
	 * @return array<int, string> Who had withdrawn ('keep' or 'gone'), by purpose, where an entry was added.
	 */
	private static function join_consents( int $merge, array $k, array $g, int $user ): array {
		$keep = (int) $k['id'];
		Consents::refresh( array( $keep ) );
		$folded  = MergeStore::lock( array( $keep ) )[ $keep ];
		$added   = array();
		$entries = array();
		foreach ( self::PURPOSES as $column => $purpose ) {
			if ( Native\CONSENT_REVOKED === max( (int) $k[ $column ], (int) $g[ $column ] ) && Native\CONSENT_REVOKED !== (int) $folded[ $column ] ) {
				$added[ $purpose ] = Native\CONSENT_REVOKED === (int) $k[ $column ] ? 'keep' : 'gone';
				$entries[]         = array(
					'contact_id' => $keep,
					'purpose'    => $purpose,
					'state'      => Native\CONSENT_REVOKED,
					'source'     => 'merge',
					'detail'     => (string) $merge,
					'user_id'    => $user,
					'at_ms'      => 0,
				);
			}
		}
		Consents::record( $entries );
		return $added;
	}

	/** Inside a transaction. */
	private static function part( int $merge_id, int $user ): array|\WP_Error {
		$merge = MergeStore::get( $merge_id );
		if ( null === $merge ) {
			return new \WP_Error( 'nxtchat_no_merge', __( 'There is no such merge.', 'nxt-cloud-chat' ), array( 'status' => 404 ) );
		}
		if ( (int) $merge['split_ms'] > 0 ) {
			return self::refused( __( 'This merge was taken back already.', 'nxt-cloud-chat' ), __( 'Load the contact again.', 'nxt-cloud-chat' ) );
		}
		[ $keep, $gone ] = array( (int) $merge['kept_id'], (int) $merge['gone_id'] );
		$rows            = MergeStore::lock( array( $keep, $gone ) );
		$later           = isset( $rows[ $keep ] ) ? MergeStore::newest( 'kept_id', $keep ) : MergeStore::newest( 'gone_id', $keep );
		if ( $later > 0 && $later !== $merge_id ) {
			/* translators: %d: number of a merge. */
			return self::refused( __( 'This contact was merged again since.', 'nxt-cloud-chat' ), sprintf( __( 'Take back merge %d first: the newest goes first.', 'nxt-cloud-chat' ), $later ), array( 'first' => $later ) );
		}
		$snapshot = json_decode( $merge['snapshot_json'], true );
		if ( ! isset( $rows[ $keep ] ) || isset( $rows[ $gone ] ) || ! is_array( $snapshot ) ) {
			return self::refused( __( 'One of the two was deleted since, so there is nothing to separate.', 'nxt-cloud-chat' ), '' );
		}
		$now = Site::now_ms();
		MergeStore::restore( $snapshot['gone'] );
		MergeStore::return_rows( $merge_id, $keep, $gone );
		self::part_conversations( $merge_id, $keep, $gone, $snapshot['conversations'], $now );
		MergeStore::return_groups( $merge_id, $keep, $gone, $snapshot['groups'] );
		Recipients::part( $snapshot['recipients'] ?? array(), $keep, $gone );
		self::part_values( $keep, $gone, $snapshot );

		$back = array();
		foreach ( self::COLUMNS as $column ) {
			// What was changed since the merge stays.
			$same            = (string) $rows[ $keep ][ $column ] === (string) $snapshot['merged'][ $column ];
			$back[ $column ] = $same ? $snapshot['keep'][ $column ] : $rows[ $keep ][ $column ];
		}
		MergeStore::update( $keep, $back + array( 'updated_ms' => $now ) );
		Contacts::reindex( array( $keep, $gone ) );

		foreach ( $snapshot['withdrawn'] as $purpose => $who ) {
			if ( 'gone' === $who ) {
				MergeStore::give_merge_entries( $merge_id, (int) $purpose, $keep, $gone );
			}
		}
		MergeStore::copy_withdrawals( $merge_id, (int) $snapshot['consents_after'], $keep, $gone );
		// Who said START while they were one is not known: it counts for neither.
		Consents::void_words( $keep, (int) $snapshot['consents_after'] );
		Consents::refresh( array( $keep, $gone ) );

		MergeStore::close( $merge_id, $now );
		MergeStore::log( $keep, Native\CONTACT_LOG_SPLIT, $user, $now, self::log_data( $merge_id, $gone, false ) );
		MergeStore::log( $gone, Native\CONTACT_LOG_SPLIT, $user, $now, self::log_data( $merge_id, $keep, false ) );
		return array(
			'kept' => $keep,
			'gone' => $gone,
		);
	}

	/**
	 * Each gets its conversation back with its messages. Messages since the merge, and what they count, stay with the kept one.
	 *
	 * @param list<array{keep: array|null, gone: array, merged: array}> $conversations
	 */
	private static function part_conversations( int $merge_id, int $keep, int $gone, array $conversations, int $now ): void {
		$present = MergeStore::conversations( $keep );
		$return  = array();
		foreach ( $conversations as $c ) {
			if ( null !== $c['keep'] ) {
				$return[ $c['keep']['id'] ] = $c['gone']['id'];
			}
		}
		MergeStore::return_messages( $merge_id, $keep, $gone, $return );
		foreach ( $conversations as $c ) {
			$account = $c['gone']['account_id'];
			$is      = $present[ $account ] ?? null;
			if ( null === $is ) {
				continue; // It was deleted since.
			}
			[ $kept, $back ] = self::part_conversation( $c, $is );
			if ( null !== $c['keep'] ) {
				MergeStore::set_conversation( $kept );
				MergeStore::add_conversation( $back );
				continue;
			}
			MergeStore::give_conversations( array( $is['id'] ), $gone );
			if ( MergeStore::written_since( $is['id'], $keep ) ) {
				MergeStore::set_conversation( $back );
				$kept += array( 'id' => MergeStore::new_conversation( $account, $keep, $now ) );
				MergeStore::set_conversation( $kept );
				MergeStore::take_messages( $is['id'], $keep, $kept['id'] );
			}
		}
	}

	/**
	 * The state of both conversations, from what they were, what the merge made of them and what is now.
	 *
	 * @return array{0: array<string, int>, 1: array<string, int>} The kept contact's and the other's.
	 */
	private static function part_conversation( array $c, array $is ): array {
		$kept = $c['keep'] ?? array_fill_keys( self::CONVERSATION, 0 );
		$back = $c['gone'];
		$was  = $c['merged'];
		if ( $is['last_message_id'] !== $was['last_message_id'] ) {
			$kept['last_message_id'] = $is['last_message_id'];
			$kept['last_ms']         = $is['last_ms'];
		}
		if ( $is['last_in_ms'] !== $was['last_in_ms'] ) {
			$kept['last_in_ms'] = $is['last_in_ms'];
		}
		$more = $is['unread'] - $was['unread'];
		if ( $more > 0 ) {
			$kept['unread'] += $more;
		} elseif ( $more < 0 ) { // Somebody has read: what is left is the newest.
			$kept['unread'] = $is['unread'];
			$back['unread'] = 0;
		}
		$kept['is_unread'] = 0 === $more ? $kept['is_unread'] : (int) ( $kept['unread'] > 0 );
		$back['is_unread'] = 0 === $more ? $back['is_unread'] : (int) ( $back['unread'] > 0 );
		return array( $kept, $back );
	}

	/** Values that the merge added are taken back unless somebody changed them. */
	private static function part_values( int $keep, int $gone, array $snapshot ): void {
		$now  = array_column( MergeStore::rows_of( 'contact_values', $keep ), 'text', 'field_id' );
		$take = array();
		foreach ( $snapshot['values'] as $row ) {
			if ( in_array( $row['field_id'], $snapshot['values_added'], true ) && ( $now[ $row['field_id'] ] ?? null ) === $row['text'] ) {
				$take[] = (int) $row['field_id'];
			}
		}
		if ( $take ) {
			MergeStore::delete_values( $keep, $take );
		}
		MergeStore::add_values( $gone, $snapshot['values'] );
	}

	/** Ids only: names of the other would outlive its erasure here. */
	private static function log_data( int $merge, int $other, bool $automatic ): string {
		return (string) wp_json_encode(
			array(
				'merge_id'   => $merge,
				'contact_id' => $other,
				'automatic'  => $automatic,
			)
		);
	}

	private static function missing( int $id ): \WP_Error {
		/* translators: %d: number of a contact. */
		return new \WP_Error( 'nxtchat_no_contact', sprintf( __( 'There is no contact %d (any more).', 'nxt-cloud-chat' ), $id ), array( 'status' => 404 ) );
	}

	private static function refused( string $message, string $remedy, array $more = array() ): \WP_Error {
		return new \WP_Error( 'nxtchat_split_refused', $message, array( 'status' => 409 ) + ( '' === $remedy ? array() : array( 'remedy' => $remedy ) ) + $more );
	}
}
