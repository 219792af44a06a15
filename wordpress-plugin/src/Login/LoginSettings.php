<?php
/**
 * The settings of login by one-time code.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Login;

use NxtChat\Account\Accounts;
use NxtChat\Consent\Countries;
use NxtChat\Problems;

/** One autoloaded option, which holds only what differs from the defaults. Off until the owner switches it on. */
final class LoginSettings {

	public const OPTION = 'nxtchat_login';

	/** Smallest and largest value of the numbers. */
	public const RANGES = array(
		'digits'       => array( 4, 8 ),
		'lifetime_s'   => array( 60, 900 ),    // Meta: a code expires after 1 to 90 minutes; ours sooner.
		'attempts'     => array( 1, 10 ),
		'resend_s'     => array( 15, 300 ),
		'stale_months' => array( 0, 60 ),
		'guesses_day'  => array( 1, 100 ),
		'cap_day'      => array( 1, 1000000 ),
		'cap_money'    => array( 0, 1000000 ),
	);

	/** Whom a budget counts, and its default limits per minute, hour and day; 0 = no limit. */
	public const BUDGETS = array(
		'number'  => array( 2, 5, 10 ),
		'ip'      => array( 5, 20, 50 ),
		'network' => array( 20, 100, 300 ),
		'country' => array( 30, 300, 1000 ),
		'site'    => array( 60, 600, 3000 ),
	);

	private const BUDGET_MAX    = 1000000;
	private const PROXIES_MAX   = 100;
	private const COUNTRIES_MAX = 250;
	private const TEXT_MAX      = 500;

	/** Headers that proxies write the visitor's address into. */
	public const PROXY_HEADERS = array( 'X-Forwarded-For', 'X-Real-IP', 'CF-Connecting-IP', 'True-Client-IP' );

	private const DEFAULTS = array(
		'enabled'        => false,
		'account_id'     => 0,     // 0 = the first account that may send and has the template.
		'template_id'    => 0,     // 0 = no template chosen yet.
		'digits'         => 6,
		'lifetime_s'     => 300,
		'attempts'       => 5,
		'resend_s'       => 30,
		'countries'      => array(), // Empty = the site's own.
		'all_countries'  => false,
		'register'       => false,
		'excluded_roles' => array( 'administrator' ),
		'remember'       => true,
		'on_wp_login'    => true,
		'on_woocommerce' => true,
		'word'           => false,
		'stale_months'   => 6,
		'proxies'        => array(),
		'proxy_header'   => 'X-Forwarded-For',
		'budgets'        => self::BUDGETS,
		'guesses_day'    => 20,
		'cap_day'        => 300,
		'cap_money'      => 0.0,
		'alarm_email'    => '',
		'redirect'       => '',
		'migrate'        => array(
			'enabled' => false,
			'roles'   => array(),
			'until'   => '',
			'text'    => '',
		),
	);

	private static ?array $read = null;
	private static mixed $raw   = null;

	/** For a preview. */
	private static ?array $as_if = null;

	/**
	 * All settings.
	 *
	 * @return array{enabled: bool, account_id: int, template_id: int, digits: int, lifetime_s: int, attempts: int, resend_s: int, countries: list<string>, all_countries: bool, register: bool, excluded_roles: list<string>, remember: bool, on_wp_login: bool, on_woocommerce: bool, word: bool, stale_months: int, proxies: list<string>, proxy_header: string, budgets: array<string, array{0: int, 1: int, 2: int}>, guesses_day: int, cap_day: int, cap_money: float, alarm_email: string, redirect: string, migrate: array{enabled: bool, roles: list<string>, until: string, text: string}}
	 */
	public static function all(): array {
		if ( null !== self::$as_if ) {
			return self::$as_if;
		}
		$stored = get_option( self::OPTION, array() );
		if ( null === self::$read || $stored !== self::$raw ) {
			self::$raw  = $stored;
			$stored     = is_array( $stored ) ? $stored : array();
			self::$read = array_intersect_key( $stored, self::DEFAULTS ) + self::DEFAULTS;
			foreach ( array( 'budgets', 'migrate' ) as $key ) {
				self::$read[ $key ] += self::DEFAULTS[ $key ];
			}
		}
		return self::$read;
	}

