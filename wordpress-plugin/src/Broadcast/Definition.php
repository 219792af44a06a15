<?php
/**
 * What a broadcast is.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Broadcast;

use NxtChat\Account\Accounts;
use NxtChat\Group\Groups;
use NxtChat\Problems;
use NxtChat\Segment\Segments;
use NxtChat\Site;
use NxtChat\Template\Bindings;

/**
 * The JSON that a draft is saved as. clean() brings anything into its one shape, so that a draft can be saved at every keystroke;
 * problems() tells everything that keeps it from being sent, at once, each with its path.
 */
final class Definition {

	/** Most ids of one list, and most contacts chosen by hand. */
	public const IDS_MAX      = 200;
	public const CONTACTS_MAX = 10000;

	/** Messages a second, at most: the highest throughput of a number. */
	public const RATE_MAX = 1000;

	private const ID_LISTS = array(
		'groups'   => self::IDS_MAX,
		'segments' => self::IDS_MAX,
		'contacts' => self::CONTACTS_MAX,
	);

	/** Lists of people, and what each calls other broadcasts. */
	private const SIDES = array(
		'audience' => 'not_read',
		'exclude'  => 'got',
	);

	/** The shape, with what a new one has. */
	private const EMPTY = array(
		'account'   => 0,
		'template'  => array(
			'name'     => '',
			'language' => '',
		),
		'languages' => 'contact',
		'values'    => array(),
		'ab'        => null,
		'audience'  => array(
			'everybody' => false,
			'groups'    => array(),
			'segments'  => array(),
			'contacts'  => array(),
			'numbers'   => false,
			'not_read'  => array(),
		),
		'exclude'   => array(
			'groups'   => array(),
			'segments' => array(),
			'contacts' => array(),
			'got'      => array(),
		),
		'schedule'  => array(
			'mode' => 'now',
			'at'   => '',
			'zone' => 'site',
		),
		'quiet'     => null,
		'cap'       => null,
		'consent'   => '',
		'rate'      => 0,
		'unknown'   => 'leave',
	);

	/**
	 * A definition in its one shape.
	 *
	 * @param mixed $input Decoded JSON; parts that are left out are taken from $before.
	 * @param array $before A clean definition, empty for a new one.
	 * @return array{0: array<string, mixed>, 1: list<array{path: string, message: string, remedy?: string}>} What could not be read is told and left as before.
	 */
	public static function clean( mixed $input, array $before = array() ): array {
		$out  = $before + self::EMPTY;
		$bad  = array();
		$tell = static function ( string $path, string $message, string $remedy = '' ) use ( &$bad ): void {
			$bad[] = Problems::one( $path, $message, $remedy );
		};
		if ( ! is_array( $input ) || ( $input && array_is_list( $input ) ) ) {
			return array( $out, array( Problems::one( '', __( 'A broadcast is an object.', 'nxt-cloud-chat' ) ) ) );
		}
		foreach ( array_diff_key( $input, self::EMPTY ) as $key => $value ) {
			$tell( mb_strcut( (string) $key, 0, 60 ), __( 'This key is not known.', 'nxt-cloud-chat' ) );
		}
		foreach ( array_intersect_key( $input, self::EMPTY ) as $key => $value ) {
			switch ( $key ) {
				case 'account':
				case 'rate':
					$number = self::number( $value );
					null === $number ? $tell( $key, __( 'This is a whole number.', 'nxt-cloud-chat' ) ) : $out[ $key ] = $number;
					break;
				case 'template':
					$template = self::template( $value );
					null === $template ? $tell( $key, __( 'A template is named by its name and its language.', 'nxt-cloud-chat' ) ) : $out[ $key ] = $template;
					break;
				case 'languages':
				case 'unknown':
				case 'consent':
					$words = array(
						'languages' => array( 'contact', 'one' ),
						'unknown'   => array( 'leave', 'again' ),
						'consent'   => array( '', 'granted', 'not_revoked' ),
					)[ $key ];
					/* translators: %s: list of words */
					in_array( $value, $words, true ) ? $out[ $key ] = $value : $tell( $key, sprintf( __( 'Write one of: %s.', 'nxt-cloud-chat' ), implode( ', ', array_filter( $words ) ) ) );
					break;
				case 'values':
					$out[ $key ] = self::values( $value, '', $tell );
					break;
				case 'audience':
				case 'exclude':
					$out[ $key ] = self::people( $key, $value, $out[ $key ], $tell );
					break;
				case 'schedule':
					$out[ $key ] = self::schedule( $value, $out[ $key ], $tell );
					break;
				case 'quiet':
					$out[ $key ] = self::quiet( $value, $out[ $key ], $tell );
					break;
				case 'cap':
					$out[ $key ] = self::cap( $value, $out[ $key ], $tell );
					break;
				case 'ab':
					$out[ $key ] = self::ab( $value, $out[ $key ], $tell );
					break;
			}
		}
		return array( $out, $bad );
	}

