<?php
/**
 * Imports of contacts.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Import;

use NxtChat\Log;
use NxtChat\Native;
use NxtChat\Site;
use NxtChat\StoreError;

/**
 * From a file, from WordPress's users, from WooCommerce's customers: made, uploaded, tried, run, cancelled, undone.
 *
 * Work is done in bounded steps by whoever is there: the open screen (step()), `wp nxtchat work` and WP-Cron (work()).
 */
final class Imports {

	/** Names of the kinds and states, in REST and on the command line. */
	public const KINDS  = array(
		'file'      => Native\IMPORT_KIND_FILE,
		'users'     => Native\IMPORT_KIND_USERS,
		'customers' => Native\IMPORT_KIND_CUSTOMERS,
	);
	public const STATES = array(
		'uploading' => Native\IMPORT_UPLOADING,
		'ready'     => Native\IMPORT_READY,
		'checking'  => Native\IMPORT_CHECKING,
		'checked'   => Native\IMPORT_CHECKED,
		'running'   => Native\IMPORT_RUNNING,
		'done'      => Native\IMPORT_DONE,
		'cancelled' => Native\IMPORT_CANCELLED,
		'failed'    => Native\IMPORT_FAILED,
		'undoing'   => Native\IMPORT_UNDOING,
		'undone'    => Native\IMPORT_UNDONE,
	);

	/** Seconds of one step(). */
	public const STEP_S = 4.0;

	/** Most imports that wait with their files. */
	private const WAITING_MAX = 10;

	/** Not begun yet. */
	private const BEFORE = array( Native\IMPORT_UPLOADING, Native\IMPORT_READY, Native\IMPORT_CHECKED );

	/** Uploaded files that nobody went on with go after a day, rejected rows after thirty, in seconds. */
	private const EXPIRES_S = DAY_IN_SECONDS;
	private const REJECTS_S = 30 * DAY_IN_SECONDS;

	/** What a new try begins with. */
	private const FRESH = array(
		'position'      => 0,
		'line'          => 0,
		'rows_read'     => 0,
		'added'         => 0,
		'changed'       => 0,
		'unchanged'     => 0,
		'rejected'      => 0,
		'rejects_bytes' => 0,
		'report_json'   => '',
		'error'         => '',
		'finished_ms'   => 0,
	);

	/**
	 * Makes an import.
	 *
	 * @param array<string, mixed> $input kind, name, bytes (of a file), options.
	 * @return array|\WP_Error As get().
	 */
	public static function create( array $input ): array|\WP_Error {
		$kind = is_numeric( $input['kind'] ?? null ) ? (int) $input['kind'] : ( self::KINDS[ is_string( $input['kind'] ?? null ) ? $input['kind'] : '' ] ?? 0 );
		if ( ! in_array( $kind, self::KINDS, true ) ) {
			return self::error( 'nxtchat_invalid', __( 'An import comes from a file (1), from users (2) or from customers (3).', 'nxt-cloud-chat' ) );
		}
		$file  = Native\IMPORT_KIND_FILE === $kind;
		$bytes = $file && is_numeric( $input['bytes'] ?? null ) ? (int) $input['bytes'] : 0;
		if ( $file && ( $bytes < 1 || $bytes > ImportFiles::MAX_BYTES ) ) {
			return $bytes < 1
				? self::error( 'nxtchat_invalid', __( 'The file is empty.', 'nxt-cloud-chat' ), __( 'Choose a file with at least one row.', 'nxt-cloud-chat' ) )
				/* translators: %s: a size */
				: self::error( 'nxtchat_import_size', sprintf( __( 'A file may have at most %s.', 'nxt-cloud-chat' ), size_format( ImportFiles::MAX_BYTES ) ), __( 'Split it into several files.', 'nxt-cloud-chat' ), 413 );
		}
		$options = ImportOptions::parse( is_array( $input['options'] ?? null ) ? $input['options'] : array() );
		if ( is_wp_error( $options ) ) {
			return $options;
		}
		if ( $file && count( ImportStore::in_states( self::BEFORE, PHP_INT_MAX, self::WAITING_MAX ) ) >= self::WAITING_MAX ) {
			return self::error( 'nxtchat_import_waiting', __( 'Too many imports wait to be begun.', 'nxt-cloud-chat' ), __( 'Cancel those that are not needed.', 'nxt-cloud-chat' ), 409 );
		}
		$name = is_scalar( $input['name'] ?? null ) ? mb_substr( sanitize_text_field( (string) $input['name'] ), 0, 255 ) : '';
		$id   = ImportStore::create( Native\ulids( 1 )[0], $kind, $name, get_current_user_id(), $file ? Native\IMPORT_UPLOADING : Native\IMPORT_READY, $bytes, self::encode( $options ), Site::now_ms() );
		return self::get( $id );
	}

