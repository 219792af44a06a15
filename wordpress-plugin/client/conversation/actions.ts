/** What the inbox does: the store together with the API. Components call these and nothing else. */
import { speak } from '@wordpress/a11y';
import { __, sprintf } from '@wordpress/i18n';

import { ApiError, isAbort, toApiError } from '../core/error';
import { boot, serverNow } from '../core/boot';
import { Direction } from '../core/enums';
import { startLive } from '../core/live';
import { createStore } from '../core/store';
import type { Message } from '../core/types';
import { ulid } from '../core/ulid';
import { summary } from '../message/words';
import * as api from './api';
import { showUnread } from './badge';
import { keepOutbox, readOutbox } from './outbox';
import { arrived, emptyThread, initialInbox, reduceInbox, type Filters, type Outgoing } from './store';

/** Waits before a send that got no answer is tried again with the same ref, ms. */
const RETRY_MS = [ 1_000, 3_000, 10_000 ];
/** The typing indicator lasts 25 s at Meta; it is renewed no oftener than this. */
const TYPING_MS = 20_000;

export const inbox = createStore( reduceInbox, {
	...initialInbox,
	selected: Number( new URLSearchParams( location.search ).get( 'conversation' ) ) || null,
} );

const asError = ( reason: unknown ): ApiError => ( reason instanceof ApiError ? reason : toApiError( reason ) );

// --- the list ---

let listAbort: AbortController | null = null;

/** Loads the first page. The answer to an older question is dropped. */
export async function loadList( mode: 'replace' | 'refresh' = 'replace' ): Promise< void > {
	if ( mode === 'refresh' && inbox.get().phase !== 'idle' ) {
		return;
	}
	listAbort?.abort();
	const abort = ( listAbort = new AbortController() );
	const { filters, isLoaded } = inbox.get();
	if ( mode === 'replace' ) {
		inbox.dispatch( { type: 'list-loading', more: false } );
	}
	try {
		const page = await api.fetchConversations( filters, null, abort.signal );
		const before = inbox.get().unreadTotal;
		inbox.dispatch( { type: 'list-loaded', page, mode } );
		if ( isLoaded && page.unread_total > before ) {
			speak(
				/* translators: %d: number of conversations */
				sprintf( __( 'Unread conversations: %d', 'nxt-cloud-chat' ), page.unread_total )
			);
		}
	} catch ( reason ) {
		if ( ! isAbort( reason ) && ( mode === 'replace' || ! isLoaded ) ) {
			inbox.dispatch( { type: 'list-failed', error: asError( reason ) } );
		}
	}
}

export async function loadMore(): Promise< void > {
	const { next, phase, filters } = inbox.get();
	if ( ! next || phase !== 'idle' ) {
		return;
	}
	listAbort?.abort();
	const abort = ( listAbort = new AbortController() );
	inbox.dispatch( { type: 'list-loading', more: true } );
	try {
		const page = await api.fetchConversations( filters, next, abort.signal );
		inbox.dispatch( { type: 'list-loaded', page, mode: 'more' } );
	} catch ( reason ) {
		if ( ! isAbort( reason ) ) {
			inbox.dispatch( { type: 'list-failed', error: asError( reason ) } );
		}
	}
}

export function setFilters( change: Partial< Filters > ): void {
	inbox.dispatch( { type: 'filters', filters: { ...inbox.get().filters, ...change } } );
	void loadList();
}

// --- one conversation ---

/** Opens a conversation (null: closes) and says so in the address, so that a reload comes back. */
export function select( id: number | null ): void {
	inbox.dispatch( { type: 'select', id } );
	const url = new URL( location.href );
	if ( id === null ) {
		url.searchParams.delete( 'conversation' );
	} else {
		url.searchParams.set( 'conversation', String( id ) );
	}
	history.replaceState( null, '', url );
	if ( id !== null ) {
		void openThread( id );
	}
}

async function openThread( id: number ): Promise< void > {
	if ( ! inbox.get().threads[ id ] ) {
		readOutbox( id ).forEach( ( outgoing ) => inbox.dispatch( { type: 'outgoing', id, outgoing } ) );
	}
	if ( ! inbox.get().conversations[ id ] ) {
		try {
			inbox.dispatch( { type: 'conversation', conversation: await api.fetchConversation( id ) } );
		} catch ( reason ) {
			inbox.dispatch( { type: 'thread-failed', id, error: asError( reason ) } );
			return;
		}
	}
	await loadThread( id );
	inbox.get().threads[ id ]?.outgoing.forEach( ( { ref, phase } ) => phase === 'waiting' && void deliver( id, ref ) );
}

/** Loads the newest page and merges it. */
export async function loadThread( id: number ): Promise< void > {
	const before = inbox.get().threads[ id ];
	if ( ! before?.isLoaded ) {
		inbox.dispatch( { type: 'thread-loading', id, older: false } );
	}
	try {
		inbox.dispatch( { type: 'thread-loaded', id, page: await api.fetchMessages( id, null ), mode: 'latest' } );
		announce( arrived( before, inbox.get().threads[ id ] ), id );
		keep( id );
	} catch ( reason ) {
		if ( ! before?.isLoaded ) {
			inbox.dispatch( { type: 'thread-failed', id, error: asError( reason ) } );
		}
	}
}

