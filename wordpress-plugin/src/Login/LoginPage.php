<?php
/**
 * What browsers without JavaScript get.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Login;

use NxtChat\Rest;

/** The same routes, texts and rules as for the script; the answer is a small page with the next form. */
final class LoginPage {

	/** Routes that answer with a page, below the plugin's namespace. */
	private const ROUTES = array( '/login/start', '/login/verify', '/login/word', '/login/word/state', '/login/bind', '/login/bind/verify' );

	/** Errors after which the same code can be tried again. */
	private const AGAIN = array( 'nxtchat_login_code' );

	/**
	 * Filter rest_pre_serve_request.
	 *
	 * @param bool              $served  As given.
	 * @param \WP_HTTP_Response $result  What would be sent as JSON; its status and headers are sent already.
	 * @param \WP_REST_Request  $request The request.
	 */
	public static function serve( $served, $result, $request ) {
		$route = substr( $request->get_route(), strlen( '/' . Rest::NAMESPACE ) );
		if ( ! in_array( $route, self::ROUTES, true ) || ! self::is_for( $request ) ) {
			return $served;
		}
		$data = (array) json_decode( (string) wp_json_encode( $result->get_data() ), true );
		$next = self::next( $data, $request );
		if ( '' !== $next ) {
			status_header( 303 );
			header( 'Location: ' . $next );
			return true;
		}
		self::send( self::body( $route, $data, $request ) );
		return true;
	}

	/** Where a browser without JavaScript was going, when its form doesn't say: what its page was asked for, else that page. */
	public static function came_from( \WP_REST_Request $request ): string {
		$page = (string) $request->get_header( 'referer' );
		if ( '' === $page || ! self::is_for( $request ) ) {
			return '';
		}
		parse_str( (string) wp_parse_url( $page, PHP_URL_QUERY ), $asked );
		if ( is_string( $asked['redirect_to'] ?? null ) ) {
			return $asked['redirect_to'];
		}
		return '' !== LoginSettings::all()['redirect'] || str_contains( $page, 'wp-login.php' ) || str_contains( $page, Rest::NAMESPACE ) ? '' : $page;
	}

	/** Does a browser ask for a page? */
	private static function is_for( \WP_REST_Request $request ): bool {
		return str_contains( (string) $request->get_header( 'accept' ), 'text/html' );
	}

	/** Where an answer leads at once, '' when it is a page. */
	private static function next( array $data, \WP_REST_Request $request ): string {
		if ( isset( $data['next'] ) && is_string( $data['next'] ) ) {
			return wp_sanitize_redirect( $data['next'] );
		}
		return isset( $data['verified_ms'] ) ? wp_sanitize_redirect( CodeRequest::redirect( self::text( $request, 'redirect' ) ) ?: admin_url( 'profile.php' ) ) : '';
	}

	private static function body( string $route, array $data, \WP_REST_Request $request ): string {
		$binds   = str_starts_with( $route, '/login/bind' );
		$code    = (string) ( $data['code'] ?? '' );
		$message = 'rest_cookie_invalid_nonce' === $code ? LoginForm::old() : (string) ( $data['message'] ?? '' );
		if ( isset( $data['to'] ) ) {
			$message = str_replace( $data['to'], "\u{2066}{$data['to']}\u{2069}", $message ); // In order also among words from right to left.
		}
		if ( isset( $data['link'] ) ) {
			return self::word( $data, '' );
		}
		if ( '/login/word/state' === $route && 'waiting' === ( $data['state'] ?? '' ) ) {
			return self::word( array( 'challenge' => self::text( $request, 'challenge' ) ) + $data, __( 'No message has come yet.', 'nxt-cloud-chat' ) );
		}
		if ( isset( $data['challenge'] ) ) {
			return self::code( $message, '', (string) $data['challenge'], $binds, $request );
		}
		$challenge = self::text( $request, 'challenge' );
		if ( in_array( $code, self::AGAIN, true ) || ( 'nxtchat_login_wait' === $code && '' !== $challenge ) ) {
			return self::code( '', $message, $challenge, $binds, $request );
		}
		if ( 'phone' === ( $data['data']['problems'][0]['path'] ?? '' ) ) {
			return self::heading( $binds ) . self::form(
				$binds ? 'bind' : 'start',
				LoginForm::number_fields( 'nxtchat', 'block', strtoupper( self::text( $request, 'country' ) ), self::text( $request, 'phone' ) ) . self::problem( $message, 'nxtchat-phone-problem' ) . LoginForm::submit( 'send', __( 'Send me a code', 'nxt-cloud-chat' ), 'block' ),
				array_intersect_key( self::carried( $request ), array( 'redirect' => 1, 'remember' => 1, '_wpnonce' => 1 ) ) // phpcs:ignore WordPress.Arrays -- Short.
			) . self::ways( $binds, $request );
		}
		return self::heading( $binds ) . self::problem( $message ) . self::ways( $binds, $request );
	}

