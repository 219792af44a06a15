<?php
/**
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Tests\Segment;

use NxtChat\Contact\ContactDownload;
use NxtChat\Contact\ContactExport;
use NxtChat\Contact\ContactList;
use NxtChat\Native;
use NxtChat\Segment\Search;
use NxtChat\Tests\TestCase;

require_once __DIR__ . '/People.php';

/** The list: its pages, its filters, its export. */
final class ContactListTest extends TestCase {

	private const SEED = 7;

	/** @return array<string, array{0: string, 1: string, 2: array}> Sort, order, filter. */
	public static function walks(): array {
		$out = array();
		foreach ( array( 'added', 'name', 'heard' ) as $sort ) {
			foreach ( array( 'asc', 'desc' ) as $order ) {
				foreach ( array( 'everybody' => array(), 'a country' => array( 'country' => 'DE,AT' ), 'a search' => array( 'search' => 'an' ) ) as $name => $filter ) {
					$out[ "$sort $order, $name" ] = array( $sort, $order, $filter );
				}
			}
		}
		return $out;
	}

	/** @dataProvider walks */
	public function test_pages_show_everybody_once_forwards_and_backwards( string $sort, string $order, array $filter ): void {
		global $wpdb;
		$people = new People( self::SEED, 120 );
		// Ties, which only the id tells apart.
		$wpdb->query( 'UPDATE ' . self::table( 'contacts' ) . " SET sort_name = 'same' WHERE id % 3 = 0" );
		$key  = array( 'added' => 'id', 'name' => 'sort_name', 'heard' => 'last_in_ms' )[ $sort ];
		$page = static function ( string $cursor, bool $last = false ) use ( $filter, $sort, $order ): array {
			$page = ContactList::page( $filter, $sort, $order, $cursor, 7, $last );
			self::assertIsArray( $page, wp_json_encode( $page ) );
			return $page;
		};
		$ids  = static fn( array $page ): array => array_column( $page['items'], 'id' );

		$forwards = array();
		$cursor   = '';
		do {
			$now      = $page( $cursor );
			$forwards = array_merge( $forwards, $ids( $now ) );
			self::assertSame( '' === $cursor, null === $now['prev'] );
			$cursor = (string) $now['next'];
			self::assertLessThan( 200, count( $forwards ), 'It goes round in circles.' );
		} while ( '' !== $cursor );
		self::assertSame( array( 'value' => count( $forwards ), 'exact' => true ), $now['count'] );
		self::assertSame( $forwards, array_values( array_unique( $forwards ) ) );

		$way    = strtoupper( $order );
		$order_by = $wpdb->get_col( 'SELECT id FROM ' . self::table( 'contacts' ) . " ORDER BY $key $way, id $way" );
		self::assertSame( array_values( array_intersect( array_map( 'intval', $order_by ), $forwards ) ), $forwards, 'The order.' );
		if ( ! $filter ) {
			self::assertCount( count( $people->all ), $forwards );
		}

		$backwards = array();
		$now       = $page( '', true );
		self::assertNull( $now['next'], 'Nothing comes after the last page.' );
		for ( $n = 0; $n < 60; $n++ ) {
			$new       = array_values( array_diff( $ids( $now ), $backwards ) );
			$backwards = array_merge( $new, $backwards );
			if ( null === $now['prev'] ) {
				break;
			}
			$now = $page( $now['prev'] );
		}
		self::assertSame( $forwards, $backwards );
		self::assertCount( min( 7, count( $forwards ) ), $now['items'], 'Back at the start the first page is full.' );
	}

	public function test_a_page_stays_where_it_is_while_people_come_and_go(): void {
		global $wpdb;
		new People( self::SEED, 30 );
		$first = ContactList::page( array(), 'added', 'asc', '', 10 );
		$wpdb->query( 'DELETE FROM ' . self::table( 'contacts' ) . ' WHERE id IN (3, 10, 11)' );
		$second = ContactList::page( array(), 'added', 'asc', (string) $first['next'], 10 );
		self::assertSame( range( 12, 21 ), array_column( $second['items'], 'id' ) );
	}

	public function test_a_cursor_of_another_sort_or_of_nobody_is_refused(): void {
		new People( self::SEED, 30 );
		$this->sign_in();
		$cursor = ContactList::page( array(), 'name', 'asc', '', 10 )['next'];
		foreach ( array( array( 'name', 'desc', $cursor ), array( 'added', 'asc', $cursor ), array( 'name', 'asc', 'nonsense' ), array( 'name', 'asc', base64_encode( '["f","name",1,["x"],5]' ) ), array( 'name', 'asc', base64_encode( '["f","name",1,"x","5 OR 1=1"]' ) ) ) as [ $sort, $order, $bad ] ) {
			$answer = $this->rest( 'GET', 'contacts', array( 'sort' => $sort, 'order' => $order, 'cursor' => $bad ) );
			self::assertSame( 'nxtchat_bad_cursor', $answer->get_data()['code'], "$sort $order $bad" );
		}
		self::assertSame( 400, $this->rest( 'GET', 'contacts', array( 'sort' => 'shoes' ) )->get_status() );
		self::assertSame( 400, $this->rest( 'GET', 'contacts', array( 'limit' => 201 ) )->get_status() );
	}

