<?php
/**
 * wp nxtchat import
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Import;

use NxtChat\Cli\Number;
use NxtChat\Native;
use NxtChat\Native\Exception\Exception as NativeException;
use NxtChat\Site;
use NxtChat\StoreError;
use WP_CLI;
use WP_CLI\Utils;

/** Imports contacts from files, WordPress users and WooCommerce customers, and takes imports back. */
final class ImportCommand {

	private const FIELDS = array( 'id', 'kind', 'name', 'state', 'rows', 'added', 'changed', 'unchanged', 'rejected', 'created' );

	/** Seconds between two looks at what another process does. */
	private const WAIT_S = 1;

	/**
	 * Imports contacts from a CSV or TSV file.
	 *
	 * Encoding, separator and columns are found out unless told. Ctrl-C stops; `wp nxtchat import resume` goes on.
	 *
	 * ## OPTIONS
	 *
	 * <file>
	 * : Path of the file.
	 *
	 * [--map=<columns>]
	 * : What the columns are, in their order, separated by commas: phone, name, first_name, last_name, email, country, language,
	 * groups, marketing, utility, login, consent_at, wording, field:<name>, or - for none.
	 *
	 * [--region=<country>]
	 * : Country of numbers without country code, as DE.
	 *
	 * [--existing=<what>]
	 * : What contacts get that are there already.
	 * ---
	 * default: fill
	 * options:
	 *   - keep
	 *   - fill
	 *   - overwrite
	 * ---
	 *
	 * [--group=<names>]
	 * : Groups that everybody is put into, separated by commas; made where there are none.
	 *
	 * [--wording=<text>]
	 * : What people agreed to, where a column says that they agreed.
	 *
	 * [--dry-run]
	 * : Say what would change, and change nothing.
	 *
	 * [--yes]
	 * : Don't ask.
	 *
	 * [--porcelain]
	 * : Print the import's id only.
	 *
	 * ## EXAMPLES
	 *
	 *     $ wp nxtchat import file people.csv --region=DE --group=Newsletter --yes
	 *     Success: Import 7: 1200 rows, 1180 added, 12 changed, 3 unchanged, 5 rejected.
	 *
	 * @param list<string>          $args    File.
	 * @param array<string, string> $options Options.
	 */
	public function file( array $args, array $options ): void {
		$path = $args[0];
		$head = is_file( $path ) && is_readable( $path ) ? (string) file_get_contents( $path, false, null, 0, 256 * 1024 ) : null; // phpcs:ignore WordPress.WP.AlternativeFunctions -- A local file.
		if ( null === $head ) {
			WP_CLI::error( "$path cannot be read." );
		}
		try {
			Site::prepare();
			$sniffed = Native\csv_sniff( $head, array( 'fields' => array_map( static fn( $f ) => array( 'name' => $f['name'], 'label' => $f['label'] ), ImportOptions::fields() ) ) ); // phpcs:ignore WordPress.Arrays -- One thought.
			foreach ( $sniffed['problems'] as $problem ) {
				if ( 'error' === $problem['severity'] ) {
					WP_CLI::error( $problem['message'] . ' ' . $problem['remedy'] );
				}
				WP_CLI::warning( ( $problem['line'] > 0 ? "Line {$problem['line']}: " : '' ) . $problem['message'] . ' ' . $problem['remedy'] );
			}
			$import = self::made( Imports::from_path( $path, self::options( $sniffed, $options ) ) );
			// Nobody goes on with a dry run, or with a "no", from here.
			register_shutdown_function( static fn() => Imports::drop_unbegun( $import['id'] ) );
			if ( ! isset( $options['yes'] ) && ! isset( $options['dry-run'] ) ) {
				self::tell( self::go( self::made( Imports::start( $import['id'], true ) ) ) );
				WP_CLI::confirm( 'Import?', $options );
			}
			$import = self::go( self::made( Imports::start( $import['id'], isset( $options['dry-run'] ) ) ), isset( $options['porcelain'] ) );
		} catch ( StoreError | NativeException $e ) {
			WP_CLI::error( $e->getMessage() );
		}
		self::end( $import, isset( $options['porcelain'] ) );
	}

