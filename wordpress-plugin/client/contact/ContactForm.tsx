/** The details of a person as a form: for a new one and for one that is there. */
import { createElement, Fragment, useRef, useState } from '@wordpress/element';
import { __, sprintf } from '@wordpress/i18n';

import { Control, fieldErrors, focusMistake, FormActions, isToldAtFields, otherProblems, type FieldErrors } from '../core/form';
import type { ApiError } from '../core/error';
import { countryOptions, languageOptions } from '../core/places';
import type { Field, Group } from '../core/types';
import { Notice } from '../core/ui';
import { asError } from '../group/store';
import type { ContactInput } from './api';
import { difference, type Draft } from './draft';
import { FieldControl } from './FieldControl';
import { href } from './router';

interface Props {
	initial: Draft;
	/** WhatsApp's own name, shown in the empty field. */
	profileName?: string;
	fields: Field[];
	/** Only for a new one: existing people have a card for their groups. */
	groups?: Group[];
	/** 0: a new one. */
	contactId?: number;
	saveLabel?: string;
	onSave: ( change: ContactInput ) => Promise< void >;
	onCancel: () => void;
}

export function ContactForm( { initial, profileName = '', fields, groups, contactId = 0, saveLabel, onSave, onCancel }: Props ) {
	const isNew = contactId === 0;
	const [ draft, setDraft ] = useState( initial );
	const [ errors, setErrors ] = useState< FieldErrors >( {} );
	const [ failure, setFailure ] = useState< ApiError | null >( null );
	const [ isBusy, setBusy ] = useState( false );
	const [ isShared, setShared ] = useState( false );
	const form = useRef< HTMLFormElement >( null );
	const set = ( change: Partial< Draft > ) => setDraft( { ...draft, ...change } );
	const error = ( name: string ) => errors[ name ];
	const clear = ( name: string ) => errors[ name ] && setErrors( { ...errors, [ name ]: undefined } );

	const submit = async () => {
		if ( isNew && ! draft.phone.trim() ) {
			setErrors( { phone: __( 'A phone number is needed: it is how WhatsApp finds the person.', 'nxt-cloud-chat' ) } );
			focusMistake( form.current );
			return;
		}
		const change = difference( initial, draft );
		if ( ! Object.keys( change ).length ) {
			onCancel();
			return;
		}
		setBusy( true );
		setFailure( null );
		setErrors( {} );
		try {
			await onSave( isShared ? { ...change, same_email: true } : change );
		} catch ( reason ) {
			const found = asError( reason );
			setErrors( fieldErrors( found ) );
			setFailure( found );
			setBusy( false );
			focusMistake( form.current );
		}
	};
	// Whose number this is already.
	const other = failure?.code === 'nxtchat_contact_exists' ? ( failure.data.contact as { id: number; name: string } | undefined ) : undefined;
	const known = [ 'name', 'phone', 'email', 'country', 'language', ...fields.map( ( { name } ) => `fields.${ name }` ) ];
	const others = failure ? otherProblems( failure, known ) : [];
	return (
		<form
			ref={ form }
			className="nxtchat-form"
			noValidate
			autoComplete="off"
			onSubmit={ ( event ) => {
				event.preventDefault();
				void submit();
			} }
		>
			{ failure && ( other || ! isToldAtFields( failure, known ) ) && (
				<Notice kind="error">
					<p>
						<strong>{ failure.message }</strong> { failure.remedy }
					</p>
					{ other && (
						<p>
							<a href={ href( 'contacts', other.id ) }>
								{ /* translators: %s: name of a person */ sprintf( __( 'Open %s', 'nxt-cloud-chat' ), other.name || `#${ other.id }` ) }
							</a>
							{ contactId > 0 && (
								<Fragment>
									{ ' · ' }
									<a href={ href( 'contacts', contactId, { merge: other.id } ) }>{ __( 'They are one person: merge', 'nxt-cloud-chat' ) }</a>
								</Fragment>
							) }
						</p>
					) }
					{ other && failure.data.path === 'email' && (
						<p>
							<label>
								<input type="checkbox" checked={ isShared } onChange={ ( event ) => setShared( event.target.checked ) } />
								{ __( 'They are two people with one address', 'nxt-cloud-chat' ) }
							</label>
						</p>
					) }
					{ others.map( ( message ) => (
						<p key={ message }>{ message }</p>
					) ) }
				</Notice>
			) }
			<div className="nxtchat-form__grid">
				<Control
					label={ __( 'Name', 'nxt-cloud-chat' ) }
					name="name"
					value={ draft.name }
					maxLength={ 190 }
					placeholder={ profileName }
					error={ error( 'name' ) }
					help={ profileName ? __( 'Empty: the name from WhatsApp is shown.', 'nxt-cloud-chat' ) : undefined }
					onChange={ ( name ) => {
						set( { name } );
						clear( 'name' );
					} }
				/>
				<Control
					label={ __( 'Phone', 'nxt-cloud-chat' ) }
					name="phone"
					type="tel"
					value={ draft.phone }
					isRequired={ isNew }
					placeholder="+49 151 23456789"
					error={ error( 'phone' ) }
					help={ isNew ? __( 'With the country code, in any spelling.', 'nxt-cloud-chat' ) : undefined }
					onChange={ ( phone ) => {
						set( { phone } );
						clear( 'phone' );
					} }
				/>
				<Control
					label={ __( 'Email', 'nxt-cloud-chat' ) }
					name="email"
					type="email"
					value={ draft.email }
					error={ error( 'email' ) }
					onChange={ ( email ) => {
						set( { email } );
						clear( 'email' );
					} }
				/>
				<Control
					label={ __( 'Country', 'nxt-cloud-chat' ) }
					name="country"
					type="select"
					value={ draft.country }
					error={ error( 'country' ) }
					options={ [ { value: '', label: isNew ? __( '— From the number —', 'nxt-cloud-chat' ) : __( '— Not known —', 'nxt-cloud-chat' ) }, ...withValue( countryOptions(), draft.country ) ] }
					onChange={ ( country ) => set( { country } ) }
				/>
				<Control
					label={ __( 'Language', 'nxt-cloud-chat' ) }
					name="language"
					type="select"
					value={ draft.language }
					error={ error( 'language' ) }
					options={ [ { value: '', label: __( '— Not known —', 'nxt-cloud-chat' ) }, ...withValue( languageOptions(), draft.language ) ] }
					onChange={ ( language ) => set( { language } ) }
				/>
				{ fields.map( ( field ) => (
					<FieldControl
						key={ field.id }
						field={ field }
						value={ draft.fields[ field.name ] ?? '' }
						error={ error( `fields.${ field.name }` ) }
						onChange={ ( value ) => {
							set( { fields: { ...draft.fields, [ field.name ]: value } } );
							clear( `fields.${ field.name }` );
						} }
					/>
				) ) }
			</div>
			{ !! groups?.length && (
				<fieldset className="nxtchat-checks">
					<legend>{ __( 'Groups', 'nxt-cloud-chat' ) }</legend>
					{ groups.map( ( { id, name } ) => (
						<label key={ id }>
							<input
								type="checkbox"
								checked={ draft.groups.includes( id ) }
								onChange={ ( event ) => set( { groups: event.target.checked ? [ ...draft.groups, id ] : draft.groups.filter( ( one ) => one !== id ) } ) }
							/>
							{ name }
						</label>
					) ) }
				</fieldset>
			) }
			<Fragment>
				<FormActions isBusy={ isBusy } onCancel={ onCancel } { ...( saveLabel ? { label: saveLabel } : {} ) } />
			</Fragment>
		</form>
	);
}

/** A value that is not in the list is still offered: it is what the person has. */
const withValue = ( options: { value: string; label: string }[], value: string ) =>
	! value || options.some( ( option ) => option.value === value ) ? options : [ { value, label: value }, ...options ];
