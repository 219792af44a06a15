/** One template that is being written: loaded, changed, saved by itself, handed in. */
import { useCallback, useEffect, useRef, useState } from '@wordpress/element';
import { __ } from '@wordpress/i18n';

import { boot } from '../../core/boot';
import { ApiError, toApiError } from '../../core/error';
import { fetchStarters, fetchTemplate } from '../api';
import { to } from '../route';
import type { Problem, Template, TemplateDetail } from '../types';
import { bodyOf } from '../words';
import { createTemplate, fetchSources, saveTemplate, submitTemplate, type Source, type Submitted } from './api';
import { objects } from './json';
import { blank, close, open, put, type Form } from './model';

/** Pause after the last change before it is saved, ms. */
const SAVE_PAUSE_MS = 1_000;
/** Wait before a save that got no answer is tried again, ms. */
const RETRY_MS = 5_000;

export type Saving = 'saved' | 'dirty' | 'saving' | 'failed' | 'conflict';

const asError = ( reason: unknown ): ApiError => ( reason instanceof ApiError ? reason : toApiError( reason ) );

/** WordPress's language as WhatsApp writes it. */
const siteLanguage = (): string => {
	const [ language = 'en', region ] = boot.locale.split( /[_-]/ );
	return `${ language }_${ region }` === 'en_US' ? 'en_US' : language;
};

interface Origin {
	id: number | null;
	starter: string;
	duplicateOf: number | null;
	language: string;
}

