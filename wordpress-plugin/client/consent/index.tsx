/** The Consent tab of the Contacts screen: how people say yes and no, and what counts. */
import { createElement, Fragment, useEffect, useId, useState } from '@wordpress/element';
import { __, sprintf } from '@wordpress/i18n';

import type { Route } from '../contact/router';
import { boot } from '../core/boot';
import { Chips } from '../core/Chips';
import { ApiError, toApiError } from '../core/error';
import { Control, fieldErrors } from '../core/form';
import { languageName, languageOptions } from '../core/places';
import { CopyButton, ErrorNotice, LoadError, Notice, Skeleton } from '../core/ui';
import { fetchConsent, saveConsent, type ConsentSettings } from './api';
import { changes, clashes, languagesOf, withWords } from './store';
import '../core/form.css';
import './consent.css';

/** Limits of the server, characters (Consent\ConsentSettings). */
const MAX_WORD = 60;
const MAX_REPLY = 1000;
const MAX_WORDING = 1000;

const SHORTCODE = '[nxtchat_consent]';

const asError = ( reason: unknown ): ApiError => ( reason instanceof ApiError ? reason : toApiError( reason ) );

export function ConsentTab( { route }: { route: Route } ) {
	void route;
	const [ saved, setSaved ] = useState< ConsentSettings | null >( null );
	const [ error, setError ] = useState< ApiError | null >( null );
	const load = async () => {
		setError( null );
		try {
			setSaved( await fetchConsent() );
		} catch ( reason ) {
			setError( asError( reason ) );
		}
	};
	useEffect( () => void load(), [] );
	if ( ! saved ) {
		return error ? <LoadError error={ error } onRetry={ () => void load() } /> : <Skeleton rows={ 5 } label={ __( 'Loading the settings of consent', 'nxt-cloud-chat' ) } />;
	}
	return (
		<div className="nxtchat-consent">
			<Explained />
			<Settings saved={ saved } onSaved={ setSaved } />
			<OnYourSite />
		</div>
	);
}

const Explained = () => (
	<section className="nxtchat-card" aria-labelledby="nxtchat-consent-what">
		<h2 id="nxtchat-consent-what">{ __( 'What counts as consent', 'nxt-cloud-chat' ) }</h2>
		<ul className="ul-disc">
			<li>{ __( 'A person agrees to marketing when they tick a box for it, write START to you, or tell you in a way that you can show. Writing to you, buying something or standing in your list is not enough.', 'nxt-cloud-chat' ) }</li>
			<li>{ __( 'Each yes and no is kept with its time, its words and where it came from. Nothing of it is ever overwritten: you see it on the contact’s page.', 'nxt-cloud-chat' ) }</li>
			<li>
				<strong>{ __( 'Who says STOP gets no marketing any more, at once, whichever way it would be sent.', 'nxt-cloud-chat' ) }</strong>{ ' ' }
				{ __( 'Only that person can take it back, by writing START. No import, no form, no colleague and no program can: otherwise one mistake with a file would write to everybody who asked you to stop.', 'nxt-cloud-chat' ) }
			</li>
			<li>{ __( 'Answers to what people write to you are not marketing: you can always reply within 24 hours.', 'nxt-cloud-chat' ) }</li>
		</ul>
	</section>
);

