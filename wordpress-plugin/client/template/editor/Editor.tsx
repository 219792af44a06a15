/** The editor of a template: a form beside the customer's phone. */
import { speak } from '@wordpress/a11y';
import { createElement, Fragment, useEffect, useMemo, useRef, useState } from '@wordpress/element';
import { __, _n, sprintf } from '@wordpress/i18n';
import type { FocusEvent } from 'react';

import { boot, serverNow } from '../../core/boot';
import { focusMistake } from '../../core/form';
import { languageName } from '../../core/places';
import { dateTime } from '../../core/time';
import { Dialog, ErrorNotice, LoadError, Notice, Skeleton } from '../../core/ui';
import { fetchTemplate } from '../api';
import { go, to } from '../router';
import type { Problem, Template, TemplateBody, TemplateDetail } from '../types';
import { bodyOf, categoryLabel, statusLabel } from '../words';
import { Basics, languageOptions, Lifetime } from './Basics';
import { ButtonFields } from './Buttons';
import { quoted, type Edit } from './kit';
import { isAuth, placeOf, ROOT, type Form } from './model';
import { Phone, PhonePreview, type LocalFiles } from './PhonePreview';
import { usePreview } from './preview';
import { byControl, controlOf, controlPlaces, within } from './problems';
import { savingLabel, useSession, type Saving } from './session';
import { AuthFields, CarouselFields, OfferFields, UnknownParts } from './Special';
import { BodyField, FooterField, HeaderFields } from './Texts';
import { Variables } from './Variables';
import '../../core/form.css';
import './editor.css';

export interface EditorProps {
	/** The template that is changed, null for a new one. */
	id: number | null;
	/** Key of a ready-made one to begin with, '' = none. */
	starter: string;
	/** Begin with a copy of this one, in the language `language` when it is said. */
	duplicateOf: number | null;
	language: string;
}

/** What is only not there yet is told once the person has been at the field, or wants to hand it in. */
const NOT_YET = /missing|empty|example_count|example_name|too_few|^(body|text)_/;

const noProblems: Problem[] = [];

export function Editor( props: EditorProps ) {
	const session = useSession( props );
	const { form, loadError } = session;
	if ( loadError ) {
		return <LoadError error={ loadError } onRetry={ () => void session.load() } />;
	}
	return form ? <Open session={ session } form={ form } /> : <Skeleton rows={ 6 } label={ __( 'Loading the editor', 'nxt-cloud-chat' ) } />;
}

