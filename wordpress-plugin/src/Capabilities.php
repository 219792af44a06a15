<?php
/**
 * Who may do what.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat;

/** The plugin's capabilities. Administrators get all of them; other roles are the owner's choice. */
final class Capabilities {

	/** Accounts, settings, health. */
	public const MANAGE = 'nxtchat_manage';
	/** Read the inbox and the history. */
	public const VIEW = 'nxtchat_view';
	/** Answer customers. */
	public const REPLY = 'nxtchat_reply';

	/** Change contacts, groups and consent; import and export. */
	public const CONTACTS = 'nxtchat_contacts';

	/** Send broadcasts. */
	public const BROADCAST = 'nxtchat_broadcast';

	public const ALL = array( self::MANAGE, self::VIEW, self::REPLY, self::CONTACTS, self::BROADCAST );

	/** Gives the capabilities to the current site's administrators. */
	public static function grant(): void {
		$role = get_role( 'administrator' );
		if ( null === $role ) {
			return;
		}
		foreach ( self::ALL as $capability ) {
			if ( ! $role->has_cap( $capability ) ) {
				$role->add_cap( $capability );
			}
		}
		if ( did_action( 'set_current_user' ) ) {
			wp_get_current_user()->get_role_caps(); // Who is signed in has them at once.
		}
	}
}
