/** What the history screen does: the store together with the API. */
import { speak } from '@wordpress/a11y';
import { __, _n, sprintf } from '@wordpress/i18n';

import { ApiError, isAbort, toApiError } from '../core/error';
import { createStore } from '../core/store';
import * as api from './api';
import { filtersFromQuery, initialHistory, queryFromFilters, reduceHistory, type HistoryFilters } from './store';

export const messages = createStore( reduceHistory, {
	...initialHistory,
	filters: filtersFromQuery( location.search ),
} );

const asError = ( reason: unknown ): ApiError => ( reason instanceof ApiError ? reason : toApiError( reason ) );

let abort: AbortController | null = null;

/** Loads the first page, or the following one. The answer to an older question is dropped. */
export async function load( more = false ): Promise< void > {
	const { next, filters } = messages.get();
	if ( more && ! next ) {
		return;
	}
	abort?.abort();
	const mine = ( abort = new AbortController() );
	messages.dispatch( { type: 'loading', more } );
	try {
		const page = await api.fetchHistory( filters, more ? next : null, mine.signal );
		messages.dispatch( { type: 'loaded', page, more } );
		const count = messages.get().items.length;
		/* translators: %d: messages */
		speak( sprintf( _n( '%d message shown', '%d messages shown', count, 'nxt-cloud-chat' ), count ) );
	} catch ( reason ) {
		if ( ! isAbort( reason ) ) {
			messages.dispatch( { type: 'failed', error: asError( reason ) } );
		}
	}
}

/** Changes filters, shows them in the address, loads. */
export function setFilters( change: Partial< HistoryFilters > ): void {
	const filters = { ...messages.get().filters, ...change };
	messages.dispatch( { type: 'filters', filters } );
	history.replaceState( null, '', `?${ queryFromFilters( location.search, filters ) }` );
	void load();
}

export async function open( id: number | null ): Promise< void > {
	messages.dispatch( { type: 'open', id } );
	if ( id === null ) {
		return;
	}
	speak( __( 'Loading', 'nxt-cloud-chat' ) );
	try {
		messages.dispatch( { type: 'detail', detail: await api.fetchDetail( id ) } );
	} catch ( reason ) {
		messages.dispatch( { type: 'detail-failed', error: asError( reason ) } );
	}
}
