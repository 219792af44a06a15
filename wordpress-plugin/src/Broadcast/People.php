<?php
/**
 * Whom a broadcast is for.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Broadcast;

use NxtChat\Contact\Contacts;
use NxtChat\Contact\Merges;
use NxtChat\Conversation\Conversations;
use NxtChat\Log;
use NxtChat\Native;
use NxtChat\Privacy\Suppressions;
use NxtChat\Problems;
use NxtChat\Segment\Conditions;
use NxtChat\Segment\Segments;
use NxtChat\Site;

/** The audience of a definition as conditions, and numbers that are handed in for it. */
final class People {

	/** Lines of one call, and its bytes. */
	public const LINES_MAX = 5000;
	public const BYTES_MAX = 524288;

	/** Numbers of a broadcast; lines kept of those that are none, and people of whom a number was given twice. */
	private const NUMBERS_MAX = 1000000;
	private const KEPT_MAX    = 500;

	/**
	 * Everybody that a definition means: whoever is in any of the lists, and in none of the excluded ones.
	 *
	 * @param array $definition Clean.
	 */
	public static function conditions( int $broadcast, array $definition ): Conditions|\WP_Error {
		$in = $definition['audience'];
		$of = self::lists( $in );
		if ( is_wp_error( $of ) ) {
			return $of;
		}
		if ( $in['numbers'] ) {
			$of[] = Conditions::listed( $broadcast );
		}
		if ( $in['not_read'] ) {
			$of[] = Conditions::broadcasts( $in['not_read'], Recipients::UNREAD );
		}
		$out = self::lists( $definition['exclude'] );
		if ( is_wp_error( $out ) ) {
			return $out;
		}
		if ( $definition['exclude']['got'] ) {
			$out[] = Conditions::broadcasts( $definition['exclude']['got'], Recipients::GOT );
		}
		$these = $in['everybody'] ? Conditions::everybody() : Conditions::any( $of );
		return $out ? Conditions::all( array( $these, Conditions::not( Conditions::any( $out ) ) ) ) : $these;
	}