	/**
	 * Imports WordPress users, or WooCommerce customers with those who ordered as guests.
	 *
	 * ## OPTIONS
	 *
	 * <kind>
	 * : Whom.
	 * ---
	 * options:
	 *   - users
	 *   - customers
	 * ---
	 *
	 * [--meta=<key>]
	 * : The user field that holds the phone number.
	 * ---
	 * default: billing_phone
	 * ---
	 *
	 * [--region=<country>]
	 * : Country of numbers without country code, of people who have no country.
	 *
	 * [--existing=<what>]
	 * : What contacts get that are there already.
	 * ---
	 * default: fill
	 * options:
	 *   - keep
	 *   - fill
	 *   - overwrite
	 * ---
	 *
	 * [--group=<names>]
	 * : Groups that everybody is put into, separated by commas.
	 *
	 * [--dry-run]
	 * : Say what would change, and change nothing.
	 *
	 * [--porcelain]
	 * : Print the import's id only.
	 *
	 * ## EXAMPLES
	 *
	 *     $ wp nxtchat import people customers --group=Customers
	 *     Success: Import 8: 310 rows, 290 added, 0 changed, 18 unchanged, 2 rejected.
	 *
	 * @param list<string>          $args    Kind.
	 * @param array<string, string> $options Options.
	 */
	public function people( array $args, array $options ): void {
		if ( ! in_array( $args[0], array( 'users', 'customers' ), true ) ) {
			WP_CLI::error( 'Whom? users or customers.' );
		}
		try {
			Site::prepare();
			$more   = array( 'phone_meta' => (string) ( $options['meta'] ?? 'billing_phone' ) );
			$import = self::made( Imports::create( array( 'kind' => $args[0], 'name' => $args[0], 'options' => $more + self::options( array(), $options ) ) ) ); // phpcs:ignore WordPress.Arrays -- One thought.
			$import = self::go( self::made( Imports::start( $import['id'], isset( $options['dry-run'] ) ) ), isset( $options['porcelain'] ) );
		} catch ( StoreError | NativeException $e ) {
			WP_CLI::error( $e->getMessage() );
		}
		self::end( $import, isset( $options['porcelain'] ) );
	}

	/**
	 * Lists imports, the newest first.
	 *
	 * ## OPTIONS
	 *
	 * [--limit=<number>]
	 * : At most so many, 1 to 200.
	 * ---
	 * default: 50
	 * ---
	 *
	 * [--format=<format>]
	 * : Output.
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
	 *     $ wp nxtchat import list --format=ids
	 *     7 6
	 *
	 * @subcommand list
	 *
	 * @param list<string>          $args    None.
	 * @param array<string, string> $options Options.
	 */
	public function list_( array $args, array $options ): void {
		$page  = self::made( Imports::page( '', min( 200, max( 1, Number::read( $options['limit'] ?? 50, '--limit' ) ) ) ) );
		$items = array_map( array( self::class, 'line' ), $page['items'] );
		if ( 'ids' === ( $options['format'] ?? '' ) ) {
			$items = array_column( $items, 'id' );
		}
		Utils\format_items( $options['format'] ?? 'table', $items, self::FIELDS );
	}

	/**
	 * Shows one import in full.
	 *
	 * ## OPTIONS
	 *
	 * <id>
	 * : Its number.
	 *
	 * ## EXAMPLES
	 *
	 *     $ wp nxtchat import get 7
	 *
	 * @param list<string>          $args    Id.
	 * @param array<string, string> $options None.
	 */
	public function get( array $args, array $options ): void {
		WP_CLI::line( (string) wp_json_encode( self::made( Imports::get( self::id( $args[0] ) ) ), JSON_PRETTY_PRINT | JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES ) );
	}

	/**
	 * Takes an import back: contacts that it made and nobody touched since go, what it changed gets its former value back.
	 *
	 * ## OPTIONS
	 *
	 * <id>
	 * : Its number.
	 *
	 * [--yes]
	 * : Don't ask.
	 *
	 * ## EXAMPLES
	 *
	 *     $ wp nxtchat import undo 7 --yes
	 *     Success: Import 7 is taken back: 1178 contacts removed, 2 kept, 12 restored.
	 *
	 * @param list<string>          $args    Id.
	 * @param array<string, string> $options Options.
	 */
	public function undo( array $args, array $options ): void {
		$id = self::id( $args[0] );
		WP_CLI::confirm( "Take import $id back?", $options );
		try {
			$import = self::go( self::made( Imports::undo( $id ) ) );
		} catch ( StoreError | NativeException $e ) {
			WP_CLI::error( $e->getMessage() );
		}
		$undo = $import['report']['undo'] ?? array();
		WP_CLI::success( sprintf( 'Import %d is taken back: %d contacts removed, %d kept, %d restored.', $id, $undo['removed'] ?? 0, $undo['kept'] ?? 0, $undo['restored'] ?? 0 ) );
	}

	/**
	 * Stops an import. What it has done stays until it is undone.
	 *
	 * ## OPTIONS
	 *
	 * <id>
	 * : Its number.
	 *
	 * ## EXAMPLES
	 *
	 *     $ wp nxtchat import cancel 7
	 *     Success: Import 7 is stopped.
	 *
	 * @param list<string>          $args    Id.
	 * @param array<string, string> $options None.
	 */
	public function cancel( array $args, array $options ): void {
		$import = self::made( Imports::cancel( self::id( $args[0] ) ) );
		WP_CLI::success( "Import {$import['id']} is stopped." );
	}

