/** What the segments tab does: the store together with the API. */
import { ApiError, toApiError } from '../core/error';
import { createStore } from '../core/store';
import type { Segment } from '../core/types';
import * as api from './api';
import { initialSegments, reduceSegments } from './store';

export const segments = createStore( reduceSegments, initialSegments );

export const asError = ( reason: unknown ): ApiError => ( reason instanceof ApiError ? reason : toApiError( reason ) );

export async function load(): Promise< void > {
	try {
		const [ list, schema ] = await Promise.all( [ api.fetchSegments(), api.fetchSchema() ] );
		segments.dispatch( { type: 'loaded', segments: list.items, fields: schema.fields } );
	} catch ( reason ) {
		segments.dispatch( { type: 'failed', error: asError( reason ) } );
	}
}

/** @throws {ApiError} with problems per condition */
export async function save( id: number | null, input: api.SegmentInput ): Promise< Segment > {
	try {
		const segment = await api.saveSegment( id, input );
		segments.dispatch( { type: 'saved', segment } );
		return segment;
	} catch ( reason ) {
		throw asError( reason );
	}
}

/** @throws {ApiError} */
export async function remove( id: number ): Promise< void > {
	try {
		await api.removeSegment( id );
		segments.dispatch( { type: 'removed', id } );
	} catch ( reason ) {
		throw asError( reason );
	}
}
