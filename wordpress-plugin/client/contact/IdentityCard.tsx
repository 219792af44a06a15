/** What a person is known by on WhatsApp. */
import { createElement } from '@wordpress/element';
import { __, sprintf } from '@wordpress/i18n';

import { serverNow } from '../core/boot';
import { dateTime, timeAgo } from '../core/time';
import type { ContactFull } from '../core/types';

const kinds = (): Record< number, string > => ( {
	1: __( 'Phone number', 'nxt-cloud-chat' ),
	2: __( 'WhatsApp user id', 'nxt-cloud-chat' ),
	3: __( 'Username', 'nxt-cloud-chat' ),
	4: __( 'WhatsApp user id (business group)', 'nxt-cloud-chat' ),
} );

export const identityText = ( { kind, value, display }: { kind: number; value: string; display?: string } ): string =>
	display || ( kind === 3 ? `@${ value }` : value );

export function IdentityCard( { contact }: { contact: ContactFull } ) {
	return (
		<section className="nxtchat-card" aria-labelledby="nxtchat-identities">
			<h2 id="nxtchat-identities">{ __( 'Known on WhatsApp by', 'nxt-cloud-chat' ) }</h2>
			<ul className="nxtchat-identities">
				{ contact.identities.map( ( identity ) => (
					<li key={ `${ identity.kind }-${ identity.value }` }>
						<span className="nxtchat-soft">{ kinds()[ identity.kind ] ?? '' }</span>
						<bdi>{ identityText( identity ) }</bdi>
						{ identity.seen_ms > 0 && (
							<span className="nxtchat-soft" title={ dateTime( identity.seen_ms ) }>
								{ /* translators: %s: a time, as in "2 hours ago" */ sprintf( __( 'last seen %s', 'nxt-cloud-chat' ), timeAgo( identity.seen_ms, serverNow() ) ) }
							</span>
						) }
					</li>
				) ) }
			</ul>
			{ ! contact.identities.length && <p className="nxtchat-soft">{ __( 'Nothing is known: no message can be sent.', 'nxt-cloud-chat' ) }</p> }
		</section>
	);
}
