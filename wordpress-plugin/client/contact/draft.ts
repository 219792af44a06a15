/** The details of a person while they are edited. */
import type { ContactInput } from './api';

export interface Draft {
	name: string;
	phone: string;
	email: string;
	country: string;
	language: string;
	groups: number[];
	fields: Record< string, string >;
}

export const emptyDraft: Draft = { name: '', phone: '', email: '', country: '', language: '', groups: [], fields: {} };

/** What differs from before; nothing else is sent, so that two people can edit different fields at once. */
export function difference( before: Draft, after: Draft ): ContactInput {
	const change: ContactInput = {};
	( [ 'name', 'phone', 'email', 'country', 'language' ] as const ).forEach( ( key ) => {
		if ( after[ key ].trim() !== before[ key ] ) {
			change[ key ] = after[ key ].trim();
		}
	} );
	if ( after.groups.join() !== before.groups.join() ) {
		change.groups = after.groups;
	}
	const fields = Object.entries( after.fields ).filter( ( [ name, value ] ) => value.trim() !== ( before.fields[ name ] ?? '' ) );
	if ( fields.length ) {
		change.fields = Object.fromEntries( fields.map( ( [ name, value ] ) => [ name, value.trim() ] ) );
	}
	return change;
}

