/** The REST routes of contacts. */
import { request } from '../core/api';
import type { ConsentEntry, ContactFull, ContactItem, CountedPage, HistoryMessage, LogItem, Page } from '../core/types';
import type { Filters, View } from './view';

export interface ContactInput {
	name?: string;
	phone?: string;
	email?: string;
	country?: string;
	language?: string;
	groups?: number[];
	fields?: Record< string, string >;
	/** Two people may have one email address. */
	same_email?: boolean;
	/** Refused when somebody changed the contact since. */
	if_updated_ms?: number;
}

export const fetchContacts = ( view: View, limit: number, signal?: AbortSignal ): Promise< CountedPage< ContactItem > > =>
	request( 'contacts', {
		query: { ...view.filters, sort: view.sort, order: view.order, cursor: view.cursor, last: view.last ? 1 : '', limit },
		signal,
	} );

/** Values that contacts have at all: there is no use in offering the others as filters. */
export type Present = Record< 'country' | 'language' | 'source', string[] >;
export async function fetchPresent(): Promise< Present > {
	const { fields } = await request< { fields: { field: string; choices?: { value: string | number }[] }[] } >( 'segments/schema' );
	const of = ( name: string ) => ( fields.find( ( { field } ) => field === name )?.choices ?? [] ).map( ( { value } ) => String( value ) );
	return { country: of( 'country' ), language: of( 'language' ), source: of( 'source' ) };
}

export const searchContacts = ( search: string, signal?: AbortSignal ): Promise< CountedPage< ContactItem > > =>
	request( 'contacts', { query: { search, limit: 10 }, signal } );

export const fetchContact = ( id: number ): Promise< ContactFull > => request( `contacts/${ id }` );
export const createContact = ( data: ContactInput ): Promise< ContactFull > => request( 'contacts', { method: 'POST', data } );
export const updateContact = ( id: number, data: ContactInput ): Promise< ContactFull & { log_id?: number } > =>
	request( `contacts/${ id }`, { method: 'PATCH', data } );
export const deleteContact = ( id: number ): Promise< unknown > => request( `contacts/${ id }`, { method: 'DELETE' } );

/** Everything about a person, for them. */
export const exportContact = ( id: number, cursor: string | null = null ): Promise< unknown > => request( `contacts/${ id }/export`, { query: { cursor } } );

export type BulkAction = 'add_group' | 'remove_group' | 'delete' | 'revoke' | 'set_field' | 'set_language';
export type BulkValue = number | string | { field: string; value: string } | null;

/** One step. `next` is the cursor to go on with, null at the end. */
export interface BulkStep {
	/** People looked at. */
	done: number;
	/** Of these, who was different before. */
	changed: number;
	next: string | null;
}

export const bulk = ( action: BulkAction, value: BulkValue, whom: { ids: number[] } | { filter: Filters }, cursor: string | null ): Promise< BulkStep > =>
	request( 'contacts/bulk', { method: 'POST', data: { action, value, ...whom, ...( cursor ? { cursor } : {} ) } } );

export const fetchLog = ( id: number, cursor: string | null = null ): Promise< Page< LogItem > > => request( `contacts/${ id }/log`, { query: { cursor } } );
export const addNote = ( id: number, text: string ): Promise< LogItem > => request( `contacts/${ id }/notes`, { method: 'POST', data: { text } } );
export const updateNote = ( id: number, note: number, text: string ): Promise< LogItem > =>
	request( `contacts/${ id }/notes/${ note }`, { method: 'PATCH', data: { text } } );
export const deleteNote = ( id: number, note: number ): Promise< unknown > => request( `contacts/${ id }/notes/${ note }`, { method: 'DELETE' } );
export const undo = ( id: number, log: number ): Promise< ContactFull > => request( `contacts/${ id }/undo`, { method: 'POST', data: { log_id: log } } );

export interface Consents extends Page< ConsentEntry > {
	states: { marketing: number; utility: number; login: number };
}
export interface ConsentInput {
	purpose: 'marketing' | 'utility' | 'login';
	state: 'granted' | 'revoked';
	wording: string;
	at_ms?: number;
}
export const fetchConsents = ( id: number, cursor: string | null = null ): Promise< Consents > => request( `contacts/${ id }/consents`, { query: { cursor } } );
export const recordConsent = ( id: number, data: ConsentInput ): Promise< unknown > => request( `contacts/${ id }/consents`, { method: 'POST', data } );

/** The word that subscribes again, in a person's language; '' when there is none. Never fails: START always works. */
export async function fetchStartWord( language: string ): Promise< string > {
	try {
		const { start_words: words } = await request< { start_words: Record< string, string[] > } >( 'consent/settings' );
		return ( words[ language.split( '_' )[ 0 ] ?? '' ] ?? words.en ?? [] )[ 0 ]?.toLocaleUpperCase() ?? '';
	} catch {
		return '';
	}
}

export interface MergePreview {
	keep: ContactFull;
	gone: ContactFull;
	result: {
		name: string;
		identities: { kind: number; value: string; display?: string }[];
		groups: { id: number; name: string }[];
		fields: Record< string, string >;
		consent: { marketing: number; utility: number; login: number };
		messages: number;
		conversations: number;
	};
	conflicts: { what: string; keep: string | number; gone: string | number }[];
}
export interface MergeItem {
	id: number;
	gone: { id: number; name: string };
	automatic: boolean;
	user: { id: number; name: string } | null;
	at_ms: number;
	/** 0 = not split */
	split_ms: number;
	can_split: boolean;
}
export const fetchMergePreview = ( keep: number, gone: number ): Promise< MergePreview > => request( `contacts/${ keep }/merge`, { query: { with: gone } } );
export const merge = ( keep: number, other: number ): Promise< { merge_id: number } > => request( `contacts/${ keep }/merge`, { method: 'POST', data: { other } } );
export const fetchMerges = ( id: number ): Promise< { items: MergeItem[] } > => request( `contacts/${ id }/merges` );
export const split = ( id: number, merge_id: number ): Promise< unknown > => request( `contacts/${ id }/split`, { method: 'POST', data: { merge_id } } );
export const fetchDuplicates = ( id: number ): Promise< { items: ContactItem[] } > => request( 'contacts/duplicates', { query: { with: id } } );

export const fetchMessages = ( contact: number ): Promise< Page< HistoryMessage > > => request( 'messages', { query: { contact, limit: 5 } } );
