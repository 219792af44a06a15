<?php
/**
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Tests\Security;

use NxtChat\Account\Accounts;
use NxtChat\Tests\TestCase;

/**
 * Who may call what: every route, admin-post action and AJAX action that the plugin registers has a line here.
 *
 * @group smoke
 */
final class AuthorizationTest extends TestCase {

	/** Kinds of people, each with the capabilities that a subscriber has not. */
	private const PEOPLE = array(
		'anonymous'     => null,
		'subscriber'    => array(),
		'viewer'        => array( 'nxtchat_view' ),
		'replier'       => array( 'nxtchat_reply' ),
		'manager'       => array( 'nxtchat_manage' ),
		'keeper'        => array( 'nxtchat_contacts' ),
		'sender'        => array( 'nxtchat_broadcast' ),
		'administrator' => null,
	);

	private const MANAGE = array( 'manager', 'administrator' );
	private const VIEW   = array( 'viewer', 'administrator' );
	private const REPLY  = array( 'replier', 'administrator' );

	private const CONTACTS  = array( 'keeper', 'administrator' );
	private const BROADCAST = array( 'sender', 'administrator' );

	private const SIGNED_IN = array( 'subscriber', 'viewer', 'replier', 'manager', 'keeper', 'sender', 'administrator' );

	/** METHOD route => who may. POST, PUT and PATCH of one route count as POST. null = everybody. */
	private const ROUTES = array(
		'GET /accounts'                      => self::MANAGE,
		'POST /accounts'                     => self::MANAGE,
		'GET /accounts/{id}'                 => self::MANAGE,
		'POST /accounts/{id}'                => self::MANAGE,
		'DELETE /accounts/{id}'              => self::MANAGE,
		'POST /accounts/{id}/test'           => self::MANAGE,
		'POST /accounts/{id}/subscribe'      => self::MANAGE,
		'GET /accounts/{id}/webhook'         => self::MANAGE,
		'POST /accounts/confirm-home'        => self::MANAGE,
		'GET /conversations'                 => self::VIEW,
		'GET /conversations/{id}'            => self::VIEW,
		'POST /conversations/{id}/read'      => self::REPLY,
		'GET /conversations/{id}/messages'   => self::VIEW,
		'POST /conversations/{id}/messages'  => self::REPLY,
		'GET /messages'                      => self::VIEW,
		'GET /messages/{id}'                 => self::VIEW,
		'GET /contacts'                      => self::VIEW,
		'GET /contacts/duplicates'           => self::VIEW,
		'GET /contacts/{id}/merge'           => self::VIEW,
		'POST /contacts/{id}/merge'          => self::CONTACTS,
		'GET /contacts/{id}/merges'          => self::VIEW,
		'POST /contacts/{id}/split'          => self::CONTACTS,
		'GET /contacts/{id}/export'          => self::CONTACTS,
		'GET /contacts/settings'             => self::MANAGE,
		'POST /contacts/settings'            => self::MANAGE,
		'POST /contacts'                     => self::CONTACTS,
		'POST /contacts/bulk'                => self::CONTACTS,
		'GET /contacts/{id}'                 => self::VIEW,
		'POST /contacts/{id}'                => self::CONTACTS,
		'DELETE /contacts/{id}'              => self::CONTACTS,
		'GET /contacts/{id}/log'             => self::VIEW,
		'POST /contacts/{id}/notes'          => self::CONTACTS,
		'POST /contacts/{id}/notes/{log_id}' => self::CONTACTS,
		'DELETE /contacts/{id}/notes/{log_id}' => self::CONTACTS,
		'POST /contacts/{id}/undo'           => self::CONTACTS,
		'GET /groups'                        => self::VIEW,
		'POST /groups'                       => self::CONTACTS,
		'GET /groups/{id}'                   => self::VIEW,
		'POST /groups/{id}'                  => self::CONTACTS,
		'DELETE /groups/{id}'                => self::CONTACTS,
		'POST /groups/{id}/members'          => self::CONTACTS,
		'GET /fields'                        => self::VIEW,
		'POST /fields'                       => self::CONTACTS,
		'POST /fields/order'                 => self::CONTACTS,
		'GET /fields/{id}'                   => self::VIEW,
		'POST /fields/{id}'                  => self::CONTACTS,
		'DELETE /fields/{id}'                => self::CONTACTS,
		'GET /contacts/export'               => self::CONTACTS,
		'GET /imports'                       => self::VIEW,
		'POST /imports'                      => self::CONTACTS,
		'GET /imports/{id}'                  => self::VIEW,
		'POST /imports/{id}'                 => self::CONTACTS,
		'DELETE /imports/{id}'               => self::CONTACTS,
		'POST /imports/{id}/chunk'           => self::CONTACTS,
		'POST /imports/{id}/start'           => self::CONTACTS,
		'POST /imports/{id}/step'            => self::CONTACTS,
		'POST /imports/{id}/cancel'          => self::CONTACTS,
		'POST /imports/{id}/undo'            => self::CONTACTS,
		'GET /imports/{id}/rejects'          => self::CONTACTS,
		'GET /segments'                      => self::VIEW,
		'POST /segments'                     => self::CONTACTS,
		'GET /segments/schema'               => self::VIEW,
		'POST /segments/preview'             => self::VIEW,
		'GET /segments/{id}'                 => self::VIEW,
		'POST /segments/{id}'                => self::CONTACTS,
		'DELETE /segments/{id}'              => self::CONTACTS,
		'GET /broadcasts'                    => self::VIEW,
		'POST /broadcasts'                   => self::BROADCAST,
		'GET /broadcasts/compare'            => self::VIEW,
		'GET /broadcasts/names'              => self::VIEW,
		'GET /broadcasts/{id}'               => self::VIEW,
		'POST /broadcasts/{id}'              => self::BROADCAST,
		'DELETE /broadcasts/{id}'            => self::BROADCAST,
		'POST /broadcasts/{id}/duplicate'    => self::BROADCAST,
		'POST /broadcasts/{id}/numbers'      => self::BROADCAST,
		'POST /broadcasts/{id}/preflight'    => self::BROADCAST,
		'GET /broadcasts/{id}/preflight/{reason}' => self::VIEW,
		'POST /broadcasts/{id}/test'         => self::BROADCAST,
		'POST /broadcasts/{id}/start'        => self::BROADCAST,
		'POST /broadcasts/{id}/pause'        => self::BROADCAST,
		'POST /broadcasts/{id}/resume'       => self::BROADCAST,
		'POST /broadcasts/{id}/cancel'       => self::BROADCAST,
		'POST /broadcasts/{id}/rate'         => self::BROADCAST,
		'POST /broadcasts/{id}/retry'        => self::BROADCAST,
		'GET /broadcasts/{id}/report'        => self::VIEW,
		'GET /broadcasts/{id}/recipients'    => self::VIEW,
		'GET /broadcasts/{id}/export'        => self::CONTACTS,
		'GET /templates'                     => self::VIEW,
		'POST /templates'                    => self::MANAGE,
		'POST /templates/check'              => self::VIEW,
		'POST /templates/preview'            => self::VIEW,
		'GET /templates/starters'            => self::VIEW,
		'GET /templates/sources'             => self::VIEW,
		'POST /templates/samples'            => self::MANAGE,
		'POST /templates/sync'               => self::MANAGE,
		'GET /templates/{id}'                => self::VIEW,
		'POST /templates/{id}'               => self::MANAGE,
		'DELETE /templates/{id}'             => self::MANAGE,
		'POST /templates/{id}/submit'        => self::MANAGE,
		'POST /templates/{id}/unpause'       => self::MANAGE,
		'POST /templates/{id}/duplicate'     => self::MANAGE,
		'POST /templates/{id}/send'          => self::REPLY,
		'GET /settings'                      => self::MANAGE,
		'POST /settings'                     => self::MANAGE,
		'GET /contacts/{id}/consents'        => self::VIEW,
		'POST /contacts/{id}/consents'       => self::CONTACTS,
		'GET /consent/settings'              => self::VIEW,
		'POST /consent/settings'             => self::MANAGE,
		'POST /consent/form'                 => null, // Visitors.
		'POST /login/start'                  => null, // Visitors: budgets, where they come from and their own cookie are the check.
		'POST /login/verify'                 => null,
		'POST /login/word'                   => null,
		'POST /login/word/state'             => null,
		'POST /login/bind'                   => self::SIGNED_IN,
		'DELETE /login/bind'                 => self::SIGNED_IN,
		'POST /login/bind/verify'            => self::SIGNED_IN,
		'GET /login/settings'                => self::MANAGE,
		'POST /login/settings'               => self::MANAGE,
		'GET /login/report'                  => self::MANAGE,
		'POST /login/template'               => self::MANAGE,
		'POST /login/preview'                => self::MANAGE,
		'POST /login/test'                   => self::MANAGE,
		'GET /login/test/{id}'               => self::MANAGE,
		'GET /login/bindings'                => self::MANAGE,
		'DELETE /login/bindings/{user_id}'   => self::MANAGE,
		'GET /rates'                         => self::MANAGE,
		'POST /rates'                        => self::MANAGE,
		'GET /live'                          => self::VIEW,
		'GET /health'                        => self::MANAGE,
		'GET /health/log'                    => self::MANAGE,
		'GET /health/{check}'                => array( 'administrator' ), // WordPress's own capability for Site Health.
		'GET /webhook'                       => null, // The verify token is the check,
		'POST /webhook'                      => null, // here the signature.
	);

