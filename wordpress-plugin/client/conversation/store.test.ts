import assert from 'node:assert/strict';
import { test } from 'node:test';

import { ApiError } from '../core/error';
import { Direction, MessageType, Origin, State } from '../core/enums';
import type { Conversation, ConversationPage, Message } from '../core/types';
import { arrived, initialInbox, mergeMessages, reduceInbox, type InboxAction, type InboxState, type Outgoing } from './store';

const message = ( id: number, change: Partial< Message > = {} ): Message => ( {
	id,
	conversation_id: 1,
	account_id: 1,
	direction: Direction.OUT,
	type: MessageType.TEXT,
	type_name: 'text',
	state: State.SENT,
	state_name: 'sent',
	ref: `REF${ id }`,
	wamid: `wamid.${ id }`,
	text: `text ${ id }`,
	html: '',
	edited: false,
	revoked: false,
	reply_to: '',
	quote: null,
	media: null,
	reactions: [],
	error: null,
	at_ms: id * 1000,
	sent_ms: 0,
	delivered_ms: 0,
	read_ms: 0,
	played_ms: 0,
	failed_ms: 0,
	origin: Origin.STAFF,
	author: null,
	...change,
} );

const conversation = ( id: number, lastMs: number, unread = 0 ): Conversation => ( {
	id,
	account_id: 1,
	contact: { id, name: `C${ id }`, phone: '', username: '' },
	unread,
	last_ms: lastMs,
	window_until_ms: 0,
	last: null,
} );

const page = ( items: Conversation[], next: string | null, unread = 0 ): ConversationPage => ( {
	items,
	next,
	unread_total: unread,
	live: 1,
} );

const play = ( actions: InboxAction[], from: InboxState = initialInbox ): InboxState => actions.reduce( reduceInbox, from );

const outgoing = ( ref: string ): Outgoing => ( { ref, text: 'hi', reply: null, at_ms: 9000, phase: 'sending', error: null } );

test( 'states only move forward, whatever the order of the answers', () => {
	const states = [ State.QUEUED, State.SENT, State.DELIVERED, State.READ ];
	for ( const first of states ) {
		for ( const second of states ) {
			const merged = mergeMessages( [ message( 1, { state: first } ) ], [ message( 1, { state: second } ) ] );
			assert.equal( merged[ 0 ]?.state, Math.max( first, second ) );
		}
	}
} );

test( 'merging sorts by time and keeps the list when nothing changed', () => {
	const known = [ message( 1 ), message( 3 ) ];
	assert.deepEqual( mergeMessages( known, [ message( 2 ) ] ).map( ( { id } ) => id ), [ 1, 2, 3 ] );
	assert.equal( mergeMessages( known, [ message( 3 ) ] ), known );
} );

test( 'an outgoing message goes when the server shows its ref, by answer or by refresh', () => {
	const start = play( [
		{ type: 'thread-loaded', id: 1, page: { items: [ message( 1 ) ], next: null }, mode: 'latest' },
		{ type: 'outgoing', id: 1, outgoing: outgoing( 'A' ) },
		{ type: 'outgoing', id: 1, outgoing: outgoing( 'B' ) },
	] );
	assert.equal( start.threads[ 1 ]?.outgoing.length, 2 );
	const answered = play( [ { type: 'sent', id: 1, message: message( 2, { ref: 'A' } ) } ], start );
	assert.deepEqual( answered.threads[ 1 ]?.outgoing.map( ( { ref } ) => ref ), [ 'B' ] );
	const refreshed = play(
		[ { type: 'thread-loaded', id: 1, page: { items: [ message( 1 ), message( 2, { ref: 'A' } ), message( 3, { ref: 'B' } ) ], next: null }, mode: 'latest' } ],
		answered
	);
	assert.deepEqual( refreshed.threads[ 1 ]?.outgoing, [] );
	assert.equal( refreshed.threads[ 1 ]?.messages.length, 3 );
} );

test( 'a failed request keeps the text and the ref', () => {
	const error = new ApiError( 'network', 'network', 'gone' );
	const state = play( [
		{ type: 'outgoing', id: 1, outgoing: outgoing( 'A' ) },
		{ type: 'outgoing-phase', id: 1, ref: 'A', phase: 'waiting', error },
	] );
	assert.deepEqual( state.threads[ 1 ]?.outgoing, [ { ...outgoing( 'A' ), phase: 'waiting', error } ] );
} );

