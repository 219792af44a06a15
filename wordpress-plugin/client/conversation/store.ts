/** The inbox's state and the pure rules that change it. */
import type { ApiError } from '../core/error';
import { State } from '../core/enums';
import type { Conversation, ConversationPage, Message, Page } from '../core/types';

export interface Filters {
	search: string;
	unread: boolean;
	/** 0 = all */
	account: number;
}

/** A message that this browser sends and the server has not confirmed yet. */
export interface Outgoing {
	/** ULID, made once: every retry carries the same. */
	ref: string;
	text: string;
	/** The message answered, quoted above the text. */
	reply: { id: number; text: string } | null;
	at_ms: number;
	phase: 'sending' | 'waiting' | 'refused';
	error: ApiError | null;
}

export interface Thread {
	messages: Message[];
	outgoing: Outgoing[];
	/** Cursor of older messages. */
	next: string | null;
	phase: 'loading' | 'older' | 'idle';
	isLoaded: boolean;
	error: ApiError | null;
}

export interface InboxState {
	filters: Filters;
	/** Newest first. */
	ids: number[];
	conversations: Record< number, Conversation >;
	next: string | null;
	phase: 'loading' | 'more' | 'idle';
	isLoaded: boolean;
	error: ApiError | null;
	selected: number | null;
	threads: Record< number, Thread >;
	unreadTotal: number;
}

export type InboxAction =
	| { type: 'filters'; filters: Filters }
	| { type: 'list-loading'; more: boolean }
	| { type: 'list-loaded'; page: ConversationPage; mode: 'replace' | 'more' | 'refresh' }
	| { type: 'list-failed'; error: ApiError }
	| { type: 'conversation'; conversation: Conversation }
	| { type: 'select'; id: number | null }
	| { type: 'read'; id: number }
	| { type: 'thread-loading'; id: number; older: boolean }
	| { type: 'thread-loaded'; id: number; page: Page< Message >; mode: 'latest' | 'older' }
	| { type: 'thread-failed'; id: number; error: ApiError }
	| { type: 'outgoing'; id: number; outgoing: Outgoing }
	| { type: 'outgoing-phase'; id: number; ref: string; phase: Outgoing[ 'phase' ]; error: ApiError | null }
	| { type: 'outgoing-dropped'; id: number; ref: string }
	| { type: 'sent'; id: number; message: Message };

export const initialInbox: InboxState = {
	filters: { search: '', unread: false, account: 0 },
	ids: [],
	conversations: {},
	next: null,
	phase: 'idle',
	isLoaded: false,
	error: null,
	selected: null,
	threads: {},
	unreadTotal: 0,
};

export const emptyThread: Thread = {
	messages: [],
	outgoing: [],
	next: null,
	phase: 'idle',
	isLoaded: false,
	error: null,
};

export function reduceInbox( state: InboxState, action: InboxAction ): InboxState {
	switch ( action.type ) {
		case 'filters':
			return { ...state, filters: action.filters };
		case 'list-loading':
			return { ...state, phase: action.more ? 'more' : 'loading', error: null };
		case 'list-loaded':
			return listLoaded( state, action.page, action.mode );
		case 'list-failed':
			return { ...state, phase: 'idle', error: action.error };
		case 'conversation':
			return {
				...state,
				conversations: { ...state.conversations, [ action.conversation.id ]: action.conversation },
			};
		case 'select':
			return { ...state, selected: action.id };
		case 'read': {
			const conversation = state.conversations[ action.id ];
			if ( ! conversation || conversation.unread === 0 ) {
				return state;
			}
			return {
				...state,
				unreadTotal: Math.max( 0, state.unreadTotal - 1 ),
				conversations: { ...state.conversations, [ action.id ]: { ...conversation, unread: 0 } },
			};
		}
		case 'thread-loading':
			return withThread( state, action.id, ( thread ) => ( {
				...thread,
				phase: action.older ? 'older' : thread.phase === 'older' ? 'older' : 'loading',
				error: null,
			} ) );
		case 'thread-loaded':
			return withThread( state, action.id, ( thread ) => threadLoaded( thread, action.page, action.mode ) );
		case 'thread-failed':
			return withThread( state, action.id, ( thread ) => ( { ...thread, phase: 'idle', error: action.error } ) );
		case 'outgoing':
			return withThread( state, action.id, ( thread ) => ( {
				...thread,
				outgoing: [ ...thread.outgoing.filter( ( { ref } ) => ref !== action.outgoing.ref ), action.outgoing ],
			} ) );
		case 'outgoing-phase':
			return withThread( state, action.id, ( thread ) => ( {
				...thread,
				outgoing: thread.outgoing.map( ( outgoing ) =>
					outgoing.ref === action.ref ? { ...outgoing, phase: action.phase, error: action.error } : outgoing
				),
			} ) );
		case 'outgoing-dropped':
			return withThread( state, action.id, ( thread ) => ( {
				...thread,
				outgoing: thread.outgoing.filter( ( { ref } ) => ref !== action.ref ),
			} ) );
		case 'sent':
			return withThread( state, action.id, ( thread ) =>
				withMessages( thread, mergeMessages( thread.messages, [ action.message ] ) )
			);
	}
}

