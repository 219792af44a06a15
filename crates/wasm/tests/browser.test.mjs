/**
 * The same comparison in Chromium: the page asks for questions, answers them with the WebAssembly and hands the answers back,
 * and they must be those of the native rules byte for byte. Prints how long loading and an editor's questions take there.
 *
 * Needs build/wasm (tools/wasm.sh), playwright-core and Chromium (CHROMIUM, or `chromium` on the PATH).
 * NXTCHAT_MADE: how many templates are made, 5,000 by default.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = join( fileURLToPath( new URL( '.', import.meta.url ) ), '../../..' );
const built = join( root, 'build/wasm' );
const MADE = Number( process.env.NXTCHAT_MADE ?? 5000 );
/** Templates that go to the page in one go. */
const CHUNK = 2500;

const native = ( args, input = '' ) => {
	const run = spawnSync( join( built, 'native' ), args, { input, maxBuffer: 1 << 30 } );
	assert.equal( run.status, 0, run.stderr?.toString() );
	return run.stdout;
};

/** Runs in the page: answers a chunk of questions, lines in and lines out. */
async function answerAll( number ) {
	const questions = new Uint8Array( await ( await fetch( `/questions/${ number }` ) ).arrayBuffer() );
	const answers = [];
	const digits = new TextDecoder();
	for ( let start = 0, end; ( end = questions.indexOf( 10, start ) ) >= 0; start = end + 1 ) {
		const space = questions.indexOf( 32, start );
		answers.push( window.rules.answer( Number( digits.decode( questions.subarray( start, space ) ) ), questions.subarray( space + 1, end ) ), Uint8Array.of( 10 ) );
	}
	await fetch( `/answers/${ number }`, { method: 'POST', body: new Blob( answers ) } );
	return answers.length / 2;
}

/** Runs in the page: loads the rules and times them. */
async function load() {
	const begun = performance.now();
	const [ { instantiate }, bytes ] = await Promise.all( [ import( '/core.mjs' ), fetch( '/core.wasm' ).then( ( reply ) => reply.arrayBuffer() ) ] );
	window.rules = await instantiate( bytes );
	const loadMs = performance.now() - begun;
	const template = { name: 'a', language: 'en_US', category: 'UTILITY', components: [
		{ type: 'BODY', text: 'Hello *{{1}}*, your order {{2}} left our house today and comes on {{3}}. Thank you.', example: { body_text: [ [ 'Ann', '4711', 'Friday' ] ] } },
		{ type: 'FOOTER', text: 'Example Shop, Main Street 1' },
		{ type: 'BUTTONS', buttons: [ { type: 'URL', text: 'Track it', url: 'https://shop.example/track/{{1}}', example: [ '4711' ] } ] },
	] };
	const rounds = 5000;
	const start = performance.now();
	for ( let round = 0; round < rounds; round++ ) {
		window.rules.templatePreview( template );
	}
	return { load_ms: Math.round( loadMs ), preview_us: Math.round( ( performance.now() - start ) * 1000 / rounds ) };
}

const NAMES = [ 'chromium', 'google-chrome', 'chromium-browser' ];
const executablePath = process.env.CHROMIUM ?? ( process.env.PATH ?? '' ).split( ':' ).flatMap( ( folder ) => NAMES.map( ( name ) => join( folder, name ) ) ).find( existsSync );
const playwright = await import( 'playwright-core' ).catch( () => null );
const skip = ! executablePath ? 'no Chromium' : ! playwright ? 'no playwright-core (npm ci)' : false;

test( `Chromium: ${ MADE } templates made by chance, the same as native`, { skip }, async ( context ) => {
	const chunks = new Map();
	const answered = new Map();
	const files = { '/core.mjs': 'text/javascript', '/core.wasm': 'application/wasm' };
	const server = createServer( ( request, response ) => {
		const [ , kind, number ] = request.url.split( '/' );
		if ( files[ request.url ] ) {
			response.writeHead( 200, { 'Content-Type': files[ request.url ] } ).end( readFileSync( join( built, request.url ) ) );
		} else if ( kind === 'questions' ) {
			response.end( chunks.get( number ) );
		} else if ( kind === 'answers' ) {
			const parts = [];
			request.on( 'data', ( part ) => parts.push( part ) ).on( 'end', () => {
				answered.set( number, Buffer.concat( parts ) );
				response.end();
			} );
		} else {
			response.writeHead( 200, { 'Content-Type': 'text/html' } ).end( '<!doctype html><link rel="icon" href="data:,">' );
		}
	} );
	await new Promise( ( listening ) => server.listen( 0, '127.0.0.1', listening ) );
	const browser = await playwright.chromium.launch( { executablePath, args: [ '--no-sandbox', '--disable-gpu' ] } );
	try {
		const page = await browser.newPage();
		await page.goto( `http://127.0.0.1:${ server.address().port }/` );
		context.diagnostic( JSON.stringify( await page.evaluate( load ) ) );
		for ( let done = 0; done < MADE; done += CHUNK ) {
			const number = String( done );
			chunks.set( number, native( [ 'made', String( Math.min( CHUNK, MADE - done ) ), String( 4711 + done ) ] ) );
			const count = await page.evaluate( answerAll, number );
			assert.ok( count >= Math.min( CHUNK, MADE - done ) * 5 );
			const want = native( [ 'answer' ], chunks.get( number ) );
			assert.ok( want.equals( answered.get( number ) ), `answers from ${ done } on differ` );
			chunks.delete( number );
			answered.delete( number );
		}
	} finally {
		await browser.close();
		server.close();
	}
} );
