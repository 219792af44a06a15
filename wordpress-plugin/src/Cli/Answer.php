<?php
/**
 * Answers of use cases on the command line.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Cli;

use NxtChat\Native\Exception\Exception as NativeException;
use NxtChat\Rest;
use NxtChat\StoreError;
use WP_CLI;

/** What went well, or one line on stderr for each problem and exit code 1. */
final class Answer {

	/**
	 * The result of $work; ends the command when it is an error.
	 *
	 * @param callable(): mixed $work
	 */
	public static function of( callable $work ): mixed {
		try {
			$result = $work();
		} catch ( NativeException | StoreError $e ) {
			$result = Rest::error( $e );
		}
		if ( ! is_wp_error( $result ) ) {
			return $result;
		}
		$data     = (array) $result->get_error_data();
		$problems = array();
		foreach ( $data['problems'] ?? array() as $problem ) {
			$problems[] = self::line( '' === ( $problem['path'] ?? '' ) ? '' : "{$problem['path']}: ", (string) $problem['message'], (string) ( $problem['remedy'] ?? '' ) );
		}
		WP_CLI::error( $problems ? implode( "\n", array_unique( $problems ) ) : self::line( '', $result->get_error_message(), (string) ( $data['remedy'] ?? '' ) ) );
	}

	private static function line( string $path, string $message, string $remedy ): string {
		return trim( "$path$message $remedy" );
	}
}
