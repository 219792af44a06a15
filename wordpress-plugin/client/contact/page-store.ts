/** One person's page: its state and the pure rules that change it. */
import type { ApiError } from '../core/error';
import type { ContactFull, HistoryMessage, LogItem } from '../core/types';
import type { Consents, MergeItem } from './api';

/** What a notice above the page says, with the entry that "Undo" takes back (0 = it can't be). */
export interface Told {
	kind: 'success' | 'error';
	text: string;
	undoLog: number;
	/** Split this merge instead. */
	undoMerge: number;
}

/** Parts that load by themselves: one that fails does not hide the others. */
export interface PageState {
	id: number | null;
	contact: ContactFull | null;
	log: LogItem[] | null;
	logNext: string | null;
	consents: Consents | null;
	merges: MergeItem[];
	messages: HistoryMessage[] | null;
	errors: Partial< Record< Part, ApiError > >;
	told: Told | null;
}
export type Part = 'contact' | 'log' | 'consents' | 'messages';

export type PageAction =
	| { type: 'open'; id: number }
	| { type: 'contact'; id: number; contact: ContactFull }
	| { type: 'log'; id: number; items: LogItem[]; next: string | null; more: boolean }
	| { type: 'consents'; id: number; consents: Consents; more: boolean }
	| { type: 'merges'; id: number; merges: MergeItem[] }
	| { type: 'messages'; id: number; messages: HistoryMessage[] }
	| { type: 'failed'; id: number; part: Part; error: ApiError }
	| { type: 'told'; told: Told | null };

export const noPage: PageState = { id: null, contact: null, log: null, logNext: null, consents: null, merges: [], messages: null, errors: {}, told: null };

const without = ( errors: PageState[ 'errors' ], part: Part ): PageState[ 'errors' ] => {
	const rest = { ...errors };
	delete rest[ part ];
	return rest;
};

export function reducePage( state: PageState, action: PageAction ): PageState {
	if ( action.type === 'open' ) {
		return action.id === state.id ? state : { ...noPage, id: action.id };
	}
	if ( action.type === 'told' ) {
		return { ...state, told: action.told };
	}
	// The answer to a question about somebody who is no longer shown.
	if ( action.id !== state.id ) {
		return state;
	}
	switch ( action.type ) {
		case 'contact':
			return { ...state, contact: action.contact, errors: without( state.errors, 'contact' ) };
		case 'log': {
			const known = new Set( action.more ? state.log?.map( ( { id } ) => id ) : [] );
			const fresh = action.items.filter( ( { id } ) => ! known.has( id ) );
			return { ...state, log: action.more ? [ ...( state.log ?? [] ), ...fresh ] : fresh, logNext: action.next, errors: without( state.errors, 'log' ) };
		}
		case 'consents':
			return {
				...state,
				consents: { ...action.consents, items: [ ...( action.more ? state.consents?.items ?? [] : [] ), ...action.consents.items ] },
				errors: without( state.errors, 'consents' ),
			};
		case 'merges':
			return { ...state, merges: action.merges };
		case 'messages':
			return { ...state, messages: action.messages, errors: without( state.errors, 'messages' ) };
		case 'failed':
			return { ...state, errors: { ...state.errors, [ action.part ]: action.error } };
	}
}

/** One field of an edit: before and after. */
export interface Change {
	what: string;
	before: unknown;
	after: unknown;
}

/** The changes that an entry "edited" tells, in the order of its keys. Custom fields are told one by one. */
export function changesOf( data: LogItem[ 'data' ] ): Change[] {
	const side = ( name: string ): Record< string, unknown > => {
		const value = data?.[ name ];
		return typeof value === 'object' && value !== null && ! Array.isArray( value ) ? ( value as Record< string, unknown > ) : {};
	};
	const flat = ( values: Record< string, unknown > ): Record< string, unknown > => {
		const { fields, ...rest } = values;
		const inner = typeof fields === 'object' && fields !== null && ! Array.isArray( fields ) ? Object.entries( fields ) : [];
		return { ...rest, ...Object.fromEntries( inner.map( ( [ name, value ] ) => [ `fields.${ name }`, value ] ) ) };
	};
	const before = flat( side( 'before' ) );
	const after = flat( side( 'after' ) );
	return [ ...new Set( [ ...Object.keys( before ), ...Object.keys( after ) ] ) ].map( ( what ) => ( { what, before: before[ what ] ?? '', after: after[ what ] ?? '' } ) );
}
