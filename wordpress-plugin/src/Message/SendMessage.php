<?php
/**
 * The only way out.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Message;

use NxtChat\Account\Accounts;
use NxtChat\Consent\Consents;
use NxtChat\Consent\Heard;
use NxtChat\Contact\Contacts;
use NxtChat\Conversation\Conversations;
use NxtChat\Live\Live;
use NxtChat\Log;
use NxtChat\Native;
use NxtChat\Problems;
use NxtChat\Site;
use NxtChat\StoreError;
use NxtChat\Template\TemplateMessage;

/**
 * Sends one message: checked, written down as queued, claimed, sent, outcome written down.
 *
 * The row with its `ref` exists before anything leaves the machine, and only who claims it sends it: nothing goes out twice.
 * An outcome that nobody knows (a timeout, a crash) is `unknown` and stays so until a status with the ref settles it.
 */
final class SendMessage {

	/** A message still queued after this is sent by the sweep, in ms. */
	public const QUEUED_MS = 60000;
	/** A message still being sent after this has an unknown outcome, in ms. */
	public const SENDING_MS = 120000;
	/** Queued messages that one sweep sends. */
	private const SWEEP_MAX = 50;

	/** The error code of Meta for free-form messages after the 24 hours. */
	private const ERROR_WINDOW = 131047;
	/** Our own: this site may not send (a copy, or the account is off). */
	private const ERROR_NOT_ALLOWED = 0;

	/**
	 * Sends.
	 *
	 * @param array{conversation_id?: int, account_id?: int, to?: string, ref?: string, message: array<string, mixed>, reply_to?: int, origin: int, user_id?: int, purpose?: string, later?: bool, secrets?: list<string>} $request
	 *        conversation_id, or account_id with `to` (a number in any spelling, or a BSUID). ref: a ULID, made here when missing.
	 *        message: Cloud API body without recipient. reply_to: id of a message of this conversation. purpose: what a template is
	 *        for, 'marketing' (if not said), 'utility' or 'login'. later: only write it down; the sweep sends it. secrets: what is in the
	 *        message and must not be kept (a one-time code): the row has dots in its place, and nobody but this call can send it.
	 * @return array{created: bool, message: array<string, mixed>}|\WP_Error Message JSON, whatever the outcome; created false when the ref was there already.
	 */
	public static function send( array $request ): array|\WP_Error {
		$ref = (string) ( $request['ref'] ?? '' );
		$ref = '' === $ref ? Native\ulids( 1 )[0] : $ref;
		if ( ! self::is_ref( $ref ) ) {
			return self::problem( 'ref', __( 'The reference of a message is a ULID: 26 digits and letters.', 'nxt-cloud-chat' ) );
		}
		$target = self::target( $request );
		if ( is_wp_error( $target ) ) {
			return $target;
		}
		$known = self::known( $ref, $target );
		if ( null !== $known ) {
			return $known;
		}
		$allowed = Accounts::can_send( $target['account_id'] );
		if ( is_wp_error( $allowed ) ) {
			return $allowed;
		}
		$prepared = self::prepare( $request, $target, $ref );
		if ( is_wp_error( $prepared ) ) {
			return $prepared;
		}
		[ $message, $purpose, $template ] = $prepared;
		$credentials = Accounts::credentials( $target['account_id'] ); // Throws before anything is written.

		$now = Site::now_ms();
		$secrets = $request['secrets'] ?? array();
		$kept    = $secrets ? self::masked( array( $message, $template ), $secrets ) : array( $message, $template );
		$row     = MessageStore::transaction_again( static fn() => self::write( $request, $target, $kept[0], $purpose, $kept[1], $ref, $now ) );
		if ( is_wp_error( $row ) ) {
			return $row;
		}
		Live::bump();
		$mine = ! empty( $request['later'] ) || self::deliver( $row, $credentials, $secrets ? $message : null );
		$told = Messages::some( array( (int) $row['id'] ) )[0] ?? null;
		if ( null === $told ) {
			return Problems::refuse( 'nxtchat_no_message', 404, __( 'There is no such message.', 'nxt-cloud-chat' ) ); // Erased meanwhile.
		}
		return array(
			'created' => $mine,
			'message' => $told,
		);
	}

