/** The imports, and the one that is being prepared. */
import type { CsvSniff } from '../../../crates/wasm/core.mjs';
import { ImportKind, ImportState } from '../core/enums';
import type { ApiError } from '../core/error';
import type { Existing, Import, ImportOptions, ImportPage } from './api';

/** What a person chose in place of what was found in the file. */
export interface Reading {
	encoding?: string;
	delimiter?: string;
	header?: boolean;
}

export interface ConsentClaim {
	isClaimed: boolean;
	source: string;
	wording: string;
	/** The day as in 2026-11-22, '' = not known. */
	day: string;
}

/** An import before the server knows it. Lost on reload: the file stays on the person's machine until here. */
export interface Draft {
	kind: ImportKind;
	file: File | null;
	/** The beginning of the file. */
	head: Uint8Array | null;
	sniff: CsvSniff | null;
	reading: Reading;
	/** What each column becomes. */
	columns: ( string | null )[];
	region: string;
	existing: Existing;
	groups: number[];
	newGroups: string[];
	consent: ConsentClaim;
	step: 'columns' | 'options';
	/** The import that the file became, when a person came back to its options. */
	importId: number | null;
}

/** A file on its way. */
export interface Upload {
	id: number;
	sent: number;
	total: number;
	error: ApiError | null;
}

export interface ImportsState {
	draft: Draft | null;
	/** A file is being looked at. */
	isReading: boolean;
	upload: Upload | null;
	/** Newest first; null: not loaded */
	list: Import[] | null;
	next: string | null;
	sources: ImportPage[ 'sources' ] | null;
	byId: Record< number, Import >;
	/** Of the list, of reading a file, of the import that is open. */
	error: ApiError | null;
}

export type ImportsAction =
	| { type: 'list'; page: ImportPage; isMore: boolean }
	| { type: 'import'; item: Import }
	| { type: 'removed'; id: number }
	| { type: 'reading' }
	| { type: 'draft'; draft: Draft | null }
	| { type: 'change'; change: Partial< Draft > }
	| { type: 'upload'; upload: Upload | null }
	| { type: 'error'; error: ApiError | null };

export const initialImports: ImportsState = {
	draft: null,
	isReading: false,
	upload: null,
	list: null,
	next: null,
	sources: null,
	byId: {},
	error: null,
};

export function reduceImports( state: ImportsState, action: ImportsAction ): ImportsState {
	switch ( action.type ) {
		case 'list': {
			const { items, next, sources } = action.page;
			const list = action.isMore ? [ ...( state.list ?? [] ), ...items ] : items;
			return {
				...state,
				list,
				next,
				sources: sources ?? state.sources,
				byId: { ...state.byId, ...Object.fromEntries( items.map( ( item ) => [ item.id, item ] ) ) },
				error: null,
			};
		}
		case 'import': {
			const { item } = action;
			return {
				...state,
				byId: { ...state.byId, [ item.id ]: item },
				list: state.list?.map( ( one ) => ( one.id === item.id ? item : one ) ) ?? null,
			};
		}
		case 'removed': {
			const byId = { ...state.byId };
			delete byId[ action.id ];
			return { ...state, byId, list: state.list?.filter( ( { id } ) => id !== action.id ) ?? null };
		}
		case 'reading':
			return { ...state, isReading: true, error: null };
		case 'draft':
			return { ...state, isReading: false, error: null, draft: action.draft };
		case 'change':
			return { ...state, draft: state.draft && { ...state.draft, ...action.change } };
		case 'upload':
			return { ...state, upload: action.upload };
		case 'error':
			return { ...state, isReading: false, error: action.error };
	}
}

/** Purposes that a column can grant. */
const PURPOSES = [ 'marketing', 'utility', 'login' ];

/** Whether the import would note that people agreed to something. */
export const claimsConsent = ( draft: Draft ): boolean =>
	draft.consent.isClaimed || draft.columns.some( ( target ) => target !== null && PURPOSES.includes( target ) );

/** Whether the wording has to be asked for: consent without what was agreed to is none. */
export const needsWording = ( draft: Draft ): boolean => claimsConsent( draft ) && ! draft.columns.includes( 'wording' );

/** What the server is told. @param startOfDay First instant of a day of the site. */
export function toOptions( draft: Draft, startOfDay: ( day: string ) => number ): ImportOptions {
	const { sniff, consent } = draft;
	const claims = claimsConsent( draft );
	return {
		...( sniff
			? {
					encoding: sniff.encoding,
					delimiter: sniff.delimiter,
					...( sniff.quote ? { quote: sniff.quote } : {} ),
					header: sniff.header,
					columns: sniff.columns.map( ( { name }, index ) => ( { name, to: draft.columns[ index ] ?? null } ) ),
			  }
			: {} ),
		region: draft.region,
		existing: draft.existing,
		groups: draft.groups,
		new_groups: draft.newGroups,
		consent: claims
			? {
					marketing: consent.isClaimed,
					source: consent.source.trim(),
					wording: consent.wording.trim(),
					at_ms: consent.day ? startOfDay( consent.day ) : 0,
			  }
			: null,
	};
}

/** States in which the server has something to do. */
export const isAtWork = ( { state }: Import ): boolean =>
	state === ImportState.CHECKING || state === ImportState.RUNNING || state === ImportState.UNDOING;

/** How far an import is, 0 to 100; null when nobody can know. */
export function percent( item: Import ): number | null {
	if ( item.state === ImportState.UNDOING ) {
		return null;
	}
	return item.bytes > 0 ? Math.min( 100, Math.floor( ( item.position / item.bytes ) * 100 ) ) : null;
}
