<?php
/**
 * The day's cap is reached.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Login;

/** Thrown inside a transaction so that it is rolled back. */
final class Spent extends \RuntimeException {}
