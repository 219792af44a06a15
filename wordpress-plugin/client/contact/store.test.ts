import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { ContactItem, CountedPage } from '../core/types';
import { emptyList, reduceList, selectedCount } from './store';

const page = ( ...ids: number[] ): CountedPage< ContactItem > => ( {
	items: ids.map( ( id ) => ( { id } ) as ContactItem ),
	next: null,
	prev: null,
	count: { value: 1234, exact: true },
} );
const loaded = reduceList( emptyList( [] ), { type: 'loaded', key: '#/', page: page( 1, 2, 3 ) } );

test( 'a selection lasts as long as its page is shown', () => {
	const two = reduceList( loaded, { type: 'select', ids: [ 1, 3 ], isSelected: true } );
	assert.deepEqual( reduceList( two, { type: 'select', ids: [ 1 ], isSelected: false } ).selected, [ 3 ] );
	const again = reduceList( two, { type: 'loading', key: '#/' } );
	assert.deepEqual( again.selected, [ 1, 3 ] );
	assert.deepEqual( reduceList( again, { type: 'loaded', key: '#/', page: page( 3, 4 ) } ).selected, [ 3 ], 'who is gone is not selected' );
	assert.deepEqual( reduceList( two, { type: 'loading', key: '#/?search=a' } ).selected, [] );
} );

test( 'everybody who matches is more than the page, until one is taken out', () => {
	const all = reduceList( loaded, { type: 'select-matching' } );
	assert.equal( selectedCount( all ).value, 1234 );
	const fewer = reduceList( all, { type: 'select', ids: [ 2 ], isSelected: false } );
	assert.equal( fewer.isAllMatching, false );
	assert.equal( selectedCount( fewer ).value, 2 );
	assert.equal( reduceList( all, { type: 'loading', key: '#/?group=1' } ).isAllMatching, false, 'other filters are other people' );
} );

test( 'a failure keeps what is shown', () => {
	const failed = reduceList( reduceList( loaded, { type: 'loading', key: '#/' } ), { type: 'failed', error: new Error( 'x' ) as never } );
	assert.equal( failed.items.length, 3 );
	assert.equal( failed.isLoading, false );
} );

test( 'steps add up; a late one after the notice was dismissed changes nothing', () => {
	const run = { action: 'delete', done: 0, changed: 0, total: { value: 400, exact: true }, phase: 'running', error: null } as const;
	let state = reduceList( loaded, { type: 'bulk', run } );
	state = reduceList( state, { type: 'bulk-step', done: 200, changed: 200 } );
	state = reduceList( state, { type: 'bulk-step', done: 150, changed: 20 } );
	assert.equal( state.bulk?.done, 350 );
	assert.equal( state.bulk?.changed, 220 );
	const closed = reduceList( state, { type: 'bulk', run: null } );
	assert.equal( reduceList( closed, { type: 'bulk-step', done: 1, changed: 1 } ), closed );
} );
