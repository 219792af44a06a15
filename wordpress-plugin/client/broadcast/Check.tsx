/** Before anything is sent: who would get it and who not, what it takes, a test, and the word that starts it. */
import { createElement, Fragment, useEffect, useRef, useState } from '@wordpress/element';
import { __, _n, sprintf } from '@wordpress/i18n';

import { boot } from '../core/boot';
import { Control } from '../core/form';
import { formatNumber } from '../core/number';
import type { ContactItem } from '../core/types';
import { Dialog, ErrorNotice, ExternalLink, META, Notice, Skeleton } from '../core/ui';
import { ulid } from '../core/ulid';
import { RatesEditor } from '../rates/RatesEditor';
import * as api from './api';
import type { StepProps } from './Compose';
import { stepOf, type Step } from './draft';
import { useNewest, useWork } from './hooks';
import type { Broadcast, Preflight } from './types';
import { accountName, beginning, duration, money, people, reasonLabel, templateNames } from './words';

/** People of whom a number was given twice that the server keeps. */
const LISTED_MAX = 500;

interface Props extends StepProps {
	flush: () => Promise< void >;
	onStep: ( step: Step ) => void;
	onStarted: ( broadcast: Broadcast ) => void;
}

export function Check( { draft, problems, flush, onStep, onStarted }: Props ) {
	const [ told, setTold ] = useState< Preflight | null >( null );
	const [ list, setList ] = useState( '' );
	const [ isAsking, setAsking ] = useState( false );
	const counting = useWork();
	const starting = useWork();
	const isGone = useRef( false );
	const look = ( again: boolean ) =>
		void counting.run( async () => {
			await flush();
			for ( let isDone = false, isFirst = true; ! isDone && ! isGone.current; isFirst = false ) {
				const answer = await api.preflight( draft.id, again && isFirst );
				isDone = answer.done;
				setTold( answer );
			}
		} );
	const count = () => look( true );
	const begun = useNewest( () => ! problems.length && look( false ) );
	useEffect( () => {
		isGone.current = false;
		begun();
		return () => void ( isGone.current = true );
	}, [ begun ] );
	if ( problems.length ) {
		return (
			<Notice kind="info">
				<p>{ __( 'Before it can be sent:', 'nxt-cloud-chat' ) }</p>
				<ul>
					{ problems.map( ( problem ) => (
						<li key={ problem.path + problem.message }>
							<button type="button" className="button-link" onClick={ () => onStep( stepOf( problem ) ) }>
								{ problem.message }
							</button>{ ' ' }
							{ problem.remedy }
						</li>
					) ) }
				</ul>
			</Notice>
		);
	}
	const begin = () =>
		void starting.run( async () => {
			try {
				onStarted( await api.start( draft.id, { people: told?.reachable ?? 0, updated_ms: draft.updated_ms } ) );
			} catch ( reason ) {
				const now = ( reason as { data?: { preflight?: Preflight } } ).data?.preflight;
				if ( now ) {
					setTold( now );
				}
				if ( now && ! now.done ) {
					look( false ); // What was counted was too old.
				}
				throw reason;
			}
		} );
	const reasons = Object.entries( told?.reasons ?? {} ).filter( ( [ , n ] ) => n > 0 );
	const { schedule } = draft.definition;
	return (
		<Fragment>
			{ counting.error && <ErrorNotice error={ counting.error } /> }
			{ ! told ? (
				! counting.error && <Skeleton rows={ 4 } label={ __( 'Counting who would get it', 'nxt-cloud-chat' ) } />
			) : (
				<Fragment>
					<p className="nxtchat-compose__big" aria-live="polite">
						<strong>{ formatNumber( told.reachable ) }</strong>{ ' ' }
						{ told.done
							? _n( 'person would get it.', 'people would get it.', told.reachable, 'nxt-cloud-chat' )
							: __( 'people so far, still counting…', 'nxt-cloud-chat' ) }{ ' ' }
						<button type="button" className="button-link" onClick={ () => setList( 'reachable' ) }>
							{ __( 'Show them', 'nxt-cloud-chat' ) }
						</button>
					</p>
					{ reasons.length + told.duplicate + told.invalid > 0 && (
						<table className="widefat nxtchat-compose__reasons">
							<caption>{ __( 'Left out', 'nxt-cloud-chat' ) }</caption>
							<tbody>
								{ reasons.map( ( [ reason, n ] ) => (
									<tr key={ reason }>
										<th scope="row">{ reasonLabel( reason ) }</th>
										<td>{ formatNumber( n ) }</td>
										<td>
											<button type="button" className="button-link" aria-label={ /* translators: %s: why people are left out */ sprintf( __( 'Show them: %s', 'nxt-cloud-chat' ), reasonLabel( reason ) ) } onClick={ () => setList( reason ) }>
												{ __( 'Show them', 'nxt-cloud-chat' ) }
											</button>
										</td>
									</tr>
								) ) }
								{ told.duplicate > 0 && (
									<tr>
										<th scope="row">{ reasonLabel( 'duplicate' ) }</th>
										<td>{ formatNumber( told.duplicate ) }</td>
										<td>
											<button type="button" className="button-link" aria-label={ /* translators: %s: why people are left out */ sprintf( __( 'Show them: %s', 'nxt-cloud-chat' ), reasonLabel( 'duplicate' ) ) } onClick={ () => setList( 'duplicate' ) }>
												{ __( 'Show them', 'nxt-cloud-chat' ) }
											</button>
										</td>
									</tr>
								) }
								{ told.invalid > 0 && (
									<tr>
										<th scope="row">{ __( 'Lines without a number', 'nxt-cloud-chat' ) }</th>
										<td>{ formatNumber( told.invalid ) }</td>
										<td>
											<button type="button" className="button-link" onClick={ () => onStep( 'people' ) }>
												{ __( 'Show them', 'nxt-cloud-chat' ) }
											</button>
										</td>
									</tr>
								) }
							</tbody>
						</table>
					) }
					<dl className="nxtchat-facts nxtchat-compose__facts">
						<div>
							<dt>{ __( 'Message', 'nxt-cloud-chat' ) }</dt>
							<dd>{ templateNames( draft.definition ) }</dd>
						</div>
						<div>
							<dt>{ __( 'From', 'nxt-cloud-chat' ) }</dt>
							<dd>
								<bdi>{ accountName( draft.definition.account ) }</bdi>
							</dd>
						</div>
						<div>
							<dt>{ __( 'Begins', 'nxt-cloud-chat' ) }</dt>
							<dd>{ beginning( schedule ) }</dd>
						</div>
						<div>
							<dt>{ __( 'Takes about', 'nxt-cloud-chat' ) }</dt>
							<dd>
								{ duration( told.seconds ) }
								<span className="nxtchat-facts__more">{ /* translators: %s: a number */ sprintf( __( 'at %s messages a second', 'nxt-cloud-chat' ), formatNumber( told.rate ) ) }</span>
							</dd>
						</div>
						<div>
							<dt>{ __( 'Costs about', 'nxt-cloud-chat' ) }</dt>
							<dd>
								{ told.cost.amount === null ? __( 'No prices entered', 'nxt-cloud-chat' ) : money( told.cost ) }
								<span className="nxtchat-facts__more">
									{ told.cost.amount !== null && told.cost.unpriced > 0 && /* translators: %s: a number */ sprintf( __( 'Without %s messages that have no price.', 'nxt-cloud-chat' ), formatNumber( told.cost.unpriced ) ) } <ExternalLink href={ META.pricing }>{ __( 'Meta’s prices', 'nxt-cloud-chat' ) }</ExternalLink>
								</span>
							</dd>
						</div>
						<div>
							<dt>{ __( 'Left of WhatsApp’s limit for 24 hours', 'nxt-cloud-chat' ) }</dt>
							<dd>
								{ told.limit.room === null ? __( 'No limit known', 'nxt-cloud-chat' ) : people( told.limit.room ) }
								{ told.limit.people !== null && (
									<span className="nxtchat-facts__more">{ /* translators: 1: a number, 2: a number */ sprintf( __( '%1$s of %2$s used', 'nxt-cloud-chat' ), formatNumber( told.limit.used ), formatNumber( told.limit.people ) ) }</span>
								) }
							</dd>
						</div>
					</dl>
					{ told.over > 0 && (
						<Notice kind="warning">
							<p>{ /* translators: %s: people, as in "1,204 people" */ sprintf( __( 'Where %s live, the chosen time is over already: they get it as soon as it begins.', 'nxt-cloud-chat' ), people( told.over ) ) }</p>
						</Notice>
					) }
					{ told.limit.room !== null && told.limit.room < told.reachable && (
						<Notice kind="warning">
							<p>{ __( 'WhatsApp lets this number write to fewer people in 24 hours. The broadcast waits by itself and goes on as soon as there is room.', 'nxt-cloud-chat' ) }</p>
						</Notice>
					) }
					<TestSend draft={ draft } />
					{ boot.caps.manage && (
						<details className="nxtchat-compose__test">
							<summary>{ __( 'Your prices of messages', 'nxt-cloud-chat' ) }</summary>
							<RatesEditor categories={ [ 'marketing', 'utility' ] } onSaved={ count } />
						</details>
					) }
					<div className="nxtchat-compose__go">
						<button type="button" className="button button-primary button-hero" disabled={ ! told.done || ! told.reachable } onClick={ () => setAsking( true ) }>
							{ schedule.mode === 'at'
								? /* translators: %s: people, as in "1,204 people" */ sprintf( __( 'Schedule for %s…', 'nxt-cloud-chat' ), people( told.reachable ) )
								: /* translators: %s: people, as in "1,204 people" */ sprintf( __( 'Send to %s…', 'nxt-cloud-chat' ), people( told.reachable ) ) }
						</button>
						<button type="button" className="button" disabled={ counting.isBusy } onClick={ count }>
							{ __( 'Count again', 'nxt-cloud-chat' ) }
						</button>
						{ told.done && ! told.reachable && <p className="nxtchat-soft">{ __( 'Nobody would get it, so it cannot be sent. The list above says why.', 'nxt-cloud-chat' ) }</p> }
					</div>
				</Fragment>
			) }
			{ list && told && <PeopleDialog id={ draft.id } reason={ list } isCut={ list === 'duplicate' && told.duplicate > LISTED_MAX } onClose={ () => setList( '' ) } /> }
			{ isAsking && told && (
				<Dialog
					title={ /* translators: %s: people, as in "1,204 people" */ sprintf( __( 'Send to %s?', 'nxt-cloud-chat' ), people( told.reachable ) ) }
					onClose={ () => setAsking( false ) }
					className="is-small"
				>
					<dl className="nxtchat-facts">
						<div>
							<dt>{ __( 'Message', 'nxt-cloud-chat' ) }</dt>
							<dd>{ templateNames( draft.definition ) }</dd>
						</div>
						<div>
							<dt>{ __( 'Begins', 'nxt-cloud-chat' ) }</dt>
							<dd>{ beginning( schedule ) }</dd>
						</div>
						{ told.cost.amount !== null && (
							<div>
								<dt>{ __( 'Costs about', 'nxt-cloud-chat' ) }</dt>
								<dd>{ money( told.cost ) }</dd>
							</div>
						) }
					</dl>
					<p>{ __( 'You can pause or cancel it at any time. Messages that have gone out cannot be taken back.', 'nxt-cloud-chat' ) }</p>
					{ starting.error && <ErrorNotice error={ starting.error } /> }
					<div className="nxtchat-dialog__actions">
						<button type="button" className="button" onClick={ () => setAsking( false ) }>
							{ __( 'Not yet', 'nxt-cloud-chat' ) }
						</button>
						<button type="button" className="button button-primary" disabled={ starting.isBusy } onClick={ begin }>
							{ schedule.mode === 'at' ? __( 'Schedule it', 'nxt-cloud-chat' ) : /* translators: %s: people, as in "1,204 people" */ sprintf( __( 'Yes, send to %s', 'nxt-cloud-chat' ), people( told.reachable ) ) }
						</button>
					</div>
				</Dialog>
			) }
		</Fragment>
	);
}

