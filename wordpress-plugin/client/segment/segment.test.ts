import assert from 'node:assert/strict';
import { test } from 'node:test';

import { withTexts } from '../core/text';
import type { Segment } from '../core/types';
import type { SchemaField } from './api';
import { examples } from './examples';
import { initialSegments, reduceSegments } from './store';
import { add, change, countLeaves, emptyLeaf, fromDraft, isComplete, rowOf, toDraft, withField, withOperator, type DraftLeaf } from './tree';

const fields: SchemaField[] = [
	{
		field: 'last_in',
		label: 'Wrote',
		group: 'Activity',
		type: 'last',
		operators: [
			{ operator: 'within_days', label: 'in the last', input: 'days' },
			{ operator: 'not_within_days', label: 'not in the last', input: 'days' },
			{ operator: 'before', label: 'before', input: 'date' },
			{ operator: 'never', label: 'never', input: 'none' },
		],
	},
	{
		field: 'consent.marketing',
		label: 'Marketing',
		group: 'Consent',
		type: 'state',
		operators: [ { operator: 'is', label: 'is', input: 'choices' } ],
		choices: [ { value: 'granted', label: 'Subscribed' } ],
	},
	{ field: 'woo.spent', label: 'Spent', group: 'Shop', type: 'amount', operators: [ { operator: 'between', label: 'between', input: 'range' } ] },
];

const stored = {
	match: 'all',
	conditions: [
		{ field: 'last_in', operator: 'within_days', value: 30 },
		{ match: 'any', conditions: [ { field: 'consent.marketing', operator: 'is', value: [ 'granted' ] }, { field: 'last_in', operator: 'never' } ] },
	],
};

test( 'what is stored comes back unchanged, and nonsense does not throw', () => {
	assert.deepEqual( fromDraft( toDraft( stored ) ), stored );
	assert.deepEqual( fromDraft( toDraft( null ) ), { match: 'all', conditions: [] } );
	assert.deepEqual( fromDraft( toDraft( { conditions: [ 5, null ] } ) ).conditions.length, 2 );
} );

test( 'rows are changed, added and removed by their path; an emptied group goes', () => {
	const draft = toDraft( stored );
	assert.equal( countLeaves( draft ), 3 );
	const changed = change( draft, [ 1, 0 ], ( leaf ) => ( { ...( leaf as DraftLeaf ), value: [] } ) );
	assert.deepEqual( fromDraft( changed ).conditions[ 1 ], { match: 'any', conditions: [ { field: 'consent.marketing', operator: 'is', value: [] }, { field: 'last_in', operator: 'never' } ] } );
	assert.equal( countLeaves( add( draft, [ 1 ], emptyLeaf() ) ), 4 );
	const one = change( draft, [ 1, 1 ], () => null );
	assert.equal( countLeaves( one ), 2 );
	assert.equal( change( one, [ 1, 0 ], () => null ).conditions.length, 1 );
	assert.equal( countLeaves( draft ), 3, 'the draft itself stays as it was' );
} );

test( 'a row keeps what fits when its field or operator changes', () => {
	const row = withField( emptyLeaf(), fields[ 0 ] );
	assert.deepEqual( [ row.operator, row.value ], [ 'within_days', 30 ] );
	const seven = { ...row, value: 7 };
	assert.equal( withOperator( seven, fields[ 0 ] as SchemaField, 'not_within_days' ).value, 7 );
	assert.equal( withOperator( seven, fields[ 0 ] as SchemaField, 'before' ).value, '' );
	assert.equal( withOperator( seven, fields[ 0 ] as SchemaField, 'never' ).value, null );
	assert.deepEqual( withField( seven, fields[ 2 ] ).value, [ '', '' ] );
} );

test( 'nothing is counted before each row is filled in', () => {
	const is = ( field: string, operator: string, value?: unknown ) => isComplete( toDraft( { conditions: [ { field, operator, value } ] } ), fields );
	assert.ok( is( 'last_in', 'within_days', 30 ) );
	assert.ok( is( 'last_in', 'never' ) );
	assert.ok( is( 'woo.spent', 'between', [ 0, 10 ] ) );
	assert.ok( ! is( 'last_in', 'within_days', '' ) );
	assert.ok( ! is( 'consent.marketing', 'is', [] ) );
	assert.ok( ! is( 'woo.spent', 'between', [ 0, '' ] ) );
	assert.ok( ! is( '', '' ) );
	assert.ok( is( 'field.gone', 'is', 'x' ), 'a field that is gone: the server tells at this row' );
	assert.ok( ! isComplete( toDraft( {} ), fields ) );
} );

test( 'a problem finds its row', () => {
	assert.equal( rowOf( 'conditions[1].value' ), '1' );
	assert.equal( rowOf( 'conditions.conditions[1].conditions[0].value[2]' ), '1.0' );
	assert.equal( rowOf( 'name' ), '' );
} );

test( 'only examples that this site can answer are offered', () => {
	assert.deepEqual( examples( fields, 'DE' ).map( ( { key } ) => key ), [ 'active' ] );
	for ( const { conditions } of examples( fields, 'DE' ) ) {
		assert.ok( isComplete( toDraft( conditions ), fields ) );
	}
} );

test( 'typed lists: separators, doubles, blanks', () => {
	assert.deepEqual( withTexts( [ 'Stop' ], ' stop ,  no   more; ENDE\nende' ), [ 'Stop', 'no more', 'ENDE' ] );
	const same = [ 'a' ];
	assert.equal( withTexts( same, ' , A ' ), same );
} );

test( 'the list stays sorted by name', () => {
	const segment = ( id: number, name: string ) => ( { id, name } ) as Segment;
	const state = [ segment( 1, 'b' ), segment( 2, 'a' ), segment( 1, 'c' ) ].reduce(
		( now, one ) => reduceSegments( now, { type: 'saved', segment: one } ),
		initialSegments
	);
	assert.deepEqual( state.segments?.map( ( { name } ) => name ), [ 'a', 'c' ] );
} );
