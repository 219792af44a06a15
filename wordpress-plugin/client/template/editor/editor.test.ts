import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

import { loadCore } from '../../core/rules';
import type { TemplateBody } from '../types';
import { get, set, word } from './json';
import { LANGUAGES, LIMITS } from './limits';
import {
	addButton,
	addCard,
	blank,
	buttonsOf,
	close,
	ensure,
	examplesOf,
	headerFormat,
	lists,
	moveButton,
	moveCard,
	open,
	part,
	placeOf,
	put,
	removeButton,
	rename,
	renumber,
	ROOT,
	setCarousel,
	setCategory,
	setExample,
	setFormat,
	setHeader,
	setText,
	setUrl,
	type Form,
} from './model';
import { controlOf, controlPlaces } from './problems';
import { names, scan, toName } from './naming';

const file = ( path: string ) => readFileSync( `${ REPOSITORY }/${ path }`, 'utf8' );
const rules = () => loadCore( ( async () => new Response( readFileSync( `${ REPOSITORY }/build/wasm/core.wasm` ) ) ) as unknown as typeof fetch );
const fixtures = ( name: string ): { note: string; template: TemplateBody }[] =>
	file( `crates/core/tests/fixtures/templates/${ name }.jsonl` )
		.split( '\n' )
		.filter( Boolean )
		.map( ( line ) => JSON.parse( line ) );
const isBody = ( template: unknown ): template is TemplateBody => Array.isArray( ( template as TemplateBody )?.components ) && ( template as TemplateBody ).components.every( ( one ) => typeof one === 'object' && one !== null );

/** Writes every text of a form once more, as typing a letter and taking it back would. */
const retyped = ( form: Form ): Form =>
	lists( form ).reduce(
		( all, list ) =>
			( [ 'HEADER', 'BODY' ] as const ).reduce( ( now, type ) => {
				const text = part( now, list, type ).text;
				return typeof text !== 'string' ? now : setText( setText( now, list, type, '' ), list, type, text );
			}, all ),
		form
	);

test( 'every good template comes back as it was, and means the same after its texts were written again', async () => {
	const { templatePreview } = await rules();
	const good = fixtures( 'good' ).filter( ( { template } ) => isBody( template ) );
	assert.ok( good.length > 30 );
	good.forEach( ( { note, template } ) => {
		const form = open( template );
		assert.deepEqual( close( form ).template, template, note );
		if ( word( template.category ) === 'AUTHENTICATION' ) {
			return;
		}
		const before = templatePreview( template );
		const after = templatePreview( close( retyped( form ) ).template );
		assert.deepEqual( after.problems, before.problems, note );
		assert.deepEqual( after.variables, before.variables, note );
		assert.deepEqual( after.rendered, before.rendered, note );
	} );
} );

test( 'every template of Meta’s examples comes back as it was', ( t ) => {
	const dir = `${ REPOSITORY }/../shared/cloud-api/requests`;
	if ( ! existsSync( dir ) ) {
		t.diagnostic( `Meta's examples are not here (${ dir }): not compared` );
		return;
	}
	const found = readdirSync( dir ).filter( ( name ) => /^template_create\./.test( name ) );
	assert.ok( found.length >= 6 );
	found.forEach( ( name ) => {
		const template: TemplateBody = JSON.parse( readFileSync( `${ dir }/${ name }`, 'utf8' ) );
		assert.deepEqual( close( open( template ) ).template, template, name );
		assert.deepEqual( retyped( retyped( open( template ) ) ).template, retyped( open( template ) ).template, name );
	} );
} );

test( 'parts that are not known survive every change', () => {
	const unknown = { type: 'HOLOGRAM', depth: { cm: [ 3 ] } };
	const button = { type: 'TELEPORT', to: { planet: 'Mars' } };
	const template = {
		name: 'x',
		language: 'de',
		category: 'MARKETING',
		future: [ 1 ],
		components: [ { type: 'BODY', text: 'Hi {{1}}!', glow: true, example: { body_text: [ [ 'Ann' ] ], more: 1 } }, unknown, { type: 'BUTTONS', buttons: [ button ] } ],
	};
	let form = open( template as TemplateBody );
	form = setText( form, ROOT, 'BODY', 'Hello {{1}} and {{2}}!' );
	form = setHeader( form, ROOT, 'TEXT' );
	form = addButton( form, ROOT, 'QUICK_REPLY' )[ 0 ];
	form = moveButton( form, ROOT, 0, 1 );
	form = setFormat( form, 'NAMED' );
	assert.deepEqual( form.template.components.find( ( { type } ) => type === 'HOLOGRAM' ), unknown );
	assert.deepEqual( buttonsOf( form, ROOT )[ 1 ], button );
	assert.deepEqual( ( form.template as unknown as Record< string, unknown > ).future, [ 1 ] );
	const body = part( form, ROOT, 'BODY' );
	assert.equal( body.glow, true );
	assert.equal( ( body.example as { more: number } ).more, 1 );
} );