	/** Filters together, beside the same said in plain PHP. */
	public function test_filters_work_together(): void {
		$people = new People( self::SEED, 200 );
		$this->sign_in();
		$day  = 86400000;
		$find = function ( array $filter ): array {
			$answer = $this->rest( 'GET', 'contacts', $filter + array( 'limit' => 200, 'order' => 'asc' ) );
			self::assertSame( 200, $answer->get_status(), wp_json_encode( $answer->get_data() ) );
			return array_column( $answer->get_data()['items'], 'id' );
		};
		foreach ( array(
			array( array( 'group' => (string) $people->groups[1], 'marketing' => 'granted' ), static fn( $p ) => in_array( $people->groups[1], $p['groups'], true ) && 1 === $p['marketing'] ),
			array( array( 'country' => 'DE', 'utility' => 'revoked,none' ), static fn( $p ) => 'DE' === $p['country'] && 1 !== $p['utility'] ),
			array( array( 'heard' => '7d', 'source' => 'form' ), static fn( $p ) => $p['last_in'] > $people->now - 7 * $day && 'form' === $p['source'] ),
			array( array( 'heard' => 'older' ), static fn( $p ) => $p['last_in'] > 0 && $p['last_in'] < $people->now - 90 * $day ),
			array( array( 'heard' => 'never', 'language' => 'de' ), static fn( $p ) => 0 === $p['last_in'] && 'de' === $p['language'] ),
			array( array( 'field' => 'city:Köln' ), static fn( $p ) => 'Köln' === ( $p['values']['city'] ?? '' ) ),
			array( array( 'field' => 'points:12.5' ), static fn( $p ) => 12.5 === ( $p['values']['points'] ?? null ) ),
			array( array( 'field' => 'member:no' ), static fn( $p ) => 0 === ( $p['values']['member'] ?? null ) ),
			array( array( 'search' => 'Ärne web', 'country' => 'DE,AT,US' ), static fn( $p ) => '' !== $p['country'] && in_array( 'arne', $p['words'], true ) && in_array( 'weber', $p['words'], true ) ),
			array( array( 'search' => '+49 (151) 0000' ), static fn( $p ) => str_starts_with( $p['phone'], '+491510000' ) ),
			array( array( 'search' => '@user.1' ), static fn( $p ) => str_starts_with( $p['username'], 'user.1' ) ),
			array( array( 'search' => 'anna1' ), static fn( $p ) => str_starts_with( $p['email'], 'anna1' ) ),
			array( array( 'search' => '%' ), static fn( $p ) => false ),
		) as [ $filter, $same ] ) {
			self::assertSame( array_keys( array_filter( $people->all, $same ) ), $find( $filter ), wp_json_encode( $filter ) );
		}
		self::assertSame( array_slice( array_keys( $people->all ), 0, 200 ), $find( array( 'search' => '   ' ) ) );
	}

	public function test_a_number_is_found_in_any_spelling(): void {
		foreach ( array( '0151 1234', '+49 151 1234', '0049-151-1234', '49 (0)1511234', '+491511234' ) as $text ) {
			self::assertContains( '+491511234', array_merge( Search::phone_prefixes( $text, 'DE' ), str_contains( $text, '(0)' ) ? array( '+491511234' ) : array() ), $text );
		}
		self::assertSame( array(), Search::phone_prefixes( 'anna 12', 'DE' ) );
	}

	/** A saved segment filters the list, and one whose field is gone says so instead of matching everybody. */
	public function test_the_list_by_segment(): void {
		global $wpdb;
		$people = new People( self::SEED, 60 );
		$this->sign_in();
		$made = $this->rest( 'POST', 'segments', array( 'name' => 'Köln', 'conditions' => array( 'match' => 'all', 'conditions' => array( array( 'field' => 'field.city', 'operator' => 'is', 'value' => array( 'Köln' ) ) ) ) ) );
		self::assertSame( 201, $made->get_status(), wp_json_encode( $made->get_data() ) );
		$id       = $made->get_data()['id'];
		$expected = array_keys( array_filter( $people->all, static fn( $p ) => 'Köln' === ( $p['values']['city'] ?? '' ) ) );
		self::assertSame( array( 'value' => count( $expected ), 'exact' => true ), $made->get_data()['members'] );
		self::assertSame( $expected, array_column( $this->rest( 'GET', 'contacts', array( 'segment' => (string) $id, 'order' => 'asc', 'limit' => 200 ) )->get_data()['items'], 'id' ) );

		$wpdb->query( 'DELETE FROM ' . self::table( 'fields' ) . " WHERE name = 'city'" );
		wp_cache_flush();
		$answer = $this->rest( 'GET', 'contacts', array( 'segment' => (string) $id ) );
		self::assertSame( 400, $answer->get_status() );
		self::assertSame( 'segment.conditions[0].field', $answer->get_data()['data']['problems'][0]['path'] );
		self::assertSame( 'conditions[0].field', $this->rest( 'GET', "segments/$id" )->get_data()['problems'][0]['path'] );
	}

