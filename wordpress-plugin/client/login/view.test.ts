/** The parts of the login form's script (blocks/login/view.js) that need no page. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { runInNewContext } from 'node:vm';
import { gzipSync } from 'node:zlib';

type Countries = [ code: string, calling: string ][];
type Parts = {
	clock: ( ms: number ) => string;
	codeIn: ( text: string, digits: number ) => string;
	countryOf: ( text: string, countries: Countries, chosen: string ) => string;
};

const source = readFileSync( `${ REPOSITORY }/wordpress-plugin/blocks/login/view.js`, 'utf8' );
const scope: { nxtchatLogin?: Parts } = {};
runInNewContext( source, scope );
const { clock, codeIn, countryOf } = scope.nxtchatLogin as Parts;

const COUNTRIES: Countries = [
	[ 'AG', '1' ],
	[ 'CA', '1' ],
	[ 'DE', '49' ],
	[ 'GG', '44' ],
	[ 'GB', '44' ],
	[ 'KZ', '7' ],
	[ 'RU', '7' ],
	[ 'US', '1' ],
	[ 'AX', '358' ],
	[ 'FI', '358' ],
];

test( 'the script stays small', () => {
	assert.ok( gzipSync( source ).length <= 6 * 1024, `${ gzipSync( source ).length } bytes` );
} );

test( 'a pasted message gives its code', () => {
	assert.equal( codeIn( '123456 is your verification code. For your security, do not share this code.', 6 ), '123456' );
	assert.equal( codeIn( 'Dein Code: 123 456. Er gilt 5 Minuten.', 6 ), '123456' );
	assert.equal( codeIn( 'order 1234567, code 004211', 6 ), '004211' );
	assert.equal( codeIn( '*4711* is your code to log in to Shop. It is good for 5 minutes.', 4 ), '4711' );
	assert.equal( codeIn( '١٢٣٤٥٦', 6 ), '123456' );
	assert.equal( codeIn( '۱۲۳۴۵۶ کد شما', 6 ), '123456' );
	assert.equal( codeIn( '１２３４', 4 ), '1234' );
} );

test( 'typing digit by digit stays what was typed', () => {
	assert.equal( codeIn( '', 6 ), '' );
	assert.equal( codeIn( '12', 6 ), '12' );
	assert.equal( codeIn( '12a3', 6 ), '123' );
	assert.equal( codeIn( '1234567', 6 ), '123456' );
	assert.equal( codeIn( 'no digits', 6 ), '' );
} );

test( 'an international number picks its country, a national one none', () => {
	assert.equal( countryOf( '+49 151 5551234', COUNTRIES, 'US' ), 'DE' );
	assert.equal( countryOf( '0049 (0)151 5551234', COUNTRIES, 'US' ), 'DE' );
	assert.equal( countryOf( 'tel:+358-40-1234567', COUNTRIES, 'DE' ), 'FI' );
	assert.equal( countryOf( '٠٠٤٩١٥١', COUNTRIES, 'US' ), 'DE' );
	assert.equal( countryOf( '0151 5551234', COUNTRIES, 'DE' ), '' );
	assert.equal( countryOf( '+', COUNTRIES, 'DE' ), '' );
	assert.equal( countryOf( '+33 6 12345678', COUNTRIES, 'DE' ), '', 'not on the list' );
	assert.equal( countryOf( '+49', [], 'DE' ), '' );
} );

test( 'of several countries with one calling code the chosen one stays, else the one that is meant first', () => {
	assert.equal( countryOf( '+1 416 5551234', COUNTRIES, 'CA' ), 'CA' );
	assert.equal( countryOf( '+1 416 5551234', COUNTRIES, 'DE' ), 'US' );
	assert.equal( countryOf( '+44 7700 900123', COUNTRIES, 'DE' ), 'GB' );
	assert.equal( countryOf( '+7 912 3456789', COUNTRIES, 'DE' ), 'RU' );
	assert.equal( countryOf( '+7 701 1234567', [ [ 'KZ', '7' ] ], 'DE' ), 'KZ' );
} );

test( 'a countdown never shows less than nothing', () => {
	assert.deepEqual( [ 30_000, 59_001, 60_000, 65_500, 0, -5 ].map( clock ), [ '0:30', '1:00', '1:00', '1:06', '0:00', '0:00' ] );
} );
