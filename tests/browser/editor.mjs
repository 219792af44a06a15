/**
 * The editor of templates beside the straight way of templates.mjs: a picture and its upload, cards, login codes, named variables,
 * two people at one template, a second language, and a browser that cannot load the rules. Each screen by axe.
 */
import assert from 'node:assert/strict';
import { accessible, finish, newPage, screen, shoot, signIn, step, troubles, until } from './harness.mjs';
const page = await newPage();
const run = ( name, work ) => step( name, work, page );
const MAIN = '#nxtchat-template';
/** A hash alone loads no page. */
const go = async ( place ) => {
	await page.goto( 'about:blank' );
	await page.goto( `${ screen( 'template' ) }#/${ place }` );
	await page.waitForLoadState( 'networkidle' );
};
const button = ( name ) => page.getByRole( 'button', { name } );
await signIn( page );
await run( 'a sample picture is uploaded and shown on the phone', async () => {
	await go( 'new' );
	await page.getByLabel( /^Name/ ).fill( 'picture offer' );
	await page.getByLabel( 'Category' ).selectOption( 'MARKETING' );
	await page.getByLabel( 'What stands at the top' ).first().selectOption( 'IMAGE' );
	await page.locator( '.nxtchat-editor textarea' ).fill( 'See our new lamps in the shop this week.' );
	const png = Buffer.from( 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64' );
	await page.setInputFiles( 'input[type=file]', { name: 'lamp.png', mimeType: 'image/png', buffer: png } );
	await page.getByText( 'lamp.png is uploaded.' ).waitFor();
	await page.locator( '.nxtchat-phone__image' ).waitFor();
	await page.getByText( 'Nothing to mend' ).waitFor();
	await page.getByText( 'Saved as a draft' ).waitFor();
	await page.evaluate( () => scrollTo( 0, 300 ) );
	await shoot( page, 'editor-image' );
	await accessible( page, MAIN );
} );
await run( 'cards side by side, and what is missing in them', async () => {
	await page.getByLabel( 'Show cards' ).check();
	await page.getByRole( 'button', { name: 'Add a card' } ).waitFor();
	await page.evaluate( () => document.querySelector( '.nxtchat-editor__form fieldset:last-of-type' )?.scrollIntoView() );
	await shoot( page, 'editor-cards' );
	await accessible( page, MAIN );
	await button( 'Hand in to WhatsApp' ).click();
	await shoot( page, 'editor-cards-told' );
	await accessible( page, MAIN );
} );
await run( 'a login code for an app, and back to the former text', async () => {
	await page.getByLabel( 'Category' ).selectOption( 'AUTHENTICATION' );
	await page.getByLabel( 'What the button does' ).selectOption( 'ONE_TAP' );
	await page.locator( '.nxtchat-field__error' ).first().waitFor();
	await page.evaluate( () => scrollTo( 0, 300 ) );
	await shoot( page, 'editor-auth' );
	await accessible( page, MAIN );
	await page.getByLabel( 'What the button does' ).selectOption( 'COPY_CODE' );
	await page.getByText( 'Nothing to mend' ).waitFor();
	await page.getByLabel( 'Category' ).selectOption( 'MARKETING' );
	await page.getByText( 'Saved as a draft' ).waitFor();
} );
await run( 'a service text that reads like advertising is told; numbers become names', async () => {
	await go( 'new' );
	await page.locator( '.nxtchat-editor textarea' ).fill( 'Hi {{1}}, get a discount on lamps now. Shop now and save!' );
	await page.locator( '.nxtchat-editor__advice' ).first().waitFor();
	await page.getByLabel( 'How variables are written' ).selectOption( 'NAMED' );
	await page.locator( '.nxtchat-editor__variables' ).getByLabel( 'Name' ).fill( 'first name' );
	await page.locator( '.nxtchat-editor__variables' ).getByLabel( /^Example/ ).fill( 'Ann' );
	assert.match( await page.locator( '.nxtchat-editor textarea' ).inputValue(), /\{\{first_name\}\}/ );
	await until( async () => ( await page.locator( '.nxtchat-phone__text' ).innerText() ).startsWith( 'Hi Ann' ), 'Ann' );
	await page.getByText( 'Saved as a draft' ).waitFor();
	await button( 'Add a button' ).click();
	await shoot( page, 'editor-menu' );
	await page.keyboard.press( 'Escape' );
	await shoot( page, 'editor-named' );
	await accessible( page, MAIN );
} );
await run( 'somebody else saved meanwhile: theirs or mine', async () => {
	const id = /edit\/(\d+)/.exec( page.url() )[ 1 ];
	const other = await page.context().newPage();
	await other.goto( page.url() );
	await other.getByLabel( /^Name/ ).first().fill( 'theirs' );
	await other.getByText( 'Saved in a moment' ).waitFor();
	await other.getByText( 'Saved as a draft' ).waitFor();
	await other.close();
	await page.getByLabel( /^Name/ ).first().fill( 'mine' );
	await page.getByText( 'Somebody else saved' ).waitFor();
	await accessible( page, MAIN );
	await button( 'Keep mine' ).click();
	await page.getByText( 'Saved as a draft' ).waitFor();
	await page.reload();
	await until( async () => ( await page.getByLabel( /^Name/ ).first().inputValue() ) === 'mine', 'mine' );
} );
await run( 'a second language begins with the structure of the first, and is compared with it', async () => {
	await page.getByLabel( 'Add a language' ).selectOption( 'de' );
	await page.waitForURL( /#\/new/ );
	await until( async () => ( await page.getByLabel( 'Language', { exact: true } ).inputValue() ) === 'de', 'de' );
	await page.locator( '.nxtchat-editor textarea' ).fill( 'Hallo {{first_name}}, die Lampen sind da, schau doch vorbei.' );
	await page.getByText( 'Saved as a draft' ).waitFor();
	await page.reload();
	await page.getByLabel( 'Compare with another language' ).selectOption( { index: 1 } );
	await page.locator( '.nxtchat-editor__compare .nxtchat-phone__text' ).waitFor();
	await shoot( page, 'editor-languages' );
	await accessible( page, MAIN );
} );
await run( 'a browser that cannot load the rules asks the server', async () => {
	await page.route( /core-.*\.wasm/, ( route ) => route.abort() );
	await go( 'new?starter=order_update' );
	await page.locator( '.nxtchat-editor .nxtchat-phone__text', { hasText: 'Hi Ann' } ).waitFor();
	await page.locator( '.nxtchat-editor textarea' ).fill( '{{1}} hello' );
	await page.locator( '.nxtchat-field__error', { hasText: 'begins with' } ).waitFor();
} );
await run( 'no script error, no 5xx, no request to another host, nothing wider than its window', async () => {
	assert.deepEqual( [ ...new Set( troubles ) ], [] );
} );

await finish();