	/**
	 * Takes in numbers: one a line, or CSV whose first cell with a number counts. People who are no contacts yet become some, without consent.
	 *
	 * @param bool $append Added to those that are there.
	 * @return array|\WP_Error Broadcast JSON.
	 */
	public static function numbers( int $id, string $text, bool $append, string $name ): array|\WP_Error {
		$row = BroadcastStore::get( $id );
		if ( null === $row ) {
			return Broadcasts::missing();
		}
		if ( States::DRAFT !== (int) $row['state'] ) {
			return Broadcasts::begun();
		}
		if ( strlen( $text ) > self::BYTES_MAX ) {
			/* translators: %s: a size */
			return Problems::refuse( 'nxtchat_invalid', 413, sprintf( __( 'One call takes up to %s. Hand in the rest with the next.', 'nxt-cloud-chat' ), size_format( self::BYTES_MAX ) ) );
		}
		$text  = mb_check_encoding( $text, 'UTF-8' ) ? $text : mb_convert_encoding( $text, 'UTF-8', 'Windows-1252' );
		$lines = array_values( array_filter( preg_split( '/\r\n|\r|\n/', str_replace( "\u{FEFF}", '', $text ) ), static fn( string $line ): bool => '' !== trim( $line ) ) );
		if ( count( $lines ) > self::LINES_MAX ) {
			/* translators: %d: a number */
			return Problems::refuse( 'nxtchat_invalid', 413, sprintf( __( 'One call takes up to %d lines. Hand in the rest with the next.', 'nxt-cloud-chat' ), self::LINES_MAX ) );
		}
		$told = $append ? self::told( $row ) : self::told( array( 'numbers_json' => '' ) );
		if ( $told['lines'] + count( $lines ) > self::NUMBERS_MAX ) {
			/* translators: %d: a number */
			return Problems::refuse( 'nxtchat_invalid', 413, sprintf( __( 'A broadcast takes up to %d numbers. Import them as contacts instead.', 'nxt-cloud-chat' ), self::NUMBERS_MAX ) );
		}
		$region = Conversations::region( (int) $row['account_id'] );
		$phones = array();
		$again  = array();
		$cells  = array_map( array( self::class, 'cell' ), $lines );
		foreach ( $cells ? Native\phones_parse( $cells, '' === $region ? null : $region ) : array() as $n => $phone ) {
			if ( $phone['valid'] ) {
				if ( isset( $phones[ $phone['e164'] ] ) ) {
					++$told['duplicate'];
					$again[] = $phone['e164'];
				}
				$phones[ $phone['e164'] ] = $phone['country'];
			} elseif ( 0 !== $n || $append || 1 === preg_match( '/\d{5}/', $lines[0] ) ) { // Else a heading.
				++$told['invalid'];
				if ( count( $told['invalid_lines'] ) < self::KEPT_MAX ) {
					$told['invalid_lines'][] = array( $told['lines'] + $n + 1, mb_substr( trim( $lines[ $n ] ), 0, 100 ) );
				}
			}
		}
		$told['lines'] += count( $lines );
		$numbers        = array_keys( $phones );
		if ( $numbers && Suppressions::any() ) {
			$gone             = Suppressions::check( $numbers );
			$numbers          = array_values( array_filter( $numbers, static fn( string $number, int $n ): bool => ! $gone[ $n ], ARRAY_FILTER_USE_BOTH ) );
			$told['erased'] += count( $phones ) - count( $numbers );
		}
		$told['name'] = mb_substr( sanitize_text_field( $name ), 0, 190 );
		$now          = Site::now_ms();
		if ( ! $append ) {
			BroadcastStore::clear_people( $id );
		}
		$before = BroadcastStore::count_people( $id );
		foreach ( array_chunk( $numbers, 500 ) as $some ) {
			$twice = BroadcastStore::transaction_again(
				static function () use ( $id, $some, $phones, $again, $now ): array {
					$persons = array_map(
						static fn( string $number ): array => array(
							'identities' => array( array( Contacts::PHONE, $number ) ),
							'name'       => '',
							'country'    => $phones[ $number ],
							'at_ms'      => $now,
							'wrote'      => false,
							'create'     => true,
						),
						$some
					);
					$ids     = Contacts::resolve( $persons, 'broadcast' );
					$people  = array_unique( $ids );
					$there   = BroadcastStore::listed( $id, array_values( $people ) );
					BroadcastStore::list_people( $id, array_values( $people ) );
					return array( ...$there, ...array_values( array_diff_key( $ids, $people ) ), ...array_values( array_intersect_key( $ids, array_intersect( $some, $again ) ) ) );
				}
			);
			$told['twice'] = array_slice( array_values( array_unique( array( ...$told['twice'], ...$twice ) ) ), 0, self::KEPT_MAX );
		}
		$told['people']     = BroadcastStore::count_people( $id );
		$told['duplicate'] += count( $numbers ) - ( $told['people'] - $before );
		BroadcastStore::change(
			$id,
			array( States::DRAFT ),
			array(
				'numbers_json'   => (string) wp_json_encode( $told, JSON_UNESCAPED_UNICODE ),
				'preflight_json' => '',
				'updated_ms'     => max( $now, (int) $row['updated_ms'] + 1 ),
			)
		);
		Log::info( "Broadcast $id: " . count( $lines ) . ' lines of numbers were taken in.' );
		return Broadcasts::get( $id );
	}

	/**
	 * What was taken in.
	 *
	 * @param array<string, string> $row Of broadcasts.
	 * @return array{name: string, lines: int, people: int, invalid: int, duplicate: int, erased: int, invalid_lines: list<array{0: int, 1: string}>, twice: list<int>}
	 */
	public static function told( array $row ): array {
		$told = json_decode( $row['numbers_json'], true );
		return ( is_array( $told ) ? $told : array() ) + array(
			'name'          => '',
			'lines'         => 0,
			'people'        => 0,
			'invalid'       => 0,
			'duplicate'     => 0,
			'erased'        => 0,
			'invalid_lines' => array(),
			'twice'         => array(),
		);
	}

	/** The cell of a line that holds the number. */
	private static function cell( string $line ): string {
		foreach ( preg_split( '/[,;\t]/', $line ) as $cell ) {
			$cell = trim( $cell, " \"'\u{a0}" );
			if ( preg_match_all( '/\d/', $cell ) >= 5 ) {
				return mb_substr( $cell, 0, 60 );
			}
		}
		return mb_substr( trim( $line ), 0, 60 );
	}

	/** @return list<Conditions>|\WP_Error */
	private static function lists( array $people ): array|\WP_Error {
		$out = array();
		if ( $people['groups'] ) {
			$out[] = Conditions::groups( $people['groups'] );
		}
		foreach ( $people['segments'] as $segment ) {
			$conditions = Segments::conditions( $segment );
			if ( is_wp_error( $conditions ) ) {
				return $conditions;
			}
			$out[] = $conditions;
		}
		if ( $people['contacts'] ) {
			$kept  = Merges::kept( $people['contacts'] ); // They may have been merged since they were chosen.
			$out[] = Conditions::contacts( array_map( static fn( int $one ): int => $kept[ $one ] ?? $one, $people['contacts'] ) );
		}
		return $out;
	}
}
