/**
 * The consent form as visitors meet it: placed in the editor, filled in with and without JavaScript, with a mistake, by keys.
 */
import assert from 'node:assert/strict';
import { accessible, browser, finish, newPage, shoot, signIn, site, step, troubles, WIDE } from './harness.mjs';

const page = await newPage();
const run = async ( name, work ) => ( await step( name, work, page ) ) || ( await finish() );
const FORM = '[data-nxtchat-consent]';
let url = '';
let id = 0;

await signIn( page );

await run( 'the editor has the block, and it is saved without its HTML', async () => {
	await page.goto( `${ site }/wp-admin/post-new.php?post_type=page` );
	await page.waitForFunction( () => window.wp?.data?.select( 'core/editor' )?.getCurrentPostId() && window.wp.blocks.getBlockType( 'nxtchat/consent' ) );
	[ id, url ] = await page.evaluate( async () => {
		const { dispatch, select } = window.wp.data;
		dispatch( 'core/block-editor' ).insertBlock( window.wp.blocks.createBlock( 'nxtchat/consent', { button: 'Count me in' } ) );
		dispatch( 'core/editor' ).editPost( { title: 'News', status: 'publish' } );
		await dispatch( 'core/editor' ).savePost();
		const post = select( 'core/editor' ).getCurrentPost();
		return [ post.id, post.link ];
	} );
	assert.ok( url.startsWith( site ), url );
	await page.goto( `${ site }/wp-admin/post.php?post=${ id }&action=edit` );
	await page.waitForFunction( () => window.wp?.data?.select( 'core/block-editor' )?.getBlocks()?.length > 0 );
	const block = await page.evaluate( () => window.wp.data.select( 'core/block-editor' ).getBlocks()[ 0 ] );
	assert.deepEqual( [ block.name, block.isValid, block.attributes.button ], [ 'nxtchat/consent', true, 'Count me in' ] );
} );

const visitor = await newPage();

await run( 'a visitor: nothing is ticked beforehand, a mistake stands at its field, then thanks', async () => {
	await visitor.goto( url );
	await accessible( visitor, FORM );
	assert.equal( await visitor.isChecked( `${ FORM } [name=agree]` ), false );
	await visitor.selectOption( `${ FORM } [name=country]`, 'DE' );
	await visitor.fill( `${ FORM } [name=phone]`, '12' );
	await visitor.focus( `${ FORM } [name=agree]` );
	await visitor.keyboard.press( 'Space' );
	await visitor.keyboard.press( 'Enter' );
	await visitor.locator( '[aria-invalid="true"]' ).waitFor();
	assert.equal( await visitor.evaluate( () => document.activeElement.name ), 'phone' );
	await accessible( visitor, FORM );
	await shoot( visitor, 'consent-form' );
	await visitor.fill( `${ FORM } [name=name]`, 'Vera Visitor' );
	await visitor.fill( `${ FORM } [name=phone]`, '0151 55512345' );
	await visitor.getByRole( 'button', { name: 'Count me in' } ).click();
	await visitor.getByText( 'Thank you. Your agreement is noted.' ).waitFor();
	await accessible( visitor, FORM );
	assert.equal( await visitor.locator( `${ FORM } [name=phone]` ).isVisible(), false );
} );

await run( 'without JavaScript the answer is a page with a way back', async () => {
	const plain = await ( await browser.newContext( { javaScriptEnabled: false, viewport: WIDE } ) ).newPage();
	await plain.goto( url );
	await plain.fill( `${ FORM } [name=phone]`, '+49 151 55512346' );
	await plain.check( `${ FORM } [name=agree]` );
	await plain.getByRole( 'button', { name: 'Count me in' } ).click();
	await plain.getByRole( 'heading', { name: 'Thank you' } ).waitFor();
	await plain.getByRole( 'link', { name: 'Back' } ).click();
	assert.equal( plain.url(), url );
} );

await run( 'both stand in the ledger with the words they read', async () => {
	await page.goto( `${ site }/wp-admin/admin.php?page=nxtchat-contact` );
	const ledger = await page.evaluate( async () => {
		const { items } = await window.wp.apiFetch( { path: '/nxtchat/v1/contacts?search=Vera' } );
		return window.wp.apiFetch( { path: `/nxtchat/v1/contacts/${ items[ 0 ].id }/consents` } );
	} );
	assert.equal( ledger.states.marketing, 1 );
	assert.deepEqual( [ ledger.items[ 0 ].source, ledger.items[ 0 ].by_person, ledger.items[ 0 ].detail ], [ 'form', false, url ] );
	assert.match( ledger.items[ 0 ].wording, /offers and news/ );
} );

await run( 'no script error, no 5xx, no request to another host, nothing wider than its window', async () => {
	assert.deepEqual( [ ...new Set( troubles ) ].filter( ( t ) => ! /wp-admin\/post/.test( t ) ), [] );
} );

await finish();
