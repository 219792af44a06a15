<?php
/**
 * SQL of conditions: the only place where they are compiled.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Segment;

use NxtChat\Native;
use NxtChat\Schema;
use NxtChat\Store;

/**
 * Compiles nodes, and runs them.
 *
 * A node is one of
 * `['all', nodes]`, `['any', nodes]`, `['not', node]`,
 * `['in', column, values]`, `['range', column, ?lo, ?hi]`, `['text', column, spellings, 0 | characters of a prefix]`, `['named']`,
 * `['starts', prefix of sort_name]`, `['word', prefix]`, `['identity', kind, prefixes (none = any)]`, `['group', ids]`,
 * `['value', field]`, `['value_in', field, texts]`, `['value_text', field, spellings, characters]`, `['value_number', field, ?lo, ?hi, open = false]`,
 * `['role', names]`, `['written', since ms]`, `['unread']`, `['broadcast', ids, states of recipients]`, `['listed', broadcast]`, `['woo', orders|spent, ?lo, ?hi, open]`, `['ordered', ?since ms, ?until ms]`.
 *
 * Each can be compiled in two ways: a *test* of one row of contacts, `c`, by primary keys and short indexes; and, where an index
 * finds its contacts, *parts* that list them. A query is driven either by the parts of the smallest condition or by the index of its order,
 * and tests the rest. Tests are scalar subqueries, which no optimizer turns into a join of its own choice.
 */
final class AudienceStore extends Store {

	/** Columns of contacts with an index that an `in` can use. */
	private const INDEXED = array( 'id', 'country', 'language', 'source', 'marketing', 'utility', 'login', 'email', 'import_id' );

	/** Index by which contacts are walked, and its first column, by sort. */
	public const SORTS = array(
		'added' => array( 'PRIMARY', 'id' ),
		'name'  => array( 'sort_name', 'sort_name' ),
		'heard' => array( 'last_in', 'last_in_ms' ),
	);

	/** Above every string of a prefix range: the last code point that is a character. */
	private const LAST = "\u{10FFFD}";

	/**
	 * A condition on one row of contacts `c`; never NULL.
	 *
	 * @param string $id The contact's id: of the driving list, where there is one, so that who fails is never read.
	 */
	public static function test( array $node, string $id = 'c.id' ): string {
		switch ( $node[0] ) {
			case 'all':
				return $node[1] ? '(' . implode( ' AND ', array_map( static fn( $child ) => self::test( $child, $id ), $node[1] ) ) . ')' : '1 = 1';
			case 'any':
				return $node[1] ? '(' . implode( ' OR ', array_map( static fn( $child ) => self::test( $child, $id ), $node[1] ) ) . ')' : '1 = 0';
			case 'not':
				return 'NOT (' . self::test( $node[1], $id ) . ')';
			case 'named':
				return "(c.name <> '' OR c.profile_name <> '')";
			case 'word':
				return self::found( 'contact_words', 'w', "w.contact_id = $id AND " . self::prefix( 'w.word', $node[1] ) );
			case 'identity':
				$prefixes = array_map( static fn( $p ) => self::prefix( 'i.value', $p ), $node[2] );
				return self::found( 'contact_identities', 'i', "i.contact_id = $id AND i.kind = " . (int) $node[1] . ( $prefixes ? ' AND (' . implode( ' OR ', $prefixes ) . ')' : '' ) );
			case 'group':
				return self::found( 'group_members', 'm', "m.contact_id = $id AND m.group_id IN " . self::in( $node[1] ) );
			case 'value':
			case 'value_in':
			case 'value_text':
			case 'value_number':
				return self::found( 'contact_values', 'v', "v.contact_id = $id AND " . self::value( $node ) );
			case 'role':
				global $wpdb;
				return "(SELECT 1 FROM $wpdb->usermeta u WHERE u.user_id = c.wp_user_id AND c.wp_user_id > 0 AND " . self::role( $node[1] ) . ' LIMIT 1) IS NOT NULL';
			case 'written':
				return self::found( 'messages', 'g', "g.contact_id = $id AND g.direction = " . Native\DIRECTION_OUT . ' AND g.at_ms >= ' . (int) $node[1] );
			case 'unread':
				return self::found( 'conversations', 'o', "o.contact_id = $id AND o.is_unread = 1" );
			case 'broadcast':
				return self::found( 'recipients', 'r', "r.contact_id = $id AND r.broadcast_id IN " . self::in( $node[1] ) . ' AND r.state IN ' . self::in( $node[2] ) );
			case 'listed':
				return self::found( 'broadcast_people', 'p', "p.contact_id = $id AND p.broadcast_id = " . (int) $node[1] );
			case 'woo':
			case 'ordered':
				return WooStore::test( $node );
			default:
				return self::column( $node );
		}
	}

