/** What the Broadcasts screen calls things. */
import { __, _n, sprintf } from '@wordpress/i18n';

import { boot } from '../core/boot';
import { formatNumber } from '../core/number';
import { localDateTime } from '../core/time';
import type { Cost, Definition, Report, StateName } from './types';

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

/** The steps of a funnel; the last is no success. */
export const stepLabels = (): [ keyof Report[ 'funnel' ], string ][] => [
	[ 'audience', __( 'Audience', 'nxt-cloud-chat' ) ],
	[ 'sent', __( 'Sent', 'nxt-cloud-chat' ) ],
	[ 'delivered', __( 'Delivered', 'nxt-cloud-chat' ) ],
	[ 'read', __( 'Read', 'nxt-cloud-chat' ) ],
	[ 'replied', __( 'Answered', 'nxt-cloud-chat' ) ],
	[ 'clicked', __( 'Pressed a button', 'nxt-cloud-chat' ) ],
	[ 'opted_out', __( 'Opted out', 'nxt-cloud-chat' ) ],
];

export const percent = ( value: number ): string => formatNumber( value, { style: 'percent', maximumFractionDigits: 1 } );

/** When it begins, in words. */
export function beginning( { mode, at, zone }: Definition[ 'schedule' ] ): string {
	if ( mode === 'now' ) {
		return __( 'At once', 'nxt-cloud-chat' );
	}
	/* translators: %s: a day and a time */
	return zone === 'recipient' ? sprintf( __( '%s, in each recipient’s time zone', 'nxt-cloud-chat' ), localDateTime( at ) ) : localDateTime( at );
}

/** The template, or the two that are tested. */
export const templateNames = ( { template, ab }: Pick< Definition, 'template' | 'ab' > ): string =>
	/* translators: 1, 2: names of templates */
	ab ? sprintf( __( 'A: %1$s, B: %2$s', 'nxt-cloud-chat' ), template.name, ab.template.name ) : template.name;

/** Number that sends. */
export const accountName = ( id: number ): string => {
	const account = boot.accounts.find( ( one ) => one.id === id );
	return [ account?.name, account?.display_phone ].filter( Boolean ).join( ' · ' ) || '—';
};

/** A difference of shares in percentage points: "+2.1 points", "−3.5 points". */
export const points = ( difference: number ): string =>
	sprintf(
		/* translators: %s: a signed number: difference of two percentages */
		__( '%s points', 'nxt-cloud-chat' ),
		formatNumber( 100 * difference, { maximumFractionDigits: 1, signDisplay: 'always' } ).replace( '-', '−' )
	);

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

/** @param digits Of the fraction, at most; without: as many as the currency has. */
export function money( { amount, currency }: Cost, digits?: number ): string {
	if ( amount === null ) {
		return '';
	}
	const fraction = { maximumFractionDigits: digits ?? 2 };
	try {
		return currency ? formatNumber( amount, { style: 'currency', currency, ...( digits === undefined ? {} : fraction ) } ) : formatNumber( amount, fraction );
	} catch {
		return `${ formatNumber( amount, fraction ) } ${ currency }`;
	}
}