function Settings( { saved, onSaved }: { saved: ConsentSettings; onSaved: ( settings: ConsentSettings ) => void } ) {
	const site = boot.locale.split( '-' )[ 0 ] ?? 'en';
	const [ draft, setDraft ] = useState( saved );
	const [ language, setLanguage ] = useState( () => languagesOf( saved, site )[ 0 ] ?? site );
	const [ error, setError ] = useState< ApiError | null >( null );
	const [ phase, setPhase ] = useState< 'idle' | 'busy' | 'saved' >( 'idle' );
	const id = useId();
	const mayChange = boot.caps.manage;
	const errors = fieldErrors( error );
	const both = clashes( draft );
	const set = ( change: Partial< ConsentSettings > ) => {
		setDraft( { ...draft, ...change } );
		setPhase( 'idle' );
	};
	const changed = changes( saved, draft );
	const isDirty = Object.keys( changed ).length > 0;
	useEffect( () => {
		if ( ! isDirty ) {
			return;
		}
		const ask = ( event: BeforeUnloadEvent ) => event.preventDefault();
		addEventListener( 'beforeunload', ask );
		return () => removeEventListener( 'beforeunload', ask );
	}, [ isDirty ] );

	const submit = async () => {
		setPhase( 'busy' );
		setError( null );
		try {
			const settings = await saveConsent( changed );
			// The answer may leave the defaults out.
			const next = { ...settings, defaults: settings.defaults ?? saved.defaults };
			setDraft( next );
			onSaved( next );
			setPhase( 'saved' );
		} catch ( reason ) {
			setError( asError( reason ) );
			setPhase( 'idle' );
		}
	};
	const known = languagesOf( draft, site );
	const shown = known.includes( language ) ? known : [ ...known, language ];
	const addable = languageOptions().filter( ( { value } ) => /^[a-z]{2,3}$/.test( value ) && ! shown.includes( value ) );
	const words = ( key: 'stop_words' | 'start_words', label: string ) => (
		<WordField
			label={ label }
			values={ draft[ key ][ language ] ?? [] }
			error={ errors[ key ] }
			isDisabled={ ! mayChange }
			onChange={ ( list ) => set( { [ key ]: withWords( draft[ key ], language, list ) } ) }
		/>
	);
	const box = ( key: 'registration' | 'comments' | 'checkout' | 'form_ip' | 'reply', title: string, help: string ) => (
		<label className="nxtchat-choice">
			<input type="checkbox" checked={ draft[ key ] } onChange={ ( event ) => set( { [ key ]: event.target.checked } ) } />
			<span>
				<strong>{ title }</strong>
				{ help && <span className="description">{ help }</span> }
			</span>
		</label>
	);
	return (
		<form
			noValidate
			onSubmit={ ( event ) => {
				event.preventDefault();
				void submit();
			} }
		>
			<fieldset disabled={ ! mayChange } className="nxtchat-consent__set">
				<legend className="screen-reader-text">{ __( 'Settings of consent', 'nxt-cloud-chat' ) }</legend>
				<section className="nxtchat-card" aria-labelledby="nxtchat-consent-words">
					<h2 id="nxtchat-consent-words">{ __( 'Words that stop and start', 'nxt-cloud-chat' ) }</h2>
					<p className="description">
						{ __( 'A message that is only this word counts; “Please don’t stop” does not. Capital letters, accents and full stops make no difference. The words of all languages count for everybody.', 'nxt-cloud-chat' ) }
					</p>
					<div className="nxtchat-consent__languages">
						<label htmlFor={ `${ id }-language` }>{ __( 'Language', 'nxt-cloud-chat' ) }</label>
						<select id={ `${ id }-language` } value={ language } onChange={ ( event ) => setLanguage( event.target.value ) }>
							<optgroup label={ __( 'With words', 'nxt-cloud-chat' ) }>
								{ shown.map( ( code ) => (
									<option key={ code } value={ code }>
										{ languageName( code ) }
									</option>
								) ) }
							</optgroup>
							<optgroup label={ __( 'Add a language', 'nxt-cloud-chat' ) }>
								{ addable.map( ( { value, label } ) => (
									<option key={ value } value={ value }>
										{ label }
									</option>
								) ) }
							</optgroup>
						</select>
					</div>
					{ words( 'stop_words', sprintf( /* translators: %s: a language */ __( 'Stop, in %s', 'nxt-cloud-chat' ), languageName( language ) ) ) }
					{ words( 'start_words', sprintf( /* translators: %s: a language */ __( 'Start again, in %s', 'nxt-cloud-chat' ), languageName( language ) ) ) }
					<WordField
						label={ __( 'Buttons that stop', 'nxt-cloud-chat' ) }
						help={ __( 'Labels of quick-reply buttons in your templates, such as “No more offers”. When somebody switches offers off in WhatsApp itself, that is always understood.', 'nxt-cloud-chat' ) }
						values={ draft.button_stop }
						error={ errors.button_stop }
						isDisabled={ ! mayChange }
						onChange={ ( button_stop ) => set( { button_stop } ) }
					/>
					<WordField
						label={ __( 'Buttons that start again', 'nxt-cloud-chat' ) }
						values={ draft.button_start }
						error={ errors.button_start }
						isDisabled={ ! mayChange }
						onChange={ ( button_start ) => set( { button_start } ) }
					/>
					{ both.length > 0 && (
						<Notice kind="warning">
							<p>
								{ sprintf(
									/* translators: %s: words */
									__( 'These stand in both lists and would count as stop: %s. Take them out of one.', 'nxt-cloud-chat' ),
									both.join( ', ' )
								) }
							</p>
						</Notice>
					) }
				</section>
				<section className="nxtchat-card" aria-labelledby="nxtchat-consent-replies">
					<h2 id="nxtchat-consent-replies">{ __( 'Your answer', 'nxt-cloud-chat' ) }</h2>
					{ box( 'reply', __( 'Confirm STOP and START', 'nxt-cloud-chat' ), __( 'One short message, so that people see that it worked. It is free within the 24 hours after they wrote.', 'nxt-cloud-chat' ) ) }
					{ draft.reply && (
						<div className="nxtchat-consent__replies">
							<Reply
								label={ __( 'After STOP', 'nxt-cloud-chat' ) }
								word={ ( draft.stop_words[ site ] ?? Object.values( draft.stop_words )[ 0 ] ?? [ 'STOP' ] )[ 0 ] ?? 'STOP' }
								value={ draft.stop_reply }
								standard={ draft.defaults.stop_reply }
								error={ errors.stop_reply }
								onChange={ ( stop_reply ) => set( { stop_reply } ) }
							/>
							<Reply
								label={ __( 'After START', 'nxt-cloud-chat' ) }
								word={ ( draft.start_words[ site ] ?? Object.values( draft.start_words )[ 0 ] ?? [ 'START' ] )[ 0 ] ?? 'START' }
								value={ draft.start_reply }
								standard={ draft.defaults.start_reply }
								error={ errors.start_reply }
								onChange={ ( start_reply ) => set( { start_reply } ) }
							/>
						</div>
					) }
				</section>
				<section className="nxtchat-card" aria-labelledby="nxtchat-consent-boxes">
					<h2 id="nxtchat-consent-boxes">{ __( 'Checkboxes on your site', 'nxt-cloud-chat' ) }</h2>
					<Control
						type="textarea"
						label={ __( 'What people agree to', 'nxt-cloud-chat' ) }
						value={ draft.wording }
						placeholder={ draft.defaults.wording }
						maxLength={ MAX_WORDING }
						error={ errors.wording }
						help={ __( 'Say who writes, about what, and that one can stop at any time. Empty: the words you see in the preview.', 'nxt-cloud-chat' ) }
						onChange={ ( wording ) => set( { wording } ) }
					/>
					<div className="nxtchat-consent__preview" aria-label={ __( 'Preview', 'nxt-cloud-chat' ) } role="group">
						<span className="nxtchat-consent__box" aria-hidden="true" />
						<span dir="auto">{ draft.wording || draft.defaults.wording }</span>
					</div>
					<p className="description">{ __( 'It is never ticked beforehand: a box that somebody else ticked is no consent.', 'nxt-cloud-chat' ) }</p>
					{ box( 'registration', __( 'When somebody registers', 'nxt-cloud-chat' ), __( 'WordPress’s registration form, with a field for the number.', 'nxt-cloud-chat' ) ) }
					{ box( 'comments', __( 'When somebody comments', 'nxt-cloud-chat' ), '' ) }
					{ box( 'checkout', __( 'At the checkout', 'nxt-cloud-chat' ), __( 'With WooCommerce; the number is that of the billing address.', 'nxt-cloud-chat' ) ) }
					{ box( 'form_ip', __( 'Keep the IP address as evidence', 'nxt-cloud-chat' ), __( 'Only where your law allows it: it is personal data. Without it, time, page and words are kept.', 'nxt-cloud-chat' ) ) }
				</section>
			</fieldset>
			{ error && <ErrorNotice error={ error } /> }
			{ phase === 'saved' && (
				<Notice kind="success" onDismiss={ () => setPhase( 'idle' ) }>
					<p>{ __( 'Saved.', 'nxt-cloud-chat' ) }</p>
				</Notice>
			) }
			{ mayChange ? (
				<div className="nxtchat-consent__actions">
					<button type="submit" className="button button-primary" disabled={ phase === 'busy' || ! isDirty }>
						{ phase === 'busy' ? __( 'Saving…', 'nxt-cloud-chat' ) : __( 'Save settings', 'nxt-cloud-chat' ) }
					</button>
					{ isDirty && <span className="description">{ __( 'There are changes that are not saved yet.', 'nxt-cloud-chat' ) }</span> }
				</div>
			) : (
				<p className="description">{ __( 'Someone who may manage WhatsApp can change these settings.', 'nxt-cloud-chat' ) }</p>
			) }
		</form>
	);
}