	/**
	 * Stores a piece of the file.
	 *
	 * @return array|\WP_Error As get(); 409 with data.received when pieces before this one are missing.
	 */
	public static function chunk( int $id, int $offset, string $data ): array|\WP_Error {
		$row = self::row( $id );
		if ( is_wp_error( $row ) ) {
			return $row;
		}
		$bytes = (int) $row['bytes'];
		if ( Native\IMPORT_KIND_FILE !== (int) $row['kind'] || ! in_array( (int) $row['state'], array( Native\IMPORT_UPLOADING, Native\IMPORT_READY ), true ) ) {
			return self::error( 'nxtchat_import_state', __( 'This import takes no file now.', 'nxt-cloud-chat' ), '', 409 );
		}
		if ( '' === $data || strlen( $data ) > ImportFiles::MAX_CHUNK || $offset < 0 || $offset + strlen( $data ) > $bytes ) {
			return self::error( 'nxtchat_import_chunk', __( 'This piece is empty, too large, or reaches beyond the end of the file.', 'nxt-cloud-chat' ), __( 'The file may have changed while it was read: choose it again.', 'nxt-cloud-chat' ), strlen( $data ) > ImportFiles::MAX_CHUNK ? 413 : 400 );
		}
		try {
			$received = ImportFiles::put( $row['uid'], $offset, $data, $bytes );
		} catch ( \RuntimeException $e ) {
			return self::error( 'nxtchat_import_disk', $e->getMessage(), '', 507 );
		}
		if ( $received < $offset ) {
			$gap = self::error( 'nxtchat_import_gap', __( 'A piece before this one is missing.', 'nxt-cloud-chat' ), __( 'Go on from where the upload stands.', 'nxt-cloud-chat' ), 409 );
			$gap->add_data( array( 'received' => $received ) + $gap->get_error_data() );
			return $gap;
		}
		ImportStore::change(
			$id,
			array( Native\IMPORT_UPLOADING ),
			array(
				'received'   => $received,
				'state'      => $received >= $bytes ? Native\IMPORT_READY : Native\IMPORT_UPLOADING,
				'updated_ms' => Site::now_ms(),
			)
		);
		return self::get( $id );
	}

	/** Takes a file of this machine as a whole: the command line. */
	public static function from_path( string $path, array $options ): array|\WP_Error {
		$size   = is_file( $path ) && is_readable( $path ) ? (int) filesize( $path ) : -1;
		$import = -1 === $size
			? self::error( 'nxtchat_invalid', __( 'This file cannot be read.', 'nxt-cloud-chat' ) )
			: self::create( array( 'kind' => Native\IMPORT_KIND_FILE, 'name' => basename( $path ), 'bytes' => $size, 'options' => $options ) ); // phpcs:ignore WordPress.Arrays -- One thought.
		if ( is_wp_error( $import ) ) {
			return $import;
		}
		if ( ! ImportFiles::take( $import['uid'], $path ) ) {
			self::cancel( $import['id'] );
			return self::error( 'nxtchat_import_disk', __( 'The file could not be copied into the data directory.', 'nxt-cloud-chat' ), '', 507 );
		}
		$set = array(
			'received'   => $size,
			'state'      => Native\IMPORT_READY,
			'updated_ms' => Site::now_ms(),
		);
		ImportStore::change( $import['id'], array( Native\IMPORT_UPLOADING ), $set );
		return self::get( $import['id'] );
	}

