/** A broadcast that was started: how far it is, what can be done about it, and its report. */
import { speak } from '@wordpress/a11y';
import { createElement, Fragment, useEffect, useRef, useState } from '@wordpress/element';
import { __, sprintf } from '@wordpress/i18n';

import { boot, serverNow } from '../core/boot';
import { Control } from '../core/form';
import { Menu } from '../core/menu';
import { formatNumber, readNumber } from '../core/number';
import { dateTime } from '../core/time';
import { Confirm, Dialog, ErrorNotice, Notice } from '../core/ui';
import * as api from './api';
import { Bar } from './Bar';
import { isLive, part, speed, withLook, type Look } from './draft';
import { useLive, useWork, type Loaded } from './hooks';
import { ReportView } from './ReportView';
import { go, to } from './router';
import type { Broadcast } from './types';
import { accountName, beginning, countLabels, duration, people, percent, stateTone, templateNames } from './words';

/** Looks from which the speed is worked out. */
const SPAN_MS = 15_000;

export function Progress( { broadcast, loaded }: { broadcast: Broadcast; loaded: Loaded< Broadcast > } ) {
	const [ looks, setLooks ] = useState< Look[] >( [] );
	const [ isCancelling, setCancelling ] = useState( false );
	const [ isRemoving, setRemoving ] = useState( false );
	const [ isRating, setRating ] = useState( false );
	const work = useWork();
	const live = isLive( broadcast.state_name );
	const { counts, total, can } = broadcast;
	useLive( loaded.reload, live, 1_500 );
	useEffect( () => setLooks( ( before ) => withLook( before, [ Date.now(), counts.done ], SPAN_MS ) ), [ broadcast, counts.done ] );
	const before = useRef( broadcast.state_name );
	useEffect( () => {
		if ( before.current !== broadcast.state_name ) {
			before.current = broadcast.state_name;
			speak( `${ broadcast.name }: ${ broadcast.label }` );
		}
	}, [ broadcast ] );
	const act = ( what: 'pause' | 'resume' | 'cancel' ) =>
		work.run( async () => {
			loaded.put( await api.act( broadcast.id, what ) );
			setLooks( [] );
		} );
	const rate = broadcast.state_name === 'running' ? speed( looks ) : null;
	const left = Math.max( 0, Math.max( total, counts.all ) - counts.done );
	const may = boot.caps.broadcast;
	const { ab } = broadcast.definition;
	const isTesting = ab !== null && ab.share < 100 && broadcast.winner === 0 && broadcast.state_name === 'running';
	return (
		<Fragment>
			<div className="nxtchat-card">
				<div className="nxtchat-progress__head">
					<h2>
						<bdi>{ broadcast.name }</bdi> <span className={ `nxtchat-badge is-${ stateTone( broadcast.state_name ) }` }>{ broadcast.label }</span>
					</h2>
					{ may && (
						<div className="nxtchat-progress__actions">
							{ can.pause && (
								<button type="button" className="button" disabled={ work.isBusy } onClick={ () => void act( 'pause' ) }>
									{ __( 'Pause', 'nxt-cloud-chat' ) }
								</button>
							) }
							{ can.resume && (
								<button type="button" className="button button-primary" disabled={ work.isBusy } onClick={ () => void act( 'resume' ) }>
									{ __( 'Resume', 'nxt-cloud-chat' ) }
								</button>
							) }
							<Menu
								label={ __( 'More', 'nxt-cloud-chat' ) }
								items={ [
									...( can.rate ? [ { label: __( 'Change the speed…', 'nxt-cloud-chat' ), onClick: () => setRating( true ) } ] : [] ),
									{ label: __( 'Duplicate', 'nxt-cloud-chat' ), onClick: () => void work.run( async () => go( to.broadcast( ( await api.duplicate( broadcast.id ) ).id ) ) ) },
									...( can.cancel ? [ { label: __( 'Cancel…', 'nxt-cloud-chat' ), onClick: () => setCancelling( true ), isDestructive: true } ] : [] ),
									...( can.delete
										? [
												{
													label: __( 'Delete…', 'nxt-cloud-chat' ),
													onClick: () => setRemoving( true ),
													isDestructive: true,
												},
										  ]
										: [] ),
								] }
							/>
						</div>
					) }
				</div>
				{ work.error && <ErrorNotice error={ work.error } onDismiss={ work.clear } /> }
				{ broadcast.reason && (
					<Notice kind={ broadcast.state_name === 'stopped' ? 'error' : 'info' }>
						<p>
							<strong>{ broadcast.reason.message }</strong> { broadcast.reason.remedy }
						</p>
						{ broadcast.state_name === 'stopped' && <p>{ /* translators: %s: people, as in "1,204 people" */ sprintf( __( 'Nothing is lost. Still waiting: %s. When it is mended, press Resume.', 'nxt-cloud-chat' ), people( left ) ) }</p> }
					</Notice>
				) }
				{ broadcast.hold && (
					<Notice kind="info">
						<p>
							<strong>{ broadcast.hold.message }</strong> { broadcast.hold.remedy }{ ' ' }
							{ broadcast.hold.until_ms > 0 && /* translators: %s: date and time */ sprintf( __( 'It goes on at %s.', 'nxt-cloud-chat' ), dateTime( broadcast.hold.until_ms ) ) }
						</p>
					</Notice>
				) }
				{ broadcast.state_name === 'paused' && <p>{ /* translators: %s: people, as in "1,204 people" */ sprintf( __( 'Still waiting: %s. Nothing is sent until you press Resume.', 'nxt-cloud-chat' ), people( left ) ) }</p> }
				{ broadcast.state_name === 'scheduled' && <p>{ __( 'It begins by itself. Who gets it is counted anew at that moment. To change it, cancel it and use a duplicate.', 'nxt-cloud-chat' ) }</p> }
				{ isTesting && <p>{ /* translators: 1: per cent, 2: a length of time */ sprintf( __( 'Of the people, %1$d%% get one of the two templates first. %2$s after the last of them was sent to, the better one goes to everybody else.', 'nxt-cloud-chat' ), ab.share, duration( 60 * ab.after_minutes ) ) }</p> }
				{ broadcast.state_name === 'freezing' && <p aria-live="polite">{ __( 'The audience is being collected…', 'nxt-cloud-chat' ) }</p> }
				{ total > 0 && (
					<Fragment>
						<Bar counts={ counts } total={ total } />
						<p className="nxtchat-progress__line">
							<strong>{ percent( part( counts, total ) ) }</strong>{ ' ' }
							{ /* translators: 1: a number, 2: people, as in "1,204 people" */ sprintf( __( '%1$s of %2$s', 'nxt-cloud-chat' ), formatNumber( counts.done ), people( total ) ) }
							{ rate !== null && rate > 0 && (
								<span className="nxtchat-soft">
									{ ' · ' }
									{ /* translators: %s: a number */ sprintf( __( '%s a second', 'nxt-cloud-chat' ), formatNumber( Math.round( rate * 10 ) / 10 ) ) }
									{ ' · ' }
									{ /* translators: %s: a length of time */ sprintf( __( '%s left', 'nxt-cloud-chat' ), duration( left / rate ) ) }
								</span>
							) }
							{ broadcast.state_name === 'running' && ! isTesting && ! broadcast.hold && broadcast.next_ms > serverNow() && <span className="nxtchat-soft">{ /* translators: %s: date and time */ sprintf( __( ' · waits, next try at %s', 'nxt-cloud-chat' ), dateTime( broadcast.next_ms ) ) }</span> }
						</p>
						<ul className="nxtchat-progress__counts">
							{ countLabels()
								.filter( ( [ key ] ) => counts[ key ] > 0 )
								.map( ( [ key, label ] ) => (
									<li key={ key }>
										<span className={ `nxtchat-dot is-${ key }` } aria-hidden="true" /> { label } <strong>{ formatNumber( counts[ key ] ) }</strong>
									</li>
								) ) }
						</ul>
					</Fragment>
				) }
				<dl className="nxtchat-facts nxtchat-progress__facts">
					<div>
						<dt>{ __( 'Message', 'nxt-cloud-chat' ) }</dt>
						<dd>
							<bdi>{ templateNames( broadcast.definition ) }</bdi>
						</dd>
					</div>
					<div>
						<dt>{ __( 'From', 'nxt-cloud-chat' ) }</dt>
						<dd>
							<bdi>{ accountName( broadcast.account_id ) }</bdi>
						</dd>
					</div>
					<div>
						<dt>{ broadcast.started_ms ? __( 'Began', 'nxt-cloud-chat' ) : __( 'Begins', 'nxt-cloud-chat' ) }</dt>
						<dd>{ broadcast.started_ms ? dateTime( broadcast.started_ms ) : beginning( broadcast.definition.schedule ) }</dd>
					</div>
					{ broadcast.finished_ms > 0 && (
						<div>
							<dt>{ __( 'Ended', 'nxt-cloud-chat' ) }</dt>
							<dd>{ dateTime( broadcast.finished_ms ) }</dd>
						</div>
					) }
					{ broadcast.user && (
						<div>
							<dt>{ __( 'By', 'nxt-cloud-chat' ) }</dt>
							<dd>
								<bdi>{ broadcast.user.name }</bdi>
							</dd>
						</div>
					) }
				</dl>
			</div>
			{ total > 0 && <ReportView broadcast={ broadcast } isLive={ live } onChanged={ loaded.reload } /> }
			{ isCancelling && (
				<Confirm
					title={ __( 'Cancel this broadcast?', 'nxt-cloud-chat' ) }
					action={ __( 'Yes, cancel it for good', 'nxt-cloud-chat' ) }
					dismiss={ __( 'Keep it', 'nxt-cloud-chat' ) }
					isBusy={ work.isBusy }
					onClose={ () => setCancelling( false ) }
					onConfirm={ () => void act( 'cancel' ).then( () => setCancelling( false ) ) }
				>
					<p>
						{ total > 0
							? /* translators: %s: people, as in "1,204 people" */ sprintf( __( 'Left without it for good: %s.', 'nxt-cloud-chat' ), people( left ) )
							: __( 'Nobody will get it.', 'nxt-cloud-chat' ) }{ ' ' }
						{ can.pause && __( 'To stop for a while only, pause it instead.', 'nxt-cloud-chat' ) }
					</p>
				</Confirm>
			) }
			{ isRemoving && (
				<Confirm
					title={ __( 'Delete this broadcast?', 'nxt-cloud-chat' ) }
					action={ __( 'Delete it', 'nxt-cloud-chat' ) }
					isBusy={ work.isBusy }
					onClose={ () => setRemoving( false ) }
					onConfirm={ () =>
						void work
							.run( async () => {
								await api.remove( broadcast.id );
								go( to.list() );
							} )
							.then( ( isDone ) => ! isDone && setRemoving( false ) )
					}
				>
					<p>{ __( 'Its report and its list of recipients go for good. The messages stay in the conversations.', 'nxt-cloud-chat' ) }</p>
				</Confirm>
			) }
			{ isRating && <Rate broadcast={ broadcast } onClose={ () => setRating( false ) } onDone={ loaded.put } /> }
		</Fragment>
	);
}

function Rate( { broadcast, onClose, onDone }: { broadcast: Broadcast; onClose: () => void; onDone: ( broadcast: Broadcast ) => void } ) {
	const [ typed, setTyped ] = useState( `${ broadcast.rate }` );
	const work = useWork();
	return (
		<Dialog title={ __( 'Change the speed', 'nxt-cloud-chat' ) } onClose={ onClose } className="is-small">
			<form
				onSubmit={ ( event ) => {
					event.preventDefault();
					void work.run( async () => {
						onDone( await api.setRate( broadcast.id, readNumber( typed ) ) );
						onClose();
					} );
				} }
			>
				{ work.error && <ErrorNotice error={ work.error } /> }
				<Control type="number" label={ __( 'Messages a second at most', 'nxt-cloud-chat' ) } help={ __( '0 means as fast as WhatsApp lets this number.', 'nxt-cloud-chat' ) } value={ typed } onChange={ setTyped } isShort />
				<div className="nxtchat-dialog__actions">
					<button type="submit" className="button button-primary" disabled={ work.isBusy || Number.isNaN( readNumber( typed ) ) }>
						{ __( 'Change it', 'nxt-cloud-chat' ) }
					</button>
				</div>
			</form>
		</Dialog>
	);
}
