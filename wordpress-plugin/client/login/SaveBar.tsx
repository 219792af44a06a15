/** What is not saved yet, and what was: below the tabs, on all of them. */
import { createElement, Fragment, useEffect } from '@wordpress/element';
import { __ } from '@wordpress/i18n';

import { focusMistake } from '../core/form';
import { useStore } from '../core/store';
import { ErrorNotice, Notice } from '../core/ui';
import { go } from './router';
import { discard, login, pending, save, undo } from './session';
import { href, tabOf } from './settings';

export function SaveBar() {
	const phase = useStore( login, ( state ) => state.phase );
	const error = useStore( login, ( state ) => state.saveError );
	const undoable = useStore( login, ( state ) => state.undo );
	useStore( login, ( state ) => state.draft );
	useStore( login, ( state ) => state.data );
	const isDirty = Object.keys( pending() ).length > 0;

	useEffect( () => {
		if ( ! isDirty ) {
			return;
		}
		const ask = ( event: BeforeUnloadEvent ) => event.preventDefault();
		addEventListener( 'beforeunload', ask );
		return () => removeEventListener( 'beforeunload', ask );
	}, [ isDirty ] );

	const submit = async () => {
		if ( ! ( await save() ) ) {
			const path = login.get().saveError?.problems[ 0 ]?.path;
			if ( path !== undefined ) {
				go( href( tabOf( path ) ) );
				focusMistake( document.querySelector( '.nxtchat-loginscreen' ) );
			}
		}
	};
	return (
		<Fragment>
			{ error && <ErrorNotice error={ error } onDismiss={ () => login.dispatch( { saveError: null } ) } /> }
			{ ! isDirty && ( phase === 'saved' || phase === 'undone' ) && (
				<Notice kind="success" onDismiss={ () => login.dispatch( { phase: 'idle' } ) }>
					<p>
						{ phase === 'saved' ? __( 'Saved.', 'nxt-cloud-chat' ) : __( 'Undone.', 'nxt-cloud-chat' ) }{ ' ' }
						{ phase === 'saved' && undoable && (
							<button type="button" className="button-link" onClick={ () => void undo() }>
								{ __( 'Undo', 'nxt-cloud-chat' ) }
							</button>
						) }
					</p>
				</Notice>
			) }
			{ isDirty && (
				<div className="nxtchat-savebar" role="region" aria-label={ __( 'Unsaved changes', 'nxt-cloud-chat' ) }>
					<span>{ __( 'There are changes that are not saved yet.', 'nxt-cloud-chat' ) }</span>
					<button type="button" className="button" disabled={ phase === 'busy' } onClick={ discard }>
						{ __( 'Discard', 'nxt-cloud-chat' ) }
					</button>
					<button type="button" className="button button-primary" disabled={ phase === 'busy' } onClick={ () => void submit() }>
						{ phase === 'busy' ? __( 'Saving…', 'nxt-cloud-chat' ) : __( 'Save settings', 'nxt-cloud-chat' ) }
					</button>
				</div>
			) }
		</Fragment>
	);
}
