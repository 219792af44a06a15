<?php
/**
 * Request variables where getenv() does not answer them (mod_php, PHP's own server): the same call on $_SERVER.
 *
 * @package NxtChat
 */

declare(strict_types=1);

// phpcs:disable WordPress.Security.ValidatedSanitizedInput -- Handed on as they are, like getenv().
return static fn( string $name ) => $_SERVER[ $name ] ?? false;
