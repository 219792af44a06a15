/**
 * Templates as a shop owner works with them, on the site that the walks before left behind: those of WhatsApp are fetched, one is
 * begun from a ready-made text, written wrong, told so, mended, handed in, seen approved without a reload, sent to the pretend
 * customer's phone and read there word for word as in the preview; a pause arrives by itself and is lifted; each screen by axe.
 */
import assert from 'node:assert/strict';
import { accessible, finish, newPage, screen, shoot, signIn, sim, simulator, step, troubles, until } from './harness.mjs';

const page = await newPage();
const run = async ( name, work ) => ( await step( name, work, page ) ) || ( await finish() );
const at = ( place ) => `${ screen( 'template' ) }#/${ place }`;
/** A hash alone loads no page: like a click inside the screen. */
const go = async ( place ) => {
	await page.goto( at( place ) );
	await page.waitForLoadState( 'networkidle' );
};
const row = ( name ) => page.locator( 'tr[data-template]', { hasText: name } );
const card = ( heading ) => page.locator( 'section.nxtchat-card', { has: page.getByRole( 'heading', { name: heading, exact: true } ) } );
const status = ( word ) => page.locator( `.nxtchat-template__head [data-status="${ word }"]` );
const MAIN = '#nxtchat-template';
const ANNA = '4915112345601';
/** At Meta: the template by this name, as the simulator has it. */
const there = async ( name ) => ( await sim( 'GET', '/sim/templates' ) ).items.find( ( one ) => one.name === name );
/** Hands one in elsewhere, and waits for its review. */
const register = async ( template ) => {
	const made = await fetch( `${ simulator.graph_base }/v25.0/${ simulator.waba_id }/message_templates`, {
		method: 'POST',
		headers: { Authorization: `Bearer ${ simulator.token }`, 'Content-Type': 'application/json' },
		body: JSON.stringify( template ),
	} );
	assert.equal( made.status, 200 );
	await until( async () => ( await there( template.name ) ).status === 'APPROVED', 'the review' );
};
/** Words only: line breaks and spaces are drawn differently. */
const words = ( text ) => text.replace( /\s+/g, ' ' ).trim();

await signIn( page );
await sim( 'POST', '/sim/settings', { review_ms: [ 300, 600 ] } );

await run( 'templates that WhatsApp has are fetched; the search and the filters narrow them', async () => {
	await register( {
		name: 'parcel_arrives',
		language: 'de',
		category: 'UTILITY',
		components: [ { type: 'BODY', text: 'Hallo {{1}}, dein Paket kommt heute bei dir an.', example: { body_text: [ [ 'Ann' ] ] } } ],
	} );
	await go( '' );
	await shoot( page, 'template-none' );
	await accessible( page, MAIN );
	await page.getByRole( 'button', { name: 'Sync now' } ).click();
	await row( 'parcel_arrives' ).locator( 'td.column-status [data-status="APPROVED"]' ).waitFor();
	await page.getByText( 'Up to date with WhatsApp' ).waitFor();
	await page.getByRole( 'searchbox' ).fill( 'Parcel Arr' );
	await page.waitForURL( /search=Parcel/ );
	await row( 'parcel_arrives' ).waitFor();
	await page.getByLabel( 'Category' ).selectOption( 'MARKETING' );
	await page.getByText( 'No template matches these filters.' ).waitFor();
	await page.getByRole( 'link', { name: 'Clear filters' } ).click();
	await row( 'parcel_arrives' ).waitFor();
	await shoot( page, 'template-list' );
	await accessible( page, MAIN );
} );

await run( 'ready-made templates, each as the customer would see it', async () => {
	await page.getByRole( 'link', { name: 'Add template' } ).click();
	const update = page.locator( '.nxtchat-starters > li', { hasText: 'Order update' } );
	await update.getByText( 'Hi Ann, your order 10482 is on its way.' ).waitFor();
	await shoot( page, 'template-starters' );
	await accessible( page, MAIN );
} );

