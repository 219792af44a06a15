/** One template: how it looks, what WhatsApp says of it, what happened, and a test send. */
import { createElement, Fragment, useEffect, useMemo, useRef, useState } from '@wordpress/element';
import { __, _n, sprintf } from '@wordpress/i18n';
import type { ReactNode } from 'react';

import { boot, serverNow } from '../core/boot';
import type { ApiError } from '../core/error';
import { Menu } from '../core/menu';
import { formatNumber } from '../core/number';
import { languageName, languageOptions } from '../core/places';
import { useStore } from '../core/store';
import { dateTime, timeAgo } from '../core/time';
import { Empty, ErrorNotice, LoadError, Notice, Skeleton } from '../core/ui';
import { asError, loadDetail, store, unpause } from './actions';
import { Quality, StatusBadge } from './Badges';
import { PhonePreview } from './editor/PhonePreview';
import { Told } from './List';
import { Reach } from './ListTable';
import { Remove, UseList } from './Remove';
import { go, to } from './router';
import { SendBox } from './SendBox';
import { Timeline } from './Timeline';
import type { TemplateDetail } from './types';
import { bodyOf, categoryHelp, categoryLabel, nameOf, qualityWord, senderOf, soon, statusWord } from './words';

const HOUR_S = 3_600;
const MINUTE_S = 60;

export function Detail( { id, isSending }: { id: number; isSending: boolean } ) {
	const { id: shown, template, error } = useStore( store, ( state ) => state.detail );
	useEffect( () => void loadDetail( id ), [ id ] );
	if ( template && shown === id ) {
		return <Shown template={ template } isSending={ isSending } />;
	}
	return (
		<div className="nxtchat-card">
			{ error && shown === id ? (
				error.code === 'nxtchat_no_template' ? (
					<Empty icon="document" title={ error.message }>
						<a className="button" href={ to.list() }>
							{ __( 'Show all templates', 'nxt-cloud-chat' ) }
						</a>
					</Empty>
				) : (
					<LoadError error={ error } onRetry={ () => void loadDetail( id ) } />
				)
			) : (
				<Skeleton rows={ 6 } label={ __( 'Loading the template', 'nxt-cloud-chat' ) } />
			) }
		</div>
	);
}

function Shown( { template, isSending }: { template: TemplateDetail; isSending: boolean } ) {
	const [ isRemoving, setRemoving ] = useState( false );
	const [ isDraftShown, setDraftShown ] = useState( true );
	const head = useRef< HTMLHeadingElement >( null );
	useEffect( () => head.current?.focus( { preventScroll: true } ), [ template.id ] );
	const name = nameOf( template );
	const hasBoth = template.draft !== null && template.meta_id !== '';
	const body = useMemo( () => bodyOf( template, { draft: isDraftShown } ), [ template, isDraftShown ] );
	const { manage, reply } = boot.caps;
	return (
		<Fragment>
			<Told />
			<div className="nxtchat-template__head">
				<h2 ref={ head } tabIndex={ -1 }>
					<bdi>{ name }</bdi> <StatusBadge template={ template } />
				</h2>
				<div className="nxtchat-template__actions">
					{ manage && template.can.edit && (
						<a className="button button-primary" href={ to.edit( template.id ) }>
							{ template.draft ? __( 'Go on writing', 'nxt-cloud-chat' ) : __( 'Edit', 'nxt-cloud-chat' ) }
						</a>
					) }
					{ manage && (
						<Menu
							label={ __( 'More', 'nxt-cloud-chat' ) }
							items={ [
								{ label: __( 'Duplicate', 'nxt-cloud-chat' ), onClick: () => go( to.create( { from: template.id } ) ) },
								...( template.can.delete ? [ { label: __( 'Delete…', 'nxt-cloud-chat' ), onClick: () => setRemoving( true ), isDestructive: true } ] : [] ),
							] }
						/>
					) }
				</div>
			</div>
			<StatusNotice template={ template } />
			<div className="nxtchat-template__columns">
				<div className="nxtchat-template__preview">
					{ hasBoth && (
						<div className="nxtchat-template__which">
							<button type="button" className="button" aria-pressed={ ! isDraftShown } onClick={ () => setDraftShown( false ) }>
								{ __( 'At WhatsApp', 'nxt-cloud-chat' ) }
							</button>
							<button type="button" className="button" aria-pressed={ isDraftShown } onClick={ () => setDraftShown( true ) }>
								{ __( 'Not handed in', 'nxt-cloud-chat' ) }
							</button>
						</div>
					) }
					<PhonePreview template={ body } sender={ senderOf( template ) } />
				</div>
				<div>
					<Facts template={ template } />
					<Languages template={ template } />
					{ reply && template.can.send && <SendBox key={ template.id } template={ template } isWanted={ isSending } /> }
					<section className="nxtchat-card" aria-labelledby="nxtchat-uses">
						<h2 id="nxtchat-uses">{ __( 'What uses it', 'nxt-cloud-chat' ) }</h2>
						{ template.uses.length ? <UseList uses={ template.uses } /> : <p className="nxtchat-soft">{ __( 'Nothing on this site yet.', 'nxt-cloud-chat' ) }</p> }
					</section>
					<Timeline log={ template.log } />
				</div>
			</div>
			{ isRemoving && <Remove template={ template } onClose={ () => setRemoving( false ) } onDone={ () => go( to.list() ) } /> }
		</Fragment>
	);
}

