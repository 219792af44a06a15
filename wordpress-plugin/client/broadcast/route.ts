/**
 * Where on the Broadcasts screen a person is.
 *
 *   #/  #/?state=running     the list
 *   #/broadcast/5            one: its steps while it is a draft, else its progress and report
 *   #/compare/5,9            several beside each other, in this order
 */
import { hashQuery, readHash } from '../core/hash';
import { COMPARED_MAX } from './compare';

export type Route = { place: 'list'; query: Record< string, string > } | { place: 'broadcast'; id: number } | { place: 'compare'; ids: number[] };

const isId = ( text: string ): boolean => /^[1-9]\d{0,14}$/.test( text );

/** Reads the part after #. What is not known leads to the list. */
export function parseRoute( hash: string ): Route {
	const { path, query } = readHash( hash );
	const [ place, rest = '' ] = path;
	if ( place === 'compare' ) {
		return { place, ids: [ ...new Set( rest.split( ',' ).filter( isId ).map( Number ) ) ].slice( 0, COMPARED_MAX ) };
	}
	return place === 'broadcast' && isId( rest ) ? { place, id: Number( rest ) } : { place: 'list', query };
}

/** Addresses of the places, for links and go(). */
export const to = {
	list: ( query: Record< string, string > = {} ): string => `#/${ hashQuery( query ) }`,
	broadcast: ( id: number ): string => `#/broadcast/${ id }`,
	compare: ( ids: number[] ): string => `#/compare/${ ids.join( ',' ) }`,
};
