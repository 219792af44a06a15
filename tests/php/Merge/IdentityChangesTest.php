<?php
/**
 * Numbers and user ids that change.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Tests\Merge;

use NxtChat\Contact\Contacts;
use NxtChat\Native;
use NxtChat\Tests\Webhook\SpoolCase;
use NxtChat\Webhook\Events;

require_once dirname( __DIR__ ) . '/Webhook/SpoolCase.php';

final class IdentityChangesTest extends SpoolCase {

	private const OLD = '4915111111111';
	private const NEW = '436641234567';

	public function test_the_new_number_comes_and_the_old_one_goes(): void {
		self::take_in( self::text_body( 'wamid.1', self::OLD, 'before', 1760000000 ) );
		self::take_in( self::changed( 'wamid.change', 1760000100 ) );
		$id = (int) $this->row( 'contacts', '1 = 1' )['id'];
		self::assertSame( array( '+' . self::NEW ), array_column( $this->rows( 'contact_identities' ), 'value' ) );
		self::assertSame( array( 'to' => '+' . self::NEW ), Contacts::address( $id ) );
		$entry = $this->row( 'contact_log', 'kind = ' . Native\CONTACT_LOG_NUMBER_CHANGED );
		self::assertSame( array( 'before' => '+' . self::OLD, 'after' => '+' . self::NEW ), json_decode( $entry['data_json'], true ) );
		self::assertSame( '1760000100000', $entry['at_ms'] );
		self::assertSame( 'AT', $this->rows( 'contacts' )[0]['country'] );
		// Meta's own example ties the message to the same person.
		self::assertSame( array( (string) $id, (string) $id ), array_column( $this->rows( 'messages' ), 'contact_id' ) );
	}

	/** @return array<string, array{bool}> */
	public static function batches(): array {
		return array(
			'one batch'     => array( true ),
			'many batches'  => array( false ),
		);
	}

	/** @dataProvider batches */
	public function test_who_gets_the_old_number_is_another_person( bool $together ): void {
		$bodies = array(
			self::text_body( 'wamid.1', self::OLD, 'mine', 1760000000, 'First' ),
			self::changed( 'wamid.change', 1760000100 ),
			self::text_body( 'wamid.2', self::OLD, 'somebody else', 1760000200, 'Second' ),
			self::text_body( 'wamid.3', self::NEW, 'still me', 1760000300, 'First' ),
		);
		foreach ( $together ? array( $bodies ) : array_map( static fn( $body ) => array( $body ), $bodies ) as $some ) {
			self::take_in( ...$some );
		}
		self::assertCount( 2, $this->rows( 'contacts' ) );
		$of = array_column( $this->rows( 'messages' ), 'contact_id', 'wamid' );
		self::assertSame( array( $of['wamid.1'], $of['wamid.1'] ), array( $of['wamid.change'], $of['wamid.3'] ) );
		self::assertNotSame( $of['wamid.1'], $of['wamid.2'] );
		self::assertSame( 'Second', $this->row( 'contacts', "id = {$of['wamid.2']}" )['profile_name'] );

		// Told again, and late, it takes nothing from anybody.
		$before = array( $this->rows( 'contacts' ), $this->rows( 'contact_identities' ), $this->rows( 'messages' ), $this->rows( 'contact_log' ), $this->rows( 'merges' ) );
		foreach ( $this->rows( 'events' ) as $event ) {
			if ( str_contains( $event['body'], 'wamid.change' ) ) {
				Events::replay( (int) $event['id'] );
			}
		}
		self::take_in( self::changed( 'wamid.change', 1760000100 ) );
		self::assertSame( $before, array( $this->rows( 'contacts' ), $this->rows( 'contact_identities' ), $this->rows( 'messages' ), $this->rows( 'contact_log' ), $this->rows( 'merges' ) ) );
	}

	public function test_a_change_that_arrives_after_the_new_owner_wrote_takes_nothing_from_them(): void {
		self::take_in( self::text_body( 'wamid.2', self::OLD, 'the new owner', 1760000200, 'Second' ) );
		self::take_in( self::changed( 'wamid.change', 1760000100 ) );
		$second = (int) $this->row( 'contact_identities', "value = '+" . self::OLD . "'" )['contact_id'];
		self::assertSame( array( 'to' => '+' . self::OLD ), Contacts::address( $second ) );
		self::assertNotSame( $second, (int) $this->row( 'contact_identities', "value = '+" . self::NEW . "'" )['contact_id'] );
	}

	public function test_a_new_number_that_belongs_to_another_contact_makes_them_one(): void {
		self::take_in( self::text_body( 'wamid.1', self::OLD, 'before', 1760000000 ), self::text_body( 'wamid.2', self::NEW, 'after', 1760000200 ) );
		self::assertCount( 2, $this->rows( 'contacts' ) );
		self::take_in( self::changed( 'wamid.change', 1760000100 ) ); // Late.
		self::assertCount( 1, $this->rows( 'contacts' ) );
		self::assertSame( array( '+' . self::NEW ), array_column( $this->rows( 'contact_identities' ), 'value' ) );
		self::assertCount( 3, $this->rows( 'messages', 'contact_id = ' . $this->rows( 'contacts' )[0]['id'] ) );
		self::assertSame( '1', $this->row( 'merges', '1 = 1' )['automatic'] );
	}

	public function test_a_late_status_to_the_former_number_neither_brings_it_back_nor_merges_its_new_owner(): void {
		self::take_in( self::bsuid_body( 'wamid.1', 'DE.me', 1760000000, self::OLD ) );
		self::take_in( self::changed( 'wamid.change', 1760000100 ) );
		$late = self::status_body( 'wamid.sent', 'read', self::OLD, '', 1760000400, array( 'recipient_user_id' => 'DE.me' ) );
		self::take_in( $late, self::bsuid_body( 'wamid.late', 'DE.me', 1760000050, self::OLD ) );
		self::assertCount( 0, $this->rows( 'contact_identities', "value = '+" . self::OLD . "'" ) );
		self::take_in( self::text_body( 'wamid.2', self::OLD, 'somebody else', 1760000200, 'Second' ) );
		self::assertCount( 2, $this->rows( 'contacts' ) );
		self::take_in( $late, self::status_body( 'wamid.sent', 'delivered', self::OLD, '', 1760000050, array( 'recipient_user_id' => 'DE.me' ) ) );
		self::assertCount( 2, $this->rows( 'contacts' ) );
		self::assertSame( array(), $this->rows( 'merges' ) );
	}

	public function test_who_goes_back_to_the_former_number_has_it_again(): void {
		self::take_in( self::bsuid_body( 'wamid.1', 'DE.me', 1760000000, self::OLD ) );
		self::take_in( self::changed( 'wamid.change', 1760000100 ) );
		self::take_in( self::bsuid_body( 'wamid.2', 'DE.me', 1760000500, self::OLD ) );
		self::assertCount( 1, $this->rows( 'contacts' ) );
		self::assertSame( array( 'to' => '+' . self::OLD ), Contacts::address( (int) $this->rows( 'contacts' )[0]['id'] ) );
	}

	public function test_a_new_user_id_is_added_and_the_former_one_stays(): void {
		self::take_in( self::bsuid_body( 'wamid.1', 'DE.first', 1760000000 ) );
		self::take_in(
			self::webhook_body(
				array(
					'messages' => array(
						array(
							'from_user_id' => 'DE.second',
							'id'           => 'wamid.change',
							'timestamp'    => '1760000100',
							'type'         => 'system',
							'system'       => array( 'body' => 'changed', 'user_id' => 'DE.second', 'previous_user_id' => 'DE.first', 'type' => 'user_changed_user_id' ),
						),
					),
				)
			)
		);
		self::take_in( self::bsuid_body( 'wamid.2', 'DE.second', 1760000200 ) );
		self::assertCount( 1, $this->rows( 'contacts' ) );
		self::assertSame( array( 'DE.first', 'DE.second' ), array_column( $this->rows( 'contact_identities' ), 'value' ) );
		self::assertSame( array( 'recipient' => 'DE.second' ), Contacts::address( (int) $this->rows( 'contacts' )[0]['id'] ) );
		self::assertCount( 1, $this->rows( 'contact_log', 'kind = ' . Native\CONTACT_LOG_USER_ID_CHANGED ) );
	}

	public function test_a_person_known_by_user_id_shows_the_number_of_a_known_contact(): void {
		self::take_in( self::text_body( 'wamid.1', self::OLD, 'by number', 1760000000 ), self::bsuid_body( 'wamid.2', 'DE.me', 1760000100 ) );
		self::assertCount( 2, $this->rows( 'contacts' ) );
		self::take_in( self::bsuid_body( 'wamid.3', 'DE.me', 1760000200, self::OLD ) );
		self::assertCount( 1, $this->rows( 'contacts' ) );
		self::assertCount( 2, $this->rows( 'contact_identities' ) );
	}

	public function test_metas_own_example(): void {
		$file = NXTCHAT_TEST_ROOT . '/../shared/cloud-api/webhooks/messages.system.user_changed_number.json';
		if ( ! is_file( $file ) ) {
			self::markTestSkipped( 'Meta\'s examples are not beside the repository.' );
		}
		self::take_in( self::text_body( 'wamid.1', '16505551234', 'before', 1750269000 ), (string) file_get_contents( $file ) );
		self::assertCount( 1, $this->rows( 'contacts' ) );
		self::assertSame( array( '+12195555358' ), array_column( $this->rows( 'contact_identities' ), 'value' ) );
	}

	private static function changed( string $wamid, int $at ): string {
		return self::webhook_body(
			array(
				'messages' => array(
					array(
						'from'      => self::OLD,
						'id'        => $wamid,
						'timestamp' => (string) $at,
						'type'      => 'system',
						'system'    => array( 'body' => 'changed', 'wa_id' => self::NEW, 'type' => 'user_changed_number' ),
					),
				),
			)
		);
	}

	private static function bsuid_body( string $wamid, string $bsuid, int $at, string $phone = '' ): string {
		$contact = array( 'profile' => array( 'name' => 'B' ), 'user_id' => $bsuid );
		$message = array( 'from_user_id' => $bsuid, 'id' => $wamid, 'timestamp' => (string) $at, 'type' => 'text', 'text' => array( 'body' => 'x' ) );
		if ( '' !== $phone ) {
			$contact['wa_id'] = $phone;
			$message['from']  = $phone;
		}
		return self::webhook_body( array( 'contacts' => array( $contact ), 'messages' => array( $message ) ) );
	}
}
