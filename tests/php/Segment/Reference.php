<?php
/**
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Tests\Segment;

use NxtChat\Native;

/** What conditions mean, written a second time, in PHP, one contact at a time. */
final class Reference {

	private const STATES = array( 'none', 'granted', 'revoked' );

	/** @param array<string, mixed> $p One of People::$all. */
	public static function meets( array $tree, array $p, int $now ): bool {
		if ( isset( $tree['conditions'] ) ) {
			$results = array_map( static fn( $child ) => self::meets( $child, $p, $now ), $tree['conditions'] );
			return 'any' === $tree['match'] ? in_array( true, $results, true ) : ! in_array( false, $results, true );
		}
		$opposite = array( 'is_not' => 'is', 'not_in' => 'in', 'not_set' => 'set', 'not_within_days' => 'within_days' )[ $tree['operator'] ] ?? null;
		if ( null !== $opposite ) {
			return ! self::leaf( $tree['field'], $opposite, $tree['value'] ?? null, $p, $now );
		}
		return self::leaf( $tree['field'], $tree['operator'], $tree['value'] ?? null, $p, $now );
	}

	private static function leaf( string $field, string $operator, mixed $value, array $p, int $now ): bool {
		$of = $p['values'];
		switch ( $field ) {
			case 'name':
				$shown = '' !== $p['name'] ? $p['name'] : $p['profile'];
				return match ( $operator ) {
					'set'    => '' !== $shown,
					'begins' => '' !== $shown && str_starts_with( self::plain( $shown ), self::plain( $value ) ),
					'has'    => self::has( $p['words'], Native\name_words( array( $value ) )[0] ),
				};
			case 'phone':
				return 'set' === $operator ? '' !== $p['phone'] : str_starts_with( $p['phone'], '+' . preg_replace( '/\D/', '', $value ) );
			case 'username':
				return '' !== $p['username'];
			case 'email':
				return self::text( $p['email'], $operator, $value );
			case 'country':
			case 'language':
			case 'source':
				return 'set' === $operator ? '' !== $p[ $field ] : in_array( $p[ $field ], $value, true );
			case 'group':
				return (bool) array_intersect( $p['groups'], $value );
			case 'user':
				return $p['user'] > 0;
			case 'user_role':
				$user = get_userdata( $p['user'] );
				return $user && array_intersect( $user->roles, $value );
			case 'message.unread':
				return $p['unread'];
			case 'message.out':
				return $p['out'] > 0 && $p['out'] >= $now - $value * 86400000;
			case 'created':
			case 'last_in':
				return self::instant( (int) $p[ $field ], $operator, $value, $now );
		}
		if ( str_starts_with( $field, 'consent.' ) ) {
			return in_array( self::STATES[ $p[ substr( $field, 8 ) ] ], $value, true );
		}
		$has = $of[ substr( $field, 6 ) ] ?? null;
		if ( 'set' === $operator || null === $has ) {
			return null !== $has;
		}
		return match ( $field ) {
			'field.note'     => self::text( (string) $has, $operator, $value ),
			'field.city'     => in_array( $has, $value, true ),
			'field.member'   => ( 'yes' === $value ) === (bool) $has,
			'field.points'   => match ( $operator ) {
				'eq'      => (float) $has === (float) $value,
				'gt'      => $has > $value,
				'lt'      => $has < $value,
				'between' => $has >= $value[0] && $has <= $value[1],
			},
			'field.birthday' => match ( $operator ) {
				'is'          => $has === $value,
				'before'      => $has < $value,
				'after'       => $has > $value,
				'within_days' => $has <= wp_date( 'Y-m-d' ) && $has >= gmdate( 'Y-m-d', (int) strtotime( wp_date( 'Y-m-d' ) . " UTC -$value day" ) ),
			},
		};
	}

	private static function plain( string $name ): string {
		return Native\name_sort( array( $name ) )[0];
	}

	private static function has( array $words, array $wanted ): bool {
		foreach ( $wanted as $begin ) {
			if ( ! array_filter( $words, static fn( $word ) => str_starts_with( $word, $begin ) ) ) {
				return false;
			}
		}
		return (bool) $wanted;
	}

	private static function text( string $has, string $operator, ?string $value ): bool {
		$has   = mb_strtolower( $has );
		$value = mb_strtolower( (string) $value );
		return match ( $operator ) {
			'set'    => '' !== $has,
			'is'     => $has === $value,
			'begins' => str_starts_with( $has, $value ),
		};
	}

	private static function instant( int $ms, string $operator, mixed $value, int $now ): bool {
		$day = 0 === $ms ? '' : wp_date( 'Y-m-d', intdiv( $ms, 1000 ) );
		return match ( $operator ) {
			'within_days' => $ms > 0 && $ms >= $now - $value * 86400000,
			'never'       => 0 === $ms,
			'before'      => '' !== $day && $day < $value,
			'after'       => $day > $value,
		};
	}
}
