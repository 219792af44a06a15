/** The only place that talks REST. Every failure becomes an ApiError (./error). */
import apiFetch from '@wordpress/api-fetch';
import { addQueryArgs } from '@wordpress/url';

import { toApiError } from './error';

const NAMESPACE = '/nxtchat/v1';

/** Longest wait for one answer, ms. Sending may take Meta up to 30 s. */
const TIMEOUT_MS = 45_000;

interface Options {
	method?: 'GET' | 'POST' | 'PATCH' | 'DELETE';
	query?: object;
	data?: unknown;
	/** Aborting makes request() reject with the browser's AbortError. */
	signal?: AbortSignal | undefined;
}

/**
 * Calls a route of ours.
 *
 * @param route Below nxtchat/v1, as in `conversations/5`.
 * @throws {ApiError} or the AbortError of `options.signal`.
 */
export async function request< T >( route: string, options: Options = {} ): Promise< T > {
	const { method = 'GET', query = {}, data, signal } = options;
	const timeout = new AbortController();
	const timer = setTimeout( () => timeout.abort(), TIMEOUT_MS );
	const passOn = () => timeout.abort();
	signal?.addEventListener( 'abort', passOn );
	try {
		return await apiFetch< T >( {
			path: addQueryArgs( `${ NAMESPACE }/${ route }`, withoutEmpty( query ) ),
			method,
			signal: timeout.signal,
			...( data === undefined ? {} : { data } ),
		} );
	} catch ( reason ) {
		if ( signal?.aborted ) {
			throw reason;
		}
		throw toApiError( reason );
	} finally {
		clearTimeout( timer );
		signal?.removeEventListener( 'abort', passOn );
	}
}

function withoutEmpty( query: object ): Record< string, unknown > {
	return Object.fromEntries(
		Object.entries( query ).filter(
			( [ , value ] ) => value !== '' && value !== null && value !== undefined && value !== false && value !== 0
		)
	);
}