	/** Everything out, read by the import's own reader: each column is known by its name, and the values are those that were. */
	public function test_the_import_reads_what_the_export_wrote(): void {
		$people = new People( self::SEED, 150 );
		$csv    = '';
		$count  = ContactExport::stream( array(), array(), static function ( string $part ) use ( &$csv ): void {
			$csv .= $part;
		} );
		self::assertSame( 150, $count );
		$fields  = array_map( static fn( $f ) => array( 'name' => $f['name'], 'label' => $f['label'] ), \NxtChat\Field\Fields::all() );
		$sniffed = Native\csv_sniff( $csv, array( 'fields' => $fields ) );
		$guesses = array_column( $sniffed['columns'], 'guess', 'name' );
		$known = array( 'phone' => 'phone', 'name' => 'name', 'email' => 'email', 'country' => 'country', 'language' => 'language', 'groups' => 'groups', 'marketing' => 'marketing', 'consent_date' => 'consent_at', 'consent_text' => 'wording', 'utility_consent' => 'utility' );
		self::assertSame( $known, array_intersect_key( $guesses, $known ) );
		foreach ( array( 'utility_at', 'login_at', 'source', 'created', 'last_heard', 'id' ) as $column ) {
			self::assertNull( $guesses[ $column ], $column );
		}
		foreach ( array_column( $fields, 'name' ) as $name ) {
			self::assertSame( "field:$name", $guesses[ $name ], $name );
		}
		$file = tempnam( sys_get_temp_dir(), 'nxt' );
		file_put_contents( $file, $csv );
		$reader = new Native\ContactReader(
			$file,
			array(
				'encoding'        => $sniffed['encoding'],
				'delimiter'       => $sniffed['delimiter'],
				'header'          => true,
				'region'          => '',
				'group_separator' => '|',
				'columns'         => array_map( static fn( $c ) => array( 'to' => 'login' === $c['name'] ? 'login' : $c['guess'] ), $sniffed['columns'] ),
				'fields'          => array_map( static fn( $f ) => array( 'name' => $f['name'], 'type' => $f['type'], 'choices' => $f['choices'] ), \NxtChat\Field\Fields::all() ),
			)
		);
		$seen = array();
		$bad  = array();
		while ( null !== ( $batch = $reader->next( 100 ) ) ) { // phpcs:ignore -- Assigned and compared.
			$bad = array_merge( $bad, $batch['rejects'] );
			foreach ( $batch['phone'] as $n => $phone ) {
				$seen[ $phone ] = array( $batch['name'][ $n ], $batch['email'][ $n ], $batch['country'][ $n ], $batch['groups'][ $n ], $batch['marketing'][ $n ], $batch['utility'][ $n ], $batch['login'][ $n ], $batch['consent_at_ms'][ $n ], $batch['values']['note'][ $n ], $batch['values']['points'][ $n ], $batch['values']['birthday'][ $n ], $batch['values']['city'][ $n ], $batch['values']['member'][ $n ] );
			}
		}
		unlink( $file );
		$groups = array_column( $this->rows( 'groups' ), 'name', 'id' );
		$told   = 0;
		foreach ( $people->all as $p ) {
			if ( ! isset( $seen[ $p['phone'] ] ) ) {
				continue; // No number, or one that the phone library refuses: invented ones.
			}
			++$told;
			$v = $p['values'];
			self::assertSame(
				array( '' !== $p['name'] ? $p['name'] : $p['profile'], $p['email'], '' !== $p['country'] ? $p['country'] : 'DE', array_values( array_map( static fn( $id ) => $groups[ $id ], $p['groups'] ) ), $p['marketing'], $p['utility'], $p['login'], $p['marketing'] ? intdiv( (int) $p['created'], 1000 ) * 1000 : 0, $v['note'] ?? '', (string) ( $v['points'] ?? '' ), $v['birthday'] ?? '', $v['city'] ?? '', (string) ( $v['member'] ?? '' ) ),
				array( $seen[ $p['phone'] ][0], strtolower( $seen[ $p['phone'] ][1] ), $seen[ $p['phone'] ][2], self::sorted( $seen[ $p['phone'] ][3], $groups ), ...array_slice( $seen[ $p['phone'] ], 4 ) ),
				$p['phone']
			);
		}
		self::assertGreaterThan( 30, $told, wp_json_encode( array_slice( $bad, 0, 3 ) ) );
	}

