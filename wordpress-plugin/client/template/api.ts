/** The REST routes of templates. */
import { request } from '../core/api';
import type { Message } from '../core/types';
import type { Bindings, Missing, Starter, Template, TemplateBody, TemplateDetail, TemplatePage, Values } from './types';
import type { View } from './view';

export const fetchTemplates = ( view: View, limit: number, signal?: AbortSignal ): Promise< TemplatePage > =>
	request( 'templates', { query: { ...view.filters, sort: view.sort, cursor: view.cursor, limit }, signal } );

export const fetchTemplate = ( id: number, signal?: AbortSignal ): Promise< TemplateDetail > => request( `templates/${ id }`, { signal } );

export interface SyncStep {
	/** false: call again to go on. */
	done: boolean;
	/** In this reading so far. */
	seen: number;
	changed: number;
	/** Somebody else is reading right now. */
	busy?: boolean;
}
export const sync = ( account: number ): Promise< SyncStep > => request( 'templates/sync', { method: 'POST', data: { account } } );

/** @param force Although something uses it. */
export const deleteTemplate = ( id: number, { allLanguages, force }: { allLanguages: boolean; force: boolean } ): Promise< unknown > =>
	request( `templates/${ id }`, { method: 'DELETE', query: { all_languages: allLanguages ? 1 : '', force: force ? 1 : '' } } );

export const unpause = ( id: number ): Promise< Template > => request( `templates/${ id }/unpause`, { method: 'POST' } );
export const duplicate = ( id: number, data: { name?: string; language?: string } = {} ): Promise< Template > =>
	request( `templates/${ id }/duplicate`, { method: 'POST', data } );

export const fetchStarters = async (): Promise< Starter[] > => {
	const answer = await request< Starter[] | { items: Starter[] } >( 'templates/starters' );
	return Array.isArray( answer ) ? answer : answer.items;
};

/** What would be sent: to whom the bindings lead, and which values they don't give. */
export interface Preview {
	rendered: unknown;
	values: Values;
	missing: Missing[];
}
export const preview = (
	data: { id?: number; template?: TemplateBody; bindings?: Bindings; values?: Values; contact?: number; phone?: string; account?: number },
	signal?: AbortSignal
): Promise< Preview > => request( 'templates/preview', { method: 'POST', data, signal } );

export interface SendInput {
	contact?: number;
	phone?: string;
	account?: number;
	values: Values;
	test: boolean;
	/** ULID: a repeated POST is the same message. */
	ref: string;
}
export const send = ( id: number, data: SendInput ): Promise< Message > => request( `templates/${ id }/send`, { method: 'POST', data } );
