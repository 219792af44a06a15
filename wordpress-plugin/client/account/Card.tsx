/** One account: how it stands, its checks, its webhook, what can be done. */
import { createElement, Fragment, useState } from '@wordpress/element';
import { __, sprintf } from '@wordpress/i18n';

import { serverNow } from '../core/boot';
import { useStore } from '../core/store';
import { timeAgo } from '../core/time';
import type { Account } from '../core/types';
import { Confirm, ErrorNotice } from '../core/ui';
import { accounts, remove, setState, test } from './actions';
import { Checks } from './Checks';
import { Form } from './Form';
import { verdict } from './store';
import { SubscribeButton, WebhookBox } from './WebhookBox';
import { limitLabel, numberStatusLabel, qualityLabel, throughputLabel } from './words';

type Panel = 'none' | 'edit' | 'webhook';

export function Card( { account }: { account: Account } ) {
	const { id } = account;
	const busy = useStore( accounts, ( state ) => state.busy[ id ] );
	const error = useStore( accounts, ( state ) => state.errors[ id ] );
	const [ panel, setPanel ] = useState< Panel >( 'none' );
	const [ isTested, setTested ] = useState( false );
	const [ isRemoving, setRemoving ] = useState( false );
	const name = account.name || account.verified_name || account.display_phone || account.phone_number_id;
	const toggle = ( which: Panel ) => setPanel( panel === which ? 'none' : which );

	return (
		<section className="nxtchat-card nxtchat-account" aria-label={ name } data-account={ id }>
			<header className="nxtchat-account__head">
				<div>
					<h2><bdi>{ name }</bdi></h2>
					<p>
						<bdi>{ account.display_phone }</bdi>
						{ account.verified_name && account.verified_name !== name && ` · ${ account.verified_name }` }
					</p>
				</div>
				<Verdict account={ account } />
			</header>
			<dl className="nxtchat-facts">
				<Fact label={ __( 'Number', 'nxt-cloud-chat' ) } value={ numberStatusLabel( account.number_status ) } />
				<Fact
					label={ __( 'Quality', 'nxt-cloud-chat' ) }
					value={ qualityLabel( account.quality ) }
					dot={ account.quality.toLowerCase() }
				/>
				<Fact label={ __( 'Messaging limit', 'nxt-cloud-chat' ) } value={ limitLabel( account.messaging_limit ) } />
				<Fact label={ __( 'Throughput', 'nxt-cloud-chat' ) } value={ throughputLabel( account.throughput ) } />
				<Fact
					label={ __( 'Last event from Meta', 'nxt-cloud-chat' ) }
					value={ account.last_event_ms ? timeAgo( account.last_event_ms, serverNow() ) : __( 'None yet', 'nxt-cloud-chat' ) }
				/>
			</dl>
			{ error && <ErrorNotice error={ error } /> }
			{ account.checks && account.checks.length > 0 && (
				<details className="nxtchat-account__checks" open={ isTested || verdict( account ) !== 'ok' }>
					<summary>
						{ sprintf(
							/* translators: %s: "5 minutes ago" */
							__( 'Last test: %s', 'nxt-cloud-chat' ),
							timeAgo( account.checked_ms || serverNow(), serverNow() )
						) }
					</summary>
					<Checks
						checks={ account.checks }
						action={ ( { check } ) => check === 'subscribed' && <p><SubscribeButton id={ id } /></p> }
					/>
				</details>
			) }
			<div className="nxtchat-account__actions">
				<button type="button" className="button button-primary" disabled={ busy !== undefined } onClick={ () => void test( id ).then( setTested ) }>
					{ busy === 'test' ? __( 'Testing…', 'nxt-cloud-chat' ) : __( 'Test connection', 'nxt-cloud-chat' ) }
				</button>
				<button type="button" className="button" aria-expanded={ panel === 'webhook' } onClick={ () => toggle( 'webhook' ) }>
					{ __( 'Webhook', 'nxt-cloud-chat' ) }
				</button>
				<button type="button" className="button" aria-expanded={ panel === 'edit' } onClick={ () => toggle( 'edit' ) }>
					{ __( 'Edit', 'nxt-cloud-chat' ) }
				</button>
				<button type="button" className="button" disabled={ busy !== undefined } onClick={ () => void setState( id, account.state === 1 ? 2 : 1 ) }>
					{ account.state === 1 ? __( 'Switch off', 'nxt-cloud-chat' ) : __( 'Switch on', 'nxt-cloud-chat' ) }
				</button>
				<button type="button" className="button-link button-link-delete" onClick={ () => setRemoving( true ) }>
					{ __( 'Remove', 'nxt-cloud-chat' ) }
				</button>
			</div>
			{ panel === 'webhook' && <WebhookBox account={ account } /> }
			{ panel === 'edit' && (
				<Form
					account={ account }
					onCancel={ () => setPanel( 'none' ) }
					onSaved={ () => {
						setPanel( 'none' );
						void test( id );
					} }
				/>
			) }
			{ isRemoving && (
				<Confirm
					/* translators: %s: name of the account */
					title={ sprintf( __( 'Remove %s?', 'nxt-cloud-chat' ), name ) }
					action={ __( 'Remove the account', 'nxt-cloud-chat' ) }
					isBusy={ busy === 'remove' }
					onClose={ () => setRemoving( false ) }
					onConfirm={ async () => {
						setRemoving( false );
						await remove( id );
					} }
				>
					<p>
						{ __( 'Its credentials are deleted from this site, and messages to this number no longer arrive here. Conversations and messages stay. Nothing changes at Meta.', 'nxt-cloud-chat' ) }
					</p>
				</Confirm>
			) }
		</section>
	);
}

function Verdict( { account }: { account: Account } ) {
	const [ kind, text ] = (
		account.state !== 1
			? [ 'off', __( 'Off', 'nxt-cloud-chat' ) ]
			: account.is_clone
			? [ 'fail', __( 'Stopped', 'nxt-cloud-chat' ) ]
			: {
					ok: [ 'ok', __( 'Working', 'nxt-cloud-chat' ) ],
					warn: [ 'warn', __( 'Needs a look', 'nxt-cloud-chat' ) ],
					fail: [ 'fail', __( 'Not working', 'nxt-cloud-chat' ) ],
					untested: [ 'off', __( 'Not tested', 'nxt-cloud-chat' ) ],
			  }[ verdict( account ) ]
	) as [ string, string ];
	return <span className={ `nxtchat-badge is-${ kind }` }>{ text }</span>;
}

const Fact = ( { label, value, dot }: { label: string; value: string; dot?: string } ) => (
	<Fragment>
		<div>
			<dt>{ label }</dt>
			<dd>
				{ dot && <span className={ `nxtchat-dot is-${ dot }` } aria-hidden="true" /> }
				{ value }
			</dd>
		</div>
	</Fragment>
);
