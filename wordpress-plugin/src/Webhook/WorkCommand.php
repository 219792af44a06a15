<?php
/**
 * wp nxtchat work
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Webhook;

use NxtChat\Native\Exception\Exception as NativeException;
use NxtChat\Site;
use WP_CLI;

/** Keeps taking in events and sending what was left queued. */
final class WorkCommand {

	/**
	 * Works until it is stopped.
	 *
	 * Takes in what Meta reports, sends messages that were left queued, tidies up every hour. Run it under systemd or another
	 * supervisor; several may run at once, on one machine or on many. SIGTERM and Ctrl-C end it cleanly within five seconds. It ends
	 * by itself, with exit code 0, when the plugin or its extension was updated: a supervisor starts it again with the new one.
	 * A site works without it too: every webhook drains for itself.
	 *
	 * ## OPTIONS
	 *
	 * [--max-time=<seconds>]
	 * : End after so many seconds, for supervisors that start it again.
	 *
	 * ## EXAMPLES
	 *
	 *     # As the web server's user, for an hour
	 *     $ sudo -u www-data wp nxtchat work --max-time=3600
	 *     Success: 1204 events taken in.
	 *
	 * @param list<string>          $args    None.
	 * @param array<string, string> $options Options.
	 */
	public function __invoke( array $args, array $options ): void {
		$max = $options['max-time'] ?? null;
		if ( null !== $max && ( ! ctype_digit( (string) $max ) || (int) $max < 1 ) ) {
			WP_CLI::error( '--max-time is a number of seconds, at least 1.' );
		}
		try {
			Site::prepare();
		} catch ( NativeException $e ) {
			WP_CLI::error( $e->getMessage() );
		}
		$worker = new Worker();
		if ( function_exists( 'pcntl_async_signals' ) ) {
			pcntl_async_signals( true );
			foreach ( array( SIGTERM, SIGINT ) as $signal ) {
				pcntl_signal( $signal, static fn() => $worker->stop() );
			}
		}
		$done = $worker->run( null === $max ? null : (int) $max );
		if ( $worker->updated ) {
			WP_CLI::log( 'The plugin or its extension was updated: this worker ends, a supervisor starts it again.' );
		}
		WP_CLI::success( sprintf( '%d events taken in.', $done['events'] ) );
	}
}
