<?php
/**
 * The plugin's screens in wp-admin.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat;

use NxtChat\Account\Accounts;
use NxtChat\Account\Home;
use NxtChat\Conversation\Conversations;
use NxtChat\Live\Live;

/** Menu, mount and scripts of the screens. What is inside them is TypeScript: client/, built to build/. */
final class Screen {

	/** Screen => capability. The first is the menu's own page. */
	private const SCREENS = array(
		'inbox'     => Capabilities::VIEW,
		'contact'   => Capabilities::VIEW,
		'template'  => Capabilities::VIEW,
		'broadcast' => Capabilities::VIEW,
		'history'   => Capabilities::VIEW,
		'login'     => Capabilities::MANAGE,
		'account'   => Capabilities::MANAGE,
	);

	/** The admin page of a screen. */
	public static function url( string $screen ): string {
		return admin_url( 'admin.php?page=nxtchat-' . $screen );
	}

	/** WhatsApp → Inbox, Contacts, Templates, Broadcasts, History, Login, Accounts. */
	public static function menu(): void {
		$titles  = self::titles();
		$view    = current_user_can( Capabilities::VIEW );
		$first   = $view ? 'inbox' : 'account';
		$unread  = $view ? self::badge() : '';
		$display = static fn( string $screen ): callable => static fn() => self::render( $screen );
		add_menu_page( $titles[ $first ], __( 'WhatsApp', 'nxt-cloud-chat' ) . $unread, self::SCREENS[ $first ], "nxtchat-$first", $display( $first ), 'dashicons-whatsapp', 26 );
		// WordPress makes the names of the pages below from this title, which holds the unread count and is translated:
		// screen options would be forgotten whenever it changes.
		// phpcs:ignore WordPress.WP.GlobalVariablesOverride.Prohibited
		$GLOBALS['admin_page_hooks'][ "nxtchat-$first" ] = 'nxtchat';
		foreach ( self::SCREENS as $screen => $capability ) {
			// The first has its callback from the menu itself; a second one would draw it twice.
			add_submenu_page( "nxtchat-$first", $titles[ $screen ], $titles[ $screen ] . ( 'inbox' === $screen ? $unread : '' ), $capability, "nxtchat-$screen", $first === $screen ? '' : $display( $screen ) );
		}
	}

	/** Scripts and styles, on our own screens only. */
	public static function enqueue(): void {
		// phpcs:ignore WordPress.Security.NonceVerification.Recommended -- Only compared with fixed names.
		$screen = preg_replace( '/^nxtchat-/', '', sanitize_key( wp_unslash( $_GET['page'] ?? '' ) ), 1, $ours );
		if ( ! $ours || ! isset( self::SCREENS[ $screen ] ) || ! current_user_can( self::SCREENS[ $screen ] ) ) {
			return;
		}
		$build = dirname( NXTCHAT_FILE ) . '/build/';
		if ( ! is_readable( $build . $screen . '.asset.php' ) || ! is_readable( $build . $screen . '.js' ) ) {
			return; // render() says so.
		}
		$asset  = require $build . $screen . '.asset.php';
		$handle = "nxtchat-$screen";
		wp_enqueue_script( $handle, plugins_url( "build/$screen.js", NXTCHAT_FILE ), $asset['dependencies'], $asset['version'], true );
		wp_set_script_translations( $handle, 'nxt-cloud-chat', dirname( NXTCHAT_FILE ) . '/languages' );
		wp_add_inline_script( $handle, 'window.nxtchat = ' . wp_json_encode( self::boot( $screen ), JSON_HEX_TAG | JSON_HEX_AMP | JSON_UNESCAPED_SLASHES ) . ';', 'before' );
		if ( is_readable( $build . $screen . '.css' ) ) {
			wp_enqueue_style( $handle, plugins_url( "build/$screen.css", NXTCHAT_FILE ), array(), $asset['version'] );
		}
	}

	/**
	 * Links on the plugins screen.
	 *
	 * @param string[] $links
	 * @return string[]
	 */
	public static function plugin_links( array $links ): array {
		if ( current_user_can( Capabilities::MANAGE ) ) {
			array_unshift( $links, '<a href="' . esc_url( self::url( 'account' ) ) . '">' . esc_html__( 'Accounts', 'nxt-cloud-chat' ) . '</a>' );
		}
		return $links;
	}

