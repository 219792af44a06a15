/** The reply box: the 24-hour window, the quoted message, the text. */
import { createElement, Fragment, useEffect, useLayoutEffect, useRef, useState } from '@wordpress/element';
import { __, _n, sprintf } from '@wordpress/i18n';
import type { KeyboardEvent } from 'react';

import { boot } from '../core/boot';
import { Icon } from '../core/icons';
import { countCharacters, MAX_TEXT } from '../core/text';
import type { AccountSummary, Conversation } from '../core/types';
import { ExternalLink, META } from '../core/ui';
import { EmojiPicker } from './Emoji';
import { send, tellTyping } from './actions';
import { keepDraft, readDraft } from './outbox';
import type { Outgoing } from './store';
import { closedText, isWindowOpen, windowText } from './window';

/** The counter appears when fewer characters than this are left. */
const COUNTER_FROM = 400;
/** Under this the time left is drawn as a warning, ms. */
const SOON_MS = 2 * 3_600_000;

interface Props {
	conversation: Conversation;
	account: AccountSummary | undefined;
	nowMs: number;
	reply: Outgoing[ 'reply' ];
	/** A text taken back from a message that was not sent; `count` tells two of them apart. */
	takenBack: { text: string; count: number };
	onReplyDone: () => void;
}

export function Composer( props: Props ) {
	const { conversation, account, nowMs } = props;
	if ( ! boot.caps.reply ) {
		return <Closed title={ __( 'You may read conversations, but not reply.', 'nxt-cloud-chat' ) } />;
	}
	if ( account?.is_clone ) {
		return (
			<Closed title={ __( 'Sending is stopped: this site looks like a copy.', 'nxt-cloud-chat' ) }>
				<a href={ boot.links.account }>{ __( 'Decide on the Account screen', 'nxt-cloud-chat' ) }</a>
			</Closed>
		);
	}
	if ( ! account || account.state !== 1 ) {
		return (
			<Closed
				title={
					account
						? __( 'The number of this conversation is switched off.', 'nxt-cloud-chat' )
						: __( 'The number of this conversation is not connected any more.', 'nxt-cloud-chat' )
				}
			>
				<a href={ boot.links.account }>{ __( 'Account screen', 'nxt-cloud-chat' ) }</a>
			</Closed>
		);
	}
	if ( ! isWindowOpen( conversation.window_until_ms, nowMs ) ) {
		return (
			<Closed title={ closedText( conversation.window_until_ms, nowMs ) }>
				{ __( 'WhatsApp allows free replies for 24 hours after a customer’s last message. You can reply as soon as they write again.', 'nxt-cloud-chat' ) }{ ' ' }
				<ExternalLink href={ META.pricing }>{ __( 'Meta’s rules and prices', 'nxt-cloud-chat' ) }</ExternalLink>
			</Closed>
		);
	}
	return <Editor key={ conversation.id } { ...props } />;
}

const Closed = ( { title, children }: { title: string; children?: React.ReactNode } ) => (
	<div className="nxtchat-closed">
		<Icon name="clock" />
		<p>
			<strong>{ title }</strong> { children }
		</p>
	</div>
);

