/** The REST routes of the history. */
import { request } from '../core/api';
import { endOfDay, startOfDay } from '../core/time';
import type { HistoryMessage, MessageDetail, Page } from '../core/types';
import type { HistoryFilters } from './store';

const LIMIT = 50;

export const fetchHistory = (
	filters: HistoryFilters,
	cursor: string | null,
	signal: AbortSignal
): Promise< Page< HistoryMessage > > => {
	const { from, to, ...rest } = filters;
	return request( 'messages', {
		query: {
			...rest,
			from: from && startOfDay( from ),
			to: to && endOfDay( to ),
			cursor,
			limit: LIMIT,
		},
		signal,
	} );
};

export const fetchDetail = ( id: number ): Promise< MessageDetail > => request( `messages/${ id }` );
