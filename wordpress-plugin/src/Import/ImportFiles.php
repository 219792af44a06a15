<?php
/**
 * Files of imports.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Import;

use NxtChat\Native;
use NxtChat\Site;

/** `<site directory>/imports/<uid>.csv`, what was uploaded, and `<uid>.rejects.csv`, what was not taken. Readable by their owner only. */
final class ImportFiles {

	/** Largest file, in bytes: ten million rows of a hundred characters. */
	public const MAX_BYTES = 1024 * 1024 * 1024;

	/** Largest piece of an upload, in bytes: below the smallest post_max_size in use (2 MB). */
	public const MAX_CHUNK = 1024 * 1024;

	/** What is uploaded. */
	public static function path( string $uid ): string {
		return self::dir() . "/$uid.csv";
	}

	/** Rows that were not taken. */
	public static function rejects( string $uid ): string {
		return self::dir() . "/$uid.rejects.csv";
	}

	/** Has this web node the file? */
	public static function exists( string $uid ): bool {
		return is_file( self::path( $uid ) );
	}

	/**
	 * Stores a piece. What is there already stays: a piece that is sent twice does no harm.
	 *
	 * @param int $offset Bytes before it.
	 * @param int $bytes  Of the whole file.
	 * @return int Bytes that are there now; less than $offset: pieces before this one are missing, nothing was stored.
	 * @throws \RuntimeException When the disk does not take it.
	 */
	public static function put( string $uid, int $offset, string $data, int $bytes ): int {
		$file = self::open( self::path( $uid ) );
		try {
			$size = fstat( $file )['size'];
			if ( $offset > $size || $offset + strlen( $data ) <= $size ) {
				return $size;
			}
			self::write( $file, $size, substr( $data, $size - $offset, $bytes - $size ) );
			return fstat( $file )['size'];
		} finally {
			fclose( $file ); // phpcs:ignore WordPress.WP.AlternativeFunctions -- WP_Filesystem knows no offsets.
		}
	}

	/** Copies a file of this machine. */
	public static function take( string $uid, string $from ): bool {
		fclose( self::open( self::path( $uid ) ) ); // phpcs:ignore WordPress.WP.AlternativeFunctions -- As above; made with its permissions.
		return copy( $from, self::path( $uid ) );
	}

	/**
	 * Adds rows to the rejects, after the first $at bytes: what an interrupted batch had written goes.
	 *
	 * @param list<list<string>> $rows
	 * @return int Its length now, in bytes.
	 * @throws \RuntimeException When the disk does not take it.
	 */
	public static function reject( string $uid, int $at, array $rows ): int {
		$file = self::open( self::rejects( $uid ) );
		try {
			self::write( $file, $at, Native\csv_encode( $rows ) );
			fsync( $file ); // The database will say that this is there.
			return fstat( $file )['size'];
		} finally {
			fclose( $file ); // phpcs:ignore WordPress.WP.AlternativeFunctions -- As above.
		}
	}

	/** Removes rejects of an earlier try. */
	public static function drop_rejects( string $uid ): void {
		if ( is_file( self::rejects( $uid ) ) ) {
			unlink( self::rejects( $uid ) ); // phpcs:ignore WordPress.WP.AlternativeFunctions -- Outside of WordPress's directories.
		}
	}

	/** Removes what was uploaded; with $all also the rejects. */
	public static function remove( string $uid, bool $all = false ): void {
		foreach ( array_merge( array( self::path( $uid ) ), $all ? array( self::rejects( $uid ) ) : array() ) as $path ) {
			if ( is_file( $path ) ) {
				unlink( $path ); // phpcs:ignore WordPress.WP.AlternativeFunctions -- Outside of WordPress's directories.
			}
		}
	}

	/**
	 * Imports whose files on this web node are older than that.
	 *
	 * @return list<string> Their uids.
	 */
	public static function older_than( int $seconds ): array {
		$out = array();
		foreach ( (array) glob( self::dir() . '/*.csv' ) as $path ) {
			if ( (int) filemtime( (string) $path ) < time() - $seconds ) {
				$out[] = explode( '.', basename( (string) $path ) )[0];
			}
		}
		return array_values( array_unique( $out ) );
	}

	private static function dir(): string {
		static $made = array();
		$dir         = Site::dir() . '/imports';
		if ( ! isset( $made[ $dir ] ) ) {
			Site::prepare();
			if ( ! is_dir( $dir ) ) {
				mkdir( $dir, 0700 ); // phpcs:ignore WordPress.WP.AlternativeFunctions -- As above.
			}
			$made[ $dir ] = true;
		}
		return $dir;
	}

	/** @return resource Locked. */
	private static function open( string $path ) {
		$before = umask( 0177 );
		$file   = fopen( $path, 'c+b' ); // phpcs:ignore WordPress.WP.AlternativeFunctions -- WP_Filesystem knows no offsets.
		umask( $before );
		if ( false === $file || ! flock( $file, LOCK_EX ) ) {
			throw new \RuntimeException( 'The file could not be opened in the data directory.' );
		}
		return $file;
	}

	/** @param resource $file */
	private static function write( $file, int $at, string $data ): void {
		$length = strlen( $data );
		// phpcs:ignore WordPress.WP.AlternativeFunctions -- As above.
		if ( ! ftruncate( $file, $at ) || 0 !== fseek( $file, $at ) || ( $length > 0 && fwrite( $file, $data ) !== $length ) || ! fflush( $file ) ) {
			ftruncate( $file, $at );
			throw new \RuntimeException( 'The disk does not take the file: is it full?' );
		}
	}
}
