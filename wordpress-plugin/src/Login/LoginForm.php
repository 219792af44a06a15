<?php
/**
 * The form with which people log in by a code on WhatsApp, or bind their number to an account.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Login;

use NxtChat\Capabilities;
use NxtChat\Consent\Countries;
use NxtChat\Rest;

/**
 * Block `nxtchat/login`, shortcodes [nxtchat_login] and [nxtcc_login_whatsapp], and the fields for every other place.
 *
 * For visitors the HTML is the same for everybody and never expires: no nonce, no session, nothing personal. The challenge
 * is fetched when somebody asks for a code, so a page may be cached for as long as anybody likes.
 */
final class LoginForm {

	/** Handle of the script and of the style. */
	public const HANDLE = 'nxtchat-login';

	/** Classes of paragraphs, inputs, the main button and the lesser ones, as each place has them. */
	private const SKINS = array(
		'block' => array( '', '', 'wp-block-button__link wp-element-button', '' ),
		'wp'    => array( '', 'input', 'button button-primary button-large', '' ),
		'admin' => array( '', 'regular-text', 'button', 'button' ),
		'woo'   => array( 'form-row', 'woocommerce-Input woocommerce-Input--text input-text', 'woocommerce-button button wp-element-button', '' ),
	);

	/** Forms of one page so far: their fields need ids of their own. */
	private static int $count = 0;

	/**
	 * Filter render_block_nxtchat/login. The block is not registered on the public site: a page without it pays nothing.
	 *
	 * @param string $content What the block holds: nothing.
	 * @param array  $block   As parsed.
	 */
	public static function block( $content, $block ): string {
		unset( $content );
		$attributes = is_array( $block['attrs'] ?? null ) ? $block['attrs'] : array();
		$align      = in_array( $attributes['align'] ?? '', array( 'wide', 'full', 'left', 'right', 'center' ), true ) ? ' align' . $attributes['align'] : '';
		return self::place( $attributes, 'wp-block-nxtchat-login' . $align );
	}

	/** Shortcodes [nxtchat_login redirect="/account/" country="DE" button="…"] and [nxtcc_login_whatsapp]. @param mixed $attributes '' without any. */
	public static function shortcode( $attributes ): string {
		return self::place( is_array( $attributes ) ? $attributes : array(), 'nxtchat-login-shortcode' );
	}

	/**
	 * The form.
	 *
	 * @param array{skin?: string, class?: string, redirect?: string, here?: bool, country?: string, button?: string, password_url?: string} $of
	 *        here: without another wish people come back to the page that the form is on. password_url: '' = this place has the password form already.
	 */
	public static function html( array $of ): string {
		self::enqueue();
		$skin     = $of['skin'] ?? 'block';
		$settings = LoginSettings::all();
		$id       = self::HANDLE . '-' . ( ++self::$count );
		$button   = ( $of['button'] ?? '' ) ?: __( 'Send me a code', 'nxt-cloud-chat' );
		$ways     = $settings['word'] ? self::button( 'word', __( 'Write to us instead', 'nxt-cloud-chat' ), $skin, true ) : '';
		$password = $of['password_url'] ?? wp_login_url( $of['redirect'] ?? '' );
		$ways    .= '' === $password ? '' : self::password( $password );
		$remember = $settings['remember'] ? sprintf( '<p class="nxtchat-login__check"><input id="%1$s-remember" type="checkbox" name="remember" value="1"> <label for="%1$s-remember">%2$s</label></p>', $id, esc_html__( 'Keep me logged in', 'nxt-cloud-chat' ) ) : '';
		return sprintf(
			'<form class="nxtchat-login nxtchat-login--%1$s %2$s" method="post" action="%3$sstart" accept-charset="utf-8" data-nxtchat-login="login" data-base="%3$s" data-texts="%4$s"%5$s>
<input type="hidden" name="redirect" value="%6$s">
<div class="nxtchat-login__step" data-step="phone">%7$s<p class="nxtchat-login__problem" role="alert" data-problem id="%8$s-phone-problem"></p>%9$s%10$s%11$s</div>
%12$s%13$s
<p class="nxtchat-login__status" role="status" data-status></p>
</form>',
			esc_attr( $skin ),
			esc_attr( $of['class'] ?? '' ),
			esc_url( self::base() ),
			esc_attr( (string) wp_json_encode( self::texts() ) ),
			empty( $of['here'] ) ? '' : ' data-here="1"',
			esc_url( $of['redirect'] ?? '' ),
			self::number_fields( $id, $skin, self::country( $of['country'] ?? '' ) ),
			$id,
			$remember,
			self::submit( 'send', $button, $skin ),
			'' === $ways ? '' : '<p class="nxtchat-login__ways">' . $ways . '</p>',
			self::code_step( $id, $skin, __( 'Log in', 'nxt-cloud-chat' ), $password ),
			$settings['word'] ? self::word_step( $skin ) : ''
		);
	}

