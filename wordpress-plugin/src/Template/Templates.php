<?php
/**
 * Templates as they are read.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Template;

use NxtChat\Account\Accounts;
use NxtChat\Problems;
use NxtChat\Site;

/**
 * Use cases of the Template room that change nothing. TemplateEdit changes templates, TemplateSync and TemplateEvents follow Meta.
 *
 * Templates belong to a WhatsApp Business account (WABA): the site's accounts with the same waba_id share them.
 */
final class Templates {

	/** Our own words: never handed in at Meta; no longer there. */
	public const DRAFT = 'DRAFT';
	public const GONE  = 'GONE';

	/** Meta's limits for edits of approved templates (Graph API, "Manage templates"). */
	public const EDITS_30_DAYS = 10;
	public const EDITS_1_DAY   = 1;

	private const DAY_MS = 86400000;

	/** How long a pause lasts (Graph API, "Template pausing"), by Meta's word for it. */
	private const PAUSES_MS = array(
		'FIRST_PAUSE'  => 3 * 3600000,
		'SECOND_PAUSE' => 6 * 3600000,
	);

	/** States in which Meta takes changes. */
	private const EDITABLE = array( self::DRAFT, 'APPROVED', 'REJECTED', 'PAUSED' );

	/** Longest cursor and search, in bytes. */
	private const CURSOR_MAX = 2000;
	private const SEARCH_MAX = 512;

	/** Values of one filter. */
	private const VALUES_MAX = 50;

	/** Template JSON, null when there is none. @return array<string, mixed>|null */
	public static function get( int $id ): ?array {
		$row = TemplateStore::get( $id );
		return null === $row ? null : self::json( array( $row ) )[0];
	}

	/** The row, null when there is none. @return array<string, string>|null */
	public static function row( int $id ): ?array {
		return TemplateStore::get( $id );
	}

	/** The row that an account sends under this name and language; null when Meta has none. @return array<string, string>|null */
	public static function by_name( int $account_id, string $name, string $language ): ?array {
		$waba = Accounts::get( $account_id )['waba_id'] ?? '';
		$row  = '' === $waba ? null : TemplateStore::by_name( $waba, $name, $language );
		return null === $row || $row['gone_ms'] > 0 ? null : $row;
	}

	/** The languages in which an account can send a template now. @return array<string, array<string, string>> Row by language. */
	public static function sendable( int $account_id, string $name ): array {
		$waba = Accounts::get( $account_id )['waba_id'] ?? '';
		$rows = '' === $waba || '' === $name ? array() : TemplateStore::languages( $waba, $name );
		return array_column( array_filter( $rows, static fn( array $row ): bool => '' !== $row['meta_id'] && null === TemplateSend::unfit( $row ) ), null, 'language' );
	}

