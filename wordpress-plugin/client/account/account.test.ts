import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { Account } from '../core/types';
import type { AccountInput } from './api';
import { initialAccounts, reduceAccounts, verdict } from './store';
import { validate } from './validate';
import { limitLabel } from './words';

const good: AccountInput = {
	name: '',
	app_id: '1234567890',
	app_secret: '0123456789abcdef0123456789abcdef',
	token: 'EAAG',
	waba_id: '111111111',
	phone_number_id: '222222222',
	default_country: '',
	graph_base: '',
	graph_version: '',
};

test( 'a good form has no mistakes', () => {
	assert.deepEqual( validate( good, true ), {} );
	assert.deepEqual( validate( { ...good, graph_base: 'http://127.0.0.1:8080', graph_version: 'v25.0', default_country: 'DE' }, true ), {} );
} );

test( 'each mistake stands at its field', () => {
	const wrong = ( change: Partial< AccountInput >, isNew = true ) => Object.keys( validate( { ...good, ...change }, isNew ) );
	assert.deepEqual( wrong( { app_id: '' } ), [ 'app_id' ] );
	assert.deepEqual( wrong( { phone_number_id: '+49 151 234' } ), [ 'phone_number_id' ] );
	assert.deepEqual( wrong( { phone_number_id: good.waba_id } ), [ 'phone_number_id' ] );
	assert.deepEqual( wrong( { token: 'EA AG' } ), [ 'token' ] );
	assert.deepEqual( wrong( { app_secret: 'short' } ), [ 'app_secret' ] );
	assert.deepEqual( wrong( { graph_version: '25' } ), [ 'graph_version' ] );
	assert.deepEqual( wrong( { graph_base: 'graph.facebook.com' } ), [ 'graph_base' ] );
	assert.deepEqual( wrong( { default_country: 'Germany' } ), [ 'default_country' ] );
} );

test( 'an existing account keeps the secrets that are not typed again', () => {
	assert.deepEqual( validate( { ...good, token: '', app_secret: '' }, false ), {} );
	assert.deepEqual( Object.keys( validate( { ...good, token: '', app_secret: '' }, true ) ), [ 'token', 'app_secret' ] );
} );

test( 'the verdict is the worst check', () => {
	const account = ( ...statuses: string[] ) =>
		( { checks: statuses.map( ( status ) => ( { status } ) ) } ) as unknown as Account;
	assert.equal( verdict( account() ), 'untested' );
	assert.equal( verdict( account( 'ok', 'ok' ) ), 'ok' );
	assert.equal( verdict( account( 'ok', 'warn' ) ), 'warn' );
	assert.equal( verdict( account( 'warn', 'fail', 'ok' ) ), 'fail' );
} );

test( 'an account is added once and replaced in its place', () => {
	const account = ( id: number, name: string ) => ( { id, name } ) as Account;
	const two = [ account( 1, 'a' ), account( 2, 'b' ) ].reduce(
		( state, one ) => reduceAccounts( state, { type: 'account', account: one } ),
		initialAccounts
	);
	const renamed = reduceAccounts( two, { type: 'account', account: account( 1, 'c' ) } );
	assert.deepEqual( renamed.accounts.map( ( { name } ) => name ), [ 'c', 'b' ] );
	assert.deepEqual( reduceAccounts( renamed, { type: 'removed', id: 1 } ).accounts.map( ( { id } ) => id ), [ 2 ] );
} );

test( 'limits in words', () => {
	assert.equal( limitLabel( 'TIER_250' ), '250 people a day' );
	assert.equal( limitLabel( 'TIER_10K' ), '10,000 people a day' );
	assert.equal( limitLabel( 'TIER_UNLIMITED' ), 'No limit' );
	assert.equal( limitLabel( 'SOMETHING_NEW' ), 'SOMETHING_NEW' );
} );
