<?php
/**
 * What became of a broadcast.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Broadcast;

use NxtChat\Contact\Contacts;
use NxtChat\Native;
use NxtChat\Problems;
use NxtChat\Rest;
use NxtChat\Site;

/** The funnel, what it cost, what failed and why, the proof that everybody was treated once, and everybody's own line. */
final class Report {

	/** Hours of the graph, recipients of one page of the export. */
	private const HOURS_MAX = 24 * 31;
	private const PAGE      = 500;

	/** A broadcast no longer than this is shown by minute. */
	private const FINE_MS   = 7200000;
	private const MINUTE_MS = 60000;

	/** A report is kept for so many seconds, and for so many times as long as it took: at a million people that is some seconds. */
	private const KEEP_S     = 5;
	private const KEEP_TIMES = 10;

	/** Broadcasts that are compared: as many as a person can look at together. */
	private const COMPARED_MIN = 2;
	private const COMPARED_MAX = 6;

	/** Prices that Meta bills, by its word for a type. */
	private const BILLED = 'regular';

	/** @return array<string, mixed>|\WP_Error */
	public static function get( int $id, bool $fresh = false ): array|\WP_Error {
		$row = BroadcastStore::get( $id );
		if ( null === $row ) {
			return Broadcasts::missing();
		}
		$kept = $fresh ? null : self::kept( $row );
		if ( null !== $kept ) {
			return $kept;
		}
		$begun      = microtime( true );
		$groups     = ReportStore::groups( $id );
		$progress   = self::progress( $groups );
		$definition = Broadcasts::definition( $row );
		$sides      = null === $definition['ab'] ? array() : AbTest::sides( $id );
		$report     = array(
			'id'         => $id,
			'name'       => $row['name'],
			'state_name' => States::word( (int) $row['state'] ),
			'updated_ms' => (int) $row['updated_ms'],
			'made_ms'    => Site::now_ms(),
			'progress'   => $progress,
			'funnel'     => self::funnel( $id, $progress ),
			'skipped'    => self::skipped( $groups ),
			'errors'     => self::errors( $groups ),
			'countries'  => self::countries( $groups ),
			'cost'       => self::cost( $groups ),
			'ab'         => null === $definition['ab'] ? null : array(
				'by'     => $definition['ab']['by'],
				'winner' => (int) $row['winner'],
				'sides'  => array(
					array( 'template' => $definition['template'] ) + ( $sides[1] ?? array() ),
					array( 'template' => $definition['ab']['template'] ) + ( $sides[2] ?? array() ),
				),
			),
			'proof'      => self::proof( $row, $progress ),
		) + self::times( $row );
		set_transient( self::key( $id ), $report, max( self::KEEP_S, (int) ceil( self::KEEP_TIMES * ( microtime( true ) - $begun ) ) ) );
		return $report;
	}

	/** @param array<string, string> $row */
	private static function kept( array $row ): ?array {
		$kept = get_transient( self::key( (int) $row['id'] ) );
		return is_array( $kept ) && $kept['updated_ms'] === (int) $row['updated_ms'] ? $kept : null;
	}

	/** Where a report is kept. */
	public static function key( int $id ): string {
		return "nxtchat_broadcast_report_$id";
	}

	/**
	 * Several beside each other, as they were asked for: what each is, and the sums of its report.
	 *
	 * @param list<string> $ids As written by whoever asks.
	 * @return array{items: list<array>, missing: list<int>}|\WP_Error missing: those that are not there (any more).
	 */
	public static function compare( array $ids ): array|\WP_Error {
		$numbers = array_values( array_unique( array_map( 'intval', $ids ) ) );
		if ( preg_grep( '/^[1-9]\d{0,14}$/D', $ids, PREG_GREP_INVERT ) || count( $numbers ) < self::COMPARED_MIN || count( $numbers ) > self::COMPARED_MAX ) {
			/* translators: 1: a number, 2: a number */
			return Problems::error( array( Problems::one( 'ids', sprintf( __( 'Name %1$d to %2$d broadcasts.', 'nxt-cloud-chat' ), self::COMPARED_MIN, self::COMPARED_MAX ) ) ) );
		}
		$items   = array();
		$missing = array();
		foreach ( $numbers as $id ) {
			$row = BroadcastStore::get( $id );
			if ( null === $row ) {
				$missing[] = $id;
				continue;
			}
			$sums       = self::kept( $row );
			$definition = Broadcasts::definition( $row );
			if ( null === $sums ) {
				$groups   = ReportStore::groups( $id );
				$progress = self::progress( $groups );
				$sums     = array(
					'progress' => $progress,
					'funnel'   => self::funnel( $id, $progress ),
					'cost'     => self::cost( $groups ),
				);
			}
			$items[] = array_diff_key( Broadcasts::json( $row, true ), array_flip( array( 'counts', 'can', 'template' ) ) )
				+ array_intersect_key( $sums, array_flip( array( 'progress', 'funnel', 'cost' ) ) )
				+ array( 'templates' => array_values( array_filter( array( $definition['template'], $definition['ab']['template'] ?? null ) ) ) );
		}
		return $items ? compact( 'items', 'missing' ) : Broadcasts::missing();
	}

