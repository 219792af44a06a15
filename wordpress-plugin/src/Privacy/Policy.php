<?php
/**
 * The site's privacy policy.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Privacy;

/** What the owner may want to tell visitors (Settings → Privacy → Policy guide). */
final class Policy {

	/** Suggests the text. */
	public static function suggest(): void {
		wp_add_privacy_policy_content(
			'NXT Cloud Chat',
			wp_kses_post(
				'<p class="privacy-policy-tutorial">' . __( 'This plugin keeps WhatsApp conversations in this site\'s own database and talks to Meta directly. The plugin\'s makers receive nothing. Adapt the text to what you do.', 'nxt-cloud-chat' ) . '</p>'
				. '<p>' . __( 'If you write to us on WhatsApp, we receive and store your WhatsApp profile name, your phone number or WhatsApp user identifier, your messages, and when they were sent, delivered and read. We use them to answer you. They are stored on our own website and are kept until we delete the conversation.', 'nxt-cloud-chat' ) . '</p>'
				. '<p>' . __( 'We may keep further details about you with your number: name, email address, country, language, groups, notes, and the account you have on this website. We record whether you agreed to receive messages from us: when, where, with which words, and, where you agreed on this website and we keep it, your IP address.', 'nxt-cloud-chat' ) . '</p>'
				. '<p>' . __( 'You can withdraw your agreement at any time by answering STOP on WhatsApp. If you ask us to delete your data, we keep nothing but a code made of your number, from which the number cannot be read: it keeps us from writing to you again by mistake.', 'nxt-cloud-chat' ) . '</p>'
				. '<p>' . __( 'Messages are carried by the WhatsApp Business Platform of Meta, whose terms and privacy policy apply to that.', 'nxt-cloud-chat' ) . ' <a href="https://www.whatsapp.com/legal/privacy-policy">' . __( 'WhatsApp\'s privacy policy', 'nxt-cloud-chat' ) . '</a></p>'
				. '<p>' . __( 'You may ask us what we store about you, have it corrected or deleted, and tell us at any time not to write to you again.', 'nxt-cloud-chat' ) . '</p>'
			)
		);
	}
}