	/** A reference of a send: a ULID. */
	public static function is_ref( string $ref ): bool {
		return 1 === preg_match( '/^[0-7][0-9A-HJKMNP-TV-Z]{25}$/D', $ref );
	}

	/** Is there anything for sweep()? One statement. */
	public static function pending(): bool {
		return MessageStore::overdue( Site::now_ms() - self::QUEUED_MS );
	}

	/**
	 * Sends what stayed queued (a crash between writing and sending), and gives up on what has been sending for too long.
	 *
	 * @param callable|null $alive fn(): bool, false stops before the next message.
	 * @return int Messages sent, refused or given up.
	 */
	public static function sweep( ?callable $alive = null ): int {
		$now = Site::now_ms();
		MessageStore::give_up_sending( $now - self::SENDING_MS, $now );
		$done = 0;
		foreach ( MessageStore::queued( $now - self::QUEUED_MS, self::SWEEP_MAX ) as $row ) {
			if ( null !== $alive && ! $alive() ) {
				break;
			}
			$reason = self::forbids( $row );
			if ( null !== $reason ) {
				$token = Native\ulids( 1 )[0];
				MessageStore::claim( (int) $row['id'], $token, $now );
				if ( self::is_claimed( (int) $row['id'], $token ) ) {
					self::settle( $row, $reason );
				}
			} else {
				try {
					self::deliver( $row, Accounts::credentials( (int) $row['account_id'] ) );
				} catch ( Native\Exception\Exception $e ) {
					Log::error( "Message {$row['id']} stays queued: " . $e->getMessage() );
				}
			}
			++$done;
		}
		if ( $done > 0 ) {
			Live::bump();
		}
		return $done;
	}

	/**
	 * Who gets it.
	 *
	 * @return array{conversation_id: int, account_id: int, contact_id: int, last_in_ms: int, address: array}|\WP_Error conversation_id 0 = to be made.
	 */
	private static function target( array $request ): array|\WP_Error {
		if ( ! empty( $request['conversation_id'] ) ) {
			$facts = Conversations::facts( (int) $request['conversation_id'] );
			if ( null === $facts ) {
				return Conversations::missing();
			}
			$address = Contacts::address( $facts['contact_id'] );
			if ( ! $address ) {
				return new \WP_Error( 'nxtchat_no_address', __( 'Neither a number nor an id of this contact is known, so nothing can be sent.', 'nxt-cloud-chat' ), array( 'status' => 409 ) );
			}
			return array(
				'conversation_id' => $facts['id'],
				'account_id'      => $facts['account_id'],
				'contact_id'      => $facts['contact_id'],
				'last_in_ms'      => $facts['last_in_ms'],
				'address'         => $address,
			);
		}
		$account = (int) ( $request['account_id'] ?? 0 );
		$allowed = Accounts::can_send( $account );
		if ( is_wp_error( $allowed ) ) {
			return $allowed;
		}
		$to = trim( (string) ( $request['to'] ?? '' ) );
		if ( 1 === preg_match( '/^[A-Z]{2}\.(ENT\.)?[A-Za-z0-9]{1,128}$/', $to ) ) {
			$identity = array( str_contains( $to, '.ENT.' ) ? Contacts::PARENT_BSUID : Contacts::BSUID, $to );
			$address  = array( 'recipient' => $to );
		} else {
			$region = Conversations::region( $account );
			$phone  = Native\phone_parse( wp_check_invalid_utf8( $to ), '' === $region ? null : $region );
			if ( ! $phone['valid'] && self::is_known_number( $to ) ) {
				$phone = array(
					'valid' => true,
					'e164'  => $to,
				);
			}
			if ( ! $phone['valid'] ) {
				return self::problem( 'to', self::number_problem( $phone['problem'] ) );
			}
			$identity = array( Contacts::PHONE, $phone['e164'] );
			$address  = array( 'to' => $phone['e164'] );
		}
		return MessageStore::transaction_again(
			static function () use ( $account, $identity, $address ): array {
				$contact = Contacts::resolve(
					array(
						array(
							'identities' => array( $identity ),
							'name'       => '',
							'country'    => '',
							'at_ms'      => Site::now_ms(),
							'wrote'      => false,
							'create'     => true,
						),
					),
					'send'
				)[0];
				$id      = Conversations::open( array( array( $account, $contact ) ) )[ "$account:$contact" ];
				return (array) Conversations::facts( $id ) + array(
					'conversation_id' => $id,
					'address'         => $address,
				);
			}
		);
	}

