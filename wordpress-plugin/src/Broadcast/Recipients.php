<?php
/**
 * The people of a broadcast.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Broadcast;

use NxtChat\Native;

/**
 * Each recipient is a row with a state: those of a message (Native\STATE_*, QUEUED = waits, SENDING = claimed), and SKIPPED.
 *
 * The ref of a send is not drawn but worked out, from the broadcast, the recipient and the attempt: a recipient can never have two
 * messages at once, because `messages.ref` is unique, and a status names its recipient without a look at any table.
 */
final class Recipients {

	/** Gets nothing, for a reason. */
	public const SKIPPED = 90;

	/** Why; numbers that stand in `recipients.reason`. */
	public const NO_ADDRESS = 1;
	public const OPTED_OUT  = 2;
	public const NO_CONSENT = 3;
	public const US         = 4;
	public const CAPPED     = 5;
	public const VALUES     = 6;
	public const ERASED     = 7;
	public const MERGED     = 8;
	public const CANCELLED  = 9;
	public const REFUSED    = 10;

	public const REASONS = array(
		'no_address' => self::NO_ADDRESS,
		'opted_out'  => self::OPTED_OUT,
		'no_consent' => self::NO_CONSENT,
		'us'         => self::US,
		'capped'     => self::CAPPED,
		'values'     => self::VALUES,
		'erased'     => self::ERASED,
		'merged'     => self::MERGED,
		'cancelled'  => self::CANCELLED,
		'refused'    => self::REFUSED,
	);

	/** Who got it and did not read it. */
	public const UNREAD = array( Native\STATE_SENT, Native\STATE_DELIVERED );

	/** Who got it, or may have got it. */
	public const GOT = array( Native\STATE_UNKNOWN, Native\STATE_SENT, Native\STATE_DELIVERED, Native\STATE_READ, Native\STATE_PLAYED );

	/** What is left of a person who was erased: this and their former id, so that the sum of all still is the audience. */
	public const NOBODY = 9000000000000000000;

	/** Begins every ref of a broadcast: no ULID of a clock begins so. */
	private const MARK = '7';

	/** Attempts of one recipient at most: they are four digits of the ref. Most come of pauses and of databases that were away. */
	public const ATTEMPTS_MAX = 60000;

	/** Sends of one recipient under the policy that unknown outcomes are sent again. */
	public const SENDS_MAX = 3;

	/** Salts by broadcast. @var array<int, string> */
	private static array $salts = array();

	/** The ref of a send: a ULID. */
	public static function ref( string $uid, int $broadcast, int $recipient, int $attempt ): string {
		return self::prefix( $uid, $broadcast ) . sprintf( '%04X%010X', $attempt, $recipient );
	}

	/** The beginning of all refs of a broadcast. */
	public static function prefix( string $uid, int $broadcast ): string {
		return self::MARK . self::salt( $uid ) . sprintf( '%06X', $broadcast );
	}

	/**
	 * What a ref says, null when it is none of a broadcast.
	 *
	 * @return array{salt: string, broadcast: int, attempt: int, recipient: int}|null
	 */
	public static function read_ref( string $ref ): ?array {
		if ( 1 !== preg_match( '/^' . self::MARK . '([0-9A-HJKMNP-TV-Z]{5})([0-9A-F]{6})([0-9A-F]{4})([0-9A-F]{10})$/D', $ref, $found ) ) {
			return null;
		}
		return array(
			'salt'      => $found[1],
			'broadcast' => (int) hexdec( $found[2] ),
			'attempt'   => (int) hexdec( $found[3] ),
			'recipient' => (int) hexdec( $found[4] ),
		);
	}

	/**
	 * Of these refs those that are recipients of this site's broadcasts. A site that was set up anew knows nothing of earlier refs.
	 *
	 * @param list<string> $refs
	 * @return array<string, array{salt: string, broadcast: int, attempt: int, recipient: int}> By ref.
	 */
	public static function of_refs( array $refs ): array {
		$out = array();
		foreach ( $refs as $ref ) {
			$read = '' !== $ref && self::MARK === $ref[0] ? self::read_ref( $ref ) : null;
			if ( null !== $read && self::salt_of( $read['broadcast'] ) === $read['salt'] ) {
				$out[ $ref ] = $read;
			}
		}
		return $out;
	}