test( 'older messages come before, a gap begins anew', () => {
	const latest = play( [ { type: 'thread-loaded', id: 1, page: { items: [ message( 10 ), message( 11 ) ], next: 'c10' }, mode: 'latest' } ] );
	const older = play( [ { type: 'thread-loaded', id: 1, page: { items: [ message( 8 ), message( 9 ) ], next: null }, mode: 'older' } ], latest );
	assert.deepEqual( older.threads[ 1 ]?.messages.map( ( { id } ) => id ), [ 8, 9, 10, 11 ] );
	assert.equal( older.threads[ 1 ]?.next, null );
	const joined = play( [ { type: 'thread-loaded', id: 1, page: { items: [ message( 11 ), message( 12 ) ], next: 'c11' }, mode: 'latest' } ], older );
	assert.deepEqual( joined.threads[ 1 ]?.messages.map( ( { id } ) => id ), [ 8, 9, 10, 11, 12 ] );
	assert.equal( joined.threads[ 1 ]?.next, null, 'what is loaded below stays loaded' );
	const gap = play( [ { type: 'thread-loaded', id: 1, page: { items: [ message( 90 ), message( 91 ) ], next: 'c90' }, mode: 'latest' } ], older );
	assert.deepEqual( gap.threads[ 1 ]?.messages.map( ( { id } ) => id ), [ 90, 91 ] );
	assert.equal( gap.threads[ 1 ]?.next, 'c90' );
} );

test( 'a refresh of the list reorders, removes what left, keeps deeper pages and what is open', () => {
	const start = play( [
		{ type: 'list-loaded', page: page( [ conversation( 5, 50, 1 ), conversation( 4, 40, 1 ) ], 'p2', 2 ), mode: 'replace' },
		{ type: 'list-loaded', page: page( [ conversation( 3, 30 ), conversation( 2, 20 ) ], 'p3', 2 ), mode: 'more' },
	] );
	assert.deepEqual( start.ids, [ 5, 4, 3, 2 ] );
	const moved = play( [ { type: 'list-loaded', page: page( [ conversation( 2, 60, 1 ), conversation( 5, 50, 1 ) ], 'p2', 3 ), mode: 'refresh' } ], start );
	assert.deepEqual( moved.ids, [ 2, 5, 4, 3 ] );
	assert.equal( moved.next, 'p3' );
	assert.equal( moved.unreadTotal, 3 );
	const left = play( [ { type: 'list-loaded', page: page( [ conversation( 5, 50, 1 ) ], null, 1 ), mode: 'refresh' } ], start );
	assert.deepEqual( left.ids, [ 5 ] );
	const open = play( [ { type: 'select', id: 4 }, { type: 'list-loaded', page: page( [ conversation( 5, 50, 1 ) ], null, 1 ), mode: 'refresh' } ], start );
	assert.deepEqual( open.ids, [ 5, 4 ] );
} );

test( 'reading counts a conversation once', () => {
	const start = play( [ { type: 'list-loaded', page: page( [ conversation( 5, 50, 7 ) ], null, 3 ), mode: 'replace' } ] );
	const read = play( [ { type: 'read', id: 5 }, { type: 'read', id: 5 } ], start );
	assert.equal( read.unreadTotal, 2 );
	assert.equal( read.conversations[ 5 ]?.unread, 0 );
} );

test( 'arrivals are inbound, new, and never the first load', () => {
	const load = ( items: Message[] ): InboxAction => ( { type: 'thread-loaded', id: 1, page: { items, next: null }, mode: 'latest' } );
	const inbound = message( 2, { direction: Direction.IN, state: State.RECEIVED } );
	const before = play( [ load( [ message( 1 ) ] ) ] );
	const after = play( [ load( [ message( 1 ), inbound, message( 3 ) ] ) ], before );
	assert.deepEqual( arrived( before.threads[ 1 ], after.threads[ 1 ] ), [ inbound ] );
	assert.deepEqual( arrived( undefined, after.threads[ 1 ] ), [] );
} );
