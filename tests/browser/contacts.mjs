/**
 * The contacts as a shop owner works with them, on the site that path.mjs left behind: fields and groups are made, a person is
 * added, edited, undone, put into a group, merged with another and split, unsubscribed by their own STOP, deleted; the list is
 * searched, filtered, sorted and its columns hidden; each screen by axe.
 */
import assert from 'node:assert/strict';
import { accessible, finish, NARROW, newPage, screen, shoot, signIn, sim, step, troubles, until, WIDE } from './harness.mjs';

const page = await newPage();
const run = async ( name, work ) => ( await step( name, work, page ) ) || ( await finish() );
const at = ( place ) => `${ screen( 'contact' ) }#/${ place }`;
/** A hash alone loads no page: like a click inside the screen. */
const go = async ( place ) => {
	await page.goto( at( place ) );
	await page.waitForLoadState( 'networkidle' );
};
const row = ( name ) => page.locator( 'tr[data-contact]', { hasText: name } );
const card = ( heading ) => page.locator( 'section.nxtchat-card', { has: page.getByRole( 'heading', { name: heading, exact: true } ) } );
const notice = ( text ) => page.locator( '.nxtchat-notice', { hasText: text } );
const ANNA = '+4915112345601';
const MAIN = '#nxtchat-contact';
const WORDPRESS_SAVES_MS = 5_000;

await signIn( page );
await sim( 'POST', '/sim/settings', { read_rate: 1, sent_ms: [ 20, 60 ], delivered_ms: [ 100, 200 ], read_ms: [ 300, 500 ] } );

await run( 'custom fields: a mistake stands at its field, a choice has its list, the order is moved by keys', async () => {
	await go( 'fields' );
	await page.getByRole( 'button', { name: 'Add the field' } ).click();
	await page.locator( '[aria-invalid="true"]' ).first().waitFor();
	for ( const [ label, type, choices ] of [ [ 'City', '1' ], [ 'Branch', '4', 'Mitte\nNord' ], [ 'Customer since', '3' ] ] ) {
		await page.getByLabel( 'Label' ).fill( label );
		await page.getByLabel( 'Type' ).selectOption( type );
		if ( choices ) {
			await page.getByLabel( 'Choices, one on each line' ).fill( choices );
		}
		await page.getByRole( 'button', { name: 'Add the field' } ).click();
		await page.locator( 'tr[data-field]', { hasText: label } ).waitFor();
	}
	const up = page.getByRole( 'button', { name: 'Move Customer since up' } );
	await up.focus();
	await page.keyboard.press( 'Enter' );
	await page.keyboard.press( 'Enter' );
	await until( async () => ( await page.locator( 'tr[data-field] strong' ).allTextContents() ).join() === 'Customer since,City,Branch', 'the new order' );
	await page.waitForTimeout( 1_000 ); // Both orders are on the server.
	await page.reload();
	await page.locator( 'tr[data-field]' ).first().waitFor();
	assert.deepEqual( await page.locator( 'tr[data-field] strong' ).allTextContents(), [ 'Customer since', 'City', 'Branch' ], 'the order is saved' );
	await shoot( page, 'contact-fields' );
	await accessible( page, MAIN );
} );

await run( 'groups', async () => {
	await go( 'groups' );
	for ( const name of [ 'Plant club', 'Wholesale' ] ) {
		await page.locator( MAIN ).getByLabel( 'Name' ).fill( name );
		await page.getByRole( 'button', { name: 'Add the group' } ).click();
		await page.locator( '.nxtchat-groups tr', { hasText: name } ).waitFor();
	}
	await page.locator( MAIN ).getByLabel( 'Name' ).fill( 'plant club' );
	await page.getByRole( 'button', { name: 'Add the group' } ).click();
	await page.locator( '.nxtchat-field__error, .notice-error' ).first().waitFor();
	await shoot( page, 'contact-groups' );
	await accessible( page, MAIN );
} );

