<?php
/**
 * The form as visitors see it, for the owner.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Login;

use NxtChat\Audit\Audit;
use NxtChat\Consent\Countries;

/** A page with nothing but the form, in the site's own style, for a frame that runs no script: nothing can be typed into it in earnest. */
final class LoginPreview {

	/** Steps of the form that are shown. */
	public const STEPS = array( 'phone', 'code' );

	/** Digits that stand for somebody's number. */
	private const NUMBER = '5550100567';

	/**
	 * Pages of the steps.
	 *
	 * @param array<string, mixed> $settings Values that are not saved yet.
	 * @return array<string, string> HTML by step.
	 */
	public static function pages( array $settings ): array {
		return LoginSettings::as_if(
			array( 'enabled' => true ) + $settings,
			static function (): array {
				$html = LoginForm::html(
					array(
						'skin'         => 'block',
						'class'        => 'wp-block-nxtchat-login',
						'password_url' => wp_login_url(),
					)
				);
				// As its script would leave it.
				$html = strtr(
					$html,
					array(
						'data-to></p>'                         => 'data-to>' . esc_html( self::sent() ) . '</p>',
						'"nxtchat-login__country"'             => '"nxtchat-login__country is-short"',
						'data-face aria-hidden="true"></span>' => 'data-face aria-hidden="true">+' . self::calling() . '</span>',
					)
				);
				return array_combine( self::STEPS, array_map( static fn( string $step ): string => self::page( $html, $step ), self::STEPS ) );
			}
		);
	}

	private static function page( string $form, string $step ): string {
		$styles = array( includes_url( 'css/dist/block-library/style.min.css' ), plugins_url( 'blocks/login/style.css', NXTCHAT_FILE ) );
		$links  = implode( '', array_map( static fn( string $url ): string => '<link rel="stylesheet" href="' . esc_url( add_query_arg( 'ver', NXTCHAT_VERSION, $url ) ) . '">', $styles ) ); // phpcs:ignore WordPress.WP.EnqueuedResources -- A page of its own.
		return sprintf(
			'<!doctype html><html lang="%1$s" dir="%2$s"><head><meta charset="utf-8"><title>%3$s</title>%4$s<style>%5$s body{margin:0;padding:20px;font:16px/1.5 system-ui,sans-serif}[data-step]{display:none!important}[data-step="%6$s"]{display:grid!important}%7$s</style></head><body><div inert>%8$s</div></body></html>',
			esc_attr( get_bloginfo( 'language' ) ),
			is_rtl() ? 'rtl' : 'ltr',
			esc_html__( 'Preview', 'nxt-cloud-chat' ),
			$links,
			// A theme's style sheet is trusted as on the site itself; it must not end the element that it stands in.
			str_replace( '</', '<\/', wp_get_global_stylesheet() ),
			esc_attr( $step ),
			'phone' === $step ? '' : '.nxtchat-login__check{display:none!important}',
			$form
		);
	}

	/** What stands above the code. */
	private static function sent(): string {
		return LoginForm::sent( Audit::masked( '+' . self::calling() . self::NUMBER ) );
	}

	/** The calling code of the country with which the form begins. */
	private static function calling(): int {
		$countries = LoginSettings::countries();
		$own       = LoginSettings::own_country();
		return Countries::all()[ in_array( $own, $countries, true ) ? $own : ( $countries[0] ?? '' ) ][0] ?? 1;
	}
}
