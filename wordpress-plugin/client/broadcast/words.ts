/** What the Broadcasts screen calls things. */
import { __, _n, sprintf } from '@wordpress/i18n';

import { formatNumber } from '../core/number';
import type { Cost, StateName } from './types';

type Tone = 'ok' | 'warn' | 'fail' | 'off';

export const stateTone = ( state: StateName ): Tone => ( { draft: 'off', scheduled: 'off', freezing: 'ok', running: 'ok', paused: 'warn', done: 'ok', cancelled: 'off', stopped: 'fail' } as const )[ state ];

export const people = ( count: number ): string =>
	/* translators: %s: a number */
	sprintf( _n( '%s person', '%s people', count, 'nxt-cloud-chat' ), formatNumber( count ) );

/** Why somebody would not get it, above a list of them. */
export const reasonLabel = ( reason: string ): string =>
	( {
		reachable: __( 'Would get it', 'nxt-cloud-chat' ),
		no_address: __( 'No number known', 'nxt-cloud-chat' ),
		opted_out: __( 'Opted out', 'nxt-cloud-chat' ),
		no_consent: __( 'Never agreed', 'nxt-cloud-chat' ),
		us: __( 'US numbers (Meta delivers no marketing there)', 'nxt-cloud-chat' ),
		capped: __( 'Got enough lately', 'nxt-cloud-chat' ),
		values: __( 'A value is missing', 'nxt-cloud-chat' ),
		duplicate: __( 'Numbers given twice', 'nxt-cloud-chat' ),
	} as Record< string, string > )[ reason ] ?? reason;

export const countLabels = (): [ keyof import( './types' ).Counts, string, Tone ][] => [
	[ 'read', __( 'Read', 'nxt-cloud-chat' ), 'ok' ],
	[ 'delivered', __( 'Delivered', 'nxt-cloud-chat' ), 'ok' ],
	[ 'sent', __( 'Sent', 'nxt-cloud-chat' ), 'ok' ],
	[ 'unknown', __( 'Not known', 'nxt-cloud-chat' ), 'warn' ],
	[ 'failed', __( 'Failed', 'nxt-cloud-chat' ), 'fail' ],
	[ 'skipped', __( 'Left out', 'nxt-cloud-chat' ), 'off' ],
	[ 'sending', __( 'On their way', 'nxt-cloud-chat' ), 'off' ],
	[ 'waiting', __( 'Waiting', 'nxt-cloud-chat' ), 'off' ],
];

export const percent = ( value: number ): string => formatNumber( value, { style: 'percent', maximumFractionDigits: 1 } );

/** "2 h 5 min", "40 s". */
export function duration( seconds: number ): string {
	const s = Math.max( 0, Math.round( seconds ) );
	const [ hours, minutes ] = [ Math.floor( s / 3_600 ), Math.floor( ( s % 3_600 ) / 60 ) ];
	if ( hours ) {
		/* translators: 1: hours, 2: minutes */
		return sprintf( __( '%1$d h %2$d min', 'nxt-cloud-chat' ), hours, minutes );
	}
	/* translators: %d: minutes */
	const text = minutes ? sprintf( __( '%d min', 'nxt-cloud-chat' ), minutes ) : '';
	/* translators: %d: seconds */
	return text || sprintf( __( '%d s', 'nxt-cloud-chat' ), s );
}

export function money( { amount, currency }: Cost ): string {
	if ( amount === null ) {
		return '';
	}
	try {
		return currency ? formatNumber( amount, { style: 'currency', currency } ) : formatNumber( amount, { maximumFractionDigits: 2 } );
	} catch {
		return `${ formatNumber( amount, { maximumFractionDigits: 2 } ) } ${ currency }`;
	}
}