	/** The form for the code. */
	private static function code( string $message, string $problem, string $challenge, bool $binds, \WP_REST_Request $request ): string {
		$carried = array( 'challenge' => $challenge ) + array_diff_key( self::carried( $request ), array( 'challenge' => 1 ) );
		return self::heading( $binds )
			. ( '' === $message ? '' : '<p id="nxtchat-to">' . esc_html( $message ) . '</p>' )
			. self::form(
				$binds ? 'bind/verify' : 'verify',
				LoginForm::code_field( 'nxtchat', 'block' ) . self::problem( $problem, 'nxtchat-code-problem' ) . LoginForm::submit( 'check', $binds ? __( 'Confirm', 'nxt-cloud-chat' ) : __( 'Log in', 'nxt-cloud-chat' ), 'block' ),
				$carried
			)
			. self::form( $binds ? 'bind' : 'start', '<p><button type="submit" class="nxtchat-login__link">' . esc_html__( 'Send a new code', 'nxt-cloud-chat' ) . '</button></p>', $carried )
			. self::ways( $binds, $request );
	}

	/** The word to send, and the way on once it is sent. */
	private static function word( array $data, string $problem ): string {
		$html = self::heading( false ) . self::problem( $problem );
		if ( isset( $data['link'] ) ) {
			/* translators: %s: the site's number on WhatsApp */
			$html .= '<p>' . sprintf( esc_html__( 'Send this to %s on WhatsApp. We answer with a code.', 'nxt-cloud-chat' ), '<strong dir="ltr">' . esc_html( (string) $data['number'] ) . '</strong>' ) . '</p>';
			$html .= '<p class="nxtchat-login__word"><strong dir="ltr">' . esc_html( (string) $data['text'] ) . '</strong></p>' . self::qr( (array) ( $data['qr'] ?? array() ) );
			$html .= '<p><a href="' . esc_url( (string) $data['link'] ) . '" target="_blank" rel="noopener">' . esc_html__( 'Open WhatsApp', 'nxt-cloud-chat' ) . '</a></p>';
		}
		return $html . self::form( 'word/state', LoginForm::submit( 'check', __( 'I have sent it', 'nxt-cloud-chat' ), 'block' ), array( 'challenge' => (string) ( $data['challenge'] ?? '' ) ) );
	}

	/** @param array{size?: int, path?: string} $qr */
	private static function qr( array $qr ): string {
		if ( ! isset( $qr['size'], $qr['path'] ) ) {
			return '';
		}
		return sprintf( '<div class="nxtchat-login__qr"><svg role="img" aria-label="%s" shape-rendering="crispEdges" viewBox="-4 -4 %2$d %2$d"><rect x="-4" y="-4" width="100%%" height="100%%" fill="#fff"/><path d="%3$s"/></svg></div>', esc_attr__( 'QR code: opens WhatsApp on your phone with this message', 'nxt-cloud-chat' ), (int) $qr['size'] + 8, esc_attr( (string) $qr['path'] ) );
	}

