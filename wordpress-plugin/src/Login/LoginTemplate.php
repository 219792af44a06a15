<?php
/**
 * The template that carries the code.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Login;

use NxtChat\Account\Accounts;
use NxtChat\Native;
use NxtChat\Problems;
use NxtChat\Template\TemplateEdit;
use NxtChat\Template\Templates;

/** Which one it is, what state it is in, and how the owner gets one with one click. */
final class LoginTemplate {

	/** Its name at Meta. Where that name is blocked, with a number behind it. */
	public const NAME = 'nxtchat_login_code';

	private const CATEGORY = 'AUTHENTICATION';

	/** Names that are tried: Meta blocks the name of a deleted template for 30 days. */
	private const NAMES = 5;

	/** Meta's subcode for a name whose template is being deleted. */
	private const NAME_BLOCKED = 2388023;

	/** Templates to choose from. */
	private const CHOICE_MAX = 50;

	/** Digits of a code to show. */
	private const EXAMPLE = '24681357';

	/** Lifetimes of a code that Meta writes into the message, in minutes. */
	private const MINUTES_MAX = 90;

	/** The account that sends the codes: the owner's choice, else the first that may send, of those with the template where there is one; 0 when there is none. */
	public static function account(): int {
		$settings = LoginSettings::all();
		$waba     = $settings['template_id'] > 0 ? ( Templates::row( $settings['template_id'] )['waba_id'] ?? '' ) : '';
		$able     = array_filter( Accounts::all(), static fn( array $account ): bool => Accounts::ACTIVE === $account['state'] && ! $account['is_clone'] && in_array( $settings['account_id'], array( 0, $account['id'] ), true ) );
		$with     = array_filter( $able, static fn( array $account ): bool => $account['waba_id'] === $waba );
		return (int) ( array_values( $with ? $with : $able )[0]['id'] ?? 0 );
	}

	/**
	 * The state of the template in use.
	 *
	 * @return array{id: int, name: string, language: string, status: string, is_ready: bool, message: string, next: string, minutes: int, wanted_minutes: int, shown: array{text: string, footer: string, button: string}}
	 *         status: '' = there is none yet, else Meta's word, DRAFT or GONE. message: what is. next: what to do, '' = nothing.
	 *         minutes: how long the message says the code lives, 0 = it does not say. shown: the message as it arrives.
	 */
	public static function state(): array {
		$id       = LoginSettings::all()['template_id'];
		$template = 0 === $id ? null : Templates::get( $id );
		$status   = null === $template ? ( 0 === $id ? '' : Templates::GONE ) : ( $template['gone'] ? Templates::GONE : $template['status'] );
		if ( null !== $template && self::CATEGORY !== $template['category'] ) {
			$status = 'WRONG_CATEGORY';
		}
		[ $message, $next ] = self::words( $status, (string) ( $template['reason_text'] ?? '' ) );
		$minutes            = null === $template ? 0 : self::minutes_of( $template['components'] ? $template['components'] : (array) ( $template['draft']['components'] ?? array() ) );
		$wanted             = self::minutes( LoginSettings::all()['lifetime_s'] );
		if ( 'APPROVED' === $status && $minutes > 0 && $minutes !== $wanted ) {
			/* translators: 1: minutes, 2: minutes */
			$next = sprintf( __( 'Its text says that a code lives %1$d minutes, and yours lives %2$d. Update the template, or change how long a code lives.', 'nxt-cloud-chat' ), $minutes, $wanted );
		}
		return array(
			'id'             => $id,
			'name'           => (string) ( $template['name'] ?? '' ),
			'language'       => (string) ( $template['language'] ?? '' ),
			'status'         => $status,
			'is_ready'       => 'APPROVED' === $status,
			'message'        => $message,
			'next'           => $next,
			'minutes'        => $minutes,
			'wanted_minutes' => $wanted,
			'shown'          => self::shown( null === $template ? self::body() : Templates::whole( $template ) ),
		);
	}

