/** Reading and writing the part of an address after #. Pure. */

/** What follows ? in an address: values that say something. */
export function hashQuery( query: Record< string, string | number | null | undefined > ): string {
	const params = new URLSearchParams();
	Object.entries( query ).forEach( ( [ name, value ] ) => {
		if ( value !== '' && value !== 0 && value !== null && value !== undefined ) {
			params.set( name, String( value ) );
		}
	} );
	const search = params.toString();
	return search && `?${ search }`;
}

/** '#/template/5?tab=log' → [ 'template', '5' ] and the query, without empty values. */
export function readHash( hash: string ): { path: string[]; query: Record< string, string > } {
	const [ path = '', search = '' ] = hash.replace( /^#\/?/, '' ).split( '?', 2 );
	return { path: path.split( '/' ), query: Object.fromEntries( [ ...new URLSearchParams( search ) ].filter( ( [ , value ] ) => value !== '' ) ) };
}
