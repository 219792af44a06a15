<?php
/**
 * What tests of imports share.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Tests\Import;

use NxtChat\Field\Fields;
use NxtChat\Import\Imports;
use NxtChat\Native;
use NxtChat\Site;
use NxtChat\Tests\TestCase;

abstract class ImportCase extends TestCase {

	protected function setUp(): void {
		parent::setUp();
		foreach ( (array) glob( Site::dir() . '/imports/*' ) as $path ) {
			unlink( (string) $path );
		}
	}

	/** Makes an import of this text. The columns are named in its first line as what they are. */
	protected static function made( string $csv, array $options = array() ): array {
		$path = (string) tempnam( sys_get_temp_dir(), 'import' );
		file_put_contents( $path, $csv );
		$columns = array();
		foreach ( str_getcsv( (string) strtok( $csv, "\n" ) ) as $name ) {
			$columns[] = array(
				'name' => $name,
				'to'   => '-' === $name ? null : $name,
			);
		}
		$import = Imports::from_path( $path, $options + array(
			'columns' => $columns,
			'region'  => 'DE',
			'consent' => array( 'wording' => 'News by WhatsApp' ),
		) );
		unlink( $path );
		self::assertIsArray( $import, is_wp_error( $import ) ? $import->get_error_message() . wp_json_encode( $import->get_error_data() ) : '' );
		return $import;
	}

	/** Runs an import to its end. */
	protected static function run_import( int $id, bool $dry = false ): array {
		$started = Imports::start( $id, $dry );
		self::assertIsArray( $started, is_wp_error( $started ) ? $started->get_error_message() : '' );
		return Imports::step( $id, INF );
	}

	/** Imports a text. */
	protected static function import( string $csv, array $options = array() ): array {
		$done = self::run_import( self::made( $csv, $options )['id'] );
		self::assertSame( 'done', $done['state_name'], $done['error'] );
		return $done;
	}

	/** added, changed, unchanged, rejected. */
	protected static function counts( array $import ): array {
		return array( $import['added'], $import['changed'], $import['unchanged'], $import['rejected'] );
	}

	/** Two custom fields: city (text) and points (number), born (date), vip (yes or no), size (choice). */
	protected static function make_fields(): void {
		foreach ( array(
			'city'   => Native\FIELD_TEXT,
			'points' => Native\FIELD_NUMBER,
			'born'   => Native\FIELD_DATE,
			'vip'    => Native\FIELD_YES_NO,
			'size'   => Native\FIELD_CHOICE,
		) as $name => $type ) {
			$made = Fields::create( array( 'name' => $name, 'label' => ucfirst( $name ), 'type' => $type, 'choices' => Native\FIELD_CHOICE === $type ? array( 'S', 'M', 'L' ) : array() ) );
			self::assertIsArray( $made, is_wp_error( $made ) ? $made->get_error_message() : '' );
		}
	}

	/** The contact of a number, as its row is. @return array<string, string>|null */
	protected function contact( string $phone ): ?array {
		global $wpdb;
		return $wpdb->get_row( $wpdb->prepare( 'SELECT c.* FROM ' . self::table( 'contacts' ) . ' c JOIN ' . self::table( 'contact_identities' ) . ' i ON i.contact_id = c.id WHERE i.kind = 1 AND i.value = %s', $phone ), ARRAY_A );
	}

	/**
	 * Everything that an import wrote, without ids and times, in an order of its own.
	 *
	 * @return array<string, list<string>>
	 */
	protected function state(): array {
		global $wpdb;
		$t     = static fn( string $name ): string => self::table( $name );
		$phone = "JOIN {$t( 'contact_identities' )} i ON i.contact_id = x.contact_id AND i.kind = 1";
		$out   = array();
		foreach ( array(
			'contacts'      => "SELECT i.value, c.name, c.profile_name, c.sort_name, c.email, c.country, c.language, c.source, c.wp_user_id, c.marketing, c.utility, c.login, c.last_in_ms FROM {$t( 'contacts' )} c LEFT JOIN {$t( 'contact_identities' )} i ON i.contact_id = c.id",
			'identities'    => "SELECT kind, value, seen_ms FROM {$t( 'contact_identities' )}",
			'words'         => "SELECT i.value, x.word FROM {$t( 'contact_words' )} x $phone",
			'values'        => "SELECT i.value, f.name, x.text, x.number FROM {$t( 'contact_values' )} x $phone JOIN {$t( 'fields' )} f ON f.id = x.field_id",
			'groups'        => "SELECT name FROM {$t( 'groups' )}",
			'group_members' => "SELECT i.value, g.name FROM {$t( 'group_members' )} x $phone JOIN {$t( 'groups' )} g ON g.id = x.group_id",
			'consents'      => "SELECT i.value, x.purpose, x.state, x.by_person, x.source, x.wording, x.detail, x.at_ms, x.void_ms > 0 FROM {$t( 'consents' )} x $phone",
			'orphans'       => "SELECT x.contact_id FROM {$t( 'contact_identities' )} x LEFT JOIN {$t( 'contacts' )} c ON c.id = x.contact_id WHERE c.id IS NULL",
		) as $name => $sql ) {
			$out[ $name ] = array_map( static fn( array $row ): string => implode( '|', $row ), $wpdb->get_results( $sql, ARRAY_N ) );
			sort( $out[ $name ] );
		}
		return $out;
	}
}
