<?php
/**
 * wp nxtchat broadcast …
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Broadcast;

use NxtChat\Cli\Answer;
use NxtChat\Cli\Number;
use NxtChat\Contact\Contacts;
use NxtChat\Native;
use WP_CLI;
use WP_CLI\Utils;

/** Messages to many people at once. */
final class BroadcastCommand {

	/** How often --watch looks, in microseconds. */
	private const WATCH_US = 500000;

	/** Width of the bar. */
	private const BAR = 30;

	/**
	 * Lists broadcasts, the newest first.
	 *
	 * ## OPTIONS
	 *
	 * [--state=<states>]
	 * : Only these, with commas: draft, scheduled, freezing, running, paused, done, cancelled, stopped.
	 *
	 * [--limit=<number>]
	 * : How many, at most 200.
	 * ---
	 * default: 50
	 * ---
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
	 * ---
	 *
	 * ## EXAMPLES
	 *
	 *     $ wp nxtchat broadcast list --state=running
	 *
	 * @param list<string>          $args    None.
	 * @param array<string, string> $options Options.
	 */
	public function list( array $args, array $options ): void {
		$page  = self::ok( Broadcasts::page( '' === ( $options['state'] ?? '' ) ? array() : array_map( 'trim', explode( ',', $options['state'] ) ), '', min( 200, max( 1, Number::read( (string) ( $options['limit'] ?? '50' ), '--limit' ) ) ) ) );
		$items = array_map(
			static fn( array $b ): array => array(
				'id'        => $b['id'],
				'name'      => $b['name'],
				'state'     => $b['state_name'],
				'total'     => $b['total'],
				'done'      => $b['counts']['done'],
				'delivered' => $b['counts']['delivered'] + $b['counts']['read'],
				'read'      => $b['counts']['read'],
				'failed'    => $b['counts']['failed'],
				'skipped'   => $b['counts']['skipped'],
			),
			$page['items']
		);
		$format = $options['format'] ?? 'table';
		Utils\format_items( $format, 'ids' === $format ? array_column( $items, 'id' ) : $items, array( 'id', 'name', 'state', 'total', 'done', 'delivered', 'read', 'failed', 'skipped' ) );
	}

	/**
	 * Sends one message to look at, to one person.
	 *
	 * ## OPTIONS
	 *
	 * <id>
	 * : Its id.
	 *
	 * <to>
	 * : A contact (id, WhatsApp user id or @username) or a number with country code.
	 *
	 * [--template=<which>]
	 * : Of an A/B test: the first template or the second.
	 * ---
	 * default: a
	 * options:
	 *   - a
	 *   - b
	 * ---
	 *
	 * ## EXAMPLES
	 *
	 *     $ wp nxtchat broadcast test 7 +4915112345678
	 *
	 * @param list<string>          $args    Id, recipient.
	 * @param array<string, string> $options Options.
	 */
	public function test( array $args, array $options ): void {
		$contact = Contacts::find( $args[1] );
		$id      = Number::read( $args[0], 'id' );
		$to      = null === $contact ? array( 'phone' => $args[1] ) : compact( 'contact' );
		$m       = Answer::of( static fn() => BroadcastControl::test( $id, $to, 'b' === ( $options['template'] ?? 'a' ) ? 2 : 1 ) )['message'];
		if ( Native\STATE_FAILED === $m['state'] ) {
			WP_CLI::error( trim( "Message {$m['id']} was refused: {$m['error']['title']}. {$m['error']['message']} {$m['error']['remedy']}" ) );
		}
		WP_CLI::success( "Message {$m['id']} is {$m['state_name']}." );
	}

