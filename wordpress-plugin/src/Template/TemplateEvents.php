<?php
/**
 * What Meta's webhooks tell of templates.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Template;

use NxtChat\Site;

/**
 * Typed events of the kind `template` become changes of rows, in the transaction of the drain.
 *
 * An event counts once (its proof is unique in the log). Events come in any order and name whole seconds: one that is older than
 * another of its kind for the same template is only noted, and where the order can't be told, Meta is asked after the commit.
 */
final class TemplateEvents {

	/** Meta's words for a status that are another word when the template is read; '' = nothing about the status. */
	private const STATUS = array(
		'REINSTATED' => 'APPROVED',
		'UNARCHIVED' => 'APPROVED',
		'FLAGGED'    => '',
		'LOCKED'     => '',
	);

	/** Statuses with which a template is gone. */
	private const GONE = array( 'DELETED' );

	/** Meta tells whole seconds: an event may have happened so much later than it says, in ms. */
	private const SECOND_MS = 1000;

	/** Kinds of the log by `change` of an event. */
	private const KINDS = array(
		'status'     => TemplateLog::STATUS,
		'quality'    => TemplateLog::QUALITY,
		'category'   => TemplateLog::CATEGORY,
		'components' => TemplateLog::COMPONENTS,
	);

	/** Components by the key of a webhook that has their text. */
	private const TEXTS = array(
		'message_template_title'   => 'HEADER',
		'message_template_element' => 'BODY',
		'message_template_footer'  => 'FOOTER',
	);

	/** Keys of a button by those of a webhook. */
	private const BUTTON = array(
		'message_template_button_text'         => 'text',
		'message_template_button_url'          => 'url',
		'message_template_button_phone_number' => 'phone_number',
	);

	/** Accounts whose templates are to be read after the commit. @var array<string, true> */
	private array $ask = array();

	/** What becomes of rows, by id. @var array<int, array<string, string|int>> */
	private array $changes = array();

	/** @var list<array> */
	private array $entries = array();

	/** The latest that is known, by "id kind". @var array<string, int> */
	private array $latest = array();

	/** @var array<string, true> */
	private array $proofs = array();

	private int $now;

	/**
	 * Applies events. To be called inside a transaction; at most four statements, none without events.
	 *
	 * @param list<array> $events Typed events of the kind `template`.
	 */
	public static function apply( array $events ): void {
		if ( $events ) {
			( new self() )->run( $events );
		}
	}

	/** @param list<array> $events */
	private function run( array $events ): void {
		$this->now = Site::now_ms();
		$column    = static fn( string $key ): array => array_values( array_unique( array_filter( array_column( $events, $key ), static fn( $value ): bool => '' !== $value ) ) );
		$rows      = TemplateStore::meant( $column( 'waba_id' ), $column( 'template_id' ), $column( 'name' ) );
		if ( $rows ) {
			$from = min( array_map( static fn( array $event ): int => $event['at_ms'], $events ) );
			foreach ( TemplateStore::told( array_map( 'intval', array_column( $rows, 'id' ) ), $from ) as $told ) {
				$this->proofs[ (string) $told['proof'] ] = true;
				// What staff did has our clock's time, to the millisecond.
				$this->latest( (int) $told['template_id'], $told['kind'], (int) $told['at_ms'] - ( TemplateLog::STAFF === $told['source'] ? self::SECOND_MS : 0 ) );
			}
		}
		foreach ( $events as $event ) {
			$row = self::row_of( $event, $rows );
			if ( null === $row ) {
				$this->ask[ $event['waba_id'] ] = true;
				continue;
			}
			$this->one( $event, array_merge( $row, array_map( 'strval', $this->changes[ (int) $row['id'] ] ?? array() ) ) );
		}
		if ( $this->changes ) {
			TemplateStore::change( $this->changes );
		}
		TemplateLog::add( $this->entries );
		foreach ( array_keys( $this->ask ) as $waba ) {
			TemplateStore::after_commit( static fn() => TemplateSync::ask( (string) $waba ) );
		}
	}

