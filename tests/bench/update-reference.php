<?php
// The webhook's reference without WordPress: the signature over the raw body and one committed UPDATE.
declare(strict_types=1);

$body = (string) file_get_contents( 'php://input' );
if ( ! hash_equals( 'sha256=' . hash_hmac( 'sha256', $body, 'bench-app-secret' ), (string) ( $_SERVER['HTTP_X_HUB_SIGNATURE_256'] ?? '' ) ) ) {
	http_response_code( 403 );
	exit;
}
$db = new mysqli( null, 'wp', 'wp', 'wordpress', 0, dirname( __DIR__ ) . '/run/db.sock' );
$db->query( 'UPDATE nxtbench_reference SET state = state + 1 WHERE id = ' . ( crc32( $body ) % 10000 + 1 ) );