	/** The settings as they come. @return array<string, mixed> */
	public static function defaults(): array {
		return self::DEFAULTS;
	}

	/**
	 * Runs $work as if these were the settings, and returns its result.
	 *
	 * @template T
	 * @param array<string, mixed> $change Values by name; what is not valid counts as not given.
	 * @param callable(): T        $work
	 * @return T
	 */
	public static function as_if( array $change, callable $work ): mixed {
		$schema = self::schema();
		$change = array_filter( array_intersect_key( $change, $schema ), static fn( $value, string $key ): bool => true === rest_validate_value_from_schema( $value, $schema[ $key ], $key ), ARRAY_FILTER_USE_BOTH );
		self::$as_if = $change + self::all();
		try {
			return $work();
		} finally {
			self::$as_if = null;
		}
	}

	/** Countries whose numbers may log in, ISO codes. @param list<array>|null $accounts Accounts::all(), when it was read already. */
	public static function countries( ?array $accounts = null ): array {
		$settings = self::all();
		if ( $settings['all_countries'] ) {
			return array_keys( Countries::all() );
		}
		return $settings['countries'] ? $settings['countries'] : array_values( array_filter( array( self::own_country( $accounts ) ) ) );
	}

	/** The site's own country: that of its first account, else that of its language; '' when neither tells. */
	public static function own_country( ?array $accounts = null ): string {
		foreach ( $accounts ?? Accounts::all() as $account ) {
			if ( Countries::has( (string) $account['default_country'] ) ) {
				return (string) $account['default_country'];
			}
		}
		$locale = strtoupper( substr( get_locale(), 3, 2 ) );
		return Countries::has( $locale ) ? $locale : '';
	}

	/** JSON schemas of the settings: REST arguments, and what set() accepts. */
	public static function schema(): array {
		$number = static fn( string $key, string $type = 'integer' ): array => array(
			'type'    => $type,
			'minimum' => self::RANGES[ $key ][0],
			'maximum' => self::RANGES[ $key ][1],
		);
		$bool   = array( 'type' => 'boolean' );
		$id     = array(
			'type'    => 'integer',
			'minimum' => 0,
		);
		$text   = array(
			'type'      => 'string',
			'maxLength' => self::TEXT_MAX,
		);
		$roles  = array(
			'type'  => 'array',
			'items' => array(
				'type' => 'string',
				'enum' => array_keys( wp_roles()->roles ),
			),
		);
		$limits = array(
			'type'     => 'array',
			'minItems' => 3,
			'maxItems' => 3,
			'items'    => array(
				'type'    => 'integer',
				'minimum' => 0,
				'maximum' => self::BUDGET_MAX,
			),
		);
		return array(
			'enabled'        => $bool,
			'account_id'     => $id,
			'template_id'    => $id,
			'digits'         => $number( 'digits' ),
			'lifetime_s'     => $number( 'lifetime_s' ),
			'attempts'       => $number( 'attempts' ),
			'resend_s'       => $number( 'resend_s' ),
			'countries'      => array(
				'type'     => 'array',
				'maxItems' => self::COUNTRIES_MAX,
				'items'    => array(
					'type' => 'string',
					'enum' => array_keys( Countries::all() ),
				),
			),
			'all_countries'  => $bool,
			'register'       => $bool,
			'excluded_roles' => $roles,
			'remember'       => $bool,
			'on_wp_login'    => $bool,
			'on_woocommerce' => $bool,
			'word'           => $bool,
			'stale_months'   => $number( 'stale_months' ),
			'proxies'        => array(
				'type'     => 'array',
				'maxItems' => self::PROXIES_MAX,
				'items'    => array(
					'type'      => 'string',
					'maxLength' => 43,
				),
			),
			'proxy_header'   => array(
				'type' => 'string',
				'enum' => self::PROXY_HEADERS,
			),
			'budgets'        => array(
				'type'                 => 'object',
				'properties'           => array_fill_keys( array_keys( self::BUDGETS ), $limits ),
				'additionalProperties' => false,
			),
			'guesses_day'    => $number( 'guesses_day' ),
			'cap_day'        => $number( 'cap_day' ),
			'cap_money'      => $number( 'cap_money', 'number' ),
			'alarm_email'    => $text,
			'redirect'       => $text,
			'migrate'        => array(
				'type'                 => 'object',
				'properties'           => array(
					'enabled' => $bool,
					'roles'   => $roles,
					'until'   => array(
						'type'    => 'string',
						'pattern' => '^(\d{4}-\d{2}-\d{2})?$',
					),
					'text'    => $text,
				),
				'additionalProperties' => false,
			),
		);
	}

