/** The settings of consent: what changed, and what their words mean together. Pure. */
import type { ConsentChange, ConsentSettings, Words } from './api';

/** Only what differs, so that two people who edit different settings do not undo each other. */
export function changes( before: ConsentSettings, after: ConsentSettings ): ConsentChange {
	const { defaults: _, ...rest } = after;
	void _;
	return Object.fromEntries(
		Object.entries( rest ).filter( ( [ key, value ] ) => JSON.stringify( value ) !== JSON.stringify( before[ key as keyof ConsentSettings ] ) )
	);
}

/** The languages that have words, and those of the site first. */
export const languagesOf = ( settings: ConsentSettings, first: string ): string[] =>
	[ ...new Set( [ ...Object.keys( settings.stop_words ), ...Object.keys( settings.start_words ) ] ) ].sort(
		( a, b ) => Number( b === first ) - Number( a === first ) || a.localeCompare( b )
	);

/** Words with those of one language replaced; a language without words goes. */
export function withWords( words: Words, language: string, list: string[] ): Words {
	const next = { ...words, [ language ]: list };
	return Object.fromEntries( Object.entries( next ).filter( ( [ , one ] ) => one.length > 0 ) );
}

/** Words that would mean stop and start at once. */
export function clashes( settings: ConsentSettings ): string[] {
	const key = ( word: string ) => word.trim().toLocaleLowerCase();
	const stop = new Set( [ ...Object.values( settings.stop_words ).flat(), ...settings.button_stop ].map( key ) );
	const start = [ ...Object.values( settings.start_words ).flat(), ...settings.button_start ];
	return [ ...new Set( start.filter( ( word ) => stop.has( key( word ) ) ) ) ];
}