	/** admin-post and AJAX actions => capability. */
	private const ACTIONS = array(
		'admin_post_nxtchat_export'       => 'nxtchat_contacts',
		'admin_post_nxtchat_confirm_home' => 'nxtchat_manage',
		'admin_post_nxtchat_template_notices' => 'nxtchat_manage',
		'admin_post_nxtchat_broadcast_export' => 'nxtchat_contacts',
	);

	protected function tearDown(): void {
		$this->become( 'subscriber' ); // Other tests share this user.
		parent::tearDown();
	}

	public function test_every_route_is_listed(): void {
		self::assertSame( array(), array_diff( array_keys( self::registered() ), array_keys( self::ROUTES ) ), 'A route without a line in ROUTES: say who may call it.' );
		self::assertSame( array(), array_diff( array_keys( self::ROUTES ), array_keys( self::registered() ) ), 'ROUTES names what is not there.' );
	}

	/** @return array<string, array{string}> */
	public static function routes(): array {
		$names = array_keys( self::ROUTES );
		return array_combine( $names, array_map( static fn( string $name ): array => array( $name ), $names ) );
	}

	/** @dataProvider routes */
	public function test_only_who_may_gets_past_the_permission( string $name ): void {
		[ $method, $path ] = explode( ' ', $name );
		// Ids that do not exist: whoever is let in gets 400 or 404, and nothing happens.
		$path = strtr( substr( $path, 1 ), array( '{id}' => '999999', '{check}' => 'extension', '{log_id}' => '999999', '{user_id}' => '999999', '{reason}' => 'opted_out' ) );
		foreach ( array_keys( self::PEOPLE ) as $person ) {
			$this->become( $person );
			$answer  = $this->rest( $method, $path );
			$refused = in_array( $answer->get_data()['code'] ?? '', array( 'nxtchat_forbidden', 'rest_forbidden' ), true );
			$may     = null === self::ROUTES[ $name ] || in_array( $person, self::ROUTES[ $name ], true );
			// Missing parameters are told before the permission is asked; they tell nothing else.
			$refused = $refused || ( ! $may && in_array( $answer->get_data()['code'] ?? '', array( 'rest_missing_callback_param', 'rest_invalid_param' ), true ) );
			self::assertSame( ! $may, $refused, "$name as $person: {$answer->get_status()} " . wp_json_encode( $answer->get_data() ) );
			if ( ! $may ) {
				self::assertContains( $answer->get_status(), array( 400, 'anonymous' === $person ? 401 : 403 ), "$name as $person" );
			}
		}
	}

