/** Broadcasts beside each other: one table, whose cells are drawn as bars; on a phone one block a line. */
import { createElement, Fragment } from '@wordpress/element';
import { __, sprintf } from '@wordpress/i18n';
import type { CSSProperties, ReactNode } from 'react';

import { serverNow } from '../core/boot';
import { Icon } from '../core/icons';
import { formatNumber } from '../core/number';
import { shortDateTime } from '../core/time';
import { Empty, LoadError, Notice, Skeleton } from '../core/ui';
import * as api from './api';
import { isComparable, perReader, row, type Cell, type Step } from './compare';
import { isLive } from './draft';
import { useLive, useLoaded } from './hooks';
import { to } from './router';
import type { Compared } from './types';
import { money, percent, points, stateTone, stepLabels } from './words';

const LIVE_MS = 6_000;
const REACH: Step[] = [ 'sent', 'delivered', 'read' ];
const DEEDS: Step[] = [ 'replied', 'clicked', 'opted_out' ];

export function CompareView( { ids }: { ids: number[] } ) {
	if ( isComparable( ids.length ) ) {
		return <Loading key={ ids.join() } ids={ ids } />;
	}
	return (
		<div className="nxtchat-card">
			<Empty icon="question" title={ __( 'Nothing to compare yet', 'nxt-cloud-chat' ) }>
				<p>{ __( 'Tick two to six broadcasts in the list, then press Compare.', 'nxt-cloud-chat' ) }</p>
				<a className="button button-primary" href={ to.list() }>
					{ __( 'Choose broadcasts', 'nxt-cloud-chat' ) }
				</a>
			</Empty>
		</div>
	);
}

function Loading( { ids }: { ids: number[] } ) {
	const loaded = useLoaded( ids.join(), ( signal ) => api.fetchCompared( ids, signal ) );
	const { data, error } = loaded;
	useLive( loaded.reload, data?.items.some( ( { state_name: name } ) => isLive( name ) ) ?? false, LIVE_MS );
	if ( ! data ) {
		return (
			<div className="nxtchat-card">
				{ ! error ? (
					<Skeleton rows={ 6 } label={ __( 'Loading the comparison', 'nxt-cloud-chat' ) } />
				) : error.code === 'nxtchat_no_broadcast' ? (
					<Empty icon="question" title={ __( 'These broadcasts are no longer there', 'nxt-cloud-chat' ) }>
						<p>{ __( 'They were deleted, or the address is wrong.', 'nxt-cloud-chat' ) }</p>
					</Empty>
				) : (
					<LoadError error={ error } onRetry={ () => void loaded.reload() } />
				) }
			</div>
		);
	}
	return (
		<section className="nxtchat-card nxtchat-compare" aria-labelledby="nxtchat-compare">
			<h2 id="nxtchat-compare">{ __( 'Comparison', 'nxt-cloud-chat' ) }</h2>
			{ data.missing.length > 0 && (
				<Notice kind="info">
					<p>{ __( 'Some of the broadcasts in this address are no longer there. The others are shown.', 'nxt-cloud-chat' ) }</p>
				</Notice>
			) }
			<p className="nxtchat-soft">{ __( '“Sent” is a share of the audience; every line below it is a share of those it was sent to. Answers, buttons and opt-outs count for 7 days after sending.', 'nxt-cloud-chat' ) }</p>
			<Table items={ data.items } />
		</section>
	);
}

