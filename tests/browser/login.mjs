/**
 * Login by a code on WhatsApp as people meet it, mostly on a phone: profile, new and known numbers, a wrong code, an expired one, another one,
 * the password, a cached page, wp-login.php, no JavaScript, a word sent to the site, and the asking of existing users.
 */
import assert from 'node:assert/strict';
import { accessible, browser, fillLogin, finish, NARROW, newPage, screen, shoot, signIn, sim, site, step, troubles, until } from './harness.mjs';

const FORM = '[data-nxtchat-login]';
const LENA = { user: 'lena', password: 'Fjord-Ahorn-77-Lampe', phone: '+4915155500001' };
const PAUL = { user: 'paul', password: 'Kiesel-Birke-31-Segel', phone: '+4915155500002' };
const NEW = '+4915155500003';
const NOBODY = '+4915155500004';
const OTHER = '+4915155500005';
/** A phone: narrow, touched, with a keyboard that covers half of it. */
const PHONE = { viewport: NARROW, hasTouch: true, isMobile: true };
/** Seconds before another code can be asked for: the least that the settings allow. */
const RESEND_S = 15;

const page = await newPage();
/** Whose window is shown when a step fails. */
let shown = page;
const told = async () => console.log( `      the form says: ${ ( await shown.locator( FORM ).first().innerText().catch( () => '' ) ).replaceAll( '\n', ' | ' ) }` );
const run = async ( name, work ) => ( await step( name, work, { screenshot: async ( options ) => ( await told(), shown.screenshot( options ) ) } ) ) || ( await finish() );
const open = async ( options ) => ( shown = await newPage( options ) );
let url = '';

/** As the owner. */
const call = ( options ) => page.evaluate( ( what ) => window.wp.apiFetch( what ).catch( ( error ) => Promise.reject( new Error( `${ what.path }: ${ JSON.stringify( error ) }` ) ) ), options );
const api = ( path, options = {} ) => call( { path: `/nxtchat/v1/${ path }`, ...options } );
const settings = ( data ) => api( 'login/settings', { method: 'PATCH', data } );

/** How many messages a number got so far, and the code of the next one: whole messages, as the customer sees them. */
const messages = async ( phone ) => ( await sim( 'GET', `/sim/record?to=${ phone.slice( 1 ) }` ) ).items;
const codeOf = ( message ) => ( message.body ?? message.request ?? message ).template?.components.find( ( part ) => part.type === 'body' ).parameters[ 0 ].text ?? ( message.body ?? message.request ?? message ).text.body.match( /\d{6}/ )[ 0 ];
const nextCode = async ( phone, before ) => codeOf( ( await until( async () => ( ( now ) => now.length > before && now )( await messages( phone ) ), `a code for ${ phone }` ) ).pop() );
const wrong = ( code ) => String( ( Number( code ) + 1 ) % 1_000_000 ).padStart( 6, '0' );

/** Types a number and asks for a code. @return the code */
async function ask( on, phone, typed = phone ) {
	const before = ( await messages( phone ) ).length;
	await on.fill( `${ FORM } [name=phone]`, typed );
	await on.getByRole( 'button', { name: 'Send me a code' } ).click();
	await on.locator( `${ FORM } [name=code]` ).waitFor();
	return nextCode( phone, before );
}

/** Pastes as a person does: the whole text into the field that has the cursor. */
const paste = ( on, text ) =>
	on.locator( `${ FORM } [name=code]` ).evaluate( ( field, value ) => {
		field.value = value;
		field.dispatchEvent( new InputEvent( 'input', { bubbles: true } ) );
	}, text );

const isIn = ( on, name ) => on.getByText( `You are logged in as ${ name }` ).waitFor();
const focused = ( on ) => on.evaluate( () => document.activeElement.name || document.activeElement.dataset.do || document.activeElement.textContent );

await signIn( page );

