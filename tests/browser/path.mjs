/**
 * The whole path as a site owner walks it: connect the number on the Account screen, a customer writes, the list and the
 * menu badge show it within two seconds, the owner answers, the ticks turn blue. Then bad input, a second conversation by
 * keyboard alone, a narrow screen, the history, and axe on each screen.
 */
import assert from 'node:assert/strict';
import { accessible, finish, NARROW, newPage, screen, shoot, signIn, sim, simulator, site, step, troubles, until, WIDE } from './harness.mjs';

/** From Meta's POST to what the owner sees (issue: two seconds). */
const LIVE_MS = 2_000;
const ANNA = '+4915112345601';
const READ = 70;

const page = await newPage();
/** A step of the path; what follows stands on it, so the first failure ends the walk. */
const run = async ( name, work ) => ( await step( name, work, page ) ) || ( await finish() );

/** Meta delivers; returns when its POST leaves. */
const customerWrites = ( from, name, text, more = {} ) => sim( 'POST', '/sim/inbound', { from, name, text, ...more } );
const row = ( name ) => page.locator( '.nxtchat-item', { hasText: name } );
const bubble = ( text ) => page.locator( '.nxtchat-row', { hasText: text } );
const badge = () => page.locator( '#adminmenu .nxtchat-unread .pending-count' ).first();

await sim( 'POST', '/sim/settings', { read_rate: 1, sent_ms: [ 20, 60 ], delivered_ms: [ 100, 200 ], read_ms: [ 300, 500 ] } );

await run( 'log in', () => signIn( page ) );

await run( 'an inbox without a number leads to the Account screen', async () => {
	await page.goto( screen( 'inbox' ) );
	await page.locator( '#nxtchat-inbox .nxtchat-welcome a.button' ).waitFor();
	await shoot( page, 'inbox-not-connected' );
	await accessible( page, '#nxtchat-inbox' );
	await page.click( '#nxtchat-inbox .nxtchat-welcome a.button' );
	await page.waitForURL( /nxtchat-account/ );
} );

const fill = async ( fields ) => {
	for ( const [ name, value ] of Object.entries( fields ) ) {
		await page.fill( `[name="nxtchat-${ name }"]`, value );
	}
};
const openAdvanced = async () => {
	const advanced = page.locator( '.nxtchat-advanced' );
	if ( ! ( await advanced.evaluate( ( d ) => d.open ) ) ) {
		await advanced.locator( 'summary' ).click();
	}
};

await run( 'the guide asks for credentials, and says what is wrong with nonsense', async () => {
	const start = page.getByRole( 'button', { name: 'Connect a number' } );
	await page.locator( '#nxtchat-account .nxtchat-card' ).first().waitFor();
	if ( await start.isVisible() ) {
		await start.click();
	}
	await shoot( page, 'account-guide' );
	await page.getByRole( 'button', { name: 'I have these' } ).click();
	await page.locator( '[name="nxtchat-app_id"]' ).waitFor();
	await page.getByRole( 'button', { name: 'Save and test' } ).click();
	await page.locator( '.nxtchat-field__error' ).first().waitFor();
	await fill( { app_id: 'my app', phone_number_id: '+49 151 123', waba_id: 'x' } );
	await page.getByRole( 'button', { name: 'Save and test' } ).click();
	assert.ok( ( await page.locator( '.nxtchat-field__error' ).count() ) >= 3, 'nonsense is told field by field' );
	await shoot( page, 'account-nonsense' );
	await accessible( page, '#nxtchat-account' );
} );

await run( 'a wrong token: the check that fails says what to do', async () => {
	await openAdvanced();
	await fill( {
		name: 'Shop',
		app_id: simulator.app_id,
		app_secret: simulator.app_secret,
		phone_number_id: simulator.phone_number_ids[ 0 ],
		waba_id: simulator.waba_id,
		token: 'EAAthisTokenIsExpired',
		graph_base: simulator.graph_base,
	} );
	await page.getByRole( 'button', { name: 'Save and test' } ).click();
	const failed = page.locator( '[data-check][data-status="fail"]' ).first();
	await failed.waitFor();
	assert.ok( ( await failed.locator( 'p' ).textContent() ).trim().length > 10, 'a remedy is on the screen' );
	await shoot( page, 'account-wrong-token' );
} );

