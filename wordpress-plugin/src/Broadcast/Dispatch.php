<?php
/**
 * One process sends the broadcasts of one account.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Broadcast;

use NxtChat\Account\Accounts;
use NxtChat\Contact\Contacts;
use NxtChat\Contact\Merges;
use NxtChat\Live\Live;
use NxtChat\Log;
use NxtChat\Message\BulkMessages;
use NxtChat\Native;
use NxtChat\Site;

/**
 * Claims recipients with a lease, writes their messages, hands them to the engine, writes outcomes back while it goes on sending.
 *
 * Nothing reaches the engine whose message row was not written by this very claim. What the engine knows is acknowledged only when
 * the tables have it. The pace of the number is shared by all processes that send for it, see Pace.
 */
final class Dispatch {

	/** Recipients of one claim. The SQLite drop-in parses statements in PHP. */
	private const BATCH        = 500;
	private const BATCH_SQLITE = 100;

	/** The engine holds what it sends in so many seconds, at least and at most so many messages. */
	private const AHEAD_S   = 2.0;
	private const AHEAD_MIN = 20;
	private const AHEAD_MAX = 4000;

	/** How long a claim lasts without a sign of life, and how often it gets one, in ms. */
	public const LEASE_MS  = 60000;
	private const RENEW_MS = 15000;

	/** How often account, template and messaging limit are looked at again, in ms. */
	private const LOOK_MS = 5000;
	private const MAKE_MS = 30000;

	/** Outcomes are written when there are so many, or after so many ms: few large transactions rather than many small ones. */
	private const POLL_MIN = 400;
	private const POLL_MS  = 200;

	/** The messaging limit is counted before each claim when there is room for less than so many seconds. */
	private const LIMIT_NEAR_S = 10;

	/** Claims of which nobody is sent to, at most in a row. */
	private const EMPTY_MAX = 20;

	/** When nothing goes out for so long, in ms, who waits in the engine is called back: no STOP would reach them there. They are due again so much later. */
	private const ILL_MS      = 60000;
	private const RECALLED_MS = 300000;

	/** Longest wait for an answer, and a little, in ms: the engine's own. */
	private const ANSWER_MS = 16000;

	/** Who could not be written down is due again so much later, in ms. */
	private const AGAIN_MS = 60000;

	/** Claims are made when a part of what the engine may hold is free. */
	private const ROOM_PART = 4;

	/** Errors that a template has, not the account: only its broadcasts stop. */
	private const TEMPLATE_ERRORS = array( 132001, 132007, 132015, 132016, 132068, 132069, 134101 );

	private ?Native\Broadcast $engine = null;
	private Pace $pace;
	private Hold $hold;

	/** Recipients by claim that have not come back. @var array<int, array<string, true>> */
	private array $claims = array();
	/** Claim, broadcast, and what is known of the contact, by ref. @var array<string, array{0: int, 1: int, 2: list<array{0: int, 1: string}>}> */
	private array $flight = array();
	/** Written, not taken by the engine yet. @var list<array> */
	private array $waiting = array();
	/** Outcomes that the database does not have yet. @var list<array> */
	private array $unwritten = array();

	/** @var array<int, array{0: int, 1: string, 2: Rendering}> When, of which definition, by broadcast. */
	private array $renderings = array();
	/** The last that was claimed, by broadcast. @var array<int, int> */
	private array $behind = array();
	/** @var array<int, array{0: float, 1: float}> Tokens and when, by broadcast. */
	private array $tokens = array();
	/** Broadcast by error code, of errors that stop. @var array<int, int> */
	private array $blamed = array();

	private string $token   = '';
	private int $looked     = 0;
	private int $renewed    = 0;
	private int $tokened    = 0;
	private int $turn       = 0;
	private ?int $room      = null;
	private int $free_ms    = 0;
	private array $account  = array();
	private float $rate     = 0.0;
	private int $changed_ms = 0;
	/** Since when it is ending, 0 when it is not. */
	private int $ends_ms = 0;
	/** Since when the engine holds back, 0 when all is well. */
	private int $ill_ms = 0;
	/** Something was stopped: until then what is known of the broadcasts may be old. */
	private int $rests_ms = 0;

