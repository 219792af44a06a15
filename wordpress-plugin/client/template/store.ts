/** The state of the list, the opened template and the sync, and the pure rules that change it. */
import type { ApiError } from '../core/error';
import type { Template, TemplateDetail, TemplatePage } from './types';

export interface ListState {
	/** The view that `items` answer, as an address. */
	key: string | null;
	items: Template[];
	next: string | null;
	/** By status, of the whole list without filters; known with the first page. */
	counts: Record< string, number > | null;
	isLoading: boolean;
	error: ApiError | null;
}

export interface DetailState {
	id: number | null;
	template: TemplateDetail | null;
	error: ApiError | null;
}

/** Fetching all templates anew from WhatsApp, in steps. */
export interface SyncState {
	phase: 'idle' | 'running' | 'done' | 'failed';
	/** Templates looked at. */
	seen: number;
	/** Of these, what was new or different. */
	changed: number;
	error: ApiError | null;
	/** When one ended well while this screen was open, 0 = not yet. */
	doneMs: number;
}

export interface TemplateState {
	list: ListState;
	detail: DetailState;
	sync: SyncState;
	/** What was just done, until it is dismissed. */
	told: string;
}

export type TemplateAction =
	| { type: 'list-loading' }
	| { type: 'list-loaded'; key: string; page: TemplatePage }
	| { type: 'list-failed'; error: ApiError }
	| { type: 'detail-opened'; id: number }
	| { type: 'detail-loaded'; id: number; template: TemplateDetail }
	| { type: 'detail-failed'; id: number; error: ApiError }
	| { type: 'sync-started' }
	/** Of all accounts so far. */
	| { type: 'sync-step'; seen: number; changed: number }
	| { type: 'sync-done'; atMs: number }
	| { type: 'sync-failed'; error: ApiError }
	| { type: 'sync-dismissed' }
	| { type: 'told'; text: string };

export const initialState: TemplateState = {
	list: { key: null, items: [], next: null, counts: null, isLoading: false, error: null },
	detail: { id: null, template: null, error: null },
	sync: { phase: 'idle', seen: 0, changed: 0, error: null, doneMs: 0 },
	told: '',
};

export function reduce( state: TemplateState, action: TemplateAction ): TemplateState {
	const { list, detail, sync } = state;
	switch ( action.type ) {
		case 'list-loading':
			return { ...state, list: { ...list, isLoading: true, error: null } };
		case 'list-loaded':
			return {
				...state,
				list: { key: action.key, items: action.page.items, next: action.page.next, counts: action.page.counts ?? list.counts, isLoading: false, error: null },
			};
		case 'list-failed':
			return { ...state, list: { ...list, isLoading: false, error: action.error } };
		case 'detail-opened':
			return detail.id === action.id ? state : { ...state, detail: { id: action.id, template: null, error: null } };
		case 'detail-loaded':
			return detail.id === action.id ? { ...state, detail: { ...detail, template: action.template, error: null } } : state;
		case 'detail-failed':
			return detail.id === action.id ? { ...state, detail: { ...detail, error: action.error } } : state;
		case 'sync-started':
			return { ...state, sync: { ...sync, phase: 'running', seen: 0, changed: 0, error: null } };
		case 'sync-step':
			return { ...state, sync: { ...sync, seen: action.seen, changed: action.changed } };
		case 'sync-done':
			return { ...state, sync: { ...sync, phase: 'done', doneMs: action.atMs } };
		case 'sync-failed':
			return { ...state, sync: { ...sync, phase: 'failed', error: action.error } };
		case 'sync-dismissed':
			return { ...state, sync: { ...sync, phase: 'idle', error: null } };
		case 'told':
			return { ...state, told: action.text };
	}
}

/** When what is shown was last fetched from WhatsApp, 0 = never. */
export const syncedMs = ( { list, sync }: TemplateState ): number => list.items.reduce( ( latest, { synced_ms } ) => Math.max( latest, synced_ms ), sync.doneMs );

/** Of the messages that arrived, how many were read: 0 … 1, null when none arrived yet. */
export const readRate = ( { delivered, read }: Pick< Template, 'delivered' | 'read' > ): number | null => {
	// Who reads has received, also when WhatsApp told only the one.
	const arrived = Math.max( delivered, read );
	return arrived > 0 ? read / arrived : null;
};
