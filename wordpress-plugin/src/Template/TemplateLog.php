<?php
/**
 * What happened to templates.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Template;

use NxtChat\Live\Live;
use NxtChat\Log;
use NxtChat\Site;

/** The timeline of templates: every change of status, category, quality or text, who told it, and when. */
final class TemplateLog {

	/** Kinds of entries. */
	public const STATUS     = 'status';
	public const CATEGORY   = 'category';
	public const QUALITY    = 'quality';
	public const COMPONENTS = 'components';
	public const CREATED    = 'created';
	public const EDITED     = 'edited';
	public const DELETED    = 'deleted';
	public const UNPAUSED   = 'unpaused';

	/** Who told. */
	public const WEBHOOK = 'webhook';
	public const SYNC    = 'sync';
	public const STAFF   = 'staff';

	/** Widths of the columns, in characters. */
	private const VALUE_MAX  = 255;
	private const REASON_MAX = 1000;

	/**
	 * Adds entries and tells of them once they are committed. One statement.
	 *
	 * @param list<array{template_id: int, kind: string, before?: string, after?: string, reason?: string, source: string, user_id?: int, proof?: ?string, at_ms?: int, applied?: bool}> $entries
	 *        at_ms: now. user_id: who is signed in, for staff. applied false: too late to change anything, nobody is told.
	 */
	public static function add( array $entries ): void {
		if ( ! $entries ) {
			return;
		}
		$now  = Site::now_ms();
		$rows = array();
		foreach ( $entries as $n => $entry ) {
			$entry += array(
				'before'  => '',
				'after'   => '',
				'reason'  => '',
				'user_id' => self::STAFF === $entry['source'] ? get_current_user_id() : 0,
				'proof'   => null,
				'at_ms'   => $now,
			);
			$rows[] = array(
				(int) $entry['template_id'],
				$entry['kind'],
				mb_substr( $entry['before'], 0, self::VALUE_MAX ),
				mb_substr( $entry['after'], 0, self::VALUE_MAX ),
				mb_substr( $entry['reason'], 0, self::REASON_MAX ),
				$entry['source'],
				(int) $entry['user_id'],
				$entry['proof'],
				(int) $entry['at_ms'],
			);

			$entries[ $n ] = $entry;
		}
		TemplateStore::log( $rows );
		// What came too late to change anything is only noted.
		$entries = array_values( array_filter( $entries, static fn( array $entry ): bool => $entry['applied'] ?? true ) );
		TemplateStore::after_commit( static fn() => self::tell( $entries ) );
	}

	/**
	 * Timeline of one template, the newest first.
	 *
	 * @return list<array{kind: string, before: string, after: string, reason: string, source: string, user: array{id: int, name: string}|null, at_ms: int}>
	 */
	public static function of( int $template_id, int $limit = 100 ): array {
		$rows  = TemplateStore::log_of( $template_id, $limit );
		// Meta tells whole seconds: within one, what was noted later happened later.
		usort( $rows, static fn( array $a, array $b ): int => array( intdiv( (int) $b['at_ms'], 1000 ), (int) $b['id'] ) <=> array( intdiv( (int) $a['at_ms'], 1000 ), (int) $a['id'] ) );
		$users = array_values( array_unique( array_filter( array_map( 'intval', array_column( $rows, 'user_id' ) ) ) ) );
		if ( $users ) {
			cache_users( $users );
		}
		$out = array();
		foreach ( $rows as $row ) {
			$user  = $row['user_id'] > 0 ? get_userdata( (int) $row['user_id'] ) : false;
			$out[] = array(
				'kind'   => $row['kind'],
				'before' => $row['before_value'],
				'after'  => $row['after_value'],
				'reason' => Templates::reason_text( $row['reason'] ),
				'source' => $row['source'],
				'user'   => $user ? array(
					'id'   => $user->ID,
					'name' => $user->display_name,
				) : null,
				'at_ms'  => (int) $row['at_ms'],
			);
		}
		return $out;
	}

	/** Screens, notices, developers' hooks. @param list<array> $entries */
	private static function tell( array $entries ): void {
		try {
			Live::bump();
			TemplateNotices::changed( $entries );
			if ( false === has_action( 'nxtchat_template_changed' ) ) {
				return;
			}
			foreach ( $entries as $entry ) {
				/**
				 * Something about a template changed; it is committed.
				 *
				 * @param int    $template_id
				 * @param string $kind   'status', 'category', 'quality', 'components', 'created', 'edited', 'deleted' or 'unpaused'.
				 * @param string $before
				 * @param string $after
				 * @param string $source 'webhook', 'sync' or 'staff'.
				 */
				do_action( 'nxtchat_template_changed', (int) $entry['template_id'], $entry['kind'], $entry['before'], $entry['after'], $entry['source'] );
			}
		} catch ( \Throwable $e ) {
			Log::error( 'Telling of a changed template failed: ' . get_class( $e ) . ' in ' . basename( $e->getFile() ) . ':' . $e->getLine() );
		}
	}
}