	/**
	 * Counts who would get it, and why others would not. Sends nothing.
	 *
	 * ## OPTIONS
	 *
	 * <id>
	 * : Its id.
	 *
	 * [--format=<format>]
	 * : How to show it.
	 * ---
	 * default: table
	 * options:
	 *   - table
	 *   - json
	 * ---
	 *
	 * ## EXAMPLES
	 *
	 *     $ wp nxtchat broadcast preflight 7
	 *
	 * @param list<string>          $args    Id.
	 * @param array<string, string> $options Options.
	 */
	public function preflight( array $args, array $options ): void {
		$told = self::counted( Number::read( $args[0], 'id' ) );
		if ( 'json' === ( $options['format'] ?? 'table' ) ) {
			WP_CLI::line( (string) wp_json_encode( $told, JSON_PRETTY_PRINT | JSON_UNESCAPED_UNICODE ) );
			return;
		}
		$lines = array( array( 'what' => 'would get it', 'people' => $told['reachable'] ) ); // phpcs:ignore WordPress.Arrays -- One thought.
		foreach ( $told['reasons'] as $reason => $count ) {
			$lines[] = array(
				'what'   => rtrim( Recipients::reason( Recipients::REASONS[ $reason ] ), '.' ),
				'people' => $count,
			);
		}
		foreach ( array( 'duplicate' => 'numbers given twice', 'invalid' => 'lines that are no number' ) as $key => $text ) { // phpcs:ignore WordPress.Arrays -- One thought.
			if ( $told[ $key ] > 0 ) {
				$lines[] = array(
					'what'   => $text,
					'people' => $told[ $key ],
				);
			}
		}
		Utils\format_items( 'table', $lines, array( 'what', 'people' ) );
		WP_CLI::line( sprintf( 'At %.1f messages a second it takes about %s.', $told['rate'], human_time_diff( 0, max( 1, $told['seconds'] ) ) ) );
		WP_CLI::line( null === $told['limit']['room'] ? 'No limit of people in 24 hours is known for this number.' : sprintf( 'Within 24 hours this number may write to %d more people (%s).', $told['limit']['room'], $told['limit']['tier'] ) );
		WP_CLI::line( null === $told['cost']['amount'] ? 'There are no prices on the rate card, so no cost is estimated.' : sprintf( 'About %.2f %s, without %d messages for which the rate card has no price.', $told['cost']['amount'], $told['cost']['currency'], $told['cost']['unpriced'] ) );
	}

	/**
	 * Sends it, or schedules it. A worker (wp nxtchat work), WP-Cron or webhooks do the work.
	 *
	 * ## OPTIONS
	 *
	 * <id>
	 * : Its id.
	 *
	 * [--yes]
	 * : Do not ask.
	 *
	 * [--watch]
	 * : Shows how it goes on, until it ends.
	 *
	 * ## EXAMPLES
	 *
	 *     $ wp nxtchat broadcast start 7 --yes --watch
	 *
	 * @param list<string>          $args    Id.
	 * @param array<string, string> $options Options.
	 */
	public function start( array $args, array $options ): void {
		$id   = Number::read( $args[0], 'id' );
		$told = self::counted( $id );
		if ( empty( $options['yes'] ) ) {
			WP_CLI::confirm( sprintf( 'Send "%s" to %d people?', self::ok( Broadcasts::get( $id ) )['name'], $told['reachable'] ) );
		}
		$started = self::ok( BroadcastControl::start( $id, $told['reachable'] ) );
		WP_CLI::success( sprintf( 'Broadcast %d is %s, for %d people.', $id, $started['state_name'], $told['reachable'] ) );
		if ( ! empty( $options['watch'] ) ) {
			self::watch( $id );
		}
	}

	/**
	 * Pauses it. Who was claimed and not sent to goes back.
	 *
	 * ## OPTIONS
	 *
	 * <id>
	 * : Its id.
	 *
	 * ## EXAMPLES
	 *
	 *     $ wp nxtchat broadcast pause 7
	 *
	 * @param list<string> $args Id.
	 */
	public function pause( array $args ): void {
		self::ok( BroadcastControl::pause( Number::read( $args[0], 'id' ) ) );
		WP_CLI::success( "Broadcast {$args[0]} is paused." );
	}

	/**
	 * Goes on after a pause, or after it was stopped and the reason was mended.
	 *
	 * ## OPTIONS
	 *
	 * <id>
	 * : Its id.
	 *
	 * [--watch]
	 * : Shows how it goes on.
	 *
	 * ## EXAMPLES
	 *
	 *     $ wp nxtchat broadcast resume 7
	 *
	 * @param list<string>          $args    Id.
	 * @param array<string, string> $options Options.
	 */
	public function resume( array $args, array $options ): void {
		$id = Number::read( $args[0], 'id' );
		self::ok( BroadcastControl::resume( $id ) );
		WP_CLI::success( "Broadcast $id goes on." );
		if ( ! empty( $options['watch'] ) ) {
			self::watch( $id );
		}
	}