export function useSession( { id, starter, duplicateOf, language }: Origin ) {
	const [ form, setForm ] = useState< Form | null >( null );
	const [ stored, setStored ] = useState< Template | TemplateDetail | null >( null );
	const [ loadError, setLoadError ] = useState< ApiError | null >( null );
	const [ saving, setSaving ] = useState< Saving >( 'saved' );
	const [ error, setError ] = useState< ApiError | null >( null );
	const [ refused, setRefused ] = useState< Problem[] >( [] );
	const [ sources, setSources ] = useState< Source[] >( [] );
	const [ account, setAccount ] = useState( boot.accounts[ 0 ]?.id ?? 0 );
	const now = useRef( { form, saved: form, row: stored, account, flight: null as Promise< boolean > | null } );
	now.current.account = account;

	const load = useCallback( async () => {
		setLoadError( null );
		try {
			let next: Form;
			if ( id !== null || duplicateOf !== null ) {
				const found = await fetchTemplate( id ?? duplicateOf ?? 0 );
				const body = found.editable ?? bodyOf( found );
				next = open( body, found.bindings );
				setAccount( found.account_id );
				if ( id !== null ) {
					now.current.row = found;
					setStored( found );
				} else {
					next = language ? put( next, 'language', language ) : put( next, 'name', body.name ? `${ body.name }_copy` : '' );
				}
			} else if ( starter ) {
				const found = ( await fetchStarters() ).find( ( { key } ) => key === starter );
				next = found ? open( found.template, found.bindings ) : blank( siteLanguage() );
			} else {
				next = blank( siteLanguage() );
			}
			// What only was opened is not saved.
			now.current.form = next;
			now.current.saved = next;
			setForm( next );
			setSaving( 'saved' );
			setError( null );
		} catch ( reason ) {
			setLoadError( asError( reason ) );
		}
	}, [ id, starter, duplicateOf, language ] );

	useEffect( () => {
		void load();
		fetchSources().then( setSources, () => undefined );
	}, [ load ] );

	/** Saves what is not saved yet, one save after the other. False when it could not be. */
	const save = useCallback( async ( { force = false } = {} ): Promise< boolean > => {
		const state = now.current;
		if ( state.flight ) {
			await state.flight;
		}
		const { form: current } = state;
		if ( ! current || ( ! force && current === state.saved && state.row ) ) {
			return true;
		}
		setSaving( 'saving' );
		state.flight = ( async () => {
			try {
				const changes = close( current );
				const row = state.row ? await saveTemplate( state.row.id, changes, state.row.updated_ms ) : await createTemplate( state.account, changes );
				if ( ! state.row && id === null ) {
					// A reload finds it again; nothing is drawn anew.
					history.replaceState( null, '', to.edit( row.id ) );
				}
				state.row = state.row ? { ...state.row, ...row } : row;
				state.saved = current;
				setStored( state.row );
				setError( null );
				setSaving( state.form === current ? 'saved' : 'dirty' );
				return true;
			} catch ( reason ) {
				const failure = asError( reason );
				setError( failure );
				setSaving( failure.code === 'nxtchat_changed' ? 'conflict' : 'failed' );
				return false;
			} finally {
				state.flight = null;
			}
		} )();
		return state.flight;
	}, [ id ] );

	const change = useCallback( ( next: ( form: Form ) => Form ) => {
		const { form: before } = now.current;
		if ( ! before ) {
			return;
		}
		const after = next( before );
		if ( after !== before ) {
			now.current.form = after;
			setForm( after );
			setRefused( [] );
			setSaving( ( state ) => ( state === 'conflict' ? state : 'dirty' ) );
		}
	}, [] );

	useEffect( () => {
		if ( saving !== 'dirty' && ! ( saving === 'failed' && error?.kind === 'network' ) ) {
			return;
		}
		const timer = setTimeout( () => void save(), saving === 'dirty' ? SAVE_PAUSE_MS : RETRY_MS );
		return () => clearTimeout( timer );
	}, [ saving, form, error, save ] );

	// Leaving within the screen saves; leaving the page asks.
	useEffect( () => {
		const state = now.current;
		const ask = ( event: BeforeUnloadEvent ) => {
			if ( state.form !== state.saved ) {
				event.preventDefault();
			}
		};
		addEventListener( 'beforeunload', ask );
		return () => {
			removeEventListener( 'beforeunload', ask );
			if ( state.form !== state.saved ) {
				void save();
			}
		};
	}, [ save ] );

	/** Hands it in. The template as WhatsApp answered, or null with the reason told. */
	const submit = useCallback( async (): Promise< Submitted | null > => {
		if ( ! ( await save( { force: now.current.row === null } ) ) || ! now.current.row ) {
			return null;
		}
		try {
			const row = await submitTemplate( now.current.row.id );
			now.current.row = row;
			setStored( row );
			setError( null );
			return row;
		} catch ( reason ) {
			const failure = asError( reason );
			const saved = failure.data.template as Template | undefined;
			if ( saved && now.current.row ) {
				now.current.row = { ...now.current.row, ...saved };
				setStored( now.current.row );
			}
			setRefused(
				objects( failure.data.problems ).map( ( problem ) => ( {
					place: String( problem.place ?? problem.path ?? '' ),
					rule: String( problem.rule ?? 'refused' ),
					severity: problem.severity === 'warning' ? 'warning' : 'error',
					message: String( problem.message ?? '' ),
					remedy: String( problem.remedy ?? '' ),
				} ) )
			);
			setError( failure );
			return null;
		}
	}, [ save ] );

	/** After a conflict: with mine over theirs, or with theirs. */
	const settle = useCallback(
		( isMine: boolean ) => {
			const theirs = error?.data.template as Template | undefined;
			if ( isMine && theirs && now.current.row ) {
				now.current.row = { ...now.current.row, updated_ms: theirs.updated_ms };
				void save( { force: true } );
			} else if ( theirs ) {
				const next = open( bodyOf( theirs ), theirs.bindings );
				now.current = { ...now.current, form: next, saved: next, row: { ...now.current.row, ...theirs } };
				setForm( next );
				setStored( now.current.row );
				setSaving( 'saved' );
				setError( null );
			} else {
				void load();
			}
		},
		[ error, load, save ]
	);

	return { form, stored, loadError, load, saving, error, refused, sources, account, setAccount, change, save, submit, settle };
}

export function savingLabel( saving: Saving, stored: Template | null ): string {
	switch ( saving ) {
		case 'saving':
			return __( 'Saving…', 'nxt-cloud-chat' );
		case 'dirty':
			return __( 'Saved in a moment', 'nxt-cloud-chat' );
		case 'failed':
			return __( 'Not saved yet', 'nxt-cloud-chat' );
		case 'conflict':
			return __( 'Changed by somebody else', 'nxt-cloud-chat' );
		case 'saved':
			return stored?.draft ? __( 'Saved as a draft', 'nxt-cloud-chat' ) : stored ? __( 'No changes yet', 'nxt-cloud-chat' ) : __( 'Saved by itself as soon as you write', 'nxt-cloud-chat' );
	}
}
