<?php
/**
 * REST of broadcasts.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Broadcast;

use NxtChat\Capabilities;
use NxtChat\Contact\ContactJson;
use NxtChat\Rest;

/** broadcasts, broadcasts/{id}, its preflight, numbers, test, actions, report, recipients, export. */
final class BroadcastRest extends Rest {

	/** Longest JSON of a definition, in bytes: 10,000 contacts. */
	private const JSON_MAX = 262144;

	public static function register(): void {
		$id      = '/broadcasts/(?P<id>\d+)';
		$see     = Capabilities::VIEW;
		$may     = Capabilities::BROADCAST;
		$loose   = array(
			'type'              => array( 'object', 'array', 'string', 'number', 'null' ), // Its problems are told by Definition, with path and remedy.
			'validate_callback' => static fn( $value ): bool => strlen( (string) wp_json_encode( $value ) ) <= self::JSON_MAX,
			'sanitize_callback' => static fn( $value ) => $value,
		);
		$args    = array(
			'name'       => array( 'type' => 'string' ), // As long as it may be: Broadcasts tells.
			'definition' => $loose,
			'updated_ms' => array( 'type' => 'integer' ),
		);
		$own     = static fn( \WP_REST_Request $r ): array => array_intersect_key( (array) $r->get_params(), $args );
		$made    = static fn( array|\WP_Error $one ) => is_wp_error( $one ) ? $one : new \WP_REST_Response( $one, 201 );
		$page    = array(
			'cursor' => array(
				'type'      => 'string',
				'default'   => '',
				'maxLength' => 200,
			),
			'limit'  => self::limit_arg(),
		);
		$schema  = array( self::class, 'schema' );
		$list    = static fn( string $text ): array => '' === trim( $text ) ? array() : array_map( 'trim', explode( ',', $text ) );
		$word    = array(
			'type'      => 'string',
			'default'   => '',
			'maxLength' => 200,
		);
		$whole   = array(
			'type'    => 'integer',
			'default' => 0,
		);
		$filters = array(
			'state'   => $word,
			'reason'  => $word,
			'country' => $word,
			'error'   => $whole,
			'variant' => $whole,
		);
		$act     = static fn( callable $do ): callable => static fn( \WP_REST_Request $r ) => $do( (int) $r['id'], $r );

		self::route( '/broadcasts', 'GET', static fn( \WP_REST_Request $r ) => Broadcasts::page( $list( $r['state'] ), $r['cursor'], (int) $r['limit'] ), $see, array( 'state' => $word ) + $page, $schema );
		self::route( '/broadcasts', 'POST', static fn( \WP_REST_Request $r ) => $made( Broadcasts::create( $own( $r ) ) ), $may, $args, $schema );
		self::route( '/broadcasts/compare', 'GET', static fn( \WP_REST_Request $r ) => Report::compare( $list( $r['ids'] ) ), $see, array( 'ids' => $word ), array( self::class, 'comparison_schema' ) );
		self::route( '/broadcasts/names', 'GET', static fn() => Broadcasts::choices(), $see, array(), static fn() => self::list_of( 'nxtchat_broadcast_names', array( 'id' => array( 'type' => 'integer' ), 'name' => array( 'type' => 'string' ) ) ) ); // phpcs:ignore WordPress.Arrays -- One thought.
		self::route( $id, 'GET', $act( static fn( int $one ) => Broadcasts::get( $one ) ), $see, array(), $schema );
		self::route( $id, 'POST, PUT, PATCH', $act( static fn( int $one, \WP_REST_Request $r ) => Broadcasts::update( $one, $own( $r ) ) ), $may, $args, $schema );
		self::route( $id, 'DELETE', $act( static fn( int $one ) => Broadcasts::delete( $one ) ), $may, array(), $schema );
		self::route( "$id/duplicate", 'POST', $act( static fn( int $one ) => $made( Broadcasts::duplicate( $one ) ) ), $may, array(), $schema );
		self::route(
			"$id/numbers",
			'POST',
			$act( static fn( int $one, \WP_REST_Request $r ) => People::numbers( $one, (string) $r['numbers'], (bool) $r['append'], (string) $r['name'], current_user_can( Capabilities::CONTACTS ) ) ), // Without that right: only who is a contact already.
			$may,
			array(
				'numbers' => array(
					'type'     => 'string',
					'required' => true,
				),
				'append'  => array(
					'type'    => 'boolean',
					'default' => false,
				),
				'name'    => $word,
			),
			$schema
		);
		self::route( "$id/preflight", 'POST', $act( static fn( int $one, \WP_REST_Request $r ) => Preflight::step( $one, Preflight::STEP_S, (bool) $r['again'] ) ), $may, array( 'again' => array( 'type' => 'boolean', 'default' => false ) ), array( self::class, 'preflight_schema' ) ); // phpcs:ignore WordPress.Arrays -- One thought.
		self::route( "$id/preflight/(?P<reason>[a-z_]+)", 'GET', $act( static fn( int $one, \WP_REST_Request $r ) => Preflight::people( $one, $r['reason'], $r['cursor'], (int) $r['limit'] ) ), $see, $page, static fn() => self::list_of( 'nxtchat_broadcast_people', ContactJson::schema()['properties'] ) );
		self::route(
			"$id/test",
			'POST',
			$act( static fn( int $one, \WP_REST_Request $r ) => BroadcastControl::test( $one, array_filter( array( 'contact' => (int) $r['contact'], 'phone' => (string) $r['phone'], 'ref' => (string) $r['ref'] ) ), (int) $r['variant'] ) ), // phpcs:ignore WordPress.Arrays -- One thought.
			$may,
			array(
				'contact' => $whole,
				'phone'   => $word,
				'ref'     => $word,
				'variant' => array(
					'type'    => 'integer',
					'default' => 1,
				),
			),
			static fn() => self::object_of( 'nxtchat_broadcast_test', array( 'created' => array( 'type' => 'boolean' ), 'message' => array( 'type' => 'object' ) ) ) // phpcs:ignore WordPress.Arrays -- One thought.
		);
		self::route( "$id/start", 'POST', $act( static fn( int $one, \WP_REST_Request $r ) => BroadcastControl::start( $one, (int) $r['people'], $r['updated_ms'] ) ), $may, array( 'people' => array( 'type' => 'integer', 'required' => true ), 'updated_ms' => array( 'type' => 'integer' ) ), $schema ); // phpcs:ignore WordPress.Arrays -- One thought.
		self::route( "$id/pause", 'POST', $act( static fn( int $one ) => BroadcastControl::pause( $one ) ), $may, array(), $schema );
		self::route( "$id/resume", 'POST', $act( static fn( int $one ) => BroadcastControl::resume( $one ) ), $may, array(), $schema );
		self::route( "$id/cancel", 'POST', $act( static fn( int $one ) => BroadcastControl::cancel( $one ) ), $may, array(), $schema );
		self::route( "$id/rate", 'POST', $act( static fn( int $one, \WP_REST_Request $r ) => BroadcastControl::rate( $one, (int) $r['rate'] ) ), $may, array( 'rate' => array( 'type' => 'integer', 'required' => true ) ), $schema ); // phpcs:ignore WordPress.Arrays -- One thought.
		self::route(
			"$id/retry",
			'POST',
			$act( static fn( int $one, \WP_REST_Request $r ) => BroadcastControl::retry( $one, (string) $r['which'], (int) $r['after'] ) ),
			$may,
			array(
				'which' => array(
					'type'    => 'string',
					'default' => 'failed',
				),
				'after' => array(
					'type'    => 'integer',
					'minimum' => 0,
					'default' => 0,
				),
			),
			static fn() => self::object_of( 'nxtchat_broadcast_retry', array( 'again' => array( 'type' => 'integer' ), 'next' => array( 'type' => array( 'integer', 'null' ) ), 'broadcast' => array( 'type' => 'object' ) ) ) // phpcs:ignore WordPress.Arrays -- One thought.
		);
		self::route( "$id/report", 'GET', $act( static fn( int $one ) => Report::get( $one ) ), $see, array(), array( self::class, 'report_schema' ) );
		self::route( "$id/recipients", 'GET', $act( static fn( int $one, \WP_REST_Request $r ) => Report::recipients( $one, array_intersect_key( $r->get_params(), $filters ), $r['cursor'], (int) $r['limit'] ) ), $see, $filters + $page, static fn() => self::list_of( 'nxtchat_recipients', self::recipient_properties() ) );
		self::route( "$id/export", 'GET', $act( static fn( int $one, \WP_REST_Request $r ) => is_wp_error( Broadcasts::get( $one ) ) ? Broadcasts::missing() : array( 'broadcast_export' => $one, 'filter' => array_intersect_key( $r->get_params(), $filters ) ) ), Capabilities::CONTACTS, $filters, static fn(): array => array( '$schema' => 'http://json-schema.org/draft-04/schema#', 'title' => 'nxtchat_broadcast_file', 'type' => 'string', 'description' => 'A file, text/csv in UTF-8.' ) ); // phpcs:ignore WordPress.Arrays -- One thought.
	}