	/**
	 * A page of recipients, each with its state, times, error and remedy.
	 *
	 * @param array{state?: string, reason?: string, error?: int, variant?: int, country?: string} $filter state: a word of Broadcasts::progress().
	 * @return array{items: list<array>, next: ?string}|\WP_Error
	 */
	public static function recipients( int $id, array $filter, string $cursor, int $limit ): array|\WP_Error {
		$after = '' === $cursor ? array( 0 ) : Rest::cursor_decode( $cursor, 1 );
		if ( null === BroadcastStore::get( $id ) ) {
			return Broadcasts::missing();
		}
		$where = self::where( $filter );
		if ( null === $after || null === $where ) {
			return Problems::refuse( 'nxtchat_invalid', 400, __( 'There is no such list.', 'nxt-cloud-chat' ) );
		}
		$rows = ReportStore::page( $id, $where, $after[0], $limit + 1 );
		$more = count( $rows ) > $limit;
		$rows = array_slice( $rows, 0, $limit );
		return array(
			'items' => self::lines( $rows ),
			'next'  => $more ? Rest::cursor_encode( array( (int) end( $rows )['id'] ) ) : null,
		);
	}

	/**
	 * Everybody as CSV.
	 *
	 * @param callable $out fn( string $csv ): mixed; false stops.
	 * @return int|\WP_Error How many.
	 */
	public static function export( int $id, array $filter, callable $out ): int|\WP_Error {
		$where = self::where( $filter );
		if ( null === BroadcastStore::get( $id ) || null === $where ) {
			return Broadcasts::missing();
		}
		$out( "\u{FEFF}" . Native\csv_encode( array( array( 'contact_id', 'name', 'phone', 'country', 'state', 'reason', 'error_code', 'error', 'remedy', 'sent', 'delivered', 'read', 'failed', 'price_category', 'price_type', 'variant', 'template', 'language', 'attempt', 'ref', 'wamid' ) ) ) );
		$after = 0;
		$count = 0;
		do {
			$rows = ReportStore::page( $id, $where, $after, self::PAGE );
			$csv  = array();
			foreach ( self::lines( $rows ) as $line ) {
				$csv[] = array(
					(string) $line['contact']['id'],
					$line['contact']['name'],
					$line['contact']['phone'],
					$line['country'],
					$line['state_name'],
					$line['reason_text'],
					0 === $line['error_code'] ? '' : (string) $line['error_code'],
					$line['error'],
					$line['remedy'],
					self::time( $line['sent_ms'] ),
					self::time( $line['delivered_ms'] ),
					self::time( $line['read_ms'] ),
					self::time( $line['failed_ms'] ),
					$line['pricing_category'],
					$line['pricing_type'],
					0 === $line['variant'] ? '' : 'AB'[ $line['variant'] - 1 ],
					$line['template'],
					$line['template_language'],
					(string) $line['attempt'],
					$line['ref'],
					$line['wamid'],
				);
			}
			if ( $csv && false === $out( Native\csv_encode( $csv ) ) ) {
				return $count;
			}
			$count += count( $rows );
			$after  = $rows ? (int) end( $rows )['id'] : $after;
			ReportStore::forget();
		} while ( count( $rows ) === self::PAGE );
		return $count;
	}

	/** @param list<array<string, string>> $groups */
	private static function progress( array $groups ): array {
		$counts = array();
		foreach ( $groups as $g ) {
			$counts[ (int) $g['state'] ] = ( $counts[ (int) $g['state'] ] ?? 0 ) + (int) $g['n'];
		}
		return Broadcasts::progress( $counts );
	}

