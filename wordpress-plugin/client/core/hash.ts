/** The place within a screen: the part of the address after #, so that going back, reloading and sending it to a colleague work. */
import { useSyncExternalStore } from '@wordpress/element';

export interface HashRouter< R > {
	/** Goes to an address as in '#/contact/5'. `replace`: without a step in the browser's history (typing in a search). */
	go( to: string, options?: { replace?: boolean } ): void;
	current(): R;
	/** The place, again whenever it changes. */
	useRoute(): R;
}

/** @param parse Reads the part after #. Must not throw. */
export function createHashRouter< R >( parse: ( hash: string ) => R ): HashRouter< R > {
	const listeners = new Set< () => void >();
	let route = parse( typeof location === 'undefined' ? '' : location.hash );

	function moved(): void {
		route = parse( location.hash );
		listeners.forEach( ( listener ) => listener() );
	}

	function subscribe( listener: () => void ): () => void {
		if ( ! listeners.size ) {
			addEventListener( 'hashchange', moved );
		}
		listeners.add( listener );
		return () => {
			listeners.delete( listener );
			if ( ! listeners.size ) {
				removeEventListener( 'hashchange', moved );
			}
		};
	}

	const current = (): R => route;
	return {
		go( to, { replace = false } = {} ) {
			if ( replace ) {
				history.replaceState( null, '', to );
				moved();
			} else {
				location.hash = to;
			}
		},
		current,
		useRoute: () => useSyncExternalStore( subscribe, current ),
	};
}

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
