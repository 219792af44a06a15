<?php
/**
 * REST of the accounts.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Account;

use NxtChat\Capabilities;
use NxtChat\Rest;

/** Accounts for screens and scripts. Secrets go in and never come out. */
final class AccountRest extends Rest {

	public static function register(): void {
		$manage = Capabilities::MANAGE;
		$one    = '/accounts/(?P<id>\d+)';
		self::route( '/accounts', 'GET', static fn() => array( 'items' => Accounts::all(), 'next' => null ), $manage );
		self::route( '/accounts', 'POST', array( self::class, 'create' ), $manage );
		self::route( $one, 'GET', static fn( $r ) => self::one( (int) $r['id'] ), $manage );
		self::route( $one, 'POST, PUT, PATCH', array( self::class, 'update' ), $manage );
		self::route( $one, 'DELETE', array( self::class, 'delete' ), $manage );
		self::route( $one . '/test', 'POST', static fn( $r ) => self::checked( (int) $r['id'], Accounts::test( (int) $r['id'] ) ), $manage );
		self::route( $one . '/subscribe', 'POST', static fn( $r ) => self::checked( (int) $r['id'], Accounts::subscribe( (int) $r['id'] ) ), $manage );
		self::route( $one . '/webhook', 'GET', static fn( $r ) => Accounts::webhook( (int) $r['id'] ), $manage );
		self::route( '/accounts/confirm-home', 'POST', array( self::class, 'confirm_home' ), $manage, array( 'as' => array( 'type' => 'string', 'required' => true, 'enum' => array( 'live', 'copy' ) ) ) );
	}

	/** POST accounts. */
	public static function create( \WP_REST_Request $request ): \WP_REST_Response|\WP_Error {
		$id = Accounts::create( self::input( $request ) );
		return is_wp_error( $id ) ? $id : new \WP_REST_Response( Accounts::get( $id ), 201 );
	}

	/** PATCH accounts/{id}. */
	public static function update( \WP_REST_Request $request ): array|\WP_Error {
		$id   = (int) $request['id'];
		$done = Accounts::update( $id, self::input( $request ) );
		return is_wp_error( $done ) ? $done : self::one( $id );
	}

	/** DELETE accounts/{id}. */
	public static function delete( \WP_REST_Request $request ): array|\WP_Error {
		$done = Accounts::delete( (int) $request['id'] );
		return is_wp_error( $done ) ? $done : array( 'deleted' => true );
	}

	/** POST accounts/confirm-home. */
	public static function confirm_home( \WP_REST_Request $request ): array|\WP_Error {
		$done = Accounts::confirm_home( (string) $request['as'] );
		return is_wp_error( $done ) ? $done : array( 'items' => Accounts::all(), 'next' => null );
	}

	/** @return array<string, mixed>|\WP_Error */
	private static function one( int $id ): array|\WP_Error {
		return Accounts::get( $id ) ?? new \WP_Error( 'nxtchat_no_account', __( 'There is no such account.', 'nxt-cloud-chat' ), array( 'status' => 404 ) );
	}

	/**
	 * The answer of a test.
	 *
	 * @param list<array>|\WP_Error $checks
	 */
	private static function checked( int $id, array|\WP_Error $checks ): array|\WP_Error {
		return is_wp_error( $checks ) ? $checks : array( 'checks' => $checks, 'account' => Accounts::get( $id ) );
	}

	/**
	 * The body's fields, whether it came as JSON or as a form.
	 *
	 * @return array<string, mixed>
	 */
	private static function input( \WP_REST_Request $request ): array {
		$body = $request->get_json_params();
		return array_intersect_key( is_array( $body ) ? $body : $request->get_body_params(), array_flip( Accounts::WRITABLE ) );
	}
}
