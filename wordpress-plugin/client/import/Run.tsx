/** One import that the server knows: uploading, checked, at work, done, undone. */
import { speak } from '@wordpress/a11y';
import { createElement, Fragment, useEffect, useState } from '@wordpress/element';
import { __, sprintf } from '@wordpress/i18n';

import { currentRoute, go, href } from '../contact/router';
import { boot } from '../core/boot';
import { ImportKind, ImportState } from '../core/enums';
import type { ApiError } from '../core/error';
import { formatNumber } from '../core/number';
import { useStore } from '../core/store';
import { fileSize } from '../core/text';
import { dateTime } from '../core/time';
import { Confirm, ErrorNotice, LoadError, Notice, Skeleton } from '../core/ui';
import { asError, cancel, change, follow, goOn, imports, loadImport, remove, saveRejects, startCheck, startRun, undo } from './actions';
import type { Import } from './api';
import { FilePicker } from './FilePicker';
import { Report } from './Report';
import { sourceName, total } from './Sources';
import { fileLabel, StepHeading, Steps } from './Steps';
import { isAtWork, percent } from './store';
import { keptLabel, people, rowCount, stateLabel } from './words';

/** A screen reader hears of the progress each so many percent. */
const SPEAK_EACH = 20;

export function Run( { id }: { id: number } ) {
	const item = useStore( imports, ( state ) => state.byId[ id ] );
	const error = useStore( imports, ( state ) => state.error );
	const state = item?.state;
	const atWork = item ? isAtWork( item ) : false;
	useEffect( () => void loadImport( id ), [ id ] );
	useEffect( () => {
		if ( ! atWork ) {
			return;
		}
		const abort = new AbortController();
		void follow( id, abort.signal );
		return () => abort.abort();
	}, [ id, atWork, state ] );

	if ( ! item ) {
		return error ? (
			<LoadError error={ error } onRetry={ () => void loadImport( id ) } />
		) : (
			<Skeleton rows={ 4 } label={ __( 'Loading the import', 'nxt-cloud-chat' ) } />
		);
	}
	return (
		<Fragment>
			<p>
				<a href={ href( 'import' ) }>{ __( '← All imports', 'nxt-cloud-chat' ) }</a>
			</p>
			<View item={ item } />
			{ error && atWork && (
				<Notice kind="warning">
					<p>
						<strong>{ error.message }</strong> { error.remedy } { __( 'Trying again by itself.', 'nxt-cloud-chat' ) }
					</p>
				</Notice>
			) }
		</Fragment>
	);
}

function View( { item }: { item: Import } ) {
	const hasFile = item.kind === ImportKind.FILE;
	switch ( item.state ) {
		case ImportState.UPLOADING:
			return (
				<Fragment>
					<Steps current="options" hasFile={ hasFile } />
					<Uploading item={ item } />
				</Fragment>
			);
		case ImportState.READY:
			return (
				<Fragment>
					<Steps current="check" hasFile={ hasFile } />
					<StepHeading>{ sourceName( item ) }</StepHeading>
					<p>{ __( 'The list is here. Next it is checked; nothing is changed by that.', 'nxt-cloud-chat' ) }</p>
					<Actions item={ item }>
						{ ( act, isBusy ) => (
							<button type="button" className="button button-primary" disabled={ isBusy } onClick={ () => act( () => startCheck( item.id ) ) }>
								{ __( 'Check it', 'nxt-cloud-chat' ) }
							</button>
						) }
					</Actions>
				</Fragment>
			);
		case ImportState.CHECKING:
		case ImportState.RUNNING:
		case ImportState.UNDOING:
			return (
				<Fragment>
					<Steps current={ item.state === ImportState.CHECKING ? 'check' : 'import' } hasFile={ hasFile } />
					<Working item={ item } />
				</Fragment>
			);
		case ImportState.CHECKED:
			return (
				<Fragment>
					<Steps current="check" hasFile={ hasFile } />
					<Checked item={ item } />
				</Fragment>
			);
		default:
			return <Finished item={ item } />;
	}
}

