/** What the account screen does: the store together with the API. */
import { ApiError, toApiError } from '../core/error';
import { createStore } from '../core/store';
import type { Account, Settings } from '../core/types';
import * as api from './api';
import { initialAccounts, reduceAccounts, type Busy } from './store';

export const accounts = createStore( reduceAccounts, initialAccounts );

export const asError = ( reason: unknown ): ApiError =>
	reason instanceof ApiError ? reason : toApiError( reason );

export async function load(): Promise< void > {
	try {
		accounts.dispatch( { type: 'loaded', accounts: ( await api.fetchAccounts() ).items } );
		accounts.dispatch( { type: 'settings', settings: await api.fetchSettings() } );
	} catch ( reason ) {
		accounts.dispatch( { type: 'failed', error: asError( reason ) } );
	}
}

/** Runs one action on one account; its error stands on its card. @return whether it worked */
async function run( id: number, what: Busy, work: () => Promise< void > ): Promise< boolean > {
	accounts.dispatch( { type: 'busy', id, what } );
	try {
		await work();
		accounts.dispatch( { type: 'done', id } );
		return true;
	} catch ( reason ) {
		accounts.dispatch( { type: 'done', id, error: asError( reason ) } );
		return false;
	}
}

const show = ( { account, checks }: api.TestResult ): void =>
	accounts.dispatch( { type: 'account', account: { ...account, checks } } );

export const test = ( id: number ): Promise< boolean > => run( id, 'test', async () => show( await api.testAccount( id ) ) );

export const subscribe = ( id: number ): Promise< boolean > =>
	run( id, 'subscribe', async () => show( await api.subscribeAccount( id ) ) );

export const remove = ( id: number ): Promise< boolean > =>
	run( id, 'remove', async () => {
		await api.removeAccount( id );
		accounts.dispatch( { type: 'removed', id } );
	} );

/** Switches an account on or off. */
export const setState = ( id: number, state: number ): Promise< boolean > =>
	run( id, 'save', async () => accounts.dispatch( { type: 'account', account: await api.saveAccount( id, { state } ) } ) );

/** Saves the form. @throws {ApiError} with problems per field */
export async function save( id: number | null, input: Partial< api.AccountInput > ): Promise< Account > {
	try {
		const account = await api.saveAccount( id, input );
		accounts.dispatch( { type: 'account', account } );
		return account;
	} catch ( reason ) {
		throw asError( reason );
	}
}

export async function loadWebhook( id: number ): Promise< void > {
	try {
		accounts.dispatch( { type: 'webhook', id, webhook: await api.fetchWebhook( id ) } );
	} catch ( reason ) {
		accounts.dispatch( { type: 'done', id, error: asError( reason ) } );
	}
}

/** Decides whether this site is the real one. @throws {ApiError} */
export async function confirmHome( as: 'live' | 'copy' ): Promise< void > {
	await api.confirmHome( as );
	await load();
}

/** @throws {ApiError} */
export async function saveSettings( change: Partial< Settings > ): Promise< void > {
	accounts.dispatch( { type: 'settings', settings: await api.saveSettings( change ) } );
}
