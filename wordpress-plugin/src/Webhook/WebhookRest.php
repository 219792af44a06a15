<?php
/**
 * The front door where a host blocks PHP files in plugin directories.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Webhook;

use NxtChat\Log;
use NxtChat\Native;
use NxtChat\Native\Exception\InvalidInput;
use NxtChat\Native\Exception\SignatureMismatch;
use NxtChat\Rest;
use NxtChat\Site;

/** GET and POST webhook: the same answers as webhook.php, at the price of a WordPress boot. Public: the signature is the check. */
final class WebhookRest extends Rest {

	public static function register(): void {
		self::route( '/webhook', 'GET', array( self::class, 'verify' ), '' );
		self::route( '/webhook', 'POST', array( self::class, 'accept' ), '' );
	}

	/** Meta's handshake. PHP turns hub.mode into hub_mode. */
	public static function verify( \WP_REST_Request $request ): \WP_REST_Response {
		try {
			$answer = Native\webhook_challenge( Site::dir(), array_filter( $request->get_query_params(), 'is_string' ) );
		} catch ( Native\Exception\Exception $e ) {
			$answer = null;
		}
		return new \WP_REST_Response( $answer ?? '', null === $answer ? 403 : 200 );
	}

	/**
	 * Filter rest_pre_dispatch: takes a webhook before WordPress reads its JSON, and would refuse what PHP can't decode (deep nesting,
	 * half an emoji) without a look at the signature.
	 *
	 * @param mixed $result What another plugin answered already.
	 */
	public static function before_parsing( mixed $result, \WP_REST_Server $server, \WP_REST_Request $request ): mixed {
		$ours = empty( $result ) && 'POST' === $request->get_method() && '/' . self::NAMESPACE . '/webhook' === $request->get_route();
		return $ours ? self::accept( $request ) : $result;
	}

	/** One webhook. */
	public static function accept( \WP_REST_Request $request ): \WP_REST_Response {
		$body      = (string) $request->get_body();
		$signature = $request->get_header( 'x_hub_signature_256' );
		if ( strlen( $body ) > FrontDoor::MAX_BODY ) {
			return new \WP_REST_Response( '', 413 );
		}
		try {
			$idle = Native\webhook_accept( Site::dir(), $body, (string) $signature );
		} catch ( SignatureMismatch $e ) {
			return new \WP_REST_Response( '', null === $signature ? 401 : 403 );
		} catch ( InvalidInput $e ) {
			return new \WP_REST_Response( '', 400 );
		} catch ( \Throwable $e ) {
			Log::error( 'A webhook was not stored: ' . $e->getMessage() );
			return new \WP_REST_Response( '', 503, array( 'Retry-After' => '60' ) );
		}
		if ( $idle ) {
			register_shutdown_function( array( self::class, 'after' ), get_current_blog_id() );
		}
		return new \WP_REST_Response( '', 200 );
	}

	/** Plain text instead of JSON, for this route only: Meta compares the challenge byte by byte. */
	public static function serve( bool $served, \WP_HTTP_Response $result, \WP_REST_Request $request ): bool {
		if ( $served || '/' . self::NAMESPACE . '/webhook' !== $request->get_route() || ! is_string( $result->get_data() ) ) {
			return $served;
		}
		header( 'Content-Type: text/plain; charset=utf-8' );
		echo $result->get_data(); // phpcs:ignore WordPress.Security.EscapeOutput -- Plain text, vouched for by the verify token.
		return true;
	}

	/** After the response: the drain. */
	public static function after( int $blog_id ): void {
		ignore_user_abort( true );
		if ( function_exists( 'fastcgi_finish_request' ) ) {
			fastcgi_finish_request();
		} elseif ( function_exists( 'litespeed_finish_request' ) ) {
			litespeed_finish_request();
		} else {
			flush();
		}
		FrontDoor::drain( $blog_id );
	}
}
