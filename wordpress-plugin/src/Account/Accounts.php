<?php
/**
 * Accounts: the site's WhatsApp numbers with their credentials.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Account;

use NxtChat\Log;
use NxtChat\Login\LoginKey;
use NxtChat\Native;
use NxtChat\Privacy\Suppressions;
use NxtChat\Native\Exception\Exception as NativeException;
use NxtChat\Native\Exception\VaultError;
use NxtChat\Site;
use NxtChat\Template\TemplateSync;

/**
 * Use cases of the Account room.
 *
 * Secrets are sealed by the extension before they reach the database, bound to the phone number id, and leave it
 * only through credentials(), whose result goes straight into a native call.
 */
final class Accounts {

	public const ACTIVE = 1;
	public const OFF    = 2;

	/** Fields a caller may set. `token` and `app_secret` are write-only. */
	public const WRITABLE = array( 'name', 'state', 'app_id', 'app_secret', 'token', 'waba_id', 'phone_number_id', 'graph_base', 'graph_version', 'default_country' );

	/**
	 * One account without its secrets.
	 *
	 * @return array{id: int, name: string, state: int, app_id: string, waba_id: string, phone_number_id: string, display_phone: string, verified_name: string, graph_base: string, graph_version: string, default_country: string, quality: string, throughput: string, messaging_limit: string, number_status: string, checks: list<array>, checked_ms: int, last_event_ms: int, has_token: bool, has_app_secret: bool, is_clone: bool}|null
	 */
	public static function get( int $id ): ?array {
		$row = AccountStore::get( $id );
		return null === $row ? null : self::shape( $row );
	}

	/**
	 * Every account without secrets, oldest first.
	 *
	 * @return list<array> As get().
	 */
	public static function all(): array {
		return array_map( array( self::class, 'shape' ), AccountStore::all() );
	}

	/**
	 * For the drain: whose event is it?
	 *
	 * @return array<string, int> Phone number id => account id.
	 */
	public static function ids_by_phone_number_id(): array {
		return array_map( 'intval', array_column( AccountStore::all(), 'id', 'phone_number_id' ) );
	}

	/** Numbers of one WhatsApp Business account. @return list<int> Ids. */
	public static function ids_of_waba( string $waba_id ): array {
		return array_map( 'intval', array_keys( array_column( AccountStore::all(), 'waba_id', 'id' ), $waba_id, true ) );
	}

	/**
	 * What native calls need, with the clear token. Never to be kept, shown or logged.
	 *
	 * @param bool $with_app Also `app_id` and `app_secret` (account_test only).
	 * @return array{phone_number_id: string, token: string, waba_id: string, graph_base?: string, graph_version?: string, app_id?: string, app_secret?: string}
	 * @throws VaultError When there is no such account, no token, or the key is another one.
	 */
	public static function credentials( int $id, bool $with_app = false ): array {
		$row = AccountStore::get( $id );
		if ( null === $row ) {
			throw new VaultError( esc_html__( 'There is no such account.', 'nxt-cloud-chat' ) );
		}
		$credentials = array(
			'phone_number_id' => $row['phone_number_id'],
			'waba_id'         => $row['waba_id'],
			'token'           => self::open( $row, 'token' ),
		);
		if ( $with_app ) {
			$credentials += array(
				'app_id'     => $row['app_id'],
				'app_secret' => self::open( $row, 'app_secret' ),
			);
		}
		return $credentials + array_filter(
			array(
				'graph_base'    => $row['graph_base'],
				'graph_version' => $row['graph_version'],
			)
		);
	}

	/** May this account send now? The first thing every send asks. */
	public static function can_send( int $id ): bool|\WP_Error {
		$row = AccountStore::get( $id );
		if ( null === $row ) {
			return new \WP_Error( 'nxtchat_no_account', __( 'There is no such account.', 'nxt-cloud-chat' ), array( 'status' => 404 ) );
		}
		if ( self::ACTIVE !== (int) $row['state'] ) {
			return new \WP_Error(
				'nxtchat_account_off',
				__( 'This account is switched off.', 'nxt-cloud-chat' ),
				array(
					'status' => 409,
					'remedy' => __( 'Switch it on under WhatsApp → Accounts.', 'nxt-cloud-chat' ),
				)
			);
		}
		return Home::is_clone( $row['home_url'] ) ? Home::error() : true;
	}

