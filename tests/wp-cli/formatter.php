<?php
/**
 * WP-CLI's output formats: table, csv, json, yaml, count, ids.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace WP_CLI;

final class Formatter {
	private array $args;

	public function __construct( &$assoc_args, $fields = null, $prefix = false ) {
		$this->args = array(
			'format' => $assoc_args['format'] ?? 'table',
			'fields' => $assoc_args['fields'] ?? $fields,
			'field'  => $assoc_args['field'] ?? null,
		);
		if ( is_string( $this->args['fields'] ) ) {
			$this->args['fields'] = array_map( 'trim', explode( ',', $this->args['fields'] ) );
		}
		unset( $assoc_args['format'], $assoc_args['fields'], $assoc_args['field'] );
	}

	public function __get( $key ) {
		return $this->args[ $key ] ?? null;
	}

	public function display_items( $items, $ascii_pre_colorized = false ): void {
		$items = is_array( $items ) ? $items : iterator_to_array( $items );
		if ( null !== $this->args['field'] ) {
			foreach ( $items as $item ) {
				$item = (array) $item;
				if ( ! array_key_exists( $this->args['field'], $item ) ) {
					\WP_CLI::error( 'Invalid field: ' . $this->args['field'] . '.' );
				}
				\WP_CLI::line( self::cell( $item[ $this->args['field'] ] ) );
			}
			return;
		}
		switch ( $this->args['format'] ) {
			case 'count':
				\WP_CLI::line( (string) count( $items ) );
				return;
			case 'ids':
				// As in WP-CLI: the items themselves, or their id.
				\WP_CLI::line( implode( ' ', array_map( static fn ( $i ) => is_scalar( $i ) ? (string) $i : self::cell( ( (array) $i )['id'] ?? ( (array) $i )['ID'] ?? '' ), $items ) ) );
				return;
		}
		$rows = array_map( fn ( $item ) => $this->pick( (array) $item ), array_values( $items ) );
		switch ( $this->args['format'] ) {
			case 'json':
				\WP_CLI::line( (string) json_encode( $rows ) );
				break;
			case 'csv':
				fputcsv( STDOUT, $this->heads( $rows ), ',', '"', '\\' );
				foreach ( $rows as $row ) {
					fputcsv( STDOUT, array_map( array( self::class, 'cell' ), $row ), ',', '"', '\\' );
				}
				break;
			case 'yaml':
				\WP_CLI::line( '---' );
				foreach ( $rows as $row ) {
					\WP_CLI::line( '- ' );
					foreach ( $row as $key => $value ) {
						\WP_CLI::line( "  $key: " . ( is_scalar( $value ) ? json_encode( $value, JSON_UNESCAPED_UNICODE ) : json_encode( $value ) ) );
					}
				}
				break;
			case 'table':
				$this->table( $this->heads( $rows ), $rows );
				break;
			default:
				\WP_CLI::error( "Invalid format: {$this->args['format']}" );
		}
	}

	public function display_item( $item, $ascii_pre_colorized = false ): void {
		$item = (array) $item;
		if ( null !== $this->args['field'] ) {
			$this->display_items( array( $item ) );
			return;
		}
		$item = $this->pick( $item );
		if ( 'json' === $this->args['format'] ) {
			\WP_CLI::line( (string) json_encode( $item ) );
			return;
		}
		$rows = array();
		foreach ( $item as $key => $value ) {
			$rows[] = array(
				'Field' => $key,
				'Value' => $value,
			);
		}
		$inner = array( 'format' => $this->args['format'] );
		( new self( $inner, array( 'Field', 'Value' ) ) )->display_items( $rows );
	}

	private function pick( array $item ): array {
		if ( ! $this->args['fields'] ) {
			return $item;
		}
		$row = array();
		foreach ( $this->args['fields'] as $field ) {
			if ( ! array_key_exists( $field, $item ) ) {
				\WP_CLI::error( "Invalid field: $field." );
			}
			$row[ $field ] = $item[ $field ];
		}
		return $row;
	}

	private function heads( array $rows ): array {
		return $this->args['fields'] ?: array_keys( $rows[0] ?? array() );
	}

	private static function cell( $value ): string {
		return is_scalar( $value ) || null === $value ? ( is_bool( $value ) ? ( $value ? 'true' : 'false' ) : (string) $value ) : (string) json_encode( $value );
	}

	/** Piped, WP-CLI prints tabs; on a terminal a frame. */
	private function table( array $heads, array $rows ): void {
		$cells = array_map( static fn ( $row ) => array_map( array( self::class, 'cell' ), array_values( $row ) ), $rows );
		if ( ! stream_isatty( STDOUT ) ) {
			foreach ( array_merge( array( $heads ), $cells ) as $row ) {
				\WP_CLI::line( implode( "\t", $row ) );
			}
			return;
		}
		$widths = array();
		foreach ( array_merge( array( $heads ), $cells ) as $row ) {
			foreach ( array_values( $row ) as $i => $text ) {
				$widths[ $i ] = max( $widths[ $i ] ?? 0, mb_strwidth( $text ) );
			}
		}
		$rule = '+' . implode( '+', array_map( static fn ( $w ) => str_repeat( '-', $w + 2 ), $widths ) ) . '+';
		$draw = static function ( array $row ) use ( $widths ): string {
			$out = '|';
			foreach ( array_values( $row ) as $i => $text ) {
				$out .= ' ' . $text . str_repeat( ' ', $widths[ $i ] - mb_strwidth( $text ) ) . ' |';
			}
			return $out;
		};
		\WP_CLI::line( $rule );
		\WP_CLI::line( $draw( $heads ) );
		\WP_CLI::line( $rule );
		foreach ( $cells as $row ) {
			\WP_CLI::line( $draw( $row ) );
		}
		\WP_CLI::line( $rule );
	}
}