	/** One event about one row. */
	private function one( array $event, array $row ): void {
		$kind  = self::KINDS[ $event['change'] ] ?? '';
		$proof = hash( 'sha256', implode( "\n", array( $event['waba_id'], $event['change'], $event['at_ms'], $event['payload'] ) ) );
		if ( '' === $kind || isset( $this->proofs[ $proof ] ) ) {
			return;
		}
		$this->proofs[ $proof ] = true;

		$id     = (int) $row['id'];
		$at     = $event['at_ms'] > 0 ? $event['at_ms'] : $this->now;
		$latest = $this->latest[ "$id $kind" ] ?? 0;
		// Read from Meta since: what the event says may be over.
		$is_old = $at < $latest || $at + self::SECOND_MS < $row['synced_ms'];
		if ( $is_old || $at === $latest ) {
			$this->ask[ $event['waba_id'] ] = true;
		}
		[ $change, $before, $after, $reason ] = match ( $kind ) {
			TemplateLog::STATUS   => $this->status( $event, $row ),
			TemplateLog::QUALITY  => array( array( 'quality' => self::word( $event['status'] ) ), '' === $row['quality'] ? $event['previous'] : $row['quality'], $event['status'], '' ),
			TemplateLog::CATEGORY => self::category( $event, $row ),
			default               => $this->components( $event, $row ),
		};
		if ( TemplateLog::COMPONENTS === $kind && array() === $change ) {
			return; // Known already.
		}
		// Known as well, but what is older and comes later must find it in the log.
		$is_known = TemplateLog::COMPONENTS !== $kind && $before === $after && '' === $reason;
		if ( $is_old && ! $is_known ) {
			$before = '';
		} elseif ( ! $is_known ) {
			$this->changes[ $id ] = array_merge( $this->changes[ $id ] ?? array(), $change, array( 'updated_ms' => $this->now ) );
		}
		$this->latest( $id, $kind, $at );
		$this->entries[] = array(
			'template_id' => $id,
			'kind'        => Templates::GONE === $after && ! $is_known ? TemplateLog::DELETED : $kind,
			'before'      => $before,
			'after'       => $after,
			'reason'      => $reason,
			'source'      => TemplateLog::WEBHOOK,
			'proof'       => $proof,
			'at_ms'       => $at,
			'applied'     => ! $is_old && ! $is_known,
		);
	}

	/** @return array{0: array, 1: string, 2: string, 3: string} What changes, before, after, why. */
	private function status( array $event, array $row ): array {
		$word   = self::word( $event['status'] );
		$status = self::STATUS[ $word ] ?? $word;
		$change = array( 'rejected_reason' => mb_substr( $event['reason'], 0, 255 ) );
		if ( '' === $status ) {
			$this->ask[ $event['waba_id'] ] = true;
			$change                         = array();
		} elseif ( in_array( $status, self::GONE, true ) ) {
			$change += array(
				'status'  => $status,
				'gone_ms' => $this->now,
			);
		} else {
			$change += array(
				'status'  => $status,
				'gone_ms' => 0,
			);
		}
		if ( '' === $row['meta_id'] && '' !== $event['template_id'] && $change ) {
			$change['meta_id'] = $event['template_id'];
		}
		if ( '' !== self::word( $event['category'] ) && $change ) {
			$change['category'] = self::word( $event['category'] );
		}
		$after = in_array( $status, self::GONE, true ) ? Templates::GONE : ( '' === $status ? $word : $status );
		return array( $change, $row['gone_ms'] > 0 ? Templates::GONE : $row['status'], $after, self::why( $event ) );
	}

	/** @return array{0: array, 1: string, 2: string, 3: string} */
	private static function category( array $event, array $row ): array {
		$category = self::word( $event['category'] );
		if ( 'done' === $event['status'] ) {
			$before = '' === $row['category'] ? self::word( $event['previous'] ) : $row['category'];
			return array(
				array(
					'category'          => $category,
					'previous_category' => self::word( $event['previous'] ),
					'correct_category'  => '',
				),
				$before === $category ? self::word( $event['previous'] ) : $before,
				$category,
				'',
			);
		}
		// To come ('impending', within a day), or only found ('detected'): what is paid stays until it is done.
		return array( array( 'correct_category' => $category ), $row['category'], $category, $event['status'] );
	}

