<?php
/**
 * wp nxtchat send
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Message;

use NxtChat\Account\Accounts;
use NxtChat\Cli\Number;
use NxtChat\Native;
use NxtChat\StoreError;
use WP_CLI;

/** Sends a message. */
final class SendCommand {

	/** Largest file with a message, in bytes. */
	private const FILE_MAX = 1048576;

	/**
	 * Sends one message.
	 *
	 * Free text is allowed for 24 hours after the customer's last message; at other times send a template.
	 *
	 * ## OPTIONS
	 *
	 * <to>
	 * : The customer's number in any spelling, or their business-scoped user id.
	 *
	 * [<text>]
	 * : The text; - reads it from standard input.
	 *
	 * [--account=<id>]
	 * : The account that sends; not needed when there is only one.
	 *
	 * [--template=<name>]
	 * : Send this template instead of a text.
	 *
	 * [--language=<code>]
	 * : The template's language.
	 * ---
	 * default: en_US
	 * ---
	 *
	 * [--file=<file>]
	 * : Send the Cloud API message in this JSON file (type and its object); - reads standard input.
	 *
	 * [--purpose=<purpose>]
	 * : What a template is for. Marketing goes to nobody who withdrew their consent.
	 * ---
	 * options:
	 *   - marketing
	 *   - utility
	 *   - login
	 * ---
	 *
	 * [--ref=<ulid>]
	 * : A reference of your own: the same one again sends nothing again.
	 *
	 * [--porcelain]
	 * : Print only the message's id.
	 *
	 * ## EXAMPLES
	 *
	 *     $ wp nxtchat send +4915112345678 "Your order is ready."
	 *     Success: Message 42 is sent.
	 *
	 *     $ wp nxtchat send +4915112345678 --template=order_ready --language=en
	 *
	 * @param list<string>          $args    To, text.
	 * @param array<string, string> $options Options.
	 */
	public function __invoke( array $args, array $options ): void {
		$message = self::message( $args[1] ?? null, $options );
		try {
			$sent = SendMessage::send(
				array(
					'account_id' => self::account( $options ),
					'to'         => (string) $args[0],
					'ref'        => (string) ( $options['ref'] ?? '' ),
					'message'    => $message,
					'purpose'    => (string) ( $options['purpose'] ?? '' ),
					'origin'     => Native\ORIGIN_API,
					'user_id'    => get_current_user_id(),
				)
			);
		} catch ( StoreError | Native\Exception\Exception $e ) {
			WP_CLI::error( $e->getMessage() );
		}
		if ( is_wp_error( $sent ) ) {
			foreach ( array_slice( $sent->get_error_data()['problems'] ?? array(), 1 ) as $problem ) {
				WP_CLI::warning( "{$problem['path']}: {$problem['message']}" );
			}
			WP_CLI::error( trim( $sent->get_error_message() . ' ' . ( $sent->get_error_data()['remedy'] ?? '' ) ) );
		}
		$m = $sent['message'];
		if ( Native\STATE_FAILED === $m['state'] ) {
			WP_CLI::error( trim( "Message {$m['id']} was refused: {$m['error']['title']}. {$m['error']['message']} {$m['error']['remedy']}" ) );
		}
		if ( ! empty( $options['porcelain'] ) ) {
			WP_CLI::line( (string) $m['id'] );
			return;
		}
		if ( Native\STATE_UNKNOWN === $m['state'] ) {
			WP_CLI::warning( "Message {$m['id']}: nobody knows yet whether it went out. It is not sent again; WhatsApp's report will settle it." );
			return;
		}
		WP_CLI::success( "Message {$m['id']} is {$m['state_name']}." );
	}

	/** The Cloud API body without recipient. */
	private static function message( ?string $text, array $options ): array {
		$ways = (int) ( null !== $text ) + (int) isset( $options['template'] ) + (int) isset( $options['file'] );
		if ( 1 !== $ways ) {
			WP_CLI::error( 'Give a text, or --template, or --file.' );
		}
		if ( isset( $options['template'] ) ) {
			return array(
				'type'     => 'template',
				'template' => array(
					'name'     => $options['template'],
					'language' => array( 'code' => $options['language'] ?? 'en_US' ),
				),
			);
		}
		if ( isset( $options['file'] ) ) {
			$path = '-' === $options['file'] ? 'php://stdin' : $options['file'];
			$json = 'php://stdin' === $path || is_readable( $path ) ? file_get_contents( $path, false, null, 0, self::FILE_MAX ) : false;
			$body = false === $json ? null : json_decode( $json, true );
			if ( ! is_array( $body ) || ! is_string( $body['type'] ?? null ) ) {
				WP_CLI::error( "{$options['file']} holds no JSON object with a type." );
			}
			unset( $body['messaging_product'], $body['to'], $body['recipient'] );
			return $body;
		}
		return array(
			'type' => 'text',
			'text' => array( 'body' => '-' === $text ? (string) stream_get_contents( STDIN, self::FILE_MAX ) : $text ),
		);
	}

	private static function account( array $options ): int {
		if ( isset( $options['account'] ) ) {
			return Number::read( $options['account'], '--account' );
		}
		$accounts = Accounts::all();
		if ( 1 !== count( $accounts ) ) {
			WP_CLI::error( $accounts ? 'There are several accounts: name one with --account.' : 'No WhatsApp number is connected. See: wp help nxtchat account add' );
		}
		return $accounts[0]['id'];
	}
}
