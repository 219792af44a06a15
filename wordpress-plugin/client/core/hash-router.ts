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
