import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { LoginData, Settings } from './api';
import { bars, partsOf, roundUp, sumOf } from './bars';
import { changes, merged, parseTab, settingsOf, tabOf, undoOf, withValue } from './settings';

const settings = { enabled: false, digits: 6, countries: [ 'DE' ], budgets: { number: [ 2, 5, 10 ] }, migrate: { enabled: false, until: '' } } as unknown as Settings;

test( 'only what changed is sent, and undoing it sends what was there', () => {
	assert.deepEqual( changes( settings, { ...settings } ), {} );
	const after = { ...settings, digits: 8, countries: [ 'DE' ], migrate: { ...settings.migrate, until: '2027-01-01' } };
	const change = changes( settings, after );
	assert.deepEqual( Object.keys( change ), [ 'digits', 'migrate' ] );
	assert.deepEqual( undoOf( settings, change ), { digits: 6, migrate: settings.migrate } );
} );

test( 'what a colleague saved comes in beside what is being edited', () => {
	const draft = { ...settings, digits: 8 };
	const now = { ...settings, countries: [ 'DE', 'FR' ], digits: 7 };
	assert.deepEqual( merged( draft, settings, now ), { ...settings, digits: 8, countries: [ 'DE', 'FR' ] } );
} );

test( 'settings are told apart from what comes with them', () => {
	const data = { ...settings, defaults: settings, missing: [], template: {}, facts: {} } as unknown as LoginData;
	assert.deepEqual( settingsOf( data ), settings );
} );

test( 'addresses name a tab, mistakes too', () => {
	assert.equal( parseTab( '' ), 'overview' );
	assert.equal( parseTab( '#/security' ), 'security' );
	assert.equal( parseTab( '#/security?x=1' ), 'security' );
	assert.equal( parseTab( '#/nowhere' ), 'overview' );
	assert.equal( tabOf( 'migrate.until' ), 'migration' );
	assert.equal( tabOf( 'proxies.0' ), 'security' );
	assert.equal( tabOf( 'budgets[number][0]' ), 'security' );
	assert.equal( tabOf( 'redirect' ), 'form' );
} );

test( 'a value of its own stands among the choices', () => {
	assert.deepEqual( withValue( [ 60, 300 ], 90 ), [ 60, 90, 300 ] );
	assert.deepEqual( withValue( [ 60, 300 ], 300 ), [ 60, 300 ] );
} );

const day = ( request: number, success: number, refusals: Record< string, number > = {} ) => ( { request, success, refusals } );

test( 'a day is split into logins, codes nobody used, and refusals', () => {
	assert.deepEqual( partsOf( day( 10, 7, { ip: 2 } ) ), { success: 7, unused: 3, refused: 2 } );
	// A number that nobody has is refused after its request was counted: it is one request, not two.
	assert.deepEqual( partsOf( day( 10, 7, { unknown: 2, country: 1 } ) ), { success: 7, unused: 1, refused: 3 } );
	// Wrong codes belong to a request that is counted.
	assert.deepEqual( partsOf( day( 1, 1, { code: 4, attempt: 1 } ) ), { success: 1, unused: 0, refused: 0 } );
	// A login by a word, or on the day after its code: there is no less than nothing.
	assert.deepEqual( partsOf( day( 1, 3 ) ), { success: 3, unused: 0, refused: 0 } );
	assert.equal( sumOf( { success: 7, unused: 3, refused: 2 } ), 12 );
} );

test( 'the scale ends at a round number that holds everything', () => {
	for ( const [ value, round ] of [ [ 0, 4 ], [ 3, 4 ], [ 5, 5 ], [ 11, 20 ], [ 20, 20 ], [ 21, 40 ], [ 99, 100 ], [ 101, 200 ], [ 4200, 5000 ] ] as const ) {
		assert.equal( roundUp( value ), round );
	}
} );

test( 'bars fill the field and stay in it', () => {
	const made = bars( [ day( 0, 0 ), day( 8, 6, { ip: 12 } ), day( 1, 1 ) ], 20, 300, 100 );
	assert.equal( made.length, 3 );
	assert.deepEqual( made[ 0 ]?.segments, [] );
	assert.deepEqual( made[ 1 ]?.segments.map( ( { part, y, height } ) => [ part, y, height ] ), [ [ 'success', 70, 30 ], [ 'unused', 60, 10 ], [ 'refused', 0, 60 ] ] );
	const last = made[ 2 ];
	assert.ok( last && last.x + last.width <= 300 );
	assert.ok( bars( [ day( 0, 0, { ip: 1 } ) ], 5000, 10, 100 )[ 0 ]?.segments[ 0 ]?.height === 1, 'one refusal among thousands is seen' );
} );
