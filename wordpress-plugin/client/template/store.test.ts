import assert from 'node:assert/strict';
import { test } from 'node:test';

import { initialState, readRate, reduce, syncedMs } from './store';
import type { Template, TemplateDetail } from './types';

const some = ( id: number, synced_ms = 0 ) => ( { id, synced_ms } ) as Template;

test( 'the counts of the first page stay while later pages are shown', () => {
	let state = reduce( initialState, { type: 'list-loaded', key: '#/', page: { items: [ some( 1, 5 ), some( 2, 9 ) ], next: 'x', counts: { APPROVED: 2 } } } );
	assert.equal( syncedMs( state ), 9 );
	state = reduce( state, { type: 'list-loaded', key: '#/?cursor=x', page: { items: [ some( 3 ) ], next: null } } );
	assert.deepEqual( state.list.counts, { APPROVED: 2 } );
	assert.deepEqual( state.list.items.map( ( { id } ) => id ), [ 3 ] );
} );

test( 'a failure keeps the list that is shown', () => {
	const state = reduce( initialState, { type: 'list-loaded', key: '#/', page: { items: [ some( 1 ) ], next: null } } );
	const failed = reduce( reduce( state, { type: 'list-loading' } ), { type: 'list-failed', error: new Error( 'x' ) as never } );
	assert.equal( failed.list.items.length, 1 );
	assert.equal( failed.list.isLoading, false );
} );

test( 'a late answer does not replace the template that was opened after it', () => {
	const opened = reduce( reduce( initialState, { type: 'detail-opened', id: 1 } ), { type: 'detail-opened', id: 2 } );
	assert.equal( reduce( opened, { type: 'detail-loaded', id: 1, template: { id: 1 } as TemplateDetail } ), opened );
	assert.equal( reduce( opened, { type: 'detail-failed', id: 1, error: new Error( 'x' ) as never } ), opened );
	const loaded = reduce( opened, { type: 'detail-loaded', id: 2, template: { id: 2 } as TemplateDetail } );
	assert.equal( reduce( loaded, { type: 'detail-opened', id: 2 } ), loaded, 'loading again does not blank the page' );
} );

test( 'who reads has received: a rate is never over 100 %', () => {
	assert.equal( readRate( { delivered: 0, read: 0 } ), null );
	assert.equal( readRate( { delivered: 4, read: 1 } ), 0.25 );
	assert.equal( readRate( { delivered: 2, read: 3 } ), 1 );
} );

test( 'a sync counts all accounts, and a new one begins at nothing', () => {
	let state = reduce( initialState, { type: 'sync-started' } );
	state = reduce( state, { type: 'sync-step', seen: 50, changed: 3 } );
	state = reduce( state, { type: 'sync-done', atMs: 77 } );
	assert.deepEqual( [ state.sync.phase, state.sync.seen, syncedMs( state ) ], [ 'done', 50, 77 ] );
	assert.equal( reduce( state, { type: 'sync-started' } ).sync.seen, 0 );
} );
