<?php
/**
 * One batch of events becomes rows.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Webhook;

use NxtChat\Account\Accounts;
use NxtChat\Broadcast\Recipients;
use NxtChat\Consent\Heard;
use NxtChat\Contact\Contacts;
use NxtChat\Contact\IdentityChanges;
use NxtChat\Conversation\Conversations;
use NxtChat\Log;
use NxtChat\Login\WordLogin;
use NxtChat\Message\Messages;
use NxtChat\Message\Statuses;
use NxtChat\Native;
use NxtChat\Site;
use NxtChat\Template\TemplateEvents;

/**
 * What Drain takes from the spool at once. The number of statements does not depend on how many events are in it.
 *
 * Everything counts once, however often it is told: messages are unique by wamid and only rows that carry this batch's
 * token are counted; statuses only move forward.
 */
final class Batch {

	/** Kinds that change nothing but the list of events. */
	private const NOTED_ONLY = array( 'error', 'call', 'group', 'flow', 'contact_sync', 'automatic' );

	/** Types that do not open the 24 hours although the customer's phone sent them. */
	private const NO_WINDOW = array( Native\TYPE_SYSTEM, Native\TYPE_EDIT, Native\TYPE_REVOKE );

	private array $messages       = array();
	private array $statuses       = array();
	private array $account_events = array();
	private array $templates      = array();
	private array $heard          = array();
	private array $rows           = array();

	/** People of messages and of changed identities. */
	private array $persons = array();

	/** People of statuses: they may tie a BSUID to a number that we know. */
	private array $ties = array();

	/** What people said about consent. */
	private Heard $consent;

	/** Words with which visitors log in; null where that is switched off. */
	private ?WordLogin $words;

	/** Counters for the drain's report. */
	public int $events = 0;

	/** Webhooks that were stored but not understood in full, and what is said of the first. */
	private int $odd         = 0;
	private string $odd_note = '';

	private int $now;

	/** Ids of inbound messages that are new, their conversations by wamid, and state changes: for the hooks, after the commit. */
	private array $received = array();
	private array $new      = array();
	private array $changes  = array();

	/**
	 * @param list<array{id: string, uid: string, received_ms: int, body: string, events: list<array>}> $items From spool_take().
	 * @param array<string, int> $accounts Account id by phone number id.
	 * @param string             $token    ULID: the same when the same batch is tried again.
	 */
	public function __construct( array $items, private array $accounts, private string $token ) {
		$this->now     = Site::now_ms();
		$this->consent = new Heard();
		$login         = wp_load_alloptions()['nxtchat_login'] ?? ''; // Read already: costs nothing, loads nothing.
		$this->words   = '' !== $login && WordLogin::is_on() ? new WordLogin() : null;
		foreach ( $items as $item ) {
			$this->read( $item );
		}
	}

	/**
	 * Writes everything. To be called inside a transaction; may be called again after a rollback.
	 */
	public function apply(): void {
		$this->received = array();
		$this->new      = array();
		$this->changes  = array();
		EventStore::add( $this->rows );
		// Nearly every status names somebody who is known under each of their names.
		$persons  = $this->ties ? array( ...$this->persons, ...Contacts::news( $this->ties ) ) : $this->persons;
		$contacts = $persons ? IdentityChanges::resolve( $persons, 'whatsapp' ) : array();
		if ( $this->messages ) {
			$this->write_messages( $contacts );
		}
		if ( $this->statuses ) {
			$this->changes = Statuses::apply( $this->statuses, $this->accounts, $this->now );
			Recipients::apply_statuses( $this->statuses, $this->now );
		}
		if ( $this->heard || $this->account_events ) {
			Accounts::apply_events( $this->account_events, $this->heard );
		}
		$this->consent->write( $contacts, $this->new );
		$this->words?->apply( $this->new );
		if ( $this->templates ) {
			TemplateEvents::apply( $this->templates );
		}
	}

	/** Developers' hooks, once everything is committed. */
	public function tell(): void {
		if ( $this->odd > 0 ) {
			Log::warning( sprintf( 'Stored but not understood in full: %d of this batch\'s webhooks. The first: %s (wp nxtchat event list)', $this->odd, $this->odd_note ) );
		}
		if ( $this->consent->has_news() ) {
			$this->consent->tell();
		}
		$this->words?->tell();
		Statuses::tell( $this->changes );
		if ( $this->received && false !== has_action( 'nxtchat_message_received' ) ) {
			foreach ( Messages::some( $this->received ) as $message ) {
				/**
				 * A customer's message arrived; its row is committed.
				 *
				 * @param array $message Message JSON, see docs/API.md.
				 */
				do_action( 'nxtchat_message_received', $message );
			}
		}
	}

