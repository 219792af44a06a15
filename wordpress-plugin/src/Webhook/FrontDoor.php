<?php
/**
 * What a webhook's own process does after its answer.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Webhook;

use NxtChat\Broadcast\Work;
use NxtChat\Log;
use NxtChat\Schema;

/** Drains in the process that took the webhook, so that the inbox is live without cron. */
final class FrontDoor {

	/** Seconds that a webhook's process may drain; what is left, the next one or WP-Cron takes. */
	public const BUDGET_S = 20.0;

	/** Largest body of a webhook, in bytes: Meta sends up to 3 MB. webhook.php has the same number. */
	public const MAX_BODY = 3 * 1024 * 1024;

	/**
	 * Drains site $blog_id. Never throws: the answer has been given.
	 */
	public static function drain( int $blog_id ): void {
		$switched = is_multisite() && get_current_blog_id() !== $blog_id && switch_to_blog( $blog_id );
		try {
			Schema::ensure();
			$until = microtime( true ) + self::BUDGET_S;
			Drain::run( self::BUDGET_S );
			Work::guest( $until - microtime( true ) );
		} catch ( \Throwable $e ) {
			Log::error( 'The drain stopped: ' . $e->getMessage() );
		}
		if ( $switched ) {
			restore_current_blog();
		}
	}
}
