<?php
/**
 * What conditions can ask about a contact: the fields, how each is compared, and what can be chosen.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Segment;

use NxtChat\Broadcast\Broadcasts;
use NxtChat\Field\Fields;
use NxtChat\Group\Groups;
use NxtChat\Native;

/** The schema of the conditions, for parse(), for the editor and for the documentation. */
final class Catalogue {

	/** Consent states by their word. */
	public const STATES = array(
		'granted' => Native\CONSENT_GRANTED,
		'revoked' => Native\CONSENT_REVOKED,
		'none'    => Native\CONSENT_NONE,
	);

	/** Choices offered to an editor at most; a value beyond them can still be written. */
	private const CHOICES_MAX = 1000;

	/** Operators of each type, with the kind of input that their value needs. */
	private const OPERATORS = array(
		'name'     => array(
			'begins'  => 'text',
			'has'     => 'text',
			'set'     => 'none',
			'not_set' => 'none',
		),
		'phone'    => array(
			'begins'  => 'text',
			'set'     => 'none',
			'not_set' => 'none',
		),
		'flag'     => array(
			'set'     => 'none',
			'not_set' => 'none',
		),
		'text'     => array(
			'is'      => 'text',
			'is_not'  => 'text',
			'begins'  => 'text',
			'set'     => 'none',
			'not_set' => 'none',
		),
		'choice'   => array(
			'is'      => 'choices',
			'is_not'  => 'choices',
			'set'     => 'none',
			'not_set' => 'none',
		),
		'state'    => array(
			'is'     => 'choices',
			'is_not' => 'choices',
		),
		'members'  => array(
			'in'     => 'choices',
			'not_in' => 'choices',
		),
		'time'     => array(
			'within_days'     => 'days',
			'not_within_days' => 'days',
			'before'          => 'date',
			'after'           => 'date',
		),
		'last'     => array(
			'within_days'     => 'days',
			'not_within_days' => 'days',
			'before'          => 'date',
			'after'           => 'date',
			'never'           => 'none',
		),
		'activity' => array(
			'within_days'     => 'days',
			'not_within_days' => 'days',
		),
		'number'   => array(
			'eq'      => 'number',
			'gt'      => 'number',
			'lt'      => 'number',
			'between' => 'range',
			'set'     => 'none',
			'not_set' => 'none',
		),
		'amount'   => array(
			'eq'      => 'number',
			'gt'      => 'number',
			'lt'      => 'number',
			'between' => 'range',
		),
		'date'     => array(
			'is'          => 'date',
			'before'      => 'date',
			'after'       => 'date',
			'within_days' => 'days',
			'set'         => 'none',
			'not_set'     => 'none',
		),
		'yes_no'   => array(
			'is'      => 'choice',
			'set'     => 'none',
			'not_set' => 'none',
		),
	);

	/** Types of custom fields. */
	private const CUSTOM = array(
		Native\FIELD_TEXT   => 'text',
		Native\FIELD_NUMBER => 'number',
		Native\FIELD_DATE   => 'date',
		Native\FIELD_CHOICE => 'choice',
		Native\FIELD_YES_NO => 'yes_no',
	);

	/**
	 * The operators of a type.
	 *
	 * @return array<string, string> Kind of input (none, text, number, days, date, choice, choices, range) by operator.
	 */
	public static function operators( string $type ): array {
		return self::OPERATORS[ $type ];
	}

	/**
	 * One field.
	 *
	 * @return array{field: string, label: string, group: string, type: string, choices: ?string, custom?: array}|null
	 */
	public static function field( string $name ): ?array {
		if ( str_starts_with( $name, 'field.' ) ) {
			foreach ( Fields::all() as $custom ) {
				if ( 'field.' . $custom['name'] === $name ) {
					return self::custom( $custom );
				}
			}
			return null;
		}
		$row = self::fixed()[ $name ] ?? null;
		return null === $row ? null : self::described( $name, $row );
	}

