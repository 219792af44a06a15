/** The first run: three steps from nothing to the first message. */
import { createElement, Fragment, useEffect, useRef, useState } from '@wordpress/element';
import { __, sprintf } from '@wordpress/i18n';

import { boot } from '../core/boot';
import { Icon } from '../core/icons';
import { useStore } from '../core/store';
import type { Account } from '../core/types';
import { ErrorNotice, ExternalLink, META } from '../core/ui';
import { accounts, load, test } from './actions';
import { Checks } from './Checks';
import { Form } from './Form';
import { WebhookBox } from './WebhookBox';

/** How often it is looked whether the first event came, ms. */
const LOOK_MS = 3_000;

const steps = (): string[] => [
	__( 'Prepare at Meta', 'nxt-cloud-chat' ),
	__( 'Enter the credentials', 'nxt-cloud-chat' ),
	__( 'Receive messages', 'nxt-cloud-chat' ),
];

export function Guide( { onDone }: { onDone: () => void } ) {
	const [ step, setStep ] = useState( 0 );
	const [ accountId, setAccountId ] = useState< number | null >( null );
	const account = useStore( accounts, ( state ) => state.accounts.find( ( { id } ) => id === accountId ) );
	const head = useRef< HTMLHeadingElement >( null );
	const go = ( to: number ) => {
		setStep( to );
		requestAnimationFrame( () => head.current?.focus() );
	};
	const names = steps();
	return (
		<div className="nxtchat-card nxtchat-guide">
			<ol className="nxtchat-steps">
				{ names.map( ( name, index ) => (
					<li
						key={ name }
						className={ index < step ? 'is-done' : index === step ? 'is-current' : '' }
						aria-current={ index === step ? 'step' : undefined }
					>
						<span className="nxtchat-steps__number">{ index < step ? <Icon name="check" size={ 16 } /> : index + 1 }</span>
						{ name }
					</li>
				) ) }
			</ol>
			<h2 ref={ head } tabIndex={ -1 }>
				{ names[ step ] }
			</h2>
			{ step === 0 && <Prepare onNext={ () => go( 1 ) } /> }
			{ step === 1 && (
				<Form
					account={ account ?? null }
					onCancel={ () => go( 0 ) }
					onSaved={ ( saved ) => {
						setAccountId( saved.id );
						go( 2 );
						void test( saved.id );
					} }
				/>
			) }
			{ step === 2 && account && <Receive account={ account } onBack={ () => go( 1 ) } onDone={ onDone } /> }
		</div>
	);
}

const Prepare = ( { onNext }: { onNext: () => void } ) => (
	<Fragment>
		<p>
			{ __( 'This site talks to WhatsApp itself, through Meta’s Cloud API: no company in between, and your messages stay in your own database. You need:', 'nxt-cloud-chat' ) }
		</p>
		<ul className="nxtchat-todo">
			<li>
				<strong>{ __( 'A Meta app with WhatsApp added', 'nxt-cloud-chat' ) }</strong>
				<span>{ __( 'Create an app of the type “Business”, then add the product WhatsApp.', 'nxt-cloud-chat' ) }</span>
				<ExternalLink href={ META.apps }>{ __( 'Your apps at Meta', 'nxt-cloud-chat' ) }</ExternalLink>
			</li>
			<li>
				<strong>{ __( 'A phone number', 'nxt-cloud-chat' ) }</strong>
				<span>{ __( 'Meta gives a test number at once. Your own number can be added any time, when no other WhatsApp app uses it.', 'nxt-cloud-chat' ) }</span>
			</li>
			<li>
				<strong>{ __( 'A system user’s access token', 'nxt-cloud-chat' ) }</strong>
				<span>{ __( 'Business settings → System users → Generate token, with the two whatsapp_business permissions, without expiry.', 'nxt-cloud-chat' ) }</span>
				<ExternalLink href={ META.systemUsers }>{ __( 'System users at Meta', 'nxt-cloud-chat' ) }</ExternalLink>
			</li>
		</ul>
		<p className="description">
			<ExternalLink href={ META.start }>{ __( 'Meta’s own guide', 'nxt-cloud-chat' ) }</ExternalLink>
			{ ' · ' }
			<ExternalLink href={ META.pricing }>{ __( 'Meta’s prices', 'nxt-cloud-chat' ) }</ExternalLink>
			{ ' · ' }
			<ExternalLink href={ META.policy }>{ __( 'WhatsApp’s business policy', 'nxt-cloud-chat' ) }</ExternalLink>
		</p>
		<p>
			<button type="button" className="button button-primary" onClick={ onNext }>
				{ __( 'I have these', 'nxt-cloud-chat' ) }
			</button>
		</p>
	</Fragment>
);

function Receive( { account, onBack, onDone }: { account: Account; onBack: () => void; onDone: () => void } ) {
	const { id } = account;
	const busy = useStore( accounts, ( state ) => state.busy[ id ] );
	const error = useStore( accounts, ( state ) => state.errors[ id ] );
	const hasEvent = account.last_event_ms > 0;
	const isFailing = account.checks?.some( ( { check, status } ) => status === 'fail' && check !== 'subscribed' );
	useEffect( () => {
		const timer = hasEvent ? undefined : setInterval( () => ! document.hidden && void load(), LOOK_MS );
		return () => clearInterval( timer );
	}, [ hasEvent ] );
	return (
		<Fragment>
			{ busy === 'test' && <p role="status">{ __( 'Testing the connection…', 'nxt-cloud-chat' ) }</p> }
			{ error && <ErrorNotice error={ error } /> }
			{ account.checks && account.checks.length > 0 && <Checks checks={ account.checks } /> }
			{ isFailing && (
				<p>
					<button type="button" className="button button-primary" onClick={ onBack }>
						{ __( 'Correct the credentials', 'nxt-cloud-chat' ) }
					</button>{ ' ' }
					<button type="button" className="button" disabled={ busy !== undefined } onClick={ () => void test( id ) }>
						{ __( 'Test again', 'nxt-cloud-chat' ) }
					</button>
				</p>
			) }
			<h3>{ __( 'Tell Meta where to deliver', 'nxt-cloud-chat' ) }</h3>
			<WebhookBox account={ account } />
			<h3>{ __( 'Try it', 'nxt-cloud-chat' ) }</h3>
			<p className={ `nxtchat-wait${ hasEvent ? ' is-done' : '' }` } role="status">
				<Icon name={ hasEvent ? 'check' : 'clock' } />
				{ hasEvent
					? __( 'The first event has arrived. Everything works.', 'nxt-cloud-chat' )
					: sprintf(
							/* translators: %s: phone number */
							__( 'Send a WhatsApp message to %s. This page waits for it…', 'nxt-cloud-chat' ),
							account.display_phone || __( 'your number', 'nxt-cloud-chat' )
					  ) }
			</p>
			<p>
				<a className={ `button${ hasEvent ? ' button-primary' : '' }` } href={ boot.links.inbox }>
					{ __( 'Open the inbox', 'nxt-cloud-chat' ) }
				</a>{ ' ' }
				<button type="button" className="button-link" onClick={ onDone }>
					{ __( 'Close this guide', 'nxt-cloud-chat' ) }
				</button>
			</p>
		</Fragment>
	);
}
