<?php
/**
 * What login keeps about a person, for WordPress's privacy tools.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Login;

use NxtChat\Audit\Audit;

/** A user's verified number, the codes that were asked for it, and the entries of the audit about the user. */
final class LoginPrivacy {

	private const NAME = 'nxt-cloud-chat-login';

	/** Entries of the audit on one page. */
	private const PAGE = 200;

	/** @param array<string, array> $exporters */
	public static function exporters( array $exporters ): array {
		$exporters[ self::NAME ] = array(
			'exporter_friendly_name' => __( 'NXT Cloud Chat: login by WhatsApp', 'nxt-cloud-chat' ),
			'callback'               => array( self::class, 'export' ),
		);
		return $exporters;
	}

	/** @param array<string, array> $erasers */
	public static function erasers( array $erasers ): array {
		$erasers[ self::NAME ] = array(
			'eraser_friendly_name' => __( 'NXT Cloud Chat: login by WhatsApp', 'nxt-cloud-chat' ),
			'callback'             => array( self::class, 'erase' ),
		);
		return $erasers;
	}

	/** @param mixed $page From 1. @return array{data: list<array>, done: bool} */
	public static function export( string $email, $page = 1 ): array {
		$page = max( 1, (int) $page );
		$user = get_user_by( 'email', $email );
		if ( ! $user ) {
			return array(
				'data' => array(),
				'done' => true,
			);
		}
		$data    = array();
		$binding = Bindings::of_user( $user->ID );
		if ( 1 === $page && null !== $binding ) {
			$data[] = self::item(
				'login-number',
				array(
					array( __( 'Number', 'nxt-cloud-chat' ), $binding['phone'] ),
					array( __( 'Verified', 'nxt-cloud-chat' ), self::time( $binding['verified_ms'] ) ),
					array( __( 'Last login with it', 'nxt-cloud-chat' ), self::time( $binding['seen_ms'] ) ),
				)
			);
			foreach ( self::of_phones( array( $binding['phone'] ) ) as $n => $challenge ) {
				$data[] = self::item( "login-code-$n", array( array( __( 'Code asked for', 'nxt-cloud-chat' ), self::time( $challenge['created_ms'] ) ), array( __( 'Attempts', 'nxt-cloud-chat' ), (string) $challenge['attempts'] ) ) );
			}
		}
		$entries = Audit::of_user( $user->ID, self::PAGE, ( $page - 1 ) * self::PAGE );
		foreach ( $entries as $entry ) {
			$data[] = self::item( "login-entry-{$entry['id']}", array( array( __( 'Time', 'nxt-cloud-chat' ), self::time( (int) $entry['at_ms'] ) ), array( __( 'What', 'nxt-cloud-chat' ), $entry['action'] ), array( __( 'Number', 'nxt-cloud-chat' ), $entry['subject'] ), array( __( 'Address', 'nxt-cloud-chat' ), $entry['ip'] ) ) );
		}
		return array(
			'data' => $data,
			'done' => count( $entries ) < self::PAGE,
		);
	}

	/** @return array{items_removed: bool, items_retained: bool, messages: list<string>, done: bool} */
	public static function erase( string $email ): array {
		$user    = get_user_by( 'email', $email );
		$binding = $user ? Bindings::of_user( $user->ID ) : null;
		if ( null !== $binding ) {
			Bindings::forget( array( $binding['phone'] ) );
		}
		$had = null !== $binding || ( $user && Audit::of_user( $user->ID, 1 ) );
		if ( $user ) {
			Audit::forget_user( $user->ID );
		}
		return array(
			'items_removed'  => $had,
			'items_retained' => false,
			'messages'       => array(),
			'done'           => true,
		);
	}

	/** Codes that were asked for these numbers; no code is among them. @param list<string> $phones @return list<array{created_ms: int, attempts: int, sends: int, done_ms: int}> */
	public static function of_phones( array $phones ): array {
		return array_map(
			static fn( array $row ): array => array_map( 'intval', array_intersect_key( $row, array_flip( array( 'created_ms', 'attempts', 'sends', 'done_ms' ) ) ) ),
			$phones ? ChallengeStore::of_phones( $phones ) : array()
		);
	}

	private static function item( string $id, array $facts ): array {
		return array(
			'group_id'    => 'nxtchat-login',
			'group_label' => __( 'Login by WhatsApp', 'nxt-cloud-chat' ),
			'item_id'     => $id,
			'data'        => array_map(
				static fn( array $fact ): array => array(
					'name'  => $fact[0],
					'value' => $fact[1],
				),
				$facts
			),
		);
	}

	private static function time( int $ms ): string {
		return $ms > 0 ? wp_date( 'Y-m-d H:i:s', intdiv( $ms, 1000 ) ) : '';
	}
}
