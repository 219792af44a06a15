/** A test send: to somebody, with the values they would get, logged like any message. */
import { createElement, Fragment, useEffect, useMemo, useRef, useState } from '@wordpress/element';
import { __, sprintf } from '@wordpress/i18n';

import { boot } from '../core/boot';
import { isAbort, type ApiError } from '../core/error';
import { Control } from '../core/form';
import { Icon } from '../core/icons';
import type { ContactItem, CountedPage, Message } from '../core/types';
import { ulid } from '../core/ulid';
import { Avatar, ErrorNotice, Notice } from '../core/ui';
import { request } from '../core/api';
import { asError } from './actions';
import { preview, send } from './api';
import { PhonePreview } from './editor/PhonePreview';
import { ValueField } from './ValueField';
import type { Missing, TemplateDetail, Values } from './types';
import { bodyOf, nameOf, senderOf } from './words';

/** Quiet time after the last key before the search and the preview run, ms. */
const DELAY_MS = 300;
const SHOWN_PEOPLE = 6;
/** What reads as a number rather than a name: digits, spaces, + ( ) - and at least this many digits. */
const MIN_DIGITS = 6;

const isText = ( value: unknown ): value is string => typeof value === 'string' && value !== '';
const isPhone = ( text: string ): boolean => /^[+\d\s().\-/]+$/.test( text ) && text.replace( /\D/g, '' ).length >= MIN_DIGITS;
const personName = ( { name, phone_display, phone, username }: ContactItem ) => name || phone_display || phone || `@${ username }`;

