/** What the Login screen holds: what is saved, what is being edited, and what happens with both. */
import { speak } from '@wordpress/a11y';
import { __ } from '@wordpress/i18n';

import { ApiError, toApiError } from '../core/error';
import { createStore } from '../core/store';
import * as api from './api';
import type { Change, LoginData, Report, Settings } from './api';
import { changes, merged, settingsOf, undoOf } from './settings';

export interface State {
	data: LoginData | null;
	draft: Settings | null;
	report: Report | null;
	/** Of loading the screen. */
	error: ApiError | null;
	reportError: ApiError | null;
	/** Of saving. */
	saveError: ApiError | null;
	phase: 'idle' | 'busy' | 'saved' | 'undone';
	/** What brings back what was before the last saving. */
	undo: Change | null;
}

const initial: State = { data: null, draft: null, report: null, error: null, reportError: null, saveError: null, phase: 'idle', undo: null };

export const login = createStore< State, Partial< State > >( ( state, change ) => ( { ...state, ...change } ), initial );

export const asError = ( reason: unknown ): ApiError => ( reason instanceof ApiError ? reason : toApiError( reason ) );

/** What the server told becomes what is saved; what is being edited stays. */
function take( data: LoginData, more: Partial< State > = {} ): void {
	const { data: before, draft } = login.get();
	const now = settingsOf( data );
	login.dispatch( { data, draft: before && draft ? merged( draft, settingsOf( before ), now ) : now, error: null, ...more } );
}

export async function load(): Promise< void > {
	login.dispatch( { error: null } );
	try {
		take( await api.fetchLogin() );
	} catch ( reason ) {
		login.dispatch( { error: asError( reason ) } );
	}
}

/** On a busy site something changes each second; the report need not be asked for that often, ms. */
const CALM_MS = 5_000;
let refreshedMs = 0;

/** The state of the template, of the site and of today, again; quietly. */
export async function refresh(): Promise< void > {
	const wait = refreshedMs + CALM_MS - Date.now();
	if ( wait > 0 ) {
		await new Promise( ( done ) => setTimeout( done, wait ) );
	}
	refreshedMs = Date.now();
	if ( login.get().phase === 'busy' ) {
		return;
	}
	try {
		const data = await api.fetchLogin();
		if ( login.get().phase !== 'busy' ) {
			take( data );
		}
	} catch {
		// What is shown stays.
	}
	await loadReport();
}

export async function loadReport(): Promise< void > {
	try {
		login.dispatch( { report: await api.fetchReport(), reportError: null } );
	} catch ( reason ) {
		login.dispatch( { reportError: asError( reason ) } );
	}
}

export function edit( change: Change ): void {
	const { draft } = login.get();
	if ( draft ) {
		login.dispatch( { draft: { ...draft, ...change }, phase: 'idle' } );
	}
}

/** What is edited and not saved. */
export function pending(): Change {
	const { data, draft } = login.get();
	return data && draft ? changes( settingsOf( data ), draft ) : {};
}

export function discard(): void {
	const { data } = login.get();
	if ( data ) {
		login.dispatch( { draft: settingsOf( data ), saveError: null, phase: 'idle' } );
		speak( __( 'Changes discarded.', 'nxt-cloud-chat' ) );
	}
}

async function send( change: Change, phase: 'saved' | 'undone' ): Promise< boolean > {
	const { data } = login.get();
	if ( ! data ) {
		return false;
	}
	const undo = phase === 'saved' ? undoOf( settingsOf( data ), change ) : null;
	login.dispatch( { phase: 'busy', saveError: null } );
	try {
		const now = await api.saveLogin( change );
		// What was sent is saved now; the rest of what is being edited stays.
		login.dispatch( { draft: { ...( login.get().draft ?? settingsOf( now ) ), ...( Object.fromEntries( Object.keys( change ).map( ( key ) => [ key, now[ key as keyof Settings ] ] ) ) as Change ) } } );
		take( now, { phase, undo } );
		speak( phase === 'saved' ? __( 'Saved.', 'nxt-cloud-chat' ) : __( 'Undone.', 'nxt-cloud-chat' ) );
		return true;
	} catch ( reason ) {
		const error = asError( reason );
		const missing = error.data.missing;
		login.dispatch( { saveError: error, phase: 'idle', ...( Array.isArray( missing ) ? { data: { ...data, missing: missing as LoginData[ 'missing' ] } } : {} ) } );
		return false;
	}
}

export const save = (): Promise< boolean > => send( pending(), 'saved' );

export const undo = (): Promise< boolean > => send( login.get().undo ?? {}, 'undone' );

/** The big switch: at once, whatever is being edited. */
export const switchTo = ( enabled: boolean ): Promise< boolean > => send( { enabled }, 'saved' );

/** One click for the template. Returns what Meta made of it. @throws {ApiError} */
export async function makeTemplate(): Promise< string[] > {
	const { notices, ...data } = await api.makeTemplate();
	take( data as LoginData );
	return notices;
}
