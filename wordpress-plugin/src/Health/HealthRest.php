<?php
/**
 * REST of the health checks.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Health;

use NxtChat\Capabilities;
use NxtChat\Native;
use NxtChat\Rest;
use NxtChat\Site;

/** GET health (all checks), health/{check} (as Site Health wants it), health/log (recent lines). */
final class HealthRest extends Rest {

	/** Most lines of the log in one answer. */
	private const LOG_LINES = 1000;

	public static function register(): void {
		self::route( '/health', 'GET', static fn() => array( 'checks' => array_map( array( Checks::class, 'run' ), Checks::ALL ) ), Capabilities::MANAGE );
		self::route( '/health/log', 'GET', static fn() => array( 'lines' => Native\log_recent( Site::dir(), self::LOG_LINES ) ), Capabilities::MANAGE );
		self::route( '/health/(?P<check>' . implode( '|', Checks::ALL ) . ')', 'GET', static fn( $r ) => SiteHealth::result( (string) $r['check'] ), 'view_site_health_checks' );
	}
}
