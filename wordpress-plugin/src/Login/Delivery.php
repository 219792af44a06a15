<?php
/**
 * Getting a code to a phone.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Login;

use NxtChat\Log;
use NxtChat\Message\SendMessage;
use NxtChat\Native;
use NxtChat\Rates\Rates;
use NxtChat\Site;
use NxtChat\Template\TemplateSend;
use NxtChat\Template\Templates;

/** After the answer: does the number belong to somebody who may log in? Then the day's cap, a code, and the message. */
final class Delivery {

	/** Classes of Meta's errors that have nothing to do with the number. */
	private const TROUBLE = array( 'account', 'retry', 'unknown_outcome', 'client' );

	/** Meta's errors about this number only: not on WhatsApp, no code for a hidden number, blocked, an experiment, the country. */
	private const ABOUT_NUMBER = array( 131026, 131062, 130403, 130472, 130497, 131049, 131056, 131021 );

	/**
	 * Sends a challenge's code, to a number that can do something with it.
	 *
	 * @param array<string, mixed> $challenge Columns.
	 * @param int                  $user_id   Who proves the number, 0 = a visitor logs in.
	 */
	public static function send( array $challenge, int $user_id ): void {
		$phone = (string) $challenge['phone'];
		if ( 0 === $user_id && null === NumberStore::of_phone( $phone ) && ! Registration::allowed() ) {
			Stats::count( 'refused:unknown' );
			return;
		}
		$price = Rates::price( 'authentication', (string) $challenge['country'] );
		$cost  = null === $price ? 0 : (int) round( $price * 1e6 );
		$count = Budgets::spend( $cost );
		if ( null === $count ) {
			Stats::count( 'refused:cap' );
			Alarm::reached();
			return;
		}
		Alarm::spent( $count );
		$code = self::code( $challenge );
		if ( '' === $code ) {
			return; // Another request came between, and sends its own.
		}
		$template = self::template( LoginSettings::all()['template_id'] );
		$done     = TemplateSend::send(
			$template,
			array( 'phone' => $phone ),
			array( 'code' => $code ),
			false,
			array(
				'account_id' => LoginSettings::all()['account_id'],
				'origin'     => Native\ORIGIN_LOGIN,
				'user_id'    => $user_id,
				'secrets'    => array( $code ),
			)
		);
		self::settle( $done, $cost );
	}

	/**
	 * Answers somebody who sent a word: in the 24 hours that their message opened, without a template.
	 *
	 * @param array<string, mixed> $challenge Columns.
	 */
	public static function answer( array $challenge, int $conversation_id ): void {
		$code = self::code( $challenge );
		if ( '' === $code ) {
			return;
		}
		$site    = wp_specialchars_decode( (string) get_option( 'blogname' ), ENT_QUOTES );
		$minutes = max( 1, intdiv( LoginSettings::all()['lifetime_s'], 60 ) );
		/* translators: 1: a code, 2: the site's name, 3: minutes */
		$text = sprintf( _n( '*%1$s* is your code to log in to %2$s. It is good for %3$d minute. Type it only where you began, and tell it to nobody.', '*%1$s* is your code to log in to %2$s. It is good for %3$d minutes. Type it only where you began, and tell it to nobody.', $minutes, 'nxt-cloud-chat' ), $code, $site, $minutes );
		self::settle(
			SendMessage::send(
				array(
					'conversation_id' => $conversation_id,
					'message'         => array(
						'type' => 'text',
						'text' => array( 'body' => $text ),
					),
					'origin'          => Native\ORIGIN_LOGIN,
					'secrets'         => array( $code ),
				)
			),
			0
		);
	}

	/** What a code is good for. */
	public static function binding( array $challenge ): string {
		return implode( '|', array( $challenge['uid'], $challenge['phone'], $challenge['sends'] ) );
	}

	/** A new code, its hash stored; '' when the challenge has moved on. */
	private static function code( array $challenge ): string {
		$issued = Native\otp_issue( Site::dir(), LoginKey::sealed(), LoginSettings::all()['digits'], self::binding( $challenge ) );
		return ChallengeStore::put_code( (string) $challenge['uid'], (int) $challenge['sends'], $issued['hash'] ) ? $issued['code'] : '';
	}

	/** The template in the visitor's language, where there is one that is approved; else the chosen one. */
	private static function template( int $id ): int {
		$row = Templates::row( $id );
		if ( null === $row ) {
			return $id;
		}
		$locale = substr( determine_locale(), 0, 5 );
		$best   = $id;
		foreach ( Templates::languages_of( $row ) as $other ) {
			if ( 'APPROVED' !== $other['status'] || 'AUTHENTICATION' !== $other['category'] || $other['gone_ms'] > 0 ) {
				continue;
			}
			if ( $other['language'] === $locale ) {
				return (int) $other['id'];
			}
			if ( $other['language'] === substr( $locale, 0, 2 ) ) {
				$best = (int) $other['id'];
			}
		}
		return $best;
	}

	/** Counts an outcome; what has nothing to do with the number is told to everybody for a moment, and to the owner. */
	private static function settle( array|\WP_Error $done, int $cost ): void {
		if ( is_wp_error( $done ) ) {
			Stats::count( 'failed' );
			Stats::count( 'refused:send' );
			if ( 'nxtchat_no_consent' !== $done->get_error_code() ) {
				Budgets::trouble();
				Alarm::trouble( $done->get_error_message() );
			}
			Log::warning( 'A code was not sent: ' . $done->get_error_message() );
			return;
		}
		$message = $done['message'];
		if ( Native\STATE_FAILED !== $message['state'] && Native\STATE_UNKNOWN !== $message['state'] ) {
			Stats::count( 'sent' );
			if ( $cost > 0 ) {
				Stats::count( 'spend', $cost );
			}
			return;
		}
		$code  = (int) ( $message['error']['code'] ?? 0 );
		$class = (string) ( Native\error_book( $code )['class'] ?? '' );
		Stats::count( 'failed' );
		Stats::count( 'refused:' . ( 0 === $code ? 'send' : $code ) );
		if ( ! in_array( $code, self::ABOUT_NUMBER, true ) && ( 0 === $code || in_array( $class, self::TROUBLE, true ) || in_array( $class, array( 'wait', 'never' ), true ) ) ) {
			Budgets::trouble();
			Alarm::trouble( (string) ( $message['error']['title'] ?? $message['error']['text'] ?? '' ) );
		}
		Log::warning( "A code was not sent (message {$message['id']}, error $code)." );
	}
}
