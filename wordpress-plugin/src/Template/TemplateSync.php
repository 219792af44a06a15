<?php
/**
 * Templates as Meta has them.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Template;

use NxtChat\Account\Accounts;
use NxtChat\Log;
use NxtChat\Native;
use NxtChat\Native\Exception\Exception as NativeException;
use NxtChat\Native\Exception\GraphError;
use NxtChat\Problems;
use NxtChat\Site;
use NxtChat\StoreError;

/**
 * Reads an account's templates page by page: hourly, when somebody asks, after an account was saved, and when a webhook names
 * a template that is not known. One reader for each WhatsApp Business account at a time; one that is out of time goes on later.
 *
 * What Meta no longer has stays as gone, because messages point at it.
 */
final class TemplateSync {

	/** Seconds of a run that nobody gave another budget. */
	public const BUDGET_S = 20.0;

	/** Templates asked for at once: an answer of the extension may have 1 MB, and a carousel has some 15 KB. And when that is too many. */
	private const PAGE       = 50;
	private const PAGE_SMALL = 5;

	/** Meta allows 6,000 templates an account: more pages are a circle. */
	private const PAGES_MAX = 1500;

	/** A reader that gave no sign for so long is gone; one that began so long ago begins anew. In ms. */
	private const LEASE_MS = 120000;
	private const STALE_MS = 3600000;

	/** Templates that are looked at one by one before it is believed that they are gone. */
	private const PROBES = 5;

	/** Option with the places of readers that ran out of time, by WABA. */
	private const OPTION = 'nxtchat_template_sync';

	/** What is asked for; and what every version of Graph has. */
	private const FIELDS       = 'id,name,language,status,category,components,parameter_format,quality_score,rejected_reason,previous_category,correct_category,message_send_ttl_seconds';
	private const FIELDS_BASIC = 'id,name,language,status,category,components';

	/** Meta's code for a parameter that it does not understand: also a field that this version of Graph lacks, an object that is gone. */
	private const GRAPH_PARAMETER = 100;

	/** Columns that Meta decides. */
	private const METAS = array( 'meta_id', 'status', 'category', 'previous_category', 'correct_category', 'quality', 'rejected_reason', 'parameter_format', 'components_json', 'ttl_s' );

	/** Bounds of what is kept of one template, in characters and bytes. */
	private const NAME_MAX       = 512;
	private const LANGUAGE_MAX   = 35;
	private const ID_MAX         = 64;
	private const WORD_MAX       = 40;
	private const REASON_MAX     = 255;
	private const COMPONENTS_MAX = 262144;

	/**
	 * Reads on where the last run stopped, or from the beginning.
	 *
	 * @return array{done: bool, seen: int, changed: int, busy?: bool}|\WP_Error done: all was read; seen, changed: in this reading so far.
	 * @throws NativeException When Meta or the vault refuses.
	 * @throws StoreError
	 */
	public static function run( int $account_id, float $budget_s = self::BUDGET_S ): array|\WP_Error {
		$waba = Accounts::get( $account_id )['waba_id'] ?? null;
		if ( null === $waba || '' === $waba ) {
			return Problems::refuse( 'nxtchat_no_account', 404, __( 'There is no such account.', 'nxt-cloud-chat' ) );
		}
		$credentials = Accounts::credentials( $account_id );
		$owner       = Native\ulids( 1 )[0];
		$now         = Site::now_ms();
		if ( ! TemplateStore::lease( $waba, $owner, $now, $now + self::LEASE_MS ) ) {
			return array(
				'done'    => false,
				'seen'    => 0,
				'changed' => 0,
				'busy'    => true,
			);
		}
		try {
			return self::pages( $waba, $credentials, $owner, microtime( true ) + $budget_s );
		} finally {
			TemplateStore::release( $waba, $owner );
		}
	}

	/** Has an account's templates read within a minute. Never throws. */
	public static function ask( string $waba_id ): void {
		if ( '' === $waba_id ) {
			return;
		}
		try {
			TemplateStore::want( $waba_id, Site::now_ms() );
		} catch ( StoreError $e ) {
			Log::warning( 'Reading templates could not be asked for: ' . $e->getMessage() );
		}
	}

