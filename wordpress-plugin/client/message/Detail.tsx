/** Everything that is known about one message. */
import { createElement, Fragment } from '@wordpress/element';
import { __, sprintf } from '@wordpress/i18n';

import { boot } from '../core/boot';
import { Direction, MessageType, State } from '../core/enums';
import { useStore } from '../core/store';
import { exactTime } from '../core/time';
import type { MessageDetail } from '../core/types';
import { CopyButton, Dialog, LoadError, Notice, Skeleton } from '../core/ui';
import { messages, open } from './actions';
import { Ticks } from './Ticks';
import { originLabel, stateLabel, summary, typeLabel } from './words';

export function Detail() {
	const id = useStore( messages, ( state ) => state.openId );
	const detail = useStore( messages, ( state ) => state.detail );
	const error = useStore( messages, ( state ) => state.detailError );
	if ( id === null ) {
		return null;
	}
	return (
		<Dialog
			/* translators: %d: number of the message */
			title={ sprintf( __( 'Message %d', 'nxt-cloud-chat' ), id ) }
			className="is-side"
			onClose={ () => void open( null ) }
		>
			{ error && <LoadError error={ error } onRetry={ () => void open( id ) } /> }
			{ ! detail && ! error && <Skeleton rows={ 5 } label={ __( 'Loading message', 'nxt-cloud-chat' ) } /> }
			{ detail && <Facts message={ detail } /> }
		</Dialog>
	);
}

function Facts( { message }: { message: MessageDetail } ) {
	const account = boot.accounts.find( ( { id } ) => id === message.account_id );
	const payload = prettyPayload( message.payload );
	const person = message.contact;
	return (
		<Fragment>
			<blockquote className="nxtchat-detail__text" dir="auto">
				{ message.revoked ? typeLabel( MessageType.REVOKE ) : message.text || summary( message.type, '', message.media?.name ) }
			</blockquote>
			{ message.error && (
				<Notice kind="error">
					<p>
						<strong>{ message.error.title }</strong> { message.error.message }
					</p>
					{ message.error.remedy && <p>{ message.error.remedy }</p> }
					{ /* translators: %d: error code */ }
					<p className="description">{ sprintf( __( 'Error code of Meta: %d', 'nxt-cloud-chat' ), message.error.code ) }</p>
				</Notice>
			) }
			<dl className="nxtchat-detail__facts">
				<dt>{ message.direction === Direction.IN ? __( 'From', 'nxt-cloud-chat' ) : __( 'To', 'nxt-cloud-chat' ) }</dt>
				<dd>
					<bdi>{ person ? [ person.name, person.phone, person.username && `@${ person.username }` ].filter( Boolean ).join( ' · ' ) : '–' }</bdi>
				</dd>
				<dt>{ __( 'Number', 'nxt-cloud-chat' ) }</dt>
				<dd>{ account ? `${ account.name } ${ account.display_phone }`.trim() : '–' }</dd>
				<dt>{ __( 'Type', 'nxt-cloud-chat' ) }</dt>
				<dd>{ typeLabel( message.type ) ?? message.type_name }</dd>
				<dt>{ __( 'Came from', 'nxt-cloud-chat' ) }</dt>
				<dd>{ [ originLabel( message.origin ), message.author?.name ].filter( Boolean ).join( ' · ' ) }</dd>
			</dl>
			<p>
				<a className="button" href={ `${ boot.links.inbox }&conversation=${ message.conversation_id }` }>
					{ __( 'Open the conversation', 'nxt-cloud-chat' ) }
				</a>
			</p>
			<h3>{ __( 'What happened when', 'nxt-cloud-chat' ) }</h3>
			<Timeline message={ message } />
			<h3>{ __( 'Identifiers', 'nxt-cloud-chat' ) }</h3>
			<Identifier label={ __( 'WhatsApp’s id (wamid)', 'nxt-cloud-chat' ) } value={ message.wamid } />
			<Identifier label={ __( 'Our id (ref)', 'nxt-cloud-chat' ) } value={ message.ref } />
			<Identifier label={ __( 'In reply to', 'nxt-cloud-chat' ) } value={ message.reply_to } />
			{ payload && (
				<Fragment>
					<h3>{ __( 'Payload', 'nxt-cloud-chat' ) }</h3>
					<div className="nxtchat-detail__payload">
						<pre dir="ltr" tabIndex={ 0 } role="region" aria-label={ __( 'Payload', 'nxt-cloud-chat' ) }>
							{ payload }
						</pre>
						<CopyButton text={ payload } label={ __( 'Copy the payload', 'nxt-cloud-chat' ) } />
					</div>
				</Fragment>
			) }
		</Fragment>
	);
}

function Timeline( { message }: { message: MessageDetail } ) {
	const received: [ State, number ][] = [ [ State.RECEIVED, message.at_ms ] ];
	const sent: [ State, number ][] = [
		[ State.QUEUED, message.created_ms || message.at_ms ],
		[ State.SENT, message.sent_ms ],
		[ State.DELIVERED, message.delivered_ms ],
		[ State.READ, message.read_ms ],
		[ State.PLAYED, message.played_ms ],
		[ State.FAILED, message.failed_ms ],
	];
	// In the order of the states: WhatsApp's times are whole seconds, ours are not.
	const steps = ( message.direction === Direction.IN ? received : sent ).filter( ( [ , ms ] ) => ms > 0 );
	const isTold = steps.some( ( [ state ] ) => state === message.state );
	return (
		<ol className="nxtchat-timeline">
			{ steps.map( ( [ state, ms ] ) => (
				<li key={ state }>
					<Ticks state={ state } />
					<span aria-hidden="true">{ stateLabel( state ) }</span>
					<time>{ exactTime( ms ) }</time>
				</li>
			) ) }
			{ ! isTold && (
				<li>
					<Ticks state={ message.state } />
					<span aria-hidden="true">{ stateLabel( message.state ) }</span>
					<time>{ message.updated_ms ? exactTime( message.updated_ms ) : '' }</time>
				</li>
			) }
		</ol>
	);
}

const Identifier = ( { label, value }: { label: string; value: string | null } ) =>
	value ? (
		<div className="nxtchat-copyrow">
			<span className="nxtchat-copyrow__label">{ label }</span>
			<code dir="ltr">{ value }</code>
			<CopyButton text={ value } label={ `${ __( 'Copy', 'nxt-cloud-chat' ) }: ${ label }` } />
		</div>
	) : null;

/** The payload as JSON a person can read; '' when there is none. */
function prettyPayload( payload: unknown ): string {
	if ( payload === null || payload === undefined || payload === '' ) {
		return '';
	}
	try {
		return JSON.stringify( typeof payload === 'string' ? JSON.parse( payload ) : payload, null, 2 );
	} catch {
		return String( payload );
	}
}
