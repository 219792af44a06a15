/** One segment: its name, its conditions, and at once who is in it. */
import { createElement, Fragment, useEffect, useId, useRef, useState } from '@wordpress/element';
import { __ } from '@wordpress/i18n';

import { go, href } from '../contact/router';
import { boot } from '../core/boot';
import { isAbort, type ApiError } from '../core/error';
import { peopleCount } from '../core/number';
import type { Segment } from '../core/types';
import { Confirm, ErrorNotice, Notice } from '../core/ui';
import { asError, remove, save } from './actions';
import { preview, type Preview, type SchemaField } from './api';
import { Conditions } from './Conditions';
import { fromDraft, isComplete, rowOf, toDraft, emptyTree, type DraftTree, type Tree } from './tree';

/** Counting begins this long after the last change, ms. */
const COUNT_AFTER_MS = 450;
/** Longest name and description (Segment\SegmentStore). */
const MAX_NAME = 190;
const MAX_DESCRIPTION = 500;

interface Props {
	/** null: a new one */
	segment: Segment | null;
	/** What a new one begins with. */
	start?: { name: string; description: string; conditions: Tree | unknown } | undefined;
	fields: SchemaField[];
	/** It was just made: say that it is saved. */
	isNew?: boolean;
}

export function Editor( { segment, start, fields, isNew = false }: Props ) {
	const id = useId();
	const from = segment ?? start;
	const [ name, setName ] = useState( from?.name ?? '' );
	const [ description, setDescription ] = useState( from?.description ?? '' );
	const [ root, setRoot ] = useState< DraftTree >( () => ( from ? toDraft( from.conditions ) : emptyTree() ) );
	const [ error, setError ] = useState< ApiError | null >( null );
	const [ phase, setPhase ] = useState< 'idle' | 'busy' | 'saved' >( isNew ? 'saved' : 'idle' );
	const [ isAsking, setAsking ] = useState( false );
	const [ nameError, setNameError ] = useState( '' );
	const nameField = useRef< HTMLInputElement >( null );
	const isDirty = useRef( false );
	const { result, failure, isCounting } = useCount( root, fields );
	const mayChange = boot.caps.contacts;

	const isReady = isComplete( root, fields );
	// What saving found stands until the conditions change; then counting tells.
	const told = error ?? failure;
	const problems = told?.problems.filter( ( { path } ) => rowOf( path ) !== '' ) ?? [];
	const touch = () => {
		isDirty.current = true;
		setPhase( 'idle' );
		setError( null );
	};

	useEffect( () => {
		const ask = ( event: BeforeUnloadEvent ) => isDirty.current && event.preventDefault();
		addEventListener( 'beforeunload', ask );
		return () => removeEventListener( 'beforeunload', ask );
	}, [] );

	const submit = async () => {
		if ( name.trim() === '' ) {
			setNameError( __( 'Give it a name, so that you find it again.', 'nxt-cloud-chat' ) );
			nameField.current?.focus();
			return;
		}
		setPhase( 'busy' );
		setError( null );
		try {
			const saved = await save( segment?.id ?? null, { name: name.trim(), description: description.trim(), conditions: fromDraft( root ) } );
			isDirty.current = false;
			setPhase( 'saved' );
			if ( ! segment ) {
				go( href( 'segments', saved.id, { saved: 1 } ), { replace: true } );
			}
		} catch ( reason ) {
			setError( asError( reason ) );
			setPhase( 'idle' );
		}
	};
	const drop = async () => {
		if ( ! segment ) {
			return;
		}
		try {
			await remove( segment.id );
			isDirty.current = false;
			go( href( 'segments' ) );
		} catch ( reason ) {
			setAsking( false );
			setError( asError( reason ) );
		}
	};
	return (
		<form
			className="nxtchat-segment"
			noValidate
			onSubmit={ ( event ) => {
				event.preventDefault();
				void submit();
			} }
		>
			<p>
				<a href={ href( 'segments' ) }>{ __( '← All segments', 'nxt-cloud-chat' ) }</a>
			</p>
			<h2>{ segment ? segment.name : __( 'New segment', 'nxt-cloud-chat' ) }</h2>
			<div className="nxtchat-segment__columns">
				<fieldset className="nxtchat-card nxtchat-segment__main" disabled={ ! mayChange }>
					<legend className="screen-reader-text">{ __( 'Segment', 'nxt-cloud-chat' ) }</legend>
					<div className={ `nxtchat-field${ nameError ? ' has-error' : '' }` }>
						<label htmlFor={ `${ id }-name` }>{ __( 'Name', 'nxt-cloud-chat' ) }</label>
						<input
							ref={ nameField }
							id={ `${ id }-name` }
							className="regular-text"
							type="text"
							dir="auto"
							maxLength={ MAX_NAME }
							value={ name }
							aria-invalid={ nameError ? true : undefined }
							aria-describedby={ nameError ? `${ id }-name-error` : undefined }
							onChange={ ( event ) => {
								setName( event.target.value );
								setNameError( '' );
								touch();
							} }
						/>
						{ nameError && (
							<p id={ `${ id }-name-error` } className="nxtchat-field__error">
								{ nameError }
							</p>
						) }
					</div>
					<div className="nxtchat-field">
						<label htmlFor={ `${ id }-description` }>{ __( 'Note for your team (may stay empty)', 'nxt-cloud-chat' ) }</label>
						<input
							id={ `${ id }-description` }
							className="regular-text"
							type="text"
							dir="auto"
							maxLength={ MAX_DESCRIPTION }
							value={ description }
							onChange={ ( event ) => {
								setDescription( event.target.value );
								touch();
							} }
						/>
					</div>
					<Conditions
						root={ root }
						fields={ fields }
						problems={ problems }
						onChange={ ( next ) => {
							setRoot( next );
							touch();
						} }
					/>
				</fieldset>
				<Result result={ result } error={ problems.length ? null : failure } isCounting={ isCounting } isReady={ isReady } hasProblems={ problems.length > 0 } />
			</div>
			{ error && <ErrorNotice error={ error } /> }
			{ phase === 'saved' && (
				<Notice kind="success" onDismiss={ () => setPhase( 'idle' ) }>
					<p>{ __( 'Segment saved.', 'nxt-cloud-chat' ) }</p>
				</Notice>
			) }
			<div className="nxtchat-segment__actions">
				{ mayChange && (
					<button type="submit" className="button button-primary" disabled={ phase === 'busy' || ! isReady }>
						{ phase === 'busy' ? __( 'Saving…', 'nxt-cloud-chat' ) : __( 'Save segment', 'nxt-cloud-chat' ) }
					</button>
				) }
				{ mayChange && ! isReady && <span className="description">{ __( 'Each condition needs a field and a value.', 'nxt-cloud-chat' ) }</span> }
				{ segment && (
					<Fragment>
						<a className="button" href={ href( 'contacts', null, { segment: segment.id } ) }>
							{ __( 'Show these contacts', 'nxt-cloud-chat' ) }
						</a>
						{ mayChange && (
							<Fragment>
								<a className="button" href={ href( 'segments', null, { new: 1, copy: segment.id } ) }>
									{ __( 'Duplicate', 'nxt-cloud-chat' ) }
								</a>
								<button type="button" className="button-link button-link-delete" onClick={ () => setAsking( true ) }>
									{ __( 'Delete segment', 'nxt-cloud-chat' ) }
								</button>
							</Fragment>
						) }
					</Fragment>
				) }
			</div>
			{ isAsking && segment && <ConfirmDelete segment={ segment } onConfirm={ () => void drop() } onClose={ () => setAsking( false ) } /> }
		</form>
	);
}