	/** With every parameter right, so that nothing but the permission stands in the way. */
	public function test_writes_by_the_wrong_person_change_nothing(): void {
		$id     = $this->connect();
		$before = $this->rows( 'accounts' );
		$sent   = 0;
		$this->add_hook( 'nxtchat_pre_send', static function ( $message ) use ( &$sent ) {
			++$sent;
			return $message;
		} );
		foreach ( array( 'anonymous', 'subscriber', 'viewer' ) as $person ) {
			$this->become( $person );
			foreach ( array(
				array( 'PATCH', "accounts/$id", array( 'name' => 'Mallory' ) ),
				array( 'DELETE', "accounts/$id", array() ),
				array( 'POST', "accounts/$id/test", array() ),
				array( 'POST', "accounts/$id/subscribe", array() ),
				array( 'POST', 'accounts/confirm-home', array( 'as' => 'copy' ) ),
				array( 'PATCH', 'settings', array( 'durability' => 'normal' ) ),
				array( 'POST', 'conversations/1/messages', array( 'ref' => '01J00000000000000000000000', 'text' => 'x' ) ),
				array( 'POST', 'conversations/1/read', array( 'up_to' => 1 ) ),
			) as [ $method, $path, $params ] ) {
				self::assertSame( 'anonymous' === $person ? 401 : 403, $this->rest( $method, $path, $params )->get_status(), "$method $path as $person" );
			}
		}
		self::assertSame( $before, $this->rows( 'accounts' ) );
		self::assertSame( array( 0, array(), false, false ), array( $sent, $this->rows( 'messages' ), get_option( 'nxtchat_settings' ), get_option( 'nxtchat_copy_home' ) ) );
	}

