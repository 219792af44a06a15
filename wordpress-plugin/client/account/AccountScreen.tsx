/** The account screen: the numbers of this site, or the guide to the first one. */
import { createElement, Fragment, useEffect, useState } from '@wordpress/element';
import { __ } from '@wordpress/i18n';

import { boot } from '../core/boot';
import type { ApiError } from '../core/error';
import { useStore } from '../core/store';
import { ErrorNotice, LoadError, Notice, Skeleton } from '../core/ui';
import { accounts, asError, confirmHome, load, test } from './actions';
import { Card } from './Card';
import { Form } from './Form';
import { Guide } from './Guide';
import { SettingsBox } from './SettingsBox';
import '../core/form.css';
import './account.css';

export function AccountScreen() {
	const list = useStore( accounts, ( state ) => state.accounts );
	const isLoaded = useStore( accounts, ( state ) => state.isLoaded );
	const error = useStore( accounts, ( state ) => state.error );
	const settings = useStore( accounts, ( state ) => state.settings );
	const [ isAdding, setAdding ] = useState( false );
	const [ guide, setGuide ] = useState< 'unknown' | 'shown' | 'closed' >( 'unknown' );

	useEffect( () => void load(), [] );

	// The guide stays open over the moment when the first account appears.
	if ( isLoaded && guide === 'unknown' ) {
		setGuide( list.length ? 'closed' : 'shown' );
	}
	const hasClone = list.some( ( account ) => account.is_clone );
	return (
		<div className="nxtchat-screen nxtchat-narrow">
			<h1 className="wp-heading-inline">{ __( 'Accounts', 'nxt-cloud-chat' ) }</h1>
			{ isLoaded && guide === 'closed' && ! isAdding && (
				<button type="button" className="page-title-action" onClick={ () => setAdding( true ) }>
					{ __( 'Add a number', 'nxt-cloud-chat' ) }
				</button>
			) }
			{ hasClone && <CloneWarning /> }
			{ ! isLoaded &&
				( error ? (
					<LoadError error={ error } onRetry={ () => void load() } />
				) : (
					<Skeleton rows={ 4 } label={ __( 'Loading accounts', 'nxt-cloud-chat' ) } />
				) ) }
			{ isLoaded && guide === 'shown' && <Guide onDone={ () => setGuide( 'closed' ) } /> }
			{ isLoaded && guide === 'closed' && (
				<Fragment>
					{ isAdding && (
						<section className="nxtchat-card" aria-labelledby="nxtchat-add">
							<h2 id="nxtchat-add">{ __( 'Add a number', 'nxt-cloud-chat' ) }</h2>
							<Form
								account={ null }
								onCancel={ () => setAdding( false ) }
								onSaved={ ( { id } ) => {
									setAdding( false );
									void test( id );
								} }
							/>
						</section>
					) }
					{ list.map( ( account ) => (
						<Card key={ account.id } account={ account } />
					) ) }
					{ ! list.length && ! isAdding && (
						<p>
							<button type="button" className="button button-primary" onClick={ () => setGuide( 'shown' ) }>
								{ __( 'Connect a number', 'nxt-cloud-chat' ) }
							</button>
						</p>
					) }
				</Fragment>
			) }
			{ settings && guide === 'closed' && <SettingsBox settings={ settings } /> }
		</div>
	);
}

function CloneWarning() {
	const [ error, setError ] = useState< ApiError | null >( null );
	const [ isBusy, setBusy ] = useState( false );
	const [ isCopy, setCopy ] = useState( boot.is_copy );
	const decide = async ( as: 'live' | 'copy' ) => {
		setBusy( true );
		setError( null );
		try {
			await confirmHome( as );
			setCopy( as === 'copy' );
		} catch ( reason ) {
			setError( asError( reason ) );
		}
		setBusy( false );
	};
	return (
		<Notice kind="warning">
			<p>
				<strong>
					{ isCopy
						? __( 'This site is a copy: nothing is sent.', 'nxt-cloud-chat' )
						: __( 'This site’s address has changed since the number was connected.', 'nxt-cloud-chat' ) }
				</strong>
			</p>
			{ ! isCopy && (
				<p>
					{ __( 'If this is a copy (a staging site, a backup), it must not write to your customers. Nothing is sent until you decide.', 'nxt-cloud-chat' ) }
				</p>
			) }
			<p className="nxtchat-account__actions">
				{ ! isCopy && (
					<button type="button" className="button button-primary" disabled={ isBusy } onClick={ () => void decide( 'copy' ) }>
						{ __( 'This is a copy', 'nxt-cloud-chat' ) }
					</button>
				) }
				<button type="button" className="button" disabled={ isBusy } onClick={ () => void decide( 'live' ) }>
					{ __( 'This is the live site now', 'nxt-cloud-chat' ) }
				</button>
			</p>
			{ error && <ErrorNotice error={ error } /> }
		</Notice>
	);
}
