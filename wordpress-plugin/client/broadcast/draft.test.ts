import assert from 'node:assert/strict';
import { test } from 'node:test';

import { byStep, firstOpen, part, pieces, speed, stepOf, withLook } from './draft';
import { parseRoute, to } from './route';

const at = ( path: string ) => ( { path, message: 'x' } );

test( 'a problem is mended at the step where its field is', () => {
	assert.equal( stepOf( at( 'template' ) ), 'message' );
	assert.equal( stepOf( at( 'values.body.1' ) ), 'message' );
	assert.equal( stepOf( at( 'ab.template' ) ), 'message' );
	assert.equal( stepOf( at( 'audience.groups[0]' ) ), 'people' );
	assert.equal( stepOf( at( 'exclude.got[1]' ) ), 'people' );
	assert.equal( stepOf( at( 'schedule.at' ) ), 'when' );
	assert.equal( byStep( [ at( 'audience' ), at( 'schedule.at' ) ] ).people.length, 1 );
	assert.equal( firstOpen( [ at( 'schedule.at' ), at( 'audience' ) ] ), 'people' );
	assert.equal( firstOpen( [] ), 'check' );
} );

test( 'a file goes in pieces, empty lines left out', () => {
	assert.deepEqual( pieces( '1\r\n\n2\r3\n', 2 ), [ '1\n2', '3' ] );
	assert.deepEqual( pieces( ' \n', 2 ), [] );
} );

test( 'speed and share', () => {
	assert.equal( speed( [ [ 0, 5 ] ] ), null );
	assert.equal( speed( [ [ 0, 0 ], [ 500, 5 ] ] ), null );
	assert.equal( speed( [ [ 0, 0 ], [ 2_000, 100 ] ] ), 50 );
	assert.deepEqual( withLook( [ [ 0, 0 ], [ 9_000, 1 ] ], [ 10_000, 2 ], 5_000 ), [ [ 9_000, 1 ], [ 10_000, 2 ] ] );
	const counts = { waiting: 5, sending: 0, unknown: 0, sent: 5, delivered: 0, read: 0, failed: 0, skipped: 0, done: 5, all: 10 };
	assert.equal( part( counts, 10 ), 0.5 );
	assert.equal( part( { ...counts, done: 0, all: 0 }, 0 ), 0 );
} );

test( 'addresses', () => {
	assert.deepEqual( parseRoute( to.broadcast( 5 ) ), { place: 'broadcast', id: 5 } );
	assert.deepEqual( parseRoute( '#/broadcast/x' ), { place: 'list', query: {} } );
	assert.deepEqual( parseRoute( to.list( { state: 'running' } ) ), { place: 'list', query: { state: 'running' } } );
} );