	/** Other options, before it begins. A dry run that was done counts no longer. */
	public static function update( int $id, array $input ): array|\WP_Error {
		$row = self::row( $id );
		if ( is_wp_error( $row ) ) {
			return $row;
		}
		$given   = is_array( $input['options'] ?? null ) ? $input['options'] : array();
		$options = ImportOptions::parse( $given + (array) json_decode( $row['options_json'], true ) );
		if ( is_wp_error( $options ) ) {
			return $options;
		}
		$state = Native\IMPORT_CHECKED === (int) $row['state'] ? Native\IMPORT_READY : (int) $row['state'];
		$set   = array(
			'options_json' => self::encode( $options ),
			'state'        => $state,
			'updated_ms'   => Site::now_ms(),
		);
		return ImportStore::change( $id, self::BEFORE, $set ) ? self::get( $id ) : self::begun();
	}

	/**
	 * Begins, or begins a dry run. An import that failed goes on where it stopped.
	 *
	 * @return array|\WP_Error As get().
	 */
	public static function start( int $id, bool $dry ): array|\WP_Error {
		$row = self::row( $id );
		if ( is_wp_error( $row ) ) {
			return $row;
		}
		$options = (array) json_decode( $row['options_json'], true );
		$kind    = (int) $row['kind'];
		$ready   = ImportOptions::ready( $options, $kind );
		if ( null !== $ready ) {
			return $ready;
		}
		// Fields, groups and countries are looked at again: they may have gone since.
		$again = ImportOptions::parse( $options );
		if ( is_wp_error( $again ) ) {
			return $again;
		}
		$now = Site::now_ms();
		$set = array(
			'state'      => $dry ? Native\IMPORT_CHECKING : Native\IMPORT_RUNNING,
			'updated_ms' => $now,
			'error'      => '',
		);
		if ( Native\IMPORT_FAILED === (int) $row['state'] && ! $dry && (int) $row['started_ms'] > 0 ) {
			return ImportStore::change( $id, array( Native\IMPORT_FAILED ), $set ) ? self::get( $id ) : self::begun();
		}
		if ( Native\IMPORT_KIND_FILE !== $kind ) {
			$again['last_user']  = PeopleStore::last_user();
			$set['bytes']        = PeopleSource::end( $kind );
			$set['options_json'] = self::encode( $again );
		} elseif ( Native\IMPORT_UPLOADING === (int) $row['state'] ) {
			return self::error( 'nxtchat_import_state', __( 'The file is not here as a whole yet.', 'nxt-cloud-chat' ), __( 'Wait for the upload, or choose the file again.', 'nxt-cloud-chat' ), 409 );
		}
		$set['started_ms'] = $now;
		// Failed and never begun: its dry run failed.
		$from = array( Native\IMPORT_READY, Native\IMPORT_CHECKED, ...( 0 === (int) $row['started_ms'] ? array( Native\IMPORT_FAILED ) : array() ) );
		if ( ! ImportStore::change( $id, $from, $set + self::FRESH ) ) {
			return self::begun();
		}
		ImportFiles::drop_rejects( $row['uid'] );
		return self::get( $id );
	}

	/**
	 * Works on it for a few seconds.
	 *
	 * @param callable|null $tell As for ImportRun::work().
	 * @return array|\WP_Error As get(), with `busy`: another process is working on it.
	 * @throws StoreError When the database is away.
	 */
	public static function step( int $id, float $seconds = self::STEP_S, ?callable $tell = null ): array|\WP_Error {
		$row = self::row( $id );
		if ( is_wp_error( $row ) ) {
			return $row;
		}
		$worked = ! in_array( (int) $row['state'], ImportStore::OPEN, true ) || ImportRun::work( $id, microtime( true ) + $seconds, $tell );
		$import = self::get( $id );
		return is_wp_error( $import ) ? $import : array( 'busy' => ! $worked ) + $import;
	}

	/**
	 * Works on what is open, for the worker and WP-Cron. A file that was uploaded to another web node is left to that.
	 *
	 * @param callable|null $tell As for ImportRun::work().
	 * @return int How many imports moved.
	 */
	public static function work( float $seconds, ?callable $tell = null ): int {
		$until = microtime( true ) + $seconds;
		$moved = 0;
		foreach ( ImportStore::in_states( ImportStore::OPEN, PHP_INT_MAX, 20 ) as $row ) {
			if ( microtime( true ) >= $until ) {
				break;
			}
			$here   = Native\IMPORT_KIND_FILE !== (int) $row['kind'] || Native\IMPORT_UNDOING === (int) $row['state'] || ImportFiles::exists( $row['uid'] );
			$moved += $here && ImportRun::work( (int) $row['id'], $until, $tell ) ? 1 : 0;
		}
		return $moved;
	}

