<?php
/**
 * wp nxtchat conversation …
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Conversation;

use NxtChat\Cli\Number;
use WP_CLI;
use WP_CLI\Utils;

/** Shows conversations. */
final class ConversationCommand {

	private const FIELDS = array( 'id', 'account_id', 'name', 'phone', 'username', 'unread', 'last', 'window_until', 'text' );

	/**
	 * Lists conversations, the newest first.
	 *
	 * ## OPTIONS
	 *
	 * [--search=<text>]
	 * : A name, or a number in any spelling.
	 *
	 * [--unread]
	 * : Only unread ones.
	 *
	 * [--account=<id>]
	 * : Only of this account.
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
	 *     $ wp nxtchat conversation list --unread
	 *     $ wp nxtchat conversation list --search="0151 123" --format=json
	 *
	 * @param list<string>          $args    None.
	 * @param array<string, string> $options Options.
	 */
	public function list( array $args, array $options ): void {
		$page = Conversations::page(
			array(
				'search'  => (string) ( $options['search'] ?? '' ),
				'unread'  => ! empty( $options['unread'] ),
				'account' => Number::option( $options, 'account', 0 ),
			),
			'',
			Number::option( $options, 'limit', 50, 1000 )
		);
		if ( is_wp_error( $page ) ) {
			WP_CLI::error( $page->get_error_message() );
		}
		$items = array();
		foreach ( $page['items'] as $item ) {
			$items[] = array(
				'id'              => $item['id'],
				'account_id'      => $item['account_id'],
				'contact_id'      => $item['contact']['id'],
				'name'            => $item['contact']['name'],
				'phone'           => $item['contact']['phone'],
				'username'        => $item['contact']['username'],
				'unread'          => $item['unread'],
				'last'            => self::time( $item['last_ms'] ),
				'last_ms'         => $item['last_ms'],
				'window_until'    => self::time( $item['window_until_ms'] ),
				'window_until_ms' => $item['window_until_ms'],
				'text'            => mb_strimwidth( (string) ( $item['last']['text'] ?? '' ), 0, 60, '…' ),
			);
		}
		$format = $options['format'] ?? 'table';
		if ( 'ids' === $format ) {
			$items = array_column( $items, 'id' );
		}
		Utils\format_items( $format, $items, isset( $options['fields'] ) ? explode( ',', $options['fields'] ) : self::FIELDS );
	}

	private static function time( int $ms ): string {
		return $ms > 0 ? gmdate( 'Y-m-d\TH:i:s\Z', intdiv( $ms, 1000 ) ) : '';
	}
}
