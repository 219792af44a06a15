/** What happened to a template, and who told or did it. */
import { createElement, Fragment } from '@wordpress/element';
import { __, sprintf } from '@wordpress/i18n';

import { serverNow } from '../core/boot';
import { dateTime, timeAgo } from '../core/time';
import '../core/events.css';
import type { TemplateLogItem } from './types';
import { categoryLabel, qualityWord, statusWord } from './words';

export const Timeline = ( { log }: { log: TemplateLogItem[] } ) => (
	<section className="nxtchat-card" aria-labelledby="nxtchat-timeline">
		<h2 id="nxtchat-timeline">{ __( 'What happened', 'nxt-cloud-chat' ) }</h2>
		{ ! log.length && <p className="nxtchat-soft">{ __( 'Nothing yet: reviews, ratings and changes appear here, each with who made it.', 'nxt-cloud-chat' ) }</p> }
		<ol className="nxtchat-events">
			{ log.map( ( item, index ) => {
				const { title, before, tone } = told( item );
				return (
					<li key={ `${ item.at_ms }/${ index }` } className={ tone === 'ok' ? 'is-good' : tone === 'fail' ? 'is-bad' : undefined }>
						<strong>{ title }</strong>
						{ before && <span className="nxtchat-soft"> { before }</span> }
						{ item.reason && <p dir="auto">{ item.reason }</p> }
						<p className="nxtchat-soft">
							{ item.source === 'staff' ? item.user?.name ?? __( 'Staff', 'nxt-cloud-chat' ) : item.source === 'sync' ? __( 'WhatsApp, seen at a sync', 'nxt-cloud-chat' ) : __( 'WhatsApp', 'nxt-cloud-chat' ) }
							<Fragment>{ ' · ' }</Fragment>
							<time title={ dateTime( item.at_ms ) }>{ timeAgo( item.at_ms, serverNow() ) }</time>
						</p>
					</li>
				);
			} ) }
		</ol>
	</section>
);

/** An entry in words. Exported for its test. */
export function told( { kind, before, after }: Pick< TemplateLogItem, 'kind' | 'before' | 'after' > ): { title: string; before: string; tone: string } {
	/* translators: %s: what it was before, as in "In review" */
	const was = ( label: string ) => ( label ? sprintf( __( '(was: %s)', 'nxt-cloud-chat' ), label ) : '' );
	switch ( kind ) {
		case 'status': {
			const { label, tone } = statusWord( after );
			return { title: label, before: before ? was( statusWord( before ).label ) : '', tone };
		}
		case 'category':
			/* translators: %s: a category */
			return { title: sprintf( __( 'Category: %s', 'nxt-cloud-chat' ), categoryLabel( after ) ), before: before ? was( categoryLabel( before ) ) : '', tone: 'warn' };
		case 'quality': {
			const { label, level } = qualityWord( after );
			/* translators: %s: a rating, as in "High" */
			return { title: sprintf( __( 'Quality: %s', 'nxt-cloud-chat' ), label ), before: before ? was( qualityWord( before ).label ) : '', tone: level === 1 ? 'fail' : level === 3 ? 'ok' : 'warn' };
		}
		case 'components':
			return { title: __( 'The text changed', 'nxt-cloud-chat' ), before: '', tone: 'off' };
		case 'created':
			return { title: __( 'Created', 'nxt-cloud-chat' ), before: '', tone: 'off' };
		case 'edited':
			return { title: __( 'Edited', 'nxt-cloud-chat' ), before: '', tone: 'off' };
		case 'deleted':
			return { title: __( 'Deleted', 'nxt-cloud-chat' ), before: '', tone: 'off' };
		case 'unpaused':
			return { title: __( 'WhatsApp was asked to deliver it again', 'nxt-cloud-chat' ), before: '', tone: 'ok' };
	}
	return { title: kind, before: '', tone: 'off' };
}
