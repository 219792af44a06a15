<?php
/**
 * Where values of templates can come from.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Template;

use NxtChat\Consent\Countries;
use NxtChat\Contact\Contacts;
use NxtChat\Field\Fields;
use NxtChat\Native;
use NxtChat\Segment\Catalogue;

/** What is known about a person, an order and this site, as text for a message. */
final class BindingSources {

	/** A fixed value, in the binding itself. */
	public const TEXT = 'text';

	private const CONTACT = array( 'name', 'first_name', 'phone', 'email', 'country', 'language', 'username' );
	private const USER    = array( 'display_name', 'first_name', 'last_name', 'email' );
	private const SITE    = array( 'name', 'url' );
	private const ORDER   = array( 'number', 'total', 'status', 'date', 'customer' );

	/**
	 * What a binding may name, for screens.
	 *
	 * @return list<array{source: string, label: string, group: string}>
	 */
	public static function all(): array {
		$labels = self::labels();
		$out    = array();
		$groups = array(
			'contact' => __( 'Contact', 'nxt-cloud-chat' ),
			'field'   => __( 'Custom fields', 'nxt-cloud-chat' ),
			'user'    => __( 'WordPress user', 'nxt-cloud-chat' ),
			'order'   => __( 'Order', 'nxt-cloud-chat' ),
			'site'    => __( 'This site', 'nxt-cloud-chat' ),
			'text'    => __( 'Fixed text', 'nxt-cloud-chat' ),
		);
		foreach ( $groups as $group => $title ) {
			foreach ( $labels as $source => $label ) {
				if ( strtok( $source, '.' ) === $group ) {
					$out[] = array(
						'source' => $source,
						'label'  => $label,
						'group'  => $title,
					);
				}
			}
		}
		return $out;
	}

	/** Is there such a source on this site? '' when there is, else why not. */
	public static function problem( string $source ): string {
		if ( isset( self::labels()[ $source ] ) ) {
			return '';
		}
		if ( str_starts_with( $source, 'field.' ) ) {
			/* translators: %s: a custom field's name */
			return sprintf( __( 'There is no custom field “%s” any more.', 'nxt-cloud-chat' ), substr( $source, 6 ) );
		}
		if ( in_array( $source, self::names( 'order', self::ORDER ), true ) ) {
			return __( 'WooCommerce is not active, so there are no orders.', 'nxt-cloud-chat' );
		}
		/* translators: %s: what somebody wrote */
		return sprintf( __( 'Values cannot come from “%s”.', 'nxt-cloud-chat' ), $source );
	}

	/**
	 * What is known of contacts. The number of statements depends on the kinds of sources, not on the number of contacts.
	 *
	 * @param list<string>                          $sources Of all().
	 * @param list<int>                             $contacts 0 for a person who is no contact yet.
	 * @param array{phone?: string, order_id?: int} $context Of one message: its number, its order.
	 * @return array<int, array<string, string>> Text by source, by contact; what is not known is not there, or ''.
	 */
	public static function known( array $sources, array $contacts, array $context = array() ): array {
		$kinds = array();
		foreach ( $sources as $source ) {
			$parts                            = explode( '.', $source, 2 );
			$kinds[ $parts[0] ][ $parts[1] ?? '' ] = true;
		}
		$ids  = array_values( array_unique( array_filter( $contacts ) ) );
		$rows = $ids && array_intersect_key( $kinds, array_flip( array( 'contact', 'user', 'order' ) ) ) ? BindingStore::contacts( $ids ) : array();
		$out  = array_fill_keys( $contacts, array() );
		if ( isset( $kinds['contact'] ) ) {
			self::contacts( $out, $rows, $ids, $kinds['contact'], $context );
		}
		if ( isset( $kinds['field'] ) && $ids ) {
			self::fields( $out, $ids, $kinds['field'] );
		}
		if ( isset( $kinds['user'] ) ) {
			foreach ( BindingStore::users( array_values( array_unique( array_filter( array_map( 'intval', array_column( $rows, 'wp_user_id' ) ) ) ) ) ) as $user => $data ) {
				foreach ( $rows as $id => $row ) {
					if ( (int) $row['wp_user_id'] === $user ) {
						$out[ $id ] += self::prefixed( 'user', $data );
					}
				}
			}
		}
		if ( isset( $kinds['order'] ) && Catalogue::has_woo() ) {
			self::orders( $out, $rows, $context );
		}
		if ( isset( $kinds['site'] ) ) {
			$site = array(
				'site.name' => wp_specialchars_decode( get_bloginfo( 'name' ), ENT_QUOTES ),
				'site.url'  => home_url(),
			);
			foreach ( $out as $id => $values ) {
				$out[ $id ] = $values + $site;
			}
		}
		return $out;
	}