await run( 'the owner: a template, the switch; two users', async () => {
	await page.goto( `${ site }/wp-admin/post-new.php?post_type=page` );
	await page.waitForFunction( () => window.wp?.apiFetch && window.wp.data?.select( 'core/editor' )?.getCurrentPostId() );
	await api( 'login/template', { method: 'POST' } );
	await until( async () => ( await api( 'login/settings' ) ).template?.is_ready, 'the template approved', 20_000 );
	await settings( {
		enabled: true,
		countries: [ 'DE', 'GB', 'US' ],
		resend_s: RESEND_S,
		word: true,
		budgets: Object.fromEntries( [ 'number', 'ip', 'network', 'country', 'site' ].map( ( who ) => [ who, [ 0, 0, 0 ] ] ) ),
	} );
	for ( const { user, password } of [ LENA, PAUL ] ) {
		await call( { path: '/wp/v2/users', method: 'POST', data: { username: user, name: user[ 0 ].toUpperCase() + user.slice( 1 ), email: `${ user }@example.test`, password, roles: [ 'subscriber' ] } } );
	}
} );

await run( 'the editor has the block, and it is saved without its HTML', async () => {
	const [ id, link ] = await page.evaluate( async () => {
		const { dispatch, select } = window.wp.data;
		dispatch( 'core/block-editor' ).insertBlock( window.wp.blocks.createBlock( 'nxtchat/login' ) );
		dispatch( 'core/editor' ).editPost( { title: 'Welcome back', status: 'publish' } );
		await dispatch( 'core/editor' ).savePost();
		const post = select( 'core/editor' ).getCurrentPost();
		return [ post.id, post.link ];
	} );
	url = link;
	await page.goto( `${ site }/wp-admin/post.php?post=${ id }&action=edit` );
	await page.waitForFunction( () => window.wp?.apiFetch && window.wp.data?.select( 'core/block-editor' )?.getBlocks()?.length > 0 );
	const [ block, content ] = await page.evaluate( () => [ window.wp.data.select( 'core/block-editor' ).getBlocks()[ 0 ], window.wp.data.select( 'core/editor' ).getEditedPostContent() ] );
	assert.deepEqual( [ block.name, block.isValid, content ], [ 'nxtchat/login', true, '<!-- wp:nxtchat/login /-->' ] );
	await page.frameLocator( '[name=editor-canvas]' ).getByText( 'Send me a code' ).waitFor();
	await shoot( page, 'login-editor' );
} );

const lena = await open( PHONE );

await run( 'profile: a pasted number picks its country, the code confirms it; change and remove', async () => {
	await signIn( lena, LENA );
	await lena.goto( `${ site }/wp-admin/profile.php` );
	await lena.locator( `${ FORM } [name=phone]` ).scrollIntoViewIfNeeded();
	await lena.selectOption( `${ FORM } [name=country]`, 'GB' );
	await accessible( lena, FORM );
	await shoot( lena, 'login-profile' );
	// Enter sends our fields, not the profile.
	const before = ( await messages( LENA.phone ) ).length;
	await lena.fill( `${ FORM } [name=phone]`, '+49 (0)151 555-00001' );
	assert.equal( await lena.inputValue( `${ FORM } [name=country]` ), 'DE' );
	await lena.locator( `${ FORM } [name=phone]` ).press( 'Enter' );
	await lena.locator( `${ FORM } [name=code]` ).waitFor();
	const code = await nextCode( LENA.phone, before );
	await accessible( lena, FORM );
	await lena.locator( `${ FORM } [name=code]` ).pressSequentially( wrong( code ) );
	await lena.getByText( 'That is not the code.' ).waitFor();
	await lena.fill( `${ FORM } [name=code]`, code );
	await lena.getByText( 'Your number is confirmed.' ).waitFor();
	assert.match( await lena.locator( `${ FORM } [data-number]` ).textContent(), /^\+49.*001$/ );
	await shoot( lena, 'login-profile-confirmed' );
	await lena.getByRole( 'button', { name: 'Remove', exact: true } ).click();
	await lena.getByRole( 'button', { name: 'Keep it' } ).click();
	await accessible( lena, FORM );
	// Our fields are none of the profile's.
	assert.deepEqual( await lena.evaluate( () => [ ...new FormData( document.getElementById( 'your-profile' ) ).keys() ].filter( ( key ) => [ 'phone', 'country', 'code' ].includes( key ) ) ), [] );
	await lena.reload();
	assert.match( await lena.locator( `${ FORM } [data-number]` ).textContent(), /001$/ );
	await lena.context().clearCookies();
} );

