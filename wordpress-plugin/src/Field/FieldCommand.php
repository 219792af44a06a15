<?php
/**
 * wp nxtchat field …
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Field;

use NxtChat\Cli\Answer;
use WP_CLI;
use WP_CLI\Utils;

/** Custom fields of contacts. */
final class FieldCommand {

	private const COLUMNS = array( 'id', 'name', 'label', 'type_name', 'choices', 'used' );

	/**
	 * Lists custom fields in their order.
	 *
	 * ## OPTIONS
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
	 *     $ wp nxtchat field list
	 *
	 * @param list<string>          $args    None.
	 * @param array<string, string> $options Options.
	 */
	public function list( array $args, array $options ): void {
		$items  = array_map( static fn( array $field ): array => array( 'choices' => implode( ', ', $field['choices'] ) ) + $field, Answer::of( array( Fields::class, 'with_use' ) ) );
		$format = $options['format'] ?? 'table';
		Utils\format_items( $format, 'ids' === $format ? array_column( $items, 'id' ) : $items, isset( $options['fields'] ) ? explode( ',', $options['fields'] ) : self::COLUMNS );
	}

	/**
	 * Adds a custom field.
	 *
	 * ## OPTIONS
	 *
	 * <label>
	 * : What people see.
	 *
	 * --type=<type>
	 * : What its values are.
	 * ---
	 * options:
	 *   - text
	 *   - number
	 *   - date
	 *   - choice
	 *   - yes_no
	 * ---
	 *
	 * [--name=<name>]
	 * : Its name in templates, segments and files; left out, made of the label.
	 *
	 * [--choices=<json>]
	 * : Of a choice: ["small", "large"].
	 *
	 * [--porcelain]
	 * : Print the id only.
	 *
	 * ## EXAMPLES
	 *
	 *     $ wp nxtchat field create "Shoe size" --type=number
	 *     Success: Field 3 was added: shoe_size.
	 *
	 * @param list<string>          $args    Label.
	 * @param array<string, string> $options Options.
	 */
	public function create( array $args, array $options ): void {
		$field = Answer::of( static fn() => Fields::create( array( 'label' => $args[0] ) + self::input( $options ) ) );
		if ( ! empty( $options['porcelain'] ) ) {
			WP_CLI::line( (string) $field['id'] );
			return;
		}
		WP_CLI::success( "Field {$field['id']} was added: {$field['name']}." );
	}

	/**
	 * Changes a custom field. A new type, and choices that go, must fit the values that are there.
	 *
	 * ## OPTIONS
	 *
	 * <field>
	 * : Its id or name.
	 *
	 * [--label=<label>]
	 * : What people see.
	 *
	 * [--name=<name>]
	 * : Its name in templates, segments and files.
	 *
	 * [--type=<type>]
	 * : What its values are.
	 *
	 * [--choices=<json>]
	 * : All choices from now on: ["small", "large"].
	 *
	 * [--clear]
	 * : Values that do not fit are removed.
	 *
	 * ## EXAMPLES
	 *
	 *     $ wp nxtchat field update shoe_size --label="Size"
	 *
	 * @param list<string>          $args    Field.
	 * @param array<string, string> $options Options.
	 */
	public function update( array $args, array $options ): void {
		$id    = self::find( $args[0] )['id'];
		$input = self::input( $options );
		if ( ! $input ) {
			WP_CLI::error( 'Nothing to change: say what, as --label=.' );
		}
		Answer::of( static fn() => Fields::update( $id, $input + array( 'clear' => ! empty( $options['clear'] ) ) ) );
		WP_CLI::success( "Field $id was changed." );
	}

	/**
	 * Deletes a custom field with its values.
	 *
	 * ## OPTIONS
	 *
	 * <field>
	 * : Its id or name.
	 *
	 * [--yes]
	 * : Don't ask.
	 *
	 * ## EXAMPLES
	 *
	 *     $ wp nxtchat field delete shoe_size --yes
	 *     Success: Field 3 was deleted with 120 values.
	 *
	 * @param list<string>          $args    Field.
	 * @param array<string, string> $options Options.
	 */
	public function delete( array $args, array $options ): void {
		$field = self::find( $args[0] );
		WP_CLI::confirm( sprintf( 'Delete "%s" with the values of %d people?', $field['label'], $field['used'] ), $options );
		$done = Answer::of( static fn() => Fields::delete( $field['id'], true ) );
		WP_CLI::success( "Field {$done['id']} was deleted with {$done['values']} values." );
	}

	private static function find( string $text ): array {
		return Answer::of( static fn() => Fields::get( ctype_digit( $text ) && strlen( $text ) < 19 ? (int) $text : strtolower( $text ) ) );
	}

	private static function input( array $options ): array {
		$input = array_intersect_key( $options, array_flip( array( 'label', 'name', 'type' ) ) );
		if ( isset( $options['choices'] ) ) {
			$choices = json_decode( (string) $options['choices'], true, 3 );
			if ( ! is_array( $choices ) || ! array_is_list( $choices ) ) {
				WP_CLI::error( '--choices must be a JSON list, as ["small", "large"].' );
			}
			$input['choices'] = $choices;
		}
		return $input;
	}
}
