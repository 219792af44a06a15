<?php
/**
 * Logging in the other way round.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Login;

use NxtChat\Account\Accounts;
use NxtChat\Native;
use NxtChat\Site;

/**
 * The visitor sends a word to the site's number, which costs nothing and proves theirs; the code comes back in the same chat and is
 * typed in here. So a link with a word that somebody sends to somebody else logs nobody in: the code is in the other's chat.
 */
final class WordLogin {

	/** How long a word is waited for, in ms. */
	private const WAIT_MS = 600000;

	/** A word in a message: 8 of its letters, in two halves or in one. */
	private const SHAPE = '/(?<![\p{L}\p{N}])([2-9B-DF-HJ-NP-RTV-Z]{4})[\s\-–]?([2-9B-DF-HJ-NP-RTV-Z]{4})(?![\p{L}\p{N}])/u';

	/** Words of one message that are looked at. */
	private const WORDS_MAX = 3;

	/** Characters of a message that are looked at. */
	private const TEXT_MAX = 300;

	/** Messages of this batch that may hold a word: wamid, number, words. */
	private array $texts = array();

	/** Challenges whose word came, with the wamid of the message. */
	private array $heard = array();

	/** Is this way open? */
	public static function is_on(): bool {
		return LoginSettings::all()['enabled'] && LoginSettings::all()['word'];
	}

	/**
	 * A word for this browser.
	 *
	 * @return array{challenge: string, word: string, text: string, link: string, qr: array{size: int, path: string}, number: string, expires_in: int}|\WP_Error qr: see Native\qr_draw().
	 */
	public static function start( string $redirect, bool $remember ): array|\WP_Error {
		if ( ! self::is_on() ) {
			return Refusal::off();
		}
		$number = self::number();
		if ( '' === $number ) {
			Stats::count( 'refused:unready' );
			return Refusal::unavailable();
		}
		$now     = Site::now_ms();
		$word    = Native\login_word();
		$uid     = Native\ulids( 1 )[0];
		$expires = $now + self::WAIT_MS;
		$who     = array_diff_key( CodeRequest::who( '', '' ), array_flip( array( 'number', 'country' ) ) );
		try {
			ChallengeStore::transaction_again(
				static function () use ( $who, $word, $uid, $expires, $now ): void {
					$used_up = Budgets::take( $who, $now );
					// The cap is about money: a word costs none.
					if ( null !== $used_up && 'cap' !== $used_up['scope'] ) {
						throw new Refused( $used_up['scope'], 'trouble' === $used_up['scope'] ? Refusal::unavailable( $used_up['retry_in'] ) : Refusal::wait( $used_up['retry_in'] ) );
					}
					ChallengeStore::add(
						array(
							'uid'          => $uid,
							'kind'         => Native\CHALLENGE_KIND_WORD,
							'state'        => Native\CHALLENGE_WAITING,
							'live'         => null,
							'phone'        => '',
							'country'      => '',
							'user_id'      => 0,
							'word_hash'    => LoginKey::hashes( array( "word:$word" ) )[0],
							'sends'        => 0,
							'attempts'     => 0,
							'max_attempts' => LoginSettings::all()['attempts'],
							'created_ms'   => $now,
							'sent_ms'      => 0,
							'expires_ms'   => $expires,
						)
					);
				}
			);
		} catch ( Refused $e ) {
			Stats::count( 'refused:' . $e->reason );
			return $e->refusal;
		}
		Stats::count( 'word' );
		$spoken = substr( $word, 0, 4 ) . '-' . substr( $word, 4 );
		$site   = wp_specialchars_decode( (string) get_option( 'blogname' ), ENT_QUOTES );
		/* translators: 1: the site's name, 2: a word as BCDF-2345 */
		$text = sprintf( __( 'I am logging in to %1$s now: %2$s', 'nxt-cloud-chat' ), $site, $spoken );
		$link = 'https://wa.me/' . ltrim( $number, '+' ) . '?text=' . rawurlencode( $text );
		return array(
			'challenge'  => Tokens::word( $uid, Holder::make(), CodeRequest::redirect( $redirect ), $remember, $expires ),
			'word'       => $spoken,
			'text'       => $text,
			'link'       => $link,
			'qr'         => Native\qr_draw( $link ),
			'number'     => $number,
			'expires_in' => intdiv( self::WAIT_MS, 1000 ),
		);
	}