function Editor( { conversation, nowMs, reply, takenBack, onReplyDone }: Props ) {
	const { id } = conversation;
	const [ text, setText ] = useState( () => readDraft( id ) );
	const [ showMarkup, setShowMarkup ] = useState( false );
	const field = useRef< HTMLTextAreaElement >( null );

	const change = ( value: string ) => {
		setText( value );
		keepDraft( id, value );
	};

	// The field is as high as its text, up to the CSS maximum.
	useLayoutEffect( () => {
		const area = field.current;
		if ( area ) {
			area.style.height = 'auto';
			area.style.height = `${ area.scrollHeight + 2 }px`;
		}
	}, [ text ] );

	useEffect( () => {
		if ( reply ) {
			field.current?.focus();
		}
	}, [ reply ] );

	const { text: backText, count: backCount } = takenBack;
	useEffect( () => {
		if ( backCount > 0 ) {
			setText( ( now ) => {
				const joined = now.trim() === '' ? backText : `${ now }\n${ backText }`;
				keepDraft( id, joined );
				return joined;
			} );
			field.current?.focus();
		}
	}, [ id, backText, backCount ] );

	const left = MAX_TEXT - countCharacters( text );
	const canSend = text.trim() !== '' && left >= 0;
	const submit = () => {
		if ( canSend ) {
			send( id, text.trim(), reply );
			change( '' );
			onReplyDone();
			field.current?.focus();
		}
	};
	const onKeyDown = ( event: KeyboardEvent ) => {
		if ( event.key === 'Enter' && ! event.shiftKey && ! event.nativeEvent.isComposing ) {
			event.preventDefault();
			submit();
		} else if ( event.key === 'Escape' && reply ) {
			event.stopPropagation();
			onReplyDone();
		}
	};
	const insert = ( emoji: string ) => {
		const area = field.current;
		const at = area?.selectionStart ?? text.length;
		change( text.slice( 0, at ) + emoji + text.slice( area?.selectionEnd ?? at ) );
		requestAnimationFrame( () => {
			area?.focus();
			area?.setSelectionRange( at + emoji.length, at + emoji.length );
		} );
	};
	const leftMs = conversation.window_until_ms - nowMs;

	return (
		<form
			className="nxtchat-composer"
			onSubmit={ ( event ) => {
				event.preventDefault();
				submit();
			} }
		>
			<div className="nxtchat-composer__status">
				<span className={ `nxtchat-window${ leftMs < SOON_MS ? ' is-soon' : '' }` }>
					<Icon name="clock" size={ 16 } />
					{ windowText( conversation.window_until_ms, nowMs ) }
				</span>
				<button
					type="button"
					className="button-link nxtchat-composer__hint"
					aria-expanded={ showMarkup }
					onClick={ () => setShowMarkup( ! showMarkup ) }
				>
					{ __( 'Formatting', 'nxt-cloud-chat' ) }
				</button>
			</div>
			{ showMarkup && <Markup /> }
			{ reply && (
				<div className="nxtchat-composer__reply">
					<span>
						<small>{ __( 'Replying to', 'nxt-cloud-chat' ) }</small>
						<span dir="auto">{ reply.text }</span>
					</span>
					<button
						type="button"
						className="nxtchat-iconbutton"
						onClick={ () => {
							onReplyDone();
							field.current?.focus();
						} }
						aria-label={ __( 'Do not quote', 'nxt-cloud-chat' ) }
					>
						<Icon name="cross" />
					</button>
				</div>
			) }
			<div className="nxtchat-composer__line">
				<EmojiPicker onPick={ insert } />
				<textarea
					ref={ field }
					rows={ 1 }
					dir="auto"
					value={ text }
					placeholder={ __( 'Write a reply', 'nxt-cloud-chat' ) }
					aria-label={ sprintf(
						/* translators: %s: name of the customer */
						__( 'Reply to %s. Enter sends, Shift and Enter makes a new line.', 'nxt-cloud-chat' ),
						conversation.contact.name || conversation.contact.phone
					) }
					onChange={ ( event ) => {
						change( event.target.value );
						if ( event.target.value.trim() !== '' ) {
							tellTyping( id );
						}
					} }
					onKeyDown={ onKeyDown }
				/>
				<button
					type="submit"
					className="button button-primary nxtchat-send"
					disabled={ ! canSend }
					aria-label={ __( 'Send', 'nxt-cloud-chat' ) }
				>
					<Icon name="send" />
				</button>
			</div>
			{ left < COUNTER_FROM && (
				<div className={ `nxtchat-composer__count${ left < 0 ? ' is-over' : '' }` } role="status">
					{ left >= 0
						? /* translators: %d: characters */
						  sprintf( _n( '%d character left', '%d characters left', left, 'nxt-cloud-chat' ), left )
						: /* translators: %d: characters */
						  sprintf( _n( '%d character too long', '%d characters too long', -left, 'nxt-cloud-chat' ), -left ) }
				</div>
			) }
		</form>
	);
}

const Markup = () => (
	<p className="nxtchat-markup">
		<Fragment>
			<span><code>*{ __( 'bold', 'nxt-cloud-chat' ) }*</code> <strong>{ __( 'bold', 'nxt-cloud-chat' ) }</strong></span>
			<span><code>_{ __( 'italic', 'nxt-cloud-chat' ) }_</code> <em>{ __( 'italic', 'nxt-cloud-chat' ) }</em></span>
			<span><code>~{ __( 'struck', 'nxt-cloud-chat' ) }~</code> <s>{ __( 'struck', 'nxt-cloud-chat' ) }</s></span>
			<span><code>`{ __( 'code', 'nxt-cloud-chat' ) }`</code></span>
			<span><code>&gt; { __( 'quote', 'nxt-cloud-chat' ) }</code></span>
			<span><code>- { __( 'list', 'nxt-cloud-chat' ) }</code></span>
			<span className="nxtchat-markup__keys">
				<kbd>Enter</kbd> { __( 'sends', 'nxt-cloud-chat' ) }, <kbd>Shift</kbd>+<kbd>Enter</kbd>{ ' ' }
				{ __( 'new line', 'nxt-cloud-chat' ) }
			</span>
		</Fragment>
	</p>
);