	public function test_every_action_of_a_form_is_listed_and_asks_for_right_and_nonce(): void {
		global $wp_filter;
		$found = preg_grep( '/^(admin_post|wp_ajax|admin_action)_(nopriv_)?nxtchat/', array_keys( $wp_filter ) );
		self::assertSame( array_keys( self::ACTIONS ), array_values( $found ), 'An action without a line in ACTIONS.' );
		add_filter( 'wp_die_handler', array( self::class, 'die_handler' ) );
		$_POST = $_REQUEST = array( 'as' => 'copy' );
		try {
			foreach ( self::ACTIONS as $hook => $capability ) {
				$action = substr( $hook, strlen( 'admin_post_' ) );
				foreach ( array( 'subscriber' => true, 'viewer' => true, 'replier' => true, 'manager' => false ) as $person => $nonce ) {
					$this->become( $person );
					unset( $_REQUEST['_wpnonce'] );
					if ( $nonce ) {
						$_REQUEST['_wpnonce'] = wp_create_nonce( $action );
					}
					try {
						do_action( $hook );
						self::fail( "$hook let $person through" . ( $nonce ? '.' : ' without a nonce.' ) );
					} catch ( \DomainException $died ) {
						self::assertFalse( get_option( 'nxtchat_copy_home' ) );
					}
				}
			}
		} finally {
			$_POST = $_REQUEST = array();
			remove_filter( 'wp_die_handler', array( self::class, 'die_handler' ) );
		}
	}

