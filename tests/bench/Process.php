<?php
/**
 * A process that is measured from outside, by /proc.
 */

declare(strict_types=1);

/** Ends with the object or the script. */
final class Process {

	private const END_S = 6.0;

	/** Most memory it ever had mapped in, shared files included (VmHWM); known after end(). */
	public float $peak_mb = 0.0;

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

	/** What nobody else has mapped: what ending it would give back. */
	public function private_mb(): float {
		return $this->kb( 'smaps_rollup', 'Private_Clean' ) / 1024 + $this->kb( 'smaps_rollup', 'Private_Dirty' ) / 1024;
	}

	/** The same, and its part of what several have mapped. */
	public function proportional_mb(): float {
		return $this->kb( 'smaps_rollup', 'Pss' ) / 1024;
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
			$this->peak_mb = $this->kb( 'status', 'VmHWM' ) / 1024;
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

	private function kb( string $file, string $name ): int {
		return preg_match( "/^$name:\s+(\d+) kB/m", $this->read( $file ), $m ) ? (int) $m[1] : 0;
	}

	private function read( string $file ): string {
		$text = @file_get_contents( "/proc/$this->pid/$file" );
		if ( false === $text || '' === $text ) {
			Report::fail( "the process is gone: " . $this->log() );
		}
		return $text;
	}
}