	public function __construct( private readonly int $account_id ) {
		$this->pace = new Pace( $account_id, Native\ulids( 1 )[0] );
		$this->hold = new Hold();
	}

	/**
	 * Goes on for a moment.
	 *
	 * @param list<array<string, string>> $rows Running broadcasts of the account.
	 * @return int Recipients that moved.
	 * @throws \NxtChat\StoreError
	 */
	public function tick( array $rows ): int {
		BroadcastStore::connect(); // $wpdb alone would end this process when the database is away.
		$now = Site::now_ms();
		if ( $this->ends_ms > 0 ) {
			$this->halt( 1.0 ); // It was ending, and goes on again.
		}
		if ( $now < $this->rests_ms || ! $this->look( $rows, $now ) ) {
			return $this->hear( self::POLL_MS );
		}
		$this->pace( $rows );
		$moved  = $this->fill( $rows, $now );
		$moved += $this->hear( self::POLL_MS );
		$this->renew( $now );
		$this->heed( $rows, $now );
		return $moved;
	}

	/** Is anything on its way? */
	public function is_busy(): bool {
		return (bool) $this->flight || (bool) $this->unwritten;
	}

	/** Nothing of this account runs any more: nothing new leaves, and what is on its way is waited for as long as an answer may take. */
	public function finish(): void {
		$this->ends_ms = $this->ends_ms > 0 ? $this->ends_ms : Site::now_ms();
		$this->hush();
		if ( Site::now_ms() > $this->ends_ms + self::ANSWER_MS ) {
			$this->halt( 0.1 );
		}
		$this->hear( self::POLL_MS );
	}

	/** Nothing new leaves, and what did not goes back; what is on its way is waited for so long, in seconds. */
	public function hush( float $seconds = 0.0 ): void {
		foreach ( array_merge( $this->engine?->stop( (int) ( 1000 * $seconds ) ) ?? array(), array_column( $this->waiting, 'ref' ) ) as $ref ) {
			$this->unwritten[] = self::returned( $ref );
		}
		$this->waiting = array();
	}

	/** Ends: what has not begun goes back, what is on its way is waited for. */
	public function end( float $seconds ): void {
		$until = microtime( true ) + $seconds;
		try {
			$this->halt( max( 0.1, $seconds - 1.0 ) );
		} catch ( \NxtChat\StoreError $e ) {
			Log::warning( 'The database is away while a broadcast ends: ' . $e->getMessage() );
		}
		do {
			try {
				$this->write();
			} catch ( \NxtChat\StoreError $e ) {
				Log::warning( 'Outcomes of a broadcast wait in the journal: ' . $e->getMessage() );
				usleep( 100000 );
			}
		} while ( $this->unwritten && microtime( true ) < $until );
		try {
			$this->pace->leave();
		} catch ( \NxtChat\StoreError $e ) {
			Log::info( 'The lease of a broadcast runs out by itself: ' . $e->getMessage() );
		}
	}

