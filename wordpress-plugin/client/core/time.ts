/** Instants as people read them, in the site's time zone and its own formats (Settings → General). */
import { dateI18n, getDate, getSettings } from '@wordpress/date';
import { __, _n, sprintf } from '@wordpress/i18n';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

const format = ( pattern: string, ms: number ): string => dateI18n( pattern, new Date( ms ) );

/** Key of the site's calendar day, as in 2026-11-22. */
export const dayKey = ( ms: number ): string => format( 'Y-m-d', ms );

/** "Today", "Yesterday", or the date. */
export function dayLabel( ms: number, nowMs: number ): string {
	const key = dayKey( ms );
	if ( key === dayKey( nowMs ) ) {
		return __( 'Today', 'nxt-cloud-chat' );
	}
	if ( key === dayKey( nowMs - DAY_MS ) ) {
		return __( 'Yesterday', 'nxt-cloud-chat' );
	}
	return format( getSettings().formats.date, ms );
}

export const timeOfDay = ( ms: number ): string => format( getSettings().formats.time, ms );

/** Date and time, to the minute. */
export const dateTime = ( ms: number ): string =>
	format( `${ getSettings().formats.date }, ${ getSettings().formats.time }`, ms );

/** Short, for a table: "Today 8:02 pm", else an abbreviated date with the time. */
export function shortDateTime( ms: number, nowMs: number ): string {
	if ( dayKey( ms ) === dayKey( nowMs ) ) {
		/* translators: %s: time of day */
		return sprintf( __( 'Today %s', 'nxt-cloud-chat' ), timeOfDay( ms ) );
	}
	return format( getSettings().formats.datetimeAbbreviated, ms );
}

/** Date and time to the second, for the detail view. */
export const exactTime = ( ms: number ): string => format( 'Y-m-d H:i:s', ms );

/** A date that fits a narrow column: "Nov 2, 2026". */
export const shortDate = ( ms: number ): string =>
	/* translators: a short date, in the letters of PHP's date() */
	format( __( 'M j, Y', 'nxt-cloud-chat' ), ms );

/** For a list: the time today, the weekday within a week, else the date. */
export function listTime( ms: number, nowMs: number ): string {
	if ( dayKey( ms ) === dayKey( nowMs ) ) {
		return timeOfDay( ms );
	}
	if ( dayKey( ms ) === dayKey( nowMs - DAY_MS ) ) {
		return __( 'Yesterday', 'nxt-cloud-chat' );
	}
	return nowMs - ms < 6 * DAY_MS ? format( 'l', ms ) : format( getSettings().formats.date, ms );
}

/** "3 h left", "12 min left". @param ms More than 0. */
export function timeLeft( ms: number ): string {
	if ( ms < MINUTE_MS ) {
		return __( 'less than a minute left', 'nxt-cloud-chat' );
	}
	if ( ms < HOUR_MS ) {
		/* translators: %d: minutes */
		return sprintf( __( '%d min left', 'nxt-cloud-chat' ), Math.floor( ms / MINUTE_MS ) );
	}
	/* translators: %d: hours */
	return sprintf( __( '%d h left', 'nxt-cloud-chat' ), Math.floor( ms / HOUR_MS ) );
}

/** "5 minutes ago", for "last event". */
export function timeAgo( ms: number, nowMs: number ): string {
	const passed = Math.max( 0, nowMs - ms );
	if ( passed < MINUTE_MS ) {
		return __( 'just now', 'nxt-cloud-chat' );
	}
	if ( passed < HOUR_MS ) {
		const minutes = Math.floor( passed / MINUTE_MS );
		/* translators: %d: minutes */
		return sprintf( _n( '%d minute ago', '%d minutes ago', minutes, 'nxt-cloud-chat' ), minutes );
	}
	if ( passed < DAY_MS ) {
		const hours = Math.floor( passed / HOUR_MS );
		/* translators: %d: hours */
		return sprintf( _n( '%d hour ago', '%d hours ago', hours, 'nxt-cloud-chat' ), hours );
	}
	return dateTime( ms );
}

/** A time on the site's clock. @param at As in 2026-11-22T09:00. */
export const localDateTime = ( at: string ): string => dateTime( getDate( at ).getTime() );

/** First instant of a site's calendar day. @param day As in 2026-11-22. */
export const startOfDay = ( day: string ): number => getDate( `${ day }T00:00:00` ).getTime();

/** First instant after it. */
export function endOfDay( day: string ): number {
	const next = new Date( `${ day }T12:00:00Z` );
	next.setUTCDate( next.getUTCDate() + 1 );
	return startOfDay( next.toISOString().slice( 0, 10 ) );
}
