<?php
/**
 * What people say about consent on WhatsApp.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Consent;

use NxtChat\Log;
use NxtChat\Message\SendMessage;
use NxtChat\Native;
use NxtChat\Site;

/**
 * Collects one batch's STOPs and STARTs: words, buttons, WhatsApp's own settings (`preference`), and Meta's refusal of a
 * message because the person stopped (131050). A few statements write them, however many they are; none when there is none.
 *
 * Each counts once by its proof and at the time at which it was said, so a replay or another order changes nothing.
 */
final class Heard {

	/** Meta's error: this person stopped marketing messages. */
	public const ERROR_STOPPED = 131050;

	/** One confirmation of each kind for a contact within this time, in ms: two machines that answer each other stop there. */
	private const REPLY_EVERY_MS = HOUR_IN_SECONDS * 1000;
	/** Confirmations that take longer than this are left to the sweep of queued messages, in seconds. */
	private const REPLY_BUDGET_S = 3.0;

	/** Sources that are confirmed. */
	private const CONFIRMED = array( 'word', 'button' );

	/** Texts and buttons to be looked at: wamid, person, text, payload, at_ms, source. */
	private array $texts = array();

	/** Entries whose contact is a person of the batch, or that of a message. */
	private array $said = array();

	/** Are the texts looked at? */
	private bool $read = false;

	/** Conversation by wamid of messages that are new; what changed. For tell(). */
	private array $new     = array();
	private array $changes = array();

	/**
	 * A customer's own message.
	 *
	 * @param array $event  Typed event.
	 * @param int   $person Its person's place in the batch.
	 */
	public function message( array $event, int $person ): void {
		$payload = '';
		if ( Native\TYPE_BUTTON === $event['type'] || Native\TYPE_INTERACTIVE === $event['type'] ) {
			$told    = json_decode( (string) $event['payload'], true );
			$payload = (string) ( $told['button']['payload'] ?? $told['interactive']['button_reply']['id'] ?? '' );
		} elseif ( Native\TYPE_TEXT !== $event['type'] ) {
			return;
		}
		$this->texts[] = array(
			'wamid'   => $event['wamid'],
			'person'  => $person,
			'text'    => (string) $event['text'],
			'payload' => $payload,
			'at_ms'   => $event['at_ms'],
			'source'  => Native\TYPE_TEXT === $event['type'] ? 'word' : 'button',
		);
	}

	/**
	 * WhatsApp's own settings: stop or resume marketing messages. Other words of Meta's change nothing.
	 *
	 * @param array $event  Typed event of kind `preference`.
	 * @param int   $person Its person's place in the batch.
	 */
	public function preference( array $event, int $person ): void {
		$state = array(
			'stop'   => Native\CONSENT_REVOKED,
			'resume' => Native\CONSENT_GRANTED,
		)[ $event['value'] ] ?? null;
		if ( null === $state || 'marketing_messages' !== $event['category'] ) {
			return;
		}
		$who          = $event['person']['bsuid'] ?: $event['person']['phone'] ?: $event['person']['parent_bsuid'] ?: $event['person']['username'];
		$this->said[] = array(
			'person' => $person,
			'state'  => $state,
			'source' => 'preference',
			'detail' => (string) $event['detail'],
			'proof'  => "preference:$who:{$event['value']}:{$event['at_ms']}:" . Native\PURPOSE_MARKETING,
			'at_ms'  => $event['at_ms'],
		);
	}

	/**
	 * A status that tells of a failure.
	 *
	 * @param array    $event  Typed event.
	 * @param int|null $person Its person's place in the batch, null when it names none.
	 */
	public function failure( array $event, ?int $person ): void {
		$this->said[] = array(
			'person' => $person,
			'wamid'  => $event['wamid'],
			'ref'    => $event['ref'],
			'at_ms'  => $event['at_ms'],
		) + self::refusal( '' !== $event['ref'] ? $event['ref'] : $event['wamid'] );
	}

	/** Is this a failure for failure()? */
	public static function is_refusal( array $event ): bool {
		return self::ERROR_STOPPED === (int) ( $event['error']['code'] ?? 0 );
	}

	/**
	 * Meta refused to take a message because the person stopped. Called by the one who sent it; never throws.
	 *
	 * @param array $row Of messages.
	 */
	public static function refused( array $row ): void {
		try {
			Consents::record(
				array(
					array(
						'contact_id' => (int) $row['contact_id'],
						'purpose'    => Native\PURPOSE_MARKETING,
						'by_person'  => 1,
						'at_ms'      => Site::now_ms(),
					) + self::refusal( (string) $row['ref'] ),
				)
			);
		} catch ( \Throwable $e ) {
			Log::error( "Meta refused message {$row['id']} because the person stopped marketing messages, and that could not be written down: " . $e->getMessage() );
		}
	}

