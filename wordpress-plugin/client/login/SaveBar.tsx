/** What is not saved yet, what was, and what went wrong with it: at the lower edge of the window, on all tabs. */
import { createElement, Fragment, useEffect, useRef } from '@wordpress/element';
import { __ } from '@wordpress/i18n';

import { focusMistake } from '../core/form';
import { Icon } from '../core/icons';
import { useStore } from '../core/store';
import { go, useRoute } from './router';
import { discard, login, pending, save, undo } from './session';
import { href, tabOf } from './settings';

export function SaveBar() {
	const tab = useRoute();
	const phase = useStore( login, ( state ) => state.phase );
	const error = useStore( login, ( state ) => state.saveError );
	const undoable = useStore( login, ( state ) => state.undo );
	useStore( login, ( state ) => state.draft );
	useStore( login, ( state ) => state.data );
	const isDirty = Object.keys( pending() ).length > 0;
	const isDone = ! isDirty && ( phase === 'saved' || phase === 'undone' );
	/** The tab of the mistake, once: from there on people go where they like. */
	const wanted = useRef< string | null >( null );

	useEffect( () => {
		if ( ! isDirty ) {
			return;
		}
		const ask = ( event: BeforeUnloadEvent ) => event.preventDefault();
		addEventListener( 'beforeunload', ask );
		return () => removeEventListener( 'beforeunload', ask );
	}, [ isDirty ] );
	useEffect( () => {
		if ( wanted.current === tab ) {
			wanted.current = null;
			focusMistake( document.querySelector( '.nxtchat-loginscreen' ) );
		}
	}, [ tab, error ] );

	const submit = async () => {
		if ( await save() ) {
			return;
		}
		const path = login.get().saveError?.problems[ 0 ]?.path;
		if ( path !== undefined ) {
			const place = tabOf( path );
			if ( place === tab ) {
				focusMistake( document.querySelector( '.nxtchat-loginscreen' ) );
			} else {
				wanted.current = place;
				go( href( place ) );
			}
		}
	};
	if ( ! isDirty && ! isDone && ! error ) {
		return null;
	}
	return (
		<div className={ `nxtchat-savebar${ error ? ' is-error' : isDone ? ' is-done' : '' }` } role="region" aria-label={ __( 'Saving', 'nxt-cloud-chat' ) }>
			<span role={ error ? 'alert' : 'status' }>
				{ error ? (
					<Fragment>
						<strong>{ error.message }</strong> { error.remedy }
					</Fragment>
				) : isDone ? (
					phase === 'saved' ? (
						__( 'Saved.', 'nxt-cloud-chat' )
					) : (
						__( 'Undone.', 'nxt-cloud-chat' )
					)
				) : (
					__( 'Changes are not saved yet.', 'nxt-cloud-chat' )
				) }
			</span>
			{ isDone && phase === 'saved' && undoable && (
				<button type="button" className="button" onClick={ () => void undo() }>
					{ __( 'Undo', 'nxt-cloud-chat' ) }
				</button>
			) }
			{ isDirty ? (
				<Fragment>
					<button type="button" className="button" disabled={ phase === 'busy' } onClick={ discard }>
						{ __( 'Discard', 'nxt-cloud-chat' ) }
					</button>
					<button type="button" className="button button-primary" disabled={ phase === 'busy' } onClick={ () => void submit() }>
						{ phase === 'busy' ? __( 'Saving…', 'nxt-cloud-chat' ) : __( 'Save settings', 'nxt-cloud-chat' ) }
					</button>
				</Fragment>
			) : (
				<button type="button" className="nxtchat-iconbutton" aria-label={ __( 'Dismiss this notice.', 'nxt-cloud-chat' ) } onClick={ () => login.dispatch( { phase: 'idle', saveError: null } ) }>
					<Icon name="cross" size={ 18 } />
				</button>
			) }
		</div>
	);
}