await run( 'the right token: every check but the subscription is good', async () => {
	await page.getByRole( 'button', { name: 'Correct the credentials' } ).click();
	await fill( { token: simulator.token } );
	await page.getByRole( 'button', { name: 'Save and test' } ).click();
	await page.locator( '[data-check="token"][data-status="ok"]' ).waitFor();
	const wrong = await page.locator( '[data-check][data-status="fail"]:not([data-check="subscribed"])' ).allTextContents();
	assert.deepEqual( wrong, [] );
	await shoot( page, 'account-checked' );
} );

/** The REST nonce of the signed-in page. */
const nonce = ( on = page ) => on.evaluate( async () => ( await fetch( '/wp-admin/admin-ajax.php?action=rest-nonce' ) ).text() );

await run( 'secrets are nowhere in the page, nor in REST', async () => {
	const html = await page.content();
	const rest = await page.evaluate( async ( key ) => ( await fetch( '/wp-json/nxtchat/v1/accounts', { headers: { 'X-WP-Nonce': key } } ) ).text(), await nonce() );
	assert.ok( rest.includes( simulator.phone_number_ids[ 0 ] ), 'REST answers with the account' );
	const values = await page.$$eval( 'input', ( all ) => all.map( ( i ) => i.value ) );
	for ( const secret of [ simulator.token, simulator.app_secret ] ) {
		assert.ok( ! html.includes( secret ), 'a secret in the HTML' );
		assert.ok( ! rest.includes( secret ), 'a secret in REST' );
		assert.ok( ! values.includes( secret ), 'a secret in a field' );
	}
} );

await run( 'callback URL and verify token, as pasted into Meta, pass the handshake; one click subscribes', async () => {
	await page.locator( '.nxtchat-copyrow code' ).first().waitFor();
	const [ url, token ] = await page.locator( '.nxtchat-copyrow code' ).allTextContents();
	await sim( 'POST', `/v25.0/${ simulator.app_id }/subscriptions`, {
		object: 'whatsapp_business_account',
		callback_url: url,
		verify_token: token,
		access_token: `${ simulator.app_id }|${ simulator.app_secret }`,
	} );
	await page.getByRole( 'button', { name: 'Subscribe the app' } ).click();
	await page.locator( '[data-check="subscribed"][data-status="ok"]' ).waitFor( { state: 'attached' } );
	await shoot( page, 'account-subscribed' );
	await accessible( page, '#nxtchat-account' );
} );

await run( 'the inbox is empty and says so', async () => {
	await page.goto( screen( 'inbox' ) );
	await page.locator( '.nxtchat-inbox .nxtchat-empty' ).first().waitFor();
	await shoot( page, 'inbox-empty' );
} );

await run( 'a customer writes: list and menu badge within two seconds', async () => {
	const begun = Date.now();
	await customerWrites( ANNA, 'Anna Schmidt', 'Hello! Is the *Monstera* in _stock_ again?' );
	await until( () => row( 'Anna Schmidt' ).isVisible(), 'the row', LIVE_MS * 4 );
	const list = Date.now() - begun;
	await until( async () => ( await badge().textContent() )?.trim() === '1', 'the badge', LIVE_MS * 4 );
	const menu = Date.now() - begun;
	await shoot( page, 'inbox-first-message' );
	assert.ok( list <= LIVE_MS && menu <= LIVE_MS, `list ${ list } ms, badge ${ menu } ms` );
	return `list ${ list } ms, badge ${ menu } ms`;
} );

await run( 'the thread shows WhatsApp markup, the window, and reads what was unread', async () => {
	await row( 'Anna Schmidt' ).click();
	await page.locator( '.nxtchat-bubble strong', { hasText: 'Monstera' } ).waitFor();
	await page.locator( '.nxtchat-bubble em', { hasText: 'stock' } ).waitFor();
	assert.match( await page.locator( '.nxtchat-window' ).textContent(), /2[34]/ );
	await until( async () => ! ( await badge().isVisible() ) || ( await badge().textContent() ).trim() === '0', 'the badge to go' );
	await until( async () => ( await sim( 'GET', '/sim/reads' ) ).items.length > 0, 'mark-as-read at WhatsApp' );
} );