	/**
	 * Adds an account.
	 *
	 * @param array<string, mixed> $input Keys of WRITABLE.
	 * @return int|\WP_Error The id, or all problems with their fields.
	 */
	public static function create( array $input ): int|\WP_Error {
		$checked = AccountInput::check( $input, null );
		if ( is_wp_error( $checked ) ) {
			return $checked;
		}
		if ( count( AccountStore::all() ) >= AccountStore::MAX ) {
			/* translators: %d: a number */
			return new \WP_Error( 'nxtchat_invalid', sprintf( __( 'A site can have %d accounts.', 'nxt-cloud-chat' ), AccountStore::MAX ), array( 'status' => 400 ) );
		}
		Site::prepare();
		$verify = bin2hex( random_bytes( 16 ) );
		$now    = Site::now_ms();
		$id     = AccountStore::insert(
			self::sealed( $checked, $checked['phone_number_id'] ) + array(
				'verify_token_sealed' => self::seal( $verify, 'verify_token', $checked['phone_number_id'] ),
				'verify_token_hash'   => hash( 'sha256', $verify ),
				'home_url'            => Home::current(),
				'check_json'          => '[]',
				'created_ms'          => $now,
				'updated_ms'          => $now,
			)
		);
		if ( null === $id ) {
			return AccountInput::duplicate_or_database( $checked['phone_number_id'] );
		}
		self::configure_front();
		TemplateSync::ask( $checked['waba_id'] ?? '' );
		return $id;
	}

	/**
	 * Changes an account. Fields left out stay; an empty secret stays too, because screens never show one.
	 *
	 * @param array<string, mixed> $input Keys of WRITABLE.
	 */
	public static function update( int $id, array $input ): bool|\WP_Error {
		$row = AccountStore::get( $id );
		if ( null === $row ) {
			return self::missing();
		}
		$checked = AccountInput::check( $input, $row );
		if ( is_wp_error( $checked ) ) {
			return $checked;
		}
		Site::prepare(); // Before anything is written: another user of the machine is refused here, not at the front door's file.
		// Sealed values are bound to the number: another number means sealing them anew.
		$number = $checked['phone_number_id'] ?? $row['phone_number_id'];
		$change = self::sealed( $checked, $number );
		if ( $number !== $row['phone_number_id'] ) {
			foreach ( array( 'token', 'app_secret', 'verify_token' ) as $secret ) {
				if ( '' !== $row[ $secret . '_sealed' ] ) {
					$change += array( $secret . '_sealed' => self::seal( self::open( $row, $secret ), $secret, $number ) );
				}
			}
		}
		if ( ! AccountStore::update( $id, $change + array( 'updated_ms' => Site::now_ms() ) ) ) {
			return AccountInput::duplicate_or_database( $number );
		}
		self::configure_front();
		TemplateSync::ask( $checked['waba_id'] ?? $row['waba_id'] );
		return true;
	}

	/** Removes an account and its secrets. Its conversations and messages stay: they are the owner's history. */
	public static function delete( int $id ): bool|\WP_Error {
		Site::prepare(); // As in update().
		if ( ! AccountStore::delete( $id ) ) {
			return self::missing();
		}
		self::configure_front();
		return true;
	}

	/**
	 * Asks Meta about the token, the number, the business account and the webhook, and keeps the answers.
	 *
	 * @return list<array{check: string, status: string, label: string, detail: string, remedy: string}>|\WP_Error
	 */
	public static function test( int $id ): array|\WP_Error {
		$row = AccountStore::get( $id );
		if ( null === $row ) {
			return self::missing();
		}
		$checks = Native\account_test( self::credentials( $id, true ) );
		$facts  = AccountFacts::from_checks( $checks );
		if ( '' === $row['default_country'] && isset( $facts['display_phone'] ) ) {
			// Customers' numbers are most often written as in the country of the shop's own.
			$facts['default_country'] = Native\phone_parse( $facts['display_phone'] )['country'];
		}
		$checks = array_map(
			static function ( array $check ): array {
				unset( $check['data'] );
				return $check;
			},
			$checks
		);
		AccountStore::update(
			$id,
			$facts + array(
				'check_json' => (string) wp_json_encode( $checks ),
				'checked_ms' => Site::now_ms(),
			)
		);
		return $checks;
	}