	/** May the account send, and with which token? False when it may not: its broadcasts were stopped. */
	private function look( array $rows, int $now ): bool {
		if ( $now < $this->looked + self::LOOK_MS && $this->account ) {
			return true;
		}
		$may = Accounts::can_send( $this->account_id );
		if ( is_wp_error( $may ) ) {
			$this->stop( $rows, 'account', $may->get_error_message(), (string) ( $may->get_error_data()['remedy'] ?? '' ) );
			return false;
		}
		$this->looked  = $now;
		$this->account = (array) Accounts::get( $this->account_id );
		$limit         = Preflight::limit( $this->account );
		$this->room    = $limit['room'];
		$this->free_ms = $limit['free_ms'];
		if ( $now >= $this->tokened + self::MAKE_MS || null === $this->engine ) {
			$this->tokened = $now;
			try {
				$credentials = Accounts::credentials( $this->account_id );
			} catch ( Native\Exception\Exception $e ) {
				$this->stop( $rows, 'account', $e->getMessage(), __( 'Enter the access token again on the Accounts screen, then resume.', 'nxt-cloud-chat' ) );
				return false;
			}
			if ( null !== $this->engine && $credentials['token'] !== $this->token ) {
				$this->engine->token( $credentials['token'] );
			}
			$this->token = $credentials['token'];
			if ( null === $this->engine ) {
				$this->engine = new Native\Broadcast(
					Site::prepare(),
					$credentials,
					array(
						'rate'      => 0.0,
						'in_flight' => 256,
						'queue'     => self::AHEAD_MAX,
						'worker'    => $this->pace->worker,
					)
				);
				$this->rate   = 0.0;
			}
		}
		return true;
	}

	/** Keeps to this process's share of the number's pace. */
	private function pace( array $rows ): void {
		$chosen = 0.0;
		foreach ( $rows as $row ) {
			$chosen += Preflight::rate( $this->account, (int) $row['rate'] );
		}
		$rate = $this->pace->share( min( $chosen, Preflight::rate( $this->account, 0 ) ) );
		if ( null !== $this->engine && abs( $rate - $this->rate ) > 0.0001 ) {
			$this->engine->rate( $rate );
			$this->rate = $rate;
		}
	}

	/** Claims and hands on, broadcast by broadcast in turn. */
	private function fill( array $rows, int $now ): int {
		$this->hand_on();
		$target = $this->ill_ms > 0 ? self::AHEAD_MIN : (int) min( self::AHEAD_MAX, max( self::AHEAD_MIN, $this->rate * self::AHEAD_S ) );
		$room   = $this->rate <= 0.0 ? 0 : $target - count( $this->flight );
		$rows   = array_values( array_filter( $rows, fn( array $row ): bool => (int) $row['next_ms'] <= $now ) );
		if ( ! $rows || $room < max( 1, intdiv( $target, self::ROOM_PART ) ) ) {
			return 0;
		}
		if ( null !== $this->room && $this->room <= $this->rate * $this->pace->workers() * self::LIMIT_NEAR_S ) {
			$this->room = Preflight::limit( $this->account )['room']; // Others send as well.
		}
		if ( null !== $this->room && $this->room <= 0 ) {
			$this->wait_for_limit( $rows, $now );
			return 0;
		}
		$most  = null === $this->room ? PHP_INT_MAX : (int) ceil( $this->room / $this->pace->workers() );
		$moved = 0;
		$batch = BroadcastStore::on_sqlite() ? self::BATCH_SQLITE : self::BATCH;
		$each  = (int) max( 1, ceil( $room / count( $rows ) ) );
		$count = count( $rows );
		$again = self::EMPTY_MAX;
		++$this->turn;
		for ( $n = 0; $n < $count && $room > 0; $n++ ) {
			$row   = $rows[ ( $n + $this->turn ) % $count ];
			$limit = min( $batch, $each, $room, $this->allowance( $row ), $most );
			if ( $limit < 1 ) {
				continue;
			}
			$claim   = random_int( 1, PHP_INT_MAX );
			$behind  = $this->behind[ (int) $row['id'] ] ?? 0;
			$until   = Site::now_ms() + self::LEASE_MS;
			$claimed = 0 === $behind ? 0 : RecipientStore::claim( (int) $row['id'], $claim, $limit, $now, $until, $behind );
			$claimed = $claimed > 0 ? $claimed : RecipientStore::claim( (int) $row['id'], $claim, $limit, $now, $until );
			if ( 0 === $claimed ) {
				unset( $this->behind[ (int) $row['id'] ] );
				continue;
			}
			$pushed     = $this->prepare( $row, $claim );
			$room      -= $pushed;
			$most      -= $pushed;
			$moved     += $claimed;
			$this->room = null === $this->room ? null : $this->room - $pushed;
			$this->tokens[ (int) $row['id'] ][0] = ( $this->tokens[ (int) $row['id'] ][0] ?? 0.0 ) - $pushed;
			if ( 0 === $pushed && $claimed === $limit && --$again > 0 && $this->rests_ms <= $now ) {
				--$n; // All were left out: those behind need not wait for the pace.
			}
		}
		return $moved;
	}

