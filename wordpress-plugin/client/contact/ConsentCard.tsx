/** What a person agreed to, with the evidence, and how it is changed. */
import { createElement, useEffect, useRef, useState } from '@wordpress/element';
import { __, sprintf } from '@wordpress/i18n';

import { boot, serverNow } from '../core/boot';
import { Consent, Purpose } from '../core/enums';
import type { ApiError } from '../core/error';
import { Control, fieldErrors, focusMistake, FormActions, isToldAtFields, otherProblems, type FieldErrors } from '../core/form';
import { useStore } from '../core/store';
import { dateTime, endOfDay, startOfDay, dayKey } from '../core/time';
import type { ConsentEntry, ContactFull } from '../core/types';
import { CopyButton, LoadError, Notice, Skeleton } from '../core/ui';
import { asError } from '../group/store';
import { fetchStartWord, type ConsentInput } from './api';
import { ConsentBadge } from './ConsentBadge';
import { loadConsents, page, recordConsent } from './page-actions';
import { consentLabel, contactName, marketingLabel, purposeHelp, purposeLabel, sourceLabel } from './words';

const PURPOSES: { purpose: Purpose; name: ConsentInput[ 'purpose' ] }[] = [
	{ purpose: Purpose.MARKETING, name: 'marketing' },
	{ purpose: Purpose.UTILITY, name: 'utility' },
	{ purpose: Purpose.LOGIN, name: 'login' },
];

/** Entries of the ledger that are shown before "show all". */
const SHORT = 3;

type Open = { name: ConsentInput[ 'purpose' ]; state: ConsentInput[ 'state' ] } | null;

export function ConsentCard( { contact }: { contact: ContactFull } ) {
	const consents = useStore( page, ( state ) => state.consents );
	const error = useStore( page, ( state ) => state.errors.consents );
	const [ open, setOpen ] = useState< Open >( null );
	const [ isWhole, setWhole ] = useState( false );
	const items = consents?.items ?? [];
	return (
		<section className="nxtchat-card" aria-labelledby="nxtchat-consent">
			<h2 id="nxtchat-consent">{ __( 'Consent', 'nxt-cloud-chat' ) }</h2>
			<ul className="nxtchat-purposes">
				{ PURPOSES.map( ( { purpose, name } ) => {
					const state = contact[ name ];
					const isMarketing = purpose === Purpose.MARKETING;
					return (
						<li key={ name }>
							<div className="nxtchat-purposes__head">
								<strong>{ purposeLabel( purpose ) }</strong>
								<ConsentBadge state={ state } isMarketing={ isMarketing } />
								{ boot.caps.contacts && open?.name !== name && (
									<span className="nxtchat-purposes__actions">
										{ state === Consent.NONE && (
											<button type="button" className={ isMarketing ? 'button' : 'button-link' } onClick={ () => setOpen( { name, state: 'granted' } ) }>
												{ __( 'Note an agreement', 'nxt-cloud-chat' ) }
												<span className="screen-reader-text">{ `: ${ purposeLabel( purpose ) }` }</span>
											</button>
										) }
										{ state !== Consent.REVOKED && (
											<button type="button" className="button-link" onClick={ () => setOpen( { name, state: 'revoked' } ) }>
												{ isMarketing ? __( 'Unsubscribe', 'nxt-cloud-chat' ) : __( 'Withdraw', 'nxt-cloud-chat' ) }
												<span className="screen-reader-text">{ `: ${ purposeLabel( purpose ) }` }</span>
											</button>
										) }
									</span>
								) }
							</div>
							<p className="nxtchat-soft">{ purposeHelp( purpose ) }</p>
							{ open?.name === name && <ConsentForm id={ contact.id } name={ name } state={ open.state } onClose={ () => setOpen( null ) } /> }
							{ state === Consent.REVOKED && isMarketing && <Withdrawn contact={ contact } /> }
						</li>
					);
				} ) }
			</ul>
			<h3>{ __( 'Evidence', 'nxt-cloud-chat' ) }</h3>
			{ error && <LoadError error={ error } onRetry={ () => void loadConsents( contact.id ) } /> }
			{ ! consents && ! error && <Skeleton rows={ 2 } label={ __( 'Loading', 'nxt-cloud-chat' ) } /> }
			{ consents && ! items.length && <p className="nxtchat-soft">{ __( 'Nothing is on record: neither an agreement nor an objection.', 'nxt-cloud-chat' ) }</p> }
			<ol className="nxtchat-events">
				{ ( isWhole ? items : items.slice( 0, SHORT ) ).map( ( entry ) => (
					<Evidence key={ entry.id } entry={ entry } />
				) ) }
			</ol>
			{ ( isWhole ? consents?.next : items.length > SHORT ) && (
				<button type="button" className="button" onClick={ () => ( isWhole ? void loadConsents( contact.id, true ) : setWhole( true ) ) }>
					{ __( 'Show older', 'nxt-cloud-chat' ) }
				</button>
			) }
		</section>
	);
}

