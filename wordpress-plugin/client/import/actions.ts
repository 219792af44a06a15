/** What the import tab does: the store together with the rules in the browser and the API. */
import { __, sprintf } from '@wordpress/i18n';

import type { CsvPreview, CsvSniff } from '../../../crates/wasm/core.mjs';
import { boot } from '../core/boot';
import { ImportKind, ImportState } from '../core/enums';
import { ApiError, isAbort, toApiError } from '../core/error';
import { loadCsv } from '../core/rules';
import { createStore } from '../core/store';
import { startOfDay } from '../core/time';
import type { Field } from '../core/types';
import * as api from './api';
import { check, fileKind, guess, needsRegion } from './mapping';
import { initialImports, isAtWork, reduceImports, toOptions, type Draft, type Reading } from './store';
import { fileProblem, wrongFile } from './words';

/** As much of a file is looked at before anything is uploaded, bytes (crates/core csv::SNIFF_BYTES). */
const HEAD_BYTES = 256 * 1024;
/** One part of an upload, bytes: below nginx's client_max_body_size of 1 MiB. */
const CHUNK_BYTES = 1_000_000;
/** Attempts for one part, and the wait before the second, ms; it doubles. */
const CHUNK_TRIES = 5;
const RETRY_MS = 1_000;
/** Wait before asking again when another process is at work or the site did not answer, ms. */
const POLL_MS = 2_000;
/** How often is looked how far a step is, ms. */
const LOOK_MS = 1_000;

export const imports = createStore( reduceImports, initialImports );

export const asError = ( reason: unknown ): ApiError => ( reason instanceof ApiError ? reason : toApiError( reason ) );

const sleep = ( ms: number ) => new Promise( ( done ) => setTimeout( done, ms ) );

export async function loadList( isMore = false ): Promise< void > {
	try {
		const page = await api.fetchImports( isMore ? imports.get().next ?? '' : '' );
		imports.dispatch( { type: 'list', page, isMore } );
	} catch ( reason ) {
		imports.dispatch( { type: 'error', error: asError( reason ) } );
	}
}

export async function loadImport( id: number ): Promise< void > {
	try {
		imports.dispatch( { type: 'import', item: await api.fetchImport( id ) } );
		imports.dispatch( { type: 'error', error: null } );
	} catch ( reason ) {
		imports.dispatch( { type: 'error', error: asError( reason ) } );
	}
}

const newDraft = ( kind: ImportKind, file: File | null ): Draft => ( {
	kind,
	file,
	head: null,
	sniff: null,
	reading: {},
	columns: [],
	region: '',
	existing: 'fill',
	groups: [],
	newGroups: [],
	consent: { isClaimed: false, source: '', wording: '', day: '' },
	step: kind === ImportKind.FILE ? 'columns' : 'options',
	importId: null,
} );

/** The country of this site, as far as its language tells. */
const siteRegion = (): string => /-([A-Z]{2})\b/.exec( boot.locale )?.[ 1 ] ?? '';

/** Begins with the users or the customers of this site. */
export const chooseSource = ( kind: ImportKind ): void => imports.dispatch( { type: 'draft', draft: { ...newDraft( kind, null ), region: siteRegion() } } );

/** Looks at a file. Nothing of it leaves this machine yet. */
export async function chooseFile( file: File, fields: Field[] ): Promise< void > {
	imports.dispatch( { type: 'reading' } );
	try {
		if ( file.size === 0 ) {
			throw new ApiError( 'refused', 'nxtchat_empty_file', __( 'This file is empty.', 'nxt-cloud-chat' ), __( 'Choose another one.', 'nxt-cloud-chat' ) );
		}
		const head = new Uint8Array( await read( file.slice( 0, HEAD_BYTES ) ) );
		const kind = fileKind( head );
		if ( kind ) {
			throw wrongFile( kind );
		}
		const draft = { ...newDraft( ImportKind.FILE, file ), head };
		imports.dispatch( { type: 'draft', draft: await sniffed( draft, {}, fields ) } );
	} catch ( reason ) {
		imports.dispatch( { type: 'error', error: asError( reason ) } );
	}
}

/**
 * The first rows as they would become, by the code that will import them. [] when it cannot be told yet.
 */
export async function previewRows( draft: Draft, fields: Field[] ): Promise< CsvPreview[] > {
	if ( ! draft.head || ! columnsAreGood( draft ) ) {
		return [];
	}
	const rules = await loadCsv();
	return rules.csvPreview( draft.head, {
		...toOptions( draft, startOfDay ),
		complete: draft.head.length === draft.file?.size,
		fields: fields.map( ( { name, type, choices } ) => ( { name, type, choices } ) ),
	} );
}