	/**
	 * Subscribes the app to the business account's webhooks, then tests. Refused on a copy of the site.
	 *
	 * @return list<array>|\WP_Error As test().
	 * @throws \NxtChat\Native\Exception\GraphError When Meta refuses.
	 */
	public static function subscribe( int $id ): array|\WP_Error {
		$row = AccountStore::get( $id );
		if ( null === $row ) {
			return self::missing();
		}
		if ( Home::is_clone( $row['home_url'] ) ) {
			return Home::error();
		}
		Native\graph_call( self::credentials( $id ), 'POST', $row['waba_id'] . '/subscribed_apps' );
		return self::test( $id );
	}

	/**
	 * What to paste into Meta's webhook form.
	 *
	 * @return array{callback_url: string, rest_callback_url: string, verify_token: string}|\WP_Error
	 */
	public static function webhook( int $id ): array|\WP_Error {
		$row = AccountStore::get( $id );
		if ( null === $row ) {
			return self::missing();
		}
		$rest = rest_url( 'nxtchat/v1/webhook' );
		// webhook.php finds wp-content three levels above itself; with a plugin directory elsewhere only the REST route works.
		$direct  = wp_normalize_path( WP_PLUGIN_DIR ) === wp_normalize_path( WP_CONTENT_DIR . '/plugins' );
		$blog_id = get_current_blog_id();
		$url     = plugins_url( 'webhook.php', NXTCHAT_FILE );
		return array(
			'callback_url'      => ! $direct ? $rest : ( 1 === $blog_id ? $url : add_query_arg( 'site', $blog_id, $url ) ),
			'rest_callback_url' => $rest,
			'verify_token'      => self::open( $row, 'verify_token' ),
		);
	}

	/**
	 * A person says what this site is: 'live' lets its accounts send again, 'copy' keeps them silent without asking further.
	 */
	public static function confirm_home( string $as ): bool|\WP_Error {
		if ( ! in_array( $as, array( 'live', 'copy' ), true ) ) {
			return new \WP_Error( 'nxtchat_invalid', __( 'Say "live" or "copy".', 'nxt-cloud-chat' ), array( 'status' => 400 ) );
		}
		if ( 'live' === $as ) {
			Site::prepare(); // As in update().
			AccountStore::set_home( Home::current(), Site::now_ms() );
			Home::forget_copy();
			self::configure_front();
		} else {
			Home::remember_copy();
		}
		Log::info( "The site at its present address was confirmed as '$as'." );
		return true;
	}

	/**
	 * Takes in what Meta reports about the accounts themselves. One statement, however many events.
	 *
	 * @param list<array>     $account_events          Typed events of kind 'account'.
	 * @param array<int, int> $latest_event_ms_by_account Newest event of any kind by account id.
	 */
	public static function apply_events( array $account_events, array $latest_event_ms_by_account ): void {
		$changes = array();
		foreach ( $latest_event_ms_by_account as $id => $ms ) {
			$changes[ $id ] = array( 'last_event_ms' => $ms );
		}
		if ( $account_events ) {
			foreach ( AccountFacts::from_events( $account_events, AccountStore::all() ) as $id => $facts ) {
				$changes[ $id ] = ( $changes[ $id ] ?? array() ) + $facts;
			}
		}
		AccountStore::apply( $changes );
	}

	/**
	 * Hands the front doors what they need before WordPress exists. After every change of accounts or settings, and
	 * by the hourly sweep, so that another web node with a data directory of its own has it too.
	 *
	 * @param bool $open False: refuse every webhook (plugin switched off); Meta tries again for days.
	 */
	public static function configure_front( bool $open = true ): void {
		$secrets = array();
		$hashes  = array();
		foreach ( $open ? AccountStore::all() : array() as $row ) {
			try {
				if ( '' !== $row['app_secret_sealed'] ) {
					$secrets[] = self::open( $row, 'app_secret' );
				}
				$hashes[] = $row['verify_token_hash'];
			} catch ( VaultError $e ) {
				Log::error( 'The app secret of account ' . (int) $row['id'] . ' can not be opened: ' . $e->getMessage() );
			}
		}
		$settings = \NxtChat\Settings::all();
		Native\front_configure(
			Site::prepare(),
			array(
				'app_secrets'   => array_values( array_unique( $secrets ) ),
				'verify_hashes' => array_values( array_unique( $hashes ) ),
				'wp_load'       => ABSPATH . 'wp-load.php',
				'blog_id'       => get_current_blog_id(),
				'home'          => home_url(),
				'durability'    => $settings['durability'],
				'max_bytes'     => $settings['spool_mb'] * 1024 * 1024,
			)
		);
	}

