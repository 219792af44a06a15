/** A message that is on its way from this browser to the site. */
import { createElement } from '@wordpress/element';
import { __ } from '@wordpress/i18n';

import { State } from '../core/enums';
import { timeOfDay } from '../core/time';
import { Ticks } from '../message/Ticks';
import { deliver } from './actions';
import type { Outgoing } from './store';

interface Props {
	conversation: number;
	outgoing: Outgoing;
	onEdit: ( ref: string ) => void;
}

export const Pending = ( { conversation, outgoing, onEdit }: Props ) => {
	const { ref, text, reply, phase, error } = outgoing;
	const isStuck = phase !== 'sending' && error !== null;
	return (
		<li className={ `nxtchat-row is-out is-pending${ isStuck ? ' is-stuck' : '' }` } data-ref={ ref }>
			<div className="nxtchat-bubble">
				{ reply && (
					<span className="nxtchat-quote">
						<span className="nxtchat-quote__text" dir="auto">
							{ reply.text }
						</span>
					</span>
				) }
				<div className="nxtchat-bubble__text is-plain" dir="auto">
					{ text }
				</div>
				<div className="nxtchat-bubble__foot">
					<time>{ timeOfDay( outgoing.at_ms ) }</time>
					<Ticks state={ isStuck ? State.FAILED : State.QUEUED } />
				</div>
			</div>
			{ isStuck && (
				<div className="nxtchat-row__note is-error">
					<strong>{ __( 'Not sent.', 'nxt-cloud-chat' ) }</strong> { error.message } { error.remedy }
					<span className="nxtchat-row__actions">
						<button type="button" className="button-link" onClick={ () => void deliver( conversation, ref ) }>
							{ __( 'Try again', 'nxt-cloud-chat' ) }
						</button>
						<button type="button" className="button-link" onClick={ () => onEdit( ref ) }>
							{ __( 'Edit', 'nxt-cloud-chat' ) }
						</button>
					</span>
				</div>
			) }
		</li>
	);
};