	/** WhatsApp knows numbers that the numbering plans do not: one that a contact wrote from is right as it stands. */
	private static function is_known_number( string $number ): bool {
		foreach ( array_slice( Contacts::search( $number, '' ), 0, 5 ) as $contact ) {
			if ( ( Contacts::address( $contact )['to'] ?? '' ) === $number ) {
				return true;
			}
		}
		return false;
	}

	/** The answer for a ref that is there already, null for a new one. */
	private static function known( string $ref, array $target ): array|\WP_Error|null {
		$row = MessageStore::by_ref( $ref );
		if ( null === $row ) {
			return null;
		}
		if ( (int) $row['conversation_id'] !== $target['conversation_id'] ) {
			return new \WP_Error( 'nxtchat_ref_used', __( 'This reference belongs to a message of another conversation.', 'nxt-cloud-chat' ), array( 'status' => 409 ) );
		}
		return array(
			'created' => false,
			'message' => Messages::some( array( (int) $row['id'] ) )[0],
		);
	}

	/**
	 * The Cloud API body with its recipient, checked, its purpose, and what it shows.
	 *
	 * @return array{0: array<string, mixed>, 1: int, 2: ?array}|\WP_Error One of Native\PURPOSE_*; 0 and null for what is no template.
	 */
	private static function prepare( array $request, array $target, string $ref ): array|\WP_Error {
		$message = $target['address'] + $request['message'];
		if ( ! empty( $request['reply_to'] ) ) {
			$wamid = Messages::wamid_in( $target['conversation_id'], (int) $request['reply_to'] );
			if ( '' === $wamid ) {
				return self::problem( 'reply_to', __( 'The message to answer is not in this conversation.', 'nxt-cloud-chat' ) );
			}
			$message['context'] = array( 'message_id' => $wamid );
		}
		$context = array(
			'account_id'      => $target['account_id'],
			'conversation_id' => $target['conversation_id'],
			'contact_id'      => $target['contact_id'],
			'ref'             => $ref,
			'origin'          => (int) $request['origin'],
			'user_id'         => (int) ( $request['user_id'] ?? 0 ),
			'purpose'         => (string) ( $request['purpose'] ?? '' ),
		);
		if ( '' !== $context['purpose'] && ! isset( Consents::PURPOSES[ $context['purpose'] ] ) ) {
			return self::problem( 'purpose', __( 'The purpose of a template is marketing, utility or login.', 'nxt-cloud-chat' ) );
		}
		/**
		 * The last word before a message is checked and sent.
		 *
		 * @param array|\WP_Error $message Cloud API body without messaging_product. Return WP_Error to stop it.
		 * @param array           $context `account_id`, `conversation_id`, `contact_id`, `ref`, `origin`, `user_id`, `purpose` ('' = not said).
		 */
		$secrets  = $request['secrets'] ?? array();
		$filtered = apply_filters( 'nxtchat_pre_send', $secrets ? self::masked( $message, $secrets ) : $message, $context );
		if ( is_wp_error( $filtered ) ) {
			return $filtered;
		}
		// A message with a one-time code can be stopped, not changed: others see it with dots.
		$message  = $secrets ? $message : $filtered;
		$problems = Native\message_check( $message );
		if ( $problems ) {
			return new \WP_Error(
				'nxtchat_message_invalid',
				$problems[0]['message'],
				array(
					'status'   => 422,
					'problems' => $problems,
				)
			);
		}
		if ( 'template' !== ( $message['type'] ?? '' ) && ! Conversations::window_open( $target['last_in_ms'], Site::now_ms() ) ) {
			return new \WP_Error(
				'nxtchat_window_closed',
				__( 'The 24 hours in which you may answer freely are over.', 'nxt-cloud-chat' ),
				array(
					'status' => 409,
					'remedy' => __( 'Send an approved template, or wait until the customer writes again.', 'nxt-cloud-chat' ),
				)
			);
		}
		$template = 'template' === ( $message['type'] ?? '' ) ? TemplateMessage::read( $target['account_id'], $message ) : null;
		return array( $message, self::purpose( $message, $context, $template['purpose'] ?? '' ), $template );
	}