function Open( { session, form }: { session: ReturnType< typeof useSession >; form: Form } ) {
	const { stored, saving, error, refused, change, account } = session;
	const [ touched, setTouched ] = useState< ReadonlySet< string > >( new Set() );
	const [ isAttempted, setAttempted ] = useState( false );
	const [ isAsking, setAsking ] = useState( false );
	const [ isBusy, setBusy ] = useState( false );
	const [ notices, setNotices ] = useState< string[] >( [] );
	const [ files, setFiles ] = useState< LocalFiles >( {} );
	const box = useRef< HTMLDivElement >( null );
	const preview = usePreview( form.template );
	const problems = useMemo( () => [ ...( preview?.problems ?? noProblems ), ...refused ], [ preview, refused ] );
	const told = useMemo( () => byControl( problems, form.template ), [ problems, form.template ] );
	const errors = problems.filter( ( { severity } ) => severity === 'error' );
	const isFixed = Boolean( stored?.meta_id );
	const sender = boot.accounts.find( ( { id } ) => id === account );

	const edit: Edit = {
		form,
		change,
		told: ( place ) => ( told.get( place ) ?? noProblems ).filter( ( { rule } ) => isAttempted || touched.has( place ) || ! NOT_YET.test( rule ) ),
		account,
		isFixed,
		isApproved: stored?.status === 'APPROVED',
		files,
		keepFile: ( handle, file ) => setFiles( ( all ) => ( { ...all, [ handle ]: { url: URL.createObjectURL( file ), name: file.name } } ) ),
	};
	// Local pictures live as long as the editor.
	const kept = useRef( files );
	kept.current = files;
	useEffect( () => () => Object.values( kept.current ).forEach( ( { url } ) => URL.revokeObjectURL( url ) ), [] );

	const onBlur = ( event: FocusEvent ) => {
		const place = event.target.closest< HTMLElement >( '[data-place]' )?.dataset.place;
		if ( place && ! touched.has( place ) ) {
			setTouched( new Set( [ ...touched, place ] ) );
		}
	};
	/** Puts the cursor into the control that a problem belongs to. */
	const show = ( problem: Problem ) => {
		const place = controlOf( problem.place, controlPlaces( form.template ) ) || 'name';
		const target = box.current?.querySelector( `[data-place="${ CSS.escape( place ) }"]` ) ?? box.current?.querySelector( `[data-place^="${ CSS.escape( place ) }"]` );
		const control = target?.querySelector< HTMLElement >( '[aria-invalid="true"]' ) ?? target?.querySelector< HTMLElement >( 'input, textarea, select, button:not(:disabled)' );
		target?.scrollIntoView( { block: 'center' } );
		control?.focus( { preventScroll: true } );
	};
	const ask = () => {
		setAttempted( true );
		const first = errors[ 0 ];
		if ( first ) {
			/* translators: %d: a number */
			speak( sprintf( _n( '%d thing is to be mended first.', '%d things are to be mended first.', errors.length, 'nxt-cloud-chat' ), errors.length ), 'assertive' );
			requestAnimationFrame( () => show( first ) );
		} else {
			setAsking( true );
		}
	};
	const submit = async () => {
		setBusy( true );
		const row = await session.submit();
		setBusy( false );
		setAsking( false );
		if ( row ) {
			speak( __( 'Handed in to WhatsApp.', 'nxt-cloud-chat' ) );
			if ( row.notices?.length ) {
				setNotices( row.notices );
			} else {
				go( to.template( row.id ) );
			}
		} else {
			focusMistake( box.current );
		}
	};
	const limits = stored?.edits;
	const mustWait = stored?.status === 'APPROVED' && limits && limits.next_at_ms > serverNow();
	// WhatsApp has exactly this: handing it in would only use up one of the changes.
	const isSame = Boolean( stored && ! stored.draft && saving === 'saved' );
	const hasCarousel = placeOf( form, ROOT, 'CAROUSEL' ) !== '';
	const isMarketing = form.template.category.toUpperCase() === 'MARKETING';
	return (
		<div ref={ box } className="nxtchat-editor" onBlur={ onBlur }>
			<div className="nxtchat-editor__head">
				<h2 tabIndex={ -1 }>{ form.template.name || __( 'New template', 'nxt-cloud-chat' ) }</h2>
				<State saving={ saving } stored={ stored } />
			</div>
			<Languages stored={ stored } language={ form.template.language } />
			{ error && saving === 'conflict' ? (
				<Notice kind="warning">
					<p>
						<strong>{ __( 'Somebody else saved this template while you were writing.', 'nxt-cloud-chat' ) }</strong>
					</p>
					<p className="nxtchat-inline">
						<button type="button" className="button" onClick={ () => session.settle( false ) }>
							{ __( 'Take their version', 'nxt-cloud-chat' ) }
						</button>
						<button type="button" className="button" onClick={ () => session.settle( true ) }>
							{ __( 'Keep mine', 'nxt-cloud-chat' ) }
						</button>
					</p>
				</Notice>
			) : (
				error && <ErrorNotice error={ error } />
			) }
			{ stored?.status === 'REJECTED' && stored.reason_text && (
				<Notice kind="error">
					<p>
						<strong>{ __( 'WhatsApp rejected it:', 'nxt-cloud-chat' ) }</strong> { stored.reason_text }
					</p>
				</Notice>
			) }
			{ stored?.status === 'APPROVED' && limits && (
				<Notice kind="info">
					<p>
						{ mustWait
							? /* translators: %s: date and time */ sprintf( __( 'WhatsApp takes the next change of this approved template from %s on. You can write it now; it is kept as a draft.', 'nxt-cloud-chat' ), dateTime( limits.next_at_ms ) )
							: /* translators: %d: a number */ sprintf( _n( 'An approved template can be changed once a day: %d change is left within 30 days. While WhatsApp looks at it, it cannot be sent.', 'An approved template can be changed once a day: %d changes are left within 30 days. While WhatsApp looks at one, it cannot be sent.', limits.left_30d, 'nxt-cloud-chat' ), limits.left_30d ) }
					</p>
				</Notice>
			) }
			<div className="nxtchat-editor__columns">
				<div className="nxtchat-editor__form nxtchat-card">
					<Basics edit={ edit } isNew={ stored === null } onAccount={ session.setAccount } />
					{ isAuth( form ) ? (
						<AuthFields edit={ edit } />
					) : (
						<Fragment>
							{ ! hasCarousel && <HeaderFields edit={ edit } list={ ROOT } formats={ isMarketing ? [ 'NONE', 'TEXT', 'IMAGE', 'VIDEO', 'GIF', 'DOCUMENT', 'LOCATION', 'PRODUCT' ] : [ 'NONE', 'TEXT', 'IMAGE', 'VIDEO', 'DOCUMENT', 'LOCATION' ] } /> }
							<BodyField edit={ edit } list={ ROOT } />
							<Variables edit={ edit } variables={ preview?.variables ?? [] } sources={ session.sources } />
							{ ! hasCarousel && <FooterField edit={ edit } /> }
							{ ! hasCarousel && <ButtonFields edit={ edit } list={ ROOT } /> }
							{ ( isMarketing || placeOf( form, ROOT, 'LIMITED_TIME_OFFER' ) ) && ! hasCarousel && <OfferFields edit={ edit } /> }
							{ ( isMarketing || hasCarousel ) && <CarouselFields edit={ edit } /> }
						</Fragment>
					) }
					<UnknownParts edit={ edit } />
					<details className="nxtchat-editor__more" open={ told.has( 'message_send_ttl_seconds' ) || undefined }>
						<summary>{ __( 'Delivery time', 'nxt-cloud-chat' ) }</summary>
						<Lifetime edit={ edit } />
					</details>
				</div>
				<div className="nxtchat-editor__side">
					<Phone rendered={ preview?.rendered ?? null } errors={ isAttempted ? errors.length : 0 } files={ files } sender={ sender?.name || sender?.display_phone } />
					<Compare stored={ stored } />
					<Summary problems={ problems } isReady={ preview !== null && ! isSame } onShow={ show } />
				</div>
			</div>
			<div className="nxtchat-editor__actions">
				<button type="button" className="button button-primary" disabled={ isBusy || Boolean( mustWait ) || isSame || preview === null } onClick={ ask }>
					{ __( 'Hand in to WhatsApp', 'nxt-cloud-chat' ) }
				</button>
				<button type="button" className="button" disabled={ saving === 'saving' || isSame } onClick={ () => void session.save( { force: stored === null } ) }>
					{ __( 'Save draft', 'nxt-cloud-chat' ) }
				</button>
			</div>
			{ notices.length > 0 && stored && (
				<Dialog title={ __( 'Handed in to WhatsApp', 'nxt-cloud-chat' ) } className="is-small" onClose={ () => go( to.template( stored.id ) ) }>
					{ notices.map( ( notice ) => (
						<p key={ notice }>{ notice }</p>
					) ) }
					<div className="nxtchat-dialog__actions">
						<button type="button" className="button button-primary" onClick={ () => go( to.template( stored.id ) ) }>
							{ __( 'All right', 'nxt-cloud-chat' ) }
						</button>
					</div>
				</Dialog>
			) }
			{ isAsking && <AskSubmit template={ form.template } isAdvised={ problems.some( ( { rule } ) => rule === 'reads_like_marketing' ) } isBusy={ isBusy } onClose={ () => setAsking( false ) } onSubmit={ () => void submit() } /> }
		</div>
	);
}