	/** What was in it. @return array{events: int, messages: int, statuses: int} */
	public function counts(): array {
		return array(
			'events'   => $this->events,
			'messages' => count( $this->messages ),
			'statuses' => count( $this->statuses ),
		);
	}

	/** The row of an event that could not be applied: kept with its body, so that it can be replayed. */
	public static function failed_row( array $item, string $reason, int $now ): array {
		$kinds = self::kinds( $item['events'] );
		return array( $item['uid'], 0, (string) ( array_key_first( $kinds ) ?? '' ), self::json( $kinds ), count( $item['events'] ), $item['received_ms'], $now, Events::FAILED, mb_substr( $reason, 0, 1000 ), self::text( $item['body'] ) );
	}

	/** Sorts one item's events. */
	private function read( array $item ): void {
		$account = 0;
		$state   = Events::APPLIED;
		$notes   = array();
		foreach ( $item['events'] as $event ) {
			++$this->events;
			$of = $this->accounts[ $event['phone_number_id'] ] ?? 0;
			if ( $of > 0 ) {
				$account            = 0 === $account ? $of : $account;
				$this->heard[ $of ] = max( $this->heard[ $of ] ?? 0, $item['received_ms'] );
			}
			switch ( $event['kind'] ) {
				case 'message':
					if ( 0 === $of ) {
						$state           = Events::PARTLY;
						$notes['number'] = sprintf( 'No account has the phone number id %s.', $event['phone_number_id'] );
						break;
					}
					if ( ! $this->read_message( $event, $of ) ) {
						$state           = Events::PARTLY;
						$notes['person'] = 'A message without a sender and without an id that could be kept.';
					}
					if ( '' !== ( $event['group_id'] ?? '' ) ) {
						$notes['group'] = 'From a WhatsApp group.';
					}
					break;
				case 'status':
					if ( '' === $event['wamid'] || $event['state'] <= 0 ) {
						$state           = Events::PARTLY;
						$notes['status'] = sprintf( 'A status that is not known: %s.', mb_substr( (string) $event['status'], 0, 40 ) );
						break;
					}
					$this->statuses[] = $event;
					$identities       = Contacts::identities( $event['person'] ?? array() );
					if ( Heard::is_refusal( $event ) ) {
						$this->consent->failure( $event, $identities ? count( $this->persons ) : null );
						if ( $identities ) {
							$this->persons[] = $this->person( $identities, $event, false, $of > 0 );
						}
					} elseif ( count( $identities ) > 1 ) {
						$this->ties[] = $this->person( $identities, $event, false, false );
					}
					break;
				case 'identity_change':
					$this->read_change( $event, $of > 0 );
					break;
				case 'preference':
					$identities = Contacts::identities( $event['person'] );
					if ( $identities ) {
						$this->consent->preference( $event, count( $this->persons ) );
						$this->persons[] = $this->person( $identities, $event, false, $of > 0 ); // A stop is kept, whoever it is.
					}
					break;
				case 'account':
					$this->account_events[] = $event;
					break;
				case 'template':
					$this->templates[] = $event;
					break;
				case 'unknown':
					$state            = Events::PARTLY;
					$notes['unknown'] = mb_substr( (string) ( $event['reason'] ?? '' ), 0, 200 );
					break;
				default:
					if ( ! in_array( $event['kind'], self::NOTED_ONLY, true ) ) {
						$state            = Events::PARTLY;
						$notes['unknown'] = 'A kind of event that this version does not know.';
					}
			}
		}
		$kinds        = self::kinds( $item['events'] );
		$note         = $notes ? mb_substr( implode( ' ', $notes ), 0, 1000 ) : '';
		if ( Events::PARTLY === $state ) {
			$this->odd_note = 0 === $this->odd++ ? $note : $this->odd_note;
		}
		$this->rows[] = array( $item['uid'], $account, (string) ( array_key_first( $kinds ) ?? '' ), self::json( $kinds ), count( $item['events'] ), $item['received_ms'], $this->now, $state, $note, self::text( $item['body'] ) );
	}

	/** Keeps a message and its person. False when it names nobody or has no id. */
	private function read_message( array $event, int $account ): bool {
		$identities = Contacts::identities( $event['person'] );
		if ( ! $identities || '' === $event['wamid'] ) {
			return false;
		}
		$wrote            = Native\DIRECTION_IN === $event['direction'] && Native\ORIGIN_CUSTOMER === $event['origin'];
		$event['account'] = $account;
		$event['person_'] = count( $this->persons );
		$event['window']  = $wrote && '' === ( $event['group_id'] ?? '' ) && ! in_array( $event['type'], self::NO_WINDOW, true );
		if ( $wrote && '' === ( $event['group_id'] ?? '' ) ) {
			$this->consent->message( $event, $event['person_'] );
			$this->words?->message( $event );
		}
		$this->persons[]  = $this->person( $identities, $event, $wrote, true );
		$this->messages[] = $event;
		return true;
	}

