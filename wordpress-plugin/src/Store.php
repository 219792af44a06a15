<?php
/**
 * What every Store shares.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat;

/** Statements that throw, transactions, multi-row inserts. The same on MySQL, MariaDB and the SQLite drop-in. */
abstract class Store {

	/** Longest statement made of many rows, in bytes: below the smallest max_allowed_packet in use (MySQL 5.7: 4 MB). One row may be longer. */
	private const MAX_STATEMENT = 2 * 1024 * 1024;

	/** Most rows of one statement of insert_columns() on the SQLite drop-in, which parses statements in PHP and slowly when they are long. */
	private const SQLITE_ROWS = 250;

	/** Longest pause before a transaction is tried again, in microseconds. */
	private const PAUSE_MAX_US = 500000;

	/** Tries of connect(), each followed by a second of sleep when it fails. */
	private const RECONNECT_TRIES = 1;

	/** The MySQL connection on which the open transaction began: 0 outside a transaction, -1 where there is no such number (SQLite). */
	private static int $connection = 0;

	/** What waits for the commit. @var list<callable> */
	private static array $after = array();

	/**
	 * Filter pre_get_table_charset. $wpdb would otherwise search every statement that carries an emoji for invalid text,
	 * byte by byte; what our statements carry is valid UTF-8 already (the extension checks it), and 'binary' says "don't".
	 *
	 * @param mixed $charset As given by an earlier filter.
	 * @return mixed
	 */
	public static function table_charset( $charset, string $table ) {
		global $wpdb;
		return str_starts_with( strtolower( $table ), strtolower( $wpdb->prefix . 'nxtchat_' ) ) ? 'binary' : $charset;
	}

	/**
	 * Filter incompatible_sql_modes, which $wpdb asks on each new connection. When a connection was lost inside a transaction, $wpdb
	 * makes a new one and repeats only the last statement, which would be committed at once and alone: so it gets a transaction
	 * here, which check() finds out and rolls back. (A server whose sql_mode is empty does not ask; there check() alone must do.)
	 *
	 * @param mixed $modes As given.
	 * @return mixed
	 */
	public static function new_connection( $modes ) {
		global $wpdb;
		if ( self::$connection > 0 && $wpdb->dbh instanceof \mysqli ) {
			mysqli_query( $wpdb->dbh, 'START TRANSACTION' );
		}
		return $modes;
	}

	/**
	 * Runs $work in one transaction and returns its result. Inside another transaction: as a part of that.
	 *
	 * @template T
	 * @param callable(): T $work
	 * @return T
	 * @throws StoreError When a statement was refused; everything is rolled back.
	 */
	public static function transaction( callable $work ): mixed {
		if ( 0 !== self::$connection ) {
			return $work();
		}
		self::connect();
		self::write( 'START TRANSACTION' );
		self::$connection = self::connection();
		self::$after      = array();
		try {
			$result = $work();
			self::write( 'COMMIT' );
		} catch ( \Throwable $e ) {
			self::$connection = 0;
			self::$after      = array();
			self::quietly( static fn( $wpdb ) => $wpdb->query( 'ROLLBACK' ) );
			throw $e;
		} finally {
			self::$connection = 0;
		}
		$after       = self::$after;
		self::$after = array();
		foreach ( $after as $then ) {
			$then();
		}
		return $result;
	}

	/**
	 * Runs $work once the open transaction is committed, and never when it is rolled back; at once where none is open.
	 *
	 * @param callable(): void $work Must not throw: what it would tell of is done.
	 */
	public static function after_commit( callable $work ): void {
		if ( 0 === self::$connection ) {
			$work();
		} else {
			self::$after[] = $work;
		}
	}

	/**
	 * As transaction(), again after a deadlock, with growing pauses. Inside another transaction, which a deadlock has rolled back as a
	 * whole, only that one can be tried again.
	 *
	 * @template T
	 * @param callable(): T $work Safe to repeat.
	 * @param int           $tries At least 1.
	 * @return T
	 * @throws StoreError
	 */
	public static function transaction_again( callable $work, int $tries = 6 ): mixed {
		if ( 0 !== self::$connection ) {
			return $work();
		}
		for ( $try = 1; ; $try++ ) {
			try {
				return self::transaction( $work );
			} catch ( StoreError $e ) {
				if ( StoreError::RETRY !== $e->kind || $try >= $tries ) {
					throw $e;
				}
				// Two that wait equally long meet again.
				usleep( random_int( 1000, min( self::PAUSE_MAX_US, 10000 << $try ) ) );
			}
		}
	}