	/**
	 * What a broadcast sends, by variant. Once a test is decided, its winner alone.
	 *
	 * @param array $definition Clean.
	 * @return array<int, array{template: array{name: string, language: string}, values: array, path: string}> path: where it stands in the definition.
	 */
	public static function messages( array $definition, int $winner = 0 ): array {
		$all = array( 1 => array( 'path' => '' ) + $definition ) + ( null === $definition['ab'] ? array() : array( 2 => array( 'path' => 'ab.' ) + $definition['ab'] ) );
		return array_map( static fn( array $of ): array => array_intersect_key( $of, array_flip( array( 'template', 'values', 'path' ) ) ), isset( $all[ $winner ] ) ? array( $winner => $all[ $winner ] ) : $all );
	}

	/** A definition with its objects as such, where JSON would make empty ones lists. */
	public static function json( array $definition ): array {
		$ab = $definition['ab'];
		return array(
			'values' => (object) $definition['values'],
			'ab'     => null === $ab ? null : array( 'values' => (object) $ab['values'] ) + $ab,
		) + $definition;
	}

	/**
	 * Everything that keeps a broadcast from being sent.
	 *
	 * @param array $definition Clean.
	 * @param int   $winner     Variant that won a test.
	 * @return list<array{path: string, message: string, remedy?: string}>
	 */
	public static function problems( int $broadcast, array $definition, int $winner = 0 ): array {
		$out = array();
		$may = 0 === $definition['account'] ? null : Accounts::can_send( $definition['account'] );
		if ( null === $may ) {
			$out[] = Problems::one( 'account', __( 'No number is chosen.', 'nxt-cloud-chat' ), __( 'Choose the WhatsApp number that sends.', 'nxt-cloud-chat' ) );
		} elseif ( is_wp_error( $may ) ) {
			$out[] = Problems::one( 'account', $may->get_error_message(), (string) ( $may->get_error_data()['remedy'] ?? '' ) );
		}
		array_push( $out, ...( new Rendering( $definition['account'], $definition, $winner ) )->problems );
		if ( null !== $definition['ab'] && $definition['ab']['template'] === $definition['template'] ) {
			$out[] = Problems::one( 'ab.template', __( 'Both templates are the same.', 'nxt-cloud-chat' ), __( 'Choose another template to compare with.', 'nxt-cloud-chat' ) );
		}
		$audience = $definition['audience'];
		if ( ! $audience['everybody'] && ! $audience['groups'] && ! $audience['segments'] && ! $audience['contacts'] && ! $audience['numbers'] && ! $audience['not_read'] ) {
			$out[] = Problems::one( 'audience', __( 'Nobody is chosen.', 'nxt-cloud-chat' ), __( 'Choose groups, segments, contacts, or hand in numbers.', 'nxt-cloud-chat' ) );
		}
		if ( $audience['numbers'] && 0 === BroadcastStore::count_people( $broadcast ) ) {
			$out[] = Problems::one( 'audience.numbers', __( 'No numbers were handed in.', 'nxt-cloud-chat' ), __( 'Choose a file or paste numbers, or leave numbers out.', 'nxt-cloud-chat' ) );
		}
		array_push( $out, ...self::people_problems( $definition ) );
		$schedule = $definition['schedule'];
		if ( 'at' === $schedule['mode'] ) {
			$at = Schedule::instant( $schedule['at'], wp_timezone() );
			if ( null === $at ) {
				$out[] = Problems::one( 'schedule.at', __( 'The time is missing.', 'nxt-cloud-chat' ), __( 'Choose a day and a time.', 'nxt-cloud-chat' ) );
			} elseif ( $at < Site::now_ms() ) {
				$out[] = Problems::one( 'schedule.at', __( 'This time is over.', 'nxt-cloud-chat' ), __( 'Choose a later one, or send now.', 'nxt-cloud-chat' ) );
			}
		}
		return $out;
	}

