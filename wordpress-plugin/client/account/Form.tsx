/** The form of one account. Secrets are write-only: what is saved is never shown again. */
import { createElement, Fragment, useId, useState } from '@wordpress/element';
import { __ } from '@wordpress/i18n';
import type { ReactNode } from 'react';

import type { ApiError } from '../core/error';
import type { Account } from '../core/types';
import { ErrorNotice, ExternalLink, META } from '../core/ui';
import { asError, save } from './actions';
import type { AccountInput } from './api';
import { validate, type FieldErrors } from './validate';

/** A field is checked this long after it was left, ms. */
const BLUR_MS = 200;

interface Props {
	/** null: a new one */
	account: Account | null;
	onSaved: ( account: Account ) => void;
	onCancel?: () => void;
}

export function Form( { account, onSaved, onCancel }: Props ) {
	const [ input, setInput ] = useState< Required< Omit< AccountInput, 'state' > > >( () => ( {
		name: account?.name ?? '',
		app_id: account?.app_id ?? '',
		app_secret: '',
		token: '',
		waba_id: account?.waba_id ?? '',
		phone_number_id: account?.phone_number_id ?? '',
		default_country: account?.default_country ?? '',
		graph_base: account?.graph_base ?? '',
		graph_version: account?.graph_version ?? '',
	} ) );
	const [ errors, setErrors ] = useState< FieldErrors >( {} );
	const [ failure, setFailure ] = useState< ApiError | null >( null );
	const [ isBusy, setBusy ] = useState( false );
	const [ showAdvanced, setAdvanced ] = useState( false );

	const check = ( field: keyof typeof input, values: typeof input ) => {
		const found = validate( trimmed( values ), account === null )[ field ];
		setErrors( ( now ) => ( { ...now, [ field ]: found } ) );
	};
	// An empty field is not yet a mistake on the way through the form. Not at once: a message that
	// appears between mouse down and up would move the button away.
	const onBlur = ( field: keyof typeof input ) => {
		if ( input[ field ] && ! errors[ field ] && validate( trimmed( input ), account === null )[ field ] ) {
			setTimeout( () => check( field, input ), BLUR_MS );
		}
	};
	const openAdvanced = ( found: FieldErrors ) => {
		if ( found.graph_base || found.graph_version || found.default_country ) {
			setAdvanced( true );
		}
	};
	const submit = async () => {
		const clean = trimmed( input );
		const found = validate( clean, account === null );
		setErrors( found );
		const first = Object.keys( found )[ 0 ];
		if ( first ) {
			openAdvanced( found );
			document.querySelector< HTMLElement >( `[name="nxtchat-${ first }"]` )?.focus();
			return;
		}
		const { token, app_secret: secret, ...rest } = clean;
		setBusy( true );
		setFailure( null );
		try {
			onSaved(
				await save( account?.id ?? null, {
					...rest,
					...( token ? { token } : {} ),
					...( secret ? { app_secret: secret } : {} ),
				} )
			);
		} catch ( reason ) {
			const error = asError( reason );
			const told = Object.fromEntries( error.problems.map( ( { path, message } ) => [ path, message ] ) );
			setErrors( told );
			openAdvanced( told );
			setFailure( error );
			setBusy( false );
		}
	};
	const field = ( name: keyof typeof input, label: string, help: ReactNode, more: Partial< FieldProps > = {} ) => (
		<Field
			name={ name }
			label={ label }
			help={ help }
			value={ input[ name ] }
			error={ errors[ name ] }
			onChange={ ( value ) => {
				const changed = { ...input, [ name ]: value };
				setInput( changed );
				if ( errors[ name ] ) {
					check( name, changed );
				}
			} }
			onBlur={ () => onBlur( name ) }
			{ ...more }
		/>
	);
	const saved = __( 'Saved. Leave empty to keep it.', 'nxt-cloud-chat' );
	return (
		<form
			className="nxtchat-form"
			noValidate
			autoComplete="off"
			onSubmit={ ( event ) => {
				event.preventDefault();
				void submit();
			} }
		>
			{ failure && <ErrorNotice error={ failure } /> }
			{ field( 'name', __( 'Name', 'nxt-cloud-chat' ), __( 'Only you see it: “Shop”, “Support”. Empty: the number’s own name.', 'nxt-cloud-chat' ) ) }
			<fieldset>
				<legend>{ __( 'From your Meta app', 'nxt-cloud-chat' ) }</legend>
				<p className="description">
					<ExternalLink href={ META.apps }>{ __( 'Open your apps at Meta', 'nxt-cloud-chat' ) }</ExternalLink>
				</p>
				{ field( 'app_id', __( 'App ID', 'nxt-cloud-chat' ), __( 'At the top of the app’s dashboard, or App settings → Basic.', 'nxt-cloud-chat' ), { isNumber: true } ) }
				{ field( 'app_secret', __( 'App secret', 'nxt-cloud-chat' ), __( 'App settings → Basic → App secret → Show. It proves that incoming messages are really from Meta.', 'nxt-cloud-chat' ), {
					isSecret: true,
					...( account?.has_app_secret ? { placeholder: saved } : {} ),
				} ) }
			</fieldset>
			<fieldset>
				<legend>{ __( 'From WhatsApp → API setup', 'nxt-cloud-chat' ) }</legend>
				{ field( 'phone_number_id', __( 'Phone number ID', 'nxt-cloud-chat' ), __( 'Below “From”, after you choose the number. It is not the number itself.', 'nxt-cloud-chat' ), { isNumber: true } ) }
				{ field( 'waba_id', __( 'WhatsApp Business Account ID', 'nxt-cloud-chat' ), __( 'Beside the phone number ID.', 'nxt-cloud-chat' ), { isNumber: true } ) }
			</fieldset>
			<fieldset>
				<legend>{ __( 'Access token', 'nxt-cloud-chat' ) }</legend>
				{ field(
					'token',
					__( 'Token', 'nxt-cloud-chat' ),
					<Fragment>
						{ __( 'Best is a system user’s token without expiry, with the permissions whatsapp_business_messaging and whatsapp_business_management. The one on the API setup page ends after a day.', 'nxt-cloud-chat' ) }{ ' ' }
						<ExternalLink href={ META.systemUsers }>{ __( 'System users at Meta', 'nxt-cloud-chat' ) }</ExternalLink>
					</Fragment>,
					{ isSecret: true, ...( account?.has_token ? { placeholder: saved } : {} ) }
				) }
			</fieldset>
			<details className="nxtchat-advanced" open={ showAdvanced } onToggle={ ( event ) => setAdvanced( event.currentTarget.open ) }>
				<summary>{ __( 'Advanced', 'nxt-cloud-chat' ) }</summary>
				{ field( 'default_country', __( 'Default country', 'nxt-cloud-chat' ), __( 'For phone numbers written without a country code. Two letters, for example DE.', 'nxt-cloud-chat' ), { isShort: true } ) }
				{ field( 'graph_version', __( 'Graph API version', 'nxt-cloud-chat' ), __( 'Empty: the version this plugin was tested with.', 'nxt-cloud-chat' ), { isShort: true, placeholder: 'v25.0' } ) }
				{ field( 'graph_base', __( 'Graph API address', 'nxt-cloud-chat' ), __( 'Empty: Meta’s own. Another address is only for tests on this machine.', 'nxt-cloud-chat' ), { placeholder: 'https://graph.facebook.com' } ) }
			</details>
			<p className="description nxtchat-form__legal">
				{ __( 'These are stored encrypted on this site and sent to Meta only. Messages to customers are billed by Meta.', 'nxt-cloud-chat' ) }{ ' ' }
				<ExternalLink href={ META.pricing }>{ __( 'Meta’s prices', 'nxt-cloud-chat' ) }</ExternalLink>
				{ ' · ' }
				<ExternalLink href={ META.policy }>{ __( 'WhatsApp’s business policy', 'nxt-cloud-chat' ) }</ExternalLink>
				{ ' · ' }
				<ExternalLink href={ META.privacy }>{ __( 'How Meta processes data', 'nxt-cloud-chat' ) }</ExternalLink>
			</p>
			<div className="nxtchat-form__actions">
				<button type="submit" className="button button-primary" disabled={ isBusy }>
					{ isBusy ? __( 'Saving…', 'nxt-cloud-chat' ) : __( 'Save and test', 'nxt-cloud-chat' ) }
				</button>
				{ onCancel && (
					<button type="button" className="button" onClick={ onCancel }>
						{ __( 'Cancel', 'nxt-cloud-chat' ) }
					</button>
				) }
			</div>
		</form>
	);
}

