<?php
/**
 * Connects the demo's site to its simulator through the plugin's own REST routes. The first time, pretend customers
 * write and a file of invented people is imported, so that neither the inbox nor the contacts are empty.
 *
 * Usage: NXTCHAT_DEMO_URL=<site> php demo-connect.php <web root> <file with the simulator's ready line>
 *
 * @package NxtChat
 */

declare(strict_types=1);

/** How long the sample messages may take to arrive. */
const ARRIVAL_TIMEOUT_S = 30;

$url = (string) getenv( 'NXTCHAT_DEMO_URL' );
$sim = json_decode( (string) file_get_contents( $argv[2] ), true );

$_SERVER['HTTP_HOST']   = parse_url( $url, PHP_URL_HOST ) . ':' . parse_url( $url, PHP_URL_PORT );
$_SERVER['REQUEST_URI'] = '/';
require $argv[1] . '/wp-load.php';

function say( string $text ): void {
	fwrite( STDERR, "  $text\n" );
}

function fail( string $text ): never {
	fwrite( STDERR, "demo: $text\n" );
	exit( 1 );
}

/** One call of the plugin's REST API. */
function rest( string $method, string $route, array $params = array() ): array {
	$request = new WP_REST_Request( $method, "/nxtchat/v1/$route" );
	if ( 'GET' === $method ) {
		$request->set_query_params( $params );
	} else {
		$request->set_header( 'Content-Type', 'application/json' );
		$request->set_body( (string) wp_json_encode( (object) $params ) );
	}
	$response = rest_do_request( $request );
	$data     = json_decode( (string) wp_json_encode( $response->get_data() ), true );
	if ( $response->is_error() ) {
		fail( "$method $route: " . ( $data['message'] ?? $response->get_status() ) );
	}
	return (array) $data;
}

/** One call of the simulator's control API. */
function sim( string $method, string $path, ?array $body = null ): array {
	global $sim;
	$ch = curl_init( $sim['url'] . $path );
	curl_setopt_array(
		$ch,
		array(
			CURLOPT_CUSTOMREQUEST  => $method,
			CURLOPT_RETURNTRANSFER => true,
			CURLOPT_TIMEOUT        => 20,
			CURLOPT_HTTPHEADER     => array( 'Content-Type: application/json' ),
		) + ( null === $body ? array() : array( CURLOPT_POSTFIELDS => (string) json_encode( $body ) ) )
	);
	$answer = curl_exec( $ch );
	$status = curl_getinfo( $ch, CURLINFO_RESPONSE_CODE );
	if ( $status < 200 || $status > 299 ) {
		fail( "simulator: $method $path: $status " . substr( (string) $answer, 0, 300 ) );
	}
	return (array) json_decode( (string) $answer, true );
}

$admin = get_user_by( 'login', 'admin' );
wp_set_current_user( $admin->ID );

// The site may have moved to another port since it was connected: an owner would confirm that on the Account screen.
if ( get_option( 'home' ) !== $url ) {
	update_option( 'home', $url );
	update_option( 'siteurl', $url );
	rest( 'POST', 'accounts/confirm-home', array( 'as' => 'live' ) );
}

$fields = array(
	'name'            => 'Demo shop',
	'app_id'          => $sim['app_id'],
	'app_secret'      => $sim['app_secret'],
	'token'           => $sim['token'],
	'waba_id'         => $sim['waba_id'],
	'phone_number_id' => $sim['phone_number_ids'][0],
	'graph_base'      => $sim['graph_base'],
);
$accounts = rest( 'GET', 'accounts' )['items'];
$account  = $accounts ? rest( 'PATCH', 'accounts/' . $accounts[0]['id'], $fields ) : rest( 'POST', 'accounts', $fields );
$id       = (int) $account['id'];
// What an owner pastes into the Meta app; the simulator makes the handshake as Meta does.
$webhook = rest( 'GET', "accounts/$id/webhook" );
sim(
	'POST',
	"/v25.0/{$sim['app_id']}/subscriptions",
	array(
		'object'       => 'whatsapp_business_account',
		'callback_url' => $webhook['callback_url'],
		'verify_token' => $webhook['verify_token'],
		'access_token' => $sim['app_id'] . '|' . $sim['app_secret'],
	)
);
rest( 'POST', "accounts/$id/subscribe" );
$test = rest( 'POST', "accounts/$id/test" );
foreach ( $test['checks'] as $check ) {
	if ( 'fail' === $check['status'] ) {
		fail( "connection: {$check['label']}: {$check['detail']} {$check['remedy']}" );
	}
}
say( 'account connected: ' . count( $test['checks'] ) . ' checks passed' );