function Table( { items }: { items: Compared[] } ) {
	const labels = Object.fromEntries( stepLabels() ) as Record< Step | 'audience', string >;
	const funnels = items.map( ( { funnel } ) => funnel );
	const steps = ( names: Step[], isFull: boolean ) =>
		names.map( ( step ) => {
			const cells = row( step, funnels, isFull );
			return <Line key={ step } label={ labels[ step ] } items={ items } cell={ ( _, index ) => cells[ index ] && <Share cell={ cells[ index ] } step={ step } /> } />;
		} );
	return (
		<div className="nxtchat-compare__scroll" role="region" aria-label={ __( 'Table of the comparison', 'nxt-cloud-chat' ) } tabIndex={ 0 }>
			<table className="nxtchat-compare__table" role="table" style={ { '--nxt-columns': items.length } as CSSProperties }>
				<caption className="screen-reader-text">{ __( 'Broadcasts beside each other: people at each step, their share, and how far each is behind the best', 'nxt-cloud-chat' ) }</caption>
				<thead role="rowgroup">
					<tr role="row">
						<td role="cell" />
						{ items.map( ( item ) => (
							<th key={ item.id } scope="col" role="columnheader">
								<a href={ to.broadcast( item.id ) }>
									<bdi>{ item.name }</bdi>
								</a>
								<span className={ `nxtchat-badge is-${ stateTone( item.state_name ) }` }>{ item.label }</span>
								<span className="nxtchat-compare__about">
									<bdi>{ item.templates.map( ( { name } ) => name ).filter( Boolean ).join( ' / ' ) || __( 'No template', 'nxt-cloud-chat' ) }</bdi>
									<br />
									{ shortDateTime( item.started_ms || item.scheduled_ms || item.created_ms, serverNow() ) }
								</span>
							</th>
						) ) }
					</tr>
				</thead>
				<Group title={ __( 'How far it got', 'nxt-cloud-chat' ) } help={ __( 'A whole bar is 100%.', 'nxt-cloud-chat' ) } width={ items.length }>
					<Line label={ labels.audience } items={ items } cell={ ( { funnel } ) => <strong className="nxtchat-compare__figure">{ formatNumber( funnel.audience ) }</strong> } />
					{ steps( REACH, true ) }
				</Group>
				<Group title={ __( 'What people did', 'nxt-cloud-chat' ) } help={ __( 'The longest bar of a line is its highest share.', 'nxt-cloud-chat' ) } width={ items.length }>
					{ steps( DEEDS, false ) }
				</Group>
				<Group title={ __( 'What it cost', 'nxt-cloud-chat' ) } help={ __( 'Your prices, for the messages that Meta bills.', 'nxt-cloud-chat' ) } width={ items.length }>
					<Line
						label={ __( 'Altogether', 'nxt-cloud-chat' ) }
						items={ items }
						cell={ ( { cost } ) => (
							<Fragment>
								<strong className="nxtchat-compare__figure">{ cost.amount === null ? '—' : money( cost ) }</strong>
								{ cost.unpriced > 0 && (
									<Note>
										{ cost.amount === null
											? __( 'no prices entered', 'nxt-cloud-chat' )
											: /* translators: %s: a number of messages */ sprintf( __( 'without %s that have no price', 'nxt-cloud-chat' ), formatNumber( cost.unpriced ) ) }
									</Note>
								) }
							</Fragment>
						) }
					/>
					<Line label={ __( 'For each reader', 'nxt-cloud-chat' ) } items={ items } cell={ ( item ) => <PerReader item={ item } items={ items } /> } />
				</Group>
			</table>
		</div>
	);
}

const Group = ( { title, help, width, children }: { title: string; help: string; width: number; children?: ReactNode } ) => (
	<tbody role="rowgroup">
		<tr role="row" className="nxtchat-compare__group">
			<th scope="rowgroup" role="rowheader" colSpan={ width + 1 }>
				{ title } <span className="nxtchat-soft">{ help }</span>
			</th>
		</tr>
		{ children }
	</tbody>
);

const Line = ( { label, items, cell }: { label: string; items: Compared[]; cell: ( item: Compared, index: number ) => ReactNode } ) => (
	<tr role="row">
		<th scope="row" role="rowheader">
			{ label }
		</th>
		{ items.map( ( item, index ) => (
			<td key={ item.id } role="cell" data-colname={ item.name }>
				<div className="nxtchat-compare__cell">{ cell( item, index ) }</div>
			</td>
		) ) }
	</tr>
);

const Note = ( { children }: { children?: ReactNode } ) => <span className="nxtchat-compare__note">{ children }</span>;

const Best = ( { children }: { children?: ReactNode } ) => (
	<span className="nxtchat-compare__best">
		<Icon name="check" size={ 16 } />
		{ children }
	</span>
);

function Share( { cell: { count, share, length, isBest, behind, isChance }, step }: { cell: Cell; step: Step } ) {
	if ( share === null ) {
		return <Note>{ __( 'not sent yet', 'nxt-cloud-chat' ) }</Note>;
	}
	return (
		<Fragment>
			<span className={ `nxtchat-compare__bar is-${ step }` } aria-hidden="true">
				<span style={ { width: `${ 100 * length }%` } } />
			</span>
			<span className="nxtchat-compare__figure">
				<strong>{ percent( share ) }</strong> <span className="nxtchat-soft">{ formatNumber( count ) }</span>
			</span>
			{ isBest && <Best>{ step === 'opted_out' ? __( 'Fewest', 'nxt-cloud-chat' ) : __( 'Best', 'nxt-cloud-chat' ) }</Best> }
			{ behind !== null && ! isBest && <Note>{ isChance ? /* translators: %s: a difference, as in "−2.1 points" */ sprintf( __( '%s, may be chance', 'nxt-cloud-chat' ), points( behind ) ) : points( behind ) }</Note> }
		</Fragment>
	);
}

function PerReader( { item, items }: { item: Compared; items: Compared[] } ) {
	const mine = perReader( item );
	const all = items.map( perReader ).filter( ( one ) => one !== null );
	const least = Math.min( ...all );
	if ( mine === null ) {
		return <strong className="nxtchat-compare__figure">—</strong>;
	}
	const say = ( amount: number ) => money( { ...item.cost, amount }, 4 );
	return (
		<Fragment>
			<strong className="nxtchat-compare__figure">{ say( mine ) }</strong>
			{ all.some( ( one ) => one !== least ) && ( mine === least ? <Best>{ __( 'Cheapest', 'nxt-cloud-chat' ) }</Best> : <Note>{ /* translators: %s: an amount of money */ sprintf( __( '%s more', 'nxt-cloud-chat' ), say( mine - least ) ) }</Note> ) }
		</Fragment>
	);
}
