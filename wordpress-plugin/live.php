<?php
/**
 * The change counter, for screens that ask each second. No WordPress, nothing but the number.
 *
 * @package NxtChat
 */

declare(strict_types=1);

// phpcs:disable WordPress.Security.ValidatedSanitizedInput, WordPress.Security.NonceVerification -- Before WordPress; the signed token is the check.

// As in webhook.php: naming $_SERVER would build all of it.
$nxtchat_var = false !== getenv( 'SCRIPT_FILENAME' ) ? 'getenv' : require __DIR__ . '/src/Webhook/server-variable.php';
header( 'Content-Type: text/plain' );
header( 'Cache-Control: no-store' );
$nxtchat_value = null;
if ( extension_loaded( 'nxtchat' ) && is_string( $_GET['token'] ?? null ) ) {
	try {
		$nxtchat_value = \NxtChat\Native\live_read( \NxtChat\Native\site_dir( dirname( $nxtchat_var( 'SCRIPT_FILENAME' ), 3 ), isset( $_GET['site'] ) ? max( 1, (int) $_GET['site'] ) : 1 ), $_GET['token'] );
	} catch ( \Throwable $nxtchat_error ) { // Also the TypeError of a token that is not UTF-8.
		$nxtchat_value = null;
	}
}
if ( null === $nxtchat_value ) {
	http_response_code( 403 );
	exit;
}
echo $nxtchat_value; // phpcs:ignore WordPress.Security.EscapeOutput -- An integer.
