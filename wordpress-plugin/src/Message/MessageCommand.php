<?php
/**
 * wp nxtchat message …
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Message;

use NxtChat\Cli\Number;
use WP_CLI;
use WP_CLI\Utils;

/** Shows messages, in and out. */
final class MessageCommand {

	private const FIELDS = array( 'id', 'at', 'account_id', 'direction', 'type', 'state', 'contact', 'text' );

	/**
	 * Lists messages, the newest first.
	 *
	 * ## OPTIONS
	 *
	 * [--account=<id>]
	 * : Only of this account.
	 *
	 * [--direction=<direction>]
	 * : Only these.
	 * ---
	 * options:
	 *   - in
	 *   - out
	 * ---
	 *
	 * [--state=<state>]
	 * : Only these, as failed or unknown.
	 *
	 * [--type=<type>]
	 * : Only these, as text or image.
	 *
	 * [--search=<text>]
	 * : A name, a number in any spelling, a wamid or a ref.
	 *
	 * [--conversation=<id>]
	 * : Only of this conversation.
	 *
	 * [--limit=<number>]
	 * : At most so many.
	 * ---
	 * default: 50
	 * ---
	 *
	 * [--fields=<fields>]
	 * : Columns to show.
	 *
	 * [--format=<format>]
	 * : How to show them.
	 * ---
	 * default: table
	 * options:
	 *   - table
	 *   - json
	 *   - csv
	 *   - yaml
	 *   - ids
	 *   - count
	 * ---
	 *
	 * ## EXAMPLES
	 *
	 *     $ wp nxtchat message list --state=failed --fields=id,at,contact,error
	 *
	 * @param list<string>          $args    None.
	 * @param array<string, string> $options Options.
	 */
	public function list( array $args, array $options ): void {
		$filter = array(
			'account'   => Number::option( $options, 'account', 0 ),
			'direction' => self::number( 'DIRECTION', $options['direction'] ?? '' ),
			'state'     => self::number( 'STATE', $options['state'] ?? '' ),
			'type'      => self::number( 'TYPE', $options['type'] ?? '' ),
			'search'    => (string) ( $options['search'] ?? '' ),
		);
		$limit  = Number::option( $options, 'limit', 50, 1000 );
		$items  = array();
		$cursor = '';
		do { // A page ends early when its texts are long.
			$page = isset( $options['conversation'] ) ? Messages::thread( Number::read( $options['conversation'], '--conversation' ), $cursor, $limit ) : Messages::history( $filter, $cursor, $limit );
			if ( is_wp_error( $page ) ) {
				WP_CLI::error( $page->get_error_message() );
			}
			$items  = array_merge( $items, isset( $options['conversation'] ) ? array_reverse( $page['items'] ) : $page['items'] );
			$cursor = (string) $page['next'];
		} while ( '' !== $cursor && count( $items ) < $limit );
		$items  = array_map( array( self::class, 'row' ), array_slice( $items, 0, $limit ) );
		$format = $options['format'] ?? 'table';
		if ( 'ids' === $format ) {
			$items = array_column( $items, 'id' );
		}
		Utils\format_items( $format, $items, isset( $options['fields'] ) ? explode( ',', $options['fields'] ) : self::FIELDS );
	}

	/**
	 * Shows one message in full.
	 *
	 * ## OPTIONS
	 *
	 * <id>
	 * : Its id, ref or wamid.
	 *
	 * [--format=<format>]
	 * : How to show it.
	 * ---
	 * default: json
	 * options:
	 *   - json
	 *   - yaml
	 * ---
	 *
	 * ## EXAMPLES
	 *
	 *     $ wp nxtchat message get 42
	 *
	 * @param list<string>          $args    Id.
	 * @param array<string, string> $options Options.
	 */
	public function get( array $args, array $options ): void {
		$id = (string) $args[0];
		if ( ! ctype_digit( $id ) ) {
			$found = str_starts_with( $id, 'wamid.' ) || SendMessage::is_ref( $id ) ? Messages::history( array( 'search' => $id ), '', 1 ) : null;
			$id    = is_array( $found ) ? (string) ( $found['items'][0]['id'] ?? '' ) : '';
		}
		$message = '' === $id ? null : Messages::get( (int) $id );
		if ( null === $message ) {
			WP_CLI::error( "There is no message {$args[0]}." );
		}
		WP_CLI::print_value( $message, array( 'format' => $options['format'] ?? 'json' ) );
	}

	/** A message as a row of a table. */
	private static function row( array $m ): array {
		return array(
			'id'              => $m['id'],
			'at'              => gmdate( 'Y-m-d\TH:i:s\Z', intdiv( $m['at_ms'], 1000 ) ),
			'at_ms'           => $m['at_ms'],
			'account_id'      => $m['account_id'],
			'conversation_id' => $m['conversation_id'],
			'direction'       => \NxtChat\Native\DIRECTION_IN === $m['direction'] ? 'in' : 'out',
			'type'            => $m['type_name'],
			'state'           => $m['state_name'],
			'contact'         => implode( '', array_slice( array_filter( array( $m['contact']['name'] ?? '', $m['contact']['phone'] ?? '', $m['contact']['username'] ?? '' ) ), 0, 1 ) ),
			'text'            => mb_strimwidth( $m['text'], 0, 60, '…' ),
			'ref'             => (string) $m['ref'],
			'wamid'           => (string) $m['wamid'],
			'error'           => null === $m['error'] ? '' : $m['error']['code'] . ' ' . $m['error']['title'],
		);
	}

	/** The number of a word, 0 for none. */
	private static function number( string $prefix, string $word ): int {
		if ( '' === $word ) {
			return 0;
		}
		$name = 'NxtChat\Native\\' . $prefix . '_' . strtoupper( $word );
		if ( ! preg_match( '/^[a-z]+$/i', $word ) || ! defined( $name ) ) {
			WP_CLI::error( sprintf( "'%s' is no %s.", $word, strtolower( $prefix ) ) );
		}
		return (int) constant( $name );
	}
}