	/**
	 * Fields to bind a number to the account of who is signed in. Not a form of its own inside `nested`: profiles are forms already.
	 *
	 * @param array{skin: string, nested?: bool, number?: string, stale?: bool, next?: string} $of number: masked, '' = none yet.
	 *        stale: it is to be confirmed again. next: where to go when it is done, '' = stay.
	 */
	public static function binding( array $of ): string {
		self::enqueue();
		$skin   = $of['skin'];
		$nested = ! empty( $of['nested'] );
		$number = $of['number'] ?? '';
		$id     = self::HANDLE . '-' . ( ++self::$count );
		$steps  = sprintf(
			'<div class="nxtchat-login__step" data-step="have" hidden><p class="nxtchat-login__have"><strong data-number dir="ltr">%s</strong> %s %s</p></div>',
			esc_html( $number ),
			self::button( 'change', __( 'Change', 'nxt-cloud-chat' ), $skin, false ),
			self::button( 'remove', __( 'Remove', 'nxt-cloud-chat' ), $skin, false )
		);
		$steps .= sprintf(
			'<div class="nxtchat-login__step" data-step="phone">%s<p class="nxtchat-login__problem" role="alert" data-problem id="%s-phone-problem"></p>%s</div>',
			self::number_fields( $id, $skin, self::country( '' ) ),
			$id,
			self::submit( 'send', __( 'Send me a code', 'nxt-cloud-chat' ), $skin )
		);
		$steps .= self::code_step( $id, $skin, __( 'Confirm', 'nxt-cloud-chat' ), '' );
		$steps .= sprintf(
			'<div class="nxtchat-login__step" data-step="remove" hidden><p>%s</p><p class="nxtchat-login__problem" role="alert" data-problem></p>%s<p class="nxtchat-login__ways">%s</p></div>',
			esc_html__( 'Without a number you log in with your password only.', 'nxt-cloud-chat' ),
			self::submit( 'yes', __( 'Remove this number', 'nxt-cloud-chat' ), $skin ),
			self::button( 'back', __( 'Keep it', 'nxt-cloud-chat' ), $skin, true )
		);
		$steps .= '<p class="nxtchat-login__status" role="status" data-status></p>';
		if ( $nested ) {
			// Enter and the outer form's own button leave these fields alone: they belong to no form.
			$steps = str_replace( array( '<input ', '<select ', 'type="submit"' ), array( '<input form="nxtchat-none" ', '<select form="nxtchat-none" ', 'type="button"' ), $steps );
		}
		$nonce = wp_create_nonce( 'wp_rest' );
		return sprintf(
			$nested ? '<div class="nxtchat-login nxtchat-login--%1$s" data-nxtchat-login="bind" data-base="%2$s" data-texts="%3$s" data-nonce="%4$s" data-next="%5$s" data-start="%7$s" hidden>%6$s</div>'
				: '<form class="nxtchat-login nxtchat-login--%1$s" method="post" action="%2$sbind" accept-charset="utf-8" data-nxtchat-login="bind" data-base="%2$s" data-texts="%3$s" data-nonce="%4$s" data-next="%5$s" data-start="%7$s"><input type="hidden" name="_wpnonce" value="%4$s"><input type="hidden" name="redirect" value="%5$s">%6$s</form>',
			esc_attr( $skin ),
			esc_url( self::base() ),
			esc_attr( (string) wp_json_encode( self::texts() ) ),
			esc_attr( $nonce ),
			esc_url( $of['next'] ?? '' ),
			$steps,
			'' === $number || ! empty( $of['stale'] ) ? 'phone' : 'have'
		);
	}