	/** @param array<string, string> $hidden */
	private static function form( string $route, string $fields, array $hidden ): string {
		$html = '';
		foreach ( $hidden as $name => $value ) {
			$html .= sprintf( '<input type="hidden" name="%s" value="%s">', esc_attr( $name ), esc_attr( $value ) );
		}
		return sprintf( '<form class="nxtchat-login nxtchat-login--block" method="post" action="%s" accept-charset="utf-8"><div class="nxtchat-login__step">%s%s</div></form>', esc_url( rest_url( Rest::NAMESPACE . '/login/' . $route ) ), $html, $fields );
	}

	/** What goes along from form to form. @return array<string, string> */
	private static function carried( \WP_REST_Request $request ): array {
		$all = array();
		foreach ( array( 'challenge', 'redirect', 'remember', '_wpnonce' ) as $name ) {
			$all[ $name ] = self::text( $request, $name );
		}
		$all['redirect'] = CodeRequest::redirect( $all['redirect'] ?: self::came_from( $request ) );
		return array_filter( $all, static fn( string $value ): bool => '' !== $value );
	}

	/** The ways out. */
	private static function ways( bool $binds, \WP_REST_Request $request ): string {
		$redirect = self::carried( $request )['redirect'] ?? '';
		$ways     = $binds
			? array( BindPage::url( $redirect ) => __( 'Another number', 'nxt-cloud-chat' ) )
			: array(
				LoginPlaces::url( $redirect ) => __( 'Another number', 'nxt-cloud-chat' ),
				wp_login_url( $redirect )     => __( 'Use my password', 'nxt-cloud-chat' ),
			);
		$html     = '';
		foreach ( $ways as $url => $text ) {
			$html .= sprintf( '<a href="%s">%s</a>', esc_url( $url ), esc_html( $text ) );
		}
		return "<p class=\"nxtchat-login__ways\">$html</p>";
	}

	private static function heading( bool $binds ): string {
		return '<h1>' . ( $binds ? esc_html__( 'Your WhatsApp number', 'nxt-cloud-chat' ) : esc_html__( 'Log in with WhatsApp', 'nxt-cloud-chat' ) ) . '</h1>';
	}

	private static function problem( string $message, string $id = '' ): string {
		return '' === $message ? '' : sprintf( '<p class="nxtchat-login__problem" role="alert"%s>%s</p>', '' === $id ? '' : ' id="' . esc_attr( $id ) . '"', esc_html( $message ) );
	}

	private static function text( \WP_REST_Request $request, string $name ): string {
		return is_scalar( $request[ $name ] ) ? (string) $request[ $name ] : '';
	}

	private static function send( string $body ): void {
		header( 'Content-Type: text/html; charset=' . get_option( 'blog_charset' ) );
		header( 'X-Robots-Tag: noindex' );
		header( 'X-Frame-Options: SAMEORIGIN' );
		header( 'Referrer-Policy: strict-origin-when-cross-origin' );
		nocache_headers();
		printf(
			'<!DOCTYPE html><html %s><head><meta charset="%s"><meta name="viewport" content="width=device-width,initial-scale=1"><title>%s</title><link rel="stylesheet" href="%s"><style>body{font:1.1rem/1.6 system-ui,sans-serif;color:#1e1e1e;background:#fff;max-width:26rem;margin:10vh auto;padding:0 1rem}h1{font-size:1.4rem}main{display:grid;gap:1rem}a{color:#0a5c8f}.wp-element-button{min-height:2.75rem;padding:.5rem 1.25rem;border:0;border-radius:4px;background:#1e1e1e;color:#fff;font:inherit;cursor:pointer}</style></head><body><main>%s</main></body></html>',
			get_language_attributes(), // phpcs:ignore WordPress.Security.EscapeOutput -- Escaped there.
			esc_attr( get_option( 'blog_charset' ) ),
			esc_html( __( 'Log in with WhatsApp', 'nxt-cloud-chat' ) . ' – ' . get_bloginfo( 'name', 'display' ) ),
			esc_url( plugins_url( 'blocks/login/style.css?ver=' . NXTCHAT_VERSION, NXTCHAT_FILE ) ),
			$body // phpcs:ignore WordPress.Security.EscapeOutput -- Escaped where it is made.
		);
	}
}