export const ConfirmDelete = ( { segment, onConfirm, onClose }: { segment: Segment; onConfirm: () => void; onClose: () => void } ) => (
	<Confirm title={ __( 'Delete this segment?', 'nxt-cloud-chat' ) } action={ __( 'Delete', 'nxt-cloud-chat' ) } onConfirm={ onConfirm } onClose={ onClose }>
		<p>
			<strong>{ segment.name }</strong>
		</p>
		<p>{ __( 'Only the conditions go. The people in it stay, with everything you know of them.', 'nxt-cloud-chat' ) }</p>
	</Confirm>
);

/** Counts anew after each change, the last one wins. */
function useCount( root: DraftTree, fields: SchemaField[] ) {
	const [ state, setState ] = useState< { result: Preview | null; failure: ApiError | null; isCounting: boolean } >( { result: null, failure: null, isCounting: false } );
	const isReady = isComplete( root, fields );
	const sent = isReady ? JSON.stringify( fromDraft( root ) ) : '';
	useEffect( () => {
		if ( sent === '' ) {
			setState( ( now ) => ( { ...now, failure: null, isCounting: false } ) );
			return;
		}
		const abort = new AbortController();
		setState( ( now ) => ( { ...now, isCounting: true } ) );
		const timer = setTimeout( async () => {
			try {
				const result = await preview( JSON.parse( sent ) as Tree, abort.signal );
				setState( { result, failure: null, isCounting: false } );
			} catch ( reason ) {
				if ( ! isAbort( reason ) ) {
					setState( { result: null, failure: asError( reason ), isCounting: false } );
				}
			}
		}, COUNT_AFTER_MS );
		return () => {
			clearTimeout( timer );
			abort.abort();
		};
	}, [ sent ] );
	return state;
}

interface ResultProps {
	result: Preview | null;
	error: ApiError | null;
	isCounting: boolean;
	isReady: boolean;
	hasProblems: boolean;
}

function Result( { result, error, isCounting, isReady, hasProblems }: ResultProps ) {
	const id = useId();
	const shown = isReady && ! hasProblems ? result : null;
	return (
		<section className="nxtchat-card nxtchat-segment__result" aria-labelledby={ id }>
			<h2 id={ id }>{ __( 'Who this is now', 'nxt-cloud-chat' ) }</h2>
			<p className={ `nxtchat-segment__count${ isCounting ? ' is-busy' : '' }` } role="status">
				{ shown ? peopleCount( shown.count ) : isCounting && isReady ? __( 'Counting…', 'nxt-cloud-chat' ) : '–' }
			</p>
			{ ! isReady && <p className="description">{ __( 'Fill in the conditions to see who matches.', 'nxt-cloud-chat' ) }</p> }
			{ hasProblems && <p className="description">{ __( 'One of the conditions needs a correction.', 'nxt-cloud-chat' ) }</p> }
			{ error && isReady && <ErrorNotice error={ error } /> }
			{ shown && shown.examples.length > 0 && (
				<ul className={ `nxtchat-segment__examples${ isCounting ? ' is-busy' : '' }` } aria-label={ __( 'Examples', 'nxt-cloud-chat' ) }>
					{ shown.examples.map( ( contact ) => (
						<li key={ contact.id }>
							<a href={ href( 'contacts', contact.id ) }>{ contact.name || contact.phone_display || `@${ contact.username }` }</a>
							{ contact.name && <span dir="ltr">{ contact.phone_display || contact.phone || ( contact.username && `@${ contact.username }` ) }</span> }
						</li>
					) ) }
				</ul>
			) }
			{ shown && shown.count.value > shown.examples.length && <p className="description">{ __( 'These are some of them.', 'nxt-cloud-chat' ) }</p> }
			<p className="description">{ __( 'A segment is not a fixed list: who matches later is in it then.', 'nxt-cloud-chat' ) }</p>
		</section>
	);
}