	/** Over HTTP: a cookie alone, as another site's page could make the browser send it, is nobody. */
	public function test_a_cookie_without_its_nonce_is_nobody(): void {
		$id     = $this->sign_in();
		$cookie = LOGGED_IN_COOKIE . '=' . wp_generate_auth_cookie( $id, time() + 600, 'logged_in' );
		$get    = static function ( string $path, array $headers, string $method = 'GET' ): int {
			$ch = curl_init( NXTCHAT_TEST_URL . '/wp-json/nxtchat/v1/' . $path );
			curl_setopt_array( $ch, array( CURLOPT_RETURNTRANSFER => true, CURLOPT_TIMEOUT => 20, CURLOPT_CUSTOMREQUEST => $method, CURLOPT_HTTPHEADER => $headers ) );
			curl_exec( $ch );
			return (int) curl_getinfo( $ch, CURLINFO_RESPONSE_CODE );
		};
		foreach ( array( 'GET' => 'accounts', 'POST' => 'accounts', 'DELETE' => 'accounts/1', 'PATCH' => 'settings' ) as $method => $path ) {
			self::assertSame( 401, $get( $path, array( "Cookie: $cookie" ), $method ), "$method $path" );
			self::assertSame( 403, $get( $path, array( "Cookie: $cookie", 'X-WP-Nonce: 0123456789' ), $method ), "$method $path" );
		}
		self::assertSame( 401, $get( 'accounts/1?_method=DELETE', array( "Cookie: $cookie" ), 'POST' ) );
	}

	/** Without it the screens show nothing of ours. */
	public function test_the_menu_is_for_those_who_may(): void {
		global $submenu, $menu, $_wp_submenu_nopriv;
		foreach ( array( 'subscriber' => 0, 'viewer' => 5, 'manager' => 3, 'administrator' => 7 ) as $person => $screens ) {
			$this->become( $person );
			$menu = $submenu = $_wp_submenu_nopriv = array();
			\NxtChat\Screen::menu();
			self::assertSame( $screens, array_sum( array_map( 'count', $submenu ) ), $person );
		}
		$menu = $submenu = $_wp_submenu_nopriv = array();
	}

	/** @return never */
	public static function died( $message ): void {
		throw new \DomainException( is_wp_error( $message ) ? $message->get_error_message() : (string) $message );
	}

	public static function die_handler(): callable {
		return array( self::class, 'died' );
	}

	/** @return array<string, true> METHOD path of everything registered below our namespace. */
	private static function registered(): array {
		$out = array();
		foreach ( rest_get_server()->get_routes( 'nxtchat/v1' ) as $route => $handlers ) {
			if ( '/nxtchat/v1' === $route ) {
				continue; // WordPress's own index: names of routes, nothing else.
			}
			$path = (string) preg_replace( '/\(\?P<(\w+)>(?:[^()]|\([^()]*\))*\)/', '{$1}', substr( $route, strlen( '/nxtchat/v1' ) ) );
			foreach ( $handlers as $handler ) {
				foreach ( array_keys( $handler['methods'] ) as $method ) {
					$out[ ( in_array( $method, array( 'PUT', 'PATCH' ), true ) ? 'POST' : $method ) . ' ' . $path ] = true;
				}
			}
		}
		return $out;
	}

	private function become( string $person ): void {
		if ( 'anonymous' === $person ) {
			wp_set_current_user( 0 );
			return;
		}
		if ( 'administrator' === $person ) {
			$this->sign_in();
			return;
		}
		$user = new \WP_User( $this->sign_in( 'subscriber' ) );
		foreach ( array( 'nxtchat_manage', 'nxtchat_view', 'nxtchat_reply', 'nxtchat_contacts', 'nxtchat_broadcast' ) as $capability ) {
			in_array( $capability, (array) self::PEOPLE[ $person ], true ) ? $user->add_cap( $capability ) : $user->remove_cap( $capability );
		}
		wp_set_current_user( 0 );
		wp_set_current_user( $user->ID );
	}

	private function connect(): int {
		return Accounts::create(
			array(
				'app_id'          => '1234567890',
				'app_secret'      => self::APP_SECRET,
				'token'           => 'EAAtestTOKEN0123456789abcdefghijk',
				'waba_id'         => '102290129340398',
				'phone_number_id' => '106540352242922',
			)
		);
	}
}
