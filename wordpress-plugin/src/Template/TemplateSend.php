<?php
/**
 * Sending templates.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Template;

use NxtChat\Account\Accounts;
use NxtChat\Contact\Contacts;
use NxtChat\Conversation\Conversations;
use NxtChat\Message\SendMessage;
use NxtChat\Native;
use NxtChat\Problems;

/** A template with its values to one person, through SendMessage: consent, limits and log are those of every message. */
final class TemplateSend {

	/**
	 * Sends.
	 *
	 * @param array{contact?: int, phone?: string}                                                                $to     One of the two; a number in any spelling.
	 * @param array<string, mixed>                                                                                $values By key; they go before bindings.
	 * @param bool                                                                                                $test   What is still missing is taken from the template's examples.
	 * @param array{account_id?: int, ref?: string, origin?: int, user_id?: int, order_id?: int, later?: bool, secrets?: list<string>} $how
	 * @return array{created: bool, message: array<string, mixed>}|\WP_Error As SendMessage::send(). Missing values: nxtchat_template_values with data.missing.
	 */
	public static function send( int $template_id, array $to, array $values = array(), bool $test = false, array $how = array() ): array|\WP_Error {
		$row = TemplateStore::get( $template_id );
		if ( null === $row ) {
			return Templates::missing();
		}
		$problem = self::unfit( $row );
		if ( null !== $problem ) {
			return $problem;
		}
		$account = self::account( $row, (int) ( $how['account_id'] ?? 0 ) );
		if ( is_wp_error( $account ) ) {
			return $account;
		}
		$person = self::person( $to, $account );
		if ( is_wp_error( $person ) ) {
			return $person;
		}
		[ $contact, $address, $phone ] = $person;

		$template = Templates::json( array( $row ) )[0];
		$whole    = Templates::whole( $template, true );
		$context  = array(
			'phone'    => $phone,
			'order_id' => (int) ( $how['order_id'] ?? 0 ),
			'values'   => $values,
			'sent'     => true,
		);
		$found    = Bindings::values( $template, $contact, $context );
		if ( $test && $found['missing'] ) {
			$examples = array_intersect_key( Preview::examples( $whole ), array_flip( array_column( $found['missing'], 'key' ) ) );
			$found    = Bindings::values( $template, $contact, array( 'values' => $values + $examples ) + $context );
		}
		if ( $found['missing'] ) {
			return new \WP_Error(
				'nxtchat_template_values',
				/* translators: %s: names of variables */
				sprintf( __( 'Values are missing: %s.', 'nxt-cloud-chat' ), implode( ', ', array_column( $found['missing'], 'label' ) ) ),
				array(
					'status'  => 422,
					'missing' => $found['missing'],
					'remedy'  => __( 'Fill them in, or say in the template where they come from.', 'nxt-cloud-chat' ),
				)
			);
		}
		$filled = Native\template_parameters( $whole, $found['values'] );
		if ( $filled['problems'] ) {
			return TemplateEdit::refused( $filled['problems'], 422, 'nxtchat_template_values' );
		}
		$sent = SendMessage::send(
			array(
				'account_id' => $account,
				'to'         => $address,
				'ref'        => (string) ( $how['ref'] ?? '' ),
				'message'    => array(
					'type'     => 'template',
					'template' => array(
						'name'     => Templates::plain_name( $row['name'] ),
						'language' => array( 'code' => $row['language'] ),
					) + ( $filled['components'] ? array( 'components' => $filled['components'] ) : array() ),
				),
				'origin'     => (int) ( $how['origin'] ?? Native\ORIGIN_API ),
				'user_id'    => (int) ( $how['user_id'] ?? 0 ),
				'later'      => ! empty( $how['later'] ),
				'secrets'    => $how['secrets'] ?? array(),
			)
		);
		if ( $test && ! is_wp_error( $sent ) ) {
			TemplateStore::update( $template_id, array( 'counted_ms' => 0 ) ); // Who tests wants to see it counted.
		}
		return $sent;
	}

