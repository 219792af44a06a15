/** A draft in steps. Every change is saved by itself; what is missing stands at the step where it is mended. */
import { speak } from '@wordpress/a11y';
import { createElement, Fragment, useEffect, useRef, useState } from '@wordpress/element';
import { __, sprintf } from '@wordpress/i18n';

import type { ApiError, Problem } from '../core/error';
import { Control } from '../core/form';
import { Icon } from '../core/icons';
import { Menu } from '../core/menu';
import { Confirm, ErrorNotice, Notice } from '../core/ui';
import * as api from './api';
import { Check } from './Check';
import { byStep, firstOpen, STEPS, type Step } from './draft';
import { asError, useNewest } from './hooks';
import { MessageStep } from './MessageStep';
import { PeopleStep } from './PeopleStep';
import { go, to } from './router';
import type { Broadcast, Definition } from './types';
import { WhenStep } from './WhenStep';

/** Quiet time after the last change before the draft is saved, ms. */
const SAVE_MS = 500;

export interface StepProps {
	draft: Broadcast;
	change: ( definition: Definition ) => void;
	problems: Problem[];
	/** The draft as the server has it now, after something that it did by itself. */
	take: ( draft: Broadcast ) => void;
}

export function Compose( { broadcast, onStarted }: { broadcast: Broadcast; onStarted: ( broadcast: Broadcast ) => void } ) {
	const [ draft, setDraft ] = useState( broadcast );
	const [ step, setStep ] = useState< Step >( () => firstOpen( broadcast.problems ) );
	const [ saved, setSaved ] = useState< 'saved' | 'saving' | 'dirty' >( 'saved' );
	const [ error, setError ] = useState< ApiError | null >( null );
	const [ isLocked, lock ] = useState( false );
	const head = useRef< HTMLHeadingElement >( null );
	// What the server has, and what is typed: a save takes what is newest when it begins.
	const server = useRef( broadcast );
	const typed = useRef( broadcast );
	const saving = useRef< Promise< void > | null >( null );
	const isFirst = useRef( true );

	const write = async (): Promise< void > => {
		const mine = typed.current;
		setSaved( 'saving' );
		try {
			const answer = await api.save( mine.id, { name: mine.name, definition: mine.definition, updated_ms: server.current.updated_ms } );
			server.current = answer;
			if ( typed.current === mine ) {
				typed.current = answer;
				setDraft( answer );
				setSaved( 'saved' );
			} else {
				setDraft( ( now ) => ( { ...now, problems: answer.problems, updated_ms: answer.updated_ms } ) );
				setSaved( 'dirty' );
			}
			setError( null );
		} catch ( reason ) {
			setError( asError( reason ) );
			setSaved( 'dirty' );
		}
	};
	/** Everything typed is with the server. */
	const flush = async (): Promise< void > => {
		// One at a time: two who wait for the same save would both begin the next, and the second would be refused as somebody else's.
		while ( saving.current ) {
			await saving.current;
		}
		if ( typed.current !== server.current ) {
			saving.current = write().finally( () => {
				saving.current = null;
			} );
			await saving.current;
		}
	};
	useEffect( () => {
		if ( saved !== 'dirty' || error?.code === 'nxtchat_changed' ) {
			return;
		}
		const timer = setTimeout( () => void flush(), error ? 10 * SAVE_MS : SAVE_MS );
		return () => clearTimeout( timer );
	} );
	const leave = useNewest( flush );
	useEffect( () => {
		const warn = ( event: BeforeUnloadEvent ) => ( isLocked || typed.current !== server.current ) && event.preventDefault();
		window.addEventListener( 'beforeunload', warn );
		return () => {
			window.removeEventListener( 'beforeunload', warn );
			void leave();
		};
	}, [ leave, isLocked ] );
	useEffect( () => {
		if ( ! isFirst.current ) {
			head.current?.focus( { preventScroll: true } );
		}
		isFirst.current = false;
	}, [ step ] );

	const put = ( next: Broadcast ) => {
		typed.current = next;
		setDraft( next );
		setSaved( 'dirty' );
	};
	const take = ( next: Broadcast ) => {
		server.current = next;
		typed.current = next;
		setDraft( next );
		setSaved( 'saved' );
	};
	const at = STEPS.indexOf( step );
	const found = byStep( draft.problems );
	const isDone = ( one: Step ): boolean => found[ one ].length === 0 && STEPS.indexOf( one ) < at;
	const titles: Record< Step, string > = {
		message: __( 'Message', 'nxt-cloud-chat' ),
		people: __( 'People', 'nxt-cloud-chat' ),
		when: __( 'When and how', 'nxt-cloud-chat' ),
		check: __( 'Check and send', 'nxt-cloud-chat' ),
	};
	const props: StepProps = { draft, change: ( definition ) => put( { ...draft, definition } ), problems: found[ step ], take };
	const [ isRemoving, setRemoving ] = useState( false );
	const remove = async () => {
		try {
			await api.remove( draft.id );
			typed.current = server.current;
			speak( __( 'The draft was deleted.', 'nxt-cloud-chat' ) );
			go( to.list() );
		} catch ( reason ) {
			setRemoving( false );
			setError( asError( reason ) );
		}
	};
	return (
		<fieldset className="nxtchat-card nxtchat-compose" disabled={ isLocked }>
			<div className="nxtchat-compose__head">
				<Control label={ __( 'Name (only you see it)', 'nxt-cloud-chat' ) } name="name" value={ draft.name } maxLength={ 190 } onChange={ ( name ) => put( { ...draft, name } ) } />
				<p className="nxtchat-soft" aria-live="polite">
					{ saved === 'saved' ? (
						<Fragment>
							<Icon name="check" size={ 16 } /> { __( 'Saved', 'nxt-cloud-chat' ) }
						</Fragment>
					) : (
						__( 'Saving…', 'nxt-cloud-chat' )
					) }
				</p>
				<Menu
					label={ __( 'More', 'nxt-cloud-chat' ) }
					items={ [
						{ label: __( 'Duplicate', 'nxt-cloud-chat' ), onClick: () => void flush().then( async () => go( to.broadcast( ( await api.duplicate( draft.id ) ).id ) ) ) },
						{ label: __( 'Delete the draft…', 'nxt-cloud-chat' ), onClick: () => setRemoving( true ), isDestructive: true },
					] }
				/>
			</div>
			{ error && (
				<Fragment>
					<ErrorNotice error={ error } />
					{ error.code === 'nxtchat_changed' && (
						<p>
							<button
								type="button"
								className="button"
								onClick={ () => {
									setError( null );
									void api.fetchOne( draft.id ).then( take );
								} }
							>
								{ __( 'Load it again', 'nxt-cloud-chat' ) }
							</button>
						</p>
					) }
				</Fragment>
			) }
			<ol className="nxtchat-steps">
				{ STEPS.map( ( one, index ) => (
					<li key={ one } className={ one === step ? 'is-current' : isDone( one ) ? 'is-done' : '' } aria-current={ one === step ? 'step' : undefined }>
						<button type="button" className="button-link" onClick={ () => setStep( one ) }>
							<span className="nxtchat-steps__number" aria-hidden="true">
								{ isDone( one ) ? <Icon name="check" size={ 18 } /> : index + 1 }
							</span>
							{ titles[ one ] }
							{ isDone( one ) && <span className="screen-reader-text">{ __( 'done', 'nxt-cloud-chat' ) }</span> }
							{ found[ one ].length > 0 && (
								<span className="nxtchat-badge is-warn">{ /* translators: %d: a number */ sprintf( __( '%d to do', 'nxt-cloud-chat' ), found[ one ].length ) }</span>
							) }
						</button>
					</li>
				) ) }
			</ol>
			<h2 ref={ head } tabIndex={ -1 }>
				{ titles[ step ] }
			</h2>
			{ step === 'message' && <MessageStep { ...props } /> }
			{ step === 'people' && <PeopleStep { ...props } flush={ flush } lock={ lock } /> }
			{ step === 'when' && <WhenStep { ...props } /> }
			{ step === 'check' && <Check { ...props } flush={ flush } problems={ draft.problems } onStep={ setStep } onStarted={ onStarted } /> }
			<div className="nxtchat-compose__foot">
				{ at > 0 && (
					<button type="button" className="button" onClick={ () => setStep( STEPS[ at - 1 ] ?? 'message' ) }>
						{ __( 'Back', 'nxt-cloud-chat' ) }
					</button>
				) }
				{ at < STEPS.length - 1 && (
					<button type="button" className="button button-primary" onClick={ () => setStep( STEPS[ at + 1 ] ?? 'check' ) }>
						{ __( 'Next', 'nxt-cloud-chat' ) }
					</button>
				) }
			</div>
			{ isRemoving && (
				<Confirm title={ __( 'Delete this draft?', 'nxt-cloud-chat' ) } action={ __( 'Delete it', 'nxt-cloud-chat' ) } onClose={ () => setRemoving( false ) } onConfirm={ () => void remove() }>
					<p>{ __( 'Nothing was sent. This can’t be undone.', 'nxt-cloud-chat' ) }</p>
				</Confirm>
			) }
		</fieldset>
	);
}

/** What is missing on a step. */
export const Problems = ( { problems }: { problems: Problem[] } ) =>
	problems.length ? (
		<Notice kind="info">
			<p>
				<strong>{ __( 'Still to do here', 'nxt-cloud-chat' ) }</strong>
			</p>
			<ul>
				{ problems.map( ( { path, message, remedy } ) => (
					<li key={ path + message }>
						{ message } { remedy }
					</li>
				) ) }
			</ul>
		</Notice>
	) : null;