test( 'every problem of the broken templates has a control or is of the template as a whole', async () => {
	const { templatePreview } = await rules();
	const lost: string[] = [];
	fixtures( 'broken' ).forEach( ( { note, template } ) => {
		if ( ! isBody( template ) ) {
			return;
		}
		const controls = controlPlaces( template );
		templatePreview( template ).problems.forEach( ( { place, rule } ) => {
			if ( place !== '' && controlOf( place, controls ) === '' ) {
				lost.push( `${ note }: ${ place } (${ rule })` );
			}
		} );
	} );
	assert.deepEqual( lost, [] );
	const controls = [ 'components', 'components[1]', 'components[1].text', 'components[1].example' ];
	assert.equal( controlOf( 'components[1].example.body_text', controls ), 'components[1].example' );
	assert.equal( controlOf( 'components[10].text', controls ), 'components' );
} );

test( 'variables are found as the rules find them', async () => {
	const { templatePreview } = await rules();
	for ( const text of [ 'Hi {{1}}{{2}}', '{{{1}}} {{ 2 }} {{A}} {1} {{first_name}} and {{1}}', 'x {{2}} {{1}} {{2}}', '}}{{', '{{3}} {{1}}', 'a {{b\n}} {{c}}' ] ) {
		const found = templatePreview( { components: [ { type: 'BODY', text } ] } ).variables.map( ( { name } ) => name );
		assert.deepEqual( names( text ), found, text );
	}
	assert.deepEqual( scan( '{{1}} {{1}}' ), [ '1', '1' ] );
} );

test( 'an example stays with its variable when the text changes, and comes back with it', () => {
	let form = setText( blank( 'en_US' ), ROOT, 'BODY', 'Hi {{1}}, order {{2}}.' );
	form = setExample( setExample( form, ROOT, 'BODY', '1', 'Ann' ), ROOT, 'BODY', '2', '4711' );
	assert.deepEqual( part( form, ROOT, 'BODY' ).example, { body_text: [ [ 'Ann', '4711' ] ] } );
	form = setText( form, ROOT, 'BODY', 'Hi {{1}}.' );
	assert.deepEqual( part( form, ROOT, 'BODY' ).example, { body_text: [ [ 'Ann' ] ] } );
	form = setText( form, ROOT, 'BODY', 'Hi.' );
	assert.equal( part( form, ROOT, 'BODY' ).example, undefined );
	form = setText( form, ROOT, 'BODY', 'Hi {{1}}, order {{2}}.' );
	assert.deepEqual( examplesOf( form, ROOT, 'BODY' ), { 1: 'Ann', 2: '4711' } );
} );

test( 'numbers become names and numbers again, with examples and bindings', () => {
	const template = { name: 'x', language: 'de', category: 'UTILITY', components: [ { type: 'BODY', text: 'Hi {{1}}, order {{2}}.', example: { body_text: [ [ 'Ann', '4711' ] ] } } ] };
	const named = setFormat( open( template, { 'body.1': { source: 'contact.first_name', fallback: 'there' } } ), 'NAMED' );
	assert.equal( part( named, ROOT, 'BODY' ).text, 'Hi {{first_name}}, order {{value_2}}.' );
	assert.deepEqual( named.bindings, { 'body.first_name': { source: 'contact.first_name', fallback: 'there' } } );
	const better = rename( named, ROOT, 'BODY', new Map( [ [ 'value_2', 'number' ] ] ) );
	assert.deepEqual( examplesOf( better, ROOT, 'BODY' ), { first_name: 'Ann', number: '4711' } );
	const back = setFormat( better, 'POSITIONAL' );
	assert.deepEqual( back.template.components, template.components );
	assert.deepEqual( Object.keys( back.bindings ), [ 'body.1' ] );
	const swapped = renumber( setText( back, ROOT, 'BODY', 'Order {{2}} for {{1}}.' ), ROOT, 'BODY' );
	assert.deepEqual( part( swapped, ROOT, 'BODY' ).example, { body_text: [ [ '4711', 'Ann' ] ] } );
	assert.deepEqual( Object.keys( swapped.bindings ), [ 'body.2' ] );
} );

test( 'buttons stand where WhatsApp wants them, and their bindings follow', () => {
	let form = blank( 'de' );
	for ( const type of [ 'QUICK_REPLY', 'URL', 'QUICK_REPLY' ] ) {
		[ form ] = addButton( form, ROOT, type );
	}
	assert.deepEqual( buttonsOf( form, ROOT ).map( ( { type } ) => type ), [ 'QUICK_REPLY', 'QUICK_REPLY', 'URL' ] );
	form = setUrl( form, `${ placeOf( form, ROOT, 'BUTTONS' ) }.buttons[2]`, 'https://a.example/{{1}}' );
	assert.deepEqual( buttonsOf( form, ROOT )[ 2 ]?.example, [ '' ] );
	form = { ...form, bindings: { 'buttons.2.url': { source: 'order.number' } } };
	assert.deepEqual( Object.keys( moveButton( form, ROOT, 2, 0 ).bindings ), [ 'buttons.0.url' ] );
	assert.deepEqual( Object.keys( removeButton( form, ROOT, 0 ).bindings ), [ 'buttons.1.url' ] );
	assert.deepEqual( removeButton( form, ROOT, 2 ).bindings, {} );
	let empty = form;
	for ( let i = 0; i < 3; i++ ) {
		empty = removeButton( empty, ROOT, 0 );
	}
	assert.equal( placeOf( empty, ROOT, 'BUTTONS' ), '' );
	assert.equal( setUrl( form, `${ placeOf( form, ROOT, 'BUTTONS' ) }.buttons[2]`, 'https://a.example/' ).template.components.length, 2 );
} );