	/** From the audience to those who left. */
	private static function funnel( int $id, array $progress ): array {
		$sent = $progress['sent'] + $progress['delivered'] + $progress['read'];
		return array(
			'audience'  => $progress['all'],
			'sent'      => $sent,
			'delivered' => $progress['delivered'] + $progress['read'],
			'read'      => $progress['read'],
			'replied'   => 0 === $sent ? 0 : array_sum( ReportStore::replied_by_variant( $id ) ),
			'clicked'   => 0 === $sent ? 0 : ReportStore::clicked( $id ),
			'opted_out' => 0 === $sent ? 0 : ReportStore::opted_out( $id ),
		);
	}

	/** @return list<array{reason: string, text: string, count: int}> */
	private static function skipped( array $groups ): array {
		$by = array();
		foreach ( $groups as $g ) {
			if ( Recipients::SKIPPED === (int) $g['state'] ) {
				$by[ (int) $g['reason'] ] = ( $by[ (int) $g['reason'] ] ?? 0 ) + (int) $g['n'];
			}
		}
		arsort( $by );
		$out = array();
		foreach ( $by as $reason => $count ) {
			$out[] = array(
				'reason' => (string) array_search( $reason, Recipients::REASONS, true ),
				'text'   => Recipients::reason( $reason ),
				'count'  => $count,
			);
		}
		return $out;
	}

	/** What an error means; 0 is ours: the message was not as WhatsApp takes it, and never left. @return array{title: string, message: string, remedy: string} */
	private static function book( int $code ): array {
		return 0 !== $code ? Native\error_book( $code ) : array(
			'title'   => __( 'Not sent by this site', 'nxt-cloud-chat' ),
			'message' => __( 'The message could not be sent as it was.', 'nxt-cloud-chat' ),
			'remedy'  => __( 'Look at the error of each person, and at the values of the template.', 'nxt-cloud-chat' ),
		);
	}

	/** @return list<array{code: int, title: string, message: string, remedy: string, again: bool, count: int}> */
	private static function errors( array $groups ): array {
		$by = array();
		foreach ( $groups as $g ) {
			if ( Native\STATE_FAILED === (int) $g['state'] ) {
				$by[ (int) $g['error_code'] ] = ( $by[ (int) $g['error_code'] ] ?? 0 ) + (int) $g['n'];
			}
		}
		arsort( $by );
		$out = array();
		foreach ( $by as $code => $count ) {
			$book  = self::book( $code );
			$out[] = array(
				'code'    => $code,
				'title'   => (string) $book['title'],
				'message' => (string) $book['message'],
				'remedy'  => (string) $book['remedy'],
				'again'   => (bool) BroadcastControl::again_codes( array( array( 'error_code' => $code ) ) ),
				'count'   => $count,
			);
		}
		return $out;
	}

	/** @return list<array{country: string, all: int, sent: int, delivered: int, read: int, failed: int, skipped: int}> The largest first. */
	private static function countries( array $groups ): array {
		$by = array();
		foreach ( $groups as $g ) {
			$by[ $g['country'] ][ (int) $g['state'] ] = ( $by[ $g['country'] ][ (int) $g['state'] ] ?? 0 ) + (int) $g['n'];
		}
		$out = array();
		foreach ( $by as $country => $counts ) {
			$of    = Broadcasts::progress( $counts );
			$out[] = array(
				'country'   => (string) $country,
				'all'       => $of['all'],
				'sent'      => $of['sent'] + $of['delivered'] + $of['read'],
				'delivered' => $of['delivered'] + $of['read'],
				'read'      => $of['read'],
				'failed'    => $of['failed'],
				'skipped'   => $of['skipped'],
			);
		}
		usort( $out, static fn( array $a, array $b ): int => $b['all'] <=> $a['all'] );
		return $out;
	}