	/**
	 * Ends it for good.
	 *
	 * ## OPTIONS
	 *
	 * <id>
	 * : Its id.
	 *
	 * [--yes]
	 * : Do not ask.
	 *
	 * ## EXAMPLES
	 *
	 *     $ wp nxtchat broadcast cancel 7 --yes
	 *
	 * @param list<string>          $args    Id.
	 * @param array<string, string> $options Options.
	 */
	public function cancel( array $args, array $options ): void {
		$id = Number::read( $args[0], 'id' );
		if ( empty( $options['yes'] ) ) {
			WP_CLI::confirm( "Cancel broadcast $id? Who has not got it yet never will." );
		}
		self::ok( BroadcastControl::cancel( $id ) );
		WP_CLI::success( "Broadcast $id is cancelled." );
	}

	/**
	 * Changes how fast it sends, also while it runs.
	 *
	 * ## OPTIONS
	 *
	 * <id>
	 * : Its id.
	 *
	 * <rate>
	 * : Messages a second; 0 = as fast as the number may.
	 *
	 * ## EXAMPLES
	 *
	 *     $ wp nxtchat broadcast rate 7 40
	 *
	 * @param list<string> $args Id, rate.
	 */
	public function rate( array $args ): void {
		self::ok( BroadcastControl::rate( Number::read( $args[0], 'id' ), '0' === $args[1] ? 0 : Number::read( $args[1], 'rate' ) ) );
		WP_CLI::success( "Broadcast {$args[0]} sends at most {$args[1]} messages a second." );
	}

	/**
	 * Sends again to those who failed for a reason that may have passed, or whose outcome is not known.
	 *
	 * ## OPTIONS
	 *
	 * <id>
	 * : Its id.
	 *
	 * [--which=<which>]
	 * : failed, or unknown (some of these may get it twice).
	 * ---
	 * default: failed
	 * options:
	 *   - failed
	 *   - unknown
	 * ---
	 *
	 * ## EXAMPLES
	 *
	 *     $ wp nxtchat broadcast retry 7
	 *
	 * @param list<string>          $args    Id.
	 * @param array<string, string> $options Options.
	 */
	public function retry( array $args, array $options ): void {
		$again = 0;
		$after = 0;
		do {
			$done   = self::ok( BroadcastControl::retry( Number::read( $args[0], 'id' ), (string) ( $options['which'] ?? 'failed' ), $after ) );
			$again += $done['again'];
			$after  = (int) $done['next'];
		} while ( $after > 0 );
		WP_CLI::success( "$again people are tried again." );
	}

	/**
	 * Shows where it stands.
	 *
	 * ## OPTIONS
	 *
	 * <id>
	 * : Its id.
	 *
	 * [--watch]
	 * : Shows how it goes on, until it ends.
	 *
	 * [--format=<format>]
	 * : How to show it.
	 * ---
	 * default: table
	 * options:
	 *   - table
	 *   - json
	 *   - yaml
	 * ---
	 *
	 * ## EXAMPLES
	 *
	 *     $ wp nxtchat broadcast status 7 --watch
	 *
	 * @param list<string>          $args    Id.
	 * @param array<string, string> $options Options.
	 */
	public function status( array $args, array $options ): void {
		$id = Number::read( $args[0], 'id' );
		$b  = self::ok( Broadcasts::get( $id ) );
		if ( ! empty( $options['watch'] ) ) {
			self::watch( $id );
			return;
		}
		$format = $options['format'] ?? 'table';
		if ( 'table' !== $format ) {
			WP_CLI::print_value( $b, array( 'format' => $format ) );
			return;
		}
		WP_CLI::line( self::line( $b, 0.0 ) );
		if ( null !== $b['reason'] ) {
			WP_CLI::line( "{$b['reason']['message']} {$b['reason']['remedy']}" );
		}
		if ( null !== $b['hold'] ) {
			WP_CLI::line( trim( "{$b['hold']['message']} {$b['hold']['remedy']}" ) . ( $b['hold']['until_ms'] > 0 ? ' Until ' . wp_date( 'Y-m-d H:i', intdiv( $b['hold']['until_ms'], 1000 ) ) . '.' : '' ) );
		}
	}

