<?php
/**
 * The calls of WP-CLI's documented API that a plugin's commands use.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace {
	/** Base class that commands may extend. */
	abstract class WP_CLI_Command {}

	final class WP_CLI {
		/** @var array<string, array{callable: mixed, args: array}> */
		public static array $commands = array();

		public static function add_command( string $name, $callable, array $args = array() ): bool {
			self::$commands[ $name ] = array(
				'callable' => $callable,
				'args'     => $args,
			);
			return true;
		}

		public static function line( string $message = '' ): void {
			fwrite( STDOUT, $message . "\n" );
		}

		public static function log( $message ): void {
			if ( empty( WP_CLI\Runner::$config['quiet'] ) ) {
				self::line( (string) $message );
			}
		}

		public static function success( $message ): void {
			if ( empty( WP_CLI\Runner::$config['quiet'] ) ) {
				self::line( 'Success: ' . $message );
			}
		}

		public static function debug( $message, $group = false ): void {
			if ( ! empty( WP_CLI\Runner::$config['debug'] ) ) {
				fwrite( STDERR, 'Debug: ' . self::text( $message ) . "\n" );
			}
		}

		public static function warning( $message ): void {
			if ( empty( WP_CLI\Runner::$config['quiet'] ) ) {
				fwrite( STDERR, 'Warning: ' . self::text( $message ) . "\n" );
			}
		}

		/** @param string|\WP_Error|\Throwable $message @param bool|int $exit */
		public static function error( $message, $exit = true ): void {
			fwrite( STDERR, 'Error: ' . self::text( $message ) . "\n" );
			if ( false !== $exit ) {
				self::halt( is_int( $exit ) && $exit > 0 ? $exit : 1 );
			}
		}

		public static function error_multi_line( array $lines ): void {
			foreach ( $lines as $line ) {
				fwrite( STDERR, $line . "\n" );
			}
		}

		/** @return never */
		public static function halt( int $code ): void {
			throw new WP_CLI\ExitException( '', $code );
		}

		public static function colorize( string $string ): string {
			return str_replace( '%%', '%', (string) preg_replace( '/%[yYgGbBrRpPmMcCwWkKnN0-9UF_]/', '', $string ) );
		}

		public static function confirm( string $question, array $assoc_args = array() ): void {
			if ( WP_CLI\Utils\get_flag_value( $assoc_args, 'yes' ) ) {
				return;
			}
			fwrite( STDOUT, $question . ' [y/n] ' );
			if ( 'y' !== strtolower( trim( (string) fgets( STDIN ) ) ) ) {
				self::halt( 0 );
			}
		}

		public static function print_value( $value, array $assoc_args = array() ): void {
			$format = WP_CLI\Utils\get_flag_value( $assoc_args, 'format' );
			if ( 'json' === $format ) {
				self::line( (string) json_encode( $value ) );
			} elseif ( is_array( $value ) || is_object( $value ) ) {
				self::line( var_export( $value, true ) );
			} else {
				self::line( (string) $value );
			}
		}

		/** @return mixed */
		public static function get_config( ?string $key = null ) {
			return null === $key ? WP_CLI\Runner::$config : ( WP_CLI\Runner::$config[ $key ] ?? null );
		}

		public static function add_hook( string $when, callable $callback ): void {}

		private static function text( $message ): string {
			if ( $message instanceof \WP_Error ) {
				return implode( "\n", $message->get_error_messages() );
			}
			return $message instanceof \Throwable ? get_class( $message ) . ': ' . $message->getMessage() : (string) $message;
		}
	}
}

namespace WP_CLI {
	/** Thrown by halt(), so that a command's finally blocks run. */
	final class ExitException extends \Exception {}

	/** Finds the command and calls it. */
	final class Runner {
		/** Parameters that belong to WP-CLI itself. */
		public const GLOBALS = array( 'path', 'url', 'user', 'quiet', 'debug', 'color', 'allow-root', 'skip-plugins', 'skip-themes', 'require', 'context' );

		/** @var array<string, mixed> */
		public static array $config = array();

		/** @return array{0: list<string>, 1: array<string, string|bool>} */
		public static function split( array $argv ): array {
			$positional = array();
			$assoc      = array();
			foreach ( $argv as $i => $arg ) {
				if ( '--' === $arg ) {
					array_push( $positional, ...array_slice( $argv, $i + 1 ) );
					break;
				}
				if ( preg_match( '/^--no-([^=]+)$/', $arg, $m ) ) {
					$assoc[ $m[1] ] = false;
				} elseif ( preg_match( '/^--([^=]+)=(.*)$/s', $arg, $m ) ) {
					$assoc[ $m[1] ] = $m[2];
				} elseif ( preg_match( '/^--([^=]+)$/', $arg, $m ) ) {
					$assoc[ $m[1] ] = true;
				} else {
					$positional[] = $arg;
				}
			}
			return array( $positional, $assoc );
		}