	/**
	 * Filter rest_pre_serve_request: sends an export as the CSV that it is.
	 *
	 * @param mixed $served   Whether somebody sent an answer already.
	 * @param mixed $response The answer.
	 */
	public static function serve( $served, $response ): bool {
		$data = $response instanceof \WP_HTTP_Response ? $response->get_data() : null;
		if ( ! $served && is_array( $data ) && isset( $data['broadcast_export'] ) ) {
			BroadcastDownload::send( (int) $data['broadcast_export'], $data['filter'] );
			return true;
		}
		return (bool) $served;
	}

	/** JSON schema of a broadcast. */
	public static function schema(): array {
		$whole = array( 'type' => 'integer' );
		$text  = array( 'type' => 'string' );
		$ms    = array(
			'type'        => 'integer',
			'description' => 'UTC milliseconds since 1970, 0 = never.',
		);
		$thing = array( 'type' => array( 'object', 'null' ) );
		return self::object_of(
			'nxtchat_broadcast',
			array_fill_keys( array( 'id', 'account_id', 'state', 'rate', 'total', 'winner' ), $whole )
			+ array_fill_keys( array( 'uid', 'name', 'state_name', 'label' ), $text )
			+ array_fill_keys( array( 'scheduled_ms', 'next_ms', 'frozen_ms', 'started_ms', 'finished_ms', 'created_ms', 'updated_ms' ), $ms )
			+ array(
				'reason'     => $thing,
				'hold'       => $thing,
				'user'       => $thing,
				'numbers'    => $thing,
				'preflight'  => $thing,
				'can'        => array(
					'type'                 => 'object',
					'additionalProperties' => array( 'type' => 'boolean' ),
				),
				'counts'     => array(
					'type'        => 'object',
					'description' => 'Recipients by state: waiting, sending, unknown, sent, delivered, read, failed, skipped add up to all.',
				),
				'definition' => array(
					'type'        => 'object',
					'description' => 'See docs/API.md.',
				),
				'template'   => array( 'type' => 'object' ),
				'contacts'   => array(
					'type'  => 'array',
					'items' => array( 'type' => 'object' ),
				),
				'problems'   => array(
					'type'  => 'array',
					'items' => array(
						'type'       => 'object',
						'properties' => array_fill_keys( array( 'path', 'message', 'remedy' ), $text ),
					),
				),
			)
		);
	}

