<?php
/**
 * The login block in the editor.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Login;

use NxtChat\Consent\Countries;

/** Only the editor knows the block as one: the public site fills it in by a filter, and pages without it load nothing. */
final class LoginBlock {

	/** Action enqueue_block_assets, in wp-admin: reaches the editor's frame. */
	public static function style(): void {
		wp_enqueue_style( LoginForm::HANDLE, plugins_url( 'blocks/login/style.css', NXTCHAT_FILE ), array(), NXTCHAT_VERSION );
	}

	/** Action enqueue_block_editor_assets. */
	public static function enqueue(): void {
		$metadata = json_decode( (string) file_get_contents( dirname( NXTCHAT_FILE ) . '/blocks/login/block.json' ), true ); // phpcs:ignore WordPress.WP.AlternativeFunctions -- A file of ours.
		wp_enqueue_script( 'nxtchat-login-editor', plugins_url( 'blocks/login/edit.js', NXTCHAT_FILE ), array( 'wp-blocks', 'wp-block-editor', 'wp-components', 'wp-element', 'wp-i18n' ), NXTCHAT_VERSION, true );
		wp_set_script_translations( 'nxtchat-login-editor', 'nxt-cloud-chat', dirname( NXTCHAT_FILE ) . '/languages' );
		wp_add_inline_script(
			'nxtchat-login-editor',
			'window.nxtchatLoginBlock = ' . wp_json_encode(
				array(
					'block'     => $metadata,
					'enabled'   => LoginSettings::all()['enabled'],
					'country'   => LoginSettings::own_country(),
					'countries' => (object) array_intersect_key( Countries::all(), array_flip( LoginSettings::countries() ) ),
				),
				JSON_HEX_TAG | JSON_HEX_AMP
			) . ';',
			'before'
		);
	}
}
