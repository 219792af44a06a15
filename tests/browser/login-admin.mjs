/**
 * Login by WhatsApp as the owner sets it up: what is missing is told, the template is made with one click and approved before our
 * eyes, a test code arrives on Anna's phone, settings are changed, refused, saved and undone, prices are entered, it is switched on,
 * its report fills, and a user's number is found and taken off. Each tab by axe, at both widths.
 */
import assert from 'node:assert/strict';
import { accessible, finish, newPage, screen, shoot, signIn, sim, simulator, site, step, troubles, until } from './harness.mjs';

const page = await newPage();
const run = async ( name, work ) => ( await step( name, work, page ) ) || ( await finish() );
const MAIN = '#nxtchat-login';
const ANNA = '4915112345601';
const at = ( tab ) => `${ screen( 'login' ) }#/${ tab }`;
const tab = async ( name ) => {
	await page.getByRole( 'navigation', { name: 'Login' } ).getByRole( 'link', { name, exact: true } ).click();
	await page.waitForLoadState( 'networkidle' );
};
const api = ( path, options = {} ) => page.evaluate( ( [ route, more ] ) => window.wp.apiFetch( { path: `/nxtchat/v1/${ route }`, ...more } ).catch( ( error ) => error ), [ path, options ] );
const toggle = () => page.getByRole( 'switch', { name: 'Login by WhatsApp' } );
const missing = ( key ) => page.locator( `[data-missing="${ key }"]` );
const saved = () => page.locator( '.nxtchat-savebar', { hasText: 'Saved.' } );

await signIn( page );
await sim( 'POST', '/sim/settings', { review_ms: [ 1500, 1800 ] } );
await page.goto( screen( 'account' ) );
if ( ! ( await api( 'accounts' ) ).items.length ) {
	// Alone, without the walks before.
	await api( 'accounts', { method: 'POST', data: { name: 'Shop', app_id: simulator.app_id, app_secret: simulator.app_secret, token: simulator.token, waba_id: simulator.waba_id, phone_number_id: simulator.phone_number_id, graph_base: simulator.graph_base, default_country: 'DE' } } );
}
const [ account ] = ( await api( 'accounts' ) ).items;
await api( `accounts/${ account.id }`, { method: 'PATCH', data: { default_country: 'DE' } } );
const { callback_url: callback } = await api( `accounts/${ account.id }/webhook` );
await sim( 'POST', '/sim/callback', { url: callback } );

await run( 'what is missing stands at the switch, which stays off', async () => {
	await page.goto( at( '' ) );
	await missing( 'template' ).waitFor();
	assert.equal( await toggle().getAttribute( 'aria-checked' ), 'false' );
	await toggle().click( { force: true } );
	assert.equal( await toggle().getAttribute( 'aria-checked' ), 'false' );
	const refused = await api( 'login/settings', { method: 'PATCH', data: { enabled: true } } );
	assert.deepEqual( [ refused.code, refused.data.missing[ 0 ].key ], [ 'nxtchat_login_not_ready', 'template' ] );
	await shoot( page, 'login-off' );
	await accessible( page, MAIN );
} );

await run( 'one click makes the template, which is approved before our eyes', async () => {
	await missing( 'template' ).getByRole( 'button', { name: 'Make the template' } ).click();
	await page.locator( '.nxtchat-logintemplate [data-status="PENDING"]' ).waitFor();
	await shoot( page, 'login-review' );
	await accessible( page, MAIN );
	await page.locator( '.nxtchat-logintemplate [data-status="APPROVED"]' ).waitFor();
	assert.equal( await missing( 'template' ).count(), 0 );
	const [ template ] = ( await sim( 'GET', '/sim/templates' ) ).items.filter( ( one ) => one.name === 'nxtchat_login_code' );
	assert.equal( template.category, 'AUTHENTICATION' );
	assert.equal( template.components.find( ( one ) => one.type === 'FOOTER' ).code_expiration_minutes, 5 );
} );

await run( 'a test code arrives on a phone', async () => {
	const field = page.getByLabel( 'Your WhatsApp number' );
	await field.fill( '030 12' );
	await page.getByRole( 'button', { name: 'Send a test code' } ).click();
	await page.locator( '.nxtchat-field.has-error' ).waitFor();
	assert.equal( await field.getAttribute( 'aria-invalid' ), 'true' );
	await field.fill( `+${ ANNA }` );
	await page.getByRole( 'button', { name: 'Send a test code' } ).click();
	await page.locator( '[data-outcome="done"]', { hasText: 'The code is on the phone.' } ).waitFor();
	await shoot( page, 'login-ready' );
	await accessible( page, MAIN );
} );