/** What stands in the way of sending it, and what to do. */
function StatusNotice( { template }: { template: TemplateDetail } ) {
	const [ isBusy, setBusy ] = useState( false );
	const [ error, setError ] = useState< ApiError | null >( null );
	const { help, tone } = statusWord( template.gone ? 'GONE' : template.status );
	const again = async () => {
		setBusy( true );
		setError( null );
		try {
			await unpause( template );
		} catch ( reason ) {
			setError( asError( reason ) );
		}
		setBusy( false );
	};
	return (
		<Fragment>
			{ error && <ErrorNotice error={ error } /> }
			{ ( template.gone || template.status !== 'APPROVED' ) && (
				<Notice kind={ tone === 'fail' ? 'error' : tone === 'ok' || tone === 'off' ? 'info' : 'warning' }>
					<p>
						{ template.reason_text && <strong>{ template.reason_text } </strong> }
						{ help }
					</p>
					{ boot.caps.manage && template.can.unpause && (
						<p>
							<button type="button" className="button" disabled={ isBusy } onClick={ () => void again() }>
								{ __( 'Ask WhatsApp to deliver it again', 'nxt-cloud-chat' ) }
							</button>
						</p>
					) }
				</Notice>
			) }
			{ template.correct_category && template.correct_category !== template.category && (
				<Notice kind="warning">
					<p>
						{ sprintf(
							/* translators: 1: a category, 2: a category */
							__( 'WhatsApp finds that this is “%1$s”, not “%2$s”, and will change it. The price of each message changes with it.', 'nxt-cloud-chat' ),
							categoryLabel( template.correct_category ),
							categoryLabel( template.category )
						) }
					</p>
				</Notice>
			) }
		</Fragment>
	);
}