await run( 'known number on a phone: the keyboard, the focus, a wrong code, then the pasted message', async () => {
	await lena.goto( url );
	await accessible( lena, FORM );
	await shoot( lena, 'login-phone' );
	await lena.selectOption( `${ FORM } [name=country]`, 'DE' );
	await lena.fill( `${ FORM } [name=phone]`, '12' );
	await lena.getByRole( 'button', { name: 'Send me a code' } ).click();
	await lena.getByText( 'This is not a phone number' ).waitFor();
	assert.equal( await focused( lena ), 'phone' );
	await accessible( lena, FORM );
	await shoot( lena, 'login-not-a-number' );
	const code = await ask( lena, LENA.phone, '0151 55500001' );
	const field = lena.locator( `${ FORM } [name=code]` );
	assert.equal( await focused( lena ), 'code' );
	assert.deepEqual( await field.evaluate( ( f ) => [ f.autocomplete, f.inputMode, f.maxLength ] ), [ 'one-time-code', 'numeric', -1 ] );
	assert.match( await lena.locator( '[data-to]' ).textContent(), /If .?\+49.*001.? can log in here/ );
	assert.match( await lena.locator( '[data-clock]' ).textContent(), /^in 0:1\d$/ );
	await accessible( lena, FORM );
	await shoot( lena, 'login-code' );
	await field.pressSequentially( wrong( code ) ); // Sends itself.
	await lena.getByText( 'You can try 4 more times.' ).waitFor();
	assert.equal( await focused( lena ), 'code' );
	assert.equal( await field.getAttribute( 'aria-invalid' ), 'true' );
	await accessible( lena, FORM );
	await shoot( lena, 'login-wrong-code' );
	await paste( lena, `${ code } is your verification code. For your security, do not share this code.` );
	await isIn( lena, 'Lena' );
	assert.equal( lena.url(), url );
	await shoot( lena, 'login-done' );
	await accessible( lena, '.nxtchat-login' );
} );

await run( 'a tab that the phone dropped comes back to the code', async () => {
	const days = async () => Math.round( ( ( await lena.context().cookies() ).find( ( cookie ) => cookie.name.startsWith( 'wordpress_logged_in' ) ).expires - Date.now() / 1000 ) / 86_400 );
	assert.ok( ( await days() ) < 0, 'The session before was not to last.' );
	await lena.context().clearCookies();
	await lena.goto( url );
	await lena.getByLabel( 'Keep me logged in' ).check();
	const code = await ask( lena, LENA.phone );
	await lena.reload();
	await lena.locator( `${ FORM } [name=code]` ).waitFor();
	await lena.fill( `${ FORM } [name=code]`, code );
	await isIn( lena, 'Lena' );
	assert.ok( ( await days() ) >= 14 );
	await lena.context().clearCookies();
} );

await run( 'another code: the countdown, the server’s own wait, then a code that replaces the first', async () => {
	await lena.goto( url );
	const first = await ask( lena, LENA.phone );
	const again = lena.getByRole( 'button', { name: 'Send a new code' } );
	assert.equal( await again.getAttribute( 'aria-disabled' ), 'true' );
	const before = ( await messages( LENA.phone ) ).length;
	await again.click( { force: true } );
	await lena.waitForTimeout( 300 );
	assert.equal( ( await messages( LENA.phone ) ).length, before );
	await until( async () => ( await again.getAttribute( 'aria-disabled' ) ) === null, 'the countdown to end', ( RESEND_S + 5 ) * 1000 );
	await lena.getByText( 'You can ask for a new code now.' ).waitFor();
	await again.click();
	const second = await nextCode( LENA.phone, before );
	await lena.getByText( 'A new code is on its way.' ).waitFor();
	await accessible( lena, FORM );
	if ( first !== second ) {
		await lena.fill( `${ FORM } [name=code]`, first );
		await lena.getByText( 'That is not the code.' ).waitFor();
	}
	await lena.fill( `${ FORM } [name=code]`, second );
	await isIn( lena, 'Lena' );
	await lena.context().clearCookies();
} );

await run( 'an expired code says so, and the way on is a new one', async () => {
	const late = await open( PHONE );
	await late.clock.install();
	await late.goto( url );
	await late.fill( `${ FORM } [name=phone]`, OTHER );
	await late.getByRole( 'button', { name: 'Send me a code' } ).click();
	await late.locator( `${ FORM } [name=code]` ).waitFor();
	await late.clock.fastForward( '06:00' );
	await late.getByText( 'This code has expired. Ask for a new one.' ).waitFor();
	assert.equal( await focused( late ), 'again' );
	assert.equal( await late.getByRole( 'button', { name: 'Log in' } ).isVisible(), false );
	await accessible( late, FORM );
	await shoot( late, 'login-expired' );
	await late.getByRole( 'button', { name: 'Another number' } ).click();
	assert.equal( await focused( late ), 'phone' );
	await late.context().close();
} );

