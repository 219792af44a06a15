/**
 * The WebAssembly answers byte for byte as the native rules do: on the corpora, and on templates and tables made by chance.
 *
 * Needs build/wasm (tools/wasm.sh). NXTCHAT_MADE: how many templates and tables are made, 5,000 by default.
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
const tables = await instantiate( readFileSync( join( built, 'csv.wasm' ) ) );
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
		const [ , id, isHex ] = question.subarray( 0, space ).toString().match( /^(\d+)(x?)$/ );
		const input = question.subarray( space + 1 );
		const here = isHex
			? tables.answer( Number( id ), Buffer.from( input.toString(), 'hex' ) )
			: rules.answer( Number( id ), input );
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

/** A question about a file, as `native answer` takes it. */
function about( id, file, options ) {
	const input = Buffer.concat( [ Buffer.from( JSON.stringify( options ) + '\n' ), file ] );
	return `${ id }x ${ input.toString( 'hex' ) }\n`;
}

const rowsOf = ( file, options ) => tables.csvRows( file, { encoding: 'utf-8', delimiter: ',', ...options } ).map( ( row ) => row.cells );
const bytes = ( ...parts ) => Buffer.concat( parts.map( ( part ) => Buffer.from( part ) ) );
const wide = ( text ) => Buffer.from( text, 'utf16le' );
const swapped = ( text ) => wide( text ).swap16();

/** Every oddity of tables: what it is, the file, how it is read, its cells. */
const ODDITIES = [
	[ 'CRLF', 'a,b\r\nc,d\r\n', {}, [ [ 'a', 'b' ], [ 'c', 'd' ] ] ],
	[ 'lone CR', 'a,b\rc,d\r', {}, [ [ 'a', 'b' ], [ 'c', 'd' ] ] ],
	[ 'mixed line ends, empty lines', '\n\r\na\n\n\r\r\nb\rc', {}, [ [ 'a' ], [ 'b' ], [ 'c' ] ] ],
	[ 'no line end at the end', 'a,b\nc,d', {}, [ [ 'a', 'b' ], [ 'c', 'd' ] ] ],
	[ 'an empty last cell', 'a,\n,b\n,', {}, [ [ 'a', '' ], [ '', 'b' ] ] ],
	[ 'BOM', bytes( [ 0xef, 0xbb, 0xbf ], 'ä,b\n' ), {}, [ [ 'ä', 'b' ] ] ],
	[ 'BOM before a quote', bytes( [ 0xef, 0xbb, 0xbf ], '"a,b",c\n' ), {}, [ [ 'a,b', 'c' ] ] ],
	[ 'sep=', 'sep=;\r\na;b\r\n', { delimiter: ';' }, [ [ 'a', 'b' ] ] ],
	[ 'sep= in quotes after a BOM', bytes( [ 0xef, 0xbb, 0xbf ], '"sep=;"\na;b' ), { delimiter: ';' }, [ [ 'a', 'b' ] ] ],
	[ 'sep= further down is a cell', 'a\nsep=,', { delimiter: ';' }, [ [ 'a' ], [ 'sep=,' ] ] ],
	[ 'quoted line breaks and delimiters', '"a\r\nb","c,d"\n"e\nf",g', {}, [ [ 'a\r\nb', 'c,d' ], [ 'e\nf', 'g' ] ] ],
	[ 'doubled quotes', '"say ""hi""",""""\n"",x', {}, [ [ 'say "hi"', '"' ], [ '', 'x' ] ] ],
	[ 'a blank before a quote', 'a, "b,c" ,d', {}, [ [ 'a', 'b,c ', 'd' ] ] ],
	[ 'quotes within a cell', 'a"b,c""d\n5" pipe,x', {}, [ [ 'a"b', 'c""d' ], [ '5" pipe', 'x' ] ] ],
	[ 'text behind a closing quote', '"a"b,c', {}, [ [ 'ab', 'c' ] ] ],
	[ 'a quote that never closes', 'a,"b\nc,d\n', {}, [ [ 'a', '"b' ], [ 'c', 'd' ] ] ],
	[ 'a quote that never closes in much text', 'a,"b\n' + 'c,d\n'.repeat( 30000 ), {}, [ [ 'a', '"b' ], ...Array( 30000 ).fill( [ 'c', 'd' ] ) ] ],
	[ 'ragged rows', 'a,b,c\nd\ne,f,g,h', {}, [ [ 'a', 'b', 'c' ], [ 'd' ], [ 'e', 'f', 'g', 'h' ] ] ],
	[ 'rows of blanks', 'a,b\n , \n,\nc,d', {}, [ [ 'a', 'b' ], [ 'c', 'd' ] ] ],
	[ 'NUL', 'a\0b,c\n\0\0\n', {}, [ [ 'a\0b', 'c' ] ] ],
	[ 'tabs', 'a\tb c\t"d\te"\n', { delimiter: '\t' }, [ [ 'a', 'b c', 'd\te' ] ] ],
	[ 'pipes', 'a|b|', { delimiter: '|' }, [ [ 'a', 'b', '' ] ] ],
	[ 'another quote', "'a,b','c''d'", { quote: "'" }, [ [ 'a,b', "c'd" ] ] ],
	[ 'no quote', '"a,b"', { quote: '' }, [ [ '"a', 'b"' ] ] ],
	[ 'UTF-16 LE with BOM', bytes( [ 0xff, 0xfe ], wide( 'ä;"😀\r\n"\r\n€;b' ) ), { encoding: 'utf-16le', delimiter: ';' }, [ [ 'ä', '😀\r\n' ], [ '€', 'b' ] ] ],
	[ 'UTF-16 LE', wide( 'Łó;b\n' ), { encoding: 'utf-16le', delimiter: ';' }, [ [ 'Łó', 'b' ] ] ],
	[ 'UTF-16 BE with BOM', bytes( [ 0xfe, 0xff ], swapped( 'ж\tb\n' ) ), { encoding: 'utf-16be', delimiter: '\t' }, [ [ 'ж', 'b' ] ] ],
	[ 'UTF-16 BE', swapped( 'a,ж\r' ), { encoding: 'utf-16be' }, [ [ 'a', 'ж' ] ] ],
	[ 'half a surrogate pair, half a unit', bytes( wide( 'a,' ), [ 0x3d, 0xd8 ], wide( 'b,' ), [ 0x00, 0xdc ], wide( 'c' ), [ 0x3d, 0xd8, 0x41 ] ), { encoding: 'utf-16le' }, [ [ 'a', '\ufffdb', '\ufffdc\ufffd' ] ] ],
	[ 'Windows-1252', bytes( [ 0x80, 0x2c, 0xe4, 0xdf, 0x9c ] ), { encoding: 'windows-1252' }, [ [ '€', 'äßœ' ] ] ],
	[ 'undefined bytes of Windows-1252', bytes( [ 0x81, 0x2c, 0x41, 0x9d ] ), { encoding: 'windows-1252' }, [ [ '\ufffd', 'A\ufffd' ] ] ],
	[ 'Windows-1252 told as UTF-8', bytes( 'J', [ 0xfc ], 'rgen,', 'Zoë' ), {}, [ [ 'Jürgen', 'Zoë' ] ] ],
	[ 'broken UTF-8', bytes( 'ä', [ 0xfc ], ',b' ), {}, [ [ 'ä\ufffd', 'b' ] ] ],
	[ 'a line too long', bytes( 'x'.repeat( 1 << 20 ), 'ü,"y\nz",w\nb,c' ), {}, [ [], [ 'z"', 'w' ], [ 'b', 'c' ] ] ],
	[ 'nothing', '', {}, [] ],
	[ 'a BOM alone', bytes( [ 0xef, 0xbb, 0xbf ] ), {}, [] ],
	[ 'half a BOM', bytes( [ 0xef, 0xbb ] ), { encoding: 'windows-1252' }, [ [ 'ï»' ] ] ],
];

