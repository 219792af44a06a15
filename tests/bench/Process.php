<?php
/**
 * A process that is measured from outside, by /proc.
 */

declare(strict_types=1);

/** Ends with the object or the script. */
final class Process {

	private const END_S   = 6.0;
	private const LOOK_US = 500000;

	/** Most memory it ever had mapped in, files that other processes share included (VmHWM); known after end(). */
	public float $mapped_mb = 0.0;

	/** Most memory that nobody else had mapped (anonymous, or a file's): what its end gives back. Looked at by sleep(). */
	public float $own_mb = 0.0;

	public readonly int $pid;

	/** @var resource */
	private $process;

	/** @param list<string> $command Must end in the process itself (exec). */
	public function __construct( array $command, private readonly string $log ) {
		$this->process = proc_open( $command, array( array( 'file', '/dev/null', 'r' ), array( 'file', $log, 'w' ), array( 'file', $log, 'a' ) ), $pipes );
		$this->pid     = proc_get_status( $this->process )['pid'];
		register_shutdown_function( array( $this, 'end' ) );
	}

	/** Seconds of CPU, of all its threads. */
	public function cpu_s(): float {
		// Behind the name, which may hold blanks: the third field on.
		$fields = explode( ' ', substr( strrchr( $this->read( 'stat' ), ')' ), 2 ) );
		return ( (int) $fields[11] + (int) $fields[12] ) / 100; // USER_HZ is 100 on Linux.
	}

	/** Sleeps and looks. */
	public function sleep( float $seconds ): void {
		for ( $end = microtime( true ) + $seconds; microtime( true ) < $end; ) {
			usleep( (int) max( 1, min( self::LOOK_US, 1e6 * ( $end - microtime( true ) ) ) ) );
			$map          = $this->read( 'smaps_rollup' );
			$this->own_mb = max( $this->own_mb, ( self::kb( $map, 'Private_Clean' ) + self::kb( $map, 'Private_Dirty' ) ) / 1024 );
		}
	}

	public function log(): string {
		return (string) file_get_contents( $this->log );
	}

	/** Asks it to end, and waits. */
	public function end(): void {
		if ( ! is_resource( $this->process ) ) {
			return;
		}
		$end = microtime( true ) + self::END_S;
		if ( proc_get_status( $this->process )['running'] ) {
			$this->mapped_mb = self::kb( $this->read( 'status' ), 'VmHWM' ) / 1024;
			posix_kill( $this->pid, SIGTERM );
		}
		while ( ( $status = proc_get_status( $this->process ) )['running'] ) {
			if ( microtime( true ) > $end ) {
				posix_kill( $this->pid, SIGKILL );
				Report::fail( 'the process did not end: ' . $this->log() );
			}
			usleep( 20000 );
		}
		proc_close( $this->process );
		if ( 0 !== $status['exitcode'] ) {
			Report::fail( "the process failed ($status[exitcode]): " . $this->log() );
		}
	}

	private static function kb( string $text, string $name ): int {
		return preg_match( "/^$name:\s+(\d+) kB/m", $text, $m ) ? (int) $m[1] : 0;
	}

	private function read( string $file ): string {
		$text = @file_get_contents( "/proc/$this->pid/$file" );
		if ( false === $text || '' === $text ) {
			Report::fail( "the process is gone: " . $this->log() );
		}
		return $text;
	}
}