	/**
	 * Goes on with an import that was interrupted or failed.
	 *
	 * ## OPTIONS
	 *
	 * <id>
	 * : Its number.
	 *
	 * ## EXAMPLES
	 *
	 *     $ wp nxtchat import resume 7
	 *     Success: Import 7: 1200 rows, 1180 added, 12 changed, 3 unchanged, 5 rejected.
	 *
	 * @param list<string>          $args    Id.
	 * @param array<string, string> $options None.
	 */
	public function resume( array $args, array $options ): void {
		try {
			$import = self::made( Imports::get( self::id( $args[0] ) ) );
			if ( Native\IMPORT_FAILED === $import['state'] ) {
				$import = self::made( Imports::start( $import['id'], false ) );
			}
			$import = self::go( $import );
		} catch ( StoreError | NativeException $e ) {
			WP_CLI::error( $e->getMessage() );
		}
		self::end( $import, false );
	}

	/** Works until it has ended, with a bar. */
	private static function go( array $import, bool $quiet = false ): array {
		$bar  = $quiet || Utils\isPiped() ? null : Utils\make_progress_bar( $import['name'], max( 1, $import['bytes'] ) );
		$at   = 0;
		$tell = static function ( int $position ) use ( $bar, &$at ): void {
			if ( null !== $bar && $position > $at ) {
				$bar->tick( $position - $at );
				$at = $position;
			}
		};
		while ( in_array( $import['state'], array( Native\IMPORT_CHECKING, Native\IMPORT_RUNNING, Native\IMPORT_UNDOING ), true ) ) {
			$import = self::made( Imports::step( $import['id'], INF, $tell ) );
			if ( $import['busy'] ) {
				sleep( self::WAIT_S );
			}
		}
		if ( null !== $bar ) {
			$bar->finish();
		}
		return $import;
	}

	/** @param array $sniffed From csv_sniff(), empty for people. */
	private static function options( array $sniffed, array $options ): array {
		$columns = array();
		$map     = isset( $options['map'] ) ? array_map( 'trim', explode( ',', (string) $options['map'] ) ) : null;
		foreach ( $sniffed['columns'] ?? array() as $n => $column ) {
			$to        = null === $map ? $column['guess'] : ( $map[ $n ] ?? '-' );
			$columns[] = array(
				'name' => $column['name'],
				'to'   => '-' === $to || '' === $to ? null : $to,
			);
		}
		if ( null !== $map && count( $map ) > count( $columns ) ) {
			WP_CLI::error( sprintf( '--map names %d columns, the file has %d.', count( $map ), count( $columns ) ) );
		}
		return array(
			'columns'    => $columns,
			'region'     => (string) ( $options['region'] ?? '' ),
			'existing'   => (string) ( $options['existing'] ?? 'fill' ),
			'new_groups' => array_values( array_filter( array_map( 'trim', explode( ',', (string) ( $options['group'] ?? '' ) ) ), static fn( $name ) => '' !== $name ) ),
			'consent'    => array( 'wording' => (string) ( $options['wording'] ?? '' ) ),
		) + array_intersect_key( $sniffed, array_flip( array( 'encoding', 'delimiter', 'quote', 'header' ) ) );
	}

	private static function end( array $import, bool $porcelain ): void {
		if ( $porcelain ) {
			WP_CLI::line( (string) $import['id'] );
			return;
		}
		if ( Native\IMPORT_FAILED === $import['state'] ) {
			WP_CLI::error( "Import {$import['id']}: {$import['error']}" );
		}
		self::tell( $import );
		WP_CLI::success( sprintf( 'Import %d%s: %s.', $import['id'], Native\IMPORT_CHECKED === $import['state'] ? ' (dry run)' : '', self::counts( $import ) ) );
	}

	private static function tell( array $import ): void {
		foreach ( $import['report']['reject_examples'] as $example ) {
			WP_CLI::warning( "Line {$example['line']}: {$example['message']}" );
		}
		if ( Native\IMPORT_CHECKED === $import['state'] ) {
			WP_CLI::log( 'Would be: ' . self::counts( $import ) );
		}
	}

	private static function counts( array $import ): string {
		return sprintf( '%d rows, %d added, %d changed, %d unchanged, %d rejected', $import['rows_read'], $import['added'], $import['changed'], $import['unchanged'], $import['rejected'] );
	}

	private static function line( array $import ): array {
		return array(
			'id'      => $import['id'],
			'kind'    => $import['kind_name'],
			'name'    => $import['name'],
			'state'   => $import['state_name'],
			'rows'    => $import['rows_read'],
			'created' => gmdate( 'Y-m-d H:i:s', intdiv( $import['created_ms'], 1000 ) ),
		) + $import;
	}

	private static function id( string $text ): int {
		return Number::read( $text, 'The id' );
	}

	private static function made( array|\WP_Error $result ): array {
		if ( is_wp_error( $result ) ) {
			foreach ( $result->get_error_data()['problems'] ?? array() as $problem ) {
				WP_CLI::warning( "{$problem['path']}: {$problem['message']} {$problem['remedy']}" );
			}
			WP_CLI::error( trim( $result->get_error_message() . ' ' . ( $result->get_error_data()['remedy'] ?? '' ) ) );
		}
		return $result;
	}
}
