<?php
/**
 * Where a request comes from.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Login;

/** The visitor's address, its network, and what proxies may say of it. A header is believed only of a proxy that the owner named. */
final class ClientIp {

	/** Addresses in one header that are looked at, from the right. */
	private const HOPS_MAX = 20;

	/** Bits of an address that one customer of a provider has, by bytes of the address: /24 and /48. */
	private const NETWORK_BITS = array(
		4  => 24,
		16 => 48,
	);

	/** The visitor's address, '' when there is none (WP-CLI). */
	public static function get(): string {
		$peer     = self::normal( sanitize_text_field( wp_unslash( $_SERVER['REMOTE_ADDR'] ?? '' ) ) );
		$settings = LoginSettings::all();
		$ip       = $peer;
		if ( $settings['proxies'] && '' !== $peer && self::is_in( $peer, $settings['proxies'] ) ) {
			$header = 'HTTP_' . strtoupper( str_replace( '-', '_', $settings['proxy_header'] ) );
			$ip     = self::behind( $peer, sanitize_text_field( wp_unslash( $_SERVER[ $header ] ?? '' ) ), $settings['proxies'] );
		}
		/**
		 * The address of the visitor, for limits and as evidence of consent.
		 *
		 * @param string $ip As the trusted proxies tell, else REMOTE_ADDR.
		 */
		return self::normal( (string) apply_filters( 'nxtchat_client_ip', $ip ) );
	}

	/**
	 * The last address in the list that is no trusted proxy: what stands left of it, anybody can have written.
	 *
	 * @param list<string> $proxies
	 */
	public static function behind( string $peer, string $header, array $proxies ): string {
		$ip = $peer;
		foreach ( array_slice( array_reverse( explode( ',', $header ) ), 0, self::HOPS_MAX ) as $hop ) {
			$hop = self::normal( trim( $hop ) );
			if ( '' === $hop ) {
				break;
			}
			$ip = $hop;
			if ( ! self::is_in( $hop, $proxies ) ) {
				break;
			}
		}
		return $ip;
	}

	/** The network that an address is in, as 203.0.113.0/24 or 2001:db8:1::/48; '' for none. */
	public static function network( string $ip ): string {
		$bytes = '' === $ip ? false : inet_pton( $ip );
		if ( false === $bytes ) {
			return '';
		}
		$bits = self::NETWORK_BITS[ strlen( $bytes ) ];
		return inet_ntop( str_pad( substr( $bytes, 0, intdiv( $bits, 8 ) ), strlen( $bytes ), "\0" ) ) . "/$bits";
	}

	/** What counts as one visitor: who has one IPv6 address has the other 2^64 of its subnet. */
	public static function visitor( string $ip ): string {
		$bytes = '' === $ip ? false : inet_pton( $ip );
		return false !== $bytes && 16 === strlen( $bytes ) ? inet_ntop( str_pad( substr( $bytes, 0, 8 ), 16, "\0" ) ) . '/64' : $ip;
	}

	/** An address or a range of them. */
	public static function is_range( string $range ): bool {
		return null !== self::range( $range );
	}

	/** @param list<string> $ranges */
	private static function is_in( string $ip, array $ranges ): bool {
		$bytes = (string) inet_pton( $ip );
		foreach ( $ranges as $range ) {
			[ $base, $bits ] = self::range( trim( $range ) ) ?? array( '', 0 );
			if ( strlen( $base ) !== strlen( $bytes ) ) {
				continue;
			}
			$whole = intdiv( $bits, 8 );
			$mask  = ( 0xff00 >> $bits % 8 ) & 0xff;
			if ( substr( $base, 0, $whole ) === substr( $bytes, 0, $whole )
				&& ( 0 === $mask || ( ord( $base[ $whole ] ) & $mask ) === ( ord( $bytes[ $whole ] ) & $mask ) ) ) {
				return true;
			}
		}
		return false;
	}

	/** @return array{0: string, 1: int}|null Bytes and leading bits. */
	private static function range( string $range ): ?array {
		if ( 1 !== preg_match( '#^([0-9a-fA-F.:]+)(?:/(\d{1,3}))?$#D', $range, $part ) || false === filter_var( $part[1], FILTER_VALIDATE_IP ) ) {
			return null;
		}
		$bytes = (string) inet_pton( $part[1] );
		$bits  = isset( $part[2] ) ? (int) $part[2] : strlen( $bytes ) * 8;
		return $bits <= strlen( $bytes ) * 8 ? array( $bytes, $bits ) : null;
	}

	/** One spelling; an IPv4 address in IPv6 clothes is an IPv4 address. '' for what is none. */
	private static function normal( string $ip ): string {
		// As proxies write them: with a port, in brackets.
		if ( preg_match( '/^\[(.+)\](?::\d+)?$/D', $ip, $part ) || preg_match( '/^(\d+\.\d+\.\d+\.\d+):\d+$/D', $ip, $part ) ) {
			$ip = $part[1];
		}
		if ( false === filter_var( $ip, FILTER_VALIDATE_IP ) ) {
			return '';
		}
		$bytes = (string) inet_pton( $ip );
		$bytes = 16 === strlen( $bytes ) && str_starts_with( $bytes, "\0\0\0\0\0\0\0\0\0\0\xff\xff" ) ? substr( $bytes, 12 ) : $bytes;
		return (string) inet_ntop( $bytes );
	}
}