	/** How many more a broadcast may hand on now, by its own rate: it matters where several share a number. */
	private function allowance( array $row ): int {
		$id   = (int) $row['id'];
		$rate = Preflight::rate( $this->account, (int) $row['rate'] ) / $this->pace->workers();
		$now  = microtime( true );
		if ( ! isset( $this->tokens[ $id ] ) ) {
			$this->tokens[ $id ] = array( $rate * self::AHEAD_S, $now );
		}
		[ $tokens, $at ]     = $this->tokens[ $id ];
		$tokens              = min( $rate * self::AHEAD_S + 1, $tokens + ( $now - $at ) * $rate );
		$this->tokens[ $id ] = array( $tokens, $now );
		return (int) floor( $tokens );
	}

	/**
	 * A claim becomes messages.
	 *
	 * @return int How many were handed on.
	 */
	private function prepare( array $row, int $claim ): int {
		$rendering = $this->rendering( $row );
		if ( null !== $rendering->unfit ) {
			unset( $this->renderings[ (int) $row['id'] ] );
			RecipientStore::release( array_map( static fn( array $r ): int => (int) $r['id'], RecipientStore::claimed( $claim ) ), 0 );
			$this->rests_ms = Site::now_ms() + 2 * Work::LOOK_MS;
			BroadcastControl::stop( (int) $row['id'], 'template', $rendering->unfit->get_error_message(), (string) ( $rendering->unfit->get_error_data()['remedy'] ?? __( 'Choose another template in a copy of this broadcast.', 'nxt-cloud-chat' ) ) );
			return 0;
		}
		$token     = Native\ulids( 1 )[0];
		$announced = array();
		try {
			$push = BroadcastStore::transaction_again(
				function () use ( $row, $claim, $rendering, $token, &$announced ): array {
					$push = $this->compose( $row, $claim, $rendering, $token );
					$refs = array_column( $push, 'ref' );
					// The journal knows of them before the tables do: should this process die, it tells that they never left.
					$announced += array_flip( $refs );
					$this->engine->announce( $refs );
					return $push;
				}
			);
		} catch ( \Throwable $e ) {
			// A commit that nobody answered may have been one.
			foreach ( array_keys( $announced ) as $ref ) {
				$this->unwritten[] = array( 'retry_at_ms' => Site::now_ms() + self::AGAIN_MS ) + self::returned( $ref );
			}
			if ( ! $e instanceof Native\Exception\SpoolError ) {
				throw $e;
			}
			$this->stop( array( $row ), 'journal', $e->getMessage(), __( 'Look at the disk of the data directory (space, permissions), then resume.', 'nxt-cloud-chat' ) );
			return 0;
		}
		foreach ( array_keys( array_diff_key( $announced, array_flip( array_column( $push, 'ref' ) ) ) ) as $ref ) {
			$this->unwritten[] = self::returned( $ref ); // A second try left them out.
		}
		foreach ( $push as $message ) {
			$this->flight[ $message['ref'] ]           = array( $claim, (int) $row['id'], $message['known'] );
			unset( $message['known'] );
			$this->claims[ $claim ][ $message['ref'] ] = true;
			$this->waiting[]                           = $message;
		}
		$this->hand_on();
		return count( $push );
	}

