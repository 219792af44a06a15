<?php
/**
 * What tests of the drain share.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Tests\Webhook;

use NxtChat\Account\Accounts;
use NxtChat\Native;
use NxtChat\Site;
use NxtChat\Tests\TestCase;
use NxtChat\Webhook\Drain;

/** One account (the number of Meta's own examples), and ways to put events into the spool and take them in. */
abstract class SpoolCase extends TestCase {

	/** Phone number id of Meta's examples and of TestCase::webhook_body(). */
	protected const NUMBER = '106540352242922';

	protected int $account;

	protected function setUp(): void {
		parent::setUp();
		$this->account = $this->add_account( self::NUMBER );
	}

	protected function add_account( string $phone_number_id, array $more = array() ): int {
		$id = Accounts::create(
			$more + array(
				'name'            => 'Test',
				'app_id'          => '1234567890',
				'app_secret'      => self::APP_SECRET,
				'token'           => 'EAASIMULATOR0TOKEN',
				'waba_id'         => '102290129340398',
				'phone_number_id' => $phone_number_id,
				'default_country' => 'DE',
			)
		);
		self::assertIsInt( $id, is_wp_error( $id ) ? $id->get_error_message() : '' );
		return $id;
	}

	/** As webhook.php does it, without HTTP. */
	protected static function spool( string $body ): void {
		Native\webhook_accept( Site::dir(), $body, self::sign( $body ) );
	}

	/** Takes in everything and expects that nothing was put aside. */
	protected static function drain(): array {
		$counts = Drain::run();
		self::assertFalse( $counts['busy'] || $counts['down'] );
		self::assertSame( 0, $counts['errors'] );
		self::assertSame( 0, Native\spool_stats( Site::dir() )['pending'] );
		return $counts;
	}

	protected static function take_in( string ...$bodies ): array {
		array_map( array( self::class, 'spool' ), $bodies );
		return self::drain();
	}

	/** A row of ours that was sent, as SendMessage leaves it. */
	protected function sent_row( ?string $wamid, string $ref = '', int $state = Native\STATE_SENT ): int {
		global $wpdb;
		$wpdb->insert(
			self::table( 'messages' ),
			array(
				'account_id'      => $this->account,
				'conversation_id' => 1,
				'contact_id'      => 1,
				'direction'       => Native\DIRECTION_OUT,
				'type'            => Native\TYPE_TEXT,
				'state'           => $state,
				'origin'          => Native\ORIGIN_STAFF,
				'ref'             => '' === $ref ? null : $ref,
				'wamid'           => $wamid,
				'body'            => 'x',
				'payload'         => '{}',
				'at_ms'           => 1700000000000,
			)
		);
		self::assertSame( '', $wpdb->last_error );
		return (int) $wpdb->insert_id;
	}

	protected function row( string $table, string $where ): array {
		$rows = $this->rows( $table, $where );
		self::assertCount( 1, $rows, "$table where $where" );
		return $rows[0];
	}
}
