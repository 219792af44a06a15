<?php
/**
 * What people type into the account form.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Account;

/** Checks the fields of an account and says in plain words what is wrong with which. */
final class AccountInput {

	/** Hosts at which Meta's Graph API answers. Another is accepted on loopback or with NXTCHAT_GRAPH_BASE_ALLOWED. */
	private const META = 'https://graph.facebook.com';

	/**
	 * Checked fields, or one error with all problems.
	 *
	 * @param array<string, mixed>       $input Keys of Accounts::WRITABLE.
	 * @param array<string, string>|null $row   The account as it is, null for a new one.
	 * @return array<string, string|int>|\WP_Error
	 */
	public static function check( array $input, ?array $row ): array|\WP_Error {
		$clean    = array();
		$problems = array();
		foreach ( Accounts::WRITABLE as $field ) {
			$given = array_key_exists( $field, $input ) && null !== $input[ $field ];
			if ( $given && ! is_scalar( $input[ $field ] ) ) {
				$problems[] = self::problem( $field, __( 'This must be text.', 'nxt-cloud-chat' ) );
				continue;
			}
			$value  = $given ? trim( (string) $input[ $field ] ) : '';
			$secret = in_array( $field, array( 'token', 'app_secret' ), true );
			if ( null !== $row && ( ! $given || ( $secret && '' === $value ) ) ) {
				continue; // A change leaves alone what it does not name.
			}
			$why = self::wrong( $field, $value );
			if ( null !== $why ) {
				$problems[] = self::problem( $field, $why );
				continue;
			}
			$clean[ $field ] = match ( $field ) {
				'state'           => '' === $value ? Accounts::ACTIVE : (int) $value,
				'name'            => sanitize_text_field( $value ),
				'default_country' => strtoupper( $value ),
				'graph_base'      => self::META === untrailingslashit( $value ) ? '' : untrailingslashit( $value ),
				default           => $value,
			};
		}
		$number = (string) ( $clean['phone_number_id'] ?? '' );
		if ( '' !== $number && ( null === $row || $number !== $row['phone_number_id'] ) && 0 !== AccountStore::id_by_phone_number_id( $number ) ) {
			$problems[] = self::problem( 'phone_number_id', self::duplicate() );
		}
		return $problems ? self::error( $problems ) : $clean;
	}

	/** The error after the database refused a row: taken by another request meanwhile, or out of order. */
	public static function duplicate_or_database( string $phone_number_id ): \WP_Error {
		if ( 0 !== AccountStore::id_by_phone_number_id( $phone_number_id ) ) {
			return self::error( array( self::problem( 'phone_number_id', self::duplicate() ) ) );
		}
		return new \WP_Error( 'nxtchat_database', __( 'The database did not store the account. See the error log of this site.', 'nxt-cloud-chat' ), array( 'status' => 500 ) );
	}

	/** What is wrong with a value, null if nothing. */
	private static function wrong( string $field, string $value ): ?string {
		switch ( $field ) {
			case 'app_id':
			case 'waba_id':
			case 'phone_number_id':
				if ( '' === $value ) {
					return __( 'This is needed. Meta shows it in the app\'s dashboard under WhatsApp → API Setup.', 'nxt-cloud-chat' );
				}
				if ( 'phone_number_id' === $field && 1 === preg_match( '/^(\+|00|0)|[\s()-]/', $value ) ) {
					return __( 'This looks like a phone number. Enter the Phone number ID that Meta shows below it: digits only.', 'nxt-cloud-chat' );
				}
				return 1 === preg_match( '/^\d{5,30}$/', $value ) ? null : __( 'This must be the identifier from Meta: 5 to 30 digits and nothing else.', 'nxt-cloud-chat' );
			case 'token':
				if ( '' === $value ) {
					return __( 'This is needed: a permanent access token of a system user, with the permissions whatsapp_business_messaging and whatsapp_business_management.', 'nxt-cloud-chat' );
				}
				return 1 === preg_match( '/^[\x21-\x7E]{16,2048}$/', $value ) ? null : __( 'This does not look like an access token: it must be 16 to 2,048 characters without spaces.', 'nxt-cloud-chat' );
			case 'app_secret':
				if ( '' === $value ) {
					return __( 'This is needed. Meta shows it in the app\'s dashboard under App settings → Basic.', 'nxt-cloud-chat' );
				}
				return 1 === preg_match( '/^[\x21-\x7E]{8,128}$/', $value ) ? null : __( 'This does not look like an app secret: it must be 8 to 128 characters without spaces.', 'nxt-cloud-chat' );
			case 'name':
				return mb_strlen( $value ) <= 100 ? null : __( 'This is too long: 100 characters at most.', 'nxt-cloud-chat' );
			case 'state':
				return in_array( $value, array( '', '1', '2' ), true ) ? null : __( 'This must be 1 (on) or 2 (off).', 'nxt-cloud-chat' );
			case 'default_country':
				return 1 === preg_match( '/^([A-Za-z]{2})?$/', $value ) ? null : __( 'This must be a country\'s two letters, as DE.', 'nxt-cloud-chat' );
			case 'graph_version':
				return 1 === preg_match( '/^(v\d{1,3}\.\d)?$/', $value ) ? null : __( 'This must look like v25.0.', 'nxt-cloud-chat' );
			case 'graph_base':
				return self::base_allowed( untrailingslashit( $value ) ) ? null : __( 'Only Meta\'s own address is accepted here, an address on this machine for trials, or one listed in the constant NXTCHAT_GRAPH_BASE_ALLOWED.', 'nxt-cloud-chat' );
		}
		return null;
	}

	private static function base_allowed( string $base ): bool {
		if ( '' === $base || self::META === $base ) {
			return true;
		}
		if ( defined( 'NXTCHAT_GRAPH_BASE_ALLOWED' ) && in_array( $base, array_map( 'untrailingslashit', (array) NXTCHAT_GRAPH_BASE_ALLOWED ), true ) ) {
			return true;
		}
		if ( 1 !== preg_match( '#^https?://(\[[0-9a-fA-F:]+\]|[A-Za-z0-9.-]+)(:\d{1,5})?$#', $base, $part ) ) {
			return false;
		}
		$host = strtolower( trim( $part[1], '[]' ) );
		return 'localhost' === $host || '::1' === $host
			|| ( false !== filter_var( $host, FILTER_VALIDATE_IP, FILTER_FLAG_IPV4 ) && str_starts_with( $host, '127.' ) );
	}

	private static function duplicate(): string {
		return __( 'Another account of this site has this phone number ID already.', 'nxt-cloud-chat' );
	}

	/**
	 * One problem as REST, WP-CLI and the screen show it.
	 *
	 * @return array{path: string, message: string}
	 */
	private static function problem( string $field, string $message ): array {
		return array(
			'path'    => $field,
			'message' => $message,
		);
	}

	/**
	 * One error for all problems.
	 *
	 * @param list<array{path: string, message: string}> $problems
	 */
	private static function error( array $problems ): \WP_Error {
		return new \WP_Error(
			'nxtchat_invalid',
			__( 'Some fields need another look.', 'nxt-cloud-chat' ),
			array(
				'status'   => 400,
				'problems' => $problems,
			)
		);
	}
}