	/**
	 * A page of templates.
	 *
	 * @param array{account?: int, status?: string|list<string>, category?: string|list<string>, language?: string|list<string>, quality?: string|list<string>, search?: string, name?: string} $filter
	 *        Several values with commas. status GONE: those that Meta no longer has, which are left out else. search: a part of the name.
	 * @return array{items: list<array>, next: ?string, counts?: array<string, int>}|\WP_Error counts (first page): how many of each status.
	 */
	public static function list( array $filter, string $sort, string $cursor, int $limit ): array|\WP_Error {
		$sort = '' === $sort ? 'name' : $sort;
		if ( ! isset( TemplateStore::SORTS[ $sort ] ) ) {
			return Problems::error( array( Problems::one( 'sort', __( 'Sort by name, last_used or updated.', 'nxt-cloud-chat' ) ) ) );
		}
		$after = null;
		if ( '' !== $cursor ) {
			$after = self::read_cursor( $cursor, $sort );
			if ( null === $after ) {
				return Problems::error( array( Problems::one( 'cursor', __( 'This page of the list does not exist. Begin with the first one.', 'nxt-cloud-chat' ) ) ) );
			}
		}
		$accounts = self::accounts();
		$wabas    = array_map( 'strval', array_keys( $accounts ) );
		if ( ! empty( $filter['account'] ) ) {
			$wabas = array( Accounts::get( (int) $filter['account'] )['waba_id'] ?? '' );
		}
		$where = array( 'wabas' => array_values( array_filter( $wabas, static fn( string $waba ): bool => '' !== $waba ) ) );
		foreach ( array( 'status', 'category', 'quality' ) as $key ) {
			$where[ $key ] = array_map( 'strtoupper', self::values( $filter[ $key ] ?? '' ) );
		}
		$where['language'] = self::values( $filter['language'] ?? '' );
		$where['gone']     = in_array( self::GONE, $where['status'], true );
		$where['status']   = array_values( array_diff( $where['status'], array( self::GONE ) ) );
		$where['name']     = (string) ( $filter['name'] ?? '' );
		// As people write it: "Order update" finds order_update.
		$where['search'] = strtolower( (string) preg_replace( '/[\s-]+/', '_', substr( trim( wp_check_invalid_utf8( (string) ( $filter['search'] ?? '' ) ) ), 0, self::SEARCH_MAX ) ) );

		$rows = TemplateStore::page( $where, $sort, $after, $limit + 1 );
		$more = count( $rows ) > $limit;
		$rows = TemplateCounts::fresh( array_slice( $rows, 0, $limit ) );
		$last = end( $rows );
		$page = array(
			'items' => self::json( $rows, $accounts ),
			'next'  => $more ? self::cursor( $sort, $last ) : null,
		);
		return '' === $cursor ? $page + array( 'counts' => (object) TemplateStore::count( $where['wabas'] ) ) : $page;
	}

	/**
	 * Rows as screens and scripts see them (docs/API.md). Two statements, however many.
	 *
	 * @param list<array<string, string>> $rows
	 * @param array<string, int>|null     $accounts accounts() where the caller has it.
	 * @return list<array<string, mixed>>
	 */
	public static function json( array $rows, ?array $accounts = null ): array {
		$accounts ??= $rows ? self::accounts() : array();
		$now        = Site::now_ms();
		$paused     = array_filter( $rows, static fn( array $row ): bool => isset( self::PAUSES_MS[ $row['rejected_reason'] ] ) && 'PAUSED' === $row['status'] );
		$since      = $paused ? TemplateStore::status_since( array_map( 'intval', array_column( $paused, 'id' ) ), 'PAUSED' ) : array();
		return array_map( static fn( array $row ): array => self::shape( $row, (int) ( $accounts[ $row['waba_id'] ] ?? 0 ), (int) ( $since[ (int) $row['id'] ] ?? 0 ), $now ), $rows );
	}

	/**
	 * One template with all that is known of it: `log`, `languages`, `uses`, `variables`, `problems`, `editable` (what an editor begins with).
	 *
	 * @return array<string, mixed>|\WP_Error
	 */
	public static function detail( int $id ): array|\WP_Error {
		$row = TemplateStore::get( $id );
		if ( null === $row ) {
			return self::missing();
		}
		$template = self::json( TemplateCounts::fresh( array( $row ) ) )[0];
		$log      = TemplateLog::of( $id );
		$whole    = self::whole( $template );
		foreach ( $log as $entry ) {
			// What Meta said of it says more than its code.
			if ( TemplateLog::STATUS === $entry['kind'] && $entry['after'] === $template['status'] ) {
				$template['reason_text'] = '' !== $entry['reason'] ? self::reason_text( $entry['reason'] ) : $template['reason_text'];
				break;
			}
		}
		return $template + array(
			'log'       => $log,
			'languages' => array_map(
				static fn( array $other ): array => array(
					'id'       => (int) $other['id'],
					'language' => $other['language'],
					'status'   => $other['gone_ms'] > 0 ? self::GONE : $other['status'],
				),
				TemplateStore::languages( $row['waba_id'], $row['name'] )
			),
			'uses'      => self::uses( $template ),
			'variables' => Preview::variables( $whole ),
			'problems'  => TemplateSubmit::problems( $row ),
			'editable'  => TemplateDraft::editable( $template ),
		);
	}

