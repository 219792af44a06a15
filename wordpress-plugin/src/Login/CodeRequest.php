<?php
/**
 * Asking for a code.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Login;

use NxtChat\AfterAnswer;
use NxtChat\Account\Accounts;
use NxtChat\Audit\Audit;
use NxtChat\Consent\Countries;
use NxtChat\Native;
use NxtChat\Site;
use NxtChat\Template\Templates;

/**
 * Budgets first, then a challenge, then the answer. Whether the number belongs to anybody is looked up only after the answer has left
 * (Delivery), so that it can be told neither from its words nor from its time.
 */
final class CodeRequest {

	/** Types of numbers that no WhatsApp of a person has. */
	private const NO_MOBILE = array( 'fixed_line', 'premium_rate', 'toll_free', 'shared_cost', 'voicemail', 'uan', 'pager' );

	/** Characters of a number, and of an address to go to afterwards, that are looked at. */
	private const PHONE_MAX    = 60;
	private const REDIRECT_MAX = 600;

	/**
	 * Begins, or sends another code.
	 *
	 * @param array{phone?: string, country?: string, challenge?: string, redirect?: string, remember?: bool} $input challenge: another code for the same number.
	 * @param int $user_id Who proves a number for their account; 0 = a visitor logs in.
	 * @return array|\WP_Error What the form needs next, see answer(); a Refusal.
	 */
	public static function start( array $input, int $user_id = 0 ): array|\WP_Error {
		$now      = Site::now_ms();
		$accounts = Accounts::all();
		if ( ! LoginSettings::all()['enabled'] ) {
			return Refusal::off();
		}
		if ( null !== self::unready( $accounts ) ) {
			Stats::count( 'refused:unready' );
			return Refusal::unavailable();
		}
		$before = null;
		if ( '' !== (string) ( $input['challenge'] ?? '' ) ) {
			$before = Tokens::open( (string) $input['challenge'] );
			if ( null === $before || Tokens::CODE !== $before['t'] || $user_id !== (int) $before['b'] ) {
				return Refusal::expired();
			}
			if ( Holder::here() !== $before['h'] ) {
				return Refusal::session();
			}
			$input = array(
				'phone'    => $before['p'],
				'country'  => '',
				'redirect' => $before['r'],
				'remember' => $before['m'],
			);
		}
		$number = self::number( (string) ( $input['phone'] ?? '' ), (string) ( $input['country'] ?? '' ), LoginSettings::countries( $accounts ) );
		if ( is_wp_error( $number ) ) {
			Stats::count( 'refused:' . substr( $number->get_error_code(), strlen( 'nxtchat_login_' ) ) );
			return $number;
		}
		try {
			$challenge = ChallengeStore::transaction_again( static fn(): array => self::take( $number['e164'], $number['country'], $user_id, $now ) );
		} catch ( Refused $e ) {
			Stats::count( 'refused:' . $e->reason );
			if ( 'cap' === $e->reason ) {
				AfterAnswer::add( array( Alarm::class, 'reached' ) );
			}
			return $e->refusal;
		}
		Stats::count( 'request' );
		AfterAnswer::add( static fn() => Delivery::send( $challenge, $user_id ) );
		return self::answer( $challenge, $user_id, self::redirect( (string) ( $input['redirect'] ?? '' ) ), ! empty( $input['remember'] ), $now );
	}

	/**
	 * What the form needs next.
	 *
	 * @param array<string, mixed> $challenge Columns.
	 * @return array{challenge: string, digits: int, expires_in: int, resend_in: int, attempts_left: int, to: string, message: string}
	 */
	public static function answer( array $challenge, int $user_id, string $redirect, bool $remember, int $now ): array {
		$to = Audit::masked( (string) $challenge['phone'] );
		return array(
			'challenge'     => Tokens::code( (string) $challenge['uid'], (string) $challenge['phone'], $user_id, Holder::make(), $redirect, $remember, (int) $challenge['expires_ms'] ),
			'digits'        => LoginSettings::all()['digits'],
			'expires_in'    => max( 0, intdiv( (int) $challenge['expires_ms'] - $now, 1000 ) ),
			'resend_in'     => LoginSettings::all()['resend_s'],
			'attempts_left' => max( 0, (int) $challenge['max_attempts'] - (int) $challenge['attempts'] ),
			'to'            => $to,
			'message'       => 0 === $user_id
				/* translators: %s: a masked phone number */
				? sprintf( __( 'If %s can log in here, a code is on its way to its WhatsApp.', 'nxt-cloud-chat' ), $to )
				/* translators: %s: a masked phone number */
				: sprintf( __( 'A code is on its way to the WhatsApp of %s.', 'nxt-cloud-chat' ), $to ),
		);
	}

