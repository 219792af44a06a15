/** The list's state and the pure rules that change it. */
import type { ApiError } from '../core/error';
import type { ContactItem, Count, CountedPage } from '../core/types';
import type { BulkAction } from './api';

/** An action on many people, while it runs and until it is dismissed. */
export interface BulkRun {
	action: BulkAction;
	done: number;
	/** Of these, who was different before. */
	changed: number;
	total: Count;
	phase: 'running' | 'stopped' | 'done' | 'failed';
	error: ApiError | null;
}

export interface ListState {
	/** The view that `items` answer, as an address. */
	key: string | null;
	items: ContactItem[];
	next: string | null;
	prev: string | null;
	count: Count | null;
	isLoading: boolean;
	error: ApiError | null;
	selected: readonly number[];
	/** Not only the selected of this page: everybody who matches the filters. */
	isAllMatching: boolean;
	bulk: BulkRun | null;
	/** Keys of columns that are not shown. */
	hidden: readonly string[];
}

export type ListAction =
	| { type: 'loading'; key: string }
	| { type: 'loaded'; key: string; page: CountedPage< ContactItem > }
	| { type: 'failed'; error: ApiError }
	| { type: 'select'; ids: number[]; isSelected: boolean }
	| { type: 'select-page'; isSelected: boolean }
	| { type: 'select-matching' }
	| { type: 'columns'; hidden: string[] }
	| { type: 'bulk'; run: BulkRun | null }
	| { type: 'bulk-step'; done: number; changed: number };

export const emptyList = ( hidden: readonly string[] ): ListState => ( {
	key: null,
	items: [],
	next: null,
	prev: null,
	count: null,
	isLoading: false,
	error: null,
	selected: [],
	isAllMatching: false,
	bulk: null,
	hidden,
} );

export function reduceList( state: ListState, action: ListAction ): ListState {
	switch ( action.type ) {
		case 'loading':
			return {
				...state,
				isLoading: true,
				error: null,
				// Another page or other filters: what was selected is out of sight.
				...( action.key === state.key ? {} : { selected: [], isAllMatching: false } ),
			};
		case 'loaded': {
			const shown = new Set( action.page.items.map( ( { id } ) => id ) );
			return {
				...state,
				key: action.key,
				items: action.page.items,
				next: action.page.next,
				prev: action.page.prev,
				count: action.page.count,
				isLoading: false,
				error: null,
				selected: state.selected.filter( ( id ) => shown.has( id ) ),
			};
		}
		case 'failed':
			return { ...state, isLoading: false, error: action.error };
		case 'select': {
			const rest = state.selected.filter( ( id ) => ! action.ids.includes( id ) );
			return { ...state, isAllMatching: false, selected: action.isSelected ? [ ...rest, ...action.ids ] : rest };
		}
		case 'select-page':
			return { ...state, isAllMatching: false, selected: action.isSelected ? state.items.map( ( { id } ) => id ) : [] };
		case 'select-matching':
			return { ...state, isAllMatching: true, selected: state.items.map( ( { id } ) => id ) };
		case 'columns':
			return { ...state, hidden: action.hidden };
		case 'bulk':
			return { ...state, bulk: action.run };
		case 'bulk-step':
			return state.bulk ? { ...state, bulk: { ...state.bulk, done: state.bulk.done + action.done, changed: state.bulk.changed + action.changed } } : state;
	}
}

/** How many people an action would meet. */
export const selectedCount = ( { isAllMatching, selected, count }: ListState ): Count =>
	isAllMatching && count ? count : { value: selected.length, exact: true };
