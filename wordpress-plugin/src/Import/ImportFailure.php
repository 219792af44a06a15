<?php
/**
 * What ends an import.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Import;

/** The import cannot go on; the message, in plain words, is shown with it. */
final class ImportFailure extends \RuntimeException {}
