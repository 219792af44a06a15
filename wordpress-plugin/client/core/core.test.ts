import assert from 'node:assert/strict';
import { test } from 'node:test';

import { setSettings, getSettings } from '@wordpress/date';

import { toApiError } from './error';
import { browserLocale, countCharacters, fileSize, initials, plainText } from './text';
import { dayKey, dayLabel, endOfDay, listTime, startOfDay, timeLeft } from './time';
import { ulid } from './ulid';

const HOUR = 3_600_000;

test( 'a ULID carries its time and is never the same twice', () => {
	const one = ulid( 1_469_918_176_385 );
	assert.match( one, /^[0-9A-HJKMNP-TV-Z]{26}$/ );
	assert.equal( one.slice( 0, 10 ), '01ARYZ6S41' ); // The example of the ULID specification.
	assert.equal( new Set( Array.from( { length: 1000 }, () => ulid() ) ).size, 1000 );
} );

test( 'text is counted in code points, as WhatsApp counts', () => {
	assert.equal( countCharacters( 'äöü' ), 3 );
	assert.equal( countCharacters( '👍👍' ), 2 );
} );

test( 'a preview shows the text without its markup', () => {
	assert.equal( plainText( 'Yes, *five* came _in_ ~today~.' ), 'Yes, five came in today.' );
	assert.equal( plainText( '*_both_*' ), 'both' );
	assert.equal( plainText( '2*3*4 and snake_case_name' ), '2*3*4 and snake_case_name' );
	assert.equal( plainText( '> quoted\n`code` ```more\ncode```' ), 'quoted\ncode more\ncode' );
	assert.equal( plainText( '* not bold * at all' ), '* not bold * at all' );
} );

test( 'initials, sizes, locales', () => {
	assert.equal( initials( 'anna maria müller' ), 'AM' );
	assert.equal( initials( '+49 151' ), '' );
	assert.equal( initials( 'Ömer' ), 'Ö' );
	assert.equal( fileSize( 0, 'en' ), '' );
	assert.equal( fileSize( 900, 'en' ), '900 B' );
	assert.equal( fileSize( 1536, 'de-DE' ), '1,5 KB' );
	assert.equal( browserLocale( 'de_DE_formal' ), 'de-DE' );
	assert.equal( browserLocale( 'de-DE' ), 'de-DE' );
	assert.equal( browserLocale( '' ), 'en' );
} );

test( 'days are the site’s days, over a change of summer time', () => {
	setSettings( {
		...getSettings(),
		timezone: { string: 'Europe/Berlin', offset: '1', offsetFormatted: '1', abbr: 'CET' },
	} );
	const late = Date.UTC( 2026, 2, 28, 23, 30 ); // 00:30 on the 29th in Berlin, the night of the change.
	assert.equal( dayKey( late ), '2026-03-29' );
	assert.equal( dayLabel( late, late + HOUR ), 'Today' );
	assert.equal( dayLabel( late, late + 24 * HOUR ), 'Yesterday' );
	assert.equal( startOfDay( '2026-03-29' ), Date.UTC( 2026, 2, 28, 23 ) );
	assert.equal( endOfDay( '2026-03-29' ) - startOfDay( '2026-03-29' ), 23 * HOUR );
	assert.equal( listTime( late, late + 48 * HOUR ), 'Sunday' );
} );

test( 'time left', () => {
	assert.equal( timeLeft( 59_000 ), 'less than a minute left' );
	assert.equal( timeLeft( 12 * 60_000 + 1 ), '12 min left' );
	assert.equal( timeLeft( 3 * HOUR + 5 ), '3 h left' );
} );

test( 'every failure of api-fetch becomes something to act on', () => {
	const refused = toApiError( {
		code: 'nxtchat_window_closed',
		message: 'Closed.',
		data: { status: 409, remedy: 'Wait.', problems: [ { path: 'text', message: 'long' }, 'nonsense' ] },
	} );
	assert.deepEqual(
		[ refused.kind, refused.code, refused.message, refused.remedy, refused.problems ],
		[ 'refused', 'nxtchat_window_closed', 'Closed.', 'Wait.', [ { path: 'text', message: 'long' } ] ]
	);
	assert.equal( toApiError( { code: 'fetch_error', message: 'You are probably offline.' } ).kind, 'network' );
	assert.equal( toApiError( { code: 'invalid_json', message: 'x' } ).kind, 'server' );
	assert.equal( toApiError( { code: 'internal', message: 'x', data: { status: 500 } } ).kind, 'server' );
	assert.equal( toApiError( { code: 'rest_cookie_invalid_nonce', message: 'x', data: { status: 403 } } ).kind, 'refused' );
	assert.equal( toApiError( new DOMException( 'timed out', 'AbortError' ) ).kind, 'network' );
	assert.equal( toApiError( null ).kind, 'network' );
} );