	/**
	 * Seals every secret with the present key.
	 *
	 * @param string|null $old_key The former key as text; null = vault.key.old.
	 * @return int How many accounts were sealed anew.
	 */
	public static function reseal( ?string $old_key = null ): int {
		$count = 0;
		foreach ( AccountStore::all() as $row ) {
			$change = array();
			foreach ( array( 'token', 'app_secret', 'verify_token' ) as $secret ) {
				if ( '' !== $row[ $secret . '_sealed' ] ) {
					$change[ $secret . '_sealed' ] = Native\vault_reseal( Site::dir(), $row[ $secret . '_sealed' ], self::purpose( $secret, $row['phone_number_id'] ), $old_key );
				}
			}
			AccountStore::update( (int) $row['id'], $change );
			++$count;
		}
		Suppressions::reseal( $old_key );
		LoginKey::reseal( $old_key );
		self::configure_front();
		return $count;
	}

	/** Can every sealed secret be opened with the present key? For the health checks. */
	public static function secrets_open(): bool {
		try {
			foreach ( AccountStore::all() as $row ) {
				foreach ( array( 'token', 'app_secret', 'verify_token' ) as $secret ) {
					if ( '' !== $row[ $secret . '_sealed' ] ) {
						self::open( $row, $secret );
					}
				}
			}
		} catch ( NativeException $e ) {
			return false;
		}
		return Suppressions::opens() && LoginKey::opens();
	}

	private static function missing(): \WP_Error {
		return new \WP_Error( 'nxtchat_no_account', __( 'There is no such account.', 'nxt-cloud-chat' ), array( 'status' => 404 ) );
	}

	/**
	 * The columns of checked input, its secrets sealed.
	 *
	 * @param array<string, string|int> $checked
	 * @return array<string, string|int>
	 */
	private static function sealed( array $checked, string $phone_number_id ): array {
		foreach ( array( 'token', 'app_secret' ) as $secret ) {
			if ( isset( $checked[ $secret ] ) ) {
				$checked[ $secret . '_sealed' ] = self::seal( (string) $checked[ $secret ], $secret, $phone_number_id );
				unset( $checked[ $secret ] );
			}
		}
		return $checked;
	}

	private static function seal( #[\SensitiveParameter] string $plain, string $secret, string $phone_number_id ): string {
		return Native\vault_seal( Site::dir(), $plain, self::purpose( $secret, $phone_number_id ) );
	}

	/**
	 * One secret of a row in clear.
	 *
	 * @param array<string, string> $row
	 * @throws VaultError When it is not there or can't be opened.
	 */
	private static function open( array $row, string $secret ): string {
		if ( '' === $row[ $secret . '_sealed' ] ) {
			throw new VaultError( esc_html__( 'The account has no access token or app secret yet.', 'nxt-cloud-chat' ) );
		}
		return Native\vault_open( Site::dir(), $row[ $secret . '_sealed' ], self::purpose( $secret, $row['phone_number_id'] ) );
	}

	private static function purpose( string $secret, string $phone_number_id ): string {
		return "account.$secret:$phone_number_id";
	}

	/**
	 * A row as screens and scripts see it.
	 *
	 * @param array<string, string> $row
	 * @return array<string, mixed> See get().
	 */
	private static function shape( array $row ): array {
		$account = array(
			'id'             => (int) $row['id'],
			'state'          => (int) $row['state'],
			'checks'         => json_decode( $row['check_json'], true ) ?: array(),
			'checked_ms'     => (int) $row['checked_ms'],
			'last_event_ms'  => (int) $row['last_event_ms'],
			'has_token'      => '' !== $row['token_sealed'],
			'has_app_secret' => '' !== $row['app_secret_sealed'],
			'is_clone'       => Home::is_clone( $row['home_url'] ),
		);
		foreach ( array( 'name', 'app_id', 'waba_id', 'phone_number_id', 'display_phone', 'verified_name', 'graph_base', 'graph_version', 'default_country', 'quality', 'throughput', 'messaging_limit', 'number_status' ) as $column ) {
			$account[ $column ] = $row[ $column ];
		}
		return $account;
	}
}
