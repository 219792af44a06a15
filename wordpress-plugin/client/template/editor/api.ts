/** The REST routes that the editor uses. */
import type { Rendered, TemplatePreview, TemplateProblem, TemplateVariable } from '../../../../crates/wasm/core.mjs';
import { request } from '../../core/api';
import type { Bindings, Template, TemplateBody, Values } from '../types';

/** The same as the rules in the browser say. */
export async function previewOnServer( template: object, values: Values | null, signal?: AbortSignal ): Promise< TemplatePreview > {
	const [ check, preview ] = await Promise.all( [
		request< { problems: TemplateProblem[]; variables: TemplateVariable[] } >( 'templates/check', { method: 'POST', data: { template }, signal } ),
		request< { rendered: Rendered | null } >( 'templates/preview', { method: 'POST', data: { template, values: values ?? {} }, signal } ),
	] );
	return { ...check, rendered: preview.rendered };
}

export interface Source {
	/** 'contact.first_name'; 'text' = the same for everybody */
	source: string;
	label: string;
	group: string;
}
export const fetchSources = async (): Promise< Source[] > => ( await request< { items: Source[] } >( 'templates/sources' ) ).items;

interface Changes {
	template: TemplateBody;
	bindings: Bindings;
}
export const createTemplate = ( account: number, changes: Changes ): Promise< Template > => request( 'templates', { method: 'POST', data: { account, ...changes } } );

/** @param updated_ms Of the version that was changed; 409 nxtchat_changed when somebody else saved meanwhile. */
export const saveTemplate = ( id: number, changes: Changes, updated_ms: number ): Promise< Template > =>
	request( `templates/${ id }`, { method: 'PATCH', data: { ...changes, updated_ms } } );

export interface Submitted extends Template {
	/** What is to be known of it: another category, for example. */
	notices?: string[];
}
/** Hands it in to WhatsApp. */
export const submitTemplate = ( id: number ): Promise< Submitted > => request( `templates/${ id }/submit`, { method: 'POST', data: {} } );

export interface Sample {
	handle: string;
	mime: string;
	size: number;
}
/** Uploads the sample of a header of this format to WhatsApp. */
export const uploadSample = ( account: number, file: File, format: string, signal?: AbortSignal ): Promise< Sample > =>
	request( 'templates/samples', { method: 'POST', query: { account, name: file.name, format }, body: file, signal } );
