/** All broadcasts, the newest first. */
import { createElement, Fragment } from '@wordpress/element';
import { __, sprintf } from '@wordpress/i18n';

import { boot, serverNow } from '../core/boot';
import { formatNumber } from '../core/number';
import { shortDateTime } from '../core/time';
import { Empty, LoadError, Skeleton } from '../core/ui';
import * as api from './api';
import { Bar } from './Bar';
import { isLive } from './draft';
import { useLive, useLoaded } from './hooks';
import { to } from './router';
import type { Summary } from './types';
import { people, stateTone } from './words';

const VIEWS = (): [ string, string ][] => [
	[ '', __( 'All', 'nxt-cloud-chat' ) ],
	[ 'draft', __( 'Drafts', 'nxt-cloud-chat' ) ],
	[ 'scheduled', __( 'Scheduled', 'nxt-cloud-chat' ) ],
	[ 'running', __( 'Sending', 'nxt-cloud-chat' ) ],
	[ 'paused', __( 'Paused', 'nxt-cloud-chat' ) ],
	[ 'stopped', __( 'Stopped', 'nxt-cloud-chat' ) ],
	[ 'done', __( 'Done', 'nxt-cloud-chat' ) ],
	[ 'cancelled', __( 'Cancelled', 'nxt-cloud-chat' ) ],
];

export function List( { state, cursor, onAdd }: { state: string; cursor: string; onAdd: () => void } ) {
	const loaded = useLoaded( `${ state }/${ cursor }`, ( signal ) => api.fetchList( state, cursor, signal ) );
	const { data, error } = loaded;
	useLive( loaded.reload, data?.items.some( ( { state_name: name } ) => isLive( name ) ) ?? false, 3_000 );
	if ( ! data ) {
		return error ? <LoadError error={ error } onRetry={ () => void loaded.reload() } /> : <Skeleton rows={ 6 } label={ __( 'Loading broadcasts', 'nxt-cloud-chat' ) } />;
	}
	const counts = data.counts ?? {};
	const all = Object.values( counts ).reduce( ( sum, n ) => sum + n, 0 );
	if ( ! data.items.length && ! state && ! cursor ) {
		return <None onAdd={ onAdd } />;
	}
	return (
		<Fragment>
			{ data.counts && (
				<ul className="subsubsub">
					{ VIEWS()
						.filter( ( [ key ] ) => key === '' || ( counts[ key ] ?? 0 ) > 0 || key === state )
						.map( ( [ key, label ], index ) => (
							<li key={ key }>
								{ index > 0 && ' | ' }
								<a href={ to.list( key ? { state: key } : {} ) } className={ key === state ? 'current' : undefined } aria-current={ key === state ? 'page' : undefined }>
									{ label } <span className="count">({ formatNumber( key ? counts[ key ] ?? 0 : all ) })</span>
								</a>
							</li>
						) ) }
				</ul>
			) }
			<table className="wp-list-table widefat fixed striped nxtchat-table nxtchat-broadcasttable">
				<caption className="screen-reader-text">{ __( 'Broadcasts', 'nxt-cloud-chat' ) }</caption>
				<thead>
					<tr>
						<th scope="col" className="column-primary">{ __( 'Name', 'nxt-cloud-chat' ) }</th>
						<th scope="col">{ __( 'State', 'nxt-cloud-chat' ) }</th>
						<th scope="col">{ __( 'People', 'nxt-cloud-chat' ) }</th>
						<th scope="col">{ __( 'Delivered', 'nxt-cloud-chat' ) }</th>
						<th scope="col">{ __( 'Read', 'nxt-cloud-chat' ) }</th>
						<th scope="col">{ __( 'Failed', 'nxt-cloud-chat' ) }</th>
						<th scope="col">{ __( 'When', 'nxt-cloud-chat' ) }</th>
					</tr>
				</thead>
				<tbody>
					{ data.items.map( ( item ) => (
						<Row key={ item.id } item={ item } />
					) ) }
					{ ! data.items.length && (
						<tr>
							<td colSpan={ 7 }>{ __( 'No broadcasts here.', 'nxt-cloud-chat' ) }</td>
						</tr>
					) }
				</tbody>
			</table>
			{ ( data.next || cursor ) && (
				<p className="nxtchat-pages">
					{ cursor && (
						<a className="button" href={ to.list( state ? { state } : {} ) }>
							{ __( 'First page', 'nxt-cloud-chat' ) }
						</a>
					) }
					{ data.next && (
						<a className="button" href={ to.list( { ...( state ? { state } : {} ), cursor: data.next } ) }>
							{ __( 'Older ones', 'nxt-cloud-chat' ) }
						</a>
					) }
				</p>
			) }
		</Fragment>
	);
}

function Row( { item }: { item: Summary } ) {
	const { counts, total } = item;
	const when = item.finished_ms || item.started_ms || item.scheduled_ms || item.created_ms;
	return (
		<tr data-broadcast={ item.id }>
			<td className="column-primary" data-colname={ __( 'Name', 'nxt-cloud-chat' ) }>
				<strong>
					<a className="row-title" href={ to.broadcast( item.id ) }>
						<bdi>{ item.name }</bdi>
					</a>
				</strong>
				<span className="nxtchat-soft">{ item.template?.name }</span>
			</td>
			<td data-colname={ __( 'State', 'nxt-cloud-chat' ) }>
				<span className={ `nxtchat-badge is-${ stateTone( item.state_name ) }` }>{ item.label }</span>
				{ isLive( item.state_name ) && total > 0 && <Bar counts={ counts } total={ total } /> }
			</td>
			<td data-colname={ __( 'People', 'nxt-cloud-chat' ) }>{ total ? formatNumber( total ) : '—' }</td>
			<td data-colname={ __( 'Delivered', 'nxt-cloud-chat' ) }>{ total ? formatNumber( counts.delivered + counts.read ) : '—' }</td>
			<td data-colname={ __( 'Read', 'nxt-cloud-chat' ) }>{ total ? formatNumber( counts.read ) : '—' }</td>
			<td data-colname={ __( 'Failed', 'nxt-cloud-chat' ) }>{ total ? formatNumber( counts.failed ) : '—' }</td>
			<td data-colname={ __( 'When', 'nxt-cloud-chat' ) }>
				{ shortDateTime( when, serverNow() ) }
				{ item.user && <span className="nxtchat-soft nxtchat-block">{ item.user.name }</span> }
			</td>
		</tr>
	);
}

function None( { onAdd }: { onAdd: () => void } ) {
	if ( ! boot.accounts.length ) {
		return (
			<Empty icon="chat" title={ __( 'Connect a WhatsApp number first', 'nxt-cloud-chat' ) }>
				{ boot.caps.manage && (
					<a className="button button-primary" href={ boot.links.account }>
						{ __( 'Connect an account', 'nxt-cloud-chat' ) }
					</a>
				) }
			</Empty>
		);
	}
	return (
		<Empty icon="people" title={ __( 'No broadcasts yet', 'nxt-cloud-chat' ) }>
			<p>
				{ sprintf(
					/* translators: %s: a number of people, as in "1,000 people" */
					__( 'A broadcast sends one approved template to many: to 10 or to %s, each once, at the pace that WhatsApp allows.', 'nxt-cloud-chat' ),
					people( 1_000_000 )
				) }
			</p>
			{ boot.caps.broadcast && (
				<button type="button" className="button button-primary" onClick={ onAdd }>
					{ __( 'New broadcast', 'nxt-cloud-chat' ) }
				</button>
			) }
		</Empty>
	);
}
