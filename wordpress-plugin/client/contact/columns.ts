/** The columns of the list, and WordPress's own check boxes for them under Screen Options. */
import { __ } from '@wordpress/i18n';

import type { Field } from '../core/types';
import type { Sort } from './view';

export interface Column {
	/** As in ContactScreen.php and in the ids of WordPress's check boxes. */
	key: string;
	label: string;
	sort?: Sort;
	field?: Field;
}

/** All columns in their order; the first can't be hidden. */
export const columns = ( fields: Field[] | null ): Column[] => [
	{ key: 'name', label: __( 'Name', 'nxt-cloud-chat' ), sort: 'name' },
	{ key: 'phone', label: __( 'Phone', 'nxt-cloud-chat' ) },
	{ key: 'handle', label: __( 'Username', 'nxt-cloud-chat' ) },
	{ key: 'email', label: __( 'Email', 'nxt-cloud-chat' ) },
	{ key: 'groups', label: __( 'Groups', 'nxt-cloud-chat' ) },
	{ key: 'marketing', label: __( 'Marketing', 'nxt-cloud-chat' ) },
	{ key: 'country', label: __( 'Country', 'nxt-cloud-chat' ) },
	{ key: 'language', label: __( 'Language', 'nxt-cloud-chat' ) },
	{ key: 'source', label: __( 'Source', 'nxt-cloud-chat' ) },
	{ key: 'last_in', label: __( 'Last wrote', 'nxt-cloud-chat' ), sort: 'heard' },
	{ key: 'created', label: __( 'Added', 'nxt-cloud-chat' ), sort: 'added' },
	...( fields ?? [] ).map( ( field ) => ( { key: `field_${ field.name }`, label: field.label, field } ) ),
];

declare global {
	interface Window {
		/** wp-admin/js/common.js */
		columns?: { useCheckboxesForHidden?: () => void };
	}
}

/** Tells which columns are hidden whenever a box is ticked. WordPress itself saves them. Returns the way to stop. */
export function listenToColumns( onChange: ( hidden: string[] ) => void ): () => void {
	const box = document.getElementById( 'adv-settings' );
	// What is saved: the boxes, not the heads that are drawn (none are while the list is empty).
	window.columns?.useCheckboxesForHidden?.();
	const read = ( event: Event ) => {
		if ( event.target instanceof HTMLInputElement && event.target.classList.contains( 'hide-column-tog' ) ) {
			onChange( [ ...( box?.querySelectorAll< HTMLInputElement >( '.hide-column-tog:not(:checked)' ) ?? [] ) ].map( ( { value } ) => value ) );
		}
	};
	box?.addEventListener( 'change', read );
	return () => box?.removeEventListener( 'change', read );
}
