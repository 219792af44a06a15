<?php
/**
 * wp nxtchat contact …
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Contact;

use NxtChat\Cli\Answer;
use NxtChat\Cli\Number;
use NxtChat\Field\Fields;
use NxtChat\Group\Groups;
use NxtChat\Import\ImportCommand;
use WP_CLI;
use WP_CLI\Utils;

/** Shows, makes, changes, merges, erases, imports and exports contacts. */
final class ContactCommand {

	private const COLUMNS = array( 'id', 'name', 'phone', 'username', 'email', 'country', 'language', 'groups', 'marketing', 'source', 'last_in' );

	/** Options that say who a contact is. */
	private const INPUT = array( 'name', 'phone', 'bsuid', 'username', 'email', 'country', 'language' );

	/** Contacts read at once. */
	private const PAGE = 200;

	/** Consent states as they are shown and filtered. */
	private const STATES = array( 'none', 'granted', 'revoked' );

	/**
	 * Lists contacts, those added last first.
	 *
	 * ## OPTIONS
	 *
	 * [--search=<text>]
	 * : Beginnings of a name, a number in any spelling, a username.
	 *
	 * [--group=<ids>]
	 * : In one of these groups.
	 *
	 * [--segment=<id>]
	 * : In this segment.
	 *
	 * [--marketing=<states>]
	 * : Consent to marketing: granted, revoked, none.
	 *
	 * [--utility=<states>]
	 * : The same for utility messages.
	 *
	 * [--login=<states>]
	 * : The same for login codes.
	 *
	 * [--country=<codes>]
	 * : As DE,AT.
	 *
	 * [--language=<codes>]
	 * : As de,pt_BR.
	 *
	 * [--source=<sources>]
	 * : Where they came from, as whatsapp or import.
	 *
	 * [--heard=<when>]
	 * : When they last wrote: 7d, 30d, 90d, older or never.
	 *
	 * [--field=<name:value>]
	 * : With this value in a custom field.
	 *
	 * [--import=<id>]
	 * : Made by this import.
	 *
	 * [--conditions=<json>]
	 * : Conditions as segments have them.
	 *
	 * [--sort=<sort>]
	 * : By what.
	 * ---
	 * default: added
	 * options:
	 *   - added
	 *   - name
	 *   - heard
	 * ---
	 *
	 * [--order=<order>]
	 * : asc or desc; left out, what suits the sort.
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
	 * : How to show them. `count` asks the database and lists nobody.
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
	 *     $ wp nxtchat contact list --group=3 --marketing=granted
	 *     $ wp nxtchat contact list --search="0151 234" --format=ids
	 *
	 * @param list<string>          $args    None.
	 * @param array<string, string> $options Options.
	 */
	public function list( array $args, array $options ): void {
		$limit = Number::option( $options, 'limit', 50, 100000 );
		$order = (string) ( $options['order'] ?? '' );
		if ( ! in_array( $order, array( '', 'asc', 'desc' ), true ) ) {
			WP_CLI::error( '--order must be asc or desc.' );
		}
		$format = $options['format'] ?? 'table';
		$items  = array();
		$cursor = '';
		do {
			$page = Answer::of( static fn() => ContactList::page( self::filter( $options ), (string) ( $options['sort'] ?? 'added' ), $order, $cursor, 'count' === $format ? 1 : min( self::PAGE, $limit - count( $items ) ) ) );
			if ( 'count' === $format ) {
				WP_CLI::line( (string) $page['count']['value'] );
				return;
			}
			array_push( $items, ...array_map( array( self::class, 'row' ), $page['items'] ) );
			$cursor = $page['next'];
		} while ( null !== $cursor && count( $items ) < $limit );
		Utils\format_items( $format, 'ids' === $format ? array_column( $items, 'id' ) : $items, isset( $options['fields'] ) ? explode( ',', $options['fields'] ) : self::COLUMNS );
	}

