<?php
/**
 * Where an import's people come from.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Import;

/** A stream of rows that can be taken up again where a batch ended. */
interface ImportSource {

	/**
	 * The next rows, in columns, as ContactReader::next() of php/nxtchat.stub.php gives them.
	 *
	 * @return array|null Null at the end; else with `position` and `last_line` to go on from.
	 */
	public function next( int $max_rows ): ?array;
}
