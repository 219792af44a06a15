/** Deleting a template: what depends on it, one language or all. */
import { createElement, Fragment, useEffect, useState } from '@wordpress/element';
import { __, sprintf } from '@wordpress/i18n';

import type { ApiError } from '../core/error';
import { languageName } from '../core/places';
import { Confirm, ErrorNotice, Notice } from '../core/ui';
import { asError, remove } from './actions';
import { fetchTemplate } from './api';
import type { Template, TemplateDetail, Use } from './types';
import { nameOf } from './words';

export function Remove( { template, onClose, onDone }: { template: Template; onClose: () => void; onDone: () => void } ) {
	const [ detail, setDetail ] = useState< TemplateDetail | null >( null );
	const [ allLanguages, setAllLanguages ] = useState( false );
	const [ isBusy, setBusy ] = useState( false );
	const [ error, setError ] = useState< ApiError | null >( null );
	useEffect( () => {
		let isOpen = true;
		// Without it the server still refuses what is in use.
		fetchTemplate( template.id ).then( ( loaded ) => isOpen && setDetail( loaded ), () => undefined );
		return () => {
			isOpen = false;
		};
	}, [ template.id ] );

	// What only sent it once does not miss it.
	const uses = detail?.uses.filter( ( { critical } ) => critical ) ?? ( error?.code === 'nxtchat_template_used' ? ( error.data.uses as Use[] | undefined ) ?? [] : [] );
	const others = ( detail?.languages ?? [] ).filter( ( { id, status } ) => id !== template.id && status !== 'GONE' );
	const wasGiven = template.meta_id !== '';
	return (
		<Confirm
			/* translators: %s: name of a template */
			title={ sprintf( __( 'Delete %s?', 'nxt-cloud-chat' ), nameOf( template ) ) }
			action={ uses.length ? __( 'Delete all the same', 'nxt-cloud-chat' ) : __( 'Delete', 'nxt-cloud-chat' ) }
			isBusy={ isBusy }
			onClose={ onClose }
			onConfirm={ async () => {
				setBusy( true );
				setError( null );
				try {
					await remove( template, { allLanguages, force: uses.length > 0 } );
					onDone();
				} catch ( reason ) {
					setError( asError( reason ) );
					setBusy( false );
				}
			} }
		>
			{ error && <ErrorNotice error={ error } /> }
			{ uses.length > 0 && (
				<Notice kind="warning">
					<p>{ __( 'This needs the template and would no longer work:', 'nxt-cloud-chat' ) }</p>
					<UseList uses={ uses } />
				</Notice>
			) }
			{ wasGiven ? (
				<Fragment>
					<p>
						{ /* translators: %s: a language */ sprintf( __( 'WhatsApp deletes it too (%s).', 'nxt-cloud-chat' ), languageName( template.language ) ) }{ ' ' }
						{ ( template.status === 'APPROVED' || ( allLanguages && others.some( ( { status } ) => status === 'APPROVED' ) ) ) && __( 'For 30 days no other template may have its name.', 'nxt-cloud-chat' ) }
					</p>
					<p>{ __( 'Messages that were sent with it stay in the conversations.', 'nxt-cloud-chat' ) }</p>
				</Fragment>
			) : (
				<p>{ __( 'WhatsApp never got this draft. It is gone for good.', 'nxt-cloud-chat' ) }</p>
			) }
			{ others.length > 0 && (
				<label className="nxtchat-choice">
					<input type="checkbox" checked={ allLanguages } onChange={ ( event ) => setAllLanguages( event.target.checked ) } />
					<span>
						{ sprintf(
							/* translators: %s: languages, as in "German, French" */
							__( 'In its other languages too: %s', 'nxt-cloud-chat' ),
							others.map( ( { language } ) => languageName( language ) ).join( ', ' )
						) }
					</span>
				</label>
			) }
		</Confirm>
	);
}

/** What needs a template, with the way there. */
export const UseList = ( { uses }: { uses: Use[] } ) => (
	<ul className="nxtchat-uses">
		{ uses.map( ( { label, url }, index ) => (
			<li key={ index }>{ url ? <a href={ url }>{ label }</a> : label }</li>
		) ) }
	</ul>
);
