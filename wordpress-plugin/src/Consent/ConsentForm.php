<?php
/**
 * The form with which visitors agree to messages.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Consent;

use NxtChat\Account\Accounts;

/**
 * Block `nxtchat/consent` and shortcode `[nxtchat_consent]`.
 *
 * The page may be cached for as long as anybody likes: nothing in it belongs to a visitor or expires. What is read beside
 * the checkbox goes back with the form, sealed, so that the ledger holds the words that were really read.
 */
final class ConsentForm {

	/** Handle of the script and of the style. */
	public const HANDLE = 'nxtchat-consent';

	/** Field that people don't see and leave empty. */
	public const TRAP = 'website';

	/** Forms of one page so far: their fields need ids of their own. */
	private static int $count = 0;

	/**
	 * Filter render_block_nxtchat/consent. The block is not registered on the public site: a page without it pays nothing.
	 *
	 * @param string $content What the block holds: nothing.
	 * @param array  $block   As parsed.
	 */
	public static function block( $content, $block ): string {
		unset( $content );
		$attributes = is_array( $block['attrs'] ?? null ) ? $block['attrs'] : array();
		$align      = in_array( $attributes['align'] ?? '', array( 'wide', 'full', 'left', 'right', 'center' ), true ) ? ' align' . $attributes['align'] : '';
		return self::html( $attributes, 'wp-block-nxtchat-consent' . $align );
	}

	/** Shortcode [nxtchat_consent wording="…" button="…" country="DE" purpose="marketing" name="no"]. @param mixed $attributes '' without any. */
	public static function shortcode( $attributes ): string {
		$attributes = is_array( $attributes ) ? $attributes : array();
		if ( isset( $attributes['name'] ) ) {
			$attributes['name'] = ! in_array( strtolower( (string) $attributes['name'] ), array( 'no', 'false', '0' ), true );
		}
		return self::html( $attributes, 'nxtchat-consent-shortcode' );
	}

	/**
	 * Words, page and purpose as hidden fields, with a seal over them.
	 *
	 * @param string $prefix Before each field's name.
	 */
	public static function evidence( string $wording, string $purpose = 'marketing', string $prefix = '' ): string {
		$page = is_singular() ? (string) get_permalink( get_queried_object_id() ) : home_url( '/' );
		$html = '';
		foreach ( array(
			'wording' => $wording,
			'page'    => $page,
			'purpose' => $purpose,
			'seal'    => self::seal( $wording, $page, $purpose ),
		) as $name => $value ) {
			// Not esc_attr(), which leaves entities as they are: exactly this text must come back.
			$html .= sprintf( '<input type="hidden" name="%s" value="%s">', esc_attr( $prefix . $name ), htmlspecialchars( $value, ENT_QUOTES, 'UTF-8' ) );
		}
		return $html;
	}

	/** What proves that these words came from us. It does not expire, like the page that carries it. */
	public static function seal( string $wording, string $page, string $purpose ): string {
		return hash_hmac( 'sha256', "nxtchat-consent\0$purpose\0$page\0$wording", wp_salt( 'auth' ) );
	}

	/** Options of a country select. */
	public static function countries( string $selected ): string {
		$html = '';
		foreach ( Countries::all() as $code => [ $calling, $name ] ) {
			$html .= sprintf( '<option value="%s"%s>%s (+%d)</option>', esc_attr( $code ), $code === $selected ? ' selected' : '', esc_html( $name ), $calling );
		}
		return $html;
	}

	/** The country to begin with: what the owner chose, else that of the site's number, else that of the site's language. */
	public static function country( string $wanted ): string {
		$wanted = strtoupper( $wanted );
		if ( Countries::has( $wanted ) ) {
			return $wanted;
		}
		foreach ( Accounts::all() as $account ) {
			if ( Countries::has( (string) $account['default_country'] ) ) {
				return (string) $account['default_country'];
			}
		}
		$locale = strtoupper( substr( get_locale(), 3, 2 ) );
		return Countries::has( $locale ) ? $locale : 'US';
	}

	/** A link to the privacy policy, '' when the site has none. */
	public static function privacy(): string {
		$link = get_privacy_policy_url();
		return '' === $link ? '' : sprintf( ' <a class="nxtchat-consent__privacy" href="%s">%s</a>', esc_url( $link ), esc_html__( 'Privacy policy', 'nxt-cloud-chat' ) );
	}

