<?php
/**
 * People from a file.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Import;

use NxtChat\Native;

/** An uploaded CSV or TSV file, read ahead by the extension in a thread of its own. */
final class FileSource implements ImportSource {

	private Native\ContactReader $reader;

	public function __construct( ImportJob $job, int $position, int $line ) {
		if ( ! ImportFiles::exists( $job->uid ) ) {
			throw new ImportFailure( __( 'The uploaded file is gone. Start again with the file.', 'nxt-cloud-chat' ) );
		}
		$this->reader = new Native\ContactReader( ImportFiles::path( $job->uid ), ImportOptions::for_reader( $job->options ), $position, $line );
	}

	public function next( int $max_rows ): ?array {
		return $this->reader->next( $max_rows );
	}
}
