<?php
/**
 * Meta's front door: verify, store, answer; WordPress is loaded after the answer, and only when nobody drains yet.
 *
 * Measured against an empty file, so: no class of ours, no autoloader, nothing done twice. The site is found through the path by which
 * the web server knows this file, never __DIR__: plugins may be symbolic links.
 *
 * @package NxtChat
 */

declare(strict_types=1);

// phpcs:disable WordPress.Security.ValidatedSanitizedInput, WordPress.Security.NonceVerification -- Before WordPress; the signature is the check.

if ( ! extension_loaded( 'nxtchat' ) ) {
	http_response_code( 503 );
	header( 'Retry-After: 60' );
	exit;
}

// Never $_SERVER in this file: naming it makes PHP build all of it for each request. php-fpm and CGI answer getenv() from the request itself.
$nxtchat_var = false !== getenv( 'REQUEST_METHOD' ) ? 'getenv' : require __DIR__ . '/src/Webhook/server-variable.php';

$nxtchat_site = \NxtChat\Native\site_dir( dirname( $nxtchat_var( 'SCRIPT_FILENAME' ), 3 ), isset( $_GET['site'] ) ? max( 1, (int) $_GET['site'] ) : 1 );
header( 'Content-Type: text/plain' );

if ( 'POST' !== $nxtchat_var( 'REQUEST_METHOD' ) ) {
	if ( 'GET' !== $nxtchat_var( 'REQUEST_METHOD' ) ) {
		http_response_code( 405 );
		header( 'Allow: GET, POST' );
		exit;
	}
	try {
		$nxtchat_answer = \NxtChat\Native\webhook_challenge( $nxtchat_site, array_filter( $_GET, 'is_string' ) );
	} catch ( \NxtChat\Native\Exception\Exception $nxtchat_error ) {
		$nxtchat_answer = null; // Not configured: nobody's token is right.
	}
	header( 'X-Content-Type-Options: nosniff' );
	header( 'Cache-Control: no-store' );
	if ( null === $nxtchat_answer ) {
		http_response_code( 403 );
		exit;
	}
	exit( $nxtchat_answer ); // phpcs:ignore WordPress.Security.EscapeOutput -- Plain text, vouched for by the verify token.
}

// 3 MB: the largest webhook Meta sends. A chunked body tells no length; its reading stops one byte past the limit.
// (Not always with that limit: PHP would allocate all of it each time.)
$nxtchat_length = (int) $nxtchat_var( 'CONTENT_LENGTH' );
if ( $nxtchat_length > 3145728 ) {
	http_response_code( 413 );
	exit;
}
$nxtchat_body = (string) ( $nxtchat_length > 0 ? file_get_contents( 'php://input' ) : file_get_contents( 'php://input', false, null, 0, 3145729 ) );
if ( strlen( $nxtchat_body ) > 3145728 ) {
	http_response_code( 413 );
	exit;
}

try {
	$nxtchat_idle = \NxtChat\Native\webhook_accept( $nxtchat_site, $nxtchat_body, (string) $nxtchat_var( 'HTTP_X_HUB_SIGNATURE_256' ) );
} catch ( \NxtChat\Native\Exception\SignatureMismatch $nxtchat_error ) {
	http_response_code( false !== $nxtchat_var( 'HTTP_X_HUB_SIGNATURE_256' ) ? 403 : 401 );
	exit;
} catch ( \NxtChat\Native\Exception\InvalidInput $nxtchat_error ) {
	http_response_code( 400 );
	exit;
} catch ( \Throwable $nxtchat_error ) {
	// Not stored, so Meta must try again. No line for a site that does not exist (?site=…): anybody could fill the log.
	if ( is_file( "$nxtchat_site/front.sealed" ) ) {
		error_log( 'NXT Cloud Chat error: a webhook was not stored: ' . $nxtchat_error->getMessage() ); // phpcs:ignore WordPress.PHP.DevelopmentFunctions
	}
	http_response_code( 503 );
	header( 'Retry-After: 60' );
	exit;
}

// Stored. The answer is 200; somebody else drains, or this process does.
if ( ! $nxtchat_idle ) {
	exit;
}
ignore_user_abort( true );
if ( function_exists( 'fastcgi_finish_request' ) ) {
	fastcgi_finish_request();
} elseif ( function_exists( 'litespeed_finish_request' ) ) {
	litespeed_finish_request();
} else {
	header( 'Content-Length: 0' );
	header( 'Connection: close' );
	while ( ob_get_level() > 0 ) {
		ob_end_flush();
	}
	flush();
}
if ( ! \NxtChat\Native\spool_lease( $nxtchat_site ) ) {
	exit; // Its holder looks again after giving the lease back.
}
// The lease belongs to the process, which lives on under php-fpm: given back however this request ends.
register_shutdown_function( '\NxtChat\Native\spool_release', $nxtchat_site );
set_time_limit( 120 );
unset( $nxtchat_body );

require __DIR__ . '/src/Webhook/after-answer.php'; // In the global scope: wp-config.php sets globals.
