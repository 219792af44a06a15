<?php
/**
 * wp nxtchat drain
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Webhook;

use NxtChat\Cli\Number;
use NxtChat\Message\SendMessage;
use NxtChat\Native\Exception\Exception as NativeException;
use NxtChat\Site;
use NxtChat\StoreError;
use WP_CLI;

/** Takes in the events that wait, once. */
final class DrainCommand {

	/**
	 * Takes in the events that wait on this machine, and sends messages that were left queued.
	 *
	 * ## OPTIONS
	 *
	 * [--max-time=<seconds>]
	 * : Stop after so many seconds; what is left waits.
	 *
	 * ## EXAMPLES
	 *
	 *     $ wp nxtchat drain
	 *     Success: 12 events taken in (3 messages, 9 statuses), 0 put aside.
	 *
	 * @param list<string>          $args    None.
	 * @param array<string, string> $options Options.
	 */
	public function __invoke( array $args, array $options ): void {
		try {
			Site::prepare();
			$counts = Drain::run( isset( $options['max-time'] ) ? (float) Number::read( $options['max-time'], '--max-time' ) : null );
			if ( $counts['down'] ) {
				WP_CLI::error( 'The database does not take them now; they wait in the spool. See the error log.' );
			}
			if ( $counts['busy'] ) {
				WP_CLI::success( 'Another process is taking them in.' );
				return;
			}
			SendMessage::sweep();
		} catch ( StoreError | NativeException $e ) {
			WP_CLI::error( $e->getMessage() );
		}
		$text = sprintf( '%d events taken in (%d messages, %d statuses), %d put aside.', $counts['events'], $counts['messages'], $counts['statuses'], $counts['errors'] );
		if ( $counts['errors'] > 0 ) {
			WP_CLI::warning( 'See: wp nxtchat event list --state=error' );
		}
		WP_CLI::success( $text );
	}
}