	/**
	 * Changes some settings.
	 *
	 * @param array<string, mixed> $input Values by name; those left out stay, null brings the default back. In budgets and migrate too, what is left out stays.
	 * @return array|\WP_Error All settings, or every problem.
	 */
	public static function set( array $input ): array|\WP_Error {
		$problems = array();
		$settings = self::all();
		foreach ( array_intersect_key( $input, self::DEFAULTS ) as $key => $value ) {
			if ( null === $value ) {
				$settings[ $key ] = self::DEFAULTS[ $key ];
				continue;
			}
			$schema = self::schema()[ $key ];
			$valid  = rest_validate_value_from_schema( $value, $schema, $key );
			if ( is_wp_error( $valid ) ) {
				$problems[] = Problems::one( $key, $valid->get_error_message() );
				continue;
			}
			$value            = rest_sanitize_value_from_schema( $value, $schema, $key );
			$settings[ $key ] = is_array( $value ) && in_array( $key, array( 'budgets', 'migrate' ), true ) ? $value + $settings[ $key ] : $value;
		}
		$problems = array_merge( $problems, self::problems( $settings ) );
		if ( $problems ) {
			return Problems::error( $problems );
		}
		foreach ( array( 'countries', 'excluded_roles', 'proxies' ) as $key ) {
			$settings[ $key ] = array_values( array_unique( array_map( 'trim', $settings[ $key ] ) ) );
		}
		if ( $settings['enabled'] ) {
			LoginKey::sealed(); // Made now: the first visitor finds it.
		}
		$settings['redirect'] = esc_url_raw( trim( $settings['redirect'] ) );
		update_option( self::OPTION, array_filter( $settings, static fn( $value, string $key ): bool => $value !== self::DEFAULTS[ $key ], ARRAY_FILTER_USE_BOTH ), true );
		return self::all();
	}

	/** What no schema can say. @return list<array{path: string, message: string}> */
	private static function problems( array $settings ): array {
		$problems = array();
		foreach ( $settings['proxies'] as $n => $range ) {
			if ( ! ClientIp::is_range( trim( (string) $range ) ) ) {
				$problems[] = Problems::one( "proxies.$n", __( 'Write an address or a range, as 10.0.0.1 or 10.0.0.0/8.', 'nxt-cloud-chat' ) );
			}
		}
		if ( '' !== $settings['alarm_email'] && ! is_email( $settings['alarm_email'] ) ) {
			$problems[] = Problems::one( 'alarm_email', __( 'This is no e-mail address.', 'nxt-cloud-chat' ) );
		}
		if ( '' !== $settings['redirect'] && '' === wp_validate_redirect( esc_url_raw( $settings['redirect'] ) ) ) {
			$problems[] = Problems::one( 'redirect', __( 'Visitors can only be sent to a page of this site.', 'nxt-cloud-chat' ) );
		}
		$until = $settings['migrate']['until'];
		if ( '' !== $until && ! wp_checkdate( (int) substr( $until, 5, 2 ), (int) substr( $until, 8, 2 ), (int) substr( $until, 0, 4 ), $until ) ) {
			$problems[] = Problems::one( 'migrate.until', __( 'There is no such day.', 'nxt-cloud-chat' ) );
		}
		return $problems;
	}
}