	/**
	 * Shows what became of it: the funnel, errors, cost, and the proof that everybody was treated once.
	 *
	 * ## OPTIONS
	 *
	 * <id>
	 * : Its id.
	 *
	 * [--format=<format>]
	 * : table or json; csv prints every recipient.
	 * ---
	 * default: table
	 * options:
	 *   - table
	 *   - json
	 *   - csv
	 * ---
	 *
	 * ## EXAMPLES
	 *
	 *     $ wp nxtchat broadcast report 7
	 *     $ wp nxtchat broadcast report 7 --format=csv > winter.csv
	 *
	 * @param list<string>          $args    Id.
	 * @param array<string, string> $options Options.
	 */
	public function report( array $args, array $options ): void {
		$id     = Number::read( $args[0], 'id' );
		$format = $options['format'] ?? 'table';
		if ( 'csv' === $format ) {
			self::ok( Report::export( $id, array(), static fn( string $csv ) => fwrite( STDOUT, $csv ) ) ); // phpcs:ignore WordPress.WP.AlternativeFunctions
			return;
		}
		$report = self::ok( Report::get( $id, true ) );
		if ( 'json' === $format ) {
			WP_CLI::line( (string) wp_json_encode( $report, JSON_PRETTY_PRINT | JSON_UNESCAPED_UNICODE ) );
		} else {
			$table = static fn( array $rows, array $columns ) => $rows ? Utils\format_items( 'table', $rows, $columns ) : null;
			$table( array_map( static fn( string $what, int $n ): array => array( 'what' => $what, 'people' => $n ), array_keys( $report['funnel'] ), $report['funnel'] ), array( 'what', 'people' ) ); // phpcs:ignore WordPress.Arrays -- One thought.
			$table( $report['errors'], array( 'code', 'title', 'count', 'remedy' ) );
			$table( $report['skipped'], array( 'reason', 'count' ) );
			$table( array_map( static fn( array $l ): array => array( 'proof' => $l['what'], 'holds' => $l['ok'] ? 'yes' : "NO: {$l['left']} and {$l['right']}" ), $report['proof']['lines'] ), array( 'proof', 'holds' ) ); // phpcs:ignore WordPress.Arrays -- One thought.
			if ( $report['proof']['perhaps_twice'] > 0 ) {
				WP_CLI::line( "{$report['proof']['perhaps_twice']} people may have got it twice: an outcome that nobody knew was sent again." );
			}
		}
		if ( ! $report['proof']['ok'] ) {
			WP_CLI::halt( 1 );
		}
	}

	/**
	 * Shows several beside each other: people at each step, and their share.
	 *
	 * "sent" is a share of the audience; what follows is a share of those it was sent to.
	 *
	 * ## OPTIONS
	 *
	 * <id>...
	 * : 2 to 6 ids.
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
	 * ---
	 *
	 * ## EXAMPLES
	 *
	 *     $ wp nxtchat broadcast compare 7 9
	 *
	 * @param list<string>          $args    Ids.
	 * @param array<string, string> $options Options.
	 */
	public function compare( array $args, array $options ): void {
		$found = self::ok( Report::compare( $args ) );
		foreach ( $found['missing'] as $id ) {
			WP_CLI::warning( "There is no broadcast $id." );
		}
		$format = $options['format'] ?? 'table';
		$items  = array();
		foreach ( $found['items'] as $one ) {
			$line = array(
				'id'       => $one['id'],
				'name'     => $one['name'],
				'state'    => $one['state_name'],
				'audience' => $one['funnel']['audience'],
			);
			foreach ( array_diff_key( $one['funnel'], array( 'audience' => 0 ) ) as $what => $n ) {
				$of            = $one['funnel'][ 'sent' === $what ? 'audience' : 'sent' ];
				$line[ $what ] = 'table' === $format && $of > 0 ? sprintf( '%d (%.1f%%)', $n, 100 * $n / $of ) : $n;
			}
			$items[] = $line + array( 'cost' => null === $one['cost']['amount'] ? '' : sprintf( '%.2f %s', $one['cost']['amount'], $one['cost']['currency'] ) );
		}
		Utils\format_items( $format, $items, array_keys( $items[0] ) );
	}

