<?php
/**
 * What depends on a template.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Template;

use NxtChat\Site;

/** Our own entry of what filter `nxtchat_template_uses` is asked for; other rooms add theirs by the filter. */
final class TemplateUses {

	private const RECENT_MS = 30 * DAY_IN_SECONDS * 1000;

	/**
	 * Messages of the last 30 days.
	 *
	 * @param array<string, mixed> $template Template JSON.
	 * @return list<array{label: string, url: string, critical: bool}>
	 */
	public static function of( array $template ): array {
		if ( $template['last_used_ms'] < Site::now_ms() - self::RECENT_MS ) {
			return array();
		}
		$date = wp_date( (string) get_option( 'date_format' ), intdiv( $template['last_used_ms'], 1000 ) );
		return array(
			array(
				/* translators: %s: a date */
				'label'    => sprintf( __( 'Messages: last sent on %s', 'nxt-cloud-chat' ), $date ),
				'url'      => admin_url( 'admin.php?page=nxtchat-history' ),
				'critical' => false,
			),
		);
	}
}
