<?php
/**
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Tests\Import;

use NxtChat\Import\ImportFiles;
use NxtChat\Import\Imports;

require_once __DIR__ . '/ImportCase.php';

/** The way of a file over HTTP, as the screen goes it. */
final class UploadTest extends ImportCase {

	private const CSV = "phone,name\n+4915111234567,A\n-,B\n";

	/** @var list<string> Headers of a signed-in browser. */
	private array $headers;

	public function test_a_file_goes_up_in_pieces_and_is_imported(): void {
		$this->browser();
		$bytes   = strlen( self::CSV );
		$columns = array( array( 'name' => 'phone', 'to' => 'phone' ), array( 'name' => 'name', 'to' => 'name' ) ); // phpcs:ignore
		$import  = $this->http( 'POST', 'imports', array( 'kind' => 1, 'name' => 'x.csv', 'bytes' => $bytes, 'options' => array( 'columns' => $columns ) ), 201 ); // phpcs:ignore
		$one     = "imports/{$import['id']}";
		self::assertSame( array( 'uploading', 0 ), array( $import['state_name'], $import['received'] ) );
		self::assertSame( 10, $this->http( 'POST', "$one/chunk?offset=0", substr( self::CSV, 0, 10 ) )['received'] );
		self::assertSame( 10, $this->http( 'POST', "$one/chunk?offset=0", substr( self::CSV, 0, 10 ) )['received'], 'A repeated piece does no harm.' );
		self::assertSame( 10, $this->http( 'POST', "$one/chunk?offset=0", 'other text' )['received'], 'What is there stays.' );
		$gap = $this->http( 'POST', "$one/chunk?offset=15", substr( self::CSV, 15 ), 409 );
		self::assertSame( array( 'nxtchat_import_gap', 10 ), array( $gap['code'], $gap['data']['received'] ) );
		self::assertSame( 'nxtchat_import_chunk', $this->http( 'POST', "$one/chunk?offset=10", str_repeat( 'x', $bytes ), 400 )['code'] );
		self::assertSame( 'nxtchat_import_chunk', $this->http( 'POST', "$one/chunk?offset=10", str_repeat( 'x', ImportFiles::MAX_CHUNK + 1 ), 413 )['code'] );
		self::assertSame( 'nxtchat_import_state', $this->http( 'POST', "$one/start", array( 'dry' => false ), 409 )['code'], 'Not all there.' );
		self::assertSame( 20, $this->http( 'POST', "$one/chunk?offset=5", substr( self::CSV, 5, 15 ) )['received'], 'A piece that overlaps adds what is new in it.' );
		$ready = $this->http( 'POST', "$one/chunk?offset=20", substr( self::CSV, 20 ) );
		self::assertSame( array( 'ready', $bytes ), array( $ready['state_name'], $ready['received'] ) );
		$path = ImportFiles::path( $import['uid'] );
		self::assertSame( self::CSV, file_get_contents( $path ) );
		self::assertSame( '0600', substr( sprintf( '%o', fileperms( $path ) ), -4 ) );

		self::assertSame( 'checking', $this->http( 'POST', "$one/start", array( 'dry' => true ) )['state_name'] );
		$checked = $this->http( 'POST', "$one/step" );
		self::assertSame( array( 'checked', 1, 1 ), array( $checked['state_name'], $checked['added'], $checked['rejected'] ) );
		self::assertSame( array( 'ready', 'overwrite' ), ( static fn( $i ) => array( $i['state_name'], $i['options']['existing'] ) )( $this->http( 'PATCH', $one, array( 'options' => array( 'existing' => 'overwrite' ) ) ) ) );
		self::assertSame( 'running', $this->http( 'POST', "$one/start", array( 'dry' => false ) )['state_name'] );
		$done = $this->http( 'POST', "$one/step" );
		self::assertSame( array( 'done', 1, true, true ), array( $done['state_name'], $done['added'], $done['has_rejects'], $done['can_undo'] ) );
		self::assertNotNull( $this->contact( '+4915111234567' ) );
		self::assertSame( 'nxtchat_import_state', $this->http( 'PATCH', $one, array( 'options' => array() ), 409 )['code'] );
		self::assertSame( 'nxtchat_import_state', $this->http( 'POST', "$one/chunk?offset=0", 'x', 409 )['code'] );

		$csv = $this->http( 'GET', "$one/rejects", null, 200, true );
		self::assertStringStartsWith( "\xEF\xBB\xBFLine,Reason,phone,name\r\n3,", $csv );
		self::assertSame( array( $import['id'] ), array_column( $this->http( 'GET', 'imports' )['items'], 'id' ) );
		self::assertSame( 'undoing', $this->http( 'POST', "$one/undo" )['state_name'] );
		self::assertSame( 'undone', $this->http( 'POST', "$one/step" )['state_name'] );
		self::assertSame( 404, $this->http( 'GET', "$one/rejects", null, 404 )['data']['status'] );
		self::assertTrue( $this->http( 'DELETE', $one )['deleted'] );
		self::assertSame( 'nxtchat_not_found', $this->http( 'GET', $one, null, 404 )['code'] );
	}