/** Buttons of one import, with what went wrong with them. */
function Actions( { item, children, canDiscard = true }: { item: Import; children: ( act: ( work: () => Promise< void > ) => void, isBusy: boolean ) => JSX.Element; canDiscard?: boolean } ) {
	const [ error, setError ] = useState< ApiError | null >( null );
	const [ isBusy, setBusy ] = useState( false );
	const act = ( work: () => Promise< void > ) => {
		setBusy( true );
		setError( null );
		work()
			.catch( ( reason: unknown ) => setError( asError( reason ) ) )
			.finally( () => setBusy( false ) );
	};
	const discard = async () => {
		await remove( item.id );
		if ( currentRoute().id === item.id ) {
			go( href( 'import' ) );
		}
	};
	return (
		<Fragment>
			{ error && <ErrorNotice error={ error } /> }
			<div className="nxtchat-import__actions">
				{ children( act, isBusy ) }
				{ canDiscard && (
					<button type="button" className="button-link button-link-delete" disabled={ isBusy } onClick={ () => act( discard ) }>
						{ __( 'Discard this import', 'nxt-cloud-chat' ) }
					</button>
				) }
			</div>
		</Fragment>
	);
}

function Uploading( { item }: { item: Import } ) {
	const upload = useStore( imports, ( state ) => ( state.upload?.id === item.id ? state.upload : null ) );
	const isSending = upload !== null && upload.error === null;
	const draft = useStore( imports, ( state ) => ( state.draft?.importId === item.id ? state.draft : null ) );
	useEffect( () => {
		if ( ! isSending ) {
			return;
		}
		const ask = ( event: BeforeUnloadEvent ) => event.preventDefault();
		addEventListener( 'beforeunload', ask );
		return () => removeEventListener( 'beforeunload', ask );
	}, [ isSending ] );

	const sent = upload?.sent ?? item.received;
	const label = fileLabel( item.name, fileSize( item.bytes, boot.locale ) );
	return (
		<Fragment>
			<StepHeading>{ isSending ? __( 'Uploading', 'nxt-cloud-chat' ) : __( 'The upload is not finished', 'nxt-cloud-chat' ) }</StepHeading>
			<p>
				<strong>{ label }</strong>
			</p>
			<Bar value={ item.bytes ? Math.floor( ( sent / item.bytes ) * 100 ) : 0 } label={ __( 'Uploaded', 'nxt-cloud-chat' ) } />
			{ isSending && <p className="description">{ __( 'Stay on this page until the file is there. After that it goes on without you.', 'nxt-cloud-chat' ) }</p> }
			{ upload?.error && <ErrorNotice error={ upload.error } /> }
			<Actions item={ item }>
				{ ( act, isBusy ) =>
					isSending ? (
						<Fragment />
					) : draft?.file ? (
						<button type="button" className="button button-primary" disabled={ isBusy } onClick={ () => act( async () => goOn( item, draft.file as File ) ) }>
							{ __( 'Go on with the upload', 'nxt-cloud-chat' ) }
						</button>
					) : (
						<FilePicker label={ __( 'Choose the file again', 'nxt-cloud-chat' ) } isBusy={ isBusy } onFile={ ( file ) => act( async () => goOn( item, file ) ) }>
							<p>
								{ sprintf(
									/* translators: %s: name and size of a file */
									__( 'The upload stopped when this page was left. Choose “%s” again: it goes on where it was.', 'nxt-cloud-chat' ),
									label
								) }
							</p>
						</FilePicker>
					)
				}
			</Actions>
		</Fragment>
	);
}

/** A progress bar that says how far it is now and then. */
function Bar( { value, label }: { value: number | null; label: string } ) {
	const step = value === null ? 0 : Math.floor( value / SPEAK_EACH ) * SPEAK_EACH;
	useEffect( () => {
		if ( step > 0 ) {
			/* translators: 1: what is going on, 2: percent */
			speak( sprintf( __( '%1$s: %2$d percent', 'nxt-cloud-chat' ), label, step ) );
		}
	}, [ step, label ] );
	return (
		<div className="nxtchat-progress">
			<progress max={ 100 } { ...( value === null ? {} : { value } ) } aria-label={ label } />
			<span aria-hidden="true">{ value === null ? '' : `${ value } %` }</span>
		</div>
	);
}