	/** Inside the transaction that writes the rows: who may get it, and what. @return list<array> For the engine, and `known`. */
	private function compose( array $row, int $claim, Rendering $rendering, string $token ): array {
		$definition = Broadcasts::definition( $row );
		$broadcast  = (int) $row['id'];
		$now        = Site::now_ms();
		$skip       = array();
		$later      = array();
		$left       = array();
		$marketing  = Native\PURPOSE_MARKETING === $rendering->purpose;
		$column     = $marketing ? 'marketing' : 'utility';
		$claimed    = RecipientStore::claimed( $claim );

		$this->behind[ $broadcast ] = $claimed ? (int) end( $claimed )['id'] : 0;
		$gone       = array_filter( $claimed, static fn( array $r ): bool => null === $r['known'] );
		$kept       = $gone ? Merges::kept( array_map( 'intval', array_column( $gone, 'contact_id' ) ) ) : array();
		foreach ( $claimed as $r ) {
			$id      = (int) $r['id'];
			$contact = (int) $r['contact_id'];
			if ( null === $r['known'] ) {
				if ( ! isset( $kept[ $contact ] ) ) {
					$skip[ Recipients::ERASED ][] = $id;
				} elseif ( RecipientStore::rename( $id, $kept[ $contact ] ) ) {
					$later[0][] = $id; // Claimed again, as who they are now.
				} else {
					$skip[ Recipients::MERGED ][] = $id;
				}
			} elseif ( Native\CONSENT_REVOKED === (int) $r[ $column ] ) {
				$skip[ Recipients::OPTED_OUT ][] = $id;
			} elseif ( $rendering->needs_grant && Native\CONSENT_GRANTED !== (int) $r[ $column ] ) {
				$skip[ Recipients::NO_CONSENT ][] = $id;
			} elseif ( $marketing && 'US' === $r['country'] ) {
				$skip[ Recipients::US ][] = $id;
			} else {
				$left[ $contact ] = $r;
			}
		}
		$known     = Contacts::proofs( array_keys( $left ) );
		$addresses = array_map( array( Contacts::class, 'address_of' ), $known );
		foreach ( array_diff_key( $left, $addresses ) as $contact => $r ) {
			$skip[ Recipients::NO_ADDRESS ][] = (int) $r['id'];
			unset( $left[ $contact ] );
		}
		$nights = array();
		foreach ( null === $definition['quiet'] ? array() : $left as $contact => $r ) {
			$phone = (string) ( $addresses[ $contact ]['to'] ?? '' );
			$until = $nights[ $r['country'] . Zones::area( $r['country'], $phone ) ] ??= Schedule::quiet_until( $definition['quiet'], $r['country'], $now, $phone );
			if ( $until > 0 ) {
				$later[ $until ][] = (int) $r['id'];
				unset( $left[ $contact ] );
			}
		}
		if ( $left && $marketing && null !== $definition['cap'] ) {
			foreach ( RecipientStore::marketing_since( array_keys( $left ), $now - $definition['cap']['days'] * DAY_IN_SECONDS * 1000, Recipients::prefix( $row['uid'], $broadcast ) ) as $contact => $count ) {
				if ( $count >= $definition['cap']['messages'] ) {
					$skip[ Recipients::CAPPED ][] = (int) $left[ $contact ]['id'];
					unset( $left[ $contact ] );
				}
			}
		}
		$texts    = $left ? $rendering->of(
			array_map(
				static fn( array $r ): array => array(
					'language' => (string) $r['language'],
					'variant'  => (int) $r['variant'],
				),
				$left
			)
		) : array();
		$messages = array();
		$push     = array();
		foreach ( $left as $contact => $r ) {
			$text = $texts[ $contact ] ?? null;
			if ( null === $text ) {
				$skip[ Recipients::VALUES ][] = (int) $r['id'];
				continue;
			}
			$ref  = Recipients::ref( $row['uid'], $broadcast, (int) $r['id'], (int) $r['attempt'] );
			$body = $text['message'];
			if ( false !== has_filter( 'nxtchat_pre_send' ) ) {
				$context = array(
					'account_id'      => $this->account_id,
					'conversation_id' => 0,
					'contact_id'      => $contact,
					'ref'             => $ref,
					'origin'          => Native\ORIGIN_BROADCAST,
					'user_id'         => (int) $row['user_id'],
					'purpose'         => $marketing ? 'marketing' : 'utility',
				);
				// phpcs:ignore WordPress.NamingConventions.PrefixAllGlobals -- SendMessage describes it.
				$message = apply_filters( 'nxtchat_pre_send', $addresses[ $contact ] + (array) json_decode( $body, true ), $context );
				if ( is_wp_error( $message ) || ! is_array( $message ) ) {
					$skip[ Recipients::REFUSED ][] = (int) $r['id'];
					continue;
				}
				$body = (string) wp_json_encode( array_diff_key( $message, $addresses[ $contact ] ), JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES );
			}
			$messages[] = array(
				'contact'  => $contact,
				'ref'      => $ref,
				'text'     => $text['text'],
				'payload'  => Rendering::payload( $addresses[ $contact ], $body, $text['shown'] ),
				'template' => $text['template'],
			);
			$push[ $ref ] = array( 'ref' => $ref, 'message' => $body, 'known' => $known[ $contact ] ) + $addresses[ $contact ]; // phpcs:ignore WordPress.Arrays -- One thought.
		}
		RecipientStore::skip( $skip );
		foreach ( $later as $due => $ids ) {
			RecipientStore::release( $ids, $due );
		}
		$ids = BulkMessages::write( $this->account_id, $rendering->purpose, (int) $row['user_id'], $messages, $token );
		return array_values( array_intersect_key( $push, $ids ) );
	}