interface WordFieldProps {
	label: string;
	help?: string;
	values: string[];
	error?: string | undefined;
	isDisabled: boolean;
	onChange: ( values: string[] ) => void;
}

function WordField( { label, help, values, error, isDisabled, onChange }: WordFieldProps ) {
	const id = useId();
	return (
		<div className={ `nxtchat-field${ error ? ' has-error' : '' }` }>
			<label htmlFor={ id }>{ label }</label>
			<Chips
				id={ id }
				label={ label }
				values={ values }
				placeholder={ __( 'Word, then Enter', 'nxt-cloud-chat' ) }
				maxLength={ MAX_WORD }
				isDisabled={ isDisabled }
				isInvalid={ error !== undefined }
				describedBy={ [ error && `${ id }-error`, help && `${ id }-help` ].filter( Boolean ).join( ' ' ) || undefined }
				onChange={ onChange }
			/>
			{ error && (
				<p id={ `${ id }-error` } className="nxtchat-field__error">
					{ error }
				</p>
			) }
			{ help && (
				<p id={ `${ id }-help` } className="description">
					{ help }
				</p>
			) }
		</div>
	);
}

interface ReplyProps {
	label: string;
	/** What the customer wrote, for the preview. */
	word: string;
	value: string;
	standard: string;
	error?: string | undefined;
	onChange: ( value: string ) => void;
}