/** Repeatable chance. */
function chance( seed ) {
	return ( below ) => {
		seed ^= seed << 13;
		seed ^= seed >>> 17;
		seed ^= seed << 5;
		return ( seed >>> 0 ) % below;
	};
}

/** Lengths of pieces, most of them tiny. */
function cuts( random, length ) {
	const made = [];
	for ( let left = length; left > 0 && made.length < 4000; ) {
		const cut = random( 10 ) ? 1 + random( 6 ) : random( 200 );
		made.push( cut );
		left -= cut;
	}
	return made;
}

test( 'tables: every oddity, as it should be, however it is cut, and the same as native', () => {
	const random = chance( 20261122 );
	let questions = '', count = 0;
	for ( const [ name, text, options, want ] of ODDITIES ) {
		const file = Buffer.from( text );
		assert.deepEqual( rowsOf( file, options ), want, name );
		const whole = tables.csvRows( file, { encoding: 'utf-8', delimiter: ',', ...options } );
		for ( let round = 0; round < 20; round++ ) {
			const cut = { encoding: 'utf-8', delimiter: ',', ...options, cuts: round ? cuts( random, file.length ) : Array( Math.min( file.length, 4000 ) ).fill( 1 ) };
			assert.deepEqual( tables.csvRows( file, cut ), whole, name );
			questions += about( FUNCTIONS.csvRows, file.subarray( 0, 20000 ), cut );
		}
		questions += about( FUNCTIONS.csvRows, file, { encoding: 'utf-8', delimiter: ',', ...options } ) + about( FUNCTIONS.csvSniff, file, {} );
		count += 22;
	}
	assert.equal( compare( Buffer.from( questions ) ), count );
} );