	/**
	 * Statements that together list exactly the contacts of a node, each by an index. Null when no index does.
	 *
	 * @return list<array{0: string, 1: bool}>|null `SELECT … AS id …` without ORDER or LIMIT, and whether it lists each once.
	 */
	public static function parts( array $node ): ?array {
		$one = static fn( string $column, string $from, string $where, bool $once ) => array( array( "SELECT $column AS id FROM $from WHERE $where", $once ) );
		switch ( $node[0] ) {
			case 'in':
				return in_array( $node[1], self::INDEXED, true ) && array( '' ) !== $node[2] ? $one( 'c.id', self::contacts(), self::column( $node ), true ) : null;
			case 'range':
			case 'text':
			case 'starts':
				return $one( 'c.id', self::contacts(), self::column( $node ), true );
			case 'word':
				return $one( 'w.contact_id', Schema::table( 'contact_words' ) . ' w', self::prefix( 'w.word', $node[1] ), false );
			case 'identity':
				$parts = array();
				foreach ( $node[2] ? $node[2] : array( '' ) as $prefix ) {
					$parts[] = array( 'SELECT i.contact_id AS id FROM ' . Schema::table( 'contact_identities' ) . ' i WHERE i.kind = ' . (int) $node[1] . ( '' === $prefix ? '' : ' AND ' . self::prefix( 'i.value', $prefix ) ), false );
				}
				return $parts;
			case 'group':
				return $one( 'm.contact_id', Schema::table( 'group_members' ) . ' m', 'm.group_id IN ' . self::in( $node[1] ), 1 === count( $node[1] ) );
			case 'value':
			case 'value_in':
			case 'value_text':
			case 'value_number':
				return $one( 'v.contact_id', Schema::table( 'contact_values' ) . ' v', self::value( $node ), true );
			case 'role':
				global $wpdb;
				return $one( 'c.id', "$wpdb->usermeta u JOIN " . self::contacts() . ' ON c.wp_user_id = u.user_id', 'c.wp_user_id > 0 AND ' . self::role( $node[1] ), true );
			case 'written':
				return $one( 'g.contact_id', Schema::table( 'messages' ) . ' g', 'g.at_ms >= ' . (int) $node[1] . ' AND g.direction = ' . Native\DIRECTION_OUT, false );
			case 'unread':
				return $one( 'o.contact_id', Schema::table( 'conversations' ) . ' o', 'o.is_unread = 1', false );
			case 'broadcast':
				return $one( 'r.contact_id', Schema::table( 'recipients' ) . ' r', 'r.broadcast_id IN ' . self::in( $node[1] ) . ' AND r.state IN ' . self::in( $node[2] ), 1 === count( $node[1] ) );
			case 'listed':
				return $one( 'p.contact_id', Schema::table( 'broadcast_people' ) . ' p', 'p.broadcast_id = ' . (int) $node[1], true );
			case 'ordered':
				return WooStore::parts( $node );
			default:
				return null;
		}
	}

	/**
	 * How many rows each part has, counted up to $max + 1.
	 *
	 * @param list<string> $parts
	 * @return array<string, int> By part.
	 */
	public static function sizes( array $parts, int $max ): array {
		$out = array();
		foreach ( array_chunk( $parts, 50 ) as $chunk ) {
			$select = array();
			foreach ( $chunk as $n => $part ) {
				$select[] = "(SELECT COUNT(*) FROM ($part LIMIT " . ( $max + 1 ) . ") p$n) AS n$n";
			}
			$row = self::rows( 'SELECT ' . implode( ', ', $select ) )[0];
			foreach ( $chunk as $n => $part ) {
				$out[ $part ] = (int) $row[ "n$n" ];
			}
		}
		return $out;
	}