	/** @return array<string, string> Label by source. */
	private static function labels(): array {
		$labels = array(
			'contact.name'       => __( 'Name', 'nxt-cloud-chat' ),
			'contact.first_name' => __( 'First name', 'nxt-cloud-chat' ),
			'contact.phone'      => __( 'Phone number', 'nxt-cloud-chat' ),
			'contact.email'      => __( 'E-mail address', 'nxt-cloud-chat' ),
			'contact.country'    => __( 'Country', 'nxt-cloud-chat' ),
			'contact.language'   => __( 'Language', 'nxt-cloud-chat' ),
			'contact.username'   => __( 'WhatsApp user name', 'nxt-cloud-chat' ),
			'user.display_name'  => __( 'Display name', 'nxt-cloud-chat' ),
			'user.first_name'    => __( 'First name', 'nxt-cloud-chat' ),
			'user.last_name'     => __( 'Last name', 'nxt-cloud-chat' ),
			'user.email'         => __( 'E-mail address', 'nxt-cloud-chat' ),
			'site.name'          => __( 'Site title', 'nxt-cloud-chat' ),
			'site.url'           => __( 'Site address', 'nxt-cloud-chat' ),
			self::TEXT           => __( 'The same for everybody', 'nxt-cloud-chat' ),
		);
		foreach ( Fields::all() as $field ) {
			$labels[ 'field.' . $field['name'] ] = $field['label'];
		}
		if ( Catalogue::has_woo() ) {
			$labels += array(
				'order.number'   => __( 'Order number', 'nxt-cloud-chat' ),
				'order.total'    => __( 'Order total', 'nxt-cloud-chat' ),
				'order.status'   => __( 'Order status', 'nxt-cloud-chat' ),
				'order.date'     => __( 'Order date', 'nxt-cloud-chat' ),
				'order.customer' => __( 'Name in the order', 'nxt-cloud-chat' ),
			);
		}
		return $labels;
	}

	/**
	 * What contacts are.
	 *
	 * @param array<int, array<string, string>> $out  Is added to.
	 * @param array<int, array<string, string>> $rows Of BindingStore::contacts().
	 * @param list<int>                         $ids
	 * @param array<string, true>               $wanted
	 */
	private static function contacts( array &$out, array $rows, array $ids, array $wanted, array $context ): void {
		$best = array();
		if ( isset( $wanted['phone'] ) || isset( $wanted['username'] ) ) {
			foreach ( $ids ? BindingStore::identities( $ids ) : array() as $row ) {
				$best[ (int) $row['contact_id'] ][ (int) $row['kind'] ] ??= (string) $row['value'];
			}
			if ( isset( $out[0] ) && '' !== ( $context['phone'] ?? '' ) ) {
				$best[0][ Contacts::PHONE ] = $context['phone'];
			}
			$display = self::display( array_values( array_filter( array_column( $best, Contacts::PHONE ) ) ) );
		}
		$countries = isset( $wanted['country'] ) ? Countries::all() : array();
		foreach ( array_keys( $out ) as $id ) {
			$row   = $rows[ $id ] ?? array();
			$name  = (string) ( '' !== ( $row['name'] ?? '' ) ? $row['name'] : ( $row['profile_name'] ?? '' ) );
			$phone = $best[ $id ][ Contacts::PHONE ] ?? '';
			$user  = $best[ $id ][ Contacts::USERNAME ] ?? '';
			$code  = (string) ( $row['country'] ?? '' );

			$out[ $id ] += array(
				'contact.name'       => $name,
				'contact.first_name' => (string) strtok( $name, ' ' ),
				'contact.phone'      => $display[ $phone ] ?? $phone,
				'contact.email'      => (string) ( $row['email'] ?? '' ),
				'contact.country'    => $countries[ $code ][1] ?? $code,
				'contact.language'   => (string) ( $row['language'] ?? '' ),
				'contact.username'   => '' === $user ? '' : "@$user",
			);
		}
	}