	/**
	 * Recipients follow their messages. Inside the drain's transaction; no statement when no status is about a broadcast.
	 *
	 * @param list<array> $events Typed events of kind `status`.
	 */
	public static function apply_statuses( array $events, int $now ): void {
		$mine = array();
		foreach ( $events as $event ) {
			if ( '' !== $event['ref'] && self::MARK === $event['ref'][0] ) {
				$mine[] = $event;
			}
		}
		if ( ! $mine ) {
			return;
		}
		$known = self::of_refs( array_column( $mine, 'ref' ) );
		$rows  = array();
		foreach ( $mine as $event ) {
			$of = $known[ $event['ref'] ] ?? null;
			if ( null === $of ) {
				continue;
			}
			$key   = $of['recipient'];
			$state = (int) $event['state'];
			$at    = $event['at_ms'] > 0 ? $event['at_ms'] : $now;
			if ( isset( $rows[ $key ] ) && $rows[ $key ]['attempt'] > $of['attempt'] ) {
				continue;
			}
			if ( ! isset( $rows[ $key ] ) || $rows[ $key ]['attempt'] < $of['attempt'] ) {
				$rows[ $key ] = array(
					'attempt' => $of['attempt'],
					'state'   => 0,
				);
			}
			$row          = &$rows[ $key ];
			$row['state'] = max( $row['state'], $state );
			$time         = array(
				Native\STATE_SENT      => 'sent_ms',
				Native\STATE_DELIVERED => 'delivered_ms',
				Native\STATE_READ      => 'read_ms',
				Native\STATE_PLAYED    => 'read_ms',
				Native\STATE_FAILED    => 'failed_ms',
			)[ $state ] ?? null;
			if ( null !== $time ) {
				$row[ $time ] = isset( $row[ $time ] ) ? min( $row[ $time ], $at ) : $at;
			}
			if ( null !== $event['error'] ) {
				$row['error_code'] = (int) $event['error']['code'];
			}
			if ( null !== $event['pricing'] ) {
				$row['pricing_category'] = substr( (string) $event['pricing']['category'], 0, 40 );
				$row['pricing_type']     = substr( (string) $event['pricing']['type'], 0, 40 );
			}
			unset( $row );
		}
		RecipientStore::move( $rows );
	}

	/**
	 * Two contacts are one: what one was sent, the other has got. Inside the transaction of the merge.
	 *
	 * @return array{rows: list<int>, lists: list<int>} What part() needs to take it back: rows that change hands, lists of numbers.
	 */
	public static function merge( int $keep, int $gone ): array {
		$rows = array();
		foreach ( RecipientStore::of_contacts( array( $keep, $gone ) ) as $row ) {
			$rows[ $row['broadcast_id'] ][ (int) $row['contact_id'] ] = $row;
		}
		$moving = array();
		foreach ( $rows as $of ) {
			// The kept one has what came furthest. The other row is left out when its turn comes, its contact being gone.
			if ( isset( $of[ $gone ] ) && ( ! isset( $of[ $keep ] ) || self::rank( (int) $of[ $gone ]['state'] ) > self::rank( (int) $of[ $keep ]['state'] ) ) ) {
				$moving[] = (int) $of[ $gone ]['id'];
			}
		}
		if ( $moving ) {
			RecipientStore::exchange( $moving, $gone, $keep );
		}
		$lists = BroadcastStore::lists_of( $gone );
		BroadcastStore::give_people( $gone, $keep );
		return array(
			'rows'  => $moving,
			'lists' => $lists,
		);
	}

	/** They are two again. Inside the transaction of that. @param array{rows?: list<int>, lists?: list<int>} $of As from merge(). */
	public static function part( array $of, int $keep, int $gone ): void {
		if ( ! empty( $of['rows'] ) ) {
			RecipientStore::exchange( $of['rows'], $keep, $gone );
		}
		foreach ( $of['lists'] ?? array() as $broadcast ) {
			BroadcastStore::list_people( $broadcast, array( $gone ) );
		}
		RecipientStore::unmerge( array( $keep, $gone ) );
	}

	/** Left out, failed, waits, is being sent to or has got it: who is merged keeps what comes last of these. */
	private static function rank( int $state ): int {
		return match ( $state ) {
			self::SKIPPED        => 0,
			Native\STATE_FAILED  => 1,
			Native\STATE_QUEUED  => 2,
			Native\STATE_SENDING => 3,
			default              => 4,
		};
	}

	/** Why somebody gets nothing, in words. */
	public static function reason( int $reason ): string {
		return match ( $reason ) {
			self::NO_ADDRESS => __( 'Neither a number nor a WhatsApp id is known.', 'nxt-cloud-chat' ),
			self::OPTED_OUT  => __( 'Opted out.', 'nxt-cloud-chat' ),
			self::NO_CONSENT => __( 'Never agreed to marketing messages.', 'nxt-cloud-chat' ),
			self::US         => __( 'A US number: Meta delivers no marketing there.', 'nxt-cloud-chat' ),
			self::CAPPED     => __( 'Got enough marketing messages lately.', 'nxt-cloud-chat' ),
			self::VALUES     => __( 'A value for the template is missing.', 'nxt-cloud-chat' ),
			self::ERASED     => __( 'Was deleted meanwhile.', 'nxt-cloud-chat' ),
			self::MERGED     => __( 'Was merged with a contact who gets it too.', 'nxt-cloud-chat' ),
			self::CANCELLED  => __( 'The broadcast was cancelled before.', 'nxt-cloud-chat' ),
			self::REFUSED    => __( 'Something on this site refused the message.', 'nxt-cloud-chat' ),
			default          => '',
		};
	}

	/** Five characters of a broadcast's uid: what another site, or this one before, sent does not match. */
	private static function salt( string $uid ): string {
		return substr( $uid, -5 );
	}

	private static function salt_of( int $broadcast ): string {
		if ( ! isset( self::$salts[ $broadcast ] ) ) {
			$row = BroadcastStore::get( $broadcast );
			if ( null === $row ) {
				return ''; // Not remembered: there may be one by this id later.
			}
			self::$salts               = array_slice( self::$salts, -100, null, true );
			self::$salts[ $broadcast ] = self::salt( $row['uid'] );
		}
		return self::$salts[ $broadcast ];
	}

	/** Forgets what was remembered of broadcasts: ids come again after a table was emptied. */
	public static function forget(): void {
		self::$salts = array();
	}
}