	/**
	 * Makes sure that the database answers, or throws: $wpdb alone would end the process with an HTML page.
	 *
	 * @throws StoreError
	 */
	public static function connect(): void {
		$ok = self::quietly(
			static function ( $wpdb ) {
				$retries                 = $wpdb->reconnect_retries;
				$wpdb->reconnect_retries = self::RECONNECT_TRIES; // Its own five would sleep five seconds.
				try {
					return $wpdb->check_connection( false );
				} finally {
					$wpdb->reconnect_retries = $retries;
				}
			}
		);
		if ( ! $ok ) {
			throw new StoreError( 'The database does not answer.', StoreError::DOWN );
		}
	}

	/** Frees what $wpdb gathers in a process that lives long. */
	public static function forget(): void {
		global $wpdb, $EZSQL_ERROR; // phpcs:ignore WordPress.NamingConventions.ValidVariableName -- WordPress's name.
		$wpdb->queries = array();
		$EZSQL_ERROR   = array(); // phpcs:ignore WordPress.NamingConventions.ValidVariableName, WordPress.WP.GlobalVariablesOverride -- The list of past errors grows without end.
		$wpdb->flush();
	}

	/**
	 * Runs one statement.
	 *
	 * @throws StoreError
	 */
	protected static function write( string $sql ): void {
		$ok = self::quietly( static fn( $wpdb ) => $wpdb->query( $sql ) );
		self::check( false !== $ok );
	}

	/**
	 * Runs one UPDATE or DELETE (never an upsert: databases count those differently).
	 *
	 * @return int Rows that it changed; on MySQL those that were the same already do not count.
	 * @throws StoreError
	 */
	protected static function affect( string $sql ): int {
		$rows = self::quietly( static fn( $wpdb ) => $wpdb->query( $sql ) );
		self::check( false !== $rows );
		return (int) $rows;
	}

	/**
	 * Runs one SELECT.
	 *
	 * @return list<array<string, string|null>>
	 * @throws StoreError
	 */
	protected static function rows( string $sql ): array {
		$rows = self::quietly( static fn( $wpdb ) => $wpdb->get_results( $sql, ARRAY_A ) );
		global $wpdb;
		self::check( $wpdb->ready && '' === (string) $wpdb->last_error );
		$wpdb->last_result = array(); // Every row a second time, as an object.
		return is_array( $rows ) ? $rows : array();
	}

	/** The first column of the first row, null when there is none. */
	protected static function scalar( string $sql ): ?string {
		$row = self::rows( $sql )[0] ?? null;
		return null === $row ? null : reset( $row );
	}

	/**
	 * Inserts rows with as few statements as their bytes allow.
	 *
	 * @param string           $table   From Schema::table().
	 * @param list<string>     $columns Ours.
	 * @param iterable<array>  $rows    Values in the order of $columns: int, string or null.
	 * @param string           $verb    'INSERT' or 'INSERT IGNORE'.
	 * @param string           $suffix  As 'ON DUPLICATE KEY UPDATE …'.
	 * @throws StoreError
	 */
	protected static function insert( string $table, array $columns, iterable $rows, string $verb = 'INSERT', string $suffix = '' ): void {
		$head  = "$verb INTO $table (" . implode( ',', $columns ) . ') VALUES ';
		$tail  = '' === $suffix ? '' : " $suffix";
		$parts = array();
		$bytes = 0;
		foreach ( $rows as $row ) {
			$part = self::tuple( $row );
			if ( $parts && $bytes + strlen( $part ) > self::MAX_STATEMENT ) {
				self::write( $head . implode( ',', $parts ) . $tail );
				$parts = array();
				$bytes = 0;
			}
			$parts[] = $part;
			$bytes  += strlen( $part ) + 1;
		}
		if ( $parts ) {
			self::write( $head . implode( ',', $parts ) . $tail );
		}
	}

	/**
	 * Inserts $count rows given as columns: what is the same in every row costs nothing, and no row is looked at one by one.
	 *
	 * @param string                                   $table   From Schema::table().
	 * @param int                                      $count   Rows, at least 1.
	 * @param array<string, list<int|float|string>|int|string> $columns By name: literals() or numbers of each row in order, or one literal for all. At least one list.
	 * @param string                                   $verb    'INSERT' or 'INSERT IGNORE'.
	 * @param string                                   $suffix  As 'ON DUPLICATE KEY UPDATE …'.
	 * @throws StoreError
	 */
	protected static function insert_columns( string $table, int $count, array $columns, string $verb = 'INSERT', string $suffix = '' ): void {
		global $wpdb;
		$lists  = array_filter( $columns, 'is_array' );
		$same   = array_diff_key( $columns, $lists );
		$end    = ( $same ? ',' . implode( ',', $same ) : '' ) . ')';
		$tuples = 1 === count( $lists ) ? reset( $lists ) : array_map( static fn( ...$row ) => implode( ',', $row ), ...array_values( $lists ) );
		$head   = "$verb INTO $table (" . implode( ',', array_keys( $lists + $same ) ) . ') VALUES (';
		$tail   = $end . ( '' === $suffix ? '' : " $suffix" );
		$all    = implode( "$end,(", $tuples );
		$parts  = max( (int) ceil( strlen( $all ) / self::MAX_STATEMENT ), $wpdb->dbh instanceof \mysqli ? 1 : (int) ceil( $count / self::SQLITE_ROWS ) );
		if ( 1 === $parts ) {
			self::write( $head . $all . $tail );
			return;
		}
		unset( $all );
		foreach ( array_chunk( $tuples, (int) ceil( $count / $parts ) ) as $some ) {
			self::write( $head . implode( "$end,(", $some ) . $tail );
		}
	}

