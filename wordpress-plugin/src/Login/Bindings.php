<?php
/**
 * Whose number is whose.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Login;

use NxtChat\Audit\Audit;
use NxtChat\Native;
use NxtChat\Site;
use NxtChat\StoreError;

/** A WordPress user's verified number. One user a number, one number a user; whoever can prove the number takes it along. */
final class Bindings {

	/** Why a number must be verified again. */
	public const FRESH   = 0;
	public const SILENT  = 1;
	public const CHANGED = 2;

	/** User meta (loaded with every signed-in user): there is a verified number. */
	public const META = 'nxtchat_phone';

	/** @return array{user_id: int, phone: string, masked: string, stale: int, verified_ms: int, seen_ms: int, created_ms: int}|null */
	public static function of_user( int $user_id ): ?array {
		return self::shape( NumberStore::of_user( $user_id ) );
	}

	/** As of_user(). */
	public static function of_phone( string $e164 ): ?array {
		return self::shape( NumberStore::of_phone( $e164 ) );
	}

	/**
	 * Gives a user this number. The caller has the proof, or is staff. Another user's number moves; a former number of this user goes.
	 *
	 * @param int $actor Who does it, 0 = a command or the user's own login.
	 */
	public static function bind( int $user_id, string $e164, int $actor ): bool|\WP_Error {
		if ( ! get_userdata( $user_id ) ) {
			return new \WP_Error( 'nxtchat_no_user', __( 'There is no such user.', 'nxt-cloud-chat' ), array( 'status' => 404 ) );
		}
		$now    = Site::now_ms();
		$before = self::of_user( $user_id )['phone'] ?? '';
		$former = NumberStore::transaction_again(
			static function () use ( $user_id, $e164, $now ): array {
				$former = NumberStore::remove_phones( array( $e164 ) );
				NumberStore::remove( $user_id );
				NumberStore::add( $user_id, $e164, $now );
				if ( ( NumberStore::of_user( $user_id )['phone'] ?? '' ) !== $e164 ) {
					throw new StoreError( 'Somebody else bound at the same time.', StoreError::RETRY );
				}
				$former = array_diff( $former, array( $user_id ) );
				foreach ( array( $user_id, ...$former ) as $one ) {
					// The rows above are ours until the commit: from here on what is read is what is.
					wp_cache_delete( $one, 'user_meta' );
					$one === $user_id ? update_user_meta( $one, self::META, '1' ) : delete_user_meta( $one, self::META );
				}
				return $former;
			}
		);
		foreach ( $former as $other ) {
			self::note( 'login.moved_away', $other, $e164, $actor );
			self::tell_moved( $other );
		}
		self::note( 'login.bound', $user_id, $e164, $actor );
		if ( $actor === $user_id && $before !== $e164 ) {
			self::tell_bound( $user_id, $e164 );
		}
		/**
		 * A user has a verified number.
		 *
		 * @param int    $user_id
		 * @param string $e164
		 */
		do_action( 'nxtchat_login_bound', $user_id, $e164 );
		return true;
	}

	/** Takes the number off. @return bool Was there one? */
	public static function unbind( int $user_id, int $actor ): bool {
		$binding = self::of_user( $user_id );
		if ( null === $binding || ! NumberStore::remove( $user_id ) ) {
			return false;
		}
		delete_user_meta( $user_id, self::META );
		self::note( 'login.unbound', $user_id, $binding['phone'], $actor );
		return true;
	}

	/** Action deleted_user. */
	public static function user_deleted( int $user_id ): void {
		NumberStore::remove( $user_id );
	}

	/** Numbers that their people gave up, as Meta reports: whoever has one now must prove who they are. @param list<string> $phones */
	public static function changed( array $phones ): void {
		if ( $phones && '' !== (string) ( wp_load_alloptions()[ LoginKey::OPTION ] ?? '' ) ) { // No login here: nobody has a number.
			NumberStore::stale( $phones, self::CHANGED );
		}
	}

	/** Forgets numbers: their people are erased. @param list<string> $phones */
	public static function forget( array $phones ): void {
		ChallengeStore::remove_phones( $phones );
		foreach ( NumberStore::remove_phones( $phones ) as $user_id ) {
			delete_user_meta( $user_id, self::META );
		}
	}

	/** Must this number be verified again before it logs anybody in? One of FRESH, SILENT, CHANGED. */
	public static function stale( array $binding ): int {
		$months = LoginSettings::all()['stale_months'];
		if ( self::FRESH !== $binding['stale'] || 0 === $months ) {
			return $binding['stale'];
		}
		return $binding['seen_ms'] < Site::now_ms() - $months * MONTH_IN_SECONDS * 1000 ? self::SILENT : self::FRESH;
	}