	/**
	 * The smallest and the largest id of a contact, 0 and 0 when there is none.
	 *
	 * @return array{0: int, 1: int}
	 */
	public static function span(): array {
		$table = Schema::table( 'contacts' );
		// Apart: together SQLite would read them all.
		$row = self::rows( "SELECT (SELECT MIN(id) FROM $table) AS a, (SELECT MAX(id) FROM $table) AS b" )[0];
		return array( (int) $row['a'], (int) $row['b'] );
	}

	/**
	 * Looks at blocks of ids.
	 *
	 * @param list<array{0: int, 1: int}> $blocks First and last id, at least one.
	 * @param list<array>                 $nodes  At least one.
	 * @return list<int> How many contacts there meet each node.
	 */
	public static function sample( array $blocks, array $nodes ): array {
		$where  = array_map( static fn( $block ) => 'c.id BETWEEN ' . (int) $block[0] . ' AND ' . (int) $block[1], $blocks );
		$select = array();
		foreach ( $nodes as $n => $node ) {
			$select[] = 'SUM(CASE WHEN ' . self::test( $node ) . " THEN 1 ELSE 0 END) AS n$n";
		}
		global $wpdb;
		$from = self::contacts() . ' WHERE ' . implode( ' OR ', $where );
		if ( ! $wpdb->dbh instanceof \mysqli ) {
			// SQLite reads the whole table for so many ORs. (Our table first: $wpdb looks for one behind FROM.)
			$from = self::contacts() . ' JOIN (' . implode( ' UNION ALL ', array_map( static fn( $block ) => 'SELECT ' . (int) $block[0] . ' AS a, ' . (int) $block[1] . ' AS z', $blocks ) ) . ') b ON c.id >= b.a AND c.id <= b.z';
		}
		$row = self::rows( 'SELECT ' . implode( ', ', $select ) . " FROM $from" )[0];
		return array_map( static fn( $n ) => (int) $row[ "n$n" ], array_keys( $nodes ) );
	}

	/**
	 * Counts who meets a node.
	 *
	 * @param list<string>|null $driver Parts that list who is tested; null = every contact.
	 */
	public static function count( array $node, ?array $driver ): int {
		return (int) self::scalar( 'SELECT COUNT(*) AS n FROM ' . self::from( $driver, '' ) . ' WHERE ' . self::test( $node, self::id( $driver ) ) );
	}

	/** Ids of the contacts of a node after an id, in their order. @return list<int> At most $limit. */
	public static function ids( array $node, ?array $driver, int $after, int $limit ): array {
		$sql = 'SELECT c.id AS id FROM ' . self::from( $driver, 'PRIMARY' ) . ' WHERE c.id > ' . $after . ' AND ' . self::test( $node, self::id( $driver ) ) . " ORDER BY c.id LIMIT $limit";
		return array_map( 'intval', array_column( self::rows( $sql ), 'id' ) );
	}

	/**
	 * A statement that lists contacts of a node between two ids, for another Store to run as a part of its own.
	 *
	 * @param string $columns Expressions over `c`.
	 */
	public static function select( array $node, ?array $driver, string $columns, int $after, int $until ): string {
		return "SELECT $columns FROM " . self::from( $driver, 'PRIMARY' ) . " WHERE c.id > $after AND c.id <= $until AND " . self::test( $node, self::id( $driver ) );
	}

