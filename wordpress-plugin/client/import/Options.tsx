/** What happens with the people: those that are known, their groups, what they agreed to. */
import { createElement, Fragment, useEffect, useId, useRef, useState } from '@wordpress/element';
import { __ } from '@wordpress/i18n';
import type { ReactNode } from 'react';

import { go, href } from '../contact/router';
import { Chips } from '../core/Chips';
import { ImportKind } from '../core/enums';
import type { ApiError } from '../core/error';
import { Control, fieldErrors, focusMistake, otherProblems } from '../core/form';
import { countryOptions } from '../core/places';
import { useStore } from '../core/store';
import { ErrorNotice, Notice } from '../core/ui';
import { directory, loadGroups } from '../group/store';
import { asError, change, submit } from './actions';
import type { Existing } from './api';
import { StepHeading, Steps } from './Steps';
import { claimsConsent, needsWording, type Draft } from './store';

/** Longest texts, characters (Import\ImportOptions). */
const MAX_SOURCE = 255;
const MAX_WORDING = 1000;
/** Problems that stand at a control of this form. */
const SHOWN = [ 'consent.wording', 'consent.source', 'consent.at_ms', 'region' ];

export function Options( { draft, onBack }: { draft: Draft; onBack: () => void } ) {
	const groups = useStore( directory, ( state ) => state.groups );
	const [ error, setError ] = useState< ApiError | null >( null );
	const [ wordingError, setWordingError ] = useState( '' );
	const [ isBusy, setBusy ] = useState( false );
	const form = useRef< HTMLFormElement >( null );
	const groupId = useId();
	useEffect( () => void loadGroups(), [] );

	const isFile = draft.kind === ImportKind.FILE;
	const errors = fieldErrors( error );
	const claims = claimsConsent( draft );
	const setConsent = ( to: Partial< Draft[ 'consent' ] > ) => change( { consent: { ...draft.consent, ...to } } );
	const submitForm = async () => {
		if ( needsWording( draft ) && draft.consent.wording.trim() === '' ) {
			setWordingError( __( 'Write what these people agreed to. Consent without its words proves nothing.', 'nxt-cloud-chat' ) );
			focusMistake( form.current );
			return;
		}
		setWordingError( '' );
		setBusy( true );
		setError( null );
		try {
			go( href( 'import', await submit( draft ) ) );
		} catch ( reason ) {
			setError( asError( reason ) );
			setBusy( false );
			focusMistake( form.current );
		}
	};
	const existing = ( value: Existing, title: string, help: string ) => (
		<Choice name="nxtchat-existing" isChecked={ draft.existing === value } onChoose={ () => change( { existing: value } ) } title={ title } help={ help } />
	);
	return (
		<form
			ref={ form }
			noValidate
			className="nxtchat-import__form"
			onSubmit={ ( event ) => {
				event.preventDefault();
				void submitForm();
			} }
		>
			<Steps current="options" hasFile={ isFile } />
			<StepHeading>{ __( 'What should happen with these people?', 'nxt-cloud-chat' ) }</StepHeading>
			<fieldset>
				<legend>{ __( 'Somebody in the list is a contact already', 'nxt-cloud-chat' ) }</legend>
				{ existing( 'fill', __( 'Fill in what is missing', 'nxt-cloud-chat' ), __( 'What you know of them stays; empty places are filled. Right for most.', 'nxt-cloud-chat' ) ) }
				{ existing( 'overwrite', __( 'Take over what the list says', 'nxt-cloud-chat' ), __( 'The list replaces what you know, where it says something. Empty cells change nothing.', 'nxt-cloud-chat' ) ) }
				{ existing( 'keep', __( 'Leave them as they are', 'nxt-cloud-chat' ), __( 'Only new people get their data from the list.', 'nxt-cloud-chat' ) ) }
				<p className="description">{ __( 'Groups and consent below come to all of them.', 'nxt-cloud-chat' ) }</p>
			</fieldset>
			<fieldset>
				<legend>{ __( 'Put them all into groups', 'nxt-cloud-chat' ) }</legend>
				{ ( groups ?? [] ).length > 0 && (
					<div className="nxtchat-field">
						<label htmlFor={ `${ groupId }-known` }>{ __( 'Groups there are', 'nxt-cloud-chat' ) }</label>
						<Chips
							id={ `${ groupId }-known` }
							label={ __( 'Chosen groups', 'nxt-cloud-chat' ) }
							values={ draft.groups.map( String ) }
							choices={ ( groups ?? [] ).map( ( { id, name } ) => ( { value: String( id ), label: name } ) ) }
							onChange={ ( values ) => change( { groups: values.map( Number ) } ) }
						/>
					</div>
				) }
				<div className="nxtchat-field">
					<label htmlFor={ `${ groupId }-new` }>{ __( 'New groups', 'nxt-cloud-chat' ) }</label>
					<Chips
						id={ `${ groupId }-new` }
						label={ __( 'New groups', 'nxt-cloud-chat' ) }
						values={ draft.newGroups }
						placeholder={ __( 'Name, then Enter', 'nxt-cloud-chat' ) }
						maxLength={ 190 }
						onChange={ ( newGroups ) => change( { newGroups } ) }
					/>
				</div>
			</fieldset>
			{ ! isFile && (
				<Control
					type="select"
					label={ __( 'Country of numbers without a country code', 'nxt-cloud-chat' ) }
					value={ draft.region }
					options={ [ { value: '', label: __( 'None: every number begins with + and its country code', 'nxt-cloud-chat' ) }, ...countryOptions() ] }
					error={ errors.region }
					help={ draft.kind === ImportKind.CUSTOMERS ? __( 'Where a customer’s billing address names a country, that one counts.', 'nxt-cloud-chat' ) : undefined }
					onChange={ ( region ) => change( { region } ) }
				/>
			) }
			<fieldset>
				<legend>{ __( 'Marketing on WhatsApp', 'nxt-cloud-chat' ) }</legend>
				<Choice
					name="nxtchat-claim"
					isChecked={ ! draft.consent.isClaimed }
					onChoose={ () => setConsent( { isClaimed: false } ) }
					title={
						draft.columns.includes( 'marketing' )
							? __( 'As the column in the file says for each person', 'nxt-cloud-chat' )
							: __( 'They have not agreed, or I do not know', 'nxt-cloud-chat' )
					}
					help={
						draft.columns.includes( 'marketing' )
							? __( 'Yes subscribes, no unsubscribes for good (until they write START), an empty cell changes nothing.', 'nxt-cloud-chat' )
							: __( 'They become contacts and get no marketing until they agree. You can still answer them.', 'nxt-cloud-chat' )
					}
				/>
				<Choice
					name="nxtchat-claim"
					isChecked={ draft.consent.isClaimed }
					onChoose={ () => setConsent( { isClaimed: true } ) }
					title={ __( 'Each of them agreed to get marketing from us on WhatsApp', 'nxt-cloud-chat' ) }
					help={ __( 'And I can show where and when.', 'nxt-cloud-chat' ) }
				/>
				{ ( draft.consent.isClaimed || draft.columns.includes( 'marketing' ) ) && (
					<Notice kind="warning">
						<p>
							<strong>{ __( 'Be honest here; it protects your number.', 'nxt-cloud-chat' ) }</strong>{ ' ' }
							{ __( 'An email newsletter, a purchase or a bought list is not consent to WhatsApp marketing. People who did not agree block and report you, and WhatsApp lowers your limits or closes the number. In many countries it is also against the law.', 'nxt-cloud-chat' ) }
						</p>
						<p>{ __( 'Whoever told you STOP stays unsubscribed, whatever is chosen here.', 'nxt-cloud-chat' ) }</p>
					</Notice>
				) }
				{ claims && (
					<Fragment>
						<Control
							type="textarea"
							label={ draft.columns.includes( 'wording' ) ? __( 'What they agreed to, where the column is empty', 'nxt-cloud-chat' ) : __( 'What they agreed to', 'nxt-cloud-chat' ) }
							isRequired={ needsWording( draft ) }
							value={ draft.consent.wording }
							maxLength={ MAX_WORDING }
							error={ wordingError || errors[ 'consent.wording' ] }
							help={ __( 'The words that stood beside the checkbox or on the form.', 'nxt-cloud-chat' ) }
							onChange={ ( wording ) => {
								setConsent( { wording } );
								setWordingError( '' );
							} }
						/>
						<Control
							label={ __( 'Where', 'nxt-cloud-chat' ) }
							value={ draft.consent.source }
							maxLength={ MAX_SOURCE }
							error={ errors[ 'consent.source' ] }
							help={ __( 'For example: form in the shop, winter fair 2025.', 'nxt-cloud-chat' ) }
							onChange={ ( source ) => setConsent( { source } ) }
						/>
						<Control
							type="date"
							label={ __( 'When', 'nxt-cloud-chat' ) }
							value={ draft.consent.day }
							max={ new Date().toISOString().slice( 0, 10 ) }
							error={ errors[ 'consent.at_ms' ] }
							help={ __( 'The last day on which one of them agreed. Empty: today.', 'nxt-cloud-chat' ) }
							onChange={ ( day ) => setConsent( { day } ) }
						/>
					</Fragment>
				) }
			</fieldset>
			{ error && (
				<Fragment>
					<ErrorNotice error={ error } />
					{ otherProblems( error, SHOWN ).length > 1 && (
						<ul className="ul-disc">
							{ otherProblems( error, SHOWN ).map( ( message, index ) => (
								<li key={ index }>{ message }</li>
							) ) }
						</ul>
					) }
				</Fragment>
			) }
			<p className="description">
				{ isFile
					? __( 'Now the file is uploaded to your site, into a folder that is not public, and checked. Nothing is changed before you say so. The file is removed afterwards.', 'nxt-cloud-chat' )
					: __( 'Now your site looks at these people. Nothing is changed before you say so.', 'nxt-cloud-chat' ) }
			</p>
			<div className="nxtchat-import__actions">
				<button type="button" className="button" onClick={ onBack }>
					{ __( 'Back', 'nxt-cloud-chat' ) }
				</button>
				<button type="submit" className="button button-primary" disabled={ isBusy }>
					{ isBusy ? __( 'One moment…', 'nxt-cloud-chat' ) : isFile && draft.importId === null ? __( 'Upload and check', 'nxt-cloud-chat' ) : __( 'Check', 'nxt-cloud-chat' ) }
				</button>
			</div>
		</form>
	);
}

interface ChoiceProps {
	name: string;
	isChecked: boolean;
	onChoose: () => void;
	title: ReactNode;
	help: string;
}

const Choice = ( { name, isChecked, onChoose, title, help }: ChoiceProps ) => (
	<label className="nxtchat-choice">
		<input type="radio" name={ name } checked={ isChecked } onChange={ onChoose } />
		<span>
			<strong>{ title }</strong>
			{ help && <span className="description">{ help }</span> }
		</span>
	</label>
);
