<?php
/**
 * What an import did, or would do.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Import;

/** Counters and first examples. Small: it is written with every batch. */
final class ImportReport {

	/** Examples of each sort, and most names of new groups. */
	private const EXAMPLES   = 10;
	private const NEW_GROUPS = 50;

	/** Longest value shown, in characters. */
	private const SHOWN = 120;

	public int $rows_read = 0;
	public int $added     = 0;
	public int $changed   = 0;
	public int $unchanged = 0;
	public int $rejected  = 0;

	/** @var array<string, int> Rejected rows by reason. */
	public array $rejects = array();
	/** @var list<array> */
	public array $reject_examples = array();
	/** @var list<array> */
	public array $added_examples = array();
	/** @var list<array> */
	public array $changed_examples = array();
	/** @var array{granted: int, revoked: int, withheld: int} */
	public array $consents = array(
		'granted'  => 0,
		'revoked'  => 0,
		'withheld' => 0,
	);
	/** @var list<string> */
	public array $new_groups = array();
	public int $memberships  = 0;
	/** Rows whose number stood in another row of the same batch. */
	public int $merged = 0;
	/** How many groups the file made. */
	public int $groups_made = 0;
	/** @var array<string, mixed> Set by an undo. */
	public array $undo = array();

	/** Rows of the rejects file that this batch adds. @var list<list<string>> */
	public array $reject_rows = array();

	/** @param array<string, string> $row Of the table. */
	public static function of( array $row ): self {
		$self = new self();
		foreach ( array( 'rows_read', 'added', 'changed', 'unchanged', 'rejected' ) as $key ) {
			$self->$key = (int) $row[ $key ];
		}
		foreach ( (array) json_decode( $row['report_json'], true ) as $key => $value ) {
			if ( in_array( $key, array( 'rejects', 'reject_examples', 'added_examples', 'changed_examples', 'consents', 'new_groups', 'undo' ), true ) && is_array( $value ) ) {
				$self->$key = $value;
			} elseif ( in_array( $key, array( 'memberships', 'groups_made', 'merged' ), true ) ) {
				$self->$key = (int) $value;
			}
		}
		return $self;
	}

	/** @return array<string, int|string> Columns of the table. */
	public function columns(): array {
		return array(
			'rows_read'   => $this->rows_read,
			'added'       => $this->added,
			'changed'     => $this->changed,
			'unchanged'   => $this->unchanged,
			'rejected'    => $this->rejected,
			'report_json' => (string) wp_json_encode( $this->json(), JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES ),
		);
	}

	/** As in docs/API.md. */
	public function json(): array {
		$json = array(
			'rejects'          => (object) $this->rejects,
			'reject_examples'  => $this->reject_examples,
			'added_examples'   => $this->added_examples,
			'changed_examples' => $this->changed_examples,
			'consents'         => $this->consents,
			'new_groups'       => $this->new_groups,
			'memberships'      => $this->memberships,
			'groups_made'      => $this->groups_made,
			'merged'           => $this->merged,
		);
		return $this->undo ? $json + array( 'undo' => $this->undo ) : $json;
	}

	/**
	 * A row that is not taken.
	 *
	 * @param string       $code One of Reasons.
	 * @param list<string> $row  Its cells.
	 */
	public function reject( int $line, string $code, string $column, string $value, array $row ): void {
		$message                = Reasons::sentence( $code, $column, $value );
		$this->rejects[ $code ] = ( $this->rejects[ $code ] ?? 0 ) + 1;
		$this->reject_rows[]    = array( (string) $line, $message, ...$row );
		++$this->rejected;
		if ( count( $this->reject_examples ) < self::EXAMPLES ) {
			$value                   = mb_substr( $value, 0, self::SHOWN );
			$this->reject_examples[] = compact( 'line', 'code', 'column', 'value', 'message' );
		}
	}

	/** A new contact. */
	public function wants_added(): bool {
		return count( $this->added_examples ) < self::EXAMPLES;
	}

	/** An example of one. */
	public function show_added( int $line, string $phone, string $name ): void {
		$this->added_examples[] = compact( 'line', 'phone', 'name' );
	}

	/** A contact that is changed. */
	public function show_changed( int $line, int $contact_id, string $name, array $before, array $after ): void {
		if ( count( $this->changed_examples ) < self::EXAMPLES ) {
			$before                   = (object) $before;
			$after                    = (object) $after;
			$this->changed_examples[] = compact( 'line', 'contact_id', 'name', 'before', 'after' );
		}
	}

	/** A group that there was not. */
	public function show_group( string $name ): void {
		if ( count( $this->new_groups ) < self::NEW_GROUPS && ! in_array( $name, $this->new_groups, true ) ) {
			$this->new_groups[] = $name;
		}
	}
}
