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

	/** Largest short video that plays by itself, in bytes (Meta, "Template components", GIF). */
	private const GIF_MAX = 3670016;

	/** Headers that show a file. */
	public const FORMATS = array( 'IMAGE', 'VIDEO', 'GIF', 'DOCUMENT' );

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
	 * @param string $format     Of the header, one of FORMATS; '': what the file is.
	 * @return array{handle: string, mime: string, size: int, format: string, name: string}|\WP_Error
	 */
	public static function upload( int $account_id, string $name, string $bytes, string $format = '' ): array|\WP_Error {
		$size = strlen( $bytes );
		if ( 0 === $size || $size > self::BYTES_MAX ) {
			/* translators: %s: a size as 16 MB */
			return self::refuse( 0 === $size ? __( 'No file arrived.', 'nxt-cloud-chat' ) : sprintf( __( 'A sample may have at most %s.', 'nxt-cloud-chat' ), size_format( self::BYTES_MAX ) ), 0 === $size ? 400 : 413 );
		}
		$mime = (string) ( new \finfo( FILEINFO_MIME_TYPE ) )->buffer( $bytes );
		if ( ! isset( self::TYPES[ $mime ] ) ) {
			return self::refuse( __( 'A header can be a JPEG or PNG image, an MP4 or 3GP video, or a PDF document.', 'nxt-cloud-chat' ), 415 );
		}
		$is     = self::TYPES[ $mime ];
		$format = '' === $format ? $is : $format;
		if ( $is !== ( 'GIF' === $format ? 'VIDEO' : $format ) || ( 'GIF' === $format && 'video/mp4' !== $mime ) ) {
			return self::refuse(
				match ( $format ) {
					'IMAGE'    => __( 'This header shows a picture: choose a JPEG or PNG file.', 'nxt-cloud-chat' ),
					'DOCUMENT' => __( 'This header shows a document: choose a PDF file.', 'nxt-cloud-chat' ),
					'GIF'      => __( 'WhatsApp plays short MP4 videos as GIF: choose an MP4 file.', 'nxt-cloud-chat' ),
					default    => __( 'This header shows a video: choose an MP4 or 3GP file.', 'nxt-cloud-chat' ),
				},
				415
			);
		}
		if ( 'IMAGE' === $format && $size > self::IMAGE_MAX ) {
			/* translators: %s: a size as 5 MB */
			return self::refuse( sprintf( __( 'An image may have at most %s.', 'nxt-cloud-chat' ), size_format( self::IMAGE_MAX ) ), 413 );
		}
		if ( 'GIF' === $format && $size > self::GIF_MAX ) {
			/* translators: %s: a size as 3.5 MB */
			return self::refuse( sprintf( __( 'A GIF may have at most %s.', 'nxt-cloud-chat' ), size_format( self::GIF_MAX, 1 ) ), 413 );
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
			'format' => $format,
			'name'   => sanitize_file_name( $name ),
		);
	}

	private static function refuse( string $message, int $status ): \WP_Error {
		return Problems::refuse( 'nxtchat_sample', $status, $message );
	}
}