export function SendBox( { template, isWanted }: { template: TemplateDetail; isWanted: boolean } ) {
	const [ search, setSearch ] = useState( '' );
	const [ people, setPeople ] = useState< ContactItem[] >( [] );
	const [ person, setPerson ] = useState< ContactItem | null >( null );
	const [ typed, setTyped ] = useState< Values >( {} );
	const [ found, setFound ] = useState< Values >( {} );
	const [ missing, setMissing ] = useState< Missing[] >( [] );
	const [ isBusy, setBusy ] = useState( false );
	/** Somebody tried to send: what is missing is a mistake now. */
	const [ isAsked, setAsked ] = useState( false );
	const [ error, setError ] = useState< ApiError | null >( null );
	const [ sent, setSent ] = useState< Message | null >( null );
	const box = useRef< HTMLElement >( null );
	const ref = useRef( ulid() );
	const phone = ! person && isPhone( search ) ? search.trim() : '';
	const to = person?.id ?? 0;
	const isChosen = to > 0 || phone !== '';

	useEffect( () => {
		if ( isWanted ) {
			box.current?.scrollIntoView( { block: 'center' } );
			box.current?.querySelector( 'input' )?.focus( { preventScroll: true } );
		}
	}, [ isWanted ] );

	useEffect( () => {
		const text = search.trim();
		if ( person || text.length < 2 ) {
			return;
		}
		const abort = new AbortController();
		const timer = setTimeout( () => {
			request< CountedPage< ContactItem > >( 'contacts', { query: { search: text, limit: SHOWN_PEOPLE }, signal: abort.signal } ).then(
				( { items } ) => setPeople( items ),
				( reason ) => ! isAbort( reason ) && setPeople( [] )
			);
		}, DELAY_MS );
		return () => {
			clearTimeout( timer );
			abort.abort();
		};
	}, [ search, person ] );

	// What WhatsApp has is what is sent, not what is still being written.
	const body = useMemo( () => bodyOf( template, { draft: false } ), [ template ] );
	// As the server does with a test: the example stands for what nothing fills in.
	const shownValues = useMemo( () => {
		const examples = template.variables.filter( ( { key, example } ) => isText( example ) && missing.some( ( one ) => one.key === key ) ).map( ( { key, example } ) => [ key, example ] );
		const given = Object.entries( typed ).filter( ( [ , value ] ) => value !== '' );
		return { ...found, ...Object.fromEntries( examples ), ...Object.fromEntries( given ) };
	}, [ template, missing, found, typed ] );
	const given = JSON.stringify( typed );
	useEffect( () => {
		if ( ! isChosen ) {
			return;
		}
		const abort = new AbortController();
		const timer = setTimeout( () => {
			preview( { template: body, bindings: template.bindings, values: JSON.parse( given ) as Values, ...( to ? { contact: to } : { phone, account: template.account_id } ) }, abort.signal ).then(
				( answer ) => {
					setFound( answer.values );
					setMissing( answer.missing );
				},
				( reason ) => ! isAbort( reason ) && setError( asError( reason ) )
			);
		}, DELAY_MS );
		return () => {
			clearTimeout( timer );
			abort.abort();
		};
	}, [ template, body, isChosen, to, phone, given ] );

	const choose = ( one: ContactItem | null ) => {
		setPerson( one );
		setPeople( [] );
		setSearch( one ? personName( one ) : '' );
		setSent( null );
	};
	const submit = async () => {
		setBusy( true );
		setAsked( true );
		setError( null );
		setSent( null );
		try {
			setSent( await send( template.id, { ...( to ? { contact: to } : { phone } ), values: typed, test: true, ref: ref.current } ) );
			ref.current = ulid();
		} catch ( reason ) {
			const failure = asError( reason );
			setError( failure );
			// Without an answer the same message is tried again, never a second one.
			if ( failure.kind !== 'network' ) {
				ref.current = ulid();
			}
			if ( Array.isArray( failure.data.missing ) ) {
				setMissing( failure.data.missing as Missing[] );
			}
		}
		setBusy( false );
	};
	// What may be left out is for programs: what comes back, the data of a form.
	const fields = template.variables.filter( ( { required } ) => required );
	return (
		<section className="nxtchat-card nxtchat-sendbox" aria-labelledby="nxtchat-sendbox" ref={ box }>
			<h2 id="nxtchat-sendbox">{ __( 'Test send', 'nxt-cloud-chat' ) }</h2>
			<p className="description">{ __( 'Sends the real message, with real values, and WhatsApp charges it like any other. Send it to yourself.', 'nxt-cloud-chat' ) }</p>
			<form
				onSubmit={ ( event ) => {
					event.preventDefault();
					void submit();
				} }
			>
				<Control
					label={ __( 'To', 'nxt-cloud-chat' ) }
					name="to"
					value={ search }
					placeholder={ __( 'A name or a number', 'nxt-cloud-chat' ) }
					help={ phone ? /* translators: %s: a number */ sprintf( __( 'Sends to the number %s.', 'nxt-cloud-chat' ), phone ) : person ? person.phone_display || person.phone : undefined }
					onChange={ ( value ) => {
						setPerson( null );
						setSearch( value );
						setSent( null );
						if ( value.trim().length < 2 ) {
							setPeople( [] );
						}
					} }
				/>
				{ people.length > 0 && ! person && (
					<ul className="nxtchat-found" aria-label={ __( 'People found', 'nxt-cloud-chat' ) }>
						{ people.map( ( one ) => (
							<li key={ one.id }>
								<button type="button" onClick={ () => choose( one ) }>
									<Avatar id={ one.id } name={ one.name } size="small" />
									<span>
										<bdi>{ personName( one ) }</bdi>
										<small>{ one.phone_display || one.phone }</small>
									</span>
								</button>
							</li>
						) ) }
					</ul>
				) }
				{ isChosen &&
					fields.map( ( variable ) => {
						const { key, label, name, example } = variable;
						const value = typed[ key ] ?? found[ key ];
						const lack = missing.find( ( one ) => one.key === key );
						const lacks = lack && ! typed[ key ] ? lack.reason || __( 'No value is known for this person.', 'nxt-cloud-chat' ) : undefined;
						return (
							<ValueField
								key={ key }
								variable={ variable }
								label={ label ?? lack?.label ?? name }
								value={ value }
								help={
									lacks && isText( example ) ? (
										<span className="nxtchat-sendbox__lack">
											<Icon name="alert" size={ 16 } /> { lacks } { __( 'The test sends the example instead.', 'nxt-cloud-chat' ) }
										</span>
									) : undefined
								}
								error={ isAsked && ! isText( example ) ? lacks : undefined }
								onChange={ ( next ) => {
									setTyped( { ...typed, [ key ]: next } );
									setError( null );
								} }
							/>
						);
					} ) }
				{ isChosen && <PhonePreview template={ body } values={ shownValues } sender={ senderOf( template ) } title={ __( 'What this person will see', 'nxt-cloud-chat' ) } /> }
				{ error && <ErrorNotice error={ error } onDismiss={ () => setError( null ) } /> }
				{ sent && (
					<Notice kind={ sent.error ? 'error' : 'success' }>
						<p>
							{ sent.error
								? `${ sent.error.title }. ${ sent.error.remedy }`
								: /* translators: %s: name of a template */ sprintf( __( '%s is on its way.', 'nxt-cloud-chat' ), nameOf( template ) ) }{ ' ' }
							<a href={ `${ boot.links.inbox }&conversation=${ sent.conversation_id }` }>{ __( 'Open the conversation', 'nxt-cloud-chat' ) }</a>
						</p>
					</Notice>
				) }
				<Fragment>
					<button type="submit" className="button button-primary" disabled={ isBusy || ! isChosen }>
						{ isBusy ? __( 'Sending…', 'nxt-cloud-chat' ) : __( 'Send the test', 'nxt-cloud-chat' ) }
					</button>
				</Fragment>
			</form>
		</section>
	);
}
