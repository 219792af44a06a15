<?php
/**
 * wp nxtchat account …
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Account;

use NxtChat\Cli\Number;
use NxtChat\Cli\Secret;
use NxtChat\Native\Exception\Exception as NativeException;
use WP_CLI;
use WP_CLI\Utils;

/**
 * Manages the site's WhatsApp numbers.
 *
 * ## EXAMPLES
 *
 *     # What is connected?
 *     $ wp nxtchat account list
 *
 *     # Is everything right with number 1?
 *     $ wp nxtchat account test 1
 */
final class AccountCommand {

	private const LIST_FIELDS = array( 'id', 'name', 'display_phone', 'verified_name', 'phone_number_id', 'waba_id', 'state', 'quality', 'messaging_limit', 'number_status', 'is_clone' );

	/**
	 * Connects a WhatsApp number.
	 *
	 * Token and app secret are never arguments, because those are visible to other users of the machine. They are read from files,
	 * from the environment (NXTCHAT_TOKEN, NXTCHAT_APP_SECRET), or asked for.
	 *
	 * ## OPTIONS
	 *
	 * --app-id=<id>
	 * : App ID from Meta's dashboard.
	 *
	 * --waba-id=<id>
	 * : WhatsApp Business Account ID.
	 *
	 * --phone-number-id=<id>
	 * : Phone number ID (not the number itself).
	 *
	 * [--name=<name>]
	 * : A name for this site's staff.
	 *
	 * [--token-file=<file>]
	 * : File with the access token; - reads a line from standard input.
	 *
	 * [--app-secret-file=<file>]
	 * : File with the app secret; - reads a line from standard input.
	 *
	 * [--default-country=<code>]
	 * : Country of numbers written without one, as DE.
	 *
	 * [--graph-base=<url>]
	 * : Another Graph API (loopback only, for trials).
	 *
	 * [--graph-version=<version>]
	 * : As v25.0.
	 *
	 * [--subscribe]
	 * : Also subscribe the app to the business account's webhooks.
	 *
	 * [--porcelain]
	 * : Print only the new account's id.
	 *
	 * ## EXAMPLES
	 *
	 *     $ wp nxtchat account add --app-id=1234567890 --waba-id=102290129340398 --phone-number-id=106540352242922 --token-file=/run/secrets/wa-token --app-secret-file=/run/secrets/wa-app
	 *     Success: Account 1 is connected.
	 *
	 * @param list<string>          $args
	 * @param array<string, string> $options
	 */
	public function add( array $args, array $options ): void {
		$input = array(
			'name'            => $options['name'] ?? '',
			'app_id'          => $options['app-id'] ?? '',
			'waba_id'         => $options['waba-id'] ?? '',
			'phone_number_id' => $options['phone-number-id'] ?? '',
			'default_country' => $options['default-country'] ?? '',
			'graph_base'      => $options['graph-base'] ?? '',
			'graph_version'   => $options['graph-version'] ?? '',
			'token'           => Secret::read( 'NXTCHAT_TOKEN', $options['token-file'] ?? null, 'Access token' ),
			'app_secret'      => Secret::read( 'NXTCHAT_APP_SECRET', $options['app-secret-file'] ?? null, 'App secret' ),
		);
		$id    = self::done( static fn() => Accounts::create( $input ) );
		if ( Utils\get_flag_value( $options, 'subscribe', false ) ) {
			self::done( static fn() => Accounts::subscribe( $id ) );
		}
		if ( Utils\get_flag_value( $options, 'porcelain', false ) ) {
			WP_CLI::line( (string) $id );
		} else {
			WP_CLI::success( "Account $id is connected." );
		}
	}

	/**
	 * Changes an account. What is not given stays.
	 *
	 * ## OPTIONS
	 *
	 * <id>
	 * : The account.
	 *
	 * [--name=<name>]
	 * : A name for this site's staff.
	 *
	 * [--state=<state>]
	 * : Switch it on or off.
	 * ---
	 * options:
	 *   - on
	 *   - off
	 * ---
	 *
	 * [--token-file=<file>]
	 * : File with a new access token; - reads a line from standard input.
	 *
	 * [--app-secret-file=<file>]
	 * : File with a new app secret; - reads a line from standard input.
	 *
	 * [--default-country=<code>]
	 * : Country of numbers written without one, as DE.
	 *
	 * ## EXAMPLES
	 *
	 *     $ wp nxtchat account update 1 --token-file=/run/secrets/wa-token
	 *     Success: Account 1 is changed.
	 *
	 * @param list<string>          $args
	 * @param array<string, string> $options
	 */
	public function update( array $args, array $options ): void {
		$input = array();
		foreach ( array( 'name', 'default-country' ) as $name ) {
			if ( isset( $options[ $name ] ) ) {
				$input[ str_replace( '-', '_', $name ) ] = $options[ $name ];
			}
		}
		if ( isset( $options['state'] ) ) {
			$input['state'] = 'off' === $options['state'] ? Accounts::OFF : Accounts::ACTIVE;
		}
		foreach ( array( 'token', 'app_secret' ) as $secret ) {
			$file = $options[ str_replace( '_', '-', $secret ) . '-file' ] ?? null;
			if ( null !== $file ) {
				$input[ $secret ] = Secret::read( '', $file, '' );
			}
		}
		$id = Number::read( $args[0], 'The account' );
		self::done( static fn() => Accounts::update( $id, $input ) );
		WP_CLI::success( "Account $id is changed." );
	}