await run( 'the owner answers, and the ticks turn blue', async () => {
	const begun = Date.now();
	await page.locator( '.nxtchat-composer textarea' ).fill( 'Hi Anna, five came in this morning 🌿' );
	await page.locator( '.nxtchat-send' ).click();
	await bubble( 'five came in' ).waitFor();
	const shown = Date.now() - begun;
	await until( () => bubble( 'five came in' ).locator( `[data-state="${ READ }"]` ).isVisible(), 'read ticks', 8_000 );
	const colour = await bubble( 'five came in' ).locator( '.nxtchat-ticks' ).evaluate( ( t ) => getComputedStyle( t ).color );
	const [ r, g, b ] = colour.match( /\d+/g ).map( Number );
	assert.ok( b > r && b > 120 && b >= g, `the ticks are blue, not ${ colour }` );
	await shoot( page, 'thread-blue-ticks' );
	await accessible( page, '#nxtchat-inbox' );
	const { items } = await sim( 'GET', '/sim/record' );
	assert.equal( items.length, 1, 'Meta accepted exactly one message' );
	return `shown after ${ shown } ms, blue after ${ Date.now() - begun } ms`;
} );

await run( 'a quoted reply, an emoji, an attachment, a reaction', async () => {
	await customerWrites( ANNA, 'Anna Schmidt', 'I would take two of them.' );
	await bubble( 'take two of them' ).waitFor();
	await bubble( 'take two of them' ).hover();
	await bubble( 'take two of them' ).locator( '.nxtchat-row__reply' ).click();
	await page.locator( '.nxtchat-composer__reply' ).waitFor();
	await page.locator( '.nxtchat-composer textarea' ).fill( 'Put aside for you ' );
	await page.locator( '.nxtchat-composer textarea' ).press( 'Enter' );
	await bubble( 'Put aside for you' ).locator( '.nxtchat-quote', { hasText: 'take two' } ).waitFor();
	await customerWrites( ANNA, 'Anna Schmidt', undefined, { type: 'document', filename: 'order.pdf', mime: 'application/pdf', base64: Buffer.from( '%PDF-1.4' ).toString( 'base64' ) } );
	await page.locator( '.nxtchat-media', { hasText: 'order.pdf' } ).waitFor();
	await shoot( page, 'thread-quote-and-media' );
} );

await run( 'a message that WhatsApp refuses tells the plain reason and what to do', async () => {
	await sim( 'POST', '/sim/rules', { to: ANNA, do: 'error', code: 131026, via: 'webhook', count: 1 } );
	await page.locator( '.nxtchat-composer textarea' ).fill( 'This one will fail' );
	await page.locator( '.nxtchat-send' ).click();
	const note = bubble( 'This one will fail' ).locator( '.nxtchat-row__note.is-error' );
	await note.waitFor();
	assert.ok( ( await note.textContent() ).trim().length > 20 );
	await shoot( page, 'thread-failed' );
	await sim( 'DELETE', '/sim/rules' );
} );

await run( 'by keyboard alone: search, choose, write, send', async () => {
	await customerWrites( '+447700900102', 'James Cooper', 'Where is my order?' );
	await page.goto( screen( 'inbox' ) );
	await row( 'James Cooper' ).waitFor();
	const focus = () => page.evaluate( () => document.activeElement?.matches( '.nxtchat-item' ) ? 'item' : document.activeElement?.tagName.toLowerCase() + ( document.activeElement?.type ? `:${ document.activeElement.type }` : '' ) );
	const tabTo = async ( wanted, most = 60 ) => {
		for ( let i = 0; i < most; i++ ) {
			await page.keyboard.press( 'Tab' );
			if ( ( await focus() ) === wanted ) {
				return;
			}
		}
		throw new Error( `Tab does not reach ${ wanted }` );
	};
	await page.locator( '#nxtchat-inbox h1' ).first().evaluate( ( h ) => { h.tabIndex = -1; h.focus(); } );
	await tabTo( 'input:search' );
	await page.keyboard.type( 'James' );
	await until( async () => ( await page.locator( '.nxtchat-item' ).count() ) === 1, 'the search result' );
	await tabTo( 'item' );
	await page.keyboard.press( 'Enter' );
	await bubble( 'Where is my order?' ).waitFor();
	if ( ! ( await focus() ).startsWith( 'textarea' ) ) {
		await tabTo( 'textarea:textarea' );
	}
	await page.keyboard.type( 'On its way, James.' );
	await page.keyboard.press( 'Enter' );
	await bubble( 'On its way, James.' ).waitFor();
	await until( () => bubble( 'On its way' ).locator( `[data-state="${ READ }"]` ).isVisible(), 'read ticks', 8_000 );
} );