	/**
	 * Deletes a draft, or one that has ended. Messages stay.
	 *
	 * ## OPTIONS
	 *
	 * <id>
	 * : Its id.
	 *
	 * ## EXAMPLES
	 *
	 *     $ wp nxtchat broadcast delete 7
	 *
	 * @param list<string> $args Id.
	 */
	public function delete( array $args ): void {
		self::ok( Broadcasts::delete( Number::read( $args[0], 'id' ) ) );
		WP_CLI::success( "Broadcast {$args[0]} is deleted." );
	}

	private static function counted( int $id ): array {
		do {
			$told = self::ok( Preflight::step( $id ) );
		} while ( ! $told['done'] );
		return $told;
	}

	/** Until it ends or waits for somebody. */
	private static function watch( int $id ): void {
		$before = null;
		$tty    = function_exists( 'posix_isatty' ) && posix_isatty( STDOUT );
		$said   = '';
		do {
			Broadcasts::forget();
			$b    = self::ok( Broadcasts::get( $id ) );
			$now  = microtime( true );
			$rate = null === $before ? 0.0 : max( 0.0, ( $b['counts']['done'] - $before[1] ) / max( 0.001, $now - $before[0] ) );
			if ( null === $before || $now - $before[0] >= 5.0 ) {
				$before = array( $now, $b['counts']['done'] );
			}
			$line = self::line( $b, $rate );
			if ( $line !== $said ) {
				fwrite( STDOUT, $tty ? "\r\033[K$line" : "$line\n" ); // phpcs:ignore WordPress.WP.AlternativeFunctions
				$said = $line;
			}
			$open = in_array( $b['state'], States::OPEN, true );
			if ( $open ) {
				usleep( self::WATCH_US );
			}
		} while ( $open );
		if ( $tty ) {
			WP_CLI::line( '' );
		}
		if ( null !== $b['reason'] ) {
			WP_CLI::warning( "{$b['reason']['message']} {$b['reason']['remedy']}" );
		}
	}

	/** One line with a bar. */
	private static function line( array $b, float $rate ): string {
		$c    = $b['counts'];
		$all  = max( $b['total'], $c['all'] );
		$part = $all > 0 ? $c['done'] / $all : 0.0;
		$bar  = str_repeat( '#', (int) round( self::BAR * $part ) );
		$left = $all - $c['done'];
		return sprintf( '%-9s [%-' . self::BAR . 's] %3d%%  %d of %d  delivered %d  read %d  failed %d  skipped %d  unknown %d', $b['state_name'], $bar, (int) floor( 100 * $part ), $c['done'], $all, $c['delivered'] + $c['read'], $c['read'], $c['failed'], $c['skipped'], $c['unknown'] ) . ( $rate > 0.0 && $left > 0 ? sprintf( '  %.0f/s  %s left', $rate, human_time_diff( 0, (int) max( 1, $left / $rate ) ) ) : '' );
	}

	/**
	 * The result, or the end with every problem on a line of its own.
	 *
	 * @template T
	 * @param T|\WP_Error $result
	 * @return T
	 */
	private static function ok( mixed $result ): mixed {
		if ( is_wp_error( $result ) ) {
			$lines = array();
			foreach ( $result->get_error_data()['problems'] ?? array() as $problem ) {
				$lines[] = ltrim( $problem['path'] . ': ', ': ' ) . "{$problem['message']} " . ( $problem['remedy'] ?? '' );
			}
			WP_CLI::error( $lines ? implode( "\n", $lines ) : trim( $result->get_error_message() . ' ' . ( $result->get_error_data()['remedy'] ?? '' ) ) );
		}
		return $result;
	}
}
