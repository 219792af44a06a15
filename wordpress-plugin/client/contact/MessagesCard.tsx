/** The last messages, with the way to the conversation. */
import { createElement } from '@wordpress/element';
import { __ } from '@wordpress/i18n';

import { boot, serverNow } from '../core/boot';
import { Direction } from '../core/enums';
import { Icon } from '../core/icons';
import { useStore } from '../core/store';
import { dateTime, listTime } from '../core/time';
import type { ContactFull } from '../core/types';
import { LoadError, Skeleton } from '../core/ui';
import { Ticks } from '../message/Ticks';
import { summary } from '../message/words';
import { loadMessages, page } from './page-actions';

export function MessagesCard( { contact }: { contact: ContactFull } ) {
	const messages = useStore( page, ( state ) => state.messages );
	const error = useStore( page, ( state ) => state.errors.messages );
	return (
		<section className="nxtchat-card" aria-labelledby="nxtchat-messages">
			<div className="nxtchat-card__head">
				<h2 id="nxtchat-messages">{ __( 'Last messages', 'nxt-cloud-chat' ) }</h2>
				{ contact.conversation_id && <a href={ `${ boot.links.inbox }&conversation=${ contact.conversation_id }` }>{ __( 'Open conversation', 'nxt-cloud-chat' ) }</a> }
			</div>
			{ error && <LoadError error={ error } onRetry={ () => void loadMessages( contact.id ) } /> }
			{ ! messages && ! error && <Skeleton rows={ 3 } label={ __( 'Loading messages', 'nxt-cloud-chat' ) } /> }
			{ messages && ! messages.length && <p className="nxtchat-soft">{ __( 'No messages yet.', 'nxt-cloud-chat' ) }</p> }
			{ messages && messages.length > 0 && (
				<ol className="nxtchat-lastmessages">
					{ messages.map( ( message ) => (
						<li key={ message.id }>
							{ message.direction === Direction.OUT ? (
								<Ticks state={ message.state } />
							) : (
								<span className="nxtchat-direction is-in">
									<Icon name="in" size={ 16 } />
									<span className="screen-reader-text">{ __( 'In:', 'nxt-cloud-chat' ) }</span>
								</span>
							) }
							<bdi>{ message.revoked ? __( 'The customer deleted this message.', 'nxt-cloud-chat' ) : summary( message.type, message.text, message.media?.name ) }</bdi>
							<time title={ dateTime( message.at_ms ) }>{ listTime( message.at_ms, serverNow() ) }</time>
						</li>
					) ) }
				</ol>
			) }
		</section>
	);
}
