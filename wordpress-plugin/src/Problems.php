<?php
/**
 * What is wrong with an input.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat;

/** Errors as REST, WP-CLI and the screens show them: what is wrong, where, and how to mend it. */
final class Problems {

	/**
	 * One problem.
	 *
	 * @param string               $path Where, as 'fields.size'.
	 * @param array<string, mixed> $more Further keys.
	 * @return array{path: string, message: string, remedy?: string}
	 */
	public static function one( string $path, string $message, string $remedy = '', array $more = array() ): array {
		return array(
			'path'    => $path,
			'message' => $message,
		) + ( '' === $remedy ? array() : array( 'remedy' => $remedy ) ) + $more;
	}

	/**
	 * One error for all problems.
	 *
	 * @param list<array{path: string, message: string, remedy?: string}> $problems At least one.
	 */
	public static function error( array $problems, string $code = 'nxtchat_invalid', int $status = 400 ): \WP_Error {
		$message = 1 === count( $problems ) ? $problems[0]['message'] : __( 'Some fields need another look.', 'nxt-cloud-chat' );
		return new \WP_Error(
			$code,
			$message,
			array(
				'status'   => $status,
				'problems' => $problems,
			) + ( 1 === count( $problems ) && isset( $problems[0]['remedy'] ) ? array( 'remedy' => $problems[0]['remedy'] ) : array() )
		);
	}

	/** An error with one line and a remedy. */
	public static function refuse( string $code, int $status, string $message, string $remedy = '', array $more = array() ): \WP_Error {
		return new \WP_Error( $code, $message, array( 'status' => $status ) + ( '' === $remedy ? array() : array( 'remedy' => $remedy ) ) + $more );
	}

	/**
	 * Text on one line as people typed it, without blanks around it; null when it is none or too long.
	 *
	 * @param int  $max   Characters.
	 * @param bool $lines Line breaks may stay.
	 */
	public static function text( mixed $value, int $max, bool $lines = false ): ?string {
		if ( ! is_scalar( $value ) || is_bool( $value ) ) {
			return null;
		}
		$text = (string) $value;
		if ( ! mb_check_encoding( $text, 'UTF-8' ) ) {
			return null;
		}
		$text = str_replace( array( "\r\n", "\r" ), "\n", $text );
		$text = (string) preg_replace( $lines ? '/[^\P{Cc}\n\t]/u' : '/\s*\p{Cc}+\s*/u', $lines ? '' : ' ', $text );
		$text = (string) preg_replace( '/^[\s\x{FEFF}\x{200B}]+|[\s\x{FEFF}\x{200B}]+$/u', '', $text );
		return mb_strlen( $text ) <= $max ? $text : null;
	}
}
