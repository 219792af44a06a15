/** The REST routes of imports. */
import { download, request } from '../core/api';
import type { ImportKind, ImportState } from '../core/enums';
import type { Page } from '../core/types';

export type Existing = 'keep' | 'fill' | 'overwrite';

/** How a file is read and what is done with its people. Users and customers need the part from `region` on. */
export interface ImportOptions {
	encoding?: string;
	delimiter?: string;
	quote?: string;
	header?: boolean;
	columns?: { to: string | null }[];
	/** Country of numbers without a country code, '' = all have one. */
	region: string;
	date_order?: string;
	existing: Existing;
	groups: number[];
	new_groups: string[];
	consent: { marketing: boolean; source: string; wording: string; at_ms: number } | null;
}

export interface RejectExample {
	line: number;
	code: string;
	column: string | number;
	value: string;
	message: string;
}

export interface Report {
	rejects?: Record< string, number >;
	reject_examples?: RejectExample[];
	added_examples?: { line: number; phone: string; name: string }[];
	changed_examples?: { line: number; contact_id: number; name: string; before: Record< string, unknown >; after: Record< string, unknown > }[];
	consents?: { granted: number; revoked: number; withheld: number };
	new_groups?: string[];
	memberships?: number;
	undo?: { removed: number; kept: number; kept_why?: Record< string, number >; restored: number; changed_later?: number };
}

export interface Import {
	id: number;
	kind: ImportKind;
	name: string;
	state: ImportState;
	state_name: string;
	/** Size of the file; 0 for users and customers. */
	bytes: number;
	/** Bytes that the server has. */
	received: number;
	/** Bytes (of users and customers: rows) that are done. */
	position: number;
	rows_read: number;
	added: number;
	changed: number;
	unchanged: number;
	rejected: number;
	options: Partial< ImportOptions >;
	report: Report | null;
	/** Why it failed, '' when it did not. */
	error: string;
	user: { id: number; name: string } | null;
	created_ms: number;
	started_ms: number;
	finished_ms: number;
	can_undo: boolean;
	has_rejects: boolean;
	/** Another process is at it just now. */
	busy?: boolean;
}

export interface ImportPage extends Page< Import > {
	/** People there are to import; null = there is no WooCommerce. */
	sources?: { users: number; customers: number | null };
}

export const fetchImports = ( cursor = '' ): Promise< ImportPage > => request( 'imports', { query: { cursor } } );

export const fetchImport = ( id: number ): Promise< Import > => request( `imports/${ id }` );

export const createImport = ( data: { kind: ImportKind; name: string; bytes: number; options: ImportOptions } ): Promise< Import > =>
	request( 'imports', { method: 'POST', data } );

export const setOptions = ( id: number, options: ImportOptions ): Promise< Import > =>
	request( `imports/${ id }`, { method: 'PATCH', data: { options } } );

export const sendChunk = ( id: number, offset: number, body: Blob ): Promise< Import > =>
	request( `imports/${ id }/chunk?offset=${ offset }`, { method: 'POST', body } );

export const startImport = ( id: number, dry: boolean ): Promise< Import > => request( `imports/${ id }/start`, { method: 'POST', data: { dry } } );

export const stepImport = ( id: number, signal: AbortSignal ): Promise< Import > =>
	request( `imports/${ id }/step`, { method: 'POST', data: {}, signal } );

export const cancelImport = ( id: number ): Promise< Import > => request( `imports/${ id }/cancel`, { method: 'POST', data: {} } );

export const undoImport = ( id: number ): Promise< Import > => request( `imports/${ id }/undo`, { method: 'POST', data: {} } );

export const removeImport = ( id: number ): Promise< unknown > => request( `imports/${ id }`, { method: 'DELETE' } );

export const fetchRejects = ( id: number ): Promise< Blob > => download( `imports/${ id }/rejects` );
