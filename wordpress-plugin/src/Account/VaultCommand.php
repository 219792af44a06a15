<?php
/**
 * wp nxtchat vault …
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Account;

use NxtChat\Cli\Secret;
use NxtChat\Native;
use NxtChat\Native\Exception\Exception as NativeException;
use NxtChat\Site;
use WP_CLI;

/** The key that seals tokens and app secrets. */
final class VaultCommand {

	/**
	 * Tells which key is in use, and whether every secret opens with it.
	 *
	 * ## EXAMPLES
	 *
	 *     $ wp nxtchat vault info
	 */
	public function info(): void {
		try {
			$info = Native\vault_key_info( Site::prepare() );
		} catch ( NativeException $e ) {
			WP_CLI::error( $e->getMessage() );
		}
		WP_CLI::line( "Key {$info['key_id']} from {$info['source']}." );
		if ( ! Accounts::secrets_open() ) {
			WP_CLI::error( 'Some secrets were sealed with another key. Run "wp nxtchat vault reseal", or enter them again.' );
		}
		WP_CLI::success( 'Every secret opens with it.' );
	}

	/**
	 * Makes a new key file and seals every secret with it. The former key is kept as vault.key.old.
	 *
	 * ## EXAMPLES
	 *
	 *     $ wp nxtchat vault rotate
	 */
	public function rotate(): void {
		try {
			$key   = Native\vault_rotate( Site::prepare() );
			$count = Accounts::reseal();
		} catch ( NativeException $e ) {
			WP_CLI::error( $e->getMessage() );
		}
		WP_CLI::success( "New key $key; $count accounts sealed anew." );
	}

	/**
	 * Seals every secret with the key in use, after NXTCHAT_KEY was set or changed.
	 *
	 * ## OPTIONS
	 *
	 * [--old-key-file=<file>]
	 * : File with the former key; - reads a line from standard input. Without it: vault.key.old.
	 *
	 * ## EXAMPLES
	 *
	 *     $ wp nxtchat vault reseal --old-key-file=/root/old-nxtchat-key
	 *
	 * @param list<string>          $args
	 * @param array<string, string> $options
	 */
	public function reseal( array $args, array $options ): void {
		$old = isset( $options['old-key-file'] ) ? Secret::read( '', $options['old-key-file'], '' ) : null;
		try {
			$count = Accounts::reseal( $old );
		} catch ( NativeException $e ) {
			WP_CLI::error( $e->getMessage() );
		}
		WP_CLI::success( "$count accounts sealed anew." );
	}
}