	/**
	 * Strings as SQL literals: what tuple() does, all at once.
	 *
	 * @param list<string> $values
	 * @return list<string>
	 */
	protected static function literals( array $values ): array {
		global $wpdb;
		$all = implode( "\x1f", $values );
		if ( ! $wpdb->dbh instanceof \mysqli || ! $values || substr_count( $all, "\x1f" ) !== count( $values ) - 1 || str_contains( $all, "\0" ) ) {
			return array_map( static fn( $value ) => self::tuple( array( $value ), false ), $values );
		}
		return explode( "\x1f", "'" . str_replace( "\x1f", "'\x1f'", mysqli_real_escape_string( $wpdb->dbh, $all ) ) . "'" );
	}

	/** One value as an SQL literal. */
	protected static function literal( int|string|null $value ): string {
		return self::tuple( array( $value ), false );
	}

	/**
	 * A list for IN, never empty SQL: an empty list matches nothing.
	 *
	 * @param array<int|string|null> $values
	 */
	protected static function in( array $values ): string {
		return $values ? self::tuple( $values ) : '(NULL)';
	}

	/**
	 * CASE over ids: `CASE id WHEN 1 THEN … ELSE $else END`.
	 *
	 * @param array<int, int|string> $values By id.
	 */
	protected static function by_id( string $column, array $values, string $else ): string {
		$sql = "CASE $column";
		foreach ( $values as $id => $value ) {
			$sql .= ' WHEN ' . (int) $id . ' THEN ' . self::tuple( array( $value ), false );
		}
		return "$sql ELSE $else END";
	}

	/** The greater of two columns. GREATEST() would cut milliseconds to 32 bits on the SQLite drop-in, where it is a PHP function. */
	protected static function greater( string $a, string $b ): string {
		return "CASE WHEN $b > $a THEN $b ELSE $a END";
	}

	/**
	 * Values as SQL literals. What $wpdb->prepare() does for %d and %s, without its walk over a format of thousands of placeholders.
	 *
	 * @param array<int|string|null> $values
	 */
	private static function tuple( array $values, bool $brackets = true ): string {
		global $wpdb;
		// esc_sql() also hides each % from $wpdb->prepare(), which sees none of these values.
		$mysqli = $wpdb->dbh instanceof \mysqli ? $wpdb->dbh : null;
		$out    = array();
		foreach ( $values as $value ) {
			if ( is_int( $value ) ) {
				$out[] = (string) $value;
			} elseif ( null === $value ) {
				$out[] = 'NULL';
			} else {
				// A NUL would end the statement on SQLite.
				$value = str_contains( $value, "\0" ) ? str_replace( "\0", "\u{FFFD}", $value ) : $value;
				$out[] = "'" . ( $mysqli ? mysqli_real_escape_string( $mysqli, $value ) : esc_sql( $value ) ) . "'";
			}
		}
		return $brackets ? '(' . implode( ',', $out ) . ')' : implode( ',', $out );
	}

	/** Calls $work with $wpdb, without its error page and its log line, which would hold the statement. */
	private static function quietly( callable $work ): mixed {
		global $wpdb;
		$before = $wpdb->suppress_errors( true );
		try {
			return $work( $wpdb );
		} finally {
			$wpdb->suppress_errors( $before );
		}
	}

	/** @throws StoreError When the last statement failed, or ran on a new connection without the transaction's earlier statements. */
	private static function check( bool $ok ): void {
		global $wpdb;
		if ( ! $ok ) {
			$code = $wpdb->dbh instanceof \mysqli ? (int) $wpdb->dbh->errno : 0;
			throw StoreError::of( $code, (string) $wpdb->last_error );
		}
		if ( 0 !== self::$connection && self::connection() !== self::$connection ) {
			throw new StoreError( 'The database connection was lost inside a transaction.', StoreError::RETRY );
		}
	}

	private static function connection(): int {
		global $wpdb;
		return $wpdb->dbh instanceof \mysqli ? (int) $wpdb->dbh->thread_id : -1;
	}
}
