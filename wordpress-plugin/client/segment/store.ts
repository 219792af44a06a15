/** The segments and what conditions may be made of. */
import type { ApiError } from '../core/error';
import type { Segment } from '../core/types';
import type { SchemaField } from './api';

export interface SegmentState {
	/** null: not loaded */
	segments: Segment[] | null;
	/** null: not loaded */
	fields: SchemaField[] | null;
	error: ApiError | null;
}

export type SegmentAction =
	| { type: 'loaded'; segments: Segment[]; fields: SchemaField[] }
	| { type: 'failed'; error: ApiError }
	| { type: 'saved'; segment: Segment }
	| { type: 'removed'; id: number };

export const initialSegments: SegmentState = { segments: null, fields: null, error: null };

export function reduceSegments( state: SegmentState, action: SegmentAction ): SegmentState {
	const list = state.segments ?? [];
	switch ( action.type ) {
		case 'loaded':
			return { segments: action.segments, fields: action.fields, error: null };
		case 'failed':
			return { ...state, error: action.error };
		case 'saved': {
			const { segment } = action;
			const others = list.filter( ( { id } ) => id !== segment.id );
			return { ...state, segments: [ ...others, segment ].sort( ( a, b ) => a.name.localeCompare( b.name ) ) };
		}
		case 'removed':
			return { ...state, segments: list.filter( ( { id } ) => id !== action.id ) };
	}
}
