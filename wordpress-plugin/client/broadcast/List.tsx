/** All broadcasts, the newest first. */
import { createElement, Fragment, useState } from '@wordpress/element';
import { __, _n, sprintf } from '@wordpress/i18n';

import { boot, serverNow } from '../core/boot';
import { formatNumber } from '../core/number';
import { shortDateTime } from '../core/time';
import { Empty, LoadError, Skeleton } from '../core/ui';
import * as api from './api';
import { Bar } from './Bar';
import { COMPARED_MAX, isComparable, toggled } from './compare';
import { isLive } from './draft';
import { useLive, useLoaded } from './hooks';
import { go, to } from './router';
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

interface Props {
	state: string;
	cursor: string;
	/** Those to compare, in the order in which they were ticked. */
	chosen: number[];
	onChoose: ( chosen: number[] ) => void;
	onAdd: () => void;
}

export function List( { state, cursor, chosen, onChoose, onAdd }: Props ) {
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
	const shown = VIEWS().filter( ( [ key ] ) => key === '' || ( counts[ key ] ?? 0 ) > 0 || key === state );
	return (
		<Fragment>
			{ data.counts && (
				<ul className="subsubsub">
					{ shown.map( ( [ key, label ], index ) => (
							<li key={ key }>
								<a href={ to.list( key ? { state: key } : {} ) } className={ key === state ? 'current' : undefined } aria-current={ key === state ? 'page' : undefined }>
									{ label } <span className="count">({ formatNumber( key ? counts[ key ] ?? 0 : all ) })</span>
								</a>
								{ index < shown.length - 1 && ' |' }
							</li>
					) ) }
				</ul>
			) }
			<CompareBar chosen={ chosen } onChoose={ onChoose } />
			<table className="wp-list-table widefat fixed striped nxtchat-table nxtchat-broadcasttable">
				<caption className="screen-reader-text">{ __( 'Broadcasts', 'nxt-cloud-chat' ) }</caption>
				<thead>
					<tr>
						<td className="manage-column column-cb check-column">
							<span className="screen-reader-text">{ __( 'Compare', 'nxt-cloud-chat' ) }</span>
						</td>
						<th scope="col" className="column-primary">{ __( 'Name', 'nxt-cloud-chat' ) }</th>
						<th scope="col" className="column-state">{ __( 'State', 'nxt-cloud-chat' ) }</th>
						<th scope="col">{ __( 'People', 'nxt-cloud-chat' ) }</th>
						<th scope="col">{ __( 'Delivered', 'nxt-cloud-chat' ) }</th>
						<th scope="col">{ __( 'Read', 'nxt-cloud-chat' ) }</th>
						<th scope="col">{ __( 'Failed', 'nxt-cloud-chat' ) }</th>
						<th scope="col" className="column-when">{ __( 'When', 'nxt-cloud-chat' ) }</th>
					</tr>
				</thead>
				<tbody>
					{ data.items.map( ( item ) => (
						<Row key={ item.id } item={ item } isChosen={ chosen.includes( item.id ) } onToggle={ () => onChoose( toggled( chosen, item.id ) ) } />
					) ) }
					{ ! data.items.length && (
						<tr>
							<td colSpan={ 8 }>
								{ __( 'No broadcasts here.', 'nxt-cloud-chat' ) } <a href={ to.list() }>{ __( 'Show all', 'nxt-cloud-chat' ) }</a>
							</td>
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

/** What is done with those that are ticked. */
function CompareBar( { chosen, onChoose }: { chosen: number[]; onChoose: ( chosen: number[] ) => void } ) {
	const [ isAsked, setAsked ] = useState( false );
	const count = chosen.length;
	const isTooMany = count > COMPARED_MAX;
	const hint = isTooMany
		? /* translators: %d: a number */ sprintf( __( 'At most %d can be compared: untick some.', 'nxt-cloud-chat' ), COMPARED_MAX )
		: isAsked && ! isComparable( count )
			? __( 'Tick two broadcasts or more first.', 'nxt-cloud-chat' )
			: '';
	return (
		<div className="tablenav top">
			<div className="alignleft actions">
				<button type="button" className="button" onClick={ () => ( isComparable( count ) ? go( to.compare( chosen ) ) : setAsked( true ) ) }>
					{ __( 'Compare', 'nxt-cloud-chat' ) }
				</button>
				{ count > 0 && (
					<span>
						{ /* translators: %s: a number of broadcasts */ sprintf( _n( '%s ticked', '%s ticked', count, 'nxt-cloud-chat' ), formatNumber( count ) ) }{ ' ' }
						<button type="button" className="button-link" onClick={ () => onChoose( [] ) }>
							{ __( 'Clear', 'nxt-cloud-chat' ) }
						</button>
					</span>
				) }
				<span className="nxtchat-hint" role="status">
					{ hint }
				</span>
			</div>
		</div>
	);
}

function Row( { item, isChosen, onToggle }: { item: Summary; isChosen: boolean; onToggle: () => void } ) {
	const { counts, total } = item;
	const badge = <span className={ `nxtchat-badge is-${ stateTone( item.state_name ) }` }>{ item.label }</span>;
	const when = item.finished_ms || item.started_ms || item.scheduled_ms || item.created_ms;
	return (
		<tr data-broadcast={ item.id }>
			{ item.started_ms > 0 ? (
				<th scope="row" className="check-column">
					<input type="checkbox" checked={ isChosen } onChange={ onToggle } aria-label={ /* translators: %s: name of a broadcast */ sprintf( __( 'Compare %s', 'nxt-cloud-chat' ), item.name ) } />
				</th>
			) : (
				<td className="check-column" />
			) }
			<td className="column-primary" data-colname={ __( 'Name', 'nxt-cloud-chat' ) }>
				<strong>
					<a className="row-title" href={ to.broadcast( item.id ) }>
						<bdi>{ item.name }</bdi>
					</a>
				</strong>
				<span className="nxtchat-soft nxtchat-block">{ item.template?.name || __( 'No template yet', 'nxt-cloud-chat' ) }</span>
				<span className="nxtchat-broadcasttable__brief">
					{ badge } { total > 0 && people( total ) } { total > 0 && /* translators: %s: a number */ sprintf( __( '· %s read', 'nxt-cloud-chat' ), formatNumber( counts.read ) ) }
				</span>
			</td>
			<td data-colname={ __( 'State', 'nxt-cloud-chat' ) }>
				{ badge }
				{ item.reason && <span className="nxtchat-soft nxtchat-block">{ item.reason.message }</span> }
				{ isLive( item.state_name ) && total > 0 && <Bar counts={ counts } total={ total } /> }
			</td>
			<td data-colname={ __( 'People', 'nxt-cloud-chat' ) }>{ total ? formatNumber( total ) : '—' }</td>
			<td data-colname={ __( 'Delivered', 'nxt-cloud-chat' ) }>{ total ? formatNumber( counts.delivered + counts.read ) : '—' }</td>
			<td data-colname={ __( 'Read', 'nxt-cloud-chat' ) }>{ total ? formatNumber( counts.read ) : '—' }</td>
			<td data-colname={ __( 'Failed', 'nxt-cloud-chat' ) }>{ total ? formatNumber( counts.failed ) : '—' }</td>
			<td data-colname={ __( 'When', 'nxt-cloud-chat' ) }>
				{ item.state_name === 'scheduled' ? /* translators: %s: date and time */ sprintf( __( 'Begins %s', 'nxt-cloud-chat' ), shortDateTime( when, serverNow() ) ) : shortDateTime( when, serverNow() ) }
				{ item.user && <span className="nxtchat-soft nxtchat-block">{ item.user.name }</span> }
			</td>
		</tr>
	);
}

function None( { onAdd }: { onAdd: () => void } ) {
	if ( ! boot.accounts.length ) {
		return (
			<Empty icon="chat" title={ __( 'Connect a WhatsApp number first', 'nxt-cloud-chat' ) }>
				<p>{ __( 'A broadcast goes out from your own number.', 'nxt-cloud-chat' ) }</p>
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