	/**
	 * What a template is for, 0 for every other message: an answer within the 24 hours is conversation.
	 *
	 * @param string $category What Meta's category of a known template says, '' for others. What is marketing there, no sender makes something else.
	 */
	private static function purpose( array $message, array $context, string $category ): int {
		if ( 'template' !== ( $message['type'] ?? '' ) ) {
			return 0;
		}
		$purpose = '' === $context['purpose'] || 'marketing' === $category ? $category : $context['purpose'];
		/**
		 * What a template is for: decides whose consent it needs.
		 *
		 * @param string $purpose 'marketing', 'utility' or 'login'. Anything else counts as 'marketing'.
		 * @param array  $message Cloud API body.
		 * @param array  $context As for nxtchat_pre_send.
		 */
		$purpose = apply_filters( 'nxtchat_template_purpose', '' === $purpose ? 'marketing' : $purpose, $message, $context );
		return Consents::PURPOSES[ is_string( $purpose ) ? $purpose : '' ] ?? Native\PURPOSE_MARKETING;
	}

	/** Writes the row as queued and moves the conversation on. Returns the row, somebody else's when the ref was quicker there. */
	private static function write( array $request, array $target, array $message, int $purpose, ?array $template, string $ref, int $now ): array|\WP_Error {
		$type = constant( 'NxtChat\Native\TYPE_' . strtoupper( (string) $message['type'] ) );
		$kind = (string) $message['type'];
		$text = match ( $kind ) {
			'text'        => (string) ( $message['text']['body'] ?? '' ),
			'reaction'    => (string) ( $message['reaction']['emoji'] ?? '' ),
			'template'    => (string) ( $template['text'] ?? '' ),
			'interactive' => (string) ( $message['interactive']['body']['text'] ?? '' ),
			'location'    => (string) ( $message['location']['name'] ?? '' ),
			default       => (string) ( $message[ $kind ]['caption'] ?? '' ),
		};
		Contacts::hold( $target['contact_id'] );
		// Who withdraws holds the contact as well: from that commit on nothing is written.
		if ( $purpose > 0 && ! Consents::allows( $target['contact_id'], $purpose ) ) {
			return Consents::refuses( $purpose );
		}
		MessageStore::add(
			array(
				array(
					$target['account_id'],
					$target['conversation_id'],
					$target['contact_id'],
					Native\DIRECTION_OUT,
					$type,
					Native\STATE_QUEUED,
					(int) $request['origin'],
					(int) ( $request['user_id'] ?? 0 ),
					$ref,
					null,
					$text,
					(string) wp_json_encode( $message + ( empty( $template['shown'] ) ? array() : array( TemplateMessage::KEY => $template['shown'] ) ), JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES ),
					(string) ( $message['reaction']['message_id'] ?? $message['context']['message_id'] ?? '' ),
					'',
					$now,
					$now,
					$now,
					$purpose,
					(int) ( $template['id'] ?? 0 ),
				),
			),
			array( 'purpose', 'template_id' )
		);
		$row = MessageStore::by_ref( $ref );
		if ( null === $row ) {
			throw new StoreError( 'The message was not written.', StoreError::RETRY );
		}
		if ( Native\ORIGIN_LOGIN === (int) $request['origin'] ) {
			return $row; // A code is no conversation: nobody's inbox moves.
		}
		Conversations::advance(
			array(
				array(
					'id'              => (int) $row['id'],
					'account_id'      => (int) $row['account_id'],
					'conversation_id' => (int) $row['conversation_id'],
					'contact_id'      => (int) $row['contact_id'],
					'direction'       => Native\DIRECTION_OUT,
					'type'            => $type,
					'origin'          => (int) $request['origin'],
					'at_ms'           => (int) $row['at_ms'],
					'window'          => false,
				),
			)
		);
		return $row;
	}