	/** A change of number or id. The system message that tells it comes before it, and its person is this one. */
	private function read_change( array $event, bool $create ): void {
		$message = end( $this->messages );
		$last    = count( $this->persons ) - 1;
		$tells   = $message && Native\TYPE_SYSTEM === $message['type'] && $message['person_'] === $last && $message['at_ms'] === $event['at_ms'];
		if ( $tells ) {
			array_pop( $this->persons );
		}
		$this->persons[] = $this->person( Contacts::identities( $event['person'] ), $event, false, $create ) + array(
			'change' => array(
				'wamid'        => $tells ? $message['wamid'] : '',
				'phone'        => $event['new_phone'],
				'bsuid'        => $event['new_bsuid'],
				'parent_bsuid' => $event['new_parent_bsuid'],
			),
		);
	}

	private function person( array $identities, array $event, bool $wrote, bool $create ): array {
		return array(
			'identities' => $identities,
			'name'       => (string) ( $event['person']['name'] ?? '' ),
			'country'    => substr( (string) ( $event['person']['country'] ?? '' ), 0, 2 ),
			'at_ms'      => $event['at_ms'],
			'wrote'      => $wrote,
			'create'     => $create,
		);
	}

	/** Conversations, messages, and what moves with them. */
	private function write_messages( array $contacts ): void {
		$pairs = array();
		foreach ( $this->messages as $m ) {
			$pairs[] = array( $m['account'], $contacts[ $m['person_'] ] );
		}
		$conversations = Conversations::open( $pairs );
		$rows          = array();
		$outgoing      = array();
		foreach ( $this->messages as $n => $m ) {
			if ( Native\DIRECTION_OUT === $m['direction'] ) {
				$outgoing[] = $m['wamid'];
			}
			$rows[] = array(
				'account_id'      => $m['account'],
				'conversation_id' => $conversations[ implode( ':', $pairs[ $n ] ) ],
				'contact_id'      => $pairs[ $n ][1],
				'direction'       => $m['direction'],
				'type'            => $m['type'],
				'state'           => $m['state'],
				'origin'          => $m['origin'],
				'origin_user_id'  => 0,
				'ref'             => null,
				'wamid'           => $m['wamid'],
				'body'            => $m['text'],
				'payload'         => $m['payload'],
				'reply_to'        => (string) ( '' !== $m['target'] ? $m['target'] : $m['reply_to'] ),
				'batch'           => $this->token,
				'at_ms'           => $m['at_ms'] > 0 ? $m['at_ms'] : $this->now,
				'created_ms'      => $this->now,
				'updated_ms'      => $this->now,
				'window'          => $m['window'],
			);
		}
		$ids   = Messages::receive( $rows, $this->token );
		$moved = array();
		foreach ( $rows as $row ) {
			$id = $ids[ $row['wamid'] ] ?? 0;
			if ( 0 === $id || isset( $moved[ $id ] ) ) {
				continue;
			}
			$moved[ $id ] = array( 'id' => $id ) + $row;
			if ( Native\DIRECTION_IN === $row['direction'] && Native\ORIGIN_CUSTOMER === $row['origin'] ) {
				$this->received[]            = $id;
				$this->new[ $row['wamid'] ] = $row['conversation_id'];
			}
		}
		if ( $moved ) {
			Conversations::advance( array_values( $moved ) );
			if ( $outgoing ) {
				Statuses::apply_to_new( $outgoing, $this->now );
			}
		}
	}

	/** @return array<string, int> How many of each kind, the first kind first. */
	private static function kinds( array $events ): array {
		$kinds = array();
		foreach ( $events as $event ) {
			$kinds[ $event['kind'] ] = ( $kinds[ $event['kind'] ] ?? 0 ) + 1;
		}
		return $kinds;
	}

	/** Nearly every webhook tells one event. @param array<string, int> $kinds */
	private static function json( array $kinds ): string {
		static $one = array();
		if ( array( 1 ) !== array_values( $kinds ) ) {
			return (string) wp_json_encode( $kinds );
		}
		return $one[ array_key_first( $kinds ) ] ??= (string) wp_json_encode( $kinds );
	}

	/** A body as text: what is not UTF-8 in it is replaced. */
	private static function text( string $body ): string {
		return mb_check_encoding( $body, 'UTF-8' ) ? $body : mb_scrub( $body, 'UTF-8' );
	}
}