	/**
	 * Message and remedy for a field that there is not.
	 *
	 * @return array{0: string, 1: string}
	 */
	public static function unknown_field( mixed $name ): array {
		if ( ! is_string( $name ) || '' === $name ) {
			return array( __( 'The field is missing.', 'nxt-cloud-chat' ), __( 'Name a field, as country or group.', 'nxt-cloud-chat' ) );
		}
		$name = mb_strcut( $name, 0, 80 );
		if ( str_starts_with( $name, 'field.' ) ) {
			return array(
				/* translators: %s: name of a custom field */
				sprintf( __( 'There is no custom field “%s” (any more).', 'nxt-cloud-chat' ), substr( $name, 6 ) ),
				__( 'Choose another field, remove this condition, or add the custom field again.', 'nxt-cloud-chat' ),
			);
		}
		if ( str_starts_with( $name, 'woo.' ) && ! self::has_woo() ) {
			return array( __( 'WooCommerce is not active.', 'nxt-cloud-chat' ), __( 'Activate WooCommerce, or remove this condition.', 'nxt-cloud-chat' ) );
		}
		return array(
			/* translators: %s: name of a field */
			sprintf( __( 'There is no field “%s”.', 'nxt-cloud-chat' ), $name ),
			__( 'Use one of the fields that “wp nxtchat segment schema” lists.', 'nxt-cloud-chat' ),
		);
	}

	/** A chosen value in its one spelling. */
	public static function choice( array $field, mixed $value ): int|string|Problem {
		$known = static fn( array $values, string $message, string $remedy ) => in_array( $value, $values, true ) ? $value : new Problem( $message, $remedy );
		switch ( $field['choices'] ) {
			case 'group':
				$id = is_int( $value ) || ( is_string( $value ) && ctype_digit( $value ) && strlen( $value ) < 19 ) ? (int) $value : 0;
				return Groups::names( array( $id ) ) ? $id : new Problem( __( 'This group does not exist (any more).', 'nxt-cloud-chat' ), __( 'Choose another group, or remove it from the condition.', 'nxt-cloud-chat' ) );
			case 'broadcast':
				$id = is_int( $value ) || ( is_string( $value ) && ctype_digit( $value ) && strlen( $value ) < 19 ) ? (int) $value : 0;
				return isset( Broadcasts::names( array( $id ) )[ $id ] ) ? $id : new Problem( __( 'This broadcast does not exist (any more).', 'nxt-cloud-chat' ), __( 'Choose another broadcast, or remove it from the condition.', 'nxt-cloud-chat' ) );
			case 'state':
				return $known( array_keys( self::STATES ), __( 'This is no state of consent.', 'nxt-cloud-chat' ), __( 'Use granted, revoked or none.', 'nxt-cloud-chat' ) );
			case 'role':
				return $known( array_map( 'strval', array_keys( wp_roles()->roles ) ), __( 'There is no such role on this site.', 'nxt-cloud-chat' ), __( 'Choose one of the roles under Users.', 'nxt-cloud-chat' ) );
			case 'custom':
				/* translators: %s: list of choices */
				return $known( $field['custom']['choices'], __( 'The custom field does not have this choice (any more).', 'nxt-cloud-chat' ), sprintf( __( 'Use one of: %s.', 'nxt-cloud-chat' ), mb_strimwidth( implode( ', ', $field['custom']['choices'] ), 0, 300, '…' ) ) );
			case 'country':
				return is_string( $value ) && 1 === preg_match( '/^[a-z]{2}$/Di', $value ) ? strtoupper( $value ) : new Problem( __( 'This is no country code.', 'nxt-cloud-chat' ), __( 'Use two letters, as DE or US.', 'nxt-cloud-chat' ) );
			default: // Language, source: words that anybody may coin.
				return is_string( $value ) && 1 === preg_match( '/^[\w.:-]{1,40}$/D', $value ) ? $value : new Problem( __( 'This value cannot be compared.', 'nxt-cloud-chat' ), __( 'Use a short word without blanks, as de or import.', 'nxt-cloud-chat' ) );
		}
	}