	/** Dots in the place of what must not be kept. @param list<string> $secrets */
	private static function masked( array $message, array $secrets ): array {
		$dots = array();
		foreach ( $secrets as $secret ) {
			$dots[ $secret ] = str_repeat( '•', mb_strlen( $secret ) );
		}
		array_walk_recursive(
			$message,
			static function ( &$value ) use ( $dots ): void {
				$value = is_string( $value ) ? strtr( $value, $dots ) : $value;
			}
		);
		return $message;
	}

	/**
	 * Claims a queued row, sends it, writes the outcome down.
	 *
	 * @param array<string, mixed>|null $message What is sent, null = what the row holds.
	 * @return bool False when somebody else has it.
	 */
	private static function deliver( array $row, array $credentials, ?array $message = null ): bool {
		$id    = (int) $row['id'];
		$token = Native\ulids( 1 )[0];
		MessageStore::claim( $id, $token, Site::now_ms() );
		if ( ! self::is_claimed( $id, $token ) ) {
			return false;
		}
		try {
			// What is shown of a template stays here.
			$message = $message ?? array_diff_key( (array) json_decode( (string) $row['payload'], true ), array( TemplateMessage::KEY => true ) );
			$answer  = Native\message_send( $credentials, $message, (string) $row['ref'] );
		} catch ( Native\Exception\InvalidInput $e ) {
			$answer = array(
				'outcome'   => 'refused',
				'wamid'     => null,
				'recipient' => array(
					'wa_id'   => null,
					'user_id' => null,
				),
				'error'     => array(
					'code'    => 100,
					'details' => '',
					'message' => $e->getMessage(),
				),
			);
		}
		$error = $answer['error'] ?? null;
		self::settle(
			$row,
			array(
				'state'      => match ( $answer['outcome'] ) {
					'accepted' => Native\STATE_SENT,
					'refused'  => Native\STATE_FAILED,
					default    => Native\STATE_UNKNOWN,
				},
				'wamid'      => $answer['wamid'],
				'error_code' => 'accepted' === $answer['outcome'] ? 0 : (int) ( $error['code'] ?? 0 ),
				'error_text' => mb_substr( (string) ( '' !== ( $error['details'] ?? '' ) ? $error['details'] : ( $error['message'] ?? '' ) ), 0, 1000 ),
			)
		);
		if ( Heard::ERROR_STOPPED === (int) ( $error['code'] ?? 0 ) ) {
			Heard::refused( $row );
		}
		if ( null !== $answer['wamid'] ) {
			$contact = (int) $row['contact_id'];
			$known   = Contacts::proofs( array( $contact ) )[ $contact ] ?? array();
			$known[] = array( Contacts::PHONE, $message['to'] ?? '' ); // No news, even if they have just given it up.
			Contacts::learn( array( array( $contact, $answer['recipient'], $known ) ) );
		}
		return true;
	}

