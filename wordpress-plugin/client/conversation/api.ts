/** The REST routes of conversations. */
import { request } from '../core/api';
import type { Conversation, ConversationPage, LiveAccess, Message, Page } from '../core/types';
import type { Filters } from './store';

const LIST_LIMIT = 30;
const THREAD_LIMIT = 50;

export const fetchConversations = (
	filters: Filters,
	cursor: string | null,
	signal?: AbortSignal
): Promise< ConversationPage > =>
	request( 'conversations', {
		query: {
			search: filters.search,
			unread: filters.unread ? 1 : 0,
			account: filters.account,
			cursor,
			limit: LIST_LIMIT,
		},
		signal,
	} );

export const fetchConversation = ( id: number ): Promise< Conversation > => request( `conversations/${ id }` );

export const fetchMessages = (
	id: number,
	before: string | null,
	signal?: AbortSignal
): Promise< Page< Message > > =>
	request( `conversations/${ id }/messages`, { query: { before, limit: THREAD_LIMIT }, signal } );

export const postMessage = (
	id: number,
	message: { ref: string; text: string; reply_to?: number }
): Promise< Message > => request( `conversations/${ id }/messages`, { method: 'POST', data: message } );

export const postRead = ( id: number, upTo: number, typing: boolean ): Promise< unknown > =>
	request( `conversations/${ id }/read`, { method: 'POST', data: { up_to: upTo, typing } } );

export const fetchLive = (): Promise< LiveAccess > => request( 'live' );
