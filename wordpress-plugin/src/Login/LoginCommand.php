<?php
/**
 * wp nxtchat login …
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Login;

use NxtChat\Audit\Audit;
use NxtChat\Cli\Answer;
use NxtChat\Cli\NamedSettings;
use NxtChat\Cli\Number;
use NxtChat\Native;
use WP_CLI;
use WP_CLI\Utils;

/**
 * Login by a one-time code on WhatsApp.
 *
 * ## EXAMPLES
 *
 *     $ wp nxtchat login status
 *     $ wp nxtchat login test --phone="+49 151 12345678"
 *     $ wp nxtchat login bind anna "+49 151 12345678"
 */
final class LoginCommand {

	/** Days of challenges that ran out. */
	private const DAYS_MAX = 3650;

	/** Between two looks at a test, in ms; how long it is waited for, in seconds, and at most. */
	private const LOOK_MS  = 500;
	private const WAIT_S   = 20;
	private const WAIT_MAX = 120;

	/**
	 * Tells whether people can log in, and what became of logins in the last 30 days. Exit code 1 when it is on and does not work.
	 *
	 * ## OPTIONS
	 *
	 * [--format=<format>]
	 * : How to print it.
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
	 *     $ wp nxtchat login status
	 *     $ wp nxtchat login status --format=json
	 *
	 * @param list<string>          $args    None.
	 * @param array<string, string> $options Options.
	 */
	public function status( array $args, array $options ): void {
		$settings = LoginSettings::all();
		[ $missing, $template, $report, $progress ] = Answer::of( static fn(): array => array( LoginReady::missing(), LoginTemplate::state(), LoginReport::days(), LoginNumbers::progress() ) );
		$blocks = array_filter( $missing, static fn( array $one ): bool => $one['blocks'] );
		$totals = $report['totals'];
		$spend  = '' === $report['currency'] ? '' : ", {$report['currency']} " . number_format( $totals['spend'], 2, '.', '' );
		$rows   = array(
			'state'     => ! $settings['enabled'] ? 'off' : ( $blocks ? 'on, but nobody gets a code' : 'on' ),
			'template'  => '' === $template['status'] ? 'none' : trim( "{$template['name']} {$template['language']} {$template['status']}" ),
			'countries' => $settings['all_countries'] ? 'all' : implode( ',', LoginSettings::countries() ),
			'numbers'   => "{$progress['bound']} of {$progress['users']} users",
			'today'     => "{$report['today']['messages']} of {$report['today']['cap_day']} messages",
			'30_days'   => "{$totals['request']} asked, {$totals['sent']} sent, {$totals['success']} logged in, {$totals['register']} new, {$totals['refused']} refused$spend",
			'missing'   => implode( ' ', array_map( static fn( array $one ): string => trim( "{$one['message']} {$one['remedy']}" ), $missing ) ),
		);
		$items = array();
		foreach ( $rows as $name => $value ) {
			$items[] = compact( 'name', 'value' );
		}
		Utils\format_items( $options['format'] ?? 'table', $items, array( 'name', 'value' ) );
		if ( $settings['enabled'] && $blocks ) {
			WP_CLI::halt( 1 );
		}
	}

	/**
	 * Shows the settings of login, or changes one. Switching on is refused while something is missing.
	 *
	 * ## OPTIONS
	 *
	 * [<name>]
	 * : As in the list without a name.
	 *
	 * [<value>]
	 * : The new value: a text, a number, true or false, or JSON; "default" brings ours back.
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
	 * ---
	 *
	 * ## EXAMPLES
	 *
	 *     $ wp nxtchat login settings enabled true
	 *     Success: enabled is true.
	 *
	 *     $ wp nxtchat login settings countries '["DE","AT"]'
	 *
	 * @param list<string>          $args    Name, value.
	 * @param array<string, string> $options Options.
	 */
	public function settings( array $args, array $options ): void {
		NamedSettings::run( LoginSettings::all(), array( LoginReady::class, 'change' ), 'login settings', $args, $options );
	}