test( `${ MADE } tables made by chance and cut by chance: the same as native`, () => {
	const random = chance( 4711 );
	const parts = [ '"', '"', '""', ',', ';', ';', '\t', '|', '\n', '\r\n', '\r', ' ', 'a', 'Ann', 'ä', '€', '😀', '\0', '\ufeff', "'", '=1', '+49170', '0170 1234567', '31.1.2026', 'a@b.de', 'Phone', 'Name', 'ja', 'sep=;' ];
	const mapped = { header: false, region: 'DE', columns: [ { to: 'phone' }, { to: 'name' }, { to: 'email' }, { to: 'marketing' }, { to: 'field:born' } ], fields: [ { name: 'born', type: 3 } ] };
	let count = 0;
	for ( let done = 0; done < MADE; done += 1000 ) {
		let questions = '';
		for ( let at = 0; at < Math.min( 1000, MADE - done ); at++ ) {
			let text = '';
			for ( let left = random( 80 ); left > 0; left-- ) {
				text += parts[ random( parts.length ) ];
			}
			const encoding = [ 'utf-8', 'utf-16le', 'utf-16be', 'windows-1252' ][ random( 4 ) ];
			const delimiter = ',;\t|'[ random( 4 ) ];
			let file = { 'utf-16le': wide, 'utf-16be': swapped, 'windows-1252': ( t ) => Buffer.from( t, 'latin1' ) }[ encoding ]?.( text ) ?? Buffer.from( text );
			if ( file.length && ! random( 4 ) ) {
				file[ random( file.length ) ] = random( 256 );
			}
			if ( ! random( 8 ) ) {
				file = file.subarray( 0, random( file.length + 1 ) );
			}
			const cut = cuts( random, file.length );
			assert.deepEqual( tables.csvRows( file, { encoding, delimiter, cuts: cut } ), tables.csvRows( file, { encoding, delimiter } ) );
			questions += about( FUNCTIONS.csvRows, file, { encoding, delimiter, cuts: cut } )
				+ about( FUNCTIONS.csvSniff, file, {} )
				+ about( FUNCTIONS.csvPreview, file, { ...mapped, encoding, delimiter } );
		}
		count += compare( Buffer.from( questions ) );
	}
	assert.equal( count, 3 * MADE );
} );

test( 'tables: what a screen is told', () => {
	const file = encoder.encode( 'Vorname;Nachname;Handy;E-Mail;Newsletter;Handy\nAnn;Ma;+49 170 1234567;a@b.de;ja;\nBob;Ox;12;b@c;nein;\n' );
	const found = tables.csvSniff( file );
	assert.deepEqual( found.columns.map( ( column ) => column.guess ), [ 'first_name', 'last_name', 'phone', 'email', 'marketing', null ] );
	assert.deepEqual( [ found.encoding, found.delimiter, found.header, found.rows.length ], [ 'utf-8', ';', true, 2 ] );
	assert.deepEqual( found.problems.map( ( problem ) => [ problem.code, problem.line, problem.column ] ), [ [ 'duplicate_column', 1, 6 ] ] );
	const mapping = { encoding: found.encoding, delimiter: found.delimiter, header: found.header, region: 'DE', columns: found.columns.map( ( column ) => ( { to: column.guess } ) ) };
	const [ ann, bob ] = tables.csvPreview( file, mapping );
	assert.deepEqual( Object.fromEntries( ann.values ), { phone: '+491701234567', name: 'Ann Ma', email: 'a@b.de', country: 'DE', marketing: 'granted' } );
	assert.deepEqual( [ bob.line, bob.code, bob.column, bob.value ], [ 3, 'bad_email', 4, 'b@c' ] );
	for ( const [ head, what ] of [ [ 'PK\x03\x04', /Excel/ ], [ '%PDF-1.7', /PDF/ ], [ '\x89PNG\r\n', /image/ ], [ '<!DOCTYPE html>', /web page/ ], [ '\xd0\xcf\x11\xe0', /old Excel/ ], [ 'BEGIN:VCARD', /vCard/ ], [ '{"a":1}', /JSON/ ] ] ) {
		const [ problem ] = tables.csvSniff( Buffer.from( head + ' '.repeat( 10 ), 'latin1' ) ).problems;
		assert.deepEqual( [ problem.code, problem.severity ], [ 'not_text', 'error' ], head );
		assert.match( problem.message, what );
	}
	assert.equal( tables.csvSniff( encoder.encode( ' \n' ) ).problems[ 0 ].code, 'empty' );
	assert.throws( () => tables.csvPreview( file, { ...mapping, columns: [] } ), /phone/ );
	assert.throws( () => rules.csvSniff( file ), /no such function/ );
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
