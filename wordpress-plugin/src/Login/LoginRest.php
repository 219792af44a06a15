<?php
/**
 * REST of logging in, for visitors and signed-in users.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Login;

use NxtChat\Native;
use NxtChat\Rest;
use NxtChat\StoreError;

/**
 * POST login/start, login/verify, login/word, login/word/state: public, without a nonce, because the page that asks may be cached for
 * days. What another site's page could do with them is refused by where the request comes from and by the browser's own cookie.
 * POST login/bind, login/bind/verify, DELETE login/bind: signed in, with WordPress's nonce.
 */
final class LoginRest extends Rest {

	public static function register(): void {
		$text = static fn( int $max ): array => array(
			'type'      => 'string',
			'default'   => '',
			'maxLength' => $max,
		);
		$bool = array(
			'type'    => 'boolean',
			'default' => false,
		);
		$form = array(
			'phone'     => $text( 60 ),
			'country'   => $text( 2 ),
			'challenge' => $text( 3000 ),
			'redirect'  => $text( 2000 ),
			'remember'  => $bool,
		);
		$code = array(
			'challenge' => array( 'required' => true ) + $text( 3000 ),
			'code'      => array( 'required' => true ) + $text( 40 ),
		);
		self::open( '/login/start', static fn( \WP_REST_Request $r ) => CodeRequest::start( self::input( $r ) ), $form, array( self::class, 'schema' ) );
		self::open( '/login/verify', static fn( \WP_REST_Request $r ) => Verification::login( (string) $r['challenge'], (string) $r['code'] ), $code, array( self::class, 'next_schema' ) );
		self::open( '/login/word', static fn( \WP_REST_Request $r ) => WordLogin::start( (string) $r['redirect'], (bool) $r['remember'] ), array_intersect_key( $form, array_flip( array( 'redirect', 'remember' ) ) ), array( self::class, 'word_schema' ) );
		self::open( '/login/word/state', static fn( \WP_REST_Request $r ) => WordLogin::state( (string) $r['challenge'] ), array_intersect_key( $code, array( 'challenge' => 1 ) ), array( self::class, 'schema' ) );

		self::route( '/login/bind', 'POST', static fn( \WP_REST_Request $r ) => CodeRequest::start( self::input( $r ), get_current_user_id() ), 'read', $form, array( self::class, 'schema' ) );
		self::route( '/login/bind/verify', 'POST', static fn( \WP_REST_Request $r ) => Verification::bind( (string) $r['challenge'], (string) $r['code'], get_current_user_id() ), 'read', $code, array( self::class, 'bound_schema' ) );
		self::route( '/login/bind', 'DELETE', static fn() => array( 'removed' => Bindings::unbind( get_current_user_id(), get_current_user_id() ) ), 'read' );
	}

	/** A route for everybody. */
	private static function open( string $path, callable $work, array $args, callable $schema ): void {
		self::route(
			$path,
			'POST',
			static function ( \WP_REST_Request $request ) use ( $work ) {
				try {
					$done = self::is_foreign( $request ) ? Refusal::session() : $work( $request );
				} catch ( Native\Exception\Exception | StoreError $e ) {
					$done = Refusal::broken( $e );
				}
				if ( is_wp_error( $done ) ) {
					$done = rest_convert_error_to_response( $done );
				}
				$done = rest_ensure_response( $done );
				// Neither a browser nor a proxy keeps what belongs to one visitor.
				$done->header( 'Cache-Control', 'no-store, private' );
				return $done;
			},
			'',
			$args,
			$schema
		);
	}

	/** Does another site's page ask? Browsers say so; who is no browser has no cookies of a visitor's to misuse. */
	private static function is_foreign( \WP_REST_Request $request ): bool {
		if ( isset( $request->get_query_params()['_method'] ) ) {
			return true; // A GET that WordPress takes for a POST: any page can cause it with an image, and old browsers say nothing of that page.
		}
		$from = strtolower( (string) $request->get_header( 'sec-fetch-site' ) );
		if ( '' !== $from ) {
			return ! in_array( $from, array( 'same-origin', 'none' ), true ) && ! self::is_own( (string) $request->get_header( 'origin' ) );
		}
		$origin = (string) $request->get_header( 'origin' );
		return '' !== $origin && ! self::is_own( $origin );
	}

	/** One of this site's own addresses. */
	private static function is_own( string $origin ): bool {
		$own = array_map(
			static function ( string $url ): string {
				$part = wp_parse_url( $url );
				return strtolower( ( $part['scheme'] ?? '' ) . '://' . ( $part['host'] ?? '' ) . ( isset( $part['port'] ) ? ':' . $part['port'] : '' ) );
			},
			array( home_url(), site_url() )
		);
		return in_array( strtolower( $origin ), $own, true );
	}

	private static function input( \WP_REST_Request $request ): array {
		return array(
			'phone'     => (string) $request['phone'],
			'country'   => (string) $request['country'],
			'challenge' => (string) $request['challenge'],
			'redirect'  => (string) $request['redirect'] ?: LoginPage::came_from( $request ),
			'remember'  => (bool) $request['remember'] && LoginSettings::all()['remember'],
		);
	}

	/** JSON schema of what the form needs next. */
	public static function schema(): array {
		$int = array( 'type' => 'integer' );
		return self::answer(
			'nxtchat_login_challenge',
			array(
				'state'         => array(
					'type'        => 'string',
					'enum'        => array( 'waiting', 'code' ),
					'description' => 'login/word/state only.',
				),
				'challenge'     => array(
					'type'        => 'string',
					'description' => 'Signed and short-lived; good in the browser that asked only.',
				),
				'digits'        => $int,
				'expires_in'    => array(
					'type'        => 'integer',
					'description' => 'Seconds that the code lives.',
				),
				'resend_in'     => array(
					'type'        => 'integer',
					'description' => 'Seconds until another code can be asked for.',
				),
				'attempts_left' => $int,
				'to'            => array(
					'type'        => 'string',
					'description' => 'The number, masked.',
				),
				'message'       => array( 'type' => 'string' ),
			)
		);
	}

	/** JSON schema of the answer to a right code. */
	public static function next_schema(): array {
		return self::answer(
			'nxtchat_login_next',
			array(
				'next' => array(
					'type'        => 'string',
					'format'      => 'uri',
					'description' => 'Where the browser goes to be logged in, within two minutes.',
				),
			)
		);
	}

	/** JSON schema of a word. */
	public static function word_schema(): array {
		$text = array( 'type' => 'string' );
		return self::answer(
			'nxtchat_login_word',
			array(
				'challenge'  => $text,
				'word'       => $text,
				'text'       => $text,
				'link'       => $text,
				'qr'         => array(
					'type'       => 'object',
					'properties' => array(
						'size' => array( 'type' => 'integer' ),
						'path' => $text,
					),
				),
				'number'     => $text,
				'expires_in' => array( 'type' => 'integer' ),
			)
		);
	}

	/** JSON schema of a bound number. */
	public static function bound_schema(): array {
		return self::answer(
			'nxtchat_login_bound',
			array(
				'phone'       => array(
					'type'        => 'string',
					'description' => 'Masked.',
				),
				'verified_ms' => array( 'type' => 'integer' ),
			)
		);
	}

	private static function answer( string $title, array $properties ): array {
		return array( '$schema' => 'http://json-schema.org/draft-04/schema#' ) + compact( 'title', 'properties' ) + array( 'type' => 'object' );
	}
}
