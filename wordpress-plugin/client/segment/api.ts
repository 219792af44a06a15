/** The REST routes of segments. */
import { request } from '../core/api';
import type { ContactItem, Count, Page, Segment } from '../core/types';
import type { Choice } from '../core/Chips';
import type { Tree } from './tree';

/** What the value of a condition is made with. */
export type Input = 'none' | 'text' | 'number' | 'days' | 'date' | 'choice' | 'choices' | 'range';

export interface Operator {
	operator: string;
	label: string;
	input: Input;
}

export interface SchemaField {
	field: string;
	label: string;
	/** Heading in the list of fields. */
	group: string;
	type: string;
	operators: Operator[];
	choices?: Choice[];
}

export interface Preview {
	count: Count;
	examples: ContactItem[];
	/** What counting took. */
	ms: number;
}

export interface SegmentInput {
	name: string;
	description: string;
	conditions: Tree;
}

export const fetchSegments = (): Promise< Page< Segment > > => request( 'segments' );

export const fetchSegment = ( id: number ): Promise< Segment > => request( `segments/${ id }` );

export const fetchSchema = (): Promise< { fields: SchemaField[] } > => request( 'segments/schema' );

export const preview = ( conditions: Tree, signal: AbortSignal ): Promise< Preview > =>
	request( 'segments/preview', { method: 'POST', data: { conditions }, signal } );

export const saveSegment = ( id: number | null, data: SegmentInput ): Promise< Segment > =>
	id === null
		? request( 'segments', { method: 'POST', data } )
		: request( `segments/${ id }`, { method: 'PATCH', data } );

export const removeSegment = ( id: number ): Promise< unknown > => request( `segments/${ id }`, { method: 'DELETE' } );
