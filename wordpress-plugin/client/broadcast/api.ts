/** The REST routes of broadcasts, and what composing one needs of other rooms. */
import { request } from '../core/api';
import type { ContactItem, Page } from '../core/types';
import type { Template, TemplatePage } from '../template/types';
import type { Broadcast, Compared, Definition, Preflight, Recipient, Report, Summary } from './types';

export interface SummaryPage {
	items: Summary[];
	next: string | null;
	counts?: Record< string, number >;
}

const post = < T >( route: string, data: unknown = {} ): Promise< T > => request( route, { method: 'POST', data } );

export const fetchList = ( state: string, cursor: string, signal?: AbortSignal ): Promise< SummaryPage > => request( 'broadcasts', { query: { state, cursor, limit: 20 }, signal } );
export const fetchNames = (): Promise< { items: { id: number; name: string }[] } > => request( 'broadcasts/names' );
export const fetchOne = ( id: number, signal?: AbortSignal ): Promise< Broadcast > => request( `broadcasts/${ id }`, { signal } );
export const create = ( data: { name?: string; definition?: Partial< Definition > } ): Promise< Broadcast > => post( 'broadcasts', data );
export const save = ( id: number, data: { name: string; definition: Definition; updated_ms: number } ): Promise< Broadcast > => request( `broadcasts/${ id }`, { method: 'PATCH', data } );
export const remove = ( id: number ): Promise< unknown > => request( `broadcasts/${ id }`, { method: 'DELETE' } );
export const duplicate = ( id: number ): Promise< Broadcast > => post( `broadcasts/${ id }/duplicate` );
export const handIn = ( id: number, numbers: string, append: boolean, name: string ): Promise< Broadcast > => post( `broadcasts/${ id }/numbers`, { numbers, append, name } );
/** @param again From the beginning, whatever was counted. */
export const preflight = ( id: number, again: boolean ): Promise< Preflight > => post( `broadcasts/${ id }/preflight`, { again } );
export const fetchPeople = ( id: number, reason: string, cursor: string ): Promise< Page< ContactItem > > => request( `broadcasts/${ id }/preflight/${ reason }`, { query: { cursor, limit: 50 } } );
export const test = ( id: number, to: { phone: string; ref: string; variant: number } ): Promise< { created: boolean } > => post( `broadcasts/${ id }/test`, to );
/** @param confirmed The draft, and of how many people was told. */
export const start = ( id: number, confirmed: { people: number; updated_ms: number } ): Promise< Broadcast > => post( `broadcasts/${ id }/start`, confirmed );
export const act = ( id: number, what: 'pause' | 'resume' | 'cancel' ): Promise< Broadcast > => post( `broadcasts/${ id }/${ what }` );
export const setRate = ( id: number, rate: number ): Promise< Broadcast > => post( `broadcasts/${ id }/rate`, { rate } );
/** @param after As `next` told: so many are moved by several requests. */
export const retry = ( id: number, which: 'failed' | 'unknown', after: number ): Promise< { again: number; next: number | null } > => post( `broadcasts/${ id }/retry`, { which, after } );
export const fetchReport = ( id: number ): Promise< Report > => request( `broadcasts/${ id }/report` );
export const fetchCompared = ( ids: number[], signal?: AbortSignal ): Promise< { items: Compared[]; missing: number[] } > => request( 'broadcasts/compare', { query: { ids: ids.join( ',' ) }, signal } );
export const fetchRecipients = ( id: number, filter: Record< string, string >, cursor: string ): Promise< Page< Recipient > > => request( `broadcasts/${ id }/recipients`, { query: { ...filter, cursor, limit: 50 } } );

/** Templates that an account can send: one a name and language. */
export async function fetchTemplates( account: number ): Promise< Template[] > {
	const items: Template[] = [];
	let cursor = '';
	for ( let page = 0; page < 20; page++ ) {
		const answer: TemplatePage = await request( 'templates', { query: { account, status: 'APPROVED', limit: 200, cursor } } );
		items.push( ...answer.items );
		cursor = answer.next ?? '';
		if ( ! cursor ) {
			break;
		}
	}
	return items.filter( ( { category } ) => category !== 'AUTHENTICATION' );
}
