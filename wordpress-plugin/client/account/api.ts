/** The REST routes of accounts and settings. */
import { request } from '../core/api';
import type { Account, Check, Page, Settings, Webhook } from '../core/types';

/** What the form sends. Secrets only when they were typed. */
export interface AccountInput {
	name: string;
	app_id: string;
	waba_id: string;
	phone_number_id: string;
	default_country: string;
	graph_base: string;
	graph_version: string;
	token?: string;
	app_secret?: string;
	/** 1 active, 2 off */
	state?: number;
}

export interface TestResult {
	checks: Check[];
	account: Account;
}

export const fetchAccounts = (): Promise< Page< Account > > => request( 'accounts' );

export const saveAccount = ( id: number | null, data: Partial< AccountInput > ): Promise< Account > =>
	id === null
		? request( 'accounts', { method: 'POST', data } )
		: request( `accounts/${ id }`, { method: 'PATCH', data } );

export const removeAccount = ( id: number ): Promise< unknown > =>
	request( `accounts/${ id }`, { method: 'DELETE' } );

export const testAccount = ( id: number ): Promise< TestResult > =>
	request( `accounts/${ id }/test`, { method: 'POST', data: {} } );

export const subscribeAccount = ( id: number ): Promise< TestResult > =>
	request( `accounts/${ id }/subscribe`, { method: 'POST', data: {} } );

export const fetchWebhook = ( id: number ): Promise< Webhook > => request( `accounts/${ id }/webhook` );

export const confirmHome = ( as: 'live' | 'copy' ): Promise< unknown > =>
	request( 'accounts/confirm-home', { method: 'POST', data: { as } } );

export const fetchSettings = (): Promise< Settings > => request( 'settings' );

export const saveSettings = ( data: Partial< Settings > ): Promise< Settings > =>
	request( 'settings', { method: 'PATCH', data } );
