<?php
/**
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Tests\Plugin;

use NxtChat\Consent\Consents;
use NxtChat\Contact\ContactEdit;
use NxtChat\Contact\Merges;
use NxtChat\Native;
use NxtChat\Rest;
use NxtChat\Tests\TestCase;

/** OPTIONS tells what every route about people answers with, and the answers are like that. */
final class RestSchemasTest extends TestCase {

	private const ROOMS = '~^/nxtchat/v1/(contacts|groups|fields|segments|consent|imports|broadcasts)(/|$)~';

	public function test_every_route_about_people_has_a_schema_and_says_it_when_asked(): void {
		$this->sign_in();
		$server = rest_get_server();
		$seen   = array();
		foreach ( array_keys( $server->get_routes( Rest::NAMESPACE ) ) as $route ) {
			if ( 1 !== preg_match( self::ROOMS, $route, $room ) ) {
				continue;
			}
			$told   = rest_handle_options_request( null, $server, new \WP_REST_Request( 'OPTIONS', preg_replace( array( '/\(\?P<\w+>\\\\d\+\)/', '/\(\?P<\w+>[^)]+\)/' ), array( '1', 'us' ), $route ) ) )->get_data();
			$schema = $told['schema'] ?? null;
			self::assertIsArray( $schema, "$route has no schema" );
			self::assertStringStartsWith( 'nxtchat_', $schema['title'] ?? '', $route );
			self::assertContains( $schema['type'] ?? '', array( 'object', 'string' ), $route );
			self::assertSame( 'object' === $schema['type'], ! empty( $schema['properties'] ), $route );
			self::assertNotFalse( wp_json_encode( $told ), $route );
			$seen[] = $room[1];
		}
		self::assertSame( array(), array_diff( array( 'contacts', 'groups', 'fields', 'segments', 'consent', 'imports', 'broadcasts' ), $seen ) );
	}

	public function test_answers_have_what_their_schemas_say(): void {
		$this->sign_in();
		$keep = ContactEdit::create( array( 'phone' => '+4915123456789', 'name' => 'Anna', 'email' => 'a@example.com' ), 'cli' )['id'];
		$gone = ContactEdit::create( array( 'phone' => '+4915123456701', 'name' => 'Anna', 'email' => 'b@example.com' ), 'cli' )['id'];
		Consents::change( $keep, Native\PURPOSE_MARKETING, Native\CONSENT_GRANTED, array( 'source' => 'staff', 'wording' => 'News' ) );
		$this->rest( 'POST', "contacts/$keep/notes", array( 'text' => 'Tall.' ) );
		$group   = $this->rest( 'POST', 'groups', array( 'name' => 'VIP' ) )->get_data()['id'];
		$field   = $this->rest( 'POST', 'fields', array( 'label' => 'Size', 'type' => 'number' ) )->get_data()['id'];
		$segment = $this->rest( 'POST', 'segments', array( 'name' => 'A', 'conditions' => array( 'match' => 'all', 'conditions' => array( array( 'field' => 'name', 'operator' => 'begins', 'value' => 'a' ) ) ) ) )->get_data();
		$import  = $this->rest( 'POST', 'imports', array( 'kind' => 'users', 'options' => array( 'existing' => 'keep' ) ) )->get_data()['id'];
		$json    = array( 'match' => 'all', 'conditions' => array( array( 'field' => 'name', 'operator' => 'begins', 'value' => 'a' ) ) );
		foreach ( array(
			"contacts/$keep"                => null,
			'contacts'                      => 'items',
			"contacts/$keep/log"            => 'items',
			"contacts/$keep/consents"       => 'items',
			"contacts/$keep/export"         => null,
			"contacts/$keep/merge"          => null,
			'contacts/duplicates'           => 'items',
			'contacts/settings'             => null,
			"groups/$group"                 => null,
			'groups'                        => 'items',
			"fields/$field"                 => null,
			'fields'                        => 'items',
			"segments/{$segment['id']}"     => null,
			'segments'                      => 'items',
			'segments/schema'               => null,
			'consent/settings'              => null,
			"imports/$import"               => null,
			'imports'                       => 'items',
		) as $route => $list ) {
			$this->conforms( $route, 'GET', array( 'with' => 'contacts/duplicates' === $route ? $keep : $gone ), $list );
		}
		$broadcast = $this->rest( 'POST', 'broadcasts', array( 'name' => 'A' ) )->get_data()['id'];
		$this->conforms( "broadcasts/$broadcast", 'GET' );
		$this->conforms( 'broadcasts', 'GET', array(), 'items' );
		$this->conforms( "broadcasts/$broadcast/report", 'GET' );
		$this->conforms( 'segments/preview', 'POST', array( 'conditions' => $json ) );
		$this->conforms( "groups/$group/members", 'POST', array( 'add' => array( $keep ) ) );
		$this->conforms( "imports/$import/start", 'POST', array( 'dry' => true ) );
		$this->conforms( "imports/$import/step", 'POST' );
		$this->conforms( 'contacts/bulk', 'POST', array( 'action' => 'set_language', 'value' => 'de', 'ids' => array( $keep ) ) );
		$merge = Merges::merge( $keep, $gone, false, 0 );
		$this->conforms( "contacts/$keep/merges", 'GET', array(), 'items' );
		$this->conforms( "contacts/$keep/split", 'POST', array( 'merge_id' => $merge ) );
	}

	public function test_what_an_import_is_made_of_has_a_type(): void {
		$this->sign_in();
		self::assertSame( 400, $this->rest( 'POST', 'imports', array( 'kind' => 2, 'name' => array( 'x' ) ) )->get_status() );
		self::assertSame( 400, $this->rest( 'POST', 'imports', array( 'kind' => 1, 'bytes' => 'many' ) )->get_status() );
		$error = $this->rest( 'POST', 'imports', array( 'kind' => 2, 'options' => array( 'quote' => 'x' ) ) );
		self::assertSame( array( 400, 'nxtchat_import_options', 'quote' ), array( $error->get_status(), $error->get_data()['code'], $error->get_data()['data']['problems'][0]['path'] ), 'Options are refused in our words, with path and remedy.' );
	}

	/** The answer, or each of its items, is valid, and has no key that the schema does not name. */
	private function conforms( string $route, string $method, array $params = array(), ?string $list = null ): void {
		$answer = $this->rest( $method, $route, $params );
		self::assertLessThan( 300, $answer->get_status(), "$route: " . wp_json_encode( $answer->get_data() ) );
		$schema = rest_handle_options_request( null, rest_get_server(), new \WP_REST_Request( 'OPTIONS', "/nxtchat/v1/$route" ) )->get_data()['schema'];
		// As a client sees it.
		$data  = json_decode( (string) wp_json_encode( $answer->get_data() ), true );
		$items = null === $list ? array( $data ) : $data[ $list ];
		self::assertNotEmpty( $items, $route );
		foreach ( $items as $item ) {
			self::assertTrue( rest_validate_value_from_schema( $item, $schema, $route ), $route );
			self::assertSame( array(), array_diff( array_keys( $item ), array_keys( $schema['properties'] ) ), $route );
		}
	}
}
