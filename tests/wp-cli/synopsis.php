<?php
/**
 * A command's docblock: its options with defaults and permitted values, and its help.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace WP_CLI;

final class Synopsis {
	/** @var list<array{name: string, optional: bool, repeating: bool, default: ?string, options: string[]}> */
	private array $positional = array();
	/** @var array<string, array{optional: bool, flag: bool, default: ?string, options: string[]}> */
	private array $assoc  = array();
	private bool $generic = false;
	private string $text;

	public function __construct( string $doc ) {
		$text       = (string) preg_replace( array( '#^/\*\*\s*#', '#\s*\*/$#', '#^[ \t]*\*[ ]?#m' ), '', $doc );
		$this->text = trim( (string) preg_replace( '/^@.*$/m', '', $text ) );
		$options    = preg_match( '/^## OPTIONS\s*\n(.*?)(?=^## |\z)/ms', $this->text, $m ) ? $m[1] : '';
		$last       = null;
		$lines      = explode( "\n", $options );
		for ( $i = 0; $i < count( $lines ); $i++ ) {
			$line = trim( $lines[ $i ] );
			if ( preg_match( '/^\[?(--[a-z<]|<)/', $line ) ) {
				$last = $this->token( $line );
			} elseif ( '---' === $line && $last ) {
				$this->front_matter( $last, $lines, $i );
			}
		}
	}

	/** Reads one `[--format=<format>]`. @return array{0: string, 1: string|int} where its defaults belong */
	private function token( string $line ): ?array {
		$optional  = str_starts_with( $line, '[' );
		$repeating = str_ends_with( $line, '...' ) || str_ends_with( $line, '...]' );
		$token     = trim( $line, '[]. ' );
		if ( '--<field>=<value>' === $token ) {
			$this->generic = true;
			return null;
		}
		if ( preg_match( '/^--([a-z0-9_-]+)(\[?=<[^>]+>\]?)?$/', $token, $m ) ) {
			$this->assoc[ $m[1] ] = array(
				'optional' => $optional || empty( $m[2] ),
				'flag'     => empty( $m[2] ),
				'default'  => null,
				'options'  => array(),
			);
			return array( 'assoc', $m[1] );
		}
		if ( preg_match( '/^<([^>]+)>$/', $token, $m ) ) {
			$this->positional[] = array(
				'name'      => $m[1],
				'optional'  => $optional,
				'repeating' => $repeating,
				'default'   => null,
				'options'   => array(),
			);
			return array( 'positional', count( $this->positional ) - 1 );
		}
		\WP_CLI::error( "The docblock holds an option that WP-CLI would not understand: $line" );
		return null;
	}

	/** default: and options: between two `---`. */
	private function front_matter( array $target, array $lines, int &$i ): void {
		for ( ++$i; $i < count( $lines ) && '---' !== trim( $lines[ $i ] ); $i++ ) {
			$line = trim( $lines[ $i ] );
			if ( preg_match( '/^default:\s*(.*)$/', $line, $m ) ) {
				$this->{$target[0]}[ $target[1] ]['default'] = trim( $m[1], "\"'" );
			} elseif ( preg_match( '/^-\s*(.+)$/', $line, $m ) ) {
				$this->{$target[0]}[ $target[1] ]['options'][] = trim( $m[1], "\"'" );
			}
		}
	}

	/** Checks what was typed and adds defaults. @return array the named arguments */
	public function check( string $command, array &$args, array $assoc ): array {
		$errors    = array();
		$repeating = false;
		foreach ( $this->positional as $i => $wanted ) {
			$repeating = $repeating || $wanted['repeating'];
			if ( ! isset( $args[ $i ] ) ) {
				if ( null !== $wanted['default'] ) {
					$args[ $i ] = $wanted['default'];
				} elseif ( ! $wanted['optional'] ) {
					\WP_CLI::line( 'usage: ' . $command . ' ' . $this->usage() );
					\WP_CLI::halt( 1 );
				}
			} elseif ( $wanted['options'] && ! in_array( (string) $args[ $i ], $wanted['options'], true ) ) {
				$errors[] = "Invalid value specified for positional arg.\n {$wanted['name']} must be one of: " . implode( ', ', $wanted['options'] );
			}
		}
		if ( ! $repeating && count( $args ) > count( $this->positional ) ) {
			\WP_CLI::error( 'Too many positional arguments: ' . implode( ' ', array_slice( $args, count( $this->positional ) ) ) );
		}
		foreach ( $this->assoc as $name => $wanted ) {
			if ( ! isset( $assoc[ $name ] ) ) {
				if ( null !== $wanted['default'] ) {
					$assoc[ $name ] = $wanted['default'];
				} elseif ( ! $wanted['optional'] ) {
					$errors[] = "missing --$name parameter";
				}
			} elseif ( $wanted['options'] && ! in_array( (string) $assoc[ $name ], $wanted['options'], true ) ) {
				$errors[] = "Invalid value specified for '$name' (" . implode( ', ', $wanted['options'] ) . ')';
			} elseif ( ! $wanted['flag'] && true === $assoc[ $name ] ) {
				$errors[] = "--$name parameter needs a value";
			}
		}
		foreach ( array_diff_key( $assoc, $this->assoc ) as $name => $value ) {
			if ( ! $this->generic ) {
				$errors[] = "unknown --$name parameter";
			}
		}
		if ( $errors ) {
			\WP_CLI::error( "Parameter errors:\n " . implode( "\n ", $errors ) );
		}
		return $assoc;
	}

	private function usage(): string {
		$words = array();
		foreach ( $this->positional as $p ) {
			$word    = "<{$p['name']}>" . ( $p['repeating'] ? '...' : '' );
			$words[] = $p['optional'] ? "[$word]" : $word;
		}
		foreach ( $this->assoc as $name => $a ) {
			$word    = "--$name" . ( $a['flag'] ? '' : "=<$name>" );
			$words[] = $a['optional'] ? "[$word]" : $word;
		}
		return implode( ' ', $words );
	}

	public function help( string $command ): string {
		$parts = preg_split( '/\n\s*\n/', $this->text, 2 );
		return "NAME\n\n  $command\n\nDESCRIPTION\n\n  " . trim( $parts[0] ) . "\n\nSYNOPSIS\n\n  $command " . $this->usage() . "\n\n" . trim( $parts[1] ?? '' );
	}
}