	/** The engine takes what it has room for. */
	private function hand_on(): void {
		while ( $this->waiting && null !== $this->engine ) {
			$some  = array_slice( $this->waiting, 0, 1000 );
			$taken = $this->engine->push( $some );
			array_splice( $this->waiting, 0, $taken );
			if ( $taken < count( $some ) ) {
				return;
			}
		}
	}

	/** Takes outcomes from the engine and writes them. @return int How many. */
	private function hear( int $wait_ms ): int {
		// What could not be written goes first: the engine keeps the others, in less memory.
		if ( null !== $this->engine && ! $this->unwritten ) {
			$this->unwritten = $this->engine->poll( $this->flight ? $wait_ms : 0, Outcomes::AT_ONCE, self::POLL_MIN );
		}
		return $this->write();
	}

	/** Writes what is not written. @return int How many. */
	private function write(): int {
		$done = 0;
		while ( $this->unwritten ) {
			$some = array_slice( $this->unwritten, 0, Outcomes::AT_ONCE );
			Outcomes::write( array_map( fn( array $o ): array => $o + array( 'known' => $this->flight[ $o['ref'] ][2] ?? array() ), $some ) );
			$refs = array_column( $some, 'ref' );
			$this->engine?->ack( $refs );
			array_splice( $this->unwritten, 0, count( $some ) );
			foreach ( $some as $o ) {
				$code                  = (int) ( $o['error']['code'] ?? 0 );
				[ $claim, $broadcast ] = $this->flight[ $o['ref'] ] ?? array( 0, 0 );
				if ( in_array( $code, self::TEMPLATE_ERRORS, true ) ) {
					$this->blamed[ $code ] = $broadcast;
				}
				unset( $this->flight[ $o['ref'] ], $this->claims[ $claim ][ $o['ref'] ] );
				if ( empty( $this->claims[ $claim ] ) ) {
					unset( $this->claims[ $claim ] );
				}
			}
			$done += count( $some );
		}
		if ( $done > 0 && Site::now_ms() > $this->changed_ms + 1000 ) {
			$this->changed_ms = Site::now_ms();
			Live::bump();
		}
		return $done;
	}

	private function renew( int $now ): void {
		if ( $this->claims && $now > $this->renewed + self::RENEW_MS ) {
			RecipientStore::renew( array_keys( $this->claims ), $now + self::LEASE_MS );
			$this->renewed = $now;
		}
	}