	/** Stops it. A dry run only ends; what an import has done stays until it is undone. */
	public static function cancel( int $id ): array|\WP_Error {
		$row = self::row( $id );
		if ( is_wp_error( $row ) ) {
			return $row;
		}
		$now = Site::now_ms();
		$set = array(
			'updated_ms'  => $now,
			'finished_ms' => $now,
		);
		if ( ImportStore::change( $id, array( Native\IMPORT_CHECKING ), array( 'state' => Native\IMPORT_READY ) + $set + self::FRESH ) ) {
			return self::get( $id );
		}
		$set['state'] = Native\IMPORT_CANCELLED;
		$done         = ImportStore::change( $id, self::BEFORE, $set + self::FRESH ) || ImportStore::change( $id, array( Native\IMPORT_RUNNING, Native\IMPORT_FAILED ), $set );
		if ( ! $done && Native\IMPORT_CANCELLED !== (int) $row['state'] ) {
			return self::error( 'nxtchat_import_state', __( 'There is nothing to stop: this import has ended.', 'nxt-cloud-chat' ), '', 409 );
		}
		ImportFiles::remove( $row['uid'] );
		return self::get( $id );
	}

	/** Removes an import that has not begun, with its file. */
	public static function drop_unbegun( int $id ): void {
		$row = ImportStore::get( $id );
		if ( null !== $row && in_array( (int) $row['state'], self::BEFORE, true ) ) {
			self::delete( $id );
		}
	}

	/** Begins to take it back. */
	public static function undo( int $id ): array|\WP_Error {
		$row = self::row( $id );
		if ( is_wp_error( $row ) ) {
			return $row;
		}
		if ( ! self::can_undo( $row ) ) {
			return in_array( (int) $row['state'], array( Native\IMPORT_UNDOING, Native\IMPORT_UNDONE ), true )
				? self::get( $id )
				: self::error( 'nxtchat_import_state', __( 'There is nothing to take back: this import changed nothing, or is going on.', 'nxt-cloud-chat' ), __( 'Stop it first if it is going on.', 'nxt-cloud-chat' ), 409 );
		}
		ImportFiles::remove( $row['uid'] );
		$set = array(
			'state'      => Native\IMPORT_UNDOING,
			'position'   => 0,
			'line'       => 0,
			'updated_ms' => Site::now_ms(),
		);
		ImportStore::change( $id, array( (int) $row['state'] ), $set );
		return self::get( $id );
	}

	/** Forgets an import and its rejected rows. The contacts stay. */
	public static function delete( int $id ): array|\WP_Error {
		$row = self::row( $id );
		if ( is_wp_error( $row ) ) {
			return $row;
		}
		if ( in_array( (int) $row['state'], ImportStore::OPEN, true ) ) {
			return self::error( 'nxtchat_import_state', __( 'This import is going on.', 'nxt-cloud-chat' ), __( 'Stop it first.', 'nxt-cloud-chat' ), 409 );
		}
		ImportStore::delete( $id );
		ImportFiles::remove( $row['uid'], true );
		return array(
			'deleted' => true,
			'id'      => $id,
		);
	}

	public static function get( int $id ): array|\WP_Error {
		$row = self::row( $id );
		return is_wp_error( $row ) ? $row : self::json( $row );
	}

	/** @return array{items: list<array>, next: ?string, sources?: array{users: int, customers: ?int}}|\WP_Error With `sources` on the first page. */
	public static function page( string $cursor, int $limit ): array|\WP_Error {
		$position = '' === $cursor ? array( null ) : \NxtChat\Rest::cursor_decode( $cursor, 1 );
		if ( null === $position ) {
			return self::error( 'nxtchat_cursor', __( 'This is no position in the list.', 'nxt-cloud-chat' ) );
		}
		$rows = ImportStore::page( $position[0], $limit + 1 );
		$more = count( $rows ) > $limit;
		$rows = array_slice( $rows, 0, $limit );
		return array(
			'items' => array_map( array( self::class, 'json' ), $rows ),
			'next'  => $more ? \NxtChat\Rest::cursor_encode( array( (int) end( $rows )['id'] ) ) : null,
		) + ( '' === $cursor ? array( 'sources' => PeopleStore::count() ) : array() );
	}

