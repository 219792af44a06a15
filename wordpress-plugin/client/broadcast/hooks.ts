/** Loading what the server has, again when something changed, without disturbing who reads. */
import { useCallback, useEffect, useRef, useState } from '@wordpress/element';

import { boot, serverNow } from '../core/boot';
import { request } from '../core/api';
import { ApiError, isAbort, toApiError } from '../core/error';
import { startLive } from '../core/live';
import type { LiveAccess } from '../core/types';

export const asError = ( reason: unknown ): ApiError => ( reason instanceof ApiError ? reason : toApiError( reason ) );

export interface Loaded< T > {
	data: T | null;
	error: ApiError | null;
	/** Again; what is shown stays meanwhile. */
	reload: () => Promise< void >;
	put: ( data: T ) => void;
}

/** @param key Another key is another thing: what was there goes. */
export function useLoaded< T >( key: string, load: ( signal: AbortSignal ) => Promise< T > ): Loaded< T > {
	const [ state, setState ] = useState< { key: string; data: T | null; error: ApiError | null } >( { key, data: null, error: null } );
	const latest = useRef( load );
	latest.current = load;
	const now = useRef( key );
	now.current = key;
	const reload = useCallback( async () => {
		const abort = new AbortController();
		const mine = now.current;
		try {
			const data = await latest.current( abort.signal );
			if ( now.current === mine ) {
				setState( { key: mine, data, error: null } );
			}
		} catch ( reason ) {
			if ( now.current === mine && ! isAbort( reason ) ) {
				setState( ( before ) => ( { key: mine, data: before.key === mine ? before.data : null, error: asError( reason ) } ) );
			}
		}
	}, [] );
	useEffect( () => void reload(), [ key, reload ] );
	const put = useCallback( ( data: T ) => setState( { key: now.current, data, error: null } ), [] );
	return { data: state.key === key ? state.data : null, error: state.key === key ? state.error : null, reload, put };
}

/** Calls `refresh` when something changed on the site, and every `everyMs` while `isOn`. */
export function useLive( refresh: () => Promise< void >, isOn: boolean, everyMs = 2_000 ): void {
	const latest = useRef( refresh );
	latest.current = refresh;
	useEffect( () => {
		const live = startLive( {
			access: boot.live,
			refresh: () => latest.current(),
			renew: () => request< LiveAccess >( 'live' ),
			now: serverNow,
			isVisible: () => ! document.hidden,
			fetch: ( url, init ) => window.fetch( url, init ),
		} );
		return () => live.stop();
	}, [] );
	useEffect( () => {
		if ( ! isOn ) {
			return;
		}
		let busy = false;
		const timer = setInterval( () => {
			if ( ! busy && ! document.hidden ) {
				busy = true;
				void latest.current().finally( () => ( busy = false ) );
			}
		}, everyMs );
		return () => clearInterval( timer );
	}, [ isOn, everyMs ] );
}

/** A button's work: one at a time, its error kept. */
export function useWork(): { isBusy: boolean; error: ApiError | null; clear: () => void; run: ( work: () => Promise< unknown > ) => Promise< boolean > } {
	const [ isBusy, setBusy ] = useState( false );
	const [ error, setError ] = useState< ApiError | null >( null );
	const run = async ( work: () => Promise< unknown > ): Promise< boolean > => {
		setBusy( true );
		setError( null );
		try {
			await work();
			return true;
		} catch ( reason ) {
			setError( asError( reason ) );
			return false;
		} finally {
			setBusy( false );
		}
	};
	return { isBusy, error, clear: () => setError( null ), run };
}

/** A function that stays the same and calls the newest one: for effects that run once. */
export function useNewest< A extends unknown[], R >( call: ( ...args: A ) => R ): ( ...args: A ) => R {
	const latest = useRef( call );
	latest.current = call;
	return useCallback( ( ...args: A ) => latest.current( ...args ), [] );
}
