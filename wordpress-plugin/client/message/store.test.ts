import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { HistoryMessage, MessageDetail } from '../core/types';
import { filtersFromQuery, initialHistory, noFilters, queryFromFilters, reduceHistory } from './store';

const item = ( id: number ) => ( { id } ) as HistoryMessage;

test( 'filters survive the way through the address', () => {
	const filters = { ...noFilters, state: 60, from: '2026-11-01', search: 'Käse & Brot', contact: 7 };
	const query = queryFromFilters( '?page=nxtchat-history&state=50&direction=2', filters );
	assert.match( query, /page=nxtchat-history/ );
	assert.doesNotMatch( query, /direction/ );
	assert.deepEqual( filtersFromQuery( query ), filters );
} );

test( 'nonsense in the address counts as not said', () => {
	assert.deepEqual( filtersFromQuery( '?state=abc&from=yesterday&contact=-3&account=1e9' ), noFilters );
} );

test( 'pages follow each other without repeats', () => {
	const first = reduceHistory( initialHistory, { type: 'loaded', page: { items: [ item( 3 ), item( 2 ) ], next: 'c' }, more: false } );
	const second = reduceHistory( first, { type: 'loaded', page: { items: [ item( 2 ), item( 1 ) ], next: null }, more: true } );
	assert.deepEqual( second.items.map( ( { id } ) => id ), [ 3, 2, 1 ] );
	assert.equal( second.next, null );
} );

test( 'the detail of a message that was closed meanwhile is dropped', () => {
	const open = reduceHistory( initialHistory, { type: 'open', id: 2 } );
	const late = reduceHistory( open, { type: 'detail', detail: { id: 1 } as MessageDetail } );
	assert.equal( late.detail, null );
	assert.equal( reduceHistory( late, { type: 'detail', detail: { id: 2 } as MessageDetail } ).detail?.id, 2 );
} );