	/** Custom fields as people write them. @param array<int, array<string, string>> $out Is added to. @param list<int> $ids @param array<string, true> $wanted */
	private static function fields( array &$out, array $ids, array $wanted ): void {
		$fields = array_intersect_key( array_column( Fields::all(), null, 'name' ), $wanted );
		foreach ( Fields::values( $ids ) as $id => $values ) {
			foreach ( array_intersect_key( $values, $fields ) as $name => $text ) {
				$out[ $id ][ "field.$name" ] = match ( $fields[ $name ]['type'] ) {
					Native\FIELD_DATE   => (string) wp_date( (string) get_option( 'date_format' ), (int) strtotime( "$text 12:00:00 UTC" ), new \DateTimeZone( 'UTC' ) ),
					Native\FIELD_NUMBER => is_numeric( $text ) ? number_format_i18n( (float) $text, strlen( (string) strstr( $text, '.' ) ) > 0 ? strlen( (string) strstr( $text, '.' ) ) - 1 : 0 ) : $text,
					Native\FIELD_YES_NO => '1' === $text ? __( 'Yes', 'nxt-cloud-chat' ) : __( 'No', 'nxt-cloud-chat' ),
					default             => $text,
				};
			}
		}
	}

	/** The order that the message is about, else each customer's newest. @param array<int, array<string, string>> $out Is added to. @param array<int, array<string, string>> $rows */
	private static function orders( array &$out, array $rows, array $context ): void {
		$order = empty( $context['order_id'] ) || ! function_exists( 'wc_get_order' ) ? null : wc_get_order( (int) $context['order_id'] );
		if ( is_object( $order ) ) {
			$date = $order->get_date_created();
			$data = array(
				'number'   => (string) $order->get_order_number(),
				'total'    => self::money( (float) $order->get_total(), (string) $order->get_currency() ),
				'status'   => self::order_status( (string) $order->get_status() ),
				'date'     => $date ? (string) wp_date( (string) get_option( 'date_format' ), $date->getTimestamp() ) : '',
				'customer' => trim( $order->get_billing_first_name() . ' ' . $order->get_billing_last_name() ),
			);
			foreach ( $out as $id => $values ) {
				$out[ $id ] = $values + self::prefixed( 'order', $data );
			}
			return;
		}
		if ( ! empty( $context['order_id'] ) ) {
			return; // An order that is not there must not become another one.
		}
		foreach ( BindingStore::orders( $rows ) as $id => $row ) {
			$out[ $id ] += self::prefixed(
				'order',
				array(
					'number'   => (string) $row['order_id'],
					'total'    => self::money( (float) $row['total_sales'], '' ),
					'status'   => self::order_status( (string) preg_replace( '/^wc-/', '', (string) $row['status'] ) ),
					'date'     => (string) wp_date( (string) get_option( 'date_format' ), (int) strtotime( $row['date_created_gmt'] . ' UTC' ) ),
					'customer' => trim( $row['first_name'] . ' ' . $row['last_name'] ),
				)
			);
		}
	}

	private static function money( float $amount, string $currency ): string {
		return function_exists( 'wc_price' ) ? trim( html_entity_decode( wp_strip_all_tags( wc_price( $amount, '' === $currency ? array() : array( 'currency' => $currency ) ) ), ENT_QUOTES, 'UTF-8' ), " \u{a0}" ) : trim( number_format_i18n( $amount, 2 ) . ' ' . $currency );
	}

	private static function order_status( string $status ): string {
		return function_exists( 'wc_get_order_status_name' ) ? (string) wc_get_order_status_name( $status ) : $status;
	}

	/** Numbers as people write them. @param list<string> $phones @return array<string, string> */
	private static function display( array $phones ): array {
		$out = array();
		foreach ( array_chunk( array_values( array_unique( $phones ) ), 10000 ) as $some ) {
			foreach ( Native\phones_parse( $some ) as $n => $phone ) {
				$out[ $some[ $n ] ] = $phone['valid'] ? $phone['international'] : $some[ $n ];
			}
		}
		return $out;
	}

	/** @param array<string, string> $values @return array<string, string> */
	private static function prefixed( string $prefix, array $values ): array {
		$out = array();
		foreach ( $values as $name => $value ) {
			$out[ "$prefix.$name" ] = $value;
		}
		return $out;
	}

	/** @param list<string> $names @return list<string> */
	private static function names( string $prefix, array $names ): array {
		return array_map( static fn( string $name ): string => "$prefix.$name", $names );
	}
}