	/**
	 * Why nobody can get a code now, for the owner; null when codes can be sent.
	 *
	 * @param list<array>|null $accounts Accounts::all(), when it was read already.
	 * @return string|null 'no_account', 'clone', 'no_template', 'template'.
	 */
	public static function unready( ?array $accounts = null ): ?string {
		$settings = LoginSettings::all();
		$row      = $settings['template_id'] > 0 ? Templates::row( $settings['template_id'] ) : null;
		if ( null === $row ) {
			return 'no_template';
		}
		$reason = 'no_account';
		foreach ( $accounts ?? Accounts::all() as $account ) {
			if ( $account['waba_id'] !== $row['waba_id'] || ( $settings['account_id'] > 0 && $settings['account_id'] !== $account['id'] ) || Accounts::ACTIVE !== $account['state'] ) {
				continue;
			}
			$reason = $account['is_clone'] ? 'clone' : null;
			if ( null === $reason ) {
				break;
			}
		}
		if ( null !== $reason ) {
			return $reason;
		}
		return 'APPROVED' === $row['status'] && 'AUTHENTICATION' === $row['category'] && 0 === (int) $row['gone_ms'] ? null : 'template';
	}

	/** Where a visitor goes afterwards, '' when it is none of this site's pages. */
	public static function redirect( string $url ): string {
		$url = strlen( $url ) > self::REDIRECT_MAX ? '' : wp_validate_redirect( trim( $url ), '' );
		return strlen( $url ) > self::REDIRECT_MAX ? '' : $url; // Half an address leads nowhere.
	}

	/**
	 * A number that may log in.
	 *
	 * @param list<string> $countries
	 * @return array{e164: string, country: string}|\WP_Error
	 */
	public static function number( string $phone, string $country, array $countries ): array|\WP_Error {
		$phone = wp_check_invalid_utf8( mb_substr( trim( $phone ), 0, self::PHONE_MAX ) );
		if ( '' === $phone ) {
			return Refusal::phone( __( 'Please enter your WhatsApp number.', 'nxt-cloud-chat' ) );
		}
		$country = strtoupper( $country );
		$parsed  = Native\phone_parse( $phone, Countries::has( $country ) ? $country : null );
		if ( ! $parsed['valid'] ) {
			return Refusal::phone( __( 'This is not a phone number. Choose the country, or write the number with + and its country code.', 'nxt-cloud-chat' ) );
		}
		if ( in_array( $parsed['type'], self::NO_MOBILE, true ) ) {
			return Refusal::phone( __( 'This is not a mobile number. Please enter the number of your WhatsApp.', 'nxt-cloud-chat' ), 'nxtchat_login_landline' );
		}
		if ( ! in_array( $parsed['country'], $countries, true ) ) {
			return Refusal::phone( __( 'Numbers of this country can\'t log in here. Please use your password.', 'nxt-cloud-chat' ), 'nxtchat_login_country' );
		}
		return array(
			'e164'    => $parsed['e164'],
			'country' => $parsed['country'],
		);
	}

	/** Whom a request counts for. @return array<string, string> */
	public static function who( string $e164, string $country ): array {
		$ip = ClientIp::get();
		return array(
			'number'  => $e164,
			'ip'      => ClientIp::visitor( $ip ),
			'network' => ClientIp::network( $ip ),
			'country' => $country,
			'site'    => 'site',
		);
	}

	/**
	 * Budgets and the challenge, inside one transaction.
	 *
	 * @return array<string, mixed> Columns of the challenge as they are now.
	 * @throws Refused Everything is rolled back.
	 */
	private static function take( string $e164, string $country, int $user_id, int $now ): array {
		$used_up = Budgets::take( self::who( $e164, $country ), $now );
		if ( null !== $used_up ) {
			throw new Refused( $used_up['scope'], in_array( $used_up['scope'], array( 'cap', 'trouble' ), true ) ? Refusal::unavailable( $used_up['retry_in'] ) : Refusal::wait( $used_up['retry_in'] ) );
		}
		$settings = LoginSettings::all();
		$expires  = $now + $settings['lifetime_s'] * 1000;
		$row      = ChallengeStore::live( $e164 );
		if ( null !== $row && (int) $row['expires_ms'] > $now ) {
			if ( Native\CHALLENGE_EXHAUSTED === (int) $row['state'] || (int) $row['attempts'] >= (int) $row['max_attempts'] ) {
				throw new Refused( 'exhausted', Refusal::exhausted( (int) ceil( ( (int) $row['expires_ms'] - $now ) / 1000 ) ) );
			}
			$soonest = (int) $row['sent_ms'] + $settings['resend_s'] * 1000;
			if ( $soonest > $now ) {
				throw new Refused( 'resend', Refusal::wait( (int) ceil( ( $soonest - $now ) / 1000 ) ) );
			}
			// The same challenge: a new code, never new attempts.
			ChallengeStore::again( (int) $row['id'], $now, $expires );
			return array(
				'sends'      => (int) $row['sends'] + 1,
				'sent_ms'    => $now,
				'expires_ms' => $expires,
			) + $row;
		}
		if ( null !== $row ) {
			ChallengeStore::release( (int) $row['id'] );
		}
		$new = array(
			'uid'          => Native\ulids( 1 )[0],
			'kind'         => $user_id > 0 ? Native\CHALLENGE_KIND_BIND : Native\CHALLENGE_KIND_LOGIN,
			'state'        => Native\CHALLENGE_LIVE,
			'live'         => $e164,
			'phone'        => $e164,
			'country'      => $country,
			'user_id'      => $user_id,
			'word_hash'    => null,
			'sends'        => 1,
			'attempts'     => 0,
			'max_attempts' => $settings['attempts'],
			'created_ms'   => $now,
			'sent_ms'      => $now,
			'expires_ms'   => $expires,
		);
		ChallengeStore::add( $new );
		return $new;
	}
}