	/** Every minute: reads for those who asked. */
	public static function work( float $budget_s = self::BUDGET_S ): void {
		$until    = microtime( true ) + $budget_s;
		$accounts = Templates::accounts();
		foreach ( $accounts ? TemplateStore::wanted( array_map( 'strval', array_keys( $accounts ) ) ) : array() as $waba ) {
			if ( microtime( true ) >= $until ) {
				return;
			}
			$asked = Site::now_ms();
			if ( ! self::may_talk( $accounts[ $waba ] ) ) {
				TemplateStore::wanted_done( $waba, $asked );
				continue;
			}
			try {
				$done  = self::run( $accounts[ $waba ], $until - microtime( true ) );
				$error = is_wp_error( $done ) ? $done->get_error_message() : '';
			} catch ( NativeException $e ) {
				$error = $e->getMessage();
			}
			if ( '' !== $error ) {
				// Not every minute what fails: within the hour it is tried again.
				TemplateStore::wanted_done( $waba, $asked );
				Log::warning( "The templates of account {$accounts[ $waba ]} could not be read: $error" );
			}
		}
	}

	/** Every hour: all accounts that may talk to Meta. */
	public static function hourly( float $budget_s = self::BUDGET_S ): void {
		foreach ( Templates::accounts() as $waba => $id ) {
			if ( self::may_talk( $id ) ) {
				self::ask( (string) $waba );
			}
		}
		self::work( $budget_s );
	}

	/** Without being told by a person: not while the account is off, nor from a copy of the site. */
	private static function may_talk( int $account_id ): bool {
		$account = Accounts::get( $account_id );
		return null !== $account && Accounts::ACTIVE === $account['state'] && ! $account['is_clone'];
	}

	/**
	 * Takes in one template as Meta answered it: after it was handed in, or fetched alone.
	 *
	 * @param array<string, mixed> $node
	 * @return int Its id here; 0 for what is no template.
	 */
	public static function take( int $account_id, array $node ): int {
		$waba = (string) ( Accounts::get( $account_id )['waba_id'] ?? '' );
		$row  = '' === $waba ? null : self::read( $node );
		if ( null === $row ) {
			return 0;
		}
		self::store( $waba, array( $node ), Site::now_ms() );
		return (int) ( TemplateStore::by_name( $waba, $row['name'], $row['language'] )['id'] ?? 0 );
	}

	/**
	 * Reads pages until none is left or the time is up.
	 *
	 * @return array{done: bool, seen: int, changed: int}|\WP_Error
	 */
	private static function pages( string $waba, array $credentials, string $owner, float $until ): array|\WP_Error {
		$now   = Site::now_ms();
		$state = self::state( $waba, $now );
		do {
			$at = Site::now_ms();
			if ( ! TemplateStore::lease( $waba, $owner, $at, $at + self::LEASE_MS ) ) {
				break; // Somebody took us for gone.
			}
			try {
				$answer = self::page( $waba, $credentials, $state );
			} catch ( GraphError $e ) {
				if ( ! $e->retryable && '' !== $state['cursor'] ) {
					self::keep( $waba, null ); // Its place may be what Meta dislikes.
				}
				throw $e;
			}
			$next = self::next( $answer );
			if ( ! is_array( $answer['data'] ?? null ) || ! array_is_list( $answer['data'] ) || null === $next || ( '' !== $next && $next === $state['cursor'] ) || $state['pages'] >= self::PAGES_MAX ) {
				self::keep( $waba, null );
				return Problems::refuse( 'nxtchat_graph', 502, __( 'Meta answered with something else than a list of templates. Nothing was changed.', 'nxt-cloud-chat' ), __( 'Try again in a few minutes.', 'nxt-cloud-chat' ) );
			}
			$state['seen']    += count( $answer['data'] );
			$state['changed'] += self::store( $waba, $answer['data'], $at );
			$state['cursor']   = $next;
			++$state['pages'];
			if ( '' === $next ) {
				$state['changed'] += self::end( $waba, $credentials, $state['started_ms'] );
				self::keep( $waba, null );
				TemplateStore::wanted_done( $waba, $state['started_ms'] );
				return array(
					'done'    => true,
					'seen'    => $state['seen'],
					'changed' => $state['changed'],
				);
			}
			self::keep( $waba, $state );
		} while ( microtime( true ) < $until );
		TemplateStore::want( $waba, $state['started_ms'] ); // The rest in a minute.
		return array(
			'done'    => false,
			'seen'    => $state['seen'],
			'changed' => $state['changed'],
		);
	}