	/**
	 * Makes the template, hands it in and remembers it; one that is there is mended where that is needed.
	 *
	 * @return array{state: array<string, mixed>, notices: list<string>}|\WP_Error As state().
	 */
	public static function make(): array|\WP_Error {
		$account = self::account();
		if ( 0 === $account ) {
			return Problems::refuse( 'nxtchat_no_account', 409, __( 'No WhatsApp number that may send is connected.', 'nxt-cloud-chat' ), __( 'Connect one under WhatsApp → Accounts: templates belong to it.', 'nxt-cloud-chat' ) );
		}
		$body = self::body();
		$bad  = array_values( array_filter( Native\template_check( $body ), static fn( array $problem ): bool => 'error' === $problem['severity'] ) );
		if ( $bad ) {
			return TemplateEdit::refused( $bad );
		}
		$id = self::existing( $account, $body );
		for ( $n = 1; ; $n++ ) {
			$done = self::hand_in( $id, $account, $body );
			if ( ! is_wp_error( $done ) || self::NAME_BLOCKED !== (int) ( $done->get_error_data()['subcode'] ?? 0 ) || $n >= self::NAMES ) {
				break;
			}
			$id           = (int) ( $done->get_error_data()['template']['id'] ?? 0 );
			$body['name'] = self::NAME . '_' . ( $n + 1 );
		}
		$made = is_wp_error( $done ) ? (int) ( $done->get_error_data()['template']['id'] ?? 0 ) : (int) $done['id'];
		if ( $made > 0 ) {
			// Also after an answer that was not clear: the next click goes on with it.
			LoginSettings::set( array( 'template_id' => $made ) );
		}
		if ( is_wp_error( $done ) && 'nxtchat_template_exists' !== $done->get_error_code() ) {
			return $done;
		}
		return array(
			'state'   => self::state(),
			'notices' => is_wp_error( $done ) ? array() : (array) ( $done['notices'] ?? array() ),
		);
	}

	/**
	 * Filter nxtchat_template_uses: who deletes the template is told that logging in needs it.
	 *
	 * @param list<array{label: string, url: string, critical: bool}> $uses
	 * @param array<string, mixed>                                    $template Template JSON.
	 */
	public static function uses( array $uses, array $template ): array {
		$settings = LoginSettings::all();
		if ( $settings['template_id'] > 0 && $settings['template_id'] === (int) ( $template['id'] ?? 0 ) ) {
			$uses[] = array(
				'label'    => $settings['enabled'] ? __( 'Login by WhatsApp: without this template nobody gets a code', 'nxt-cloud-chat' ) : __( 'Login by WhatsApp (switched off)', 'nxt-cloud-chat' ),
				'url'      => admin_url( 'admin.php?page=nxtchat-login' ),
				'critical' => $settings['enabled'],
			);
		}
		return $uses;
	}

	/** Templates of the kind that the owner can choose instead. @return list<array{id: int, name: string, language: string, status: string}> */
	public static function choices(): array {
		$account = self::account();
		$page    = 0 === $account ? array() : Templates::list( array( 'account' => $account, 'category' => self::CATEGORY ), 'name', '', self::CHOICE_MAX ); // phpcs:ignore WordPress.Arrays -- One thought.
		return array_map(
			static fn( array $template ): array => array_intersect_key( $template, array_flip( array( 'id', 'name', 'language', 'status' ) ) ),
			is_wp_error( $page ) ? array() : ( $page['items'] ?? array() )
		);
	}

	/** Full minutes of a lifetime, never more than the code lives. */
	public static function minutes( int $lifetime_s ): int {
		return max( 1, min( self::MINUTES_MAX, intdiv( $lifetime_s, 60 ) ) );
	}

	/** The body for Meta, in the site's language where WhatsApp writes it. @return array<string, mixed> */
	public static function body(): array {
		$body   = array(
			'name'             => self::NAME,
			'language'         => 'en_US',
			'category'         => self::CATEGORY,
			'parameter_format' => 'POSITIONAL',
			// Meta writes the text and the button's label in the template's language.
			'components'       => array(
				array(
					'type'                        => 'BODY',
					'add_security_recommendation' => true,
				),
				array(
					'type'                    => 'FOOTER',
					'code_expiration_minutes' => self::minutes( LoginSettings::all()['lifetime_s'] ),
				),
				array(
					'type'    => 'BUTTONS',
					'buttons' => array(
						array(
							'type'     => 'OTP',
							'otp_type' => 'COPY_CODE',
						),
					),
				),
			),
		);
		$locale = substr( get_locale(), 0, 5 );
		foreach ( array_unique( array( $locale, explode( '_', $locale )[0] ) ) as $language ) {
			$wrong = array_filter( Native\template_check( array( 'language' => $language ) + $body ), static fn( array $problem ): bool => 'language' === $problem['place'] );
			if ( ! $wrong ) {
				return array( 'language' => $language ) + $body;
			}
		}
		return $body;
	}

	/** The template to go on with: the one in use, else one of our name; 0 = a new one. */
	private static function existing( int $account, array $body ): int {
		$id  = LoginSettings::all()['template_id'];
		$row = 0 === $id ? null : Templates::row( $id );
		if ( null !== $row && 0 === (int) $row['gone_ms'] && 'DISABLED' !== $row['status'] && self::CATEGORY === $row['category'] ) {
			return $id;
		}
		$row = Templates::by_name( $account, $body['name'], $body['language'] );
		return null === $row || 'DISABLED' === $row['status'] ? 0 : (int) $row['id'];
	}

