/** The table of messages, as wp-admin draws its lists. */
import { createElement } from '@wordpress/element';
import { __ } from '@wordpress/i18n';

import { boot, serverNow } from '../core/boot';
import { Direction, MessageType } from '../core/enums';
import { Icon } from '../core/icons';
import { dateTime, shortDateTime } from '../core/time';
import type { HistoryMessage } from '../core/types';
import { open, setFilters } from './actions';
import { mediaIcon } from './media';
import { Ticks } from './Ticks';
import { stateLabel, summary, typeLabel } from './words';

export function Table( { items }: { items: HistoryMessage[] } ) {
	const hasAccounts = boot.accounts.length > 1;
	const time = __( 'Time', 'nxt-cloud-chat' );
	const contact = __( 'Contact', 'nxt-cloud-chat' );
	const type = __( 'Type', 'nxt-cloud-chat' );
	const state = __( 'State', 'nxt-cloud-chat' );
	const number = __( 'Number', 'nxt-cloud-chat' );
	return (
		<table className="wp-list-table widefat striped nxtchat-table">
			<caption className="screen-reader-text">{ __( 'Messages, newest first', 'nxt-cloud-chat' ) }</caption>
			<thead>
				<tr>
					<th scope="col" className="column-primary">
						{ __( 'Message', 'nxt-cloud-chat' ) }
					</th>
					<th scope="col">{ contact }</th>
					<th scope="col" className="nxtchat-table__type">{ type }</th>
					<th scope="col" className="nxtchat-table__state">{ state }</th>
					{ hasAccounts && <th scope="col">{ number }</th> }
					<th scope="col" className="nxtchat-table__time">{ time }</th>
				</tr>
			</thead>
			<tbody>
				{ items.map( ( item ) => {
					const icon = mediaIcon( item.type );
					const isOut = item.direction === Direction.OUT;
					const account = boot.accounts.find( ( { id } ) => id === item.account_id );
					return (
						<tr key={ item.id } data-message={ item.id }>
							<td className="column-primary">
								<button type="button" className="button-link nxtchat-table__open" onClick={ () => void open( item.id ) }>
									<span className={ `nxtchat-direction ${ isOut ? 'is-out' : 'is-in' }` }>
										<Icon name={ isOut ? 'out' : 'in' } size={ 18 } />
										<span className="screen-reader-text">
											{ isOut ? __( 'Out:', 'nxt-cloud-chat' ) : __( 'In:', 'nxt-cloud-chat' ) }
										</span>
									</span>
									{ icon && <Icon name={ icon } size={ 18 } /> }
									<bdi className="nxtchat-table__text">
										{ item.revoked ? typeLabel( MessageType.REVOKE ) : summary( item.type, item.text, item.media?.name ) }
									</bdi>
								</button>
								{ item.error && <p className="nxtchat-table__error">{ item.error.title || item.error.message }</p> }
							</td>
							<td>
								{ item.contact ? (
									<button type="button" className="button-link" onClick={ () => setFilters( { contact: item.contact?.id ?? 0 } ) }>
										<bdi>{ item.contact.name || item.contact.phone || item.contact.username }</bdi>
									</button>
								) : (
									'–'
								) }
							</td>
							<td className="nxtchat-table__type">{ typeLabel( item.type ) ?? item.type_name }</td>
							<td>
								<span className={ `nxtchat-state is-state-${ item.state }` }>
									<Ticks state={ item.state } />
									<span aria-hidden="true">{ stateLabel( item.state ) }</span>
								</span>
							</td>
							{ hasAccounts && <td>{ account?.name || account?.display_phone || '–' }</td> }
							<td className="nxtchat-table__time">
								<time title={ dateTime( item.at_ms ) }>{ shortDateTime( item.at_ms, serverNow() ) }</time>
							</td>
						</tr>
					);
				} ) }
			</tbody>
		</table>
	);
}