/** Looks again, with an encoding, a delimiter or a header that a person chose. */
export async function readAs( reading: Reading, fields: Field[] ): Promise< void > {
	const { draft } = imports.get();
	if ( ! draft?.head ) {
		return;
	}
	try {
		imports.dispatch( { type: 'draft', draft: await sniffed( draft, { ...draft.reading, ...reading }, fields ) } );
	} catch ( reason ) {
		imports.dispatch( { type: 'error', error: asError( reason ) } );
	}
}

async function sniffed( draft: Draft, reading: Reading, fields: Field[] ): Promise< Draft > {
	const rules = await loadCsv().catch( () => {
		throw new ApiError(
			'network',
			'nxtchat_rules',
			__( 'The part that reads files could not be loaded.', 'nxt-cloud-chat' ),
			__( 'Check your internet connection and choose the file again. If it stays, the file csv-….wasm in the plugin’s build folder is missing or blocked.', 'nxt-cloud-chat' )
		);
	} );
	const head = draft.head as Uint8Array;
	let sniff: CsvSniff;
	try {
		sniff = rules.csvSniff( head, {
			...reading,
			complete: head.length === draft.file?.size,
			fields: fields.map( ( { name, label } ) => ( { name, label } ) ),
		} );
	} catch ( reason ) {
		throw new ApiError( 'refused', 'nxtchat_unreadable', __( 'This file could not be read.', 'nxt-cloud-chat' ), String( ( reason as Error ).message ) );
	}
	const fatal = sniff.problems.find( ( { severity } ) => severity === 'error' );
	if ( fatal ) {
		throw new ApiError( 'refused', 'nxtchat_wrong_file', ...fileProblem( fatal ) );
	}
	// The same columns as before keep what a person chose for them.
	const isSame = draft.sniff !== null && draft.sniff.columns.map( ( { name } ) => name ).join( '\n' ) === sniff.columns.map( ( { name } ) => name ).join( '\n' );
	const columns = isSame ? draft.columns : guess( sniff, fields );
	const region = draft.region || ( needsRegion( sniff, columns ) ? siteRegion() : '' );
	return { ...draft, sniff, reading, columns, region };
}

/** Reading fails when the file was changed or removed after it was chosen. */
async function read( part: Blob ): Promise< ArrayBuffer > {
	try {
		return await part.arrayBuffer();
	} catch {
		throw new ApiError(
			'refused',
			'nxtchat_file_gone',
			__( 'The file cannot be read any more.', 'nxt-cloud-chat' ),
			__( 'It was changed, moved or is open in another program. Close it there and choose it again.', 'nxt-cloud-chat' )
		);
	}
}

export const change = ( to: Partial< Draft > ): void => imports.dispatch( { type: 'change', change: to } );

export const discardDraft = (): void => imports.dispatch( { type: 'draft', draft: null } );

/** Whether nothing but warnings stands against the columns. */
export const columnsAreGood = ( draft: Draft ): boolean =>
	draft.sniff !== null && ! check( draft.sniff, draft.columns ).some( ( { isError } ) => isError );

/**
 * Hands the draft to the server, which then checks it.
 *
 * @return The import's id.
 * @throws {ApiError} with problems per option
 */
export async function submit( draft: Draft ): Promise< number > {
	try {
		const options = toOptions( draft, startOfDay );
		const item =
			draft.importId === null
				? await api.createImport( { kind: draft.kind, name: draft.file?.name ?? '', bytes: draft.file?.size ?? 0, options } )
				: await api.setOptions( draft.importId, options );
		imports.dispatch( { type: 'import', item } );
		imports.dispatch( { type: 'change', change: { importId: item.id } } );
		if ( draft.file && item.state === ImportState.UPLOADING ) {
			void upload( item.id, draft.file );
		} else {
			imports.dispatch( { type: 'import', item: await api.startImport( item.id, true ) } );
		}
		return item.id;
	} catch ( reason ) {
		throw asError( reason );
	}
}

/** Sends the file from where the server has it, part after part, and lets it be checked. */
export async function upload( id: number, file: File ): Promise< void > {
	if ( imports.get().upload && ! imports.get().upload?.error ) {
		return; // One at a time.
	}
	const tell = ( sent: number, error: ApiError | null = null ) =>
		imports.dispatch( { type: 'upload', upload: { id, sent, total: file.size, error } } );
	let offset = imports.get().byId[ id ]?.received ?? 0;
	tell( offset );
	try {
		while ( offset < file.size ) {
			offset = await part( id, offset, file );
			tell( offset );
		}
		imports.dispatch( { type: 'import', item: await api.startImport( id, true ) } );
		imports.dispatch( { type: 'upload', upload: null } );
	} catch ( reason ) {
		tell( offset, asError( reason ) );
	}
}