	/** Writes an outcome down, applies what Meta told sooner, tells screens and developers. */
	private static function settle( array $row, array $outcome ): void {
		$id = (int) $row['id'];
		try {
			MessageStore::settle( $id, $outcome, Site::now_ms() );
			if ( null !== $outcome['wamid'] ) {
				Statuses::apply_to( $outcome['wamid'] );
			}
		} catch ( StoreError $e ) {
			// Sent, and nobody could write it down: the sweep makes it unknown, the status with its ref settles it.
			Log::error( "The outcome of message $id could not be written down: " . $e->getMessage() );
		}
		Live::bump();
		if ( Statuses::listens() ) {
			$state = (int) ( MessageStore::get( $id )['state'] ?? $outcome['state'] );
			Statuses::tell( array( array( $id, $state, Native\STATE_QUEUED ) ) );
		}
	}

	private static function is_claimed( int $id, string $token ): bool {
		$row = MessageStore::get( $id );
		return null !== $row && $row['batch'] === $token && Native\STATE_SENDING === (int) $row['state'];
	}

	/** Why a message that stayed queued may not go out any more, as an outcome; null when it may. */
	private static function forbids( array $row ): ?array {
		$allowed = Accounts::can_send( (int) $row['account_id'] );
		$code    = null;
		$text    = '';
		if ( is_wp_error( $allowed ) ) {
			$code = self::ERROR_NOT_ALLOWED;
			$text = $allowed->get_error_message();
		} elseif ( Native\ORIGIN_LOGIN === (int) $row['origin'] ) {
			$code = self::ERROR_NOT_ALLOWED;
			$text = __( 'The code of this message was not kept, so it can\'t be sent any more.', 'nxt-cloud-chat' );
		} elseif ( Native\TYPE_TEMPLATE === (int) $row['type'] && ! Consents::allows( (int) $row['contact_id'], self::purpose_of( $row ) ) ) {
			$code = Heard::ERROR_STOPPED;
			$text = Consents::refuses( self::purpose_of( $row ) )->get_error_message();
		} elseif ( Native\TYPE_TEMPLATE !== (int) $row['type'] ) {
			$facts = Conversations::facts( (int) $row['conversation_id'] );
			if ( null === $facts || ! Conversations::window_open( $facts['last_in_ms'], Site::now_ms() ) ) {
				$code = self::ERROR_WINDOW;
				$text = __( 'The 24 hours in which you may answer freely ended before this was sent.', 'nxt-cloud-chat' );
			}
		}
		return null === $code ? null : array(
			'state'      => Native\STATE_FAILED,
			'wamid'      => null,
			'error_code' => $code,
			'error_text' => $text,
		);
	}

	/** What a template that was written down is for. */
	private static function purpose_of( array $row ): int {
		return (int) $row['purpose'] > 0 ? (int) $row['purpose'] : Native\PURPOSE_MARKETING;
	}

	/** What is wrong with a number, from phone_parse()'s word. */
	private static function number_problem( string $problem ): string {
		return match ( $problem ) {
			'too_short'       => __( 'This number is too short.', 'nxt-cloud-chat' ),
			'too_long'        => __( 'This number is too long.', 'nxt-cloud-chat' ),
			'local_only'      => __( 'This number lacks its area code.', 'nxt-cloud-chat' ),
			'no_country',
			'country_code'    => __( 'Write the number with its country code, as +49…', 'nxt-cloud-chat' ),
			default           => __( 'This is not a phone number.', 'nxt-cloud-chat' ),
		};
	}

	private static function problem( string $path, string $message ): \WP_Error {
		return new \WP_Error(
			'nxtchat_message_invalid',
			$message,
			array(
				'status'   => 422,
				'problems' => array(
					array(
						'path'    => $path,
						'rule'    => $path,
						'message' => $message,
					),
				),
			)
		);
	}
}