	/**
	 * Everything an editor needs.
	 *
	 * @return array{fields: list<array{field: string, label: string, group: string, type: string, operators: list<array{operator: string, label: string, input: string}>, choices?: list<array{value: int|string, label: string}>}>, leaves_max: int, depth_max: int}
	 */
	public static function schema(): array {
		$fields = array();
		foreach ( self::fixed() as $name => $row ) {
			$fields[] = self::described( $name, $row );
		}
		foreach ( Fields::all() as $custom ) {
			$fields[] = self::custom( $custom );
		}
		$labels = self::labels();
		$out    = array();
		foreach ( $fields as $field ) {
			$operators = array();
			foreach ( self::OPERATORS[ $field['type'] ] as $operator => $input ) {
				$operators[] = array(
					'operator' => $operator,
					'label'    => $labels[ $field['type'] . '.' . $operator ] ?? $labels[ $operator ],
					'input'    => $input,
				);
			}
			$row = array(
				'field'     => $field['field'],
				'label'     => $field['label'],
				'group'     => $field['group'],
				'type'      => $field['type'],
				'operators' => $operators,
			);
			if ( null !== $field['choices'] ) {
				$row['choices'] = self::choices( $field );
				if ( 'broadcast' === $field['choices'] && ! $row['choices'] ) {
					continue; // Nothing to choose yet.
				}
			}
			$out[] = $row;
		}
		return array(
			'fields'     => $out,
			'leaves_max' => Conditions::LEAVES_MAX,
			'depth_max'  => Conditions::DEPTH_MAX,
		);
	}

	/** Whether WooCommerce's tables can be asked. */
	public static function has_woo(): bool {
		return class_exists( 'WooCommerce', false );
	}

	/** @return array<string, array{0: string, 1: string, 2: string, 3?: string}> Label, group, type, choices by name. */
	private static function fixed(): array {
		$person   = __( 'Person', 'nxt-cloud-chat' );
		$activity = __( 'Activity', 'nxt-cloud-chat' );
		$consent  = __( 'Consent', 'nxt-cloud-chat' );
		$site     = __( 'This site', 'nxt-cloud-chat' );
		$fields   = array(
			'name'              => array( __( 'Name', 'nxt-cloud-chat' ), $person, 'name' ),
			'phone'             => array( __( 'Phone number', 'nxt-cloud-chat' ), $person, 'phone' ),
			'username'          => array( __( 'User name on WhatsApp', 'nxt-cloud-chat' ), $person, 'flag' ),
			'email'             => array( __( 'E-mail address', 'nxt-cloud-chat' ), $person, 'text' ),
			'country'           => array( __( 'Country', 'nxt-cloud-chat' ), $person, 'choice', 'country' ),
			'language'          => array( __( 'Language', 'nxt-cloud-chat' ), $person, 'choice', 'language' ),
			'source'            => array( __( 'Source', 'nxt-cloud-chat' ), $person, 'choice', 'source' ),
			'created'           => array( __( 'Added', 'nxt-cloud-chat' ), $person, 'time' ),
			'group'             => array( __( 'Group', 'nxt-cloud-chat' ), $person, 'members', 'group' ),
			'last_in'           => array( __( 'Wrote to us', 'nxt-cloud-chat' ), $activity, 'last' ),
			'message.out'       => array( __( 'We wrote', 'nxt-cloud-chat' ), $activity, 'activity' ),
			'message.unread'    => array( __( 'Unread messages', 'nxt-cloud-chat' ), $activity, 'flag' ),
			'broadcast.unread'  => array( __( 'Got a broadcast and did not read it', 'nxt-cloud-chat' ), $activity, 'members', 'broadcast' ),
			'consent.marketing' => array( __( 'Marketing consent', 'nxt-cloud-chat' ), $consent, 'state', 'state' ),
			'consent.utility'   => array( __( 'Utility consent', 'nxt-cloud-chat' ), $consent, 'state', 'state' ),
			'consent.login'     => array( __( 'Login consent', 'nxt-cloud-chat' ), $consent, 'state', 'state' ),
			'user'              => array( __( 'WordPress user', 'nxt-cloud-chat' ), $site, 'flag' ),
			'user_role'         => array( __( 'Role on this site', 'nxt-cloud-chat' ), $site, 'members', 'role' ),
		);
		if ( self::has_woo() ) {
			$shop   = __( 'Shop', 'nxt-cloud-chat' );
			$fields += array(
				'woo.orders'     => array( __( 'Number of orders', 'nxt-cloud-chat' ), $shop, 'amount' ),
				'woo.spent'      => array( __( 'Money spent', 'nxt-cloud-chat' ), $shop, 'amount' ),
				'woo.last_order' => array( __( 'Last order', 'nxt-cloud-chat' ), $shop, 'last' ),
			);
		}
		return $fields;
	}

