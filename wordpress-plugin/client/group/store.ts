/** What the parts of the Contacts screen all need to know: groups, custom fields, names of segments. */
import { ApiError, toApiError } from '../core/error';
import { createStore } from '../core/store';
import type { Field, Group, Segment } from '../core/types';
import * as api from './api';

/** null = not loaded yet. */
export interface Directory {
	groups: Group[] | null;
	fields: Field[] | null;
	segments: Segment[] | null;
	errors: { groups?: ApiError; fields?: ApiError; segments?: ApiError };
}

export type DirectoryAction =
	| { type: 'loaded'; what: 'groups'; items: Group[] }
	| { type: 'loaded'; what: 'fields'; items: Field[] }
	| { type: 'loaded'; what: 'segments'; items: Segment[] }
	| { type: 'failed'; what: 'groups' | 'fields' | 'segments'; error: ApiError };

export const noDirectory: Directory = { groups: null, fields: null, segments: null, errors: {} };

export function reduceDirectory( state: Directory, action: DirectoryAction ): Directory {
	switch ( action.type ) {
		case 'loaded': {
			const errors = { ...state.errors };
			delete errors[ action.what ];
			return { ...state, [ action.what ]: action.items, errors };
		}
		case 'failed':
			return { ...state, errors: { ...state.errors, [ action.what ]: action.error } };
	}
}

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
