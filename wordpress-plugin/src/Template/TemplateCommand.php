<?php
/**
 * wp nxtchat template …
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Template;

use NxtChat\Cli\Answer;
use NxtChat\Cli\Number;
use NxtChat\Contact\Contacts;
use NxtChat\Native;
use WP_CLI;
use WP_CLI\Utils;

/** Message templates. */
final class TemplateCommand {

	private const COLUMNS = array( 'id', 'name', 'language', 'status', 'category', 'quality', 'sent', 'read', 'last_used' );

	/** Templates read at once, of one page; seconds of a sync before it says that it goes on. */
	private const PAGE   = 200;
	private const SYNC_S = 20.0;

	/** Largest file with a template or values, in bytes. */
	private const FILE_MAX = 262144;

	/**
	 * Lists templates.
	 *
	 * ## OPTIONS
	 *
	 * [--account=<id>]
	 * : Those of this account.
	 *
	 * [--status=<status>]
	 * : As APPROVED,PAUSED; DRAFT for those never handed in, GONE for those that Meta no longer has.
	 *
	 * [--category=<category>]
	 * : As MARKETING,UTILITY.
	 *
	 * [--language=<language>]
	 * : As en_US,de.
	 *
	 * [--quality=<quality>]
	 * : As RED,YELLOW.
	 *
	 * [--search=<text>]
	 * : A part of the name.
	 *
	 * [--sort=<sort>]
	 * : The order.
	 * ---
	 * default: name
	 * options:
	 *   - name
	 *   - last_used
	 *   - updated
	 * ---
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
	 * : How to show them.
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
	 *     $ wp nxtchat template list --status=PAUSED,REJECTED
	 *
	 * @param list<string>          $args    None.
	 * @param array<string, string> $options Options.
	 */
	public function list( array $args, array $options ): void {
		$left   = Number::option( $options, 'limit', 50, 100000 );
		$filter = array_intersect_key( $options, array_flip( array( 'status', 'category', 'language', 'quality', 'search' ) ) ) + array( 'account' => Number::option( $options, 'account', 0 ) );
		$items  = array();
		$cursor = '';
		do {
			$page   = Answer::of( static fn() => Templates::list( $filter, (string) ( $options['sort'] ?? 'name' ), $cursor, min( $left, self::PAGE ) ) );
			$items  = array( ...$items, ...$page['items'] );
			$left  -= count( $page['items'] );
			$cursor = (string) $page['next'];
		} while ( '' !== $cursor && $left > 0 );
		$items  = array_map( array( self::class, 'flat' ), $items );
		$format = $options['format'] ?? 'table';
		Utils\format_items( $format, 'ids' === $format ? array_column( $items, 'id' ) : $items, isset( $options['fields'] ) ? explode( ',', $options['fields'] ) : self::COLUMNS );
	}

	/**
	 * Shows one template: its text, what it needs, what happened to it.
	 *
	 * ## OPTIONS
	 *
	 * <template>
	 * : Its id, or its name.
	 *
	 * [--language=<language>]
	 * : Of a name with several.
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
	 *     $ wp nxtchat template get order_update --language=en_US
	 *
	 * @param list<string>          $args    Template.
	 * @param array<string, string> $options Options.
	 */
	public function get( array $args, array $options ): void {
		$id = self::find( $args[0], $options );
		WP_CLI::print_value( json_decode( (string) wp_json_encode( Answer::of( static fn() => Templates::detail( $id ) ) ), true ), array( 'format' => $options['format'] ?? 'json' ) );
	}

	/**
	 * Reads the templates of an account, or of all, from Meta.
	 *
	 * ## OPTIONS
	 *
	 * [--account=<id>]
	 * : Of this account; of all when left out.
	 *
	 * ## EXAMPLES
	 *
	 *     $ wp nxtchat template sync
	 *     Success: Account 1: 12 templates, 2 changed.
	 *
	 * @param list<string>          $args    None.
	 * @param array<string, string> $options Options.
	 */
	public function sync( array $args, array $options ): void {
		$account  = Number::option( $options, 'account', 0 );
		$accounts = $account > 0 ? array( $account ) : array_values( Templates::accounts() );
		if ( ! $accounts ) {
			WP_CLI::error( 'There is no account yet.' );
		}
		foreach ( $accounts as $id ) {
			do {
				$read = Answer::of( static fn() => TemplateSync::run( $id, self::SYNC_S ) );
				if ( ! empty( $read['busy'] ) ) {
					WP_CLI::error( "The templates of account $id are being read at this moment." );
				}
			} while ( ! $read['done'] );
			WP_CLI::success( "Account $id: {$read['seen']} templates, {$read['changed']} changed." );
		}
	}

