/** One conversation: its head, its messages, its reply box. */
import {
	createElement,
	Fragment,
	useCallback,
	useEffect,
	useLayoutEffect,
	useMemo,
	useRef,
	useState,
} from '@wordpress/element';
import { __, _n, sprintf } from '@wordpress/i18n';

import { boot } from '../core/boot';
import { Direction, MessageType } from '../core/enums';
import { Icon } from '../core/icons';
import { useStore } from '../core/store';
import { dayKey, dayLabel } from '../core/time';
import type { Conversation, Message } from '../core/types';
import { Avatar, Empty, LoadError, Skeleton } from '../core/ui';
import { Bubble } from '../message/Bubble';
import { summary } from '../message/words';
import { Composer } from './Composer';
import { inbox, loadOlder, loadThread, markRead, select, send, takeBack } from './actions';
import { displayName } from './List';
import { Pending } from './Pending';
import { emptyThread, type Outgoing } from './store';
import { isWindowOpen } from './window';

/** Messages of one side closer than this are drawn as one group, ms. */
const GROUP_MS = 3 * 60_000;
/** Nearer to the end than this counts as reading along, pixels. */
const AT_END_PX = 60;

export function Thread( { id, nowMs }: { id: number; nowMs: number } ) {
	const conversation = useStore( inbox, ( state ) => state.conversations[ id ] );
	const thread = useStore( inbox, ( state ) => state.threads[ id ] ) ?? emptyThread;
	const [ reply, setReply ] = useState< Outgoing[ 'reply' ] >( null );
	const [ takenBack, setTakenBack ] = useState( { text: '', count: 0 } );
	const head = useRef< HTMLHeadingElement >( null );

	useEffect( () => {
		head.current?.focus( { preventScroll: true } );
	}, [ conversation?.id ] );

	const edit = useCallback(
		( ref: string ) => {
			const text = takeBack( id, ref );
			setTakenBack( ( { count } ) => ( { text, count: count + 1 } ) );
		},
		[ id ]
	);
	const onReply = useCallback(
		( { id: message, type, text, media }: Message ) => setReply( { id: message, text: summary( type, text, media?.name ) } ),
		[]
	);

	if ( ! conversation ) {
		return (
			<section className="nxtchat-thread" aria-label={ __( 'Conversation', 'nxt-cloud-chat' ) }>
				<header className="nxtchat-thread__head">
					<BackButton />
				</header>
				{ thread.error ? (
					<LoadError error={ thread.error } onRetry={ () => select( id ) } />
				) : (
					<Skeleton rows={ 5 } label={ __( 'Loading conversation', 'nxt-cloud-chat' ) } />
				) }
			</section>
		);
	}
	const account = boot.accounts.find( ( one ) => one.id === conversation.account_id );
	const name = displayName( conversation );
	const canReply =
		boot.caps.reply &&
		account?.state === 1 &&
		! account.is_clone &&
		isWindowOpen( conversation.window_until_ms, nowMs );
	const details = [
		conversation.contact.phone,
		conversation.contact.username && `@${ conversation.contact.username }`,
	].filter( ( detail ) => detail && detail !== name );
	return (
		<section className="nxtchat-thread" aria-label={ name }>
			<header className="nxtchat-thread__head">
				<BackButton />
				<Avatar id={ conversation.contact.id } name={ conversation.contact.name } />
				<div className="nxtchat-thread__who">
					<h2 ref={ head } tabIndex={ -1 }>
						<a href={ `${ boot.links.contact }#/contact/${ conversation.contact.id }` } title={ __( 'Open the contact', 'nxt-cloud-chat' ) }>
							<bdi>{ name }</bdi>
						</a>
					</h2>
					<p>
						<bdi>{ details.join( ' · ' ) }</bdi>
						{ boot.accounts.length > 1 && account && (
							<Fragment>
								{ details.length > 0 && ' · ' }
								{ /* translators: %s: name of the account */ sprintf( __( 'to %s', 'nxt-cloud-chat' ), account.name || account.display_phone ) }
							</Fragment>
						) }
					</p>
				</div>
				<a
					className="button nxtchat-thread__history"
					href={ `${ boot.links.history }&contact=${ conversation.contact.id }` }
				>
					{ __( 'History', 'nxt-cloud-chat' ) }
				</a>
			</header>
			<Messages
				key={ id }
				conversation={ conversation }
				canReply={ canReply }
				nowMs={ nowMs }
				onReply={ onReply }
				onEdit={ edit }
			/>
			<Composer
				conversation={ conversation }
				account={ account }
				nowMs={ nowMs }
				reply={ reply }
				takenBack={ takenBack }
				onReplyDone={ () => setReply( null ) }
			/>
		</section>
	);
}

