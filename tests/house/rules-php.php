<?php
/**
 * Rules of the plugin.
 *
 * @package NxtChat
 */

declare(strict_types=1);

/** Folder of a file below src, '' for the files at its root. */
function room_of( string $file ): string {
	return preg_match( '#^wordpress-plugin/src/([^/]+)/#', $file, $m ) ? $m[1] : '';
}

/** A class of src/ whose file name ends in one of these words. */
function is_kind( string $file, string ...$endings ): bool {
	foreach ( $endings as $ending ) {
		if ( str_ends_with( $file, $ending . '.php' ) ) {
			return true;
		}
	}
	return false;
}

/** Every Store with its room, except the base class. @return array<string, string> */
function stores(): array {
	$stores = array();
	foreach ( plugin_files() as $file ) {
		if ( is_kind( $file, 'Store' ) && '' !== room_of( $file ) ) {
			$stores[ basename( $file, '.php' ) ] = room_of( $file );
		}
	}
	return $stores;
}

/** @return array<string, callable(): list<string>> */
function php_rules(): array {
	return array(
		'$wpdb only in Stores, Schema and uninstall.php' => static function (): array {
			$bad = array();
			foreach ( plugin_files() as $file ) {
				if ( is_kind( $file, 'Store', 'Schema', 'uninstall' ) ) {
					continue;
				}
				foreach ( code_tokens( $file ) as $token ) {
					if ( ( T_VARIABLE === $token[0] && '$wpdb' === $token[1] ) || ( T_CONSTANT_ENCAPSED_STRING === $token[0] && 'wpdb' === trim( $token[1], '\'"' ) ) ) {
						$bad[] = "$file:{$token[2]}: \$wpdb";
					}
				}
			}
			return $bad;
		},
		'a Store calls no native function and no HTTP' => static function (): array {
			$bad = array();
			foreach ( plugin_files() as $file ) {
				if ( ! is_kind( $file, 'Store' ) ) {
					continue;
				}
				foreach ( function_calls( $file ) as list( $name, $line, $written ) ) {
					if ( str_contains( $written, 'Native\\' ) || preg_match( '/^(wp_(safe_)?remote_|curl_)/', $name ) ) {
						$bad[] = "$file:$line: $written()";
					}
				}
			}
			return $bad;
		},
		'no HTTP in PHP, but Site Health looking at its own site' => static function (): array {
			$bad = array();
			foreach ( plugin_files() as $file ) {
				foreach ( function_calls( $file ) as list( $name, $line, $written ) ) {
					$http = preg_match( '/^(wp_(safe_)?remote_\w+|curl_\w+|fsockopen|pfsockopen|stream_socket_client)$/', $name ) && ! str_starts_with( $name, 'wp_remote_retrieve_' );
					if ( $http && 'Health' !== room_of( $file ) ) {
						$bad[] = "$file:$line: $written()";
					}
				}
				foreach ( class_names( $file ) as list( $name, $line ) ) {
					if ( in_array( $name, array( 'WP_Http', 'Requests', 'WpOrg', 'SoapClient' ), true ) ) {
						$bad[] = "$file:$line: $name";
					}
				}
			}
			return $bad;
		},
		'Rest, Command and Screen use no Store' => static function (): array {
			$bad    = array();
			$stores = stores();
			foreach ( plugin_files() as $file ) {
				if ( ! is_kind( $file, 'Rest', 'Command', 'Screen' ) ) {
					continue;
				}
				foreach ( class_names( $file ) as list( $name, $line ) ) {
					if ( isset( $stores[ $name ] ) ) {
						$bad[] = "$file:$line: $name";
					}
				}
			}
			return $bad;
		},
		"a room uses no other room's Store" => static function (): array {
			$bad    = array();
			$stores = stores();
			foreach ( plugin_files() as $file ) {
				foreach ( class_names( $file ) as list( $name, $line ) ) {
					if ( isset( $stores[ $name ] ) && $stores[ $name ] !== room_of( $file ) && str_starts_with( $file, 'wordpress-plugin/src/' ) ) {
						$bad[] = "$file:$line: $name of {$stores[ $name ]}";
					}
				}
			}
			return $bad;
		},
		'hooks are added in Plugin.php only (and in Gate.php, which boots without it)' => static function (): array {
			$bad = array();
			foreach ( plugin_files() as $file ) {
				if ( is_kind( $file, 'src/Plugin', 'src/Gate' ) ) {
					continue;
				}
				foreach ( function_calls( $file ) as list( $name, $line ) ) {
					if ( in_array( $name, array( 'add_action', 'add_filter', 'register_activation_hook', 'register_deactivation_hook' ), true ) ) {
						$bad[] = "$file:$line: $name()";
					}
				}
			}
			return $bad;
		},
		'PHP parses no phone number and opens no socket, process or SQLite file of its own' => static function (): array {
			$bad = array();
			foreach ( plugin_files() as $file ) {
				foreach ( function_calls( $file ) as list( $name, $line, $written ) ) {
					if ( in_array( $name, array( 'exec', 'shell_exec', 'system', 'passthru', 'proc_open', 'popen', 'eval', 'unserialize', 'extract', 'create_function' ), true ) ) {
						$bad[] = "$file:$line: $written()";
					}
				}
				// A Store may ask what kind of connection $wpdb holds.
				foreach ( is_kind( $file, 'Store', 'Schema' ) ? array() : class_names( $file ) as list( $name, $line ) ) {
					if ( in_array( $name, array( 'PDO', 'SQLite3', 'mysqli' ), true ) ) {
						$bad[] = "$file:$line: $name";
					}
				}
			}
			return $bad;
		},
		'strict types in every class file, and names follow PSR-4' => static function (): array {
			$bad = array();
			foreach ( files( 'wordpress-plugin/src', 'php' ) as $file ) {
				if ( ! ctype_upper( basename( $file )[0] ) ) {
					continue; // A script without a class, by WordPress's way of naming.
				}
				$text = (string) file_get_contents( $file );
				// Gate.php also runs on a PHP that is too old for the rest.
				if ( ! is_kind( $file, 'src/Gate' ) && ! preg_match( '/^declare\( ?strict_types ?= ?1 ?\);/m', $text ) ) {
					$bad[] = "$file: no strict_types";
				}
				$space = 'NxtChat' . ( '' === room_of( $file ) ? '' : '\\' . str_replace( '/', '\\', dirname( substr( $file, strlen( 'wordpress-plugin/src/' ) ) ) ) );
				if ( ! preg_match( '/^namespace ' . preg_quote( $space, '/' ) . ';/m', $text ) ) {
					$bad[] = "$file: namespace is not $space";
				}
				if ( ! preg_match( '/^(?:final |abstract |readonly )*(?:class|interface|trait|enum) ' . preg_quote( basename( $file, '.php' ), '/' ) . '\b/m', $text ) ) {
					$bad[] = "$file: does not define " . basename( $file, '.php' );
				}
			}
			return $bad;
		},
		'no third-party script, font or image in a screen' => static function (): array {
			$bad = array();
			foreach ( array_merge( plugin_files(), array_filter( all_files(), static fn ( $f ) => preg_match( '#^wordpress-plugin/client/.*\.(tsx?|css|html)$#', $f ) && ! str_contains( $f, '.test.' ) ) ) as $file ) {
				array_push( $bad, ...matches( $file, '#(?:src|@import|url\()\s*=?\s*["\'(]?https?://|googleapis|gstatic|jsdelivr|unpkg|cdnjs|gravatar#i' ) );
			}
			return $bad;
		},
	);
}