	/**
	 * Lists the accounts.
	 *
	 * ## OPTIONS
	 *
	 * [--fields=<fields>]
	 * : Columns, separated by commas.
	 *
	 * [--format=<format>]
	 * : How to print them.
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
	 *     $ wp nxtchat account list --fields=id,name,display_phone
	 *
	 * @subcommand list
	 *
	 * @param list<string>          $args
	 * @param array<string, string> $options
	 */
	public function list_( array $args, array $options ): void {
		$format = $options['format'] ?? 'table';
		$items  = array_map(
			static fn( array $account ): array => array(
				'state'    => Accounts::ACTIVE === $account['state'] ? 'on' : 'off',
				'is_clone' => $account['is_clone'] ? 'yes' : 'no',
			) + array_diff_key( $account, array( 'checks' => 1 ) ),
			Accounts::all()
		);
		$fields = isset( $options['fields'] ) ? explode( ',', $options['fields'] ) : self::LIST_FIELDS;
		Utils\format_items( $format, 'ids' === $format ? array_column( $items, 'id' ) : $items, $fields );
	}

	/**
	 * Asks Meta whether token, number, business account and webhook are right.
	 *
	 * Exit code 1 when a check fails.
	 *
	 * ## OPTIONS
	 *
	 * <id>
	 * : The account.
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
	 *     $ wp nxtchat account test 1
	 *
	 * @param list<string>          $args
	 * @param array<string, string> $options
	 */
	public function test( array $args, array $options ): void {
		self::show( self::done( static fn() => Accounts::test( Number::read( $args[0], 'The account' ) ) ), $options['format'] ?? 'table' );
	}

	/**
	 * Subscribes the app to the business account's webhooks, then tests.
	 *
	 * ## OPTIONS
	 *
	 * <id>
	 * : The account.
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
	 *     $ wp nxtchat account subscribe 1
	 *
	 * @param list<string>          $args
	 * @param array<string, string> $options
	 */
	public function subscribe( array $args, array $options ): void {
		self::show( self::done( static fn() => Accounts::subscribe( Number::read( $args[0], 'The account' ) ) ), $options['format'] ?? 'table' );
	}

	/**
	 * Prints what to paste into Meta's webhook form. The verify token is meant to be shown; keep it anyway.
	 *
	 * ## OPTIONS
	 *
	 * <id>
	 * : The account.
	 *
	 * [--format=<format>]
	 * : How to print it.
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
	 *     $ wp nxtchat account webhook 1
	 *
	 * @param list<string>          $args
	 * @param array<string, string> $options
	 */
	public function webhook( array $args, array $options ): void {
		$webhook = self::done( static fn() => Accounts::webhook( Number::read( $args[0], 'The account' ) ) );
		Utils\format_items( $options['format'] ?? 'table', array( $webhook ), array_keys( $webhook ) );
	}

	/**
	 * Removes an account and its secrets. Conversations and messages stay.
	 *
	 * ## OPTIONS
	 *
	 * <id>
	 * : The account.
	 *
	 * [--yes]
	 * : Do not ask.
	 *
	 * ## EXAMPLES
	 *
	 *     $ wp nxtchat account remove 1 --yes
	 *     Success: Account 1 is removed.
	 *
	 * @alias delete
	 *
	 * @param list<string>          $args
	 * @param array<string, string> $options
	 */
	public function remove( array $args, array $options ): void {
		$id = Number::read( $args[0], 'The account' );
		WP_CLI::confirm( "Remove account $id and its secrets?", $options );
		self::done( static fn() => Accounts::delete( $id ) );
		WP_CLI::success( "Account $id is removed." );
	}

	/**
	 * Says what this site is after its address changed.
	 *
	 * ## OPTIONS
	 *
	 * <what>
	 * : live = its accounts may send again; copy = they stay silent.
	 * ---
	 * options:
	 *   - live
	 *   - copy
	 * ---
	 *
	 * ## EXAMPLES
	 *
	 *     $ wp nxtchat account confirm-home copy
	 *
	 * @subcommand confirm-home
	 *
	 * @param list<string> $args
	 */
	public function confirm_home( array $args ): void {
		self::done( static fn() => Accounts::confirm_home( $args[0] ) );
		WP_CLI::success( 'live' === $args[0] ? 'This is the live site now.' : 'This is a copy: nothing is sent.' );
	}

	/**
	 * The result of a use case, or one clear line and exit code 1.
	 *
	 * @param callable(): mixed $work
	 */
	private static function done( callable $work ): mixed {
		try {
			$result = $work();
		} catch ( NativeException $e ) {
			WP_CLI::error( $e->getMessage() );
		}
		if ( is_wp_error( $result ) ) {
			$data = (array) $result->get_error_data();
			$why  = array_map( static fn( array $problem ): string => str_replace( '_', '-', $problem['path'] ) . ': ' . $problem['message'], $data['problems'] ?? array() );
			WP_CLI::error( implode( ' ', array_filter( array( $result->get_error_message(), implode( ' ', $why ), $data['remedy'] ?? '' ) ) ) );
		}
		return $result;
	}

	/**
	 * Prints checks; exit code 1 when one fails.
	 *
	 * @param list<array> $checks
	 */
	private static function show( array $checks, string $format ): void {
		Utils\format_items( $format, $checks, array( 'check', 'status', 'label', 'detail', 'remedy' ) );
		if ( in_array( 'fail', array_column( $checks, 'status' ), true ) ) {
			WP_CLI::halt( 1 );
		}
	}
}
