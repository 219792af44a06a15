import assert from 'node:assert/strict';
import { test } from 'node:test';

import { keepDraft, keepOutbox, readDraft, readOutbox, type Storage } from './outbox';
import { closedText, isWindowOpen, windowText } from './window';

function memory(): () => Storage {
	const map = new Map< string, string >();
	const storage: Storage = {
		getItem: ( key ) => map.get( key ) ?? null,
		setItem: ( key, value ) => void map.set( key, value ),
		removeItem: ( key ) => void map.delete( key ),
	};
	return () => storage;
}

test( 'drafts are kept per conversation', () => {
	const storage = memory();
	keepDraft( 1, 'eins', storage );
	keepDraft( 2, 'zwei', storage );
	keepDraft( 2, '', storage );
	assert.equal( readDraft( 1, storage ), 'eins' );
	assert.equal( readDraft( 2, storage ), '' );
} );

test( 'what was on its way comes back with its ref, waiting', () => {
	const storage = memory();
	keepOutbox( 1, [ { ref: 'R', text: 'hi', reply: { id: 4, text: 'q' }, at_ms: 5, phase: 'sending', error: null } ], storage );
	assert.deepEqual( readOutbox( 1, storage ), [
		{ ref: 'R', text: 'hi', reply: { id: 4, text: 'q' }, at_ms: 5, phase: 'waiting', error: null },
	] );
	keepOutbox( 1, [], storage );
	assert.deepEqual( readOutbox( 1, storage ), [] );
} );

test( 'a storage that throws or holds nonsense costs nothing', () => {
	const broken = (): Storage => {
		throw new Error( 'forbidden' );
	};
	keepDraft( 1, 'x', broken );
	assert.equal( readDraft( 1, broken ), '' );
	assert.deepEqual( readOutbox( 1, broken ), [] );
	const storage = memory();
	storage().setItem( 'nxtchat-outbox-1', '{"not":"a list"}' );
	assert.deepEqual( readOutbox( 1, storage ), [] );
	storage().setItem( 'nxtchat-outbox-1', '[null, {"ref":1}]' );
	assert.deepEqual( readOutbox( 1, storage ), [] );
} );

test( 'the 24-hour window', () => {
	const now = Date.UTC( 2026, 10, 22, 11, 5 );
	assert.equal( isWindowOpen( now, now ), false );
	assert.equal( isWindowOpen( 0, now ), false );
	assert.match( windowText( now + 3 * 3_600_000, now ), /^Reply until .* · 3 h left$/ );
	assert.match( windowText( now + 20 * 3_600_000, now ), /^Reply until tomorrow, .* · 20 h left$/ );
	assert.match( closedText( 0, now ), /has not written/ );
	assert.match( closedText( now - 1, now ), /^The 24-hour window is closed/ );
} );