const State = ( { saving, stored }: { saving: Saving; stored: Template | null } ) => (
	<span className={ `nxtchat-editor__state is-${ saving }` } role="status">
		{ stored && <span className="nxtchat-badge is-off">{ statusLabel( stored ) }</span> } { savingLabel( saving, stored ) }
	</span>
);

const AskSubmit = ( { template, isAdvised, isBusy, onClose, onSubmit }: { template: TemplateBody; isAdvised: boolean; isBusy: boolean; onClose: () => void; onSubmit: () => void } ) => (
	<Dialog title={ __( 'Hand in to WhatsApp?', 'nxt-cloud-chat' ) } className="is-small" onClose={ onClose }>
		<p>
			{ sprintf(
				/* translators: 1: name, 2: language, 3: category */
				__( '%1$s, %2$s, category %3$s. WhatsApp reviews it: mostly within minutes, at most 24 hours. Then it can be sent.', 'nxt-cloud-chat' ),
				template.name,
				languageName( template.language ),
				categoryLabel( template.category.toUpperCase() )
			) }
		</p>
		{ isAdvised && <p className="nxtchat-editor__advice">{ __( 'It reads like advertising: WhatsApp will probably make it a marketing template, at that price.', 'nxt-cloud-chat' ) }</p> }
		<div className="nxtchat-dialog__actions">
			<button type="button" className="button" onClick={ onClose }>
				{ __( 'Cancel', 'nxt-cloud-chat' ) }
			</button>
			<button type="button" className="button button-primary" disabled={ isBusy } onClick={ onSubmit }>
				{ isBusy ? __( 'Handing in…', 'nxt-cloud-chat' ) : __( 'Hand in', 'nxt-cloud-chat' ) }
			</button>
		</div>
	</Dialog>
);

