import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { ContactFull, LogItem } from '../core/types';
import { difference, emptyDraft } from './draft';
import { changesOf, noPage, reducePage } from './page-store';

const entry = ( id: number ) => ( { id } ) as LogItem;

test( 'answers about a person who is no longer shown are dropped', () => {
	const open = reducePage( noPage, { type: 'open', id: 2 } );
	assert.equal( reducePage( open, { type: 'contact', id: 1, contact: {} as ContactFull } ).contact, null );
	const shown = reducePage( open, { type: 'contact', id: 2, contact: { id: 2 } as ContactFull } );
	assert.equal( shown.contact?.id, 2 );
	assert.equal( reducePage( shown, { type: 'open', id: 2 } ), shown, 'the same person stays' );
	assert.equal( reducePage( shown, { type: 'open', id: 3 } ).contact, null );
} );

test( 'a part that failed and then loads forgets its failure, not that of the others', () => {
	let state = reducePage( noPage, { type: 'open', id: 2 } );
	state = reducePage( state, { type: 'failed', id: 2, part: 'log', error: new Error() as never } );
	state = reducePage( state, { type: 'failed', id: 2, part: 'messages', error: new Error() as never } );
	state = reducePage( state, { type: 'log', id: 2, items: [ entry( 9 ) ], next: 'c', more: false } );
	assert.deepEqual( Object.keys( state.errors ), [ 'messages' ] );
	state = reducePage( state, { type: 'log', id: 2, items: [ entry( 9 ), entry( 8 ) ], next: null, more: true } );
	assert.deepEqual( state.log?.map( ( { id } ) => id ), [ 9, 8 ] );
} );

test( 'an edit tells each field, custom fields one by one', () => {
	assert.deepEqual( changesOf( { before: { name: '', fields: { city: 'Köln' } }, after: { name: 'Anna', fields: { city: 'Bonn', vip: '1' } } } ), [
		{ what: 'name', before: '', after: 'Anna' },
		{ what: 'fields.city', before: 'Köln', after: 'Bonn' },
		{ what: 'fields.vip', before: '', after: '1' },
	] );
	assert.deepEqual( changesOf( null ), [] );
	assert.deepEqual( changesOf( { before: [], after: 'x' } ), [] );
} );

test( 'only what was changed is sent', () => {
	const before = { ...emptyDraft, name: 'Anna', fields: { city: 'Köln' } };
	assert.deepEqual( difference( before, { ...before } ), {} );
	assert.deepEqual( difference( before, { ...before, name: ' Anna ', fields: { city: 'Bonn', vip: '' } } ), { fields: { city: 'Bonn' } } );
	assert.deepEqual( difference( before, { ...before, name: '', fields: { city: '' } } ), { name: '', fields: { city: '' } } );
	assert.deepEqual( difference( emptyDraft, { ...emptyDraft, phone: '+49', groups: [ 3 ] } ), { phone: '+49', groups: [ 3 ] } );
} );
