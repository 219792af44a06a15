<?php
/**
 * The owner hears of it.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Login;

use NxtChat\Audit\Audit;
use NxtChat\Rates\Rates;

/** Letters about money and about codes that cannot be sent. Each kind once a day, whoever is quicker. */
final class Alarm {

	/** Share of the day's cap at which the first letter goes out. */
	private const EARLY = 0.8;

	/** The last trouble, for the notice and the health checks (not autoloaded). */
	public const TROUBLE_OPTION = 'nxtchat_login_trouble';

	/** So many messages were sent today. */
	public static function spent( int $messages ): void {
		$cap = LoginSettings::all()['cap_day'];
		if ( $messages >= $cap ) {
			self::reached();
		} elseif ( $messages >= $cap * self::EARLY ) {
			/* translators: 1: messages, 2: the cap */
			self::write( 'early', __( 'Most of today\'s login codes are used up', 'nxt-cloud-chat' ), sprintf( __( '%1$d of %2$d messages with login codes that you allow a day were sent today. When the cap is reached, visitors must use their password until tomorrow.', 'nxt-cloud-chat' ), $messages, $cap ) );
		}
		$money = LoginSettings::all()['cap_money'];
		$spent = $money > 0 ? Budgets::today()['money'] / 1e6 : 0.0;
		if ( $money > 0 && $spent >= $money ) {
			self::reached();
		} elseif ( $money > 0 && $spent >= $money * self::EARLY ) {
			$amount = static fn( float $of ): string => number_format_i18n( $of, 2 ) . ' ' . Rates::currency();
			/* translators: 1: an amount of money, 2: the cap */
			self::write( 'early_money', __( 'Most of today\'s money for login codes is spent', 'nxt-cloud-chat' ), sprintf( __( '%1$s of the %2$s that you allow a day for login codes were spent today. When the cap is reached, visitors must use their password until tomorrow.', 'nxt-cloud-chat' ), $amount( $spent ), $amount( $money ) ) );
		}
	}

	/** The day's cap is reached. */
	public static function reached(): void {
		self::write( 'reached', __( 'No more login codes today', 'nxt-cloud-chat' ), __( 'The messages with login codes that you allow a day are used up. Visitors use their password until tomorrow. If so many logins are usual for you, raise the cap; if not, look where the requests come from.', 'nxt-cloud-chat' ) );
	}

	/** Codes cannot be sent. @param string $reason For the owner. */
	public static function trouble( string $reason ): void {
		update_option(
			self::TROUBLE_OPTION,
			array(
				'at_ms'  => \NxtChat\Site::now_ms(),
				'reason' => mb_substr( wp_strip_all_tags( $reason ), 0, 300 ),
			),
			false
		);
		/* translators: %s: what WhatsApp says */
		self::write( 'trouble', __( 'Login codes could not be sent', 'nxt-cloud-chat' ), sprintf( __( "A visitor asked for a code, and it could not be sent: %s\n\nVisitors are asked to use their password meanwhile.", 'nxt-cloud-chat' ), $reason ) );
	}

	/** The template is not sent any more. @param string $reason For the owner. */
	public static function template( string $reason ): void {
		/* translators: %s: what happened to the template */
		self::write( 'template', __( 'The template for login codes is not sent any more', 'nxt-cloud-chat' ), sprintf( __( "%s\n\nVisitors are asked to use their password meanwhile.", 'nxt-cloud-chat' ), $reason ) );
	}

	/** Once a day for each kind. */
	private static function write( string $kind, string $subject, string $text ): void {
		$name = "login_alarm:$kind:" . Budgets::day();
		CounterStore::add( array( $name => \NxtChat\Site::now_ms() + 2 * DAY_IN_SECONDS * 1000 ) );
		if ( ( CounterStore::read( array( $name ) )[ $name ] ?? 0 ) !== 1 ) {
			return;
		}
		Audit::record( "login.alarm_$kind", array( 'actor_id' => 0 ) );
		$to   = LoginSettings::all()['alarm_email'];
		$site = wp_specialchars_decode( (string) get_option( 'blogname' ), ENT_QUOTES );
		wp_mail( '' === $to ? (string) get_option( 'admin_email' ) : $to, "[$site] $subject", $text . "\n\n" . admin_url( 'admin.php?page=nxtchat-login' ) );
	}
}
