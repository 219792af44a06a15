<?php
/**
 * Runs wrk against the benchmark's site and reads its figures.
 */

declare(strict_types=1);

/** One load generator for references and product alike: the same requests, threads and connections. */
final class Wrk {

	/** Records in the file of signed bodies: one round never sends a body twice. */
	public const BODIES = 400_000;

	/** Bytes of each body: what a status of today is with its pricing and our ref. */
	private const BODY = 720;

	private static string $file = '';
	private static int $size    = 0;

	/** Makes the file of signed, unique status webhooks: all of one size, so that a thread can start anywhere. */
	public static function prepare( string $file ): void {
		self::$file = $file;
		$sample     = self::record( 0 );
		self::$size = strlen( $sample );
		if ( is_file( $file ) && filesize( $file ) === self::$size * self::BODIES && file_get_contents( $file, false, null, 0, self::$size ) === $sample ) {
			return;
		}
		fwrite( STDERR, '  signing ' . number_format( self::BODIES ) . " webhook bodies (once)\n" );
		$out = fopen( "$file.part", 'wb' );
		for ( $i = 0; $i < self::BODIES; ) {
			$chunk = '';
			for ( $end = min( $i + 1000, self::BODIES ); $i < $end; $i++ ) {
				$chunk .= self::record( $i );
			}
			fwrite( $out, $chunk );
		}
		fclose( $out );
		rename( "$file.part", $file );
	}

	/** Bytes of one body. */
	public static function body_size(): int {
		return self::BODY;
	}

	private static function record( int $i ): string {
		$id   = strtoupper( substr( md5( (string) $i ), 0, 18 ) );
		// One size for all, so that a thread can seek: JSON may end in blanks.
		$body = str_pad(
			nxtbench_body(
				array(
					'statuses' => array(
						nxtbench_status(
							'wamid.' . base64_encode( "\x1c\x18\x0b" . '49151' . sprintf( '%06d', $i ) . "\x15\x02\x00\x11\x18\x12" . $id . "\x00" ),
							sprintf( '01%08X', $i ) . strtoupper( substr( md5( "ref $i" ), 0, 16 ) ),
							array( 'read', 'sent' )[ $i % 2 ],
							1750000000 + $i,
							sprintf( '49151%06d', $i ),
							sprintf( 'DE.%020d', $i )
						),
					),
				)
			),
			self::BODY
		);
		if ( self::BODY !== strlen( $body ) ) {
			Report::fail( 'a body is larger than ' . self::BODY . ' bytes' );
		}
		return hash_hmac( 'sha256', $body, NXTBENCH_SECRET ) . "\r\n\r\n" . $body;
	}

	/**
	 * One round. $bodies: '' = GET, 'good' or 'bad' = POST with a right or a wrong signature.
	 *
	 * @param array<string, string> $headers
	 * @return array{requests: int, rate: float, status_errors: int, socket_errors: int, p50_ms: float, p99_ms: float}
	 */
	public static function run( string $url, int $connections, float $seconds, string $bodies = '', array $headers = array() ): array {
		$threads = $connections >= 16 ? 2 : 1;
		$command = array( 'wrk', '-t', (string) $threads, '-c', (string) $connections, '-d', (string) (int) ceil( $seconds ), '--timeout', '20s', '-s', __DIR__ . '/wrk.lua' );
		foreach ( $headers as $name => $value ) {
			array_push( $command, '-H', "$name: $value" );
		}
		$command[] = $url;
		if ( '' !== $bodies ) {
			$share = intdiv( self::BODIES, $threads );
			array_push( $command, '--', self::$file, (string) self::$size, '0', (string) $share, $bodies );
		}
		exec( implode( ' ', array_map( 'escapeshellarg', $command ) ) . ' 2>&1', $output, $status );
		if ( 0 !== $status || ! preg_match( '/^figures (\d+) (\d+) (\d+) (\d+) (\S+) (\S+)$/m', implode( "\n", $output ), $m ) ) {
			Report::fail( "wrk: $url\n" . implode( "\n", $output ) );
		}
		return array(
			'requests'      => (int) $m[1],
			'rate'          => $m[1] / ( $m[2] / 1e6 ),
			'status_errors' => (int) $m[3],
			'socket_errors' => (int) $m[4],
			'p50_ms'        => $m[5] / 1000,
			'p99_ms'        => $m[6] / 1000,
		);
	}
}
