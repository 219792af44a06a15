/** What the Templates screen does: the store together with the API. */
import { speak } from '@wordpress/a11y';
import { _n, __, sprintf } from '@wordpress/i18n';

import { boot, serverNow } from '../core/boot';
import { ApiError, isAbort, toApiError } from '../core/error';
import { follow as followLive } from '../core/follow';
import { formatNumber } from '../core/number';
import { createStore } from '../core/store';
import * as api from './api';
import { currentRoute, to } from './router';
import { initialState, reduce } from './store';
import type { Template } from './types';
import { queryOf, viewOf, type View } from './view';
import { nameOf } from './words';

/** Templates on one page of the list. */
const PER_PAGE = 20;
/** Steps of one sync: a WABA has at most 6,000 templates, of which a step takes many. */
const MAX_SYNC_STEPS = 500;
/** Wait while somebody else is reading the same account, ms. */
const BUSY_MS = 2_000;
const ACTIVE = 1;

export const store = createStore( reduce, initialState );

export const asError = ( reason: unknown ): ApiError => ( reason instanceof ApiError ? reason : toApiError( reason ) );
export const templateCount = ( count: number ): string =>
	/* translators: %s: a number */
	sprintf( _n( '%s template', '%s templates', count, 'nxt-cloud-chat' ), formatNumber( count ) );

export const tell = ( text: string ): void => {
	store.dispatch( { type: 'told', text } );
	if ( text ) {
		speak( text );
	}
};

let listAbort: AbortController | null = null;

/** Loads what the address says. The answer to an older question is dropped. `quiet`: what is shown stays as it is meanwhile. */
export async function load( view: View, { quiet = false } = {} ): Promise< void > {
	if ( quiet && store.get().list.isLoading ) {
		return;
	}
	listAbort?.abort();
	const mine = ( listAbort = new AbortController() );
	if ( ! quiet ) {
		store.dispatch( { type: 'list-loading' } );
	}
	try {
		const page = await api.fetchTemplates( view, PER_PAGE, mine.signal );
		store.dispatch( { type: 'list-loaded', key: to.list( queryOf( view ) ), page } );
		if ( ! quiet ) {
			speak( page.items.length ? templateCount( page.items.length ) : __( 'No templates found.', 'nxt-cloud-chat' ) );
		}
	} catch ( reason ) {
		if ( ! isAbort( reason ) && ! quiet ) {
			store.dispatch( { type: 'list-failed', error: asError( reason ) } );
		}
	}
}

export async function loadDetail( id: number ): Promise< void > {
	store.dispatch( { type: 'detail-opened', id } );
	try {
		store.dispatch( { type: 'detail-loaded', id, template: await api.fetchTemplate( id ) } );
	} catch ( reason ) {
		store.dispatch( { type: 'detail-failed', id, error: asError( reason ) } );
	}
}

/** Something changed somewhere: what is open is loaded again without disturbing who reads or types. */
export async function refresh(): Promise< void > {
	const route = currentRoute();
	if ( route.place === 'list' ) {
		await load( viewOf( route.query ), { quiet: true } );
	} else if ( route.place === 'template' ) {
		const before = store.get().detail.template?.status;
		await loadDetail( route.id );
		const now = store.get().detail.template;
		if ( now && before && before !== now.status ) {
			/* translators: 1: name of a template, 2: its status */
			speak( sprintf( __( '%1$s: %2$s', 'nxt-cloud-chat' ), nameOf( now ), now.status ) );
		}
	}
}

/** Fetches all templates of these accounts from WhatsApp, step by step. */
export async function syncAll( accounts: number[] = boot.accounts.filter( ( { state } ) => state === ACTIVE ).map( ( { id } ) => id ) ): Promise< void > {
	if ( store.get().sync.phase === 'running' ) {
		return;
	}
	store.dispatch( { type: 'sync-started' } );
	try {
		for ( const account of accounts ) {
			const before = store.get().sync;
			for ( let step = 0, isDone = false; ! isDone && step < MAX_SYNC_STEPS; step++ ) {
				const { done, seen, changed, busy } = await api.sync( account );
				isDone = done;
				store.dispatch( { type: 'sync-step', seen: before.seen + seen, changed: before.changed + changed } );
				if ( busy ) {
					await new Promise( ( resolve ) => setTimeout( resolve, BUSY_MS ) );
				}
			}
		}
		store.dispatch( { type: 'sync-done', atMs: serverNow() } );
		speak( __( 'Templates are up to date.', 'nxt-cloud-chat' ) );
	} catch ( reason ) {
		store.dispatch( { type: 'sync-failed', error: asError( reason ) } );
	}
	await refresh();
}

export async function remove( template: Template, options: { allLanguages: boolean; force: boolean } ): Promise< void > {
	await api.deleteTemplate( template.id, options );
	/* translators: %s: name of a template */
	tell( sprintf( __( '%s was deleted.', 'nxt-cloud-chat' ), nameOf( template ) ) );
}

export async function unpause( template: Template ): Promise< void > {
	await api.unpause( template.id );
	/* translators: %s: name of a template */
	tell( sprintf( __( 'WhatsApp was asked to deliver %s again.', 'nxt-cloud-chat' ), nameOf( template ) ) );
	await loadDetail( template.id );
}

/** Follows the live counter. Returns the way to stop. */
export const follow = (): ( () => void ) => followLive( refresh );
