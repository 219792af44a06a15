<?php
/**
 * JSON schemas of imports.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Import;

/** What imports are made of and answer with, for OPTIONS. */
final class ImportSchema {

	/** An import. */
	public static function import(): array {
		$int  = array( 'type' => 'integer' );
		$text = array( 'type' => 'string' );
		return array(
			'$schema'    => 'http://json-schema.org/draft-04/schema#',
			'title'      => 'nxtchat_import',
			'type'       => 'object',
			'properties' => array(
				'busy'        => array(
					'type'        => 'boolean',
					'description' => 'After a step: another process is working on it.',
				),
				'id'          => $int,
				'uid'         => $text,
				'kind'        => self::one_of( 'integer', array_values( Imports::KINDS ) ),
				'kind_name'   => self::one_of( 'string', array_keys( Imports::KINDS ) ),
				'state'       => self::one_of( 'integer', array_values( Imports::STATES ) ),
				'state_name'  => self::one_of( 'string', array_keys( Imports::STATES ) ),
				'name'        => $text,
				'bytes'       => $int,
				'received'    => $int,
				'position'    => $int,
				'rows_read'   => $int,
				'added'       => $int,
				'changed'     => $int,
				'unchanged'   => $int,
				'rejected'    => $int,
				'created_ms'  => $int,
				'started_ms'  => $int,
				'finished_ms' => $int,
				'options'     => self::options(),
				'report'      => self::report(),
				'error'       => $text,
				'user'        => array(
					'type'       => array( 'object', 'null' ),
					'properties' => array(
						'id'   => $int,
						'name' => $text,
					),
				),
				'can_undo'    => array( 'type' => 'boolean' ),
				'has_rejects' => array( 'type' => 'boolean' ),
			),
		);
	}

	/** The rejected rows. */
	public static function rejects(): array {
		return array(
			'$schema'     => 'http://json-schema.org/draft-04/schema#',
			'title'       => 'nxtchat_import_rejects',
			'type'        => 'string',
			'description' => 'A file, text/csv in UTF-8: line, reason, and the row as it was.',
		);
	}

	/** Arguments of a new import. */
	public static function create_args(): array {
		return array(
			'kind'  => array(
				'type'        => array( 'integer', 'string' ),
				'enum'        => array( ...array_values( Imports::KINDS ), ...array_keys( Imports::KINDS ) ),
				'description' => '1 file, 2 users, 3 customers; or the name.',
			) + self::told_by_us(),
			'name'  => array(
				'type'        => 'string',
				'description' => 'Of the file, for people.',
			),
			'bytes' => array(
				'type'        => 'integer',
				'description' => 'Of the file as a whole: 1 to ' . ImportFiles::MAX_BYTES . '.',
			),
		) + self::update_args();
	}

	/** Arguments of a change. */
	public static function update_args(): array {
		return array( 'options' => self::options() + self::told_by_us() );
	}

	/** ImportOptions and Imports tell what is wrong, with path and remedy; WordPress would say less, and change values. */
	private static function told_by_us(): array {
		return array(
			'validate_callback' => '__return_true',
			'sanitize_callback' => static fn( $value ) => $value,
		);
	}

	/** Options; those left out have the first of their values. */
	private static function options(): array {
		$text = array( 'type' => 'string' );
		return array(
			'type'       => 'object',
			'properties' => array(
				'encoding'        => self::one_of( 'string', ImportOptions::ENCODINGS ),
				'delimiter'       => self::one_of( 'string', ImportOptions::DELIMITERS ),
				'quote'           => self::one_of( 'string', ImportOptions::QUOTES ),
				'header'          => array( 'type' => 'boolean' ),
				'columns'         => array(
					'type'     => 'array',
					'maxItems' => ImportOptions::COLUMNS_MAX,
					'items'    => array(
						'type'       => 'object',
						'properties' => array(
							'name' => $text,
							'to'   => array(
								'type'        => array( 'string', 'null' ),
								'description' => implode( ', ', ImportOptions::TARGETS ) . ', field:<name>; null = not taken.',
							),
						),
					),
				),
				'region'          => array(
					'type'        => 'string',
					'description' => 'Country of numbers without a country code, as DE.',
				),
				'group_separator' => $text,
				'existing'        => self::one_of( 'string', ImportOptions::EXISTING ),
				'groups'          => array(
					'type'     => 'array',
					'maxItems' => ImportOptions::GROUPS_MAX,
					'items'    => array( 'type' => 'integer' ),
				),
				'new_groups'      => array(
					'type'     => 'array',
					'maxItems' => ImportOptions::GROUPS_MAX,
					'items'    => $text,
				),
				'consent'         => array(
					'type'       => 'object',
					'properties' => array(
						'marketing' => array( 'type' => 'boolean' ),
						'source'    => $text,
						'wording'   => $text,
						'at_ms'     => array( 'type' => 'integer' ),
					),
				),
				'phone_meta'      => array(
					'type'        => 'string',
					'description' => 'User meta key of the number, of users and customers.',
				),
				'last_user'       => array(
					'type'        => 'integer',
					'description' => 'Set by the start of users and customers.',
					'readonly'    => true,
				),
			),
		);
	}

	private static function report(): array {
		$int     = array( 'type' => 'integer' );
		$objects = array(
			'type'  => 'array',
			'items' => array( 'type' => 'object' ),
		);
		return array(
			'type'       => 'object',
			'properties' => array(
				'rejects'          => array(
					'type'                 => 'object',
					'description'          => 'Rows by reason.',
					'additionalProperties' => $int,
				),
				'reject_examples'  => $objects,
				'added_examples'   => $objects,
				'changed_examples' => $objects,
				'consents'         => array(
					'type'       => 'object',
					'properties' => array_fill_keys( array( 'granted', 'revoked', 'withheld' ), $int ),
				),
				'new_groups'       => array(
					'type'  => 'array',
					'items' => array( 'type' => 'string' ),
				),
				'memberships'      => $int,
				'groups_made'      => $int,
				'merged'           => $int,
				'undo'             => array( 'type' => 'object' ),
			),
		);
	}

	/** A value out of a list. */
	private static function one_of( string $type, array $values ): array {
		return array(
			'type' => $type,
			'enum' => $values,
		);
	}
}
