<?php
/**
 * wp nxtchat doctor
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Health;

use WP_CLI;
use WP_CLI\Utils;

/** Looks whether everything is in order. */
final class DoctorCommand {

	/**
	 * Looks whether everything is in order, and says what to do where it is not.
	 *
	 * Exit code 1 when a check fails. Warnings alone give 0.
	 *
	 * ## OPTIONS
	 *
	 * [--format=<format>]
	 * : How to print the checks.
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
	 *     $ sudo -u www-data wp nxtchat doctor
	 *     $ wp nxtchat doctor --format=json
	 *
	 * @param list<string>          $args
	 * @param array<string, string> $options
	 */
	public function __invoke( array $args, array $options ): void {
		$rows   = array_map( array( Checks::class, 'run' ), Checks::ALL );
		$failed = count( array_filter( $rows, static fn( array $row ): bool => 'fail' === $row['status'] ) );
		Utils\format_items( $options['format'] ?? 'table', $rows, array( 'check', 'status', 'detail', 'remedy' ) );
		if ( $failed ) {
			WP_CLI::halt( 1 );
		}
	}
}
