<?php
/**
 * Why a running broadcast does not move, or moves slowly.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Broadcast;

use NxtChat\Contact\Contacts;
use NxtChat\Log;
use NxtChat\Site;

/**
 * What only the sending process knows (the network, Meta's patience) it writes to the broadcast when that changes, and now and then while
 * it lasts: what a process wrote that died is soon no news. The rest is worked out for who looks: who is due next, and why not now.
 */
final class Hold {

	/** How often a hold that lasts is written again, and how long it counts, in ms. */
	private const SAY_MS  = 30000;
	private const LAST_MS = 75000;

	/** How long one stays after its last sign, in ms: between two refusals of Meta's the pace rises again. */
	private const QUIET_MS = 10000;

	/** Below this part of what it may, a number is slowed down. */
	private const SLOW = 0.9;

	/** A broadcast that nobody works on is given so long after it began, in ms. */
	private const FIRST_MS = 15000;

	private string $code = '';
	private int $said    = 0;
	private int $seen    = 0;

	/**
	 * Notes how the engine is doing.
	 *
	 * @param list<array<string, string>> $rows  Running broadcasts.
	 * @param array                       $stats As from Native\Broadcast::stats().
	 */
	public function note( array $rows, array $stats ): void {
		$now  = Site::now_ms();
		$code = match ( true ) {
			null !== $stats['trouble']                                                        => 'network',
			'open' === $stats['breaker']                                                      => 'unclear',
			$stats['throttled_ms'] > 0 && $stats['rate'] < self::SLOW * $stats['ceiling'] => 'slow',
			default                                                                           => '',
		};
		if ( '' !== $code ) {
			$this->seen = $now;
		} elseif ( $now < $this->seen + self::QUIET_MS ) {
			return;
		}
		if ( $code === $this->code && ( '' === $code || $now < $this->said + self::SAY_MS ) ) {
			return;
		}
		if ( $code !== $this->code && '' !== $code ) {
			Log::info( trim( "Broadcasts of a number are held up ($code). " . $stats['trouble'] ) );
		}
		$this->code = $code;
		$this->said = $now;
		$text       = '' === $code ? '' : (string) wp_json_encode( array( 'code' => $code, 'detail' => mb_substr( (string) $stats['trouble'], 0, 200 ), 'at_ms' => $now ), JSON_UNESCAPED_UNICODE ); // phpcs:ignore WordPress.Arrays -- One thought.
		foreach ( $rows as $row ) {
			BroadcastStore::change( (int) $row['id'], array( States::RUNNING ), array( 'hold_json' => $text ) );
		}
	}

	/**
	 * What holds a broadcast up, in words; null when nothing does.
	 *
	 * @param array<string, string> $row        Of broadcasts.
	 * @param array                 $definition Clean.
	 * @return array{code: string, message: string, remedy: string, until_ms: int}|null until_ms: when it goes on, 0 = not known.
	 */
	public static function of( array $row, array $definition ): ?array {
		$now = Site::now_ms();
		if ( States::RUNNING !== (int) $row['state'] ) {
			return null;
		}
		$told = json_decode( $row['hold_json'], true );
		if ( is_array( $told ) && $told['at_ms'] > $now - self::LAST_MS ) {
			return self::told( $told['code'], $told['detail'] );
		}
		if ( str_contains( $row['reason_json'], '"limit"' ) ) {
			return null; // The reason says it.
		}
		$next = RecipientStore::next( (int) $row['id'] );
		if ( null !== $next && (int) $next['due_ms'] > $now ) {
			return self::later( $row, $definition, $next );
		}
		if ( null !== $next && $now > (int) $row['started_ms'] + self::FIRST_MS && $now > (int) $row['updated_ms'] + self::FIRST_MS && ! Pace::is_attended( (int) $row['account_id'] ) ) {
			return self::one( 'worker', __( 'Nothing on this site sends at this moment.', 'nxt-cloud-chat' ), __( 'It goes on when WP-Cron runs, about once a minute. To send without pauses, let a worker run: wp nxtchat work.', 'nxt-cloud-chat' ) );
		}
		return null;
	}

	private static function told( string $code, string $detail ): array {
		return match ( $code ) {
			/* translators: %s: what went wrong, in English */
			'network' => self::one( $code, trim( sprintf( __( 'This server cannot reach WhatsApp. %s', 'nxt-cloud-chat' ), $detail ) ), __( 'It goes on by itself as soon as that works again.', 'nxt-cloud-chat' ) ),
			'unclear' => self::one( $code, __( 'WhatsApp does not answer, or not clearly.', 'nxt-cloud-chat' ), __( 'One message at a time is tried, until it answers again.', 'nxt-cloud-chat' ) ),
			default   => self::one( 'slow', __( 'WhatsApp takes fewer messages a second than it allows this number.', 'nxt-cloud-chat' ), __( 'It goes on more slowly, and faster by itself as soon as it may.', 'nxt-cloud-chat' ) ),
		};
	}

	/** Nobody is due yet. @param array<string, string> $next Who is next. */
	private static function later( array $row, array $definition, array $next ): array {
		$due = (int) $next['due_ms'];
		if ( $due >= Schedule::HOLD ) {
			return self::one( 'test', __( 'Everybody else waits until it is decided which template does better.', 'nxt-cloud-chat' ), '', (int) $row['started_ms'] + $definition['ab']['after_minutes'] * 60000 );
		}
		$phone = Contacts::address( (int) $next['contact_id'] )['to'] ?? '';
		return match ( true ) {
			(int) $next['tries'] > 0                                                                => self::one( 'again', __( 'Who is left was not taken by WhatsApp for now, and is tried again later.', 'nxt-cloud-chat' ), '', $due ),
			Schedule::quiet_until( $definition['quiet'], $next['country'], $due - 60000, $phone ) === $due => self::one( 'quiet', __( 'Whoever is left has quiet hours.', 'nxt-cloud-chat' ), '', $due ),
			'recipient' === $definition['schedule']['zone'] && 'at' === $definition['schedule']['mode'] => self::one( 'zone', __( 'Whoever is left gets it when it is time where they live.', 'nxt-cloud-chat' ), '', $due ),
			default                                                                                 => self::one( 'later', __( 'Whoever is left is due later.', 'nxt-cloud-chat' ), '', $due ),
		};
	}

	/** @return array{code: string, message: string, remedy: string, until_ms: int} */
	private static function one( string $code, string $message, string $remedy, int $until_ms = 0 ): array {
		return compact( 'code', 'message', 'remedy', 'until_ms' );
	}
}
