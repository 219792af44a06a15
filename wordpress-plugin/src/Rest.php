<?php
/**
 * What every REST controller of the plugin shares.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat;

use NxtChat\Native\Exception\Exception as NativeException;
use NxtChat\Native\Exception\GraphError;
use NxtChat\Native\Exception\InvalidInput;
use NxtChat\Native\Exception\SignatureMismatch;
use NxtChat\Native\Exception\SpoolError;
use NxtChat\Native\Exception\VaultError;

/** A controller: permission, call the use case, translate exceptions. Nothing else. */
abstract class Rest {

	public const NAMESPACE = 'nxtchat/v1';

	/** Default and largest page of a list. */
	public const LIMIT_DEFAULT = 50;
	public const LIMIT_MAX     = 200;

	/** Registers this room's routes, when the first of them is asked for (Plugin::rest_rooms()). */
	abstract public static function register(): void;

	/**
	 * Registers one route below the plugin's namespace.
	 *
	 * @param string               $path       As '/accounts/(?P<id>\d+)'.
	 * @param string               $methods    As 'GET' or 'POST, PATCH'.
	 * @param callable             $work       fn( WP_REST_Request ): mixed. Exceptions of the extension and of the database become errors.
	 * @param string               $capability One of Capabilities; '' = public.
	 * @param array<string, array> $args       WordPress's argument schemas.
	 * @param callable|null        $schema     fn(): array, JSON schema of what the route answers with.
	 */
	protected static function route( string $path, string $methods, callable $work, string $capability, array $args = array(), ?callable $schema = null ): void {
		$endpoint = array(
			'methods'             => $methods,
			'args'                => $args,
			'permission_callback' => '' === $capability ? '__return_true' : static fn() => self::permission( $capability ),
			'callback'            => static function ( \WP_REST_Request $request ) use ( $work ) {
				try {
					return rest_ensure_response( $work( $request ) );
				} catch ( NativeException | StoreError $e ) {
					return self::error( $e );
				}
			},
		);
		register_rest_route( self::NAMESPACE, $path, null === $schema ? $endpoint : array( $endpoint, 'schema' => $schema ) );
	}

	/** True, or the error that says which right is missing. */
	public static function permission( string $capability ): bool|\WP_Error {
		if ( current_user_can( $capability ) ) {
			return true;
		}
		return new \WP_Error(
			'nxtchat_forbidden',
			__( 'You are not allowed to do this. Ask an administrator of this site.', 'nxt-cloud-chat' ),
			array( 'status' => rest_authorization_required_code() )
		);
	}

	/** Argument schema of ?limit=. */
	public static function limit_arg(): array {
		return array(
			'type'    => 'integer',
			'default' => self::LIMIT_DEFAULT,
			'minimum' => 1,
			'maximum' => self::LIMIT_MAX,
		);
	}

	/** The REST error for an exception of the extension, with a stable code, a status and a remedy where there is one. */
	public static function error( \Throwable $e ): \WP_Error {
		if ( $e instanceof GraphError ) {
			return new \WP_Error(
				'nxtchat_graph',
				$e->getMessage(),
				array(
					'status'     => 502,
					'remedy'     => $e->remedy,
					'graph_code' => $e->graphCode, // phpcs:ignore WordPress.NamingConventions.ValidVariableName -- The extension's name.
					'class'      => $e->class,
					'retry'      => $e->retryable,
				)
			);
		}
		if ( $e instanceof StoreError ) {
			// Its text can quote a row: for the log, not for every reader.
			Log::error( $e->getMessage() );
			return new \WP_Error( 'nxtchat_database', __( 'The database did not do this. Try again in a moment.', 'nxt-cloud-chat' ), array( 'status' => StoreError::REFUSED === $e->kind ? 500 : 503 ) );
		}
		[ $code, $status, $remedy ] = match ( true ) {
			$e instanceof InvalidInput      => array( 'nxtchat_invalid', 400, '' ),
			$e instanceof SignatureMismatch => array( 'nxtchat_signature', 403, '' ),
			$e instanceof VaultError        => array( 'nxtchat_vault', 500, __( 'Enter the access token and the app secret again on the Accounts screen, or bring back the key with which they were sealed.', 'nxt-cloud-chat' ) ),
			$e instanceof SpoolError        => array( 'nxtchat_spool', 503, __( 'See Tools → Site Health for the state of the data directory.', 'nxt-cloud-chat' ) ),
			default                         => array( 'nxtchat_error', 500, '' ),
		};
		return new \WP_Error( $code, $e->getMessage(), array( 'status' => $status ) + ( '' === $remedy ? array() : array( 'remedy' => $remedy ) ) );
	}

	/**
	 * A position in a list as an opaque string.
	 *
	 * @param list<int> $position The sort key of the last item, the id last.
	 */
	public static function cursor_encode( array $position ): string {
		// phpcs:ignore WordPress.PHP.DiscouragedPHPFunctions.obfuscation_base64_encode -- URL-safe, nothing is hidden.
		return rtrim( strtr( base64_encode( implode( ',', $position ) ), '+/', '-_' ), '=' );
	}

	/**
	 * The position of a cursor, null for '' and for anything that cursor_encode() did not make.
	 *
	 * @return list<int>|null Exactly $count numbers.
	 */
	public static function cursor_decode( string $cursor, int $count ): ?array {
		// phpcs:ignore WordPress.PHP.DiscouragedPHPFunctions.obfuscation_base64_decode -- Input is checked in the next line.
		$text = base64_decode( strtr( substr( $cursor, 0, 200 ), '-_', '+/' ), true );
		if ( false === $text || 1 !== preg_match( '/^-?\d{1,18}(,-?\d{1,18})*$/D', $text ) ) {
			return null;
		}
		$numbers = array_map( 'intval', explode( ',', $text ) );
		return count( $numbers ) === $count ? $numbers : null;
	}
}