	/** @return array<string, mixed>|\WP_Error Templates::detail(). */
	private static function hand_in( int $id, int $account, array $body ): array|\WP_Error {
		$template = 0 === $id ? null : Templates::get( $id );
		if ( null === $template ) {
			return TemplateEdit::save(
				array(
					'account'  => $account,
					'template' => $body,
					'submit'   => true,
				)
			);
		}
		$fits = self::minutes_of( $template['components'] ) === self::minutes_of( $body['components'] );
		if ( 'PENDING' === $template['status'] || ( 'APPROVED' === $template['status'] && $fits ) ) {
			return (array) $template; // Nothing to hand in.
		}
		if ( 'PAUSED' === $template['status'] ) {
			return TemplateEdit::unpause( $id );
		}
		// Its name and language stay once it was handed in.
		return TemplateEdit::save(
			array(
				'id'       => $id,
				'template' => ( '' === $template['meta_id'] ? array() : array_intersect_key( $template, array_flip( array( 'name', 'language' ) ) ) ) + $body,
				'submit'   => true,
			)
		);
	}

	/** The message as it arrives, with a code for example. @return array{text: string, footer: string, button: string} */
	private static function shown( array $whole ): array {
		$digits = LoginSettings::all()['digits'];
		$shown  = Native\template_render( $whole, array( 'code' => substr( self::EXAMPLE, 0, $digits ) ) ) ?? array();
		return array(
			'text'   => (string) ( $shown['body']['plain'] ?? '' ),
			'footer' => (string) ( $shown['footer'] ?? '' ),
			'button' => (string) ( $shown['buttons'][0]['text'] ?? '' ),
		);
	}

	/** What the footer says, 0 = nothing. @param list<mixed> $components */
	private static function minutes_of( array $components ): int {
		foreach ( $components as $component ) {
			if ( isset( $component['code_expiration_minutes'] ) && is_numeric( $component['code_expiration_minutes'] ) ) {
				return (int) $component['code_expiration_minutes'];
			}
		}
		return 0;
	}

	/** What is and what to do. @return array{0: string, 1: string} */
	private static function words( string $status, string $reason ): array {
		return match ( $status ) {
			''                     => array( __( 'There is no template for the code yet.', 'nxt-cloud-chat' ), __( 'Make it with one click: WhatsApp writes its text, and approves most of them within minutes.', 'nxt-cloud-chat' ) ),
			'APPROVED'             => array( __( 'The template is approved. Codes can be sent.', 'nxt-cloud-chat' ), '' ),
			Templates::DRAFT       => array( __( 'The template is written, but WhatsApp does not have it yet.', 'nxt-cloud-chat' ), __( 'Hand it in.', 'nxt-cloud-chat' ) ),
			'PENDING', 'IN_APPEAL' => array( __( 'WhatsApp is looking at the template.', 'nxt-cloud-chat' ), __( 'This takes minutes, at most a day. This page notices by itself.', 'nxt-cloud-chat' ) ),
			'REJECTED'             => array( trim( __( 'WhatsApp rejected the template.', 'nxt-cloud-chat' ) . ' ' . $reason ), __( 'Hand it in again. If it is rejected again, see that your business is verified at Meta: codes need that.', 'nxt-cloud-chat' ) ),
			'PAUSED'               => array( trim( __( 'WhatsApp paused the template: nobody gets a code.', 'nxt-cloud-chat' ) . ' ' . $reason ), __( 'End the pause.', 'nxt-cloud-chat' ) ),
			'DISABLED'             => array( __( 'WhatsApp disabled the template for good: nobody gets a code.', 'nxt-cloud-chat' ), __( 'Make a new one.', 'nxt-cloud-chat' ) ),
			Templates::GONE        => array( __( 'The template no longer exists at WhatsApp: nobody gets a code.', 'nxt-cloud-chat' ), __( 'Make a new one.', 'nxt-cloud-chat' ) ),
			'WRONG_CATEGORY'       => array( __( 'The chosen template is not one for one-time codes.', 'nxt-cloud-chat' ), __( 'Choose one of the category Authentication, or make one with one click.', 'nxt-cloud-chat' ) ),
			/* translators: %s: Meta's word for a status */
			default                => array( sprintf( __( 'The template is %s and cannot be sent.', 'nxt-cloud-chat' ), $status ), __( 'See it under WhatsApp → Templates.', 'nxt-cloud-chat' ) ),
		};
	}
}
