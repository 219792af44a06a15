<?php
/**
 * What visitors agreed to in forms.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Consent;

use NxtChat\Contact\Contacts;
use NxtChat\Login\Budgets;
use NxtChat\Login\ClientIp;
use NxtChat\Native;
use NxtChat\Privacy\Suppressions;
use NxtChat\Site;

/**
 * A form cannot know whose number is typed into it. So what it takes in is evidence that counts only where nobody withdrew;
 * it renames nobody, tells nobody whether a number is known, and the same answer tells everybody how to come back.
 */
final class Intake {

	/** Attempts from one address in an hour, and for one number in a day. */
	public const PER_IP     = 20;
	public const PER_NUMBER = 5;

	/**
	 * POST consent/form. The answer is JSON for scripts and a small page for browsers without.
	 *
	 * @return array{message: string, how: string, link: string}|\WP_Error
	 */
	public static function submitted( \WP_REST_Request $request ): array|\WP_Error {
		$text = static fn( string $key ): string => is_scalar( $request[ $key ] ) ? (string) $request[ $key ] : '';
		if ( '' !== $text( ConsentForm::TRAP ) ) {
			return self::thanks();
		}
		if ( '' === $text( 'agree' ) ) {
			return self::problem( 'agree', __( 'Tick the box if you agree.', 'nxt-cloud-chat' ) );
		}
		$evidence = self::evidence( $text );
		if ( is_wp_error( $evidence ) ) {
			return $evidence;
		}
		$done = self::accept( $text( 'phone' ), strtoupper( $text( 'country' ) ), $text( 'name' ), 'form', $evidence );
		return is_wp_error( $done ) ? $done : self::thanks();
	}

	/**
	 * The words, the page and the purpose that came back with a form.
	 *
	 * @param callable(string): string $text   Field by name.
	 * @param string                   $prefix Before each field's name.
	 * @return array{wording: string, page: string, purpose: int}|\WP_Error When they are not what we sent out.
	 */
	public static function evidence( callable $text, string $prefix = '' ): array|\WP_Error {
		$wording = $text( "{$prefix}wording" );
		$page    = $text( "{$prefix}page" );
		$purpose = $text( "{$prefix}purpose" );
		// Browsers send line breaks as CRLF.
		$wording = str_replace( "\r\n", "\n", $wording );
		if ( ! isset( Consents::PURPOSES[ $purpose ] ) || ! hash_equals( ConsentForm::seal( $wording, $page, $purpose ), $text( "{$prefix}seal" ) ) ) {
			return new \WP_Error( 'nxtchat_form_old', __( 'This form is not complete. Load the page again and fill it in once more.', 'nxt-cloud-chat' ), array( 'status' => 400 ) );
		}
		return array(
			'wording' => $wording,
			'page'    => $page,
			'purpose' => Consents::PURPOSES[ $purpose ],
		);
	}

	/**
	 * Is this a number? For forms that check before they are done.
	 *
	 * @return string|\WP_Error E.164.
	 */
	public static function number( string $phone, string $country ): string|\WP_Error {
		$phone  = wp_check_invalid_utf8( mb_substr( trim( $phone ), 0, 60 ) );
		$parsed = Native\phone_parse( $phone, Countries::has( $country ) ? $country : null );
		return $parsed['valid'] ? $parsed['e164'] : self::problem( 'phone', __( 'This is not a phone number. Choose the country, or write the number with + and its country code.', 'nxt-cloud-chat' ) );
	}