const Reply = ( { label, word, value, standard, error, onChange }: ReplyProps ) => (
	<div className="nxtchat-consent__reply">
		<Control
			type="textarea"
			label={ label }
			value={ value }
			placeholder={ standard }
			maxLength={ MAX_REPLY }
			error={ error }
			help={ __( 'Empty: our words, in the language of the person where we have them.', 'nxt-cloud-chat' ) }
			onChange={ onChange }
		/>
		<div className="nxtchat-consent__chat" role="group" aria-label={ /* translators: %s: "After STOP" */ sprintf( __( 'Preview: %s', 'nxt-cloud-chat' ), label ) }>
			<p className="is-in" dir="auto">
				{ word.toLocaleUpperCase() }
			</p>
			<p className="is-out" dir="auto">
				{ value || standard }
			</p>
		</div>
	</div>
);

const OnYourSite = () => (
	<section className="nxtchat-card" aria-labelledby="nxtchat-consent-form">
		<h2 id="nxtchat-consent-form">{ __( 'A form for your pages', 'nxt-cloud-chat' ) }</h2>
		<p>
			{ __( 'In the block editor, add the block “WhatsApp consent” where people should be able to subscribe: in the footer, on the contact page, below a post. With the classic editor or a page builder, paste this:', 'nxt-cloud-chat' ) }
		</p>
		<div className="nxtchat-copyrow">
			<code>{ SHORTCODE }</code>
			<CopyButton text={ SHORTCODE } label={ __( 'Copy the shortcode', 'nxt-cloud-chat' ) } />
		</div>
		<details>
			<summary>{ __( 'With other words', 'nxt-cloud-chat' ) }</summary>
			<Fragment>
				<div className="nxtchat-copyrow">
					<code>{ '[nxtchat_consent wording="…" button="…" country="DE" name="no"]' }</code>
					<CopyButton text={ '[nxtchat_consent wording="" button="" country="DE" name="no"]' } label={ __( 'Copy the shortcode with its attributes', 'nxt-cloud-chat' ) } />
				</div>
				<p className="description">
					{ __( 'wording: what people agree to. button: its label. country: where numbers without a country code are from. name="no": without the field for the name. purpose="utility": for order updates in place of marketing.', 'nxt-cloud-chat' ) }
				</p>
			</Fragment>
		</details>
	</section>
);
