import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { Group } from '../core/types';
import { nameFromLabel, readChoices } from './field';
import { noDirectory, reduceDirectory } from './directory';

test( 'a field’s name comes from its label', () => {
	assert.equal( nameFromLabel( 'Kunde seit' ), 'kunde_seit' );
	assert.equal( nameFromLabel( ' Größe (cm) ' ), 'grosse_cm' );
	assert.equal( nameFromLabel( '2nd phone' ), 'nd_phone' );
	assert.equal( nameFromLabel( 'Город' ), '' );
	assert.equal( nameFromLabel( 'a'.repeat( 63 ) + ' b' ), 'a'.repeat( 63 ) );
	for ( const label of [ 'Kunde seit', '__x__', '9', 'É', 'a  --  b' ] ) {
		assert.match( nameFromLabel( label ), /^([a-z][a-z0-9_]{0,63})?$/ );
	}
} );

test( 'choices are lines without repeats', () => {
	assert.deepEqual( readChoices( ' Berlin \n\nBonn\r\nBerlin\n' ), [ 'Berlin', 'Bonn' ] );
	assert.deepEqual( readChoices( ' \n ' ), [] );
} );

test( 'a list that loads forgets its failure and no other', () => {
	let state = reduceDirectory( noDirectory, { type: 'failed', what: 'groups', error: new Error() as never } );
	state = reduceDirectory( state, { type: 'failed', what: 'fields', error: new Error() as never } );
	state = reduceDirectory( state, { type: 'loaded', what: 'groups', items: [ { id: 1 } as Group ] } );
	assert.deepEqual( Object.keys( state.errors ), [ 'fields' ] );
	assert.equal( state.groups?.length, 1 );
	assert.equal( state.fields, null );
} );
