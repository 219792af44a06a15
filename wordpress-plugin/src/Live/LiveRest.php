<?php
/**
 * REST of the change counter.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Live;

use NxtChat\Capabilities;
use NxtChat\Rest;

/** GET live: a fresh token, and the counter where direct PHP files are blocked. */
final class LiveRest extends Rest {

	public static function register(): void {
		self::route( '/live', 'GET', static fn() => Live::screen_token(), Capabilities::VIEW );
	}
}