const BackButton = () => (
	<button
		type="button"
		className="nxtchat-iconbutton nxtchat-back"
		onClick={ () => select( null ) }
		aria-label={ __( 'Back to the list', 'nxt-cloud-chat' ) }
	>
		<Icon name="back" size={ 24 } />
	</button>
);

interface MessagesProps {
	conversation: Conversation;
	canReply: boolean;
	nowMs: number;
	onReply: ( message: Message ) => void;
	onEdit: ( ref: string ) => void;
}

function Messages( { conversation, canReply, nowMs, onReply, onEdit }: MessagesProps ) {
	const { id } = conversation;
	const customer = displayName( conversation );
	const thread = useStore( inbox, ( state ) => state.threads[ id ] ) ?? emptyThread;
	const scroller = useRef< HTMLDivElement >( null );
	const isAtEnd = useRef( true );
	const drawn = useRef( { height: 0, newest: 0, oldest: 0, outgoing: 0 } );
	const [ missed, setMissed ] = useState( 0 );

	// Reactions are drawn on the message they are about.
	const messages = useMemo(
		() => thread.messages.filter( ( { type } ) => type !== MessageType.REACTION ),
		[ thread.messages ]
	);
	const oldest = messages[ 0 ]?.id ?? 0;
	const newest = messages[ messages.length - 1 ]?.id ?? 0;
	const outgoing = thread.outgoing.length;

	const toEnd = () => {
		const box = scroller.current;
		if ( box ) {
			box.scrollTop = box.scrollHeight;
		}
		isAtEnd.current = true;
		setMissed( 0 );
		if ( ! document.hidden ) {
			void markRead( id );
		}
	};

	// What was in view stays in view: older messages push down, new ones are followed or counted.
	useLayoutEffect( () => {
		const box = scroller.current;
		const before = drawn.current;
		if ( ! box ) {
			return;
		}
		if ( before.oldest !== 0 && oldest !== before.oldest && newest === before.newest ) {
			box.scrollTop += box.scrollHeight - before.height;
		} else if ( isAtEnd.current || outgoing > before.outgoing ) {
			box.scrollTop = box.scrollHeight;
			isAtEnd.current = true;
		} else if ( newest > before.newest ) {
			const arrivals = messages.filter( ( one ) => one.id > before.newest && one.direction === Direction.IN ).length;
			setMissed( ( count ) => count + arrivals );
		}
		drawn.current = { height: box.scrollHeight, newest, oldest, outgoing };
	}, [ messages, newest, oldest, outgoing, thread.outgoing ] );

	// Read = shown at the end of a visible tab.
	useEffect( () => {
		const look = () => {
			if ( isAtEnd.current && ! document.hidden ) {
				void markRead( id );
			}
		};
		look();
		document.addEventListener( 'visibilitychange', look );
		return () => document.removeEventListener( 'visibilitychange', look );
	}, [ id, newest, conversation.unread ] );

	// The box changes its height with the reply box and the window: the end stays the end.
	useEffect( () => {
		const box = scroller.current;
		if ( ! box ) {
			return;
		}
		const observer = new ResizeObserver( () => {
			if ( isAtEnd.current ) {
				box.scrollTop = box.scrollHeight;
			}
		} );
		observer.observe( box );
		return () => observer.disconnect();
	}, [] );

	const onScroll = () => {
		const box = scroller.current;
		if ( ! box ) {
			return;
		}
		const wasAtEnd = isAtEnd.current;
		isAtEnd.current = box.scrollHeight - box.scrollTop - box.clientHeight < AT_END_PX;
		if ( isAtEnd.current && ( ! wasAtEnd || missed > 0 ) ) {
			setMissed( 0 );
			void markRead( id );
		}
		if ( box.scrollTop < AT_END_PX && thread.next && thread.isLoaded ) {
			void loadOlder( id );
		}
	};
	const show = useCallback( ( messageId: number ) => {
		const row = scroller.current?.querySelector( `[data-message="${ messageId }"]` );
		row?.scrollIntoView( { block: 'center' } );
		row?.classList.remove( 'is-shown' );
		requestAnimationFrame( () => row?.classList.add( 'is-shown' ) );
	}, [] );
	const again = useCallback( ( message: Message ) => send( id, message.text, null ), [ id ] );

	return (
		<div className="nxtchat-messages">
			<div
				ref={ scroller }
				className="nxtchat-messages__scroll"
				onScroll={ onScroll }
				tabIndex={ 0 }
				role="region"
				aria-label={ __( 'Messages', 'nxt-cloud-chat' ) }
			>
				{ thread.error && <LoadError error={ thread.error } onRetry={ () => void loadThread( id ) } /> }
				{ ! thread.isLoaded && ! thread.error && (
					<Skeleton rows={ 5 } label={ __( 'Loading messages', 'nxt-cloud-chat' ) } />
				) }
				{ thread.isLoaded && ! messages.length && ! outgoing && (
					<Empty icon="chat" title={ __( 'No messages here yet', 'nxt-cloud-chat' ) } />
				) }
				{ thread.next && (
					<div className="nxtchat-messages__older">
						<button
							type="button"
							className="button-link"
							disabled={ thread.phase === 'older' }
							onClick={ () => void loadOlder( id ) }
						>
							{ thread.phase === 'older' ? __( 'Loading…', 'nxt-cloud-chat' ) : __( 'Older messages', 'nxt-cloud-chat' ) }
						</button>
					</div>
				) }
				<ol className="nxtchat-messages__list">
					{ messages.map( ( message, index ) => {
						const before = messages[ index - 1 ];
						const isNewDay = ! before || dayKey( before.at_ms ) !== dayKey( message.at_ms );
						return (
							<Fragment key={ message.id }>
								{ isNewDay && <Day label={ dayLabel( message.at_ms, nowMs ) } /> }
								<Bubble
									message={ message }
									customer={ customer }
									isContinued={
										! isNewDay &&
										before.direction === message.direction &&
										message.at_ms - before.at_ms < GROUP_MS
									}
									canReply={ canReply }
									onReply={ onReply }
									onSendAgain={ again }
									onShowQuoted={ show }
								/>
							</Fragment>
						);
					} ) }
					{ thread.outgoing.map( ( one ) => (
						<Pending key={ one.ref } conversation={ id } outgoing={ one } onEdit={ onEdit } />
					) ) }
				</ol>
			</div>
			{ missed > 0 && (
				<button type="button" className="nxtchat-pill" onClick={ toEnd }>
					{ /* translators: %d: messages */ sprintf( _n( '%d new message', '%d new messages', missed, 'nxt-cloud-chat' ), missed ) }
					<Icon name="down" size={ 18 } />
				</button>
			) }
		</div>
	);
}

const Day = ( { label }: { label: string } ) => (
	<li className="nxtchat-day">
		<span>{ label }</span>
	</li>
);