	private static function described( string $name, array $row ): array {
		return array(
			'field'   => $name,
			'label'   => $row[0],
			'group'   => $row[1],
			'type'    => $row[2],
			'choices' => $row[3] ?? null,
		);
	}

	private static function custom( array $custom ): array {
		$type = self::CUSTOM[ (int) $custom['type'] ];
		return array(
			'field'   => 'field.' . $custom['name'],
			'label'   => (string) $custom['label'],
			'group'   => __( 'Custom fields', 'nxt-cloud-chat' ),
			'type'    => $type,
			'choices' => 'choice' === $type ? 'custom' : ( 'yes_no' === $type ? 'yes_no' : null ),
			'custom'  => $custom,
		);
	}

	/** Labels of operators; those with a type before the point say it better there. @return array<string, string> */
	private static function labels(): array {
		return array(
			'is'               => __( 'is', 'nxt-cloud-chat' ),
			'is_not'           => __( 'is not', 'nxt-cloud-chat' ),
			'choice.is'        => __( 'is one of', 'nxt-cloud-chat' ),
			'choice.is_not'    => __( 'is none of', 'nxt-cloud-chat' ),
			'state.is'         => __( 'is one of', 'nxt-cloud-chat' ),
			'state.is_not'     => __( 'is none of', 'nxt-cloud-chat' ),
			'begins'           => __( 'begins with', 'nxt-cloud-chat' ),
			'has'              => __( 'has words beginning with', 'nxt-cloud-chat' ),
			'set'              => __( 'is filled in', 'nxt-cloud-chat' ),
			'not_set'          => __( 'is empty', 'nxt-cloud-chat' ),
			'flag.set'         => __( 'has one', 'nxt-cloud-chat' ),
			'flag.not_set'     => __( 'has none', 'nxt-cloud-chat' ),
			'in'               => __( 'is in one of', 'nxt-cloud-chat' ),
			'not_in'           => __( 'is in none of', 'nxt-cloud-chat' ),
			'within_days'      => __( 'in the last … days', 'nxt-cloud-chat' ),
			'not_within_days'  => __( 'not in the last … days', 'nxt-cloud-chat' ),
			'before'           => __( 'before', 'nxt-cloud-chat' ),
			'after'            => __( 'after', 'nxt-cloud-chat' ),
			'never'            => __( 'never', 'nxt-cloud-chat' ),
			'eq'               => __( 'equals', 'nxt-cloud-chat' ),
			'gt'               => __( 'is more than', 'nxt-cloud-chat' ),
			'lt'               => __( 'is less than', 'nxt-cloud-chat' ),
			'between'          => __( 'is between', 'nxt-cloud-chat' ),
		);
	}

	/** @return list<array{value: int|string, label: string}> */
	private static function choices( array $field ): array {
		$plain = static fn( array $values ) => array_combine( $values, $values );
		$pairs = match ( $field['choices'] ) {
			'group'     => Groups::names(),
			'broadcast' => Broadcasts::names(),
			'role'      => array_map( 'translate_user_role', wp_roles()->get_names() ),
			'custom'    => $plain( $field['custom']['choices'] ),
			'yes_no'    => array(
				'yes' => __( 'Yes', 'nxt-cloud-chat' ),
				'no'  => __( 'No', 'nxt-cloud-chat' ),
			),
			'state'     => array(
				'granted' => __( 'granted', 'nxt-cloud-chat' ),
				'revoked' => __( 'revoked', 'nxt-cloud-chat' ),
				'none'    => __( 'neither', 'nxt-cloud-chat' ),
			),
			default     => $plain( AudienceStore::present( $field['choices'], self::CHOICES_MAX ) ),
		};
		$out = array();
		foreach ( array_slice( $pairs, 0, self::CHOICES_MAX, true ) as $value => $label ) {
			$label = 'country' === $field['choices'] && class_exists( \Locale::class ) ? \Locale::getDisplayRegion( "-$value", get_user_locale() ) : $label;
			$out[] = array(
				'value' => in_array( $field['choices'], array( 'group', 'broadcast' ), true ) ? (int) $value : (string) $value,
				'label' => (string) $label,
			);
		}
		return $out;
	}
}
