/**
 * The figures of tests/bench/core.sh. Needs build/wasm, playwright-core and Chromium (CHROMIUM).
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const built = join( fileURLToPath( new URL( '.', import.meta.url ) ), '../../build/wasm' );
/** QUICK=1: few rounds, nothing is judged. */
const quick = Boolean( process.env.QUICK );
/** How often the page is loaded anew; the median counts. */
const LOADS = quick ? 3 : 15;
const NATIVE_RUNS = quick ? 1 : 5;
const TARGET_NATIVE_US = 20;
const TARGET_BROWSER_US = 60;
const TARGET_LOAD_MS = 50;

const median = ( values ) => [ ...values ].sort( ( a, b ) => a - b )[ values.length >> 1 ];
let short = false;
const say = ( name, value ) => process.stdout.write( `${ name }: ${ value }\n` );
function judge( name, value, target, unit ) {
	const ok = value <= target;
	short ||= ! ok;
	say( name, `${ Number( value.toPrecision( 3 ) ) } ${ unit } (target <= ${ target } ${ unit }) ${ quick ? 'not judged' : ok ? 'ok' : 'short' }` );
}

function native() {
	const run = spawnSync( join( built, 'native' ), [ 'time' ], { encoding: 'utf8' } );
	if ( run.status !== 0 ) {
		throw new Error( `native: ${ run.stderr }` );
	}
	return JSON.parse( run.stdout );
}

/** Runs in the page: how long the rules take to be there. */
async function load() {
	const { instantiate } = await import( '/core.mjs' );
	const begun = performance.now();
	window.rules = await instantiate( await ( await fetch( '/core.wasm' ) ).arrayBuffer() );
	return performance.now() - begun;
}

/** Runs in the page: microseconds of a round of each, the median of batches. */
function time( { template, values, quick: few } ) {
	const rules = window.rules;
	// Batches much shorter than a slice of the processor: on a busy machine most of them are still not interrupted.
	const measure = ( work, rounds = 10 ) => {
		const batches = [];
		for ( let batch = 0; batch < ( few ? 301 : 3001 ); batch++ ) {
			const start = performance.now();
			for ( let round = 0; round < rounds; round++ ) {
				work();
			}
			batches.push( ( performance.now() - start ) * 1000 / rounds );
		}
		return batches.sort( ( a, b ) => a - b )[ batches.length >> 1 ];
	};
	const nothing = new Uint8Array();
	return {
		// There is no function 0: what is left is the way in and out.
		empty: measure( () => rules.answer( 0, nothing ), 1000 ),
		checkRender: measure( () => {
			rules.templateCheck( template );
			rules.templateRender( template, values );
		} ),
		preview: measure( () => rules.templatePreview( template, values ) ),
	};
}

const runs = Array.from( { length: NATIVE_RUNS }, native );
const of = ( key ) => median( runs.map( ( run ) => run[ key ] ) );
judge( 'check + render, native', of( 'check_render_us' ), TARGET_NATIVE_US, 'us' );
say( '  beside: serde_json reads the same template', `${ of( 'parse_us' ) } us` );
say( '  beside: read, check, variables, render, written', `${ of( 'preview_json_us' ) } us` );

const files = { '/core.mjs': 'text/javascript', '/core.wasm': 'application/wasm' };
const server = createServer( ( request, response ) => {
	const type = files[ request.url ];
	const body = type ? readFileSync( join( built, request.url ) ) : '<!doctype html><link rel="icon" href="data:,">';
	// Only a page that shares nothing with others has a clock of 5 us; that of all others has 100 us.
	response.writeHead( 200, { 'Content-Type': type ?? 'text/html', 'Cache-Control': 'no-store', 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' } ).end( body );
} );
await new Promise( ( listening ) => server.listen( 0, '127.0.0.1', listening ) );
const browser = await chromium.launch( { executablePath: process.env.CHROMIUM, args: [ '--no-sandbox', '--disable-gpu' ] } );
try {
	const loads = [];
	const page = await browser.newPage();
	for ( let at = 0; at < LOADS; at++ ) {
		await page.goto( `http://127.0.0.1:${ server.address().port }/` );
		loads.push( await page.evaluate( load ) );
	}
	const { template, values } = runs[ 0 ];
	const took = await page.evaluate( time, { template, values, quick } );
	judge( 'check + render, Chromium', took.checkRender, TARGET_BROWSER_US, 'us' );
	say( '  beside: an empty call', `${ took.empty.toFixed( 2 ) } us` );
	say( '  beside: check, variables and render in one call', `${ took.preview.toFixed( 1 ) } us` );
	judge( `core.wasm is fetched and ready, median of ${ LOADS } pages`, median( loads ), TARGET_LOAD_MS, 'ms' );
	say( '  beside: the longest, with a cold browser', `${ Math.max( ...loads ).toFixed( 1 ) } ms` );
} finally {
	await browser.close();
	server.close();
}
process.exitCode = short && ! quick ? 1 : 0;