await run( 'a template is written wrong, told at the field, mended, and handed in', async () => {
	await go( 'new' );
	const text = page.locator( '.nxtchat-editor textarea' );
	const phone = page.locator( '.nxtchat-editor .nxtchat-phone__text' );
	await page.getByText( 'Your text appears here.' ).waitFor();
	await page.getByLabel( /^Name/ ).fill( 'Order Shipped!' );
	await page.getByText( 'Becomes order_shipped_' ).waitFor();
	await page.getByLabel( /^Name/ ).fill( 'Order Shipped' );
	await text.fill( '{{1}}, your *order* is on its way' );
	await page.locator( '.nxtchat-field__error', { hasText: 'begins with the variable' } ).waitFor();
	await shoot( page, 'editor-wrong' );
	await accessible( page, MAIN );
	await page.getByRole( 'button', { name: 'Hand in to WhatsApp' } ).click();
	await until( () => page.evaluate( () => document.activeElement?.tagName === 'TEXTAREA' ), 'the cursor in the text' );
	await text.fill( 'Hi {{1}}, your order ' );
	await page.getByRole( 'button', { name: 'Insert variable' } ).click();
	await page.keyboard.type( ' is on its way.\n\nThe _parcel_ should reach you within *two days*.' );
	assert.equal( await text.inputValue(), 'Hi {{1}}, your order {{2}} is on its way.\n\nThe _parcel_ should reach you within *two days*.' );
	const first = page.getByRole( 'group', { name: '{{1}} in the text' } );
	await first.getByLabel( /^Example/ ).fill( 'Ann' );
	await first.getByLabel( 'Comes from' ).selectOption( 'contact.first_name' );
	await first.getByLabel( 'If that is empty' ).fill( 'there' );
	await page.getByRole( 'group', { name: '{{2}} in the text' } ).getByLabel( /^Example/ ).fill( 'A-1000' );
	await until( async () => words( await phone.innerText() ) === 'Hi Ann, your order A-1000 is on its way. The parcel should reach you within two days.', 'the preview' );
	await page.getByRole( 'button', { name: 'Add a button' } ).click();
	await page.keyboard.press( 'ArrowDown' );
	await page.keyboard.press( 'Enter' );
	await until( () => page.evaluate( () => document.activeElement?.closest( '.nxtchat-editor__item' ) !== null ), 'the cursor in the new button' );
	await page.locator( '.nxtchat-editor__item', { hasText: 'Open a web page' } ).getByLabel( /^Label/ ).fill( 'Track it' );
	await page.locator( '.nxtchat-editor__item', { hasText: 'Open a web page' } ).getByLabel( /^Address/ ).fill( 'shop.example' );
	await page.locator( '.nxtchat-field__error', { hasText: 'no web address' } ).waitFor();
	await page.locator( '.nxtchat-editor__item', { hasText: 'Open a web page' } ).getByLabel( /^Address/ ).fill( 'https://shop.example/track' );
	await page.getByText( 'Nothing to mend' ).waitFor();
	await page.getByText( 'Saved as a draft' ).waitFor();
	assert.match( page.url(), /#\/edit\/\d+$/ );
	await shoot( page, 'editor-good' );
	await accessible( page, MAIN );
	await page.reload();
	await until( async () => ( await text.inputValue() ).startsWith( 'Hi {{1}}' ), 'the draft after a reload' );
	assert.equal( await first.getByLabel( 'Comes from' ).inputValue(), 'contact.first_name' );
	await page.getByRole( 'button', { name: 'Hand in to WhatsApp' } ).click();
	const dialog = page.locator( 'dialog[open]' );
	await accessible( page, 'dialog[open]' );
	await dialog.getByRole( 'button', { name: 'Hand in', exact: true } ).click();
	await page.waitForURL( /#\/template\/\d+$/ );
} );

await run( 'it is approved before our eyes', async () => {
	await status( 'APPROVED' ).waitFor();
	await card( 'What happened' ).locator( 'li', { hasText: 'Approved' } ).first().waitFor();
	await shoot( page, 'template-approved' );
	await accessible( page, MAIN );
} );

await run( 'a test send shows what Anna gets, and her phone shows the same text', async () => {
	const box = page.locator( '.nxtchat-sendbox' );
	await box.getByRole( 'textbox', { name: 'To', exact: true } ).fill( 'Anna' );
	await box.locator( '.nxtchat-found button', { hasText: 'Anna' } ).first().click();
	const preview = box.locator( '.nxtchat-phone' );
	const field = ( key ) => box.getByLabel( `{{${ key }}} in the text` );
	await until( async () => ( await field( 1 ).inputValue() ) === 'Anna', 'her name by itself' );
	await box.getByText( 'The test sends the example instead.' ).waitFor();
	await field( 2 ).fill( 'A-4711' );
	await preview.getByText( 'A-4711' ).first().waitFor();
	await page.waitForTimeout( 600 ); // The preview follows the last key.
	await shoot( page, 'template-send' );
	await accessible( page, MAIN );
	const shown = words( await preview.locator( '.nxtchat-phone__text' ).innerText() );
	assert.match( shown, /^Hi Anna, your order A-4711 is on its way\./ );
	await box.getByRole( 'button', { name: 'Send the test' } ).click();
	await box.getByRole( 'link', { name: 'Open the conversation' } ).waitFor();
	const phone = await newPage();
	await phone.goto( `${ simulator.phone_page }${ ANNA }` );
	const bubble = phone.locator( '.body', { hasText: 'A-4711' } ).last();
	await bubble.waitFor();
	assert.equal( words( await bubble.innerText() ), shown, 'word for word' );
	assert.equal( await phone.getByRole( 'link', { name: 'Track it' } ).last().getAttribute( 'href' ), 'https://shop.example/track' );
	await shoot( phone, 'template-phone' );
	await phone.context().close();
	await card( 'About it' ).getByText( 'Last used just now' ).waitFor();
	await box.getByRole( 'link', { name: 'Open the conversation' } ).click();
	await page.waitForURL( /nxtchat-inbox.*conversation=/ );
} );

await run( 'an approved template that nobody changed cannot be handed in again', async () => {
	await go( '' );
	await row( 'order_shipped' ).getByRole( 'link', { name: 'order_shipped', exact: true } ).click();
	await page.getByRole( 'link', { name: 'Edit', exact: true } ).click();
	await page.getByText( 'No changes yet' ).waitFor();
	const submit = page.getByRole( 'button', { name: 'Hand in to WhatsApp' } );
	assert.equal( await submit.isDisabled(), true );
	await accessible( page, MAIN );
	const text = page.locator( '.nxtchat-editor textarea' );
	const before = await text.inputValue();
	await text.fill( `${ before } Bye.` );
	await page.getByText( 'Saved as a draft' ).waitFor();
	assert.equal( await submit.isDisabled(), false );
	await text.fill( before );
	await page.getByText( 'No changes yet' ).waitFor();
} );

await run( 'a place on top is asked for by its parts, for a number in any spelling', async () => {
	await register( {
		name: 'see_you_here',
		language: 'en_US',
		category: 'UTILITY',
		components: [ { type: 'HEADER', format: 'LOCATION' }, { type: 'BODY', text: 'We will meet you here tomorrow.' }, { type: 'BUTTONS', buttons: [ { type: 'QUICK_REPLY', text: 'I will come' } ] } ],
	} );
	await go( '' );
	await page.getByRole( 'button', { name: 'Sync now' } ).click();
	await row( 'see_you_here' ).getByRole( 'link', { name: 'see_you_here', exact: true } ).click();
	const box = page.locator( '.nxtchat-sendbox' );
	await box.getByRole( 'textbox', { name: 'To', exact: true } ).fill( '+49 (1511) 234 5601' );
	await box.getByText( 'Sends to the number' ).waitFor();
	await box.getByRole( 'button', { name: 'Send the test' } ).click();
	await box.getByText( 'No value was given' ).waitFor();
	await accessible( page, MAIN );
	for ( const [ label, text ] of [ [ /^Latitude/, '52,52' ], [ /^Longitude/, '13.4' ], [ 'Name of the place', 'Our shop' ] ] ) {
		await box.getByLabel( label ).fill( text );
	}
	await box.locator( '.nxtchat-phone' ).getByText( 'Our shop' ).waitFor();
	await shoot( page, 'template-place' );
	await box.getByRole( 'button', { name: 'Send the test' } ).click();
	await box.getByRole( 'link', { name: 'Open the conversation' } ).waitFor();
	const phone = await newPage();
	await phone.goto( `${ simulator.phone_page }${ ANNA }` );
	await phone.locator( '.bubble', { hasText: 'We will meet you here tomorrow.' } ).getByText( 'Our shop' ).waitFor();
	await phone.getByRole( 'button', { name: 'I will come', exact: true } ).click();
	await phone.locator( '.line.mine', { hasText: 'I will come' } ).waitFor();
	await phone.context().close();
} );

await run( 'a pause arrives by itself, says what to do, and is lifted', async () => {
	const { id } = await there( 'parcel_arrives' );
	await go( '' );
	await row( 'parcel_arrives' ).getByRole( 'link', { name: 'parcel_arrives', exact: true } ).click();
	await status( 'APPROVED' ).waitFor();
	await sim( 'POST', `/sim/templates/${ id }`, { status: 'PAUSED', title: 'FIRST_PAUSE' } );
	await status( 'PAUSED' ).waitFor();
	await sim( 'POST', `/sim/templates/${ id }`, { quality: 'RED' } );
	await card( 'What happened' ).locator( 'li', { hasText: 'Quality: Low' } ).waitFor();
	assert.equal( await page.locator( '.nxtchat-sendbox' ).count(), 0, 'what is paused cannot be sent' );
	await shoot( page, 'template-paused' );
	await accessible( page, MAIN );
	await page.getByRole( 'button', { name: 'Ask WhatsApp to deliver it again' } ).click();
	await status( 'APPROVED' ).waitFor();
} );

await run( 'deleting says what goes with it', async () => {
	await go( '' );
	// By keys: row actions appear for who hovers, and for the keyboard.
	await row( 'parcel_arrives' ).getByRole( 'button', { name: 'Delete: parcel_arrives' } ).focus();
	await page.keyboard.press( 'Enter' );
	const dialog = page.locator( 'dialog[open]' );
	await dialog.getByText( 'WhatsApp deletes it too' ).waitFor();
	await shoot( page, 'template-delete' );
	await accessible( page, 'dialog[open]' );
	await dialog.getByRole( 'button', { name: 'Delete', exact: true } ).click();
	await row( 'parcel_arrives' ).waitFor( { state: 'detached' } );
	assert.ok( ! ( await there( 'parcel_arrives' ) ) || ( await there( 'parcel_arrives' ) ).status !== 'APPROVED', 'WhatsApp has it no more' );
} );

await run( 'no script error, no 5xx, no request to another host, nothing wider than its window', async () => {
	assert.deepEqual( [ ...new Set( troubles ) ], [] );
} );

await finish();