	/**
	 * A page of bindings, the newest first.
	 *
	 * @param string $search Part of a user's login, name or e-mail address, or a whole number.
	 * @return array{items: list<array>, next: int} next: $before_id of the next page, 0 = there is none.
	 */
	public static function list( string $search, int $before_id, int $limit ): array {
		$users = null;
		if ( '' !== $search ) {
			$number = Native\phone_parse( $search, LoginSettings::own_country() ?: null );
			$found  = $number['valid'] ? NumberStore::of_phone( $number['e164'] ) : null;
			$users  = $found ? array( (int) $found['user_id'] ) : array_map(
				'intval',
				get_users(
					array(
						'search'   => '*' . $search . '*',
						'meta_key' => self::META, // phpcs:ignore WordPress.DB.SlowDBQuery -- Only users with a number.
						'fields'   => 'ID',
						'number'   => 500,
					)
				)
			);
		}
		$rows = NumberStore::page( $users, $before_id, $limit );
		$more = count( $rows ) > $limit;
		$rows = array_slice( $rows, 0, $limit );
		cache_users( array_map( 'intval', array_column( $rows, 'user_id' ) ) );
		return array(
			'items' => array_map( array( self::class, 'shape' ), $rows ),
			'next'  => $more ? (int) end( $rows )['id'] : 0,
		);
	}

	private static function note( string $action, int $user_id, string $e164, int $actor ): void {
		Audit::record(
			$action,
			array(
				'actor_id' => $actor,
				'user_id'  => $user_id,
				'number'   => $e164,
				'ip'       => ClientIp::get(),
			)
		);
	}

	/** Who loses a number hears of it: if it was not them, they can act. */
	private static function tell_moved( int $user_id ): void {
		self::mail(
			$user_id,
			static fn( string $name, string $site ): array => array(
				/* translators: %s: the site's name */
				sprintf( __( '[%s] Your WhatsApp number now belongs to another account', 'nxt-cloud-chat' ), $site ),
				/* translators: 1: a name, 2: the site's name */
				sprintf( __( "Hello %1\$s,\n\nsomebody proved on WhatsApp that they have the number with which you logged in to %2\$s, and added it to another account. You can't log in with it any more; your password works as before.\n\nIf that was not you, tell us.", 'nxt-cloud-chat' ), $name, $site ),
			)
		);
	}

	/** Whoever sits down at somebody's open session can add a number of their own: the owner of the account hears of it. */
	private static function tell_bound( int $user_id, string $e164 ): void {
		self::mail(
			$user_id,
			static fn( string $name, string $site ): array => array(
				/* translators: %s: the site's name */
				sprintf( __( '[%s] A WhatsApp number was added to your account', 'nxt-cloud-chat' ), $site ),
				/* translators: 1: a name, 2: a masked phone number, 3: the site's name, 4: the address of a page */
				sprintf( __( "Hello %1\$s,\n\nthe number %2\$s was added to your account at %3\$s. Whoever has it can log in with a code on WhatsApp.\n\nIf that was not you, remove it and change your password: %4\$s", 'nxt-cloud-chat' ), $name, Audit::masked( $e164 ), $site, admin_url( 'profile.php' ) ),
			)
		);
	}

	/** A letter in the user's language. @param callable(string, string): array{0: string, 1: string} $letter Subject and text, from the user's and the site's name. */
	private static function mail( int $user_id, callable $letter ): void {
		$user = get_userdata( $user_id );
		if ( ! $user || ! is_email( $user->user_email ) ) {
			return;
		}
		$switched = switch_to_user_locale( $user_id );
		wp_mail( $user->user_email, ...$letter( $user->display_name, wp_specialchars_decode( (string) get_option( 'blogname' ), ENT_QUOTES ) ) );
		if ( $switched ) {
			restore_previous_locale();
		}
	}

	private static function shape( ?array $row ): ?array {
		return null === $row ? null : array(
			'user_id'     => (int) $row['user_id'],
			'phone'       => $row['phone'],
			'masked'      => Audit::masked( $row['phone'] ),
			'stale'       => (int) $row['stale'],
			'verified_ms' => (int) $row['verified_ms'],
			'seen_ms'     => (int) $row['seen_ms'],
			'created_ms'  => (int) $row['created_ms'],
		);
	}
}