	/**
	 * Writes down what somebody agreed to for a number. Nothing of what it does can be told from its answer.
	 *
	 * @param string $source   As 'form', 'registration', 'comment', 'checkout'.
	 * @param array{wording: string, page: string, purpose: int} $evidence
	 * @return true|\WP_Error
	 */
	public static function accept( string $phone, string $country, string $name, string $source, array $evidence ): bool|\WP_Error {
		$now = Site::now_ms();
		$ip  = ClientIp::get();
		if ( ! Budgets::allow( array( array( 'consent from', ClientIp::visitor( $ip ), HOUR_IN_SECONDS, self::PER_IP ) ), $now ) ) {
			return self::later();
		}
		$number = self::number( $phone, $country );
		if ( is_wp_error( $number ) ) {
			return $number;
		}
		if ( ! Budgets::allow( array( array( 'consent', $number, DAY_IN_SECONDS, self::PER_NUMBER ) ), $now ) ) {
			return self::later();
		}
		// Somebody who was erased comes back by writing to us, not by a form that anybody can fill in.
		if ( class_exists( Suppressions::class ) && ( Suppressions::check( array( $number ) )[0] ?? false ) ) {
			return true;
		}
		ConsentStore::transaction_again(
			static function () use ( $number, $name, $source, $evidence, $ip, $now ): void {
				$person  = array(
					'identities' => array( array( Contacts::PHONE, $number ) ),
					'name'       => '',
					'country'    => '',
					'at_ms'      => $now,
					'wrote'      => false,
					'create'     => false,
				);
				$contact = Contacts::resolve( array( $person ), $source )[0];
				if ( 0 === $contact ) {
					$person['create']  = true;
					$person['name']    = sanitize_text_field( wp_check_invalid_utf8( $name ) );
					$person['country'] = (string) Native\phone_parse( $number )['country'];
					$contact           = Contacts::resolve( array( $person ), $source )[0];
				}
				Consents::record(
					array(
						array(
							'contact_id' => $contact,
							'purpose'    => $evidence['purpose'],
							'state'      => Native\CONSENT_GRANTED,
							'by_person'  => 0,
							'source'     => $source,
							'wording'    => $evidence['wording'],
							'detail'     => $evidence['page'],
							'user_id'    => 0,
							'ip'         => ConsentSettings::all()['form_ip'] ? $ip : '',
							// The same words from the same page for the same number: one entry a day.
							'proof'      => 'form:' . hash( 'sha256', implode( "\0", array( $number, $source, $evidence['purpose'], $evidence['wording'], $evidence['page'], intdiv( $now, DAY_IN_SECONDS * 1000 ) ) ) ),
							'at_ms'      => $now,
						),
					)
				);
			}
		);
		return true;
	}

	/**
	 * Filter rest_pre_serve_request, for our route: a browser without JavaScript gets a page.
	 *
	 * @param bool              $served  As given.
	 * @param \WP_HTTP_Response $result  What would be sent as JSON; its status and headers are sent already.
	 * @param \WP_REST_Request  $request The request.
	 */
	public static function serve( $served, $result, $request ) {
		if ( ! str_contains( (string) $request->get_header( 'accept' ), 'text/html' ) ) {
			return $served;
		}
		$data = (array) $result->get_data();
		$back = wp_get_raw_referer();
		header( 'Content-Type: text/html; charset=' . get_option( 'blog_charset' ) );
		header( 'X-Robots-Tag: noindex' );
		printf(
			'<!DOCTYPE html><html %s><head><meta charset="%s"><meta name="viewport" content="width=device-width,initial-scale=1"><title>%s</title></head><body style="font:1.1rem/1.6 system-ui,sans-serif;max-width:36rem;margin:15vh auto;padding:0 1rem"><main><h1 style="font-size:1.3rem">%s</h1>%s%s<p><a href="%s">%s</a></p></main></body></html>',
			get_language_attributes(), // phpcs:ignore WordPress.Security.EscapeOutput -- Escaped there.
			esc_attr( get_option( 'blog_charset' ) ),
			esc_html( get_bloginfo( 'name', 'display' ) ),
			esc_html( (string) ( $data['message'] ?? '' ) ),
			empty( $data['how'] ) ? '' : '<p>' . esc_html( (string) $data['how'] ) . '</p>',
			empty( $data['link'] ) ? '' : '<p><a href="' . esc_url( (string) $data['link'] ) . '">' . esc_html__( 'Open WhatsApp', 'nxt-cloud-chat' ) . '</a></p>',
			esc_url( wp_validate_redirect( is_string( $back ) ? $back : '', home_url( '/' ) ) ),
			esc_html__( 'Back', 'nxt-cloud-chat' )
		);
		return true;
	}

	/** The same answer for everybody. */
	private static function thanks(): array {
		$link = Words::start_link();
		return array(
			'message' => __( 'Thank you. Your agreement is noted.', 'nxt-cloud-chat' ),
			/* translators: %s: the word START, as this site knows it. */
			'how'     => sprintf( __( 'If you once asked us to stop, only you can undo that: send us %s on WhatsApp.', 'nxt-cloud-chat' ), Words::start_word() ),
			'link'    => $link,
		);
	}

	private static function later(): \WP_Error {
		return new \WP_Error( 'nxtchat_too_many', __( 'That was often. Try again later.', 'nxt-cloud-chat' ), array( 'status' => 429 ) );
	}

	private static function problem( string $path, string $message ): \WP_Error {
		return new \WP_Error(
			'nxtchat_invalid',
			$message,
			array(
				'status'   => 400,
				'problems' => array(
					array(
						'path'    => $path,
						'message' => $message,
					),
				),
			)
		);
	}
}
