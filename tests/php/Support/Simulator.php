<?php
/**
 * A simulator process for tests.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Tests;

/** One WhatsApp Cloud API on loopback, shared by all tests of a run and reset by each that uses it. */
final class Simulator {

	private const START_TIMEOUT_S = 20.0;

	private static ?self $shared = null;

	/** What the ready line told: url, token, app_id, app_secret, waba_id, phone_number_ids … */
	public readonly array $ready;

	/** @var resource */
	private $process;
	private int $pid;

	/** The simulator of this run, reset to its first state. */
	public static function shared(): self {
		if ( null === self::$shared ) {
			self::$shared = new self();
			register_shutdown_function( static fn () => self::$shared?->stop() );
		}
		self::$shared->reset();
		return self::$shared;
	}

	/** Starts a process of its own. @param list<string> $flags */
	public function __construct( array $flags = array() ) {
		$binary = getenv( 'NXTCHAT_SIMULATOR' ) ?: NXTCHAT_TEST_ROOT . '/target/release/simulator';
		$log    = NXTCHAT_TEST_SITE . '/log/simulator.log';
		// setsid: a process group of its own, so that nothing of it outlives stop().
		$this->process = proc_open(
			array( 'setsid', $binary, '--listen', '127.0.0.1:0', ...$flags ),
			array(
				array( 'file', '/dev/null', 'r' ),
				array( 'pipe', 'w' ),
				array( 'file', $log, 'a' ),
			),
			$pipes
		);
		$this->pid = proc_get_status( $this->process )['pid'];
		stream_set_blocking( $pipes[1], false );
		$line = '';
		$end  = microtime( true ) + self::START_TIMEOUT_S;
		while ( ! str_contains( $line, "\n" ) ) {
			$line .= (string) fread( $pipes[1], 8192 );
			if ( microtime( true ) > $end || ! proc_get_status( $this->process )['running'] ) {
				$this->stop();
				throw new \RuntimeException( "The simulator did not start; see $log" );
			}
			usleep( 5000 );
		}
		$this->ready = (array) json_decode( $line, true, 16, JSON_THROW_ON_ERROR );
	}

	public function stop(): void {
		if ( is_resource( $this->process ) ) {
			posix_kill( -$this->pid, SIGTERM );
			proc_close( $this->process );
		}
	}

	/** Forgets everything; the settings become those that only get out of a test's way, then $settings. */
	public function reset( array $config = array() ): void {
		$this->call( 'POST', '/sim/reset', (object) $config );
	}

	/** Settings of settings.rs; keys not named stay. */
	public function settings( array $settings ): array {
		return $this->call( 'POST', '/sim/settings', (object) $settings );
	}

	/** A customer writes. */
	public function inbound( array $message ): array {
		return $this->call( 'POST', '/sim/inbound', $message );
	}

	/** What Meta would know: every message it accepted. @return list<array> */
	public function accepted(): array {
		$answer = $this->call( 'GET', '/sim/record' );
		return $answer['items'] ?? $answer;
	}

	/** Fields for creating an account that talks to this simulator. */
	public function account_fields( int $number = 0 ): array {
		return array(
			'name'            => 'Test number',
			'app_id'          => $this->ready['app_id'],
			'app_secret'      => $this->ready['app_secret'],
			'token'           => $this->ready['token'],
			'waba_id'         => $this->ready['waba_id'],
			'phone_number_id' => $this->ready['phone_number_ids'][ $number ],
			'graph_base'      => $this->ready['graph_base'],
		);
	}

	/** Waits until no webhook is pending or in flight. */
	public function wait_idle( int $timeout_ms = 20000 ): void {
		$answer = $this->call( 'POST', "/sim/wait-idle?timeout_ms=$timeout_ms" );
		if ( empty( $answer['idle'] ) ) {
			throw new \RuntimeException( 'The simulator still has webhooks to deliver: ' . json_encode( $answer['counters'] ?? null ) );
		}
	}

	/** Lets it deliver to $url, as if subscribed, without a handshake. */
	public function deliver_to( string $url ): void {
		$this->call( 'POST', '/sim/callback', array( 'url' => $url ) );
	}

	/** Any call of the control API. @param array|object|null $body */
	public function call( string $method, string $path, $body = null ): array {
		$ch = curl_init( $this->ready['url'] . $path );
		curl_setopt_array(
			$ch,
			array(
				CURLOPT_CUSTOMREQUEST  => $method,
				CURLOPT_RETURNTRANSFER => true,
				CURLOPT_TIMEOUT        => 60,
				CURLOPT_HTTPHEADER     => array( 'Content-Type: application/json' ),
			) + ( null === $body ? array() : array( CURLOPT_POSTFIELDS => (string) json_encode( $body ) ) )
		);
		$answer = curl_exec( $ch );
		$status = curl_getinfo( $ch, CURLINFO_RESPONSE_CODE );
		if ( $status < 200 || $status > 299 ) {
			throw new \RuntimeException( "Simulator: $method $path answered $status: " . substr( (string) $answer, 0, 300 ) );
		}
		return (array) json_decode( (string) $answer, true );
	}
}
