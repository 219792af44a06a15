<?php
/**
 * The consent block in the editor.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Consent;

/** Only the editor knows the block as one: the public site fills it in by a filter, and pages without it load nothing. */
final class ConsentBlock {

	/** Action enqueue_block_assets, in wp-admin: reaches the editor's frame. */
	public static function style(): void {
		wp_enqueue_style( ConsentForm::HANDLE, plugins_url( 'blocks/consent/style.css', NXTCHAT_FILE ), array(), NXTCHAT_VERSION );
	}

	/** Action enqueue_block_editor_assets. */
	public static function enqueue(): void {
		$metadata = json_decode( (string) file_get_contents( dirname( NXTCHAT_FILE ) . '/blocks/consent/block.json' ), true ); // phpcs:ignore WordPress.WP.AlternativeFunctions -- A file of ours.
		wp_enqueue_script( 'nxtchat-consent-editor', plugins_url( 'blocks/consent/edit.js', NXTCHAT_FILE ), array( 'wp-blocks', 'wp-block-editor', 'wp-components', 'wp-element', 'wp-i18n' ), NXTCHAT_VERSION, true );
		wp_set_script_translations( 'nxtchat-consent-editor', 'nxt-cloud-chat', dirname( NXTCHAT_FILE ) . '/languages' );
		wp_add_inline_script(
			'nxtchat-consent-editor',
			'window.nxtchatConsent = ' . wp_json_encode(
				array(
					'block'     => $metadata,
					'wording'   => ConsentSettings::wording(),
					'country'   => ConsentForm::country( '' ),
					'countries' => array_map( static fn( array $row ): string => "{$row[1]} (+{$row[0]})", Countries::all() ),
				),
				JSON_HEX_TAG | JSON_HEX_AMP
			) . ';',
			'before'
		);
	}
}