	/** Where the rejected rows are, as a file on this web node. */
	public static function rejects( int $id ): string|\WP_Error {
		$row = self::row( $id );
		if ( is_wp_error( $row ) ) {
			return $row;
		}
		$path = ImportFiles::rejects( $row['uid'] );
		return (int) $row['rejects_bytes'] > 0 && is_file( $path ) ? $path : self::error( 'nxtchat_not_found', __( 'There are no rejected rows, or they have been removed since.', 'nxt-cloud-chat' ), '', 404 );
	}

	/** Clears up (hourly): uploads that nobody went on with, files that are needed no more. */
	public static function sweep(): void {
		$old = Site::now_ms() - self::EXPIRES_S * 1000;
		foreach ( ImportStore::in_states( array( ...self::BEFORE, Native\IMPORT_FAILED ), $old, 100 ) as $row ) {
			self::cancel( (int) $row['id'] );
		}
		$open = array_column( ImportStore::in_states( array( ...self::BEFORE, ...ImportStore::OPEN, Native\IMPORT_FAILED ), PHP_INT_MAX, 1000 ), 'uid' );
		foreach ( array_diff( ImportFiles::older_than( self::EXPIRES_S ), $open ) as $uid ) {
			ImportFiles::remove( $uid );
		}
		foreach ( array_diff( ImportFiles::older_than( self::REJECTS_S ), $open ) as $uid ) {
			ImportFiles::remove( $uid, true );
		}
	}

	/** @param array<string, string> $row */
	private static function json( array $row ): array {
		$user = (int) $row['user_id'] > 0 ? get_userdata( (int) $row['user_id'] ) : false;
		$out  = array();
		foreach ( array( 'id', 'kind', 'state', 'bytes', 'received', 'position', 'rows_read', 'added', 'changed', 'unchanged', 'rejected', 'created_ms', 'started_ms', 'finished_ms' ) as $key ) {
			$out[ $key ] = (int) $row[ $key ];
		}
		return $out + array(
			'uid'         => $row['uid'],
			'name'        => $row['name'],
			'kind_name'   => array_search( $out['kind'], self::KINDS, true ),
			'state_name'  => array_search( $out['state'], self::STATES, true ),
			'options'     => (array) json_decode( $row['options_json'], true ),
			'report'      => ImportReport::of( $row )->json(),
			'error'       => $row['error'],
			'user'        => $user ? array(
				'id'   => $user->ID,
				'name' => $user->display_name,
			) : null,
			'can_undo'    => self::can_undo( $row ),
			'has_rejects' => (int) $row['rejects_bytes'] > 0 && is_file( ImportFiles::rejects( $row['uid'] ) ),
		);
	}

	private static function can_undo( array $row ): bool {
		return in_array( (int) $row['state'], array( Native\IMPORT_DONE, Native\IMPORT_CANCELLED, Native\IMPORT_FAILED ), true ) && (int) $row['started_ms'] > 0 && (int) $row['added'] + (int) $row['changed'] > 0;
	}

	/** @return array<string, string>|\WP_Error */
	private static function row( int $id ): array|\WP_Error {
		return ImportStore::get( $id ) ?? self::error( 'nxtchat_not_found', __( 'There is no such import.', 'nxt-cloud-chat' ), '', 404 );
	}

	private static function begun(): \WP_Error {
		return self::error( 'nxtchat_import_state', __( 'This import has begun already, or has ended.', 'nxt-cloud-chat' ), __( 'Make a new one.', 'nxt-cloud-chat' ), 409 );
	}

	private static function error( string $code, string $message, string $remedy = '', int $status = 400 ): \WP_Error {
		return new \WP_Error( $code, $message, array( 'status' => $status ) + ( '' === $remedy ? array() : array( 'remedy' => $remedy ) ) );
	}

	private static function encode( array $options ): string {
		return (string) wp_json_encode( $options, JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES );
	}
}
