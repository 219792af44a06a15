import assert from 'node:assert/strict';
import { test } from 'node:test';

import { changed, isFiltered, queryOf, splitField, viewOf } from './view';

test( 'a view survives the way through the address', () => {
	const view = viewOf( { search: 'Käse & Brot', group: '7', marketing: 'granted', field: 'city:Bad: Tölz', sort: 'name', order: 'desc', cursor: 'abc' } );
	assert.deepEqual( viewOf( queryOf( view ) ), view );
	assert.deepEqual( queryOf( viewOf( {} ) ), {} );
	assert.deepEqual( queryOf( viewOf( { sort: 'name', order: 'asc' } ) ), { sort: 'name' } );
	assert.deepEqual( queryOf( viewOf( { sort: 'added', order: 'asc' } ) ), { sort: 'added', order: 'asc' } );
} );

test( 'nonsense in the address counts as not said', () => {
	assert.deepEqual(
		viewOf( { group: 'x', marketing: 'maybe', country: 'Germany', heard: '8d', field: 'no colon', sort: 'phone', order: 'up', last: 'yes' } ),
		{ filters: {}, sort: 'added', order: 'desc', cursor: '', last: false }
	);
} );

test( 'another filter begins at the first page; an empty one is taken away', () => {
	const view = viewOf( { group: '7', search: 'a', cursor: 'abc', sort: 'name' } );
	assert.deepEqual( changed( view, { filters: { group: '', heard: '7d' } } ), {
		filters: { search: 'a', heard: '7d' },
		sort: 'name',
		order: 'asc',
		cursor: '',
		last: false,
	} );
	assert.equal( isFiltered( view ), true );
	assert.equal( isFiltered( viewOf( { cursor: 'x' } ) ), false );
} );

test( 'the field filter keeps colons of the value', () => {
	assert.deepEqual( splitField( 'city:Bad: Tölz' ), { name: 'city', value: 'Bad: Tölz' } );
	assert.deepEqual( splitField( undefined ), { name: '', value: '' } );
} );