		public static function run( array $positional, array $assoc ): void {
			if ( isset( self::$config['user'] ) ) {
				$wanted = (string) self::$config['user'];
				$user   = is_numeric( $wanted ) ? get_user_by( 'id', (int) $wanted ) : ( get_user_by( 'login', $wanted ) ?: get_user_by( 'email', $wanted ) );
				if ( ! $user ) {
					\WP_CLI::error( "Invalid user ID, email or login: '$wanted'" );
				}
				wp_set_current_user( $user->ID );
			}
			$help = 'help' === ( $positional[0] ?? '' );
			if ( $help ) {
				array_shift( $positional );
			}
			if ( ! empty( $assoc['help'] ) ) {
				$help = true;
				unset( $assoc['help'] );
			}
			list( $command, $rest ) = self::find( $positional );
			if ( null === $command ) {
				self::list_children( implode( ' ', $positional ), $help );
				return;
			}
			$synopsis = new Synopsis( $command['doc'] );
			if ( $help ) {
				\WP_CLI::line( $synopsis->help( 'wp ' . $command['name'] ) );
				return;
			}
			$assoc = $synopsis->check( 'wp ' . $command['name'], $rest, $assoc );
			( $command['callable'] )( $rest, $assoc );
		}

		/** Every runnable command. @return array<string, array{name: string, callable: callable, doc: string}> */
		private static function all(): array {
			$all = array();
			foreach ( \WP_CLI::$commands as $name => $entry ) {
				$callable = $entry['callable'];
				if ( is_string( $callable ) && class_exists( $callable ) ) {
					$callable = new $callable();
				}
				if ( ! is_object( $callable ) || $callable instanceof \Closure ) {
					$reflection   = is_array( $callable ) ? new \ReflectionMethod( $callable[0], $callable[1] ) : new \ReflectionFunction( $callable );
					$all[ $name ] = self::entry( $name, $callable, (string) $reflection->getDocComment() );
					continue;
				}
				foreach ( ( new \ReflectionClass( $callable ) )->getMethods( \ReflectionMethod::IS_PUBLIC ) as $method ) {
					$doc = (string) $method->getDocComment();
					if ( '__invoke' === $method->getName() ) {
						$all[ $name ] = self::entry( $name, $callable, $doc );
					} elseif ( ! $method->isStatic() && ! str_starts_with( $method->getName(), '__' ) ) {
						$sub          = preg_match( '/@subcommand\s+(\S+)/', $doc, $m ) ? $m[1] : rtrim( $method->getName(), '_' );
						$full         = "$name $sub";
						$all[ $full ] = self::entry( $full, array( $callable, $method->getName() ), $doc );
						if ( preg_match( '/@alias\s+(\S+)/', $doc, $m ) ) {
							$all[ "$name {$m[1]}" ] = $all[ $full ];
						}
					}
				}
			}
			ksort( $all );
			return $all;
		}

		private static function entry( string $name, callable $callable, string $doc ): array {
			return compact( 'name', 'callable', 'doc' );
		}

		/** @return array{0: ?array, 1: list<string>} the longest name that matches, and what follows it */
		private static function find( array $words ): array {
			$all = self::all();
			for ( $n = count( $words ); $n > 0; $n-- ) {
				$name = implode( ' ', array_slice( $words, 0, $n ) );
				if ( isset( $all[ $name ] ) ) {
					return array( $all[ $name ], array_slice( $words, $n ) );
				}
			}
			return array( null, $words );
		}

		private static function list_children( string $prefix, bool $help ): void {
			$children = array_filter( array_keys( self::all() ), static fn ( $name ) => '' === $prefix || str_starts_with( "$name ", "$prefix " ) );
			if ( ! $children ) {
				\WP_CLI::error( "'$prefix' is not a registered wp command. See 'wp help' for available commands." );
			}
			foreach ( $children as $i => $child ) {
				\WP_CLI::line( ( $i === array_key_first( $children ) ? 'usage: ' : '   or: ' ) . "wp $child" );
			}
			if ( ! $help && '' !== $prefix ) {
				\WP_CLI::halt( 0 );
			}
		}
	}
}

namespace WP_CLI\Utils {
	/** @return mixed */
	function get_flag_value( $assoc_args, $flag, $default = null ) {
		return $assoc_args[ $flag ] ?? $default;
	}

	function format_items( $format, $items, $fields ): void {
		$assoc = array(
			'format' => $format,
			'fields' => $fields,
		);
		( new \WP_CLI\Formatter( $assoc ) )->display_items( $items );
	}

	function make_progress_bar( $message, $count, $interval = 100 ) {
		return new class() {
			public function tick( $increment = 1, $msg = null ): void {}
			public function finish(): void {}
			public function current(): int {
				return 0;
			}
		};
	}

	function isPiped(): bool {
		return ! stream_isatty( STDOUT );
	}
}