	/** Did something happen after which nothing more may be sent, or nothing can be? */
	private function heed( array $rows, int $now ): void {
		$stats = $this->engine?->stats();
		if ( null === $stats ) {
			return;
		}
		$stopped = $stats['stopped'];
		if ( null === $stopped ) {
			$this->hold->note( $rows, $stats );
			$well         = 'closed' === $stats['breaker'] && null === $stats['trouble'];
			$this->ill_ms = $well ? 0 : ( $this->ill_ms > 0 ? $this->ill_ms : $now );
			if ( ! $well && $now > $this->ill_ms + self::ILL_MS ) {
				$this->engine->recall( $now + self::RECALLED_MS );
				$this->ill_ms = $now;
			}
			return;
		}
		$this->halt( 3.0 );
		$code  = (int) $stopped['code'];
		$blame = $this->blamed[ $code ] ?? 0;
		if ( in_array( $code, self::TEMPLATE_ERRORS, true ) && $blame > 0 ) {
			$rows = array_filter( $rows, static fn( array $row ): bool => (int) $row['id'] === $blame );
		}
		$this->blamed = array();
		$this->stop( $rows, (string) $code, (string) $stopped['message'], (string) $stopped['remedy'] );
	}

	/** The engine ends; what it had comes back. */
	private function halt( float $seconds ): void {
		if ( null === $this->engine ) {
			return;
		}
		$this->hush( $seconds );
		do {
			$some            = $this->engine->poll( 0, Outcomes::AT_ONCE );
			$this->unwritten = array_merge( $this->unwritten, $some );
		} while ( $some );
		$this->account = array();
		$this->ends_ms = 0;
		$this->write();
		$this->engine = null;
		// What is on its way still, the journal of this process knows: whoever is here next picks it up.
		$this->flight = array();
		$this->claims = array();
	}

	/** @return array As from poll(): one that was never started. */
	private static function returned( string $ref ): array {
		return array(
			'ref'         => $ref,
			'outcome'     => 'returned',
			'wamid'       => null,
			'error'       => null,
			'at_ms'       => Site::now_ms(),
			'tries'       => 0,
			'retry_at_ms' => 0,
		);
	}

	/** @param list<array<string, string>> $rows */
	private function stop( array $rows, string $code, string $message, string $remedy ): void {
		$this->rests_ms = Site::now_ms() + 2 * Work::LOOK_MS;
		foreach ( $rows as $row ) {
			BroadcastControl::stop( (int) $row['id'], $code, $message, $remedy );
		}
	}

	/** Everybody that Meta lets us write to in 24 hours was written to: waits until the first of them counts no more. */
	private function wait_for_limit( array $rows, int $now ): void {
		$limit         = Preflight::limit( $this->account );
		$this->room    = $limit['room'];
		$this->free_ms = $limit['free_ms'];
		if ( $this->room > 0 ) {
			return;
		}
		$until = max( $now + 60000, min( $this->free_ms, $now + 900000 ) );
		foreach ( $rows as $row ) {
			BroadcastStore::change(
				(int) $row['id'],
				array( States::RUNNING ),
				array(
					'next_ms'     => $until,
					'reason_json' => BroadcastControl::reason( 'limit', __( 'The number of people that WhatsApp lets this number write to in 24 hours is reached.', 'nxt-cloud-chat' ), __( 'It goes on by itself as soon as there is room.', 'nxt-cloud-chat' ) ),
				)
			);
		}
	}

	private function rendering( array $row ): Rendering {
		$id = (int) $row['id'];
		$of = $row['definition_json'] . $row['winner'];
		if ( ! isset( $this->renderings[ $id ] ) || $this->renderings[ $id ][1] !== $of || $this->renderings[ $id ][0] < Site::now_ms() - self::MAKE_MS ) {
			$this->renderings        = array_slice( $this->renderings, -20, null, true );
			$this->renderings[ $id ] = array( Site::now_ms(), $of, new Rendering( $this->account_id, Broadcasts::definition( $row ), (int) $row['winner'] ) );
		}
		return $this->renderings[ $id ][2];
	}
}
