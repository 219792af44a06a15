/** One person: who they are, what they agreed to, what happened. */
import { createElement, Fragment, useEffect, useRef, useState } from '@wordpress/element';
import { __, sprintf } from '@wordpress/i18n';

import { boot } from '../core/boot';
import type { ApiError } from '../core/error';
import { Icon } from '../core/icons';
import { Menu } from '../core/menu';
import { countryName, languageName } from '../core/places';
import { useStore } from '../core/store';
import type { ContactFull } from '../core/types';
import { Avatar, Confirm, Empty, ErrorNotice, LoadError, Notice, Skeleton } from '../core/ui';
import { asError, directory, loadFields, loadGroups } from '../group/store';
import { deleteContact } from './api';
import { ConsentCard } from './ConsentCard';
import { DetailsCard } from './DetailsCard';
import { GroupsCard } from './GroupsCard';
import { IdentityCard } from './IdentityCard';
import { DeleteWords } from './ListTable';
import { MergeDialog } from './MergeDialog';
import { MessagesCard } from './MessagesCard';
import { NotesCard } from './NotesCard';
import { dismiss, loadContact, openPage, page, saveExport, splitMerge, undoEdit } from './page-actions';
import { currentRoute, go, href, type Route } from './router';
import { TimelineCard } from './TimelineCard';
import { contactName } from './words';
import '../core/events.css';
import './person.css';

export function ContactPage( { route }: { route: Route } ) {
	const id = route.id ?? 0;
	const shown = useStore( page, ( state ) => state.id );
	const contact = useStore( page, ( state ) => state.contact );
	const error = useStore( page, ( state ) => state.errors.contact );
	useEffect( () => {
		void openPage( id );
		const known = directory.get();
		void ( known.groups ?? loadGroups() );
		void ( known.fields ?? loadFields() );
	}, [ id ] );

	return (
		<div className="nxtchat-person">
			<p className="nxtchat-person__back">
				<a href={ href( 'contacts' ) } onClick={ back }>
					<Icon name="back" size={ 18 } />
					{ __( 'All contacts', 'nxt-cloud-chat' ) }
				</a>
			</p>
			{ contact && shown === id ? (
				<Person contact={ contact } mergeWith={ Number( route.query.merge ) || 0 } />
			) : (
				<div className="nxtchat-card">
					{ error && shown === id ? (
						error.code === 'nxtchat_no_contact' ? (
							<Empty icon="people" title={ error.message }>
								<p>{ error.remedy }</p>
								<a className="button" href={ href( 'contacts' ) }>
									{ __( 'Show all contacts', 'nxt-cloud-chat' ) }
								</a>
							</Empty>
						) : (
							<LoadError error={ error } onRetry={ () => void loadContact( id ) } />
						)
					) : (
						<Skeleton rows={ 6 } label={ __( 'Loading the contact', 'nxt-cloud-chat' ) } />
					) }
				</div>
			) }
		</div>
	);
}

/** Back to the list as it was left: filters, page and place in it. */
function back( event: { preventDefault: () => void } ): void {
	if ( cameFromList ) {
		event.preventDefault();
		history.back();
	}
}
let cameFromList = false;
addEventListener( 'hashchange', ( { oldURL, newURL } ) => {
	cameFromList = /#\/(\?.*)?$/.test( oldURL ) && newURL.includes( '#/contact/' );
} );