	/** Script and style of the form. */
	public static function enqueue(): void {
		load_plugin_textdomain( 'nxt-cloud-chat', false, dirname( plugin_basename( NXTCHAT_FILE ) ) . '/languages' );
		wp_enqueue_style( self::HANDLE, plugins_url( 'blocks/login/style.css', NXTCHAT_FILE ), array(), NXTCHAT_VERSION );
		wp_enqueue_script( self::HANDLE, plugins_url( 'blocks/login/view.js', NXTCHAT_FILE ), array(), NXTCHAT_VERSION, array( 'in_footer' => true, 'strategy' => 'defer' ) ); // phpcs:ignore WordPress.Arrays -- Short.
	}

	/** Country and number. */
	public static function number_fields( string $id, string $skin, string $country, string $typed = '' ): string {
		$countries = array_intersect_key( Countries::all(), array_flip( LoginSettings::countries() ) );
		$options   = '';
		foreach ( $countries as $code => [ $calling, $name ] ) {
			$options .= sprintf( '<option value="%s" data-calling="%d"%s>%s (+%d)</option>', esc_attr( $code ), $calling, $code === $country ? ' selected' : '', esc_html( $name ), $calling );
		}
		$input = sprintf(
			'<input id="%1$s-phone" class="%2$s" type="tel" name="phone" value="%3$s" autocomplete="tel" inputmode="tel" maxlength="40" required aria-describedby="%1$s-calling %1$s-phone-problem">',
			esc_attr( $id ),
			esc_attr( self::SKINS[ $skin ][1] ),
			esc_attr( $typed )
		);
		// In a profile's table the line is named already.
		$label = sprintf( '<label for="%s-phone"%s>%s</label>', esc_attr( $id ), 'admin' === $skin ? ' class="nxtchat-login__hidden"' : '', esc_html__( 'Your WhatsApp number', 'nxt-cloud-chat' ) );
		if ( 1 === count( $countries ) ) {
			return sprintf( '<div class="nxtchat-login__field %s">%s<div class="nxtchat-login__number"><span class="nxtchat-login__face" id="%s-calling" title="%s">+%d</span><input type="hidden" name="country" value="%s">%s</div></div>', esc_attr( self::SKINS[ $skin ][0] ), $label, esc_attr( $id ), esc_attr( (string) current( $countries )[1] ), current( $countries )[0], esc_attr( (string) key( $countries ) ), $input );
		}
		return sprintf(
			'<div class="nxtchat-login__field %1$s">%2$s<div class="nxtchat-login__number"><span class="nxtchat-login__country"><label class="nxtchat-login__hidden" for="%3$s-country">%4$s</label><select id="%3$s-country" name="country" autocomplete="country">%5$s</select><span class="nxtchat-login__face" data-face aria-hidden="true"></span></span>%6$s</div></div>',
			esc_attr( self::SKINS[ $skin ][0] ),
			$label,
			esc_attr( $id ),
			esc_html__( 'Country of the number', 'nxt-cloud-chat' ),
			$options,
			$input
		);
	}

	/** The field for the code. */
	public static function code_field( string $id, string $skin, bool $off = false ): string {
		return sprintf(
			'<p class="nxtchat-login__field %1$s"><label for="%2$s-code">%3$s</label><input id="%2$s-code" class="nxtchat-login__code %4$s" type="text" name="code" autocomplete="one-time-code" inputmode="numeric" autocapitalize="off" spellcheck="false" dir="ltr" required aria-describedby="%2$s-to %2$s-left %2$s-code-problem"%5$s></p>',
			esc_attr( self::SKINS[ $skin ][0] ),
			esc_attr( $id ),
			esc_html__( 'Code', 'nxt-cloud-chat' ),
			esc_attr( self::SKINS[ $skin ][1] ),
			$off ? ' disabled' : ''
		);
	}

