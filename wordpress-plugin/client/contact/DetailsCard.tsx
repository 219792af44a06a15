/** Details and custom fields: read, and edited in place. */
import { createElement, Fragment, useEffect, useRef, useState } from '@wordpress/element';
import { __, sprintf } from '@wordpress/i18n';
import type { ReactNode } from 'react';

import { boot } from '../core/boot';
import { ApiError } from '../core/error';
import { countryName, languageName } from '../core/places';
import { useStore } from '../core/store';
import { dateTime } from '../core/time';
import type { ContactFull } from '../core/types';
import { directory } from '../group/store';
import { ContactForm } from './ContactForm';
import { loadContact, saveDetails } from './page-actions';
import { href } from './router';
import { fieldValue, sourceLabel } from './words';

export function DetailsCard( { contact }: { contact: ContactFull } ) {
	const [ isEditing, setEditing ] = useState( false );
	const fields = useStore( directory, ( state ) => state.fields ) ?? [];
	const edit = useRef< HTMLButtonElement >( null );
	const wasEditing = useRef( false );
	useEffect( () => {
		if ( wasEditing.current && ! isEditing ) {
			edit.current?.focus();
		}
		wasEditing.current = isEditing;
	}, [ isEditing ] );

	return (
		<section className="nxtchat-card" aria-labelledby="nxtchat-details">
			<div className="nxtchat-card__head">
				<h2 id="nxtchat-details">{ __( 'Details', 'nxt-cloud-chat' ) }</h2>
				{ boot.caps.contacts && ! isEditing && (
					<button ref={ edit } type="button" className="button" onClick={ () => setEditing( true ) }>
						{ __( 'Edit', 'nxt-cloud-chat' ) }
					</button>
				) }
			</div>
			{ isEditing ? (
				<ContactForm
					initial={ {
						name: contact.own_name,
						phone: contact.phone,
						email: contact.email,
						country: contact.country,
						language: contact.language,
						groups: [],
						fields: contact.fields,
					} }
					contactId={ contact.id }
					profileName={ contact.profile_name }
					fields={ fields }
					onCancel={ () => setEditing( false ) }
					onSave={ async ( change ) => {
						try {
							await saveDetails( contact, change );
							setEditing( false );
						} catch ( reason ) {
							// Somebody else saved meanwhile: what they wrote is shown around the form; saving again is meant.
							if ( reason instanceof ApiError && reason.code === 'nxtchat_changed' ) {
								await loadContact( contact.id );
							}
							throw reason;
						}
					} }
				/>
			) : (
				<Fragment>
					<dl className="nxtchat-facts">
						<Fact label={ __( 'Name', 'nxt-cloud-chat' ) } value={ contact.name }>
							{ contact.own_name && contact.profile_name && contact.own_name !== contact.profile_name && (
								<span className="nxtchat-soft">
									{ /* translators: %s: a name */ sprintf( __( 'On WhatsApp: %s', 'nxt-cloud-chat' ), contact.profile_name ) }
								</span>
							) }
						</Fact>
						<Fact label={ __( 'Phone', 'nxt-cloud-chat' ) } value={ contact.phone_display || contact.phone } />
						<Fact label={ __( 'Email', 'nxt-cloud-chat' ) } value={ contact.email } link={ `mailto:${ contact.email }` } />
						<Fact label={ __( 'Country', 'nxt-cloud-chat' ) } value={ countryName( contact.country ) } />
						<Fact label={ __( 'Language', 'nxt-cloud-chat' ) } value={ languageName( contact.language ) } />
						{ fields.map( ( field ) => (
							<Fact key={ field.id } label={ field.label } value={ fieldValue( field, contact.fields[ field.name ] ?? '' ) } />
						) ) }
						{ contact.user && <Fact label={ __( 'WordPress user', 'nxt-cloud-chat' ) } value={ contact.user.name } link={ contact.user.edit_url } /> }
					</dl>
					<p className="nxtchat-soft nxtchat-person__since">
						{ sprintf(
							/* translators: 1: date and time, 2: where from, as in "Import" */
							__( 'Added %1$s · %2$s', 'nxt-cloud-chat' ),
							dateTime( contact.created_ms ),
							sourceLabel( contact.source )
						) }
						{ contact.import_id > 0 && boot.caps.contacts && (
							<Fragment>
								{ ' · ' }
								<a href={ href( 'import', contact.import_id ) }>{ __( 'the import', 'nxt-cloud-chat' ) }</a>
							</Fragment>
						) }
					</p>
				</Fragment>
			) }
		</section>
	);
}

const Fact = ( { label, value, link, children }: { label: string; value: string; link?: string; children?: ReactNode } ) => (
	<div>
		<dt>{ label }</dt>
		<dd>
			{ value ? link ? <a href={ link }>{ value }</a> : <bdi>{ value }</bdi> : <span className="nxtchat-soft">—</span> }
			{ children }
		</dd>
	</div>
);