await run( 'the form shows as visitors will see it, and follows what is edited', async () => {
	await tab( 'Form and places' );
	const number = page.frameLocator( 'iframe[title="Preview: the number"]' );
	const code = page.frameLocator( 'iframe[title="Preview: the code"]' );
	await number.getByText( 'Keep me logged in' ).waitFor();
	await code.getByText( /a code is on its way/ ).waitFor();
	await page.getByLabel( /Offer “Keep me logged in”/ ).uncheck();
	await number.getByText( 'Keep me logged in' ).waitFor( { state: 'detached' } );
	await page.getByLabel( /People may write to you instead/ ).check();
	await number.getByText( 'Write to us instead' ).waitFor();
	await page.getByText( 'Changes are not saved yet.' ).waitFor();
	await shoot( page, 'login-form' );
	await accessible( page, MAIN );
	await page.getByRole( 'button', { name: 'Discard' } ).click();
	assert.equal( await page.getByLabel( /Offer “Keep me logged in”/ ).isChecked(), true );
} );

await run( 'leaving with unsaved changes asks first; they stay from tab to tab', async () => {
	await page.getByLabel( 'Digits' ).selectOption( '8' );
	await tab( 'Security' );
	await tab( 'Form and places' );
	assert.equal( await page.getByLabel( 'Digits' ).inputValue(), '8' );
	let asked = false;
	page.once( 'dialog', ( dialog ) => {
		asked = dialog.type() === 'beforeunload';
		void dialog.dismiss();
	} );
	await page.evaluate( () => location.reload() ).catch( () => {} );
	await until( () => asked, 'the question' );
} );

await run( 'saved settings are undone with a click', async () => {
	await page.getByRole( 'button', { name: 'Save settings' } ).click();
	await saved().waitFor();
	assert.equal( ( await api( 'login/settings' ) ).digits, 8 );
	await saved().getByRole( 'button', { name: 'Undo' } ).click();
	await page.getByText( 'Undone.' ).first().waitFor();
	assert.equal( ( await api( 'login/settings' ) ).digits, 6 );
	assert.equal( await page.getByLabel( 'Digits' ).inputValue(), '6' );
} );

await run( 'a mistake stands at its field, from whichever tab it is saved', async () => {
	await tab( 'Security' );
	await page.getByLabel( 'Their addresses' ).fill( 'my proxy' );
	await page.getByLabel( 'Their addresses' ).press( 'Enter' );
	await tab( 'Moving over' );
	await page.getByRole( 'button', { name: 'Save settings' } ).click();
	await page.locator( '.nxtchat-field__error', { hasText: '10.0.0.1' } ).waitFor();
	assert.match( page.url(), /#\/security$/ );
	await until( () => page.evaluate( () => document.activeElement?.getAttribute( 'aria-invalid' ) === 'true' ), 'the cursor at the mistake' );
	await shoot( page, 'login-mistake' );
	await accessible( page, MAIN );
	await page.getByRole( 'button', { name: 'Remove my proxy' } ).click();
	await page.getByRole( 'radio', { name: /These countries/ } ).check();
	await page.locator( '#nxtchat-login-countrylist' ).selectOption( 'AT' );
	await page.getByLabel( 'One number, a day' ).fill( '20' );
	await page.getByRole( 'button', { name: 'Save settings' } ).click();
	await saved().waitFor();
	const now = await api( 'login/settings' );
	assert.deepEqual( [ now.countries, now.budgets.number, now.proxies ], [ [ 'DE', 'AT' ], [ 2, 5, 20 ], [] ] );
} );

await run( 'prices: a mistake is told, what is right is kept', async () => {
	const rates = page.locator( '.nxtchat-rates' );
	await rates.getByLabel( 'Add a country' ).selectOption( 'DE' );
	await rates.getByLabel( 'Login code, Germany' ).fill( 'cheap' );
	await rates.getByText( 'Write a price, as 0.05.' ).waitFor();
	await tab( 'Moving over' );
	await tab( 'Security' );
	await rates.getByText( 'Write a price, as 0.05.' ).waitFor();
	await rates.getByLabel( 'Login code, Germany' ).fill( '0,055' );
	await rates.getByRole( 'button', { name: 'Save prices' } ).click();
	await rates.locator( '.nxtchat-field__error', { hasText: 'currency' } ).waitFor();
	await rates.getByLabel( 'Currency' ).selectOption( 'EUR' );
	await rates.getByRole( 'button', { name: 'Save prices' } ).click();
	await rates.getByText( 'Prices saved.' ).waitFor();
	assert.deepEqual( ( await api( 'rates' ) ).rates.authentication, { DE: 0.055 } );
	await page.getByLabel( 'Money a day, in EUR' ).waitFor();
	await shoot( page, 'login-security' );
	await accessible( page, MAIN );
} );

await run( 'it is switched on', async () => {
	await tab( 'Overview' );
	await toggle().press( 'Space' );
	await page.getByText( 'On. Visitors can log in' ).waitFor();
	assert.equal( await toggle().getAttribute( 'aria-checked' ), 'true' );
	assert.equal( ( await api( 'login/settings' ) ).enabled, true );
} );

await run( 'a user’s number is verified, found by name, and taken off', async () => {
	const codes = async () =>
		( await sim( 'GET', '/sim/record' ) ).items.flatMap( ( one ) => {
			const text = JSON.stringify( one );
			return text.includes( ANNA ) && text.includes( 'nxtchat_login_code' ) ? text.match( /"text":\s*"(\d{6})"/ )?.[ 1 ] ?? [] : [];
		} );
	const before = ( await codes() ).length;
	const begun = await api( 'login/bind', { method: 'POST', data: { phone: `+${ ANNA }`, country: 'DE' } } );
	assert.ok( begun.challenge, JSON.stringify( begun ) );
	const code = await until( async () => ( await codes() )[ before ], 'the code' );
	const bound = await api( 'login/bind/verify', { method: 'POST', data: { challenge: begun.challenge, code } } );
	assert.ok( bound.phone, JSON.stringify( bound ) );
	await tab( 'Users’ numbers' );
	await page.locator( 'tr[data-user]' ).first().waitFor();
	await page.getByRole( 'searchbox' ).fill( 'nobody at all' );
	await page.getByText( 'Nobody matches.' ).waitFor();
	await page.getByRole( 'searchbox' ).fill( '+49 1511 2345601' );
	const row = page.locator( 'tr[data-user]', { hasText: '+49 ••• 601' } );
	await row.waitFor();
	await shoot( page, 'login-numbers' );
	await accessible( page, MAIN );
	await tab( 'Moving over' );
	await page.getByLabel( /Show the banner/ ).check();
	await page.getByLabel( /Until when it is only asked/ ).fill( '2030-06-30' );
	await shoot( page, 'login-migration' );
	await accessible( page, MAIN );
	await page.getByRole( 'button', { name: 'Discard' } ).click();
	await tab( 'Users’ numbers' );
	await row.getByRole( 'button', { name: /Remove the number/ } ).click();
	await accessible( page, 'dialog[open]' );
	await page.locator( 'dialog[open]' ).getByRole( 'button', { name: 'Remove the number' } ).click();
	await page.locator( 'dialog' ).waitFor( { state: 'detached' } );
	await page.reload();
	await page.getByText( 'No user has a number yet' ).waitFor();
} );

await run( 'the report counts, and says the same in a table', async () => {
	const visitor = await newPage();
	await visitor.goto( site );
	const ask = ( phone ) =>
		visitor.evaluate(
			async ( [ base, data ] ) => ( await fetch( `${ base }/?rest_route=/nxtchat/v1/login/start`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify( data ) } ) ).json(),
			[ site, { phone, country: 'DE' } ]
		);
	assert.equal( ( await ask( '030 901820' ) ).code, 'nxtchat_login_landline' );
	assert.equal( ( await ask( '+33 6 12 34 56 78' ) ).code, 'nxtchat_login_country' );
	assert.ok( ( await ask( '0151 55500099' ) ).challenge );
	await page.goto( at( '' ) );
	await until( async () => ( await api( 'login/report' ) ).totals.refusals.unknown === 1, 'the sums' );
	await page.reload();
	await page.locator( '[data-reason="landline"]' ).waitFor();
	await page.locator( '.nxtchat-chart__bar' ).first().waitFor();
	await page.getByText( 'Show the days as a table' ).click();
	const today = page.locator( '.nxtchat-daytable tbody tr' ).first();
	const { days } = await api( 'login/report' );
	assert.equal( days.length, 30 );
	const cells = await today.locator( 'td' ).allInnerTexts();
	assert.deepEqual( cells.map( ( text ) => text.trim() ).slice( 0, 2 ), [ String( days[ 29 ].request ), String( days[ 29 ].sent ) ] );
	await shoot( page, 'login-report' );
	await accessible( page, MAIN );
} );

