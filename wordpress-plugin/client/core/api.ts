/** The only place that talks REST. Every failure becomes an ApiError (./error). */
import apiFetch from '@wordpress/api-fetch';
import { addQueryArgs } from '@wordpress/url';

import { ApiError, toApiError } from './error';

const NAMESPACE = '/nxtchat/v1';

/** Longest wait for one answer, ms. Sending may take Meta up to 30 s. */
const TIMEOUT_MS = 45_000;

interface Options {
	method?: 'GET' | 'POST' | 'PATCH' | 'DELETE';
	query?: object;
	data?: unknown;
	/** Raw bytes in place of `data`. */
	body?: Blob;
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
	return send< T >( route, options, true );
}

/** A file that a route of ours answers with. @throws {ApiError} */
export async function download( route: string ): Promise< Blob > {
	try {
		return await ( await send< Response >( route, {}, false ) ).blob();
	} catch ( reason ) {
		throw reason instanceof ApiError ? reason : toApiError( reason );
	}
}

async function send< T >( route: string, options: Options, parse: boolean ): Promise< T > {
	const { method = 'GET', query = {}, data, body, signal } = options;
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
			...( body === undefined ? {} : { body, headers: { 'Content-Type': 'application/octet-stream' } } ),
			...( parse ? {} : { parse } ),
		} );
	} catch ( reason ) {
		if ( signal?.aborted ) {
			throw reason;
		}
		// Without parsing, api-fetch throws the answer itself.
		throw toApiError( reason instanceof Response ? await reason.json().catch( () => ( { code: 'invalid_json' } ) ) : reason );
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
