<?php
/**
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Tests\Security;

use NxtChat\Account\Accounts;
use NxtChat\Native;
use NxtChat\Site;
use NxtChat\Tests\TestCase;
use NxtChat\Webhook\Drain;

/** Whatever a customer controls becomes text: the only HTML that REST hands out holds the few elements that WhatsApp's markup has. */
final class MarkupTest extends TestCase {

	/** Elements of markup_html() with their attributes. */
	private const ALLOWED = array( 'strong' => array(), 'b' => array(), 'em' => array(), 'i' => array(), 's' => array(), 'del' => array(), 'code' => array(), 'pre' => array(), 'blockquote' => array(), 'ul' => array(), 'ol' => array( 'start' ), 'li' => array( 'value' ), 'br' => array(), 'p' => array(), 'span' => array( 'class' ), 'a' => array( 'href', 'rel', 'target' ) );

	/** @return list<string> */
	public static function corpus(): array {
		return array(
			'<script>alert(1)</script>',
			'"><img src=x onerror=alert(1)>',
			"' onmouseover='alert(1)",
			'<svg/onload=alert(1)>',
			'javascript:alert(1)',
			'[x](javascript:alert(1))',
			'https://example.test/"onmouseover="alert(1)',
			"https://example.test/'><script>alert(1)</script>",
			'https://example.test/<img src=x onerror=alert(1)>',
			'HTTPS://EXAMPLE.test/`x`*y*_z_',
			'https://*bold*.example.test/_a_',
			'*https://example.test/" onclick=alert(1)*',
			'data:text/html,<script>alert(1)</script>',
			'vbscript:msgbox(1)',
			"java\tscript:alert(1)",
			'```</code></pre><script>alert(1)</script>```',
			'`</code><script>alert(1)</script>`',
			"> </blockquote><script>alert(1)</script>\n> x",
			"- <img src=x onerror=alert(1)>\n- *<b onclick=x>*",
			'*_~<i onclick=alert(1)>~_*',
			'&lt;script&gt;alert(1)&lt;/script&gt;',
			'&#60;script&#62;alert(1)',
			"\u{202e}<script>\u{2028}alert(1)</script>",
			'</script><script>alert(1)//',
			'<!--<script>alert(1)//-->',
			']]><script>alert(1)</script>',
			'{{constructor.constructor("alert(1)")()}}',
			'https://user:pass@example.test/?a=<b>&c="d"',
			"https://example.test/\u{0}javascript:alert(1)",
			'mailto:a@b.test?subject="><script>alert(1)</script>',
			'wa.me/1"><script>alert(1)</script>',
			str_repeat( '*_~`>', 200 ) . '<script>alert(1)</script>',
		);
	}

	public function test_markup_of_every_text_holds_only_what_is_allowed(): void {
		foreach ( self::corpus() as $evil ) {
			foreach ( array( $evil, "*$evil*", "_{$evil}_", "> $evil", "- $evil", "a $evil b", "```$evil```", "1. $evil\n2. $evil" ) as $text ) {
				self::assert_harmless( Native\markup_html( $text ), $text );
			}
		}
		mt_srand( 7 ); // The same texts each time.
		$parts  = array( '*', '_', '~', '`', '```', '> ', "\n", '- ', '1. ', '<b onclick=x>', '"', "'", '&', '<', '>', 'https://x.test/', 'javascript:', ' ', 'a', '</a>', "\0", "\u{1F600}" );
		for ( $i = 0; $i < 3000; $i++ ) {
			$text = '';
			for ( $n = mt_rand( 1, 14 ); $n > 0; $n-- ) {
				$text .= $parts[ mt_rand( 0, count( $parts ) - 1 ) ];
			}
			self::assert_harmless( Native\markup_html( $text ), $text );
		}
	}