function withThread( state: InboxState, id: number, change: ( thread: Thread ) => Thread ): InboxState {
	const before = state.threads[ id ] ?? emptyThread;
	const after = change( before );
	return after === before ? state : { ...state, threads: { ...state.threads, [ id ]: after } };
}

const newestFirst = ( a: Conversation, b: Conversation ) => b.last_ms - a.last_ms || b.id - a.id;

function listLoaded(
	state: InboxState,
	page: ConversationPage,
	mode: 'replace' | 'more' | 'refresh'
): InboxState {
	const conversations = { ...state.conversations };
	page.items.forEach( ( item ) => ( conversations[ item.id ] = item ) );
	const fresh = page.items.map( ( { id } ) => id );
	let ids = fresh;
	let next = page.next;
	if ( mode === 'more' ) {
		ids = [ ...state.ids.filter( ( id ) => ! fresh.includes( id ) ), ...fresh ];
	} else if ( mode === 'refresh' && page.next !== null ) {
		// The first page is now as told; what was loaded below it stays.
		const last = page.items[ page.items.length - 1 ];
		const below = state.ids.filter( ( id ) => {
			const known = conversations[ id ];
			return ! fresh.includes( id ) && known && last && newestFirst( last, known ) < 0;
		} );
		ids = [ ...fresh, ...below ];
		next = below.length ? state.next : page.next;
	}
	// What is open does not vanish from under the reader (the unread filter would take it away).
	const { selected } = state;
	if ( mode !== 'replace' && selected !== null && state.ids.includes( selected ) && ! ids.includes( selected ) ) {
		ids = [ ...ids, selected ].sort( ( a, b ) => {
			const [ one, other ] = [ conversations[ a ], conversations[ b ] ];
			return one && other ? newestFirst( one, other ) : 0;
		} );
	}
	return {
		...state,
		conversations,
		ids,
		next,
		phase: 'idle',
		isLoaded: true,
		error: null,
		unreadTotal: page.unread_total,
	};
}

function threadLoaded( thread: Thread, page: Page< Message >, mode: 'latest' | 'older' ): Thread {
	if ( mode === 'older' ) {
		return {
			...withMessages( thread, mergeMessages( thread.messages, page.items ) ),
			next: page.next,
			phase: 'idle',
			error: null,
		};
	}
	const known = new Set( thread.messages.map( ( { id } ) => id ) );
	const meets = page.items.some( ( { id } ) => known.has( id ) );
	if ( thread.isLoaded && ( meets || page.next === null ) ) {
		return {
			...withMessages( thread, mergeMessages( thread.messages, page.items ) ),
			next: page.next === null ? null : thread.next,
			phase: thread.phase === 'older' ? 'older' : 'idle',
			error: null,
		};
	}
	// First load, or more came in than one page holds: begin anew rather than show a gap.
	return {
		...withMessages( thread, page.items ),
		next: page.next,
		phase: 'idle',
		isLoaded: true,
		error: null,
	};
}

/** Sets the messages and drops what they confirm from the outgoing ones. */
function withMessages( thread: Thread, messages: Message[] ): Thread {
	if ( messages === thread.messages || ! thread.outgoing.length ) {
		return messages === thread.messages ? thread : { ...thread, messages };
	}
	const refs = new Set( messages.map( ( { ref } ) => ref ) );
	return { ...thread, messages, outgoing: thread.outgoing.filter( ( { ref } ) => ! refs.has( ref ) ) };
}

/**
 * Both lists as one, oldest first. An answer that was overtaken by a newer one changes no state
 * backwards. Unchanged messages keep their object, so that they are not drawn again.
 */
export function mergeMessages( known: Message[], incoming: Message[] ): Message[] {
	const byId = new Map( known.map( ( message ) => [ message.id, message ] ) );
	let isChanged = false;
	for ( const message of incoming ) {
		const before = byId.get( message.id );
		if ( before && ( before.state > message.state || isSame( before, message ) ) ) {
			continue;
		}
		byId.set( message.id, message );
		isChanged = true;
	}
	return isChanged ? [ ...byId.values() ].sort( ( a, b ) => a.at_ms - b.at_ms || a.id - b.id ) : known;
}

const isSame = ( a: Message, b: Message ): boolean => JSON.stringify( a ) === JSON.stringify( b );

/** Inbound messages of `after` that `before` did not have, oldest first; none on the first load. */
export function arrived( before: Thread | undefined, after: Thread | undefined ): Message[] {
	if ( ! before?.isLoaded || ! after ) {
		return [];
	}
	const newest = before.messages[ before.messages.length - 1 ]?.id ?? 0;
	return after.messages.filter( ( { id, state } ) => id > newest && state === State.RECEIVED );
}