function Working( { item }: { item: Import } ) {
	const title = {
		[ ImportState.CHECKING ]: __( 'Checking the list', 'nxt-cloud-chat' ),
		[ ImportState.RUNNING ]: __( 'Importing', 'nxt-cloud-chat' ),
		[ ImportState.UNDOING ]: __( 'Undoing the import', 'nxt-cloud-chat' ),
	}[ item.state as number ] as string;
	return (
		<Fragment>
			<StepHeading>{ title }</StepHeading>
			<p>
				<strong>{ sourceName( item ) }</strong>
			</p>
			<Bar value={ percent( item ) } label={ title } />
			{ item.state !== ImportState.UNDOING && (
				<p>
					{ sprintf(
						/* translators: 1: "1,234 rows", 2-4: numbers of people or rows */
						__( '%1$s read: %2$s new, %3$s changed, %4$s left out.', 'nxt-cloud-chat' ),
						rowCount( item.rows_read ),
						formatNumber( item.added ),
						formatNumber( item.changed ),
						formatNumber( item.rejected )
					) }
				</p>
			) }
			<p className="description">{ __( 'You may leave this page: it goes on by itself, and the list of imports shows how far it is.', 'nxt-cloud-chat' ) }</p>
			{ item.state !== ImportState.UNDOING && (
				<Actions item={ item } canDiscard={ false }>
					{ ( act, isBusy ) => (
						<button type="button" className="button" disabled={ isBusy } onClick={ () => act( () => cancel( item.id ) ) }>
							{ item.state === ImportState.RUNNING ? __( 'Stop here', 'nxt-cloud-chat' ) : __( 'Stop', 'nxt-cloud-chat' ) }
						</button>
					) }
				</Actions>
			) }
		</Fragment>
	);
}

function Checked( { item }: { item: Import } ) {
	const draft = useStore( imports, ( state ) => ( state.draft?.importId === item.id ? state.draft : null ) );
	const affected = item.added + item.changed;
	// Groups and consent may still come to people whose data stay as they are.
	const canStart = affected > 0 || item.unchanged > 0;
	return (
		<Fragment>
			<StepHeading>{ __( 'This is what would happen', 'nxt-cloud-chat' ) }</StepHeading>
			<p>
				{ sprintf( /* translators: 1: name of a file, 2: "1,234 rows" */ __( '%1$s, %2$s. Nothing is changed yet.', 'nxt-cloud-chat' ), sourceName( item ), rowCount( item.rows_read ) ) }
			</p>
			<Report item={ item } isDry />
			{ ! canStart && (
				<Notice kind="warning">
					<p>{ __( 'Not one row can be imported. Look at the reasons above; often the wrong column was chosen as phone number, or the country is missing.', 'nxt-cloud-chat' ) }</p>
				</Notice>
			) }
			<Actions item={ item }>
				{ ( act, isBusy ) => (
					<Fragment>
						{ canStart && (
							<button type="button" className="button button-primary" disabled={ isBusy } onClick={ () => act( () => startRun( item.id ) ) }>
								{ affected > 0
									? /* translators: %s: "1,234 people" */ sprintf( __( 'Import %s', 'nxt-cloud-chat' ), total( item ) )
									: /* translators: %s: "1,234 people" */ sprintf( __( 'Import groups and consent of %s', 'nxt-cloud-chat' ), people( item.unchanged ) ) }
							</button>
						) }
						{ draft && (
							<button
								type="button"
								className="button"
								disabled={ isBusy }
								onClick={ () => {
									change( { step: item.kind === ImportKind.FILE ? 'columns' : 'options' } );
									go( href( 'import', null, { new: 1 } ) );
								} }
							>
								{ __( 'Change columns or options', 'nxt-cloud-chat' ) }
							</button>
						) }
						{ item.has_rejects && (
							<button type="button" className="button" disabled={ isBusy } onClick={ () => act( () => saveRejects( item ) ) }>
								{ __( 'Download the rows left out', 'nxt-cloud-chat' ) }
							</button>
						) }
					</Fragment>
				) }
			</Actions>
			<p className="description">{ __( 'An import can be undone as a whole afterwards.', 'nxt-cloud-chat' ) }</p>
		</Fragment>
	);
}