	/**
	 * One page, with fewer templates or fields when Meta or the extension finds it too much.
	 *
	 * @throws GraphError
	 */
	private static function page( string $waba, array $credentials, array &$state ): array {
		while ( true ) {
			$params = array(
				'fields' => $state['basic'] ? self::FIELDS_BASIC : self::FIELDS,
				'limit'  => $state['limit'],
			) + ( '' === $state['cursor'] ? array() : array( 'after' => $state['cursor'] ) );
			try {
				return Native\graph_call( $credentials, 'GET', "$waba/message_templates", $params );
			} catch ( GraphError $e ) {
				if ( self::GRAPH_PARAMETER === $e->graphCode && ! $state['basic'] && false !== stripos( $e->getMessage() . $e->details, 'field' ) ) { // phpcs:ignore WordPress.NamingConventions.ValidVariableName -- The extension's name.
					$state['basic'] = true;
				} elseif ( 0 === $e->graphCode && ! $e->retryable && $state['limit'] > self::PAGE_SMALL ) { // phpcs:ignore WordPress.NamingConventions.ValidVariableName -- The extension's name.
					$state['limit'] = self::PAGE_SMALL;
				} else {
					throw $e;
				}
			}
		}
	}

	/** Where the next page begins, '' after the last one, null for nonsense. */
	private static function next( array $answer ): ?string {
		$paging = $answer['paging'] ?? array();
		if ( ! is_array( $paging ) ) {
			return null;
		}
		if ( ! isset( $paging['next'] ) ) {
			return '';
		}
		$after = $paging['cursors']['after'] ?? null;
		return is_string( $after ) && '' !== $after && strlen( $after ) <= 1000 ? $after : null;
	}

	/**
	 * Writes what differs. At most five statements, however many templates.
	 *
	 * @param list<mixed> $nodes As Meta answers.
	 * @param int         $at    When Meta was asked: what changed here since is left alone.
	 * @return int How many differ.
	 */
	private static function store( string $waba, array $nodes, int $at ): int {
		$read = array();
		foreach ( $nodes as $node ) {
			$row = is_array( $node ) ? self::read( $node ) : null;
			if ( null !== $row ) {
				$read[ $row['name'] . ' ' . $row['language'] ] = $row;
			}
		}
		return $read ? TemplateStore::transaction_again( static fn(): int => self::write( $waba, $read, $at ) ) : 0;
	}

	/** @param array<string, array<string, string|int>> $read By "name language". */
	private static function write( string $waba, array $read, int $at ): int {
		$names   = array_values( array_unique( array_column( $read, 'name' ) ) );
		$there   = TemplateStore::named( $waba, $names );
		$now     = Site::now_ms();
		$put     = array();
		$same    = array();
		$entries = array();
		$new     = array();
		foreach ( $read as $key => $row ) {
			$before = $there[ $key ] ?? null;
			if ( null === $before ) {
				$put[] = $row + array(
					'waba_id'    => $waba,
					'synced_ms'  => $at,
					'created_ms' => $now,
					'updated_ms' => $now,
				);
				$new[] = $key;
				continue;
			}
			if ( $before['updated_ms'] >= $at && '' !== $before['meta_id'] ) {
				continue;
			}
			$after   = self::merged( $before, $row );
			$changes = self::changes( $before, $after, $now );
			if ( ! $changes && array_intersect_key( $before, array_flip( self::METAS ) ) === array_intersect_key( $after, array_flip( self::METAS ) ) ) {
				$same[] = (int) $before['id'];
				continue;
			}
			$put[]   = array(
				'synced_ms'  => $at,
				'gone_ms'    => 0,
				'updated_ms' => $changes ? $now : (int) $before['updated_ms'],
			) + $after;
			$entries = array( ...$entries, ...$changes );
		}
		if ( $same ) {
			TemplateStore::seen( $same, $at );
		}
		if ( $put ) {
			TemplateStore::put( $put, array( ...self::METAS, 'synced_ms', 'gone_ms', 'updated_ms' ) );
		}
		if ( $new ) {
			$there = TemplateStore::named( $waba, $names );
			foreach ( $new as $key ) {
				$entries[] = array(
					'template_id' => (int) $there[ $key ]['id'],
					'kind'        => TemplateLog::CREATED,
					'after'       => $there[ $key ]['status'],
					'source'      => TemplateLog::SYNC,
				);
			}
		}
		TemplateLog::add( $entries );
		return count( array_unique( array_column( $entries, 'template_id' ) ) );
	}

