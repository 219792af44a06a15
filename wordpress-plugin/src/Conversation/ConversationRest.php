<?php
/**
 * REST of conversations.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Conversation;

use NxtChat\Capabilities;
use NxtChat\Live\Live;
use NxtChat\Rest;

/** GET conversations, conversations/{id}; POST conversations/{id}/read. */
final class ConversationRest extends Rest {

	public static function register(): void {
		self::route(
			'/conversations',
			'GET',
			array( self::class, 'list' ),
			Capabilities::VIEW,
			array(
				'search'  => array(
					'type'      => 'string',
					'default'   => '',
					'maxLength' => 100,
				),
				'unread'  => array(
					'type'    => 'boolean',
					'default' => false,
				),
				'account' => array(
					'type'    => 'integer',
					'default' => 0,
					'minimum' => 0,
				),
				'cursor'  => array(
					'type'    => 'string',
					'default' => '',
				),
				'limit'   => self::limit_arg(),
			)
		);
		self::route( '/conversations/(?P<id>\d+)', 'GET', static fn( \WP_REST_Request $r ) => Conversations::get( (int) $r['id'] ) ?? Conversations::missing(), Capabilities::VIEW );
		self::route(
			'/conversations/(?P<id>\d+)/read',
			'POST',
			static fn( \WP_REST_Request $r ) => Conversations::mark_read( (int) $r['id'], (int) $r['up_to'], (bool) $r['typing'] ),
			Capabilities::REPLY,
			array(
				'up_to'  => array(
					'type'     => 'integer',
					'required' => true,
					'minimum'  => 0,
				),
				'typing' => array(
					'type'    => 'boolean',
					'default' => false,
				),
			)
		);
	}

	/** @return array|\WP_Error */
	public static function list( \WP_REST_Request $request ) {
		$page = Conversations::page(
			array(
				'search'  => (string) $request['search'],
				'unread'  => (bool) $request['unread'],
				'account' => (int) $request['account'],
			),
			(string) $request['cursor'],
			(int) $request['limit']
		);
		return is_wp_error( $page ) ? $page : $page + array(
			'unread_total' => Conversations::unread_count(),
			'live'         => Live::value(),
		);
	}
}
