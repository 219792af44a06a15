/**
 * A broadcast as a shop owner sends it: begun, told what is missing, written in steps that save themselves, counted, confirmed by the
 * number of people, watched while it goes out, paused, gone on with, read in its report, and compared with another; each step by axe,
 * wide and narrow.
 */
import assert from 'node:assert/strict';
import { accessible, finish, newPage, screen, shoot, signIn, sim, simulator, step, troubles, until } from './harness.mjs';

const page = await newPage();
const run = async ( name, work ) => ( await step( name, work, page ) ) || ( await finish() );
const MAIN = '#nxtchat-broadcast';
const rest = ( method, path, data ) => page.evaluate( ( [ m, p, d ] ) => window.wp.apiFetch( { method: m, path: `/nxtchat/v1/${ p }`, ...( d ? { data: d } : {} ) } ), [ method, path, data ] );
const next = () => page.getByRole( 'button', { name: 'Next', exact: true } ).click();
const saved = () => page.locator( '.nxtchat-compose__head' ).getByText( 'Saved' ).waitFor();

await signIn( page );
await page.goto( screen( 'broadcast' ) );
await page.waitForLoadState( 'networkidle' );

await run( 'a number, an approved template and people are there', async () => {
	const accounts = ( await rest( 'GET', 'accounts' ) ).items ?? ( await rest( 'GET', 'accounts' ) );
	const account = accounts[ 0 ] ?? ( await rest( 'POST', 'accounts', { name: 'Shop', app_id: simulator.app_id, app_secret: simulator.app_secret, token: simulator.token, waba_id: simulator.waba_id, phone_number_id: simulator.phone_number_ids[ 0 ], graph_base: simulator.graph_base } ) );
	const { callback_url: callback } = await rest( 'GET', `accounts/${ account.id }/webhook` );
	await sim( 'POST', '/sim/callback', { url: callback } );
	await sim( 'POST', '/sim/settings', { review_ms: [ 0, 0 ], review: 'approve', window: 'off', pair_limit: false, sent_ms: [ 0, 50 ], delivered_ms: [ 0, 200 ], read_ms: [ 0, 500 ], read_rate: 0.5, batch: 10, batch_ms: 100 } );
	for ( const [ name, text ] of [ [ 'winter_sale', 'Hi {{1}}, our winter sale begins today. Come and see.' ], [ 'winter_news', 'Dear {{1}}, it is winter. We have new things.' ] ] ) {
		const made = await fetch( `${ simulator.graph_base }/v25.0/${ simulator.waba_id }/message_templates`, {
			method: 'POST',
			headers: { Authorization: `Bearer ${ simulator.token }`, 'Content-Type': 'application/json' },
			body: JSON.stringify( { name, language: 'en_US', category: 'MARKETING', components: [ { type: 'BODY', text, example: { body_text: [ [ 'Ann' ] ] } } ] } ),
		} );
		assert.equal( made.status, 200 );
	}
	for ( let isDone = false; ! isDone; ) {
		isDone = ( await rest( 'POST', 'templates/sync', { account: account.id } ) ).done;
	}
	await until( async () => ( await rest( 'POST', 'templates/sync', { account: account.id } ) ) && ( await rest( 'GET', 'templates?search=winter_' ) ).items.filter( ( { status } ) => status === 'APPROVED' ).length === 2, 'the approval' );
	const group = await rest( 'POST', 'groups', { name: 'Winter people' } );
	for ( let n = 0; n < 30; n++ ) {
		const contact = await rest( 'POST', 'contacts', { phone: `+49151300000${ String( n ).padStart( 2, '0' ) }`, name: `Winter ${ n }`, groups: [ group.id ] } );
		if ( n > 2 ) {
			await rest( 'POST', `contacts/${ contact.id }/consents`, { purpose: 'marketing', state: 'granted', wording: 'News' } );
		}
	}
} );