	/**
	 * Tells everything that Meta would refuse in a template.
	 *
	 * ## OPTIONS
	 *
	 * <file>
	 * : JSON as in POST /{WABA}/message_templates; - reads standard input.
	 *
	 * [--format=<format>]
	 * : How to show it.
	 * ---
	 * default: table
	 * options:
	 *   - table
	 *   - json
	 *   - csv
	 *   - yaml
	 *   - count
	 * ---
	 *
	 * ## EXAMPLES
	 *
	 *     $ wp nxtchat template check order_update.json
	 *     Success: Nothing is wrong with it.
	 *
	 * @param list<string>          $args    File.
	 * @param array<string, string> $options Options.
	 */
	public function check( array $args, array $options ): void {
		$template = self::json( $args[0], 'a template' );
		$problems = Answer::of( static fn() => Preview::check( $template ) )['problems'];
		$format   = $options['format'] ?? 'table';
		if ( $problems || 'table' !== $format ) {
			Utils\format_items( $format, $problems, array( 'severity', 'place', 'rule', 'message', 'remedy' ) );
		}
		$errors = count( array_filter( $problems, static fn( array $problem ): bool => 'error' === $problem['severity'] ) );
		if ( $errors > 0 ) {
			WP_CLI::error( 1 === $errors ? 'Meta would refuse it.' : "Meta would refuse it for $errors reasons." );
		}
		if ( 'table' === $format ) {
			WP_CLI::success( $problems ? 'Meta would take it.' : 'Nothing is wrong with it.' );
		}
	}

	/**
	 * Shows what a customer would see.
	 *
	 * ## OPTIONS
	 *
	 * <template>
	 * : Its id or name, or a JSON file.
	 *
	 * [--language=<language>]
	 * : Of a name with several.
	 *
	 * [--values=<json>]
	 * : Values by key, as {"body.1": "Ann"}; - reads standard input. Examples stand in for what is not given.
	 *
	 * [--contact=<contact>]
	 * : With the values of this contact: id, number with country code, user id, or @username.
	 *
	 * [--format=<format>]
	 * : How to show it.
	 * ---
	 * default: text
	 * options:
	 *   - text
	 *   - json
	 *   - yaml
	 * ---
	 *
	 * ## EXAMPLES
	 *
	 *     $ wp nxtchat template preview order_update --contact=+4915112345678
	 *
	 * @param list<string>          $args    Template.
	 * @param array<string, string> $options Options.
	 */
	public function preview( array $args, array $options ): void {
		$input = str_ends_with( $args[0], '.json' ) ? array( 'template' => self::json( $args[0], 'a template' ) ) : array( 'id' => self::find( $args[0], $options ) );
		$shown = Answer::of(
			static fn() => Preview::show(
				$input + array(
					'values'  => self::values( $options ),
					'contact' => isset( $options['contact'] ) ? self::contact( $options['contact'] ) : 0,
				)
			)
		);
		if ( 'text' !== ( $options['format'] ?? 'text' ) ) {
			WP_CLI::print_value( json_decode( (string) wp_json_encode( $shown ), true ), array( 'format' => $options['format'] ) );
			return;
		}
		foreach ( self::lines( (array) $shown['rendered'] ) as $line ) {
			WP_CLI::line( $line );
		}
		foreach ( $shown['missing'] as $missing ) {
			WP_CLI::warning( "Nothing fills in {$missing['key']} ({$missing['label']})." );
		}
	}

	/**
	 * Makes a draft, and hands it in at Meta when told so.
	 *
	 * ## OPTIONS
	 *
	 * <file>
	 * : JSON as in POST /{WABA}/message_templates; - reads standard input. Or the key of a starting point, as order_update.
	 *
	 * [--account=<id>]
	 * : The account; not needed when there is only one.
	 *
	 * [--submit]
	 * : Hand it in.
	 *
	 * [--porcelain]
	 * : Print only the id.
	 *
	 * ## EXAMPLES
	 *
	 *     $ wp nxtchat template create order_update.json --submit
	 *     Success: Template 7 is PENDING.
	 *
	 * @param list<string>          $args    File.
	 * @param array<string, string> $options Options.
	 */
	public function create( array $args, array $options ): void {
		$start = array_column( Starters::all(), null, 'key' )[ $args[0] ] ?? null;
		$input = array(
			'account'  => Number::option( $options, 'account', 0 ),
			'template' => null === $start ? self::json( $args[0], 'a template' ) : $start['template'],
			'bindings' => null === $start ? array() : $start['bindings'],
			'submit'   => ! empty( $options['submit'] ),
		);
		$made  = Answer::of( static fn() => self::with_places( TemplateEdit::save( $input ) ) );
		if ( ! empty( $options['porcelain'] ) ) {
			WP_CLI::line( (string) $made['id'] );
			return;
		}
		foreach ( array_filter( $made['problems'], static fn() => empty( $options['submit'] ) ) as $problem ) {
			WP_CLI::warning( "{$problem['place']}: {$problem['message']} {$problem['remedy']}" );
		}
		WP_CLI::success( "Template {$made['id']} is {$made['status']}." );
	}

