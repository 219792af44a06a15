<?php
/**
 * Who meets conditions: how many, which ones, in which order.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Segment;

/**
 * A query is driven in one of two ways, so that at a million contacts none reads a table and sorts it:
 * where an index finds at most EXACT_MAX contacts for some condition, those are taken and sorted, and the count is exact;
 * else the index of the order is walked until the page is full, and the count is estimated from a sample.
 */
final class Audience {

	/** Up to so many contacts are counted one by one, and sorted. */
	public const EXACT_MAX = 20000;

	/** Blocks of ids that a sample looks at, and ids in each. */
	private const SAMPLE_BLOCKS = 64;
	private const SAMPLE_IDS    = 48;

	/** As a sample for the number of all contacts, which needs no test. */
	private const TOTAL_BLOCKS = 16;
	private const TOTAL_IDS    = 16;

	/** A sample that hit fewer is no estimate; and a condition found by index is then counted up to here. */
	private const HITS_MIN    = 8;
	private const COLLECT_MAX = 250000;

	/** A walk first looks at so many times the rows in which the page is expected, and at no fewer than this part of EXACT_MAX. */
	private const WALK_SLACK = 4;
	private const WALK_PART  = 10;
	/** Each further stretch of a walk is so many times as long. */
	private const WALK_GROWTH = 8;

	/** @var array{0: int, 1: int}|null */
	private ?array $span = null;

	/** Parts of the driving condition. @var list<string> */
	private array $driver = array();
	/** What the driving condition is, and what is left to test of the whole once it drives. */
	private array $driving = array();
	private array $rest    = array();
	/** Rows of the parts, counted to EXACT_MAX + 1; null = no index finds this. */
	private ?int $size = null;
	/** The parts list exactly the contacts, each once. */
	private bool $once = false;
	/** @var array{all: int, driving: int, ids: int}|null */
	private ?array $sample = null;
	/** The number of all, when a page happened to show it. */
	private ?int $known = null;

	private array $node;

	/**
	 * To be made anew for each request or each batch: it remembers sizes.
	 *
	 * @param int $exact_max Another EXACT_MAX: with a small one, a few contacts go the ways of a million.
	 */
	public function __construct( Conditions $conditions, private int $exact_max = self::EXACT_MAX ) {
		$this->node = $conditions->node();
		if ( ! $conditions->is_everybody() ) {
			$this->drive();
		}
	}

	/**
	 * How many.
	 *
	 * @return array{value: int, exact: bool} An estimate is rounded to two digits.
	 */
	public function count(): array {
		if ( null !== $this->known ) {
			return self::exactly( $this->known );
		}
		if ( $this->collects() ) {
			return self::exactly( $this->once ? (int) $this->size : AudienceStore::count( $this->rest, $this->driver ) );
		}
		[ $first, $last ] = $this->span();
		$width            = 0 === $last ? 0 : $last - $first + 1;
		if ( $width <= $this->exact_max ) {
			return self::exactly( 0 === $width ? 0 : AudienceStore::count( $this->node, null ) );
		}
		if ( array( 'all', array() ) === $this->node ) {
			$blocks = self::blocks( $first, $last, self::TOTAL_BLOCKS, self::TOTAL_IDS );
			return self::about( AudienceStore::sample( $blocks, array( $this->node ) )[0] / ( self::TOTAL_BLOCKS * self::TOTAL_IDS ) * $width );
		}
		$sample = $this->sample();
		if ( $sample['all'] < self::HITS_MIN && null !== $this->size && $sample['driving'] / $sample['ids'] * $width <= self::COLLECT_MAX ) {
			return self::exactly( AudienceStore::count( $this->rest, $this->driver ) );
		}
		return self::about( $sample['all'] / $sample['ids'] * $width );
	}

	/**
	 * Ids in their order, after one: for what goes through all, batch by batch.
	 *
	 * @return list<int> At most $limit; fewer means that this is the end.
	 */
	public function ids( int $after, int $limit ): array {
		return $this->collects() ? AudienceStore::ids( $this->rest, $this->driver, $after, $limit ) : AudienceStore::ids( $this->node, null, $after, $limit );
	}

	/**
	 * A statement that lists a stretch of these contacts, in the order of their ids, for a Store that goes through all of them
	 * set-based: contacts after $after, and where nothing short drives the query at most $stretch of them looked at.
	 *
	 * @param string $columns Expressions over contacts `c`.
	 * @return array{0: string, 1: int, 2: bool} SQL, the id up to which it looks, and whether that is the end.
	 */
	public function stretch( string $columns, int $after, int $stretch ): array {
		$last = $this->span()[1];
		if ( $this->collects() ) {
			return array( AudienceStore::select( $this->rest, $this->driver, $columns, $after, $last ), $last, true );
		}
		$until = AudienceStore::milestone( 'added', true, array( $after, $after ), $stretch )[1] ?? $last;
		return array( AudienceStore::select( $this->node, null, $columns, $after, $until ), $until, $until >= $last );
	}

