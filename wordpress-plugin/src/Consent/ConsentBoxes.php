<?php
/**
 * Checkboxes in forms that a site has anyway.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Consent;

use NxtChat\Log;

/**
 * Registration, comments, WooCommerce's checkout. Each only when switched on, never ticked beforehand; who leaves it alone
 * notices nothing else. A form that is done is not undone because our part failed: that is only logged.
 */
final class ConsentBoxes {

	/** Before the name of each field. */
	private const PREFIX = 'nxtchat_';

	/** WooCommerce's block checkout: the field's id. */
	private const FIELD = 'nxtchat/marketing';

	/** Action register_form and woocommerce_register_form. */
	public static function in_registration(): void {
		echo self::html( true ); // phpcs:ignore WordPress.Security.EscapeOutput -- Escaped where it is made.
	}

	/** Actions comment_form_after_fields, comment_form_logged_in_after. */
	public static function in_comments(): void {
		echo self::html( true ); // phpcs:ignore WordPress.Security.EscapeOutput -- Escaped where it is made.
	}

	/** Action woocommerce_review_order_before_submit: the number is the billing address's. */
	public static function in_checkout(): void {
		echo self::html( false ); // phpcs:ignore WordPress.Security.EscapeOutput -- Escaped where it is made.
	}

	/**
	 * Filters registration_errors and woocommerce_registration_errors.
	 *
	 * @param \WP_Error $errors As given.
	 */
	public static function check_registration( $errors ) {
		$problem = self::problem( self::posted( 'phone' ), self::posted( 'country' ) );
		if ( null !== $problem && $errors instanceof \WP_Error ) {
			$errors->add( 'nxtchat_consent', esc_html( $problem ) );
		}
		return $errors;
	}

	/** Action user_register. @param int $user_id The new user. */
	public static function registered( $user_id ): void {
		if ( self::ticked() ) {
			$user = get_userdata( (int) $user_id );
			self::accept( self::posted( 'phone' ), self::posted( 'country' ), $user ? $user->display_name : '', 'registration' );
		}
	}

	/**
	 * Filter preprocess_comment.
	 *
	 * @param array $comment As given.
	 */
	public static function check_comment( $comment ) {
		$problem = is_admin() && ! wp_doing_ajax() ? null : self::problem( self::posted( 'phone' ), self::posted( 'country' ) );
		if ( null !== $problem ) {
			wp_die( esc_html( $problem ), esc_html__( 'Comment', 'nxt-cloud-chat' ), array( 'response' => 400, 'back_link' => true ) ); // phpcs:ignore WordPress.Arrays -- Short.
		}
		return $comment;
	}

	/** Action comment_post. @param int $comment_id The new comment. @param int|string $approved 1, 0 or 'spam'. */
	public static function commented( $comment_id, $approved ): void {
		if ( self::ticked() && in_array( (string) $approved, array( '0', '1' ), true ) ) {
			self::accept( self::posted( 'phone' ), self::posted( 'country' ), (string) get_comment_author( (int) $comment_id ), 'comment' );
		}
	}

	/** Action woocommerce_after_checkout_validation. @param array $data Posted. @param \WP_Error $errors To add to. */
	public static function check_checkout( $data, $errors ): void {
		$problem = self::problem( (string) ( $data['billing_phone'] ?? '' ), (string) ( $data['billing_country'] ?? '' ) );
		if ( null !== $problem && $errors instanceof \WP_Error ) {
			$errors->add( 'nxtchat_consent', esc_html( $problem ) );
		}
	}

	/**
	 * Action woocommerce_checkout_order_processed.
	 *
	 * @param int       $order_id Id.
	 * @param array     $data     Posted.
	 * @param \WC_Order $order    The order.
	 */
	public static function ordered( $order_id, $data, $order ): void {
		unset( $data );
		if ( self::ticked() ) {
			self::accept( (string) $order->get_billing_phone(), (string) $order->get_billing_country(), trim( $order->get_billing_first_name() . ' ' . $order->get_billing_last_name() ), 'checkout' );
		}
	}