test( 'cards are alike, and what is bound in them moves with them', () => {
	const form = { ...setCarousel( setHeader( blank( 'de' ), ROOT, 'TEXT' ), true ), bindings: { 'cards.0.body.1': { source: 'site.name' } } };
	assert.deepEqual( form.template.components.map( ( { type } ) => type ), [ 'BODY', 'CAROUSEL' ] );
	assert.deepEqual( Object.keys( moveCard( form, 0, 1 ).bindings ), [ 'cards.1.body.1' ] );
	const cards = get( addCard( form ).template, `${ placeOf( form, ROOT, 'CAROUSEL' ) }.cards` ) as unknown[];
	assert.equal( cards.length, 3 );
	assert.deepEqual( cards[ 2 ], cards[ 0 ] );
} );

test( 'a login code and back again loses nothing', () => {
	const before = setText( setHeader( blank( 'de' ), ROOT, 'TEXT' ), ROOT, 'BODY', 'Hello.' );
	const code = setCategory( before, 'AUTHENTICATION' );
	assert.deepEqual( code.template.components.map( ( { type } ) => type ), [ 'BODY', 'FOOTER', 'BUTTONS' ] );
	assert.deepEqual( setCategory( code, 'UTILITY' ).template.components, before.template.components );
	assert.equal( headerFormat( setHeader( setHeader( setText( before, ROOT, 'HEADER', 'News' ), ROOT, 'IMAGE' ), ROOT, 'TEXT' ), ROOT ), 'TEXT' );
} );

test( 'a login code as Meta hands it out is made again of what it was made of', async () => {
	const { templatePreview } = await rules();
	const fetched = {
		name: 'code',
		language: 'en_US',
		category: 'AUTHENTICATION',
		components: [
			{ type: 'BODY', text: '*{{1}}* is your verification code.', add_security_recommendation: true, example: { body_text: [ [ '123456' ] ] } },
			{ type: 'FOOTER', text: 'This code expires in 10 minutes.', code_expiration_minutes: 10 },
			{ type: 'BUTTONS', buttons: [ { type: 'URL', text: 'Copy code', url: 'https://www.whatsapp.com/otp/code/?otp_type=COPY_CODE&code=otp{{1}}', example: [ 'https://x' ] } ] },
		],
	};
	const { template } = close( open( fetched ) );
	assert.deepEqual( templatePreview( template ).problems, [] );
	assert.deepEqual( template.components[ 2 ], { type: 'BUTTONS', buttons: [ { type: 'OTP', otp_type: 'COPY_CODE', text: 'Copy code' } ] } );
} );

test( 'places are written without changing what is beside them', () => {
	const root = { a: [ { b: 1 }, { b: 2 } ], c: {} };
	const next = set( root, 'a[1].b', 3 );
	assert.equal( next.a[ 0 ], root.a[ 0 ] );
	assert.deepEqual( next, { a: [ { b: 1 }, { b: 3 } ], c: {} } );
	assert.equal( set( root, 'a[1].b', 2 ), root );
	assert.deepEqual( set( root, 'a[0]', undefined ), { a: [ { b: 2 } ], c: {} } );
	assert.deepEqual( put( blank( 'de' ), 'message_send_ttl_seconds', 60 ).template.message_send_ttl_seconds, 60 );
	assert.equal( placeOf( ensure( blank( 'de' ), ROOT, { type: 'HEADER' } ), ROOT, 'HEADER' ), 'components[0]' );
} );

test( 'names are made as Meta takes them', () => {
	assert.equal( toName( 'Order Update' ), 'order_update' );
	assert.equal( toName( 'Größe & Straße' ), 'grosse_strasse' );
} );

test( 'limits and languages are those of the rules', () => {
	const limits = file( 'crates/core/src/limits.rs' );
	Object.entries( LIMITS ).forEach( ( [ name, value ] ) => {
		const found = new RegExp( `pub const ${ name }: \\w+ = ([\\d_]+);` ).exec( limits )?.[ 1 ];
		assert.equal( Number( found?.replaceAll( '_', '' ) ), value, name );
	} );
	assert.deepEqual( LANGUAGES, [ ...file( 'crates/core/src/template/languages.rs' ).matchAll( /"(\w+)"/g ) ].map( ( [ , code ] ) => code ) );
} );
