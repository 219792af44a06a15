/** The pure rules of composing: steps, what belongs to which, numbers of a file, time left. */
import type { Problem } from '../core/error';
import type { Counts, Definition, StateName } from './types';

export const STEPS = [ 'message', 'people', 'when', 'check' ] as const;
export type Step = ( typeof STEPS )[ number ];

/** The step at which a problem is mended. */
export function stepOf( { path }: Problem ): Step {
	if ( /^(audience|exclude)/.test( path ) ) {
		return 'people';
	}
	return /^(schedule|quiet|cap|rate)/.test( path ) ? 'when' : 'message';
}

/** Problems by step. */
export const byStep = ( problems: Problem[] ): Record< Step, Problem[] > => {
	const out: Record< Step, Problem[] > = { message: [], people: [], when: [], check: [] };
	problems.forEach( ( problem ) => out[ stepOf( problem ) ].push( problem ) );
	return out;
};

/** The first step with something left to do. */
export const firstOpen = ( problems: Problem[] ): Step => STEPS.find( ( step ) => byStep( problems )[ step ].length > 0 ) ?? 'check';

/** Lines of a file in pieces of what one call takes. */
export function pieces( text: string, lines: number ): string[] {
	const all = text.split( /\r\n|\r|\n/ ).filter( ( line ) => line.trim() !== '' );
	const out: string[] = [];
	for ( let at = 0; at < all.length; at += lines ) {
		out.push( all.slice( at, at + lines ).join( '\n' ) );
	}
	return out;
}

/** Is anything going on by itself? */
export const isLive = ( state: StateName ): boolean => state === 'scheduled' || state === 'freezing' || state === 'running';

/** Share of those with an outcome, 0 … 1. */
export const part = ( { done, all }: Counts, total: number ): number => ( Math.max( total, all ) > 0 ? done / Math.max( total, all ) : 0 );

/** A look at the progress: when, and how many were done. */
export type Look = [ ms: number, done: number ];

/** Messages a second over the last looks; null while that is not known. */
export function speed( looks: Look[] ): number | null {
	const [ first ] = looks;
	const last = looks[ looks.length - 1 ];
	return first && last && last[ 0 ] - first[ 0 ] >= 1_000 ? Math.max( 0, ( last[ 1 ] - first[ 1 ] ) / ( ( last[ 0 ] - first[ 0 ] ) / 1_000 ) ) : null;
}

/** Adds a look, keeps those of the last `span` ms. */
export const withLook = ( looks: Look[], look: Look, span: number ): Look[] => [ ...looks.filter( ( [ ms ] ) => ms >= look[ 0 ] - span ), look ];

/** A change of a part of the definition, as { audience: { groups } } says. */
export const changed = < K extends keyof Definition >( definition: Definition, key: K, change: Partial< Definition[ K ] > ): Definition => ( { ...definition, [ key ]: { ...( definition[ key ] as object ), ...change } } );