function trimmed< T extends AccountInput >( input: T ): T {
	const clean = Object.fromEntries( Object.entries( input ).map( ( [ key, value ] ) => [ key, String( value ).trim() ] ) );
	return { ...input, ...clean, default_country: String( clean.default_country ).toUpperCase() };
}

interface FieldProps {
	name: string;
	label: string;
	help: ReactNode;
	value: string;
	error?: string | undefined;
	isSecret?: boolean;
	isNumber?: boolean;
	isShort?: boolean;
	placeholder?: string;
	onChange: ( value: string ) => void;
	onBlur: () => void;
}

function Field( { name, label, help, value, error, isSecret, isNumber, isShort, placeholder, onChange, onBlur }: FieldProps ) {
	const id = useId();
	return (
		<div className={ `nxtchat-field${ error ? ' has-error' : '' }` }>
			<label htmlFor={ id }>{ label }</label>
			<input
				id={ id }
				name={ `nxtchat-${ name }` }
				className={ isShort ? 'small-text' : 'regular-text' }
				type={ isSecret ? 'password' : 'text' }
				autoComplete={ isSecret ? 'new-password' : 'off' }
				inputMode={ isNumber ? 'numeric' : undefined }
				spellCheck={ false }
				dir="ltr"
				value={ value }
				placeholder={ placeholder }
				aria-invalid={ error ? true : undefined }
				aria-describedby={ `${ id }-help${ error ? ` ${ id }-error` : '' }` }
				onChange={ ( event ) => onChange( event.target.value ) }
				onBlur={ onBlur }
			/>
			{ error && (
				<p id={ `${ id }-error` } className="nxtchat-field__error">
					{ error }
				</p>
			) }
			<p id={ `${ id }-help` } className="description">
				{ help }
			</p>
		</div>
	);
}
