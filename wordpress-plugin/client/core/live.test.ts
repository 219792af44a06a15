import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';

import { parseCounter, startLive } from './live';
import type { LiveAccess } from './types';

/** A live counter with its server, on a clock that the test moves. */
function world( t: TestContext ) {
	t.mock.timers.enable( { apis: [ 'setTimeout', 'Date' ] } );
	const it = {
		counter: 5,
		answer: 200,
		isVisible: true,
		polls: [] as string[],
		refreshes: 0,
		renewals: 0,
		access: { url: '/live.php?site=1', token: 'a', expires_ms: 600_000, value: 5 } as LiveAccess,
		async pass( ms: number ) {
			for ( let passed = 0; passed < ms; passed += 500 ) {
				t.mock.timers.tick( 500 );
				await new Promise( ( done ) => setImmediate( done ) );
			}
		},
	};
	const live = startLive( {
		access: it.access,
		refresh: async () => void it.refreshes++,
		renew: async () => {
			it.renewals++;
			return { ...it.access, token: 'b', expires_ms: Date.now() + 600_000 };
		},
		now: () => Date.now(),
		isVisible: () => it.isVisible,
		fetch: async ( url ) => {
			it.polls.push( url );
			return new Response( String( it.counter ), { status: it.answer } );
		},
	} );
	t.after( () => live.stop() );
	return { it, live };
}

test( 'asks each second, fetches only when the counter moved', async ( t ) => {
	const { it } = world( t );
	await it.pass( 5_000 );
	assert.equal( it.polls.length, 5 );
	assert.equal( it.polls[ 0 ], '/live.php?site=1&token=a' );
	assert.equal( it.refreshes, 0 );
	it.counter = 6;
	await it.pass( 3_000 );
	assert.equal( it.refreshes, 1 );
} );

test( 'fetches every 20 s regardless, also when live.php is blocked', async ( t ) => {
	const { it } = world( t );
	it.answer = 404;
	await it.pass( 65_000 );
	assert.ok( it.refreshes >= 2 && it.refreshes <= 3, `${ it.refreshes } refreshes` );
	assert.ok( it.polls.length < 10, `${ it.polls.length } polls: it backs off` );
} );

test( 'a refused or ending token is renewed', async ( t ) => {
	const { it } = world( t );
	it.answer = 403;
	await it.pass( 1_000 );
	it.answer = 200;
	await it.pass( 4_000 );
	assert.equal( it.renewals, 1 );
	assert.match( it.polls.at( -1 ) ?? '', /token=b/ );
	await it.pass( 560_000 );
	assert.equal( it.renewals, 2 );
} );

test( 'a hidden tab asks seldom and fetches only what moved', async ( t ) => {
	const { it, live } = world( t );
	it.isVisible = false;
	await it.pass( 61_000 );
	assert.ok( it.polls.length <= 4, `${ it.polls.length } polls` );
	assert.equal( it.refreshes, 0 );
	it.counter = 9;
	it.isVisible = true;
	live.wake();
	await it.pass( 500 );
	assert.equal( it.refreshes, 1 );
} );

test( 'only a number is a counter', () => {
	assert.equal( parseCounter( ' 12\n' ), 12 );
	assert.equal( parseCounter( '<html>' ), null );
	assert.equal( parseCounter( '' ), null );
} );
