<?php
/**
 * One import as its batches see it.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Import;

use NxtChat\Native;

/** What stays the same from batch to batch. */
final class ImportJob {

	/** Where new contacts come from, by kind of import: the column `source`. */
	private const SOURCES = array(
		Native\IMPORT_KIND_FILE      => 'import',
		Native\IMPORT_KIND_USERS     => 'wordpress',
		Native\IMPORT_KIND_CUSTOMERS => 'woocommerce',
	);

	public readonly int $id;
	public readonly string $uid;
	public readonly int $kind;
	public readonly string $source;
	public readonly int $user_id;
	/** Nothing is written. */
	public readonly bool $dry;
	/** The time of consent where the file tells none, in ms. */
	public readonly int $at_ms;
	/** @var array As from ImportOptions::parse(). */
	public readonly array $options;
	/** @var array<string, array{id: int, name: string, type: int}> By name. */
	public readonly array $fields;

	/** Ids of groups by name in small letters, as far as they are committed. @var array<string, int> */
	public array $groups = array();

	/** @param array<string, string> $row Of the table. */
	public function __construct( array $row ) {
		$this->id      = (int) $row['id'];
		$this->uid     = $row['uid'];
		$this->kind    = (int) $row['kind'];
		$this->source  = self::SOURCES[ $this->kind ];
		$this->user_id = (int) $row['user_id'];
		$this->dry     = Native\IMPORT_CHECKING === (int) $row['state'];
		$this->options = (array) json_decode( $row['options_json'], true );
		$at            = (int) $this->options['consent']['at_ms'];
		$this->at_ms   = $at > 0 ? $at : (int) $row['started_ms'];
		$this->fields  = array_column( ImportOptions::fields(), null, 'name' );
	}

	/** Does a column of the file hold this? */
	public function has( string $target ): bool {
		return in_array( $target, array_column( $this->options['columns'], 'to' ), true );
	}
}