	/**
	 * A page of ids in one of the sorts.
	 *
	 * @param list<string>|null                    $driver  As for count(); null = walks the index of the sort.
	 * @param string                               $sort    Key of SORTS.
	 * @param bool                                 $up      Ascending.
	 * @param array{0: int|string, 1: int}|null    $after   Sort key and id after which the page begins.
	 * @param array{0: int|string, 1: int}|null    $until   Sort key and id of the last row to look at.
	 * @param bool                                 $counts  Also tells the number of all: with a driver, whose contacts are all looked at anyway.
	 * @return list<array{0: int|string, 1: int, 2?: int}> Sort key, id and the number of all, at most $limit.
	 */
	public static function page( array $node, ?array $driver, string $sort, bool $up, ?array $after, ?array $until, int $limit, bool $counts = false ): array {
		[ $index, $column ] = self::SORTS[ $sort ];
		$where              = array( self::test( $node, self::id( $driver ) ) );
		if ( null !== $after ) {
			array_unshift( $where, self::beyond( $column, $after, $up, false ) );
		}
		if ( null !== $until ) {
			array_unshift( $where, self::beyond( $column, $until, ! $up, true ) );
		}
		$way = $up ? 'ASC' : 'DESC';
		$sql = "SELECT c.$column AS sort_key, c.id AS id" . ( $counts ? ', COUNT(*) OVER () AS total' : '' ) . ' FROM ' . self::from( $driver, $index ) . ' WHERE ' . implode( ' AND ', $where )
			. ' ORDER BY ' . ( 'id' === $column ? "c.id $way" : "c.$column $way, c.id $way" ) . " LIMIT $limit";
		return self::keys( $sql, $column );
	}

	/**
	 * The row that lies $distance rows after another in a sort, null when there are not so many. Reads the index alone.
	 *
	 * @param array{0: int|string, 1: int}|null $after
	 * @return array{0: int|string, 1: int}|null
	 */
	public static function milestone( string $sort, bool $up, ?array $after, int $distance ): ?array {
		[ $index, $column ] = self::SORTS[ $sort ];
		$way                = $up ? 'ASC' : 'DESC';
		return self::keys(
			"SELECT c.$column AS sort_key, c.id AS id FROM " . self::from( null, $index ) . ( null === $after ? '' : ' WHERE ' . self::beyond( $column, $after, $up, false ) )
			. ' ORDER BY ' . ( 'id' === $column ? "c.id $way" : "c.$column $way, c.id $way" ) . " LIMIT 1 OFFSET $distance",
			$column
		)[0] ?? null;
	}

	/**
	 * The values of a column that occur, by its index.
	 *
	 * @param string $column country, language or source.
	 * @return list<string>
	 */
	public static function present( string $column, int $max ): array {
		return array_column( self::rows( "SELECT c.$column AS value FROM " . self::contacts() . " WHERE c.$column > '' GROUP BY c.$column ORDER BY c.$column LIMIT $max" ), 'value' );
	}

	/** Contacts and what drives the query: the parts first, or an index. @param list<string>|null $driver */
	private static function from( ?array $driver, string $index ): string {
		if ( null === $driver ) {
			return self::contacts() . ( '' === $index ? '' : " FORCE INDEX ($index)" );
		}
		// DISTINCT and UNION keep the list apart, or the optimizer could begin with contacts and look into it row by row.
		$list = 1 === count( $driver ) ? preg_replace( '/^SELECT /', 'SELECT DISTINCT ', $driver[0] ) : implode( ' UNION ', $driver );
		return "($list) d JOIN " . self::contacts() . ' FORCE INDEX (PRIMARY) ON c.id = d.id';
	}

	private static function contacts(): string {
		return Schema::table( 'contacts' ) . ' c';
	}

	/** The id that is tested. @param list<string>|null $driver */
	private static function id( ?array $driver ): string {
		return null === $driver ? 'c.id' : 'd.id';
	}

	/** @return list<array{0: int|string, 1: int, 2?: int}> */
	private static function keys( string $sql, string $column ): array {
		return array_map(
			static fn( $row ) => array( 'sort_name' === $column ? (string) $row['sort_key'] : (int) $row['sort_key'], (int) $row['id'], ...( isset( $row['total'] ) ? array( (int) $row['total'] ) : array() ) ),
			self::rows( $sql )
		);
	}

	/**
	 * Rows beyond a position. Twice: MySQL makes index ranges of the ORs, SQLite of the row value.
	 *
	 * @param array{0: int|string, 1: int} $position
	 */
	private static function beyond( string $column, array $position, bool $up, bool $itself ): string {
		$more = $up ? '>' : '<';
		$end  = $itself ? "$more=" : $more;
		$id   = (int) $position[1];
		if ( 'id' === $column ) {
			return "c.id $end $id";
		}
		$key = self::literal( $position[0] );
		return "((c.$column, c.id) $end ($key, $id) AND (c.$column $more $key OR (c.$column = $key AND c.id $end $id)))";
	}

