/** What the tabs of groups and custom fields do. Failures are thrown: forms show them. */
import { speak } from '@wordpress/a11y';
import { __ } from '@wordpress/i18n';

import type { Field, Group } from '../core/types';
import * as api from './api';
import { directory, loadFields, loadGroups } from './store';

export async function saveGroup( group: Group | null, input: api.GroupInput ): Promise< void > {
	await ( group ? api.updateGroup( group.id, input ) : api.createGroup( input ) );
	speak( group ? __( 'Saved.', 'nxt-cloud-chat' ) : __( 'The group is there.', 'nxt-cloud-chat' ) );
	await loadGroups();
}

export async function removeGroup( group: Group ): Promise< void > {
	await api.deleteGroup( group.id );
	speak( __( 'The group was deleted.', 'nxt-cloud-chat' ) );
	await loadGroups();
}

export async function saveField( field: Field | null, input: api.FieldInput & { clear?: boolean } ): Promise< void > {
	await ( field ? api.updateField( field.id, input ) : api.createField( input ) );
	speak( field ? __( 'Saved.', 'nxt-cloud-chat' ) : __( 'The field is there.', 'nxt-cloud-chat' ) );
	await loadFields();
}

export async function removeField( field: Field ): Promise< void > {
	await api.deleteField( field.id );
	speak( __( 'The field was deleted.', 'nxt-cloud-chat' ) );
	await loadFields();
}

let saving: Promise< void > | null = null;

/** Saves the order that is shown, and again while it changed meanwhile: two requests at once could arrive the wrong way round. */
async function saveOrder(): Promise< void > {
	const order = () => ( directory.get().fields ?? [] ).map( ( { id } ) => id );
	for ( let sent: number[] = []; sent.join() !== order().join(); ) {
		sent = order();
		await api.orderFields( sent );
	}
}

/** One place up (-1) or down (1). The list moves at once; the server's word follows. */
export async function moveField( field: Field, by: -1 | 1 ): Promise< void > {
	const fields = [ ...( directory.get().fields ?? [] ) ];
	const at = fields.findIndex( ( { id } ) => id === field.id );
	const to = at + by;
	if ( at < 0 || to < 0 || to >= fields.length ) {
		return;
	}
	fields.splice( to, 0, ...fields.splice( at, 1 ) );
	directory.dispatch( { type: 'loaded', what: 'fields', items: fields.map( ( one, position ) => ( { ...one, position } ) ) } );
	try {
		await ( saving ??= saveOrder().finally( () => {
			saving = null;
		} ) );
	} catch ( reason ) {
		await loadFields();
		throw reason;
	}
}
