<?php
/**
 * A template as it will be: what is wrong with it, and how it looks.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Template;

use NxtChat\Native;
use NxtChat\Problems;

/** Check and preview of templates, also of those that nobody saved. Needs no account and changes nothing. */
final class Preview {

	/**
	 * Everything that is wrong with a template that is to be created, and what it needs when it is sent.
	 *
	 * @param array<string, mixed> $template Body of POST /{WABA}/message_templates.
	 * @return array{problems: list<array>, variables: list<array>}
	 */
	public static function check( array $template ): array {
		$template = self::whole( $template );
		return array(
			'problems'  => Native\template_check( $template ),
			'variables' => self::variables( $template ),
		);
	}

	/**
	 * How a customer sees it.
	 *
	 * @param array{template?: array, id?: int, bindings?: array, values?: array, contact?: int, phone?: string, account?: int, order?: int} $input
	 *        phone: of a contact or of nobody yet, account: which number it is written for. Without contact: values, then examples
	 *        stand in for what is not given.
	 * @return array{rendered: ?array, values: array<string, mixed>, missing: list<array{key: string, label: string, reason: string}>}|\WP_Error
	 */
	public static function show( array $input ): array|\WP_Error {
		$template = self::template( $input );
		if ( is_wp_error( $template ) ) {
			return $template;
		}
		$whole   = Templates::whole( $template );
		$contact = (int) ( $input['contact'] ?? 0 );
		$phone   = '';
		if ( 0 === $contact && '' !== trim( (string) ( $input['phone'] ?? '' ) ) ) {
			[ $contact, $phone ] = TemplateSend::by_number( trim( (string) $input['phone'] ), (int) ( $input['account'] ?? 0 ) );
		}
		$found  = Bindings::values(
			$template,
			$contact,
			array(
				'values'   => (array) ( $input['values'] ?? array() ),
				'phone'    => $phone,
				'order_id' => (int) ( $input['order'] ?? 0 ),
			)
		);
		$values = $found['values'];
		if ( 0 === $contact ) {
			$values += self::examples( $whole );
		}
		return array(
			'rendered' => Native\template_render( $whole, $values ),
			'values'   => (object) $values,
			'missing'  => $found['missing'],
		);
	}

	/** What is needed, each with a label for people. @param array<string, mixed> $template @return list<array> */
	public static function variables( array $template ): array {
		return array_map( static fn( array $variable ): array => $variable + array( 'label' => Bindings::label( $variable ) ), Native\template_variables( $template ) );
	}

	/** The examples that a template was written with. @param array<string, mixed> $template @return array<string, mixed> */
	public static function examples( array $template ): array {
		$out = array();
		foreach ( Native\template_variables( $template ) as $variable ) {
			if ( '' !== $variable['example'] && in_array( $variable['kind'], array( 'text', 'url', 'coupon', 'otp' ), true ) ) {
				$out[ $variable['key'] ] = $variable['example'];
			}
		}
		return $out;
	}

	/** Template JSON with what of it is asked for. @return array<string, mixed>|\WP_Error */
	private static function template( array $input ): array|\WP_Error {
		if ( ! empty( $input['id'] ) ) {
			$template = Templates::get( (int) $input['id'] );
			if ( null === $template ) {
				return Templates::missing();
			}
		} elseif ( is_array( $input['template'] ?? null ) ) {
			$template = array(
				'name'             => '',
				'language'         => '',
				'category'         => '',
				'parameter_format' => '',
				'components'       => array(),
				'draft'            => self::whole( $input['template'] ),
				'bindings'         => array(),
				'ttl_s'            => 0,
			);
		} else {
			return Problems::error( array( Problems::one( 'template', __( 'Give a template, or the id of one.', 'nxt-cloud-chat' ) ) ) );
		}
		if ( isset( $input['bindings'] ) ) {
			$template['bindings'] = Bindings::clean( $input['bindings'] )[0];
		}
		return $template;
	}

	/** An empty object arrives as an empty list, which is another thing to the rules. */
	private static function whole( array $template ): array {
		return array() === $template ? array( 'components' => array() ) : $template;
	}
}