/** "Card 2, button 1: ", '' for what is in neither. */
function where( place: string ): string {
	const { card, button } = within( place );
	const parts = [
		/* translators: %d: number of a card */
		card > 0 && sprintf( __( 'Card %d', 'nxt-cloud-chat' ), card ),
		/* translators: %d: number of a button */
		button > 0 && sprintf( __( 'Button %d', 'nxt-cloud-chat' ), button ),
	].filter( Boolean );
	return parts.length ? `${ parts.join( ', ' ) }: ` : '';
}

/** All that is wrong, each with a way to its field; advice apart. */
function Summary( { problems, isReady, onShow }: { problems: Problem[]; isReady: boolean; onShow: ( problem: Problem ) => void } ) {
	const list = ( severity: Problem[ 'severity' ] ) => {
		const own = problems.filter( ( problem ) => problem.severity === severity );
		return (
			own.length > 0 && (
				<Fragment>
					<h3>{ severity === 'error' ? __( 'To mend before it can be handed in', 'nxt-cloud-chat' ) : __( 'Advice', 'nxt-cloud-chat' ) }</h3>
					<ul>
						{ own.map( ( problem ) => (
							<li key={ `${ problem.place }${ problem.rule }` }>
								<button type="button" className="button-link" onClick={ () => onShow( problem ) }>
									{ where( problem.place ) }
									{ quoted( problem.message ) }
								</button>
							</li>
						) ) }
					</ul>
				</Fragment>
			)
		);
	};
	return (
		<div className="nxtchat-editor__summary">
			{ isReady && ! problems.length && <p className="is-good">{ __( 'Nothing to mend: it can be handed in.', 'nxt-cloud-chat' ) }</p> }
			{ list( 'error' ) }
			{ list( 'warning' ) }
		</div>
	);
}

const languagesOf = ( stored: Template | TemplateDetail | null ): TemplateDetail[ 'languages' ] => ( stored && 'languages' in stored ? stored.languages : [] );

/** The same template in its other languages. */
function Languages( { stored, language }: { stored: Template | TemplateDetail | null; language: string } ) {
	if ( ! stored?.name ) {
		return null;
	}
	const others = languagesOf( stored ).filter( ( { id } ) => id !== stored.id );
	const taken = [ language, ...others.map( ( one ) => one.language ) ];
	return (
		<nav className="nxtchat-editor__languages" aria-label={ __( 'Languages of this template', 'nxt-cloud-chat' ) }>
			<strong aria-current="page">{ languageName( language ) }</strong>
			{ others.map( ( one ) => (
				<a key={ one.id } href={ to.edit( one.id ) }>
					{ languageName( one.language ) }
				</a>
			) ) }
			<select
				aria-label={ __( 'Add a language', 'nxt-cloud-chat' ) }
				value=""
				onChange={ ( event ) => go( to.create( { from: stored.id, language: event.target.value } ) ) }
			>
				<option value="">{ __( 'Add a language…', 'nxt-cloud-chat' ) }</option>
				{ languageOptions()
					.filter( ( { value } ) => ! taken.includes( value ) )
					.map( ( { value, label } ) => (
						<option key={ value } value={ value }>
							{ label }
						</option>
					) ) }
			</select>
		</nav>
	);
}

/** Another language of the same template, beside the one that is written. */
function Compare( { stored }: { stored: Template | TemplateDetail | null } ) {
	const [ other, setOther ] = useState< Template | null >( null );
	const others = languagesOf( stored ).filter( ( { id } ) => id !== stored?.id );
	const body = useMemo( () => ( other ? bodyOf( other ) : null ), [ other ] );
	if ( ! others.length ) {
		return null;
	}
	return (
		<div className="nxtchat-editor__compare">
			<select
				aria-label={ __( 'Compare with another language', 'nxt-cloud-chat' ) }
				value={ other?.id ?? '' }
				onChange={ ( event ) =>
					event.target.value
						? void fetchTemplate( Number( event.target.value ) ).then( setOther, () => setOther( null ) )
						: setOther( null )
				}
			>
				<option value="">{ __( 'Compare with…', 'nxt-cloud-chat' ) }</option>
				{ others.map( ( { id, language } ) => (
					<option key={ id } value={ id }>
						{ languageName( language ) }
					</option>
				) ) }
			</select>
			{ body && <PhonePreview template={ body } title={ languageName( body.language ) } /> }
		</div>
	);
}
