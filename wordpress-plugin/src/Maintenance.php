<?php
/**
 * Work that the clock starts.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat;

/** WP-Cron: the last resort of the drain, the sweeps, and clearing up. */
final class Maintenance {

	/** Seconds that a drain by WP-Cron may take, and an import after it. */
	private const DRAIN_BUDGET_S  = 20.0;
	private const IMPORT_BUDGET_S = 20.0;

	/** Seconds of each minute in which contacts of an older version get their sort names. */
	private const NAMES_BUDGET_S = 5.0;

	/** Seconds in which templates are read each minute, when somebody asked, and counted each hour. */
	private const TEMPLATES_BUDGET_S = 10.0;

	/** Seconds in which broadcasts go on each minute where no worker runs. */
	private const BROADCASTS_BUDGET_S = 25.0;

	/** @param array<string, array> $schedules */
	public static function schedules( array $schedules ): array {
		$schedules['nxtchat_minute'] = array(
			'interval' => MINUTE_IN_SECONDS,
			'display'  => __( 'Every minute (NXT Cloud Chat)', 'nxt-cloud-chat' ),
		);
		return $schedules;
	}

	/** Sets up what is not scheduled yet. */
	public static function schedule(): void {
		foreach ( Plugin::CRON as $hook => $recurrence ) {
			if ( ! wp_next_scheduled( $hook ) ) {
				wp_schedule_event( time(), $recurrence, $hook );
			}
		}
	}

	/** Every minute: take in what no webhook's own process took in, and send what was left queued. */
	public static function drain(): void {
		Schema::ensure();
		Webhook\Drain::run( self::DRAIN_BUDGET_S );
		Message\SendMessage::sweep();
		Contact\Names::fill( self::NAMES_BUDGET_S );
		Template\TemplateSync::work( self::TEMPLATES_BUDGET_S );
		Broadcast\Work::guest( self::BROADCASTS_BUDGET_S );
	}

	/** Every hour: parked statuses, old events, and the front doors of this web node. */
	public static function hourly(): void {
		Schema::ensure();
		Message\Statuses::sweep();
		Import\Imports::sweep();
		Field\Fields::purge();
		Group\Groups::purge();
		Broadcast\Broadcasts::purge();
		Template\TemplateCounts::hourly( self::TEMPLATES_BUDGET_S );
		Template\TemplateSync::hourly( self::TEMPLATES_BUDGET_S );
		Login\Housekeeping::hourly();
		Audit\Audit::purge();
		Webhook\Events::purge( Settings::all()['events_days'] );
		try {
			Account\Accounts::configure_front();
		} catch ( Native\Exception\Exception $e ) {
			Log::error( 'The webhook could not be configured: ' . $e->getMessage() );
		}
	}
}
