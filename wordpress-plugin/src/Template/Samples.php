<?php
/**
 * Samples of media headers.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Template;

use NxtChat\Account\Accounts;
use NxtChat\Account\Home;
use NxtChat\Native;
use NxtChat\Problems;
use NxtChat\Site;

/** Uploads what a template's header shows to Meta's reviewers. Nothing of it stays here. */
final class Samples {

	/** Largest sample, in bytes: Meta's limit for videos, the largest but documents. */
	public const BYTES_MAX = 16 * 1024 * 1024;

	/** Largest image, in bytes (Meta, "Media"). */
	private const IMAGE_MAX = 5 * 1024 * 1024;

	/** What may be a header: by what the file is, not by its name. */
	private const TYPES = array(
		'image/jpeg'      => 'IMAGE',
		'image/png'       => 'IMAGE',
		'video/mp4'       => 'VIDEO',
		'video/3gpp'      => 'VIDEO',
		'application/pdf' => 'DOCUMENT',
	);

	/**
	 * Uploads one.
	 *
	 * @param int    $account_id 0: the only one.
	 * @param string $name       The file's name, for the answer.
	 * @param string $bytes      The file.
	 * @return array{handle: string, mime: string, size: int, format: string, name: string}|\WP_Error format: of the header, IMAGE, VIDEO or DOCUMENT.
	 */
	public static function upload( int $account_id, string $name, string $bytes ): array|\WP_Error {
		$size = strlen( $bytes );
		if ( 0 === $size || $size > self::BYTES_MAX ) {
			/* translators: %s: a size as 16 MB */
			return self::refuse( 0 === $size ? __( 'No file arrived.', 'nxt-cloud-chat' ) : sprintf( __( 'A sample may have at most %s.', 'nxt-cloud-chat' ), size_format( self::BYTES_MAX ) ), 0 === $size ? 400 : 413 );
		}
		$mime = (string) ( new \finfo( FILEINFO_MIME_TYPE ) )->buffer( $bytes );
		if ( ! isset( self::TYPES[ $mime ] ) ) {
			return self::refuse( __( 'A header can be a JPEG or PNG image, an MP4 or 3GP video, or a PDF document.', 'nxt-cloud-chat' ), 415 );
		}
		if ( 'IMAGE' === self::TYPES[ $mime ] && $size > self::IMAGE_MAX ) {
			/* translators: %s: a size as 5 MB */
			return self::refuse( sprintf( __( 'An image may have at most %s.', 'nxt-cloud-chat' ), size_format( self::IMAGE_MAX ) ), 413 );
		}
		$accounts = Templates::accounts();
		$id       = 0 === $account_id && 1 === count( $accounts ) ? (int) reset( $accounts ) : $account_id;
		$account  = 0 === $id ? null : Accounts::get( $id );
		if ( null === $account ) {
			return Problems::refuse( 'nxtchat_no_account', 409, __( 'Samples are uploaded for an account: there is none, or it was not said which.', 'nxt-cloud-chat' ), __( 'Connect a number under WhatsApp → Accounts.', 'nxt-cloud-chat' ) );
		}
		if ( $account['is_clone'] ) {
			return Home::error();
		}
		$path = Site::prepare() . '/sample-' . Native\ulids( 1 )[0];
		$file = fopen( $path, 'xb' );
		if ( false === $file ) {
			return self::refuse( __( 'The file could not be kept for the upload.', 'nxt-cloud-chat' ), 503 );
		}
		try {
			chmod( $path, 0600 );
			if ( fwrite( $file, $bytes ) !== $size ) {
				return self::refuse( __( 'The file could not be kept for the upload: the disk may be full.', 'nxt-cloud-chat' ), 503 );
			}
			fclose( $file );
			$file   = null;
			$handle = Native\template_sample_upload( Accounts::credentials( $id ), $account['app_id'], $path, $mime );
		} finally {
			if ( null !== $file ) {
				fclose( $file );
			}
			unlink( $path );
		}
		return array(
			'handle' => $handle,
			'mime'   => $mime,
			'size'   => $size,
			'format' => self::TYPES[ $mime ],
			'name'   => sanitize_file_name( $name ),
		);
	}

	private static function refuse( string $message, int $status ): \WP_Error {
		return Problems::refuse( 'nxtchat_sample', $status, $message );
	}
}