function Person( { contact, mergeWith }: { contact: ContactFull; mergeWith: number } ) {
	const [ isMerging, setMerging ] = useState( false );
	const [ isRemoving, setRemoving ] = useState( false );
	const head = useRef< HTMLHeadingElement >( null );
	useEffect( () => {
		head.current?.focus( { preventScroll: true } );
	}, [ contact.id ] );

	const name = contactName( contact );
	const facts = [
		contact.phone_display !== name && contact.phone_display,
		contact.username && `@${ contact.username }` !== name && `@${ contact.username }`,
		countryName( contact.country ),
		languageName( contact.language ),
	].filter( Boolean );
	return (
		<Fragment>
			<div className="nxtchat-person__head">
				<Avatar id={ contact.id } name={ contact.name } size="large" />
				<div className="nxtchat-person__who">
					<h2 ref={ head } tabIndex={ -1 }>
						<bdi>{ name }</bdi>
					</h2>
					<p>
						{ facts.map( ( fact, index ) => (
							<Fragment key={ index }>
								{ index > 0 && ' · ' }
								<bdi>{ fact }</bdi>
							</Fragment>
						) ) }
					</p>
				</div>
				<div className="nxtchat-person__actions">
					{ contact.conversation_id && (
						<a className="button button-primary" href={ `${ boot.links.inbox }&conversation=${ contact.conversation_id }` }>
							<Icon name="chat" size={ 18 } />
							{ __( 'Open conversation', 'nxt-cloud-chat' ) }
						</a>
					) }
					<Menu
						label={ __( 'More', 'nxt-cloud-chat' ) }
						items={ [
							...( boot.caps.contacts
								? [
										{ label: __( 'Merge with another contact…', 'nxt-cloud-chat' ), onClick: () => setMerging( true ) },
										{ label: __( 'Save everything as a file (JSON)', 'nxt-cloud-chat' ), onClick: () => void saveExport( contact ) },
								  ]
								: [] ),
							{ label: __( 'All messages', 'nxt-cloud-chat' ), href: `${ boot.links.history }&contact=${ contact.id }` },
							...( boot.caps.contacts ? [ { label: __( 'Delete for ever…', 'nxt-cloud-chat' ), onClick: () => setRemoving( true ), isDestructive: true } ] : [] ),
						] }
					/>
				</div>
			</div>
			<Told id={ contact.id } />
			<div className="nxtchat-person__columns">
				<div>
					<DetailsCard key={ contact.id } contact={ contact } />
					<ConsentCard contact={ contact } />
					<MessagesCard contact={ contact } />
					<TimelineCard contact={ contact } />
				</div>
				<div>
					<GroupsCard contact={ contact } />
					<NotesCard contact={ contact } />
					<IdentityCard contact={ contact } />
				</div>
			</div>
			{ ( isMerging || mergeWith > 0 ) && boot.caps.contacts && (
				<MergeDialog
					contact={ contact }
					with={ mergeWith }
					onClose={ () => {
						setMerging( false );
						// Not when the merge itself led elsewhere.
						if ( mergeWith && currentRoute().id === contact.id ) {
							go( href( 'contacts', contact.id ), { replace: true } );
						}
					} }
				/>
			) }
			{ isRemoving && <Remove contact={ contact } onClose={ () => setRemoving( false ) } /> }
		</Fragment>
	);
}

/** What was just done, with the way back. */
function Told( { id }: { id: number } ) {
	const told = useStore( page, ( state ) => state.told );
	const [ isBusy, setBusy ] = useState( false );
	if ( ! told ) {
		return null;
	}
	const undo = async () => {
		setBusy( true );
		await ( told.undoMerge ? splitMerge( id, told.undoMerge ) : undoEdit( id, told.undoLog ) );
		setBusy( false );
	};
	return (
		<div className="nxtchat-told">
			<Notice kind={ told.kind } onDismiss={ dismiss }>
				<p>
					{ told.text }{ ' ' }
					{ ( told.undoLog > 0 || told.undoMerge > 0 ) && (
						<button type="button" className="button-link" disabled={ isBusy } onClick={ () => void undo() }>
							{ __( 'Undo', 'nxt-cloud-chat' ) }
						</button>
					) }
				</p>
			</Notice>
		</div>
	);
}

function Remove( { contact, onClose }: { contact: ContactFull; onClose: () => void } ) {
	const [ isBusy, setBusy ] = useState( false );
	const [ error, setError ] = useState< ApiError | null >( null );
	const name = contactName( contact );
	return (
		<Confirm
			/* translators: %s: name of a person */
			title={ sprintf( __( 'Delete %s?', 'nxt-cloud-chat' ), name ) }
			action={ __( 'Delete for ever', 'nxt-cloud-chat' ) }
			isBusy={ isBusy }
			onClose={ onClose }
			onConfirm={ async () => {
				setBusy( true );
				setError( null );
				try {
					await deleteContact( contact.id );
					go( href( 'contacts' ) );
				} catch ( reason ) {
					setError( asError( reason ) );
					setBusy( false );
				}
			} }
		>
			{ error && <ErrorNotice error={ error } /> }
			<DeleteWords />
		</Confirm>
	);
}