/** One part, again when the network lost it. @return where to go on */
async function part( id: number, offset: number, file: File ): Promise< number > {
	const body = new Blob( [ await read( file.slice( offset, offset + CHUNK_BYTES ) ) ] );
	for ( let attempt = 1; ; attempt++ ) {
		try {
			const item = await api.sendChunk( id, offset, body );
			imports.dispatch( { type: 'import', item } );
			return item.received;
		} catch ( reason ) {
			const error = asError( reason );
			if ( error.code === 'nxtchat_import_gap' ) {
				// The answer to an earlier part was lost on its way: the server knows what it has.
				const item = await api.fetchImport( id );
				imports.dispatch( { type: 'import', item } );
				return item.received;
			}
			if ( error.kind === 'refused' || attempt >= CHUNK_TRIES ) {
				throw error;
			}
			await sleep( RETRY_MS * 2 ** ( attempt - 1 ) );
		}
	}
}

/** Goes on with an upload that a reload or the network ended. @throws {ApiError} when it is another file */
export function goOn( item: api.Import, file: File ): void {
	if ( file.size !== item.bytes ) {
		throw new ApiError(
			'refused',
			'nxtchat_other_file',
			/* translators: %s: name of a file */
			sprintf( __( 'This is not the same file as “%s”: its size differs.', 'nxt-cloud-chat' ), item.name ),
			__( 'Choose the unchanged file, or discard this import and begin again.', 'nxt-cloud-chat' )
		);
	}
	void upload( item.id, file );
}

/** One request about an import; what comes back is shown. @throws {ApiError} */
async function run( work: () => Promise< api.Import > ): Promise< void > {
	try {
		imports.dispatch( { type: 'import', item: await work() } );
	} catch ( reason ) {
		throw asError( reason );
	}
}

export const startCheck = ( id: number ): Promise< void > => run( () => api.startImport( id, true ) );
export const startRun = async ( id: number ): Promise< void > => {
	await run( () => api.startImport( id, false ) );
	discardDraft();
};
export const cancel = ( id: number ): Promise< void > => run( () => api.cancelImport( id ) );
export const undo = ( id: number ): Promise< void > => run( () => api.undoImport( id ) );

/** @throws {ApiError} */
export async function remove( id: number ): Promise< void > {
	try {
		await api.removeImport( id );
		imports.dispatch( { type: 'removed', id } );
		if ( imports.get().draft?.importId === id ) {
			discardDraft();
		}
	} catch ( reason ) {
		throw asError( reason );
	}
}

/** Saves the rejected rows as a file. @throws {ApiError} */
export async function saveRejects( item: api.Import ): Promise< void > {
	try {
		const blob = await api.fetchRejects( item.id );
		const link = document.createElement( 'a' );
		link.href = URL.createObjectURL( blob );
		link.download = `${ item.name.replace( /\.[^.]+$/, '' ) || 'import' }-rejected.csv`;
		link.click();
		setTimeout( () => URL.revokeObjectURL( link.href ), 60_000 );
	} catch ( reason ) {
		throw asError( reason );
	}
}

/**
 * Lends the server this tab while an import is at work, so that it goes on where background jobs are slow, and shows how far
 * it is. The import does not need it: without this tab it goes on by itself.
 */
export async function follow( id: number, signal: AbortSignal ): Promise< void > {
	while ( ! signal.aborted ) {
		const before = imports.get().byId[ id ];
		if ( before && ! isAtWork( before ) ) {
			return;
		}
		// A step takes seconds; how far it is stands in the import meanwhile.
		const look = setInterval( () => void api.fetchImport( id ).then( show, () => undefined ), LOOK_MS );
		let isOver = false;
		const show = ( item: api.Import ) => {
			if ( ! isOver ) {
				imports.dispatch( { type: 'import', item } );
			}
		};
		try {
			const item = await api.stepImport( id, signal );
			show( item );
			isOver = true;
			imports.dispatch( { type: 'error', error: null } );
			if ( item.busy ) {
				await sleep( POLL_MS );
			}
		} catch ( reason ) {
			if ( isAbort( reason ) || signal.aborted ) {
				return;
			}
			const error = asError( reason );
			imports.dispatch( { type: 'error', error } );
			if ( error.kind === 'refused' ) {
				await loadImport( id );
				return;
			}
			await sleep( POLL_MS );
		} finally {
			isOver = true;
			clearInterval( look );
		}
	}
}
