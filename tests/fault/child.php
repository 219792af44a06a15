<?php
/**
 * A process of its own for fault tests: php child.php drain | front | spool <app secret> <file>… | send <conversation> <ref> | merge <keep> <gone> | erase <id>… | import <id> | login start|verify|sign-on|bind … | flood <first> <count> one|many | work | plugin on|off | compose <claim>
 *
 * @package NxtChat
 */

declare(strict_types=1);

require getenv( 'NXTCHAT_SITE' ) . '/wordpress/wp-load.php';

// A failure is told, not shown as a page.
set_exception_handler(
	static function ( Throwable $e ): void {
		fwrite( STDERR, get_class( $e ) . ': ' . $e->getMessage() . "\n" );
		exit( 1 );
	}
);
// Loaded, and waiting for the moment that the test chooses.
if ( getenv( 'NXTCHAT_CHILD_GO' ) ) {
	if ( getenv( 'NXTCHAT_CHILD_READY' ) ) {
		touch( getenv( 'NXTCHAT_CHILD_READY' ) );
	}
	while ( ! file_exists( getenv( 'NXTCHAT_CHILD_GO' ) ) ) {
		usleep( 1000 );
	}
}
switch ( $argv[1] ) {
	case 'drain':
		echo json_encode( NxtChat\Webhook\Drain::run() );
		break;
	case 'spool': // Every file named: into this node's spool, as webhook.php does.
		foreach ( array_slice( $argv, 3 ) as $file ) {
			$body = file_get_contents( $file );
			NxtChat\Native\webhook_accept( NxtChat\Site::dir(), $body, 'sha256=' . hash_hmac( 'sha256', $body, $argv[2] ) );
		}
		break;
	case 'front': // As the hourly maintenance of each node does.
		NxtChat\Site::prepare();
		NxtChat\Account\Accounts::configure_front();
		break;
	case 'import': // Until it is done, or this process is killed.
		echo json_encode( NxtChat\Import\Imports::step( (int) $argv[2], INF ) );
		break;
	case 'work': // Until it is told to end.
		if ( getenv( 'NXTCHAT_CHILD_RATE' ) ) { // A number that may more than 80.
			add_filter( 'nxtchat_broadcast_rate', static fn() => (float) getenv( 'NXTCHAT_CHILD_RATE' ) );
		}
		$worker = new NxtChat\Webhook\Worker();
		pcntl_async_signals( true );
		pcntl_signal( SIGTERM, static fn() => $worker->stop() );
		echo json_encode( $worker->run( null ) );
		break;
	case 'plugin': // As `wp plugin activate` and `wp plugin deactivate` do.
		require_once ABSPATH . 'wp-admin/includes/plugin.php';
		$done = 'on' === $argv[2] ? activate_plugin( 'nxt-cloud-chat/nxt-cloud-chat.php' ) : deactivate_plugins( 'nxt-cloud-chat/nxt-cloud-chat.php' );
		echo json_encode( null === $done );
		break;
	case 'compose': // A worker that is slow between claiming and writing: two seconds inside its transaction.
		NxtChat\Broadcast\BroadcastStore::transaction(
			static function () use ( $argv ): void {
				$rows = NxtChat\Broadcast\RecipientStore::claimed( (int) $argv[2] );
				touch( getenv( 'NXTCHAT_CHILD_LOCKED' ) );
				sleep( 2 );
				foreach ( $rows as $row ) {
					$broadcast = NxtChat\Broadcast\BroadcastStore::get( (int) $row['broadcast_id'] );
					$ref       = NxtChat\Broadcast\Recipients::ref( $broadcast['uid'], (int) $broadcast['id'], (int) $row['id'], (int) $row['attempt'] );
					NxtChat\Message\BulkMessages::write( (int) $broadcast['account_id'], 1, 0, array( array( 'contact' => (int) $row['contact_id'], 'ref' => $ref, 'text' => 'x', 'payload' => '{}', 'template' => 1 ) ), NxtChat\Native\ulids( 1 )[0] );
				}
			}
		);
		break;
	case 'merge':
		$merge = NxtChat\Contact\Merges::merge( (int) $argv[2], (int) $argv[3], false, 0 );
		echo json_encode( is_wp_error( $merge ) ? $merge->get_error_code() : $merge );
		break;
	case 'erase':
		echo json_encode( NxtChat\Privacy\Erasure::erase( array_map( 'intval', array_slice( $argv, 2 ) ), 'test' ) );
		break;
	case 'login': // start <number> | verify <challenge> <code> | sign-on <pass> | bind <user> <number>, in the browser with the cookie in NXTCHAT_CHILD_COOKIE.
		$_COOKIE['nxtchat_login'] = (string) getenv( 'NXTCHAT_CHILD_COOKIE' );
		$_SERVER['REMOTE_ADDR']   = '127.0.0.1';
		add_filter( 'send_auth_cookies', '__return_false' );
		add_filter( 'pre_wp_mail', '__return_true' );
		$done = match ( $argv[2] ) {
			'start'   => NxtChat\Login\CodeRequest::start( array( 'phone' => $argv[3] ) ),
			'verify'  => NxtChat\Login\Verification::login( $argv[3], $argv[4] ),
			'sign-on' => NxtChat\Login\SignOn::sign_on( $argv[3] ),
			'bind'    => NxtChat\Login\Bindings::bind( (int) $argv[3], $argv[4], 0 ),
		};
		echo json_encode( is_wp_error( $done ) ? array( 'code' => $done->get_error_code() ) : $done );
		NxtChat\AfterAnswer::run();
		break;
	case 'flood': // Codes for <count> numbers, from one address, or each from its own behind a proxy.
		add_filter( 'pre_wp_mail', '__return_true' );
		$told = array();
		$ms   = array();
		for ( $n = (int) $argv[2]; $n < (int) $argv[2] + (int) $argv[3]; $n++ ) {
			$_SERVER['REMOTE_ADDR']          = '127.0.0.1';
			$_SERVER['HTTP_X_FORWARDED_FOR'] = 'one' === $argv[4] ? '203.0.113.7' : long2ip( ip2long( '11.0.0.9' ) + 256 * $n );
			$_COOKIE['nxtchat_login']        = hash( 'sha256', (string) $n );
			$begun                           = microtime( true );
			$done                            = NxtChat\Login\CodeRequest::start( array( 'phone' => sprintf( '+4915112%06d', $n ) ) );
			$what                            = is_wp_error( $done ) ? $done->get_error_code() : 'ok';
			$told[ $what ]                   = ( $told[ $what ] ?? 0 ) + 1;
			$ms[ $what ]                     = ( $ms[ $what ] ?? 0 ) + 1000 * ( microtime( true ) - $begun );
			NxtChat\AfterAnswer::run();
		}
		echo json_encode( array( 'told' => $told, 'ms' => $ms ) );
		break;
	case 'send':
		$sent = NxtChat\Message\SendMessage::send(
			array(
				'conversation_id' => (int) $argv[2],
				'ref'             => $argv[3],
				'message'         => array(
					'type' => 'text',
					'text' => array( 'body' => 'once' ),
				),
				'origin'          => NxtChat\Native\ORIGIN_API,
			)
		);
		echo json_encode( is_wp_error( $sent ) ? $sent->get_error_code() : array( $sent['created'], $sent['message']['id'] ) );
		break;
}