	/**
	 * What happened when: by hour; and by minute of the last two hours while it runs, or of its first two when it took no longer.
	 *
	 * @param array<string, string> $row
	 * @return array{hours: list<array{at_ms: int, sent: int, delivered: int, read: int, failed: int}>, minutes: list<array{at_ms: int, sent: int, delivered: int, read: int, failed: int}>}
	 */
	private static function times( array $row ): array {
		$none    = array_fill_keys( array( 'sent', 'delivered', 'read', 'failed' ), 0 );
		$hours   = array();
		$minutes = array();
		$runs    = States::RUNNING === (int) $row['state'];
		$begun   = (int) $row['started_ms'];
		$ended   = (int) $row['finished_ms'];
		$from    = $runs ? max( $begun, Site::now_ms() - self::FINE_MS ) : $begun;
		$to      = $runs ? Site::now_ms() : ( $ended - $begun < self::FINE_MS ? $begun + self::FINE_MS : 0 );
		$from   -= $from % self::MINUTE_MS;
		foreach ( array_keys( $none ) as $what ) {
			foreach ( ReportStore::minutes( (int) $row['id'], "{$what}_ms", 60 * self::HOURS_MAX ) as $minute => $count ) {
				$hour                     = $minute - $minute % ( 60 * self::MINUTE_MS );
				$hours[ $hour ]         ??= array( 'at_ms' => $hour ) + $none;
				$hours[ $hour ][ $what ] += $count;
				if ( $minute >= $from && $minute <= $to ) {
					$minutes[ $minute ]         ??= array( 'at_ms' => $minute ) + $none;
					$minutes[ $minute ][ $what ] += $count;
				}
			}
		}
		ksort( $hours );
		$last = $runs ? $to - $to % self::MINUTE_MS : max( array( $from, ...array_keys( $minutes ) ) );
		for ( $at = $from; $minutes && $at <= $last; $at += self::MINUTE_MS ) {
			$minutes[ $at ] ??= array( 'at_ms' => $at ) + $none; // One in which nothing happened is seen too.
		}
		ksort( $minutes );
		return array(
			'hours'   => array_slice( array_values( $hours ), 0, self::HOURS_MAX ),
			'minutes' => array_values( $minutes ),
		);
	}

	/** What Meta says that it bills, by its category, with the owner's prices. @return array{currency: string, amount: ?float, unpriced: int, billed: int, free: int, categories: list<array{category: string, count: int, amount: ?float}>} */
	private static function cost( array $groups ): array {
		$by   = array();
		$free = 0;
		foreach ( $groups as $g ) {
			if ( '' === $g['pricing_category'] ) {
				continue;
			}
			if ( '' !== $g['pricing_type'] && self::BILLED !== $g['pricing_type'] ) {
				$free += (int) $g['n'];
			} else {
				$by[ $g['pricing_category'] ][ $g['country'] ] = ( $by[ $g['pricing_category'] ][ $g['country'] ] ?? 0 ) + (int) $g['n'];
			}
		}
		$out = array(
			'currency'   => '',
			'amount'     => null,
			'unpriced'   => 0,
			'billed'     => 0,
			'free'       => $free,
			'categories' => array(),
		);
		foreach ( $by as $category => $countries ) {
			$cost                = Cost::estimate( (string) $category, $countries );
			$out['currency']     = $cost['currency'];
			$out['unpriced']    += $cost['unpriced'];
			$out['billed']      += array_sum( $countries );
			$out['amount']       = null === $cost['amount'] ? $out['amount'] : (float) $out['amount'] + $cost['amount'];
			$out['categories'][] = array(
				'category' => (string) $category,
				'count'    => array_sum( $countries ),
				'amount'   => $cost['amount'],
			);
		}
		return $out;
	}

	/**
	 * That everybody was treated once: each line with whether it holds.
	 *
	 * @return array{ok: bool, perhaps_twice: int, lines: list<array{what: string, ok: bool, left: int, right: int}>} perhaps_twice: an unknown outcome was sent again.
	 */
	private static function proof( array $row, array $progress ): array {
		$proof = ReportStore::proof( (int) $row['id'], Recipients::prefix( $row['uid'], (int) $row['id'] ) );
		$line  = static fn( string $what, int $left, int $right ): array => array(
			'what'  => $what,
			'ok'    => $left === $right,
			'left'  => $left,
			'right' => $right,
		);
		$lines = array(
			$line( __( 'The states add up to the audience', 'nxt-cloud-chat' ), array_sum( array_diff_key( $progress, array_flip( array( 'done', 'all' ) ) ) ), (int) $row['total'] ),
			$line( __( 'Each person of the audience has one row', 'nxt-cloud-chat' ), $proof['recipients'], (int) $row['total'] ),
			$line( __( 'Each message has its own reference', 'nxt-cloud-chat' ), $proof['refs'], $proof['messages'] ),
			$line( __( 'Each message that WhatsApp took has its own id', 'nxt-cloud-chat' ), $proof['ids'], $proof['wamids'] ),
			$line( __( 'Nobody got it twice', 'nxt-cloud-chat' ), $proof['twice'], 0 ),
			$line( __( 'No status is without its message', 'nxt-cloud-chat' ), $proof['orphans'], 0 ),
		);
		return array(
			'ok'            => ! in_array( false, array_column( $lines, 'ok' ), true ),
			'perhaps_twice' => $proof['perhaps'],
			'lines'         => $lines,
		);
	}