	/**
	 * Everything was read: what was not seen is gone, unless Meta still has it when asked for it alone.
	 *
	 * @return int How many are gone.
	 */
	private static function end( string $waba, array $credentials, int $started_ms ): int {
		$rows = TemplateStore::unseen( $waba, $started_ms );
		if ( ! $rows ) {
			return 0;
		}
		$gone = array();
		foreach ( array_slice( $rows, 0, self::PROBES ) as $row ) {
			$at   = Site::now_ms();
			$node = self::probe( $credentials, $row['meta_id'] );
			if ( array() === $node ) {
				$gone[] = (int) $row['id'];
			} elseif ( null !== $node ) {
				self::store( $waba, array( $node ), $at );
			}
		}
		if ( count( $gone ) === min( self::PROBES, count( $rows ) ) ) {
			$gone = array_map( 'intval', array_column( $rows, 'id' ) );
		}
		return $gone ? TemplateStore::transaction_again( static fn(): int => self::bury( $waba, $gone, $started_ms ) ) : 0;
	}

	/** @return array|null The template; empty: Meta has none; null: nobody knows. */
	private static function probe( array $credentials, string $meta_id ): ?array {
		if ( 1 !== preg_match( '/^\d+$/D', $meta_id ) ) {
			return array();
		}
		try {
			$node = Native\graph_call( $credentials, 'GET', $meta_id, array( 'fields' => self::FIELDS_BASIC ) );
		} catch ( GraphError $e ) {
			return self::GRAPH_PARAMETER === $e->graphCode ? array() : null; // phpcs:ignore WordPress.NamingConventions.ValidVariableName -- The extension's name.
		}
		return in_array( $node['status'] ?? '', array( 'DELETED', 'PENDING_DELETION' ), true ) ? array() : $node;
	}

	/** @param list<int> $ids */
	private static function bury( string $waba, array $ids, int $started_ms ): int {
		$now     = Site::now_ms();
		$changes = array();
		$entries = array();
		foreach ( TemplateStore::unseen( $waba, $started_ms ) as $row ) {
			if ( in_array( (int) $row['id'], $ids, true ) ) {
				$changes[ (int) $row['id'] ] = array(
					'gone_ms'    => $now,
					'updated_ms' => $now,
				);
				$entries[]                   = array(
					'template_id' => (int) $row['id'],
					'kind'        => TemplateLog::DELETED,
					'before'      => $row['status'],
					'after'       => Templates::GONE,
					'source'      => TemplateLog::SYNC,
				);
			}
		}
		TemplateStore::change( $changes );
		TemplateLog::add( $entries );
		return count( $entries );
	}

	/** Columns of one of Meta's nodes, without those that it does not name; null for what is no template. @return array<string, string|int>|null */
	private static function read( array $node ): ?array {
		$id       = is_int( $node['id'] ?? null ) ? (string) $node['id'] : ( $node['id'] ?? null );
		$name     = $node['name'] ?? null;
		$language = $node['language'] ?? null;
		if ( ! is_string( $id ) || '' === $id || strlen( $id ) > self::ID_MAX || ! is_string( $name ) || '' === $name || mb_strlen( $name ) > self::NAME_MAX || str_contains( $name, '~' )
			|| ! is_string( $language ) || '' === $language || strlen( $language ) > self::LANGUAGE_MAX || '' === self::word( $node['status'] ?? null ) ) {
			return null;
		}
		$row = array(
			'meta_id'  => $id,
			'name'     => $name,
			'language' => $language,
			'status'   => self::word( $node['status'] ),
		);
		foreach ( array( 'category', 'previous_category', 'correct_category', 'parameter_format' ) as $key ) {
			if ( '' !== self::word( $node[ $key ] ?? null ) ) {
				$row[ $key ] = self::word( $node[ $key ] );
			}
		}
		$quality = $node['quality_score'] ?? null;
		$quality = self::word( is_array( $quality ) ? $quality['score'] ?? null : $quality );
		if ( '' !== $quality ) {
			$row['quality'] = $quality;
		}
		if ( array_key_exists( 'rejected_reason', $node ) ) {
			$reason                 = is_string( $node['rejected_reason'] ) ? mb_substr( $node['rejected_reason'], 0, self::REASON_MAX ) : '';
			$row['rejected_reason'] = 'NONE' === $reason ? '' : $reason;
		}
		if ( is_int( $node['message_send_ttl_seconds'] ?? null ) && abs( $node['message_send_ttl_seconds'] ) <= 2592000 ) {
			$row['ttl_s'] = $node['message_send_ttl_seconds'];
		}
		$components = $node['components'] ?? null;
		if ( is_array( $components ) && array_is_list( $components ) ) {
			$json = wp_json_encode( $components, JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE );
			if ( is_string( $json ) && strlen( $json ) <= self::COMPONENTS_MAX ) {
				$row['components_json'] = $json;
			}
		}
		return $row;
	}