	/** JSON schema of a preflight. */
	public static function preflight_schema(): array {
		return self::object_of(
			'nxtchat_broadcast_preflight',
			array(
				'done'    => array( 'type' => 'boolean' ),
				'reasons' => array( 'type' => array( 'object', 'array' ) ),
				'limit'   => array( 'type' => 'object' ),
				'cost'    => array( 'type' => 'object' ),
				'rate'    => array( 'type' => 'number' ),
			) + array_fill_keys( array( 'at_ms', 'total', 'reachable', 'duplicate', 'invalid', 'seconds', 'over' ), array( 'type' => 'integer' ) ) + array(
				'category'  => array( 'type' => 'string' ),
				'languages' => array(
					'type'  => 'array',
					'items' => array( 'type' => 'string' ),
				),
			)
		);
	}

	/** JSON schema of a report. */
	public static function report_schema(): array {
		return self::object_of( 'nxtchat_broadcast_report', array_fill_keys( array( 'progress', 'funnel', 'cost', 'proof' ), array( 'type' => 'object' ) ) + array_fill_keys( array( 'skipped', 'errors', 'countries', 'hours', 'minutes' ), array( 'type' => 'array' ) ) + array( 'ab' => array( 'type' => array( 'object', 'null' ) ) ) + array_fill_keys( array( 'id', 'updated_ms', 'made_ms' ), array( 'type' => 'integer' ) ) + array_fill_keys( array( 'name', 'state_name' ), array( 'type' => 'string' ) ) );
	}

	/** JSON schema of a comparison. */
	public static function comparison_schema(): array {
		$item = array_diff_key( self::schema()['properties'], array_flip( array( 'counts', 'can', 'definition', 'template', 'problems', 'numbers', 'preflight' ) ) )
			+ array_fill_keys( array( 'progress', 'funnel', 'cost' ), array( 'type' => 'object' ) )
			+ array(
				'templates' => array(
					'type'        => 'array',
					'description' => 'One, or the two of an A/B test.',
				),
			);
		return self::object_of(
			'nxtchat_broadcast_comparison',
			array(
				'items'   => array(
					'type'  => 'array',
					'items' => array(
						'type'       => 'object',
						'properties' => $item,
					),
				),
				'missing' => array(
					'type'  => 'array',
					'items' => array( 'type' => 'integer' ),
				),
			)
		);
	}

	private static function recipient_properties(): array {
		return array_fill_keys( array( 'id', 'state', 'variant', 'attempt', 'message_id', 'conversation_id', 'due_ms', 'sent_ms', 'delivered_ms', 'read_ms', 'failed_ms', 'error_code' ), array( 'type' => 'integer' ) )
			+ array_fill_keys( array( 'state_name', 'reason', 'reason_text', 'error', 'remedy', 'country', 'pricing_category', 'pricing_type', 'ref', 'wamid', 'template', 'template_language' ), array( 'type' => 'string' ) )
			+ array( 'contact' => array( 'type' => 'object' ) );
	}

	private static function list_of( string $title, array $properties ): array {
		return self::object_of(
			$title,
			array(
				'items' => array(
					'type'  => 'array',
					'items' => array(
						'type'       => 'object',
						'properties' => $properties,
					),
				),
				'next'  => array( 'type' => array( 'string', 'null' ) ),
			)
		);
	}

	private static function object_of( string $title, array $properties ): array {
		return array( '$schema' => 'http://json-schema.org/draft-04/schema#' ) + compact( 'title', 'properties' ) + array( 'type' => 'object' );
	}
}
