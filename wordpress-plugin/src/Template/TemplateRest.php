<?php
/**
 * REST of templates.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Template;

use NxtChat\Capabilities;
use NxtChat\Native;
use NxtChat\Rest;

/** templates, templates/{id} and what is done with one; templates/check, preview, starters, sources, samples, sync. */
final class TemplateRest extends Rest {

	/** Longest JSON of a template, in bytes: ten cards with everything are about 20 KB. */
	public const JSON_MAX = 262144;

	/** Seconds that templates/sync may take; what is left follows in the background. */
	private const SYNC_S = 10.0;

	public static function register(): void {
		$text = array(
			'type'    => 'string',
			'default' => '',
		);
		$int  = array(
			'type'    => 'integer',
			'default' => 0,
			'minimum' => 0,
		);
		$yes  = array(
			'type'    => 'boolean',
			'default' => false,
		);
		// What is wrong in them is told by the rules, each with its place, not by WordPress.
		$object = array(
			'type'              => 'object',
			'validate_callback' => static fn( $value ) => is_array( $value ) && strlen( (string) wp_json_encode( $value ) ) <= self::JSON_MAX,
			'sanitize_callback' => static fn( $value ) => $value,
		);
		$one    = '/templates/(?P<id>\d+)';
		$view   = Capabilities::VIEW;
		$manage = Capabilities::MANAGE;
		$parts  = array(
			'template'   => $object,
			'bindings'   => $object,
			'submit'     => $yes,
			'updated_ms' => $int,
		);

		self::route( '/templates', 'GET', array( self::class, 'list' ), $view, array_fill_keys( array( 'status', 'category', 'language', 'quality', 'search', 'name', 'cursor' ), $text ) + array( 'account' => $int, 'sort' => array( 'type' => 'string', 'default' => 'name', 'enum' => array( 'name', 'last_used', 'updated' ) ), 'limit' => self::limit_arg() ) ); // phpcs:ignore WordPress.Arrays -- One thought.
		self::route( '/templates', 'POST', static fn( \WP_REST_Request $r ) => self::made( TemplateEdit::save( self::own( $r, array( 'account', 'template', 'bindings', 'submit' ) ) ) ), $manage, array( 'account' => $int, 'template' => array( 'required' => true ) + $object ) + $parts );
		self::route( '/templates/check', 'POST', static fn( \WP_REST_Request $r ) => Preview::check( (array) $r['template'] ), $view, array( 'template' => array( 'required' => true ) + $object ) );
		self::route( '/templates/preview', 'POST', static fn( \WP_REST_Request $r ) => Preview::show( self::own( $r, array( 'template', 'id', 'bindings', 'values', 'contact', 'phone', 'account', 'order' ) ) ), $view, array( 'template' => $object, 'id' => $int, 'bindings' => $object, 'values' => $object, 'contact' => $int, 'phone' => $text, 'account' => $int, 'order' => $int ) ); // phpcs:ignore WordPress.Arrays -- One thought.
		self::route( '/templates/starters', 'GET', static fn() => array( 'items' => Starters::all() ), $view );
		self::route( '/templates/sources', 'GET', static fn() => array( 'items' => BindingSources::all() ), $view );
		self::route( '/templates/samples', 'POST', static fn( \WP_REST_Request $r ) => self::made( Samples::upload( (int) $r['account'], (string) $r['name'], (string) $r->get_body(), (string) $r['format'] ) ), $manage, array( 'account' => $int, 'name' => array( 'maxLength' => 255 ) + $text, 'format' => array( 'enum' => array( '', ...Samples::FORMATS ) ) + $text ) );
		self::route( '/templates/sync', 'POST', static fn( \WP_REST_Request $r ) => TemplateSync::run( (int) $r['account'], self::SYNC_S ), $manage, array( 'account' => array( 'required' => true ) + $int ) );
		self::route( $one, 'GET', static fn( \WP_REST_Request $r ) => Templates::detail( (int) $r['id'] ), $view );
		self::route( $one, 'POST, PUT, PATCH', static fn( \WP_REST_Request $r ) => TemplateEdit::save( array( 'id' => (int) $r['id'] ) + self::own( $r, array( 'template', 'bindings', 'submit', 'updated_ms' ) ) ), $manage, $parts );
		self::route( $one, 'DELETE', static fn( \WP_REST_Request $r ) => TemplateEdit::delete( (int) $r['id'], (bool) $r['all_languages'], (bool) $r['force'] ), $manage, array( 'all_languages' => $yes, 'force' => $yes ) ); // phpcs:ignore WordPress.Arrays -- One thought.
		self::route( "$one/submit", 'POST', static fn( \WP_REST_Request $r ) => TemplateEdit::submit( (int) $r['id'] ), $manage );
		self::route( "$one/unpause", 'POST', static fn( \WP_REST_Request $r ) => TemplateEdit::unpause( (int) $r['id'] ), $manage );
		self::route( "$one/duplicate", 'POST', static fn( \WP_REST_Request $r ) => self::made( TemplateEdit::duplicate( (int) $r['id'], self::own( $r, array( 'name', 'language' ) ) ) ), $manage, array( 'name' => $text, 'language' => $text ) ); // phpcs:ignore WordPress.Arrays -- One thought.
		self::route( "$one/send", 'POST', array( self::class, 'send' ), Capabilities::REPLY, array( 'contact' => $int, 'phone' => $text, 'values' => $object, 'test' => $yes, 'ref' => $text, 'account' => $int, 'order' => $int ) ); // phpcs:ignore WordPress.Arrays -- One thought.
	}

	/** GET templates. */
	public static function list( \WP_REST_Request $request ): array|\WP_Error {
		return Templates::list( self::own( $request, array( 'account', 'status', 'category', 'language', 'quality', 'search', 'name' ) ), (string) $request['sort'], (string) $request['cursor'], (int) $request['limit'] );
	}

	/** POST templates/{id}/send. */
	public static function send( \WP_REST_Request $request ): \WP_REST_Response|\WP_Error {
		$sent = TemplateSend::send(
			(int) $request['id'],
			self::own( $request, array( 'contact', 'phone' ) ),
			(array) ( $request['values'] ?? array() ),
			(bool) $request['test'],
			array(
				'ref'        => (string) $request['ref'],
				'account_id' => (int) $request['account'],
				'order_id'   => (int) $request['order'],
				'origin'     => Native\ORIGIN_STAFF,
				'user_id'    => get_current_user_id(),
			)
		);
		return is_wp_error( $sent ) ? $sent : new \WP_REST_Response( $sent['message'], $sent['created'] ? 201 : 200 );
	}

	/** Parameters that were given, of these. @param list<string> $names @return array<string, mixed> */
	private static function own( \WP_REST_Request $request, array $names ): array {
		$own = array();
		foreach ( $names as $name ) {
			if ( isset( $request[ $name ] ) ) {
				$own[ $name ] = $request[ $name ];
			}
		}
		return $own;
	}

	private static function made( array|\WP_Error $made ): \WP_REST_Response|\WP_Error {
		return is_wp_error( $made ) ? $made : new \WP_REST_Response( $made, 201 );
	}
}
