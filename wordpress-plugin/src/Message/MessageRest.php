<?php
/**
 * REST of messages.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Message;

use NxtChat\Capabilities;
use NxtChat\Native;
use NxtChat\Rest;

/** GET and POST conversations/{id}/messages; GET messages, messages/{id}. */
final class MessageRest extends Rest {

	public static function register(): void {
		$text = array(
			'type'    => 'string',
			'default' => '',
		);
		self::route(
			'/conversations/(?P<id>\d+)/messages',
			'GET',
			static fn( \WP_REST_Request $r ) => Messages::thread( (int) $r['id'], (string) $r['before'], (int) $r['limit'] ),
			Capabilities::VIEW,
			array(
				'before' => $text,
				'limit'  => self::limit_arg(),
			)
		);
		self::route(
			'/conversations/(?P<id>\d+)/messages',
			'POST',
			array( self::class, 'send' ),
			Capabilities::REPLY,
			array(
				'ref'      => array(
					'type'     => 'string',
					'required' => true,
				),
				'text'     => array(
					'type'     => 'string',
					'required' => true,
				),
				'reply_to' => array(
					'type'    => array( 'integer', 'null' ),
					'default' => null,
				),
			)
		);
		$filters = array();
		foreach ( array( 'account', 'direction', 'state', 'type', 'from', 'to', 'contact' ) as $filter ) {
			$filters[ $filter ] = array(
				'type'    => 'integer',
				'default' => 0,
				'minimum' => 0,
			);
		}
		self::route(
			'/messages',
			'GET',
			static fn( \WP_REST_Request $r ) => Messages::history( array_intersect_key( $r->get_params(), $filters + array( 'search' => true ) ), (string) $r['cursor'], (int) $r['limit'] ),
			Capabilities::VIEW,
			$filters + array(
				'search' => array( 'maxLength' => 100 ) + $text,
				'cursor' => $text,
				'limit'  => self::limit_arg(),
			)
		);
		self::route(
			'/messages/(?P<id>\d+)',
			'GET',
			static fn( \WP_REST_Request $r ) => Messages::get( (int) $r['id'] ) ?? new \WP_Error( 'nxtchat_no_message', __( 'There is no such message.', 'nxt-cloud-chat' ), array( 'status' => 404 ) ),
			Capabilities::VIEW
		);
	}

	/** @return \WP_REST_Response|\WP_Error */
	public static function send( \WP_REST_Request $request ) {
		$sent = SendMessage::send(
			array(
				'conversation_id' => (int) $request['id'],
				'ref'             => (string) $request['ref'],
				'message'         => array(
					'type' => 'text',
					'text' => array( 'body' => (string) $request['text'] ),
				),
				'reply_to'        => (int) $request['reply_to'],
				'origin'          => Native\ORIGIN_STAFF,
				'user_id'         => get_current_user_id(),
			)
		);
		return is_wp_error( $sent ) ? $sent : new \WP_REST_Response( $sent['message'], $sent['created'] ? 201 : 200 );
	}
}
