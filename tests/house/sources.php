<?php
/**
 * Reading the sources: which files there are, and PHP code without comments and strings.
 *
 * @package NxtChat
 */

declare(strict_types=1);

/** Every file that is, or is about to be, in the repository. @return list<string> */
function all_files(): array {
	static $all = null;
	if ( null === $all ) {
		$all = array_values( array_filter( explode( "\0", (string) shell_exec( 'git ls-files -z --cached --others --exclude-standard' ) ), 'is_file' ) );
	}
	return $all;
}

/** Files below a folder. @return list<string> */
function files( string $under, string $extension ): array {
	return array_values( array_filter( all_files(), static fn ( $f ) => str_starts_with( $f, $under . '/' ) && str_ends_with( $f, '.' . $extension ) ) );
}

/** The shipped PHP. @return list<string> */
function plugin_files(): array {
	return array_values( array_filter( files( 'wordpress-plugin', 'php' ), static fn ( $f ) => ! str_starts_with( $f, 'wordpress-plugin/client/' ) && ! str_starts_with( $f, 'wordpress-plugin/build/' ) ) );
}

/** Tokens that are code: no white space, comments or inline HTML. @return list<array{0: int, 1: string, 2: int}> id, text, line */
function code_tokens( string $file ): array {
	static $cache = array();
	if ( isset( $cache[ $file ] ) ) {
		return $cache[ $file ];
	}
	$tokens = array();
	$line   = 1;
	foreach ( token_get_all( (string) file_get_contents( $file ) ) as $token ) {
		if ( is_array( $token ) ) {
			$line = $token[2];
			if ( in_array( $token[0], array( T_WHITESPACE, T_COMMENT, T_DOC_COMMENT, T_INLINE_HTML ), true ) ) {
				continue;
			}
			$tokens[] = $token;
		} else {
			$tokens[] = array( 0, $token, $line );
		}
	}
	return $cache[ $file ] = $tokens;
}

/** Calls of plain functions in a file, by name without namespace. @return list<array{0: string, 1: int, 2: string}> name, line, as written */
function function_calls( string $file ): array {
	$calls  = array();
	$tokens = code_tokens( $file );
	foreach ( $tokens as $i => $token ) {
		if ( ! in_array( $token[0], array( T_STRING, T_NAME_QUALIFIED, T_NAME_FULLY_QUALIFIED ), true ) || '(' !== ( $tokens[ $i + 1 ][1] ?? '' ) ) {
			continue;
		}
		if ( in_array( $tokens[ $i - 1 ][0] ?? 0, array( T_OBJECT_OPERATOR, T_NULLSAFE_OBJECT_OPERATOR, T_DOUBLE_COLON, T_FUNCTION, T_NEW ), true ) ) {
			continue;
		}
		$calls[] = array( strtolower( (string) preg_replace( '/^.*\\\\/', '', $token[1] ) ), $token[2], $token[1] );
	}
	return $calls;
}

/** Names of classes a file mentions in code, last part only. @return list<array{0: string, 1: int}> */
function class_names( string $file ): array {
	$names = array();
	foreach ( code_tokens( $file ) as $token ) {
		if ( in_array( $token[0], array( T_STRING, T_NAME_QUALIFIED, T_NAME_FULLY_QUALIFIED ), true ) ) {
			$names[] = array( (string) preg_replace( '/^.*\\\\/', '', $token[1] ), $token[2] );
		}
	}
	return $names;
}

/** Rust without comments and without what is compiled for tests only (modules and functions, as rustfmt indents them). */
function rust_code( string $file ): string {
	if ( preg_match( '~(^|/|_)tests\.rs$|/tests/~', $file ) ) {
		return '';
	}
	$code = (string) file_get_contents( $file );
	$code = (string) preg_replace_callback( '/^([ \t]*)#\[cfg\(test\)\]\n(?:[ \t]*#\[.*\]\n)*[^\n]*\{\n.*?^\1\}$/ms', static fn ( $m ) => str_repeat( "\n", substr_count( $m[0], "\n" ) ), $code );
	$code = (string) preg_replace_callback( '!/\*.*?\*/!s', static fn ( $m ) => str_repeat( "\n", substr_count( $m[0], "\n" ) ), $code );
	return (string) preg_replace( '!//[^\n]*!', '', $code );
}

/** Lines on which a pattern matches. @return list<string> "file:line: text" */
function matches( string $file, string $pattern, ?string $code = null ): array {
	$found = array();
	foreach ( explode( "\n", $code ?? (string) file_get_contents( $file ) ) as $i => $line ) {
		if ( preg_match( $pattern, $line ) ) {
			$found[] = $file . ':' . ( $i + 1 ) . ': ' . substr( trim( $line ), 0, 120 );
		}
	}
	return $found;
}
