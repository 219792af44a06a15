/** One message in a conversation. */
import { createElement, Fragment, memo } from '@wordpress/element';
import { __, sprintf } from '@wordpress/i18n';

import { boot } from '../core/boot';
import { Direction, MessageType, Origin, State } from '../core/enums';
import { Icon } from '../core/icons';
import { browserLocale, fileSize, plainText } from '../core/text';
import { dateTime, timeOfDay } from '../core/time';
import type { Message } from '../core/types';
import { mediaIcon } from './media';
import { Ticks } from './Ticks';
import { originLabel, summary, typeLabel } from './words';
import './message.css';

interface Props {
	message: Message;
	/** Whom the conversation is with. */
	customer: string;
	/** Follows one of the same side within a few minutes: drawn closer. */
	isContinued: boolean;
	canReply: boolean;
	onReply: ( message: Message ) => void;
	onSendAgain: ( message: Message ) => void;
	onShowQuoted: ( id: number ) => void;
}

export const Bubble = memo( function Bubble( {
	message,
	customer,
	isContinued,
	canReply,
	onReply,
	onSendAgain,
	onShowQuoted,
}: Props ) {
	const isOut = message.direction === Direction.OUT;
	if ( message.type === MessageType.SYSTEM ) {
		return (
			<li className="nxtchat-day" data-message={ message.id }>
				<span dir="auto">
					{ summary( message.type, message.text ) } · <time title={ dateTime( message.at_ms ) }>{ timeOfDay( message.at_ms ) }</time>
				</span>
			</li>
		);
	}
	return (
		<li
			id={ `nxtchat-message-${ message.id }` }
			className={ `nxtchat-row ${ isOut ? 'is-out' : 'is-in' }${ isContinued ? ' is-continued' : '' }` }
			data-message={ message.id }
		>
			<div className="nxtchat-bubble">
				<span className="screen-reader-text">
					{ isOut ? __( 'You:', 'nxt-cloud-chat' ) : `${ customer }:` }
				</span>
				{ message.quote && <Quote quote={ message.quote } customer={ customer } onShow={ onShowQuoted } /> }
				<Body message={ message } />
				<div className="nxtchat-bubble__foot">
					<Author message={ message } />
					{ message.edited && ! message.revoked && <span>{ __( 'Edited', 'nxt-cloud-chat' ) }</span> }
					<time title={ dateTime( message.at_ms ) }>{ timeOfDay( message.at_ms ) }</time>
					{ isOut && <Ticks state={ message.state } /> }
				</div>
				{ message.reactions.length > 0 && <Reactions reactions={ message.reactions } /> }
			</div>
			{ canReply && message.wamid && ! message.revoked && (
				<button
					type="button"
					className="nxtchat-iconbutton nxtchat-row__reply"
					onClick={ () => onReply( message ) }
					aria-label={ sprintf(
						/* translators: %s: beginning of a message */
						__( 'Reply to: %s', 'nxt-cloud-chat' ),
						summary( message.type, message.text ).slice( 0, 60 )
					) }
				>
					<Icon name="reply" size={ 18 } />
				</button>
			) }
			{ isOut && message.state === State.FAILED && (
				<div className="nxtchat-row__note is-error">
					<strong>{ message.error?.title || __( 'WhatsApp did not deliver this message.', 'nxt-cloud-chat' ) }</strong>{ ' ' }
					{ message.error?.message }
					{ message.error?.remedy && <div>{ message.error.remedy }</div> }
					{ canReply && message.type === MessageType.TEXT && message.text !== '' && (
						<button type="button" className="button-link" onClick={ () => onSendAgain( message ) }>
							{ __( 'Send again', 'nxt-cloud-chat' ) }
						</button>
					) }
				</div>
			) }
			{ isOut && message.state === State.UNKNOWN && (
				<div className="nxtchat-row__note">
					{ __(
						'WhatsApp did not answer in time, so it is not known whether this was sent. It will not be sent twice: the ticks appear here as soon as WhatsApp reports.',
						'nxt-cloud-chat'
					) }
				</div>
			) }
		</li>
	);
} );

function Body( { message }: { message: Message } ) {
	if ( message.revoked ) {
		return <p className="nxtchat-bubble__plain">{ __( 'The customer deleted this message.', 'nxt-cloud-chat' ) }</p>;
	}
	const icon = mediaIcon( message.type );
	const text = message.html ? (
		<div
			className="nxtchat-bubble__text"
			dir="auto"
			dangerouslySetInnerHTML={ { __html: message.html } }
		/>
	) : (
		message.text && (
			<div className="nxtchat-bubble__text is-plain" dir="auto">
				{ message.text }
			</div>
		)
	);
	if ( icon ) {
		const size = fileSize( message.media?.size ?? 0, browserLocale( boot.locale ) );
		return (
			<Fragment>
				<div className="nxtchat-media">
					<Icon name={ icon } size={ 28 } />
					<span>
						<strong dir="auto">{ message.media?.name || typeLabel( message.type ) }</strong>
						<small>
							{ [ message.media?.name ? typeLabel( message.type ) : '', message.media?.mime?.split( ';' )[ 0 ], size ]
								.filter( Boolean )
								.join( ' · ' ) }
						</small>
					</span>
				</div>
				{ text }
			</Fragment>
		);
	}
	return text ? (
		<Fragment>{ text }</Fragment>
	) : (
		<p className="nxtchat-bubble__plain">
			{ message.type === MessageType.UNSUPPORTED
				? __( 'WhatsApp does not pass on this kind of message. Ask the customer to send it another way.', 'nxt-cloud-chat' )
				: message.type === MessageType.UNKNOWN
					? __( 'A kind of message that is not known here yet. The history shows all that WhatsApp told.', 'nxt-cloud-chat' )
					: typeLabel( message.type ) }
		</p>
	);
}

function Author( { message }: { message: Message } ) {
	if ( message.direction !== Direction.OUT ) {
		return null;
	}
	if ( message.author && message.author.id !== boot.user.id ) {
		return <span>{ message.author.name }</span>;
	}
	return message.origin === Origin.STAFF ? null : <span>{ originLabel( message.origin ) }</span>;
}

const Quote = ( {
	quote,
	customer,
	onShow,
}: {
	quote: NonNullable< Message[ 'quote' ] >;
	customer: string;
	onShow: ( id: number ) => void;
} ) => (
	<button type="button" className="nxtchat-quote" onClick={ () => onShow( quote.id ) }>
		<span className="nxtchat-quote__who">
			{ quote.direction === Direction.OUT
				? __( 'You', 'nxt-cloud-chat' )
				: customer }
		</span>
		<span className="nxtchat-quote__text" dir="auto">
			{ plainText( quote.text ) || __( 'Message', 'nxt-cloud-chat' ) }
		</span>
	</button>
);

const Reactions = ( { reactions }: { reactions: Message[ 'reactions' ] } ) => (
	<div className="nxtchat-reactions">
		{ reactions.map( ( { emoji, from_me: fromMe }, index ) => (
			<span key={ index } title={ fromMe ? __( 'Your reaction', 'nxt-cloud-chat' ) : __( 'Their reaction', 'nxt-cloud-chat' ) }>
				<span className="screen-reader-text">
					{ fromMe ? __( 'Your reaction:', 'nxt-cloud-chat' ) : __( 'Their reaction:', 'nxt-cloud-chat' ) }
				</span>
				{ emoji }
			</span>
		) ) }
	</div>
);
