<?php
/**
 * What a run throws when it is no longer its own.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Import;

/** The import was cancelled, or another process has gone on with it: this one's batch is rolled back. */
final class ImportLost extends \RuntimeException {}
