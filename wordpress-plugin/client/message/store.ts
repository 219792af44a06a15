/** The history's state and the pure rules that change it. */
import type { ApiError } from '../core/error';
import type { HistoryMessage, MessageDetail, Page } from '../core/types';

/** 0 and '' = all. Days as in 2026-11-22, in the site's time zone. */
export interface HistoryFilters {
	account: number;
	direction: number;
	state: number;
	type: number;
	from: string;
	to: string;
	contact: number;
	search: string;
}

export interface HistoryState {
	filters: HistoryFilters;
	items: HistoryMessage[];
	next: string | null;
	phase: 'loading' | 'more' | 'idle';
	isLoaded: boolean;
	error: ApiError | null;
	/** The message in the detail view. */
	openId: number | null;
	detail: MessageDetail | null;
	detailError: ApiError | null;
}

export type HistoryAction =
	| { type: 'filters'; filters: HistoryFilters }
	| { type: 'loading'; more: boolean }
	| { type: 'loaded'; page: Page< HistoryMessage >; more: boolean }
	| { type: 'failed'; error: ApiError }
	| { type: 'open'; id: number | null }
	| { type: 'detail'; detail: MessageDetail }
	| { type: 'detail-failed'; error: ApiError };

export const noFilters: HistoryFilters = {
	account: 0,
	direction: 0,
	state: 0,
	type: 0,
	from: '',
	to: '',
	contact: 0,
	search: '',
};

export const initialHistory: HistoryState = {
	filters: noFilters,
	items: [],
	next: null,
	phase: 'idle',
	isLoaded: false,
	error: null,
	openId: null,
	detail: null,
	detailError: null,
};

export function reduceHistory( state: HistoryState, action: HistoryAction ): HistoryState {
	switch ( action.type ) {
		case 'filters':
			return { ...state, filters: action.filters };
		case 'loading':
			return { ...state, phase: action.more ? 'more' : 'loading', error: null };
		case 'loaded': {
			const known = new Set( action.more ? state.items.map( ( { id } ) => id ) : [] );
			const fresh = action.page.items.filter( ( { id } ) => ! known.has( id ) );
			return {
				...state,
				items: action.more ? [ ...state.items, ...fresh ] : fresh,
				next: action.page.next,
				phase: 'idle',
				isLoaded: true,
				error: null,
			};
		}
		case 'failed':
			return { ...state, phase: 'idle', error: action.error };
		case 'open':
			return { ...state, openId: action.id, detail: null, detailError: null };
		case 'detail':
			return action.detail.id === state.openId ? { ...state, detail: action.detail } : state;
		case 'detail-failed':
			return { ...state, detailError: action.error };
	}
}

const numbers = [ 'account', 'direction', 'state', 'type', 'contact' ] as const;
const days = [ 'from', 'to' ] as const;

/** Filters as the address bar says them. What makes no sense counts as not said. */
export function filtersFromQuery( query: string ): HistoryFilters {
	const params = new URLSearchParams( query );
	const filters = { ...noFilters, search: params.get( 'search' ) ?? '' };
	numbers.forEach( ( name ) => {
		const value = params.get( name ) ?? '';
		filters[ name ] = /^\d{1,15}$/.test( value ) ? Number( value ) : 0;
	} );
	days.forEach( ( name ) => {
		const value = params.get( name ) ?? '';
		filters[ name ] = /^\d{4}-\d\d-\d\d$/.test( value ) ? value : '';
	} );
	return filters;
}

/** The address for filters: other parameters (page=…) stay. */
export function queryFromFilters( query: string, filters: HistoryFilters ): string {
	const params = new URLSearchParams( query );
	Object.entries( filters ).forEach( ( [ name, value ] ) => {
		if ( value ) {
			params.set( name, String( value ) );
		} else {
			params.delete( name );
		}
	} );
	return params.toString();
}
