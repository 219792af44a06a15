/** Notes of the staff about a person. */
import { createElement, useState } from '@wordpress/element';
import { __ } from '@wordpress/i18n';

import { boot, serverNow } from '../core/boot';
import { ContactLog } from '../core/enums';
import { Control, FormActions } from '../core/form';
import { useStore } from '../core/store';
import { dateTime, timeAgo } from '../core/time';
import type { ContactFull, LogItem } from '../core/types';
import { addNote, page, removeNote, saveNote } from './page-actions';

/** Longest note, characters. */
const MAX_NOTE = 5000;

export function NotesCard( { contact }: { contact: ContactFull } ) {
	const log = useStore( page, ( state ) => state.log );
	const [ text, setText ] = useState( '' );
	const [ isBusy, setBusy ] = useState( false );
	const notes = ( log ?? [] ).filter( ( { kind } ) => kind === ContactLog.NOTE );
	return (
		<section className="nxtchat-card" aria-labelledby="nxtchat-notes">
			<h2 id="nxtchat-notes">{ __( 'Notes', 'nxt-cloud-chat' ) }</h2>
			{ boot.caps.contacts && (
				<form
					onSubmit={ async ( event ) => {
						event.preventDefault();
						if ( ! text.trim() ) {
							return;
						}
						setBusy( true );
						if ( await addNote( contact.id, text.trim() ) ) {
							setText( '' );
						}
						setBusy( false );
					} }
				>
					<Control
						type="textarea"
						label={ <span className="screen-reader-text">{ __( 'New note', 'nxt-cloud-chat' ) }</span> }
						placeholder={ __( 'Only your team sees notes.', 'nxt-cloud-chat' ) }
						value={ text }
						maxLength={ MAX_NOTE }
						onChange={ setText }
					/>
					<button type="submit" className="button" disabled={ isBusy || ! text.trim() }>
						{ __( 'Add note', 'nxt-cloud-chat' ) }
					</button>
				</form>
			) }
			{ ! notes.length && ! boot.caps.contacts && <p className="nxtchat-soft">{ __( 'No notes.', 'nxt-cloud-chat' ) }</p> }
			<ul className="nxtchat-notes">
				{ notes.map( ( note ) => (
					<Note key={ note.id } contact={ contact.id } note={ note } />
				) ) }
			</ul>
		</section>
	);
}

function Note( { contact, note }: { contact: number; note: LogItem } ) {
	const [ draft, setDraft ] = useState< string | null >( null );
	const [ isAsked, setAsked ] = useState( false );
	const [ isBusy, setBusy ] = useState( false );
	if ( draft !== null ) {
		return (
			<li>
				<form
					onSubmit={ async ( event ) => {
						event.preventDefault();
						setBusy( true );
						if ( draft.trim() && ( await saveNote( contact, note.id, draft.trim() ) ) ) {
							setDraft( null );
						}
						setBusy( false );
					} }
				>
					<Control
						type="textarea"
						label={ <span className="screen-reader-text">{ __( 'Note', 'nxt-cloud-chat' ) }</span> }
						value={ draft }
						maxLength={ MAX_NOTE }
						onChange={ setDraft }
					/>
					<FormActions isBusy={ isBusy } onCancel={ () => setDraft( null ) } />
				</form>
			</li>
		);
	}
	return (
		<li>
			<p className="nxtchat-notes__text" dir="auto">
				{ note.text }
			</p>
			<p className="nxtchat-soft">
				{ note.user?.name }
				{ note.user && ' · ' }
				<time title={ dateTime( note.at_ms ) }>{ timeAgo( note.at_ms, serverNow() ) }</time>
				{ boot.caps.contacts && (
					<span className="nxtchat-notes__actions">
						<button type="button" className="button-link" onClick={ () => setDraft( note.text ) }>
							{ __( 'Edit', 'nxt-cloud-chat' ) }
						</button>
						{ isAsked ? (
							<button type="button" className="button-link button-link-delete" disabled={ isBusy } onBlur={ () => setAsked( false ) } onClick={ () => void removeNote( contact, note.id ) }>
								{ __( 'Really delete?', 'nxt-cloud-chat' ) }
							</button>
						) : (
							<button type="button" className="button-link button-link-delete" onClick={ () => setAsked( true ) }>
								{ __( 'Delete', 'nxt-cloud-chat' ) }
							</button>
						) }
					</span>
				) }
			</p>
		</li>
	);
}
