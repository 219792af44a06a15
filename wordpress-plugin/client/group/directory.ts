/** Groups, custom fields and segments as the tabs share them: the pure rules. */
import type { ApiError } from '../core/error';
import type { Field, Group, Segment } from '../core/types';

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