function TestSend( { draft }: { draft: Broadcast } ) {
	const [ phone, setPhone ] = useState( '' );
	const [ isSent, setSent ] = useState( false );
	const work = useWork();
	const ref = useRef( ulid() );
	const { ab } = draft.definition;
	const send = ( variant: number ) => {
		setSent( false );
		void work.run( async () => {
			await api.test( draft.id, { phone, ref: ref.current, variant } );
			ref.current = ulid();
			setSent( true );
		} );
	};
	return (
		<details className="nxtchat-compose__test">
			<summary>{ __( 'Send one to yourself first', 'nxt-cloud-chat' ) }</summary>
			<p className="nxtchat-soft">{ __( 'One real message to your own phone, billed like any other. Nobody else gets anything.', 'nxt-cloud-chat' ) }</p>
			{ work.error && <ErrorNotice error={ work.error } /> }
			<form
				className="nxtchat-compose__row"
				onSubmit={ ( event ) => {
					event.preventDefault();
					send( 1 );
				} }
			>
				<Control type="tel" label={ __( 'Your number', 'nxt-cloud-chat' ) } value={ phone } placeholder="+49 …" onChange={ setPhone } />
				<button type="submit" className="button" disabled={ work.isBusy || ! phone.trim() }>
					{ ab ? __( 'Send A as a test', 'nxt-cloud-chat' ) : __( 'Send a test', 'nxt-cloud-chat' ) }
				</button>
				{ ab && (
					<button type="button" className="button" disabled={ work.isBusy || ! phone.trim() } onClick={ () => send( 2 ) }>
						{ __( 'Send B as a test', 'nxt-cloud-chat' ) }
					</button>
				) }
			</form>
			{ isSent && (
				<Notice kind="success">
					<p>
						{ __( 'Sent. What is not known of this number stands there as in the template’s example.', 'nxt-cloud-chat' ) } <a href={ boot.links.history }>{ __( 'Show the history', 'nxt-cloud-chat' ) }</a>
					</p>
				</Notice>
			) }
		</details>
	);
}

