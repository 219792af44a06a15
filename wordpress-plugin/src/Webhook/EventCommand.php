<?php
/**
 * wp nxtchat event …
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Webhook;

use NxtChat\Cli\Number;
use NxtChat\Native\Exception\Exception as NativeException;
use NxtChat\StoreError;
use WP_CLI;
use WP_CLI\Utils;

/**
 * Shows what Meta told this site, and applies it again.
 *
 * ## EXAMPLES
 *
 *     # What could not be applied?
 *     $ wp nxtchat event list --state=error
 *
 *     # Apply it again
 *     $ wp nxtchat event replay --state=error
 */
final class EventCommand {

	private const STATES = array(
		'applied' => Events::APPLIED,
		'partly'  => Events::PARTLY,
		'error'   => Events::FAILED,
	);

	private const FIELDS = array( 'id', 'received', 'account_id', 'kind', 'count', 'state', 'note' );

	/**
	 * Lists events, the newest first.
	 *
	 * ## OPTIONS
	 *
	 * [--state=<state>]
	 * : Only these.
	 * ---
	 * options:
	 *   - applied
	 *   - partly
	 *   - error
	 * ---
	 *
	 * [--kind=<kind>]
	 * : Only these, as message or status.
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
	 *     $ wp nxtchat event list --kind=message --limit=5
	 *
	 * @param list<string>          $args    None.
	 * @param array<string, string> $options Options.
	 */
	public function list( array $args, array $options ): void {
		$items = Events::page(
			array(
				'state'   => self::STATES[ $options['state'] ?? '' ] ?? 0,
				'kind'    => $options['kind'] ?? '',
				'account' => Number::option( $options, 'account', 0 ),
			),
			Number::option( $options, 'limit', 50, 1000 )
		);
		$words = array_flip( self::STATES );
		foreach ( $items as $n => $item ) {
			$items[ $n ]['received'] = gmdate( 'Y-m-d\TH:i:s\Z', intdiv( $item['received_ms'], 1000 ) );
			$items[ $n ]['state']    = $words[ $item['state'] ] ?? $item['state'];
		}
		$format = $options['format'] ?? 'table';
		if ( 'ids' === $format ) {
			$items = array_column( $items, 'id' );
		}
		Utils\format_items( $format, $items, isset( $options['fields'] ) ? explode( ',', $options['fields'] ) : self::FIELDS );
	}

	/**
	 * Applies events again: after an update, or once their account exists. What was applied before is not counted twice.
	 *
	 * ## OPTIONS
	 *
	 * [<id>...]
	 * : These events.
	 *
	 * [--state=<state>]
	 * : All events in this state.
	 * ---
	 * options:
	 *   - partly
	 *   - error
	 * ---
	 *
	 * ## EXAMPLES
	 *
	 *     $ wp nxtchat event replay 17
	 *     Success: 1 event replayed, 0 put aside.
	 *
	 * @param list<string>          $args    Ids.
	 * @param array<string, string> $options Options.
	 */
	public function replay( array $args, array $options ): void {
		if ( ! $args === ! isset( $options['state'] ) ) {
			WP_CLI::error( 'Name event ids, or --state=error or --state=partly.' );
		}
		$replayed = 0;
		$errors   = 0;
		try {
			if ( isset( $options['state'] ) ) {
				$state = self::STATES[ $options['state'] ] ?? null;
				if ( null === $state || Events::APPLIED === $state ) {
					WP_CLI::error( '--state is error or partly.' );
				}
				[ 'replayed' => $replayed, 'errors' => $errors ] = Events::replay_state( $state );
			}
			foreach ( $args as $id ) {
				$counts = Events::replay( Number::read( $id, 'An event' ) );
				if ( null === $counts ) {
					WP_CLI::error( "There is no event $id." );
				}
				++$replayed;
				$errors += $counts['errors'];
			}
		} catch ( StoreError | NativeException $e ) {
			WP_CLI::error( $e->getMessage() );
		}
		$text = sprintf( '%d %s replayed, %d put aside.', $replayed, 1 === $replayed ? 'event' : 'events', $errors );
		if ( $errors > 0 ) {
			WP_CLI::error( $text );
		}
		WP_CLI::success( $text );
	}
}