function Facts( { template }: { template: TemplateDetail } ) {
	const { edits, category, previous_category: before } = template;
	const quality = qualityWord( template.quality );
	const facts: [ string, ReactNode, ReactNode? ][] = [
		[ __( 'Category', 'nxt-cloud-chat' ), categoryLabel( category ) || '—', before && before !== category ? /* translators: %s: a category */ sprintf( __( 'Was “%s” before.', 'nxt-cloud-chat' ), categoryLabel( before ) ) : categoryHelp( category ) ],
		[ __( 'Language', 'nxt-cloud-chat' ), languageName( template.language ) || '—', template.language ],
		[ __( 'Quality', 'nxt-cloud-chat' ), <Quality key="quality" quality={ template.quality } />, quality.help ],
		[ __( 'Sent and read', 'nxt-cloud-chat' ), <Reach key="reach" template={ template } />, template.last_used_ms ? /* translators: %s: a time, as in "5 minutes ago" */ sprintf( __( 'Last used %s', 'nxt-cloud-chat' ), timeAgo( template.last_used_ms, serverNow() ) ) : __( 'Never used', 'nxt-cloud-chat' ) ],
		[ __( 'Must arrive within', 'nxt-cloud-chat' ), template.ttl_s ? duration( template.ttl_s ) : __( 'WhatsApp’s own time', 'nxt-cloud-chat' ), template.ttl_s ? __( 'Later it is not delivered any more.', 'nxt-cloud-chat' ) : '' ],
	];
	if ( template.status === 'APPROVED' ) {
		facts.push( [
			__( 'Changes left', 'nxt-cloud-chat' ),
			/* translators: %s: a number */
			sprintf( _n( '%s in 30 days', '%s in 30 days', edits.left_30d, 'nxt-cloud-chat' ), formatNumber( edits.left_30d ) ),
			edits.next_at_ms > serverNow()
				? /* translators: %s: a time today, or a date with its time */ sprintf( __( 'The next is possible from %s on.', 'nxt-cloud-chat' ), soon( edits.next_at_ms ) )
				: __( 'WhatsApp allows one a day while it is approved.', 'nxt-cloud-chat' ),
		] );
	}
	return (
		<section className="nxtchat-card" aria-labelledby="nxtchat-facts">
			<h2 id="nxtchat-facts">{ __( 'About it', 'nxt-cloud-chat' ) }</h2>
			<dl className="nxtchat-facts">
				{ facts.map( ( [ label, value, more ] ) => (
					<div key={ label }>
						<dt>{ label }</dt>
						<dd>
							{ value }
							{ more && <span className="nxtchat-facts__more">{ more }</span> }
						</dd>
					</div>
				) ) }
			</dl>
			{ template.synced_ms > 0 && (
				<p className="nxtchat-soft">
					{ /* translators: %s: a time, as in "5 minutes ago" */ sprintf( __( 'As WhatsApp had it %s.', 'nxt-cloud-chat' ), timeAgo( template.synced_ms, serverNow() ) ) }{ ' ' }
					<span title={ dateTime( template.created_ms ) }>{ /* translators: %s: a time */ sprintf( __( 'Here since %s.', 'nxt-cloud-chat' ), dateTime( template.created_ms ) ) }</span>
				</p>
			) }
		</section>
	);
}

function duration( seconds: number ): string {
	if ( seconds >= HOUR_S ) {
		const hours = Math.round( seconds / HOUR_S );
		/* translators: %s: a number */
		return sprintf( _n( '%s hour', '%s hours', hours, 'nxt-cloud-chat' ), formatNumber( hours ) );
	}
	const minutes = Math.max( 1, Math.round( seconds / MINUTE_S ) );
	/* translators: %s: a number */
	return sprintf( _n( '%s minute', '%s minutes', minutes, 'nxt-cloud-chat' ), formatNumber( minutes ) );
}

function Languages( { template }: { template: TemplateDetail } ) {
	return (
		<section className="nxtchat-card" aria-labelledby="nxtchat-languages">
			<h2 id="nxtchat-languages">{ __( 'Languages', 'nxt-cloud-chat' ) }</h2>
			<ul className="nxtchat-languages">
				{ template.languages.map( ( { id, language, status } ) => (
					<li key={ id } className={ id === template.id ? 'is-current' : undefined }>
						{ id === template.id ? <strong aria-current="true">{ languageName( language ) }</strong> : <a href={ to.template( id ) }>{ languageName( language ) || __( '(no language yet)', 'nxt-cloud-chat' ) }</a> }
						<StatusBadge template={ { status, gone: status === 'GONE' } } />
					</li>
				) ) }
			</ul>
			{ boot.caps.manage && ! template.gone && (
				<select aria-label={ __( 'Add a language', 'nxt-cloud-chat' ) } value="" onChange={ ( event ) => go( to.create( { from: template.id, language: event.target.value } ) ) }>
					<option value="">{ __( 'Add a language…', 'nxt-cloud-chat' ) }</option>
					{ languageOptions()
						.filter( ( { value } ) => ! template.languages.some( ( { language } ) => language === value ) )
						.map( ( { value, label } ) => (
							<option key={ value } value={ value }>
								{ label }
							</option>
						) ) }
				</select>
			) }
		</section>
	);
}