	/**
	 * Shows one contact in full.
	 *
	 * ## OPTIONS
	 *
	 * <contact>
	 * : Its id, a number with country code, a WhatsApp user id, or @username.
	 *
	 * [--field=<field>]
	 * : Only this.
	 *
	 * [--log]
	 * : With the last 50 entries of the timeline.
	 *
	 * [--format=<format>]
	 * : How to show it.
	 * ---
	 * default: json
	 * options:
	 *   - json
	 *   - yaml
	 * ---
	 *
	 * ## EXAMPLES
	 *
	 *     $ wp nxtchat contact get +4915123456789
	 *     $ wp nxtchat contact get 12 --field=email
	 *
	 * @param list<string>          $args    Contact.
	 * @param array<string, string> $options Options.
	 */
	public function get( array $args, array $options ): void {
		$id      = self::find( $args[0] );
		$contact = Contacts::json( array( $id ), true )[ $id ];

		$contact['fields'] = (array) $contact['fields'];
		if ( ! empty( $options['log'] ) ) {
			$contact['log'] = Answer::of( static fn() => ContactLog::page( $id, '', 50 ) )['items'];
		}
		if ( isset( $options['field'] ) ) {
			if ( ! array_key_exists( $options['field'], $contact ) ) {
				WP_CLI::error( 'Invalid field: ' . $options['field'] . '.' );
			}
			$value = $contact[ $options['field'] ];
			WP_CLI::line( is_scalar( $value ) || null === $value ? (string) $value : (string) wp_json_encode( $value, JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES ) );
			return;
		}
		WP_CLI::print_value( $contact, array( 'format' => $options['format'] ?? 'json' ) );
	}

	/**
	 * Makes a contact. Being added is no agreement to marketing.
	 *
	 * ## OPTIONS
	 *
	 * [--phone=<number>]
	 * : In any spelling; without a country code it is a number of --country, else of the account's country.
	 *
	 * [--bsuid=<id>]
	 * : WhatsApp user id.
	 *
	 * [--username=<name>]
	 * : WhatsApp username.
	 *
	 * [--name=<name>]
	 * : What you call them.
	 *
	 * [--email=<address>]
	 * : E-mail address.
	 *
	 * [--country=<code>]
	 * : As DE.
	 *
	 * [--language=<code>]
	 * : As de or pt_BR.
	 *
	 * [--groups=<groups>]
	 * : Ids or names, separated by commas.
	 *
	 * [--values=<json>]
	 * : Custom fields: {"size": "38"}.
	 *
	 * [--same-email]
	 * : Another contact may have the same address.
	 *
	 * [--source=<word>]
	 * : Where they come from.
	 * ---
	 * default: cli
	 * ---
	 *
	 * [--porcelain]
	 * : Print the id only.
	 *
	 * ## EXAMPLES
	 *
	 *     $ wp nxtchat contact create --phone="0151 23456789" --country=DE --name="Zoë Müller" --groups=VIP
	 *     Success: Contact 12 was made.
	 *
	 * @param list<string>          $args    None.
	 * @param array<string, string> $options Options.
	 */
	public function create( array $args, array $options ): void {
		$contact = Answer::of( static fn() => ContactEdit::create( self::input( $options ), (string) ( $options['source'] ?? 'cli' ) ) );
		if ( ! empty( $options['porcelain'] ) ) {
			WP_CLI::line( (string) $contact['id'] );
			return;
		}
		WP_CLI::success( "Contact {$contact['id']} was made." );
	}