await run( 'at 390 px: list, thread, back', async () => {
	await page.setViewportSize( NARROW );
	await page.goto( screen( 'inbox' ) );
	await row( 'Anna Schmidt' ).click();
	await bubble( 'five came in' ).waitFor();
	assert.ok( await page.locator( '.nxtchat-composer textarea' ).isVisible() );
	await shoot( page, 'narrow-thread', { 390: NARROW } );
	await page.locator( '.nxtchat-back' ).click();
	await row( 'James Cooper' ).waitFor();
	await shoot( page, 'narrow-list', { 390: NARROW } );
	await accessible( page, '#nxtchat-inbox' );
	await page.setViewportSize( WIDE );
} );

await run( 'the history has every message with its states, filters, and a detail view', async () => {
	await page.goto( screen( 'history' ) );
	const table = page.locator( '.nxtchat-table tbody tr' );
	await page.locator( '.nxtchat-table', { hasText: 'On its way, James.' } ).waitFor();
	const all = await table.count();
	await shoot( page, 'history' );
	await accessible( page, '#nxtchat-history' );
	await page.getByRole( 'combobox', { name: 'Direction' } ).selectOption( { index: 1 } );
	await until( async () => { const n = await table.count(); return n > 0 && n < all; }, 'fewer rows by direction' );
	await page.goto( screen( 'history' ) );
	await page.locator( '.nxtchat-table__open', { hasText: 'On its way, James.' } ).first().click();
	const detail = page.getByRole( 'dialog' );
	await detail.locator( '.nxtchat-timeline li' ).nth( 2 ).waitFor();
	const { items } = await sim( 'GET', '/sim/record?to=447700900102' );
	assert.ok( ( await detail.textContent() ).includes( items[ 0 ].wamid ), 'the identifier that Meta gave' );
	await shoot( page, 'history-detail' );
	await accessible( page, '.nxtchat-dialog' );
	await page.keyboard.press( 'Escape' );
	await detail.waitFor( { state: 'hidden' } );
} );

await run( 'a second browser tab hears of new messages too', async () => {
	const other = await page.context().newPage();
	await other.goto( screen( 'inbox' ) );
	await other.locator( '.nxtchat-item', { hasText: 'James Cooper' } ).waitFor();
	await customerWrites( '+12025550105', 'Sam Lee', 'Great service 👍' );
	await until( () => other.locator( '.nxtchat-item', { hasText: 'Sam Lee' } ).isVisible(), 'the row', LIVE_MS );
	await other.close();
} );

await run( 'a visitor sees nothing of it, and an author without the right does not get in', async () => {
	const guest = await newPage();
	const answer = await guest.goto( `${ site }/wp-json/nxtchat/v1/conversations` );
	assert.equal( answer.status(), 401 );
	await guest.goto( site );
	assert.ok( ! ( await guest.content() ).includes( 'nxtchat' ), 'the public page names us' );
	const author = { username: 'author', password: 'author-password-1', email: 'author@example.test', roles: [ 'author' ] };
	await page.goto( screen( 'inbox' ) );
	const made = await page.evaluate(
		async ( [ key, user ] ) => ( await fetch( '/wp-json/wp/v2/users', { method: 'POST', headers: { 'X-WP-Nonce': key, 'Content-Type': 'application/json' }, body: JSON.stringify( user ) } ) ).status,
		[ await nonce(), author ]
	);
	assert.equal( made, 201 );
	await signIn( guest, { user: author.username, password: author.password } );
	assert.equal( await guest.locator( '#adminmenu .nxtchat-unread, #toplevel_page_nxtchat-inbox' ).count(), 0, 'a menu for somebody without the right' );
	assert.equal( ( await guest.goto( screen( 'inbox' ) ) ).status(), 403 );
	const status = await guest.evaluate( async () => {
		const key = await ( await fetch( '/wp-admin/admin-ajax.php?action=rest-nonce' ) ).text();
		return ( await fetch( '/wp-json/nxtchat/v1/conversations', { headers: { 'X-WP-Nonce': key } } ) ).status;
	} );
	assert.equal( status, 403 );
	await guest.context().close();
} );

await run( 'no script error, no 5xx, no request to another host, nothing wider than its window', async () => {
	assert.deepEqual( [ ...new Set( troubles ) ], [] );
} );

await finish();