	/**
	 * Deletes a template, at Meta too. The name of one that was approved is blocked there for 30 days.
	 *
	 * ## OPTIONS
	 *
	 * <template>
	 * : Its id, or its name.
	 *
	 * [--language=<language>]
	 * : Of a name with several.
	 *
	 * [--all-languages]
	 * : In all its languages.
	 *
	 * [--force]
	 * : Also when something on this site needs it.
	 *
	 * [--yes]
	 * : Do not ask.
	 *
	 * ## EXAMPLES
	 *
	 *     $ wp nxtchat template delete 7 --yes
	 *
	 * @param list<string>          $args    Template.
	 * @param array<string, string> $options Options.
	 */
	public function delete( array $args, array $options ): void {
		$id       = self::find( $args[0], $options );
		$template = Templates::get( $id ) ?? array();
		WP_CLI::confirm( "Delete the template {$template['name']} (" . ( empty( $options['all-languages'] ) ? $template['language'] : 'all languages' ) . ')?', $options );
		Answer::of( static fn() => TemplateEdit::delete( $id, ! empty( $options['all-languages'] ), ! empty( $options['force'] ) ) );
		WP_CLI::success( "Template $id is deleted." );
	}

	/**
	 * Sends a template.
	 *
	 * ## OPTIONS
	 *
	 * <template>
	 * : Its id, or its name.
	 *
	 * <to>
	 * : A number in any spelling; with --contact the id of a contact, its user id, or @username.
	 *
	 * [--contact]
	 * : <to> is a contact, whose data fill in the values that are bound to them.
	 *
	 * [--language=<language>]
	 * : Of a name with several.
	 *
	 * [--values=<json>]
	 * : Values by key, as {"body.1": "Ann"}; - reads standard input.
	 *
	 * [--account=<id>]
	 * : The account that sends, of those that have the template.
	 *
	 * [--ref=<ulid>]
	 * : A reference of your own: the same one again sends nothing again.
	 *
	 * [--porcelain]
	 * : Print only the message's id.
	 *
	 * ## EXAMPLES
	 *
	 *     $ wp nxtchat template send order_update +4915112345678 --values='{"body.1": "Ann"}'
	 *     Success: Message 42 is sent.
	 *
	 * @param list<string>          $args    Template, to.
	 * @param array<string, string> $options Options.
	 */
	public function send( array $args, array $options ): void {
		$id      = self::find( $args[0], $options );
		$to      = empty( $options['contact'] ) ? array( 'phone' => $args[1] ) : array( 'contact' => self::contact( $args[1] ) );
		$values  = self::values( $options );
		$more    = array(
			'ref'        => (string) ( $options['ref'] ?? '' ),
			'account_id' => Number::option( $options, 'account', 0 ),
			'origin'     => Native\ORIGIN_API,
			'user_id'    => get_current_user_id(),
		);
		$message = Answer::of( static fn() => self::with_places( TemplateSend::send( $id, $to, $values, false, $more ) ) )['message'];
		if ( Native\STATE_FAILED === $message['state'] ) {
			WP_CLI::error( trim( "Message {$message['id']} was refused: {$message['error']['title']}. {$message['error']['message']} {$message['error']['remedy']}" ) );
		}
		if ( ! empty( $options['porcelain'] ) ) {
			WP_CLI::line( (string) $message['id'] );
		} elseif ( Native\STATE_UNKNOWN === $message['state'] ) {
			WP_CLI::warning( "Message {$message['id']}: nobody knows yet whether it went out. It is not sent again; WhatsApp's report will settle it." );
		} else {
			WP_CLI::success( "Message {$message['id']} is {$message['state_name']}." );
		}
	}

