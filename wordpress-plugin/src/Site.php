<?php
/**
 * The directory in which the extension keeps what belongs to this site.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat;

/** The current site's data directory (key, spool, live counter). */
final class Site {

	/**
	 * Path of the site directory. Names it only; nothing is created.
	 *
	 * @param int|null $blog_id Another site of the network, null = the current one.
	 */
	public static function dir( ?int $blog_id = null ): string {
		return Native\site_dir( WP_CONTENT_DIR, $blog_id ?? get_current_blog_id() ); // Remembered there.
	}

	/**
	 * Creates the directory (0700, deny files) if it is not there, and returns it.
	 *
	 * @throws Native\Exception\InvalidInput When this process runs as another user than the directory's owner.
	 */
	public static function prepare(): string {
		$dir = self::dir();
		Native\site_prepare( $dir );
		return $dir;
	}

	/** Now, in UTC milliseconds since 1970. */
	public static function now_ms(): int {
		return (int) floor( microtime( true ) * 1000 );
	}
}
