<?php
/**
 * What every benchmark prints: `name: value (target …) ok|short`, and the exit code.
 */

declare(strict_types=1);

/** Collects lines; anything short makes exit code 1, unless QUICK=1. */
final class Report {

	private static bool $short = false;

	/** QUICK=1: runs everything on a small scale and judges nothing. */
	public static function quick(): bool {
		return '' !== (string) getenv( 'QUICK' );
	}

	/** A figure without a target. */
	public static function info( string $name, string $value ): void {
		echo "$name: $value\n";
	}

	public static function at_least( string $name, float $value, float $target, string $unit = '' ): void {
		self::judge( $name, $value, '>=', $target, $unit, $value >= $target );
	}

	public static function at_most( string $name, float $value, float $target, string $unit = '' ): void {
		self::judge( $name, $value, '<=', $target, $unit, $value <= $target );
	}

	private static function judge( string $name, float $value, string $sign, float $target, string $unit, bool $ok ): void {
		self::$short = self::$short || ! $ok;
		$verdict     = self::quick() ? 'not judged' : ( $ok ? 'ok' : 'short' );
		printf( "%s: %s%s (target %s %s%s) %s\n", $name, self::number( $value ), $unit, $sign, self::number( $target ), $unit, $verdict );
	}

	/** Three significant digits below 1000, whole numbers above. */
	public static function number( float $value ): string {
		if ( abs( $value ) >= 1000 || 0.0 === fmod( $value, 1.0 ) ) {
			return number_format( $value );
		}
		return number_format( $value, abs( $value ) >= 100 ? 0 : ( abs( $value ) >= 10 ? 1 : ( abs( $value ) >= 1 ? 2 : 3 ) ) );
	}

	/** @param list<float> $values */
	public static function median( array $values ): float {
		sort( $values );
		$count  = count( $values );
		$middle = intdiv( $count, 2 );
		return $count % 2 ? (float) $values[ $middle ] : ( $values[ $middle - 1 ] + $values[ $middle ] ) / 2;
	}

	/** Stops the run: what was measured is not what was meant. */
	public static function fail( string $why ): never {
		fwrite( STDERR, "bench: $why\n" );
		exit( 1 );
	}

	public static function end(): never {
		exit( self::$short && ! self::quick() ? 1 : 0 );
	}
}