	/** Countries that contacts have. @return list<string> */
	public static function countries(): array {
		return AudienceStore::present( 'country', 300 );
	}

	/**
	 * A page in one of the sorts.
	 *
	 * @param string                            $sort  added, name, heard.
	 * @param bool                              $up    Ascending.
	 * @param array{0: int|string, 1: int}|null $after Sort key and id after which it begins, null = from the start.
	 * @return list<array{0: int|string, 1: int}> Sort key and id, at most $limit. count() after it may know the answer already.
	 */
	public function page( string $sort, bool $up, ?array $after, int $limit ): array {
		$rows = $this->rows( $sort, $up, $after, $limit );
		if ( null === $after ) {
			$this->known = $rows[0][2] ?? ( count( $rows ) < $limit ? count( $rows ) : $this->known );
		}
		return $rows;
	}

	/** As page(). */
	private function rows( string $sort, bool $up, ?array $after, int $limit ): array {
		$everybody = array( 'all', array() );
		$bounded   = self::bounds( $this->node, $sort );
		if ( $everybody === $this->node || ( ! $this->collects() && ( $bounded || $this->width() <= $this->exact_max ) ) ) {
			return AudienceStore::page( $this->node, null, $sort, $up, $after, null, $limit );
		}
		// Rows that a walk is expected to read, and rows that are to be taken and sorted else.
		$width = $this->width();
		if ( $this->collects() ) {
			$collect = (int) $this->size;
			$walk    = $everybody === $this->rest ? intdiv( $limit * $width, max( 1, $collect ) ) : $width;
		} else {
			$sample  = $this->sample();
			$collect = null === $this->size ? PHP_INT_MAX : (int) ( $sample['driving'] / $sample['ids'] * $width );
			$walk    = (int) min( $width, $limit * $sample['ids'] / max( $sample['all'], 0.25 ) );
		}
		// What is asked for may lie at the far end of the order (new contacts wrote last): no farther than expected before it is taken and sorted.
		$distance = max( intdiv( $this->exact_max, self::WALK_PART ), self::WALK_SLACK * $walk );
		$found    = array();
		while ( $walk < $collect && $distance < self::WALK_SLACK * $collect ) {
			$until = $distance < $width ? $this->milestone( $sort, $up, $after, $distance ) : null;
			$found = array_merge( $found, AudienceStore::page( $this->node, null, $sort, $up, $after, $until, $limit - count( $found ) ) );
			if ( null === $until || count( $found ) >= $limit ) {
				return $found;
			}
			$after     = $until;
			$distance *= self::WALK_GROWTH;
		}
		return array_merge( $found, AudienceStore::page( $this->rest, $this->driver, $sort, $up, $after, null, $limit - count( $found ), null === $after && ! $this->once ) );
	}

	/**
	 * About $distance rows further on; null when that is beyond the end.
	 *
	 * @param array{0: int|string, 1: int}|null $after
	 * @return array{0: int|string, 1: int}|null
	 */
	private function milestone( string $sort, bool $up, ?array $after, int $distance ): ?array {
		if ( 'added' !== $sort ) {
			return AudienceStore::milestone( $sort, $up, $after, $distance );
		}
		[ $first, $last ] = $this->span();
		$id               = $up ? ( $after[1] ?? $first ) + $distance : ( $after[1] ?? $last ) - $distance;
		return $id < $first || $id > $last ? null : array( $id, $id );
	}

	/** Whether a condition names a part of the very index by which a sort walks. */
	private static function bounds( array $node, string $sort ): bool {
		return match ( $node[0] ) {
			'all'    => (bool) array_filter( $node[1], static fn( $child ) => self::bounds( $child, $sort ) ),
			'range'  => AudienceStore::SORTS[ $sort ][1] === $node[1],
			'starts' => 'name' === $sort,
			default  => false,
		};
	}

	/** Whether the contacts of the driving condition are taken and sorted. */
	private function collects(): bool {
		return null !== $this->size && $this->size <= $this->exact_max;
	}

	private function width(): int {
		[ $first, $last ] = $this->span();
		return $last - $first + 1;
	}

	/** @return array{0: int, 1: int} */
	private function span(): array {
		return $this->span ??= AudienceStore::span();
	}

	/** Chooses the condition that drives. */
	private function drive(): void {
		$parts = array();
		self::collect_parts( $this->node, $parts );
		$sizes = $parts ? AudienceStore::sizes( array_keys( $parts ), $this->exact_max ) : array();
		$best  = self::best( $this->node, $sizes );
		if ( null !== $best ) {
			$this->driver  = $best['parts'];
			$this->size    = $best['size'];
			$this->once    = $best['once'];
			$this->driving = $best['node'];
			$this->rest    = $best['rest'];
		}
	}