	/**
	 * Meta's JSON of a template, for the native functions: the unsent changes where there are some.
	 *
	 * @param array<string, mixed> $template Template JSON.
	 * @param bool                 $sent     As Meta has it, without unsent changes.
	 * @return array<string, mixed>
	 */
	public static function whole( array $template, bool $sent = false ): array {
		$draft = $sent ? array() : (array) ( $template['draft'] ?? array() );
		return array_filter(
			array(
				'name'                     => $template['name'],
				'language'                 => $template['language'],
				'category'                 => $draft['category'] ?? $template['category'],
				'parameter_format'         => $draft['parameter_format'] ?? $template['parameter_format'],
				'components'               => $draft['components'] ?? $template['components'],
				'message_send_ttl_seconds' => $draft['message_send_ttl_seconds'] ?? ( 0 === $template['ttl_s'] ? null : $template['ttl_s'] ),
			),
			static fn( $value ): bool => null !== $value && '' !== $value
		);
	}

	/** What needs this template, as other parts of the site tell. @return list<array{label: string, url: string, critical: bool}> */
	public static function uses( array $template ): array {
		/**
		 * What on this site needs a template: who deletes or changes it is told, and MANAGE is told when Meta pauses it.
		 *
		 * @param list<array{label: string, url: string, critical: bool}> $uses
		 * @param array $template Template JSON.
		 */
		$uses = apply_filters( 'nxtchat_template_uses', class_exists( TemplateUses::class ) ? TemplateUses::of( $template ) : array(), $template );
		$out  = array();
		foreach ( is_array( $uses ) ? $uses : array() as $use ) {
			if ( is_array( $use ) && '' !== trim( (string) ( $use['label'] ?? '' ) ) ) {
				$out[] = array(
					'label'    => (string) $use['label'],
					'url'      => (string) ( $use['url'] ?? '' ),
					'critical' => ! empty( $use['critical'] ),
				);
			}
		}
		return $out;
	}

	/** The languages of the template that a row is one of. @return list<array<string, string>> Rows. */
	public static function languages_of( array $row ): array {
		return TemplateStore::languages( $row['waba_id'], $row['name'] );
	}

	/** The account that acts for a row: of those with its WABA an active one, the oldest; 0 when none has it. */
	public static function account_of( array $row ): int {
		return self::accounts()[ $row['waba_id'] ] ?? 0;
	}

	/** @return array<string, int> Account id by WABA. */
	public static function accounts(): array {
		$out   = array();
		$state = array();
		foreach ( Accounts::all() as $account ) {
			$waba = $account['waba_id'];
			if ( '' !== $waba && ( ! isset( $out[ $waba ] ) || ( Accounts::ACTIVE !== $state[ $waba ] && Accounts::ACTIVE === $account['state'] ) ) ) {
				$out[ $waba ]   = $account['id'];
				$state[ $waba ] = $account['state'];
			}
		}
		return $out;
	}

	/**
	 * How often an approved template may still be changed.
	 *
	 * @param list<int> $edits_ms When it was changed while approved.
	 * @return array{left_30d: int, next_at_ms: int} next_at_ms 0: now.
	 */
	public static function edits( array $edits_ms, int $now ): array {
		$edits = array_values( array_filter( $edits_ms, static fn( int $at ): bool => $at > $now - 30 * self::DAY_MS ) );
		sort( $edits );
		$next = 0;
		if ( count( $edits ) >= self::EDITS_30_DAYS ) {
			$next = $edits[ count( $edits ) - self::EDITS_30_DAYS ] + 30 * self::DAY_MS;
		}
		if ( count( $edits ) >= self::EDITS_1_DAY ) {
			$day  = $edits[ count( $edits ) - self::EDITS_1_DAY ] + self::DAY_MS;
			$next = $day > $now ? max( $next, $day ) : $next;
		}
		return array(
			'left_30d'   => max( 0, self::EDITS_30_DAYS - count( $edits ) ),
			'next_at_ms' => $next,
		);
	}