await run( 'an unknown number: the same words, no message, and no account where nobody registers', async () => {
	await lena.goto( url );
	await lena.fill( `${ FORM } [name=phone]`, NOBODY );
	await lena.getByRole( 'button', { name: 'Send me a code' } ).click();
	await lena.locator( `${ FORM } [name=code]` ).waitFor();
	assert.match( await lena.locator( '[data-to]' ).textContent(), /If .?\+49.*004.? can log in here/ );
	for ( let n = 0; n < 5; n++ ) {
		await lena.locator( `${ FORM } [name=code]` ).fill( '' );
		await lena.locator( `${ FORM } [name=code]` ).pressSequentially( `00000${ n }` );
		await until( async () => ( await lena.locator( '[data-step=code] [data-problem]' ).textContent() ) !== '', 'an answer' );
	}
	await lena.getByText( 'Too many wrong codes.' ).waitFor();
	await accessible( lena, FORM );
	await shoot( lena, 'login-exhausted' );
	assert.equal( ( await messages( NOBODY ) ).length, 0 );
} );

await run( 'a new number where the site registers: an account, and back where the visitor was going', async () => {
	await page.goto( `${ site }/wp-admin/options-general.php` );
	await page.check( '#users_can_register' );
	await Promise.all( [ page.waitForURL( /settings-updated/ ), page.click( '#submit' ) ] );
	await page.goto( screen( 'contact' ) );
	await settings( { register: true } );
	const visitor = await open( PHONE );
	await visitor.goto( `${ url }?redirect_to=${ encodeURIComponent( `${ site }/?from=login` ) }` );
	const code = await ask( visitor, NEW );
	await visitor.fill( `${ FORM } [name=code]`, code );
	await visitor.waitForURL( /from=login/ );
	await visitor.goto( url );
	await isIn( visitor, 'Member' );
	await visitor.context().close();
	await settings( { register: false } );
} );

await run( 'the password way leads back', async () => {
	await lena.goto( url );
	const way = lena.getByRole( 'link', { name: 'Use my password' } );
	if ( ! ( await way.isVisible() ) ) {
		await lena.getByRole( 'button', { name: 'Another number' } ).click();
	}
	await lena.getByRole( 'link', { name: 'Use my password' } ).first().click();
	await fillLogin( lena, LENA );
	await lena.click( '#wp-submit' );
	await lena.waitForURL( url );
	await isIn( lena, 'Lena' );
	await lena.context().clearCookies();
} );

await run( 'a cached page logs in everybody', async () => {
	const html = await ( await fetch( url ) ).text();
	assert.equal( html, await ( await fetch( url ) ).text(), 'the same for every visitor' );
	assert.doesNotMatch( html, /nonce|_wpnonce|X-WP-Nonce/ );
	const visitor = await open( PHONE );
	// Only what the cache would answer: the way back after the login goes to the server.
	await visitor.route( url, ( route ) => route.fulfill( { contentType: 'text/html; charset=utf-8', body: html } ), { times: 1 } );
	await visitor.goto( url );
	const code = await ask( visitor, LENA.phone );
	await visitor.fill( `${ FORM } [name=code]`, code );
	await isIn( visitor, 'Lena' );
	await visitor.context().close();
} );

await run( 'wp-login.php: a button, a view that looks like it, and on to where one was going', async () => {
	const visitor = await open( PHONE );
	await visitor.goto( `${ site }/wp-admin/profile.php` );
	await visitor.waitForURL( /wp-login\.php/ );
	await shoot( visitor, 'login-wp-login' );
	await accessible( visitor, '.nxtchat-login-way' );
	await visitor.getByRole( 'link', { name: 'Log in with WhatsApp' } ).click();
	await accessible( visitor, FORM );
	await shoot( visitor, 'login-wp-login-phone' );
	const code = await ask( visitor, LENA.phone );
	await shoot( visitor, 'login-wp-login-code' );
	await visitor.fill( `${ FORM } [name=code]`, code );
	await visitor.waitForURL( /wp-admin\/profile\.php/ );
	await visitor.context().close();
} );