function Evidence( { entry }: { entry: ConsentEntry } ) {
	const { purpose = Purpose.MARKETING } = PURPOSES.find( ( { name } ) => name === entry.purpose ) ?? {};
	const isRevoked = entry.state === 'revoked';
	const told = isRevoked ? Consent.REVOKED : Consent.GRANTED;
	const state = purpose === Purpose.MARKETING ? marketingLabel( told ) : consentLabel( told );
	const who = entry.by_person ? __( 'by the person', 'nxt-cloud-chat' ) : entry.user ? /* translators: %s: name of a member of staff */ sprintf( __( 'noted by %s', 'nxt-cloud-chat' ), entry.user.name ) : '';
	return (
		<li className={ entry.void_ms ? 'is-void' : isRevoked ? 'is-bad' : 'is-good' }>
			<div className="nxtchat-events__line">
				<strong>{ `${ purposeLabel( purpose ) }: ${ state }` }</strong>
				{ entry.void_ms > 0 && <span className="nxtchat-soft">{ __( 'no longer counts: its import was undone', 'nxt-cloud-chat' ) }</span> }
			</div>
			{ entry.wording && (
				<blockquote dir="auto">
					<p>{ entry.wording }</p>
				</blockquote>
			) }
			{ entry.detail && <p dir="auto">{ entry.detail }</p> }
			<p className="nxtchat-soft">
				<time>{ dateTime( entry.at_ms ) }</time>
				{ [ sourceLabel( entry.source ), who, entry.ip && /* translators: %s: IP address */ sprintf( __( 'from %s', 'nxt-cloud-chat' ), entry.ip ) ]
					.filter( Boolean )
					.map( ( part ) => ` · ${ part }` )
					.join( '' ) }
			</p>
		</li>
	);
}

