import assert from 'node:assert/strict';
import { test } from 'node:test';

import { href, parseRoute } from './route';

test( 'addresses survive the way there and back', () => {
	for ( const [ hash, tab, id ] of [
		[ '#/', 'contacts', null ],
		[ '#/contact/5', 'contacts', 5 ],
		[ '#/groups', 'groups', null ],
		[ '#/segments/3', 'segments', 3 ],
		[ '#/import/7', 'import', 7 ],
		[ '#/fields', 'fields', null ],
		[ '#/consent', 'consent', null ],
	] as const ) {
		assert.deepEqual( parseRoute( hash ), { tab, id, query: {} } );
		assert.equal( href( tab, id ), hash );
	}
	const query = { search: 'Käse & Brot?', group: '3' };
	assert.deepEqual( parseRoute( href( 'contacts', null, query ) ).query, query );
} );

test( 'what makes no sense leads to the list', () => {
	for ( const hash of [ '', '#', '#/nothing', '#/contact/', '#/contact/-1', '#/contact/1e9', '#/contact/abc', '#/contacts' ] ) {
		assert.deepEqual( parseRoute( hash ), { tab: 'contacts', id: null, query: {} }, hash );
	}
	assert.equal( parseRoute( '#/segments/x' ).id, null );
	assert.deepEqual( parseRoute( '#/?search=&group=0' ).query, { group: '0' } );
	assert.equal( href( 'contacts', null, { search: '', group: 0, cursor: null } ), '#/' );
} );