	/** Meta's reason in plain words; what is no code of Meta's stays as it is. */
	public static function reason_text( string $reason ): string {
		return match ( $reason ) {
			'', 'NONE'               => '',
			'ABUSIVE_CONTENT'        => __( 'Meta finds the text abusive.', 'nxt-cloud-chat' ),
			'CATEGORY_NOT_AVAILABLE' => __( 'This category is not available to your business.', 'nxt-cloud-chat' ),
			'INCORRECT_CATEGORY'     => __( 'Meta finds that the text belongs to another category.', 'nxt-cloud-chat' ),
			'INVALID_FORMAT'         => __( 'Something about the form is wrong: variables, links, or a text that begins or ends with a variable.', 'nxt-cloud-chat' ),
			'PROMOTIONAL'            => __( 'The text sells something, which this category does not allow.', 'nxt-cloud-chat' ),
			'SCAM'                   => __( 'Meta takes the text for a fraud.', 'nxt-cloud-chat' ),
			'TAG_CONTENT_MISMATCH'   => __( 'The language or the category does not fit the text.', 'nxt-cloud-chat' ),
			'FIRST_PAUSE'            => __( 'Customers complained. Paused for 3 hours.', 'nxt-cloud-chat' ),
			'SECOND_PAUSE'           => __( 'Customers complained again. Paused for 6 hours; the third time the template is disabled.', 'nxt-cloud-chat' ),
			'RATE_LIMITING_PAUSE'    => __( 'Paused because it was sent more often than Meta allows at its quality.', 'nxt-cloud-chat' ),
			'impending'              => __( 'It changes within a day.', 'nxt-cloud-chat' ),
			'detected'               => __( 'Meta found it; it is not changed yet.', 'nxt-cloud-chat' ),
			'UNPAUSE'                => __( 'The pause is over.', 'nxt-cloud-chat' ),
			default                  => $reason,
		};
	}

	public static function missing(): \WP_Error {
		return new \WP_Error( 'nxtchat_no_template', __( 'There is no such template.', 'nxt-cloud-chat' ), array( 'status' => 404 ) );
	}

	/** A name without what keeps a draft, or a template that is gone, from being in the way of another of its name: `order_update~7`. */
	public static function plain_name( string $name ): string {
		return explode( '~', $name, 2 )[0];
	}

	/** @return array<string, mixed> */
	private static function shape( array $row, int $account_id, int $paused_ms, int $now ): array {
		$draft = self::decoded( $row['draft_json'] );
		$edits = self::edits( array_map( 'intval', self::decoded( $row['edits_json'] ) ?? array() ), $now );
		$gone  = $row['gone_ms'] > 0;
		// What was never handed in is only its draft.
		$of = '' === $row['meta_id'] && null !== $draft ? $draft : array();
		$of = static fn( string $key, string|int $else ): string|int => is_scalar( $of[ $key ] ?? null ) ? $of[ $key ] : $else;
		return array(
			'id'                => (int) $row['id'],
			'account_id'        => $account_id,
			'waba_id'           => $row['waba_id'],
			'meta_id'           => $row['meta_id'],
			'name'              => (string) $of( 'name', self::plain_name( $row['name'] ) ),
			'language'          => (string) $of( 'language', $row['language'] ),
			'status'            => $row['status'],
			'category'          => (string) $of( 'category', $row['category'] ),
			'previous_category' => $row['previous_category'],
			'correct_category'  => $row['correct_category'],
			'quality'           => $row['quality'],
			'rejected_reason'   => $row['rejected_reason'],
			'reason_text'       => self::reason_text( $row['rejected_reason'] ),
			'parameter_format'  => (string) $of( 'parameter_format', $row['parameter_format'] ),
			'components'        => self::decoded( $row['components_json'] ) ?? array(),
			'draft'             => $draft,
			'bindings'          => (object) ( self::decoded( $row['bindings_json'] ) ?? array() ),
			'ttl_s'             => (int) $of( 'message_send_ttl_seconds', (int) $row['ttl_s'] ),
			'edits'             => $edits,
			'last_used_ms'      => (int) $row['last_used_ms'],
			'sent'              => (int) $row['sent'],
			'delivered'         => (int) $row['delivered'],
			'read'              => (int) $row['seen'],
			'counted_ms'        => (int) $row['counted_ms'],
			'synced_ms'         => (int) $row['synced_ms'],
			'gone'              => $gone,
			'paused_until_ms'   => $paused_ms > 0 ? $paused_ms + self::PAUSES_MS[ $row['rejected_reason'] ] : 0,
			'can'               => self::can( $row, $account_id > 0, null !== $draft, $edits ),
			'created_ms'        => (int) $row['created_ms'],
			'updated_ms'        => (int) $row['updated_ms'],
		);
	}