await run( 'a template that is needed is not deleted without a word; a pause is told at the switch', async () => {
	const { template } = await api( 'login/settings' );
	const kept = await api( `templates/${ template.id }`, { method: 'DELETE' } );
	assert.equal( kept.code, 'nxtchat_template_used' );
	assert.match( kept.data.uses.map( ( use ) => use.label ).join( ' ' ), /Login by WhatsApp/ );
	const { items } = await sim( 'GET', '/sim/templates' );
	await sim( 'POST', `/sim/templates/${ items.find( ( one ) => one.name === template.name ).id }`, { status: 'PAUSED', title: 'FIRST_PAUSE' } );
	await until( async () => ( await api( 'login/settings' ) ).template.status === 'PAUSED', 'the pause' );
	// Without a reload: the screen notices.
	await page.getByText( 'On, but nobody gets a code now' ).waitFor();
	await shoot( page, 'login-paused' );
	await accessible( page, MAIN );
	await page.goto( `${ site }/wp-admin/` );
	await page.locator( '.notice', { hasText: 'nxtchat_login_code' } ).first().waitFor();
	await page.goto( at( '' ) );
	await missing( 'template' ).getByRole( 'button', { name: 'End the pause' } ).click();
	await page.getByText( 'On. Visitors can log in' ).waitFor();
} );

await run( 'no script error, no 5xx, no request to another host, nothing wider than its window', async () => {
	// As it was, for the walk of the visitors.
	await api( 'login/settings', { method: 'PATCH', data: { enabled: false, countries: null, budgets: null } } );
	await api( 'rates', { method: 'PUT', data: { currency: '', rates: { authentication: {} } } } );
	assert.deepEqual( [ ...new Set( troubles ) ], [] );
} );

await finish();
