/**
 * From a file to people, and from people to a segment, as a shop owner does it: a German Excel's CSV (Windows-1252,
 * semicolons) is looked at in the browser, a wrong column is told, the check says what would happen, the import runs, its
 * rejected rows are downloaded, a segment counts its people, the import is undone. Then the consent settings.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { accessible, finish, newPage, screen, shoot, signIn, site, step, troubles, until } from './harness.mjs';

/** People of the file that can be imported. */
const GOOD = 40;

const rows = Array.from( { length: GOOD }, ( _, i ) => `"Groß; Jürgen ${ i }";0151 2345${ String( 6000 + i ) };jürgen${ i }@example.com;Köln;${ i % 2 ? 'ja' : 'nein' }` );
const bad = [ 'Ohne Nummer;;a@example.com;Bonn;ja', 'Kurz;0151;b@example.com;Bonn;ja', 'Mail;0151 23457777;keine-mail;Bonn;ja' ];
const file = {
	name: 'Kunden 2026.csv',
	mimeType: 'text/csv',
	buffer: Buffer.from( [ 'Name;Telefon;E-Mail;Stadt;Newsletter', ...rows.map( ( row ) => row.replace( /jürgen(\d)/, 'juergen$1' ) ), ...bad ].join( '\r\n' ), 'latin1' ),
};

const page = await newPage( { acceptDownloads: true } );
const run = async ( name, work ) => ( await step( name, work, page ) ) || ( await finish() );
const tab = ( hash ) => page.goto( `${ screen( 'contact' ) }#/${ hash }` );
const ours = '#nxtchat-contact';
const becomes = ( column ) => page.getByLabel( `${ column } becomes` );
const button = ( name ) => page.getByRole( 'button', { name } );
/** Number under one of the words of a report. */
const fact = async ( label ) => Number( ( await page.locator( '.nxtchat-report div', { hasText: label } ).locator( 'dd' ).innerText() ).replace( /\D/g, '' ) );

/** What left the browser for our routes, bytes of bodies by path. */
const sent = [];
page.on( 'request', ( request ) => {
	const path = decodeURIComponent( request.url() );
	if ( /nxtchat\/v1/.test( path ) && request.method() === 'POST' ) {
		sent.push( path );
	}
} );
let wasm = 0;
page.on( 'response', ( response ) => ( wasm += /\w+-\w+\.wasm/.test( response.url() ) ? 1 : 0 ) );

await run( 'log in', () => signIn( page ) );

await run( 'the import tab says how to get a CSV file, and loads no rules before there is one', async () => {
	await tab( 'import' );
	await page.getByRole( 'heading', { name: 'Import contacts' } ).waitFor();
	await page.waitForLoadState( 'networkidle' );
	assert.equal( wasm, 0, 'no WebAssembly is fetched yet' );
	await shoot( page, 'import' );
	await accessible( page, ours );
} );

