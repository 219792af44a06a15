/**
 * What the browser test needs around its steps: a browser, screenshots at two widths, axe, the simulator's control API,
 * counted steps, and a watch on errors and on requests to other hosts.
 */
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { chromium } from 'playwright-core';

const env = ( name ) => {
	if ( ! process.env[ name ] ) {
		throw new Error( `${ name } is not set; run tests/browser/run.sh` );
	}
	return process.env[ name ];
};
export const site = env( 'SITE_URL' );
const login = { user: env( 'ADMIN_USER' ), password: env( 'ADMIN_PASSWORD' ) };
export const simulator = JSON.parse( env( 'SIMULATOR' ) );
export const WIDE = { width: 1280, height: 860 };
export const NARROW = { width: 390, height: 844 };
/** A step that hangs fails after this, ms. */
const STEP_TIMEOUT_MS = 30_000;

const axeSource = readFileSync( createRequire( import.meta.url ).resolve( 'axe-core/axe.min.js' ), 'utf8' );

export const browser = await chromium.launch( {
	executablePath: env( 'CHROMIUM' ),
	args: [ '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync' ],
} );

/** What went wrong beside the steps: script errors, requests to other hosts, answers 500 and above, pages that scroll sideways. */
export const troubles = [];

export async function newPage( options = {} ) {
	const context = await browser.newContext( { viewport: WIDE, locale: 'en-GB', ...options } );
	const page = await context.newPage();
	page.setDefaultTimeout( STEP_TIMEOUT_MS );
	page.on( 'pageerror', ( error ) => troubles.push( `script error: ${ error.message }` ) );
	page.on( 'console', ( message ) => {
		if ( message.type() === 'error' && ! /Failed to load resource/.test( message.text() ) ) {
			troubles.push( `console: ${ message.text() }` );
		}
	} );
	page.on( 'request', ( request ) => {
		const url = new URL( request.url() );
		// The dashboard's own news and avatars are WordPress's; what counts is that our screens ask nobody else.
		if ( /^https?:$/.test( url.protocol ) && url.origin !== new URL( site ).origin && url.origin !== new URL( simulator.url ).origin ) {
			troubles.push( `request to another host: ${ url.origin }${ url.pathname } from ${ page.url() }` );
		}
	} );
	page.on( 'response', ( response ) => {
		if ( response.status() >= 500 ) {
			troubles.push( `${ response.status() } from ${ response.url() }` );
		}
	} );
	return page;
}

/**
 * Name and password into wp-login.php. WordPress puts the cursor into the first field 200 ms after the page is there, be it while
 * somebody writes into the second: what was written is looked at, and written again.
 */
export async function fillLogin( page, who ) {
	const fields = { '#user_login': who.user, '#user_pass': who.password };
	await until( async () => {
		for ( const [ field, value ] of Object.entries( fields ) ) {
			await page.fill( field, value );
		}
		const written = await Promise.all( Object.keys( fields ).map( ( field ) => page.inputValue( field ) ) );
		return written.join( '\n' ) === Object.values( fields ).join( '\n' );
	}, 'name and password in their fields' );
}

export async function signIn( page, who = login ) {
	await page.goto( `${ site }/wp-login.php` );
	await fillLogin( page, who );
	await Promise.all( [ page.waitForURL( /wp-admin/ ), page.click( '#wp-submit' ) ] );
}

export const screen = ( name ) => `${ site }/wp-admin/admin.php?page=nxtchat-${ name }`;

/** A call of the simulator's control API. */
export async function sim( method, route, body ) {
	const answer = await fetch( simulator.url + route, {
		method,
		headers: { 'Content-Type': 'application/json' },
		body: body === undefined ? undefined : JSON.stringify( body ),
	} );
	const text = await answer.text();
	if ( ! answer.ok ) {
		throw new Error( `simulator: ${ method } ${ route }: ${ answer.status } ${ text.slice( 0, 300 ) }` );
	}
	return text ? JSON.parse( text ) : null;
}

/** Waits until `check` gives something true, and returns it. */
export async function until( check, what, ms = 10_000 ) {
	const end = Date.now() + ms;
	for ( ;; ) {
		const value = await check();
		if ( value ) {
			return value;
		}
		if ( Date.now() > end ) {
			throw new Error( `${ what }: not within ${ ms } ms` );
		}
		await new Promise( ( done ) => setTimeout( done, 50 ) );
	}
}

let shots = 0;
/** Screenshots of the page as it is, wide and narrow. */
export async function shoot( page, name, sizes = { 1280: WIDE, 390: NARROW } ) {
	const number = String( ++shots ).padStart( 2, '0' );
	const before = page.viewportSize();
	for ( const [ label, size ] of Object.entries( sizes ) ) {
		await page.setViewportSize( size );
		await page.waitForTimeout( 150 );
		await page.screenshot( { path: path.join( env( 'SHOTS' ), `${ number }-${ name }-${ label }.png` ) } );
		const over = await page.evaluate( () => document.documentElement.scrollWidth - document.documentElement.clientWidth );
		if ( over > 1 ) {
			const wide = await page.evaluate( () => [ ...document.querySelectorAll( '#wpbody *' ) ].filter( ( e ) => e.getBoundingClientRect().right > document.documentElement.clientWidth + 1 ).slice( -1 ).map( ( e ) => `${ e.tagName }.${ e.className }` ).join() );
			troubles.push( `${ name }: the page is ${ over } px wider than a window of ${ label } px (${ wide })` );
		}
	}
	await page.setViewportSize( before );
}

/** axe inside our own containers; WordPress's faults are not ours. */
export async function accessible( page, selector ) {
	await page.evaluate( axeSource );
	const found = await page.evaluate(
		async ( within ) =>
			( await window.axe.run( within, { resultTypes: [ 'violations' ] } ) ).violations.map(
				( v ) => `${ v.id } (${ v.impact }): ${ v.nodes.map( ( n ) => n.target.join( ' ' ) + ' — ' + n.failureSummary ).join( '; ' ) }`
			),
		selector
	);
	if ( found.length ) {
		throw new Error( `axe on ${ selector }:\n      ${ found.join( '\n      ' ) }` );
	}
}

let passed = 0;
let failed = 0;
/** One counted step. A failure is told with a screenshot; what builds on it fails by itself. */
export async function step( name, work, page ) {
	const begun = Date.now();
	try {
		const note = await work();
		passed++;
		console.log( `ok    ${ name }${ typeof note === 'string' ? ` (${ note })` : '' } ${ Date.now() - begun } ms` );
		return true;
	} catch ( error ) {
		failed++;
		console.log( `FAIL  ${ name }: ${ error.message }` );
		if ( page ) {
			await page.screenshot( { path: path.join( env( 'SHOTS' ), `failed-${ failed }.png` ) } ).catch( () => {} );
		}
		return false;
	}
}

export async function finish() {
	await browser.close();
	console.log( `${ passed } passed, ${ failed } failed` );
	process.exit( failed ? 1 : 0 );
}