require __DIR__ . '/demo-contacts.php';
if ( ! rest( 'GET', 'imports' )['items'] && ! rest( 'GET', 'fields' )['items'] ) {
	demo_contacts();
}

if ( ! rest( 'GET', 'templates' )['items'] ) {
	$starters = rest( 'GET', 'templates/starters' )['items'];
	foreach ( $starters as $starter ) {
		rest(
			'POST',
			'templates',
			array(
				'account'  => $id,
				'template' => $starter['template'],
				'bindings' => (object) $starter['bindings'],
				'submit'   => true,
			)
		);
	}
	say( count( $starters ) . ' templates handed in' );
}

// Login by one-time code: on, with a page of its own, a customer who has an account, and room for new ones.
if ( ! get_page_by_path( 'log-in' ) ) {
	update_option( 'users_can_register', 1 );
	rest( 'POST', 'login/template' );
	$end = time() + ARRIVAL_TIMEOUT_S;
	do {
		usleep( 200000 );
		wp_cache_flush(); // The approval is written by the webhook's process.
	} while ( null !== NxtChat\Login\CodeRequest::unready() && time() < $end );
	rest( 'PATCH', 'login/settings', array( 'enabled' => true, 'register' => true, 'word' => true, 'countries' => array( 'DE', 'GB', 'ES', 'IN', 'US' ) ) ); // phpcs:ignore WordPress.Arrays -- Short.
	$customer = wp_insert_user( array( 'user_login' => 'anna', 'user_pass' => wp_generate_password(), 'user_email' => 'anna@example.test', 'display_name' => 'Anna Schmidt', 'role' => 'subscriber' ) ); // phpcs:ignore WordPress.Arrays -- Short.
	NxtChat\Login\Bindings::bind( $customer, '+4915112345601', 0 );
	wp_insert_post( array( 'post_type' => 'page', 'post_status' => 'publish', 'post_name' => 'log-in', 'post_title' => 'Log in', 'post_content' => '<!-- wp:nxtchat/login /-->' ) ); // phpcs:ignore WordPress.Arrays -- Short.
	flush_rewrite_rules( false );
	say( 'login by WhatsApp: switched on, with a page' );
}

if ( rest( 'GET', 'conversations' )['items'] ) {
	exit( 0 );
}

// Sample data the way it would come: customers write, the shop answers, statuses arrive.
$customers = array(
	array( '+4915112345601', 'Anna Schmidt', array( 'Hello! Is the *Monstera* in stock again?', 'I would take two of them.' ), 'Hi Anna, yes: five came in this morning. Shall I put two aside for you?' ),
	array( '+447700900102', 'James Cooper', array( 'Hi, where is my order #1042?' ), 'Hello James, it left us yesterday; the parcel should reach you on Thursday.' ),
	array( '+34600123103', 'Lucía Fernández', array( "¡Hola! ¿Abrís el sábado?\n_Gracias_ 🌿" ), '' ),
	array( '+919876543104', 'Priya Nair', array( 'Can you deliver to Kochi?', 'And how long does it take?' ), '' ),
	array( '+12025550105', 'Sam Lee', array( 'Great service, thanks a lot! 👍' ), 'Thank you, Sam!' ),
);
$wanted = 0;
foreach ( $customers as list( $phone, $name, $texts ) ) {
	foreach ( $texts as $text ) {
		sim( 'POST', '/sim/inbound', array( 'from' => $phone, 'name' => $name, 'text' => $text ) );
		++$wanted;
		usleep( 30000 ); // So that the order in the list is the order told here.
	}
}
$end = time() + ARRIVAL_TIMEOUT_S;
do {
	usleep( 200000 );
	$items = rest( 'GET', 'messages', array( 'direction' => 1, 'limit' => 50 ) )['items'];
} while ( count( $items ) < $wanted && time() < $end );
if ( count( $items ) < $wanted ) {
	fail( sprintf( '%d of %d sample messages arrived', count( $items ), $wanted ) );
}
$answers = 0;
foreach ( $customers as list( $phone, $name, , $answer ) ) {
	if ( '' === $answer ) {
		continue;
	}
	$found = rest( 'GET', 'conversations', array( 'search' => $phone ) )['items'];
	if ( ! $found ) {
		fail( "the conversation of $name was not found" );
	}
	$conversation = $found[0];
	rest( 'POST', "conversations/{$conversation['id']}/read", array( 'up_to' => (int) $conversation['last']['id'] ) );
	rest( 'POST', "conversations/{$conversation['id']}/messages", array( 'ref' => NxtChat\Native\ulids( 1 )[0], 'text' => $answer ) );
	++$answers;
}
say( sprintf( 'sample data: %d customers wrote %d messages, %d were answered', count( $customers ), $wanted, $answers ) );