	private static function html( array $attributes, string $class ): string {
		if ( is_feed() ) {
			return '';
		}
		load_plugin_textdomain( 'nxt-cloud-chat', false, dirname( plugin_basename( NXTCHAT_FILE ) ) . '/languages' );
		wp_enqueue_style( self::HANDLE, plugins_url( 'blocks/consent/style.css', NXTCHAT_FILE ), array(), NXTCHAT_VERSION );
		wp_enqueue_style( 'wp-block-button' ); // The theme's button.
		wp_enqueue_script( self::HANDLE, plugins_url( 'blocks/consent/view.js', NXTCHAT_FILE ), array(), NXTCHAT_VERSION, array( 'in_footer' => true, 'strategy' => 'defer' ) ); // phpcs:ignore WordPress.Arrays -- Short.
		$text    = static fn( string $key, string $default, int $max ): string => mb_substr( trim( html_entity_decode( wp_strip_all_tags( is_scalar( $attributes[ $key ] ?? '' ) ? (string) ( $attributes[ $key ] ?? '' ) : '' ), ENT_QUOTES, 'UTF-8' ) ), 0, $max ) ?: $default;
		$wording = $text( 'wording', ConsentSettings::wording(), Consents::WORDING_CHARACTERS );
		$button  = $text( 'button', __( 'Subscribe', 'nxt-cloud-chat' ), 60 );
		$purpose = 'utility' === ( $attributes['purpose'] ?? '' ) ? 'utility' : 'marketing';
		$id      = 'nxtchat-consent-' . ( ++self::$count );
		$name    = false === ( $attributes['name'] ?? true ) ? '' : sprintf(
			'<p class="nxtchat-consent__field"><label for="%1$s-name">%2$s</label><input id="%1$s-name" type="text" name="name" autocomplete="name" maxlength="190"></p>',
			$id,
			esc_html__( 'Name', 'nxt-cloud-chat' )
		);
		$country = self::country( is_string( $attributes['country'] ?? null ) ? $attributes['country'] : '' );
		return sprintf(
			'<form class="nxtchat-consent %1$s" method="post" action="%2$s" accept-charset="utf-8" data-nxtchat-consent data-offline="%3$s">%4$s
<p class="nxtchat-consent__field"><label for="%5$s-country">%6$s</label><select id="%5$s-country" name="country" autocomplete="country">%7$s</select></p>
<p class="nxtchat-consent__field"><label for="%5$s-phone">%8$s</label><input id="%5$s-phone" type="tel" name="phone" autocomplete="tel" inputmode="tel" maxlength="40" required aria-describedby="%5$s-phone-problem"><span class="nxtchat-consent__problem" id="%5$s-phone-problem" data-problem="phone"></span></p>
<p class="nxtchat-consent__trap" aria-hidden="true"><label for="%5$s-trap">%9$s</label><input id="%5$s-trap" type="text" name="%10$s" tabindex="-1" autocomplete="off"></p>
<p class="nxtchat-consent__agree"><input id="%5$s-agree" type="checkbox" name="agree" value="1" required aria-describedby="%5$s-agree-problem"> <label for="%5$s-agree">%11$s</label>%12$s<span class="nxtchat-consent__problem" id="%5$s-agree-problem" data-problem="agree"></span></p>
%13$s<p class="nxtchat-consent__submit wp-block-button"><button type="submit" class="wp-block-button__link wp-element-button">%14$s</button></p>
<p class="nxtchat-consent__status" role="status" tabindex="-1"></p>
</form>',
			esc_attr( $class ),
			esc_url( rest_url( ConsentRest::NAMESPACE . ConsentRest::FORM ) ),
			esc_attr__( 'That did not work. Check your connection and try again.', 'nxt-cloud-chat' ),
			$name,
			$id,
			esc_html__( 'Country', 'nxt-cloud-chat' ),
			self::countries( $country ),
			esc_html__( 'WhatsApp number', 'nxt-cloud-chat' ),
			esc_html__( 'Leave this empty', 'nxt-cloud-chat' ),
			self::TRAP,
			nl2br( htmlspecialchars( $wording, ENT_QUOTES, 'UTF-8' ) ),
			self::privacy(),
			self::evidence( $wording, $purpose ),
			esc_html( $button )
		);
	}
}