/** The people behind a number, page by page. */
function PeopleDialog( { id, reason, isCut, onClose }: { id: number; reason: string; isCut: boolean; onClose: () => void } ) {
	const [ items, setItems ] = useState< ContactItem[] >( [] );
	const [ next, setNext ] = useState< string | null >( '' );
	const work = useWork();
	const more = () =>
		void work.run( async () => {
			// In a large audience it takes several looks until one finds somebody.
			for ( let found = 0, from = next; ! found && from !== null; ) {
				const page = await api.fetchPeople( id, reason, from );
				found = page.items.length;
				from = page.next ?? null;
				setItems( ( before ) => [ ...before, ...page.items ] );
				setNext( from );
			}
		} );
	const first = useNewest( more );
	useEffect( first, [ first ] );
	return (
		<Dialog title={ reasonLabel( reason ) } onClose={ onClose }>
			{ work.error && <ErrorNotice error={ work.error } /> }
			{ isCut && <p>{ /* translators: %s: a number */ sprintf( __( 'The first %s are listed.', 'nxt-cloud-chat' ), formatNumber( LISTED_MAX ) ) }</p> }
			<ul className="nxtchat-compose__people">
				{ items.map( ( c ) => (
					<li key={ c.id }>
						<a href={ `${ boot.links.contact }#/contact/${ c.id }` }>
							<bdi>{ c.name || c.phone_display || c.phone || `@${ c.username }` }</bdi>
						</a>{ ' ' }
						<span className="nxtchat-soft" title={ c.country }>
							{ c.name ? c.phone_display || c.phone : '' }
						</span>
					</li>
				) ) }
			</ul>
			{ ! items.length && ! work.isBusy && <p>{ __( 'Nobody.', 'nxt-cloud-chat' ) }</p> }
			{ next && (
				<button type="button" className="button" disabled={ work.isBusy } onClick={ more }>
					{ __( 'More', 'nxt-cloud-chat' ) }
				</button>
			) }
		</Dialog>
	);
}