	/**
	 * Has the word come?
	 *
	 * @return array<string, mixed>|\WP_Error state 'waiting', or 'code' with what CodeRequest::answer() tells.
	 */
	public static function state( string $challenge ): array|\WP_Error {
		$token = self::is_on() ? Tokens::open( $challenge ) : null;
		if ( null === $token || Tokens::WORD !== $token['t'] ) {
			return Refusal::expired();
		}
		if ( Holder::here() !== $token['h'] ) {
			return Refusal::session();
		}
		$row = ChallengeStore::get( $token['u'] );
		$now = Site::now_ms();
		if ( null === $row || (int) $row['expires_ms'] <= $now ) {
			return Refusal::expired();
		}
		if ( Native\CHALLENGE_WAITING === (int) $row['state'] ) {
			return array( 'state' => 'waiting' );
		}
		if ( Native\CHALLENGE_LIVE !== (int) $row['state'] ) {
			return Refusal::expired();
		}
		return array( 'state' => 'code' ) + CodeRequest::answer( $row, 0, $token['r'], $token['m'], $now );
	}

	/** A customer's own text. @param array $event Typed event. */
	public function message( array $event ): void {
		$phone = (string) ( $event['person']['phone'] ?? '' );
		// Only a number that WhatsApp itself named proves anything.
		if ( '' === $phone || Native\TYPE_TEXT !== $event['type'] ) {
			return;
		}
		if ( preg_match_all( self::SHAPE, strtoupper( mb_substr( (string) $event['text'], 0, self::TEXT_MAX ) ), $found, PREG_SET_ORDER ) ) {
			$this->texts[ $event['wamid'] ] = array( $phone, array_map( static fn( array $word ): string => $word[1] . $word[2], array_slice( $found, 0, self::WORDS_MAX ) ) );
		}
	}

	/**
	 * Inside the drain's transaction: moves on the challenges whose words came. Two statements when a text looks like a word, none else.
	 *
	 * @param array<string, int> $new Conversation by wamid of messages that are new.
	 */
	public function apply( array $new ): void {
		$this->heard = array();
		$texts       = array_intersect_key( $this->texts, $new );
		if ( ! $texts ) {
			return;
		}
		$now   = Site::now_ms();
		$names = array();
		foreach ( $texts as $wamid => [ , $words ] ) {
			foreach ( $words as $word ) {
				$names[] = array( $wamid, "word:$word" );
			}
		}
		$hashes  = LoginKey::hashes( array_column( $names, 1 ) );
		$waiting = ChallengeStore::waiting( $hashes, $now );
		foreach ( $hashes as $n => $hash ) {
			if ( ! isset( $waiting[ $hash ] ) ) {
				continue;
			}
			$wamid  = $names[ $n ][0];
			$number = CodeRequest::number( $texts[ $wamid ][0], '', LoginSettings::countries() );
			if ( is_wp_error( $number ) ) {
				Stats::count( 'refused:country' );
				continue;
			}
			$row  = $waiting[ $hash ];
			$live = ChallengeStore::live( $number['e164'] );
			$used = 0;
			if ( null !== $live ) {
				// One live challenge a number: what was tried at the other one stays tried.
				$used = (int) $live['expires_ms'] > $now ? (int) $live['attempts'] : 0;
				ChallengeStore::release( (int) $live['id'] );
			}
			$expires = $now + LoginSettings::all()['lifetime_s'] * 1000;
			if ( $used < (int) $row['max_attempts'] && ChallengeStore::heard( $row['uid'], $number['e164'], $number['country'], $used, $now, $expires ) ) {
				$this->heard[] = array(
					array(
						'phone'      => $number['e164'],
						'sends'      => 1,
						'attempts'   => $used,
						'expires_ms' => $expires,
					) + $row,
					$new[ $wamid ],
				);
			} elseif ( null !== $live ) {
				ChallengeStore::keep( (int) $live['id'], $number['e164'] );
			}
			unset( $waiting[ $hash ] );
		}
	}

	/** After the commit: answers with the codes. */
	public function tell(): void {
		foreach ( $this->heard as [ $challenge, $conversation ] ) {
			if ( null !== NumberStore::of_phone( $challenge['phone'] ) || Registration::allowed() ) {
				Delivery::answer( $challenge, $conversation );
			} else {
				Stats::count( 'refused:unknown' );
			}
		}
		$this->heard = array();
		Stats::write();
	}

	/** The number that a word is sent to: E.164, '' when there is none that may answer. */
	private static function number(): string {
		$wanted = LoginSettings::all()['account_id'];
		foreach ( Accounts::all() as $account ) {
			if ( Accounts::ACTIVE !== $account['state'] || $account['is_clone'] || ( $wanted > 0 && $wanted !== $account['id'] ) ) {
				continue;
			}
			$digits = (string) preg_replace( '/\D+/', '', $account['display_phone'] ); // As Meta writes it: with its country code.
			if ( '' !== $digits ) {
				return "+$digits";
			}
		}
		return '';
	}
}