	/** @return array{edit: bool, delete: bool, unpause: bool, send: bool, submit: bool} */
	private static function can( array $row, bool $connected, bool $has_draft, array $edits ): array {
		$gone     = $row['gone_ms'] > 0;
		$editable = ! $gone && in_array( $row['status'], self::EDITABLE, true );
		return array(
			'edit'    => $editable && $connected,
			'delete'  => self::DRAFT === $row['status'] || ( ! $gone && $connected && ! in_array( $row['status'], array( 'DISABLED', 'PENDING_DELETION', 'DELETED' ), true ) ),
			'unpause' => ! $gone && $connected && 'PAUSED' === $row['status'],
			'send'    => ! $gone && $connected && 'APPROVED' === $row['status'],
			'submit'  => $editable && $connected && $has_draft && ( 'APPROVED' !== $row['status'] || 0 === $edits['next_at_ms'] ),
		);
	}

	/** A JSON column; null for '' and for what is neither list nor object. */
	private static function decoded( string $json ): ?array {
		$value = '' === $json ? null : json_decode( $json, true );
		return is_array( $value ) ? $value : null;
	}

	/** @return list<string> */
	private static function values( mixed $value ): array {
		$values = is_array( $value ) ? $value : explode( ',', (string) $value );
		$values = array_map( static fn( $one ): string => is_scalar( $one ) ? trim( wp_check_invalid_utf8( (string) $one ) ) : '', $values );
		return array_slice( array_values( array_unique( array_filter( $values, static fn( string $one ): bool => '' !== $one ) ) ), 0, self::VALUES_MAX );
	}

	/** Where a page ends. */
	private static function cursor( string $sort, array $row ): string {
		$key = $row[ TemplateStore::SORTS[ $sort ][0] ];
		// phpcs:ignore WordPress.PHP.DiscouragedPHPFunctions.obfuscation_base64_encode -- URL-safe, nothing is hidden.
		return rtrim( strtr( base64_encode( (string) wp_json_encode( array( $sort, 'name' === $sort ? $key : (int) $key, (int) $row['id'] ) ) ), '+/', '-_' ), '=' );
	}

	/** @return array{0: int|string, 1: int}|null Null for what cursor() did not make for this sort. */
	private static function read_cursor( string $cursor, string $sort ): ?array {
		// phpcs:ignore WordPress.PHP.DiscouragedPHPFunctions.obfuscation_base64_decode -- Checked below.
		$read = json_decode( (string) base64_decode( strtr( substr( $cursor, 0, self::CURSOR_MAX ), '-_', '+/' ), true ), true );
		if ( ! is_array( $read ) || ! array_is_list( $read ) || 3 !== count( $read ) || $sort !== $read[0] || ! is_int( $read[2] ) || ( 'name' === $sort ? ! is_string( $read[1] ) : ! is_int( $read[1] ) ) ) {
			return null;
		}
		return array( $read[1], $read[2] );
	}
}