	/** Action woocommerce_init: the block checkout makes its own fields (WooCommerce 8.9). */
	public static function register_field(): void {
		if ( function_exists( 'woocommerce_register_additional_checkout_field' ) ) {
			woocommerce_register_additional_checkout_field(
				array(
					'id'       => self::FIELD,
					'label'    => ConsentSettings::wording(),
					'location' => 'order',
					'type'     => 'checkbox',
				)
			);
		}
	}

	/** Action woocommerce_store_api_checkout_order_processed. @param \WC_Order $order The order. */
	public static function ordered_by_block( $order ): void {
		if ( ! in_array( $order->get_meta( '_wc_other/' . self::FIELD ), array( '1', 1, true ), true ) ) {
			return;
		}
		self::take(
			(string) $order->get_billing_phone(),
			(string) $order->get_billing_country(),
			trim( $order->get_billing_first_name() . ' ' . $order->get_billing_last_name() ),
			'checkout',
			array(
				'wording' => ConsentSettings::wording(),
				'page'    => function_exists( 'wc_get_checkout_url' ) ? wc_get_checkout_url() : home_url( '/' ),
				'purpose' => Consents::PURPOSES['marketing'],
			)
		);
	}

	/** The checkbox; with fields for the number where the form has none. */
	private static function html( bool $with_number ): string {
		load_plugin_textdomain( 'nxt-cloud-chat', false, dirname( plugin_basename( NXTCHAT_FILE ) ) . '/languages' );
		$wording = ConsentSettings::wording();
		$number  = $with_number ? sprintf(
			'<p class="nxtchat-consent-number"><label for="nxtchat-country">%s</label> <select id="nxtchat-country" name="nxtchat_country" autocomplete="country" style="max-width:100%%">%s</select></p><p><label for="nxtchat-phone">%s</label> <input id="nxtchat-phone" class="input" type="tel" name="nxtchat_phone" autocomplete="tel" inputmode="tel" maxlength="40"></p>',
			esc_html__( 'Country', 'nxt-cloud-chat' ),
			ConsentForm::countries( ConsentForm::country( '' ) ),
			esc_html__( 'WhatsApp number (optional)', 'nxt-cloud-chat' )
		) : '';
		return sprintf(
			'%s<p class="form-row nxtchat-consent-box" style="margin-bottom:1em"><input id="nxtchat-agree" type="checkbox" name="nxtchat_agree" value="1"> <label for="nxtchat-agree" style="display:inline">%s</label>%s%s</p>',
			$number,
			esc_html( $wording ),
			ConsentForm::privacy(),
			ConsentForm::evidence( $wording, 'marketing', self::PREFIX )
		);
	}

	private static function ticked(): bool {
		return '' !== self::posted( 'agree' );
	}

	/** What to tell somebody who ticked the box and gave no number; null when all is well. */
	private static function problem( string $phone, string $country ): ?string {
		if ( ! self::ticked() ) {
			return null;
		}
		$evidence = Intake::evidence( array( self::class, 'posted' ) );
		if ( is_wp_error( $evidence ) ) {
			return $evidence->get_error_message();
		}
		$number = Intake::number( $phone, $country );
		return is_wp_error( $number ) ? __( 'For messages on WhatsApp we need your number: choose the country, or write it with + and its country code.', 'nxt-cloud-chat' ) : null;
	}

	private static function accept( string $phone, string $country, string $name, string $source ): void {
		$evidence = Intake::evidence( array( self::class, 'posted' ) );
		if ( ! is_wp_error( $evidence ) ) {
			self::take( $phone, $country, $name, $source, $evidence );
		}
	}

	private static function take( string $phone, string $country, string $name, string $source, array $evidence ): void {
		try {
			\NxtChat\Schema::ensure();
			$done = Intake::accept( $phone, $country, $name, $source, $evidence );
			if ( is_wp_error( $done ) ) {
				Log::info( "An agreement at $source was not noted: " . $done->get_error_code() );
			}
		} catch ( \Throwable $e ) {
			Log::error( "An agreement at $source was not noted: " . $e->getMessage() );
		}
	}

	/** A field of ours as it was posted, '' when it is not there. The forms' own checks stand before us. */
	public static function posted( string $name ): string {
		$value = $_POST[ self::PREFIX . $name ] ?? ''; // phpcs:ignore WordPress.Security -- Checked where it is used; the words are sealed.
		return is_string( $value ) ? wp_unslash( $value ) : '';
	}
}
