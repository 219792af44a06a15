import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { Rates } from './api';
import { pricesOf, readPrice, rowsOf, wrongFields } from './rows';

const rates: Rates = { currency: 'EUR', rates: { authentication: { 'US': 0, '*': 0.03, 'DE': 0.0768 }, utility: { FR: 0.02 }, marketing: {}, service: {} } };
const name = ( country: string ) => ( { US: 'United States', DE: 'Germany', FR: 'France' } )[ country ] ?? country;

test( 'prices are read as people write them', () => {
	assert.equal( readPrice( '0,0768' ), 0.0768 );
	assert.equal( readPrice( ' 0.05 ' ), 0.05 );
	assert.equal( readPrice( '.5' ), 0.5 );
	assert.equal( readPrice( '0' ), 0 );
	assert.equal( readPrice( '' ), null );
	for ( const wrong of [ 'five', '-1', '1.2.3', '1,000.5', '1e3', '0.1234567' ] ) {
		assert.ok( Number.isNaN( readPrice( wrong ) ), wrong );
	}
} );

test( 'countries stand by their names, all others last, and there is always a row for them', () => {
	assert.deepEqual( rowsOf( rates, [ 'authentication' ], name ).map( ( { country } ) => country ), [ 'DE', 'US', '*' ] );
	assert.deepEqual( rowsOf( rates, [ 'authentication', 'utility' ], name ).map( ( { country } ) => country ), [ 'FR', 'DE', 'US', '*' ] );
	assert.deepEqual( rowsOf( rates, [ 'marketing' ], name ), [ { country: '*', texts: { marketing: '' } } ] );
} );

test( 'what is typed comes back as it was, an empty field as no price', () => {
	const rows = rowsOf( rates, [ 'authentication' ], name );
	assert.deepEqual( pricesOf( rows, 'authentication' ), rates.rates.authentication );
	rows[ 0 ]!.texts.authentication = '';
	assert.deepEqual( pricesOf( rows, 'authentication' ), { 'US': 0, '*': 0.03 } );
	rows[ 1 ]!.texts.authentication = 'cheap';
	assert.deepEqual( wrongFields( rows, [ 'authentication' ] ), [ 'rates.authentication.US' ] );
} );
