/** What the parts of the Contacts screen all need to know: groups, custom fields, names of segments. */
import { ApiError, toApiError } from '../core/error';
import { createStore } from '../core/store';
import * as api from './api';
import { noDirectory, reduceDirectory } from './directory';

export const directory = createStore( reduceDirectory, noDirectory );

export const asError = ( reason: unknown ): ApiError => ( reason instanceof ApiError ? reason : toApiError( reason ) );

/** Loads a list anew: after a change, or when a screen opens. A failure is in `errors` of the store. */
export async function loadGroups(): Promise< void > {
	try {
		directory.dispatch( { type: 'loaded', what: 'groups', items: await api.fetchGroups() } );
	} catch ( reason ) {
		directory.dispatch( { type: 'failed', what: 'groups', error: asError( reason ) } );
	}
}

export async function loadFields(): Promise< void > {
	try {
		const items = await api.fetchFields();
		directory.dispatch( { type: 'loaded', what: 'fields', items: [ ...items ].sort( ( a, b ) => a.position - b.position || a.id - b.id ) } );
	} catch ( reason ) {
		directory.dispatch( { type: 'failed', what: 'fields', error: asError( reason ) } );
	}
}

export async function loadSegments(): Promise< void > {
	try {
		directory.dispatch( { type: 'loaded', what: 'segments', items: await api.fetchSegments() } );
	} catch ( reason ) {
		directory.dispatch( { type: 'failed', what: 'segments', error: asError( reason ) } );
	}
}
