<?php
/**
 * Rules of the extension and the core.
 *
 * @package NxtChat
 */

declare(strict_types=1);

/** Names under [dependencies] (not dev- or build-) of a Cargo.toml. @return list<string> */
function cargo_dependencies( string $toml ): array {
	$names   = array();
	$section = '';
	foreach ( file( $toml, FILE_IGNORE_NEW_LINES ) as $line ) {
		if ( preg_match( '/^\[(.+)\]/', $line, $m ) ) {
			$section = $m[1];
		} elseif ( 'dependencies' === $section && preg_match( '/^([A-Za-z0-9_-]+)/', $line, $m ) ) {
			$names[] = $m[1];
		}
	}
	return $names;
}

/** @return array<string, callable(): list<string>> */
function rust_rules(): array {
	return array(
		'crates/core depends on serde and serde_json only' => static fn (): array => array_values( array_diff( cargo_dependencies( 'crates/core/Cargo.toml' ), array( 'serde', 'serde_json' ) ) ),
		'crates/core has no clock, I/O, environment, randomness or unsafe code' => static function (): array {
			$bad = array();
			foreach ( files( 'crates/core/src', 'rs' ) as $file ) {
				array_push( $bad, ...matches( $file, '/\bstd::(fs|net|env|process|thread|io|os)\b|\bSystemTime\b|\bInstant\b|\bunsafe\b|\bprintln!|\beprintln!|\brand\b|\bgetrandom\b/', rust_code( $file ) ) );
			}
			return $bad;
		},
		'rooms of the extension do not use src/php' => static function (): array {
			$bad = array();
			foreach ( files( 'src', 'rs' ) as $file ) {
				if ( ! str_starts_with( $file, 'src/php/' ) ) {
					array_push( $bad, ...matches( $file, '/\b(crate|super)::php\b/', rust_code( $file ) ) );
				}
			}
			return $bad;
		},
		'only src/php touches Zend values' => static function (): array {
			$bad = array();
			foreach ( files( 'src', 'rs' ) as $file ) {
				if ( ! str_starts_with( $file, 'src/php/' ) && 'src/lib.rs' !== $file ) {
					array_push( $bad, ...matches( $file, '/\bext_php_rs\b/', rust_code( $file ) ) );
				}
			}
			return $bad;
		},
		'the extension never opens the WordPress database' => static function (): array {
			$bad = array();
			foreach ( array_merge( files( 'src', 'rs' ), files( 'crates/core/src', 'rs' ) ) as $file ) {
				array_push( $bad, ...matches( $file, '/\b(mysql|mysqli|sqlx|wpdb|DB_NAME|DB_PASSWORD|wp_options|wp_nxtchat)\b/', rust_code( $file ) ) );
			}
			foreach ( array( 'mysql', 'mysql_async', 'sqlx', 'diesel' ) as $crate ) {
				if ( in_array( $crate, cargo_dependencies( 'Cargo.toml' ), true ) ) {
					$bad[] = "Cargo.toml: $crate";
				}
			}
			return $bad;
		},
		'the simulator shares no code with what it tests' => static fn (): array => array_values( array_intersect( cargo_dependencies( 'crates/simulator/Cargo.toml' ), array( 'nxtchat', 'nxtchat-core' ) ) ),
		'enumerations of the screens match crates/core/src/enums.rs' => static function (): array {
			$bad  = array();
			$core = array();
			preg_match_all( '/\n\s*(\w+), "([A-Z]+)" \{(.*?)\n    \}/s', (string) file_get_contents( 'crates/core/src/enums.rs' ), $blocks, PREG_SET_ORDER );
			foreach ( $blocks as $block ) {
				preg_match_all( '/^\s*\w+ = (\d+), "[^"]*", "(\w+)";/m', $block[3], $values, PREG_SET_ORDER );
				foreach ( $values as $value ) {
					$core[ $block[2] ][ $value[2] ] = (int) $value[1];
				}
			}
			$screens = (string) file_get_contents( 'wordpress-plugin/client/core/enums.ts' );
			$pairs   = array(
				'STATE'     => 'State',
				'DIRECTION' => 'Direction',
				'ORIGIN'    => 'Origin',
				'TYPE'      => 'MessageType',
			);
			foreach ( $pairs as $prefix => $name ) {
				if ( empty( $core[ $prefix ] ) ) {
					$bad[] = "crates/core/src/enums.rs: $prefix was not found";
					continue;
				}
				if ( ! preg_match( "/export const $name = \{(.*?)\}/s", $screens, $m ) ) {
					$bad[] = "client/core/enums.ts: $name was not found";
					continue;
				}
				preg_match_all( '/(\w+): (\d+)/', $m[1], $values, PREG_SET_ORDER );
				$here = array();
				foreach ( $values as $value ) {
					$here[ $value[1] ] = (int) $value[2];
				}
				ksort( $here );
				ksort( $core[ $prefix ] );
				if ( $here !== $core[ $prefix ] ) {
					$bad[] = "$name differs: " . json_encode( array_merge( array_diff_assoc( $core[ $prefix ], $here ), array_diff_assoc( $here, $core[ $prefix ] ) ) );
				}
			}
			return $bad;
		},
	);
}