function ConsentForm( { id, name, state, onClose }: { id: number; name: ConsentInput[ 'purpose' ]; state: ConsentInput[ 'state' ]; onClose: () => void } ) {
	const [ how, setHow ] = useState( '' );
	const [ wording, setWording ] = useState( '' );
	const [ day, setDay ] = useState( () => dayKey( serverNow() ) );
	const [ error, setError ] = useState< ApiError | null >( null );
	const [ missing, setMissing ] = useState< FieldErrors >( {} );
	const [ isBusy, setBusy ] = useState( false );
	const form = useRef< HTMLFormElement >( null );
	const isGrant = state === 'granted';
	const errors = fieldErrors( error );
	useEffect( () => form.current?.querySelector< HTMLElement >( 'select, textarea, input' )?.focus(), [] );

	const submit = async () => {
		const found = {
			...( how ? {} : { how: __( 'Choose how you know.', 'nxt-cloud-chat' ) } ),
			...( isGrant && ! wording.trim() ? { wording: __( 'Write what the person agreed to: without it there is no proof.', 'nxt-cloud-chat' ) } : {} ),
		};
		setMissing( found );
		if ( Object.keys( found ).length ) {
			focusMistake( form.current );
			return;
		}
		setBusy( true );
		setError( null );
		try {
			const now = serverNow();
			await recordConsent( id, {
				purpose: name,
				state,
				wording: [ how, wording.trim() ].filter( Boolean ).join( ': ' ),
				// Today means now; another day, its last moment.
				at_ms: day === dayKey( now ) || ! day ? 0 : Math.min( now, endOfDay( day ) - 1 ),
			} );
			onClose();
		} catch ( reason ) {
			setError( asError( reason ) );
			setBusy( false );
			focusMistake( form.current );
		}
	};
	const ways = [ __( 'In person', 'nxt-cloud-chat' ), __( 'On the phone', 'nxt-cloud-chat' ), __( 'On paper', 'nxt-cloud-chat' ), __( 'By email', 'nxt-cloud-chat' ), __( 'In a chat', 'nxt-cloud-chat' ), __( 'Another way', 'nxt-cloud-chat' ) ];
	return (
		<form
			ref={ form }
			className="nxtchat-consentform"
			noValidate
			onSubmit={ ( event ) => {
				event.preventDefault();
				void submit();
			} }
		>
			{ error && ! isToldAtFields( error, [ 'wording', 'at_ms' ] ) && (
				<Notice kind="error">
					<p>
						<strong>{ error.message }</strong> { error.remedy }
					</p>
					{ otherProblems( error, [ 'wording', 'at_ms' ] ).map( ( message ) => (
						<p key={ message }>{ message }</p>
					) ) }
				</Notice>
			) }
			<p>
				{ isGrant
					? __( 'You note what the person told you. You may be asked for this proof.', 'nxt-cloud-chat' )
					: __( 'From now on nothing of this kind is sent to them. Nobody of your team can undo this: only the person can, by writing START.', 'nxt-cloud-chat' ) }
			</p>
			<Control
				type="select"
				label={ isGrant ? __( 'How did they agree?', 'nxt-cloud-chat' ) : __( 'How did they tell you?', 'nxt-cloud-chat' ) }
				value={ how }
				onChange={ ( way ) => {
					setHow( way );
					setMissing( { ...missing, how: undefined } );
				} }
				error={ missing.how }
				isRequired
				options={ [ { value: '', label: __( 'Choose…', 'nxt-cloud-chat' ) }, ...ways.map( ( way ) => ( { value: way, label: way } ) ) ] }
			/>
			<Control
				type="textarea"
				label={ isGrant ? __( 'What did they agree to?', 'nxt-cloud-chat' ) : __( 'What did they say? (optional)', 'nxt-cloud-chat' ) }
				placeholder={ isGrant ? __( 'For example: “Yes, send me your monthly offers on WhatsApp.”', 'nxt-cloud-chat' ) : '' }
				value={ wording }
				onChange={ ( text ) => {
					setWording( text );
					setMissing( { ...missing, wording: undefined } );
				} }
				isRequired={ isGrant }
				maxLength={ 900 }
				error={ missing.wording ?? errors.wording }
			/>
			<Control type="date" label={ __( 'When?', 'nxt-cloud-chat' ) } value={ day } max={ dayKey( serverNow() ) } onChange={ setDay } error={ errors.at_ms ?? ( day && startOfDay( day ) > serverNow() ? __( 'That day has not come yet.', 'nxt-cloud-chat' ) : undefined ) } />
			<FormActions
				isBusy={ isBusy }
				onCancel={ onClose }
				label={ isGrant ? __( 'Note the agreement', 'nxt-cloud-chat' ) : name === 'marketing' ? __( 'Unsubscribe', 'nxt-cloud-chat' ) : __( 'Withdraw', 'nxt-cloud-chat' ) }
			/>
		</form>
	);
}

/** Only the person can lift a withdrawal: how they do it. */
function Withdrawn( { contact }: { contact: ContactFull } ) {
	const [ word, setWord ] = useState( 'START' );
	const { language } = contact;
	useEffect( () => {
		let isGone = false;
		void fetchStartWord( language ).then( ( found ) => ! isGone && found && setWord( found ) );
		return () => {
			isGone = true;
		};
	}, [ language ] );
	const account = boot.accounts.find( ( one ) => one.display_phone );
	const link = account ? `https://wa.me/${ account.display_phone.replace( /\D/g, '' ) }?text=${ encodeURIComponent( word ) }` : '';
	return (
		<div className="nxtchat-withdrawn">
			<p>
				<strong>
					{ /* translators: %s: name of a person */ sprintf( __( '%s gets no marketing messages.', 'nxt-cloud-chat' ), contactName( contact ) ) }
				</strong>{ ' ' }
				{ /* translators: %s: a word, as in START */ sprintf( __( 'Nobody here can change that, and no import does. They themselves can: by writing “%s” to your number.', 'nxt-cloud-chat' ), word ) }
			</p>
			{ link && (
				<div className="nxtchat-copyrow">
					<span className="nxtchat-copyrow__label">{ __( 'A link that writes it for them, for your website or an email:', 'nxt-cloud-chat' ) }</span>
					<code dir="ltr">{ link }</code>
					<CopyButton text={ link } label={ __( 'Copy the link', 'nxt-cloud-chat' ) } />
				</div>
			) }
		</div>
	);
}

