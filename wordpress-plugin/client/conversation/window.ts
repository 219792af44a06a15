/** WhatsApp's 24-hour window: free text may be sent until then. The server enforces it; this shows it. */
import { __, sprintf } from '@wordpress/i18n';

import { dayKey, listTime, timeLeft, timeOfDay } from '../core/time';

export const isWindowOpen = ( untilMs: number, nowMs: number ): boolean => untilMs > nowMs;

/** "Reply until 14:05 · 3 h left". Call only while it is open. */
export function windowText( untilMs: number, nowMs: number ): string {
	const time = timeOfDay( untilMs );
	/* translators: %s: time of day */
	const today = __( 'Reply until %s', 'nxt-cloud-chat' );
	/* translators: %s: time of day */
	const tomorrow = __( 'Reply until tomorrow, %s', 'nxt-cloud-chat' );
	const until = sprintf( dayKey( untilMs ) === dayKey( nowMs ) ? today : tomorrow, time );
	return `${ until } · ${ timeLeft( untilMs - nowMs ) }`;
}

/** Why there is no reply box: since when. @param untilMs 0 = the customer never wrote. */
export function closedText( untilMs: number, nowMs: number ): string {
	return untilMs === 0
		? __( 'This customer has not written to you yet.', 'nxt-cloud-chat' )
		: sprintf(
				/* translators: %s: when it closed, as a time, a weekday or a date */
				__( 'The 24-hour window is closed (%s).', 'nxt-cloud-chat' ),
				listTime( untilMs, nowMs )
		  );
}
