/** What the list does: the store together with the API. */
import { speak } from '@wordpress/a11y';
import { __, sprintf } from '@wordpress/i18n';

import { boot } from '../core/boot';
import { isAbort } from '../core/error';
import { contactCount } from '../core/number';
import { createStore } from '../core/store';
import { asError, loadGroups } from '../group/store';
import * as api from './api';
import { href } from './router';
import { emptyList, reduceList, selectedCount } from './store';
import { queryOf, type View } from './view';

/** As many as the server takes in one step. */
const BULK_IDS = 200;

export const list = createStore( reduceList, emptyList( boot?.contact?.hidden ?? [] ) );

let abort: AbortController | null = null;

/** Loads what the address says. The answer to an older question is dropped. */
export async function load( view: View ): Promise< void > {
	abort?.abort();
	const mine = ( abort = new AbortController() );
	const key = href( 'contacts', null, queryOf( view ) );
	list.dispatch( { type: 'loading', key } );
	try {
		const page = await api.fetchContacts( view, boot.contact?.per_page ?? 20, mine.signal );
		list.dispatch( { type: 'loaded', key, page } );
		speak( page.items.length ? contactCount( page.count ) : __( 'No contacts found.', 'nxt-cloud-chat' ) );
	} catch ( reason ) {
		if ( ! isAbort( reason ) ) {
			list.dispatch( { type: 'failed', error: asError( reason ) } );
		}
	}
}

let stopping: AbortController | null = null;

/** Ends an action between two steps: what is done stays done. */
export const stopBulk = (): void => stopping?.abort();

/** Does something to the selected people, or to all who match, step by step. */
export async function runBulk( action: api.BulkAction, value: api.BulkValue, view: View ): Promise< void > {
	const { selected, isAllMatching } = list.get();
	const total = selectedCount( list.get() );
	const mine = ( stopping = new AbortController() );
	const run = { action, done: 0, changed: 0, total, phase: 'running', error: null } as const;
	list.dispatch( { type: 'bulk', run } );
	const finish = ( change: { phase: 'stopped' | 'done' } | { phase: 'failed'; error: ReturnType< typeof asError > } ) => {
		const now = list.get().bulk;
		if ( now ) {
			list.dispatch( { type: 'bulk', run: { ...now, ...change } } );
		}
	};
	try {
		const whom: ( { ids: number[] } | { filter: View[ 'filters' ] } )[] = isAllMatching ? [ { filter: view.filters } ] : [];
		for ( let at = 0; ! isAllMatching && at < selected.length; at += BULK_IDS ) {
			whom.push( { ids: selected.slice( at, at + BULK_IDS ) } );
		}
		let isStopped = false;
		for ( const some of whom ) {
			let cursor: string | null = null;
			do {
				if ( ( isStopped = mine.signal.aborted ) ) {
					break;
				}
				const step: api.BulkStep = await api.bulk( action, value, some, cursor );
				list.dispatch( { type: 'bulk-step', done: step.done, changed: step.changed } );
				cursor = step.next;
			} while ( cursor );
		}
		finish( { phase: isStopped ? 'stopped' : 'done' } );
	} catch ( reason ) {
		finish( { phase: 'failed', error: asError( reason ) } );
	}
	list.dispatch( { type: 'select-page', isSelected: false } );
	if ( action === 'add_group' || action === 'remove_group' || action === 'delete' ) {
		void loadGroups();
	}
	await load( view );
}

/** One person, from their row. */
export async function removeOne( id: number, name: string, view: View ): Promise< void > {
	await api.deleteContact( id );
	/* translators: %s: name of a person */
	speak( sprintf( __( '%s was deleted.', 'nxt-cloud-chat' ), name ) );
	await load( view );
}