await run( 'a new one tells what is missing, step by step', async () => {
	await page.goto( screen( 'broadcast' ) );
	await page.waitForLoadState( 'networkidle' );
	await shoot( page, 'broadcast-none' );
	await accessible( page, MAIN );
	await page.getByRole( 'button', { name: 'New broadcast' } ).first().click();
	await page.waitForURL( /#\/broadcast\/\d+/ );
	await page.getByRole( 'heading', { name: 'Message', exact: true } ).waitFor();
	await page.getByText( 'No template is chosen.' ).first().waitFor();
	await accessible( page, MAIN );
} );

await run( 'the message: number, template, where its value comes from', async () => {
	await page.getByLabel( /^Name \(only you/ ).fill( 'Winter' );
	await page.getByLabel( /^Template/ ).selectOption( 'winter_sale/en_US' );
	await page.getByLabel( /^Comes from/ ).selectOption( 'contact.first_name' );
	await page.getByLabel( /^Use this when/ ).fill( 'there' );
	await page.locator( '.nxtchat-phone' ).getByText( 'our winter sale' ).waitFor();
	await saved();
	await shoot( page, 'broadcast-message' );
	await accessible( page, MAIN );
	// A second template has fields of its own.
	await page.getByText( 'Compare with a second template' ).click();
	await page.getByLabel( /^Second template/ ).selectOption( 'winter_news/en_US' );
	await page.getByLabel( /^Comes from/ ).nth( 1 ).selectOption( 'text' );
	await page.getByLabel( 'Text', { exact: true } ).fill( 'friends' );
	await saved();
	await shoot( page, 'broadcast-message-ab' );
	await accessible( page, MAIN );
	const draft = await rest( 'GET', `broadcasts/${ page.url().split( '/' ).pop() }` );
	assert.deepEqual( [ draft.definition.values[ 'body.1' ].source, draft.definition.ab.values[ 'body.1' ].value ], [ 'contact.first_name', 'friends' ] );
	await page.getByText( 'Compare with a second template' ).click();
	await saved();
	await page.reload();
	await page.getByRole( 'heading', { name: 'People', exact: true } ).waitFor();
} );

await run( 'the people: a group, and numbers of which one is none', async () => {
	await page.getByLabel( 'Groups' ).first().selectOption( { label: 'Winter people (30)' } );
	await page.getByText( 'Numbers from a file, or pasted' ).click();
	await page.getByLabel( 'Or paste numbers' ).fill( '+49 151 30000005\nnonsense\n+49 151 40000001\n+4915140000001' );
	await page.getByRole( 'button', { name: 'Take these numbers' } ).click();
	await page.getByText( '1 line holds no number' ).waitFor();
	await saved();
	await shoot( page, 'broadcast-people' );
	await accessible( page, MAIN );
	await next();
} );

await run( 'when and how: quiet hours can be set and taken back', async () => {
	await page.getByRole( 'heading', { name: 'When and how' } ).waitFor();
	await page.getByText( 'Quiet hours' ).click();
	await page.getByLabel( 'Until' ).selectOption( '09:00' );
	await shoot( page, 'broadcast-when' );
	await accessible( page, MAIN );
	await page.getByText( 'Quiet hours' ).click();
	await page.getByLabel( 'Messages a second at most' ).fill( '5' );
	await saved();
	await next();
} );

await run( 'the check: who would get it, who not and why, what is not known is said so', async () => {
	await page.getByText( 'people would get it.' ).waitFor();
	assert.match( await page.locator( '.nxtchat-compose__big' ).innerText(), /^27 people would get it/ );
	const row = page.locator( '.nxtchat-compose__reasons tr', { hasText: 'Never agreed' } );
	assert.match( await row.innerText(), /4/ );
	await shoot( page, 'broadcast-check' );
	await accessible( page, MAIN );
	await row.getByRole( 'button' ).click();
	await page.getByRole( 'dialog' ).getByText( 'Winter 0' ).waitFor();
	await page.keyboard.press( 'Escape' );
	await page.locator( '.nxtchat-compose__reasons tr', { hasText: 'Numbers given twice' } ).getByRole( 'button' ).click();
	await page.getByRole( 'dialog' ).getByText( '0000001' ).waitFor();
	await page.keyboard.press( 'Escape' );
	await page.getByText( 'No prices entered' ).waitFor();
	const [ late ] = ( await rest( 'GET', 'contacts?search=Winter%200' ) ).items;
	await rest( 'POST', `contacts/${ late.id }/consents`, { purpose: 'marketing', state: 'granted', wording: 'News' } );
	await page.getByRole( 'button', { name: 'Count again' } ).click();
	await page.getByRole( 'button', { name: 'Send to 28 people…' } ).waitFor();
} );

await run( 'it is confirmed by the number of people, and goes out', async () => {
	await page.getByRole( 'button', { name: 'Send to 28 people…' } ).click();
	await accessible( page, 'dialog[open]' );
	await shoot( page, 'broadcast-confirm' );
	await page.getByRole( 'button', { name: 'Yes, send to 28 people' } ).click();
	await page.getByRole( 'progressbar' ).waitFor( { state: 'attached' } ).catch( () => {} );
	// No worker, no WP-Cron: the request that began it goes on, then the webhooks of what it sent.
	await page.locator( '.nxtchat-progress__counts' ).waitFor();
	await page.getByText( /of 3\d people/ ).waitFor();
	await shoot( page, 'broadcast-running' );
	await page.getByRole( 'button', { name: 'Pause', exact: true } ).click();
	await page.locator( '.nxtchat-badge', { hasText: 'Paused' } ).waitFor();
	await accessible( page, MAIN );
	await page.getByRole( 'button', { name: 'Resume' } ).click();
	await page.locator( '.nxtchat-progress__head .nxtchat-badge', { hasText: 'Done' } ).waitFor( { timeout: 60_000 } );
} );

await run( 'the report: the funnel, who was left out, and the proof', async () => {
	await page.getByText( 'All holds' ).waitFor();
	await page.getByText( 'Never agreed to marketing messages.' ).first().waitFor();
	await until( async () => /28/.test( await page.locator( '.nxtchat-funnel tr', { hasText: 'Delivered' } ).innerText() ), 'all delivered', 30_000 );
	await shoot( page, 'broadcast-report' );
	await accessible( page, MAIN );
	const [ file ] = await Promise.all( [ page.waitForEvent( 'download' ), page.locator( MAIN ).getByRole( 'link', { name: 'Export' } ).click() ] );
	assert.match( file.suggestedFilename(), /^broadcast-\d+-.*\.csv$/ );
	await page.getByRole( 'link', { name: 'All broadcasts' } ).click();
	await page.locator( 'tr[data-broadcast]', { hasText: 'Winter' } ).waitFor();
	await shoot( page, 'broadcast-list' );
	await accessible( page, MAIN );
} );

await run( 'two are compared: chosen by keyboard, figures with shares, the best marked in words', async () => {
	const winter = ( await rest( 'GET', 'broadcasts' ) ).items.find( ( { name } ) => name === 'Winter' );
	const again = await rest( 'POST', `broadcasts/${ winter.id }/duplicate` );
	const { definition } = again;
	await rest( 'PATCH', `broadcasts/${ again.id }`, { name: 'Winter again', definition: { ...definition, audience: { ...definition.audience, numbers: false }, rate: 0 } } );
	const { reachable } = await until( async () => {
		const told = await rest( 'POST', `broadcasts/${ again.id }/preflight`, {} );
		return told.done && told;
	}, 'the count' );
	// Nobody reads the second one.
	await sim( 'PATCH', '/sim/settings', { read_rate: 0 } );
	await rest( 'POST', `broadcasts/${ again.id }/start`, { people: reachable } );
	const site = new URL( page.url() ).origin;
	await until( async () => ( await fetch( `${ site }/wp-cron.php?doing_wp_cron` ) ) && ( await rest( 'GET', `broadcasts/${ again.id }/report` ) ).funnel.delivered === reachable, 'the second one', 60_000 );

	await page.goto( screen( 'broadcast' ) );
	const compare = page.getByRole( 'button', { name: 'Compare' } );
	await page.getByRole( 'checkbox', { name: 'Compare Winter', exact: true } ).focus();
	await page.keyboard.press( 'Space' );
	await compare.click();
	await page.getByText( 'Tick two broadcasts or more first.' ).waitFor();
	await page.getByRole( 'checkbox', { name: 'Compare Winter again' } ).check();
	await accessible( page, MAIN );
	await compare.focus();
	await page.keyboard.press( 'Enter' );
	await page.waitForURL( new RegExp( `#/compare/${ winter.id },${ again.id }$` ) );
	const line = ( name ) => page.locator( '.nxtchat-compare__table tr', { has: page.getByRole( 'rowheader', { name, exact: true } ) } ).getByRole( 'cell' );
	await line( 'Read' ).first().waitFor();
	assert.match( await line( 'Audience' ).nth( 0 ).innerText(), /\b31\b/ );
	assert.match( await line( 'Delivered' ).nth( 1 ).innerText(), new RegExp( `100%\\s+${ reachable }` ) );
	assert.match( await line( 'Read' ).nth( 0 ).innerText(), /%\s+\d+\s+Best/ );
	assert.match( await line( 'Read' ).nth( 1 ).innerText(), /0%\s+0\s+−[\d.]+ points/ );
	await shoot( page, 'broadcast-compare' );
	await accessible( page, MAIN );
	await page.setViewportSize( { width: 390, height: 844 } );
	await accessible( page, MAIN );
	await page.setViewportSize( { width: 1280, height: 860 } );

	// The address alone leads there; who is gone is told; going back finds the ticks.
	await page.getByRole( 'link', { name: 'All broadcasts' } ).click();
	await page.getByText( '2 ticked' ).waitFor();
	await page.goto( `${ screen( 'broadcast' ) }#/compare/${ again.id },999999` );
	await page.reload();
	await page.getByText( 'no longer there' ).waitFor();
	await page.getByRole( 'columnheader', { name: 'Winter again' } ).waitFor();
	await page.goto( `${ screen( 'broadcast' ) }#/compare/999998,999999` );
	await page.getByText( 'These broadcasts are no longer there' ).waitFor();
	await accessible( page, MAIN );
	await page.goto( `${ screen( 'broadcast' ) }#/compare/${ again.id }` );
	await page.getByRole( 'link', { name: 'Choose broadcasts' } ).click();
	await page.locator( 'tr[data-broadcast]' ).first().waitFor();
	assert.deepEqual( troubles, [] );
} );

const outage = 'WhatsApp does not answer: said while it runs, and who may have got it is asked about afterwards';
const waits = async () => {
	const winter = ( await rest( 'GET', 'broadcasts' ) ).items.find( ( { name } ) => name === 'Winter again' );
	const storm = await rest( 'POST', `broadcasts/${ winter.id }/duplicate` );
	await rest( 'PATCH', `broadcasts/${ storm.id }`, { name: 'Winter storm', definition: { ...storm.definition, rate: 8 } } );
	const { reachable } = await until( async () => {
		const told = await rest( 'POST', `broadcasts/${ storm.id }/preflight`, {} );
		return told.done && told;
	}, 'the count' );
	// No answer comes in time, and no message counts: nobody here can know that.
	await sim( 'POST', '/sim/rules', { do: 'hang', ms: 20_000, accept: false, count: 20 } );
	await rest( 'POST', `broadcasts/${ storm.id }/start`, { people: reachable } );
	await page.goto( `${ screen( 'broadcast' ) }#/broadcast/${ storm.id }` );
	await page.reload();
	const hold = page.locator( MAIN ).getByText( 'WhatsApp does not answer' ).first();
	const origin = new URL( page.url() ).origin;
	const cron = async () => ( await fetch( `${ origin }/wp-cron.php?doing_wp_cron` ) ).ok;
	await until( async () => ( await cron() ) && hold.isVisible(), 'the notice', 90_000 );
	await shoot( page, 'broadcast-hold' );
	await accessible( page, MAIN );
	await until( async () => ( await cron() ) && ( await rest( 'GET', `broadcasts/${ storm.id }` ) ).state_name === 'done', 'its end', 180_000 );
	const again = page.getByRole( 'button', { name: 'Send to them again…' } );
	await again.waitFor();
	await shoot( page, 'broadcast-unknown' );
	await again.click();
	await page.getByText( 'Some of them may have got it already' ).waitFor();
	await accessible( page, 'dialog[open]' );
	await shoot( page, 'broadcast-unknown-again' );
	await page.getByRole( 'button', { name: 'Send again', exact: true } ).click();
	await until( async () => ( await cron() ) && ( await rest( 'GET', `broadcasts/${ storm.id }/report` ) ).funnel.sent === reachable, 'everybody', 120_000 );
	assert.deepEqual( troubles, [] );
};
// Most of a minute of waiting, in which the database plays no part.
if ( process.env.DB === 'mariadb' ) {
	console.log( `skip  ${ outage }: on SQLite only` );
} else {
	await run( outage, waits );
}

await finish();