await run( 'a person is added; a number that is none is told at its field', async () => {
	await go( '' );
	await row( 'Anna' ).waitFor();
	await page.getByRole( 'link', { name: 'Add contact' } ).click();
	const dialog = page.locator( 'dialog[open]' );
	await dialog.getByLabel( 'Name' ).fill( 'Berta Braun' );
	await dialog.getByLabel( 'Phone' ).fill( '12' );
	await dialog.getByRole( 'button', { name: 'Add the contact' } ).click();
	await dialog.locator( '.nxtchat-field.has-error', { hasText: 'Phone' } ).waitFor();
	await shoot( page, 'contact-add-wrong' );
	await dialog.getByLabel( 'Phone' ).fill( '+49 151 2345 6789' );
	await dialog.getByLabel( 'City' ).fill( 'Köln' );
	await accessible( page, 'dialog[open]' );
	await dialog.getByRole( 'button', { name: 'Add the contact' } ).click();
	await page.getByRole( 'heading', { name: 'Berta Braun' } ).waitFor();
	assert.match( page.url(), /#\/contact\/\d+$/ );
	assert.match( await page.locator( '.nxtchat-person__who p' ).textContent(), /Germany/, 'the country comes from the number' );
} );

await run( 'edit, and undo', async () => {
	const details = card( 'Details' );
	await details.getByRole( 'button', { name: 'Edit' } ).click();
	await details.getByLabel( 'Email' ).fill( 'no address' );
	await details.getByRole( 'button', { name: 'Save' } ).click();
	await details.locator( '.nxtchat-field.has-error', { hasText: 'Email' } ).waitFor();
	await details.getByLabel( 'Email' ).fill( 'berta@example.test' );
	await details.getByLabel( 'Branch' ).selectOption( 'Nord' );
	await details.getByLabel( 'City' ).fill( 'Bonn' );
	await shoot( page, 'contact-edit' );
	await details.getByRole( 'button', { name: 'Save' } ).click();
	await notice( 'Saved.' ).waitFor();
	await details.getByText( 'berta@example.test' ).waitFor();
	await card( 'What happened' ).getByText( 'Bonn' ).waitFor();
	await shoot( page, 'contact-saved' );
	await notice( 'Saved.' ).getByRole( 'button', { name: 'Undo' } ).click();
	await notice( 'Undone' ).waitFor();
	await details.getByText( 'Köln' ).waitFor();
	assert.equal( await details.getByText( 'berta@example.test' ).count(), 0 );
} );

await run( 'groups and notes of a person', async () => {
	await card( 'Groups' ).getByLabel( 'Add to a group' ).selectOption( { label: 'Plant club' } );
	await card( 'Groups' ).locator( '.nxtchat-chip', { hasText: 'Plant club' } ).waitFor();
	await card( 'Notes' ).getByLabel( 'New note' ).fill( 'Likes orchids.\nCalls on Mondays.' );
	await card( 'Notes' ).getByRole( 'button', { name: 'Add note' } ).click();
	const note = card( 'Notes' ).locator( 'li', { hasText: 'Likes orchids.' } );
	await note.waitFor();
	await note.getByRole( 'button', { name: 'Edit' } ).click();
	await card( 'Notes' ).locator( 'li textarea' ).fill( 'Likes cactuses.' );
	await card( 'Notes' ).locator( 'li' ).getByRole( 'button', { name: 'Save' } ).click();
	await card( 'Notes' ).getByText( 'Likes cactuses.' ).waitFor();
} );

await run( 'consent: an agreement needs its wording; a withdrawal cannot be lifted here', async () => {
	const consent = card( 'Consent' );
	await consent.getByRole( 'button', { name: /Note an agreement.*Marketing/ } ).click();
	await consent.getByRole( 'button', { name: 'Note the agreement' } ).click();
	assert.ok( ( await consent.locator( '[aria-invalid="true"]' ).count() ) >= 2, 'how and what are asked for' );
	await consent.getByLabel( 'How did they agree?' ).selectOption( { label: 'In person' } );
	await consent.getByLabel( 'What did they agree to?' ).fill( 'Yes, send me your monthly offers.' );
	await shoot( page, 'contact-consent-form' );
	await consent.getByRole( 'button', { name: 'Note the agreement' } ).click();
	await consent.locator( '.nxtchat-badge', { hasText: 'Subscribed' } ).waitFor();
	await consent.locator( '.nxtchat-events', { hasText: 'Marketing: Subscribed' } ).waitFor();
	await consent.getByText( 'In person: Yes, send me your monthly offers.' ).waitFor();
	await consent.getByRole( 'button', { name: /Unsubscribe.*Marketing/ } ).click();
	await consent.getByLabel( 'How did they tell you?' ).selectOption( { label: 'On the phone' } );
	await consent.locator( 'form' ).getByRole( 'button', { name: 'Unsubscribe' } ).click();
	await consent.locator( '.nxtchat-badge', { hasText: 'Unsubscribed' } ).waitFor();
	await consent.locator( 'code', { hasText: 'https://wa.me/' } ).waitFor();
	assert.equal( await consent.getByRole( 'button', { name: /Note an agreement.*Marketing/ } ).count(), 0 );
	await shoot( page, 'contact-withdrawn' );
	await accessible( page, MAIN );
} );

await run( 'the person’s own STOP unsubscribes, and their page says so', async () => {
	await sim( 'POST', '/sim/inbound', { from: ANNA, name: 'Anna Schmidt', text: 'STOP' } );
	await until( async () => {
		await page.goto( at( '?marketing=revoked' ) );
		await page.reload(); // The same address would load nothing anew.
		await page.waitForLoadState( 'networkidle' );
		return row( 'Anna' ).isVisible();
	}, 'Anna among the unsubscribed', 20_000 );
	await row( 'Anna' ).locator( '.row-title' ).click();
	await page.getByRole( 'heading', { name: /Anna/, level: 2 } ).waitFor();
	await card( 'Consent' ).getByText( 'by the person' ).first().waitFor();
	await page.getByRole( 'link', { name: 'All contacts' } ).last().click();
	await until( async () => /marketing=revoked/.test( page.url() ), 'back to the list as it was' );
} );

await run( 'merge with a preview, then split again', async () => {
	await go( '' );
	await row( 'Berta' ).locator( '.row-title' ).click();
	await page.getByRole( 'button', { name: 'More' } ).click();
	await page.getByRole( 'menuitem', { name: /Merge/ } ).click();
	const dialog = page.locator( 'dialog[open]' );
	await dialog.getByLabel( 'The other contact' ).fill( 'Sam' );
	await dialog.getByRole( 'button', { name: /Sam Lee/ } ).click();
	await dialog.getByText( 'Together' ).first().waitFor();
	await shoot( page, 'contact-merge' );
	await accessible( page, 'dialog[open]' );
	await dialog.getByRole( 'button', { name: 'Merge', exact: true } ).click();
	await notice( 'Merged' ).waitFor();
	const identities = card( 'Known on WhatsApp by' );
	await until( async () => /202[- ]?555[- ]?0105/.test( await identities.textContent() ), 'both numbers' );
	await shoot( page, 'contact-merged' );
	await card( 'What happened' ).getByRole( 'button', { name: 'Split again' } ).click();
	await notice( 'Split' ).waitFor();
	await until( async () => ! /555/.test( await identities.textContent() ), 'one number again' );
	await go( '' );
	await row( 'Sam Lee' ).waitFor();
} );

await run( 'search, sort, filters: all in the address, and back', async () => {
	await go( '' );
	await page.getByLabel( 'Search contacts' ).first().fill( '+49 151 23456' );
	await until( async () => ( await page.locator( 'tr[data-contact]' ).count() ) === 1, 'one by the beginning of the number' );
	await row( 'Berta' ).waitFor();
	await page.reload();
	await row( 'Berta' ).waitFor();
	assert.equal( await page.locator( 'tr[data-contact]' ).count(), 1, 'a reload keeps the search' );
	await page.getByRole( 'link', { name: 'Clear filters' } ).click();
	await row( 'Sam Lee' ).waitFor();
	await page.locator( 'thead th#name a' ).click();
	await page.locator( 'th#name[aria-sort="ascending"]' ).waitFor();
	await until( async () => {
		const names = await page.locator( 'tr[data-contact] .row-title' ).allTextContents();
		return names[ 0 ].startsWith( 'Anna' ) && ! ( await page.locator( '.is-busy' ).count() );
	}, 'sorted by name' );
	await page.getByLabel( 'Group', { exact: true } ).selectOption( { label: 'Plant club' } );
	await until( async () => ( await page.locator( 'tr[data-contact]' ).count() ) === 1, 'the people of a group' );
	await page.goBack();
	await row( 'Sam Lee' ).waitFor();
	await page.getByRole( 'button', { name: 'More filters' } ).click();
	await page.getByLabel( 'Custom field' ).selectOption( { label: 'City' } );
	await page.getByLabel( 'City', { exact: true } ).last().fill( 'Köln' );
	await page.keyboard.press( 'Enter' );
	await until( async () => ( await page.locator( 'tr[data-contact]' ).count() ) === 1, 'the people of a city' );
	await shoot( page, 'contact-filters' );
	await accessible( page, MAIN );
	await go( '?search=nobodyiscalledthis' );
	await page.getByText( 'Nobody matches these filters.' ).waitFor();
	await shoot( page, 'contact-nothing' );
} );

await run( 'screen options hide and show columns, and remember', async () => {
	await go( '' );
	await row( 'Anna' ).waitFor();
	assert.equal( await page.locator( 'td.column-country' ).first().isVisible(), true );
	assert.equal( await page.locator( 'td.column-field_city' ).first().isVisible(), false );
	await page.click( '#show-settings-link' );
	for ( const [ column, checked ] of [ [ 'country', false ], [ 'field_city', true ] ] ) {
		const saved = page.waitForResponse( ( answer ) => answer.url().includes( 'admin-ajax.php' ) && ( answer.request().postData() ?? '' ).includes( 'hidden-columns' ), { timeout: WORDPRESS_SAVES_MS } );
		await page.setChecked( `#${ column }-hide`, checked );
		await saved;
	}
	assert.equal( await page.locator( 'td.column-country' ).first().isVisible(), false );
	assert.equal( await page.locator( 'td.column-field_city' ).first().isVisible(), true );
	await page.reload();
	await row( 'Anna' ).waitFor();
	await until( () => page.locator( 'td.column-field_city' ).first().isVisible(), 'the column after a reload' );
	assert.equal( await page.locator( 'td.column-country' ).first().isVisible(), false, 'after a reload too' );
	assert.equal( await page.locator( 'td.column-handle' ).first().isVisible(), false, 'what was hidden stays hidden' );
	await page.click( '#show-settings-link' );
	await page.fill( '#nxtchat_contacts_per_page', '1' );
	await page.click( '#screen-options-apply' );
	await until( async () => ( await page.locator( 'tr[data-contact]' ).count() ) === 1, 'one on a page' );
} );

await run( 'pages: next, last, previous, first', async () => {
	const names = () => page.locator( 'tr[data-contact] .row-title' ).allTextContents();
	const step_ = async ( label ) => {
		const before = ( await names() ).join();
		await page.locator( '.tablenav.top' ).getByRole( 'link', { name: label } ).click();
		await until( async () => ( await names() ).join() !== before && ! ( await page.locator( '.is-busy' ).count() ), label );
		return names();
	};
	const first = await names();
	const second = await step_( 'Next page' );
	assert.equal( second.some( ( name ) => first.includes( name ) ), false );
	const last = await step_( 'Last page' );
	assert.ok( last.length > 0 );
	assert.equal( await page.locator( '.tablenav.top' ).getByRole( 'link', { name: 'Next page' } ).count(), 0 );
	await step_( 'Previous page' );
	assert.deepEqual( await step_( 'First page' ), first );
} );

await run( 'bulk: everybody who matches joins a group, with their number on the screen', async () => {
	await page.getByLabel( 'Select all on this page' ).first().check();
	await page.getByRole( 'button', { name: /Select all .* that match/ } ).click();
	await page.getByLabel( 'Select bulk action' ).first().selectOption( 'add_group' );
	await page.getByRole( 'button', { name: 'Apply' } ).first().click();
	const dialog = page.locator( 'dialog[open]' );
	await dialog.getByLabel( 'Group' ).selectOption( { label: 'Wholesale' } );
	await shoot( page, 'contact-bulk' );
	await dialog.getByRole( 'button', { name: 'Apply' } ).click();
	await notice( 'added to the group' ).waitFor();
	await shoot( page, 'contact-list' );
	await accessible( page, MAIN );
	await page.setViewportSize( NARROW );
	await accessible( page, MAIN );
	await page.setViewportSize( WIDE );
} );

await run( 'delete: not without typing the number of people', async () => {
	await go( '?search=Berta' );
	await row( 'Berta' ).waitFor();
	await until( async () => ( await page.locator( 'tr[data-contact]' ).count() ) === 1, 'Berta alone' );
	await page.getByLabel( 'Select Berta Braun' ).check();
	await page.getByLabel( 'Select bulk action' ).first().selectOption( 'delete' );
	await page.getByRole( 'button', { name: 'Apply' } ).first().click();
	const dialog = page.locator( 'dialog[open]' );
	await dialog.getByRole( 'button', { name: 'Delete 1 person' } ).click();
	await dialog.locator( '[aria-invalid="true"]' ).waitFor();
	await shoot( page, 'contact-delete' );
	await dialog.getByLabel( /type the number/ ).fill( '1' );
	await dialog.getByRole( 'button', { name: 'Delete 1 person' } ).click();
	await notice( '1 person deleted.' ).waitFor();
	await page.getByText( 'Nobody matches these filters.' ).waitFor();
} );

await run( 'the inbox leads to a person’s page, and back to their conversation', async () => {
	await page.goto( screen( 'inbox' ) );
	await page.locator( '.nxtchat-item', { hasText: 'Anna' } ).click();
	await page.locator( '.nxtchat-thread__who a' ).click();
	await page.getByRole( 'heading', { name: /Anna/, level: 2 } ).waitFor();
	await page.getByRole( 'link', { name: 'Open conversation' } ).first().click();
	await page.locator( '.nxtchat-thread__who', { hasText: 'Anna' } ).waitFor();
} );

await run( 'no script error, no 5xx, no request to another host, nothing wider than its window', async () => {
	assert.deepEqual( [ ...new Set( troubles ) ], [] );
} );

await finish();
