<?php
/**
 * REST of the Login screen.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Login;

use NxtChat\Capabilities;
use NxtChat\Rest;

/** Settings, report, template, test and the users' numbers: for managers. What visitors call is LoginRest's. */
final class LoginAdminRest extends Rest {

	/** Longest text to search users by. */
	private const SEARCH_MAX = 200;

	public static function register(): void {
		$manage = Capabilities::MANAGE;
		self::route( '/login/settings', 'GET', static fn(): array => self::settings(), $manage, array(), array( self::class, 'settings_schema' ) );
		self::route(
			'/login/settings',
			'POST, PUT, PATCH',
			static function ( \WP_REST_Request $request ): array|\WP_Error {
				$body = $request->get_json_params();
				$done = LoginReady::change( is_array( $body ) ? $body : $request->get_body_params() );
				return is_wp_error( $done ) ? $done : self::settings();
			},
			$manage
		);
		self::route( '/login/report', 'GET', static fn(): array => LoginReport::days() + array( 'alarms' => array_column( LoginNotices::lines(), 1 ) ), $manage, array(), array( self::class, 'report_schema' ) );
		self::route(
			'/login/template',
			'POST',
			static function (): array|\WP_Error {
				$done = LoginTemplate::make();
				return is_wp_error( $done ) ? $done : self::settings() + array( 'notices' => $done['notices'] );
			},
			$manage
		);
		self::route(
			'/login/preview',
			'POST',
			static fn( \WP_REST_Request $request ): array => LoginPreview::pages( (array) $request['settings'] ),
			$manage,
			array(
				'settings' => array(
					'type'    => 'object',
					'default' => array(),
				),
			)
		);
		self::route(
			'/login/test',
			'POST',
			static fn( \WP_REST_Request $request ) => LoginTest::send( (string) $request['phone'] ),
			$manage,
			array(
				'phone' => array(
					'type'      => 'string',
					'required'  => true,
					'maxLength' => 50,
				),
			)
		);
		self::route( '/login/test/(?P<id>\d+)', 'GET', static fn( \WP_REST_Request $request ) => LoginTest::outcome( (int) $request['id'] ), $manage );
		self::route(
			'/login/bindings',
			'GET',
			static fn( \WP_REST_Request $request ) => LoginNumbers::page( (string) $request['search'], (string) $request['cursor'], (int) $request['limit'] ),
			$manage,
			array(
				'search' => array(
					'type'      => 'string',
					'maxLength' => self::SEARCH_MAX,
					'default'   => '',
				),
				'cursor' => array(
					'type'    => 'string',
					'default' => '',
				),
				'limit'  => self::limit_arg(),
			),
			array( self::class, 'binding_schema' )
		);
		self::route( '/login/bindings/(?P<user_id>\d+)', 'DELETE', static fn( \WP_REST_Request $request ) => LoginNumbers::remove( (int) $request['user_id'] ), $manage );
	}

	/** All that the screen shows beside report and numbers. @return array<string, mixed> */
	private static function settings(): array {
		return LoginSettings::all() + array(
			'defaults' => LoginSettings::defaults(),
			'missing'  => LoginReady::missing(),
			'template' => LoginTemplate::state(),
			'facts'    => LoginFacts::all(),
		);
	}

	/** JSON schema of the settings. */
	public static function settings_schema(): array {
		$object = static fn( string $description ): array => array(
			'type'        => 'object',
			'description' => $description,
		);
		return self::answer(
			'nxtchat_login_settings',
			LoginSettings::schema() + array(
				'defaults' => $object( 'The settings as they come.' ),
				'missing'  => array(
					'type'        => 'array',
					'description' => 'What stands in the way; switching on is refused while one of them blocks.',
					'items'       => array(
						'type'       => 'object',
						'properties' => array(
							'key'     => array( 'type' => 'string' ),
							'blocks'  => array( 'type' => 'boolean' ),
							'message' => array( 'type' => 'string' ),
							'remedy'  => array( 'type' => 'string' ),
							'place'   => array( 'type' => 'string' ),
						),
					),
				),
				'template' => $object( 'The template that carries the code, and what to do about it.' ),
				'facts'    => $object( 'What the site is like: roles, its own country, registration, templates to choose from.' ),
			)
		);
	}

	/** JSON schema of the report. */
	public static function report_schema(): array {
		$int    = array( 'type' => 'integer' );
		$money  = array( 'type' => 'number' );
		$counts = array_fill_keys( array( ...LoginReport::COUNTS, 'refused' ), $int ) + array(
			'refusals' => array(
				'type'                 => 'object',
				'additionalProperties' => $int,
			),
			'spend'    => $money,
		);
		return self::answer(
			'nxtchat_login_report',
			array(
				'days'     => array(
					'type'  => 'array',
					'items' => array(
						'type'       => 'object',
						'properties' => array( 'day' => array( 'type' => 'string' ) ) + $counts,
					),
				),
				'totals'   => array(
					'type'       => 'object',
					'properties' => $counts,
				),
				'currency' => array( 'type' => 'string' ),
				'today'    => array(
					'type'       => 'object',
					'properties' => array(
						'messages'  => $int,
						'cap_day'   => $int,
						'spend'     => $money,
						'cap_money' => $money,
						'budgets'   => array( 'type' => 'array' ),
					),
				),
				'alarms'   => array(
					'type'  => 'array',
					'items' => array( 'type' => 'string' ),
				),
			)
		);
	}

	/** JSON schema of a user's number. */
	public static function binding_schema(): array {
		$int  = array( 'type' => 'integer' );
		$text = array( 'type' => 'string' );
		return self::answer(
			'nxtchat_login_binding',
			array(
				'user_id'     => $int,
				'login'       => $text,
				'name'        => $text,
				'url'         => $text,
				'phone'       => array(
					'type'        => 'string',
					'description' => 'Masked.',
				),
				'stale'       => array(
					'type'        => 'integer',
					'description' => '0 in use, 1 silent for long, 2 changed at Meta: both must verify again.',
				),
				'verified_ms' => $int,
				'seen_ms'     => $int,
			)
		);
	}

	private static function answer( string $title, array $properties ): array {
		return array( '$schema' => 'http://json-schema.org/draft-04/schema#' ) + compact( 'title', 'properties' ) + array( 'type' => 'object' );
	}
}
