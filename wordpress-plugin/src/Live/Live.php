<?php
/**
 * The change counter that open screens watch.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Live;

use NxtChat\Log;
use NxtChat\Native;
use NxtChat\Site;

/**
 * Says "something changed" to every open screen without a WordPress boot per poll: live.php answers the counter of
 * the site directory; the counter follows a row, so that screens served by another web node hear of it too.
 */
final class Live {

	/** Life of a screen's token, in seconds. The screen asks for a new one before it ends. */
	public const TOKEN_TTL = 3600;

	/** To be called after a commit that changes what a screen shows. Never throws: a screen also looks every 20 s. */
	public static function bump(): void {
		try {
			$site  = Site::dir();
			$value = Native\live_bump( $site );
			$row   = LiveStore::advance( $value );
			if ( $row > $value ) {
				Native\live_raise( $site, $row );
			}
		} catch ( \Throwable $e ) {
			Log::warning( 'The change counter could not be moved: ' . $e->getMessage() );
		}
	}

	/** The counter here, brought up to what other web nodes have reported. */
	public static function value(): int {
		$site  = Site::dir();
		$value = Native\live_value( $site );
		$row   = LiveStore::value();
		return $row > $value ? Native\live_raise( $site, $row ) : $value;
	}

	/**
	 * What a screen needs to watch the counter.
	 *
	 * @return array{url: string, token: string, expires_ms: int, value: int}
	 */
	public static function screen_token(): array {
		$blog_id = get_current_blog_id();
		$url     = plugins_url( 'live.php', NXTCHAT_FILE );
		return array(
			'url'        => 1 === $blog_id ? $url : add_query_arg( 'site', $blog_id, $url ),
			'token'      => Native\live_token( Site::prepare(), self::TOKEN_TTL ),
			'expires_ms' => Site::now_ms() + self::TOKEN_TTL * 1000,
			'value'      => self::value(),
		);
	}
}