	/** Each of the fields that a customer fills, through webhook, drain and REST. */
	public function test_what_comes_in_by_webhook(): void {
		Accounts::create( array( 'app_id' => '1234567890', 'app_secret' => self::APP_SECRET, 'token' => 'EAAtestTOKEN0123456789abcdefghijk', 'waba_id' => '102290129340398', 'phone_number_id' => '106540352242922' ) );
		$messages = array();
		foreach ( self::corpus() as $n => $evil ) {
			foreach ( array(
				array( 'type' => 'text', 'text' => array( 'body' => $evil ) ),
				array( 'type' => 'image', 'image' => array( 'id' => '1', 'mime_type' => $evil, 'caption' => $evil, 'sha256' => 'x' ) ),
				array( 'type' => 'document', 'document' => array( 'id' => '1', 'mime_type' => 'application/pdf', 'filename' => $evil, 'caption' => $evil ) ),
				array( 'type' => 'location', 'location' => array( 'latitude' => 1, 'longitude' => 2, 'name' => $evil, 'address' => $evil, 'url' => 'javascript:alert(1)' ) ),
				array( 'type' => 'contacts', 'contacts' => array( array( 'name' => array( 'formatted_name' => $evil ), 'phones' => array( array( 'phone' => $evil ) ), 'urls' => array( array( 'url' => 'javascript:alert(1)' ) ) ) ) ),
				array( 'type' => 'button', 'button' => array( 'text' => $evil, 'payload' => $evil ) ),
				array( 'type' => 'interactive', 'interactive' => array( 'type' => 'list_reply', 'list_reply' => array( 'id' => 'x', 'title' => $evil, 'description' => $evil ) ) ),
				array( 'type' => 'interactive', 'interactive' => array( 'type' => 'nfm_reply', 'nfm_reply' => array( 'name' => 'flow', 'body' => $evil, 'response_json' => '{"a":"' . addslashes( $evil ) . '"}' ) ) ),
				array( 'type' => 'order', 'order' => array( 'catalog_id' => $evil, 'text' => $evil, 'product_items' => array() ) ),
				array( 'type' => 'reaction', 'reaction' => array( 'message_id' => 'wamid.0-0', 'emoji' => $evil ) ),
				array( 'type' => 'unsupported', 'errors' => array( array( 'code' => 131051, 'title' => $evil, 'message' => $evil ) ) ),
				array( 'type' => $evil, 'x' => $evil ),
			) as $k => $message ) {
				$messages[] = $message + array( 'from' => '491701234567', 'id' => "wamid.$n-$k", 'timestamp' => (string) time() );
			}
		}
		foreach ( array_chunk( $messages, 100 ) as $chunk ) {
			$body = self::webhook_body( array( 'contacts' => array( array( 'profile' => array( 'name' => '<img src=x onerror=alert(1)>', 'username' => '<svg onload=alert(1)>' ), 'wa_id' => '491701234567' ) ), 'messages' => $chunk ) );
			Native\webhook_accept( Site::dir(), $body, self::sign( $body ) );
		}
		Drain::run();
		$this->sign_in();
		$seen   = 0;
		$cursor = '';
		do {
			$page   = $this->rest( 'GET', 'messages', array( 'limit' => 200, 'cursor' => $cursor ) )->get_data();
			$cursor = (string) $page['next'];
			foreach ( $page['items'] as $item ) {
				++$seen;
				self::assert_harmless( $item['html'], (string) $item['text'] );
			}
		} while ( '' !== $cursor );
		self::assertGreaterThan( 250, $seen );
		// What WordPress prints on the page itself: the list of accounts, users' names, nothing of a customer.
		foreach ( array( 'nxtchat-inbox', 'nxtchat-history' ) as $page ) {
			ob_start();
			$_GET['page'] = $page;
			\NxtChat\Screen::enqueue();
			ob_end_clean();
			$data = (string) wp_json_encode( wp_scripts()->get_data( $page, 'before' ) );
			self::assertStringNotContainsString( '</script', $data );
			self::assertStringNotContainsString( 'alert(1)', $data );
		}
		unset( $_GET['page'] );
	}

	private static function assert_harmless( string $html, string $text ): void {
		$document = new \DOMDocument();
		self::assertTrue( @$document->loadHTML( '<?xml encoding="UTF-8"><html><body>' . str_replace( "\0", '', $html ) . '</body></html>' ), $text );
		foreach ( $document->getElementsByTagName( 'body' )->item( 0 )->getElementsByTagName( '*' ) as $element ) {
			self::assertArrayHasKey( $element->nodeName, self::ALLOWED, "$text → $html" );
			foreach ( $element->attributes as $name => $attribute ) {
				self::assertContains( $name, self::ALLOWED[ $element->nodeName ], "$text → $html" );
				if ( 'href' === $name ) {
					self::assertMatchesRegularExpression( '#^https?://#i', $attribute->value, "$text → $html" );
				}
			}
			if ( 'a' === $element->nodeName ) {
				self::assertStringContainsString( 'noopener', $element->getAttribute( 'rel' ), "$text → $html" );
			}
		}
	}
}
