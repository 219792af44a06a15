<?php
/**
 * REST of imports.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Import;

use NxtChat\Capabilities;
use NxtChat\Rest;

/** Imports for screens and scripts. */
final class ImportRest extends Rest {

	public static function register(): void {
		$may = Capabilities::CONTACTS;
		$one = '/imports/(?P<id>\d+)';
		$is  = array( ImportSchema::class, 'import' );
		self::route( '/imports', 'GET', static fn( $r ) => Imports::page( (string) $r['cursor'], (int) $r['limit'] ), Capabilities::VIEW, array( 'limit' => self::limit_arg(), 'cursor' => array( 'type' => 'string' ) ), $is ); // phpcs:ignore WordPress.Arrays -- One thought.
		self::route( '/imports', 'POST', array( self::class, 'create' ), $may, ImportSchema::create_args() );
		self::route( $one, 'GET', static fn( $r ) => Imports::get( (int) $r['id'] ), Capabilities::VIEW, array(), $is );
		self::route( $one, 'POST, PUT, PATCH', static fn( $r ) => Imports::update( (int) $r['id'], self::input( $r ) ), $may, ImportSchema::update_args() );
		self::route( $one, 'DELETE', static fn( $r ) => Imports::delete( (int) $r['id'] ), $may );
		self::route( "$one/chunk", 'POST', static fn( $r ) => Imports::chunk( (int) $r['id'], (int) $r['offset'], (string) $r->get_body() ), $may, array( 'offset' => array( 'type' => 'integer', 'minimum' => 0, 'default' => 0 ) ), $is ); // phpcs:ignore WordPress.Arrays -- One thought.
		self::route( "$one/start", 'POST', static fn( $r ) => Imports::start( (int) $r['id'], (bool) $r['dry'] ), $may, array( 'dry' => array( 'type' => 'boolean', 'default' => false ) ), $is ); // phpcs:ignore WordPress.Arrays -- One thought.
		self::route( "$one/step", 'POST', static fn( $r ) => Imports::step( (int) $r['id'] ), $may, array(), $is );
		self::route( "$one/cancel", 'POST', static fn( $r ) => Imports::cancel( (int) $r['id'] ), $may, array(), $is );
		self::route( "$one/undo", 'POST', static fn( $r ) => Imports::undo( (int) $r['id'] ), $may, array(), $is );
		self::route( "$one/rejects", 'GET', array( self::class, 'rejects' ), $may, array(), array( ImportSchema::class, 'rejects' ) );
	}

	/** POST imports. */
	public static function create( \WP_REST_Request $request ): \WP_REST_Response|\WP_Error {
		$import = Imports::create( self::input( $request ) );
		return is_wp_error( $import ) ? $import : new \WP_REST_Response( $import, 201 );
	}

	/** GET imports/{id}/rejects: the file itself goes out in serve(). */
	public static function rejects( \WP_REST_Request $request ): \WP_REST_Response|\WP_Error {
		$path = Imports::rejects( (int) $request['id'] );
		return is_wp_error( $path ) ? $path : new RejectsResponse( $path, (int) $request['id'] );
	}

	/** Filter rest_pre_serve_request: rejected rows as a CSV file instead of JSON. */
	public static function serve( bool $served, \WP_HTTP_Response $result ): bool {
		if ( $served || ! $result instanceof RejectsResponse ) {
			return $served;
		}
		nocache_headers();
		header( 'Content-Type: text/csv; charset=utf-8' );
		header( "Content-Disposition: attachment; filename=\"import-{$result->import}-rejects.csv\"" );
		header( 'X-Content-Type-Options: nosniff' );
		echo "\xEF\xBB\xBF"; // Spreadsheets take a file without it for Windows-1252.
		readfile( $result->path ); // phpcs:ignore WordPress.WP.AlternativeFunctions -- Streams.
		return true;
	}

	/** @return array<string, mixed> */
	private static function input( \WP_REST_Request $request ): array {
		$body = $request->get_json_params();
		return is_array( $body ) ? $body : (array) $request->get_body_params();
	}
}