	/** The main button of a step. */
	public static function submit( string $does, string $text, string $skin ): string {
		$class = array( 'block' => 'wp-block-button', 'wp' => 'submit' )[ $skin ] ?? ''; // phpcs:ignore WordPress.Arrays -- Short.
		return sprintf( '<p class="nxtchat-login__submit %s"><button type="submit" class="%s" data-do="%s">%s</button></p>', $class, esc_attr( self::SKINS[ $skin ][2] ), esc_attr( $does ), esc_html( $text ) );
	}

	/** Texts of the script. %s: what it fills in. @return array<string, string> */
	public static function texts(): array {
		return array(
			'sending'    => __( 'Sending the code…', 'nxt-cloud-chat' ),
			'sent_again' => __( 'A new code is on its way. The one before no longer works.', 'nxt-cloud-chat' ),
			/* translators: %s: how many */
			'left'       => __( 'Attempts left: %s', 'nxt-cloud-chat' ),
			/* translators: %s: how many */
			'digits'     => __( 'The code has %s digits.', 'nxt-cloud-chat' ),
			/* translators: %s: minutes and seconds, as 0:30; stands behind "Send a new code" */
			'in'         => __( 'in %s', 'nxt-cloud-chat' ),
			'checking'   => __( 'Checking the code…', 'nxt-cloud-chat' ),
			'again'      => __( 'You can ask for a new code now.', 'nxt-cloud-chat' ),
			'expired'    => __( 'This code has expired. Ask for a new one.', 'nxt-cloud-chat' ),
			'done'       => __( 'Done. One moment…', 'nxt-cloud-chat' ),
			'bound'      => __( 'Your number is confirmed.', 'nxt-cloud-chat' ),
			'removed'    => __( 'Your number is removed.', 'nxt-cloud-chat' ),
			'waiting'    => __( 'Waiting for your message…', 'nxt-cloud-chat' ),
			'late'       => __( 'No message has come. Try again.', 'nxt-cloud-chat' ),
			'offline'    => __( 'You are offline. Try again when you have a connection.', 'nxt-cloud-chat' ),
			'old'        => self::old(),
			'failed'     => __( 'That did not work. Check your connection and try again.', 'nxt-cloud-chat' ),
		);
	}

	/** What somebody is told whose page was open for days. */
	public static function old(): string {
		return __( 'This page was open for too long. Load it again.', 'nxt-cloud-chat' );
	}

	/** What stands above the code. It tells nobody whether a number is known. @param string $to The number, masked. */
	public static function sent( string $to ): string {
		/* translators: %s: a masked phone number */
		return sprintf( __( 'If %s can log in here, a code is on its way to its WhatsApp.', 'nxt-cloud-chat' ), $to );
	}

	/** Whom the form shows instead of itself: who is signed in. Pages of signed-in people are not cached. */
	public static function signed_in( string $redirect ): string {
		return sprintf(
			'<p class="nxtchat-login nxtchat-login--in">%s <a href="%s">%s</a></p>',
			/* translators: %s: a person's name */
			sprintf( esc_html__( 'You are logged in as %s.', 'nxt-cloud-chat' ), '<strong>' . esc_html( wp_get_current_user()->display_name ) . '</strong>' ),
			esc_url( wp_logout_url( $redirect ) ),
			esc_html__( 'Log out', 'nxt-cloud-chat' )
		);
	}

	private static function place( array $attributes, string $class ): string {
		$text = static fn( string $key, int $max ): string => mb_substr( trim( html_entity_decode( wp_strip_all_tags( is_scalar( $attributes[ $key ] ?? '' ) ? (string) ( $attributes[ $key ] ?? '' ) : '' ), ENT_QUOTES, 'UTF-8' ) ), 0, $max );
		if ( is_feed() ) {
			return '';
		}
		if ( ! LoginSettings::all()['enabled'] ) {
			return current_user_can( Capabilities::MANAGE ) ? '<p class="nxtchat-login">' . esc_html__( 'Login by WhatsApp is switched off: visitors see nothing here.', 'nxt-cloud-chat' ) . '</p>' : '';
		}
		if ( is_user_logged_in() ) {
			if ( ! defined( 'DONOTCACHEPAGE' ) ) {
				define( 'DONOTCACHEPAGE', true ); // For page caches that ask nobody whether the visitor is signed in.
			}
			self::enqueue_style();
			return self::signed_in( (string) get_permalink() );
		}
		wp_enqueue_style( 'wp-block-button' ); // The theme's button.
		return self::html(
			array(
				'class'    => $class,
				'redirect' => wp_validate_redirect( esc_url_raw( $text( 'redirect', 500 ) ), '' ),
				'here'     => '' === LoginSettings::all()['redirect'],
				'country'  => $text( 'country', 2 ),
				'button'   => $text( 'button', 60 ),
			)
		);
	}

