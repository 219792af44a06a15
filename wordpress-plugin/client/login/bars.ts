/** The geometry of the chart: bars of three parts for each day. Pure. */
import type { Day } from './api';

export const PARTS = [ 'success', 'unused', 'refused' ] as const;
export type Part = ( typeof PARTS )[ number ];

type Counted = Pick< Day, 'success' | 'request' | 'refusals' >;

/** Refusals of a code that was typed in: several may belong to one request, which is counted already. */
const GUESSES = [ 'code', 'attempt', 'guesses' ];
/** Refusals before a request counts as one. */
const BEFORE = [ 'phone', 'landline', 'country', 'number', 'ip', 'network', 'site', 'cap', 'trouble', 'exhausted', 'resend', 'unready', 'broken', 'wait', 'off' ];

/** What became of a day's requests: each is a login, a refusal, or led to no login. */
export function partsOf( day: Counted ): Record< Part, number > {
	let refused = 0;
	let after = 0;
	Object.entries( day.refusals ).forEach( ( [ reason, count ] ) => {
		if ( ! GUESSES.includes( reason ) ) {
			refused += count;
			after += BEFORE.includes( reason ) ? 0 : count;
		}
	} );
	return { success: day.success, unused: Math.max( 0, day.request - day.success - after ), refused };
}

export const sumOf = ( parts: Record< Part, number > ): number => parts.success + parts.unused + parts.refused;

/** The next round number: 1, 2, 5, 10, 20, 50 … at least 4, so that the steps of the scale are whole. */
export function roundUp( value: number ): number {
	if ( value <= 4 ) {
		return 4;
	}
	const power = 10 ** Math.floor( Math.log10( value ) );
	return ( [ 1, 2, 4, 5, 10 ].find( ( step ) => step * power >= value ) ?? 10 ) * power;
}

export interface Bar {
	x: number;
	width: number;
	segments: { part: Part; y: number; height: number }[];
}

/** Bars from the bottom of a field of this size. `max`: what fills it. A part with something in it is at least a pixel high. */
export function bars( days: Counted[], max: number, width: number, height: number, gap = 0.28 ): Bar[] {
	const step = width / Math.max( 1, days.length );
	return days.map( ( day, index ) => {
		const parts = partsOf( day );
		let y = height;
		const segments = PARTS.flatMap( ( part ) => {
			if ( ! parts[ part ] ) {
				return [];
			}
			const high = Math.max( 1, ( parts[ part ] / max ) * height );
			y -= high;
			return [ { part, y: Math.max( 0, y ), height: high } ];
		} );
		return { x: index * step + ( step * gap ) / 2, width: step * ( 1 - gap ), segments };
	} );
}