	/** A template's id by id or name; ends the command when there is none, or more than one. */
	private static function find( string $text, array $options ): int {
		if ( 1 === preg_match( '/^\d{1,18}$/D', $text ) && null !== Templates::row( (int) $text ) ) {
			return (int) $text;
		}
		$filter = array(
			'name'     => $text,
			'language' => (string) ( $options['language'] ?? '' ),
			'account'  => Number::option( $options, 'account', 0 ),
		);
		$found  = Answer::of( static fn() => Templates::list( $filter, 'name', '', self::PAGE ) )['items'];
		if ( ! $found ) {
			WP_CLI::error( "There is no template \"$text\". Give its id or name; wp nxtchat template list shows them." );
		}
		if ( count( $found ) > 1 ) {
			WP_CLI::error( "There are several templates \"$text\": " . implode( ', ', array_map( static fn( array $one ): string => "{$one['id']} ({$one['language']})", $found ) ) . '. Give the id, or --language.' );
		}
		return $found[0]['id'];
	}

	private static function contact( string $text ): int {
		return Contacts::find( $text ) ?? WP_CLI::error( "There is no contact \"$text\". Give its id, a number with country code, a WhatsApp user id, or @username." );
	}

	/** @return array<string, mixed> */
	private static function values( array $options ): array {
		$json   = (string) ( $options['values'] ?? '{}' );
		$json   = '-' === $json ? (string) file_get_contents( 'php://stdin', false, null, 0, self::FILE_MAX ) : $json;
		$values = json_decode( $json, true );
		if ( ! is_array( $values ) || ( $values && array_is_list( $values ) ) ) {
			WP_CLI::error( '--values must be a JSON object, as {"body.1": "Ann"}.' );
		}
		return $values;
	}

	/** A JSON object from a file. @return array<string, mixed> */
	private static function json( string $file, string $what ): array {
		$path = '-' === $file ? 'php://stdin' : $file;
		$json = 'php://stdin' === $path || ( is_file( $path ) && is_readable( $path ) ) ? file_get_contents( $path, false, null, 0, self::FILE_MAX + 1 ) : false;
		if ( false === $json ) {
			WP_CLI::error( "The file $file cannot be read." );
		}
		$value = strlen( $json ) > self::FILE_MAX ? null : json_decode( $json, true );
		if ( ! is_array( $value ) || ! $value || array_is_list( $value ) ) {
			WP_CLI::error( "$file does not hold the JSON of $what." );
		}
		return $value;
	}

	/** Problems and missing values of the Template room with the path that Answer shows. */
	private static function with_places( mixed $result ): mixed {
		if ( is_wp_error( $result ) ) {
			$data     = (array) $result->get_error_data();
			$problems = array_map( static fn( array $problem ): array => $problem + array( 'path' => $problem['place'] ?? '' ), $data['problems'] ?? array() );
			foreach ( $data['missing'] ?? array() as $missing ) {
				$problems[] = array(
					'path'    => $missing['key'],
					'message' => "Nothing fills in {$missing['label']}.",
					'remedy'  => 'Give it with --values.',
				);
			}
			$result->add_data( array( 'problems' => $problems ) + $data );
		}
		return $result;
	}

	/** A template as columns of a table. */
	private static function flat( array $template ): array {
		$template['status']    = $template['gone'] ? Templates::GONE : $template['status'];
		$template['last_used'] = $template['last_used_ms'] > 0 ? wp_date( 'Y-m-d H:i', intdiv( $template['last_used_ms'], 1000 ) ) : '';
		return $template;
	}

	/** What a customer sees, as lines. @return list<string> */
	private static function lines( array $rendered ): array {
		$lines  = array();
		$header = $rendered['header'] ?? null;
		if ( null !== $header ) {
			$lines[] = '' !== (string) ( $header['text'] ?? '' ) ? $header['text'] : '[' . $header['kind'] . ']';
		}
		$lines[] = (string) ( $rendered['body']['plain'] ?? '' );
		$lines[] = (string) ( $rendered['footer'] ?? '' );
		foreach ( $rendered['buttons'] ?? array() as $button ) {
			$lines[] = trim( "[{$button['text']}] " . ( $button['url'] ?? '' ) . ( $button['phone'] ?? '' ) . ( $button['code'] ?? '' ) );
		}
		foreach ( $rendered['cards'] ?? array() as $n => $card ) {
			$lines[] = '--- ' . ( $n + 1 );
			$lines   = array( ...$lines, ...self::lines( (array) $card ) );
		}
		return array_values( array_filter( $lines, static fn( string $line ): bool => '' !== $line ) );
	}
}