	/**
	 * The new texts; nothing changes when they are those of an edit that was made here. What a webhook leaves out (examples, cards)
	 * comes when Meta is asked.
	 *
	 * @return array{0: array, 1: string, 2: string, 3: string}
	 */
	private function components( array $event, array $row ): array {
		$this->ask[ $event['waba_id'] ] = true;

		$value      = json_decode( $event['payload'], true );
		$value      = is_array( $value ) ? $value : array();
		$known      = json_decode( $row['components_json'], true );
		$known      = is_array( $known ) ? $known : array();
		$components = $known;
		foreach ( $known as $n => $component ) {
			if ( ! is_array( $component ) ) {
				continue;
			}
			foreach ( self::TEXTS as $key => $type ) {
				if ( $type === ( $component['type'] ?? '' ) && isset( $component['text'] ) && is_string( $value[ $key ] ?? null ) ) {
					$components[ $n ]['text'] = $value[ $key ];
				}
			}
			$buttons = $value['message_template_buttons'] ?? null;
			if ( 'BUTTONS' === ( $component['type'] ?? '' ) && is_array( $component['buttons'] ?? null ) && is_array( $buttons ) && count( $buttons ) === count( $component['buttons'] ) ) {
				foreach ( array_values( $buttons ) as $i => $button ) {
					foreach ( self::BUTTON as $from => $to ) {
						if ( is_array( $button ) && ( $button['message_template_button_type'] ?? '' ) === ( $component['buttons'][ $i ]['type'] ?? null ) && is_string( $button[ $from ] ?? null ) ) {
							$components[ $n ]['buttons'][ $i ][ $to ] = $button[ $from ];
						}
					}
				}
			}
		}
		$json   = (string) wp_json_encode( $components, JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE );
		$change = $components === $known ? array() : array( 'components_json' => $json );
		$after  = is_string( $value['message_template_element'] ?? null ) ? $value['message_template_element'] : '';
		return array( $change, TemplateSync::body( $row['components_json'] ), $after, '' );
	}

	/** Why, as Meta says it: in words where there are some, else its code. */
	private static function why( array $event ): string {
		$value = json_decode( $event['payload'], true );
		$words = array();
		foreach ( is_array( $value ) ? array( $value['rejection_info']['reason'] ?? '', $value['rejection_info']['recommendation'] ?? '' ) : array() as $text ) {
			if ( is_string( $text ) && '' !== trim( $text ) ) {
				$words[] = trim( $text );
			}
		}
		return $words ? implode( ' ', $words ) : $event['reason'];
	}

	/** The row that an event is about, by Meta's id, else by name and language; null when we have none. */
	private static function row_of( array $event, array $rows ): ?array {
		$named = null;
		foreach ( $rows as $row ) {
			if ( $row['waba_id'] !== $event['waba_id'] ) {
				continue;
			}
			if ( '' !== $event['template_id'] && $row['meta_id'] === $event['template_id'] ) {
				return $row;
			}
			if ( $row['name'] === $event['name'] && $row['language'] === $event['language'] && ( '' === $row['meta_id'] || '' === $event['template_id'] ) ) {
				$named = $row;
			}
		}
		return $named;
	}

	/** One of Meta's words in capitals, as wide as its column. */
	private static function word( string $word ): string {
		return mb_substr( strtoupper( $word ), 0, 40 );
	}

	private function latest( int $id, string $kind, int $at ): void {
		$kind                        = in_array( $kind, self::KINDS, true ) ? $kind : TemplateLog::STATUS; // Created, edited, deleted, unpaused: each has a status.
		$this->latest[ "$id $kind" ] = max( $this->latest[ "$id $kind" ] ?? 0, $at );
	}
}