	/**
	 * Changes a contact. What is not given stays; an empty value removes.
	 *
	 * ## OPTIONS
	 *
	 * <contact>
	 * : Its id, a number with country code, a WhatsApp user id, or @username.
	 *
	 * [--phone=<number>]
	 * : Replaces the number that is shown.
	 *
	 * [--add-phone=<number>]
	 * : One more number.
	 *
	 * [--remove-phone=<number>]
	 * : One number less.
	 *
	 * [--bsuid=<id>]
	 * : WhatsApp user id.
	 *
	 * [--username=<name>]
	 * : WhatsApp username.
	 *
	 * [--name=<name>]
	 * : What you call them.
	 *
	 * [--email=<address>]
	 * : E-mail address.
	 *
	 * [--country=<code>]
	 * : As DE.
	 *
	 * [--language=<code>]
	 * : As de or pt_BR.
	 *
	 * [--groups=<groups>]
	 * : All groups from now on: ids or names, separated by commas.
	 *
	 * [--values=<json>]
	 * : Custom fields: {"size": "38"}.
	 *
	 * [--same-email]
	 * : Another contact may have the same address.
	 *
	 * [--undo=<entry>]
	 * : Undo this entry of the timeline instead.
	 *
	 * ## EXAMPLES
	 *
	 *     $ wp nxtchat contact update 12 --name="Zoë M." --values='{"size":"38,5"}'
	 *     Success: Contact 12 was changed (entry 31).
	 *
	 * @param list<string>          $args    Contact.
	 * @param array<string, string> $options Options.
	 */
	public function update( array $args, array $options ): void {
		$id = self::find( $args[0] );
		if ( isset( $options['undo'] ) ) {
			$contact = Answer::of( static fn() => ContactEdit::undo( $id, Number::read( $options['undo'], '--undo' ) ) );
		} else {
			$input = self::input( $options );
			foreach ( array( 'add', 'remove' ) as $what ) {
				if ( isset( $options[ "$what-phone" ] ) ) {
					$input[ "{$what}_identities" ][] = array(
						'kind'  => 'phone',
						'value' => $options[ "$what-phone" ],
					);
				}
			}
			if ( ! $input ) {
				WP_CLI::error( 'Nothing to change: say what, as --name=.' );
			}
			$contact = Answer::of( static fn() => ContactEdit::update( $id, $input, null, 'cli' ) );
		}
		WP_CLI::success( null === $contact['log_id'] ? "Contact $id is like that already." : "Contact $id was changed (entry {$contact['log_id']})." );
	}

	/**
	 * Erases contacts with everything about them: messages, consent, notes.
	 *
	 * What stays is a keyed hash of their numbers, so that no import writes to them again.
	 *
	 * ## OPTIONS
	 *
	 * <contact>...
	 * : Ids, numbers with country code, WhatsApp user ids, or @usernames.
	 *
	 * [--yes]
	 * : Don't ask.
	 *
	 * ## EXAMPLES
	 *
	 *     $ wp nxtchat contact delete 12 --yes
	 *     Success: Erased 1 contact.
	 *
	 * @param list<string>          $args    Contacts.
	 * @param array<string, string> $options Options.
	 */
	public function delete( array $args, array $options ): void {
		$ids = array_map( array( self::class, 'find' ), $args );
		WP_CLI::confirm( sprintf( 'Erase %d contacts with all their messages? This cannot be undone.', count( $ids ) ), $options );
		$done = Answer::of( static fn() => ContactEdit::delete( $ids, 'cli' ) );
		WP_CLI::success( "Erased $done " . ( 1 === $done ? 'contact.' : 'contacts.' ) );
	}