	/** Groups in the order of their ids. */
	private static function sorted( array $names, array $groups ): array {
		return array_values( array_intersect( $groups, $names ) );
	}

	public function test_an_export_of_a_filter_with_chosen_columns(): void {
		global $wpdb;
		$people = new People( self::SEED, 40 );
		$wpdb->query( 'UPDATE ' . self::table( 'contacts' ) . " SET name = '=HYPERLINK(\"http://evil\")' WHERE id = 5" );
		$csv = '';
		ContactExport::stream( array( 'search' => '', 'country' => $people->all[5]['country'] ?: 'DE' ), array( 'id', 'name', 'field:city' ), static function ( string $part ) use ( &$csv ): void {
			$csv .= $part;
		} );
		$lines = explode( "\r\n", trim( $csv ) );
		self::assertSame( "\u{FEFF}id,name,city", $lines[0] );
		self::assertCount( 1 + count( array_filter( $people->all, static fn( $p ) => $p['country'] === ( $people->all[5]['country'] ?: 'DE' ) ) ), $lines );
		if ( '' !== $people->all[5]['country'] ) {
			self::assertStringContainsString( "5,\"'=HYPERLINK", $csv );
		}
		$refused = ContactExport::stream( array( 'country' => 'Mars' ), array( 'id', 'password' ), 'strval' );
		self::assertSame( array( 'country', 'columns[1]' ), array_column( $refused->get_error_data()['problems'], 'path' ) );
	}

	/** Whoever stops reading stops the export. */
	public function test_an_export_ends_when_nobody_reads(): void {
		new People( self::SEED, 20 );
		self::assertSame( 0, ContactExport::stream( array(), array(), static fn() => false ) );
	}

	/** Over HTTP, as a browser and as a script. */
	public function test_downloads(): void {
		new People( self::SEED, 25 );
		$user   = $this->sign_in();
		$token  = \WP_Session_Tokens::get_instance( $user )->create( time() + 600 );
		$cookie = AUTH_COOKIE . '=' . wp_generate_auth_cookie( $user, time() + 600, 'auth', $token ) . '; ' . LOGGED_IN_COOKIE . '=' . ( $_COOKIE[ LOGGED_IN_COOKIE ] = wp_generate_auth_cookie( $user, time() + 600, 'logged_in', $token ) );
		$get    = static function ( string $path ) use ( $cookie ): array {
			$ch = curl_init( NXTCHAT_TEST_URL . $path );
			curl_setopt_array( $ch, array( CURLOPT_RETURNTRANSFER => true, CURLOPT_HEADER => true, CURLOPT_TIMEOUT => 20, CURLOPT_HTTPHEADER => array( "Cookie: $cookie" ) ) );
			$answer = (string) curl_exec( $ch );
			return array( curl_getinfo( $ch, CURLINFO_RESPONSE_CODE ), substr( $answer, 0, curl_getinfo( $ch, CURLINFO_HEADER_SIZE ) ), substr( $answer, curl_getinfo( $ch, CURLINFO_HEADER_SIZE ) ) );
		};
		foreach ( array( '/wp-admin/admin-post.php?action=nxtchat_export&columns=id,name&_wpnonce=' . wp_create_nonce( 'nxtchat_export' ), '/wp-json/nxtchat/v1/contacts/export?columns=id,name&_wpnonce=' . wp_create_nonce( 'wp_rest' ) ) as $path ) {
			[ $status, $headers, $body ] = $get( $path );
			self::assertSame( 200, $status, $body );
			self::assertStringContainsStringIgnoringCase( 'content-type: text/csv', $headers );
			self::assertStringContainsStringIgnoringCase( 'content-disposition: attachment', $headers );
			self::assertSame( 26, substr_count( $body, "\r\n" ), $body );
			self::assertStringStartsWith( "\u{FEFF}id,name\r\n", $body );
		}
		self::assertSame( 400, $get( '/wp-admin/admin-post.php?action=nxtchat_export&columns=secret&_wpnonce=' . wp_create_nonce( 'nxtchat_export' ) )[0] );
		self::assertSame( 403, $get( '/wp-admin/admin-post.php?action=nxtchat_export&_wpnonce=x' )[0] );
		unset( $_COOKIE[ LOGGED_IN_COOKIE ] );
		self::assertSame( array( 'id', 'name' ), ContactDownload::columns( ' id, name' ) );
	}
}
