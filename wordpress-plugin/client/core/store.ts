/** A store: one state, changed only by a pure reducer, read by components through a selector. */
import { useSyncExternalStore } from '@wordpress/element';

export interface Store< S, A > {
	get(): S;
	dispatch( action: A ): void;
	subscribe( listener: () => void ): () => void;
}

export function createStore< S, A >( reduce: ( state: S, action: A ) => S, initial: S ): Store< S, A > {
	let state = initial;
	const listeners = new Set< () => void >();
	return {
		get: () => state,
		dispatch( action ) {
			const before = state;
			state = reduce( state, action );
			if ( state !== before ) {
				listeners.forEach( ( listener ) => listener() );
			}
		},
		subscribe( listener ) {
			listeners.add( listener );
			return () => void listeners.delete( listener );
		},
	};
}

/** The selected part of a store. `select` must return a part of the state, not a new object. */
export function useStore< S, A, T >( store: Store< S, A >, select: ( state: S ) => T ): T {
	return useSyncExternalStore( store.subscribe, () => select( store.get() ) );
}
