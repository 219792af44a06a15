<?php
/**
 * The states of a broadcast.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Broadcast;

/** Numbers that stand in `broadcasts.state`; never given another meaning. */
final class States {

	public const DRAFT     = 1;
	public const SCHEDULED = 2;
	/** The audience becomes rows. */
	public const FREEZING  = 3;
	public const RUNNING   = 4;
	public const PAUSED    = 5;
	public const DONE      = 6;
	public const CANCELLED = 7;
	/** Something that a person must mend; can be resumed. */
	public const STOPPED   = 8;

	public const WORDS = array(
		'draft'     => self::DRAFT,
		'scheduled' => self::SCHEDULED,
		'freezing'  => self::FREEZING,
		'running'   => self::RUNNING,
		'paused'    => self::PAUSED,
		'done'      => self::DONE,
		'cancelled' => self::CANCELLED,
		'stopped'   => self::STOPPED,
	);

	/** A process has something to do, now or later. */
	public const OPEN = array( self::SCHEDULED, self::FREEZING, self::RUNNING );

	/** Somebody has begun it, and it has not come to an end. */
	public const UNFINISHED = array( self::SCHEDULED, self::FREEZING, self::RUNNING, self::PAUSED, self::STOPPED );

	public static function word( int $state ): string {
		return (string) array_search( $state, self::WORDS, true );
	}

	/** What people read. */
	public static function label( int $state ): string {
		return match ( $state ) {
			self::DRAFT     => __( 'Draft', 'nxt-cloud-chat' ),
			self::SCHEDULED => __( 'Scheduled', 'nxt-cloud-chat' ),
			self::FREEZING  => __( 'Collecting the audience', 'nxt-cloud-chat' ),
			self::RUNNING   => __( 'Sending', 'nxt-cloud-chat' ),
			self::PAUSED    => __( 'Paused', 'nxt-cloud-chat' ),
			self::DONE      => __( 'Done', 'nxt-cloud-chat' ),
			self::CANCELLED => __( 'Cancelled', 'nxt-cloud-chat' ),
			default         => __( 'Stopped', 'nxt-cloud-chat' ),
		};
	}
}