	/** Whether a table has a row, as a value that is never unknown. */
	private static function found( string $table, string $alias, string $where ): string {
		return '(SELECT 1 FROM ' . Schema::table( $table ) . " $alias WHERE $where LIMIT 1) IS NOT NULL";
	}

	/** Beginnings of a column with a binary collation. */
	private static function prefix( string $column, string $prefix ): string {
		return "$column >= " . self::literal( $prefix ) . " AND $column < " . self::literal( $prefix . self::LAST );
	}

	private static function column( array $node ): string {
		switch ( $node[0] ) {
			case 'in':
				return "c.{$node[1]} IN " . self::in( $node[2] );
			case 'range':
				return self::between( "c.{$node[1]}", $node[2], $node[3], false );
			case 'starts':
				return '(' . self::prefix( 'c.sort_name', $node[1] ) . ')';
			case 'text':
				return self::equal( "c.{$node[1]}", $node[2], $node[3] );
		}
		throw new \LogicException( 'No such node.' );
	}

	private static function value( array $node ): string {
		$of = 'v.field_id = ' . (int) $node[1];
		return match ( $node[0] ) {
			'value'        => $of,
			'value_in'     => "$of AND v.text IN " . self::in( $node[2] ) . ' AND ' . self::exactly( 'v.text', $node[2] ),
			'value_text'   => "$of AND " . self::equal( 'v.text', $node[2], $node[3] ),
			'value_number' => "$of AND " . self::between( 'v.number', $node[2], $node[3], $node[4] ?? false ),
		};
	}

	/**
	 * Text that equals or begins with one of the spellings: the index finds it by the collation of the site, which can take ä for a; the bytes decide.
	 *
	 * @param list<string> $spellings From Meaning.
	 * @param int          $prefix    Characters of the beginning that is compared, 0 = the whole text.
	 */
	private static function equal( string $column, array $spellings, int $prefix ): string {
		if ( 0 === $prefix ) {
			return "($column IN " . self::in( $spellings ) . ' AND ' . self::exactly( "LOWER($column)", $spellings ) . ')';
		}
		global $wpdb;
		$like = array_map( static fn( $s ) => "$column LIKE " . self::literal( $wpdb->esc_like( $s ) . '%' ), $spellings );
		return '((' . implode( ' OR ', $like ) . ') AND ' . self::exactly( "LOWER(LEFT($column, $prefix))", $spellings ) . ')';
	}

	/** @param list<string> $values */
	private static function exactly( string $expression, array $values ): string {
		return "CAST($expression AS BINARY) IN (" . implode( ', ', array_map( static fn( $value ) => 'CAST(' . self::literal( $value ) . ' AS BINARY)', $values ) ) . ')';
	}

	/** Numbers between two ends, either of which may be missing. */
	public static function between( string $expression, int|float|null $lo, int|float|null $hi, bool $open ): string {
		$and = array();
		if ( null !== $lo && $lo === $hi && ! $open ) {
			return "$expression = " . self::number( $lo );
		}
		if ( null !== $lo ) {
			$and[] = $expression . ( $open ? ' > ' : ' >= ' ) . self::number( $lo );
		}
		if ( null !== $hi ) {
			$and[] = $expression . ( $open ? ' < ' : ' <= ' ) . self::number( $hi );
		}
		return $and ? '(' . implode( ' AND ', $and ) . ')' : '1 = 1';
	}

	/** @param list<string> $roles */
	private static function role( array $roles ): string {
		global $wpdb;
		$like = array_map( static fn( $role ) => 'u.meta_value LIKE ' . self::literal( '%' . $wpdb->esc_like( '"' . $role . '"' ) . '%' ), $roles );
		return 'u.meta_key = ' . self::literal( $wpdb->get_blog_prefix() . 'capabilities' ) . ' AND (' . implode( ' OR ', $like ) . ')';
	}

	private static function number( int|float $value ): string {
		return (string) wp_json_encode( $value );
	}
}