	public function test_the_web_server_hands_out_no_uploaded_file(): void {
		$import = self::made( self::CSV );
		self::assertTrue( ImportFiles::exists( $import['uid'] ) );
		$path = realpath( ImportFiles::path( $import['uid'] ) );
		$root = realpath( ABSPATH );
		if ( ! str_starts_with( (string) $path, "$root/" ) ) {
			self::assertStringStartsNotWith( "$root/", (string) $path, 'It lies outside of the web root.' );
			return;
		}
		self::assertNotSame( 200, $this->get( NXTCHAT_TEST_URL . substr( $path, strlen( $root ) ) ) );
	}

	private function get( string $url ): int {
		$ch = curl_init( $url );
		curl_setopt( $ch, CURLOPT_RETURNTRANSFER, true );
		curl_exec( $ch );
		return (int) curl_getinfo( $ch, CURLINFO_RESPONSE_CODE );
	}

	/** Signs in as a browser does: cookie and nonce. */
	private function browser(): void {
		$user                       = $this->sign_in();
		$until                      = time() + HOUR_IN_SECONDS;
		$token                      = \WP_Session_Tokens::get_instance( $user )->create( $until );
		$cookie                     = wp_generate_auth_cookie( $user, $until, 'logged_in', $token );
		$_COOKIE[ LOGGED_IN_COOKIE ] = $cookie;
		$this->headers              = array( 'Cookie: ' . LOGGED_IN_COOKIE . '=' . rawurlencode( $cookie ), 'X-WP-Nonce: ' . wp_create_nonce( 'wp_rest' ) );
		unset( $_COOKIE[ LOGGED_IN_COOKIE ] );
	}

	private function http( string $method, string $route, array|string|null $body = null, int $status = 200, bool $raw = false ): mixed {
		[ $path, $query ] = explode( '?', $route ) + array( '', '' );
		$ch               = curl_init( NXTCHAT_TEST_URL . '/?rest_route=/nxtchat/v1/' . $path . ( '' === (string) $query ? '' : "&$query" ) );
		$type             = is_string( $body ) ? 'application/octet-stream' : 'application/json';
		curl_setopt_array( $ch, array(
			CURLOPT_CUSTOMREQUEST  => 'GET' === $method ? 'GET' : 'POST', // nginx takes no other on /.
			CURLOPT_RETURNTRANSFER => true,
			CURLOPT_HTTPHEADER     => array( ...$this->headers, "Content-Type: $type", "X-HTTP-Method-Override: $method" ),
		) + ( null === $body ? array() : array( CURLOPT_POSTFIELDS => is_string( $body ) ? $body : wp_json_encode( $body ) ) ) );
		$text = (string) curl_exec( $ch );
		self::assertSame( $status, curl_getinfo( $ch, CURLINFO_RESPONSE_CODE ), "$method $route: " . substr( $text, 0, 500 ) );
		return $raw ? $text : json_decode( $text, true );
	}
}
