<?php
/**
 * Tools → Site Health, and the notice for what can't wait.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Health;

use NxtChat\Capabilities;
use NxtChat\Rest;

/** Shows the checks in WordPress's own place for them. */
final class SiteHealth {

	/** Admin screens that show the notice: not each page pays for a look at the spool. */
	private const NOTICE_SCREENS = array( 'dashboard', 'plugins', 'site-health' );

	/** @param array<string, array> $tests */
	public static function tests( array $tests ): array {
		foreach ( Checks::ALL as $check ) {
			$label = Checks::labels()[ $check ];
			if ( in_array( $check, Checks::SLOW, true ) ) {
				$tests['async'][ "nxtchat_$check" ] = array(
					'label'             => $label,
					'test'              => rest_url( Rest::NAMESPACE . '/health/' . $check ),
					'has_rest'          => true,
					'async_direct_test' => static fn(): array => self::result( $check ),
				);
			} else {
				$tests['direct'][ "nxtchat_$check" ] = array(
					'label' => $label,
					'test'  => static fn(): array => self::result( $check ),
				);
			}
		}
		return $tests;
	}

	/**
	 * One check in Site Health's own shape.
	 *
	 * @return array<string, mixed>
	 */
	public static function result( string $check ): array {
		$row = Checks::run( $check );
		return array(
			'label'       => 'ok' === $row['status'] ? $row['label'] : $row['label'] . ': ' . $row['detail'],
			'status'      => array(
				'ok'   => 'good',
				'warn' => 'recommended',
				'fail' => 'critical',
			)[ $row['status'] ],
			'badge'       => array(
				'label' => 'NXT Cloud Chat',
				'color' => 'green',
			),
			'description' => '<p>' . esc_html( $row['detail'] ) . '</p>' . ( '' === $row['remedy'] ? '' : '<p>' . esc_html( $row['remedy'] ) . '</p>' ),
			'actions'     => '',
			'test'        => "nxtchat_$check",
		);
	}

	/** @param array<string, array> $info */
	public static function debug( array $info ): array {
		$fields = array();
		foreach ( Checks::facts() as $name => $value ) {
			$fields[ $name ] = array(
				'label' => $name,
				'value' => $value,
			);
		}
		foreach ( array_diff( Checks::ALL, Checks::SLOW ) as $check ) {
			$row              = Checks::run( $check );
			$fields[ $check ] = array(
				'label' => $row['label'],
				'value' => $row['status'] . ': ' . $row['detail'],
			);
		}
		$info['nxt-cloud-chat'] = array(
			'label'  => 'NXT Cloud Chat',
			'fields' => $fields,
		);
		return $info;
	}

	/** What can't wait for a visit to Site Health: events are refused, or wait too long. */
	public static function notice(): void {
		$screen = get_current_screen();
		if ( null === $screen || ( ! in_array( $screen->id, self::NOTICE_SCREENS, true ) && ! str_contains( $screen->id, 'nxtchat-' ) ) || ! current_user_can( Capabilities::MANAGE ) ) {
			return;
		}
		$row = Checks::run( 'spool' );
		if ( 'ok' !== $row['status'] ) {
			printf(
				'<div class="notice notice-%s nxtchat-spool"><p><strong>%s</strong> %s %s <a href="%s">%s</a></p></div>',
				'fail' === $row['status'] ? 'error' : 'warning',
				esc_html__( 'NXT Cloud Chat: WhatsApp events are waiting.', 'nxt-cloud-chat' ),
				esc_html( $row['detail'] ),
				esc_html( $row['remedy'] ),
				esc_url( admin_url( 'site-health.php' ) ),
				esc_html__( 'Site Health', 'nxt-cloud-chat' )
			);
		}
	}
}
