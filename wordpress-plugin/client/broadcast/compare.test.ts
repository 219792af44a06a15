import assert from 'node:assert/strict';
import { test } from 'node:test';

import { isClear, isComparable, perReader, row, toggled } from './compare';
import { parseRoute, to } from './route';

const funnel = ( part: object ) => ( { audience: 1_000, sent: 1_000, delivered: 900, read: 500, replied: 0, clicked: 0, opted_out: 0, ...part } );

test( 'a step is a share of those it was sent to, the first of the audience', () => {
	const [ half ] = row( 'sent', [ funnel( { sent: 500 } ), funnel( {} ) ], true );
	assert.equal( half?.share, 0.5 );
	assert.deepEqual( row( 'read', [ funnel( { sent: 800, read: 200 } ), funnel( {} ) ], true ).map( ( { share, length } ) => [ share, length ] ), [ [ 0.25, 0.25 ], [ 0.5, 0.5 ] ] );
	assert.deepEqual( row( 'replied', [ funnel( { replied: 10 } ), funnel( { replied: 20 } ) ], false ).map( ( { length } ) => length ), [ 0.5, 1 ] );
} );

test( 'the best is the most, of opt-outs the fewest; equals share it', () => {
	const read = row( 'read', [ funnel( { read: 400 } ), funnel( { read: 600 } ), funnel( { read: 600 } ) ], true );
	assert.deepEqual( read.map( ( { isBest } ) => isBest ), [ false, true, true ] );
	assert.ok( Math.abs( ( read[ 0 ]?.behind ?? 0 ) + 0.2 ) < 1e-9 );
	const out = row( 'opted_out', [ funnel( { opted_out: 30 } ), funnel( { opted_out: 5 } ) ], false );
	assert.deepEqual( out.map( ( { isBest } ) => isBest ), [ false, true ] );
	assert.ok( ( out[ 0 ]?.behind ?? 0 ) > 0 );
} );

test( 'nothing is best where there is nothing to compare', () => {
	assert.deepEqual( row( 'read', [ funnel( {} ), funnel( {} ) ], true ).map( ( { isBest, behind, isChance } ) => [ isBest, behind, isChance ] ), [ [ false, null, false ], [ false, null, false ] ] );
	const unsent = row( 'read', [ funnel( { sent: 0, delivered: 0, read: 0 } ), funnel( {} ) ], true );
	assert.deepEqual( unsent.map( ( { share, isBest, behind } ) => [ share, isBest, behind ] ), [ [ null, false, null ], [ 0.5, false, null ] ] );
	assert.deepEqual( row( 'read', [], true ), [] );
} );

test( 'a small difference among few people may be chance, the same among many is none', () => {
	assert.equal( isClear( 10, 20, 12, 20 ), false );
	assert.equal( isClear( 10_000, 20_000, 12_000, 20_000 ), true );
	assert.equal( isClear( 0, 20, 0, 20 ), false );
	assert.deepEqual( row( 'read', [ funnel( { sent: 20, read: 10 } ), funnel( { sent: 20, read: 12 } ) ], true ).map( ( { isChance } ) => isChance ), [ true, false ] );
	assert.deepEqual( row( 'read', [ funnel( { read: 300 } ), funnel( { read: 500 } ) ], true ).map( ( { isChance } ) => isChance ), [ false, false ] );
} );

test( 'a reader has a price only where all messages have one', () => {
	const cost = { currency: 'EUR', amount: 50, unpriced: 0, billed: 900, free: 0, categories: [] };
	assert.equal( perReader( { funnel: funnel( {} ), cost } ), 0.1 );
	assert.equal( perReader( { funnel: funnel( {} ), cost: { ...cost, unpriced: 1 } } ), null );
	assert.equal( perReader( { funnel: funnel( {} ), cost: { ...cost, amount: null } } ), null );
	assert.equal( perReader( { funnel: funnel( { read: 0 } ), cost } ), null );
} );

test( 'choosing', () => {
	assert.deepEqual( toggled( [ 3, 5 ], 3 ), [ 5 ] );
	assert.deepEqual( toggled( [ 3 ], 5 ), [ 3, 5 ] );
	assert.deepEqual( [ 1, 2, 6, 7 ].map( isComparable ), [ false, true, true, false ] );
} );

test( 'the address names them in order, each once, and no more than are compared', () => {
	assert.equal( to.compare( [ 9, 7 ] ), '#/compare/9,7' );
	assert.deepEqual( parseRoute( '#/compare/9,7' ), { place: 'compare', ids: [ 9, 7 ] } );
	assert.deepEqual( parseRoute( '#/compare/9,x,9,0,1.5,-2' ), { place: 'compare', ids: [ 9 ] } );
	assert.deepEqual( parseRoute( '#/compare/1,2,3,4,5,6,7' ), { place: 'compare', ids: [ 1, 2, 3, 4, 5, 6 ] } );
	assert.deepEqual( parseRoute( '#/compare' ), { place: 'compare', ids: [] } );
} );
