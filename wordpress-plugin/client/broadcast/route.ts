/**
 * Where on the Broadcasts screen a person is.
 *
 *   #/  #/?state=running     the list
 *   #/broadcast/5            one: its steps while it is a draft, else its progress and report
 */
import { hashQuery, readHash } from '../core/hash';

export type Route = { place: 'list'; query: Record< string, string > } | { place: 'broadcast'; id: number };

/** Reads the part after #. What is not known leads to the list. */
export function parseRoute( hash: string ): Route {
	const { path, query } = readHash( hash );
	const [ place, number = '' ] = path;
	return place === 'broadcast' && /^[1-9]\d{0,15}$/.test( number ) ? { place, id: Number( number ) } : { place: 'list', query };
}

/** Addresses of the places, for links and go(). */
export const to = {
	list: ( query: Record< string, string > = {} ): string => `#/${ hashQuery( query ) }`,
	broadcast: ( id: number ): string => `#/broadcast/${ id }`,
};