await run( 'without JavaScript: a form, a page for the code, a mistake, and in', async () => {
	const plain = ( shown = await ( await browser.newContext( { javaScriptEnabled: false, ...PHONE } ) ).newPage() );
	await plain.goto( url );
	await plain.fill( `${ FORM } [name=phone]`, '12' );
	await plain.getByRole( 'button', { name: 'Send me a code' } ).click();
	await plain.getByText( 'This is not a phone number' ).waitFor();
	await plain.selectOption( '[name=country]', 'DE' );
	const before = ( await messages( LENA.phone ) ).length;
	await plain.fill( '[name=phone]', '0151 55500001' );
	await plain.getByRole( 'button', { name: 'Send me a code' } ).click();
	await plain.getByText( /If .?\+49.*001.? can log in here/ ).waitFor();
	const code = await nextCode( LENA.phone, before );
	await shoot( plain, 'login-without-javascript' );
	await plain.fill( '[name=code]', wrong( code ) );
	await plain.getByRole( 'button', { name: 'Log in' } ).click();
	await plain.getByText( 'You can try 4 more times.' ).waitFor();
	await plain.fill( '[name=code]', code );
	await plain.getByRole( 'button', { name: 'Log in' } ).click();
	await plain.waitForURL( url );
	await isIn( plain, 'Lena' );
	// The same for the number of an account.
	const then = ( await messages( LENA.phone ) ).length;
	await plain.goto( `${ site }/wp-login.php?action=nxtchat_bind` );
	await plain.fill( '[name=phone]', LENA.phone );
	await plain.getByRole( 'button', { name: 'Send me a code' } ).click();
	await plain.fill( '[name=code]', await nextCode( LENA.phone, then ) );
	await plain.getByRole( 'button', { name: 'Confirm' } ).click();
	await plain.waitForURL( /wp-admin\/profile\.php/ );
	await plain.context().close();
} );

await run( 'the other way round: the visitor writes, the code comes as an answer', async () => {
	await lena.goto( url );
	await lena.getByRole( 'button', { name: 'Write to us instead' } ).click();
	const link = lena.getByRole( 'link', { name: 'Open WhatsApp' } );
	await link.waitFor();
	assert.equal( await lena.locator( '[data-qr]' ).isVisible(), false, 'The phone in the hand needs no picture of a link.' );
	const kept = await link.getAttribute( 'href' );
	await lena.reload(); // WhatsApp was in front, and the tab was dropped.
	assert.equal( await link.getAttribute( 'href' ), kept );
	await shoot( lena, 'login-word-phone', { 390: NARROW } );
	await lena.getByRole( 'button', { name: 'Type my number instead' } ).click();
	assert.equal( await focused( lena ), 'phone' );
	// On a desktop, by keys alone.
	const wide = await open();
	await wide.goto( url );
	await wide.focus( `${ FORM } [name=phone]` );
	for ( let n = 0; n < 9 && ( await focused( wide ) ) !== 'word'; n++ ) {
		await wide.keyboard.press( 'Tab' );
	}
	await wide.keyboard.press( 'Enter' );
	await wide.locator( '[data-qr] svg' ).waitFor();
	const text = await wide.locator( '[data-text]' ).textContent();
	assert.match( await wide.getAttribute( '[data-link]', 'href' ), /^https:\/\/wa\.me\/15550783881\?text=/ );
	await accessible( wide, FORM );
	await shoot( wide, 'login-word' );
	const before = ( await messages( LENA.phone ) ).length;
	await sim( 'POST', '/sim/inbound', { from: LENA.phone, name: 'Lena', text } );
	const code = await nextCode( LENA.phone, before );
	await wide.locator( `${ FORM } [name=code]` ).waitFor();
	await wide.fill( `${ FORM } [name=code]`, code );
	await isIn( wide, 'Lena' );
	await wide.context().close();
} );

await run( 'offline: said, and nothing is lost', async () => {
	await lena.goto( url );
	await lena.fill( `${ FORM } [name=phone]`, LENA.phone );
	await lena.context().setOffline( true );
	await lena.getByRole( 'button', { name: 'Send me a code' } ).click();
	await lena.getByText( 'You are offline.' ).waitFor();
	await lena.context().setOffline( false );
	await ask( lena, LENA.phone );
} );

