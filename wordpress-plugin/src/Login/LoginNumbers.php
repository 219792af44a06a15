<?php
/**
 * The users' numbers, for the owner.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Login;

use NxtChat\Problems;
use NxtChat\Rest;

/** Which users have a number, without telling which: the owner helps people, and need not know their numbers for that. */
final class LoginNumbers {

	/**
	 * A page of them, the newest first.
	 *
	 * @param string $search Part of a user's name or address, or a whole number.
	 * @return array{items: list<array{user_id: int, login: string, name: string, url: string, phone: string, stale: int, verified_ms: int, seen_ms: int}>, next: ?string}|\WP_Error phone is masked.
	 */
	public static function page( string $search, string $cursor, int $limit ): array|\WP_Error {
		$before = '' === $cursor ? array( 0 ) : Rest::cursor_decode( $cursor, 1 );
		if ( null === $before ) {
			return Problems::error( array( Problems::one( 'cursor', __( 'This page of the list does not exist. Begin with the first one.', 'nxt-cloud-chat' ) ) ) );
		}
		$search = trim( wp_check_invalid_utf8( $search ) );
		$page   = Bindings::list( $search, $before[0], $limit );
		return array(
			'items' => array_map( array( self::class, 'json' ), $page['items'] ),
			'next'  => $page['next'] > 0 ? Rest::cursor_encode( array( $page['next'] ) ) : null,
		);
	}

	/** Takes a user's number off. @return array{deleted: bool, user_id: int}|\WP_Error */
	public static function remove( int $user_id ): array|\WP_Error {
		if ( ! Bindings::unbind( $user_id, get_current_user_id() ) ) {
			return Problems::refuse( 'nxtchat_no_binding', 404, __( 'This user has no number.', 'nxt-cloud-chat' ) );
		}
		return array(
			'deleted' => true,
			'user_id' => $user_id,
		);
	}

	/** How many users have a number. @return array{users: int, bound: int} */
	public static function progress(): array {
		return array(
			'users' => (int) get_user_count(),
			'bound' => NumberStore::count(),
		);
	}

	/** @param array<string, mixed> $binding @return array<string, mixed> */
	private static function json( array $binding ): array {
		$user = get_userdata( $binding['user_id'] );
		return array(
			'user_id'     => $binding['user_id'],
			'login'       => $user ? $user->user_login : '',
			'name'        => $user ? $user->display_name : '',
			'url'         => (string) get_edit_user_link( $binding['user_id'] ),
			'phone'       => $binding['masked'],
			'stale'       => Bindings::stale( $binding ),
			'verified_ms' => $binding['verified_ms'],
			'seen_ms'     => $binding['seen_ms'],
		);
	}
}