	/**
	 * Lists of people that are no more: who was to be left out would get it, or fewer would get it than were told.
	 *
	 * @param array $definition Clean.
	 * @return list<array{path: string, message: string, remedy?: string}>
	 */
	public static function people_problems( array $definition ): array {
		$out = array();
		foreach ( array_intersect_key( $definition, self::SIDES ) as $side => $people ) {
			$there = $people['groups'] ? Groups::names( $people['groups'] ) : array();
			foreach ( $people['groups'] as $n => $id ) {
				if ( ! isset( $there[ $id ] ) ) {
					$out[] = Problems::one( "$side.groups[$n]", __( 'This group does not exist any more.', 'nxt-cloud-chat' ), __( 'Choose another group.', 'nxt-cloud-chat' ) );
				}
			}
			$conditions = Segments::conditions_of( $people['segments'] );
			foreach ( $people['segments'] as $n => $id ) {
				if ( is_wp_error( $conditions[ $id ] ) ) {
					$out[] = Problems::one( "$side.segments[$n]", $conditions[ $id ]->get_error_message(), __( 'Mend the segment, or choose another.', 'nxt-cloud-chat' ) );
				}
			}
			$key   = self::SIDES[ $side ];
			$there = $people[ $key ] ? Broadcasts::names( $people[ $key ] ) : array();
			foreach ( $people[ $key ] as $n => $id ) {
				if ( ! isset( $there[ $id ] ) ) {
					$out[] = Problems::one( "$side.{$key}[$n]", __( 'This broadcast does not exist any more.', 'nxt-cloud-chat' ), __( 'Choose another broadcast.', 'nxt-cloud-chat' ) );
				}
			}
		}
		return $out;
	}

	private static function number( mixed $value ): ?int {
		if ( is_string( $value ) && 1 === preg_match( '/^\d{1,15}$/D', $value ) ) {
			$value = (int) $value;
		}
		return is_int( $value ) && $value >= 0 ? $value : null;
	}

	/** @return array{name: string, language: string}|null */
	private static function template( mixed $value ): ?array {
		$name     = is_array( $value ) ? $value['name'] ?? '' : null;
		$language = is_array( $value ) ? $value['language'] ?? '' : null;
		if ( ! is_string( $name ) || ! is_string( $language ) || 1 !== preg_match( '/^[a-z0-9_]{0,512}$/D', $name ) || 1 !== preg_match( '/^[A-Za-z_]{0,35}$/D', $language ) ) {
			return null;
		}
		return compact( 'name', 'language' );
	}

	/** Bindings, those that are none left out. */
	private static function values( mixed $value, string $path, callable $tell ): array {
		[ $values, $problems ] = Bindings::clean( $value instanceof \stdClass ? (array) $value : $value );
		foreach ( $problems as $problem ) {
			$tell( $path . str_replace( 'bindings', 'values', $problem['place'] ), $problem['message'], $problem['remedy'] );
		}
		return $values;
	}

	private static function people( string $side, mixed $value, array $before, callable $tell ): array {
		if ( ! is_array( $value ) ) {
			$tell( $side, __( 'People are chosen by an object of lists.', 'nxt-cloud-chat' ) );
			return $before;
		}
		$out = self::EMPTY[ $side ];
		foreach ( $value as $key => $list ) {
			if ( ! array_key_exists( $key, $out ) ) {
				$tell( "$side." . mb_strcut( (string) $key, 0, 60 ), __( 'This key is not known.', 'nxt-cloud-chat' ) );
			} elseif ( is_bool( $out[ $key ] ) ) {
				is_bool( $list ) ? $out[ $key ] = $list : $tell( "$side.$key", __( 'This is yes or no.', 'nxt-cloud-chat' ) );
			} else {
				$ids = is_array( $list ) && array_is_list( $list ) ? array_map( array( self::class, 'number' ), $list ) : array( null );
				$max = self::ID_LISTS[ $key ] ?? self::IDS_MAX;
				if ( in_array( null, $ids, true ) || in_array( 0, $ids, true ) ) {
					$tell( "$side.$key", __( 'This is a list of ids.', 'nxt-cloud-chat' ) );
				} elseif ( count( $ids ) > $max ) {
					/* translators: %d: a number */
					$tell( "$side.$key", sprintf( __( 'There may be %d at most. Make a group of them.', 'nxt-cloud-chat' ), $max ) );
				} else {
					$out[ $key ] = array_values( array_unique( $ids ) );
				}
			}
		}
		return $out;
	}