await run( 'WhatsApp is not to be had: one calm sentence and the password', async () => {
	const { id } = ( await sim( 'GET', '/sim/templates' ) ).items.find( ( one ) => one.name.startsWith( 'nxtchat_login_code' ) );
	await sim( 'POST', `/sim/templates/${ id }`, { status: 'PAUSED', title: 'FIRST_PAUSE' } );
	await until( async () => ! ( await api( 'login/settings' ) ).template.is_ready, 'the template paused' );
	const visitor = await open( PHONE );
	await visitor.goto( url );
	await visitor.fill( `${ FORM } [name=phone]`, LENA.phone );
	await visitor.getByRole( 'button', { name: 'Send me a code' } ).click();
	await visitor.getByText( 'WhatsApp can\'t be reached at the moment.' ).waitFor();
	assert.ok( await visitor.getByRole( 'link', { name: 'Use my password' } ).isVisible() );
	await shoot( visitor, 'login-unavailable' );
	await visitor.context().close();
	await sim( 'POST', `/sim/templates/${ id }`, { status: 'APPROVED' } );
	await until( async () => ( await api( 'login/settings' ) ).template.is_ready, 'the template back' );
} );

await run( 'right to left, and on a dark page', async () => {
	await lena.goto( url );
	await lena.evaluate( () => {
		window.sessionStorage.clear();
		document.documentElement.dir = 'rtl';
		document.body.style.cssText = 'background:#101418;color:#f2f2f2';
	} );
	await shoot( lena, 'login-dark-rtl' );
} );

await run( 'existing users are asked, then stopped on their way; administrators are not', async () => {
	await settings( { migrate: { enabled: true, until: '2099-12-31' } } );
	const paul = await open( PHONE );
	await signIn( paul, PAUL );
	await paul.goto( `${ site }/wp-admin/index.php` );
	await paul.locator( '.nxtchat-migrate' ).waitFor();
	await shoot( paul, 'login-banner-admin' );
	await paul.goto( url );
	await accessible( paul, '.nxtchat-migrate' );
	await shoot( paul, 'login-banner-site' );
	await paul.getByRole( 'link', { name: 'Tomorrow' } ).click();
	await paul.waitForURL( url );
	assert.equal( await paul.locator( '.nxtchat-migrate' ).count(), 0 );
	await paul.context().clearCookies( { name: 'nxtchat_later' } );
	await settings( { migrate: { enabled: true, until: '2020-01-01' } } );
	await paul.goto( `${ site }/wp-admin/index.php` );
	await paul.waitForURL( /action=nxtchat_bind/ );
	assert.equal( await paul.locator( '[data-nxtchat-exit]' ).isVisible(), false );
	await accessible( paul, FORM );
	await shoot( paul, 'login-gate' );
	await paul.fill( `${ FORM } [name=phone]`, '1' );
	await paul.getByRole( 'button', { name: 'Send me a code' } ).click();
	await paul.getByText( 'This is not a phone number' ).waitFor();
	assert.equal( await paul.locator( '[data-nxtchat-exit]' ).isVisible(), true, 'nobody is locked out' );
	const code = await ask( paul, PAUL.phone );
	await paul.fill( `${ FORM } [name=code]`, code );
	await paul.waitForURL( /wp-admin\/(index\.php|profile\.php)?$/ );
	assert.equal( await paul.locator( '.nxtchat-migrate' ).count(), 0 );
	// What staff see of it.
	const [ { id } ] = await call( { path: '/wp/v2/users?search=paul&context=edit' } );
	await page.goto( `${ site }/wp-admin/user-edit.php?user_id=${ id }` );
	await page.getByText( 'Remove this number' ).scrollIntoViewIfNeeded();
	assert.match( await page.locator( '#nxtchat-login + table' ).textContent(), /\+49.*002/ );
	assert.ok( ! ( await page.content() ).includes( PAUL.phone ) );
	await shoot( page, 'login-profile-staff' );
	await page.goto( `${ site }/wp-admin/index.php` );
	assert.match( page.url(), /wp-admin\/index\.php$/ );
	await page.goto( screen( 'contact' ) );
	await settings( { migrate: { enabled: false } } );
	await paul.context().close();
} );

await run( 'no script error, no 5xx but the one that was asked for, no request to another host, nothing wider than its window', async () => {
	// 'serialize': wp-login.php's own script, when the page is left before it has begun.
	assert.deepEqual( [ ...new Set( troubles ) ].filter( ( t ) => ! /wp-admin\/post|^503 from .*login\/start|reading 'serialize'/.test( t ) ), [] );
} );

await finish();
