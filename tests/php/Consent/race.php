<?php
/**
 * A process of its own for FoldTest: php race.php grant|stop|batch <seed> <contact ids>
 *
 * @package NxtChat
 */

declare(strict_types=1);

use NxtChat\Consent\Consents;

require getenv( 'NXTCHAT_SITE' ) . '/wordpress/wp-load.php';
set_exception_handler(
	static function ( Throwable $e ): void {
		fwrite( STDERR, get_class( $e ) . ': ' . $e->getMessage() . "\n" );
		exit( 1 );
	}
);
while ( ! file_exists( getenv( 'NXTCHAT_CHILD_GO' ) ) ) {
	usleep( 1000 );
}
[ , $what, $seed, $ids ] = $argv;
mt_srand( (int) $seed );
$ids = array_map( 'intval', explode( ',', $ids ) );
shuffle( $ids );
$granted = 0;
foreach ( 'batch' === $what ? array_chunk( array_merge( $ids, array_reverse( $ids ) ), 10 ) : array_chunk( array_merge( $ids, $ids ), 1 ) as $n => $some ) {
	if ( 'grant' === $what ) {
		$done     = Consents::change( $some[0], 1, 1, array( 'source' => 'staff', 'wording' => 'x' ) );
		$granted += is_array( $done ) ? 1 : 0;
		continue;
	}
	$entries = array();
	foreach ( $some as $id ) {
		// 'batch' grants with evidence for all in any order, 'stop' is what the person says; the same proof twice.
		$entries[] = array( 'contact_id' => $id, 'purpose' => 'stop' === $what ? 1 : mt_rand( 1, 3 ), 'state' => 'stop' === $what ? 2 : 1, 'by_person' => 'stop' === $what ? 1 : 0, 'source' => $what, 'at_ms' => 1750000000000 + $n, 'proof' => 'stop' === $what ? "w$id:1" : null );
	}
	Consents::record( $entries );
}
echo json_encode( array( 'granted' => $granted ) );
