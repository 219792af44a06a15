import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { ConsentSettings } from './api';
import { changes, clashes, languagesOf, withWords } from './store';

const settings = {
	stop_words: { en: [ 'stop' ], de: [ 'stopp' ] },
	start_words: { en: [ 'start' ] },
	button_stop: [ 'No more offers' ],
	button_start: [],
	reply: true,
	stop_reply: '',
} as unknown as ConsentSettings;

test( 'only what changed is sent', () => {
	assert.deepEqual( changes( settings, { ...settings } ), {} );
	assert.deepEqual( changes( settings, { ...settings, reply: false, stop_words: { ...settings.stop_words } } ), { reply: false } );
} );

test( 'the languages of the site come first', () => {
	assert.deepEqual( languagesOf( settings, 'en' ), [ 'en', 'de' ] );
	assert.deepEqual( languagesOf( settings, 'fr' ), [ 'de', 'en' ] );
} );

test( 'a language without words goes', () => {
	assert.deepEqual( withWords( settings.stop_words, 'de', [] ), { en: [ 'stop' ] } );
	assert.deepEqual( withWords( settings.stop_words, 'fr', [ 'arrêt' ] ).fr, [ 'arrêt' ] );
} );

test( 'a word that stops and starts is told', () => {
	assert.deepEqual( clashes( settings ), [] );
	assert.deepEqual( clashes( { ...settings, start_words: { de: [ 'STOPP' ] } } ), [ 'STOPP' ] );
	assert.deepEqual( clashes( { ...settings, button_start: [ 'no more offers' ] } ), [ 'no more offers' ] );
} );