function Finished( { item }: { item: Import } ) {
	const [ isAsking, setAsking ] = useState( false );
	const isDone = item.state === ImportState.DONE;
	const heading = {
		[ ImportState.DONE ]: __( 'Imported', 'nxt-cloud-chat' ),
		[ ImportState.CANCELLED ]: __( 'The import was stopped', 'nxt-cloud-chat' ),
		[ ImportState.FAILED ]: __( 'The import failed', 'nxt-cloud-chat' ),
		[ ImportState.UNDONE ]: __( 'The import was undone', 'nxt-cloud-chat' ),
	}[ item.state as number ];
	return (
		<Fragment>
			<StepHeading>{ heading ?? stateLabel( item ) }</StepHeading>
			<p>
				<strong>{ sourceName( item ) }</strong>
				{ item.finished_ms > 0 && `, ${ dateTime( item.finished_ms ) }` }
				{ item.user && `, ${ item.user.name }` }
			</p>
			{ item.state === ImportState.FAILED && (
				<Notice kind="error">
					<p>{ item.error || __( 'The reason is in the PHP error log of the site.', 'nxt-cloud-chat' ) }</p>
				</Notice>
			) }
			{ item.state === ImportState.CANCELLED && <p>{ item.added + item.changed > 0 ? __( 'What was imported until then stays. You can undo it.', 'nxt-cloud-chat' ) : __( 'Nothing was changed.', 'nxt-cloud-chat' ) }</p> }
			{ item.state === ImportState.UNDONE ? <Undone item={ item } /> : <Report item={ item } isDry={ false } /> }
			<Actions item={ item } canDiscard={ false }>
				{ ( act, isBusy ) => (
					<Fragment>
						{ ( isDone || item.state === ImportState.CANCELLED ) && item.added > 0 && (
							<a className="button button-primary" href={ href( 'contacts', null, { import: item.id } ) }>
								{ __( 'Show the new contacts', 'nxt-cloud-chat' ) }
							</a>
						) }
						{ item.has_rejects && (
							<button type="button" className="button" disabled={ isBusy } onClick={ () => act( () => saveRejects( item ) ) }>
								{ __( 'Download the rows left out', 'nxt-cloud-chat' ) }
							</button>
						) }
						{ item.can_undo && (
							<button type="button" className="button" disabled={ isBusy } onClick={ () => setAsking( true ) }>
								{ __( 'Undo this import', 'nxt-cloud-chat' ) }
							</button>
						) }
						<a className="button" href={ href( 'import' ) }>
							{ __( 'Import something else', 'nxt-cloud-chat' ) }
						</a>
						{ isAsking && (
							<Confirm
								title={ __( 'Undo this import?', 'nxt-cloud-chat' ) }
								action={ __( 'Undo it', 'nxt-cloud-chat' ) }
								isBusy={ isBusy }
								onConfirm={ () => {
									setAsking( false );
									act( () => undo( item.id ) );
								} }
								onClose={ () => setAsking( false ) }
							>
								<p>
									{ sprintf(
										/* translators: 1, 2: "1,234 people" */
										__( '%1$s that came with it are removed, and %2$s get back what they had.', 'nxt-cloud-chat' ),
										people( item.added ),
										people( item.changed )
									) }
								</p>
								<p>{ __( 'People stay with whom something has happened since: a message, an edit, another group. Who is unsubscribed stays so, also when this list said it.', 'nxt-cloud-chat' ) }</p>
							</Confirm>
						) }
					</Fragment>
				) }
			</Actions>
		</Fragment>
	);
}

function Undone( { item }: { item: Import } ) {
	const undone = item.report?.undo;
	if ( ! undone ) {
		return null;
	}
	return (
		<ul className="ul-disc">
			<li>{ sprintf( /* translators: %s: "1,234 people" */ __( '%s were removed again.', 'nxt-cloud-chat' ), people( undone.removed ) ) }</li>
			{ undone.restored > 0 && <li>{ sprintf( /* translators: %s: "1,234 people" */ __( '%s have again what they had before.', 'nxt-cloud-chat' ), people( undone.restored ) ) }</li> }
			{ undone.kept > 0 && (
				<li>
					{ sprintf( /* translators: %s: "1,234 people" */ __( '%s stayed:', 'nxt-cloud-chat' ), people( undone.kept ) ) }
					<ul className="ul-disc">
						{ Object.entries( undone.kept_why ?? {} ).map( ( [ why, count ] ) => (
							<li key={ why }>
								{ sprintf( /* translators: 1: "1,234 people", 2: why they stay */ __( '%1$s: %2$s', 'nxt-cloud-chat' ), people( count ), keptLabel( why ) ) }
							</li>
						) ) }
					</ul>
				</li>
			) }
		</ul>
	);
}