export async function loadOlder( id: number ): Promise< void > {
	const thread = inbox.get().threads[ id ];
	if ( ! thread?.next || thread.phase !== 'idle' ) {
		return;
	}
	inbox.dispatch( { type: 'thread-loading', id, older: true } );
	try {
		const page = await api.fetchMessages( id, thread.next );
		inbox.dispatch( { type: 'thread-loaded', id, page, mode: 'older' } );
	} catch ( reason ) {
		inbox.dispatch( { type: 'thread-failed', id, error: asError( reason ) } );
	}
}

function announce( messages: Message[], id: number ): void {
	const last = messages[ messages.length - 1 ];
	if ( last ) {
		const name = inbox.get().conversations[ id ]?.contact.name ?? '';
		/* translators: 1: name of the customer, 2: the message */
		speak( sprintf( __( 'New message from %1$s: %2$s', 'nxt-cloud-chat' ), name, summary( last.type, last.text ) ) );
	}
}

const lastInbound = ( id: number ): number =>
	inbox.get().threads[ id ]?.messages.filter( ( { direction } ) => direction === Direction.IN ).at( -1 )?.id ?? 0;

/** The reader saw everything: the customer gets blue ticks. */
export async function markRead( id: number ): Promise< void > {
	const upTo = lastInbound( id );
	if ( ! upTo || ! boot.caps.reply || ! inbox.get().conversations[ id ]?.unread ) {
		return;
	}
	inbox.dispatch( { type: 'read', id } );
	try {
		await api.postRead( id, upTo, false );
	} catch {
		// The next refresh shows it unread again, and it is tried anew.
	}
}

let typedMs = 0;

/** Someone is writing an answer: the customer sees "typing…". */
export function tellTyping( id: number ): void {
	const upTo = lastInbound( id );
	if ( upTo && Date.now() - typedMs > TYPING_MS ) {
		typedMs = Date.now();
		api.postRead( id, upTo, true ).catch( () => undefined );
	}
}

// --- sending ---

const keep = ( id: number ): void => keepOutbox( id, inbox.get().threads[ id ]?.outgoing ?? [] );

/** Shows the message at once and sends it. */
export function send( id: number, text: string, reply: Outgoing[ 'reply' ] ): void {
	const outgoing: Outgoing = {
		ref: ulid( serverNow() ),
		text,
		reply,
		at_ms: serverNow(),
		phase: 'sending',
		error: null,
	};
	inbox.dispatch( { type: 'outgoing', id, outgoing } );
	keep( id );
	typedMs = 0;
	void deliver( id, outgoing.ref );
}

/** Sends an outgoing message. Without an answer the same ref is tried again: it stays one message. */
export async function deliver( id: number, ref: string ): Promise< void > {
	const find = () => ( inbox.get().threads[ id ] ?? emptyThread ).outgoing.find( ( one ) => one.ref === ref );
	for ( let attempt = 0; ; attempt++ ) {
		const outgoing = find();
		if ( ! outgoing ) {
			return; // A refresh brought the message meanwhile.
		}
		inbox.dispatch( { type: 'outgoing-phase', id, ref, phase: 'sending', error: null } );
		try {
			const message = await api.postMessage( id, {
				ref,
				text: outgoing.text,
				...( outgoing.reply ? { reply_to: outgoing.reply.id } : {} ),
			} );
			inbox.dispatch( { type: 'sent', id, message } );
			keep( id );
			void loadList( 'refresh' );
			return;
		} catch ( reason ) {
			const error = asError( reason );
			const wait = RETRY_MS[ attempt ];
			const isOver = error.kind === 'refused' || wait === undefined;
			inbox.dispatch( {
				type: 'outgoing-phase',
				id,
				ref,
				phase: error.kind === 'refused' ? 'refused' : isOver ? 'waiting' : 'sending',
				error: isOver ? error : null,
			} );
			if ( isOver ) {
				speak( __( 'The message was not sent.', 'nxt-cloud-chat' ), 'assertive' );
				return;
			}
			await new Promise( ( done ) => setTimeout( done, wait ) );
		}
	}
}

/** Takes back a message that was not sent, to edit it. @return its text */
export function takeBack( id: number, ref: string ): string {
	const text = inbox.get().threads[ id ]?.outgoing.find( ( one ) => one.ref === ref )?.text ?? '';
	inbox.dispatch( { type: 'outgoing-dropped', id, ref } );
	keep( id );
	return text;
}

// --- live ---

async function refresh(): Promise< void > {
	const { selected, conversations } = inbox.get();
	await Promise.all( [ loadList( 'refresh' ), selected !== null && conversations[ selected ] && loadThread( selected ) ] );
}

/** Loads everything and keeps it current. @return stops it */
export function startInbox(): () => void {
	void loadList();
	const { selected } = inbox.get();
	if ( selected !== null ) {
		void openThread( selected );
	}
	const live = startLive( {
		access: boot.live,
		refresh,
		renew: api.fetchLive,
		now: serverNow,
		isVisible: () => ! document.hidden,
		fetch: ( url, init ) => window.fetch( url, init ),
	} );
	const onVisible = () => ! document.hidden && live.wake();
	document.addEventListener( 'visibilitychange', onVisible );
	window.addEventListener( 'online', onVisible );
	const unsubscribe = inbox.subscribe( () => showUnread( inbox.get().unreadTotal ) );
	return () => {
		live.stop();
		unsubscribe();
		document.removeEventListener( 'visibilitychange', onVisible );
		window.removeEventListener( 'online', onVisible );
	};
}