	/** One of Meta's words in capitals; '' for anything else. */
	private static function word( mixed $word ): string {
		return is_string( $word ) && 1 === preg_match( '/^[A-Za-z_0-9]{1,' . self::WORD_MAX . '}$/D', $word ) ? strtoupper( $word ) : '';
	}

	/** A row as it is to be. @return array<string, string> */
	private static function merged( array $before, array $row ): array {
		if ( $row['status'] === $before['status'] && '' === ( $row['rejected_reason'] ?? '' ) ) {
			unset( $row['rejected_reason'] ); // A webhook told why, which Graph does not repeat.
		}
		return array_map( 'strval', array_merge( $before, $row ) );
	}

	/** What differs, as entries of the log. @return list<array> */
	private static function changes( array $before, array $after, int $now ): array {
		$entry   = array(
			'template_id' => (int) $before['id'],
			'source'      => TemplateLog::SYNC,
			'at_ms'       => $now,
		);
		$entries = array();
		$was     = $before['gone_ms'] > 0 ? Templates::GONE : $before['status'];
		if ( $was !== $after['status'] ) {
			$entries[] = $entry + array(
				'kind'   => TemplateLog::STATUS,
				'before' => $was,
				'after'  => $after['status'],
				'reason' => $after['rejected_reason'],
			);
		}
		foreach ( array(
			'category' => TemplateLog::CATEGORY,
			'quality'  => TemplateLog::QUALITY,
		) as $column => $kind ) {
			if ( '' !== $before[ $column ] && $before[ $column ] !== $after[ $column ] ) {
				$entries[] = $entry + array(
					'kind'   => $kind,
					'before' => $before[ $column ],
					'after'  => $after[ $column ],
				);
			}
		}
		if ( '' !== $before['meta_id'] && $before['components_json'] !== $after['components_json'] && ! TemplateDraft::same_text( self::components( $before ), self::components( $after ), $after['category'] ) ) {
			$entries[] = $entry + array(
				'kind'   => TemplateLog::COMPONENTS,
				'before' => self::body( $before['components_json'] ),
				'after'  => self::body( $after['components_json'] ),
			);
		}
		return $entries;
	}

	/** What Meta has of a row, decoded. @return list<mixed> */
	private static function components( array $row ): array {
		$components = json_decode( $row['components_json'], true );
		return is_array( $components ) ? array_values( $components ) : array();
	}

	/** The text of the body, for the log. */
	public static function body( string $components_json ): string {
		foreach ( json_decode( $components_json, true ) ?? array() as $component ) {
			if ( is_array( $component ) && 'BODY' === strtoupper( (string) ( $component['type'] ?? '' ) ) ) {
				return is_string( $component['text'] ?? null ) ? $component['text'] : '';
			}
		}
		return '';
	}

	/** @return array{cursor: string, started_ms: int, pages: int, seen: int, changed: int, limit: int, basic: bool} */
	private static function state( string $waba, int $now ): array {
		$kept = get_option( self::OPTION );
		$kept = is_array( $kept ) ? $kept[ $waba ] ?? null : null;
		if ( is_array( $kept ) && is_string( $kept['cursor'] ?? null ) && ( $kept['started_ms'] ?? 0 ) > $now - self::STALE_MS && $kept['started_ms'] <= $now ) {
			return $kept;
		}
		return array(
			'cursor'     => '',
			'started_ms' => $now,
			'pages'      => 0,
			'seen'       => 0,
			'changed'    => 0,
			'limit'      => self::PAGE,
			'basic'      => false,
		);
	}

	/** Where a run that is out of time goes on; null: from the beginning. A place that got lost does no harm. */
	private static function keep( string $waba, ?array $state ): void {
		$kept = get_option( self::OPTION );
		$kept = is_array( $kept ) ? $kept : array();
		if ( null === $state && ! isset( $kept[ $waba ] ) ) {
			return;
		}
		unset( $kept[ $waba ] );
		update_option( self::OPTION, null === $state ? $kept : array( $waba => $state ) + $kept, false );
	}
}
