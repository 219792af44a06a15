/** Pure rules of custom fields. */

/** Longest name, characters (contacts' `fields.name`). */
const MAX_NAME = 64;

/** "Kunde seit" → kunde_seit: what a field is called in files and messages when nobody says otherwise. '' when nothing is left. */
export const nameFromLabel = ( label: string ): string =>
	label
		.toLowerCase()
		.replace( /ß/g, 'ss' )
		.normalize( 'NFKD' )
		.replace( /\p{M}/gu, '' )
		.replace( /[^a-z0-9]+/g, '_' )
		.replace( /^[^a-z]+|_+$/g, '' )
		.slice( 0, MAX_NAME )
		.replace( /_+$/, '' );

/** One choice on each line; empty lines and repeats are passed over. */
export const readChoices = ( text: string ): string[] => [
	...new Set(
		text
			.split( '\n' )
			.map( ( line ) => line.trim() )
			.filter( Boolean )
	),
];
