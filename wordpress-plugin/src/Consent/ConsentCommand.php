<?php
/**
 * wp nxtchat consent …
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Consent;

use NxtChat\Cli\NamedSettings;
use NxtChat\Cli\Number;
use NxtChat\Contact\Contacts;
use NxtChat\Native;
use NxtChat\StoreError;
use WP_CLI;
use WP_CLI\Utils;

/**
 * What people agreed to.
 *
 * ## EXAMPLES
 *
 *     $ wp nxtchat consent show +4915112345678
 *     $ wp nxtchat consent revoke 42
 *     $ wp nxtchat consent grant 42 --wording="Signed the form at the fair on 12 May"
 */
final class ConsentCommand {

	/** Entries that `show` prints unless told otherwise, and at most. */
	private const SHOWN     = 20;
	private const SHOWN_MAX = 200;

	/**
	 * Shows what a contact agreed to, the newest first.
	 *
	 * ## OPTIONS
	 *
	 * <contact>
	 * : The contact's id, or its number with + in front.
	 *
	 * [--limit=<number>]
	 * : At most so many entries, up to 200.
	 * ---
	 * default: 20
	 * ---
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
	 *     $ wp nxtchat consent show 42
	 *     Marketing: revoked. Utility: none. Login: none.
	 *
	 * @param list<string>          $args    Contact.
	 * @param array<string, string> $options Options.
	 */
	public function show( array $args, array $options ): void {
		$id     = self::contact( (string) $args[0] );
		$limit  = Number::option( $options, 'limit', self::SHOWN, self::SHOWN_MAX );
		$ledger = self::run( static fn() => Consents::ledger( $id, '', $limit ) );
		$format = $options['format'] ?? 'table';
		if ( 'table' === $format ) {
			$names  = array_flip( Consents::STATES );
			$states = array();
			foreach ( $ledger['states'] as $purpose => $state ) {
				$states[] = ucfirst( $purpose ) . ": {$names[ $state ]}.";
			}
			WP_CLI::line( implode( ' ', $states ) );
		}
		$items = array();
		foreach ( $ledger['items'] as $item ) {
			$items[] = array(
				'id'      => $item['id'],
				'when'    => gmdate( 'Y-m-d H:i:s', intdiv( $item['at_ms'], 1000 ) ) . ' UTC',
				'purpose' => $item['purpose'],
				'state'   => $item['state'] . ( $item['void_ms'] > 0 ? ' (undone)' : '' ),
				'by'      => $item['by_person'] ? 'the person' : ( $item['user']['name'] ?? '' ),
				'source'  => $item['source'],
				'wording' => $item['wording'],
				'detail'  => $item['detail'],
			);
		}
		Utils\format_items( $format, 'ids' === $format ? array_column( $items, 'id' ) : $items, array( 'id', 'when', 'purpose', 'state', 'by', 'source', 'wording', 'detail' ) );
	}

	/**
	 * Writes down that a contact agreed. Refused when they withdrew: only they lift that.
	 *
	 * ## OPTIONS
	 *
	 * <contact>
	 * : The contact's id, or its number with + in front.
	 *
	 * --wording=<text>
	 * : What they agreed to, and how.
	 *
	 * [--purpose=<purpose>]
	 * : What for.
	 * ---
	 * default: marketing
	 * options:
	 *   - marketing
	 *   - utility
	 *   - login
	 * ---
	 *
	 * [--at=<time>]
	 * : When, as 2026-05-12 or 2026-05-12T10:00:00Z; now unless given.
	 *
	 * ## EXAMPLES
	 *
	 *     $ wp nxtchat consent grant +4915112345678 --wording="Signed the form at the fair" --at=2026-05-12
	 *     Success: Contact 42: marketing is granted.
	 *
	 * @param list<string>          $args    Contact.
	 * @param array<string, string> $options Options.
	 */
	public function grant( array $args, array $options ): void {
		self::change( $args, $options, Native\CONSENT_GRANTED );
	}