	/** Why a template cannot be sent; null when it can. @param array<string, string> $row */
	public static function unfit( array $row ): ?\WP_Error {
		if ( $row['gone_ms'] > 0 ) {
			return TemplateEdit::gone();
		}
		if ( 'APPROVED' === $row['status'] ) {
			return null;
		}
		[ $message, $remedy ] = match ( $row['status'] ) {
			Templates::DRAFT       => array( __( 'This template is a draft, and only approved templates can be sent.', 'nxt-cloud-chat' ), __( 'Hand it in first.', 'nxt-cloud-chat' ) ),
			'PENDING', 'IN_APPEAL' => array( __( 'Meta is still reviewing this template.', 'nxt-cloud-chat' ), __( 'Wait for the approval; it takes up to 24 hours.', 'nxt-cloud-chat' ) ),
			'REJECTED'             => array( __( 'Meta rejected this template.', 'nxt-cloud-chat' ), __( 'Read why, improve the text, and hand it in again.', 'nxt-cloud-chat' ) ),
			'PAUSED'               => array( __( 'Meta paused this template because customers complained about it.', 'nxt-cloud-chat' ), __( 'Wait until the pause is over or end it, or send another template.', 'nxt-cloud-chat' ) ),
			'DISABLED'             => array( __( 'Meta disabled this template for good.', 'nxt-cloud-chat' ), __( 'Duplicate it, and improve the text.', 'nxt-cloud-chat' ) ),
			/* translators: %s: Meta's word for a status */
			default                => array( sprintf( __( 'This template is %s, and only approved templates can be sent.', 'nxt-cloud-chat' ), $row['status'] ), __( 'Send another template.', 'nxt-cloud-chat' ) ),
		};
		return Problems::refuse( 'nxtchat_template_not_approved', 409, $message, $remedy, array( 'template_status' => $row['status'] ) );
	}

	/** The account that sends: the one asked for when it has the template, else one that may send. */
	private static function account( array $row, int $wanted ): int|\WP_Error {
		if ( $wanted > 0 && ( Accounts::get( $wanted )['waba_id'] ?? '' ) !== $row['waba_id'] ) {
			return Problems::error( array( Problems::one( 'account', __( 'This account does not have this template.', 'nxt-cloud-chat' ) ) ) );
		}
		$id = $wanted > 0 ? $wanted : Templates::account_of( $row );
		return 0 === $id ? Problems::refuse( 'nxtchat_no_account', 409, __( 'The WhatsApp Business account of this template is not connected any more.', 'nxt-cloud-chat' ), __( 'Connect one of its numbers under WhatsApp → Accounts.', 'nxt-cloud-chat' ) ) : $id;
	}

	/**
	 * Who gets it.
	 *
	 * @return array{0: int, 1: string, 2: string}|\WP_Error Contact (0 = not known yet: SendMessage makes it), address, number for bindings.
	 */
	private static function person( array $to, int $account ): array|\WP_Error {
		if ( ! empty( $to['contact'] ) ) {
			$contact = (int) $to['contact'];
			if ( ! Contacts::brief( array( $contact ) ) ) {
				return Problems::refuse( 'nxtchat_no_contact', 404, __( 'There is no such contact.', 'nxt-cloud-chat' ) );
			}
			$address = Contacts::address( $contact );
			if ( ! $address ) {
				return Problems::refuse( 'nxtchat_no_address', 409, __( 'Neither a number nor an id of this contact is known, so nothing can be sent.', 'nxt-cloud-chat' ) );
			}
			return array( $contact, $address['to'] ?? $address['recipient'], '' );
		}
		$text = trim( (string) ( $to['phone'] ?? '' ) );
		if ( '' === $text ) {
			return Problems::error( array( Problems::one( 'phone', __( 'Say who gets it: a contact or a number.', 'nxt-cloud-chat' ) ) ) );
		}
		[ $contact, $number ] = self::by_number( $text, $account );
		return array( $contact, '' === $number ? $text : $number, $number ); // What is wrong with it, SendMessage tells.
	}

	/** Whose number it is, in any spelling. @return array{0: int, 1: string} Contact (0 = not known yet), number ('' when it is none). */
	public static function by_number( string $text, int $account ): array {
		$region = Conversations::region( $account );
		$phone  = Native\phone_parse( wp_check_invalid_utf8( $text ), '' === $region ? null : $region );
		$number = $phone['valid'] ? $phone['e164'] : '';
		return array( (int) Contacts::find( '' === $number ? $text : $number ), $number );
	}
}
