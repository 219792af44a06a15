/**
 * How long the rules take in V8, which is also the browser's: loading, and the questions of an editor at each key.
 * Prints one line of JSON. Needs build/wasm (tools/wasm.sh).
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { instantiate } from '../core.mjs';

const root = join( fileURLToPath( new URL( '.', import.meta.url ) ), '../../..' );
const bytes = readFileSync( join( root, 'build/wasm/core.wasm' ) );
const begun = performance.now();
const rules = await instantiate( bytes );
const load = performance.now() - begun;

const template = {
	name: 'order_update',
	language: 'en_US',
	category: 'UTILITY',
	components: [
		{ type: 'HEADER', format: 'TEXT', text: 'Order {{1}}', example: { header_text: [ '4711' ] } },
		{ type: 'BODY', text: 'Hello *{{1}}*, your order {{2}} left our house today and comes on {{3}}.\n\nThank you for being our customer.', example: { body_text: [ [ 'Ann', '4711', 'Friday' ] ] } },
		{ type: 'FOOTER', text: 'Example Shop, Main Street 1' },
		{ type: 'BUTTONS', buttons: [ { type: 'URL', text: 'Track it', url: 'https://shop.example/track/{{1}}', example: [ '4711' ] }, { type: 'QUICK_REPLY', text: 'Stop updates' } ] },
	],
};
const values = { 'header.1': '4711', 'body.1': 'Ann', 'body.2': '4711', 'body.3': 'Friday', 'buttons.0.url': '4711' };

/** Microseconds of one round, the median of 21 batches. */
function micros( work ) {
	const batches = [];
	for ( let batch = 0; batch < 21; batch++ ) {
		const start = performance.now();
		for ( let round = 0; round < 200; round++ ) {
			work();
		}
		batches.push( ( performance.now() - start ) * 5 );
	}
	return Math.round( batches.sort( ( a, b ) => a - b )[ 10 ] );
}

const preview = micros( () => rules.templatePreview( template, values ) );
const checkRender = micros( () => {
	rules.templateCheck( template );
	rules.templateRender( template, values );
} );
process.stdout.write( `${ JSON.stringify( { load_ms: Math.round( load ), preview_us: preview, check_render_us: checkRender } ) }\n` );