	/**
	 * Withdraws for a contact who asked for it.
	 *
	 * ## OPTIONS
	 *
	 * <contact>
	 * : The contact's id, or its number with + in front.
	 *
	 * [--wording=<text>]
	 * : What they said.
	 *
	 * [--purpose=<purpose>]
	 * : What for.
	 * ---
	 * default: marketing
	 * options:
	 *   - marketing
	 *   - utility
	 *   - login
	 * ---
	 *
	 * [--at=<time>]
	 * : When, as 2026-05-12 or 2026-05-12T10:00:00Z; now unless given.
	 *
	 * ## EXAMPLES
	 *
	 *     $ wp nxtchat consent revoke 42 --wording="Asked on the phone"
	 *     Success: Contact 42: marketing is revoked.
	 *
	 * @param list<string>          $args    Contact.
	 * @param array<string, string> $options Options.
	 */
	public function revoke( array $args, array $options ): void {
		self::change( $args, $options, Native\CONSENT_REVOKED );
	}

	/**
	 * Shows the settings of consent, or changes one.
	 *
	 * ## OPTIONS
	 *
	 * [<name>]
	 * : reply, registration, comments, checkout, form_ip (true, false), stop_reply, start_reply, wording (a text),
	 * stop_words, start_words, button_stop, button_start (JSON).
	 *
	 * [<value>]
	 * : The new value; "default" brings ours back.
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
	 *     $ wp nxtchat consent settings checkout true
	 *     Success: checkout is true.
	 *
	 *     $ wp nxtchat consent settings stop_words '{"en":["STOP"],"de":["Stopp","Abmelden"]}'
	 *
	 * @param list<string>          $args    Name, value.
	 * @param array<string, string> $options Options.
	 */
	public function settings( array $args, array $options ): void {
		NamedSettings::run( ConsentSettings::all(), array( ConsentSettings::class, 'set' ), 'consent settings', $args, $options );
	}

	private static function change( array $args, array $options, int $state ): void {
		$id      = self::contact( (string) $args[0] );
		$purpose = (string) ( $options['purpose'] ?? 'marketing' );
		if ( ! isset( Consents::PURPOSES[ $purpose ] ) ) {
			WP_CLI::error( '--purpose is marketing, utility or login.' );
		}
		$at = 0;
		if ( isset( $options['at'] ) ) {
			$time = date_create_immutable( (string) $options['at'], wp_timezone() );
			if ( false === $time || $time->getTimestamp() < 1 || $time->getTimestamp() > time() ) {
				WP_CLI::error( '--at is a time in the past, as 2026-05-12 or 2026-05-12T10:00:00Z.' );
			}
			$at = $time->getTimestamp() * 1000;
		}
		self::run(
			static fn() => Consents::change(
				$id,
				Consents::PURPOSES[ $purpose ],
				$state,
				array(
					'source'  => 'cli',
					'wording' => (string) ( $options['wording'] ?? '' ),
					'user_id' => get_current_user_id(),
					'at_ms'   => $at,
				)
			)
		);
		WP_CLI::success( "Contact $id: $purpose is " . array_search( $state, Consents::STATES, true ) . '.' );
	}

	/** A contact's id from an id or a number. */
	private static function contact( string $text ): int {
		if ( 1 === preg_match( '/^\d{1,15}$/D', $text ) ) {
			return (int) $text;
		}
		$found = self::run( static fn() => str_starts_with( $text, '+' ) ? Contacts::search( $text, '' ) : array() );
		if ( 1 !== count( $found ) ) {
			WP_CLI::error( $found ? "$text is the beginning of several contacts' numbers." : "There is no contact $text. Give an id, or the whole number with + in front." );
		}
		return $found[0];
	}

	/** The result, or the error on one line and exit code 1. */
	private static function run( callable $work ): array {
		try {
			$done = $work();
		} catch ( StoreError | Native\Exception\Exception $e ) {
			WP_CLI::error( $e->getMessage() );
		}
		if ( is_wp_error( $done ) ) {
			WP_CLI::error( trim( $done->get_error_message() . ' ' . ( $done->get_error_data()['remedy'] ?? '' ) ) );
		}
		return $done;
	}
}
