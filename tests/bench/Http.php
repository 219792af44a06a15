<?php
/**
 * One kept connection to the benchmark's site.
 */

declare(strict_types=1);

/** Sequential requests, timed at the client. */
final class Http {

	private CurlHandle $curl;

	public function __construct( private string $base ) {
		$this->curl = curl_init();
		curl_setopt_array( $this->curl, array( CURLOPT_RETURNTRANSFER => true, CURLOPT_HEADER => true, CURLOPT_TIMEOUT => 60 ) );
	}

	/**
	 * POSTs JSON, as get().
	 *
	 * @param array<string, mixed> $fields
	 * @param list<string>         $headers
	 * @return array{ms: float, headers: string, body: string}
	 */
	public function post( string $path, array $fields, array $headers = array(), int $expected = 200 ): array {
		curl_setopt_array( $this->curl, array( CURLOPT_POST => true, CURLOPT_POSTFIELDS => (string) json_encode( (object) $fields ) ) );
		return $this->get( $path, array( 'Content-Type: application/json', ...$headers ), $expected );
	}

	/**
	 * GETs a path; any other status ends the benchmark.
	 *
	 * @param list<string> $headers
	 * @return array{ms: float, headers: string, body: string}
	 */
	public function get( string $path, array $headers = array(), int $expected = 200 ): array {
		curl_setopt_array( $this->curl, array( CURLOPT_URL => $this->base . $path, CURLOPT_HTTPHEADER => $headers ) );
		$start  = hrtime( true );
		$answer = curl_exec( $this->curl );
		$ms     = ( hrtime( true ) - $start ) / 1e6;
		$status = curl_getinfo( $this->curl, CURLINFO_RESPONSE_CODE );
		if ( $expected !== $status ) {
			Report::fail( "$path answered $status " . curl_error( $this->curl ) . "\n" . substr( (string) $answer, 0, 2000 ) );
		}
		$size = curl_getinfo( $this->curl, CURLINFO_HEADER_SIZE );
		return array( 'ms' => $ms, 'headers' => substr( $answer, 0, $size ), 'body' => substr( $answer, $size ) );
	}
}
