/** The place on the Contacts screen as it changes; what an address means is in ./route. */
import { useSyncExternalStore } from '@wordpress/element';

import { parseRoute, type Route } from './route';

export * from './route';

const listeners = new Set< () => void >();
let route = typeof location === 'undefined' ? parseRoute( '' ) : parseRoute( location.hash );

function moved(): void {
	route = parseRoute( location.hash );
	listeners.forEach( ( listener ) => listener() );
}

/** Goes to an address made by href(). `replace`: without a step in the browser's history (typing in a search). */
export function go( to: string, { replace = false } = {} ): void {
	if ( replace ) {
		history.replaceState( null, '', to );
		moved();
	} else {
		location.hash = to;
	}
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

export const currentRoute = (): Route => route;

/** The place, again whenever it changes. */
export const useRoute = (): Route => useSyncExternalStore( subscribe, currentRoute );
