<?php
/**
 * A simulator process for the native tests and benchmarks, without WordPress and PHPUnit.
 */

declare(strict_types=1);

/** Ends with the object or the script. */
final class Simulator {

	/** What the ready line told. */
	public readonly array $ready;

	/** @var resource */
	private $process;
	private int $owner;

	/** @param list<string> $flags */
	public function __construct( string $binary, array $flags = array() ) {
		$this->owner   = getmypid();
		$this->process = proc_open( array( 'setsid', $binary, '--listen', '127.0.0.1:0', ...$flags ), array( array( 'file', '/dev/null', 'r' ), array( 'pipe', 'w' ), STDERR ), $pipes );
		$line          = (string) fgets( $pipes[1] );
		if ( ! str_starts_with( $line, '{' ) ) {
			throw new RuntimeException( "the simulator did not start: $binary" );
		}
		$this->ready = json_decode( $line, true, 16, JSON_THROW_ON_ERROR );
		register_shutdown_function( array( $this, 'stop' ) );
	}

	public function pid(): int {
		return proc_get_status( $this->process )['pid'];
	}

	/** Nothing happens in a forked child. */
	public function stop(): void {
		if ( getmypid() === $this->owner && is_resource( $this->process ) ) {
			posix_kill( -$this->pid(), SIGTERM );
			proc_close( $this->process );
		}
	}

	/** A call of the control API. */
	public function call( string $method, string $path, ?array $body = null ): array {
		$context = stream_context_create(
			array(
				'http' => array(
					'method'        => $method,
					'header'        => 'Content-Type: application/json',
					'content'       => null === $body ? '' : json_encode( $body ),
					'ignore_errors' => true,
					'timeout'       => 60,
				),
			)
		);
		$answer  = file_get_contents( $this->ready['graph_base'] . $path, false, $context );
		if ( ! str_contains( $http_response_header[0], ' 200' ) ) {
			throw new RuntimeException( "$method $path: $answer" );
		}
		return json_decode( $answer, true, 64, JSON_THROW_ON_ERROR );
	}
}
