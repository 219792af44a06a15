/** The REST routes of groups and custom fields. */
import { request } from '../core/api';
import type { Field, Group, Page, Segment } from '../core/types';

export interface GroupInput {
	name: string;
	description: string;
}

export interface FieldInput {
	name?: string;
	label: string;
	type: number;
	choices: string[];
}

/** Lists of a site's groups are short; this many are read at most, in pages. */
const LIMIT = 100;
const MAX_PAGES = 20;

async function all< T >( route: string ): Promise< T[] > {
	const items: T[] = [];
	let cursor: string | null = null;
	for ( let page = 0; page < MAX_PAGES; page++ ) {
		const answer: Page< T > = await request( route, { query: { cursor, limit: LIMIT } } );
		items.push( ...answer.items );
		cursor = answer.next ?? null;
		if ( ! cursor ) {
			break;
		}
	}
	return items;
}

export const fetchGroups = (): Promise< Group[] > => all( 'groups' );
export const createGroup = ( data: GroupInput ): Promise< Group > => request( 'groups', { method: 'POST', data } );
export const updateGroup = ( id: number, data: GroupInput ): Promise< Group > => request( `groups/${ id }`, { method: 'PATCH', data } );
export const deleteGroup = ( id: number ): Promise< unknown > => request( `groups/${ id }`, { method: 'DELETE' } );
export const changeMembers = ( id: number, data: { add?: number[]; remove?: number[] } ): Promise< unknown > =>
	request( `groups/${ id }/members`, { method: 'POST', data } );

export const fetchFields = (): Promise< Field[] > => all( 'fields' );
export const createField = ( data: FieldInput ): Promise< Field > => request( 'fields', { method: 'POST', data } );
/** `clear`: values that don't fit the new type or choices are removed. */
export const updateField = ( id: number, data: Partial< FieldInput > & { clear?: boolean } ): Promise< Field > => request( `fields/${ id }`, { method: 'PATCH', data } );
/** Its values go too: the screen has told how many. */
export const deleteField = ( id: number ): Promise< unknown > => request( `fields/${ id }`, { method: 'DELETE', query: { force: 1 } } );
export const orderFields = ( ids: number[] ): Promise< unknown > => request( 'fields/order', { method: 'POST', data: { ids } } );

export const fetchSegments = (): Promise< Segment[] > => all( 'segments' );
