import assert from 'node:assert/strict';
import { test } from 'node:test';

import { parseRoute, to } from './route';
import { changed, queryOf, viewOf } from './view';

test( 'each place has an address that leads back to it', () => {
	assert.deepEqual( parseRoute( to.template( 5 ) ), { place: 'template', id: 5, send: false } );
	assert.deepEqual( parseRoute( to.template( 5, { send: true } ) ), { place: 'template', id: 5, send: true } );
	assert.deepEqual( parseRoute( to.edit( 7 ) ), { place: 'edit', id: 7 } );
	assert.deepEqual( parseRoute( to.starters() ), { place: 'starters' } );
	assert.deepEqual( parseRoute( to.create( { starter: 'order_update' } ) ), { place: 'new', starter: 'order_update', from: null, language: '' } );
	assert.deepEqual( parseRoute( to.create( { from: 9, language: 'pt_BR' } ) ), { place: 'new', starter: '', from: 9, language: 'pt_BR' } );
	assert.deepEqual( parseRoute( to.list( { search: 'a&b' } ) ), { place: 'list', query: { search: 'a&b' } } );
} );

test( 'what is no place leads to the list', () => {
	for ( const hash of [ '', '#', '#/nonsense', '#/template/0', '#/template/x', '#/edit/1e3' ] ) {
		assert.equal( parseRoute( hash ).place, 'list', hash );
	}
} );

test( 'filters and order live in the address; nonsense counts as not said', () => {
	const view = viewOf( { status: 'REJECTED', language: 'pt_BR', category: '<x>', account: '0', sort: 'price', cursor: 'abc', search: ' order ' } );
	assert.deepEqual( view, { filters: { status: 'REJECTED', language: 'pt_BR', search: ' order ' }, sort: 'updated', cursor: 'abc' } );
	assert.deepEqual( viewOf( queryOf( view ) ), view );
	assert.deepEqual( changed( view, { filters: { status: '' } } ), { filters: { language: 'pt_BR', search: ' order ' }, sort: 'updated', cursor: '' }, 'other filters begin at the first page' );
} );