	/**
	 * Gives a user a number to log in with. For numbers that you know to be theirs: it is not verified by a code.
	 *
	 * ## OPTIONS
	 *
	 * <user>
	 * : Id, login or e-mail address.
	 *
	 * <phone>
	 * : With + and country code, in any spelling. If another user has it, it moves.
	 *
	 * [--yes]
	 * : Without asking when another user has it.
	 *
	 * ## EXAMPLES
	 *
	 *     $ wp nxtchat login bind anna "+49 151 12345678"
	 *     Success: anna logs in with +49 ••• 678.
	 *
	 * @param list<string>          $args    User, number.
	 * @param array<string, string> $options Options.
	 */
	public function bind( array $args, array $options ): void {
		$user   = self::user( (string) $args[0] );
		$region = LoginSettings::own_country();
		$phone  = Native\phone_parse( wp_check_invalid_utf8( (string) $args[1] ), '' === $region ? null : $region );
		if ( ! $phone['valid'] ) {
			WP_CLI::error( "{$args[1]} is no phone number. Write it with + and its country code." );
		}
		$before = Answer::of( static fn(): array => array( Bindings::of_phone( $phone['e164'] ) ) )[0];
		if ( null !== $before && $before['user_id'] !== $user->ID ) {
			$other = get_userdata( $before['user_id'] );
			WP_CLI::confirm( ( $other ? $other->user_login : "User {$before['user_id']}" ) . ' has this number and would lose it. Go on?', $options );
		}
		Answer::of( static fn() => Bindings::bind( $user->ID, $phone['e164'], get_current_user_id() ) );
		WP_CLI::success( "{$user->user_login} logs in with " . Audit::masked( $phone['e164'] ) . '.' );
	}

	/**
	 * Takes a user's number off. The password goes on working.
	 *
	 * ## OPTIONS
	 *
	 * <user>
	 * : Id, login or e-mail address.
	 *
	 * ## EXAMPLES
	 *
	 *     $ wp nxtchat login unbind anna
	 *     Success: anna logs in with the password only.
	 *
	 * @param list<string> $args User.
	 */
	public function unbind( array $args ): void {
		$user = self::user( (string) $args[0] );
		if ( ! Answer::of( static fn(): array => array( Bindings::unbind( $user->ID, get_current_user_id() ) ) )[0] ) {
			WP_CLI::error( "{$user->user_login} has no number." );
		}
		WP_CLI::success( "{$user->user_login} logs in with the password only." );
	}

	/**
	 * Sends a code that opens nothing to a number of yours, the same way as a real one, and waits for its delivery.
	 *
	 * ## OPTIONS
	 *
	 * --phone=<phone>
	 * : With + and country code, in any spelling.
	 *
	 * [--wait=<seconds>]
	 * : Waits so long until the phone has it, up to 120; 0 = not at all.
	 * ---
	 * default: 20
	 * ---
	 *
	 * ## EXAMPLES
	 *
	 *     $ wp nxtchat login test --phone="+49 151 12345678"
	 *     Success: The code is on the phone. Everything works.
	 *
	 * @param list<string>          $args    None.
	 * @param array<string, string> $options Options.
	 */
	public function test( array $args, array $options ): void {
		if ( ! is_string( $options['phone'] ?? null ) || '' === trim( $options['phone'] ) ) {
			WP_CLI::error( 'Say where to: --phone=<number>.' );
		}
		$wait  = '0' === (string) ( $options['wait'] ?? '' ) ? 0 : Number::option( $options, 'wait', self::WAIT_S, self::WAIT_MAX );
		$done  = Answer::of( static fn() => LoginTest::send( $options['phone'] ) );
		$until = microtime( true ) + $wait;
		while ( ! $done['done'] && microtime( true ) < $until ) {
			usleep( self::LOOK_MS * 1000 );
			$done = Answer::of( static fn() => LoginTest::outcome( $done['id'] ) );
		}
		if ( ! $done['ok'] ) {
			WP_CLI::error( trim( "{$done['message']} {$done['remedy']}" ) );
		}
		WP_CLI::success( $done['done'] || 0 === $wait ? $done['message'] : trim( "{$done['message']} {$done['remedy']}" ) );
	}

	/**
	 * Removes challenges that ran out: who asked for a code, and when. Runs every hour by itself for those older than a week.
	 *
	 * ## OPTIONS
	 *
	 * [--days=<days>]
	 * : Those that ran out so many days ago; 0 = all.
	 * ---
	 * default: 7
	 * ---
	 *
	 * ## EXAMPLES
	 *
	 *     $ wp nxtchat login purge --days=0
	 *     Success: 214 removed.
	 *
	 * @param list<string>          $args    None.
	 * @param array<string, string> $options Options.
	 */
	public function purge( array $args, array $options ): void {
		$days = '0' === (string) ( $options['days'] ?? '' ) ? 0 : Number::option( $options, 'days', Housekeeping::CHALLENGE_DAYS, self::DAYS_MAX );
		$done = Answer::of( static fn(): array => array( Housekeeping::purge( $days ) ) )[0];
		WP_CLI::success( "$done removed." );
	}

	/** A user by id, login or address. */
	private static function user( string $text ): \WP_User {
		foreach ( array( 'id', 'login', 'email' ) as $by ) {
			$user = 'id' === $by && 1 !== preg_match( '/^\d{1,18}$/D', $text ) ? false : get_user_by( $by, $text );
			if ( $user ) {
				return $user;
			}
		}
		WP_CLI::error( "There is no user '$text'. Give an id, a login or an e-mail address." );
	}
}