	/** @return array<string, string> */
	private static function titles(): array {
		return array(
			'inbox'     => __( 'Inbox', 'nxt-cloud-chat' ),
			'contact'   => __( 'Contacts', 'nxt-cloud-chat' ),
			'template'  => __( 'Templates', 'nxt-cloud-chat' ),
			'broadcast' => __( 'Broadcasts', 'nxt-cloud-chat' ),
			'history'   => __( 'History', 'nxt-cloud-chat' ),
			'login'     => __( 'Login', 'nxt-cloud-chat' ),
			'account'   => __( 'Accounts', 'nxt-cloud-chat' ),
		);
	}

	/** The mount, with what a person sees when scripts are off or were never built. */
	private static function render( string $screen ): void {
		echo '<div class="wrap nxtchat">';
		if ( ! is_readable( dirname( NXTCHAT_FILE ) . "/build/$screen.js" ) || ! is_readable( dirname( NXTCHAT_FILE ) . "/build/$screen.asset.php" ) ) {
			echo '<h1>' . esc_html( self::titles()[ $screen ] ) . '</h1><div class="notice notice-error"><p>';
			/* translators: %s: a file name */
			printf( esc_html__( 'The file %s is missing: this copy of the plugin was not built. Install a released package, or run "make build" in the source tree.', 'nxt-cloud-chat' ), '<code>build/' . esc_html( $screen ) . '.js</code>' );
			echo '</p></div>';
		}
		printf( '<div id="nxtchat-%s"></div>', esc_attr( $screen ) );
		echo '<noscript><div class="notice notice-warning"><p>' . esc_html__( 'This screen needs JavaScript.', 'nxt-cloud-chat' ) . '</p></div></noscript></div>';
	}

	/**
	 * What a script knows from the start.
	 *
	 * @return array<string, mixed>
	 */
	private static function boot( string $screen ): array {
		$user = wp_get_current_user();
		$live = null;
		if ( current_user_can( Capabilities::VIEW ) ) {
			try {
				$live = Live::screen_token();
			} catch ( Native\Exception\Exception $e ) {
				Log::error( 'No token for the live counter: ' . $e->getMessage() );
			}
		}
		return array(
			'screen'   => $screen,
			'rest'     => esc_url_raw( rest_url( Rest::NAMESPACE ) ),
			'caps'     => array(
				'manage'    => current_user_can( Capabilities::MANAGE ),
				'view'      => current_user_can( Capabilities::VIEW ),
				'reply'     => current_user_can( Capabilities::REPLY ),
				'contacts'  => current_user_can( Capabilities::CONTACTS ),
				'broadcast' => current_user_can( Capabilities::BROADCAST ),
			),
			'live'     => $live,
			'accounts' => array_map(
				static fn( array $account ): array => array_intersect_key( $account, array_flip( array( 'id', 'name', 'display_phone', 'state', 'is_clone' ) ) ),
				Accounts::all()
			),
			'links'    => array_map( array( self::class, 'url' ), array_combine( array_keys( self::SCREENS ), array_keys( self::SCREENS ) ) ),
			'locale'   => str_replace( '_', '-', get_user_locale() ),
			'is_copy'  => Home::is_confirmed_copy(),
			'now_ms'   => Site::now_ms(),
			'timezone' => wp_timezone_string(),
			'user'     => array(
				'id'   => $user->ID,
				'name' => $user->display_name,
			),
		) + ( 'contact' === $screen ? array( 'contact' => Contact\ContactScreen::boot() ) : array() ) + ( 'broadcast' === $screen ? array( 'broadcast' => array( 'export' => Broadcast\BroadcastDownload::url() ) ) : array() );
	}

	/** Unread conversations in the menu. Always there, so that the script can move it. */
	private static function badge(): string {
		$count = Conversations::unread_count();
		return sprintf(
			' <span class="awaiting-mod nxtchat-unread count-%1$d"><span class="pending-count" aria-hidden="true">%2$s</span><span class="screen-reader-text">%3$s</span></span>',
			$count,
			esc_html( number_format_i18n( $count ) ),
			/* translators: %s: a number */
			esc_html( sprintf( _n( '%s unread', '%s unread', $count, 'nxt-cloud-chat' ), number_format_i18n( $count ) ) )
		);
	}
}
