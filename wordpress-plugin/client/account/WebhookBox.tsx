/** Where Meta is to deliver: callback URL and verify token to copy, one click that subscribes the app. */
import { createElement, useEffect } from '@wordpress/element';
import { __ } from '@wordpress/i18n';

import { useStore } from '../core/store';
import type { Account } from '../core/types';
import { CopyButton, Skeleton } from '../core/ui';
import { accounts, loadWebhook, subscribe } from './actions';

export function WebhookBox( { account }: { account: Account } ) {
	const { id } = account;
	const webhook = useStore( accounts, ( state ) => state.webhooks[ id ] );
	useEffect( () => {
		if ( ! webhook ) {
			void loadWebhook( id );
		}
	}, [ id, webhook ] );

	if ( ! webhook ) {
		return <Skeleton rows={ 2 } label={ __( 'Loading', 'nxt-cloud-chat' ) } />;
	}
	return (
		<div className="nxtchat-webhook">
			<p>
				{ __( 'In your Meta app, under WhatsApp → Configuration, paste these two, press “Verify and save”, and subscribe to the field “messages” (better: to all fields).', 'nxt-cloud-chat' ) }
			</p>
			<CopyRow label={ __( 'Callback URL', 'nxt-cloud-chat' ) } value={ webhook.callback_url } />
			<CopyRow label={ __( 'Verify token', 'nxt-cloud-chat' ) } value={ webhook.verify_token } />
			<details>
				<summary>{ __( 'Meta says that the callback URL could not be validated?', 'nxt-cloud-chat' ) }</summary>
				<p>
					{ __( 'Some hosts block PHP files inside the plugins folder. Then use this address: it does the same through WordPress, only slower.', 'nxt-cloud-chat' ) }
				</p>
				<CopyRow label={ __( 'Callback URL through REST', 'nxt-cloud-chat' ) } value={ webhook.rest_callback_url } />
				{ ! webhook.callback_url.startsWith( 'https:' ) && (
					<p>{ __( 'Meta delivers to https addresses only, reachable from the internet.', 'nxt-cloud-chat' ) }</p>
				) }
			</details>
			<p className="nxtchat-webhook__subscribe">
				<SubscribeButton id={ id } />
				<span className="description">
					{ __( 'Tells Meta to send this WhatsApp Business Account’s events to your app.', 'nxt-cloud-chat' ) }
				</span>
			</p>
		</div>
	);
}

/** One click that subscribes the app to the events of the account. */
export function SubscribeButton( { id }: { id: number } ) {
	const busy = useStore( accounts, ( state ) => state.busy[ id ] );
	return (
		<button type="button" className="button" disabled={ busy !== undefined } onClick={ () => void subscribe( id ) }>
			{ busy === 'subscribe' ? __( 'Subscribing…', 'nxt-cloud-chat' ) : __( 'Subscribe the app', 'nxt-cloud-chat' ) }
		</button>
	);
}

const CopyRow = ( { label, value }: { label: string; value: string } ) => (
	<div className="nxtchat-copyrow">
		<span className="nxtchat-copyrow__label">{ label }</span>
		<code dir="ltr">{ value }</code>
		<CopyButton
			text={ value }
			label={ `${ __( 'Copy', 'nxt-cloud-chat' ) }: ${ label }` }
		/>
	</div>
);
