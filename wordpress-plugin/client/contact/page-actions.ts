/** What a person's page does: the store together with the API. */
import { speak } from '@wordpress/a11y';
import { __, sprintf } from '@wordpress/i18n';

import { createStore } from '../core/store';
import type { ContactFull } from '../core/types';
import { ContactLog } from '../core/enums';
import { changeMembers } from '../group/api';
import { asError, loadGroups } from '../group/store';
import * as api from './api';
import { noPage, reducePage, type Part, type Told } from './page-store';

export const page = createStore( reducePage, noPage );

async function part( id: number, name: Part, work: () => Promise< void > ): Promise< void > {
	try {
		await work();
	} catch ( reason ) {
		page.dispatch( { type: 'failed', id, part: name, error: asError( reason ) } );
	}
}

export const loadContact = ( id: number ): Promise< void > =>
	part( id, 'contact', async () => page.dispatch( { type: 'contact', id, contact: await api.fetchContact( id ) } ) );

export const loadLog = ( id: number, more = false ): Promise< void > =>
	part( id, 'log', async () => {
		const { items, next } = await api.fetchLog( id, more ? page.get().logNext : null );
		page.dispatch( { type: 'log', id, items, next, more } );
	} );

export const loadConsents = ( id: number, more = false ): Promise< void > =>
	part( id, 'consents', async () =>
		page.dispatch( { type: 'consents', id, more, consents: await api.fetchConsents( id, more ? page.get().consents?.next : null ) } )
	);

export const loadMessages = ( id: number ): Promise< void > =>
	part( id, 'messages', async () => page.dispatch( { type: 'messages', id, messages: ( await api.fetchMessages( id ) ).items } ) );

async function loadMerges( id: number ): Promise< void > {
	try {
		page.dispatch( { type: 'merges', id, merges: ( await api.fetchMerges( id ) ).items } );
	} catch {
		// Only names beside entries of the timeline, which tells the failure of its own.
	}
}

/** Opens a page: every part loads at once and appears as it comes. */
export async function openPage( id: number ): Promise< void > {
	page.dispatch( { type: 'open', id } );
	await Promise.all( [ loadContact( id ), loadLog( id ), loadConsents( id ), loadMessages( id ), loadMerges( id ) ] );
}

export function tell( text: string, { undoLog = 0, undoMerge = 0, kind = 'success' as Told[ 'kind' ] } = {} ): void {
	page.dispatch( { type: 'told', told: { kind, text, undoLog, undoMerge } } );
	speak( text );
}

export const dismiss = (): void => page.dispatch( { type: 'told', told: null } );

/** Says what failed where a form does not. */
async function attempt( work: () => Promise< void > ): Promise< boolean > {
	try {
		await work();
		return true;
	} catch ( reason ) {
		const { message, remedy } = asError( reason );
		tell( `${ message } ${ remedy }`.trim(), { kind: 'error' } );
		return false;
	}
}

/** Saves details. Throws what the form shows at its fields. */
export async function saveDetails( contact: ContactFull, change: api.ContactInput ): Promise< void > {
	const { id } = contact;
	const saved = await api.updateContact( id, { ...change, if_updated_ms: contact.updated_ms } );
	page.dispatch( { type: 'contact', id, contact: saved } );
	await loadLog( id );
	const entry = saved.log_id ?? page.get().log?.find( ( { kind } ) => kind === ContactLog.EDITED )?.id ?? 0;
	tell( __( 'Saved.', 'nxt-cloud-chat' ), { undoLog: entry } );
}

export const undoEdit = ( id: number, log: number ): Promise< boolean > =>
	attempt( async () => {
		page.dispatch( { type: 'contact', id, contact: await api.undo( id, log ) } );
		tell( __( 'Undone: as it was before.', 'nxt-cloud-chat' ) );
		await loadLog( id );
	} );

export const splitMerge = ( id: number, mergeId: number ): Promise< boolean > =>
	attempt( async () => {
		await api.split( id, mergeId );
		tell( __( 'Split: they are two contacts again, as before the merge.', 'nxt-cloud-chat' ) );
		await openPage( id );
	} );

export const addToGroup = ( id: number, group: number, name: string ): Promise< boolean > =>
	attempt( async () => {
		await changeMembers( group, { add: [ id ] } );
		await Promise.all( [ loadContact( id ), loadLog( id ), loadGroups() ] );
		/* translators: %s: name of a group */
		speak( sprintf( __( 'Added to %s.', 'nxt-cloud-chat' ), name ) );
	} );

export const removeFromGroup = ( id: number, group: number, name: string ): Promise< boolean > =>
	attempt( async () => {
		await changeMembers( group, { remove: [ id ] } );
		await Promise.all( [ loadContact( id ), loadLog( id ), loadGroups() ] );
		/* translators: %s: name of a group */
		speak( sprintf( __( 'Removed from %s.', 'nxt-cloud-chat' ), name ) );
	} );

export async function recordConsent( id: number, input: api.ConsentInput ): Promise< void > {
	await api.recordConsent( id, input );
	tell( input.state === 'granted' ? __( 'The agreement is noted.', 'nxt-cloud-chat' ) : __( 'Noted: no messages of this kind any more.', 'nxt-cloud-chat' ) );
	await Promise.all( [ loadContact( id ), loadConsents( id ) ] );
}

export const addNote = ( id: number, text: string ): Promise< boolean > =>
	attempt( async () => {
		await api.addNote( id, text );
		await loadLog( id );
		speak( __( 'Note saved.', 'nxt-cloud-chat' ) );
	} );

export const saveNote = ( id: number, note: number, text: string ): Promise< boolean > =>
	attempt( async () => {
		await api.updateNote( id, note, text );
		await loadLog( id );
		speak( __( 'Note saved.', 'nxt-cloud-chat' ) );
	} );

export const removeNote = ( id: number, note: number ): Promise< boolean > =>
	attempt( async () => {
		await api.deleteNote( id, note );
		await loadLog( id );
		speak( __( 'Note deleted.', 'nxt-cloud-chat' ) );
	} );

/** Merges and stays with the one that is kept. */
export async function mergeInto( keep: number, gone: number, name: string ): Promise< void > {
	const { merge_id: id } = await api.merge( keep, gone );
	await openPage( keep );
	/* translators: %s: name of a person */
	tell( sprintf( __( 'Merged: what belonged to %s is here now.', 'nxt-cloud-chat' ), name ), { undoMerge: id } );
}

/** Most pages of messages that one file may hold. */
const EXPORT_PAGES = 1000;

/** Everything about a person as one file, which the browser saves. */
export const saveExport = ( contact: ContactFull ): Promise< boolean > =>
	attempt( async () => {
		const whole = ( await api.exportContact( contact.id ) ) as { messages?: unknown[]; next?: string | null };
		for ( let pages = 0; whole.next && pages < EXPORT_PAGES; pages++ ) {
			const more = ( await api.exportContact( contact.id, whole.next ) ) as typeof whole;
			whole.messages = [ ...( whole.messages ?? [] ), ...( more.messages ?? [] ) ];
			whole.next = more.next ?? null;
		}
		const link = document.createElement( 'a' );
		link.href = URL.createObjectURL( new Blob( [ JSON.stringify( whole, null, 2 ) ], { type: 'application/json' } ) );
		link.download = `contact-${ contact.uid }.json`;
		link.click();
		setTimeout( () => URL.revokeObjectURL( link.href ), 10_000 );
	} );
