<?php
/**
 * What the owner must know about logins, in wp-admin.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Login;

use NxtChat\Capabilities;
use NxtChat\Site;
use NxtChat\Template\TemplateLog;
use NxtChat\Template\TemplateNotices;

/** Notices on the dashboard and on the plugin's screens: nobody gets a code, the day's cap is near or reached, sending failed. Letters are Alarm's. */
final class LoginNotices {

	/** Share of a cap from which somebody is told. */
	private const NEAR = 0.8;

	/** How long a failure is told, in ms. */
	private const FAILED_MS = DAY_IN_SECONDS * 1000;

	/** Money is counted in millionths. */
	private const MONEY = 1000000;

	/** Statuses of a template with which no code goes out. */
	private const BAD = array( 'PAUSED', 'REJECTED', 'DISABLED' );

	/** Action admin_notices. On other screens, and with login switched off, it costs no statement. */
	public static function show(): void {
		if ( ! LoginSettings::all()['enabled'] || ! current_user_can( Capabilities::MANAGE ) ) {
			return;
		}
		$screen = get_current_screen();
		// The Login screen tells by itself.
		if ( null !== $screen && ( ( 'dashboard' !== $screen->id && ! str_contains( $screen->id, 'nxtchat' ) ) || str_contains( $screen->id, 'nxtchat-login' ) ) ) {
			return;
		}
		foreach ( self::lines() as [ $kind, $text ] ) {
			printf(
				'<div class="notice notice-%s nxtchat-login-notice"><p><strong>%s</strong> %s <a href="%s">%s</a></p></div>',
				esc_attr( $kind ),
				esc_html__( 'Login by WhatsApp:', 'nxt-cloud-chat' ),
				esc_html( $text ),
				esc_url( admin_url( 'admin.php?page=nxtchat-login' ) ),
				esc_html__( 'Open its settings', 'nxt-cloud-chat' )
			);
		}
	}

	/** What is to be told now; nothing while login is switched off. @return list<array{0: 'error'|'warning', 1: string}> Kind of notice, sentence. */
	public static function lines(): array {
		$settings = LoginSettings::all();
		if ( ! $settings['enabled'] ) {
			return array();
		}
		$lines = array();
		foreach ( LoginReady::blocks() as $block ) {
			// Of the template another notice tells already, with more words.
			if ( 'template' !== $block['key'] || ! isset( TemplateNotices::notes()[ $settings['template_id'] ] ) ) {
				$lines[] = array( 'error', trim( $block['message'] . ' ' . $block['remedy'] ) );
			}
		}
		$trouble = get_option( Alarm::TROUBLE_OPTION );
		if ( ! $lines && is_array( $trouble ) && (int) ( $trouble['at_ms'] ?? 0 ) > Site::now_ms() - self::FAILED_MS ) {
			$when    = wp_date( (string) get_option( 'date_format' ) . ' ' . (string) get_option( 'time_format' ), intdiv( (int) $trouble['at_ms'], 1000 ) );
			$lines[] = array(
				'warning',
				/* translators: 1: date and time, 2: what went wrong */
				sprintf( __( 'A code could not be sent on %1$s: %2$s', 'nxt-cloud-chat' ), $when, (string) ( $trouble['reason'] ?? '' ) ),
			);
		}
		$today = Budgets::today();
		return array_merge( $lines, self::cap( $today['messages'], $settings['cap_day'], false ), self::cap( $today['money'] / self::MONEY, (float) $settings['cap_money'], true ) );
	}

	/**
	 * Action nxtchat_template_changed: a letter when the template that carries the codes is no longer sent. Meta's webhook may come at any
	 * hour, and visitors stand before a form that cannot help them.
	 */
	public static function template_changed( int $template_id, string $kind, string $before, string $after, string $source ): void {
		$settings = LoginSettings::all();
		$is_lost  = TemplateLog::DELETED === $kind || ( TemplateLog::STATUS === $kind && in_array( $after, self::BAD, true ) );
		if ( $settings['enabled'] && $is_lost && $before !== $after && $template_id === $settings['template_id'] && TemplateLog::STAFF !== $source ) {
			$state = LoginTemplate::state();
			Alarm::template( trim( $state['message'] . ' ' . $state['next'] ) );
		}
	}

	/** @return list<array{0: 'error'|'warning', 1: string}> */
	private static function cap( float $used, float $cap, bool $is_money ): array {
		return match ( true ) {
			$cap <= 0 || $used < $cap * self::NEAR => array(),
			$used >= $cap                          => array(
				array(
					'error',
					$is_money ? __( 'Today’s money for login codes is spent. No further code is sent until midnight; visitors use their password.', 'nxt-cloud-chat' ) : __( 'Today’s login codes are used up. No further code is sent until midnight; visitors use their password.', 'nxt-cloud-chat' ),
				),
			),
			default                                => array(
				array(
					'warning',
					$is_money ? __( 'More than 80 percent of today’s money for login codes is spent.', 'nxt-cloud-chat' ) : __( 'More than 80 percent of today’s login codes are sent.', 'nxt-cloud-chat' ),
				),
			),
		};
	}
}
