import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { loadCsv } from './rules';

const wasm = () => new Response( readFileSync( `${ REPOSITORY }/build/wasm/csv.wasm` ), { headers: { 'Content-Type': 'text/plain' } } );

test( 'a failed load is tried again; a good one is kept, whatever type the server gives it', async () => {
	let asked = 0;
	const answers = [ () => Promise.reject( new TypeError( 'offline' ) ), async () => new Response( 'not found', { status: 404 } ), async () => wasm() ];
	const get = ( () => answers[ Math.min( asked++, 2 ) ]?.() ) as typeof fetch;
	await assert.rejects( loadCsv( get ), /offline/ );
	await assert.rejects( loadCsv( get ), /404/ );
	const [ one, two ] = await Promise.all( [ loadCsv( get ), loadCsv( get ) ] );
	assert.equal( one, two );
	assert.equal( asked, 3 );
} );

test( 'the file is read as the server will read it', async () => {
	const rules = await loadCsv( ( async () => wasm() ) as unknown as typeof fetch );
	const file = Uint8Array.from( Buffer.from( 'Name;Telefon;Stadt\r\nJürgen Groß;0151 23456789;Köln\r\nAnn;+49 30 123456;"Bad\r\nHomburg"\r\n', 'latin1' ) );
	const sniff = rules.csvSniff( file, { complete: true } );
	assert.deepEqual( [ sniff.encoding, sniff.delimiter, sniff.header ], [ 'windows-1252', ';', true ] );
	assert.deepEqual( sniff.columns.map( ( { name, guess } ) => [ name, guess ] ), [ [ 'Name', 'name' ], [ 'Telefon', 'phone' ], [ 'Stadt', null ] ] );
	assert.deepEqual( sniff.rows[ 0 ], [ 'Jürgen Groß', '0151 23456789', 'Köln' ] );
	const rows = rules.csvPreview( file, { encoding: sniff.encoding, delimiter: ';', header: true, region: 'DE', complete: true, fields: [], columns: [ { to: 'name' }, { to: 'phone' }, { to: null } ] } );
	assert.deepEqual( Object.fromEntries( rows[ 0 ]?.values ?? [] ).name, 'Jürgen Groß' );
} );
