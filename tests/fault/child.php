<?php
/**
 * A process of its own for fault tests: php child.php drain | front | spool <app secret> <file>… | send <conversation> <ref> | merge <keep> <gone> | erase <id>… | import <id> | work
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
		$worker = new NxtChat\Webhook\Worker();
		pcntl_async_signals( true );
		pcntl_signal( SIGTERM, static fn() => $worker->stop() );
		echo json_encode( $worker->run( null ) );
		break;
	case 'merge':
		$merge = NxtChat\Contact\Merges::merge( (int) $argv[2], (int) $argv[3], false, 0 );
		echo json_encode( is_wp_error( $merge ) ? $merge->get_error_code() : $merge );
		break;
	case 'erase':
		echo json_encode( NxtChat\Privacy\Erasure::erase( array_map( 'intval', array_slice( $argv, 2 ) ), 'test' ) );
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
