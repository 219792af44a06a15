<?php
/**
 * Rules for every file of the repository.
 *
 * @package NxtChat
 */

declare(strict_types=1);

/** Lines a source file may have; tables of test cases and data are not code. */
const MAX_LINES = 650;

/** Text files that people write. @return list<string> */
function text_files(): array {
	return array_values( array_filter( all_files(), static fn ( $f ) => preg_match( '/\.(php|rs|ts|tsx|mjs|js|sh|md|toml|json|yml|xml|dist|css|html|txt|lua)$|Makefile$|\.ci\/run$/', $f ) && ! preg_match( '/(^|\/)(package-lock\.json|Cargo\.lock|LICENSE)$/', $f ) ) );
}

/** @return array<string, callable(): list<string>> */
function general_rules(): array {
	return array(
		'nothing is left to do later' => static function (): array {
			$bad = array();
			foreach ( text_files() as $file ) {
				// This file names the words it looks for.
				if ( ! str_starts_with( $file, 'tests/house/' ) ) {
					array_push( $bad, ...matches( $file, '/\b(TODO|FIXME|XXX|HACK)\b|\bunimplemented!|\btodo!/' ) );
				}
			}
			return $bad;
		},
		'product files do not speak of how they were made' => static function (): array {
			$bad = array();
			foreach ( text_files() as $file ) {
				if ( ! str_starts_with( $file, 'tests/house/' ) ) {
					// Tests may read Meta's examples from beside the repository when they are there.
					$pattern = preg_match( '#(^|/)tests?/|\.test\.|tests\.rs$#', $file ) ? '#/work/(main|brief|shared)#' : '#\.\./shared\b|/work/(main|brief|shared)\b|\bBOARD\.md\b#';
					array_push( $bad, ...matches( $file, $pattern, str_ends_with( $file, '.rs' ) ? rust_code( $file ) : null ) );
				}
			}
			return $bad;
		},
		'no package registry or mirror is named' => static function (): array {
			$bad = array();
			foreach ( array_merge( text_files(), array( 'package-lock.json', 'Cargo.lock' ) ) as $file ) {
				if ( ! str_starts_with( $file, 'tests/house/' ) && is_file( $file ) ) {
					array_push( $bad, ...matches( $file, '#registry\.npmjs|registry\.yarnpkg|deb\.debian\.org|archive\.ubuntu|snapshot\.debian|static\.crates\.io|pypi\.org#' ) );
				}
			}
			return $bad;
		},
		'files stay readable (' . MAX_LINES . ' lines)' => static function (): array {
			$bad = array();
			foreach ( text_files() as $file ) {
				if ( preg_match( '/\.(php|rs|ts|tsx|mjs|sh)$/', $file ) && ! preg_match( '#(^|/)tests?/|\.test\.|tests\.rs$|/data/|\.stub\.php$#', $file ) ) {
					$lines = count( file( $file ) );
					if ( $lines > MAX_LINES ) {
						$bad[] = "$file: $lines lines";
					}
				}
			}
			return $bad;
		},
		'one version everywhere' => static function (): array {
			$found = array();
			$where = array(
				'Cargo.toml'                          => '/^version = "([^"]+)"/m',
				'package.json'                        => '/"version": "([^"]+)"/',
				'wordpress-plugin/nxt-cloud-chat.php' => "/NXTCHAT_VERSION', '([^']+)'/",
				'wordpress-plugin/readme.txt'         => '/^Stable tag: (\S+)/m',
			);
			foreach ( $where as $file => $pattern ) {
				$found[ $file ] = is_file( $file ) && preg_match( $pattern, (string) file_get_contents( $file ), $m ) ? $m[1] : 'missing';
			}
			return 1 === count( array_unique( $found ) ) ? array() : array( json_encode( $found, JSON_UNESCAPED_SLASHES ) );
		},
	);
}
