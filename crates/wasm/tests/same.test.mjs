/**
 * The WebAssembly answers byte for byte as the native rules do: on the corpus, and on templates made by chance.
 *
 * Needs build/wasm (tools/wasm.sh). NXTCHAT_MADE: how many templates are made, 5,000 by default.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { FUNCTIONS, instantiate } from '../core.mjs';

const root = join( fileURLToPath( new URL( '.', import.meta.url ) ), '../../..' );
const built = join( root, 'build/wasm' );
const rules = await instantiate( readFileSync( join( built, 'core.wasm' ) ) );
const encoder = new TextEncoder();

/** Templates made by chance in one go; the native program answers them as one text. */
const CHUNK = 5000;
const MADE = Number( process.env.NXTCHAT_MADE ?? 5000 );

function native( args, input ) {
	const run = spawnSync( join( built, 'native' ), args, { input, maxBuffer: 1 << 30 } );
	assert.equal( run.status, 0, run.stderr?.toString() );
	return run.stdout;
}

/** Lines as bytes, without copying. */
function* lines( bytes ) {
	for ( let start = 0, end; ( end = bytes.indexOf( 10, start ) ) >= 0; start = end + 1 ) {
		yield bytes.subarray( start, end );
	}
}

/** Asks both and compares; the number of questions. */
function compare( questions ) {
	const answers = lines( native( [ 'answer' ], questions ) );
	let count = 0;
	for ( const question of lines( questions ) ) {
		const space = question.indexOf( 32 );
		const here = rules.answer( Number( question.subarray( 0, space ).toString() ), question.subarray( space + 1 ) );
		const there = answers.next().value;
		if ( Buffer.compare( here, there ) !== 0 ) {
			assert.fail( `${ question }\nwasm:   ${ Buffer.from( here ) }\nnative: ${ there }` );
		}
		count++;
	}
	assert.equal( answers.next().done, true );
	return count;
}

function corpus( name ) {
	const text = readFileSync( join( root, 'crates/core/tests/fixtures/templates', name ), 'utf8' );
	return text.trim().split( '\n' ).map( ( line ) => JSON.parse( line ) );
}

test( 'the corpus: as the rules want it, and the same as native', () => {
	const questions = [];
	for ( const { template } of corpus( 'good.jsonl' ) ) {
		assert.deepEqual( rules.templateCheck( template ), [] );
		questions.push( [ 1, template ], [ 2, template ], [ 3, { template, values: {} } ], [ 4, { template, values: {} } ], [ 5, { template } ] );
	}
	for ( const { template, rule, place, severity } of corpus( 'broken.jsonl' ) ) {
		const found = rules.templateCheck( template ).map( ( problem ) => [ problem.rule, problem.place, problem.severity ] );
		assert.deepEqual( found, [ [ rule, place, severity ] ] );
		questions.push( [ 1, template ], [ 2, template ], [ 3, { template, values: {} } ], [ 4, { template, values: {} } ], [ 5, { template } ] );
	}
	questions.push( [ 6, { to: '+16505551234', type: 'text', text: {} } ], [ 6, [] ], [ 7, '*Hi* _you_ <b>' ] );
	const text = questions.map( ( [ id, input ] ) => `${ id } ${ JSON.stringify( input ) }\n` ).join( '' );
	assert.equal( compare( Buffer.from( text ) ), questions.length );
} );

test( `${ MADE } templates made by chance: the same as native`, () => {
	let count = 0;
	for ( let done = 0; done < MADE; done += CHUNK ) {
		const questions = native( [ 'made', String( Math.min( CHUNK, MADE - done ) ), String( 20261122 + done ) ], '' );
		count += compare( questions );
	}
	assert.ok( count >= MADE * 5 );
} );

test( 'the functions of JavaScript', () => {
	const template = { category: 'UTILITY', components: [ { type: 'BODY', text: 'Hi *{{1}}*, welcome.', example: { body_text: [ [ 'Änn' ] ] } } ] };
	assert.equal( rules.templateVariables( template )[ 0 ].key, 'body.1' );
	assert.equal( rules.templateRender( template, { 'body.1': '😀' } ).body.html, 'Hi <strong>😀</strong>, welcome.' );
	assert.deepEqual( rules.templateParameters( template, { 'body.1': 'Ann' } ).components[ 0 ].parameters, [ { type: 'text', text: 'Ann' } ] );
	assert.equal( rules.templateParameters( template ).problems[ 0 ].rule, 'value_missing' );
	assert.equal( rules.templatePreview( template ).rendered.body.plain, 'Hi Änn, welcome.' );
	assert.equal( rules.messageCheck( {} )[ 0 ].rule, 'required' );
	assert.equal( rules.markup( '*a*' ).html, '<strong>a</strong>' );
	assert.throws( () => rules.markup( 5 ), /cannot be read/ );
} );

test( 'bad input is answered, and memory is given back', () => {
	for ( const bytes of [ new Uint8Array( 0 ), encoder.encode( '{' ), Uint8Array.of( 0xff, 0xfe ), encoder.encode( '['.repeat( 10000 ) ) ] ) {
		for ( const id of [ 0, 99, ...Object.values( FUNCTIONS ) ] ) {
			assert.match( Buffer.from( rules.answer( id, bytes ) ).toString(), /^\{"error":/ );
		}
	}
	const large = encoder.encode( JSON.stringify( 'x'.repeat( 1 << 20 ) ) );
	const sizes = [];
	for ( let round = 0; round < 20; round++ ) {
		assert.ok( rules.answer( FUNCTIONS.markup, large ).length > 1 << 20 );
		sizes.push( rules.memoryBytes() );
	}
	assert.equal( sizes.at( -1 ), sizes[ 2 ] );
	const beyond = new Uint8Array( 4 * 1024 * 1024 + 1 ).fill( 32 );
	assert.match( Buffer.from( rules.answer( FUNCTIONS.markup, beyond ) ).toString(), /are allowed/ );
} );
