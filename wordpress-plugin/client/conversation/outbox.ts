/**
 * What was typed and what is on its way, kept in this tab's sessionStorage: a reload, a crash or a
 * lost login loses no text. A full or forbidden storage only means that it is not kept.
 */
import type { Outgoing } from './store';

const DRAFT = 'nxtchat-draft-';
const OUTBOX = 'nxtchat-outbox-';

export type Storage = Pick< globalThis.Storage, 'getItem' | 'setItem' | 'removeItem' >;

function attempt< T >( work: () => T, otherwise: T ): T {
	try {
		return work();
	} catch {
		return otherwise;
	}
}

const tabStorage = (): Storage => window.sessionStorage;

export const readDraft = ( id: number, storage = tabStorage ): string =>
	attempt( () => storage().getItem( DRAFT + id ) ?? '', '' );

export const keepDraft = ( id: number, text: string, storage = tabStorage ): void =>
	attempt( () => ( text === '' ? storage().removeItem( DRAFT + id ) : storage().setItem( DRAFT + id, text ) ), undefined );

export function keepOutbox( id: number, outgoing: Outgoing[], storage = tabStorage ): void {
	const kept = outgoing.map( ( { ref, text, reply, at_ms } ) => ( { ref, text, reply, at_ms } ) );
	attempt(
		() =>
			kept.length
				? storage().setItem( OUTBOX + id, JSON.stringify( kept ) )
				: storage().removeItem( OUTBOX + id ),
		undefined
	);
}

/** What was on its way when the page went: it waits, and is sent again with the ref it had. */
export function readOutbox( id: number, storage = tabStorage ): Outgoing[] {
	const kept: unknown = attempt( () => JSON.parse( storage().getItem( OUTBOX + id ) ?? '[]' ), [] );
	if ( ! Array.isArray( kept ) ) {
		return [];
	}
	return kept
		.filter( ( one ) => typeof one?.ref === 'string' && typeof one.text === 'string' )
		.map( ( { ref, text, reply, at_ms } ) => ( {
			ref,
			text,
			reply: reply ?? null,
			at_ms: Number( at_ms ) || 0,
			phase: 'waiting' as const,
			error: null,
		} ) );
}
