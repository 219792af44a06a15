/**
 * Where on the Templates screen a person is.
 *
 *   #/  #/?status=REJECTED&search=order      the list
 *   #/template/5                             one template: facts, timeline, test send
 *   #/starters                               ready-made ones to begin with
 *   #/new  #/new?starter=order_update  #/new?from=5&language=de  #/edit/5      the editor
 */
import { hashQuery, readHash } from '../core/hash';

export type Route =
	| { place: 'list'; query: Record< string, string > }
	| { place: 'starters' }
	/** `send`: the test send is wanted. */
	| { place: 'template'; id: number; send: boolean }
	| { place: 'edit'; id: number }
	/** `from`: a template to begin with a copy of, `language`: the copy is to be in that language. */
	| { place: 'new'; starter: string; from: number | null; language: string };

const idOf = ( text = '' ): number | null => ( /^[1-9]\d{0,15}$/.test( text ) ? Number( text ) : null );

/** Reads the part after #. What is not known leads to the list. */
export function parseRoute( hash: string ): Route {
	const { path, query } = readHash( hash );
	const [ place, number ] = path;
	const id = idOf( number );
	switch ( place ) {
		case 'starters':
			return { place };
		case 'new':
			return { place, starter: query.starter ?? '', from: idOf( query.from ), language: query.language ?? '' };
		case 'template':
			return id === null ? { place: 'list', query: {} } : { place, id, send: query.send === '1' };
		case 'edit':
			return id === null ? { place: 'list', query: {} } : { place, id };
		default:
			return { place: 'list', query };
	}
}

/** Addresses of the places, for links and go(). */
export const to = {
	list: ( query: Record< string, string > = {} ): string => `#/${ hashQuery( query ) }`,
	template: ( id: number, { send = false } = {} ): string => `#/template/${ id }${ send ? '?send=1' : '' }`,
	starters: (): string => '#/starters',
	edit: ( id: number ): string => `#/edit/${ id }`,
	create: ( query: { starter?: string; from?: number; language?: string } = {} ): string => `#/new${ hashQuery( query ) }`,
};
