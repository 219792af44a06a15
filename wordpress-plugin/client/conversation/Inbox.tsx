/** The inbox: the list beside the open conversation; on a phone one after the other. */
import { createElement, useEffect, useState } from '@wordpress/element';
import { __ } from '@wordpress/i18n';

import { boot, serverNow } from '../core/boot';
import { useStore } from '../core/store';
import { Empty } from '../core/ui';
import { inbox, select, startInbox } from './actions';
import { List } from './List';
import { Thread } from './Thread';
import './conversation.css';

/** How often "3 h left" and "Yesterday" are looked at again, ms. */
const CLOCK_MS = 15_000;

function useNow(): number {
	const [ now, setNow ] = useState( serverNow );
	useEffect( () => {
		const timer = setInterval( () => setNow( serverNow() ), CLOCK_MS );
		return () => clearInterval( timer );
	}, [] );
	return now;
}

export function Inbox() {
	const selected = useStore( inbox, ( state ) => state.selected );
	const nowMs = useNow();
	const hasAccount = boot.accounts.length > 0;

	useEffect( () => ( hasAccount ? startInbox() : undefined ), [ hasAccount ] );

	// Escape leaves the conversation: back to its row in the list.
	useEffect( () => {
		const onKeyDown = ( event: KeyboardEvent ) => {
			const id = inbox.get().selected;
			if ( event.key === 'Escape' && id !== null && ! event.defaultPrevented && ! document.querySelector( 'dialog[open]' ) ) {
				select( null );
				requestAnimationFrame( () =>
					document.querySelector< HTMLElement >( `[data-conversation="${ id }"]` )?.focus()
				);
			}
		};
		document.addEventListener( 'keydown', onKeyDown );
		return () => document.removeEventListener( 'keydown', onKeyDown );
	}, [] );

	return (
		<div className="nxtchat-screen">
			<h1 className="wp-heading-inline">{ __( 'Inbox', 'nxt-cloud-chat' ) }</h1>
			{ hasAccount ? (
				<div className={ `nxtchat-inbox${ selected === null ? '' : ' has-thread' }` }>
					<List nowMs={ nowMs } />
					{ selected === null ? (
						<section className="nxtchat-thread is-empty" aria-label={ __( 'Conversation', 'nxt-cloud-chat' ) }>
							<Empty icon="chat" title={ __( 'Choose a conversation', 'nxt-cloud-chat' ) }>
								<p>{ __( 'Arrow keys walk through the list, Enter opens, Escape comes back.', 'nxt-cloud-chat' ) }</p>
							</Empty>
						</section>
					) : (
						<Thread key={ selected } id={ selected } nowMs={ nowMs } />
					) }
				</div>
			) : (
				<div className="nxtchat-card nxtchat-welcome">
					<Empty icon="chat" title={ __( 'Connect your WhatsApp number', 'nxt-cloud-chat' ) }>
						<p>
							{ boot.caps.manage
								? __( 'Your customers’ messages come here once a number is connected. It takes about ten minutes.', 'nxt-cloud-chat' )
								: __( 'No number is connected yet. Ask an administrator of this site to connect one.', 'nxt-cloud-chat' ) }
						</p>
						{ boot.caps.manage && (
							<a className="button button-primary button-hero" href={ boot.links.account }>
								{ __( 'Connect a number', 'nxt-cloud-chat' ) }
							</a>
						) }
					</Empty>
				</div>
			) }
		</div>
	);
}