	/** @param array<string, true> $parts */
	private static function collect_parts( array $node, array &$parts ): void {
		if ( 'all' === $node[0] || 'any' === $node[0] ) {
			foreach ( $node[1] as $child ) {
				self::collect_parts( $child, $parts );
			}
			return;
		}
		foreach ( AudienceStore::parts( $node ) ?? array() as [ $part ] ) {
			$parts[ $part ] = true;
		}
	}

	/**
	 * Parts that hold everyone of a node: of all its conditions the smallest, of any of them each.
	 *
	 * @param array<string, int> $sizes
	 * @return array{node: array, rest: array, parts: list<string>, size: int, once: bool}|null `rest` is what is left to test.
	 */
	private static function best( array $node, array $sizes ): ?array {
		$nothing = array( 'all', array() );
		if ( 'all' === $node[0] ) {
			$best = null;
			$at   = null;
			foreach ( $node[1] as $n => $child ) {
				$found = self::best( $child, $sizes );
				if ( null !== $found && ( null === $best || $found['size'] < $best['size'] ) ) {
					$best = $found;
					$at   = $n;
				}
			}
			if ( null === $best ) {
				return null;
			}
			$others       = array_values( array_diff_key( $node[1], array( $at => true ) ) );
			$best['once'] = $best['once'] && ! $others;
			$best['rest'] = array( 'all', $nothing === $best['rest'] ? $others : array( ...$others, $best['rest'] ) );
			return $best;
		}
		if ( 'any' === $node[0] ) {
			$all = array(
				'node'  => array( 'any', array() ),
				'rest'  => $nothing,
				'parts' => array(),
				'size'  => 0,
				'once'  => false,
			);
			foreach ( $node[1] as $child ) {
				$found = self::best( $child, $sizes );
				if ( null === $found ) {
					return null;
				}
				$all['node'][1][] = $found['node'];
				$all['parts']     = array_merge( $all['parts'], $found['parts'] );
				$all['size']     += $found['size'];
				$all['rest']      = $nothing === $found['rest'] ? $all['rest'] : $node;
			}
			return $all['parts'] ? $all : null;
		}
		$parts = AudienceStore::parts( $node );
		return null === $parts ? null : array(
			'node'  => $node,
			'rest'  => $nothing,
			'parts' => array_column( $parts, 0 ),
			'size'  => array_sum( array_map( static fn( $part ) => $sizes[ $part[0] ], $parts ) ),
			'once'  => 1 === count( $parts ) && $parts[0][1],
		);
	}

	/** @return array{all: int, driving: int, ids: int} Hits of everything and of the driving condition in so many ids. */
	private function sample(): array {
		if ( null === $this->sample ) {
			[ $first, $last ] = $this->span();
			$both             = $this->driving && array( 'all', array() ) !== $this->rest;
			$hits             = AudienceStore::sample( self::blocks( $first, $last, self::SAMPLE_BLOCKS, self::SAMPLE_IDS ), $both ? array( $this->node, $this->driving ) : array( $this->node ) );
			$this->sample     = array(
				'all'     => $hits[0],
				'driving' => $hits[1] ?? ( $this->driving ? $hits[0] : 0 ),
				'ids'     => self::SAMPLE_BLOCKS * self::SAMPLE_IDS,
			);
		}
		return $this->sample;
	}

	/**
	 * Blocks of ids, one in each part of the span, always the same for the same span: an estimate does not jump between two looks.
	 * Ids that are gone count as misses, so that hits ÷ ids × span estimates a number of contacts.
	 *
	 * @return list<array{0: int, 1: int}>
	 */
	private static function blocks( int $first, int $last, int $count, int $ids ): array {
		$part = ( $last - $first + 1 ) / $count;
		$out  = array();
		for ( $n = 0; $n < $count; $n++ ) {
			$room  = max( 0, (int) $part - $ids );
			$begin = $first + (int) ( $n * $part ) + ( 0 === $room ? 0 : crc32( "$count:$n" ) % ( $room + 1 ) );
			$out[] = array( $begin, $begin + $ids - 1 );
		}
		return $out;
	}

	/** @return array{value: int, exact: bool} */
	private static function exactly( int $value ): array {
		return array(
			'value' => $value,
			'exact' => true,
		);
	}

	/** @return array{value: int, exact: bool} */
	private static function about( float $value ): array {
		$unit = 10 ** max( 0, (int) floor( log10( max( 1.0, $value ) ) ) - 1 );
		return array(
			'value' => (int) ( round( $value / $unit ) * $unit ),
			'exact' => false,
		);
	}
}
