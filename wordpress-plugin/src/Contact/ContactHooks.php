<?php
/**
 * Developers' hooks on contacts.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Contact;

use NxtChat\Log;

/** Told after the commit, and only when somebody listens. A hook that fails is logged and stops nothing. */
final class ContactHooks {

	/** @param list<int> $ids */
	public static function created( array $ids, string $source ): void {
		if ( $ids && has_action( 'nxtchat_contact_created' ) ) {
			/**
			 * A contact was made; it is committed.
			 *
			 * @param int    $contact_id Id.
			 * @param string $source     'whatsapp', 'staff', 'rest', 'cli', …
			 */
			self::tell( $ids, static fn( int $id ) => do_action( 'nxtchat_contact_created', $id, $source ) );
		}
	}

	/** @param array<int, array{before: array, after: array}> $changes By contact. */
	public static function updated( array $changes ): void {
		if ( $changes && has_action( 'nxtchat_contact_updated' ) ) {
			/**
			 * A contact was changed by hand or by a script; it is committed.
			 *
			 * @param int   $contact_id Id.
			 * @param array $before     What was changed, as it was: name, email, country, language, fields, groups, identities.
			 * @param array $after      As it is.
			 */
			self::tell( array_keys( $changes ), static fn( int $id ) => do_action( 'nxtchat_contact_updated', $id, $changes[ $id ]['before'], $changes[ $id ]['after'] ) );
		}
	}

	/** @param list<int> $ids */
	private static function tell( array $ids, callable $one ): void {
		ContactStore::after_commit(
			static function () use ( $ids, $one ): void {
				foreach ( $ids as $id ) {
					try {
						$one( $id );
					} catch ( \Throwable $e ) {
						Log::error( 'A developer\'s hook failed: ' . get_class( $e ) . ' in ' . basename( $e->getFile() ) . ':' . $e->getLine() );
					}
				}
			}
		);
	}
}