	/**
	 * Writes what was said. Inside the batch's transaction, after its messages; may be called again after a rollback.
	 *
	 * @param list<int>          $contacts Contact of each person.
	 * @param array<string, int> $new      Conversation by wamid, of messages that are new.
	 */
	public function write( array $contacts, array $new ): void {
		$this->changes = array();
		$this->new     = $new;
		$this->look();
		if ( ! $this->said ) {
			return;
		}
		$of_messages = array();
		$wamids      = array_values( array_filter( array_column( $this->said, 'wamid' ) ) );
		if ( $wamids ) {
			$of_messages = ConsentStore::contacts_of( $wamids, array_values( array_filter( array_column( $this->said, 'ref' ) ) ) );
		}
		$entries = array();
		foreach ( $this->said as $s ) {
			$contact = 0;
			if ( isset( $s['wamid'] ) ) {
				$contact = $of_messages[ $s['wamid'] ] ?? $of_messages[ '' === $s['ref'] ? $s['wamid'] : $s['ref'] ] ?? 0;
			}
			$contact = $contact > 0 || null === $s['person'] ? $contact : $contacts[ $s['person'] ];
			if ( $contact > 0 ) {
				$entries[] = array(
					'contact_id' => $contact,
					'purpose'    => Native\PURPOSE_MARKETING,
					'by_person'  => 1,
				) + $s;
			}
		}
		$this->changes = $entries ? Consents::write( $entries ) : array();
	}

	/** Tells developers and answers who asked for it by a word or a button, after the commit. */
	public function tell(): void {
		Consents::tell( $this->changes );
		if ( ConsentSettings::all()['reply'] ) {
			$this->reply();
		}
	}

	/** Is there anything to tell? */
	public function has_news(): bool {
		return array() !== $this->said;
	}

	/** Which of the texts are one of the words. */
	private function look(): void {
		if ( $this->read ) {
			return;
		}
		$this->read = true;
		$words      = array();
		$buttons    = array();
		foreach ( $this->texts as $n => $t ) {
			if ( 'word' === $t['source'] ) {
				$words[ $n ] = $t['text'];
			} else {
				$buttons[ "$n" . 't' ] = $t['text'];
				$buttons[ "$n" . 'p' ] = $t['payload'];
			}
		}
		$states = $words ? Words::texts( $words ) : array();
		$labels = $buttons ? Words::buttons( $buttons ) : array();
		foreach ( $this->texts as $n => $t ) {
			// When label and payload disagree, the stricter holds.
			$state = $states[ $n ] ?? max( $labels[ "$n" . 't' ], $labels[ "$n" . 'p' ] );
			if ( Native\CONSENT_NONE === $state ) {
				continue;
			}
			$this->said[] = array(
				'person'  => $t['person'],
				'state'   => $state,
				'source'  => $t['source'],
				'wording' => $t['text'],
				'proof'   => $t['wamid'] . ':' . Native\PURPOSE_MARKETING,
				'at_ms'   => $t['at_ms'],
				'reply'   => $t['wamid'],
			);
		}
		$this->texts = array();
	}

	/** Confirms, at most once for each message. */
	private function reply(): void {
		$asked = array();
		foreach ( $this->said as $s ) {
			if ( isset( $s['reply'], $this->new[ $s['reply'] ] ) ) {
				$asked[ $s['proof'] ] = $s;
			}
		}
		if ( ! $asked ) {
			return;
		}
		// Long proofs are kept as their hash: such a message gets no confirmation.
		$first     = ConsentStore::first_since( array_map( 'strval', array_keys( $asked ) ), self::CONFIRMED, Site::now_ms() - self::REPLY_EVERY_MS );
		$languages = ConsentStore::languages( array_values( $first ) );
		$until     = microtime( true ) + self::REPLY_BUDGET_S;
		foreach ( $first as $proof => $contact ) {
			$s = $asked[ $proof ];
			try {
				$sent = SendMessage::send(
					array(
						'conversation_id' => $this->new[ $s['reply'] ],
						'ref'             => self::ref( $s['reply'], $s['at_ms'] ),
						'message'         => array(
							'type' => 'text',
							'text' => array( 'body' => Words::reply( $s['state'], $s['wording'], $languages[ $contact ] ?? '' ) ),
						),
						'origin'          => Native\ORIGIN_API,
						'later'           => microtime( true ) > $until,
					)
				);
				$why  = is_wp_error( $sent ) ? $sent->get_error_message() : '';
			} catch ( \Throwable $e ) {
				$why = $e->getMessage();
			}
			if ( '' !== $why ) {
				Log::info( "A STOP or START was not confirmed: $why" );
			}
		}
	}

	/** The reference of the answer to a message: always the same, so that it goes out once however often we get here. */
	private static function ref( string $wamid, int $at_ms ): string {
		$digits = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
		$ref    = '';
		for ( $shift = 45; $shift >= 0; $shift -= 5 ) {
			$ref .= $digits[ ( $at_ms >> $shift ) & 31 ];
		}
		foreach ( str_split( substr( hash( 'sha256', "consent:$wamid", true ), 0, 16 ) ) as $byte ) {
			$ref .= $digits[ ord( $byte ) & 31 ];
		}
		return $ref;
	}

	/** @return array{state: int, source: string, detail: string, proof: string} */
	private static function refusal( string $message ): array {
		return array(
			'state'  => Native\CONSENT_REVOKED,
			'source' => 'error',
			'detail' => 'Error ' . self::ERROR_STOPPED . ' from WhatsApp',
			'proof'  => "refused:$message:" . Native\PURPOSE_MARKETING,
		);
	}
}
