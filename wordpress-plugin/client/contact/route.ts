/**
 * Where on the Contacts screen a person is: all in the part of the address after #, so that going back, reloading
 * and sending the address to a colleague work.
 *
 *   #/  #/?search=anna&group=3  #/contact/5  #/groups  #/segments/3  #/fields  #/import/7  #/consent
 */
import { hashQuery, readHash } from '../core/hash';

export const TABS = [ 'contacts', 'groups', 'segments', 'fields', 'import', 'consent' ] as const;
export type Tab = ( typeof TABS )[ number ];

export interface Route {
	tab: Tab;
	/** Number behind the tab: #/segments/3, and of one person: #/contact/5. null = the list. */
	id: number | null;
	/** What follows ?. Values are never empty. */
	query: Record< string, string >;
}

/** Reads the part after #. What is not known leads to the list. */
export function parseRoute( hash: string ): Route {
	const { path, query } = readHash( hash );
	const [ place = '', number = '' ] = path;
	const id = /^[1-9]\d{0,15}$/.test( number ) ? Number( number ) : null;
	if ( place === 'contact' && id !== null ) {
		return { tab: 'contacts', id, query };
	}
	const tab = TABS.find( ( one ) => one === place && one !== 'contacts' );
	return tab ? { tab, id, query } : { tab: 'contacts', id: null, query };
}

/** The address of a place on this screen, for links. Empty values are left out. */
export function href( tab: Tab, id: number | null = null, query: Record< string, string | number | null | undefined > = {} ): string {
	const path = tab === 'contacts' ? ( id === null ? '' : `contact/${ id }` ) : id === null ? tab : `${ tab }/${ id }`;
	return `#/${ path }${ hashQuery( query ) }`;
}