	/** @return list<array<string, mixed>> */
	private static function lines( array $rows ): array {
		$people = Contacts::brief( array_values( array_unique( array_map( static fn( array $row ): int => (int) $row['contact_id'], array_filter( $rows, static fn( array $row ): bool => (float) $row['contact_id'] < Recipients::NOBODY ) ) ) ) );
		$out    = array();
		foreach ( $rows as $row ) {
			$state = (int) $row['state'];
			$code  = (int) $row['error_code'];
			$book  = Native\STATE_FAILED === $state ? self::book( $code ) : null;
			$word  = array_keys( array_filter( array_diff_key( Broadcasts::progress( array( $state => 1 ) ), array_flip( array( 'done', 'all' ) ) ) ) )[0] ?? '';
			$line  = array(
				'id'              => (int) $row['id'],
				'contact'         => $people[ (int) $row['contact_id'] ] ?? array(
					'id'       => 0,
					'name'     => '',
					'phone'    => '',
					'username' => '',
				),
				'state'           => $state,
				'state_name'      => $word,
				'reason'          => (string) array_search( (int) $row['reason'], Recipients::REASONS, true ),
				'reason_text'     => Recipients::SKIPPED === $state ? Recipients::reason( (int) $row['reason'] ) : '',
				'error_code'      => $code,
				'error'           => null === $book ? '' : (string) ( $row['error_text'] ?? '' ?: $book['title'] ),
				'remedy'          => null === $book ? '' : (string) $book['remedy'],
				'conversation_id' => (int) $row['conversation_id'],
			);
			foreach ( array( 'variant', 'attempt', 'message_id', 'due_ms', 'sent_ms', 'delivered_ms', 'read_ms', 'failed_ms' ) as $key ) {
				$line[ $key ] = (int) $row[ $key ];
			}
			foreach ( array( 'country', 'pricing_category', 'pricing_type', 'ref', 'wamid', 'template', 'template_language' ) as $key ) {
				$line[ $key ] = (string) $row[ $key ];
			}
			$out[] = $line;
		}
		return $out;
	}

	/** @return array<string, mixed>|null Null for what is no filter. */
	private static function where( array $filter ): ?array {
		$states = array(
			'waiting'   => array( Native\STATE_QUEUED ),
			'sending'   => array( Native\STATE_SENDING ),
			'unknown'   => array( Native\STATE_UNKNOWN ),
			'sent'      => array( Native\STATE_SENT ),
			'delivered' => array( Native\STATE_DELIVERED ),
			'read'      => array( Native\STATE_READ, Native\STATE_PLAYED ),
			'failed'    => array( Native\STATE_FAILED ),
			'skipped'   => array( Recipients::SKIPPED ),
		);
		$out    = array();
		$state  = (string) ( $filter['state'] ?? '' );
		$reason = (string) ( $filter['reason'] ?? '' );
		if ( ( '' !== $state && ! isset( $states[ $state ] ) ) || ( '' !== $reason && ! isset( Recipients::REASONS[ $reason ] ) ) ) {
			return null;
		}
		if ( '' !== $state ) {
			$out['states'] = $states[ $state ];
		}
		if ( '' !== $reason ) {
			$out['states'] = $states['skipped'];
			$out['reason'] = Recipients::REASONS[ $reason ];
		}
		foreach ( array( 'error', 'variant' ) as $key ) {
			if ( ! empty( $filter[ $key ] ) ) {
				$out[ $key ] = (int) $filter[ $key ];
			}
		}
		return $out + array( 'country' => (string) ( $filter['country'] ?? '' ) );
	}

	private static function time( int $ms ): string {
		return $ms > 0 ? gmdate( 'Y-m-d\TH:i:s\Z', intdiv( $ms, 1000 ) ) : '';
	}
}
