<?php
/**
 * Broadcasts that need a template.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Broadcast;

/** Our entry of filter `nxtchat_template_uses`. */
final class BroadcastUses {

	private const MAX = 100;

	/**
	 * Filter nxtchat_template_uses.
	 *
	 * @param mixed $uses     As given by an earlier filter.
	 * @param mixed $template Template JSON.
	 */
	public static function add( $uses, $template ): array {
		$uses = is_array( $uses ) ? $uses : array();
		foreach ( is_array( $template ) ? BroadcastStore::in_states( States::UNFINISHED, self::MAX ) : array() as $row ) {
			$definition = Broadcasts::definition( $row );
			$names      = array( $definition['template']['name'], $definition['ab']['template']['name'] ?? '' );
			if ( in_array( $template['name'] ?? '', $names, true ) ) {
				$uses[] = array(
					/* translators: %s: name of a broadcast */
					'label'    => sprintf( __( 'Broadcast: %s', 'nxt-cloud-chat' ), $row['name'] ),
					'url'      => admin_url( 'admin.php?page=nxtchat-broadcast#/broadcast/' . (int) $row['id'] ),
					'critical' => true,
				);
			}
		}
		return $uses;
	}
}