	private static function schedule( mixed $value, array $before, callable $tell ): array {
		$out = ( is_array( $value ) ? array_intersect_key( $value, $before ) : array() ) + self::EMPTY['schedule'];
		if ( ! is_array( $value ) || ! in_array( $out['mode'], array( 'now', 'at' ), true ) || ! in_array( $out['zone'], array( 'site', 'recipient' ), true ) ) {
			$tell( 'schedule', __( 'A schedule says when (mode: now or at) and in whose time zone (zone: site or recipient).', 'nxt-cloud-chat' ) );
			return $before;
		}
		if ( ! is_string( $out['at'] ) || ( '' !== $out['at'] && null === Schedule::instant( $out['at'], wp_timezone() ) ) ) {
			$tell( 'schedule.at', __( 'A time is written as 2026-12-01T09:00.', 'nxt-cloud-chat' ) );
			$out['at'] = $before['at'];
		}
		return $out;
	}

	private static function quiet( mixed $value, ?array $before, callable $tell ): ?array {
		if ( null === $value ) {
			return null;
		}
		$time = '/^([01]\d|2[0-3]):[0-5]\d$/D';
		$zone = is_array( $value ) ? $value['zone'] ?? 'recipient' : '';
		$from = is_array( $value ) ? $value['from'] ?? '' : '';
		$to   = is_array( $value ) ? $value['to'] ?? '' : '';
		if ( ! is_string( $from ) || ! is_string( $to ) || 1 !== preg_match( $time, $from ) || 1 !== preg_match( $time, $to ) || $from === $to || ! in_array( $zone, array( 'site', 'recipient' ), true ) ) {
			$tell( 'quiet', __( 'Quiet hours begin and end at different times, as 21:00 and 08:00, in the zone of the site or of the recipient.', 'nxt-cloud-chat' ) );
			return $before;
		}
		return compact( 'from', 'to', 'zone' );
	}

	private static function cap( mixed $value, ?array $before, callable $tell ): ?array {
		if ( null === $value ) {
			return null;
		}
		$messages = is_array( $value ) ? self::number( $value['messages'] ?? null ) : null;
		$days     = is_array( $value ) ? self::number( $value['days'] ?? null ) : null;
		if ( null === $messages || null === $days || $messages < 1 || $messages > 1000 || $days < 1 || $days > 365 ) {
			$tell( 'cap', __( 'A cap is a number of messages (1 to 1000) in a number of days (1 to 365).', 'nxt-cloud-chat' ) );
			return $before;
		}
		return compact( 'messages', 'days' );
	}

	private static function ab( mixed $value, ?array $before, callable $tell ): ?array {
		if ( null === $value ) {
			return null;
		}
		$template = is_array( $value ) ? self::template( $value['template'] ?? array() ) : null;
		$share    = is_array( $value ) ? self::number( $value['share'] ?? 20 ) : null;
		$minutes  = is_array( $value ) ? self::number( $value['after_minutes'] ?? 240 ) : null;
		$by       = is_array( $value ) ? $value['by'] ?? 'read' : null;
		if ( null === $template || null === $share || $share < 2 || $share > 100 || null === $minutes || $minutes < 5 || $minutes > 10080 || ! in_array( $by, array( 'read', 'reply' ), true ) ) {
			$tell( 'ab', __( 'A test names a second template, the share of people that get one of the two (2 to 100 per cent), what decides (read or reply), and after how many minutes (5 to 10080).', 'nxt-cloud-chat' ) );
			return $before;
		}
		return array(
			'template'      => $template,
			'values'        => self::values( $value['values'] ?? array(), 'ab.', $tell ),
			'share'         => $share,
			'by'            => $by,
			'after_minutes' => $minutes,
		);
	}
}