	private static function enqueue_style(): void {
		wp_enqueue_style( self::HANDLE, plugins_url( 'blocks/login/style.css', NXTCHAT_FILE ), array(), NXTCHAT_VERSION );
	}

	/** The country to begin with: what is wanted, else the site's own, else the first that may log in. */
	private static function country( string $wanted ): string {
		$countries = LoginSettings::countries();
		foreach ( array( strtoupper( $wanted ), LoginSettings::own_country() ) as $country ) {
			if ( in_array( $country, $countries, true ) ) {
				return $country;
			}
		}
		return (string) ( $countries[0] ?? '' );
	}

	private static function base(): string {
		return rest_url( Rest::NAMESPACE . '/login/' );
	}

	/** The step of the code, which the script shows. */
	private static function code_step( string $id, string $skin, string $button, string $password ): string {
		return sprintf(
			'<div class="nxtchat-login__step" data-step="code" hidden><p class="nxtchat-login__to" id="%1$s-to" data-to></p>%2$s<p class="nxtchat-login__left" id="%1$s-left" data-left></p><p class="nxtchat-login__problem" role="alert" data-problem id="%1$s-code-problem"></p>%3$s<p class="nxtchat-login__ways">%4$s%5$s%6$s</p></div>',
			$id,
			self::code_field( $id, $skin, true ),
			self::submit( 'check', $button, $skin ),
			str_replace( '</button>', ' <span data-clock aria-hidden="true"></span></button>', self::button( 'again', __( 'Send a new code', 'nxt-cloud-chat' ), $skin, true ) ),
			self::button( 'other', __( 'Another number', 'nxt-cloud-chat' ), $skin, true ),
			'' === $password ? '' : self::password( $password )
		);
	}

	/** The step of the word that the visitor sends, which the script shows. */
	private static function word_step( string $skin ): string {
		return sprintf(
			'<div class="nxtchat-login__step" data-step="word" hidden><p>%1$s</p><p class="nxtchat-login__word"><strong data-text dir="ltr"></strong></p><div class="nxtchat-login__qr" data-qr hidden><svg role="img" aria-label="%2$s" shape-rendering="crispEdges"><rect x="-4" y="-4" width="100%%" height="100%%" fill="#fff"/><path fill="#000"/></svg></div><p class="nxtchat-login__submit %3$s"><a class="%4$s" data-link target="_blank" rel="noopener">%5$s</a></p><p class="nxtchat-login__ways">%6$s</p></div>',
			/* translators: %s: the site's number on WhatsApp */
			sprintf( esc_html__( 'Send this to %s on WhatsApp. We answer with a code.', 'nxt-cloud-chat' ), '<strong data-business dir="ltr"></strong>' ),
			esc_attr__( 'QR code: opens WhatsApp on your phone with this message', 'nxt-cloud-chat' ),
			'block' === $skin ? 'wp-block-button' : '',
			esc_attr( self::SKINS[ $skin ][2] ),
			esc_html__( 'Open WhatsApp', 'nxt-cloud-chat' ),
			self::button( 'other', __( 'Type my number instead', 'nxt-cloud-chat' ), $skin, true )
		);
	}

	private static function password( string $url ): string {
		return sprintf( '<a href="%s" data-password>%s</a>', esc_url( $url ), esc_html__( 'Use my password', 'nxt-cloud-chat' ) );
	}

	/** A lesser button. $plain: it looks like a link. */
	private static function button( string $does, string $text, string $skin, bool $plain ): string {
		return sprintf( '<button type="button" class="%s" data-do="%s">%s</button>', esc_attr( $plain ? 'nxtchat-login__link' : self::SKINS[ $skin ][3] ), esc_attr( $does ), esc_html( $text ) );
	}
}