	/**
	 * Makes two contacts one. The first keeps its id and, where both have something, what it has.
	 *
	 * ## OPTIONS
	 *
	 * <keep>
	 * : The contact that stays.
	 *
	 * <gone>
	 * : The contact that becomes part of it.
	 *
	 * [--dry-run]
	 * : Show what would become of them, and change nothing.
	 *
	 * [--yes]
	 * : Don't ask.
	 *
	 * ## EXAMPLES
	 *
	 *     $ wp nxtchat contact merge 12 40 --yes
	 *     Success: Contact 40 is part of contact 12 now (merge 3).
	 *
	 * @param list<string>          $args    Two contacts.
	 * @param array<string, string> $options Options.
	 */
	public function merge( array $args, array $options ): void {
		$keep    = self::find( $args[0] );
		$gone    = self::find( $args[1] );
		$preview = Answer::of( static fn() => Merges::preview( $keep, $gone ) );
		if ( ! empty( $options['dry-run'] ) ) {
			WP_CLI::print_value(
				array(
					'result'    => $preview['result'],
					'conflicts' => $preview['conflicts'],
				),
				array( 'format' => 'json' )
			);
			return;
		}
		WP_CLI::confirm( "Make contact $gone a part of contact $keep?", $options );
		$merge = Answer::of( static fn() => Merges::merge( $keep, $gone, false, get_current_user_id() ) );
		WP_CLI::success( "Contact $gone is part of contact $keep now (merge $merge)." );
	}

	/**
	 * Takes a merge back: both have again what they had. What came since stays with the one that was kept.
	 *
	 * ## OPTIONS
	 *
	 * <merge>
	 * : The merge, as `contact merge` and the contact's history tell it.
	 *
	 * [--yes]
	 * : Don't ask.
	 *
	 * ## EXAMPLES
	 *
	 *     $ wp nxtchat contact split 3 --yes
	 *     Success: Contacts 12 and 40 are two again.
	 *
	 * @param list<string>          $args    One merge.
	 * @param array<string, string> $options Options.
	 */
	public function split( array $args, array $options ): void {
		$merge = Number::read( $args[0], 'A merge' );
		WP_CLI::confirm( "Take merge $merge back?", $options );
		$both = Answer::of( static fn() => Merges::split( $merge, get_current_user_id() ) );
		WP_CLI::success( "Contacts {$both['kept']} and {$both['gone']} are two again." );
	}

	/**
	 * Imports contacts from a CSV or TSV file: `wp nxtchat import file`.
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
	 *     $ wp nxtchat contact import people.csv --region=DE --yes
	 *
	 * @param list<string>          $args    File.
	 * @param array<string, string> $options Options.
	 */
	public function import( array $args, array $options ): void {
		( new ImportCommand() )->file( $args, $options );
	}

	/**
	 * Writes contacts as CSV, of any number.
	 *
	 * ## OPTIONS
	 *
	 * [<file>]
	 * : Where to; left out or a dash: standard output.
	 *
	 * [--columns=<columns>]
	 * : As phone,name,field:size; left out: all.
	 *
	 * [--search=<text>]
	 * : The filters are those of `contact list`.
	 *
	 * [--group=<ids>]
	 * : In one of these groups.
	 *
	 * [--segment=<id>]
	 * : In this segment.
	 *
	 * [--marketing=<states>]
	 * : Consent to marketing.
	 *
	 * [--utility=<states>]
	 * : Consent to utility messages.
	 *
	 * [--login=<states>]
	 * : Consent to login codes.
	 *
	 * [--country=<codes>]
	 * : As DE,AT.
	 *
	 * [--language=<codes>]
	 * : As de,pt_BR.
	 *
	 * [--source=<sources>]
	 * : Where they came from.
	 *
	 * [--heard=<when>]
	 * : 7d, 30d, 90d, older or never.
	 *
	 * [--field=<name:value>]
	 * : With this value in a custom field.
	 *
	 * [--import=<id>]
	 * : Made by this import.
	 *
	 * [--conditions=<json>]
	 * : Conditions as segments have them.
	 *
	 * ## EXAMPLES
	 *
	 *     $ wp nxtchat contact export people.csv --group=3
	 *     Success: 1200 contacts written to people.csv.
	 *
	 * @param list<string>          $args    File.
	 * @param array<string, string> $options Options.
	 */
	public function export( array $args, array $options ): void {
		$columns = array_filter( array_map( 'trim', explode( ',', (string) ( $options['columns'] ?? '' ) ) ) );
		$export  = Answer::of( static fn() => ContactExport::prepare( self::filter( $options ), array_values( $columns ) ) );
		$to_file = isset( $args[0] ) && '-' !== $args[0];
		// phpcs:ignore WordPress.WP.AlternativeFunctions -- A stream of any size, as the person who runs this command.
		$stream = $to_file ? @fopen( $args[0], 'wb' ) : STDOUT;
		if ( false === $stream ) {
			WP_CLI::error( "{$args[0]} cannot be written." );
		}
		$failed  = false;
		$written = Answer::of(
			static fn() => $export->write(
				static function ( string $csv ) use ( $stream, &$failed ): bool {
					// phpcs:ignore WordPress.WP.AlternativeFunctions -- As above.
					$failed = $failed || strlen( $csv ) !== @fwrite( $stream, $csv );
					return ! $failed;
				}
			)
		);
		// phpcs:ignore WordPress.WP.AlternativeFunctions -- As above.
		if ( $failed || ( $to_file && ! fclose( $stream ) ) ) {
			WP_CLI::error( 'Not everything could be written. Is the disk full?' );
		}
		if ( $to_file ) {
			WP_CLI::success( "$written contacts written to {$args[0]}." );
		}
	}

