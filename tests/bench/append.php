<?php
/**
 * The disk's own speed: processes that append 1 KB to a file of their own and fdatasync it, again and again.
 *
 * append.php DIRECTORY PROCESSES SECONDS prints appends per second and the 99th percentile of one append in ms.
 */

declare(strict_types=1);

[ , $dir, $processes, $seconds ] = $argv;
$pipes                           = array();
for ( $i = 0; $i < (int) $processes; $i++ ) {
	$pair = stream_socket_pair( STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0 );
	if ( 0 === pcntl_fork() ) {
		$path  = "$dir/append.$i";
		$file  = fopen( $path, 'wb' );
		$kb    = str_repeat( 'x', 1024 );
		$end   = hrtime( true ) + (int) ( (float) $seconds * 1e9 );
		$times = array();
		for ( $now = hrtime( true ); $now < $end; $now = $after ) {
			fwrite( $file, $kb );
			fdatasync( $file );
			$after   = hrtime( true );
			$times[] = ( $after - $now ) / 1e6;
		}
		unlink( $path );
		fwrite( $pair[1], serialize( $times ) );
		exit( 0 );
	}
	fclose( $pair[1] );
	$pipes[] = $pair[0];
}
$all = array();
foreach ( $pipes as $pipe ) {
	array_push( $all, ...unserialize( (string) stream_get_contents( $pipe ), array( 'allowed_classes' => false ) ) );
}
sort( $all );
printf( "%.1f %.3f\n", count( $all ) / (float) $seconds, $all[ (int) ( count( $all ) * 0.99 ) ] );