await run( 'a workbook and an empty file are told apart, with the way out', async () => {
	await page.setInputFiles( '.nxtchat-drop input', { name: 'Kunden.xlsx', mimeType: '', buffer: Buffer.from( 'PK\x03\x04 and more' ) } );
	await page.getByText( 'This is a spreadsheet' ).waitFor();
	await page.getByText( 'CSV UTF-8' ).first().waitFor();
	await shoot( page, 'import-workbook', { 390: { width: 390, height: 844 } } );
	await page.setInputFiles( '.nxtchat-drop input', { name: 'leer.csv', mimeType: '', buffer: Buffer.alloc( 0 ) } );
	await page.getByText( 'This file is empty.' ).waitFor();
	await page.setInputFiles( '.nxtchat-drop input', { name: 'binär.csv', mimeType: '', buffer: Buffer.from( Array.from( { length: 4000 }, ( _, i ) => ( i * 7919 ) % 256 ) ) } );
	await page.locator( '.nxtchat-import .notice-error' ).waitFor();
	assert.match( page.url(), /#\/import$/ );
} );

await run( 'a German Excel’s CSV is read in the browser, its columns guessed', async () => {
	const before = sent.length;
	await page.setInputFiles( '.nxtchat-drop input', file );
	await page.getByRole( 'heading', { name: 'Which column is what?' } ).waitFor();
	await page.getByText( 'Read as Windows' ).waitFor();
	assert.equal( await becomes( 'Name' ).inputValue(), 'name' );
	assert.equal( await becomes( 'Telefon' ).inputValue(), 'phone' );
	assert.equal( await becomes( 'E-Mail' ).inputValue(), 'email' );
	await page.getByText( 'Groß; Jürgen 0' ).first().waitFor();
	assert.equal( wasm, 1 );
	assert.deepEqual( sent.slice( before ), [], 'nothing of the file was sent' );
	await page.getByLabel( 'Country of numbers without a country code' ).selectOption( 'DE' );
	await page.locator( '.nxtchat-preview tbody tr' ).first().waitFor();
	await shoot( page, 'import-columns' );
	await accessible( page, ours );
} );

await run( 'a wrong column is told at its place', async () => {
	await becomes( 'Telefon' ).selectOption( '' );
	await button( 'Next: options' ).click();
	await page.locator( '.notice-error', { hasText: 'No column is the phone number' } ).waitFor();
	await becomes( 'Name' ).selectOption( 'phone' );
	await page.getByText( 'do not look like phone numbers' ).waitFor();
	await shoot( page, 'import-wrong-column', { 1280: { width: 1280, height: 860 } } );
	await becomes( 'Name' ).selectOption( 'name' );
	await becomes( 'Telefon' ).selectOption( 'phone' );
	await becomes( 'Newsletter' ).selectOption( 'marketing' );
	await button( 'Next: options' ).click();
	await page.getByRole( 'heading', { name: 'What should happen with these people?' } ).waitFor();
} );

await run( 'consent without its words is not taken', async () => {
	await page.getByLabel( 'New groups' ).last().fill( 'Shop 2026' );
	await page.keyboard.press( 'Enter' );
	await button( 'Upload and check' ).click();
	await page.getByText( 'Consent without its words proves nothing' ).waitFor();
	await page.getByText( 'Be honest here' ).waitFor();
	await page.getByText( 'Each of them agreed' ).click();
	await shoot( page, 'import-options' );
	await accessible( page, ours );
	await page.getByText( 'As the column in the file says' ).click();
	await page.getByRole( 'textbox', { name: 'What they agreed to' } ).fill( 'Ja, ich möchte Angebote per WhatsApp.' );
	await page.getByRole( 'textbox', { name: 'Where' } ).fill( 'Kasse' );
} );

await run( 'the check says what would happen, and changes nothing', async () => {
	await button( 'Upload and check' ).click();
	await page.getByRole( 'heading', { name: 'This is what would happen' } ).waitFor();
	assert.equal( await fact( 'New contacts' ), GOOD );
	assert.equal( await fact( 'Rows left out' ), bad.length );
	await page.getByText( 'row: no phone number' ).waitFor();
	await page.getByText( 'row: not an email address' ).waitFor();
	await button( `Import ${ GOOD } people` ).waitFor();
	await shoot( page, 'import-check' );
	await accessible( page, ours );
} );

await run( 'back to the options and again: the file is not uploaded twice', async () => {
	const chunks = () => sent.filter( ( path ) => /chunk/.test( path ) ).length;
	const before = chunks();
	await button( 'Change columns or options' ).click();
	await page.getByRole( 'heading', { name: 'Which column is what?' } ).waitFor();
	await button( 'Next: options' ).click();
	await button( 'Check' ).click();
	await page.getByRole( 'heading', { name: 'This is what would happen' } ).waitFor();
	assert.equal( await fact( 'New contacts' ), GOOD );
	assert.equal( chunks(), before );
} );

await run( 'a reload loses nothing', async () => {
	await page.reload();
	await button( `Import ${ GOOD } people` ).waitFor();
} );

await run( 'it runs, and shows its people', async () => {
	await button( `Import ${ GOOD } people` ).click();
	await page.getByRole( 'heading', { name: 'Imported', exact: true } ).waitFor();
	assert.equal( await fact( 'New contacts' ), GOOD );
	await shoot( page, 'import-done' );
	await accessible( page, ours );
} );

await run( 'the rows left out come as CSV, with the reason', async () => {
	const [ download ] = await Promise.all( [ page.waitForEvent( 'download' ), button( 'Download the rows left out' ).click() ] );
	const text = readFileSync( await download.path(), 'utf8' );
	assert.match( download.suggestedFilename(), /^Kunden 2026-rejected\.csv$/ );
	assert.equal( text.trim().split( /\r?\n/ ).length, bad.length + 1 );
	assert.match( text, /Ohne Nummer/ );
} );

await run( 'the history knows it', async () => {
	await tab( 'import' );
	await page.locator( '.nxtchat-imports tbody tr', { hasText: 'Kunden 2026.csv' } ).waitFor();
	await shoot( page, 'import-history' );
	await accessible( page, ours );
} );

await run( 'a segment counts at once who matches, with examples', async () => {
	await tab( 'segments' );
	await page.getByText( 'No segments yet' ).waitFor();
	await shoot( page, 'segments-empty' );
	await accessible( page, ours );
	await page.getByText( 'Subscribers of one country' ).click();
	await page.getByRole( 'heading', { name: 'New segment' } ).waitFor();
	// The country is chosen from the list; the site's language may have chosen one already.
	for ( const remove of await page.locator( '.nxtchat-rule' ).first().getByRole( 'button', { name: /^Remove (?!.*Condition)/ } ).all() ) {
		await remove.click();
	}
	await page.locator( '.nxtchat-rule' ).first().locator( '.nxtchat-rule__value select' ).selectOption( 'DE' );
	// Others of this site may match, too; those of the import are in its group.
	await button( 'Add a condition' ).click();
	await page.locator( '.nxtchat-rule__field' ).last().selectOption( 'group' );
	await page.locator( '.nxtchat-rule__value select' ).last().selectOption( { label: 'Shop 2026' } );
	await page.locator( '.nxtchat-segment__count', { hasText: `${ GOOD / 2 } people` } ).waitFor();
	assert.equal( await page.locator( '.nxtchat-segment__examples li' ).count(), 10 );
	await shoot( page, 'segment-editor' );
	await accessible( page, ours );
} );

await run( 'groups of conditions, a condition without a value, and saving', async () => {
	await button( 'Add a block' ).click();
	await page.getByText( 'Each condition needs a field and a value.' ).waitFor();
	assert.ok( await button( 'Save segment' ).isDisabled() );
	const inner = page.locator( '.nxtchat-rules.is-inner .nxtchat-rule' );
	await inner.locator( '.nxtchat-rule__field' ).selectOption( 'name' );
	await inner.locator( '.nxtchat-rule__operator' ).selectOption( 'begins' );
	await inner.locator( 'input' ).fill( 'groß' );
	await page.locator( '.nxtchat-segment__count', { hasText: `${ GOOD / 2 } people` } ).waitFor();
	await inner.locator( 'input' ).fill( 'nobody is called this' );
	await page.locator( '.nxtchat-segment__count', { hasText: 'Nobody' } ).or( page.locator( '.nxtchat-segment__count', { hasText: '0 people' } ) ).waitFor();
	await inner.locator( 'input' ).fill( 'groß' );
	await page.getByLabel( 'Name', { exact: true } ).fill( '' );
	await button( 'Save segment' ).click();
	await page.getByText( 'Give it a name' ).waitFor();
	await page.getByLabel( 'Name', { exact: true } ).fill( 'Deutschland' );
	await button( 'Save segment' ).click();
	await page.getByText( 'Segment saved.' ).waitFor();
	await shoot( page, 'segment-saved' );
	await page.getByRole( 'link', { name: 'Show these contacts' } ).click();
	await page.waitForURL( /segment=\d+/ );
} );

await run( 'the list of segments: duplicated, deleted', async () => {
	await tab( 'segments' );
	await page.locator( '.nxtchat-segments tbody tr', { hasText: 'Deutschland' } ).waitFor();
	await shoot( page, 'segments' );
	await accessible( page, ours );
	await page.getByRole( 'link', { name: 'Duplicate Deutschland' } ).click();
	await button( 'Save segment' ).click();
	await page.getByText( 'Segment saved.' ).waitFor();
	await button( 'Delete segment' ).click();
	await page.getByRole( 'dialog' ).getByRole( 'button', { name: 'Delete' } ).click();
	await page.waitForURL( /#\/segments$/ );
	await page.locator( '.nxtchat-segments tbody tr' ).first().waitFor();
	assert.equal( await page.locator( '.nxtchat-segments tbody tr' ).count(), 1 );
} );

await run( 'the import is undone as a whole', async () => {
	await tab( 'import' );
	await page.getByRole( 'link', { name: 'Kunden 2026.csv' } ).click();
	await button( 'Undo this import' ).click();
	await shoot( page, 'import-undo', { 1280: { width: 1280, height: 860 } } );
	await button( 'Undo it' ).click();
	await page.getByRole( 'heading', { name: 'The import was undone' } ).waitFor();
	// Half of them are unsubscribed by the file; that is not forgotten.
	await page.getByText( `${ GOOD / 2 } people were removed again.` ).waitFor();
	await page.getByText( 'they are unsubscribed, which must not be forgotten' ).waitFor();
	await shoot( page, 'import-undone', { 390: { width: 390, height: 844 } } );
	await accessible( page, ours );
} );

await run( 'an upload that was cut off goes on where it was', async () => {
	const lines = Array.from( { length: 1250 }, ( _, i ) => `Nr ${ i };0151 2345${ 1000 + i };;${ 'Köln '.repeat( 400 ) };` );
	const large = { ...file, name: 'groß.csv', buffer: Buffer.from( [ 'Name;Telefon;E-Mail;Stadt;Newsletter', ...lines ].join( '\r\n' ), 'latin1' ) };
	await tab( 'import' );
	await page.setInputFiles( '.nxtchat-drop input', large );
	await page.getByLabel( 'Country of numbers without a country code' ).selectOption( 'DE' );
	await becomes( 'Newsletter' ).selectOption( '' );
	await button( 'Next: options' ).click();
	await page.route( /offset(=|%3D)1000000/, ( route ) => route.abort() );
	await button( 'Upload and check' ).click();
	await page.getByRole( 'heading', { name: 'Uploading' } ).waitFor();
	await until( () => sent.some( ( path ) => /offset=1000000/.test( path ) ), 'the second part' );
	page.once( 'dialog', ( dialog ) => void dialog.accept() );
	await page.unrouteAll();
	await page.reload();
	await page.getByRole( 'heading', { name: 'The upload is not finished' } ).waitFor();
	await shoot( page, 'import-cut-off', { 390: { width: 390, height: 844 } } );
	const before = sent.length;
	await page.setInputFiles( '.nxtchat-drop input', { ...file, name: 'groß.csv' } );
	await page.getByText( 'its size differs' ).waitFor();
	await page.setInputFiles( '.nxtchat-drop input', large );
	await page.getByRole( 'heading', { name: 'This is what would happen' } ).waitFor();
	assert.ok( ! sent.slice( before ).some( ( path ) => /offset=0\b/.test( path ) ), 'the first part was not sent again' );
	await button( 'Discard this import' ).click();
	await page.getByRole( 'heading', { name: 'Import contacts' } ).waitFor();
} );

await run( 'users without a phone number are no source', async () => {
	await page.getByText( 'once they have a phone number in their profile' ).waitFor();
	assert.equal( await button( /^WordPress users/ ).count(), 0 );
} );

await run( 'consent: a word is added, kept and understood after a reload', async () => {
	await tab( 'consent' );
	await page.getByRole( 'heading', { name: 'What counts as consent' } ).waitFor();
	await shoot( page, 'consent' );
	await accessible( page, ours );
	await page.getByLabel( /^Stop, in/ ).last().fill( 'no more' );
	await page.keyboard.press( 'Enter' );
	await page.getByLabel( 'After STOP' ).first().fill( 'Bye, and thank you.' );
	await page.locator( '.nxtchat-consent__chat .is-out', { hasText: 'Bye, and thank you.' } ).waitFor();
	await page.getByText( 'When somebody comments' ).click();
	await button( 'Save settings' ).click();
	await page.getByText( 'Saved.', { exact: true } ).waitFor();
	await page.reload();
	await page.locator( '.nxtchat-chip', { hasText: 'no more' } ).first().waitFor();
	assert.equal( await page.getByLabel( 'After STOP' ).first().inputValue(), 'Bye, and thank you.' );
} );

await run( 'no errors, no requests elsewhere, nothing wider than its window', async () => {
	assert.deepEqual( troubles, [] );
	assert.ok( site.length > 0 );
} );

await finish();