	/** The id of the contact that somebody means. */
	private static function find( string $text ): int {
		return Contacts::find( $text ) ?? WP_CLI::error( "There is no contact \"$text\". Give its id, a number with country code, a WhatsApp user id, or @username." );
	}

	/** @return array<string, string> */
	private static function filter( array $options ): array {
		return array_intersect_key( $options, array_flip( ContactList::FILTERS ) );
	}

	/** Input for ContactEdit from the options. */
	private static function input( array $options ): array {
		$input = array_intersect_key( $options, array_flip( self::INPUT ) );
		if ( ! empty( $options['same-email'] ) ) {
			$input['same_email'] = true;
		}
		if ( isset( $options['groups'] ) ) {
			$input['groups'] = self::groups( (string) $options['groups'] );
		}
		if ( isset( $options['values'] ) ) {
			$values = json_decode( (string) $options['values'], true, 4 );
			if ( ! is_array( $values ) ) {
				WP_CLI::error( '--values must be a JSON object, as {"size": "38"}.' );
			}
			$input['fields'] = $values;
		}
		return $input;
	}

	/** @return list<int> */
	private static function groups( string $text ): array {
		$names = Groups::names();
		$ids   = array();
		foreach ( array_filter( array_map( 'trim', explode( ',', $text ) ), 'strlen' ) as $one ) {
			$found = ctype_digit( $one ) && isset( $names[ (int) $one ] ) ? (int) $one : array_search( mb_strtolower( $one ), array_map( 'mb_strtolower', $names ), true );
			if ( false === $found ) {
				WP_CLI::error( "There is no group \"$one\". Make it with: wp nxtchat group create" );
			}
			$ids[] = (int) $found;
		}
		return $ids;
	}

	/** A line of the list: one value in each column. */
	private static function row( array $contact ): array {
		$values = (array) $contact['fields'];
		$row    = array_filter( $contact, 'is_scalar' );
		foreach ( array( 'marketing', 'utility', 'login' ) as $purpose ) {
			$row[ $purpose ] = self::STATES[ $contact[ $purpose ] ] ?? '';
		}
		foreach ( array( 'last_in', 'created', 'updated' ) as $time ) {
			$ms           = $contact[ "{$time}_ms" ];
			$row[ $time ] = $ms > 0 ? gmdate( 'Y-m-d\TH:i:s\Z', intdiv( $ms, 1000 ) ) : '';
		}
		$row['groups']          = implode( ', ', array_column( $contact['groups'], 'name' ) );
		$row['conversation_id'] = (string) $contact['conversation_id'];
		foreach ( Fields::all() as $field ) {
			$row[ "field:{$field['name']}" ] = $values[ $field['name'] ] ?? '';
		}
		return $row;
	}
}
