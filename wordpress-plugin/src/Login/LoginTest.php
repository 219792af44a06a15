<?php
/**
 * Trying the code's way once.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Login;

use NxtChat\Message\Messages;
use NxtChat\Native;
use NxtChat\Problems;
use NxtChat\Rates\Rates;
use NxtChat\Template\TemplateSend;

/** Sends a code that opens nothing to a number of the owner, the same way as a real one, and says what became of it. */
final class LoginTest {

	/** Money is counted in millionths. */
	private const MONEY = 1000000;

	/**
	 * Sends.
	 *
	 * @param string $phone In any spelling.
	 * @return array{id: int, done: bool, ok: bool, message: string, remedy: string}|\WP_Error As outcome().
	 */
	public static function send( string $phone ): array|\WP_Error {
		$settings = LoginSettings::all();
		$account  = LoginTemplate::account();
		if ( 0 === $account ) {
			return Problems::refuse( 'nxtchat_no_account', 409, __( 'No WhatsApp number that may send is connected.', 'nxt-cloud-chat' ), __( 'Connect one under WhatsApp → Accounts.', 'nxt-cloud-chat' ) );
		}
		$state = LoginTemplate::state();
		if ( ! $state['is_ready'] ) {
			return Problems::refuse( 'nxtchat_login_template', 409, $state['message'], $state['next'] );
		}
		// As a real one looks; nobody can log in with it, for it is nobody's.
		$code = str_pad( (string) random_int( 0, 10 ** $settings['digits'] - 1 ), $settings['digits'], '0', STR_PAD_LEFT );
		$done = TemplateSend::send(
			$state['id'],
			array( 'phone' => $phone ),
			array( 'code' => $code ),
			false,
			array(
				'account_id' => $account,
				'origin'     => Native\ORIGIN_LOGIN,
				'user_id'    => get_current_user_id(),
				'secrets'    => array( $code ),
			)
		);
		if ( is_wp_error( $done ) ) {
			return self::at_the_field( $done );
		}
		$outcome = self::outcome( (int) $done['message']['id'] );
		if ( ! is_wp_error( $outcome ) && $outcome['ok'] ) {
			self::count( $phone );
		}
		return $outcome;
	}

	/**
	 * What became of a test, in plain words.
	 *
	 * @return array{id: int, done: bool, ok: bool, message: string, remedy: string}|\WP_Error done: nothing more is to be expected.
	 */
	public static function outcome( int $id ): array|\WP_Error {
		$message = Messages::some( array( $id ) )[0] ?? null;
		if ( null === $message || Native\ORIGIN_LOGIN !== $message['origin'] ) {
			return Problems::refuse( 'nxtchat_no_message', 404, __( 'There is no such message.', 'nxt-cloud-chat' ) );
		}
		[ $done, $ok, $text, $remedy ] = match ( (int) $message['state'] ) {
			Native\STATE_DELIVERED, Native\STATE_READ, Native\STATE_PLAYED => array( true, true, __( 'The code is on the phone. Everything works.', 'nxt-cloud-chat' ), '' ),
			Native\STATE_SENT    => array( false, true, __( 'WhatsApp took the code and is delivering it.', 'nxt-cloud-chat' ), __( 'If it does not arrive, see that the number has WhatsApp and that the phone is online.', 'nxt-cloud-chat' ) ),
			Native\STATE_FAILED  => array( true, false, trim( __( 'The code was not delivered.', 'nxt-cloud-chat' ) . ' ' . ( $message['error']['message'] ?? '' ) ), (string) ( $message['error']['remedy'] ?? '' ) ),
			Native\STATE_UNKNOWN => array( true, false, __( 'WhatsApp did not answer: the code may or may not arrive.', 'nxt-cloud-chat' ), __( 'Look at the phone, then try again in a minute.', 'nxt-cloud-chat' ) ),
			default              => array( false, true, __( 'The code is on its way to WhatsApp.', 'nxt-cloud-chat' ), '' ),
		};
		return array(
			'id'      => $id,
			'done'    => $done,
			'ok'      => $ok,
			'message' => $text,
			'remedy'  => $remedy,
		);
	}

	/** It is billed like any other, and stands in the report; the day's cap is for visitors. */
	private static function count( string $phone ): void {
		$region = LoginSettings::own_country();
		$price  = Rates::price( 'authentication', Native\phone_parse( $phone, '' === $region ? null : $region )['country'] );
		Stats::count( 'sent' );
		if ( null !== $price && $price > 0 ) {
			Stats::count( 'spend', (int) round( $price * self::MONEY ) );
		}
		Stats::write(); // With login switched off nothing else does.
	}

	/** A problem with the recipient belongs to the field of the number. */
	private static function at_the_field( \WP_Error $error ): \WP_Error {
		$data = (array) $error->get_error_data();
		foreach ( $data['problems'] ?? array() as $n => $problem ) {
			if ( 'to' === ( $problem['path'] ?? '' ) ) {
				$data['problems'][ $n ]['path'] = 'phone';
			}
		}
		return new \WP_Error( $error->get_error_code(), $error->get_error_message(), $data );
	}
}
